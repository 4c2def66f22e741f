"""Readiness (讯问准备): ticking the checklist, the look on the day before, the test of the kit.

What is missing is somebody's task and never a bar: only what the law itself asks for before the
first question holds an interrogation up (`sitting.start`). A receipt that is missing is practice.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, func, select
from sqlalchemy import event as sa_event
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services import tasks
from services.bookings import Booking, Occupation, bounds
from services.cases import Case
from services.deadlines.engine.articles import cited_en, cited_zh
from services.interrogations import checklist, operations
from services.interrogations.checklist import (
    DEMANDED,
    MIRRORED,
    ReadinessItem,
    ReadinessKind,
    ReadinessState,
)
from services.interrogations.flow import AHEAD, FLOW, InterrogationState
from services.interrogations.records import Interrogation
from services.kernel.act import SHANGHAI, Act, Event, Record
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.offices import OfficeKind
from services.policy import Permission, PostKind, allows, demands
from services.resources import Resource, ResourceKind
from services.tasks import TaskKind

LOOKED_AT_FROM = time(9)
"""The look on the day before is taken in the morning, when somebody is there to act on it."""
UNHELD_AFTER = timedelta(minutes=30)
"""So long after its end one that never began is somebody's task."""
TEST_LASTS = timedelta(hours=24)
"""A test of the line says something about so many hours to come."""
SLOWEST_MS = 400
"""One way, beyond which nobody can talk (ITU-T G.114)."""
MOST_LOST_PERMILLE = 50
TERMINALS = (ResourceKind.INTERROGATION_ROOM, ResourceKind.DESK)


