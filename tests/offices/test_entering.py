"""Administrators enter and change the offices that their own leads; the console does all."""

import pytest
from sqlalchemy.orm import Session

from services import offices
from services.kernel.refusals import NotAllowed, Refusal
from services.offices import (
    Level,
    NewOffice,
    NoSuchOffice,
    NotItsSuperior,
    Office,
    OfficeKind,
    OfficeKnown,
    SentElsewhere,
    Standing,
)
from services.policy import CONSOLE, PostKind
from tests.make import Make
from tests.phones import Phones


def _police(procuratorate: Office | None = None, superior: Office | None = None) -> NewOffice:
    standing = Standing(procuratorate, superior)
    return NewOffice(OfficeKind.PUBLIC_SECURITY, "测试公安局", "测公", Level.DISTRICT, standing)


def test_every_level_answers_to_the_one_above() -> None:
    assert [level.above for level in Level] == [*list(Level)[1:], None]


def test_an_administrator_enters_what_their_office_leads(make: Make) -> None:
    here = make.office()
    act = make.act(make.person(PostKind.ADMINISTRATOR, here))
    office = offices.enter(act, _police(here))
    assert office.led_by_ids == {office.id, here.id}
    with pytest.raises(NotAllowed):
        offices.enter(act, _police(make.office()))
    with pytest.raises(NotAllowed):
        offices.enter(act, _police())
    with pytest.raises(OfficeKnown):
        offices.enter(act, _police(here))


@pytest.mark.parametrize("post", [PostKind.SECURITY_OFFICER, PostKind.AUDITOR, None])
def test_nobody_else_enters_or_changes_one(make: Make, post: PostKind | None) -> None:
    here = make.office()
    act = make.act(make.person(post, here))
    with pytest.raises(NotAllowed):
        offices.enter(act, _police(here))
    with pytest.raises(NotAllowed):
        offices.change(act, here, name="改名", short_name="改", standing=Standing())


def test_an_administrator_of_a_higher_office_keeps_those_below(
    make: Make, session: Session
) -> None:
    upper = make.office(level=Level.MUNICIPAL)
    lower = make.office(superior_id=upper.id)
    centre = make.office(OfficeKind.DETENTION_CENTRE, procuratorate_id=lower.id)
    make.office()
    act = make.act(make.person(PostKind.ADMINISTRATOR, upper))
    assert offices.at_or_below(session, {upper.id}) == {upper.id, lower.id, centre.id}
    assert not offices.at_or_below(session, set())
    assert centre.led_by_ids == {upper.id, lower.id, centre.id}
    changed = offices.change(
        act, centre, name="改名看守所", short_name="改看", standing=Standing(lower)
    )
    assert changed.name == "改名看守所"
    own = make.act(make.person(PostKind.ADMINISTRATOR, lower))
    with pytest.raises(NotAllowed):
        offices.change(own, upper, name="越级", short_name="越", standing=Standing())


def test_nobody_moves_an_office_under_strangers(make: Make) -> None:
    city, other = (make.office(level=Level.MUNICIPAL) for _ in range(2))
    office = make.office(level=Level.DISTRICT, superior_id=city.id)
    own = make.act(make.person(PostKind.ADMINISTRATOR, office))
    above = make.act(make.person(PostKind.ADMINISTRATOR, city))

    renamed = offices.change(
        own, office, name="改名", short_name="改", standing=Standing(None, city)
    )
    for act, superior in ((own, other), (own, None), (above, other), (above, None)):
        with pytest.raises(NotAllowed):
            offices.change(
                act, office, name="改", short_name="改", standing=Standing(superior=superior)
            )
    moved = offices.change(
        make.act(CONSOLE), office, name="改", short_name="改", standing=Standing(superior=other)
    )

    assert renamed.name == "改"
    assert moved.led_by_ids == {office.id, other.id}


def test_the_console_enters_all(make: Make) -> None:
    assert offices.enter(make.act(CONSOLE), _police()).id


def test_a_superior_is_of_the_same_kind_one_level_above(make: Make) -> None:
    procuratorate = make.office()
    city = make.office(OfficeKind.PUBLIC_SECURITY, level=Level.MUNICIPAL)
    act = make.act(CONSOLE)
    wrong: list[tuple[Standing, type[Refusal]]] = [
        (Standing(superior=make.office(level=Level.MUNICIPAL)), NotItsSuperior),
        (Standing(superior=make.office(OfficeKind.PUBLIC_SECURITY)), NotItsSuperior),
        (
            Standing(superior=make.office(OfficeKind.PUBLIC_SECURITY, level=Level.PROVINCIAL)),
            NotItsSuperior,
        ),
        (Standing(procuratorate=city), SentElsewhere),
    ]
    for standing, refusal in wrong:
        given = NewOffice(OfficeKind.PUBLIC_SECURITY, "测局", "测", Level.DISTRICT, standing)
        with pytest.raises(refusal):
            offices.enter(act, given)
    office = offices.enter(act, _police(procuratorate, city))
    with pytest.raises(NotItsSuperior):
        offices.change(
            act, office, name="局", short_name="局", standing=Standing(superior=procuratorate)
        )
    with pytest.raises(SentElsewhere):
        offices.change(
            act, procuratorate, name="院", short_name="院", standing=Standing(make.office())
        )


def test_a_form_names_offices_that_are_there(make: Make) -> None:
    act = make.act(CONSOLE)
    assert offices.named(act, None) is None
    with pytest.raises(NoSuchOffice):
        offices.named(act, 10**9)


def test_an_office_is_entered_and_changed_over_http(phones: Phones, make: Make) -> None:
    here = make.office()
    phone = phones.of(make.person(PostKind.ADMINISTRATOR, here))
    body = {
        "kind": "public_security",
        "name": "测试公安分局",
        "short_name": "测公分",
        "level": "district",
        "procuratorate_id": here.id,
        "superior_id": None,
    }
    entered = phone.send("POST", "/offices", body)
    assert entered.status_code == 201, entered.json
    assert entered.json is not None
    path = f"/offices/{entered.json['id']}"
    change = {"name": "测试公安局", "short_name": "测公", "procuratorate_id": here.id}
    stale = phone.send("PATCH", path, change, 99)
    changed = phone.send("PATCH", path, change, entered.json["version"])
    assert (stale.status_code, changed.status_code) == (412, 200), changed.json
    assert changed.json is not None
    assert changed.json["name"] == "测试公安局"
    wrong = phone.send("POST", "/offices", body | {"superior_id": here.id, "name": "别名"})
    assert wrong.status_code == 422
    assert wrong.json is not None
    assert wrong.json["type"] == "/problems/not-its-superior"
    assert phone.send("POST", "/offices", body | {"procuratorate_id": None}).status_code == 403
