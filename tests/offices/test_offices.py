"""The register of offices: everybody who is signed in may read it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from services import offices
from services.kernel.refusals import NotFound
from services.offices import OfficeKind
from services.policy import PostKind
from tests.make import PASSWORD, Make


def test_offices_are_listed_by_kind_in_a_steady_order(make: Make) -> None:
    court = make.office(OfficeKind.COURT)
    first, second = make.office(), make.office()
    act = make.act(make.person())

    found = list(act.session.scalars(offices.of_kind(act, OfficeKind.PROCURATORATE)))

    assert found == [first, second]
    assert court in act.session.scalars(offices.of_kind(act)).all()


def test_an_unknown_office_does_not_exist(make: Make) -> None:
    with pytest.raises(NotFound):
        offices.find(make.act(make.person()), 10**9)


def test_no_office_is_above_itself(make: Make) -> None:
    office = make.office()
    office.superior_id = office.id
    with pytest.raises(IntegrityError, match="offices_not_own_superior"):
        make.session.flush()


def test_an_organ_and_its_procuratorate_over_http(client: FlaskClient, make: Make) -> None:
    court = make.office()
    police = make.office(OfficeKind.PUBLIC_SECURITY, procuratorate_id=court.id)
    person = make.person(PostKind.CLERK)
    opened = client.post(
        "/api/v1/sessions", json={"username": person.username, "password": PASSWORD}
    )
    headers = {"Authorization": f"Bearer {opened.json['access_token']}"}  # type: ignore[index]

    listed = client.get("/api/v1/offices?kind=public_security", headers=headers).json
    read = client.get(f"/api/v1/offices/{police.id}", headers=headers).json

    assert listed is not None
    assert listed["items"] == [read]
    assert read == {
        "id": police.id,
        "kind": "public_security",
        "name": police.name,
        "short_name": police.short_name,
        "level": "district",
        "procuratorate_id": court.id,
        "superior_id": None,
        "version": police.version,
    }
    assert client.get("/api/v1/offices/999999", headers=headers).status_code == 404
    assert client.get("/api/v1/offices?kind=bakery", headers=headers).status_code == 422
    assert client.get("/api/v1/offices").status_code == 401
