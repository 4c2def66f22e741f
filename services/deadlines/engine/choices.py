"""Where the texts leave two readings, or none: what is chosen here, and what the other would give.

Every interpretive choice of the engine has a name and stands on this page. The rule of all of
them: the day to keep is the cautious one, and the latest day that the law can bear is computed
beside it wherever the other reading can be defended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.deadlines.engine.articles import Article, cited_en, cited_zh


class Choice(StrEnum):
    """A question that the texts leave open."""

    RUNNING_HOUR = "running_hour"
    MONTH_END = "month_end"
    CHAINED_MONTHS = "chained_months"
    EXTENSION_BASE = "extension_base"
    CUSTODY_EXCEPTION = "custody_exception"
    CUSTODY_UNKNOWN = "custody_unknown"
    CUSTODY_ELSEWHERE = "custody_elsewhere"
    DESIGNATED_RESIDENCE = "designated_residence"
    CUSTODY_CHANGED = "custody_changed"
    RELEASED_ON_LAST_DAY = "released_on_last_day"
    DAYS_OFF = "days_off"
    CALENDAR_UNKNOWN = "calendar_unknown"
    EVALUATION = "evaluation"
    NOTHING_ELSE_LEFT_OUT = "nothing_else_left_out"
    RETENTION = "retention"
    TRAVEL = "travel"
    MEASURE_NOT_ROLLED = "measure_not_rolled"
    MEASURE_ACCUMULATES = "measure_accumulates"
    RANGE_TAKEN_WHOLE = "range_taken_whole"
    GROUND_ONLY_STATED = "ground_only_stated"
    RECEIPT_OF_EXECUTION = "receipt_of_execution"
    INCOMPLETE_FILES = "incomplete_files"
    REVIEW_OF_HELD_ELSEWHERE = "review_of_held_elsewhere"
    RETURN_IN_TIME = "return_in_time"
    MONITORING_REPLY = "monitoring_reply"
    COUNTED_BACK = "counted_back"
    BEFORE_THE_TEXT = "before_the_text"


@dataclass(frozen=True, slots=True)
class Reading:
    """The question, what is kept, what the latest limit is, and where the question comes from."""

    zh: str
    en: str
    kept_zh: str
    kept_en: str
    outer_zh: str
    outer_en: str
    basis: tuple[Article, ...] = ()

    @property
    def basis_zh(self) -> str:
        """The articles that leave the question open, in Chinese citation."""
        return cited_zh(self.basis) or "—"

    @property
    def basis_en(self) -> str:
        """The articles that leave the question open, in English citation."""
        return cited_en(self.basis) or "—"


NONE_ZH, NONE_EN = "同应办日", "the same day"

CHOICES: Mapping[Choice, Reading] = {
    Choice.RUNNING_HOUR: Reading(
        "以小时计算的期间，开始的时不计入：自下一整点起算，还是自当时的分钟起算",
        "Hours: is the running hour left out, or does the period run from the minute?",
        "自当时的分钟起算",
        "from the minute",
        "自下一整点起算；传唤、拘传不适用",
        "from the next full hour; never for a summons",
        (Article("CPL", 105, 2), Article("RULES", 83)),
    ),
    Choice.MONTH_END: Reading(
        "起算日为月末的，审判解释的“月末至月末”是否适用于侦查、审查起诉",
        "Month end to month end: does the courts' rule hold before the procuratorate?",
        "适用；自届满月的同日（无同日的为月末）起即予警示",
        "it does, with a warning from the plain corresponding day",
        NONE_ZH,
        NONE_EN,
        (Article("SPC-I", 202, 1), Article("EXT-2016", 16)),
    ),
    Choice.CHAINED_MONTHS: Reading(
        "连续延长的月数：自起算日一次计算，还是自前一期限届满日逐段计算",
        "Months that extend one another: counted in one go or link by link?",
        "两种算法中较早的一日",
        "the earlier of the two",
        "两种算法中较晚的一日",
        "the later of the two",
        (Article("EXT-2016", 16),),
    ),
    Choice.EXTENSION_BASE: Reading(
        "前一期限因节假日顺延的，延长的期限自顺延日起，还是自未顺延的届满日起",
        "Is an extension counted from the rolled or the unrolled end?",
        "自未顺延的届满日起连续计算",
        "from the unrolled end",
        NONE_ZH,
        NONE_EN,
        (Article("EXT-2016", 16),),
    ),
    Choice.CUSTODY_EXCEPTION: Reading(
        "“在押期间不得因节假日而延长”，仅指羁押期限本身，还是指在押时的一切期限",
        "Does custody keep only custody periods from moving, or every period?",
        "在押的，一切期限均不顺延",
        "in custody no period moves",
        "羁押类以外的期限，为顺延日",
        "the rolled day, except for custody itself",
        (Article("CPL", 105, 4),),
    ),
    Choice.CUSTODY_UNKNOWN: Reading(
        "是否在押不明",
        "Nobody has said whether the person is in custody",
        "按在押计算",
        "taken as held",
        "按在押计算的外限",
        "the outer limit of a person held",
        (Article("CPL", 105, 4),),
    ),
    Choice.CUSTODY_ELSEWHERE: Reading(
        "因他案在押、被留置或者正在服刑",
        "Held in another case, in retention or serving a sentence",
        "按在押计算",
        "taken as held",
        "按在押计算的外限",
        "the outer limit of a person held",
        (Article("CPL", 105, 4),),
    ),
    Choice.DESIGNATED_RESIDENCE: Reading(
        "指定居所监视居住",
        "Residential surveillance in a designated residence",
        "不顺延",
        "the unrolled day",
        "顺延日",
        "the rolled day",
        (Article("CPL", 75), Article("CPL", 105, 4)),
    ),
    Choice.CUSTODY_CHANGED: Reading(
        "期限进行中羁押状态变化的，以何时的状态为准",
        "Custody changes while the period runs: which state decides?",
        "以最后一日的状态为准；最后一日与顺延日之间被羁押的，视为已于最后一日届满；届满后释放的，不再顺延",
        "the state on the last day; an arrest between it and the rolled day ends the period on "
        "the last day; a release after it moves nothing",
        NONE_ZH,
        NONE_EN,
        (Article("CPL", 105, 4),),
    ),
    Choice.RELEASED_ON_LAST_DAY: Reading(
        "恰在最后一日解除羁押",
        "Released on the very last day",
        "不顺延",
        "the unrolled day",
        "顺延日",
        "the rolled day",
        (Article("CPL", 105, 4),),
    ),
    Choice.DAYS_OFF: Reading(
        "“节假日”的范围",
        "What is a day off?",
        "周末和国务院办公厅通知的放假日；调休上班的周末为工作日",
        "weekends and the days of the yearly notice; a make-up working day is worked",
        NONE_ZH,
        NONE_EN,
        (Article("CPL", 105, 4),),
    ),
    Choice.CALENDAR_UNKNOWN: Reading(
        "尚未公布放假安排的日期",
        "A day whose notice has not been announced",
        "按周末和固定节日计算，标明“暂定”，通知公布后重算",
        "weekends and fixed days off, marked provisional, recomputed when the notice is loaded",
        NONE_ZH,
        NONE_EN,
        (Article("HOL-LAW", 2),),
    ),
    Choice.EVALUATION: Reading(
        "精神病鉴定、中止审理期间不计入的日数如何计算",
        "How many days of a psychiatric evaluation, or a suspended trial, are left out?",
        "扣除最少的日数：鉴定开始、结束之日均仍计入期限",
        "the fewest: neither the day it begins nor the day it ends",
        "结束之日也予扣除",
        "the day it ends is left out too",
        (Article("CPL", 149), Article("CPL", 206, 2)),
    ),
    Choice.NOTHING_ELSE_LEFT_OUT: Reading(
        "其他鉴定、听证、“中止审查”的期间是否计入",
        "Do other evaluations, hearings or a review said to be suspended stop the count?",
        "照常计入；精神病鉴定和法律另有规定的除外",
        "they do not; only a psychiatric evaluation does, and what a law names",
        NONE_ZH,
        NONE_EN,
        (Article("CPL", 149), Article("HEAR-2020", 20), Article("FLOW-2016", 9, item=2)),
    ),
    Choice.RETENTION: Reading(
        "留置案件先行拘留后，决定强制措施的期间不计入：审查起诉期限如何计算",
        "Retention cases: how is the review counted when deciding the measure is left out?",
        "两种算法中较早的：自决定之日起算；自收到案件之日起算并加上不计入的日数",
        "the earlier of: from the decision; from receipt plus the days left out",
        "两种算法中较晚的",
        "the later of the two",
        (Article("CPL", 170, 2), Article("RULES", 143, 2)),
    ),
    Choice.TRAVEL: Reading(
        "路途时间如何不计入",
        "How is time on the way left out?",
        "逐案登记日数；羁押、强制措施期限和以小时计算的期限一律不加",
        "days entered case by case; never added to custody, to a measure or to hours",
        NONE_ZH,
        NONE_EN,
        (Article("CPL", 105, 3),),
    ),
    Choice.MEASURE_NOT_ROLLED: Reading(
        "取保候审、监视居住和考验期限的最后一日为节假日的，是否顺延",
        "Bail, residential surveillance, probation: does a last day that is a day off move?",
        "不顺延",
        "it does not",
        NONE_ZH,
        NONE_EN,
        (Article("CPL", 79, 2), Article("CPL", 105, 4)),
    ),
    Choice.MEASURE_ACCUMULATES: Reading(
        "取保候审、监视居住期限，各机关如何累计",
        "Bail and residential surveillance: how do the organs' times add up?",
        "同一机关累计，扣除此前已用的日数；移送下一机关后重新计算",
        "within one organ days used are taken off; the next organ begins anew",
        NONE_ZH,
        NONE_EN,
        (Article("RULES", 100, 3), Article("RULES", 103), Article("RULES", 113)),
    ),
    Choice.RANGE_TAKEN_WHOLE: Reading(
        "准予延长而未写明长度，法律只规定幅度",
        "An extension granted without a number of days, where the law gives a range",
        "试算按上限计算并注明；登记期限须写明长度",
        "the calculator takes the whole range and says so; the ledger asks for the number",
        NONE_ZH,
        NONE_EN,
        (Article("CPL", 91, 1), Article("RULES", 282)),
    ),
    Choice.GROUND_ONLY_STATED: Reading(
        "延长事由仅由提请机关提出，尚未决定",
        "A ground of extension is only stated, not granted",
        "不延长",
        "not extended",
        "延长后的届满日",
        "the extended end",
        (Article("RULES", 282),),
    ),
    Choice.RECEIPT_OF_EXECUTION: Reading(
        "不批准逮捕的执行回执三日：自执行完毕起算，还是自收到决定书起算",
        "Receipt after a refusal of arrest: from execution or from receipt of the decision?",
        "自收到决定书起算（较早）",
        "from receipt of the decision, the earlier",
        NONE_ZH,
        NONE_EN,
        (Article("RULES", 286, 1), Article("MPS", 140)),
    ),
    Choice.INCOMPLETE_FILES: Reading(
        "材料不齐的，期限自何时起算",
        "When does a period begin if the files are incomplete?",
        "自首次收到之日起算",
        "with the first receipt",
        NONE_ZH,
        NONE_EN,
        (Article("RULES", 158),),
    ),
    Choice.REVIEW_OF_HELD_ELSEWHERE: Reading(
        "因他案在押、被留置或者正在服刑，本案未被拘留的，审查逮捕期限为七日还是十五日",
        "Held for something else and not detained in this case: seven days to review the arrest, "
        "or fifteen?",
        "十五日（“已被拘留”指本案拘留），按在押计算，不顺延",
        "fifteen, for detained means detained in this case; held, so the last day does not move",
        "十五日的顺延日；重大、复杂的，二十日",
        "the rolled fifteenth day; the twentieth in a major or complex case",
        (Article("CPL", 91, 3), Article("RULES", 282)),
    ),
    Choice.RETURN_IN_TIME: Reading(
        "退回补充侦查、补充调查，应当在审查起诉期限内作出决定，还是在期限内送达",
        "A return for supplementary investigation: decided or received within the time of review?",
        "期限届满以前送达；逾期送达的，补充侦查期限自决定之日起算",
        "received before the end; if later, the month of the return counts from the decision",
        NONE_ZH,
        NONE_EN,
        (Article("CPL", 172, 1), Article("CPL", 175, 3), Article("MPS", 295)),
    ),
    Choice.MONITORING_REPLY: Reading(
        "流程监控通知书的书面回复：十日，还是十个工作日",
        "Reply to a monitoring notice: ten days or ten working days?",
        "十日",
        "ten days",
        NONE_ZH,
        NONE_EN,
        (Article("RULES", 665, 3), Article("RULES", 684), Article("FLOW-2016", 18, 2)),
    ),
    Choice.COUNTED_BACK: Reading(
        "向前倒计至节假日的，是否移动",
        "A day counted back falls on a day off",
        "不移动",
        "it does not move",
        NONE_ZH,
        NONE_EN,
        (Article("RULES", 309, 1), Article("PSUP-2021", 19)),
    ),
    Choice.BEFORE_THE_TEXT: Reading(
        "起算日早于所核对条文的施行日",
        "The period begins before the text that was read came into force",
        "按所核对的最早条文计算，并注明此前条文未核对",
        "counted under the oldest row, and marked",
        NONE_ZH,
        NONE_EN,
    ),
}
