"""One case's review: who reviews, on which form, with which grades, and how it ends."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services import assignments, cases, quality_reviews
from services.assignments import Recusal, RecusalGround
from services.cases import CaseState
from services.kernel.act import Actor
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound, Stale
from services.people import Person
from services.policy import Permission, PostKind, allows
from services.quality_reviews import (
    NewFinding,
    ObjectionOutcome,
    PerformanceNote,
    QualityGrade,
    QualityReview,
    QualityState,
    ReviewersFrom,
    files,
    forms,
    grades,
    practice,
    samplings,
)
from services.quality_reviews.forms import BUILT_IN, FormBackdated, FormIncomplete, FormItem
from services.quality_reviews.operations import (
    AnswerPeriodOver,
    AnswerStillOpen,
    FindingsMissing,
    OutcomeDoesNotFit,
    QualityGradeNotInForce,
    ReviewerHandlesTheCase,
    ReviewerStillThere,
    SecondReviewHeld,
    TooManyPointsOff,
    UnknownFormItem,
)
from services.quality_reviews.practice import QualityDaysOutOfBounds
from services.quality_reviews.samplings import CaseNotClosed, NobodyToReview
from services.tasks import TaskKind
from tests.quality_reviews.conftest import World

OTHER = RecusalGround.OTHER_RELATION


# --- who reviews -------------------------------------------------------------------------------


def test_nobody_reviews_the_own_work(world: World) -> None:
    review = world.drawn()

    assert {one["person_id"]: one["reason"] for one in review.reviewer_out} == {
        world.town.prosecutor.id: "handled"
    }


def test_whoever_handled_it_before_or_read_it_is_kept_out(world: World) -> None:
    case = world.closed()
    former, reader, head, away, recused = (
        world.make.person(PostKind.PROSECUTOR, world.town.procuratorate) for _ in range(5)
    )
    manager = world.act(world.town.manager)
    for person in (former, world.town.prosecutor):
        assignments.change_handler(
            manager, case, handler_id=person.id, reason="调整。", approver_id=world.town.chief.id
        )
        case.state = CaseState.CLOSED
        world.session.flush()
    cases.open_to(manager, case, reader.id)
    world.make.post(head, PostKind.DEPARTMENT_HEAD, world.town.procuratorate)
    world.make.leave(away, world.make.now.date(), world.make.now.date())
    chief = world.act(world.town.chief)
    assignments.recuse(chief, case, person_id=recused.id, ground=OTHER)
    world.session.flush()

    (review,) = samplings.draw(manager, world.announced(reviewers_from=ReviewersFrom.OWN_OFFICE))

    assert review.reviewer_id == world.inside.id
    assert {one["person_id"]: one["reason"] for one in review.reviewer_out} == {
        world.town.prosecutor.id: "handled",
        former.id: "handled",
        reader.id: "took_part",
        head.id: "leads",
        away.id: "on_leave",
        recused.id: "recused",
    }


def test_whoever_decided_is_kept_out(world: World) -> None:
    """A chief who is also a prosecutor approved the arrest, and so does not review it."""
    world.make.post(world.town.chief, PostKind.PROSECUTOR, world.town.procuratorate)

    review = world.drawn()

    assert world.town.chief.id in {one["person_id"] for one in review.reviewer_out}


def test_a_reviewer_of_the_office_reads_the_case_until_the_end(world: World) -> None:
    review = world.notified()
    case = review.case
    assert cases.find(world.act(world.inside), case.id) is case

    quality_reviews.agree(world.act(world.town.prosecutor), review)

    with pytest.raises(NotFound):
        cases.find(world.act(world.inside), case.id)


def test_a_reviewer_from_elsewhere_reads_the_file_and_never_the_case(world: World) -> None:
    review = world.drawn(ReviewersFrom.SAME_SUPERIOR)
    act = world.act(world.outside)

    with pytest.raises(NotFound):
        cases.find(act, review.case_id)
    file = files.read(act, review)
    assert file.case is review.case
    assert file.facts
    for person in (world.inside, world.town.chief, world.town.prosecutor):
        with pytest.raises(NotAllowed):
            files.read(world.act(person), review)


def test_only_the_drawn_reviewer_reviews(world: World) -> None:
    review = world.drawn()
    for person in (world.outside, world.town.manager, world.town.chief, world.town.prosecutor):
        act = world.act(person)
        with pytest.raises(NotAllowed):
            quality_reviews.begin(act, review)
        with pytest.raises(NotAllowed):
            quality_reviews.fill(act, review, [])
        with pytest.raises(NotAllowed):
            quality_reviews.propose(act, review, grade=QualityGrade.QUALIFIED, words="合格。")


def test_a_reviewer_who_lost_the_post_reviews_no_more(world: World) -> None:
    review = world.drawn()

    with pytest.raises(NotAllowed):
        quality_reviews.begin(world.make.act(Actor(world.inside.id, frozenset())), review)


def test_a_case_that_runs_again_is_not_reviewed(world: World) -> None:
    review = world.drawn()
    review.case.state = CaseState.ASSIGNED

    with pytest.raises(CaseNotClosed):
        quality_reviews.begin(world.act(world.inside), review)


def test_a_reviewer_who_came_to_handle_the_case_stops(world: World) -> None:
    drawn = world.drawn()
    drawn.case.handler_id = world.inside.id
    with pytest.raises(ReviewerHandlesTheCase):
        quality_reviews.begin(world.act(world.inside), drawn)
    drawn.case.handler_id = world.town.prosecutor.id
    begun = quality_reviews.begin(world.act(world.inside), drawn)
    begun.case.handler_id = world.inside.id
    with pytest.raises(ReviewerHandlesTheCase):
        quality_reviews.propose(
            world.act(world.inside), begun, grade=QualityGrade.QUALIFIED, words="合格。"
        )


# --- recusal -----------------------------------------------------------------------------------


def test_a_reviewer_steps_aside_in_the_middle_and_another_is_drawn(world: World) -> None:
    third = world.make.person(PostKind.PROSECUTOR, world.town.procuratorate)
    review = world.drawn()
    first = world.reviewer(review)
    act = world.act(first)
    quality_reviews.begin(act, review)
    quality_reviews.fill(act, review, [NewFinding("facts", "草稿。", 1)])

    quality_reviews.recuse(act, review, ground=OTHER)

    assert {first.id, review.reviewer_id} == {world.inside.id, third.id}
    assert review.state is QualityState.DRAWN
    assert review.findings == []
    assert {"person_id": first.id, "reason": "recused"} in review.reviewer_out
    (task,) = world.tasks(TaskKind.REVIEW_QUALITY, review)
    assert task.person_id == review.reviewer_id
    with pytest.raises(NotFound):
        cases.find(world.act(first), review.case_id)
    with pytest.raises(NotAllowed):
        quality_reviews.begin(world.act(first), review)


def test_where_nobody_is_left_case_management_looks_further(world: World) -> None:
    review = world.begun()

    quality_reviews.recuse(world.act(world.town.manager), review, ground=OTHER)

    assert review.reviewer_id is None
    (task,) = world.tasks(TaskKind.REVIEW_QUALITY, review)
    assert task.post is PostKind.CASE_MANAGER
    manager = world.act(world.town.manager)
    assert quality_reviews.allowed(manager, review) == ["redraw"]
    with world.session.begin_nested() as undone:
        with pytest.raises(NobodyToReview):
            quality_reviews.redraw(manager, review, reviewers_from=ReviewersFrom.OWN_OFFICE)
        undone.rollback()
    quality_reviews.redraw(manager, review, reviewers_from=ReviewersFrom.SAME_SUPERIOR)
    assert review.reviewer_id == world.outside.id
    with pytest.raises(ReviewerStillThere):
        quality_reviews.redraw(manager, review, reviewers_from=ReviewersFrom.BOTH)
    with pytest.raises(NotAllowed):
        quality_reviews.redraw(
            world.act(world.town.chief), review, reviewers_from=ReviewersFrom.BOTH
        )


def test_nobody_is_recused_twice_or_too_late(world: World) -> None:
    review = world.begun()
    manager = world.act(world.town.manager)
    quality_reviews.recuse(manager, review, ground=OTHER)

    with pytest.raises(WrongState):
        quality_reviews.recuse(manager, review, ground=OTHER)
    for person in (world.outside, world.town.prosecutor):
        with pytest.raises(NotAllowed):
            quality_reviews.recuse(world.act(person), review, ground=OTHER)


def test_a_reviewer_who_is_recused_from_the_case_reads_nothing(world: World) -> None:
    review = world.drawn()
    assignments.recuse(
        world.act(world.town.chief), review.case, person_id=world.inside.id, ground=OTHER
    )
    world.session.expire(review, ["recused"])

    with pytest.raises(NotFound):
        quality_reviews.find(world.act(world.inside), review.id)
    with pytest.raises(NotAllowed):
        quality_reviews.begin(world.act(world.inside), review)


# --- the form ----------------------------------------------------------------------------------


def test_the_form_is_the_one_in_force_at_the_start(world: World) -> None:
    review = world.begun()
    today = world.make.now.date()
    items = [FormItem(f"n_{one.code}", one.dimension, one.zh, one.points) for one in BUILT_IN]
    forms.enter(
        world.act(world.town.manager), world.town.procuratorate, in_force_from=today, items=items
    )

    assert review.edition == 0
    quality_reviews.fill(world.act(world.inside), review, [NewFinding("facts", "旧表项目。", 1)])
    with pytest.raises(UnknownFormItem):
        quality_reviews.fill(world.act(world.inside), review, [NewFinding("n_facts", "新表。", 1)])
    in_force = forms.in_force(world.session, world.town.procuratorate.id, today)
    assert in_force is not None
    assert (in_force.edition, in_force.lines) == (1, tuple(items))


def test_saving_the_form_takes_the_place_of_what_was_there(world: World) -> None:
    review = world.begun()
    act, before = world.act(world.inside), review.version
    quality_reviews.fill(act, review, [NewFinding("facts", "一。", 5), NewFinding("law", "二。")])
    quality_reviews.fill(act, review, [NewFinding("facts", "三。", 3)])

    assert [(one.item, one.words) for one in review.findings] == [("facts", "三。")]
    assert review.points == 97
    assert review.version == before + 2


def test_an_item_costs_no_more_than_its_points(world: World) -> None:
    review = world.begun()

    with pytest.raises(TooManyPointsOff):
        quality_reviews.fill(
            world.act(world.inside),
            review,
            [NewFinding("archive", "一。", 3), NewFinding("archive", "二。", 3)],
        )


def test_a_form_covers_the_five_dimensions(world: World) -> None:
    act, office = world.act(world.town.manager), world.town.procuratorate
    today = world.make.now.date()

    for items in (BUILT_IN[:3], (*BUILT_IN, BUILT_IN[0]), ()):
        with pytest.raises(FormIncomplete):
            forms.enter(act, office, in_force_from=today, items=items)
    with pytest.raises(FormBackdated):
        forms.enter(act, office, in_force_from=today - timedelta(days=1), items=BUILT_IN)
    forms.enter(act, office, in_force_from=today + timedelta(days=30), items=BUILT_IN)
    with pytest.raises(FormBackdated):
        forms.enter(act, office, in_force_from=today, items=BUILT_IN)
    with pytest.raises(NotAllowed):
        forms.enter(world.act(world.town.chief), office, in_force_from=today, items=BUILT_IN)
    assert sum(one.points for one in BUILT_IN) == 100


# --- grades ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "edition", "third"),
    [
        (date(2016, 1, 1), "2017", QualityGrade.FLAWED),
        (date(2025, 12, 31), "2017", QualityGrade.FLAWED),
        (date(2026, 1, 1), "2026", QualityGrade.BASICALLY_QUALIFIED),
    ],
)
def test_the_grades_are_those_of_the_day(day: date, edition: str, third: QualityGrade) -> None:
    listed = grades.in_force(day)

    assert (listed.edition, listed.grades[2]) == (edition, third)


def test_a_grade_of_another_year_is_refused(world: World) -> None:
    review = world.begun()
    act = world.act(world.inside)

    with pytest.raises(QualityGradeNotInForce):
        quality_reviews.propose(act, review, grade=QualityGrade.FLAWED, words="瑕疵。")
    review.began_on = date(2025, 12, 31)
    quality_reviews.fill(act, review, [NewFinding("facts", "表述不清。", 1)])
    quality_reviews.propose(act, review, grade=QualityGrade.FLAWED, words="瑕疵。")
    assert review.proposed_grade is QualityGrade.FLAWED


def test_a_grade_below_qualified_rests_on_a_finding(world: World) -> None:
    with pytest.raises(FindingsMissing):
        quality_reviews.propose(
            world.act(world.inside),
            world.begun(),
            grade=QualityGrade.UNQUALIFIED,
            words="不合格。",
        )


# --- the answer --------------------------------------------------------------------------------


def test_the_handler_hears_nothing_before_the_notice(world: World) -> None:
    review = world.proposed()
    with pytest.raises(NotFound):
        quality_reviews.find(world.act(world.town.prosecutor), review.id)

    quality_reviews.notify(world.act(world.town.manager), review)

    assert quality_reviews.find(world.act(world.town.prosecutor), review.id) is review
    (task,) = world.tasks(TaskKind.ANSWER_QUALITY_REVIEW, review)
    assert task.person_id == world.town.prosecutor.id
    assert task.due_on == date(2026, 3, 9)


def test_case_management_sends_a_form_back_before_the_notice(world: World) -> None:
    review = world.proposed()

    quality_reviews.send_back(world.act(world.town.manager), review, words="请写明依据。")

    assert review.state is QualityState.UNDER_REVIEW
    assert [one.person_id for one in world.tasks(TaskKind.REVIEW_QUALITY, review)] == [
        world.inside.id
    ]


def test_the_handler_agrees_and_the_result_goes_into_the_archive(world: World) -> None:
    review = quality_reviews.agree(
        world.act(world.town.prosecutor), world.notified(QualityGrade.QUALIFIED)
    )

    assert (review.state, review.grade) == (QualityState.FINAL, QualityGrade.QUALIFIED)
    own = world.act(world.town.prosecutor)
    (note,) = own.session.scalars(quality_reviews.notes(own)).all()
    assert (note.person_id, note.review_id) == (world.town.prosecutor.id, review.id)
    for person, may in (
        (world.town.prosecutor, True),
        (world.town.manager, True),
        (world.town.chief, True),
        (world.inside, False),
        (world.head, False),
        (world.inspector, False),
    ):
        act = world.act(person)
        assert bool(act.session.scalars(quality_reviews.notes(act)).all()) is may
        assert allows(act.actor, Permission.PERFORMANCE_NOTE_READ, note) is may


def test_who_handled_the_case_when_it_was_drawn_answers(world: World) -> None:
    """The case has another handler now; the result is still the former one's."""
    review = world.notified()
    assignments.change_handler(
        world.act(world.town.manager),
        review.case,
        handler_id=world.make.person(PostKind.PROSECUTOR, world.town.procuratorate).id,
        reason="调整。",
        approver_id=world.town.chief.id,
    )
    now = world.session.get_one(Person, review.case.handler_id)

    with pytest.raises(NotAllowed):
        quality_reviews.agree(world.act(now), review)
    with pytest.raises(NotAllowed):
        quality_reviews.object(world.act(now), review, reasons="不服。")
    assert quality_reviews.agree(world.act(world.town.prosecutor), review).grade is not None


