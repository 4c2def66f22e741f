"""How an activity is planned and said anew: of which kind, by whom, for which organ."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services import activities
from services.activities import (
    ActivityForm,
    ActivityKind,
    ActivityNeedsCase,
    ActivityOfNoCase,
    ActivityState,
    ActivityTimeImpossible,
    GroundElsewhere,
    InviteGround,
    NameInTitle,
    Need,
    NeedsBeyondWanted,
    NoOrganEntered,
    PlaceNotNamed,
    Planning,
    RemoteSupervisionNotOffered,
    WhoseActivityUnclear,
    practice,
)
from services.activities.practice import Practice
from services.cases import Identity, identify
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, Stale
from services.offices import OfficeKind
from services.policy import PostKind
from services.supervisors import Expertise
from services.tasks import TaskKind
from tests.activities.conftest import PLACE, World

IN_A_CASE = {
    ActivityKind.PUBLIC_REVIEW,
    ActivityKind.DOCUMENT_SERVICE,
    ActivityKind.COURT_APPEARANCE,
}
EITHER_WAY = {ActivityKind.PROPOSAL, ActivityKind.OTHER}


def test_the_handler_plans_and_the_working_body_is_told_first(world: World) -> None:
    one = world.planned(needs=(Need(Expertise.FINANCE), Need(Expertise.FINANCE, 2)))

    assert (one.state, one.planned_by) == (ActivityState.PLANNED, world.town.prosecutor.id)
    assert one.organ_id == world.bureau.office.id
    assert [(need.expertise, need.number) for need in one.needs] == [(Expertise.FINANCE, 2)]
    (task,) = world.tasks(one, TaskKind.SEND_SUPERVISION_REQUEST)
    assert (task.office_id, task.post) == (world.town.procuratorate.id, PostKind.CASE_MANAGER)
    assert world.told(one, "ActivityPlanned") == {world.town.manager.id}


@pytest.mark.parametrize("kind", ActivityKind)
def test_each_of_the_nine_kinds_is_of_a_case_or_of_none(world: World, kind: ActivityKind) -> None:
    act = world.act(world.town.manager)
    said = world.said(kind=kind, ground=None)
    of_case, of_none = world.planning, Planning(world.town.procuratorate.id)
    if kind in IN_A_CASE:
        with pytest.raises(ActivityNeedsCase):
            activities.plan(act, of_none, said)
    else:
        assert activities.plan(act, of_none, said).case is None
    if kind in IN_A_CASE | EITHER_WAY:
        assert activities.plan(act, of_case, said).case is world.case
    else:
        with pytest.raises(ActivityOfNoCase):
            activities.plan(act, of_case, said)


def test_administrative_litigation_is_no_case_of_this_house(world: World) -> None:
    said = world.said(ground=InviteGround.ADMINISTRATIVE_HEARING)
    whose = Planning(world.town.procuratorate.id)
    one = activities.plan(world.act(world.town.manager), whose, said)
    assert one.handler_id == world.town.manager.id


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"kind": ActivityKind.COURT_APPEARANCE}, GroundElsewhere),
        ({"needs": (Need(Expertise.MEDICINE, 3),)}, NeedsBeyondWanted),
    ],
)
def test_what_cannot_be_is_refused(world: World, changes: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        world.planned(**changes)


def test_it_begins_in_the_future_and_people_know_where(world: World) -> None:
    now, hour = world.make.now, timedelta(hours=1)
    good = world.setting(now + timedelta(days=10))
    for setting in (
        world.setting(now),
        world.setting(now + timedelta(days=800)),
        replace(good, ends_at=good.starts_at),
        replace(good, ends_at=good.starts_at + timedelta(days=10)),
        replace(good, ends_at=good.starts_at - hour),
    ):
        with pytest.raises(ActivityTimeImpossible):
            world.planned(setting=setting)
    for form in (ActivityForm.PRESENT, ActivityForm.EITHER):
        with pytest.raises(PlaceNotNamed):
            world.planned(setting=replace(good, form=form, place=" "))
    remote = world.planned(setting=replace(good, form=ActivityForm.REMOTE, place=None))
    assert remote.place is None


def test_from_afar_only_where_the_procuratorate_offers_it(world: World) -> None:
    act = world.act(world.town.manager)
    practice.change(act, practice.find(act), Practice(remote=False))
    good = world.setting(world.make.now + timedelta(days=10))
    for form in (ActivityForm.REMOTE, ActivityForm.EITHER):
        with pytest.raises(RemoteSupervisionNotOffered):
            world.planned(setting=replace(good, form=form))
    assert world.planned(setting=replace(good, form=ActivityForm.PRESENT)).place == PLACE


def test_the_title_and_the_place_name_no_suspect_and_no_case(world: World) -> None:
    suspect = world.case.suspects[0]
    suspect.alias = "阿强"
    good = world.setting(world.make.now + timedelta(days=10))
    for title in (f"{suspect.name}案公开审查", "阿 强案公开审查", world.case.number):
        with pytest.raises(NameInTitle):
            world.planned(title=title)
    with pytest.raises(NameInTitle):
        world.planned(setting=replace(good, place=f"{suspect.name}住所地"))
    assert world.planned().title


def test_a_name_that_was_known_before_is_a_name_too(world: World) -> None:
    suspect = world.case.suspects[0]
    before = suspect.name
    identify(world.act(world.town.manager), suspect, Identity("测试真名"), basis="户籍证明。")
    with pytest.raises(NameInTitle):
        world.planned(title=f"{before}案公开审查")


def test_only_the_handler_and_case_management_plan(world: World) -> None:
    town, other = world.town, world.make.town()
    said = world.said()
    for person in (
        world.second,
        town.officer,
        town.chief,
        world.head,
        world.bureau.officer,
        other.manager,
        other.prosecutor,
        world.make.supervisor(world.bureau).person,
    ):
        with pytest.raises(NotAllowed):
            activities.plan(world.act(person), world.planning, said)
    for person in (town.manager, town.prosecutor):
        assert activities.plan(world.act(person), world.planning, said).id
    of_none = Planning(town.procuratorate.id)
    with pytest.raises(NotAllowed):
        activities.plan(world.act(town.prosecutor), of_none, world.said(kind=ActivityKind.OTHER))


def test_without_a_case_it_is_the_managers_own_procuratorates(world: World) -> None:
    act = world.act(world.town.manager)
    assert activities.planning(act, None).procuratorate_id == world.town.procuratorate.id
    assert activities.planning(act, world.case).case is world.case
    with pytest.raises(NotAllowed):
        activities.planning(world.act(world.town.prosecutor), None)
    other = world.make.town()
    world.make.post(world.town.manager, PostKind.CASE_MANAGER, other.procuratorate)
    twice = world.act(world.town.manager)
    with pytest.raises(WhoseActivityUnclear):
        activities.planning(twice, None)
    named = activities.planning(twice, None, other.procuratorate.id)
    assert named.procuratorate_id == other.procuratorate.id
    with pytest.raises(WhoseActivityUnclear):
        activities.planning(twice, world.case, other.procuratorate.id)
    own = world.case.procuratorate_id
    assert activities.planning(twice, world.case, own).procuratorate_id == own


def test_a_district_without_an_organ_goes_by_the_one_above(world: World) -> None:
    """PSUP-2019 21, PSUP-2021 20: its own where it has one."""
    above = world.town.procuratorate
    district = world.make.office(superior_id=above.id)
    act = world.act(world.town.manager)
    assert activities.organ_for(act, district.id).id == world.bureau.office.id
    own = world.make.office(OfficeKind.JUDICIAL_ADMINISTRATION, procuratorate_id=district.id)
    assert activities.organ_for(act, district.id).id == own.id
    with pytest.raises(NoOrganEntered) as nobody:
        activities.organ_for(act, world.make.office().id)
    assert nobody.value.members["article"] == "PSUP-2021 20"


def test_before_the_organ_is_told_all_of_it_is_said_anew(world: World) -> None:
    one = world.planned(needs=(Need(Expertise.FINANCE),))
    version = one.version
    said = world.said(
        17,
        title="司法规范化公开审查",
        wanted=3,
        needs=(Need(Expertise.CYBER), Need(Expertise.FINANCE)),
    )
    activities.restate(world.act(world.town.prosecutor), one, said)
    world.session.flush()

    assert (one.title, one.wanted) == ("司法规范化公开审查", 3)
    assert one.version > version
    assert [need.expertise for need in one.needs] == [Expertise.CYBER, Expertise.FINANCE]
    (task,) = world.tasks(one, TaskKind.SEND_SUPERVISION_REQUEST)
    assert task.due_on == one.notice_by_on
    activities.send(world.act(world.town.manager), one)
    with pytest.raises(WrongState):
        activities.restate(world.act(world.town.prosecutor), one, said)


def test_who_waited_for_another_has_not_seen_the_outcome(world: World) -> None:
    one = world.planned()
    act = world.act(world.town.manager)
    world.session.flush()
    world.session.execute(
        activities.Activity.__table__.update().values(version=one.version + 1)  # type: ignore[attr-defined]
    )
    with pytest.raises(Stale):
        activities.send(act, one)
