"""The ledger: which periods run for which suspect, until when, and how each was closed.

Periods belong to a suspect, not to a case: custody, and with it the last day, is one person's.
The ledger is append-only: every operation adds an entry, and the dates are a fold over the
entries, so that what was thought on any past day can be said again. What was taken once stands:
the calendar, or a late word about custody, may move the end, and never undoes a decision.

Nothing here asks for a permission: the ledger is kept by the operations of the work, inside the
act and under the permission of the step that starts, moves or ends a period. Each operation
holds the period's row until its act ends, so of two at once one finds what the other left.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import takewhile
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from services import tasks
from services.deadlines.engine.arithmetic import CHINA_TIME, Calendar, Custody, statutory_day
from services.deadlines.engine.articles import Article, cited_en, cited_zh
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
from services.deadlines.engine.problems import ImpossibleError, Problem
from services.deadlines.engine.rules import Extension, Kind, RestartReason, Rule
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

COUNTED_TOGETHER = (frozenset({"R16", "R16b", "S06"}),)
"""Rules that share one limit: supplementary investigation is twice in all, by whichever organ
(RULES 346 paragraph 2), before and after a change of jurisdiction (RULES 350)."""


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

    def calculated(self, calendar: Calendar, *, judged_from: int | None = None) -> Calculation:
        """The dates of it under that calendar.

        What the ledger holds was taken when it was entered, and is never refused again. Events
        from the place `judged_from` on are new.

        Raises:
            ImpossibleError: the law does not allow one of the new events.
        """
        taken = len(self.events) if judged_from is None else judged_from
        return calculate(
            self.rule_id, self.started_at, self.custody, calendar, self.events, taken=taken
        )

    @property
    def suspended_on(self) -> date | None:
        """Since when days are not being counted in the present round, if they are not."""
        since = None
        for event in self.events:
            match event:
                case Excluded(_, from_on, None):
                    since = from_on
                case Restarted(_, at) if since is not None:
                    since = max(since, statutory_day(at))
                case _:
                    pass
        return since

    @property
    def round_started_at(self) -> datetime:
        """Where the present round began."""
        restarts = [event.at for event in self.events if isinstance(event, Restarted)]
        last = restarts[-1] if restarts else self.started_at
        assert isinstance(last, datetime)  # noqa: S101  # the ledger restarts at an instant
        return last

    @property
    def custody_now(self) -> Custody:
        """The state on the latest day of which something is known, whenever it was told."""
        changes = [event for event in self.events if isinstance(event, CustodyChanged)]
        return max(reversed(changes), key=_day_of_change).custody if changes else self.custody

    @property
    def stated_ground(self) -> str | None:
        """A ground of extension that was only stated in the present round, and not granted."""
        ground = None
        for event in self.events:
            match event:
                case ExtensionStated(stated):
                    ground = stated
                case Extended() | Restarted():
                    ground = None
                case _:
                    pass
        return ground


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
    _not_too_often(act, _rule_of(rule_id, started_at), about, suspect_id)
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
    _project(act, deadline, [], entries)
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
    one asked for or granted after the end is refused (paragraph 3). While days are left out
    (CPL 149) nothing is too late. Where the law leaves the length open, it has to be said.
    `decided_on` may be an instant, which hours need if it was not now.

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: no such ground, granted before in this round, too late, in the
            future, or without the length that the law leaves open.
    """
    entries = _held(act, deadline)
    moment = _moment(act, decided_on)
    extension = _extension(deadline, ground)
    if extension is not None:
        _say_how_long(deadline.rule, extension, length)
        _within_its_hours(deadline, extension, moment)
    event = Extended(ground, length, statutory_day(moment), requested_on)
    return _happen(act, deadline, entries, event, moment)


