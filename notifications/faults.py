"""Faults: dead letters with an owner.

What a vendor refused for good, or refused too often, is put on a heap: one for each channel, code
and office of the people whom it did not reach. A heap is a task of that office's administrator,
who mends the cause and lets the letters go out again, or says why they need not.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from notifications.audiences import pool, together
from notifications.channels import Verdict
from notifications.deliveries import (
    FLOW as DELIVERY_FLOW,
)
from notifications.deliveries import (
    Delivery,
    DeliveryChannel,
    DeliveryState,
    DevicePush,
)
from notifications.dispatcher import SEND
from notifications.messages import Message, Urgency, Words, on
from services import offices, people, tasks
from services.kernel import jobs
from services.kernel.act import Act, Event, Record
from services.kernel.clock import machine_now
from services.kernel.flow import Flow
from services.kernel.refusals import NotFound
from services.offices import Office, OfficeKind
from services.people import Post
from services.policy import Permission, PostKind, demands
from services.tasks import TaskKind

OPEN_HEAP = "delivery_faults_one_open_heap"
UNKNOWN_CODE = "UNKNOWN"
_IS_OPEN: ColumnElement[bool] = literal_column("state = 'open'", Boolean)
_IS_NEW: ColumnElement[bool] = literal_column("xmax = 0", Boolean)


class FaultState(StrEnum):
    """Where a heap stands."""

    OPEN = "open"
    REPLAYED = "replayed"
    DISMISSED = "dismissed"


FLOW = Flow(
    {
        "replay": ({FaultState.OPEN}, FaultState.REPLAYED),
        "dismiss": ({FaultState.OPEN}, FaultState.DISMISSED),
    }
)


class DeliveryFault(Record):
    """The dead letters of one channel and code, for the people of one office."""

    __tablename__ = "delivery_faults"
    __table_args__ = (
        Index(
            OPEN_HEAP,
            "channel",
            "code",
            "office_id",
            unique=True,
            postgresql_where=_IS_OPEN,
        ),
        Index("delivery_faults_of_office", "office_id", "id"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="delivery_faults_closed_at"),
        CheckConstraint(
            "(state = 'dismissed') = (reason IS NOT NULL)", name="delivery_faults_dismissed_why"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[DeliveryChannel]
    code: Mapped[str]
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """The office of the people whom it did not reach."""
    owner_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    owner_post: Mapped[PostKind]
    """Whose task it is: the nearest administrator, or case management where there is none."""
    state: Mapped[FaultState] = mapped_column(default=FaultState.OPEN)
    letters: Mapped[int] = mapped_column()
    """How many have been put on it."""
    replayed: Mapped[int | None]
    """How many of them went out again."""
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """None where the console did it."""
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    """Of what people decide; another letter leaves it as it is."""

    office: Mapped[Office] = relationship(foreign_keys=office_id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Every office whose administrators see to it."""
        return self.office.led_by_ids

    @property
    def procuratorate_id(self) -> int | None:
        """Where case management sees to it, as nobody administers; none where somebody does."""
        return self.owner_id if self.owner_post is PostKind.CASE_MANAGER else None

    @property
    def administered_at(self) -> int | None:
        """The office whose administrators have it as their task; none where nobody administers."""
        return self.owner_id if self.owner_post is PostKind.ADMINISTRATOR else None


@dataclass(frozen=True, slots=True)
class FaultOpened(Event):
    """Pushes of one kind of failure did not go out."""

    channel: str
    code: str


@dataclass(frozen=True, slots=True)
class FaultReplayed(Event):
    """The pushes of a heap go out again, as far as they still make sense."""

    letters: int


@dataclass(frozen=True, slots=True)
class FaultDismissed(Event):
    """Somebody said why the pushes of a heap need not go out; the reason stands there."""


def visible(act: Act) -> Select[DeliveryFault]:
    """The heaps of the offices that the actor administers, or that fell to case management."""
    administered = offices.at_or_below(act.session, act.actor.offices_as(PostKind.ADMINISTRATOR))
    return select(DeliveryFault).where(
        or_(
            DeliveryFault.office_id.in_(administered),
            and_(
                DeliveryFault.owner_post == PostKind.CASE_MANAGER,
                DeliveryFault.owner_id.in_(act.actor.offices_as(PostKind.CASE_MANAGER)),
            ),
        )
    )


