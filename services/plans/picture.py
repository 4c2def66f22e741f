"""The days to plan as the solver sees them: who and what is free when, in quarters of an hour.

Read in few queries however many interrogations are planned. Every time is rounded so that the
picture promises less than the calendar holds: what is planned in it can be booked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import aliased, selectinload

from services.bookings import Booking, BookingState, Occupation, Option, Part, Want, bounds
from services.bookings.search import GRID, weekday_in
from services.cases import Case
from services.cases.records import case_suspects
from services.deadlines import WorkCalendar, calendar_of
from services.interrogations import Arrangement, Limit, Wish, limits, needs, practice
from services.interrogations.needs import NoRoomThere
from services.kernel.act import SHANGHAI, Act
from services.people import Leave
from services.plans.records import LeftOut
from services.plans.solver import Job, Near, Need, Placed, Pool, Problem, Shape, fitting
from services.resources import PLACES, Resource, ResourceKind

A_DAY = int(timedelta(days=1) / GRID)
FROM_HOUR, UNTIL_HOUR = 8, 20
"""Nobody is planned for the night, even where a place says no hours; booked by hand one may be."""
SOON = timedelta(days=7)
"""Whose period ends so soon after the days that are planned comes before the others."""
SITTING = (ResourceKind.INTERROGATION_ROOM, ResourceKind.OFFICE_ROOM)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One interrogation to be planned."""

    wish: Wish
    arrangement: Arrangement


@dataclass(frozen=True, slots=True)
class Picture:
    """The problem, and what its numbers stand for."""

    problem: Problem
    begins: datetime
    units: tuple[tuple[tuple[int, int], ...], ...]
    """Of each pool its units, as resource and unit."""
    hopeless: Mapping[int, LeftOut]
    """Which interrogations can have no time at all, and why."""
    limits: Mapping[int, Limit]
    """By suspect."""
    rooms: frozenset[int]
    """Of all that could be taken, that in which a suspect sits."""

    def at(self, slot: int) -> datetime:
        """When that slot begins."""
        return self.begins + slot * GRID

    def slot(self, moment: datetime) -> int | None:
        """The slot that begins then, if one does."""
        number, over = divmod(moment - self.begins, GRID)
        return number if not over and 0 <= number < self.problem.slots else None

    def places(self, placed: Placed) -> list[int]:
        """The resources that a placed one would take."""
        return [self.units[pool][unit][0] for pool, unit in placed.units]


def drawn(
    act: Act, procuratorate_id: int, wanted: Sequence[Wanted], *, from_on: date, days: int
) -> Picture:
    """The picture of these days for these interrogations."""
    return _Drawing(act, procuratorate_id, wanted, from_on, days).picture()


