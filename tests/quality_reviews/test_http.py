"""Quality reviews over HTTP: one journey, the versions, and who meets a closed door."""

from sqlalchemy import event

from tests.phones import Phones
from tests.quality_reviews.conftest import World

YEAR = {
    "kind": "routine",
    "scope": "one_year",
    "closed_from_on": "2026-01-01",
    "closed_until_on": "2026-12-31",
    "number": 1,
    "reviewers_from": "own_office",
}


def test_from_the_sampling_to_the_verified_correction(world: World, phones: Phones) -> None:
    world.closed()
    manager, handler = phones.of(world.town.manager), phones.of(world.town.prosecutor)
    reviewer, chief = phones.of(world.inside), phones.of(world.town.chief)

    sampling = manager.send("POST", "/quality-samplings", YEAR).get_json()
    assert sampling["seed"] is None
    at = f"/quality-samplings/{sampling['id']}/draw"
    drawn = manager.send("PUT", at, {}, sampling["version"]).get_json()
    assert drawn["state"] == "drawn"
    assert len(drawn["seed"]) == 64

    (task,) = reviewer.get("/tasks").get_json()["items"]
    assert (task["kind"], task["case_number"]) == ("review_quality", None)
    at = f"/quality-reviews/{task['about_id']}"
    review = reviewer.get(at).get_json()
    assert review["allowed"] == ["begin", "recuse"]
    assert reviewer.get(f"{at}/file").get_json()["facts"]
    review = reviewer.send("PUT", f"{at}/start", None, review["version"]).get_json()
    found = {
        "item": "documents",
        "words": "审查报告漏列证据。",
        "points_off": 2,
        "correction": "补正并附卷。",
    }
    body = {"findings": [found]}
    saved = reviewer.send("PUT", f"{at}/findings", body, review["version"])
    assert saved.get_json()["points"] == 98
    assert reviewer.send("PUT", f"{at}/findings", body, review["version"]).status_code == 412
    assert reviewer.send("PUT", f"{at}/findings", body).status_code == 428
    review = saved.get_json()
    given = {"grade": "flawed", "words": "瑕疵。"}
    refused = reviewer.send("PUT", f"{at}/proposal", given, review["version"])
    assert (refused.status_code, refused.get_json()["type"]) == (
        422,
        "/problems/quality-grade-not-in-force",
    )
    given = {"grade": "basically_qualified", "words": "基本合格。"}
    review = reviewer.send("PUT", f"{at}/proposal", given, review["version"]).get_json()
    assert handler.get(at).status_code == 404
    review = manager.send("PUT", f"{at}/notice", None, review["version"]).get_json()
    told = handler.get(at).get_json()
    assert told["allowed"] == ["agree", "object"]
    review = handler.send(
        "PUT", f"{at}/objection", {"reasons": "已在补充卷列明。"}, told["version"]
    ).get_json()
    decision = {"outcome": "dismissed", "grade": "basically_qualified", "words": "维持。"}
    final = chief.send("PUT", f"{at}/objection-decision", decision, review["version"]).get_json()
    assert (final["state"], final["grade"]) == ("final", "basically_qualified")

    (fix,) = handler.get("/quality-corrections?state=open").get_json()["items"]
    at = f"/quality-corrections/{fix['id']}"
    fix = handler.send("PUT", f"{at}/done", {"words": "已补正。"}, fix["version"]).get_json()
    fix = manager.send("PUT", f"{at}/verification", None, fix["version"]).get_json()
    assert fix["state"] == "verified"
    (note,) = handler.get("/performance-notes").get_json()["items"]
    assert note["grade"] == "basically_qualified"
    report = chief.get("/quality-reports?year=2026&quarter=1").get_json()
    assert (report["by_grade"], report["corrected"]) == ({"basically_qualified": 1}, 1)


def test_closed_doors(world: World, phones: Phones) -> None:
    review = world.drawn()
    at = f"/quality-reviews/{review.id}"
    for person in (world.outside, world.town.prosecutor, world.town.officer, world.inspector):
        phone = phones.of(person)
        assert phone.get(at).status_code == 404
        assert phone.get(f"{at}/file").status_code == 404
        assert phone.get("/quality-reviews").get_json()["items"] == []
        assert phone.get("/quality-samplings").get_json()["items"] == []
        assert phone.get("/quality-corrections").get_json()["items"] == []
        assert phone.get("/performance-notes").get_json()["items"] == []
        assert phone.get("/quality-practices").status_code == 404
        assert phone.get("/quality-reports?year=2026&quarter=1").status_code == 403
    assert phones.of(world.town.chief).get(f"{at}/file").status_code == 403
    assert phones.of(world.town.officer).send("POST", "/quality-samplings", YEAR).status_code == 403


def test_a_form_and_a_practice_are_set(world: World, phones: Phones) -> None:
    manager = phones.of(world.town.manager)
    (built_in,) = manager.get("/quality-forms").get_json()["forms"]
    assert (built_in["edition"], len(built_in["items"])) == (0, 12)
    new = {"in_force_from": "2026-04-01", "items": built_in["items"]}
    assert manager.send("POST", "/quality-forms", new).get_json()["edition"] == 1
    assert [one["edition"] for one in manager.get("/quality-forms").get_json()["forms"]] == [1, 0]

    said = manager.get("/quality-practices").get_json()
    given = {"once": ["one_year"], "answer_days": 3, "correction_days": 7}
    set_ = manager.send("PUT", "/quality-practices", given, said["version"]).get_json()
    assert (set_["once"], set_["answer_days"], set_["version"]) == (["one_year"], 3, 1)


def test_a_list_is_few_queries(world: World, phones: Phones) -> None:
    for _ in range(3):
        world.closed()
    manager = phones.of(world.town.manager)
    sampling = manager.send("POST", "/quality-samplings", YEAR | {"number": 3}).get_json()
    manager.send("PUT", f"/quality-samplings/{sampling['id']}/draw", {}, sampling["version"])
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    bind = world.session.get_bind()
    for path, number in (("/quality-reviews?limit=1", 1), ("/quality-reviews", 3)):
        world.session.expire_all()
        event.listen(bind, "before_cursor_execute", note)
        assert len(manager.get(path).get_json()["items"]) == number
        event.remove(bind, "before_cursor_execute", note)
        asked.append("|")
    first, second, _ = "".join("." if one != "|" else one for one in asked).split("|")
    assert len(first) == len(second)
