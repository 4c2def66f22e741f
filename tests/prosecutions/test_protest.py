"""Protest and no protest, the victim's request, the procuratorate above, the second instance."""

from datetime import date, timedelta
from typing import Any

import pytest

from services import proceedings
from services.arrest_requests.terms import Measure
from services.cases import CaseState
from services.deadlines import CloseReason
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.proceedings import StepBarred
from services.tasks import TaskKind
from tests.make import Make
from tests.prosecutions.trials import at_trial, judge, judged, of_the_case, open_task
from tests.prosecutions.walks import Walk

PROTEST: dict[str, Any] = {"grounds": ["penalty"], "text": "量刑明显不当，提出抗诉。"}
SECOND: dict[str, Any] = {"document_number": "（2026）测刑终3号"}


def protested(make: Make) -> Walk:
    walk = judged(make)
    walk.decide("protest", **PROTEST)
    return walk


def ask(walk: Walk, *, days_after: int = 0) -> None:
    """The victim received the judgment with the procuratorate, and asks so many days later."""
    received = walk.now
    walk.pass_days(days_after)
    walk.take(
        walk.town.manager,
        "victim_asks_for_protest",
        who="被害人",
        victim_received_at=received,
        asked_at=walk.now,
        why="量刑过轻。",
    )


def test_the_chief_decides_on_a_protest_and_the_level_above_reads_it(make: Make) -> None:
    walk = judged(make)
    proposal = walk.take(walk.town.prosecutor, "protest", **PROTEST)
    assert walk.state == "judgment_review"
    walk.approve(proposal, walk.town.chief)

    assert walk.state == "protested"
    assert walk.closed("T06") is CloseReason.DONE
    assert walk.prosecution.raised_to_id == walk.town.procuratorate.superior_id
    assert open_task(walk, TaskKind.REVIEW_JUDGMENT) is None
    assert open_task(walk, TaskKind.REVIEW_PROTEST) is not None
    taken = proceedings.latest(make.act(walk.town.prosecutor), walk.prosecution, "protest")
    assert taken is not None
    assert "刑抗" in (taken.number or "")


@pytest.mark.parametrize(("days", "in_time"), [(10, True), (11, True), (12, False)])
def test_a_protest_is_lodged_until_the_latest_day_that_the_law_can_bear(
    make: Make, *, days: int, in_time: bool
) -> None:
    walk = judged(make)  # on Thursday 12 March: the 22nd is a Sunday, the outer limit Monday
    walk.pass_days(days)

    if in_time:
        walk.decide("protest", **PROTEST)
        assert walk.state == "protested"
    else:
        ground, article = walk.barred(walk.town.prosecutor, "protest", **PROTEST)
        assert (ground, article) == ("protest_late", "RULES 586; CPL 230")


def test_a_protest_approved_too_late_is_not_lodged(make: Make) -> None:
    walk = judged(make)
    proposal = walk.take(walk.town.prosecutor, "protest", **PROTEST)
    walk.pass_days(14)

    with pytest.raises(StepBarred) as refused:
        walk.approve(proposal, walk.town.chief)

    assert refused.value.members["ground"] == "protest_late"
    assert walk.state == "judgment_review"


def test_a_ruling_is_protested_within_five_days(make: Make) -> None:
    walk = at_trial(make, measure=Measure.BAIL)
    judge(walk, paper="ruling", outcome="terminated", as_charged=None, penalty=None)
    walk.pass_days(8)

    assert walk.barred(walk.town.prosecutor, "protest", **PROTEST)[0] == "protest_late"


def test_only_the_handler_puts_a_protest_forward(make: Make) -> None:
    walk = judged(make)

    for person in (walk.other, walk.town.manager, walk.upper_prosecutor):
        with pytest.raises(NotAllowed):
            walk.take(person, "protest", **PROTEST)


def test_nobody_protests_before_the_judgment(make: Make) -> None:
    walk = at_trial(make)

    with pytest.raises(WrongState):
        walk.take(walk.town.prosecutor, "protest", **PROTEST)


def test_a_judgment_stands_when_both_sides_periods_are_over(make: Make) -> None:
    walk = judged(make)
    handler, until = walk.town.prosecutor, date(2026, 3, 25)
    walk.decide("no_protest", reasons="判决正确。")
    assert walk.closed("T06") is CloseReason.DONE

    assert walk.barred(handler, "conclude", appeal_until_on=until) == (
        "protest_open",
        "RULES 586; RULES 589¶3",
    )
    walk.pass_days(12)
    assert walk.barred(handler, "conclude", appeal_until_on=until) == ("appeal_open", "CPL 230")
    walk.pass_days(2)
    walk.take(handler, "conclude", appeal_until_on=until)

    assert walk.state == "concluded"
    assert walk.prosecution.case.state is CaseState.CLOSED


def test_who_decided_against_a_protest_may_still_protest_in_time(make: Make) -> None:
    walk = judged(make)
    walk.decide("no_protest", reasons="判决正确。")
    walk.pass_days(3)

    walk.decide("protest", **PROTEST)

    assert walk.state == "protested"


