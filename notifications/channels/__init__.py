"""The seam between the sender and the outside: what goes out, and what an answer means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from notifications.messages import Urgency


class Verdict(StrEnum):
    """What is to be done about an answer."""

    ACCEPTED = "accepted"
    DEAD_TOKEN = "dead_token"  # noqa: S105  # delete the token: the app is gone from that device
    RETRY = "retry"  # the channel is busy or away: later, and not before it asks for
    BAD_PAYLOAD = "bad_payload"  # our message is wrong: mend it; the token is fine
    BAD_SETUP = "bad_setup"  # our account is wrong: mend it; the token may be fine


@dataclass(frozen=True, slots=True)
class Push:
    """One payload for one device."""

    token: str = field(repr=False)
    platform: str
    payload: Mapping[str, str]
    urgency: Urgency
    lives_for: timedelta
    keys: str | None = field(default=None, repr=False)
    """What its service wants the payload encrypted with (RFC 8291), as the device gave it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The channel's answer to one push: what to do, and its own code for the logs."""

    verdict: Verdict
    code: str
    retry_after: timedelta | None = None
    message_id: str | None = None


class Channel(Protocol):
    """Something that carries pushes to devices."""

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Send each push; answer one outcome for each, in order. Never raises."""
        ...
