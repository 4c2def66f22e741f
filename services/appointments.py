"""Appointments (任职): one officer proposes a post, another confirms it, and only then is it held.

The administrator proposes who is to hold which post in which office from when until when; the
security officer, another person, confirms it or says why not (三员分立). The database keeps the
three officers' duties apart, whoever confirms what at the same moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from services import offices, people, tasks
from services.kernel.act import Act, Event, Record
from services.kernel.flow import Flow
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.offices import Office, OfficeKind
from services.people import DUTIES, DutiesKeptApart, Duty, Person, Post
from services.policy import Permission, PostKind, demands
from services.tasks import TaskKind

ONE_PROPOSED = "appointments_one_proposed"
FURTHEST = timedelta(days=365)
"""A post is proposed for a beginning within a year."""

_PROCURATORATE = (OfficeKind.PROCURATORATE,)
_EVERYWHERE = tuple(OfficeKind)
HELD_IN: Mapping[PostKind, tuple[OfficeKind, ...]] = {
    PostKind.POLICE_OFFICER: (OfficeKind.PUBLIC_SECURITY,),
    PostKind.COMMISSION_OFFICER: (OfficeKind.SUPERVISORY_COMMISSION,),
    PostKind.CASE_MANAGER: _PROCURATORATE,
    PostKind.PROSECUTOR: _PROCURATORATE,
    PostKind.DEPARTMENT_HEAD: _PROCURATORATE,
    PostKind.CHIEF_PROCURATOR: _PROCURATORATE,
    PostKind.ASSISTANT: _PROCURATORATE,
    PostKind.CLERK: _PROCURATORATE,
    PostKind.EXECUTION_SUPERVISOR: _PROCURATORATE,
    PostKind.INSPECTOR: _PROCURATORATE,
    PostKind.DETENTION_OFFICER: (OfficeKind.DETENTION_CENTRE,),
    PostKind.JUSTICE_OFFICER: (OfficeKind.JUDICIAL_ADMINISTRATION,),
    PostKind.ADMINISTRATOR: _EVERYWHERE,
    PostKind.SECURITY_OFFICER: _EVERYWHERE,
    PostKind.AUDITOR: _EVERYWHERE,
}
"""In which kind of office a post is held. Who acts for a chief does so by a delegation, and who
supervises for the people is taken onto a register: neither is appointed here."""


class AppointmentState(StrEnum):
    """Where an appointment stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    """The post is held, or will be from its first day."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    """The post was taken away before its last day."""


class PostEndReason(StrEnum):
    """Why a post ends before its last day."""

    TRANSFERRED = "transferred"
    RESIGNED = "resigned"
    RETIRED = "retired"
    SECURITY = "security"
    MISTAKEN = "mistaken"


FLOW = Flow(
    {
        "confirm": ({AppointmentState.PROPOSED}, AppointmentState.CONFIRMED),
        "refuse": ({AppointmentState.PROPOSED}, AppointmentState.REFUSED),
        "withdraw": ({AppointmentState.PROPOSED}, AppointmentState.WITHDRAWN),
        "end": ({AppointmentState.CONFIRMED}, AppointmentState.ENDED),
    }
)


class Appointment(Record):
    """A post proposed for somebody, and what became of it."""

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="appointments_end_after_start"
        ),
        CheckConstraint(
            "(state = 'proposed') = (answered_at IS NULL)", name="appointments_answered"
        ),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name="appointments_by_somebody"
        ),
        CheckConstraint(
            "state NOT IN ('confirmed', 'refused') OR answered_by <> proposed_by",
            name="appointments_seen_by_two",
        ),
        CheckConstraint(
            "(state = 'refused') = (reason IS NOT NULL)", name="appointments_refused_with_a_reason"
        ),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="appointments_ended"),
        Index(
            ONE_PROPOSED,
            "person_id",
            "office_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        Index("appointments_by_office", "office_id", "state", "id"),
        Index("appointments_by_person", "person_id", "id"),
        Index("appointments_by_post", "post_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    kind: Mapped[PostKind]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    state: Mapped[AppointmentState] = mapped_column(default=AppointmentState.PROPOSED)
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None]
    """Why the security officer refused."""
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    """The post, while it is on the register; one that ended before it began is not."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    end_reason: Mapped[PostEndReason | None]
    version: Mapped[int] = mapped_column()

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    office: Mapped[Office] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Every office whose officers see to it."""
        return self.office.led_by_ids


@dataclass(frozen=True, slots=True)
class AppointmentProposed(Event):
    """A post was proposed for somebody."""

    person_id: int
    office_id: int
    post: str


@dataclass(frozen=True, slots=True)
class AppointmentConfirmed(Event):
    """A proposed post was confirmed, and is held from its first day."""

    person_id: int
    post_id: int


@dataclass(frozen=True, slots=True)
class AppointmentRefused(Event):
    """A proposed post was refused."""

    person_id: int


@dataclass(frozen=True, slots=True)
class AppointmentWithdrawn(Event):
    """A proposed post was taken back before it was answered."""

    person_id: int


@dataclass(frozen=True, slots=True)
class PostEnded(Event):
    """A post was taken away before its last day; the event is about the person."""

    post_id: int
    office_id: int
    post: str
    reason: str


class PostDoesNotFit(Unprocessable):
    """Such a post is not held by appointment in an office of that kind."""

    zh = "该类机关不能任命此岗位。"


class TermImpossible(Unprocessable):
    """A post begins today or within a year, and its last day is not before its first."""

    zh = "任职应当自今日起一年以内开始，止日不早于起日。"


class AlreadyAppointed(Conflict):
    """That post is held, or proposed, for some of these days already."""

    zh = "该人员在此期间已任该岗位，或者已有任职提请待确认。"


class PostIsOver(Conflict):
    """The post is over."""

    zh = "该任职已经结束。"


class PostIsLent(Conflict):
    """Whoever acts for a chief procurator does so by a delegation: end that."""

    zh = "代行审批职责依授权产生，应当结束授权。"


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """A post to propose for somebody."""

    person: Person
    office: Office
    kind: PostKind
    from_on: date
    until_on: date | None = None

    @property
    def person_id(self) -> int:
        """Whose post it is to be."""
        return self.person.id

    @property
    def led_by_ids(self) -> frozenset[int]:
        """Every office whose officers see to it."""
        return self.office.led_by_ids


def visible(act: Act) -> Select[Appointment]:
    """Those of the offices that an administrator or a security officer keeps; and one's own."""
    kept = offices.at_or_below(
        act.session, act.actor.offices_as(PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER)
    )
    return (
        select(Appointment)
        .options(joinedload(Appointment.person), joinedload(Appointment.office))
        .where(or_(Appointment.office_id.in_(kept), Appointment.person_id == act.actor.id))
    )


