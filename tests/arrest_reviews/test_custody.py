"""Custody for investigation: longer, counted anew, not yet counted (CPL 156-160; RULES 309-317)."""

from datetime import date
from typing import Any

import pytest

from services import assignments
from services.arrest_requests.terms import DocumentKind
from services.arrest_reviews import ArrestReview, ReviewState
from services.cases import names_of
from services.deadlines import CloseReason, Flag, ImpossibleDeadline, Standing
from services.kernel.refusals import NotAllowed
from services.proceedings import NoSuchApprover
from services.tasks import TaskKind
from tests.arrest_reviews.conftest import Stage

COMPLEX: dict[str, Any] = {
    "document_number": "测公延字〔2026〕1号",
    "ground": "complex_case",
    "reasons": "案情复杂，期限届满不能侦查终结。",
}
FOUR = COMPLEX | {"ground": "four_case_types", "case_type": "wide"}
TEN = COMPLEX | {"ground": "ten_years"}
WHY = {"reasons": "同意延长。"}
CRIME: dict[str, Any] = {
    "document_number": "测公变字〔2026〕1号",
    "kind": "another_kind",
    "crime": "另有诈骗罪行。",
    "discovered_on": date(2026, 4, 10),
    "approved_on": date(2026, 4, 13),
}
KNOWN: dict[str, Any] = {
    "established_on": date(2026, 4, 20),
    "name": "查明人",
    "document_kind": "resident_id",
    "document_number": "",
    "basis": "指纹比对。",
}


@pytest.fixture
def held(stage: Stage) -> ArrestReview:
    """Arrested on 13 March 2026: custody until 13 May."""
    return stage.arrested("2026-03-13")


def extended(stage: Stage, review: ArrestReview, ground: dict[str, Any], on: str) -> str:
    stage.day(on)
    stage.take(stage.town.officer, review, "ask_extension", **ground)
    up = [stage.town.chief, stage.city_chief]
    if ground["ground"] == "complex_case":
        return stage.approved(stage.town.prosecutor, review, "extend_complex", *up, **WHY)
    code = "extend_four_types" if ground["ground"] == "four_case_types" else "extend_ten_years"
    up.append(stage.province_chief)
    return stage.approved(stage.town.prosecutor, review, code, *up, **WHY)


def test_the_seven_days_before_the_end_run_with_custody(stage: Stage, held: ArrestReview) -> None:
    assert stage.ends(held, "C01") == ("2026-05-13", "2026-05-13")
    assert stage.ends(held, "C08") == ("2026-05-06", "2026-05-13")


@pytest.mark.parametrize(
    ("on", "standing", "late"),
    [("2026-05-06", Standing.RUNNING, False), ("2026-05-10", Standing.IN_DOUBT, True)],
)
def test_a_request_in_the_last_days_is_taken_and_shows_as_late(
    stage: Stage, held: ArrestReview, on: str, standing: Standing, *, late: bool
) -> None:
    stage.day(on)
    stage.take(stage.town.officer, held, "ask_extension", **COMPLEX)
    assert stage.period(held, "C08").standing(stage.make.now) is standing
    assert TaskKind.EXTEND_CUSTODY in stage.tasks(held)

    if late:
        stage.approved(stage.town.prosecutor, held, "object_to_late_request", reasons="迟延。")
    else:
        ground = stage.barred(
            stage.town.prosecutor, held, "object_to_late_request", reasons="迟延。"
        )
        assert ground == "asked_in_time"
    stage.approved(
        stage.town.prosecutor,
        held,
        "extend_complex",
        stage.town.chief,
        stage.city_chief,
        **WHY,
    )
    assert (Flag.REQUESTED_LATE.value in stage.period(held, "C01").flags) is late


def test_after_the_end_a_request_is_barred(stage: Stage, held: ArrestReview) -> None:
    stage.day("2026-05-14")

    assert stage.barred(stage.town.officer, held, "ask_extension", **COMPLEX) == "custody_over"


