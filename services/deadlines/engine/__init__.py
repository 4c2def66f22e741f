"""Statutory periods of China's criminal procedure: pure, standard library only, without a case.

    calculate("R01", date(2026, 9, 5), Custody.HELD, state_council_calendar()).due_on

Nothing here imports anything outside this folder; it can be copied and used alone.
"""

from services.deadlines.engine.arithmetic import Custody, Period, PeriodClass, Unit
from services.deadlines.engine.calculation import Calculation, Flag, calculate
from services.deadlines.engine.calendar import WorkCalendar, state_council_calendar
from services.deadlines.engine.problems import ImpossibleError, Problem
from services.deadlines.engine.rules import Kind, Organ, Rule
from services.deadlines.engine.steps import Step, StepCode, follow
from services.deadlines.engine.table import TABLE, UnknownRuleError, rule_of
from services.deadlines.engine.words import explained_en, explained_zh

__all__ = [
    "TABLE",
    "Calculation",
    "Custody",
    "Flag",
    "ImpossibleError",
    "Kind",
    "Organ",
    "Period",
    "PeriodClass",
    "Problem",
    "Rule",
    "Step",
    "StepCode",
    "Unit",
    "UnknownRuleError",
    "WorkCalendar",
    "calculate",
    "explained_en",
    "explained_zh",
    "follow",
    "rule_of",
    "state_council_calendar",
]
