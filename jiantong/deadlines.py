"""Statutory periods from the console: `jiantong deadlines …`. Needs no database and no settings.

Whoever doubts a date can count it here under the rules that the house counts with.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any, BinaryIO, NoReturn

import click

from services.deadlines.engine.arithmetic import CHINA_TIME, Custody, statutory_day
from services.deadlines.engine.articles import cited_en
from services.deadlines.engine.calculation import Calculation, calculate
from services.deadlines.engine.calendar import bundled_notices, state_council_calendar
from services.deadlines.engine.events import Event, Extended, Restarted
from services.deadlines.engine.problems import ImpossibleError, Problem
from services.deadlines.engine.rules import Rule
from services.deadlines.engine.table import ROWS, TABLE
from services.deadlines.engine.wire import (
    calculation_as_plain,
    event_of_plain,
    events_of_plain,
    moment_of,
    rule_as_plain,
)
from services.deadlines.engine.words import (
    CUSTODY,
    FLAGS,
    counted_en,
    counted_zh,
    phrase_en,
    phrase_zh,
)

Plain = Mapping[str, Any]

MOST_EXTENSIONS = 99
"""More than any rule has; what is too many for a rule, the engine says."""
WEEKDAYS_ZH = "一二三四五六日"
_FIELDS = frozenset({"rule", "trigger", "custody", "events", "extend", "extend_days"})


class Unreadable(StrEnum):
    """Why a question is none that the engine could be asked."""

    LINE_UNREADABLE = "line_unreadable"
    FIELD_UNKNOWN = "field_unknown"
    FIELD_UNREADABLE = "field_unreadable"
    YEAR_UNKNOWN = "year_unknown"


_WORDS: Mapping[Unreadable, tuple[str, str]] = {
    Unreadable.LINE_UNREADABLE: ("此行不是JSON对象。", "The line is no JSON object."),
    Unreadable.FIELD_UNKNOWN: ("没有这一字段：{what}。", "There is no such field: {what}."),
    Unreadable.FIELD_UNREADABLE: (
        "字段{what}缺失或者无法识别。",
        "The field {what} is missing or cannot be read.",
    ),
    Unreadable.YEAR_UNKNOWN: ("没有{what}年的放假通知。", "No notice of {what} is known."),
}


class UnreadableError(ValueError):
    """What was asked cannot be read; `zh` and `en` say why, as an `ImpossibleError` does."""

    def __init__(self, problem: Unreadable, what: str = "") -> None:
        super().__init__(problem, what)
        self.problem = problem
        self.zh, self.en = (words.format(what=what) for words in _WORDS[problem])


@click.group()
def deadlines() -> None:
    """期限: statutory periods, counted and explained without a case."""


@deadlines.command()
@click.argument("rule", required=False)
@click.option("--trigger", metavar="WHEN", help="A day, or for hours an instant with its offset.")
@click.option("--custody/--no-custody", default=None, help="In custody or not; unknown if unsaid.")
@click.option(
    "--state",
    type=click.Choice([state.value for state in Custody]),
    help="The state of custody by its name, in place of the flags.",
)
@click.option(
    "--extend",
    type=click.IntRange(0, MOST_EXTENSIONS),
    help="So many extensions are granted, in the order of the table.",
)
@click.option(
    "--extend-days",
    type=click.IntRange(1),
    metavar="N",
    help="The length of the last extension, where the law gives a range.",
)
@click.option("--requested-on", metavar="DATE", help="When the last extension was asked for.")
@click.option(
    "--exclude",
    multiple=True,
    metavar="REASON:FROM..[UNTIL]",
    help="Days not counted: psychiatric_evaluation, retention, trial_suspended. Repeatable.",
)
@click.option(
    "--custody-changed",
    multiple=True,
    metavar="STATE:DATE",
    help="Held, or not, from that day on. Repeatable.",
)
@click.option(
    "--restart", multiple=True, metavar="REASON:WHEN", help="Counted anew from then on. Repeatable."
)
@click.option("--travel", type=click.IntRange(1), metavar="DAYS", help="Days on the way.")
@click.option(
    "--used", type=click.IntRange(1), metavar="DAYS", help="Days the same organ used before."
)
@click.option(
    "--batch",
    type=click.File("rb", lazy=False),
    metavar="FILE.jsonl",
    help='Lines of {"rule", "trigger", "custody"[, "events", "extend", "extend_days"]}; or -.',
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("--english", is_flag=True, help="Say it in English too.")
def compute(*, batch: BinaryIO | None, as_json: bool, english: bool, **given: Any) -> None:
    """When does a period of RULE end that begins on --trigger, and why?

    R01 --trigger 2026-09-05 --custody
    """
    if batch is not None:
        if any(value not in {None, ()} for value in given.values()):
            message = "--batch takes everything from its lines: leave RULE and its options out."
            raise click.UsageError(message)
        failed = False
        for answer, is_date in answers(batch, as_json=as_json):
            click.echo(answer.encode(errors="backslashreplace"))
            failed = failed or not is_date
        sys.exit(failed)
    if not given["rule"] or not given["trigger"]:
        message = "Give RULE and --trigger, or --batch."
        raise click.UsageError(message)
    custody = _custody(flag=given["custody"], state=given["state"])
    others = list(_events(given))
    try:
        calculation = calculate(
            given["rule"],
            moment_of(given["trigger"]),
            custody,
            state_council_calendar(),
            _with_extensions(
                [event_of_plain(other) for other in others],
                given["extend"],
                given["extend_days"],
                given["requested_on"],
            ),
        )
    except ImpossibleError as error:
        _fail(error, as_json=as_json)
    if as_json:
        click.echo(json.dumps(calculation_as_plain(calculation), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_told(calculation, english=english)))


@deadlines.command()
@click.argument("rule", required=False)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def rules(rule: str | None, *, as_json: bool) -> None:
    """List the rules, or the rows of one RULE; docs/deadlines.md is the same for reading."""
    rows: Sequence[Rule] = TABLE if rule is None else ROWS.get(rule, ())
    if not rows:
        _fail(ImpossibleError(Problem.RULE_UNKNOWN, rule=rule), as_json=as_json)
    if as_json:
        plain = [rule_as_plain(row) for row in rows]
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row.id:<5} {_length(row)}  {row.zh}（{row.article_zh}）")
        if rule is not None:
            click.echo(f"      {row.en} [{row.article}]")


@deadlines.command("calendar")
@click.argument("year", type=int, required=False)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def calendar_(year: int | None, *, as_json: bool) -> None:
    """Print the days off and the make-up working days that are known, and until when."""
    known, notices = state_council_calendar(), bundled_notices()
    if year is not None and year not in notices:
        _fail(UnreadableError(Unreadable.YEAR_UNKNOWN, str(year)), as_json=as_json)
    shown = {one: notices[one] for one in sorted(notices) if year in {None, one}}
    if as_json:
        plain = {
            "known_from": known.known_from.isoformat(),
            "known_until": known.known_until.isoformat(),
            "years": [{"year": one, **notice} for one, notice in shown.items()],
        }
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    click.echo(f"放假安排已知：{known.known_from} 至 {known.known_until}")
    click.echo(f"Days off are known from {known.known_from} to {known.known_until}.")
    for one, notice in shown.items():
        click.echo(f"\n{one}")
        click.echo(f"  放假 off   {', '.join(_runs(notice['off']))}")
        click.echo(f"  上班 work  {', '.join(_runs(notice['work']))}")
        for paper in notice["papers"]:
            click.echo(f"  依据 source {paper}")


# One calculation


def _custody(*, flag: bool | None, state: str | None) -> Custody:
    if state is not None:
        if flag is not None:
            message = "Give --state or --custody/--no-custody, not both."
            raise click.UsageError(message)
        return Custody(state)
    return _SAID[flag]


_SAID = {True: Custody.HELD, False: Custody.AT_LIBERTY, None: Custody.UNKNOWN}


def _events(given: Plain) -> Iterator[Plain]:
    """What happened, in the order of the days: custody, restarts and days left out."""
    dated: list[tuple[str, Plain]] = []
    for text in given["custody_changed"]:
        state, on = _two(text, "--custody-changed STATE:DATE")
        dated.append((on, {"kind": "custody_changed", "custody": state, "on": on}))
    for text in given["restart"]:
        reason, at = _two(text, "--restart REASON:WHEN")
        dated.append((at, {"kind": "restarted", "reason": reason, "at": at}))
    for text in given["exclude"]:
        reason, days = _two(text, "--exclude REASON:FROM..[UNTIL]")
        begun, dots, ended = days.partition("..")
        if not dots:
            message = f"--exclude REASON:FROM..[UNTIL], not {text}"
            raise click.UsageError(message)
        excluded = {"kind": "excluded", "reason": reason, "from_on": begun}
        dated.append((begun, excluded | ({"until_on": ended} if ended else {})))
    yield from (event for _, event in sorted(dated, key=lambda one: one[0]))
    if given["travel"] is not None:
        yield {"kind": "travelled", "days": given["travel"]}
    if given["used"] is not None:
        yield {"kind": "used", "days": given["used"]}


def _two(text: str, form: str) -> tuple[str, str]:
    first, colon, second = text.partition(":")
    if not colon:
        message = f"{form}, not {text}"
        raise click.UsageError(message)
    return first, second


def _with_extensions(
    others: Sequence[Event], extend: int | None, days: int | None, requested_on: str | None = None
) -> tuple[Event, ...]:
    """The extensions come after the last restart, which would forget them."""
    implied = 1 if days is not None or requested_on is not None else 0
    count = implied if extend is None else extend
    if not count:
        return tuple(others)
    asked = None if requested_on is None else statutory_day(moment_of(requested_on))
    last = Extended(length=days, requested_on=asked)
    place = max(
        (place for place, event in enumerate(others, 1) if isinstance(event, Restarted)), default=0
    )
    return (*others[:place], *[Extended()] * (count - 1), last, *others[place:])


# Many calculations


def answers(lines: Iterable[bytes], *, as_json: bool) -> Iterator[tuple[str, bool]]:
    """One answer for each line that is not blank, in the same order, and whether it is a date."""
    calendar, encode = state_council_calendar(), json.JSONEncoder(ensure_ascii=False).encode
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = _asked(line)
            calculation = calculate(
                asked["rule"],
                moment_of(asked["trigger"]),
                _state(asked.get("custody")),
                calendar,
                _with_extensions(
                    events_of_plain(asked.get("events") or ()),
                    asked.get("extend"),
                    asked.get("extend_days"),
                ),
            )
        except (ImpossibleError, UnreadableError) as error:
            plain = {**_named(line), **_error(error), "line": number}
            yield encode(plain) if as_json else f"{number}: {error.zh} {error.en}", False
        else:
            yield (
                encode(calculation_as_plain(calculation)) if as_json else _in_a_line(calculation),
                True,
            )


def _asked(line: bytes) -> Plain:
    """What a line asks for.

    Raises:
        UnreadableError: it is no object of the known fields: a misspelt one would go unseen.
    """
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(Unreadable.LINE_UNREADABLE) from error
    if not isinstance(asked, dict):
        raise UnreadableError(Unreadable.LINE_UNREADABLE)
    if unknown := sorted(set(asked) - _FIELDS):
        raise UnreadableError(Unreadable.FIELD_UNKNOWN, ", ".join(unknown))
    for name, fits in _FITTING.items():
        if not fits(asked.get(name)):
            raise UnreadableError(Unreadable.FIELD_UNREADABLE, name)
    return asked


def _named(line: bytes) -> Plain:
    """What the line asked for, as far as it can be read, so that its answer is told apart."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(asked, dict):
        return {}
    return {name: asked[name] for name in ("rule", "trigger") if isinstance(asked.get(name), str)}


