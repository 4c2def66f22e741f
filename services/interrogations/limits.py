"""Until when an interrogation has to be held: the suspect's earliest open period (CPL 105)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.arrest_requests.records import Suspect
from services.deadlines import Deadline, open_of
from services.deadlines.lists import CUSTODY_RULES
from services.kernel.act import SHANGHAI, Act

DECISIONS = frozenset({"A04b", "A08", "A10", "D03b", "D07", "D08b", "D11b", "X03", "X05"})
"""Periods beside those of custody that an interrogation comes before: the day after an arrest, a
summons, and what is decided on a suspect who is not held."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The period that ends first, and the moment at which its day to keep is over."""

    deadline_id: int
    rule_id: str
    began_at: datetime
    ends_at: datetime


def earliest(act: Act, suspect: Suspect) -> Limit | None:
    """The end of the review's, or of a custody period, that comes first; none if none runs.

    A period in which somebody is told or answered, like those of rights or of an application to
    change the measure, is no limit: no article puts an interrogation before its end.

    A day to keep ends at midnight in Asia/Shanghai; an hour's period at its minute.
    """
    return earliest_of(act, [suspect.id]).get(suspect.id)


def earliest_of(act: Act, suspect_ids: Collection[int]) -> dict[int, Limit]:
    """The same for many suspects at once; of whom no period runs is not in it."""
    found: dict[int, Limit] = {}
    for one in act.session.scalars(open_of(suspect_ids)):
        ends = _ends_at(one)
        if one.suspect_id is None or ends is None or not _counts(one):
            continue
        limit = Limit(one.id, one.rule_id, one.started_at, ends)
        found[one.suspect_id] = min(
            found.get(one.suspect_id, limit), limit, key=lambda each: each.ends_at
        )
    return found


def _counts(deadline: Deadline) -> bool:
    return deadline.rule_id in CUSTODY_RULES | DECISIONS


def _ends_at(deadline: Deadline) -> datetime | None:
    if deadline.due_at is not None:
        return deadline.due_at
    if deadline.due_on is None:
        return None
    return datetime.combine(deadline.due_on + timedelta(days=1), time(), SHANGHAI)
