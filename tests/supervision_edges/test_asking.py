"""Asking for supervisors: a pool too small, a silent organ, days that leave no room."""

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

import services
from services import activities, deadlines, draws
from services.activities import (
    ActivityState,
    Need,
    NeedsBeyondWanted,
    NoOrganEntered,
    NoticeStillFits,
    NoticeTooLate,
    ShortNoticeReasonMissing,
    WithoutBecause,
)
from services.activities.requests import NotFewer
from services.draws import Draw, TooSmall
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.policy import MACHINE
from services.supervisors import Expertise
from services.tasks import TaskKind
from tests.activities.conftest import World, noon
from tests.make import Make

FEWER: dict[str, Any] = {"reason": "名单人数不足。"}


def test_where_the_pool_is_too_small_fewer_are_asked_for_and_the_notice_stands(
    world: World,
) -> None:
    one = world.requested()
    told = (one.requested_at, one.notice_by_on, one.short_notice_by_on)
    for _ in range(2):
        world.make.supervisor(world.bureau)
    away = world.make.supervisor(world.bureau)
    world.make.leave(away.person, one.starts_on, one.starts_on)
    one.wanted = 3
    organ, manager = world.act(world.bureau.officer), world.act(world.town.manager)
    assert isinstance(draws.publish(organ, one), TooSmall)
    assert world.tasks(one, TaskKind.SETTLE_SHORTAGE)

    with pytest.raises(NotAllowed):
        activities.ask_for_fewer(organ, one, wanted=2, **FEWER)
    for wanted in (3, 4, 0):
        with pytest.raises(NotFewer):
            activities.ask_for_fewer(manager, one, wanted=wanted, **FEWER)
    activities.ask_for_fewer(manager, one, wanted=2, **FEWER)

    assert (one.requested_at, one.notice_by_on, one.short_notice_by_on) == told
    assert (one.state, one.wanted) == (ActivityState.REQUESTED, 2)
    assert not world.tasks(one, TaskKind.SETTLE_SHORTAGE)
    assert world.told(one, "FewerSupervisorsAsked") == {world.bureau.officer.id}
    assert isinstance(draws.publish(organ, one), Draw)
    with pytest.raises(WrongState):
        activities.ask_for_fewer(manager, one, wanted=1, **FEWER)


def test_knowledge_that_nobody_has_is_asked_for_no_more(world: World) -> None:
    manager, organ = world.act(world.town.manager), world.act(world.bureau.officer)
    one = world.planned(needs=(Need(Expertise.FINANCE), Need(Expertise.CYBER)))
    activities.send(manager, one)
    for _ in range(2):
        world.make.supervisor(world.bureau, Expertise.FINANCE)
    assert isinstance(draws.publish(organ, one), TooSmall)
    more = (Need(Expertise.FINANCE, 2),)
    with pytest.raises(NotFewer):
        activities.ask_for_fewer(manager, one, wanted=2, needs=more, **FEWER)
    both = (Need(Expertise.FINANCE), Need(Expertise.CYBER))
    with pytest.raises(NeedsBeyondWanted):
        activities.ask_for_fewer(manager, one, wanted=1, needs=both, **FEWER)
    activities.ask_for_fewer(manager, one, wanted=2, needs=(Need(Expertise.FINANCE),), **FEWER)

    assert [need.expertise for need in one.needs] == [Expertise.FINANCE]
    draw = draws.publish(organ, one)
    assert isinstance(draw, Draw)
    assert [each["name"] for each in draw.strata] == ["finance", "all"]


def test_more_knowledge_than_people_is_not_asked_for(world: World) -> None:
    """Each seat is drawn once: two of one field and one of another are three people."""
    needs = (Need(Expertise.FINANCE, 2), Need(Expertise.CYBER))
    with pytest.raises(NeedsBeyondWanted):
        world.planned(wanted=2, needs=needs)
    assert len(world.planned(wanted=3, needs=needs).needs) == len(needs)


def test_a_silent_organ_is_noted_and_the_procuratorate_goes_on(world: World) -> None:
    one = world.requested()
    machine = replace(world.act(world.town.manager, noon(2026, 3, 10)), actor=MACHINE)
    world.session.flush()
    assert activities.watch.look(machine) == 1
    assert one.state is ActivityState.REQUESTED
    activities.go_without(
        world.act(world.town.prosecutor),
        one,
        because=WithoutBecause.ORGAN_SILENT,
        words="未答复。",
    )
    assert (one.state, one.without_because) == (
        ActivityState.WITHOUT,
        WithoutBecause.ORGAN_SILENT,
    )


