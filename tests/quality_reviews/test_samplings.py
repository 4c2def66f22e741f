"""Which cases are sampled, how they are drawn, and what is sampled once."""

import hashlib
from collections import Counter

import pytest
from sqlalchemy import select

from services.activities import ActivityKind
from services.arrest_reviews import ArrestReview, Outcome, RefusalKind, ReviewState
from services.arrest_reviews.records import ArrestDecision
from services.cases import CaseKind, CaseState
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import Permission, PostKind, allows
from services.proceedings import TakenStep
from services.prosecutions import ProsecutionState
from services.quality_reviews import (
    KeyGround,
    QualityReview,
    ReviewersFrom,
    SamplingKind,
    SamplingScope,
    SamplingState,
    closed,
    practice,
    reviewers,
    samplings,
)
from services.quality_reviews.samplings import (
    CaseNotClosed,
    CaseReviewedBefore,
    NobodyToReview,
    NothingClosed,
    SampledBefore,
    ScopeDoesNotFit,
    TooManyCases,
    UnfitActivity,
)
from services.tasks import TaskKind
from tests.quality_reviews.conftest import World, new_sampling


@pytest.mark.parametrize(
    ("state", "is_closed"),
    [
        (ReviewState.RELEASED, True),
        (ReviewState.ARRESTED, True),
        (ReviewState.REFUSAL_UPHELD, True),
        (ReviewState.FOR_PROSECUTION, True),
        (ReviewState.UNDER_REVIEW, False),
        (ReviewState.ARREST_REFUSED, False),
        (ReviewState.RECONSIDERATION, False),
        (ReviewState.RE_EXAMINATION, False),
    ],
)
def test_an_arrest_case_is_closed_when_nothing_of_it_runs(
    world: World, state: ReviewState, *, is_closed: bool
) -> None:
    case = world.closed(state)

    assert closed.closed(world.act(world.town.manager), case.id) is is_closed


@pytest.mark.parametrize(
    ("state", "is_closed"),
    [
        (ProsecutionState.CONCLUDED, True),
        (ProsecutionState.NOT_PROSECUTED, True),
        (ProsecutionState.OBJECTION, False),
        (ProsecutionState.WITHDRAWN, False),
    ],
)
def test_a_prosecution_case_is_closed_in_an_end_state(
    world: World, state: ProsecutionState, *, is_closed: bool
) -> None:
    prosecution = world.make.prosecution(world.town)
    prosecution.state, prosecution.case.state = state, CaseState.CLOSED
    act = world.act(world.town.manager)

    assert closed.closed(act, prosecution.case_id) is is_closed


def test_a_sampling_is_announced_with_the_hash_of_its_seed(world: World) -> None:
    first, second = world.closed(), world.closed()
    running = world.make.handled(world.town)

    sampling = world.announced(number=2)

    assert sampling.frame == sorted([first.id, second.id])
    assert running.id not in sampling.frame
    assert sampling.seed_hash == hashlib.sha256(sampling.seed).hexdigest()
    told = journal(world, "QualitySamplingAnnounced")
    assert told["seed_hash"] == sampling.seed_hash
    assert "seed" not in told


def test_a_draw_names_a_reviewer_and_publishes_the_seed(world: World) -> None:
    case = world.closed()
    sampling = world.announced()

    (review,) = samplings.draw(world.act(world.town.manager), sampling)

    assert review.case_id == case.id
    assert review.handler_id == world.town.prosecutor.id
    assert review.reviewer_id in {world.inside.id, world.outside.id}
    assert sampling.state is SamplingState.DRAWN
    assert journal(world, "QualitySamplingHeld")["seed"] == sampling.seed.hex()
    (task,) = world.tasks(TaskKind.REVIEW_QUALITY, review)
    assert task.person_id == review.reviewer_id
    assert reviewers.draw_cases(sampling.frame, 1, sampling.seed) == [case.id]


def test_every_case_is_as_likely_as_any_other() -> None:
    drawn = Counter(
        one
        for number in range(600)
        for one in reviewers.draw_cases([1, 2, 3], 2, number.to_bytes(4))
    )

    assert sum(drawn.values()) == 1200
    assert all(340 < times < 460 for times in drawn.values()), drawn


def test_no_case_is_drawn_twice_in_one_draw() -> None:
    drawn = reviewers.draw_cases(range(20), 30, b"seed")

    assert sorted(drawn) == list(range(20))


def test_a_share_is_rounded_up(world: World) -> None:
    for _ in range(3):
        world.closed()

    assert world.announced(number=None, share=50).number == 2


def test_running_cases_are_never_sampled(world: World) -> None:
    world.make.handled(world.town)

    with pytest.raises(NothingClosed):
        world.announced()


