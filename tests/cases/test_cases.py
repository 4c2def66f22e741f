"""Cases: accepted under a number, seen by whom the law names, listed in few queries."""

import itertools

import pytest
from sqlalchemy import select

from services import assignments, cases
from services.arrest_requests import FilesIncomplete
from services.arrest_requests.terms import AcceptanceCheck
from services.cases import Case, CaseList, CaseState
from services.kernel.act import Actor, JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import Permission, PostKind, allows
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town

WHOLE = {check.value: "ok" for check in AcceptanceCheck}


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def test_an_accepted_request_becomes_a_case_with_the_next_number(make: Make, town: Town) -> None:
    numbers = [make.case(town).number for _ in range(3)]

    short = town.procuratorate.short_name
    assert numbers == [f"{short}捕受〔2026〕{n}号" for n in (1, 2, 3)]


def test_numbers_begin_anew_each_year_and_in_each_procuratorate(make: Make, town: Town) -> None:
    elsewhere = make.town()
    make.case(town)

    request = make.arrest_request(town)
    next_year = make.act(town.manager, make.now.replace(year=2027))
    case = cases.accept(next_year, request, list_=CaseList.ORDINARY, checks=WHOLE)

    assert case.number == f"{town.procuratorate.short_name}捕受〔2027〕1号"
    assert make.case(elsewhere).number.endswith("〔2026〕1号")


def test_acceptance_opens_the_task_to_assign_with_the_clock_since_receipt(
    make: Make, town: Town
) -> None:
    case = make.case(town)

    chosen = select(Task).where(Task.kind == TaskKind.ASSIGN_CASE, Task.state == TaskState.OPEN)
    (task,) = make.session.scalars(chosen)
    due = case.origin.earliest_due(make.session)
    assert due
    assert (task.post, task.office_id) == (PostKind.CASE_MANAGER, town.procuratorate.id)
    assert task.due_on == due.due_on


def test_incomplete_files_are_asked_for_before_acceptance(make: Make, town: Town) -> None:
    request = make.arrest_request(town)
    checks = WHOLE | {AcceptanceCheck.FILE_COMPLETE.value: "missing"}

    with pytest.raises(FilesIncomplete):
        cases.accept(make.act(town.manager), request, list_=CaseList.ORDINARY, checks=checks)

    assert make.session.scalars(select(Case)).all() == []


def test_a_request_is_accepted_once(make: Make, town: Town) -> None:
    case = make.case(town)

    assert case.request
    with pytest.raises(WrongState):
        cases.accept(make.act(town.manager), case.request, list_=CaseList.ORDINARY, checks=WHOLE)


@pytest.mark.parametrize("who", ["officer", "prosecutor", "chief"])
def test_only_case_management_accepts(make: Make, town: Town, who: str) -> None:
    request = make.arrest_request(town)

    with pytest.raises(NotAllowed):
        cases.accept(make.act(getattr(town, who)), request, list_=CaseList.ORDINARY, checks=WHOLE)


def test_the_journal_says_who_accepted_what_and_nothing_else(make: Make, town: Town) -> None:
    case = make.case(town)
    make.session.flush()

    entry = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "CaseAccepted")
    ).one()
    assert (entry.about_id, entry.by_id) == (case.id, town.manager.id)
    assert entry.details == {"arrest_request_id": case.arrest_request_id}


def test_what_is_visible_is_what_the_law_lets_one_read(make: Make) -> None:
    towns = [make.town(), make.town()]
    known = [make.case(town) for town in towns for _ in range(2)]
    for town, case in zip(towns, known[::2], strict=True):
        assignments.assign(make.act(town.manager), case)
    offices = [office for town in towns for office in (town.procuratorate, town.police)]
    actors = [
        Actor(person_id, frozenset({(post.value, office.id)}))
        for person_id in (0, towns[0].prosecutor.id, towns[1].prosecutor.id)
        for post, office in itertools.product(PostKind, offices)
    ]

    for actor in actors:
        seen = set(make.session.scalars(cases.visible(make.act(actor)).with_only_columns(Case.id)))
        lawful = {case.id for case in known if allows(actor, Permission.CASE_READ, case)}
        assert seen == lawful, actor


def test_what_one_may_not_see_does_not_exist(make: Make, town: Town) -> None:
    case = make.case(town)

    with pytest.raises(NotFound):
        cases.find(make.act(make.town().manager), case.id)


def test_only_steps_that_are_lawful_and_open_are_offered(make: Make, town: Town) -> None:
    case = make.case(town)
    offered = {
        who: cases.allowed(make.act(getattr(town, who)), case)
        for who in ("officer", "manager", "prosecutor", "chief")
    }
    assignments.assign(make.act(town.manager), case)

    assert offered == {
        "officer": [],
        "manager": ["assign", "designate"],
        "prosecutor": [],
        "chief": ["designate"],
    }
    assert cases.allowed(make.act(town.manager), case) == ["change_handler"]
    assert case.state is CaseState.ASSIGNED
