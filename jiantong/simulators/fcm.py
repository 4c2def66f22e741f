"""A development simulator of Firebase Cloud Messaging (HTTP v1) on the loopback interface.

The real `firebase-admin` library talks to it unchanged: the simulator is the HTTPS proxy of
the worker process, answers `CONNECT fcm.googleapis.com:443` itself with a certificate of an
authority it has just made, and is the token endpoint of a service account it has just made.
The worker needs to know three things: `FCM_PROXY` (where it listens), `FCM_CA` and
`FCM_CREDENTIALS` (the two files it writes).

What a token is answered stands in its first word (`accept-…`, `unregistered-…`: see `Answer`),
unless a plan was laid for it (`PUT /plans/<token>`). It is stricter than the original in one
thing: a message that carries more than `id`, `class`, `exp` and `sig` is refused as a bad payload.

Phones of the development world register with `POST /registrations` and listen on
`GET /devices/<token>/stream` (Server-Sent Events).

    python -m jiantong.simulators.fcm --port 8201 --folder data/fcm
"""

import argparse
import base64
import binascii
import ipaddress
import json
import re
import secrets
import signal
import socket
import ssl
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Json = dict[str, Any]

LOOPBACK = "127.0.0.1"
FCM_HOST = "fcm.googleapis.com"
PROJECT = "jiantong-development"
AUDIENCE = "https://oauth2.googleapis.com/token"  # what google-auth asserts, whatever token_uri is
SCOPES = ("firebase.messaging", "cloud-platform")
PAYLOAD_KEYS = {"id", "class", "exp", "sig"}
PAYLOAD_BYTES = 4096
LOOPBACK_ORIGIN = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
MALFORMED_TOKEN = "The registration token is not a valid FCM registration token"  # noqa: S105
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
TOKEN_LIFE = timedelta(hours=1)
BODY_LIMIT = 1 << 20


class Answer(StrEnum):
    """What the simulator says to a message; the first word of a token chooses it."""

    ACCEPT = "accept"
    SLOW = "slow"
    UNREGISTERED = "unregistered"
    SENDER_ID_MISMATCH = "sender_id_mismatch"
    BAD_TOKEN = "bad_token"  # noqa: S105
    MALFORMED = "malformed"
    BAD_PAYLOAD = "bad_payload"
    QUOTA = "quota"
    QUOTA_WITHOUT_HINT = "quota_without_hint"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: HTTPStatus
    body: Json
    headers: dict[str, str] = field(default_factory=dict)


def _refusal(
    status: HTTPStatus, code: str, message: str, *details: Json, retry_after: int | None = None
) -> Reply:
    """An error in the shape of google.rpc.Status."""
    error = {"code": status.value, "message": message, "status": code, "details": details}
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Reply(status, {"error": error}, headers)


def _fcm(code: str) -> Json:
    return {"@type": FCM_ERROR, "errorCode": code}


def _invalid(message: str, *violations: tuple[str, str]) -> Reply:
    named = [{"field": name, "description": text} for name, text in violations]
    detail = [{"@type": BAD_REQUEST, "fieldViolations": named}] if named else []
    return _refusal(
        HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT", message, _fcm("INVALID_ARGUMENT"), *detail
    )


def _quota(retry_after: int | None) -> Reply:
    return _refusal(
        HTTPStatus.TOO_MANY_REQUESTS,
        "RESOURCE_EXHAUSTED",
        "Quota exceeded.",
        _fcm("QUOTA_EXCEEDED"),
        retry_after=retry_after,
    )


