"""Hand-overs over HTTP: looked at, made, read; nobody else learns of them."""

from services.policy import PostKind
from tests.make import Make
from tests.phones import Phones


def test_open_work_is_looked_at_and_handed_over(phones: Phones, make: Make) -> None:
    scene = make.scene()
    town = scene.town
    taker = make.person(PostKind.PROSECUTOR, town.procuratorate)
    manager = phones.of(town.manager)
    work = f"/people/{town.prosecutor.id}/open-work?office_id={town.procuratorate.id}"
    looked = manager.get(work).json
    assert looked is not None
    assert looked["case_ids"] == [scene.case.id]
    assert not looked["nothing_owed"]
    assert {"kind": "cases", "count": 1, "becomes": "taken"} in looked["work"]
    body = {
        "person_id": town.prosecutor.id,
        "office_id": town.procuratorate.id,
        "to_id": taker.id,
        "reason": "调离本院。",
        "approver_id": town.chief.id,
    }
    made = manager.send("POST", "/handovers", body)
    assert made.status_code == 201, made.json
    assert made.json is not None
    assert made.json["cases"] == [{"case_id": scene.case.id, "to_id": taker.id}]
    assert manager.get(f"/handovers/{made.json['id']}").json == made.json
    again = manager.send("POST", "/handovers", body)
    assert again.status_code == 409
    listed = manager.get("/handovers").json
    assert listed is not None
    assert len(listed["items"]) == 1
    other = phones.of(town.prosecutor)
    assert other.get(work).status_code == 404
    assert other.send("POST", "/handovers", body).status_code == 404
    assert other.get(f"/handovers/{made.json['id']}").status_code == 404
