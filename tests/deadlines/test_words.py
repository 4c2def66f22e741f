"""What the engine says: every step and every problem in Chinese and English, and never a code."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from services.deadlines.engine.arithmetic import CHINA_TIME, Custody, Unit
from services.deadlines.engine.articles import SOURCES
from services.deadlines.engine.calculation import Calculation, Flag, calculate, calculate_row
from services.deadlines.engine.calendar import state_council_calendar
from services.deadlines.engine.choices import CHOICES, Choice
from services.deadlines.engine.events import (
    CustodyChanged,
    Event,
    Excluded,
    ExclusionReason,
    Extended,
    ExtensionStated,
    Restarted,
    Travelled,
    Used,
)
from services.deadlines.engine.problems import WORDS, ImpossibleError, Problem
from services.deadlines.engine.reasons import LEFT_OUT_UNDER, REASONS, RESTARTED_UNDER
from services.deadlines.engine.rules import RestartReason, Rule
from services.deadlines.engine.steps import StepCode
from services.deadlines.engine.table import TABLE, rule_of
from services.deadlines.engine.words import (
    CUSTODY,
    FLAGS,
    PHRASES,
    explained_en,
    explained_zh,
    phrase_en,
    phrase_zh,
)

CALENDAR = state_council_calendar()
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")
DAYS = (
    date(2026, 2, 28),
    date(2026, 7, 30),
    date(2026, 9, 5),
    date(2026, 9, 23),
    date(2026, 1, 30),
)
CODES = {
    code
    for code in (
        *(extension.ground for rule in TABLE for extension in rule.extensions),
        *(word.value for word in (*RestartReason, *ExclusionReason, *Custody)),
    )
    if "_" in code
}
"""Codes that no sentence would hold by chance."""
REMARKS = {
    StepCode.CALENDAR_INCOMPLETE,
    StepCode.BEFORE_THE_TEXT,
}
"""Steps that say what is not known, and so rest on no article."""


def counted(rule_id: str, start: date, custody: Custody, *events: Event) -> Calculation:
    return calculate(rule_id, start, custody, CALENDAR, events)


def of_every_rule() -> Iterator[Calculation]:
    """Every row, in every state of custody, with every number of extensions."""
    for rule in TABLE:
        for day in DAYS:
            start = datetime(day.year, day.month, day.day, 9, 20, tzinfo=CHINA_TIME)
            for custody in Custody:
                for extensions in range(len(rule.extensions) + 1):
                    yield calculate_row(rule, start, custody, CALENDAR, [Extended()] * extensions)


HAPPENED = (
    counted("R01", DAYS[2], Custody.HELD, Excluded(ExclusionReason.RETENTION, DAYS[2])),
    counted(
        "R01",
        date(2026, 2, 27),
        Custody.HELD,
        Excluded(ExclusionReason.RETENTION, date(2026, 2, 28), date(2026, 3, 9)),
    ),
    counted(
        "R01",
        date(2026, 8, 25),
        Custody.AT_LIBERTY,
        Excluded(ExclusionReason.PSYCHIATRIC_EVALUATION, date(2026, 9, 1), date(2026, 9, 9)),
    ),
    counted("T06", DAYS[3], Custody.AT_LIBERTY, CustodyChanged(Custody.HELD, date(2026, 10, 6))),
    counted("T06", DAYS[3], Custody.HELD, CustodyChanged(Custody.AT_LIBERTY, date(2026, 10, 3))),
    counted("T06", DAYS[3], Custody.HELD, Travelled(2)),
    counted("B01", DAYS[2], Custody.AT_LIBERTY, Used(30)),
    counted("B01", DAYS[2], Custody.AT_LIBERTY, Restarted(RestartReason.NEW_ORGAN, DAYS[3])),
    counted("C01", DAYS[1], Custody.HELD, Restarted(RestartReason.NEW_CRIME, DAYS[2])),
    counted("C01", DAYS[1], Custody.HELD, Extended(requested_on=date(2026, 9, 29))),
    counted("D07", DAYS[2], Custody.AT_LIBERTY, ExtensionStated("major_or_complex")),
    counted("R01", date(2018, 3, 1), Custody.HELD),
    counted("R01", date(2027, 9, 5), Custody.AT_LIBERTY),
)
"""What else can happen to a period, at least once each."""


def everything() -> Iterator[Calculation]:
    yield from of_every_rule()
    yield from HAPPENED


def test_every_step_has_its_words_in_both_languages() -> None:
    assert set(PHRASES) == set(StepCode)
    for zh, en in PHRASES.values():
        assert HAN.search(zh)
        assert not LATIN.search(re.sub(r"\{\w+\}", "", zh)), zh
        assert not HAN.search(en)


def test_every_problem_mark_state_and_reason_has_its_words_in_both_languages() -> None:
    assert set(WORDS) == set(Problem)
    assert set(FLAGS) == set(Flag)
    assert set(CUSTODY) == set(Custody)
    assert set(REASONS) == {*RestartReason, *ExclusionReason}
    assert set(RESTARTED_UNDER) == set(RestartReason)
    assert set(LEFT_OUT_UNDER) == set(ExclusionReason)
    for zh, en in (*WORDS.values(), *FLAGS.values(), *CUSTODY.values(), *REASONS.values()):
        assert HAN.search(zh)
        assert not HAN.search(en)
    for zh, en in WORDS.values():
        assert zh.endswith("。")
        assert en.endswith(".")
        assert re.findall(r"\{(\w+)\}", zh) or "{" not in zh
        assert set(re.findall(r"\{(\w+)\}", zh)) == set(re.findall(r"\{(\w+)\}", en))


def test_every_choice_says_what_is_kept_and_what_the_limit_is() -> None:
    assert set(CHOICES) == set(Choice)
    for reading in CHOICES.values():
        for zh in (reading.zh, reading.kept_zh, reading.outer_zh):
            assert HAN.search(zh)
            assert not LATIN.search(zh), zh
        for en in (reading.en, reading.kept_en, reading.outer_en):
            assert LATIN.search(en)
            assert not HAN.search(en)
        assert {article.source for article in reading.basis} <= set(SOURCES)


def test_no_explanation_of_any_rule_leaks_a_code_a_gap_or_the_other_language() -> None:
    seen: set[StepCode] = set()
    for calculation in everything():
        for step in calculation.steps:
            seen.add(step.code)
            zh = phrase_zh(step, calculation.rule, 2026)
            en = phrase_en(step, calculation.rule)
            assert not LATIN.search(re.sub(r"\b[DACSRBNXTL]\d\d[a-d]?\b", "", zh)), zh
            assert not HAN.search(en), en
            assert not CODES & set(re.findall(r"[a-z_]+", en)), en
            assert "None" not in en
            assert "{" not in zh + en
            assert not re.search(r"\b1 (hours|days|months|working days)\b", en), en
            assert not re.search(r"\b(?!1\b)\d+ (hour|day|month|working day)\b", en), en
    never = {StepCode.HALF_MONTH_IS_FIFTEEN_DAYS}
    assert set(StepCode) - seen == never, "half months occur in no row of today"


def test_every_step_rests_on_an_article() -> None:
    bare = {
        step.code for calculation in everything() for step in calculation.steps if not step.articles
    }

    assert bare <= REMARKS


@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.id)
def test_the_plain_length_names_the_articles_of_the_rule(rule: Rule) -> None:
    start = datetime(2026, 7, 30, 9, 20, tzinfo=CHINA_TIME)
    calculation = calculate_row(rule, start, Custody.HELD, CALENDAR)

    cited = {article for step in calculation.steps for article in step.articles}

    assert set(rule.articles) <= cited


def test_the_example_of_a_review_in_custody_reads_as_people_write_it() -> None:
    calculation = counted("R01", date(2026, 9, 5), Custody.HELD)

    assert explained_zh(calculation) == (
        "收到移送起诉案件之日（9月5日）不计入（刑诉法105条2款）；"
        "1个月至10月5日（刑诉法172条1款；刑诉规则351条1款；高法解释202条1款）；"
        "最后一日（10月5日）为节假日（刑诉法105条4款）；"
        "在押，不顺延（刑诉法105条4款）"
    )
    assert explained_en(calculation) == (
        "the day of receipt of the case for prosecution (2026-09-05) is not counted [CPL 105¶2]; "
        "1 month, until 2026-10-05 [CPL 172¶1; RULES 351¶1; SPC-I 202¶1]; "
        "the last day, 2026-10-05, is a day off [CPL 105¶4]; "
        "in custody: it does not move [CPL 105¶4]"
    )


def test_both_readings_of_months_that_extend_one_another_are_told_apart() -> None:
    said = explained_zh(counted("C02", date(2026, 7, 30), Custody.HELD))

    assert "自7月30日起一次计算3个月至10月30日（应办日）" in said
    assert "自9月30日起连续计算1个月至10月31日（外限）" in said


def test_an_instant_is_told_in_the_time_of_china() -> None:
    begun = datetime(2026, 9, 7, 1, 20, tzinfo=UTC)

    calculation = counted("D08", begun, Custody.HELD)

    assert "（9月7日9时20分）起算" in explained_zh(calculation)
    assert "12小时，至9月7日21时20分" in explained_zh(calculation)
    assert "until 2026-09-07 21:20 China time" in explained_en(calculation)


def test_the_year_left_out_is_the_one_in_which_the_period_began_in_china() -> None:
    on_new_year_in_china = datetime(2025, 12, 31, 17, tzinfo=UTC)

    said = explained_zh(counted("A12", on_new_year_in_china, Custody.HELD))

    assert "（1月1日1时）" in said
    assert "2026年" not in said


def test_another_year_is_written_out() -> None:
    assert "2027年1月5日" in explained_zh(counted("R01", date(2026, 12, 5), Custody.HELD))


@pytest.mark.parametrize(
    ("rule_id", "events", "zh", "en"),
    [
        (
            "R01",
            (Extended(), Extended()),
            "规则R01不得再延长：法律规定的延长共1次（刑诉法172条1款；刑诉规则351条1款）。",
            (
                "Rule R01 cannot be extended further: the number the law allows is 1"
                " (CPL 172¶1; RULES 351¶1)."
            ),
        ),
        (
            "R01",
            (Extended("major_or_complex"), Extended("major_or_complex")),
            (
                "本次计算的期限已因同一事由延长，不得再次延长（重大、复杂的案件，一个月以内不能作出决定的，"
                "延长十五日）（刑诉法172条1款；刑诉规则351条1款）。"
            ),
            (
                "It was extended on that ground before in this round, and may not be again (major "
                "or complex case that cannot be decided within the month, 15 days more)"
                " (CPL 172¶1; RULES 351¶1)."
            ),
        ),
        (
            "D04",
            (Extended(length=5),),
            "延长的长度至少1日、至多4日（特殊情况，延长一日至四日）（刑诉法91条1款；公安程序规定129条1款）。",
            (
                "The extension is at least 1 and at most 4 days (special circumstances, 1 to 4 days"
                " more) (CPL 91¶1; MPS 129¶1)."
            ),
        ),
        (
            "D06",
            (Restarted(RestartReason.NEW_CRIME, date(2026, 9, 7)),),
            "规则D06的期限不因此重新计算（发现另有重要罪行）。",
            (
                "Rule D06 does not begin again for that reason (another important crime was"
                " discovered)."
            ),
        ),
    ],
)
def test_a_refusal_says_in_words_and_with_the_article_what_cannot_be(
    rule_id: str, events: tuple[Event, ...], zh: str, en: str
) -> None:
    with pytest.raises(ImpossibleError) as refused:
        calculate(rule_id, date(2026, 9, 5), Custody.HELD, CALENDAR, events)

    assert refused.value.zh == zh
    assert refused.value.en == en == str(refused.value)


def test_an_extension_out_of_its_order_names_the_one_that_comes_first() -> None:
    with pytest.raises(ImpossibleError) as refused:
        counted("C01", date(2026, 7, 30), Custody.HELD, Extended("ten_years"))

    assert "须先经前一次延长（案情复杂" in refused.value.zh
    assert not LATIN.search(refused.value.zh)
    assert "ten_years" not in refused.value.en


def test_months_that_nobody_granted_are_refused_in_words() -> None:
    with pytest.raises(ImpossibleError) as refused:
        counted("C01", date(2026, 7, 30), Custody.HELD, ExtensionStated("complex_case"))

    assert refused.value.problem is Problem.ONLY_GRANTED
    assert "须经批准" in refused.value.zh
    assert "刑诉法156条" in refused.value.zh


def test_units_are_written_with_the_right_number() -> None:
    one = counted("A12", datetime(2026, 9, 7, 9, tzinfo=CHINA_TIME), Custody.HELD)

    assert "48 hours" in explained_en(one)
    assert "3 working days" in explained_en(counted("R08", date(2026, 9, 7), Custody.HELD))
    assert {unit.value for unit in Unit} >= {"hours", "days", "months", "working_days"}
    assert rule_of("R08", date(2026, 9, 7)).period is not None
