"""Review for prosecution, from the transfer to the indictment."""

from typing import Any

import pytest
from sqlalchemy import select

from services import proceedings
from services.deadlines import Deadline
from services.kernel.act import Act
from services.proceedings import Proposal, ProposalOutcome, StepBarred, TakenStep
from services.prosecutions import Prosecution, ProsecutionState
from tests.make import Make, Town

INDICTMENT: dict[str, Any] = {
    "facts_text": "被告人于二〇二六年二月盗窃他人手机一部。",
    "reasons": "犯罪事实清楚，证据确实、充分，应当以盗窃罪追究刑事责任。",
    "likely_months": 48,
    "procedure": "ordinary",
}
INTERROGATION: dict[str, Any] = {"form": "in_person", "summary": "供认不讳。"}


def rules(act: Act, prosecution: Prosecution) -> set[str]:
    chosen = select(Deadline.rule_id).where(
        Deadline.suspect_id == prosecution.suspect_id, Deadline.closed_at.is_(None)
    )
    return set(act.session.scalars(chosen))


def decide(make: Make, town: Town, proposal: Proposal, **given: Any) -> Proposal:
    values: dict[str, Any] = {"outcome": ProposalOutcome.APPROVE, "note": None} | given
    return proceedings.decide(make.act(town.chief), proposal, **values)


def test_a_case_goes_from_the_transfer_to_the_indictment(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    assert rules(act, prosecution) == {"R01", "R04"}

    with pytest.raises(StepBarred) as refused:
        proceedings.take(act, prosecution, "interrogate", INTERROGATION | {"on": act.today})
    assert refused.value.members["ground"] == "no_interrogation_on_record"
    make.held(prosecution.case, prosecution.suspect)
    proceedings.take(act, prosecution, "interrogate", INTERROGATION | {"on": act.today})
    with pytest.raises(StepBarred) as refused:
        proceedings.take(act, prosecution, "indict", INDICTMENT)
    assert refused.value.members["ground"] == "opinions_not_heard"
    heard = {"heard": "defender", "on": act.today, "form": "telephone"}
    proceedings.take(act, prosecution, "hear_opinions", heard)
    proceedings.take(
        act, prosecution, "tell_rights", {"told": ["suspect", "victim"], "form": "oral"}
    )
    proposal = proceedings.take(act, prosecution, "indict", INDICTMENT | {"no_victim": True})
    assert prosecution.state == "under_review"
    decide(make, town, proposal)

    assert prosecution.state is ProsecutionState.INDICTED
    taken = act.session.get_one(TakenStep, proposal.taken_id)
    assert taken.number is not None
    assert "刑诉〔2026〕1号" in taken.number
    assert rules(act, prosecution) == {"C10"}


def test_nobody_is_indicted_without_an_interrogation(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)

    with pytest.raises(StepBarred) as refused:
        proceedings.take(make.act(town.prosecutor), prosecution, "indict", INDICTMENT)

    assert refused.value.members["ground"] == "not_interrogated"
    assert "331" in refused.value.members["article"]
