"""Which versions of the app may be used, over HTTP. Anybody may ask; the app asks at its start."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.resource import Blueprint, Resource
from api.wire import Instant
from services import app_versions
from services.app_versions import Installation, LeastVersion, StoppedVersion
from services.devices import Platform

LONGEST_REASON = 200
NUMBER = [validate.Length(5, 14), validate.Regexp(r"\d{1,4}\.\d{1,4}\.\d{1,4}\Z")]

blp = Blueprint(
    "app_versions",
    __name__,
    url_prefix="/app-versions",
    description="Which versions of the app may be used.",
)


class StoppedVersionSchema(Schema):
    """A version that nobody may use."""

    id = fields.Integer(required=True)
    platform = fields.Enum(Platform, by_value=True, required=True)
    number = fields.String(required=True, metadata={"example": "1.4.0"})
    reason = fields.String(required=True, metadata={"example": "附件显示有误，请更新。"})
    stopped_at = Instant(required=True)


class LeastVersionSchema(Schema):
    """The oldest version of a platform that may be used."""

    platform = fields.Enum(Platform, by_value=True, required=True)
    number = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Null: any may be used.", "example": "1.4.0"},
    )
    version = fields.Integer(required=True)


class AppVersionsSchema(Schema):
    """What holds now, for every platform."""

    least = fields.List(fields.Nested(LeastVersionSchema), required=True)
    stopped = fields.List(fields.Nested(StoppedVersionSchema), required=True)


class NewLeastVersion(Schema):
    """The oldest version of a platform that may be used."""

    platform = fields.Enum(Platform, by_value=True, required=True)
    number = fields.String(
        required=True,
        allow_none=True,
        validate=NUMBER,
        metadata={"description": "Null: any may be used.", "example": "1.4.0"},
    )


class NewStop(Schema):
    """A version that nobody is to use any more, and why."""

    platform = fields.Enum(Platform, by_value=True, required=True)
    number = fields.String(required=True, validate=NUMBER, metadata={"example": "1.4.0"})
    reason = fields.String(
        required=True,
        validate=validate.Length(4, LONGEST_REASON),
        metadata={
            "description": "Shown to whoever holds that version.",
            "example": "附件显示有误，请更新。",
        },
    )


@blp.route("")
class AppVersions(Resource):
    """What holds now."""

    @blp.response(200, AppVersionsSchema)
    def get(self) -> dict[str, Any]:
        """Say which versions of the app may be used; this asks for no token."""
        found = app_versions.standing(self.act.session)
        none = {p: LeastVersion(platform=p, number=None, version=0) for p in Platform}
        return {"least": list((none | dict(found.least)).values()), "stopped": found.stopped}


@blp.route("/least")
class Least(Resource):
    """The oldest version of a platform that may be used."""

    @blp.arguments(NewLeastVersion)
    @blp.response(200, LeastVersionSchema)
    def put(self, given: dict[str, Any]) -> LeastVersion:
        """Set the oldest version of a platform that may be used."""
        least = self.expect(app_versions.least_of(self.act.session, given["platform"]))
        here = Installation.of(self.act.session)
        return app_versions.set_least(self.act, here, least, number=given["number"])


@blp.route("/stops")
class Stops(Resource):
    """The versions that nobody may use."""

    @blp.arguments(NewStop)
    @blp.response(201, StoppedVersionSchema)
    def post(self, given: dict[str, Any]) -> StoppedVersion:
        """Stop a version of the app: nobody works with it from now on."""
        return app_versions.stop(self.act, Installation.of(self.act.session), **given)


@blp.route("/stops/<int:stop_id>")
class OneStop(Resource):
    """One version that nobody may use."""

    @blp.response(204)
    def delete(self, stop_id: int) -> None:
        """Let a version be used again that was stopped."""
        version = app_versions.find(self.act, stop_id)
        app_versions.resume(self.act, Installation.of(self.act.session), version)
