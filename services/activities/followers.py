"""What follows when an activity moves or is called off: slices above sign up here.

Invitations, packets and opinions stand above activities, so an activity cannot call them. Each of
them appends its function when it is imported; the function runs inside the act that moved or
called off, under the permission of that step.
"""

from collections.abc import Callable
from datetime import datetime

from services.activities.records import Activity
from services.kernel.act import Act

Moved = Callable[[Act, Activity, datetime], None]
"""Told when an activity has another time: the third argument is when it was to begin before."""
CalledOff = Callable[[Act, Activity], None]
"""Told when nobody is wanted any more: it was cancelled, or is held without supervisors."""

on_moved: list[Moved] = []
on_cancelled: list[CalledOff] = []


def moved(act: Act, activity: Activity, before: datetime) -> None:
    """Let every slice that signed up follow to the new time."""
    for follow in on_moved:
        follow(act, activity, before)


def called_off(act: Act, activity: Activity) -> None:
    """Let every slice that signed up let go."""
    for follow in on_cancelled:
        follow(act, activity)
