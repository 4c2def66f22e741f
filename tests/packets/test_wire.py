"""Over HTTP: no canary in any answer, and nothing at all once the window is over."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from notifications.messages import notices
from services import invitations, packets
from services.assignments.records import Recusal, RecusalGround
from services.attachments import MediaType
from services.devices import Device, Platform
from services.kernel.act import JournalEntry
from services.packets import NewPacketDocument, Packet, PacketState, PacketView, SourceKind
from services.people import Person
from services.sessions import SignInSession
from services.supervisors import Supervisor
from tests.packets.conftest import CANARY, SECRETS, VICTIM, Reading
from tests.packets.test_preparing import attached
from tests.phones import Phone, Phones


@dataclass
class Wire:
    """The same world, behind its door."""

    reading: Reading
    phones: Phones

    def enrolled(self, supervisor: Supervisor) -> Phone:
        """The phone on which that supervisor has signed."""
        phone = self.phones.of(supervisor.person)
        session = self.reading.session
        opened = session.scalars(
            select(SignInSession)
            .where(SignInSession.person_id == supervisor.person_id)
            .order_by(SignInSession.id.desc())
        ).first()
        assert opened is not None
        device = Device(
            person_id=supervisor.person_id,
            session_id=opened.id,
            platform=Platform.ANDROID,
            token=f"enrolled-{opened.id}",
            registered_at=opened.opened_at,
        )
        session.add(device)
        session.flush()
        act = self.reading.act(supervisor.person)
        invitation = invitations.of(act, self.reading.activity, supervisor.person_id)
        assert invitation is not None
        invitation.device_id = device.id
        session.flush()
        return phone

    def phone(self, person: Person) -> Phone:
        return self.phones.of(person)


@pytest.fixture
def wire(reading: Reading, phones: Phones) -> Wire:
    return Wire(reading, phones)


def leaked(body: str | bytes) -> list[str]:
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    return [one for one in SECRETS if one in text]


def paths(packet: Packet) -> list[str]:
    own = f"/packets/{packet.id}"
    pages = [f"{own}/pages/{number}" for number in range(1, 5)]
    return [
        own,
        f"{own}/contents",
        f"{own}/draft",
        f"{own}/views",
        *pages,
        *(f"{one}/image" for one in pages[:2]),
        "/packets",
        "/packets/expired",
        f"/packets?activity_id={packet.activity_id}",
        "/tasks",
        "/tasks?state=done",
        "/inbox",
        f"/activities/{packet.activity_id}",
        f"/cases/{packet.case_id}",
    ]


def test_from_the_choice_to_the_page_over_http(wire: Wire) -> None:
    reading = wire.reading
    handler, manager = wire.phone(reading.town.prosecutor), wire.phone(reading.town.manager)
    made = handler.send("POST", "/packets", {"activity_id": reading.activity.id})
    assert made.status_code == 201, made.get_json()
    own, version = f"/packets/{made.get_json()['id']}", made.get_json()["version"]
    for path, body in (
        ("documents", {"source": "facts"}),
        ("documents", {"source": "words", "title": "意见", "words": f"{VICTIM}谅解。"}),
        ("people", {"role": "victim", "names": [VICTIM]}),
    ):
        answer = handler.send("POST", f"{own}/{path}", body, version)
        assert answer.status_code == 201, answer.get_json()
        version = answer.get_json()["version"]
    stale = handler.send("POST", f"{own}/documents", {"source": "facts"}, 1)
    assert stale.status_code == 412
    draft = handler.send("PUT", f"{own}/redaction", None, version).get_json()
    assert CANARY in draft["documents"][0]["words"]
    assert not leaked("".join(one["shown"] for one in draft["documents"]))
    lifted = next(one for one in draft["documents"][0]["masks"] if one["reason"] == "telephone")
    draft = manager.send("POST", f"{own}/masks", {"word": "谅解"}, draft["version"]).get_json()
    draft = manager.send(
        "PUT",
        f"{own}/masks/{lifted['id']}/lifting",
        {"because": "系报警电话。"},
        draft["version"],
    ).get_json()
    checked = manager.send("PUT", f"{own}/check", None, draft["version"]).get_json()
    assert (checked["state"], checked["pages"], checked["may_release"]) == ("checked", 2, True)
    starts = reading.activity.starts_at
    window = {"open_from": reading.within.isoformat(), "open_until": starts.isoformat()}
    released = manager.send("PUT", f"{own}/release", window, checked["version"]).get_json()
    assert released["state"] == "released"

    supervisor = wire.enrolled(reading.one)
    wire.phones.set_clock(reading.within)
    page = supervisor.get(f"{own}/pages/2")
    assert page.get_json()["paragraphs"] == ["意见", "丙某【已遮盖】。"]
    assert page.get_json()["watermark"].startswith(reading.one.person.name)
    assert page.headers["Cache-Control"] == "no-store"
    image = supervisor.get(f"{own}/pages/2/image")
    assert image.mimetype == "image/png"
    assert (image.headers["Cache-Control"], image.headers["Accept-Ranges"]) == ("no-store", "none")
    views = manager.get(f"{own}/views").get_json()["items"]
    assert [one["form"] for one in views] == ["text", "image"]
    assert (
        manager.send(
            "PUT", f"{own}/withdrawal", {"because": "选取有误。"}, released["version"]
        ).get_json()["state"]
        == "withdrawn"
    )
    assert supervisor.get("/packets/expired").get_json()["packet_ids"] == [released["id"]]


def test_no_answer_to_a_supervisor_or_the_organ_holds_a_canary(wire: Wire) -> None:
    reading = wire.reading
    packet = reading.released()
    readers = [wire.enrolled(reading.one), wire.phone(reading.bureau.officer)]
    wire.phones.set_clock(reading.within)
    for phone in readers:
        for path in paths(packet):
            answer = phone.get(path)
            assert not leaked(answer.data), path
            assert answer.status_code < 500
        for method, path in (
            ("PUT", f"/packets/{packet.id}/check"),
            ("PUT", f"/packets/{packet.id}/redaction"),
            ("POST", f"/packets/{packet.id}/documents"),
        ):
            answer = phone.send(method, path, {"source": "facts"}, packet.version)
            assert answer.status_code in {403, 404}, answer.get_json()
            assert not leaked(answer.data)
    read = readers[0].get(f"/packets/{packet.id}/pages/1")
    assert "甲某" in read.get_json()["paragraphs"][1]


def test_a_notice_of_a_packet_holds_no_canary(reading: Reading) -> None:
    packet = reading.released()
    reading.session.flush()
    entries = reading.session.scalars(
        select(JournalEntry).where(
            JournalEntry.kind.like("Packet%"), JournalEntry.about_id == packet.id
        )
    )
    told = [one for one in entries if one.kind in notices()]
    assert {one.kind for one in told} == {"PacketRedacted", "PacketChecked", "PacketReleased"}
    for one in told:
        notice = notices()[one.kind]
        message = notice.write(one.event, packet)
        assert not leaked(message.title + message.body + message.link)
        hears = notice.to.people(reading.session, packet)
        assert (reading.one.person_id in hears) == (one.kind == "PacketReleased")


@pytest.mark.parametrize("over", [PacketState.EXPIRED, PacketState.WITHDRAWN])
def test_once_it_is_over_every_form_of_every_page_is_gone(wire: Wire, over: PacketState) -> None:
    reading = wire.reading
    packet = reading.released()
    supervisor = wire.enrolled(reading.one)
    manager = wire.phone(reading.town.manager)
    wire.phones.set_clock(reading.within)
    first = supervisor.get(f"/packets/{packet.id}/pages/1/image")
    if over is PacketState.EXPIRED:
        assert packet.open_until is not None
        wire.phones.set_clock(packet.open_until)
    else:
        body = {"because": "选取有误。"}
        manager.send("PUT", f"/packets/{packet.id}/withdrawal", body, packet.version)
    looked = len(reading.session.scalars(select(PacketView)).all())
    tag = first.headers.get("ETag", '"1"')
    own = f"/packets/{packet.id}"
    for path in (own, f"{own}/contents", f"{own}/pages/1", f"{own}/pages/1/image"):
        for method in ("GET", "HEAD"):
            for more in ({}, {"Range": "bytes=0-99"}, {"If-None-Match": tag}, {"If-Range": tag}):
                answer = supervisor.client.open(
                    f"/api/v1{path}", method=method, headers=supervisor.headers | more
                )
                assert answer.status_code == 410, (path, method, more)
                assert "甲某" not in answer.get_data(as_text=True)
    assert len(reading.session.scalars(select(PacketView)).all()) == looked
    wiped = supervisor.get("/packets/expired").get_json()
    assert wiped["packet_ids"] == [packet.id]
    told = datetime.fromisoformat(wiped["now"]) - reading.make.now
    assert abs(told) < timedelta(minutes=1), "the phone goes by the server's clock"
    assert supervisor.get("/packets").get_json()["items"][0]["wipe"] is True


def test_on_another_phone_and_before_its_time_nothing_is_served(wire: Wire) -> None:
    reading = wire.reading
    packet = reading.released()
    supervisor = wire.enrolled(reading.one)
    path = f"/packets/{packet.id}/pages/1"
    early = supervisor.get(path)
    assert (early.status_code, early.get_json()["type"]) == (409, "/problems/not-yet-open")
    wire.phones.set_clock(reading.within)
    other = wire.phone(reading.one.person).get(path)
    assert (other.status_code, other.get_json()["type"]) == (403, "/problems/other-device")
    part = supervisor.client.get(
        f"/api/v1{path}/image", headers=supervisor.headers | {"Range": "bytes=0-9"}
    )
    assert part.status_code == 200
    assert "Content-Range" not in part.headers
    assert wire.phone(reading.town.manager).get(path).status_code == 403
    assert wire.phone(reading.bureau.officer).get(path).status_code == 404


def test_a_scan_is_refused_with_what_to_do_instead(wire: Wire) -> None:
    reading = wire.reading
    handler = wire.phone(reading.town.prosecutor)
    made = handler.send("POST", "/packets", {"activity_id": reading.activity.id}).get_json()
    scan = attached(reading, b"%PDF-1.7", MediaType.PDF, reading.case)
    for body, status, problem in (
        ({"source": "attachment", "source_id": scan.id}, 422, "scan-not-redactable"),
        ({"source": "attachment", "source_id": 999_999}, 404, "not-found"),
        ({"source": "transcript", "source_id": 1}, 404, "not-found"),
        ({"source": "words", "title": "案情"}, 422, "nothing-to-read"),
        ({"source": "nonsense"}, 422, "invalid-content"),
    ):
        answer = handler.send("POST", f"/packets/{made['id']}/documents", body, made["version"])
        told = answer.get_json()
        assert (answer.status_code, told["type"]) == (status, f"/problems/{problem}")


def test_a_list_of_packets_costs_as_much_as_one_packet(wire: Wire) -> None:
    reading = wire.reading
    reading.checked()
    manager = wire.phone(reading.town.manager)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    bind = reading.session.get_bind()
    costs = []
    for more in (0, 3):
        for _ in range(more):
            case = reading.make.handled(reading.town)
            activity = reading.make.activity(reading.town, reading.bureau, case_id=case.id)
            act = reading.act(reading.town.prosecutor)
            packet = packets.begin(act, activity)
            packets.add_document(act, packet, NewPacketDocument(SourceKind.FACTS))
        reading.session.flush()
        reading.session.expire_all()
        asked.clear()
        event.listen(bind, "before_cursor_execute", note)
        found = manager.get("/packets").get_json()["items"]
        event.remove(bind, "before_cursor_execute", note)
        costs.append((len(found), len(asked)))
    assert [count for count, _ in costs] == [1, 4]
    assert costs[0][1] == costs[1][1]


def test_a_draft_is_not_told_again_to_a_handler_who_is_kept_away_since(wire: Wire) -> None:
    reading = wire.reading
    packet = reading.drafted()
    reading.session.flush()
    handler = wire.phone(reading.town.prosecutor)
    first, body = packet.version, {"source": "words", "title": "意见", "words": f"{VICTIM}谅解。"}

    def ask() -> TestResponse:
        handler.keys = itertools.repeat(7)
        return handler.send("POST", f"/packets/{packet.id}/documents", body, first)

    assert VICTIM in str(ask().get_json())
    assert ask().headers["Idempotency-Replayed"] == "true"
    reading.session.add(
        Recusal(
            case_id=reading.case.id,
            person_id=reading.town.prosecutor.id,
            ground=RecusalGround.INTEREST,
            recorded_by=reading.town.chief.id,
            recorded_at=reading.make.now,
        )
    )
    reading.session.flush()

    again = ask()

    assert again.status_code == 404
    assert not leaked(again.data)
