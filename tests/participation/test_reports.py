"""The periodic report: drafted when a period is over, frozen when sent, received by the organ."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from notifications.messages import notices
from services import participation
from services.invitations import InvitationState
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import Level
from services.participation import (
    NoSuchPeriod,
    PeriodicReport,
    PeriodicReportState,
    PeriodicReportUnworded,
    PeriodReported,
    PeriodStillRuns,
    ReportingPeriod,
    practice,
    reports,
)
from services.policy import Permission, PostKind, allows
from services.supervision_plans import NotItsOrgan
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make
from tests.participation.conftest import LATER, WORDS, World, at


def open_tasks(world: World) -> list[Task]:
    world.make.session.flush()
    chosen = select(Task).where(
        Task.kind == TaskKind.WRITE_PERIODIC_REPORT, Task.state == TaskState.OPEN
    )
    return list(world.make.session.scalars(chosen))


def kinds(world: World, report: PeriodicReport) -> list[str]:
    world.make.session.flush()
    chosen = select(JournalEntry.kind).where(
        JournalEntry.about_id == report.id, JournalEntry.kind.like("PeriodicReport%")
    )
    return list(world.make.session.scalars(chosen.order_by(JournalEntry.id)))


def test_from_the_draft_to_the_receipt(world: World) -> None:
    review = world.held(at(3, 12))
    world.asked(review, 0, InvitationState.ATTENDED)
    report = world.drafted(words=None)
    assert (report.from_on, report.until_on) == (date(2026, 1, 1), date(2026, 6, 30))
    assert [task.office_id for task in open_tasks(world)] == [world.town.procuratorate.id]

    reports.restate(world.manager(), report, words=WORDS)
    reports.send(world.manager(), report)

    assert report.state is PeriodicReportState.SENT
    assert report.numbers is not None
    assert report.numbers["invitations"]["attended"] == 1
    assert open_tasks(world) == []
    reports.acknowledge(world.officer(), report)
    assert report.acknowledged_by == world.bureau.officer.id
    assert kinds(world, report) == [
        "PeriodicReportDrafted",
        "PeriodicReportDrafted",
        "PeriodicReportDelivered",
        "PeriodicReportAcknowledged",
    ]


def test_what_was_sent_stays_as_it_was_counted(world: World) -> None:
    draft = world.drafted()
    live = reports.numbers_of(world.manager(), draft)
    assert not isinstance(live, dict)

    report = reports.send(world.manager(), draft)
    world.held(at(3, 12))
    world.make.session.expire(report)

    frozen = reports.numbers_of(world.manager(), report)
    assert isinstance(frozen, dict)
    assert frozen["activities"]["total"] == 0
    assert report.sha256 == reports.digest(report, frozen)


@pytest.mark.parametrize("change", ["words = '别的'", "numbers = '{}'", "sha256 = '0'"])
def test_the_database_keeps_what_was_sent(world: World, change: str) -> None:
    report = world.sent()
    statement = f"UPDATE periodic_reports SET {change} WHERE id = {report.id}"  # noqa: S608

    with pytest.raises(DBAPIError, match="never changed"), world.make.session.begin_nested():
        world.make.session.connection().exec_driver_sql(statement)


def test_a_period_that_runs_is_not_reported(world: World) -> None:
    with pytest.raises(PeriodStillRuns) as refusal:
        world.drafted(number=2)
    assert refusal.value.members["article"] == "PSUP-2019 28"
    last_day = world.manager(at(6, 30, 23))
    with pytest.raises(PeriodStillRuns):
        reports.draft(
            last_day, world.reporter, organ_id=world.bureau.office.id, year=2026, number=1
        )


def test_a_year_has_two_halves(world: World) -> None:
    with pytest.raises(NoSuchPeriod):
        world.drafted(year=2025, number=3)


def test_a_period_is_reported_once_however_it_is_cut(world: World) -> None:
    world.drafted()
    with pytest.raises(PeriodReported):
        world.drafted()
    office = world.town.procuratorate.id
    every = practice.find(world.manager(), office)
    practice.change(world.manager(), every, every=ReportingPeriod.QUARTER)
    with pytest.raises(PeriodReported):
        world.drafted(number=2)


def test_the_organ_is_the_own_one_or_the_one_above(world: World) -> None:
    town = world.make.town()
    stranger = world.make.bureau(town)
    with pytest.raises(NotItsOrgan):
        world.drafted(organ_id=stranger.office.id)

    world.town.procuratorate.superior_id = town.procuratorate.id
    town.procuratorate.level = Level.MUNICIPAL
    world.make.session.flush()
    assert world.drafted(organ_id=stranger.office.id).organ_id == stranger.office.id


def test_numbers_alone_are_no_report(world: World) -> None:
    for words in (None, "  "):
        report = world.drafted(words=words, number=1, year=2024 if words else 2025)
        with pytest.raises(PeriodicReportUnworded):
            reports.send(world.manager(), report)


STEPS: dict[str, Callable[[Any, PeriodicReport], object]] = {
    "restate": lambda act, one: reports.restate(act, one, words=WORDS),
    "send": reports.send,
    "acknowledge": reports.acknowledge,
}


@pytest.mark.parametrize("step", ["restate", "send"])
def test_only_case_management_writes_and_sends(world: World, step: str) -> None:
    report, town = world.drafted(), world.town
    for other in (town.chief, town.prosecutor, world.bureau.officer, world.people[0].person):
        with pytest.raises(NotAllowed):
            STEPS[step](world.act(other), report)
    with pytest.raises(NotAllowed):
        reports.draft(
            world.act(town.chief),
            world.reporter,
            organ_id=world.bureau.office.id,
            year=2025,
            number=1,
        )


def test_only_the_organ_confirms_the_receipt(world: World) -> None:
    report = world.sent()
    other = world.make.bureau(world.town)
    for stranger in (world.town.manager, other.officer, world.people[0].person):
        with pytest.raises(NotAllowed):
            reports.acknowledge(world.act(stranger), report)


def test_each_step_has_its_time(world: World) -> None:
    draft = world.drafted()
    with pytest.raises(NotAllowed):
        reports.acknowledge(world.officer(), draft)
    sent = reports.send(world.manager(), draft)
    for step in ("restate", "send"):
        with pytest.raises(WrongState):
            STEPS[step](world.manager(), sent)
    reports.acknowledge(world.officer(), sent)
    with pytest.raises(WrongState):
        reports.acknowledge(world.officer(), sent)


def test_who_reads_a_report_is_what_the_law_says(world: World, make: Make) -> None:
    found = [world.drafted(year=2025, number=1), world.sent()]
    town, other = world.town, make.town()
    head = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    readers = (
        town.manager,
        town.chief,
        town.prosecutor,
        head,
        world.bureau.officer,
        world.people[0].person,
        other.manager,
        make.bureau(other).officer,
    )
    for reader in readers:
        act = world.act(reader)
        seen = {one.id for one in act.session.scalars(reports.visible(act))}
        lawful = {
            one.id for one in found if allows(act.actor, Permission.PERIODIC_REPORT_READ, one)
        }
        assert seen == lawful
    with pytest.raises(NotFound):
        reports.find(world.officer(), found[0].id)
    assert reports.find(world.officer(), found[1].id) is found[1]


def test_a_report_falls_due_when_the_period_is_over(world: World) -> None:
    world.held(at(3, 12))
    assert participation.sweep(world.machine(at(6, 30, 23)), 50) == 0

    assert participation.sweep(world.machine(), 50) == 1
    assert participation.sweep(world.machine(), 50) == 0

    report = world.make.session.scalars(select(PeriodicReport)).one()
    assert (report.from_on, report.drafted_by) == (date(2026, 1, 1), None)
    assert [task.about_id for task in open_tasks(world)] == [report.id]
    assert kinds(world, report) == ["PeriodicReportOpened"]


def test_nothing_falls_due_where_somebody_has_begun(world: World) -> None:
    world.held(at(3, 12))
    world.drafted()
    assert participation.sweep(world.machine(), 50) == 0


def test_a_report_falls_due_as_often_as_practice_has_it(world: World) -> None:
    world.held(at(3, 12))
    world.held(at(5, 12))
    office = practice.find(world.act(world.town.chief))
    practice.change(world.act(world.town.chief), office, every=ReportingPeriod.QUARTER)
    assert participation.sweep(world.machine(at(4, 1)), 50) == 1
    assert participation.sweep(world.machine(), 50) == 1
    spans = world.make.session.scalars(
        select(PeriodicReport.from_on).order_by(PeriodicReport.from_on)
    )
    assert list(spans) == [date(2026, 1, 1), date(2026, 4, 1)]


def test_only_the_machine_opens_what_fell_due(world: World) -> None:
    world.held(at(3, 12))
    silence = reports.Silence(
        world.town.procuratorate.id, world.bureau.office.id, ReportingPeriod.HALF_YEAR
    )
    with pytest.raises(NotAllowed):
        reports.open_for(world.manager(), silence)
    assert reports.open_for(world.machine(), silence) is not None
    assert reports.open_for(world.machine(), silence) is None


def test_only_case_management_and_the_chief_say_how_often(world: World) -> None:
    assert practice.find(world.manager()).every is ReportingPeriod.HALF_YEAR
    with pytest.raises(NotFound):
        practice.find(world.officer())
    with pytest.raises(NotFound):
        practice.find(world.manager(), world.bureau.office.id)
    own = practice.find(world.manager())
    with pytest.raises(NotAllowed):
        practice.change(world.act(world.town.prosecutor), own, every=ReportingPeriod.YEAR)


@pytest.mark.parametrize(
    ("kind", "hears"),
    [
        ("PeriodicReportOpened", "manager"),
        ("PeriodicReportDelivered", "officer"),
        ("PeriodicReportAcknowledged", "manager"),
    ],
)
def test_who_hears_of_a_report(world: World, kind: str, hears: str) -> None:
    report = world.sent()
    notice = notices()[kind]
    about = world.make.session.get_one(notice.about, report.id)
    people = {"manager": world.town.manager.id, "officer": world.bureau.officer.id}

    assert notice.to.people(world.make.session, about) == {people[hears]}


def test_a_day_later_is_in_time_as_well(world: World) -> None:
    """No article sets a time for the report: it is sent whenever it is ready."""
    report = world.drafted()
    late = world.manager(LATER + timedelta(days=200))
    assert reports.send(late, report).state is PeriodicReportState.SENT
