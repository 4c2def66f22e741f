"""What happens to the question of who is in which case."""

from dataclasses import dataclass

from services.kernel.act import Event


@dataclass(frozen=True, slots=True)
class SuspectAdded(Event):
    """Somebody found later came to the case; the own periods run from then."""

    suspect_id: int


@dataclass(frozen=True, slots=True)
class SuspectMoved(Event):
    """A suspect, with what runs and what was done, went from this case into another."""

    suspect_id: int
    to_case_id: int


@dataclass(frozen=True, slots=True)
class CaseDivided(Event):
    """Suspects of the case got one of their own (分案; RULES 459)."""

    new_case_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class CasesMerged(Event):
    """A later case went over into this one (并案)."""

    merged_case_id: int


@dataclass(frozen=True, slots=True)
class CasesLinked(Event):
    """The case and another were said to belong together (关联)."""

    other_case_id: int
    reason: str
