"""Adopt or explain: the answer, its receipt, the objection and who decides it (PSUP-2019 19)."""

from sqlalchemy import select

from services import activities, deadlines, tasks
from services.deadlines.engine.arithmetic import working_days_after
from services.kernel.act import Act
from services.kernel.refusals import Conflict, Unprocessable
from services.policy import Permission, PostKind, demands
from services.supervision_opinions import closing
from services.supervision_opinions.events import (
    SupervisionAnswerLapsed,
    SupervisionAnswerObjected,
    SupervisionAnswerReceipted,
    SupervisionObjectionDecided,
    SupervisionOpinionAnswered,
)
from services.supervision_opinions.flow import (
    FLOW,
    Adoption,
    SupervisionOpinionState,
    SupervisionRuling,
)
from services.supervision_opinions.records import SupervisionOpinion
from services.tasks import TaskKind

ARTICLE = {
    "article": "PSUP-2019 19",
    "article_zh": "《人民检察院办案活动接受人民监督员监督的规定》第十九条",
}


class AdoptionReasonsMissing(Unprocessable):
    """What is not adopted, or only in part, is explained to the supervisor."""

    zh = "未采纳或者部分采纳人民监督员意见的，应当向人民监督员作出解释说明。"


class NothingToObjectTo(Conflict):
    """The opinion was adopted: there is nothing to object to."""

    zh = "监督意见已被采纳，无需提出异议。"


class ObjectionTimeOver(Conflict):
    """The time in which one could object to the answer is over."""

    zh = "对答复提出异议的时间已过。"


@demands(Permission.SUPERVISION_OPINION_ANSWER)
def answer(
    act: Act,
    supervision_opinion: SupervisionOpinion,
    *,
    adoption: Adoption,
    reasons: str | None = None,
) -> SupervisionOpinion:
    """Adopt an opinion or explain why not; the answer is delivered and stays (PSUP-2019 19).

    No period of the case waits for it. How many working days the supervisor then has, the
    procuratorate's practice says.

    Refuses:
        NotAllowed: only the handler of the case now, not recused; without a case, case management.
        WrongState: it is sealed, or was answered before.
        AdoptionReasonsMissing: it is not wholly adopted, and nothing is explained.

    Records:
        SupervisionOpinionAnswered.
    """
    state = _next(act, supervision_opinion, "answer")
    if adoption is not Adoption.ADOPTED and not (reasons or "").strip():
        raise AdoptionReasonsMissing(**ARTICLE)
    said = activities.practice.of_office(act.session, supervision_opinion.procuratorate_id)
    calendar = deadlines.calendar_of(act.session)
    until = working_days_after(act.today, said.receipt_days, calendar)
    supervision_opinion.state = state
    supervision_opinion.adoption, supervision_opinion.answer = adoption, reasons
    supervision_opinion.answered_at, supervision_opinion.answered_by = act.now, act.actor.id
    supervision_opinion.receipt_by_on = until
    act.session.flush()
    tasks.finish(act, TaskKind.ANSWER_SUPERVISION_OPINION, supervision_opinion)
    task = tasks.open_for_person(
        act,
        TaskKind.RECEIPT_SUPERVISION_ANSWER,
        supervision_opinion,
        person_id=supervision_opinion.person_id,
    )
    task.due_on, task.outer_on = until, until
    act.record(SupervisionOpinionAnswered(supervision_opinion.id, adoption.value))
    return supervision_opinion


@demands(Permission.SUPERVISION_ANSWER_CONFIRM)
def receipt(act: Act, supervision_opinion: SupervisionOpinion) -> SupervisionOpinion:
    """Receipt the answer: the supervisor has read it and leaves it at that.

    Refuses:
        NotAllowed: only whose opinion it is.
        WrongState: there is no answer, or something was said to it before.

    Records:
        SupervisionAnswerReceipted; ActivityClosed if it was the last thing open.
    """
    supervision_opinion.state = _next(act, supervision_opinion, "receipt")
    supervision_opinion.receipted_at = act.now
    tasks.finish(act, TaskKind.RECEIPT_SUPERVISION_ANSWER, supervision_opinion)
    act.record(SupervisionAnswerReceipted(supervision_opinion.id))
    _settle(act, supervision_opinion)
    return supervision_opinion


