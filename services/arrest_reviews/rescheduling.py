"""Moving the days of open tasks when a new calendar moves the periods they were taken from."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Subquery, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from services.arrest_requests.records import Suspect
from services.arrest_reviews.operations import REVIEW_RULES
from services.arrest_reviews.records import ArrestReview
from services.cases import Case
from services.deadlines import Deadline
from services.kernel.act import Act
from services.tasks import Task, TaskKind, TaskState

POOLED, PERSONAL = Task.person_id.is_(None), Task.person_id.is_not(None)
"""Open tasks are found by an index for each."""
FOLLOWING = (
    (TaskKind.REVIEW_ARREST, REVIEW_RULES, PERSONAL),
    (TaskKind.APPROVE_ARREST, REVIEW_RULES, POOLED),
    (TaskKind.NAME_REVIEWER, ("A08",), POOLED),
    (TaskKind.RECONSIDER, ("A08",), PERSONAL),
    (TaskKind.RE_EXAMINE, ("A10",), POOLED),
    (TaskKind.REVIEW_NECESSITY, ("N03",), PERSONAL),
    (TaskKind.EXECUTE_DECISION, ("N05",), POOLED),
)
"""The tasks about a review, and the periods whose days they name."""


def follow_calendar(act: Act, suspect_ids: Collection[int]) -> None:
    """Let the open tasks about these suspects name the days that their periods now have.

    A request and a case go by the suspect whose period ends first; a review by its own.
    """
    by_request = _earliest_by_request(suspect_ids)
    accepting = (TaskKind.ACCEPT_REQUEST, TaskKind.SUPPLEMENT_REQUEST)
    move_tasks(act, by_request, by_request.c.request_id, "arrest_requests", accepting, POOLED)
    by_case = (
        select(Case.id, by_request.c.due_on, by_request.c.outer_on)
        .join(by_request, Case.arrest_request_id == by_request.c.request_id)
        .subquery()
    )
    move_tasks(act, by_case, by_case.c.id, "cases", (TaskKind.ASSIGN_CASE,), POOLED)
    for kind, rules, whose in FOLLOWING:
        by_review = _by_review(suspect_ids, rules)
        move_tasks(act, by_review, by_review.c.review_id, "arrest_reviews", (kind,), whose)


def _earliest_by_request(suspect_ids: Collection[int]) -> Subquery:
    touched = select(Suspect.arrest_request_id).where(Suspect.id.in_(suspect_ids))
    return (
        select(
            Suspect.arrest_request_id.label("request_id"),
            Deadline.due_on.label("due_on"),
            Deadline.outer_on.label("outer_on"),
        )
        .join(Deadline, Deadline.suspect_id == Suspect.id)
        .where(
            Suspect.arrest_request_id.in_(touched),
            Deadline.closed_at.is_(None),
            Deadline.due_on.is_not(None),
        )
        .ext(distinct_on(Suspect.arrest_request_id))
        .order_by(Suspect.arrest_request_id, Deadline.due_on, Deadline.id)
        .subquery()
    )


def _by_review(suspect_ids: Collection[int], rules: Collection[str]) -> Subquery:
    return (
        select(
            ArrestReview.id.label("review_id"),
            Deadline.due_on.label("due_on"),
            Deadline.outer_on.label("outer_on"),
        )
        .join(Deadline, Deadline.suspect_id == ArrestReview.suspect_id)
        .where(
            ArrestReview.suspect_id.in_(suspect_ids),
            Deadline.rule_id.in_(rules),
            Deadline.closed_at.is_(None),
        )
        .subquery()
    )


def move_tasks(  # noqa: PLR0913, PLR0917  # one statement, part by part
    act: Act,
    days: Subquery,
    about_id: ColumnElement[Any],
    about_kind: str,
    kinds: Collection[TaskKind],
    whose: ColumnElement[bool],
) -> None:
    """Give the open tasks about the records that `days` names their days, all at once."""
    act.session.execute(
        update(Task)
        .where(
            Task.about_id == about_id,
            Task.about_kind == about_kind,
            Task.kind.in_(kinds),
            Task.state == TaskState.OPEN,
            whose,
        )
        .values(due_on=days.c.due_on, outer_on=days.c.outer_on)
        .execution_options(synchronize_session=False)
    )
