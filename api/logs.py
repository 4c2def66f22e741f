"""The log: one line of JSON a request, and never a name, a number or a fact of a case.

A line holds the method, the route's *pattern* (never the address, whose query may carry a
name), the status, the milliseconds, the request's id and the person's id. A bug is logged by
the kinds of its errors and the places in the code, without their messages: a database's
message quotes the row.
"""

import logging
import sys
import time
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

from services.kernel.ciphers import CannotOpenError

SLOW_ROUTES = frozenset({"/healthz", "/readyz"})


def configure(stream: TextIO | None = None) -> None:
    """Send everything this process logs to `stream` (standard error), as lines of JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.WriteLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = _Discreet()
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)


def bug(error: BaseException) -> None:
    """Log what broke and where, without the words of the error."""
    structlog.get_logger().error("bug", **_causes(error))


def watch(app: Flask) -> None:
    """Give every request an id, and one line when it has been answered."""

    @app.before_request
    def begin() -> None:
        g.request_id = uuid4()
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=str(g.request_id))

    @app.after_request
    def line(reply: Response) -> Response:
        reply.headers["X-Request-ID"] = str(g.request_id)
        rule = request.url_rule.rule if request.url_rule else "-"
        told: dict[str, Any] = {
            "method": request.method if request.method.isalpha() else "-",
            "route": rule,
            "status": reply.status_code,
            "ms": round((time.perf_counter() - g.began) * 1000, 1),
        }
        if (actor := g.get("actor")) is not None:
            told["person"] = actor.id
        log = structlog.get_logger()
        (log.debug if rule in SLOW_ROUTES and reply.status_code < 400 else log.info)(  # noqa: PLR2004
            "request", **told
        )
        return reply


class _Discreet(logging.Handler):
    """Carries a library's log record over, without arguments that could be data."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: MutableMapping[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[1]:
            fields.update(_causes(record.exc_info[1]))
        level = record.levelname.lower()
        message = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        if record.exc_info and not record.args:  # Flask writes the address into the message
            message = "error"
        log = structlog.get_logger()
        getattr(log, level if level in {"warning", "error", "critical"} else "info")(
            message, **fields
        )


def _causes(error: BaseException) -> Mapping[str, Any]:
    kinds: list[str] = []
    state: str | None = None
    cause: BaseException | None = error
    places: list[str] = []
    sealed: str | None = None
    while cause is not None and len(kinds) < 10:  # noqa: PLR2004  # a chain is never longer
        kinds.append(type(cause).__qualname__)
        state = state or getattr(cause, "sqlstate", None)
        if isinstance(cause, CannotOpenError):  # its words are a column and a key, no more
            sealed = str(cause)
        places = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(cause.__traceback__)
        ] or places
        cause = cause.__cause__ or cause.__context__
    told = {"sqlstate": state, "sealed": sealed}
    return {"kinds": kinds, "at": places[-12:]} | {name: one for name, one in told.items() if one}
