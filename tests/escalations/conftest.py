"""A town with somebody in every post, a case with a period, and a clock that goes where it is told.

Messages are told by the dispatcher as they are in the house; the sweep looks when it is asked to.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from notifications import deliveries, dispatcher, escalations
from notifications.deliveries import Delivery, DeliveryChannel
from notifications.escalations import Escalation
from notifications.messages import notices
from services import deadlines
from services.cases import Case
from services.deadlines import Custody, Deadline, Keepers, watch
from services.kernel.act import SHANGHAI, Act
from services.kernel.clock import machine_now
from services.people import Person
from services.policy import MACHINE, PostKind
from tests.make import Make, Town


def moment(text_: str) -> datetime:
    """China time."""
    return datetime.fromisoformat(text_).replace(tzinfo=SHANGHAI)


@dataclass
class World:
    """What a test of ladders needs."""

    make: Make
    town: Town
    head: Person
    case: Case

    @property
    def session(self) -> Session:
        return self.make.session

    @property
    def persons(self) -> dict[str, Person]:
        town = self.town
        return {
            "officer": town.officer,
            "manager": town.manager,
            "handler": town.prosecutor,
            "chief": town.chief,
            "head": self.head,
        }

    def at(self, person: Person, when: str) -> Act:
        """An act of that person at that time; the legal clock stands there as well."""
        self._turn(when)
        return self.make.act(person, moment(when))

    def start(self, rule: str, when: str, custody: Custody = Custody.HELD) -> Deadline:
        act = self.at(self.town.manager, when)
        return deadlines.start(
            act,
            rule,
            self.case,
            suspect_id=self.case.suspects[0].id,
            keepers=Keepers(
                self.town.procuratorate.id, self.town.police.id, self.town.prosecutor.id
            ),
            started_at=act.now,
            custody=custody,
        )

    def warn(self, when: str) -> Escalation:
        """Let the watch look, and the dispatcher tell; the newest escalation."""
        self._turn(when)
        watch.look(self.make.act(MACHINE, moment(when)), watch.BATCH)
        self._tell()
        self.session.expire_all()
        return self.session.scalars(select(Escalation).order_by(Escalation.id.desc())).first()  # type: ignore[return-value]

    def sweep(self, when: str) -> list[set[str]]:
        """Let the sweep look once; who was told by each rung of that look, by their names here."""
        self._turn(when)
        before = self._calls()
        escalations.sweep(self.make.act(MACHINE, moment(when)), escalations.BATCH)
        self._tell()
        self.session.expire_all()
        return [self._named(told) for call, told in self._calls().items() if call not in before]

    def first(self, one: Escalation) -> set[str]:
        """Who heard the message itself."""
        return self._named({told.person_id for told in one.calls[0].told})

    def line(self, person: Person) -> UUID:
        """The newest line of that person's inbox."""
        mine = select(Delivery.item).where(
            Delivery.person_id == person.id, Delivery.channel == DeliveryChannel.INBOX
        )
        found = self.session.scalar(mine.order_by(Delivery.id.desc()).limit(1))
        assert found is not None
        return found

    def read(self, person: Person, when: str) -> None:
        act = self.at(person, when)
        deliveries.read(act, deliveries.find(act, self.line(person)))
        self.session.flush()

    def leave(self, person: Person, day: str) -> None:
        self.make.leave(person, date.fromisoformat(day), date.fromisoformat(day))

    def rest(self) -> None:
        """Let no period be looked at that is open by now."""
        self.session.execute(text("UPDATE deadlines SET look_at = NULL"))

    def _calls(self) -> dict[int, set[int]]:
        rows = self.session.execute(
            text("SELECT call_id, person_id FROM escalation_told ORDER BY call_id, person_id")
        )
        found: dict[int, set[int]] = {}
        for call_id, person_id in rows:
            found.setdefault(call_id, set()).add(person_id)
        return found

    def _named(self, ids: set[int]) -> set[str]:
        names = {person.id: name for name, person in self.persons.items()}
        return {names.get(one, str(one)) for one in ids}

    def _tell(self) -> None:
        after = 0
        while True:
            told = dispatcher.dispatch(
                self.make.act(MACHINE, machine_now()), notices(), after=after
            )
            assert told.failed == 0
            if told.last is None:
                return
            after = told.last

    def _turn(self, when: str) -> None:
        self.session.flush()
        self.session.info["legal_offset"] = moment(when) - machine_now()


@pytest.fixture
def world(make: Make) -> World:
    town = make.town()
    case = make.case(town)
    case.handler_id = town.prosecutor.id
    world = World(make, town, make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate), case)
    world.rest()
    make.session.execute(text("DELETE FROM undispatched"))
    return world
