"""What is corrected after a review, by whom and by when; and what the quarter adds up to."""

from datetime import date

import pytest

from services import assignments, quality_reviews
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import PostKind
from services.quality_reviews import (
    CorrectionState,
    ObjectionOutcome,
    QualityCorrection,
    QualityDimension,
    QualityGrade,
    SamplingKind,
    corrections,
    reports,
)
from services.tasks import TaskKind
from tests.quality_reviews.conftest import World

WHAT = "补正审查报告并附卷。"


@pytest.fixture
def correction(world: World) -> QualityCorrection:
    """A defect that the town's prosecutor is to correct."""
    review = quality_reviews.agree(
        world.act(world.town.prosecutor), world.notified(correction=WHAT)
    )
    (one,) = review.corrections
    return one


def test_a_defect_is_corrected_within_ten_working_days(
    world: World, correction: QualityCorrection
) -> None:
    assert (correction.what, correction.person_id) == (WHAT, world.town.prosecutor.id)
    assert correction.due_on == date(2026, 3, 16)
    (task,) = world.tasks(TaskKind.CORRECT_QUALITY_DEFECTS, correction.review)
    assert (task.person_id, task.due_on) == (world.town.prosecutor.id, date(2026, 3, 16))

    corrections.correct(world.act(world.town.prosecutor), correction, words="已补正。")
    assert world.tasks(TaskKind.CORRECT_QUALITY_DEFECTS, correction.review) == []
    corrections.verify(world.act(world.town.manager), correction)

    assert correction.state is CorrectionState.VERIFIED
    assert correction.verified_by == world.town.manager.id


def test_a_finding_without_a_correction_asks_for_none(world: World) -> None:
    review = quality_reviews.agree(world.act(world.town.prosecutor), world.notified())

    assert review.corrections == []
    assert world.tasks(TaskKind.CORRECT_QUALITY_DEFECTS, review) == []


def test_whoever_handles_the_case_now_corrects_it(world: World) -> None:
    """The answer is the former handler's, the file is the present one's."""
    review = world.notified(correction=WHAT)
    now = world.make.person(PostKind.PROSECUTOR, world.town.procuratorate)
    assignments.change_handler(
        world.act(world.town.manager),
        review.case,
        handler_id=now.id,
        reason="调整。",
        approver_id=world.town.chief.id,
    )

    quality_reviews.agree(world.act(world.town.prosecutor), review)

    assert [one.person_id for one in review.corrections] == [now.id]


def test_a_correction_that_does_not_do_goes_back(
    world: World, correction: QualityCorrection
) -> None:
    manager, handler = world.act(world.town.manager), world.act(world.town.prosecutor)
    corrections.correct(handler, correction, words="已补正。")

    corrections.send_back(manager, correction, words="未附卷。")

    assert correction.state is CorrectionState.OPEN
    assert len(world.tasks(TaskKind.CORRECT_QUALITY_DEFECTS, correction.review)) == 1
    with pytest.raises(WrongState):
        corrections.verify(manager, correction)
    with pytest.raises(WrongState):
        corrections.send_back(manager, correction, words="未附卷。")
    corrections.correct(handler, correction, words="已附卷。")
    with pytest.raises(WrongState):
        corrections.correct(handler, correction, words="已附卷。")


def test_only_who_has_to_or_a_head_corrects_and_only_case_management_verifies(
    world: World, correction: QualityCorrection
) -> None:
    for person in (world.inside, world.outside, world.town.manager, world.town.chief):
        with pytest.raises(NotAllowed):
            corrections.correct(world.act(person), correction, words="已补正。")
    corrections.correct(world.act(world.head), correction, words="代为补正。")
    for person in (world.inside, world.head, world.town.prosecutor, world.town.chief):
        with pytest.raises(NotAllowed):
            corrections.verify(world.act(person), correction)
        with pytest.raises(NotAllowed):
            corrections.send_back(world.act(person), correction, words="退回。")
    assert corrections.allowed(world.act(world.town.manager), correction) == ["verify", "return"]
    assert corrections.allowed(world.act(world.town.prosecutor), correction) == []


def test_a_correction_is_found_by_its_own(world: World, correction: QualityCorrection) -> None:
    for person in (world.town.prosecutor, world.town.manager, world.town.chief, world.head):
        assert corrections.find(world.act(person), correction.id) is correction
    for person in (world.inside, world.outside, world.inspector, world.town.officer):
        with pytest.raises(NotFound):
            corrections.find(world.act(person), correction.id)


def test_a_quarter_is_counted_from_its_reviews(world: World) -> None:
    first = quality_reviews.decide(
        world.act(world.town.chief),
        world.objected(),
        outcome=ObjectionOutcome.UPHELD,
        grade=QualityGrade.QUALIFIED,
        words="异议成立。",
    )
    office = world.town.procuratorate

    found = reports.report(world.act(world.town.chief), office, year=2026, quarter=1)

    assert (found.reviews, found.objected, found.changed) == (1, 1, 1)
    assert found.by_grade == {QualityGrade.QUALIFIED: 1}
    assert found.by_kind[SamplingKind.ROUTINE] == 1
    assert found.by_dimension[QualityDimension.DOCUMENTS] == 1
    assert [(one.item, one.times) for one in found.commonest] == [("documents", 1)]
    assert first.final_on == date(2026, 3, 2)
    assert reports.report(world.act(world.town.chief), office, year=2026, quarter=2).reviews == 0


def test_a_late_correction_is_counted_as_late(world: World, correction: QualityCorrection) -> None:
    office, manager = world.town.procuratorate, world.town.manager

    on_time = reports.report(world.act(manager, days=14), office, year=2026, quarter=1)
    late = reports.report(world.act(manager, days=15), office, year=2026, quarter=1)

    assert correction.due_on == date(2026, 3, 16)
    assert (on_time.corrections, on_time.late, late.late) == (1, 0, 1)


@pytest.mark.parametrize(
    ("quarter", "first", "last"),
    [
        (1, date(2026, 1, 1), date(2026, 3, 31)),
        (2, date(2026, 4, 1), date(2026, 6, 30)),
        (4, date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_a_quarter_has_three_months(quarter: int, first: date, last: date) -> None:
    assert reports.span(2026, quarter) == (first, last)


def test_the_report_is_read_here_and_one_level_above(world: World) -> None:
    office = world.town.procuratorate
    above = world.make.person(PostKind.CASE_MANAGER, world.superior)
    chief_above = world.make.person(PostKind.CHIEF_PROCURATOR, world.superior)
    for person in (world.town.manager, world.town.chief, above, chief_above):
        assert reports.report(world.act(person), office, year=2026, quarter=1).reviews == 0
    beside = world.make.person(PostKind.CHIEF_PROCURATOR, world.sister)
    for person in (beside, world.head, world.inside, world.town.prosecutor, world.inspector):
        with pytest.raises(NotAllowed):
            reports.report(world.act(person), office, year=2026, quarter=1)
