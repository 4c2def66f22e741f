"""What has to be ready before an interrogation: the table, and what each one asks for.

The list is opened when a time is found and follows the interrogation: what is still true at
another time stays ticked, what hangs on the time or the centre is open again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from services import tasks
from services.arrest_requests.terms import Flag
from services.bookings import bounds
from services.cases import CaseKind
from services.deadlines.engine.arithmetic import working_days_after, working_days_before
from services.deadlines.engine.articles import Article, law
from services.deadlines.notices import calendar_of
from services.interrogations import grounds
from services.interrogations.flow import AHEAD, Mode, Purpose, Role
from services.interrogations.records import Interrogation
from services.kernel.act import SHANGHAI, Act, Event, Record
from services.policy import PostKind
from services.tasks import Task, TaskKind, TaskState

CLOSE_OF_BUSINESS = time(17)
LONGEST_NOTE = 500


class ReadinessKind(StrEnum):
    """What has to be ready."""

    CERTIFICATE = "certificate"
    """The certificate for questioning (提讯、提解证; RULES 186 paragraph 1)."""
    CUSTODY_EXCHANGE = "custody_exchange"
    """The custody papers name the procuratorate now (换押): the case changed organ."""
    PAPERS = "papers"
    """The papers and the sheet of rights lie at the centre."""
    LINE_TEST = "line_test"
    """Picture and sound were tried at both ends."""
    INTERPRETER = "interpreter"
    SIGN_INTERPRETER = "sign_interpreter"
    ADULT_NOTIFIED = "adult_notified"
    """The legal representative or another adult was told to come (RULES 465 paragraph 2)."""
    LAWYER_TOLD = "lawyer_told"
    """The lawyer was told when the plea statement is signed (CPL 174)."""
    POLICE_HEARD = "police_heard"
    """Heard before a suspect who is not detained is interrogated (RULES 280 paragraph 2)."""
    CENTRE_CONFIRMED = "centre_confirmed"


class ReadinessState(StrEnum):
    """Whether it is."""

    OPEN = "open"
    DONE = "done"
    WAIVED = "waived"
    """It is not needed this time; the reason is on record."""


DEMANDED: Mapping[ReadinessKind, tuple[Article, ...]] = {
    ReadinessKind.CERTIFICATE: law("RULES 186¶1"),
    ReadinessKind.POLICE_HEARD: law("RULES 280¶2"),
}
"""What the law itself asks for before the first question: nobody waives it."""
MIRRORED: Mapping[ReadinessKind, str] = {
    ReadinessKind.POLICE_HEARD: "police_heard_at",
    ReadinessKind.CENTRE_CONFIRMED: "confirmed_at",
}
"""What another step ticks, and the moment on the interrogation that says so."""
OF_THE_TIME = frozenset(
    {
        ReadinessKind.PAPERS,
        ReadinessKind.LINE_TEST,
        ReadinessKind.INTERPRETER,
        ReadinessKind.SIGN_INTERPRETER,
        ReadinessKind.ADULT_NOTIFIED,
        ReadinessKind.LAWYER_TOLD,
    }
)
"""What is no longer true at another time."""
OF_THE_CENTRE = OF_THE_TIME | {ReadinessKind.CERTIFICATE}
"""What is no longer true in another centre: the certificate names it."""

OF_ROLE: Mapping[Role, ReadinessKind] = {
    Role.INTERPRETER: ReadinessKind.INTERPRETER,
    Role.SIGN_INTERPRETER: ReadinessKind.SIGN_INTERPRETER,
    Role.LEGAL_REPRESENTATIVE: ReadinessKind.ADULT_NOTIFIED,
    Role.APPROPRIATE_ADULT: ReadinessKind.ADULT_NOTIFIED,
    Role.LAWYER: ReadinessKind.LAWYER_TOLD,
}
"""What is no longer true when somebody else takes that seat."""


class ReadinessItem(Record):
    """One thing that has to be ready for one interrogation."""

    __tablename__ = "readiness_items"
    __table_args__ = (
        UniqueConstraint("interrogation_id", "kind", name="readiness_items_once"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="readiness_items_closed_at"),
        CheckConstraint("state <> 'waived' OR note <> ''", name="readiness_items_waived_why"),
        Index("readiness_items_of_owner", "owner_office_id", "owner_post", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interrogation_id: Mapped[int] = mapped_column(ForeignKey("interrogations.id"))
    kind: Mapped[ReadinessKind]
    owner_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    owner_post: Mapped[PostKind]
    """Whoever answers for it; a prosecutor means the one who handles the case."""
    due_at: Mapped[datetime]
    state: Mapped[ReadinessState] = mapped_column(default=ReadinessState.OPEN)
    note: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    interrogation: Mapped[Interrogation] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def standing(self) -> ReadinessState:
        """Whether it is ready: what another step ticks is read from that step."""
        mirrored = MIRRORED.get(self.kind)
        if mirrored is not None and getattr(self.interrogation, mirrored) is not None:
            return ReadinessState.DONE
        return self.state

    @property
    def owner_id(self) -> int | None:
        """The one person who answers for it, if it is the handler."""
        return self.handler_id if self.owner_post is PostKind.PROSECUTOR else None

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        return self.interrogation.handler_id

    @property
    def recused_ids(self) -> Collection[int] | None:
        """Whoever was recused from the case (CPL 29)."""
        return self.interrogation.recused_ids

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that handles the case."""
        return self.interrogation.procuratorate_id

    @property
    def attending_ids(self) -> frozenset[int]:
        """Whoever takes part and has an account."""
        return self.interrogation.attending_ids


