"""Who reads and who takes which step: the clauses told apart, and the law as SQL the same."""

import itertools

import pytest

from services import activities
from services.activities import (
    STEPS,
    ActivityKind,
    ActivityState,
    Planning,
    SupervisionPracticeSet,
    practice,
)
from services.activities.practice import Practice
from services.assignments import RecusalGround, recuse
from services.invitations import InvitationState
from services.kernel.act import Actor, JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import Permission, PostKind, allows
from tests.activities.conftest import World, noon, taken_by

MAY = {
    "restate": {"manager", "prosecutor"},
    "send": {"manager"},
    "consent": {"organ"},
    "refuse_short_notice": {"organ"},
    "move": {"manager", "prosecutor"},
    "cancel": {"manager", "prosecutor"},
    "go_without": {"manager", "prosecutor"},
    "ask_for_fewer": {"manager"},
    "accept_fewer": {"manager"},
    "begin": {"manager", "prosecutor"},
    "end": {"manager", "prosecutor"},
}
"""Who takes each step; everybody else is told that it is never them."""
WHEN = {
    "restate": ActivityState.PLANNED,
    "send": ActivityState.PLANNED,
    "consent": ActivityState.REQUESTED,
    "refuse_short_notice": ActivityState.REQUESTED,
    "ask_for_fewer": ActivityState.REQUESTED,
    "accept_fewer": ActivityState.DRAWING,
    "begin": ActivityState.STAFFED,
    "end": ActivityState.UNDER_WAY,
}


def everybody(world: World) -> dict[str, Person]:
    town, other = world.town, world.make.town()
    return {
        "manager": town.manager,
        "prosecutor": town.prosecutor,
        "organ": world.bureau.officer,
        "head": world.head,
        "second": world.second,
        "chief": town.chief,
        "officer": town.officer,
        "clerk": world.make.person(PostKind.CLERK, town.procuratorate),
        "supervisor": world.make.supervisor(world.bureau).person,
        "other manager": other.manager,
        "other prosecutor": other.prosecutor,
        "other organ": world.make.bureau(other).officer,
    }


@pytest.mark.parametrize("step", sorted(MAY))
def test_each_step_is_taken_by_whom_the_law_names_and_by_nobody_else(
    world: World, step: str
) -> None:
    assert set(MAY) == set(STEPS)
    for name, person in everybody(world).items():
        one = world.in_state(WHEN.get(step, ActivityState.PLANNED))
        if STEPS[step] is Permission.ACTIVITY_CONSENT:
            one.short_notice_reason = "期限将届满。"
        if step == "accept_fewer":
            world.accepted(one)
        act = world.act(person, one.starts_at if step in {"begin", "end"} else None)
        assert (step in activities.allowed(act, one)) is (name in MAY[step]), name
        take = taken_by(world, act)[step]
        if name in MAY[step]:
            take(one)
        else:
            with pytest.raises(NotAllowed):
                take(one)


def test_a_step_that_the_flow_does_not_have_is_not_now(world: World) -> None:
    for state, step in itertools.product(
        (ActivityState.CANCELLED, ActivityState.WITHOUT, ActivityState.CLOSED), sorted(STEPS)
    ):
        if STEPS[step] is Permission.ACTIVITY_CONSENT and state is ActivityState.CANCELLED:
            continue  # it was never told to the organ
        one = world.in_state(state)
        organ = "organ" in MAY[step]
        act = world.act(world.bureau.officer if organ else world.town.manager)
        with pytest.raises(WrongState):
            taken_by(world, act)[step](one)
        assert activities.allowed(act, one) == []


