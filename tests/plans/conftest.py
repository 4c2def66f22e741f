"""A centre with two rooms, and cases whose suspects are held there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from services import assignments, plans
from services.assignments import RecusalGround
from services.cases import Case
from services.interrogations import Arrangement
from services.people import Person
from services.plans import Asked, Order, Plan
from tests.make import Centre, Make, Town


@dataclass(frozen=True)
class Week:
    """Everything that a plan is made from; the limits fall within the coming week."""

    make: Make
    town: Town
    centre: Centre
    cases: tuple[Case, ...]
    arranged: tuple[Arrangement, ...]

    def asked(self) -> list[Asked]:
        return [
            Asked(case.id, case.suspects[0].id, how)
            for case, how in zip(self.cases, self.arranged, strict=True)
        ]

    def drawn_up(
        self,
        asked: Sequence[Asked] | None = None,
        *,
        by: Person | None = None,
        from_in: int = 0,
        days: int = 5,
    ) -> Plan:
        act = self.make.act(by or self.town.manager)
        wanted = plans.wanted(act, asked if asked is not None else self.asked())
        return plans.draw_up(act, Order(wanted, act.today + timedelta(days=from_in), days))

    def recuse(self, person: Person, case: Case) -> None:
        assignments.recuse(
            self.make.act(self.town.chief),
            case,
            person_id=person.id,
            ground=RecusalGround.INTEREST,
        )


@pytest.fixture
def week(make: Make) -> Week:
    town = make.town()
    centre = make.centre(town)
    cases = tuple(
        make.handled(town, make.suspect(detention_centre_id=centre.office.id)) for _ in range(5)
    )
    arranged = tuple(make.arrangement(town) for _ in cases)
    return Week(make, town, centre, cases, arranged)


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
