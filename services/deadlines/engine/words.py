"""The steps of a calculation in the words that people read, Chinese and English.

A phrase names the day it leads to, then which of the two dates that is where they differ, then
the article. Chinese leaves out the year in which the period began.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter

from services.deadlines.engine.arithmetic import CHINA_TIME, Custody, Unit, statutory_day
from services.deadlines.engine.articles import cited_en, cited_zh
from services.deadlines.engine.calculation import Calculation, Flag
from services.deadlines.engine.reasons import REASONS
from services.deadlines.engine.rules import Extension, Rule
from services.deadlines.engine.steps import UNIT_WORDS, Reading, Step, StepCode
from services.deadlines.engine.table import ROWS

PHRASES: Mapping[StepCode, tuple[str, str]] = {
    StepCode.START_NOT_COUNTED: (
        "{trigger}之日（{on}）不计入",
        "the day of {trigger} ({on}) is not counted",
    ),
    StepCode.HOURS_BEGIN: ("自{trigger}时（{at}）起算", "counted from {trigger} ({at})"),
    StepCode.RESTARTED: (
        "{reason}，自{on}起重新计算，该日不计入",
        "{reason}: counted anew from {on}, that day not included",
    ),
    StepCode.AT_ONCE: (
        "应当立即（及时）办理，法律未规定期限",
        "to be done at once: the law gives no length",
    ),
    StepCode.SAME_DAY: ("应当在当日（{on}）办理", "to be done on the same day, {on}"),
    StepCode.NO_DATE: (
        "是对办案步骤的限制，没有届满日",
        "a limit on a step, without a last day of its own",
    ),
    StepCode.HOURS_ADDED: ("{hours}，至{at}", "{hours}, until {at}"),
    StepCode.RUNNING_HOUR_NOT_COUNTED: (
        "开始的时不计入，外限至{at}",
        "the running hour is not counted: the outer limit is {at}",
    ),
    StepCode.DAYS_ADDED: ("{days}，至{on}", "{days}, until {on}"),
    StepCode.HALF_MONTH_IS_FIFTEEN_DAYS: (
        "半个月按15日计算（共{length}个半月），至{on}",
        "{half_months} of fifteen days each, until {on}",
    ),
    StepCode.SAME_DAY_OF_MONTH: ("{months}至{on}", "{months}, until {on}"),
    StepCode.MONTH_END_TO_MONTH_END: (
        "起算日为月末，{months}至月末{on}",
        "from a month's last day, {months} to a month's last day, {on}",
    ),
    StepCode.NO_SUCH_DAY_IN_MONTH: (
        "届满之月无同日，{months}至月末{on}",
        "{months}: that month has no such day, so until its last, {on}",
    ),
    StepCode.WORKING_DAYS_ADDED: ("{working_days}，至{on}", "{working_days}, until {on}"),
    StepCode.DAYS_BACK: ("自{from_on}向前倒计{days}，为{on}", "{days} back from {from_on}: {on}"),
    StepCode.WORKING_DAYS_BACK: (
        "自{from_on}向前倒计{working_days}，为{on}",
        "{working_days} back from {from_on}: {on}",
    ),
    StepCode.UNTIL_EVENT: (
        "至迟在{trigger}（{on}）之前，外限为该日",
        "at the latest before {trigger} ({on}), which is the outer limit",
    ),
    StepCode.EXTENDED_HOURS: ("{ground}共{hours}，至{at}", "{ground}{hours} in all, until {at}"),
    StepCode.EXTENDED_DAYS: (
        "{ground}自{from_on}（未顺延）起连续计算{days}，至{on}",
        "{ground}{days} running on from {from_on}, the end before any roll, until {on}",
    ),
    StepCode.EXTENDED_MONTHS: (
        "{ground}自{from_on}起连续计算{months}至{on}",
        "{ground}{months} running on from {from_on}, until {on}",
    ),
    StepCode.IN_ONE_GO: (
        "{ground}自{from_on}起一次计算{months}至{on}",
        "{ground}{months} in one go from {from_on}, until {on}",
    ),
    StepCode.RANGE_TAKEN_WHOLE: (
        "{ground}未写明延长的长度，按上限{amount}计算",
        "{ground}no length was given, so the whole {amount} are taken",
    ),
    StepCode.REQUESTED_LATE: (
        "{on}提请延长，迟于届满前{days}，仍应受理，注明迟延",
        "asked for on {on}, less than {days} before the end: taken, and marked late",
    ),
    StepCode.STATED_DAYS: (
        "{ground}仅由提请机关提出，应办日不变，外限另加{days}，至{on}",
        "{ground}only stated, so the day to keep stays; the outer limit is {days} later, {on}",
    ),
    StepCode.COUNTED_FROM_DECISION: (
        "自决定强制措施之日（{on}）起算",
        "counted from the decision on the measure ({on})",
    ),
    StepCode.DAYS_NOT_COUNTED: (
        "{reason}期间{days}不计入，推至{on}",
        "{days} of {reason} not counted, so until {on}",
    ),
    StepCode.STILL_NOT_COUNTED: (
        "{reason}期间自{on}起不计入，尚未结束",
        "{reason}: days from {on} on are not counted, and it still lasts",
    ),
    StepCode.TRAVEL_NOT_COUNTED: (
        "路途{days}不计入，推至{on}",
        "{days} of travel not counted, so until {on}",
    ),
    StepCode.DAYS_USED: (
        "同一机关此前已用{days}，累计扣减，至{on}",
        "{days} used before by the same organ taken off, so until {on}",
    ),
    StepCode.WARNED_FROM: (
        "月末的计算系比照审判解释，自{on}起即予警示",
        "month ends follow the courts' interpretation by analogy: warned from {on}",
    ),
    StepCode.LAST_DAY_OFF: ("最后一日（{on}）为节假日", "the last day, {on}, is a day off"),
    StepCode.ROLLED: (
        "未在押，顺延至节假日后的第一日{on}",
        "not in custody: the first working day after it, {on}",
    ),
    StepCode.HELD_NOT_ROLLED: ("在押，不顺延", "in custody: it does not move"),
    StepCode.OUTER_LIMIT_ROLLED: (
        "{state}应办日不顺延，外限顺延至{on}",
        "{state}the day to keep does not move; the outer limit does, to {on}",
    ),
    StepCode.MEASURE_NOT_ROLLED: (
        "强制措施类期限从严计算，不顺延",
        "a limit on liberty, strictly counted: it does not move",
    ),
    StepCode.UNKNOWN_TAKEN_AS_HELD: (
        "是否在押不明，按在押计算",
        "custody is unknown: taken as held",
    ),
    StepCode.ELSEWHERE_TAKEN_AS_HELD: (
        "因他案在押、被留置或者正在服刑，按在押计算",
        "held in another matter: taken as held",
    ),
    StepCode.DESIGNATED_RESIDENCE_AS_LIBERTY: (
        "指定居所监视居住不属于在押，从严计算",
        "a designated residence is not custody, but is counted strictly",
    ),
    StepCode.HELD_IN_BETWEEN: (
        "在届满日与顺延日之间（{on}）被羁押，不得顺延",
        "taken into custody on {on}, before the rolled day: it may not move",
    ),
    StepCode.RELEASED_ON_LAST_DAY: (
        "恰在最后一日（{on}）解除羁押，从严计算",
        "released on the very last day, {on}: strictly counted",
    ),
    StepCode.CALENDAR_INCOMPLETE: (
        "截至{on}的放假安排尚未全部公布，日期暂定",
        "the days off up to {on} have not all been announced: provisional",
    ),
    StepCode.BEFORE_THE_TEXT: (
        "起算日早于所核对条文的施行日（{on}），按该条文计算，此前条文未核对",
        (
            "it begins before the text that was read applies ({on}): counted under that text; "
            "the one before it was not read"
        ),
    ),
}
"""What each step says. `ground` and `state` bring their own colon or comma, or are empty."""

FLAGS: Mapping[Flag, tuple[str, str]] = {
    Flag.REQUESTED_LATE: ("提请延长迟延", "the extension was asked for late"),
    Flag.TAKEN_AFTER_EXPIRY: (
        "按现已查明的情况，此前登记的事项发生在期限届满之后",
        "as is known now, something that was taken came after the period had ended",
    ),
    Flag.RANGE_TAKEN_WHOLE: (
        "未写明延长的长度，按上限计算",
        "an extension without a length was taken whole",
    ),
    Flag.STILL_NOT_COUNTED: (
        "不计入的期间尚未结束，届满日未定",
        "days are still being left out: the end is not settled",
    ),
    Flag.BEFORE_THE_TEXT: (
        "起算日早于所核对条文的施行日",
        "it begins before the text that was read applies",
    ),
}
"""What each mark says that stands beside a date."""

CUSTODY: Mapping[Custody, tuple[str, str]] = {
    Custody.HELD: ("在押", "in custody"),
    Custody.AT_LIBERTY: ("未在押", "not in custody"),
    Custody.UNKNOWN: ("是否在押不明，按在押计算", "custody unknown, taken as held"),
    Custody.ELSEWHERE: (
        "因他案在押、被留置或者正在服刑，按在押计算",
        "held in another matter, taken as held",
    ),
    Custody.DESIGNATED_RESIDENCE: (
        "指定居所监视居住",
        "residential surveillance in a designated residence",
    ),
}
"""What each state of custody is called."""


def phrase_zh(step: Step, rule: Rule, year: int) -> str:
    """One step in Chinese, with its article; days of `year` are written without it."""
    said = _said(step, rule, _CHINESE, year)
    cited = f"（{cited_zh(step.articles)}）" if step.articles else ""
    return said + _reading(step, 0) + cited


def phrase_en(step: Step, rule: Rule) -> str:
    """One step in English, with its article."""
    cited = f" [{cited_en(step.articles)}]" if step.articles else ""
    return _said(step, rule, _ENGLISH) + _reading(step, 1) + cited


def explained_zh(calculation: Calculation) -> str:
    """The whole way in one Chinese line."""
    year = statutory_day(calculation.started).year
    return "；".join(phrase_zh(step, calculation.rule, year) for step in calculation.steps)


def explained_en(calculation: Calculation) -> str:
    """The whole way in one English line."""
    return "; ".join(phrase_en(step, calculation.rule) for step in calculation.steps)


def counted_zh(length: int, unit: Unit) -> str:
    """A length in Chinese: 15日, 2个月."""
    return f"{length}{UNIT_WORDS[unit][0]}"


def counted_en(length: int, unit: Unit) -> str:
    """A length in English: 1 month, 2 months."""
    return f"{length} {UNIT_WORDS[unit][1 if length == 1 else 2]}"


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How one of the two languages writes what a phrase names."""

    language: int
    day: Callable[[date, int], str]
    instant: Callable[[datetime, int], str]
    counted: Callable[[int, Unit], str]
    colon: str
    comma: str


