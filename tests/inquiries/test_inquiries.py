"""Recorded inquiries: who records, who alone reads, what the inspection does, and every month."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.identity import access_token
from notifications.messages import notices
from services import inquiries
from services.cases import Case
from services.inquiries import (
    CaseOfAnotherOffice,
    InquiriesRecorded,
    Inquiry,
    InquiryAlreadyCorrected,
    InquiryAlreadyReviewed,
    InquiryChannel,
    InquiryFinding,
    InquiryKind,
    InquiryReview,
    MonthNotOver,
    NewInquiry,
    NewZeroReport,
    NoPostThen,
    NotYetHappened,
    ProcuratorateUnclear,
    ReportStanding,
    SupervisionIsLawful,
    ZeroReport,
    ZeroReportDeclaredBefore,
)
from services.kernel.act import SHANGHAI, Act, Actor, JournalEntry
from services.kernel.clock import LegalClock, machine_now
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import TAKING_PART, Permission, PostKind, allows
from services.sessions import SignInSession
from services.tasks import Task, TaskKind, TaskState
from tests.conftest import NOON
from tests.make import Make, Town

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
IN_FEBRUARY = datetime(2026, 2, 26, 9, tzinfo=SHANGHAI)
SECRET = "此人要求对苍澜案从轻处理并打听承办人电话"
ASKER = "令狐不存"


@dataclass
class World:
    """A town whose staff is inspected, and a case that somebody asks about."""

    make: Make
    town: Town
    head: Person
    clerk: Person
    inspector: Person
    case: Case

    @property
    def session(self) -> Session:
        return self.make.session

    def act(self, person: Person, at: datetime = NOON) -> Act:
        return self.make.act(person, at)

    def told(self, **given: Any) -> NewInquiry:
        whole = NewInquiry(
            procuratorate_id=self.town.procuratorate.id,
            kind=InquiryKind.LEADER_INTERFERENCE,
            channel=InquiryChannel.PHONE,
            asker_name=ASKER,
            content=SECRET,
            seems_unlawful=True,
            happened_at=IN_FEBRUARY,
            case=self.case,
        )
        return replace(whole, **given)

    def recorded(self, by: Person | None = None, **given: Any) -> Inquiry:
        return inquiries.record(self.act(by or self.town.prosecutor), self.told(**given))

    def reviewed(self, inquiry: Inquiry, by: Person | None = None) -> InquiryReview:
        return inquiries.review(
            self.act(by or self.inspector),
            inquiry,
            finding=InquiryFinding.BREACH_PASSED_ON,
            remark="已移送。",
        )

    def declared(self, by: Person, month: date = FEBRUARY, at: datetime = NOON) -> ZeroReport:
        own = NewZeroReport(self.town.procuratorate.id, by.id, month)
        return inquiries.declare(self.act(by, at), own)

    def tasks(self, inquiry: Inquiry) -> list[Task]:
        chosen = select(Task).where(
            Task.kind == TaskKind.REVIEW_INQUIRY, Task.about_id == inquiry.id
        )
        return list(self.session.scalars(chosen))

    def hears(self, inquiry: Inquiry, kind: str) -> set[int]:
        """Who is told, as the dispatcher finds them, and in words that say nothing of it."""
        notice = notices()[kind]
        entry = self.session.scalars(
            select(JournalEntry).where(
                JournalEntry.kind == kind, JournalEntry.about_id == inquiry.id
            )
        ).one()
        words = notice.write(entry.event, inquiry)
        assert words.link == f"/inquiries/{inquiry.id}"
        assert not any(said in f"{words}" for said in (SECRET, ASKER, self.case.number))
        return notice.to.people(self.session, inquiry)


@pytest.fixture
def world(make: Make) -> World:
    town = make.town()
    case = make.case(town)
    case.handler_id = town.prosecutor.id
    make.session.flush()
    make.session.add(LegalClock(id=1, offset=NOON - machine_now()))
    make.session.flush()
    return World(
        make,
        town,
        make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate),
        make.person(PostKind.CLERK, town.procuratorate),
        make.person(PostKind.INSPECTOR, town.procuratorate),
        case,
    )


# --- recording is reporting ---------------------------------------------------------------------


@pytest.mark.parametrize("post", TAKING_PART)
def test_whoever_takes_part_records_and_it_is_reported_at_once(
    world: World, post: PostKind
) -> None:
    """ORG 47 paragraph 2: recorded fully and truthfully, and reported."""
    somebody = world.make.person(post, world.town.procuratorate)

    inquiry = world.recorded(by=somebody, case=None)

    (task,) = world.tasks(inquiry)
    assert (task.office_id, task.post, task.person_id) == (
        world.town.procuratorate.id,
        PostKind.INSPECTOR,
        None,
    )
    assert world.hears(inquiry, "InquiryRecorded") == {world.inspector.id}


@pytest.mark.parametrize(
    "post",
    [
        PostKind.INSPECTOR,
        PostKind.AUDITOR,
        PostKind.ADMINISTRATOR,
        PostKind.POLICE_OFFICER,
        PostKind.SUPERVISOR,
        PostKind.EXECUTION_SUPERVISOR,
    ],
)
def test_who_handles_no_cases_records_nothing(world: World, post: PostKind) -> None:
    somebody = world.make.person(post, world.town.procuratorate)

    with pytest.raises(NotAllowed):
        world.recorded(by=somebody)


def test_nobody_records_in_another_procuratorate(world: World) -> None:
    elsewhere = world.make.town()

    with pytest.raises(NotAllowed):
        world.recorded(by=elsewhere.prosecutor)


def test_lawful_supervision_is_kept_apart_and_nobody_looks_into_it(world: World) -> None:
    """RULES 4, 6: a chief who asks about a case leads; that is no interference."""
    inquiry = world.recorded(kind=InquiryKind.LAWFUL_SUPERVISION, seems_unlawful=False)

    assert world.tasks(inquiry) == []
    assert world.hears(inquiry, "SupervisionRecorded") == {world.inspector.id}
    kinds = world.session.scalars(select(JournalEntry.kind).order_by(JournalEntry.id.desc()))
    assert "InquiryRecorded" not in set(kinds.fetchmany(1))


def test_what_seems_unlawful_is_no_lawful_supervision(world: World) -> None:
    with pytest.raises(SupervisionIsLawful) as refused:
        world.recorded(kind=InquiryKind.LAWFUL_SUPERVISION, seems_unlawful=True)
    assert "ORG 47" in refused.value.members["article"]


def test_nothing_is_recorded_before_it_happens(world: World) -> None:
    world.recorded(happened_at=NOON)
    with pytest.raises(NotYetHappened):
        world.recorded(happened_at=NOON + timedelta(seconds=1))


def test_a_case_stands_where_it_is_handled(world: World) -> None:
    elsewhere = world.make.town()
    with pytest.raises(CaseOfAnotherOffice):
        world.recorded(case=world.make.case(elsewhere))


def test_whoever_works_in_two_offices_says_in_which(world: World) -> None:
    prosecutor, second = world.town.prosecutor, world.make.office()
    act = world.act(prosecutor)
    assert inquiries.office_of(act, None) == world.town.procuratorate.id
    world.make.post(prosecutor, PostKind.CLERK, second)
    both = world.act(prosecutor)
    with pytest.raises(ProcuratorateUnclear):
        inquiries.office_of(both, None)
    assert inquiries.office_of(both, world.case) == world.town.procuratorate.id
    with pytest.raises(NotAllowed):
        inquiries.office_of(world.act(world.inspector), None)


# --- who reads ----------------------------------------------------------------------------------


def test_only_the_recorder_and_the_inspection_read_it(world: World) -> None:
    """The chief and the head may be the ones recorded; another procuratorate has no part in it."""
    elsewhere = world.make.town()
    foreign = world.make.person(PostKind.INSPECTOR, elsewhere.procuratorate)
    inquiry = world.recorded()

    for reader in (world.town.prosecutor, world.inspector):
        assert inquiries.find(world.act(reader), inquiry.id) is inquiry
    town = world.town
    for reader in (town.chief, world.head, town.manager, world.clerk, town.officer, foreign):
        with pytest.raises(NotFound):
            inquiries.find(world.act(reader), inquiry.id)


def test_a_leader_who_also_inspects_reads_nothing(world: World) -> None:
    world.make.post(world.town.chief, PostKind.INSPECTOR, world.town.procuratorate)
    inquiry = world.recorded()

    with pytest.raises(NotFound):
        inquiries.find(world.act(world.town.chief), inquiry.id)
    with pytest.raises(NotAllowed):
        world.reviewed(inquiry, by=world.town.chief)


def test_what_is_visible_is_what_the_law_lets_one_read(world: World) -> None:
    elsewhere = world.make.town()
    inspected = world.make.person(PostKind.INSPECTOR, elsewhere.procuratorate)
    made = [
        world.recorded(),
        world.recorded(by=world.clerk, case=None),
        inquiries.record(
            world.act(elsewhere.chief),
            world.told(procuratorate_id=elsewhere.procuratorate.id, case=None),
        ),
    ]
    offices = (world.town.procuratorate.id, elsewhere.procuratorate.id)
    people = (world.town.prosecutor.id, world.clerk.id, elsewhere.chief.id, inspected.id, 0)
    posts = [(post.value, office) for post in PostKind for office in offices]
    for held in [(), *itertools.combinations(posts, 1), *itertools.combinations(posts, 2)]:
        for person_id in people:
            actor = Actor(person_id, frozenset(held))
            act = Act(actor, NOON, world.session)
            seen = {one.id for one in world.session.scalars(inquiries.visible(act))}
            law = {one.id for one in made if allows(actor, Permission.INQUIRY_READ, one)}
            assert seen == law, (person_id, held)


def test_zero_reports_are_visible_as_the_law_says(world: World) -> None:
    reports = [world.declared(world.clerk), world.declared(world.head)]
    office = world.town.procuratorate.id
    for post, person in itertools.product(PostKind, (world.clerk.id, world.head.id, 0)):
        actor = Actor(person, frozenset({(post.value, office)}))
        chosen = inquiries.visible_zero_reports(Act(actor, NOON, world.session))
        seen = {one.id for one in world.session.scalars(chosen)}
        law = {one.id for one in reports if allows(actor, Permission.ZERO_REPORT_READ, one)}
        assert seen == law, (person, post)


# --- nothing is ever changed --------------------------------------------------------------------


@pytest.mark.parametrize("table", ["inquiries", "inquiry_reviews", "zero_reports"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_recorded_is_never_changed(world: World, table: str, statement: str) -> None:
    world.reviewed(world.recorded())

    with pytest.raises(DatabaseError, match=r"append-only|permission denied"):
        world.session.execute(text(statement.format(table)))


def test_the_trigger_holds_against_the_owner_too(world: World) -> None:
    names = world.session.scalars(
        text(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname = 'append_only'"
        )
    )
    assert {"inquiries", "inquiry_reviews", "zero_reports"} <= set(names)


def test_a_correction_is_a_further_entry(world: World) -> None:
    earlier = world.recorded()

    later = inquiries.correct(
        world.act(world.town.prosecutor), earlier, world.told(channel=InquiryChannel.VISIT)
    )

    assert (later.corrects_id, later.channel) == (earlier.id, InquiryChannel.VISIT)
    assert (earlier.corrects_id, earlier.channel) == (None, InquiryChannel.PHONE)
    assert [one.state for one in world.tasks(earlier)] == [TaskState.CANCELLED]
    assert [one.state for one in world.tasks(later)] == [TaskState.OPEN]
    assert world.hears(later, "InquiryCorrected") == {world.inspector.id}
    with pytest.raises(InquiryAlreadyCorrected):
        inquiries.correct(world.act(world.town.prosecutor), earlier, world.told())
    with pytest.raises(InquiryAlreadyCorrected):
        world.reviewed(earlier)
    world.reviewed(later)


@pytest.mark.parametrize("who", ["chief", "inspector", "clerk"])
def test_only_the_recorder_corrects(world: World, who: str) -> None:
    earlier = world.recorded()
    person = getattr(world, who, None) or world.town.chief
    with pytest.raises(NotAllowed):
        inquiries.correct(world.act(person), earlier, world.told())


def test_a_correction_is_held_to_the_same_rules(world: World) -> None:
    act, earlier = world.act(world.town.prosecutor), world.recorded()
    elsewhere = world.make.case(world.make.town())
    for wrong, refusal in (
        ({"kind": InquiryKind.LAWFUL_SUPERVISION}, SupervisionIsLawful),
        ({"happened_at": NOON + timedelta(1)}, NotYetHappened),
        ({"case": elsewhere}, CaseOfAnotherOffice),
    ):
        with pytest.raises(refusal):
            inquiries.correct(act, earlier, world.told(**wrong))


# --- the inspection -----------------------------------------------------------------------------


def test_the_inspection_looks_into_it_once_and_the_recorder_is_told(world: World) -> None:
    inquiry = world.recorded()

    found = world.reviewed(inquiry)

    assert (found.finding, found.reviewed_by) == (
        InquiryFinding.BREACH_PASSED_ON,
        world.inspector.id,
    )
    assert [one.state for one in world.tasks(inquiry)] == [TaskState.DONE]
    assert world.hears(inquiry, "InquiryReviewed") == {world.town.prosecutor.id}
    with pytest.raises(InquiryAlreadyReviewed):
        world.reviewed(inquiry)


@pytest.mark.parametrize("who", ["head", "clerk"])
def test_nobody_else_looks_into_it(world: World, who: str) -> None:
    inquiry = world.recorded()
    for person in (getattr(world, who), world.town.chief, world.town.prosecutor):
        with pytest.raises(NotAllowed):
            world.reviewed(inquiry, by=person)


def test_an_inspector_never_looks_into_what_the_same_person_recorded(world: World) -> None:
    world.make.post(world.inspector, PostKind.CLERK, world.town.procuratorate)
    inquiry = world.recorded(by=world.inspector, case=None)

    with pytest.raises(NotAllowed):
        world.reviewed(inquiry)
    world.reviewed(inquiry, by=world.make.person(PostKind.INSPECTOR, world.town.procuratorate))


# --- every month --------------------------------------------------------------------------------


def test_a_zero_report_is_declared_once_for_a_month_that_is_over(world: World) -> None:
    clerk = world.clerk
    with pytest.raises(MonthNotOver):
        world.declared(clerk, MARCH)
    last = datetime(2026, 2, 28, 23, 59, tzinfo=SHANGHAI)
    with pytest.raises(MonthNotOver):
        world.declared(clerk, FEBRUARY, at=last)
    world.declared(clerk, FEBRUARY, at=last + timedelta(minutes=1))
    world.declared(clerk, date(2025, 12, 1))
    with pytest.raises(ZeroReportDeclaredBefore):
        world.declared(clerk)


def test_who_recorded_something_declares_no_zero(world: World) -> None:
    world.recorded()
    with pytest.raises(InquiriesRecorded):
        world.declared(world.town.prosecutor)
    world.declared(world.town.prosecutor, date(2026, 1, 1))


def test_an_entry_belongs_to_the_month_in_shanghai_in_which_it_happened(world: World) -> None:
    world.recorded(happened_at=datetime(2026, 1, 31, 16, tzinfo=UTC))
    world.declared(world.town.prosecutor, date(2026, 1, 1))
    with pytest.raises(InquiriesRecorded):
        world.declared(world.town.prosecutor, FEBRUARY)


def test_lawful_supervision_is_nothing_to_report(world: World) -> None:
    world.recorded(kind=InquiryKind.LAWFUL_SUPERVISION, seems_unlawful=False)
    world.declared(world.town.prosecutor)


def test_what_was_corrected_away_no_longer_counts(world: World) -> None:
    prosecutor, earlier = world.town.prosecutor, world.recorded()
    inquiries.correct(
        world.act(prosecutor),
        earlier,
        world.told(happened_at=IN_FEBRUARY - timedelta(days=28)),
    )
    world.declared(prosecutor)
    with pytest.raises(InquiriesRecorded):
        world.declared(prosecutor, date(2026, 1, 1))


def test_one_declares_for_oneself_and_with_a_part_in_cases(world: World) -> None:
    others = NewZeroReport(world.town.procuratorate.id, world.clerk.id, FEBRUARY)
    for person in (world.town.prosecutor, world.inspector):
        with pytest.raises(NotAllowed):
            inquiries.declare(world.act(person), others)
    with pytest.raises(NotAllowed):
        world.declared(world.inspector)


def test_nobody_reports_for_a_month_without_a_post(world: World) -> None:
    late = world.make.person()
    world.make.post(late, PostKind.CLERK, world.town.procuratorate, from_on=date(2026, 2, 28))
    with pytest.raises(NoPostThen):
        world.declared(late, date(2026, 1, 1))
    world.declared(late, FEBRUARY)


def standing(world: World, reader: Person, month: date = FEBRUARY) -> dict[int, ReportStanding]:
    act = world.act(reader)
    found = [one.id for one in world.session.scalars(inquiries.reporters(act, month))]
    lines = inquiries.lines(act, month, found)
    by_filter = {
        person: wanted
        for wanted in ReportStanding
        for person in world.session.scalars(
            inquiries.reporters(act, month, wanted).with_only_columns(Person.id)
        )
    }
    assert by_filter == {who: line.standing for who, line in lines.items()}
    return by_filter


def test_the_inspection_sees_who_has_neither(world: World) -> None:
    town = world.town
    world.recorded()
    world.recorded(kind=InquiryKind.LAWFUL_SUPERVISION, seems_unlawful=False)
    world.declared(world.clerk)
    world.recorded(by=world.clerk, case=None, happened_at=IN_FEBRUARY - timedelta(days=40))
    world.declared(world.head)
    world.make.town()
    gone = world.make.person()
    world.make.post(
        gone, PostKind.PROSECUTOR, town.procuratorate, until_on=FEBRUARY - timedelta(days=1)
    )

    assert standing(world, world.inspector) == {
        town.prosecutor.id: ReportStanding.RECORDED,
        world.clerk.id: ReportStanding.ZERO,
        world.head.id: ReportStanding.ZERO,
        town.manager.id: ReportStanding.MISSING,
        town.chief.id: ReportStanding.MISSING,
    }
    line = inquiries.lines(world.act(world.inspector), FEBRUARY, [town.prosecutor.id])
    assert (line[town.prosecutor.id].recorded, line[town.prosecutor.id].supervision) == (1, 1)


def test_what_comes_to_light_later_says_more_than_a_zero_report(world: World) -> None:
    world.declared(world.clerk)
    world.recorded(by=world.clerk, case=None)
    assert standing(world, world.inspector)[world.clerk.id] is ReportStanding.RECORDED


def test_everybody_else_sees_only_the_own_month(world: World) -> None:
    world.recorded()
    assert standing(world, world.town.chief) == {world.town.chief.id: ReportStanding.MISSING}
    assert standing(world, world.town.officer) == {}


# --- over HTTP ----------------------------------------------------------------------------------


@dataclass
class Phone:
    """Somebody's phone, signed in."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def send(self, method: str, path: str, body: Mapping[str, object]) -> TestResponse:
        key = {"Idempotency-Key": f"key-{next(KEYS)}"}
        return self.client.open(
            f"/api/v1{path}", method=method, json=body, headers=self.headers | key
        )