def _is_count(value: Any) -> bool:
    return value is None or (
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_EXTENSIONS
    )


_FITTING = {
    "rule": lambda value: isinstance(value, str),
    "trigger": lambda value: isinstance(value, str),
    "custody": lambda value: value is None or isinstance(value, bool | str),
    "events": lambda value: (
        value is None or (isinstance(value, list) and all(isinstance(one, dict) for one in value))
    ),
    "extend": _is_count,
    "extend_days": _is_count,
}


def _state(said: bool | str | None) -> Custody:  # noqa: FBT001  # as the line says it
    if isinstance(said, str):
        try:
            return Custody(said)
        except ValueError as error:
            raise ImpossibleError(Problem.CUSTODY_UNREADABLE, text=said) from error
    return _SAID[said]


# Words


def _told(calculation: Calculation, *, english: bool) -> Iterator[str]:
    rule = calculation.rule
    year = statutory_day(calculation.started).year
    yield f"{rule.id} {rule.zh}"
    if english:
        yield f"    {rule.en}"
    yield f"依据：{rule.article_zh}" + (f" · {rule.article}" if english else "")
    yield f"起算：{rule.trigger.zh}，{_when(calculation.started)}"
    yield f"羁押：{_both(CUSTODY[calculation.custody], english=english)}"
    yield from _ends(calculation, english=english)
    for flag in sorted(calculation.flags):
        yield f"注意：{_both(FLAGS[flag], english=english)}"
    yield "步骤：" + ("Steps:" if english else "")
    for place, step in enumerate(calculation.steps, 1):
        yield f"{place:>3}. {phrase_zh(step, rule, year)}"
        if english:
            yield f"     {phrase_en(step, rule)}"


