"""What becomes of the officers' opinion: followed, or departed from with the chief's consent."""

from collections.abc import Callable
from typing import Any

import pytest

from services import arrest_reviews, public_hearings
from services.activities.grounds import PublicMatter
from services.arrest_reviews import Hearing, Outcome, Proposal, RefusalKind, ReviewState
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.policy import PostKind
from services.public_hearings import (
    DepartureConsent,
    DepartureNotConsented,
    DepartureReasonsMissing,
    Following,
    MajorityMistaken,
    NoDepartureAwaited,
    PublicHearing,
    PublicHearingState,
    ResultAnnounced,
    ResultNotStated,
    ResultStated,
)
from services.tasks import TaskKind
from tests.public_hearings.conftest import AGREE, DEPARTED, DISAGREE, OTHER, World, departed

FOLLOWED: dict[str, Any] = {"following": Following.FOLLOWED, "result": "采纳多数意见。"}


def test_a_majority_that_is_followed_is_told_and_asks_nobody(world: World) -> None:
    hearing = world.concluded()
    act = world.then(hearing)
    public_hearings.state_result(act, hearing, **FOLLOWED)
    assert world.tasks(hearing, TaskKind.CONSENT_TO_DEPARTURE) == set()

    public_hearings.announce(act, hearing)
    assert hearing.announced_at == act.now
    assert world.tasks(hearing, TaskKind.HOLD_PUBLIC_HEARING) == set()
    with pytest.raises(ResultAnnounced):
        public_hearings.announce(act, hearing)


def test_a_departure_has_reasons_and_waits_for_the_chief(world: World) -> None:
    hearing = world.concluded()
    act = world.then(hearing)
    with pytest.raises(DepartureReasonsMissing):
        public_hearings.state_result(act, hearing, **(DEPARTED | {"reasons": None}))
    public_hearings.state_result(act, hearing, **DEPARTED)
    assert world.tasks(hearing, TaskKind.CONSENT_TO_DEPARTURE) == {None}
    with pytest.raises(DepartureNotConsented):
        public_hearings.announce(act, hearing)

    public_hearings.consent(world.then(hearing, world.town.chief), hearing, note="同意。")
    assert hearing.outcome is not None
    assert hearing.outcome.consent is DepartureConsent.GIVEN
    assert world.tasks(hearing, TaskKind.CONSENT_TO_DEPARTURE) == set()
    public_hearings.announce(act, hearing)


def test_a_departure_that_is_refused_is_kept_and_another_result_is_stated(world: World) -> None:
    hearing = departed(world)
    chief = world.then(hearing, world.town.chief)
    public_hearings.refuse_consent(chief, hearing, note="应当采纳。")
    assert hearing.outcome is None
    with pytest.raises(NoDepartureAwaited):
        public_hearings.consent(chief, hearing)
    with pytest.raises(ResultNotStated):
        public_hearings.announce(world.then(hearing), hearing)

    public_hearings.state_result(world.then(hearing), hearing, **FOLLOWED)
    assert [one.consent for one in hearing.results] == [DepartureConsent.REFUSED, None]
    assert hearing.results[0].note == "应当采纳。"


def test_a_result_is_stated_once(world: World) -> None:
    hearing = departed(world)
    with pytest.raises(ResultStated):
        public_hearings.state_result(world.then(hearing), hearing, **FOLLOWED)


@pytest.mark.parametrize(
    ("positions", "following"),
    [
        ((AGREE, AGREE, AGREE), Following.NO_MAJORITY),
        ((AGREE, DISAGREE, OTHER), Following.FOLLOWED),
        ((AGREE, DISAGREE, OTHER), Following.DEPARTED),
    ],
)
def test_whether_there_was_a_majority_follows_from_the_voices(
    world: World, positions: tuple[Any, ...], following: Following
) -> None:
    hearing = world.concluded(*positions)
    with pytest.raises(MajorityMistaken):
        public_hearings.state_result(
            world.then(hearing), hearing, following=following, result="。", reasons="。"
        )


