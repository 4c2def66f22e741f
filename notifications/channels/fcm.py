"""Firebase Cloud Messaging, through Google's own library; the only module that imports it.

| FCM says | it means | so |
|---|---|---|
| 404 UNREGISTERED | the app is gone from the device | delete the token |
| 400 INVALID_ARGUMENT on `message.token` | no token of FCM's | delete the token |
| 400 INVALID_ARGUMENT otherwise | our message is wrong | mend it; the token stays |
| 403 SENDER_ID_MISMATCH | token of another project | mend the set-up; the token stays |
| 401 THIRD_PARTY_AUTH_ERROR, UNAUTHENTICATED | our keys are wrong | mend the set-up |
| 429 QUOTA_EXCEEDED | too fast | later, not before Retry-After |
| 500, 503, no answer | FCM is unwell | later |

The library repeats 500, 503 and any answer with `Retry-After` itself, up to four times, sleeping
as long as it is told to; a call can therefore last minutes, and the sender renews its lease.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import firebase_admin
from firebase_admin import credentials, exceptions, messaging

from notifications.channels import Outcome, Push, Verdict
from notifications.messages import Urgency

AT_ONCE = 100  # the library starts one thread for each message of a call
ANSWER_WITHIN = 10  # seconds, for each attempt of the library
MALFORMED = "The registration token is not a valid FCM registration token"
TOKEN_FIELDS = frozenset({"message.token", "message.fid"})

VERDICTS: dict[type[exceptions.FirebaseError], Verdict] = {
    messaging.UnregisteredError: Verdict.DEAD_TOKEN,
    messaging.SenderIdMismatchError: Verdict.BAD_SETUP,
    messaging.ThirdPartyAuthError: Verdict.BAD_SETUP,
    messaging.QuotaExceededError: Verdict.RETRY,
    exceptions.InvalidArgumentError: Verdict.BAD_PAYLOAD,
    exceptions.UnauthenticatedError: Verdict.BAD_SETUP,
    exceptions.PermissionDeniedError: Verdict.BAD_SETUP,
    exceptions.NotFoundError: Verdict.BAD_SETUP,
}
"""What each error means; one not named here is worth a retry."""


class Fcm:
    """A channel to one Firebase project."""

    def __init__(self, account: Path, name: str = "jiantong") -> None:
        self._app = firebase_admin.initialize_app(
            credentials.Certificate(str(account)), {"httpTimeout": ANSWER_WITHIN}, name
        )

    def close(self) -> None:
        """Let go of the project's connections."""
        firebase_admin.delete_app(self._app)

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Send each push, a hundred at a time."""
        outcomes: list[Outcome] = []
        for start in range(0, len(pushes), AT_ONCE):
            some = pushes[start : start + AT_ONCE]
            try:
                answers = messaging.send_each([message(push) for push in some], app=self._app)
            except exceptions.FirebaseError as error:
                outcomes += [outcome(error)] * len(some)
            else:
                outcomes += [
                    Outcome(Verdict.ACCEPTED, "OK", message_id=answer.message_id)
                    if answer.success
                    else outcome(answer.exception)
                    for answer in answers.responses
                ]
        return outcomes


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
    verdict = next(
        (verdict for kind, verdict in VERDICTS.items() if isinstance(error, kind)), Verdict.RETRY
    )
    body = _body(error)
    if verdict is Verdict.BAD_PAYLOAD and _blames_the_token(body):
        verdict = Verdict.DEAD_TOKEN
    return Outcome(verdict, _code(error, body), _retry_after(error))


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
    """FCM's own code, else the library's."""
    codes = (detail.get("errorCode") for detail in body.get("details", []))
    return next((code for code in codes if code), str(error.code))


def _retry_after(error: exceptions.FirebaseError) -> timedelta | None:
    """How long FCM asks to wait: seconds or a date (RFC 9110 §10.2.3)."""
    response = error.http_response
    said = response.headers.get("Retry-After") if response is not None else None
    if said is None:
        return None
    if said.isdigit():
        return timedelta(seconds=int(said))
    with suppress(ValueError):
        return max(parsedate_to_datetime(said) - datetime.now(UTC), timedelta())
    return None
