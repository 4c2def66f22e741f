"""Who hears of what: the organ once it was told, the handler and case management, nobody else."""

from services import activities
from services.kernel.act import SHANGHAI
from services.policy import MACHINE
from tests.activities.conftest import World, noon


def procuratorate(world: World) -> set[int]:
    return {world.town.prosecutor.id, world.town.manager.id}


def test_the_organs_answers_reach_the_handler_and_case_management(world: World) -> None:
    one, late = world.planned(), noon(2026, 3, 9)
    manager, organ = world.act(world.town.manager, late), world.act(world.bureau.officer, late)
    activities.send(manager, one, reason="期限将届满。")
    activities.refuse_short_notice(organ, one, reason="来不及。")
    assert world.told(one, "ShortNoticeRefused") == procuratorate(world)
    activities.send(manager, one, reason="确有必要。")
    activities.consent(organ, one)
    assert world.told(one, "ShortNoticeConsentGiven") == procuratorate(world)
    activities.publish(organ, one)
    assert world.told(one, "ActivityDrawPublished") == procuratorate(world)
    activities.staffed(organ, one)
    assert world.told(one, "ActivityStaffed") == procuratorate(world)
    activities.unstaffed(organ, one)
    assert world.told(one, "ActivityUnstaffed") == procuratorate(world) | {world.bureau.officer.id}


def test_the_organ_hears_of_an_end_only_of_what_it_was_told(world: World) -> None:
    act = world.act(world.town.manager)
    for one, more in (
        (world.planned(), set[int]()),
        (world.requested(), {world.bureau.officer.id}),
    ):
        activities.cancel(act, one, reason="另行处理。")
        assert world.told(one, "ActivityCancelled") == procuratorate(world) | more


def test_a_missed_start_is_the_procuratorates_own_affair(world: World) -> None:
    one = world.staffed()
    activities.watch.look(world.make.act(MACHINE, one.starts_at.astimezone(SHANGHAI)))
    assert world.told(one, "ActivityStartMissed") == procuratorate(world)
