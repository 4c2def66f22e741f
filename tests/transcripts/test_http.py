"""The record over HTTP, from the first line to the printed page."""

import base64
import itertools
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.identity import access_token
from services.kernel.clock import machine_now
from services.people import Person
from services.sessions import SignInSession
from tests.make import Make
from tests.transcripts.conftest import FINGERPRINT, SIGNATURE, Desk, picture

_KEYS = itertools.count(1)


@dataclass
class Phone:
    """Somebody's phone."""

    client: FlaskClient
    headers: dict[str, str]

    def send(self, method: str, path: str, version: int | None = None, **more: Any) -> Any:
        headers = self.headers | {"Idempotency-Key": f"transcript-{next(_KEYS)}"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **more)


@dataclass
class Phones:
    """A phone for anybody."""

    app: Flask
    client: FlaskClient
    make: Make

    def of(self, person: Person) -> Phone:
        now = machine_now()
        opened = SignInSession(person_id=person.id, opened_at=now, renewed_at=now)
        self.make.session.add(opened)
        self.make.session.flush()
        key = self.app.extensions["token_key"]
        token = access_token(key, opened, lasting=timedelta(minutes=5))
        return Phone(self.client, {"Authorization": f"Bearer {token}"})


@pytest.fixture
def phones(app: Flask, client: FlaskClient, make: Make) -> Phones:
    return Phones(app, client, make)


def _sent(image: bytes) -> str:
    return base64.b64encode(image).decode()


def test_a_record_from_the_first_line_to_the_printed_page(  # noqa: PLR0915  # a whole sitting
    desk: Desk, phones: Phones
) -> None:
    lead, second = phones.of(desk.scene.town.prosecutor), phones.of(desk.second)
    officer = phones.of(desk.scene.centre.officer)
    begun = lead.send("POST", f"/interrogations/{desk.interrogation.id}/transcript")
    assert begun.status_code == 201
    here = f"/transcripts/{begun.json['id']}"
    line = {
        "client_id": "6b7c1d0e-3f0a-4f6e-9a51-0c1f1f2e7a10",
        "kind": "answer",
        "ordinal": 10,
        "said_at": "2026-03-02T04:00:00Z",
        "words": "我三月去过。",
    }
    for phone in (lead, second):
        assert phone.send("POST", f"{here}/lines", json={"lines": [line]}).status_code == 201
    of_line = f"{here}/lines/{line['client_id']}"
    change = {"kind": "answer", "ordinal": 10, "words": "我三月去过那里。"}
    assert second.send("PUT", of_line, 1, json=change).json["version"] == 2
    assert lead.send("PUT", of_line, 1, json=change).status_code == 412
    version = lead.send("GET", here).json["version"]
    fixed = lead.send("PUT", f"{here}/reading", version)
    assert (fixed.status_code, fixed.json["state"]) == (200, "for_reading")
    corrected = lead.send(
        "POST",
        f"{here}/corrections",
        fixed.json["version"],
        json={"client_id": line["client_id"], "old": "三月", "new": "四月"},
    )
    assert corrected.status_code == 201
    closed = lead.send(
        "PUT", f"{here}/closing", corrected.json["version"], json={"closing": "read"}
    )
    assert closed.json["closing_words"] == "以上笔录我看过，和我说的相符"
    assert closed.json["warnings"] == ["signing_not_recorded"]

    followed = officer.send("GET", here).json
    assert (followed["readable"], followed["lines"]) == (False, [])
    assert followed["pages"][0]["lines"] is None
    marks = f"{here}/pages/1/marks"
    seen = {"sha256": followed["pages"][0]["sha256"]}
    pictures = {"signature": _sent(SIGNATURE), "fingerprint": _sent(FINGERPRINT)}
    assert officer.send("POST", marks, json=seen | pictures).status_code == 201
    assert officer.send("POST", marks, json=seen).status_code == 422
    for phone, seat in zip((lead, second), desk.seats, strict=True):
        mine = seen | {"attendance_id": seat.id, "signature": pictures["signature"]}
        assert phone.send("POST", marks, json=mine).status_code == 201
    missing = lead.send("GET", here).json["missing"]
    [owed] = missing
    refused = lead.send("PUT", f"{here}/completion", _version(lead, here))
    assert (refused.status_code, refused.json["missing"]) == (409, missing)
    of_correction = f"{here}/corrections/{owed['correction_id']}/marks"
    given = {"fingerprint": pictures["fingerprint"]}
    assert lead.send("POST", of_correction, json=given).status_code == 201
    statement = {
        "file": (BytesIO(picture()), "供述.png"),
        "written_on": "2026-03-02",
        "pages": "1",
    }
    attached = lead.send("POST", f"{here}/statements", data=statement)
    content = f"{here}/statements/{attached.json['statements'][0]['id']}/content"
    assert lead.send("GET", content).data == picture()
    assert officer.send("GET", content).status_code == 404
    recording = {"reference": "录像第17号"}
    noted = lead.send("PUT", f"{here}/recording", _version(lead, here), json=recording)
    assert noted.json["warnings"] == []
    done = lead.send("PUT", f"{here}/completion", noted.json["version"])
    assert (done.status_code, done.json["state"]) == (200, "complete")
    assert lead.send("GET", f"{here}/verification").json["fits"] is True
    document = lead.send("GET", f"{here}/document")
    assert document.mimetype == "application/pdf"
    case_id = desk.scene.case.id
    listed = lead.send("GET", f"/transcripts?case_id={case_id}&state=complete").json["items"]
    assert [one["page_count"] for one in listed] == [1]
    evidence = lead.send("GET", f"/cases/{case_id}/evidence").json["items"]
    assert [one["kind"] for one in evidence] == ["statement", "transcript"]


def test_a_refusal_and_writing_on_over_http(desk: Desk, phones: Phones) -> None:
    transcript = desk.read()
    lead = phones.of(desk.scene.town.prosecutor)
    here = f"/transcripts/{transcript.id}"
    said = lead.send("POST", f"{here}/refusals", json={"reason": "不同意记录"})
    assert (said.status_code, said.json["refused"]) == (201, True)
    again = lead.send("DELETE", f"{here}/reading", said.json["version"])
    assert (again.status_code, again.json["state"]) == (200, "drafting")
    assert phones.of(desk.scene.town.officer).send("GET", here).status_code == 404


def _version(phone: Phone, here: str) -> int:
    version: int = phone.send("GET", here).json["version"]
    return version
