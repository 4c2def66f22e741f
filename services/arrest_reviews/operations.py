"""Reviewing an arrest: the handler opines, the chief procurator decides, the police receipt."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Select, select

from services import cases, deadlines, interrogations, numbers, proceedings, tasks
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Measure
from services.arrest_reviews.events import (
    ArrestDecided,
    OpinionGiven,
    OpinionReturned,
    ReceiptReturned,
)
from services.arrest_reviews.flow import (
    DECIDED,
    ENDING,
    Hearing,
    NewMeasure,
    Outcome,
    Proposal,
    ReceiptOutcome,
    RefusalKind,
    ReviewState,
)
from services.arrest_reviews.records import ArrestDecision, ArrestReview, Opinion, Receipt
from services.arrest_reviews.steps import FLOW, STEPS, custody, necessity
from services.arrest_reviews.steps.decisions import tell_of_foreigner
from services.cases import Case, CaseClosed, CaseState
from services.deadlines import (
    Calculation,
    CloseReason,
    Custody,
    Deadline,
    Keepers,
    Standing,
    lists,
)
from services.deadlines.engine.articles import cited_en, cited_zh, law
from services.interrogations import consequences
from services.interrogations.grounds import InterrogationGround, MustInterrogate, from_file
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, NotAllowed, NotFound, Unprocessable
from services.numbers import Mark
from services.policy import Permission, PostKind, allows, demands
from services.proceedings.effects import MEASURE_RULES
from services.tasks import TaskKind

HELD = frozenset({Custody.HELD, Custody.UNKNOWN})
"""Held in this case, or nobody has said otherwise."""
REVIEW_RULES = ("D06", "D07")
"""Seven days for a detained suspect; 15, at most 20, for one who is not (CPL 91; RULES 282)."""
EXECUTION_RULES = ("A01", "A02", "A03")
"""What the police have to do with a decision; the receipt ends it."""
HANDLED = (
    TaskKind.REVIEW_ARREST,
    TaskKind.EXTEND_CUSTODY,
    TaskKind.REVIEW_RESTART,
    TaskKind.REVIEW_NECESSITY,
)
"""The open work that goes with the handler."""
OVER = (
    *HANDLED,
    TaskKind.RETURN_RECEIPT,
    TaskKind.NAME_REVIEWER,
    TaskKind.RECONSIDER,
    TaskKind.RE_EXAMINE,
    TaskKind.EXECUTE_DECISION,
    TaskKind.GIVE_REASONS,
)
"""The open work that loses its object once the case is transferred for prosecution."""
OVER_WITH_TRANSFER = (
    *("A04", "A05", "A06", "A07", "A08", "A09", "A10"),
    *("C06b", "C08", "N01", "N03", "N05", "N07", "N09"),
)
"""What loses its object once the case is transferred for prosecution."""


class BothOrNeither(Unprocessable):
    """A refusal needs its kind, and an approval has none."""

    zh = "不批准逮捕须选择种类；批准逮捕不得填写不批准种类。"


class OutlineMissing(Unprocessable):
    """Refusing for lack of evidence needs an outline for supplementary investigation."""

    zh = "因证据不足不批准逮捕的，须附补充侦查提纲。"


class ReasonsMissing(Unprocessable):
    """Whoever decides otherwise than proposed, or sends an opinion back, says why."""

    zh = "不按承办人意见作出决定，或者要求复核的，应当写明理由。"


class InterrogationMissing(Conflict):
    """An interrogation is said to have been held, and none is on record."""

    zh = "尚无已结束的讯问记录：请先完成讯问，或者补录已在线下进行的讯问。"


class HearingMissing(Unprocessable):
    """A detained suspect who is not interrogated is served the form, and it is collected."""

    zh = "对被拘留的犯罪嫌疑人不予讯问的，应当送达听取犯罪嫌疑人意见书并及时收回。"


class StillHeld(Unprocessable):
    """The suspect is detained: release or change of the measure follows the refusal at once."""

    zh = "犯罪嫌疑人在押的，应当立即释放或者变更强制措施。"


class IncompleteReceipt(Unprocessable):
    """The receipt lacks what its outcome needs: the time, the reason or the new measure."""

    zh = "回执内容不完整：请填写执行时间、未执行原因或者变更后的强制措施。"


proceedings.enter(ArrestReview, STEPS)


def visible(act: Act) -> Select[ArrestReview]:
    """Every review of a case that the actor may see."""
    seen = cases.visible(act).with_only_columns(Case.id)
    return select(ArrestReview).where(ArrestReview.case_id.in_(seen))


def find(act: Act, review_id: int) -> ArrestReview:
    """The review, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(ArrestReview.id == review_id))
    if found is None:
        raise NotFound
    return found


