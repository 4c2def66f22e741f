"""What cannot be: why a calculation is refused, in words and with the article."""

from collections.abc import Mapping
from enum import StrEnum

from services.deadlines.engine.arithmetic import Unit
from services.deadlines.engine.articles import Article, cited_en, cited_zh
from services.deadlines.engine.reasons import REASONS
from services.deadlines.engine.rules import Extension
from services.deadlines.engine.steps import UNIT_WORDS


class Problem(StrEnum):
    """Why a period cannot be counted as asked."""

    RULE_UNKNOWN = "rule_unknown"
    RULE_ENDED = "rule_ended"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    INSTANT_NEEDED = "instant_needed"
    INSTANT_WITHOUT_OFFSET = "instant_without_offset"
    EVENT_OUT_OF_ORDER = "event_out_of_order"
    RESTART_NOT_KNOWN = "restart_not_known"
    GROUND_UNKNOWN = "ground_unknown"
    EXTENDED_BEFORE = "extended_before"
    EXTENSION_OUT_OF_ORDER = "extension_out_of_order"
    NO_FURTHER_EXTENSION = "no_further_extension"
    ONLY_GRANTED = "only_granted"
    LENGTH_OUT_OF_RANGE = "length_out_of_range"
    EXTENSION_AFTER_EXPIRY = "extension_after_expiry"
    EXCLUDED_AFTER_EXPIRY = "excluded_after_expiry"
    EXCLUDED_TWICE = "excluded_twice"
    TRAVEL_IN_CUSTODY = "travel_in_custody"
    NOT_A_MEASURE = "not_a_measure"
    NOT_IN_HOURS = "not_in_hours"
    NOTHING_TO_CHANGE = "nothing_to_change"
    DAYS_OUT_OF_RANGE = "days_out_of_range"
    TIME_USED_UP = "time_used_up"
    NEVER_STANDS_STILL = "never_stands_still"
    LENGTH_NEEDED = "length_needed"
    NOT_SUSPENDED = "not_suspended"
    NOT_YET = "not_yet"
    EVENT_UNREADABLE = "event_unreadable"
    DATE_UNREADABLE = "date_unreadable"
    CUSTODY_UNREADABLE = "custody_unreadable"


