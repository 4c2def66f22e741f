"""The waiting list: who is offered what falls free, in which order, and what comes of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services import bookings, interrogations
from services.bookings import FELL_FREE, BookingState
from services.interrogations import Interrogation, InterrogationState, offers, waiting
from services.interrogations.history import ChangeKind, InterrogationChange
from services.interrogations.offers import SlotOffer, SlotOfferState
from services.interrogations.waiting import AlreadyWaiting, OfferOver
from services.kernel.act import Act, JournalEntry
from services.kernel.jobs import DEFERRED
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import MACHINE, PostKind
from services.tasks import Task, TaskKind, TaskState
from tests.interrogations.scarce import Scarce, scarce
from tests.make import Make


@pytest.fixture
def few(make: Make) -> Scarce:
    return scarce(make)


def queued(few: Scarce, due_in: int) -> Interrogation:
    return waiting.wait(*few.asked(few.case(due_in))).interrogation


def machine(few: Scarce, after: timedelta = timedelta()) -> Act:
    return few.make.act(MACHINE, few.make.now + after)


def look(few: Scarce, after: timedelta = timedelta()) -> list[SlotOffer]:
    """One look at the whole list, in its order."""
    act = machine(few, after)
    made = [waiting.offer(act, one) for one in waiting.in_line(act)]
    return [one for one in made if one is not None]


def full(few: Scarce, days: int) -> list[Interrogation]:
    """Every hour of so many days is booked by people with time."""
    return [few.booked(few.case(9), day) for day in range(days)]


def test_whoever_waits_is_told_of_a_slot_that_is_free_all_the_same(few: Scarce) -> None:
    full(few, 1)
    case = few.case(1)
    came = waiting.wait(*few.asked(case), reason="等候空出的时段。")
    assert came.interrogation.state is InterrogationState.WAITING
    assert came.free is not None
    assert came.free.starts_at == few.hour(1)
    with pytest.raises(AlreadyWaiting):
        waiting.wait(*few.asked(case))
    assert waiting.wait(*few.asked(few.case(0))).free is None
    entry = select(InterrogationChange.reason).where(
        InterrogationChange.kind == ChangeKind.QUEUED,
        InterrogationChange.interrogation_id == came.interrogation.id,
    )
    assert few.make.session.scalar(entry) == "等候空出的时段。"


def test_only_the_handler_and_case_management_put_on_the_list(few: Scarce) -> None:
    _, wish, arranged = few.asked(few.case(1))
    for person in (few.town.officer, few.town.chief, few.centre.officer):
        with pytest.raises(NotAllowed):
            waiting.wait(few.make.act(person), wish, arranged)
    waiting.wait(few.make.act(few.town.manager), wish, arranged)


def test_what_falls_free_is_offered_to_whoever_s_period_ends_first(few: Scarce) -> None:
    booked = full(few, 2)
    later, sooner = queued(few, 1), queued(few, 0)
    assert look(few) == []
    few.make.session.info.pop(DEFERRED, None)
    interrogations.cancel(few.handler(booked[0].case), booked[0])
    assert FELL_FREE in few.make.session.info[DEFERRED]
    made = look(few)
    assert [one.interrogation for one in made] == [sooner]
    assert later.state is InterrogationState.WAITING
    assert (made[0].booking.state, made[0].booking.booked_by) == (BookingState.HELD, MACHINE.id)
    task = few.make.session.scalars(
        select(Task).where(Task.kind == TaskKind.ANSWER_SLOT_OFFER)
    ).one()
    assert (task.about_id, task.person_id) == (sooner.id, sooner.handler_id)
    assert look(few) == []


def test_whoever_asked_first_comes_first_where_periods_end_together(few: Scarce) -> None:
    first, second = queued(few, 0), queued(few, 0)
    first.waiting_since = few.make.now - timedelta(hours=1)
    second.waiting_since = few.make.now - timedelta(hours=2)
    few.make.session.flush()
    assert [one.interrogation for one in look(few)] == [second]


def test_an_accepted_offer_becomes_the_booking(few: Scarce) -> None:
    one = queued(few, 0)
    made = look(few)[0]
    rows = {each.id for each in made.booking.occupations}
    waiting.accept_offer(few.handler(one.case), made)
    assert one.state is InterrogationState.BOOKED
    assert one.booking is made.booking
    assert (made.booking.state, made.state) == (BookingState.BOOKED, SlotOfferState.ACCEPTED)
    assert {each.id for each in made.booking.occupations} == rows
    open_ones = select(Task.kind).where(Task.state == TaskState.OPEN, Task.about_id == one.id)
    assert TaskKind.ANSWER_SLOT_OFFER not in few.make.session.scalars(open_ones).all()
    with pytest.raises(OfferOver):
        waiting.accept_offer(few.handler(one.case), made)


def test_a_declined_slot_goes_to_the_next_and_never_back_to_the_same(few: Scarce) -> None:
    first, second = queued(few, 0), queued(few, 1)
    made = look(few)
    assert [one.interrogation for one in made] == [first, second]
    waiting.decline_offer(few.handler(second.case), made[1])
    waiting.decline_offer(few.handler(first.case), made[0])
    again = look(few)
    assert [one.interrogation for one in again] == [second]
    assert again[0].during.lower == few.hour(0)
    assert first.state is InterrogationState.WAITING
    with pytest.raises(OfferOver):
        waiting.decline_offer(few.handler(first.case), made[0])


def test_an_offer_that_nobody_answers_lapses_and_the_next_is_asked(few: Scarce) -> None:
    first = queued(few, 0)
    made = look(few)[0]
    second = queued(few, 0)
    # The slot begins at 14:00, in two hours: it is kept until then at most, here for one.
    made.held_until = made.booking.held_until = few.make.now + timedelta(hours=1)
    few.make.session.flush()
    hour = timedelta(hours=1)
    late = few.make.act(few.handler(first.case).actor, few.make.now + hour)
    with pytest.raises(OfferOver):
        waiting.accept_offer(late, made)
    act = machine(few, hour)
    assert waiting.lapsing(machine(few), 10) == []
    for one in waiting.lapsing(act, 10):
        waiting.lapse_offer(act, one)
    assert made.state is SlotOfferState.LAPSED
    assert [one.interrogation for one in look(few, hour)] == [second]
    with pytest.raises(OfferOver):
        waiting.lapse_offer(act, made)


def test_only_the_house_offers_lets_lapse_and_escalates(few: Scarce) -> None:
    one = queued(few, 0)
    made = look(few)[0]
    act = few.handler(one.case)
    for step in (
        lambda: waiting.offer(act, one.id),
        lambda: waiting.lapse_offer(act, made),
        lambda: waiting.escalate(act, one.id),
    ):
        with pytest.raises(NotAllowed):
            step()


def test_only_the_handler_and_case_management_answer(few: Scarce) -> None:
    queued(few, 0)
    made = look(few)[0]
    stranger = few.make.act(few.make.person(PostKind.PROSECUTOR, few.town.procuratorate))
    with pytest.raises(NotFound):
        waiting.find_offer(stranger, made.id)
    for step in (waiting.accept_offer, waiting.decline_offer):
        with pytest.raises(NotAllowed):
            step(stranger, made)
    manager = few.make.act(few.town.manager)
    waiting.accept_offer(manager, waiting.find_offer(manager, made.id))


def test_an_offer_is_moot_once_there_is_another_time_or_none_is_wanted(few: Scarce) -> None:
    first, second = queued(few, 1), queued(few, 1)
    made = look(few)
    interrogations.cancel(few.handler(second.case), second, reason="不再需要。")
    assert made[1].state is SlotOfferState.WITHDRAWN
    act = few.handler(first.case)
    interrogations.reschedule(act, first, starts_at=few.hour(0), reason="直接预约。")
    assert made[0].state is SlotOfferState.WITHDRAWN
    assert made[0].booking.state is BookingState.RELEASED
    open_ones = select(Task).where(
        Task.kind == TaskKind.ANSWER_SLOT_OFFER, Task.state == TaskState.OPEN
    )
    assert few.make.session.scalars(open_ones).all() == []


def test_a_hold_that_is_gone_takes_its_offer_with_it(few: Scarce) -> None:
    one = queued(few, 0)
    made = look(few)[0]
    bookings.release(machine(few), made.booking)
    with pytest.raises(OfferOver):
        waiting.accept_offer(few.handler(one.case), made)
    assert waiting.lapsing(machine(few), 10) == [made]


def test_no_slot_is_offered_that_begins_too_soon(few: Scarce) -> None:
    queued(few, 0)
    assert look(few, timedelta(hours=1, minutes=31)) == []
    assert len(look(few, timedelta(hours=1, minutes=30))) == 1


def test_the_last_third_of_the_period_is_told_to_the_handler_and_the_heads_once(
    few: Scarce,
) -> None:
    full(few, 1)
    one = queued(few, 0)
    one.period_began_at = few.make.now
    few.make.session.flush()
    assert waiting.running_late(machine(few), 10) == []
    after = timedelta(hours=8, minutes=1)  # of the twelve that are left until midnight
    act = machine(few, after)
    assert list(waiting.running_late(act, 10)) == [one.id]
    assert waiting.escalate(act, one.id) is one
    assert waiting.escalate(act, one.id) is None
    assert waiting.running_late(act, 10) == []
    found = few.make.session.scalars(
        select(Task).where(Task.kind == TaskKind.RESCHEDULE_INTERROGATION)
    ).all()
    assert {(task.person_id, task.post, task.due_on) for task in found} == {
        (one.handler_id, None, few.today),
        (None, PostKind.DEPARTMENT_HEAD, few.today),
    }
    kinds = select(JournalEntry.about_id).where(JournalEntry.kind == "WaitingEscalated")
    assert few.make.session.scalars(kinds).all() == [one.id]


def test_the_house_s_own_holds_are_taken_for_the_house_as_well(few: Scarce) -> None:
    """Or it would offer one slot to everybody."""
    first, second = queued(few, 0), queued(few, 0)
    assert [one.interrogation for one in look(few)] == [first]
    assert second.state is InterrogationState.WAITING
    assert len(few.make.session.scalars(offers.offers_of(second)).all()) == 0
