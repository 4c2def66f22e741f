"""Colleagues: who may be named as handler or approver is seen by those who work beside them."""

from datetime import timedelta

from flask.testing import FlaskClient

from services import people
from services.policy import PostKind
from tests.conftest import NOON
from tests.make import PASSWORD, Make


def test_one_sees_holders_of_a_post_in_ones_own_office_only(make: Make) -> None:
    here, elsewhere = make.office(), make.office()
    manager = make.act(make.person(PostKind.CASE_MANAGER, here))
    chief = make.person(PostKind.CHIEF_PROCURATOR, here)
    make.person(PostKind.CHIEF_PROCURATOR, elsewhere)
    make.person(PostKind.PROSECUTOR, here)

    found = manager.session.scalars(people.colleagues(manager, PostKind.CHIEF_PROCURATOR)).all()

    assert [one.id for one in found] == [chief.id]


def test_a_post_no_longer_held_and_a_disabled_account_are_not_listed(make: Make) -> None:
    office = make.office()
    manager = make.act(make.person(PostKind.CASE_MANAGER, office))
    yesterday = NOON.date() - timedelta(days=1)
    make.post(make.person(), PostKind.PROSECUTOR, office, until_on=yesterday)
    make.person(PostKind.PROSECUTOR, office, disabled_at=NOON)

    assert not manager.session.scalars(people.colleagues(manager, PostKind.PROSECUTOR)).all()


def test_the_wire_tells_id_name_and_sex_and_nothing_else(make: Make, client: FlaskClient) -> None:
    office = make.office()
    manager = make.person(PostKind.CASE_MANAGER, office)
    prosecutor = make.person(PostKind.PROSECUTOR, office)
    signed_in = client.post(
        "/api/v1/sessions", json={"username": manager.username, "password": PASSWORD}
    )
    assert signed_in.json is not None
    token = {"Authorization": f"Bearer {signed_in.json['access_token']}"}

    reply = client.get("/api/v1/people?post=prosecutor", headers=token)
    without_post = client.get("/api/v1/people", headers=token)

    assert reply.json == {
        "items": [{"id": prosecutor.id, "name": prosecutor.name, "sex": prosecutor.sex}],
        "next_cursor": None,
    }
    assert without_post.status_code == 422
