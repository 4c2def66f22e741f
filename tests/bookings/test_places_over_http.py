"""Rooms, participants, practice, blocks and engagements from a phone."""

from datetime import UTC, datetime, timedelta

from services.offices import OfficeKind
from tests.make import Make, Scene
from tests.phones import Phones

HOUR = timedelta(hours=1)


def said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def test_a_centre_s_officer_keeps_its_rooms(scene: Scene, phones: Phones) -> None:
    phone = phones.of(scene.centre.officer)
    listed = phone.get("/resources?kind=interrogation_room").get_json()["items"]
    assert len(listed) == 2
    new = {
        "office_id": scene.centre.office.id,
        "kind": "interrogation_room",
        "name": "3号讯问室",
        "video": True,
    }
    entered = phone.send("POST", "/resources", new)
    assert entered.status_code == 201, entered.get_json()
    path, version = f"/resources/{entered.get_json()['id']}", entered.get_json()["version"]
    week = {"openings": [{"weekday": 1, "from_time": "08:30", "until_time": "11:30"}]}
    assert phone.send("PUT", f"{path}/hours", week).status_code == 428
    opened = phone.send("PUT", f"{path}/hours", week, version)
    assert opened.get_json()["openings"] == week["openings"]
    assert phone.send("PUT", f"{path}/hours", week, version).status_code == 412
    version = opened.get_json()["version"]
    closed = {"days": [{"on": "2026-03-06"}]}
    excepted = phone.send("PUT", f"{path}/exceptions", closed, version).get_json()
    assert excepted["exceptions"] == [{"on": "2026-03-06", "from_time": None, "until_time": None}]
    buffers = {"units": 1, "before_minutes": 5, "after_minutes": 10}
    changed = phone.send("PUT", f"{path}/buffers", buffers, excepted["version"]).get_json()
    retired = phone.send("PUT", f"{path}/retirement", version=changed["version"])
    assert retired.get_json()["retired_at"]
    restored = phone.send("PUT", f"{path}/restoration", version=retired.get_json()["version"])
    assert restored.get_json()["retired_at"] is None
    assert phones.of(scene.town.prosecutor).send("POST", "/resources", new).status_code == 403
    assert phones.of(scene.town.officer).get(path).status_code == 404


def test_journeys_practice_and_participants(scene: Scene, phones: Phones) -> None:
    manager = phones.of(scene.town.manager)
    ends = {
        "from_office_id": scene.town.procuratorate.id,
        "to_office_id": scene.centre.office.id,
    }
    route = manager.send("PUT", "/routes", ends | {"minutes": 40})
    assert route.get_json() == ends | {"minutes": 40}
    assert manager.get("/routes").get_json()["items"] == [route.get_json()]
    practice = manager.get("/interrogation-practices").get_json()
    assert (practice["remote"], practice["version"]) == (True, 0)
    new = {
        "remote": False,
        "displacing": False,
        "apart_minutes": 15,
        "hold_minutes": 5,
        "offer_minutes": 60,
    }
    put = manager.send("PUT", "/interrogation-practices", new, 0).get_json()
    assert (put["remote"], put["version"]) == (False, 1)
    assert phones.of(scene.centre.officer).get("/interrogation-practices").status_code == 404
    prosecutor = phones.of(scene.town.prosecutor)
    entered = prosecutor.send(
        "POST",
        "/participants",
        {
            "office_id": scene.town.procuratorate.id,
            "kind": "interpreter",
            "name": "译员甲",
            "languages": ["ug"],
        },
    ).get_json()
    path = f"/participants/{entered['id']}"
    corrected = prosecutor.send("PUT", path, {"name": "译员乙"}, entered["version"]).get_json()
    assert corrected["name"] == "译员乙"
    assert len(prosecutor.get("/participants?kind=interpreter").get_json()["items"]) == 1
    retired = prosecutor.send("PUT", f"{path}/retirement", version=corrected["version"])
    assert retired.status_code == 200
    assert prosecutor.get("/participants").get_json()["items"] == []


def test_a_block_is_set_listed_and_ended(scene: Scene, make: Make, phones: Phones) -> None:
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    phone = phones.of(scene.centre.officer)
    new = {
        "office_id": scene.centre.office.id,
        "from_at": said(make.now),
        "until_at": said(make.now + 5 * HOUR),
        "note": "设备检修",
    }
    blocked = phone.send("POST", "/blocks", new)
    assert blocked.status_code == 201, blocked.get_json()
    assert blocked.get_json()["replanned"] == {"moved": [booked.id], "waiting": []}
    [listed] = phone.get("/blocks").get_json()["items"]
    assert listed == blocked.get_json()["block"]
    assert len(listed["places"]) == 2
    again = phone.send("POST", "/blocks", new)
    assert (again.status_code, again.get_json()["taken"][0]["kind"]) == (409, "interrogation_room")
    path = f"/blocks/{listed['id']}"
    assert phone.get(path).get_json() == listed
    ended = phone.send("PUT", f"{path}/end", version=listed["version"])
    assert ended.status_code == 200, ended.get_json()
    assert phones.of(scene.town.prosecutor).get(path).status_code == 404
    assert phones.of(scene.town.manager).send("POST", "/blocks", new).status_code == 403


def test_an_engagement_and_a_transfer(scene: Scene, make: Make, phones: Phones) -> None:
    phone = phones.of(scene.centre.officer)
    [held] = phone.get(f"/detainees?name={scene.suspect.name}").get_json()["items"]
    assert held["id"] == scene.suspect.id
    there = make.office(OfficeKind.DETENTION_CENTRE)
    new = {
        "suspect_id": scene.suspect.id,
        "kind": "transfer",
        "from_at": said(scene.soon),
        "until_at": said(scene.soon + HOUR),
        "destination_id": there.id,
    }
    engaged = phone.send("POST", "/engagements", new)
    assert engaged.status_code == 201, engaged.get_json()
    one = engaged.get_json()["engagement"]
    assert phone.get("/engagements").get_json()["items"] == [one]
    path = f"/engagements/{one['id']}"
    assert phones.of(scene.town.prosecutor).get(path).status_code == 404
    arrived = phone.send("PUT", f"{path}/arrival", version=one["version"])
    assert arrived.status_code == 200, arrived.get_json()
    make.session.refresh(scene.suspect)
    assert scene.suspect.detention_centre_id == there.id
    version = arrived.get_json()["engagement"]["version"]
    assert phone.send("PUT", f"{path}/cancellation", version=version).status_code == 409
    assert phone.send("POST", "/engagements", new).status_code == 404
