"""A view is one act.

Whoever asks, the key under which they ask, parsing, the operation, the answer's JSON and the
memory of that answer: all inside one transaction, committed before a byte is sent.
"""

import re
from collections.abc import Callable, Iterator
from functools import wraps
from http import HTTPStatus
from json import JSONDecodeError
from typing import Any, Protocol, TypeVar

import flask_smorest
from flask import Response, current_app, g, json, request
from flask.views import MethodView
from marshmallow import Schema
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from api import app_gate, idempotency, identity, legal_acts, opened, paging
from api.complaints import pointer
from api.limits import block_of
from api.problems import InvalidContent, Malformed, NothingThere, WrongMediaType, reads_english
from services.kernel.act import Act, Actor, acting
from services.kernel.clock import legal_now
from services.kernel.refusals import Stale, Unversioned
from services.sessions import NOBODY

PREFIX = "/api/v1"
OPEN_DOORS = frozenset(
    {
        "POST /sessions",
        "POST /sessions/renewals",
        "POST /challenges",
        "POST /enrolments",
        "GET /calendar-feeds/content/<string:token>",
        "GET /app-versions",
    }
)
"""Every operation that asks for no token: a calendar program has none, its address is the key; an
app that is too old is told so before anybody signs in."""

TRIES = 3
MULTIPART_OVERHEAD = 64 * 1024
OPEN_DOOR_LIMIT = 16 * 1024
"""Bytes that somebody who has not signed in may send."""
_LOST_A_RACE = frozenset({"40001", "40P01"})
_OUT_OF_RANGE = "22003"
_NOTHING_THERE = "23503"
_BAD_TEXT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|\x00")
_MEDIA_TYPES = {"json": "application/json", "files": "multipart/form-data"}


class Versioned(Protocol):
    """A record that two phones may edit: its version grows with every change."""

    version: Any


V = TypeVar("V", bound=Versioned)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest's, writing to the database before the answer is put into words.

    So the answer tells the ids, the version and the refusals that the writing brought.
    """

    def response(self, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """Document and serialise an answer."""
        outer = super().response(*args, **kwargs)

        def decorate(view: Callable[..., Any]) -> Any:
            @wraps(view)
            def written(resource: "Resource", *inner: Any, **named: Any) -> Any:
                answer = view(resource, *inner, **named)
                resource.act.session.flush()
                return answer

            return outer(written)

        return decorate


class Resource(MethodView):
    """A view whose every call, serialisation included, is one transaction."""

    act: Act

    def dispatch_request(self, **kwargs: Any) -> Response:
        """Answer within one act; do it over when the database says two acts crossed.

        Refuses:
            WrongMediaType: the body is of a kind this view does not read.
            Malformed: the body nests deeper, or holds longer numbers, than can be read.
            NothingThere: an id that was sent names nothing; the database's keys say so.
            InvalidContent: a text holds what no text may, or a number is beyond any id.
            Stale: somebody else changed the record at the same moment.
            StepUpNeeded: it is a legal act, to be confirmed anew.
            StepUpRefused: its confirmation is over, was used, or is for something else.
            AppOutdated: the app that asks may no longer be used.
        """
        app_gate.let_in(request, operation())
        _read_media_type(type(self))
        _read_json()
        _read_texts()
        for tries_left in reversed(range(TRIES)):
            try:
                return self._answer(**kwargs)
            except StaleDataError as error:
                raise Stale from error
            except DataError as error:
                if getattr(error.orig, "sqlstate", None) != _OUT_OF_RANGE:
                    raise
                raise InvalidContent from error
            except IntegrityError as error:
                if getattr(error.orig, "sqlstate", None) != _NOTHING_THERE:
                    raise
                raise NothingThere from error
            except DBAPIError as error:
                if tries_left == 0 or getattr(error.orig, "sqlstate", None) not in _LOST_A_RACE:
                    raise
                _rewind()
        raise AssertionError

    def expect(self, record: V) -> V:
        """The record; the operation goes on if the phone has read this very version of it.

        The law is asked first: who may never do it learns nothing of versions.

        Refuses:
            Unversioned: no `If-Match`, or one that would match anything.
            Stale: it has been changed since.
        """
        tags = request.if_match
        if not tags or tags.star_tag:
            self.act.held_back.append(Unversioned())
        elif not tags.contains(str(record.version)):
            self.act.held_back.append(Stale())
        return record

    def still_told(self, **named: Any) -> None:
        """Refuse to say again what the reader may not be told by now; by default nothing is."""

    def _answer(self, **kwargs: Any) -> Response:
        sessions = current_app.extensions["sessions"]
        g.pop("_flask_smorest", None)
        with acting(sessions, _whoever_asks, legal_now) as self.act:
            once = None
            if idempotency.needs_key(operation()):
                once = idempotency.Once.of(self.act, request)
                if replayed := once.replay():
                    self.still_told(**kwargs)
                    return replayed
            reply = current_app.make_response(super().dispatch_request(**kwargs))
            self.act.go_on()
            self.act.session.flush()
            legal_acts.confirm(self.act, request, operation(), reply)
            _shape(reply, type(self))
            opened.note(self.act, request, operation(), reply)
            if once:
                once.keep(reply)
        return reply


def operation() -> str:
    """The operation this request asks for, such as `PUT /cases/<int:case_id>/assignment`."""
    rule = request.url_rule.rule if request.url_rule else ""
    return f"{request.method} {rule.removeprefix(PREFIX)}"


def answer_schema(view: Any, method: str) -> Schema | None:
    """The schema a view answers with, as its `response` decorator was told; None without one."""
    told = getattr(getattr(view, method.lower(), None), "_apidoc", {})
    responses = told.get("response", {}).get("responses", {})
    for status in told.get("success_status_codes", []):
        for response in responses.get(status, []):
            schema = response.get("schema") if isinstance(response, dict) else None
            if isinstance(schema, Schema):
                return schema
    return None


def bodies(view: Any, method: str) -> set[str]:
    """The media types a view reads."""
    told = getattr(getattr(view, method.lower(), None), "_apidoc", {})
    arguments = told.get("arguments", {}).get("parameters", [])
    return {
        argument.get("content_type") or _MEDIA_TYPES[argument["in"]]
        for argument in arguments
        if isinstance(argument, dict) and argument["in"] in _MEDIA_TYPES
    }


def _whoever_asks(session: Session) -> Actor:
    limits = current_app.extensions["limits"]
    if operation() in OPEN_DOORS:
        limits.open_door.take(block_of(request.remote_addr))
        return NOBODY
    g.actor = actor = identity.identify(session, request, current_app.extensions["token_key"])
    limits.person.take(str(actor.id))
    return actor


def _read_media_type(view: Any) -> None:
    accepted = bodies(view, request.method)
    if operation() in OPEN_DOORS:
        request.max_content_length = OPEN_DOOR_LIMIT
    sent = bool(request.content_length) or "transfer-encoding" in request.headers
    mimetype = "application/json" if request.is_json else request.mimetype
    if accepted and sent and mimetype not in accepted:
        raise WrongMediaType(accept=sorted(accepted))
    if "multipart/form-data" in accepted:
        largest = current_app.extensions["settings"].attachment_limit_bytes
        request.max_content_length = largest + MULTIPART_OVERHEAD


def _read_json() -> None:
    """Refuse what Python's reader gives up on; plain faults of form are told by the schemas."""
    if not request.is_json:
        return
    try:
        json.loads(request.get_data())
    except (JSONDecodeError, UnicodeDecodeError):
        return
    except (RecursionError, ValueError) as error:
        raise Malformed from error


