"""Case teams (检察官办案组): two or more prosecutors who handle cases under one lead.

RULES 5, ORG 28: a case is handled by one prosecutor, or by a team of two or more, for which the
chief procurator names a lead prosecutor (主办检察官). In the draw a team stands like one
prosecutor, its lead: whoever is in a team is not drawn alone, and the team is out where its lead
is. That is practice. A fixed team's membership runs from a day until a day.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Select,
    and_,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload
from sqlalchemy.orm.attributes import flag_modified

from services import cases
from services.assignments.events import (
    CaseTeamEnded,
    CaseTeamFormed,
    CaseTeamJoined,
    CaseTeamMemberRemoved,
)
from services.assignments.records import Assignment
from services.assignments.shares import OnlyFromToday, Roster, refuse_strangers
from services.cases import Case
from services.cases.flow import OPEN
from services.kernel.act import Act, Record
from services.kernel.refusals import Conflict, NotFound, Stale, Unprocessable
from services.people import Person
from services.policy import Permission, allows, demands

ONE_TEAM = "case_team_members_one_team"
SMALLEST = 2
"""A team has two prosecutors or more (RULES 5; ORG 28)."""


class CaseTeam(Record):
    """A team and its lead, from a day until a day (both included)."""

    __tablename__ = "case_teams"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="case_teams_end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procuratorate_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    formed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    formed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    lead: Mapped[Person] = relationship(foreign_keys=lead_id)
    members: Mapped[list["CaseTeamMember"]] = relationship(order_by="CaseTeamMember.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


class CaseTeamMember(Record):
    """Somebody in a team, the lead among them, from a day until a day (both included)."""

    __tablename__ = "case_team_members"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="case_team_members_end"),
        ExcludeConstraint(
            (literal_column("person_id"), "="),
            (literal_column("daterange(from_on, until_on, '[]')"), "&&"),
            name=ONE_TEAM,
            using="gist",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("case_teams.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    person: Mapped[Person] = relationship()


class TeamTooSmall(Unprocessable):
    """A team has two prosecutors or more, the lead among them."""

    zh = "检察官办案组应当由两名以上检察官组成。"


class AlreadyInTeam(Conflict):
    """Somebody is in a team in that time: nobody is in two."""

    zh = "有人员在该期间已在办案组中，不能同时编入两个办案组。"


class TeamLeadStays(Conflict):
    """A team without its lead is none: end it, and form another."""

    zh = "主办检察官不能退出办案组；请解散后另行组成。"


class TeamEnded(Conflict):
    """The team has ended, or that person is not in it."""

    zh = "办案组已经解散，或者该人员不在组内。"


def find(act: Act, team_id: int) -> CaseTeam:
    """The team, if the actor may read the loads of its procuratorate."""
    found = act.session.get(CaseTeam, team_id)
    if found is None or not allows(act.actor, Permission.LOAD_SHARE_READ, found):
        raise NotFound
    return found


def formed(act: Act, roster: Roster) -> Select[CaseTeam]:
    """Every team of a procuratorate, the newest first."""
    if not allows(act.actor, Permission.LOAD_SHARE_READ, roster):
        raise NotFound
    return (
        select(CaseTeam)
        .where(CaseTeam.procuratorate_id == roster.procuratorate_id)
        .options(
            selectinload(CaseTeam.lead),
            selectinload(CaseTeam.members).selectinload(CaseTeamMember.person),
        )
    )


@demands(Permission.CASE_TEAM_FORM)
def form(  # noqa: PLR0913  # each by its name
    act: Act,
    roster: Roster,
    *,
    lead_id: int,
    member_ids: Collection[int],
    from_on: date,
    until_on: date | None = None,
) -> CaseTeam:
    """Form a team of two or more prosecutors and name its lead (RULES 5; ORG 28).

    Refuses:
        NotAllowed: only the chief procurator there names a lead.
        TeamTooSmall: nobody but the lead.
        OnlyFromToday: the first day lies behind, or the last before the first.
        NotAProsecutorHere: only prosecutors of that procuratorate form its teams.
        AlreadyInTeam: somebody is in another team in that time.

    Records:
        CaseTeamFormed, and CaseTeamJoined for everybody but the lead.
    """
    others = sorted(set(member_ids) - {lead_id})
    if len(others) + 1 < SMALLEST:
        raise TeamTooSmall(article="RULES 5", article_zh="《人民检察院刑事诉讼规则》第五条")
    if from_on < act.today or (until_on is not None and until_on < from_on):
        raise OnlyFromToday
    refuse_strangers(act, roster, {lead_id, *others}, from_on)
    team = CaseTeam(
        procuratorate_id=roster.procuratorate_id,
        lead_id=lead_id,
        from_on=from_on,
        until_on=until_on,
        formed_by=act.actor.id,
        formed_at=act.now,
    )
    with act.unless(ONE_TEAM, AlreadyInTeam()):
        act.session.add(team)
        act.session.flush()
        act.session.add_all(
            CaseTeamMember(team_id=team.id, person_id=one, from_on=from_on, until_on=until_on)
            for one in (lead_id, *others)
        )
    act.record(CaseTeamFormed(team.id, roster.procuratorate_id, lead_id))
    for one in others:
        act.record(CaseTeamJoined(team.id, one))
    return team


@demands(Permission.CASE_TEAM_FORM)
def join(act: Act, team: CaseTeam, *, person_id: int) -> CaseTeam:
    """Take a prosecutor into a team from today; the team's cases are opened to them.

    Refuses:
        NotAllowed: only the chief procurator there.
        Stale: the team has changed since it was read.
        TeamEnded: it is over.
        NotAProsecutorHere: only prosecutors of that procuratorate form its teams.
        AlreadyInTeam: they are in a team, this or another.

    Records:
        CaseTeamJoined.
    """
    _still_there(act, team)
    refuse_strangers(act, Roster(team.procuratorate_id), {person_id}, act.today)
    from_on = max(act.today, team.from_on)
    with act.unless(ONE_TEAM, AlreadyInTeam()):
        act.session.add(
            CaseTeamMember(
                team_id=team.id, person_id=person_id, from_on=from_on, until_on=team.until_on
            )
        )
    _touched(act, team)
    for case in _cases_of(act, team):
        if person_id not in (case.recused_ids or ()):
            cases.open_to(act, case, person_id)
    act.record(CaseTeamJoined(team.id, person_id))
    return team


@demands(Permission.CASE_TEAM_FORM)
def leave(act: Act, team: CaseTeam, *, person_id: int) -> CaseTeam:
    """Let somebody out of a team at once: its cases close to them.

    Refuses:
        NotAllowed: only the chief procurator there.
        Stale: the team has changed since it was read.
        TeamLeadStays: the lead does not leave; the team is ended instead.
        TeamEnded: it is over, or they are not in it.
        TeamTooSmall: nobody but the lead would be left.

    Records:
        CaseTeamMemberRemoved.
    """
    _still_there(act, team)
    if person_id == team.lead_id:
        raise TeamLeadStays
    here = [one for one in team.members if _runs(one, act.today)]
    leaving = next((one for one in here if one.person_id == person_id), None)
    if leaving is None:
        raise TeamEnded
    if len(here) - 1 < SMALLEST:
        raise TeamTooSmall(article="RULES 5", article_zh="《人民检察院刑事诉讼规则》第五条")
    if leaving.from_on < act.today:
        leaving.until_on = act.today - timedelta(days=1)
    else:
        act.session.delete(leaving)
    for case in _cases_of(act, team):
        cases.close_to(act, case, person_id)
    _touched(act, team)
    act.record(CaseTeamMemberRemoved(team.id, person_id))
    return team


@demands(Permission.CASE_TEAM_FORM)
def end(act: Act, team: CaseTeam, *, until_on: date) -> CaseTeam:
    """End a team with a day; its cases stay with the lead, and with whoever read them.

    Refuses:
        NotAllowed: only the chief procurator there.
        Stale: the team has changed since it was read.
        TeamEnded: it is over.
        OnlyFromToday: the day lies behind, or before the team's first.

    Records:
        CaseTeamEnded.
    """
    _still_there(act, team)
    if until_on < act.today or until_on < team.from_on:
        raise OnlyFromToday
    team.until_on = until_on
    for one in team.members:
        if one.until_on is None or one.until_on > until_on:
            one.until_on = max(until_on, one.from_on)
    act.session.flush()
    act.record(CaseTeamEnded(team.id, team.lead_id))
    return team


def led_on(session: Session, procuratorate_id: int, day: date) -> dict[int, list[CaseTeamMember]]:
    """Who is in a team there on that day, by the lead's id; the lead is among them."""
    chosen = (
        select(CaseTeamMember, CaseTeam.lead_id)
        .join(CaseTeam, CaseTeamMember.team_id == CaseTeam.id)
        .where(
            CaseTeam.procuratorate_id == procuratorate_id,
            _held(CaseTeam, day),
            _held(CaseTeamMember, day),
        )
        .order_by(CaseTeamMember.person_id)
    )
    led: dict[int, list[CaseTeamMember]] = {}
    for member, lead_id in session.execute(chosen):
        led.setdefault(lead_id, []).append(member)
    return led


