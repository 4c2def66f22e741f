"""Remedies against a non-prosecution: who asks, in which time, and who decides on it."""

from datetime import date
from typing import Any

import pytest

from services.deadlines import CloseReason, ImpossibleDeadline
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.offices import OfficeKind
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make
from tests.prosecutions.test_non_prosecution import DISCRETIONARY, STATUTORY, ready
from tests.prosecutions.walks import Walk

WHY = {"reasons": "决定确有错误。"}
UPHELD = {"reasons": "决定正确。"}


def decided(
    make: Make, code: str = "decide_discretionary", organ: OfficeKind = OfficeKind.PUBLIC_SECURITY
) -> Walk:
    """Not prosecuted, and served on everybody on the same day."""
    walk = ready(make, organ)
    given = DISCRETIONARY if code == "decide_discretionary" else STATUTORY
    proposal = walk.take(walk.town.prosecutor, code, **given)
    above = (walk.upper_chief,) if organ is OfficeKind.SUPERVISORY_COMMISSION else ()
    walk.approve(proposal, walk.town.chief, *above)
    walk.take(
        walk.town.prosecutor,
        "serve_non_prosecution",
        to=["victim", "person", "organ"],
        at=walk.now,
        remedies_told=True,
    )
    return walk


def objected(make: Make) -> Walk:
    walk = decided(make)
    walk.take(walk.town.officer, "object_to_non_prosecution", **WHY)
    walk.take(walk.town.manager, "name_other_prosecutor", reviewer_id=walk.other.id)
    return walk


def above(make: Make) -> Walk:
    walk = objected(make)
    walk.reconsidered("uphold_non_prosecution", **UPHELD)
    walk.take(walk.town.officer, "ask_above", **WHY)
    return walk


def open_task(walk: Walk, kind: TaskKind) -> Task | None:
    return (
        walk.make.session.query(Task)
        .where(
            Task.about_kind == "prosecutions",
            Task.about_id == walk.prosecution.id,
            Task.kind == kind,
            Task.state == TaskState.OPEN,
        )
        .one_or_none()
    )


# --- the police ------------------------------------------------------------------------------


def test_another_prosecutor_reconsiders_within_thirty_days(make: Make) -> None:
    walk = decided(make)

    walk.take(walk.town.officer, "object_to_non_prosecution", **WHY)
    assert walk.state == "objection"
    assert walk.closed("X02") is CloseReason.DONE
    assert walk.running["X03"] == date(2026, 4, 1)

    walk.take(walk.town.manager, "name_other_prosecutor", reviewer_id=walk.other.id)
    task = open_task(walk, TaskKind.RECONSIDER)
    assert task is not None
    assert (task.person_id, task.due_on) == (walk.other.id, date(2026, 4, 1))

    walk.reconsidered("uphold_non_prosecution", **UPHELD)
    assert walk.state == "objection_upheld"
    assert walk.closed("X03") is CloseReason.DONE
    assert walk.running["X04"] == date(2026, 3, 9)
    assert open_task(walk, TaskKind.RECONSIDER) is None


def test_reconsideration_may_revoke_the_decision(make: Make) -> None:
    walk = objected(make)

    walk.reconsidered("change_on_reconsideration", reasons="符合起诉条件。")

    assert walk.state == "under_review"
    assert walk.closed("X03") is CloseReason.DONE
    assert walk.closed("X06") is CloseReason.LAPSED
    assert walk.running == {}


def test_the_handler_does_not_reconsider_the_own_decision(make: Make) -> None:
    walk = decided(make)
    walk.take(walk.town.officer, "object_to_non_prosecution", **WHY)

    barred = walk.barred(
        walk.town.manager, "name_other_prosecutor", reviewer_id=walk.town.prosecutor.id
    )

    assert barred[0] == "same_prosecutor"
    assert "379" in barred[1]


def test_nobody_is_named_where_nothing_is_reviewed(make: Make) -> None:
    walk = decided(make)

    barred = walk.barred(walk.town.manager, "name_other_prosecutor", reviewer_id=walk.other.id)

    assert barred[0] == "nothing_to_review"


def test_the_police_object_within_seven_days_of_receipt(make: Make) -> None:
    walk = decided(make)
    walk.pass_days(8)

    barred = walk.barred(walk.town.officer, "object_to_non_prosecution", **WHY)

    assert barred[0] == "objection_late"
    assert "294" in barred[1]


def test_before_any_receipt_no_objection_is_late(make: Make) -> None:
    walk = ready(make)
    walk.decide("decide_statutory", **STATUTORY)
    walk.pass_days(20)

    walk.take(walk.town.officer, "object_to_non_prosecution", **WHY)

    assert walk.state == "objection"


