"""Usage (使用情况): how an office's interrogations and rooms went in a month.

Numbers of an office, never of a person: they are for arranging rooms and staff, not for ranking
anybody.
"""

import calendar
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import Range

from services import offices
from services.bookings import Booking, BookingKind, BookingState, Occupation, bounds
from services.bookings.search import weekday_in
from services.cases import Case
from services.deadlines import WorkCalendar, calendar_of
from services.interrogations import Interrogation, InterrogationState
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import NotFound
from services.offices import Office, OfficeKind
from services.policy import PostKind
from services.resources import Resource, ResourceKind

READERS = (
    PostKind.CASE_MANAGER,
    PostKind.DEPARTMENT_HEAD,
    PostKind.CHIEF_PROCURATOR,
    PostKind.DETENTION_OFFICER,
)
ROOMS = (
    ResourceKind.INTERROGATION_ROOM,
    ResourceKind.OFFICE_ROOM,
    ResourceKind.DESK,
)
WHOLE_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class RoomUsage:
    """One room or desk in a month: minutes, over all its units."""

    resource_id: int
    name: str
    kind: ResourceKind
    open_minutes: int
    booked_minutes: int
    """Taken by interrogations, with escort and set-up."""
    blocked_minutes: int

    @property
    def share(self) -> float | None:
        """The part of its open time in which it was booked, 0 to 1; none if it never opened."""
        return self.booked_minutes / self.open_minutes if self.open_minutes else None


@dataclass(frozen=True, slots=True)
class Usage:
    """One office in one month; `waiting_hours` is the median from asking to beginning."""

    office_id: int
    month: date
    held: int
    not_held: int
    cancelled: int
    waiting_hours: float | None
    in_good_time: int
    """Held before the last third of the period that it had to come before."""
    with_period: int
    """Held, and such a period was running when it was arranged."""
    rooms: Sequence[RoomUsage]


def of_office(act: Act, office_id: int, month: date) -> Usage:
    """The numbers of an office in the month in which `month` lies, in Asia/Shanghai.

    A procuratorate counts the interrogations in its cases, a centre those in its rooms.

    Refuses:
        NotFound: the actor neither runs case management, nor leads, nor serves in that centre.
    """
    if office_id not in act.actor.offices_as(*READERS):
        raise NotFound
    office = offices.find(act, office_id)
    first = month.replace(day=1)
    days = calendar.monthrange(first.year, first.month)[1]
    after = date.fromordinal(min(first.toordinal() + days, date.max.toordinal()))
    during = Range(*(datetime.combine(day, time(), SHANGHAI) for day in (first, after)))
    asked, begun = _times(act, office, during)
    counted = _counted(act, office, during)
    held = [one for one in begun if one.ends is not None]
    return Usage(
        office_id=office.id,
        month=first,
        held=counted[InterrogationState.ENDED],
        not_held=counted[InterrogationState.NOT_HELD],
        cancelled=counted[InterrogationState.CANCELLED],
        waiting_hours=median(asked) if asked else None,
        in_good_time=sum(one.in_good_time for one in held),
        with_period=len(held),
        rooms=_rooms(act, office, during, days),
    )


@dataclass(frozen=True, slots=True)
class _Begun:
    started: datetime
    began: datetime | None
    ends: datetime | None

    @property
    def in_good_time(self) -> bool:
        if self.ends is None or self.began is None:
            return False
        return self.started < self.began + (self.ends - self.began) * 2 / 3


def _of(office: Office) -> ColumnElement[bool]:
    if office.kind is OfficeKind.DETENTION_CENTRE:
        return Interrogation.centre_id == office.id
    return Case.procuratorate_id == office.id


def _times(act: Act, office: Office, during: Range[datetime]) -> tuple[list[float], list[_Begun]]:
    """Hours waited for each that began in the month, and how each lay in its period."""
    rows = act.session.execute(
        select(
            Interrogation.asked_at,
            Interrogation.started_at,
            Interrogation.period_began_at,
            Interrogation.not_after,
        )
        .join(Case, Case.id == Interrogation.case_id)
        .where(
            _of(office),
            Interrogation.state == InterrogationState.ENDED,
            Interrogation.held_on_paper.is_(False),
            Interrogation.started_at >= during.lower,
            Interrogation.started_at < during.upper,
        )
    ).all()
    hours = [(row.started_at - row.asked_at).total_seconds() / 3600 for row in rows]
    begun = [_Begun(row.started_at, row.period_began_at, row.not_after) for row in rows]
    return hours, [one for one in begun if one.began is not None]


def _counted(act: Act, office: Office, during: Range[datetime]) -> dict[InterrogationState, int]:
    """How many ended, were not held, or were cancelled, by when they began or were to begin."""
    when = func.coalesce(
        Interrogation.started_at, func.lower(Booking.during), Interrogation.asked_at
    )
    rows = act.session.execute(
        select(Interrogation.state, func.count())
        .join(Case, Case.id == Interrogation.case_id)
        .outerjoin(Booking, Booking.id == Interrogation.booking_id)
        .where(_of(office), when >= during.lower, when < during.upper)
        .group_by(Interrogation.state)
    )
    return defaultdict(int, {row[0]: row[1] for row in rows})


def _rooms(act: Act, office: Office, during: Range[datetime], days: int) -> list[RoomUsage]:
    """What was open and what was taken of every room and desk of the office, in three queries."""
    rooms = act.session.scalars(
        select(Resource)
        .where(Resource.office_id == office.id, Resource.kind.in_(ROOMS))
        .order_by(Resource.kind, Resource.id)
    ).all()
    within = Occupation.during * during
    minutes = func.sum(func.extract("epoch", func.upper(within) - func.lower(within)) / 60)
    rows = act.session.execute(
        select(Occupation.resource_id, Booking.kind, minutes.label("minutes"))
        .join(Booking, Booking.id == Occupation.booking_id)
        .where(
            Occupation.resource_id.in_([room.id for room in rooms]),
            Occupation.during.overlaps(during),
            Booking.state == BookingState.BOOKED,
        )
        .group_by(Occupation.resource_id, Booking.kind)
    ).all()
    taken = {(row.resource_id, row.kind): int(row.minutes) for row in rows}
    start, _ = bounds(during)
    first = start.astimezone(SHANGHAI).date()
    known = calendar_of(act.session)
    return [
        RoomUsage(
            room.id,
            room.name,
            room.kind,
            room.units
            * sum(open_minutes(room, first + timedelta(days=n), known) for n in range(days)),
            taken.get((room.id, BookingKind.INTERROGATION), 0),
            taken.get((room.id, BookingKind.BLOCK), 0),
        )
        for room in rooms
    ]


def open_minutes(room: Resource, day: date, known: WorkCalendar) -> int:
    """Minutes for which a unit is open on that day: the exception, the pattern, or all of it."""
    special = [one for one in room.exceptions if one.on == day]
    if special:
        return sum(_minutes(one.from_time, one.until_time) for one in special)
    if not room.openings:
        return WHOLE_DAY
    weekday = weekday_in(known, day)
    return sum(
        _minutes(one.from_time, one.until_time) for one in room.openings if one.weekday == weekday
    )


def _minutes(start: time | None, end: time | None) -> int:
    if start is None or end is None:
        return 0
    return (end.hour - start.hour) * 60 + end.minute - start.minute
