"""Participants over HTTP: the register of whoever takes part and has no account."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import participants
from services.participants import NewParticipant, Participant, ParticipantKind

blp = Blueprint(
    "participants",
    __name__,
    description="Interpreters, representatives, appropriate adults and lawyers, without accounts.",
)

_ID = validate.Range(1, 2**31 - 1)
_TAG = validate.Regexp(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*\Z")


class ParticipantQuery(PageQuery):
    """Who of the register."""

    kind = fields.Enum(ParticipantKind, by_value=True, load_default=None)
    suspect_id = fields.Integer(load_default=None, validate=_ID)


class ParticipantCorrection(Schema):
    """What the register says of somebody."""

    name = fields.String(
        required=True, validate=validate.Length(1, 100), metadata={"example": "译员甲"}
    )
    languages = fields.List(
        fields.String(validate=_TAG),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={"description": "Tags of BCP 47.", "example": ["ug"]},
    )
    relation = fields.String(
        load_default="", validate=validate.Length(max=100), metadata={"example": ""}
    )
    telephone = fields.String(
        load_default="", validate=validate.Length(max=40), metadata={"example": ""}
    )


class NewParticipantSchema(ParticipantCorrection):
    """Somebody to enter in the register."""

    office_id = fields.Integer(strict=True, required=True, validate=_ID)
    kind = fields.Enum(ParticipantKind, by_value=True, required=True)
    suspect_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={
            "description": "Whom a representative, an adult or a lawyer is there for.",
            "example": None,
        },
    )

    @post_load
    def entered(self, given: dict[str, Any], **_: Any) -> NewParticipant:
        """Plain values."""
        return NewParticipant(**given | {"languages": tuple(given["languages"])})


class ParticipantSchema(Schema):
    """Somebody of the register."""

    id = fields.Integer(required=True)
    office_id = fields.Integer(required=True)
    kind = fields.Enum(ParticipantKind, by_value=True, required=True)
    name = fields.String(required=True)
    suspect_id = fields.Integer(required=True, allow_none=True)
    languages = fields.List(fields.String(), required=True)
    relation = fields.String(required=True)
    telephone = fields.String(required=True)
    retired_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


@blp.route("/participants")
class Participants(Resource):
    """The register."""

    @blp.arguments(ParticipantQuery, location="query")
    @blp.response(200, page_of(ParticipantSchema))
    def get(self, query: dict[str, Any]) -> Page[Participant]:
        """List whoever of the register may be asked."""
        chosen = participants.on_the_register(self.act)
        for name in ("kind", "suspect_id"):
            if query[name] is not None:
                chosen = chosen.where(getattr(Participant, name) == query[name])
        return page(self.act.session, chosen, Participant.id, **query)

    @blp.arguments(NewParticipantSchema)
    @blp.response(201, ParticipantSchema)
    def post(self, given: NewParticipant) -> Participant:
        """Enter somebody in the register."""
        return participants.enter(self.act, given)


@blp.route("/participants/<int:participant_id>")
class OneParticipant(Resource):
    """Somebody of the register."""

    @blp.response(200, ParticipantSchema)
    def get(self, participant_id: int) -> Participant:
        """Read what the register says of somebody."""
        return participants.find(self.act, participant_id)

    @blp.arguments(ParticipantCorrection)
    @blp.response(200, ParticipantSchema)
    def put(self, given: dict[str, Any], participant_id: int) -> Participant:
        """Put right what the register says of somebody."""
        found = self.expect(participants.find(self.act, participant_id))
        return participants.correct(self.act, found, **given)


@blp.route("/participants/<int:participant_id>/retirement")
class ParticipantRetirement(Resource):
    """Somebody who has left the register."""

    @blp.response(200, ParticipantSchema)
    def put(self, participant_id: int) -> Participant:
        """Take somebody off the register."""
        found = self.expect(participants.find(self.act, participant_id))
        return participants.retire(self.act, found)
