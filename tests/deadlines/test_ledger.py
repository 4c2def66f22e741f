"""The ledger: periods per suspect, through releases, extensions, evaluations and closings."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, create_engine, delete, text, update
from sqlalchemy.exc import DBAPIError

from jiantong.postgres import Cluster
from services import deadlines
from services.deadlines import (
    CloseReason,
    Custody,
    Deadline,
    DeadlineClosed,
    DeadlineEntry,
    DeadlineRunning,
    EntryKind,
    ExclusionReason,
    ImpossibleDeadline,
    RestartReason,
    Standing,
    TooManyTimes,
)
from tests.deadlines.matters import RECEIVED, Matter, china, day, matter_of
from tests.make import Make
from tests.rings import carrying

HELD, FREE = Custody.HELD, Custody.AT_LIBERTY
EVALUATION = ExclusionReason.PSYCHIATRIC_EVALUATION


@pytest.fixture
def matter(make: Make) -> Matter:
    return matter_of(make)


def ends(deadline: Deadline) -> tuple[str, str]:
    return str(deadline.due_on), str(deadline.outer_on)


def refused(work: Callable[[], object]) -> dict[str, object]:
    with pytest.raises(ImpossibleDeadline) as caught:
        work()
    return caught.value.members


def problem(work: Callable[[], object]) -> str:
    return str(refused(work)["problem"])


# What a period is when it starts


def test_a_period_is_counted_when_it_starts(matter: Matter) -> None:
    held = matter.start("D06")
    assert ends(held) == ("2026-10-06", "2026-10-06")
    assert (held.about_kind, held.about_id) == ("offices", matter.about.id)
    assert (held.provisional, held.due_at, held.closed_at) == (False, None, None)
    assert (held.procuratorate_id, held.police_office_id) == (matter.about.id, None)
    free = matter.start("D07", FREE)
    assert ends(free) == ("2026-10-14", "2026-10-14")
    assert matter.open() == [held, free]


def test_a_stated_ground_lengthens_the_limit_and_not_the_day_to_keep(matter: Matter) -> None:
    longer = matter.start("D07", FREE, ground=deadlines.MAJOR_OR_COMPLEX)
    assert ends(longer) == ("2026-10-14", "2026-10-19")
    assert longer.ground == deadlines.MAJOR_OR_COMPLEX
    assert longer.standing(china("2026-10-15 09:00")) is Standing.IN_DOUBT
    deadlines.change_custody(matter.at("2026-09-30 09:00"), matter.one, HELD)
    assert ends(longer) == ("2026-10-14", "2026-10-19")


def test_a_stated_ground_that_is_granted_is_no_longer_only_stated(matter: Matter) -> None:
    longer = matter.start("D07", FREE, ground=deadlines.MAJOR_OR_COMPLEX)
    act = matter.at("2026-10-13 09:00")
    deadlines.extend(act, longer, ground=deadlines.MAJOR_OR_COMPLEX, length=3)
    assert (ends(longer), longer.ground) == (("2026-10-19", "2026-10-19"), None)


def test_the_day_of_receipt_is_the_day_in_china(matter: Matter) -> None:
    late_evening = datetime(2026, 9, 28, 16, 30, tzinfo=UTC)
    period = deadlines.start(
        matter.at("2026-09-29 00:31"),
        "D06",
        matter.about,
        suspect_id=matter.one,
        keepers=matter.keepers,
        started_at=late_evening,
        custody=HELD,
    )
    assert period.due_on == day("2026-10-06")


def test_hours_keep_their_instants(matter: Matter) -> None:
    period = matter.start("D01", HELD, "2026-01-05 15:20")
    assert period.due_at == china("2026-01-06 15:20")
    assert period.outer_at == china("2026-01-06 16:00")
    assert period.standing(china("2026-01-06 15:20")) is Standing.RUNNING
    assert period.standing(china("2026-01-06 15:21")) is Standing.IN_DOUBT
    assert period.standing(china("2026-01-06 16:01")) is Standing.EXPIRED


def test_at_once_has_no_day_and_stands_before_every_day(matter: Matter) -> None:
    dated = matter.start("D06")
    at_once = matter.start("A01", FREE)
    assert (at_once.due_on, at_once.outer_on) == (None, None)
    assert matter.open() == [at_once, dated]
    assert at_once.standing(china(RECEIVED) + timedelta(days=400)) is Standing.RUNNING


def test_a_rule_that_nobody_knows_starts_nothing(matter: Matter) -> None:
    members = refused(lambda: matter.start("Z99"))
    assert members["problem"] == "rule_unknown"
    assert "Z99" in str(members["why"])
    assert problem(lambda: matter.start("R01", at="2101-01-01 09:00")) == "date_out_of_range"
    assert matter.open() == []


def test_a_period_runs_once_and_may_run_again_after_it_is_closed(matter: Matter) -> None:
    first = matter.start("D06")
    with pytest.raises(DeadlineRunning):
        matter.start("D06")
    assert matter.start("D06", suspect=matter.other).suspect_id == matter.other
    deadlines.close(matter.at("2026-09-29 11:00"), first, reason=CloseReason.REPLACED)
    assert matter.start("D06", at="2026-09-29 12:00").closed_at is None


def test_a_period_of_the_case_is_nobodys_and_runs_once(matter: Matter, make: Make) -> None:
    first = matter.start("R14", suspect=None)
    assert first.suspect_id is None
    with pytest.raises(DeadlineRunning):
        matter.start("R14", suspect=None)
    elsewhere = matter.start("R14", suspect=None, about=make.office())
    deadlines.change_custody(matter.at("2026-09-30 09:00"), matter.one, FREE)
    assert [len(matter.entries(one)) for one in (first, elsewhere)] == [1, 1]


# Custody


def test_a_release_moves_the_last_day_and_an_arrest_takes_it_back(matter: Matter) -> None:
    period = matter.start("A07", HELD, "2026-09-30 09:00")
    other = matter.start("A07", HELD, "2026-09-30 09:00", suspect=matter.other)
    assert ends(period) == ("2026-10-05", "2026-10-08")

    freed = deadlines.change_custody(matter.at("2026-10-01 09:00"), matter.one, FREE)
    assert (freed, ends(period)) == ([period], ("2026-10-08", "2026-10-08"))
    assert (ends(other), other.custody) == (("2026-10-05", "2026-10-08"), HELD)
    assert len(matter.entries(other)) == 1

    held = deadlines.change_custody(matter.at("2026-10-02 09:00"), matter.one, HELD)
    assert (held, ends(period)) == ([period], ("2026-10-05", "2026-10-08"))
    assert deadlines.change_custody(matter.at("2026-10-03 09:00"), matter.one, HELD) == []


def test_k12_bail_before_the_end_lets_it_move_and_an_arrest_keeps_it(matter: Matter) -> None:
    released = matter.start("R01", HELD, "2026-09-05 10:00")
    arrested = matter.start("R01", FREE, "2026-09-05 10:00", suspect=matter.other)
    assert (ends(released)[0], ends(arrested)[0]) == ("2026-10-05", "2026-10-08")

    deadlines.change_custody(matter.at("2026-09-29 16:00"), matter.one, FREE)
    deadlines.change_custody(matter.at("2026-09-29 16:00"), matter.other, HELD)

    assert ends(released) == ("2026-10-08", "2026-10-08")
    assert ends(arrested) == ("2026-10-05", "2026-10-05")


def test_k13_two_suspects_have_two_dates_and_the_case_the_earlier(matter: Matter) -> None:
    held = matter.start("R01", HELD, "2026-09-05 10:00")
    bailed = matter.start("R01", FREE, "2026-09-05 10:00", suspect=matter.other)
    running = matter.session.scalars(deadlines.open_about([matter.about])).all()
    assert list(running) == [held, bailed]
    assert running[0].due_on == day("2026-10-05")
    assert ends(bailed) == ("2026-10-08", "2026-10-08")


def test_an_arrest_after_the_unrolled_day_finds_the_period_expired(matter: Matter) -> None:
    period = matter.start("D06", FREE)
    on_holiday = china("2026-10-07 09:00")
    assert period.due_on == day("2026-10-08")
    assert period.standing(on_holiday) is Standing.RUNNING
    deadlines.change_custody(matter.at("2026-10-07 09:00"), matter.one, HELD)
    assert ends(period) == ("2026-10-06", "2026-10-06")
    assert period.standing(on_holiday) is Standing.EXPIRED


def test_a_release_after_the_end_moves_nothing(matter: Matter) -> None:
    period = matter.start("D06")
    assert deadlines.change_custody(matter.at("2026-10-07 09:00"), matter.one, FREE) == []
    assert ends(period) == ("2026-10-06", "2026-10-06")
    assert period.custody is FREE


def test_a_change_of_custody_ahead_is_no_change_yet(matter: Matter) -> None:
    matter.start("D06")
    act = matter.at("2026-09-30 09:00")
    ahead = day("2026-10-01")
    members = refused(lambda: deadlines.change_custody(act, matter.one, FREE, on=ahead))
    assert members["problem"] == "not_yet"
    assert "2026-10-01" in str(members["why"])


def test_a_release_told_three_days_late_is_read_on_its_day(matter: Matter) -> None:
    period = matter.start("D06")
    moved = deadlines.change_custody(
        matter.at("2026-10-07 09:00"), matter.one, FREE, on=day("2026-10-04")
    )
    assert (moved, ends(period)) == ([period], ("2026-10-08", "2026-10-08"))
    told = matter.entries(period)[-1]
    assert told.details == {
        "kind": "custody_changed",
        "custody": "at_liberty",
        "on": "2026-10-04",
    }
    assert told.happened_at == china("2026-10-04 23:59:59.999999")
    assert told.recorded_at == china("2026-10-07 09:00")


def test_a_late_word_takes_its_place_before_what_was_told_earlier(matter: Matter) -> None:
    """Arrested on the third, told at once; that he had been free since the first is told later."""
    period = matter.start("D06")
    deadlines.change_custody(matter.at("2026-10-03 09:00"), matter.one, HELD)
    late = matter.at("2026-10-07 09:00")
    assert deadlines.change_custody(late, matter.one, FREE, on=day("2026-10-01")) == []
    assert (ends(period), period.custody) == (("2026-10-06", "2026-10-06"), HELD)
    assert deadlines.change_custody(late, matter.one, FREE, on=day("2026-10-05")) == [period]
    assert (ends(period), period.custody) == (("2026-10-08", "2026-10-08"), FREE)


def test_on_one_day_the_hours_decide_and_not_the_order_of_telling(matter: Matter) -> None:
    period = matter.start("D06")
    evening, morning = china("2026-10-05 18:00"), china("2026-10-05 08:00")
    act = matter.at("2026-10-06 09:00")
    deadlines.change_custody(act, matter.one, HELD, on=evening)
    deadlines.change_custody(act, matter.one, FREE, on=morning)
    assert (ends(period), period.custody) == (("2026-10-06", "2026-10-06"), HELD)


def test_what_was_so_before_the_period_began_belongs_to_its_beginning(matter: Matter) -> None:
    period = matter.start("D06")
    deadlines.change_custody(matter.at("2026-09-30 09:00"), matter.one, FREE, on=day("2026-09-01"))
    assert ends(period) == ("2026-10-08", "2026-10-08")


def test_a_decision_taken_in_time_outlives_a_late_word_that_the_period_had_ended(
    matter: Matter,
) -> None:
    """At liberty it ran until the eighth; that he was arrested on the sixth is told afterwards."""
    period = matter.start("R01", FREE, "2026-09-05 10:00")
    deadlines.extend(matter.at("2026-10-07 09:00"), period, ground="major_or_complex")
    assert (ends(period), period.flags) == (("2026-10-20", "2026-10-20"), [])
    deadlines.change_custody(matter.at("2026-10-09 09:00"), matter.one, HELD, on=day("2026-10-06"))
    assert ends(period) == ("2026-10-20", "2026-10-20")
    earlier = matter.start("R01", FREE, "2026-09-05 10:00", suspect=matter.other)
    deadlines.change_custody(
        matter.at("2026-10-07 08:00"), matter.other, HELD, on=day("2026-10-06")
    )
    late = matter.at("2026-10-07 09:00")
    refusal = problem(lambda: deadlines.extend(late, earlier, ground="major_or_complex"))
    assert refusal == "extension_after_expiry"


# Extensions


def test_five_days_before_custody_ends_are_too_few_and_still_taken(
    matter: Matter, make: Make
) -> None:
    """Arrest 13 March: custody ends 13 May; on time until 6 May, barred from 14 May."""
    on_time, late, over = (
        matter.start("C01", HELD, "2026-03-13 10:00", about=make.office()) for _ in range(3)
    )
    assert ends(on_time) == ("2026-05-13", "2026-05-13")

    deadlines.extend(
        matter.at("2026-05-12 09:00"),
        on_time,
        ground="complex_case",
        requested_on=day("2026-05-06"),
    )
    assert (ends(on_time)[0], on_time.flags) == ("2026-06-13", [])

    deadlines.extend(
        matter.at("2026-05-12 09:00"), late, ground="complex_case", requested_on=day("2026-05-10")
    )
    assert (ends(late)[0], late.flags) == ("2026-06-13", ["requested_late"])

    members = refused(
        lambda: deadlines.extend(
            matter.at("2026-05-14 09:00"),
            over,
            ground="complex_case",
            requested_on=day("2026-05-14"),
        )
    )
    assert (members["problem"], members["article"]) == ("extension_after_expiry", "RULES 309¶3")
    assert (ends(over)[0], len(matter.entries(over))) == ("2026-05-13", 1)


def test_fifteen_days_once_in_a_round_and_again_in_the_next(matter: Matter) -> None:
    period = matter.start("R01", FREE, "2026-09-05 10:00")
    deadlines.extend(matter.at("2026-10-07 09:00"), period, ground="major_or_complex")
    assert ends(period) == ("2026-10-20", "2026-10-20")

    again = matter.at("2026-10-08 09:00")
    refusal = refused(lambda: deadlines.extend(again, period, ground="major_or_complex"))
    assert refusal["problem"] == "extended_before"
    assert "CPL 172" in str(refusal["article"])

    deadlines.restart(
        matter.at("2026-10-12 15:00"),
        period,
        reason=RestartReason.JURISDICTION_CHANGED,
        at=china("2026-10-12 14:00"),
    )
    assert (ends(period)[0], period.started_at) == ("2026-11-12", china("2026-10-12 14:00"))
    deadlines.extend(matter.at("2026-11-10 09:00"), period, ground="major_or_complex")
    assert ends(period)[0] == "2026-11-27"


def test_the_ledger_asks_how_long_where_the_law_leaves_it_open(matter: Matter) -> None:
    period = matter.start("D04", HELD, "2026-01-05 15:20")
    act = matter.at("2026-01-07 09:00")
    special = deadlines.SPECIAL_CIRCUMSTANCES
    members = refused(lambda: deadlines.extend(act, period, ground=special))
    assert members["problem"] == "length_needed"
    assert "1" in str(members["why"])
    assert "4" in str(members["why"])
    assert problem(lambda: deadlines.extend(act, period, ground=special, length=5)) == (
        "length_out_of_range"
    )
    deadlines.extend(act, period, ground=special, length=2)
    assert (ends(period)[0], period.flags) == ("2026-01-10", [])


def test_a_ground_the_table_does_not_know_is_refused(matter: Matter) -> None:
    period = matter.start("D06")
    act = matter.at("2026-09-30 09:00")
    refusal = problem(lambda: deadlines.extend(act, period, ground="major_or_complex"))
    assert refusal == "ground_unknown"


def test_a_decision_told_late_counts_on_its_day_and_one_ahead_not_at_all(matter: Matter) -> None:
    period = matter.start("R01", HELD, "2026-09-05 10:00")
    act = matter.at("2026-10-09 09:00")
    ground = "major_or_complex"
    assert problem(lambda: deadlines.extend(act, period, ground=ground)) == "extension_after_expiry"
    ahead = day("2026-10-10")
    assert (
        problem(lambda: deadlines.extend(act, period, ground=ground, decided_on=ahead)) == "not_yet"
    )
    deadlines.extend(act, period, ground=ground, decided_on=day("2026-10-05"))
    assert ends(period)[0] == "2026-10-20"


def test_a_summons_is_lengthened_before_its_hour_strikes(matter: Matter) -> None:
    period = matter.start("D08", FREE, "2026-09-07 09:20")
    assert period.outer_at == china("2026-09-07 21:20")
    ground = "especially_grave_or_complex"
    late = matter.at("2026-09-07 21:21")
    refusal = refused(lambda: deadlines.extend(late, period, ground=ground))
    assert refusal["problem"] == "extension_after_expiry"
    assert "2026-09-07 21:20" in str(refusal["why"])
    deadlines.extend(late, period, ground=ground, decided_on=china("2026-09-07 21:00"))
    assert period.outer_at == china("2026-09-08 09:20")


# How often


def test_a_third_return_is_refused_whatever_the_matter_and_the_organ(
    matter: Matter, make: Make
) -> None:
    first = matter.start("R16", HELD, "2026-02-27 10:00")
    deadlines.close(matter.at("2026-03-27 10:00"), first)
    moved = make.office()
    second = matter.start("R16", HELD, "2026-05-11 10:00", about=moved)
    deadlines.close(matter.at("2026-06-11 10:00"), second)
    for rule_id, about in (("R16", moved), ("R16", make.office()), ("R16b", moved), ("S06", moved)):
        with pytest.raises(TooManyTimes) as caught:
            matter.start(rule_id, HELD, "2026-07-20 10:00", about=about)
        assert caught.value.members["at_most"] == 2
        assert "RULES 346" in str(caught.value.members["article"])
        if rule_id == "R16":
            assert "RULES 350" in str(caught.value.members["article"])
    assert matter.start("R16", HELD, "2026-07-20 10:00", suspect=matter.other).due_on


def test_a_return_that_another_has_replaced_is_not_counted(matter: Matter) -> None:
    for text_ in ("2026-02-27 10:00", "2026-02-28 10:00"):
        wrong = matter.start("R16", HELD, text_)
        deadlines.close(matter.at(text_), wrong, reason=CloseReason.REPLACED)
    first = matter.start("R16", HELD, "2026-03-01 10:00")
    deadlines.close(matter.at("2026-03-01 10:00"), first, reason=CloseReason.LAPSED)
    matter.start("R16", HELD, "2026-05-11 10:00")
    with pytest.raises(TooManyTimes):
        matter.start("R16", HELD, "2026-07-20 10:00")


def test_adjournments_are_counted_in_the_case_that_they_hold_up(matter: Matter, make: Make) -> None:
    def adjourn(about: object = None) -> None:
        period = matter.start("T04", suspect=None, about=about)  # type: ignore[arg-type]
        deadlines.close(matter.at(RECEIVED), period)

    adjourn()
    adjourn()
    with pytest.raises(TooManyTimes):
        adjourn()
    adjourn(make.office())


# Days that are not counted


def test_days_of_an_evaluation_are_left_out_once_it_is_over(matter: Matter) -> None:
    period = matter.start("C01", HELD, "2026-03-13 10:00")
    deadlines.suspend(
        matter.at("2026-04-10 09:00"), period, reason=EVALUATION, from_on=day("2026-04-09")
    )
    assert (period.suspended_on, period.flags) == (day("2026-04-09"), ["still_not_counted"])
    assert period.standing(china("2026-07-01 09:00")) is Standing.SUSPENDED
    deadlines.resume(matter.at("2026-04-21 09:00"), period, until_on=day("2026-04-20"))
    assert (period.suspended_on, period.flags) == (None, [])
    assert ends(period) == ("2026-05-23", "2026-05-24")
    assert period.standing(china("2026-07-01 09:00")) is Standing.EXPIRED


def test_two_evaluations_follow_one_another_and_never_overlap(matter: Matter) -> None:
    period = matter.start("C01", HELD, "2026-03-13 10:00")
    act = matter.at("2026-04-30 09:00")
    deadlines.suspend(act, period, reason=EVALUATION, from_on=day("2026-04-09"))
    twice = day("2026-04-12")
    assert (
        problem(lambda: deadlines.suspend(act, period, reason=EVALUATION, from_on=twice))
        == "excluded_twice"
    )
    deadlines.resume(act, period, until_on=day("2026-04-20"))
    assert (
        problem(lambda: deadlines.suspend(act, period, reason=EVALUATION, from_on=twice))
        == "excluded_twice"
    )
    deadlines.suspend(act, period, reason=EVALUATION, from_on=day("2026-04-20"))
    deadlines.resume(act, period, until_on=day("2026-04-25"))
    assert ends(period) == ("2026-05-27", "2026-05-29")


def test_what_was_not_stopped_does_not_go_on(matter: Matter) -> None:
    period = matter.start("C01", HELD, "2026-03-13 10:00")
    act = matter.at("2026-04-30 09:00")
    assert problem(lambda: deadlines.resume(act, period, until_on=day("2026-04-20"))) == (
        "not_suspended"
    )
    deadlines.suspend(act, period, reason=EVALUATION, from_on=day("2026-04-20"))
    for until, why in (("2026-04-19", "event_out_of_order"), ("2026-05-01", "not_yet")):
        work = lambda until=until: deadlines.resume(act, period, until_on=day(until))  # noqa: E731
        assert problem(work) == why
    assert period.suspended_on == day("2026-04-20")


def test_an_evaluation_begins_before_the_end_and_not_tomorrow(matter: Matter) -> None:
    period = matter.start("C01", HELD, "2026-03-13 10:00")
    act = matter.at("2026-05-20 09:00")
    for from_on, why in (
        ("2026-05-14", "excluded_after_expiry"),
        ("2026-03-12", "event_out_of_order"),
        ("2026-05-21", "not_yet"),
    ):
        work = lambda on=from_on: deadlines.suspend(  # noqa: E731
            act, period, reason=EVALUATION, from_on=day(on)
        )
        assert problem(work) == why
    deadlines.suspend(act, period, reason=EVALUATION, from_on=day("2026-05-13"))


def test_while_days_are_left_out_nothing_is_too_late(matter: Matter) -> None:
    period = matter.start("C01", HELD, "2026-03-13 10:00")
    deadlines.suspend(
        matter.at("2026-05-01 09:00"), period, reason=EVALUATION, from_on=day("2026-05-01")
    )
    deadlines.extend(
        matter.at("2026-05-20 09:00"),
        period,
        ground="complex_case",
        requested_on=day("2026-05-19"),
    )
    assert period.flags == ["still_not_counted"]
    deadlines.resume(matter.at("2026-05-25 09:00"), period, until_on=day("2026-05-25"))
    assert ends(period) == ("2026-07-05", "2026-07-07")
    assert period.flags == []


def test_asked_for_in_the_last_week_is_late_even_while_days_are_left_out(matter: Matter) -> None:
    period = matter.start("C01", HELD, "2026-03-13 10:00")
    deadlines.suspend(
        matter.at("2026-05-10 09:00"), period, reason=EVALUATION, from_on=day("2026-05-10")
    )
    act = matter.at("2026-05-20 09:00")
    deadlines.extend(act, period, ground="complex_case", requested_on=day("2026-05-19"))
    assert period.flags == ["requested_late", "still_not_counted"]


def test_an_evaluation_goes_on_through_a_restart(matter: Matter) -> None:
    """A new crime is found while the suspect is being evaluated: those days do not count either."""
    period = matter.start("C01", HELD, "2026-03-13 10:00")
    deadlines.suspend(
        matter.at("2026-04-09 09:00"), period, reason=EVALUATION, from_on=day("2026-04-09")
    )
    deadlines.restart(
        matter.at("2026-04-15 09:00"),
        period,
        reason=RestartReason.NEW_CRIME,
        at=china("2026-04-14 17:00"),
    )
    assert period.suspended_on == day("2026-04-14")
    assert period.standing(china("2026-04-16 09:00")) is Standing.SUSPENDED
    deadlines.resume(matter.at("2026-04-30 09:00"), period, until_on=day("2026-04-24"))
    assert period.suspended_on is None
    assert ends(period) == ("2026-06-23", "2026-06-24")


def test_an_evaluation_over_before_a_restart_is_forgotten(matter: Matter) -> None:
    period = matter.start("C01", HELD, "2026-03-13 10:00")
    act = matter.at("2026-04-15 09:00")
    deadlines.suspend(act, period, reason=EVALUATION, from_on=day("2026-04-01"))
    deadlines.resume(act, period, until_on=day("2026-04-10"))
    found = china("2026-04-10 17:00")
    deadlines.restart(act, period, reason=RestartReason.NEW_CRIME, at=found)
    assert ends(period) == ("2026-06-10", "2026-06-10")


def test_a_period_closed_while_days_were_left_out_had_not_ended(matter: Matter) -> None:
    period = matter.start("C01", HELD, "2026-03-13 10:00")
    deadlines.suspend(
        matter.at("2026-05-10 09:00"), period, reason=EVALUATION, from_on=day("2026-05-10")
    )
    deadlines.close(matter.at("2026-06-20 09:00"), period)
    assert period.standing(china("2026-12-01 09:00")) is Standing.SUSPENDED
    with pytest.raises(DeadlineClosed):
        deadlines.resume(matter.at("2026-06-21 09:00"), period, until_on=day("2026-06-20"))


def test_travel_lengthens_and_days_used_shorten(matter: Matter) -> None:
    answer = matter.start("A08", FREE, "2026-03-02 10:00")
    assert ends(answer) == ("2026-03-09", "2026-03-09")
    deadlines.travel(matter.at("2026-03-03 09:00"), answer, days=2)
    assert ends(answer) == ("2026-03-11", "2026-03-11")
    custody = matter.start("D06", HELD, "2026-03-02 10:00")
    act = matter.at("2026-03-03 09:00")
    assert problem(lambda: deadlines.travel(act, custody, days=2)) == "travel_in_custody"
    assert problem(lambda: deadlines.use(act, custody, days=2)) == "not_a_measure"
    bail = matter.start("B01", FREE, "2026-03-02 10:00")
    before = bail.due_on
    assert before is not None
    deadlines.use(act, bail, days=30)
    assert bail.due_on == before - timedelta(days=30)


# A new round


def test_a_period_restarts_only_where_the_law_says_so(matter: Matter) -> None:
    period = matter.start("D06")
    act = matter.at("2026-10-01 09:00")
    moved, found = RestartReason.JURISDICTION_CHANGED, RestartReason.NEW_CRIME
    assert (
        problem(lambda: deadlines.restart(act, period, reason=moved, at=act.now))
        == "restart_not_known"
    )
    custody = matter.start("C01", HELD, "2026-09-29 10:00")
    before, ahead = china("2026-09-28 10:00"), china("2026-10-01 09:01")
    assert (
        problem(lambda: deadlines.restart(act, custody, reason=found, at=before))
        == "event_out_of_order"
    )
    assert problem(lambda: deadlines.restart(act, custody, reason=found, at=ahead)) == "not_yet"


def test_custody_told_late_reaches_back_behind_a_restart(matter: Matter) -> None:
    """Free since 25 September, arrested again on 28 September, and a new round from 12 October."""
    period = matter.start("R01", HELD, "2026-09-05 10:00")
    deadlines.change_custody(matter.at("2026-09-28 10:00"), matter.one, HELD)
    deadlines.restart(
        matter.at("2026-10-14 09:00"),
        period,
        reason=RestartReason.JURISDICTION_CHANGED,
        at=china("2026-10-14 09:00"),
    )
    deadlines.change_custody(matter.at("2026-10-15 10:00"), matter.one, FREE, on=day("2026-09-25"))
    assert (ends(period), period.custody) == (("2026-11-14", "2026-11-14"), HELD)


# The end


def test_a_closed_period_moves_no_more_and_keeps_its_standing(matter: Matter) -> None:
    period = matter.start("D06")
    deadlines.close(matter.at("2026-10-07 09:00"), period, at=china("2026-10-06 23:59"))
    assert (period.close_reason, matter.open(), period.look_at) == (CloseReason.DONE, [], None)
    assert period.standing(china("2026-12-01 00:00")) is Standing.RUNNING
    act = matter.at("2026-10-08 09:00")
    assert deadlines.change_custody(act, matter.one, FREE) == []
    assert ends(period) == ("2026-10-06", "2026-10-06")
    works: list[Callable[[], object]] = [
        lambda: deadlines.close(act, period),
        lambda: deadlines.extend(act, period, ground="major_or_complex"),
        lambda: deadlines.suspend(act, period, reason=EVALUATION, from_on=act.today),
        lambda: deadlines.travel(act, period, days=1),
        lambda: deadlines.restart(act, period, reason=RestartReason.NEW_CRIME, at=act.now),
    ]
    for work in works:
        with pytest.raises(DeadlineClosed):
            work()
    assert [one.kind for one in matter.entries(period)] == [EntryKind.STARTED, EntryKind.CLOSED]


def test_a_period_closed_too_late_stays_expired(matter: Matter) -> None:
    period = matter.start("D06")
    deadlines.close(matter.at("2026-10-07 00:00"), period)
    assert period.standing(china("2026-12-01 00:00")) is Standing.EXPIRED


def test_what_was_posted_in_time_is_in_time(matter: Matter) -> None:
    period = matter.start("A07", FREE, "2026-09-30 09:00")
    assert period.due_on == day("2026-10-08")
    deadlines.close(matter.at("2026-10-12 09:00"), period, at=china("2026-10-08 16:00"))
    assert period.closed_at == china("2026-10-08 16:00")
    assert period.standing(china("2026-10-12 09:00")) is Standing.RUNNING
    (closing,) = matter.entries(period)[1:]
    assert closing.happened_at == china("2026-10-08 16:00")
    assert closing.recorded_at == china("2026-10-12 09:00")


def test_nothing_is_done_tomorrow_or_before_it_began(matter: Matter) -> None:
    period = matter.start("D06")
    act = matter.at("2026-10-01 09:00")
    for at, why in (("2026-10-01 09:01", "not_yet"), ("2026-09-28 23:59", "event_out_of_order")):
        work = lambda at=at: deadlines.close(act, period, at=china(at))  # noqa: E731
        assert problem(work) == why
    assert deadlines.close(act, period, at=china("2026-09-29 00:01")).closed_at


def test_what_is_counted_back_from_an_event_is_done_before_it(matter: Matter) -> None:
    period = deadlines.start(
        matter.at("2026-03-02 09:00"),
        "S09",
        matter.about,
        suspect_id=None,
        keepers=matter.keepers,
        started_at=china("2026-04-20 09:00"),
        custody=Custody.UNKNOWN,
    )
    assert ends(period) == ("2026-03-31", "2026-03-31")
    deadlines.close(matter.at("2026-03-20 09:00"), period)
    assert period.standing(china("2026-05-01 00:00")) is Standing.RUNNING


def test_between_the_two_readings_a_period_is_in_doubt(matter: Matter) -> None:
    period = matter.start("A07", HELD, "2026-09-30 09:00")
    assert period.standing(china("2026-10-05 23:59")) is Standing.RUNNING
    assert period.standing(china("2026-10-06 00:00")) is Standing.IN_DOUBT
    assert period.standing(china("2026-10-08 23:59")) is Standing.IN_DOUBT
    assert period.standing(china("2026-10-09 00:00")) is Standing.EXPIRED


def test_a_step_closes_the_periods_it_ends_and_no_other(matter: Matter, make: Make) -> None:
    review = matter.start("D06")
    receipt = matter.start("A02")
    another = matter.start("D06", about=make.office())
    act = matter.at("2026-09-30 09:00")
    assert deadlines.close_about(act, {"D06", "D07"}, matter.about) == [review]
    assert review.closed_at == act.now
    assert matter.open() == [receipt, another]
    lapsed = deadlines.close_about(act, {"A02"}, matter.about, reason=CloseReason.LAPSED)
    assert [period.close_reason for period in lapsed] == [CloseReason.LAPSED]


def test_the_open_periods_of_a_suspect_change_hands_and_the_closed_do_not(
    matter: Matter, make: Make
) -> None:
    prosecutor = make.person()
    done, running, others = (
        matter.start("A02"),
        matter.start("D06"),
        matter.start("D06", suspect=matter.other),
    )
    deadlines.close(matter.at(RECEIVED), done)
    act = matter.at("2026-09-30 09:00")
    deadlines.hand_over(act, [matter.one], prosecutor.id)
    assert (running.handler_id, running.look_at) == (prosecutor.id, act.now)
    assert (done.handler_id, done.look_at, others.handler_id) == (None, None, None)
    deadlines.hand_over(act, [matter.one], None)
    assert running.handler_id is None


# What is kept


def test_every_step_is_an_entry_of_codes_with_who_and_when(matter: Matter) -> None:
    period = matter.start("C01", HELD, "2026-03-13 10:00")
    deadlines.suspend(
        matter.at("2026-04-10 09:00"), period, reason=EVALUATION, from_on=day("2026-04-09")
    )
    deadlines.resume(matter.at("2026-04-21 09:00"), period, until_on=day("2026-04-20"))
    act = matter.at("2026-05-12 09:00")
    deadlines.extend(act, period, ground="complex_case", requested_on=day("2026-05-06"))
    deadlines.change_custody(act, matter.one, FREE, on=china("2026-05-12 08:30"))
    deadlines.close(act, period)
    kept = [(one.kind.value, one.details, one.happened_at) for one in matter.entries(period)]
    assert kept == [
        (
            "started",
            {"started": "2026-03-13T10:00:00+08:00", "custody": "held"},
            china("2026-03-13 10:00"),
        ),
        (
            "suspended",
            {"kind": "excluded", "reason": "psychiatric_evaluation", "from_on": "2026-04-09"},
            china("2026-04-09 23:59:59.999999"),
        ),
        ("resumed", {"until_on": "2026-04-20"}, china("2026-04-20 23:59:59.999999")),
        (
            "extended",
            {
                "kind": "extended",
                "ground": "complex_case",
                "on": "2026-05-12",
                "requested_on": "2026-05-06",
            },
            act.now,
        ),
        (
            "custody_changed",
            {"kind": "custody_changed", "custody": "at_liberty", "on": "2026-05-12"},
            china("2026-05-12 08:30"),
        ),
        ("closed", {"reason": "done"}, act.now),
    ]
    assert {one.by_id for one in matter.entries(period)} == {matter.actor.id}
    assert [one.recorded_at for one in matter.entries(period)][-3:] == [act.now] * 3


def test_what_is_refused_leaves_nothing_behind(matter: Matter) -> None:
    period = matter.start("D06")
    before = matter.entries(period)
    act = matter.at("2026-09-30 09:00")
    with pytest.raises(ImpossibleDeadline):
        deadlines.extend(act, period, ground="complex_case")
    assert not matter.session.dirty
    assert matter.entries(period) == before


@pytest.mark.parametrize("statement", ["UPDATE", "DELETE"])
def test_the_application_cannot_rewrite_an_entry(matter: Matter, statement: str) -> None:
    period = matter.start("D06")
    change = (
        update(DeadlineEntry).values(by_id=0) if statement == "UPDATE" else delete(DeadlineEntry)
    )
    with pytest.raises(DBAPIError, match="permission denied"), matter.session.begin_nested():
        matter.session.execute(change.where(DeadlineEntry.deadline_id == period.id))
    assert len(matter.entries(period)) == 1


@pytest.fixture
def owner(cluster: Cluster) -> Iterator[Connection]:
    engine = carrying(create_engine(cluster.owner_url))
    with engine.connect() as connection, connection.begin() as outer:
        yield connection
        outer.rollback()
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE deadline_entries SET by_id = 0",
        "DELETE FROM deadline_entries",
        "TRUNCATE deadline_entries",
    ],
)
def test_not_even_the_owner_rewrites_an_entry(owner: Connection, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        owner.execute(text(statement))


@pytest.mark.parametrize("column", ["due_on", "outer_on"])
def test_the_day_to_keep_never_lies_behind_the_limit(matter: Matter, column: str) -> None:
    period = matter.start("D06")
    wrong = {"due_on": date(2026, 10, 7), "outer_on": date(2026, 10, 5)}[column]
    change = update(Deadline).where(Deadline.id == period.id).values({column: wrong})
    broken = pytest.raises(DBAPIError, match="deadlines_due_before_outer")
    with broken, matter.session.begin_nested():
        matter.session.execute(change)
