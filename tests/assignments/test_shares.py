"""Shares of the usual load: who sets them, from when, and what a draw makes of them."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from services import assignments
from services.assignments import RotationLoad, ShareGround, shares
from services.assignments.shares import NotAProsecutorHere, OnlyFromToday, Roster
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import PostKind
from tests.make import Make, Town


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def _set(make: Make, town: Town, person: Person, percent: int, *, by: Person | None = None) -> None:
    act = make.act(by or town.manager)
    shares.set_share(
        act,
        Roster(town.procuratorate.id),
        person_id=person.id,
        percent=percent,
        ground=ShareGround.LEADERSHIP,
        from_on=act.today,
    )


def _drawn(make: Make, town: Town, times: int) -> Counter[int]:
    return Counter(
        assignments.assign(make.act(town.manager), make.case(town)).handler_id for _ in range(times)
    )


def test_half_a_share_is_drawn_half_as_often(make: Make, town: Town) -> None:
    half = make.person(PostKind.PROSECUTOR, town.procuratorate)
    _set(make, town, half, 50)

    assert _drawn(make, town, 12) == {town.prosecutor.id: 8, half.id: 4}


def test_the_record_of_a_draw_shows_every_share(make: Make, town: Town) -> None:
    _set(make, town, town.prosecutor, 30)

    assignment = assignments.assign(make.act(town.manager), make.case(town))

    assert assignment.candidates == [{"person_id": town.prosecutor.id, "drawn": 0, "share": 30}]


def test_whoever_carries_more_again_is_not_flooded(make: Make, town: Town) -> None:
    half = make.person(PostKind.PROSECUTOR, town.procuratorate)
    _set(make, town, half, 50)
    _drawn(make, town, 12)
    _set(make, town, half, 100)

    assert max(_drawn(make, town, 4).values()) == 2
    loads = {one.person_id: one.drawn for one in make.session.scalars(select(RotationLoad))}
    assert max(loads.values()) - min(loads.values()) <= 1


def test_a_share_holds_from_its_day(make: Make, town: Town) -> None:
    act = make.act(town.chief)
    tomorrow = act.today + timedelta(days=1)
    roster = Roster(town.procuratorate.id)
    shares.set_share(
        act,
        roster,
        person_id=town.prosecutor.id,
        percent=20,
        ground=ShareGround.PART_TIME,
        from_on=tomorrow,
    )

    office = town.procuratorate.id
    assert shares.shares_on(make.session, office, act.today) == {}
    assert shares.shares_on(make.session, office, tomorrow) == {town.prosecutor.id: 20}
    (entry,) = make.session.scalars(select(JournalEntry).where(JournalEntry.kind == "LoadShareSet"))
    assert entry.details == {
        "person_id": town.prosecutor.id,
        "percent": 20,
        "ground": "part_time",
    }


def test_nothing_is_set_for_a_day_that_lies_behind(make: Make, town: Town) -> None:
    act = make.act(town.manager)
    with pytest.raises(OnlyFromToday):
        shares.set_share(
            act,
            Roster(town.procuratorate.id),
            person_id=town.prosecutor.id,
            percent=50,
            ground=ShareGround.OTHER_DUTIES,
            from_on=act.today - timedelta(days=1),
        )


def test_only_a_prosecutor_there_carries_a_share(make: Make, town: Town) -> None:
    with pytest.raises(NotAProsecutorHere):
        _set(make, town, town.chief, 50)


@pytest.mark.parametrize("who", ["officer", "prosecutor"])
def test_only_case_management_and_the_chief_set_shares(make: Make, town: Town, who: str) -> None:
    with pytest.raises(NotAllowed):
        _set(make, town, town.prosecutor, 50, by=getattr(town, who))


def test_an_auditor_reads_loads_and_a_prosecutor_does_not(make: Make, town: Town) -> None:
    auditor = make.person(PostKind.AUDITOR, town.procuratorate)
    _set(make, town, town.prosecutor, 50)
    assignments.assign(make.act(town.manager), make.case(town))
    act = make.act(auditor)

    roster = shares.find(act)
    (tally,) = shares.tallies(act, roster, from_on=act.today, until_on=act.today)

    assert (tally.person.id, tally.share, tally.drawn) == (town.prosecutor.id, 50, 1)
    assert (tally.same_handler, tally.designated, tally.changed) == (0, 0, 0)
    assert len(make.session.scalars(shares.history(act, roster)).all()) == 1
    with pytest.raises(NotFound):
        shares.find(make.act(town.prosecutor))
    with pytest.raises(NotFound):
        shares.find(act, town.police.id)
