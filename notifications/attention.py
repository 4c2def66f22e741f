"""Attention: when a push may wake somebody; the inbox has the message at once in any case."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from notifications.deliveries import Hold
from notifications.messages import Urgency


@dataclass(frozen=True, slots=True)
class Call:
    """One message for one person, as far as attention goes."""

    person_id: int
    kind: str
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Timing:
    """When the push may go out, and why not at once."""

    at: datetime
    held: Hold | None = None


def timings(
    session: Session,  # noqa: ARG001
    calls: Collection[Call],
    now: datetime,
) -> Mapping[Call, Timing | None]:
    """When each call may wake its person; none where the inbox alone is to have it."""
    return dict.fromkeys(calls, Timing(now))
