"""Periods over HTTP: the list by urgency, one period and its past, the calculator, the table."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import perf_counter
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from api.app import create_app
from api.identity import access_token
from api.limits import Limit, Limits
from services import deadlines
from services.arrest_requests.terms import Measure
from services.assignments import designate
from services.cases import Case
from services.deadlines import CHINA_TIME, CloseReason, Custody, Deadline, ExclusionReason
from services.deadlines.engine.table import TABLE
from services.deadlines.engine.wire import KINDS
from services.kernel.clock import LegalClock, machine_now
from services.kernel.settings import Settings
from services.people import Person
from services.policy import PostKind
from services.sessions import SignInSession
from tests.make import Make, Town


@dataclass(frozen=True)
class Phone:
    """Somebody's phone."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers | headers)

    def told(self, path: str) -> dict[str, Any]:
        reply = self.get(path)
        assert reply.status_code == 200, reply.text
        assert reply.json is not None
        return dict(reply.json)

    def post(self, body: object, **headers: str) -> TestResponse:
        return self.client.post(
            "/api/v1/deadline-calculations", json=body, headers=self.headers | headers
        )

    def computed(self, rule: str, trigger: str, **more: object) -> dict[str, Any]:
        reply = self.post({"rule": rule, "trigger": trigger, **more})
        assert reply.status_code == 200, reply.text
        assert reply.json is not None
        return dict(reply.json)

    def refused(self, rule: str, trigger: str, **more: object) -> dict[str, Any]:
        reply = self.post({"rule": rule, "trigger": trigger, **more})
        assert reply.status_code == 422, reply.text
        assert reply.json is not None
        return dict(reply.json)


SignIn = Callable[[Person], Phone]


@pytest.fixture
def phone_of(app: Flask, make: Make) -> SignIn:
    def sign_in(person: Person) -> Phone:
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        make.session.add(opened)
        make.session.flush()
        token = access_token(app.extensions["token_key"], opened, lasting=timedelta(minutes=30))
        return Phone(app.test_client(), {"Authorization": f"Bearer {token}"})

    return sign_in


@pytest.fixture
def town(make: Make) -> Town:
    """A town on Tuesday 3 March 2026, at nine in the morning by the legal clock."""
    wanted = datetime(2026, 3, 3, 9, tzinfo=CHINA_TIME)
    make.session.add(LegalClock(offset=wanted - machine_now()))
    make.session.flush()
    return make.town()


@pytest.fixture
def anyone(make: Make, phone_of: SignIn) -> Phone:
    return phone_of(make.person(PostKind.CLERK, make.office()))


def of_case(make: Make, case: Case) -> list[Deadline]:
    ids = [suspect.id for suspect in case.suspects]
    return list(make.session.scalars(deadlines.open_of(ids)))


# --- the list -------------------------------------------------------------------------------


def test_a_period_is_listed_with_its_names_its_articles_and_its_light(
    make: Make, town: Town, phone_of: SignIn
) -> None:
    case = make.case(town)
    (suspect,) = case.suspects
    (running,) = of_case(make, case)
    told = phone_of(town.manager).told("/deadlines")

    assert told["next_cursor"] is None
    assert told["counts"] == {"red": 0, "amber": 0, "green": 1, "grey": 0}
    assert told["now"].startswith("2026-03-03T01:00:")
    assert told["items"] == [
        {
            "id": running.id,
            "rule_id": "D06",
            "title": running.rule.zh,
            "title_en": running.rule.en,
            "article": running.rule.article,
            "article_zh": running.rule.article_zh,
            "binds": "procuratorate",
            "is_custody": True,
            "suspect": {"id": suspect.id, "name": suspect.name},
            "case": {"id": case.id, "number": case.number},
            "about_kind": "arrest_requests",
            "about_id": case.arrest_request_id,
            "started_at": "2026-03-02T04:00:00Z",
            "custody": "held",
            "due_on": "2026-03-09",
            "outer_on": "2026-03-09",
            "due_at": None,
            "outer_at": None,
            "warn_on": "2026-03-09",
            "provisional": False,
            "flags": [],
            "standing": "running",
            "light": "green",
            "closed_at": None,
            "close_reason": None,
        }
    ]