def test_a_case_that_runs_again_since_the_announcement_is_not_drawn(world: World) -> None:
    case = world.closed()
    sampling = world.announced()
    case.state = CaseState.ASSIGNED

    with pytest.raises(CaseNotClosed):
        samplings.draw(world.act(world.town.manager), sampling)


def test_a_case_is_reviewed_once(world: World) -> None:
    review = world.drawn()

    with pytest.raises(NothingClosed):
        world.announced(scope=SamplingScope.ONE_CATEGORY, case_kind=CaseKind.ARREST)
    assert review.case_id == world.session.scalars(select(QualityReview.case_id)).one()


def test_two_samplings_that_race_for_a_case_review_it_once(world: World) -> None:
    """The constraint decides: both were announced before either was drawn."""
    world.closed()
    first = world.announced()
    second = world.announced(scope=SamplingScope.ONE_CATEGORY, case_kind=CaseKind.ARREST)
    samplings.draw(world.act(world.town.manager), first)

    with pytest.raises(CaseReviewedBefore):
        samplings.draw(world.act(world.town.manager), second)


def test_the_year_is_sampled_once(world: World) -> None:
    world.closed()
    world.announced()

    with pytest.raises(SampledBefore):
        world.announced()


def test_a_category_and_a_theme_are_sampled_once_each(world: World) -> None:
    world.closed()
    category = {"scope": SamplingScope.ONE_CATEGORY, "case_kind": CaseKind.ARREST}
    theme = {"kind": SamplingKind.SPECIAL, "scope": SamplingScope.ONE_SPECIAL, "theme": "盗窃案件"}
    world.announced(**category)
    world.announced(**theme)
    world.announced(**(theme | {"theme": "诈骗案件"}))

    with pytest.raises(SampledBefore):
        world.announced(**category)
    with pytest.raises(SampledBefore):
        world.announced(**theme)


def test_an_office_that_does_not_keep_the_ones_samples_again(world: World) -> None:
    world.closed()
    act = world.act(world.town.manager)
    set_ = practice.of_office(world.session, world.town.procuratorate.id)
    practice.change(act, set_, once=[], answer_days=3, correction_days=10)

    assert world.announced().id != world.announced().id


def test_a_cancelled_sampling_may_be_held_again(world: World) -> None:
    world.closed()
    sampling = world.announced()
    samplings.cancel(world.act(world.town.manager), sampling)

    assert world.announced().state is SamplingState.ANNOUNCED
    with pytest.raises(WrongState):
        samplings.draw(world.act(world.town.manager), sampling)
    with pytest.raises(WrongState):
        samplings.cancel(world.act(world.town.manager), sampling)


def test_a_sampling_is_drawn_once(world: World) -> None:
    review = world.drawn()

    with pytest.raises(WrongState):
        samplings.draw(world.act(world.town.manager), review.sampling)


@pytest.mark.parametrize(
    "given",
    [
        {"scope": SamplingScope.ONE_CASE},
        {"grounds": (KeyGround.ACQUITTED,)},
        {"theme": "盗窃案件"},
        {"scope": SamplingScope.ONE_CATEGORY},
        {"number": None},
        {"share": 10},
        {"number": 0},
        {"number": None, "share": 101},
        {"kind": SamplingKind.KEY, "scope": SamplingScope.ONE_CASE, "number": None},
        {"kind": SamplingKind.SPECIAL, "scope": SamplingScope.ONE_SPECIAL},
    ],
)
def test_what_does_not_fit_the_kind_is_refused(world: World, given: dict[str, object]) -> None:
    with pytest.raises(ScopeDoesNotFit):
        world.announced(**given)


def test_a_sampling_has_a_size(world: World) -> None:
    world.closed()

    with pytest.raises(TooManyCases):
        world.announced(number=501)


def test_a_key_sampling_takes_every_case_with_a_ground(world: World) -> None:
    world.closed()
    doubtful = world.closed()
    review = world.session.scalars(
        select(ArrestReview).where(ArrestReview.case_id == doubtful.id)
    ).one()
    review.decisions.append(
        ArrestDecision(
            number="测检不批捕〔2026〕1号",
            outcome=Outcome.REFUSE,
            refusal_kind=RefusalKind.INSUFFICIENT_EVIDENCE,
            reasons="证据不足。",
            by_id=world.town.chief.id,
            at=world.make.now,
            after_due=False,
        )
    )
    world.session.flush()

    sampling = world.announced(
        kind=SamplingKind.KEY,
        scope=SamplingScope.ONE_CASE,
        number=None,
        grounds=(KeyGround.NON_ARREST_EVIDENCE, KeyGround.CHANGED),
    )
    (drawn,) = samplings.draw(world.act(world.town.manager), sampling)

    assert drawn.case_id == doubtful.id
    assert drawn.grounds == ["non_arrest_evidence"]


