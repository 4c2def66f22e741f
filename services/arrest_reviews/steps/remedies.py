"""Reconsideration (复议) of a refusal of arrest, and re-examination (复核) one level above.

Every kind of refusal may be objected to, unless the police have supplemented first: then they
request the arrest anew (RULES 292; MPS 138). A day on which the texts leave in doubt whether the
five days are over counts as in time; the period then shows how it was closed. Late objections
are refused: the law gives no way to excuse them.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import column, select, table

from services import deadlines
from services.arrest_reviews.flow import ReviewState as S
from services.arrest_reviews.steps.decisions import (
    NOT_REFUSED,
    approve_above,
    approve_here,
)
from services.deadlines import CloseReason, Deadline
from services.deadlines.engine.articles import law
from services.kernel.act import record_of
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import (
    Ask,
    Close,
    Do,
    Finish,
    NameReviewer,
    Raise,
    Start,
    Whom,
    above,
    running,
)
from services.proceedings.others import teammates
from services.proceedings.table import (
    REASONS,
    Approver,
    Field,
    FieldKind,
    Guard,
    Step,
    Taking,
    line,
    words,
    yes,
)
from services.tasks import TaskKind

OBJECTABLE = frozenset({S.ARREST_REFUSED, S.RELEASED, S.MEASURE_CHANGED, S.MEASURE_UNCHANGED})
_ANSWERED_BY = {S.RECONSIDERATION: "A08", S.RE_EXAMINATION: "A10"}
_FILES = yes("files", "案卷材料一并送交", "The files come with it")
_RECUSALS = table("recusals", column("case_id"), column("person_id"))
"""Recusals, by their table's name: that tier knows this one, not the reverse."""


def _files(taking: Taking) -> bool:
    return bool(taking.given.get("files"))


def _in_time(rule_id: str) -> Callable[[Taking], bool]:
    def holds(taking: Taking) -> bool:
        last = _last_day(taking, rule_id)
        return last is None or taking.act.today <= last

    return holds


def _last_day(taking: Taking, rule_id: str) -> date | None:
    """The latest day that the law can bear, also where the period is not in the ledger."""
    act, review = taking.act, taking.subject
    chosen = select(Deadline).where(
        Deadline.rule_id == rule_id,
        Deadline.about_kind == record_of(review),
        Deadline.about_id == review.id,
    )
    found = act.session.scalars(chosen.order_by(Deadline.id.desc())).first()
    if found is not None:
        return found.outer_on
    counted = deadlines.calculate(
        rule_id,
        review.decision.at,
        taking.suspect.custody,
        deadlines.calendar_of(act.session),
    )
    return counted.outer_on


def _another(taking: Taking) -> bool:
    """Neither in the handler's team nor gave an opinion in the matter, and not recused from it."""
    person_id, review = taking.given["reviewer_id"], taking.subject
    recused = select(_RECUSALS.c.person_id).where(_RECUSALS.c.case_id == review.case_id)
    involved = {*teammates(taking), *(one.by_id for one in review.opinions)}
    return person_id not in involved | set(taking.act.session.scalars(recused))


def _awaits_files(taking: Taking) -> bool:
    return not running(taking, (_ANSWERED_BY[taking.subject.state],))


def _in(state: S) -> Callable[[Taking], bool]:
    return lambda taking: taking.subject.state is state


def _has_upper(taking: Taking) -> bool:
    return taking.subject.case.procuratorate.superior_id is not None


def _unused(taking: Taking) -> list[Deadline]:
    return [
        one
        for one in running(taking, ("A07", "A09"))
        if one.outer_on is not None and taking.act.today > one.outer_on
    ]


def _close_unused(taking: Taking) -> None:
    for one in _unused(taking):
        deadlines.close(taking.act, one, reason=CloseReason.LAPSED)


