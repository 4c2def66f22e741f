"""Planning a hearing: officers, time, publicity, notice."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Integer, column, table, update

from services import public_hearings
from services.activities import ActivityState
from services.activities.grounds import PublicMatter
from services.arrest_requests.terms import Flag
from services.invitations import InvitationState
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound, Refusal, Stale
from services.policy import PostKind
from services.public_hearings import (
    MinorsHearingClosed,
    NotAbleToPreside,
    NotOfThisCase,
    OfficerDraft,
    OfficerIsSupervisor,
    OfficerNamedTwice,
    OfficerTooYoung,
    OpeningNeedsReason,
    PublicHearingForm,
    PublicHearingNoticeShort,
    PublicHearingState,
    PublicHearingTimeImpossible,
    WrongNumberOfOfficers,
)
from services.tasks import TaskKind
from tests.public_hearings.conftest import OFFICERS, World

SEVEN = tuple(OfficerDraft(f"测试员{n}", date(1980, 1, 1), "退休") for n in range(7))


def test_a_hearing_is_planned_closed_and_lies_with_the_handler(world: World) -> None:
    hearing = world.planned()

    assert (hearing.state, hearing.open_to_public) == (PublicHearingState.PLANNED, False)
    assert hearing.chair_id == world.town.prosecutor.id
    assert world.tasks(hearing, TaskKind.HOLD_PUBLIC_HEARING) == {world.town.prosecutor.id}
    assert world.journal(hearing) == ["PublicHearingPlanned"]


def test_only_the_handler_plans(world: World) -> None:
    for person in (world.second, world.town.manager, world.town.chief, world.head):
        with pytest.raises(NotAllowed):
            public_hearings.plan(world.act(person), world.case, world.draft())


def test_a_chief_who_presides_has_the_task_too(world: World) -> None:
    hearing = world.planned(chaired_by=world.town.chief.id)

    assert hearing.chair_id == world.town.chief.id
    assert world.tasks(hearing, TaskKind.HOLD_PUBLIC_HEARING) == {
        world.town.prosecutor.id,
        world.town.chief.id,
    }


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"starts_at": -1}, PublicHearingTimeImpossible),
        ({"ends_at": 0}, PublicHearingTimeImpossible),
        ({"suspect_ids": (2**30,)}, NotOfThisCase),
        ({"suspect_ids": ()}, NotOfThisCase),
        ({"officers": (*SEVEN, *OFFICERS)}, WrongNumberOfOfficers),
        (
            {"officers": OFFICERS[:2], "form": PublicHearingForm.PUBLIC_REVIEW},
            WrongNumberOfOfficers,
        ),
        ({"officers": (OFFICERS[0], *OFFICERS)}, OfficerNamedTwice),
        ({"chaired_by": 2**30}, NotAbleToPreside),
        (
            {"open_to_public": True, "matter": PublicMatter.ARREST_REVIEW},
            OpeningNeedsReason,
        ),
        (
            {"open_to_public": True, "matter": PublicMatter.CUSTODY_NECESSITY},
            OpeningNeedsReason,
        ),
    ],
)
def test_what_cannot_be_held_is_refused(
    world: World, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    for name in ("starts_at", "ends_at"):
        if name in changes:
            changes = changes | {name: world.make.now + timedelta(days=changes[name])}
    with pytest.raises(refusal):
        world.planned(**changes)


@pytest.mark.parametrize(("days", "fits"), [(0, False), (1, True)])
def test_an_officer_has_reached_twenty_three_the_day_after_the_birthday(
    world: World, days: int, *, fits: bool
) -> None:
    born_on = date(2003, 3, 6) - timedelta(days=days)  # the hearing is on 2026-03-06
    officers = (*OFFICERS[:2], OfficerDraft("童某", born_on, "职员"))
    if fits:
        assert len(world.planned(officers=officers).officers) == 3
    else:
        with pytest.raises(OfficerTooYoung):
            world.planned(officers=officers)


def test_only_the_chief_and_a_head_preside_beside_the_handler(world: World) -> None:
    for person in (world.second, world.town.manager):
        with pytest.raises(NotAbleToPreside):
            world.planned(chaired_by=person.id)


@pytest.mark.parametrize("matter", [PublicMatter.OTHER, PublicMatter.NON_PROSECUTION])
def test_other_hearings_are_open_without_a_reason(world: World, matter: PublicMatter) -> None:
    assert world.planned(open_to_public=True, matter=matter).open_because is None


def test_an_arrest_is_heard_openly_for_a_reason(world: World) -> None:
    hearing = world.planned(
        open_to_public=True, matter=PublicMatter.ARREST_REVIEW, open_because="社会关注。"
    )
    assert hearing.open_because == "社会关注。"


@pytest.mark.parametrize("given", [{"flags": [Flag.MINOR.value]}, {"born_on": date(2009, 1, 1)}])
def test_a_hearing_in_a_minors_case_is_never_open(world: World, given: dict[str, Any]) -> None:
    adult, minor = world.make.suspect(), world.make.suspect(**given)
    world.case = world.make.handled(world.town, adult, minor)
    for ids in ((minor.id,), (adult.id,)):
        with pytest.raises(MinorsHearingClosed):
            world.planned(open_to_public=True, open_because="社会关注。", suspect_ids=ids)


# --- notice -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "short"), [(4, False), (3, False), (2, True), (0, True)])
def test_notice_is_given_three_days_before_or_says_why_not(
    world: World, days: int, *, short: bool
) -> None:
    hearing = world.planned(starts_at=world.make.now + timedelta(days=days, hours=1))
    if short:
        with pytest.raises(PublicHearingNoticeShort):
            public_hearings.give_notice(world.act(), hearing)
    public_hearings.give_notice(world.act(), hearing, short_because="期限将届满。")

    assert hearing.state is PublicHearingState.NOTICED
    assert hearing.short_because == ("期限将届满。" if short else None)
    assert all(one.noticed_at == world.make.now for one in hearing.officers)
    assert all(one.noticed_at == world.make.now for one in hearing.parties)


@pytest.mark.parametrize(("number", "fits"), [(0, False), (2, False), (3, True), (4, True)])
def test_a_hearing_has_three_to_seven_officers_odd_or_even(
    world: World, number: int, *, fits: bool
) -> None:
    hearing = world.planned(officers=SEVEN[:number])
    if fits:
        assert public_hearings.give_notice(world.act(), hearing).state == "noticed"
    else:
        with pytest.raises(WrongNumberOfOfficers):
            public_hearings.give_notice(world.act(), hearing)


def test_a_review_needs_no_officers(world: World) -> None:
    hearing = world.opened(officers=(), form=PublicHearingForm.PUBLIC_REVIEW)
    assert hearing.state is PublicHearingState.OPEN


def test_another_time_calls_for_another_notice_and_another_officer_for_one_more(
    world: World,
) -> None:
    hearing = world.noticed()
    one_more = (*OFFICERS, SEVEN[0])
    public_hearings.restate(world.act(), hearing, world.draft(officers=one_more))
    assert hearing.state is PublicHearingState.PLANNED
    assert [one.noticed_at is None for one in hearing.officers] == [False] * 3 + [True]

    public_hearings.give_notice(world.act(), hearing)
    later = world.draft(starts_at=hearing.starts_at + timedelta(days=1))
    public_hearings.restate(world.act(), hearing, later)
    assert {one.noticed_at for one in hearing.officers} == {None}
    assert {one.noticed_at for one in hearing.parties} == {None}
    assert len(hearing.officers) == 3


def test_an_invited_supervisor_is_no_hearing_officer(world: World) -> None:
    hearing = world.planned()
    activity = world.activity(ActivityState.STAFFED)
    supervisor = world.make.supervisor(world.bureau)
    world.make.invitation(activity, supervisor, state=InvitationState.ACCEPTED)
    public_hearings.link(world.act(), hearing, activity)
    both = OfficerDraft(supervisor.person.name, supervisor.born_on, "工程师")

    with pytest.raises(OfficerIsSupervisor):
        public_hearings.restate(world.act(), hearing, world.draft(officers=(*OFFICERS, both)))


def test_whoever_is_drawn_later_is_seen_at_the_opening(world: World) -> None:
    supervisor = world.make.supervisor(world.bureau)
    both = OfficerDraft(supervisor.person.name, supervisor.born_on, "工程师")
    hearing = world.noticed(officers=(*OFFICERS, both))
    activity = world.activity(ActivityState.STAFFED)
    public_hearings.link(world.act(), hearing, activity)
    world.make.invitation(activity, supervisor, state=InvitationState.ACCEPTED)

    with pytest.raises(OfficerIsSupervisor):
        public_hearings.open_(
            world.then(hearing), hearing, officers=[one.id for one in hearing.officers], parties=[]
        )


# --- who, and when ------------------------------------------------------------------------------

PREPARING: dict[str, Callable[[World, Any, Any], Any]] = {
    "restate": lambda world, act, one: public_hearings.restate(act, one, world.draft()),
    "give_notice": lambda _, act, one: public_hearings.give_notice(act, one),
    "cancel": lambda _, act, one: public_hearings.cancel(act, one, reason="不再需要。"),
}


@pytest.mark.parametrize("step", PREPARING)
def test_the_handler_and_case_management_prepare_it_and_nobody_else(
    world: World, step: str
) -> None:
    hearing = world.planned()
    for person in (world.second, world.head, world.town.chief, world.town.officer):
        with pytest.raises(NotAllowed):
            PREPARING[step](world, world.act(person), hearing)
    PREPARING[step](world, world.act(world.town.manager), hearing)


@pytest.mark.parametrize("step", PREPARING)
def test_what_is_over_is_not_prepared(world: World, step: str) -> None:
    hearing = world.concluded()
    with pytest.raises(WrongState):
        PREPARING[step](world, world.act(), hearing)


def test_a_cancelled_hearing_leaves_nobody_a_task(world: World) -> None:
    hearing = world.cancelled()

    assert hearing.cancelled_because == "期限将届满。"
    assert world.tasks(hearing, TaskKind.HOLD_PUBLIC_HEARING) == set()


def test_whoever_waited_for_another_change_reads_it_first(world: World) -> None:
    hearing = world.planned()
    world.session.flush()
    rows = table("public_hearings", column("id", Integer), column("version", Integer))
    changed = update(rows).where(rows.c.id == hearing.id).values(version=rows.c.version + 1)
    world.session.connection().execute(changed)
    with pytest.raises(Stale):
        public_hearings.cancel(world.act(), hearing, reason="不再需要。")


def test_who_may_read_a_hearing(world: World) -> None:
    hearing = world.planned()
    supervisor = world.make.supervisor(world.bureau)
    activity = world.activity(ActivityState.STAFFED)
    world.make.invitation(activity, supervisor, state=InvitationState.ACCEPTED)
    public_hearings.link(world.act(), hearing, activity)
    elsewhere = world.make.person(PostKind.CASE_MANAGER)
    world.session.flush()

    for person in (world.town.prosecutor, world.town.manager, world.town.chief, world.head):
        assert public_hearings.find(world.act(person), hearing.id) is hearing
    for person in (
        world.second,
        world.town.officer,
        supervisor.person,
        world.bureau.officer,
        elsewhere,
    ):
        with pytest.raises(NotFound):
            public_hearings.find(world.act(person), hearing.id)