def _day_zh(day: date, year: int) -> str:
    of_year = "" if day.year == year else f"{day.year}年"
    return f"{of_year}{day.month}月{day.day}日"


def _instant_zh(at: datetime, year: int) -> str:
    there = at.astimezone(CHINA_TIME)
    minutes = f"{there.minute}分" if there.minute else ""
    return f"{_day_zh(there.date(), year)}{there.hour}时{minutes}"


_CHINESE = _Tongue(0, _day_zh, _instant_zh, counted_zh, "：", "，")
_ENGLISH = _Tongue(
    1,
    lambda day, _: f"{day}",
    lambda at, _: f"{at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M} China time",
    counted_en,
    ": ",
    ": ",
)


def _trigger(_: Step, rule: Rule, tongue: _Tongue, __: int) -> str:
    return (rule.trigger.zh, rule.trigger.en)[tongue.language]


def _on(step: Step, _: Rule, tongue: _Tongue, year: int) -> str:
    return tongue.day(step.on, year) if step.on else ""


def _from_on(step: Step, _: Rule, tongue: _Tongue, year: int) -> str:
    return tongue.day(step.from_on, year) if step.from_on else ""


def _at(step: Step, _: Rule, tongue: _Tongue, year: int) -> str:
    return tongue.instant(step.at, year) if step.at else ""


