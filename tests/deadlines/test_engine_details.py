"""The whole way to a date, step by step, and the whole of a refusal, as a lawyer would check them.

The dates of `test_worked_examples.py` say where a period ends. Here stands how it gets there:
each step with the day it leaves, its length, the day it reaches, the articles it rests on, the
choice that was made and the reading it belongs to. All were worked out by hand from the texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pytest

from services.deadlines.engine.arithmetic import Custody, Period, Unit
from services.deadlines.engine.articles import Article
from services.deadlines.engine.calculation import Calculation, calculate
from services.deadlines.engine.calendar import state_council_calendar
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
from services.deadlines.engine.rules import Extension, Kind, Organ, RestartReason, Rule, Trigger
from services.deadlines.engine.steps import Reading, Step
from services.deadlines.engine.table import rule_of

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
FIFTEEN_DAYS = "[CPL 172¶1; RULES 351¶1; EXT-2016 16] ? extension_base : major_or_complex"

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
                "extended_months 2026-06-30 +3 > 2026-09-30 [CPL 208¶1; SPC-I 210¶1; EXT-2016 16]"
                " ? extension_base : upper_court"
            ),
            (
                "extended_months 2026-09-30 +1 > 2026-10-31 [CPL 208¶1; SPC-I 210¶3; EXT-2016 16]"
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
                "range_taken_whole +4 [CPL 91¶1; MPS 129¶1; EXT-2016 16]"
                " ? range_taken_whole : special_circumstances"
            ),
            (
                "extended_days 2026-10-02 +4 > 2026-10-06 [CPL 91¶1; MPS 129¶1; EXT-2016 16]"
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
                "extended_days 2026-10-02 +2 > 2026-10-04 [CPL 91¶1; MPS 129¶1; EXT-2016 16]"
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


def row(  # a row of no law, for what the engine can count and the table has no row for
    period: Period, *extensions: Extension, until: date | None = None
) -> Rule:
    return Rule(
        id="Q01",
        kind=Kind.DEADLINE,
        trigger=Trigger("tried", "试", "the trial"),
        binds=Organ.PROCURATORATE,
        period=period,
        articles=(Article("CPL", 105, 1),),
        zh="试",
        en="Trial",
        effective_from=day("2018-10-26"),
        effective_until=until,
        extensions=extensions,
    )
