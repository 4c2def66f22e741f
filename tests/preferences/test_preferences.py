"""Preferences: everybody's own, within bounds, and never against what has to be told."""

from datetime import time
from typing import Any

import pytest
from sqlalchemy import select

from notifications.messages import Urgency, notices
from services import preferences
from services.kernel.act import EVENTS, JournalEntry
from services.kernel.refusals import NotAllowed
from services.policy import PostKind
from services.preferences import (
    AT_ONCE,
    AT_WORK,
    DEFAULTS,
    FEWEST,
    GROUPS,
    LAY,
    MOST,
    ON_DUTY,
    TIMED,
    CapOutOfBounds,
    DigestImpossible,
    GroupNotMutable,
    Habits,
    KindGroup,
    QuietHoursImpossible,
)
from tests.make import Make

NIGHT: dict[str, Any] = {"quiet_from": time(22), "quiet_until": time(7)}
UNMUTABLE = sorted(group for group, about in GROUPS.items() if not about.mutable)


def test_what_holds_for_the_post_holds_until_something_is_said(make: Make) -> None:
    prosecutor, supervisor = make.person(PostKind.PROSECUTOR), make.person(PostKind.SUPERVISOR)
    desk = make.person(PostKind.CASE_MANAGER)
    nobody = make.person()

    said = {one: preferences.find(make.act(one)) for one in (prosecutor, supervisor, desk, nobody)}

    assert [one.habits for one in said.values()] == [AT_WORK, LAY, ON_DUTY, AT_ONCE]
    assert {one.version for one in said.values()} == {0}
    known = preferences.of_people(make.session, [one.id for one in said], make.now.date())
    assert known == {one.id: kept.habits for one, kept in said.items()}


def test_of_several_posts_the_most_wakeful_holds(make: Make) -> None:
    person = make.person(PostKind.PROSECUTOR)
    assert person.office is not None
    make.post(person, PostKind.DETENTION_OFFICER, person.office)

    assert preferences.find(make.act(person)).habits == ON_DUTY
    assert preferences.of_people(make.session, [person.id], make.now.date())[person.id] == ON_DUTY


def test_what_is_said_holds_and_is_journalled_by_ids_alone(make: Make) -> None:
    person = make.person(PostKind.PROSECUTOR)
    act = make.act(person)
    wanted = Habits(**NIGHT, digest_at=(time(9),), muted=frozenset({KindGroup.STAFFING}), cap=5)

    said = preferences.change(act, preferences.find(act), habits=wanted)

    assert (said.habits, said.version) == (wanted, 1)
    assert preferences.of_people(make.session, [person.id], act.today) == {person.id: wanted}
    entry = make.session.scalars(select(JournalEntry)).one()
    assert (entry.kind, entry.about_id, entry.details) == (
        "PreferencesSet",
        person.id,
        {"version": 1},
    )


def test_nobody_says_it_for_somebody_else(make: Make) -> None:
    own = preferences.find(make.act(make.person(PostKind.PROSECUTOR)))

    with pytest.raises(NotAllowed):
        preferences.change(make.act(make.person(PostKind.CHIEF_PROCURATOR)), own, habits=AT_ONCE)


@pytest.mark.parametrize(
    "given",
    [
        {"quiet_from": time(22)},
        {"quiet_until": time(7)},
        {"quiet_from": time(22), "quiet_until": time(22)},
        {"quiet_from": time(19), "quiet_until": time(7, 1)},
        {"quiet_from": time(8), "quiet_until": time(20, 1)},
    ],
)
def test_quiet_hours_have_two_ends_and_half_a_day_at_most(
    make: Make, given: dict[str, Any]
) -> None:
    act = make.act(make.person(PostKind.PROSECUTOR))

    with pytest.raises(QuietHoursImpossible):
        preferences.change(act, preferences.find(act), habits=Habits(**given))


@pytest.mark.parametrize(
    "times",
    [
        tuple(time(hour) for hour in (8, 10, 12, 14, 16)),
        (time(9), time(9)),
        (time(23),),
        (time(22),),
        (time(6, 59),),
    ],
)
def test_digests_are_few_apart_and_never_at_night(make: Make, times: tuple[time, ...]) -> None:
    act = make.act(make.person(PostKind.PROSECUTOR))

    with pytest.raises(DigestImpossible):
        preferences.change(act, preferences.find(act), habits=Habits(**NIGHT, digest_at=times))


def test_a_digest_may_come_with_the_end_of_the_night(make: Make) -> None:
    act = make.act(make.person(PostKind.PROSECUTOR))

    said = preferences.change(
        act, preferences.find(act), habits=Habits(**NIGHT, digest_at=(time(7),))
    )

    assert said.digest_at == [time(7)]


@pytest.mark.parametrize("cap", [FEWEST - 1, MOST + 1, 0, -1])
def test_a_cap_lies_within_its_bounds(make: Make, cap: int) -> None:
    act = make.act(make.person(PostKind.PROSECUTOR))

    with pytest.raises(CapOutOfBounds):
        preferences.change(act, preferences.find(act), habits=Habits(cap=cap))


@pytest.mark.parametrize("group", UNMUTABLE)
def test_what_has_to_be_told_is_not_silenced(make: Make, group: KindGroup) -> None:
    act = make.act(make.person(PostKind.PROSECUTOR))
    wanted = Habits(muted=frozenset({KindGroup.STAFFING, group}))

    with pytest.raises(GroupNotMutable) as refused:
        preferences.change(act, preferences.find(act), habits=wanted)

    assert refused.value.members == {"group": group.value}


def test_deadlines_the_own_account_and_invitations_are_never_silenced() -> None:
    assert UNMUTABLE == [KindGroup.ACCOUNT, KindGroup.DEADLINES, KindGroup.INVITATIONS]
    everything = Habits(muted=frozenset(KindGroup))

    for kind in ("CustodyExpired", "DeadlineNeared", "PasswordChanged", "SupervisorInvited"):
        assert not everything.silences(kind)
    assert everything.silences("PlanImproved")
    assert not any(everything.silences(kind) for kind in TIMED)
    assert not everything.silences("NoSuchKind"), "what is in no group is told"


def test_every_kind_that_is_told_is_in_one_group() -> None:
    nouns = [noun for about in GROUPS.values() for noun in about.slices]

    assert set(GROUPS) == set(KindGroup)
    assert len(nouns) == len(set(nouns))
    assert [kind for kind in notices() if preferences.group_of(kind) is None] == []
    assert TIMED <= set(notices()) <= set(EVENTS)


def test_every_default_could_have_been_said(make: Make) -> None:
    assert set(DEFAULTS) == set(PostKind)
    person = make.person(PostKind.PROSECUTOR)
    for habits in {*DEFAULTS.values(), AT_ONCE}:
        act = make.act(person)
        assert preferences.change(act, preferences.find(act), habits=habits).habits == habits


def test_urgency_is_no_reason_to_be_in_the_table() -> None:
    loud = {Urgency.URGENT, Urgency.ALARM}

    assert {kind for kind in TIMED if notices()[kind].urgency in loud} == set()
