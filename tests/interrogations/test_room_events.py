"""What rooms report: a number that only grows; repeated or late reports have no effect."""

import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.interrogations import Interrogation, InterrogationState, sitting
from services.interrogations.sitting import RoomEvent, RoomReport, SittingEvent
from services.kernel.act import Act
from services.kernel.refusals import NotAllowed
from services.policy import MACHINE, Permission, allows
from tests.interrogations.sittings import prepared, running
from tests.make import Make, Scene

LEADS: dict[tuple[InterrogationState, RoomReport], InterrogationState] = {
    (InterrogationState.RUNNING, RoomReport.PAUSED): InterrogationState.PAUSED,
    (InterrogationState.RUNNING, RoomReport.LINK_LOST): InterrogationState.LINK_LOST,
    (InterrogationState.LINK_LOST, RoomReport.LINK_RESTORED): InterrogationState.RUNNING,
    (InterrogationState.PAUSED, RoomReport.RESUMED): InterrogationState.RUNNING,
}
"""What each report does where it does something; said here once more, on purpose."""


def room_event(act: Act, sequence: int, report: RoomReport) -> RoomEvent:
    return RoomEvent(sequence, report, act.now + timedelta(seconds=sequence))


def kept(session: Session, booked: Interrogation) -> list[int]:
    chosen = select(SittingEvent.sequence).where(
        SittingEvent.interrogation_id == booked.id, SittingEvent.sequence.is_not(None)
    )
    return [one or 0 for one in session.scalars(chosen.order_by(SittingEvent.id))]


def expected(sent: Sequence[tuple[int, RoomReport]]) -> tuple[list[int], InterrogationState]:
    """The numbers that were news when they came, and where those reports alone lead."""
    news: list[int] = []
    state = InterrogationState.RUNNING
    for sequence, report in sent:
        if sequence > max(news, default=0):
            news.append(sequence)
            state = LEADS.get((state, report), state)
    return news, state


def send(act: Act, booked: Interrogation, sent: Sequence[tuple[int, RoomReport]]) -> list[bool]:
    return [
        sitting.receive(act, booked, room_event(act, sequence, report)) for sequence, report in sent
    ]


def disturbed() -> st.SearchStrategy[list[tuple[int, RoomReport]]]:
    """A room's reports, each with its own number, sent several times and in any order."""
    numbered = st.dictionaries(
        st.integers(1, 30), st.sampled_from(list(RoomReport)), min_size=1, max_size=6
    )
    return numbered.flatmap(
        lambda known: st.lists(st.sampled_from(sorted(known)), max_size=10).map(
            lambda order: [(number, known[number]) for number in order]
        )
    )


@pytest.fixture
def begun(scene: Scene, make: Make) -> tuple[Act, Interrogation]:
    return running(make, scene)


def hold(begun: tuple[Act, Interrogation], sent: list[tuple[int, RoomReport]]) -> None:
    """Send them to a running interrogation, see what came of it, and undo it all."""
    act, booked = begun
    undone = act.session.begin_nested()
    try:
        news, state = expected(sent)
        known = 0
        for (sequence, _), effect in zip(sent, send(act, booked, sent), strict=True):
            assert effect is (sequence > known)
            known = max(known, sequence)
        assert (booked.state, booked.last_sequence) == (state, max(news, default=0))
        assert kept(act.session, booked) == news
        assert not any(send(act, booked, sent))
        assert booked.state is state
    finally:
        undone.rollback()
        act.session.refresh(booked)


RELAXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=10, deadline=None, suppress_health_check=RELAXED)
@given(sent=disturbed())
def test_repeated_and_late_reports_have_no_effect(
    begun: tuple[Act, Interrogation], sent: list[tuple[int, RoomReport]]
) -> None:
    hold(begun, sent)


@pytest.mark.prove
@settings(max_examples=1500, deadline=None, suppress_health_check=RELAXED)
@given(sent=disturbed())
def test_repeated_and_late_reports_have_no_effect_however_they_come(
    begun: tuple[Act, Interrogation], sent: list[tuple[int, RoomReport]]
) -> None:
    hold(begun, sent)


def test_every_order_of_three_reports_ends_with_the_newest(
    begun: tuple[Act, Interrogation],
) -> None:
    reports = [(4, RoomReport.LINK_LOST), (7, RoomReport.LINK_RESTORED), (9, RoomReport.PAUSED)]
    for order in itertools.permutations(reports):
        hold(begun, list(order))


def test_a_report_that_comes_late_never_brings_the_older_state_back(
    scene: Scene, make: Make
) -> None:
    act, booked = running(make, scene)
    assert send(act, booked, [(2, RoomReport.LINK_RESTORED), (1, RoomReport.LINK_LOST)]) == [
        True,
        False,
    ]
    assert booked.state is InterrogationState.RUNNING


def test_what_had_an_effect_is_kept_with_its_number_and_time(scene: Scene, make: Make) -> None:
    act, booked = running(make, scene)
    officer = make.act(scene.centre.officer, act.now)
    send(officer, booked, [(3, RoomReport.LINK_LOST), (8, RoomReport.LINK_RESTORED)])
    (lost,) = sitting.interruptions(sitting.events_of(make.session, booked))
    assert lost.ended_at is not None
    assert lost.ended_at - lost.began_at == timedelta(seconds=5)
    assert kept(make.session, booked) == [3, 8]


def test_a_room_does_not_end_a_pause_that_the_staff_ordered(scene: Scene, make: Make) -> None:
    act, booked = running(make, scene)
    sitting.pause(act, booked, reason="休息。")
    states = []
    send(act, booked, [(1, RoomReport.PAUSED), (2, RoomReport.RESUMED)])
    states.append(booked.state)
    sitting.resume(act, booked)
    send(act, booked, [(3, RoomReport.PAUSED), (4, RoomReport.RESUMED)])
    states.append(booked.state)
    assert states == [InterrogationState.PAUSED, InterrogationState.RUNNING]


def test_what_is_over_hears_nothing_more_and_refuses_nothing(scene: Scene, make: Make) -> None:
    act, booked = running(make, scene)
    sitting.end(act, booked)
    assert send(act, booked, [(1, RoomReport.LINK_LOST)]) == [False]
    assert (booked.state, booked.last_sequence) == (InterrogationState.ENDED, 0)


def test_before_the_start_a_report_is_kept_and_moves_nothing(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    assert send(act, booked, [(1, RoomReport.LINK_LOST)]) == [True]
    assert booked.state is InterrogationState.BOOKED
    assert kept(make.session, booked) == [1]


def test_who_may_report(scene: Scene, make: Make) -> None:
    act, booked = prepared(make, scene)
    report = Permission.INTERROGATION_REPORT
    assert allows(MACHINE, report, booked)
    assert allows(act.actor, report, booked)
    assert allows(make.act(scene.centre.officer).actor, report, booked)
    with pytest.raises(NotAllowed):
        send(make.act(scene.town.manager), booked, [(1, RoomReport.PAUSED)])


def test_the_database_keeps_one_report_of_a_number(scene: Scene, make: Make) -> None:
    act, booked = running(make, scene)
    send(act, booked, [(1, RoomReport.PAUSED)])
    booked.last_sequence = 0
    with pytest.raises(IntegrityError, match="sitting_events_once"):
        send(act, booked, [(1, RoomReport.PAUSED)])
