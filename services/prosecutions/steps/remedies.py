"""Remedies against a non-prosecution: reconsideration, re-examination, appeals, a suit in court.

The police ask the deciding procuratorate first and then the one above (RULES 379¶2, 380); a
commission asks the one above at once (379¶1). The victim's appeal in time goes above (381), the
person's is reviewed here (385). One that comes late is looked at first by the department for
complaints, which has no post of its own in this house: case management registers what it says.
Everything here also holds against a conditional decision (472), except the suit in court.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from services import deadlines
from services.deadlines import CloseReason, Deadline
from services.deadlines.engine.articles import law
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import (
    Ask,
    Close,
    Do,
    Extend,
    Finish,
    NameReviewer,
    Raise,
    Start,
    Whom,
    above,
    running,
)
from services.proceedings.operations import latest
from services.proceedings.others import teammates
from services.proceedings.table import (
    REASONS,
    Approver,
    Effect,
    Field,
    FieldKind,
    Guard,
    Step,
    Taking,
    choice,
    day,
    instant,
    line,
    words,
)
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps.non_prosecution import (
    BASES,
    DECIDED,
    REOPENED,
    basis,
    by_commission,
    by_police,
    since_decision,
)
from services.prosecutions.steps.review import HANDLE
from services.tasks import TaskKind

ANSWER = Permission.PROCEEDING_ANSWER
MANAGE = Permission.PROCEEDING_MANAGE
RECONSIDER = Permission.PROCEEDING_RECONSIDER
RE_EXAMINE = Permission.PROCEEDING_RE_EXAMINE

APPEALABLE = DECIDED | {S.PROBATION}
ABOVE_RULES = ("X05", "S08")
USED_BY_OTHERS = ("X02", "X04", "X06", "X07", "X08", "X14", "X14b", "X14c")
VICTIMS_RULES = ("X06", "X14")
CLOSED_BY = (*BASES, "decide_conditionally", "suit_accepted")
"""A new decision, or the victim's suit, ends what was under review before."""


def late(taking: Taking, on: Any, *rule_ids: str) -> bool:
    """Is that day after the period of the receipt? Before any receipt nothing is late."""
    chosen = (
        select(Deadline)
        .where(Deadline.suspect_id == taking.suspect.id, Deadline.rule_id.in_(rule_ids))
        .order_by(Deadline.id.desc())
    )
    found = taking.act.session.scalars(chosen).first()
    outer = found.outer_on if found is not None else None
    return outer is not None and bool(on > outer)


def _filed_late(taking: Taking) -> bool:
    """By the day on which it was handed in or posted (CPL 105¶3)."""
    whose = taking.given.get("whose") or _WHOSE[taking.step.code]
    rules = VICTIMS_RULES if whose == "victim" else ("X08",)
    return late(taking, deadlines.statutory_day(taking.given["filed_at"]), *rules)


_WHOSE = {"appeal_of_victim": "victim", "appeal_of_person": "person"}


def pending(taking: Taking, opening: tuple[str, ...], *closing: str) -> bool:
    """Was one of these opened, and neither answered nor overtaken since?"""
    opened = latest(taking.act, taking.subject, *opening)
    ended = latest(taking.act, taking.subject, *closing, *CLOSED_BY)
    return opened is not None and (ended is None or ended.id < opened.id)


def above_reviews(taking: Taking) -> bool:
    """Is an appeal of the victim before the procuratorate one level above?"""
    return pending(taking, ("appeal_of_victim",), "uphold_on_appeal", "prosecute_on_appeal")


def here_reviews(taking: Taking) -> bool:
    """Is an appeal under review in the deciding procuratorate?"""
    ends = ("uphold_after_review", "change_basis_after_review", "revoke_after_review")
    return pending(taking, ("appeal_of_person", "pass_on_late_appeal"), *ends)


def _late_appeal_waits(taking: Taking) -> bool:
    ends = ("answer_late_appeal", "pass_on_late_appeal")
    return pending(taking, ("register_late_appeal",), *ends)


def _nothing_reviewed(taking: Taking) -> bool:
    return not running(taking, ("X09",))


def _nothing_reviewed_and_raised(taking: Taking) -> bool:
    """The review above is counted here where the office above works in this system too."""
    return _nothing_reviewed(taking) and taking.subject.raised_to_id is not None


def _reviewed(taking: Taking) -> None:
    """The months go on while another appeal is under review; they run from the first of them."""
    if not above_reviews(taking) and not here_reviews(taking):
        Close(("X09",)).apply(taking)


