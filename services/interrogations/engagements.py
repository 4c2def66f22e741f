"""What else a suspect has to be at (其他事务): a lawyer, a court, a doctor, another centre.

The centre that holds the suspect enters it. Court, doctor and transfer come first, and an
interrogation in the way is held at another time. A lawyer's meeting is arranged within 48 hours
of being asked for (CPL 39¶2): it goes beside an interrogation where those hours leave room, and
comes first where they do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services import bookings, offices, resources
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import IN_CUSTODY
from services.bookings import ENGAGEMENTS, Booking, BookingKind, BookingState, Option, Want, bounds
from services.deadlines.engine.articles import cited_en, cited_zh, law
from services.interrogations.flow import LostBecause
from services.interrogations.records import Interrogation
from services.interrogations.replanning import (
    Replanned,
    ahead,
    give_way,
    in_the_way,
    replan,
    replant,
    uproot,
    waiting,
)
from services.kernel.act import SHANGHAI, Act, Event, Record
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.offices import Office, OfficeKind
from services.policy import Permission, PostKind, demands

MEETING = law("CPL 39¶2")
WITHIN = timedelta(hours=48)
FROM, UNTIL, EVERY = time(8, 30), time(17, 30), timedelta(minutes=30)
"""When a lawyer's meeting may be offered, in Asia/Shanghai, and in which steps."""
MOST_OFFERED = 3