def test_silence_is_no_objection_once_the_days_are_over(world: World) -> None:
    review = world.notified()
    with pytest.raises(AnswerStillOpen):
        quality_reviews.take_silence(world.act(world.town.manager, days=7), review)
    with pytest.raises(AnswerPeriodOver):
        quality_reviews.object(world.act(world.town.prosecutor, days=8), review, reasons="迟。")

    quality_reviews.take_silence(world.act(world.town.manager, days=8), review)

    assert review.state is QualityState.FINAL
    assert world.tasks(TaskKind.ANSWER_QUALITY_REVIEW, review) == []


def test_only_case_management_leads_a_review_on(world: World) -> None:
    review = world.proposed()
    for person in (world.town.chief, world.head, world.inside, world.town.prosecutor):
        act = world.act(person)
        with pytest.raises(NotAllowed):
            quality_reviews.notify(act, review)
        with pytest.raises(NotAllowed):
            quality_reviews.send_back(act, review, words="退回。")
        with pytest.raises(NotAllowed):
            quality_reviews.take_silence(act, review)


# --- the objection -----------------------------------------------------------------------------


def test_the_chief_decides_on_an_objection(world: World) -> None:
    review = world.objected()
    (task,) = world.tasks(TaskKind.DECIDE_QUALITY_OBJECTION, review)
    assert task.post is PostKind.CHIEF_PROCURATOR
    chief = world.act(world.town.chief)
    for outcome, grade in (
        (ObjectionOutcome.UPHELD, QualityGrade.BASICALLY_QUALIFIED),
        (ObjectionOutcome.DISMISSED, QualityGrade.QUALIFIED),
    ):
        with pytest.raises(OutcomeDoesNotFit):
            quality_reviews.decide(chief, review, outcome=outcome, grade=grade, words="决定。")
    with pytest.raises(QualityGradeNotInForce):
        quality_reviews.decide(
            chief,
            review,
            outcome=ObjectionOutcome.UPHELD,
            grade=QualityGrade.FLAWED,
            words="决定。",
        )

    quality_reviews.decide(
        chief,
        review,
        outcome=ObjectionOutcome.UPHELD,
        grade=QualityGrade.QUALIFIED,
        words="异议成立。",
    )

    assert (review.state, review.grade) == (QualityState.FINAL, QualityGrade.QUALIFIED)
    assert world.tasks(TaskKind.DECIDE_QUALITY_OBJECTION, review) == []


