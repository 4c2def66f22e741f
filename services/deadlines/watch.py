"""The watch: every open period is spoken of when it nears its end, and louder once it is past.

Each period says in `look_at` when it has next to be looked at. A look takes whatever has come
due, says the worst that is true of it now, and puts the next moment there. So an outage is caught
up with by the first look after it: of the tiers that were missed only the worst is told, and the
others are kept as passed over. A tier is told once for the end of which it speaks, whatever the
clock does; a custody that has expired is told again every day while it is open. A right that was
not used lapses with its last day.

Who hears: see `warning_settings.LADDER`. The police hear of their own periods first, and the
procuratorate from the last tier on. No register of substitutes exists: for a handler who is on
leave, or no longer at the post, the heads of department hear at once as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    ForeignKey,
    Identity,
    Integer,
    UniqueConstraint,
    any_,
    column,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from services import people, tasks
from services.deadlines import warning_settings
from services.deadlines.engine.arithmetic import Calendar
from services.deadlines.engine.rules import Kind, Organ
from services.deadlines.ledger import close
from services.deadlines.notices import calendar_of
from services.deadlines.records import CloseReason, Deadline
from services.deadlines.tiers import DAY, Reach, Tier, morning, next_at, reached, reaches
from services.deadlines.warning_settings import Rung, WarningSettings
from services.kernel.act import Act, Event, Record
from services.people import Leave, Person, Post
from services.policy import Permission, PostKind, demands
from services.tasks import Task, TaskKind, TaskState

BATCH = 500
LATER = timedelta(minutes=10)
"""When a period that could not be looked at is tried again; it stands in nobody's way."""
ELSEWHERE = frozenset({Organ.POLICE, Organ.COURT, Organ.DETENTION_CENTRE})
"""Organs whose periods another department watches (RULES 613, 615)."""
PRESSING = frozenset({Tier.LAST, Tier.AGAIN, Tier.DUE_PASSED, Tier.EXPIRED})
"""Tiers at which the procuratorate hears of a period that the police have to keep."""
RIGHTS = frozenset({"A07", "A09", "C08", "X02", "X04"})
"""What an organ may ask for within a time, and need not: only asking late is a fault."""
OVERDUE = frozenset({Tier.DUE_PASSED, Tier.EXPIRED})
IN_STEAD = (PostKind.DEPARTMENT_HEAD, PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR)
"""Who hears where nobody holds the post that should: the first of these that anybody holds."""

log = structlog.get_logger()


