"""Preferences over HTTP."""

from http import HTTPStatus

from services.policy import PostKind
from services.preferences import KindGroup
from tests.make import Make
from tests.phones import Phones

WANTED = {
    "quiet_from": "23:30",
    "quiet_until": "06:15",
    "working_days_only": True,
    "digest_at": ["12:00", "08:30"],
    "digest_tasks": False,
    "muted": ["staffing"],
    "cap": 6,
}


def test_what_one_says_is_kept_and_two_phones_do_not_overwrite_each_other(
    phones: Phones, make: Make
) -> None:
    phone = phones.of(make.person(PostKind.PROSECUTOR))
    before = phone.get("/preferences").json

    said = phone.send("PUT", "/preferences", WANTED, version=0)
    late = phone.send("PUT", "/preferences", WANTED | {"cap": 60}, version=0)
    unversioned = phone.send("PUT", "/preferences", WANTED)

    assert before is not None
    assert (before["quiet_from"], before["version"], before["set_at"]) == ("22:00", 0, None)
    assert said.status_code == HTTPStatus.OK, said.json
    assert late.status_code == HTTPStatus.PRECONDITION_FAILED
    assert unversioned.status_code == HTTPStatus.PRECONDITION_REQUIRED
    kept = phone.get("/preferences").json
    assert kept is not None
    assert {name: kept[name] for name in WANTED} == WANTED | {"digest_at": ["08:30", "12:00"]}
    assert kept["version"] == 1


def test_silencing_what_has_to_be_told_is_refused_by_its_name(phones: Phones, make: Make) -> None:
    phone = phones.of(make.person(PostKind.PROSECUTOR))

    refused = phone.send("PUT", "/preferences", WANTED | {"muted": ["deadlines"]}, version=0)

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused.json is not None
    assert (refused.json["type"], refused.json["group"]) == (
        "/problems/group-not-mutable",
        "deadlines",
    )


def test_what_there_is_to_choose_is_told_in_two_languages(phones: Phones, make: Make) -> None:
    told = phones.of(make.person(PostKind.SUPERVISOR)).get("/preferences/choices").json

    assert told is not None
    groups = {group["group"]: group for group in told["groups"]}
    assert set(groups) == set(KindGroup)
    assert not groups["invitations"]["mutable"]
    kinds = {one["kind"]: one for one in groups["cases"]["never_muted"]}
    assert kinds["ArrestDecided"]["urgency"] == "urgent"
    assert kinds["CaseAssigned"]["zh"] != kinds["CaseAssigned"]["en"] != "CaseAssigned"
    assert (told["fewest_in_an_hour"], told["most_in_an_hour"]) == (2, 60)
    defaults = {one["post"]: one["habits"] for one in told["defaults"]}
    assert defaults["supervisor"]["working_days_only"]
