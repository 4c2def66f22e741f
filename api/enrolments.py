"""Enrolments over HTTP: one's own phones, and what a security officer does about a person's."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api import proofs
from api.limits import block_of
from api.problems import refuse
from api.resource import Blueprint, Resource
from api.sessions import ProofHeader
from api.wire import Instant
from services import enrolments, sessions
from services.devices import Platform
from services.enrolments import Claim, CodePurpose, Enrolment, EnrolmentEnd, NewPhone
from services.sessions import Refused

blp = Blueprint("enrolments", __name__, description="Phones whose keys open sessions.")

_HOURS = validate.Range(1, 72)


class EnrolmentSchema(Schema):
    """A phone that is enrolled, or was."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "工作手机"})
    platform = fields.Enum(Platform, by_value=True, required=True)
    enrolled_at = Instant(required=True)
    last_used_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    end_reason = fields.Enum(EnrolmentEnd, by_value=True, required=True, allow_none=True)
    current = fields.Boolean(
        required=True, metadata={"description": "The phone that asks, where it is enrolled."}
    )


class EnrolmentListSchema(Schema):
    """Phones, the one used last first."""

    enrolments = fields.List(fields.Nested(EnrolmentSchema), required=True)


class NewEnrolment(Schema):
    """This phone, the one-time code of the office, and a password."""

    username = fields.String(required=True, validate=validate.Length(1, 100))
    code = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        load_only=True,
        metadata={"description": "As it was given out; spaces and case do not matter."},
    )
    password = fields.String(
        load_default=None,
        validate=validate.Length(1, 200),
        load_only=True,
        metadata={"description": "The current one, with a code that only enrols."},
    )
    new_password = fields.String(
        load_default=None,
        validate=validate.Length(1, 1000),
        load_only=True,
        metadata={
            "description": "The one to have, with a code for a first or forgotten password.",
            "example": None,
        },
    )
    platform = fields.Enum(Platform, by_value=True, required=True)
    name = fields.String(
        required=True,
        validate=validate.And(validate.Length(1, 60), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")),
        metadata={"example": "工作手机"},
    )

    @validates_schema
    def _one_password(self, given: dict[str, Any], **_: Any) -> None:
        if (given.get("password") is None) == (given.get("new_password") is None):
            told = "Send password or new_password."
            raise ValidationError(told, "password")


class NewEnrolmentCode(Schema):
    """What a code is good for, and how long."""

    purpose = fields.Enum(CodePurpose, by_value=True, required=True)
    hours = fields.Integer(strict=True, load_default=24, validate=_HOURS, metadata={"example": 24})


class EnrolmentCodeSchema(Schema):
    """A code just given out: it is told this once."""

    code = fields.String(required=True, metadata={"example": "7KQ3MXW9TP"})
    purpose = fields.Enum(CodePurpose, by_value=True, required=True)
    expires_at = Instant(required=True)


@blp.route("/enrolments")
class Enrolments(Resource):
    """One's own phones."""

    @blp.response(200, EnrolmentListSchema)
    def get(self) -> dict[str, Any]:
        """List one's own enrolled phones, and which of them this is."""
        return _told(self, self.act.session.scalars(_ordered(enrolments.own(self.act))).all())

    @blp.arguments(ProofHeader, location="headers")
    @blp.arguments(NewEnrolment)
    @blp.response(201, EnrolmentSchema)
    def post(self, _headers: dict[str, Any], given: dict[str, Any]) -> Any:
        """Enrol this phone with a one-time code; a new password may be taken with it."""
        phone = NewPhone(proofs.required(request), given["platform"], given["name"])
        claim = Claim(
            given["username"],
            given["code"],
            block_of(request.remote_addr),
            given["password"],
            given["new_password"],
        )
        outcome = enrolments.enrol(self.act, phone, claim)
        return refuse(outcome.refusal) if isinstance(outcome, Refused) else _one(outcome, None)


@blp.route("/enrolments/<int:enrolment_id>")
class OneEnrolment(Resource):
    """One phone."""

    @blp.response(204)
    def delete(self, enrolment_id: int) -> None:
        """Enrol a phone no more: one's own, or as security officer one of somebody's."""
        enrolments.end(self.act, enrolments.find(self.act, enrolment_id))


@blp.route("/enrolments/<int:enrolment_id>/loss")
class EnrolmentLoss(Resource):
    """A phone that is lost."""

    @blp.doc(operationId="report_enrolment_loss")
    @blp.response(204)
    def post(self, enrolment_id: int) -> None:
        """Say that a phone is lost: one's own, or as security officer one of somebody's."""
        enrolments.report_loss(self.act, enrolments.find(self.act, enrolment_id))


@blp.route("/accounts/<int:person_id>/enrolments")
class PersonEnrolments(Resource):
    """Somebody's phones."""

    @blp.response(200, EnrolmentListSchema)
    def get(self, person_id: int) -> dict[str, Any]:
        """List the phones somebody has or had enrolled, as whoever answers for the account."""
        person = enrolments.account(self.act, person_id)
        found = enrolments.of_person(self.act, person)
        return _told(self, self.act.session.scalars(_ordered(found)).all())


@blp.route("/accounts/<int:person_id>/enrolment-codes")
class PersonEnrolmentCodes(Resource):
    """The one-time code of somebody."""

    @blp.arguments(NewEnrolmentCode)
    @blp.response(201, EnrolmentCodeSchema)
    def post(self, given: dict[str, Any], person_id: int) -> dict[str, Any]:
        """Give out a one-time code for somebody's phone; it is told this once."""
        issued = enrolments.issue_code(
            self.act,
            enrolments.account(self.act, person_id),
            purpose=given["purpose"],
            lasting=timedelta(hours=given["hours"]),
        )
        return {
            "code": issued.plain,
            "purpose": issued.code.purpose,
            "expires_at": issued.code.expires_at,
        }

    @blp.response(204)
    def delete(self, person_id: int) -> None:
        """Make the code of somebody worth nothing."""
        enrolments.withdraw_code(self.act, enrolments.account(self.act, person_id))


@blp.route("/accounts/<int:person_id>/sessions")
class PersonSessions(Resource):
    """The sessions of somebody."""

    @blp.response(204)
    def delete(self, person_id: int) -> None:
        """Sign somebody out everywhere, as the security officer of the office."""
        sessions.end_all(self.act, enrolments.account(self.act, person_id))


def _ordered(found: Any) -> Any:
    return found.order_by(Enrolment.last_used_at.desc(), Enrolment.id.desc()).limit(100)


def _told(view: Resource, phones: Sequence[Enrolment]) -> dict[str, Any]:
    act = view.act
    here = sessions.current(act).enrolment_id if act.actor.session_id else None
    return {"enrolments": [_one(phone, here) for phone in phones]}


def _one(phone: Enrolment, here: int | None) -> dict[str, Any]:
    same = "id name platform enrolled_at last_used_at ended_at end_reason"
    return {name: getattr(phone, name) for name in same.split()} | {"current": phone.id == here}
