"""Counting wrong secrets: strangers make strangers wait, and nobody else."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from api.limits import block_of
from services import enrolments, sessions, tries
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed
from services.people import Person
from services.policy import MACHINE, PostKind
from services.sessions import NOBODY, AccountLocked, Credentials, Opened, Refused, WrongCredentials
from services.tries import FREE_FOR_A_CROWD, FREE_TRIES, LONGEST_WAIT, Door, Tried, Try
from tests.make import PASSWORD, Make
from tests.phone_keys import PhoneKey, enrolled

MONTH = timedelta(days=30)
NOW = machine_now()


def _fail(make: Make, tried: Tried, times: int, at: datetime = NOW) -> None:
    for _ in range(times):
        tries.wait(make.session, tried, at)
        tries.failed(make.session, tried, at)


def _waits(make: Make, tried: Tried) -> timedelta | None:
    return tries.wait(make.session, tried, NOW)


def _tried(name: str = "somebody", source: str = "192.0.2.1", phone: str | None = None) -> Tried:
    return Tried(Door.SIGN_IN, name, source, phone)


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(make: Make) -> None:
    one = _tried()
    _fail(make, one, FREE_TRIES - 1)
    assert _waits(make, one) is None
    waits = []
    for _ in range(8):
        _fail(make, one, 1)
        waits.append(_waits(make, one))

    assert waits == [min(timedelta(seconds=30) * 2**n, LONGEST_WAIT) for n in range(8)]


def test_a_stranger_s_failures_hold_up_neither_another_block_nor_the_phone(make: Make) -> None:
    _fail(make, _tried(), FREE_TRIES)

    assert _waits(make, _tried()) is not None
    assert _waits(make, _tried(source="192.0.2.2")) is None
    assert _waits(make, _tried(name="another")) is None
    assert _waits(make, _tried(phone="a key")) is None


def test_a_crowd_of_strangers_is_slowed_down_but_no_known_block_and_no_phone(make: Make) -> None:
    home = _tried(source="198.51.100.7")
    tries.wait(make.session, home, NOW)
    tries.succeeded(make.session, home, NOW)
    for n in range(FREE_FOR_A_CROWD + 10):
        _fail(make, _tried(source=f"203.0.113.{n}"), 1)

    slowed = _waits(make, _tried(source="192.0.2.99"))
    assert slowed is not None
    assert slowed <= tries.LONGEST_SLOW_DOWN
    assert _waits(make, home) is None
    assert _waits(make, _tried(source="192.0.2.99", phone="a key")) is None


def test_failures_are_forgotten_after_a_day(make: Make) -> None:
    one, tomorrow = _tried(), NOW + tries.FORGOTTEN_AFTER + timedelta(seconds=1)
    _fail(make, one, FREE_TRIES - 1)
    tries.wait(make.session, one, tomorrow)
    tries.failed(make.session, one, tomorrow)

    assert tries.wait(make.session, one, tomorrow) is None


def test_counters_that_decide_nothing_are_swept_by_the_house_alone(make: Make) -> None:
    _fail(make, _tried(), 1)
    known = _tried(source="198.51.100.7")
    tries.wait(make.session, known, NOW)
    tries.succeeded(make.session, known, NOW)

    later = NOW + tries.FORGOTTEN_AFTER + timedelta(seconds=1)
    assert tries.sweep(make.act(MACHINE), later) == 2
    assert make.session.scalar(select(func.count()).select_from(Try)) == 1
    with pytest.raises(NotAllowed):
        tries.sweep(make.act(make.person()), later)


def _sign_in(
    make: Make, name: str, password: str = "", source: str = "", key: PhoneKey | None = None
) -> Opened | Refused:
    act = make.act(NOBODY)
    phone = enrolments.presented(act, key.proof()) if key else None
    given = Credentials(name, password, source)
    return sessions.sign_in(act, given, renewable_for=MONTH, phone=phone)


def _person(make: Make) -> Person:
    return make.person(PostKind.CLERK)


def test_a_wrong_name_waits_exactly_as_a_wrong_password_does(make: Make) -> None:
    names = (_person(make).username, "no-such-person")
    told: list[list[tuple[type, bool]]] = []
    for name in names:
        answers = []
        _fail(make, _tried(name, ""), FREE_TRIES - 2, machine_now())
        for _ in range(3):
            refused = _sign_in(make, name)
            assert isinstance(refused, Refused)
            left = refused.refusal.members.get("retry_after", timedelta())
            answers.append((type(refused.refusal), left > timedelta()))
        told.append(answers)

    assert told[0] == told[1]
    assert {kind for kind, _ in told[0]} == {WrongCredentials, AccountLocked}


def test_strangers_cannot_lock_out_whoever_has_the_enrolled_phone(make: Make) -> None:
    person, key = _person(make), PhoneKey()
    enrolled(make, person, key)
    for n in range(FREE_FOR_A_CROWD + 5):
        _fail(make, _tried(person.username, f"203.0.113.{n % 8}"), 1, machine_now())

    locked = _sign_in(make, person.username, PASSWORD, "203.0.113.1")
    opened = _sign_in(make, person.username, PASSWORD, "203.0.113.1", key)

    assert isinstance(locked, Refused)
    assert isinstance(locked.refusal, AccountLocked)
    assert isinstance(opened, Opened)


def test_a_phone_s_own_wrong_passwords_make_that_phone_wait(make: Make) -> None:
    person, key = _person(make), PhoneKey()
    enrolled(make, person, key)
    _fail(make, _tried(person.username, phone=key.thumbprint), FREE_TRIES + 3, machine_now())

    waiting = _sign_in(make, person.username, PASSWORD, key=key)

    assert isinstance(waiting, Refused)
    assert isinstance(waiting.refusal, AccountLocked)
    assert isinstance(_sign_in(make, person.username, PASSWORD), Opened)


def test_somebody_else_s_key_is_no_way_around_the_wait(make: Make) -> None:
    person, thief, key = _person(make), _person(make), PhoneKey()
    enrolled(make, thief, key)
    _fail(make, _tried(person.username, ""), FREE_TRIES + 3, machine_now())

    refused = _sign_in(make, person.username, PASSWORD, key=key)

    assert isinstance(refused, Refused)
    assert isinstance(refused.refusal, AccountLocked)


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("nonsense", ""),
        (None, ""),
    ],
)
def test_an_ipv6_subscriber_is_one_source(address: str | None, block: str) -> None:
    assert block_of(address) == block
