"""One suspect's arrest review: the rule, the refusals, the clock and the receipt."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from api.arrest_reviews import shown
from services import arrest_reviews, assignments, deadlines
from services.arrest_requests.terms import Measure
from services.arrest_reviews import (
    ArrestDecided,
    ArrestReview,
    BothOrNeither,
    Hearing,
    HearingMissing,
    IncompleteReceipt,
    InterrogationGround,
    MustInterrogate,
    NewMeasure,
    Outcome,
    OutlineMissing,
    Proposal,
    ReasonsMissing,
    ReceiptOutcome,
    RefusalKind,
    ReviewState,
    StillHeld,
)
from services.assignments import RecusalGround
from services.cases import CaseState
from services.deadlines import CloseReason, Custody, Deadline, Keepers
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.people import Speciality, SpecialityCode
from services.policy import PostKind
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town

DAY = timedelta(days=1)


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def _reviews(make: Make, town: Town, *suspects: object, **given: object) -> list[ArrestReview]:
    case = make.case(town, *suspects, **given)  # type: ignore[arg-type]
    assignments.assign(make.act(town.manager), case)
    chosen = select(ArrestReview).where(ArrestReview.case_id == case.id).order_by(ArrestReview.id)
    return list(make.session.scalars(chosen))


@pytest.fixture
def review(make: Make, town: Town) -> ArrestReview:
    return _reviews(make, town)[0]


def _opine(
    make: Make,
    town: Town,
    review: ArrestReview,
    proposal: Proposal = Proposal.APPROVE,
    refusal_kind: RefusalKind | None = None,
    *,
    hearing: Hearing = Hearing.INTERROGATED,
    outline: str | None = None,
    after: timedelta = DAY,
) -> ArrestReview:
    if hearing is Hearing.INTERROGATED:
        make.held(review.case, review.suspect)
    return arrest_reviews.opine(
        make.act(town.prosecutor, make.now + after),
        review,
        proposal=proposal,
        refusal_kind=refusal_kind,
        hearing=hearing,
        reasons="有证据证明有犯罪事实，采取取保候审不足以防止发生社会危险性。",
        outline=outline,
    )


def _decide(
    make: Make,
    town: Town,
    review: ArrestReview,
    outcome: Outcome = Outcome.APPROVE,
    refusal_kind: RefusalKind | None = None,
    *,
    reasons: str | None = "经审查，采取取保候审足以防止发生社会危险性。",
    after: timedelta = 2 * DAY,
) -> ArrestReview:
    return arrest_reviews.decide(
        make.act(town.chief, make.now + after),
        review,
        outcome=outcome,
        refusal_kind=refusal_kind,
        reasons=reasons,
    )


def _receipt(
    make: Make,
    town: Town,
    review: ArrestReview,
    outcome: ReceiptOutcome,
    *,
    executed: timedelta | None = 2 * DAY,
    after: timedelta = 3 * DAY,
    reason: str | None = None,
    new_measure: NewMeasure | None = None,
) -> ArrestReview:
    return arrest_reviews.return_receipt(
        make.act(town.officer, make.now + after),
        review,
        outcome=outcome,
        executed_at=None if executed is None else make.now + executed,
        reason=reason,
        new_measure=new_measure,
    )


def _open_tasks(make: Make) -> set[TaskKind]:
    return set(make.session.scalars(select(Task.kind).where(Task.state == TaskState.OPEN)))


def test_from_opinion_to_receipt_each_step_hands_the_task_on(
    make: Make, town: Town, review: ArrestReview
) -> None:
    assert _open_tasks(make) == {TaskKind.REVIEW_ARREST}

    _opine(make, town, review)
    assert _open_tasks(make) == {TaskKind.APPROVE_ARREST}

    _decide(make, town, review)
    assert _open_tasks(make) == {TaskKind.RETURN_RECEIPT}

    _receipt(make, town, review, ReceiptOutcome.EXECUTED)
    assert _open_tasks(make) == set()
    assert (review.state, review.case.state) == (ReviewState.ARRESTED, CaseState.CLOSED)


def test_the_decision_bears_the_next_number_of_its_series(make: Make, town: Town) -> None:
    reviews = _reviews(make, town, make.suspect(), make.suspect(), make.suspect())
    for review in reviews:
        _opine(make, town, review)

    _decide(make, town, reviews[0])
    _decide(make, town, reviews[1])
    _decide(make, town, reviews[2], Outcome.REFUSE, RefusalKind.NO_DANGER)

    short = town.procuratorate.short_name
    assert [review.decision.number for review in reviews if review.decision] == [
        f"{short}批捕〔2026〕1号",
        f"{short}批捕〔2026〕2号",
        f"{short}不批捕〔2026〕1号",
    ]


def test_deciding_closes_the_seven_days(make: Make, town: Town, review: ArrestReview) -> None:
    _opine(make, town, review)
    _decide(make, town, review)

    clock = make.session.scalars(select(Deadline).where(Deadline.rule_id == "D06")).one()

    assert clock.due_on == date(2026, 3, 9)
    assert (clock.closed_at, clock.close_reason) == (make.now + 2 * DAY, CloseReason.DONE)
    assert review.decision
    assert not review.decision.after_due


def test_a_decision_after_the_seventh_day_is_taken_and_marked(
    make: Make, town: Town, review: ArrestReview
) -> None:
    _opine(make, town, review)

    _decide(make, town, review, after=8 * DAY)

    assert review.decision
    assert review.decision.after_due


def test_the_chief_may_decide_otherwise_than_proposed(
    make: Make, town: Town, review: ArrestReview
) -> None:
    _opine(make, town, review)

    _decide(make, town, review, Outcome.REFUSE, RefusalKind.MINOR_CIRCUMSTANCES)

    entry = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "ArrestDecided")
    ).one()
    assert review.state is ReviewState.ARREST_REFUSED
    assert entry.event == ArrestDecided(
        review.id, review.decision.id if review.decision else 0, "refuse", "minor_circumstances"
    )


def test_whoever_decides_otherwise_than_proposed_says_why(
    make: Make, town: Town, review: ArrestReview
) -> None:
    _opine(make, town, review, Proposal.REFUSE, RefusalKind.INSUFFICIENT_EVIDENCE, outline="提纲")

    for outcome, kind in ((Outcome.REFUSE, RefusalKind.NO_CRIME), (Outcome.APPROVE, None)):
        with pytest.raises(ReasonsMissing):
            _decide(make, town, review, outcome, kind, reasons=None)
    with pytest.raises(ReasonsMissing):
        arrest_reviews.send_back(make.act(town.chief), review, note=" ")
    assert review.decision is None

    _decide(make, town, review, Outcome.REFUSE, RefusalKind.NO_CRIME, reasons="没有犯罪事实。")
    assert review.decision
    assert (review.decision.reasons, review.decision.outline) == ("没有犯罪事实。", None)


def test_a_refusal_gives_the_opinions_reasons_and_an_approval_none(make: Make, town: Town) -> None:
    approved, refused = _reviews(make, town, make.suspect(), make.suspect())
    _opine(make, town, approved)
    _opine(make, town, refused, Proposal.REFUSE, RefusalKind.NO_DANGER)

    _decide(make, town, approved, reasons=None)
    _decide(make, town, refused, Outcome.REFUSE, RefusalKind.NO_DANGER, reasons=None)

    assert approved.decision
    assert refused.decision
    assert refused.opinion
    assert (approved.decision.reasons, refused.decision.reasons) == ("", refused.opinion.reasons)


def test_the_police_see_neither_the_opinion_nor_that_it_awaits_approval(
    make: Make, town: Town, review: ArrestReview
) -> None:
    _opine(make, town, review)
    told = {
        who: shown(make.act(who), review, [], {}, {}) for who in (town.officer, town.prosecutor)
    }
    assert told[town.officer]["state"] is ReviewState.UNDER_REVIEW
    assert told[town.officer]["opinion"] is None
    assert told[town.prosecutor]["state"] is ReviewState.AWAITING_APPROVAL

    _decide(make, town, review, reasons="检察长对案情的内部意见。")
    told = {
        who: shown(make.act(who), review, [], {}, {}) for who in (town.officer, town.prosecutor)
    }
    assert told[town.officer]["decision"]["reasons"] == ""
    assert told[town.prosecutor]["decision"]["reasons"] == "检察长对案情的内部意见。"


def test_a_handler_changed_a_moment_ago_opines_no_more(
    make: Make, town: Town, review: ArrestReview
) -> None:
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    assert review.case.handler_id == town.prosecutor.id
    make.session.execute(
        text("UPDATE cases SET handler_id = :other WHERE id = :id"),
        {"other": other.id, "id": review.case_id},
    )

    with pytest.raises(NotAllowed):
        _opine(make, town, review)
    assert review.opinions == []


def test_a_case_without_a_handler_is_not_decided(make: Make, town: Town) -> None:
    first, second = _reviews(make, town, make.suspect(), make.suspect())
    _opine(make, town, first)
    assignments.recuse(
        make.act(town.chief),
        first.case,
        person_id=town.prosecutor.id,
        ground=RecusalGround.INTEREST,
    )

    with pytest.raises(WrongState):
        _decide(make, town, first)
    with pytest.raises(NotAllowed):
        _opine(make, town, second)
    assert first.decision is None


def test_an_opinion_sent_back_is_kept_and_the_handler_opines_again(
    make: Make, town: Town, review: ArrestReview
) -> None:
    _opine(make, town, review)
    arrest_reviews.send_back(make.act(town.chief, make.now + DAY), review, note="核实赃物价值")
    assert _open_tasks(make) == {TaskKind.REVIEW_ARREST}

    _opine(make, town, review, Proposal.REFUSE, RefusalKind.NO_DANGER)

    assert [opinion.returned_note for opinion in review.opinions] == ["核实赃物价值", None]
    assert review.opinion
    assert review.opinion.proposal is Proposal.REFUSE


def test_a_refusal_needs_its_kind_and_an_approval_has_none(
    make: Make, town: Town, review: ArrestReview
) -> None:
    with pytest.raises(BothOrNeither):
        _opine(make, town, review, Proposal.REFUSE)
    with pytest.raises(BothOrNeither):
        _opine(make, town, review, Proposal.APPROVE, RefusalKind.NO_CRIME)


def test_refusing_for_lack_of_evidence_needs_an_outline(
    make: Make, town: Town, review: ArrestReview
) -> None:
    with pytest.raises(OutlineMissing):
        _opine(make, town, review, Proposal.REFUSE, RefusalKind.INSUFFICIENT_EVIDENCE)

    _opine(
        make,
        town,
        review,
        Proposal.REFUSE,
        RefusalKind.INSUFFICIENT_EVIDENCE,
        outline="补充调取监控录像。",
    )
    assert review.state is ReviewState.AWAITING_APPROVAL


@pytest.mark.parametrize(
    ("flags", "ground"),
    [
        (["minor"], InterrogationGround.MINOR),
        (["plea_leniency"], InterrogationGround.PLEA_LENIENCY),
        (["deaf"], InterrogationGround.DISABILITY),
        (["limited_capacity"], InterrogationGround.DISABILITY),
    ],
)
def test_whom_the_law_wants_interrogated_is_interrogated(
    make: Make, town: Town, flags: list[str], ground: InterrogationGround
) -> None:
    make.session.add(Speciality(person_id=town.prosecutor.id, code=SpecialityCode.MINORS))
    (review,) = _reviews(make, town, make.suspect(flags=flags))

    with pytest.raises(MustInterrogate) as refused:
        _opine(make, town, review, hearing=Hearing.WRITTEN_OPINION)

    assert refused.value.members["grounds"] == [ground.value]


def test_in_a_major_case_every_suspect_is_interrogated(make: Make, town: Town) -> None:
    (review,) = _reviews(make, town, major_or_complex=True)

    with pytest.raises(MustInterrogate):
        _opine(make, town, review, hearing=Hearing.WRITTEN_OPINION)


def test_a_detained_suspect_is_at_least_served_the_form(
    make: Make, town: Town, review: ArrestReview
) -> None:
    with pytest.raises(HearingMissing):
        _opine(make, town, review, hearing=Hearing.NOT_HEARD)

    with pytest.raises(HearingMissing):
        _opine(make, town, review, hearing=Hearing.WRITTEN_OPINION)

    make.written_opinion(review.case, review.suspect)
    _opine(make, town, review, hearing=Hearing.WRITTEN_OPINION)
    assert review.state is ReviewState.AWAITING_APPROVAL


def test_who_is_not_detained_need_not_be_served_the_form(make: Make, town: Town) -> None:
    (review,) = _reviews(make, town, make.suspect(measure=Measure.BAIL))

    _opine(make, town, review, hearing=Hearing.NOT_HEARD)

    assert review.state is ReviewState.AWAITING_APPROVAL


@pytest.mark.parametrize("who", ["officer", "manager", "chief"])
def test_only_the_handler_opines(make: Make, town: Town, review: ArrestReview, who: str) -> None:
    with pytest.raises(NotAllowed):
        arrest_reviews.opine(
            make.act(getattr(town, who)),
            review,
            proposal=Proposal.APPROVE,
            refusal_kind=None,
            hearing=Hearing.INTERROGATED,
            reasons="理由",
            outline=None,
        )


@pytest.mark.parametrize("who", ["officer", "manager", "prosecutor"])
def test_only_the_chief_procurator_decides(
    make: Make, town: Town, review: ArrestReview, who: str
) -> None:
    _opine(make, town, review)

    with pytest.raises(NotAllowed):
        arrest_reviews.decide(
            make.act(getattr(town, who)),
            review,
            outcome=Outcome.APPROVE,
            refusal_kind=None,
            reasons=None,
        )


def test_nothing_is_decided_without_an_opinion_and_nothing_twice(
    make: Make, town: Town, review: ArrestReview
) -> None:
    with pytest.raises(WrongState):
        _decide(make, town, review)
    _opine(make, town, review)
    _decide(make, town, review)

    with pytest.raises(WrongState):
        _decide(make, town, review)


@pytest.mark.parametrize(
    ("after", "late"),
    [
        (5, False),  # Saturday 7 March, the third day
        (7, False),  # Monday 9 March: the third day was a day off, which the law may bear
        (8, True),
    ],
)
def test_a_receipt_is_late_only_past_the_day_the_law_can_bear(
    make: Make, town: Town, review: ArrestReview, after: int, *, late: bool
) -> None:
    _opine(make, town, review)
    _decide(make, town, review)

    _receipt(make, town, review, ReceiptOutcome.EXECUTED, after=after * DAY)

    assert review.receipt
    assert (review.receipt.due_on, review.receipt.late) == (date(2026, 3, 7), late)


def test_an_arrest_that_could_not_be_executed_says_why(
    make: Make, town: Town, review: ArrestReview
) -> None:
    _opine(make, town, review)
    _decide(make, town, review)

    with pytest.raises(IncompleteReceipt) as refused:
        _receipt(make, town, review, ReceiptOutcome.NOT_EXECUTED, executed=None)
    _receipt(
        make, town, review, ReceiptOutcome.NOT_EXECUTED, executed=None, reason="犯罪嫌疑人在逃"
    )

    (error,) = refused.value.members["errors"]
    assert (error["pointer"], error["detail"]["zh"]) == ("/reason", "请写明未能执行的原因。")
    assert review.state is ReviewState.ARREST_NOT_EXECUTED


@pytest.mark.parametrize("executed", [DAY, 4 * DAY])
def test_an_execution_lies_between_the_decision_and_the_receipt(
    make: Make, town: Town, review: ArrestReview, executed: timedelta
) -> None:
    _opine(make, town, review)
    _decide(make, town, review)

    with pytest.raises(IncompleteReceipt):
        _receipt(make, town, review, ReceiptOutcome.EXECUTED, executed=executed)


def test_after_a_refusal_the_suspect_is_released_or_the_measure_changed(
    make: Make, town: Town
) -> None:
    first, second = _reviews(make, town, make.suspect(), make.suspect())
    for review in (first, second):
        _opine(make, town, review, Proposal.REFUSE, RefusalKind.NO_DANGER)
        _decide(make, town, review, Outcome.REFUSE, RefusalKind.NO_DANGER)

    with pytest.raises(WrongState):
        _receipt(make, town, first, ReceiptOutcome.EXECUTED)
    with pytest.raises(IncompleteReceipt):
        _receipt(make, town, second, ReceiptOutcome.MEASURE_CHANGED)
    _receipt(make, town, first, ReceiptOutcome.RELEASED)
    _receipt(make, town, second, ReceiptOutcome.MEASURE_CHANGED, new_measure=NewMeasure.BAIL)

    assert (first.state, second.state) == (ReviewState.RELEASED, ReviewState.MEASURE_CHANGED)
    assert first.case.state is CaseState.CLOSED


def test_after_a_refusal_nothing_changes_for_who_was_never_held(make: Make, town: Town) -> None:
    free, held = _reviews(make, town, make.suspect(measure=Measure.BAIL), make.suspect())
    for review in (free, held):
        _opine(make, town, review, Proposal.REFUSE, RefusalKind.NO_DANGER)
        _decide(make, town, review, Outcome.REFUSE, RefusalKind.NO_DANGER)

    _receipt(make, town, free, ReceiptOutcome.UNCHANGED, executed=None)
    with pytest.raises(StillHeld):
        _receipt(make, town, held, ReceiptOutcome.UNCHANGED, executed=None)

    assert free.state is ReviewState.MEASURE_UNCHANGED
    assert free.receipt
    assert (free.receipt.executed_at, free.receipt.due_on) == (None, date(2026, 3, 9))


def test_a_case_is_decided_with_its_last_suspect(make: Make, town: Town) -> None:
    first, second = _reviews(make, town, make.suspect(), make.suspect())
    for review in (first, second):
        _opine(make, town, review)

    _decide(make, town, first)
    halfway = first.case.state
    _decide(make, town, second)

    assert (halfway, second.case.state) == (CaseState.ASSIGNED, CaseState.DECIDED)


def test_every_period_of_the_review_ends_with_the_receipt_and_custody_begins(
    make: Make, town: Town, review: ArrestReview
) -> None:
    _opine(make, town, review)
    _decide(make, town, review)
    running = select(Deadline.rule_id).where(Deadline.closed_at.is_(None))
    before = set(make.session.scalars(running))

    _receipt(make, town, review, ReceiptOutcome.EXECUTED)

    after = set(make.session.scalars(running))
    assert (before, after) == ({"A01"}, {"C01", "C08", "A04", "A05"})


def test_custody_runs_from_the_execution_however_late_the_receipt(
    make: Make, town: Town, review: ArrestReview
) -> None:
    _opine(make, town, review)
    _decide(make, town, review)

    _receipt(make, town, review, ReceiptOutcome.EXECUTED, executed=2 * DAY, after=9 * DAY)

    custody = make.session.scalars(select(Deadline).where(Deadline.rule_id == "C01")).one()
    holiday = date(2026, 5, 4)
    assert (custody.started_at, custody.custody) == (make.now + 2 * DAY, Custody.HELD)
    assert (custody.due_on, custody.outer_on) == (holiday, holiday)
    assert (custody.suspect_id, custody.handler_id) == (review.suspect_id, review.handler_id)
    assert custody.police_office_id == review.police_office_id


@pytest.mark.parametrize("outcome", [ReceiptOutcome.NOT_EXECUTED, ReceiptOutcome.RELEASED])
def test_nobody_arrested_is_in_custody_for_investigation(
    make: Make, town: Town, review: ArrestReview, outcome: ReceiptOutcome
) -> None:
    executed = outcome is ReceiptOutcome.NOT_EXECUTED
    ways = (Proposal.APPROVE, None) if executed else (Proposal.REFUSE, RefusalKind.NO_DANGER)
    _opine(make, town, review, *ways)
    _decide(make, town, review, *ways)

    if executed:
        _receipt(make, town, review, outcome, executed=None, reason="犯罪嫌疑人在逃")
    else:
        _receipt(make, town, review, outcome)

    running = make.session.scalars(select(Deadline.rule_id).where(Deadline.closed_at.is_(None)))
    assert set(running) == (set() if executed else {"A07"})


def test_a_release_counts_from_its_day_for_every_other_period_of_the_suspect(
    make: Make, town: Town, review: ArrestReview
) -> None:
    other = deadlines.start(
        make.act(town.manager),
        "A08",
        town.procuratorate,
        suspect_id=review.suspect_id,
        keepers=Keepers(review.procuratorate_id),
        started_at=make.now - 2 * DAY,
        custody=Custody.HELD,
    )
    before = (other.due_on, other.outer_on)
    _opine(make, town, review, Proposal.REFUSE, RefusalKind.NO_DANGER)
    _decide(make, town, review, Outcome.REFUSE, RefusalKind.NO_DANGER)

    _receipt(make, town, review, ReceiptOutcome.RELEASED, executed=2 * DAY, after=8 * DAY)

    assert before == (date(2026, 3, 7), date(2026, 3, 9))
    assert (other.due_on, other.outer_on) == (date(2026, 3, 9), date(2026, 3, 9))