def _length(step: Step, _: Rule, __: _Tongue, ___: int) -> str:
    return f"{step.length}"


def _reason(step: Step, _: Rule, tongue: _Tongue, __: int) -> str:
    return REASONS[step.detail][tongue.language]


def _ground(step: Step, rule: Rule, tongue: _Tongue, _: int) -> str:
    extension = _extension(step, rule)
    if extension is None:
        return ""
    return (extension.zh, extension.en)[tongue.language] + tongue.colon


def _state(step: Step, _: Rule, tongue: _Tongue, __: int) -> str:
    return CUSTODY[Custody(step.detail)][tongue.language] + tongue.comma if step.detail else ""


def _amount(step: Step, rule: Rule, tongue: _Tongue, _: int) -> str:
    extension = _extension(step, rule)
    unit = extension.unit if extension else Unit.DAYS
    return tongue.counted(step.length or 0, unit)


def _in(unit: Unit) -> "_Words":
    return lambda step, _, tongue, __: tongue.counted(step.length or 0, unit)


_Words = Callable[[Step, Rule, _Tongue, int], str]
_WORDS: Mapping[str, _Words] = {
    "trigger": _trigger,
    "on": _on,
    "from_on": _from_on,
    "at": _at,
    "length": _length,
    "reason": _reason,
    "ground": _ground,
    "state": _state,
    "amount": _amount,
    **{unit.value: _in(unit) for unit in Unit},
}
"""What may stand in a phrase, and how it is written."""