def test_after_an_appeal_the_judgment_does_not_stand(make: Make) -> None:
    walk = judged(make)
    walk.decide("no_protest", reasons="判决正确。")
    walk.take(walk.town.manager, "appeal_registered", received_at=walk.now, who="defendant")
    walk.pass_days(20)

    assert walk.barred(walk.town.prosecutor, "conclude", appeal_until_on=date(2026, 3, 23)) == (
        "appealed",
        "CPL 227; CPL 259¶2(1)",
    )

    walk.take(
        walk.town.manager,
        "second_judgment_received",
        received_at=walk.now,
        outcome="upheld",
        **SECOND,
    )
    assert walk.state == "concluded"


def test_there_is_no_second_instance_without_appeal_or_protest(make: Make) -> None:
    walk = judged(make)

    ground, article = walk.barred(
        walk.town.manager,
        "second_judgment_received",
        received_at=walk.now,
        outcome="upheld",
        **SECOND,
    )

    assert ground == "no_second_instance"
    assert "CPL 227" in article


def test_a_victim_who_asks_in_time_is_answered_in_five_days(make: Make) -> None:
    walk = judged(make)
    ask(walk, days_after=2)
    handler = walk.town.prosecutor

    assert walk.closed("T08") is CloseReason.DONE
    assert walk.running["T08b"] == date(2026, 3, 19)
    assert walk.running["T06"] == date(2026, 3, 22)
    for answer in ("protest", "no_protest", "not_accepted"):
        barred = walk.barred(handler, "answer_victim", answer=answer, reasons="答复。")
        assert barred == ("answer_untrue", "RULES 588")

    walk.decide("no_protest", reasons="判决正确。")
    walk.take(handler, "answer_victim", answer="no_protest", reasons="判决量刑适当。")
    assert "T08b" not in walk.running
    assert walk.barred(handler, "answer_victim", answer="no_protest", reasons="答复。")[0] == (
        "nobody_asked"
    )


def test_a_request_is_examined_though_it_was_decided_before(make: Make) -> None:
    walk = judged(make)
    walk.decide("no_protest", reasons="判决正确。")
    ask(walk, days_after=2)

    assert open_task(walk, TaskKind.REVIEW_JUDGMENT) is not None
    barred, _ = walk.barred(
        walk.town.prosecutor, "answer_victim", answer="no_protest", reasons="答复。"
    )
    assert barred == "answer_untrue"
    walk.decide("protest", **PROTEST)
    walk.take(walk.town.prosecutor, "answer_victim", answer="protest", reasons="已提出抗诉。")


def test_a_request_after_the_fifth_day_may_be_left(make: Make) -> None:
    walk = judged(make)
    ask(walk, days_after=7)

    walk.take(walk.town.prosecutor, "answer_victim", answer="not_accepted", reasons="逾期。")

    assert "T08b" not in walk.running


def test_of_two_victims_the_first_request_is_the_one_to_keep(make: Make) -> None:
    walk = judged(make)
    ask(walk)
    ask(walk, days_after=1)

    assert walk.running["T08b"] == date(2026, 3, 17)


def test_a_victim_asks_against_a_judgment_and_after_receiving_it(make: Make) -> None:
    walk = at_trial(make)
    judge(walk, paper="ruling", outcome="terminated", as_charged=None, penalty=None)
    said: dict[str, Any] = {"who": "被害人", "why": "不服。", "asked_at": walk.now}
    assert walk.barred(
        walk.town.manager, "victim_asks_for_protest", victim_received_at=walk.now, **said
    ) == ("not_a_judgment", "CPL 229; RULES 588¶1")

    other = judged(make)
    said["asked_at"] = other.now - timedelta(days=1)
    assert other.barred(
        other.town.manager, "victim_asks_for_protest", victim_received_at=other.now, **said
    ) == ("asked_before_receipt", "CPL 229")


def test_the_level_above_orders_a_protest_within_the_period(make: Make) -> None:
    walk = judged(make)
    with pytest.raises(NotAllowed):
        walk.take(walk.upper_prosecutor, "order_protest", reasons="量刑畸轻。")
    walk.take(walk.town.prosecutor, "report_judgment", opinion="拟不抗诉。")
    walk.decide("no_protest", reasons="判决正确。")

    walk.re_examined("order_protest", reasons="量刑畸轻，应当抗诉。")

    assert walk.running["T06"] == date(2026, 3, 22)
    assert open_task(walk, TaskKind.REVIEW_JUDGMENT) is not None
    assert walk.barred(walk.town.prosecutor, "no_protest", reasons="判决正确。") == (
        "protest_ordered",
        "RULES 589¶3",
    )
    walk.pass_days(9)
    walk.decide("protest", **PROTEST)
    assert walk.state == "protested"


