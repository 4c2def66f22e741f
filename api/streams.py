"""News of the inbox over HTTP, as it comes: a stream, or an answer that waits (long poll).

For networks that reach no push service, and for an app that is open. A stream says that the inbox
has changed and which of its lines, never in words; the phone reads those at `/inbox/changes`. It
is opened with the access token in its header like every request, ends with that token and goes on
with the next one where it ended: `Last-Event-ID` is the version of the inbox that was heard last.

Neither a stream nor a waiting answer keeps an act or a connection to the database: each looks in
an act of its own when there is news, and twice a minute whether its person is still signed in.
"""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from flask import Flask, Request, Response, current_app, request
from marshmallow import Schema, fields, validate
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from api import identity, paging
from api.identity import TokenRing
from api.inbox import LATEST, InboxItemSchema, language
from api.paging import DEFAULT_LIMIT, MOST
from api.resource import Blueprint, Resource
from notifications import deliveries, listeners
from notifications.deliveries import Changes, Delivery, InboxRewound
from notifications.listeners import Listeners, Seat, StreamsTaken
from notifications.messages import notices
from services import devices
from services.devices import PushService
from services.kernel.act import Act, acting
from services.kernel.clock import legal_now, machine_now
from services.kernel.refusals import SignedOut

LONGEST_WAIT = 25
"""Seconds: less than the half minute after which proxies give an answer up."""
HEARTBEAT = 15.0
"""Seconds after which a stream says that it is alive, and notices that nobody listens."""
LOOK_EVERY = 30.0
"""Seconds after which it looks for itself whether its person is still signed in."""
LOOK_WHILE_DEAF = 5.0
"""The same, while the database tells nothing."""
AT_ONCE = 200
"""Lines that one event names; what is more comes in the next one."""

blp = Blueprint("streams", __name__, url_prefix="/inbox", description="News as it comes.")


class EndReason(StrEnum):
    """Why a stream has ended; the phone comes back, but for `signed_out`."""

    TOKEN_OVER = "token_over"  # noqa: S105  # a reason, not a password
    SIGNED_OUT = "signed_out"
    REWOUND = "rewound"
    """The inbox has no such version: read it anew."""
    FULL = "full"
    FAILED = "failed"


class ChangesQuery(Schema):
    """Since when, and how long to wait for news."""

    after_version = fields.Integer(
        required=True,
        validate=validate.Range(0, LATEST),
        metadata={"description": "The version of the inbox that the phone has.", "example": 41},
    )
    wait = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LONGEST_WAIT),
        metadata={"description": "Seconds to wait if nothing has changed.", "example": 25},
    )
    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MOST),
        metadata={"description": "How many lines at most.", "example": 20},
    )


class InboxChangesSchema(Schema):
    """What has changed in an inbox: new lines, and old ones that were read or replaced."""

    items = fields.List(
        fields.Nested(InboxItemSchema),
        required=True,
        metadata={"description": "As they are now, in the order of their changes."},
    )
    version = fields.Integer(
        required=True, metadata={"description": "To hand back as `after_version`."}
    )
    more = fields.Boolean(
        required=True, metadata={"description": "There is more: ask again at once."}
    )
    unread = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Of the whole inbox; null if nothing has changed."},
    )
    poll_after = fields.Integer(
        required=True,
        metadata={"description": "Seconds to leave before the next question.", "example": 0},
    )


