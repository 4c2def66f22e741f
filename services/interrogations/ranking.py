"""Which of several free slots is best: time left, journeys, and what the room's day is left like.

The earliest is not always best. Each slot has a cost in points, the least is best, and of equal
ones the earlier. What added or saved points is told as codes, so that a person can disagree.

    time      the share of the time to the earliest limit that is gone by then, 0 to 100 points;
              where no period runs, of 60 days
    last third  60 more in the last third of it: no room is left for anything that goes wrong
    gap       15 for each side on which less than 30 minutes of the room's day stay unused
    adjoins   10 less for each side that touches another booking of the room
    journey   25 less if one who travels for it visits the same centre on that day anyway
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.kernel.act import SHANGHAI

LAST_THIRD, GAP, ADJOINS, JOURNEY = 60, 15, -10, -25
USABLE = timedelta(minutes=30)
"""A shorter gap between two bookings of a room holds nothing."""


class SlotReason(StrEnum):
    """What speaks for a slot, or against it."""

    EARLY = "early"
    """In the first third of the time that is left."""
    LAST_THIRD = "last_third"
    ADJOINS = "adjoins"
    """It touches another booking of the room."""
    LEAVES_GAP = "leaves_gap"
    """It leaves minutes of the room that nobody can use."""
    SAME_JOURNEY = "same_journey"
    """Somebody of the staff is at the centre on that day anyway."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What one slot costs, and why."""

    cost: int
    reasons: tuple[SlotReason, ...]


def judged(
    starts_at: datetime,
    *,
    now: datetime,
    limit: datetime,
    left: tuple[timedelta | None, timedelta | None],
    visits: Collection[date],
) -> Judged:
    """The points of one slot; `left` as `room_left` tells it."""
    share = (starts_at - now) / (limit - now) if limit > now else 1.0
    cost = round(100 * share)
    reasons: list[SlotReason] = []
    if share > 2 / 3:
        cost += LAST_THIRD
        reasons.append(SlotReason.LAST_THIRD)
    elif share <= 1 / 3:
        reasons.append(SlotReason.EARLY)
    for side in left:
        if side is None or side >= USABLE:
            continue
        cost += GAP if side else ADJOINS
        reasons.append(SlotReason.LEAVES_GAP if side else SlotReason.ADJOINS)
    if starts_at.astimezone(SHANGHAI).date() in visits:
        cost += JOURNEY
        reasons.append(SlotReason.SAME_JOURNEY)
    return Judged(cost, tuple(dict.fromkeys(reasons)))


def room_left(
    taken: Sequence[tuple[datetime, datetime]], start: datetime, end: datetime
) -> tuple[timedelta | None, timedelta | None]:
    """How long the room is free right before and right after; None if nothing is near."""
    before = [start - until for _, until in taken if until <= start]
    after = [since - end for since, _ in taken if since >= end]
    return min(before, default=None), min(after, default=None)
