"""Where everything that is wanted is free at once: free time as multiranges, in the database.

For every unit that would do, the starts at which it is open, nobody is away and nothing takes it
are one multirange. Units that would do instead of each other are united, wants are intersected,
and the grid is laid over what is left. One statement answers for some days, however many bookings
there are: only what those days touch is read.

A place is open in its weekly pattern, and always if it has none. A day off of the State Council
is closed and a make-up working day is a Monday, unless an exception of that day says otherwise.
What is open has to hold the thing itself; escort and set-up may lie outside.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range

from services.bookings.records import Booking, BookingState
from services.bookings.wants import Part, Want
from services.deadlines import WorkCalendar, calendar_of
from services.kernel.act import SHANGHAI, Act

GRID = timedelta(minutes=15)
CLOSED, MONDAY, SATURDAY = 0, 1, 6
_DAY = timedelta(days=1)


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


def free_starts(
    act: Act, asked: Question, first: datetime, last: datetime, *, limit: int
) -> list[Free]:
    """The first starts on the grid from `first` to `last`, both included, that are free now.

    No two wants may share a resource.
    """
    rows = act.session.execute(_FORWARD, _given(act, asked, first, last) | {"limit": limit})
    return [_free(row) for row in rows]


def last_free(act: Act, asked: Question, first: datetime, last: datetime) -> Free | None:
    """The last start on the grid between these that is free now."""
    row = act.session.execute(_BACKWARD, _given(act, asked, first, last) | {"limit": 1}).first()
    return _free(row) if row is not None else None


def never_free(
    act: Act, asked: Question, first: datetime, last: datetime
) -> list[tuple[int, bool, bool]]:
    """Of each want, by its place: is it open, and is it free, at any start between these?"""
    rows = act.session.execute(_WANTS, _given(act, asked, first, last))
    return [(row.want, row.open, row.free) for row in rows]


def open_options(act: Act, wants: Sequence[Want], during: Range[datetime]) -> list[set[int]]:
    """Of each want, the resources that are open, and whose people are there, for that time."""
    start, end = during.lower, during.upper
    assert start is not None and end is not None  # noqa: S101, PT018  # kept bounded
    asked = Question(tuple(wants), end - start)
    found: list[set[int]] = [set() for _ in wants]
    for row in act.session.execute(_OPEN, _given(act, asked, start, start)):
        found[row.want].add(row.resource_id)
    return found


def not_in_the_way(act: Act) -> frozenset[int]:
    """The bookings that no search minds: holds that have run out, and the actor's own."""
    chosen = select(Booking.id).where(
        Booking.state == BookingState.HELD,
        (Booking.held_until <= act.now) | (Booking.booked_by == act.actor.id),
    )
    return frozenset(act.session.scalars(chosen))


