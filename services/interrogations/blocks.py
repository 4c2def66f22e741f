"""Blocks (停用): a room, a desk, a line or some of the escort is out of use for a while.

A block ends by itself, and can be ended sooner. What was booked there has another time in the
same act, or waits (see `replanning`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import Range

from services import bookings, resources
from services.bookings import Booking, BookingKind, BookingState, Option, Want, bounds
from services.interrogations.flow import LostBecause
from services.interrogations.replanning import (
    Replanned,
    give_way,
    in_the_way,
    replant,
    uproot,
)
from services.kernel.act import Act, Event
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.policy import Permission, PostKind, demands
from services.resources import Resource, ResourceKind

WHOLE = (ResourceKind.INTERROGATION_ROOM, ResourceKind.OFFICE_ROOM, ResourceKind.DESK)
"""What is closed when an office closes: where people sit."""
KEEPERS = (PostKind.DETENTION_OFFICER, PostKind.CASE_MANAGER)


@dataclass(frozen=True, slots=True)
class PlacesBlocked(Event):
    """Places were taken out of use for a while; the event is about the booking."""

    office_id: int
    moved: int
    waiting: int


@dataclass(frozen=True, slots=True)
class BlockEnded(Event):
    """Places are in use again sooner than was said; the event is about the booking."""


class NothingToBlock(Unprocessable):
    """There is nothing there that could be taken out of use."""

    zh = "该单位没有可以停用的场所或者设备。"


class BlockOver(Conflict):
    """That time is over, or the block was ended."""

    zh = "该停用时段已经结束。"


@dataclass(frozen=True, slots=True)
class Places:
    """What is to be taken out of use: places of one office, and how many units of each."""

    office_id: int
    of: tuple[Resource, ...]
    units: int | None = None
    """So many of each pool; all without a number."""

    @property
    def wants(self) -> list[Want]:
        """A want for every unit."""
        return [
            Want((Option(place.id),))
            for place in self.of
            for _ in range(min(place.units, self.units or place.units))
        ]


@dataclass(frozen=True, slots=True)
class Blocked:
    """A block, and what became of the interrogations in its way."""

    booking: Booking
    replanned: Replanned


def visible(act: Act) -> Select[Booking]:
    """The blocks of the offices whose places the actor keeps."""
    return select(Booking).where(
        Booking.kind == BookingKind.BLOCK,
        Booking.office_id.in_(act.actor.offices_as(*KEEPERS)),
    )


def find(act: Act, block_id: int) -> Booking:
    """The block, if the actor keeps those places; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Booking.id == block_id))
    if found is None:
        raise NotFound
    return found


def places(
    act: Act, office_id: int, resource_ids: Collection[int] = (), units: int | None = None
) -> Places:
    """The places named, or with none named everything of that office where people sit.

    Refuses:
        NotFound: one of them does not exist, or is another office's.
        NothingToBlock: the office has no such place.
    """
    seen = resources.visible(act).where(
        Resource.office_id == office_id, Resource.retired_at.is_(None)
    )
    chosen = (
        seen.where(Resource.id.in_(resource_ids))
        if resource_ids
        else seen.where(Resource.kind.in_(WHOLE))
    )
    found = tuple(act.session.scalars(chosen.order_by(Resource.id)))
    if resource_ids and len(found) != len(set(resource_ids)):
        raise NotFound
    if not found:
        raise NothingToBlock
    return Places(office_id, found, units)


@demands(Permission.BLOCK_SET)
def block(act: Act, closed: Places, *, from_at: datetime, until_at: datetime, note: str) -> Blocked:
    """Take places out of use from then until then; what is booked there is held elsewhere or later.

    The interrogation whose period ends first is given another time first (CPL 91, 156, 172). One
    that finds none before its period ends waits, and its handler has the task. What is only kept
    for somebody who is choosing falls.

    Refuses:
        NotAllowed: a centre's officers for its places, case management for the procuratorate's.
        BlockOver: the time lies in the past.
        TimeReversed: it ends before it begins, or lasts longer than a year.
        AlreadyTaken: something there has begun, or another block is there: end that first.

    Records:
        PlacesBlocked, and for each interrogation InterrogationChanged.
    """
    if until_at <= act.now:
        raise BlockOver
    during = Range(max(from_at, act.now), until_at)
    bookings.refuse_reversed(during, BookingKind.BLOCK)
    ids = sorted(place.id for place in closed.of)
    found = in_the_way(act, ids, during)
    uproot(act, found)
    bookings.lock(act, ids)
    known = {one.id for one in found}
    # Somebody may have booked between the look and the lock.
    late = [one for one in in_the_way(act, ids, during) if one.id not in known]
    uproot(act, late)
    give_way(act, ids, during)
    booking = bookings.take(
        act,
        closed.wants,
        during,
        kind=BookingKind.BLOCK,
        office_id=closed.office_id,
        note=note,
    )
    replanned = replant(act, [*found, *late], LostBecause.CENTRE_CLOSED)
    counts = len(replanned.moved), len(replanned.waiting)
    act.record(PlacesBlocked(booking.id, closed.office_id, *counts))
    return Blocked(booking, replanned)


@demands(Permission.BLOCK_SET)
def end(act: Act, booking: Booking) -> Booking:
    """Put the places back into use now; what was moved stays where it is.

    Refuses:
        NotAllowed: a centre's officers for its places, case management for the procuratorate's.
        BlockOver: it is over, or was ended.

    Records:
        BlockEnded.
    """
    start, until = bounds(booking.during)
    if booking.state is BookingState.RELEASED or until <= act.now:
        raise BlockOver
    bookings.shorten(act, booking, until=max(start, act.now))
    act.record(BlockEnded(booking.id))
    return booking
