"""Signing in: counted tries, rotation, reuse, and what a taken post or account means."""

import hmac
import json
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient
from jwt.api_jws import PyJWS
from sqlalchemy import select, update

from api.identity import ALGORITHM, CLAIMS, TYPE, TokenKey, TokenRing, access_token, identify
from jiantong.keys import keys
from services import enrolments, sessions
from services.enrolments import Enrolment
from services.kernel.act import Actor, JournalEntry
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed, NotFound, Refusal, SignedOut
from services.kernel.settings import Settings
from services.people import Person, Post, password_fits
from services.policy import CONSOLE, PostKind
from services.sessions import (
    NOBODY,
    Credentials,
    EndReason,
    Opened,
    RefreshToken,
    Refused,
    SignInSession,
)
from tests.make import PASSWORD, Make
from tests.phone_keys import PhoneKey, enrolled

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


# The phone's key


def _bound(make: Make) -> tuple[PhoneKey, Enrolment, Opened]:
    """A session that belongs to an enrolled phone, without the password's half second."""
    person, key = make.person(PostKind.CLERK), PhoneKey()
    phone = enrolled(make, person, key)
    now = machine_now()
    session = SignInSession(
        person_id=person.id, enrolment_id=phone.id, opened_at=now, renewed_at=now
    )
    make.session.add(session)
    make.session.flush()
    opened = sessions._issue(  # noqa: SLF001  # the token of a sign-in
        make.act(NOBODY), session, None, now + MONTH, now + MONTH
    )
    return key, phone, opened


def _renew(make: Make, token: str, phone: Enrolment | None = None) -> Opened | Refused:
    return sessions.renew(make.act(NOBODY), token, renewable_for=MONTH, phone=phone)


def _refusal(outcome: Opened | Refused) -> type[Refusal]:
    assert isinstance(outcome, Refused), outcome
    return type(outcome.refusal)


def test_a_stolen_refresh_token_is_worth_nothing_without_the_phone_s_key(make: Make) -> None:
    _, phone, opened = _bound(make)
    thief = enrolled(make, make.person(), PhoneKey())

    assert _refusal(_renew(make, opened.refresh_token)) is sessions.ProofNeeded
    assert _refusal(_renew(make, opened.refresh_token, thief)) is sessions.ProofNeeded
    assert _opened(_renew(make, opened.refresh_token, phone)).session.id == opened.session.id


def test_a_thief_with_a_used_token_alone_does_not_end_the_owner_s_session(make: Make) -> None:
    _, phone, opened = _bound(make)
    later = _opened(_renew(make, opened.refresh_token, phone))
    _age(make)

    assert _refusal(_renew(make, opened.refresh_token)) is sessions.ProofNeeded
    assert isinstance(_renew(make, later.refresh_token, phone), Opened)


def test_an_ended_enrolment_says_so(make: Make) -> None:
    _, phone, opened = _bound(make)
    enrolments.report_loss(make.act(CONSOLE), phone)

    assert _refusal(_renew(make, opened.refresh_token, phone)) is sessions.EnrolmentOver
    credentials = Credentials(phone.person.username, PASSWORD)
    outcome = sessions.sign_in(make.act(NOBODY), credentials, renewable_for=MONTH, phone=phone)
    assert _refusal(outcome) is sessions.EnrolmentOver


def test_whoever_held_a_session_or_a_phone_is_told_why_it_is_over(make: Make) -> None:
    _, phone, opened = _bound(make)
    sessions.end_all(make.act(CONSOLE), phone.person)
    over = _renew(make, opened.refresh_token, phone)
    enrolments.report_loss(make.act(CONSOLE), phone)
    lost = _renew(make, opened.refresh_token, phone)

    assert isinstance(over, Refused)
    assert isinstance(lost, Refused)
    assert over.refusal.members == {"reason": EndReason.SECURED}
    assert lost.refusal.members == {"reason": "lost"}


def test_only_whoever_knows_the_password_hears_that_the_phone_must_be_enrolled(
    make: Make,
) -> None:
    person = make.person(PostKind.CLERK, make.office(enrolled_only=True))
    phone = enrolled(make, person, PhoneKey())

    assert _refusal(_sign_in(make, person, "wrong")) is sessions.WrongCredentials
    assert _refusal(_sign_in(make, person)) is sessions.EnrolmentNeeded
    act, given = make.act(NOBODY), Credentials(person.username, PASSWORD)
    opened = _opened(sessions.sign_in(act, given, renewable_for=MONTH, phone=phone))
    assert opened.session.enrolment_id == phone.id
    kinds = make.session.scalars(select(JournalEntry.kind)).all()
    assert kinds.count("UnenrolledPhoneRefused") == 1


# One chain lives on


def _age(make: Make) -> None:
    """The half minute after each use has passed."""
    make.session.execute(
        update(RefreshToken)
        .where(RefreshToken.used_at.is_not(None))
        .values(used_at=machine_now() - timedelta(minutes=1))
        .execution_options(synchronize_session="fetch")
    )


