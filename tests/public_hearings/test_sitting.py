"""Holding a hearing: supervisors first, who is there, what is said, what the officers think."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from services import assignments, public_hearings
from services.activities import Activity, ActivityState, InviteGround, WithoutBecause
from services.activities.grounds import PublicMatter
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.public_hearings import (
    FLOW,
    ActivityElsewhere,
    ActivityHasHearing,
    ActivityLinkedAlready,
    NotOfTheHearing,
    NotPresent,
    OfficerOpinionsMissing,
    PublicHearing,
    PublicHearingAhead,
    PublicHearingForm,
    PublicHearingState,
    SignaturesMissing,
    Speaker,
    StatementKind,
    SupervisorsComing,
    SupervisorsNotInvited,
    TooFewOfficers,
)
from services.tasks import TaskKind
from tests.public_hearings.conftest import AGREE, DISAGREE, OTHER, World

REVIEW, HEARING = PublicHearingForm
INVITED = {ActivityState.STAFFED, ActivityState.UNDER_WAY, ActivityState.WITHOUT}
MUST = {
    PublicMatter.COMPLAINT: InviteGround.COMPLAINT_REVIEW,
    PublicMatter.NON_PROSECUTION: InviteGround.NON_PROSECUTION_REVIEW,
    PublicMatter.CUSTODY_NECESSITY: InviteGround.NECESSITY_REVIEW,
}
"""In either form; the others below."""


def ground(matter: PublicMatter, form: PublicHearingForm, *, major: bool) -> InviteGround | None:
    """PSUP-2019 9, row by row."""
    if matter is PublicMatter.ARREST_REVIEW:
        return InviteGround.ARREST_HEARING if form is HEARING and major else None
    if matter is PublicMatter.ADMINISTRATIVE_LITIGATION:
        return InviteGround.ADMINISTRATIVE_HEARING if form is HEARING else None
    return MUST.get(matter)


@pytest.mark.parametrize("state", [None, *ActivityState])
def test_article_nine_over_all_matters_forms_and_states(state: ActivityState | None) -> None:
    """Lacking: there is a ground, and neither supervisors on their way nor a recorded reason."""
    for matter, form, major, because in product(
        PublicMatter, PublicHearingForm, (False, True), (None, WithoutBecause.ORGAN_SILENT)
    ):
        hearing = PublicHearing(
            form=form,
            matter=matter,
            major_influence=major,
            without_because=because,
            activity=None if state is None else Activity(state=state),
        )
        expected = ground(matter, form, major=major)
        assert hearing.ground is expected
        if because or state in INVITED:
            expected = None
        assert public_hearings.lacking(hearing) is expected, (matter, form, major, because)


def present(hearing: PublicHearing) -> dict[str, list[int]]:
    return {
        "officers": [one.id for one in hearing.officers],
        "parties": [one.id for one in hearing.parties],
    }


def test_it_is_not_opened_before_supervisors_are_invited(world: World) -> None:
    hearing = world.noticed(matter=PublicMatter.NON_PROSECUTION)

    with pytest.raises(SupervisorsNotInvited) as refused:
        public_hearings.open_(world.then(hearing), hearing, **present(hearing))

    assert refused.value.members["ground"] == "non_prosecution_review"
    assert refused.value.members["article"] == "PSUP-2019 9"


def test_a_recorded_reason_lets_it_be_opened(world: World) -> None:
    hearing = world.noticed(matter=PublicMatter.NON_PROSECUTION)
    public_hearings.go_without(
        world.act(world.town.manager),
        hearing,
        because=WithoutBecause.ORGAN_SILENT,
        words="未答复。",
    )
    public_hearings.open_(world.then(hearing), hearing, **present(hearing))

    assert hearing.state is PublicHearingState.OPEN


def test_the_activity_begins_and_ends_with_the_hearing(world: World) -> None:
    hearing = world.noticed(matter=PublicMatter.NON_PROSECUTION)
    activity = world.activity(ActivityState.STAFFED)
    public_hearings.link(world.act(), hearing, activity)
    act = world.then(hearing)
    public_hearings.open_(act, hearing, **present(hearing))
    assert activity.state is ActivityState.UNDER_WAY

    public_hearings.deliberate(act, hearing)
    opinions = world.opinions(hearing, AGREE, AGREE, AGREE)
    public_hearings.vote(act, hearing, opinions=opinions)
    public_hearings.conclude(act, hearing, record="笔录。", signed=list(opinions), unsigned={})
    assert activity.state.value == "ended"


def test_where_the_chief_opens_it_the_handler_begins_the_activity(world: World) -> None:
    hearing = world.noticed(matter=PublicMatter.NON_PROSECUTION, chaired_by=world.town.chief.id)
    activity = world.activity(ActivityState.STAFFED)
    public_hearings.link(world.act(), hearing, activity)
    public_hearings.open_(world.then(hearing, world.town.chief), hearing, **present(hearing))

    assert hearing.state is PublicHearingState.OPEN
    assert activity.state is ActivityState.STAFFED


# --- the activity -------------------------------------------------------------------------------


def test_an_activity_is_planned_with_the_time_place_and_ground_of_the_hearing(
    world: World,
) -> None:
    hearing = world.planned(matter=PublicMatter.NON_PROSECUTION)
    public_hearings.plan_activity(world.act(), hearing, title="拟不起诉案件公开听证", wanted=2)

    activity = hearing.activity
    assert activity is not None
    assert (activity.ground, activity.case_id) == (
        InviteGround.NON_PROSECUTION_REVIEW,
        world.case.id,
    )
    assert (activity.starts_at, activity.place) == (hearing.starts_at, hearing.place)
    assert "PublicHearingActivityLinked" in world.journal(hearing)


@pytest.mark.parametrize("state", [ActivityState.CANCELLED, ActivityState.ENDED])
def test_an_activity_that_is_over_is_not_linked(world: World, state: ActivityState) -> None:
    with pytest.raises(ActivityElsewhere):
        public_hearings.link(world.act(), world.planned(), world.activity(state))


def test_an_activity_of_another_case_is_not_linked(world: World) -> None:
    other = world.activity(ActivityState.STAFFED, case=world.make.handled(world.town))
    with pytest.raises(ActivityElsewhere):
        public_hearings.link(world.act(), world.planned(), other)


def test_an_activity_is_of_one_hearing_and_a_hearing_asks_through_one(world: World) -> None:
    one, other = world.planned(), world.planned()
    activity = world.activity(ActivityState.DRAWING)
    public_hearings.link(world.act(), one, activity)
    with pytest.raises(ActivityHasHearing):
        public_hearings.link(world.act(), other, activity)
    world.session.refresh(other)
    with pytest.raises(ActivityLinkedAlready):
        public_hearings.link(world.act(), one, world.activity(ActivityState.PLANNED))
    with pytest.raises(ActivityLinkedAlready):
        public_hearings.plan_activity(world.act(), one, title="公开听证", wanted=1)

    public_hearings.cancel(world.act(), one, reason="改期。")
    public_hearings.link(world.act(), other, activity)
    assert other.activity is activity


def test_supervisors_who_are_coming_are_not_left_out(world: World) -> None:
    hearing = world.planned()
    public_hearings.link(world.act(), hearing, world.activity(ActivityState.STAFFED))
    with pytest.raises(SupervisorsComing):
        public_hearings.go_without(
            world.act(), hearing, because=WithoutBecause.OTHER, words="不需要。"
        )


# --- who is there, and what is said -------------------------------------------------------------


@pytest.mark.parametrize(("number", "opens"), [(2, False), (3, True)])
def test_fewer_than_three_officers_present_hold_no_hearing(
    world: World, number: int, *, opens: bool
) -> None:
    hearing = world.noticed()
    there = present(hearing)["officers"][:number]
    if opens:
        public_hearings.open_(world.then(hearing), hearing, officers=there, parties=[])
        assert {one.attended for one in hearing.parties} == {False}
    else:
        with pytest.raises(TooFewOfficers):
            public_hearings.open_(world.then(hearing), hearing, officers=there, parties=[])


def test_it_is_opened_on_its_day_with_its_own_people(world: World) -> None:
    hearing = world.noticed()
    with pytest.raises(PublicHearingAhead):
        public_hearings.open_(world.act(), hearing, **present(hearing))
    with pytest.raises(NotOfTheHearing):
        public_hearings.open_(
            world.then(hearing),
            hearing,
            officers=[2**30, *present(hearing)["officers"]],
            parties=[],
        )


def test_what_is_said_is_kept_in_order_with_who_spoke(world: World) -> None:
    hearing = world.opened()
    officer, party = hearing.officers[0].id, hearing.parties[0].id
    said: list[dict[str, Any]] = [
        {"speaker": Speaker.CHAIR, "kind": StatementKind.STATEMENT},
        {"speaker": Speaker.OFFICER, "kind": StatementKind.QUESTION, "officer_id": officer},
        {"speaker": Speaker.PARTY, "kind": StatementKind.ANSWER, "party_id": party},
    ]
    for one in said:
        public_hearings.say(world.then(hearing), hearing, words="请说明。", **one)

    assert [one.speaker for one in hearing.statements] == [one["speaker"] for one in said]
    assert hearing.statements[0].person_id == world.town.prosecutor.id


@pytest.mark.parametrize(
    "named",
    [
        {"speaker": Speaker.OFFICER},
        {"speaker": Speaker.CHAIR, "officer_id": 1},
        {"speaker": Speaker.PARTY, "party_id": 2**30},
    ],
)
def test_only_who_is_there_speaks(world: World, named: dict[str, Any]) -> None:
    hearing = world.opened()
    with pytest.raises(NotPresent):
        public_hearings.say(
            world.then(hearing), hearing, kind=StatementKind.STATEMENT, words="。", **named
        )


# --- opinions and the end -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("positions", "majority"),
    [
        ((AGREE, AGREE, DISAGREE), AGREE),
        ((DISAGREE, DISAGREE, DISAGREE), DISAGREE),
        ((AGREE, DISAGREE, OTHER), None),
    ],
)
def test_more_than_half_of_the_officers_present_are_the_majority(
    world: World, positions: tuple[Any, ...], majority: Any
) -> None:
    assert world.concluded(*positions).majority is majority


def test_every_officer_present_says_an_opinion_and_signs_or_it_is_said_why_not(
    world: World,
) -> None:
    hearing = world.deliberating()
    act = world.then(hearing)
    opinions = dict(world.opinions(hearing, AGREE, DISAGREE, OTHER))
    first, *others = opinions
    with pytest.raises(OfficerOpinionsMissing):
        public_hearings.conclude(act, hearing, record="笔录。", signed=list(opinions), unsigned={})
    with pytest.raises(NotOfTheHearing):
        public_hearings.vote(act, hearing, opinions={2**30: (AGREE, "同意。")})
    public_hearings.vote(act, hearing, opinions=opinions)
    with pytest.raises(SignaturesMissing):
        public_hearings.conclude(act, hearing, record="笔录。", signed=others, unsigned={})
    with pytest.raises(NotOfTheHearing):
        public_hearings.conclude(act, hearing, record="笔录。", signed=[2**30], unsigned={})
    public_hearings.conclude(
        act, hearing, record="笔录。", signed=others, unsigned={first: "提前离场。"}
    )

    assert hearing.state is PublicHearingState.CONCLUDED
    assert [one.unsigned_because for one in hearing.officers] == ["提前离场。", None, None]
    assert hearing.concluded_by == world.town.prosecutor.id


HOLDING: dict[str, tuple[PublicHearingState, Callable[[Any, PublicHearing], Any]]] = {
    "open": (
        PublicHearingState.NOTICED,
        lambda act, one: public_hearings.open_(act, one, **present(one)),
    ),
    "say": (
        PublicHearingState.OPEN,
        lambda act, one: public_hearings.say(
            act, one, kind=StatementKind.STATEMENT, speaker=Speaker.CHAIR, words="开始。"
        ),
    ),
    "deliberate": (PublicHearingState.OPEN, public_hearings.deliberate),
    "vote": (
        PublicHearingState.DELIBERATING,
        lambda act, one: public_hearings.vote(act, one, opinions={}),
    ),
    "conclude": (
        PublicHearingState.DELIBERATING,
        lambda act, one: public_hearings.conclude(
            act, one, record="笔录。", signed=[], unsigned={}
        ),
    ),
}


@pytest.mark.parametrize("step", HOLDING)
def test_whoever_presides_and_the_handler_hold_it_and_nobody_else(world: World, step: str) -> None:
    state, take = HOLDING[step]
    hearing = world.in_state(state, chaired_by=world.head.id)
    for person in (world.second, world.town.chief, world.town.manager, world.town.officer):
        with pytest.raises(NotAllowed):
            take(world.then(hearing, person), hearing)
    for person in (world.head, world.town.prosecutor):
        assert step in public_hearings.allowed(world.act(person), hearing)


@pytest.mark.parametrize("state", PublicHearingState)
def test_each_step_has_its_states(world: World, state: PublicHearingState) -> None:
    hearing = world.in_state(state)
    for step, (_, take) in HOLDING.items():
        if step not in FLOW.open_from(state):
            with pytest.raises(WrongState):
                take(world.then(hearing), hearing)


# --- another handler ----------------------------------------------------------------------------


def test_a_new_handler_presides_on(world: World) -> None:
    hearing = world.opened()
    assignments.change_handler(
        world.then(hearing, world.town.manager),
        world.case,
        handler_id=world.second.id,
        reason="岗位调整。",
        approver_id=world.town.chief.id,
    )
    assert hearing.chair_id == world.second.id
    assert world.tasks(hearing, TaskKind.HOLD_PUBLIC_HEARING) == {world.second.id}
    with pytest.raises(NotAllowed):
        public_hearings.deliberate(world.then(hearing), hearing)
    public_hearings.deliberate(world.then(hearing, world.second), hearing)


def test_a_recused_handler_holds_it_no_more(world: World) -> None:
    hearing = world.opened()
    assignments.recuse(
        world.then(hearing, world.town.chief),
        world.case,
        person_id=world.town.prosecutor.id,
        ground=assignments.RecusalGround.INTEREST,
    )
    world.session.expire(world.case)

    assert hearing.chair_id is None
    assert world.tasks(hearing, TaskKind.HOLD_PUBLIC_HEARING) == set()
    with pytest.raises(NotAllowed):
        public_hearings.deliberate(world.then(hearing), hearing)


def test_a_recused_head_presides_no_more(world: World) -> None:
    hearing = world.opened(chaired_by=world.head.id)
    assignments.recuse(
        world.then(hearing, world.town.chief),
        world.case,
        person_id=world.head.id,
        ground=assignments.RecusalGround.INTEREST,
    )
    world.session.expire(world.case)

    assert hearing.chair_id == world.town.prosecutor.id
    with pytest.raises(NotAllowed):
        public_hearings.deliberate(world.then(hearing, world.head), hearing)
