"""The days of the notice: working days counted back, with days off and make-up days."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from services import activities
from services.activities import (
    ActivityState,
    ConsentMissing,
    NameInTitle,
    NoConsentAsked,
    NoticeTooLate,
    ShortNoticeReasonMissing,
    earliest,
    notice_days,
)
from services.deadlines import calendar_of
from services.kernel.flow import WrongState
from services.tasks import TaskKind
from tests.activities.conftest import World, noon


@pytest.mark.parametrize(
    ("day", "by_on", "short_by_on"),
    [
        (date(2026, 10, 12), date(2026, 9, 29), date(2026, 10, 8)),
        (date(2026, 2, 24), date(2026, 2, 10), date(2026, 2, 12)),
        (date(2026, 2, 25), date(2026, 2, 11), date(2026, 2, 13)),
        (date(2026, 3, 2), date(2026, 2, 24), date(2026, 2, 26)),
        (date(2026, 3, 12), date(2026, 3, 5), date(2026, 3, 9)),
    ],
    ids=["E31", "after the Spring Festival", "a day later", "make-up Saturday", "plain week"],
)
def test_the_notice_is_counted_back_in_working_days(
    session: Session, day: date, by_on: date, short_by_on: date
) -> None:
    """2026-02-14 and 2026-02-28 are Saturdays that are worked; 02-15 to 02-23 are days off."""
    days = notice_days(session, day)
    assert (days.by_on, days.short_by_on) == (by_on, short_by_on)
    assert (days.due_on, days.outer_on) == (by_on, short_by_on)


def test_the_notice_agrees_with_counting_the_days_one_by_one(session: Session) -> None:
    calendar = calendar_of(session)
    for offset in range(120):
        day = date(2026, 1, 20) + timedelta(days=offset)
        before = [day - timedelta(days=count) for count in range(1, 25)]
        worked = [each for each in before if calendar.is_working(each)]
        days = notice_days(session, day)
        assert (days.by_on, days.short_by_on) == (worked[4], worked[2]), day


def test_the_earliest_working_days_are_those_for_which_today_is_early_enough(
    session: Session,
) -> None:
    soonest = earliest(session, date(2026, 2, 12))
    assert (soonest.on, soonest.short_on) == (date(2026, 2, 26), date(2026, 2, 24))


def test_five_working_days_before_it_is_sent_plainly(world: World) -> None:
    one = world.planned(10)
    (task,) = world.tasks(one, TaskKind.SEND_SUPERVISION_REQUEST)
    assert (task.due_on, task.outer_on) == (date(2026, 3, 5), date(2026, 3, 9))

    at = noon(2026, 3, 5)
    activities.send(world.act(world.town.manager, at), one, reason="不需要。")

    assert one.state is ActivityState.REQUESTED
    assert (one.notice_by_on, one.short_notice_by_on) == (date(2026, 3, 5), date(2026, 3, 9))
    assert one.short_notice_reason is None
    assert not one.consent_awaited
    assert not world.tasks(one, TaskKind.SEND_SUPERVISION_REQUEST)
    (task,) = world.tasks(one, TaskKind.ANSWER_SUPERVISION_REQUEST)
    assert (task.office_id, task.due_on) == (world.bureau.office.id, date(2026, 3, 12))
    activities.publish(world.act(world.bureau.officer), one)
    assert not world.tasks(one, TaskKind.ANSWER_SUPERVISION_REQUEST)


@pytest.mark.parametrize("day", [6, 9])
def test_with_fewer_days_the_organ_is_asked_and_draws_only_after_it_consents(
    world: World, day: int
) -> None:
    one = world.planned(10)
    act = world.act(world.town.manager, noon(2026, 3, day))
    with pytest.raises(ShortNoticeReasonMissing) as missing:
        activities.send(act, one, reason=" ")
    assert missing.value.members["notice_by_on"] == "2026-03-05"
    activities.send(act, one, reason="羁押期限将届满。")
    assert one.consent_awaited

    officer = world.act(world.bureau.officer, noon(2026, 3, day))
    with pytest.raises(ConsentMissing):
        activities.publish(officer, one)
    activities.consent(officer, one)

    assert (one.consented_by, one.consented_at) == (world.bureau.officer.id, officer.now)
    with pytest.raises(NoConsentAsked):
        activities.consent(officer, one)
    with pytest.raises(NoConsentAsked):
        activities.refuse_short_notice(officer, one, reason="迟了。")
    activities.publish(officer, one)
    assert one.state is ActivityState.DRAWING


def test_with_two_days_left_it_is_refused_with_the_days_that_would_do(world: World) -> None:
    one = world.planned(10)
    act = world.act(world.town.manager, noon(2026, 3, 10))
    with pytest.raises(NoticeTooLate) as late:
        activities.send(act, one, reason="羁押期限将届满。")
    told = late.value.members
    assert (told["notice_by_on"], told["short_notice_by_on"]) == ("2026-03-05", "2026-03-09")
    assert (told["earliest_on"], told["earliest_short_on"]) == ("2026-03-17", "2026-03-13")
    assert told["article"] == "PSUP-2021 19"
    assert one.state is ActivityState.PLANNED

    moved = world.setting(noon(2026, 3, 13))
    activities.move(world.act(world.town.prosecutor, noon(2026, 3, 10)), one, moved)
    activities.send(act, one, reason="羁押期限将届满。")
    assert one.consent_awaited


def test_a_refused_short_notice_goes_back_to_case_management(world: World) -> None:
    one = world.planned(10)
    late = noon(2026, 3, 9)
    activities.send(world.act(world.town.manager, late), one, reason="羁押期限将届满。")
    activities.refuse_short_notice(world.act(world.bureau.officer, late), one, reason="来不及。")

    assert one.state is ActivityState.PLANNED
    assert one.short_notice_refused == "来不及。"
    assert world.tasks(one, TaskKind.SEND_SUPERVISION_REQUEST)
    assert not world.tasks(one, TaskKind.ANSWER_SUPERVISION_REQUEST)
    with pytest.raises(WrongState):
        activities.consent(world.act(world.bureau.officer, late), one)
    world.session.flush()
    assert activities.find(world.act(world.bureau.officer), one.id) is one

    later = world.setting(noon(2026, 3, 20))
    activities.move(world.act(world.town.prosecutor, late), one, later)
    activities.send(world.act(world.town.manager, late), one)
    sent = activities.find(world.act(world.town.manager), one.id)
    assert (sent.short_notice_refused, sent.consent_awaited) == (None, False)


def test_nothing_that_is_sent_names_a_suspect_or_the_case(world: World) -> None:
    one = world.planned(10)
    suspect = world.case.suspects[0]
    act = world.act(world.town.manager, noon(2026, 3, 9))
    for reason in (f"{suspect.name}的羁押期限将届满", f"案号{world.case.number}"):
        with pytest.raises(NameInTitle):
            activities.send(act, one, reason=reason)
    assert one.state is ActivityState.PLANNED
