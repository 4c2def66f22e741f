"""A year of supervision in one town: activities of every end, and who was asked to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.activities import Activity, ActivityKind, ActivityState, InviteGround
from services.invitations import Attending, Invitation, InvitationState
from services.kernel.act import SHANGHAI, Act
from services.participation import OfficeScope, OrganScope, PeriodicReport, Reporter, reports
from services.people import Person
from services.policy import MACHINE
from services.supervision_opinions import (
    Adoption,
    OpinionView,
    OpinionWay,
    SupervisionOpinion,
    SupervisionOpinionState,
    SupervisionRuling,
)
from services.supervisors import Supervisor
from tests.make import Bureau, Make, Town

LATER = datetime(2026, 7, 6, 9, tzinfo=SHANGHAI)
"""A Monday after the first half of 2026."""
WORDS = "上半年共组织监督活动若干次，采纳情况良好。"


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@dataclass
class World:
    """A town, its organ, and four supervisors."""

    make: Make
    town: Town
    bureau: Bureau
    people: list[Supervisor]

    @property
    def office(self) -> OfficeScope:
        return OfficeScope(self.town.procuratorate.id)

    @property
    def organ(self) -> OrganScope:
        return OrganScope(self.bureau.office.id)

    @property
    def reporter(self) -> Reporter:
        return Reporter(self.town.procuratorate.id)

    def act(self, person: Person, now: datetime = LATER) -> Act:
        return self.make.act(person, now)

    def manager(self, now: datetime = LATER) -> Act:
        return self.act(self.town.manager, now)

    def officer(self, now: datetime = LATER) -> Act:
        return self.act(self.bureau.officer, now)

    def machine(self, now: datetime = LATER) -> Act:
        return Act(MACHINE, now, self.make.session)

    def held(self, starts: datetime, *, told: datetime | None = None, **given: Any) -> Activity:
        """An activity that has ended; the organ was told of it five working days before."""
        values: dict[str, Any] = {
            "kind": ActivityKind.PUBLIC_REVIEW,
            "state": ActivityState.ENDED,
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=2),
            "began_at": starts,
            "ended_at": starts + timedelta(hours=2),
            "notice_by_on": (starts - timedelta(days=7)).date(),
        }
        activity = self.make.activity(self.town, self.bureau, **(values | given))
        if activity.requested_at is not None:
            activity.requested_at = told or starts - timedelta(days=7)
        self.make.session.flush()
        return activity

    def without(self, starts: datetime, **given: Any) -> Activity:
        """One held without supervisors, on a ground of the law."""
        values: dict[str, Any] = {
            "state": ActivityState.WITHOUT,
            "ground": InviteGround.NON_PROSECUTION_REVIEW,
            "without_because": "organ_silent",
            "without_words": "未答复。",
            "began_at": None,
            "ended_at": None,
        }
        return self.held(starts, **(values | given))

    def asked(
        self, activity: Activity, place: int, state: InvitationState, **given: Any
    ) -> Invitation:
        """An invitation, three days before the activity and answered a day later."""
        invited = activity.starts_at - timedelta(days=3)
        came = state in {InvitationState.ATTENDED, InvitationState.ABSENT}
        values: dict[str, Any] = {
            "state": state,
            "invited_at": invited,
            "answered_at": invited + timedelta(days=1) if came else None,
            "attending": Attending.PRESENT if came else None,
        }
        if state is InvitationState.DECLINED:
            values |= {"decline_reason": "出差", "answered_at": invited}
        return self.make.invitation(activity, self.people[place], **(values | given))

    def opinion(
        self,
        invitation: Invitation,
        adoption: Adoption | None = None,
        ruling: SupervisionRuling | None = None,
        **given: Any,
    ) -> SupervisionOpinion:
        """An opinion as far as it got: opened, answered the day after, objected to, decided."""
        activity = invitation.activity
        opened = activity.ends_at + timedelta(hours=1)
        answered = opened + timedelta(days=1)
        values: dict[str, Any] = {
            "way": OpinionWay.ACTIVITY,
            "state": SupervisionOpinionState.TO_ANSWER,
            "procuratorate_id": activity.procuratorate_id,
            "organ_id": activity.organ_id,
            "supervisor_id": invitation.supervisor_id,
            "activity_id": activity.id,
            "invitation_id": invitation.id,
            "overall": OpinionView.AGREE,
            "words": "",
            "submitted_at": activity.ends_at,
            "salt": "0" * 32,
            "sha256": "0" * 64,
            "unsealed_at": opened,
        }
        if adoption is not None:
            values |= {
                "state": SupervisionOpinionState.ANSWERED,
                "adoption": adoption,
                "answer": "理由。",
                "answered_at": answered,
                "answered_by": self.town.prosecutor.id,
            }
        if ruling is not None:
            values |= {
                "state": SupervisionOpinionState.DECIDED,
                "objection": "不服。",
                "objected_at": answered + timedelta(days=1),
                "ruling": ruling,
                "ruling_reasons": "理由。",
                "decided_at": answered + timedelta(days=2),
                "decided_by": self.town.chief.id,
            }
        one = SupervisionOpinion(**(values | given))
        self.make.session.add(one)
        self.make.session.flush()
        return one

    def drafted(self, **given: Any) -> PeriodicReport:
        """The report on the first half of 2026."""
        values: dict[str, Any] = {"year": 2026, "number": 1, "words": WORDS}
        values["organ_id"] = self.bureau.office.id
        return reports.draft(self.manager(), self.reporter, **(values | given))

    def sent(self) -> PeriodicReport:
        return reports.send(self.manager(), self.drafted())


@pytest.fixture
def world(make: Make) -> World:
    town = make.town()
    bureau = make.bureau(town)
    return World(make, town, bureau, [make.supervisor(bureau) for _ in range(4)])
