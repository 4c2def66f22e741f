"""Pages neither repeat nor hide a row, and answers may be sparse."""

import base64
import json

import pytest
from flask.testing import FlaskClient

from services.offices import Level, OfficeKind
from tests.api.conftest import Headers
from tests.make import Make

TOYS = "/api/v1/toys"


@pytest.fixture(autouse=True)
def _seven_toys(make: Make) -> None:
    for level in ("municipal", *["district"] * 3, "supreme", *["provincial"] * 2):
        make.office(OfficeKind.COURT, level=Level(level))


def _walk(phone: FlaskClient, me: Headers, limit: int) -> list[tuple[str, int]]:
    seen: list[tuple[str, int]] = []
    cursor = ""
    for _ in range(20):
        answer = phone.get(f"{TOYS}?limit={limit}{cursor}", headers=me).json
        assert answer is not None
        assert len(answer["items"]) <= limit
        seen += [(item["level"], item["id"]) for item in answer["items"]]
        if answer["next_cursor"] is None:
            return seen
        cursor = f"&cursor={answer['next_cursor']}"
    raise AssertionError


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 100])
def test_every_row_is_shown_once_in_order(phone: FlaskClient, me: Headers, limit: int) -> None:
    seen = _walk(phone, me, limit)

    assert len(seen) == len(set(seen)) == 7
    assert [level for level, _ in seen] == sorted((level for level, _ in seen), reverse=True)
    same = [toy for level, toy in seen if level == "district"]
    assert len(same) == 3
    assert same == sorted(same)


def test_a_row_that_appears_meanwhile_shifts_nothing(
    phone: FlaskClient, me: Headers, make: Make
) -> None:
    first = phone.get(f"{TOYS}?limit=3", headers=me).json
    assert first is not None
    make.office(OfficeKind.COURT, level=Level.SUPREME)
    second = phone.get(f"{TOYS}?limit=10&cursor={first['next_cursor']}", headers=me).json
    assert second is not None

    shown = [item["id"] for item in first["items"] + second["items"]]
    assert len(shown) == len(set(shown)) == 7


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%01",
        "中",
        _encoded([]),
        _encoded("toys.Toys"),
        _encoded(["toys.Toys", "district"]),
        _encoded(["toys.Toys", "district", "7"]),
        _encoded(["toys.Toys", "district\x00", 7]),
        _encoded(["toys.Toys", "district", 2**70]),
        _encoded(["toys.Toys", None, 7]),
        _encoded(["others.Others", "district", 7]),
        _encoded({"a": 1}),
    ],
)
def test_a_cursor_that_no_list_made_is_refused(
    phone: FlaskClient, me: Headers, cursor: str
) -> None:
    reply = phone.get(f"{TOYS}?cursor={cursor}", headers=me)

    assert (reply.status_code, reply.json and reply.json["type"]) == (422, "/problems/bad-cursor")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", ""])
def test_a_page_has_one_to_a_hundred_items(phone: FlaskClient, me: Headers, limit: str) -> None:
    assert phone.get(f"{TOYS}?limit={limit}", headers=me).status_code == 422


def test_an_answer_may_be_sparse(phone: FlaskClient, me: Headers) -> None:
    answer = phone.get(f"{TOYS}?fields=name", headers=me).json

    assert answer is not None
    assert {tuple(item) for item in answer["items"]} == {("name",)}
    assert "next_cursor" in answer


def test_a_field_that_is_not_there_is_refused(phone: FlaskClient, me: Headers) -> None:
    reply = phone.get(f"{TOYS}?fields=name,secret", headers=me)

    assert reply.status_code == 422
    assert reply.json is not None
    assert reply.json["type"] == "/problems/unknown-field"
    assert [error["detail"] for error in reply.json["errors"]] == ["secret"]
