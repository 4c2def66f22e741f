"""Signing in, staying in, signing out, and who one is."""

from typing import Any

from flask import current_app, request
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from api import proofs
from api.identity import access_token
from api.limits import block_of
from api.problems import refuse
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import enrolments, sessions
from services.devices import Platform
from services.enrolments import CHALLENGE_LIVES_FOR, Enrolment
from services.kernel.act import Act
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from services.offices import Office
from services.people import Person
from services.policy import PostKind
from services.sessions import SignInSession

blp = Blueprint("sessions", __name__, description="Sign-in sessions")

MOST_SHOWN = 100


class NewSession(Schema):
    """What somebody at the door says of themselves."""

    username = fields.String(required=True, validate=validate.Length(1, 100))
    password = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)


class ProofHeader(Schema):
    """The proof of an enrolled phone's key; see `POST /challenges`."""

    proof = fields.String(
        data_key="DPoP",
        load_default=None,
        metadata={
            "description": (
                "A JWT in the shape of RFC 9449: header `typ` dpop+jwt, `alg` ES256, `jwk`; claims "
                "`htm`, `htu` (its path is compared), `iat`, `jti` and `nonce`, the challenge."
            ),
            "example": None,
        },
    )


class SessionRenewal(Schema):
    """The refresh token shown last time; it is used once."""

    refresh_token = fields.String(required=True, validate=validate.Length(1, 200))


class SessionSchema(Schema):
    """An open session: a short access token, and the refresh token for the next one."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    token_type = fields.Constant("Bearer", required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds."})


class SessionPhoneSchema(Schema):
    """The enrolled phone a session belongs to."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    platform = fields.Enum(Platform, by_value=True, required=True)


class OpenSessionSchema(Schema):
    """One of one's own open sessions."""

    id = fields.Integer(required=True)
    opened_at = Instant(required=True)
    renewed_at = Instant(required=True)
    ends_at = Instant(
        required=True, metadata={"description": "At the latest, however often it is renewed."}
    )
    phone = fields.Nested(
        SessionPhoneSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null where somebody signed in with the password alone."},
    )
    current = fields.Boolean(required=True, metadata={"description": "The session that asks."})


class SessionListSchema(Schema):
    """One's own open sessions, the one renewed last first."""

    sessions = fields.List(fields.Nested(OpenSessionSchema), required=True)


class ChallengeSchema(Schema):
    """Something to sign: the `nonce` of a proof."""

    challenge = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds."})


class PasswordChange(Schema):
    """The password one has, and the one to have."""

    current_password = fields.String(
        required=True, validate=validate.Length(1, 200), load_only=True
    )
    new_password = fields.String(
        required=True,
        validate=validate.Length(1, 1000),
        load_only=True,
        metadata={"description": "Twelve to two hundred characters, and not a common one."},
    )


class HeldPostSchema(Schema):
    """A post held today."""

    post = fields.Enum(PostKind, by_value=True, required=True)
    office_id = fields.Integer(required=True)
    office_name = fields.String(required=True)


class MeSchema(Schema):
    """Who is signed in, with the posts held today."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    username = fields.String(required=True)
    posts = fields.List(fields.Nested(HeldPostSchema), required=True)


@blp.route("/challenges")
class NewChallenges(Resource):
    """Something to sign."""

    @blp.response(201, ChallengeSchema)
    def post(self) -> dict[str, Any]:
        """Get something to sign, for one proof of a phone's key."""
        return {
            "challenge": enrolments.challenge(self.act, current_app.extensions["challenges"]),
            "expires_in": int(CHALLENGE_LIVES_FOR.total_seconds()),
        }


