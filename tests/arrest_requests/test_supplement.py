"""Asking for what is missing: the clock goes on, a correction answers (RULES 158)."""

import pytest
from sqlalchemy import select

from services import arrest_requests
from services.arrest_requests import (
    JurisdictionDoubted,
    RequestState,
    SupplementAnswered,
    SupplementEmpty,
    SupplementRequested,
    UnknownSupplementCode,
)
from services.deadlines import Deadline
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.policy import PostKind
from services.tasks import Task, TaskKind, TaskState
from tests.arrest_requests.conftest import Desk
from tests.arrest_requests.test_accept import WHOLE

MISSING = (("evidence", "补送价格认定结论书。"), ("detention_warrant_missing", "补送拘留证。"))


def tasks_of(desk: Desk) -> dict[TaskKind, Task]:
    return {task.kind: task for task in desk.make.session.scalars(select(Task))}


def test_what_is_missing_is_asked_of_the_police(desk: Desk) -> None:
    request = desk.received()

    asked = arrest_requests.request_supplement(desk.act(desk.town.manager), request, items=MISSING)

    assert request.state is RequestState.SUPPLEMENT_REQUESTED
    assert request.open_supplement is asked
    assert asked.items == [{"code": code, "detail": detail} for code, detail in MISSING]
    task = tasks_of(desk)[TaskKind.SUPPLEMENT_REQUEST]
    due = request.earliest_due(desk.make.session)
    assert due is not None
    assert (task.post, task.office_id, task.due_on) == (
        PostKind.POLICE_OFFICER,
        desk.town.police.id,
        due.due_on,
    )


def test_the_clock_goes_on(desk: Desk) -> None:
    request = desk.received()
    before = [
        (one.started_at, one.due_on, one.closed_at)
        for one in desk.make.session.scalars(select(Deadline))
    ]

    arrest_requests.request_supplement(desk.act(desk.town.manager), request, items=MISSING)
    arrest_requests.correct(desk.act(), request, desk.draft())

    after = [
        (one.started_at, one.due_on, one.closed_at)
        for one in desk.make.session.scalars(select(Deadline))
    ]
    assert before == after


def test_what_is_asked_for_stays_out_of_the_journal(desk: Desk) -> None:
    request = desk.received()
    asked = arrest_requests.request_supplement(desk.act(desk.town.manager), request, items=MISSING)
    desk.make.session.flush()

    entry = desk.make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "SupplementRequested")
    ).one()
    assert entry.event == SupplementRequested(request.id, asked.id)
    assert entry.details == {"supplement_request_id": asked.id}


def test_a_correction_answers_it(desk: Desk) -> None:
    request = desk.received()
    asked = arrest_requests.request_supplement(desk.act(desk.town.manager), request, items=MISSING)
    desk.make.session.flush()
    replaced = request.version

    arrest_requests.correct(desk.act(), request, desk.draft())
    desk.make.session.flush()

    assert request.state is RequestState.SUBMITTED
    assert request.open_supplement is None
    assert (asked.answered_at, asked.answered_by) == (desk.make.now, desk.town.officer.id)
    assert tasks_of(desk)[TaskKind.SUPPLEMENT_REQUEST].state is TaskState.DONE
    assert tasks_of(desk)[TaskKind.ACCEPT_REQUEST].state is TaskState.OPEN
    latest = desk.make.session.scalars(
        select(JournalEntry).order_by(JournalEntry.id.desc())
    ).first()
    assert latest is not None
    assert latest.event == SupplementAnswered(request.id, asked.id, replaced)


def test_it_can_be_asked_again_after_the_answer(desk: Desk) -> None:
    request = desk.received()
    for _ in range(2):
        arrest_requests.request_supplement(desk.act(desk.town.manager), request, items=MISSING)
        arrest_requests.correct(desk.act(), request, desk.draft())

    assert [one.answered_at is not None for one in request.supplement_requests] == [True, True]


def test_it_is_not_asked_twice_at_once_nor_after_acceptance(desk: Desk) -> None:
    request = desk.received()
    manager = desk.act(desk.town.manager)
    arrest_requests.request_supplement(manager, request, items=MISSING)

    with pytest.raises(WrongState):
        arrest_requests.request_supplement(manager, request, items=MISSING)
    arrest_requests.accept(manager, request, checks=WHOLE)
    with pytest.raises(WrongState):
        arrest_requests.request_supplement(manager, request, items=MISSING)


def test_nothing_is_not_asked_for_and_codes_mean_something(desk: Desk) -> None:
    request = desk.received()
    manager = desk.act(desk.town.manager)

    with pytest.raises(SupplementEmpty):
        arrest_requests.request_supplement(manager, request, items=())
    with pytest.raises(UnknownSupplementCode) as refused:
        arrest_requests.request_supplement(manager, request, items=(("nonsense", "？"),))
    assert refused.value.members == {"codes": ["nonsense"]}
    assert request.state is RequestState.SUBMITTED


@pytest.mark.parametrize("who", ["officer", "prosecutor", "chief"])
def test_only_case_management_asks_and_doubts(desk: Desk, who: str) -> None:
    request = desk.received()
    act = desk.act(getattr(desk.town, who))

    with pytest.raises(NotAllowed):
        arrest_requests.request_supplement(act, request, items=MISSING)
    with pytest.raises(NotAllowed):
        arrest_requests.record_jurisdiction_doubt(act, request, grounds="不属于本辖区。")


def test_a_doubt_about_jurisdiction_is_recorded_and_changes_nothing_else(desk: Desk) -> None:
    request = desk.received()
    desk.make.session.flush()

    doubt = arrest_requests.record_jurisdiction_doubt(
        desk.act(desk.town.manager), request, grounds="主要犯罪地不在本辖区。"
    )
    desk.make.session.flush()

    assert request.state is RequestState.SUBMITTED
    assert request.version == 2, "what is read of it has changed"
    assert [one.grounds for one in request.jurisdiction_doubts] == ["主要犯罪地不在本辖区。"]
    entry = desk.make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "JurisdictionDoubted")
    ).one()
    assert entry.event == JurisdictionDoubted(request.id, doubt.id)
