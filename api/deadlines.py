"""How a statutory period is shown to phones."""

from typing import Any

from marshmallow import Schema, fields

from api.wire import Instant
from services.deadlines import CloseReason, Deadline, Standing
from services.kernel.act import Act


class DeadlineSchema(Schema):
    """One period that runs, or ran, for one suspect."""

    rule_id = fields.String(required=True, metadata={"example": "D06"})
    title = fields.String(required=True, metadata={"description": "What is to be done, in words."})
    article = fields.String(required=True, metadata={"description": "The law it rests on."})
    started_at = Instant(required=True)
    due_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The day to keep; null where the law says at once."},
    )
    outer_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The latest day the law can bear, where readings differ."},
    )
    provisional = fields.Boolean(
        required=True, metadata={"description": "It ends beyond the days off announced so far."}
    )
    standing = fields.Enum(Standing, by_value=True, required=True)
    closed_at = Instant(required=True, allow_none=True)
    close_reason = fields.Enum(CloseReason, by_value=True, required=True, allow_none=True)


def shown(act: Act, deadline: Deadline) -> dict[str, Any]:
    """The period as a phone sees it at this moment."""
    return {
        "rule_id": deadline.rule_id,
        "title": deadline.rule.zh,
        "article": deadline.rule.article_zh,
        "started_at": deadline.started_at,
        "due_on": deadline.due_on,
        "outer_on": deadline.outer_on,
        "provisional": deadline.provisional,
        "standing": deadline.standing(act.now),
        "closed_at": deadline.closed_at,
        "close_reason": deadline.close_reason,
    }
