"""What happens to the question of who handles a case."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class CaseAssigned(Event):
    """A case got its handler, by a draw, by an earlier stage or by designation."""

    assignment_id: int
    handler_id: int


@dataclass(frozen=True, slots=True)
class HandlerChanged(Event):
    """Another prosecutor took the case over."""

    assignment_id: int
    from_id: int
    handler_id: int


@dataclass(frozen=True, slots=True)
class HandlerRecused(Event):
    """A prosecutor was recused from a case (CPL 29)."""

    person_id: int
    ground: str


@dataclass(frozen=True, slots=True)
class RotationCommitted(Event):
    """A list was bound to a chain of seeds still to come; the anchor is hexadecimal."""

    office_id: int
    list: str
    anchor: str


@dataclass(frozen=True, slots=True)
class LoadShareSet(Event):
    """Somebody carries a share of the usual load; the event is about the procuratorate."""

    person_id: int
    percent: int
    ground: str


@dataclass(frozen=True, slots=True)
class CaseTeamFormed(Event):
    """Prosecutors handle cases together under a lead; the event is about the team."""

    procuratorate_id: int
    lead_id: int


@dataclass(frozen=True, slots=True)
class CaseTeamJoined(Event):
    """Another prosecutor came into a team."""

    person_id: int


@dataclass(frozen=True, slots=True)
class CaseTeamMemberRemoved(Event):
    """A prosecutor left a team."""

    person_id: int


@dataclass(frozen=True, slots=True)
class CaseTeamEnded(Event):
    """A team handles no new case after a day."""

    lead_id: int