def test_a_decision_is_objected_to_once(make: Make) -> None:
    walk = above(make)
    walk.re_examined("uphold_above", **UPHELD)

    barred = walk.barred(walk.town.officer, "object_to_non_prosecution", **WHY)

    assert barred[0] == "objected_before"


def test_a_new_decision_may_be_objected_to_anew(make: Make) -> None:
    walk = objected(make)
    walk.reconsidered("change_on_reconsideration", reasons="符合起诉条件。")
    walk.decide("decide_statutory", **STATUTORY)

    walk.take(walk.town.officer, "object_to_non_prosecution", **WHY)

    assert walk.state == "objection"


def test_the_procuratorate_above_re_examines_within_thirty_days(make: Make) -> None:
    walk = above(make)

    assert walk.state == "objection_above"
    assert walk.closed("X04") is CloseReason.DONE
    assert walk.running["X05"] == date(2026, 4, 1)
    assert walk.kept_by("X05") == walk.town.procuratorate.superior_id
    assert walk.prosecution.raised_to_id == walk.town.procuratorate.superior_id
    assert open_task(walk, TaskKind.RE_EXAMINE) is not None

    walk.re_examined("uphold_above", **UPHELD)
    assert walk.state == "not_prosecuted"
    assert walk.closed("X05") is CloseReason.DONE
    assert open_task(walk, TaskKind.RE_EXAMINE) is None


def test_the_procuratorate_above_may_overturn_the_decision(make: Make) -> None:
    walk = above(make)

    walk.re_examined("overturn_above", how="revoked", reasons="应当起诉。")

    assert walk.state == "under_review"
    assert walk.closed("X05") is CloseReason.DONE


def test_the_procuratorate_above_may_put_another_paragraph_under_it(make: Make) -> None:
    walk = decided(make, "decide_statutory")
    walk.take(walk.town.officer, "object_to_non_prosecution", **WHY)
    walk.take(walk.town.manager, "name_other_prosecutor", reviewer_id=walk.other.id)
    walk.reconsidered("uphold_non_prosecution", **UPHELD)
    walk.take(walk.town.officer, "ask_above", **WHY)

    walk.re_examined("change_basis_above", basis="cpl_177_2", reasons="属情节轻微。")

    assert walk.state == "not_prosecuted"
    walk.take(
        walk.town.prosecutor,
        "serve_non_prosecution",
        to=["person"],
        at=walk.now,
        remedies_told=True,
    )
    assert "X08" in walk.running


def test_a_superior_that_is_not_registered_is_asked_on_paper(make: Make) -> None:
    walk = objected(make)
    walk.reconsidered("uphold_non_prosecution", **UPHELD)
    walk.town.procuratorate.superior_id = None
    make.session.flush()

    barred = walk.barred(walk.town.officer, "ask_above", **WHY)
    walk.take(walk.town.manager, "appeal_of_victim", filed_at=walk.now, summary="不服。")

    assert barred[0] == "no_superior_here"
    assert "380" in barred[1]
    assert "X09" not in walk.running


def test_the_police_go_above_within_seven_days(make: Make) -> None:
    walk = objected(make)
    walk.reconsidered("uphold_non_prosecution", **UPHELD)
    walk.pass_days(8)

    barred = walk.barred(walk.town.officer, "ask_above", **WHY)

    assert barred[0] == "re_examination_late"
    assert "294" in barred[1]


def test_an_objection_is_over_when_nobody_goes_above_in_time(make: Make) -> None:
    walk = objected(make)
    walk.reconsidered("uphold_non_prosecution", **UPHELD)

    barred = walk.barred(walk.town.prosecutor, "objection_over")
    walk.pass_days(8)
    walk.take(walk.town.prosecutor, "objection_over")

    assert barred[0] == "may_still_go_above"
    assert walk.state == "not_prosecuted"
    assert walk.closed("X04") is CloseReason.LAPSED


def test_nobody_goes_above_before_the_reconsideration(make: Make) -> None:
    walk = decided(make)

    with pytest.raises(WrongState):
        walk.take(walk.town.officer, "ask_above", **WHY)


@pytest.mark.parametrize("code", ["uphold_non_prosecution", "change_on_reconsideration"])
def test_only_who_was_named_reconsiders(make: Make, code: str) -> None:
    walk = objected(make)

    for person in (walk.town.prosecutor, walk.town.manager, walk.upper_prosecutor):
        with pytest.raises(NotAllowed):
            walk.take(person, code, reasons="理由。")


@pytest.mark.parametrize("code", ["uphold_above", "overturn_above", "change_basis_above"])
def test_only_the_office_above_re_examines(make: Make, code: str) -> None:
    walk = above(make)

    for person in (walk.town.prosecutor, walk.other, walk.town.officer):
        with pytest.raises(NotAllowed):
            walk.take(person, code, reasons="理由。")