REFUSALS: dict[Answer, Callable[[int], Reply]] = {
    Answer.UNREGISTERED: lambda _: _refusal(
        HTTPStatus.NOT_FOUND, "NOT_FOUND", "Requested entity was not found.", _fcm("UNREGISTERED")
    ),
    Answer.SENDER_ID_MISMATCH: lambda _: _refusal(
        HTTPStatus.FORBIDDEN, "PERMISSION_DENIED", "SenderId mismatch", _fcm("SENDER_ID_MISMATCH")
    ),
    Answer.BAD_TOKEN: lambda _: _invalid(
        "Request contains an invalid argument.", ("message.token", "Invalid registration token")
    ),
    Answer.MALFORMED: lambda _: _invalid(MALFORMED_TOKEN),
    Answer.BAD_PAYLOAD: lambda _: _invalid(
        "Request contains an invalid argument.", ("message.data", "Invalid value")
    ),
    Answer.QUOTA: _quota,
    Answer.QUOTA_WITHOUT_HINT: lambda _: _quota(None),
    Answer.INTERNAL: lambda _: _refusal(
        HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL", "Internal error.", _fcm("INTERNAL")
    ),
    Answer.UNAVAILABLE: lambda _: _refusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "UNAVAILABLE",
        "The service is currently unavailable.",
        _fcm("UNAVAILABLE"),
    ),
}

MAY_CARRY: dict[str, set[str]] = {
    "android": {"priority", "ttl"},
    "webpush": {"headers"},
    "apns": {"headers", "payload"},
}


def violations(message: Json) -> list[tuple[str, str]]:
    """Everything a message carries beside four opaque strings and how urgently to send them."""
    found: list[tuple[str, str]] = []
    for name, part in message.items():
        if name in {"token", "fid", "data"}:
            continue
        extra = set(part) - MAY_CARRY[name] if name in MAY_CARRY else {name}
        found += [(f"message.{name}", f"Not allowed here: {word}") for word in sorted(extra)]
    if message.get("apns", {}).get("payload", {"aps": {"content-available": 1}}) != {
        "aps": {"content-available": 1}
    }:
        found.append(("message.apns.payload", "Only a silent wake-up is allowed"))
    data = message.get("data")
    if not isinstance(data, dict) or set(data) != PAYLOAD_KEYS:
        found.append(("message.data", f"Must hold exactly {sorted(PAYLOAD_KEYS)}"))
    elif not all(isinstance(value, str) for value in data.values()):
        found.append(("message.data", "Values must be strings"))
    elif len(json.dumps(data)) > PAYLOAD_BYTES:
        found.append(("message.data", "Message too big"))
    return found


@dataclass(frozen=True, slots=True)
class Limits:
    """The quotas and delays of this simulator; FCM's own quotas unless told otherwise."""

    per_minute: int = 600_000
    per_device_per_minute: int = 240
    retry_after: int = 1
    slow_for: float = 2.0
    heartbeat: float = 15.0
    keep: int = 10_000


