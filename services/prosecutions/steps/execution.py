"""Measures that the procuratorate decides and the police execute: what stands, and the receipts.

A decision stands until it is executed, fails, or another one takes its place. The police send
the receipt themselves; case management registers one that comes on paper, and every one in a
commission's case, whose police office is not the organ that sent it (RULES 142, 159).
"""

from typing import Any

from sqlalchemy import select

from services import deadlines
from services.arrest_requests.terms import Flag, Measure
from services.deadlines import CloseReason, Deadline, statutory_day
from services.deadlines.engine.articles import Article, law
from services.policy import Permission
from services.proceedings import TakenStep
from services.proceedings.effects import MEASURE_RULES, Close, Do, Finish, Owe, held, running
from services.proceedings.operations import latest
from services.proceedings.table import Effect, Field, Guard, Step, Taking, instant
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps.returns import police
from services.prosecutions.steps.review import REVIEW_RULES
from services.tasks import TaskKind

REVIEWED_IN = frozenset({S.UNDER_REVIEW, S.EVALUATION, S.RETURNED, S.RETURN_OVERDUE})
"""While the case is with the procuratorate, or returned by it for supplementary investigation."""
HERE = REVIEWED_IN | {S.WITHDRAWN, S.SENT_BACK}
"""Also with the indictment withdrawn, or sent back and taken over by nobody: no court decides on
the measure then, and nobody stays in custody for want of somebody who may end it (CPL 96, 98)."""
EXECUTED_IN = HERE | {S.PROBATION, S.NOT_PROSECUTED, S.INDICTED, S.AT_TRIAL, S.ADJOURNED}
"""What was decided or asked for is still executed or answered after the case has gone on."""
BINDS_IN = EXECUTED_IN - {S.NOT_PROSECUTED}
"""Nobody is put under a measure after the decision not to prosecute (CPL 178)."""
ARRESTED_IN = BINDS_IN - {S.PROBATION, S.WITHDRAWN, S.SENT_BACK}
"""Nor arrested on a decision of a review that is over."""

DECISIONS = (
    "detain_first",
    "decide_arrest",
    "decide_bail",
    "decide_surveillance",
    "release",
    "release_expired",
)
ENDS = (
    "prior_detention_executed",
    "arrest_executed",
    "register_arrest_executed",
    "announce_bail",
    "surveillance_executed",
    "register_surveillance_executed",
    "release_executed",
    "register_release_executed",
    "execution_failed",
    "register_execution_failed",
    "lift_measure",
)

EXECUTED_AT = instant("executed_at", "执行时间", "When it was executed")


def standing(taking: Taking) -> TakenStep | None:
    """The decision on a measure that awaits its execution."""
    last = latest(taking.act, taking.subject, *DECISIONS, *ENDS)
    return last if last is not None and last.step in DECISIONS else None


def awaits(*decisions: str) -> Guard:
    """The decision that is to be executed stands."""

    def holds(taking: Taking) -> bool:
        found = standing(taking)
        return found is not None and found.step in decisions

    return Guard(
        "nothing_to_execute",
        "没有待执行的相应决定。",
        "No such decision awaits its execution.",
        law("RULES 337", "CPL 67¶2", "CPL 74¶3"),
        holds,
    )


def _not_before_the_decision(taking: Taking) -> bool:
    found = standing(taking)
    at = taking.given["executed_at"]
    return found is None or at >= found.at.replace(second=0, microsecond=0)


NOT_BEFORE = Guard(
    "before_the_decision",
    "执行时间不得早于决定作出之时。",
    "It cannot have been executed before it was decided.",
    law("RULES 337", "RULES 142"),
    _not_before_the_decision,
)

POLICE_EXECUTES = Guard(
    "not_the_executor",
    "监察机关移送的案件由公安机关执行，回执由案管部门登记。",
    "In a commission's case the police execute, and case management registers the receipt.",
    law("RULES 142", "CPL 67¶2"),
    police,
)


