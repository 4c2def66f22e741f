"""Deciding anew: another decision takes the place of the one that stood (RULES 289 to 291)."""

from services import deadlines, numbers, tasks
from services.arrest_requests.terms import Flag
from services.arrest_reviews.events import ArrestDecided
from services.arrest_reviews.flow import Outcome
from services.arrest_reviews.records import ArrestDecision, ArrestReview
from services.deadlines import Keepers, Standing
from services.deadlines.engine.articles import law
from services.kernel.act import Act
from services.numbers import Mark
from services.offices import Office
from services.policy import PostKind
from services.proceedings.effects import running
from services.proceedings.table import Guard, Taking
from services.tasks import TaskKind


def refused(taking: Taking) -> bool:
    """Is the decision that stands a refusal?"""
    decision = taking.subject.decision
    return decision is not None and decision.outcome is Outcome.REFUSE


NOT_REFUSED = Guard(
    "not_refused",
    "现行有效的决定不是不批准逮捕决定。",
    "The decision that stands is no refusal of arrest.",
    law("MPS 141¶1", "RULES 290"),
    refused,
)


def approve_here(taking: Taking) -> None:
    """The refusal is revoked, and this procuratorate makes out the approval."""
    _approve(taking, taking.subject.case.procuratorate)


def approve_above(taking: Taking) -> None:
    """The procuratorate one level above makes out the approval itself (RULES 291¶1)."""
    _approve(taking, taking.act.session.get_one(Office, taking.subject.raised_to_id))


def _approve(taking: Taking, issuer: Office) -> None:
    periods = running(taking, ("A08", "A10"))
    late = any(one.standing(taking.now) is Standing.EXPIRED for one in periods)
    number = numbers.take(taking.act, issuer, Mark.ARREST_APPROVED)
    enter_approval(taking.act, taking.subject, number, str(taking.given["reasons"]), after_due=late)


def enter_approval(
    act: Act, review: ArrestReview, number: str, reasons: str, *, after_due: bool = False
) -> None:
    """Write down an approval under its number, and ask the police to execute it at once."""
    decision = ArrestDecision(
        number=number,
        outcome=Outcome.APPROVE,
        reasons=reasons,
        by_id=act.actor.id,
        at=act.now,
        after_due=after_due,
    )
    review.decisions.append(decision)
    tasks.cancel(act, TaskKind.RETURN_RECEIPT, review)
    act.session.flush()
    tasks.open_for_pool(
        act,
        TaskKind.RETURN_RECEIPT,
        review,
        office_id=review.police_office_id,
        post=PostKind.POLICE_OFFICER,
        due=deadlines.calculate(
            "A02", act.now, review.suspect.custody, deadlines.calendar_of(act.session)
        ),
    )
    tell_of_foreigner(act, review)
    act.record(ArrestDecided(review.id, decision.id, Outcome.APPROVE.value, None))


def tell_of_foreigner(act: Act, review: ArrestReview) -> None:
    """The arrest of a foreigner is reported one level up within 48 hours (RULES 294¶3)."""
    if Flag.FOREIGNER.value not in review.suspect.flags:
        return
    deadlines.start(
        act,
        "A12",
        review,
        suspect_id=review.suspect_id,
        keepers=Keepers(review.procuratorate_id, review.police_office_id, review.handler_id),
        started_at=act.now,
        custody=review.suspect.custody,
    )