class Mailbox:
    """Everything the simulator knows: messages by device, plans, quotas, access tokens."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.changed = threading.Condition()
        self.closing = False
        self.sent: deque[Json] = deque(maxlen=limits.keep)
        self.devices: dict[str, deque[tuple[int, Json]]] = defaultdict(lambda: deque(maxlen=100))
        self.heard: Counter[str] = Counter()
        self.plans: dict[str, deque[Answer]] = {}
        self.gone: set[str] = set()
        self.bearers: dict[str, datetime] = {}
        self._used: Counter[tuple[str, int]] = Counter()
        self._serial = time.time_ns() // 1_000_000  # a phone that outlives a restart still hears

    def register(self) -> str:
        """A token for a new installation of the app."""
        return f"{Answer.ACCEPT}-{secrets.token_urlsafe(24)}"

    def plan(self, token: str, answers: list[Answer]) -> None:
        """Answer the next messages to `token` so, one after another."""
        with self.changed:
            self.plans[token] = deque(answers)

    def unregister(self, token: str) -> None:
        """The app was removed from the device: its token is dead from now on."""
        with self.changed:
            self.gone.add(token)
            self.changed.notify_all()

    def forget(self) -> None:
        """Forget every message that was sent."""
        with self.changed:
            self.sent.clear()

    def bearer(self) -> str:
        """A fresh access token."""
        token = secrets.token_urlsafe(32)
        self.bearers[token] = datetime.now(UTC) + TOKEN_LIFE
        return token

    def knows(self, bearer: str) -> bool:
        """Was this access token given out, and is it still good?"""
        return self.bearers.get(bearer, datetime.min.replace(tzinfo=UTC)) > datetime.now(UTC)

    def send(self, message: Json) -> Reply:
        """Take one message, as `messages:send` does."""
        token = str(message.get("token") or message.get("fid") or "")
        with self.changed:
            answer = self._answer(token, message)
            self._serial += 1
            serial = self._serial
            self.sent.append({"token": token, "answer": answer, "message": message})
        if answer in REFUSALS:
            return self._refuse(answer, message)
        if answer is Answer.SLOW:
            time.sleep(self.limits.slow_for)
        with self.changed:
            self.devices[token].append((serial, message["data"]))
            self.changed.notify_all()
        return Reply(HTTPStatus.OK, {"name": f"projects/{PROJECT}/messages/{serial}"})

    def _answer(self, token: str, message: Json) -> Answer:
        """What to say: to the payload first, then by the plan, the quotas, the token's word."""
        if violations(message):
            return Answer.BAD_PAYLOAD
        if plan := self.plans.get(token):
            return plan.popleft()
        minute = int(time.monotonic() // 60)
        allowed = (("", self.limits.per_minute), (token, self.limits.per_device_per_minute))
        for scope, limit in allowed:
            self._used[scope, minute] += 1
            if self._used[scope, minute] > limit:
                return Answer.QUOTA
        if token in self.gone:
            return Answer.UNREGISTERED
        word = token.partition("-")[0]
        return Answer(word) if word in set(Answer) else Answer.MALFORMED

    def _refuse(self, answer: Answer, message: Json) -> Reply:
        if answer is Answer.BAD_PAYLOAD and (found := violations(message)):
            return _invalid("Request contains an invalid argument.", *found)
        return REFUSALS[answer](self.limits.retry_after)

    def after(self, token: str, serial: int, patience: float) -> list[tuple[int, Json]] | None:
        """Messages to `token` later than `serial`, waiting a while; None when there are no more."""

        def later() -> list[tuple[int, Json]]:
            return [one for one in self.devices[token] if one[0] > serial]

        with self.changed:
            self.changed.wait_for(
                lambda: self.closing or token in self.gone or bool(later()), patience
            )
            return None if self.closing or token in self.gone else later()


class Authority:
    """The keys of this run: a service account, a certificate authority, a server certificate."""

    def __init__(self) -> None:
        self._account = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._ca = ec.generate_private_key(ec.SECP256R1())
        self._ca_certificate = self._certify("Jiantong development CA", self._ca, server=False)
        self._key_id = secrets.token_hex(20)

    def _certify(self, name: str, key: ec.EllipticCurvePrivateKey, *, server: bool) -> Any:
        """A certificate for `key`, signed by the authority (by itself, unless for a server)."""
        now = datetime.now(UTC)
        issuer = "Jiantong development CA"
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=365))
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._ca.public_key()),
                critical=False,
            )
            .add_extension(x509.BasicConstraints(ca=not server, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    key_cert_sign=not server,
                    crl_sign=not server,
                    content_commitment=False,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
        )
        if server:
            names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address(LOOPBACK))]
            builder = builder.add_extension(
                x509.SubjectAlternativeName(names), critical=False
            ).add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
            )
        return builder.sign(self._ca, hashes.SHA256())

    @property
    def ca_pem(self) -> bytes:
        """The authority's certificate: what the worker is told to trust."""
        return cast("bytes", self._ca_certificate.public_bytes(serialization.Encoding.PEM))

    def server_context(self) -> ssl.SSLContext:
        """TLS in the name of FCM; the key touches the disk only while OpenSSL reads it."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certify(FCM_HOST, key, server=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            chain = Path(folder) / "server.pem"
            chain.touch(mode=0o600)
            chain.write_bytes(
                _private_pem(key) + certificate.public_bytes(serialization.Encoding.PEM)
            )
            context.load_cert_chain(chain)
        return context

    def service_account(self, token_uri: str) -> Json:
        """The credentials file that firebase-admin is given."""
        return {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": self._key_id,
            "private_key": _private_pem(self._account).decode(),
            "client_email": f"push@{PROJECT}.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": token_uri,
        }

    def vouches_for(self, assertion: str) -> bool:
        """Is this an RS256 assertion of the service account, for messaging, and still good?"""
        try:
            head, claims, signature = assertion.split(".")
            self._account.public_key().verify(
                _unpad(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
            )
            said, kind = json.loads(_unpad(claims)), json.loads(_unpad(head))
        except (ValueError, binascii.Error, InvalidSignature):
            return False
        now = time.time()
        return bool(
            kind.get("alg") == "RS256"
            and said.get("aud") == AUDIENCE
            and said.get("iat", now) - 60 <= now < said.get("exp", 0)
            and any(scope in said.get("scope", "") for scope in SCOPES)
        )


def _private_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _unpad(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class _Server(ThreadingHTTPServer):
    """One port for everything: proxy, token endpoint, FCM, phones and the test's questions."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 256

    def __init__(self, port: int, mailbox: Mailbox, authority: Authority) -> None:
        self.mailbox = mailbox
        self.authority = authority
        self.tls = authority.server_context()
        self.connections: set[socket.socket] = set()
        super().__init__((LOOPBACK, port), _Door)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a phone that hung up; everything else is worth a trace."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Hang up on everybody, then wait for the threads that served them."""
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        super().server_close()