def test_a_second_reviewer_is_asked_once(world: World) -> None:
    review = world.objected()
    chief = world.act(world.town.chief)
    quality_reviews.ask_second(chief, review, reviewers_from=ReviewersFrom.BOTH)

    assert (review.second_reviewer_id, review.second_office_id) == (
        world.outside.id,
        world.sister.id,
    )
    assert {"person_id": world.inside.id, "reason": "took_part"} in review.reviewer_out
    with pytest.raises(WrongState):
        quality_reviews.decide(
            chief,
            review,
            outcome=ObjectionOutcome.UPHELD,
            grade=QualityGrade.QUALIFIED,
            words="决定。",
        )
    for person in (world.inside, world.town.chief):
        with pytest.raises(NotAllowed):
            quality_reviews.second(
                world.act(person), review, grade=QualityGrade.QUALIFIED, words="合格。"
            )
    outside = world.act(world.outside)
    with pytest.raises(QualityGradeNotInForce):
        quality_reviews.second(outside, review, grade=QualityGrade.FLAWED, words="瑕疵。")
    quality_reviews.second(outside, review, grade=QualityGrade.QUALIFIED, words="合格。")
    assert review.state is QualityState.OBJECTED
    assert "ask_second" not in quality_reviews.allowed(chief, review)
    with pytest.raises(SecondReviewHeld):
        quality_reviews.ask_second(chief, review, reviewers_from=ReviewersFrom.BOTH)


