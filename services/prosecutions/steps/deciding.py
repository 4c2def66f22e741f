"""What every decision on a measure says, needs and ends."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from services import deadlines
from services.arrest_requests.terms import Flag, Measure
from services.deadlines import Deadline
from services.deadlines.engine.articles import law
from services.deadlines.lists import CUSTODY_RULES
from services.proceedings.effects import (
    Ask,
    Close,
    Do,
    Finish,
    Resume,
    Whom,
    held,
    running,
)
from services.proceedings.operations import latest
from services.proceedings.table import Effect, Guard, Taking, choice, line, yes
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps.review import REVIEW_RULES
from services.tasks import TaskKind

APPLICATIONS = ("R23", "R24", "N04")
FAMILY = ("A05b", "S04", "B12")
ON_BAIL_OR_WATCHED = frozenset(
    {Measure.BAIL, Measure.RESIDENTIAL_SURVEILLANCE, Measure.DESIGNATED_RESIDENCE}
)

PERMITTED = line(
    "deputy_permission",
    "人大主席团或者常委会许可文号（县级以上人大代表）",
    "Number of the congress's permission (deputies at county level or above)",
    required=False,
)
EMPLOYEE = yes("public_employee", "机关事业单位工作人员", "Works for an organ of state")


def _permitted(taking: Taking) -> bool:
    """A deputy's congress has permitted it; what it permitted for a detention covers the arrest."""
    if Flag.DEPUTY.value not in taking.suspect.flags or taking.given.get("deputy_permission"):
        return True
    detained = latest(taking.act, taking.subject, "detain_first")
    covered = taking.step.code == "decide_arrest" and detained is not None
    return bool(covered and detained and detained.given.get("deputy_permission"))


DEPUTY = Guard(
    "deputy_not_permitted",
    "犯罪嫌疑人系县级以上人大代表，采取强制措施应当事先报请其所属的人大主席团或者常委会许可。",
    "The suspect is a deputy: the congress's presidium or standing committee permits it first.",
    law("RULES 148"),
    _permitted,
)


def measure_is(*measures: Measure) -> Callable[[Taking], bool]:
    """Is the suspect under one of these measures?"""
    return lambda taking: taking.suspect.measure in measures


def other_measure(measure: Measure) -> Guard:
    """What is so already is not decided again."""
    return Guard(
        "already_so",
        "犯罪嫌疑人已被采取该强制措施。",
        "The suspect is under that measure already.",
        law("CPL 96"),
        lambda taking: taking.suspect.measure is not measure,
    )


HELD = Guard(
    "not_held",
    "犯罪嫌疑人不在押。",
    "The suspect is not in custody.",
    law("RULES 573", "RULES 338"),
    held,
)


def _last_day_to_decide(taking: Taking) -> date | None:
    chosen = select(Deadline).where(
        Deadline.suspect_id == taking.suspect.id, Deadline.rule_id == "S02"
    )
    found = taking.act.session.scalars(chosen.order_by(Deadline.id.desc())).first()
    return found.due_on if found is not None else None


def resume_review(taking: Taking) -> None:
    """The measure is decided: review is counted again, unless an evaluation still stops it.

    What was decided late is counted: at most the ten to fourteen days are left out (RULES 143).
    """
    if taking.subject.state is not S.UNDER_REVIEW:
        return
    last = _last_day_to_decide(taking)
    if last is None or taking.act.today <= last:
        Resume(REVIEW_RULES).apply(taking)
        return
    for one in running(taking, REVIEW_RULES):
        if one.suspended_on is not None:
            deadlines.resume(taking.act, one, until_on=last)


DECIDED: tuple[Effect, ...] = (
    Close(("S02", "B03", "B06", "B07", *APPLICATIONS)),
    Do("恢复计算审查起诉期限（先行拘留后决定强制措施的期间不计入）", resume_review),
    Finish((TaskKind.ANSWER_APPLICATION, TaskKind.REVIEW_NECESSITY)),
)
"""What any decision on the measure answers and ends."""
TO_EXECUTE = Ask(TaskKind.EXECUTE_DECISION, Whom.EXECUTOR)

WHO_APPLIES = choice(
    "applicant",
    "申请人",
    "Who applies",
    ("suspect", "犯罪嫌疑人", "the suspect"),
    ("representative", "法定代理人", "the legal representative"),
    ("relative", "近亲属", "a near relative"),
    ("defender", "辩护人", "the defender"),
    ("detention_centre", "看守所（建议）", "the detention centre (suggests)"),
)


def expired(taking: Taking, rules: frozenset[str]) -> bool:
    """Is a period of these over, read strictly? For a person's liberty the earlier day counts."""
    return any(
        one.due_on is not None and one.suspended_on is None and one.due_on < taking.act.today
        for one in running(taking, rules)
    )


def any_expired(taking: Taking) -> bool:
    """Has custody, or the measure that the suspect is under, run out?"""
    return expired(taking, CUSTODY_RULES if held(taking) else frozenset({"B01", "B02"}))