# --- a commission ----------------------------------------------------------------------------


def test_a_commission_asks_above_at_once(make: Make) -> None:
    walk = decided(make, organ=OfficeKind.SUPERVISORY_COMMISSION)
    assert "X02" not in walk.running

    walk.take(walk.town.officer, "commission_objects", **WHY)
    assert walk.state == "objection_above"
    assert walk.running["S08"] == date(2026, 4, 1)

    walk.re_examined("uphold_above", **UPHELD)
    assert walk.state == "not_prosecuted"
    assert walk.closed("S08") is CloseReason.DONE


def test_a_commission_does_not_ask_here_and_the_police_not_above(make: Make) -> None:
    commission = decided(make, organ=OfficeKind.SUPERVISORY_COMMISSION)
    police = decided(make)

    here = commission.barred(commission.town.officer, "object_to_non_prosecution", **WHY)
    there = police.barred(police.town.officer, "commission_objects", **WHY)

    assert here[0] == "not_the_police"
    assert there[0] == "not_a_commission"
    assert "379" in there[1]


# --- appeals ---------------------------------------------------------------------------------


def appeal(walk: Walk, code: str = "appeal_of_victim", **given: Any) -> None:
    values = {"filed_at": walk.now, "summary": "不服不起诉决定。"}
    walk.take(walk.town.manager, code, **(values | given))


def test_the_victims_appeal_is_reviewed_above_within_three_months(make: Make) -> None:
    walk = decided(make)

    appeal(walk)
    assert walk.closed("X06") is CloseReason.DONE
    assert walk.closed("X07") is CloseReason.LAPSED
    assert walk.running["X09"] == date(2026, 6, 2)
    assert walk.kept_by("X09") == walk.town.procuratorate.superior_id
    assert walk.prosecution.raised_to_id == walk.town.procuratorate.superior_id

    walk.re_examined("uphold_on_appeal", **UPHELD)
    assert walk.state == "not_prosecuted"
    assert walk.closed("X09") is CloseReason.DONE
    assert open_task(walk, TaskKind.RE_EXAMINE) is None


def test_the_procuratorate_above_may_have_it_indicted_on_appeal(make: Make) -> None:
    walk = decided(make)
    appeal(walk)

    walk.re_examined("prosecute_on_appeal", reasons="应当起诉。")

    assert walk.state == "under_review"
    assert walk.closed("X09") is CloseReason.DONE


def test_nothing_is_decided_on_an_appeal_that_was_not_filed(make: Make) -> None:
    walk = above(make)

    assert walk.barred(walk.upper_prosecutor, "uphold_on_appeal", **UPHELD)[0] == "no_appeal_above"
    assert walk.barred(walk.other, "uphold_after_review", **UPHELD)[0] == "no_appeal_here"


def test_a_complex_review_takes_six_months_at_most(make: Make) -> None:
    walk = decided(make)
    appeal(walk)

    walk.re_examined("extend_review_above", reasons="案情复杂。")
    assert walk.running["X09"] == date(2026, 9, 2)

    again = walk.take(walk.upper_prosecutor, "extend_review_above", reasons="仍复杂。")
    with pytest.raises(ImpossibleDeadline):
        walk.approve(again, walk.upper_chief)


def test_an_appeal_posted_in_time_is_in_time(make: Make) -> None:
    walk = decided(make)
    posted = walk.now
    walk.pass_days(9)

    appeal(walk, filed_at=posted)

    assert "X09" in walk.running


def test_a_late_appeal_is_looked_at_here_first(make: Make) -> None:
    walk = decided(make)
    walk.pass_days(8)
    values = {"filed_at": walk.now, "summary": "不服。"}

    barred = walk.barred(walk.town.manager, "appeal_of_victim", **values)
    assert barred[0] == "appeal_late"
    assert "382" in barred[1]

    appeal(walk, "register_late_appeal", whose="victim")
    assert walk.closed("X07") is CloseReason.DONE
    assert "X09" not in walk.running

    walk.take(walk.town.manager, "answer_late_appeal", conclusion="决定正确。")
    again = walk.barred(walk.town.manager, "pass_on_late_appeal", **WHY)
    assert again[0] == "no_late_appeal"


def test_a_late_appeal_that_may_be_right_is_reviewed_here(make: Make) -> None:
    walk = decided(make)
    walk.pass_days(8)
    appeal(walk, "register_late_appeal", whose="victim")

    walk.take(walk.town.manager, "pass_on_late_appeal", **WHY)
    walk.take(walk.town.manager, "name_other_prosecutor", reviewer_id=walk.other.id)
    walk.reconsidered("revoke_after_review", reasons="应当起诉。")

    assert walk.state == "under_review"
    assert walk.closed("X09") is CloseReason.DONE