def test_a_second_reviewer_steps_aside_too(world: World) -> None:
    other = world.make.person(PostKind.PROSECUTOR, world.sister)
    review = world.objected()
    chief = world.act(world.town.chief)
    quality_reviews.ask_second(chief, review, reviewers_from=ReviewersFrom.SAME_SUPERIOR)
    review.sampling.reviewers_from = ReviewersFrom.SAME_SUPERIOR
    first = world.session.get_one(Person, review.second_reviewer_id)

    quality_reviews.recuse(world.act(first), review, ground=OTHER)

    assert {first.id, review.second_reviewer_id} == {world.outside.id, other.id}
    assert review.state is QualityState.SECOND_REVIEW
    assert review.reviewer_id == world.inside.id
    assert review.findings


def test_where_no_second_reviewer_can_be_drawn_the_chief_decides_alone(world: World) -> None:
    with pytest.raises(NobodyToReview):
        quality_reviews.ask_second(
            world.act(world.town.chief),
            world.objected(),
            reviewers_from=ReviewersFrom.OWN_OFFICE,
        )


def test_nobody_but_the_chief_decides_and_never_on_the_own_work(world: World) -> None:
    review = world.objected()
    own = world.make.person(PostKind.CHIEF_PROCURATOR, world.town.procuratorate)
    given: dict[str, Any] = {
        "outcome": ObjectionOutcome.UPHELD,
        "grade": QualityGrade.QUALIFIED,
        "words": "定。",
    }
    for person in (world.town.manager, world.head, world.inside, world.town.prosecutor):
        with pytest.raises(NotAllowed):
            quality_reviews.decide(world.act(person), review, **given)
        with pytest.raises(NotAllowed):
            quality_reviews.ask_second(world.act(person), review, reviewers_from=ReviewersFrom.BOTH)
    review.handler_id = own.id
    with pytest.raises(NotAllowed):
        quality_reviews.decide(world.act(own), review, **given)
    world.session.add(
        Recusal(
            case_id=review.case_id,
            person_id=world.town.chief.id,
            ground=OTHER,
            recorded_by=world.town.chief.id,
            recorded_at=world.make.now,
        )
    )
    world.session.flush()
    world.session.expire(review, ["recused"])
    with pytest.raises(NotAllowed):
        quality_reviews.decide(world.act(world.town.chief), review, **given)


