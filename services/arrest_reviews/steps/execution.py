"""What the police report after a decision: interrogation, family, release, dismissal (CPL 93-96).

A measure is what the police say it is: a release counts from its own hour, however late told.
"""

from typing import Any

from services.arrest_requests.terms import Measure
from services.arrest_reviews.flow import ENDING
from services.arrest_reviews.flow import ReviewState as S
from services.arrest_reviews.steps.custody import count_back
from services.arrest_reviews.steps.necessity import NEXT_RESULT, unanswered_proposal
from services.arrest_reviews.steps.remedies import OBJECTABLE
from services.deadlines import CloseReason
from services.deadlines.engine.articles import law
from services.policy import Permission
from services.proceedings.effects import (
    Cancel,
    Close,
    Do,
    Finish,
    SetMeasure,
    Start,
    held,
    running,
)
from services.proceedings.table import Guard, Step, Taking, choice, day, instant, line, words
from services.tasks import TaskKind

OUT_OF_CUSTODY = (
    Close(("N05",)),
    Close(("A04", "A05", "C08", "C10", "C11", "N03", "N07"), CloseReason.LAPSED),
    NEXT_RESULT,
    Finish((TaskKind.EXECUTE_DECISION,)),
    Cancel((TaskKind.EXTEND_CUSTODY, TaskKind.REVIEW_RESTART, TaskKind.REVIEW_NECESSITY)),
)
"""What follows whenever an arrested person leaves custody."""

_GROUND = choice(
    "ground",
    "事由",
    "Ground",
    ("necessity_proposal", "采纳检察院羁押必要性审查建议", "the procuratorate proposed it"),
    ("unsuitable", "强制措施不当", "the measure is unsuitable"),
    ("custody_over", "羁押期限届满", "custody is over"),
    ("not_to_be_arrested", "讯问后发现不应当逮捕", "found not to be arrested, on interrogation"),
)
_FREER = (
    ("bail", "取保候审", "bail"),
    ("residential_surveillance", "监视居住", "residential surveillance"),
    ("designated_residence", "指定居所监视居住", "surveillance in a designated residence"),
)


def _after_the_arrest(taking: Taking) -> bool:
    began, at = taking.suspect.measure_began_at, taking.given.get("at")
    return began is None or at is None or at >= began.replace(second=0, microsecond=0)


def _after_the_approval(taking: Taking) -> bool:
    decision, at = taking.subject.decision, taking.given["executed_at"]
    return decision is None or bool(at >= decision.at.replace(second=0, microsecond=0))


AFTER_THE_ARREST = Guard(
    "before_the_arrest",
    "时间不得早于逮捕执行之时。",
    "Not earlier than the arrest was executed.",
    law("CPL 93", "CPL 94"),
    _after_the_arrest,
)
_PROPOSED = Guard(
    "nothing_proposed",
    "检察院没有待回复的羁押必要性审查建议。",
    "No proposal of the procuratorate awaits an answer.",
    law("CPL 95", "MPS 159"),
    lambda taking: (
        taking.given["ground"] != "necessity_proposal"
        or unanswered_proposal(taking.act, taking.subject)
    ),
)


def _told_or_why_not(taking: Taking) -> bool:
    if taking.given["outcome"] == "unable":
        return bool(taking.given.get("reason"))
    return taking.given.get("at") is not None


def _family(taking: Taking) -> None:
    if taking.given["outcome"] == "unable":
        Close(("A05",), CloseReason.LAPSED).apply(taking)
    else:
        Close(("A05",), at="at").apply(taking)


def _carry_out(taking: Taking) -> None:
    if taking.given["measure"] != "unchanged":
        SetMeasure(at="at").apply(taking)


def _arrested(taking: Taking) -> None:
    """Custody for investigation runs from the arrest, however long it took (CPL 156)."""
    SetMeasure(Measure.ARREST, at="executed_at").apply(taking)
    for rule_id in ("C01", "A04", "A05"):
        Start(rule_id, at="executed_at").apply(taking)
    count_back(taking.act, taking.subject)


