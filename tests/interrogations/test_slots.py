"""Finding a time: what is free now can be booked, and what is refused comes with another."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import Engine, event

from services import interrogations
from services.bookings import AlreadyTaken
from services.interrogations import Arrangement, Mode, Wish, choosing, slots
from services.interrogations.ranking import SlotReason
from services.interrogations.slots import AwayThen, NotOpen, SlotOrder, WhyNoSlot
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import NotAllowed
from services.policy import PostKind
from services.resources import Opening, OpeningException, Resource, Route
from tests.interrogations.conftest import Scene
from tests.make import Make

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)


def asked(scene: Scene, make: Make, **given: object) -> tuple[Act, Wish, Arrangement]:
    act = make.act(scene.town.prosecutor)
    wish = interrogations.wish(act, scene.case, scene.suspect.id)
    return act, wish, make.arrangement(scene.town, **given)


def office_hours(make: Make, *places: Resource) -> None:
    """Monday to Friday from 9 to 12 and from 14 to 17."""
    for place in places:
        place.openings = [
            Opening(weekday=day, from_time=time(since), until_time=time(until))
            for day in range(1, 6)
            for since, until in ((9, 12), (14, 17))
        ]
    make.session.flush()


def local(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"


def test_what_is_found_can_be_booked(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    first, *_, last = slots.search(act, wish, arranged, limit=5)
    assert (first.starts_at, last.starts_at) == (make.now, make.now + HOUR)
    booked = interrogations.book(act, wish, arranged, starts_at=last.starts_at)
    assert booked.booking is not None
    assert last.room_id in {one.resource_id for one in booked.booking.occupations}
    again = slots.search(act, wish, arranged, limit=1)
    # The suspect is led for a quarter of an hour before and after.
    assert again[0].starts_at == last.ends_at + 2 * QUARTER


def test_slots_lie_on_the_quarters_of_china_time(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    from_at = make.now + timedelta(minutes=7)
    found = slots.search(act, wish, arranged, from_at=from_at, limit=2)
    assert [local(one.starts_at) for one in found] == ["03-02 12:15", "03-02 12:30"]


def test_a_room_is_found_in_its_hours_only(scene: Scene, make: Make) -> None:
    office_hours(make, *scene.centre.rooms)
    act, wish, arranged = asked(scene, make)
    found = slots.search(act, wish, arranged, limit=11)
    assert [local(found[0].starts_at), local(found[8].starts_at)] == ["03-02 14:00", "03-02 16:00"]
    assert local(found[9].starts_at) == "03-03 09:00"


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 2, 28), True),  # a Saturday worked for the Spring Festival
        (date(2026, 2, 23), False),  # a Monday of the Spring Festival
        (date(2026, 3, 7), False),  # a plain Saturday
        (date(2026, 3, 3), True),
    ],
)
def test_a_holiday_is_closed_and_a_make_up_saturday_is_a_monday(
    scene: Scene, make: Make, day: date, *, opens: bool
) -> None:
    office_hours(make, *scene.centre.rooms)
    morning = datetime.combine(day, time(9), SHANGHAI)
    act = make.act(scene.town.prosecutor, morning - timedelta(hours=3))
    wish = interrogations.wish(act, scene.case, scene.suspect.id)
    arranged = make.arrangement(scene.town)
    until = morning + timedelta(hours=8)
    found = slots.search(act, wish, arranged, until_at=until)
    assert [local(one.starts_at) for one in found[:1]] == ([local(morning)] if opens else [])


def test_an_exception_says_otherwise(scene: Scene, make: Make) -> None:
    office_hours(make, *scene.centre.rooms)
    room, other = scene.centre.rooms
    room.exceptions = [OpeningException(on=date(2026, 3, 2), from_time=None, until_time=None)]
    other.exceptions = [
        OpeningException(on=date(2026, 3, 2), from_time=time(19), until_time=time(20))
    ]
    make.session.flush()
    act, wish, arranged = asked(scene, make)
    found = slots.search(act, wish, arranged, limit=2)
    assert [(local(one.starts_at), one.room_id) for one in found] == [
        ("03-02 19:00", other.id),
        ("03-03 09:00", room.id),
    ]


def test_a_closed_room_is_refused_with_its_hours_and_what_is_free(scene: Scene, make: Make) -> None:
    office_hours(make, *scene.centre.rooms)
    act, wish, arranged = asked(scene, make)
    with pytest.raises(NotOpen) as refused:
        interrogations.book(act, wish, arranged, starts_at=scene.soon)
    told = refused.value.members
    assert told["hours"] == [
        {"from": "09:00", "until": "12:00"},
        {"from": "14:00", "until": "17:00"},
    ]
    offered = [one["starts_at"] for one in told["alternatives"]]
    assert [local(one) for one in offered] == ["03-02 14:00", "03-02 14:15", "03-02 14:30"]
    assert told["why"] is None


def test_an_open_room_is_taken_instead_of_a_closed_one(scene: Scene, make: Make) -> None:
    closed, room = scene.centre.rooms
    office_hours(make, closed)
    booked = make.interrogation(scene.town, scene.case, scene.soon)
    assert booked.booking is not None
    assert room.id in {one.resource_id for one in booked.booking.occupations}


def test_nobody_is_booked_on_leave(scene: Scene, make: Make) -> None:
    make.leave(scene.town.prosecutor, date(2026, 3, 1), date(2026, 3, 3))
    act, wish, arranged = asked(scene, make)
    assert local(slots.search(act, wish, arranged, limit=1)[0].starts_at) == "03-04 00:00"
    with pytest.raises(AwayThen) as refused:
        interrogations.book(act, wish, arranged, starts_at=scene.soon)
    told = refused.value.members
    assert told["person_id"] == scene.town.prosecutor.id
    assert told["until_on"] == date(2026, 3, 3)
    assert local(told["alternatives"][0]["starts_at"]) == "03-04 00:00"


def test_what_is_refused_comes_with_three_times_that_are_free(scene: Scene, make: Make) -> None:
    make.interrogation(scene.town, scene.case, scene.soon)
    act, wish, arranged = asked(scene, make)
    with pytest.raises(AlreadyTaken) as refused:
        interrogations.book(act, wish, arranged, starts_at=scene.soon)
    told = refused.value.members
    assert len(told["alternatives"]) == slots.MOST_ALTERNATIVES
    nearest = told["alternatives"][0]["starts_at"]
    assert nearest == scene.soon + HOUR + 2 * QUARTER
    interrogations.book(act, wish, arranged, starts_at=nearest)


def test_nothing_is_found_after_the_earliest_limit(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    limit = interrogations.earliest(act, scene.suspect)
    assert limit is not None
    last = slots.latest_safe(act, wish, arranged)
    assert last is not None
    assert last.ends_at == limit.ends_at
    interrogations.book(act, wish, arranged, starts_at=last.starts_at)
    before = slots.latest_safe(act, wish, arranged)
    assert before is not None
    assert before.ends_at == last.starts_at - 2 * QUARTER
    assert slots.search(act, wish, arranged, from_at=last.starts_at + QUARTER) == []


def _past_limit(make: Make, scene: Scene) -> None:
    del make, scene


def _all_rooms_closed(make: Make, scene: Scene) -> None:
    for room in scene.centre.rooms:
        room.openings = [Opening(weekday=7, from_time=time(1), until_time=time(1, 30))]
    make.session.flush()


def _on_leave(make: Make, scene: Scene) -> None:
    make.leave(scene.town.prosecutor, date(2026, 3, 1), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("prepare", "why", "minutes_left"),
    [
        (_past_limit, WhyNoSlot.PAST_LIMIT, 30),
        (_all_rooms_closed, WhyNoSlot.NOT_OPEN, None),
        (_on_leave, WhyNoSlot.STAFF_AWAY, None),
    ],
)
def test_a_search_says_why_there_is_nothing(
    scene: Scene,
    make: Make,
    prepare: Callable[[Make, Scene], None],
    why: WhyNoSlot,
    minutes_left: int | None,
) -> None:
    prepare(make, scene)
    act, wish, arranged = asked(scene, make)
    if minutes_left is not None:
        limit = interrogations.earliest(act, scene.suspect)
        assert limit is not None
        late = limit.ends_at - timedelta(minutes=minutes_left)
        act = make.act(scene.town.prosecutor, late)
    found = choosing.survey(act, wish, arranged)
    assert (found.slots, found.why) == ((), why)
    offered = slots.alternatives(act, wish, arranged, near=act.now)
    assert (offered.slots, offered.why) == ((), why)


def test_the_suspect_who_is_taken_is_why(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make, minutes=720)
    limit = interrogations.earliest(act, scene.suspect)
    assert limit is not None
    late = make.act(scene.town.prosecutor, limit.ends_at - timedelta(hours=13))
    short = make.arrangement(scene.town, minutes=30)
    interrogations.book(late, wish, short, starts_at=late.now + 6 * HOUR)
    third = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    seats = (arranged.seats[1], interrogations.Seat(arranged.seats[0].role, third.id))
    others = make.arrangement(scene.town, minutes=720, seats=seats)
    assert slots.alternatives(late, wish, others, near=late.now).why is WhyNoSlot.SUSPECT_TAKEN


def test_the_best_slot_touches_another_of_its_room(scene: Scene, make: Make) -> None:
    make.interrogation(scene.town, scene.case, scene.soon)
    other = make.suspect(detention_centre_id=scene.centre.office.id)
    case = make.handled(scene.town, other)
    act = make.act(scene.town.prosecutor)
    wish = interrogations.wish(act, case, other.id)
    room = scene.centre.rooms[0].id
    seats = make.arrangement(scene.town, room_id=room, minutes=50)
    found = choosing.survey(act, wish, seats, order=SlotOrder.BEST)
    # Ten minutes after the hour before it, the room is set up again: 12:00 to 12:50, then 13:00.
    assert SlotReason.ADJOINS in found.slots[0].reasons
    assert found.slots[0].starts_at == make.now
    earliest = choosing.survey(act, wish, seats, order=SlotOrder.EARLIEST)
    assert [one.starts_at for one in earliest.slots] == sorted(
        one.starts_at for one in earliest.slots
    )
    assert found.limit is not None
    assert found.latest_safe is not None
    assert found.latest_safe.ends_at <= found.limit.ends_at


def test_who_is_at_the_centre_that_day_anyway_goes_once(scene: Scene, make: Make) -> None:
    make.session.add(
        Route(
            from_office_id=scene.town.procuratorate.id,
            to_office_id=scene.centre.office.id,
            minutes=30,
        )
    )
    office_hours(make, *scene.centre.rooms)
    wednesday = make.now + timedelta(days=2, hours=2)
    make.interrogation(scene.town, scene.case, wednesday, mode=Mode.IN_PERSON)
    other = make.suspect(detention_centre_id=scene.centre.office.id)
    case = make.handled(scene.town, other)
    act = make.act(scene.town.prosecutor)
    wish = interrogations.wish(act, case, other.id)
    arranged = make.arrangement(scene.town, mode=Mode.IN_PERSON)
    found = choosing.survey(act, wish, arranged)
    assert local(found.slots[0].starts_at)[:5] == "03-04"
    assert SlotReason.SAME_JOURNEY in found.slots[0].reasons


def test_a_day_s_plan_leaves_the_journey_between_two_centres(scene: Scene, make: Make) -> None:
    second = make.centre(scene.town)
    offices = (scene.town.procuratorate, scene.centre.office, second.office)
    for one, other, minutes in ((0, 1, 15), (0, 2, 15), (1, 2, 90)):
        make.session.add(
            Route(from_office_id=offices[one].id, to_office_id=offices[other].id, minutes=minutes)
        )
    there = make.suspect(detention_centre_id=second.office.id)
    here = make.suspect(detention_centre_id=scene.centre.office.id)
    act, wish, arranged = asked(scene, make, mode=Mode.IN_PERSON)
    wishes = [wish] + [
        interrogations.wish(act, make.handled(scene.town, one), one.id) for one in (there, here)
    ]
    planned = slots.search_many(act, wishes, arranged, until_at=make.now + timedelta(hours=9))
    assert [one.wish.suspect.id for one in planned] == [scene.suspect.id, here.id, there.id]
    first, beside, away = (one.slot for one in planned)
    assert first is not None
    assert beside is not None
    assert away is not None
    assert beside.starts_at - first.ends_at == timedelta(minutes=30)
    assert away.starts_at - beside.ends_at == timedelta(minutes=90)
    for each in planned:
        assert each.slot is not None
        interrogations.book(act, each.wish, arranged, starts_at=each.slot.starts_at)


def test_only_the_handler_and_case_management_search(scene: Scene, make: Make) -> None:
    act, wish, arranged = asked(scene, make)
    assert choosing.survey(make.act(scene.town.manager), wish, arranged).slots
    with pytest.raises(NotAllowed):
        choosing.survey(make.act(scene.town.officer), wish, arranged)
    assert act.now == datetime(2026, 3, 2, 4, tzinfo=UTC)


def test_a_search_asks_as_often_however_much_is_booked(
    scene: Scene, make: Make, engine: Engine
) -> None:
    act, wish, arranged = asked(scene, make)
    counts = []
    for hours in (0, 2, 4, 6):
        if hours:
            interrogations.book(act, wish, arranged, starts_at=make.now + hours * HOUR)
        make.session.flush()
        sent: list[str] = []

        def count(*given: object, sent: list[str] = sent) -> None:
            sent.append(str(given[2]))

        event.listen(engine, "before_cursor_execute", count)
        choosing.survey(act, wish, arranged)
        event.remove(engine, "before_cursor_execute", count)
        counts.append(len(sent))
    assert len(set(counts[1:])) == 1
