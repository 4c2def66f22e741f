"""Invitations (邀请): the drawn supervisor is asked, answers, declares, undertakes, comes."""

from services.draws import RecusalBecause
from services.invitations import undertaking
from services.invitations.flow import (
    FLOW,
    Attending,
    InvitationState,
    LateBecause,
    RaisedBy,
    RecusalOutcome,
)
from services.invitations.operations import (
    accept,
    decline,
    find,
    grant_recusal,
    hold,
    mark_absent,
    mark_attended,
    may_read,
    offers,
    open_recusal,
    propose_form,
    refuse_recusal,
    report_conflict,
    step_aside,
    undertake,
    visible,
)
from services.invitations.reading import accepted, attended, of
from services.invitations.records import Invitation, SupervisorRecusal
from services.invitations.sweeps import BATCH, sweep

__all__ = [
    "BATCH",
    "FLOW",
    "Attending",
    "Invitation",
    "InvitationState",
    "LateBecause",
    "RaisedBy",
    "RecusalBecause",
    "RecusalOutcome",
    "SupervisorRecusal",
    "accept",
    "accepted",
    "attended",
    "decline",
    "find",
    "grant_recusal",
    "hold",
    "mark_absent",
    "mark_attended",
    "may_read",
    "of",
    "offers",
    "open_recusal",
    "propose_form",
    "refuse_recusal",
    "report_conflict",
    "step_aside",
    "sweep",
    "undertake",
    "undertaking",
    "visible",
]