def test_an_appeal_in_time_is_not_looked_at_first(make: Make) -> None:
    walk = decided(make)

    for whose in ("victim", "person"):
        barred = walk.barred(
            walk.town.manager,
            "register_late_appeal",
            whose=whose,
            filed_at=walk.now,
            summary="不服。",
        )
        assert barred[0] == "appeal_in_time"


def test_the_persons_appeal_is_reviewed_here_by_another(make: Make) -> None:
    walk = decided(make)

    appeal(walk, "appeal_of_person")
    assert walk.closed("X08") is CloseReason.DONE
    walk.take(walk.town.manager, "name_other_prosecutor", reviewer_id=walk.other.id)
    walk.reconsidered("extend_review_here", reasons="案情复杂。")
    assert walk.running["X09"] == date(2026, 9, 2)
    walk.reconsidered("change_basis_after_review", basis="cpl_177_1", reasons="不构成犯罪。")

    assert walk.state == "not_prosecuted"
    assert walk.closed("X09") is CloseReason.DONE
    assert open_task(walk, TaskKind.RECONSIDER) is None


def test_only_who_was_spared_a_punishment_appeals(make: Make) -> None:
    walk = decided(make, "decide_statutory")

    barred = walk.barred(walk.town.manager, "appeal_of_person", filed_at=walk.now, summary="不服。")

    assert barred[0] == "no_appeal_of_the_person"
    assert "385" in barred[1]


def test_the_persons_late_appeal_is_looked_at_first(make: Make) -> None:
    walk = decided(make)
    walk.pass_days(8)

    barred = walk.barred(walk.town.manager, "appeal_of_person", filed_at=walk.now, summary="不服。")
    appeal(walk, "register_late_appeal", whose="person")

    assert barred[0] == "appeal_late"
    assert walk.closed("X08") is CloseReason.DONE


def test_two_appeals_are_counted_from_the_first(make: Make) -> None:
    walk = decided(make)
    appeal(walk)
    walk.pass_days(2)
    appeal(walk, "appeal_of_person")
    assert walk.running["X09"] == date(2026, 6, 2)

    walk.re_examined("uphold_on_appeal", **UPHELD)
    assert "X09" in walk.running

    walk.take(walk.town.manager, "name_other_prosecutor", reviewer_id=walk.other.id)
    walk.reconsidered("uphold_after_review", **UPHELD)
    assert walk.closed("X09") is CloseReason.DONE


def test_the_victims_appeal_leaves_the_objection_of_the_police_before_the_office_above(
    make: Make,
) -> None:
    walk = above(make)
    appeal(walk)

    walk.re_examined("uphold_on_appeal", **UPHELD)
    assert open_task(walk, TaskKind.RE_EXAMINE) is not None

    walk.re_examined("uphold_above", **UPHELD)
    assert open_task(walk, TaskKind.RE_EXAMINE) is None


def test_the_courts_acceptance_of_a_suit_ends_the_review(make: Make) -> None:
    walk = decided(make)
    appeal(walk)

    walk.take(
        walk.town.manager,
        "suit_accepted",
        notice_number="（2026）测0101刑初1号",
        received_at=walk.now,
        files_sent_on=date(2026, 3, 2),
    )

    assert walk.state == "not_prosecuted"
    assert walk.closed("X09") is CloseReason.LAPSED
    assert open_task(walk, TaskKind.RE_EXAMINE) is None
    barred = walk.barred(walk.upper_prosecutor, "prosecute_on_appeal", reasons="应当起诉。")
    assert barred[0] == "no_appeal_above"


@pytest.mark.parametrize(
    "code", ["appeal_of_victim", "appeal_of_person", "register_late_appeal", "suit_accepted"]
)
def test_only_case_management_registers_what_parties_hand_in(make: Make, code: str) -> None:
    walk = decided(make)

    for person in (walk.town.prosecutor, walk.town.officer, walk.upper_prosecutor):
        with pytest.raises(NotAllowed):
            walk.take(person, code, filed_at=walk.now, summary="不服。")


def test_remedies_that_nobody_used_are_no_longer_kept(make: Make) -> None:
    walk = decided(make)
    walk.pass_days(3)
    walk.take(walk.town.prosecutor, "close_unused_remedies")
    assert {"X02", "X06", "X07", "X08"} <= set(walk.running)

    walk.pass_days(5)
    walk.take(walk.town.prosecutor, "close_unused_remedies")
    assert walk.running == {"X01": None}
    assert walk.closed("X02") is CloseReason.LAPSED
