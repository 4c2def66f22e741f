"""Case teams: who forms them, how they stand in the draw, and who reads their cases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services import assignments, cases
from services.assignments import AssignmentKind, CaseTeam, RecusalGround, teams
from services.assignments.shares import NotAProsecutorHere, OnlyFromToday, Roster
from services.assignments.teams import AlreadyInTeam, TeamEnded, TeamLeadStays, TeamTooSmall
from services.cases import Case
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import PostKind
from tests.make import Make, Town


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


@pytest.fixture
def colleague(make: Make, town: Town) -> Person:
    return make.person(PostKind.PROSECUTOR, town.procuratorate)


def _form(make: Make, town: Town, *members: Person, by: Person | None = None) -> CaseTeam:
    act = make.act(by or town.chief)
    return teams.form(
        act,
        Roster(town.procuratorate.id),
        lead_id=town.prosecutor.id,
        member_ids=[one.id for one in members],
        from_on=act.today,
    )


def _reads(make: Make, person: Person, case: Case) -> bool:
    return case in make.session.scalars(cases.visible(make.act(person))).all()


def test_a_team_is_drawn_under_its_lead(make: Make, town: Town, colleague: Person) -> None:
    team = _form(make, town, colleague)

    for _ in range(3):
        case = make.case(town)
        assignment = assignments.assign(make.act(town.manager), case)
        assert assignment.handler_id == town.prosecutor.id
        assert (assignment.team_id, assignment.member_ids) == (team.id, [colleague.id])
        assert assignment.exclusions == [{"person_id": colleague.id, "reason": "in_team"}]
        assert _reads(make, colleague, case)


def test_a_team_is_out_where_its_lead_is(make: Make, town: Town, colleague: Person) -> None:
    _form(make, town, colleague)
    alone = make.person(PostKind.PROSECUTOR, town.procuratorate)
    today = make.act(town.manager).today
    make.leave(town.prosecutor, today, today)

    assignment = assignments.assign(make.act(town.manager), make.case(town))

    assert (assignment.handler_id, assignment.member_ids) == (alone.id, [])


def test_whoever_handled_it_before_keeps_it_though_in_a_team_now(
    make: Make, town: Town, colleague: Person
) -> None:
    number, act_on = "99010119900101001X", make.now.date()
    first = make.case(town, make.suspect(document_number=number, act_on=act_on))
    assignments.designate(
        make.act(town.manager),
        first,
        handler_id=colleague.id,
        reason="理由",
        approver_id=town.chief.id,
    )
    _form(make, town, colleague)

    again = make.case(town, make.suspect(document_number=number, act_on=act_on))
    assignment = assignments.assign(make.act(town.manager), again)

    assert (assignment.kind, assignment.handler_id) == (AssignmentKind.SAME_HANDLER, colleague.id)


def test_another_handlers_case_closes_to_the_team(
    make: Make, town: Town, colleague: Person
) -> None:
    _form(make, town, colleague)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    case = make.case(town)
    assignments.designate(
        make.act(town.manager),
        case,
        handler_id=town.prosecutor.id,
        reason="理由",
        approver_id=town.chief.id,
    )
    assert _reads(make, colleague, case)

    assignments.change_handler(
        make.act(town.manager),
        case,
        handler_id=other.id,
        reason="理由",
        approver_id=town.chief.id,
    )

    assert not _reads(make, colleague, case)


def test_a_recused_member_never_reads_the_case(make: Make, town: Town, colleague: Person) -> None:
    case = make.case(town)
    assignments.recuse(
        make.act(town.chief), case, person_id=colleague.id, ground=RecusalGround.INTEREST
    )
    third = make.person(PostKind.PROSECUTOR, town.procuratorate)
    _form(make, town, colleague, third)

    assignment = assignments.assign(make.act(town.manager), case)

    assert assignment.member_ids == [third.id]
    assert not _reads(make, colleague, case)


def test_whoever_joins_reads_the_teams_cases_and_whoever_leaves_does_not(
    make: Make, town: Town, colleague: Person
) -> None:
    team = _form(make, town, colleague)
    case = make.case(town)
    assignments.assign(make.act(town.manager), case)
    third = make.person(PostKind.PROSECUTOR, town.procuratorate)
    before = team.version

    teams.join(make.act(town.chief), team, person_id=third.id)
    assert _reads(make, third, case)
    teams.leave(make.act(town.chief), team, person_id=colleague.id)

    assert not _reads(make, colleague, case)
    assert team.version == before + 2
    with pytest.raises(TeamTooSmall):
        teams.leave(make.act(town.chief), team, person_id=third.id)
    with pytest.raises(TeamLeadStays):
        teams.leave(make.act(town.chief), team, person_id=town.prosecutor.id)
    with pytest.raises(AlreadyInTeam), make.session.begin_nested():
        teams.join(make.act(town.chief), team, person_id=third.id)


def test_an_ended_team_takes_no_new_case(make: Make, town: Town, colleague: Person) -> None:
    team = _form(make, town, colleague)
    act = make.act(town.chief)
    with pytest.raises(OnlyFromToday):
        teams.end(act, team, until_on=act.today - timedelta(days=1))
    teams.end(act, team, until_on=act.today)
    tomorrow = make.now + timedelta(days=1)

    assignment = assignments.assign(make.act(town.manager, tomorrow), make.case(town))

    assert (assignment.team_id, len(assignment.candidates)) == (None, 2)
    later = make.act(town.chief, tomorrow)
    with pytest.raises(TeamEnded):
        teams.join(later, team, person_id=colleague.id)
    with pytest.raises(TeamEnded):
        teams.leave(later, team, person_id=colleague.id)
    with pytest.raises(TeamEnded):
        teams.end(later, team, until_on=later.today)


def test_nobody_is_in_two_teams(make: Make, town: Town, colleague: Person) -> None:
    _form(make, town, colleague)

    with pytest.raises(AlreadyInTeam), make.session.begin_nested():
        _form(make, town, make.person(PostKind.PROSECUTOR, town.procuratorate))


def test_a_team_has_two_prosecutors_of_the_office_from_today_on(
    make: Make, town: Town, colleague: Person
) -> None:
    with pytest.raises(TeamTooSmall) as refused:
        _form(make, town)
    assert refused.value.members["article"] == "RULES 5"
    with pytest.raises(NotAProsecutorHere):
        _form(make, town, make.person(PostKind.ASSISTANT, town.procuratorate))
    act = make.act(town.chief)
    with pytest.raises(OnlyFromToday):
        teams.form(
            act,
            Roster(town.procuratorate.id),
            lead_id=town.prosecutor.id,
            member_ids=[colleague.id],
            from_on=act.today - timedelta(days=1),
        )


@pytest.mark.parametrize("who", ["officer", "prosecutor", "manager"])
def test_only_the_chief_names_a_lead(make: Make, town: Town, colleague: Person, who: str) -> None:
    with pytest.raises(NotAllowed):
        _form(make, town, colleague, by=getattr(town, who))


def test_a_team_is_found_by_whoever_reads_loads_there(
    make: Make, town: Town, colleague: Person
) -> None:
    team = _form(make, town, colleague)

    assert teams.find(make.act(town.manager), team.id) is team
    roster = Roster(town.procuratorate.id)
    assert make.session.scalars(teams.formed(make.act(town.manager), roster)).all() == [team]
    with pytest.raises(NotFound):
        teams.find(make.act(town.officer), team.id)
    assert make.session.scalars(select(CaseTeam)).all() == [team]
