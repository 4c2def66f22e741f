"""Bookings (预约): one calendar for rooms, desks, lines, escort, suspects and people."""

from services.bookings.operations import (
    AlreadyTaken,
    HoldOver,
    TimeReversed,
    confirm,
    find,
    give_back_expired,
    lift,
    lock,
    overlapping,
    release,
    retake,
    shorten,
    take,
)
from services.bookings.records import (
    ENGAGEMENTS,
    Booking,
    BookingKind,
    BookingState,
    Occupation,
)
from services.bookings.wants import Option, Part, Want, bounds, span

__all__ = [
    "ENGAGEMENTS",
    "AlreadyTaken",
    "Booking",
    "BookingKind",
    "BookingState",
    "HoldOver",
    "Occupation",
    "Option",
    "Part",
    "TimeReversed",
    "Want",
    "bounds",
    "confirm",
    "find",
    "give_back_expired",
    "lift",
    "lock",
    "overlapping",
    "release",
    "retake",
    "shorten",
    "span",
    "take",
]