def begin(act: Act, case: Case) -> None:
    """Open a review for every suspect of a case just assigned, and the handler's tasks.

    Part of assigning the case, which has been allowed; the clock has run since first receipt.
    """
    known = {review.suspect_id for review in _of(act, case)}
    for suspect in act.session.scalars(cases.suspects_of(case.id)):
        if suspect.id not in known:
            act.session.add(ArrestReview(case=case, suspect=suspect))
    act.session.flush()
    tasks.finish(act, TaskKind.ASSIGN_CASE, case)
    _open_handler_tasks(act, case)


def take_in(act: Act, case: Case, suspect: Suspect) -> None:
    """Open the review of a suspect who came to a case that is handled; part of adding one."""
    review = ArrestReview(case=case, suspect=suspect)
    act.session.add(review)
    act.session.flush()
    _open_handler_task(act, review)


def hand_over(act: Act, case: Case) -> None:
    """Move the open work of a case to its new handler; part of changing the handler."""
    release(act, case)
    _open_handler_tasks(act, case)


def release(act: Act, case: Case) -> None:
    """Take the open work of a case from its handler; part of changing or recusing the handler."""
    for review in _of(act, case):
        for kind in HANDLED:
            tasks.cancel(act, kind, review)
    act.session.flush()


def grounds_to_interrogate(act: Act, review: ArrestReview) -> list[InterrogationGround]:
    """Why interrogation is a duty here (RULES 280¶1), without a further query for lists."""
    found = set(from_file(review.case, review.suspect, act.today))
    found |= {InterrogationGround(one) for one in review.noted_grounds or ()}
    return [one for one in InterrogationGround if one in found]


@demands(Permission.ARREST_REVIEW_OPINE)
def opine(  # noqa: PLR0913  # each by its name
    act: Act,
    review: ArrestReview,
    *,
    proposal: Proposal,
    refusal_kind: RefusalKind | None,
    hearing: Hearing,
    reasons: str,
    outline: str | None,
) -> ArrestReview:
    """Put the handler's opinion up for approval (审查逮捕意见书).

    The suspect is interrogated where RULES 280¶1 says so; a detained suspect who is not is
    served the form for a written opinion (280¶3). A refusal gives its reasons, and for lack of
    evidence an outline (285¶1, 257). Bail is not proposed (285¶2): there is no field for it.

    Refuses:
        NotAllowed: only the handler opines, who has not been changed or recused meanwhile.
        WrongState: an opinion awaits approval, or the arrest is decided.
        BothOrNeither: a refusal without a kind, or an approval with one.
        OutlineMissing: evidence is said to be insufficient and no outline is given.
        MustInterrogate: a ground of RULES 280¶1 holds, and there was no interrogation.
        InterrogationMissing: no interrogation of the suspect has ended, here or on paper.
        HearingMissing: the form was not served on a detained suspect, or has not come back.

    Records:
        OpinionGiven.
    """
    cases.locked(act, review.case)
    if not allows(act.actor, Permission.ARREST_REVIEW_OPINE, review):
        raise NotAllowed(permission=Permission.ARREST_REVIEW_OPINE)
    state = FLOW.after(review.state, "opine")
    _consistent(proposal, refusal_kind, outline)
    _heard(act, review, hearing)
    opinion = Opinion(
        proposal=proposal,
        refusal_kind=refusal_kind,
        hearing=hearing,
        reasons=reasons,
        outline=outline,
        by_id=act.actor.id,
        at=act.now,
    )
    review.opinions.append(opinion)
    review.state = state
    act.session.flush()
    tasks.finish(act, TaskKind.REVIEW_ARREST, review)
    tasks.open_for_pool(
        act,
        TaskKind.APPROVE_ARREST,
        review,
        office_id=review.procuratorate_id,
        post=PostKind.CHIEF_PROCURATOR,
        due=_statutory(act, review),
    )
    kind = refusal_kind.value if refusal_kind else None
    act.record(OpinionGiven(review.id, opinion.id, proposal.value, kind))
    return review


