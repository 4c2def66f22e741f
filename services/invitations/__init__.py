"""Invitations (邀请): the drawn supervisor is asked, answers, declares, undertakes, comes."""

from services.invitations.flow import FLOW, Attending, InvitationState, RecusalBecause
from services.invitations.operations import find, visible
from services.invitations.records import Invitation

__all__ = [
    "FLOW",
    "Attending",
    "Invitation",
    "InvitationState",
    "RecusalBecause",
    "find",
    "visible",
]
