"""The ledger: which periods run for which suspect, until when, and how each was closed.

Periods belong to a suspect, not to a case: custody, and with it the last day, is one person's.
The ledger is append-only: every operation adds an entry, and the dates are a fold over the
entries, so that what was thought on any past day can be said again. Nothing here asks for a
permission: the ledger is kept by the operations of the work, inside the act and under the
permission of the step that starts, moves or ends a period.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from services import tasks
from services.deadlines.engine.arithmetic import Calendar, Custody, statutory_day
from services.deadlines.engine.articles import cited_en, cited_zh
from services.deadlines.engine.calculation import Calculation, calculate
from services.deadlines.engine.events import (
    CustodyChanged,
    Event,
    Excluded,
    ExclusionReason,
    Extended,
    ExtensionStated,
    Restarted,
    Travelled,
    Used,
)
from services.deadlines.engine.problems import ImpossibleError
from services.deadlines.engine.rules import RestartReason
from services.deadlines.engine.table import rule_of
from services.deadlines.engine.wire import event_as_plain, event_of_plain
from services.deadlines.notices import calendar_of
from services.deadlines.records import (
    ONE_RUNNING,
    CloseReason,
    Deadline,
    DeadlineEntry,
    EntryKind,
    Keepers,
)
from services.kernel.act import Act, Identified, record_of
from services.kernel.refusals import Conflict
from services.tasks import TaskKind


class DeadlineRunning(Conflict):
    """This period already runs for this suspect in this matter."""

    zh = "该期限已在计算中，不能重复起算。"


class DeadlineClosed(Conflict):
    """This period was closed before."""

    zh = "该期限已经终结。"


class TooManyTimes(Conflict):
    """The law allows this step only so often, and it was taken that often before."""

    zh = "该步骤已达到法律允许的次数，不得再次进行。"


class ImpossibleDeadline(Conflict):
    """The law does not allow this of the period."""

    zh = "法律不允许对该期限作此处理。"

    @classmethod
    def because(cls, error: ImpossibleError) -> "ImpossibleDeadline":
        """The engine's own no, with its code, its words and its article."""
        return cls(
            problem=error.problem.value,
            why={"zh": error.zh, "en": error.en},
            article=cited_en(error.articles),
            article_zh=cited_zh(error.articles),
        )


@dataclass(frozen=True, slots=True)
class History:
    """What the entries of a period come to, before any date is counted."""

    rule_id: str
    started_at: datetime
    custody: Custody
    events: tuple[Event, ...]
    closed_at: datetime | None
    close_reason: CloseReason | None

    def calculated(self, calendar: Calendar) -> Calculation:
        """The dates of it under that calendar."""
        return calculate(self.rule_id, self.started_at, self.custody, calendar, self.events)


def start(  # noqa: PLR0913  # a period is bound to that many things, each by its name
    act: Act,
    rule_id: str,
    about: Identified,
    *,
    suspect_id: int | None,
    keepers: Keepers,
    started_at: datetime,
    custody: Custody,
    ground: str | None = None,
) -> Deadline:
    """Let a period of that rule begin for a suspect at `started_at`, in the matter of a record.

    The row of the table in force on that day is taken (a change in the law is not retroactive
    for what already runs). A `ground` of extension is one that was only stated.

    Refuses:
        DeadlineRunning: it already runs for this suspect in this matter.
        TooManyTimes: the law lets it begin only so often for one suspect (CPL 175, RULES 346).
        ImpossibleDeadline: no such period can be counted from then.
    """
    _not_too_often(act, rule_id, suspect_id, started_at)
    deadline = Deadline(
        rule_id=rule_id,
        suspect_id=suspect_id,
        about_kind=record_of(about),
        about_id=about.id,
        procuratorate_id=keepers.procuratorate_id,
        police_office_id=keepers.police_office_id,
        handler_id=keepers.handler_id,
        started_at=started_at,
        custody=custody,
        provisional=False,
    )
    opening = {"started": started_at.isoformat(), "custody": custody.value}
    entries = [_entry(act, EntryKind.STARTED, opening, started_at)]
    if ground is not None:
        stated = event_as_plain(ExtensionStated(ground))
        entries.append(_entry(act, EntryKind.EXTENSION_STATED, stated, started_at))
    _project(act, deadline, entries)
    with act.unless(ONE_RUNNING, DeadlineRunning(rule=rule_id)):
        act.session.add(deadline)
    _add(act, deadline, entries)
    return deadline