@demands(Permission.ARREST_REVIEW_DECIDE)
def send_back(act: Act, review: ArrestReview, *, note: str) -> ArrestReview:
    """Ask the handler to check again (RULES 7); the clock keeps running.

    Refuses:
        NotAllowed: only the chief procurator.
        WrongState: no opinion awaits approval.
        ReasonsMissing: it is not said what to check.

    Records:
        OpinionReturned.
    """
    state = FLOW.after(review.state, "send_back")
    if not note.strip():
        raise ReasonsMissing
    cases.locked(act, review.case)
    review.state = state
    opinion = _standing(review)
    opinion.returned_at, opinion.returned_note = act.now, note
    act.session.flush()
    tasks.finish(act, TaskKind.APPROVE_ARREST, review)
    _open_handler_task(act, review)
    act.record(OpinionReturned(review.id, opinion.id))
    return review


@demands(Permission.ARREST_REVIEW_DECIDE)
def decide(
    act: Act,
    review: ArrestReview,
    *,
    outcome: Outcome,
    refusal_kind: RefusalKind | None,
    reasons: str | None,
) -> ArrestReview:
    """Approve the arrest or not (批准逮捕 / 不批准逮捕), under the next number of its series.

    The chief procurator decides (CPL 89; RULES 285¶3), as proposed or otherwise (RULES 7). A
    refusal gives its reasons to the police (285¶1), an approval has none; where the police are
    told to end the matter (287) nothing is left to supplement. They execute at once (286), and
    may ask to reconsider any refusal within five days (MPS 141).

    Refuses:
        NotAllowed: only the chief procurator of that procuratorate.
        WrongState: no opinion awaits approval, or the case has lost its handler.
        BothOrNeither: a refusal without a kind, or an approval with one.
        OutlineMissing: evidence is said to be insufficient and the opinion has no outline.
        ReasonsMissing: it is decided otherwise than proposed, without own reasons.
        MustInterrogate: a ground of RULES 280¶1 came up, and there was no interrogation.

    Records:
        ArrestDecided, and CaseClosed never: receipts are still to come.
    """
    approved = outcome is Outcome.APPROVE
    state = FLOW.after(review.state, "approve" if approved else "refuse")
    opinion = _standing(review)
    _consistent(outcome, refusal_kind, opinion.outline)
    if not reasons and (outcome, refusal_kind) != (opinion.proposal, opinion.refusal_kind):
        raise ReasonsMissing
    case = cases.locked(act, review.case)
    cases.FLOW.after(case.state, "decide")
    _refuse_unheard(act, review)
    clock = _statutory(act, review)
    decision = ArrestDecision(
        number=numbers.take(
            act, case.procuratorate, Mark.ARREST_APPROVED if approved else Mark.ARREST_REFUSED
        ),
        outcome=outcome,
        refusal_kind=refusal_kind,
        reasons=reasons or ("" if approved else opinion.reasons),
        outline=None if refusal_kind in ENDING else opinion.outline,
        by_id=act.actor.id,
        at=act.now,
        after_due=clock is not None and clock.standing(act.now) is Standing.EXPIRED,
        delegation_id=act.delegation_id,
    )
    review.decisions.append(decision)
    review.state = state
    act.session.flush()
    if clock is not None:
        deadlines.close(act, clock)
    held = Custody.under(review.suspect.measure)
    rules = ("A01",) if approved else ("A03", "A07", *(("A06",) if refusal_kind in ENDING else ()))
    for rule_id in rules:
        _start(act, review, rule_id, act.now, held)
    if approved:
        tell_of_foreigner(act, review)
    tasks.finish(act, TaskKind.APPROVE_ARREST, review)
    tasks.open_for_pool(
        act,
        TaskKind.RETURN_RECEIPT,
        review,
        office_id=review.police_office_id,
        post=PostKind.POLICE_OFFICER,
        due=_receipt_due(act, review, act.now),
    )
    if all(one.state in DECIDED for one in _of(act, case)):
        cases.move(case, "decide")
    kind = refusal_kind.value if refusal_kind else None
    act.record(ArrestDecided(review.id, decision.id, outcome.value, kind))
    return review