class KitTest(Record):
    """What a terminal's test of itself found: one row for each test, never changed."""

    __tablename__ = "kit_tests"
    __table_args__ = (
        CheckConstraint(
            "network_ms >= 0 AND lost_permille BETWEEN 0 AND 1000", name="kit_tests_network"
        ),
        Index("kit_tests_by_resource", "resource_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    camera: Mapped[bool]
    microphone: Mapped[bool]
    speaker: Mapped[bool]
    network_ms: Mapped[int]
    """Milliseconds, one way."""
    lost_permille: Mapped[int]
    """How many of a thousand packets were lost."""
    browser: Mapped[str]
    passed: Mapped[bool]
    tested_at: Mapped[datetime]
    tested_by: Mapped[int] = mapped_column(ForeignKey("people.id"))

    resource: Mapped[Resource] = relationship()


sa_event.listen(
    KitTest.__table__,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kit_tests "
        "EXECUTE FUNCTION refuse_change()"
    ),
)


@dataclass(frozen=True, slots=True)
class KitFound:
    """What the phone or the terminal measured."""

    camera: bool
    microphone: bool
    speaker: bool
    network_ms: int
    lost_permille: int
    browser: str

    @property
    def passed(self) -> bool:
        """Could an interrogation be held with it?"""
        devices = self.camera and self.microphone and self.speaker
        quick = self.network_ms <= SLOWEST_MS and self.lost_permille <= MOST_LOST_PERMILLE
        return devices and quick


@dataclass(frozen=True, slots=True)
class ReadinessItemTicked(Event):
    """Something is ready; the event is about the item."""

    interrogation_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class ReadinessItemWaived(Event):
    """Something is not needed this time; the event is about the item."""

    interrogation_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class ReadinessItemReopened(Event):
    """Something is not ready after all; the event is about the item."""

    interrogation_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class KitTested(Event):
    """A terminal was tested; the event is about the room or the desk."""

    test_id: int
    passed: bool


@dataclass(frozen=True, slots=True)
class InterrogationMissed(Event):
    """Its time is over, and nobody began it or said why."""

    booking_id: int


class AlreadyReady(Conflict):
    """It was ticked or waived before."""

    zh = "该准备事项已经完成或者已经免除。"


class NotReadyYet(Conflict):
    """It is open: there is nothing to reopen."""

    zh = "该准备事项尚未完成，无需重新打开。"


class TickedByItsStep(Conflict):
    """This one is ticked by its own step: the centre confirms, the police are heard."""

    zh = "该事项由对应的步骤自动完成：看守所确认、听取公安机关意见，不能手工勾选。"


class DemandedByLaw(Conflict):
    """The law itself asks for it: nobody waives it."""

    zh = "法律规定必须具备的事项不得免除。"


class NoVideoTerminal(Unprocessable):
    """Only a room or a desk with a video terminal has a kit to test."""

    zh = "只有配备视频终端的讯问室或者工位可以登记设备检测结果。"


def find(act: Act, item_id: int) -> ReadinessItem:
    """The item, if the actor may see the interrogation; otherwise it does not exist."""
    seen = operations.visible(act).with_only_columns(Interrogation.id)
    found = act.session.scalar(
        select(ReadinessItem).where(
            ReadinessItem.id == item_id, ReadinessItem.interrogation_id.in_(seen)
        )
    )
    if found is None:
        raise NotFound
    return found


@demands(Permission.READINESS_ITEM_TICK)
def tick(act: Act, item: ReadinessItem, *, note: str = "") -> ReadinessItem:
    """Say that it is ready.

    Refuses:
        NotAllowed: only the handler, who takes part, case management, and who answers for it.
        WrongState: the interrogation has begun, is over, or was cancelled.
        TickedByItsStep: another step ticks it.
        AlreadyReady: it was ticked or waived before.

    Records:
        ReadinessItemTicked.
    """
    FLOW.after(item.interrogation.state, "prepare")
    if item.kind in MIRRORED:
        raise TickedByItsStep
    if item.state is not ReadinessState.OPEN:
        raise AlreadyReady
    _close(act, item, ReadinessState.DONE, note)
    act.record(ReadinessItemTicked(item.id, item.interrogation_id, item.kind.value))
    return item


@demands(Permission.READINESS_ITEM_WAIVE)
def waive(act: Act, item: ReadinessItem, *, reason: str) -> ReadinessItem:
    """Do without it this time, and say why; never what the law asks for.

    Refuses:
        NotAllowed: only the handler and case management.
        WrongState: the interrogation has begun, is over, or was cancelled.
        DemandedByLaw: the certificate (RULES 186), and hearing the police (RULES 280).
        AlreadyReady: it was ticked or waived before.

    Records:
        ReadinessItemWaived.
    """
    FLOW.after(item.interrogation.state, "prepare")
    articles = DEMANDED.get(item.kind)
    if articles is not None:
        raise DemandedByLaw(article=cited_en(articles), article_zh=cited_zh(articles))
    if item.standing is not ReadinessState.OPEN:
        raise AlreadyReady
    _close(act, item, ReadinessState.WAIVED, reason)
    act.record(ReadinessItemWaived(item.id, item.interrogation_id, item.kind.value))
    return item


@demands(Permission.READINESS_ITEM_TICK)
def reopen(act: Act, item: ReadinessItem) -> ReadinessItem:
    """Say that it is not ready after all.

    Refuses:
        NotAllowed: only the handler, who takes part, case management, and who answers for it.
        WrongState: the interrogation has begun, is over, or was cancelled.
        NotReadyYet: it is open, or another step ticks it.

    Records:
        ReadinessItemReopened.
    """
    FLOW.after(item.interrogation.state, "prepare")
    if item.state is ReadinessState.OPEN:
        raise NotReadyYet
    _open_again(act, item)
    return item


@demands(Permission.KIT_TEST_REPORT)
def report_kit(act: Act, place: Resource, found: KitFound) -> KitTest:
    """Keep what a terminal's test of itself found.

    A terminal that fails is a task for whoever keeps it. Once both ends of an interrogation have
    passed within the last day before it, its line test is done; a failure opens it again.

    Refuses:
        NotAllowed: only the people of that procuratorate or centre.
        NoVideoTerminal: it is no room and no desk with a terminal.

    Records:
        KitTested.
        ReadinessItemTicked: for every interrogation whose line is now tested.
        ReadinessItemReopened: for every one whose line is not any more.
    """
    if place.kind not in TERMINALS or not place.video or place.office is None:
        raise NoVideoTerminal
    test = KitTest(
        resource=place,
        passed=found.passed,
        tested_at=act.now,
        tested_by=act.actor.id,
        **asdict(found),
    )
    act.session.add(test)
    act.session.flush()
    act.record(KitTested(place.id, test.id, test.passed))
    if test.passed:
        tasks.finish(act, TaskKind.REPAIR_KIT, place)
    elif not tasks.open_about(act, TaskKind.REPAIR_KIT, place):
        centre = place.office.kind is OfficeKind.DETENTION_CENTRE
        tasks.open_for_pool(
            act,
            TaskKind.REPAIR_KIT,
            place,
            office_id=place.office.id,
            post=PostKind.DETENTION_OFFICER if centre else PostKind.CASE_MANAGER,
        )
    for item in _line_tests(act, place):
        tested = _both_ends_passed(act, item.interrogation)
        if tested and item.state is ReadinessState.OPEN:
            _close(act, item, ReadinessState.DONE, "")
            act.record(ReadinessItemTicked(item.id, item.interrogation_id, item.kind.value))
        elif not test.passed and item.state is ReadinessState.DONE:
            _open_again(act, item)
    return test


@demands(Permission.INTERROGATION_WATCH)
def watch(act: Act, batch: int) -> int:
    """Look at what is near, and at what was never held; how many were looked at.

    On every working day, from the morning on, at all that begins by the end of the next working
    day, so that a Friday looks at Monday. One that nobody began half an hour after its end is the
    handler's task: it cannot silently vanish.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        UnreadinessNoticed: something is missing.
        InterrogationMissed: nobody began it.
    """
    near = _near(act, batch)
    for interrogation in near:
        checklist.look(act, interrogation)
    missed = _missed(act, batch)
    for interrogation in missed:
        tasks.open_for_person(
            act,
            TaskKind.RESCHEDULE_INTERROGATION,
            interrogation,
            person_id=interrogation.handler_id or 0,
        )
        act.record(InterrogationMissed(interrogation.id, interrogation.booking_id or 0))
    act.session.flush()
    return len(near) + len(missed)


def allowed(act: Act, item: ReadinessItem) -> list[str]:
    """What the actor may do with it now."""
    if "prepare" not in FLOW.open_from(item.interrogation.state):
        return []
    own = item.kind not in MIRRORED
    open_now = item.standing is ReadinessState.OPEN
    can = {
        "tick": own and open_now and _may(act, Permission.READINESS_ITEM_TICK, item),
        "waive": (
            open_now
            and item.kind not in DEMANDED
            and _may(act, Permission.READINESS_ITEM_WAIVE, item)
        ),
        "reopen": (
            item.state is not ReadinessState.OPEN
            and _may(act, Permission.READINESS_ITEM_TICK, item)
        ),
    }
    return [verb for verb, may in can.items() if may]


def _may(act: Act, permission: Permission, item: ReadinessItem) -> bool:
    return allows(act.actor, permission, item)


def _close(act: Act, item: ReadinessItem, state: ReadinessState, note: str) -> None:
    item.state, item.note = state, note
    item.closed_at, item.closed_by = act.now, act.actor.id
    act.session.flush()
    checklist.settle(act, item.interrogation)


def _open_again(act: Act, item: ReadinessItem) -> None:
    checklist.open_again(item)
    act.session.flush()
    checklist.settle(act, item.interrogation)
    act.record(ReadinessItemReopened(item.id, item.interrogation_id, item.kind.value))


def _near(act: Act, batch: int) -> list[Interrogation]:
    """What begins by the end of the next working day and was not looked at for that time."""
    local = act.now.astimezone(SHANGHAI)
    last = checklist.next_working_day(act)
    if local.time() < LOOKED_AT_FROM:
        last = act.today
    ends = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
    chosen = (
        select(Interrogation)
        .join(Booking, Interrogation.booking_id == Booking.id)
        .where(
            Interrogation.state.in_(AHEAD),
            Interrogation.readiness_looked_at.is_(None),
            func.lower(Booking.during) > act.now,
            func.lower(Booking.during) < ends,
        )
        .order_by(Interrogation.id)
        .limit(batch)
        .with_for_update(of=Interrogation, skip_locked=True)
    )
    return list(act.session.scalars(chosen))


def _missed(act: Act, batch: int) -> list[Interrogation]:
    """What was to be over half an hour ago, never began, and is on nobody's list."""
    listed = select(tasks.Task.about_id).where(
        tasks.Task.kind == TaskKind.RESCHEDULE_INTERROGATION,
        tasks.Task.about_kind == Interrogation.__tablename__,
        tasks.Task.state == tasks.TaskState.OPEN,
    )
    chosen = (
        select(Interrogation)
        .join(Booking, Interrogation.booking_id == Booking.id)
        .join(Case, Interrogation.case_id == Case.id)
        .where(
            Interrogation.state.in_(AHEAD | {InterrogationState.CHECKED_IN}),
            Case.handler_id.is_not(None),
            func.upper(Booking.during) < act.now - UNHELD_AFTER,
            Interrogation.id.not_in(listed),
        )
        .order_by(Interrogation.id)
        .limit(batch)
        .with_for_update(of=Interrogation, skip_locked=True)
    )
    return list(act.session.scalars(chosen))


def _line_tests(act: Act, place: Resource) -> list[ReadinessItem]:
    """The line tests of the interrogations that will be held at that terminal, in their order."""
    chosen = (
        select(ReadinessItem)
        .join(Interrogation, ReadinessItem.interrogation_id == Interrogation.id)
        .join(Booking, Interrogation.booking_id == Booking.id)
        .where(
            ReadinessItem.kind == ReadinessKind.LINE_TEST,
            Interrogation.state.in_(AHEAD),
            func.upper(Booking.during) > act.now,
            func.lower(Booking.during) <= act.now + TEST_LASTS,
            select(Occupation.id)
            .where(Occupation.booking_id == Booking.id, Occupation.resource_id == place.id)
            .exists(),
        )
        .order_by(ReadinessItem.id)
        .with_for_update(of=ReadinessItem)
    )
    return list(act.session.scalars(chosen))


def _both_ends_passed(act: Act, interrogation: Interrogation) -> bool:
    booking = interrogation.booking
    if booking is None:
        return False
    starts_at, _ = bounds(booking.during)
    ends = {one.resource_id for one in booking.occupations if one.resource.kind in TERMINALS}
    newest = (
        select(KitTest)
        .where(KitTest.resource_id.in_(ends), KitTest.tested_at >= starts_at - TEST_LASTS)
        .order_by(KitTest.resource_id, KitTest.id.desc())
        .ext(distinct_on(KitTest.resource_id))
    )
    tests = list(act.session.scalars(newest))
    return {test.resource_id for test in tests if test.passed} == ends