def members_led_by(person_id: int, day: date) -> Select[int]:
    """The ids of everyone in a team that this person leads on that day (RULES 5)."""
    return (
        select(CaseTeamMember.person_id)
        .join(CaseTeam, CaseTeamMember.team_id == CaseTeam.id)
        .where(CaseTeam.lead_id == person_id, _held(CaseTeam, day), _held(CaseTeamMember, day))
    )


def leads_of(person_id: int, day: date) -> Select[int]:
    """Who leads a team with this person in it on that day (RULES 5)."""
    return (
        select(CaseTeam.lead_id)
        .join(CaseTeamMember, CaseTeamMember.team_id == CaseTeam.id)
        .where(
            CaseTeamMember.person_id == person_id, _held(CaseTeam, day), _held(CaseTeamMember, day)
        )
    )


def _held(kind: type[CaseTeam | CaseTeamMember], day: date) -> ColumnElement[bool]:
    return and_(kind.from_on <= day, or_(kind.until_on.is_(None), kind.until_on >= day))


def _runs(one: CaseTeam | CaseTeamMember, day: date) -> bool:
    return one.until_on is None or one.until_on >= day


def _still_there(act: Act, team: CaseTeam) -> None:
    seen = team.version
    act.session.refresh(team, with_for_update={"of": CaseTeam})
    if team.version != seen:
        raise Stale
    if not _runs(team, act.today):
        raise TeamEnded


def _touched(act: Act, team: CaseTeam) -> None:
    """A change of who is in it is a change of the team: two phones do not make it unseen."""
    flag_modified(team, "lead_id")
    act.session.flush()
    act.session.expire(team, ["members"])


def _cases_of(act: Act, team: CaseTeam) -> list[Case]:
    """The open cases that came to the team and are still with its lead."""
    latest = select(Assignment.case_id).where(Assignment.team_id == team.id).distinct()
    chosen = select(Case).where(
        Case.id.in_(latest), Case.handler_id == team.lead_id, Case.state.in_(OPEN)
    )
    return list(act.session.scalars(chosen))
