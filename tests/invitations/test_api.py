"""Invitations over HTTP: what a supervisor reads, and what nobody else may do."""

from typing import Any

from sqlalchemy import select

from services.devices import Device, Platform
from services.kernel.clock import machine_now
from services.sessions import SignInSession
from tests.invitations.conftest import Panel
from tests.phones import Phone, Phones

ACCEPTED = {"accepted": True, "attending": "remote", "no_conflict": True}


def _read(phone: Phone, path: str) -> dict[str, Any]:
    reply = phone.get(path)
    assert reply.status_code == 200, reply.json
    told: dict[str, Any] = reply.json or {}
    return told


def _enrol(panel: Panel, person_id: int) -> None:
    session = panel.make.session
    chosen = select(SignInSession).where(SignInSession.person_id == person_id)
    opened = session.scalars(chosen.order_by(SignInSession.id.desc())).first()
    assert opened is not None
    session.add(
        Device(
            person_id=person_id,
            session_id=opened.id,
            platform=Platform.WEB,
            token=f"t-{person_id}",
            registered_at=machine_now(),
        )
    )
    session.flush()


def test_a_supervisor_goes_from_the_invitation_to_the_signature(
    panel: Panel, phones: Phones
) -> None:
    one, other = panel.asked
    phone = phones.of(one.supervisor.person)
    (task,) = _read(phone, "/tasks")["items"]
    assert (task["kind"], task["about_kind"]) == ("answer_invitation", "invitations")
    assert (task["case_number"], task["suspects"]) == (None, [panel.activity.title])
    (listed,) = _read(phone, "/invitations")["items"]
    assert listed["activity"]["procuratorate"] == panel.town.procuratorate.name
    assert set(listed["activity"]) == {
        "id",
        "title",
        "state",
        "starts_at",
        "ends_at",
        "form",
        "place",
        "procuratorate",
    }
    assert listed["steps"] == ["answer", "recusal"]
    path = f"/invitations/{one.id}"
    assert phone.get(f"/invitations/{other.id}").status_code == 404

    for body in (
        {"accepted": True, "no_conflict": True},
        {"accepted": True, "attending": "remote"},
        {"accepted": False},
    ):
        assert phone.send("PUT", f"{path}/answer", body, listed["version"]).status_code == 422
    assert phone.send("PUT", f"{path}/answer", ACCEPTED).status_code == 428
    reply = phone.send("PUT", f"{path}/answer", ACCEPTED, listed["version"])
    assert reply.status_code == 200
    assert reply.json is not None
    assert reply.json["steps"] == ["answer", "attending", "undertaking", "recusal"]
    text = _read(phone, "/undertaking")
    signed = {"edition": text["edition"]}
    refused = phone.send("PUT", f"{path}/undertaking", signed, reply.json["version"])
    assert refused.status_code == 409
    assert refused.json is not None
    assert refused.json["type"] == "/problems/device-not-enrolled"
    _enrol(panel, one.person_id)
    reply = phone.send("PUT", f"{path}/undertaking", signed, reply.json["version"])
    assert reply.status_code == 200
    assert reply.json is not None
    assert reply.json["undertook_at"]
    present = {"attending": "present"}
    reply = phone.send("PUT", f"{path}/attending", present, reply.json["version"])
    assert reply.status_code == 200
    assert reply.json is not None
    assert reply.json["attending"] == "present"


def test_the_procuratorate_reports_and_the_organ_decides(panel: Panel, phones: Phones) -> None:
    one = panel.asked[0]
    reporting, organ = phones.of(panel.town.manager), phones.of(panel.bureau.officer)
    path = f"/invitations/{one.id}"
    ground = {"because": "interest", "raised_by": "party"}

    told = reporting.send("PUT", f"{path}/recusal", ground, one.version)
    assert told.status_code == 200
    (task,) = _read(organ, "/tasks")["items"]
    assert task["kind"] == "decide_supervisor_recusal"
    seen = _read(organ, path)
    assert seen["open_recusal"]["because"] == "interest"
    assert seen["steps"] == ["recusal_decision"]
    own = _read(phones.of(one.supervisor.person), path)
    assert own["open_recusal"] is None
    body: dict[str, Any] = {"granted": False}
    path = f"{path}/recusal-decision"
    assert organ.send("PUT", path, body, seen["version"]).status_code == 422
    refusal = {"granted": False, "reason": "不构成回避事由"}
    assert reporting.send("PUT", path, refusal, seen["version"]).status_code == 403
    assert organ.send("PUT", path, refusal, seen["version"]).status_code == 200
    assert organ.send("PUT", path, {"granted": True}, seen["version"]).status_code == 404


def test_who_was_asked_is_listed_for_the_offices_and_a_supervisor_sees_one(
    panel: Panel, phones: Phones
) -> None:
    path = f"/activities/{panel.activity.id}/invitations"
    one = panel.asked[0]

    for person in (panel.town.manager, panel.town.prosecutor, panel.bureau.officer):
        assert len(_read(phones.of(person), path)["items"]) == 2
    assert _read(phones.of(panel.town.manager), "/invitations")["items"] == []
    phone = phones.of(one.supervisor.person)
    assert [item["id"] for item in _read(phone, path)["items"]] == [one.id]
    assert _read(phone, f"{path}?state=accepted")["items"] == []
    assert phones.of(panel.town.officer).get(path).status_code == 404


def test_declining_stepping_aside_and_attendance_over_the_wire(
    panel: Panel, phones: Phones
) -> None:
    first, second = panel.asked
    declined = {"accepted": False, "reason": "出差"}
    phone = phones.of(first.supervisor.person)
    path = f"/invitations/{first.id}/answer"
    assert phone.send("PUT", path, declined, first.version).status_code == 200
    phone = phones.of(second.supervisor.person)
    path = f"/invitations/{second.id}/recusal"
    ground = {"because": "interest"}
    assert phone.send("PUT", path, ground, second.version).status_code == 200
    panel.make.session.expire_all()
    third, fourth = panel.open
    for one in (third, fourth):
        phone = phones.of(one.supervisor.person)
        path = f"/invitations/{one.id}/answer"
        assert phone.send("PUT", path, ACCEPTED, one.version).status_code == 200
    panel.make.session.expire_all()
    manager = phones.of(panel.town.manager)
    came = {"attended": True}
    path = f"/invitations/{third.id}/attendance"
    assert manager.send("PUT", path, came, third.version).status_code == 409
    phones.set_clock(panel.activity.starts_at)
    manager = phones.of(panel.town.manager)
    assert _read(manager, f"/invitations/{third.id}")["steps"] == ["recusal", "attendance"]
    assert manager.send("PUT", path, came, third.version).status_code == 200
    path = f"/invitations/{fourth.id}/attendance"
    assert manager.send("PUT", path, {"attended": False}, fourth.version).status_code == 200
    panel.make.session.expire_all()
    assert (third.state, fourth.state) == ("attended", "absent")