def test_three_extensions_follow_one_another(stage: Stage, held: ArrestReview) -> None:
    stage.day("2026-05-05")
    for ground in (FOUR, TEN):
        assert stage.barred(stage.town.officer, held, "ask_extension", **ground) == (
            "not_the_next_ground"
        )

    number = extended(stage, held, COMPLEX, "2026-05-05")
    assert number == f"{stage.city.short_name}延押〔2026〕1号"
    assert stage.ends(held, "C01")[0] == "2026-06-13"
    assert stage.ends(held, "C08") == ("2026-06-06", "2026-06-13")
    assert {"C10", "C11"} <= stage.running(held)
    assert TaskKind.EXTEND_CUSTODY not in stage.tasks(held)

    assert stage.barred(stage.town.officer, held, "ask_extension", **COMPLEX) == (
        "not_the_next_ground"
    )
    untyped = {name: value for name, value in FOUR.items() if name != "case_type"}
    assert stage.barred(stage.town.officer, held, "ask_extension", **untyped) == (
        "case_type_missing"
    )
    extended(stage, held, FOUR, "2026-06-01")
    assert stage.ends(held, "C01")[0] == "2026-08-13"
    extended(stage, held, TEN, "2026-08-01")
    assert stage.ends(held, "C01")[0] == "2026-10-13"

    told = ["detention_centre", "execution_supervision"]
    stage.take(stage.town.prosecutor, held, "tell_custody_period", told=told)
    assert not {"C10", "C11"} & stage.running(held)


def test_nothing_is_extended_that_was_not_asked_for(stage: Stage, held: ArrestReview) -> None:
    for step in ("extend_complex", "refuse_extension", "refuse_long_extension"):
        ground = stage.barred(stage.town.prosecutor, held, step, **WHY)
        assert ground == "extension_not_asked"

    stage.take(stage.town.officer, held, "ask_extension", **COMPLEX)
    assert stage.barred(stage.town.officer, held, "ask_extension", **COMPLEX) == "extension_asked"
    for step in ("extend_four_types", "extend_ten_years", "refuse_long_extension"):
        ground = stage.barred(stage.town.prosecutor, held, step, **WHY)
        assert ground == "extension_not_asked"


def test_what_is_decided_after_the_end_extends_nothing(stage: Stage, held: ArrestReview) -> None:
    stage.day("2026-05-12")
    stage.take(stage.town.officer, held, "ask_extension", **COMPLEX)
    stage.day("2026-05-14")

    with pytest.raises(ImpossibleDeadline):
        stage.approved(
            stage.town.prosecutor,
            held,
            "extend_complex",
            stage.town.chief,
            stage.city_chief,
            **WHY,
        )


def test_a_superior_outside_of_the_system_has_decided_on_its_own_day(
    stage: Stage, held: ArrestReview
) -> None:
    stage.town.procuratorate.superior_id = None
    stage.make.session.flush()
    stage.day("2026-05-06")
    stage.take(stage.town.officer, held, "ask_extension", **COMPLEX)
    stage.day("2026-05-15")
    with pytest.raises(NoSuchApprover):
        stage.take(stage.town.prosecutor, held, "extend_complex", **WHY)

    stage.approved(
        stage.town.prosecutor,
        held,
        "extend_complex",
        **WHY,
        superior_document="上检延〔2026〕3号",
        decided_on=date(2026, 5, 12),
    )
    assert stage.ends(held, "C01")[0] == "2026-06-13"


def test_a_refused_extension_leaves_the_end_where_it_is(stage: Stage, held: ArrestReview) -> None:
    stage.day("2026-05-05")
    stage.take(stage.town.officer, held, "ask_extension", **COMPLEX)
    number = stage.approved(
        stage.town.prosecutor,
        held,
        "refuse_extension",
        stage.town.chief,
        stage.city_chief,
        reasons="二个月内侦查没有实质进展。",
    )

    assert number == f"{stage.city.short_name}不延押〔2026〕1号"
    assert stage.ends(held, "C01")[0] == "2026-05-13"
    assert TaskKind.EXTEND_CUSTODY not in stage.tasks(held)