@pytest.mark.parametrize(
    ("step", "given", "grounds"),
    [
        ("withdraw_indictment", {}, [KeyGround.WITHDRAWN]),
        ("judgment_received", {"outcome": "not_guilty"}, [KeyGround.ACQUITTED]),
        ("judgment_received", {"outcome": "convicted"}, []),
        ("change_refusal", {}, [KeyGround.CHANGED]),
        ("appeal_of_victim", {}, [KeyGround.APPEALED]),
    ],
)
def test_the_grounds_of_a_key_case_are_read_from_its_steps(
    world: World, step: str, given: dict[str, str], grounds: list[KeyGround]
) -> None:
    case = world.closed()
    world.session.add(
        TakenStep(
            subject_kind="prosecutions",
            subject_id=1,
            case_id=case.id,
            suspect_id=case.suspects[0].id,
            step=step,
            given=given,
            from_state="x",
            to_state="y",
            told=False,
            by_id=world.town.chief.id,
            put_by=world.town.prosecutor.id,
            at=world.make.now,
        )
    )

    assert closed.grounds_of(world.act(world.town.manager), [case.id]) == {case.id: grounds}


def test_a_non_prosecution_is_a_key_case(world: World) -> None:
    prosecution = world.make.prosecution(world.town)
    prosecution.state = ProsecutionState.NOT_PROSECUTED
    act = world.act(world.town.manager)

    assert closed.grounds_of(act, [prosecution.case_id])[prosecution.case_id] == [
        KeyGround.NON_PROSECUTION
    ]


def test_where_nobody_can_review_nothing_is_drawn(world: World) -> None:
    world.closed()
    world.make.leave(world.inside, world.make.now.date(), world.make.now.date())
    sampling = world.announced(reviewers_from=ReviewersFrom.OWN_OFFICE)
    act = world.act(world.town.manager)

    with pytest.raises(NobodyToReview):
        samplings.draw(act, sampling)


def test_the_draw_may_go_to_more_procuratorates(world: World) -> None:
    world.closed()
    world.make.leave(world.inside, world.make.now.date(), world.make.now.date())
    sampling = world.announced(reviewers_from=ReviewersFrom.OWN_OFFICE)

    (review,) = samplings.draw(
        world.act(world.town.manager), sampling, reviewers_from=ReviewersFrom.SAME_SUPERIOR
    )

    assert (review.reviewer_id, review.reviewer_office_id) == (world.outside.id, world.sister.id)


def test_reviews_are_spread_evenly(world: World) -> None:
    for _ in range(4):
        world.closed()
    sampling = world.announced(number=4)

    drawn = samplings.draw(world.act(world.town.manager), sampling)

    assert Counter(one.reviewer_id for one in drawn) == {world.inside.id: 2, world.outside.id: 2}


def test_supervisors_are_invited_through_a_quality_activity(world: World) -> None:
    sampling = world.drawn().sampling
    bureau = world.make.bureau(world.town)
    fitting = world.make.activity(world.town, bureau, kind=ActivityKind.QUALITY_REVIEW)
    other = world.make.activity(world.town, bureau)
    act = world.act(world.town.manager)

    samplings.link(act, sampling, fitting)

    assert sampling.activity_id == fitting.id
    with pytest.raises(UnfitActivity):
        samplings.link(act, sampling, other)


def test_only_case_management_samples(world: World) -> None:
    world.closed()
    sampling = world.announced()
    for person in (world.town.chief, world.head, world.inside, world.town.prosecutor):
        act = world.act(person)
        with pytest.raises(NotAllowed):
            samplings.announce(act, world.town.procuratorate, new_sampling())
        with pytest.raises(NotAllowed):
            samplings.draw(act, sampling)
        with pytest.raises(NotAllowed):
            samplings.cancel(act, sampling)


def test_a_sampling_is_read_by_whoever_manages_or_leads(world: World) -> None:
    world.closed()
    sampling = world.announced()
    elsewhere = world.make.person(PostKind.CASE_MANAGER, world.sister)
    everybody = (
        world.town.manager,
        world.town.chief,
        world.head,
        world.inside,
        world.town.prosecutor,
        world.town.officer,
        elsewhere,
    )
    for person in everybody:
        act = world.act(person)
        may = allows(act.actor, Permission.QUALITY_SAMPLING_READ, sampling)
        seen = act.session.scalars(samplings.visible(act)).all()
        assert bool(seen) is may
        assert may is (person in everybody[:3])
    with pytest.raises(NotFound):
        samplings.find(world.act(elsewhere), sampling.id)
    assert samplings.allowed(world.act(world.town.chief), sampling) == []
    assert "draw" in samplings.allowed(world.act(world.town.manager), sampling)


def journal(world: World, kind: str) -> dict[str, object]:
    world.session.flush()
    chosen = select(JournalEntry).where(JournalEntry.kind == kind).order_by(JournalEntry.id.desc())
    found = world.session.scalars(chosen).first()
    assert found is not None
    return found.details
