"""The State Council's notices of days off that this installation has loaded, and what they make.

What comes with the software is the first edition of the calendar; every notice that two people
have loaded makes a new one. Editions are only ever added, so that a date can be counted again
under the calendar that was known on any past day.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from services.deadlines.engine.announced import Announced, Fault, faults_of
from services.deadlines.engine.calendar import (
    VERSION,
    WorkCalendar,
    bundled_notices,
    state_council_calendar,
)
from services.kernel import jobs
from services.kernel.act import Act, Event, Record
from services.kernel.flow import Flow
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.people import Person
from services.policy import Permission, allows, demands

ONE_PROPOSED = "calendar_notices_one_proposed"
RECALCULATE = "recalculate"
"""The job that counts open periods anew (`recalculation.py`)."""
ONE_EDITION_AT_A_TIME = 2_211_061_503
"""The advisory lock under which an edition is made: none may be made beside another's back."""


class NoticeState(StrEnum):
    """Where a notice stands."""

    PROPOSED = "proposed"
    """Typed in by one person, and counted with by nobody."""
    CONFIRMED = "confirmed"
    """Read against its source by another: the calendar says so."""
    REJECTED = "rejected"


FLOW = Flow(
    {
        "confirm": ({NoticeState.PROPOSED}, NoticeState.CONFIRMED),
        "reject": ({NoticeState.PROPOSED}, NoticeState.REJECTED),
    }
)


class CalendarNotice(Record):
    """One year's days off and make-up working days as an administrator typed them in.

    Once proposed its days, its source and its wording stay as they are; once decided, nothing
    changes any more: a mistake is mended by another notice of the same year.
    """

    __tablename__ = "calendar_notices"
    __table_args__ = (
        CheckConstraint("decided_by <> proposed_by", name="calendar_notices_four_eyes"),
        CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL)"
            " AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="calendar_notices_decided_by_somebody",
        ),
        UniqueConstraint("year", "revision", name="calendar_notices_one_revision"),
        Index(ONE_PROPOSED, "year", unique=True, postgresql_where=text("state = 'proposed'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    year: Mapped[int]
    revision: Mapped[int]
    """The how-manieth notice of that year this installation has been given."""
    title: Mapped[str]
    number: Mapped[str]
    """The number under which it was issued, such as 国办发明电〔2025〕7号."""
    page: Mapped[str]
    """Where the State Council's site shows it."""
    wording: Mapped[str | None]
    """The text itself, kept beside the days and read again as a check."""
    off: Mapped[list[str]]
    work: Mapped[list[str]]
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.PROPOSED)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]

    proposer: Mapped[Person] = relationship(foreign_keys=[proposed_by])
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def announced(self) -> Announced:
        """What it says."""
        return Announced(self.year, _days(self.off), _days(self.work), self.wording)


KEEP_NOTICES = """
CREATE FUNCTION refuse_notice_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'proposed'
    AND to_jsonb(NEW) - '{state,version,decided_by,decided_at}'::text[]
      = to_jsonb(OLD) - '{state,version,decided_by,decided_at}'::text[]
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a notice is decided once, and nothing else of it changes';
END $$;
CREATE TRIGGER decided_once BEFORE UPDATE OR DELETE ON calendar_notices
FOR EACH ROW EXECUTE FUNCTION refuse_notice_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON calendar_notices
EXECUTE FUNCTION refuse_change()
"""
sa_event.listen(
    CalendarNotice.__table__,
    "after_create",
    DDL(KEEP_NOTICES),  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
)


