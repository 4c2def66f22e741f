"""Every error this API returns, as an RFC 9457 problem document in the reader's language.

A problem's `type` is `/problems/` and the name of a refusal's class; phones branch on it and
never on text. `instance` is the request's id, which also stands in the log.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, request
from marshmallow import INCLUDE, Schema, fields
from werkzeug.exceptions import HTTPException, UnprocessableEntity

from api import logs
from api.complaints import complaints
from services.kernel import refusals
from services.kernel.refusals import Refusal

MEDIA_TYPE = "application/problem+json"


class Malformed(Refusal):
    """The request cannot be read: its JSON, a header or a parameter is malformed."""

    zh = "无法读取请求：JSON、请求头或参数格式有误。"


class NoSuchAddress(Refusal):
    """There is nothing at this address."""

    zh = "该地址不存在。"


class MethodNotAllowed(Refusal):
    """This address does not answer that method; see the Allow header."""

    zh = "该地址不支持此请求方法（见 Allow 响应头）。"


class TooLarge(Refusal):
    """What was sent is larger than this address takes."""

    zh = "提交的内容超过大小限制。"


class WrongMediaType(Refusal):
    """This address does not read that media type; see the Accept header of this answer."""

    zh = "不支持该内容类型（见响应的 Accept 头）。"


class InvalidContent(Refusal):
    """Some fields are missing or not as they must be; see `errors`."""

    zh = "部分字段缺失或不符合要求，详见 errors。"


class NothingThere(refusals.Unprocessable):
    """What was sent names something that is not there."""

    zh = "提交的内容引用了不存在的对象。"


class NotWellUnderstood(Refusal):
    """The request could not be served as it was sent."""

    zh = "无法按此方式处理请求。"


class AppOutdated(refusals.Outdated):
    """This version of the app may no longer be used; get the newest one.

    `least` names the oldest version that may, `reason` says why this very one was stopped.
    """

    zh = "当前应用版本已停用，请更新后继续使用。"


class Broken(Refusal):
    """Something broke on our side; it has been logged under this request's id."""

    zh = "系统内部出错，已按本请求编号记录。"


STATUS: Mapping[type[Refusal], int] = {
    Malformed: 400,
    refusals.SignedOut: 401,
    refusals.NotAllowed: 403,
    refusals.NotFound: 404,
    NoSuchAddress: 404,
    MethodNotAllowed: 405,
    refusals.Conflict: 409,
    refusals.Gone: 410,
    refusals.Stale: 412,
    TooLarge: 413,
    WrongMediaType: 415,
    refusals.Unprocessable: 422,
    InvalidContent: 422,
    refusals.Outdated: 426,
    refusals.Unversioned: 428,
    refusals.Unconfirmed: 428,
    refusals.TooMany: 429,
    Broken: 500,
    refusals.Unavailable: 503,
}

FRAMEWORK: Mapping[int, type[Refusal]] = {
    400: Malformed,
    404: NoSuchAddress,
    405: MethodNotAllowed,
    413: TooLarge,
    415: WrongMediaType,
    422: InvalidContent,
    429: refusals.TooMany,
}
_KEPT_HEADERS = ("Allow", "Retry-After", "Accept")


class ProblemErrorSchema(Schema):
    """One thing that is wrong with one place of the request."""

    pointer = fields.String(
        metadata={"description": "Where in the body, as a JSON pointer (RFC 6901)."}
    )
    parameter = fields.String(
        metadata={"description": "Which parameter of the address, instead of a pointer."}
    )
    code = fields.String(required=True, metadata={"description": "What a phone branches on."})
    detail = fields.String(
        required=True, metadata={"description": "A sentence in the reader's language."}
    )
    severity = fields.String(
        required=True, metadata={"enum": ["error", "warning"], "description": "error or warning"}
    )
    article = fields.String(metadata={"description": "The article of law the rule comes from."})