def _ends(calculation: Calculation, *, english: bool) -> Iterator[str]:
    due = calculation.due_at or calculation.due_on
    outer = calculation.outer_at or calculation.outer_on
    due_name, outer_name, none, mark = (
        ("应办日 day to keep", "外限 outer limit", "没有届满日 no last day", "暂定 provisional")
        if english
        else ("应办日", "外限", "没有届满日", "暂定")
    )
    if due is None or outer is None:
        yield none
        return
    provisional = f"（{mark}）" if calculation.provisional else ""
    yield f"{due_name}：{_when(due)}{provisional}"
    yield f"{outer_name}：{_when(outer)}{provisional}"


def _in_a_line(calculation: Calculation) -> str:
    due = calculation.due_at or calculation.due_on
    outer = calculation.outer_at or calculation.outer_on
    mark = "\t暂定 provisional" if calculation.provisional else ""
    return f"{calculation.rule.id}\t{due or '—'}\t{outer or '—'}{mark}"


def _both(words: tuple[str, str], *, english: bool) -> str:
    return " · ".join(words) if english else words[0]


def _when(moment: date) -> str:
    day = statutory_day(moment)
    hour = f" {moment.astimezone(CHINA_TIME):%H:%M}" if isinstance(moment, datetime) else ""
    return f"{day}{hour}（星期{WEEKDAYS_ZH[day.weekday()]}）"