@demands(Permission.ARREST_REVIEW_RECEIPT)
def return_receipt(  # noqa: PLR0913  # each by its name
    act: Act,
    review: ArrestReview,
    *,
    outcome: ReceiptOutcome,
    executed_at: datetime | None,
    reason: str | None,
    new_measure: NewMeasure | None,
) -> ArrestReview:
    """Say what was done with the decision (执行回执); a late receipt is taken, and visible.

    An approved arrest is executed at once and its receipt is back within three days of the
    execution (MPS 142); after a non-approval the suspect is released or the measure changed at
    once, and the receipt is back within three days of the decision's receipt (RULES 286). It is
    called late only past the latest day that the law can bear. Custody for investigation runs
    from the execution of the arrest (CPL 156), until the case is transferred for prosecution; the
    police interrogate, and tell the family, within 24 hours (CPL 93, 94).

    Refuses:
        NotAllowed: only officers of the organ that asked.
        WrongState: nothing is decided, the receipt is in, or it does not fit the decision.
        IncompleteReceipt: no time of execution, no reason for not executing, no new measure.
        StillHeld: the measure is said to be unchanged, and the suspect is detained.

    Records:
        ReceiptReturned, and CaseClosed with the last one.
    """
    state = FLOW.after(review.state, outcome.value)
    if review.receipt is not None:
        raise WrongState(state=review.state, step=outcome.value)
    _complete(
        act,
        review,
        outcome=outcome,
        executed_at=executed_at,
        reason=reason,
        new_measure=new_measure,
    )
    receipt = Receipt(
        outcome=outcome,
        executed_at=executed_at,
        reason=reason,
        new_measure=new_measure,
        by_id=act.actor.id,
        at=act.now,
        due_on=None,
        late=False,
    )
    if counted_from := _counted_from(review, outcome, executed_at):
        due = _receipt_due(act, review, counted_from)
        receipt.due_on = due.due_on
        receipt.late = due.outer_on is not None and act.today > due.outer_on
    case = cases.locked(act, review.case)
    assert review.decision is not None  # noqa: S101  # the flow leads here by a decision only
    review.decision.receipt = receipt
    review.state = state
    act.session.flush()
    executed = deadlines.open_about([review]).where(Deadline.rule_id.in_(EXECUTION_RULES))
    for clock in act.session.scalars(executed):
        executing = clock.rule.kind is deadlines.Kind.IMMEDIATE
        deadlines.close(act, clock, at=executed_at if executing else None)
    changed = Measure(new_measure.value) if new_measure else None
    measure = _MEASURE_AFTER.get(outcome, changed)
    if measure is not None:
        review.suspect.measure, review.suspect.measure_began_at = measure, executed_at
        _end_measure(act, review)
        deadlines.change_custody(act, review.suspect_id, Custody.under(measure), on=executed_at)
    if executed_at is not None and measure in MEASURE_RULES:
        _start(act, review, MEASURE_RULES[measure], executed_at, Custody.under(measure))
    if outcome is ReceiptOutcome.EXECUTED and executed_at is not None:
        for rule_id in ("C01", "A04", "A05"):
            _start(act, review, rule_id, executed_at, Custody.HELD)
        custody.count_back(act, review)
    if measure is not None:
        consequences.measure_changed(act, review.suspect)
    tasks.finish(act, TaskKind.RETURN_RECEIPT, review)
    act.record(ReceiptReturned(review.id, receipt.id, outcome.value, receipt.late))
    if all(one.receipt for one in _of(act, case)) and case.state is CaseState.DECIDED:
        cases.move(case, "close")
        consequences.case_closed(act, case)
        act.record(CaseClosed(case.id))
    return review


def transferred(act: Act, suspect_ids: Collection[int]) -> None:
    """The arrest reviews of these suspects are over: the case was transferred for prosecution."""
    chosen = select(ArrestReview).where(ArrestReview.suspect_id.in_(suspect_ids))
    for review in act.session.scalars(chosen).all():
        if review.state in DECIDED:
            review.state = ReviewState.FOR_PROSECUTION
            for kind in OVER:
                tasks.cancel(act, kind, review)
            deadlines.close_about(act, OVER_WITH_TRANSFER, review, reason=CloseReason.LAPSED)


def _end_measure(act: Act, review: ArrestReview) -> None:
    """Bail and surveillance end with the next measure, without papers of their own (RULES 154)."""
    limited = deadlines.open_of([review.suspect_id]).where(
        Deadline.rule_id.in_(MEASURE_RULES.values())
    )
    for deadline in act.session.scalars(limited).all():
        deadlines.close(act, deadline)