def extend(  # noqa: PLR0913  # each by its name
    act: Act,
    deadline: Deadline,
    *,
    ground: str,
    length: int | None = None,
    requested_on: date | None = None,
    decided_on: date | None = None,
) -> Deadline:
    """Lengthen a period on a ground that the law gives, in the order of the table.

    An extension asked for late, but before the end, is taken and flagged (RULES 309 paragraph 1);
    one asked for or granted after the end is refused (paragraph 3). Where the law leaves the
    length open, it has to be said.

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: no such ground, granted before in this round, or too late.
    """
    event = Extended(ground, length, decided_on or act.today, requested_on)
    return _happen(act, deadline, EntryKind.EXTENDED, event)


def suspend(act: Act, deadline: Deadline, *, reason: ExclusionReason, from_on: date) -> Deadline:
    """Stop counting days while a psychiatric evaluation lasts, or the measure is being decided.

    Any other expert evaluation is counted (CPL 149; RULES 143 paragraph 2).

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: it had ended, or days are left out already.
    """
    return _happen(act, deadline, EntryKind.SUSPENDED, Excluded(reason, from_on))


def resume(act: Act, deadline: Deadline, *, until_on: date) -> Deadline:
    """Count on: the evaluation ended, or the measure was decided.

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: it had not been stopped, or not as early as that.
    """
    if deadline.suspended_on is None:
        raise ImpossibleDeadline(problem="not_suspended")
    details = {"until_on": until_on.isoformat()}
    return _enter(act, deadline, EntryKind.RESUMED, details, act.now)


def travel(act: Act, deadline: Deadline, *, days: int) -> Deadline:
    """Leave out days on the way; never in custody (CPL 105 paragraph 3).

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: it is custody, or counted in hours.
    """
    return _happen(act, deadline, EntryKind.TRAVELLED, Travelled(days))


def use(act: Act, deadline: Deadline, *, days: int) -> Deadline:
    """Take off the days that the same organ used before (RULES 100 paragraph 3).

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: it is neither bail nor residential surveillance.
    """
    return _happen(act, deadline, EntryKind.USED, Used(days))


def restart(act: Act, deadline: Deadline, *, reason: RestartReason, at: datetime) -> Deadline:
    """Count the period again from `at`: a new round, in which it may be extended again.

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: the law does not count it again for that reason.
    """
    return _happen(act, deadline, EntryKind.RESTARTED, Restarted(reason, at), at)


def close(
    act: Act,
    deadline: Deadline,
    *,
    reason: CloseReason = CloseReason.DONE,
    at: datetime | None = None,
) -> Deadline:
    """End a period; `at` is the moment of the deed where that is not now.

    What was posted before the end is in time (CPL 105 paragraph 3): `at` is then the postmark.
    Whoever was reminded of it has nothing left to do.

    Refuses:
        DeadlineClosed: it was closed before.
    """
    if deadline.closed_at is not None:
        raise DeadlineClosed(rule=deadline.rule_id)
    moment = at or act.now
    _add(act, deadline, [_entry(act, EntryKind.CLOSED, {"reason": reason.value}, moment)])
    deadline.closed_at = moment
    deadline.close_reason = reason
    deadline.look_at = None
    act.session.flush()  # the row before its tasks: the order in which the watch locks them
    end = tasks.finish if reason is CloseReason.DONE else tasks.cancel
    end(act, TaskKind.KEEP_DEADLINE, deadline)
    return deadline