def test_an_activity_today_is_too_late_for_any_notice_and_goes_on_without(world: World) -> None:
    """The case has time: lack of it is not the reason; another is recorded."""
    later = world.setting(world.make.now + timedelta(hours=3))
    one = world.planned(setting=later)
    with pytest.raises(NoticeTooLate):
        activities.send(world.act(world.town.manager), one, reason="临时安排。")
    act = world.act(world.town.manager)
    if activities.crowded(act, one) is None:
        with pytest.raises(NoticeStillFits):
            activities.go_without(
                act, one, because=WithoutBecause.NO_TIME_FOR_NOTICE, words="来不及。"
            )
    activities.go_without(act, one, because=WithoutBecause.OTHER, words="当日临时安排。")
    assert one.state is ActivityState.WITHOUT


def test_the_notice_is_counted_across_the_spring_festival(session: Session) -> None:
    """2026-02-24 is the first working day after it; Saturday 02-14 is worked."""
    world = World(Make(session, noon(2026, 2, 10)))
    at = world.setting(noon(2026, 2, 24))
    one = world.planned(setting=at)
    activities.send(world.act(world.town.manager), one)
    assert (one.notice_by_on, one.short_notice_by_on) == (date(2026, 2, 10), date(2026, 2, 12))
    for day in (11, 12):
        late = world.planned(setting=at)
        with pytest.raises(ShortNoticeReasonMissing):
            activities.send(world.act(world.town.manager, noon(2026, 2, day)), late)
    with pytest.raises(NoticeTooLate):
        activities.send(
            world.act(world.town.manager, noon(2026, 2, 13)), world.planned(setting=at), reason="急"
        )


def test_a_custody_clock_that_leaves_no_room_comes_first(session: Session) -> None:
    """Received 2026-02-12, detained, due 02-19: neither five working days fit nor three."""
    world = World(Make(session, noon(2026, 2, 12)))
    one = world.planned(5)
    pressing = activities.crowded(world.act(world.town.prosecutor), one)
    assert pressing is not None
    assert pressing.due_on == date(2026, 2, 19)
    activities.go_without(
        world.act(world.town.prosecutor),
        one,
        because=WithoutBecause.NO_TIME_FOR_NOTICE,
        words="期限先届满。",
    )
    assert one.crowding_deadline_id == pressing.deadline.id
    assert pressing.deadline.closed_at is None


def test_a_district_goes_by_the_organ_above_and_without_any_it_is_said(world: World) -> None:
    """One organ draws for several procuratorates, and each reads only its own activities."""
    make, above = world.make, world.town.procuratorate
    district = make.office(superior_id=above.id)
    act = world.act(world.town.manager)
    assert activities.organ_for(act, district.id).id == world.bureau.office.id
    with pytest.raises(NoOrganEntered):
        activities.organ_for(act, make.office().id)
    theirs = make.activity(
        world.town, world.bureau, state=ActivityState.REQUESTED, title="区院公开听证"
    )
    theirs.procuratorate_id = district.id
    make.session.flush()
    organ = world.act(world.bureau.officer)
    assert activities.find(organ, theirs.id) is theirs
    readable = make.session.scalars(activities.visible(act)).all()
    assert theirs not in readable


DECIDING = (
    "arrest_reviews",
    "prosecutions",
    "proceedings",
    "arrest_requests",
    "transfers",
    "cases",
)
OF_SUPERVISORS = {
    "supervisors",
    "supervision_plans",
    "activities",
    "draws",
    "invitations",
    "supervision_opinions",
    "public_hearings",
    "quality_reviews",
    "participation",
}


def test_no_decision_on_a_case_knows_of_supervisors() -> None:
    """What decides imports nothing of them; papers are lent to packets, which refuses nothing."""
    root = Path(services.__file__).parent
    files = [path for name in DECIDING for path in (root / name).rglob("*.py")]
    files += [root / f"{name}.py" for name in DECIDING if (root / f"{name}.py").exists()]
    assert files
    for path in files:
        known = set[str]()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("services"):
                known |= set((node.module or "").split(".")[1:2])
                known |= {each.name for each in node.names} if node.module == "services" else set()
        assert not known & OF_SUPERVISORS, path
        assert "packets" not in known or path.name == "lending.py", path


def test_supervision_stops_no_period_whatever_its_state(world: World) -> None:
    ids = [suspect.id for suspect in world.case.suspects]

    def running() -> list[tuple[int, date | None]]:
        world.session.flush()
        chosen = deadlines.open_of(ids)
        return [(each.id, each.due_on) for each in world.session.scalars(chosen)]

    before = running()
    assert before
    world.ended()
    assert running() == before
