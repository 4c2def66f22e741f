"""A case opened in an emergency: at once, for reading, for some hours, and reviewed by another."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services import (
    arrest_requests,
    arrest_reviews,
    assignments,
    cases,
    deadlines,
    emergency_accesses,
    interrogations,
    oversight,
    readings,
    tasks,
)
from services.assignments import RecusalGround
from services.cases import Case
from services.emergency_accesses import (
    CaseSeenAlready,
    EmergencyAccess,
    EmergencyFinding,
    EmergencyOpenAlready,
    EmergencyOver,
    EmergencyReason,
    EmergencyReviewedAlready,
    NoSuchHours,
    find_case,
    practice_of,
)
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import LOOKING, POLICY, READING, Permission, PostKind, allows, in_emergency
from services.readings import Reading, ReadingRight
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town
from tests.phones import Phones


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


@pytest.fixture
def other(make: Make, town: Town) -> Person:
    """A prosecutor who has nothing to do with the case."""
    return make.person(PostKind.PROSECUTOR, town.procuratorate)


@pytest.fixture
def auditor(make: Make, town: Town) -> Person:
    return make.person(PostKind.AUDITOR, town.procuratorate)


@pytest.fixture
def case(make: Make, town: Town) -> Case:
    return make.handled(town)


def opened(make: Make, who: Person, case: Case, *, hours: float = 0) -> EmergencyAccess:
    return emergency_accesses.open_case(
        make.act(who, make.now + timedelta(hours=hours)),
        case,
        reason=EmergencyReason.DEADLINE_ENDS,
        words="承办检察官联系不上，期限今日届满。",
    )


def sees(make: Make, who: Person, case: Case, *, hours: float = 0) -> bool:
    act = make.act(who, make.now + timedelta(hours=hours))
    found = act.session.scalar(cases.visible(act).where(Case.id == case.id)) is not None
    assert found == allows(act.actor, Permission.CASE_READ, case), "the list is the law"
    return found


def test_it_opens_the_file_at_once_and_ends_by_itself(
    make: Make, town: Town, other: Person, case: Case
) -> None:
    assert not sees(make, other, case)

    opened(make, other, case)

    act = make.act(other)
    assert sees(make, other, case)
    assert arrest_requests.find(act, case.arrest_request_id or 0) is case.request
    assert allows(act.actor, Permission.ARREST_REQUEST_READ, case.request)
    clocks = make.session.scalars(deadlines.visible(act)).all()
    assert clocks
    assert all(allows(act.actor, Permission.DEADLINE_READ, one) for one in clocks)
    assert sees(make, other, case, hours=3.9)
    assert not sees(make, other, case, hours=4)
    later = make.act(other, make.now + timedelta(hours=4))
    assert make.session.scalars(deadlines.visible(later)).all() == []
    with pytest.raises(NotFound):
        arrest_requests.find(later, case.arrest_request_id or 0)
    assert not sees(make, make.person(PostKind.PROSECUTOR, town.procuratorate), case)


def test_it_opens_no_other_case_and_what_is_closed_beside_the_file_stays_closed(
    make: Make, town: Town, other: Person, case: Case
) -> None:
    second = make.handled(town)
    opened(make, other, case)
    act = make.act(other)

    assert not sees(make, other, second)
    assert make.session.scalars(oversight.visible(act)).all() == []
    assert make.session.scalars(interrogations.visible(act)).all() == []
    (review,) = make.session.scalars(arrest_reviews.visible(act)).all()
    assert review.case_id == case.id


def test_nobody_acts_by_it(make: Make, other: Person, case: Case) -> None:
    by_emergency = {
        permission
        for permission, clauses in POLICY.items()
        if any("emergency" in rule.__name__ for clause in clauses for rule in clause)
    } - {Permission.EMERGENCY_ACCESS_OPEN}
    assert by_emergency <= READING <= LOOKING
    assert Permission.CASE_READ in by_emergency
    opened(make, other, case)
    actor = make.act(other).actor

    assert in_emergency(actor, case)
    for permission in (
        Permission.CASE_DESIGNATE,
        Permission.CASE_SPLIT,
        Permission.ARREST_REVIEW_OPINE,
        Permission.SUSPECT_HEAR,
    ):
        assert not allows(actor, permission, case)


def test_those_who_may_not_are_refused(make: Make, town: Town, other: Person, case: Case) -> None:
    officers = (PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER, PostKind.AUDITOR)
    for kind in (*officers, PostKind.CLERK, PostKind.SUPERVISOR):
        with pytest.raises(NotAllowed):
            opened(make, make.person(kind, town.procuratorate), case)
    for who in (town.officer, make.person(PostKind.PROSECUTOR)):
        with pytest.raises(NotAllowed):
            opened(make, who, case)
    assignments.recuse(
        make.act(town.chief), case, person_id=other.id, ground=RecusalGround.PARTY_OR_RELATIVE
    )
    make.session.expire(case)
    with pytest.raises(NotAllowed):
        opened(make, other, case)
    for who in (town.prosecutor, town.manager):
        with pytest.raises(CaseSeenAlready):
            opened(make, who, case)


def test_who_is_recused_or_leaves_meanwhile_reads_no_more(
    make: Make, town: Town, other: Person, case: Case
) -> None:
    opened(make, other, case)
    assignments.recuse(
        make.act(town.chief), case, person_id=other.id, ground=RecusalGround.PARTY_OR_RELATIVE
    )
    make.session.expire(case)

    assert not sees(make, other, case)
    assert make.session.scalars(deadlines.visible(make.act(other))).all() == []


def test_it_is_open_once_and_may_be_closed_before_the_time(
    make: Make, town: Town, other: Person, case: Case
) -> None:
    access = opened(make, other, case)
    with pytest.raises(EmergencyOpenAlready):
        opened(make, other, case, hours=1)
    with pytest.raises(NotAllowed):
        emergency_accesses.end(make.act(town.chief), access)

    early = make.act(other, make.now + timedelta(hours=1))
    emergency_accesses.end(early, access)

    assert not sees(make, other, case, hours=1)
    with pytest.raises(EmergencyOver):
        emergency_accesses.end(early, access)
    assert opened(make, other, case, hours=2).id != access.id


def test_the_journal_holds_codes_and_each_reading_is_marked(
    make: Make, other: Person, case: Case
) -> None:
    access = opened(make, other, case)
    readings.note(make.act(other), select(Case.id).where(Case.id == case.id), "/cases")

    entry = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "EmergencyAccessOpened")
    ).one()
    assert entry.details == {"case_id": case.id, "reason": "deadline_ends"}
    reading = make.session.scalars(select(Reading)).one()
    assert (reading.right, reading.emergency_id) == (ReadingRight.EMERGENCY, access.id)


def test_somebody_else_says_within_three_working_days_if_it_was_justified(
    make: Make, town: Town, other: Person, auditor: Person, case: Case
) -> None:
    access = opened(make, other, case)
    waiting = make.session.scalars(
        select(Task).where(Task.kind == TaskKind.REVIEW_EMERGENCY_ACCESS)
    ).all()
    assert {task.post for task in waiting} == {PostKind.AUDITOR, PostKind.CHIEF_PROCURATOR}
    assert {task.due_on for task in waiting} == {access.review_by_on}
    make.post(other, PostKind.CHIEF_PROCURATOR, town.procuratorate)
    for who in (other, town.prosecutor, make.person(PostKind.AUDITOR)):
        with pytest.raises(NotAllowed):
            reviewed(make, who, access)
    assert emergency_accesses.may_review(make.act(auditor), access)

    reviewed(make, auditor, access)

    assert not emergency_accesses.may_review(make.act(auditor), access)
    with pytest.raises(EmergencyReviewedAlready):
        reviewed(make, town.chief, access)
    assert {task.state for task in waiting} == {TaskState.DONE}
    assert tasks.TaskKind.REVIEW_EMERGENCY_ACCESS.zh


def reviewed(
    make: Make,
    who: Person,
    access: EmergencyAccess,
    finding: EmergencyFinding = EmergencyFinding.JUSTIFIED,
) -> EmergencyAccess:
    return emergency_accesses.review(make.act(who), access, finding=finding, words="情况属实。")


def test_what_was_no_emergency_ends_at_once_and_inspection_reads_of_it(
    make: Make, town: Town, other: Person, auditor: Person, case: Case
) -> None:
    inspector = make.person(PostKind.INSPECTOR, town.procuratorate)
    access = opened(make, other, case)
    with pytest.raises(NotFound):
        emergency_accesses.find(make.act(inspector), access.id)

    reviewed(make, auditor, access, EmergencyFinding.NOT_JUSTIFIED)

    assert not sees(make, other, case)
    assert emergency_accesses.find(make.act(inspector), access.id) is access


def test_what_is_listed_is_what_the_law_lets_one_read(
    make: Make, town: Town, other: Person, auditor: Person, case: Case
) -> None:
    access = opened(make, other, case)
    inspector = make.person(PostKind.INSPECTOR, town.procuratorate)
    people = [other, auditor, town.chief, town.prosecutor, town.manager, town.officer, inspector]
    expected = {other, auditor, town.chief, town.prosecutor}
    for _ in range(2):
        for who in people:
            act = make.act(who)
            listed = list(make.session.scalars(emergency_accesses.visible(act)))
            assert bool(listed) == allows(act.actor, Permission.EMERGENCY_ACCESS_READ, access)
            assert bool(listed) == (who in expected)
        if access.finding is None:
            reviewed(make, auditor, access, EmergencyFinding.NOT_JUSTIFIED)
            expected.add(inspector)


def test_an_office_may_set_less_than_four_hours(
    make: Make, town: Town, other: Person, case: Case
) -> None:
    office_id = town.procuratorate.id
    standing = practice_of(make.session, office_id)
    assert standing.hours == 4
    with pytest.raises(NotAllowed):
        emergency_accesses.set_practice(make.act(town.manager), standing, hours=2)
    for hours in (0, 5):
        with pytest.raises(NoSuchHours):
            emergency_accesses.set_practice(make.act(town.chief), standing, hours=hours)

    emergency_accesses.set_practice(make.act(town.chief), standing, hours=1)

    access = opened(make, other, case)
    assert access.until_at - access.opened_at == timedelta(hours=1)


def test_a_case_is_named_by_its_number_in_the_own_procuratorate(
    make: Make, town: Town, other: Person, case: Case
) -> None:
    assert find_case(make.act(other), case.number) is case
    for who in (town.officer, make.person(PostKind.PROSECUTOR), town.chief):
        with pytest.raises(NotFound):
            find_case(make.act(who), case.number)


def test_on_the_phone_it_is_opened_read_and_reviewed(
    other: Person, auditor: Person, case: Case, phones: Phones
) -> None:
    mine = phones.of(other)
    path = f"/cases/{case.id}"
    assert mine.get(path).status_code == 404
    asked = {"case_number": case.number, "reason": "custody_unlawful", "words": "可能超期羁押。"}
    reply = mine.send("POST", "/emergency-accesses", asked)
    assert reply.status_code == 201, reply.get_json()
    access = reply.get_json()

    assert access["is_open"]
    assert access["may_end"]
    assert mine.get(path).status_code == 200
    assert mine.get(f"{path}/deadlines").status_code == 200
    line = phones.of(auditor).get("/readings?right=emergency").get_json()["items"][0]
    assert (line["case_number"], line["emergency_id"]) == (case.number, access["id"])
    where = f"/emergency-accesses/{access['id']}"
    seen = phones.of(auditor).get(where).get_json()
    assert seen["may_review"]
    (task,) = phones.of(auditor).get("/tasks").get_json()["items"]
    assert (task["case_number"], task["suspects"]) == (case.number, [])
    told = phones.of(auditor).send(
        "PUT",
        f"{where}/review",
        {"finding": "not_justified", "words": "并无紧急情况。"},
        seen["version"],
    )
    assert told.status_code == 200
    assert mine.get(path).status_code == 404
    assert phones.of(auditor).get("/tasks").get_json()["items"] == []
    inbox = phones.of(auditor).get("/inbox").get_json()["items"]
    assert case.number not in str(inbox)
