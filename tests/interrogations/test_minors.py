"""Minors: the age counts on the day of the interrogation (RULES 465, 489; CPL 281)."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from services.interrogations import Arrangement, Interrogation, Role, Seat, composition
from services.interrogations.composition import AdultDeclined, GirlWithoutWoman, MinorAlone
from services.interrogations.standing_aside import (
    AppropriateAdultDeclined,
    NoGoodReason,
    NotDeclinable,
    decline_adult,
)
from services.kernel.act import SHANGHAI, JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.participants import Participant, ParticipantKind
from services.people import Sex
from services.policy import PostKind
from services.resources import ResourceKind
from services.tasks import Task, TaskKind, TaskState
from tests.interrogations.conftest import Scene
from tests.make import Make

LAST_DAY_AS_A_MINOR = datetime(2026, 9, 9, 10, tzinfo=SHANGHAI)
OF_AGE = datetime(2026, 9, 12, 10, tzinfo=SHANGHAI)


def _beside(make: Make, scene: Scene, kind: ParticipantKind) -> Seat:
    beside = Participant(
        office_id=scene.town.procuratorate.id,
        kind=kind,
        name="到场人乙",
        suspect_id=scene.suspect.id,
        entered_at=make.now,
        entered_by=scene.town.prosecutor.id,
    )
    make.session.add(beside)
    make.session.flush()
    return Seat(Role(kind.value), participant_id=beside.id)


def _child(scene: Scene, **given: object) -> None:
    for name, value in ({"born_on": date(2010, 1, 1), "sex": Sex.MALE} | given).items():
        setattr(scene.suspect, name, value)


def _check(make: Make, scene: Scene, at: datetime, *seats: Seat) -> None:
    act = make.act(scene.town.prosecutor)
    composition.check(act, scene.case, scene.suspect, Arrangement(seats=seats), starts_at=at)


def test_a_girl_meets_a_woman_of_the_procuratorial_staff_until_she_is_of_age(
    make: Make, scene: Scene
) -> None:
    """Test 10 of the ten tests: born on 2008-09-10, a male prosecutor with a female clerk."""
    _child(scene, born_on=date(2008, 9, 10), sex=Sex.FEMALE, flags=["minor"])
    town = scene.town
    town.prosecutor.sex = Sex.MALE
    lead = Seat(Role.LEAD, town.prosecutor.id)
    clerk = make.person(PostKind.CLERK, town.procuratorate, sex=Sex.FEMALE)
    woman = make.person(PostKind.ASSISTANT, town.procuratorate, sex=Sex.FEMALE)
    unsaid = make.person(PostKind.ASSISTANT, town.procuratorate)
    mother = _beside(make, scene, ParticipantKind.LEGAL_REPRESENTATIVE)

    with pytest.raises(GirlWithoutWoman) as refused:
        _check(make, scene, LAST_DAY_AS_A_MINOR, lead, Seat(Role.CLERK, clerk.id), mother)
    assert "RULES 465¶5" in refused.value.members["article"]
    with pytest.raises(GirlWithoutWoman):
        _check(make, scene, LAST_DAY_AS_A_MINOR, lead, Seat(Role.STAFF, unsaid.id), mother)
    _check(make, scene, LAST_DAY_AS_A_MINOR, lead, Seat(Role.STAFF, woman.id), mother)
    with pytest.raises(MinorAlone):
        _check(make, scene, LAST_DAY_AS_A_MINOR, lead, Seat(Role.STAFF, woman.id))
    _check(make, scene, OF_AGE, lead, Seat(Role.CLERK, clerk.id), mother)
    _check(make, scene, OF_AGE, lead, Seat(Role.CLERK, clerk.id))


@pytest.mark.parametrize(
    ("born_on", "flags", "minor"),
    [
        (date(2008, 9, 10), [], True),
        (date(2008, 9, 9), [], True),
        (date(2008, 9, 8), ["minor"], False),
        (None, ["minor"], True),
        (None, [], False),
    ],
)
def test_the_birthday_decides_and_the_mark_only_where_there_is_none(
    scene: Scene, born_on: date | None, flags: list[str], *, minor: bool
) -> None:
    _child(scene, born_on=born_on, flags=flags)
    assert composition.minor_on(scene.suspect, date(2026, 9, 9)) is minor


def test_the_day_is_that_of_shanghai(make: Make, scene: Scene) -> None:
    _child(scene, born_on=date(2008, 9, 10))
    lead = Seat(Role.LEAD, scene.town.prosecutor.id)
    second = Seat(Role.STAFF, make.person(PostKind.ASSISTANT, scene.town.procuratorate).id)
    midnight = datetime(2026, 9, 11, tzinfo=SHANGHAI)
    _check(make, scene, midnight, lead, second)
    with pytest.raises(MinorAlone):
        _check(make, scene, midnight.replace(day=10, hour=23), lead, second)


def _booked(make: Make, scene: Scene, *kinds: ParticipantKind) -> Interrogation:
    _child(scene)
    second = make.person(PostKind.ASSISTANT, scene.town.procuratorate)
    seats = (
        Seat(Role.LEAD, scene.town.prosecutor.id),
        Seat(Role.STAFF, second.id),
        *(_beside(make, scene, kind) for kind in kinds),
    )
    return make.interrogation(scene.town, scene.case, scene.soon, seats=seats)


def test_a_minor_may_refuse_an_adult_and_another_is_called(make: Make, scene: Scene) -> None:
    booked = _booked(make, scene, ParticipantKind.APPROPRIATE_ADULT)
    adult = booked.attendances[-1]
    act = make.act(scene.town.prosecutor)
    with pytest.raises(NoGoodReason):
        decline_adult(act, booked, adult, reason=" ")
    refused = Seat(adult.role, participant_id=adult.participant_id)
    decline_adult(act, booked, adult, reason="曾与其发生争执。")

    assert [one.role for one in booked.attendances] == [Role.LEAD, Role.STAFF]
    assert booked.booking is not None
    kinds = {one.resource.kind for one in booked.booking.occupations}
    assert ResourceKind.PARTICIPANT not in kinds
    told = make.session.scalars(
        select(Task.person_id).where(
            Task.kind == TaskKind.PREPARE_INTERROGATION,
            Task.state == TaskState.OPEN,
            Task.about_id == booked.id,
        )
    )
    assert scene.town.prosecutor.id in set(told)
    entry = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == AppropriateAdultDeclined.__name__)
    ).one()
    assert entry.details == {"participant_id": refused.participant_id}
    staff = [Seat(one.role, one.person_id) for one in booked.attendances]
    with pytest.raises(AdultDeclined):
        _check(make, scene, scene.soon, *staff, refused)
    with pytest.raises(MinorAlone):
        _check(make, scene, scene.soon, *staff)
    another = _beside(make, scene, ParticipantKind.APPROPRIATE_ADULT)
    _check(make, scene, scene.soon, *staff, another)


def test_nobody_refuses_the_legal_representative(make: Make, scene: Scene) -> None:
    booked = _booked(make, scene, ParticipantKind.LEGAL_REPRESENTATIVE)
    act = make.act(scene.town.prosecutor)
    with pytest.raises(NotDeclinable):
        decline_adult(act, booked, booked.attendances[-1], reason="不愿其到场。")
    with pytest.raises(NotAllowed):
        decline_adult(
            make.act(scene.centre.officer), booked, booked.attendances[-1], reason="不愿。"
        )


def test_once_it_is_over_nobody_is_refused(make: Make, scene: Scene) -> None:
    booked = _booked(make, scene, ParticipantKind.APPROPRIATE_ADULT)
    booked.state = type(booked.state).ENDED
    with pytest.raises(WrongState):
        decline_adult(
            make.act(scene.town.prosecutor), booked, booked.attendances[-1], reason="不愿。"
        )