def test_a_period_before_there_is_a_case_has_no_case_yet(
    make: Make, town: Town, phone_of: SignIn
) -> None:
    request = make.arrest_request(town)
    (item,) = phone_of(town.officer).told("/deadlines")["items"]

    assert item["suspect"]["name"] == request.suspects[0].name
    assert item["case"] is None


def test_a_period_of_a_whole_case_names_the_case_and_nobody(
    make: Make, town: Town, phone_of: SignIn
) -> None:
    case = make.case(town)
    (review,) = of_case(make, case)
    act = make.act(town.manager)
    keepers = deadlines.Keepers(case.procuratorate_id, case.police_office_id)
    for about in (case, case.origin, town.procuratorate):
        deadlines.start(
            act,
            "R05",
            about,
            suspect_id=None,
            keepers=keepers,
            started_at=make.now,
            custody=Custody.HELD,
        )
    items = phone_of(town.manager).told("/deadlines")["items"]
    numbers = {
        item["about_kind"]: item["case"] and item["case"]["number"]
        for item in items
        if item["suspect"] is None
    }

    assert len(items) == 4
    assert numbers == {"cases": case.number, "arrest_requests": case.number, "offices": None}
    told = phone_of(town.manager).told(f"/cases/{case.id}/deadlines")["items"]
    assert {item["about_kind"] for item in told} == {"cases", "arrest_requests"}
    assert {item["id"] for item in told} > {review.id}


def test_expired_custody_comes_first_and_pages_meet_without_gap_or_repeat(
    make: Make, town: Town, phone_of: SignIn
) -> None:
    for days in (0, 20, 1, 3):
        received = make.now - timedelta(days=days)
        case = make.case(town)
        (row,) = of_case(make, case)
        counted = deadlines.calculate(
            "D06", received, Custody.HELD, deadlines.calendar_of(make.session)
        )
        row.started_at, row.due_on, row.outer_on = received, counted.due_on, counted.outer_on
        row.warn_on = counted.warn_on
    make.session.flush()
    phone = phone_of(town.manager)
    whole = phone.told("/deadlines")["items"]

    assert [(item["standing"], item["light"]) for item in whole] == [
        ("expired", "red"),
        ("running", "green"),
        ("running", "green"),
        ("running", "green"),
    ]
    assert [item["due_on"] for item in whole] == sorted(item["due_on"] for item in whole)
    walked: list[dict[str, Any]] = []
    path = "/deadlines?limit=1"
    counts = []
    while path:
        page = phone.told(path)
        walked += page["items"]
        counts.append(page["counts"])
        path = page["next_cursor"] and f"/deadlines?limit=1&cursor={page['next_cursor']}"
    assert walked == whole
    assert counts == [{"red": 1, "amber": 0, "green": 3, "grey": 0}, None, None, None]


def test_the_list_is_narrowed_by_light_scope_and_custody(
    make: Make, town: Town, phone_of: SignIn
) -> None:
    held, free = make.case(town), make.case(town, make.suspect(measure=Measure.BAIL))
    (row,) = of_case(make, held)
    row.due_on = row.outer_on = row.warn_on = date(2026, 3, 4)
    row.handler_id = town.prosecutor.id
    (other,) = of_case(make, free)
    make.session.flush()
    manager, prosecutor = phone_of(town.manager), phone_of(town.prosecutor)

    def ids(phone: Phone, query: str) -> list[int]:
        return [item["id"] for item in phone.told(f"/deadlines?{query}")["items"]]

    assert ids(manager, "") == [row.id, other.id]
    assert ids(manager, "light=red") == [row.id]
    assert ids(manager, "light=green") == [other.id]
    assert ids(manager, "light=amber") == ids(manager, "light=grey") == []
    assert ids(manager, "custody=true") == [row.id]
    assert ids(manager, "custody=false") == [other.id]
    assert ids(manager, "scope=mine") == []
    assert ids(manager, "scope=department") == [row.id, other.id]
    assert ids(prosecutor, "scope=mine") == ids(prosecutor, "scope=office") == [row.id]
    assert manager.told("/deadlines?light=red")["counts"]["green"] == 1
    deadlines.close(make.act(town.manager), row)
    make.session.flush()
    assert ids(manager, "") == [other.id]


