"""Where everything that is wanted is free at once: a set of starts is the bits of one number.

What is wanted of one thing only, the suspect and everybody who takes part, is read first, for the
whole time: it leaves few starts. Rooms are asked for these starts only, some at a time and in the
order in which they would be taken; pools of desks, lines or officers come last. What is read does
not grow with the table.

A place is open in its weekly pattern, and always if it has none. A day off of the State Council
is closed and a make-up working day is a Monday, unless an exception of that day says otherwise.
What is open has to hold the thing itself; escort and set-up may lie outside.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import ceil, floor, inf
from typing import Any, TypeVar

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range

from services.bookings.records import Booking, BookingState
from services.bookings.wants import Option, Part, Want, bounds
from services.deadlines import WorkCalendar, calendar_of
from services.kernel.act import SHANGHAI, Act
from services.policy import MACHINE

GRID = timedelta(minutes=15)
CLOSED, MONDAY, SATURDAY = 0, 1, 6
T = TypeVar("T")
_DAY = timedelta(days=1)
_STEP = GRID.total_seconds()
_NEAR = 4
"""Starts with fewer steps between them are asked for in one probe."""
_STARTS, _THINGS_AT_ONCE = 16, 8
"""How many starts are looked at first, and how many rooms; then twice as many, and so on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One unit of one resource for a time: what a search would take, or has to leave alone."""

    resource_id: int
    unit: int
    during: Range[datetime]


@dataclass(frozen=True, slots=True)
class Free:
    """A start at which every want has a free option; what would be taken, want by want."""

    starts_at: datetime
    chosen: tuple[tuple[int, int], ...]
    """The resource and its unit for each want, in the order of the wants."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: these wants, for so long, with these bookings counted as free."""

    wants: tuple[Want, ...]
    length: timedelta
    ignoring: frozenset[int] = frozenset()
    also_taken: tuple[Taken, ...] = ()
    """What is not booked and yet not free: the rest of a plan."""
    shut: tuple[tuple[int, Range[datetime]], ...] = ()
    """Resources that are closed to this one thing at some times, and not to others."""