def _done_above(taking: Taking) -> None:
    """What lies above besides, an objection or an appeal, keeps its task."""
    if not above_reviews(taking) and not running(taking, ABOVE_RULES):
        Finish((TaskKind.RE_EXAMINE,)).apply(taking)


def _done_here(taking: Taking) -> None:
    if not here_reviews(taking) and not running(taking, ("X03",)):
        Finish((TaskKind.NAME_REVIEWER, TaskKind.RECONSIDER)).apply(taking)


def _unused(taking: Taking) -> None:
    """Nobody asked in time: what is over is no longer kept."""
    for one in running(taking, USED_BY_OTHERS):
        if one.outer_on is not None and taking.act.today > one.outer_on:
            deadlines.close(taking.act, one, reason=CloseReason.LAPSED)


ABOVE_DONE = Do("办结待办：办理复核（没有其他事项在办的）", _done_above)
HERE_DONE = Do("办结待办：另行指派检察官、办理复议（没有其他事项在办的）", _done_here)
REVIEW_BEGINS = Start("X09", when=_nothing_reviewed, only="数份申诉一并自先立案的起算")
REVIEW_BEGINS_ABOVE = Start(
    "X09",
    when=_nothing_reviewed_and_raised,
    only="上一级检察院已登记的，数份申诉一并自先立案的起算",
    kept_by=above,
)
REVIEW_ENDS = Do("终结 X09（没有其他申诉在复查的）", _reviewed)


def _late_for(code: str, zh: str, en: str, article: str, *rules: str) -> Guard:
    return Guard(
        code, zh, en, law(article), lambda taking: not late(taking, taking.act.today, *rules)
    )


def _runs(code: str, zh: str, en: str, article: str, *rules: str) -> Guard:
    return Guard(code, zh, en, law(article), lambda taking: bool(running(taking, rules)))


def _guard(
    code: str, zh: str, en: str, articles: tuple[str, ...], holds: Callable[[Taking], bool]
) -> Guard:
    return Guard(code, zh, en, law(*articles), holds)


FROM_POLICE = _guard(
    "not_the_police",
    "只有公安机关可以要求复议、提请复核；监察机关应当向上一级检察院提请复议。",
    "Only the police ask here; a commission asks the procuratorate one level above.",
    ("RULES 379", "CPL 179"),
    by_police,
)
FROM_COMMISSION = _guard(
    "not_a_commission",
    "只有监察机关直接向上一级检察院提请复议；公安机关应当先要求复议。",
    "Only a commission asks one level above at once; the police ask here first.",
    ("RULES 379",),
    by_commission,
)
OBJECTION_IN_TIME = _late_for(
    "objection_late",
    "已超过收到不起诉决定书后七日，不得要求复议。",
    "More than seven days since the decision was received.",
    "MPS 294¶1",
    "X02",
)
OBJECTED_ONCE = _guard(
    "objected_before",
    "对同一不起诉决定已经要求复议；不服复议决定的，提请上一级检察院复核。",
    "The same decision was objected to before; the next is re-examination one level above.",
    ("CPL 179", "MPS 294¶2"),
    lambda taking: (
        since_decision(taking, "object_to_non_prosecution", "commission_objects") is None
    ),
)
ABOVE_IN_TIME = _late_for(
    "re_examination_late",
    "已超过收到复议决定书后七日，不得提请复核。",
    "More than seven days since the decision on reconsideration.",
    "MPS 294¶2",
    "X04",
    "X14c",
)
SUPERIOR_KNOWN = _guard(
    "no_superior_here",
    "上一级检察院未在本系统登记，请线下提请；其决定由承办检察官以“撤销不起诉决定”办理。",
    "The procuratorate one level above is not registered here: ask it on paper.",
    ("RULES 379¶1", "RULES 380"),
    lambda taking: taking.subject.case.procuratorate.superior_id is not None,
)
ANOTHER = _guard(
    "same_prosecutor",
    "应当另行指派检察官办理，不得由原承办检察官及其办案组成员复议、复查。",
    "Another prosecutor than the handler and their case team has to look at it.",
    ("RULES 379¶2", "RULES 385¶1"),
    lambda taking: taking.given["reviewer_id"] not in teammates(taking),
)
SOMETHING_TO_REVIEW = _guard(
    "nothing_to_review",
    "没有正在办理的复议或者复查。",
    "No reconsideration or review is under way here.",
    ("RULES 379¶2", "RULES 385¶1"),
    lambda taking: bool(running(taking, ("X03",))) or here_reviews(taking),
)
REVIEWED_ABOVE = _guard(
    "no_appeal_above",
    "没有被害人的申诉正在上一级检察院复查。",
    "No appeal of the victim is under review one level above.",
    ("RULES 381", "RULES 383"),
    above_reviews,
)
REVIEWED_HERE = _guard(
    "no_appeal_here",
    "没有申诉正在本院复查。",
    "No appeal is under review here.",
    ("RULES 382", "RULES 385"),
    here_reviews,
)

