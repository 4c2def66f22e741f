"""How a procuratorate arranges interrogations: what no article says, so each office says it.

No article of the CPL or the RULES allows or forbids a prosecutor to interrogate by video; whether
it is used at all is the office's practice. So are displacing a booking for an urgent one, the
time between co-suspects in one room, and how long a slot is kept for somebody who is choosing.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from services import offices
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import NotFound, Stale
from services.offices import OfficeKind
from services.policy import STAFF, Permission, demands

ONE_FOR_AN_OFFICE = "interrogation_practices_pkey"


class InterrogationPractice(Record):
    """What one procuratorate has said; an office that has said nothing has no row."""

    __tablename__ = "interrogation_practices"
    __table_args__ = (
        CheckConstraint(
            "hold_minutes BETWEEN 1 AND 60 AND offer_minutes BETWEEN 5 AND 1440"
            " AND apart_minutes BETWEEN 0 AND 480",
            name="interrogation_practices_bounds",
        ),
    )

    procuratorate_id: Mapped[int] = mapped_column(
        ForeignKey("offices.id"), primary_key=True, autoincrement=False
    )
    remote: Mapped[bool]
    """Interrogations by video link are used."""
    displacing: Mapped[bool]
    """An urgent interrogation may take the time of one that has more time left."""
    apart_minutes: Mapped[int]
    """Minutes between two co-suspects in one room; 0 lets one follow the other."""
    hold_minutes: Mapped[int]
    """Minutes for which a slot is kept for whoever is choosing."""
    offer_minutes: Mapped[int]
    """Minutes for which a slot that falls free is kept for whoever waits."""
    set_at: Mapped[datetime | None]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


@dataclass(frozen=True, slots=True)
class InterrogationPracticeSet(Event):
    """A procuratorate has said how it arranges interrogations; the event is about the office."""

    version: int


def of_office(session: Session, procuratorate_id: int) -> InterrogationPractice:
    """What that procuratorate has said, or what holds until it does."""
    return session.get(InterrogationPractice, procuratorate_id) or InterrogationPractice(
        procuratorate_id=procuratorate_id,
        remote=True,
        displacing=True,
        apart_minutes=30,
        hold_minutes=10,
        offer_minutes=120,
        version=0,
    )


def find(act: Act, procuratorate_id: int | None = None) -> InterrogationPractice:
    """How the actor's procuratorate arranges interrogations, or the one named if there are two.

    Refuses:
        NotFound: the actor works in no such procuratorate.
    """
    own = sorted(act.actor.offices_as(*STAFF))
    wanted = procuratorate_id if procuratorate_id is not None else next(iter(own), None)
    if wanted is None or wanted not in own:
        raise NotFound
    if offices.find(act, wanted).kind is not OfficeKind.PROCURATORATE:
        raise NotFound
    return of_office(act.session, wanted)


@demands(Permission.INTERROGATION_PRACTICE_SET)
def change(  # noqa: PLR0913  # each by its name
    act: Act,
    practice: InterrogationPractice,
    *,
    remote: bool,
    displacing: bool,
    apart_minutes: int,
    hold_minutes: int,
    offer_minutes: int,
) -> InterrogationPractice:
    """Say how this procuratorate arranges interrogations; what is booked stays booked.

    Refuses:
        NotAllowed: only case management and the chief of that procuratorate.
        Stale: somebody else said something at the same moment.

    Records:
        InterrogationPracticeSet.
    """
    practice.remote, practice.displacing = remote, displacing
    practice.apart_minutes = apart_minutes
    practice.hold_minutes, practice.offer_minutes = hold_minutes, offer_minutes
    practice.set_at, practice.set_by = act.now, act.actor.id
    with act.unless(ONE_FOR_AN_OFFICE, Stale()):
        act.session.add(practice)
    act.record(InterrogationPracticeSet(practice.procuratorate_id, practice.version))
    return practice
