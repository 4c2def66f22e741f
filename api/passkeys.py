"""Passkeys: adding one on this phone, seeing and removing one's own."""

from typing import Any

from flask import request
from marshmallow import Schema, fields, validate

from api.legal_acts import site_of
from api.resource import Blueprint, Resource
from api.step_ups import PasskeyAnswerSchema, PasskeyQuestionSchema
from services import passkeys, sessions
from services.passkeys import Answer, Passkey

blp = Blueprint("passkeys", __name__, description="Keys on one's own devices, to confirm with")


class PasskeySchema(Schema):
    """A passkey; its key is never shown."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    domain = fields.String(required=True, metadata={"example": "localhost"})
    added_at = fields.AwareDateTime(required=True)
    used_at = fields.AwareDateTime(required=True, allow_none=True)


class PasskeyListSchema(Schema):
    """The passkeys of one person, the newest first; ten at most."""

    items = fields.List(fields.Nested(PasskeySchema), required=True)
    available = fields.Boolean(
        required=True,
        metadata={"description": "Can one be added at the address that this phone shows?"},
    )


class PasskeyQuery(Schema):
    """Whose; one's own by default."""

    person_id = fields.Integer(validate=validate.Range(1, 2**31 - 1))


class NewPasskey(PasskeyAnswerSchema):
    """What the browser answered, and what the passkey is to be called."""

    name = fields.String(
        required=True, validate=validate.Length(1, 60), metadata={"example": "我的手机"}
    )


@blp.route("/passkeys")
class Passkeys(Resource):
    """One's own passkeys."""

    @blp.arguments(PasskeyQuery, location="query")
    @blp.response(200, PasskeyListSchema)
    def get(self, given: dict[str, Any]) -> dict[str, Any]:
        """List one's passkeys, or as a security officer those of somebody of the office."""
        found = passkeys.of(self.act, given.get("person_id", self.act.actor.id))
        return {"items": found, "available": site_of(request) is not None}

    @blp.arguments(NewPasskey)
    @blp.response(201, PasskeySchema)
    def post(self, given: dict[str, Any]) -> Passkey:
        """Add the passkey that this phone has made."""
        answer = Answer(given["challenge_id"], given["credential"])
        session = sessions.current(self.act)
        return passkeys.add(self.act, session, answer, name=given["name"], site=site_of(request))


@blp.route("/passkeys/<int:passkey_id>")
class OnePasskey(Resource):
    """One passkey."""

    @blp.response(204)
    def delete(self, passkey_id: int) -> None:
        """Remove a passkey; it is worth nothing from now on."""
        passkeys.remove(self.act, passkeys.find(self.act, passkey_id))


@blp.route("/passkey-challenges")
class PasskeyChallenges(Resource):
    """Questions to the browser."""

    @blp.response(201, PasskeyQuestionSchema)
    def post(self) -> passkeys.Question:
        """Ask for what this phone needs to make a passkey."""
        return passkeys.offer(self.act, sessions.current(self.act), site_of(request))
