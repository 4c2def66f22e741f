"""The sitting (讯问当日): who came, what was told, when it ran and when it stood still.

What is evidence is written once and never changed: the notices with who was present, and every
event of the room. Events of the rooms carry a number that only grows. One that is not newer than
what is known has no effect whatever; so whatever is repeated or comes late, the state is that of
the newest, and never an older one after a newer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey, Identity, Index, select
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, Session, mapped_column

from services import bookings, tasks
from services.bookings import bounds
from services.deadlines.engine.articles import Article, cited_en, cited_zh, law
from services.interrogations import checklist, composition, grounds, paper
from services.interrogations.checklist import ReadinessKind, ReadinessState
from services.interrogations.drafts import Arrangement, Seat
from services.interrogations.flow import (
    AHEAD,
    FLOW,
    LIVE,
    InterrogationState,
    Mode,
    NotHeldBecause,
    Role,
)
from services.interrogations.records import Attendance, Interrogation
from services.kernel.act import Act, Event, Record
from services.kernel.clock import machine_now
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, NotFound
from services.policy import Permission, demands
from services.tasks import TaskKind
from services.video import JoinToken, VideoRole, VideoRooms

EARLIEST = timedelta(minutes=30)
"""So long before the booked start it may begin, and the video room opens."""
STAYS_OPEN = timedelta(minutes=15)
"""So long after the booked end a token still opens the room."""
NEWEST = 2**31 - 1
"""The highest number an event of a room may carry."""


class NoticeKind(StrEnum):
    """What was told to the suspect, or checked, before the first question."""

    IDENTITY = "identity"
    RIGHTS = "rights"
    """The rights and duties of a suspect (RULES 258 paragraph 1)."""
    PLEA_LENIENCY = "plea_leniency"
    """The law on admitting guilt and accepting punishment (RULES 258 paragraph 1)."""
    RECORDING = "recording"
    """That sound and picture are recorded (RULES 190, by analogy)."""


BEFORE_QUESTIONS = frozenset({NoticeKind.RIGHTS, NoticeKind.PLEA_LENIENCY})
"""What the suspect is told before the first question (RULES 258¶1)."""


class IdentityCheck(StrEnum):
    """How the suspect was identified."""

    DOCUMENT = "document"
    CENTRE_FILE = "centre_file"
    """By the detention centre's own file and photograph."""
    SELF_REPORTED = "self_reported"
    """By the own word and a photograph: somebody whose name is unknown (MPS 130)."""


class SittingStep(StrEnum):
    """What happened in the room."""

    ARRIVED = "arrived"
    CHECKED_IN = "checked_in"
    STARTED = "started"
    PAUSED = "paused"
    LINK_LOST = "link_lost"
    RESUMED = "resumed"
    ENDED = "ended"
    NOT_HELD = "not_held"


class RoomReport(StrEnum):
    """What a room's terminal or the video server says."""

    PAUSED = "paused"
    LINK_LOST = "link_lost"
    LINK_RESTORED = "link_restored"
    RESUMED = "resumed"


