"""Video rooms: one of an interrogation, and tokens as Janus reads them."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path

from services.video import PLUGIN, JanusRooms, JoinToken, VideoRole

KEY = b"a key of the tests"
UNTIL = datetime(2026, 9, 8, 2, 15, tzinfo=UTC)


def token(rooms: JanusRooms, person: int = 12, role: VideoRole = VideoRole.PUBLISHER) -> JoinToken:
    return rooms.mint(rooms.room_of(7), person=person, role=role, expires_at=UNTIL)


def said(signed: str, key: bytes = KEY) -> list[str] | None:
    """What a token says, if the key signed it: as Janus checks it."""
    words, _, signature = signed.rpartition(":")
    wanted = base64.b64encode(hmac.new(key, words.encode(), hashlib.sha1).digest()).decode()
    return words.split(",") if hmac.compare_digest(signature, wanted) else None


def test_janus_reads_when_whom_and_which_room() -> None:
    minted = token(JanusRooms(KEY))
    until = str(int(UNTIL.timestamp()))
    assert said(minted.server_token) == [until, "janus", PLUGIN]
    assert said(minted.room_token) == [until, PLUGIN, "room=7", "person=12", "role=publisher"]


def test_a_token_of_another_installation_opens_nothing() -> None:
    assert said(token(JanusRooms(b"another key")).room_token) is None


def test_every_person_and_role_has_a_token_of_their_own() -> None:
    rooms = JanusRooms(KEY)
    minted = [token(rooms), token(rooms, 13), token(rooms, 12, VideoRole.OBSERVER)]
    assert len({one.room_token for one in minted}) == len(minted)


def test_the_key_is_made_once_and_for_the_service_alone(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first, second = JanusRooms.kept_in(folder), JanusRooms.kept_in(folder)
    assert first == second
    (kept,) = folder.iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    assert kept.read_text() not in repr(first)
