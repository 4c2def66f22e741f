"""Leaves: entered by oneself, case management or the chief; taken back while they last."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services import delegations, leaves
from services.delegations import Chair
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.leaves import AwayAlready, Colleague, LeaveImpossible, LeaveOver
from services.people import Leave, Person
from services.policy import MACHINE, Matter, PostKind
from tests.make import Make, Town
from tests.phones import Phones

DAY = timedelta(days=1)


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def _enter(make: Make, who: Person, of: Person, first: int = 1, last: int = 3) -> Leave:
    act = make.act(who)
    away = leaves.colleague(act, of.id)
    return leaves.enter(act, away, from_on=act.today + first * DAY, until_on=act.today + last * DAY)


def test_everybody_enters_their_own_and_the_office_that_of_its_staff(
    make: Make, town: Town
) -> None:
    for number, who in enumerate((town.prosecutor, town.manager, town.chief)):
        leave = _enter(make, who, town.prosecutor, 10 * number, 10 * number + 2)
        assert leave.person_id == town.prosecutor.id
    act = make.act(town.prosecutor)
    assert len(act.session.scalars(leaves.visible(act)).all()) == 3
    entries = act.session.scalars(select(JournalEntry).where(JournalEntry.kind == "LeaveEntered"))
    assert {entry.details["person_id"] for entry in entries} == {town.prosecutor.id}


def test_nobody_enters_a_colleagues_and_no_office_anothers(make: Make, town: Town) -> None:
    colleague = make.person(PostKind.PROSECUTOR, town.procuratorate)
    with pytest.raises(NotAllowed):
        _enter(make, colleague, town.prosecutor)
    stranger = make.person(PostKind.CASE_MANAGER, make.office())
    with pytest.raises(NotFound):
        _enter(make, stranger, town.prosecutor)
    with pytest.raises(NotFound):
        _enter(make, town.officer, town.officer)
    leave = _enter(make, town.prosecutor, town.prosecutor)
    for other in (colleague, stranger):
        with pytest.raises(NotFound):
            leaves.find(make.act(other), leave.id)
    with pytest.raises(NotAllowed):
        leaves.withdraw(
            make.act(colleague), Colleague(town.prosecutor.id, town.procuratorate.id), leave
        )


@pytest.mark.parametrize(("first", "last"), [(-1, 2), (3, 2), (367, 368), (1, 368)])
def test_a_leave_has_a_time_that_can_be(make: Make, town: Town, first: int, last: int) -> None:
    with pytest.raises(LeaveImpossible):
        _enter(make, town.prosecutor, town.prosecutor, first, last)


def test_nobody_is_away_twice(make: Make, town: Town) -> None:
    _enter(make, town.prosecutor, town.prosecutor, 1, 3)
    with pytest.raises(AwayAlready):
        _enter(make, town.manager, town.prosecutor, 3, 5)
    _enter(make, town.prosecutor, town.prosecutor, 4, 5)


def test_a_leave_that_runs_ends_with_yesterday_and_one_to_come_is_gone(
    make: Make, town: Town
) -> None:
    act = make.act(town.prosecutor)
    away = leaves.colleague(act, town.prosecutor.id)
    running = make.leave(town.prosecutor, act.today - 2 * DAY, act.today + DAY)
    coming = _enter(make, town.prosecutor, town.prosecutor, 5, 6)
    coming_id = coming.id
    for leave in (running, coming):
        leaves.withdraw(act, away, leave)

    assert running.until_on == act.today - DAY
    make.session.expire_all()
    assert make.session.get(Leave, coming_id) is None
    with pytest.raises(LeaveOver):
        leaves.withdraw(act, away, running)


def test_the_substitute_of_a_chief_on_leave_acts_from_the_first_day(make: Make, town: Town) -> None:
    deputy = make.person(PostKind.PROSECUTOR, town.procuratorate)
    chair = Chair(town.procuratorate.id)
    delegations.order(make.act(town.chief), chair, substitutes=[deputy.id], matters=[Matter.ARREST])
    leave = _enter(make, town.chief, town.chief, 0, 2)

    stands_in = delegations.carry_out(make.act(MACHINE), chair)
    assert stands_in is not None
    assert (stands_in.to_id, stands_in.until_on) == (deputy.id, leave.until_on)
    act = make.act(town.chief)
    leaves.withdraw(act, leaves.colleague(act, town.chief.id), leave)
    assert delegations.carry_out(make.act(MACHINE), chair) is None


def test_leaves_over_http(phones: Phones, make: Make, town: Town) -> None:
    phone, today = phones.of(town.prosecutor), make.act(town.prosecutor).today
    body = {"from_on": (today + DAY).isoformat(), "until_on": (today + 2 * DAY).isoformat()}
    entered = phone.send("POST", "/leaves", body)
    assert entered.status_code == 201, entered.json
    assert phone.send("POST", "/leaves", body).status_code == 409
    listed = phones.of(town.manager).get("/leaves").json
    assert listed is not None
    assert listed["items"] == [entered.json]
    assert entered.json is not None
    one = f"/leaves/{entered.json['id']}"
    assert phones.of(town.officer).send("DELETE", one, None).status_code == 404
    assert phone.send("DELETE", one, None).status_code == 204
    assert phone.send("DELETE", one, None).status_code == 404
