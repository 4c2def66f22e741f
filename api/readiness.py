"""Readiness over HTTP: the checklist of an interrogation, and tests of the terminals."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import interrogations, people, resources
from services.interrogations import checklist, readiness
from services.interrogations.checklist import (
    DEMANDED,
    LONGEST_NOTE,
    ReadinessItem,
    ReadinessKind,
    ReadinessState,
)
from services.interrogations.readiness import KitFound
from services.kernel.act import Act
from services.policy import PostKind

blp = Blueprint(
    "readiness",
    __name__,
    description="What has to be ready before an interrogation, and who answers for it.",
)

_ID = validate.Range(1, 2**31 - 1)
_WORDS = validate.And(validate.Length(1, LONGEST_NOTE), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


class ReadinessItemSchema(Schema):
    """One thing that has to be ready."""

    id = fields.Integer(required=True)
    interrogation_id = fields.Integer(required=True)
    kind = fields.Enum(ReadinessKind, by_value=True, required=True)
    state = fields.Enum(ReadinessState, by_value=True, required=True)
    demanded = fields.Boolean(
        required=True,
        metadata={"description": "The law itself asks for it before the first question."},
    )
    owner_office_id = fields.Integer(required=True)
    owner_post = fields.Enum(
        PostKind,
        by_value=True,
        required=True,
        metadata={"description": "Who answers for it; `prosecutor` is the case's handler."},
    )
    owner = fields.Nested(
        PersonSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The handler, where the handler answers for it."},
    )
    due_at = Instant(required=True)
    note = fields.String(required=True)
    closed_at = Instant(required=True, allow_none=True)
    closed_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    version = fields.Integer(required=True)
    allowed = fields.List(
        fields.String(validate=validate.OneOf(["tick", "waive", "reopen"])),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["tick"]},
    )


class ReadinessSchema(Schema):
    """The checklist of an interrogation."""

    interrogation_id = fields.Integer(required=True)
    looked_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When it was looked at on the day before."},
    )
    missing = fields.Integer(required=True, metadata={"description": "How many are open."})
    items = fields.List(fields.Nested(ReadinessItemSchema), required=True)


class NewCompletion(Schema):
    """That it is ready."""

    note = fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE))


class NewWaiver(Schema):
    """Why it is not needed this time."""

    reason = fields.String(required=True, validate=_WORDS)


class NewKitTest(Schema):
    """What a terminal's test of itself found."""

    resource_id = fields.Integer(
        strict=True,
        required=True,
        validate=_ID,
        metadata={"description": "The room or the desk.", "example": 7},
    )
    camera = fields.Boolean(required=True)
    microphone = fields.Boolean(required=True)
    speaker = fields.Boolean(required=True)
    network_ms = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, 600_000),
        metadata={"description": "Milliseconds, one way.", "example": 40},
    )
    lost_permille = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, 1000),
        metadata={"description": "How many of a thousand packets were lost.", "example": 2},
    )
    browser = fields.String(
        required=True, validate=validate.Length(1, 200), metadata={"example": "Chromium 140"}
    )


class KitTestSchema(Schema):
    """A test of a terminal."""

    id = fields.Integer(required=True)
    resource_id = fields.Integer(required=True)
    camera = fields.Boolean(required=True)
    microphone = fields.Boolean(required=True)
    speaker = fields.Boolean(required=True)
    network_ms = fields.Integer(required=True)
    lost_permille = fields.Integer(required=True)
    browser = fields.String(required=True)
    passed = fields.Boolean(required=True)
    tested_at = Instant(required=True)


@blp.route("/interrogations/<int:interrogation_id>/readiness")
class InterrogationReadiness(Resource):
    """The checklist of an interrogation."""

    @blp.response(200, ReadinessSchema)
    def get(self, interrogation_id: int) -> dict[str, Any]:
        """Read the checklist of an interrogation."""
        found = interrogations.find(self.act, interrogation_id)
        items = _shown(self.act, checklist.of(self.act.session, found))
        return {
            "interrogation_id": found.id,
            "looked_at": found.readiness_looked_at,
            "missing": sum(item["state"] is ReadinessState.OPEN for item in items),
            "items": items,
        }


@blp.route("/readiness-items/<int:item_id>/completion")
class ReadinessCompletion(Resource):
    """That it is ready."""

    @blp.arguments(NewCompletion)
    @blp.response(200, ReadinessItemSchema)
    def put(self, given: dict[str, Any], item_id: int) -> dict[str, Any]:
        """Tick an item."""
        item = self.expect(readiness.find(self.act, item_id))
        return _shown(self.act, [readiness.tick(self.act, item, **given)])[0]


@blp.route("/readiness-items/<int:item_id>/waiver")
class ReadinessWaiver(Resource):
    """That it is not needed this time."""

    @blp.arguments(NewWaiver)
    @blp.response(200, ReadinessItemSchema)
    def put(self, given: dict[str, Any], item_id: int) -> dict[str, Any]:
        """Do without an item, for a reason; never what the law asks for."""
        item = self.expect(readiness.find(self.act, item_id))
        return _shown(self.act, [readiness.waive(self.act, item, **given)])[0]


@blp.route("/readiness-items/<int:item_id>/reopening")
class ReadinessReopening(Resource):
    """That it is not ready after all."""

    @blp.response(200, ReadinessItemSchema)
    def put(self, item_id: int) -> dict[str, Any]:
        """Open an item again."""
        item = self.expect(readiness.find(self.act, item_id))
        return _shown(self.act, [readiness.reopen(self.act, item)])[0]


@blp.route("/kit-tests")
class KitTests(Resource):
    """Tests of terminals."""

    @blp.arguments(NewKitTest)
    @blp.response(201, KitTestSchema)
    def post(self, given: dict[str, Any]) -> Any:
        """Report what a room's or a desk's test of itself found."""
        place = resources.find(self.act, given.pop("resource_id"))
        return readiness.report_kit(self.act, place, KitFound(**given))


_KEPT = (
    "id",
    "interrogation_id",
    "kind",
    "owner_office_id",
    "owner_post",
    "due_at",
    "note",
    "closed_at",
    "version",
)


def _shown(act: Act, items: list[ReadinessItem]) -> list[dict[str, Any]]:
    act.session.flush()
    ids = {one for item in items for one in (item.owner_id, item.closed_by) if one is not None}
    names = people.names(act.session, ids)

    def named(person_id: int | None) -> dict[str, Any] | None:
        return None if person_id is None else {"id": person_id, "name": names[person_id]}

    return [
        {name: getattr(item, name) for name in _KEPT}
        | {
            "state": item.standing,
            "demanded": item.kind in DEMANDED,
            "owner": named(item.owner_id),
            "closed_by": named(item.closed_by),
            "allowed": readiness.allowed(act, item),
        }
        for item in items
    ]