@pytest.mark.parametrize("query", ["light=blue", "scope=all", "custody=perhaps", "limit=0"])
def test_a_filter_that_is_none_is_refused(town: Town, phone_of: SignIn, query: str) -> None:
    assert phone_of(town.manager).get(f"/deadlines?{query}").status_code == 422


def test_a_long_list_asks_no_more_of_the_database_than_a_short_one(
    make: Make, town: Town, phone_of: SignIn
) -> None:
    phone = phone_of(town.manager)
    connection = make.session.connection()

    def asked(path: str) -> int:
        statements = list[str]()

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if "SAVEPOINT" not in statement:
                statements.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        assert phone.told(path)
        event.remove(connection, "before_cursor_execute", note)
        return len(statements)

    case = make.case(town)
    few = [asked(path) for path in ("/deadlines", f"/cases/{case.id}/deadlines")]
    for _ in range(6):
        make.case(town, make.suspect(), make.suspect())
    crowded = make.case(town, *(make.suspect() for _ in range(8)))
    many = [asked(path) for path in ("/deadlines", f"/cases/{crowded.id}/deadlines")]

    assert many == few
    assert few[0] <= 9
    assert len(phone.told("/deadlines?limit=100")["items"]) == 21


# --- one period, and what was thought of it -------------------------------------------------


def test_one_period_is_told_with_its_steps_and_its_entries(
    make: Make, town: Town, phone_of: SignIn
) -> None:
    case = make.case(town)
    (running,) = of_case(make, case)
    told = phone_of(town.manager).told(f"/deadlines/{running.id}")

    assert told["calculation"]["due_on"] == told["due_on"] == "2026-03-09"
    assert told["calculation"]["steps"][0]["code"] == "start_not_counted"
    assert "刑诉法105条2款" in told["calculation"]["explanation_zh"]
    (entry,) = told["entries"]
    assert (entry["kind"], entry["details"]["custody"]) == ("started", "held")
    assert entry["by"] == {"id": town.officer.id, "name": town.officer.name}


def test_a_period_one_may_not_read_does_not_exist(make: Make, town: Town, phone_of: SignIn) -> None:
    (running,) = of_case(make, make.case(town))
    stranger = phone_of(make.town().manager)

    assert stranger.get(f"/deadlines/{running.id}").status_code == 404
    assert stranger.get("/deadlines/2147483647").status_code == 404
    assert stranger.told("/deadlines")["items"] == []


def test_what_was_thought_then_is_told_again(make: Make, town: Town, phone_of: SignIn) -> None:
    case = make.case(town)
    (suspect,) = case.suspects
    (running,) = of_case(make, case)
    later = make.act(town.manager, make.now + timedelta(hours=10))
    deadlines.change_custody(later, suspect.id, Custody.AT_LIBERTY)
    deadlines.close(make.act(town.manager, make.now + timedelta(hours=12)), running)
    make.session.flush()
    phone = phone_of(town.manager)

    def then(at: datetime) -> dict[str, Any]:
        said = phone.client.get(
            f"/api/v1/deadlines/{running.id}",
            query_string={"at": at.isoformat()},
            headers=phone.headers,
        )
        assert said.status_code == 200, said.text
        assert said.json is not None
        return dict(said.json)

    first, second = (then(make.now + timedelta(hours=hours)) for hours in (1, 11))
    now = phone.told(f"/deadlines/{running.id}")
    assert (first["custody"], len(first["entries"])) == ("held", 1)
    assert (second["custody"], len(second["entries"])) == ("at_liberty", 2)
    assert (second["closed_at"], second["standing"]) == (None, "running")
    assert [one["kind"] for one in now["entries"]] == ["started", "custody_changed", "closed"]
    assert (now["close_reason"], now["light"]) == ("done", "grey")
    assert now["calculation"]["events"][0]["custody"] == "at_liberty"


