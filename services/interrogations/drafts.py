"""What somebody asks for when an interrogation is arranged, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import Range

from services.arrest_requests.records import Suspect
from services.cases import Case
from services.interrogations.flow import STAFF_ROLES, Mode, Purpose, Role


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who is to take part: with an account, or from the register of participants."""

    role: Role
    person_id: int | None = None
    participant_id: int | None = None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Who meets the suspect, how, for how long, and for what; when is said apart from it."""

    purpose: Purpose = Purpose.INTERROGATE
    mode: Mode = Mode.REMOTE
    minutes: int = 60
    seats: tuple[Seat, ...] = field(default_factory=tuple)
    language: str | None = None
    """The tag (BCP 47) of the language to interpret, if the suspect does not know Chinese."""
    place: str = ""
    room_id: int | None = None
    """This room of the centre, where somebody has chosen one."""
    prefers: tuple[int, ...] = ()
    """Desks, lines and escort that a plan has reckoned with: taken before others if free."""

    @property
    def person_ids(self) -> Sequence[int]:
        """Whoever takes part and has an account, in a steady order."""
        return sorted(seat.person_id for seat in self.seats if seat.person_id is not None)

    @property
    def participant_ids(self) -> Sequence[int]:
        """Whoever takes part and has none, in a steady order."""
        return sorted(seat.participant_id for seat in self.seats if seat.participant_id is not None)

    @property
    def staff_ids(self) -> Sequence[int]:
        """Whoever holds it, for the procuratorate."""
        return sorted(
            seat.person_id
            for seat in self.seats
            if seat.person_id is not None and seat.role in STAFF_ROLES
        )

    def at(self, starts_at: datetime) -> Range[datetime]:
        """The time it lasts when it begins then: `[start, end)`."""
        return Range(starts_at, starts_at + timedelta(minutes=self.minutes))


@dataclass(frozen=True, slots=True)
class Wish:
    """A suspect in a case, before there is an interrogation: what a booking is asked for."""

    case: Case
    suspect: Suspect

    @property
    def procuratorate_id(self) -> int:
        """The procuratorate that handles the case."""
        return self.case.procuratorate_id

    @property
    def handler_id(self) -> int | None:
        """The prosecutor who handles the case."""
        return self.case.handler_id

    @property
    def recused_ids(self) -> Sequence[int] | None:
        """Whoever was recused from the case (CPL 29)."""
        return self.case.recused_ids
