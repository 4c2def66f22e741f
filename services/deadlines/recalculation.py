"""Counting open periods anew after the calendar has changed.

A notice moves the end of every period whose last day it makes a day off, or a working day. The
work is cut into parts that several workers take up side by side; each part is one act, so a
worker that dies leaves its part to the next, and counting a period twice changes nothing.

No period may slip through: an act that began before the new edition was known may still be
counting under the old one. So the parts are cut only once no such act is left.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    TableValuedAlias,
    and_,
    any_,
    column,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATEMULTIRANGE, JSONB
from sqlalchemy.orm import Session, sessionmaker

from services.deadlines import ledger, notices
from services.deadlines.engine.announced import runs_of
from services.deadlines.engine.arithmetic import Unit
from services.deadlines.engine.calendar import (
    VERSION,
    WorkCalendar,
    bundled_notices,
    changed_days,
    longest_rest,
)
from services.deadlines.engine.problems import ImpossibleError
from services.deadlines.engine.rules import Kind
from services.deadlines.engine.table import TABLE
from services.deadlines.notices import (
    CalendarEdition,
    Recalculation,
    RecalculationPart,
    calendar_made,
    calendar_of,
)
from services.deadlines.records import Deadline, DeadlineEntry, EntryKind
from services.kernel.act import Act, Event, acting
from services.kernel.clock import legal_now
from services.policy import MACHINE, Permission, demands

PART = 2_000
"""Periods counted in one act: some tenths of a second."""
PATIENCE = text("interval '10 minutes'")
"""How long an act begun under an older edition is waited for; no act lasts so long."""
PAUSE = 0.05
"""Seconds between two looks at what others still hold."""
PAUSES = 200
"""So often in a row; what is still held then is left for the next minute."""

Follow = Callable[[Act, Collection[int]], None]
"""What moves with the periods of these suspects: the tasks that name their days."""


@dataclass(frozen=True, slots=True)
class CalendarRecalculated(Event):
    """Every open period that a new edition touches was counted anew; it is about the edition."""

    counted: int
    moved: int
    unsettled: int


class Progress(Enum):
    """What one step came to."""

    WORKED = "worked"
    HELD = "held"
    """Somebody else holds what comes next."""
    ENDED = "ended"


def run(
    sessions: sessionmaker[Session],
    follow: Follow,
    now: datetime | Callable[[Session], datetime] = legal_now,
) -> None:
    """Take up what the software brings, then count anew until nothing is left to count.

    Any number of workers may run this at once; each takes what the others have left.
    """
    with acting(sessions, MACHINE, now) as act:
        notices.adopt(act, bundled_notices(), VERSION)
    held = 0
    while held < PAUSES:
        with acting(sessions, MACHINE, now) as act:
            progress = advance(act, follow)
        if progress is Progress.ENDED:
            return
        held = 0 if progress is Progress.WORKED else held + 1
        if held:
            time.sleep(PAUSE)


@demands(Permission.DEADLINE_RECALCULATE)
def advance(act: Act, follow: Follow) -> Progress:
    """Take one step of the oldest recalculation that has not ended.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        CalendarRecalculated, with the last step.
    """
    oldest = select(Recalculation).where(Recalculation.ended_at.is_(None))
    found = act.session.scalar(oldest.order_by(Recalculation.edition_id).limit(1))
    if found is None:
        return Progress.ENDED
    if found.begun_at is None or found.parted_at is None:
        return _prepare(act, found)
    part = act.session.scalar(
        select(RecalculationPart)
        .where(RecalculationPart.edition_id == found.edition_id)
        .order_by(RecalculationPart.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return _end(act, found) if part is None else _count(act, found, part, follow)


def touched(session: Session, edition: CalendarEdition) -> ColumnElement[bool]:
    """The open periods whose counting asks for a day that this edition changed.

    A last day asks for every day from itself to the next working day, working days for every
    day on the way, and an extension granted in time for the end as it was before it (RULES 309).
    """
    change = _change(calendar_made(_before(session, edition)), calendar_made(edition))
    if change is None:
        return false()
    changed = literal(change.spans).cast(DATEMULTIRANGE)
    begun = func.timezone("Asia/Shanghai", Deadline.started_at).cast(Date)
    first, last = func.least(Deadline.unrolled_on, Deadline.due_on), Deadline.outer_on
    at_the_end = func.daterange(first, last + change.rest, "[]")
    all_the_way = func.daterange(
        func.least(begun, first), func.greatest(begun, last) + change.rest, "[]"
    )
    judged = exists().where(
        DeadlineEntry.deadline_id == Deadline.id, DeadlineEntry.kind.in_(_JUDGED_BY_AN_EARLIER_END)
    )
    return and_(
        Deadline.closed_at.is_(None),
        Deadline.due_on.is_not(None),
        all_the_way.op("&&")(changed),
        or_(at_the_end.op("&&")(changed), Deadline.rule_id.in_(_ASKING_ALL_THE_WAY), judged),
    )


class _Change(NamedTuple):
    spans: str
    """The changed days as a multirange."""
    rest: int
    """The most days off in one run, before or after."""


@lru_cache(maxsize=8)
def _change(before: WorkCalendar, after: WorkCalendar) -> _Change | None:
    days = changed_days(before, after)
    if not days:
        return None
    spans = ",".join(f"[{run.first},{run.last}]" for run in runs_of(days))
    return _Change(f"{{{spans}}}", max(longest_rest(before), longest_rest(after)))


_JUDGED_BY_AN_EARLIER_END = (EntryKind.EXTENDED, EntryKind.SUSPENDED)
_ASKING_ALL_THE_WAY = sorted(
    {
        rule.id
        for rule in TABLE
        if rule.kind is Kind.BACKWARD
        or (rule.period is not None and rule.period.unit is Unit.WORKING_DAYS)
        or any(extension.unit is Unit.WORKING_DAYS for extension in rule.extensions)
    }
)


def _before(session: Session, edition: CalendarEdition) -> CalendarEdition:
    """The edition that this one followed; there is always one, for the first moves nothing."""
    older = select(CalendarEdition).where(CalendarEdition.id < edition.id)
    return session.scalars(older.order_by(CalendarEdition.id.desc()).limit(1)).one()


def _prepare(act: Act, begun: Recalculation) -> Progress:
    """Note the moment; and once nobody counts who began before it, cut the work into parts."""
    session = act.session
    mine = select(Recalculation).where(
        Recalculation.edition_id == begun.edition_id, Recalculation.parted_at.is_(None)
    )
    recalculation = session.scalar(
        mine.with_for_update(skip_locked=True), execution_options={"populate_existing": True}
    )
    if recalculation is None:
        return Progress.HELD
    now = session.scalar(select(func.clock_timestamp()))
    if recalculation.begun_at is None:
        recalculation.begun_at = now
        return Progress.WORKED
    if session.scalar(_OLDER_ACTS, {"begun": recalculation.begun_at}):
        return Progress.HELD
    edition = session.get_one(CalendarEdition, recalculation.edition_id)
    place = (func.row_number().over(order_by=Deadline.id) - 1) // PART
    found = select(Deadline.id, place.label("place")).where(touched(session, edition)).subquery()
    parts = select(literal(edition.id), func.min(found.c.id), func.max(found.c.id))
    session.execute(
        insert(RecalculationPart).from_select(
            ["edition_id", "first_id", "last_id"],
            parts.group_by(found.c.place).order_by(found.c.place),
        )
    )
    recalculation.parted_at = now
    return Progress.WORKED


_OLDER_ACTS = text(
    f"""
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user
          AND pid <> pg_backend_pid() AND xact_start < :begun
    ) AND clock_timestamp() < CAST(:begun AS timestamptz) + {PATIENCE}
    """  # noqa: S608  # a constant of our own
)


def _end(act: Act, found: Recalculation) -> Progress:
    session = act.session
    left = select(RecalculationPart.id).where(RecalculationPart.edition_id == found.edition_id)
    if session.scalar(left.limit(1)) is not None:
        return Progress.HELD
    recalculation = session.get_one(
        Recalculation, found.edition_id, with_for_update=True, populate_existing=True
    )
    if recalculation.ended_at is None:
        recalculation.ended_at = session.scalar(select(func.clock_timestamp()))
        act.record(
            CalendarRecalculated(
                recalculation.edition_id,
                recalculation.counted,
                recalculation.moved,
                recalculation.unsettled,
            )
        )
    return Progress.WORKED


def _count(act: Act, found: Recalculation, part: RecalculationPart, follow: Follow) -> Progress:
    """Count a part anew; what an act holds at this moment becomes a part of its own."""
    session = act.session
    edition = session.get_one(CalendarEdition, found.edition_id)
    inside = and_(Deadline.id.between(part.first_id, part.last_id), touched(session, edition))
    periods = select(*Deadline.__table__.c).where(inside).order_by(Deadline.id)
    rows = session.execute(periods.with_for_update(skip_locked=True)).all()
    free = {row.id for row in rows}
    held = sorted(set(session.scalars(select(Deadline.id).where(inside))) - free)
    session.delete(part)
    session.add_all(
        RecalculationPart(edition_id=edition.id, first_id=held_id, last_id=held_id)
        for held_id in held
    )
    session.flush()

    outcome = _counted(session, rows)
    _write(act, edition, outcome)
    if outcome.moved:
        follow(act, {row.suspect_id for row in outcome.moved if row.suspect_id is not None})

    session.execute(
        update(Recalculation)
        .where(Recalculation.edition_id == edition.id)
        .values(
            counted=Recalculation.counted + len(rows),
            moved=Recalculation.moved + len(outcome.moved),
            unsettled=Recalculation.unsettled + len(outcome.unsettled),
        )
        .execution_options(synchronize_session=False)
    )
    return Progress.HELD if held and not rows else Progress.WORKED


@dataclass(slots=True)
class _Outcome:
    changed: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """What the rows have to say from now on."""
    moved: list[Row[Any]] = field(default_factory=list[Row[Any]])
    """Those whose days are others than before."""
    unsettled: dict[int, str] = field(default_factory=dict[int, str])
    """Those that cannot be counted any more, and why."""


def _counted(session: Session, rows: Sequence[Row[Any]]) -> _Outcome:
    calendar = calendar_of(session)
    ids = literal([row.id for row in rows], ARRAY(Integer))
    entries = select(*DeadlineEntry.__table__.c).where(DeadlineEntry.deadline_id == any_(ids))
    found = session.execute(entries.order_by(DeadlineEntry.deadline_id, DeadlineEntry.id))
    # plain rows, and a plain thing to project onto: a million are not worth a million objects
    entries_of = {
        deadline_id: cast("list[DeadlineEntry]", list(together))
        for deadline_id, together in groupby(found, key=attrgetter("deadline_id"))
    }
    outcome, fresh = _Outcome(), cast("Deadline", SimpleNamespace())
    for row in rows:
        known = ledger.history(row.rule_id, entries_of[row.id])
        try:
            ledger.project(fresh, known, known.calculated(calendar))
        except ImpossibleError as error:
            outcome.unsettled[row.id] = error.problem.value
            continue
        if all(getattr(fresh, name) == getattr(row, name) for name in _PROJECTED):
            continue
        outcome.changed.append(
            {"id": row.id} | {name: _plain(getattr(fresh, name)) for name in _PROJECTED}
        )
        if any(getattr(fresh, name) != getattr(row, name) for name in _DAYS):
            outcome.moved.append(row)
    return outcome


_DAYS = ("due_on", "outer_on", "due_at", "outer_at", "warn_on")
_PROJECTED = (*_DAYS, "unrolled_on", "provisional", "flags")
"""What of a period's row rests on the calendar; the rest of it comes from its entries alone."""


