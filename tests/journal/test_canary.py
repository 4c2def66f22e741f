"""Marked people go through a journey; where their names, numbers and words are is listed whole."""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api import logs
from notifications import dispatcher
from notifications.channels import Outcome, Push, Verdict
from notifications.deliveries import DeliveryChannel
from notifications.messages import notices
from notifications.payloads import Seal
from notifications.sender import Sender
from services import checkpoints
from services.devices import Device, Platform
from services.kernel.act import Act
from services.kernel.ciphers import KeyRing
from services.kernel.clock import machine_now
from services.policy import MACHINE
from services.sessions import SignInSession
from tests.conftest import NOON
from tests.proofs.house import Answer, House
from tests.proofs.town import DECISIONS, OPINION, Steps, Town, founded

NAME, ALIAS, NUMBER = "欧阳丹青", "老鹞子", "E90417731"
ADDRESS, PHONE = "青澜区码头路十八号", "19900417731"
FACTS, GROUNDS, TITLE = "银杏树下的第三把椅子", "灰色渡船的钥匙", "蓝皮笔记本第七页"
REASONS, NOTE = "雨夜里没有人撑伞", "白瓷碗碎成了两半"
WORDS = (NAME, ALIAS, NUMBER, ADDRESS, PHONE, FACTS, GROUNDS, TITLE, REASONS, NOTE)

MAY_HOLD = frozenset(
    {
        "arrest_requests",
        "arrest_reviews",
        "arrest_decisions",
        "attachments",
        "cases",
        "case_names",
        "file_items",
        "interrogations",
        "opinions",
        "suspects",
        "suspect_names",
        "tasks",
        "idempotent_answers",
    }
)
"""Every table in which a word of a case may stand. The last one keeps answers for a day, for a
phone that asks twice (services/kernel/answers.py); it is swept, and backed up by nobody's wish.
A name that is not here is not in the journal, its links, the checkpoints, the outbox, the jobs or
the deliveries either."""


def marked(town: Town) -> dict[str, Any]:
    """A request in which whatever can be said is marked."""
    body = town.request("测公提捕字〔2026〕417号")
    suspect = body["suspects"][0] | {
        "name": NAME,
        "alias": ALIAS,
        "document_kind": "other",
        "document_number": NUMBER,
        "address": f"{ADDRESS}，电话{PHONE}",
    }
    items = [{"title": TITLE, "pages": 96, "kind": "evidence"}, *body["file_items"][1:]]
    return body | {
        "facts": f"{FACTS}。{body['facts']}",
        "danger_grounds": f"{GROUNDS}。{body['danger_grounds']}",
        "suspects": [suspect],
        "file_items": items,
    }


@dataclass
class Listening:
    """A push service that writes down all it is given, and refuses the first."""

    heard: list[str] = field(default_factory=list)

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        refused = 0 if self.heard else 1
        self.heard += [json.dumps(dict(push.payload), ensure_ascii=False) for push in pushes]
        wrong = Outcome(Verdict.BAD_PAYLOAD, "INVALID_ARGUMENT")
        right = Outcome(Verdict.ACCEPTED, "OK", message_id=str(uuid4()))
        return [wrong] * refused + [right] * (len(pushes) - refused)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    out = io.StringIO()
    logs.configure(out)
    yield out
    logs.configure()


@pytest.fixture
def steps(app: Flask, session: Session) -> Steps:
    town = founded(session, app.extensions["token_key"], prosecutors=1)
    session.add_all(
        Device(
            person_id=opened.person_id,
            session_id=opened.id,
            platform=Platform.ANDROID,
            token=f"token-{opened.id}",
            registered_at=machine_now(),
        )
        for opened in session.scalars(select(SignInSession)).all()
    )
    session.flush()
    return Steps(House(app), town)


