"""A development simulator of Firebase Cloud Messaging (HTTP v1) on the loopback interface.

The real `firebase-admin` library talks to it unchanged: the simulator is the HTTPS proxy of
the worker process, answers `CONNECT fcm.googleapis.com:443` itself with a certificate of an
authority it has just made, and is the token endpoint of a service account it has just made.
The worker needs to know three things: `FCM_PROXY` (where it listens), `FCM_CA` and
`FCM_CREDENTIALS` (the two files it writes).

What a token is answered, how phones of the development world register and what a test may ask is
the same for all simulators (`jiantong/simulators/service.py`). This one is stricter than the
original in one thing: a message that carries more than `id`, `class`, `exp` and `sig` is refused as
a bad payload.

    python -m jiantong.simulators.fcm --port 8201 --folder data/fcm
"""

import argparse
import base64
import binascii
import ipaddress
import json
import secrets
import signal
import ssl
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jiantong.simulators.service import (
    LOOPBACK,
    TOKEN_LIFE,
    TROUBLES,
    Door,
    Json,
    Limits,
    Mailbox,
    Reply,
    Running,
    Server,
    Trouble,
    payload_faults,
)

FCM_HOST = "fcm.googleapis.com"
PROJECT = "jiantong-development"
AUDIENCE = "https://oauth2.googleapis.com/token"  # what google-auth asserts, whatever token_uri is
SCOPES = ("firebase.messaging", "cloud-platform")
MALFORMED_TOKEN = "The registration token is not a valid FCM registration token"  # noqa: S105
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


class Answer(StrEnum):
    """What the simulator says to a message; the first word of a token chooses it."""

    ACCEPT = "accept"
    UNREGISTERED = "unregistered"
    SENDER_ID_MISMATCH = "sender_id_mismatch"
    BAD_TOKEN = "bad_token"  # noqa: S105
    MALFORMED = "malformed"
    BAD_PAYLOAD = "bad_payload"
    QUOTA = "quota"
    QUOTA_WITHOUT_HINT = "quota_without_hint"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


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
    found += [("message.data", fault) for fault in payload_faults(message.get("data"))]
    return found


class Post(Mailbox):
    """What FCM knows and says."""

    words = Answer
    dead = Answer.UNREGISTERED
    over = Answer.QUOTA
    unknown = Answer.MALFORMED

    def send(self, message: Json) -> Reply:
        """Take one message, as `messages:send` does."""
        token = str(message.get("token") or message.get("fid") or "")
        found = violations(message)
        with self.changed:
            answer = Answer.BAD_PAYLOAD if found else self.answer(token)
            serial = self.next_serial()
            self.sent.append({"token": token, "answer": answer, "message": message})
        if found:
            return _invalid("Request contains an invalid argument.", *found)
        if isinstance(answer, Answer) and answer in REFUSALS:
            return REFUSALS[answer](self.limits.retry_after)
        if isinstance(answer, Trouble) and answer in TROUBLES:
            return TROUBLES[answer]
        self.deliver(token, answer, serial, message["data"])
        return Reply(HTTPStatus.OK, {"name": f"projects/{PROJECT}/messages/{serial}"})


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


class _Server(Server):
    """One port for everything: proxy, token endpoint, FCM, phones and the test's questions."""

    mailbox: Post

    def __init__(self, port: int, mailbox: Post, authority: Authority) -> None:
        self.authority = authority
        self.tls = authority.server_context()
        super().__init__(port, mailbox, _Door)


class _Door(Door):
    """One connection."""

    server: _Server
    tunnelled = False

    def do_CONNECT(self) -> None:  # noqa: N802  # the base's way of naming
        """Be the HTTPS proxy for FCM and for nothing else: the rest is TLS in its name."""
        if self.path != f"{FCM_HOST}:443":
            self.reply(Reply(HTTPStatus.BAD_GATEWAY, {"error": "only FCM is simulated"}))
            self.close_connection = True
            return
        self.wfile.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        self.server.connections.discard(self.connection)
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.server.connections.add(self.connection)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.tunnelled = True
        self.close_connection = False

    def posted(self, segments: Sequence[str], body: bytes) -> Reply | None:
        """A message or an access token."""
        match segments:
            case ["v1", "projects", project, "messages:send"] if self.tunnelled:
                return self._send(project, body)
            case ["token"]:
                return self._grant(body)
            case _:
                return None

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
        if not self.server.mailbox.knows(self.bearer()) or project != PROJECT:
            return _refusal(HTTPStatus.UNAUTHORIZED, "UNAUTHENTICATED", "Invalid credentials.")
        try:
            message = json.loads(body)["message"]
        except (ValueError, KeyError, TypeError):
            return _invalid("Invalid JSON payload received.", ("message", "missing"))
        return self.server.mailbox.send(message)


class Simulator(Running):
    """A running simulator: a context manager that owns its port, its keys and its two files."""

    def __init__(self, folder: Path, port: int = 0, limits: Limits | None = None) -> None:
        self.folder = folder
        self.mailbox = Post(limits or Limits())
        self._authority = Authority()
        super().__init__(_Server(port, self.mailbox, self._authority))
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
    def credentials(self) -> Path:
        """The service account's file."""
        return self.folder / "service-account.json"

    @property
    def ca(self) -> Path:
        """The certificate to trust."""
        return self.folder / "ca.pem"


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
