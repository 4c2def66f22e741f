"""What the tests of measures share: deciding on a proposal, and reading the periods."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from services import proceedings
from services.deadlines import Deadline
from services.proceedings import Proposal, ProposalOutcome, TakenStep
from services.prosecutions import Prosecution
from tests.make import Make, Town

HOUR = timedelta(hours=1)
DECIDED: dict[str, dict[str, Any]] = {
    "decide_arrest": {"ground": "danger", "reasons": "可能逃跑。"},
    "decide_bail": {
        "ground": "no_danger",
        "guarantee": "guarantor",
        "guarantor": "测试保证人",
        "guarantor_fit": True,
        "reasons": "认罪态度好。",
    },
    "decide_surveillance": {"ground": "illness", "place": "home", "reasons": "重病。"},
    "release": {"ground": "not_needed", "reasons": "不需要继续羁押。"},
    "lift_measure": {"ground": "wrong", "reasons": "不当。"},
}


def running(make: Make, prosecution: Prosecution) -> dict[str, Deadline]:
    """The suspect's open periods, by rule."""
    chosen = select(Deadline).where(
        Deadline.suspect_id == prosecution.suspect_id, Deadline.closed_at.is_(None)
    )
    return {one.rule_id: one for one in make.session.scalars(chosen)}


def due(make: Make, prosecution: Prosecution, rule_id: str) -> date | None:
    """The last day of one of them."""
    return running(make, prosecution)[rule_id].due_on


def decide(
    make: Make,
    town: Town,
    prosecution: Prosecution,
    code: str,
    at: datetime | None = None,
    **given: Any,
) -> TakenStep:
    """The handler puts a step forward and the chief approves it at the same moment."""
    said = DECIDED.get(code, {}) | given
    taken = proceedings.take(make.act(town.prosecutor, at), prosecution, code, said)
    if isinstance(taken, Proposal):
        approved = proceedings.decide(
            make.act(town.chief, at), taken, outcome=ProposalOutcome.APPROVE, note=None
        )
        taken = make.session.get_one(TakenStep, approved.taken_id)
    assert isinstance(taken, TakenStep)
    return taken
