"""Agendas (日程): what is booked for a person or in a place, by the day or the week.

Whoever may not read an interrogation sees that the place is taken, and nothing of it; the police
and the centres see free and busy only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.dialects.postgresql import Range

from services import interrogations
from services.arrest_requests.records import Suspect
from services.bookings import Booking, BookingKind, BookingState, Occupation, bounds
from services.interrogations import Interrogation, InterrogationState
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import NotFound, Unprocessable
from services.offices import Office, OfficeKind
from services.resources import PLACES, Resource, ResourceKind

LONGEST = 31
"""Days that are shown at once."""


class WindowTooWide(Unprocessable):
    """An agenda shows one day to thirty-one."""

    zh = "日程一次显示一至三十一天。"


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking in an agenda; without an interrogation it is only known that time is taken."""

    booking_id: int
    kind: BookingKind
    starts_at: datetime
    ends_at: datetime
    version: int
    interrogation_id: int | None = None
    state: InterrogationState | None = None
    suspect_name: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """A place, and when how many of its units are taken: nothing of what for."""

    resource_id: int
    kind: ResourceKind
    name: str
    units: int
    taken: Sequence[tuple[int, datetime, datetime]]
    """Unit, from, until."""


def window(first: date, days: int) -> Range[datetime]:
    """From midnight to midnight in Asia/Shanghai, `days` days from `first`.

    Refuses:
        WindowTooWide: not one to thirty-one days.
    """
    if not 1 <= days <= LONGEST:
        raise WindowTooWide
    last = date.fromordinal(min(first.toordinal() + days, date.max.toordinal()))
    return Range(*(datetime.combine(day, time(), SHANGHAI) for day in (first, last)))


def own(act: Act, first: date, days: int) -> list[Entry]:
    """What the actor takes part in, in the order in which it begins.

    Refuses:
        WindowTooWide: not one to thirty-one days.
    """
    return _entries(act, Resource.person_id == act.actor.id, window(first, days))


def of_place(act: Act, place: Resource, first: date, days: int) -> list[Entry]:
    """What is booked in a place that the actor has found, in the order in which it begins.

    Refuses:
        WindowTooWide: not one to thirty-one days.
    """
    return _entries(act, Resource.id == place.id, window(first, days))


def free_busy(act: Act, office_id: int, first: date, days: int) -> list[Busy]:
    """When the places of an office are taken: for its own people and those it works with.

    Whoever holds a post in an organ that belongs to the same procuratorate may look.

    Refuses:
        NotFound: there is no such procuratorate or centre, or the actor has nothing to do with it.
        WindowTooWide: not one to thirty-one days.
    """
    during = window(first, days)
    office = act.session.get(Office, office_id)
    with_places = {OfficeKind.PROCURATORATE, OfficeKind.DETENTION_CENTRE}
    if office is None or office.kind not in with_places or not _works_with(act, office):
        raise NotFound
    places = act.session.scalars(
        select(Resource)
        .where(
            Resource.office_id == office.id,
            Resource.kind.in_(PLACES),
            Resource.retired_at.is_(None),
        )
        .order_by(Resource.kind, Resource.id)
    ).all()
    rows = act.session.execute(
        select(Occupation.resource_id, Occupation.unit, Occupation.during)
        .where(
            Occupation.resource_id.in_([place.id for place in places]),
            Occupation.during.overlaps(during),
        )
        .order_by(Occupation.during, Occupation.unit)
    ).all()
    return [
        Busy(
            place.id,
            place.kind,
            place.name,
            place.units,
            [(row.unit, *bounds(row.during)) for row in rows if row.resource_id == place.id],
        )
        for place in places
    ]


def _entries(act: Act, whose: ColumnElement[bool], during: Range[datetime]) -> list[Entry]:
    """The bookings of one resource in that time, with what the actor may read of each."""
    taken: Select[int] = (
        select(Occupation.booking_id)
        .join(Resource, Resource.id == Occupation.resource_id)
        .where(whose, Occupation.during.overlaps(during))
    )
    booked = act.session.scalars(
        select(Booking)
        .where(Booking.id.in_(taken), Booking.state == BookingState.BOOKED)
        .order_by(Booking.during, Booking.id)
    ).all()
    ids = [booking.id for booking in booked]
    read = {
        one.booking_id: one
        for one in act.session.scalars(
            interrogations.visible(act).where(Interrogation.booking_id.in_(ids))
        )
    }
    rooms = {
        row.booking_id: row.name
        for row in act.session.execute(
            select(Occupation.booking_id, Resource.name)
            .join(Resource, Resource.id == Occupation.resource_id)
            .where(
                Occupation.booking_id.in_(ids),
                Resource.kind.in_([ResourceKind.INTERROGATION_ROOM, ResourceKind.OFFICE_ROOM]),
            )
        )
    }
    names = _names(act, [one.suspect_id for one in read.values()])
    return [_entry(one, read.get(one.id), rooms.get(one.id), names) for one in booked]


def _entry(
    booking: Booking, found: Interrogation | None, room: str | None, names: dict[int, str]
) -> Entry:
    start, end = bounds(booking.during)
    if found is None:
        return Entry(booking.id, booking.kind, start, end, booking.version, place=room)
    return Entry(
        booking.id,
        booking.kind,
        start,
        end,
        found.version,
        interrogation_id=found.id,
        state=found.state,
        suspect_name=names[found.suspect_id],
        place=room,
    )


def _names(act: Act, ids: Sequence[int]) -> dict[int, str]:
    rows = act.session.execute(select(Suspect.id, Suspect.name).where(Suspect.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _works_with(act: Act, office: Office) -> bool:
    """Does the actor hold a post there, or in an organ of the same procuratorate?"""
    procuratorate_id = office.procuratorate_id or office.id
    if act.actor.offices & {office.id, procuratorate_id}:
        return True
    together = select(Office.id).where(
        Office.id.in_(act.actor.offices), Office.procuratorate_id == procuratorate_id
    )
    return act.session.scalar(together.limit(1)) is not None
