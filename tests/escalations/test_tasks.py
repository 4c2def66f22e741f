"""What is asked of case management when nobody of a ladder has answered, as they read it."""

import pytest
from sqlalchemy import select

from api import tasks as room
from services.deadlines import Custody
from services.kernel.refusals import NotFound
from services.tasks import Task, TaskKind
from tests.escalations.conftest import World


def test_the_task_of_a_silence_says_of_which_case_it_is(world: World) -> None:
    world.start("D06", "2026-07-03T09:00", Custody.HELD)
    one = world.warn("2026-07-11T00:00")
    for minute in (11, 22, 33, 44, 55):
        world.sweep(f"2026-07-11T00:{minute}")
    world.sweep("2026-07-11T01:25")
    task = world.session.scalars(select(Task).where(Task.kind == TaskKind.LOOK_INTO_SILENCE)).one()

    (told,) = room.shown(world.at(world.town.manager, "2026-07-11T02:00"), [task])

    assert (told["about_kind"], told["about_id"]) == ("escalations", one.id)
    assert told["case_number"] == world.case.number
    assert told["suspects"] == [world.case.suspects[0].name]


def test_somebody_who_leads_may_be_asked_to_look_after_an_escalation(world: World) -> None:
    world.start("D06", "2026-07-03T09:00", Custody.HELD)
    one = world.warn("2026-07-11T00:00")
    day = "2026-07-11T02:00"

    assert room.seen(world.at(world.town.manager, day), "escalations", one.id) is one
    with pytest.raises(NotFound):
        room.seen(world.at(world.town.prosecutor, day), "escalations", one.id)
