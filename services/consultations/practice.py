"""Whether a procuratorate consults before arrests, and at a distance: practice, for it to say.

No text asks for a consultation before an arrest, or says whether one may be held at a distance;
early intervention in presence is law (RULES 256) and not for an office to switch off.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from services import offices
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import NotFound, Stale
from services.offices import Office, OfficeKind
from services.policy import Permission, demands

ONE_FOR_AN_OFFICE = "consultation_practices_pkey"


class ConsultationPractice(Record):
    """What one procuratorate offers; an office that has said nothing offers both and has no row."""

    __tablename__ = "consultation_practices"

    procuratorate_id: Mapped[int] = mapped_column(
        ForeignKey("offices.id"), primary_key=True, autoincrement=False
    )
    pre_arrest: Mapped[bool]
    remote: Mapped[bool]
    set_at: Mapped[datetime | None]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


@dataclass(frozen=True, slots=True)
class ConsultationPracticeSet(Event):
    """A procuratorate has said what it offers; the event is about the office."""

    version: int
    pre_arrest: bool
    remote: bool


def of_office(session: Session, procuratorate_id: int) -> ConsultationPractice:
    """What that procuratorate offers."""
    return session.get(ConsultationPractice, procuratorate_id) or ConsultationPractice(
        procuratorate_id=procuratorate_id, pre_arrest=True, remote=True, version=0
    )


def find(act: Act, procuratorate_id: int | None = None) -> ConsultationPractice:
    """What a procuratorate offers: the one named, one's own, or the one one's organ asks.

    It is no secret, as little as who the procuratorates are.

    Refuses:
        NotFound: there is no such procuratorate, or none is named and the actor has none.
    """
    if procuratorate_id is not None:
        named = offices.find(act, procuratorate_id)
        if named.kind is not OfficeKind.PROCURATORATE:
            raise NotFound
        return of_office(act.session, named.id)
    for office_id in sorted(act.actor.offices):
        own = act.session.get(Office, office_id)
        asked = _asked_by(own) if own else None
        if asked is not None:
            return of_office(act.session, asked)
    raise NotFound


@demands(Permission.CONSULTATION_PRACTICE_SET)
def change(
    act: Act, practice: ConsultationPractice, *, pre_arrest: bool, remote: bool
) -> ConsultationPractice:
    """Say what this procuratorate offers; what was begun before goes on.

    Refuses:
        NotAllowed: only case management and the chief of that procuratorate.
        Stale: somebody else said something at the same moment.

    Records:
        ConsultationPracticeSet.
    """
    practice.pre_arrest, practice.remote = pre_arrest, remote
    practice.set_at, practice.set_by = act.now, act.actor.id
    with act.unless(ONE_FOR_AN_OFFICE, Stale()):
        act.session.add(practice)
    act.record(
        ConsultationPracticeSet(practice.procuratorate_id, practice.version, pre_arrest, remote)
    )
    return practice


def _asked_by(office: Office) -> int | None:
    own = office.kind is OfficeKind.PROCURATORATE
    return office.id if own else office.procuratorate_id