class CalendarEdition(Record):
    """The calendar as this installation knew it from one moment on: every year's days."""

    __tablename__ = "calendar_editions"
    __table_args__ = (Index("calendar_editions_by_moment", "known_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar: Mapped[dict[str, Any]]
    """By year: `off`, `work`, `papers`, and `notice_id` where people loaded it."""
    digest: Mapped[str]
    bundle: Mapped[str]
    """The version of the days off that come with the software, as far as they are in it."""
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_notices.id"))
    """The notice that made it; none where the software brought newer days."""
    known_at: Mapped[datetime]


sa_event.listen(
    CalendarEdition.__table__,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON calendar_editions "
        "EXECUTE FUNCTION refuse_change()"
    ),
)


class Recalculation(Record):
    """How far the open periods have been counted anew under an edition (`recalculation.py`)."""

    __tablename__ = "recalculations"
    __table_args__ = (
        Index("recalculations_open", "edition_id", postgresql_where=text("ended_at IS NULL")),
    )

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("calendar_editions.id"), primary_key=True, autoincrement=False
    )
    begun_at: Mapped[datetime | None]
    """By the database's clock: acts that began before may still count under an older edition."""
    parted_at: Mapped[datetime | None]
    """When the work was cut into parts."""
    ended_at: Mapped[datetime | None]
    counted: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    unsettled: Mapped[int] = mapped_column(default=0)
    """Periods that cannot be counted under the new calendar: somebody has to look."""


class RecalculationPart(Record):
    """A stretch of ids whose periods are still to be counted anew; gone when that is done."""

    __tablename__ = "recalculation_parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("recalculations.edition_id"), index=True)
    first_id: Mapped[int]
    last_id: Mapped[int]


@dataclass(frozen=True, slots=True)
class CalendarNoticeProposed(Event):
    """A notice was typed in; it waits for a second person."""

    year: int


@dataclass(frozen=True, slots=True)
class CalendarNoticeConfirmed(Event):
    """A second person confirmed a notice: the calendar has changed."""

    year: int
    edition_id: int


@dataclass(frozen=True, slots=True)
class CalendarNoticeRejected(Event):
    """A second person rejected a notice."""

    year: int


class NoticeFaulty(Unprocessable):
    """The notice cannot be right as it was typed in; each fault names its day."""

    zh = "通知内容有误，请按所列日期核对。"


class NoticeKnown(Conflict):
    """The calendar says exactly this of that year."""

    zh = "该年放假安排已是如此，无需重复录入。"


class NoticePending(Conflict):
    """Another notice of that year still waits for its second person."""

    zh = "该年已有一份通知等待复核。"


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice as somebody typed it in."""

    year: int
    title: str
    number: str
    page: str
    off: tuple[date, ...]
    work: tuple[date, ...]
    wording: str | None = None


WITH_PEOPLE = (joinedload(CalendarNotice.proposer), joinedload(CalendarNotice.decider))
"""What a list of notices loads at once."""


def visible(act: Act) -> Select[CalendarNotice]:
    """Every notice; the calendar is the whole country's, and whoever is signed in may see it."""
    chosen = select(CalendarNotice)
    read = allows(act.actor, Permission.CALENDAR_NOTICE_READ, None)
    return chosen if read else chosen.where(text("false"))


