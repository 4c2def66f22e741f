"""The gate for versions of the app: who is too old, or was stopped, is told to update.

The app says what it is in every request (`App-Version: web/1.4.0`). A program that says nothing
is let in, unless the settings ask every program to say it. What is asked of the database is known
for a few seconds, so that the gate costs no request anything.
"""

import re
import time
from dataclasses import dataclass

from flask import Request, current_app
from sqlalchemy.orm import Session, sessionmaker

from api.problems import AppOutdated
from services import app_versions
from services.app_versions import Standing
from services.devices import Platform

HEADER = "App-Version"
KNOWN_FOR = 5.0
"""Seconds."""
PASSES = frozenset(
    {
        "DELETE /sessions/current",
        "POST /challenges",
        "POST /sessions/renewals",
        "GET /push-settings",
        "GET /app-versions",
        "PUT /app-versions/least",
        "POST /app-versions/stops",
        "DELETE /app-versions/stops/<int:stop_id>",
    }
)
"""What an old app may still do: stay signed in or sign out, ask what it should be, and undo a
mistake: whoever made it may hold no other app."""

_SAID = re.compile(r"(android|ios|web)/(\d{1,4}\.\d{1,4}\.\d{1,4})")


@dataclass(slots=True)
class AppGate:
    """The gate of one process."""

    needed: bool
    """Must every program say which version it is?"""
    known_for: float = KNOWN_FOR
    _known: Standing | None = None
    _until: float = 0.0

    def let_in(self, request: Request, operation: str, sessions: sessionmaker[Session]) -> None:
        """Let the request in, if the app that sends it may still be used.

        Refuses:
            AppOutdated: it is older than the least version, was stopped, or says nothing of
                itself where it must.
        """
        said = request.headers.get(HEADER)
        if operation in PASSES or (said is None and not self.needed):
            return
        found = _SAID.fullmatch(said or "")
        if found is None:
            raise AppOutdated
        platform, number = Platform(found[1]), found[2]
        shut = self._standing(sessions).shuts(platform, number)
        if shut is not None:
            raise AppOutdated(platform=platform.value, least=shut.least, reason=shut.reason)

    def _standing(self, sessions: sessionmaker[Session]) -> Standing:
        now = time.monotonic()
        if self._known is None or now >= self._until:
            with sessions() as session:
                self._known = app_versions.standing(session)
            self._until = now + self.known_for
        return self._known


def let_in(request: Request, operation: str) -> None:
    """Let the request through the gate of this process.

    Refuses:
        AppOutdated: the app that sends it may no longer be used.
    """
    gate: AppGate = current_app.extensions["app_gate"]
    gate.let_in(request, operation, current_app.extensions["sessions"])