def test_an_unqualified_case_is_passed_to_inspection(world: World) -> None:
    review = world.notified(QualityGrade.UNQUALIFIED)
    with pytest.raises(NotFound):
        quality_reviews.find(world.act(world.inspector), review.id)

    quality_reviews.agree(world.act(world.town.prosecutor), review)

    assert quality_reviews.find(world.act(world.inspector), review.id) is review


def out_of_order(step: Callable[[], object]) -> None:
    with pytest.raises(WrongState):
        step()


def test_steps_out_of_their_order_are_refused(world: World) -> None:
    review = world.drawn()
    inside, manager = world.act(world.inside), world.act(world.town.manager)
    handler, chief = world.act(world.town.prosecutor), world.act(world.town.chief)
    grade = QualityGrade.QUALIFIED
    steps: tuple[Callable[[], object], ...] = (
        lambda: quality_reviews.fill(inside, review, []),
        lambda: quality_reviews.propose(inside, review, grade=grade, words="合格。"),
        lambda: quality_reviews.send_back(manager, review, words="退回。"),
        lambda: quality_reviews.notify(manager, review),
        lambda: quality_reviews.take_silence(manager, review),
        lambda: quality_reviews.agree(handler, review),
        lambda: quality_reviews.object(handler, review, reasons="不服。"),
        lambda: quality_reviews.ask_second(chief, review, reviewers_from=ReviewersFrom.BOTH),
        lambda: quality_reviews.decide(
            chief, review, outcome=ObjectionOutcome.UPHELD, grade=grade, words="定。"
        ),
    )
    for step in steps:
        out_of_order(step)
    quality_reviews.begin(inside, review)
    with pytest.raises(WrongState):
        quality_reviews.begin(inside, review)


