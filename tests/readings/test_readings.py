"""Who opened which case when: noted once an hour, never changed, read by the auditor."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from api.opened import OPENED, OPENS_NONE
from services import delegations, people, readings
from services.cases import Case
from services.delegations import Chair
from services.kernel.act import Actor, UnguardedWriteError
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import Matter, Permission, PostKind, allows
from services.readings import Reading, ReadingRight, ReportTooLong, Watched
from tests.make import Make, Town
from tests.phones import Phones

WAY = "/cases/<int:case_id>"


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


@pytest.fixture
def auditor(make: Make, town: Town) -> Person:
    return make.person(PostKind.AUDITOR, town.procuratorate)


def read(make: Make, who: Person, case: Case, way: str = WAY, *, hours: float = 0) -> None:
    act = make.act(who, make.now + timedelta(hours=hours))
    readings.note(act, select(Case.id).where(Case.id == case.id), way)


def noted(make: Make) -> list[Reading]:
    return list(make.session.scalars(select(Reading).order_by(Reading.id)))


def test_a_case_is_noted_once_an_hour_for_each_person_and_way_in(make: Make, town: Town) -> None:
    case = make.handled(town)
    read(make, town.prosecutor, case)
    read(make, town.prosecutor, case, hours=0.3)
    read(make, town.prosecutor, case, hours=1)
    read(make, town.prosecutor, case, "/cases/<int:case_id>/evidence")
    read(make, town.manager, case)

    found = [(one.person_id, one.route, one.post) for one in noted(make)]
    handler = (town.prosecutor.id, WAY, "prosecutor")
    assert found == [
        handler,
        handler,
        (town.prosecutor.id, "/cases/<int:case_id>/evidence", "prosecutor"),
        (town.manager.id, WAY, "case_manager"),
    ]
    assert {one.right for one in noted(make)} == {ReadingRight.POST}
    assert all(one.hour.minute == 0 for one in noted(make))


def test_it_asks_one_statement_and_writes_no_business_record(make: Make, town: Town) -> None:
    case = make.handled(town)
    act = make.act(town.prosecutor)
    make.session.flush()
    make.session.info.pop("wrote", None)

    readings.note(act, select(Case.id).where(Case.id == case.id), WAY)

    assert "wrote" not in make.session.info, UnguardedWriteError
    assert not act.authorised


def test_what_a_delegation_shows_is_marked_and_the_own_case_is_not(make: Make, town: Town) -> None:
    deputy = make.person(PostKind.PROSECUTOR, town.procuratorate)
    others, own = make.handled(town), make.handled(town)
    own.handler_id = deputy.id
    act = make.act(town.chief)
    given = delegations.give(
        act,
        Chair(town.procuratorate.id),
        to_id=deputy.id,
        from_on=act.today,
        until_on=act.today,
        matters=[Matter.ARREST],
        reason="检察长外出学习。",
    )
    read(make, deputy, others)
    read(make, deputy, own)

    assert [(one.right, one.delegation_id) for one in noted(make)] == [
        (ReadingRight.DELEGATION, given.id),
        (ReadingRight.POST, None),
    ]


@pytest.mark.parametrize("statement", ["UPDATE readings SET post = 'x'", "DELETE FROM readings"])
def test_a_reading_is_never_changed(make: Make, town: Town, statement: str) -> None:
    read(make, town.prosecutor, make.handled(town))

    with pytest.raises(DatabaseError, match=r"permission denied|append-only"):
        make.session.execute(text(statement))


def test_what_is_listed_is_what_the_law_lets_one_read(
    make: Make, town: Town, auditor: Person
) -> None:
    case = make.handled(town)
    for who in (town.prosecutor, town.manager, town.officer):
        read(make, who, case)
    elsewhere = make.person(PostKind.AUDITOR)
    admin = make.person(PostKind.ADMINISTRATOR, town.procuratorate)

    for who, own in (
        (auditor, 3),
        (town.chief, 3),
        (town.prosecutor, 1),
        (town.officer, 1),
        (elsewhere, 0),
        (admin, 0),
    ):
        act = make.act(who)
        listed = set(make.session.scalars(readings.visible(act)))
        assert listed == {
            one for one in noted(make) if allows(act.actor, Permission.READING_READ, one)
        }
        assert len(listed) == own
    first = noted(make)[0]
    assert readings.find(make.act(auditor), first.id) is first
    with pytest.raises(NotFound):
        readings.find(make.act(elsewhere), first.id)


def test_a_report_counts_hours_readers_and_who_has_left(
    make: Make, town: Town, auditor: Person
) -> None:
    case, quiet = make.handled(town), make.handled(town)
    crowd = [make.person(PostKind.PROSECUTOR, town.procuratorate) for _ in range(6)]
    for who in crowd:
        read(make, who, case)
    for one in (quiet, make.handled(town), make.handled(town)):
        read(make, crowd[0], one)
    read(make, crowd[1], quiet, hours=14)
    crowd[2].disabled_at = make.now
    make.session.flush()
    act = make.act(auditor)

    told = readings.report(
        act, Watched(town.procuratorate.id), from_on=act.today, until_on=act.today + timedelta(1)
    )

    assert [(one.case_id, one.readers, one.is_unusual) for one in told.cases][:2] == [
        (case.id, 6, True),
        (quiet.id, 2, False),
    ]
    by = {one.person_id: one for one in told.readers}
    assert (by[crowd[0].id].cases, by[crowd[0].id].readings) == (4, 4)
    assert by[crowd[1].id].outside_hours == by[crowd[0].id].outside_hours + 1 or (
        by[crowd[1].id].outside_hours == 1
    )
    assert {who for who, one in by.items() if one.has_left} == {crowd[2].id}


def test_only_the_auditor_asks_for_a_report_and_of_a_bounded_time(
    make: Make, town: Town, auditor: Person
) -> None:
    watched = Watched(town.procuratorate.id)
    for who in (town.chief, town.manager, make.person(PostKind.AUDITOR)):
        act = make.act(who)
        with pytest.raises(NotAllowed):
            readings.report(act, watched, from_on=act.today, until_on=act.today)
    act = make.act(auditor)
    for days in (-1, 92):
        with pytest.raises(ReportTooLong):
            readings.report(act, watched, from_on=act.today, until_on=act.today + timedelta(days))


def test_a_reader_who_holds_nothing_is_noted_all_the_same(make: Make, town: Town) -> None:
    case = make.handled(town)
    act = make.act(Actor(town.prosecutor.id, frozenset()))
    readings.note(act, select(Case.id).where(Case.id == case.id), WAY)

    assert [one.post for one in noted(make)] == ["none"]
    assert people.names(make.session, {noted(make)[0].person_id})


# --- the door --------------------------------------------------------------------------------


def test_every_way_in_by_an_id_opens_a_case_or_says_why_not(app: object) -> None:
    rules = {
        rule.rule.removeprefix("/api/v1").split("/")[1]
        for rule in app.url_map.iter_rules()  # type: ignore[attr-defined]  # a Flask
        if "GET" in (rule.methods or ())
        and rule.rule.startswith("/api/v1/")
        and "<int:" in rule.rule
    }

    unnamed = rules - set(OPENED) - set(OPENS_NONE)
    assert unnamed == set(), "note it, or say why it opens no case"
    assert not set(OPENED) & set(OPENS_NONE)
    assert set(OPENED) <= rules


@pytest.mark.parametrize("collection", sorted(OPENED))
def test_each_of_them_is_a_choice_the_database_understands(
    make: Make, town: Town, collection: str
) -> None:
    readings.note(make.act(town.prosecutor), OPENED[collection](0), f"/{collection}/<int:id>")

    assert noted(make) == []


def test_the_door_notes_what_was_opened_and_nothing_that_was_refused(
    make: Make, town: Town, phones: Phones
) -> None:
    case = make.handled(town)
    handler = phones.of(town.prosecutor)
    assert handler.get(f"/cases/{case.id}").status_code == 200
    assert handler.get(f"/cases/{case.id}/deadlines").status_code == 200
    assert handler.get("/cases").status_code == 200
    stranger = phones.of(make.person(PostKind.PROSECUTOR, town.procuratorate))
    assert stranger.get(f"/cases/{case.id}").status_code == 404

    assert [(one.person_id, one.route) for one in noted(make)] == [
        (town.prosecutor.id, WAY),
        (town.prosecutor.id, "/cases/<int:case_id>/deadlines"),
    ]
    assert all(one.session_id for one in noted(make))


def test_who_asks_for_the_length_alone_is_noted_too(make: Make, town: Town, phones: Phones) -> None:
    case = make.handled(town)
    phone = phones.of(town.prosecutor)
    path = f"/api/v1/cases/{case.id}?fields=state"
    assert phone.client.head(path, headers=phone.headers).status_code == 200

    assert [one.route for one in noted(make)] == [WAY]


def test_an_auditor_reads_numbers_and_names_and_no_case(
    make: Make, town: Town, auditor: Person, phones: Phones
) -> None:
    case = make.handled(town)
    read(make, town.prosecutor, case)
    phone = phones.of(auditor)

    (line,) = phone.get(f"/readings?case_id={case.id}").get_json()["items"]
    assert line["reader"]["name"] == town.prosecutor.name
    assert line["case_number"] == case.number
    assert case.suspects[0].name not in str(line)
    day = make.act(auditor).today.isoformat()
    told = phone.get(f"/reading-reports?from_on={day}&until_on={day}").get_json()
    assert [one["case_number"] for one in told["cases"]] == [case.number]
    assert phone.get(f"/cases/{case.id}").status_code == 404