def test_two_months_more_are_refused_by_the_province(stage: Stage, held: ArrestReview) -> None:
    extended(stage, held, COMPLEX, "2026-05-05")
    stage.day("2026-06-01")
    stage.take(stage.town.officer, held, "ask_extension", **FOUR)

    number = stage.approved(
        stage.town.prosecutor,
        held,
        "refuse_long_extension",
        stage.town.chief,
        stage.city_chief,
        stage.province_chief,
        reasons="不属于四类案件。",
    )
    assert "不延押" in number
    assert stage.ends(held, "C01")[0] == "2026-06-13"


def test_a_chained_custody_has_two_readings_and_the_earlier_is_kept(stage: Stage) -> None:
    review = stage.arrested("2026-07-30")
    assert stage.ends(review, "C01")[0] == "2026-09-30"

    extended(stage, review, COMPLEX, "2026-09-20")

    assert stage.ends(review, "C01") == ("2026-10-30", "2026-10-31")
    assert stage.ends(review, "C08") == ("2026-10-23", "2026-10-30")


def test_a_new_crime_counts_custody_anew_and_is_filed(stage: Stage, held: ArrestReview) -> None:
    stage.day("2026-04-13")
    stage.take(stage.town.officer, held, "report_new_crime", **CRIME)

    assert stage.ends(held, "C01")[0] == "2026-06-10"
    assert stage.ends(held, "C08") == ("2026-06-03", "2026-06-10")
    filed = stage.period(held, "C06b")
    assert (filed.close_reason, filed.standing(stage.make.now)) == (
        CloseReason.DONE,
        Standing.RUNNING,
    )
    assert TaskKind.REVIEW_RESTART in stage.tasks(held)

    stage.take(stage.town.prosecutor, held, "accept_restart")
    assert TaskKind.REVIEW_RESTART not in stage.tasks(held)
    assert stage.barred(stage.town.prosecutor, held, "accept_restart") == "nothing_filed"
    ground = stage.barred(stage.town.prosecutor, held, "object_to_restart", reasons="不当。")
    assert ground == "no_restart_filed"


def test_an_approval_after_the_five_days_shows_as_late(stage: Stage, held: ArrestReview) -> None:
    stage.day("2026-04-20")
    late = CRIME | {"approved_on": date(2026, 4, 20)}
    stage.take(stage.town.officer, held, "report_new_crime", **late)

    assert stage.period(held, "C06b").standing(stage.make.now) is Standing.EXPIRED
    stage.approved(stage.town.prosecutor, held, "object_to_restart", reasons="逾期报批。")
    assert stage.tasks(held) == {TaskKind.GIVE_REASONS}


@pytest.mark.parametrize(
    ("discovered", "approved"),
    [("2026-03-12", "2026-04-13"), ("2026-04-14", "2026-04-13"), ("2026-04-12", "2026-04-14")],
)
def test_the_days_of_a_new_crime_are_in_order(
    stage: Stage, held: ArrestReview, discovered: str, approved: str
) -> None:
    stage.day("2026-04-13")
    said = CRIME | {
        "discovered_on": date.fromisoformat(discovered),
        "approved_on": date.fromisoformat(approved),
    }

    assert stage.barred(stage.town.officer, held, "report_new_crime", **said) == (
        "days_out_of_order"
    )


def test_what_is_found_after_the_end_counts_nothing_anew(stage: Stage, held: ArrestReview) -> None:
    stage.day("2026-05-18")
    said = CRIME | {"discovered_on": date(2026, 5, 14), "approved_on": date(2026, 5, 18)}

    assert stage.barred(stage.town.officer, held, "report_new_crime", **said) == (
        "discovered_after_custody"
    )