def test_two_answers_to_one_token_never_live_on_both(make: Make) -> None:
    _, phone, opened = _bound(make)
    first = _opened(_renew(make, opened.refresh_token, phone))
    second = _opened(_renew(make, opened.refresh_token, phone))

    assert _refusal(_renew(make, first.refresh_token, phone)) is sessions.SessionOver
    assert opened.session.end_reason is EndReason.TOKEN_REUSED
    assert _refusal(_renew(make, second.refresh_token, phone)) is sessions.SessionOver


def test_the_answer_to_the_second_use_goes_on(make: Make) -> None:
    _, phone, opened = _bound(make)
    _renew(make, opened.refresh_token, phone)
    again = _opened(_renew(make, opened.refresh_token, phone))

    for _ in range(3):
        again = _opened(_renew(make, again.refresh_token, phone))


def test_a_token_whose_successor_was_used_is_reused_even_within_the_half_minute(
    make: Make,
) -> None:
    _, phone, opened = _bound(make)
    first = _opened(_renew(make, opened.refresh_token, phone))
    _renew(make, first.refresh_token, phone)

    assert _refusal(_renew(make, opened.refresh_token, phone)) is sessions.SessionOver
    kinds = make.session.scalars(select(JournalEntry.kind)).all()
    assert kinds.count("RefreshTokenReused") == 1


def test_a_session_ends_by_itself_however_often_it_is_renewed(make: Make) -> None:
    _, phone, opened = _bound(make)
    opened.session.opened_at -= timedelta(days=31)

    assert _refusal(_renew(make, opened.refresh_token, phone)) is sessions.SessionOver
    assert opened.session.end_reason is EndReason.RAN_OUT


def test_a_token_is_not_worth_more_than_the_session(make: Make) -> None:
    _, phone, opened = _bound(make)
    opened.session.opened_at -= timedelta(days=29)
    _renew(make, opened.refresh_token, phone)

    ends = make.session.scalars(select(RefreshToken.expires_at)).all()
    assert min(ends) == opened.session.opened_at + MONTH


# Lists, and a password of one's own


def test_others_end_and_this_one_stays(make: Make) -> None:
    _, phone, opened = _bound(make)
    now = machine_now()
    others = [
        SignInSession(person_id=phone.person_id, opened_at=now, renewed_at=now) for _ in range(2)
    ]
    make.session.add_all(others)
    make.session.flush()
    act = replace(
        make.act(phone.person), actor=Actor(phone.person_id, frozenset(), opened.session.id)
    )

    sessions.end(act, sessions.find(act, others[0].id))
    sessions.end_others(act, sessions.current(act))

    assert {one.end_reason for one in others} == {EndReason.ENDED_ELSEWHERE}
    assert opened.session.ended_at is None
    with pytest.raises(NotFound):
        sessions.find(make.act(make.person()), opened.session.id)
    with pytest.raises(NotAllowed):
        sessions.end_others(make.act(make.person()), opened.session)


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(make: Make) -> None:
    _, phone, opened = _bound(make)
    _, other, _ = _bound(make)
    now = machine_now()
    elsewhere = SignInSession(person_id=phone.person_id, opened_at=now, renewed_at=now)
    make.session.add(elsewhere)
    make.session.flush()
    act, new = make.act(phone.person), "measured otter lagoon"

    wrong = sessions.change_password(
        act, opened.session, current_password="wrong", new_password=new
    )
    right = sessions.change_password(
        act, opened.session, current_password=PASSWORD, new_password=new
    )

    assert isinstance(wrong, Refused)
    assert isinstance(wrong.refusal, sessions.CurrentPasswordWrong)
    assert right is None
    assert password_fits(phone.person, new)
    assert (elsewhere.end_reason, opened.session.ended_at) == (EndReason.PASSWORD_CHANGED, None)
    with pytest.raises(NotAllowed):
        sessions.change_password(
            make.act(other.person), opened.session, current_password=new, new_password=PASSWORD * 3
        )


# Token keys


def test_old_keys_verify_until_their_last_token_has_run_out(tmp_path: Path) -> None:
    lasting = timedelta(minutes=15)
    ring = TokenRing.kept_in(tmp_path, lasting)
    elsewhere = TokenRing.kept_in(tmp_path, lasting)
    first = ring.newest

    second = ring.rotate()

    assert elsewhere.newest.kid == second.kid != first.kid, "another process needs no restart"
    assert [key.kid for key in elsewhere.living()] == [first.kid, second.kid]
    made = next(path for path in tmp_path.glob("access-token-*.pem"))
    past = int(made.stem.rpartition("-")[2]) - int((lasting.total_seconds() + 6) * 1e9)
    made.rename(tmp_path / f"access-token-{past}.pem")
    assert [key.kid for key in elsewhere.living()] == [second.kid]
    assert elsewhere.named(first.kid) is None
    third = ring.rotate()
    assert {key.kid for key in ring.living()} == {second.kid, third.kid}
    assert TokenRing.kept_in(tmp_path, lasting).newest.kid == third.kid, "and no key comes back"