@pytest.mark.parametrize(
    ("at", "status"),
    [
        ("2026-03-02T03:59:59Z", 404),
        ("0001-01-01T00:00:00+14:00", 404),
        ("2026-03-04T00:00:00Z", 422),
        ("9999-12-31T23:59:59-14:00", 422),
        ("2026-03-02T12:00:00", 422),
        ("yesterday", 422),
    ],
)
def test_nothing_is_told_from_before_the_beginning_or_of_the_future(
    make: Make, town: Town, phone_of: SignIn, at: str, status: int
) -> None:
    (running,) = of_case(make, make.case(town))
    phone = phone_of(town.manager)
    said = phone.client.get(
        f"/api/v1/deadlines/{running.id}", query_string={"at": at}, headers=phone.headers
    )

    assert said.status_code == status


# --- of one case ----------------------------------------------------------------------------


def test_two_suspects_have_two_dates_and_the_case_shows_the_earliest(
    make: Make, town: Town, phone_of: SignIn
) -> None:
    case = make.case(town, make.suspect(), make.suspect(measure=Measure.BAIL))
    phone = phone_of(town.manager)
    told = phone.told(f"/cases/{case.id}/deadlines")
    days = [item["due_on"] for item in told["items"]]

    assert days == ["2026-03-09", "2026-03-17"]
    assert told["earliest_due_on"] == "2026-03-09"
    earliest, _ = of_case(make, case)
    deadlines.close(make.act(town.manager), earliest, reason=CloseReason.LAPSED)
    make.session.flush()
    told = phone.told(f"/cases/{case.id}/deadlines")
    assert [item["light"] for item in told["items"]] == ["green", "grey"]
    assert told["earliest_due_on"] == "2026-03-17"
    still = phone.told(f"/cases/{case.id}/deadlines?open=true")
    assert [item["due_on"] for item in still["items"]] == ["2026-03-17"]
    (left,) = of_case(make, case)
    deadlines.suspend(
        make.act(town.manager),
        left,
        reason=ExclusionReason.PSYCHIATRIC_EVALUATION,
        from_on=make.now.date(),
    )
    make.session.flush()
    told = phone.told(f"/cases/{case.id}/deadlines")
    assert told["earliest_due_on"] is None, "while days are not counted no end is known"
    assert phone_of(make.town().chief).get(f"/cases/{case.id}/deadlines").status_code == 404


def test_the_case_and_the_review_show_the_same_period_as_the_list(
    make: Make, town: Town, phone_of: SignIn
) -> None:
    case = make.case(town)
    designate(
        make.act(town.manager),
        case,
        handler_id=town.prosecutor.id,
        reason="试",
        approver_id=town.chief.id,
    )
    phone = phone_of(town.prosecutor)
    (review,) = phone.told(f"/cases/{case.id}")["arrest_reviews"]
    (listed,) = phone.told("/deadlines")["items"]

    assert review["deadlines"] == [listed]
    assert phone.told(f"/arrest-reviews/{review['id']}")["deadlines"] == [listed]


# --- the calculator -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "trigger", "custody", "ends"),
    [
        ("R01", "2026-09-05", True, ("2026-10-05", "2026-10-05")),
        ("R01", "2026-09-05", "at_liberty", ("2026-10-08", "2026-10-08")),
        ("T06", "2026-09-23", "held", ("2026-10-03", "2026-10-08")),
        ("C02", "2026-07-30", True, ("2026-10-30", "2026-10-31")),
        ("R01", "2026-09-05", None, ("2026-10-05", "2026-10-05")),
    ],
)
def test_anyone_can_check_a_date(
    anyone: Phone, rule: str, trigger: str, custody: object, ends: tuple[str, str]
) -> None:
    told = anyone.computed(rule, trigger, custody=custody)

    assert (told["rule"], told["due_on"], told["outer_on"]) == (rule, *ends)
    assert told["provisional"] is False
    assert told["article"]
    assert told["steps"][-1]["zh"]