# --- who reads ---------------------------------------------------------------------------------


def test_whoever_corrects_reads_the_review(world: World) -> None:
    review = world.notified(correction="补正。")
    now = world.make.person(PostKind.PROSECUTOR, world.town.procuratorate)
    review.case.handler_id = now.id
    with pytest.raises(NotFound):
        quality_reviews.find(world.act(now), review.id)

    quality_reviews.agree(world.act(world.town.prosecutor), review)

    act = world.act(now)
    assert quality_reviews.find(act, review.id) is review
    assert allows(act.actor, Permission.QUALITY_REVIEW_READ, review)


@pytest.mark.parametrize("stage", ["drawn", "proposed", "notified", "failed", "second"])
def test_the_law_as_sql_says_what_the_clauses_say(world: World, stage: str) -> None:
    stages: dict[str, Callable[[], QualityReview]] = {
        "drawn": world.drawn,
        "proposed": world.proposed,
        "notified": world.notified,
        "failed": lambda: quality_reviews.agree(
            world.act(world.town.prosecutor), world.notified(QualityGrade.UNQUALIFIED)
        ),
        "second": lambda: quality_reviews.ask_second(
            world.act(world.town.chief), world.objected(), reviewers_from=ReviewersFrom.BOTH
        ),
    }
    review = stages[stage]()
    recused = world.make.person(PostKind.DEPARTMENT_HEAD, world.town.procuratorate)
    assignments.recuse(world.act(world.town.chief), review.case, person_id=recused.id, ground=OTHER)
    world.session.expire(review, ["recused"])
    everybody = [
        world.town.manager,
        world.town.chief,
        world.town.prosecutor,
        world.town.officer,
        world.head,
        world.inside,
        world.outside,
        world.inspector,
        recused,
        world.make.person(PostKind.CASE_MANAGER, world.sister),
        world.make.person(PostKind.SUPERVISOR, world.superior),
    ]
    for person in everybody:
        act = world.act(person)
        seen = act.session.scalars(select(QualityReview)).all()
        assert seen == [review]
        read = act.session.scalars(quality_reviews.visible(act)).all()
        assert bool(read) is allows(act.actor, Permission.QUALITY_REVIEW_READ, review), person.id
    assert not allows(world.act(recused).actor, Permission.QUALITY_REVIEW_READ, review)


def test_one_note_for_a_review(world: World) -> None:
    quality_reviews.agree(world.act(world.town.prosecutor), world.notified())

    assert len(world.session.scalars(select(PerformanceNote)).all()) == 1


# --- practice ----------------------------------------------------------------------------------


def test_the_days_are_the_offices_own(world: World) -> None:
    act, office = world.act(world.town.chief), world.town.procuratorate
    said = practice.find(act)
    assert (said.answer_days, said.correction_days, said.version) == (5, 10, 0)
    with pytest.raises(QualityDaysOutOfBounds):
        practice.change(act, said, once=[], answer_days=0, correction_days=10)
    practice.change(act, said, once=[], answer_days=2, correction_days=4)
    world.session.expunge(said)
    again = practice.QualityPractice(procuratorate_id=office.id, version=0)
    with pytest.raises(Stale):
        practice.change(act, again, once=[], answer_days=2, correction_days=4)
    for person in (world.head, world.inside):
        with pytest.raises(NotAllowed):
            practice.change(world.act(person), said, once=[], answer_days=2, correction_days=4)
    with pytest.raises(NotFound):
        practice.find(world.act(world.inside))
    assert practice.find(world.act(world.head), office.id).answer_days == 2
