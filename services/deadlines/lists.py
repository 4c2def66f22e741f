"""Which periods a person may see, in which order, and what light each shows: the law as SQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    Date,
    Integer,
    Interval,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from services.deadlines.engine.arithmetic import Custody, PeriodClass
from services.deadlines.engine.calculation import Calculation
from services.deadlines.engine.rules import Kind, Organ, Rule
from services.deadlines.engine.table import ROWS, TABLE, UnknownRuleError, rule_of
from services.deadlines.ledger import calculation, project, replayed
from services.deadlines.records import ANSWERS_TO_PARTIES, Deadline, DeadlineEntry
from services.deadlines.tiers import DEFAULT, FORTNIGHTLY, MONTHLY, WEEKLY, Light, Tiers
from services.kernel.act import Act, Identified, record_of
from services.kernel.refusals import NotFound
from services.policy import EMERGENCY_POSTS, ORGAN_POSTS, PostKind, opened_in_emergency

OFFICE_WIDE = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
"""Posts that see every period of their procuratorate; a prosecutor sees only the own cases'."""

CUSTODY_RULES = frozenset(
    rule.id
    for rule in TABLE
    if rule.period is not None and rule.period.period_class is PeriodClass.CUSTODY
)
"""Rules that limit the time for which a person is held, none of them in hours; the rows of one id
never differ in it."""

POLICE_RULES = frozenset(rule.id for rule in TABLE if rule.binds is Organ.POLICE)
"""Rules that are the police's own to keep; the rows of one id never differ in it."""

PROCURATORATE_RULES = frozenset(rule.id for rule in TABLE if rule.binds is Organ.PROCURATORATE)
"""Rules that are the procuratorate's own to keep; the rows of one id never differ in it."""

ELSEWHERE_RULES = frozenset(
    rule.id for rule in TABLE if rule.binds in {Organ.POLICE, Organ.COURT, Organ.DETENTION_CENTRE}
)
"""Rules that bind other organs, whose keeping the procuratorate supervises (RULES 613, 615)."""

HELD = [state for state in Custody if state.counts_as_held]

THRESHOLDS = frozenset(rule.id for rule in TABLE if rule.kind is Kind.THRESHOLD)
"""Rules after whose time somebody else acts; the rows of one id never differ in it."""

PARTYS = ANSWERS_TO_PARTIES | {rule.id for rule in TABLE if rule.binds is Organ.PARTY}
"""What a party may do, and what answers it: from these an organ would read of an appeal."""

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Where a period that the law gives no length stands in the order: before every day."""

HOUR, SHORT = timedelta(hours=1), timedelta(hours=12)


def visible(act: Act) -> Select[Deadline]:
    """Every period that the actor may read: the organ's, the own cases', or the whole office's.

    Who supervises the execution of custody reads those that limit custody, and while a person is
    held those of the police, the court and the detention centre (RULES 613).
    """
    actor = act.actor
    seen: list[ColumnElement[bool]] = [literal(value=False)]
    if police := actor.offices_as(*ORGAN_POSTS):
        theirs = Deadline.police_office_id.in_(police)
        seen.append(and_(theirs, Deadline.rule_id.not_in(PARTYS)))
    if wide := actor.offices_as(*OFFICE_WIDE):
        seen.append(Deadline.procuratorate_id.in_(wide))
    if own := actor.offices_as(PostKind.PROSECUTOR):
        seen.append(and_(Deadline.handler_id == actor.id, Deadline.procuratorate_id.in_(own)))
    if watched := actor.offices_as(PostKind.EXECUTION_SUPERVISOR):
        seen.append(and_(Deadline.procuratorate_id.in_(watched), watched_in_custody()))
    if opened := opened_in_emergency(actor, "suspects"):
        offices = actor.offices_as(*EMERGENCY_POSTS)
        seen.append(and_(Deadline.suspect_id.in_(opened), Deadline.procuratorate_id.in_(offices)))
    return select(Deadline).where(or_(*seen))


def find(act: Act, deadline_id: int) -> Deadline:
    """The period, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Deadline.id == deadline_id))
    if found is None:
        raise NotFound
    return found


def as_read(
    act: Act, chosen: Select[Deadline], offices: Collection[int | None]
) -> Select[Deadline]:
    """These periods as a matter of these procuratorates shows them.

    To its own people all of them, to the organ those that it may read.
    """
    if act.actor.offices.intersection(offices):
        return chosen
    return chosen.where(Deadline.id.in_(visible(act).with_only_columns(Deadline.id)))