@demands(Permission.SUPERVISION_ANSWER_OBJECT)
def object_to(
    act: Act, supervision_opinion: SupervisionOpinion, *, words: str
) -> SupervisionOpinion:
    """Object to the answer; the chief procurator decides (PSUP-2019 19).

    Refuses:
        NotAllowed: only whose opinion it is.
        WrongState: there is no answer, or something was said to it before.
        NothingToObjectTo: the opinion was adopted.
        ObjectionTimeOver: the day for it has passed.

    Records:
        SupervisionAnswerObjected.
    """
    state = _next(act, supervision_opinion, "object_to")
    if supervision_opinion.adoption is Adoption.ADOPTED:
        raise NothingToObjectTo
    if (
        supervision_opinion.receipt_by_on is not None
        and act.today > supervision_opinion.receipt_by_on
    ):
        raise ObjectionTimeOver(receipt_by_on=supervision_opinion.receipt_by_on)
    supervision_opinion.state, supervision_opinion.objection, supervision_opinion.objected_at = (
        state,
        words,
        act.now,
    )
    act.session.flush()
    tasks.finish(act, TaskKind.RECEIPT_SUPERVISION_ANSWER, supervision_opinion)
    tasks.open_for_pool(
        act,
        TaskKind.DECIDE_SUPERVISION_OBJECTION,
        supervision_opinion,
        office_id=supervision_opinion.procuratorate_id,
        post=PostKind.CHIEF_PROCURATOR,
    )
    act.record(SupervisionAnswerObjected(supervision_opinion.id))
    return supervision_opinion


@demands(Permission.SUPERVISION_OBJECTION_DECIDE)
def decide(
    act: Act, supervision_opinion: SupervisionOpinion, *, ruling: SupervisionRuling, reasons: str
) -> SupervisionOpinion:
    """Decide on the objection, which closes the matter; the supervisor is told (PSUP-2019 19).

    Refuses:
        NotAllowed: only the chief procurator, not recused; never who handles the case or answered.
        WrongState: there is no objection, or it was decided before.

    Records:
        SupervisionObjectionDecided; ActivityClosed if it was the last thing open.
    """
    supervision_opinion.state = _next(act, supervision_opinion, "decide")
    supervision_opinion.ruling, supervision_opinion.ruling_reasons = ruling, reasons
    supervision_opinion.decided_at, supervision_opinion.decided_by = act.now, act.actor.id
    tasks.finish(act, TaskKind.DECIDE_SUPERVISION_OBJECTION, supervision_opinion)
    act.record(SupervisionObjectionDecided(supervision_opinion.id, ruling.value))
    _settle(act, supervision_opinion)
    return supervision_opinion


@demands(Permission.SUPERVISION_OPINION_WATCH)
def lapse(act: Act, supervision_opinion: SupervisionOpinion) -> SupervisionOpinion:
    """Record that nothing was said to the answer in time: silence, which is no receipt.

    Refuses:
        NotAllowed: only the house's own machine.
        WrongState: something was said to it.

    Records:
        SupervisionAnswerLapsed; ActivityClosed if it was the last thing open.
    """
    supervision_opinion.state = _next(act, supervision_opinion, "lapse")
    supervision_opinion.lapsed_at = act.now
    tasks.cancel(act, TaskKind.RECEIPT_SUPERVISION_ANSWER, supervision_opinion)
    act.record(SupervisionAnswerLapsed(supervision_opinion.id))
    _settle(act, supervision_opinion)
    return supervision_opinion


def lapsing(act: Act, batch: int) -> list[SupervisionOpinion]:
    """Answers to which nothing was said in time; another worker's are left to that one."""
    chosen = (
        select(SupervisionOpinion)
        .where(
            SupervisionOpinion.state == SupervisionOpinionState.ANSWERED,
            SupervisionOpinion.receipt_by_on < act.today,
        )
        .order_by(SupervisionOpinion.id)
        .limit(batch)
        .with_for_update(of=SupervisionOpinion, skip_locked=True)
    )
    return list(act.session.scalars(chosen))


def _next(act: Act, supervision_opinion: SupervisionOpinion, step: str) -> SupervisionOpinionState:
    """Where the step leads, as the opinion stands once nobody else is changing it."""
    act.session.refresh(supervision_opinion, with_for_update=True)
    return FLOW.after(supervision_opinion.state, step)


def _settle(act: Act, supervision_opinion: SupervisionOpinion) -> None:
    if supervision_opinion.activity is not None:
        closing.settle(act, supervision_opinion.activity)