class _Door(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    tunnelled = False

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
        """Keep quiet; what was sent can be asked for."""

    # The proxy: the rest of this connection is TLS in the name of FCM.

    def do_CONNECT(self) -> None:
        """Be the HTTPS proxy for FCM and for nothing else."""
        if self.path != f"{FCM_HOST}:443":
            self._reply(Reply(HTTPStatus.BAD_GATEWAY, {"error": "only FCM is simulated"}))
            self.close_connection = True
            return
        self.wfile.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        self.server.connections.discard(self.connection)
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.server.connections.add(self.connection)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.tunnelled = True
        self.close_connection = False

    # Routes.

    def do_OPTIONS(self) -> None:
        """Let a page served on the loopback interface ask."""
        self._reply(Reply(HTTPStatus.NO_CONTENT, {}))

    def do_GET(self) -> None:
        """What was sent, or a device's stream."""
        match self._segments():
            case ["messages"]:
                with self.server.mailbox.changed:
                    sent = list(self.server.mailbox.sent)
                self._reply(Reply(HTTPStatus.OK, {"messages": sent}))
            case ["devices", token, "stream"]:
                self._stream(token)
            case _:
                self._nothing_here()

    def do_POST(self) -> None:
        """A message, an access token, a new device."""
        body = self._body()
        match self._segments():
            case ["v1", "projects", project, "messages:send"] if self.tunnelled:
                self._reply(self._send(project, body))
            case ["token"]:
                self._reply(self._grant(body))
            case ["registrations"]:
                token = self.server.mailbox.register()
                self._reply(Reply(HTTPStatus.CREATED, {"token": token}))
            case _:
                self._nothing_here()

    def do_PUT(self) -> None:
        """Lay a plan for a token."""
        body = self._body()
        match self._segments():
            case ["plans", token]:
                try:
                    answers = [Answer(word) for word in json.loads(body)["answers"]]
                except (ValueError, KeyError, TypeError):
                    self._reply(Reply(HTTPStatus.BAD_REQUEST, {"error": "no such answer"}))
                else:
                    self.server.mailbox.plan(token, answers)
                    self._reply(Reply(HTTPStatus.NO_CONTENT, {}))
            case _:
                self._nothing_here()

    def do_DELETE(self) -> None:
        """Forget what was sent, or kill a token."""
        match self._segments():
            case ["messages"]:
                self.server.mailbox.forget()
                self._reply(Reply(HTTPStatus.NO_CONTENT, {}))
            case ["registrations", token]:
                self.server.mailbox.unregister(token)
                self._reply(Reply(HTTPStatus.NO_CONTENT, {}))
            case _:
                self._nothing_here()

    def _segments(self) -> list[str]:
        path = urllib.parse.urlsplit(self.path).path
        return [urllib.parse.unquote(part) for part in path.strip("/").split("/")]

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_LIMIT:
            self.close_connection = True
            return b""
        return self.rfile.read(length)

    def _grant(self, body: bytes) -> Reply:
        """Exchange the service account's assertion for an access token (RFC 7523)."""
        form = urllib.parse.parse_qs(body.decode())
        if not self.server.authority.vouches_for(form.get("assertion", [""])[0]):
            return Reply(HTTPStatus.BAD_REQUEST, {"error": "invalid_grant"})
        return Reply(
            HTTPStatus.OK,
            {
                "access_token": self.server.mailbox.bearer(),
                "expires_in": int(TOKEN_LIFE.total_seconds()),
                "token_type": "Bearer",
            },
        )

    def _send(self, project: str, body: bytes) -> Reply:
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self.server.mailbox.knows(bearer) or project != PROJECT:
            return _refusal(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", "Invalid credentials.")
        try:
            message = json.loads(body)["message"]
        except (ValueError, KeyError, TypeError):
            return _invalid("Invalid JSON payload received.", ("message", "missing"))
        return self.server.mailbox.send(message)

    def _stream(self, token: str) -> None:
        """Server-Sent Events: what the phone has not heard yet, then whatever comes."""
        mailbox = self.server.mailbox
        last = self.headers.get("Last-Event-ID", "")
        heard = int(last) if last.isdigit() else mailbox.heard[token]
        self.close_connection = True
        self._head(HTTPStatus.OK, {"Content-Type": "text/event-stream", "Connection": "close"})
        self.wfile.write(b"retry: 1000\n\n")
        self.wfile.flush()
        while (news := mailbox.after(token, heard, mailbox.limits.heartbeat)) is not None:
            lines = [f"id: {one}\ndata: {json.dumps(data)}\n\n" for one, data in news]
            self.wfile.write("".join(lines or [": heartbeat\n\n"]).encode())
            self.wfile.flush()
            heard = max([heard, *(serial for serial, _ in news)])
            mailbox.heard[token] = heard

    def _nothing_here(self) -> None:
        self._reply(Reply(HTTPStatus.NOT_FOUND, {"error": "not found"}))

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        origin = self.headers.get("Origin", "")
        if LOOPBACK_ORIGIN.fullmatch(origin):
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
            self.send_header("Access-Control-Allow-Headers", "Content-Type, Last-Event-ID")
            self.send_header("Vary", "Origin")
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _reply(self, reply: Reply) -> None:
        empty = reply.status is HTTPStatus.NO_CONTENT
        content = b"" if empty else json.dumps(reply.body).encode()
        size = {} if empty else {"Content-Length": str(len(content))}
        self._head(reply.status, {"Content-Type": "application/json", **size, **reply.headers})
        self.wfile.write(content)


class Simulator:
    """A running simulator: a context manager that owns its port, its keys and its two files."""

    def __init__(self, folder: Path, port: int = 0, limits: Limits | None = None) -> None:
        self.folder = folder
        self.mailbox = Mailbox(limits or Limits())
        self._authority = Authority()
        self._server = _Server(port, self.mailbox, self._authority)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,))
        self._write()

    def _write(self) -> None:
        """The account comes last and whole: whoever waits for it finds everything ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        account = self._authority.service_account(f"{self.url}/token")
        for path, content in (
            (self.ca, self._authority.ca_pem),
            (self.credentials, json.dumps(account).encode()),
        ):
            draft = path.with_suffix(".new")
            draft.unlink(missing_ok=True)
            draft.touch(mode=0o600)
            draft.write_bytes(content)
            draft.replace(path)

    @property
    def url(self) -> str:
        """Where phones and tests find it."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    @property
    def credentials(self) -> Path:
        """The service account's file."""
        return self.folder / "service-account.json"

    @property
    def ca(self) -> Path:
        """The certificate to trust."""
        return self.folder / "ca.pem"

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up and leave no thread."""
        with self.mailbox.changed:
            self.mailbox.closing = True
            self.mailbox.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def main(arguments: list[str] | None = None) -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description="A development simulator of FCM v1.")
    parser.add_argument("--port", type=int, default=8201)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--per-minute", type=int, default=Limits().per_minute)
    options = parser.parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with Simulator(options.folder, options.port, Limits(per_minute=options.per_minute)) as running:
        print(f"FCM simulator at {running.url}, keys in {running.folder}", flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
