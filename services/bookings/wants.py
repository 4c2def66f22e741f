"""What a booking wants to take: resources, and how much before and after the thing itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.dialects.postgresql import Range


class Part(StrEnum):
    """Which part of the time is taken."""

    WHOLE = "whole"
    """From the buffer before to the buffer after."""
    ENDS = "ends"
    """Only the buffers: an escort is free again while the suspect sits in the room."""


@dataclass(frozen=True, slots=True)
class Option:
    """One resource that would do, with the buffers that it brings."""

    resource_id: int
    before: timedelta = timedelta()
    after: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Want:
    """One unit of one of these resources; the first that is free is taken, in this order."""

    any_of: tuple[Option, ...]
    part: Part = Part.WHOLE

    def ranges(self, option: Option, during: Range[datetime]) -> list[Range[datetime]]:
        """The times that are really taken of that resource for a thing that lasts `during`."""
        start, end = bounds(during)
        first, last = start - option.before, end + option.after
        if self.part is Part.WHOLE:
            return [Range(first, last)]
        return [Range(a, b) for a, b in ((first, start), (end, last)) if a < b]


def bounds(during: Range[datetime]) -> tuple[datetime, datetime]:
    """Both ends of a range that the calendar keeps bounded."""
    assert during.lower is not None and during.upper is not None  # noqa: S101, PT018
    return during.lower, during.upper


def span(wants: Collection[Want], during: Range[datetime]) -> Range[datetime]:
    """Everything that these wants could touch."""
    start, end = bounds(during)
    options = [option for want in wants for option in want.any_of]
    before = max((option.before for option in options), default=timedelta())
    after = max((option.after for option in options), default=timedelta())
    return Range(start - before, end + after)


def wanted(wants: Collection[Want]) -> Sequence[int]:
    """The ids of everything that would do, in the one order in which it is locked."""
    return sorted({option.resource_id for want in wants for option in want.any_of})
