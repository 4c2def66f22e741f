"""What is counted, for whom, and with how few statements."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from services import participation
from services.activities import ActivityKind, ActivityState, InviteGround
from services.activities.grounds import PublicMatter
from services.draws import Draw, DrawChange, DrawState, SeatChange
from services.invitations import Attending, InvitationState
from services.kernel.refusals import NotAllowed, NotFound
from services.participation import Numbers, OfficeScope, OrganScope, attendance, of_actor, of_year
from services.policy import PostKind
from services.public_hearings import PublicHearing, PublicHearingForm, PublicHearingState
from services.supervision_opinions import (
    Adoption,
    PerformanceReport,
    SupervisionOpinionState,
    SupervisionRuling,
)
from services.supervisors import SupervisorAllowance, SupervisorState, SupervisorTraining
from tests.participation.conftest import LATER, World, at

YEAR = of_year(2026)
STATEMENTS = 8
"""Activities, invitations, times, evenness, draws, opinions, hearings; the calendar, once."""


def numbers(world: World) -> Numbers:
    return participation.count_of(world.manager(), world.office, YEAR)


def test_activities_are_counted_by_how_they_ended(world: World) -> None:
    world.held(at(3, 12), ground=InviteGround.ARREST_HEARING)
    world.held(at(4, 14), kind=ActivityKind.COURT_APPEARANCE, state=ActivityState.CLOSED)
    world.held(at(4, 20), state=ActivityState.CANCELLED, cancelled_because="取消")
    world.held(at(9, 8), state=ActivityState.STAFFED, began_at=None, ended_at=None)
    world.without(at(5, 12))
    world.held(at(5, 12) - timedelta(days=365))

    found = numbers(world).activities

    assert (found.total, found.held, found.cancelled, found.without, found.ahead) == (5, 2, 1, 1, 1)
    assert found.by_kind == {"court_appearance": 1, "public_review": 4}
    assert found.without_because == {"organ_silent": 1}
    assert found.by_ground["arrest_hearing"].met == 1
    assert found.by_ground["non_prosecution_review"].missed == 1


def test_an_activity_belongs_to_its_day_in_shanghai(world: World) -> None:
    world.held(at(1, 1, 0))
    world.held(at(12, 31, 23), state=ActivityState.STAFFED, began_at=None, ended_at=None)

    found = numbers(world)

    assert [one.month for one in found.months] == ["2026-01", "2026-12"]
    january = participation.count_of(world.manager(), world.office, of_year(2026, 1))
    assert january.activities.total == 1


def test_invitations_are_counted_by_what_became_of_them(world: World) -> None:
    review = world.held(at(3, 12))
    world.asked(review, 0, InvitationState.ATTENDED)
    world.asked(review, 1, InvitationState.ATTENDED, attending=Attending.REMOTE)
    world.asked(review, 2, InvitationState.DECLINED)
    world.asked(review, 3, InvitationState.ABSENT)
    other = world.held(at(3, 19))
    world.asked(other, 0, InvitationState.LAPSED)
    world.asked(other, 1, InvitationState.RECUSED)
    world.asked(other, 2, InvitationState.RELEASED)

    found = numbers(world).invitations

    assert (found.invited, found.accepted, found.attended, found.absent) == (7, 3, 2, 1)
    assert (found.declined, found.lapsed, found.recused, found.released) == (1, 1, 1, 1)
    assert (found.present, found.remote) == (1, 1)
    assert numbers(world).months[0].participations == 2
    assert numbers(world).late.invitations_lapsed == 1


def test_evenness_counts_everybody_who_served(world: World) -> None:
    for day in (10, 17, 24):
        world.asked(world.held(at(3, day)), 0, InvitationState.ATTENDED)
    world.people[2].state = SupervisorState.NOMINATED
    world.make.session.flush()

    found = numbers(world)

    assert (found.drawn.people, found.drawn.most, found.drawn.never) == (3, 3, 2)
    assert found.attended.gini == pytest.approx(0.6667)
    assert found.attended.never_share == pytest.approx(0.6667)


def test_the_adoption_rate_follows_what_the_chief_decided(world: World) -> None:
    review = world.held(at(3, 12))
    seats = [world.asked(review, place, InvitationState.ATTENDED) for place in range(4)]
    world.opinion(seats[0], Adoption.ADOPTED)
    world.opinion(seats[1], Adoption.NOT_ADOPTED, SupervisionRuling.ADOPTED)
    world.opinion(seats[2], Adoption.NOT_ADOPTED, SupervisionRuling.UPHELD)
    world.opinion(seats[3])

    found = numbers(world).opinions

    assert (found.given, found.waiting) == (4, 1)
    assert (found.adopted, found.partly_adopted, found.not_adopted) == (2, 0, 1)
    assert found.adoption_rate == pytest.approx(0.6667)
    assert (found.objections, found.granted, found.upheld, found.undecided) == (2, 1, 1, 0)


def test_a_sealed_opinion_is_counted_for_nobody(world: World) -> None:
    seat = world.asked(world.held(at(3, 12)), 0, InvitationState.ATTENDED)
    world.opinion(seat, state=SupervisionOpinionState.SEALED, unsealed_at=None)

    assert numbers(world).opinions.given == 0
    own = attendance.years(world.act(world.people[0].person), world.people[0])
    assert (own[0].attended, own[0].opinions) == (1, 0)


def test_a_hearing_opened_without_an_activity_misses_its_ground(world: World) -> None:
    """PSUP-2019 9: an arrest review counts only if it has major influence."""
    heard(world, PublicMatter.NON_PROSECUTION)
    heard(world, PublicMatter.ARREST_REVIEW)
    heard(world, PublicMatter.ARREST_REVIEW, major_influence=True)
    heard(world, PublicMatter.OTHER)
    met = world.held(at(3, 12), ground=InviteGround.NON_PROSECUTION_REVIEW)
    heard(world, PublicMatter.NON_PROSECUTION, activity_id=met.id)

    grounds = numbers(world).activities.by_ground

    review, hearing = grounds["non_prosecution_review"], grounds["arrest_hearing"]
    assert (review.met, review.missed) == (1, 1)
    assert (hearing.met, hearing.missed) == (0, 1)
    assert set(grounds) == {"non_prosecution_review", "arrest_hearing"}


def heard(world: World, matter: PublicMatter, **given: Any) -> None:
    case = world.make.handled(world.town, world.make.suspect())
    values = {
        "form": PublicHearingForm.PUBLIC_HEARING,
        "matter": matter,
        "state": PublicHearingState.OPEN,
        "case_id": case.id,
        "procuratorate_id": world.town.procuratorate.id,
        "planned_by": world.town.prosecutor.id,
        "planned_at": at(3, 2),
        "starts_at": at(3, 12),
        "ends_at": at(3, 12, 12),
        "place": "第一听证室",
        "agenda": [],
        "intention": "拟不起诉",
        "opened_at": at(3, 12),
    }
    world.make.session.add(PublicHearing(**(values | given)))
    world.make.session.flush()


def test_times_are_working_days(world: World) -> None:
    """Thursday 12 March; told on Thursday 5 March; asked on Monday 9, answered on Tuesday."""
    review = world.held(at(3, 12), notice_by_on=at(3, 5).date())
    seat = world.asked(review, 0, InvitationState.ATTENDED)
    world.opinion(seat, Adoption.NOT_ADOPTED, SupervisionRuling.UPHELD)
    report(world, review.id, at(3, 18))

    found = numbers(world).lead_times

    assert {what: one.median for what, one in found.items()} == {
        "notice": 5,
        "invitation_answer": 1,
        "opinion_answer": 1,
        "receipt": 0,
        "performance_report": 4,
    }
    late = numbers(world).late
    assert (late.performance_reports, late.short_notices) == (1, 0)


def report(world: World, activity_id: int, when: object) -> None:
    given = {"reported_at": when, "reported_by": world.town.manager.id}
    world.make.session.add(PerformanceReport(activity_id=activity_id, **given))
    world.make.session.flush()


def test_a_report_that_is_missing_after_three_days_is_late(world: World) -> None:
    world.held(at(3, 12), told=at(3, 9))

    late = numbers(world).late

    assert (late.performance_reports, late.short_notices) == (1, 1)
    on_time = participation.count_of(world.manager(at(3, 17)), world.office, YEAR)
    assert on_time.late.performance_reports == 0


def test_a_seat_taken_after_the_draw_was_drawn_again(world: World) -> None:
    review = world.held(at(3, 12))
    draw = Draw(
        activity_id=review.id,
        state=DrawState.HELD,
        strata=[],
        pool_sha256="0" * 64,
        seed=b"0" * 32,
        commitment="0" * 64,
        published_at=at(3, 5),
        published_by=world.bureau.officer.id,
        held_at=at(3, 6),
        held_by=world.bureau.officer.id,
    )
    world.make.session.add(draw)
    world.make.session.flush()
    for ordinal, (kind, hours) in enumerate(
        [
            (SeatChange.DRAWN, 0),
            (SeatChange.OUT, 5),
            (SeatChange.DRAWN, 5),
            (SeatChange.UNFILLED, 9),
        ]
    ):
        moment = at(3, 6) + timedelta(hours=hours)
        world.make.session.add(
            DrawChange(draw_id=draw.id, ordinal=ordinal, kind=kind, happened_at=moment)
        )
    world.make.session.flush()

    found = numbers(world).draws

    assert (found.held, found.redrawn, found.unfilled) == (1, 1, 1)


def test_the_organ_counts_what_it_was_told_and_learns_of_no_ground(world: World) -> None:
    world.without(at(3, 12))
    world.held(at(3, 19), requested_at=None)

    found = participation.count_of(world.officer(), world.organ, YEAR).activities

    assert (found.total, found.without, found.by_ground, found.without_because) == (1, 1, {}, {})


def test_the_organ_counts_each_procuratorate_it_serves(world: World) -> None:
    elsewhere = world.make.town()
    world.held(at(3, 12))
    world.held(at(3, 12)).procuratorate_id = elsewhere.procuratorate.id
    world.make.session.flush()

    every = participation.count_of(world.officer(), world.organ, YEAR)
    one = OrganScope(world.bureau.office.id, elsewhere.procuratorate.id)

    assert [each.activities for each in every.offices] == [1, 1]
    assert participation.count_of(world.officer(), one, YEAR).activities.total == 1
    assert numbers(world).activities.total == 1


def test_who_counts_what(world: World) -> None:
    town = world.town
    for stranger in (town.prosecutor, town.officer, world.people[0].person, world.bureau.officer):
        with pytest.raises(NotAllowed):
            participation.count_of(world.act(stranger), world.office, YEAR)
    for stranger in (town.manager, town.chief, world.people[0].person):
        with pytest.raises(NotAllowed):
            participation.count_of(world.act(stranger), world.organ, YEAR)
    assert participation.count_of(world.act(town.chief), world.office, YEAR).activities.total == 0


def test_whose_numbers_one_asks_for(world: World) -> None:
    office, organ = world.town.procuratorate.id, world.bureau.office.id

    assert of_actor(world.manager()) == OfficeScope(office)
    assert of_actor(world.manager(), organ_id=organ) == OfficeScope(office, organ)
    assert of_actor(world.officer(), procuratorate_id=office) == OrganScope(organ, office)
    for other in (world.act(world.town.prosecutor), world.act(world.people[0].person)):
        with pytest.raises(NotFound):
            of_actor(other)
    with pytest.raises(NotFound):
        of_actor(world.manager(), procuratorate_id=organ)


def test_counting_more_costs_no_more_statements(world: World) -> None:
    for day in (3, 10, 17, 24):
        review = world.held(at(3, day), ground=InviteGround.ARREST_HEARING)
        for place in range(4):
            world.opinion(world.asked(review, place, InvitationState.ATTENDED), Adoption.ADOPTED)
    act = world.manager()
    asked: list[str] = []
    bind = world.make.session.get_bind()

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(bind, "before_cursor_execute", note)
    participation.count_of(act, world.office, YEAR)
    event.remove(bind, "before_cursor_execute", note)

    assert len(asked) <= STATEMENTS


def test_the_register_of_attendance_sums_each_year(world: World) -> None:
    entry = world.people[0]
    seat = world.asked(world.held(at(3, 12)), 0, InvitationState.ATTENDED)
    world.opinion(seat, Adoption.PARTLY_ADOPTED)
    world.asked(world.held(at(4, 14)), 0, InvitationState.DECLINED)
    by = {"recorded_at": LATER, "recorded_by": world.bureau.officer.id}
    own = {"supervisor_id": entry.id} | by
    training = SupervisorTraining(held_on=at(2, 2).date(), hours=8, topic="履职培训", **own)
    money = {"amount_fen": 20000, "purpose": "交通补助"}
    paid = SupervisorAllowance(paid_on=at(3, 20).date(), **money, **own)
    before = SupervisorAllowance(paid_on=at(3, 20).date().replace(year=2025), **money, **own)
    world.make.session.add_all([training, paid, before])
    world.make.session.flush()

    this, last = attendance.years(world.officer(), entry)

    assert (this.year, this.invited, this.attended, this.declined) == (2026, 2, 1, 1)
    assert (this.opinions, this.adopted, this.training_hours) == (1, 1, 8)
    assert (this.allowance_fen, last.year, last.allowance_fen) == (20000, 2025, 20000)


def test_attendance_is_the_organ_s_and_one_s_own(world: World) -> None:
    entry = world.people[0]
    world.asked(world.held(at(3, 12)), 0, InvitationState.ATTENDED)

    for reader in (world.officer(), world.act(entry.person)):
        assert attendance.find(reader, entry.id) is entry
        assert len(reader.session.scalars(attendance.attended(reader, entry)).all()) == 1
    for other in (world.manager(), world.act(world.people[1].person)):
        with pytest.raises(NotFound):
            attendance.find(other, entry.id)
        with pytest.raises(NotFound):
            attendance.attended(other, entry)
        with pytest.raises(NotFound):
            attendance.years(other, entry)


def test_each_of_the_pool_has_a_line(world: World) -> None:
    world.asked(world.held(at(3, 12)), 0, InvitationState.ATTENDED)
    world.asked(world.held(at(3, 19)), 1, InvitationState.LAPSED)
    act = world.manager()
    people = list(act.session.scalars(attendance.pool(world.office, YEAR)))

    lines = {
        one.supervisor.id: (one.drawn, one.attended, one.lapsed)
        for one in attendance.lines(act, world.office, YEAR, people)
    }

    first, second, third, *_ = (one.id for one in world.people)
    assert (lines[first], lines[second], lines[third]) == ((1, 1, 0), (1, 0, 1), (0, 0, 0))
    with pytest.raises(NotAllowed):
        attendance.lines(world.act(world.town.prosecutor), world.office, YEAR, people)
    head = world.make.person(PostKind.DEPARTMENT_HEAD, world.town.procuratorate)
    with pytest.raises(NotAllowed):
        attendance.lines(world.act(head), world.office, YEAR, people)