KEYS = itertools.count()


@dataclass
class Phones:
    app: Flask
    client: FlaskClient
    make: Make

    def of(self, person: Person) -> Phone:
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        self.make.session.add(opened)
        self.make.session.flush()
        token = access_token(self.app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
        return Phone(self.client, {"Authorization": f"Bearer {token}"})


@pytest.fixture
def phones(app: Flask, client: FlaskClient, make: Make) -> Phones:
    return Phones(app, client, make)


def told(reply: TestResponse, status: int = 200) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.json is not None
    return dict(reply.json)


def body(world: World, **given: object) -> dict[str, object]:
    return {
        "case_id": world.case.id,
        "kind": "insider_inquiry",
        "channel": "visit",
        "asker_name": ASKER,
        "asker_unit": "某单位",
        "content": SECRET,
        "seems_unlawful": True,
        "happened_at": "2026-02-26T09:00:00+08:00",
    } | given


def test_an_inquiry_is_recorded_corrected_and_looked_into_over_http(
    world: World, phones: Phones
) -> None:
    handler, inspector = phones.of(world.town.prosecutor), phones.of(world.inspector)
    made = told(handler.send("POST", "/inquiries", body(world)), 201)
    assert (made["case"]["number"], made["may_correct"], made["may_review"]) == (
        world.case.number,
        True,
        False,
    )
    (task,) = told(inspector.get("/tasks"))["items"]
    assert (task["kind"], task["about_kind"], task["about_id"], task["suspects"]) == (
        "review_inquiry",
        "inquiries",
        made["id"],
        [],
    )
    path = f"/inquiries/{made['id']}"
    later = told(handler.send("POST", f"{path}/corrections", body(world, channel="phone")), 201)
    assert later["corrects_id"] == made["id"]
    shown = told(inspector.get(path))
    assert (shown["corrected_by_id"], shown["may_review"]) == (later["id"], False)

    found = {"finding": "breach_passed_on", "remark": "已移送纪检监察机关。"}
    path = f"/inquiries/{later['id']}"
    assert told(handler.send("PUT", f"{path}/review", found), 403)["type"].endswith("not-allowed")
    reviewed = told(inspector.send("PUT", f"{path}/review", found))
    assert reviewed["review"]["finding"] == "breach_passed_on"
    again = told(inspector.send("PUT", f"{path}/review", found), 409)
    assert again["type"].endswith("inquiry-already-reviewed")
    own = told(handler.get(path))
    assert (own["review"], own["reviewed_at"]) == (None, reviewed["reviewed_at"])
    assert told(handler.get("/inquiries?kind=lawful_supervision"))["items"] == []
    assert len(told(handler.get("/inquiries"))["items"]) == 2


def test_who_may_not_read_finds_nothing(world: World, phones: Phones) -> None:
    inquiry = world.recorded()
    town = world.town
    for person in (town.chief, world.head, town.manager, world.clerk, town.officer):
        phone = phones.of(person)
        path = f"/inquiries/{inquiry.id}"
        assert phone.get(path).status_code == 404
        assert told(phone.get("/inquiries"))["items"] == []
        assert phone.send("POST", f"{path}/corrections", body(world)).status_code == 404
        finding = {"finding": "no_breach", "remark": "无"}
        assert phone.send("PUT", f"{path}/review", finding).status_code == 404


def test_who_handles_no_cases_is_refused_over_http(world: World, phones: Phones) -> None:
    inspector, officer = phones.of(world.inspector), phones.of(world.town.officer)
    for phone in (inspector, officer):
        reply = phone.send("POST", "/inquiries", body(world, case_id=None))
        assert told(reply, 403)["type"].endswith("not-allowed")
    # A case one may not see does not exist: the clerk names it in words.
    clerk = phones.of(world.clerk)
    unseen = told(clerk.send("POST", "/inquiries", body(world)), 422)
    assert unseen["type"].endswith("case-not-seen")
    assert unseen["errors"][0]["pointer"] == "/case_id"
    told(clerk.send("POST", "/inquiries", body(world, case_id=None)), 201)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gossip"},
        {"asker_name": " "},
        {"asker_name": None},
        {"content": ""},
        {"content": "x" * 5001},
        {"seems_unlawful": "maybe"},
        {"seems_unlawful": None},
        {"happened_at": "2026-02-26"},
        {"happened_at": "2099-01-01T00:00:00Z"},
        {"kind": "lawful_supervision"},
        {"case_id": 0},
        {"more": 1},
    ],
)
def test_an_inquiry_is_told_whole(world: World, phones: Phones, wrong: dict[str, object]) -> None:
    reply = phones.of(world.town.prosecutor).send("POST", "/inquiries", body(world, **wrong))

    assert reply.status_code == 422, reply.text


