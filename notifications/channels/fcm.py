"""Firebase Cloud Messaging, through Google's own library; the only module that imports it.

What each of its answers means stands in `notifications/channels/vendors.py`. INVALID_ARGUMENT is
said of a bad token and of a bad message alike: only where FCM blames the token alone is it that.

The library repeats 500, 503 and any answer with `Retry-After` itself, up to four times, sleeping
as long as it is told to; a call can therefore last minutes, and the sender renews its lease.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import firebase_admin
from firebase_admin import credentials, exceptions, messaging

from notifications.channels import Outcome, Push
from notifications.channels.posts import guarded, retry_after
from notifications.channels.vendors import FCM, said
from notifications.messages import Urgency

AT_ONCE = 100
ANSWER_WITHIN = 10  # seconds, for each attempt of the library
MALFORMED = "The registration token is not a valid FCM registration token"
TOKEN_FIELDS = frozenset({"message.token", "message.fid"})

CODES: dict[type[exceptions.FirebaseError], str] = {
    messaging.UnregisteredError: "UNREGISTERED",
    messaging.SenderIdMismatchError: "SENDER_ID_MISMATCH",
    messaging.ThirdPartyAuthError: "THIRD_PARTY_AUTH_ERROR",
    messaging.QuotaExceededError: "QUOTA_EXCEEDED",
    exceptions.InvalidArgumentError: "INVALID_ARGUMENT",
    exceptions.UnauthenticatedError: "UNAUTHENTICATED",
    exceptions.PermissionDeniedError: "PERMISSION_DENIED",
    exceptions.NotFoundError: "NOT_FOUND",
}
"""The code of each error of the library; an error not named here has the library's own."""

KNOWN = frozenset(one.code for one in FCM.answers)


class Fcm:
    """A channel to one Firebase project."""

    def __init__(
        self, account: Path, name: str = "jiantong", *, answer_within: float = ANSWER_WITHIN
    ) -> None:
        self._app = firebase_admin.initialize_app(
            credentials.Certificate(str(account)), {"httpTimeout": answer_within}, name
        )

    def close(self) -> None:
        """Let go of the project's connections."""
        firebase_admin.delete_app(self._app)

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Send each push, a hundred side by side.

        One call of the library for each: in its `send_each` a single answer that it cannot read
        makes all of the others unknown, and what was accepted would be sent again.
        """
        if not pushes:
            return []
        careful = guarded(self._send, lambda _: said(FCM, "UNEXPECTED"))
        with ThreadPoolExecutor(min(len(pushes), AT_ONCE)) as threads:
            return list(threads.map(careful, pushes))

    def _send(self, push: Push) -> Outcome:
        try:
            number = messaging.send(message(push), app=self._app)
        except exceptions.FirebaseError as error:
            return outcome(error)
        except (KeyError, AttributeError):
            return said(FCM, "UNREADABLE")
        except (ValueError, TypeError):
            return said(FCM, "UNSENDABLE")
        return said(FCM, "OK", number=str(number)[:200])


def message(push: Push) -> messaging.Message:
    """Data only: with a `notification` block the system would show text of ours by itself."""
    seconds = str(max(int(push.lives_for.total_seconds()), 0))
    high = push.urgency is not Urgency.INFO
    made = messaging.Message(
        data=dict(push.payload),
        android=messaging.AndroidConfig(priority="high" if high else "normal", ttl=push.lives_for),
        webpush=messaging.WebpushConfig(
            headers={"TTL": seconds, "Urgency": "high" if high else "normal"}
        ),
        apns=messaging.APNSConfig(
            headers={"apns-push-type": "background", "apns-priority": "5"},
            payload=messaging.APNSPayload(messaging.Aps(content_available=True)),
        ),
    )
    made.token = push.token  # as an argument the library calls it deprecated; FCM does not
    return made


def outcome(error: exceptions.FirebaseError) -> Outcome:
    """What one error means."""
    body, response = _body(error), error.http_response
    code = next((code for kind, code in CODES.items() if isinstance(error, kind)), None)
    if code == "INVALID_ARGUMENT" and _blames_the_token(body):
        code = "INVALID_TOKEN"
    later = retry_after(response.headers.get("Retry-After")) if response is not None else None
    return said(FCM, code or _code(error, body), later)


def _body(error: exceptions.FirebaseError) -> dict[str, Any]:
    with suppress(ValueError, AttributeError):
        found = error.http_response.json()["error"]
        return found if isinstance(found, dict) else {}
    return {}


def _blames_the_token(body: dict[str, Any]) -> bool:
    """Is the token the only thing FCM complains of? When in doubt, the token stays."""
    blamed = {
        violation.get("field")
        for detail in body.get("details", [])
        for violation in detail.get("fieldViolations", [])
    }
    return blamed <= TOKEN_FIELDS if blamed else body.get("message") == MALFORMED


def _code(error: exceptions.FirebaseError, body: dict[str, Any]) -> str:
    """FCM's own code, else the library's; nothing that is not of the table's form."""
    codes = (detail.get("errorCode") for detail in body.get("details", []))
    found = next((code for code in codes if isinstance(code, str)), str(error.code))
    return found if found in KNOWN else str(error.code)
