"""Devices over HTTP: which phones may be woken, and how they know that a push is ours."""

from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app, json
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from notifications.channels.subscriptions import keys_of, may_be_reached, vapid_public_key
from notifications.payloads import Seal
from services import devices, sessions
from services.devices import Device, Platform, PushService
from services.kernel.act import Act
from services.kernel.refusals import Unprocessable
from services.kernel.settings import Settings

MISSING = "Missing data for required field."

blp = Blueprint("devices", __name__, description="Phones that may be woken by a push.")


APP_VERSION = r"\d{1,4}\.\d{1,4}\.\d{1,4}\Z"


class AddressUnknown(Unprocessable):
    """That is no address of a push service that this installation knows."""

    zh = "推送服务地址不在允许范围内。"


class DeviceSchema(Schema):
    """A phone that may be woken; its token is never shown again."""

    id = fields.Integer(required=True)
    platform = fields.Enum(Platform, by_value=True, required=True)
    service = fields.Enum(PushService, by_value=True, required=True)
    app_version = fields.String(required=True, allow_none=True, metadata={"example": "1.4.0"})
    registered_at = Instant(required=True)
    last_seen_at = Instant(required=True, metadata={"description": "To the day."})
    here = fields.Boolean(
        required=True, metadata={"description": "It is the phone that asks.", "example": True}
    )


class SubscriptionKeysSchema(Schema):
    """What a push to a browser is encrypted with: the keys of its subscription (RFC 8291)."""

    p256dh = fields.String(
        required=True,
        validate=[validate.Length(1, 200), validate.Regexp(r"[A-Za-z0-9_=-]+\Z")],
        metadata={
            "description": "A point of P-256, 65 bytes in base64url.",
            "example": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx"
            "aOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        },
    )
    auth = fields.String(
        required=True,
        validate=[validate.Length(1, 50), validate.Regexp(r"[A-Za-z0-9_=-]+\Z")],
        metadata={"description": "16 bytes in base64url.", "example": "BTBZMqHH6r4Tts7J_aSIgg"},
    )


class NewDevice(Schema):
    """This phone, as its push service knows it."""

    platform = fields.Enum(Platform, by_value=True, required=True)
    service = fields.Enum(
        PushService,
        by_value=True,
        load_default=PushService.FCM,
        metadata={"description": "By which service it is woken; `stream`: it listens to us."},
    )
    token = fields.String(
        validate=[validate.Length(1, 4096), validate.Regexp(r"[!-~]+\Z")],
        load_only=True,
        metadata={
            "description": (
                "What the service gave the app: the registration token of FCM or HMS, the "
                "endpoint of a browser's subscription. For `stream` there need not be one."
            ),
            "example": "accept-7Jm1xq0c2mF3o4sW",
        },
    )
    keys = fields.Nested(
        SubscriptionKeysSchema,
        load_only=True,
        metadata={"description": "Of a browser's subscription; for `web_push` only."},
    )
    app_version = fields.String(
        load_default=None,
        validate=[validate.Length(5, 14), validate.Regexp(APP_VERSION)],
        metadata={"description": "Which version of the app it is.", "example": "1.4.0"},
    )

    @validates_schema
    def as_its_service_asks(self, given: dict[str, Any], **_: Any) -> None:
        """What a service needs, and nothing that it does not know."""
        browser = given["service"] is PushService.WEB_PUSH
        if "token" not in given and given["service"] is not PushService.STREAM:
            raise ValidationError(MISSING, "token")
        if browser != ("keys" in given):
            raise ValidationError(MISSING if browser else "仅网页推送使用。", "keys")


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
    services = fields.List(
        fields.Enum(PushService, by_value=True),
        required=True,
        metadata={"description": "By which services phones are woken here; register with one."},
    )
    web_push_key = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The key a browser subscribes with (VAPID); null where that is off.",
            "example": None,
        },
    )
    stream = fields.Boolean(
        required=True,
        metadata={"description": "Phones may listen at `/inbox/stream`; else they ask again."},
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

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(DeviceSchema))
    def get(self, wanted: dict[str, Any]) -> Any:
        """List one's own phones that may be woken, the newest first."""
        found = page(self.act.session, devices.visible(self.act), Device.id.desc(), **wanted)
        return Page([_shown(self.act, device) for device in found.items], found.next_cursor)

    @blp.arguments(NewDevice)
    @blp.response(201, DeviceSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Let this phone be woken for whoever is signed in on it.

        Refuses:
            AddressUnknown: a browser's subscription leads to no push service that is known here,
                or its keys are none.
        """
        keys = json.dumps(given.pop("keys"), sort_keys=True) if "keys" in given else None
        token = given.pop("token", None) or devices.stream_token(self.act)
        if given["service"] is PushService.WEB_PUSH:
            known = may_be_reached(token, _settings().web_push_hosts)
            if not known or keys_of(keys) is None:
                raise AddressUnknown
        own = sessions.current(self.act)
        device = devices.register(self.act, own, token=token, keys=keys, **given)
        return _shown(self.act, device)


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
        working = _services(settings)
        return {
            "enabled": any(one is not PushService.STREAM for one in working),
            "public_key": _public_key(settings.secrets),
            "services": working,
            "web_push_key": (
                vapid_public_key(settings) if PushService.WEB_PUSH in working else None
            ),
            "stream": PushService.STREAM in working,
            "development_stream": settings.fcm_simulator if settings.demo else None,
        }


def _services(settings: Settings) -> list[PushService]:
    """Those that this installation has an account for."""
    accounts = {
        PushService.FCM: settings.fcm_credentials,
        PushService.WEB_PUSH: settings.web_push_contact,
        PushService.HMS: settings.hms_app_id and settings.hms_secret,
        PushService.STREAM: settings.streams,
    }
    return [service for service, account in accounts.items() if account]


def _shown(act: Act, device: Device) -> dict[str, Any]:
    return {
        "id": device.id,
        "platform": device.platform,
        "service": device.service,
        "app_version": device.app_version,
        "registered_at": device.registered_at,
        "last_seen_at": device.last_seen_at,
        "here": device.session_id == act.actor.session_id,
    }


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


@cache
def _public_key(folder: Path) -> str:
    return Seal.kept_in(folder).public
