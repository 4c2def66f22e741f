"""Huawei's Push Kit: data messages to phones without Google's services.

An access token is fetched with the app's id and secret (OAuth 2.0, client credentials), kept until
shortly before it runs out, and fetched anew once where Huawei no longer knows it. A message goes to
a list of tokens; our payloads differ from person to person, so a list is the devices of one person.

Huawei calls a token invalid also where phones and app id do not belong together. Such an answer
must not cost every phone its token: `noRight`, and a large call of which every token is called
invalid, are a fault of the set-up.
"""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from notifications.channels import Outcome, Push, Verdict
from notifications.channels.posts import Poster, Reply, guarded
from notifications.channels.vendors import HMS, said
from notifications.messages import Urgency

PUSH_URL = "https://push-api.cloud.huawei.com"
OAUTH_URL = "https://oauth-login.cloud.huawei.com"
AT_ONCE = 8
ANSWER_WITHIN = 10.0
TOKENS_AT_ONCE = 1000
LARGE = 10
"""From so many tokens on, a call of which every token is called invalid is believed no more."""

RENEWED_BEFORE = 300.0
"""Seconds before its end from which on an access token is not used."""

LONGEST_LIFE = 15 * 24 * 60 * 60
STALE = frozenset({"80200001", "80200003", "401"})
"""Codes after which a new access token is worth one more try."""

CODE_LENGTH = 8
ALL_INVALID = "80300007"
PARTIAL = "80100000"
DEAD_CAUSES = frozenset({"tokenFormatError"})


@dataclass(frozen=True, slots=True)
class Account:
    """One app of Huawei's AppGallery Connect."""

    app_id: str
    secret: str
    push_url: str = PUSH_URL
    oauth_url: str = OAUTH_URL

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Account({self.app_id})"


class Hms:
    """A channel to one app."""

    def __init__(self, account: Account, *, answer_within: float = ANSWER_WITHIN) -> None:
        self._account = account
        self._answer_within = answer_within
        self._poster = Poster(answer_within, AT_ONCE)
        self._lock = threading.Lock()
        self._access = ("", 0.0)
        self._refused: tuple[Outcome | None, float] = (None, 0.0)

    def close(self) -> None:
        """Let go of the connections."""
        self._poster.close()

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Send each push; those that say the same go in one message."""
        lists = list(_lists(pushes))
        careful = guarded(
            self._deliver, lambda listed: dict.fromkeys(listed, said(HMS, "UNEXPECTED"))
        )
        outcomes: dict[int, Outcome] = {}
        for answered in self._poster.each(careful, lists):
            outcomes |= answered
        return _believed([outcomes[place] for place in range(len(pushes))])

    def _deliver(self, listed: Mapping[int, Push]) -> dict[int, Outcome]:
        """Send one message; the outcome of each of its tokens, by its place."""
        reply, outcome = self._message(list(listed.values()))
        named = _named(reply) if reply else {}
        if reply and outcome.code == PARTIAL and not named:
            outcome = said(HMS, "UNREADABLE")
        return {place: named.get(push.token, outcome) for place, push in listed.items()}

    def _message(self, pushes: Sequence[Push]) -> tuple[Reply | None, Outcome]:
        """Post a message; with a new access token once more, if the old one is not known."""
        url = f"{self._account.push_url}/v1/{self._account.app_id}/messages:send"
        body = json.dumps(message(pushes)).encode()
        stale = ""
        for last in (False, True):
            access, refused = self._access_token(stale)
            if refused is not None:
                return None, refused
            headers = {
                "Authorization": f"Bearer {access}",
                "Content-Type": "application/json; charset=UTF-8",
            }
            reply = self._poster.post(url, body, headers)
            if reply is None:
                break
            outcome = _outcome(reply)
            if last or outcome.code not in STALE:
                return reply, outcome
            stale = access
        return None, said(HMS, "NO_ANSWER")

    def _access_token(self, stale: str) -> tuple[str, Outcome | None]:
        """The access token, fetched anew where there is none, an old one or a stale one.

        Where none can be had, those who wait for it are told so, and do not all ask again.
        """
        with self._lock:
            token, until = self._access
            if token and token != stale and time.monotonic() < until:
                return token, None
            refused, until = self._refused
            if refused is not None and time.monotonic() < until:
                return "", refused
            token, lives_for, refused = self._granted()
            self._access = (token, time.monotonic() + max(lives_for - RENEWED_BEFORE, 0))
            self._refused = (refused, time.monotonic() + self._answer_within)
            return token, refused

    def _granted(self) -> tuple[str, float, Outcome | None]:
        """Ask for an access token: it and for how many seconds, or what is in the way."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._account.app_id,
            "client_secret": self._account.secret,
        }
        reply = self._poster.post(
            f"{self._account.oauth_url}/oauth2/v3/token",
            urlencode(form).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        given = _json(reply) if reply else {}
        token, lives_for = given.get("access_token"), given.get("expires_in")
        if reply and reply.status == HTTPStatus.OK and isinstance(token, str) and token:
            return token, float(lives_for) if isinstance(lives_for, int | float) else 0.0, None
        wrong = reply and reply.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}
        code = "OAUTH_REFUSED" if wrong and "error" in given else "OAUTH_AWAY"
        return "", 0.0, said(HMS, code, reply.retry_after if reply else None)


