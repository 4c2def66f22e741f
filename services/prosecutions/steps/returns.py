"""Supplementary investigation (补充侦查), by a commission 补充调查."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from services.arrest_requests.terms import Measure
from services.deadlines import CloseReason, Deadline, statutory_day
from services.deadlines.engine.articles import law
from services.numbers import Mark
from services.offices import OfficeKind
from services.policy import Permission
from services.proceedings.effects import (
    Ask,
    Close,
    Do,
    Finish,
    Owe,
    SetMeasure,
    Start,
    Whom,
    held,
    running,
)
from services.proceedings.operations import latest, times
from services.proceedings.table import (
    REASONS,
    Approver,
    Guard,
    Step,
    Taking,
    choice,
    instant,
    words,
)
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps.review import HANDLE, REVIEW_RULES
from services.tasks import TaskKind

MOST_RETURNS = 2
"""Before and after a change of jurisdiction together (CPL 175¶3; RULES 350)."""
RETURN_RULES = ("R16", "S06")


def commission(taking: Taking) -> bool:
    """Did a supervisory commission investigate, whoever passed the case on since?"""
    return bool(taking.subject.case.police_office.kind is OfficeKind.SUPERVISORY_COMMISSION)


def police(taking: Taking) -> bool:
    """Did the police investigate?"""
    return not commission(taking)


def _first_or_changed(taking: Taking) -> bool:
    """A second return needs a change, work left undone, or new contradictions."""
    returned = times(taking.act, taking.subject, "return_case")
    return returned == 0 or bool(taking.given.get("why_again"))


def _month_over(taking: Taking) -> bool:
    found = running(taking, RETURN_RULES)
    return all(one.due_on is not None and taking.act.today > one.due_on for one in found)


def _returned_at(taking: Taking) -> datetime:
    returned = latest(taking.act, taking.subject, "return_case")
    assert returned is not None  # noqa: S101  # the state is reached by that step alone
    return returned.at


def _receipt_unknown(taking: Taking) -> bool:
    known = latest(taking.act, taking.subject, "register_return_received")
    return known is None or known.at < _returned_at(taking)


def _received_within_review(taking: Taking) -> bool:
    at: datetime = taking.given["received_at"]
    chosen = select(Deadline).where(
        Deadline.suspect_id == taking.suspect.id, Deadline.rule_id.in_(REVIEW_RULES)
    )
    review = taking.act.session.scalars(chosen.order_by(Deadline.id.desc())).first()
    last = review.due_on if review is not None else None
    after = at >= _returned_at(taking).replace(second=0, microsecond=0)
    return after and (last is None or statutory_day(at) <= last)


def _count_from_receipt(taking: Taking) -> None:
    Close(RETURN_RULES, CloseReason.REPLACED).apply(taking)
    taking.act.session.flush()
    Start("S06" if commission(taking) else "R16", at="received_at").apply(taking)


STEPS: tuple[Step[Any], ...] = (
    Step(
        code="return_case",
        zh="退回补充侦查（调查）",
        en="Return for supplementary investigation",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=S.RETURNED,
        articles=law("CPL 175", "RULES 342", "RULES 343", "RULES 346", "RULES 614(5)"),
        approver=Approver.POWER_LIST,
        document=Mark.RETURN,
        fields=(
            words("outline", "补充侦查（调查）提纲", "Outline: everything that is to be found out"),
            REASONS,
            words(
                "why_again",
                "再次退回的事由",
                "Why again (a change of facts, work undone, new contradictions)",
                required=False,
            ),
        ),
        guards=(
            Guard(
                "third_return",
                "补充侦查以二次为限，改变管辖前后合并计算，不得第三次退回。",
                "At most two returns, counted together before and after a change of jurisdiction.",
                law("CPL 175¶3", "RULES 346", "RULES 350"),
                lambda taking: times(taking.act, taking.subject, "return_case") < MOST_RETURNS,
            ),
            Guard(
                "no_ground_to_return_again",
                "第一次退回应当一次列明全部事项；再次退回应当说明事实、证据发生变化或者未补充到位等事由。",
                "The first return lists everything; a second one says what has changed since.",
                law("SUPPINV-2020 6"),
                _first_or_changed,
            ),
        ),
        effects=(
            Close(REVIEW_RULES),
            Start("R16", when=police, only="公安机关移送的"),
            Start("S06", when=commission, only="监察机关移送的"),
            Owe("C10", when=held, only="在押的"),
            Finish((TaskKind.REVIEW_PROSECUTION,)),
            Ask(TaskKind.INVESTIGATE_FURTHER, Whom.ORGAN, RETURN_RULES),
        ),
    ),
    Step(
        code="transfer_again",
        zh="补充侦查完毕，再次移送起诉",
        en="Transfer again after supplementary investigation",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.RETURNED, S.RETURN_OVERDUE},
        target=S.UNDER_REVIEW,
        articles=law("CPL 175¶3", "RULES 346", "MPS 296", "RULES 152", "RULES 614(5)"),
        fields=(words("found", "补充侦查（调查）情况", "What was found"),),
        effects=(
            Close(RETURN_RULES),
            Close(("R18",)),
            Start("R17"),
            Owe("C10", when=held, only="在押的"),
            Owe("C11", when=held, only="在押的"),
            Finish((TaskKind.INVESTIGATE_FURTHER, TaskKind.GIVE_REASONS)),
            Ask(TaskKind.REVIEW_PROSECUTION, Whom.HANDLER, REVIEW_RULES),
        ),
    ),
    Step(
        code="register_return_received",
        zh="登记侦查（调查）机关收到退回文书",
        en="Register when the organ received the return",
        by=Permission.PROCEEDING_MANAGE,
        sources={S.RETURNED},
        target=None,
        articles=law("MPS 295", "CPL 175¶3", "RULES 346"),
        fields=(instant("received_at", "收到时间（送达回证）", "When it was received"),),
        guards=(
            Guard(
                "received_before",
                "已经登记收到时间。",
                "The receipt is registered.",
                law("MPS 295"),
                _receipt_unknown,
            ),
            Guard(
                "not_within_the_review",
                "退回的案卷应当在作出决定以后、审查起诉期限届满以前送达；逾期送达的，仍自决定之日起算。",
                "The return reaches the organ after the decision and within the time of review; "
                "what came later is still counted from the decision.",
                law("CPL 172¶1", "CPL 175¶3"),
                _received_within_review,
            ),
        ),
        effects=(Do("R16、S06 改自收到之日起算", _count_from_receipt),),
    ),
    Step(
        code="report_dismissal",
        zh="报告撤销案件或者终止侦查",
        en="Report that the case was dismissed, or ended for the suspect",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.RETURNED, S.RETURN_OVERDUE},
        target=S.SENT_BACK,
        articles=law("MPS 296(3)", "RULES 347¶2", "CPL 163"),
        fields=(
            choice(
                "outcome",
                "处理",
                "What was done",
                ("dismissed", "撤销案件", "the case was dismissed"),
                ("terminated", "对该犯罪嫌疑人终止侦查", "ended for this suspect"),
            ),
            instant("at", "释放、解除强制措施的时间", "When the suspect was freed"),
            REASONS,
        ),
        effects=(
            Close(RETURN_RULES),
            SetMeasure(Measure.NONE, at="at"),
            Finish((TaskKind.INVESTIGATE_FURTHER, TaskKind.GIVE_REASONS)),
        ),
    ),
    Step(
        code="ask_why_overdue",
        zh="逾期未移送，要求说明理由",
        en="The month is over: ask for reasons",
        by=HANDLE,
        sources={S.RETURNED},
        target=S.RETURN_OVERDUE,
        articles=law(
            "RULES 347",
        ),
        guards=(
            Guard(
                "month_not_over",
                "补充侦查期限尚未届满。",
                "The month of supplementary investigation is not over.",
                law("RULES 347", "CPL 175¶3"),
                _month_over,
            ),
        ),
        effects=(Ask(TaskKind.GIVE_REASONS, Whom.ORGAN),),
    ),
    Step(
        code="explain_overdue",
        zh="说明未移送的理由",
        en="Explain why nothing came back",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.RETURN_OVERDUE},
        target=None,
        articles=law(
            "RULES 347",
        ),
        fields=(REASONS,),
        effects=(Finish((TaskKind.GIVE_REASONS,)),),
    ),
    Step(
        code="object_to_dismissal",
        zh="对违法撤案等提出纠正意见",
        en="Object to an unlawful dismissal during the return",
        by=HANDLE,
        sources={S.RETURNED, S.RETURN_OVERDUE, S.SENT_BACK},
        target=None,
        articles=law("RULES 347", "RULES 552"),
        approver=Approver.CHIEF,
        document=Mark.CORRECTION,
        fields=(REASONS,),
    ),
)
