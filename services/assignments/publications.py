"""The published record of an assignment: all that anybody needs to run its draw again."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assignments import verifier
from services.assignments.records import Assignment, AssignmentKind, RotationList
from services.cases import Case
from services.kernel.act import JournalEntry

ANCHORED = "RotationCommitted"


def publication(session: Session, assignment: Assignment) -> dict[str, Any]:
    """What the verifier reads; ids and codes, no name.

    The anchor is the one that the journal holds, never one computed from what it shall prove.
    """
    case = session.get_one(Case, assignment.case_id)
    rotation = (
        session.get(RotationList, assignment.rotation_list_id)
        if assignment.rotation_list_id
        else None
    )
    entry = _committed(session, assignment)
    return {
        "scheme": assignment.scheme or verifier.BEFORE_SHARES,
        "assignment": assignment.id,
        "kind": assignment.kind.value,
        "office": case.procuratorate_id,
        "rotation_list": assignment.rotation_list_id,
        "list": rotation.list.value if rotation else None,
        "turn": assignment.turn,
        "anchor": entry.details["anchor"] if entry else None,
        "anchor_entry": entry.id if entry else None,
        "committed_at": assignment.committed_at and assignment.committed_at.isoformat(),
        "received_at": case.origin.received_at.isoformat(),
        "before": assignment.before,
        "seed": assignment.seed,
        "nonce": assignment.nonce,
        "candidates": [
            {"person": one["person_id"], "drawn": one["drawn"], "share": one["share"]}
            for one in assignment.pool
        ],
        "exclusions": [
            {"person": one["person_id"], "reason": one["reason"]} for one in assignment.exclusions
        ],
        "handler": assignment.handler_id,
        "team": list(assignment.member_ids or ()),
        "at": assignment.at.isoformat(),
    }


def _committed(session: Session, assignment: Assignment) -> JournalEntry | None:
    """The entry of the journal in which this draw's chain was committed to."""
    if assignment.kind is not AssignmentKind.RANDOM:
        return None
    seed, turn = bytes.fromhex(assignment.seed or ""), assignment.turn or 0
    anchor = verifier.hashed(seed, min(turn, verifier.LONGEST)).hex()
    published = select(JournalEntry).where(
        JournalEntry.kind == ANCHORED, JournalEntry.about_id == assignment.rotation_list_id
    )
    entries = session.scalars(published.order_by(JournalEntry.id)).all()
    return next((one for one in entries if one.details["anchor"] == anchor), None)
