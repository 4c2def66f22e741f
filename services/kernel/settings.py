"""What the surroundings decide: the only reader of the environment.

| variable | means | unless set |
|---|---|---|
| `DATA_DIR` | where the database, the keys and the logs live | `var` in the checkout |
| `HOST`, `PORT` | where the API listens | `127.0.0.1`, `8000` |
| `PUBLIC_URL` | where phones reach the app, for passkeys; several with commas | none |
| `PROXIES` | how many reverse proxies of your own stand in front of the API | `0` |
| `DATABASE_URL` | a PostgreSQL 15 or newer of your own, as the owner of the tables | embedded |
| `DATABASE_APP_URL` | the same database, as the role the API and the worker run under | derived |
| `DEMO` | `on`: a fictional city, whose legal clock may be set | as `make run` made it; `off` |
| `ACCESS_TOKEN_SECONDS` | how long an access token lasts | 15 minutes |
| `REFRESH_TOKEN_SECONDS` | how long a session lasts that nobody renews | 7 days |
| `SESSION_SECONDS` | how long a session lasts at most, however often it is renewed | 30 days |
| `THREADS` | requests at work at once, in each process of the API | `2` |
| `STREAMS` | phones that may listen at once, in each process; each holds a thread | `64` |
| `APP_VERSION_NEEDED` | `on`: a request that names no app version is refused | `off` |
| `ATTACHMENT_LIMIT_BYTES` | the largest file a request may carry | 20 MiB |
| `CRYPTO` | `international` or `guomi`: the algorithms it writes with | `international` |
| `FCM_CREDENTIALS` | a service account's JSON file; without it push is off | none |
| `FCM_SIMULATOR` | the demo's push service, which the phones of the demo listen to | none |
| `FCM_PROXY`, `FCM_CA` | a proxy towards FCM and the authority its answers are checked by | none |
| `WEB_PUSH_CONTACT` | whom push services may write to (`mailto:`); else Web Push is off | none |
| `WEB_PUSH_HOSTS` | the push services that are posted to, with commas | those of browsers |
| `METRICS_TOKEN` | who shows it may read `/metrics`; without it, this machine only | none |
| `HMS_APP_ID`, `HMS_SECRET` | an app of Huawei's and its secret's file; else HMS is off | none |
| `HMS_URL` | a stand-in for Huawei's two services | Huawei's own |
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import quote

from services.kernel.ciphers import Suite

APP_ROLE = "jiantong_app"
CHECKOUT = Path(__file__).resolve().parents[2]

_YES = frozenset({"1", "on", "true", "yes"})
_NO = frozenset({"", "0", "off", "false", "no"})
_DRIVER = re.compile(r"^postgres(?:ql)?(?:\+\w+)?://")
_ACCOUNT = re.compile(r"//(?:[^/@]*@)?")
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(?::\d{1,5})?|http://localhost(?::\d{1,5})?")
_CONTACT = re.compile(r"mailto:[^\s@]+@[^\s@]+|https://[^\s/]+(?:/\S*)?")
_PUSH_HOST = re.compile(
    r"(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*|http://(?:127\.0\.0\.1|localhost):\d{1,5}"
)
_SERVICE = re.compile(r"https://[a-z0-9.-]+(?::\d{1,5})?|http://(?:127\.0\.0\.1|localhost):\d{1,5}")
_MOST_PORTS = 65535
_MOST_PROXIES = 9
_MOST_THREADS = 64
_MOST_STREAMS = 2000

PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "web.push.apple.com",
    "*.push.apple.com",
)
"""The push services of the browsers of Google, Mozilla, Microsoft and Apple."""


class Misconfigured(Exception):
    """A variable of the environment says something that cannot be meant; told in one sentence."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process, read once and handed down."""

    data_dir: Path
    host: str
    port: int
    public_urls: tuple[str, ...]
    """Each `https://host`; a passkey is made for the host. Without one: on `localhost` only."""
    proxies: int
    """So many `X-Forwarded-For` entries, counted from the right, are believed; no more."""
    owner_url: str
    """The role that owns the tables and migrates; empty where no database is known yet."""
    app_url: str
    """The role the API and the worker run under; it cannot rewrite the journal."""
    demo: bool
    access_token_for: timedelta
    refresh_token_for: timedelta
    """The idle end of a session (OWASP ASVS 5.0, 7.3.1)."""
    session_for: timedelta
    """The absolute end of a session (OWASP ASVS 5.0, 7.3.2)."""
    threads: int
    """Requests at work at once in each process of the API."""
    streams: int
    """Phones that may listen for news at once in each process; 0: none may, they ask again."""
    app_version_needed: bool
    """Is a request refused that does not say which version of the app sends it?"""
    attachment_limit_bytes: int
    crypto: Suite
    fcm_credentials: Path | None
    fcm_proxy: str | None
    fcm_ca: Path | None
    fcm_simulator: str | None
    """The address phones of the demo listen to for pushes, in place of the system's service."""
    web_push_contact: str | None
    web_push_hosts: tuple[str, ...]
    """Names of hosts, `*.` for anything before; for development addresses of this machine."""
    metrics_token: str | None
    hms_app_id: str | None
    hms_secret: Path | None
    hms_url: str | None

    @property
    def secrets(self) -> Path:
        """The folder of keys and passwords; only the account that runs the service reads it."""
        return self.data_dir / "secrets"

    @property
    def embedded(self) -> Path:
        """The folder of the embedded PostgreSQL, used where no `DATABASE_URL` is given."""
        return self.data_dir / "postgres"

    @property
    def demo_mark(self) -> Path:
        """The file that says this data folder holds a demo world, where `DEMO` does not say."""
        return self.data_dir / "demo"

    @property
    def is_embedded(self) -> bool:
        """Is the database our own, rather than one given in `DATABASE_URL`?"""
        url = self.owner_url or self.app_url
        return not url or url.endswith(f"?host={quote(str(self.embedded / 'socket'), safe='/')}")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the environment, or the mapping a test hands in.

        Raises:
            Misconfigured: a value cannot be meant.
        """
        given = os.environ if environment is None else environment  # noqa: TID251
        data_dir = Path(given.get("DATA_DIR") or default_data_dir()).expanduser().absolute()
        owner_url, app_url = _database(given, data_dir)
        return cls(
            data_dir=data_dir,
            host=given.get("HOST") or "127.0.0.1",
            port=_number(given, "PORT", 8000, most=_MOST_PORTS),
            public_urls=_origins(given),
            proxies=_number(given, "PROXIES", 0, least=0, most=_MOST_PROXIES),
            owner_url=owner_url,
            app_url=app_url,
            demo=_switch(given, "DEMO") if given.get("DEMO") else (data_dir / "demo").is_file(),
            access_token_for=timedelta(seconds=_number(given, "ACCESS_TOKEN_SECONDS", 15 * 60)),
            refresh_token_for=timedelta(
                seconds=_number(given, "REFRESH_TOKEN_SECONDS", 7 * 24 * 60 * 60)
            ),
            session_for=timedelta(seconds=_number(given, "SESSION_SECONDS", 30 * 24 * 60 * 60)),
            threads=_number(given, "THREADS", 2, most=_MOST_THREADS),
            streams=_number(given, "STREAMS", 64, least=0, most=_MOST_STREAMS),
            app_version_needed=_switch(given, "APP_VERSION_NEEDED"),
            attachment_limit_bytes=_number(given, "ATTACHMENT_LIMIT_BYTES", 20 * 1024 * 1024),
            crypto=_suite(given),
            fcm_credentials=_file(given, "FCM_CREDENTIALS"),
            fcm_proxy=given.get("FCM_PROXY") or None,
            fcm_ca=_file(given, "FCM_CA"),
            fcm_simulator=given.get("FCM_SIMULATOR") or None,
            web_push_contact=_shaped(given, "WEB_PUSH_CONTACT", _CONTACT, "mailto:it@example.org"),
            web_push_hosts=_push_hosts(given),
            metrics_token=given.get("METRICS_TOKEN") or None,
            hms_app_id=given.get("HMS_APP_ID") or None,
            hms_secret=_file(given, "HMS_SECRET"),
            hms_url=_shaped(given, "HMS_URL", _SERVICE, "https://push.example"),
        )

    def as_environment(self) -> dict[str, str]:
        """The environment in which a child process reads these same settings."""
        return dict(os.environ) | {  # noqa: TID251
            "DATA_DIR": str(self.data_dir),
            "HOST": self.host,
            "PORT": str(self.port),
            "PUBLIC_URL": ",".join(self.public_urls),
            "PROXIES": str(self.proxies),
            "DATABASE_URL": self.owner_url,
            "DATABASE_APP_URL": self.app_url,
            "DEMO": "on" if self.demo else "off",
            "ACCESS_TOKEN_SECONDS": str(int(self.access_token_for.total_seconds())),
            "REFRESH_TOKEN_SECONDS": str(int(self.refresh_token_for.total_seconds())),
            "SESSION_SECONDS": str(int(self.session_for.total_seconds())),
            "THREADS": str(self.threads),
            "STREAMS": str(self.streams),
            "APP_VERSION_NEEDED": "on" if self.app_version_needed else "off",
            "ATTACHMENT_LIMIT_BYTES": str(self.attachment_limit_bytes),
            "CRYPTO": self.crypto.value,
            "FCM_CREDENTIALS": str(self.fcm_credentials or ""),
            "FCM_PROXY": self.fcm_proxy or "",
            "FCM_CA": str(self.fcm_ca or ""),
            "FCM_SIMULATOR": self.fcm_simulator or "",
            "WEB_PUSH_CONTACT": self.web_push_contact or "",
            "WEB_PUSH_HOSTS": ",".join(self.web_push_hosts),
            "METRICS_TOKEN": self.metrics_token or "",
            "HMS_APP_ID": self.hms_app_id or "",
            "HMS_SECRET": str(self.hms_secret or ""),
            "HMS_URL": self.hms_url or "",
        }

    def hand_down(self) -> None:
        """Let the processes that this one starts read these same settings."""
        os.environ.update(self.as_environment())  # noqa: TID251

    @property
    def fcm_environment(self) -> dict[str, str]:
        """What leads Google's library through `FCM_PROXY`; it can be told by nothing else.

        Both spellings are given, because the lower one would otherwise win where it is set.
        """
        proxied = {"HTTPS_PROXY": self.fcm_proxy, "NO_PROXY": "127.0.0.1,localhost,::1"}
        told = {name: value for name, value in proxied.items() if self.fcm_proxy and value}
        both = told | {name.lower(): value for name, value in told.items()}
        return both | ({"REQUESTS_CA_BUNDLE": str(self.fcm_ca)} if self.fcm_ca else {})

    def lead_to_fcm(self) -> None:
        """Lead this process through `FCM_PROXY`: the worker's, for it trusts `FCM_CA` in all."""
        os.environ.update(self.fcm_environment)  # noqa: TID251

    def __repr__(self) -> str:
        """Without the two addresses, which hold passwords, and the token."""
        hidden = ("_url", "_token")
        shown = (f.name for f in fields(self) if not f.name.endswith(hidden))
        return f"Settings({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def default_data_dir() -> Path:
    """`var` in the checkout, or below `/var/lib` where root's checkout is closed to others.

    PostgreSQL refuses to run as root, and its account must be able to reach its folder.
    """
    closed = os.geteuid() == 0 and not all(
        folder.stat().st_mode & 0o001 for folder in (CHECKOUT, *CHECKOUT.parents)
    )
    if closed:
        which = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:8]
        return Path("/var/lib/jiantong") / which
    return CHECKOUT / "var"


