"""The numbers of a month: what was held, how long it took, and how much of the rooms was used."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.dialects.postgresql import Range

from services import bookings, resources, usage
from services.bookings import BookingKind
from services.deadlines import state_council_calendar
from services.interrogations import Interrogation, InterrogationState
from services.kernel.refusals import NotFound
from services.policy import PostKind
from services.resources import DayHours, Hours, Resource
from tests.make import Make, Scene
from tests.phones import Phones

MARCH = date(2026, 3, 1)


def _held(make: Make, scene: Scene, at: datetime, minutes: int = 60) -> Interrogation:
    booked = make.interrogation(scene.town, scene.case, at, minutes=minutes)
    booked.state = InterrogationState.ENDED
    booked.started_at, booked.ended_at = at, at + timedelta(minutes=minutes)
    make.session.flush()
    return booked


def test_an_empty_month_counts_nothing(make: Make) -> None:
    scene = make.scene()
    found = usage.of_office(make.act(scene.town.manager), scene.town.procuratorate.id, MARCH)
    assert (found.held, found.not_held, found.cancelled, found.with_period) == (0, 0, 0, 0)
    assert found.waiting_hours is None
    assert [room.kind for room in found.rooms] == [desk.kind for desk in scene.centre.desks]


def test_what_was_held_how_long_it_waited_and_whether_in_good_time(make: Make) -> None:
    scene = make.scene()
    early = _held(make, scene, scene.soon)
    assert early.not_after is not None
    _held(make, scene, early.not_after - timedelta(hours=2))
    gone = make.interrogation(scene.town, scene.case, scene.soon + timedelta(hours=3))
    gone.state = InterrogationState.NOT_HELD
    make.session.flush()
    found = usage.of_office(make.act(scene.town.manager), scene.town.procuratorate.id, MARCH)
    assert (found.held, found.not_held) == (2, 1)
    assert (found.in_good_time, found.with_period) == (1, 2)
    waited = ((early.not_after - timedelta(hours=2)) - make.now).total_seconds() / 3600
    assert found.waiting_hours == pytest.approx((1 + waited) / 2)


def test_a_centre_counts_its_rooms_with_blocks_apart(make: Make) -> None:
    scene = make.scene()
    room = scene.centre.rooms[0]
    officer = make.act(scene.centre.officer)
    resources.open_weekly(officer, room, [Hours(day, time(8), time(18)) for day in range(1, 6)])
    _held(make, scene, scene.soon)
    bookings.take(
        officer,
        [bookings.Want((bookings.Option(room.id),))],
        Range(scene.soon + timedelta(hours=4), scene.soon + timedelta(hours=6)),
        kind=BookingKind.BLOCK,
        office_id=scene.centre.office.id,
    )
    found = usage.of_office(officer, scene.centre.office.id, MARCH)
    first = next(one for one in found.rooms if one.resource_id == room.id)
    assert (first.booked_minutes, first.blocked_minutes) == (70, 120)
    working = sum(state_council_calendar().is_working(MARCH + timedelta(days=n)) for n in range(31))
    assert first.open_minutes == working * 600
    assert first.share == pytest.approx(70 / (working * 600))
    assert found.held == 1


def test_hours_follow_days_off_make_up_days_and_exceptions(make: Make) -> None:
    office = make.office()
    manager = make.act(make.person(PostKind.CASE_MANAGER, office))
    desk: Resource = make.resource(office, resources.ResourceKind.DESK)
    known = state_council_calendar()
    make_up, off, plain = date(2026, 2, 14), date(2026, 2, 17), date(2026, 3, 3)
    weekend_off = date(2026, 2, 21)
    assert known.is_working(make_up)
    assert not known.is_working(off)
    assert usage.open_minutes(desk, off, known) == 24 * 60
    resources.open_weekly(
        manager,
        desk,
        [Hours(1, time(9), time(12)), Hours(2, time(9), time(11)), Hours(6, time(9), time(10))],
    )
    assert usage.open_minutes(desk, make_up, known) == 180
    assert usage.open_minutes(desk, off, known) == 0
    assert usage.open_minutes(desk, weekend_off, known) == 0
    assert usage.open_minutes(desk, date(2026, 3, 7), known) == 60
    assert usage.open_minutes(desk, plain, known) == 120
    resources.except_on(manager, desk, [DayHours(off, time(9), time(10)), DayHours(plain)])
    assert usage.open_minutes(desk, off, known) == 60
    assert usage.open_minutes(desk, plain, known) == 0


def test_only_whoever_runs_the_office_reads_its_numbers(make: Make, phones: Phones) -> None:
    scene = make.scene()
    mine = scene.town.procuratorate.id
    for person in (scene.town.prosecutor, scene.town.officer, scene.centre.officer):
        with pytest.raises(NotFound):
            usage.of_office(make.act(person), mine, MARCH)
    read = phones.of(scene.town.chief).get(f"/usage?office_id={mine}&month=2026-03-31")
    assert read.json is not None
    assert (read.json["month"], read.json["held"]) == ("2026-03-01", 0)
    assert phones.of(scene.town.prosecutor).get(f"/usage?office_id={mine}").status_code == 404


def test_the_last_month_of_all_is_a_month(make: Make) -> None:
    scene = make.scene()
    for month in (date.min, date.max):
        told = usage.of_office(make.act(scene.town.manager), scene.town.procuratorate.id, month)
        assert told.held == 0