def test_hours_need_an_instant_and_answer_with_one(anyone: Phone) -> None:
    told = anyone.computed("D01", "2026-09-07T09:20+08:00", custody="held")

    assert told["due_at"] == "2026-09-08T09:20:00+08:00"
    assert told["outer_at"] == "2026-09-08T10:00:00+08:00"
    wrong = anyone.refused("D01", "2026-09-07", custody="held")
    assert wrong["type"] == "/problems/impossible-calculation"
    assert (wrong["problem"], wrong["errors"][0]["pointer"]) == ("instant_needed", "/trigger")


def test_beyond_the_known_calendar_a_date_is_provisional(anyone: Phone) -> None:
    told = anyone.computed("R01", "2030-09-05", custody=False)

    assert told["provisional"] is True
    assert told["due_on"] == "2030-10-07", "a Monday; that week's notice is not known"


def test_what_happened_since_is_counted_in_its_order(anyone: Phone) -> None:
    events = [
        {"kind": "extended", "requested_on": "2026-09-28", "on": "2026-09-30"},
        {"kind": "custody_changed", "custody": "at_liberty", "on": "2026-10-02"},
    ]
    told = anyone.computed("R01", "2026-09-05", custody="held", events=events)

    assert told["due_on"] == "2026-10-20"
    assert [one["kind"] for one in told["events"]] == ["extended", "custody_changed"]
    assert "extended_days" in {step["code"] for step in told["steps"]}


@pytest.mark.parametrize(
    ("more", "problem", "pointer"),
    [
        ({"rule": "Z99"}, "rule_unknown", "/rule"),
        ({"trigger": "2017-12-31"}, "date_out_of_range", "/trigger"),
        ({"trigger": "2101-01-01"}, "date_out_of_range", "/trigger"),
        ({"trigger": "0001-01-01T00:00+08:00"}, "date_out_of_range", "/trigger"),
        ({"trigger": "9999-12-31T23:59-08:00"}, "date_out_of_range", "/trigger"),
        ({"trigger": "2026-02-30"}, "date_unreadable", "/trigger"),
        ({"trigger": "第三天"}, "date_unreadable", "/trigger"),
        ({"trigger": "2026-09-05T09:20"}, "instant_without_offset", "/trigger"),
        (
            {"events": [{"kind": "travelled", "days": 2}]},
            "travel_in_custody",
            "/events/0",
        ),
        (
            {"events": [{"kind": "extended"}, {"kind": "extended"}]},
            "no_further_extension",
            "/events/1",
        ),
        (
            {"events": [{"kind": "extended", "on": "2026-11-01"}]},
            "extension_after_expiry",
            "/events/0",
        ),
        (
            {"events": [{"kind": "custody_changed", "custody": "held", "on": "2026-09-01"}]},
            "event_out_of_order",
            "/events/0",
        ),
        (
            {"events": [{"kind": "extended"}, {"kind": "excluded", "days": 3}]},
            "event_unreadable",
            "/events/1",
        ),
        ({"events": [{"kind": "restarted", "reason": "retention"}]}, "event_unreadable", None),
    ],
)
def test_what_cannot_be_is_refused_with_the_field_and_the_reason(
    anyone: Phone, more: dict[str, Any], problem: str, pointer: str | None
) -> None:
    asked = {"rule": "R01", "trigger": "2026-09-05", "custody": "held"} | more
    told = anyone.refused(**asked)

    assert told["type"] == "/problems/impossible-calculation"
    assert told["problem"] == problem
    (error,) = told["errors"]
    assert error["pointer"] == (pointer or "/events/0")
    assert error["code"] == problem
    assert told["why"] == error["detail"]
    assert told["why"].isascii() is False


