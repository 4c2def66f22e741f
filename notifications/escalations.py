"""Escalations: what nobody has taken notice of goes up the ladder until somebody has.

The ladders are a table (`notifications/ladders.py`). A message that has one is put on it in the
dispatcher's own transaction; the sweep of every minute looks at what has come due. Each rung is an
event of its own, told through the same pipeline, so that nobody is told twice of one rung whatever
crashes. After an outage each message goes on by one rung and leaves time to answer it.

Whoever was told and reads the line has taken notice. An alarm stops only for somebody who was
told, still stands where they were told, and says that it is known and dealt with.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Identity,
    Index,
    Select,
    UniqueConstraint,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import (
    Mapped,
    Session,
    aliased,
    foreign,
    joinedload,
    mapped_column,
    object_session,
    relationship,
    selectinload,
)

from notifications import deliveries
from notifications.deadlines import ToldAlert
from notifications.deliveries import Delivery, DeliveryChannel
from notifications.ladders import (
    LADDERS,
    NEAR,
    Climb,
    ClockKind,
    LadderName,
    LadderRung,
    Raised,
    Step,
    first_look,
    ladder_of,
    raise_daily,
    raise_next,
)
from notifications.messages import Clock as Pressing
from notifications.messages import Message, Notice, Urgency, Words, notices, on, read_with
from services import people as register
from services import tasks
from services.cases import Case, CaseReader, case_suspects
from services.deadlines import Deadline, warning_settings
from services.deadlines.engine.arithmetic import Calendar
from services.deadlines.notices import calendar_of
from services.deadlines.tiers import DAY, Tier, morning
from services.deadlines.warning_settings import Rung as Hears
from services.deadlines.warning_settings import WarningSettings
from services.deadlines.watch import DeadlineAlert
from services.delegations import SubstitutionOrder
from services.kernel.act import SHANGHAI, Act, Actor, Event, JournalEntry, Record, record_of
from services.kernel.clock import legal_now
from services.kernel.flow import Flow
from services.kernel.refusals import NotFound
from services.people import Leave, Person, Post
from services.policy import Permission, PostKind, demands
from services.tasks import TaskKind

BATCH = 200
LATER = timedelta(minutes=10)
"""When one that could not be looked at is tried again; it stands in nobody's way."""
LEADERS = (PostKind.DEPARTMENT_HEAD, PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR)
"""Who reads what is not answered in a procuratorate."""
OTHER_ORGANS = frozenset(
    {
        PostKind.POLICE_OFFICER,
        PostKind.COMMISSION_OFFICER,
        PostKind.DETENTION_OFFICER,
        PostKind.JUSTICE_OFFICER,
        PostKind.SUPERVISOR,
    }
)
"""Posts of which no leader is known here: in their place case management hears."""
_SEEN = (
    PostKind.CHIEF_PROCURATOR,
    PostKind.ACTING_CHIEF,
    PostKind.DEPARTMENT_HEAD,
    PostKind.CASE_MANAGER,
    PostKind.EXECUTION_SUPERVISOR,
    PostKind.PROSECUTOR,
    PostKind.SECURITY_OFFICER,
)
_BEFORE_THE_END = (Tier.LINGERING, Tier.FIRST, Tier.SECOND, Tier.LAST)

log = structlog.get_logger()


