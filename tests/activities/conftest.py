"""A town whose procuratorate lets people's supervisors come."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.messages import notices
from services import activities
from services.activities import (
    Activity,
    ActivityForm,
    ActivityKind,
    ActivityState,
    InviteGround,
    Plan,
    Planning,
    Setting,
    WithoutBecause,
)
from services.cases import Case
from services.invitations import Invitation, InvitationState
from services.kernel.act import SHANGHAI, Act, JournalEntry
from services.people import Person
from services.policy import PostKind
from services.tasks import Task, TaskKind, TaskState
from tests.make import Bureau, Make, Town

TITLE = "拟不起诉案件公开审查"
PLACE = "第一听证室"


@dataclass
class World:
    """A town, its organ, and a case that is to be reviewed in public."""

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

    def act(self, person: Person, at: datetime | None = None) -> Act:
        return self.make.act(person, at or self.make.now)

    @property
    def planning(self) -> Planning:
        return Planning(self.town.procuratorate.id, self.case)

    def said(self, days: int = 10, **changes: Any) -> Plan:
        plan = Plan(
            ActivityKind.PUBLIC_REVIEW,
            TITLE,
            self.setting(self.make.now + timedelta(days=days)),
            2,
            InviteGround.NON_PROSECUTION_REVIEW,
        )
        return replace(plan, **changes)

    def setting(self, starts_at: datetime, **changes: Any) -> Setting:
        setting = Setting(starts_at, starts_at + timedelta(hours=2), ActivityForm.EITHER, PLACE)
        return replace(setting, **changes)

    def planned(self, days: int = 10, **changes: Any) -> Activity:
        act = self.act(self.town.prosecutor)
        return activities.plan(act, self.planning, self.said(days, **changes))

    def requested(self, days: int = 10, *, reason: str | None = None) -> Activity:
        one = self.planned(days)
        return activities.send(self.act(self.town.manager), one, reason=reason)

    def drawing(self, days: int = 10) -> Activity:
        one = self.requested(days)
        activities.publish(self.act(self.bureau.officer), one)
        return one

    def accepted(self, one: Activity, *expertise: Any) -> Invitation:
        return self.make.invitation(
            one, self.make.supervisor(self.bureau, *expertise), state=InvitationState.ACCEPTED
        )

    def staffed(self, days: int = 10) -> Activity:
        one = self.drawing(days)
        for _ in range(one.wanted):
            self.accepted(one)
        activities.staffed(self.act(self.bureau.officer), one)
        return one

    def under_way(self) -> Activity:
        one = self.staffed()
        return activities.begin(self.act(self.town.prosecutor, one.starts_at), one)

    def ended(self) -> Activity:
        one = self.under_way()
        return activities.end(self.act(self.town.prosecutor, one.ends_at), one)

    def in_state(self, state: ActivityState) -> Activity:
        """An activity that came there by its own steps."""
        return {
            ActivityState.PLANNED: self.planned,
            ActivityState.REQUESTED: self.requested,
            ActivityState.DRAWING: self.drawing,
            ActivityState.STAFFED: self.staffed,
            ActivityState.UNDER_WAY: self.under_way,
            ActivityState.ENDED: self.ended,
            ActivityState.CLOSED: self._closed,
            ActivityState.CANCELLED: self._cancelled,
            ActivityState.WITHOUT: self._without,
        }[state]()

    def _closed(self) -> Activity:
        one = self.ended()
        activities.close(self.act(self.town.manager), one)
        return one

    def _cancelled(self) -> Activity:
        act = self.act(self.town.manager)
        return activities.cancel(act, self.planned(), reason="案件另行处理。")

    def _without(self) -> Activity:
        return activities.go_without(
            self.act(self.town.manager),
            self.requested(),
            because=WithoutBecause.ORGAN_SILENT,
            words="司法行政机关未答复。",
        )

    def tasks(self, one: Activity, kind: TaskKind, state: TaskState = TaskState.OPEN) -> list[Task]:
        self.session.flush()
        chosen = select(Task).where(
            Task.kind == kind,
            Task.about_kind == "activities",
            Task.about_id == one.id,
            Task.state == state,
        )
        return list(self.session.scalars(chosen))

    def told(self, one: Activity, kind: str) -> set[int]:
        """Who is told, as the dispatcher finds them; the words name no case."""
        self.session.flush()
        notice = notices()[kind]
        chosen = select(JournalEntry).where(
            JournalEntry.kind == kind, JournalEntry.about_id == one.id
        )
        entry = self.session.scalars(chosen.order_by(JournalEntry.id.desc())).first()
        assert entry is not None, kind
        words = notice.write(entry.event, one)
        assert one.title in words.body
        assert self.case.number not in words.body
        assert words.link == f"/activities/{one.id}"
        return notice.to.people(self.session, one)


def noon(year: int, month: int, day: int) -> datetime:
    """Twelve o'clock in Shanghai."""
    return datetime(year, month, day, 12, tzinfo=SHANGHAI)


Take = Callable[[Activity], object]


def taken_by(world: World, act: Act) -> dict[str, Take]:
    """Every step, taken by that person whoever it is."""
    later = world.make.now + timedelta(days=20)
    return {
        "restate": lambda one: activities.restate(act, one, world.said(12)),
        "send": lambda one: activities.send(act, one),
        "consent": lambda one: activities.consent(act, one),
        "refuse_short_notice": lambda one: activities.refuse_short_notice(
            act, one, reason="来不及抽选。"
        ),
        "move": lambda one: activities.move(act, one, world.setting(later)),
        "cancel": lambda one: activities.cancel(act, one, reason="案件另行处理。"),
        "go_without": lambda one: activities.go_without(
            act, one, because=WithoutBecause.OTHER, words="另有原因。"
        ),
        "ask_for_fewer": lambda one: activities.ask_for_fewer(
            act, one, wanted=1, reason="名单人数不足。"
        ),
        "accept_fewer": lambda one: activities.accept_fewer(act, one, reason="一人足够。"),
        "begin": lambda one: activities.begin(act, one),
        "end": lambda one: activities.end(act, one),
    }


@pytest.fixture
def world(make: Make) -> World:
    return World(make)
