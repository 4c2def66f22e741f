"""Revoking a decision that proves wrong, and what the police are asked to put right (RULES 289)."""

from typing import Any

import pytest

from services.arrest_requests.terms import Measure
from services.arrest_reviews import Outcome, ReceiptOutcome, RefusalKind, ReviewState
from services.deadlines import CloseReason
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.tasks import TaskKind
from tests.arrest_reviews.conftest import Stage, days

WHY: dict[str, Any] = {"reasons": "原决定确有错误。"}


def test_a_wrong_approval_is_revoked_and_the_person_released(stage: Stage) -> None:
    review = stage.arrested("2026-03-02")
    number = stage.approved(stage.town.prosecutor, review, "revoke_approval", **WHY)

    assert number == f"{stage.town.procuratorate.short_name}撤捕〔2026〕1号"
    assert stage.stands(review) is ReviewState.ARREST_REVOKED
    assert stage.tasks(review) == {TaskKind.EXECUTE_DECISION}
    assert "C01" in stage.running(review)

    stage.take(stage.town.officer, review, "execute_revocation", measure="none", at=stage.make.now)
    assert review.suspect.measure is Measure.NONE
    assert stage.running(review) == set()
    assert stage.period(review, "C01").close_reason is CloseReason.DONE
    assert stage.period(review, "C08").close_reason is CloseReason.LAPSED
    assert stage.tasks(review) == set()


def test_who_was_never_held_stays_under_the_measure_there_was(stage: Stage) -> None:
    free, detained = stage.reviews(
        stage.make.suspect(measure=Measure.BAIL), stage.make.suspect(measure=Measure.DETENTION)
    )
    unchanged: dict[str, Any] = {"measure": "unchanged", "at": stage.make.now}
    for review in (free, detained):
        stage.approved(stage.town.prosecutor, stage.decided(review), "revoke_approval", **WHY)
    ground = stage.barred(stage.town.officer, detained, "execute_revocation", **unchanged)
    assert ground == "still_held"

    stage.take(stage.town.officer, free, "execute_revocation", **unchanged)

    assert free.suspect.measure is Measure.BAIL
    assert stage.tasks(free) == set()


def test_an_approval_not_yet_executed_is_executed_no_more(stage: Stage) -> None:
    review = stage.decided(stage.reviews()[0])
    stage.approved(stage.town.prosecutor, review, "revoke_approval", **WHY)

    assert stage.running(review) == set()
    assert stage.tasks(review) == {TaskKind.EXECUTE_DECISION}
    with pytest.raises(WrongState):
        stage.receipt(review)


def test_a_wrong_refusal_is_revoked_and_the_arrest_approved(stage: Stage) -> None:
    review = stage.refused(RefusalKind.NO_CRIME)
    stage.receipt(review, ReceiptOutcome.RELEASED)
    stage.approved(stage.town.prosecutor, review, "revoke_refusal", **WHY)

    assert stage.stands(review) is ReviewState.ARREST_APPROVED
    assert [one.outcome for one in review.decisions] == [Outcome.REFUSE, Outcome.APPROVE]
    assert stage.running(review) == {"A01"}
    stage.receipt(review)
    assert stage.stands(review) is ReviewState.ARRESTED


def test_a_release_by_the_police_is_not_revoked_as_if_it_were_a_refusal(stage: Stage) -> None:
    review = stage.arrested("2026-03-02")
    stage.take(
        stage.town.officer,
        review,
        "report_release",
        ground="unsuitable",
        at=stage.make.now,
        reasons="不当。",
    )
    ground = stage.barred(stage.town.prosecutor, review, "revoke_refusal", **WHY)

    assert ground == "not_refused"


def test_only_the_handler_puts_a_revocation_forward(stage: Stage) -> None:
    review = stage.refused()
    for who in (stage.town.officer, stage.town.manager, stage.town.chief, stage.other):
        with pytest.raises(NotAllowed):
            stage.take(who, review, "revoke_refusal", **WHY)


def test_who_is_still_held_after_a_refusal_is_objected_to(stage: Stage) -> None:
    review = stage.refused()
    number = stage.approved(stage.town.prosecutor, review, "object_to_holding", **WHY)
    assert number.startswith(f"{stage.town.procuratorate.short_name}纠违")
    assert TaskKind.GIVE_REASONS in stage.tasks(review)

    stage.take(stage.town.officer, review, "reply_to_correction", reply="已经释放。")
    assert TaskKind.GIVE_REASONS not in stage.tasks(review)
    again = stage.barred(stage.town.officer, review, "reply_to_correction", reply="再次。")
    assert again == "nothing_to_answer"

    review.suspect.measure = Measure.NONE
    ground = stage.barred(stage.town.prosecutor, review, "object_to_holding", **WHY)
    assert ground == "not_held"


@pytest.mark.parametrize(
    "kind", [RefusalKind.NO_CRIME, RefusalKind.CPL_16, RefusalKind.NOT_THE_OFFENDER]
)
def test_fifteen_days_in_silence_are_objected_to(stage: Stage, kind: RefusalKind) -> None:
    stage.day("2026-03-02")
    review = stage.refused(kind)
    stage.receipt(review, ReceiptOutcome.RELEASED)
    assert stage.ends(review, "A06") == ("2026-03-17", "2026-03-17")

    stage.day("2026-03-17")
    early = stage.barred(stage.town.prosecutor, review, "object_to_silence", **WHY)
    assert early == "fifteen_days_not_over"

    stage.day("2026-03-18")
    stage.approved(stage.town.prosecutor, review, "object_to_silence", **WHY)
    assert TaskKind.GIVE_REASONS in stage.tasks(review)


def test_whoever_was_told_to_dismiss_reports_it(stage: Stage) -> None:
    stage.day("2026-03-02")
    review = stage.refused(RefusalKind.NO_CRIME)
    dismissed = {"outcome": "dismissed", "on": stage.make.act(stage.town.officer).today}
    stage.take(stage.town.officer, review, "report_dismissed", **dismissed)
    assert "A06" not in stage.running(review)

    stage.make.now += days(30)
    ground = stage.barred(stage.town.prosecutor, review, "object_to_silence", **WHY)
    assert ground == "fifteen_days_not_over"

    other = stage.refused(RefusalKind.NO_DANGER)
    assert "A06" not in stage.running(other)
    told = stage.barred(stage.town.officer, other, "report_dismissed", **dismissed)
    assert told == "not_told_to_dismiss"
