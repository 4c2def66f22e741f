"""Arrest requests over HTTP, as four phones meet them."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.identity import access_token
from services.attachments import MediaType
from services.kernel.clock import LegalClock, machine_now
from services.kernel.settings import Settings
from services.offices import OfficeKind
from services.people import Person
from services.policy import PostKind
from services.sessions import SignInSession
from services.tasks import Task
from tests.arrest_requests.conftest import PDF, Desk
from tests.conftest import NOON
from tests.make import Make

API = "/api/v1"
_KEYS = count(1)


class Phone:
    """One person's phone."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(
        self, method: str, path: str, body: Any = None, *, etag: str | None = None, **given: Any
    ) -> TestResponse:
        headers = self.headers | {"Idempotency-Key": f"wire-{next(_KEYS)}"}
        headers |= {"If-Match": etag} if etag else {}
        headers |= given.pop("headers", {})
        sent = {} if body is None else {"json": body}
        return self.client.open(API + path, method=method, headers=headers, **sent, **given)

    def upload(self, content: bytes, name: str, **form: str) -> TestResponse:
        data = {"file": (BytesIO(content), name), **form}
        return self.ask("POST", "/attachments", data=data, content_type="multipart/form-data")


PhoneOf = Callable[[Person], Phone]


@pytest.fixture(autouse=True)
def monday_noon(session: Session) -> None:
    """Periods are counted from the legal clock, which stands where the request says it does."""
    session.add(LegalClock(offset=NOON - machine_now()))
    session.flush()


