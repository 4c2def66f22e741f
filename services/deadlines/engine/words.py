"""The steps of a calculation in the words that people read, Chinese and English."""

from collections.abc import Mapping
from datetime import date, datetime

from services.deadlines.engine.arithmetic import CHINA_TIME
from services.deadlines.engine.articles import cited_en, cited_zh
from services.deadlines.engine.calculation import Calculation
from services.deadlines.engine.events import ExclusionReason
from services.deadlines.engine.rules import RestartReason, Rule
from services.deadlines.engine.steps import Reading, Step, StepCode
from services.deadlines.engine.table import ROWS

PHRASES: Mapping[StepCode, tuple[str, str]] = {
    StepCode.START_NOT_COUNTED: (
        "{trigger}之日（{on}）不计入",
        "the day of {trigger} ({on}) is not counted",
    ),
    StepCode.HOURS_BEGIN: ("自{trigger}时（{at}）起计算", "counted from {trigger} ({at})"),
    StepCode.RESTARTED: ("{detail}，自{on}起重新计算", "{detail}: counted anew from {on}"),
    StepCode.AT_ONCE: (
        "应当立即（及时）办理，法律未规定期间",
        "to be done at once: the law gives no length",
    ),
    StepCode.SAME_DAY: ("应当在当日（{on}）办理", "to be done on the same day, {on}"),
    StepCode.NO_DATE: (
        "属于对步骤的限制，本身没有日期",
        "a limit on a step, without a date of its own",
    ),
    StepCode.HOURS_ADDED: ("{length}小时，至{at}", "{length} hours, until {at}"),
    StepCode.RUNNING_HOUR_NOT_COUNTED: (
        "开始的时不计入，外限至{at}",
        "the running hour is not counted: the outer limit is {at}",
    ),
    StepCode.DAYS_ADDED: ("{length}日，至{on}", "{length} days, until {on}"),
    StepCode.HALF_MONTH_IS_FIFTEEN_DAYS: (
        "{length}个半月按每个十五日计算，至{on}",
        "{length} half month(s) of fifteen days, until {on}",
    ),
    StepCode.SAME_DAY_OF_MONTH: ("{length}个月，至{on}", "{length} month(s), until {on}"),
    StepCode.MONTH_END_TO_MONTH_END: (
        "起算日为当月最后一日，{length}个月至{on}（月末）",
        "from a month's last day, {length} month(s) end on a month's last day, {on}",
    ),
    StepCode.NO_SUCH_DAY_IN_MONTH: (
        "{length}个月后无同日，至月末{on}",
        "{length} month(s) on there is no such day: until the month's last, {on}",
    ),
    StepCode.WORKING_DAYS_ADDED: (
        "{length}个工作日，至{on}",
        "{length} working days, until {on}",
    ),
    StepCode.DAYS_BACK: (
        "自{from_on}向前{length}日，不晚于{on}",
        "{length} days back from {from_on}: no later than {on}",
    ),
    StepCode.WORKING_DAYS_BACK: (
        "自{from_on}向前{length}个工作日，不晚于{on}",
        "{length} working days back from {from_on}: no later than {on}",
    ),
    StepCode.UNTIL_EVENT: (
        "逾此日而在{on}届满前提出的，仍予受理并注明",
        "later, but before the end on {on}, it is still taken and marked",
    ),
    StepCode.EXTENDED_HOURS: (
        "{detail}：共{length}小时，至{at}",
        "{detail}: {length} hours in all, until {at}",
    ),
    StepCode.EXTENDED_DAYS: (
        "{detail}：自未顺延的届满日起连续计算{length}日，至{on}",
        "{detail}: {length} days more, from the unrolled end, until {on}",
    ),
    StepCode.EXTENDED_MONTHS: (
        "{detail}：自前一届满日起连续计算{length}个月，至{on}",
        "{detail}: {length} month(s) more, from the end before, until {on}",
    ),
    StepCode.IN_ONE_GO: (
        "自{from_on}一次计算共{length}个月，至{on}",
        "{length} months in one go from {from_on}: until {on}",
    ),
    StepCode.RANGE_TAKEN_WHOLE: (
        "未写明延长的日数，按上限{length}计算",
        "no length was given: the whole {length} are taken",
    ),
    StepCode.REQUESTED_LATE: (
        "{on}提请延长，晚于届满{length}日前，仍予受理并注明",
        "asked for on {on}, less than {length} days before the end: taken, and marked late",
    ),
    StepCode.STATED_DAYS: (
        "{detail}（仅由提请机关提出），外限另加{length}日，至{on}",
        "{detail} (only stated): the outer limit is {length} days later, {on}",
    ),
    StepCode.COUNTED_FROM_DECISION: (
        "自决定强制措施之日（{from_on}）计算{length}个月，至{on}",
        "{length} month(s) from the decision on the measure ({from_on}): until {on}",
    ),
    StepCode.DAYS_NOT_COUNTED: (
        "{detail}期间{length}日不计入，至{on}",
        "{length} days of {detail} are not counted: until {on}",
    ),
    StepCode.STILL_NOT_COUNTED: (
        "{detail}期间自{on}起不计入，尚未结束",
        "{detail}: days from {on} on are not counted, and it still lasts",
    ),
    StepCode.TRAVEL_NOT_COUNTED: (
        "路途{length}日不计入，至{on}",
        "{length} days of travel are not counted: until {on}",
    ),
    StepCode.DAYS_USED: (
        "同一机关已用{length}日，累计扣除，至{on}",
        "{length} days used before by the same organ are taken off: until {on}",
    ),
    StepCode.WARNED_FROM: ("自{on}起警示", "warned from {on}"),
    StepCode.LAST_DAY_OFF: ("最后一日{on}为节假日", "the last day, {on}, is a day off"),
    StepCode.ROLLED: (
        "未在押，顺延至节假日后第一日{on}",
        "not in custody: the first working day after it, {on}",
    ),
    StepCode.HELD_NOT_ROLLED: ("在押，不顺延", "in custody: it does not move"),
    StepCode.OUTER_LIMIT_ROLLED: (
        "应办日不顺延，外限至{on}",
        "the day to keep does not move; the outer limit is {on}",
    ),
    StepCode.MEASURE_NOT_ROLLED: (
        "强制措施（考验）期限不顺延",
        "a limit on liberty does not move",
    ),
    StepCode.UNKNOWN_TAKEN_AS_HELD: (
        "是否在押不明，按在押计算",
        "custody is unknown: taken as held",
    ),
    StepCode.ELSEWHERE_TAKEN_AS_HELD: (
        "因他案在押、留置或者服刑，按在押计算",
        "held elsewhere: taken as held",
    ),
    StepCode.DESIGNATED_RESIDENCE_AS_LIBERTY: (
        "指定居所监视居住，应办日不顺延",
        "designated residence: the day to keep does not move",
    ),
    StepCode.HELD_IN_BETWEEN: (
        "届满日与顺延日之间（{on}）被羁押，不得顺延",
        "held again on {on}, before the rolled day: it may not move",
    ),
    StepCode.RELEASED_ON_LAST_DAY: (
        "恰在最后一日（{on}）解除羁押，应办日不顺延",
        "released on the very last day, {on}: the day to keep does not move",
    ),
    StepCode.CALENDAR_INCOMPLETE: (
        "该日的放假通知尚未公布，暂定",
        "the notice for that day has not been announced: provisional",
    ),
    StepCode.BEFORE_THE_TEXT: (
        "起算日早于所依据文本施行之日（{on}），按最早的规定计算，未核对此前条文",
        (
            "it begins before the text came into force ({on}): counted under the oldest row, and "
            "the text before it was not read"
        ),
    ),
}

