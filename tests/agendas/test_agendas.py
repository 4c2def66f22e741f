"""What a person and a place have booked, and what others see of it."""

from datetime import date, timedelta

import pytest

from services import agendas, interrogations
from services.agendas import WindowTooWide
from services.bookings import BookingKind
from services.kernel.refusals import NotFound
from services.policy import PostKind
from services.resources import ResourceKind
from tests.make import Make

TODAY = 1


def test_everybody_reads_what_they_take_part_in(make: Make) -> None:
    scene = make.scene()
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    handler = make.act(scene.town.prosecutor)
    (entry,) = agendas.own(handler, handler.today, TODAY)
    assert (entry.interrogation_id, entry.starts_at) == (booked.id, scene.soon)
    assert entry.suspect_name == scene.suspect.name
    assert entry.place == scene.centre.rooms[0].name
    assert agendas.own(make.act(scene.town.manager), handler.today, TODAY) == []
    assert agendas.own(handler, handler.today + timedelta(days=1), 7) == []


def test_a_calendar_ends_somewhere(make: Make) -> None:
    act = make.act(make.scene().town.prosecutor)
    for first in (date.min, date.max - timedelta(days=3), date.max):
        assert agendas.own(act, first, 7) == []


def test_what_is_cancelled_is_in_no_agenda(make: Make) -> None:
    scene = make.scene()
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    handler = make.act(scene.town.prosecutor)
    interrogations.lose_time(handler, booked, interrogations.LostBecause.DISPLACED)
    assert agendas.own(handler, handler.today, TODAY) == []


def test_a_place_shows_what_the_reader_may_read_and_else_that_it_is_taken(make: Make) -> None:
    scene = make.scene()
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    room = scene.centre.rooms[0]
    officer = make.act(scene.centre.officer)
    (entry,) = agendas.of_place(officer, room, officer.today, TODAY)
    assert entry.interrogation_id == booked.id
    stranger = make.act(make.person(PostKind.PROSECUTOR, scene.town.procuratorate))
    (hidden,) = agendas.of_place(stranger, room, officer.today, TODAY)
    assert hidden.kind is BookingKind.INTERROGATION
    assert (hidden.interrogation_id, hidden.suspect_name) == (None, None)


def test_the_police_of_the_place_read_free_and_busy_only(make: Make) -> None:
    scene = make.scene()
    make.interrogation(scene.town, scene.case, scene.soon)
    police = make.act(scene.town.officer)
    places = agendas.free_busy(police, scene.centre.office.id, police.today, TODAY)
    room = next(one for one in places if one.resource_id == scene.centre.rooms[0].id)
    assert room.kind is ResourceKind.INTERROGATION_ROOM
    assert [(unit, start) for unit, start, _ in room.taken] == [(1, scene.soon)]
    escort = next(one for one in places if one.kind is ResourceKind.ESCORT)
    assert len(escort.taken) == 2


def test_whoever_has_nothing_to_do_with_an_office_reads_nothing(make: Make) -> None:
    scene = make.scene()
    elsewhere = make.act(make.person(PostKind.POLICE_OFFICER))
    with pytest.raises(NotFound):
        agendas.free_busy(elsewhere, scene.centre.office.id, elsewhere.today, TODAY)
    police = make.act(scene.town.officer)
    with pytest.raises(NotFound):
        agendas.free_busy(police, scene.town.police.id, police.today, TODAY)
    with pytest.raises(NotFound):
        agendas.free_busy(police, 0, police.today, TODAY)


@pytest.mark.parametrize("days", [0, 32])
def test_an_agenda_shows_a_day_to_a_month(make: Make, days: int) -> None:
    act = make.act(make.person(PostKind.PROSECUTOR))
    with pytest.raises(WindowTooWide):
        agendas.own(act, act.today, days)
