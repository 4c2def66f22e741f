"""What a phone may offer: each step, the power that it needs and the flow's word for it."""

from collections.abc import Mapping

from services.kernel.act import Act
from services.policy import Permission, allows
from services.supervision_opinions.flow import FLOW, Adoption
from services.supervision_opinions.records import SupervisionOpinion

STEPS: Mapping[str, Permission] = {
    "refer": Permission.SUPERVISION_OPINION_REFER,
    "answer": Permission.SUPERVISION_OPINION_ANSWER,
    "receipt": Permission.SUPERVISION_ANSWER_CONFIRM,
    "object_to": Permission.SUPERVISION_ANSWER_OBJECT,
    "decide": Permission.SUPERVISION_OBJECTION_DECIDE,
}


def allowed(act: Act, opinion: SupervisionOpinion) -> list[str]:
    """What the actor may do with it now."""
    open_now = set(FLOW.open_from(opinion.state))
    if opinion.adoption is Adoption.ADOPTED:
        open_now.discard("object_to")
    return [
        step
        for step, permission in STEPS.items()
        if step in open_now and allows(act.actor, permission, opinion)
    ]
