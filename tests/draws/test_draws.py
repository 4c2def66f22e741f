"""The draw: published, witnessed, held, followed seat by seat."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from services import activities, draws, invitations, tasks
from services.activities import ActivityNeed, ActivityState
from services.draws import (
    Draw,
    DrawState,
    KeptOut,
    RecusalBecause,
    SeatChange,
    UnfilledBecause,
    verifier,
)
from services.draws.events import DrawPublished, PoolExhausted
from services.draws.operations import (
    AlreadyExcluded,
    BadNonce,
    DrawKnown,
    NotInThePool,
    WitnessAwaited,
)
from services.invitations import Invitation, InvitationState
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import Permission, PostKind, allows
from services.supervisors import Expertise, Supervisor, SupervisorState
from services.tasks import Task, TaskKind, TaskState
from tests.make import Bureau, Make, Town
from tests.phones import Phones


@dataclass(frozen=True)
class Place:
    """A town, its organ, and the supervisors there."""

    town: Town
    bureau: Bureau
    pool: tuple[Supervisor, ...]


@pytest.fixture
def place(make: Make) -> Place:
    town = make.town()
    bureau = make.bureau(town)
    return Place(town, bureau, tuple(make.supervisor(bureau) for _ in range(5)))


def _asked(make: Make, place: Place, **given: Any) -> activities.Activity:
    return make.activity(place.town, place.bureau, state=ActivityState.REQUESTED, **given)


def _published(make: Make, place: Place, **given: Any) -> Draw:
    draw = draws.publish(make.act(place.bureau.officer), _asked(make, place, **given))
    assert isinstance(draw, Draw)
    return draw


def _open_tasks(make: Make, kind: TaskKind) -> list[Task]:
    chosen = select(Task).where(Task.kind == kind, Task.state == TaskState.OPEN)
    return list(make.session.scalars(chosen))


def _told(make: Make, kind: type[Any]) -> list[JournalEntry]:
    chosen = select(JournalEntry).where(JournalEntry.kind == kind.__name__)
    return list(make.session.scalars(chosen))


def test_pool_weights_and_commitment_are_published_and_the_seed_is_not(
    make: Make, place: Place
) -> None:
    draw = _published(make, place)

    told = draws.publication(draw)
    assert told["seed"] is None
    assert draw.seed.hex() not in str(told)
    assert len(draw.seed) == 32
    assert told["commitment"] == verifier.commitment(told["pool_sha256"], draw.seed.hex())
    assert told["pool_sha256"] == verifier.digest(told["pool"])
    assert [one["number"] for one in told["pool"]["candidates"]] == [one.id for one in place.pool]
    assert draw.activity.state is ActivityState.DRAWING
    assert _told(make, DrawPublished)[0].details["commitment"] == draw.commitment
    assert [task.office_id for task in _open_tasks(make, TaskKind.WITNESS_DRAW)] == [
        place.town.procuratorate.id
    ]


def test_the_draw_can_be_run_again(make: Make, place: Place) -> None:
    draw = make.draw(place.town, place.bureau, _asked(make, place))

    told = draws.publication(draw)
    assert verifier.problems(told) == []
    assert told["witnessed"] is True
    assert len(told["invited"]) == 2
    asked = make.session.scalars(select(Invitation).order_by(Invitation.id)).all()
    assert sorted(one.supervisor_id for one in asked) == told["invited"]
    assert {one.state for one in asked} == {InvitationState.INVITED}


def test_only_the_organ_publishes_and_holds_and_only_case_management_witnesses(
    make: Make, place: Place
) -> None:
    town, officer = place.town, place.bureau.officer
    activity = _asked(make, place)
    other = make.bureau(make.town()).officer
    for person in (town.manager, town.prosecutor, place.pool[0].person, other):
        with pytest.raises(NotAllowed):
            draws.publish(make.act(person), activity)
        with pytest.raises(NotAllowed):
            draws.exclude(
                make.act(person),
                activity,
                supervisor_id=place.pool[0].id,
                because=RecusalBecause.INTEREST,
            )
    draw = draws.publish(make.act(officer), activity)
    assert isinstance(draw, Draw)
    for person in (officer, town.prosecutor, town.chief, place.pool[0].person):
        with pytest.raises(NotAllowed):
            draws.witness(make.act(person), draw)
    for person in (town.manager, town.prosecutor, place.pool[0].person, other):
        with pytest.raises(NotAllowed):
            invitations.hold(make.act(person), draw)


def test_it_is_published_once_and_only_when_it_was_asked_for(make: Make, place: Place) -> None:
    act = make.act(place.bureau.officer)
    planned = make.activity(place.town, place.bureau, requested_at=make.now)
    with pytest.raises(WrongState):
        draws.publish(act, planned)
    draw = _published(make, place)
    with pytest.raises(WrongState):
        draws.publish(act, draw.activity)
    draw.activity.state = ActivityState.REQUESTED
    make.session.flush()
    with pytest.raises(DrawKnown):
        draws.publish(act, draw.activity)


def test_a_nonce_is_hexadecimal_of_16_to_32_bytes(make: Make, place: Place) -> None:
    draw = _published(make, place)
    act = make.act(place.town.manager)

    for bad in ("", "ab" * 15, "ab" * 33, "AB" * 16, "xy" * 16, "ab " * 16):
        with pytest.raises(BadNonce):
            draws.witness(act, draw, nonce=bad)
    draws.witness(act, draw, nonce="ab" * 16)
    assert draw.witness_sha256 == verifier.witness(draw.commitment, "ab" * 16)
    assert _open_tasks(make, TaskKind.WITNESS_DRAW) == []
    with pytest.raises(WrongState):
        draws.witness(act, draw)


def test_without_a_witness_the_organ_waits_and_then_goes_on_on_the_record(
    make: Make, place: Place
) -> None:
    draw = _published(make, place)
    officer = place.bureau.officer

    with pytest.raises(WitnessAwaited):
        invitations.hold(make.act(officer, make.now + timedelta(minutes=59)), draw)
    invitations.hold(make.act(officer, make.now + timedelta(minutes=60)), draw)

    told = draws.publication(draw)
    assert told["witnessed"] is False
    assert told["nonce"] == ""
    assert verifier.problems(told) == []
    assert _open_tasks(make, TaskKind.WITNESS_DRAW) == []
    with pytest.raises(WrongState):
        draws.witness(make.act(place.town.manager), draw)
    with pytest.raises(WrongState):
        invitations.hold(make.act(officer), draw)


def test_nothing_is_drawn_for_an_activity_that_was_called_off(make: Make, place: Place) -> None:
    draw = _published(make, place)
    activities.cancel(make.act(place.town.manager), draw.activity, reason="被告人撤回申请")

    assert _open_tasks(make, TaskKind.WITNESS_DRAW) == []
    with pytest.raises(WrongState):
        invitations.hold(make.act(place.bureau.officer, make.now + timedelta(hours=2)), draw)


def test_whoever_is_kept_out_has_a_reason_and_is_never_drawn(make: Make, place: Place) -> None:
    activity = _asked(make, place, wanted=2)
    act = make.act(place.bureau.officer)
    away, related, over, *_ = place.pool
    make.leave(away.person, activity.starts_on, activity.starts_on)
    over.term_until_on = activity.starts_on - timedelta(days=1)
    draws.exclude(act, activity, supervisor_id=related.id, because=RecusalBecause.NEAR_RELATIVE)

    draw = make.draw(place.town, place.bureau, activity)

    reasons = {one.supervisor_id: one.excluded for one in draw.candidates if one.excluded}
    assert reasons == {
        away.id: ["away"],
        related.id: [KeptOut.RECUSED],
        over.id: ["term_ends_before"],
    }
    assert draws.publication(draw)["invited"] == [one.id for one in place.pool[3:]]
    assert [one.supervisor_id for one in draws.exclusions_of(act, activity)] == [related.id]


def test_an_exclusion_names_somebody_of_the_register_once_and_before_the_draw(
    make: Make, place: Place
) -> None:
    activity = _asked(make, place)
    act = make.act(place.bureau.officer)
    stranger = make.supervisor(make.bureau(make.town()))
    ground = RecusalBecause.INTEREST

    for number in (stranger.id, 0):
        with pytest.raises(NotInThePool):
            draws.exclude(act, activity, supervisor_id=number, because=ground)
    draws.exclude(act, activity, supervisor_id=place.pool[0].id, because=ground)
    with pytest.raises(AlreadyExcluded):
        draws.exclude(act, activity, supervisor_id=place.pool[0].id, because=ground)
    draws.publish(act, activity)
    with pytest.raises(WrongState):
        draws.exclude(act, activity, supervisor_id=place.pool[1].id, because=ground)


def test_whoever_served_often_in_this_term_has_a_small_weight(make: Make, place: Place) -> None:
    often, once, before, *_ = place.pool
    earlier = [make.activity(place.town, place.bureau) for _ in range(3)]
    for activity in earlier:
        make.invitation(activity, often, state=InvitationState.ATTENDED)
    make.invitation(earlier[0], once, state=InvitationState.ABSENT)
    make.invitation(earlier[1], once, state=InvitationState.DECLINED, decline_reason="生病")
    before.term_from_on = make.now.date()
    make.invitation(
        earlier[0],
        before,
        state=InvitationState.ATTENDED,
        invited_at=make.now - timedelta(days=2),
    )

    draw = _published(make, place)

    weights = {one.supervisor_id: (one.served, one.weight) for one in draw.candidates}
    assert weights[often.id] == (3, 1)
    assert weights[once.id] == (1, 9)
    assert weights[before.id] == (0, 16)


def test_each_knowledge_is_a_stratum_and_the_rest_comes_from_the_whole_pool(
    make: Make, place: Place
) -> None:
    doctors = [make.supervisor(place.bureau, Expertise.MEDICINE) for _ in range(3)]
    both = make.supervisor(place.bureau, Expertise.FINANCE, Expertise.MEDICINE)
    needs = [
        ActivityNeed(expertise=Expertise.MEDICINE, number=2),
        ActivityNeed(expertise=Expertise.FINANCE, number=1),
    ]

    draw = make.draw(place.town, place.bureau, _asked(make, place, wanted=5, needs=needs))

    assert [(one["name"], one["seats"]) for one in draw.strata] == [
        ("finance", 1),
        ("medicine", 2),
        ("all", 2),
    ]
    drawn = [one for one in draw.changes if one.kind is SeatChange.DRAWN]
    assert len({one.candidate_id for one in drawn}) == 5
    assert drawn[0].candidate_id == both.id
    assert {one.candidate_id for one in drawn[1:3]} < {one.id for one in doctors}
    assert verifier.problems(draws.publication(draw)) == []


def test_where_every_seat_asks_for_knowledge_the_others_are_kept_out(
    make: Make, place: Place
) -> None:
    expert = make.supervisor(place.bureau, Expertise.CYBER)
    needs = [ActivityNeed(expertise=Expertise.CYBER, number=1)]

    draw = _published(make, place, wanted=1, needs=needs)

    free = [one.supervisor_id for one in draw.candidates if not one.excluded]
    assert free == [expert.id]
    assert draw.candidates[0].excluded == [KeptOut.EXPERTISE]


@pytest.mark.parametrize(
    ("wanted", "needs", "short"),
    [
        (6, [], ("all", 6, 5)),
        (2, [(Expertise.FINANCE, 1)], ("finance", 1, 0)),
    ],
)
def test_a_pool_that_is_too_small_is_refused_with_numbers_and_told(
    make: Make, place: Place, wanted: int, needs: list[Any], short: tuple[str, int, int]
) -> None:
    asked = [ActivityNeed(expertise=code, number=number) for code, number in needs]
    activity = _asked(make, place, wanted=wanted, needs=asked)
    act = make.act(place.bureau.officer)

    draws.publish(act, activity)
    outcome = draws.publish(act, activity)

    assert isinstance(outcome, draws.TooSmall)
    said = outcome.refusal.members
    assert (said["stratum"], said["wanted"], said["eligible"]) == short
    assert said["article"] == "PSUP-2021 20"
    assert activity.state is ActivityState.REQUESTED
    assert len(_told(make, PoolExhausted)) == 2
    assert len(_open_tasks(make, TaskKind.SETTLE_SHORTAGE)) == 1


def test_two_seats_for_one_person_are_one_too_many(make: Make, place: Place) -> None:
    make.supervisor(place.bureau, Expertise.FINANCE, Expertise.MEDICINE)
    needs = [
        ActivityNeed(expertise=Expertise.MEDICINE, number=1),
        ActivityNeed(expertise=Expertise.FINANCE, number=1),
    ]

    outcome = draws.publish(
        make.act(place.bureau.officer), _asked(make, place, wanted=2, needs=needs)
    )

    assert isinstance(outcome, draws.TooSmall)
    assert outcome.refusal.members["eligible"] == 1


def test_after_the_shortage_is_over_it_is_published(make: Make, place: Place) -> None:
    activity = _asked(make, place, wanted=6)
    draws.publish(make.act(place.bureau.officer), activity)
    make.supervisor(place.bureau)

    draw = draws.publish(make.act(place.bureau.officer), activity)

    assert isinstance(draw, Draw)
    assert _open_tasks(make, TaskKind.SETTLE_SHORTAGE) == []


def test_whoever_is_suspended_after_the_commitment_is_passed_over_on_the_record(
    make: Make, place: Place
) -> None:
    draw = _published(make, place, wanted=4)
    draws.witness(make.act(place.town.manager), draw)
    first = verifier.orders(draws.publication(draw)["pool"], draw.seed, draw.nonce or "")["all"][0]
    make.session.get_one(Supervisor, first).state = SupervisorState.SUSPENDED
    make.session.flush()

    invitations.hold(make.act(place.bureau.officer), draw)

    assert next((one.kind, one.candidate_id, one.because) for one in draw.changes) == (
        SeatChange.BARRED,
        first,
        "suspended",
    )
    assert first not in draws.publication(draw)["invited"]
    assert (draw.orders or {})["all"][0] == first
    assert verifier.problems(draws.publication(draw)) == []


def test_a_draw_after_the_activity_should_have_begun_fills_no_seat(
    make: Make, place: Place
) -> None:
    draw = _published(make, place)

    invitations.hold(make.act(place.bureau.officer, draw.activity.starts_at), draw)

    assert {one.because for one in draw.changes} == {UnfilledBecause.NO_TIME}
    assert draws.is_short(draw)
    assert len(_open_tasks(make, TaskKind.SETTLE_SHORTAGE)) == 1
    assert verifier.problems(draws.publication(draw)) == []


def test_the_list_of_draws_is_equal_to_the_clause(make: Make, place: Place) -> None:
    town, bureau = place.town, place.bureau
    case = make.handled(town, make.suspect())
    of_case, of_nothing = _asked(make, place, case_id=case.id), _asked(make, place)
    found = [draws.publish(make.act(bureau.officer), one) for one in (of_case, of_nothing)]
    later, elsewhere = make.supervisor(bureau), make.town()
    people = [
        town.manager,
        town.prosecutor,
        town.chief,
        town.officer,
        make.person(PostKind.PROSECUTOR, town.procuratorate),
        make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate),
        elsewhere.manager,
        bureau.officer,
        make.bureau(elsewhere).officer,
        place.pool[0].person,
        later.person,
    ]
    seen = set[tuple[int, int]]()
    for person in people:
        act = make.act(person)
        listed = set(make.session.scalars(draws.visible(act)))
        for draw in found:
            assert isinstance(draw, Draw)
            readable = allows(act.actor, Permission.DRAW_READ, draw)
            assert readable == (draw in listed), person.id
            seen |= {(person.id, draw.id)} if readable else set()
    assert {one for one, _ in seen} == {
        town.manager.id,
        town.prosecutor.id,
        town.chief.id,
        bureau.officer.id,
        place.pool[0].person_id,
    }
    draw = found[0]
    assert isinstance(draw, Draw)
    with pytest.raises(NotFound):
        draws.find(make.act(later.person), draw.id)
    assert draws.find(make.act(bureau.officer), draw.id) is draw


def test_a_draw_knows_where_it_stands(make: Make, place: Place) -> None:
    draw = _published(make, place)

    assert draws.FLOW.open_from(draw.state) == ["witness", "hold"]
    assert tasks.open_about(make.act(place.town.manager), TaskKind.WITNESS_DRAW, draw)
    assert draws.held_for(make.act(place.town.manager), draw.activity) is None
    assert draw.state is DrawState.PUBLISHED


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE draws SET seed = decode(repeat('00', 32), 'hex')",
        "UPDATE draws SET commitment = 'x'",
        "UPDATE draws SET nonce = repeat('0', 64)",
        "UPDATE draws SET orders = '{}'",
        "UPDATE draws SET state = 'published', held_at = NULL, held_by = NULL",
        "DELETE FROM draws",
        "UPDATE draw_candidates SET weight = 100",
        "DELETE FROM draw_exclusions",
        "UPDATE draw_changes SET candidate_id = NULL",
        "TRUNCATE draw_changes",
    ],
)
def test_the_database_keeps_what_was_drawn(make: Make, place: Place, change: str) -> None:
    make.draw(place.town, place.bureau, _asked(make, place))

    with pytest.raises(DBAPIError, match=r"never changed|permission denied"):
        make.session.execute(text(change))


def test_a_nonce_once_given_is_not_replaced(make: Make, place: Place) -> None:
    draw = draws.witness(make.act(place.town.manager), _published(make, place))
    make.session.flush()

    with pytest.raises(DBAPIError, match="witnessed"):
        make.session.execute(text("UPDATE draws SET nonce = :other"), {"other": "0" * 64})
    assert draw.state is DrawState.WITNESSED


def test_the_seed_is_told_nowhere_before_the_draw_is_held(
    make: Make, place: Place, phones: Phones
) -> None:
    draw = _published(make, place)
    seed = draw.seed.hex()
    activity, path = f"/activities/{draw.activity_id}", f"/draws/{draw.id}"
    bodies = [json.dumps(one.details) for one in make.session.scalars(select(JournalEntry))]
    for person in (place.town.manager, place.bureau.officer, place.pool[0].person):
        phone = phones.of(person)
        asked = (activity, f"{activity}/draw", path, f"{path}/publication", "/tasks", "/inbox")
        bodies += [phone.get(one).text for one in asked]
        bodies.append(phone.send("PUT", f"{path}/outcome", {}, draw.version).text)
        bodies.append(phone.send("PUT", f"{path}/witness", {"nonce": "g"}, draw.version).text)

    assert draw.state is DrawState.PUBLISHED
    assert not [body for body in bodies if seed in body or seed[:16] in body]
    assert seed not in repr(draw)


def test_whoever_calls_off_and_draws_again_shows_it(make: Make, place: Place) -> None:
    case, other = make.handled(place.town), make.handled(place.town)
    manager, session = make.act(place.town.manager), make.session
    first = make.draw(place.town, place.bureau, _asked(make, place, case_id=case.id))
    activities.cancel(manager, first.activity, reason="改期另定。")
    unseen = _published(make, place, case_id=case.id)
    activities.cancel(manager, unseen.activity, reason="改期另定。")
    elsewhere = _published(make, place, case_id=other.id)
    again = _published(make, place, case_id=case.id)

    found = draws.called_off_before(session, again)

    assert [(one.id, one.held_at is None) for one in found] == [
        (first.id, False),
        (unseen.id, True),
    ]
    assert draws.called_off_before(session, elsewhere) == []
    assert draws.called_off_before(session, first) == []


def test_work_about_no_case_that_is_planned_anew_is_the_same_again(
    make: Make, place: Place
) -> None:
    kinds = {"kind": activities.ActivityKind.BRIEFING}
    first = _published(make, place, **kinds)
    activities.cancel(make.act(place.town.manager), first.activity, reason="改期另定。")
    soon = first.activity.starts_at + timedelta(days=20)
    later = first.activity.starts_at + timedelta(days=40)

    near = _published(make, place, **kinds, starts_at=soon, ends_at=soon + timedelta(hours=1))
    far = _published(make, place, **kinds, starts_at=later, ends_at=later + timedelta(hours=1))

    assert [one.id for one in draws.called_off_before(make.session, near)] == [first.id]
    assert draws.called_off_before(make.session, far) == []