class ProblemSchema(Schema):
    """Problem details (RFC 9457)."""

    type = fields.String(
        required=True, metadata={"description": "What a phone branches on: /problems/ and a name."}
    )
    title = fields.String(
        required=True,
        metadata={"description": "One sentence: Chinese, or English on Accept-Language: en."},
    )
    status = fields.Integer(required=True)
    detail = fields.String(metadata={"description": "What is particular to this time."})
    instance = fields.String(
        required=True, metadata={"description": "The request's id (urn:uuid), as in the log."}
    )
    errors = fields.List(fields.Nested(ProblemErrorSchema))

    class Meta:
        """A problem may tell more, each by its `type`."""

        unknown = INCLUDE


def every_refusal(family: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every refusal below `family`, in no particular order."""
    for kind in family.__subclasses__():
        yield kind
        yield from every_refusal(kind)


def status_of(kind: type[Refusal]) -> int:
    """The HTTP status of a refusal: that of the nearest family it belongs to."""
    return next((STATUS[family] for family in kind.__mro__ if family in STATUS), 400)


def reads_english() -> bool:
    """Does the reader of this answer prefer English? Chinese is the default."""
    spoken = (tag.partition("-")[0].lower() for tag, wish in request.accept_languages if wish > 0)
    return next((tongue for tongue in spoken if tongue in {"zh", "en"}), "zh") == "en"


def in_readers_language(told: Any) -> Any:
    """The same, with each pair `{"zh": …, "en": …}` in it put into the reader's language."""
    if isinstance(told, Mapping):
        if set(told) == {"zh", "en"}:
            return told["en" if reads_english() else "zh"]
        return {name: in_readers_language(inside) for name, inside in told.items()}
    return [in_readers_language(one) for one in told] if isinstance(told, list) else told


def problem(kind: type[Refusal], /, **members: Any) -> Response:
    """Build the one shape every error has."""
    status = status_of(kind)
    retry_after, accept = members.pop("retry_after", None), members.pop("accept", None)
    reply = jsonify(
        {
            **members,
            "type": f"/problems/{kind.slug}",
            "title": kind.title if reads_english() else kind.zh,
            "status": status,
            "instance": f"urn:uuid:{g.request_id}",
        }
    )
    reply.status_code = status
    reply.mimetype = MEDIA_TYPE
    reply.content_language = "en" if reads_english() else "zh-CN"
    if status == HTTPStatus.UNAUTHORIZED:
        shown = "authorization" in request.headers
        reply.headers["WWW-Authenticate"] = (
            'Bearer realm="jiantong", error="invalid_token"' if shown else 'Bearer realm="jiantong"'
        )
    if retry_after is not None:
        reply.headers["Retry-After"] = str(_seconds(retry_after))
    if accept is not None:
        reply.headers["Accept"] = ", ".join(accept)
    return reply


def refuse(refusal: Refusal) -> Response:
    """Turn a service's no into a problem."""
    return problem(type(refusal), **in_readers_language(refusal.members))


def answer_http(error: HTTPException) -> Response:
    """Answer the framework's own errors, validation included, in the same shape."""
    said = getattr(error, "data", None) or {}
    messages = said.get("messages") or {}
    kind = FRAMEWORK.get(error.code or 500)
    if kind is None:
        kind = (
            Broken
            if (error.code or 500) >= HTTPStatus.INTERNAL_SERVER_ERROR
            else (NotWellUnderstood)
        )
    english = reads_english()
    found = complaints(messages, english=english) if isinstance(error, UnprocessableEntity) else []
    reply = problem(kind, **({"errors": found} if found else {}))
    for name, value in error.get_headers(request.environ):
        if name in _KEPT_HEADERS:
            reply.headers[name] = value
    return reply


def answer_bug(error: Exception) -> Response:
    """Say nothing about the cause; log it under the request's id."""
    logs.bug(error)
    if current_app.config["PROPAGATE_EXCEPTIONS"] or current_app.testing:
        raise error
    return problem(Broken)


def register(app: Flask) -> None:
    """Answer refusals, the framework's errors and bugs as problems."""
    app.register_error_handler(Refusal, refuse)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, answer_bug)


def _seconds(duration: timedelta | float) -> int:
    return ceil(duration.total_seconds() if isinstance(duration, timedelta) else duration)