def test_months_are_reported_over_http(world: World, phones: Phones) -> None:
    clerk, inspector = phones.of(world.clerk), phones.of(world.inspector)
    (own,) = told(clerk.get("/inquiry-reports?month=2026-02"))["items"]
    assert (own["standing"], own["may_declare"]) == ("missing", True)

    zero = {"month": "2026-02"}
    made = told(clerk.send("POST", "/inquiry-reports", zero), 201)
    assert (made["month"], made["standing"], made["may_declare"]) == ("2026-02", "zero", False)
    assert told(clerk.send("POST", "/inquiry-reports", zero), 409)["type"].endswith(
        "zero-report-declared-before"
    )
    early = clerk.send("POST", "/inquiry-reports", {"month": "2026-03"})
    assert told(early, 409)["type"].endswith("month-not-over")
    world.recorded()
    busy = phones.of(world.town.prosecutor).send("POST", "/inquiry-reports", zero)
    assert told(busy, 409)["type"].endswith("inquiries-recorded")
    assert inspector.send("POST", "/inquiry-reports", zero).status_code == 403

    page = told(inspector.get("/inquiry-reports?month=2026-02&standing=missing&limit=2"))
    rest = told(
        inspector.get(
            "/inquiry-reports?month=2026-02&standing=missing&limit=2&cursor=" + page["next_cursor"]
        )
    )
    missing = [one["person"]["id"] for one in page["items"] + rest["items"]]
    assert missing == [world.town.manager.id, world.town.chief.id, world.head.id]


