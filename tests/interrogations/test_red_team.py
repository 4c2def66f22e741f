"""What a defence lawyer or a prosecutor would hold against the law of interrogations."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services import arrest_reviews, interrogations, resources
from services.arrest_requests.terms import Measure
from services.arrest_reviews import ArrestReview, Hearing, MustInterrogate
from services.deadlines import Deadline
from services.interrogations import (
    AfterDeadline,
    HeldOnPaper,
    InterrogationGround,
    InterrogationState,
    Mode,
    Role,
    Seat,
    Wish,
    changes,
    checklist,
    grounds,
    limits,
    paper,
    practice,
    sitting,
    standing_aside,
)
from services.interrogations.checklist import ReadinessKind
from services.interrogations.flow import NotHeldBecause, Purpose
from services.interrogations.paper import BeforeTheCase, PoliceUnheard
from services.interrogations.separation import CoSuspectsTooClose
from services.kernel.flow import WrongState
from services.participants import Participant, ParticipantKind
from services.policy import PostKind
from services.resources import ResourceKind
from tests.interrogations.sittings import prepared, seated
from tests.make import Make, Scene

HOUR = timedelta(hours=1)


def _wish(scene: Scene) -> Wish:
    return Wish(scene.case, scene.suspect)


def _held(make: Make, scene: Scene, **given: object) -> HeldOnPaper:
    clerk = make.person(PostKind.CLERK, scene.town.procuratorate)
    values: dict[str, object] = {
        "held_from": make.now - 2 * HOUR,
        "held_until": make.now - HOUR,
        "seats": (Seat(Role.LEAD, scene.town.prosecutor.id), Seat(Role.CLERK, clerk.id)),
    }
    return HeldOnPaper(**(values | given))  # type: ignore[arg-type]  # as a test names them


def _minor(make: Make, scene: Scene) -> None:
    scene.suspect.born_on = make.now.date().replace(year=make.now.year - 16)


def _adult(make: Make, scene: Scene, kind: ParticipantKind) -> Participant:
    adult = Participant(
        office_id=scene.town.procuratorate.id,
        kind=kind,
        name="某到场人",
        languages=[],
        suspect_id=scene.suspect.id,
        entered_at=make.now,
        entered_by=scene.town.manager.id,
    )
    make.session.add(adult)
    make.session.flush()
    return adult


def test_who_is_held_for_another_matter_is_not_detained_in_this_one(
    scene: Scene, make: Make
) -> None:
    """RULES 280¶2 speaks of 拘留: a prisoner of another case is heard after the police."""
    act, booked = prepared(make, scene)
    scene.suspect.measure = Measure.CUSTODY_ELSEWHERE
    seated(act, booked)
    with pytest.raises(PoliceUnheard):
        sitting.start(act, booked)


def test_what_was_held_before_the_case_came_was_not_held_in_it(scene: Scene, make: Make) -> None:
    act = make.act(scene.town.prosecutor)
    early = _held(make, scene, held_from=make.now - 26 * HOUR, held_until=make.now - 25 * HOUR)
    with pytest.raises(BeforeTheCase):
        paper.file_held(act, _wish(scene), early)
    paper.file_held(act, _wish(scene), _held(make, scene))


def test_what_the_former_handler_held_is_filed_by_the_new_one(scene: Scene, make: Make) -> None:
    held = _held(make, scene)
    other = make.person(PostKind.PROSECUTOR, scene.town.procuratorate)
    scene.case.handler_id = other.id
    make.session.flush()
    filed = paper.file_held(make.act(other), _wish(scene), held)
    assert filed.holding_ids == {scene.town.prosecutor.id}


def test_a_ground_that_is_noted_after_the_opinion_holds_up_the_decision(
    scene: Scene, make: Make
) -> None:
    chosen = select(ArrestReview).where(ArrestReview.case_id == scene.case.id)
    review = make.session.scalars(chosen).one()
    make.written_opinion(scene.case, scene.suspect)
    act = make.act(scene.town.prosecutor)
    arrest_reviews.opine(
        act,
        review,
        proposal=arrest_reviews.Proposal.APPROVE,
        refusal_kind=None,
        hearing=Hearing.WRITTEN_OPINION,
        reasons="有证据证明有犯罪事实。",
        outline=None,
    )
    grounds.note_ground(act, _wish(scene), InterrogationGround.SUSPECT_ASKED)
    make.session.expire(review)
    chief = make.act(scene.town.chief)
    for outcome, kind in (
        (arrest_reviews.Outcome.APPROVE, None),
        (arrest_reviews.Outcome.REFUSE, arrest_reviews.RefusalKind.NO_DANGER),
    ):
        with pytest.raises(MustInterrogate):
            arrest_reviews.decide(
                chief, review, outcome=outcome, refusal_kind=kind, reasons="无社会危险性。"
            )
    make.held(scene.case, scene.suspect)
    arrest_reviews.decide(
        chief, review, outcome=arrest_reviews.Outcome.APPROVE, refusal_kind=None, reasons=None
    )


def test_a_period_to_tell_or_to_answer_is_no_limit_of_an_interrogation(make: Make) -> None:
    """R04, R24 and their like bind the procuratorate, and no interrogation comes before them."""
    town = make.town()
    prosecution = make.prosecution(town)
    running = make.session.scalars(
        select(Deadline).where(Deadline.suspect_id == prosecution.suspect.id)
    ).all()
    assert "R04" in {one.rule_id for one in running}
    limit = limits.earliest(make.act(town.prosecutor), prosecution.suspect)
    assert limit is not None
    assert limit.rule_id == "R01"


def test_the_review_of_an_arrest_is_a_limit_for_who_is_not_detained(make: Make) -> None:
    town = make.town()
    suspect = make.suspect(measure=Measure.BAIL)
    case = make.handled(town, suspect)
    limit = limits.earliest(make.act(town.prosecutor), suspect)
    assert limit is not None
    assert limit.rule_id == "D07"
    with pytest.raises(AfterDeadline):
        make.interrogation(town, case, limit.ends_at - HOUR / 2, mode=Mode.IN_PERSON, place="住处")


def test_over_a_lost_link_nobody_is_told_anything(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    seated(act, booked)
    sitting.start(act, booked)
    sitting.lose_link(act, booked)
    for tell in (sitting.state_rights, sitting.state_recording):
        with pytest.raises(WrongState):
            tell(act, booked)


def test_what_broke_off_before_the_rights_were_told_was_not_held(scene: Scene, make: Make) -> None:
    """Otherwise it never ends, or somebody says that the suspect was told what nobody told."""
    act, booked = prepared(make, scene)
    seated(act, booked)
    sitting.start(act, booked)
    sitting.lose_link(act, booked)
    sitting.not_held(act, booked, because=NotHeldBecause.LINK_FAILED, words="线路中断。")
    assert booked.state is InterrogationState.NOT_HELD
    assert not grounds.on_record(act, scene.case, scene.suspect)


def test_what_was_said_is_never_called_not_held(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    seated(act, booked)
    sitting.state_rights(act, booked)
    sitting.start(act, booked)
    sitting.lose_link(act, booked)
    with pytest.raises(WrongState):
        sitting.not_held(act, booked, because=NotHeldBecause.LINK_FAILED, words="线路中断。")


def test_for_an_adult_who_is_refused_at_the_table_another_is_called(
    scene: Scene, make: Make
) -> None:
    _minor(make, scene)
    first, second = (_adult(make, scene, ParticipantKind.APPROPRIATE_ADULT) for _ in range(2))
    staff = make.arrangement(scene.town).seats
    beside = Seat(Role.APPROPRIATE_ADULT, participant_id=first.id)
    act, booked = prepared(make, scene, seats=(*staff, beside))
    seated(act, booked)
    refused = next(one for one in booked.attendances if one.role is Role.APPROPRIATE_ADULT)
    standing_aside.decline_adult(act, booked, refused, reason="与其有利害关系。")
    with pytest.raises(sitting.NotEverybodyThere):
        sitting.start(act, booked)
    other = Seat(Role.APPROPRIATE_ADULT, participant_id=second.id)
    changes.swap(act, booked, seats=(*staff, other), reason="另行通知合适成年人。")
    come = next(one for one in booked.attendances if one.participant_id == second.id)
    sitting.check_in(act, booked, come)
    sitting.start(act, booked)
    assert booked.state is InterrogationState.RUNNING


def test_two_co_suspects_never_share_a_room_with_two_places(make: Make) -> None:
    town = make.town()
    centre = make.centre(town)
    pair = [make.suspect(detention_centre_id=centre.office.id) for _ in range(2)]
    case = make.handled(town, *pair)
    rooms = make.session.scalars(
        resources.in_office(centre.office.id, ResourceKind.INTERROGATION_ROOM)
    ).all()
    for room in rooms[1:]:
        make.session.delete(room)
    rooms[0].units = 2
    told = practice.of_office(make.session, town.procuratorate.id)
    told.apart_minutes = 0
    make.session.add(told)
    make.session.flush()
    starts_at = make.now + HOUR
    make.interrogation(town, case, starts_at, mode=Mode.IN_PERSON)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    case.handler_id = other.id
    make.session.flush()
    second = make.person(PostKind.ASSISTANT, town.procuratorate)
    seats = (Seat(Role.LEAD, other.id), Seat(Role.STAFF, second.id))
    with pytest.raises(CoSuspectsTooClose):
        interrogations.book(
            make.act(other),
            Wish(case, pair[1]),
            make.arrangement(town, mode=Mode.IN_PERSON, seats=seats),
            starts_at=starts_at,
        )


def test_where_the_representative_cannot_come_the_rules_name_who_does(
    scene: Scene, make: Make
) -> None:
    """RULES 468¶4: an appropriate adult exercises the right to be present."""
    _minor(make, scene)
    lawyer = _adult(make, scene, ParticipantKind.LAWYER)
    signing = make.arrangement(
        scene.town,
        purpose=Purpose.SIGN_PLEA,
        seats=(
            *make.arrangement(scene.town).seats,
            Seat(Role.LAWYER, participant_id=lawyer.id),
        ),
    )
    act = make.act(scene.town.prosecutor)
    with pytest.raises(interrogations.composition.MinorSignsAlone) as refused:
        interrogations.book(act, _wish(scene), signing, starts_at=scene.soon)
    assert refused.value.members["article"].startswith("RULES 468¶1; RULES 468¶4")


def test_review_cases_are_not_measured_by_the_articles_of_own_investigations(
    scene: Scene, make: Make
) -> None:
    """RULES 182 to 190 hold for own investigations; 258 and 260 are the base here."""
    lead = make.arrangement(scene.town).seats[:1]
    with pytest.raises(interrogations.composition.TooFewStaff) as refused:
        make.interrogation(scene.town, scene.case, scene.soon, seats=lead)
    assert refused.value.members["article"] == "RULES 260¶1"


def test_the_checklist_asks_for_the_police_where_the_start_does(scene: Scene, make: Make) -> None:
    scene.suspect.measure = Measure.CUSTODY_ELSEWHERE
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    wanted = {one.kind for one in checklist.of(make.session, booked)}
    assert {ReadinessKind.CERTIFICATE, ReadinessKind.POLICE_HEARD} <= wanted
