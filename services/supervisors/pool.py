"""The pool of people's supervisors: who can be drawn for a time, and why somebody cannot."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from services.kernel.act import SHANGHAI, Act
from services.people import Leave, Person
from services.supervisors.flow import SupervisorState
from services.supervisors.records import Supervisor


class OutBecause(StrEnum):
    """Why a supervisor cannot be drawn for a time."""

    NOT_SERVING = "not_serving"
    SUSPENDED = "suspended"
    TERM_NOT_BEGUN = "term_not_begun"
    TERM_ENDS_BEFORE = "term_ends_before"
    ACCOUNT_CLOSED = "account_closed"
    AWAY = "away"
    WEEKDAY = "weekday"


def registered(act: Act, organ_id: int) -> list[Supervisor]:
    """Everyone of the organ who serves or is suspended, by id (PSUP-2021 18)."""
    on_register = (
        select(Supervisor)
        .where(
            Supervisor.organ_id == organ_id,
            Supervisor.state.in_([SupervisorState.SERVING, SupervisorState.SUSPENDED]),
        )
        .options(joinedload(Supervisor.person), selectinload(Supervisor.fields))
        .order_by(Supervisor.id)
    )
    return list(act.session.scalars(on_register))


def pool(act: Act, organ_id: int, *, on: date) -> list[Supervisor]:
    """Everyone of the organ who serves on that day and whose account is open (PSUP-2021 18)."""
    serving = (
        select(Supervisor)
        .join(Person, Person.id == Supervisor.person_id)
        .where(
            Supervisor.organ_id == organ_id,
            Supervisor.state == SupervisorState.SERVING,
            Supervisor.term_from_on <= on,
            Supervisor.term_until_on >= on,
            Person.disabled_at.is_(None),
        )
        .options(joinedload(Supervisor.person), selectinload(Supervisor.fields))
        .order_by(Supervisor.id)
    )
    return list(act.session.scalars(serving))


def reasons_out(
    act: Act, supervisor: Supervisor, *, starts_at: datetime, ends_at: datetime
) -> list[OutBecause]:
    """Why the supervisor cannot be drawn for that time; nothing says that he or she can."""
    found = all_reasons_out(act, [supervisor], starts_at=starts_at, ends_at=ends_at)
    return found[supervisor.id]


def all_reasons_out(
    act: Act, supervisors: Sequence[Supervisor], *, starts_at: datetime, ends_at: datetime
) -> dict[int, list[OutBecause]]:
    """`reasons_out` of everyone, by the supervisor's id; the days away are read at once."""
    days = _days(starts_at, ends_at)
    away = _away(act, supervisors, days)
    return {
        one.id: [*_off_register(one, days), *_no_time(one, days, away=one.person_id in away)]
        for one in supervisors
    }


def _off_register(one: Supervisor, days: Sequence[date]) -> list[OutBecause]:
    holds: Mapping[OutBecause, bool] = {
        OutBecause.SUSPENDED: one.state is SupervisorState.SUSPENDED,
        OutBecause.NOT_SERVING: one.state
        not in {SupervisorState.SERVING, SupervisorState.SUSPENDED},
        OutBecause.TERM_NOT_BEGUN: one.term_from_on > days[0],
        OutBecause.TERM_ENDS_BEFORE: one.term_until_on < days[-1],
        OutBecause.ACCOUNT_CLOSED: one.person.disabled_at is not None,
    }
    return [reason for reason, is_so in holds.items() if is_so]


def _no_time(one: Supervisor, days: Sequence[date], *, away: bool) -> list[OutBecause]:
    holds: Mapping[OutBecause, bool] = {
        OutBecause.AWAY: away,
        OutBecause.WEEKDAY: any(day.isoweekday() not in one.weekdays for day in days),
    }
    return [reason for reason, is_so in holds.items() if is_so]


def _days(starts_at: datetime, ends_at: datetime) -> list[date]:
    """Every day in Asia/Shanghai on which the time lies."""
    first = starts_at.astimezone(SHANGHAI).date()
    last = max(first, (ends_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date())
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def _away(act: Act, supervisors: Sequence[Supervisor], days: Sequence[date]) -> set[int]:
    on_leave = select(Leave.person_id).where(
        Leave.person_id.in_([one.person_id for one in supervisors]),
        Leave.from_on <= days[-1],
        Leave.until_on >= days[0],
    )
    return set(act.session.scalars(on_leave))
