"""However many cases, suspects and steps there are, an answer takes the same few queries."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from services import proceedings
from services.arrest_requests.terms import Measure
from services.prosecutions import Prosecution
from tests.proceedings.conftest import Phone, Trip

Counted = Callable[[Phone, str], int]
FEW = 17
"""Statements of one answer at most."""
EXTEND: dict[str, Any] = {"ground": "major_or_complex", "reasons": "案情重大复杂。"}

READERS = [
    ("officer", "/cases"),
    ("officer", "/transfers"),
    ("officer", "/tasks"),
    ("manager", "/cases"),
    ("manager", "/transfers"),
    ("manager", "/tasks"),
    ("prosecutor", "/cases"),
    ("prosecutor", "/proposals"),
    ("prosecutor", "/tasks"),
    ("chief", "/cases"),
    ("chief", "/proposals"),
    ("chief", "/tasks"),
]


@pytest.fixture
def counted(session: Session) -> Counted:
    """How many statements one answer takes, once everything that is kept has been read."""

    def count(phone: Phone, path: str) -> int:
        phone.get(path)
        sent: list[str] = []

        def note(*told: Any) -> None:
            sent.append(told[2])

        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        session.expire_all()
        try:
            phone.get(path)
        finally:
            event.remove(connection, "before_cursor_execute", note)
        return len([one for one in sent if "SAVEPOINT" not in one])

    return count


def handled(trip: Trip) -> Prosecution:
    """One more case in review: evidence asked for, and an extension put forward; one waits."""
    trip.make.now = trip.now
    prosecution = trip.make.prosecution(trip.town)
    handler = trip.make.act(trip.town.prosecutor)
    wanted = {"wanted": "监控录像。", "by_on": trip.today}
    proceedings.take(handler, prosecution, "ask_for_evidence", wanted)
    proceedings.take(handler, prosecution, "extend_review", EXTEND)
    trip.make.transfer(trip.town)
    return prosecution


def test_a_list_takes_the_same_few_queries_however_long_it_is(trip: Trip, counted: Counted) -> None:
    lists: dict[tuple[str, str], Phone] = {
        (reader, path): getattr(trip, reader) for reader, path in READERS
    }
    handled(trip)
    short = {one: counted(phone, one[1]) for one, phone in lists.items()}
    rows = {one: len(phone.get(one[1])["items"]) for one, phone in lists.items()}
    for _ in range(5):
        handled(trip)

    for one, phone in lists.items():
        assert len(phone.get(one[1])["items"]) >= rows[one] + 5, one
        assert counted(phone, one[1]) == short[one] <= FEW, one


def test_a_case_of_thirty_suspects_takes_no_more_queries_than_one_of_two(
    trip: Trip, counted: Counted
) -> None:
    trip.make.now = trip.now
    few, many = (
        trip.make.prosecution(
            trip.town, *(trip.make.suspect(measure=Measure.ARREST) for _ in range(suspects))
        )
        for suspects in (2, 30)
    )

    answer = trip.prosecutor.get(f"/cases/{many.case_id}")
    assert len(answer["prosecutions"]) == 30
    assert len(str(answer)) < 60_000, "what a telephone gets for one case"
    taken = [counted(trip.prosecutor, f"/cases/{one.case_id}") for one in (few, many)]
    assert taken[1] == taken[0] <= FEW


def test_a_long_history_takes_no_more_queries_than_a_short_one(
    trip: Trip, counted: Counted
) -> None:
    trip.make.now = trip.now
    prosecution = trip.make.prosecution(trip.town)
    path = f"/prosecutions/{prosecution.id}"
    handler = trip.make.act(trip.town.prosecutor)
    opinion = {"heard": "victim", "on": trip.today, "form": "in_person"}
    proceedings.take(handler, prosecution, "hear_opinions", opinion)
    short = counted(trip.prosecutor, path)

    for _ in range(10):
        proceedings.take(handler, prosecution, "hear_opinions", opinion)

    assert len(trip.prosecutor.get(path)["history"]) == 11
    assert counted(trip.prosecutor, path) == short <= FEW