def test_an_unknown_identity_counts_custody_from_the_day_it_is_known(stage: Stage) -> None:
    unknown = stage.make.suspect(name="无名氏一", name_self_reported=True)
    review = stage.arrested("2026-03-13", unknown)
    stage.day("2026-04-20")
    ground = stage.barred(stage.town.officer, review, "identity_established", **KNOWN)
    assert ground == "identity_not_awaited"

    stage.take(
        stage.town.officer,
        review,
        "report_identity_unknown",
        approved_on=date(2026, 4, 1),
        inquiries="已采集指纹、人像比对。",
    )
    assert not {"C01", "C08"} & stage.running(review)
    assert stage.period(review, "C01").close_reason is CloseReason.REPLACED

    early = KNOWN | {"established_on": date(2026, 3, 1)}
    assert stage.barred(stage.town.officer, review, "identity_established", **early) == (
        "established_out_of_order"
    )
    stage.take(stage.town.officer, review, "identity_established", **KNOWN)
    assert stage.ends(review, "C07")[0] == "2026-06-20"
    assert stage.ends(review, "C08")[0] == "2026-06-13"
    assert (unknown.name, unknown.document_kind) == ("查明人", DocumentKind.RESIDENT_ID)
    (former,) = names_of(stage.make.act(stage.town.officer), [unknown.id])[unknown.id]
    assert former.name == "无名氏一"

    extended(stage, review, COMPLEX, "2026-06-10")
    assert stage.ends(review, "C07")[0] == "2026-07-20"
    stage.day("2026-07-10")
    found = CRIME | {"discovered_on": date(2026, 7, 8), "approved_on": date(2026, 7, 10)}
    stage.take(stage.town.officer, review, "report_new_crime", **found)
    assert stage.ends(review, "C06")[0] == "2026-09-08"
    assert "C07" not in stage.running(review)


def test_whoever_has_a_paper_is_known(stage: Stage) -> None:
    review = stage.arrested(
        "2026-03-13", stage.make.suspect(document_kind=DocumentKind.RESIDENT_ID)
    )
    ground = stage.barred(
        stage.town.officer,
        review,
        "report_identity_unknown",
        approved_on=date(2026, 3, 13),
        inquiries="无。",
    )

    assert ground == "identity_known"


@pytest.mark.parametrize("approved_on", ["2026-03-12", "2026-03-14"])
def test_the_approval_for_an_unknown_identity_lies_in_between(
    stage: Stage, held: ArrestReview, approved_on: str
) -> None:
    ground = stage.barred(
        stage.town.officer,
        held,
        "report_identity_unknown",
        approved_on=date.fromisoformat(approved_on),
        inquiries="无。",
    )

    assert ground == "approval_out_of_order"


def test_a_trial_is_postponed_from_the_top_only(stage: Stage, held: ArrestReview) -> None:
    said: dict[str, Any] = {
        "approval": "常办批〔2026〕1号",
        "until_on": date(2026, 12, 31),
        "reasons": "特别重大复杂，较长时间内不宜交付审判。",
    }
    with pytest.raises(NoSuchApprover):
        stage.take(stage.town.prosecutor, held, "postpone_trial", **said)

    up = (stage.town.chief, stage.city_chief, stage.province_chief)
    stage.approved(
        stage.town.prosecutor, held, "postpone_trial", *up, **said, superior_document="高检批1号"
    )
    assert not {"C01", "C08"} & stage.running(held)
    assert {"C10", "C11"} <= stage.running(held)
    assert stage.barred(stage.town.prosecutor, held, "postpone_trial", **said) == "custody_over"


def test_the_police_ask_and_the_handler_puts_forward(stage: Stage, held: ArrestReview) -> None:
    with pytest.raises(NotAllowed):
        stage.take(stage.town.prosecutor, held, "ask_extension", **COMPLEX)
    for who in (stage.town.officer, stage.town.chief, stage.city_prosecutor):
        with pytest.raises(NotAllowed):
            stage.take(who, held, "extend_complex", **WHY)
    assert held.state is ReviewState.ARRESTED


def test_what_was_asked_goes_on_to_the_next_handler(stage: Stage) -> None:
    first, second = stage.reviews(stage.make.suspect(), stage.make.suspect())
    stage.receipt(stage.decided(first))
    stage.take(stage.town.officer, first, "ask_extension", **COMPLEX)
    assignments.change_handler(
        stage.make.act(stage.town.manager),
        first.case,
        handler_id=stage.other.id,
        reason="工作需要。",
        approver_id=stage.town.chief.id,
    )

    assert (second.handler_id, stage.tasks(first)) == (stage.other.id, {TaskKind.EXTEND_CUSTODY})