@pytest.fixture
def phone_of(app: Flask, client: FlaskClient, session: Session) -> PhoneOf:
    def phone(person: Person) -> Phone:
        now = machine_now()
        opened = SignInSession(person_id=person.id, opened_at=now, renewed_at=now)
        session.add(opened)
        session.flush()
        token = access_token(app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
        return Phone(client, token)

    return phone


@pytest.fixture
def officer(desk: Desk, phone_of: PhoneOf) -> Phone:
    return phone_of(desk.town.officer)


@pytest.fixture
def manager(desk: Desk, phone_of: PhoneOf) -> Phone:
    return phone_of(desk.town.manager)


def body_of(desk: Desk, **changes: Any) -> dict[str, Any]:
    suspect = {
        "name": "赵某甲",
        "document_kind": "resident_id",
        "document_number": "990102199003072818",
        "born_on": "1990-03-07",
        "sex": "male",
        "ethnicity": "汉族",
        "address": "云溪市青石区梧桐路某号",
        "occupation": "务工人员",
        "measure": "detention",
        "measure_began_at": "2026-02-28T02:00:00Z",
        "detention_centre_id": desk.centre.id,
        "act_on": "2026-02-27",
        "charge_ids": [desk.theft.id],
    }
    body = {
        "document_number": "青公提捕字〔2026〕15号",
        "document_on": "2026-03-02",
        "head_approved_on": "2026-03-01",
        "facts": "2026年2月27日21时许，赵某甲在梧桐路某超市内窃取他人手机一部，价值五千元。",
        "danger_grounds": "无固定住所，可能实施新的犯罪。",
        "suspects": [suspect | changes.pop("suspect", {})],
        "file_items": [
            {"title": "证据卷第一册", "pages": 96, "kind": "evidence"},
            {"title": "拘留证", "pages": 1, "kind": "detention_warrant"},
        ],
    }
    return body | changes


def told(answer: TestResponse, status: int) -> Any:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.json


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, (answer.json or {})["type"]


def test_from_the_officers_phone_to_a_case(desk: Desk, officer: Phone, manager: Phone) -> None:
    paper = told(officer.upload(PDF, "提请批准逮捕书.pdf", kind="request_document"), 201)
    body = body_of(desk, attachment_ids=[paper["id"]])
    assert told(officer.ask("POST", "/arrest-request-checks", body), 200) == {"findings": []}

    sent = officer.ask("POST", "/arrest-requests", body)
    request = told(sent, 201)
    assert (request["state"], request["version"], sent.headers["ETag"]) == ("submitted", 1, '"1"')
    assert request["allowed"] == ["correct"]
    assert request["case_id"] is None
    assert [one["sha256"] for one in request["attachments"]] == [hashlib.sha256(PDF).hexdigest()]
    at = f"/arrest-requests/{request['id']}"

    asked = manager.ask(
        "POST",
        f"{at}/supplement-requests",
        {"items": [{"code": "evidence", "detail": "补送价格认定结论书。"}]},
        etag='"1"',
    )
    assert told(asked, 201)["state"] == "supplement_requested"

    body["file_items"].append({"title": "价格认定结论书", "pages": 4, "kind": "evidence"})
    body["suspects"][0]["id"] = request["suspects"][0]["id"]
    corrected = officer.ask("PUT", at, body, etag=asked.headers["ETag"])
    request = told(corrected, 200)
    assert request["state"] == "submitted"
    assert request["supplement_requests"][0]["answered_at"]
    assert len(request["file_items"]) == 3

    checks = dict.fromkeys(
        ("jurisdiction", "file_complete", "property_matches", "suspects_present", "in_time"), "ok"
    )
    accepted = manager.ask(
        "PUT",
        f"{at}/acceptance",
        {
            "list": "ordinary",
            "checks": checks | {"jurisdiction": "doubt"},
            "jurisdiction_note": "主要犯罪地不在本辖区。",
        },
        etag=corrected.headers["ETag"],
    )
    case = told(accepted, 200)
    assert (case["arrest_request_id"], case["state"]) == (request["id"], "accepted")

    request = told(officer.ask("GET", at), 200)
    assert (request["state"], request["case_id"]) == ("accepted", case["id"])
    assert request["acceptance_checks"]["jurisdiction"] == "doubt"
    assert request["jurisdiction_doubts"][0]["grounds"] == "主要犯罪地不在本辖区。"


def test_an_empty_body_says_all_that_is_missing(officer: Phone) -> None:
    found = told(officer.ask("POST", "/arrest-request-checks", {}), 200)["findings"]
    refused = officer.ask("POST", "/arrest-requests", {})

    assert problem(refused) == (422, "/problems/request-incomplete")
    assert found == (refused.json or {})["errors"]
    assert {"document_number_missing", "suspects_missing"} <= {one["code"] for one in found}


@pytest.mark.parametrize(
    ("tongue", "detail", "article"),
    [
        ("zh-CN", "未填写性别。", "刑事诉讼法第281条；人民检察院刑事诉讼规则第465条第5款"),
        ("en", "The sex is missing.", "CPL 281; RULES 465¶5"),
    ],
)
def test_findings_speak_the_readers_language(
    desk: Desk, officer: Phone, tongue: str, detail: str, article: str
) -> None:
    body = body_of(desk, suspect={"sex": None})
    headers = {"Accept-Language": tongue}

    checked = officer.ask("POST", "/arrest-request-checks", body, headers=headers)
    refused = officer.ask("POST", "/arrest-requests", body, headers=headers)

    expected = {
        "pointer": "/suspects/0/sex",
        "code": "sex_missing",
        "detail": detail,
        "severity": "error",
        "article": article,
    }
    assert told(checked, 200)["findings"][0] == expected
    assert (refused.json or {})["errors"][0] == expected


def test_a_correction_is_checked_against_the_request_it_corrects(
    desk: Desk, officer: Phone, manager: Phone
) -> None:
    request = desk.received()
    sent = [one.id for one in request.attachments]
    body = body_of(desk, attachment_ids=sent)

    as_new = told(officer.ask("POST", "/arrest-request-checks", body), 200)["findings"]
    body["arrest_request_id"] = request.id
    as_correction = told(officer.ask("POST", "/arrest-request-checks", body), 200)

    assert {one["code"] for one in as_new} == {
        "attachment_unknown",
        "request_document_missing",
        "suspect_pending",
    }
    assert as_correction == {"findings": []}
    withdrawn = officer.ask("POST", "/arrest-request-checks", body | {"suspects": []})
    assert problem(withdrawn) == (422, "/problems/suspect-withdrawn")
    assert manager.ask("POST", "/arrest-request-checks", body).status_code == 403
    assert request.version == 1


def test_warnings_are_read_with_the_request(desk: Desk, officer: Phone) -> None:
    request = told(officer.ask("POST", "/arrest-requests", body_of(desk, danger_grounds=None)), 201)

    assert [one["code"] for one in request["findings"]] == [
        "danger_grounds_missing",
        "request_document_missing",
    ]


def test_a_duplicate_points_at_the_first(desk: Desk, officer: Phone) -> None:
    first = told(officer.ask("POST", "/arrest-requests", body_of(desk)), 201)

    second = officer.ask("POST", "/arrest-requests", body_of(desk))

    assert problem(second) == (409, "/problems/already-submitted")
    assert (second.json or {})["arrest_request_id"] == first["id"]


def test_the_same_request_sent_again_is_the_same_request(desk: Desk, officer: Phone) -> None:
    headers = {"Idempotency-Key": "lost-answer"}
    body = body_of(desk)

    first, again = (
        officer.ask("POST", "/arrest-requests", body, headers=headers) for _ in range(2)
    )

    assert told(first, 201) == told(again, 201)
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    "change",
    [
        {"facts": "案\x00情"},
        {"facts": "长" * 20_001},
        {"document_on": "1026-03-02"},
        {"document_on": "9999-12-31"},
        {"suspect": {"measure_began_at": "2026-02-28T02:00:00"}},
        {"suspect": {"measure_began_at": "0001-01-01T00:00:00Z"}},
        {"suspect": {"charge_ids": [2**31]}},
        {"suspect": {"sex": "unknown"}},
        {"suspect": {"flags": ["rich"]}},
        {"suspects": [{}] * 101},
        {"file_items": [{"title": "卷", "pages": -1}]},
        {"nobody_knows": 1},
    ],
)
def test_what_no_field_can_hold_is_a_fault_of_form(
    desk: Desk, officer: Phone, change: dict[str, Any]
) -> None:
    answer = officer.ask("POST", "/arrest-requests", body_of(desk, **change))

    assert problem(answer) == (422, "/problems/invalid-content")


