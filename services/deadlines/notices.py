"""The yearly notices of the State Council, as far as this installation has loaded them."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.deadlines.engine.calendar import WorkCalendar, state_council_calendar


def calendar_of(session: Session, *, at: datetime | None = None) -> WorkCalendar:  # noqa: ARG001
    """The calendar known now, or at a past instant: what comes with the software, and notices."""
    return state_council_calendar()
