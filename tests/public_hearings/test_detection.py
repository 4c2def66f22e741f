"""Where a case itself calls for people's supervisors, and how much time its periods leave."""

from datetime import date, timedelta
from typing import Any

import pytest

from services import deadlines, proceedings, public_hearings
from services.activities import InviteGround, NoticeStillFits, WithoutBecause
from services.activities.grounds import PublicMatter
from services.arrest_requests.terms import Measure
from services.cases import Case
from services.kernel.refusals import NotAllowed
from services.proceedings import ProposalOutcome
from tests.arrest_reviews.conftest import Stage, stage  # noqa: F401  # the fixture
from tests.arrest_reviews.test_necessity import KEEP, applied
from tests.make import Make
from tests.prosecutions.test_non_prosecution import DISCRETIONARY, ready
from tests.prosecutions.test_remedies import decided, objected
from tests.prosecutions.walks import Walk
from tests.public_hearings.conftest import World, departed


def found(make: Make, case: Case, person: Any) -> list[tuple[PublicMatter, InviteGround | None]]:
    detected, _ = public_hearings.grounds(make.act(person), case)
    return [(one.matter, one.ground) for one in detected]


def in_walk(walk: Walk) -> list[tuple[PublicMatter, InviteGround | None]]:
    return found(walk.make, walk.prosecution.case, walk.town.prosecutor)


INTENDED = (PublicMatter.NON_PROSECUTION, InviteGround.NON_PROSECUTION_REVIEW)
NECESSITY = (PublicMatter.CUSTODY_NECESSITY, InviteGround.NECESSITY_REVIEW)
APPEAL = (PublicMatter.COMPLAINT, InviteGround.COMPLAINT_REVIEW)


def test_a_case_like_any_other_calls_for_nobody(world: World) -> None:
    assert found(world.make, world.case, world.town.prosecutor) == []


def test_a_major_case_calls_for_them_where_the_arrest_is_heard(world: World) -> None:
    case = world.make.handled(world.town, major_or_complex=True)
    assert found(world.make, case, world.town.prosecutor) == [
        (PublicMatter.ARREST_REVIEW, InviteGround.ARREST_HEARING)
    ]


def test_the_handler_may_say_that_a_case_is_of_major_influence(world: World) -> None:
    hearing = world.planned(matter=PublicMatter.ARREST_REVIEW, major_influence=True)
    assert found(world.make, world.case, world.town.prosecutor) == [
        (PublicMatter.ARREST_REVIEW, InviteGround.ARREST_HEARING)
    ]
    public_hearings.cancel(world.act(), hearing, reason="期限将届满。")
    assert found(world.make, world.case, world.town.prosecutor) == []


def test_an_intended_non_prosecution_is_found_until_it_is_decided(make: Make) -> None:
    walk = ready(make)
    assert in_walk(walk) == []
    proposal = walk.take(walk.town.prosecutor, "decide_discretionary", **DISCRETIONARY)
    assert in_walk(walk) == [INTENDED]
    proceedings.decide(
        make.act(walk.town.chief), proposal, outcome=ProposalOutcome.RETURN, note="再核实。"
    )
    assert in_walk(walk) == [INTENDED]
    walk.decide("decide_discretionary", **DISCRETIONARY)
    assert in_walk(walk) == []


def test_an_approval_waits_for_no_hearing(make: Make) -> None:
    """Nothing opened, nobody invited: the decision goes through."""
    walk = ready(make)
    proposal = walk.take(walk.town.prosecutor, "decide_discretionary", **DISCRETIONARY)
    world = World.__new__(World)
    world.make, world.town, world.case = make, walk.town, walk.prosecution.case
    world.planned(matter=PublicMatter.NON_PROSECUTION)
    walk.approve(proposal, walk.town.chief)

    assert walk.state == "not_prosecuted"


def test_an_appeal_calls_for_them_and_an_objection_of_the_police_only_may(make: Make) -> None:
    walk = decided(make)
    walk.take(walk.town.manager, "appeal_of_person", filed_at=walk.now, summary="不服。")
    assert in_walk(walk) == [APPEAL]
    assert in_walk(objected(make)) == [(PublicMatter.COMPLAINT, None)]


