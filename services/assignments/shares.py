"""The share of the usual load that somebody carries, as a procuratorate sets it.

No article in force here names a number: chiefs, deputies and heads of departments who are
prosecutors handle a part of the usual load (院领导办案比例), and so does whoever has other duties.
How much is each procuratorate's practice; it is set in advance, journalled, and stands in the
record of every draw.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, case, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from services import offices, people
from services.assignments.events import LoadShareSet
from services.assignments.records import Assignment, AssignmentKind
from services.assignments.rotation import FULL
from services.cases import Case
from services.kernel.act import Act, Record
from services.kernel.refusals import NotFound, Unprocessable
from services.offices import OfficeKind
from services.people import Person
from services.policy import Permission, PostKind, allows, demands

READERS = (
    PostKind.CASE_MANAGER,
    PostKind.CHIEF_PROCURATOR,
    PostKind.DEPARTMENT_HEAD,
    PostKind.AUDITOR,
)


class ShareGround(StrEnum):
    """Why somebody carries a share of the usual load."""

    LEADERSHIP = "leadership"
    DEPARTMENT = "department"
    OTHER_DUTIES = "other_duties"
    PART_TIME = "part_time"
    FULL_LOAD = "full_load"


class LoadShare(Record):
    """From a day on, somebody carries so many percent of the usual load; never changed."""

    __tablename__ = "load_shares"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 1 AND 100", name="load_shares_percent"),
        Index("load_shares_by_person", "procuratorate_id", "person_id", "from_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    percent: Mapped[int]
    ground: Mapped[ShareGround]
    from_on: Mapped[date]
    set_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime]

    person: Mapped[Person] = relationship(foreign_keys=person_id)


@dataclass(frozen=True, slots=True)
class Roster:
    """The prosecutors of one procuratorate, among whom its cases are drawn."""

    procuratorate_id: int


class OnlyFromToday(Unprocessable):
    """It holds from today on, or from a later day."""

    zh = "只能自今日或者以后的日期起生效。"


class NotAProsecutorHere(Unprocessable):
    """That person is no prosecutor of this procuratorate on that day."""

    zh = "该人员届时不是本院检察官。"


def find(act: Act, procuratorate_id: int | None = None) -> Roster:
    """The roster of the actor's procuratorate, or of the one named if there are two.

    Refuses:
        NotFound: the actor holds no post there that has to do with loads.
    """
    own = sorted(act.actor.offices_as(*READERS))
    wanted = procuratorate_id if procuratorate_id is not None else next(iter(own), None)
    if wanted is None or wanted not in own:
        raise NotFound
    if offices.find(act, wanted).kind is not OfficeKind.PROCURATORATE:
        raise NotFound
    roster = Roster(wanted)
    if not allows(act.actor, Permission.LOAD_SHARE_READ, roster):
        raise NotFound
    return roster


def history(act: Act, roster: Roster) -> Select[LoadShare]:
    """Every share that was ever set there, the newest first."""
    if not allows(act.actor, Permission.LOAD_SHARE_READ, roster):
        raise NotFound
    return select(LoadShare).where(LoadShare.procuratorate_id == roster.procuratorate_id)


def shares_on(session: Session, procuratorate_id: int, day: date) -> dict[int, int]:
    """What everybody carries on that day, in percent; who is not named carries all of it."""
    latest = (
        select(LoadShare.person_id, LoadShare.percent)
        .ext(distinct_on(LoadShare.person_id))
        .where(LoadShare.procuratorate_id == procuratorate_id, LoadShare.from_on <= day)
        .order_by(LoadShare.person_id, LoadShare.from_on.desc(), LoadShare.id.desc())
    )
    return {row.person_id: row.percent for row in session.execute(latest)}


@demands(Permission.LOAD_SHARE_SET)
def set_share(  # noqa: PLR0913  # each by its name
    act: Act, roster: Roster, *, person_id: int, percent: int, ground: ShareGround, from_on: date
) -> LoadShare:
    """Say which share of the usual load a prosecutor carries from a day on.

    No draw that was held changes by it; whoever's share changes stays in the round they are in.

    Refuses:
        NotAllowed: only case management and the chief of that procuratorate.
        OnlyFromToday: the day lies behind.
        NotAProsecutorHere: nobody draws cases there but its prosecutors.

    Records:
        LoadShareSet.
    """
    if from_on < act.today:
        raise OnlyFromToday
    refuse_strangers(act, roster, {person_id}, from_on)
    share = LoadShare(
        procuratorate_id=roster.procuratorate_id,
        person_id=person_id,
        percent=percent,
        ground=ground,
        from_on=from_on,
        set_by=act.actor.id,
        set_at=act.now,
    )
    act.session.add(share)
    act.session.flush()
    act.record(LoadShareSet(roster.procuratorate_id, person_id, percent, ground.value))
    return share


def refuse_strangers(act: Act, roster: Roster, persons: set[int], on: date) -> None:
    """Nobody but a prosecutor of that procuratorate on that day."""
    here = people.holders(act.session, [PostKind.PROSECUTOR], roster.procuratorate_id, on)
    if strangers := persons - here:
        raise NotAProsecutorHere(person_ids=sorted(strangers))


@dataclass(frozen=True, slots=True)
class Tally:
    """How a prosecutor came to cases in a span of days, and the share carried today."""

    person: Person
    share: int
    drawn: int
    same_handler: int
    designated: int
    changed: int


def tallies(act: Act, roster: Roster, *, from_on: date, until_on: date) -> list[Tally]:
    """How often each was drawn, and how often somebody was named instead; both days included."""
    if not allows(act.actor, Permission.LOAD_SHARE_READ, roster):
        raise NotFound
    day = func.date(func.timezone("Asia/Shanghai", Assignment.at))
    counts = [
        func.sum(case((Assignment.kind == kind, 1), else_=0)).label(kind.value)
        for kind in AssignmentKind
    ]
    counted = act.session.execute(
        select(Assignment.handler_id, *counts)
        .join(Case, Assignment.case_id == Case.id)
        .where(Case.procuratorate_id == roster.procuratorate_id, day.between(from_on, until_on))
        .group_by(Assignment.handler_id),
    )
    numbers = {row.handler_id: row for row in counted}
    here = people.holders(act.session, [PostKind.PROSECUTOR], roster.procuratorate_id, act.today)
    shares = shares_on(act.session, roster.procuratorate_id, act.today)
    everybody = select(Person).where(Person.id.in_(here | set(numbers))).order_by(Person.id)

    def of(person: Person, kind: AssignmentKind) -> int:
        return int(getattr(numbers[person.id], kind.value)) if person.id in numbers else 0

    return [
        Tally(
            person,
            shares.get(person.id, FULL),
            of(person, AssignmentKind.RANDOM),
            of(person, AssignmentKind.SAME_HANDLER),
            of(person, AssignmentKind.DESIGNATED),
            of(person, AssignmentKind.CHANGED),
        )
        for person in act.session.scalars(everybody)
    ]
