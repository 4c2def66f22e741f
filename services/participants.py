"""Participants (到场人员): whoever takes part in an interrogation and has no account here.

Interpreters and people who know sign language stand on an office's register and serve in many
cases (CPL 9, 121); a legal representative or an appropriate adult is there for one suspect
(CPL 281, RULES 465), a lawyer for the signing of one suspect's plea statement (CPL 174).
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.act import Act, Event, Record
from services.kernel.refusals import NotFound, Unprocessable
from services.kernel.sealed import SealedText
from services.policy import STAFF, Permission, demands


class ParticipantKind(StrEnum):
    """What brings somebody without an account to an interrogation."""

    INTERPRETER = "interpreter"
    SIGN_INTERPRETER = "sign_interpreter"
    LEGAL_REPRESENTATIVE = "legal_representative"
    APPROPRIATE_ADULT = "appropriate_adult"
    LAWYER = "lawyer"


OF_A_SUSPECT = frozenset(
    {
        ParticipantKind.LEGAL_REPRESENTATIVE,
        ParticipantKind.APPROPRIATE_ADULT,
        ParticipantKind.LAWYER,
    }
)
"""Whoever is there for one suspect only."""


class Participant(Record):
    """One person of the register of an office; never in the journal by name."""

    __tablename__ = "participants"
    __table_args__ = (
        CheckConstraint(
            "(kind IN ('interpreter', 'sign_interpreter')) = (suspect_id IS NULL)",
            name="participants_of_a_suspect",
        ),
        Index("participants_by_office", "office_id", "kind", "id"),
        Index("participants_by_suspect", "suspect_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    kind: Mapped[ParticipantKind]
    name: Mapped[str]
    suspect_id: Mapped[int | None] = mapped_column(ForeignKey("suspects.id"))
    languages: Mapped[list[str]] = mapped_column(default=list)
    """Of an interpreter: tags of BCP 47, such as `ug` or `vi`."""
    relation: Mapped[str] = mapped_column(default="")
    """To the suspect: mother, teacher, the lawyer's firm."""
    telephone: Mapped[str] = mapped_column(SealedText("participants.telephone"), default="")
    entered_at: Mapped[datetime]
    entered_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    retired_at: Mapped[datetime | None]
    """From then on nobody asks for this person any more."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


@dataclass(frozen=True, slots=True)
class ParticipantEntered(Event):
    """Somebody was entered in the register of participants."""

    kind: str


@dataclass(frozen=True, slots=True)
class ParticipantCorrected(Event):
    """What the register says of somebody was put right."""


@dataclass(frozen=True, slots=True)
class ParticipantRetired(Event):
    """Somebody has left the register."""


@dataclass(frozen=True, slots=True)
class NewParticipant:
    """Who is to be entered."""

    office_id: int
    kind: ParticipantKind
    name: str
    suspect_id: int | None = None
    languages: tuple[str, ...] = ()
    relation: str = ""
    telephone: str = ""


class NobodysParticipant(Unprocessable):
    """A representative, an adult or a lawyer is there for a suspect; an interpreter is not."""

    zh = "法定代理人、合适成年人、律师应当对应一名犯罪嫌疑人；翻译、手语人员不对应个案。"


def visible(act: Act) -> Select[Participant]:
    """Everyone on the registers of the offices in which the actor works on cases."""
    return select(Participant).where(Participant.office_id.in_(act.actor.offices_as(*STAFF)))


def on_the_register(act: Act) -> Select[Participant]:
    """Whoever may still be asked, in a steady order."""
    return visible(act).where(Participant.retired_at.is_(None)).order_by(Participant.id)


def find(act: Act, participant_id: int) -> Participant:
    """The participant, if the actor may see the register; otherwise there is nobody."""
    found = act.session.scalar(visible(act).where(Participant.id == participant_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.PARTICIPANT_ENTER)
def enter(act: Act, given: NewParticipant) -> Participant:
    """Enter somebody in the register of an office.

    Refuses:
        NotAllowed: only the staff of that procuratorate.
        NobodysParticipant: a representative without a suspect, or an interpreter with one.

    Records:
        ParticipantEntered.
    """
    if (given.kind in OF_A_SUSPECT) != (given.suspect_id is not None):
        raise NobodysParticipant
    values = asdict(given) | {"languages": list(given.languages)}
    participant = Participant(**values, entered_at=act.now, entered_by=act.actor.id)
    act.session.add(participant)
    act.session.flush()
    act.record(ParticipantEntered(participant.id, given.kind.value))
    return participant


@demands(Permission.PARTICIPANT_ENTER)
def correct(  # noqa: PLR0913  # each by its name
    act: Act,
    participant: Participant,
    *,
    name: str,
    languages: Collection[str] = (),
    relation: str = "",
    telephone: str = "",
) -> Participant:
    """Put right what the register says of somebody; for whom they are there does not change.

    Refuses:
        NotAllowed: only the staff of that procuratorate.

    Records:
        ParticipantCorrected.
    """
    participant.name, participant.languages = name, list(languages)
    participant.relation, participant.telephone = relation, telephone
    act.session.flush()
    act.record(ParticipantCorrected(participant.id))
    return participant


@demands(Permission.PARTICIPANT_ENTER)
def retire(act: Act, participant: Participant) -> Participant:
    """Take somebody off the register; what they take part in still names them.

    Refuses:
        NotAllowed: only the staff of that procuratorate.

    Records:
        ParticipantRetired.
    """
    participant.retired_at = participant.retired_at or act.now
    act.session.flush()
    act.record(ParticipantRetired(participant.id))
    return participant
