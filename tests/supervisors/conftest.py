"""A bureau, its town, and somebody to be put forward."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from services import supervisors
from services.kernel.act import SHANGHAI, Act
from services.people import Person
from services.supervisors import (
    CameBy,
    Declared,
    Described,
    Education,
    NewCandidate,
    Occupation,
    Register,
    Supervisor,
)
from tests.make import Bureau, Make, Town

CALLED_ON = date(2026, 1, 5)
"""A Monday; twenty working days from it are over on 2 February 2026."""
NOTICE_ON = date(2026, 2, 3)
_NUMBERS = count(1)


@dataclass
class Pool:
    """A town, its bureau, and what a test does there."""

    make: Make
    town: Town
    bureau: Bureau

    @property
    def register(self) -> Register:
        return Register(self.bureau.office.id, self.town.procuratorate.id)

    def on(self, day: date, person: Person | None = None) -> Act:
        """An act of the organ's officer, at ten in the morning of that day."""
        at = datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)
        return self.make.act(person or self.bureau.officer, at)

    def candidate(self, declared: Declared | None = None, **given: Any) -> NewCandidate:
        number = next(_NUMBERS)
        values: dict[str, Any] = {
            "username": f"jiandu{number}",
            "name": f"候选人{number}",
            "id_number": f"{number:017}X",
            "came_by": CameBy.APPLICATION,
            "announced_on": CALLED_ON,
            "declared": declared or self.declared(),
            "described": self.described(),
        }
        return NewCandidate(**(values | given))

    def declared(self, **given: Any) -> Declared:
        values: dict[str, Any] = {
            "born_on": date(1985, 6, 15),
            "education": Education.BACHELOR,
            "upholds_constitution": True,
            "good_conduct": True,
            "healthy": True,
        }
        return Declared(**(values | given))

    def described(self, **given: Any) -> Described:
        values: dict[str, Any] = {
            "occupation": Occupation.ENTERPRISE,
            "profession": "会计",
            "region": "青澜区",
        }
        return Described(**(values | given))

    def nominee(self, day: date = NOTICE_ON, **given: Any) -> Supervisor:
        return supervisors.nominate(self.on(day), self.register, self.candidate(**given))

    def appointed(self, day: date = date(2026, 2, 11), **given: Any) -> Supervisor:
        """Named in public on 3 February and appointed the day after the notice is over."""
        entry = supervisors.publish(self.on(NOTICE_ON), self.nominee(**given))
        return supervisors.appoint(self.on(day), entry, from_on=day)


@pytest.fixture
def pool(make: Make) -> Pool:
    town = make.town()
    return Pool(make, town, make.bureau(town))


def days(number: int) -> timedelta:
    return timedelta(days=number)


@pytest.fixture
def statements(session: Session) -> Iterator[list[str]]:
    """Every statement sent to the database."""
    sent: list[str] = []

    def keep(*given: object) -> None:
        sent.append(str(given[2]))

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", keep)
    yield sent
    event.remove(bind, "before_cursor_execute", keep)