class DeadlineAlert(Record):
    """One tier of one period that was reached: told to somebody, or passed over for a worse one.

    `ends_at` is the end of which it speaks: a date that moves makes new tiers. `repeated_on` is
    the day on which an expired custody was told again.
    """

    __tablename__ = "deadline_alerts"
    __table_args__ = (
        UniqueConstraint(
            "deadline_id",
            "tier",
            "ends_at",
            "repeated_on",
            name="deadline_alerts_once",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id"))
    tier: Mapped[Tier]
    ends_at: Mapped[datetime]
    repeated_on: Mapped[date | None]
    reached_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    told: Mapped[bool]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The prosecutor to whom it was told by name."""
    pools: Mapped[list[Any]] = mapped_column(default=list)
    """The posts to which it was told, each with its office."""

    deadline: Mapped[Deadline] = relationship(viewonly=True)


@dataclass(frozen=True, slots=True)
class AtOnceAwaited(Event):
    """What the law wants done at once is still open."""

    deadline_id: int


@dataclass(frozen=True, slots=True)
class DeadlineNeared(Event):
    """A period has come near its end."""

    deadline_id: int
    tier: str


@dataclass(frozen=True, slots=True)
class LastDaysReached(Event):
    """A period has reached its last warning."""

    deadline_id: int
    tier: str


@dataclass(frozen=True, slots=True)
class ThresholdPassed(Event):
    """The time is over after which somebody else has to act, or may."""

    deadline_id: int


@dataclass(frozen=True, slots=True)
class DueDayPassed(Event):
    """A period is past the day to keep, and within the latest day that the law can bear."""

    deadline_id: int


@dataclass(frozen=True, slots=True)
class DeadlineExpired(Event):
    """A period has run out."""

    deadline_id: int


@dataclass(frozen=True, slots=True)
class CustodyExpired(Event):
    """The time has run out for which a person may be held, and nothing says that they are free."""

    deadline_id: int
    again: bool


class Route(NamedTuple):
    """The post that watches a period, and the one in whose place it stands, where nobody is."""

    post: PostKind
    in_place_of: PostKind | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A period that was just found past its day, and who watches it."""

    deadline: Deadline
    route: Route


@dataclass(slots=True)
class Looked:
    """What one look came to: how many it took, how many tiers it told, what is past its day."""

    taken: int = 0
    told: int = 0
    failed: list[int] = field(default_factory=list)
    """The periods that could not be looked at, by their ids."""
    overdue: list[Overdue] = field(default_factory=list)


class Holders(NamedTuple):
    """Who hears of a period: the prosecutor by name, and every holder of these posts."""

    handler_id: int | None
    pools: frozenset[tuple[PostKind, int]]

    def __or__(self, other: "Holders") -> "Holders":
        """Everybody of both."""
        return Holders(self.handler_id or other.handler_id, self.pools | other.pools)


NOBODY = Holders(None, frozenset())


@demands(Permission.DEADLINE_WATCH)
def look(act: Act, batch: int) -> Looked:
    """Look at the open periods whose time has come, at most so many; say what is to be said.

    Several workers share the work: what another one is looking at is left to it.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        AtOnceAwaited, DeadlineNeared, LastDaysReached, ThresholdPassed, DueDayPassed,
        DeadlineExpired, CustodyExpired.
    """
    due = (
        select(Deadline)
        .where(Deadline.closed_at.is_(None), Deadline.look_at <= act.now)
        .order_by(Deadline.look_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    taken = act.session.scalars(due, execution_options={"populate_existing": True}).all()
    looked = Looked(len(taken))
    if not taken:
        return looked
    seen = _Seen.of(act, taken)
    said = [one for deadline in taken if (one := _considered(act, deadline, seen, looked))]
    try:
        with act.session.begin_nested():
            looked.told += _speak(act, said, seen)
    except Exception as error:  # noqa: BLE001  # one of them is wrong, whatever it is: find it
        log.warning("deadlines_one_by_one", error=type(error).__name__)
        looked.told += _one_by_one(act, said, seen, looked)
    looked.overdue = [
        Overdue(one.deadline, _route(one.deadline, seen.held)) for one in said if one.is_overdue
    ]
    next_looks = {one.deadline.id: one.next_at for one in said}
    next_looks.update(dict.fromkeys(looked.failed, act.now + LATER))
    _look_again(act.session, next_looks)
    return looked


def route(session: Session, deadline: Deadline, today: date) -> Route:
    """Which department watches a period (RULES 613, 615, 664).

    The procuratorate's own: case management. Those of the police, courts and detention centres:
    execution supervision while the person is held, else the department that handles the case.
    Where nobody is posted to execution supervision, case management stands in, and says so.
    """
    held = posts_held(session, [deadline.procuratorate_id], today)
    return _route(deadline, held)


def posts_held(
    session: Session, office_ids: Iterable[int], today: date
) -> frozenset[tuple[PostKind, int]]:
    """Which posts anybody holds today in these offices."""
    chosen = people.posts_on(today).where(Post.office_id.in_(set(office_ids)))
    rows = session.execute(chosen.with_only_columns(Post.kind, Post.office_id).distinct())
    return frozenset((row.kind, row.office_id) for row in rows)


@dataclass(slots=True)
class _Seen:
    """What a look has to know of all the periods it took, read once."""

    calendar: Calendar
    settings: dict[int, WarningSettings]
    held: frozenset[tuple[PostKind, int]]
    at_work: frozenset[tuple[int, int]]
    """Handlers at their post today and not on leave, with the procuratorate."""
    told: dict[int, dict[tuple[Tier, datetime, date | None], date]]
    """What was said of each period before, and on which day."""
    tasks: defaultdict[int, list[Task]]

    @classmethod
    def of(cls, act: Act, taken: Sequence[Deadline]) -> "_Seen":
        ids = [deadline.id for deadline in taken]
        offices = {deadline.procuratorate_id for deadline in taken}
        police = {one.police_office_id for one in taken if one.police_office_id is not None}
        handlers = {one.handler_id for one in taken if one.handler_id is not None}
        return cls(
            calendar_of(act.session),
            warning_settings.of_offices(act.session, offices),
            posts_held(act.session, offices | police, act.today),
            _at_work(act.session, handlers, act.today),
            _told(act.session, ids),
            _reminders(act.session, ids),
        )


def _at_work(session: Session, handlers: set[int], today: date) -> frozenset[tuple[int, int]]:
    away = select(Leave.person_id).where(Leave.from_on <= today, Leave.until_on >= today)
    chosen = people.posts_on(today).where(
        Post.kind == PostKind.PROSECUTOR, Person.id.in_(handlers), Person.id.not_in(away)
    )
    rows = session.execute(chosen.with_only_columns(Post.person_id, Post.office_id))
    return frozenset((row.person_id, row.office_id) for row in rows)


def _told(
    session: Session, ids: Sequence[int]
) -> dict[int, dict[tuple[Tier, datetime, date | None], date]]:
    told: dict[int, dict[tuple[Tier, datetime, date | None], date]] = {one: {} for one in ids}
    chosen = select(
        DeadlineAlert.deadline_id,
        DeadlineAlert.tier,
        DeadlineAlert.ends_at,
        DeadlineAlert.repeated_on,
        func.timezone("Asia/Shanghai", DeadlineAlert.raised_at).label("raised"),
    ).where(DeadlineAlert.deadline_id == any_(_array(ids)))
    for row in session.execute(chosen):
        told[row.deadline_id][row.tier, row.ends_at, row.repeated_on] = row.raised.date()
    return told


def _reminders(session: Session, ids: Sequence[int]) -> defaultdict[int, list[Task]]:
    """The open reminders of these periods; the period's own lock covers them."""
    found = defaultdict[int, list[Task]](list)
    chosen = select(Task).where(
        Task.about_kind == Deadline.__tablename__,
        Task.about_id == any_(_array(ids)),
        Task.kind == TaskKind.KEEP_DEADLINE,
        Task.state == TaskState.OPEN,
    )
    for task in session.scalars(chosen, execution_options={"populate_existing": True}):
        found[task.about_id].append(task)
    return found


def _array(ids: Sequence[int]) -> Any:
    """One parameter, however many periods: the statement stays the same and stays planned."""
    return literal(list(ids), ARRAY(Integer))


@dataclass(frozen=True, slots=True)
class _Said:
    """What is to be said of one period now, and when it is looked at next."""

    deadline: Deadline
    found: list[Reach]
    """The tiers that are reached, the worst last."""
    next_at: datetime | None

    @property
    def is_overdue(self) -> bool:
        """Is it past its day, so that whoever watches looks into it?"""
        late = bool(self.found) and self.found[-1].tier in OVERDUE
        return late and is_watched(self.deadline)


def _considered(act: Act, deadline: Deadline, seen: _Seen, looked: Looked) -> _Said | None:
    """What is true of a period now; one that cannot be counted stands in nobody's way."""
    try:
        tiers = seen.settings[deadline.procuratorate_id].tiers
        found = reaches(deadline, seen.calendar, tiers)
        now_reached = reached(found, act.now)
        if deadline.rule_id in RIGHTS and now_reached and now_reached[-1].tier is Tier.EXPIRED:
            close(act, deadline, reason=CloseReason.LAPSED)
            return None
        return _Said(deadline, now_reached, _next_look(act, deadline, found, now_reached))
    except Exception as error:  # noqa: BLE001  # one period's mistake, whatever it is
        _failed(deadline, error, looked)
        return None


def _one_by_one(act: Act, said: list[_Said], seen: _Seen, looked: Looked) -> int:
    """Slowly, each in a savepoint of its own, so that only what is wrong is left out."""
    told = 0
    for one in list(said):
        try:
            with act.session.begin_nested():
                told += _speak(act, [one], seen)
        except Exception as error:  # noqa: BLE001  # one period's mistake, whatever it is
            _failed(one.deadline, error, looked)
            said.remove(one)
    return told


def _failed(deadline: Deadline, error: Exception, looked: Looked) -> None:
    looked.failed.append(deadline.id)
    log.error("deadline_unwatched", deadline=deadline.id, error=type(error).__name__)


def _speak(act: Act, said: Sequence[_Said], seen: _Seen) -> int:
    """Tell the worst of each if it is new, keep the others as passed over, see to the reminders.

    The rows of a whole look are written together: alerts, then their events, then reminders.
    """
    alerts: list[tuple[Deadline, DeadlineAlert]] = []
    for one in said:
        told = seen.told[one.deadline.id]
        new = [each for each in one.found if (each.tier, each.ends_at, None) not in told]
        for each in new:
            alert = _alert(act, one.deadline, each)
            if each == one.found[-1]:
                alerts.append((one.deadline, _addressed(alert, one.deadline, seen)))
            act.session.add(alert)
        worst = one.found[-1] if one.found else None
        if worst is not None and worst not in new and _is_to_be_repeated(act, one, told):
            alert = _addressed(_alert(act, one.deadline, worst), one.deadline, seen)
            alert.repeated_on = act.today
            act.session.add(alert)
            alerts.append((one.deadline, alert))
    act.session.flush()
    for deadline, alert in alerts:
        _tell(act, deadline, alert)
    for one in said:
        if one.found or seen.tasks[one.deadline.id]:
            _remind(act, one, seen)
    act.session.flush()
    return len(alerts)


def _addressed(alert: DeadlineAlert, deadline: Deadline, seen: _Seen) -> DeadlineAlert:
    """Tell it to whoever hears at that tier."""
    holders = _holders(deadline, seen, alert.tier)
    alert.told, alert.handler_id = True, holders.handler_id
    alert.pools = [[post.value, office_id] for post, office_id in sorted(holders.pools)]
    return alert


def _tell(act: Act, deadline: Deadline, alert: DeadlineAlert) -> None:
    match alert.tier:
        case Tier.LINGERING:
            act.record(AtOnceAwaited(alert.id, deadline.id))
        case Tier.FIRST | Tier.SECOND:
            act.record(DeadlineNeared(alert.id, deadline.id, alert.tier.value))
        case Tier.LAST | Tier.AGAIN:
            act.record(LastDaysReached(alert.id, deadline.id, alert.tier.value))
        case Tier.THRESHOLD_PASSED:
            act.record(ThresholdPassed(alert.id, deadline.id))
        case Tier.DUE_PASSED:
            act.record(DueDayPassed(alert.id, deadline.id))
        case Tier.EXPIRED if _is_alarming(deadline):
            act.record(CustodyExpired(alert.id, deadline.id, alert.repeated_on is not None))
        case Tier.EXPIRED:
            act.record(DeadlineExpired(alert.id, deadline.id))


def _alert(act: Act, deadline: Deadline, one: Reach) -> DeadlineAlert:
    return DeadlineAlert(
        deadline_id=deadline.id,
        tier=one.tier,
        ends_at=one.ends_at,
        reached_at=one.at,
        raised_at=act.now,
        told=False,
        pools=[],
    )


def _is_alarming(deadline: Deadline) -> bool:
    """Would somebody be held longer than the law allows?"""
    return deadline.is_custody and deadline.rule.kind is Kind.DEADLINE


def _is_alarm(deadline: Deadline, found: list[Reach]) -> bool:
    """Is somebody held longer than the law allows? It is told anew every day."""
    return bool(found) and found[-1].tier is Tier.EXPIRED and _is_alarming(deadline)


def _is_to_be_repeated(
    act: Act, one: _Said, told: dict[tuple[Tier, datetime, date | None], date]
) -> bool:
    """Is it an alarm last told on an earlier day? A clock put back tells nothing again."""
    worst = one.found[-1]
    days = [
        day
        for (tier, ends_at, _), day in told.items()
        if (tier, ends_at) == (worst.tier, worst.ends_at)
    ]
    return _is_alarm(one.deadline, one.found) and max(days) < act.today


def is_watched(deadline: Deadline) -> bool:
    """Does being late concern whoever watches? What somebody need not ask for is their own."""
    watched_kind = deadline.rule.kind in {Kind.DEADLINE, Kind.BACKWARD}
    unused = deadline.rule_id in RIGHTS and deadline.closed_at is None
    own = deadline.binds is Organ.PARTY or unused
    return watched_kind and not own


def _next_look(
    act: Act, deadline: Deadline, found: list[Reach], now_reached: list[Reach]
) -> datetime | None:
    coming = next_at(found, act.now)
    if _is_alarm(deadline, now_reached):
        tomorrow = morning(act.today + DAY)
        return tomorrow if coming is None else min(coming, tomorrow)
    return coming


def _route(deadline: Deadline, held: frozenset[tuple[PostKind, int]]) -> Route:
    if deadline.binds is Organ.PROCURATORATE:
        return Route(PostKind.CASE_MANAGER)
    if deadline.binds not in ELSEWHERE or not deadline.held:
        return Route(PostKind.DEPARTMENT_HEAD)
    if (PostKind.EXECUTION_SUPERVISOR, deadline.procuratorate_id) in held:
        return Route(PostKind.EXECUTION_SUPERVISOR)
    return Route(PostKind.CASE_MANAGER, PostKind.EXECUTION_SUPERVISOR)


def _holders(deadline: Deadline, seen: _Seen, tier: Tier) -> Holders:
    """Who hears of a period at a tier; somebody always does."""
    office_id, pools = deadline.procuratorate_id, set[tuple[PostKind, int]]()
    rungs: Sequence[Rung] = seen.settings[office_id].heard_by(tier)
    police = deadline.police_office_id if deadline.binds is Organ.POLICE else None
    if police is not None:
        pools.add((PostKind.POLICE_OFFICER, police))
        if tier not in PRESSING:
            rungs = ()
    elif deadline.binds is Organ.PARTY:
        rungs = (Rung.HANDLER,)
    handler_id = deadline.handler_id if Rung.HANDLER in rungs else None
    if Rung.HANDLER in rungs and (deadline.handler_id, office_id) not in seen.at_work:
        absent = PostKind.CASE_MANAGER if handler_id is None else PostKind.DEPARTMENT_HEAD
        pools.add((absent, office_id))
    if Rung.DEPARTMENT_HEAD in rungs:
        pools.add((PostKind.DEPARTMENT_HEAD, office_id))
    if Rung.CHIEF_PROCURATOR in rungs:
        pools.add((PostKind.CHIEF_PROCURATOR, office_id))
    if Rung.WATCHER in rungs:
        pools.add((_route(deadline, seen.held).post, office_id))
    named = handler_id is not None and (handler_id, office_id) in seen.at_work
    heard = pools & seen.held
    if not named and not heard:
        stead = {(post, office_id) for post in IN_STEAD} & seen.held
        heard = set(sorted(stead, key=lambda one: IN_STEAD.index(one[0]))[:1])
    return Holders(handler_id, frozenset(heard))


def _remind(act: Act, one: _Said, seen: _Seen) -> None:
    """Let each holder have the reminder once, with the day as it stands now; nobody else."""
    deadline, wanted = one.deadline, NOBODY
    for each in one.found:
        wanted |= _holders(deadline, seen, each.tier)
    lying_with, lying_in = set[int | None](), set[tuple[PostKind | None, int | None]]()
    for task in seen.tasks[deadline.id]:
        named = task.person_id is not None and task.person_id == wanted.handler_id
        if named or (task.post, task.office_id) in wanted.pools:
            task.due_on, task.outer_on = deadline.due_on, deadline.outer_on
            lying_with.add(task.person_id)
            lying_in.add((task.post, task.office_id))
        else:
            tasks.withdraw(act, task)
    keep = TaskKind.KEEP_DEADLINE
    if wanted.handler_id is not None and wanted.handler_id not in lying_with:
        handler_id = wanted.handler_id
        act.session.add(tasks.for_person(act, keep, deadline, person_id=handler_id, due=deadline))
    for post, office_id in sorted(wanted.pools - lying_in):
        act.session.add(
            tasks.for_pool(act, keep, deadline, office_id=office_id, post=post, due=deadline)
        )


def _look_again(session: Session, next_looks: dict[int, datetime | None]) -> None:
    """Put the next moment into every row with one statement."""
    ids, moments = _array(list(next_looks)), list(next_looks.values())
    columns = column("id", Integer), column("at", TIMESTAMP(timezone=True))
    coming = (
        func.unnest(ids, literal(moments, ARRAY(TIMESTAMP(timezone=True))))
        .table_valued(*columns, name="coming")
        .render_derived()
    )
    session.execute(
        update(Deadline)
        .where(Deadline.id == coming.c.id)
        .values(look_at=coming.c.at)
        .execution_options(synchronize_session=False)
    )
