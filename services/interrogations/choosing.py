"""Choosing a slot (选择时段): see what is free, and keep one while making up one's mind.

A hold takes what a booking would, under the same constraint, for the minutes that the office has
said, and goes by itself. Booking turns its very rows into the booking, so a hold is never in its
owner's way.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from services import bookings, resources
from services.bookings import Booking, BookingKind, BookingState, Occupation
from services.interrogations import operations, practice, slots
from services.interrogations.drafts import Arrangement, Wish
from services.interrogations.separation import SITTING
from services.interrogations.slots import SlotOrder, Survey
from services.kernel.act import Act, Event
from services.kernel.refusals import Conflict, NotFound
from services.people import Person
from services.policy import Permission, demands
from services.resources import Resource

MOST_HOLDS = 3
"""How many slots one person may have held at once, for different suspects."""


@dataclass(frozen=True, slots=True)
class SlotHeld(Event):
    """A slot is kept for somebody; the event is about the booking."""

    suspect_id: int


@dataclass(frozen=True, slots=True)
class SlotReleased(Event):
    """A slot is no longer kept."""


class TooManyHolds(Conflict):
    """You keep as many slots as one person may: book one, or let one go."""

    zh = "您保留的时段已达上限，请先预约或者释放已保留的时段。"


@demands(Permission.SLOT_SEARCH)
def survey(  # noqa: PLR0913  # each by its name
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    *,
    order: SlotOrder = SlotOrder.BEST,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    limit: int = 10,
    ignoring: Collection[int] = (),
) -> Survey:
    """What is free for this suspect and these people, and until when it has to be.

    Refuses:
        NotAllowed: only the handler, who has not been recused, and case management.
        WrongState, RemoteNotUsed, RemoteNeedsCentre, Unlawful: as in booking.
        NoRoomThere: there is no such room or desk.

    Records:
        Nothing.
    """
    operations.refuse_impossible(act, wish, arrangement)
    return slots.surveyed(
        act,
        wish,
        arrangement,
        order=order,
        from_at=from_at,
        until_at=until_at,
        limit=limit,
        ignoring=ignoring,
    )


def find(act: Act, hold_id: int) -> Booking:
    """The actor's own hold; anybody else's does not exist, nor one that has become a booking.

    Refuses:
        NotFound: there is none of the actor's own.
    """
    found = act.session.scalar(
        select(Booking).where(
            Booking.id == hold_id,
            Booking.kind == BookingKind.INTERROGATION,
            Booking.booked_by == act.actor.id,
            Booking.state != BookingState.BOOKED,
        )
    )
    if found is None:
        raise NotFound
    return found


@demands(Permission.SLOT_HOLD)
def hold(act: Act, wish: Wish, arrangement: Arrangement, *, starts_at: datetime) -> Booking:
    """Keep a slot for as many minutes as the procuratorate has said.

    One slot for one suspect: what was kept for the same suspect is let go.

    Refuses:
        NotAllowed: only the handler, who has not been recused.
        TooManyHolds: the actor keeps three slots for other suspects.
        WrongState, AfterDeadline, AlreadyBegun, RemoteNotUsed, RemoteNeedsCentre: as in booking.
        NoRoomThere, Unlawful, CoSuspectsTooClose, NotOpen, AwayThen, AlreadyTaken: as in booking.

    Records:
        SlotHeld, SlotReleased.
    """
    operations.refuse_impossible(act, wish, arrangement, starts_at=starts_at)
    of_suspect = resources.of_suspect(act, wish.suspect.id)
    earlier = _own(act, of_suspect)
    minutes = practice.of_office(act.session, wish.procuratorate_id).hold_minutes
    for held in earlier:
        let_go(act, held)
    booking = slots.taken(
        act,
        wish,
        arrangement,
        starts_at=starts_at,
        held_until=act.now + timedelta(minutes=minutes),
    )
    act.record(SlotHeld(booking.id, wish.suspect.id))
    return booking


@demands(Permission.SLOT_LET_GO)
def let_go(act: Act, held: Booking) -> Booking:
    """Give a slot that was kept back before its time is over; twice is no harm.

    Refuses:
        NotAllowed: only whoever keeps it.

    Records:
        SlotReleased.
    """
    if held.state is BookingState.HELD:
        bookings.release(act, held)
        act.record(SlotReleased(held.id))
    return held


def room_of(held: Booking) -> Resource | None:
    """The room that is kept, if it is one of ours."""
    rooms = (one.resource for one in held.occupations if one.resource.kind in SITTING)
    return next(rooms, None)


def _own(act: Act, suspect_resource_id: int) -> list[Booking]:
    """The actor's holds for this suspect; two phones of one person ask after each other.

    Refuses:
        TooManyHolds: there are as many for others as one person may have.
    """
    act.session.execute(
        select(Person.id).where(Person.id == act.actor.id).with_for_update(key_share=True)
    )
    own = select(Booking).where(
        Booking.state == BookingState.HELD,
        Booking.kind == BookingKind.INTERROGATION,
        Booking.booked_by == act.actor.id,
        Booking.held_until > act.now,
    )
    of_suspect = Booking.id.in_(
        select(Occupation.booking_id).where(Occupation.resource_id == suspect_resource_id)
    )
    others = act.session.scalar(select(func.count()).select_from(own.where(~of_suspect).subquery()))
    if (others or 0) >= MOST_HOLDS:
        raise TooManyHolds(most=MOST_HOLDS)
    return list(act.session.scalars(own.where(of_suspect)))
