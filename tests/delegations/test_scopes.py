"""A delegation reaches the matters it names, marks what was done by it, and ends with a post."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services import assignments, cases, delegations, policy
from services.assignments.operations import NotAnApprover
from services.delegations import (
    Chair,
    Delegation,
    NotAbleToAct,
    NothingDelegated,
    ReservedForTheChief,
    SubstitutionOrder,
)
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Leave, Person, Post
from services.policy import (
    LOOKING,
    MACHINE,
    MATTERS,
    MATTERS_ZH,
    OWN,
    POLICY,
    RESERVED,
    Matter,
    Permission,
    PostKind,
    allows,
)
from tests.make import LENT, Make, Town

CHIEFS = {
    "chief_procurator",
    "any_chief",
    "approver",
    "leads_the_office",
    "of_the_superior",
    "leads_its_pool",
    "leads_them",
}


def lent(make: Make, town: Town, to: Person, *matters: Matter, days: int = 7) -> Delegation:
    act = make.act(town.chief)
    return delegations.give(
        act,
        Chair(town.procuratorate.id),
        to_id=to.id,
        from_on=act.today,
        until_on=act.today + timedelta(days=days),
        matters=matters,
        reason="检察长外出学习。",
    )


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


@pytest.fixture
def deputy(make: Make, town: Town) -> Person:
    return make.person(PostKind.PROSECUTOR, town.procuratorate)


def test_every_power_of_a_chief_belongs_to_one_matter() -> None:
    chiefs = {
        permission
        for permission, clauses in POLICY.items()
        if {rule.__name__ for clause in clauses for rule in clause} & CHIEFS
    }
    named = [permission for matter in Matter for permission in MATTERS[matter]]

    assert chiefs - LOOKING == set(named), "each is lent by a matter, reserved, or only looks"
    assert len(named) == len(set(named))
    assert set(MATTERS) == set(MATTERS_ZH) == set(Matter)
    assert set(RESERVED) < set(Matter)


def test_what_only_looks_changes_nothing() -> None:
    for permission in LOOKING - policy.READING:
        assert permission.value.split(":")[1] in {"read", "print", "compare", "detect"}


def test_it_reaches_the_matters_it_names_and_reading_follows_from_any(
    make: Make, town: Town, deputy: Person
) -> None:
    case = make.handled(town)
    lent(make, town, deputy, Matter.STAFFING)
    actor = make.act(deputy).actor

    assert allows(actor, Permission.CASE_RECUSE, case)
    assert allows(actor, Permission.CASE_READ, case)
    assert cases.find(make.act(deputy), case.id) is case
    assert not allows(actor, Permission.ARREST_REVIEW_DECIDE, case)
    assert not allows(actor, Permission.CASE_OVERSEE, case)
    with pytest.raises(NotAllowed):
        delegations.order(
            make.act(deputy), Chair(town.procuratorate.id), substitutes=[1], matters=LENT
        )


def test_a_power_of_ones_own_needs_no_delegation(make: Make, town: Town, deputy: Person) -> None:
    case = make.case(town)
    make.post(deputy, PostKind.CASE_MANAGER, town.procuratorate)
    given = lent(make, town, deputy, Matter.STAFFING)
    actor = make.act(deputy).actor

    assert policy.power(actor, Permission.CASE_DESIGNATE, case) == OWN
    assert policy.power(actor, Permission.CASE_RECUSE, case) == given.id


def test_what_keeps_a_person_away_is_not_shed_with_the_lent_post(
    make: Make, town: Town, deputy: Person
) -> None:
    make.post(deputy, PostKind.INSPECTOR, town.procuratorate)
    thing = type("Thing", (), {"procuratorate_id": town.procuratorate.id, "recorded_by": 0})()
    assert allows(make.act(deputy).actor, Permission.INQUIRY_REVIEW, thing)

    lent(make, town, deputy, Matter.OVERSIGHT)

    assert not allows(make.act(deputy).actor, Permission.INQUIRY_REVIEW, thing)


def test_some_matters_stay_with_the_chief_and_none_is_not_a_delegation(
    make: Make, town: Town, deputy: Person
) -> None:
    for matter, (article, _) in RESERVED.items():
        with pytest.raises(ReservedForTheChief) as refused:
            lent(make, town, deputy, Matter.ARREST, matter)
        assert refused.value.members["article"] == article
    with pytest.raises(NothingDelegated):
        lent(make, town, deputy)


def test_what_is_done_by_it_says_so_in_the_journal_and_in_the_record(
    make: Make, town: Town, deputy: Person
) -> None:
    case = make.handled(town)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    given = lent(make, town, deputy, Matter.STAFFING)

    by_deputy = assignments.change_handler(
        make.act(deputy), case, handler_id=other.id, reason="测试更换。", approver_id=deputy.id
    )
    by_chief = assignments.change_handler(
        make.act(town.chief),
        case,
        handler_id=town.prosecutor.id,
        reason="测试更换。",
        approver_id=town.chief.id,
    )

    entries = make.session.scalars(
        select(JournalEntry.delegation_id)
        .where(JournalEntry.kind == "HandlerChanged")
        .order_by(JournalEntry.id)
    ).all()
    assert entries == [given.id, None]
    assert by_deputy.by_delegation is given
    assert by_chief.by_delegation is None


def test_only_who_is_lent_the_staffing_approves_a_designation(
    make: Make, town: Town, deputy: Person
) -> None:
    case = make.case(town)
    lent(make, town, deputy, Matter.ARREST)

    with pytest.raises(NotAnApprover):
        assignments.designate(
            make.act(town.manager),
            case,
            handler_id=town.prosecutor.id,
            reason="测试指定。",
            approver_id=deputy.id,
        )


@pytest.mark.parametrize("ends", ["chief", "deputy"])
def test_it_ends_with_the_post_of_either(make: Make, town: Town, deputy: Person, ends: str) -> None:
    case = make.handled(town)
    lent(make, town, deputy, Matter.STAFFING)
    whose = town.chief if ends == "chief" else deputy
    kind = PostKind.CHIEF_PROCURATOR if ends == "chief" else PostKind.PROSECUTOR
    post = make.session.scalars(
        select(Post).where(Post.person_id == whose.id, Post.kind == kind)
    ).one()
    post.until_on = make.act(deputy).today - timedelta(days=1)
    make.session.flush()

    actor = make.act(deputy).actor

    assert not allows(actor, Permission.CASE_RECUSE, case)
    assert not allows(actor, Permission.CASE_READ, case)


# --- substitution ----------------------------------------------------------------------------


def ordered(make: Make, town: Town, *people: Person) -> SubstitutionOrder:
    return delegations.order(
        make.act(town.chief),
        Chair(town.procuratorate.id),
        substitutes=[one.id for one in people],
        matters=[Matter.ARREST, Matter.STAFFING],
    )


def looked(make: Make, town: Town, days: int = 0) -> int | None:
    """Who stands in once the worker has looked, some days from now."""
    act = make.act(MACHINE, make.now + timedelta(days=days))
    if town.procuratorate.id not in delegations.orders(act):
        return None
    standing = delegations.carry_out(act, Chair(town.procuratorate.id))
    return standing.to_id if standing else None


def away(make: Make, person: Person, start: int, until: int) -> None:
    today: date = make.act(person).today
    make.leave(person, today + timedelta(days=start), today + timedelta(days=until))


def test_the_first_who_is_there_stands_in_while_the_chief_is_away(
    make: Make, town: Town, deputy: Person
) -> None:
    second = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    case = make.handled(town)
    ordered(make, town, deputy, second)
    away(make, town.chief, 1, 5)
    away(make, deputy, 3, 9)

    assert looked(make, town) is None
    assert looked(make, town, 1) == deputy.id
    assert looked(make, town, 2) == deputy.id, "once is enough"
    assert allows(
        make.act(deputy, make.now + timedelta(days=2)).actor, Permission.CASE_RECUSE, case
    )
    assert looked(make, town, 3) == second.id, "the first is away too"
    assert looked(make, town, 6) is None
    assert not allows(
        make.act(second, make.now + timedelta(days=6)).actor, Permission.CASE_RECUSE, case
    )


def test_who_is_to_be_an_officer_of_the_three_acts_for_no_chief_until_then(
    make: Make, town: Town, deputy: Person
) -> None:
    second = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    ordered(make, town, deputy, second)
    tomorrow = make.act(deputy).today + timedelta(days=1)
    deputy.posts[0].until_on = tomorrow
    make.session.flush()
    make.post(deputy, PostKind.AUDITOR, town.procuratorate, from_on=tomorrow + timedelta(days=1))
    away(make, town.chief, 0, 5)

    with pytest.raises(NotAbleToAct):
        lent(make, town, deputy, Matter.ARREST)
    assert looked(make, town) == second.id
    lent(make, town, deputy, Matter.ARREST, days=1)


def test_a_chief_who_is_back_early_ends_it(make: Make, town: Town, deputy: Person) -> None:
    ordered(make, town, deputy)
    away(make, town.chief, 0, 5)
    assert looked(make, town) == deputy.id
    leave = make.session.scalars(select(Leave)).one()
    make.session.delete(leave)
    make.session.flush()

    assert looked(make, town) is None
    ended = make.session.scalars(select(Delegation)).one()
    assert ended.by_order
    assert ended.ended_at is not None


def test_an_order_names_somebody_able_and_only_what_can_be_lent(
    make: Make, town: Town, deputy: Person
) -> None:
    for nobody in ((), (town.chief,), (deputy, town.manager)):
        with pytest.raises(NotAbleToAct):
            ordered(make, town, *nobody)
    chair = Chair(town.procuratorate.id)
    with pytest.raises(ReservedForTheChief):
        delegations.order(
            make.act(town.chief), chair, substitutes=[deputy.id], matters=[Matter.COMMITTEE]
        )
    with pytest.raises(NothingDelegated):
        delegations.order(make.act(town.chief), chair, substitutes=[deputy.id], matters=[])
    with pytest.raises(NotAllowed):
        delegations.order(
            make.act(town.manager), chair, substitutes=[deputy.id], matters=[Matter.ARREST]
        )


def test_only_the_office_reads_the_order(make: Make, town: Town, deputy: Person) -> None:
    ordered(make, town, deputy)
    ordered(make, town, deputy, make.person(PostKind.PROSECUTOR, town.procuratorate))

    assert len(delegations.order_of(make.act(deputy), town.procuratorate.id).substitutes) == 2
    with pytest.raises(NotFound):
        delegations.order_of(make.act(town.officer), town.procuratorate.id)


def test_only_the_house_carries_an_order_out(make: Make, town: Town, deputy: Person) -> None:
    ordered(make, town, deputy)
    with pytest.raises(NotAllowed):
        delegations.carry_out(make.act(town.chief), Chair(town.procuratorate.id))


def test_a_delegation_ends_with_the_post_of_who_gave_or_took_it(
    make: Make, town: Town, deputy: Person
) -> None:
    taken = lent(make, town, deputy, Matter.STAFFING)
    house = make.act(MACHINE)
    assert not delegations.lapsing(house, 9)

    (post,) = [one for one in _posts(make, deputy) if one.kind is PostKind.PROSECUTOR]
    post.until_on = house.today - timedelta(days=1)
    make.session.flush()
    assert list(delegations.lapsing(house, 9)) == [taken]
    with pytest.raises(NotAllowed):
        delegations.lapse(make.act(town.chief), taken)
    delegations.lapse(house, taken)

    assert (taken.ended_at, taken.ended_by, taken.post_id) == (house.now, None, None)
    assert not delegations.lapsing(house, 9)


def test_a_delegation_ends_with_the_post_of_the_chief(
    make: Make, town: Town, deputy: Person
) -> None:
    given = lent(make, town, deputy, Matter.STAFFING)
    house = make.act(MACHINE)
    (post,) = _posts(make, town.chief)
    post.until_on = house.today - timedelta(days=1)
    make.session.flush()

    assert list(delegations.lapsing(house, 9)) == [given]


def _posts(make: Make, person: Person) -> list[Post]:
    return list(make.session.scalars(select(Post).where(Post.person_id == person.id)))
