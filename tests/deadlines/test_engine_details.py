"""The whole way to a date, step by step, and the whole of a refusal, as a lawyer would check them.

The dates of `test_worked_examples.py` say where a period ends. Here stands how it gets there:
each step with the day it leaves, its length, the day it reaches, the articles it rests on, the
choice that was made and the reading it belongs to. All were worked out by hand from the texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from services.deadlines.engine.arithmetic import (
    CHINA_TIME,
    Custody,
    EmptyPeriodError,
    NaiveInstantError,
    Period,
    PeriodClass,
    Unit,
    add_days,
    add_half_months,
    clamp_months,
    hours_to_the_full_hour,
    hours_to_the_minute,
    month_end,
    statutory_day,
    working_days_after,
    working_days_before,
)
from services.deadlines.engine.articles import Article, cited_en, cited_zh, law
from services.deadlines.engine.calculation import Calculation, Flag, calculate, calculate_row
from services.deadlines.engine.calendar import (
    CalendarError,
    WorkCalendar,
    bundled_notices,
    changed_days,
    fixed_days_off,
    longest_rest,
    state_council_calendar,
)
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
from services.deadlines.engine.periods import request_due
from services.deadlines.engine.problems import ImpossibleError, Problem
from services.deadlines.engine.reasons import LEFT_OUT_UNDER
from services.deadlines.engine.rules import Extension, Kind, Organ, RestartReason, Rule, Trigger
from services.deadlines.engine.steps import (
    BrokenExplanationError,
    Reading,
    Step,
    StepCode,
    follow,
)
from services.deadlines.engine.table import rule_of
from services.deadlines.engine.words import explained_en, explained_zh, phrase_en, phrase_zh

CALENDAR = state_council_calendar()
HELD, FREE, UNKNOWN = Custody.HELD, Custody.AT_LIBERTY, Custody.UNKNOWN
EVALUATION, RETENTION = ExclusionReason.PSYCHIATRIC_EVALUATION, ExclusionReason.RETENTION


def day(text: str) -> date:
    return date.fromisoformat(text)


def evaluated(first: str, last: str | None = None) -> Excluded:
    return Excluded(EVALUATION, day(first), None if last is None else day(last))


def retained(first: str, last: str) -> Excluded:
    return Excluded(RETENTION, day(first), day(last))


def moved(on: str) -> Restarted:
    return Restarted(RestartReason.JURISDICTION_CHANGED, day(on))


def counted(
    rule: str, started: str, custody: Custody, *events: Event, taken: int = 0
) -> Calculation:
    begun = datetime.fromisoformat(started) if "T" in started else day(started)
    return calculate(rule, begun, custody, CALENDAR, events, taken=taken)


def told(step: Step) -> str:
    """A step in one line: `code from +length > to = reading [articles] ? choice : detail`."""
    if step.at is not None:
        assert step.on == step.at.date()
        assert step.from_on == (step.from_at.date() if step.from_at else None)
        left = f"{step.from_at:%d %H:%M}" if step.from_at else ""
        reached = f"{step.at:%d %H:%M %z}"
    else:
        left, reached = f"{step.from_on or ''}", f"{step.on or ''}"
    parts = (
        step.code.value,
        left,
        "" if step.length is None else f"+{step.length}",
        reached and f"> {reached}",
        "" if step.reading is Reading.BOTH else f"= {step.reading.value}",
        f"[{'; '.join(article.en for article in step.articles)}]" if step.articles else "",
        f"? {step.choice.value}" if step.choice else "",
        f": {step.detail}" if step.detail else "",
    )
    return " ".join(filter(None, parts))


@dataclass(frozen=True)
class Path:
    """What happened, the days that come of it, and every step that leads to them."""

    rule: str
    started: str
    custody: Custody
    events: Sequence[Event]
    days: str
    """The day to keep, the limit, the unrolled end, the first day of warning; then any marks."""
    steps: Sequence[str]


R01 = "[CPL 172¶1; RULES 351¶1; SPC-I 202¶1]"
SURVEILLANCE = "[CPL 79¶1; RULES 100¶4; RULES 112; RULES 113; MPS 122¶2; SPC-I 202¶1]"
CUSTODY = "CPL 156; MPS 148; RULES 305; SPC-I 202¶1"
LATE_REQUEST = "[RULES 309; MPS 148; MPS 149; MPS 150]"
FIFTEEN_DAYS = "[CPL 172¶1; RULES 351¶1] ? extension_base : major_or_complex"

PATHS = {
    "the first day is not counted, a month ends on its day, a day off moves the end": Path(
        "R01",
        "2026-09-05",
        FREE,
        (),
        "2026-10-08 2026-10-08 2026-10-05 2026-10-05",
        (
            "start_not_counted > 2026-09-05 [CPL 105¶2]",
            f"same_day_of_month 2026-09-05 +1 > 2026-10-05 {R01}",
            "last_day_off > 2026-10-05 [CPL 105¶4] ? days_off",
            "rolled 2026-10-05 > 2026-10-08 [CPL 105¶4]",
        ),
    ),
    "a month's last day leads to a month's last day, and people are warned before": Path(
        "R01",
        "2026-02-28",
        HELD,
        (),
        "2026-03-31 2026-03-31 2026-03-31 2026-03-28",
        (
            "start_not_counted > 2026-02-28 [CPL 105¶2]",
            f"month_end_to_month_end 2026-02-28 +1 > 2026-03-31 {R01}",
            "warned_from > 2026-03-28 [SPC-I 202¶1] ? month_end",
        ),
    ),
    "where there is no such day the month's last day ends it": Path(
        "R01",
        "2026-01-30",
        HELD,
        (),
        "2026-02-28 2026-02-28 2026-02-28 2026-02-28",
        (
            "start_not_counted > 2026-01-30 [CPL 105¶2]",
            f"no_such_day_in_month 2026-01-30 +1 > 2026-02-28 {R01}",
        ),
    ),
    "fifteen days run on from the end before any roll": Path(
        "R01",
        "2026-09-05",
        FREE,
        (Extended(),),
        "2026-10-20 2026-10-20 2026-10-20 2026-10-20",
        (
            "start_not_counted > 2026-09-05 [CPL 105¶2]",
            f"same_day_of_month 2026-09-05 +1 > 2026-10-05 {R01}",
            f"extended_days 2026-10-05 +15 > 2026-10-20 {FIFTEEN_DAYS}",
        ),
    ),
    "months that extend one another are counted both ways, and a late request is marked": Path(
        "C01",
        "2026-07-30",
        HELD,
        (Extended(requested_on=day("2026-09-25"), on=day("2026-09-28")),),
        "2026-10-30 2026-10-31 2026-10-30 2026-10-30 requested_late",
        (
            "start_not_counted > 2026-07-30 [CPL 105¶2]",
            "requested_late +7 > 2026-09-25 [RULES 309¶1; MPS 148] : complex_case",
            (
                "in_one_go 2026-07-30 +3 > 2026-10-30 = due"
                f" [{CUSTODY}; RULES 311; EXT-2016 16] ? chained_months"
            ),
            f"same_day_of_month 2026-07-30 +2 > 2026-09-30 = outer [{CUSTODY}]",
            (
                "extended_months 2026-09-30 +1 > 2026-10-31 = outer"
                " [CPL 156; RULES 305; RULES 311; MPS 148; EXT-2016 16]"
                " ? extension_base : complex_case"
            ),
            "last_day_off > 2026-10-31 [CPL 105¶4] ? days_off",
            "held_not_rolled > 2026-10-31 [CPL 105¶4]",
        ),
    ),
    "a total is counted from the first day, what follows it from its end": Path(
        "T01",
        "2026-03-31",
        HELD,
        (Extended(), Extended(), Extended(length=1)),
        "2026-10-31 2026-10-31 2026-10-31 2026-10-30",
        (
            "start_not_counted > 2026-03-31 [CPL 105¶2]",
            "month_end_to_month_end 2026-03-31 +2 > 2026-05-31 [CPL 208¶1; SPC-I 202¶1]",
            "in_one_go 2026-03-31 +3 > 2026-06-30 [CPL 208¶1] : third_month",
            (
                "extended_months 2026-06-30 +3 > 2026-09-30 [CPL 208¶1; SPC-I 210¶1]"
                " ? extension_base : upper_court"
            ),
            (
                "extended_months 2026-09-30 +1 > 2026-10-31 [CPL 208¶1; SPC-I 210¶3]"
                " ? extension_base : supreme_court"
            ),
            "warned_from > 2026-10-30 [SPC-I 202¶1] ? month_end",
            "last_day_off > 2026-10-31 [CPL 105¶4] ? days_off",
            "held_not_rolled > 2026-10-31 [CPL 105¶4]",
        ),
    ),
    "a measure does not move, and beyond the notices its end is provisional": Path(
        "X12",
        "2026-05-01",
        FREE,
        (Extended(length=2),),
        "2027-01-01 2027-01-01 2027-01-01 2027-01-01 provisional",
        (
            "start_not_counted > 2026-05-01 [CPL 105¶2]",
            "same_day_of_month 2026-05-01 +6 > 2026-11-01 [CPL 283¶2; RULES 473; SPC-I 202¶1]",
            "in_one_go 2026-05-01 +8 > 2027-01-01 [CPL 283¶2; RULES 473] : longer_probation",
            "last_day_off > 2027-01-01 [CPL 105¶4] ? days_off",
            "measure_not_rolled > 2027-01-01 [CPL 105¶4] ? measure_not_rolled",
            "calendar_incomplete > 2027-01-01 ? calendar_unknown",
        ),
    ),
    "bail and surveillance are lifted on a day off too": Path(
        "B02",
        "2026-04-05",
        FREE,
        (),
        "2026-10-05 2026-10-05 2026-10-05 2026-10-05",
        (
            "start_not_counted > 2026-04-05 [CPL 105¶2]",
            f"same_day_of_month 2026-04-05 +6 > 2026-10-05 {SURVEILLANCE}",
            "last_day_off > 2026-10-05 [CPL 105¶4] ? days_off",
            "measure_not_rolled > 2026-10-05 [CPL 105¶4] ? measure_not_rolled",
        ),
    ),
    "a range of which no length is named is taken whole, and marked": Path(
        "D04",
        "2026-09-29",
        HELD,
        (Extended(),),
        "2026-10-06 2026-10-06 2026-10-06 2026-10-06 range_taken_whole",
        (
            "start_not_counted > 2026-09-29 [CPL 105¶2]",
            "days_added 2026-09-29 +3 > 2026-10-02 [CPL 91¶1; MPS 129¶1; CPL 105¶1]",
            (
                "range_taken_whole +4 [CPL 91¶1; MPS 129¶1]"
                " ? range_taken_whole : special_circumstances"
            ),
            (
                "extended_days 2026-10-02 +4 > 2026-10-06 [CPL 91¶1; MPS 129¶1]"
                " ? range_taken_whole : special_circumstances"
            ),
            "last_day_off > 2026-10-06 [CPL 105¶4] ? days_off",
            "held_not_rolled > 2026-10-06 [CPL 105¶4]",
        ),
    ),
    "a length within the range is taken as it was named": Path(
        "D04",
        "2026-09-29",
        HELD,
        (Extended(length=2),),
        "2026-10-04 2026-10-04 2026-10-04 2026-10-04",
        (
            "start_not_counted > 2026-09-29 [CPL 105¶2]",
            "days_added 2026-09-29 +3 > 2026-10-02 [CPL 91¶1; MPS 129¶1; CPL 105¶1]",
            (
                "extended_days 2026-10-02 +2 > 2026-10-04 [CPL 91¶1; MPS 129¶1]"
                " ? extension_base : special_circumstances"
            ),
            "last_day_off > 2026-10-04 [CPL 105¶4] ? days_off",
            "held_not_rolled > 2026-10-04 [CPL 105¶4]",
        ),
    ),
    "a ground that is only stated moves the limit and not the day to keep": Path(
        "D07",
        "2026-09-09",
        FREE,
        (ExtensionStated("major_or_complex"),),
        "2026-09-24 2026-09-29 2026-09-24 2026-09-24",
        (
            "start_not_counted > 2026-09-09 [CPL 105¶2]",
            "days_added 2026-09-09 +15 > 2026-09-24 [RULES 282; CPL 105¶1]",
            (
                "stated_days 2026-09-24 +5 > 2026-09-29 = outer [RULES 282]"
                " ? ground_only_stated : major_or_complex"
            ),
        ),
    ),
    "working days pass over the holiday and the make-up days count": Path(
        "R08",
        "2026-09-28",
        FREE,
        (),
        "2026-10-08 2026-10-08 2026-10-08 2026-10-08",
        (
            "start_not_counted > 2026-09-28 [CPL 105¶2]",
            "working_days_added 2026-09-28 +3 > 2026-10-08 [RULES 49¶1] ? days_off",
        ),
    ),
    "working days are counted back from the event": Path(
        "L12",
        "2026-10-10",
        UNKNOWN,
        (),
        "2026-09-28 2026-09-28 2026-09-28 2026-09-28",
        (
            "start_not_counted > 2026-10-10 [CPL 105¶2]",
            "working_days_back 2026-10-10 +5 > 2026-09-28 [PSUP-2021 19] ? days_off",
        ),
    ),
    "a request is due seven days before custody ends, and taken until it ends": Path(
        "C08",
        "2026-05-13",
        HELD,
        (),
        "2026-05-06 2026-05-13 2026-05-06 2026-05-06",
        (
            "start_not_counted > 2026-05-13 [CPL 105¶2]",
            f"until_event > 2026-05-13 = outer {LATE_REQUEST}",
            f"days_back 2026-05-13 +7 > 2026-05-06 = due {LATE_REQUEST} ? counted_back",
        ),
    ),
    "an evaluation is left out by its fewest days and by its most": Path(
        "R01",
        "2026-03-10",
        HELD,
        (evaluated("2026-03-20", "2026-03-30"),),
        "2026-04-19 2026-04-20 2026-04-19 2026-04-19",
        (
            "start_not_counted > 2026-03-10 [CPL 105¶2]",
            f"same_day_of_month 2026-03-10 +1 > 2026-04-10 {R01}",
            (
                "days_not_counted 2026-04-10 +9 > 2026-04-19 = due [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
            (
                "days_not_counted 2026-04-10 +10 > 2026-04-20 = outer [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
            "last_day_off > 2026-04-19 [CPL 105¶4] ? days_off",
            "held_not_rolled > 2026-04-19 [CPL 105¶4]",
        ),
    ),
    "an evaluation of a day and a night may leave out no whole day": Path(
        "R01",
        "2026-03-10",
        HELD,
        (evaluated("2026-04-07", "2026-04-08"),),
        "2026-04-10 2026-04-11 2026-04-10 2026-04-10",
        (
            "start_not_counted > 2026-03-10 [CPL 105¶2]",
            f"same_day_of_month 2026-03-10 +1 > 2026-04-10 {R01}",
            (
                "days_not_counted 2026-04-10 +1 > 2026-04-11 = outer [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
            "last_day_off > 2026-04-11 [CPL 105¶4] ? days_off",
            "held_not_rolled > 2026-04-11 [CPL 105¶4]",
        ),
    ),
    "an evaluation within the extension is left out after both links": Path(
        "R01",
        "2026-03-10",
        HELD,
        (Extended(), evaluated("2026-04-15", "2026-04-20")),
        "2026-04-29 2026-04-30 2026-04-29 2026-04-29",
        (
            "start_not_counted > 2026-03-10 [CPL 105¶2]",
            f"same_day_of_month 2026-03-10 +1 > 2026-04-10 {R01}",
            f"extended_days 2026-04-10 +15 > 2026-04-25 {FIFTEEN_DAYS}",
            (
                "days_not_counted 2026-04-25 +4 > 2026-04-29 = due [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
            (
                "days_not_counted 2026-04-25 +5 > 2026-04-30 = outer [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
        ),
    ),
    "an evaluation before a total is left out of the total": Path(
        "T01",
        "2026-03-10",
        HELD,
        (evaluated("2026-04-01", "2026-04-07"), Extended()),
        "2026-06-15 2026-06-16 2026-06-15 2026-06-15",
        (
            "start_not_counted > 2026-03-10 [CPL 105¶2]",
            "same_day_of_month 2026-03-10 +2 > 2026-05-10 [CPL 208¶1; SPC-I 202¶1]",
            "in_one_go 2026-03-10 +3 > 2026-06-10 [CPL 208¶1] : third_month",
            (
                "days_not_counted 2026-06-10 +5 > 2026-06-15 = due [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
            (
                "days_not_counted 2026-06-10 +6 > 2026-06-16 = outer [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
        ),
    ),
    "an evaluation that begins on the last day is left out": Path(
        "R01",
        "2026-03-10",
        HELD,
        (evaluated("2026-04-10", "2026-04-15"),),
        "2026-04-14 2026-04-15 2026-04-14 2026-04-14",
        (
            "start_not_counted > 2026-03-10 [CPL 105¶2]",
            f"same_day_of_month 2026-03-10 +1 > 2026-04-10 {R01}",
            (
                "days_not_counted 2026-04-10 +4 > 2026-04-14 = due [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
            (
                "days_not_counted 2026-04-10 +5 > 2026-04-15 = outer [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
        ),
    ),
    "an evaluation between two links makes the count in one go the later": Path(
        "C01",
        "2026-03-15",
        HELD,
        (evaluated("2026-04-01", "2026-04-21"), Extended()),
        "2026-07-03 2026-07-05 2026-07-03 2026-07-03",
        (
            "start_not_counted > 2026-03-15 [CPL 105¶2]",
            f"same_day_of_month 2026-03-15 +2 > 2026-05-15 = due [{CUSTODY}]",
            (
                "days_not_counted 2026-05-15 +19 > 2026-06-03 = due [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
            (
                "extended_months 2026-06-03 +1 > 2026-07-03 = due"
                " [CPL 156; RULES 305; RULES 311; MPS 148; EXT-2016 16]"
                " ? extension_base : complex_case"
            ),
            (
                "in_one_go 2026-03-15 +3 > 2026-06-15 = outer"
                f" [{CUSTODY}; RULES 311; EXT-2016 16] ? chained_months"
            ),
            (
                "days_not_counted 2026-06-15 +20 > 2026-07-05 = outer [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
            "last_day_off > 2026-07-05 [CPL 105¶4] ? days_off",
            "held_not_rolled > 2026-07-05 [CPL 105¶4]",
        ),
    ),
    "retention and an evaluation are left out together": Path(
        "R01",
        "2026-03-10",
        HELD,
        (retained("2026-03-10", "2026-03-20"), evaluated("2026-03-25", "2026-04-01")),
        "2026-04-26 2026-04-27 2026-04-26 2026-04-26",
        (
            "start_not_counted > 2026-03-10 [CPL 105¶2]",
            f"same_day_of_month 2026-03-10 +1 > 2026-04-10 {R01}",
            (
                "days_not_counted 2026-04-10 +6 > 2026-04-16 = due [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
            (
                "days_not_counted 2026-04-16 +10 > 2026-04-26 = due [CPL 170¶2; RULES 143¶2]"
                " ? retention : retention"
            ),
            (
                "days_not_counted 2026-04-10 +7 > 2026-04-17 = outer [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
            (
                "days_not_counted 2026-04-17 +10 > 2026-04-27 = outer [CPL 170¶2; RULES 143¶2]"
                " ? retention : retention"
            ),
            "last_day_off > 2026-04-26 [CPL 105¶4] ? days_off",
            "held_not_rolled > 2026-04-26 [CPL 105¶4]",
        ),
    ),
    "an evaluation that still lasts moves nothing yet, and is marked": Path(
        "R01",
        "2026-03-10",
        HELD,
        (evaluated("2026-03-20"),),
        "2026-04-10 2026-04-10 2026-04-10 2026-04-10 still_not_counted",
        (
            "start_not_counted > 2026-03-10 [CPL 105¶2]",
            "still_not_counted > 2026-03-20 [CPL 149] : psychiatric_evaluation",
            f"same_day_of_month 2026-03-10 +1 > 2026-04-10 {R01}",
        ),
    ),
    "an evaluation that reaches beyond a change of jurisdiction goes on being left out": Path(
        "R01",
        "2026-03-10",
        HELD,
        (evaluated("2026-03-20", "2026-04-20"), moved("2026-04-01")),
        "2026-05-19 2026-05-20 2026-05-19 2026-05-19",
        (
            "start_not_counted > 2026-03-10 [CPL 105¶2]",
            "restarted > 2026-04-01 [CPL 172¶2] : jurisdiction_changed",
            f"same_day_of_month 2026-04-01 +1 > 2026-05-01 {R01}",
            (
                "days_not_counted 2026-05-01 +18 > 2026-05-19 = due [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
            (
                "days_not_counted 2026-05-01 +19 > 2026-05-20 = outer [CPL 149]"
                " ? evaluation : psychiatric_evaluation"
            ),
        ),
    ),
    "deciding the measure after retention is left out, or the count begins with it": Path(
        "R01",
        "2026-01-30",
        HELD,
        (retained("2026-01-30", "2026-02-09"),),
        "2026-03-09 2026-03-10 2026-03-09 2026-03-09",
        (
            "start_not_counted > 2026-01-30 [CPL 105¶2]",
            "counted_from_decision > 2026-02-09 = due [CPL 170¶2; RULES 143¶2] ? retention",
            f"same_day_of_month 2026-02-09 +1 > 2026-03-09 = due {R01}",
            f"no_such_day_in_month 2026-01-30 +1 > 2026-02-28 = outer {R01}",
            (
                "days_not_counted 2026-02-28 +10 > 2026-03-10 = outer [CPL 170¶2; RULES 143¶2]"
                " ? retention : retention"
            ),
        ),
    ),
    "days on the way are added to the unrolled end": Path(
        "T06",
        "2026-09-13",
        FREE,
        (Travelled(2),),
        "2026-09-28 2026-09-28 2026-09-25 2026-09-25",
        (
            "start_not_counted > 2026-09-13 [CPL 105¶2]",
            "days_added 2026-09-13 +10 > 2026-09-23 [CPL 230; RULES 586; CPL 105¶1]",
            "travel_not_counted 2026-09-23 +2 > 2026-09-25 [CPL 105¶3] ? travel",
            "last_day_off > 2026-09-25 [CPL 105¶4] ? days_off",
            "rolled 2026-09-25 > 2026-09-28 [CPL 105¶4]",
        ),
    ),
    "days that the same organ used before are taken off": Path(
        "B02",
        "2026-03-10",
        FREE,
        (Used(30),),
        "2026-08-11 2026-08-11 2026-08-11 2026-08-11",
        (
            "start_not_counted > 2026-03-10 [CPL 105¶2]",
            f"same_day_of_month 2026-03-10 +6 > 2026-09-10 {SURVEILLANCE}",
            "days_used 2026-09-10 +30 > 2026-08-11 [RULES 100¶3] ? measure_accumulates",
        ),
    ),
    "nobody said whether the person is held": Path(
        "R01",
        "2026-09-05",
        UNKNOWN,
        (),
        "2026-10-05 2026-10-05 2026-10-05 2026-10-05",
        (
            "start_not_counted > 2026-09-05 [CPL 105¶2]",
            f"same_day_of_month 2026-09-05 +1 > 2026-10-05 {R01}",
            "last_day_off > 2026-10-05 [CPL 105¶4] ? days_off",
            "unknown_taken_as_held > 2026-10-05 [CPL 105¶4] ? custody_unknown",
            "held_not_rolled > 2026-10-05 [CPL 105¶4]",
        ),
    ),
    "held in another case": Path(
        "R01",
        "2026-09-05",
        Custody.ELSEWHERE,
        (),
        "2026-10-05 2026-10-05 2026-10-05 2026-10-05",
        (
            "start_not_counted > 2026-09-05 [CPL 105¶2]",
            f"same_day_of_month 2026-09-05 +1 > 2026-10-05 {R01}",
            "last_day_off > 2026-10-05 [CPL 105¶4] ? days_off",
            "elsewhere_taken_as_held > 2026-10-05 [CPL 105¶4] ? custody_elsewhere",
            "held_not_rolled > 2026-10-05 [CPL 105¶4]",
        ),
    ),
    "under surveillance in a designated residence": Path(
        "R01",
        "2026-09-05",
        Custody.DESIGNATED_RESIDENCE,
        (),
        "2026-10-05 2026-10-08 2026-10-05 2026-10-05",
        (
            "start_not_counted > 2026-09-05 [CPL 105¶2]",
            f"same_day_of_month 2026-09-05 +1 > 2026-10-05 {R01}",
            "last_day_off > 2026-10-05 [CPL 105¶4] ? days_off",
            "designated_residence_as_liberty > 2026-10-05 [CPL 105¶4] ? designated_residence",
            "outer_limit_rolled 2026-10-05 > 2026-10-08 = outer [CPL 105¶4]",
        ),
    ),
    "arrested between the unrolled and the rolled day": Path(
        "R01",
        "2026-09-05",
        FREE,
        (CustodyChanged(HELD, day("2026-10-06")),),
        "2026-10-05 2026-10-05 2026-10-05 2026-10-05",
        (
            "start_not_counted > 2026-09-05 [CPL 105¶2]",
            f"same_day_of_month 2026-09-05 +1 > 2026-10-05 {R01}",
            "last_day_off > 2026-10-05 [CPL 105¶4] ? days_off",
            "held_in_between > 2026-10-06 [CPL 105¶4] ? custody_changed",
            "held_not_rolled > 2026-10-05 [CPL 105¶4]",
        ),
    ),
    "arrested on the very day to which it would have rolled": Path(
        "R01",
        "2026-09-05",
        FREE,
        (CustodyChanged(HELD, day("2026-10-08")),),
        "2026-10-05 2026-10-05 2026-10-05 2026-10-05",
        (
            "start_not_counted > 2026-09-05 [CPL 105¶2]",
            f"same_day_of_month 2026-09-05 +1 > 2026-10-05 {R01}",
            "last_day_off > 2026-10-05 [CPL 105¶4] ? days_off",
            "held_in_between > 2026-10-08 [CPL 105¶4] ? custody_changed",
            "held_not_rolled > 2026-10-05 [CPL 105¶4]",
        ),
    ),
    "released on the very last day": Path(
        "R01",
        "2026-09-05",
        HELD,
        (CustodyChanged(FREE, day("2026-10-05")),),
        "2026-10-05 2026-10-08 2026-10-05 2026-10-05",
        (
            "start_not_counted > 2026-09-05 [CPL 105¶2]",
            f"same_day_of_month 2026-09-05 +1 > 2026-10-05 {R01}",
            "last_day_off > 2026-10-05 [CPL 105¶4] ? days_off",
            "released_on_last_day > 2026-10-05 [CPL 105¶4] ? released_on_last_day",
            "outer_limit_rolled 2026-10-05 > 2026-10-08 = outer [CPL 105¶4]",
        ),
    ),
    "between organs the limit rolls while the person is held": Path(
        "T06",
        "2026-09-23",
        HELD,
        (),
        "2026-10-03 2026-10-08 2026-10-03 2026-10-03",
        (
            "start_not_counted > 2026-09-23 [CPL 105¶2]",
            "days_added 2026-09-23 +10 > 2026-10-03 [CPL 230; RULES 586; CPL 105¶1]",
            "last_day_off > 2026-10-03 [CPL 105¶4] ? days_off",
            "outer_limit_rolled 2026-10-03 > 2026-10-08 = outer [CPL 105¶4] : held",
        ),
    ),
    "it began before the text that was read": Path(
        "R01",
        "2018-03-10",
        HELD,
        (),
        "2018-04-10 2018-04-10 2018-04-10 2018-04-10 before_the_text",
        (
            "before_the_text > 2018-10-26 ? before_the_text",
            "start_not_counted > 2018-03-10 [CPL 105¶2]",
            f"same_day_of_month 2018-03-10 +1 > 2018-04-10 {R01}",
        ),
    ),
    "on the same day, whether it is a day off or not": Path(
        "R03",
        "2026-10-03",
        FREE,
        (),
        "2026-10-03 2026-10-03 2026-10-03 2026-10-03",
        ("same_day > 2026-10-03 [RULES 273¶2]",),
    ),
    "of two readings that end on days off the limit alone rolls for who may be held": Path(
        "D07",
        "2026-09-17",
        Custody.ELSEWHERE,
        (ExtensionStated("major_or_complex"),),
        "2026-10-02 2026-10-08 2026-10-02 2026-10-02",
        (
            "start_not_counted > 2026-09-17 [CPL 105¶2]",
            "days_added 2026-09-17 +15 > 2026-10-02 [RULES 282; CPL 105¶1]",
            (
                "stated_days 2026-10-02 +5 > 2026-10-07 = outer [RULES 282]"
                " ? ground_only_stated : major_or_complex"
            ),
            "last_day_off > 2026-10-02 [CPL 105¶4] ? days_off",
            "elsewhere_taken_as_held > 2026-10-02 [CPL 105¶4] ? custody_elsewhere",
            "last_day_off > 2026-10-07 [CPL 105¶4] ? days_off",
            "elsewhere_taken_as_held > 2026-10-07 [CPL 105¶4] ? custody_elsewhere",
            "outer_limit_rolled 2026-10-07 > 2026-10-08 = outer [CPL 105¶4]",
        ),
    ),
    "both readings roll for who is free": Path(
        "D07",
        "2026-09-17",
        FREE,
        (ExtensionStated("major_or_complex"),),
        "2026-10-08 2026-10-08 2026-10-02 2026-10-02",
        (
            "start_not_counted > 2026-09-17 [CPL 105¶2]",
            "days_added 2026-09-17 +15 > 2026-10-02 [RULES 282; CPL 105¶1]",
            (
                "stated_days 2026-10-02 +5 > 2026-10-07 = outer [RULES 282]"
                " ? ground_only_stated : major_or_complex"
            ),
            "last_day_off > 2026-10-02 [CPL 105¶4] ? days_off",
            "rolled 2026-10-02 > 2026-10-08 = due [CPL 105¶4]",
            "last_day_off > 2026-10-07 [CPL 105¶4] ? days_off",
            "rolled 2026-10-07 > 2026-10-08 = outer [CPL 105¶4]",
        ),
    ),
    "released after the last day and taken in again before the rolled day": Path(
        "R01",
        "2026-09-05",
        HELD,
        (CustodyChanged(FREE, day("2026-10-06")), CustodyChanged(HELD, day("2026-10-07"))),
        "2026-10-05 2026-10-05 2026-10-05 2026-10-05",
        (
            "start_not_counted > 2026-09-05 [CPL 105¶2]",
            f"same_day_of_month 2026-09-05 +1 > 2026-10-05 {R01}",
            "last_day_off > 2026-10-05 [CPL 105¶4] ? days_off",
            "held_not_rolled > 2026-10-05 [CPL 105¶4]",
        ),
    ),
    "back from an event beyond the notices": Path(
        "L12",
        "2027-01-11",
        UNKNOWN,
        (CustodyChanged(FREE, day("2027-01-12")),),
        "2027-01-04 2027-01-04 2027-01-04 2027-01-04 provisional",
        (
            "start_not_counted > 2027-01-11 [CPL 105¶2]",
            "working_days_back 2027-01-11 +5 > 2027-01-04 [PSUP-2021 19] ? days_off",
            "calendar_incomplete > 2027-01-04 ? calendar_unknown",
        ),
    ),
    "a limit on a step has no date": Path(
        "A11",
        "2026-10-03",
        FREE,
        (CustodyChanged(HELD, day("2026-10-04")),),
        "- - - -",
        ("no_date [RULES 292¶1]",),
    ),
    "at once, without a date": Path(
        "A01", "2026-10-03", FREE, (), "- - - -", ("at_once [CPL 90; RULES 286¶1; MPS 142]",)
    ),
    "hours run from the minute, and the running hour may be left out": Path(
        "D01",
        "2026-09-07T09:20+08:00",
        HELD,
        (),
        "2026-09-08 2026-09-08 2026-09-08 2026-09-08",
        (
            "hours_begin > 07 09:20 +0800 [CPL 105¶1]",
            "hours_added 07 09:20 +24 > 08 09:20 +0800 [CPL 85¶2; MPS 126; RULES 122¶2]",
            (
                "running_hour_not_counted 07 09:20 +24 > 08 10:00 +0800 = outer [CPL 105¶2]"
                " ? running_hour"
            ),
        ),
    ),
    "a summons is counted to the minute, twelve hours and twelve more": Path(
        "D08",
        "2026-09-07T09:20+08:00",
        UNKNOWN,
        (Extended(),),
        "2026-09-08 2026-09-08 2026-09-08 2026-09-08",
        (
            "hours_begin > 07 09:20 +0800 [CPL 105¶1]",
            "hours_added 07 09:20 +12 > 07 21:20 +0800 [CPL 119¶2; MPS 80; MPS 200]",
            (
                "extended_hours 07 09:20 +24 > 08 09:20 +0800 [CPL 119¶2; MPS 80; MPS 200]"
                " : especially_grave_or_complex"
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", PATHS)
def test_every_step_of_the_way_is_told_with_its_article(name: str) -> None:
    path = PATHS[name]
    calculation = counted(path.rule, path.started, path.custody, *path.events)
    assert [told(step) for step in calculation.steps] == list(path.steps)
    days = (calculation.due_on, calculation.outer_on, calculation.unrolled_on, calculation.warn_on)
    marks = sorted(flag.value for flag in calculation.flags)
    marks += ["provisional"] if calculation.provisional else []
    assert " ".join([*(f"{day or '-'}" for day in days), *marks]) == path.days


@dataclass(frozen=True)
class No:
    """What is asked, and why it cannot be."""

    rule: str
    started: str
    events: Sequence[Event]
    problem: Problem
    articles: str
    details: dict[str, object]
    custody: Custody = HELD


def of(rule: str, ground: str) -> Extension:
    """The extension of a row on a ground."""
    return next(one for one in rule_of(rule, day("2026-03-10")).extensions if one.ground == ground)


RANGE = {"first": day("2018-01-01"), "last": day("2100-12-31")}
NOES = {
    "a rule that is not in the table": No(
        "Z99", "2026-03-10", (), Problem.RULE_UNKNOWN, "", {"rule": "Z99"}
    ),
    "a day before all that was read": No(
        "R01",
        "2017-12-31",
        (),
        Problem.DATE_OUT_OF_RANGE,
        "",
        {"day": day("2017-12-31"), **RANGE},
    ),
    "a day in the next century": No(
        "R01",
        "2101-01-01",
        (),
        Problem.DATE_OUT_OF_RANGE,
        "",
        {"day": day("2101-01-01"), **RANGE},
    ),
    "something that happened in the next century": No(
        "R01",
        "2026-03-10",
        (CustodyChanged(FREE, day("2101-01-01")),),
        Problem.DATE_OUT_OF_RANGE,
        "",
        {"day": day("2101-01-01"), **RANGE},
    ),
    "an evaluation that ends in the next century": No(
        "R01",
        "2026-03-10",
        (evaluated("2026-03-20", "2101-01-01"),),
        Problem.DATE_OUT_OF_RANGE,
        "",
        {"day": day("2101-01-01"), **RANGE},
    ),
    "a request of the last century": No(
        "C01",
        "2026-03-10",
        (Extended(requested_on=day("1999-01-01")),),
        Problem.DATE_OUT_OF_RANGE,
        "",
        {"day": day("1999-01-01"), **RANGE},
    ),
    "hours from a day": No("D01", "2026-03-10", (), Problem.INSTANT_NEEDED, "", {"rule": "D01"}),
    "an instant without an offset": No(
        "D01", "2026-03-10T09:20", (), Problem.INSTANT_WITHOUT_OFFSET, "", {}
    ),
    "custody that changes before the period begins": No(
        "R01",
        "2026-03-10",
        (CustodyChanged(FREE, day("2026-03-09")),),
        Problem.EVENT_OUT_OF_ORDER,
        "",
        {"day": day("2026-03-09")},
    ),
    "a restart before the period begins": No(
        "R01",
        "2026-03-10",
        (moved("2026-03-09"),),
        Problem.EVENT_OUT_OF_ORDER,
        "",
        {"day": day("2026-03-09")},
    ),
    "a restart for a reason that the row does not know": No(
        "R01",
        "2026-03-10",
        (Restarted(RestartReason.NEW_CRIME, day("2026-03-20")),),
        Problem.RESTART_NOT_KNOWN,
        "",
        {"rule": "R01", "reason": RestartReason.NEW_CRIME},
    ),
    "an extension granted before the period begins": No(
        "C01",
        "2026-03-10",
        (Extended(on=day("2026-03-09")),),
        Problem.EVENT_OUT_OF_ORDER,
        "",
        {"day": day("2026-03-09")},
    ),
    "an extension granted before it was asked for": No(
        "C01",
        "2026-03-10",
        (Extended(requested_on=day("2026-04-20"), on=day("2026-04-10")),),
        Problem.EVENT_OUT_OF_ORDER,
        "",
        {"day": day("2026-04-10")},
    ),
    "an extension asked for before the period begins": No(
        "C01",
        "2026-03-10",
        (Extended(requested_on=day("2026-03-09"), on=day("2026-03-20")),),
        Problem.EVENT_OUT_OF_ORDER,
        "",
        {"day": day("2026-03-09")},
    ),
    "more custody than all extensions together give": No(
        "C01",
        "2026-03-10",
        (Extended(), Extended(), Extended(), Extended()),
        Problem.NO_FURTHER_EXTENSION,
        "CPL 159; RULES 307; MPS 150",
        {"rule": "C01", "known": 3},
    ),
    "a ground that the row does not know": No(
        "C02",
        "2026-03-10",
        (Extended("major_or_complex"),),
        Problem.GROUND_UNKNOWN,
        "",
        {"rule": "C02", "ground": "major_or_complex"},
    ),
    "the same ground twice": No(
        "R01",
        "2026-03-10",
        (Extended("major_or_complex"), Extended("major_or_complex")),
        Problem.EXTENDED_BEFORE,
        "CPL 172¶1; RULES 351¶1",
        {"ground": of("R01", "major_or_complex")},
    ),
    "a second fifteen days": No(
        "R01",
        "2026-03-10",
        (Extended(), Extended()),
        Problem.NO_FURTHER_EXTENSION,
        "CPL 172¶1; RULES 351¶1",
        {"rule": "R01", "known": 1},
    ),
    "an extension where the law allows none": No(
        "D06",
        "2026-03-10",
        (Extended(),),
        Problem.NO_FURTHER_EXTENSION,
        "CPL 91¶3; RULES 282",
        {"rule": "D06", "known": 0},
    ),
    "the second extension before the first": No(
        "C01",
        "2026-03-10",
        (Extended("four_case_types"),),
        Problem.EXTENSION_OUT_OF_ORDER,
        "CPL 158; RULES 306; MPS 149",
        {"ground": of("C01", "four_case_types"), "first": of("C01", "complex_case")},
    ),
    "more days than the range has": No(
        "D04",
        "2026-03-10",
        (Extended(length=5),),
        Problem.LENGTH_OUT_OF_RANGE,
        "CPL 91¶1; MPS 129¶1",
        {
            "ground": of("D04", "special_circumstances"),
            "least": 1,
            "most": 4,
            "unit": Unit.DAYS,
        },
    ),
    "fewer days than the law gives": No(
        "R01",
        "2026-03-10",
        (Extended(length=14),),
        Problem.LENGTH_OUT_OF_RANGE,
        "CPL 172¶1; RULES 351¶1",
        {
            "ground": of("R01", "major_or_complex"),
            "least": 15,
            "most": 15,
            "unit": Unit.DAYS,
        },
    ),
    "longer custody asked for after custody has ended": No(
        "C01",
        "2026-03-13",
        (Extended(requested_on=day("2026-05-14")),),
        Problem.EXTENSION_AFTER_EXPIRY,
        "RULES 309¶3",
        {"ground": of("C01", "complex_case"), "ended_on": day("2026-05-13")},
    ),
    "longer custody asked for in time and granted after it has ended": No(
        "C01",
        "2026-03-13",
        (Extended(requested_on=day("2026-05-06"), on=day("2026-05-14")),),
        Problem.EXTENSION_AFTER_EXPIRY,
        "RULES 309¶3",
        {"ground": of("C01", "complex_case"), "ended_on": day("2026-05-13")},
    ),
    "fifteen days granted after the review has ended": No(
        "R01",
        "2026-03-10",
        (Extended(on=day("2026-04-11")),),
        Problem.EXTENSION_AFTER_EXPIRY,
        "CPL 172¶1; RULES 351¶1",
        {"ground": of("R01", "major_or_complex"), "ended_on": day("2026-04-10")},
    ),
    "an evaluation that begins after the end": No(
        "R01",
        "2026-03-10",
        (evaluated("2026-04-11", "2026-04-20"),),
        Problem.EXCLUDED_AFTER_EXPIRY,
        "",
        {"day": day("2026-04-11"), "ended_on": day("2026-04-10")},
    ),
    "an evaluation that begins before the period": No(
        "R01",
        "2026-03-10",
        (evaluated("2026-03-09", "2026-03-20"),),
        Problem.EVENT_OUT_OF_ORDER,
        "",
        {"day": day("2026-03-09")},
    ),
    "an evaluation that ends before it begins": No(
        "R01",
        "2026-03-10",
        (evaluated("2026-03-20", "2026-03-19"),),
        Problem.EVENT_OUT_OF_ORDER,
        "",
        {"day": day("2026-03-20")},
    ),
    "days that are left out already": No(
        "R01",
        "2026-03-10",
        (evaluated("2026-03-12", "2026-03-20"), evaluated("2026-03-19", "2026-03-25")),
        Problem.EXCLUDED_TWICE,
        "",
        {"day": day("2026-03-19")},
    ),
    "days that are left out already, by what began later": No(
        "R01",
        "2026-03-10",
        (evaluated("2026-03-19", "2026-03-25"), evaluated("2026-03-12", "2026-03-20")),
        Problem.EXCLUDED_TWICE,
        "",
        {"day": day("2026-03-12")},
    ),
    "a second evaluation while the first still lasts": No(
        "R01",
        "2026-03-10",
        (evaluated("2026-03-12"), evaluated("2026-03-19", "2026-03-25")),
        Problem.EXCLUDED_TWICE,
        "",
        {"day": day("2026-03-19")},
    ),
    "days on the way in custody": No(
        "R01",
        "2026-03-10",
        (Travelled(2),),
        Problem.TRAVEL_IN_CUSTODY,
        "CPL 105¶3",
        {"rule": "R01"},
    ),
    "days on the way under surveillance": No(
        "B02",
        "2026-03-10",
        (Travelled(2),),
        Problem.TRAVEL_IN_CUSTODY,
        "CPL 105¶3",
        {"rule": "B02"},
    ),
    "no day on the way": No(
        "T06", "2026-03-10", (Travelled(0),), Problem.DAYS_OUT_OF_RANGE, "", {"most": 3650}
    ),
    "more days on the way than ten years have": No(
        "T06", "2026-03-10", (Travelled(3651),), Problem.DAYS_OUT_OF_RANGE, "", {"most": 3650}
    ),
    "no day used before": No(
        "B02", "2026-03-10", (Used(0),), Problem.DAYS_OUT_OF_RANGE, "", {"most": 3650}
    ),
    "days used before of what does not accumulate": No(
        "R01", "2026-03-10", (Used(3),), Problem.NOT_A_MEASURE, "RULES 100¶3", {"rule": "R01"}
    ),
    "more days used than the measure has": No(
        "B02", "2026-03-10", (Used(185),), Problem.TIME_USED_UP, "RULES 100¶3", {"rule": "B02"}
    ),
    "a month that is only stated": No(
        "C01",
        "2026-03-10",
        (ExtensionStated("complex_case"),),
        Problem.ONLY_GRANTED,
        "CPL 156; RULES 305; RULES 311; MPS 148",
        {"ground": of("C01", "complex_case")},
    ),
    "days left out of hours": No(
        "D01",
        "2026-03-10T09:20+08:00",
        (Travelled(1),),
        Problem.NOT_IN_HOURS,
        "CPL 105¶1",
        {"rule": "D01"},
    ),
    "an extension of what is counted back": No(
        "C08", "2026-05-13", (Travelled(1),), Problem.NOTHING_TO_CHANGE, "", {"rule": "C08"}
    ),
    "days on the way of what is counted back, though custody changed": No(
        "C08",
        "2026-05-13",
        (CustodyChanged(FREE, day("2026-05-13")), Travelled(1)),
        Problem.NOTHING_TO_CHANGE,
        "",
        {"rule": "C08"},
    ),
    "a stated ground that the row does not know": No(
        "D07",
        "2026-03-10",
        (ExtensionStated("over_one_year"),),
        Problem.GROUND_UNKNOWN,
        "",
        {"rule": "D07", "ground": "over_one_year"},
    ),
    "an extension of what has no length": No(
        "A01", "2026-05-13", (Extended(),), Problem.NOTHING_TO_CHANGE, "", {"rule": "A01"}
    ),
}


@pytest.mark.parametrize("name", NOES)
def test_a_refusal_names_the_problem_the_articles_and_what_it_is_about(name: str) -> None:
    no = NOES[name]
    with pytest.raises(ImpossibleError) as refused:
        counted(no.rule, no.started, no.custody, *no.events)
    assert refused.value.problem is no.problem
    assert "; ".join(article.en for article in refused.value.articles) == no.articles
    assert refused.value.details == no.details
    assert refused.value.args == (no.problem, refused.value.articles, no.details)


@pytest.mark.parametrize("name", PATHS)
def test_whoever_walks_the_steps_again_comes_to_the_same_two_days(name: str) -> None:
    path = PATHS[name]
    calculation = counted(path.rule, path.started, path.custody, *path.events)
    assert follow(calculation.steps, CALENDAR) == (calculation.due_on, calculation.outer_on)


# What the engine can count and no row of today needs


def row(period: Period, *extensions: Extension) -> Rule:
    """A row of no law."""
    return Rule(
        id="Q01",
        kind=Kind.DEADLINE,
        trigger=Trigger("tried", "试行", "the trial"),
        binds=Organ.PROCURATORATE,
        period=period,
        articles=(Article("CPL", 172, 1),),
        zh="试行",
        en="Trial",
        effective_from=day("2018-10-26"),
        extensions=extensions,
    )


def longer(more: int, unit: Unit, *, total: bool = False) -> Extension:
    return Extension("tried", more, unit, (Article("RULES", 351, 1),), "试", "try", total=total)


def ways_of(rule: Rule, started: str, *events: Event) -> list[str]:
    calculation = calculate_row(rule, day(started), HELD, CALENDAR, events)
    assert follow(calculation.steps, CALENDAR) == (calculation.due_on, calculation.outer_on)
    return [told(step) for step in calculation.steps[1:]]


def test_half_a_month_is_fifteen_days_in_a_period_and_in_its_extension() -> None:
    rule = row(Period(3, Unit.HALF_MONTHS, PeriodClass.CUSTODY), longer(2, Unit.HALF_MONTHS))
    assert ways_of(rule, "2026-03-10", Extended()) == [
        "half_month_is_fifteen_days 2026-03-10 +3 > 2026-04-24 [CPL 172¶1; SPC-I 202¶1]",
        ("extended_days 2026-04-24 +30 > 2026-05-24 [RULES 351¶1] ? extension_base : tried"),
        "last_day_off > 2026-05-24 [CPL 105¶4] ? days_off",
        "held_not_rolled > 2026-05-24 [CPL 105¶4]",
    ]


def test_a_month_and_days_are_counted_one_after_the_other() -> None:
    rule = row(Period(1, Unit.MONTHS, PeriodClass.CUSTODY, and_days=15))
    assert ways_of(rule, "2026-01-30") == [
        "no_such_day_in_month 2026-01-30 +1 > 2026-02-28 [CPL 172¶1; SPC-I 202¶1]",
        "days_added 2026-02-28 +15 > 2026-03-15 [SPC-I 202¶1]",
        "last_day_off > 2026-03-15 [CPL 105¶4] ? days_off",
        "held_not_rolled > 2026-03-15 [CPL 105¶4]",
    ]


def test_months_that_extend_one_another_are_followed_by_days_in_both_readings() -> None:
    first = longer(1, Unit.MONTHS)
    second = replace(longer(5, Unit.DAYS), ground="again", articles=(Article("RULES", 282),))
    rule = row(Period(1, Unit.MONTHS, PeriodClass.CUSTODY), first, second)
    assert ways_of(rule, "2026-01-30", Extended(), Extended()) == [
        (
            "in_one_go 2026-01-30 +2 > 2026-03-30 = due [CPL 172¶1; SPC-I 202¶1; RULES 351¶1]"
            " ? chained_months"
        ),
        ("extended_days 2026-03-30 +5 > 2026-04-04 = due [RULES 282] ? extension_base : again"),
        "no_such_day_in_month 2026-01-30 +1 > 2026-02-28 = outer [CPL 172¶1; SPC-I 202¶1]",
        (
            "extended_months 2026-02-28 +1 > 2026-03-31 = outer [RULES 351¶1]"
            " ? extension_base : tried"
        ),
        ("extended_days 2026-03-31 +5 > 2026-04-05 = outer [RULES 282] ? extension_base : again"),
        "warned_from > 2026-04-02 [SPC-I 202¶1] ? month_end",
        "last_day_off > 2026-04-04 [CPL 105¶4] ? days_off",
        "held_not_rolled > 2026-04-04 [CPL 105¶4]",
        "last_day_off > 2026-04-05 [CPL 105¶4] ? days_off",
        "held_not_rolled > 2026-04-05 [CPL 105¶4]",
    ]


@pytest.mark.parametrize(
    ("rule", "event"),
    [
        ("B02", evaluated("2026-04-10", "2026-04-20")),
        ("T06", evaluated("2026-04-10", "2026-04-20")),
        ("X12", evaluated("2026-04-10", "2026-04-20")),
        ("C01", retained("2026-04-10", "2026-04-20")),
        ("D06", retained("2026-04-10", "2026-04-20")),
        ("B01", retained("2026-04-10", "2026-04-20")),
    ],
)
def test_only_times_for_handling_a_case_stand_still(rule: str, event: Excluded) -> None:
    """CPL 149 says 办案期限; RULES 143 paragraph 2 says the review for prosecution alone."""
    with pytest.raises(ImpossibleError) as refused:
        counted(rule, "2026-04-09", HELD, event)
    assert refused.value.problem is Problem.NEVER_STANDS_STILL
    assert refused.value.details == {"rule": rule, "reason": event.reason}
    assert refused.value.articles == LEFT_OUT_UNDER[event.reason]


def test_a_trial_that_is_suspended_stops_the_courts_own_period_and_nothing_else() -> None:
    """CPL 206 paragraph 2: 中止审理的期间不计入审理期限."""
    suspended = Excluded(ExclusionReason.TRIAL_SUSPENDED, day("2026-04-10"), day("2026-04-20"))
    trial = counted("T02", "2026-04-09", HELD, suspended)
    assert (str(trial.due_on), str(trial.outer_on)) == ("2026-05-08", "2026-05-09")
    for other in ("R01", "T04", "T06", "C01"):
        with pytest.raises(ImpossibleError) as refused:
            counted(other, "2026-04-09", HELD, suspended)
        assert refused.value.problem is Problem.NEVER_STANDS_STILL
        assert refused.value.en.endswith("(CPL 206¶2).")
        assert refused.value.zh.endswith("（刑诉法206条2款）。")


def test_an_article_is_known_by_its_citation() -> None:
    assert law("RULES 351", "CPL 172¶1", "RULES 615(2)", "FLOW-2016 9¶1(3)") == (
        Article("RULES", 351),
        Article("CPL", 172, 1),
        Article("RULES", 615, None, 2),
        Article("FLOW-2016", 9, 1, 3),
    )
    assert law() == ()
    with pytest.raises(AssertionError):
        law("一百条")


def test_an_arrest_review_stands_still_too_though_nobody_is_held() -> None:
    calculation = counted("D07", "2026-03-10", FREE, evaluated("2026-03-12", "2026-03-20"))
    assert (str(calculation.due_on), str(calculation.outer_on)) == ("2026-04-01", "2026-04-02")


def test_days_in_all_are_not_chained() -> None:
    rule = row(Period(15, Unit.DAYS, PeriodClass.CUSTODY), longer(5, Unit.DAYS, total=True))
    assert ways_of(rule, "2026-03-10", Extended()) == [
        "days_added 2026-03-10 +15 > 2026-03-25 [CPL 172¶1; CPL 105¶1]",
        "extended_days 2026-03-25 +5 > 2026-03-30 [RULES 351¶1] : tried",
    ]


def test_retention_is_added_to_months_counted_in_one_go_too() -> None:
    chained = row(Period(2, Unit.MONTHS, PeriodClass.CUSTODY), longer(1, Unit.MONTHS))
    review = replace(chained, restarts=frozenset({RestartReason.JURISDICTION_CHANGED}))
    deciding = retained("2026-07-31", "2026-08-05")
    events = (deciding, Extended())
    calculation = calculate_row(review, day("2026-07-30"), HELD, CALENDAR, events)
    # in one go 10-30, link by link 10-31, five days more each; from the decision 11-05
    assert (str(calculation.due_on), str(calculation.outer_on)) == ("2026-11-04", "2026-11-05")


def test_a_measure_that_does_not_move_says_so_of_the_reading_whose_last_day_is_off() -> None:
    measure = row(Period(2, Unit.MONTHS, PeriodClass.MEASURE), longer(1, Unit.MONTHS))
    calculation = calculate_row(measure, day("2026-07-30"), HELD, CALENDAR, (Extended(),))
    assert (str(calculation.due_on), str(calculation.outer_on)) == ("2026-10-30", "2026-10-31")
    (still,) = [one for one in calculation.steps if one.code is StepCode.MEASURE_NOT_ROLLED]
    assert (still.on, still.reading) == (day("2026-10-31"), Reading.OUTER)


def test_a_period_that_leaves_the_calendar_of_mankind_is_out_of_range() -> None:
    endless = row(Period(4_000_000, Unit.DAYS, PeriodClass.CUSTODY))
    with pytest.raises(ImpossibleError) as refused:
        calculate_row(endless, day("2026-03-10"), HELD, CALENDAR)
    assert refused.value.problem is Problem.DATE_OUT_OF_RANGE
    assert refused.value.details == {"day": date.max, **RANGE}


def test_an_instant_that_falls_on_no_day_in_china_is_out_of_range() -> None:
    last = datetime(9999, 12, 31, 23, tzinfo=UTC)
    with pytest.raises(ImpossibleError) as refused:
        calculate("D01", last, HELD, CALENDAR)
    assert refused.value.problem is Problem.DATE_OUT_OF_RANGE
    assert refused.value.details == {"day": last, **RANGE}


def test_a_row_at_hand_is_counted_from_a_day_that_can_be_counted_from() -> None:
    with pytest.raises(ImpossibleError) as refused:
        calculate_row(rule_of("R01", day("2026-03-10")), day("2017-12-31"), HELD, CALENDAR)
    assert refused.value.problem is Problem.DATE_OUT_OF_RANGE


# What was taken on what was known then


def test_what_was_taken_stands_and_is_marked_when_it_turns_out_to_have_come_too_late() -> None:
    late = Extended(requested_on=day("2026-05-14"))
    calculation = counted("C01", "2026-03-13", HELD, late, taken=1)
    assert calculation.flags == {Flag.TAKEN_AFTER_EXPIRY, Flag.REQUESTED_LATE}
    assert str(calculation.due_on) == "2026-06-13"
    with pytest.raises(ImpossibleError):
        counted("C01", "2026-03-13", HELD, late)
    with pytest.raises(ImpossibleError):
        calculate_row(calculation.rule, day("2026-03-13"), HELD, CALENDAR, [late])
    rowed = calculate_row(calculation.rule, day("2026-03-13"), HELD, CALENDAR, [late], taken=1)
    assert rowed == calculation


def test_an_evaluation_that_was_taken_stands_too_and_what_is_new_is_still_refused() -> None:
    late = evaluated("2026-04-11", "2026-04-20")
    calculation = counted("R01", "2026-03-10", HELD, late, taken=1)
    assert calculation.flags == {Flag.TAKEN_AFTER_EXPIRY}
    assert (calculation.due_on, calculation.outer_on) == (day("2026-04-10"), day("2026-04-10"))
    with pytest.raises(ImpossibleError) as refused:
        counted("R01", "2026-03-10", HELD, late, evaluated("2026-06-11", "2026-06-20"), taken=1)
    assert refused.value.problem is Problem.EXCLUDED_AFTER_EXPIRY
    assert refused.value.details["day"] == day("2026-06-11")


def test_what_has_no_length_cannot_begin_again_whatever_its_row_says() -> None:
    bare = replace(
        row(Period(1, Unit.DAYS, PeriodClass.NEUTRAL)),
        kind=Kind.IMMEDIATE,
        period=None,
        restarts=frozenset({RestartReason.JURISDICTION_CHANGED}),
    )
    with pytest.raises(ImpossibleError) as refused:
        calculate_row(bare, day("2026-03-10"), HELD, CALENDAR, [moved("2026-03-20")])
    assert refused.value.problem is Problem.NO_FURTHER_EXTENSION
    assert refused.value.details == {"rule": "Q01", "known": 0}


# The last moments in which something is still in time


@pytest.mark.parametrize(
    ("rule", "events"),
    [
        ("R01", (Extended(on=day("2026-04-10")),)),
        ("R01", (Extended(on=day("2026-03-10")),)),
        ("R01", (evaluated("2026-04-10", "2026-04-20"),)),
        ("R01", (evaluated("2026-03-10", "2026-03-10"),)),
        ("R01", (evaluated("2026-03-12", "2026-03-20"), evaluated("2026-03-20", "2026-03-25"))),
        ("R01", (evaluated("2026-03-20", "2026-03-25"), evaluated("2026-03-12", "2026-03-20"))),
        ("R01", (evaluated("2026-03-20"), Extended(on=day("2026-04-30")))),
        ("R01", (moved("2026-03-10"),)),
        ("R01", (CustodyChanged(FREE, day("2026-03-10")),)),
        ("T06", (Travelled(1),)),
        ("T06", (Travelled(3650),)),
        ("B02", (Used(184),)),
        ("C01", (Extended(requested_on=day("2026-05-10")),)),
        ("D04", (Extended(length=1),)),
        ("D04", (Extended(length=4),)),
        ("R01", (CustodyChanged(FREE, day("2100-12-31")),)),
    ],
)
def test_what_comes_at_the_last_moment_is_taken(rule: str, events: Sequence[Event]) -> None:
    assert counted(rule, "2026-03-10", HELD, *events).due_on is not None


def test_what_begins_with_the_text_is_not_before_it() -> None:
    assert not counted("R01", "2018-10-26", HELD).flags
    assert counted("R01", "2018-10-25", HELD).flags == {Flag.BEFORE_THE_TEXT}


def test_the_first_and_the_last_day_that_can_be_counted_from() -> None:
    assert str(counted("R03", "2018-01-01", HELD).due_on) == "2018-01-01"
    assert str(counted("R03", "2100-12-31", HELD).due_on) == "2100-12-31"


def test_a_request_while_days_are_still_left_out_is_never_late() -> None:
    still = evaluated("2026-05-01")
    asked = Extended(requested_on=day("2026-05-20"), on=day("2026-05-28"))
    assert counted("C01", "2026-03-13", HELD, still, asked).flags == {Flag.STILL_NOT_COUNTED}


def test_what_stood_still_since_the_last_week_was_asked_for_late_all_the_same() -> None:
    still = evaluated("2026-05-08")
    asked = Extended(requested_on=day("2026-05-20"))
    flags = counted("C01", "2026-03-13", HELD, still, asked).flags
    assert flags == {Flag.STILL_NOT_COUNTED, Flag.REQUESTED_LATE}


def test_a_ground_that_is_granted_after_it_was_stated_is_granted_only() -> None:
    stated = ExtensionStated("major_or_complex")
    both = counted("D07", "2026-09-09", FREE, stated, Extended("major_or_complex", 5))
    only = counted("D07", "2026-09-09", FREE, Extended("major_or_complex", 5))
    assert both.steps == only.steps
    assert (str(both.due_on), both.due_on) == ("2026-09-29", both.outer_on)


def test_an_evaluation_that_ended_before_the_restart_is_forgotten() -> None:
    before = evaluated("2026-03-12", "2026-04-01")
    again = counted("R01", "2026-03-10", HELD, before, moved("2026-04-01"))
    assert (str(again.due_on), again.due_on) == ("2026-05-01", again.outer_on)


def test_an_evaluation_that_still_lasts_at_the_restart_goes_on() -> None:
    again = counted("R01", "2026-03-10", HELD, evaluated("2026-03-12"), moved("2026-04-01"))
    assert again.flags == {Flag.STILL_NOT_COUNTED}
    assert told(again.steps[2]) == (
        "still_not_counted > 2026-04-01 [CPL 149] : psychiatric_evaluation"
    )


def test_what_goes_on_from_before_a_restart_is_not_judged_by_the_new_end() -> None:
    far = counted(
        "R02", "2026-03-10", HELD, evaluated("2026-03-12", "2026-06-01"), moved("2026-03-15")
    )
    assert (str(far.due_on), str(far.outer_on)) == ("2026-06-10", "2026-06-11")


def test_custody_told_late_is_read_by_its_day() -> None:
    events = (CustodyChanged(HELD, day("2026-09-29")), CustodyChanged(FREE, day("2026-09-20")))
    told_late = counted("R01", "2026-09-05", HELD, *events)
    assert (str(told_late.due_on), str(told_late.outer_on)) == ("2026-10-05", "2026-10-05")


def test_of_two_changes_on_one_day_the_one_told_last_counts() -> None:
    on = day("2026-09-20")
    free_last = counted(
        "R01", "2026-09-05", HELD, CustodyChanged(HELD, on), CustodyChanged(FREE, on)
    )
    held_last = counted(
        "R01", "2026-09-05", HELD, CustodyChanged(FREE, on), CustodyChanged(HELD, on)
    )
    assert str(free_last.due_on) == "2026-10-08"
    assert str(held_last.due_on) == "2026-10-05"


def test_custody_that_was_taken_back_on_the_last_day_is_as_if_it_had_not_been() -> None:
    on = day("2026-10-05")
    events = (CustodyChanged(HELD, on), CustodyChanged(FREE, on))
    assert str(counted("R01", "2026-09-05", FREE, *events).due_on) == "2026-10-08"


def test_who_leaves_unknown_custody_on_the_last_day_is_counted_cautiously_too() -> None:
    free = CustodyChanged(FREE, day("2026-10-05"))
    for before in (UNKNOWN, Custody.ELSEWHERE, Custody.DESIGNATED_RESIDENCE):
        calculation = counted("R01", "2026-09-05", before, free)
        assert (str(calculation.due_on), str(calculation.outer_on)) == ("2026-10-05", "2026-10-08")
    calculation = counted("R01", "2026-09-05", FREE, free)
    assert (str(calculation.due_on), str(calculation.outer_on)) == ("2026-10-08", "2026-10-08")


# Provisional dates


@pytest.mark.parametrize(
    ("rule", "started", "events", "provisional"),
    [
        ("R01", "2026-11-28", (), False),
        ("R01", "2026-11-29", (), True),  # ends on 29 December: the next notice may reach back
        ("D07", "2026-12-11", (ExtensionStated("major_or_complex"),), True),  # only the limit does
        ("D07", "2026-12-08", (ExtensionStated("major_or_complex"),), False),
        ("L12", "2026-12-29", (), False),  # counted back from a day that is not looked at
        ("L12", "2026-12-30", (), True),
        ("C08", "2026-12-28", (), False),
        ("C08", "2026-12-29", (), True),
        ("T02", "2026-12-29", (), True),
        ("S09", "2027-01-10", (), False),  # counted back to a day that has been announced
        ("S09", "2027-01-20", (), True),
    ],
)
def test_a_date_is_provisional_if_a_day_that_it_rests_on_has_not_been_announced(
    rule: str, started: str, events: Sequence[Event], *, provisional: bool
) -> None:
    assert counted(rule, started, HELD, *events).provisional is provisional


# Explanations that lie


BEGUN = Step(StepCode.START_NOT_COUNTED, day("2026-03-10"))
INSTANT = datetime(2026, 3, 10, 9, 20, tzinfo=CHINA_TIME)
DAYS_ADDED = Step(StepCode.DAYS_ADDED, day("2026-03-13"), day("2026-03-10"), 3)
HOURS_ADDED = Step(
    StepCode.HOURS_ADDED,
    day("2026-03-11"),
    day("2026-03-10"),
    24,
    at=INSTANT.replace(day=11),
    from_at=INSTANT,
)


@pytest.mark.parametrize(
    ("steps", "blamed"),
    [
        ([BEGUN._replace(on=None)], 0),
        ([DAYS_ADDED], 0),
        ([BEGUN, DAYS_ADDED._replace(from_on=None)], 1),
        ([BEGUN, DAYS_ADDED._replace(from_on=day("2026-03-11"), on=day("2026-03-14"))], 1),
        ([BEGUN, DAYS_ADDED._replace(on=day("2026-03-14"))], 1),
        ([BEGUN, DAYS_ADDED._replace(length=None)], 1),
        ([HOURS_ADDED._replace(from_at=None)], 0),
        ([HOURS_ADDED._replace(length=None)], 0),
        ([HOURS_ADDED._replace(at=INSTANT)], 0),
        ([HOURS_ADDED._replace(on=day("2026-03-12"))], 0),
    ],
)
def test_a_step_that_leads_elsewhere_is_named(steps: list[Step], blamed: int) -> None:
    with pytest.raises(BrokenExplanationError) as broken:
        follow(steps, CALENDAR)
    assert broken.value.args[0] == steps[blamed]


def test_a_step_that_lies_is_named_with_the_day_to_which_it_leads() -> None:
    wrong = DAYS_ADDED._replace(on=day("2026-03-14"))
    with pytest.raises(BrokenExplanationError) as broken:
        follow([BEGUN, wrong], CALENDAR)
    assert broken.value.args == (wrong, day("2026-03-13"))
    early = HOURS_ADDED._replace(at=INSTANT)
    with pytest.raises(BrokenExplanationError) as broken:
        follow([early], CALENDAR)
    assert broken.value.args == (early, INSTANT.replace(day=11))


def test_steps_of_one_reading_lead_to_its_date_only() -> None:
    limit = DAYS_ADDED._replace(reading=Reading.OUTER)
    assert follow([BEGUN, limit], CALENDAR) == (day("2026-03-10"), day("2026-03-13"))
    kept = DAYS_ADDED._replace(reading=Reading.DUE)
    assert follow([BEGUN, kept], CALENDAR) == (day("2026-03-13"), day("2026-03-10"))
    assert follow([BEGUN, HOURS_ADDED], CALENDAR) == (day("2026-03-11"), day("2026-03-11"))


def test_remarks_lead_nowhere_and_what_follows_them_is_still_walked() -> None:
    remark = Step(StepCode.LAST_DAY_OFF, day("2026-12-24"))
    assert follow([remark, BEGUN, remark, DAYS_ADDED], CALENDAR)[0] == day("2026-03-13")
    assert follow([remark], CALENDAR) == (None, None)


def test_a_step_without_a_length_goes_nowhere() -> None:
    still = DAYS_ADDED._replace(length=None, on=day("2026-03-10"))
    assert follow([BEGUN, still], CALENDAR) == (day("2026-03-10"), day("2026-03-10"))


# Which row applies


def test_the_police_request_in_time_even_on_a_day_off_and_on_the_ground_they_named() -> None:
    plain = request_due(day("2026-09-29"), "none", CALENDAR)
    assert (plain.due_on, plain.outer_on, plain.events) == (day("2026-10-02"),) * 2 + ((),)
    extended = request_due(day("2026-09-29"), "seven_days", CALENDAR)
    assert extended.due_on == day("2026-10-06")
    assert extended.events == (Extended("special_circumstances"),)


# Arithmetic


def test_seconds_never_lengthen_hours() -> None:
    begun = INSTANT.replace(second=41, microsecond=500_000)
    assert hours_to_the_minute(begun, 12) == INSTANT.replace(hour=21)
    assert hours_to_the_full_hour(begun, 12) == INSTANT.replace(hour=22, minute=0)


def test_hours_are_told_in_the_time_of_china_wherever_they_were_written() -> None:
    in_mumbai = INSTANT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    for counted_hours in (hours_to_the_minute, hours_to_the_full_hour):
        ended = counted_hours(in_mumbai, 24)
        assert ended == counted_hours(INSTANT, 24)
        assert ended.utcoffset() == timedelta(hours=8)


def test_days_months_and_half_months_are_counted_from_the_day_that_is_not_counted() -> None:
    assert add_days(day("2026-09-23"), 10) == day("2026-10-03")
    assert add_half_months(day("2026-03-10"), 1) == day("2026-03-25")
    assert add_half_months(day("2026-03-10"), 3) == day("2026-04-24")
    assert clamp_months(day("2026-02-28"), 1) == day("2026-03-28")
    assert clamp_months(day("2026-11-30"), 3) == day("2027-02-28")
    assert month_end(day("2028-02-01")) == day("2028-02-29")


def test_an_article_is_cited_once_in_a_step() -> None:
    """The row of one and a half months rests on the article on half months itself."""
    steps = calculate("T02b", day("2026-03-10"), Custody.HELD, CALENDAR).steps
    for step in steps:
        assert len(step.articles) == len(set(step.articles))
    assert any(Article("SPC-I", 202, 1) in step.articles for step in steps)


def test_a_period_of_nothing_is_a_bug_that_says_how_long_it_was() -> None:
    for nothing in (0, -1):
        with pytest.raises(EmptyPeriodError) as empty:
            Period(nothing, Unit.DAYS, PeriodClass.NEUTRAL)
        assert empty.value.args == (nothing,)
        for count in (working_days_after, working_days_before):
            with pytest.raises(EmptyPeriodError) as empty:
                count(day("2026-03-10"), nothing, CALENDAR)
            assert empty.value.args == (nothing,)


def test_an_instant_without_an_offset_is_a_bug_that_names_it() -> None:
    naive = INSTANT.replace(tzinfo=None)
    with pytest.raises(NaiveInstantError) as named:
        statutory_day(naive)
    assert named.value.args == (naive,)


# Articles


def test_an_article_is_cited_as_people_cite_it() -> None:
    assert Article("CPL", 91, 3).zh == "刑诉法91条3款"
    assert Article("CPL", 91, 3).en == "CPL 91¶3"
    assert Article("RULES", 615, item=2).zh == "刑诉规则615条2项"
    assert Article("RULES", 615, item=2).en == "RULES 615(2)"
    assert Article("MPS", 148).zh == "公安程序规定148条"
    assert Article("MPS", 148).en == "MPS 148"
    assert cited_zh((Article("CPL", 90), Article("MPS", 142))) == "刑诉法90条；公安程序规定142条"
    assert cited_en((Article("CPL", 90), Article("MPS", 142))) == "CPL 90; MPS 142"


# Rows


def test_a_row_holds_from_its_first_day_until_the_day_on_which_it_ends() -> None:
    ended = replace(
        row(Period(1, Unit.DAYS, PeriodClass.NEUTRAL)), effective_until=day("2026-01-01")
    )
    assert [ended.holds_on(day(on)) for on in ("2018-10-25", "2018-10-26", "2025-12-31")] == [
        False,
        True,
        True,
    ]
    assert not ended.holds_on(day("2026-01-01"))
    assert replace(ended, effective_until=None).holds_on(day("2026-01-01"))


def test_an_extension_is_a_range_where_the_law_gives_two_bounds() -> None:
    assert of("D04", "special_circumstances").is_range
    assert not of("R01", "major_or_complex").is_range


# The calendar


def test_the_calendar_of_the_software_is_that_of_its_notices() -> None:
    calendar = state_council_calendar()
    notices = bundled_notices()
    assert calendar == WorkCalendar.of_notices(notices)
    assert (calendar.known_from, calendar.known_until) == (day("2018-01-01"), day("2026-12-28"))
    assert calendar.papers == tuple(
        paper for year in range(2018, 2027) for paper in notices[year]["papers"]
    )
    assert calendar.papers[-1] in notices[2026]["papers"]


def test_a_notice_that_cannot_be_counted_with_says_why() -> None:
    with pytest.raises(CalendarError) as refused:
        WorkCalendar.of_notices({2024: {}, 2026: {}})
    assert str(refused.value) == "the years are not in one run"
    twice = ["2026-10-02", "2026-10-01"]
    with pytest.raises(CalendarError) as refused:
        WorkCalendar.of_notices({2026: {"off": twice, "work": [*twice, "2026-10-10"]}})
    assert str(refused.value) == f"both off and worked: {[day('2026-10-01'), day('2026-10-02')]}"


def test_a_year_more_is_found_from_the_days_to_which_it_reaches_back() -> None:
    one = WorkCalendar.of_notices({2025: {}})
    both = WorkCalendar.of_notices({2024: {"off": ["2023-12-29"]}, 2025: {}})
    changed = changed_days(one, both)
    assert changed == changed_days(both, one)
    assert changed[:2] == [day("2023-12-29"), day("2024-01-01")]
    assert changed[-1] == day("2024-12-31")


def test_a_change_of_the_last_day_of_the_last_year_is_found() -> None:
    before = WorkCalendar.of_notices({2025: {}})
    after = WorkCalendar.of_notices({2025: {"off": ["2025-12-31"]}})
    assert changed_days(before, after) == [day("2025-12-31")]
    assert changed_days(before, before) == []


def test_the_longest_rest_may_begin_with_the_first_day_that_is_known() -> None:
    first_days = [f"2026-01-0{n}" for n in range(1, 9)]
    assert longest_rest(WorkCalendar.of_notices({2026: {"off": first_days}})) == 8


def test_the_days_off_that_no_notice_moves() -> None:
    fixed = ["01-01", "05-01", "10-01", "10-02", "10-03"]
    assert [f"{on:%m-%d}" for on in fixed_days_off(2024)] == fixed
    assert [str(on) for on in fixed_days_off(2025)] == [
        "2025-01-01",
        "2025-05-01",
        "2025-05-02",
        "2025-10-01",
        "2025-10-02",
        "2025-10-03",
    ]


# Words


@pytest.mark.parametrize(
    ("path", "at", "zh", "en"),
    [
        (
            "fifteen days run on from the end before any roll",
            2,
            (
                "重大、复杂的案件，一个月以内不能作出决定的，延长十五日："
                "自10月5日（未顺延）起连续计算15日，至10月20日"
                "（刑诉法172条1款；刑诉规则351条1款）"
            ),
            (
                "major or complex case that cannot be decided within the month, 15 days more: "
                "15 days running on from 2026-10-05, the end before any roll, until 2026-10-20"
                " [CPL 172¶1; RULES 351¶1]"
            ),
        ),
        (
            "months that extend one another are counted both ways, and a late request is marked",
            1,
            "9月25日提请延长，迟于届满前7日，仍应受理，注明迟延（刑诉规则309条1款；公安程序规定148条）",
            (
                "asked for on 2026-09-25, less than 7 days before the end: taken, and marked late"
                " [RULES 309¶1; MPS 148]"
            ),
        ),
        (
            "months that extend one another are counted both ways, and a late request is marked",
            2,
            (
                "自7月30日起一次计算3个月至10月30日（应办日）（刑诉法156条；公安程序规定148条；"
                "刑诉规则305条；高法解释202条1款；刑诉规则311条；延长羁押期限规定16条）"
            ),
            (
                "3 months in one go from 2026-07-30, until 2026-10-30 (the day to keep) "
                "[CPL 156; MPS 148; RULES 305; SPC-I 202¶1; RULES 311; EXT-2016 16]"
            ),
        ),
        (
            "a range of which no length is named is taken whole, and marked",
            2,
            (
                "特殊情况，延长一日至四日：未写明延长的长度，按上限4日计算"
                "（刑诉法91条1款；公安程序规定129条1款）"
            ),
            (
                "special circumstances, 1 to 4 days more: no length was given, so the whole 4 days"
                " are taken [CPL 91¶1; MPS 129¶1]"
            ),
        ),
        (
            "a measure does not move, and beyond the notices its end is provisional",
            5,
            "截至2027年1月1日的放假安排尚未全部公布，日期暂定",
            "the days off up to 2027-01-01 have not all been announced: provisional",
        ),
        (
            "an evaluation is left out by its fewest days and by its most",
            3,
            "精神病鉴定期间10日不计入，推至4月20日（外限）（刑诉法149条）",
            (
                "10 days of a psychiatric evaluation not counted, so until 2026-04-20 (the outer"
                " limit) [CPL 149]"
            ),
        ),
        (
            "an evaluation that reaches beyond a change of jurisdiction goes on being left out",
            1,
            "改变管辖，自4月1日起重新计算，该日不计入（刑诉法172条2款）",
            (
                "the jurisdiction changed: counted anew from 2026-04-01, that day not included"
                " [CPL 172¶2]"
            ),
        ),
        (
            "between organs the limit rolls while the person is held",
            3,
            "在押，应办日不顺延，外限顺延至10月8日（刑诉法105条4款）",
            (
                "in custody: the day to keep does not move; the outer limit does, to 2026-10-08"
                " [CPL 105¶4]"
            ),
        ),
        (
            "under surveillance in a designated residence",
            4,
            "应办日不顺延，外限顺延至10月8日（刑诉法105条4款）",
            "the day to keep does not move; the outer limit does, to 2026-10-08 [CPL 105¶4]",
        ),
        (
            "working days are counted back from the event",
            1,
            "自10月10日向前倒计5个工作日，为9月28日（监督员选任办法19条）",
            "5 working days back from 2026-10-10: 2026-09-28 [PSUP-2021 19]",
        ),
        (
            "at once, without a date",
            0,
            "应当立即（及时）办理，法律未规定期限（刑诉法90条；刑诉规则286条1款；公安程序规定142条）",
            "to be done at once: the law gives no length [CPL 90; RULES 286¶1; MPS 142]",
        ),
        (
            "hours run from the minute, and the running hour may be left out",
            1,
            "24小时，至9月8日9时20分（刑诉法85条2款；公安程序规定126条；刑诉规则122条2款）",
            "24 hours, until 2026-09-08 09:20 China time [CPL 85¶2; MPS 126; RULES 122¶2]",
        ),
    ],
)
def test_a_step_is_put_in_words(path: str, at: int, zh: str, en: str) -> None:
    told_of = PATHS[path]
    calculation = counted(told_of.rule, told_of.started, told_of.custody, *told_of.events)
    assert phrase_zh(calculation.steps[at], calculation.rule, 2026) == zh
    assert phrase_en(calculation.steps[at], calculation.rule) == en


def test_a_range_in_months_is_taken_whole_in_months() -> None:
    calculation = counted("X12", "2026-05-01", FREE, Extended())
    assert "未写明延长的长度，按上限12个月计算" in explained_zh(calculation)
    assert "so the whole 12 months are taken" in explained_en(calculation)


def test_half_a_month_is_put_in_words() -> None:
    rule = row(Period(1, Unit.HALF_MONTHS, PeriodClass.CUSTODY))
    step = calculate_row(rule, day("2026-03-10"), HELD, CALENDAR).steps[1]
    assert phrase_zh(step, rule, 2026) == (
        "半个月按15日计算（共1个半月），至3月25日（刑诉法172条1款；高法解释202条1款）"
    )
    assert phrase_en(step, rule) == (
        "1 half month of fifteen days each, until 2026-03-25 [CPL 172¶1; SPC-I 202¶1]"
    )


def test_each_link_of_custody_names_its_own_ground() -> None:
    said = explained_zh(counted("C03", "2026-07-30", HELD))
    assert "案情复杂、期限届满不能终结，延长一个月：自9月30日起连续计算1个月至10月31日" in said
    assert "四类重大复杂案件，延长二个月：自10月31日起连续计算2个月至12月31日" in said


def test_where_a_step_names_nothing_its_words_name_nothing() -> None:
    rule = rule_of("R01", day("2026-03-10"))
    for code, zh, en in (
        (StepCode.LAST_DAY_OFF, "最后一日（）为节假日", "the last day, , is a day off"),
        (StepCode.DAYS_BACK, "自向前倒计0日，为", "0 days back from : "),
        (StepCode.HOURS_ADDED, "0小时，至", "0 hours, until "),
        (
            StepCode.RANGE_TAKEN_WHOLE,
            "未写明延长的长度，按上限0日计算",
            "no length was given, so the whole 0 days are taken",
        ),
    ):
        assert phrase_zh(Step(code), rule, 2026) == zh
        assert phrase_en(Step(code), rule) == en