class StreamQuery(Schema):
    """From where on."""

    after_version = fields.Integer(
        load_default=None,
        validate=validate.Range(0, LATEST),
        metadata={
            "description": "The version of the inbox that the phone has; `Last-Event-ID` goes "
            "before it. Without either the stream begins now."
        },
    )


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever listens, asked about anew at every look."""

    sessions: sessionmaker[Session]
    keys: TokenRing
    request: Request

    def acts(self) -> AbstractContextManager[Act]:
        """An act of theirs, as of now.

        Refuses:
            SignedOut: their token or their session is over, or their account is closed.
        """
        return acting(
            self.sessions,
            lambda session: identity.identify(session, self.request, self.keys),
            legal_now,
        )


@dataclass(frozen=True, slots=True)
class Stream:
    """One phone's news, as events."""

    asker: Asker
    listeners: Listeners
    person_id: int
    device: str | None
    until: datetime
    """When the token runs out."""
    after: int | None
    heartbeat: float = HEARTBEAT
    look_every: float = LOOK_EVERY

    def events(self) -> Iterator[str]:
        """What is sent, until somebody ends it."""
        try:
            with self.listeners.seat(self.person_id, self.device) as seat:
                yield from self._follow(seat)
        except StreamsTaken:
            yield _end(EndReason.FULL)
        except SignedOut:
            over = self.until <= machine_now()
            yield _end(EndReason.TOKEN_OVER if over else EndReason.SIGNED_OUT)
        except InboxRewound:
            yield _end(EndReason.REWOUND)
        except SQLAlchemyError:
            yield _end(EndReason.FAILED)

    def _follow(self, seat: Seat) -> Iterator[str]:
        looked_at = machine_now()
        after, event = self._look(seat, self.after)
        yield event
        while True:
            now = machine_now()
            left = (self.until - now).total_seconds()
            deaf = not self.listeners.listening
            woken = seat.wait(max(min(left, LOOK_WHILE_DEAF if deaf else self.heartbeat), 0))
            for push in seat.take():
                yield _event("push", push)
            now = machine_now()
            if now >= self.until:
                raise SignedOut
            if woken or deaf or now - looked_at >= timedelta(seconds=self.look_every):
                after, event = self._look(seat, after)
                looked_at = now
                yield event
            else:
                yield _HEARTBEAT

    def _look(self, seat: Seat, after: int | None) -> tuple[int, str]:
        """The version of the inbox now, and what to say of it."""
        with self.asker.acts() as act:
            if after is None:
                version = deliveries.version_of(act)
                return version, _event("inbox", _named(Changes((), version, more=False)), version)
            changed = deliveries.changes(act, after=after, limit=AT_ONCE)
            if changed.version == after:
                return after, _HEARTBEAT
            if changed.more:
                seat.wake()
            named = _named(changed) | {"unread": deliveries.unread(act)}
            return changed.version, _event("inbox", named, changed.version)


@blp.route("/stream")
class InboxStream(Resource):
    """One's own inbox, as it changes."""

    @blp.arguments(StreamQuery, location="query")
    @blp.response(
        200,
        {"type": "string"},
        content_type="text/event-stream",
        description=(
            "Server-Sent Events. `inbox`: `{version, changed, cleared, more, unread}`, its id the "
            "version; `push`: what a push carries, for this phone's device; `end`: `{reason}`. "
            "A comment every 15 seconds says that it is alive."
        ),
    )
    def get(self, query: dict[str, Any]) -> Response:
        """Listen to one's own inbox."""
        seats = seats_of(current_app)
        listeners.refuse_full(seats, self.act.actor.id)
        device = devices.here(self.act)
        stream = Stream(
            _asker(),
            seats,
            self.act.actor.id,
            _heard_as(device),
            identity.ends_at(request),
            _heard_last(query["after_version"]),
        )
        reply = Response(stream.events(), content_type="text/event-stream; charset=utf-8")
        reply.headers["X-Accel-Buffering"] = "no"
        return reply


