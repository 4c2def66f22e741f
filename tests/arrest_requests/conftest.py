"""A town whose police send in requests."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services import arrest_requests
from services.arrest_requests import ArrestRequest, Draft, Organ, SuspectDraft
from services.attachments import Attachment, NewFile, Paper, upload
from services.charges import Charge
from services.kernel.act import Act
from services.offices import Office, OfficeKind
from services.people import Person
from tests.arrest_requests.drafts import DRAFT, SUSPECT
from tests.make import Make, Town

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass
class Desk:
    """A town, its detention centre and a register of two charges."""

    make: Make
    charges: str = ""
    """What to put before the names of the charges, where they must differ from others'."""
    town: Town = field(init=False)
    centre: Office = field(init=False)
    theft: Charge = field(init=False)
    injury: Charge = field(init=False)

    def __post_init__(self) -> None:
        self.town = self.make.town()
        self.centre = self.make.office(OfficeKind.DETENTION_CENTRE)
        self.theft, self.injury = (self._charge(name) for name in ("盗窃罪", "故意伤害罪"))
        self.make.session.flush()

    def _charge(self, name: str) -> Charge:
        """Of the register, which stands already; or one of its own name."""
        named = select(Charge).where(Charge.name == self.charges + name)
        if (known := self.make.session.scalar(named)) is not None:
            return known
        charge = Charge(
            name=self.charges + name, in_force_from=date(1997, 10, 1), position=1, checked=True
        )
        self.make.session.add(charge)
        return charge

    def act(self, person: Person | None = None, *, after: timedelta = timedelta()) -> Act:
        return self.make.act(person or self.town.officer, self.make.now + after)

    @property
    def organ(self) -> Organ:
        return Organ(self.town.police.id, self.town.procuratorate.id)

    def file(self, kind: Paper = Paper.OTHER, by: Person | None = None) -> Attachment:
        return upload(self.act(by), NewFile("文书.pdf", PDF, kind=kind), limit=10_000)

    def suspect(self, **changes: Any) -> SuspectDraft:
        here: dict[str, Any] = {
            "charge_ids": (self.theft.id,),
            "detention_centre_id": self.centre.id,
        }
        return replace(SUSPECT, **(here | changes))

    def draft(self, *suspects: SuspectDraft, **changes: Any) -> Draft:
        """A request with nothing wrong with it but what is said differently."""
        given: dict[str, Any] = {"suspects": suspects or (self.suspect(),)}
        if "attachment_ids" not in changes:
            given["attachment_ids"] = (self.file(Paper.REQUEST_DOCUMENT).id,)
        return replace(DRAFT, **(given | changes))

    def received(
        self, *suspects: SuspectDraft, after: timedelta = timedelta(), **changes: Any
    ) -> ArrestRequest:
        """A request as the door received it."""
        act = self.act(after=after)
        return arrest_requests.submit(act, self.organ, self.draft(*suspects, **changes))


@pytest.fixture
def desk(make: Make) -> Desk:
    return Desk(make)
