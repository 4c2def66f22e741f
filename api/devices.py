"""Devices over HTTP: which phones may be woken, and how they know that a push is ours."""

from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app
from marshmallow import Schema, fields, validate

from api.resource import Blueprint, Resource
from notifications.payloads import Seal
from services import devices, sessions
from services.devices import Device, Platform
from services.kernel.settings import Settings

blp = Blueprint("devices", __name__, description="Phones that may be woken by a push.")


class DeviceSchema(Schema):
    """A phone that may be woken; its token is never shown again."""

    id = fields.Integer(required=True)
    platform = fields.Enum(Platform, by_value=True, required=True)


class NewDevice(Schema):
    """This phone, as its push service knows it."""

    platform = fields.Enum(Platform, by_value=True, required=True)
    token = fields.String(
        required=True,
        validate=[validate.Length(1, 4096), validate.Regexp(r"[!-~]+\Z")],
        load_only=True,
        metadata={
            "description": "The registration token that FCM gave the app.",
            "example": "accept-7Jm1xq0c2mF3o4sW",
        },
    )


class PushSettingsSchema(Schema):
    """What a phone needs to know about pushes."""

    enabled = fields.Boolean(
        required=True, metadata={"description": "False: messages reach the inbox only."}
    )
    public_key = fields.String(
        required=True,
        metadata={
            "description": (
                "Ed25519, 32 bytes in base64url. A push is ours if `sig` is this key's signature "
                "over the UTF-8 bytes of `id|class|exp`, and `exp` (seconds since 1970) is to come."
            ),
            "example": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        },
    )
    development_stream = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": (
                "The push simulator of the demo: `POST …/registrations` gives a token, "
                "`GET …/devices/{token}/stream` (Server-Sent Events) brings its pushes. "
                "Null outside the demo."
            ),
            "example": "http://127.0.0.1:8001",
        },
    )


@blp.route("/devices")
class Devices(Resource):
    """One's own phones."""

    @blp.arguments(NewDevice)
    @blp.response(201, DeviceSchema)
    def post(self, given: dict[str, Any]) -> Device:
        """Let this phone be woken for whoever is signed in on it."""
        return devices.register(self.act, sessions.current(self.act), **given)


@blp.route("/devices/<int:device_id>")
class OneDevice(Resource):
    """One of one's own phones."""

    @blp.response(204)
    def delete(self, device_id: int) -> None:
        """Wake this phone no more."""
        devices.forget(self.act, devices.find(self.act, device_id))


@blp.route("/push-settings")
class PushSettings(Resource):
    """How pushes reach this phone."""

    @blp.response(200, PushSettingsSchema)
    def get(self) -> dict[str, Any]:
        """Say whether pushes are sent, and by which key a phone knows them."""
        settings = _settings()
        return {
            "enabled": settings.fcm_credentials is not None,
            "public_key": _public_key(settings.secrets),
            "development_stream": settings.fcm_simulator if settings.demo else None,
        }


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


@cache
def _public_key(folder: Path) -> str:
    return Seal.kept_in(folder).public