def _read_texts() -> None:
    """Refuse U+0000 and lone surrogates: no text of a file holds them, no database keeps them."""
    found = [{"parameter": name} for name, value in request.args.items() if not _is_text(value)]
    if request.is_json and _BAD_TEXT.search(request.get_data()):
        body = request.get_json(silent=True)
        found += [{"pointer": pointer(path)} for path in _not_texts(body, ())]
    if found:
        detail = "Not text." if reads_english() else "含有无法保存的字符。"
        told = {"code": "text", "detail": detail, "severity": "error"}
        raise InvalidContent(errors=[where | told for where in found])


def _is_text(value: str) -> bool:
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value)


def _not_texts(value: Any, path: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
    if isinstance(value, str):
        if not _is_text(value):
            yield path
    elif isinstance(value, dict):
        for key, inside in value.items():
            if not _is_text(key):
                yield path
            yield from _not_texts(inside, (*path, key) if _is_text(key) else path)
    elif isinstance(value, list):
        for index, inside in enumerate(value):
            yield from _not_texts(inside, (*path, index))


def _shape(reply: Response, view: Any) -> None:
    """Say the record's version as a strong ETag, unless the view has said one of its own.

    Keep only the fields that were asked for.
    """
    if reply.status_code == HTTPStatus.NO_CONTENT:
        reply.set_data(b"")
        del reply.headers["Content-Type"]
    told = g.get("_flask_smorest", {}).get("result_dump")
    tagged = reply.get_etag()[0] is not None
    if not tagged and isinstance(told, dict) and isinstance(told.get("version"), int):
        reply.set_etag(str(told["version"]))
    wanted = request.args.get("fields")
    if wanted is not None and request.method in {"GET", "HEAD"}:
        schema = answer_schema(view, "get")
        if schema is not None and told is not None:
            reply.set_data(json.dumps(paging.sparse(told, schema, wanted), separators=(",", ":")))


def _rewind() -> None:
    """Uploaded files have been read; let the next try read them again."""
    for file in request.files.values():
        file.stream.seek(0)
