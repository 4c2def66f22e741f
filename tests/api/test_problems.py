"""Every no is a problem document, in the reader's language."""

import uuid
from typing import Any

import marshmallow
import pytest
from flask.testing import FlaskClient
from marshmallow import fields, validate

from api.complaints import WORDINGS, complaints, pointer, worded
from api.problems import every_refusal, status_of
from services.kernel.refusals import Refusal
from tests.api.conftest import Headers, keyed

JSON = "application/json"


def test_a_refusal_speaks_chinese_by_default(phone: FlaskClient, me: Headers) -> None:
    reply = phone.post("/api/v1/toys", json={"name": "被占用"}, headers=keyed(me))

    assert reply.status_code == 409
    assert reply.mimetype == "application/problem+json"
    said = dict(reply.json or {})
    instance = said.pop("instance")
    assert said == {
        "type": "/problems/toy-taken",
        "title": "玩具已被占用。",
        "status": 409,
        "holder_id": 7,
    }
    assert instance == f"urn:uuid:{uuid.UUID(reply.headers['X-Request-ID'])}"
    assert reply.headers["Content-Language"] == "zh-CN"


def test_a_refusal_speaks_english_when_asked(phone: FlaskClient, me: Headers) -> None:
    asked = keyed(me) | {"Accept-Language": "en-GB, zh;q=0.5"}
    reply = phone.post("/api/v1/toys", json={"name": "被占用"}, headers=asked)

    assert reply.json is not None
    assert reply.json["title"] == "Somebody else holds the toy."


def test_nobody_enters_without_a_token(phone: FlaskClient) -> None:
    reply = phone.get("/api/v1/toys")

    assert (reply.status_code, reply.json and reply.json["type"]) == (401, "/problems/signed-out")
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="jiantong"'


def test_a_false_token_is_called_so(phone: FlaskClient) -> None:
    reply = phone.get("/api/v1/toys", headers={"Authorization": "Bearer nonsense"})

    assert reply.status_code == 401
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "slug"),
    [
        ("GET", "/api/v1/nothing", {}, 404, "no-such-address"),
        ("GET", "/nothing.js", {}, 404, "no-such-address"),
        ("DELETE", "/api/v1/toys", {}, 405, "method-not-allowed"),
        ("TRACE", "/api/v1/toys", {}, 405, "method-not-allowed"),
        ("POST", "/api/v1/toys", {"data": "{", "content_type": JSON}, 400, "malformed"),
        ("POST", "/api/v1/toys", {"data": "\xff\xfe", "content_type": JSON}, 400, "malformed"),
        ("POST", "/api/v1/toys", {"data": "[" * 5000, "content_type": JSON}, 400, "malformed"),
        ("POST", "/api/v1/toys", {"data": "9" * 5000, "content_type": JSON}, 400, "malformed"),
        ("POST", "/api/v1/toys", {"data": "a=b", "content_type": "text/plain"}, 415, None),
        ("POST", "/api/v1/files", {"json": {}}, 404, "no-such-address"),
        ("POST", "/api/v1/toys/files", {"json": {}}, 415, "wrong-media-type"),
        ("POST", "/api/v1/toys", {"json": {"name": "大" * 400_000}}, 413, "too-large"),
        ("POST", "/api/v1/toys", {"json": []}, 422, "invalid-content"),
    ],
)
def test_the_frameworks_errors_have_the_same_shape(  # noqa: PLR0917
    phone: FlaskClient,
    me: Headers,
    method: str,
    path: str,
    sent: dict[str, Any],
    status: int,
    slug: str | None,
) -> None:
    reply = phone.open(path, method=method, headers=keyed(me), **sent)

    assert (reply.status_code, reply.mimetype) == (status, "application/problem+json")
    assert reply.json is not None
    assert reply.json["type"] == f"/problems/{slug or 'wrong-media-type'}"
    assert reply.json["status"] == status


def test_a_wrong_method_is_told_the_right_ones(phone: FlaskClient) -> None:
    reply = phone.delete("/api/v1/toys")

    assert {"GET", "POST"} <= set(reply.headers["Allow"].split(", "))


def test_a_wrong_media_type_is_told_the_right_one(phone: FlaskClient, me: Headers) -> None:
    reply = phone.post("/api/v1/toys", data="x", content_type="text/xml", headers=keyed(me))

    assert reply.headers["Accept"] == "application/json"


def test_what_is_wrong_is_pointed_at(phone: FlaskClient, me: Headers) -> None:
    sent = {"name": "", "parts": [{"id": 1, "name": "a"}, {"id": "x", "a/b~c": 1}]}
    reply = phone.post("/api/v1/toys", json=sent, headers=keyed(me))

    assert reply.status_code == 422
    assert reply.json is not None
    found = {error["pointer"]: (error["code"], error["detail"]) for error in reply.json["errors"]}
    assert found == {
        "/name": ("length", "长度应在 1 至 40 之间。"),
        "/parts/1/id": ("type", "应为整数。"),
        "/parts/1/name": ("required", "必填。"),
        "/parts/1/a~1b~0c": ("unknown", "没有这个字段。"),
    }
    assert {error["severity"] for error in reply.json["errors"]} == {"error"}