def _write(act: Act, edition: CalendarEdition, outcome: _Outcome) -> None:
    """Let the rows say it, and the entries of those that moved tell why."""
    if outcome.changed:
        fresh = _table(outcome.changed, Deadline.__table__.c, ("id", *_PROJECTED))
        act.session.execute(
            update(Deadline)
            .where(Deadline.id == fresh.c.id)
            .values({name: fresh.c[name] for name in _PROJECTED})
            .execution_options(synchronize_session=False)
        )
    why = {"edition_id": edition.id, "notice_id": edition.notice_id}
    told = [{"deadline_id": row.id, "details": why} for row in outcome.moved] + [
        {"deadline_id": deadline_id, "details": why | {"problem": problem}}
        for deadline_id, problem in outcome.unsettled.items()
    ]
    if not told:
        return
    entries = _table(told, DeadlineEntry.__table__.c, ("deadline_id", "details"))
    common = {
        "kind": EntryKind.CALENDAR_CHANGED,
        "happened_at": act.now,
        "recorded_at": act.now,
        "by_id": act.actor.id,
    }
    columns = DeadlineEntry.__table__.c
    act.session.execute(
        insert(DeadlineEntry).from_select(
            ["deadline_id", "details", *common],
            select(
                entries.c.deadline_id,
                entries.c.details,
                *(literal(value, columns[name].type) for name, value in common.items()),
            ),
        )
    )
    act.session.execute(
        update(Deadline)
        .where(Deadline.id == entries.c.deadline_id)
        .values(look_at=act.now)
        .execution_options(synchronize_session=False)
    )


def _table(rows: list[dict[str, Any]], columns: Any, names: Sequence[str]) -> TableValuedAlias:
    """Rows of plain values as a table within one statement, typed as those columns are."""
    typed = [column(name, columns[name].type) for name in names]
    given = literal(rows, JSONB)
    return func.jsonb_to_recordset(given).table_valued(*typed).render_derived(with_types=True)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