def stretches(first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The time between, day by day of Asia/Shanghai at first, then more days at once."""
    days = 1
    while first <= last:
        midnight = first.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        following = midnight + days * _DAY
        yield first, min(last, following - GRID)
        first, days = following, min(days * 2, 8)


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


def _free(row: Any) -> Free:
    return Free(row.starts_at, tuple(zip(row.resources, row.units, strict=True)))


def _given(act: Act, asked: Question, first: datetime, last: datetime) -> dict[str, Any]:
    options = [
        (place, rank, option, want.part is Part.ENDS)
        for place, want in enumerate(asked.wants)
        for rank, option in enumerate(want.any_of)
    ]
    before = max((option.before for _, _, option, _ in options), default=timedelta())
    after = max((option.after for _, _, option, _ in options), default=timedelta())
    start = first.astimezone(SHANGHAI).date()
    end = (last + asked.length).astimezone(SHANGHAI).date()
    days = [start + n * _DAY for n in range((end - start).days + 1)]
    calendar = calendar_of(act.session)
    return {
        "want": [place for place, _, _, _ in options],
        "rank": [rank for _, rank, _, _ in options],
        "resource": [option.resource_id for _, _, option, _ in options],
        "before": [option.before for _, _, option, _ in options],
        "after": [option.after for _, _, option, _ in options],
        "ends": [ends for _, _, _, ends in options],
        "day": days,
        "weekday": [weekday_in(calendar, day) for day in days],
        "length": asked.length,
        "first": first,
        "last": last,
        "from": first - before,
        "until": last + asked.length + after,
        "ignoring": list(asked.ignoring),
        "wants": len(asked.wants),
        "also_resource": [one.resource_id for one in asked.also_taken],
        "also_unit": [one.unit for one in asked.also_taken],
        "also_from": [one.during.lower for one in asked.also_taken],
        "also_until": [one.during.upper for one in asked.also_taken],
        "shut_resource": [resource_id for resource_id, _ in asked.shut],
        "shut_from": [during.lower for _, during in asked.shut],
        "shut_until": [during.upper for _, during in asked.shut],
    }


_ASKED = """
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest(
    CAST(:want AS int[]), CAST(:rank AS int[]), CAST(:resource AS int[]),
    CAST(:before AS interval[]), CAST(:after AS interval[]), CAST(:ends AS bool[])
  ) AS a(want, rank, resource_id, before, after, ends)
),
days AS (
  SELECT * FROM unnest(CAST(:day AS date[]), CAST(:weekday AS int[])) AS d(day, weekday)
),
things AS MATERIALIZED (
  SELECT id, units, person_id FROM resources
  WHERE id = ANY(CAST(:resource AS int[])) AND retired_at IS NULL
),
weekly AS MATERIALIZED (
  SELECT resource_id, weekday, from_time, until_time FROM openings
  WHERE resource_id = ANY(CAST(:resource AS int[]))
),
excepted AS MATERIALIZED (
  SELECT resource_id, "on", from_time, until_time FROM opening_exceptions
  WHERE resource_id = ANY(CAST(:resource AS int[])) AND "on" = ANY(CAST(:day AS date[]))
),
limited AS MATERIALIZED (
  SELECT resource_id, bool_or(weekly) AS weekly
  FROM (
    SELECT DISTINCT resource_id, true AS weekly FROM weekly
    UNION ALL SELECT DISTINCT resource_id, false FROM excepted
  ) AS either
  GROUP BY resource_id
),
hours AS (
  SELECT resource_id, "on" AS day, CAST(from_time AS interval) AS since,
    CAST(until_time AS interval) AS until
  FROM excepted WHERE from_time IS NOT NULL
  UNION ALL
  SELECT w.resource_id, d.day, CAST(w.from_time AS interval), CAST(w.until_time AS interval)
  FROM weekly w JOIN days d USING (weekday)
  WHERE NOT EXISTS (
    SELECT FROM excepted e WHERE e.resource_id = w.resource_id AND e."on" = d.day
  )
  UNION ALL
  SELECT l.resource_id, d.day, interval '0', interval '1 day'
  FROM limited l CROSS JOIN days d
  WHERE NOT l.weekly AND NOT EXISTS (
    SELECT FROM excepted e WHERE e.resource_id = l.resource_id AND e."on" = d.day
  )
),
opened AS (
  SELECT resource_id, range_agg(tstzrange(
    (day + since) AT TIME ZONE 'Asia/Shanghai', (day + until) AT TIME ZONE 'Asia/Shanghai'
  )) AS during
  FROM hours GROUP BY resource_id
),
open_starts AS MATERIALIZED (
  SELECT o.resource_id,
    range_agg(tstzrange(lower(piece), upper(piece) - CAST(:length AS interval), '[]')) AS starts
  FROM opened o CROSS JOIN unnest(o.during) AS piece
  WHERE upper(piece) - CAST(:length AS interval) >= lower(piece)
  GROUP BY o.resource_id
),
away AS MATERIALIZED (
  SELECT resource_id, range_agg(tstzrange(since - CAST(:length AS interval), until, '()')) AS starts
  FROM (
    SELECT t.id AS resource_id,
      CAST(l.from_on AS timestamp) AT TIME ZONE 'Asia/Shanghai' AS since,
      CAST(l.until_on + 1 AS timestamp) AT TIME ZONE 'Asia/Shanghai' AS until
    FROM things t JOIN leaves l ON l.person_id = t.person_id
    UNION ALL
    SELECT * FROM unnest(
      CAST(:shut_resource AS int[]),
      CAST(:shut_from AS timestamptz[]), CAST(:shut_until AS timestamptz[])
    )
  ) AS closed(resource_id, since, until)
  GROUP BY resource_id
),
there AS MATERIALIZED (
  SELECT a.want, a.rank, a.resource_id, t.units,
    tstzmultirange(tstzrange(:first, :last, '[]'))
    * CASE WHEN l.resource_id IS NULL
        THEN tstzmultirange(tstzrange(NULL, NULL)) ELSE coalesce(s.starts, '{}') END
    - coalesce(w.starts, '{}') AS starts
  FROM asked a JOIN things t ON t.id = a.resource_id
  LEFT JOIN limited l ON l.resource_id = a.resource_id
  LEFT JOIN open_starts s ON s.resource_id = a.resource_id
  LEFT JOIN away w ON w.resource_id = a.resource_id
)
"""

_TAKEN = """,
taken AS (
  SELECT a.want, a.rank, a.resource_id, o.unit, a.before, a.after, a.ends, o.during
  FROM asked a CROSS JOIN LATERAL (
    -- One probe of the constraint's index for each resource: OFFSET keeps the planner from
    -- reading the whole index for the time alone.
    SELECT unit, during FROM occupations
    WHERE resource_id = a.resource_id AND during && tstzrange(:from, :until)
      AND booking_id <> ALL(CAST(:ignoring AS int[]))
    OFFSET 0
  ) AS o
  UNION ALL
  SELECT a.want, a.rank, a.resource_id, o.unit, a.before, a.after, a.ends,
    tstzrange(o.since, o.until)
  FROM asked a JOIN unnest(
    CAST(:also_resource AS int[]), CAST(:also_unit AS int[]),
    CAST(:also_from AS timestamptz[]), CAST(:also_until AS timestamptz[])
  ) AS o(resource_id, unit, since, until) ON o.resource_id = a.resource_id
),
lost AS (
  SELECT want, rank, unit, tstzrange(
    lower(during) - CASE WHEN ends THEN interval '0' ELSE CAST(:length AS interval) + after END,
    upper(during) + before, '()'
  ) AS starts
  FROM taken WHERE NOT ends OR before > interval '0'
  UNION ALL
  SELECT want, rank, unit, tstzrange(
    lower(during) - CAST(:length AS interval) - after,
    upper(during) - CAST(:length AS interval), '()'
  )
  FROM taken WHERE ends AND after > interval '0'
),
busy AS MATERIALIZED (
  SELECT want, rank, unit, range_agg(starts) AS starts FROM lost GROUP BY want, rank, unit
),
fits AS MATERIALIZED (
  SELECT t.want, t.rank, t.resource_id, u.unit, t.starts - coalesce(b.starts, '{}') AS starts
  FROM there t CROSS JOIN generate_series(1, t.units) AS u(unit)
  LEFT JOIN busy b ON b.want = t.want AND b.rank = t.rank AND b.unit = u.unit
),
any_of AS MATERIALIZED (
  SELECT want, range_agg(starts) AS starts FROM fits GROUP BY want
)
"""

_FOUND = """,
together AS (
  SELECT range_intersect_agg(starts) AS starts FROM any_of HAVING count(*) = :wants
),
found AS MATERIALIZED (
  SELECT at FROM together CROSS JOIN generate_series(
    CAST(:first AS timestamptz), CAST(:last AS timestamptz), interval '15 minutes'
  ) AS g(at)
  WHERE together.starts @> g.at ORDER BY at {order} LIMIT :limit
),
chosen AS (
  SELECT DISTINCT ON (f.at, s.want) f.at, s.want, s.resource_id, s.unit
  FROM found f JOIN fits s ON s.starts @> f.at
  ORDER BY f.at, s.want, s.rank, s.unit
)
SELECT at AS starts_at, array_agg(resource_id ORDER BY want) AS resources,
  array_agg(unit ORDER BY want) AS units
FROM chosen GROUP BY at ORDER BY at {order}
"""

# None of the parts comes from outside: values are bound by name.
_FORWARD = text(_ASKED + _TAKEN + _FOUND.format(order="ASC"))
_BACKWARD = text(_ASKED + _TAKEN + _FOUND.format(order="DESC"))
_WANTS = text(
    _ASKED
    + _TAKEN
    + """
SELECT want, bool_or(NOT isempty(t.starts)) AS open, bool_or(NOT isempty(f.starts)) AS free
FROM there t LEFT JOIN fits f USING (want, rank) GROUP BY want ORDER BY want
"""
)
_OPEN = text(_ASKED + "SELECT want, resource_id FROM there WHERE NOT isempty(starts)")  # noqa: S608  # as above
