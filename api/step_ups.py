"""Step-ups: confirming a legal act anew, by password or passkey."""

from datetime import datetime
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.legal_acts import site_of
from api.problems import refuse
from api.resource import Blueprint, Resource
from services import sessions, step_ups
from services.passkeys import Answer
from services.step_ups import Declined, Deed, Taken

blp = Blueprint("step_ups", __name__, description="Confirming a legal act anew")

_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class DeedSchema(Schema):
    """What is confirmed, to the letter: as the problem `step-up-needed` tells it."""

    method = fields.String(
        required=True, validate=validate.OneOf(["POST", "PUT", "PATCH", "DELETE"])
    )
    path = fields.String(
        required=True,
        validate=[validate.Length(1, 500), validate.Regexp(r"/[!-~]*\Z")],
        metadata={"example": "/api/v1/arrest-reviews/7/decision"},
    )
    content_hash = fields.String(
        required=True,
        validate=validate.Regexp(r"[0-9a-f]{64}\Z"),
        metadata={"description": "SHA-256 of the body's bytes, in hexadecimal.", "example": _HASH},
    )


class PasskeyAnswerSchema(Schema):
    """What a passkey answered."""

    challenge_id = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1))
    credential = fields.Dict(
        required=True,
        keys=fields.String(),
        metadata={"description": "WebAuthn's `PublicKeyCredential.toJSON()`.", "example": {}},
    )


class NewStepUp(DeedSchema):
    """A deed, with the password or with what a passkey answered."""

    password = fields.String(validate=validate.Length(1, 200), load_only=True)
    passkey = fields.Nested(PasskeyAnswerSchema)

    @validates_schema
    def _one_means(self, given: dict[str, Any], **_: Any) -> None:
        if ("password" in given) == ("passkey" in given):
            raise ValidationError({"password": ["One of password and passkey."]})


class StepUpSchema(Schema):
    """A confirmation: `token` goes into the header `Step-Up` of the same request, sent again."""

    token = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class PasskeyQuestionSchema(Schema):
    """What to ask the browser's passkeys with."""

    challenge_id = fields.Integer(required=True)
    options = fields.Dict(
        required=True,
        keys=fields.String(),
        metadata={
            "description": "For `PublicKeyCredential.parse…OptionsFromJSON()` (WebAuthn Level 3).",
            "example": {"challenge": "fN7U3lYz0m0"},
        },
    )


@blp.route("/step-ups")
class StepUps(Resource):
    """One's own confirmations."""

    @blp.arguments(NewStepUp)
    @blp.response(201, StepUpSchema)
    def post(self, given: dict[str, Any]) -> Any:
        """Confirm a legal act anew, with the password or a passkey."""
        session, deed = sessions.current(self.act), _deed(given)
        if "passkey" in given:
            answer = Answer(**given["passkey"])
            return _told(
                step_ups.take_by_passkey(self.act, session, deed, answer, site_of(request))
            )
        outcome = step_ups.take(self.act, session, deed, password=given["password"])
        return refuse(outcome.refusal) if isinstance(outcome, Declined) else _told(outcome)


@blp.route("/step-up-challenges")
class StepUpChallenges(Resource):
    """Questions to one's passkeys."""

    @blp.arguments(DeedSchema)
    @blp.response(201, PasskeyQuestionSchema)
    def post(self, given: dict[str, Any]) -> Any:
        """Ask for what a passkey is to sign, to confirm a legal act."""
        session = sessions.current(self.act)
        return step_ups.ask_passkey(self.act, session, _deed(given), site_of(request))


def _deed(given: dict[str, Any]) -> Deed:
    return Deed(given["method"], given["path"], bytes.fromhex(given["content_hash"]))


def _told(taken: Taken) -> dict[str, str | datetime]:
    return {"token": taken.token, "expires_at": taken.step_up.expires_at}