FILED = instant("filed_at", "申诉时间（邮寄的为交邮时间）", "When it was handed in or posted")
APPEAL = words("summary", "申诉理由（口头提出的为笔录要点）", "Reasons of the appeal", inside=True)
NEW_BASIS = choice(
    "basis",
    "变更后的法律依据",
    "The paragraph it now rests on",
    ("cpl_177_1", "刑诉法177条1款", "CPL 177¶1"),
    ("cpl_177_2", "刑诉法177条2款", "CPL 177¶2"),
    ("cpl_175_4", "刑诉法175条4款", "CPL 175¶4"),
)


def _row(code: str, zh: str, en: str, **row: Any) -> Step[S]:
    return Step(code=code, zh=zh, en=en, **({"target": None} | row))


def asks_here(own_rule: str) -> tuple[Effect, ...]:
    """The police ask to reconsider: their own period is kept, thirty days begin (RULES 379¶2)."""
    return (
        Close((own_rule,)),
        Start("X03"),
        Ask(TaskKind.NAME_REVIEWER, Whom.CASE_MANAGEMENT, ("X03",)),
    )


def asks_above(own_rule: str | None, rule: str) -> tuple[Effect, ...]:
    """The matter goes one level up, which has thirty days (RULES 379¶1, 380)."""
    kept = (Close((own_rule,)),) if own_rule else ()
    begun = Start(rule, kept_by=above)
    return (*kept, Raise(), begun, Ask(TaskKind.RE_EXAMINE, Whom.UPPER, (rule,)))


def reopens(*rules: str) -> tuple[Effect, ...]:
    """A remedy succeeded: what was asked is answered, the rest loses its object."""
    return (Close(rules), *REOPENED)