def suspend(act: Act, deadline: Deadline, *, reason: ExclusionReason, from_on: date) -> Deadline:
    """Stop counting days while a psychiatric evaluation lasts, or the measure is being decided.

    Any other expert evaluation is counted (CPL 149; RULES 143 paragraph 2).

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: it had ended, days are left out already, or it has not begun yet.
    """
    entries = _held(act, deadline)
    moment = _moment(act, from_on)
    event = Excluded(reason, statutory_day(moment))
    return _happen(act, deadline, entries, event, moment, EntryKind.SUSPENDED)


def resume(act: Act, deadline: Deadline, *, until_on: date) -> Deadline:
    """Count on: the evaluation ended, or the measure was decided.

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: it had not been stopped, not as early as that, or it goes on.
    """
    entries = _held(act, deadline)
    if deadline.suspended_on is None:
        raise _impossible(Problem.NOT_SUSPENDED, rule=deadline.rule_id)
    moment = _moment(act, until_on)
    details = {"until_on": statutory_day(moment).isoformat()}
    return _enter(act, deadline, entries, _entry(act, EntryKind.RESUMED, details, moment))


def travel(act: Act, deadline: Deadline, *, days: int) -> Deadline:
    """Leave out days on the way; never in custody (CPL 105 paragraph 3).

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: it is custody, or counted in hours.
    """
    return _happen(act, deadline, _held(act, deadline), Travelled(days), act.now)


def use(act: Act, deadline: Deadline, *, days: int) -> Deadline:
    """Take off the days that the same organ used before (RULES 100 paragraph 3).

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: it is neither bail nor residential surveillance.
    """
    return _happen(act, deadline, _held(act, deadline), Used(days), act.now)


