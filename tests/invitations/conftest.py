"""A town with a pool, and an activity for which two were drawn."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from services import draws
from services.activities import Activity, ActivityState
from services.draws import Draw, verifier
from services.invitations import Invitation, InvitationState
from services.supervisors import Supervisor
from tests.make import Bureau, Make, Town


@dataclass
class Panel:
    """Who draws, who is drawn, and for what."""

    make: Make
    town: Town
    bureau: Bureau
    pool: tuple[Supervisor, ...]
    activity: Activity
    draw: Draw

    @property
    def asked(self) -> list[Invitation]:
        """Every invitation, in the order in which it was made."""
        chosen = select(Invitation).where(Invitation.activity_id == self.activity.id)
        return list(self.make.session.scalars(chosen.order_by(Invitation.id)))

    @property
    def open(self) -> list[Invitation]:
        """Those that are to be answered."""
        return [one for one in self.asked if one.state is InvitationState.INVITED]

    def stands(self, state: ActivityState) -> bool:
        """Is that where the activity stands?"""
        return self.activity.state is state

    def fits(self) -> bool:
        """Does the verifier find what the invitations say?"""
        told = draws.publication(self.draw)
        held = (InvitationState.INVITED, InvitationState.ACCEPTED)
        seated = sorted(one.supervisor_id for one in self.asked if one.state in held)
        return verifier.problems(told) == [] and told["invited"] == seated


@pytest.fixture
def panel(make: Make) -> Panel:
    """Two of five are asked."""
    town = make.town()
    bureau = make.bureau(town)
    pool = tuple(make.supervisor(bureau) for _ in range(5))
    activity = make.activity(town, bureau, state=ActivityState.REQUESTED)
    return Panel(make, town, bureau, pool, activity, make.draw(town, bureau, activity))
