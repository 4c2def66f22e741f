"""A request sent twice is done once and answered twice."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.identity import access_token
from services.kernel.answers import IdempotentAnswer, sweep
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from services.offices import Office
from services.people import Person
from services.policy import PostKind
from services.sessions import SignInSession
from tests.api import toy
from tests.api.conftest import Headers, SignIn, count_toys, keyed
from tests.make import Make

TOYS = "/api/v1/toys"


def test_the_same_request_is_done_once(phone: FlaskClient, me: Headers) -> None:
    headers = keyed(me, "one")
    first = phone.post(TOYS, json={"name": "球"}, headers=headers)
    second = phone.post(TOYS, json={"name": "球"}, headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.mimetype == "application/json"
    assert count_toys(phone, me) == 1


def test_the_order_of_a_body_does_not_matter(phone: FlaskClient, me: Headers) -> None:
    headers = keyed(me, "order") | {"Content-Type": "application/json"}
    phone.post(TOYS, data='{"name": "球", "parts": []}', headers=headers)
    second = phone.post(TOYS, data='{"parts":[],"name":"球"}', headers=headers)

    assert second.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "钥匙".encode().decode("latin-1"), "a b"])
def test_no_key_no_change(phone: FlaskClient, me: Headers, key: str) -> None:
    reply = phone.post(TOYS, json={"name": "球"}, headers=me | {"Idempotency-Key": key})

    assert (reply.status_code, reply.json and reply.json["type"]) == (400, "/problems/key-missing")
    assert count_toys(phone, me) == 0


def test_the_drafts_quotes_name_the_same_key(phone: FlaskClient, me: Headers) -> None:
    phone.post(TOYS, json={"name": "球"}, headers=keyed(me, '"quoted"'))
    second = phone.post(TOYS, json={"name": "球"}, headers=keyed(me, "quoted"))

    assert second.headers["Idempotency-Replayed"] == "true"


def test_an_answer_is_not_told_again_to_whoever_has_left_the_post(
    phone: FlaskClient, make: Make, sign_in: SignIn
) -> None:
    person = make.person()
    post = make.post(person, PostKind.CLERK, make.office())
    headers = keyed(sign_in(person), "post")
    first = phone.post(TOYS, json={"name": "球"}, headers=headers)
    post.until_on = post.from_on
    make.session.flush()
    second = phone.post(TOYS, json={"name": "球"}, headers=headers)

    assert first.status_code == 201
    assert (second.status_code, second.json and second.json["type"]) == (
        422,
        "/problems/key-reused",
    )


def test_a_key_is_for_one_request(phone: FlaskClient, me: Headers) -> None:
    headers = keyed(me, "two")
    phone.post(TOYS, json={"name": "球"}, headers=headers)
    other = phone.post(TOYS, json={"name": "车"}, headers=headers)

    assert (other.status_code, other.json and other.json["type"]) == (422, "/problems/key-reused")
    assert count_toys(phone, me) == 1


def test_two_people_may_use_the_same_key(
    phone: FlaskClient, me: Headers, make: Make, sign_in: SignIn
) -> None:
    phone.post(TOYS, json={"name": "球"}, headers=keyed(me, "three"))
    other = phone.post(TOYS, json={"name": "车"}, headers=keyed(sign_in(make.person()), "three"))

    assert other.json is not None
    assert other.json["name"] == "车"


def test_a_refusal_is_not_remembered(phone: FlaskClient, me: Headers, session: Session) -> None:
    headers = keyed(me, "four")
    assert phone.post(TOYS, json={"name": "被占用"}, headers=headers).status_code == 409
    assert session.scalar(select(func.count()).select_from(IdempotentAnswer)) == 0

    assert phone.post(TOYS, json={"name": "球"}, headers=headers).status_code == 201


def test_a_file_has_the_same_fingerprint_in_another_envelope(
    phone: FlaskClient, me: Headers
) -> None:
    def send(content: bytes) -> tuple[int, str | None]:
        sent = {"file": (io.BytesIO(content), "a.pdf")}
        reply = phone.post(f"{TOYS}/files", data=sent, headers=keyed(me, "five"))
        return reply.status_code, reply.headers.get("Idempotency-Replayed")

    assert send(b"abc") == (201, None)
    assert send(b"abc") == (201, "true")
    assert send(b"abd") == (422, None)


def test_a_part_without_a_name_breaks_nothing(phone: FlaskClient, me: Headers) -> None:
    part = 'Content-Disposition: form-data; filename="a"\r\n\r\nx\r\n'
    body = f"--b\r\n{part}--b\r\nContent-Disposition: form-data\r\n\r\ny\r\n--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    reply = phone.post(f"{TOYS}/files", data=body, content_type=kind, headers=keyed(me))

    assert reply.status_code == 422


def test_a_request_still_at_work_is_not_started_again(
    phone: FlaskClient, me: Headers, engine: Engine, session: Session
) -> None:
    person_id = session.scalar(text("SELECT max(id) FROM people"))
    with engine.begin() as elsewhere:
        elsewhere.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"{person_id}/six"},
        )
        reply = phone.post(TOYS, json={"name": "球"}, headers=keyed(me, "six"))

    assert (reply.status_code, reply.json and reply.json["type"]) == (
        409,
        "/problems/still-at-work",
    )
    assert reply.headers["Retry-After"] == "1"
    assert phone.post(TOYS, json={"name": "球"}, headers=keyed(me, "six")).status_code == 201


def test_a_deadlock_is_tried_again(phone: FlaskClient, me: Headers) -> None:
    reply = phone.post(TOYS, json={"name": "死锁"}, headers=keyed(me))

    assert reply.status_code == 201
    assert toy.tries == ["死锁"] * 3
    assert count_toys(phone, me) == 1


def test_answers_are_forgotten_after_a_day(
    phone: FlaskClient, me: Headers, session: Session
) -> None:
    phone.post(TOYS, json={"name": "球"}, headers=keyed(me))

    assert sweep(session) == 0
    assert sweep(session, older_than=timedelta(seconds=-1)) == 1


def test_eight_phones_with_one_key_do_it_once(settings: Settings, engine: Engine) -> None:
    """On committed data: in one transaction there is no race."""
    app = create_app(settings, engine, rooms=(toy,))
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions.begin() as session:
        person = Person(username="racer", name="赛跑者", password_hash="-")
        session.add(person)
        session.flush()
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        session.add(opened)
    token = access_token(app.extensions["token_key"], opened, lasting=timedelta(minutes=5))
    headers = keyed({"Authorization": f"Bearer {token}"}, "race")

    def send(_: int) -> tuple[int, bool]:
        reply = app.test_client().post(TOYS, json={"name": "赛跑"}, headers=headers)
        return reply.status_code, "Idempotency-Replayed" in reply.headers

    try:
        with ThreadPoolExecutor(8) as phones:
            answers = list(phones.map(send, range(8)))
        assert answers.count((201, False)) == 1
        assert set(answers) <= {(201, False), (201, True), (409, False)}
        assert send(0) == (201, True)
    finally:
        with sessions.begin() as session:
            session.execute(delete(Office).where(Office.name == "赛跑"))
            session.execute(delete(IdempotentAnswer))
            session.execute(delete(SignInSession).where(SignInSession.person_id == person.id))
            session.execute(delete(Person).where(Person.id == person.id))
