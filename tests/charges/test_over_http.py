"""The register of charges over HTTP."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import charges
from services.charges import Charge
from services.policy import PostKind
from tests.make import PASSWORD, Make

Headers = dict[str, str]


@pytest.fixture
def signed_in(client: FlaskClient, make: Make) -> Headers:
    charges.load(make.session)
    person = make.person(PostKind.CLERK)
    opened = client.post(
        "/api/v1/sessions", json={"username": person.username, "password": PASSWORD}
    )
    return {"Authorization": f"Bearer {opened.json['access_token']}"}  # type: ignore[index]


def names(client: FlaskClient, headers: Headers, query: str) -> list[str]:
    found = client.get(f"/api/v1/charges?{query}", headers=headers)
    assert found.status_code == 200
    return [charge["name"] for charge in found.json["items"]]  # type: ignore[index]


def test_the_law_of_the_day_is_listed(client: FlaskClient, signed_in: Headers) -> None:
    assert names(client, signed_in, "on=2021-02-28&q=假药") == ["生产、销售假药罪"]
    assert names(client, signed_in, "on=2021-03-01&q=假药") == ["生产、销售、提供假药罪"]


def test_today_is_meant_unless_a_day_is_named(client: FlaskClient, signed_in: Headers) -> None:
    assert names(client, signed_in, "q=袭警") == ["袭警罪"]


def test_pages_hold_every_charge_once(client: FlaskClient, signed_in: Headers) -> None:
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        path = f"/api/v1/charges?limit=100{cursor and f'&cursor={cursor}'}"
        page = client.get(path, headers=signed_in).json
        assert page is not None
        seen += [charge["name"] for charge in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 484


def test_a_charge_that_ended_can_still_be_read(
    client: FlaskClient, signed_in: Headers, session: Session
) -> None:
    old = session.scalars(select(Charge).where(Charge.name == "食品监管渎职罪")).one()
    told = client.get(f"/api/v1/charges/{old.id}", headers=signed_in).json
    assert told == {
        "id": old.id,
        "name": "食品监管渎职罪",
        "in_force_from": "2011-05-01",
        "in_force_until": "2021-02-28",
        "successor": "食品、药品监管渎职罪",
        "speciality": "duty",
    }


def test_an_unknown_charge_is_not_found(client: FlaskClient, signed_in: Headers) -> None:
    assert client.get("/api/v1/charges/999999", headers=signed_in).status_code == 404


def test_nobody_reads_without_signing_in(client: FlaskClient) -> None:
    assert client.get("/api/v1/charges").status_code == 401
