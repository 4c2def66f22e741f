"""Every row of the table of statutory periods, in the order of its sections."""

from datetime import date

from services.deadlines.engine.rules import Rule
from services.deadlines.engine.table.arrest import ARREST
from services.deadlines.engine.table.bail import BAIL
from services.deadlines.engine.table.commission import COMMISSION
from services.deadlines.engine.table.court import COURT
from services.deadlines.engine.table.custody import CUSTODY
from services.deadlines.engine.table.detention import DETENTION
from services.deadlines.engine.table.necessity import NECESSITY
from services.deadlines.engine.table.non_prosecution import NON_PROSECUTION
from services.deadlines.engine.table.prosecution import PROSECUTION
from services.deadlines.engine.table.supervision import SUPERVISION

TABLE: tuple[Rule, ...] = (
    *DETENTION,
    *ARREST,
    *CUSTODY,
    *COMMISSION,
    *PROSECUTION,
    *BAIL,
    *NECESSITY,
    *NON_PROSECUTION,
    *COURT,
    *SUPERVISION,
)


class UnknownRuleError(LookupError):
    """No row of that id is in force on that day."""

    def __init__(self, rule_id: str, on: date | None = None) -> None:
        super().__init__(rule_id, on)
        self.rule_id = rule_id
        self.on = on


def _rows() -> dict[str, tuple[Rule, ...]]:
    rows: dict[str, list[Rule]] = {}
    for rule in TABLE:
        rows.setdefault(rule.id, []).append(rule)
    return {
        rule_id: tuple(sorted(same, key=lambda rule: rule.effective_from))
        for rule_id, same in rows.items()
    }


ROWS = _rows()
"""The rows of each id, oldest first."""


def rule_of(rule_id: str, on: date) -> Rule:
    """The row of that id in force for a period that begins on `on`, a day in China.

    A period that began before the oldest text that was read is counted under the oldest row;
    whoever shows it says so (`Calculation.flags`).

    Raises:
        UnknownRuleError: no row has that id, or the last one no longer holds.
    """
    rows = ROWS.get(rule_id)
    if rows is None:
        raise UnknownRuleError(rule_id)
    for rule in rows:
        if on < rule.effective_from or rule.holds_on(on):
            return rule
    raise UnknownRuleError(rule_id, on)
