"""Another time or place: the notice is counted for the new day, and everybody follows."""

from datetime import datetime, timedelta

import pytest

from services import activities
from services.activities import (
    Activity,
    ActivityState,
    ConsentMissing,
    NoticeTooLate,
    ShortNoticeReasonMissing,
    followers,
)
from services.kernel.act import Act
from services.tasks import TaskKind
from tests.activities.conftest import World, noon


def test_another_hour_or_place_on_the_same_day_keeps_the_notice(world: World) -> None:
    one = world.requested()
    asked_at = one.requested_at
    late = noon(2026, 3, 11)
    setting = world.setting(one.starts_at + timedelta(hours=2), place="第二听证室")
    activities.move(world.act(world.town.prosecutor, late), one, setting)

    assert (one.place, one.requested_at) == ("第二听证室", asked_at)
    assert not one.consent_awaited


def test_another_day_far_enough_is_a_new_notice(world: World) -> None:
    one = world.drawing()
    late = noon(2026, 3, 11)
    activities.move(world.act(world.town.manager, late), one, world.setting(noon(2026, 3, 20)))

    assert (one.state, one.requested_at) == (ActivityState.DRAWING, late)
    assert one.notice_by_on == noon(2026, 3, 13).date()
    assert not one.consent_awaited
    assert not world.tasks(one, TaskKind.ANSWER_SUPERVISION_REQUEST)


def test_a_day_too_near_asks_the_organ_again_whatever_it_said_before(world: World) -> None:
    one = world.planned()
    first = noon(2026, 3, 9)
    officer = world.act(world.bureau.officer, first)
    activities.send(world.act(world.town.manager, first), one, reason="期限将届满。")
    activities.consent(officer, one)

    act = world.act(world.town.prosecutor, first)
    with pytest.raises(ShortNoticeReasonMissing):
        activities.move(act, one, world.setting(noon(2026, 3, 13)))
    assert one.starts_on == noon(2026, 3, 12).date(), "nothing has changed"
    activities.move(act, one, world.setting(noon(2026, 3, 13)), reason="法庭另有安排。")

    assert one.consent_awaited
    with pytest.raises(ConsentMissing):
        activities.publish(officer, one)
    activities.consent(officer, one)
    activities.publish(officer, one)


def test_once_the_organ_was_told_two_days_are_too_few(world: World) -> None:
    one = world.requested()
    act = world.act(world.town.manager, noon(2026, 3, 10))
    with pytest.raises(NoticeTooLate):
        activities.move(act, one, world.setting(noon(2026, 3, 11)), reason="提前。")
    planned = world.planned()
    activities.move(act, planned, world.setting(noon(2026, 3, 11)))
    assert planned.starts_on == noon(2026, 3, 11).date(), "nobody was told yet"


def test_with_supervisors_invited_it_does_not_begin_without_the_organs_consent(
    world: World,
) -> None:
    one = world.staffed()
    at = noon(2026, 3, 9)
    act = world.act(world.town.prosecutor, at)
    activities.move(act, one, world.setting(noon(2026, 3, 13)), reason="法庭另有安排。")
    assert one.state is ActivityState.DRAWING, "everybody is asked again"
    assert one.consent_awaited
    assert world.tasks(one, TaskKind.ANSWER_SUPERVISION_REQUEST)

    officer = world.act(world.bureau.officer, at)
    activities.refuse_short_notice(officer, one, reason="联络来不及。")
    assert (one.state, one.short_notice_refused) == (ActivityState.DRAWING, "联络来不及。")
    assert not world.tasks(one, TaskKind.ANSWER_SUPERVISION_REQUEST)
    activities.staffed(officer, one)
    there = world.act(world.town.prosecutor, noon(2026, 3, 13))
    with pytest.raises(ConsentMissing):
        activities.begin(there, one)
    assert "begin" not in activities.allowed(there, one)
    activities.consent(officer, one)
    assert one.short_notice_refused is None
    assert "begin" in activities.allowed(there, one)
    begun = activities.begin(there, one)
    assert begun.state is ActivityState.UNDER_WAY


def test_whoever_signed_up_follows(world: World) -> None:
    heard: list[tuple[int, datetime | None]] = []

    def moved(_act: Act, one: Activity, before: datetime) -> None:
        heard.append((one.id, before))

    def called_off(_act: Act, one: Activity) -> None:
        heard.append((one.id, None))

    followers.on_moved.append(moved)
    followers.on_cancelled.append(called_off)
    try:
        one = world.staffed()
        before = one.starts_at
        act = world.act(world.town.manager)
        activities.move(act, one, world.setting(noon(2026, 3, 20)))
        activities.cancel(act, one, reason="另行处理。")
    finally:
        followers.on_moved.remove(moved)
        followers.on_cancelled.remove(called_off)
    assert heard == [(one.id, before), (one.id, None)]
    assert not world.tasks(one, TaskKind.HOLD_ACTIVITY)


def test_both_sides_hear_of_the_new_time(world: World) -> None:
    one = world.planned()
    act = world.act(world.town.prosecutor)
    activities.move(act, one, world.setting(noon(2026, 3, 20)))
    both = {world.town.prosecutor.id, world.town.manager.id}
    assert world.told(one, "ActivityMoved") == both, "the organ knows nothing of it yet"

    activities.send(world.act(world.town.manager), one)
    assert world.told(one, "SupervisionRequested") == {world.bureau.officer.id}
    activities.move(act, one, world.setting(noon(2026, 3, 24)))
    assert world.told(one, "ActivityMoved") == both | {world.bureau.officer.id}