def restart(act: Act, deadline: Deadline, *, reason: RestartReason, at: datetime) -> Deadline:
    """Count the period again from `at`: a new round, in which it may be extended again.

    Days that are being left out then go on being left out (CPL 149).

    Refuses:
        DeadlineClosed: the period was closed before.
        ImpossibleDeadline: the law does not count it again for that reason, or not from then.
    """
    entries = _held(act, deadline)
    moment = _moment(act, at)
    return _happen(act, deadline, entries, Restarted(reason, moment), moment)


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
        ImpossibleDeadline: the deed lies ahead, or before the period began.
    """
    entries = _held(act, deadline)
    moment = _moment(act, at)
    began = statutory_day(deadline.started_at)
    if statutory_day(moment) < began and deadline.rule.kind is not Kind.BACKWARD:
        raise _impossible(Problem.EVENT_OUT_OF_ORDER, day=statutory_day(moment))
    entry = _entry(act, EntryKind.CLOSED, {"reason": reason.value}, moment)
    _enter(act, deadline, entries, entry)  # the row before its tasks: as the watch locks them
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
    passed; a release after the end moves nothing. What is told late is read on the day on which
    it was so; `on` may be an instant, and a mere day means its end. Returns the periods whose
    dates moved.

    Refuses:
        ImpossibleDeadline: the change lies ahead.
    """
    moment = _moment(act, on)
    moved = []
    for deadline in _locked(act, open_of([suspect_id])):
        before = (deadline.due_on, deadline.outer_on)
        entries = _entries(act.session, deadline)
        began = statutory_day(history(deadline.rule_id, entries).started_at)
        event = CustodyChanged(custody, max(statutory_day(moment), began))
        _happen(act, deadline, entries, event, moment)
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

    A period that is suspended has a stretch of days left out that is still open. Changes of
    custody on one day are put in the order of their hours, whenever they were told.
    """
    started_at, custody = None, Custody.UNKNOWN
    events: list[Event] = []
    changed_at: dict[int, datetime] = {}
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
            case kind:
                if kind is EntryKind.CUSTODY_CHANGED:
                    changed_at[len(events)] = entry.happened_at
                events.append(event_of_plain(entry.details))
    assert started_at is not None  # noqa: S101  # every period's first entry is its start
    _order_by_the_hour(events, changed_at)
    return History(rule_id, started_at, custody, tuple(events), closed_at, close_reason)


def calculation(session: Session, deadline: Deadline) -> Calculation:
    """The period counted anew under the calendar known now, with the steps that lead to its end.

    A closed period moves no more: it is counted under the calendar known when that was entered.
    """
    return _counted(session, deadline.rule_id, _entries(session, deadline), None)[1]


def replayed(
    session: Session, deadline: Deadline, at: datetime
) -> tuple[History, Calculation] | None:
    """What was thought of the period at that past instant, under the calendar known then.

    None where the ledger did not yet know the period.
    """
    entries = _entries(session, deadline)
    known = list(takewhile(lambda entry: entry.recorded_at <= at, entries))
    return _counted(session, deadline.rule_id, known, at) if known else None


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
    """These periods, held until the act ends; always in one order, so that two acts queue up."""
    return list(
        act.session.scalars(
            chosen.order_by(None).order_by(Deadline.id).with_for_update(),
            execution_options={"populate_existing": True},
        )
    )


def _held(act: Act, deadline: Deadline) -> Sequence[DeadlineEntry]:
    """Hold the period until the act ends, and read what has happened to it until then."""
    _locked(act, select(Deadline).where(Deadline.id == deadline.id))
    if deadline.closed_at is not None:
        raise DeadlineClosed(rule=deadline.rule_id)
    return _entries(act.session, deadline)


def _entries(session: Session, deadline: Deadline) -> Sequence[DeadlineEntry]:
    chosen = select(DeadlineEntry).where(DeadlineEntry.deadline_id == deadline.id)
    return session.scalars(chosen.order_by(DeadlineEntry.id)).all()


def _counted(
    session: Session, rule_id: str, entries: Sequence[DeadlineEntry], at: datetime | None
) -> tuple[History, Calculation]:
    known, last = history(rule_id, entries), entries[-1]
    if last.kind is EntryKind.CLOSED:
        at = last.recorded_at
    return known, known.calculated(calendar_of(session, at=at))


def _rule_of(rule_id: str, started_at: datetime) -> Rule:
    try:
        return rule_of(rule_id, statutory_day(started_at))
    except LookupError as error:
        raise _impossible(Problem.RULE_UNKNOWN, rule=rule_id) from error


def _not_too_often(act: Act, rule: Rule, about: Identified, suspect_id: int | None) -> None:
    """Count how often it has begun for the suspect, in whatever matter; or in the case's own.

    What another rule has replaced is not counted. Others who would begin it meanwhile wait.
    """
    if rule.at_most is None:
        return
    together = next((ids for ids in COUNTED_TOGETHER if rule.id in ids), {rule.id})
    matter = (record_of(about), about.id)
    if suspect_id is None:
        same = tuple_(Deadline.about_kind, Deadline.about_id) == matter
    else:
        same = Deadline.suspect_id == suspect_id
    name = f"{min(together)}/{suspect_id or matter}"
    act.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    begun = act.session.scalar(
        select(func.count(Deadline.id)).where(
            Deadline.rule_id.in_(together),
            Deadline.close_reason.is_distinct_from(CloseReason.REPLACED),
            same,
        )
    )
    if (begun or 0) >= rule.at_most:
        raise TooManyTimes(
            rule=rule.id, at_most=rule.at_most, article=rule.article, article_zh=rule.article_zh
        )


def _moment(act: Act, on: date | None) -> datetime:
    """When something happened: now, the instant that is given, or the end of the given day.

    What has not happened yet is not entered.
    """
    if isinstance(on, datetime):
        moment = on
    elif on is None or on == act.today:
        return act.now
    else:
        moment = datetime.combine(on, time.max, CHINA_TIME)
    if moment > act.now:
        raise _impossible(Problem.NOT_YET, day=statutory_day(moment))
    return moment


def _extension(deadline: Deadline, ground: str) -> Extension | None:
    """What the table says of that ground; whether it may be granted now, the engine judges."""
    rule = deadline.rule
    if rule.base is not None:
        rule = rule_of(rule.base[0], statutory_day(deadline.started_at))
    return next((one for one in rule.extensions if one.ground == ground), None)


def _say_how_long(rule: Rule, extension: Extension, length: int | None) -> None:
    """A decision names its days: only whoever merely tries a date may take the whole range."""
    if length is None and extension.is_range:
        raise _impossible(
            Problem.LENGTH_NEEDED,
            extension.articles,
            rule=rule.id,
            least=extension.at_least,
            most=extension.more,
        )


def _within_its_hours(deadline: Deadline, extension: Extension, moment: datetime) -> None:
    """Hours are over within a day: what comes later on the same day is too late as well."""
    if deadline.outer_at is not None and moment > deadline.outer_at:
        raise _impossible(
            Problem.EXTENSION_AFTER_EXPIRY,
            extension.articles,
            rule=deadline.rule_id,
            ground=extension,
            ended_on=f"{deadline.outer_at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}",
        )


def _impossible(
    problem: Problem, articles: tuple[Article, ...] = (), **details: object
) -> ImpossibleDeadline:
    return ImpossibleDeadline.because(ImpossibleError(problem, articles, **details))


def _day_of_change(change: CustodyChanged) -> date:
    return change.on


def _order_by_the_hour(events: list[Event], changed_at: dict[int, datetime]) -> None:
    """Changes of custody on one and the same day change places, if they were told out of order."""
    by_day: dict[date, list[int]] = {}
    for place in changed_at:
        event = events[place]
        assert isinstance(event, CustodyChanged)  # noqa: S101  # the entry's kind says so
        by_day.setdefault(event.on, []).append(place)
    for places in by_day.values():
        in_order = [events[place] for place in sorted(places, key=changed_at.__getitem__)]
        for place, event in zip(places, in_order, strict=True):
            events[place] = event


def _ended(event: Event, until: date) -> Event:
    if isinstance(event, Excluded) and event.until_on is None:
        return replace(event, until_on=until)
    return event


def _happen(  # noqa: PLR0913, PLR0917  # the entry, part by part
    act: Act,
    deadline: Deadline,
    entries: Sequence[DeadlineEntry],
    event: Event,
    at: datetime,
    kind: EntryKind | None = None,
) -> Deadline:
    details = event_as_plain(event)
    entry = _entry(act, kind or EntryKind(details["kind"]), details, at)
    return _enter(act, deadline, entries, entry)


def _enter(
    act: Act, deadline: Deadline, entries: Sequence[DeadlineEntry], entry: DeadlineEntry
) -> Deadline:
    """Refuse what cannot be; then count anew and add the entry."""
    _project(act, deadline, entries, [entry])
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


def _project(
    act: Act,
    deadline: Deadline,
    entries: Sequence[DeadlineEntry],
    new: Sequence[DeadlineEntry],
) -> None:
    """Write what the entries come to into the period's own row, and ask the watch to look."""
    known = history(deadline.rule_id, [*entries, *new])
    before = len(history(deadline.rule_id, entries).events) if entries else 0
    try:
        counted = known.calculated(calendar_of(act.session), judged_from=before)
    except ImpossibleError as error:
        raise ImpossibleDeadline.because(error) from error
    project(deadline, known, counted)
    deadline.look_at = act.now if known.closed_at is None else None


def project(deadline: Deadline, known: History, counted: Calculation) -> None:
    """Let the period's row say what its history comes to."""
    deadline.started_at, deadline.custody = known.round_started_at, known.custody_now
    deadline.ground, deadline.suspended_on = known.stated_ground, known.suspended_on
    deadline.closed_at, deadline.close_reason = known.closed_at, known.close_reason
    for column in _COUNTED:
        setattr(deadline, column, getattr(counted, column))
    deadline.flags = sorted(flag.value for flag in counted.flags)


_COUNTED = ("due_on", "outer_on", "due_at", "outer_at", "unrolled_on", "warn_on", "provisional")