OBJECTIONS: tuple[Step[Any], ...] = (
    _row(
        "object_to_non_prosecution",
        "公安机关要求复议",
        "The police ask to reconsider",
        by=ANSWER,
        sources={S.NOT_PROSECUTED},
        target=S.OBJECTION,
        articles=law("CPL 179", "RULES 379¶2", "MPS 294¶1"),
        fields=(REASONS,),
        guards=(FROM_POLICE, OBJECTED_ONCE, OBJECTION_IN_TIME),
        effects=asks_here("X02"),
    ),
    _row(
        "commission_objects",
        "监察机关向上一级检察院提请复议",
        "A commission asks the procuratorate one level above to reconsider",
        by=ANSWER,
        sources={S.NOT_PROSECUTED},
        target=S.OBJECTION_ABOVE,
        articles=law("RULES 379¶1", "SUP 54¶4"),
        fields=(REASONS,),
        guards=(FROM_COMMISSION, OBJECTED_ONCE, SUPERIOR_KNOWN),
        effects=asks_above(None, "S08"),
    ),
    _row(
        "name_other_prosecutor",
        "另行指派检察官复议、复查（385条未规定复查人员的，从严另行指派）",
        "Name another prosecutor (for the review of 385 too, where the text names nobody)",
        by=Permission.PROCEEDING_NAME_REVIEWER,
        sources=APPEALABLE,
        articles=law("RULES 379¶2", "RULES 382", "RULES 385¶1"),
        fields=(
            Field(
                "reviewer_id", FieldKind.PERSON, "另行指派的检察官", "Prosecutor", post="prosecutor"
            ),
        ),
        guards=(SOMETHING_TO_REVIEW, ANOTHER),
        effects=(
            NameReviewer(),
            Finish((TaskKind.NAME_REVIEWER,)),
            Ask(TaskKind.RECONSIDER, Whom.REVIEWER, ("X03", "X09")),
        ),
        told=False,
    ),
    _row(
        "uphold_non_prosecution",
        "复议：维持不起诉决定",
        "Reconsidered: the decision stands",
        by=RECONSIDER,
        sources={S.OBJECTION},
        target=S.OBJECTION_UPHELD,
        articles=law("RULES 379¶2"),
        approver=Approver.CHIEF,
        document=Mark.RECONSIDERATION,
        fields=(REASONS,),
        effects=(Close(("X03",)), Start("X04"), HERE_DONE),
    ),
    _row(
        "change_on_reconsideration",
        "复议：撤销不起诉决定，提起公诉",
        "Reconsidered: the decision is revoked, to indict",
        by=RECONSIDER,
        sources={S.OBJECTION},
        target=S.UNDER_REVIEW,
        articles=law("RULES 379¶2", "RULES 388"),
        approver=Approver.CHIEF,
        document=Mark.RECONSIDERATION,
        fields=(REASONS,),
        effects=reopens("X03"),
    ),
    _row(
        "ask_above",
        "公安机关提请复核",
        "The police ask the procuratorate one level above to re-examine",
        by=ANSWER,
        sources={S.OBJECTION_UPHELD},
        target=S.OBJECTION_ABOVE,
        articles=law("CPL 179", "RULES 380", "MPS 294¶2"),
        fields=(REASONS,),
        guards=(FROM_POLICE, ABOVE_IN_TIME, SUPERIOR_KNOWN),
        effects=asks_above("X04", "X05"),
    ),
    _row(
        "objection_over",
        "期限届满未提请复核，不起诉决定继续有效",
        "The police did not go above in time: the decision stands",
        by=HANDLE,
        sources={S.OBJECTION_UPHELD},
        target=S.NOT_PROSECUTED,
        articles=law("MPS 294¶2", "CPL 179"),
        guards=(
            _guard(
                "may_still_go_above",
                "公安机关提请复核的期限尚未届满。",
                "The police may still ask for re-examination.",
                ("MPS 294¶2",),
                lambda taking: late(taking, taking.act.today, "X04"),
            ),
        ),
        effects=(Close(("X04",), CloseReason.LAPSED),),
    ),
    _row(
        "uphold_above",
        "上一级复核（复议）：维持不起诉决定",
        "One level above: the decision stands",
        by=RE_EXAMINE,
        sources={S.OBJECTION_ABOVE},
        target=S.NOT_PROSECUTED,
        articles=law("RULES 380", "RULES 379¶1"),
        approver=Approver.CHIEF,
        document=Mark.RE_EXAMINATION,
        fields=(REASONS,),
        effects=(Close(ABOVE_RULES), ABOVE_DONE),
    ),
    _row(
        "change_basis_above",
        "上一级复核（复议）：变更不起诉的法律依据",
        "One level above: not prosecuted, on another paragraph",
        by=RE_EXAMINE,
        sources={S.OBJECTION_ABOVE},
        target=S.NOT_PROSECUTED,
        articles=law("RULES 380", "RULES 379¶1"),
        approver=Approver.CHIEF,
        document=Mark.RE_EXAMINATION,
        fields=(NEW_BASIS, REASONS),
        effects=(Close(ABOVE_RULES), ABOVE_DONE),
    ),
    _row(
        "overturn_above",
        "上一级复核（复议）：撤销或者指令纠正不起诉决定",
        "One level above: the decision is revoked, or to be corrected",
        by=RE_EXAMINE,
        sources={S.OBJECTION_ABOVE},
        target=S.UNDER_REVIEW,
        articles=law("RULES 380", "RULES 379¶1", "RULES 389"),
        approver=Approver.CHIEF,
        document=Mark.RE_EXAMINATION,
        fields=(
            choice(
                "how",
                "处理方式",
                "How",
                ("revoked", "撤销下级检察院的不起诉决定", "revoked"),
                ("ordered", "指令下级检察院纠正", "ordered to correct it"),
            ),
            REASONS,
        ),
        effects=reopens(*ABOVE_RULES),
    ),
)

