"""Process monitoring over HTTP: what is past its day, and what whoever watches does about it."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from api import deadlines
from api.deadlines import DeadlineSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import monitoring, people
from services.kernel.act import Act
from services.monitoring import Grade, MonitoringEntry, MonitoringState
from services.policy import Permission, PostKind, allows

blp = Blueprint(
    "monitoring",
    __name__,
    url_prefix="/monitoring-entries",
    description="Periods past their day, and whoever watches them (RULES 613, 664, 665).",
)

_WORDS = validate.And(validate.Length(1, 2000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


class MonitoringEntrySchema(Schema):
    """One period that was found past its day, and what was done about it."""

    id = fields.Integer(required=True)
    deadline = fields.Nested(DeadlineSchema, required=True)
    route = fields.Enum(
        PostKind,
        by_value=True,
        required=True,
        metadata={"description": "The department that watches, as the post in it."},
    )
    in_place_of = fields.Enum(
        PostKind,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "The post that should watch, where nobody held it."},
    )
    opened_at = Instant(required=True)
    state = fields.Enum(MonitoringState, by_value=True, required=True)
    grade = fields.Enum(
        Grade,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={
            "description": "For the procuratorate's own periods RULES 665; for other organs' an "
            "oral correction, a notice to correct a violation, and that with a report (RULES 552)."
        },
    )
    remark = fields.String(required=True, allow_none=True)
    answered_at = Instant(required=True, allow_none=True)
    answered_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    reply = fields.String(required=True, allow_none=True)
    replied_at = Instant(required=True, allow_none=True)
    replied_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    may_answer = fields.Boolean(
        required=True, metadata={"description": "The reader may answer it now."}
    )
    may_reply = fields.Boolean(
        required=True, metadata={"description": "The reader may reply to its notice now."}
    )
    version = fields.Integer(required=True)


class MonitoringQuery(PageQuery):
    """Which entries."""

    state = fields.Enum(MonitoringState, by_value=True, load_default=None)


class NewMonitoringAnswer(Schema):
    """How serious it is, and what was found."""

    grade = fields.Enum(Grade, by_value=True, required=True)
    remark = fields.String(required=True, validate=_WORDS)


class NewMonitoringReply(Schema):
    """What the department has found and done."""

    remark = fields.String(required=True, validate=_WORDS)


@blp.route("")
class MonitoringEntries(Resource):
    """What was found past its day."""

    @blp.arguments(MonitoringQuery, location="query")
    @blp.response(200, page_of(MonitoringEntrySchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the entries that the reader may see, the newest first."""
        chosen = monitoring.visible(self.act)
        if query["state"] is not None:
            chosen = chosen.where(MonitoringEntry.state == query["state"])
        found = page(self.act.session, chosen, MonitoringEntry.id.desc(), **query)
        return Page(_shown(self.act, found.items), found.next_cursor)


@blp.route("/<int:entry_id>")
class OneMonitoringEntry(Resource):
    """One entry."""

    @blp.response(200, MonitoringEntrySchema)
    def get(self, entry_id: int) -> dict[str, Any]:
        """Read an entry."""
        return _shown(self.act, [monitoring.find(self.act, entry_id)])[0]


@blp.route("/<int:entry_id>/answer")
class MonitoringAnswer(Resource):
    """What whoever watches does about it."""

    @blp.arguments(NewMonitoringAnswer)
    @blp.response(200, MonitoringEntrySchema)
    def put(self, given: dict[str, Any], entry_id: int) -> dict[str, Any]:
        """Prompt, send a notice, or send one and report to the chief procurator."""
        entry = self.expect(monitoring.find(self.act, entry_id))
        return _shown(self.act, [monitoring.answer(self.act, entry, **given)])[0]


@blp.route("/<int:entry_id>/reply")
class MonitoringReply(Resource):
    """What the department says to the notice."""

    @blp.arguments(NewMonitoringReply)
    @blp.response(200, MonitoringEntrySchema)
    def put(self, given: dict[str, Any], entry_id: int) -> dict[str, Any]:
        """Answer a notice in writing."""
        entry = self.expect(monitoring.find(self.act, entry_id))
        return _shown(self.act, [monitoring.reply(self.act, entry, **given)])[0]


def _shown(act: Act, found: Sequence[MonitoringEntry]) -> list[dict[str, Any]]:
    """The entries with their periods and everybody's names, in few queries."""
    periods = deadlines.shown(act, [entry.deadline for entry in found])
    ids = {one for entry in found for one in (entry.answered_by, entry.replied_by) if one}
    names = people.names(act.session, ids)

    def named(person_id: int | None) -> dict[str, Any] | None:
        return None if person_id is None else {"id": person_id, "name": names[person_id]}

    return [
        {name: getattr(entry, name) for name in _KEPT}
        | {
            "deadline": period,
            "answered_by": named(entry.answered_by),
            "replied_by": named(entry.replied_by),
            "may_answer": monitoring.answerable(entry)
            and allows(act.actor, Permission.MONITORING_ANSWER, entry),
            "may_reply": monitoring.awaits_reply(entry)
            and allows(act.actor, Permission.MONITORING_REPLY, entry),
        }
        for entry, period in zip(found, periods, strict=True)
    ]


_KEPT = (
    "id",
    "route",
    "in_place_of",
    "opened_at",
    "state",
    "grade",
    "remark",
    "answered_at",
    "reply",
    "replied_at",
    "version",
)
