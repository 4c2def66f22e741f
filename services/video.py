"""Video rooms: the seam behind which a video server stands.

No video is served here. A room belongs to one interrogation, and whoever may enter gets a token
of their own, with a role and an end. Behind the seam stands Janus: its tokens are signed with a
key that the two share, so one can be made while no server is running.
"""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

PLUGIN = "janus.plugin.videoroom"
KEPT_AS = "janus-token"
"""The file of the key in the folder of secrets; Janus reads it as `token_auth_secret`."""


class VideoRole(StrEnum):
    """What somebody may do in the room."""

    PUBLISHER = "publisher"
    """Is seen and heard."""
    OBSERVER = "observer"
    """Sees and hears."""


@dataclass(frozen=True, slots=True)
class JoinToken:
    """What opens one room to one person until it expires; never written down."""

    room: int
    role: VideoRole
    expires_at: datetime
    server_token: str = field(repr=False)
    """Opens the server's door."""
    room_token: str = field(repr=False)
    """Opens this one room; it names the person and the role."""


class VideoRooms(Protocol):
    """Whatever keeps the rooms."""

    def room_of(self, interrogation_id: int, /) -> int:
        """The number of the one room of that interrogation."""
        ...

    def mint(
        self, room: int, /, *, person: int, role: VideoRole, expires_at: datetime
    ) -> JoinToken:
        """A token for that person and room."""
        ...


@dataclass(frozen=True, slots=True)
class JanusRooms:
    """Rooms of Janus VideoRoom, with its signed tokens (HMAC-SHA1 over what they say)."""

    key: bytes = field(repr=False)

    @classmethod
    def kept_in(cls, folder: Path) -> Self:
        """Read the installation's key, or make it on the first start.

        Several processes may start at once: the key appears whole under its name or not at
        all, and the first one wins.
        """
        path = folder / KEPT_AS
        if not path.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = folder / f".{KEPT_AS}-{secrets.token_hex(8)}"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(32))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return cls(path.read_bytes())

    def room_of(self, interrogation_id: int, /) -> int:
        """The interrogation's own number: one room each, and never one for two."""
        return interrogation_id

    def mint(
        self, room: int, /, *, person: int, role: VideoRole, expires_at: datetime
    ) -> JoinToken:
        """Two signed tokens of Janus: for its door, and for the room."""
        until = int(expires_at.timestamp())
        return JoinToken(
            room=room,
            role=role,
            expires_at=expires_at,
            server_token=self._signed(f"{until},janus,{PLUGIN}"),
            room_token=self._signed(
                f"{until},{PLUGIN},room={room},person={person},role={role.value}"
            ),
        )

    def _signed(self, said: str) -> str:
        signature = hmac.new(self.key, said.encode(), hashlib.sha1).digest()
        return f"{said}:{base64.b64encode(signature).decode()}"
