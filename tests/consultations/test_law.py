"""Who reads and who takes which step: the clauses told apart, and the law as SQL the same."""

from collections.abc import Callable

import pytest

from services import assignments, consultations
from services.assignments import RecusalGround
from services.consultations import Consultation, ConsultationKind, ConsultationState
from services.kernel.act import Actor
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import Permission, PostKind, allows
from tests.consultations.conftest import MATTER, World, steps

MAY = {
    "accept": {"manager", "head"},
    "decline": {"manager", "head"},
    "hand_over": {"manager", "head"},
    "restate_suspects": {"officer"},
    "speak": {"officer", "prosecutor", "head"},
    "opine": {"prosecutor"},
    "collect": {"officer"},
    "conclude": {"prosecutor"},
    "link": {"officer"},
}
"""Who takes each step; everybody else is told that it is never them."""


def everybody(world: World) -> dict[str, Person]:
    town, other = world.town, world.make.town()
    return {
        "officer": town.officer,
        "manager": town.manager,
        "head": world.head,
        "prosecutor": town.prosecutor,
        "second": world.second,
        "chief": town.chief,
        "clerk": world.make.person(PostKind.CLERK, town.procuratorate),
        "supervisor": world.make.person(PostKind.EXECUTION_SUPERVISOR, town.procuratorate),
        "administrator": world.make.person(PostKind.ADMINISTRATOR, town.procuratorate),
        "other officer": other.officer,
        "other manager": other.manager,
        "other prosecutor": other.prosecutor,
        "other chief": other.chief,
    }


def taken_by(world: World, person: Person) -> dict[str, Callable[[Consultation], object]]:
    """Every step, taken by that person whoever it is."""
    act = world.act(person)
    return {
        "accept": lambda one: consultations.accept(act, one, handler_id=world.town.prosecutor.id),
        "decline": lambda one: consultations.decline(act, one, reason="无须介入。"),
        "hand_over": lambda one: consultations.hand_over(act, one, handler_id=world.second.id),
        "restate_suspects": lambda one: consultations.restate_suspects(act, one, []),
        "speak": lambda one: consultations.speak(act, one, words="同意。"),
        "opine": lambda one: consultations.opine(act, one, words="补充。", evidence=[]),
        "collect": lambda one: consultations.collect(act, one, one.evidence[0].id, note=None),
        "conclude": lambda one: consultations.conclude(act, one, words="结束。"),
        "link": lambda one: consultations.link(act, one, world.request()),
    }


@pytest.mark.parametrize("step", sorted(MAY))
def test_each_step_is_taken_by_whom_the_law_names_and_by_nobody_else(
    world: World, step: str
) -> None:
    assert set(steps(world)) == set(MAY)
    begins = step in {"accept", "decline"}
    state = ConsultationState.INVITED if begins else ConsultationState.ACCEPTED
    for name, person in everybody(world).items():
        one = world.in_state(state)
        take = taken_by(world, person)[step]
        if name in MAY[step]:
            take(one)
        else:
            with pytest.raises(NotAllowed):
                take(one)


def test_only_the_organ_invites_and_only_those_who_lead_offer(world: World) -> None:
    organ = consultations.organ_of(world.act(world.town.officer))
    for name, person in everybody(world).items():
        act = world.act(person)
        if name == "officer":
            consultations.invite(act, organ, MATTER, kind=ConsultationKind.PRE_ARREST)
        else:
            with pytest.raises(NotAllowed):
                consultations.invite(act, organ, MATTER, kind=ConsultationKind.PRE_ARREST)
        if name in {"manager", "head", "chief"}:
            consultations.offer(act, world.town.police, MATTER)
        else:
            with pytest.raises(NotAllowed):
                consultations.offer(act, world.town.police, MATTER)


def test_what_is_visible_is_what_the_law_lets_one_read(world: World) -> None:
    """Of the organ, of the office, named in it, and handling what it is about or what followed."""
    town, other = world.town, world.make.town()
    officer = world.act(town.officer)
    case = world.make.case(town)
    case.handler_id = world.second.id
    world.session.flush()
    followed = world.invited()
    consultations.link(officer, followed, case.request)  # type: ignore[arg-type]
    about = consultations.invite(
        officer,
        consultations.organ_of(officer),
        MATTER,
        kind=ConsultationKind.SUPPLEMENT_GUIDANCE,
        case=case,
    )
    ones = [world.in_state(state) for state in ConsultationState] + [followed, about]
    world.session.flush()
    world.session.expire_all()
    actors = [
        Actor(person_id, frozenset({(post.value, office.id)}))
        for person_id in (town.prosecutor.id, world.second.id, 0)
        for post in PostKind
        for office in (town.procuratorate, town.police, other.procuratorate, other.police)
    ]
    sizes = set()
    for actor in [*actors, Actor(0, frozenset())]:
        act = world.make.act(actor)
        seen = {one.id for one in world.session.scalars(consultations.visible(act))}
        lawful = {one.id for one in ones if allows(actor, Permission.CONSULTATION_READ, one)}
        assert seen == lawful, actor
        sizes.add(len(seen))
        for one in ones:
            if one.id not in lawful:
                with pytest.raises(NotFound):
                    consultations.find(act, one.id)
    assert sizes == {0, 2, 3, 7}, "the clauses are told apart"


def test_the_prosecutor_before_loses_sight_at_once(world: World) -> None:
    one = world.accepted()
    before = world.act(world.town.prosecutor)
    assert consultations.find(before, one.id) is one
    consultations.hand_over(world.act(world.head), one, handler_id=world.second.id)
    world.session.flush()
    with pytest.raises(NotFound):
        consultations.find(before, one.id)


def test_who_is_recused_from_what_followed_loses_sight_at_once(world: World) -> None:
    """CPL 29: the matter is the same, whoever spoke of it before."""
    one = world.opined()
    case = world.make.case(world.town)
    consultations.link(world.act(world.town.officer), one, case.request)  # type: ignore[arg-type]
    recused = world.act(world.town.prosecutor)
    assert consultations.find(recused, one.id) is one
    assignments.recuse(
        world.act(world.town.chief),
        case,
        person_id=world.town.prosecutor.id,
        ground=RecusalGround.INTEREST,
    )
    world.session.flush()
    world.session.expire_all()

    with pytest.raises(NotFound):
        consultations.find(recused, one.id)
    assert not allows(recused.actor, Permission.CONSULTATION_READ, one)
    assert consultations.allowed(recused, one) == []
    assert consultations.find(world.act(world.town.manager), one.id) is one
