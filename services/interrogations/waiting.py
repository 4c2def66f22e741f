"""The waiting list (候补): who has no time yet, and what is offered when a slot falls free.

The list is in the order of the law: whoever's period ends first, and of these whoever has waited
longest. Whatever gives time back defers a job in its own transaction and waits for nothing; the
job, and a look each minute, go through the list and keep a free slot for each until it is
answered. A slot that was refused or not answered goes to the next in line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, exists, extract, literal, select
from sqlalchemy.dialects.postgresql import Range

from services import bookings, cases, tasks
from services.bookings import BookingState
from services.cases import Case
from services.interrogations import limits, offers, operations, slots
from services.interrogations.drafts import Arrangement, Wish
from services.interrogations.flow import InterrogationState
from services.interrogations.history import ChangeKind, Moved, keep
from services.interrogations.offers import ONE_OPEN, SlotOffer, SlotOfferState
from services.interrogations.practice import of_office
from services.interrogations.records import Interrogation
from services.interrogations.replanning import DayToKeep, day_to_keep
from services.interrogations.slots import Slot
from services.kernel.act import Act, Event
from services.kernel.refusals import Conflict, NotFound, Refusal
from services.policy import Permission, PostKind, demands
from services.tasks import TaskKind

SOONEST = timedelta(minutes=30)
"""How long before it begins a slot is offered at the latest: people have to get there."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where whoever has no period, or was never asked to wait, stands in the list."""
LATE_PART = 3
"""It is made urgent to people when less than the third part of the period is left."""


@dataclass(frozen=True, slots=True)
class WaitingEscalated(Event):
    """An interrogation without a time is in the last third of its period."""


class AlreadyWaiting(Conflict):
    """This suspect stands on the waiting list already, in this case and for the same purpose."""

    zh = "该犯罪嫌疑人的同类讯问已在候补名单中。"


class OfferOver(Conflict):
    """The offer was answered or withdrawn, or the slot is no longer kept."""

    zh = "该候补时段已答复、已撤回或者保留期限已过。"


@dataclass(frozen=True, slots=True)
class Queued:
    """An interrogation on the waiting list, and a slot that is free all the same."""

    interrogation: Interrogation
    free: Slot | None


@demands(Permission.INTERROGATION_BOOK)
def wait(act: Act, wish: Wish, arrangement: Arrangement, *, reason: str = "") -> Queued:
    """Put an interrogation on the waiting list; if a slot is free already, say which.

    A place in the list is that of its period's end (CPL 91, 156, 172), and nobody's favour.

    Refuses:
        NotAllowed: only the handler, not recused, and case management.
        AlreadyWaiting: it stands on the list.
        WrongState: the case has no handler, or is closed or merged.
        RemoteNotUsed, RemoteNeedsCentre, Unlawful: as in booking.
        NoRoomThere: there is no such room or desk.

    Records:
        InterrogationChanged.
    """
    cases.locked(act, wish.case)
    operations.refuse_impossible(act, wish, arrangement)
    twice = select(Interrogation.id).where(
        Interrogation.case_id == wish.case.id,
        Interrogation.suspect_id == wish.suspect.id,
        Interrogation.purpose == arrangement.purpose,
        Interrogation.state == InterrogationState.WAITING,
    )
    if (known := act.session.scalar(twice.limit(1))) is not None:
        raise AlreadyWaiting(interrogation_id=known)
    free = slots.earliest_free(act, wish, arrangement, not_before=act.now)
    interrogation = operations.drafted(act, wish, arrangement)
    interrogation.waiting_since = act.now
    act.session.add(interrogation)
    act.session.flush()
    keep(act, interrogation, ChangeKind.QUEUED, Moved(), reason=reason)
    bookings.fell_free(act)
    return Queued(interrogation, free)


def waiting_list(act: Act) -> Select[Interrogation]:
    """Those that wait and that the actor may see, in no order."""
    return operations.visible(act).where(Interrogation.state == InterrogationState.WAITING)


def visible_offers(act: Act) -> Select[SlotOffer]:
    """Every offer to an interrogation that the actor may see."""
    seen = operations.visible(act).with_only_columns(Interrogation.id)
    return select(SlotOffer).where(SlotOffer.interrogation_id.in_(seen))


def find_offer(act: Act, offer_id: int) -> SlotOffer:
    """The offer, if the actor may see what it is for; otherwise it does not exist."""
    found = act.session.scalar(visible_offers(act).where(SlotOffer.id == offer_id))
    if found is None:
        raise NotFound
    return found


def in_line(act: Act, *, most: int | None = None) -> Sequence[int]:
    """The ids of all that wait without an offer, whoever is to be asked first first."""
    offered = exists().where(
        SlotOffer.interrogation_id == Interrogation.id, SlotOffer.state == SlotOfferState.OPEN
    )
    chosen = (
        select(Interrogation.id)
        .join(Case)
        .where(
            Interrogation.state == InterrogationState.WAITING,
            ~offered,
            Case.handler_id.is_not(None),
        )
        .order_by(
            Interrogation.not_after.nulls_last(),
            Interrogation.waiting_since.nulls_last(),
            Interrogation.id,
        )
    )
    return act.session.scalars(chosen.limit(most)).all()