def _length(rule: Rule) -> str:
    if rule.period is None:
        return "—"
    length, unit, days = rule.period.length, rule.period.unit, rule.period.and_days
    more = (f"零{days}日", f" and {days} days") if days else ("", "")
    return f"{counted_zh(length, unit)}{more[0]} {counted_en(length, unit)}{more[1]}"


def _runs(days: Iterable[str]) -> Iterator[str]:
    """Days in a row as one: 01-01…01-03."""
    run: list[date] = []
    for day in chain(sorted(map(date.fromisoformat, days)), [None]):
        if run and (day is None or day - run[-1] > timedelta(days=1)):
            yield "…".join(dict.fromkeys(f"{one}" for one in (run[0], run[-1])))
            run = []
        if day is not None:
            run.append(day)


# What cannot be


def _error(error: ImpossibleError | UnreadableError) -> dict[str, Any]:
    articles = error.articles if isinstance(error, ImpossibleError) else ()
    return {
        "error": {
            "problem": error.problem.value,
            "zh": error.zh,
            "en": error.en,
            "article": cited_en(articles) or None,
        }
    }


def _fail(error: ImpossibleError | UnreadableError, *, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(json.dumps(_error(error), ensure_ascii=False, indent=2))
    click.echo(f"jiantong: {error.zh} {error.en}", err=True)
    raise SystemExit(1)