def test_the_necessity_of_custody_is_found_while_it_is_reviewed(stage: Stage) -> None:  # noqa: F811
    held = stage.arrested("2026-03-13")
    stage.day("2026-03-16")
    applied(stage, held)
    assert found(stage.make, held.case, stage.town.prosecutor) == [NECESSITY]
    proposal = stage.take(stage.town.prosecutor, held, "keep_in_custody", **KEEP)
    proceedings.decide(
        stage.make.act(stage.town.chief), proposal, outcome=ProposalOutcome.APPROVE, note=None
    )
    assert found(stage.make, held.case, stage.town.prosecutor) == []


def test_also_while_the_case_is_prosecuted(make: Make) -> None:
    walk = Walk.begin(make, measure=Measure.ARREST)
    walk.take(
        walk.town.manager, "apply_for_change", applicant="defender", wanted="bail", reasons="患病。"
    )
    assert in_walk(walk) == [NECESSITY]


def test_only_the_office_reads_it_and_nobody_recused(world: World) -> None:
    for person in (world.town.officer, world.second, world.bureau.officer):
        with pytest.raises(NotAllowed):
            public_hearings.grounds(world.act(person), world.case)
    for person in (world.town.manager, world.town.chief, world.head, world.town.prosecutor):
        public_hearings.grounds(world.act(person), world.case)


# --- time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "first", "short"),
    [
        (date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 5)),
        (date(2026, 3, 6), date(2026, 3, 13), date(2026, 3, 11)),
    ],
)
def test_the_first_day_for_supervisors_is_counted_in_working_days(
    world: World, on: date, first: date, short: date
) -> None:
    days = (on - world.act().today).days
    left = public_hearings.room(world.act(at=world.make.now + timedelta(days=days)), [])
    assert (left.earliest.on, left.earliest.short_on) == (first, short)
    assert left.fits


def test_a_period_that_ends_too_soon_offers_the_reason_and_nothing_else_does(
    world: World,
) -> None:
    """D06: seven days from Monday 2 March, the ninth; five working days fit, then only three."""
    hearing = world.planned(matter=PublicMatter.CUSTODY_NECESSITY)
    said: dict[str, Any] = {"because": WithoutBecause.NO_TIME_FOR_NOTICE, "words": "期限将届满。"}
    ids = [one.id for one in world.case.suspects]
    left = public_hearings.room(world.act(), ids)
    assert (left.deadline and left.deadline.due_on, left.fits) == (date(2026, 3, 9), True)
    with pytest.raises(NoticeStillFits):
        public_hearings.go_without(world.act(), hearing, **said)

    late = world.act(at=world.make.now + timedelta(days=3))
    left = public_hearings.room(late, ids)
    assert (left.fits, left.fits_short) == (False, False)
    assert left.offered == [WithoutBecause.NO_TIME_FOR_NOTICE]
    public_hearings.go_without(late, hearing, **said)
    assert hearing.without_because is WithoutBecause.NO_TIME_FOR_NOTICE


def test_a_hearing_after_the_end_of_the_period_is_warned_of_and_not_refused(
    world: World,
) -> None:
    left = public_hearings.room(world.act(), [one.id for one in world.case.suspects])
    for days, late in ((4, False), (7, False), (8, True)):
        hearing = world.planned(starts_at=world.make.now + timedelta(days=days))
        assert public_hearings.after_deadline(hearing, left) is late


def test_a_hearing_moves_no_period(world: World) -> None:
    """HEAR-2020 20: its time counts in the handling period."""
    ids = [one.id for one in world.case.suspects]

    def periods() -> list[tuple[str, date | None, date | None]]:
        running = world.session.scalars(deadlines.open_of(ids))
        return [(one.rule_id, one.due_on, one.suspended_on) for one in running]

    before = periods()
    departed(world)
    world.session.expire_all()
    assert periods() == before


def test_the_hint_says_whether_there_is_time(world: World) -> None:
    case = world.make.handled(world.town, major_or_complex=True)
    hints = []
    for days in (0, 1, 3):
        act = world.act(at=world.make.now + timedelta(days=days))
        hints.append(public_hearings.hint(*public_hearings.grounds(act, case)))
    assert [hint and hint.split("；")[-1].split("：")[0] for hint in hints] == [
        "通知时间充足。",
        "仅够三个工作日的通知时间，须经司法行政机关同意。",
        "办案期限容不下邀请的通知时间",
    ]
    assert public_hearings.hint([], left_of(world)) is None


def left_of(world: World) -> public_hearings.Room:
    return public_hearings.room(world.act(), [])