def test_a_refusal_speaks_the_readers_language_and_cites_the_article(anyone: Phone) -> None:
    body = {
        "rule": "R01",
        "trigger": "2026-09-05",
        "custody": "held",
        "events": [{"kind": "extended", "requested_on": "2026-11-01"}],
    }
    english = anyone.post(body, **{"Accept-Language": "en"}).json
    chinese = anyone.post(body).json

    assert english is not None
    assert chinese is not None
    assert english["why"].isascii() or "¶" in english["why"]
    assert "2026-10-05" in chinese["why"]
    assert chinese["why"] != english["why"]
    assert (chinese["article"], english["article_zh"]) == (
        english["article"],
        chinese["article_zh"],
    )
    assert chinese["article"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"rule": "R01"}, "/trigger"),
        ({"rule": 7, "trigger": "2026-09-05"}, "/rule"),
        ({"rule": "R" * 21, "trigger": "2026-09-05"}, "/rule"),
        ({"rule": "R01", "trigger": "2026-09-05", "custody": "prison"}, "/custody"),
        ({"rule": "R01", "trigger": "2026-09-05", "custody": 1}, "/custody"),
        ({"rule": "R01", "trigger": "2026-09-05", "case_id": 7}, "/case_id"),
        ({"rule": "R01", "trigger": "2026-09-05", "events": [[]]}, "/events/0"),
        ({"rule": "R01", "trigger": "2026-09-05", "events": [{}] * 31}, "/events"),
        (
            {
                "rule": "R01",
                "trigger": "2026-09-05",
                "events": [{"kind": "travelled", "days": 10**30}],
            },
            "/events/0/days",
        ),
        (
            {
                "rule": "R01",
                "trigger": "2026-09-05",
                "events": [{"kind": "travelled", "days": 1.5}],
            },
            "/events/0/days",
        ),
        (
            {
                "rule": "R01",
                "trigger": "2026-09-05",
                "events": [{"kind": "travelled", "days": float("nan")}],
            },
            "/events/0/days",
        ),
        ({"rule": "R\x0001", "trigger": "2026-09-05"}, "/rule"),
    ],
)
def test_a_malformed_question_is_pointed_at(
    anyone: Phone, body: dict[str, Any], pointer: str
) -> None:
    reply = anyone.client.post(
        "/api/v1/deadline-calculations",
        data=json.dumps(body),
        content_type="application/json",
        headers=anyone.headers,
    )

    assert reply.json is not None
    assert (reply.status_code, reply.json["type"]) == (422, "/problems/invalid-content")
    assert pointer in {error["pointer"][: len(pointer)] for error in reply.json["errors"]}, (
        reply.json
    )


def test_the_calculator_needs_no_key_and_writes_nothing(anyone: Phone, make: Make) -> None:
    connection = make.session.connection()
    written = list[str]()

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    anyone.computed("R01", "2026-09-05")
    event.remove(connection, "before_cursor_execute", note)
    assert written == []


def test_the_law_is_public_to_whoever_is_signed_in(make: Make, phone_of: SignIn) -> None:
    reply = phone_of(make.person()).post({"rule": "R01", "trigger": "2026-09-05"})

    assert reply.status_code == 200


def test_many_stretches_left_out_are_answered_in_good_time(anyone: Phone) -> None:
    """Each asks how the period stood before it; asked anew each time, thirty would take years."""
    began = date(2026, 9, 6)
    days = [(began + timedelta(days=n)).isoformat() for n in range(31)]
    events = [
        {
            "kind": "excluded",
            "reason": "psychiatric_evaluation",
            "from_on": days[n],
            "until_on": days[n + 1],
        }
        for n in range(30)
    ]
    clock = perf_counter()
    told = anyone.computed("R01", "2026-09-05", custody="held", events=events)

    assert told["due_on"] >= "2026-10-05"
    assert perf_counter() - clock < 20


