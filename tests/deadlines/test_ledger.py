"""The ledger: periods per suspect, through releases, arrests and closings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from services import deadlines
from services.arrest_requests.records import ArrestRequest, Suspect
from services.deadlines import (
    CloseReason,
    Custody,
    Deadline,
    DeadlineClosed,
    DeadlineRunning,
    Standing,
)
from services.kernel.act import Act
from services.offices import Office
from tests.make import Make


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=deadlines.CHINA_TIME)


RECEIVED = china("2026-09-29 10:00")


@dataclass(frozen=True)
class Matter:
    """An act, what it is about, and two suspects."""

    act: Act
    about: Office
    one: int
    other: int

    def start(self, rule_id: str, custody: Custody, at: datetime = RECEIVED) -> Deadline:
        return deadlines.start(
            self.act, rule_id, self.about, suspect_id=self.one, started_at=at, custody=custody
        )

    def open(self) -> list[Deadline]:
        return list(self.act.session.scalars(deadlines.open_of([self.one, self.other])))


@pytest.fixture
def matter(make: Make) -> Matter:
    """Two suspects of one bare request; the ledger asks nothing else of them."""
    office, person = make.office(), make.person()
    act = make.act(person, RECEIVED)
    request_id = act.session.scalar(
        insert(ArrestRequest)
        .values(
            version=1,
            office_id=office.id,
            procuratorate_id=office.id,
            document_number="提捕1号",
            document_on=date(2026, 9, 29),
            facts="",
            received_at=RECEIVED,
            submitted_by=person.id,
            nonce="00",
        )
        .returning(ArrestRequest.id)
    )
    one, other = act.session.scalars(
        insert(Suspect).returning(Suspect.id, sort_by_parameter_order=True),
        [
            {
                "arrest_request_id": request_id,
                "ordinal": ordinal,
                "received_at": RECEIVED,
                "name": "某",
                "sex": "male",
                "measure": "detention",
            }
            for ordinal in (1, 2)
        ],
    ).all()
    return Matter(act, office, one, other)


def test_a_period_is_counted_when_it_starts(matter: Matter) -> None:
    held = matter.start("D06", Custody.HELD)
    assert (held.due_on, held.outer_on) == (date(2026, 10, 6), date(2026, 10, 6))
    assert (held.about_kind, held.about_id) == ("offices", matter.about.id)
    assert (held.provisional, held.due_at, held.closed_at) == (False, None, None)
    free = matter.start("D07", Custody.AT_LIBERTY)
    assert (free.due_on, free.outer_on) == (date(2026, 10, 14), date(2026, 10, 14))
    assert matter.open() == [held, free]


def test_a_ground_of_extension_lengthens_the_limit_and_not_the_day_to_keep(matter: Matter) -> None:
    longer = deadlines.start(
        matter.act,
        "D07",
        matter.about,
        suspect_id=matter.one,
        started_at=RECEIVED,
        custody=Custody.AT_LIBERTY,
        ground=deadlines.MAJOR_OR_COMPLEX,
    )
    assert (longer.due_on, longer.outer_on) == (date(2026, 10, 14), date(2026, 10, 19))
    assert longer.standing(china("2026-10-15 09:00")) is Standing.IN_DOUBT
    deadlines.change_custody(matter.act, matter.one, Custody.HELD)
    assert (longer.due_on, longer.outer_on) == (date(2026, 10, 14), date(2026, 10, 19))


def test_the_day_of_receipt_is_the_day_in_china(matter: Matter) -> None:
    late_evening = datetime(2026, 9, 28, 16, 30, tzinfo=UTC)
    assert matter.start("D06", Custody.HELD, late_evening).due_on == date(2026, 10, 6)


def test_hours_keep_their_instants(matter: Matter) -> None:
    detained = china("2026-01-05 15:20")
    period = matter.start("D01", Custody.HELD, detained)
    assert period.due_at == china("2026-01-06 15:20")
    assert period.outer_at == china("2026-01-06 16:00")
    assert period.standing(china("2026-01-06 15:20")) is Standing.RUNNING
    assert period.standing(china("2026-01-06 15:21")) is Standing.IN_DOUBT
    assert period.standing(china("2026-01-06 16:01")) is Standing.EXPIRED


def test_at_once_has_no_day_and_stands_before_every_day(matter: Matter) -> None:
    dated = matter.start("D06", Custody.HELD)
    at_once = matter.start("A01", Custody.AT_LIBERTY)
    assert (at_once.due_on, at_once.outer_on, at_once.computed) == (None, None, None)
    assert matter.open() == [at_once, dated]
    assert at_once.standing(RECEIVED + timedelta(days=400)) is Standing.RUNNING


def test_a_release_moves_the_last_day_and_an_arrest_takes_it_back(matter: Matter) -> None:
    period = matter.start("A07", Custody.HELD, china("2026-09-30 09:00"))
    elsewhere = deadlines.start(
        matter.act,
        "A07",
        matter.about,
        suspect_id=matter.other,
        started_at=china("2026-09-30 09:00"),
        custody=Custody.HELD,
    )
    assert (period.due_on, period.outer_on) == (date(2026, 10, 5), date(2026, 10, 8))

    assert deadlines.change_custody(matter.act, matter.one, Custody.AT_LIBERTY) == [period]
    assert (period.due_on, period.outer_on) == (date(2026, 10, 8), date(2026, 10, 8))
    assert (elsewhere.due_on, elsewhere.custody) == (date(2026, 10, 5), Custody.HELD)

    assert deadlines.change_custody(matter.act, matter.one, Custody.HELD) == [period]
    assert (period.due_on, period.outer_on) == (date(2026, 10, 5), date(2026, 10, 8))
    assert deadlines.change_custody(matter.act, matter.one, Custody.HELD) == []


def test_an_arrest_after_the_unrolled_day_finds_the_period_expired(matter: Matter) -> None:
    period = matter.start("D06", Custody.AT_LIBERTY)
    on_holiday = china("2026-10-07 09:00")
    assert period.due_on == date(2026, 10, 8)
    assert period.standing(on_holiday) is Standing.RUNNING
    deadlines.change_custody(matter.act, matter.one, Custody.HELD)
    assert period.due_on == date(2026, 10, 6)
    assert period.standing(on_holiday) is Standing.EXPIRED


def test_a_closed_period_moves_no_more_and_keeps_its_standing(matter: Matter) -> None:
    period = matter.start("D06", Custody.HELD)
    deadlines.close(matter.act, period, at=china("2026-10-06 23:59"))
    assert (period.close_reason, matter.open()) == (CloseReason.DONE, [])
    assert period.standing(china("2026-12-01 00:00")) is Standing.RUNNING
    assert deadlines.change_custody(matter.act, matter.one, Custody.AT_LIBERTY) == []
    assert period.due_on == date(2026, 10, 6)
    with pytest.raises(DeadlineClosed):
        deadlines.close(matter.act, period)


def test_a_period_closed_too_late_stays_expired(matter: Matter) -> None:
    period = matter.start("D06", Custody.HELD)
    deadlines.close(matter.act, period, at=china("2026-10-07 00:00"))
    assert period.standing(china("2026-12-01 00:00")) is Standing.EXPIRED


def test_between_the_two_readings_a_period_is_in_doubt(matter: Matter) -> None:
    period = matter.start("A07", Custody.HELD, china("2026-09-30 09:00"))
    assert period.standing(china("2026-10-05 23:59")) is Standing.RUNNING
    assert period.standing(china("2026-10-06 00:00")) is Standing.IN_DOUBT
    assert period.standing(china("2026-10-08 23:59")) is Standing.IN_DOUBT
    assert period.standing(china("2026-10-09 00:00")) is Standing.EXPIRED


def test_a_step_closes_the_periods_it_ends_and_no_other(matter: Matter, make: Make) -> None:
    review = matter.start("D06", Custody.HELD)
    receipt = matter.start("A02", Custody.HELD)
    another = deadlines.start(
        matter.act,
        "D06",
        make.office(),
        suspect_id=matter.one,
        started_at=RECEIVED,
        custody=Custody.HELD,
    )
    closed = deadlines.close_about(matter.act, {"D06", "D07"}, matter.about)
    assert closed == [review]
    assert review.closed_at == matter.act.now
    assert matter.open() == [receipt, another]
    lapsed = deadlines.close_about(matter.act, {"A02"}, matter.about, reason=CloseReason.LAPSED)
    assert [period.close_reason for period in lapsed] == [CloseReason.LAPSED]


def test_a_period_runs_once_and_may_run_again_after_it_is_closed(matter: Matter) -> None:
    first = matter.start("D06", Custody.HELD)
    with pytest.raises(DeadlineRunning):
        matter.start("D06", Custody.HELD)
    deadlines.close(matter.act, first, reason=CloseReason.REPLACED)
    matter.act.session.flush()
    assert matter.start("D06", Custody.HELD).closed_at is None


def test_the_dates_follow_from_what_the_ledger_keeps(matter: Matter) -> None:
    for rule_id in ("D01", "D04", "D06", "D07", "A02", "A03", "A06", "A07"):
        period = matter.start(rule_id, Custody.UNKNOWN)
        again = period.computed
        assert again is not None
        assert (again.due_on, again.outer_on) == (period.due_on, period.outer_on)
        assert again.steps