def _of(act: Act, case: Case) -> list[ArrestReview]:
    chosen = select(ArrestReview).where(ArrestReview.case_id == case.id).order_by(ArrestReview.id)
    return list(act.session.scalars(chosen))


def _standing(review: ArrestReview) -> Opinion:
    opinion = review.opinion
    assert opinion is not None  # noqa: S101  # the flow leads here by way of an opinion only
    return opinion


def _statutory(act: Act, review: ArrestReview) -> Deadline | None:
    """The running period of this suspect's arrest review."""
    running = deadlines.open_of([review.suspect_id]).where(Deadline.rule_id.in_(REVIEW_RULES))
    return act.session.scalars(running).first()


def _open_handler_tasks(act: Act, case: Case) -> None:
    for review in _of(act, case):
        if review.state is ReviewState.UNDER_REVIEW:
            _open_handler_task(act, review)
        elif review.state is ReviewState.ARRESTED:
            _open_custody_tasks(act, review)


def _open_custody_tasks(act: Act, review: ArrestReview) -> None:
    """What the police or an applicant asked of the handler before, and nobody has decided."""
    waiting = {
        TaskKind.EXTEND_CUSTODY: custody.extension_asked(act, review) is not None,
        TaskKind.REVIEW_RESTART: custody.restart_reported(act, review),
        TaskKind.REVIEW_NECESSITY: necessity.pending_review(act, review),
    }
    for kind, waits in waiting.items():
        if waits and review.handler_id is not None:
            tasks.open_for_person(act, kind, review, person_id=review.handler_id)


def _open_handler_task(act: Act, review: ArrestReview) -> None:
    if review.handler_id is not None:
        tasks.open_for_person(
            act,
            TaskKind.REVIEW_ARREST,
            review,
            person_id=review.handler_id,
            due=_statutory(act, review),
        )


def _consistent(outcome: Outcome, refusal_kind: RefusalKind | None, outline: str | None) -> None:
    if (outcome is Outcome.REFUSE) != (refusal_kind is not None):
        raise BothOrNeither
    if refusal_kind is RefusalKind.INSUFFICIENT_EVIDENCE and not outline:
        raise OutlineMissing


def _heard(act: Act, review: ArrestReview, hearing: Hearing) -> None:
    case, suspect = review.case, review.suspect
    if hearing is Hearing.INTERROGATED:
        if not interrogations.on_record(act, case, suspect):
            raise InterrogationMissing(**_cited("RULES 280¶1"))
        return
    if grounds := interrogations.grounds_of(act, case, suspect):
        raise MustInterrogate.because(grounds)
    if hearing is Hearing.WRITTEN_OPINION:
        form = interrogations.opinion_form_of(act, case, suspect)
        if form is None or form.collected_at is None:
            raise HearingMissing(**_cited("RULES 280¶3"))
    elif suspect.measure is Measure.DETENTION:
        raise HearingMissing(**_cited("RULES 280¶3"))


def _refuse_unheard(act: Act, review: ArrestReview) -> None:
    """Nobody decides, either way, where RULES 280¶1 wants an interrogation first."""
    case, suspect = review.case, review.suspect
    grounds = interrogations.grounds_of(act, case, suspect)
    if grounds and not interrogations.on_record(act, case, suspect):
        raise MustInterrogate.because(grounds)


def _cited(*articles: str) -> dict[str, str]:
    return {"article": cited_en(law(*articles)), "article_zh": cited_zh(law(*articles))}


def _complete(  # noqa: PLR0913  # each by its name
    act: Act,
    review: ArrestReview,
    *,
    outcome: ReceiptOutcome,
    executed_at: datetime | None,
    reason: str | None,
    new_measure: NewMeasure | None,
) -> None:
    if outcome is ReceiptOutcome.UNCHANGED and review.suspect.custody in HELD:
        raise StillHeld
    executed = outcome not in {ReceiptOutcome.NOT_EXECUTED, ReceiptOutcome.UNCHANGED}
    decided_at = review.decision.at if review.decision else act.now
    decided_at = decided_at.replace(second=0, microsecond=0)  # a phone names the minute
    missing = [
        name
        for name, lacks in {
            "executed_at": executed
            and (executed_at is None or not decided_at <= executed_at <= act.now),
            "reason": outcome is ReceiptOutcome.NOT_EXECUTED and not reason,
            "new_measure": (outcome is ReceiptOutcome.MEASURE_CHANGED) != (new_measure is not None),
        }.items()
        if lacks
    ]
    if missing:
        raise IncompleteReceipt(
            errors=[
                {
                    "pointer": f"/{name}",
                    "code": "incomplete_receipt",
                    "detail": _WANTED[name],
                    "severity": "error",
                }
                for name in missing
            ]
        )