@blp.route("/sessions")
class Sessions(Resource):
    """The door, and who has come in by it."""

    @blp.response(200, SessionListSchema)
    def get(self) -> dict[str, Any]:
        """List one's own open sessions, with the phone each belongs to."""
        settings = _settings()
        found = sessions.own(
            self.act, renewable_for=settings.refresh_token_for, at_most=settings.session_for
        )
        rows = self.act.session.execute(
            found.add_columns(Enrolment)
            .outerjoin(Enrolment, Enrolment.id == SignInSession.enrolment_id)
            .order_by(SignInSession.renewed_at.desc(), SignInSession.id.desc())
            .limit(MOST_SHOWN)
        ).all()
        return {
            "sessions": [
                {
                    "id": session.id,
                    "opened_at": session.opened_at,
                    "renewed_at": session.renewed_at,
                    "ends_at": session.opened_at + settings.session_for,
                    "phone": phone,
                    "current": session.id == self.act.actor.session_id,
                }
                for session, phone in rows
            ]
        }

    @blp.arguments(ProofHeader, location="headers")
    @blp.arguments(NewSession)
    @blp.response(201, SessionSchema)
    def post(self, _headers: dict[str, Any], given: dict[str, Any]) -> Any:
        """Sign in with a password, and on an enrolled phone with a proof of its key."""
        settings = _settings()
        outcome = sessions.sign_in(
            self.act,
            sessions.Credentials(
                given["username"], given["password"], block_of(request.remote_addr)
            ),
            renewable_for=settings.refresh_token_for,
            at_most=settings.session_for,
            phone=_phone(self.act),
        )
        return _answer(outcome, settings)

    @blp.doc(operationId="delete_other_sessions")
    @blp.response(204)
    def delete(self) -> None:
        """Sign out on every other phone."""
        sessions.end_others(self.act, sessions.current(self.act))


@blp.route("/sessions/<int:session_id>")
class OneSession(Resource):
    """One of one's own sessions."""

    @blp.response(204)
    def delete(self, session_id: int) -> None:
        """Sign out on one phone."""
        sessions.end(self.act, sessions.find(self.act, session_id))


@blp.route("/sessions/renewals")
class Renewals(Resource):
    """The way to stay in."""

    @blp.arguments(ProofHeader, location="headers")
    @blp.arguments(SessionRenewal)
    @blp.response(201, SessionSchema)
    def post(self, _headers: dict[str, Any], given: dict[str, Any]) -> Any:
        """Exchange a refresh token for the next one, with a proof on an enrolled phone."""
        settings = _settings()
        outcome = sessions.renew(
            self.act,
            given["refresh_token"],
            renewable_for=settings.refresh_token_for,
            at_most=settings.session_for,
            phone=_phone(self.act),
        )
        return _answer(outcome, settings)


@blp.route("/sessions/current")
class CurrentSession(Resource):
    """The session one acts in."""

    @blp.response(204)
    def delete(self) -> None:
        """Sign out."""
        sessions.end(self.act, sessions.current(self.act))


@blp.route("/me/password")
class OwnPassword(Resource):
    """One's own password."""

    @blp.arguments(PasswordChange)
    @blp.response(204)
    def put(self, given: dict[str, Any]) -> Any:
        """Take a new password; every other session ends."""
        refused = sessions.change_password(self.act, sessions.current(self.act), **given)
        return refuse(refused.refusal) if refused else None


@blp.route("/me")
class Me(Resource):
    """Oneself."""

    @blp.response(200, MeSchema)
    def get(self) -> dict[str, Any]:
        """Say who is signed in, with the posts held today."""
        actor, session = self.act.actor, self.act.session
        person = session.get_one(Person, actor.id)
        offices = select(Office.id, Office.name).where(Office.id.in_(actor.offices))
        names = {row.id: row.name for row in session.execute(offices)}
        return {
            "id": person.id,
            "name": person.name,
            "username": person.username,
            "posts": [
                {"post": PostKind(post), "office_id": office, "office_name": names[office]}
                for post, office in sorted(actor.posts)
            ],
        }


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _phone(act: Act) -> Enrolment | None:
    """The enrolled phone whose key this request proves; None for a phone that proves none."""
    proof = proofs.shown(request)
    return enrolments.presented(act, proof) if proof else None


def _answer(outcome: sessions.Opened | sessions.Refused, settings: Settings) -> Any:
    """Say no without undoing: a wrong password and a reused token are kept."""
    if isinstance(outcome, sessions.Refused):
        return refuse(outcome.refusal)
    lasting = min(settings.access_token_for, outcome.ends_at - machine_now())
    return {
        "access_token": access_token(
            current_app.extensions["token_key"], outcome.session, lasting=lasting
        ),
        "refresh_token": outcome.refresh_token,
        "token_type": "Bearer",
        "expires_in": int(lasting.total_seconds()),
    }
