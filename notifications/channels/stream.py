"""The stream: pushes for phones that listen to this house itself, where no other service may.

A push is told to every process of the API through the database (`NOTIFY`); the one on which the
phone listens hands it on. Nobody hears whether a phone listened: the inbox has the message in any
case, a phone that comes back reads what it missed, and what arrived it says itself. The process
is told the hash of a device's token, so that no token stands where others read along.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import islice

from sqlalchemy import ARRAY, Text, func, literal, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from notifications.channels import Outcome, Push
from notifications.channels.vendors import STREAM, said

PUSHED = "pushed"
"""The database's notice that carries pushes."""
A_NOTE = 20
"""Pushes in one notice: each takes some 300 of its 8,000 bytes."""


class Stream:
    """A channel to the phones that listen to the API."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Tell every process of the API; that nobody listens is no error."""
        waiting = iter(pushes)
        notes = [json.dumps(some) for some in iter(lambda: _some(islice(waiting, A_NOTE)), [])]
        noted = func.unnest(literal(notes, ARRAY(Text))).column_valued("note")
        try:
            with self._sessions.begin() as session:
                session.execute(select(func.pg_notify(PUSHED, noted)))
        except SQLAlchemyError:
            return [said(STREAM, "NO_DATABASE")] * len(pushes)
        return [said(STREAM, "TOLD")] * len(pushes)


def heard_as(token: str) -> str:
    """By which name a device's token is spoken of among processes."""
    return sha256(token.encode()).hexdigest()[:32]


def _some(pushes: "islice[Push]") -> list[dict[str, str]]:
    return [{"to": heard_as(push.token)} | dict(push.payload) for push in pushes]
