"""Revoking a decision that proves wrong (RULES 289).

The article names nobody who decides: as the decision on the arrest is the chief procurator's
(CPL 89), so is its revocation. A person counts as held until the police say otherwise. What was
upheld one level above is not revoked below: new evidence calls for a new request. Whoever is to
be arrested again after a revocation goes through a new procedure (RULES 289¶3).
"""

from typing import Any

from services.arrest_reviews.flow import ReviewState as S
from services.arrest_reviews.steps.decisions import NOT_REFUSED, approve_here
from services.arrest_reviews.steps.remedies import OBJECTABLE
from services.deadlines import CloseReason
from services.deadlines.engine.articles import law
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import Ask, Cancel, Close, Do, Start, Whom
from services.proceedings.table import REASONS, Approver, Step, words
from services.tasks import TaskKind

STEPS: tuple[Step[Any], ...] = (
    Step(
        code="revoke_approval",
        zh="撤销批准逮捕决定",
        en="Revoke the approval of the arrest",
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARREST_APPROVED, S.ARREST_NOT_EXECUTED, S.ARRESTED},
        target=S.ARREST_REVOKED,
        articles=law("RULES 289¶1", "CPL 89", "CPL 96"),
        approver=Approver.CHIEF,
        document=Mark.ARREST_REVOKED,
        fields=(REASONS,),
        effects=(
            Close(("A01", "A12"), CloseReason.LAPSED),
            Cancel(
                (
                    TaskKind.RETURN_RECEIPT,
                    TaskKind.EXTEND_CUSTODY,
                    TaskKind.REVIEW_RESTART,
                    TaskKind.REVIEW_NECESSITY,
                )
            ),
            Ask(TaskKind.EXECUTE_DECISION, Whom.ORGAN),
        ),
    ),
    Step(
        code="revoke_refusal",
        zh="撤销不批准逮捕决定，重新作出批准逮捕决定",
        en="Revoke the refusal, and approve the arrest",
        by=Permission.PROCEEDING_HANDLE,
        sources=OBJECTABLE | {S.REFUSAL_UPHELD},
        target=S.ARREST_APPROVED,
        articles=law("RULES 289¶2", "CPL 89"),
        approver=Approver.CHIEF,
        document=Mark.REFUSAL_REVOKED,
        fields=(words("reasons", "理由", "Reasons", inside=True),),
        guards=(NOT_REFUSED,),
        effects=(
            Do("重新制作批准逮捕决定书；公安机关待办：送达执行回执", approve_here),
            Close(("A03", "A06", "A07", "A09"), CloseReason.LAPSED),
            Start("A01"),
        ),
    ),
)
