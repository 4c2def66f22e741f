"""Everything the house tells is put into words in the app, and not one word of it travels."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from notifications.channels import Push
from notifications.channels.fcm import message
from notifications.messages import Message, Notice, notices
from notifications.payloads import KEYS, Seal
from services.kernel.act import EVENTS

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
WORD = re.compile(r"[一-鿿]|[A-Za-z]{3,}|\d{2,}")
SEAL = Seal(Ed25519PrivateKey.generate())


def _sampled(kind: str, notice: Notice) -> Message:
    assert notice.sample is not None, f"the notice of {kind} has no sample=…: give it one"
    event, about = notice.sample()
    assert type(event) is EVENTS[kind]
    assert isinstance(about, notice.about)
    written = notice.write(event, about)
    assert isinstance(written, Message)
    return written


@pytest.mark.parametrize("kind", sorted(notices()))
def test_every_notice_has_words_for_a_sample(kind: str) -> None:
    words = _sampled(kind, notices()[kind])

    assert words.title
    assert words.body
    assert re.fullmatch(r"/[a-z0-9/-]*", words.link), words.link


@pytest.mark.parametrize("kind", sorted(notices()))
def test_no_push_carries_a_word_of_what_it_is_about(kind: str) -> None:
    notice = notices()[kind]
    words = _sampled(kind, notice)
    lives_for = notice.urgency.lives_for
    payload = SEAL.payload(uuid4(), notice.urgency, NOW + lives_for)

    sent = message(Push("token", "web", payload, notice.urgency, lives_for))

    assert set(sent.data) == KEYS == {"id", "class", "exp", "sig"}
    assert sent.notification is None
    assert sent.android.notification is None
    assert sent.webpush.notification is None
    assert sent.apns.payload.aps.alert is None
    opaque = {payload["id"], payload["sig"], payload["exp"]}
    travelling = str(sent)
    for random in opaque:
        travelling = travelling.replace(random, "")
    assert kind not in travelling
    assert words.en is not None
    english = f"{words.en.title} {words.en.body}"
    said = set(WORD.findall(f"{words.title} {words.body} {words.link} {kind} {english}"))
    assert not {word for word in said if word in travelling}


def test_the_search_for_words_can_find_one() -> None:
    payload = SEAL.payload(uuid4(), next(iter(notices().values())).urgency, NOW + timedelta(1))

    assert WORD.findall("赵某 2026 Case")
    assert "赵" in str(payload | {"title": "赵某"})
