"""No decision on a case, and no period of it, waits for supervisors (corrections.md, practice)."""

import pytest
from sqlalchemy import select

from services import arrest_reviews
from services.arrest_reviews import Hearing, Outcome, Proposal
from services.cases import CaseState
from services.deadlines import Deadline
from services.kernel.settings import CHECKOUT
from services.supervision_opinions import SupervisionOpinionState
from tests.make import Make
from tests.supervision_opinions.conftest import Stage, staged


@pytest.mark.parametrize("stands", ["sealed", "to_answer", "objected"])
def test_a_case_is_decided_while_an_opinion_lies_open(make: Make, stands: str) -> None:
    stage = staged(make, 2 if stands == "sealed" else 1)
    opinion = {"sealed": stage.give, "to_answer": stage.unsealed, "objected": stage.objected}[
        stands
    ]()
    assert opinion.state is SupervisionOpinionState(stands)
    before = {one.id: (one.due_on, one.outer_on) for one in _periods(stage)}

    suspect = stage.case.suspects[0]
    make.held(stage.case, suspect)
    review = arrest_reviews.of_case(make.act(stage.town.prosecutor), stage.case)[0]
    arrest_reviews.opine(
        make.act(stage.town.prosecutor),
        review,
        proposal=Proposal.APPROVE,
        refusal_kind=None,
        hearing=Hearing.INTERROGATED,
        reasons="审查意见。",
        outline=None,
    )
    arrest_reviews.decide(
        make.act(stage.town.chief),
        review,
        outcome=Outcome.APPROVE,
        refusal_kind=None,
        reasons=None,
    )

    assert stage.case.state is CaseState.DECIDED
    assert opinion.is_open
    after = _periods(stage)
    assert {one.id: (one.due_on, one.outer_on) for one in after if one.id in before} == before
    assert all(one.closed_at is not None for one in after if one.id in before)


@pytest.mark.parametrize(
    "slice_", ["cases", "arrest_reviews", "prosecutions", "proceedings", "deadlines"]
)
def test_nothing_that_decides_a_case_knows_of_opinions(slice_: str) -> None:
    pages = list((CHECKOUT / "services" / slice_).rglob("*.py"))

    assert pages
    for page in pages:
        assert "supervision_opinions" not in page.read_text(), page


def _periods(stage: Stage) -> list[Deadline]:
    chosen = select(Deadline).where(Deadline.suspect_id == stage.case.suspects[0].id)
    return list(stage.make.session.scalars(chosen))