@pytest.mark.parametrize(
    "month", ["", "2026", "2026-13", "2026-1", "2026-02-01", "９999-01", "1999-01"]
)
def test_a_month_is_a_month(world: World, phones: Phones, month: str) -> None:
    phone = phones.of(world.clerk)
    assert phone.get(f"/inquiry-reports?month={month}").status_code == 422
    assert phone.send("POST", "/inquiry-reports", {"month": month}).status_code == 422
    assert phone.get("/inquiry-reports").status_code == 422


def test_a_list_costs_the_same_however_long_it_is(
    world: World, phones: Phones, session: Session
) -> None:
    inspector = phones.of(world.inspector)
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    def cost(path: str) -> int:
        nonlocal counted
        session.flush()
        session.expunge_all()
        counted = 0
        told(inspector.get(path))
        return counted

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        paths = ("/inquiries", "/inquiry-reports?month=2026-02")
        world.reviewed(world.recorded())
        few = [cost(path) for path in paths]
        assert min(few) > 1
        for _ in range(8):
            world.make.person(PostKind.CLERK, world.town.procuratorate)
            world.recorded()
        assert [cost(path) for path in paths] == few
    finally:
        event.remove(engine, "before_cursor_execute", count)


# --- nothing leaks ------------------------------------------------------------------------------


def test_no_name_and_no_word_of_it_stands_in_the_journal(world: World) -> None:
    inquiry = world.recorded(
        asker_unit="某某委员会", asker_post="主任", evidence="录音", place="茶室"
    )
    inquiries.correct(world.act(world.town.prosecutor), inquiry, world.told())
    world.declared(world.clerk)

    rows = world.session.execute(text("SELECT row_to_json(j)::text FROM journal j")).scalars()
    journal = "".join(rows)

    assert str(inquiry.id) in journal
    for said in (SECRET, ASKER, "某某委员会", "主任", "录音", "茶室", "leader_interference"):
        assert said not in journal