def message(pushes: Sequence[Push]) -> dict[str, Any]:
    """A data message: with a `notification` block the phone would show text of ours by itself."""
    push = pushes[0]
    seconds = min(max(int(push.lives_for.total_seconds()), 1), LONGEST_LIFE)
    return {
        "validate_only": False,
        "message": {
            "data": json.dumps(dict(push.payload), separators=(",", ":")),
            "android": {
                "urgency": "NORMAL" if push.urgency is Urgency.INFO else "HIGH",
                "ttl": f"{seconds}s",
            },
            "token": [push.token for push in pushes],
        },
    }


def _lists(pushes: Sequence[Push]) -> Iterator[dict[int, Push]]:
    """The pushes that say the same, by their places, a thousand tokens at most; no token twice."""
    alike = defaultdict[Any, list[dict[int, Push]]](list)
    for place, push in enumerate(pushes):
        lists = alike[tuple(sorted(push.payload.items())), push.urgency, push.lives_for]
        room = (
            one
            for one in lists
            if len(one) < TOKENS_AT_ONCE and push.token not in {two.token for two in one.values()}
        )
        found = next(room, None)
        if found is None:
            lists.append({place: push})
        else:
            found[place] = push
    for lists in alike.values():
        yield from lists


def _outcome(reply: Reply) -> Outcome:
    """What one answer means for the message as a whole."""
    given = _json(reply)
    code, number = given.get("code"), given.get("requestId")
    if not isinstance(code, str) or not code.isdecimal() or len(code) > CODE_LENGTH:
        told = reply.status != HTTPStatus.OK
        return said(HMS, str(reply.status) if told else "UNREADABLE", reply.retry_after)
    return said(HMS, code, reply.retry_after, str(number)[:200] if number else None)


def _named(reply: Reply) -> dict[str, Outcome]:
    """The tokens of a message that an answer speaks of by themselves."""
    given = _json(reply)
    if given.get("code") not in {PARTIAL, ALL_INVALID}:
        return {}
    named: dict[str, Outcome] = {}
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        told = json.loads(given["msg"])
        named = {str(token): said(HMS, "ILLEGAL_TOKEN") for token in told.get("illegal_tokens", [])}
        for cause, tokens in told.get("illegalTokens", {}).items():
            dead = cause in DEAD_CAUSES
            code = "ILLEGAL_TOKEN" if dead else "TOKENS_OF_ANOTHER_APP"
            named |= {str(token): said(HMS, code) for token in tokens}
    return named


def _believed(outcomes: list[Outcome]) -> list[Outcome]:
    """Is every token of a large call dead? That is no accident of so many phones."""
    dead = [one for one in outcomes if one.verdict is Verdict.DEAD_TOKEN]
    if len(dead) >= LARGE and len(dead) == len(outcomes):
        return [said(HMS, "TOKENS_OF_ANOTHER_APP")] * len(outcomes)
    return outcomes


def _json(reply: Reply) -> dict[str, Any]:
    with suppress(ValueError):
        given = json.loads(reply.body)
        if isinstance(given, dict):
            return given
    return {}