def test_no_protest_is_ordered_after_the_period(make: Make) -> None:
    walk = judged(make)
    walk.take(walk.town.prosecutor, "report_judgment", opinion="拟不抗诉。")
    walk.pass_days(12)

    assert walk.barred(walk.upper_prosecutor, "order_protest", reasons="量刑畸轻。")[0] == (
        "protest_late"
    )


def test_a_protest_is_supported_above_under_its_own_number(make: Make) -> None:
    walk = protested(make)

    walk.re_examined("support_protest", extent="full", opinion="抗诉正确，予以支持。")

    assert walk.state == "protest_supported"
    assert walk.prosecution.case.state is CaseState.ASSIGNED
    assert open_task(walk, TaskKind.REVIEW_PROTEST) is None
    taken = proceedings.latest(make.act(walk.upper_chief), walk.prosecution, "support_protest")
    assert taken is not None
    assert taken.number is not None
    assert not taken.number.startswith(walk.town.procuratorate.short_name)
    assert "支刑抗" in taken.number


def test_a_protest_is_withdrawn_above_after_hearing_the_level_below(make: Make) -> None:
    walk = protested(make)
    assert walk.barred(walk.upper_prosecutor, "withdraw_protest", reasons="抗诉不当。") == (
        "lower_not_heard",
        "RULES 589¶2",
    )
    walk.take(
        walk.upper_prosecutor,
        "hear_lower",
        on=make.act(walk.upper_prosecutor).today,
        said="坚持抗诉。",
    )
    walk.re_examined("withdraw_protest", reasons="抗诉不当。")

    assert walk.state == "protest_withdrawn"
    walk.pass_days(12)
    walk.take(walk.town.prosecutor, "conclude", appeal_until_on=date(2026, 3, 23))
    assert walk.state == "concluded"


def test_the_procuratorate_below_neither_supports_nor_withdraws(make: Make) -> None:
    walk = protested(make)

    for person in (walk.town.prosecutor, walk.town.chief):
        with pytest.raises(NotAllowed):
            walk.take(person, "support_protest", extent="full", opinion="支持。")


def test_the_files_of_the_second_instance_are_read_within_a_month(make: Make) -> None:
    walk = protested(make)
    assert walk.barred(walk.upper_prosecutor, "files_read", summary="已阅。") == (
        "no_files",
        "RULES 447¶2",
    )

    walk.take(walk.upper_prosecutor, "files_offered", received_at=walk.now, **SECOND)
    assert of_the_case(walk)["T09"] == date(2026, 4, 12)
    walk.take(walk.upper_prosecutor, "files_read", summary="已阅。")

    assert "T09" not in of_the_case(walk)


def test_files_are_offered_only_where_there_is_a_second_instance(make: Make) -> None:
    walk = judged(make)
    walk.take(walk.town.prosecutor, "report_judgment", opinion="拟不抗诉。")

    ground, _ = walk.barred(walk.upper_prosecutor, "files_offered", received_at=walk.now, **SECOND)

    assert ground == "no_second_instance"


def test_a_remanded_case_is_tried_anew_and_its_judgment_reviewed_anew(make: Make) -> None:
    walk = protested(make)
    walk.re_examined("support_protest", extent="partly", changed=True, opinion="部分支持。")
    walk.pass_days(60)
    walk.take(
        walk.town.manager,
        "remanded_for_retrial",
        received_at=walk.now,
        procedure="ordinary",
        likely="over_three_years",
        **SECOND,
    )
    assert walk.state == "at_trial"
    assert walk.running["T01"] == date(2026, 7, 11)
    assert open_task(walk, TaskKind.FOLLOW_TRIAL) is not None

    walk.pass_days(20)
    judge(walk)
    assert walk.running["T06"] == date(2026, 6, 10)
    walk.decide("protest", **PROTEST)
    assert walk.state == "protested"


def test_an_effective_judgment_is_filed_away_by_case_management(make: Make) -> None:
    walk = protested(make)
    walk.re_examined("support_protest", extent="full", opinion="支持。")
    walk.take(
        walk.town.manager,
        "second_judgment_received",
        received_at=walk.now,
        outcome="changed",
        penalty={"main": "imprisonment", "term": {"months": 48}},
        **SECOND,
    )
    assert walk.state == "concluded"
    assert walk.prosecution.case.state is CaseState.CLOSED
    with pytest.raises(NotAllowed):
        walk.take(walk.town.prosecutor, "archive", archive_number="1")

    walk.take(walk.town.manager, "archive", archive_number="SS-2026-3-00001")

    assert walk.state == "archived"


def test_nothing_is_filed_away_while_a_victim_waits_for_the_answer(make: Make) -> None:
    walk = judged(make)
    ask(walk)
    walk.decide("protest", **PROTEST)
    walk.re_examined("support_protest", extent="full", opinion="支持。")
    walk.take(
        walk.town.manager,
        "second_judgment_received",
        received_at=walk.now,
        outcome="upheld",
        **SECOND,
    )

    assert walk.barred(walk.town.manager, "archive", archive_number="1") == (
        "request_unanswered",
        "RULES 588¶1",
    )