_Parts = list[tuple[str, _Words | None]]


def _parts(phrase: str) -> _Parts:
    """The phrase, taken apart once: text, and what stands after it."""
    return [
        (text, None if name is None else _WORDS[name])
        for text, name, _, _ in Formatter().parse(phrase)
    ]


_TAKEN_APART: Mapping[StepCode, tuple[_Parts, _Parts]] = {
    code: (_parts(zh), _parts(en)) for code, (zh, en) in PHRASES.items()
}


def _said(step: Step, rule: Rule, tongue: _Tongue, year: int = 0) -> str:
    said = ""
    for text, words in _TAKEN_APART[step.code][tongue.language]:
        said += text
        if words is not None:
            said += words(step, rule, tongue, year)
    return said


def _extension(step: Step, rule: Rule) -> Extension | None:
    """The extension of the row, or of the row that is counted, whose ground the step names."""
    counted = rule if rule.base is None else ROWS[rule.base[0]][-1]
    for extension in counted.extensions:
        if extension.ground == step.detail:
            return extension
    return None


_READINGS = {
    Reading.BOTH: ("", ""),
    Reading.DUE: ("（应办日）", " (the day to keep)"),
    Reading.OUTER: ("（外限）", " (the outer limit)"),
}
_SAY_THEMSELVES = frozenset(
    {
        StepCode.RUNNING_HOUR_NOT_COUNTED,
        StepCode.OUTER_LIMIT_ROLLED,
        StepCode.STATED_DAYS,
        StepCode.UNTIL_EVENT,
        StepCode.MEASURE_NOT_ROLLED,
    }
)
"""Steps whose words say by themselves which of the two dates they lead to."""


def _reading(step: Step, language: int) -> str:
    return "" if step.code in _SAY_THEMSELVES else _READINGS[step.reading][language]