DETAILS: Mapping[str, tuple[str, str]] = {
    RestartReason.JURISDICTION_CHANGED: ("改变管辖", "the jurisdiction changed"),
    RestartReason.NEW_CRIME: ("发现另有重要罪行", "another important crime was discovered"),
    RestartReason.IDENTITY_ESTABLISHED: ("查清身份", "the identity was established"),
    RestartReason.NEW_ORGAN: ("移送下一机关重新决定", "the next organ decided anew"),
    ExclusionReason.PSYCHIATRIC_EVALUATION: ("精神病鉴定", "a psychiatric evaluation"),
    ExclusionReason.RETENTION: (
        "留置案件决定强制措施",
        "deciding the measure in a retention case",
    ),
}
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


def phrase_zh(step: Step, rule: Rule, year: int) -> str:
    """One step in Chinese, with its article; days of `year` are written without it."""
    said = PHRASES[step.code][0].format(
        trigger=rule.trigger.zh,
        on=_day_zh(step.on, year),
        from_on=_day_zh(step.from_on, year),
        at=_instant(step.at),
        length=step.length,
        detail=_detail(step, rule, 0),
    )
    cited = f"（{cited_zh(step.articles)}）" if step.articles else ""
    return said + _reading(step, 0) + cited


def phrase_en(step: Step, rule: Rule) -> str:
    """One step in English, with its article."""
    said = PHRASES[step.code][1].format(
        trigger=rule.trigger.en,
        on=step.on,
        from_on=step.from_on,
        at=_instant(step.at),
        length=step.length,
        detail=_detail(step, rule, 1),
    )
    cited = f" [{cited_en(step.articles)}]" if step.articles else ""
    return said + _reading(step, 1) + cited


def explained_zh(calculation: Calculation) -> str:
    """The whole way in one Chinese line."""
    year = calculation.started.year
    return "；".join(phrase_zh(step, calculation.rule, year) for step in calculation.steps)


def explained_en(calculation: Calculation) -> str:
    """The whole way in one English line."""
    return "; ".join(phrase_en(step, calculation.rule) for step in calculation.steps)


def _detail(step: Step, rule: Rule, language: int) -> str:
    if step.detail in DETAILS:
        return DETAILS[step.detail][language]
    counted = rule if rule.base is None else ROWS[rule.base[0]][-1]
    for extension in counted.extensions:
        if extension.ground == step.detail:
            return (extension.zh, extension.en)[language]
    return step.detail


def _reading(step: Step, language: int) -> str:
    return "" if step.code in _SAY_THEMSELVES else _READINGS[step.reading][language]


def _day_zh(day: date | None, year: int) -> str:
    if day is None:
        return ""
    of_year = "" if day.year == year else f"{day.year}年"
    return f"{of_year}{day.month}月{day.day}日"


def _instant(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"
