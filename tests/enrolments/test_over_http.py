"""A phone from its code to its loss, over HTTP; and every proof that proves nothing."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import proofs
from services import people
from services.enrolments import ProofRefused
from services.kernel.clock import machine_now
from services.people import Person
from services.policy import CONSOLE, PostKind
from tests.make import PASSWORD, Make
from tests.phone_keys import PhoneKey, enrolled
from tests.phones import Phones

API = "/api/v1"
SIGN_IN = f"{API}/sessions"


def _challenge(client: FlaskClient) -> str:
    reply = client.post(f"{API}/challenges")
    assert reply.status_code == 201
    return str((reply.json or {})["challenge"])


def _shown(
    client: FlaskClient, key: PhoneKey, path: str, body: dict[str, Any], proof: str | None = None
) -> TestResponse:
    """Send something with a proof of that key."""
    proof = proof or key.signed(_challenge(client), "POST", f"{API}{path}")
    return client.post(f"{API}{path}", json=body, headers={"DPoP": proof})


def _type(reply: TestResponse) -> tuple[int, str]:
    return reply.status_code, str((reply.json or {}).get("type", "")).removeprefix("/problems/")


def _made(app: Flask) -> str:
    return str(app.extensions["challenges"].make(machine_now()))


def _unproven(app: Flask, proof: str) -> None:
    """The proof is refused at the door, and breaks nothing."""
    headers = {"DPoP": proof}
    with (
        app.test_request_context(SIGN_IN, method="POST", headers=headers) as context,
        pytest.raises(ProofRefused),
    ):
        proofs.shown(context.request)


def _bearer(reply: TestResponse) -> dict[str, str]:
    return {"Authorization": f"Bearer {(reply.json or {})['access_token']}"}


def _strict(make: Make) -> tuple[Person, Person]:
    """A clerk of an office that asks for enrolled phones, and its security officer."""
    office = make.office(enrolled_only=True)
    return (
        make.person(PostKind.CLERK, office, office_id=office.id),
        make.person(PostKind.SECURITY_OFFICER, office, office_id=office.id),
    )


def test_a_phone_from_its_code_to_its_loss(client: FlaskClient, phones: Phones, make: Make) -> None:
    person, officer = _strict(make)
    desk, key = phones.of(officer), PhoneKey()
    credentials = {"username": person.username, "password": PASSWORD}
    plain = client.post(f"{API}/sessions", json=credentials)
    assert _type(plain) == (401, "enrolment-needed")

    issued = desk.send("POST", f"/accounts/{person.id}/enrolment-codes", {"purpose": "enrol"}).json
    assert issued is not None
    claim = credentials | {"code": issued["code"], "platform": "android", "name": "工作手机"}
    phone = _shown(client, key, "/enrolments", claim)
    assert phone.status_code == 201, phone.json
    signed_in = _shown(client, key, "/sessions", credentials)
    token = {"refresh_token": (signed_in.json or {})["refresh_token"]}
    alone = client.post(f"{API}/sessions/renewals", json=token)
    assert _type(alone) == (401, "proof-needed")
    renewed = _shown(client, key, "/sessions/renewals", token)
    assert renewed.status_code == 201, renewed.json

    headers = _bearer(renewed)
    own = client.get(f"{API}/enrolments", headers=headers).json
    open_ = client.get(f"{API}/sessions", headers=headers).json
    seen = desk.get(f"/accounts/{person.id}/enrolments").json
    assert own is not None
    assert open_ is not None
    assert seen is not None
    assert [(one["name"], one["current"]) for one in own["enrolments"]] == [("工作手机", True)]
    assert [(one["phone"]["name"], one["current"]) for one in open_["sessions"]] == [
        ("工作手机", True)
    ]
    assert [one["current"] for one in seen["enrolments"]] == [False]

    number = own["enrolments"][0]["id"]
    assert desk.send("POST", f"/enrolments/{number}/loss").status_code == 204
    assert client.get(f"{API}/me", headers=headers).status_code == 401
    last = {"refresh_token": (renewed.json or {})["refresh_token"]}
    assert _type(_shown(client, key, "/sessions/renewals", last)) == (401, "enrolment-over")
    assert _type(_shown(client, key, "/sessions", credentials)) == (401, "enrolment-over")


def test_a_forgotten_password_is_taken_anew_without_anybody_knowing_the_old_one(
    client: FlaskClient, phones: Phones, make: Make
) -> None:
    person, officer = _strict(make)
    sent = {"purpose": "forgotten_password", "hours": 72}
    path = f"/accounts/{person.id}/enrolment-codes"
    issued = phones.of(officer).send("POST", path, sent).json
    assert issued is not None
    claim = {
        "username": person.username,
        "code": issued["code"],
        "new_password": "measured otter lagoon",
        "platform": "web",
        "name": "电脑",
    }

    both = _shown(client, PhoneKey(), "/enrolments", claim | {"password": PASSWORD})
    done = _shown(client, PhoneKey(), "/enrolments", claim)

    assert both.status_code == 422
    assert done.status_code == 201, done.json
    make.session.refresh(person)
    assert people.password_fits(person, "measured otter lagoon")


def test_a_stranger_s_desk_is_no_desk(phones: Phones, make: Make) -> None:
    person, _ = _strict(make)
    phone = enrolled(make, person, PhoneKey())
    stranger = phones.of(make.person(PostKind.SECURITY_OFFICER))
    code = {"purpose": "enrol"}

    assert stranger.get(f"/accounts/{person.id}/enrolments").status_code == 404
    for method, path, body in (
        ("POST", f"/accounts/{person.id}/enrolment-codes", code),
        ("DELETE", f"/accounts/{person.id}/enrolment-codes", None),
        ("DELETE", f"/accounts/{person.id}/sessions", None),
        ("POST", f"/enrolments/{phone.id}/loss", None),
        ("DELETE", f"/enrolments/{phone.id}", None),
    ):
        assert stranger.send(method, path, body).status_code == 404, path
    own = phones.of(person)
    assert own.send("POST", f"/accounts/{person.id}/enrolment-codes", code).status_code == 403
    assert own.send("DELETE", f"/enrolments/{phone.id}").status_code == 204


def test_a_proof_counts_once(client: FlaskClient) -> None:
    key = PhoneKey()
    body = {"username": "nobody", "password": "x"}
    proof = key.signed(_challenge(client), "POST", f"{API}/sessions")

    first = _shown(client, key, "/sessions", body, proof)
    again = _shown(client, key, "/sessions", body, proof)

    assert _type(first) == (401, "wrong-credentials")
    assert _type(again) == (401, "proof-refused")


@pytest.mark.parametrize(
    ("what", "value"),
    [
        *(("htm", value) for value in ("GET", "post", None, 1, ...)),
        *(("htu", value) for value in (f"https://x{API}/enrolments", "", None, 7, "http://[", ...)),
        *(("iat", value) for value in ("now", None, True, ...)),
        *(("jti", value) for value in ("", 7, "x" * 200, ...)),
        *(("nonce", value) for value in ("", "A" * 75, 7, None, ["x"], ...)),
        ("exp", 1),
        ("nbf", 2**40),
    ],
)
def test_each_wrong_claim_of_a_proof_is_refused(app: Flask, what: str, value: Any) -> None:
    _unproven(app, PhoneKey().signed(_made(app), "POST", SIGN_IN, **{what: value}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"jwk": None},
        {"jwk": []},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jwk": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}},
        {"jwk": {"kty": "EC", "crv": "P-384", "x": "A" * 64, "y": "A" * 64}},
        {"jwk": PhoneKey().jwk},
        {"jwk": PhoneKey().jwk | {"d": "A" * 43}},
    ],
)
def test_each_wrong_header_of_a_proof_is_refused(app: Flask, wrong: dict[str, Any]) -> None:
    _unproven(app, PhoneKey().signed(_made(app), "POST", SIGN_IN, wrong))


def test_a_proof_that_holds_names_its_key(app: Flask) -> None:
    key = PhoneKey()
    proof = key.signed(_made(app), "POST", SIGN_IN, htu=f"http://inside:8000{SIGN_IN}?x=1#y")

    with app.test_request_context(SIGN_IN, method="POST", headers={"DPoP": proof}) as context:
        shown = proofs.shown(context.request)

    assert shown is not None
    assert (shown.thumbprint, shown.x) == (key.thumbprint, key.jwk["x"])


def test_the_thumbprint_is_rfc_7638_s(app: Flask) -> None:
    key = PhoneKey()
    told = f'{{"crv":"P-256","kty":"EC","x":"{key.jwk["x"]}","y":"{key.jwk["y"]}"}}'
    wanted = urlsafe_b64encode(sha256(told.encode()).digest()).decode().rstrip("=")

    assert key.thumbprint == wanted
    with app.test_request_context(SIGN_IN, method="POST") as context:
        assert proofs.shown(context.request) is None
        with pytest.raises(ProofRefused):
            proofs.required(context.request)


def test_what_is_no_proof_is_refused(app: Flask) -> None:
    key = PhoneKey()
    other = generate_private_key(SECP384R1())
    claims = {"htm": "POST", "htu": f"{API}/sessions", "iat": 1, "jti": "12345678", "nonce": "x"}
    head = {"typ": "dpop+jwt", "jwk": key.jwk}
    wrong = [
        "x",
        "a.b.c",
        "A" * 5000,
        jwt.encode(claims, "", "none", headers=head),
        jwt.encode(claims, "0" * 32, "HS256", headers=head),
        jwt.encode(claims, other, "ES384", headers=head),
    ]
    for proof in wrong:
        _unproven(app, proof)


def test_a_disabled_account_is_out_at_the_next_request(phones: Phones, make: Make) -> None:
    person = make.person(PostKind.CLERK)
    phone = phones.of(person)
    assert phone.get("/me").status_code == 200

    people.disable(make.act(CONSOLE), person)
    make.session.flush()

    assert phone.get("/me").status_code == 401
