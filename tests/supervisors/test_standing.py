"""What becomes of a supervisor's service, and who reads and changes the entry."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from services import supervisors
from services.kernel.act import SHANGHAI, Actor, JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Leave, Post, actor_of
from services.policy import MACHINE, Permission, PostKind, allows
from services.supervisors import (
    Availability,
    CompositionRemark,
    DaysAway,
    EndedBecause,
    Expertise,
    Occupation,
    OutBecause,
    RemovalGround,
    Supervisor,
    SupervisorState,
)
from services.supervisors.composition import remarks_on
from services.supervisors.entries import NoSuchDaysAway, NotOurActivity, StillToCome
from tests.supervisors.conftest import NOTICE_ON, Pool, days

TODAY = date(2026, 3, 2)
MORNING = datetime(2026, 3, 11, 9, tzinfo=SHANGHAI)
"""A Wednesday."""
NOON = MORNING + timedelta(hours=3)


def posts(pool: Pool, entry: Supervisor, on: date) -> frozenset[tuple[str, int]]:
    pool.make.session.flush()
    return actor_of(pool.make.session, entry.person_id, on).posts


def test_whoever_is_suspended_is_not_drawn_and_is_again_afterwards(pool: Pool) -> None:
    entry, organ = pool.appointed(), pool.bureau.office.id
    act = pool.on(TODAY)

    supervisors.suspend(act, entry, reason="核查有关反映。")
    assert entry not in supervisors.pool(act, organ, on=TODAY)
    assert entry in supervisors.registered(act, organ)
    assert supervisors.reasons_out(act, entry, starts_at=MORNING, ends_at=NOON) == [
        OutBecause.SUSPENDED
    ]
    with pytest.raises(WrongState):
        supervisors.suspend(act, entry, reason="再次。")
    supervisors.reinstate(act, entry)
    assert entry in supervisors.pool(act, organ, on=TODAY)
    assert supervisors.reasons_out(act, entry, starts_at=MORNING, ends_at=NOON) == []
    with pytest.raises(WrongState):
        supervisors.reinstate(act, entry)
    assert [step.step for step in entry.steps][-2:] == ["suspend", "reinstate"]


def test_a_removed_supervisor_holds_nothing_from_this_moment(pool: Pool) -> None:
    entry = pool.appointed()
    assert posts(pool, entry, TODAY)

    supervisors.remove(pool.on(TODAY), entry, ground=RemovalGround.OBSTRUCTED, reason="妨碍办案。")

    assert posts(pool, entry, TODAY) == frozenset()
    assert (entry.state, entry.ended_on) == (SupervisorState.REMOVED, TODAY)
    assert entry.steps[-1].ground == "obstructed"
    with pytest.raises(WrongState):
        supervisors.remove(pool.on(TODAY), entry, ground=RemovalGround.OTHER, reason="再次。")


def test_whoever_is_removed_on_the_first_day_never_held_the_post(pool: Pool) -> None:
    day = date(2026, 2, 11)
    entry = pool.appointed(day)

    supervisors.remove(pool.on(day), entry, ground=RemovalGround.UNFIT, reason="不符合条件。")

    held = select(Post).where(Post.person_id == entry.person_id)
    assert pool.make.session.scalars(held).all() == []


def test_a_service_ends_with_the_day(pool: Pool) -> None:
    entry = pool.appointed()

    supervisors.end(pool.on(TODAY), entry, because=EndedBecause.RESIGNED, reason="个人原因")

    assert posts(pool, entry, TODAY)
    assert posts(pool, entry, TODAY + days(1)) == frozenset()
    assert entry.ended_on == TODAY
    with pytest.raises(WrongState):
        supervisors.end(pool.on(TODAY), entry, because=EndedBecause.OTHER, reason=None)


def test_the_house_ends_a_term_the_day_after_its_last(pool: Pool) -> None:
    entry, suspended = pool.appointed(), pool.appointed()
    supervisors.suspend(pool.on(TODAY), suspended, reason="核查。")
    last = entry.term_until_on

    def swept(day: date) -> int:
        return supervisors.sweep(pool.make.act(MACHINE, pool.on(day).now), 10)

    assert swept(last) == 0
    assert swept(last + days(1)) == 2
    assert swept(last + days(1)) == 0
    assert (entry.state, entry.ended_on) == (SupervisorState.ENDED, last)
    assert suspended.state is SupervisorState.ENDED
    assert entry.steps[-1].taken_by is None
    told = select(JournalEntry).where(JournalEntry.kind == "SupervisorServiceEnded")
    assert {one.details["because"] for one in pool.make.session.scalars(told)} == {"term_over"}
    with pytest.raises(NotAllowed):
        supervisors.sweep(pool.on(last), 10)


def test_a_term_that_ends_before_the_activity_keeps_one_out_of_the_draw(pool: Pool) -> None:
    """The pool of that day has not got them; asked by name, the reason is told."""
    bureau, make = pool.bureau, pool.make
    act = pool.on(TODAY)
    until = make.supervisor(bureau, term_until_on=date(2026, 3, 10))
    on_the_day = make.supervisor(bureau, term_until_on=date(2026, 3, 11))
    from_then = make.supervisor(bureau, term_from_on=date(2026, 3, 12))

    assert supervisors.pool(act, bureau.office.id, on=date(2026, 3, 11)) == [on_the_day]
    found = supervisors.all_reasons_out(
        act, [until, on_the_day, from_then], starts_at=MORNING, ends_at=NOON
    )
    assert found == {
        until.id: [OutBecause.TERM_ENDS_BEFORE],
        on_the_day.id: [],
        from_then.id: [OutBecause.TERM_NOT_BEGUN],
    }


def test_every_reason_to_be_left_out_is_told(pool: Pool) -> None:
    make, bureau = pool.make, pool.bureau
    away = make.supervisor(bureau, weekdays=[2, 4])
    make.leave(away.person, date(2026, 3, 9), date(2026, 3, 11))
    closed = make.supervisor(bureau)
    closed.person.disabled_at = make.now
    gone = make.supervisor(bureau, state=SupervisorState.ENDED)
    make.session.flush()
    act = pool.on(TODAY)

    assert supervisors.reasons_out(act, away, starts_at=MORNING, ends_at=NOON) == [
        OutBecause.AWAY,
        OutBecause.WEEKDAY,
    ]
    thursday = MORNING + days(1)
    assert supervisors.reasons_out(act, away, starts_at=thursday, ends_at=NOON + days(1)) == []
    two_days = supervisors.reasons_out(act, away, starts_at=thursday, ends_at=NOON + days(2))
    assert two_days == [OutBecause.WEEKDAY]
    assert supervisors.reasons_out(act, closed, starts_at=MORNING, ends_at=NOON) == [
        OutBecause.ACCOUNT_CLOSED
    ]
    assert supervisors.reasons_out(act, gone, starts_at=MORNING, ends_at=NOON) == [
        OutBecause.NOT_SERVING
    ]
    assert supervisors.pool(act, bureau.office.id, on=TODAY) == [away]
    midnight = datetime(2026, 3, 13, tzinfo=SHANGHAI)
    assert supervisors.reasons_out(act, away, starts_at=thursday, ends_at=midnight) == []


def stated(away: list[DaysAway] | None = None) -> Availability:
    return Availability([5, 1, 5], away or [], remote_able=False, contact="0000-000")


def test_a_supervisor_says_alone_when_there_is_time(pool: Pool) -> None:
    entry = pool.appointed()
    pool.make.leave(entry.person, date(2026, 2, 1), date(2026, 2, 20))
    pool.make.leave(entry.person, date(2026, 4, 1), date(2026, 4, 2))
    act = pool.on(TODAY, entry.person)
    given = [DaysAway(TODAY, TODAY), DaysAway(date(2026, 5, 1), date(2026, 5, 7))]

    supervisors.state_availability(act, entry, stated([*given, given[0]]))

    assert (entry.weekdays, entry.remote_able, entry.contact) == ([1, 5], False, "0000-000")
    to_come = [(one.from_on, one.until_on) for one in supervisors.away(act, entry)]
    assert to_come == [(one.from_on, one.until_on) for one in given]
    past = select(Leave).where(Leave.person_id == entry.person_id, Leave.until_on < TODAY)
    assert len(pool.make.session.scalars(past).all()) == 1, "what was, stays"


@pytest.mark.parametrize(
    ("from_on", "until_on"),
    [
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 3, 9), date(2026, 3, 8)),
        (date(2027, 3, 1), date(2027, 3, 4)),
    ],
)
def test_days_away_are_to_come_and_in_order(pool: Pool, from_on: date, until_on: date) -> None:
    entry = pool.appointed()

    with pytest.raises(NoSuchDaysAway):
        supervisors.state_availability(
            pool.on(TODAY, entry.person), entry, stated([DaysAway(from_on, until_on)])
        )


def test_the_organ_changes_an_entry_until_the_service_is_over(pool: Pool) -> None:
    entry = pool.nominee(described=pool.described(expertise=[Expertise.CYBER, Expertise.FINANCE]))
    act = pool.on(NOTICE_ON)

    new = pool.described(region="白沙县", expertise=[Expertise.CYBER, Expertise.MINORS])
    supervisors.change(act, entry, new)

    assert entry.region == "白沙县"
    assert entry.expertise == {Expertise.CYBER, Expertise.MINORS}
    supervisors.reject(act, entry, reason="不予选任。")
    with pytest.raises(WrongState):
        supervisors.change(act, entry, new)
    with pytest.raises(WrongState):
        supervisors.state_availability(act, entry, stated())
    with pytest.raises(WrongState):
        supervisors.record_training(act, entry, held_on=NOTICE_ON, hours=2, topic="听证")
    with pytest.raises(WrongState):
        supervisors.record_allowance(act, entry, paid_on=NOTICE_ON, amount_fen=1, purpose="交通")


def test_trainings_and_allowances_are_recorded(pool: Pool) -> None:
    entry, make = pool.appointed(), pool.make
    act = pool.on(TODAY)
    ours = make.activity(pool.town, pool.bureau)
    town = make.town()
    theirs = make.activity(town, make.bureau(town))

    training = supervisors.record_training(act, entry, held_on=TODAY, hours=4, topic="听证规则")
    paid = supervisors.record_allowance(
        act, entry, paid_on=TODAY, amount_fen=20_000, purpose="交通补助", activity_id=ours.id
    )

    assert (training.hours, paid.amount_fen, paid.activity_id) == (4, 20_000, ours.id)
    for reader in (act, pool.on(TODAY, entry.person)):
        assert make.session.scalars(supervisors.trainings(reader, entry)).all() == [training]
        assert make.session.scalars(supervisors.allowances(reader, entry)).all() == [paid]
    manager = pool.on(TODAY, pool.town.manager)
    for read in (supervisors.trainings, supervisors.allowances):
        with pytest.raises(NotFound):
            read(manager, entry)
    with pytest.raises(NotOurActivity):
        supervisors.record_allowance(
            act, entry, paid_on=TODAY, amount_fen=1, purpose="交通", activity_id=theirs.id
        )
    tomorrow = TODAY + days(1)
    with pytest.raises(StillToCome):
        supervisors.record_training(act, entry, held_on=tomorrow, hours=4, topic="听证规则")
    with pytest.raises(StillToCome):
        supervisors.record_allowance(act, entry, paid_on=tomorrow, amount_fen=1, purpose="交通")


def test_only_the_organ_manages_and_only_oneself_says_when_there_is_time(pool: Pool) -> None:
    entry, other = pool.appointed(), pool.make.bureau(pool.make.town()).officer
    strangers = [pool.town.manager, pool.town.chief, pool.town.prosecutor, other]
    for person in [*strangers, entry.person]:
        act = pool.on(TODAY, person)
        with pytest.raises(NotAllowed):
            supervisors.suspend(act, entry, reason="核查")
        with pytest.raises(NotAllowed):
            supervisors.reinstate(act, entry)
        with pytest.raises(NotAllowed):
            supervisors.remove(act, entry, ground=RemovalGround.OTHER, reason="其他")
        with pytest.raises(NotAllowed):
            supervisors.end(act, entry, because=EndedBecause.OTHER, reason=None)
        with pytest.raises(NotAllowed):
            supervisors.change(act, entry, pool.described())
        with pytest.raises(NotAllowed):
            supervisors.record_training(act, entry, held_on=TODAY, hours=1, topic="听证")
        with pytest.raises(NotAllowed):
            supervisors.record_allowance(act, entry, paid_on=TODAY, amount_fen=1, purpose="交通")
    for person in strangers:
        with pytest.raises(NotAllowed):
            supervisors.state_availability(pool.on(TODAY, person), entry, stated())
    assert "remove" in supervisors.allowed(pool.on(TODAY), entry)
    assert supervisors.allowed(pool.on(TODAY, entry.person), entry) == ["state_availability"]
    assert supervisors.allowed(pool.on(TODAY, pool.town.manager), entry) == []


def test_what_is_visible_is_what_the_law_lets_one_read(pool: Pool) -> None:
    make = pool.make
    entries = [pool.appointed(), pool.appointed()]
    other = make.town()
    theirs = make.supervisor(make.bureau(other))
    offices = (pool.town.procuratorate, pool.bureau.office, other.procuratorate)
    actors = [
        Actor(person_id, frozenset({(post.value, office.id)}))
        for person_id in (entries[0].person_id, 0)
        for post in PostKind
        for office in offices
    ]
    sizes = set()
    for actor in actors:
        act = make.act(actor)
        seen = {one.id for one in make.session.scalars(supervisors.visible(act))}
        lawful = {
            one.id for one in (*entries, theirs) if allows(actor, Permission.SUPERVISOR_READ, one)
        }
        assert seen == lawful, actor
        sizes.add(len(seen))
    assert sizes == {0, 1, 2}
    with pytest.raises(NotFound):
        supervisors.find(pool.on(TODAY, pool.town.manager), theirs.id)


def test_the_organ_is_told_where_the_pool_is_not_as_it_should_be(pool: Pool) -> None:
    make, bureau = pool.make, pool.bureau
    for _ in range(3):
        make.supervisor(bureau, occupation=Occupation.CIVIL_SERVANT)
    make.supervisor(bureau, region="白沙县", occupation=Occupation.PUBLIC_INSTITUTION)
    make.supervisor(bureau, region="红石县", state=SupervisorState.SUSPENDED)
    act = pool.on(TODAY)

    found = supervisors.composition(act, pool.register)

    assert (found.serving, found.state_employees) == (4, 4)
    assert [(one.region, one.serving) for one in found.regions] == [
        ("白沙县", 1),
        ("红石县", 0),
        ("青澜区", 3),
    ]
    assert [(one.code, one.region) for one in found.remarks] == [
        (CompositionRemark.TOO_FEW_OF_REGION, "白沙县"),
        (CompositionRemark.TOO_FEW_OF_REGION, "红石县"),
        (CompositionRemark.STATE_EMPLOYEES_ABOVE_HALF, None),
    ]
    for person in (pool.town.manager, pool.town.chief):
        assert supervisors.composition(pool.on(TODAY, person), pool.register) == found
    for person in (pool.town.prosecutor, make.supervisor(bureau).person):
        with pytest.raises(NotAllowed):
            supervisors.composition(pool.on(TODAY, person), pool.register)


def test_half_of_the_state_is_not_more_than_half() -> None:
    assert remarks_on({"青澜区": 4}, 4, 2) == []
    assert remarks_on({}, 0, 0) == []