class SittingNotice(Record):
    """One notice or check, with when, by whom, and who was present: evidence, never changed."""

    __tablename__ = "sitting_notices"
    __table_args__ = (
        CheckConstraint("(kind = 'identity') = (how IS NOT NULL)", name="sitting_notices_how"),
        Index("sitting_notices_of_one", "interrogation_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    interrogation_id: Mapped[int] = mapped_column(ForeignKey("interrogations.id"))
    kind: Mapped[NoticeKind]
    how: Mapped[IdentityCheck | None]
    note: Mapped[str] = mapped_column(default="")
    present: Mapped[list[Any]]
    """Whoever was checked in beside the suspect: `{role, person_id, participant_id}`."""
    told_at: Mapped[datetime]
    told_by: Mapped[int] = mapped_column(ForeignKey("people.id"))


class SittingEvent(Record):
    """One thing that happened in the room: evidence, never changed."""

    __tablename__ = "sitting_events"
    __table_args__ = (
        CheckConstraint("sequence >= 1", name="sitting_events_sequence"),
        Index("sitting_events_of_one", "interrogation_id", "id"),
        Index("sitting_events_once", "interrogation_id", "sequence", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    interrogation_id: Mapped[int] = mapped_column(ForeignKey("interrogations.id"))
    step: Mapped[SittingStep]
    state: Mapped[InterrogationState]
    """Where the interrogation stood after it."""
    sequence: Mapped[int | None]
    """The room's own number; none of what the staff did."""
    reason: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Ids and codes: who arrived, who was absent, why."""
    happened_at: Mapped[datetime]
    """As the room's clock says; of what the staff did, when it was done."""
    recorded_at: Mapped[datetime]
    by_id: Mapped[int]


for _kept in (SittingNotice, SittingEvent):
    sa_event.listen(
        _kept.__table__,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {_kept.__tablename__} EXECUTE FUNCTION refuse_change()"
        ),
    )


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """What a room reports, with its own number."""

    sequence: int
    report: RoomReport
    happened_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Interruption:
    """From when to when an interrogation stood still; without an end it still does."""

    step: SittingStep
    reason: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SeatArrived(Event):
    """Somebody was checked in; the event is about the interrogation."""

    attendance_id: int


@dataclass(frozen=True, slots=True)
class SuspectIdentityChecked(Event):
    """The suspect was identified; the event is about the interrogation."""

    how: str


@dataclass(frozen=True, slots=True)
class SittingNoticeGiven(Event):
    """The suspect was told something the law wants told; the event is about the interrogation."""

    kind: str


@dataclass(frozen=True, slots=True)
class InterrogationStarted(Event):
    """An interrogation began."""


@dataclass(frozen=True, slots=True)
class InterrogationPaused(Event):
    """An interrogation stands still for a while."""


@dataclass(frozen=True, slots=True)
class InterrogationLinkDropped(Event):
    """The link to the room was lost."""


@dataclass(frozen=True, slots=True)
class InterrogationResumed(Event):
    """An interrogation goes on."""


@dataclass(frozen=True, slots=True)
class InterrogationEnded(Event):
    """An interrogation is over; the minutes to its booked end were given back."""

    minutes_returned: int


@dataclass(frozen=True, slots=True)
class NoShowRecorded(Event):
    """An interrogation was not held when its time came."""

    because: str


class ArrivedBefore(Conflict):
    """They were checked in before."""

    zh = "该人员已经签到。"


class NotYetTime(Conflict):
    """It is too early: it begins half an hour before the booked start at the earliest."""

    zh = "未到时间：最早可在预约开始前三十分钟进行。"


class NotEverybodyThere(Conflict):
    """Somebody whom the law wants present has not been checked in."""

    zh = "依照法律规定应当在场的人员尚未全部签到，不能开始讯问。"


class NoCertificate(Conflict):
    """A detained suspect is met with a certificate (RULES 186¶1 by analogy); there is none yet."""

    zh = "参照刑诉规则第一百八十六条，讯问在押犯罪嫌疑人应当填写提讯、提解证，尚未办理。"


class IdentityUnchecked(Conflict):
    """The suspect was not identified: that comes first."""

    zh = "尚未核实犯罪嫌疑人身份，不能结束讯问。"


class RightsNotTold(Conflict):
    """The suspect was not told of rights and duties and of the law on leniency."""

    zh = "尚未告知犯罪嫌疑人诉讼权利、义务和认罪认罚的法律规定，不能结束讯问。"


class NotByVideo(Conflict):
    """It is held in person: there is no video room."""

    zh = "该次讯问不采用远程视频方式，没有视频房间。"


class RoomClosed(Conflict):
    """The video room is open from half an hour before the start until the end."""

    zh = "视频房间仅在预约开始前三十分钟至结束期间开放。"


def notices_of(session: Session, interrogation: Interrogation) -> Sequence[SittingNotice]:
    """What was told and checked, in its order."""
    chosen = select(SittingNotice).where(SittingNotice.interrogation_id == interrogation.id)
    return session.scalars(chosen.order_by(SittingNotice.id)).all()


def events_of(session: Session, interrogation: Interrogation) -> Sequence[SittingEvent]:
    """What happened in the room, in the order in which it was known."""
    chosen = select(SittingEvent).where(SittingEvent.interrogation_id == interrogation.id)
    return session.scalars(chosen.order_by(SittingEvent.id)).all()


def interruptions(happened: Sequence[SittingEvent]) -> list[Interruption]:
    """Every pause and every loss of the link, with how long it lasted."""
    found: list[Interruption] = []
    begun: SittingEvent | None = None
    still = {InterrogationState.PAUSED, InterrogationState.LINK_LOST}
    for each in happened:
        if begun is None and each.state in still:
            begun = each
        elif begun is not None and each.state not in still:
            found.append(
                Interruption(begun.step, begun.reason, begun.happened_at, each.happened_at)
            )
            begun = None
    if begun is not None:
        found.append(Interruption(begun.step, begun.reason, begun.happened_at, None))
    return found


def seat_of(interrogation: Interrogation, attendance_id: int) -> Attendance:
    """That seat of the interrogation.

    Refuses:
        NotFound: it has no such seat.
    """
    found = next((one for one in interrogation.attendances if one.id == attendance_id), None)
    if found is None:
        raise NotFound
    return found


@demands(Permission.INTERROGATION_ATTEND)
def check_in(act: Act, interrogation: Interrogation, seat: Attendance) -> Interrogation:
    """Say that somebody is there.

    Refuses:
        NotAllowed: only who takes part for the procuratorate, and the centre's officers.
        WrongState: it has no time, or is over.
        NotYetTime: earlier than half an hour before the booked start.
        ArrivedBefore: they were checked in before.

    Records:
        SeatArrived.
    """
    _in_turn(act, interrogation)
    FLOW.after(interrogation.state, "arrive")
    _refuse_early(act, interrogation)
    if seat.arrived_at is not None and seat.left_at is None:
        raise ArrivedBefore
    seat.arrived_at, seat.left_at = act.now, None
    _happened(act, interrogation, SittingStep.ARRIVED, details={"attendance_id": seat.id})
    act.record(SeatArrived(interrogation.id, seat.id))
    return interrogation


@demands(Permission.INTERROGATION_HOLD)
def check_identity(
    act: Act, interrogation: Interrogation, *, how: IdentityCheck, note: str = ""
) -> Interrogation:
    """Find out first who the suspect is (RULES 258 paragraph 1).

    A name that only the suspect vouches for never holds it up (MPS 130).

    Refuses:
        NotAllowed: only the staff in charge, who have not been recused.
        WrongState: it has no time, has begun, or the suspect was identified before.
        NotYetTime: earlier than half an hour before the booked start.

    Records:
        SuspectIdentityChecked.
    """
    _in_turn(act, interrogation)
    state = FLOW.after(interrogation.state, "check_in")
    _refuse_early(act, interrogation)
    interrogation.state = state
    _keep(act, interrogation, NoticeKind.IDENTITY, note, how)
    _happened(act, interrogation, SittingStep.CHECKED_IN)
    act.record(SuspectIdentityChecked(interrogation.id, how.value))
    return interrogation


@demands(Permission.INTERROGATION_HOLD)
def state_rights(act: Act, interrogation: Interrogation, *, note: str = "") -> Interrogation:
    """Tell the rights and duties, and the law on admitting guilt (RULES 258 ¶1, 187).

    Refuses:
        NotAllowed: only the staff in charge, who have not been recused.
        WrongState: the suspect was not identified yet, or it is over.

    Records:
        SittingNoticeGiven: one of each.
    """
    _in_turn(act, interrogation)
    FLOW.after(interrogation.state, "tell")
    for kind in (NoticeKind.RIGHTS, NoticeKind.PLEA_LENIENCY):
        _keep(act, interrogation, kind, note)
        act.record(SittingNoticeGiven(interrogation.id, kind.value))
    act.session.flush()
    return interrogation


@demands(Permission.INTERROGATION_HOLD)
def state_recording(act: Act, interrogation: Interrogation, *, note: str = "") -> Interrogation:
    """Tell that sound and picture are recorded (RULES 190, by analogy).

    Refuses:
        NotAllowed: only the staff in charge, who have not been recused.
        WrongState: the suspect was not identified yet, or it is over.

    Records:
        SittingNoticeGiven.
    """
    _in_turn(act, interrogation)
    FLOW.after(interrogation.state, "tell")
    _keep(act, interrogation, NoticeKind.RECORDING, note)
    act.session.flush()
    act.record(SittingNoticeGiven(interrogation.id, NoticeKind.RECORDING.value))
    return interrogation


@demands(Permission.INTERROGATION_HOLD)
def start(act: Act, interrogation: Interrogation) -> Interrogation:
    """Begin, with everybody present whom the law wants present (RULES 258, 260, 280, 465).

    What is only practice (a confirmation, a test of the line) holds nothing up.

    Refuses:
        NotAllowed: only the staff in charge, who have not been recused.
        WrongState: the suspect was not identified, or it has begun or is over.
        NotYetTime: earlier than half an hour before the booked start.
        NoCertificate: a detained suspect, and no certificate (RULES 186, by analogy).
        PoliceUnheard: a suspect who is not detained, before the police are (RULES 280).
        NotEverybodyThere: two of the staff, an adult with a minor, whoever interprets.

    Records:
        InterrogationStarted.
    """
    _in_turn(act, interrogation)
    state = FLOW.after(interrogation.state, "start")
    _refuse_early(act, interrogation)
    _refuse_unprepared(act, interrogation)
    _refuse_absent(act, interrogation)
    interrogation.state, interrogation.started_at = state, act.now
    _happened(act, interrogation, SittingStep.STARTED)
    tasks.finish(act, TaskKind.RESCHEDULE_INTERROGATION, interrogation)
    checklist.settle(act, interrogation)
    act.record(InterrogationStarted(interrogation.id))
    return interrogation


@demands(Permission.INTERROGATION_HOLD)
def pause(act: Act, interrogation: Interrogation, *, reason: str) -> Interrogation:
    """Let it stand still for a while, and say why.

    Refuses:
        NotAllowed: only the staff in charge, who have not been recused.
        WrongState: it does not run.

    Records:
        InterrogationPaused.
    """
    _in_turn(act, interrogation)
    interrogation.state = FLOW.after(interrogation.state, "pause")
    _happened(act, interrogation, SittingStep.PAUSED, reason=reason)
    act.record(InterrogationPaused(interrogation.id))
    return interrogation


@demands(Permission.INTERROGATION_HOLD)
def lose_link(act: Act, interrogation: Interrogation, *, reason: str = "") -> Interrogation:
    """Say that the link to the room was lost.

    Refuses:
        NotAllowed: only the staff in charge, who have not been recused.
        WrongState: it does not run.

    Records:
        InterrogationLinkDropped.
    """
    _in_turn(act, interrogation)
    interrogation.state = FLOW.after(interrogation.state, "lose_link")
    _happened(act, interrogation, SittingStep.LINK_LOST, reason=reason)
    act.record(InterrogationLinkDropped(interrogation.id))
    return interrogation


@demands(Permission.INTERROGATION_HOLD)
def resume(act: Act, interrogation: Interrogation) -> Interrogation:
    """Go on.

    Refuses:
        NotAllowed: only the staff in charge, who have not been recused.
        WrongState: it does not stand still.

    Records:
        InterrogationResumed.
    """
    _in_turn(act, interrogation)
    interrogation.state = FLOW.after(interrogation.state, "resume")
    _happened(act, interrogation, SittingStep.RESUMED)
    act.record(InterrogationResumed(interrogation.id))
    return interrogation


@demands(Permission.INTERROGATION_HOLD)
def end(act: Act, interrogation: Interrogation) -> Interrogation:
    """End it; the minutes to its booked end are free for others at once.

    Refuses:
        NotAllowed: only the staff in charge, who have not been recused.
        WrongState: it has not begun, or is over.
        IdentityUnchecked: nobody found out who the suspect is (RULES 258).
        RightsNotTold: the suspect was not told of rights and of the law on leniency (RULES 258).

    Records:
        InterrogationEnded.
    """
    _in_turn(act, interrogation)
    state = FLOW.after(interrogation.state, "end")
    told = _told(act, interrogation)
    if NoticeKind.IDENTITY not in told:
        raise IdentityUnchecked(**_cited("RULES 258¶1"))
    if not told >= BEFORE_QUESTIONS:
        raise RightsNotTold(**_cited("RULES 258¶1"))
    interrogation.state, interrogation.ended_at = state, act.now
    for seat in interrogation.attendances:
        if seat.arrived_at is not None and seat.left_at is None:
            seat.left_at = act.now
    returned = timedelta()
    if interrogation.booking is not None:
        _, booked_until = bounds(interrogation.booking.during)
        returned = max(booked_until - act.now, returned)
        bookings.shorten(act, interrogation.booking, until=act.now)
    _happened(act, interrogation, SittingStep.ENDED)
    grounds.ended(act, interrogation)
    _leave_record_to_sign(act, interrogation)
    act.record(InterrogationEnded(interrogation.id, returned // timedelta(minutes=1)))
    return interrogation


def _leave_record_to_sign(act: Act, interrogation: Interrogation) -> None:
    """Whoever led it sees to its record, unless that is complete already (RULES 188)."""
    leads = [one.person_id for one in interrogation.attendances if one.role is Role.LEAD]
    for person_id in leads:
        if person_id is not None and interrogation.recorded_at is None:
            tasks.open_for_person(act, TaskKind.SIGN_TRANSCRIPT, interrogation, person_id=person_id)


@demands(Permission.INTERROGATION_HOLD)
def not_held(
    act: Act,
    interrogation: Interrogation,
    *,
    because: NotHeldBecause,
    words: str,
    absent: Collection[Attendance] = (),
) -> Interrogation:
    """Say that it was not held, why, and who did not come; the time is free at once.

    So is one that broke off before the suspect was told the rights (RULES 258¶1); what was said
    after that is an interrogation, and is ended.

    Refuses:
        NotAllowed: only the staff in charge, who have not been recused.
        WrongState: it has no time, goes on, or is over; it broke off after the rights were told.
        NotYetTime: earlier than half an hour before the booked start; until then it is cancelled.

    Records:
        NoShowRecorded.
    """
    _in_turn(act, interrogation)
    state = FLOW.after(interrogation.state, "not_held")
    if interrogation.started_at is not None and _told(act, interrogation) >= BEFORE_QUESTIONS:
        raise WrongState(state=interrogation.state, step="not_held")
    _refuse_early(act, interrogation)
    interrogation.state = state
    interrogation.not_held_because, interrogation.not_held_reason = because, words
    _happened(
        act,
        interrogation,
        SittingStep.NOT_HELD,
        reason=words,
        details={"because": because.value, "absent": [_as_plain(seat) for seat in absent]},
    )
    for kind in (
        TaskKind.CONFIRM_INTERROGATION,
        TaskKind.ANSWER_TIME_PROPOSAL,
        TaskKind.ESCORT_SUSPECT,
        TaskKind.PREPARE_INTERROGATION,
    ):
        tasks.cancel(act, kind, interrogation)
    tasks.finish(act, TaskKind.RESCHEDULE_INTERROGATION, interrogation)
    if interrogation.booking is not None:
        bookings.release(act, interrogation.booking)
    act.session.flush()
    act.record(NoShowRecorded(interrogation.id, because.value))
    return interrogation


@demands(Permission.INTERROGATION_REPORT)
def receive(act: Act, interrogation: Interrogation, event: RoomEvent) -> bool:
    """Take what a room reports, if it is newer than all that is known; did it have an effect?

    The numbers of an interrogation only grow, and gaps are fine. One that is repeated or comes
    late changes nothing and is not refused, so a terminal may send until it is answered. A newer
    one is always kept; it moves the interrogation only where that step is open, and ends no pause
    that the staff ordered.

    Refuses:
        NotAllowed: only the centre's officers, who takes part, and the video server.

    Records:
        InterrogationPaused, InterrogationLinkDropped, InterrogationResumed: what it changed.
    """
    _in_turn(act, interrogation)
    if interrogation.state not in AHEAD | LIVE or event.sequence <= interrogation.last_sequence:
        return False
    interrogation.last_sequence = event.sequence
    step, verb = REPORTED[event.report]
    before = interrogation.state
    if before in _FROM[event.report] and not _ordered_by_staff(act, interrogation, event):
        interrogation.state = FLOW.after(before, verb)
    _happened(
        act,
        interrogation,
        step,
        reason=event.reason,
        details={"report": event.report.value},
        room=event,
    )
    if interrogation.state is not before:
        act.record(_TOLD[step](interrogation.id))
    return True


@demands(Permission.INTERROGATION_ATTEND)
def join(act: Act, interrogation: Interrogation, rooms: VideoRooms) -> JoinToken:
    """A token for the video room: for one person, one room, and no longer than needed.

    The staff and the centre's terminal are seen and heard; a clerk only sees and hears. Nothing
    of it is kept.

    Refuses:
        NotAllowed: only who takes part for the procuratorate, and the centre's officers.
        NotByVideo: it is held in person.
        RoomClosed: earlier than half an hour before the start, or after the end.

    Records:
        Nothing.
    """
    if interrogation.mode is not Mode.REMOTE:
        raise NotByVideo
    if interrogation.booking is None or interrogation.state not in AHEAD | LIVE:
        raise RoomClosed
    starts_at, ends_at = bounds(interrogation.booking.during)
    until = max(ends_at, act.now) if interrogation.state in LIVE else ends_at
    if not starts_at - EARLIEST <= act.now <= until:
        raise RoomClosed
    seated = {one.person_id: one.role for one in interrogation.attendances}
    observes = seated.get(act.actor.id) is Role.CLERK
    # The video server knows no legal clock: what is left by ours is left by the machine's.
    left = until + STAYS_OPEN - act.now
    return rooms.mint(
        rooms.room_of(interrogation.id),
        person=act.actor.id,
        role=VideoRole.OBSERVER if observes else VideoRole.PUBLISHER,
        expires_at=machine_now() + left,
    )


REPORTED: Mapping[RoomReport, tuple[SittingStep, str]] = {
    RoomReport.PAUSED: (SittingStep.PAUSED, "pause"),
    RoomReport.LINK_LOST: (SittingStep.LINK_LOST, "lose_link"),
    RoomReport.LINK_RESTORED: (SittingStep.RESUMED, "resume"),
    RoomReport.RESUMED: (SittingStep.RESUMED, "resume"),
}
"""What a report means, and the flow's step behind it."""
_FROM: Mapping[RoomReport, frozenset[InterrogationState]] = {
    RoomReport.PAUSED: frozenset({InterrogationState.RUNNING}),
    RoomReport.LINK_LOST: frozenset({InterrogationState.RUNNING}),
    RoomReport.LINK_RESTORED: frozenset({InterrogationState.LINK_LOST}),
    RoomReport.RESUMED: frozenset({InterrogationState.PAUSED}),
}
_TOLD: Mapping[SittingStep, type[Event]] = {
    SittingStep.PAUSED: InterrogationPaused,
    SittingStep.LINK_LOST: InterrogationLinkDropped,
    SittingStep.RESUMED: InterrogationResumed,
}


def _ordered_by_staff(act: Act, interrogation: Interrogation, event: RoomEvent) -> bool:
    """Is it a room's word that would end a pause which the staff ordered?"""
    if event.report is not RoomReport.RESUMED:
        return False
    begun: SittingEvent | None = None
    before: InterrogationState | None = None
    for each in events_of(act.session, interrogation):
        if each.state is InterrogationState.PAUSED and before is not each.state:
            begun = each
        before = each.state
    return begun is not None and begun.sequence is None


def _in_turn(act: Act, interrogation: Interrogation) -> None:
    """Lock it and read it anew: the staff and the rooms speak at the same time."""
    act.session.flush()
    act.session.refresh(interrogation, with_for_update=True)


def _refuse_early(act: Act, interrogation: Interrogation) -> None:
    if interrogation.booking is None:
        return
    starts_at, _ = bounds(interrogation.booking.during)
    if act.now < starts_at - EARLIEST:
        raise NotYetTime(from_at=starts_at - EARLIEST)


def _refuse_unprepared(act: Act, interrogation: Interrogation) -> None:
    if interrogation.suspect.in_custody:
        item = checklist.one(act.session, interrogation, ReadinessKind.CERTIFICATE)
        if item is None or item.standing is not ReadinessState.DONE:
            raise NoCertificate(**_cited("RULES 186¶1"))
    paper.refuse_unheard(interrogation)


def _refuse_absent(act: Act, interrogation: Interrogation) -> None:
    """Ask the law of who takes part of those who are there."""
    there = Arrangement(
        purpose=interrogation.purpose,
        mode=interrogation.mode,
        minutes=interrogation.wanted_minutes,
        seats=tuple(
            Seat(one.role, one.person_id, one.participant_id) for one in _present(interrogation)
        ),
        language=interrogation.language,
        place=interrogation.place,
    )
    try:
        composition.check(act, interrogation.case, interrogation.suspect, there, starts_at=act.now)
    except composition.Unlawful as missing:
        why = {"zh": missing.zh, "en": missing.title}
        raise NotEverybodyThere(because=missing.slug, why=why, **missing.members) from missing


def _told(act: Act, interrogation: Interrogation) -> set[NoticeKind]:
    return {notice.kind for notice in notices_of(act.session, interrogation)}


def _present(interrogation: Interrogation) -> list[Attendance]:
    return [
        one
        for one in interrogation.attendances
        if one.arrived_at is not None and one.left_at is None
    ]


def _as_plain(seat: Attendance) -> dict[str, Any]:
    return {
        "role": seat.role.value,
        "person_id": seat.person_id,
        "participant_id": seat.participant_id,
    }


def _keep(
    act: Act,
    interrogation: Interrogation,
    kind: NoticeKind,
    note: str,
    how: IdentityCheck | None = None,
) -> None:
    act.session.add(
        SittingNotice(
            interrogation_id=interrogation.id,
            kind=kind,
            how=how,
            note=note,
            present=[_as_plain(seat) for seat in _present(interrogation)],
            told_at=act.now,
            told_by=act.actor.id,
        )
    )


def _happened(  # noqa: PLR0913  # each by its name
    act: Act,
    interrogation: Interrogation,
    step: SittingStep,
    *,
    reason: str = "",
    details: dict[str, Any] | None = None,
    room: RoomEvent | None = None,
) -> None:
    act.session.add(
        SittingEvent(
            interrogation_id=interrogation.id,
            step=step,
            state=interrogation.state,
            sequence=room.sequence if room else None,
            reason=reason,
            details=details or {},
            happened_at=room.happened_at if room else act.now,
            recorded_at=act.now,
            by_id=act.actor.id,
        )
    )
    act.session.flush()


def _cited(*articles: str) -> dict[str, str]:
    found: tuple[Article, ...] = law(*articles)
    return {"article": cited_en(found), "article_zh": cited_zh(found)}