WORDS: Mapping[Problem, tuple[str, str]] = {
    Problem.RULE_UNKNOWN: ("期限表中没有编号{rule}。", "The table knows no rule {rule}."),
    Problem.RULE_ENDED: (
        "起算之日，规则{rule}已经失效，没有接续的规则。",
        "On the day it would begin, rule {rule} no longer holds and none has taken its place.",
    ),
    Problem.DATE_OUT_OF_RANGE: (
        "日期{day}不在可计算的范围内（{first}至{last}）。",
        "{day} lies outside the days that can be counted ({first} to {last}).",
    ),
    Problem.INSTANT_NEEDED: (
        "规则{rule}以小时计算，起算须为带时区的时刻，如2026-09-07T09:20+08:00。",
        (
            "Rule {rule} is counted in hours: give an instant with its offset, such as "
            "2026-09-07T09:20+08:00."
        ),
    ),
    Problem.INSTANT_WITHOUT_OFFSET: (
        "时刻须带时区，如2026-09-07T09:20+08:00。",
        "An instant needs its offset, such as 2026-09-07T09:20+08:00.",
    ),
    Problem.EVENT_OUT_OF_ORDER: (
        "{day}发生的事项与起算日或者其他事项的先后不符。",
        "What happened on {day} cannot come in that order.",
    ),
    Problem.RESTART_NOT_KNOWN: (
        "规则{rule}的期限不因此重新计算（{reason}）。",
        "Rule {rule} does not begin again for that reason ({reason}).",
    ),
    Problem.GROUND_UNKNOWN: (
        "规则{rule}没有这一延长事由：{ground}。",
        "Rule {rule} knows no such ground of extension: {ground}.",
    ),
    Problem.EXTENDED_BEFORE: (
        "本次计算的期限已因同一事由延长，不得再次延长（{ground}）。",
        "It was extended on that ground before in this round, and may not be again ({ground}).",
    ),
    Problem.EXTENSION_OUT_OF_ORDER: (
        "须先经前一次延长（{first}），方可再次延长（{ground}）。",
        "The extension before it comes first ({first}), and only then this one ({ground}).",
    ),
    Problem.NO_FURTHER_EXTENSION: (
        "规则{rule}不得再延长：法律规定的延长共{known}次。",
        "Rule {rule} cannot be extended further: the number the law allows is {known}.",
    ),
    Problem.ONLY_GRANTED: (
        "这一延长须经批准，仅提出事由不改变期限（{ground}）。",
        "This extension has to be granted: to state its ground moves nothing ({ground}).",
    ),
    Problem.LENGTH_OUT_OF_RANGE: (
        "延长的长度至少{least}{unit}、至多{most}{unit}（{ground}）。",
        "The extension is at least {least} and at most {most} {unit} ({ground}).",
    ),
    Problem.EXTENSION_AFTER_EXPIRY: (
        "期限已于{ended_on}届满，届满后提请或者批准延长的，不予受理。",
        "The period ended on {ended_on}: an extension asked for or granted later is not taken.",
    ),
    Problem.EXCLUDED_AFTER_EXPIRY: (
        "期限已于{ended_on}届满，{day}起的期间无从扣除。",
        "The period ended on {ended_on}: days from {day} on cannot be left out of it.",
    ),
    Problem.EXCLUDED_TWICE: (
        "{day}起的期间与此前不计入的期间重叠。",
        "The days from {day} on overlap with days that are left out already.",
    ),
    Problem.TRAVEL_IN_CUSTODY: (
        "羁押、强制措施的期限不因路途时间延长（{rule}）。",
        "Travel never lengthens custody or a measure ({rule}).",
    ),
    Problem.NOT_A_MEASURE: (
        "只有取保候审、监视居住期限累计已用日数（{rule}）。",
        "Only bail and residential surveillance take off days used before ({rule}).",
    ),
    Problem.NOT_IN_HOURS: (
        "以小时计算的期限不适用这一事项（{rule}）。",
        "That cannot happen to a period counted in hours ({rule}).",
    ),
    Problem.NOTHING_TO_CHANGE: (
        "规则{rule}没有可以改变的期限。",
        "Rule {rule} has no period that this could change.",
    ),
    Problem.LENGTH_NEEDED: (
        "法律规定了延长的幅度，须写明延长的长度（{least}至{most}，{rule}）。",
        "The law gives a range: say how long the extension is ({least} to {most}, {rule}).",
    ),
    Problem.NOT_SUSPENDED: (
        "该期限并未停止计算（{rule}）。",
        "No day of this period is being left out ({rule}).",
    ),
    Problem.NOT_YET: (
        "{day}尚未到来，不能登记未发生的事项。",
        "{day} has not come yet: what has not happened cannot be entered.",
    ),
    Problem.EVENT_UNREADABLE: (
        "无法识别的事项（{kind}）。",
        "Not an event that can be read ({kind}).",
    ),
    Problem.DATE_UNREADABLE: (
        "无法识别的日期：{text}。",
        "Neither a day nor an instant: {text}.",
    ),
    Problem.CUSTODY_UNREADABLE: (
        "无法识别的羁押状态：{text}。",
        "Not a state of custody: {text}.",
    ),
    Problem.DAYS_OUT_OF_RANGE: (
        "日数须在1至{most}之间。",
        "The number of days has to be between 1 and {most}.",
    ),
    Problem.NEVER_STANDS_STILL: (
        "规则{rule}的期限不因{reason}扣除日数。",
        "No days of {reason} are left out of rule {rule}.",
    ),
    Problem.TIME_USED_UP: (
        "同一机关的期限已经用完（{rule}）。",
        "This organ has used its time up ({rule}).",
    ),
}


class ImpossibleError(ValueError):
    """A period cannot be counted as asked; `problem` is the code, `zh` and `en` say why."""

    def __init__(
        self, problem: Problem, articles: tuple[Article, ...] = (), **details: object
    ) -> None:
        super().__init__(problem, articles, details)
        self.problem = problem
        self.articles = articles
        self.details = details

    def __str__(self) -> str:
        return self.en

    @property
    def zh(self) -> str:
        """Why, in Chinese, with the article."""
        cited = f"（{cited_zh(self.articles)}）" if self.articles else ""
        return f"{self._said(0).removesuffix('。')}{cited}。"

    @property
    def en(self) -> str:
        """Why, in English, with the article."""
        cited = f" ({cited_en(self.articles)})" if self.articles else ""
        return f"{self._said(1).removesuffix('.')}{cited}."

    def _said(self, language: int) -> str:
        details = {name: _named(detail, language) for name, detail in self.details.items()}
        return WORDS[self.problem][language].format(**details)


def _named(detail: object, language: int) -> object:
    """Codes are written as people call them; days, numbers and what was typed stay as they are."""
    if isinstance(detail, Extension):
        return (detail.zh, detail.en)[language]
    if isinstance(detail, Unit):
        return UNIT_WORDS[detail][0 if language == 0 else 2]
    if isinstance(detail, str) and detail in REASONS:
        return REASONS[detail][language]
    return detail