@blp.route("/changes")
class InboxChanges(Resource):
    """What has changed in one's own inbox."""

    @blp.arguments(ChangesQuery, location="query")
    @blp.response(200, InboxChangesSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Read what has changed since a version of the inbox; wait for it, if that is wanted."""
        after, limit, wait = query["after_version"], query["limit"], query["wait"]
        changed = deliveries.changes(self.act, after=after, limit=limit)
        if changed.version != after or not wait:
            return _told(self.act, changed, language())
        seats = seats_of(current_app)
        if seats.is_full(self.act.actor.id):
            return _unchanged(after, poll_after=LONGEST_WAIT)
        waiting = Waiting(
            _asker(), seats, self.act.actor.id, after, limit, language(), request.args.get("fields")
        )
        waiting.shown(_unchanged(after))
        return Response(waiting.answer(wait), content_type="application/json")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that waits for news."""

    asker: Asker
    listeners: Listeners
    person_id: int
    after: int
    limit: int
    language: str
    wanted: str | None
    schema: ClassVar[Schema] = InboxChangesSchema()

    def answer(self, seconds: float) -> Iterator[str]:
        """The answer, once there is news or the time is over."""
        told = _unchanged(self.after)
        with (
            suppress(StreamsTaken, SignedOut, InboxRewound, SQLAlchemyError),
            self.listeners.seat(self.person_id) as seat,
        ):
            told = self._news(seat, seconds)
        yield json.dumps(self.shown(told), ensure_ascii=False, separators=(",", ":"))

    def shown(self, told: dict[str, Any]) -> Any:
        """The answer with the fields that were asked for.

        Refuses:
            UnknownField: it has none of that name.
        """
        dumped = self.schema.dump(told)
        return paging.sparse(dumped, self.schema, self.wanted) if self.wanted else dumped

    def _news(self, seat: Seat, seconds: float) -> dict[str, Any]:
        ends_at = machine_now() + timedelta(seconds=seconds)
        while True:
            with self.asker.acts() as act:
                changed = deliveries.changes(act, after=self.after, limit=self.limit)
                left = (ends_at - machine_now()).total_seconds()
                if changed.version != self.after or left <= 0:
                    return _told(act, changed, self.language)
            seat.wait(left if self.listeners.listening else min(left, LOOK_WHILE_DEAF))


def seats_of(app: Flask) -> Listeners:
    """The seats of this process."""
    found: Listeners = app.extensions["listeners"]
    return found


def _asker() -> Asker:
    return Asker(
        current_app.extensions["sessions"],
        current_app.extensions["token_key"],
        request._get_current_object(),  # type: ignore[attr-defined]  # noqa: SLF001  # outlives us
    )


def _heard_as(device: devices.Device | None) -> str | None:
    if device is None or device.service is not PushService.STREAM or device.token is None:
        return None
    return listeners.heard_as(device.token)


def _heard_last(after_version: int | None) -> int | None:
    said = request.headers.get("Last-Event-ID", "")
    known = said.isascii() and said.isdecimal() and int(said) <= LATEST
    return int(said) if known else after_version


def _named(changed: Changes) -> dict[str, Any]:
    """Which lines have changed, by their ids: `cleared` are those that no phone need show."""
    return {
        "version": changed.version,
        "changed": [str(line.item) for line in changed.lines if not _is_cleared(line)],
        "cleared": [str(line.item) for line in changed.lines if _is_cleared(line)],
        "more": changed.more,
    }


def _is_cleared(line: Delivery) -> bool:
    return line.state is not deliveries.DeliveryState.DELIVERED


def _told(act: Act, changed: Changes, spoken: str) -> dict[str, Any]:
    if not changed.lines:
        return _unchanged(changed.version)
    return {
        "items": deliveries.items(act, changed.lines, notices(), spoken),
        "version": changed.version,
        "more": changed.more,
        "unread": deliveries.unread(act),
        "poll_after": 0,
    }


def _unchanged(version: int, poll_after: int = 0) -> dict[str, Any]:
    return {
        "items": [],
        "version": version,
        "more": False,
        "unread": None,
        "poll_after": poll_after,
    }


_HEARTBEAT = ":\n\n"


def _event(kind: str, data: dict[str, Any], version: int | None = None) -> str:
    named = f"id: {version}\n" if version is not None else ""
    return f"event: {kind}\n{named}data: {json.dumps(data, separators=(',', ':'))}\n\n"


def _end(reason: EndReason) -> str:
    return _event("end", {"reason": reason.value})