DAYS = st.dates(date(2025, 1, 1), date(2028, 1, 1)).map(date.isoformat)
WILD_DAYS = st.dates().map(date.isoformat) | DAYS
WORDS = st.text(max_size=12) | st.sampled_from(
    ["special_circumstances", "jurisdiction_changed", "retention", "held", "\x00", "{zh}"]
)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | WORDS
    | WILD_DAYS
    | st.just("2026-09-07T09:20+08:00")
)
FIELDS = sorted({name for kind in KINDS.values() for name in kind.__dataclass_fields__})
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "length": st.integers(1, 60),
    "days": st.integers(1, 4000),
    "on": DAYS,
    "requested_on": DAYS,
    "from_on": DAYS,
    "until_on": DAYS,
    "at": DAYS | st.just("2026-09-07T09:20+08:00"),
    "custody": st.sampled_from([state.value for state in Custody]),
    "ground": st.sampled_from(
        sorted({extension.ground for rule in TABLE for extension in rule.extensions})
    ),
    "reason": st.sampled_from(
        ["psychiatric_evaluation", "retention", *(one.value for one in deadlines.RestartReason)]
    ),
}
LIKELY_BY_KIND = {
    kind: st.fixed_dictionaries(
        {"kind": st.just(kind)},
        optional={name: LIKELY[name] for name in FIELDS if name in event_type.__dataclass_fields__},
    )
    for kind, event_type in KINDS.items()
}
EVENTS = st.lists(
    st.one_of(list(LIKELY_BY_KIND.values()))
    | st.dictionaries(st.sampled_from(("kind", *FIELDS)), VALUES, max_size=5)
    | st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3), max_leaves=4),
    max_size=6,
)
QUESTIONS = st.fixed_dictionaries(
    {
        "rule": st.sampled_from([rule.id for rule in TABLE]) | WORDS,
        "trigger": DAYS
        | st.datetimes(timezones=st.just(CHINA_TIME)).map(datetime.isoformat)
        | VALUES,
    },
    optional={
        "custody": st.sampled_from([state.value for state in Custody]) | VALUES,
        "events": EVENTS | VALUES,
    },
)


@pytest.fixture
def patient(settings: Settings, engine: Engine, session: Session, anyone: Phone) -> Phone:
    """The same person, asking a house that takes any number of questions."""
    plenty = Limit(burst=10**6, per_second=10**6)
    house = create_app(settings, engine, Limits(person=plenty, open_door=plenty))
    house.extensions["sessions"] = sessionmaker(
        session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    return Phone(house.test_client(), anyone.headers)


def test_whatever_is_asked_it_is_answered_or_refused(patient: Phone) -> None:
    """The test client raises what would be a 500, so that nothing breaks unseen."""
    statuses: dict[int, int] = {}

    @given(asked=QUESTIONS)
    @hypothesis.settings(
        max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    def ask(asked: dict[str, Any]) -> None:
        reply = patient.client.post(
            "/api/v1/deadline-calculations",
            data=json.dumps(asked),
            content_type="application/json",
            headers=patient.headers,
        )
        assert reply.status_code in {200, 422}, reply.text
        assert reply.json is not None
        if reply.status_code == 200:
            assert (reply.json["due_on"] is None) == (reply.json["outer_on"] is None)
        elif reply.json["type"] == "/problems/impossible-calculation":
            assert reply.json["why"]
            assert reply.json["errors"][0]["pointer"] in {
                "/rule",
                "/trigger",
                *(f"/events/{n}" for n in range(6)),
            }
        statuses[reply.status_code] = statuses.get(reply.status_code, 0) + 1

    ask()
    assert set(statuses) == {200, 422}


# --- the table ------------------------------------------------------------------------------


def test_the_table_is_listed_as_it_stands_on_a_day(anyone: Phone) -> None:
    items = anyone.told("/deadline-rules")["items"]
    r01 = next(item for item in items if item["rule"] == "R01")

    assert {item["rule"] for item in items} == {rule.id for rule in TABLE}
    assert (r01["length"], r01["unit"], r01["class"]) == (1, "months", "custody")
    assert r01["article_zh"].startswith("刑诉法172条")
    assert r01["extensions"][0]["more"] == 15
    assert anyone.get("/deadline-rules?on=1900-01-01").status_code == 200
    assert anyone.get("/deadline-rules?on=yesterday").status_code == 422


def test_nobody_computes_without_signing_in(client: FlaskClient) -> None:
    for path in ("/deadline-rules", "/deadlines", "/deadlines/1", "/cases/1/deadlines"):
        assert client.get(f"/api/v1{path}").status_code == 401
    body = {"rule": "R01", "trigger": "2026-09-05"}
    assert client.post("/api/v1/deadline-calculations", json=body).status_code == 401