def test_a_key_that_is_no_longer_safe_verifies_nothing_at_once(tmp_path: Path) -> None:
    ring = TokenRing.kept_in(tmp_path, timedelta(minutes=15))
    first, second = ring.newest, ring.rotate()

    third = ring.revoke()

    assert [key.kid for key in ring.living()] == [third.kid]
    assert third.kid not in {first.kid, second.kid}


def test_the_console_rotates_the_keys(tmp_path: Path) -> None:
    data = {"DATA_DIR": str(tmp_path)}
    settings = Settings.from_environment(data)
    ring = TokenRing.kept_in(settings.secrets, settings.access_token_for)
    first = ring.kid
    for flags in ([], ["--at-once"]):
        done = CliRunner().invoke(keys, ["rotate-tokens", *flags], obj=settings)
        assert done.exit_code == 0, done.output
        assert done.output.strip() == ring.kid != first
    assert len(ring.living()) == 1


def test_anybody_may_know_the_public_keys(app: Flask, client: FlaskClient) -> None:
    (told,) = (client.get("/.well-known/jwks.json").json or {})["keys"]

    assert told["kid"] == app.extensions["token_key"].kid
    assert set(told) == {"kty", "crv", "x", "kid", "use", "alg"}, "the public half only"


HUGE = 10**400
WRONG: dict[str, list[object]] = {
    "iss": [None, 7, ["jiantong"], ""],
    "aud": [None, 7, ["jiantong-phone"], ""],
    "sub": [None, 7, "", "x", "-1", "0", "1.0", "٣", "9" * 40, ["1"], {}],
    "sid": [None, "1", -1, 0, 1.5, True, 2**31, HUGE, [1], {}],
    "exp": [None, "soon", -1, 0, [], {}, -HUGE, True],
    "iat": [None, "now", HUGE, [], {}, 2**40],
    "nbf": [2**40, "later", HUGE],
}


@pytest.mark.parametrize(
    ("claim", "value"),
    [(claim, value) for claim, values in WRONG.items() for value in values],
)
def test_each_wrong_claim_is_signed_out_and_breaks_nothing(
    app: Flask, make: Make, claim: str, value: object
) -> None:
    ring, session = app.extensions["token_key"], SignInSession(id=1, person_id=1)
    token = access_token(ring, session, lasting=timedelta(minutes=5))
    claims = jwt.decode(token, options={"verify_signature": False}) | {claim: value}
    body = json.dumps(claims).encode()
    forged = PyJWS().encode(body, ring.private, ALGORITHM, {"kid": ring.kid, "typ": TYPE})

    _refused(app, make, token=forged)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        *(("kid", value) for value in (None, 7, "", "other", ["x"])),
        *(("typ", value) for value in (None, "JWT", "dpop+jwt", 7)),
        ("crit", ["exp"]),
    ],
)
def test_each_wrong_header_is_signed_out(
    app: Flask, make: Make, header: str, value: object
) -> None:
    ring = app.extensions["token_key"]
    token = access_token(ring, SignInSession(id=1, person_id=1), lasting=timedelta(minutes=5))
    claims = jwt.decode(token, options={"verify_signature": False})
    told = {"alg": ALGORITHM, "kid": ring.kid, "typ": TYPE} | {header: value}
    parts = [b64(json.dumps(part).encode()) for part in (told, claims)]
    signature = ring.private.sign(".".join(parts).encode())

    _refused(app, make, token=".".join([*parts, b64(signature)]))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "e30.e30.", "é.é.é", "[[[[" * 400])
def test_what_is_no_token_is_signed_out(app: Flask, make: Make, token: str) -> None:
    _refused(app, make, token=token)


def test_the_public_key_is_no_secret_to_sign_with(app: Flask, make: Make) -> None:
    ring = app.extensions["token_key"]
    token = access_token(ring, SignInSession(id=1, person_id=1), lasting=timedelta(minutes=5))
    claims = jwt.decode(token, options={"verify_signature": False})
    public = ring.private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    for secret in (pem, raw):
        parts = [
            b64(json.dumps(part).encode())
            for part in ({"alg": "HS256", "kid": ring.kid, "typ": TYPE}, claims)
        ]
        mac = hmac.digest(secret, ".".join(parts).encode(), "sha256")
        _refused(app, make, token=".".join([*parts, b64(mac)]))


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _refused(app: Flask, make: Make, *, token: str) -> None:
    """The request is signed out; 401 and never 500 (`identify` is where every request comes by)."""
    headers = {"Authorization": f"Bearer {token}"}
    with app.test_request_context(headers=headers) as context, pytest.raises(SignedOut):
        identify(make.session, context.request, app.extensions["token_key"])
