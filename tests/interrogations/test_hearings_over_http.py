"""How a suspect is heard, over HTTP: what the law asks for, and what is on record."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from services.arrest_requests.terms import Measure
from services.arrest_reviews import ArrestReview
from services.interrogations import Mode, Role, Seat
from services.participants import Participant, ParticipantKind
from services.policy import PostKind
from tests.interrogations.conftest import Scene
from tests.make import Make
from tests.phones import Phones


def _filed(make: Make, scene: Scene) -> dict[str, Any]:
    clerk = make.person(PostKind.CLERK, scene.town.procuratorate)
    return {
        "case_id": scene.case.id,
        "suspect_id": scene.suspect.id,
        "held_from": (make.now - timedelta(hours=2)).isoformat(),
        "held_until": (make.now - timedelta(hours=1)).isoformat(),
        "seats": [
            {"role": "lead", "person_id": scene.town.prosecutor.id},
            {"role": "clerk", "person_id": clerk.id},
        ],
    }


def test_the_form_that_asks_to_speak_leads_to_the_interrogation(
    make: Make, scene: Scene, phones: Phones
) -> None:
    handler = phones.of(scene.town.prosecutor)
    here = f"/cases/{scene.case.id}/suspects/{scene.suspect.id}"
    before = handler.get(f"{here}/hearing").get_json()
    assert (before["required"], before["grounds"], before["on_record"]) == (False, [], [])

    assert handler.send("POST", f"{here}/written-opinion").status_code == 201
    came_back = {"words": "要求当面陈述。", "wants_to_speak": True}
    after = handler.send("PUT", f"{here}/written-opinion", came_back).get_json()
    assert after["required"]
    (ground,) = after["grounds"]
    assert (ground["ground"], ground["from_file"]) == ("suspect_asked", False)
    assert ground["article"] == "RULES 280¶1(2); CPL 88¶1(2)"
    assert ground["article_zh"].startswith("刑诉规则280条1款2项")

    held = handler.send("POST", "/filed-interrogations", _filed(make, scene))
    assert held.status_code == 201, held.get_json()
    assert (held.get_json()["state"], held.get_json()["held_on_paper"]) == ("ended", True)
    (on_record,) = handler.get(f"{here}/hearing").get_json()["on_record"]
    assert on_record["id"] == held.get_json()["id"]
    review_id = make.session.scalars(
        select(ArrestReview.id).where(ArrestReview.case_id == scene.case.id)
    ).one()
    review = handler.get(f"/arrest-reviews/{review_id}").get_json()
    assert review["hearing"]["required"]
    assert review["grounds_to_interrogate"] == ["suspect_asked"]


def test_what_is_refused_names_its_article(make: Make, scene: Scene, phones: Phones) -> None:
    body = _filed(make, scene) | {"seats": _filed(make, scene)["seats"][:1]}
    refused = phones.of(scene.town.prosecutor).send("POST", "/filed-interrogations", body)
    assert refused.status_code == 422
    assert refused.get_json()["article"] == "RULES 260¶1"


def test_the_handler_says_which_grounds_hold(make: Make, scene: Scene, phones: Phones) -> None:
    del make
    handler = phones.of(scene.town.prosecutor)
    path = f"/cases/{scene.case.id}/suspects/{scene.suspect.id}/interrogation-grounds"
    for grounds in (["illegality_possible", "conditions_doubtful"], ["illegality_possible"], []):
        told = handler.send("PUT", path, {"grounds": grounds}).get_json()
        assert {one["ground"] for one in told["grounds"]} == set(grounds)
    refused = handler.send("PUT", path, {"grounds": ["minor"]})
    assert refused.status_code == 422


def test_how_a_suspect_is_heard_stays_inside(make: Make, scene: Scene, phones: Phones) -> None:
    path = f"/cases/{scene.case.id}/suspects/{scene.suspect.id}/hearing"
    assert phones.of(scene.town.officer).get(path).status_code == 404
    stranger = make.person(PostKind.PROSECUTOR, scene.town.procuratorate)
    assert phones.of(stranger).get(path).status_code == 404
    review_id = make.session.scalars(
        select(ArrestReview.id).where(ArrestReview.case_id == scene.case.id)
    ).one()
    seen = phones.of(scene.town.officer).get(f"/arrest-reviews/{review_id}").get_json()
    assert seen["hearing"] is None


def test_the_police_are_heard_and_an_adult_is_refused(
    make: Make, scene: Scene, phones: Phones
) -> None:
    adult = Participant(
        office_id=scene.town.procuratorate.id,
        kind=ParticipantKind.APPROPRIATE_ADULT,
        name="到场人丙",
        suspect_id=scene.suspect.id,
        entered_at=make.now,
        entered_by=scene.town.prosecutor.id,
    )
    make.session.add(adult)
    scene.suspect.measure = Measure.BAIL
    make.session.flush()
    second = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    booked = make.interrogation(
        scene.town,
        scene.case,
        scene.soon,
        mode=Mode.IN_PERSON,
        place="某村委会",
        seats=(
            Seat(Role.LEAD, scene.town.prosecutor.id),
            Seat(Role.STAFF, second.id),
            Seat(Role.APPROPRIATE_ADULT, participant_id=adult.id),
        ),
    )
    handler = phones.of(scene.town.prosecutor)
    path = f"/interrogations/{booked.id}"
    heard = handler.send(
        "PUT", f"{path}/police-hearing", {"note": "没有意见。"}, version=booked.version
    )
    assert heard.status_code == 200, heard.get_json()
    assert heard.get_json()["police_heard_at"]
    seat = booked.attendances[-1].id
    refusal = {"reason": "曾与其发生争执。"}
    version = heard.get_json()["version"]
    told = handler.send("PUT", f"{path}/seats/{seat}/refusal", refusal, version=version)
    assert told.status_code == 200, told.get_json()
    assert [one["role"] for one in told.get_json()["seats"]] == ["lead", "staff"]
