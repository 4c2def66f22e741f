"""Draws that were called off before: whoever draws again shows how often (PSUP-2021 20).

Nobody can choose an outcome within one draw. Calling a draw off and planning the same again gives
another seed; that cannot be forbidden, for an activity may have to be called off. So each such
draw is named beside the new one, with what was committed to and whether the outcome was known.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from services.activities import ActivityState
from services.activities.records import Activity
from services.draws.records import Draw

CALLED_OFF = (ActivityState.CANCELLED, ActivityState.WITHOUT)
NEAR = timedelta(days=30)
"""So near to each other, two activities of one kind that are about no case are the same again."""


def called_off_before(session: Session, draw: Draw) -> Sequence[Draw]:
    """Earlier draws for the same case, or the same kind of work about then, that came to nothing.

    It says that they were for the same, and nothing of what that is.
    """
    now = draw.activity
    about_then = Activity.starts_at.between(now.starts_at - NEAR, now.starts_at + NEAR)
    same = (
        Activity.case_id == now.case_id
        if now.case_id is not None
        else and_(
            Activity.case_id.is_(None),
            Activity.kind == now.kind,
            about_then,
        )
    )
    chosen = (
        select(Draw)
        .join(Activity, Draw.activity_id == Activity.id)
        .where(
            Draw.id < draw.id,
            Activity.procuratorate_id == now.procuratorate_id,
            Activity.state.in_(CALLED_OFF),
            same,
        )
        .order_by(Draw.id)
    )
    return session.scalars(chosen).all()