class Engagement(Record):
    """One thing that a suspect has to be at; the time itself is a booking of the suspect."""

    __tablename__ = "engagements"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'transfer') = (destination_id IS NOT NULL)", name="engagements_destination"
        ),
        CheckConstraint(
            "(kind = 'lawyer_meeting') = (asked_at IS NOT NULL)", name="engagements_asked_at"
        ),
        CheckConstraint("destination_id <> centre_id", name="engagements_elsewhere"),
        Index("engagements_by_booking", "booking_id", unique=True),
        Index("engagements_by_centre", "centre_id", "id"),
        Index("engagements_by_destination", "destination_id", "id"),
        Index("engagements_by_suspect", "suspect_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BookingKind]
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    centre_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    """The centre that held the suspect when it was entered."""
    destination_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    """The centre to which the suspect is brought."""
    asked_at: Mapped[datetime | None]
    """When the lawyer asked for the meeting: the 48 hours run from here."""
    arrived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    booking: Mapped[Booking] = relationship()
    suspect: Mapped[Suspect] = relationship()
    destination: Mapped[Office | None] = relationship(foreign_keys=destination_id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


@dataclass(frozen=True, slots=True)
class EngagementEntered(Event):
    """A suspect has to be somewhere."""

    kind: str
    moved: int
    waiting: int


@dataclass(frozen=True, slots=True)
class EngagementCancelled(Event):
    """A suspect does not have to be there after all."""


@dataclass(frozen=True, slots=True)
class SuspectTransferred(Event):
    """A suspect is held in another centre now; the event is about the suspect."""

    from_centre_id: int | None
    to_centre_id: int
    moved: int
    waiting: int


class EngagementOver(Conflict):
    """It is over, was cancelled, or the suspect has been brought there."""

    zh = "该事项已经结束、取消或者办结。"


class NotAnEngagement(Unprocessable):
    """A transfer names another centre, a lawyer's meeting when it was asked for; others neither."""

    zh = "换押应当指明另一看守所，律师会见应当写明提出时间；其他事项不填。"


class MeetingTooLate(Unprocessable):
    """A lawyer's meeting is arranged within 48 hours of being asked for (CPL 39)."""

    zh = "律师会见应当自提出要求之时起四十八小时以内安排。"


class InterrogatedThen(Conflict):
    """The suspect is interrogated then, and within the 48 hours there are free times."""

    zh = "该时段犯罪嫌疑人正在接受讯问安排，四十八小时以内另有可供会见的时段。"


@dataclass(frozen=True, slots=True)
class Detainee:
    """A suspect in the centre that holds them."""

    suspect: Suspect
    centre_id: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the suspect has to be at, and when."""

    kind: BookingKind
    during: Range[datetime]
    note: str = ""
    asked_at: datetime | None = None
    destination_id: int | None = None


@dataclass(frozen=True, slots=True)
class Engaged:
    """An engagement, and what became of the interrogations in its way."""

    engagement: Engagement
    replanned: Replanned


def detainees(act: Act) -> Select[Suspect]:
    """Everybody whom the actor's centres hold."""
    return select(Suspect).where(
        Suspect.detention_centre_id.in_(act.actor.offices_as(PostKind.DETENTION_OFFICER)),
        Suspect.measure.in_(IN_CUSTODY),
    )


def find_detainee(act: Act, suspect_id: int) -> Detainee:
    """The suspect, if one of the actor's centres holds them; otherwise there is nobody."""
    found = act.session.scalar(detainees(act).where(Suspect.id == suspect_id))
    if found is None or found.detention_centre_id is None:
        raise NotFound
    return Detainee(found, found.detention_centre_id)


def visible(act: Act) -> Select[Engagement]:
    """What the actor's centres have entered, and the transfers that come to them."""
    own = act.actor.offices_as(PostKind.DETENTION_OFFICER)
    return select(Engagement).where(
        or_(Engagement.centre_id.in_(own), Engagement.destination_id.in_(own))
    )


def find(act: Act, engagement_id: int) -> Engagement:
    """The engagement, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Engagement.id == engagement_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.ENGAGEMENT_ENTER)
def enter(act: Act, detainee: Detainee, wanted: Wanted) -> Engaged:
    """Enter what a suspect has to be at; whatever interrogation is in its way moves.

    A lawyer's meeting moves an interrogation only where the 48 hours leave no other time (CPL
    39¶2).

    Refuses:
        NotAllowed: only an officer of the centre that holds the suspect.
        NotAnEngagement: a transfer without another centre, a meeting without when it was asked.
        MeetingTooLate: the meeting would begin later than 48 hours after it was asked for.
        EngagementOver: the time lies in the past.
        TimeReversed: it ends before it begins, or lasts longer than a day.
        InterrogatedThen: an interrogation is in the way of a meeting, with the free times.
        AlreadyTaken: the suspect has to be at something else, or an interrogation has begun.

    Records:
        EngagementEntered, and for each interrogation InterrogationChanged.
    """
    _refuse_incomplete(act, detainee, wanted)
    bookings.refuse_reversed(wanted.during, wanted.kind)
    start, until = bounds(wanted.during)
    if until <= act.now:
        raise EngagementOver
    whom = resources.of_suspect(act, detainee.suspect.id)
    found = in_the_way(act, [whom], wanted.during)
    if wanted.asked_at is not None:
        _refuse_late(act, start, wanted.asked_at)
        if found and (free := _free_times(act, whom, wanted)):
            raise InterrogatedThen(
                free=[{"from": bounds(one)[0], "until": bounds(one)[1]} for one in free],
                article=cited_en(MEETING),
                article_zh=cited_zh(MEETING),
            )
    uproot(act, found)
    bookings.lock(act, [whom])
    give_way(act, [whom], wanted.during)
    booking = bookings.take(
        act,
        [Want((Option(whom),))],
        wanted.during,
        kind=wanted.kind,
        office_id=detainee.centre_id,
        note=wanted.note,
    )
    replanned = replant(act, found, LostBecause.SUSPECT_ENGAGED)
    engagement = Engagement(
        kind=wanted.kind,
        booking=booking,
        suspect=detainee.suspect,
        centre_id=detainee.centre_id,
        destination_id=wanted.destination_id,
        asked_at=wanted.asked_at,
    )
    act.session.add(engagement)
    act.session.flush()
    counts = len(replanned.moved), len(replanned.waiting)
    act.record(EngagementEntered(engagement.id, wanted.kind.value, *counts))
    return Engaged(engagement, replanned)


@demands(Permission.ENGAGEMENT_ENTER)
def cancel(act: Act, engagement: Engagement) -> Engagement:
    """The suspect does not have to be there: the time is free again.

    Refuses:
        NotAllowed: only an officer of the centre that entered it.
        EngagementOver: it is over, was cancelled, or the suspect has arrived.

    Records:
        EngagementCancelled.
    """
    _refuse_over(act, engagement)
    bookings.release(act, engagement.booking)
    act.session.flush()
    act.record(EngagementCancelled(engagement.id))
    return engagement


@demands(Permission.ENGAGEMENT_ARRIVE)
def arrive(act: Act, engagement: Engagement) -> Engaged:
    """The suspect is in the other centre: what is booked in the old one is held in the new one.

    Refuses:
        NotAllowed: only an officer of one of the two centres.
        NotAnEngagement: it is no transfer.
        EngagementOver: it was cancelled, or the suspect has arrived.

    Records:
        SuspectTransferred, and for each interrogation InterrogationChanged.
    """
    if engagement.destination_id is None:
        raise NotAnEngagement
    if engagement.arrived_at is not None or engagement.booking.state is BookingState.RELEASED:
        raise EngagementOver
    start, _ = bounds(engagement.booking.during)
    bookings.shorten(act, engagement.booking, until=max(start, act.now))
    engagement.arrived_at = act.now
    replanned = bring_to(act, engagement.suspect, engagement.destination_id, at=act.now)
    return Engaged(engagement, replanned)


def bring_to(act: Act, suspect: Suspect, centre_id: int, *, at: datetime) -> Replanned:
    """The suspect is held in that centre from then; part of the step that says so.

    Every later interrogation is held there: at the same time if a room is free, else at the
    earliest before its period ends.
    """
    former = suspect.detention_centre_id
    act.session.refresh(suspect, with_for_update=True)
    suspect.detention_centre_id = centre_id
    act.session.flush()
    found = [
        one
        for one in ahead(act, Interrogation.suspect_id == suspect.id)
        if one.during is not None and bounds(one.during)[1] > at
    ]
    replanned = replan(act, found, LostBecause.SUSPECT_MOVED)
    for one in waiting(act, Interrogation.suspect_id == suspect.id):
        one.centre_id = centre_id
    act.session.flush()
    counts = len(replanned.moved), len(replanned.waiting)
    act.record(SuspectTransferred(suspect.id, former, centre_id, *counts))
    return replanned


def _refuse_incomplete(act: Act, detainee: Detainee, wanted: Wanted) -> None:
    """Each kind has what it needs, and nothing that is another's.

    Refuses:
        NotAnEngagement: it has not.
    """
    brought = wanted.kind is BookingKind.TRANSFER
    asked = wanted.kind is BookingKind.LAWYER_MEETING
    if (
        wanted.kind not in ENGAGEMENTS
        or brought != (wanted.destination_id is not None)
        or asked != (wanted.asked_at is not None)
    ):
        raise NotAnEngagement
    if wanted.destination_id is not None:
        there = offices.find(act, wanted.destination_id)
        if there.kind is not OfficeKind.DETENTION_CENTRE or there.id == detainee.centre_id:
            raise NotAnEngagement


def _refuse_late(act: Act, start: datetime, asked_at: datetime) -> None:
    """Within 48 hours; once they are over it is still to be held, late.

    Refuses:
        MeetingTooLate: there is still time to keep them.
    """
    latest = asked_at + WITHIN
    if asked_at > act.now or (start > latest and act.now < latest):
        raise MeetingTooLate(latest=latest, article=cited_en(MEETING), article_zh=cited_zh(MEETING))


def _free_times(act: Act, whom: int, wanted: Wanted) -> Sequence[Range[datetime]]:
    """When within the 48 hours the suspect is free for as long, by day; the earliest first."""
    assert wanted.asked_at is not None  # noqa: S101  # a meeting was asked for
    start, until = bounds(wanted.during)
    length, latest = until - start, wanted.asked_at + WITHIN
    window = Range(act.now, latest + length)
    if latest <= act.now:
        return []
    taken = [one.during for one in act.session.scalars(bookings.overlapping([whom], window))]
    day = act.now.astimezone(SHANGHAI).date()
    free: list[Range[datetime]] = []
    while datetime.combine(day, FROM, SHANGHAI) <= latest:
        at = datetime.combine(day, FROM, SHANGHAI)
        while (
            at + length <= datetime.combine(day, UNTIL, SHANGHAI)
            and at <= latest
            and len(free) < MOST_OFFERED
        ):
            one = Range(at, at + length)
            if at >= act.now and not any(one.overlaps(each) for each in taken):
                free.append(one)
                at += length
            else:
                at += EVERY
        day += timedelta(days=1)
    return free


def _refuse_over(act: Act, engagement: Engagement) -> None:
    """Refuse what is over.

    Refuses:
        EngagementOver: it is over, was cancelled, or the suspect has arrived.
    """
    _, until = bounds(engagement.booking.during)
    released = engagement.booking.state is BookingState.RELEASED
    if released or until <= act.now or engagement.arrived_at is not None:
        raise EngagementOver