STEPS: tuple[Step[Any], ...] = (
    Step(
        code="report_later_arrest",
        zh="报告未能执行后已执行逮捕",
        en="Report that the arrest, once not to be executed, is executed now",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.ARREST_NOT_EXECUTED},
        target=S.ARRESTED,
        articles=law("CPL 90", "MPS 142", "RULES 286¶1", "CPL 156"),
        fields=(instant("executed_at", "执行逮捕时间", "When the arrest was executed"),),
        guards=(
            Guard(
                "before_the_decision",
                "执行时间不得早于批准逮捕决定作出之时。",
                "It cannot have been executed before it was approved.",
                law("CPL 90", "MPS 142"),
                _after_the_approval,
            ),
        ),
        effects=(Do("变更为逮捕；自执行起算 C01、A04、A05，倒计 C08", _arrested),),
    ),
    Step(
        code="report_interrogation",
        zh="报告逮捕后讯问",
        en="Report the interrogation after the arrest",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.ARRESTED},
        target=None,
        articles=law("CPL 94", "MPS 144"),
        fields=(instant("at", "讯问开始时间", "When it began"),),
        guards=(AFTER_THE_ARREST,),
        effects=(Close(("A04",), at="at"),),
    ),
    Step(
        code="report_family_notified",
        zh="报告通知家属",
        en="Report that the family was told",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.ARRESTED},
        target=None,
        articles=law("CPL 93¶2", "MPS 145"),
        fields=(
            choice(
                "outcome",
                "通知情况",
                "Outcome",
                ("notified", "已经通知", "told"),
                ("unable", "无法通知", "impossible"),
            ),
            instant("at", "通知时间", "When", required=False),
            words("reason", "无法通知的原因", "Why it is impossible", required=False),
        ),
        guards=(
            AFTER_THE_ARREST,
            Guard(
                "neither_told_nor_why",
                "已经通知的填写时间；只有无法通知的可以不通知，并注明原因，原因消除后立即通知。",
                "Say when the family was told, or why that is impossible: nothing else excuses it.",
                law("CPL 93¶2", "MPS 145"),
                _told_or_why_not,
            ),
        ),
        effects=(Do("终结 A05", _family),),
    ),
    Step(
        code="report_foreigner",
        zh="批准逮捕外国人：报上一级检察院备案，通报外事部门",
        en="Report the arrest of a foreigner one level up and to the foreign-affairs office",
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARREST_APPROVED, S.ARREST_NOT_EXECUTED, S.ARRESTED},
        target=None,
        articles=law("RULES 294¶3"),
        fields=(words("note", "备案、通报情况", "What was reported, and to whom"),),
        guards=(
            Guard(
                "nobody_to_report",
                "没有需要备案、通报的批准逮捕。",
                "There is no arrest of a foreigner to report.",
                law("RULES 294¶3"),
                lambda taking: bool(running(taking, ("A12",))),
            ),
        ),
        effects=(Close(("A12",)),),
        told=False,
    ),
    Step(
        code="report_release",
        zh="通知释放被逮捕人",
        en="Tell that the arrested person was released",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.ARRESTED},
        target=S.RELEASED,
        articles=law("CPL 96", "MPS 158", "CPL 95"),
        fields=(_GROUND, instant("at", "释放时间", "When"), words("reasons", "理由", "Reasons")),
        guards=(AFTER_THE_ARREST, _PROPOSED),
        effects=(SetMeasure(Measure.NONE, at="at"), *OUT_OF_CUSTODY),
    ),
    Step(
        code="report_change",
        zh="通知变更逮捕措施",
        en="Tell that the arrest was changed into another measure",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.ARRESTED},
        target=S.MEASURE_CHANGED,
        articles=law("CPL 96", "MPS 158", "CPL 95"),
        fields=(
            _GROUND,
            choice("measure", "变更为", "Into", *_FREER),
            instant("at", "变更时间", "When"),
            words("reasons", "理由", "Reasons"),
        ),
        guards=(AFTER_THE_ARREST, _PROPOSED),
        effects=(SetMeasure(at="at"), *OUT_OF_CUSTODY),
    ),
    Step(
        code="execute_revocation",
        zh="报告执行撤销逮捕决定的情况",
        en="Report how the revocation of the arrest was executed",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.ARREST_REVOKED},
        target=None,
        articles=law("RULES 289¶1", "CPL 96"),
        fields=(
            choice(
                "measure",
                "执行情况",
                "What was done",
                ("none", "已释放", "released"),
                *_FREER,
                ("unchanged", "未被羁押，强制措施不变", "was not held: nothing changed"),
            ),
            instant("at", "执行时间", "When"),
        ),
        guards=(
            AFTER_THE_ARREST,
            Guard(
                "still_held",
                "犯罪嫌疑人在押的，应当立即释放或者变更强制措施。",
                "The suspect is held: release, or another measure, follows at once.",
                law("RULES 289¶1", "CPL 96"),
                lambda taking: taking.given["measure"] != "unchanged" or not held(taking),
            ),
        ),
        effects=(Do("变更强制措施，重算有关期限", _carry_out), *OUT_OF_CUSTODY),
    ),
    Step(
        code="report_dismissed",
        zh="报告撤销案件或者终止侦查",
        en="Report that the case was dismissed, or ended for the suspect",
        by=Permission.PROCEEDING_ANSWER,
        sources=OBJECTABLE | {S.REFUSAL_UPHELD, S.REFUSAL_FINAL},
        target=None,
        articles=law("RULES 287"),
        fields=(
            choice(
                "outcome",
                "处理",
                "What was done",
                ("dismissed", "撤销案件", "the case was dismissed"),
                ("terminated", "对该犯罪嫌疑人终止侦查", "ended for this suspect"),
            ),
            day("on", "日期", "Day"),
            line("document_number", "文书文号", "Number of the document", required=False),
        ),
        guards=(
            Guard(
                "not_told_to_dismiss",
                "检察院没有告知撤销案件或者终止侦查。",
                "The police were not told to dismiss the case or to end it for the suspect.",
                law("RULES 287"),
                lambda taking: (
                    taking.subject.decision is not None
                    and taking.subject.decision.refusal_kind in ENDING
                ),
            ),
        ),
        effects=(Close(("A06",)), Finish((TaskKind.EXECUTE_DECISION,))),
    ),
)
