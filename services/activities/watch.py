"""What nobody has acted on in time: an organ that is silent, a time that came and went.

The house looks by the legal clock and tells case management once for each notice. It changes no
state: whether to move the activity or to go on without supervisors, people decide.
"""

from datetime import datetime

from sqlalchemy import Select, func, select, update

from services.activities.events import ActivityStartMissed, SupervisionRequestUnanswered
from services.activities.flow import FLOW, ActivityState
from services.activities.practice import Practice, SupervisionPractice
from services.activities.records import Activity
from services.kernel.act import Act
from services.policy import Permission, demands

BATCH = 100


def silent(act: Act, batch: int = BATCH) -> list[Activity]:
    """Activities that are near while the organ has published no draw, each found once."""
    said = (
        select(SupervisionPractice.silence_hours)
        .where(SupervisionPractice.procuratorate_id == Activity.procuratorate_id)
        .correlate(Activity)
        .scalar_subquery()
    )
    hours = func.coalesce(said, Practice().silence_hours)
    near = Activity.starts_at - func.make_interval(0, 0, 0, 0, hours) <= act.now
    return _held(
        act,
        select(Activity).where(
            Activity.state == ActivityState.REQUESTED,
            Activity.silent_at.is_(None),
            Activity.starts_at > act.now,
            near,
        ),
        batch,
    )


def missed(act: Act, batch: int = BATCH) -> list[Activity]:
    """Activities whose time has come and that were neither begun nor called off."""
    return _held(
        act,
        select(Activity).where(
            Activity.state.in_(FLOW.sources("cancel")),
            Activity.missed_at.is_(None),
            Activity.starts_at <= act.now,
        ),
        batch,
    )


@demands(Permission.ACTIVITY_WATCH)
def note_silence(act: Act, activity: Activity) -> Activity:
    """Tell case management that the organ has not drawn: it asks again, or goes on without.

    Refuses:
        NotAllowed: only the house itself.

    Records:
        SupervisionRequestUnanswered.
    """
    _note(act, activity, silent_at=act.now)
    act.record(SupervisionRequestUnanswered(activity.id))
    return activity


@demands(Permission.ACTIVITY_WATCH)
def note_missed(act: Act, activity: Activity) -> Activity:
    """Tell whose work it is that its time has come: it is begun, moved or called off.

    Refuses:
        NotAllowed: only the house itself.

    Records:
        ActivityStartMissed.
    """
    _note(act, activity, missed_at=act.now)
    act.record(ActivityStartMissed(activity.id))
    return activity


def look(act: Act, batch: int = BATCH) -> int:
    """Look at what is near and at what was missed; how many were found."""
    quiet, late = silent(act, batch), missed(act, batch)
    for one in quiet:
        note_silence(act, one)
    for one in late:
        note_missed(act, one)
    return len(quiet) + len(late)


def _note(act: Act, activity: Activity, **noted: datetime) -> None:
    """Written past the version: whoever has the page open at that minute still acts on it."""
    act.session.execute(
        update(Activity)
        .where(Activity.id == activity.id)
        .values(**noted)
        .execution_options(synchronize_session=False)
    )
    act.session.expire(activity, list(noted))


def _held(act: Act, chosen: Select[Activity], batch: int) -> list[Activity]:
    """In one order, each by one worker at a time."""
    nearest = chosen.order_by(Activity.starts_at, Activity.id).limit(batch)
    return list(act.session.scalars(nearest.with_for_update(skip_locked=True)))