def test_what_is_visible_is_what_the_law_lets_one_read(world: World) -> None:
    town, other = world.town, world.make.town()
    planned, requested = world.planned(), world.requested()
    of_none = activities.plan(
        world.act(town.manager),
        Planning(town.procuratorate.id),
        world.said(kind=ActivityKind.BRIEFING, ground=None),
    )
    invited, lapsed = world.make.supervisor(world.bureau), world.make.supervisor(world.bureau)
    world.make.invitation(requested, invited)
    world.make.invitation(requested, lapsed, state=InvitationState.LAPSED)
    recuse(
        world.act(town.chief), world.case, person_id=world.head.id, ground=RecusalGround.INTEREST
    )
    ones = [planned, requested, of_none]
    world.session.flush()
    world.session.expire_all()
    ids = (
        town.prosecutor.id,
        town.manager.id,
        world.head.id,
        invited.person_id,
        lapsed.person_id,
        0,
    )
    offices = (town.procuratorate, world.bureau.office, other.procuratorate)
    sizes = set()
    for person_id, post, office in itertools.product(ids, PostKind, offices):
        actor = Actor(person_id, frozenset({(post.value, office.id)}))
        act = world.make.act(actor)
        seen = {one.id for one in world.session.scalars(activities.visible(act))}
        lawful = {one.id for one in ones if allows(actor, Permission.ACTIVITY_READ, one)}
        assert seen == lawful, actor
        sizes.add(len(seen))
        for one in ones:
            if one.id not in lawful:
                with pytest.raises(NotFound):
                    activities.find(act, one.id)
    assert sizes == {0, 1, 2, 3}, "the clauses are told apart"


def test_the_organ_and_the_invited_read_nothing_of_the_case(world: World) -> None:
    one = world.requested()
    invited = world.make.supervisor(world.bureau)
    world.make.invitation(one, invited)
    officer, supervisor = world.act(world.bureau.officer), world.act(invited.person)
    assert not activities.reads_case(officer, one)
    assert activities.reads_notice(officer, one)
    assert not activities.reads_case(supervisor, one)
    assert not activities.reads_notice(supervisor, one)
    assert activities.allowed(supervisor, one) == []
    for person in (world.town.manager, world.town.prosecutor, world.town.chief, world.head):
        assert activities.reads_case(world.act(person), one)
    assert activities.of_case(world.act(world.town.manager), world.case) == [one]


# --- what a procuratorate says of its practice ----------------------------------------------


def test_each_saying_is_a_version_and_stands_in_the_journal(world: World) -> None:
    act = world.act(world.town.manager)
    found = practice.find(act)
    assert (found.version, found.answer_hours, found.opinion_hours) == (0, 24, 48)
    assert (found.answer_for.days, found.opinions_for.days) == (1, 2)
    practice.change(act, found, Practice(remote=False, answer_hours=12))
    practice.change(world.act(world.town.chief), found, Practice(quorum_percent=60))
    world.session.flush()

    again = practice.find(world.act(world.bureau.officer))
    assert again is found
    assert (again.remote, again.answer_hours, again.quorum_percent) == (True, 24, 60)
    assert again.set_by == world.town.chief.id
    said = [
        entry.event
        for entry in world.session.query(JournalEntry).order_by(JournalEntry.id)
        if entry.kind == "SupervisionPracticeSet"
    ]
    office_id = world.town.procuratorate.id
    assert said == [SupervisionPracticeSet(office_id, 1), SupervisionPracticeSet(office_id, 2)]


def test_only_case_management_and_the_chief_of_that_office_say_it(world: World) -> None:
    found = practice.find(world.act(world.town.manager))
    for name, person in everybody(world).items():
        if name not in {"manager", "chief"}:
            with pytest.raises(NotAllowed):
                practice.change(world.act(person), found, Practice())


def test_no_practice_is_found_where_there_is_no_procuratorate(world: World) -> None:
    with pytest.raises(NotFound):
        practice.find(world.act(world.make.person()))
    with pytest.raises(NotFound):
        practice.find(world.act(world.town.manager), world.bureau.office.id)
    other = world.make.town()
    named = practice.find(world.act(world.town.manager, noon(2026, 3, 2)), other.procuratorate.id)
    assert named.procuratorate_id == other.procuratorate.id