APPEALS: tuple[Step[Any], ...] = (
    _row(
        "appeal_of_victim",
        "被害人七日以内申诉，报送上一级检察院",
        "The victim appeals within seven days; it goes one level up",
        by=MANAGE,
        sources=APPEALABLE,
        articles=law("CPL 180", "RULES 381", "RULES 387", "RULES 472¶1"),
        fields=(FILED, APPEAL),
        guards=(
            _guard(
                "appeal_late",
                "已超过收到决定书后七日，由本院控告申诉检察部门先行审查。",
                "More than seven days since receipt: the department for complaints looks first.",
                ("RULES 382", "RULES 381"),
                lambda taking: not _filed_late(taking),
            ),
        ),
        effects=(
            Close(VICTIMS_RULES),
            Close(("X07",), CloseReason.LAPSED),
            Raise(),
            REVIEW_BEGINS_ABOVE,
            Ask(TaskKind.RE_EXAMINE, Whom.UPPER, ("X09",)),
        ),
        told=False,
    ),
    _row(
        "uphold_on_appeal",
        "上一级复查：维持不起诉决定",
        "Reviewed one level above: the decision stands",
        by=RE_EXAMINE,
        sources=APPEALABLE,
        articles=law("RULES 381", "RULES 383¶1", "RULES 386", "RULES 472¶1"),
        approver=Approver.CHIEF,
        document=Mark.APPEAL_REVIEW,
        fields=(REASONS,),
        guards=(REVIEWED_ABOVE,),
        effects=(REVIEW_ENDS, ABOVE_DONE),
        told=False,
    ),
    _row(
        "prosecute_on_appeal",
        "上一级复查：撤销不起诉决定，交由下级检察院提起公诉",
        "Reviewed one level above: revoked, to be indicted by the lower procuratorate",
        by=RE_EXAMINE,
        sources=APPEALABLE,
        target=S.UNDER_REVIEW,
        articles=law("RULES 383¶2", "RULES 386", "RULES 472¶1"),
        approver=Approver.CHIEF,
        document=Mark.APPEAL_REVIEW,
        fields=(REASONS,),
        guards=(REVIEWED_ABOVE,),
        effects=reopens("X09"),
    ),
    _row(
        "appeal_of_person",
        "被不起诉人七日以内申诉",
        "The person not prosecuted appeals within seven days",
        by=MANAGE,
        sources=DECIDED,
        articles=law("CPL 181", "RULES 385¶1", "RULES 387"),
        fields=(FILED, APPEAL),
        guards=(
            _guard(
                "no_appeal_of_the_person",
                "只有依刑诉法一百七十七条第二款作出的不起诉决定，被不起诉人可以依此申诉。",
                "Only against a decision under CPL 177¶2.",
                ("CPL 181", "RULES 385¶1"),
                lambda taking: basis(taking) == "cpl_177_2",
            ),
            _guard(
                "appeal_late",
                "已超过收到决定书后七日，由本院控告申诉检察部门先行审查。",
                "More than seven days since receipt: the department for complaints looks first.",
                ("RULES 385¶1",),
                lambda taking: not _filed_late(taking),
            ),
        ),
        effects=(
            Close(("X08",)),
            REVIEW_BEGINS,
            Ask(TaskKind.NAME_REVIEWER, Whom.CASE_MANAGEMENT, ("X09",)),
        ),
        told=False,
    ),
    _row(
        "register_late_appeal",
        "七日以后的申诉，交控告申诉检察部门审查（审查没有法定期限）",
        "A later appeal goes to the department for complaints, for which no period is set",
        by=MANAGE,
        sources=APPEALABLE,
        articles=law("RULES 382", "RULES 385¶1", "RULES 387"),
        fields=(
            choice(
                "whose",
                "申诉人",
                "Whose",
                ("victim", "被害人", "the victim's"),
                ("person", "被不起诉人", "the person's"),
            ),
            FILED,
            APPEAL,
        ),
        guards=(
            _guard(
                "appeal_in_time",
                "收到决定书后七日以内的申诉，应当直接复查，不先行审查。",
                "An appeal within seven days is reviewed at once.",
                ("RULES 381", "RULES 385¶1"),
                _filed_late,
            ),
        ),
        effects=(
            Do(
                "被害人的：终结 X06、X07、X14；被不起诉人的：终结 X08",
                lambda taking: Close(
                    (*VICTIMS_RULES, "X07") if taking.given["whose"] == "victim" else ("X08",)
                ).apply(taking),
            ),
        ),
        told=False,
    ),
    _row(
        "answer_late_appeal",
        "控告申诉检察部门审查：决定正确，直接答复",
        "The department for complaints: the decision is right, the appellant is answered",
        by=MANAGE,
        sources=APPEALABLE,
        articles=law("RULES 382", "RULES 385¶1"),
        fields=(words("conclusion", "审查结论", "Conclusion", inside=True),),
        guards=(
            _guard(
                "no_late_appeal",
                "没有待审查的逾期申诉。",
                "No late appeal waits.",
                ("RULES 382", "RULES 385¶1"),
                _late_appeal_waits,
            ),
        ),
        told=False,
    ),
    _row(
        "pass_on_late_appeal",
        "控告申诉检察部门审查：可能存在错误，移送捕诉部门复查",
        "The department for complaints: the decision may be wrong, it goes on to review",
        by=MANAGE,
        sources=APPEALABLE,
        articles=law("RULES 382", "RULES 385¶1", "RULES 386"),
        fields=(REASONS,),
        guards=(
            _guard(
                "no_late_appeal",
                "没有待审查的逾期申诉。",
                "No late appeal waits.",
                ("RULES 382", "RULES 385¶1"),
                _late_appeal_waits,
            ),
        ),
        effects=(
            REVIEW_BEGINS,
            Ask(TaskKind.NAME_REVIEWER, Whom.CASE_MANAGEMENT, ("X09",)),
        ),
        told=False,
    ),
    _row(
        "uphold_after_review",
        "复查：维持不起诉决定",
        "Reviewed here: the decision stands",
        by=RECONSIDER,
        sources=APPEALABLE,
        articles=law("RULES 385", "RULES 386", "RULES 382"),
        approver=Approver.CHIEF,
        document=Mark.APPEAL_REVIEW,
        fields=(REASONS,),
        guards=(REVIEWED_HERE,),
        effects=(REVIEW_ENDS, HERE_DONE),
        told=False,
    ),
    _row(
        "change_basis_after_review",
        "复查：变更不起诉的事实或者法律依据",
        "Reviewed here: not prosecuted, on other facts or another paragraph",
        by=RECONSIDER,
        sources=DECIDED,
        articles=law("RULES 385¶2", "RULES 386"),
        approver=Approver.CHIEF,
        document=Mark.APPEAL_REVIEW,
        fields=(NEW_BASIS, REASONS),
        guards=(REVIEWED_HERE,),
        effects=(REVIEW_ENDS, HERE_DONE),
    ),
    _row(
        "revoke_after_review",
        "复查：撤销不起诉决定",
        "Reviewed here: the decision is revoked",
        by=RECONSIDER,
        sources=APPEALABLE,
        target=S.UNDER_REVIEW,
        articles=law("RULES 385¶2", "RULES 388", "RULES 386"),
        approver=Approver.CHIEF,
        document=Mark.APPEAL_REVIEW,
        fields=(REASONS,),
        guards=(REVIEWED_HERE,),
        effects=reopens("X09"),
    ),
    _row(
        "extend_review_above",
        "上一级复查：案情复杂，延长至六个月以内",
        "Review one level above: complex, up to six months in all",
        by=RE_EXAMINE,
        sources=APPEALABLE,
        articles=law("RULES 386"),
        approver=Approver.POWER_LIST,
        fields=(REASONS,),
        guards=(REVIEWED_ABOVE,),
        effects=(Extend(("X09",), ground="complex_case"),),
        told=False,
    ),
    _row(
        "extend_review_here",
        "复查：案情复杂，延长至六个月以内",
        "Review here: complex, up to six months in all",
        by=RECONSIDER,
        sources=APPEALABLE,
        articles=law("RULES 386"),
        approver=Approver.POWER_LIST,
        fields=(REASONS,),
        guards=(REVIEWED_HERE,),
        effects=(Extend(("X09",), ground="complex_case"),),
        told=False,
    ),
    _row(
        "suit_accepted",
        "法院受理被害人起诉，终止复查，移送案卷材料（X10）",
        "The court accepted the victim's suit: the review is terminated, the files are sent",
        by=MANAGE,
        sources=DECIDED,
        articles=law("CPL 180", "RULES 384"),
        fields=(
            line("notice_number", "法院受理通知文号", "Number of the court's notice"),
            instant("received_at", "收到通知时间", "When the notice was received"),
            day("files_sent_on", "移送案卷材料日期", "Day on which the files were sent"),
        ),
        effects=(
            Close(("X09", "X06", "X07"), CloseReason.LAPSED),
            HERE_DONE,
            ABOVE_DONE,
        ),
    ),
    _row(
        "close_unused_remedies",
        "救济期限届满，未要求复议、提请复核或者申诉",
        "Periods for remedies are over and were not used",
        by=HANDLE,
        sources=APPEALABLE,
        articles=law("MPS 294", "RULES 377", "RULES 472"),
        effects=(Do("失去对象：已届满的 X02、X04、X06、X07、X08、X14、X14b、X14c", _unused),),
        told=False,
    ),
)

STEPS: tuple[Step[Any], ...] = (*OBJECTIONS, *APPEALS)