class Search:
    """One question about the starts between two; what it needs of the calendar is read once.

    A set of starts is a number: bit n is the start n steps of the grid after the first.
    """

    def __init__(self, act: Act, asked: Question, first: datetime, last: datetime) -> None:
        self._act, self._asked, self._first = act, asked, first.astimezone(UTC)
        self._steps = max(0, (last - first) // GRID + 1)
        self._zero, self._length = first.timestamp(), asked.length.total_seconds()
        self._units: dict[int, int] = {}
        self._open = self._opened(last + asked.length)
        self._alone: dict[int, int] | None = None

    def earliest(
        self, limit: int, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[Free]:
        """The first that are free, of those between the two."""
        return self._walked(limit, list(_bits(self._candidates() & self._between(since, until))))

    def latest(self) -> Free | None:
        """The last that is free."""
        found = self._walked(1, list(_bits(self._candidates()))[::-1])
        return found[0] if found else None

    def nearest(self, limit: int, near: datetime, reach: timedelta) -> list[Free]:
        """Those that are free and nearest to a time, and not further from it than that."""
        within = self._candidates() & self._between(near - reach, near + reach)
        away = (near - self._first) / GRID
        return self._walked(limit, sorted(_bits(within), key=lambda n: (abs(n - away), n)))

    def around(
        self, found: Iterable[Free], place: int, reach: timedelta
    ) -> dict[tuple[int, int], list[tuple[datetime, datetime]]]:
        """When what these take for the want at that place is taken, that far before and after."""
        want = self._asked.wants[place]
        options = {option.resource_id: option for option in want.any_of}
        probes = set()
        for one in found:
            option, start = options[one.chosen[place][0]], one.starts_at
            since, until = start - option.before, start + self._asked.length + option.after
            probes.add(
                (option.resource_id, (since - reach).timestamp(), (until + reach).timestamp())
            )
        taken: dict[tuple[int, int], list[tuple[datetime, datetime]]] = defaultdict(list)
        for thing, unit, begun, over in _taken(self._act, sorted(probes), self._asked):
            taken[thing, unit].append(
                (datetime.fromtimestamp(begun, UTC), datetime.fromtimestamp(over, UTC))
            )
        return taken

    def never(self) -> Iterator[tuple[int, bool, bool]]:
        """Of each want, by its place: is it open, and is it free, at any start?"""
        for place, want in enumerate(self._asked.wants):
            if self._is_only(want):
                free = self._free_alone(want)
                yield place, bool(self._open_for(want)), bool(free)
                continue
            starts = list(_bits(self._open_for(want)))
            tried = (self._chosen(want, _number(some)) for some in _doubling(starts, _STARTS))
            yield place, bool(starts), any(tried)

    def open_at(self, option: Option) -> int:
        """The starts at which it is open, or there, whether or not it is taken."""
        return self._open.get(option.resource_id, 0)

    def _walked(self, limit: int, starts: Sequence[int]) -> list[Free]:
        """The first that are free, in that order."""
        found: list[Free] = []
        done, size = 0, max(limit, _STARTS)
        while done < len(starts) and len(found) < limit:
            some = starts[done : done + size]
            free = self._resolved(_number(some))
            found += [free[n] for n in some if n in free]
            done += size
            size = max(limit - len(found), _STARTS) if free else size * 2
        return found[:limit]

    def _candidates(self) -> int:
        """The starts that are left when all that is the only one of its kind has been asked."""
        left = _run(0, self._steps - 1)
        for want in self._asked.wants:
            left &= self._free_alone(want) if self._is_only(want) else self._open_for(want)
        return left

    def _free_alone(self, want: Want) -> int:
        """When the only thing that would do is free; all of these are asked at once."""
        if self._alone is None:
            only = [(one.any_of[0], one.part) for one in self._asked.wants if self._is_only(one)]
            lost = self._lost_of(only, [(0, self._steps - 1)])
            self._alone = {
                option.resource_id: self.open_at(option) & ~lost[option.resource_id]
                for option, _ in only
            }
        return self._alone[want.any_of[0].resource_id]

    def _is_only(self, want: Want) -> bool:
        return len(want.any_of) == 1 and self._units.get(want.any_of[0].resource_id) == 1

    def _open_for(self, want: Want) -> int:
        """The starts at which any of them is open."""
        starts = 0
        for one in {self.open_at(option) for option in want.any_of}:
            starts |= one
        return starts

    def _resolved(self, some: int) -> dict[int, Free]:
        """Which of these candidates are free, and what would be taken."""
        wants = self._asked.wants
        # What is only one was asked for the candidates; rooms are quicker asked than pools.
        chosen: dict[int, dict[int, tuple[int, int]]] = {}
        rest = [place for place, want in enumerate(wants) if not self._is_only(want)]
        for place in sorted(rest, key=lambda place: self._is_pool(wants[place])):
            chosen[place] = self._chosen(wants[place], some)
            some = _number(chosen[place])
        return {
            n: Free(
                self._first + n * GRID,
                tuple(
                    chosen[place][n] if place in chosen else (want.any_of[0].resource_id, 1)
                    for place, want in enumerate(wants)
                ),
            )
            for n in _bits(some)
        }

    def _is_pool(self, want: Want) -> bool:
        return any(self._units.get(option.resource_id, 1) > 1 for option in want.any_of)

    def _chosen(self, want: Want, some: int) -> dict[int, tuple[int, int]]:
        """The first free resource of the want, and its unit, for each of these starts."""
        chosen: dict[int, tuple[int, int]] = {}
        ask = self._free_in_pools if self._is_pool(want) else self._free_of
        for options in _doubling(want.any_of, _THINGS_AT_ONCE):
            chosen |= ask(want, options, some)
            some &= ~_number(chosen)
            if not some:
                break
        return chosen

    def _free_of(
        self, want: Want, options: Sequence[Option], some: int
    ) -> dict[int, tuple[int, int]]:
        """Of things with one unit, the first that is free."""
        chosen: dict[int, tuple[int, int]] = {}
        lost = self._lost_of([(option, want.part) for option in options], list(_runs(some)))
        for option in options:
            here = some & self.open_at(option) & ~lost[option.resource_id]
            chosen |= dict.fromkeys(_bits(here), (option.resource_id, 1))
            some &= ~here
        return chosen

    def _lost_of(
        self, options: Sequence[tuple[Option, Part]], runs: Sequence[tuple[int, int]]
    ) -> defaultdict[int, int]:
        """The starts, of these runs, at which each of these things is taken."""
        parts = {option.resource_id: (option, part) for option, part in options}
        probes = [
            (
                option.resource_id,
                self._second(low) - option.before.total_seconds(),
                self._second(high) + self._length + option.after.total_seconds(),
            )
            for option, _ in options
            for low, high in runs
            if self.open_at(option) & _run(low, high)
        ]
        lost: defaultdict[int, int] = defaultdict(int)
        for thing, unit, since, until in _taken(self._act, probes, self._asked):
            if unit == 1:
                lost[thing] |= self._lost(*parts[thing], since, until)
        for taken in self._asked.also_taken:
            if taken.resource_id in parts and taken.unit == 1:
                start, end = bounds(taken.during)
                lost[taken.resource_id] |= self._lost(
                    *parts[taken.resource_id], start.timestamp(), end.timestamp()
                )
        return lost

    def _lost(self, option: Option, part: Part, since: float, until: float) -> int:
        """The starts that one occupation makes impossible."""
        before, after = option.before.total_seconds(), option.after.total_seconds()
        if part is Part.WHOLE:
            return self._within(since - self._length - after, until + before)
        led_in = self._within(since, until + before) if before else 0
        led_out = self._within(since - self._length - after, until - self._length) if after else 0
        return led_in | led_out

    def _free_in_pools(
        self, want: Want, options: Sequence[Option], some: int
    ) -> dict[int, tuple[int, int]]:
        """Of pools, the first that has a free unit, and its first free unit."""
        asked = [
            (n, option) for n in _bits(some) for option in options if self.open_at(option) >> n & 1
        ]
        if not asked:
            return {}
        also = self._asked.also_taken
        given: dict[str, list[Any]] = {
            "resource": [option.resource_id for _, option in asked],
            "units": [self._units[option.resource_id] for _, option in asked],
            "also_resource": [one.resource_id for one in also],
            "also_unit": [one.unit for one in also],
            "also_since": [bounds(one.during)[0].timestamp() for one in also],
            "also_until": [bounds(one.during)[1].timestamp() for one in also],
            "ignoring": list(self._asked.ignoring),
        }
        for name in ("since", "until", "core_since", "core_until"):
            given[name] = []
        for n, option in asked:
            start = self._second(n)
            end = start + self._length
            whole = want.part is Part.WHOLE
            given["since"].append(start - option.before.total_seconds())
            given["until"].append(end + option.after.total_seconds())
            # What lies within the core is not in the way of something taken at its ends only.
            given["core_since"].append(start if whole or option.before else -inf)
            given["core_until"].append(start if whole else end if option.after else inf)
        chosen: dict[int, tuple[int, int]] = {}
        for row in self._act.session.execute(_UNITS, given):
            n, option = asked[row.probe - 1]
            chosen.setdefault(n, (option.resource_id, row.unit))
        return chosen

    def _opened(self, until: datetime) -> dict[int, int]:
        """When each thing that is in use is open, and who is a person is not on leave."""
        session = self._act.session
        start, end = (at.astimezone(SHANGHAI).date() for at in (self._first, until))
        ids = {option.resource_id for want in self._asked.wants for option in want.any_of}
        given = {"resource": sorted(ids), "start": start, "end": end}
        weekly: dict[int, list[tuple[int, time, time]]] = defaultdict(list)
        for row in session.execute(_WEEKLY, given):
            for each in row.resources:
                weekly[each].append((row.weekday, row.from_time, row.until_time))
        excepted: dict[int, list[tuple[date, time | None, time | None]]] = defaultdict(list)
        for row in session.execute(_EXCEPTED, given):
            excepted[row.resource_id].append((row.on, row.from_time, row.until_time))
        calendar = calendar_of(session)
        days = [start + n * _DAY for n in range((end - start).days + 1)]
        weekdays = {day: weekday_in(calendar, day) for day in days}
        opened: dict[int, int] = {}
        alike: dict[object, int] = {}
        for row in session.execute(_THINGS, given):
            self._units[row.id] = row.units
            hours, instead = tuple(weekly.get(row.id, ())), tuple(excepted.get(row.id, ()))
            if (hours, instead) not in alike:
                alike[hours, instead] = self._hours(weekdays, hours, instead)
            starts = opened.get(row.id, alike[hours, instead])
            if row.from_on is not None:
                starts &= ~self._shut(_midnight(row.from_on), _midnight(row.until_on + _DAY))
            opened[row.id] = starts
        for resource_id, during in self._asked.shut:
            if resource_id in opened:
                since, to = bounds(during)
                opened[resource_id] &= ~self._shut(since.timestamp(), to.timestamp())
        return opened

    def _hours(
        self,
        weekdays: Mapping[date, int],
        weekly: Sequence[tuple[int, time, time]],
        excepted: Sequence[tuple[date, time | None, time | None]],
    ) -> int:
        """The starts at which a place with these hours is open for the whole length."""
        if not weekly and not excepted:
            return _run(0, self._steps - 1)
        instead = {on for on, _, _ in excepted}
        pieces: list[tuple[float, float]] = []
        for day, weekday in weekdays.items():
            midnight = _midnight(day)
            if day in instead:
                hours = [
                    (since, until)
                    for on, since, until in excepted
                    if on == day and since is not None and until is not None
                ]
            elif weekly:
                hours = [(since, until) for of, since, until in weekly if of == weekday]
            else:
                pieces.append((midnight, midnight + _DAY.total_seconds()))
                continue
            pieces += [(midnight + _second_of(a), midnight + _second_of(b)) for a, b in hours]
        starts = 0
        for since, until in _joined(pieces):
            low, high = since - self._zero, until - self._length - self._zero
            starts |= self._clipped(ceil(low / _STEP), floor(high / _STEP))
        return starts

    def _between(self, since: datetime | None, until: datetime | None) -> int:
        low = ceil((since - self._first) / GRID) if since else 0
        high = floor((until - self._first) / GRID) if until else self._steps - 1
        return self._clipped(low, high)

    def _shut(self, since: float, until: float) -> int:
        """The starts of what would touch that time."""
        return self._within(since - self._length, until)

    def _within(self, since: float, until: float) -> int:
        """The starts after the one and before the other."""
        low, high = (since - self._zero) / _STEP, (until - self._zero) / _STEP
        return self._clipped(floor(low) + 1, ceil(high) - 1)

    def _clipped(self, low: int, high: int) -> int:
        return _run(max(low, 0), min(high, self._steps - 1))

    def _second(self, n: int) -> float:
        return self._zero + n * _STEP


def free_starts(
    act: Act, asked: Question, first: datetime, last: datetime, *, limit: int
) -> list[Free]:
    """The first starts on the grid from `first` to `last`, both included, that are free now.

    No two wants may share a resource.
    """
    return Search(act, asked, first, last).earliest(limit)


def last_free(act: Act, asked: Question, first: datetime, last: datetime) -> Free | None:
    """The last start on the grid between these that is free now."""
    return Search(act, asked, first, last).latest()


def open_options(act: Act, wants: Sequence[Want], during: Range[datetime]) -> list[set[int]]:
    """Of each want, the resources that are open, and whose people are there, for that time."""
    start, end = bounds(during)
    search = Search(act, Question(tuple(wants), end - start), start, start)
    return [
        {option.resource_id for option in want.any_of if search.open_at(option)} for want in wants
    ]


def not_in_the_way(act: Act) -> frozenset[int]:
    """The bookings that no search minds: holds that have run out, and the actor's own.

    What the house keeps, it keeps for somebody else.
    """
    own = (Booking.booked_by == act.actor.id) & (Booking.booked_by != MACHINE.id)
    chosen = select(Booking.id).where(
        Booking.state == BookingState.HELD, (Booking.held_until <= act.now) | own
    )
    return frozenset(act.session.scalars(chosen))


def on_grid(moment: datetime) -> datetime:
    """The first start on the grid at or after that moment; Asia/Shanghai knows no summer time."""
    over = timedelta(seconds=moment.timestamp() % GRID.total_seconds())
    return moment + (GRID - over) if over else moment


def weekday_in(calendar: WorkCalendar, day: date) -> int:
    """As which day of the week a place is open: 1 is Monday, 0 is a day off."""
    if day in calendar.work:
        return MONDAY
    weekday = day.isoweekday()
    if day in calendar.off or (weekday < SATURDAY and not calendar.is_working(day)):
        return CLOSED
    return weekday


def _taken(
    act: Act, probes: Sequence[tuple[int, float, float]], asked: Question
) -> list[tuple[int, int, float, float]]:
    """What is taken of each of these resources between these seconds: its unit, and when."""
    if not probes:
        return []
    things, since, until = (list(column) for column in zip(*probes, strict=True))
    given = {"resource": things, "since": since, "until": until, "ignoring": list(asked.ignoring)}
    return [tuple(row) for row in act.session.execute(_TAKEN, given)]


def _run(low: int, high: int) -> int:
    """The bits from the one to the other, both included."""
    return (1 << high + 1) - (1 << low) if high >= low else 0


def _bits(number: int) -> Iterator[int]:
    """The places of its bits, the lowest first."""
    digits = f"{number:b}"[::-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)


def _number(bits: Iterable[int]) -> int:
    number = 0
    for n in bits:
        number |= 1 << n
    return number


def _runs(number: int) -> Iterator[tuple[int, int]]:
    """The first and the last of bits that lie near each other."""
    bits = list(_bits(number))
    if not bits:
        return
    low = bits[0]
    for one, following in pairwise(bits):
        if following - one > _NEAR:
            yield low, one
            low = following
    yield low, bits[-1]


def _doubling(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """That many, then twice as many, and so on."""
    done = 0
    while done < len(things):
        yield things[done : done + size]
        done, size = done + size, size * 2


def _midnight(day: date) -> float:
    return datetime.combine(day, time(), SHANGHAI).timestamp()


def _second_of(at: time) -> float:
    return at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6


def _joined(pieces: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Pieces that touch become one."""
    current: tuple[float, float] | None = None
    for since, until in sorted(pieces):
        if current is not None and since <= current[1]:
            current = (current[0], max(current[1], until))
            continue
        if current is not None:
            yield current
        current = (since, until)
    if current is not None:
        yield current


_THINGS = text("""
SELECT t.id, t.units, l.from_on, l.until_on
FROM unnest(CAST(:resource AS int[])) AS a(id) JOIN resources t ON t.id = a.id
LEFT JOIN leaves l ON l.person_id = t.person_id AND l.from_on <= :end AND l.until_on >= :start
WHERE t.retired_at IS NULL
""")
_WEEKLY = text("""
SELECT o.weekday, o.from_time, o.until_time, array_agg(o.resource_id) AS resources
FROM unnest(CAST(:resource AS int[])) AS a(id) JOIN openings o ON o.resource_id = a.id
GROUP BY o.weekday, o.from_time, o.until_time ORDER BY o.weekday, o.from_time, o.until_time
""")
_EXCEPTED = text("""
SELECT e.resource_id, e."on", e.from_time, e.until_time
FROM unnest(CAST(:resource AS int[])) AS a(id) JOIN opening_exceptions e ON e.resource_id = a.id
WHERE e."on" BETWEEN :start AND :end ORDER BY e.resource_id, e."on", e.from_time
""")
# OFFSET keeps the planner from reading the whole index of the constraint for the time alone:
# one probe of it for each resource and time.
_TAKEN = text("""
SELECT p.resource_id, o.unit, CAST(extract(epoch FROM lower(o.during)) AS float8) AS since,
  CAST(extract(epoch FROM upper(o.during)) AS float8) AS until
FROM unnest(CAST(:resource AS int[]), CAST(:since AS float8[]), CAST(:until AS float8[]))
  AS p(resource_id, since, until)
CROSS JOIN LATERAL (
  SELECT unit, during FROM occupations
  WHERE resource_id = p.resource_id
    AND during && tstzrange(to_timestamp(p.since), to_timestamp(p.until))
    AND booking_id <> ALL(CAST(:ignoring AS int[]))
  OFFSET 0
) AS o
""")
_UNITS = text("""
SELECT p.probe, f.unit
FROM unnest(
  CAST(:resource AS int[]), CAST(:units AS int[]), CAST(:since AS float8[]),
  CAST(:until AS float8[]), CAST(:core_since AS float8[]), CAST(:core_until AS float8[])
) WITH ORDINALITY AS p(resource_id, units, since, until, core_since, core_until, probe)
CROSS JOIN LATERAL (
  SELECT min(u) AS unit FROM generate_series(1, p.units) AS u
  WHERE u <> ALL(ARRAY(
    SELECT o.unit FROM (
      SELECT unit, during FROM occupations
      WHERE resource_id = p.resource_id
        AND during && tstzrange(to_timestamp(p.since), to_timestamp(p.until))
        AND booking_id <> ALL(CAST(:ignoring AS int[]))
      UNION ALL
      SELECT a.unit, tstzrange(to_timestamp(a.since), to_timestamp(a.until))
      FROM unnest(
        CAST(:also_resource AS int[]), CAST(:also_unit AS int[]),
        CAST(:also_since AS float8[]), CAST(:also_until AS float8[])
      ) AS a(resource_id, unit, since, until)
      WHERE a.resource_id = p.resource_id AND a.since < p.until AND a.until > p.since
    ) AS o
    WHERE NOT o.during <@ tstzrange(to_timestamp(p.core_since), to_timestamp(p.core_until))
  ))
) AS f
WHERE f.unit IS NOT NULL ORDER BY p.probe
""")