def find(act: Act, fault_id: int) -> DeliveryFault:
    """The heap, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(DeliveryFault.id == fault_id))
    if found is None:
        raise NotFound
    return found


def bury(act: Act, channel: DeliveryChannel, dead: Sequence[Delivery]) -> None:
    """Put dead letters on their heaps: a part of the sender's act.

    Records:
        FaultOpened.
    """
    if not dead:
        return
    office_of = _offices(act.session, {delivery.person_id for delivery in dead}, act.today)
    heaps = defaultdict[tuple[str, int], list[Delivery]](list)
    for delivery in dead:
        office_id = office_of.get(delivery.person_id)
        if office_id is not None:
            heaps[delivery.error or UNKNOWN_CODE, office_id].append(delivery)
    for (code, office_id), letters in sorted(heaps.items(), key=lambda heap: heap[0]):
        fault_id = _heap(act, channel, code, office_id, len(letters))
        for delivery in letters:
            delivery.fault_id = fault_id


@demands(Permission.DELIVERY_FAULT_REPLAY)
def replay(act: Act, fault: DeliveryFault) -> DeliveryFault:
    """Let the letters of a heap go out again, with fresh attempts and a fresh expiry.

    What was read meanwhile, or replaced by something newer, does not: it is superseded.

    Refuses:
        NotAllowed: only an administrator of that office or above, case management where nobody
            administers, or the console.
        WrongState: it was replayed or dismissed before.

    Records:
        FaultReplayed.
    """
    act.session.refresh(fault, with_for_update=True)
    state, now = FLOW.after(fault.state, "replay"), machine_now()
    line = aliased(Delivery)
    still_news = exists().where(
        line.entry_id == Delivery.entry_id,
        line.person_id == Delivery.person_id,
        line.channel == DeliveryChannel.INBOX,
        line.state == DeliveryState.DELIVERED,
    )
    letters = and_(Delivery.fault_id == fault.id, Delivery.state == DeliveryState.DEAD_LETTER)
    act.session.execute(
        update(Delivery)
        .where(letters, ~still_news)
        .values(state=DELIVERY_FLOW.after(DeliveryState.DEAD_LETTER, "supersede"))
        .execution_options(synchronize_session=False)
    )
    chosen = select(Delivery.id).where(letters)
    act.session.execute(
        delete(DevicePush)
        .where(
            DevicePush.delivery_id.in_(chosen),
            DevicePush.verdict.not_in((Verdict.ACCEPTED, Verdict.DEAD_TOKEN)),
        )
        .execution_options(synchronize_session=False)
    )
    living = case(
        *((Delivery.urgency == urgency, now + urgency.lives_for) for urgency in Urgency), else_=now
    )
    again = act.session.scalars(
        update(Delivery)
        .where(letters)
        .values(
            state=DELIVERY_FLOW.after(DeliveryState.DEAD_LETTER, "replay"),
            attempts=0,
            error=None,
            held=None,
            next_at=now,
            expires_at=living,
        )
        .returning(Delivery.id),
        execution_options={"synchronize_session": False},
    ).all()
    fault.replayed = len(again)
    _close(act, fault, state)
    act.record(FaultReplayed(fault.id, len(again)))
    jobs.defer(act.session, SEND)
    return fault


@demands(Permission.DELIVERY_FAULT_DISMISS)
def dismiss(act: Act, fault: DeliveryFault, *, reason: str) -> DeliveryFault:
    """Say why the letters of a heap need not go out; they stay what they are.

    Refuses:
        NotAllowed: only an administrator of that office or above, case management where nobody
            administers, or the console.
        WrongState: it was replayed or dismissed before.

    Records:
        FaultDismissed.
    """
    act.session.refresh(fault, with_for_update=True)
    state = FLOW.after(fault.state, "dismiss")
    fault.reason = reason
    _close(act, fault, state)
    act.record(FaultDismissed(fault.id))
    return fault


def _close(act: Act, fault: DeliveryFault, state: FaultState) -> None:
    fault.state, fault.closed_at, fault.closed_by = state, act.now, act.actor.id or None
    tasks.finish(act, TaskKind.REPLAY_DELIVERIES, fault)


def _heap(act: Act, channel: DeliveryChannel, code: str, office_id: int, letters: int) -> int:
    """Put so many letters on the open heap, which is opened where there is none."""
    heap = and_(
        DeliveryFault.channel == channel,
        DeliveryFault.code == code,
        DeliveryFault.office_id == office_id,
        DeliveryFault.state == FaultState.OPEN,
    )
    known: int | None = act.session.scalar(
        update(DeliveryFault)
        .where(heap)
        .values(letters=DeliveryFault.letters + letters, last_at=act.now)
        .returning(DeliveryFault.id),
        execution_options={"synchronize_session": False},
    )
    if known is not None:
        return known
    owner_id, owner_post = _owner(act, office_id)
    opening = insert(DeliveryFault).values(
        channel=channel,
        code=code,
        office_id=office_id,
        owner_id=owner_id,
        owner_post=owner_post,
        state=FaultState.OPEN,
        letters=letters,
        first_at=act.now,
        last_at=act.now,
        version=1,
    )
    fault_id, is_new = act.session.execute(
        opening.on_conflict_do_update(
            index_elements=["channel", "code", "office_id"],
            index_where=_IS_OPEN,
            set_={
                "letters": DeliveryFault.letters + opening.excluded.letters,
                "last_at": opening.excluded.last_at,
            },
        ).returning(DeliveryFault.id, _IS_NEW),
        execution_options={"synchronize_session": False},
    ).one()
    if is_new:
        fault = act.session.get_one(DeliveryFault, fault_id)
        tasks.open_for_pool(
            act, TaskKind.REPLAY_DELIVERIES, fault, office_id=owner_id, post=owner_post
        )
        act.record(FaultOpened(fault_id, channel.value, code))
    return int(fault_id)


def _offices(session: Session, person_ids: Collection[int], today: date) -> dict[int, int]:
    """The office of each person: of a post held today, else of the last one.

    Somebody who never held any is the concern of the procuratorate that leads all others.
    """
    is_over = and_(Post.until_on.is_not(None), Post.until_on < today)
    rows = session.execute(
        select(Post.person_id, Post.office_id)
        .ext(distinct_on(Post.person_id))
        .where(Post.person_id.in_(person_ids))
        .order_by(Post.person_id, is_over, Post.from_on.desc(), Post.id)
    )
    found = dict(rows.all())
    if set(person_ids) - set(found):
        leading = session.scalar(
            select(func.min(Office.id)).where(
                Office.kind == OfficeKind.PROCURATORATE, Office.superior_id.is_(None)
            )
        )
        if leading is not None:
            found |= dict.fromkeys(set(person_ids) - set(found), leading)
    return found


def _owner(act: Act, office_id: int) -> tuple[int, PostKind]:
    """The nearest office that has an administrator; where none has, the nearest case management."""
    above = _from_below(act.session.get_one(Office, office_id))
    for post in (PostKind.ADMINISTRATOR, PostKind.CASE_MANAGER):
        for office in above:
            if people.holders(act.session, [post], office.id, act.today):
                return office.id, post
    leading = [office for office in above if office.kind is OfficeKind.PROCURATORATE]
    return (leading or above)[0].id, PostKind.CASE_MANAGER


def _from_below(office: Office) -> list[Office]:
    """The office and whatever leads it, the nearest first."""
    found, todo = list[Office](), [office]
    while todo:
        one = todo.pop(0)
        if one not in found:
            found.append(one)
            todo += [above for above in (one.superior, one.procuratorate) if above]
    return found


def _sample() -> DeliveryFault:
    return DeliveryFault(
        id=4, channel=DeliveryChannel.FCM, owner_id=1, owner_post=PostKind.ADMINISTRATOR
    )


@on(
    FaultOpened,
    about=DeliveryFault,
    to=together(
        pool(PostKind.ADMINISTRATOR, of="administered_at"),
        pool(PostKind.CASE_MANAGER, of="procuratorate_id"),
    ),
    urgency=Urgency.TASK,
    sample=lambda: (FaultOpened(4, "fcm", "INVALID_ARGUMENT"), _sample()),
)
def fault_opened(event: FaultOpened, fault: DeliveryFault) -> Message:
    """Tell whoever owns it that pushes could not be sent, by which channel and why."""
    return Message(
        "推送失败待处理",
        f"{CHANNELS_ZH[fault.channel]}返回{event.code}，部分推送未能发出。"
        "请查明原因，处理后重新发送或者说明理由后关闭。",
        f"/delivery-faults/{fault.id}",
        en=Words(
            "Pushes that failed",
            f"{CHANNELS_EN[fault.channel]} answered {event.code} and some pushes did not go out."
            " Mend the cause and send them again, or close them with a reason.",
        ),
    )


CHANNELS_ZH = {
    DeliveryChannel.INBOX: "应用内收件箱",
    DeliveryChannel.FCM: "FCM推送通道",
    DeliveryChannel.WEB_PUSH: "浏览器推送通道",
    DeliveryChannel.HMS: "华为推送通道",
    DeliveryChannel.STREAM: "内网直连通道",
}
CHANNELS_EN = {
    DeliveryChannel.INBOX: "The inbox",
    DeliveryChannel.FCM: "FCM",
    DeliveryChannel.WEB_PUSH: "Web Push",
    DeliveryChannel.HMS: "Huawei Push Kit",
    DeliveryChannel.STREAM: "The stream of the closed network",
}