def find(act: Act, appointment_id: int) -> Appointment:
    """The appointment, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Appointment.id == appointment_id))
    if found is None:
        raise NotFound
    return found


def posts(act: Act) -> Select[Post]:
    """Every post, past and to come, in the offices that an officer keeps; and one's own."""
    kept = offices.at_or_below(
        act.session, act.actor.offices_as(PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER)
    )
    return (
        select(Post)
        .options(joinedload(Post.person), joinedload(Post.office))
        .where(or_(Post.office_id.in_(kept), Post.person_id == act.actor.id))
    )


def find_post(act: Act, post_id: int) -> Post:
    """The post, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(posts(act).where(Post.id == post_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.APPOINTMENT_PROPOSE)
def propose(act: Act, given: NewAppointment) -> Appointment:
    """Propose a post for somebody; nothing is held before the security officer confirms it.

    Refuses:
        NotAllowed: only an administrator of that office or one above, and never for themselves.
        PostDoesNotFit: such a post is not held, or not by appointment, in an office of that kind.
        TermImpossible: it would reach back, begin in more than a year, or end before it begins.
        AlreadyAppointed: held or proposed for some of these days already.
        DutiesKeptApart: a post of another kind of duty is held on some of these days (三员分立).

    Records:
        AppointmentProposed.
    """
    found = put(act, given)
    tasks.open_for_pool(
        act,
        TaskKind.CONFIRM_APPOINTMENT,
        found,
        office_id=who_confirms(act, found.office),
        post=PostKind.SECURITY_OFFICER,
    )
    return found


def put(act: Act, given: NewAppointment) -> Appointment:
    """Enter a proposal; part of proposing one or a table of them, never a step of its own.

    Refuses:
        PostDoesNotFit, TermImpossible, AlreadyAppointed, DutiesKeptApart: as `propose` does.
    """
    if not fits(given.kind, given.office.kind):
        raise PostDoesNotFit(post=given.kind.value)
    if not in_time(act.today, given.from_on, given.until_on):
        raise TermImpossible
    _refuse_held(act.session, given)
    found = Appointment(
        person=given.person,
        office=given.office,
        kind=given.kind,
        from_on=given.from_on,
        until_on=given.until_on,
        state=AppointmentState.PROPOSED,
        proposed_at=act.now,
        proposed_by=act.actor.id,
    )
    with act.unless(ONE_PROPOSED, AlreadyAppointed()):
        act.session.add(found)
    act.record(AppointmentProposed(found.id, given.person.id, given.office.id, given.kind.value))
    return found


def fits(kind: PostKind, office: OfficeKind) -> bool:
    """Is such a post held by appointment in an office of that kind?"""
    return office in HELD_IN.get(kind, ())


def in_time(today: date, from_on: date, until_on: date | None) -> bool:
    """May a post begin then, and end then?"""
    return today <= from_on <= today + FURTHEST and (until_on is None or until_on >= from_on)


@demands(Permission.APPOINTMENT_WITHDRAW)
def withdraw(act: Act, appointment: Appointment) -> Appointment:
    """Take a proposal back before it is answered.

    Refuses:
        NotAllowed: only an administrator of that office, or of one above.
        WrongState: it was answered, or taken back before.

    Records:
        AppointmentWithdrawn.
    """
    _answer(act, appointment, "withdraw")
    tasks.cancel(act, TaskKind.CONFIRM_APPOINTMENT, appointment)
    act.record(AppointmentWithdrawn(appointment.id, appointment.person_id))
    return appointment


@demands(Permission.APPOINTMENT_CONFIRM)
def confirm(act: Act, appointment: Appointment) -> Appointment:
    """Confirm a proposed post: it is held from its first day, or from today if that is past.

    The account goes to that office, unless its own leads it.

    Refuses:
        NotAllowed: only the security officer there or above, not whom it is about or proposed it.
        WrongState: it was answered, or taken back before.
        PostIsOver: its last day is past.
        AlreadyAppointed: the post is held on some of these days by now.
        DutiesKeptApart: a post of another kind of duty is held on some of these days (三员分立).

    Records:
        AppointmentConfirmed.
    """
    _answer(act, appointment, "confirm")
    if appointment.until_on is not None and appointment.until_on < act.today:
        raise PostIsOver
    act.session.refresh(appointment.person, with_for_update={"key_share": True})
    from_on = max(appointment.from_on, act.today)
    given = NewAppointment(
        appointment.person, appointment.office, appointment.kind, from_on, appointment.until_on
    )
    _refuse_held(act.session, given)
    post = people.hold(
        act,
        appointment.person,
        appointment.kind,
        office_id=appointment.office_id,
        from_on=from_on,
        until_on=appointment.until_on,
    )
    appointment.post_id = post.id
    tasks.finish(act, TaskKind.CONFIRM_APPOINTMENT, appointment)
    act.record(AppointmentConfirmed(appointment.id, appointment.person_id, post.id))
    return appointment


@demands(Permission.APPOINTMENT_CONFIRM)
def refuse(act: Act, appointment: Appointment, *, reason: str) -> Appointment:
    """Refuse a proposed post, and say why.

    Refuses:
        NotAllowed: only the security officer there or above, not whom it is about or proposed it.
        WrongState: it was answered, or taken back before.

    Records:
        AppointmentRefused.
    """
    _answer(act, appointment, "refuse", reason)
    tasks.finish(act, TaskKind.CONFIRM_APPOINTMENT, appointment)
    act.record(AppointmentRefused(appointment.id, appointment.person_id))
    return appointment


@demands(Permission.POST_END)
def end(act: Act, post: Post, *, reason: PostEndReason) -> None:
    """Take a post away at once: it carries no power from the next request on.

    Whether work is left behind, `handovers` asks first; this is the register's part of it.

    Refuses:
        NotAllowed: only the security officer of that office or above, never about themselves.
        PostIsLent: it comes from a delegation.
        PostIsOver: its last day is past.

    Records:
        PostEnded.
    """
    act.session.refresh(post, with_for_update={"of": Post})
    if post.kind is PostKind.ACTING_CHIEF:
        raise PostIsLent
    if post.until_on is not None and post.until_on < act.today:
        raise PostIsOver
    appointment = act.session.scalar(
        select(Appointment).where(Appointment.post_id == post.id).with_for_update(of=Appointment)
    )
    if appointment is not None:
        appointment.state = FLOW.after(appointment.state, "end")
        appointment.ended_at, appointment.ended_by = act.now, act.actor.id
        appointment.end_reason = reason
    event = PostEnded(post.person_id, post.id, post.office_id, post.kind.value, reason.value)
    if post.from_on < act.today:
        post.until_on = act.today - timedelta(days=1)
    else:
        if appointment is not None:
            appointment.post_id = None
            act.session.flush()
        act.session.delete(post)
    act.session.flush()
    act.session.expire(post.person, ["posts"])
    act.record(event)


def who_confirms(act: Act, office: Office) -> int:
    """The nearest office, from that one upwards, with a security officer today."""
    todo, seen = [office], set[int]()
    while todo:
        one = todo.pop(0)
        if people.holders(act.session, [PostKind.SECURITY_OFFICER], one.id, act.today):
            return one.id
        seen.add(one.id)
        above = (one.superior, one.procuratorate)
        todo += [each for each in above if each is not None and each.id not in seen]
    return office.id


def _answer(act: Act, appointment: Appointment, step: str, reason: str | None = None) -> None:
    """Let only one answer count: whoever comes second finds it answered."""
    act.session.refresh(appointment, with_for_update={"of": Appointment})
    appointment.state = FLOW.after(appointment.state, step)
    appointment.answered_at, appointment.answered_by = act.now, act.actor.id
    appointment.reason = reason


def _refuse_held(session: Session, given: NewAppointment) -> None:
    """Say early what the database would refuse in the end, and that nothing is held twice."""
    meanwhile = func.daterange(given.from_on, given.until_on, literal_column("'[]'"))
    held = func.daterange(Post.from_on, Post.until_on, literal_column("'[]'"))
    chosen = select(Post).where(Post.person_id == given.person_id, held.op("&&")(meanwhile))
    for post in session.scalars(chosen):
        if post.duty is not DUTIES.get(given.kind, Duty.WORK):
            raise DutiesKeptApart(post=post.kind.value)
        if (post.kind, post.office_id) == (given.kind, given.office.id):
            raise AlreadyAppointed(post=post.kind.value)