class _Drawing:
    """What is read once, and put together."""

    def __init__(
        self,
        act: Act,
        procuratorate_id: int,
        wanted: Sequence[Wanted],
        from_on: date,
        days: int,
    ) -> None:
        self.act, self.wanted, self.days = act, wanted, days
        self.begins = datetime.combine(from_on, time(), SHANGHAI)
        self.ends = self.begins + timedelta(days=days)
        self.slots = days * A_DAY
        said = practice.of_office(act.session, procuratorate_id)
        self.apart = ceil(timedelta(minutes=said.apart_minutes) / GRID)
        self.dates = [from_on + timedelta(days=n) for n in range(days)]
        self.hopeless: dict[int, LeftOut] = {}
        self._asked: dict[object, list[Want] | None] = {}
        self.limits = limits.earliest_of(act, {one.wish.suspect.id for one in wanted})
        self.wants = [self._wants(number, one) for number, one in enumerate(wanted)]
        self._read()

    # --- what is read -----------------------------------------------------------------------

    def _wants(self, number: int, one: Wanted) -> list[Want]:
        """What it takes, asked once for all of one centre, mode and room."""
        suspect, how = one.wish.suspect, one.arrangement
        centre = suspect.detention_centre_id if suspect.in_custody else None
        key = (centre, how.mode, bool(how.place), how.room_id, one.wish.procuratorate_id)
        if key not in self._asked:
            try:
                self._asked[key] = needs.of(
                    self.act, how, suspect, procuratorate_id=one.wish.procuratorate_id
                )
            except NoRoomThere:
                self._asked[key] = None
        found = self._asked[key]
        if found is None:
            self.hopeless[number] = LeftOut.NO_PLACE
        return found or []

    def _read(self) -> None:
        session = self.act.session
        options = {o.resource_id for wants in self.wants for want in wants for o in want.any_of}
        suspects = {one.wish.suspect.id for one in self.wanted}
        people = {p for one in self.wanted for p in one.arrangement.person_ids}
        others = {p for one in self.wanted for p in one.arrangement.participant_ids}
        found = session.scalars(
            select(Resource)
            .where(
                or_(
                    Resource.id.in_(options),
                    Resource.suspect_id.in_(suspects),
                    Resource.person_id.in_(people),
                    Resource.participant_id.in_(others),
                )
            )
            .options(selectinload(Resource.openings), selectinload(Resource.exceptions))
        ).all()
        self.resources = {one.id: one for one in found}
        self.busy: dict[tuple[int, int], int] = defaultdict(int)
        margin = timedelta(days=1)
        # A hold that has run out is in nobody's way.
        over = select(Booking.id).where(
            Booking.state == BookingState.HELD, Booking.held_until <= self.act.now
        )
        taken = session.execute(
            select(Occupation.resource_id, Occupation.unit, Occupation.during).where(
                Occupation.resource_id.in_(self.resources),
                Occupation.during.overlaps(Range(self.begins - margin, self.ends + margin)),
                Occupation.booking_id.not_in(over),
            )
        )
        for row in taken:
            self.busy[row.resource_id, row.unit] |= self._touched(*bounds(row.during))
        self.away: dict[int, int] = defaultdict(int)
        leaves = select(Leave).where(
            Leave.person_id.in_(people),
            Leave.until_on >= self.dates[0],
            Leave.from_on <= self.dates[-1],
        )
        for leave in session.scalars(leaves):
            self.away[leave.person_id] |= self._touched(
                datetime.combine(leave.from_on, time(), SHANGHAI),
                datetime.combine(leave.until_on + timedelta(days=1), time(), SHANGHAI),
            )

    # --- masks ------------------------------------------------------------------------------

    def _touched(self, start: datetime, end: datetime) -> int:
        """Every slot of which any part lies between."""
        first = max(0, (start - self.begins) // GRID)
        last = min(self.slots, -((self.begins - end) // GRID))
        return ((1 << (last - first)) - 1) << first if last > first else 0

    def _within(self, start: datetime, end: datetime) -> int:
        """Every slot that lies between as a whole."""
        first = max(0, -((self.begins - start) // GRID))
        last = min(self.slots, (end - self.begins) // GRID)
        return ((1 << (last - first)) - 1) << first if last > first else 0

    def _open(self, calendar: WorkCalendar, place: Resource) -> int:
        """When a place is open, as `services.bookings.search` has it."""
        if not place.openings and not place.exceptions:
            return (1 << self.slots) - 1
        mask = 0
        for day in self.dates:
            midnight = datetime.combine(day, time(), SHANGHAI)
            weekday = weekday_in(calendar, day)
            excepted = [one for one in place.exceptions if one.on == day]
            hours: Iterable[tuple[time | None, time | None]]
            if excepted:
                hours = [(one.from_time, one.until_time) for one in excepted]
            elif place.openings:
                weekly = [one for one in place.openings if one.weekday == weekday]
                hours = [(one.from_time, one.until_time) for one in weekly]
            else:
                mask |= self._within(midnight, midnight + timedelta(days=1))
                continue
            for since, until in hours:
                if since is not None and until is not None:
                    mask |= self._within(
                        datetime.combine(day, since, SHANGHAI),
                        datetime.combine(day, until, SHANGHAI),
                    )
        return mask

    # --- the problem ------------------------------------------------------------------------

    def picture(self) -> Picture:
        """Everything together."""
        pools, units, of_place = self._pools()
        groups = self._groups()
        others = _Others()
        jobs = []
        for number, one in enumerate(self.wanted):
            jobs.append(self._job(number, one, of_place, others, groups))
        whole = (1 << self.slots) - 1
        known = {_key(one): one.id for one in self.resources.values() if one.kind not in PLACES}
        free = tuple(
            whole & ~self.busy[known[key], 1] if key in known else whole for key in others.keys
        )
        near = self._near(groups, units) if self.apart else {}
        problem = Problem(self.slots, tuple(jobs), pools, free, near)
        hopeless = dict(self.hopeless)
        for number, job in enumerate(jobs):
            if number not in hopeless and not problem.starts(job):
                hopeless[number] = LeftOut.NEVER_TOGETHER
        rooms = frozenset(one.id for one in self.resources.values() if one.kind in SITTING)
        return Picture(problem, self.begins, units, hopeless, self.limits, rooms)

    def _pools(
        self,
    ) -> tuple[tuple[Pool, ...], tuple[tuple[tuple[int, int], ...], ...], dict[int, list[int]]]:
        """Units that are alike on one day: kind, house, terminal, buffers, hours, what is taken.

        Only so does colouring never fail: units that are free at other times are another pool. A
        room that somebody has named is a pool of its own.
        """
        calendar = calendar_of(self.act.session)
        named = {one.arrangement.room_id for one in self.wanted}
        alike: dict[object, list[tuple[int, int]]] = defaultdict(list)
        masks: dict[object, tuple[int, int]] = {}
        for place in sorted(self.resources.values(), key=lambda one: one.id):
            if place.kind not in PLACES:
                continue
            opened = self._open(calendar, place)
            for unit in range(1, place.units + 1):
                free = ~self.busy[place.id, unit]
                for day in range(self.days):
                    whole = ((1 << A_DAY) - 1) << (day * A_DAY)
                    key = (
                        day,
                        place.kind,
                        place.office_id,
                        place.video,
                        place.before_minutes,
                        place.after_minutes,
                        opened & whole,
                        free & whole,
                        place.id if place.id in named else None,
                    )
                    if opened & whole:
                        alike[key].append((place.id, unit))
                        masks[key] = (free & whole, opened & whole)
        pools = tuple(Pool(len(units), *masks[key]) for key, units in alike.items())
        of_place: dict[int, list[int]] = defaultdict(list)
        for pool, units in enumerate(alike.values()):
            for resource_id in dict.fromkeys(resource_id for resource_id, _ in units):
                of_place[resource_id].append(pool)
        return pools, tuple(tuple(units) for units in alike.values()), of_place

    def _job(
        self,
        number: int,
        one: Wanted,
        of_place: Mapping[int, Sequence[int]],
        others: "_Others",
        groups: Mapping[int, int],
    ) -> Job:
        how, suspect = one.arrangement, one.wish.suspect
        length = ceil(timedelta(minutes=how.minutes) / GRID)
        limit = self.limits.get(suspect.id)
        must = limit is not None and limit.ends_at <= self.ends
        starts = self._starts(number, one, length, limit)
        led, travel = Option(0), Option(0)
        wanted = []
        for want in self.wants[number]:
            kind = self.resources[want.any_of[0].resource_id].kind
            if kind in PLACES:
                wanted.append(self._need(want, length, kind, of_place))
            elif kind is ResourceKind.SUSPECT:
                led = want.any_of[0]
            else:
                travel = want.any_of[0]
        takes = [(others.number(ResourceKind.SUSPECT, suspect.id), _shape(led, length))]
        takes += [
            (others.number(kind, each), _shape(travel, length))
            for kind, ids in (
                (ResourceKind.PERSON, how.person_ids),
                (ResourceKind.PARTICIPANT, how.participant_ids),
            )
            for each in ids
        ]
        weight = 1
        if limit is not None and limit.ends_at <= self.ends + SOON:
            weight = 3 if must else 2
        return Job(
            starts, length, tuple(wanted), tuple(takes), must, weight, groups.get(suspect.id)
        )

    def _starts(self, number: int, one: Wanted, length: int, limit: Limit | None) -> int:
        """When it may begin by the clock alone: in the day, not past, and over in time."""
        if number in self.hopeless:
            return 0
        until = self.ends
        if limit is not None and limit.ends_at > self.act.now:
            until = min(until, limit.ends_at)
        allowed = self._within(max(self.begins, self.act.now), until)
        if limit is not None and not allowed:
            self.hopeless[number] = LeftOut.PAST_LIMIT
        hours = 0
        for day in range(self.days):
            first = day * A_DAY + FROM_HOUR * A_DAY // 24
            last = day * A_DAY + UNTIL_HOUR * A_DAY // 24
            hours |= ((1 << (last - first)) - 1) << first
        allowed &= hours
        for person_id in one.arrangement.person_ids:
            allowed &= ~self.away[person_id]
        return fitting(allowed, Shape((1 << length) - 1))

    def _need(
        self, want: Want, length: int, kind: ResourceKind, of_place: Mapping[int, Sequence[int]]
    ) -> Need:
        choices: dict[tuple[int, Shape], None] = {}
        for option in want.any_of:
            shape = _shape(option, length, want.part)
            for pool in of_place.get(option.resource_id, ()):
                choices[pool, shape] = None
        return Need(tuple(choices), self.apart if kind in SITTING else 0)

    # --- co-suspects ------------------------------------------------------------------------

    def _groups(self) -> dict[int, int]:
        """Suspects of one case, or of cases from one request, by a number that they share."""
        if not self.apart:
            return {}
        own, other = aliased(case_suspects), aliased(case_suspects)
        mine, theirs = aliased(Case), aliased(Case)
        rows = self.act.session.execute(
            select(own.c.suspect_id, other.c.suspect_id.label("co_suspect_id"))
            .select_from(own)
            .join(mine, mine.id == own.c.case_id)
            .join(
                theirs,
                or_(
                    theirs.arrest_request_id == mine.arrest_request_id,
                    theirs.transfer_id == mine.transfer_id,
                ),
            )
            .join(other, other.c.case_id == theirs.id)
            .where(
                own.c.suspect_id.in_({one.wish.suspect.id for one in self.wanted}),
                other.c.suspect_id != own.c.suspect_id,
            )
        )
        group: dict[int, int] = {}
        for suspect_id, co_suspect_id in rows:
            one = group.setdefault(suspect_id, suspect_id)
            two = group.setdefault(co_suspect_id, co_suspect_id)
            if one != two:
                group = {who: one if of == two else of for who, of in group.items()}
        return group

    def _near(self, groups: Mapping[int, int], units: Sequence[Sequence[tuple[int, int]]]) -> Near:
        """Where co-suspects are booked already, in rooms that could be taken."""
        if not groups:
            return {}
        whom, who = aliased(Occupation), aliased(Resource)
        rows = self.act.session.execute(
            select(Occupation.resource_id, Occupation.unit, Booking.during, who.suspect_id)
            .join(Booking, Booking.id == Occupation.booking_id)
            .join(whom, whom.booking_id == Booking.id)
            .join(who, who.id == whom.resource_id)
            .where(
                Occupation.resource_id.in_(self.resources),
                Occupation.during.overlaps(Range(self.begins, self.ends)),
                who.suspect_id.in_(groups),
            )
        ).all()
        where: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for pool, each in enumerate(units):
            for index, unit in enumerate(each):
                where[unit].append((pool, index))
        near: dict[tuple[int, int, int], int] = defaultdict(int)
        for row in rows:
            for pool, index in where[row.resource_id, row.unit]:
                mask = self._touched(*bounds(row.during))
                near[groups[row.suspect_id], pool, index] |= mask
        return near


class _Others:
    """Numbers for those who can be in one place only, given as they come."""

    def __init__(self) -> None:
        self.keys: list[tuple[ResourceKind, int]] = []
        self._numbers: dict[tuple[ResourceKind, int], int] = {}

    def number(self, kind: ResourceKind, one: int) -> int:
        """The number of that one."""
        if (kind, one) not in self._numbers:
            self._numbers[kind, one] = len(self.keys)
            self.keys.append((kind, one))
        return self._numbers[kind, one]


def _key(resource: Resource) -> tuple[ResourceKind, int | None]:
    return resource.kind, resource.suspect_id or resource.person_id or resource.participant_id


def _shape(option: Option, length: int, part: Part = Part.WHOLE) -> Shape:
    """What is taken of one thing, in whole slots."""
    before, after = ceil(option.before / GRID), ceil(option.after / GRID)
    whole = (1 << (before + length + after)) - 1
    if part is Part.WHOLE:
        return Shape(whole, before)
    middle = ((1 << length) - 1) << before
    return Shape(whole & ~middle, before)
