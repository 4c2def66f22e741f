"""Versions, limits, headers, packing, health, the log and the phone app's files."""

import gzip
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from api import logs
from api import phone as phone_app
from api.health import newest
from api.limits import Limit
from services.kernel.refusals import TooMany
from services.kernel.settings import Settings
from tests.api.conftest import Headers, keyed

BALL = "/api/v1/toys/ball"


def test_a_record_says_its_version(phone: FlaskClient, me: Headers) -> None:
    assert phone.get(BALL, headers=me).headers["ETag"] == '"3"'


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        (None, 428),
        ("*", 428),
        ('"2"', 412),
        ('"4"', 412),
        ('W/"3"', 412),
        ('"3"', 200),
        ('"1", "3"', 200),
    ],
)
def test_a_change_names_the_version_it_saw(
    phone: FlaskClient, me: Headers, tag: str | None, status: int
) -> None:
    headers = keyed(me) | ({"If-Match": tag} if tag else {})
    reply = phone.put(BALL, headers=headers)

    assert reply.status_code == status
    if status == 200:
        assert reply.headers["ETag"] == '"4"'


def test_a_person_who_asks_too_often_waits(
    phone: FlaskClient, me: Headers, now: list[float]
) -> None:
    statuses = [phone.get(BALL, headers=me).status_code for _ in range(51)]
    last = phone.get(BALL, headers=me)

    assert statuses == [200] * 50 + [429]
    assert last.json is not None
    assert last.json["type"] == "/problems/too-many"
    assert last.headers["Retry-After"] == "1"
    now[0] += 1
    assert phone.get(BALL, headers=me).status_code == 200


def test_a_limit_gives_its_burst_and_then_its_rate() -> None:
    now = [0.0]
    limit = Limit(burst=3, per_second=2, clock=lambda: now[0])
    for _ in range(3):
        limit.take("a")
    with pytest.raises(TooMany) as refused:
        limit.take("a")
    limit.take("b")

    assert refused.value.members["retry_after"] == pytest.approx(0.5)
    now[0] += 0.5
    limit.take("a")
    with pytest.raises(TooMany):
        limit.take("a")


def test_a_limit_forgets_whoever_has_waited() -> None:
    now = [0.0]
    limit = Limit(burst=1, per_second=1, clock=lambda: now[0], most_keys=2)
    limit.take("a")
    limit.take("b")
    with pytest.raises(TooMany):
        limit.take("c")

    now[0] += 2
    limit.take("c")