def close_about(
    act: Act,
    rule_ids: Collection[str],
    about: Identified,
    *,
    reason: CloseReason = CloseReason.DONE,
    at: datetime | None = None,
) -> list[Deadline]:
    """End every open period of these rules in the matter of a record, and return them."""
    running = _locked(act, open_about([about]).where(Deadline.rule_id.in_(rule_ids)))
    return [close(act, deadline, reason=reason, at=at) for deadline in running]


def change_custody(
    act: Act, suspect_id: int, custody: Custody, *, on: date | None = None
) -> list[Deadline]:
    """Count every open period of a suspect anew after a change in custody.

    The state on the last day decides (CPL 105 paragraph 4): a release before it lets a last day
    off move, an arrest before the rolled day takes that back, even if the day has then already
    passed; a release after the end moves nothing. Returns the periods whose dates moved.
    """
    moved = []
    for deadline in _locked(act, open_of([suspect_id])):
        before = (deadline.due_on, deadline.outer_on)
        event = CustodyChanged(custody, _no_earlier(deadline, on or act.today))
        _happen(act, deadline, EntryKind.CUSTODY_CHANGED, event)
        if before != (deadline.due_on, deadline.outer_on):
            moved.append(deadline)
    return moved


def hand_over(act: Act, suspect_ids: Collection[int], handler_id: int | None) -> None:
    """Let another prosecutor, or nobody yet, keep the open periods of these suspects."""
    for deadline in _locked(act, open_of(suspect_ids)):
        deadline.handler_id = handler_id
        deadline.look_at = act.now


def history(rule_id: str, entries: Iterable[DeadlineEntry]) -> History:
    """What the entries of a period, in their order, come to; the first one starts it.

    A period that is suspended has a stretch of days left out that is still open.
    """
    started_at, custody = None, Custody.UNKNOWN
    events: list[Event] = []
    closed_at, close_reason = None, None
    for entry in entries:
        match entry.kind:
            case EntryKind.STARTED:
                started_at = datetime.fromisoformat(entry.details["started"])
                custody = Custody(entry.details["custody"])
            case EntryKind.RESUMED:
                until = date.fromisoformat(entry.details["until_on"])
                events = [_ended(event, until) for event in events]
            case EntryKind.CLOSED:
                closed_at, close_reason = entry.happened_at, CloseReason(entry.details["reason"])
            case EntryKind.CALENDAR_CHANGED:
                pass
            case _:
                events.append(event_of_plain(entry.details))
    assert started_at is not None  # noqa: S101  # every period's first entry is its start
    return History(rule_id, started_at, custody, tuple(events), closed_at, close_reason)


def calculation(session: Session, deadline: Deadline) -> Calculation:
    """The period counted anew under the calendar known now, with the steps that lead to its end."""
    entries = _entries(session, deadline)
    return history(deadline.rule_id, entries).calculated(calendar_of(session))


def replayed(
    session: Session, deadline: Deadline, at: datetime
) -> tuple[History, Calculation] | None:
    """What was thought of the period at that past instant, under the calendar known then.

    None where the ledger did not yet know the period.
    """
    known = [entry for entry in _entries(session, deadline) if entry.recorded_at <= at]
    if not known:
        return None
    then = history(deadline.rule_id, known)
    return then, then.calculated(calendar_of(session, at=at))


def open_of(suspect_ids: Collection[int]) -> Select[Deadline]:
    """The open periods of these suspects, most urgent first; "at once" comes before any day."""
    return _by_urgency(select(Deadline).where(Deadline.suspect_id.in_(suspect_ids)))


def open_about(records: Collection[Identified]) -> Select[Deadline]:
    """The open periods in the matters of these records, most urgent first."""
    matters = [(record_of(record), record.id) for record in records]
    return _by_urgency(
        select(Deadline).where(tuple_(Deadline.about_kind, Deadline.about_id).in_(matters))
    )


def _by_urgency(chosen: Select[Deadline]) -> Select[Deadline]:
    return chosen.where(Deadline.closed_at.is_(None)).order_by(
        Deadline.due_on.nulls_first(), Deadline.id
    )


