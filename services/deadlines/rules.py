"""The table of statutory periods, as data: a lawyer can proofread it in `docs/deadlines.md`.

A change in the law is a new row with its date, never an edit: a period is counted under the
row in force on the day it begins. `effective_from` is the day from which the text that was
read applies; an older text may have said the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from services.deadlines.arithmetic import (
    Calendar,
    Computed,
    Custody,
    Period,
    PeriodClass,
    Unit,
    compute,
    statutory_day,
)


class Kind(StrEnum):
    """What sort of rule on time it is."""

    DEADLINE = "deadline"
    """Something is to be done within a length of time."""
    IMMEDIATE = "immediate"
    """Something is to be done at once; the law gives no length."""
    THRESHOLD = "threshold"
    """Once the time has passed, somebody else has to act."""
    BACKWARD = "backward"
    """Counted back from an event that lies ahead."""
    GUARD = "guard"
    """A limit on a step, without a date of its own."""


class Trigger(StrEnum):
    """The event with which a period begins."""

    DETENTION_EXECUTED = "detention_executed"
    ARREST_REQUEST_RECEIVED = "arrest_request_received"
    ARREST_APPROVAL_RECEIVED = "arrest_approval_received"
    ARREST_EXECUTED = "arrest_executed"
    NON_ARREST_RECEIVED = "non_arrest_received"


class Organ(StrEnum):
    """Whom a period binds; RULES 613 routes its supervision by this."""

    POLICE = "police"
    PROCURATORATE = "procuratorate"


SOURCES: Mapping[str, tuple[str, str]] = {
    "CPL": ("刑诉法", "中华人民共和国刑事诉讼法（2018年修正）"),
    "RULES": ("刑诉规则", "人民检察院刑事诉讼规则（高检发释字〔2019〕4号）"),
    "MPS": ("公安程序规定", "公安机关办理刑事案件程序规定（2020年修正）"),
    "SPC-I": ("高法解释", "最高人民法院关于适用《中华人民共和国刑事诉讼法》的解释（2021年）"),
    "EXT-2016": (
        "延长羁押期限规定",
        "人民检察院办理延长侦查羁押期限案件的规定（高检发侦监字〔2016〕9号）",
    ),
}
"""Key, short name, full name of each text that rows and steps cite."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a source, with its paragraph where one is meant."""

    source: str
    number: int
    paragraph: int | None = None

    @property
    def en(self) -> str:
        """As code and English prose cite it: `CPL 91¶3`."""
        return f"{self.source} {self.number}" + (f"¶{self.paragraph}" if self.paragraph else "")

    @property
    def zh(self) -> str:
        """As people cite it: 刑诉法91条3款."""
        paragraph = f"{self.paragraph}款" if self.paragraph else ""
        return f"{SOURCES[self.source][0]}{self.number}条{paragraph}"