@dataclass(frozen=True, slots=True)
class UnreadinessNoticed(Event):
    """An interrogation is near, and something is not ready; the event is about it."""

    missing: int


@dataclass(frozen=True, slots=True)
class _Day:
    """The day by which a task is to be done."""

    due_on: date | None
    outer_on: date | None = None


def of(session: Session, interrogation: Interrogation) -> list[ReadinessItem]:
    """Its checklist, in the order of the law's own list."""
    chosen = select(ReadinessItem).where(ReadinessItem.interrogation_id == interrogation.id)
    order = list(ReadinessKind)
    return sorted(session.scalars(chosen), key=lambda item: order.index(item.kind))


def one(
    session: Session, interrogation: Interrogation, kind: ReadinessKind
) -> ReadinessItem | None:
    """That item of its checklist, if it is on it."""
    return next((item for item in of(session, interrogation) if item.kind is kind), None)


def missing(session: Session, interrogation: Interrogation) -> list[ReadinessItem]:
    """What is neither ready nor waived."""
    listed = of(session, interrogation)
    return [item for item in listed if item.standing is ReadinessState.OPEN]


def follow(
    act: Act, interrogation: Interrogation, *, joined: Collection[Role] = ()
) -> list[ReadinessItem]:
    """Open the checklist, or bring it up to date: part of every step that gives a time.

    What is still true stays; what hangs on another time, another centre or on somebody who has
    `joined` is open again, and what is not asked for any more goes.
    """
    if interrogation.booking is None:
        return of(act.session, interrogation)
    starts_at, _ = bounds(interrogation.booking.during)
    moved = interrogation.prepared_for_at not in {None, starts_at}
    elsewhere = moved_centre(interrogation)
    wanted = _wanted(interrogation)
    due_at = _due_at(act, starts_at)
    known = {item.kind: item for item in of(act.session, interrogation)}
    for kind, item in known.items():
        if kind not in wanted:
            act.session.delete(item)
            continue
        item.due_at = due_at
        another = (moved and kind in OF_THE_TIME) or (elsewhere and kind in OF_THE_CENTRE)
        if another or any(OF_ROLE.get(role) is kind for role in joined):
            open_again(item)
    for kind, (office_id, post) in wanted.items():
        if kind not in known:
            item = ReadinessItem(
                interrogation=interrogation,
                kind=kind,
                owner_office_id=office_id,
                owner_post=post,
                due_at=due_at,
            )
            act.session.add(item)
        elif elsewhere:
            known[kind].owner_office_id = office_id
    if moved or elsewhere:
        interrogation.readiness_looked_at = None
    interrogation.prepared_for_at = starts_at
    interrogation.prepared_centre_id = interrogation.centre_id
    act.session.flush()
    if interrogation.readiness_looked_at is None and is_near(act, starts_at):
        look(act, interrogation)
    else:
        settle(act, interrogation)
    return of(act.session, interrogation)


def moved_centre(interrogation: Interrogation) -> bool:
    """Is it in another centre than the one it was prepared for?"""
    before = interrogation.prepared_for_at is not None
    return before and interrogation.prepared_centre_id != interrogation.centre_id


def open_again(item: ReadinessItem) -> None:
    """It is not ready any more."""
    item.state, item.note = ReadinessState.OPEN, ""
    item.closed_at = item.closed_by = None


def is_near(act: Act, starts_at: datetime) -> bool:
    """Does it begin by the end of the next working day? A Friday looks at Monday."""
    return starts_at.astimezone(SHANGHAI).date() <= next_working_day(act)