def _locked(act: Act, chosen: Select[Deadline]) -> list[Deadline]:
    return list(
        act.session.scalars(chosen.with_for_update(), execution_options={"populate_existing": True})
    )


def _entries(session: Session, deadline: Deadline) -> Sequence[DeadlineEntry]:
    chosen = select(DeadlineEntry).where(DeadlineEntry.deadline_id == deadline.id)
    return session.scalars(chosen.order_by(DeadlineEntry.id)).all()


def _not_too_often(act: Act, rule_id: str, suspect_id: int | None, started_at: datetime) -> None:
    try:
        rule = rule_of(rule_id, statutory_day(started_at))
    except LookupError as error:
        raise ImpossibleDeadline(problem="rule_unknown", rule=rule_id) from error
    if rule.at_most is None:
        return
    begun = act.session.scalar(
        select(func.count(Deadline.id)).where(
            Deadline.suspect_id == suspect_id, Deadline.rule_id == rule_id
        )
    )
    if (begun or 0) >= rule.at_most:
        raise TooManyTimes(
            rule=rule_id, at_most=rule.at_most, article=rule.article, article_zh=rule.article_zh
        )


def _no_earlier(deadline: Deadline, on: date) -> date:
    """What was known of custody before the period began belongs to its beginning."""
    return max(on, statutory_day(deadline.started_at))


def _ended(event: Event, until: date) -> Event:
    still = isinstance(event, Excluded) and event.until_on is None
    return replace(event, until_on=until) if still and isinstance(event, Excluded) else event


def _happen(
    act: Act, deadline: Deadline, kind: EntryKind, event: Event, at: datetime | None = None
) -> Deadline:
    return _enter(act, deadline, kind, event_as_plain(event), at or act.now)


def _enter(
    act: Act, deadline: Deadline, kind: EntryKind, details: dict[str, Any], at: datetime
) -> Deadline:
    """Refuse what cannot be; then count anew and add the entry."""
    if deadline.closed_at is not None:
        raise DeadlineClosed(rule=deadline.rule_id)
    entry = _entry(act, kind, details, at)
    _project(act, deadline, [*_entries(act.session, deadline), entry])
    _add(act, deadline, [entry])
    return deadline


def _entry(act: Act, kind: EntryKind, details: dict[str, Any], at: datetime) -> DeadlineEntry:
    return DeadlineEntry(
        kind=kind, details=details, happened_at=at, recorded_at=act.now, by_id=act.actor.id
    )


def _add(act: Act, deadline: Deadline, entries: Sequence[DeadlineEntry]) -> None:
    for entry in entries:
        entry.deadline_id = deadline.id
    act.session.add_all(entries)
    act.session.flush()


def _project(act: Act, deadline: Deadline, entries: Sequence[DeadlineEntry]) -> None:
    """Write what the entries come to into the period's own row, and ask the watch to look."""
    known = history(deadline.rule_id, entries)
    try:
        counted = known.calculated(calendar_of(act.session))
    except ImpossibleError as error:
        raise ImpossibleDeadline.because(error) from error
    project(deadline, known, counted)
    deadline.look_at = act.now


def project(deadline: Deadline, known: History, counted: Calculation) -> None:
    """Let the period's row say what its history comes to."""
    deadline.started_at, deadline.custody = known.started_at, known.custody
    deadline.ground, deadline.suspended_on = None, None
    for event in known.events:
        match event:
            case Restarted(_, at) if isinstance(at, datetime):
                deadline.started_at = at
            case CustodyChanged(custody, _):
                deadline.custody = custody
            case ExtensionStated(ground):
                deadline.ground = ground
            case Extended():
                deadline.ground = None
            case Excluded(_, from_on, None):
                deadline.suspended_on = from_on
            case _:
                pass
    for column in _COUNTED:
        setattr(deadline, column, getattr(counted, column))
    deadline.flags = sorted(flag.value for flag in counted.flags)


_COUNTED = ("due_on", "outer_on", "due_at", "outer_at", "unrolled_on", "warn_on", "provisional")