STEPS: tuple[Step[Any], ...] = (
    Step(
        code="ask_reconsideration",
        zh="要求复议",
        en="Ask to reconsider the refusal",
        by=Permission.PROCEEDING_ANSWER,
        sources=OBJECTABLE,
        target=S.RECONSIDERATION,
        articles=law("MPS 141¶1", "RULES 290", "RULES 292"),
        fields=(
            line("document_number", "要求复议意见书文号", "Number of the request"),
            words("reasons", "认为不批准逮捕有错误的理由", "Why the refusal is thought wrong"),
            yes("supplemented", "已经补充侦查", "The police have supplemented since"),
            _FILES,
        ),
        guards=(
            NOT_REFUSED,
            Guard(
                "supplemented",
                "补充侦查后应当重新提请批准逮捕，要求复议的不予受理。",
                "After supplementing, the arrest is to be requested anew; an objection is not "
                "accepted.",
                law("RULES 292¶1", "MPS 138¶2"),
                lambda taking: not taking.given.get("supplemented"),
            ),
            Guard(
                "reconsideration_too_late",
                "已超过收到不批准逮捕决定书后五日的期限，不予受理复议；可以重新提请批准逮捕。",
                "The five days from receipt of the refusal are over; the arrest may be requested "
                "anew.",
                law("MPS 141¶1"),
                _in_time("A07"),
            ),
        ),
        effects=(
            Close(("A06", "A07")),
            Start("A08", when=_files, only="意见书和案卷材料均已收到的"),
            Ask(TaskKind.NAME_REVIEWER, Whom.CASE_MANAGEMENT, ("A08",)),
        ),
    ),
    Step(
        code="send_files",
        zh="补送复议、复核的案卷材料",
        en="Send the files after the objection",
        by=Permission.PROCEEDING_ANSWER,
        sources=_ANSWERED_BY,
        target=None,
        articles=law("RULES 290", "RULES 291¶1"),
        guards=(
            Guard(
                "files_received",
                "案卷材料已经收到，期限已经起算。",
                "The files have been received, and the period runs.",
                law("RULES 290", "RULES 291¶1"),
                _awaits_files,
            ),
        ),
        effects=(
            Start("A08", when=_in(S.RECONSIDERATION), only="复议的"),
            Start("A10", when=_in(S.RE_EXAMINATION), only="复核的", kept_by=above),
        ),
    ),
    Step(
        code="name_reviewer",
        zh="另行指派检察官办理复议",
        en="Name another prosecutor for the reconsideration",
        by=Permission.PROCEEDING_NAME_REVIEWER,
        sources={S.RECONSIDERATION},
        target=None,
        articles=law("RULES 290"),
        fields=(
            Field(
                "reviewer_id",
                FieldKind.PERSON,
                "另行指派的检察官",
                "The other prosecutor",
                post="prosecutor",
            ),
        ),
        guards=(
            Guard(
                "not_another",
                "复议应当另行指派检察官：不得指派本案承办检察官及其办案组成员、提出过审查意见或者应当回避的检察官。",
                "Another prosecutor is named: not the handler or one of the same case team, "
                "nobody who gave an opinion in it, and nobody recused.",
                law("RULES 290", "RULES 24"),
                _another,
            ),
        ),
        effects=(
            NameReviewer(),
            Finish((TaskKind.NAME_REVIEWER,)),
            Ask(TaskKind.RECONSIDER, Whom.REVIEWER, ("A08",)),
        ),
        told=False,
    ),
    Step(
        code="uphold_refusal",
        zh="复议维持不批准逮捕决定",
        en="Uphold the refusal on reconsideration",
        by=Permission.PROCEEDING_RECONSIDER,
        sources={S.RECONSIDERATION},
        target=S.REFUSAL_UPHELD,
        articles=law("RULES 290", "RULES 291¶2"),
        approver=Approver.CHIEF,
        document=Mark.RECONSIDERATION,
        fields=(REASONS,),
        effects=(
            Close(("A08",)),
            Start("A09"),
            Finish((TaskKind.RECONSIDER, TaskKind.NAME_REVIEWER)),
        ),
    ),
    Step(
        code="change_refusal",
        zh="复议改变：撤销原决定，批准逮捕",
        en="Change on reconsideration: revoke the refusal and approve the arrest",
        by=Permission.PROCEEDING_RECONSIDER,
        sources={S.RECONSIDERATION},
        target=S.ARREST_APPROVED,
        articles=law("RULES 290", "RULES 289¶2"),
        approver=Approver.CHIEF,
        document=Mark.RECONSIDERATION,
        fields=(words("reasons", "理由", "Reasons", inside=True),),
        effects=(
            Do("另行制作批准逮捕决定书；公安机关待办：送达执行回执", approve_here),
            Close(("A08",)),
            Close(("A03",), CloseReason.LAPSED),
            Start("A01"),
            Finish((TaskKind.RECONSIDER, TaskKind.NAME_REVIEWER)),
        ),
    ),
    Step(
        code="ask_re_examination",
        zh="提请上一级检察院复核",
        en="Ask the procuratorate one level above to re-examine",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.REFUSAL_UPHELD},
        target=S.RE_EXAMINATION,
        articles=law("MPS 141¶2", "RULES 291¶1"),
        fields=(
            line("document_number", "提请复核意见书文号", "Number of the request"),
            words("reasons", "提请复核的理由", "Reasons"),
            _FILES,
        ),
        guards=(
            Guard(
                "re_examination_too_late",
                "已超过收到复议决定书后五日的期限，不予受理复核。",
                "The five days from receipt of the decision on reconsideration are over.",
                law("MPS 141¶2"),
                _in_time("A09"),
            ),
            Guard(
                "no_upper_procuratorate",
                "上一级检察院未在本系统登记，请向其书面提请复核。",
                "The procuratorate one level above is not registered here: ask it on paper.",
                law("RULES 291¶1"),
                _has_upper,
            ),
        ),
        effects=(
            Close(("A09",)),
            Raise(),
            Start("A10", when=_files, only="意见书和案卷材料均已收到的", kept_by=above),
            Ask(TaskKind.RE_EXAMINE, Whom.UPPER, ("A10",)),
        ),
    ),
    Step(
        code="uphold_above",
        zh="复核维持不批准逮捕决定",
        en="Uphold the refusal on re-examination",
        by=Permission.PROCEEDING_RE_EXAMINE,
        sources={S.RE_EXAMINATION},
        target=S.REFUSAL_FINAL,
        articles=law("RULES 291"),
        approver=Approver.CHIEF,
        document=Mark.RE_EXAMINATION,
        fields=(REASONS,),
        effects=(Close(("A10",)), Finish((TaskKind.RE_EXAMINE,))),
    ),
    Step(
        code="change_above",
        zh="复核改变：通知下级检察院撤销原决定，另行制作批准逮捕决定书",
        en="Change on re-examination: the lower procuratorate revokes and makes out the approval",
        by=Permission.PROCEEDING_RE_EXAMINE,
        sources={S.RE_EXAMINATION},
        target=S.ARREST_APPROVED,
        articles=law("RULES 291¶1"),
        approver=Approver.CHIEF,
        document=Mark.RE_EXAMINATION,
        fields=(words("reasons", "理由", "Reasons", inside=True),),
        effects=(
            Do("下级检察院的批准逮捕决定书；公安机关待办：送达执行回执", approve_here),
            Close(("A10",)),
            Close(("A03",), CloseReason.LAPSED),
            Start("A01"),
            Finish((TaskKind.RE_EXAMINE,)),
        ),
    ),
    Step(
        code="approve_above",
        zh="复核改变：上级检察院直接批准逮捕",
        en="Change on re-examination: the upper procuratorate approves the arrest itself",
        by=Permission.PROCEEDING_RE_EXAMINE,
        sources={S.RE_EXAMINATION},
        target=S.ARREST_APPROVED,
        articles=law("RULES 291¶1"),
        approver=Approver.CHIEF,
        document=Mark.RE_EXAMINATION,
        fields=(words("reasons", "直接批准的必要和理由", "Why directly, and why", inside=True),),
        effects=(
            Do("上级检察院的批准逮捕决定书；公安机关待办：送达执行回执", approve_above),
            Close(("A10",)),
            Close(("A03",), CloseReason.LAPSED),
            Start("A01"),
            Finish((TaskKind.RE_EXAMINE,)),
        ),
    ),
    Step(
        code="close_unused_objection",
        zh="期限届满，公安机关未要求复议或者提请复核",
        en="The police did not object in time",
        by=Permission.PROCEEDING_HANDLE,
        sources=OBJECTABLE | {S.REFUSAL_UPHELD},
        target=None,
        articles=law("MPS 141"),
        guards=(
            Guard(
                "may_still_object",
                "公安机关要求复议、提请复核的期限尚未届满，或者没有该期限在计算。",
                "The police may still object, or no such period is running.",
                law("MPS 141"),
                lambda taking: bool(_unused(taking)),
            ),
        ),
        effects=(Do("失去对象：已届满的 A07、A09", _close_unused),),
        told=False,
    ),
)
