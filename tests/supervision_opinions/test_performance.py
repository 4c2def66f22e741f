"""The organ is told how the supervisors took part, within three working days (PSUP-2021 22)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from services import monitoring, supervision_opinions
from services.activities import ActivityState
from services.deadlines import Deadline
from services.invitations import InvitationState
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.monitoring import MonitoringEntry
from services.policy import PostKind
from services.supervision_opinions import (
    AttendanceUnmarked,
    Conduct,
    NewPerformanceLine,
    PerformanceIncomplete,
    PerformanceReportedAlready,
)
from tests.conftest import NOON
from tests.make import Make
from tests.supervision_opinions.conftest import DUE, Stage, staged


def _period(stage: Stage) -> Deadline:
    return stage.make.session.scalars(
        select(Deadline).where(Deadline.rule_id == "L12c", Deadline.about_id == stage.activity.id)
    ).one()


def test_the_report_ends_the_three_working_days(stage: Stage) -> None:
    stage.report(remark="到场准时。")

    period = _period(stage)
    assert period.closed_at == NOON
    assert period.due_on is not None
    assert period.closed_at.date() <= period.due_on


def test_a_late_report_is_sent_and_its_lateness_monitored(stage: Stage) -> None:
    late = NOON + timedelta(days=9)

    stage.report(late)
    monitoring.sweep(stage.machine(late))

    entry = stage.make.session.scalars(
        select(MonitoringEntry).where(MonitoringEntry.deadline_id == _period(stage).id)
    ).one()
    assert entry.route is PostKind.CASE_MANAGER


def test_who_stayed_away_is_reported_as_away(stage: Stage) -> None:
    stage.invited[1].state = InvitationState.ABSENT
    stage.make.session.flush()

    sent = stage.report()

    assert [line.attended for line in sent.lines] == [True, False]


def test_everybody_is_reported_once_and_as_recorded(stage: Stage) -> None:
    first, second = (one.id for one in stage.invited)
    good = NewPerformanceLine(first, Conduct.DILIGENT)

    for lines in (
        [],
        [good],
        [good, good],
        [good, NewPerformanceLine(second, Conduct.LATE), NewPerformanceLine(7, Conduct.LATE)],
        [good, NewPerformanceLine(second, Conduct.ABSENT_UNEXCUSED)],
    ):
        with pytest.raises(PerformanceIncomplete):
            stage.report(lines=lines)


def test_attendance_is_marked_before_it_is_reported(stage: Stage) -> None:
    stage.invited[1].state = InvitationState.ACCEPTED
    stage.make.session.flush()

    with pytest.raises(AttendanceUnmarked):
        stage.report()


def test_the_organ_is_told_once(stage: Stage) -> None:
    stage.report()

    with pytest.raises(PerformanceReportedAlready):
        stage.report()
    stage.make.session.flush()
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"):
        stage.make.session.execute(text("UPDATE performance_reports SET remark = '改'"))


def test_nothing_is_reported_of_what_goes_on(make: Make) -> None:
    stage = staged(make, 1, state=ActivityState.UNDER_WAY, ended_at=None)

    with pytest.raises(WrongState):
        stage.report()


def test_only_case_management_reports(stage: Stage) -> None:
    town = stage.town

    for person in (town.prosecutor, town.chief, stage.bureau.officer, stage.author()):
        with pytest.raises(NotAllowed):
            supervision_opinions.report(stage.act(person), stage.activity, lines=[])


def test_the_organ_and_the_procuratorate_read_it(stage: Stage) -> None:
    sent = stage.report()
    town, make = stage.town, stage.make
    head = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)

    for person in (stage.bureau.officer, town.manager, town.chief, town.prosecutor, head):
        assert supervision_opinions.report_on(stage.act(person), stage.activity) is sent
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    for person in (stage.author(), town.officer, other):
        with pytest.raises(NotFound):
            supervision_opinions.report_on(stage.act(person), stage.activity)


def test_an_activity_nobody_spoke_in_closes_when_the_time_is_over(stage: Stage) -> None:
    stage.report()
    assert stage.stands() is ActivityState.ENDED

    supervision_opinions.sweep(stage.machine(DUE), 10)

    assert stage.stands() is ActivityState.CLOSED


def test_an_activity_nobody_came_to_closes_with_the_report(make: Make) -> None:
    stage = staged(make, 1)
    stage.invited[0].state = InvitationState.ABSENT
    make.session.flush()

    stage.report()

    assert stage.stands() is ActivityState.CLOSED