def next_working_day(act: Act) -> date:
    """The first working day after today (State Council calendar)."""
    return working_days_after(act.today, 1, calendar_of(act.session))


def look(act: Act, interrogation: Interrogation) -> list[ReadinessItem]:
    """See what is missing the day before: tasks for whoever answers for it, and one message."""
    interrogation.readiness_looked_at = act.now
    lacking = missing(act.session, interrogation)
    if lacking:
        act.record(UnreadinessNoticed(interrogation.id, len(lacking)))
    settle(act, interrogation)
    return lacking


def settle(act: Act, interrogation: Interrogation) -> None:
    """Let the open tasks be those of the owners of what is missing, once it was looked at.

    The centre's confirmation has a task of its own.
    """
    wanted = set[tuple[int | None, int | None, PostKind | None]]()
    if interrogation.readiness_looked_at is not None and interrogation.state in AHEAD:
        for item in missing(act.session, interrogation):
            if item.kind is ReadinessKind.CENTRE_CONFIRMED:
                continue
            if item.owner_id is not None:
                wanted.add((item.owner_id, None, None))
            else:
                wanted.add((None, item.owner_office_id, item.owner_post))
    kind = TaskKind.PREPARE_INTERROGATION
    for task in tasks.open_about(act, kind, interrogation):
        asked = (task.person_id, task.office_id, task.post)
        if asked in wanted:
            wanted.discard(asked)
        else:
            task.state, task.closed_at, task.closed_by = TaskState.DONE, act.now, act.actor.id
    for person_id, office_id, post in sorted(wanted, key=str):
        act.session.add(_task(act, interrogation, person_id, office_id, post))
    act.session.flush()


def _task(
    act: Act,
    interrogation: Interrogation,
    person_id: int | None,
    office_id: int | None,
    post: PostKind | None,
) -> Task:
    kind, due = TaskKind.PREPARE_INTERROGATION, _Day(_day_of(interrogation))
    if office_id is not None and post is not None:
        return tasks.for_pool(act, kind, interrogation, office_id=office_id, post=post, due=due)
    return tasks.for_person(act, kind, interrogation, person_id=person_id or 0, due=due)


def _day_of(interrogation: Interrogation) -> date | None:
    starts_at = interrogation.prepared_for_at
    return starts_at.astimezone(SHANGHAI).date() if starts_at else None


def _due_at(act: Act, starts_at: datetime) -> datetime:
    """The working day before, at the close of business; the start itself if that is over."""
    day = starts_at.astimezone(SHANGHAI).date()
    before = working_days_before(day, 1, calendar_of(act.session))
    due_at = datetime.combine(before, CLOSE_OF_BUSINESS, SHANGHAI)
    return due_at if due_at > act.now else starts_at


def _wanted(interrogation: Interrogation) -> dict[ReadinessKind, tuple[int, PostKind]]:
    """What this interrogation asks for, and who answers for it."""
    handler = (interrogation.procuratorate_id, PostKind.PROSECUTOR)
    desk = (interrogation.procuratorate_id, PostKind.CASE_MANAGER)
    roles = {seat.role for seat in interrogation.attendances}
    flags = set(interrogation.suspect.flags)
    found: dict[ReadinessKind, tuple[int, PostKind]] = {}
    centre_id = interrogation.centre_id
    if centre_id is not None:
        centre = (centre_id, PostKind.DETENTION_OFFICER)
        found[ReadinessKind.CERTIFICATE] = handler
        if interrogation.case.kind is CaseKind.PROSECUTION:
            found[ReadinessKind.CUSTODY_EXCHANGE] = handler
        found[ReadinessKind.PAPERS] = centre
        if interrogation.mode is Mode.REMOTE:
            found[ReadinessKind.LINE_TEST] = desk
        found[ReadinessKind.CENTRE_CONFIRMED] = centre
    if grounds.police_come_first(interrogation.case, interrogation.suspect):
        found[ReadinessKind.POLICE_HEARD] = handler
    if interrogation.language is not None or Role.INTERPRETER in roles:
        found[ReadinessKind.INTERPRETER] = handler
    if {Flag.DEAF, Flag.MUTE} & flags or Role.SIGN_INTERPRETER in roles:
        found[ReadinessKind.SIGN_INTERPRETER] = handler
    if {Role.LEGAL_REPRESENTATIVE, Role.APPROPRIATE_ADULT} & roles:
        found[ReadinessKind.ADULT_NOTIFIED] = handler
    if interrogation.purpose is Purpose.SIGN_PLEA or Role.LAWYER in roles:
        found[ReadinessKind.LAWYER_TOLD] = handler
    return found
