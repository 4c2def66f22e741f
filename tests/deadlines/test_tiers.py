"""When a period has to be spoken of: days, hours, days off, month ends, and the light it shows."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deadlines import Custody, Deadline, calculate, state_council_calendar
from services.deadlines.engine.arithmetic import CHINA_TIME
from services.deadlines.tiers import DEFAULT, Light, Tier, Tiers, light, reached, reaches
from services.kernel.act import SHANGHAI

CALENDAR = state_council_calendar()


def period(rule: str, started: str, custody: Custody = Custody.HELD, **given: object) -> Deadline:
    """A period as the ledger would keep it."""
    began = datetime.fromisoformat(started).replace(tzinfo=SHANGHAI)
    counted = calculate(rule, began, custody, CALENDAR)
    values: dict[str, object] = {
        name: getattr(counted, name) for name in ("due_on", "outer_on", "due_at", "outer_at")
    }
    values |= {"warn_on": counted.warn_on, "rule_id": rule, "started_at": began}
    return Deadline(custody=custody, **(values | given))


def days(deadline: Deadline, tiers: Tiers = DEFAULT) -> list[tuple[str, str]]:
    """Each tier with the China day on which it is reached."""
    found = reaches(deadline, CALENDAR, tiers)
    assert all(one.at.astimezone(CHINA_TIME).time().hour == 0 for one in found)
    return [(one.tier.value, one.at.astimezone(CHINA_TIME).date().isoformat()) for one in found]


def moments(deadline: Deadline) -> list[tuple[str, str]]:
    """Each tier with the China time at which it is reached."""
    found = reaches(deadline, CALENDAR)
    return [(one.tier.value, f"{one.at.astimezone(CHINA_TIME):%m-%d %H:%M:%S}") for one in found]


def test_a_month_is_spoken_of_seven_three_and_one_day_before_its_end() -> None:
    # In custody from Thursday 2026-06-11 to Saturday 07-11; Friday the 10th is a working day.
    assert days(period("R01", "2026-06-11")) == [
        ("first", "2026-07-03"),  # a week before is Saturday the 4th: on the Friday before it
        ("second", "2026-07-08"),
        ("last", "2026-07-10"),
        ("expired", "2026-07-12"),
    ]


@pytest.mark.parametrize(
    ("rule", "started", "expected"),
    [
        ("T06", "2026-03-09", [("first", "2026-03-16"), ("last", "2026-03-18")]),
        ("D06", "2026-03-11", [("first", "2026-03-16"), ("last", "2026-03-17")]),
        ("A02", "2026-03-09", [("first", "2026-03-11")]),
    ],
)
def test_shorter_periods_are_spoken_of_nearer_to_their_end(
    rule: str, started: str, expected: list[tuple[str, str]]
) -> None:
    assert days(period(rule, started))[: len(expected)] == expected


def test_what_ends_in_the_holidays_is_heard_of_before_them_and_once_more() -> None:
    # R01 received on Saturday 2026-09-05, in custody: due on 10-05, in the National Day holidays.
    october = period("R01", "2026-09-05")

    assert days(october) == [
        ("first", "2026-09-28"),
        ("second", "2026-09-30"),
        ("last", "2026-09-30"),
        ("again", "2026-10-04"),
        ("expired", "2026-10-06"),
    ]
    told = reached(reaches(october, CALENDAR), datetime(2026, 9, 30, 0, tzinfo=SHANGHAI))
    assert told[-1].tier is Tier.LAST


def test_a_warning_that_came_early_comes_once_more_on_the_day_to_keep() -> None:
    # Not in custody: R01 from 2026-06-11 ends on Saturday 07-11, which moves to Monday the 13th.
    rolled = days(period("R01", "2026-06-11", Custody.AT_LIBERTY))
    assert rolled[-3:] == [
        ("last", "2026-07-10"),
        ("again", "2026-07-13"),
        ("expired", "2026-07-14"),
    ]
    # Three days from Friday to Monday: on the Friday it has just begun, so only on the Monday.
    single = period("A02", "2026-03-13")
    assert days(single) == [("second", "2026-03-16"), ("expired", "2026-03-17")]


def test_a_warning_never_first_comes_on_a_day_off() -> None:
    start = date(2025, 12, 1)
    for offset in range(365):
        day = start + timedelta(days=offset)
        found = days(period("R01", f"{day}T09:00:00"))
        ahead = [one for one in found if one[0] in {"first", "second", "last"}]
        assert all(CALENDAR.is_working(date.fromisoformat(on)) for _, on in ahead), day


def test_in_doubt_comes_before_expired_where_the_law_can_bear_a_later_day() -> None:
    # T06 received 2026-09-23 with the person in custody: due 10-03, outer 10-08.
    found = days(period("T06", "2026-09-23"))

    assert found[-2:] == [("due_passed", "2026-10-04"), ("expired", "2026-10-09")]


def test_hours_are_spoken_of_in_hours() -> None:
    found = moments(period("D02", "2026-09-07T09:20"))

    assert found[:2] == [("first", "09-08 03:20:00"), ("last", "09-08 08:20:00")]
    assert found[-2:] == [("due_passed", "09-08 09:20:00"), ("expired", "09-08 10:00:00")]


def test_a_limit_in_hours_has_passed_right_after_its_minute() -> None:
    summons = period("D08", "2026-09-07T09:20")
    assert summons.due_at is not None

    def tiers_at(moment: datetime) -> list[Tier]:
        return [one.tier for one in reached(reaches(summons, CALENDAR), moment)]

    assert moments(summons)[:2] == [("first", "09-07 19:20:00"), ("last", "09-07 20:20:00")]
    assert tiers_at(summons.due_at)[-1] is Tier.LAST
    assert tiers_at(summons.due_at + timedelta(microseconds=1))[-1] is Tier.EXPIRED


def test_month_ends_are_warned_of_from_the_plain_day() -> None:
    # R01 received 2026-02-28 ends on 03-31 by the courts' rule; the plain day is 03-28.
    found = dict(days(period("R01", "2026-02-28")))

    assert found["last"] == "2026-03-27"
    assert found["expired"] == "2026-04-01"


def test_what_would_come_before_the_beginning_is_left_out_but_never_all_of_it() -> None:
    long_leads = Tiers(week=(6, 5, 4), days=(9, 8, 7))

    # Seven days from Wednesday the 11th at 9:00: six before the end lies on the 12th.
    assert [tier for tier, _ in days(period("D06", "2026-03-11T09:00"), long_leads)] == [
        "first",
        "second",
        "last",  # four before is a Saturday: on the Friday, and so once more on the last day
        "again",
        "expired",
    ]
    short = period("A02", "2026-03-09T09:00")
    found = reaches(short, CALENDAR, long_leads)
    assert (found[0].tier, found[0].at) == (Tier.LAST, short.started_at)
    assert [one.tier for one in found] == [Tier.LAST, Tier.EXPIRED]


def test_a_rule_may_be_warned_of_in_its_own_way_whatever_its_length() -> None:
    own = Tiers(rules=(("D06", (5, 4, 3)), ("D01", (12, 3))))

    # Seven days to Wednesday the 18th; of the periods of the same length only this rule is moved.
    assert days(period("D06", "2026-03-11"), own)[:3] == [
        ("first", "2026-03-13"),
        ("second", "2026-03-13"),  # four before is a Saturday, three a Sunday: on the Friday
        ("last", "2026-03-13"),
    ]
    assert days(period("D10", "2026-03-11"), own) == days(period("D10", "2026-03-11"))
    detained = period("D01", "2026-03-09T09:00")
    found = [one.at.astimezone(CHINA_TIME).hour for one in reaches(detained, CALENDAR, own)]
    assert found[:2] == [21, 6]
    green = datetime(2026, 3, 9, 20, 59, tzinfo=SHANGHAI)
    assert light(detained, green, own) is Light.GREEN
    assert light(detained, green + timedelta(minutes=1), own) is Light.AMBER


def test_at_once_is_asked_after_when_a_day_has_gone_by() -> None:
    at_once = period("A01", "2026-03-09T09:00")

    assert moments(at_once) == [("lingering", "03-10 09:00:00")]
    assert reaches(at_once, CALENDAR, Tiers(at_once=2))[0].at == at_once.started_at + timedelta(
        hours=2
    )


def test_a_threshold_is_spoken_of_on_the_day_it_passes() -> None:
    assert days(period("A06", "2026-03-09", Custody.AT_LIBERTY)) == [
        ("threshold_passed", "2026-03-25")
    ]


@pytest.mark.parametrize(
    "ended",
    [{"closed_at": datetime(2026, 3, 10, tzinfo=UTC)}, {"suspended_on": date(2026, 3, 10)}],
)
def test_what_does_not_run_is_not_spoken_of(ended: dict[str, object]) -> None:
    quiet = period("R01", "2026-03-09", Custody.HELD, **ended)

    assert reaches(quiet, CALENDAR) == []
    assert light(quiet, datetime(2027, 1, 1, tzinfo=UTC)) is Light.GREY


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2026-06-12", Light.GREEN),
        ("2026-07-03", Light.GREEN),
        ("2026-07-04", Light.AMBER),
        ("2026-07-09", Light.AMBER),
        ("2026-07-10", Light.RED),
        ("2026-07-11", Light.RED),
        ("2026-08-11", Light.RED),
    ],
)
def test_the_light_of_a_month(day: str, shown: Light) -> None:
    moment = datetime.fromisoformat(day).replace(tzinfo=SHANGHAI)

    assert light(period("R01", "2026-06-11"), moment) is shown


def test_the_light_turns_at_midnight_in_china() -> None:
    june = period("R01", "2026-06-11")
    turning = datetime(2026, 7, 10, tzinfo=SHANGHAI)

    assert light(june, turning - timedelta(microseconds=1)) is Light.AMBER
    assert light(june, turning) is Light.RED


def test_the_lights_of_hours_of_at_once_and_of_thresholds() -> None:
    summons, began = period("D08", "2026-09-07T09:20"), datetime(2026, 9, 7, tzinfo=SHANGHAI)
    shown = [light(summons, began + timedelta(hours=hour)) for hour in (10, 19, 20, 21, 22)]
    assert shown == [Light.GREEN, Light.GREEN, Light.AMBER, Light.RED, Light.RED]

    assert light(period("A01", "2026-03-09"), began) is Light.GREY
    threshold = period("A06", "2026-03-09", Custody.AT_LIBERTY)
    last_day = datetime(2026, 3, 24, 23, 59, tzinfo=SHANGHAI)
    assert light(threshold, last_day) is Light.GREEN
    assert light(threshold, last_day + timedelta(minutes=1)) is Light.AMBER


def test_an_office_s_own_numbers_move_the_tiers_and_the_light() -> None:
    early = Tiers(months=(20, 10, 5))
    june = period("R01", "2026-06-11")

    assert days(june, early)[:3] == [
        ("first", "2026-06-18"),  # twenty days before is Sunday the 21st, after the 端午 holidays
        ("second", "2026-07-01"),
        ("last", "2026-07-06"),
    ]
    moment = datetime(2026, 6, 25, tzinfo=SHANGHAI)
    assert (light(june, moment), light(june, moment, early)) == (Light.GREEN, Light.AMBER)


@given(
    started=st.datetimes(datetime(2018, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001  # local
    rule=st.sampled_from(("R01", "D06", "T06", "A02", "D02", "D08", "C01", "L09")),
    custody=st.sampled_from(Custody),
)
def test_tiers_come_in_order_within_the_period_and_end_with_its_expiry(
    started: datetime, rule: str, custody: Custody
) -> None:
    found = reaches(deadline := period(rule, started.isoformat(), custody), CALENDAR)

    assert all(one.at <= other.at for one, other in pairwise(found))
    assert all(one.tier.severity < other.tier.severity for one, other in pairwise(found))
    assert all(one.at >= deadline.started_at for one in found)
    assert found[-1].tier is Tier.EXPIRED
    before = [one for one in found if one.tier.severity < Tier.DUE_PASSED.severity]
    assert before
    for one in found:
        at_it = one.at + timedelta(microseconds=1)
        expected = {Tier.EXPIRED: "expired", Tier.DUE_PASSED: "in_doubt"}.get(one.tier, "running")
        assert deadline.standing(at_it) == expected
