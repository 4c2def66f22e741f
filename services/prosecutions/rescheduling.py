"""Moving the days of open tasks when a new calendar moves the periods they were taken from."""

from collections.abc import Collection

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.arrest_reviews.rescheduling import PERSONAL, POOLED, move_tasks
from services.deadlines import Deadline
from services.kernel.act import Act
from services.prosecutions.operations import FOLLOWED
from services.prosecutions.records import Prosecution
from services.tasks import TaskKind
from services.transfers import TransferredSuspect

OF_THE_MATTER = and_(
    Deadline.suspect_id.is_(None),
    Deadline.about_kind == Prosecution.__tablename__,
    Deadline.about_id == Prosecution.id,
)
ACCEPTING = (TaskKind.ACCEPT_TRANSFER, TaskKind.SUPPLEMENT_TRANSFER)


def follow_calendar(act: Act, suspect_ids: Collection[int]) -> None:
    """Let the open tasks about these suspects name the days that their periods now have.

    A transfer goes by the suspect whose period ends first; a prosecution by its own.
    """
    touched = select(TransferredSuspect.transfer_id).where(
        TransferredSuspect.suspect_id.in_(suspect_ids)
    )
    by_transfer = (
        select(
            TransferredSuspect.transfer_id.label("transfer_id"),
            Deadline.due_on.label("due_on"),
            Deadline.outer_on.label("outer_on"),
        )
        .join(Deadline, Deadline.suspect_id == TransferredSuspect.suspect_id)
        .where(
            TransferredSuspect.transfer_id.in_(touched),
            TransferredSuspect.at_large.is_(False),
            Deadline.closed_at.is_(None),
            Deadline.due_on.is_not(None),
        )
        .ext(distinct_on(TransferredSuspect.transfer_id))
        .order_by(TransferredSuspect.transfer_id, Deadline.due_on, Deadline.id)
        .subquery()
    )
    move_tasks(act, by_transfer, by_transfer.c.transfer_id, "transfers", ACCEPTING, POOLED)
    for kind, rules in FOLLOWED.items():
        days = (
            select(
                Prosecution.id.label("prosecution_id"),
                Deadline.due_on.label("due_on"),
                Deadline.outer_on.label("outer_on"),
            )
            .join(Deadline, or_(Deadline.suspect_id == Prosecution.suspect_id, OF_THE_MATTER))
            .where(
                Prosecution.suspect_id.in_(suspect_ids),
                Deadline.rule_id.in_(rules),
                Deadline.closed_at.is_(None),
                Deadline.due_on.is_not(None),
            )
            .ext(distinct_on(Prosecution.id))
            .order_by(Prosecution.id, Deadline.due_on, Deadline.id)
            .subquery()
        )
        move_tasks(act, days, days.c.prosecution_id, "prosecutions", (kind,), PERSONAL)
