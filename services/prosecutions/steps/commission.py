"""Cases of a supervisory commission: detention first, then the measure is decided (CPL 170¶2).

A suspect in retention (留置) stands as held elsewhere until the police have executed the detention;
retention ends with it. The days in which the measure is decided are not counted in the review.
"""

from typing import Any

from services.arrest_requests.terms import Measure
from services.deadlines import SPECIAL_CIRCUMSTANCES, ExclusionReason
from services.deadlines.engine.articles import law
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import (
    Ask,
    Close,
    Extend,
    Owe,
    SetMeasure,
    Start,
    Suspend,
    Whom,
    held,
    running,
)
from services.proceedings.table import REASONS, Approver, Guard, Step, Taking, number
from services.prosecutions.steps.deciding import DEPUTY, EMPLOYEE, PERMITTED
from services.prosecutions.steps.execution import (
    EXECUTED_AT,
    NOT_BEFORE,
    REVIEWED_IN,
    awaits,
    reported,
)
from services.prosecutions.steps.returns import commission
from services.prosecutions.steps.review import HANDLE, REVIEW_RULES
from services.tasks import TaskKind


def _retained(taking: Taking) -> bool:
    return commission(taking) and taking.suspect.measure is Measure.CUSTODY_ELSEWHERE


def _deciding(taking: Taking) -> bool:
    return bool(running(taking, ("S02",)))


STEPS: tuple[Step[Any], ...] = (
    Step(
        code="detain_first",
        zh="先行拘留（留置案件）",
        en="Detain first, after retention",
        by=HANDLE,
        sources=REVIEWED_IN,
        target=None,
        articles=law("CPL 170¶2", "RULES 142"),
        approver=Approver.POWER_LIST,
        document=Mark.DETENTION,
        fields=(PERMITTED, EMPLOYEE),
        guards=(
            Guard(
                "not_retained",
                "先行拘留适用于监察机关移送的已采取留置措施的案件。",
                "Only a suspect whom the commission holds in retention is detained first.",
                law("CPL 170¶2", "RULES 142", "RULES 146"),
                _retained,
            ),
            DEPUTY,
        ),
        effects=(Close(("S01",)), Ask(TaskKind.EXECUTE_DECISION, Whom.EXECUTOR)),
    ),
    Step(
        code="prior_detention_executed",
        zh="登记：先行拘留已执行，留置解除",
        en="Register: the detention is executed and retention has ended",
        by=Permission.PROCEEDING_MANAGE,
        sources=REVIEWED_IN,
        target=None,
        articles=law("CPL 170¶2", "RULES 142", "RULES 143", "RULES 144", "RULES 145", "RULES 147"),
        fields=(EXECUTED_AT,),
        guards=(awaits("detain_first"), NOT_BEFORE),
        effects=(
            SetMeasure(Measure.DETENTION, at="executed_at"),
            Suspend(REVIEW_RULES, ExclusionReason.RETENTION, on="executed_at"),
            Start("S02", at="executed_at"),
            Start("S04", at="executed_at"),
            Start("S05b", at="executed_at"),
            Start("D03b", at="executed_at"),
            *reported("executed_at"),
        ),
    ),
    Step(
        code="extend_prior_detention",
        zh="延长先行拘留后的决定时间（一日至四日）",
        en="Extend the time for deciding the measure by one to four days",
        by=HANDLE,
        sources=REVIEWED_IN,
        target=None,
        articles=law("CPL 170¶2", "RULES 143¶1", "RULES 152"),
        approver=Approver.POWER_LIST,
        fields=(
            number("days", "延长的日数", "Days more", at_least=1, at_most=4),
            REASONS,
        ),
        guards=(
            Guard(
                "nothing_to_extend",
                "没有正在计算的先行拘留期限。",
                "No prior detention is running.",
                law("CPL 170¶2", "RULES 143¶1"),
                _deciding,
            ),
        ),
        effects=(
            Extend(("S02",), ground=SPECIAL_CIRCUMSTANCES, length_field="days"),
            Owe("C11", when=held, only="在押的"),
        ),
    ),
)
