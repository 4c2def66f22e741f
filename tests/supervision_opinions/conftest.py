"""A public review of a case that has just ended, with supervisors who were there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from services import deadlines, invitations, supervision_opinions
from services.activities import Activity, ActivityState
from services.cases import Case
from services.invitations import Invitation, InvitationState
from services.kernel.act import Act
from services.people import Person
from services.policy import MACHINE
from services.supervision_opinions import (
    Adoption,
    Conduct,
    NewPerformanceLine,
    NewSupervisionOpinion,
    OpinionView,
    PerformanceReport,
    Point,
    SupervisionOpinion,
)
from services.supervisors import Supervisor
from tests.conftest import NOON
from tests.make import Bureau, Make, Town

CANARY = "银杏树下的第三把椅子"
"""Words that are said in one opinion and nowhere else."""
DUE = NOON + timedelta(hours=48)


def opinion_of(words: str = CANARY) -> NewSupervisionOpinion:
    return NewSupervisionOpinion(
        facts=Point(OpinionView.AGREE),
        evidence=Point(OpinionView.PARTLY, "鉴定意见说明不足。"),
        handling=Point(OpinionView.DISAGREE, words),
        overall=OpinionView.PARTLY,
        words=words,
    )


@dataclass
class Stage:
    """Everybody who has a part in it."""

    make: Make
    town: Town
    bureau: Bureau
    case: Case
    activity: Activity
    invited: list[Invitation]

    def act(self, person: Person, at: datetime = NOON) -> Act:
        return self.make.act(person, at)

    def machine(self, at: datetime = NOON) -> Act:
        return Act(MACHINE, at, self.make.session)

    def stands(self) -> ActivityState:
        return self.activity.state

    def author(self, place: int = 0) -> Person:
        return self.invited[place].supervisor.person

    def give(self, place: int = 0, words: str = CANARY, at: datetime = NOON) -> SupervisionOpinion:
        act = self.act(self.author(place), at)
        invitation = invitations.find(act, self.invited[place].id)
        return supervision_opinions.give(act, invitation, opinion_of(words))

    def unsealed(self) -> SupervisionOpinion:
        """The first one's opinion, after all have given theirs."""
        others = range(1, len(self.invited))
        return [self.give(), *(self.give(place, "另一份意见") for place in others)][0]

    def answered(
        self, adoption: Adoption = Adoption.NOT_ADOPTED, at: datetime = NOON
    ) -> SupervisionOpinion:
        opinion = self.unsealed()
        return supervision_opinions.answer(
            self.act(self.town.prosecutor, at), opinion, adoption=adoption, reasons="另有证据。"
        )

    def objected(self) -> SupervisionOpinion:
        opinion = self.answered()
        return supervision_opinions.object_to(
            self.act(self.author()), opinion, words="答复没有回应问题。"
        )

    def report(self, at: datetime = NOON, **given: Any) -> PerformanceReport:
        lines = [
            NewPerformanceLine(one.id, Conduct.DILIGENT)
            if one.state is InvitationState.ATTENDED
            else NewPerformanceLine(one.id, Conduct.ABSENT_EXCUSED)
            for one in self.invited
        ]
        values: dict[str, Any] = {"lines": lines} | given
        return supervision_opinions.report(self.act(self.town.manager, at), self.activity, **values)

    def supervisor(self, place: int = 0) -> Supervisor:
        return self.invited[place].supervisor


@pytest.fixture
def stage(make: Make) -> Stage:
    return staged(make)


def staged(make: Make, count: int = 2, **given: Any) -> Stage:
    """The review of a case with a suspect; so many supervisors came, and it has ended."""
    town = make.town()
    bureau = make.bureau(town)
    case = make.handled(town, make.suspect(name="欧阳雪岭"))
    values: dict[str, Any] = {
        "case_id": case.id,
        "state": ActivityState.ENDED,
        "starts_at": NOON - timedelta(hours=3),
        "ends_at": NOON - timedelta(hours=1),
        "began_at": NOON - timedelta(hours=3),
        "ended_at": NOON - timedelta(hours=1),
        "opinions_due_at": DUE,
    }
    activity = make.activity(town, bureau, **(values | given))
    invited = [
        make.invitation(
            activity,
            make.supervisor(bureau),
            state=InvitationState.ATTENDED,
            answered_at=NOON,
        )
        for _ in range(count)
    ]
    deadlines.start(
        make.act(town.manager),
        "L12c",
        activity,
        suspect_id=None,
        keepers=deadlines.Keepers(town.procuratorate.id, handler_id=town.prosecutor.id),
        started_at=NOON - timedelta(hours=1),
        custody=deadlines.Custody.UNKNOWN,
    )
    make.session.flush()
    return Stage(make, town, bureau, case, activity, invited)