@dataclass(frozen=True, slots=True)
class Extension:
    """A longer length that the law allows on a ground, counted from the same beginning."""

    ground: str
    up_to: int
    articles: tuple[Article, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table."""

    id: str
    kind: Kind
    trigger: Trigger
    binds: Organ
    period: Period | None
    articles: tuple[Article, ...]
    zh: str
    en: str
    effective_from: date
    effective_until: date | None = None
    """The first day on which the row no longer holds."""
    extensions: tuple[Extension, ...] = ()

    @property
    def article(self) -> str:
        """Every article the row rests on, in English citation."""
        return "; ".join(article.en for article in self.articles)

    @property
    def article_zh(self) -> str:
        """Every article the row rests on, in Chinese citation."""
        return "；".join(article.zh for article in self.articles)

    def holds_on(self, day: date) -> bool:
        """Is the row in force for a period that begins on `day`?"""
        ended = self.effective_until is not None and day >= self.effective_until
        return day >= self.effective_from and not ended

    def period_on(self, ground: str | None = None) -> Period | None:
        """The length that applies, the longer one where a `ground` of extension is given.

        Raises:
            UnknownGroundError: the row knows no such ground.
        """
        if ground is None:
            return self.period
        for extension in self.extensions:
            if extension.ground == ground and self.period is not None:
                return replace(self.period, length=extension.up_to)
        raise UnknownGroundError(self.id, ground)

    def ends(
        self, start: date, custody: Custody, calendar: Calendar, *, ground: str | None = None
    ) -> Computed | None:
        """When the period ends, if the law gives it a length at all.

        `start` is an aware instant, or a plain day for what is not counted in hours.

        Raises:
            UnknownGroundError: the row knows no such ground.
        """
        period = self.period_on(ground)
        return None if period is None else compute(period, start, custody, calendar)


class UnknownRuleError(KeyError):
    """No row of that id is in force on that day: a bug of the caller."""


class UnknownGroundError(KeyError):
    """The row knows no such ground of extension: a bug of the caller."""


MAJOR_OR_COMPLEX = "major_or_complex"
SPECIAL_CIRCUMSTANCES = "special_circumstances"

_CPL = date(2018, 10, 26)
_RULES = date(2019, 12, 30)
_MPS = date(2020, 9, 1)

TABLE: tuple[Rule, ...] = (
    Rule(
        id="D01",
        kind=Kind.DEADLINE,
        trigger=Trigger.DETENTION_EXECUTED,
        binds=Organ.POLICE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 85, 2),),
        zh="拘留后立即送看守所羁押，至迟不超过二十四小时",
        en="Deliver the detained person to the detention centre at once, within 24 hours at most",
        effective_from=_CPL,
    ),
    Rule(
        id="D02",
        kind=Kind.DEADLINE,
        trigger=Trigger.DETENTION_EXECUTED,
        binds=Organ.POLICE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 85, 2), Article("MPS", 127)),
        zh="拘留后二十四小时以内通知家属（无法通知，或者涉嫌危害国家安全犯罪、恐怖活动犯罪"
        "通知可能有碍侦查的除外；有碍侦查的情形消失后立即通知）",
        en="Notify the family within 24 hours, unless that is impossible or, in cases of state "
        "security or terrorism, would hinder the investigation",
        effective_from=_CPL,
    ),
    Rule(
        id="D03",
        kind=Kind.DEADLINE,
        trigger=Trigger.DETENTION_EXECUTED,
        binds=Organ.POLICE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 86), Article("MPS", 128)),
        zh="拘留后二十四小时以内讯问",
        en="Interrogate the detained person within 24 hours",
        effective_from=_CPL,
    ),
    Rule(
        id="D04",
        kind=Kind.DEADLINE,
        trigger=Trigger.DETENTION_EXECUTED,
        binds=Organ.POLICE,
        period=Period(3, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("CPL", 91, 1), Article("MPS", 129, 1)),
        zh="拘留后三日以内提请批准逮捕",
        en="Request approval of arrest within 3 days of detention",
        effective_from=_CPL,
        extensions=(
            Extension(
                SPECIAL_CIRCUMSTANCES,
                7,
                (Article("CPL", 91, 1), Article("MPS", 129, 1)),
                "特殊情况，经县级以上公安机关负责人批准，延长一日至四日",
                "special circumstances, 1 to 4 days more, approved by the head of a "
                "public-security organ at county level or above",
            ),
        ),
    ),
    Rule(
        id="D05",
        kind=Kind.DEADLINE,
        trigger=Trigger.DETENTION_EXECUTED,
        binds=Organ.POLICE,
        period=Period(30, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("CPL", 91, 2), Article("MPS", 129, 2)),
        zh="流窜作案、多次作案、结伙作案的重大嫌疑分子，经县级以上公安机关负责人批准，"
        "提请批准逮捕的时间延长至三十日",
        en="Major suspects of roaming, repeated or gang crime: request approval of arrest within "
        "30 days of detention, approved by the head of a public-security organ at county level "
        "or above",
        effective_from=_CPL,
    ),
    Rule(
        id="D06",
        kind=Kind.DEADLINE,
        trigger=Trigger.ARREST_REQUEST_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(7, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("CPL", 91, 3), Article("RULES", 282)),
        zh="犯罪嫌疑人已被拘留：收到提请批准逮捕书后七日以内作出是否批准逮捕的决定",
        en="Suspect detained: decide on the arrest within 7 days of receiving the request",
        effective_from=_CPL,
    ),
    Rule(
        id="D07",
        kind=Kind.DEADLINE,
        trigger=Trigger.ARREST_REQUEST_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(15, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 282),),
        zh="犯罪嫌疑人未被拘留：收到提请批准逮捕书后十五日以内作出是否批准逮捕的决定",
        en="Suspect not detained: decide on the arrest within 15 days of receiving the request",
        effective_from=_RULES,
        extensions=(
            Extension(
                MAJOR_OR_COMPLEX,
                20,
                (Article("RULES", 282),),
                "重大、复杂案件，不得超过二十日",
                "major or complex case, not more than 20 days",
            ),
        ),
    ),
    Rule(
        id="A01",
        kind=Kind.IMMEDIATE,
        trigger=Trigger.ARREST_APPROVAL_RECEIVED,
        binds=Organ.POLICE,
        period=None,
        articles=(Article("CPL", 90), Article("RULES", 286, 1), Article("MPS", 142)),
        zh="批准逮捕的决定由公安机关立即执行；未能执行的，及时将回执送达并写明原因",
        en="The police execute an approved arrest at once; if they cannot, the receipt says why",
        effective_from=_CPL,
    ),
    Rule(
        id="A02",
        kind=Kind.DEADLINE,
        trigger=Trigger.ARREST_EXECUTED,
        binds=Organ.POLICE,
        period=Period(3, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("MPS", 142),),
        zh="逮捕执行完毕后三日以内送达执行回执（未能执行的回执无此期限，应当及时送达）",
        en="Return the receipt within 3 days of completed execution (a receipt that the arrest "
        "could not be executed has no such period)",
        effective_from=_MPS,
    ),
    Rule(
        id="A03",
        kind=Kind.DEADLINE,
        trigger=Trigger.NON_ARREST_RECEIVED,
        binds=Organ.POLICE,
        period=Period(3, Unit.DAYS, PeriodClass.LIBERTY),
        articles=(Article("RULES", 286, 1), Article("CPL", 91, 3), Article("MPS", 140)),
        zh="收到不批准逮捕决定书后立即释放或者变更强制措施，三日以内送达执行回执",
        en="On receiving a refusal of arrest: release or change the measure at once, and return "
        "the receipt within 3 days",
        effective_from=_RULES,
    ),
    Rule(
        id="A06",
        kind=Kind.THRESHOLD,
        trigger=Trigger.NON_ARREST_RECEIVED,
        binds=Organ.POLICE,
        period=Period(15, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 287, 3),),
        zh="收到不批准逮捕决定书（没有犯罪事实、刑诉法第十六条情形，或者并非该犯罪嫌疑人所为、"
        "部分犯罪嫌疑人不负刑事责任）超过十五日，未要求复议、提请复核，也不撤销案件或者终止侦查的，"
        "检察院发出纠正违法通知书",
        en="More than 15 days after receiving a refusal of arrest (no crime, CPL 16, another "
        "person's act, or one of several not liable) with neither objection nor dismissal: the "
        "procuratorate issues a notice to correct",
        effective_from=_RULES,
    ),
    Rule(
        id="A07",
        kind=Kind.DEADLINE,
        trigger=Trigger.NON_ARREST_RECEIVED,
        binds=Organ.POLICE,
        period=Period(5, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("MPS", 141, 1),),
        zh="收到不批准逮捕决定书后五日以内要求复议",
        en="Ask for reconsideration within 5 days of receiving a refusal of arrest",
        effective_from=_MPS,
    ),
)


def rule_of(rule_id: str, on: date) -> Rule:
    """The row of that id in force for a period that begins `on` that day or instant.

    Raises:
        UnknownRuleError: there is none.
    """
    day = statutory_day(on)
    for rule in TABLE:
        if rule.id == rule_id and rule.holds_on(day):
            return rule
    raise UnknownRuleError(rule_id, day)


def request_rule(extended_to: str) -> tuple[str, str | None]:
    """The rule, and the ground, under which a detained person's arrest is to be requested.

    `extended_to` is what the police say of the detention: `none`, `seven_days`, `thirty_days`
    (CPL 91 paragraphs 1 and 2).
    """
    return _REQUEST_RULES[extended_to]


_REQUEST_RULES: Mapping[str, tuple[str, str | None]] = {
    "none": ("D04", None),
    "seven_days": ("D04", SPECIAL_CIRCUMSTANCES),
    "thirty_days": ("D05", None),
}


def request_due(detained_at: date, extended_to: str, calendar: Calendar) -> Computed:
    """The last day on which the police may request the arrest of a person they detained."""
    rule_id, ground = request_rule(extended_to)
    rule = rule_of(rule_id, detained_at)
    computed = rule.ends(detained_at, Custody.HELD, calendar, ground=ground)
    assert computed is not None  # noqa: S101  # D04 and D05 have a length
    return computed


def arrest_review_rule(custody: Custody, gravity: str | None = None) -> tuple[str, str | None]:
    """The rule, and the ground, under which an arrest request is to be decided (RULES 282).

    Seven days where the suspect has been detained in this case, or nobody has said otherwise;
    fifteen where not, twenty where `gravity` is `MAJOR_OR_COMPLEX`. Held elsewhere is not
    detained in this case: the length is that of D07, and caution keeps its end from moving.
    """
    if custody in {Custody.HELD, Custody.UNKNOWN}:
        return "D06", None
    return "D07", gravity