def of_matter(
    act: Act, suspect_ids: Collection[int], records: Collection[Identified]
) -> Select[Deadline]:
    """The periods of these suspects, and of these records as a whole, that the actor may read."""
    matters = [(record_of(record), record.id) for record in records]
    of_the_whole = tuple_(Deadline.about_kind, Deadline.about_id).in_(matters)
    return visible(act).where(
        or_(
            Deadline.suspect_id.in_(suspect_ids),
            and_(Deadline.suspect_id.is_(None), of_the_whole),
        )
    )


def rules_on(day: date) -> list[Rule]:
    """The rows of the table for what begins on that day, in the order of its sections."""
    found = []
    for rule_id in ROWS:
        try:
            found.append(rule_of(rule_id, day))
        except UnknownRuleError:
            continue
    return found


def still_open() -> ColumnElement[bool]:
    """Does the period still run, or stand suspended?"""
    return Deadline.closed_at.is_(None)


def own(act: Act) -> ColumnElement[bool]:
    """Is it the actor's to keep: a prosecutor's own, or a duty of the officer's organ?"""
    duty = and_(
        Deadline.police_office_id.in_(act.actor.offices_as(*ORGAN_POSTS)),
        Deadline.rule_id.in_(POLICE_RULES),
    )
    return or_(Deadline.handler_id == act.actor.id, duty)


def of_department(act: Act) -> ColumnElement[bool]:
    """Is it for the actor's department to keep, or to watch (RULES 613, 664)?

    The department that handles cases: all but what other organs owe while a person is held. That
    is execution supervision's. Case management: the procuratorate's own. The chief procurator
    leads them all, and an organ is one department of its own.
    """
    elsewhere = and_(Deadline.rule_id.in_(ELSEWHERE_RULES), Deadline.custody.in_(HELD))
    theirs = {
        (PostKind.DEPARTMENT_HEAD, PostKind.PROSECUTOR): not_(elsewhere),
        (PostKind.CASE_MANAGER,): Deadline.rule_id.in_(PROCURATORATE_RULES),
        (PostKind.EXECUTION_SUPERVISOR,): elsewhere,
        (PostKind.CHIEF_PROCURATOR,): true(),
    }
    kept_or_watched = [
        and_(Deadline.procuratorate_id.in_(act.actor.offices_as(*posts)), whose)
        for posts, whose in theirs.items()
    ]
    return or_(*kept_or_watched, own(act))


def limiting_custody() -> ColumnElement[bool]:
    """`Deadline.is_custody` in SQL: a period of custody, of a person who is held."""
    return and_(Deadline.rule_id.in_(CUSTODY_RULES), Deadline.custody.in_(HELD))


def watched_in_custody() -> ColumnElement[bool]:
    """What execution supervision reads: custody, and other organs' periods while one is held."""
    return and_(Deadline.rule_id.in_(CUSTODY_RULES | ELSEWHERE_RULES), Deadline.custody.in_(HELD))


def by_urgency(act: Act) -> tuple[ColumnElement[int], ColumnElement[datetime], ColumnElement[int]]:
    """The keys that put the most urgent first: expired custody stands before everything.

    Then comes what is to be done at once, then by the moment until which it is to be kept. What
    is suspended has no such moment and comes last.
    """
    expired = and_(limiting_custody(), Deadline.outer_on < act.today)
    rank = case((Deadline.suspended_on <= act.today, 2), (expired, 0), else_=1)
    midnight = cast(Deadline.due_on + literal(1, Integer), TIMESTAMP(timezone=False))
    kept_by = func.coalesce(
        Deadline.due_at, func.timezone("Asia/Shanghai", midnight), literal(AT_ONCE)
    )
    return rank, kept_by, Deadline.id.expression


def light(act: Act, offices: Mapping[int, Tiers]) -> ColumnElement[str]:
    """`tiers.light` in SQL, with the tiers that these procuratorates have set for themselves."""
    used = {DEFAULT, *offices.values()}
    grey = or_(
        Deadline.closed_at.is_not(None),
        Deadline.suspended_on.is_not(None),
        Deadline.due_on.is_(None),
    )
    furthest = max(map(_furthest, used))
    far_off = and_(Deadline.due_at.is_(None), _kept_on() > act.today + timedelta(days=furthest))
    passed = case((Deadline.due_on < act.today, Light.AMBER.value), else_=Light.GREEN.value)
    return case(
        (grey, Light.GREY.value),
        (far_off, Light.GREEN.value),
        (Deadline.rule_id.in_(THRESHOLDS), passed),
        (_reached(act, offices, -1), Light.RED.value),
        (_reached(act, offices, 0), Light.AMBER.value),
        else_=Light.GREEN.value,
    )


