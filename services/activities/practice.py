"""How a procuratorate works with people's supervisors, where no article says it.

No text allows or forbids taking part from afar, says how long a supervisor has to answer, how long
opinions stay sealed, for how long the papers can be read or until when one objects: each
procuratorate says so itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from services import offices
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import NotFound, Stale
from services.offices import Office, OfficeKind
from services.policy import Permission, demands

ONE_FOR_AN_OFFICE = "supervision_practices_pkey"


class SupervisionPractice(Record):
    """What one procuratorate has said; an office that has said nothing has no row."""

    __tablename__ = "supervision_practices"
    __table_args__ = (
        CheckConstraint(
            "answer_hours BETWEEN 1 AND 168 AND witness_minutes BETWEEN 0 AND 1440"
            " AND packet_hours BETWEEN 1 AND 336 AND opinion_hours BETWEEN 1 AND 336"
            " AND quorum_percent BETWEEN 50 AND 100 AND silence_hours BETWEEN 1 AND 120"
            " AND receipt_days BETWEEN 1 AND 30",
            name="supervision_practices_bounds",
        ),
    )

    procuratorate_id: Mapped[int] = mapped_column(
        ForeignKey("offices.id"), primary_key=True, autoincrement=False
    )
    remote: Mapped[bool]
    """Supervisors may take part from afar."""
    answer_hours: Mapped[int]
    """Hours in which a supervisor who is drawn answers; then another is drawn."""
    witness_minutes: Mapped[int]
    """Minutes between the publication of a draw and the draw, for whoever watches it."""
    packet_hours: Mapped[int]
    """Hours before the activity from which its papers can be read."""
    opinion_hours: Mapped[int]
    """Hours after the activity in which opinions are taken, sealed."""
    quorum_percent: Mapped[int]
    """How many of those who attended open the opinions when theirs are in."""
    silence_hours: Mapped[int]
    """Hours before the activity by which the organ is to have published the draw."""
    receipt_days: Mapped[int]
    """Working days in which a supervisor receipts an answer or objects to it."""
    set_at: Mapped[datetime | None]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def answer_for(self) -> timedelta:
        """How long a supervisor who is drawn has to answer."""
        return timedelta(hours=self.answer_hours)

    @property
    def opinions_for(self) -> timedelta:
        """How long opinions are taken after the activity."""
        return timedelta(hours=self.opinion_hours)


@dataclass(frozen=True, slots=True)
class SupervisionPracticeSet(Event):
    """A procuratorate has said how it works with supervisors; the event is about the office."""

    version: int


@dataclass(frozen=True, slots=True)
class Practice:
    """All that a procuratorate says of it at once."""

    remote: bool = True
    answer_hours: int = 24
    witness_minutes: int = 60
    packet_hours: int = 72
    opinion_hours: int = 48
    quorum_percent: int = 100
    silence_hours: int = 48
    receipt_days: int = 5


def of_office(session: Session, procuratorate_id: int) -> SupervisionPractice:
    """What that procuratorate has said, or what holds until it does."""
    found = session.get(SupervisionPractice, procuratorate_id)
    if found is None:
        found = SupervisionPractice(procuratorate_id=procuratorate_id, version=0)
        _say(found, Practice())
    return found


def find(act: Act, procuratorate_id: int | None = None) -> SupervisionPractice:
    """How a procuratorate works with supervisors: the one named, one's own, one's organ's.

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
        if own is None:
            continue
        asked = own.id if own.kind is OfficeKind.PROCURATORATE else own.procuratorate_id
        if asked is not None:
            return of_office(act.session, asked)
    raise NotFound


@demands(Permission.SUPERVISION_PRACTICE_SET)
def change(act: Act, practice: SupervisionPractice, said: Practice) -> SupervisionPractice:
    """Say how this procuratorate works with supervisors; what was begun before goes on.

    Refuses:
        NotAllowed: only case management and the chief of that procuratorate.
        Stale: somebody else said something at the same moment.

    Records:
        SupervisionPracticeSet.
    """
    _say(practice, said)
    practice.set_at, practice.set_by = act.now, act.actor.id
    with act.unless(ONE_FOR_AN_OFFICE, Stale()):
        act.session.add(practice)
    act.record(SupervisionPracticeSet(practice.procuratorate_id, practice.version))
    return practice


def _say(practice: SupervisionPractice, said: Practice) -> None:
    practice.remote = said.remote
    practice.answer_hours = said.answer_hours
    practice.witness_minutes = said.witness_minutes
    practice.packet_hours = said.packet_hours
    practice.opinion_hours = said.opinion_hours
    practice.quorum_percent = said.quorum_percent
    practice.silence_hours = said.silence_hours
    practice.receipt_days = said.receipt_days