def test_answers_are_not_kept_and_not_framed(phone: FlaskClient, me: Headers) -> None:
    headers = phone.get(BALL, headers=me).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_only_over_tls_a_browser_is_told_to_stay_there(phone: FlaskClient, me: Headers) -> None:
    secure = phone.get(BALL, headers=me, base_url="https://localhost").headers

    assert "max-age" in secure["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in phone.get(BALL, headers=me).headers


def test_a_long_answer_is_packed_for_whoever_unpacks(phone: FlaskClient) -> None:
    packed = phone.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    plain = phone.get("/openapi.json")
    refused = phone.get("/openapi.json", headers={"Accept-Encoding": "gzip;q=0"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == refused.data
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_short_answer_is_sent_as_it_is(phone: FlaskClient, me: Headers) -> None:
    reply = phone.get(BALL, headers=me | {"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in reply.headers
    assert reply.headers["ETag"] == '"3"'


def test_a_file_larger_than_the_limit_is_refused(phone: FlaskClient, me: Headers) -> None:
    def send(size: int) -> int:
        boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(b"x" * size), "a.pdf")})
        kind = f"multipart/form-data; boundary={boundary}"
        reply = phone.post("/api/v1/toys/files", data=body, content_type=kind, headers=keyed(me))
        return reply.status_code

    assert send(1_900_000) == 201
    assert send(2_100_000) == 413


@pytest.fixture
def migrated(door: Flask, settings: Settings) -> Iterator[Engine]:
    """A database of which only the list of migrations is seen."""
    seen = {"options": "-c search_path=readiness"}
    engine = create_engine(settings.owner_url, connect_args=seen)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA readiness"))
        connection.execute(text("CREATE TABLE alembic_version (version_num text)"))
    door.extensions["engine"] = engine
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA readiness CASCADE"))
    engine.dispose()


def test_the_process_is_ready_once_it_is_migrated(migrated: Engine, phone: FlaskClient) -> None:
    assert phone.get("/healthz").status_code == 200
    assert phone.get("/readyz").json == {"status": "unavailable", "waiting_for": "migrations"}

    with migrated.begin() as connection:
        for version in newest():
            insert = text("INSERT INTO alembic_version VALUES (:version)")
            connection.execute(insert, {"version": version})
    assert phone.get("/readyz").json == {"status": "ok"}


def test_a_database_without_tables_is_not_ready(phone: FlaskClient) -> None:
    assert phone.get("/readyz").json == {"status": "unavailable", "waiting_for": "migrations"}


def test_without_a_database_it_is_alive_but_not_ready(door: Flask, phone: FlaskClient) -> None:
    door.extensions["engine"] = create_engine("postgresql+psycopg://x@127.0.0.1:1/none")

    assert phone.get("/healthz").status_code == 200
    assert phone.get("/readyz").status_code == 503
    assert phone.get("/readyz").json == {"status": "unavailable", "waiting_for": "database"}


def test_the_newest_migration_is_one() -> None:
    assert len(newest()) == 1


def test_the_log_never_tells_what_a_request_says(phone: FlaskClient, me: Headers) -> None:
    out = io.StringIO()
    logs.configure(out)
    marked = "标记张三110101199003070011"
    phone.get(f"/api/v1/toys?fields={marked}&cursor={marked}", headers=me)
    phone.get(f"/{marked}")
    phone.open("/api/v1/toys", method="标记".encode().decode("latin-1"))
    phone.post("/api/v1/toys", json={"name": marked}, headers=keyed(me, "标记-key"))
    phone.post("/api/v1/toys", json={"name": "球"}, headers=keyed(me))
    logs.configure()

    written = out.getvalue()
    lines = [json.loads(line) for line in written.splitlines()]
    assert "标记" not in written
    assert "张三" not in written
    assert "110101" not in written
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == 5
    last = requests[-1]
    assert (last["method"], last["route"], last["status"]) == ("POST", "/api/v1/toys", 201)
    assert last["person"] > 0
    assert last["ms"] >= 0


def test_a_library_s_error_is_logged_without_the_address() -> None:
    out = io.StringIO()
    logs.configure(out)
    error = OSError(36, "File name too long", "标记张三")
    logging.getLogger("api.app").error("Exception on /标记张三 [GET]", exc_info=error)
    logs.configure()

    line = json.loads(out.getvalue())
    assert (line["kinds"], line["level"]) == (["OSError"], "error")
    assert "标记" not in out.getvalue()


def test_a_bug_is_logged_with_its_place(phone: FlaskClient, me: Headers) -> None:
    out = io.StringIO()
    logs.configure(out)
    reply = phone.post("/api/v1/toys", json={"name": "标记"}, headers=keyed(me))
    logs.configure()

    [bug] = [
        line for line in map(json.loads, out.getvalue().splitlines()) if line["event"] == "bug"
    ]
    assert bug["kinds"] == ["RuntimeError"]
    assert "toy.py" in bug["at"][-1]
    assert bug["request"] == reply.headers["X-Request-ID"]


@pytest.fixture
def built(tmp_path: Path) -> FlaskClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>检通</title>")
    (tmp_path / "sw.js").write_text("self.x = 1")
    (tmp_path / "assets" / "app-1a2b.js").write_text("x" * 5000)
    (tmp_path.parent / "outside.txt").write_text("secret")
    app = Flask("built", static_folder=None)
    logs.watch(app)
    phone_app.serve(app, tmp_path)
    return app.test_client()


HTML = {"Accept": "text/html"}


def test_an_address_of_the_app_is_the_app(built: FlaskClient) -> None:
    for path in ("/", "/cases/7"):
        reply = built.get(path, headers=HTML)
        assert "检通" in reply.text
        assert reply.headers["Cache-Control"] == "no-cache"


def test_what_has_its_hash_in_its_name_is_kept_for_ever(built: FlaskClient) -> None:
    asset = built.get("/assets/app-1a2b.js")

    assert "immutable" in asset.headers["Cache-Control"]
    assert built.get("/sw.js").headers["Cache-Control"] == "no-cache"
    again = built.get("/assets/app-1a2b.js", headers={"If-None-Match": asset.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/assets/../../outside.txt",
        "/missing.js",
        "/missing.%00",
        f"/{'a' * 5000}.js",
    ],
)
def test_nothing_outside_is_served(built: FlaskClient, path: str) -> None:
    assert built.get(path, headers=HTML).status_code == 404


def test_without_the_app_a_page_says_so(tmp_path: Path) -> None:
    app = Flask("unbuilt", static_folder=None)
    phone_app.serve(app, tmp_path)

    reply = app.test_client().get("/", headers=HTML)
    assert "尚未构建" in reply.text
    assert reply.status_code == 200
