"""Acceptance after the five checks of RULES 157; an arrest request is never turned away."""

import itertools

import pytest
from sqlalchemy import select

from services import arrest_requests, assignments
from services.arrest_requests import (
    AcceptanceCheck,
    ArrestRequest,
    ArrestRequestAccepted,
    CheckResult,
    ChecksIncomplete,
    FilesIncomplete,
    JurisdictionGroundsMissing,
    RequestState,
)
from services.kernel.act import Actor, JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import Permission, PostKind, allows
from services.tasks import Task, TaskState
from tests.arrest_requests.conftest import Desk
from tests.make import Make

WHOLE = {check.value: CheckResult.OK.value for check in AcceptanceCheck}


def test_a_complete_request_is_accepted(desk: Desk) -> None:
    request = desk.received()

    arrest_requests.accept(desk.act(desk.town.manager), request, checks=WHOLE)
    desk.make.session.flush()

    assert request.state is RequestState.ACCEPTED
    assert (request.accepted_at, request.accepted_by) == (desk.make.now, desk.town.manager.id)
    assert request.acceptance_checks == WHOLE
    entry = desk.make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "ArrestRequestAccepted")
    ).one()
    assert entry.event == ArrestRequestAccepted(request.id)
    assert desk.make.session.scalars(select(Task.state)).all() == [TaskState.DONE]


@pytest.mark.parametrize("check", ["file_complete", "property_matches"])
def test_what_is_missing_is_asked_for_first(desk: Desk, check: str) -> None:
    request = desk.received()
    manager = desk.act(desk.town.manager)

    with pytest.raises(FilesIncomplete) as refused:
        arrest_requests.accept(manager, request, checks=WHOLE | {check: "missing"})

    assert refused.value.members == {"checks": [check]}
    assert request.state is RequestState.SUBMITTED


def test_once_asked_acceptance_does_not_wait_for_the_answer(desk: Desk) -> None:
    request = desk.received()
    manager = desk.act(desk.town.manager)
    arrest_requests.request_supplement(manager, request, items=[("evidence", "补送鉴定意见。")])

    arrest_requests.accept(manager, request, checks=WHOLE | {"file_complete": "missing"})

    assert request.state is RequestState.ACCEPTED
    states = desk.make.session.scalars(select(Task.state).order_by(Task.id)).all()
    assert states == [TaskState.DONE, TaskState.CANCELLED]


@pytest.mark.parametrize(
    ("check", "result"), [("suspects_present", "missing"), ("in_time", "doubt")]
)
def test_absence_and_lateness_are_noted_and_turn_nothing_away(
    desk: Desk, check: str, result: str
) -> None:
    request = desk.received()

    arrest_requests.accept(desk.act(desk.town.manager), request, checks=WHOLE | {check: result})

    assert request.acceptance_checks == WHOLE | {check: result}


def test_doubted_jurisdiction_needs_grounds_and_is_accepted_all_the_same(desk: Desk) -> None:
    request = desk.received()
    manager = desk.act(desk.town.manager)
    doubted = WHOLE | {"jurisdiction": "doubt"}

    with pytest.raises(JurisdictionGroundsMissing):
        arrest_requests.accept(manager, request, checks=doubted)
    arrest_requests.record_jurisdiction_doubt(manager, request, grounds="犯罪地不在本辖区。")
    arrest_requests.accept(manager, request, checks=doubted)

    assert request.state is RequestState.ACCEPTED


@pytest.mark.parametrize(
    "checks", [{}, {k: v for k, v in WHOLE.items() if k != "in_time"}, WHOLE | {"in_time": "maybe"}]
)
def test_every_check_has_a_result(desk: Desk, checks: dict[str, str]) -> None:
    request = desk.received()

    with pytest.raises(ChecksIncomplete):
        arrest_requests.accept(desk.act(desk.town.manager), request, checks=checks)


def test_it_is_accepted_once(desk: Desk) -> None:
    request = desk.received()
    manager = desk.act(desk.town.manager)
    arrest_requests.accept(manager, request, checks=WHOLE)

    with pytest.raises(WrongState):
        arrest_requests.accept(manager, request, checks=WHOLE)


@pytest.mark.parametrize("who", ["officer", "prosecutor", "chief"])
def test_only_case_management_accepts(desk: Desk, who: str) -> None:
    request = desk.received()

    with pytest.raises(NotAllowed):
        arrest_requests.accept(desk.act(getattr(desk.town, who)), request, checks=WHOLE)


def test_case_management_of_another_procuratorate_does_not_accept(desk: Desk, make: Make) -> None:
    with pytest.raises(NotAllowed):
        arrest_requests.accept(make.act(make.town().manager), desk.received(), checks=WHOLE)


# --- who sees what --------------------------------------------------------------------------


def test_what_is_visible_is_what_the_law_lets_one_read(desk: Desk, make: Make) -> None:
    elsewhere = make.town()
    known = [desk.received(), make.arrest_request(elsewhere)]
    assigned = make.case(elsewhere)
    assignments.assign(make.act(elsewhere.manager), assigned)
    assert assigned.request
    known.append(assigned.request)
    places = [town.procuratorate for town in (desk.town, elsewhere)]
    places += [town.police for town in (desk.town, elsewhere)]

    people = (1_000_000, elsewhere.prosecutor.id)
    for person, post, office in itertools.product(people, PostKind, places):
        actor = Actor(person, frozenset({(post.value, office.id)}))
        act = make.act(actor)
        seen = set(act.session.scalars(arrest_requests.visible_ids(act)))
        lawful = {one.id for one in known if allows(actor, Permission.ARREST_REQUEST_READ, one)}
        assert seen == lawful, actor


def test_what_one_may_not_see_does_not_exist(desk: Desk, make: Make) -> None:
    request = desk.received()

    assert arrest_requests.find(desk.act(desk.town.manager), request.id) is request
    strangers = (make.town().manager, make.town().officer, make.person(), desk.town.prosecutor)
    for stranger in strangers:
        with pytest.raises(NotFound):
            arrest_requests.find(make.act(stranger), request.id)


def test_a_list_shows_one_state_or_all(desk: Desk) -> None:
    first = desk.received()
    second = desk.received(document_number="另一文号")
    arrest_requests.accept(desk.act(desk.town.manager), first, checks=WHOLE)
    act = desk.act()

    def listed(state: RequestState | None) -> set[ArrestRequest]:
        return set(act.session.scalars(arrest_requests.in_state(act, state)))

    assert listed(None) == {first, second}
    assert listed(RequestState.ACCEPTED) == {first}
    assert listed(RequestState.SUBMITTED) == {second}


def test_only_steps_that_are_lawful_and_open_are_offered(desk: Desk) -> None:
    request = desk.received()
    officer, manager = desk.act(), desk.act(desk.town.manager)
    doubt = "record_jurisdiction_doubt"

    assert arrest_requests.allowed(officer, request) == ["correct"]
    assert arrest_requests.allowed(manager, request) == ["request_supplement", "accept", doubt]
    assert arrest_requests.allowed(desk.act(desk.town.chief), request) == []

    arrest_requests.request_supplement(manager, request, items=[("other", "补送。")])
    assert arrest_requests.allowed(manager, request) == ["accept", doubt]
    arrest_requests.accept(manager, request, checks=WHOLE)
    assert arrest_requests.allowed(officer, request) == []
    assert arrest_requests.allowed(manager, request) == [doubt]
