"""Every step of every table from every state: what the table does not open is refused with 409."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy.orm import Session

from api.problems import status_of
from services import arrest_reviews, assignments, prosecutions
from services.arrest_reviews import ArrestReview, ReviewState
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import Refusal
from services.offices import OfficeKind
from services.people import Person
from services.policy import Permission, PostKind
from services.proceedings import TABLES, take
from services.proceedings.table import Step
from services.prosecutions import Prosecution, ProsecutionState
from tests.make import Make, Town

PAIRS = [(ArrestReview, state) for state in ReviewState] + [
    (Prosecution, state) for state in ProsecutionState
]
WHO: dict[Permission, Callable[[Town], Person]] = {
    Permission.PROCEEDING_HANDLE: lambda town: town.prosecutor,
    Permission.PROCEEDING_ANSWER: lambda town: town.officer,
    Permission.PROCEEDING_MANAGE: lambda town: town.manager,
    Permission.PROCEEDING_NAME_REVIEWER: lambda town: town.chief,
}


def matter(make: Make, town: Town, kind: type[Any], state: StrEnum) -> Any:
    """A suspect's matter that has come to that state."""
    if kind is Prosecution:
        found: Any = make.prosecution(town)
    else:
        case = make.case(town)
        assignments.designate(
            make.act(town.manager),
            case,
            handler_id=town.prosecutor.id,
            reason="测试指定。",
            approver_id=town.chief.id,
        )
        (found,) = arrest_reviews.of_case(make.act(town.manager), case)
    found.state = state
    make.session.flush()
    return found


def answered(act: Act, found: Any, step: Step[Any]) -> Refusal | None:
    """The refusal, if there is one, of a step with nothing said; whatever it did is undone.

    Where the table does not open it there is nothing to undo, or the test has failed.
    """
    undo = act.session.begin_nested() if found.state in step.sources else None
    try:
        take(act, found, step.code, {})
    except Refusal as refusal:
        return refusal
    finally:
        if undo is not None and undo.is_active:
            undo.rollback()
    return None


@pytest.mark.parametrize(
    ("kind", "state"), PAIRS, ids=lambda one: getattr(one, "value", getattr(one, "__name__", ""))
)
def test_a_step_is_taken_only_from_the_states_of_its_row(
    make: Make, session: Session, kind: type[Any], state: StrEnum
) -> None:
    superior = make.office(OfficeKind.PROCURATORATE, level="municipal")
    town = make.town()
    town.procuratorate.superior_id = superior.id
    found = matter(make, town, kind, state)
    found.case.raised_to_id = superior.id
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    above = make.person(PostKind.PROSECUTOR, superior)
    found.reviewer_id = other.id
    session.flush()
    who = {one: choose(town) for one, choose in WHO.items()} | {
        Permission.PROCEEDING_RECONSIDER: other,
        Permission.PROCEEDING_RE_EXAMINE: above,
    }
    acts = {one: make.act(person) for one, person in who.items()}
    for step in TABLES[kind.__tablename__].steps.values():
        refusal = answered(acts[step.by], found, step)
        shut = isinstance(refusal, WrongState)
        assert shut is (state not in step.sources), (state, step.code, refusal)
        assert found.state is state, step.code


def test_a_step_that_is_not_open_is_a_conflict() -> None:
    assert status_of(WrongState) == 409


@pytest.mark.parametrize("kind", ["arrest_reviews", "prosecutions"])
def test_every_step_is_open_somewhere_and_every_state_is_reached(kind: str) -> None:
    table = TABLES[kind]
    flow = {"arrest_reviews": arrest_reviews.FLOW, "prosecutions": prosecutions.FLOW}[kind]
    states = set(ReviewState if kind == "arrest_reviews" else ProsecutionState)
    first = {ReviewState.UNDER_REVIEW, ProsecutionState.UNDER_REVIEW}
    by_the_house = {ReviewState.FOR_PROSECUTION}  # with the transfer, in the prosecution case

    assert all(step.sources for step in table.steps.values())
    reached = {target for _, target in flow.steps.values()} | first | by_the_house
    assert states <= reached, states - reached


@pytest.mark.parametrize(
    ("kind", "step"),
    [(kind, step) for kind, table in TABLES.items() for step in table.steps.values()],
    ids=lambda one: getattr(one, "code", one),
)
def test_every_row_says_who_what_and_by_which_article(kind: str, step: Step[Any]) -> None:
    names = [one.name for one in step.fields]

    assert step.articles, (kind, step.code)
    assert step.zh
    assert step.en[0].isupper()
    assert len(names) == len(set(names))
    assert all(one.choices for one in step.fields if one.kind in {"choice", "choices"})
    assert all(guard.articles and guard.zh.endswith("。") for guard in step.guards)
    assert len({guard.code for guard in step.guards}) == len(step.guards)