def test_without_a_majority_the_handler_says_what_follows(world: World) -> None:
    hearing = world.concluded(AGREE, DISAGREE, OTHER)
    public_hearings.state_result(
        world.then(hearing), hearing, following=Following.NO_MAJORITY, result="意见分歧。"
    )
    public_hearings.announce(world.then(hearing), hearing)


def test_only_the_handler_states_and_only_the_chief_consents(world: World) -> None:
    hearing = world.concluded()
    for person in (world.second, world.head, world.town.chief, world.town.manager):
        with pytest.raises(NotAllowed):
            public_hearings.state_result(world.then(hearing, person), hearing, **FOLLOWED)
        with pytest.raises(NotAllowed):
            public_hearings.announce(world.then(hearing, person), hearing)
    public_hearings.state_result(world.then(hearing), hearing, **DEPARTED)
    for person in (world.second, world.head, world.town.prosecutor, world.town.manager):
        with pytest.raises(NotAllowed):
            public_hearings.consent(world.then(hearing, person), hearing)
        with pytest.raises(NotAllowed):
            public_hearings.refuse_consent(world.then(hearing, person), hearing, note="不同意。")


def test_a_handler_who_acts_for_the_chief_does_not_consent_to_the_own_departure(
    world: World,
) -> None:
    """RULES 4¶2: two people see it."""
    hearing = departed(world)
    for kind in (PostKind.CHIEF_PROCURATOR, PostKind.ACTING_CHIEF):
        world.make.post(world.town.prosecutor, kind, world.town.procuratorate)

    with pytest.raises(NotAllowed):
        public_hearings.consent(world.then(hearing), hearing)
    assert "consent" not in public_hearings.allowed(world.then(hearing), hearing)


STEPS: dict[str, Callable[[Any, PublicHearing], Any]] = {
    "state_result": lambda act, one: public_hearings.state_result(act, one, **FOLLOWED),
    "consent": public_hearings.consent,
    "refuse_consent": lambda act, one: public_hearings.refuse_consent(act, one, note="不同意。"),
    "announce": public_hearings.announce,
}


@pytest.mark.parametrize("step", STEPS)
def test_before_it_is_concluded_nothing_becomes_of_it(world: World, step: str) -> None:
    hearing = world.deliberating()
    chief = step in {"consent", "refuse_consent"}
    act = world.then(hearing, world.town.chief if chief else None)
    with pytest.raises(WrongState):
        STEPS[step](act, hearing)


def test_what_a_phone_offers_follows_the_result(world: World) -> None:
    hearing = world.concluded()

    def offered() -> tuple[list[str], list[str]]:
        handler, chief = world.then(hearing), world.then(hearing, world.town.chief)
        return public_hearings.allowed(handler, hearing), public_hearings.allowed(chief, hearing)

    assert offered() == (["state_result"], [])
    public_hearings.state_result(world.then(hearing), hearing, **DEPARTED)
    assert offered() == ([], ["consent", "refuse_consent"])
    public_hearings.consent(world.then(hearing, world.town.chief), hearing)
    assert offered() == (["announce"], [])
    public_hearings.announce(world.then(hearing), hearing)
    assert offered() == ([], [])


# --- it holds up nothing --------------------------------------------------------------------


@pytest.mark.parametrize("state", PublicHearingState)
def test_an_arrest_is_decided_whatever_becomes_of_its_hearing(
    world: World, state: PublicHearingState
) -> None:
    """PSUP-2019 9 speaks of the hearing; custody comes first (RULES 282)."""
    world.in_state(state, matter=PublicMatter.ARREST_REVIEW)
    (review,) = arrest_reviews.of_case(world.act(), world.case)
    world.make.held(world.case, review.suspect)
    arrest_reviews.opine(
        world.act(),
        review,
        proposal=Proposal.REFUSE,
        refusal_kind=RefusalKind.NO_DANGER,
        hearing=Hearing.INTERROGATED,
        reasons="没有社会危险性。",
        outline=None,
    )
    arrest_reviews.decide(
        world.act(world.town.chief),
        review,
        outcome=Outcome.REFUSE,
        refusal_kind=RefusalKind.NO_DANGER,
        reasons=None,
    )
    assert review.state is ReviewState.ARREST_REFUSED
