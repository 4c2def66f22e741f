"""Where the texts leave two readings, or none: what is chosen here.

Every interpretive choice of this package has a name and stands on this page. The rule of all of
them: what is kept is the cautious reading, and nothing that the text only calls general is
refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.sentencing.articles import Article


class SentencingChoice(StrEnum):
    """A question of sentencing that the texts leave open."""

    WIDTH_CLASS = "width_class"
    WIDTH_GENERAL = "width_general"
    MONTH_OF_THIRTY_DAYS = "month_of_thirty_days"
    MERGED_DEPRIVATION = "merged_deprivation"
    PROBATION_OF_A_RANGE = "probation_of_a_range"
    EXPEDITED_RANGE = "expedited_range"
    EXPEDITED_AGE = "expedited_age"
    EXPEDITED_TOGETHER = "expedited_together"
    DUTY_LAWYER_REMOTE = "duty_lawyer_remote"
    DIFFERENT_KINDS = "different_kinds"


@dataclass(frozen=True, slots=True)
class Reading:
    """The question, what is kept, and the articles that leave it open."""

    zh: str
    en: str
    kept_zh: str
    kept_en: str
    basis: tuple[Article, ...]


CHOICES: Mapping[SentencingChoice, Reading] = {
    SentencingChoice.WIDTH_CLASS: Reading(
        "量刑建议的幅度跨两档时适用哪一档的宽度",
        "Which width holds for a range that straddles two classes?",
        "适用下限所在档（较窄的宽度）；各档含下限、不含上限（“以上不满”）",
        "that of the lower end, the narrower; a class holds its lower bound and not its upper",
        (Article("SENT-2021", 13),),
    ),
    SentencingChoice.WIDTH_GENERAL: Reading(
        "幅度超出“一般不超过”的宽度是否禁止",
        "Is a range wider than it generally should be barred?",
        "提示并要求说明理由，不禁止",
        "shown, with a reason asked for; never refused",
        (Article("SENT-2021", 13),),
    ),
    SentencingChoice.MONTH_OF_THIRTY_DAYS: Reading(
        "刑期相减、相加时一个月按几日计算",
        "How many days is a month when terms are added or subtracted?",
        "三十日，仅用于比较，不用于计算刑满之日",
        "thirty, to compare only, never to fix the day a sentence ends",
        (Article("CL", 69, 1),),
    ),
    SentencingChoice.MERGED_DEPRIVATION: Reading(
        "数罪并罚时剥夺政治权利合并执行有无上限",
        "Has deprivation of political rights an upper bound when several are merged?",
        "不设上限，下限仍为一年",
        "none; one year remains the least",
        (Article("CL", 55, 1), Article("CL", 69, 3)),
    ),
    SentencingChoice.PROBATION_OF_A_RANGE: Reading(
        "幅度刑建议适用缓刑的，考验期以哪一端的刑期为下限",
        "Which end of a range is the least probation?",
        "两端均须符合，即以上限为准",
        "both ends have to allow it, so the upper",
        (Article("CL", 73), Article("RULES", 275)),
    ),
    SentencingChoice.EXPEDITED_RANGE: Reading(
        "可能判处的刑罚为幅度的，以哪一端判断三年、一年",
        "Which end of a likely range is measured against three years and one year?",
        "上限",
        "the upper",
        (Article("CPL", 172, 1), Article("CPL", 222, 1)),
    ),
    SentencingChoice.EXPEDITED_AGE: Reading(
        "行为时未成年、现已成年的，是否排除速裁程序",
        "Is one who was a minor at the act and is an adult now excluded from the expedited track?",
        "现为未成年人的排除；行为时未成年的提示审慎适用，不禁止",
        "a minor now is excluded; a minor at the act is shown, not barred",
        (Article("CPL", 223), Article("RULES", 438)),
    ),
    SentencingChoice.EXPEDITED_TOGETHER: Reading(
        "同案部分被告人不符合条件的，其他人能否适用速裁程序",
        "May co-defendants be tried on the expedited track if one of them may not?",
        "全案排除；须先分案处理",
        "no: the whole case is excluded unless it is split first",
        (Article("CPL", 223), Article("RULES", 438)),
    ),
    SentencingChoice.DUTY_LAWYER_REMOTE: Reading(
        "值班律师能否以远程视频方式见证具结",
        "May a duty lawyer witness a plea statement by remote video?",
        "只有辩护人因客观原因无法到场时可以；值班律师须到场",
        "only a defender kept away by an objective cause may; a duty lawyer has to be there",
        (Article("SENT-2021", 27),),
    ),
    SentencingChoice.DIFFERENT_KINDS: Reading(
        "判处的主刑种类与建议不同的，相差多少",
        "How far apart are two different main penalties?",
        "只分轻重（依刑法三十三条的次序），不折算刑期",
        "only lighter or heavier, in the order of the law; no conversion of terms",
        (Article("CL", 33),),
    ),
}
"""The only place where a reading is chosen."""
