"""Signing in, staying in, signing out, and who one is."""

from typing import Any

from flask import current_app
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from api.identity import access_token
from api.problems import refuse
from api.resource import Blueprint, Resource
from services import sessions
from services.kernel.settings import Settings
from services.offices import Office
from services.people import Person
from services.policy import PostKind

blp = Blueprint("sessions", __name__, description="Sign-in sessions")


class NewSession(Schema):
    """What somebody at the door says of themselves."""

    username = fields.String(required=True, validate=validate.Length(1, 100))
    password = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)


class SessionRenewal(Schema):
    """The refresh token shown last time; it is used once."""

    refresh_token = fields.String(required=True, validate=validate.Length(1, 200))


class SessionSchema(Schema):
    """An open session: a short access token, and the refresh token for the next one."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    token_type = fields.Constant("Bearer", required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds."})


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


@blp.route("/sessions")
class Sessions(Resource):
    """The door."""

    @blp.arguments(NewSession)
    @blp.response(201, SessionSchema)
    def post(self, given: dict[str, Any]) -> Any:
        """Sign in with a password."""
        credentials = sessions.Credentials(given["username"], given["password"])
        settings = _settings()
        outcome = sessions.sign_in(self.act, credentials, renewable_for=settings.refresh_token_for)
        return _answer(outcome, settings)


@blp.route("/sessions/renewals")
class Renewals(Resource):
    """The way to stay in."""

    @blp.arguments(SessionRenewal)
    @blp.response(201, SessionSchema)
    def post(self, given: dict[str, Any]) -> Any:
        """Exchange a refresh token for the next one."""
        settings = _settings()
        outcome = sessions.renew(
            self.act, given["refresh_token"], renewable_for=settings.refresh_token_for
        )
        return _answer(outcome, settings)


@blp.route("/sessions/current")
class CurrentSession(Resource):
    """The session one acts in."""

    @blp.response(204)
    def delete(self) -> None:
        """Sign out."""
        sessions.end(self.act, sessions.current(self.act))


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


def _answer(outcome: sessions.Opened | sessions.Refused, settings: Settings) -> Any:
    """Say no without undoing: a wrong password and a reused token are kept."""
    if isinstance(outcome, sessions.Refused):
        return refuse(outcome.refusal)
    lasting = settings.access_token_for
    return {
        "access_token": access_token(
            current_app.extensions["token_key"], outcome.session, lasting=lasting
        ),
        "refresh_token": outcome.refresh_token,
        "token_type": "Bearer",
        "expires_in": int(lasting.total_seconds()),
    }