def receipts(  # noqa: PLR0913  # each by its name
    code: str,
    zh: str,
    en: str,
    *,
    articles: tuple[Article, ...],
    fields: tuple[Field, ...],
    guards: tuple[Guard, ...],
    effects: tuple[Effect, ...],
    sources: frozenset[S] = EXECUTED_IN,
) -> tuple[Step[Any], Step[Any]]:
    """The same receipt twice: sent by the police, and registered by case management."""
    return (
        Step(
            code=code,
            zh=zh,
            en=en,
            by=Permission.PROCEEDING_ANSWER,
            sources=sources,
            target=None,
            articles=articles,
            fields=fields,
            guards=(POLICE_EXECUTES, *guards),
            effects=effects,
        ),
        Step(
            code=f"register_{code}",
            zh=f"登记：{zh}",
            en=f"Register: {en[0].lower()}{en[1:]}",
            by=Permission.PROCEEDING_MANAGE,
            sources=sources,
            target=None,
            articles=(*articles, *law("RULES 159")),
            fields=fields,
            guards=guards,
            effects=effects,
        ),
    )


def _said(taking: Taking, name: str) -> Any:
    """What the last decision said in that field."""
    last = latest(taking.act, taking.subject, *DECISIONS)
    return last.given.get(name) if last else None


def decided_place(taking: Taking) -> Measure:
    """Where the surveillance is kept, as it was decided."""
    designated = _said(taking, "place") == "designated"
    return Measure.DESIGNATED_RESIDENCE if designated else Measure.RESIDENTIAL_SURVEILLANCE


def guarantee_is_deposit(taking: Taking) -> bool:
    """Is a deposit to be paid?"""
    return bool(_said(taking, "guarantee") == "deposit")


def papers_go_at_once(taking: Taking) -> bool:
    """Nothing has to be paid first, so the police get the papers with the announcement."""
    return not guarantee_is_deposit(taking)


def public_employee(taking: Taking) -> bool:
    """Does the suspect work for an organ of state or a public institution?"""
    said = taking.given.get("public_employee")
    return bool(_said(taking, "public_employee") if said is None else said)


def township_deputy(taking: Taking) -> bool:
    """Is the suspect a deputy of a township's congress?"""
    return Flag.TOWNSHIP_DEPUTY.value in taking.suspect.flags


def designated(taking: Taking) -> bool:
    """Is the surveillance kept at a designated residence?"""
    return decided_place(taking) is Measure.DESIGNATED_RESIDENCE


def _count_used(taking: Taking) -> None:
    """Take off what this procuratorate has used of the measure before (RULES 100¶3)."""
    act, suspect = taking.act, taking.suspect
    (new,) = running(taking, (MEASURE_RULES[suspect.measure],))
    earlier = act.session.scalars(
        select(Deadline).where(
            Deadline.suspect_id == suspect.id,
            Deadline.rule_id == new.rule_id,
            Deadline.about_kind == new.about_kind,
            Deadline.procuratorate_id == taking.subject.procuratorate_id,
            Deadline.closed_at.is_not(None),
        )
    ).all()
    used = sum(
        (statutory_day(one.closed_at) - statutory_day(one.started_at)).days
        for one in earlier
        if one.closed_at is not None
    )
    if used:
        deadlines.use(act, new, days=used)


def _review_is_over(taking: Taking) -> None:
    if taking.subject.state is S.SENT_BACK and not held(taking):
        Close(REVIEW_RULES, CloseReason.LAPSED).apply(taking)


NOTHING_LEFT_OF_REVIEW = Do("案件已退回、不再在押的，审查起诉期限失去对象", _review_is_over)
ACCUMULATE = Do("同一检察院先前已采取的期间累计计算", _count_used)


def reported(at: str) -> tuple[Effect, ...]:
    """What every executed measure brings with it: employer, township congress, the task done."""
    return (
        Owe("B11", at=at, when=public_employee, only="机关事业单位工作人员"),
        Owe("R27c", at=at, when=township_deputy, only="乡级人大代表"),
        Finish((TaskKind.EXECUTE_DECISION,)),
    )