_WANTED = {
    "executed_at": {
        "zh": "请填写执行时间：不早于决定作出之时，不晚于现在。",
        "en": "The time of execution: not before the decision, not later than now.",
    },
    "reason": {"zh": "请写明未能执行的原因。", "en": "The reason why it was not executed."},
    "new_measure": {
        "zh": "变更强制措施的，请填写变更后的措施；其他情形不填。",
        "en": "The new measure if the measure was changed, and none otherwise.",
    },
}


_MEASURE_AFTER = {
    ReceiptOutcome.EXECUTED: Measure.ARREST,
    ReceiptOutcome.RELEASED: Measure.NONE,
}


def _start(
    act: Act, review: ArrestReview, rule_id: str, started_at: datetime, custody: Custody
) -> None:
    deadlines.start(
        act,
        rule_id,
        review,
        suspect_id=review.suspect_id,
        started_at=started_at,
        custody=custody,
        keepers=Keepers(review.procuratorate_id, review.police_office_id, review.case.handler_id),
    )


def _counted_from(
    review: ArrestReview, outcome: ReceiptOutcome, executed_at: datetime | None
) -> datetime | None:
    """Execution (MPS 142), or receipt of the refusal (RULES 286: the earlier of the two).

    A receipt that an arrest could not be executed has no period (RULES 286: in time).
    """
    if outcome is ReceiptOutcome.NOT_EXECUTED:
        return None
    if outcome is ReceiptOutcome.EXECUTED or review.decision is None:
        return executed_at
    return review.decision.at


def _receipt_due(act: Act, review: ArrestReview, from_: datetime) -> Calculation:
    """When the receipt is due: three days from execution, or from receipt of a refusal.

    For an approved arrest the task counts from the decision: execution is immediate (CPL 90).
    """
    approved = review.decision is not None and review.decision.outcome is Outcome.APPROVE
    return deadlines.calculate(
        "A02" if approved else "A03",
        from_,
        Custody.under(review.suspect.measure),
        deadlines.calendar_of(act.session),
    )


def allowed(act: Act, review: ArrestReview) -> list[str]:
    """The steps that the law gives the actor and that are open now."""
    open_steps = set(FLOW.open_from(review.state))
    if review.receipt is not None:
        open_steps -= BUTTONS["return_receipt"][1]
    return [
        step
        for step, (permission, flow_steps) in BUTTONS.items()
        if open_steps & flow_steps and allows(act.actor, permission, review)
    ]


BUTTONS: Mapping[str, tuple[Permission, frozenset[str]]] = {
    "opine": (Permission.ARREST_REVIEW_OPINE, frozenset({"opine"})),
    "decide": (Permission.ARREST_REVIEW_DECIDE, frozenset({"approve", "refuse", "send_back"})),
    "return_receipt": (
        Permission.ARREST_REVIEW_RECEIPT,
        frozenset(outcome.value for outcome in ReceiptOutcome),
    ),
}
"""What a phone may offer as a button, the power it needs and the flow's steps behind it."""


def periods(act: Act, reviews: Collection[ArrestReview]) -> dict[int, list[Deadline]]:
    """The periods of these reviews' suspects, open and closed, by suspect, oldest first.

    The procuratorate reads every one, the organ those that it may.
    """
    suspects = [review.suspect_id for review in reviews]
    every = select(Deadline).where(Deadline.suspect_id.in_(suspects))
    offices = {at for one in reviews for at in (one.procuratorate_id, one.raised_to_id)}
    chosen = lists.as_read(act, every, offices)
    found: dict[int, list[Deadline]] = {suspect: [] for suspect in suspects}
    for deadline in act.session.scalars(chosen.order_by(Deadline.id)):
        if deadline.suspect_id is not None:
            found[deadline.suspect_id].append(deadline)
    return found


def of_case(act: Act, case: Case) -> list[ArrestReview]:
    """The reviews of a case that the actor may see, by suspect."""
    return _of(act, case)
