"""What people hear about delegations."""

from notifications.audiences import person, pool, together
from notifications.messages import Message, Urgency, Words, on, topic_of
from services.delegations import Delegation, DelegationGiven, DelegationRevoked
from services.policy import PostKind

CONCERNED = together(person("to_id"), pool(PostKind.CHIEF_PROCURATOR, of="office_id"))


def _sample() -> Delegation:
    return Delegation(id=1, office_id=1, from_id=2, to_id=3)


@on(
    DelegationGiven,
    about=Delegation,
    to=CONCERNED,
    urgency=Urgency.TASK,
    topic=topic_of("delegation"),
    sample=lambda: (DelegationGiven(1, 1, 3), _sample()),
)
def delegation_given(_event: DelegationGiven, _delegation: Delegation) -> Message:
    """Tell who acts for the chief procurator."""
    return Message(
        "授权代行审批职责",
        "检察长已授权代行审批职责，请查看期限。",
        "/delegations",
        en=Words(
            "You may act for the chief procurator",
            "The chief procurator has let you act in approvals. See until when.",
        ),
    )


@on(
    DelegationRevoked,
    about=Delegation,
    to=CONCERNED,
    topic=topic_of("delegation"),
    sample=lambda: (DelegationRevoked(1, 1, 3), _sample()),
)
def delegation_revoked(_event: DelegationRevoked, _delegation: Delegation) -> Message:
    """Tell that the delegation is over."""
    return Message(
        "授权已结束",
        "代行审批职责的授权已提前结束。",
        "/delegations",
        en=Words("A delegation has ended", "The delegation to act in approvals was ended early."),
    )