def _database(given: Mapping[str, str], data_dir: Path) -> tuple[str, str]:
    owner_url = _url(given, "DATABASE_URL")
    app_url = _url(given, "DATABASE_APP_URL")
    embedded = data_dir / "postgres" / "urls.json"
    if not owner_url and not app_url and embedded.is_file() and os.access(embedded, os.R_OK):
        urls = json.loads(embedded.read_text())
        return urls["owner_url"], urls["app_url"]
    if owner_url and not app_url:
        kept = data_dir / "secrets" / APP_ROLE
        account = kept.read_text().strip() if kept.is_file() else APP_ROLE
        app_url = _ACCOUNT.sub(f"//{account}@", owner_url, count=1)
    return owner_url, app_url


def _url(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "")
    if value and not _DRIVER.match(value):
        message = f"{name} must begin with postgresql:// (this project runs on PostgreSQL only)."
        raise Misconfigured(message)
    return _DRIVER.sub("postgresql+psycopg://", value)


def _number(
    given: Mapping[str, str], name: str, unless_set: int, *, least: int = 1, most: int = 2**62
) -> int:
    value = given.get(name) or str(unless_set)
    if not value.isascii() or not value.isdecimal() or not least <= int(value) <= most:
        message = f"{name} must be a whole number from {least} to {most}, not {value!r}."
        raise Misconfigured(message)
    return int(value)


