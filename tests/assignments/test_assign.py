"""Assigning a case: who may, who can be drawn, what is written down, and what follows."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from services import assignments, cases
from services.arrest_reviews import ArrestReview
from services.assignments import (
    AssignmentKind,
    NobodyEligible,
    NotEligible,
    NotTheChiefsToDecide,
    RecusalGround,
    RotationList,
    RotationLoad,
)
from services.assignments.operations import NotAnApprover
from services.assignments.rotation import Candidate, draw, follows
from services.cases import Case, CaseList, CaseState
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, Stale
from services.people import Person, SpecialityCode
from services.policy import CONSOLE, PostKind
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def _tasks(make: Make, kind: TaskKind, state: TaskState = TaskState.OPEN) -> list[Task]:
    chosen = select(Task).where(Task.kind == kind, Task.state == state)
    return list(make.session.scalars(chosen))


def test_a_drawn_handler_gets_a_review_and_a_task_for_every_suspect(make: Make, town: Town) -> None:
    case = make.case(town, make.suspect(), make.suspect())

    assignment = assignments.assign(make.act(town.manager), case)

    assert (assignment.kind, case.handler_id) == (AssignmentKind.RANDOM, town.prosecutor.id)
    assert case.state is CaseState.ASSIGNED
    assert len(make.session.scalars(select(ArrestReview)).all()) == 2
    assert {task.person_id for task in _tasks(make, TaskKind.REVIEW_ARREST)} == {town.prosecutor.id}
    assert len(_tasks(make, TaskKind.ASSIGN_CASE, TaskState.DONE)) == 1


def test_the_task_shows_the_day_the_law_gives(make: Make, town: Town) -> None:
    assignments.assign(make.act(town.manager), make.case(town))

    (task,) = _tasks(make, TaskKind.REVIEW_ARREST)

    assert task.due_on == make.act(town.manager).today + timedelta(days=7)


def test_anyone_can_run_the_draw_again(make: Make, town: Town) -> None:
    for _ in range(5):
        make.person(PostKind.PROSECUTOR, town.procuratorate)
    drawn = [assignments.assign(make.act(town.manager), make.case(town)) for _ in range(4)]
    rotation = make.session.scalars(select(RotationList)).one()

    before = rotation.anchor
    for assignment in drawn:
        seed, nonce = bytes.fromhex(assignment.seed or ""), bytes.fromhex(assignment.nonce or "")
        candidates = [Candidate(**candidate) for candidate in assignment.candidates]
        assert follows(seed, before)
        assert draw(candidates, seed, nonce) == assignment.handler_id
        before = seed


def test_loads_of_one_list_never_lie_further_than_one_apart(make: Make, town: Town) -> None:
    for _ in range(4):
        make.person(PostKind.PROSECUTOR, town.procuratorate)
    handlers: Counter[int] = Counter()

    for _ in range(23):
        assignment = assignments.assign(make.act(town.manager), make.case(town))
        handlers[assignment.handler_id] += 1
        loads = make.session.scalars(select(RotationLoad.drawn)).all()
        assert max(loads) - min(loads) <= 1

    assert sorted(handlers.values()) == [4, 4, 5, 5, 5]


def test_ordinary_and_difficult_cases_are_counted_apart(make: Make, town: Town) -> None:
    make.person(PostKind.PROSECUTOR, town.procuratorate)

    for list_ in (CaseList.ORDINARY, CaseList.DIFFICULT) * 2:
        assignments.assign(make.act(town.manager), make.case(town, list_=list_))

    assert set(make.session.scalars(select(RotationLoad.drawn))) == {1}
    assert len(make.session.scalars(select(RotationList)).all()) == 2


def test_whoever_is_on_leave_is_passed_over_and_does_not_return_to_a_flood(
    make: Make, town: Town
) -> None:
    away = make.person(PostKind.PROSECUTOR, town.procuratorate)
    assignments.assign(make.act(town.manager), make.case(town))
    assignments.assign(make.act(town.manager), make.case(town))
    today = make.act(town.manager).today
    make.leave(away, today, today)

    for _ in range(5):
        assignment = assignments.assign(make.act(town.manager), make.case(town))
        assert assignment.handler_id == town.prosecutor.id
        assert assignment.exclusions == [{"person_id": away.id, "reason": "on_leave"}]

    loads = {load.person_id: load.drawn for load in make.session.scalars(select(RotationLoad))}
    assert loads[away.id] == loads[town.prosecutor.id]


def test_a_newcomer_starts_level_with_the_least_loaded(make: Make, town: Town) -> None:
    for _ in range(6):
        assignments.assign(make.act(town.manager), make.case(town))
    newcomer = make.person(PostKind.PROSECUTOR, town.procuratorate)

    handlers = [
        assignments.assign(make.act(town.manager), make.case(town)).handler_id for _ in "ab"
    ]

    assert sorted(handlers) == sorted([town.prosecutor.id, newcomer.id])


def test_a_minors_case_is_drawn_only_by_those_trained_for_minors(make: Make, town: Town) -> None:
    case = make.case(town, make.suspect(flags=["minor"]))
    with pytest.raises(NobodyEligible) as refused, make.session.begin_nested():
        assignments.assign(make.act(town.manager), case)
    trained = make.person(
        PostKind.PROSECUTOR, town.procuratorate, specialities=(SpecialityCode.MINORS,)
    )

    assignment = assignments.assign(make.act(town.manager), case)

    assert refused.value.members["exclusions"][0]["reason"] == "no_speciality"
    assert assignment.handler_id == trained.id


NUMBER = "99010119900101001X"


def test_the_earlier_handler_keeps_the_suspects_act(make: Make, town: Town) -> None:
    for _ in range(6):
        make.person(PostKind.PROSECUTOR, town.procuratorate)
    act_on = date(2026, 2, 1)
    first = make.case(town, make.suspect(document_number=NUMBER, act_on=act_on))
    assignments.assign(make.act(town.manager), first)

    again = make.case(town, make.suspect(document_number=NUMBER, act_on=act_on))
    assignment = assignments.assign(make.act(town.manager), again)

    assert assignment.kind is AssignmentKind.SAME_HANDLER
    assert assignment.handler_id == first.handler_id


@pytest.mark.parametrize("act_on", [date(2026, 2, 2), None])
def test_another_act_of_the_same_suspect_is_drawn(
    make: Make, town: Town, act_on: date | None
) -> None:
    first = make.case(town, make.suspect(document_number=NUMBER, act_on=date(2026, 2, 1)))
    assignments.assign(make.act(town.manager), first)

    again = make.case(town, make.suspect(document_number=NUMBER, act_on=act_on))
    assignment = assignments.assign(make.act(town.manager), again)

    assert assignment.kind is AssignmentKind.RANDOM


def test_a_case_is_assigned_once(make: Make, town: Town) -> None:
    case = make.case(town)
    assignments.assign(make.act(town.manager), case)

    with pytest.raises(WrongState):
        assignments.assign(make.act(town.manager), case)


@pytest.mark.parametrize("who", ["officer", "prosecutor", "chief"])
def test_only_case_management_assigns(make: Make, town: Town, who: str) -> None:
    case = make.case(town)
    person: Person = getattr(town, who)

    with pytest.raises(NotAllowed):
        assignments.assign(make.act(person), case)


def test_designation_names_its_reason_and_who_approved_it(make: Make, town: Town) -> None:
    case = make.case(town)

    assignment = assignments.designate(
        make.act(town.manager),
        case,
        handler_id=town.prosecutor.id,
        reason="重大复杂案件",
        approver_id=town.chief.id,
    )

    assert assignment.kind is AssignmentKind.DESIGNATED
    assert (assignment.reason, assignment.approver_id) == ("重大复杂案件", town.chief.id)
    assert case.handler_id == town.prosecutor.id


def test_only_a_chief_procurator_approves_a_designation(make: Make, town: Town) -> None:
    with pytest.raises(NotAnApprover):
        assignments.designate(
            make.act(town.manager),
            make.case(town),
            handler_id=town.prosecutor.id,
            reason="理由",
            approver_id=town.manager.id,
        )


def test_nobody_but_a_prosecutor_of_the_office_is_designated(make: Make, town: Town) -> None:
    stranger = make.person(PostKind.PROSECUTOR)

    with pytest.raises(NotEligible):
        assignments.designate(
            make.act(town.manager),
            make.case(town),
            handler_id=stranger.id,
            reason="理由",
            approver_id=town.chief.id,
        )


def test_a_change_of_handler_moves_the_open_tasks_and_no_clock(make: Make, town: Town) -> None:
    case = make.case(town)
    assignments.assign(make.act(town.manager), case)
    (before,) = _tasks(make, TaskKind.REVIEW_ARREST)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)

    assignments.change_handler(
        make.act(town.manager, make.now + timedelta(days=2)),
        case,
        handler_id=other.id,
        reason="原承办人调离",
        approver_id=town.chief.id,
    )

    (after,) = _tasks(make, TaskKind.REVIEW_ARREST)
    assert (after.person_id, after.due_on) == (other.id, before.due_on)
    assert case.handler_id == other.id


def test_whoever_waited_for_anothers_change_reads_again(make: Make, town: Town) -> None:
    case = make.case(town)
    assignments.assign(make.act(town.manager), case)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    make.session.execute(
        text("UPDATE cases SET version = version + 1 WHERE id = :id"), {"id": case.id}
    )

    with pytest.raises(Stale):
        assignments.change_handler(
            make.act(town.manager),
            case,
            handler_id=other.id,
            reason="原承办人调离",
            approver_id=town.chief.id,
        )


def test_a_recused_handlers_case_is_drawn_anew_without_them(make: Make, town: Town) -> None:
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    case = make.case(town)
    first = assignments.assign(make.act(town.manager), case)

    assignments.recuse(
        make.act(town.chief), case, person_id=first.handler_id, ground=RecusalGround.INTEREST
    )
    released = _state(case)
    (task,) = _tasks(make, TaskKind.ASSIGN_CASE)
    second = assignments.assign(make.act(town.manager), case)

    assert released == (CaseState.ACCEPTED, None)
    assert (task.office_id, task.due_on) == (town.procuratorate.id, date(2026, 3, 9))
    assert {first.handler_id, second.handler_id} == {town.prosecutor.id, other.id}
    assert {"person_id": first.handler_id, "reason": "recused"} in second.exclusions


def test_the_chief_recuses_neither_a_chief_nor_the_police(make: Make, town: Town) -> None:
    case = make.case(town)

    for person in (town.chief, town.officer):
        with pytest.raises(NotTheChiefsToDecide):
            assignments.recuse(
                make.act(town.chief), case, person_id=person.id, ground=RecusalGround.INTEREST
            )


def _state(case: Case) -> tuple[CaseState, int | None]:
    return case.state, case.handler_id


def test_the_police_do_not_see_the_draw(make: Make, town: Town) -> None:
    case = make.case(town)
    assignments.assign(make.act(town.manager), case)

    assert len(assignments.of_case(make.act(town.manager), case)) == 1
    with pytest.raises(NotAllowed):
        assignments.of_case(make.act(town.officer), case)


def test_a_case_is_seen_by_its_organ_its_handler_and_the_office_wide_posts(
    make: Make, town: Town
) -> None:
    case = make.case(town)
    assignments.assign(make.act(town.manager), case)
    colleague = make.person(PostKind.PROSECUTOR, town.procuratorate)
    stranger = make.person(PostKind.POLICE_OFFICER)

    def sees(person: Person) -> bool:
        return case in make.session.scalars(cases.visible(make.act(person))).all()

    assert [sees(p) for p in (town.officer, town.manager, town.prosecutor, town.chief)] == [
        True
    ] * 4
    assert [sees(colleague), sees(stranger)] == [False, False]


def test_lists_are_committed_to_before_a_case_comes_in_and_the_journal_says_so(
    make: Make, town: Town
) -> None:
    earlier = make.now - timedelta(days=30)
    assignments.open_lists(make.act(CONSOLE, earlier), town.procuratorate)
    assignments.open_lists(make.act(CONSOLE), town.procuratorate)

    assignment = assignments.assign(make.act(town.manager), make.case(town))

    published = {
        entry.details["anchor"]
        for entry in make.session.scalars(
            select(JournalEntry).where(JournalEntry.kind == "RotationCommitted")
        )
    }
    assert len(published) == 4  # two lists, each with the chain in use and the one after it
    assert assignment.before in published
    assert assignment.committed_at == earlier


def test_an_exhausted_chain_is_followed_by_the_one_already_committed_to(
    make: Make, town: Town
) -> None:
    assignments.open_lists(make.act(CONSOLE), town.procuratorate)
    rotation = make.session.scalars(
        select(RotationList).where(RotationList.list == CaseList.ORDINARY)
    ).one()
    following, rotation.turn = rotation.next_anchor, rotation.length
    make.session.flush()

    assignment = assignments.assign(make.act(town.manager), make.case(town))

    assert (assignment.turn, assignment.before) == (1, following.hex())
    assert rotation.next_anchor != following


def test_only_a_procuratorate_has_lists_and_only_the_installation_opens_them(
    make: Make, town: Town
) -> None:
    assignments.open_lists(make.act(CONSOLE), town.police)

    assert make.session.scalars(select(RotationList)).all() == []
    with pytest.raises(NotAllowed):
        assignments.open_lists(make.act(town.manager), town.procuratorate)