def counted(act: Act, chosen: Select[Deadline], shade: ColumnElement[str]) -> dict[str, int]:
    """How many of the chosen show which light."""
    rows = act.session.execute(
        chosen.with_only_columns(shade, func.count(), maintain_column_froms=True).group_by(shade)
    )
    found = dict(rows.all())
    return {each.value: found.get(each.value, 0) for each in Light}


@dataclass(frozen=True, slots=True)
class AsOf:
    """A period as it was thought of at a moment, with what was known of it then."""

    at: datetime
    deadline: Deadline
    calculation: Calculation
    entries: Sequence[DeadlineEntry]


def as_known(act: Act, deadline: Deadline) -> AsOf:
    """The period as its own row says, with all that the ledger holds of it."""
    entries = _entries(act, deadline)
    return AsOf(act.now, deadline, calculation(act.session, deadline), entries)


def as_of(act: Act, deadline: Deadline, at: datetime) -> AsOf:
    """What was thought of the period at a moment, under the entries and the calendar known then.

    The row that is told is no row of the database: it is what the row said then.

    Refuses:
        NotFound: the ledger did not know the period yet.
    """
    replay = replayed(act.session, deadline, at)
    if replay is None:
        raise NotFound
    then = Deadline(
        id=deadline.id,
        rule_id=deadline.rule_id,
        suspect_id=deadline.suspect_id,
        about_kind=deadline.about_kind,
        about_id=deadline.about_id,
        procuratorate_id=deadline.procuratorate_id,
    )
    project(then, *replay)
    known = list(takewhile(lambda entry: entry.recorded_at <= at, _entries(act, deadline)))
    return AsOf(at, then, replay[1], known)


def _entries(act: Act, deadline: Deadline) -> Sequence[DeadlineEntry]:
    chosen = select(DeadlineEntry).where(DeadlineEntry.deadline_id == deadline.id)
    return act.session.scalars(chosen.order_by(DeadlineEntry.id)).all()


def _reached(act: Act, offices: Mapping[int, Tiers], place: int) -> ColumnElement[bool]:
    """Has the tier at that place, first or last, been reached? As `tiers.light` counts it."""
    ids: dict[Tiers, list[int]] = {}
    for office_id, tiers in offices.items():
        ids.setdefault(tiers, []).append(office_id)
    chosen = [
        (Deadline.procuratorate_id.in_(same), _reached_by(act, tiers, place))
        for tiers, same in ids.items()
    ]
    by_default = _reached_by(act, DEFAULT, place)
    return case(*chosen, else_=by_default) if chosen else by_default


def _furthest(tiers: Tiers) -> int:
    """No warning comes so many days before a last day, whatever the rule."""
    by_length = tiers.months + tiers.fortnight + tiers.week + tiers.days
    return max(by_length + sum((leads for _, leads in tiers.rules), ()))


def _reached_by(act: Act, tiers: Tiers, place: int) -> ColumnElement[bool]:
    begun_on = cast(func.timezone("Asia/Shanghai", Deadline.started_at), Date)
    span = Deadline.due_on - begun_on
    own = [(Deadline.rule_id == rule_id, leads[place]) for rule_id, leads in tiers.rules]
    days = case(
        *own,
        (span >= MONTHLY, tiers.months[place]),
        (span >= FORTNIGHTLY, tiers.fortnight[place]),
        (span >= WEEKLY, tiers.week[place]),
        else_=tiers.days[place],
    )
    short = Deadline.due_at - Deadline.started_at <= SHORT
    hours = case(*own, (short, tiers.short_hours[place]), else_=tiers.long_hours[place])
    return case(
        (
            Deadline.due_at.is_not(None),
            Deadline.due_at - hours * literal(HOUR, Interval) <= act.now,
        ),
        else_=_kept_on() - days <= act.today,
    )


def _kept_on() -> ColumnElement[date]:
    """The first day on which any reading ends the period: warnings count from it."""
    return func.least(Deadline.due_on, Deadline.warn_on, type_=Date)
