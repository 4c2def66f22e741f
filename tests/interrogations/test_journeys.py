"""Interrogations as people live them, over HTTP from the search to the opinion."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from services.arrest_reviews import ArrestReview
from services.deadlines import Deadline
from services.kernel.act import JournalEntry
from services.people import Person, Sex
from services.policy import PostKind
from tests.make import Make, Scene
from tests.phones import Phone, Phones

OK, CREATED, CONFLICT, UNREADABLE = 200, 201, 409, 422
DAY = timedelta(days=1)


def _seats(lead: Person, second: Person, *others: tuple[str, int]) -> list[dict[str, Any]]:
    staff = [
        {"role": "lead", "person_id": lead.id, "participant_id": None},
        {"role": "staff", "person_id": second.id, "participant_id": None},
    ]
    return staff + [
        {"role": role, "person_id": None, "participant_id": one} for role, one in others
    ]


def _asked(scene: Scene, suspect_id: int, seats: list[dict[str, Any]]) -> dict[str, Any]:
    return {"case_id": scene.case.id, "suspect_id": suspect_id, "minutes": 60, "seats": seats}


def _slot(phone: Phone, asked: dict[str, Any], order: str = "best") -> dict[str, Any]:
    found = phone.send("POST", "/slot-searches", asked | {"order": order})
    assert found.status_code == OK, found.json
    told: dict[str, Any] = found.get_json()
    assert told["slots"], told
    return told


def _booked(phone: Phone, asked: dict[str, Any]) -> dict[str, Any]:
    """Searched, kept, and booked out of what was kept."""
    slot = _slot(phone, asked)["slots"][0]
    held = phone.send("POST", "/slot-holds", asked | {"starts_at": slot["starts_at"]}).get_json()
    wanted = asked | {"starts_at": slot["starts_at"], "hold_id": held["id"]}
    answer = phone.send("POST", "/interrogations", wanted)
    assert answer.status_code == CREATED, answer.json
    booked: dict[str, Any] = answer.get_json()
    return booked


def _confirmed(officer: Phone, booked: dict[str, Any]) -> dict[str, Any]:
    answer = officer.send(
        "PUT", f"/interrogations/{booked['id']}/confirmation", None, booked["version"]
    )
    assert answer.status_code == OK, answer.json
    confirmed: dict[str, Any] = answer.get_json()
    assert confirmed["state"] == "confirmed"
    return confirmed


def _held(phones: Phones, phone: Phone, booked: dict[str, Any]) -> None:
    """The certificate is there, everybody comes, is told, and the sitting is held to its end."""
    base = f"/interrogations/{booked['id']}"
    for item in phone.get(f"{base}/readiness").get_json()["items"]:
        if item["demanded"] and item["state"] == "open" and "tick" in item["allowed"]:
            path = f"/readiness-items/{item['id']}/completion"
            assert phone.send("PUT", path, {}, item["version"]).status_code == OK
    phones.set_clock(datetime.fromisoformat(booked["starts_at"]))
    for seat in booked["seats"]:
        arrived = phone.send("POST", f"{base}/arrivals", {"seat_id": seat["id"]})
        assert arrived.status_code == CREATED, arrived.json
    assert phone.send("PUT", f"{base}/identity", {"how": "centre_file"}).status_code == OK
    for kind in ("rights", "recording"):
        assert phone.send("POST", f"{base}/notices", {"kind": kind}).status_code == CREATED
    started = phone.send("PUT", f"{base}/start")
    assert started.status_code == OK, started.json
    ended = phone.send("PUT", f"{base}/end")
    assert (ended.status_code, ended.get_json()["state"]) == (OK, "ended")


def _opinion(make: Make, phone: Phone, suspect_id: int) -> Any:
    review = make.session.scalars(
        select(ArrestReview).where(ArrestReview.suspect_id == suspect_id)
    ).one()
    make.session.refresh(review)
    opinion = {"proposal": "approve", "hearing": "interrogated", "reasons": "符合逮捕条件。"}
    answer = phone.send("PUT", f"/arrest-reviews/{review.id}/opinion", opinion, review.version)
    return answer.status_code, answer.get_json()


def _nothing_said(make: Make, *words: str) -> None:
    """The journal holds ids and codes only."""
    for entry in make.session.scalars(select(JournalEntry)):
        assert not any(word in str(entry.details) for word in words), entry.kind


def test_a_detained_adult_is_met_by_video_two_days_before_the_period_ends(
    make: Make, phones: Phones
) -> None:
    scene = make.scene()
    second = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    limit = make.session.scalars(
        select(Deadline.due_on).where(Deadline.suspect_id == scene.suspect.id)
    ).one()
    assert limit is not None
    phones.set_clock(make.now + (limit - make.now.date() - 2 * DAY))
    phone, officer = phones.of(scene.town.prosecutor), phones.of(scene.centre.officer)
    asked = _asked(scene, scene.suspect.id, _seats(scene.town.prosecutor, second))
    assert _opinion(make, phone, scene.suspect.id)[1]["type"] == "/problems/interrogation-missing"

    found = _slot(phone, asked)
    assert found["limit"]["rule"] == "D06"
    assert all(slot["ends_at"] <= found["limit"]["ends_at"] for slot in found["slots"])
    assert found["latest_safe"]["ends_at"] <= found["limit"]["ends_at"]
    booked = _booked(phone, asked)
    taken = phone.send("POST", "/interrogations", asked | {"starts_at": booked["starts_at"]})
    assert taken.status_code == CONFLICT
    assert taken.get_json()["type"] == "/problems/already-taken"
    assert len(taken.get_json()["alternatives"]) == 3
    _confirmed(officer, booked)
    _held(phones, phone, booked)

    assert _opinion(make, phone, scene.suspect.id)[0] == OK
    _nothing_said(make, scene.suspect.name, scene.town.prosecutor.name)


def test_a_girl_of_fifteen_has_her_mother_a_woman_of_the_staff_and_an_interpreter(
    make: Make, phones: Phones
) -> None:
    scene = make.scene()
    scene.suspect.born_on, scene.suspect.sex = date(2010, 5, 1), Sex.FEMALE
    scene.suspect.flags = ["minor"]
    make.session.flush()
    town = scene.town
    man = make.person(PostKind.ASSISTANT, town.procuratorate, sex=Sex.MALE)
    woman = make.person(PostKind.ASSISTANT, town.procuratorate, sex=Sex.FEMALE)
    phone, officer = phones.of(town.prosecutor), phones.of(scene.centre.officer)

    def entered(kind: str, **given: object) -> tuple[str, int]:
        body = {"office_id": town.procuratorate.id, "kind": kind, "name": "到场人甲"} | given
        answer = phone.send("POST", "/participants", body)
        assert answer.status_code == CREATED, answer.json
        return kind, answer.get_json()["id"]

    mother = entered("legal_representative", suspect_id=scene.suspect.id, relation="母亲")
    interpreter = entered("interpreter", languages=["ug"])
    asked = _asked(scene, scene.suspect.id, []) | {"language": "ug", "minutes": 45}
    at = {"starts_at": scene.soon.isoformat()}
    refused = {
        "girl-without-woman": _seats(town.prosecutor, man, mother, interpreter),
        "minor-alone": _seats(town.prosecutor, woman, interpreter),
        "no-interpreter": _seats(town.prosecutor, woman, mother),
    }
    for slug, seats in refused.items():
        answer = phone.send("POST", "/interrogations", asked | at | {"seats": seats})
        assert answer.status_code == UNREADABLE, (slug, answer.json)
        told = answer.get_json()
        assert told["type"].removeprefix("/problems/") == slug, told
        assert told["article"], slug
    booked = _booked(phone, asked | {"seats": _seats(town.prosecutor, woman, mother, interpreter)})
    _confirmed(officer, booked)
    swapped = phone.send(
        "PUT",
        f"/interrogations/{booked['id']}/seats",
        {"seats": _seats(town.prosecutor, man, mother, interpreter), "reason": "另有公务。"},
        booked["version"] + 1,
    )
    assert swapped.status_code == UNREADABLE, swapped.json
    current = phone.get(f"/interrogations/{booked['id']}").get_json()
    _held(phones, phone, current)
    assert _opinion(make, phone, scene.suspect.id)[0] == OK


def test_three_co_suspects_never_meet_and_share_no_staff_at_once(
    make: Make, phones: Phones
) -> None:
    scene = make.scene()
    others = [make.suspect(detention_centre_id=scene.centre.office.id) for _ in range(3)]
    case = make.handled(scene.town, *others)
    second = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    phone = phones.of(scene.town.prosecutor)
    seats = _seats(scene.town.prosecutor, second)
    booked = [_booked(phone, _asked(scene, one.id, seats) | {"case_id": case.id}) for one in others]
    times = sorted((one["starts_at"], one["ends_at"], one["room"]) for one in booked)
    for (_, end, room), (start, _, following) in pairwise(times):
        assert end <= start
        if room == following:
            apart = datetime.fromisoformat(start) - datetime.fromisoformat(end)
            assert apart >= timedelta(minutes=30)
    third = make.person(PostKind.PROSECUTOR, scene.town.procuratorate)
    fourth = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    together = _asked(scene, others[1].id, _seats(third, fourth)) | {
        "case_id": case.id,
        "starts_at": booked[0]["starts_at"],
    }
    refused = phone.send("POST", "/interrogations", together)
    assert refused.status_code in {CONFLICT, UNREADABLE}


def test_the_evening_before_the_suspect_is_brought_to_another_centre(
    make: Make, phones: Phones
) -> None:
    scene = make.scene()
    new = make.centre(scene.town)
    second = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    phone, old_officer = phones.of(scene.town.prosecutor), phones.of(scene.centre.officer)
    asked = _asked(scene, scene.suspect.id, _seats(scene.town.prosecutor, second))
    tomorrow = scene.soon + DAY
    answer = phone.send("POST", "/interrogations", asked | {"starts_at": tomorrow.isoformat()})
    booked = answer.get_json()
    _confirmed(old_officer, booked)

    evening = scene.soon + timedelta(hours=6)
    moved = old_officer.send(
        "POST",
        "/engagements",
        {
            "suspect_id": scene.suspect.id,
            "kind": "transfer",
            "from_at": evening.isoformat(),
            "until_at": (evening + timedelta(hours=1)).isoformat(),
            "destination_id": new.office.id,
            "note": "",
        },
    )
    assert moved.status_code == CREATED, moved.json
    engagement = moved.get_json()["engagement"]
    phones.set_clock(evening + timedelta(hours=1))
    new_officer = phones.of(new.officer)
    arrived = new_officer.send(
        "PUT", f"/engagements/{engagement['id']}/arrival", None, engagement["version"]
    )
    assert arrived.status_code == OK, arrived.json

    kept = phone.get(f"/interrogations/{booked['id']}").get_json()
    assert kept["starts_at"] == booked["starts_at"]
    assert (kept["state"], kept["centre"]["id"]) == ("booked", new.office.id)
    assert kept["room"] in {room.name for room in new.rooms}
    assert old_officer.get(f"/interrogations/{booked['id']}").status_code == 404
    _confirmed(new_officer, kept)
    _held(phones, phone, phone.get(f"/interrogations/{booked['id']}").get_json())
