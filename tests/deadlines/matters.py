"""A matter for the ledger: two suspects of one bare request, and acts at any hour."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services import deadlines
from services.arrest_requests.records import ArrestRequest, Suspect
from services.deadlines import Custody, Deadline, DeadlineEntry, Keepers
from services.kernel.act import Act, Actor, Identified
from services.offices import Office
from tests.make import Make

RECEIVED = "2026-09-29 10:00"


def china(text: str) -> datetime:
    """That hour in China; a day alone is its midnight."""
    return datetime.fromisoformat(text).replace(tzinfo=deadlines.CHINA_TIME)


def day(text: str) -> date:
    return date.fromisoformat(text)


@dataclass(frozen=True)
class Matter:
    """What periods are about, whose they are, and who writes them down."""

    session: Session
    about: Office
    actor: Actor
    one: int
    other: int

    @property
    def keepers(self) -> Keepers:
        return Keepers(self.about.id)

    def at(self, text: str) -> Act:
        """An act at that hour in China."""
        return Act(self.actor, china(text), self.session)

    def start(
        self,
        rule_id: str,
        custody: Custody = Custody.HELD,
        at: str = RECEIVED,
        *,
        suspect: int | None = 0,
        about: Identified | None = None,
        ground: str | None = None,
    ) -> Deadline:
        """A period of the first suspect, unless it is said otherwise, entered as it begins."""
        return deadlines.start(
            self.at(at),
            rule_id,
            about or self.about,
            suspect_id=self.one if suspect == 0 else suspect,
            keepers=self.keepers,
            started_at=china(at),
            custody=custody,
            ground=ground,
        )

    def open(self) -> list[Deadline]:
        return list(self.session.scalars(deadlines.open_of([self.one, self.other])))

    def entries(self, deadline: Deadline) -> list[DeadlineEntry]:
        chosen = select(DeadlineEntry).where(DeadlineEntry.deadline_id == deadline.id)
        return list(self.session.scalars(chosen.order_by(DeadlineEntry.id)))


_NUMBERS = count(1)


def matter_of(make: Make) -> Matter:
    """Two suspects of one bare request; the ledger asks nothing else of them."""
    office, person = make.office(), make.person()
    received = china(RECEIVED)
    request_id = make.session.scalar(
        insert(ArrestRequest)
        .values(
            version=1,
            office_id=office.id,
            procuratorate_id=office.id,
            document_number=f"提捕{next(_NUMBERS)}号",
            document_on=received.date(),
            facts="",
            received_at=received,
            submitted_by=person.id,
            nonce="00",
        )
        .returning(ArrestRequest.id)
    )
    one, other = make.session.scalars(
        insert(Suspect).returning(Suspect.id, sort_by_parameter_order=True),
        [
            {
                "arrest_request_id": request_id,
                "ordinal": ordinal,
                "received_at": received,
                "name": "某",
                "sex": "male",
                "measure": "detention",
            }
            for ordinal in (1, 2)
        ],
    ).all()
    return Matter(make.session, office, make.act(person, received).actor, one, other)
