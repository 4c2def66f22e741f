"""Who gives way to an urgent interrogation, who never does, and what they may say to it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from services.interrogations import Interrogation, InterrogationState, blocks, choosing, urgency
from services.interrogations.displacements import (
    Displacement,
    DisplacementState,
    ObjectionFinding,
)
from services.interrogations.flow import UrgentGround
from services.interrogations.practice import InterrogationPractice
from services.interrogations.urgency import (
    DisplacingNotUsed,
    NobodyGivesWay,
    NoObjection,
    ObjectedAlready,
    ObjectionLate,
    UrgentlyBooked,
    fewest,
)
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import OfficeKind
from services.people import Person
from services.policy import Permission, PostKind, allows
from services.tasks import Task, TaskKind, TaskState
from tests.interrogations.scarce import Scarce, scarce
from tests.make import Make, Town

WHY = "关键证据可能灭失，需要立即核实。"


@pytest.fixture
def few(make: Make) -> Scarce:
    return scarce(make)


def urgently(few: Scarce, due_in: int = 0, **given: object) -> UrgentlyBooked:
    case = few.case(due_in)
    return urgency.book_urgently(
        *few.asked(case),
        because=UrgentGround.EVIDENCE_AT_RISK,
        grounds=WHY,
        **given,  # type: ignore[arg-type]  # as a test names them
    )


def begins(one: Interrogation) -> datetime | None:
    return one.during.lower if one.during else None


def test_a_free_slot_in_time_is_taken_and_nobody_gives_way(few: Scarce) -> None:
    first = few.booked(few.case(7), 0)
    came = urgently(few, 1)
    assert (came.displaced, begins(came.interrogation)) == ((), few.hour(1))
    assert begins(first) == few.hour(0)
    assert (came.interrogation.urgent, came.interrogation.urgent_grounds) == (True, WHY)


def test_whoever_has_more_time_left_gives_way_and_has_another_slot_at_once(few: Scarce) -> None:
    first = few.booked(few.case(7), 0)
    came = urgently(few)
    assert [one.interrogation for one in came.displaced] == [first]
    assert begins(came.interrogation) == few.hour(0)
    assert begins(first) == few.hour(1)
    assert first.state is InterrogationState.BOOKED
    kinds = few.make.session.scalars(
        select(JournalEntry.kind).where(JournalEntry.kind.like("%Displaced"))
    ).all()
    assert kinds == ["InterrogationDisplaced"]


@pytest.mark.parametrize("due_in", [0, -1])
def test_nobody_with_as_little_time_gives_way(few: Scarce, due_in: int) -> None:
    case = few.case(7)
    first = few.booked(case, 0)
    few.due(case.suspects[0], due_in)
    with pytest.raises(NobodyGivesWay):
        urgently(few)
    assert begins(first) == few.hour(0)


def test_whoever_would_find_no_other_slot_in_time_keeps_the_one_it_has(few: Scarce) -> None:
    case = few.case(1)
    first = few.booked(case, 0)
    few.booked(few.case(1), 1)
    with pytest.raises(NobodyGivesWay):
        urgently(few)
    assert begins(first) == few.hour(0)
    assert few.make.session.scalars(select(Displacement)).all() == []


def test_what_has_begun_or_whose_suspect_was_brought_stays(few: Scarce) -> None:
    first = few.booked(few.case(7), 0)
    first.escorted_at = few.make.now
    with pytest.raises(NobodyGivesWay):
        urgently(few)
    first.escorted_at, first.state = None, InterrogationState.CHECKED_IN
    with pytest.raises(NobodyGivesWay):
        urgently(few)


def test_nobody_gives_way_twice(few: Scarce) -> None:
    first = few.booked(few.case(7), 0)
    urgently(few)
    with pytest.raises(NobodyGivesWay):
        urgency.book_urgently(
            *few.asked(few.case(1)),
            because=UrgentGround.HEALTH,
            grounds=WHY,
            starts_at=few.hour(1),
        )
    assert begins(first) == few.hour(1)


def test_a_kept_slot_never_gives_way(few: Scarce) -> None:
    case = few.case(7)
    act, wish, arranged = few.asked(case)
    choosing.hold(act, wish, arranged, starts_at=few.hour(0))
    with pytest.raises(NobodyGivesWay):
        urgently(few)


def test_a_block_and_what_the_suspect_has_to_be_at_never_give_way(few: Scarce) -> None:
    act = few.make.act(few.centre.officer)
    closed = blocks.places(act, few.centre.office.id, [few.centre.rooms[0].id])
    until = few.hour(0) + timedelta(hours=2)
    blocks.block(act, closed, from_at=few.make.now, until_at=until, note="检修。")
    with pytest.raises(NobodyGivesWay):
        urgently(few)


def test_an_office_that_lets_nobody_give_way_takes_nobody_else_s_time(few: Scarce) -> None:
    few.booked(few.case(7), 0)
    _displacing(few, few.town, displacing=False)
    with pytest.raises(DisplacingNotUsed):
        urgently(few)


def test_another_office_s_booking_gives_way_only_if_its_practice_says_so(few: Scarce) -> None:
    other = few.make.town()
    few.make.resource(other.procuratorate, few.centre.desks[0].kind)
    first = few.booked(few.case(7, other), 0)
    _displacing(few, other, displacing=False)
    with pytest.raises(NobodyGivesWay):
        urgently(few)
    _displacing(few, other, displacing=True)
    assert [one.interrogation for one in urgently(few).displaced] == [first]


def test_whoever_has_most_time_left_gives_way(few: Scarce) -> None:
    less, most = few.booked(few.case(4), 0), few.booked(few.case(9), 1)
    came = urgently(few, 1)
    assert [one.interrogation for one in came.displaced] == [most]
    assert begins(less) == few.hour(0)
    assert begins(came.interrogation) == few.hour(1)


def test_the_fewest_give_way() -> None:
    one, two, three = (frozenset({number}) for number in (1, 2, 3))
    assert fewest([[one | two, three]], {1, 2, 3}, 3) == [three, one | two]
    assert fewest([[one | two, three]], {1, 2}, 3) == [one | two]
    assert fewest([[one], [one, two]], {1, 2}, 3) == [one]
    assert fewest([[one], [two], [three]], {1, 2, 3}, 2) == []
    assert fewest([[frozenset()]], (), 3) == [frozenset()]


def test_only_the_handler_and_case_management_ask_urgently(few: Scarce) -> None:
    _, wish, arranged = few.asked(few.case(0))
    for person in (few.town.officer, few.town.chief, few.centre.officer):
        with pytest.raises(NotAllowed):
            urgency.book_urgently(
                few.make.act(person), wish, arranged, because=UrgentGround.HEALTH, grounds=WHY
            )


def test_the_handler_of_the_displaced_objects_and_another_decides(few: Scarce) -> None:
    case = few.case(7)
    first = few.booked(case, 0)
    came = urgently(few)
    displacement = came.displaced[0]
    with pytest.raises(NotAllowed):
        urgency.object_to(few.make.act(few.town.manager), displacement, reason="不同意。")
    urgency.object_to(few.handler(case), displacement, reason="被害人已约定当日到场。")
    with pytest.raises(ObjectedAlready):
        urgency.object_to(few.handler(case), displacement, reason="不同意。")
    open_ones = select(Task).where(
        Task.kind == TaskKind.DECIDE_OBJECTION, Task.state == TaskState.OPEN
    )
    posts = {one.post for one in few.make.session.scalars(open_ones)}
    assert posts == {PostKind.CASE_MANAGER, PostKind.DEPARTMENT_HEAD}
    with pytest.raises(NotAllowed):
        urgency.decide_objection(
            few.handler(case), displacement, finding=ObjectionFinding.UPHELD, reasons="应当。"
        )
    manager = few.make.act(few.town.manager)
    urgency.decide_objection(
        manager, displacement, finding=ObjectionFinding.DISMISSED, reasons="紧急理由成立。"
    )
    assert (displacement.state, displacement.given_back) == (DisplacementState.DISMISSED, False)
    assert begins(first) == few.hour(1)
    assert few.make.session.scalars(open_ones).all() == []
    with pytest.raises(NoObjection):
        urgency.decide_objection(
            manager, displacement, finding=ObjectionFinding.UPHELD, reasons="应当。"
        )


def test_an_objection_comes_in_time(few: Scarce) -> None:
    case = few.case(7)
    few.booked(case, 0)
    displacement = urgently(few).displaced[0]
    late = displacement.object_until + timedelta(seconds=1)
    with pytest.raises(ObjectionLate):
        urgency.object_to(few.handler(case, late), displacement, reason="不同意。")


def test_what_was_wrongly_taken_is_given_back_if_the_urgent_one_has_another_time(
    few: Scarce,
) -> None:
    case = few.case(7)
    first = few.booked(case, 0)
    came = urgently(few)
    displacement = came.displaced[0]
    urgency.object_to(few.handler(case), displacement, reason="不同意。")
    few.due(came.interrogation.suspect, 5)
    urgency.decide_objection(
        few.make.act(few.town.manager),
        displacement,
        finding=ObjectionFinding.UPHELD,
        reasons="紧急理由不成立。",
    )
    assert displacement.given_back
    assert begins(first) == few.hour(0)
    assert begins(came.interrogation) == few.hour(1)


def test_the_urgent_one_never_becomes_late_by_an_objection(few: Scarce) -> None:
    case = few.case(7)
    first = few.booked(case, 0)
    came = urgently(few)
    displacement = came.displaced[0]
    urgency.object_to(few.handler(case), displacement, reason="不同意。")
    urgency.decide_objection(
        few.make.act(few.town.manager),
        displacement,
        finding=ObjectionFinding.UPHELD,
        reasons="紧急理由不成立。",
    )
    assert (displacement.state, displacement.given_back) == (DisplacementState.UPHELD, False)
    assert begins(came.interrogation) == few.hour(0)
    assert begins(first) == few.hour(1)


def test_whoever_took_the_time_does_not_decide(few: Scarce) -> None:
    case = few.case(7)
    few.booked(case, 0)
    displacement = urgently(few).displaced[0]
    manager = few.make.act(few.town.manager)
    assert allows(manager.actor, Permission.DISPLACEMENT_DECIDE, displacement)
    displacement.displaced_by = few.town.manager.id
    assert not allows(manager.actor, Permission.DISPLACEMENT_DECIDE, displacement)


def test_the_list_of_displacements_is_the_law(few: Scarce) -> None:
    case = few.case(7)
    first = few.booked(case, 0)
    displacement = urgently(few).displaced[0]
    head = few.make.person(PostKind.DEPARTMENT_HEAD, few.town.procuratorate)
    people = [
        few.town.manager,
        few.town.officer,
        few.town.chief,
        few.centre.officer,
        head,
        few.make.person(PostKind.PROSECUTOR, few.town.procuratorate),
        few.make.person(PostKind.CASE_MANAGER, few.make.office(OfficeKind.PROCURATORATE)),
        few.make.session.get_one(Person, case.handler_id),
    ]
    seen = set()
    for person in people:
        act = few.make.act(person)
        lists = displacement in few.make.session.scalars(urgency.visible(act)).all()
        assert lists == allows(act.actor, Permission.DISPLACEMENT_READ, displacement)
        seen.add(lists)
    assert seen == {True, False}
    assert urgency.find_of(few.handler(case), first) is displacement
    with pytest.raises(NotFound):
        urgency.find(few.make.act(few.town.officer), displacement.id)


def _displacing(few: Scarce, town: Town, *, displacing: bool) -> None:
    few.make.session.merge(
        InterrogationPractice(
            procuratorate_id=town.procuratorate.id,
            remote=True,
            displacing=displacing,
            apart_minutes=30,
            hold_minutes=10,
            offer_minutes=120,
            version=1,
        )
    )
    few.make.session.flush()