@demands(Permission.SLOT_OFFER_MAKE)
def offer(act: Act, interrogation_id: int) -> SlotOffer | None:
    """Keep the earliest slot that is free for one that waits, and ask its handler; if there is one.

    Never a time that was offered to it before. One that somebody is working on at this moment is
    left for the next look.

    Refuses:
        NotAllowed: only the house itself.
        OfferOver: another look has made it an offer at the same moment.

    Records:
        InterrogationChanged, if there is a slot.
    """
    interrogation = _locked(act, interrogation_id)
    if interrogation is None:
        return None
    wish = Wish(interrogation.case, interrogation.suspect)
    arrangement = operations.arrangement_of(interrogation)
    minutes = of_office(act.session, interrogation.procuratorate_id).offer_minutes
    try:
        operations.refuse_impossible(act, wish, arrangement)
        slot = _never_offered(act, interrogation, wish, arrangement)
        if slot is None:
            return None
        until = min(act.now + timedelta(minutes=minutes), slot.starts_at)
        with act.session.begin_nested():
            hold = slots.taken(act, wish, arrangement, starts_at=slot.starts_at, held_until=until)
    except Refusal:
        # Somebody was quicker, or it may not be held as it was arranged: there is no offer now.
        return None
    made = SlotOffer(
        interrogation=interrogation,
        booking=hold,
        during=hold.during,
        room_id=slot.room_id,
        offered_at=act.now,
        held_until=until,
    )
    with act.unless(ONE_OPEN, OfferOver()):
        act.session.add(made)
    _ask(act, interrogation)
    keep(act, interrogation, ChangeKind.SLOT_OFFERED, Moved(after=hold.during))
    return made


@demands(Permission.INTERROGATION_CHANGE)
def accept_offer(act: Act, offered: SlotOffer) -> SlotOffer:
    """Take the slot that is offered: what was kept becomes the booking as it is.

    Refuses:
        NotAllowed: only the handler, not recused, and case management.
        OfferOver: it was answered or withdrawn, or the slot is no longer kept.
        WrongState: the interrogation has a time by now; the case is closed.
        Stale: somebody has changed the interrogation at the same moment.
        AfterDeadline, AlreadyBegun, RemoteNotUsed, RemoteNeedsCentre, Unlawful: it is no longer
            allowed then.
        NoRoomThere, NotOpen, AwayThen, AlreadyTaken, CoSuspectsTooClose: what it needs is out of
            use by now.
        HoldOver: the slot was given back at that moment.

    Records:
        InterrogationBooked, InterrogationChanged.
    """
    interrogation = offered.interrogation
    cases.locked(act, interrogation.case)
    operations.in_turn(act, interrogation)
    _refuse_over(act, offered)
    start, _ = bookings.bounds(offered.during)
    wish = Wish(interrogation.case, interrogation.suspect)
    arrangement = operations.arrangement_of(interrogation)
    operations.refuse_impossible(act, wish, arrangement, starts_at=start)
    hold = offered.booking
    hold.booked_by = act.actor.id
    act.session.flush()
    booking = slots.taken(act, wish, arrangement, starts_at=start, held=hold)
    offers.end(act, offered, SlotOfferState.ACCEPTED)
    tasks.finish(act, TaskKind.ANSWER_SLOT_OFFER, interrogation)
    limit = limits.earliest(act, wish.suspect)
    interrogation.not_after = limit.ends_at if limit else None
    interrogation.period_began_at = limit.began_at if limit else None
    operations.time_given(act, interrogation, booking)
    return offered


@demands(Permission.INTERROGATION_CHANGE)
def decline_offer(act: Act, offered: SlotOffer) -> SlotOffer:
    """Leave the slot to the next in line, and go on waiting.

    Refuses:
        NotAllowed: only the handler, not recused, and case management.
        OfferOver: it was answered or withdrawn, or the slot is no longer kept.
        Stale: somebody has changed the interrogation at the same moment.

    Records:
        InterrogationChanged.
    """
    interrogation = operations.in_turn(act, offered.interrogation)
    _refuse_over(act, offered)
    tasks.finish(act, TaskKind.ANSWER_SLOT_OFFER, interrogation)
    offers.end(act, offered, SlotOfferState.REFUSED)
    keep(act, interrogation, ChangeKind.OFFER_REFUSED, Moved(after=offered.during))
    return offered


@demands(Permission.SLOT_OFFER_LAPSE)
def lapse_offer(act: Act, offered: SlotOffer) -> SlotOffer:
    """Nobody has answered while the slot was kept: it goes to the next in line.

    Refuses:
        NotAllowed: only the house itself.
        OfferOver: it was answered or withdrawn at that moment.

    Records:
        InterrogationChanged.
    """
    if offered.state is not SlotOfferState.OPEN:
        raise OfferOver(state=offered.state)
    tasks.cancel(act, TaskKind.ANSWER_SLOT_OFFER, offered.interrogation)
    offers.end(act, offered, SlotOfferState.LAPSED)
    bookings.fell_free(act)
    keep(act, offered.interrogation, ChangeKind.OFFER_LAPSED, Moved(after=offered.during))
    return offered


