"""When a suspect has to be interrogated, and what counts as done (RULES 280, 331; CPL 94)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services import arrest_reviews, deadlines, interrogations, proceedings
from services.arrest_requests.terms import Measure
from services.arrest_reviews import ArrestReview, Hearing, HearingMissing, InterrogationMissing
from services.cases import Case
from services.deadlines import Deadline, Keepers
from services.interrogations import (
    HeldOnPaper,
    Interrogation,
    InterrogationGround,
    InterrogationState,
    MustInterrogate,
    Role,
    Seat,
    Wish,
    grounds,
    opinion_forms,
    paper,
)
from services.interrogations.composition import MinorAlone, NotInTheCentre, TooFewStaff
from services.interrogations.grounds import GroundFollowsFromFile, GroundKnown
from services.interrogations.opinion_forms import FormCollected, FormNotForThem, FormServed
from services.interrogations.paper import (
    NoSuchCentre,
    NotHeldYet,
    PoliceSaidNothing,
    PoliceUnheard,
)
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import PostKind
from services.proceedings.table import StepBarred
from services.prosecutions.steps.review import INTERROGATION_HELD
from tests.interrogations.conftest import Scene
from tests.make import Make

G = InterrogationGround
HOUR = timedelta(hours=1)


@pytest.fixture
def wish(scene: Scene) -> Wish:
    return Wish(scene.case, scene.suspect)


def _review(make: Make, case: Case) -> ArrestReview:
    return make.session.scalars(select(ArrestReview).where(ArrestReview.case_id == case.id)).one()


def _opine(make: Make, scene: Scene, hearing: Hearing) -> ArrestReview:
    return arrest_reviews.opine(
        make.act(scene.town.prosecutor),
        _review(make, scene.case),
        proposal=arrest_reviews.Proposal.APPROVE,
        refusal_kind=None,
        hearing=hearing,
        reasons="有证据证明有犯罪事实。",
        outline=None,
    )


def _on_paper(make: Make, scene: Scene, **given: object) -> HeldOnPaper:
    clerk = make.person(PostKind.CLERK, scene.town.procuratorate)
    values: dict[str, object] = {
        "held_from": make.now - 2 * HOUR,
        "held_until": make.now - HOUR,
        "seats": (Seat(Role.LEAD, scene.town.prosecutor.id), Seat(Role.CLERK, clerk.id)),
    }
    return HeldOnPaper(**(values | given))  # type: ignore[arg-type]  # as a test names them


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"flags": ["minor"]}, [G.MINOR]),
        ({"born_on": date(2010, 1, 1)}, [G.MINOR]),
        ({"born_on": date(2000, 1, 1), "flags": ["minor"]}, []),
        ({"flags": ["plea_leniency"]}, [G.PLEA_LENIENCY]),
        ({"flags": ["blind"]}, [G.DISABILITY]),
        ({"flags": ["deaf"]}, [G.DISABILITY]),
        ({"flags": ["mute"]}, [G.DISABILITY]),
        ({"flags": ["limited_capacity"]}, [G.DISABILITY]),
        ({"flags": ["foreigner", "deputy"]}, []),
    ],
)
def test_four_grounds_follow_from_the_file(
    make: Make, scene: Scene, given: dict[str, object], found: list[G]
) -> None:
    for name, value in given.items():
        setattr(scene.suspect, name, value)
    act = make.act(scene.town.prosecutor)
    assert grounds.of(act, scene.case, scene.suspect) == found
    duty = grounds.required(act, scene.case, scene.suspect)
    assert (duty.required, list(duty.grounds)) == (bool(found), found)


def test_a_major_case_is_one_for_every_suspect(make: Make, scene: Scene) -> None:
    scene.case.origin.major_or_complex = True
    act = make.act(scene.town.prosecutor)
    assert grounds.of(act, scene.case, scene.suspect) == [G.MAJOR_OR_COMPLEX]


def test_three_grounds_are_the_handler_s_to_note(make: Make, scene: Scene, wish: Wish) -> None:
    act = make.act(scene.town.prosecutor)
    for ground in (G.ILLEGALITY_POSSIBLE, G.CONDITIONS_DOUBTFUL):
        grounds.note_ground(act, wish, ground)
    with pytest.raises(GroundKnown):
        grounds.note_ground(act, wish, G.CONDITIONS_DOUBTFUL)
    with pytest.raises(GroundFollowsFromFile):
        grounds.note_ground(act, wish, G.MINOR)
    with pytest.raises(NotAllowed):
        grounds.note_ground(make.act(scene.town.chief), wish, G.SUSPECT_ASKED)
    noted = [G.CONDITIONS_DOUBTFUL, G.ILLEGALITY_POSSIBLE]
    assert grounds.of(act, scene.case, scene.suspect) == noted
    make.written_opinion(scene.case, scene.suspect)
    with pytest.raises(MustInterrogate) as refused:
        _opine(make, scene, Hearing.WRITTEN_OPINION)
    assert refused.value.members["grounds"] == noted
    assert refused.value.members["article"].startswith("RULES 280¶1(1); CPL 88¶1(1)")
    review = _review(make, scene.case)
    make.session.refresh(review)
    assert arrest_reviews.grounds_to_interrogate(act, review) == noted

    for ground in noted:
        grounds.withdraw_ground(act, wish, ground)
    with pytest.raises(NotFound):
        grounds.withdraw_ground(act, wish, G.CONDITIONS_DOUBTFUL)
    with pytest.raises(GroundFollowsFromFile):
        grounds.withdraw_ground(act, wish, G.SUSPECT_ASKED)
    _opine(make, scene, Hearing.WRITTEN_OPINION)


def test_an_opinion_needs_the_interrogation_that_it_speaks_of(make: Make, scene: Scene) -> None:
    with pytest.raises(InterrogationMissing) as refused:
        _opine(make, scene, Hearing.INTERROGATED)
    assert refused.value.members["article"] == "RULES 280¶1"
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    with pytest.raises(InterrogationMissing):
        _opine(make, scene, Hearing.INTERROGATED)
    booked.state = InterrogationState.ENDED
    _opine(make, scene, Hearing.INTERROGATED)


def test_signing_a_plea_is_no_interrogation(make: Make, scene: Scene) -> None:
    make.held(scene.case, scene.suspect, purpose=interrogations.Purpose.SIGN_PLEA)
    with pytest.raises(InterrogationMissing):
        _opine(make, scene, Hearing.INTERROGATED)


# --- the form for a written opinion ----------------------------------------------------------


def test_a_form_is_served_and_collected_before_the_opinion(
    make: Make, scene: Scene, wish: Wish
) -> None:
    act = make.act(scene.town.prosecutor)
    with pytest.raises(NotFound):
        opinion_forms.collect(act, wish, words="无。", wants_to_speak=False)
    opinion_forms.serve(act, wish)
    with pytest.raises(FormServed):
        opinion_forms.serve(act, wish)
    with pytest.raises(HearingMissing):
        _opine(make, scene, Hearing.WRITTEN_OPINION)
    opinion_forms.collect(act, wish, words="没有意见。", wants_to_speak=False)
    with pytest.raises(FormCollected):
        opinion_forms.collect(act, wish, words="有意见。", wants_to_speak=True)
    _opine(make, scene, Hearing.WRITTEN_OPINION)
    kinds = set(make.session.scalars(select(JournalEntry.kind)))
    assert {"OpinionFormServed", "OpinionFormCollected"} <= kinds
    assert "GroundNoted" not in kinds


def test_who_asks_on_the_form_to_speak_is_interrogated(
    make: Make, scene: Scene, wish: Wish
) -> None:
    act = make.act(scene.town.prosecutor)
    opinion_forms.serve(act, wish)
    opinion_forms.collect(act, wish, words="要求当面陈述。", wants_to_speak=True)
    assert grounds.of(act, scene.case, scene.suspect) == [G.SUSPECT_ASKED]
    with pytest.raises(MustInterrogate):
        _opine(make, scene, Hearing.WRITTEN_OPINION)


def test_the_form_is_for_the_detained_without_a_ground(
    make: Make, scene: Scene, wish: Wish
) -> None:
    act = make.act(scene.town.prosecutor)
    with pytest.raises(NotAllowed):
        opinion_forms.serve(make.act(scene.town.manager), wish)
    scene.suspect.measure = Measure.BAIL
    with pytest.raises(FormNotForThem):
        opinion_forms.serve(act, wish)
    scene.suspect.measure = Measure.DETENTION
    scene.suspect.flags = ["plea_leniency"]
    with pytest.raises(MustInterrogate):
        opinion_forms.serve(act, wish)


# --- on paper --------------------------------------------------------------------------------


def test_what_was_held_on_paper_is_entered_under_the_same_law(
    make: Make, scene: Scene, wish: Wish
) -> None:
    act = make.act(scene.town.prosecutor)
    with pytest.raises(TooFewStaff):
        paper.file_held(act, wish, _on_paper(make, scene, seats=(Seat(Role.LEAD, act.actor.id),)))
    with pytest.raises(NotInTheCentre):
        paper.file_held(act, wish, _on_paper(make, scene, place="某派出所"))
    with pytest.raises(NotAllowed):
        paper.file_held(make.act(scene.town.manager), wish, _on_paper(make, scene))
    held = paper.file_held(act, wish, _on_paper(make, scene))
    assert (held.state, held.held_on_paper, held.booking_id, held.wanted_minutes) == (
        InterrogationState.ENDED,
        True,
        None,
        60,
    )
    assert held.centre_id == scene.centre.office.id
    assert list(grounds.on_record(act, scene.case, scene.suspect)) == [held]
    _opine(make, scene, Hearing.INTERROGATED)


def test_the_age_on_paper_is_that_of_the_day(make: Make, scene: Scene, wish: Wish) -> None:
    today = make.act(scene.town.prosecutor).today
    scene.suspect.born_on = (today - timedelta(days=2)).replace(year=today.year - 18)
    act = make.act(scene.town.prosecutor)
    paper.file_held(act, wish, _on_paper(make, scene))
    scene.case.origin.received_at -= timedelta(days=3)
    before = {"held_from": make.now - timedelta(days=2), "held_until": make.now - 47 * HOUR}
    with pytest.raises(MinorAlone):
        paper.file_held(act, wish, _on_paper(make, scene, **before))


@pytest.mark.parametrize(("starts", "ends"), [(-2, 1), (-1, -2), (-1, -1), (-14, -1)], ids=str)
def test_what_is_filed_has_been_held(
    make: Make, scene: Scene, wish: Wish, starts: int, ends: int
) -> None:
    times = {"held_from": make.now + starts * HOUR, "held_until": make.now + ends * HOUR}
    with pytest.raises(NotHeldYet):
        paper.file_held(make.act(scene.town.prosecutor), wish, _on_paper(make, scene, **times))


def test_a_file_that_names_no_centre_is_told_one(make: Make, scene: Scene, wish: Wish) -> None:
    scene.suspect.detention_centre_id = None
    act = make.act(scene.town.prosecutor)
    with pytest.raises(NoSuchCentre):
        paper.file_held(act, wish, _on_paper(make, scene, centre_id=scene.town.police.id))
    paper.file_held(act, wish, _on_paper(make, scene, centre_id=scene.centre.office.id))
    assert scene.suspect.detention_centre_id == scene.centre.office.id


def test_a_closed_case_takes_nothing_more(make: Make, scene: Scene, wish: Wish) -> None:
    scene.case.state = type(scene.case.state).CLOSED
    make.session.flush()
    with pytest.raises(WrongState):
        paper.file_held(make.act(scene.town.prosecutor), wish, _on_paper(make, scene))


# --- the police first ------------------------------------------------------------------------


def test_the_police_are_heard_before_who_is_not_detained(make: Make, scene: Scene) -> None:
    act = make.act(scene.town.prosecutor)
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    paper.refuse_unheard(booked)
    scene.suspect.measure = Measure.BAIL
    with pytest.raises(PoliceUnheard) as refused:
        paper.refuse_unheard(booked)
    assert refused.value.members["article"] == "RULES 280¶2"
    with pytest.raises(PoliceSaidNothing):
        paper.hear_police(act, booked, " ")
    with pytest.raises(NotAllowed):
        paper.hear_police(make.act(scene.town.manager), booked, "没有意见。")
    paper.hear_police(act, booked, "公安机关认为有社会危险性。")
    paper.refuse_unheard(booked)
    booked.state = InterrogationState.ENDED
    with pytest.raises(WrongState):
        paper.hear_police(act, booked, "没有意见。")


def test_on_paper_the_police_were_heard_before_as_well(
    make: Make, scene: Scene, wish: Wish
) -> None:
    scene.suspect.measure = Measure.BAIL
    act = make.act(scene.town.prosecutor)
    for heard in (None, make.now - HOUR):
        with pytest.raises(PoliceUnheard):
            paper.file_held(act, wish, _on_paper(make, scene, police_heard_at=heard))
    before = make.now - 3 * HOUR
    held = paper.file_held(act, wish, _on_paper(make, scene, police_heard_at=before))
    assert held.police_heard_at == before


# --- review for prosecution ------------------------------------------------------------------


def test_in_review_for_prosecution_everybody_is_interrogated(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    case, suspect = prosecution.case, prosecution.suspect
    act = make.act(town.prosecutor)
    duty = grounds.required(act, case, suspect)
    assert (duty.required, duty.on_record) == (True, ())
    taking = proceedings.table.Taking(
        act, prosecution, proceedings.operations.step_of("prosecutions", "indict"), {}
    )
    with pytest.raises(StepBarred):
        INTERROGATION_HELD.check(taking)
    held = make.held(case, suspect)
    INTERROGATION_HELD.check(taking)
    assert grounds.required(act, case, suspect).on_record == (held,)


def test_what_was_held_for_the_arrest_is_not_held_for_the_prosecution(
    make: Make, scene: Scene
) -> None:
    make.held(scene.case, scene.suspect)
    scene.suspect.measure = Measure.ARREST
    prosecution = make.prosecution(scene.town, scene.suspect)
    act = make.act(scene.town.prosecutor)
    assert not grounds.on_record(act, prosecution.case, scene.suspect)


def _day_after_arrest(make: Make, interrogation: Interrogation) -> Deadline:
    case = interrogation.case
    act = make.act(case.handler or 0)  # type: ignore[arg-type]  # it has one
    return deadlines.start(
        act,
        "A04b",
        case,
        suspect_id=interrogation.suspect_id,
        started_at=make.now - 3 * HOUR,
        custody=interrogation.suspect.custody,
        keepers=Keepers(case.procuratorate_id, case.police_office_id, case.handler_id),
    )


def test_an_ended_interrogation_keeps_the_day_after_the_arrest(make: Make, scene: Scene) -> None:
    act = make.act(scene.town.prosecutor)
    early = make.held(scene.case, scene.suspect, started_at=make.now - 4 * HOUR)
    signing = make.held(scene.case, scene.suspect, purpose=interrogations.Purpose.SIGN_PLEA)
    held = make.held(scene.case, scene.suspect)
    period = _day_after_arrest(make, held)
    for other in (early, signing):
        grounds.ended(act, other)
        assert period.closed_at is None
    grounds.ended(act, held)
    assert period.closed_at == held.started_at
