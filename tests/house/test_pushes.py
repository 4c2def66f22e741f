"""Everything the house tells is put into words in the app, and not one word of it travels."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from notifications.channels import Push, hms, web_push
from notifications.channels.fcm import message
from notifications.messages import Message, Notice, notices
from notifications.payloads import KEYS, Seal
from services.kernel.act import EVENTS

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
WORD = re.compile(r"[一-鿿]|[A-Za-z]{3,}|\d{2,}")
ESCAPED = re.compile(r"\\+u([0-9a-f]{4})")
"""How JSON writes what is not ASCII; unread, it would hide every Chinese word."""
SEAL = Seal(Ed25519PrivateKey.generate())


def _sampled(kind: str, notice: Notice) -> Message:
    assert notice.sample is not None, f"the notice of {kind} has no sample=…: give it one"
    event, about = notice.sample()
    assert type(event) is EVENTS[kind]
    assert isinstance(about, notice.about)
    written = notice.write(event, about)
    assert isinstance(written, Message)
    return written


def _of_nobody(notice: Notice) -> Push:
    """As urgent, and about nothing: what is in it is the vendor's own."""
    payload = dict.fromkeys(KEYS, "") | {"class": notice.urgency.value}
    return Push("token", "web", payload, notice.urgency, notice.urgency.lives_for)


def _leaked(
    words: Message, kind: str, payload: Mapping[str, str], sent: object, bare: object
) -> set[str]:
    """The whole words, in both languages, that travel and are not the vendor's own."""
    assert words.en is not None
    travelling = ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(sent))
    for random in (payload["id"], payload["sig"], payload["exp"]):
        travelling = travelling.replace(random, "")
    told = f"{words.title} {words.body} {words.link} {kind} {words.en.title} {words.en.body}"
    return set(WORD.findall(told)) & set(WORD.findall(travelling)) - set(WORD.findall(str(bare)))


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
    assert kind not in str(sent)
    assert _leaked(words, kind, payload, sent, message(_of_nobody(notice))) == set()


@pytest.mark.parametrize("kind", sorted(notices()))
def test_no_other_push_service_is_told_more(kind: str) -> None:
    notice = notices()[kind]
    words = _sampled(kind, notice)
    lives_for = notice.urgency.lives_for
    payload = SEAL.payload(uuid4(), notice.urgency, NOW + lives_for)
    push = Push("token", "web", payload, notice.urgency, lives_for)

    huawei, seen = hms.message([push])["message"], web_push.headers_of(push)

    assert json.loads(huawei["data"]) == dict(payload)
    assert set(huawei) == {"data", "android", "token"}
    assert set(huawei["android"]) == {"urgency", "ttl"}
    assert set(seen) == {"Content-Encoding", "Content-Type", "TTL", "Urgency", "Topic"}
    assert kind not in f"{huawei} {seen}"
    nobody = _of_nobody(notice)
    for sent, bare in (
        (huawei, hms.message([nobody])),
        (seen | {"Topic": ""}, web_push.headers_of(nobody) | {"Topic": ""}),
    ):
        assert _leaked(words, kind, payload, sent, bare) == set()


def test_the_search_for_words_can_find_one() -> None:
    kind, notice = next(iter(notices().items()))
    words = _sampled(kind, notice)
    payload = SEAL.payload(uuid4(), notice.urgency, NOW + timedelta(1))
    push = Push("token", "web", payload, notice.urgency, timedelta(1))
    bare = hms.message([_of_nobody(notice)])

    assert WORD.findall("赵某 2026 Case")
    assert _leaked(words, kind, payload, hms.message([push]), bare) == set()
    for told in (words.title, words.body, words.en.body if words.en else ""):
        open_letter = replace(push, payload=dict(payload) | {"title": told})
        assert _leaked(words, kind, payload, hms.message([open_letter]), bare)
        assert _leaked(words, kind, payload, message(open_letter), message(_of_nobody(notice)))