def lapsing(act: Act, batch: int) -> list[SlotOffer]:
    """Offers whose slot is no longer kept, locked; those that are being answered are left.

    With their interrogation: whoever answers locks that first, and nobody waits in a ring.
    """
    over = (
        select(SlotOffer)
        .join(SlotOffer.booking)
        .join(SlotOffer.interrogation)
        .where(
            SlotOffer.state == SlotOfferState.OPEN,
            (SlotOffer.held_until <= act.now) | (bookings.Booking.state != BookingState.HELD),
        )
        .order_by(SlotOffer.id)
        .limit(batch)
        .with_for_update(of=(SlotOffer, Interrogation), skip_locked=True)
    )
    return list(act.session.scalars(over))


@demands(Permission.WAITING_ESCALATE)
def escalate(act: Act, interrogation_id: int) -> Interrogation | None:
    """Less than a third of the period is left and there is no time: people have to find one.

    Refuses:
        NotAllowed: only the house itself.

    Records:
        WaitingEscalated, unless somebody has found one meanwhile.
    """
    interrogation = _locked(act, interrogation_id)
    if interrogation is None or interrogation.escalated_at is not None:
        return None
    interrogation.escalated_at = act.now
    kind, due = TaskKind.RESCHEDULE_INTERROGATION, day_to_keep(interrogation.not_after)
    has = tasks.open_about(act, kind, interrogation)
    handler = interrogation.handler_id
    if handler is not None and all(one.person_id != handler for one in has):
        tasks.open_for_person(act, kind, interrogation, person_id=handler, due=due)
    if all(one.post != PostKind.DEPARTMENT_HEAD for one in has):
        tasks.open_for_pool(
            act,
            kind,
            interrogation,
            office_id=interrogation.procuratorate_id,
            post=PostKind.DEPARTMENT_HEAD,
            due=due,
        )
    act.session.flush()
    act.record(WaitingEscalated(interrogation.id))
    return interrogation


def running_late(act: Act, batch: int) -> Sequence[int]:
    """The ids of those that wait in the last third of their period, and nobody was told."""
    now = literal(act.now, Interrogation.not_after.type)
    period = extract("epoch", Interrogation.not_after - Interrogation.period_began_at)
    left = extract("epoch", Interrogation.not_after - now)
    chosen = select(Interrogation.id).where(
        Interrogation.state == InterrogationState.WAITING,
        Interrogation.escalated_at.is_(None),
        left * LATE_PART <= period,
    )
    return act.session.scalars(chosen.order_by(Interrogation.not_after).limit(batch)).all()


def _locked(act: Act, interrogation_id: int) -> Interrogation | None:
    """The same, if it still waits without an offer and nobody else holds it at this moment."""
    return act.session.scalar(
        select(Interrogation)
        .where(
            Interrogation.id == interrogation_id,
            Interrogation.state == InterrogationState.WAITING,
        )
        .with_for_update(of=Interrogation, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _never_offered(
    act: Act, interrogation: Interrogation, wish: Wish, arrangement: Arrangement
) -> Slot | None:
    """The earliest free slot that lies outside of every time it has turned down or let lapse."""
    before = offers.offers_of(interrogation).with_only_columns(SlotOffer.during, SlotOffer.state)
    past: list[Range[datetime]] = []
    for row in act.session.execute(before):
        if row.state is SlotOfferState.OPEN:
            return None
        if row.state in {SlotOfferState.REFUSED, SlotOfferState.LAPSED}:
            past.append(row.during)
    first = act.now + SOONEST
    while True:
        slot = slots.earliest_free(act, wish, arrangement, not_before=first)
        if slot is None:
            return None
        during = Range(slot.starts_at, slot.ends_at)
        turned_down = [one for one in past if one.overlaps(during)]
        if not turned_down:
            return slot
        first = max(bookings.bounds(one)[1] for one in turned_down)


def _refuse_over(act: Act, offered: SlotOffer) -> None:
    """Refuse what can no longer be answered.

    Refuses:
        OfferOver: it was answered or withdrawn, or has run out.
    """
    act.session.refresh(offered, with_for_update=True)
    act.session.refresh(offered.booking)
    kept = offered.booking.state is BookingState.HELD and offered.held_until > act.now
    if offered.state is not SlotOfferState.OPEN or not kept:
        raise OfferOver(state=offered.state, held_until=offered.held_until)


def _ask(act: Act, interrogation: Interrogation) -> None:
    due: DayToKeep | None = day_to_keep(interrogation.not_after)
    if interrogation.handler_id is not None:
        tasks.open_for_person(
            act,
            TaskKind.ANSWER_SLOT_OFFER,
            interrogation,
            person_id=interrogation.handler_id,
            due=due,
        )
