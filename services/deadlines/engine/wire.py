"""A calculation, a row and an event as plain JSON values: one shape for API, ledger and console."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.deadlines.engine.arithmetic import Custody, statutory_day
from services.deadlines.engine.articles import cited_en, cited_zh
from services.deadlines.engine.calculation import Calculation
from services.deadlines.engine.choices import CHOICES, Choice
from services.deadlines.engine.events import (
    CustodyChanged,
    Event,
    Excluded,
    ExclusionReason,
    Extended,
    ExtensionStated,
    Restarted,
    Travelled,
    Used,
)
from services.deadlines.engine.problems import ImpossibleError, Problem
from services.deadlines.engine.rules import Extension, RestartReason, Rule
from services.deadlines.engine.steps import Step
from services.deadlines.engine.words import phrase_en, phrase_zh

Plain = dict[str, Any]

KINDS: Mapping[str, type[Event]] = {
    "extended": Extended,
    "extension_stated": ExtensionStated,
    "excluded": Excluded,
    "travelled": Travelled,
    "used": Used,
    "restarted": Restarted,
    "custody_changed": CustodyChanged,
}
_NAMES = {event: name for name, event in KINDS.items()}
_FIELDS: Mapping[str, Any] = {
    "ground": str,
    "length": int,
    "days": int,
    "on": date.fromisoformat,
    "requested_on": date.fromisoformat,
    "from_on": date.fromisoformat,
    "until_on": date.fromisoformat,
    "custody": Custody,
}


def calculation_as_plain(calculation: Calculation) -> Plain:
    """Everything that a person or a phone needs to see, check and explain the date."""
    rule, started = calculation.rule, calculation.started
    year = statutory_day(started).year
    steps = [step_as_plain(step, rule, year) for step in calculation.steps]
    return {
        "rule": rule.id,
        "kind": rule.kind.value,
        "title_zh": rule.zh,
        "title_en": rule.en,
        "trigger": rule.trigger.code,
        "trigger_zh": rule.trigger.zh,
        "trigger_en": rule.trigger.en,
        "started": started.isoformat(),
        "custody": calculation.custody.value,
        "events": [event_as_plain(event) for event in calculation.events],
        "due_on": _plain(calculation.due_on),
        "outer_on": _plain(calculation.outer_on),
        "due_at": _plain(calculation.due_at),
        "outer_at": _plain(calculation.outer_at),
        "unrolled_on": _plain(calculation.unrolled_on),
        "warn_on": _plain(calculation.warn_on),
        "provisional": calculation.provisional,
        "flags": sorted(flag.value for flag in calculation.flags),
        "article": rule.article,
        "article_zh": rule.article_zh,
        "explanation_zh": "；".join(step["zh"] for step in steps),
        "explanation_en": "; ".join(step["en"] for step in steps),
        "steps": steps,
    }


def step_as_plain(step: Step, rule: Rule, year: int) -> Plain:
    """One step: its code and numbers, and its words in both languages."""
    return {
        "code": step.code.value,
        "reading": step.reading.value,
        "from_on": _plain(step.from_on),
        "length": step.length,
        "on": _plain(step.on),
        "at": _plain(step.at),
        "article": cited_en(step.articles),
        "article_zh": cited_zh(step.articles),
        **_choice(step.choice),
        "zh": phrase_zh(step, rule, year),
        "en": phrase_en(step, rule),
    }


def rule_as_plain(rule: Rule) -> Plain:
    """One row of the table."""
    period = rule.period
    return {
        "rule": rule.id,
        "kind": rule.kind.value,
        "title_zh": rule.zh,
        "title_en": rule.en,
        "trigger": rule.trigger.code,
        "trigger_zh": rule.trigger.zh,
        "trigger_en": rule.trigger.en,
        "binds": rule.binds.value,
        "length": period.length if period else None,
        "and_days": period.and_days if period else 0,
        "unit": period.unit.value if period else None,
        "class": period.period_class.value if period else None,
        "extensions": [_extension(extension) for extension in rule.extensions],
        "extends": rule.base[0] if rule.base else None,
        "restarts": sorted(reason.value for reason in rule.restarts),
        "at_most": rule.at_most,
        "per_case": rule.per_case,
        "article": rule.article,
        "article_zh": rule.article_zh,
        "effective_from": rule.effective_from.isoformat(),
        "effective_until": _plain(rule.effective_until),
        "note_zh": rule.note_zh,
        "note_en": rule.note_en,
    }


def event_as_plain(event: Event) -> Plain:
    """An event as it is sent and stored."""
    plain: Plain = {"kind": _NAMES[type(event)]}
    for name in event.__dataclass_fields__:
        value = getattr(event, name)
        if value is not None:
            plain[name] = value.isoformat() if isinstance(value, date) else _code(value)
    return plain


def event_of_plain(plain: Mapping[str, Any]) -> Event:
    """The event that `plain` says; a field that is null is one that was left out.

    Raises:
        ImpossibleError: it says none.
    """
    if not isinstance(plain, Mapping):
        raise ImpossibleError(Problem.EVENT_UNREADABLE, kind=plain)
    given = {name: value for name, value in plain.items() if value is not None}
    kind = given.pop("kind", None)
    event = KINDS.get(kind) if isinstance(kind, str) else None
    if event is None:
        raise ImpossibleError(Problem.EVENT_UNREADABLE, kind=kind)
    try:
        read = {name: _read(event, name, value) for name, value in given.items()}
        return event(**read)
    except (KeyError, TypeError, ValueError) as error:
        raise ImpossibleError(Problem.EVENT_UNREADABLE, kind=kind) from error


def events_of_plain(plain: Sequence[Mapping[str, Any]]) -> tuple[Event, ...]:
    """The events, in their order.

    Raises:
        ImpossibleError: one of them cannot be read.
    """
    return tuple(event_of_plain(one) for one in plain)


def moment_of(text: str) -> date | datetime:
    """A day (`2026-09-05`) or an instant with its offset (`2026-09-07T09:20+08:00`).

    Raises:
        ImpossibleError: it is neither.
    """
    if not _A_MOMENT.fullmatch(text):
        raise ImpossibleError(Problem.DATE_UNREADABLE, text=text)
    try:
        moment = date.fromisoformat(text) if len(text) == _A_DAY else datetime.fromisoformat(text)
    except ValueError as error:
        raise ImpossibleError(Problem.DATE_UNREADABLE, text=text) from error
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise ImpossibleError(Problem.INSTANT_WITHOUT_OFFSET)
    return moment


_A_DAY = len("2026-09-05")
_A_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d\S*)?", re.ASCII)
"""Python also reads weeks and days without hyphens; people would not know what was read."""


def _read(event: type[Event], name: str, value: Any) -> Any:
    if name == "at":
        return moment_of(value)
    if name == "reason":
        return (ExclusionReason if event is Excluded else RestartReason)(value)
    if _FIELDS[name] is int and (not isinstance(value, int) or isinstance(value, bool)):
        raise TypeError(name)
    return _FIELDS[name](value)


def _extension(extension: Extension) -> Plain:
    return {
        "ground": extension.ground,
        "more": extension.more,
        "at_least": extension.at_least,
        "unit": extension.unit.value,
        "in_one_go": extension.total,
        "zh": extension.zh,
        "en": extension.en,
        "by_zh": extension.by_zh,
        "by_en": extension.by_en,
        "article": cited_en(extension.articles),
        "article_zh": cited_zh(extension.articles),
    }


def _choice(choice: Choice | None) -> Plain:
    """The open question behind a step: what is kept, what the other reading would give."""
    reading = None if choice is None else CHOICES[choice]
    return {
        "choice": None if choice is None else choice.value,
        "choice_zh": reading and reading.zh,
        "choice_en": reading and reading.en,
        "kept_zh": reading and reading.kept_zh,
        "kept_en": reading and reading.kept_en,
        "other_zh": reading and reading.outer_zh,
        "other_en": reading and reading.outer_en,
    }


def _plain(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _code(value: Any) -> Any:
    return value.value if hasattr(value, "value") else value