# --- versions -------------------------------------------------------------------------------


def test_a_change_says_which_version_it_has_read(desk: Desk, officer: Phone) -> None:
    request = told(officer.ask("POST", "/arrest-requests", body_of(desk)), 201)
    at = f"/arrest-requests/{request['id']}"

    assert officer.ask("PUT", at, body_of(desk)).status_code == 428
    assert officer.ask("PUT", at, body_of(desk), etag='"7"').status_code == 412
    assert told(officer.ask("PUT", at, body_of(desk), etag='"1"'), 200)["version"] == 2
    assert officer.ask("PUT", at, body_of(desk), etag='"1"').status_code == 412


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("supplement-requests", "POST", {"items": [{"code": "other", "detail": "补送。"}]}),
        ("jurisdiction-doubts", "POST", {"grounds": "犯罪地不在本辖区。"}),
    ],
)
def test_case_management_too(
    desk: Desk, manager: Phone, path: str, method: str, body: Mapping[str, Any]
) -> None:
    request = desk.received()
    at = f"/arrest-requests/{request.id}/{path}"

    assert manager.ask(method, at, body).status_code == 428
    done = manager.ask(method, at, body, etag='"1"')
    assert told(done, 201)["version"] == 2
    assert done.headers["ETag"] == '"2"'
    assert manager.ask(method, at, body, etag='"1"').status_code == 412


def test_a_supplement_request_says_what_is_wanted(desk: Desk, manager: Phone) -> None:
    at = f"/arrest-requests/{desk.received().id}/supplement-requests"
    nothing: dict[str, Any] = {"items": []}
    blank = {"items": [{"code": "other", "detail": " \n"}]}
    nonsense = {"items": [{"code": "nonsense", "detail": "补送。"}]}

    assert problem(manager.ask("POST", at, nothing, etag='"1"'))[1] == "/problems/invalid-content"
    assert problem(manager.ask("POST", at, blank, etag='"1"'))[1] == "/problems/invalid-content"
    refused = manager.ask("POST", at, nonsense, etag='"1"')
    assert problem(refused) == (422, "/problems/unknown-supplement-code")


# --- who ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["manager", "prosecutor", "chief"])
def test_only_the_police_send_in(desk: Desk, phone_of: PhoneOf, who: str) -> None:
    phone = phone_of(getattr(desk.town, who))
    named = body_of(desk, office_id=desk.town.police.id)

    for path in ("/arrest-requests", "/arrest-request-checks"):
        assert problem(phone.ask("POST", path, body_of(desk))) == (403, "/problems/not-allowed")
        assert problem(phone.ask("POST", path, named)) == (403, "/problems/not-allowed")