class EscalationState(StrEnum):
    """Where a message stands on its ladder."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    SETTLED = "settled"
    """The matter is over, or a newer message has taken its place."""
    EXHAUSTED = "exhausted"
    """Everybody of the ladder was told, and nobody has answered."""


ANOTHER_ORGAN = (
    PostKind.POLICE_OFFICER,
    PostKind.COMMISSION_OFFICER,
    PostKind.DETENTION_OFFICER,
    PostKind.JUSTICE_OFFICER,
)
"""Posts outside the procuratorate."""
ABOVE = (LadderRung.SUBSTITUTE, LadderRung.HEAD, LadderRung.CHIEF, LadderRung.SECURITY)
"""Rungs that tell somebody new; the others tell the same people once more."""
UNANSWERED = (EscalationState.WAITING, EscalationState.EXHAUSTED)
FLOW = Flow(
    {
        "acknowledge": (set(UNANSWERED), EscalationState.ACKNOWLEDGED),
        "settle": (set(UNANSWERED), EscalationState.SETTLED),
        "exhaust": ({EscalationState.WAITING}, EscalationState.EXHAUSTED),
    }
)


class Escalation(Record):
    """One message on its ladder."""

    __tablename__ = "escalations"
    __table_args__ = (
        UniqueConstraint("entry_id", name="escalations_one_of_a_message"),
        CheckConstraint(
            "(state = 'acknowledged') = (acknowledged_at IS NOT NULL)",
            name="escalations_acknowledged_at_a_time",
        ),
        Index("escalations_due", "next_at", postgresql_where=literal_column("next_at IS NOT NULL")),
        Index(
            "escalations_unanswered",
            "matter",
            postgresql_where=literal_column("state IN ('waiting', 'exhausted')"),
        ),
        Index("escalations_of_procuratorate", "procuratorate_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal.id"))
    about_kind: Mapped[str]
    """The table of the record that the message is about."""
    about_id: Mapped[int] = mapped_column(BigInteger)
    matter: Mapped[str]
    """What it is about, whichever tier speaks of it: a newer message takes this one's place."""
    ladder: Mapped[LadderName]
    urgency: Mapped[Urgency]
    procuratorate_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    """Whose head, case management and chief hear; none where it is about an account."""
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    """The office that keeps the account."""
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    stood_in: Mapped[bool]
    """Was the handler on leave as it began, so that the substitute heard first?"""
    state: Mapped[EscalationState] = mapped_column(default=EscalationState.WAITING)
    step: Mapped[int]
    """The number of the next step."""
    begun_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]

    entry: Mapped[JournalEntry] = relationship()
    calls: Mapped[list["EscalationCall"]] = relationship(
        back_populates="escalation", order_by="EscalationCall.id"
    )
    alert: Mapped[ToldAlert | None] = relationship(
        primaryjoin=lambda: and_(
            foreign(Escalation.about_id) == ToldAlert.__table__.c.id,
            Escalation.about_kind == DeadlineAlert.__tablename__,
        ),
        viewonly=True,
    )

    @property
    def told(self) -> "list[EscalationTold]":
        """Everyone who was told, in order; once for each time."""
        return [one for call in self.calls for one in call.told]

    @property
    def heard(self) -> frozenset[int]:
        """Everyone who was told, each person once."""
        return frozenset(one.person_id for one in self.told)

    @property
    def gone_id(self) -> int | None:
        """The handler who was told, if the case has gone to another one since."""
        known = self.alert is not None and self.alert.deadline.handler_id != self.handler_id
        return self.handler_id if known else None

    def was_told_to(self, actor: Actor) -> bool:
        """Was the actor told, and does the actor still stand where they were told?"""
        return actor.id != self.gone_id and any(one.is_still(actor) for one in self.told)


class EscalationCall(Record):
    """One rung that was told: when, and by which entry of the journal."""

    __tablename__ = "escalation_calls"
    __table_args__ = (
        Index("escalation_calls_of_one", "escalation_id", "id"),
        Index("escalation_calls_by_entry", "entry_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalations.id"))
    rung: Mapped[LadderRung | None]
    """None for the message itself."""
    told_at: Mapped[datetime]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal.id"))
    """Under which the inboxes hold it; none until the dispatcher has taken it."""

    escalation: Mapped[Escalation] = relationship(back_populates="calls")
    told: Mapped[list["EscalationTold"]] = relationship(order_by="EscalationTold.person_id")

    @property
    def overrides(self) -> bool:
        """Does it break quiet hours and what somebody has muted?"""
        return self.rung is not None and LADDERS[self.escalation.ladder].overrides(self.rung)