def find(act: Act, notice_id: int) -> CalendarNotice:
    """The notice, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(CalendarNotice.id == notice_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.CALENDAR_NOTICE_PROPOSE)
def propose(act: Act, given: NewNotice) -> CalendarNotice:
    """Type in the State Council's notice for the year that comes next, or a correction.

    Nobody counts with it until a second person has read it against its source.

    Refuses:
        NotAllowed: only an administrator.
        NoticeFaulty: a day cannot be right, or the wording says otherwise.
        NoticeKnown: the calendar says exactly this of that year.
        NoticePending: another notice of that year waits for its second person.

    Records:
        CalendarNoticeProposed.
    """
    known = known_notices(act.session)
    announced = Announced(given.year, given.off, given.work, given.wording)
    _refuse_faulty(announced, known)
    off, work = _written(given.off), _written(given.work)
    before = known.get(given.year, {})
    if (off, work) == (sorted(before.get("off", ())), sorted(before.get("work", ()))):
        raise NoticeKnown(year=given.year)
    latest = select(func.max(CalendarNotice.revision)).where(CalendarNotice.year == given.year)
    notice = CalendarNotice(
        year=given.year,
        revision=(act.session.scalar(latest) or 0) + 1,
        title=given.title,
        number=given.number,
        page=given.page,
        wording=given.wording,
        off=off,
        work=work,
        state=NoticeState.PROPOSED,
        proposed_by=act.actor.id,
        proposed_at=act.now,
    )
    with act.unless(ONE_PROPOSED, NoticePending(year=given.year)):
        act.session.add(notice)
    act.record(CalendarNoticeProposed(notice.id, notice.year))
    return notice


@demands(Permission.CALENDAR_NOTICE_CONFIRM)
def confirm(act: Act, notice: CalendarNotice) -> CalendarNotice:
    """Confirm a notice that somebody else typed in, after reading it against its source.

    The calendar says so from now on, and every open period that it touches is counted anew.

    Refuses:
        NotAllowed: only an administrator or security officer, and never who typed it in.
        WrongState: it was confirmed or rejected before.
        NoticeFaulty: the calendar has changed since, and the notice no longer fits it.

    Records:
        CalendarNoticeConfirmed.
    """
    _locked(act, notice)
    state = FLOW.after(notice.state, "confirm")
    known = known_notices(act.session)
    _refuse_faulty(notice.announced, known)

    _decide(act, notice, state)
    loaded = {
        "off": notice.off,
        "work": notice.work,
        "papers": [notice.page],
        "notice_id": notice.id,
    }
    edition = _publish(act, known | {notice.year: loaded}, VERSION, notice.id)

    act.record(CalendarNoticeConfirmed(notice.id, notice.year, edition.id))
    return notice


@demands(Permission.CALENDAR_NOTICE_CONFIRM)
def reject(act: Act, notice: CalendarNotice) -> CalendarNotice:
    """Reject a notice that somebody else typed in: it does not say what its source says.

    Refuses:
        NotAllowed: only an administrator or security officer, and never who typed it in.
        WrongState: it was confirmed or rejected before.

    Records:
        CalendarNoticeRejected.
    """
    _locked(act, notice)
    _decide(act, notice, FLOW.after(notice.state, "reject"))
    act.record(CalendarNoticeRejected(notice.id, notice.year))
    return notice


@demands(Permission.DEADLINE_RECALCULATE)
def adopt(act: Act, notices: Mapping[int, Mapping[str, Any]], version: str) -> bool:
    """Take up the days off that a newer version of the software brings; say whether it does.

    A year that people loaded themselves stays as they loaded it, and an older version of the
    software takes nothing away.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing: an edition is itself the record.
    """
    if _adopted(act.session, version):
        return False
    _one_at_a_time(act.session)
    newest = _newest(act.session)
    if newest is None:
        _edition(act, {year: dict(notices[year]) for year in notices}, version, None)
        return True
    if newest.bundle >= version:
        return False
    known = known_notices(act.session)
    brought = {
        year: dict(notices[year]) for year in notices if "notice_id" not in known.get(year, {})
    }
    _publish(act, known | brought, version, None)
    return True


def known_notices(session: Session) -> dict[int, dict[str, Any]]:
    """What is known of each year: the newest edition, or what comes with the software."""
    newest = _newest(session)
    if newest is None:
        return {year: dict(notice) for year, notice in bundled_notices().items()}
    return {int(year): notice for year, notice in newest.calendar.items()}


def calendar_of(session: Session, *, at: datetime | None = None) -> WorkCalendar:
    """The calendar known now, or at a past instant; a session asks for each only once.

    Before the first edition it is the first edition, and before there is any what comes with
    the software.
    """
    kept: dict[datetime | None, WorkCalendar] = session.info.setdefault(_KEPT, {})
    if at not in kept:
        kept[at] = _read(session, at)
    return kept[at]


def remarks(notice: CalendarNotice) -> list[dict[str, Any]]:
    """What is strange about a notice and yet may be: its readers look there first."""
    found = faults_of(notice.announced, {notice.year: {}})
    return [fault_as_plain(fault) for fault in found if fault.is_warning]


def allowed(act: Act, notice: CalendarNotice) -> list[str]:
    """The steps that the law gives the actor and that are open now."""
    may = allows(act.actor, Permission.CALENDAR_NOTICE_CONFIRM, notice)
    return FLOW.open_from(notice.state) if may else []


_KEPT = "calendars"
_MADE: dict[str, WorkCalendar] = {}
"""Calendars by digest: equal content is made once in a process, whatever the database."""


def calendar_made(edition: CalendarEdition) -> WorkCalendar:
    """The calendar that an edition is."""
    if edition.digest not in _MADE:
        notices = {int(year): notice for year, notice in edition.calendar.items()}
        _MADE[edition.digest] = WorkCalendar.of_notices(notices)
    return _MADE[edition.digest]


def _read(session: Session, at: datetime | None) -> WorkCalendar:
    chosen = select(CalendarEdition.id, CalendarEdition.digest).limit(1)
    if at is None:
        found = session.execute(chosen.order_by(CalendarEdition.id.desc())).first()
    else:
        then = chosen.where(CalendarEdition.known_at <= at)
        newest_first = (CalendarEdition.known_at.desc(), CalendarEdition.id.desc())
        found = (
            session.execute(then.order_by(*newest_first)).first()
            or session.execute(chosen.order_by(CalendarEdition.id)).first()
        )
    if found is None:
        return state_council_calendar()
    if found.digest in _MADE:
        return _MADE[found.digest]
    return calendar_made(session.get_one(CalendarEdition, found.id))


def _newest(session: Session) -> CalendarEdition | None:
    return session.scalars(select(CalendarEdition).order_by(CalendarEdition.id.desc())).first()


def _adopted(session: Session, version: str) -> bool:
    newest = select(CalendarEdition.bundle).order_by(CalendarEdition.id.desc()).limit(1)
    bundle = session.scalar(newest)
    return bundle is not None and bundle >= version


def _one_at_a_time(session: Session) -> None:
    session.execute(select(func.pg_advisory_xact_lock(ONE_EDITION_AT_A_TIME)))


def _locked(act: Act, notice: CalendarNotice) -> None:
    """Only one decision, and one edition, is made at a time."""
    _one_at_a_time(act.session)
    act.session.refresh(notice, with_for_update=True)


def _decide(act: Act, notice: CalendarNotice, state: NoticeState) -> None:
    notice.state, notice.decided_by, notice.decided_at = state, act.actor.id, act.now


def _publish(
    act: Act, notices: Mapping[int, Mapping[str, Any]], bundle: str, notice_id: int | None
) -> CalendarEdition:
    """Make a new edition, and ask for the open periods to be counted anew under it."""
    newest = _newest(act.session)
    if newest is None:
        _edition(act, bundled_notices(), VERSION, None)
    elif notice_id is not None:
        bundle = newest.bundle
    edition = _edition(act, notices, bundle, notice_id)
    act.session.add(Recalculation(edition_id=edition.id, counted=0, moved=0, unsettled=0))
    jobs.defer(act.session, RECALCULATE)
    return edition


def _edition(
    act: Act, notices: Mapping[int, Mapping[str, Any]], bundle: str, notice_id: int | None
) -> CalendarEdition:
    calendar = {str(year): dict(notices[year]) for year in sorted(notices)}
    edition = CalendarEdition(
        calendar=calendar,
        digest=hashlib.sha256(json.dumps(calendar, sort_keys=True).encode()).hexdigest(),
        bundle=bundle,
        notice_id=notice_id,
        known_at=act.now,
    )
    act.session.add(edition)
    act.session.flush()
    act.session.info.pop(_KEPT, None)
    return edition


def _refuse_faulty(announced: Announced, known: Mapping[int, Mapping[str, Any]]) -> None:
    found = [fault for fault in faults_of(announced, known) if not fault.is_warning]
    if found:
        raise NoticeFaulty(errors=[fault_as_plain(fault) for fault in found])


_AT_THE_DOOR: Mapping[str | int, str] = {"work": "make_up"}
"""What a place of the engine is called in what people send: make-up working days (调休上班)."""


def fault_as_plain(fault: Fault) -> dict[str, Any]:
    """A fault as the errors of a problem tell it."""
    return {
        "pointer": "".join(f"/{_AT_THE_DOOR.get(step, step)}" for step in fault.place),
        "code": fault.code,
        "detail": {"zh": fault.zh, "en": fault.en},
        "severity": "warning" if fault.is_warning else "error",
    }


def _days(written: list[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in written)


def _written(days: tuple[date, ...]) -> list[str]:
    return sorted(day.isoformat() for day in days)
