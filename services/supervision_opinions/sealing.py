"""The digest that proves later that an opinion is what was given, word for word."""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.kernel.act import JournalEntry
from services.supervision_opinions.events import (
    SupervisionOpinionGiven,
    SupervisionProposalReceived,
)
from services.supervision_opinions.records import CONTENT, SupervisionOpinion

SALT_BYTES = 16
GIVEN = (SupervisionOpinionGiven.__name__, SupervisionProposalReceived.__name__)


def seal(opinion: SupervisionOpinion) -> None:
    """Give it a random salt, and the digest over that and all that was said."""
    opinion.salt = secrets.token_hex(SALT_BYTES)
    opinion.sha256 = digest(opinion)


def digest(opinion: SupervisionOpinion) -> str:
    """SHA-256, hexadecimal, over the salt and all that was said, as JSON with sorted keys."""
    said = {name: _plain(getattr(opinion, name)) for name in CONTENT if name != "sha256"}
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def is_intact(session: Session, opinion: SupervisionOpinion) -> bool:
    """Is it what was given: does its digest stand in the journal, by its author's hand?"""
    entries = session.scalars(
        select(JournalEntry).where(
            JournalEntry.about_id == opinion.id,
            JournalEntry.kind.in_(GIVEN),
            JournalEntry.by_id == opinion.person_id,
        )
    )
    known = {entry.details["sha256"] for entry in entries}
    return known == {digest(opinion)}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