class EscalationTold(Record):
    """Somebody who was told at a rung, and as which post."""

    __tablename__ = "escalation_told"

    call_id: Mapped[int] = mapped_column(ForeignKey("escalation_calls.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    post: Mapped[PostKind | None]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))

    def is_still(self, actor: Actor) -> bool:
        """Is it the actor, still where they were told?"""
        named = self.person_id == actor.id
        return named and (self.post is None or actor.holds(self.post, self.office_id))


@dataclass(frozen=True, slots=True)
class EscalationRaised(Event):
    """A rung was told of what nobody has confirmed; the event is about the call."""

    escalation_id: int
    rung: str
    urgency: str


@dataclass(frozen=True, slots=True)
class EscalationAcknowledged(Event):
    """Somebody has taken notice, or has said that it is dealt with."""

    person_id: int


@dataclass(frozen=True, slots=True)
class EscalationSettled(Event):
    """The matter is over, or a newer message has taken its place."""


@dataclass(frozen=True, slots=True)
class EscalationExhausted(Event):
    """Everybody of the ladder was told, and nobody has answered."""


def visible(act: Act) -> Select[Escalation]:
    """What is on a ladder in the procuratorates whose head, case management or chief one is."""
    led = act.actor.offices_as(*LEADERS)
    return select(Escalation).where(Escalation.procuratorate_id.in_(led)).options(*_WHOLE)


def find(act: Act, escalation_id: int) -> Escalation:
    """The escalation, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Escalation.id == escalation_id))
    if found is None:
        raise NotFound
    return found


def find_told(act: Act, item: UUID) -> Escalation:
    """The escalation of a line of the actor's own inbox, if that line is on a ladder."""
    line = deliveries.find(act, item)
    chosen = (
        select(Escalation)
        .join(EscalationCall, EscalationCall.escalation_id == Escalation.id)
        .where(EscalationCall.entry_id == line.entry_id)
        .options(*_WHOLE)
    )
    found = act.session.scalar(chosen)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Telling:
    """One message as the dispatcher tells it: of which record, and to whom."""

    entry: JournalEntry
    notice: Notice
    about: Any
    people: Collection[int]


def begin(act: Act, tellings: Sequence[Telling]) -> None:
    """Put messages on their ladders, if their kinds have one: a part of the dispatcher's act.

    Their place on the ladder is that of the people whom the clock's tier has told. An older
    message of the same matter is settled by a newer one; one that is told late settles nothing
    newer. However many messages there are, the statements are the same few; only of messages of
    one matter each is looked at by itself.
    """
    now = legal_now(act.session)
    climbing: list[tuple[Escalation, Telling]] = []
    kept_by = _account_offices(act.session, [telling.about for telling in tellings])
    for telling in tellings:
        if telling.entry.kind == EscalationRaised.__name__:
            telling.about.entry_id = telling.entry.id
        elif (one := _climbing(telling, now, kept_by)) is not None:
            climbing.append((one, telling))
    while climbing:
        first: dict[str, tuple[Escalation, Telling]] = {}
        for pair in climbing:
            first.setdefault(pair[0].matter, pair)
        _put(act, list(first.values()), now)
        climbing = [pair for pair in climbing if first[pair[0].matter] is not pair]
    act.session.flush()


def _climbing(telling: Telling, now: datetime, kept_by: Mapping[int, int]) -> Escalation | None:
    """The message as it stands on its ladder, if its kind has one and its matter is not over."""
    notice, about = telling.notice, telling.about
    if notice.urgency is Urgency.INFO:
        return None
    ladder = ladder_of(notice.urgency, clock_of(about, now))
    if ladder is None or (notice.settled and notice.settled(about)):
        return None
    return Escalation(
        entry_id=telling.entry.id,
        about_kind=record_of(about),
        about_id=telling.entry.about_id,
        matter=_matter(about, telling.entry),
        ladder=ladder.name,
        urgency=notice.urgency,
        procuratorate_id=getattr(about, "procuratorate_id", None),
        office_id=kept_by.get(_account(about) or 0),
        handler_id=_handler(about, telling.people),
        stood_in=False,
        state=EscalationState.WAITING,
        step=0,
        begun_at=now,
    )


def _put(act: Act, climbing: Sequence[tuple[Escalation, Telling]], now: datetime) -> None:
    """Put messages of different matters on their ladders, in the place of the older ones."""
    session = act.session
    known = _told_already(session, [one for one, _ in climbing])
    fresh = [(one, telling) for one, telling in climbing if one.entry_id not in known]
    if not fresh:
        return
    _replace(act, [one.matter for one, _ in fresh])
    everybody = {person_id for _, telling in fresh for person_id in telling.people}
    seen = _Seen.of(session, [one for one, _ in fresh], now, everybody)
    for one, telling in fresh:
        one.stood_in = one.handler_id in seen.away
        climb = Climb(LADDERS[one.ladder], _steps(one), 0, frozenset(telling.people))
        one.next_at = first_look(climb, _Staff(seen.away, {}, {}), now, seen.calendar)
        told = seen.named(one, telling.about, telling.people)
        one.calls = [EscalationCall(told_at=now, entry_id=one.entry_id, told=told)]
    session.add_all(one for one, _ in fresh)
    session.flush()


@demands(Permission.ESCALATION_SWEEP)
def sweep(act: Act, batch: int) -> int:
    """Look at the ladders on which a step has come due; say how many there were.

    Several workers share the work: what another one is looking at is left to it.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        EscalationRaised, EscalationAcknowledged, EscalationSettled, EscalationExhausted.
    """
    _take_notice(act, batch)
    due = (
        select(Escalation)
        .where(Escalation.next_at <= act.now)
        .order_by(Escalation.next_at)
        .limit(batch)
        .with_for_update(skip_locked=True, of=Escalation)
        .options(*_WHOLE)
    )
    taken = act.session.scalars(due, execution_options={"populate_existing": True}).all()
    if not taken:
        return 0
    seen = _Seen.of(act.session, taken, act.now)
    for one in taken:
        try:
            with act.session.begin_nested():
                _look(act, one, seen)
        except Exception as error:  # noqa: BLE001  # one message's mistake, whatever it is
            log.error(  # noqa: TRY400  # a traceback would carry the record's own words
                "escalation_not_raised", escalation=one.id, error=type(error).__name__
            )
            one.next_at = act.now + LATER
    act.session.flush()
    return len(taken)


@demands(Permission.ESCALATION_ACKNOWLEDGE)
def acknowledge(act: Act, escalation: Escalation) -> Escalation:
    """Say that it is known and dealt with; nobody else is told of it any more.

    What was acknowledged, or settled, before stays as it is.

    Refuses:
        NotAllowed: only somebody who was told, and still stands where they were told.

    Records:
        EscalationAcknowledged.
    """
    act.session.refresh(escalation, ["state"], with_for_update={"of": Escalation})
    if escalation.state in UNANSWERED:
        _acknowledged(act, escalation, act.actor.id, act.now)
    return escalation


def clock_of(about: Any, now: datetime) -> ClockKind:
    """Which clock runs behind a message about that record."""
    if isinstance(about, ToldAlert):
        return _clock_of(about.deadline, now)
    return (
        ClockKind.NONE
        if getattr(about, "procuratorate_id", None) is not None
        else ClockKind.ACCOUNT
    )


def _clock_of(deadline: Deadline, now: datetime) -> ClockKind:
    if deadline.due_at is not None:
        return ClockKind.HOURS
    if not deadline.is_custody:
        return ClockKind.DAYS
    near = deadline.due_on is not None and morning(deadline.due_on + DAY) - now < NEAR
    return ClockKind.HOURS if near else ClockKind.CUSTODY


def _matter(about: Any, entry: JournalEntry) -> str:
    if isinstance(about, ToldAlert):
        return f"deadlines/{about.deadline.id}"
    return f"{entry.kind}/{entry.about_id}"


def _handler(about: Any, people: Collection[int]) -> int | None:
    """The handler, if they were told."""
    found = about.deadline.handler_id if isinstance(about, ToldAlert) else None
    found = found or getattr(about, "handler_id", None)
    return found if found in people else None


def _account(about: Any) -> int | None:
    """The person whose account it is about, if it is about one."""
    person_id: int | None = getattr(about, "person_id", None)
    return person_id if getattr(about, "procuratorate_id", None) is None else None


def _account_offices(session: Session, abouts: Iterable[Any]) -> dict[int, int]:
    """By person, the office that keeps the account."""
    people = {person_id for about in abouts if (person_id := _account(about)) is not None}
    if not people:
        return {}
    kept = select(Person.id, Person.office_id).where(
        Person.id.in_(people), Person.office_id.is_not(None)
    )
    return {person_id: office_id for person_id, office_id in session.execute(kept) if office_id}


def coming(one: Escalation) -> LadderRung | None:
    """The rung that is told next, if one is left and nobody has answered."""
    if one.state is not EscalationState.WAITING:
        return None
    return next((step.to for step in _steps(one)[one.step :]), None)


def _steps(one: Escalation) -> tuple[Step, ...]:
    ladder = LADDERS[one.ladder]
    return ladder.in_place if one.stood_in else ladder.steps


def _told_already(session: Session, climbing: Sequence[Escalation]) -> set[int]:
    """Which are on their ladders, or have a newer message of their matter that is unanswered."""
    entries = {one.entry_id for one in climbing}
    known = set(
        session.scalars(select(Escalation.entry_id).where(Escalation.entry_id.in_(entries)))
    )
    newest = (
        select(Escalation.matter, func.max(Escalation.entry_id))
        .where(
            Escalation.matter.in_({one.matter for one in climbing}),
            Escalation.state.in_(UNANSWERED),
        )
        .group_by(Escalation.matter)
    )
    last = dict(session.execute(newest).all())
    return known | {one.entry_id for one in climbing if last.get(one.matter, 0) > one.entry_id}


def _replace(act: Act, matters: Collection[str]) -> None:
    """A newer message of the same matter takes the place of what is still unanswered."""
    older = (
        select(Escalation)
        .where(Escalation.matter.in_(matters), Escalation.state.in_(UNANSWERED))
        .order_by(Escalation.id)
        .with_for_update()
    )
    for one in act.session.scalars(older).all():
        _settle(act, one)


def _look(act: Act, one: Escalation, seen: "_Seen") -> None:
    """Settle what is over; otherwise go on by one rung."""
    notice = notices().get(one.entry.kind)
    about = notice and act.session.get(notice.about, one.about_id)
    if notice is None or about is None or (notice.settled and notice.settled(about)):
        _settle(act, one)
        return
    staff = seen.staff(act.session, one)
    climb = Climb(LADDERS[one.ladder], _steps(one), one.step, one.heard)
    if one.state is EscalationState.EXHAUSTED:
        raised = raise_daily(climb, staff, act.now)
    else:
        raised = raise_next(climb, staff, act.now, seen.calendar)
    one.step, one.next_at = raised.step, raised.at
    if raised.people:
        _tell(act, one, raised, staff)
    if raised.exhausted:
        one.state = FLOW.after(one.state, "exhaust")
        act.record(EscalationExhausted(one.id))
        if one.procuratorate_id is not None:
            tasks.open_for_pool(
                act,
                TaskKind.LOOK_INTO_SILENCE,
                one,
                office_id=one.procuratorate_id,
                post=PostKind.CASE_MANAGER,
            )


def _tell(act: Act, one: Escalation, raised: Raised, staff: "_Staff") -> None:
    assert raised.to is not None  # noqa: S101  # people are told at a rung
    told = [staff.told(person_id, raised.to) for person_id in sorted(raised.people)]
    call = EscalationCall(escalation=one, rung=raised.to, told_at=act.now, told=told)
    act.session.add(call)
    act.session.flush()
    act.record(EscalationRaised(call.id, one.id, raised.to.value, one.urgency.value))


def _settle(act: Act, one: Escalation) -> None:
    one.state = FLOW.after(one.state, "settle")
    one.next_at, one.ended_at = None, act.now
    tasks.cancel(act, TaskKind.LOOK_INTO_SILENCE, one)
    act.record(EscalationSettled(one.id))


def _acknowledged(act: Act, one: Escalation, person_id: int, at: datetime) -> None:
    one.state = FLOW.after(one.state, "acknowledge")
    one.acknowledged_at, one.acknowledged_by = at, person_id
    one.next_at, one.ended_at = None, act.now
    tasks.finish(act, TaskKind.LOOK_INTO_SILENCE, one)
    act.record(EscalationAcknowledged(one.id, person_id))


def _take_notice(act: Act, batch: int) -> None:
    """Whoever was told and has read it has taken notice; of an alarm they also have to say so.

    What somebody reads on leave, or where they no longer stand, is nobody's answer: the inbox
    shows no words of it to whoever has handed the case on or left the post.
    """
    day = func.timezone("Asia/Shanghai", Delivery.read_at).cast(Date)
    on_leave = exists().where(
        Leave.person_id == Delivery.person_id, Leave.from_on <= day, Leave.until_on >= day
    )
    explicit = [name for name, ladder in LADDERS.items() if ladder.explicit]
    read = (
        select(Escalation.id, Delivery.person_id, Delivery.read_at)
        .join(EscalationCall, EscalationCall.escalation_id == Escalation.id)
        .join(Delivery, Delivery.entry_id == EscalationCall.entry_id)
        .join(
            EscalationTold,
            and_(
                EscalationTold.call_id == EscalationCall.id,
                EscalationTold.person_id == Delivery.person_id,
            ),
        )
        .where(
            Escalation.state.in_(UNANSWERED),
            Escalation.ladder.not_in(explicit),
            Delivery.channel == DeliveryChannel.INBOX,
            Delivery.read_at.is_not(None),
            ~on_leave,
            _still_there(act),
            _is_their_answer(),
        )
        .ext(distinct_on(Escalation.id))
        .order_by(Escalation.id, Delivery.read_at)
        .limit(batch)
    )
    first = {row.id: row for row in act.session.execute(read)}
    if not first:
        return
    locked = (
        select(Escalation)
        .where(Escalation.id.in_(first), Escalation.state.in_(UNANSWERED))
        .order_by(Escalation.id)
        .with_for_update(skip_locked=True, of=Escalation)
    )
    for one in act.session.scalars(locked, execution_options={"populate_existing": True}).all():
        _acknowledged(act, one, first[one.id].person_id, first[one.id].read_at)
    act.session.flush()


def _is_their_answer() -> ColumnElement[bool]:
    """Where the message asks another organ to act, what our own staff read of it is no answer.

    Those answer who were asked, and whoever was told on a rung above because nobody else had.
    """
    asked, first = aliased(EscalationTold), aliased(EscalationCall)
    another_s = exists().where(
        first.escalation_id == Escalation.id,
        first.rung.is_(None),
        asked.call_id == first.id,
        asked.post.in_(ANOTHER_ORGAN),
    )
    above = EscalationCall.rung.in_(ABOVE)
    return or_(EscalationTold.post.in_(ANOTHER_ORGAN), above, ~another_s)


def _still_there(act: Act) -> ColumnElement[bool]:
    """Does whoever was told still stand where they were told? `was_told_to`, as SQL."""
    held = register.posts_on(act.today).where(
        Post.person_id == EscalationTold.person_id,
        Post.kind == EscalationTold.post,
        Post.office_id == EscalationTold.office_id,
    )
    handed_on = (
        select(Deadline.id)
        .join(ToldAlert, ToldAlert.deadline_id == Deadline.id)  # type: ignore[attr-defined]
        .where(
            ToldAlert.id == Escalation.about_id,  # type: ignore[attr-defined]  # of its own table
            Escalation.about_kind == DeadlineAlert.__tablename__,
            Escalation.handler_id == EscalationTold.person_id,
            Deadline.handler_id.is_distinct_from(Escalation.handler_id),
        )
    )
    posted = held.with_only_columns(Post.id).correlate(EscalationTold).exists()
    return and_(
        or_(EscalationTold.post.is_(None), posted),
        ~handed_on.correlate(Escalation, EscalationTold).exists(),
    )


@dataclass(slots=True)
class _Staff:
    """Who stands where, as far as one message is concerned."""

    away: frozenset[int]
    as_told: Mapping[int, EscalationTold]
    rungs: Mapping[LadderRung, Mapping[int, tuple[PostKind, int]]]

    def at(self, rung: LadderRung) -> Collection[int]:
        """Everyone of that rung, on leave or not."""
        return self.rungs.get(rung, {})

    def told(self, person_id: int, rung: LadderRung) -> EscalationTold:
        """That person is told, as what they are at that rung or were told before."""
        if place := self.rungs.get(rung, {}).get(person_id):
            return EscalationTold(person_id=person_id, post=place[0], office_id=place[1])
        before = self.as_told[person_id]
        return EscalationTold(person_id=person_id, post=before.post, office_id=before.office_id)


@dataclass(slots=True)
class _Seen:
    """What a look has to know of all that it took, read once."""

    calendar: Calendar
    held: defaultdict[tuple[PostKind, int], set[int]]
    away: frozenset[int]
    orders: dict[int, list[int]]
    settings: dict[int, WarningSettings]

    @classmethod
    def of(
        cls,
        session: Session,
        taken: Sequence[Escalation],
        now: datetime,
        people: Iterable[int] = (),
    ) -> "_Seen":
        today = now.astimezone(SHANGHAI).date()
        courts = {one.procuratorate_id for one in taken if one.procuratorate_id is not None}
        offices = courts | {one.office_id for one in taken if one.office_id is not None}
        chosen = register.posts_on(today).where(Post.office_id.in_(offices), Post.kind.in_(_SEEN))
        held = defaultdict[tuple[PostKind, int], set[int]](set)
        for row in session.execute(
            chosen.with_only_columns(Post.kind, Post.office_id, Post.person_id)
        ):
            held[row.kind, row.office_id].add(row.person_id)
        orders = select(SubstitutionOrder).where(SubstitutionOrder.office_id.in_(courts))
        standing = {one.office_id: one.substitutes for one in session.scalars(orders)}
        known = {*people}.union(*(one.heard for one in taken), *held.values(), *standing.values())
        away = select(Leave.person_id).where(
            Leave.person_id.in_(known), Leave.from_on <= today, Leave.until_on >= today
        )
        return cls(
            calendar_of(session),
            held,
            frozenset(session.scalars(away)),
            standing,
            warning_settings.of_offices(session, courts),
        )

    def named(self, one: Escalation, about: Any, people: Iterable[int]) -> list[EscalationTold]:
        """Whom the message itself was told, each as what they are in the matter."""
        pools = [(PostKind(post), office) for post, office in getattr(about, "pools", None) or ()]
        told = []
        for person_id in sorted(people):
            post, office_id = self._as(one, about, person_id, pools)
            told.append(EscalationTold(person_id=person_id, post=post, office_id=office_id))
        return told

    def _as(
        self, one: Escalation, about: Any, person_id: int, pools: list[tuple[PostKind, int]]
    ) -> tuple[PostKind | None, int | None]:
        if one.procuratorate_id is None:
            return None, None
        if person_id == one.handler_id:
            return PostKind.PROSECUTOR, one.procuratorate_id
        for post in _SEEN:
            if person_id in self.held[post, one.procuratorate_id]:
                return post, one.procuratorate_id
        elsewhere = [place for place in pools if place[0] in OTHER_ORGANS]
        police_id = getattr(about, "police_office_id", None)
        police = [(PostKind.POLICE_OFFICER, police_id)] if police_id is not None else []
        return next(iter([*elsewhere, *police]), (None, None))

    def staff(self, session: Session, one: Escalation) -> _Staff:
        """Who stands where in the office that the message concerns."""
        as_told = {row.person_id: row for row in one.told}
        rungs: dict[LadderRung, dict[int, tuple[PostKind, int]]] = {}
        if (office_id := one.procuratorate_id) is not None:
            beside = self._of(PostKind.CASE_MANAGER, office_id)
            rungs[LadderRung.SUBSTITUTE] = self._substitutes(session, one, as_told.values())
            rungs[LadderRung.HEAD] = beside | (
                self._of(PostKind.DEPARTMENT_HEAD, office_id) if self._heads_hear(one) else {}
            )
            rungs[LadderRung.CHIEF] = self._chiefs(office_id)
        elif one.office_id is not None:
            rungs[LadderRung.SECURITY] = self._of(PostKind.SECURITY_OFFICER, one.office_id)
        return _Staff(self.away | self._gone(one), as_told, rungs)

    def _gone(self, one: Escalation) -> frozenset[int]:
        """Whoever was told and no longer stands where they were told."""
        gone = {
            row.person_id
            for row in one.told
            if row.post in _SEEN and row.person_id not in self.held[row.post, row.office_id or 0]
        }
        return frozenset(gone if one.gone_id is None else {*gone, one.gone_id})

    def _of(self, post: PostKind, office_id: int) -> dict[int, tuple[PostKind, int]]:
        return dict.fromkeys(self.held[post, office_id], (post, office_id))

    def _chiefs(self, office_id: int) -> dict[int, tuple[PostKind, int]]:
        """The chief, who acts as one by delegation, and by the standing order if nobody else."""
        found = self._of(PostKind.CHIEF_PROCURATOR, office_id)
        found |= self._of(PostKind.ACTING_CHIEF, office_id)
        if not set(found) - self.away:
            found |= self._ordered(office_id)
        return found

    def _ordered(self, office_id: int) -> dict[int, tuple[PostKind, int]]:
        """The first of the standing order who is there."""
        there = (one for one in self.orders.get(office_id, ()) if one not in self.away)
        for person_id in there:
            for post in register.ABLE:
                if person_id in self.held[post, office_id]:
                    return {person_id: (post, office_id)}
        return {}

    def _substitutes(
        self, session: Session, one: Escalation, told: Iterable[EscalationTold]
    ) -> dict[int, tuple[PostKind, int]]:
        office_id = one.procuratorate_id
        assert office_id is not None  # noqa: S101  # asked for in a procuratorate only
        posts = {row.post for row in told}
        found: dict[int, tuple[PostKind, int]] = {}
        if one.handler_id is not None and one.about_kind == DeadlineAlert.__tablename__:
            readers = set(session.scalars(_readers(one)))
            prosecutors = self.held[PostKind.PROSECUTOR, office_id]
            heir_id = one.alert.deadline.handler_id if one.alert else None
            if one.gone_id is not None and heir_id is not None:
                readers.add(heir_id)
            found |= dict.fromkeys(readers & prosecutors, (PostKind.PROSECUTOR, office_id))
        if PostKind.CHIEF_PROCURATOR in posts:
            found |= self._of(PostKind.ACTING_CHIEF, office_id)
            if self.held[PostKind.CHIEF_PROCURATOR, office_id] <= self.away:
                found |= self._ordered(office_id)
        if posts & OTHER_ORGANS:
            found |= self._of(PostKind.CASE_MANAGER, office_id)
        return found

    def _heads_hear(self, one: Escalation) -> bool:
        """For the earlier warnings: only where the office lets its heads hear before the end."""
        if one.ladder is not LadderName.CLOCK or one.procuratorate_id is None:
            return True
        settings = self.settings[one.procuratorate_id]
        return any(Hears.DEPARTMENT_HEAD in settings.heard_by(tier) for tier in _BEFORE_THE_END)


def _readers(one: Escalation) -> Select[int]:
    """To whom the handler's case is open beside them: the team (RULES 5), never who was recused."""
    handled = (
        select(Case.id)
        .join(case_suspects, case_suspects.c.case_id == Case.id)
        .join(Deadline, Deadline.suspect_id == case_suspects.c.suspect_id)
        .join(ToldAlert, ToldAlert.deadline_id == Deadline.id)  # type: ignore[attr-defined]
        .where(
            ToldAlert.id == one.about_id,  # type: ignore[attr-defined]  # of the alert's own table
            Case.handler_id == one.handler_id,
            Case.procuratorate_id == one.procuratorate_id,
        )
    )
    return select(CaseReader.person_id).where(CaseReader.case_id.in_(handled))


_WHOLE = (
    joinedload(Escalation.entry),
    joinedload(Escalation.alert).joinedload(ToldAlert.deadline),
    selectinload(Escalation.calls).selectinload(EscalationCall.told),
)


@dataclass(frozen=True, slots=True)
class _OnTheRung:
    """Whoever was told at that rung and is still there."""

    def people(self, session: Session, call: Any) -> set[int]:
        """Everyone to whom it was told."""
        del session
        return {one.person_id for one in call.told}

    def includes(self, actor: Actor, call: Any) -> bool:
        """Was it told to the actor, who is still there?"""
        gone = actor.id == call.escalation.gone_id
        return not gone and any(told.is_still(actor) for told in call.told)


read_with(
    EscalationCall,
    selectinload(EscalationCall.told),
    joinedload(EscalationCall.escalation).joinedload(Escalation.entry),
    joinedload(EscalationCall.escalation)
    .joinedload(Escalation.alert)
    .joinedload(ToldAlert.deadline),
)


def original(one: Escalation) -> Message:
    """What nobody has confirmed, in its own words."""
    notice, session = notices().get(one.entry.kind), object_session(one)
    about: Any = one.alert
    if about is None and notice is not None and session is not None:
        about = session.get(notice.about, one.about_id)
    return notice.write(one.entry.event, about) if notice and about else _UNNAMED


_UNNAMED = Message(
    "紧急消息",
    "请询问承办人是否已经知悉。",
    "/inbox",
    en=Words("An urgent message", "Please ask whoever handles it whether it is known."),
)
_ACCOUNT = Message(
    "账号、设备安全提醒",
    "请与本人核实。",
    "/inbox",
    en=Words("A notice about the safety of an account", "Please ask the person concerned."),
)


def _sample() -> tuple[EscalationRaised, EscalationCall]:
    event, alert = _told_before()
    entry = JournalEntry(
        id=3,
        kind=type(event).__name__,
        about_id=event.about_id,
        details={"deadline_id": 5, "tier": Tier.LAST.value},
    )
    one = Escalation(
        id=4,
        entry=entry,
        alert=alert,
        ladder=LadderName.CUSTODY,
        procuratorate_id=1,
        begun_at=datetime(2026, 9, 13, 1, tzinfo=UTC),
    )
    call = EscalationCall(id=6, escalation=one, rung=LadderRung.HEAD, told_at=one.begun_at)
    return EscalationRaised(6, 4, LadderRung.HEAD.value, Urgency.URGENT.value), call


def _told_before() -> Any:
    sample = notices()["LastDaysReached"].sample
    assert sample is not None  # noqa: S101  # every notice of the house has one
    return sample()


def _pressing(call: EscalationCall) -> Pressing | None:
    """What breaks quiet hours and whatever was muted: as a period that is over."""
    return Pressing(call.told_at, None, presses=True) if call.overrides else None


@on(
    EscalationRaised,
    about=EscalationCall,
    to=_OnTheRung(),
    urgency=Urgency.URGENT,
    urgency_of=lambda event: Urgency(event.urgency),
    topic=lambda event: f"escalation/{event.escalation_id}",
    clock=_pressing,
    sample=_sample,
)
def escalation_raised(_event: EscalationRaised, call: EscalationCall) -> Message:
    """Tell what nobody has confirmed, in its own words."""
    message = _ACCOUNT if call.rung is LadderRung.SECURITY else original(call.escalation)
    english = message.said_in("en")
    return Message(
        f"尚无人确认：{message.title}",
        message.body,
        message.link,
        en=Words(f"Nobody has confirmed yet: {english.title}", english.body),
    )