def _switch(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "").lower()
    if value not in _YES | _NO:
        message = f"{name} must be on or off, not {value!r}."
        raise Misconfigured(message)
    return value in _YES


def _suite(given: Mapping[str, str]) -> Suite:
    value = given.get("CRYPTO") or Suite.INTERNATIONAL.value
    if value not in [*Suite]:
        message = f"CRYPTO must be international or guomi, not {value!r}."
        raise Misconfigured(message)
    return Suite(value)


def _origins(given: Mapping[str, str]) -> tuple[str, ...]:
    origins = [one.strip().rstrip("/") for one in (given.get("PUBLIC_URL") or "").split(",")]
    found = tuple(origin for origin in origins if origin)
    if unclear := [origin for origin in found if not _ORIGIN.fullmatch(origin)]:
        message = f"PUBLIC_URL must be like https://jiantong.example, not {unclear[0]!r}."
        raise Misconfigured(message)
    return found


def _push_hosts(given: Mapping[str, str]) -> tuple[str, ...]:
    hosts = [one.strip().lower() for one in (given.get("WEB_PUSH_HOSTS") or "").split(",")]
    found = tuple(host for host in hosts if host)
    if unclear := [host for host in found if not _PUSH_HOST.fullmatch(host)]:
        message = f"WEB_PUSH_HOSTS must be names like push.example, not {unclear[0]!r}."
        raise Misconfigured(message)
    return found or PUSH_HOSTS


def _shaped(
    given: Mapping[str, str], name: str, shape: re.Pattern[str], example: str
) -> str | None:
    value = given.get(name) or None
    if value and not shape.fullmatch(value):
        message = f"{name} must be like {example}, not {value!r}."
        raise Misconfigured(message)
    return value.rstrip("/") if value else None


def _file(given: Mapping[str, str], name: str) -> Path | None:
    value = given.get(name)
    return Path(value).expanduser().absolute() if value else None
