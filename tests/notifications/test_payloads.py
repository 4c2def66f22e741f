"""A push says nothing, and cannot be forged."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from notifications.messages import Urgency
from notifications.payloads import Seal, genuine

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def test_a_payload_is_four_strings(seal: Seal) -> None:
    item = uuid4()
    payload = seal.payload(item, Urgency.URGENT, LATER)

    assert set(payload) == {"id", "class", "exp", "sig"}
    assert payload["id"] == str(item)
    assert payload["class"] == "urgent"
    assert payload["exp"] == str(int(LATER.timestamp()))
    assert genuine(payload, seal.public, NOW)


@pytest.mark.parametrize("changed", ["id", "class", "exp", "sig"])
def test_a_changed_payload_is_not_genuine(seal: Seal, changed: str) -> None:
    payload = seal.payload(uuid4(), Urgency.TASK, LATER)
    other = seal.payload(uuid4(), Urgency.INFO, LATER + timedelta(hours=1))

    assert not genuine(payload | {changed: other[changed]}, seal.public, NOW)


def test_neither_is_an_old_one_a_stranger_s_nor_one_with_more_in_it(seal: Seal) -> None:
    payload = seal.payload(uuid4(), Urgency.TASK, LATER)

    assert not genuine(payload, seal.public, LATER)
    assert not genuine(payload, Seal(Ed25519PrivateKey.generate()).public, NOW)
    assert not genuine(payload | {"title": "张某"}, seal.public, NOW)
    assert not genuine(payload | {"sig": "?"}, seal.public, NOW)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    with ThreadPoolExecutor(8) as threads:
        seals = list(threads.map(lambda _: Seal.kept_in(folder), range(16)))

    assert len({seal.public for seal in seals}) == 1
    assert [path.name for path in folder.iterdir()] == ["push-signing.pem"]
    assert (folder / "push-signing.pem").stat().st_mode & 0o777 == 0o600