def test_an_officer_of_two_organs_names_one(desk: Desk, make: Make, officer: Phone) -> None:
    second = make.office(OfficeKind.PUBLIC_SECURITY, procuratorate_id=desk.town.procuratorate.id)
    make.post(desk.town.officer, PostKind.POLICE_OFFICER, second)

    unclear = officer.ask("POST", "/arrest-requests", body_of(desk))
    named = officer.ask("POST", "/arrest-requests", body_of(desk, office_id=second.id))

    assert problem(unclear) == (422, "/problems/office-unclear")
    assert told(named, 201)["office"]["id"] == second.id


def test_a_stranger_finds_nothing(desk: Desk, make: Make, phone_of: PhoneOf) -> None:
    request = desk.received()
    stranger = phone_of(make.town().manager)

    assert stranger.ask("GET", f"/arrest-requests/{request.id}").status_code == 404
    assert told(stranger.ask("GET", "/arrest-requests"), 200)["items"] == []
    paper = request.attachments[0].id
    assert stranger.ask("GET", f"/attachments/{paper}/content").status_code == 404


# --- lists ----------------------------------------------------------------------------------


def test_the_newest_come_first_and_a_state_can_be_chosen(desk: Desk, manager: Phone) -> None:
    ids = [desk.received(document_number=f"文号{n}").id for n in range(3)]

    everything = told(manager.ask("GET", "/arrest-requests"), 200)
    page = told(manager.ask("GET", "/arrest-requests?limit=2"), 200)
    rest = told(manager.ask("GET", f"/arrest-requests?limit=2&cursor={page['next_cursor']}"), 200)
    accepted = told(manager.ask("GET", "/arrest-requests?state=accepted"), 200)

    assert [one["id"] for one in everything["items"]] == ids[::-1]
    assert [one["id"] for one in page["items"] + rest["items"]] == ids[::-1]
    assert accepted == {"items": [], "next_cursor": None}
    assert everything["items"][0]["suspects"][0]["name"] == "赵某甲"


def test_a_list_costs_the_same_however_long(desk: Desk, manager: Phone) -> None:
    def queries() -> int:
        statements = list[str]()

        def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE")):
                statements.append(statement)

        connection = desk.make.session.connection()
        desk.make.session.expunge_all()
        event.listen(connection, "before_cursor_execute", note)
        told(manager.ask("GET", "/arrest-requests"), 200)
        event.remove(connection, "before_cursor_execute", note)
        return len(statements)

    desk.received(document_number="文号0")
    one = queries()
    for n in range(1, 6):
        desk.received(document_number=f"文号{n}")

    assert queries() == one


# --- files ----------------------------------------------------------------------------------


def test_a_file_comes_back_as_an_attachment_and_nothing_else(officer: Phone) -> None:
    sent = told(officer.upload(PDF, "提请批准逮捕书.pdf", title="提请书", kind="evidence"), 201)
    answer = officer.ask("GET", f"/attachments/{sent['id']}/content")

    assert (sent["title"], sent["kind"], sent["media_type"]) == (
        "提请书",
        "evidence",
        MediaType.PDF,
    )
    assert answer.data == PDF
    assert answer.mimetype == MediaType.PDF
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="attachment-{sent["id"]}"; '
        "filename*=UTF-8''%E6%8F%90%E8%AF%B7%E6%89%B9%E5%87%86%E9%80%AE%E6%8D%95%E4%B9%A6.pdf"
    )


@pytest.fixture
def a_kilobyte(app: Flask, settings: Settings) -> Iterator[None]:
    """An installation that takes files of one kilobyte at most."""
    app.extensions["settings"] = replace(settings, attachment_limit_bytes=1024)
    yield
    app.extensions["settings"] = settings


@pytest.mark.usefixtures("a_kilobyte")
def test_a_file_is_judged_by_content_and_size(officer: Phone) -> None:
    page = officer.upload(b"<script>alert(1)</script>", "证据.pdf")
    big = officer.upload(PDF + bytes(1024), "证据.pdf")
    form = officer.ask("POST", "/attachments", data={}, content_type="multipart/form-data")

    assert problem(page) == (422, "/problems/unknown-file-type")
    assert problem(big) == (422, "/problems/file-too-large")
    assert (big.json or {})["limit"] == 1024
    assert problem(form) == (422, "/problems/invalid-content")


def test_nothing_of_a_refused_request_stays(desk: Desk, officer: Phone) -> None:
    officer.ask("POST", "/arrest-requests", body_of(desk, facts=""))

    assert desk.make.session.scalars(select(Task)).all() == []