def journey(steps: Steps) -> None:
    """From the request to the receipt, with a marked word wherever one may be said."""
    town, ask = steps.town, steps.house.ask
    request = _told(ask(town.officers[0], "POST", "/arrest-requests", marked(town)), 201)
    case = _told(steps.accept(request))
    _told(steps.assign(case))
    review = steps.case(case["id"])["arrest_reviews"][0]
    handler = town.handler(steps.case(case["id"])["handler"]["id"])
    _told(steps.file(review, handler.person_id), 201)
    path = f"/arrest-reviews/{review['id']}"
    opinion = OPINION | {"reasons": REASONS}
    review = _told(ask(handler, "PUT", f"{path}/opinion", opinion, etag=_tag(review)))
    decision = DECISIONS["refuse"] | {"note": NOTE}
    review = _told(ask(town.chiefs[0], "PUT", f"{path}/decision", decision, etag=_tag(review)))
    _told(steps.receipt(review))


def mistakes(steps: Steps) -> None:
    """Marked words where none belongs: in addresses, in bad bodies, and where the house breaks."""
    town, ask = steps.town, steps.house.ask
    assert ask(town.officers[0], "GET", f"/cases?cursor={NAME}").status == 422
    assert ask(town.officers[0], "GET", f"/{NAME}/{PHONE}").status == 404
    assert ask(town.officers[0], "POST", "/arrest-requests", {"facts": [FACTS]}).status == 422
    app, real = steps.house.app, steps.house.sessions
    app.extensions["sessions"] = Broken()
    assert ask(town.officers[0], "POST", "/arrest-requests", marked(town)).status == 500
    app.extensions["sessions"] = real


class Broken:
    """A database whose error quotes the row, as databases do."""

    def begin(self) -> Any:
        message = f"DETAIL: Failing row contains ({NAME}, {PHONE}, {FACTS})"
        raise RuntimeError(message) from ValueError(NUMBER)


def holding(session: Session, words: Sequence[str]) -> Mapping[str, set[str]]:
    """Every table of the database with the words that stand in it, also inside its bytes."""
    tables = session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    )
    found: dict[str, set[str]] = {}
    for table in list(tables):
        rows = session.scalars(text(f'SELECT one::text FROM "{table}" AS one'))  # noqa: S608
        content = "\n".join(rows)
        held = {word for word in words if word in content or word.encode().hex() in content}
        if held:
            found[table] = held
    return found


def test_no_word_of_a_case_leaves_its_tables(
    steps: Steps, session: Session, ring: KeyRing, log: io.StringIO
) -> None:
    journey(steps)
    mistakes(steps)
    sessions = steps.house.sessions
    assert dispatcher.drain(sessions, notices()) > 5
    channel = Listening()
    Sender(sessions, {DeliveryChannel.FCM: channel}, Seal(Ed25519PrivateKey.generate())).run()
    dispatcher.drain(sessions, notices())
    metrics = steps.house.app.test_client().get("/metrics").text
    made = checkpoints.make(Act(MACHINE, NOON, session), ring)
    assert made is not None
    assert made.entries > 5

    held = holding(session, WORDS)
    assert set(held) <= MAY_HOLD
    assert set().union(*held.values()) >= {FACTS, REASONS, NOTE}, "the marks were really said"
    for gone in (log.getvalue(), *channel.heard, metrics, checkpoints.file(session, made)):
        assert [word for word in WORDS if word in gone] == []
    assert 'jiantong_dead_letters{channel="fcm",code="INVALID_ARGUMENT"} 1.0' in metrics
    assert set(re.findall(r'(\w+)="', metrics)) == {"channel", "code", "state", "verdict"}
    assert not re.search(r"[^\x00-\x7f]", metrics), "metrics know no word at all"
    assert channel.heard
    assert {"bug", "request"} <= {json.loads(line)["event"] for line in _lines(log)}
    assert not re.search(r"[^\x00-\x7f]", log.getvalue()), "the log knows no word at all"


def _lines(log: io.StringIO) -> list[str]:
    return log.getvalue().splitlines()


def _tag(record: Any) -> str:
    return f'"{record["version"]}"'


def _told(answer: Answer, status: int = 200) -> Any:
    assert answer.status == status, answer.body
    return answer.body
