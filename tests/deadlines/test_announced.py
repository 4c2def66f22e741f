"""What a notice of days off must be, fault by fault, without a database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.deadlines.engine.announced import (
    FAULTS,
    Announced,
    Fault,
    Run,
    faults_of,
    read,
    runs_of,
)
from services.deadlines.engine.calendar import bundled_notices
from tests.deadlines.year_2027 import WORDING_2027, YEAR_2027, days

KNOWN = bundled_notices()
OFF, WORK = YEAR_2027.off, YEAR_2027.work
SOUND = Announced(2027, OFF, WORK)


def day(text: str) -> date:
    return date.fromisoformat(text)


def without(days_off: tuple[date, ...], *taken: str) -> tuple[date, ...]:
    return tuple(one for one in days_off if str(one) not in taken)


def of(announced: Announced, code: str) -> list[Fault]:
    return [fault for fault in faults_of(announced, KNOWN) if fault.code == code]


def worded(*changes: tuple[str, str]) -> Announced:
    """The notice with its wording, in which something was changed."""
    wording = WORDING_2027
    for before, after in changes:
        assert before in wording
        wording = wording.replace(before, after)
    return replace(SOUND, text=wording)


def test_a_sound_notice_has_no_fault_with_its_wording_and_without() -> None:
    assert faults_of(SOUND, KNOWN) == []
    assert faults_of(worded(), KNOWN) == []


SATURDAYS = tuple(day("2027-07-03") + timedelta(7 * n) for n in range(13))


@pytest.mark.parametrize(
    ("announced", "fault"),
    [
        (replace(SOUND, year=2028), Fault("year_out_of_turn", ("year",), number=2027)),
        (replace(SOUND, year=2017), Fault("year_out_of_turn", ("year",), number=2027)),
        (
            replace(SOUND, off=(*OFF, day("2028-01-01"))),
            Fault("outside_the_year", ("off", len(OFF)), day("2028-01-01")),
        ),
        (
            replace(SOUND, work=(day("2026-12-28"), *WORK)),
            Fault("outside_the_year", ("work", 0), day("2026-12-28")),
        ),
        (
            replace(SOUND, off=(*OFF, day("2027-06-09"))),
            Fault("named_twice", ("off", len(OFF)), day("2027-06-09")),
        ),
        (
            replace(SOUND, work=(*WORK, WORK[1])),
            Fault("named_twice", ("work", len(WORK)), WORK[1]),
        ),
        (
            replace(SOUND, work=(*WORK, day("2027-02-06"))),
            Fault("both_off_and_worked", ("work", len(WORK)), day("2027-02-06")),
        ),
        (
            replace(SOUND, work=(*WORK, day("2027-03-05"))),
            Fault("weekday_worked", ("work", len(WORK)), day("2027-03-05")),
        ),
        (
            replace(SOUND, off=without(OFF, "2027-05-02")),
            Fault("fixed_day_missing", ("off",), day("2027-05-02")),
        ),
        (
            replace(SOUND, off=(*OFF, *days("10-08..10-13"))),
            Fault("too_long_a_run", ("off", OFF.index(day("2027-10-01"))), day("2027-10-01"), 12),
        ),
        (
            replace(SOUND, off=OFF[:19]),
            Fault("days_off_implausible", ("off",), number=19),
        ),
        (
            replace(SOUND, off=(*OFF, *days("11-01..11-12"))),
            Fault("days_off_implausible", ("off",), number=41),
        ),
        (
            replace(SOUND, work=(*WORK, *SATURDAYS[:11])),
            Fault("days_worked_implausible", ("work",), number=16),
        ),
        (
            replace(SOUND, off=(*OFF, day("2027-11-01"))),
            Fault("unbalanced", ("off",), number=14),
        ),
        (
            replace(SOUND, work=WORK[:-1]),
            Fault("unbalanced", ("off",), number=14),
        ),
        (
            replace(SOUND, work=(*WORK, day("2027-08-14"))),
            Fault("made_up_far_away", ("work", len(WORK)), day("2027-08-14")),
        ),
        (
            replace(SOUND, off=(*OFF, day("2027-07-17"), day("2027-07-18"))),
            Fault("run_without_a_weekday", ("off", len(OFF)), day("2027-07-17")),
        ),
        (
            worded(("1月31日（周日）", "1月24日（周日）")),
            Fault("only_in_the_text", ("work",), day("2027-01-24")),
        ),
        (
            worded(("1月31日（周日）", "1月24日（周日）")),
            Fault("not_in_the_text", ("work", 0), day("2027-01-31")),
        ),
        (
            worded(("6月9日（周三）放假1天", "6月10日（周四）放假1天")),
            Fault("not_in_the_text", ("off", OFF.index(day("2027-06-09"))), day("2027-06-09")),
        ),
        (
            worded(("6月9日（周三）放假1天", "6月10日（周四）放假1天")),
            Fault("only_in_the_text", ("off",), day("2027-06-10")),
        ),
        (
            worded(("共9天", "共8天")),
            Fault("text_miscounts", ("wording",), day("2027-02-05"), 8),
        ),
        (
            worded(("6月9日（周三）放假1天", "6月9日（周三）放假2天")),
            Fault("text_miscounts", ("wording",), day("2027-06-09"), 2),
        ),
        (
            worded(("5月8日（周六）", "5月8日（星期日）")),
            Fault("text_wrong_weekday", ("wording",), day("2027-05-08")),
        ),
        (
            worded(("5日（周三）放假调休", "5日（周四）放假调休")),
            Fault("text_wrong_weekday", ("wording",), day("2027-05-05")),
        ),
        (
            replace(SOUND, text="请见附件。"),
            Fault("text_unreadable", ("wording",)),
        ),
        (
            worded(("4月3日（周六）至", "4月33日（周六）至")),
            Fault("text_unreadable", ("wording",)),
        ),
        (
            worded(("至13日", "至3日")),
            Fault("text_unreadable", ("wording",)),
        ),
    ],
)
def test_a_fault_is_named_once_with_its_place_its_day_and_its_number(
    announced: Announced, fault: Fault
) -> None:
    assert of(announced, fault.code) == [fault]


@pytest.mark.parametrize(
    ("announced", "code"),
    [
        (replace(SOUND, off=(day("2026-12-29"), *OFF)), "outside_the_year"),
        (replace(SOUND, off=(*OFF, day("2027-12-31"))), "outside_the_year"),
        (replace(SOUND, off=(*OFF, *days("10-08..10-12"))), "too_long_a_run"),
        (replace(SOUND, off=OFF[:20]), "days_off_implausible"),
        (replace(SOUND, off=(*OFF, *days("11-01..11-11"))), "days_off_implausible"),
        (replace(SOUND, work=(*WORK, *SATURDAYS[:10])), "days_worked_implausible"),
        (replace(SOUND, work=()), "days_worked_implausible"),
        (replace(SOUND, work=(*WORK, day("2027-06-26"))), "weekday_worked"),
        (replace(SOUND, work=(*WORK, day("2027-10-24"))), "weekday_worked"),
        (replace(SOUND, work=(*WORK, day("2027-08-14"), day("2027-09-05"))), "named_twice"),
        (replace(SOUND, off=(*OFF, *days("07-17..07-19"))), "run_without_a_weekday"),
    ],
)
def test_what_may_just_be_is_no_fault(announced: Announced, code: str) -> None:
    assert of(announced, code) == []


def test_a_day_made_up_for_a_fortnight_away_is_near_enough() -> None:
    fortnight = replace(SOUND, work=(*WORK, day("2027-06-26")))
    assert of(fortnight, "made_up_far_away") == [
        Fault("made_up_far_away", ("work", len(WORK)), day("2027-06-26"))
    ]
    assert of(replace(SOUND, work=(*WORK, day("2027-10-16"))), "made_up_far_away") == []
    assert of(replace(SOUND, off=(*OFF, day("2027-07-10"))), "made_up_far_away") == []
    both = replace(SOUND, off=(*OFF, day("2027-07-10")), work=(*WORK, day("2027-06-26")))
    assert of(both, "made_up_far_away") == []


def test_the_balance_is_thirteen_days_since_2025_and_was_eleven_before() -> None:
    for year in (2024, 2025):
        known = KNOWN[year]
        notice = Announced(year, tuple(map(day, known["off"])), tuple(map(day, known["work"])))
        assert faults_of(notice, KNOWN) == []
        shorter = replace(notice, work=notice.work[1:])
        assert [fault.number for fault in faults_of(shorter, KNOWN)] == [14 if year > 2024 else 12]


def test_the_first_year_that_is_known_may_be_corrected_too() -> None:
    first = KNOWN[2018]
    notice = Announced(2018, tuple(map(day, first["off"])), tuple(map(day, first["work"])))
    assert faults_of(notice, KNOWN) == []


def test_a_year_without_days_contradicts_none() -> None:
    assert faults_of(SOUND, {**KNOWN, 2026: {}}) == []


def test_days_are_not_held_against_a_wording_that_cannot_be_read() -> None:
    unread = replace(SOUND, text="请见附件。")
    assert faults_of(unread, KNOWN) == [Fault("text_unreadable", ("wording",))]


def test_two_years_may_not_contradict_each_other() -> None:
    last = KNOWN | {2026: {**KNOWN[2026], "work": [*KNOWN[2026]["work"], "2026-12-29"]}}
    reaching = replace(SOUND, off=(day("2026-12-29"), *OFF))
    faults = faults_of(reaching, last)
    assert [one for one in faults if one.code == "against_another_year"] == [
        Fault("against_another_year", ("off", 0), day("2026-12-29"))
    ]
    rested = KNOWN | {2026: {**KNOWN[2026], "off": [*KNOWN[2026]["off"], "2026-12-30"]}}
    working = replace(SOUND, work=(day("2026-12-30"), *WORK))
    faults = faults_of(working, rested)
    assert [one for one in faults if one.code == "against_another_year"] == [
        Fault("against_another_year", ("work", 0), day("2026-12-30"))
    ]
    assert of(reaching, "against_another_year") == []
    again = Announced(
        2026, tuple(map(day, KNOWN[2026]["work"])), tuple(map(day, KNOWN[2026]["off"]))
    )
    assert of(again, "against_another_year") == []


def test_a_correction_names_only_what_it_changes() -> None:
    off, work = (tuple(map(day, KNOWN[2026][which])) for which in ("off", "work"))
    corrected = Announced(
        2026, (*off, day("2026-09-03")), work, "2026年9月3日（周四）全国放假1天。"
    )
    assert [fault.code for fault in faults_of(corrected, KNOWN)] == ["unbalanced"]
    assert of(replace(corrected, off=off), "only_in_the_text") == [
        Fault("only_in_the_text", ("off",), day("2026-09-03"))
    ]


# Reading


@pytest.mark.parametrize(
    ("text", "off", "work"),
    [
        ("一、元旦：1月1日放假。", "01-01", ""),
        ("1月1日至3日放假，共3天。", "01-01..01-03", ""),
        ("1月1日至1日放假，共1天。", "01-01", ""),
        ("9月29日至10月6日放假调休，共8天。", "09-29..10-06", ""),
        ("10月1日至7日放假；9月26日(周日)上班。", "10-01..10-07", "09-26"),
        ("9月26日（周日）、10月9日（周六）上班。10月1日放假", "10-01", "09-26 10-09"),
        ("自3月1日起施行。一、元旦：1月1日放假。二、劳动节：5月1日放假。", "01-01 05-01", ""),
        ("1月1日放假。鼓励安排职工在1月2日休息。1月4日正常上班。", "01-01", ""),
        ("2027年12月30日至2027年12月31日放假。", "12-30..12-31", ""),
    ],
)
def test_a_sentence_gives_the_days_that_it_names(text: str, off: str, work: str) -> None:
    told = read(text, 2027)
    assert (told.off, told.work, told.faults) == (
        frozenset(days(off)),
        frozenset(days(work)),
        (),
    )


def test_a_span_may_begin_in_the_year_before() -> None:
    told = read("2026年12月31日至2027年1月2日放假调休，共3天。", 2027)
    assert sorted(told.off) == [day("2026-12-31"), day("2027-01-01"), day("2027-01-02")]
    assert told.faults == ()


def test_a_sentence_that_cannot_be_read_hides_no_other() -> None:
    told = read("1月33日放假。5月1日（周日）放假2天。5月8日上班。", 2027)
    assert told.off == {day("2027-05-01")}
    assert told.work == {day("2027-05-08")}
    assert told.faults == (
        Fault("text_unreadable", ("wording",)),
        Fault("text_wrong_weekday", ("wording",), day("2027-05-01")),
        Fault("text_miscounts", ("wording",), day("2027-05-01"), 2),
    )


def test_a_span_is_at_most_twice_the_longest_run() -> None:
    assert len(read("1月1日至25日放假。", 2027).off) == 25
    assert read("1月1日至26日放假。", 2027).faults == (Fault("text_unreadable", ("wording",)),)


# Runs and words


def test_runs_are_days_without_a_gap() -> None:
    unsorted = [day(f"2027-01-0{n}") for n in (3, 1, 2, 5, 5)]
    runs = runs_of(unsorted)
    assert runs == [
        Run(day("2027-01-01"), day("2027-01-03")),
        Run(day("2027-01-05"), day("2027-01-05")),
    ]
    assert runs[0].days == [day("2027-01-01"), day("2027-01-02"), day("2027-01-03")]
    assert runs[1].days == [day("2027-01-05")]
    assert runs_of([]) == []


def test_a_fault_says_in_both_languages_which_day_and_which_number() -> None:
    far = Fault("made_up_far_away", ("work", 3), day("2027-08-14"))
    assert far.zh == "2027年8月14日上班，但前后十四日内没有放假日。"
    assert far.en == "2027-08-14 is worked, but no day off lies within fourteen days of it."
    many = Fault("text_miscounts", ("wording",), day("2027-02-05"), 8)
    assert many.zh == "通知原文自2027年2月5日起的天数与“共8天”不符。"
    assert many.en == "From 2027-02-05 the wording does not come to the 8 days that it says."
    assert Fault("days_off_implausible", ("off",), number=41).zh.startswith("放假日共41日")
    assert (
        FAULTS["unbalanced"].zh.format(number=14, day="")
        == Fault("unbalanced", ("off",), number=14).zh
    )
    assert (far.is_warning, many.is_warning) == (True, False)
    unsaid = Fault("weekday_worked", ("work", 0))
    assert unsaid.zh == "不是周六、周日，本来就上班。"