def test_what_is_wrong_in_the_address_is_named(phone: FlaskClient, me: Headers) -> None:
    reply = phone.get("/api/v1/toys?limit=101", headers=me | {"Accept-Language": "en"})

    assert reply.json is not None
    assert reply.json["errors"] == [
        {
            "parameter": "limit",
            "code": "range",
            "detail": "Must be between 1 and 100.",
            "severity": "error",
        }
    ]


@pytest.mark.parametrize("name", ["a\\u0000b", "\\ud800", "\\uDFFF x"])
def test_a_text_that_no_database_keeps_is_refused(
    phone: FlaskClient, me: Headers, name: str
) -> None:
    sent = f'{{"name": "{name}"}}'
    reply = phone.post("/api/v1/toys", data=sent, content_type=JSON, headers=keyed(me))

    assert reply.status_code == 422
    assert reply.json is not None
    [error] = reply.json["errors"]
    assert (error["pointer"], error["code"]) == ("/name", "text")
    assert phone.get("/api/v1/toys?cursor=%00", headers=me).status_code == 422


def test_a_bug_says_nothing_about_its_cause(phone: FlaskClient, me: Headers) -> None:
    reply = phone.post("/api/v1/toys", json={"name": "标记张三"}, headers=keyed(me))

    assert reply.status_code == 500
    assert reply.json is not None
    assert set(reply.json) == {"type", "title", "status", "instance"}
    assert "标记" not in reply.text
    assert "Runtime" not in reply.text


def test_a_type_leads_to_a_page(phone: FlaskClient) -> None:
    page = phone.get("/problems/toy-taken")

    assert "玩具已被占用。" in page.text
    assert phone.get("/problems/no-such-problem").status_code == 404
    assert "toy-taken" in phone.get("/problems").text


def test_a_pointer_is_rfc_6901() -> None:
    assert pointer(()) == ""
    assert pointer(("a/b", 0, "m~n")) == "/a~1b/0/m~0n"


def test_a_slices_own_sentence_is_passed_on() -> None:
    found = complaints({"json": {"_schema": ["应先填写案由。"]}}, english=False)

    assert found == [
        {"pointer": "", "code": "invalid", "detail": "应先填写案由。", "severity": "error"}
    ]


def _library_messages() -> set[str]:
    kinds: list[type[fields.Field[Any]]] = [fields.Field]
    said = set(marshmallow.Schema._default_error_messages.values())  # noqa: SLF001
    while kinds:
        kind = kinds.pop()
        kinds += [k for k in kind.__subclasses__() if k.__module__ == "marshmallow.fields"]
        said |= set(getattr(kind, "default_error_messages", {}).values())
    limits: list[validate.Validator] = [
        validate.Range(1, 2),
        validate.Range(1),
        validate.Range(max=2),
        validate.Range(1, min_inclusive=False),
        validate.Length(1, 2),
        validate.Length(1),
        validate.Length(max=2),
        validate.Length(equal=2),
        validate.OneOf(["a"]),
        validate.ContainsOnly(["a"]),
        validate.ContainsNoneOf([3, "x"]),
        validate.Regexp("a"),
        validate.Equal(4),
        validate.Email(),
        validate.URL(),
    ]
    for limit in limits:
        for value in ("", "xxx", 0, 3, ["x", "x", "x"]):
            try:
                limit(value)
            except marshmallow.ValidationError as error:
                said |= set(map(str, error.messages))
            except TypeError:
                continue
    return said


@pytest.mark.parametrize("message", sorted(_library_messages()))
def test_every_message_of_the_library_has_a_code(message: str) -> None:
    shown = message.format(
        obj_type="date", awareness="aware", input="x", choices="a, b", min=1, max=2
    )
    assert any(wording.pattern.match(shown) for wording in WORDINGS), shown
    assert worded(shown, english=True)[1] != "", shown


REFUSALS: list[type[Refusal]] = sorted(every_refusal(), key=lambda kind: kind.slug)


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_has_a_status(kind: type[Refusal]) -> None:
    assert any(family in kind.__mro__ for family in _families()), kind


def _families() -> list[type[Refusal]]:
    return [kind for kind in every_refusal() if Refusal in kind.__bases__ and status_of(kind)]


def test_a_body_full_of_faults_gets_a_short_answer(phone: FlaskClient, me: Headers) -> None:
    faults = {"name": "球"} | {f"unknown{number}": 1 for number in range(500)}
    reply = phone.post("/api/v1/toys", json=faults, headers=keyed(me))

    assert reply.status_code == 422
    assert len((reply.json or {})["errors"]) == 100
