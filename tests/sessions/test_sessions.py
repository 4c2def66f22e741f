"""Signing in: counted tries, rotation, reuse, and what a taken post or account means."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.identity import ALGORITHM, CLAIMS, TYPE, TokenKey
from services import sessions
from services.kernel.act import JournalEntry
from services.kernel.clock import machine_now
from services.people import Person, Post
from services.policy import PostKind
from services.sessions import NOBODY, Credentials, Opened, RefreshToken, Refused, SignInSession
from tests.make import PASSWORD, Make

MONTH = timedelta(days=30)


def _sign_in(make: Make, person: Person, password: str = PASSWORD) -> Opened | Refused:
    return sessions.sign_in(
        make.act(NOBODY), Credentials(person.username, password), renewable_for=MONTH
    )


def _opened(outcome: Opened | Refused) -> Opened:
    assert isinstance(outcome, Opened), outcome
    return outcome


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _token(client: FlaskClient, person: Person) -> str:
    reply = client.post(
        "/api/v1/sessions", json={"username": person.username, "password": PASSWORD}
    )
    assert reply.status_code == 201, reply.json
    return str(reply.json["access_token"]) if reply.json else ""


def test_the_sixth_wrong_password_locks_the_account_for_a_while(make: Make) -> None:
    person = make.person(PostKind.CLERK)

    for _ in range(5):
        refused = _sign_in(make, person, "wrong")
        assert isinstance(refused, Refused)
        assert isinstance(refused.refusal, sessions.WrongCredentials)
    locked = _sign_in(make, person)

    assert isinstance(locked, Refused)
    assert isinstance(locked.refusal, sessions.AccountLocked)
    assert timedelta(0) < locked.refusal.members["retry_after"] <= sessions.LONGEST_LOCK


def test_a_right_password_forgets_the_wrong_ones(make: Make) -> None:
    person = make.person(PostKind.CLERK)
    _sign_in(make, person, "wrong")

    _opened(_sign_in(make, person))

    assert person.failed_sign_ins == 0


def test_a_refresh_token_is_worth_one_renewal(make: Make) -> None:
    first = _opened(_sign_in(make, make.person(PostKind.CLERK)))
    at_the_door = make.act(NOBODY)

    second = _opened(sessions.renew(at_the_door, first.refresh_token, renewable_for=MONTH))

    assert second.refresh_token != first.refresh_token
    assert second.session.id == first.session.id


def test_a_lost_answer_is_forgiven_for_half_a_minute(make: Make) -> None:
    first = _opened(_sign_in(make, make.person(PostKind.CLERK)))
    at_the_door = make.act(NOBODY)
    sessions.renew(at_the_door, first.refresh_token, renewable_for=MONTH)

    again = sessions.renew(at_the_door, first.refresh_token, renewable_for=MONTH)

    assert isinstance(again, Opened)


def test_a_reused_refresh_token_ends_the_whole_session(make: Make) -> None:
    first = _opened(_sign_in(make, make.person(PostKind.CLERK)))
    at_the_door = make.act(NOBODY)
    second = _opened(sessions.renew(at_the_door, first.refresh_token, renewable_for=MONTH))
    make.session.execute(
        update(RefreshToken)
        .where(RefreshToken.used_at.is_not(None))
        .values(used_at=machine_now() - timedelta(minutes=1))
    )

    reused = sessions.renew(at_the_door, first.refresh_token, renewable_for=MONTH)
    after = sessions.renew(at_the_door, second.refresh_token, renewable_for=MONTH)

    assert isinstance(reused, Refused)
    assert isinstance(after, Refused)
    assert first.session.end_reason is sessions.EndReason.TOKEN_REUSED


def test_no_password_or_token_reaches_the_journal_or_the_database(make: Make) -> None:
    opened = _opened(_sign_in(make, make.person(PostKind.CLERK)))
    make.session.flush()

    kept = make.session.scalars(select(JournalEntry.details)).all()
    hashes = make.session.scalars(select(RefreshToken.hash)).all()

    assert all(opened.refresh_token not in str(details) for details in kept)
    assert opened.refresh_token.encode() not in hashes


def test_a_wrong_password_and_a_wrong_name_get_one_answer(client: FlaskClient, make: Make) -> None:
    person = make.person(PostKind.CLERK)

    replies = [
        client.post("/api/v1/sessions", json={"username": name, "password": "wrong"})
        for name in (person.username, "no-such-person")
    ]

    bodies = [{**(reply.json or {}), "instance": None} for reply in replies]
    assert [reply.status_code for reply in replies] == [401, 401]
    assert bodies[0] == bodies[1]


def test_a_wrong_password_is_counted_although_the_answer_is_no(
    client: FlaskClient, make: Make
) -> None:
    person = make.person(PostKind.CLERK)

    client.post("/api/v1/sessions", json={"username": person.username, "password": "wrong"})
    make.session.refresh(person)

    assert person.failed_sign_ins == 1


def test_a_post_taken_away_is_gone_at_the_next_request(client: FlaskClient, make: Make) -> None:
    person = make.person(PostKind.PROSECUTOR)
    token = _token(client, person)
    before = client.get("/api/v1/me", headers=_bearer(token)).json

    make.session.execute(update(Post).values(until_on=make.now.date()))
    after = client.get("/api/v1/me", headers=_bearer(token)).json

    assert before
    assert after
    assert (len(before["posts"]), after["posts"]) == (1, [])


@pytest.mark.parametrize("ended", ["session", "account"])
def test_an_ended_session_and_a_disabled_account_are_signed_out(
    client: FlaskClient, make: Make, ended: str
) -> None:
    person = make.person(PostKind.CLERK)
    token = _token(client, person)

    if ended == "session":
        make.session.execute(update(SignInSession).values(ended_at=machine_now()))
    else:
        make.session.execute(update(Person).values(disabled_at=machine_now()))

    assert client.get("/api/v1/me", headers=_bearer(token)).status_code == 401


def test_signing_out_ends_the_session(client: FlaskClient, make: Make) -> None:
    token = _token(client, make.person(PostKind.CLERK))

    assert client.delete("/api/v1/sessions/current", headers=_bearer(token)).status_code == 204
    assert client.get("/api/v1/me", headers=_bearer(token)).status_code == 401


@pytest.mark.parametrize(
    "mutant",
    [
        *("iss", "aud", "sub", "sid", "exp", "iat", "kid", "typ"),
        *(f"no {claim}" for claim in CLAIMS),
        *("alg none", "HS256", "other key"),
    ],
)
def test_a_token_with_one_thing_changed_is_refused(
    app: Flask, client: FlaskClient, make: Make, mutant: str
) -> None:
    token = _token(client, make.person(PostKind.CLERK))
    key = app.extensions["token_key"]
    claims = jwt.decode(token, options={"verify_signature": False})
    headers = {"kid": key.kid, "typ": TYPE}
    signer, algorithm = key.private, ALGORITHM
    match mutant:
        case "iss" | "aud":
            claims[mutant] = "somebody-else"
        case "sub" | "sid":
            claims[mutant] = type(claims[mutant])(int(claims[mutant]) + 1000)
        case "exp":
            claims["exp"] = claims["iat"] - 60
        case "iat":
            claims["iat"] += 3600
        case "kid" | "typ":
            headers[mutant] = "other"
        case "alg none":
            signer, algorithm = None, "none"
        case "HS256":
            signer, algorithm = "0" * 32, "HS256"
        case "other key":
            signer = Ed25519PrivateKey.generate()
        case _:
            del claims[mutant.removeprefix("no ")]

    forged = jwt.encode(claims, signer, algorithm, headers=headers)

    assert client.get("/api/v1/me", headers=_bearer(token)).status_code == 200
    assert client.get("/api/v1/me", headers=_bearer(forged)).status_code == 401


def test_processes_that_start_at_once_sign_with_one_key(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    with ThreadPoolExecutor(16) as threads:
        keys = list(threads.map(lambda _: TokenKey.kept_in(folder), range(16)))

    assert len({key.kid for key in keys}) == 1
    assert [path.name for path in folder.iterdir()] == ["access-token.pem"]
    assert (folder / "access-token.pem").stat().st_mode & 0o777 == 0o600


def test_nobody_sends_much_before_signing_in(client: FlaskClient) -> None:
    for door in ("/api/v1/sessions", "/api/v1/sessions/renewals"):
        reply = client.post(door, json={"username": "x" * 20_000, "password": "x"})

        assert (reply.status_code, (reply.json or {})["type"]) == (413, "/problems/too-large")
