"""A town in which a case is to be heard in public."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import public_hearings
from services.activities import Activity, ActivityState
from services.activities.grounds import PublicMatter
from services.cases import Case
from services.kernel.act import Act, JournalEntry
from services.people import Person
from services.policy import PostKind
from services.public_hearings import (
    Following,
    OfficerDraft,
    OfficerPosition,
    PartyDraft,
    PartyKind,
    PublicHearing,
    PublicHearingDraft,
    PublicHearingForm,
    PublicHearingState,
)
from services.tasks import Task, TaskKind, TaskState
from tests.make import Bureau, Make, Town

OFFICERS = tuple(
    OfficerDraft(name, date(1980, 5, 1), "中学教师") for name in ("方某", "施某", "汤某")
)
PARTIES = (PartyDraft(PartyKind.VICTIM, "林某"), PartyDraft(PartyKind.DEFENDER, "季某"))
AGREE, DISAGREE, OTHER = OfficerPosition


@dataclass
class World:
    """A town, its organ, and a case that the town's prosecutor handles."""

    make: Make
    town: Town = field(init=False)
    bureau: Bureau = field(init=False)
    head: Person = field(init=False)
    second: Person = field(init=False)
    case: Case = field(init=False)

    def __post_init__(self) -> None:
        self.town = self.make.town()
        self.bureau = self.make.bureau(self.town)
        self.head = self.make.person(PostKind.DEPARTMENT_HEAD, self.town.procuratorate)
        self.second = self.make.person(PostKind.PROSECUTOR, self.town.procuratorate)
        self.case = self.make.handled(self.town)

    @property
    def session(self) -> Session:
        return self.make.session

    def act(self, person: Person | None = None, at: datetime | None = None) -> Act:
        return self.make.act(person or self.town.prosecutor, at or self.make.now)

    def draft(self, **changes: Any) -> PublicHearingDraft:
        starts_at = changes.pop("starts_at", self.make.now + timedelta(days=4))
        draft = PublicHearingDraft(
            form=PublicHearingForm.PUBLIC_HEARING,
            matter=PublicMatter.OTHER,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            place="第一听证室",
            agenda=("宣布纪律", "介绍案情", "提问", "评议"),
            intention="拟作出相对不起诉决定。",
            suspect_ids=tuple(one.id for one in self.case.suspects),
            officers=OFFICERS,
            parties=PARTIES,
        )
        return replace(draft, **changes)

    def planned(self, **changes: Any) -> PublicHearing:
        return public_hearings.plan(self.act(), self.case, self.draft(**changes))

    def noticed(self, **changes: Any) -> PublicHearing:
        hearing = self.planned(**changes)
        return public_hearings.give_notice(self.act(), hearing, short_because="期限将届满。")

    def opened(self, **changes: Any) -> PublicHearing:
        hearing = self.noticed(**changes)
        everybody = {name: [one.id for one in getattr(hearing, name)] for name in PRESENT}
        return public_hearings.open_(self.then(hearing), hearing, **everybody)

    def deliberating(self, **changes: Any) -> PublicHearing:
        hearing = self.opened(**changes)
        return public_hearings.deliberate(self.then(hearing), hearing)

    def concluded(self, *positions: OfficerPosition, **changes: Any) -> PublicHearing:
        hearing = self.deliberating(**changes)
        said = positions or (AGREE, AGREE, DISAGREE)
        opinions = self.opinions(hearing, *said)
        public_hearings.vote(self.then(hearing), hearing, opinions=opinions)
        return public_hearings.conclude(
            self.then(hearing), hearing, record="听证笔录。", signed=list(opinions), unsigned={}
        )

    def cancelled(self, **changes: Any) -> PublicHearing:
        hearing = self.planned(**changes)
        return public_hearings.cancel(self.act(), hearing, reason="期限将届满。")

    def in_state(self, state: PublicHearingState, **changes: Any) -> PublicHearing:
        """A hearing that came there by its own steps."""
        hearing: PublicHearing = getattr(self, _REACHED.get(state, state.value))(**changes)
        return hearing

    def opinions(
        self, hearing: PublicHearing, *positions: OfficerPosition
    ) -> Mapping[int, tuple[OfficerPosition, str]]:
        return {
            one.id: (position, "理由充分。")
            for one, position in zip(hearing.officers, positions, strict=True)
        }

    def then(self, hearing: PublicHearing, person: Person | None = None) -> Act:
        """An act at the time of the hearing."""
        return self.act(person, hearing.starts_at)

    def activity(self, state: ActivityState, **given: Any) -> Activity:
        """An activity of the case, two supervisors accepted where it is staffed."""
        values: dict[str, Any] = {"case": self.case, "state": state}
        if state is ActivityState.WITHOUT:
            values |= {"without_because": "organ_silent", "without_words": "未答复。"}
        if state is ActivityState.CANCELLED:
            values |= {"cancelled_because": "另行处理。"}
        starts_at = self.make.now + timedelta(days=4)
        values |= {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
        return self.make.activity(self.town, self.bureau, **(values | given))

    def tasks(self, hearing: PublicHearing, kind: TaskKind) -> set[int | None]:
        """Whose open tasks of that kind there are; none: of a pool."""
        self.session.flush()
        chosen = select(Task.person_id).where(
            Task.kind == kind,
            Task.about_kind == "public_hearings",
            Task.about_id == hearing.id,
            Task.state == TaskState.OPEN,
        )
        return set(self.session.scalars(chosen))

    def journal(self, hearing: PublicHearing) -> list[str]:
        """What is on record of the hearing, in order."""
        self.session.flush()
        chosen = select(JournalEntry.kind).where(
            JournalEntry.about_id == hearing.id, JournalEntry.kind.like("PublicHearing%")
        )
        return list(self.session.scalars(chosen.order_by(JournalEntry.id)))


DEPARTED: dict[str, Any] = {
    "following": Following.DEPARTED,
    "result": "不采纳多数意见。",
    "reasons": "多数意见与在案证据不符。",
}


def departed(world: World, **changes: Any) -> PublicHearing:
    """The majority is not followed, and the chief is asked."""
    hearing = world.concluded(**changes)
    public_hearings.state_result(world.then(hearing), hearing, **DEPARTED)
    return hearing


PRESENT = ("officers", "parties")
_REACHED = {PublicHearingState.OPEN: "opened"}


@pytest.fixture
def world(make: Make) -> World:
    return World(make)
