"""What every answer carries: what a browser may do with it, and whether it may be kept."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

WORTH_PACKING = 1024
HSTS = "max-age=31536000; includeSubDomains"
"""Said over TLS only (RFC 6797 §7.2): for a year, this address is never asked in the clear."""
MAY_USE = (
    "camera=(self), microphone=(self), geolocation=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)
"""What of the phone the app may use: to be seen and heard in an interrogation, and passkeys."""
_PACKABLE = ("text/", "application/json", "application/problem+json", "application/javascript")
_LEVEL = 5


def policy(*, demo: bool) -> str:
    """The content security policy: this house only; in the demo, the push simulator as well.

    No script and no style but from files of ours: what is typed into a case is never either.
    """
    simulator = " http://127.0.0.1:* http://localhost:*" if demo else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self'{simulator}",
            "img-src 'self' data: blob:",
            "style-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def carry(app: Flask, *, demo: bool) -> None:
    """Set the headers of every answer, and pack what is worth packing."""
    content_policy = policy(demo=demo)

    @app.after_request
    def protect(reply: Response) -> Response:
        reply.headers.setdefault("Content-Security-Policy", content_policy)
        reply.headers["X-Content-Type-Options"] = "nosniff"
        reply.headers["X-Frame-Options"] = "DENY"
        reply.headers["Referrer-Policy"] = "no-referrer"
        reply.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        reply.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if request.is_secure:
            reply.headers["Strict-Transport-Security"] = HSTS
        reply.headers["Permissions-Policy"] = MAY_USE
        if not reply.headers.get("Cache-Control"):
            reply.headers["Cache-Control"] = "no-store"
        if reply.mimetype in {"application/json", "application/problem+json"}:
            reply.vary.add("Accept-Language")
        return pack(reply)


def pack(reply: Response) -> Response:
    """Compress an answer with gzip when the phone reads it and it is worth it.

    The ETag stays: it names the record's version, which no packing changes.
    """
    if not (reply.mimetype or "").startswith(_PACKABLE):
        return reply
    reply.vary.add("Accept-Encoding")
    if (
        request.accept_encodings["gzip"] > 0
        and "Content-Encoding" not in reply.headers
        and reply.status_code not in {204, 206, 304}
        and not reply.is_streamed
        and (reply.content_length or 0) >= WORTH_PACKING
    ):
        lasting = "no-store" not in reply.headers.get("Cache-Control", "")
        body = reply.get_data()
        reply.set_data(_packed_once(body) if lasting else gzip.compress(body, _LEVEL, mtime=0))
        reply.headers["Content-Encoding"] = "gzip"
    return reply


@lru_cache(maxsize=128)
def _packed_once(body: bytes) -> bytes:
    """The app's own files are asked for by every phone: pack each of them once."""
    return gzip.compress(body, 9, mtime=0)
