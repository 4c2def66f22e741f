"""Supplementary investigation (补充侦查), by a commission 补充调查."""

from typing import Any

from services.numbers import Mark
from services.offices import OfficeKind
from services.policy import Permission
from services.proceedings.effects import Ask, Close, Finish, Start, Whom, running
from services.proceedings.operations import times
from services.proceedings.table import REASONS, Approver, Guard, Step, Taking, law, words
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


STEPS: tuple[Step[Any], ...] = (
    Step(
        code="return_case",
        zh="退回补充侦查（调查）",
        en="Return for supplementary investigation",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=S.RETURNED,
        articles=law("CPL 175", "RULES 342", "RULES 343", "RULES 346"),
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
        articles=law("CPL 175¶3", "RULES 346", "MPS 296"),
        fields=(words("found", "补充侦查（调查）情况", "What was found"),),
        effects=(
            Close(RETURN_RULES),
            Close(("R18",)),
            Start("R17"),
            Finish((TaskKind.INVESTIGATE_FURTHER, TaskKind.GIVE_REASONS)),
            Ask(TaskKind.REVIEW_PROSECUTION, Whom.HANDLER, REVIEW_RULES),
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
        sources={S.RETURNED, S.RETURN_OVERDUE},
        target=None,
        articles=law("RULES 347", "RULES 552"),
        approver=Approver.CHIEF,
        document=Mark.CORRECTION,
        fields=(REASONS,),
    ),
)
