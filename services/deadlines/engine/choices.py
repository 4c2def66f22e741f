"""Where the texts leave two readings, or none: what is chosen here, and what the other would give.

Every interpretive choice of the engine has a name and stands on this page. The rule of all of
them: the day to keep is the cautious one, and the latest day that the law can bear is computed
beside it wherever the other reading can be defended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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
    RETENTION = "retention"
    TRAVEL = "travel"
    MEASURE_ACCUMULATES = "measure_accumulates"
    RANGE_TAKEN_WHOLE = "range_taken_whole"
    GROUND_ONLY_STATED = "ground_only_stated"
    RECEIPT_OF_EXECUTION = "receipt_of_execution"
    INCOMPLETE_FILES = "incomplete_files"
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
    basis: str


NONE_ZH, NONE_EN = "同应办日", "the same day"

CHOICES: Mapping[Choice, Reading] = {
    Choice.RUNNING_HOUR: Reading(
        "以小时计算的期间，开始的时不计入：从下一整点还是从当分起算",
        "Hours: is the running hour left out, or does the period run from the minute?",
        "从当分起算",
        "from the minute",
        "从下一整点起算；传唤、拘传不适用",
        "from the next full hour; never for a summons",
        "CPL 105¶2; RULES 83",
    ),
    Choice.MONTH_END: Reading(
        "起算日为月末的，月末至月末是否适用于侦查、审查起诉",
        "Month end to month end: does the courts' rule hold before the procuratorate?",
        "适用，自同日（不存在的为月末）起警示",
        "it does, with a warning from the plain corresponding day",
        NONE_ZH,
        NONE_EN,
        "SPC-I 202¶1; EXT-2016 16",
    ),
    Choice.CHAINED_MONTHS: Reading(
        "连续延长的月数：自起算日一次计算，还是自前一段届满日逐段计算（O8）",
        "Months that extend one another: counted in one go or link by link?",
        "较早的一日",
        "the earlier of the two",
        "较晚的一日",
        "the later of the two",
        "EXT-2016 16",
    ),
    Choice.EXTENSION_BASE: Reading(
        "前一期限因节假日顺延的，延长自顺延日还是自未顺延的届满日起（O5）",
        "Is an extension counted from the rolled or the unrolled end?",
        "未顺延的届满日",
        "from the unrolled end",
        NONE_ZH,
        NONE_EN,
        "EXT-2016 16",
    ),
    Choice.CUSTODY_EXCEPTION: Reading(
        "“在押期间”不顺延，只指羁押期限本身，还是指在押时的一切期限（O2）",
        "Does custody keep only custody periods from moving, or every period?",
        "在押的，一切期限均不顺延",
        "in custody no period moves",
        "羁押类以外的期限，顺延日",
        "the rolled day, except for custody itself",
        "CPL 105¶4",
    ),
    Choice.CUSTODY_UNKNOWN: Reading(
        "是否在押不明",
        "Nobody has said whether the person is in custody",
        "按在押计算",
        "taken as held",
        "按在押计算的外限",
        "the outer limit of a person held",
        "CPL 105¶4",
    ),
    Choice.CUSTODY_ELSEWHERE: Reading(
        "因他案在押、被留置或者正在服刑",
        "Held in another case, in retention or serving a sentence",
        "按在押计算",
        "taken as held",
        "按在押计算的外限",
        "the outer limit of a person held",
        "CPL 105¶4",
    ),
    Choice.DESIGNATED_RESIDENCE: Reading(
        "指定居所监视居住",
        "Residential surveillance in a designated residence",
        "不顺延",
        "the unrolled day",
        "顺延日",
        "the rolled day",
        "CPL 75; CPL 105¶4",
    ),
    Choice.CUSTODY_CHANGED: Reading(
        "期限内羁押状态变化，以何时为准",
        "Custody changes while the period runs: which state decides?",
        "末日的状态；末日至顺延日之间被羁押的，视为已于末日届满；届满后释放的，不再顺延",
        "the state on the last day; an arrest between it and the rolled day ends the period on "
        "the last day; a release after it moves nothing",
        NONE_ZH,
        NONE_EN,
        "CPL 105¶4",
    ),
    Choice.RELEASED_ON_LAST_DAY: Reading(
        "恰在末日释放",
        "Released on the very last day",
        "不顺延",
        "the unrolled day",
        "顺延日",
        "the rolled day",
        "CPL 105¶4",
    ),
    Choice.DAYS_OFF: Reading(
        "“节假日”的范围",
        "What is a day off?",
        "周末和国务院办公厅通知的放假日；调休上班的周末为工作日",
        "weekends and the days of the yearly notice; a make-up working day is worked",
        NONE_ZH,
        NONE_EN,
        "CPL 105¶4",
    ),
    Choice.CALENDAR_UNKNOWN: Reading(
        "放假通知尚未公布的日期",
        "A day whose notice has not been announced",
        "按周末和固定节日计算，标明“暂定”，通知公布后重算",
        "weekends and fixed days off, marked provisional, recomputed when the notice is loaded",
        NONE_ZH,
        NONE_EN,
        "HOL-LAW",
    ),
    Choice.EVALUATION: Reading(
        "精神病鉴定不计入的日数（O7）",
        "How many days of a psychiatric evaluation are left out?",
        "最少的日数：开始和结束之日均计入",
        "the fewest: neither the day it begins nor the day it ends",
        "开始之日计入、结束之日不计入",
        "the day it ends is left out too",
        "CPL 149",
    ),
    Choice.RETENTION: Reading(
        "留置案件先行拘留后决定强制措施的期间不计入：审查起诉期限如何计算（O6）",
        "Retention cases: how is the review counted when deciding the measure is left out?",
        "较早者：自决定之日起算，或者自收到之日起算加不计入的日数",
        "the earlier of: from the decision; from receipt plus the days left out",
        "较晚者",
        "the later of the two",
        "CPL 170¶2; RULES 143¶2",
    ),
    Choice.TRAVEL: Reading(
        "路途时间如何不计入",
        "How is time on the way left out?",
        "逐案登记日数；羁押期限和以小时计算的期限一律不加",
        "days entered case by case; never added to custody or to hours",
        NONE_ZH,
        NONE_EN,
        "CPL 105¶3",
    ),
    Choice.MEASURE_ACCUMULATES: Reading(
        "取保候审、监视居住期限（O13）",
        "Bail and residential surveillance: how do the organs' times add up?",
        "同一机关累计，扣除已用日数；移送下一机关后重新计算",
        "within one organ days used are taken off; the next organ begins anew",
        NONE_ZH,
        NONE_EN,
        "RULES 100¶3, 103, 113",
    ),
    Choice.RANGE_TAKEN_WHOLE: Reading(
        "准予延长而未指明日数",
        "An extension granted without a number of days, where the law gives a range",
        "试算按上限，并注明；正式登记须写明日数",
        "the calculator takes the whole range and says so; the ledger asks for the number",
        NONE_ZH,
        NONE_EN,
        "CPL 91¶1; RULES 282",
    ),
    Choice.GROUND_ONLY_STATED: Reading(
        "延长事由仅由提请机关提出",
        "A ground of extension is only stated, not granted",
        "不延长",
        "not extended",
        "延长后的届满日",
        "the extended end",
        "RULES 282",
    ),
    Choice.RECEIPT_OF_EXECUTION: Reading(
        "不批准逮捕的执行回执三日：自执行起还是自收到决定起（O3）",
        "Receipt after a refusal of arrest: from execution or from receipt of the decision?",
        "自收到决定书起（较早）",
        "from receipt of the decision, the earlier",
        NONE_ZH,
        NONE_EN,
        "RULES 286¶1; MPS 140",
    ),
    Choice.INCOMPLETE_FILES: Reading(
        "材料不齐的，期限自何时起（O4）",
        "When does a period begin if the files are incomplete?",
        "自首次收到起，并注明",
        "with the first receipt, flagged",
        NONE_ZH,
        NONE_EN,
        "RULES 158",
    ),
    Choice.MONITORING_REPLY: Reading(
        "流程监控通知书的回复：十日还是十个工作日（O1）",
        "Reply to a monitoring notice: ten days or ten working days?",
        "十日",
        "ten days",
        NONE_ZH,
        NONE_EN,
        "RULES 665, 684; FLOW-2016 18",
    ),
    Choice.COUNTED_BACK: Reading(
        "向前倒计的日期遇节假日",
        "A day counted back falls on a day off",
        "不移动；不晚于该日办理",
        "it does not move: act no later than that day",
        NONE_ZH,
        NONE_EN,
        "RULES 309¶1; PSUP-2021 19",
    ),
    Choice.BEFORE_THE_TEXT: Reading(
        "起算日早于所读文本施行之日",
        "The period begins before the text that was read came into force",
        "按最早的一行计算，并注明未核对此前条文",
        "counted under the oldest row, and marked",
        NONE_ZH,
        NONE_EN,
        "—",
    ),
}
