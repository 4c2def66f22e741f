"""Passkeys: added on this phone, signing the very content, removed by their owner or the office."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services import passkeys, step_ups
from services.kernel.act import Act
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed, NotFound
from services.passkeys import (
    Answer,
    NoPasskeysHere,
    Passkey,
    PasskeyChallenge,
    PasskeyKnown,
    PasskeyRefused,
    PasskeysFull,
    Question,
    Site,
)
from services.policy import MACHINE, PostKind
from services.sessions import SignInSession
from services.step_ups import Deed, Means, Taken
from tests.make import Make
from tests.passkeys.device import Device

SITE = Site("localhost", "http://localhost")
DEED = Deed.of("PUT", "/api/v1/arrest-reviews/7/decision", b"{}")


@pytest.fixture
def opened(make: Make) -> SignInSession:
    now = machine_now()
    person = make.person(PostKind.CHIEF_PROCURATOR)
    opened = SignInSession(person=person, opened_at=now, renewed_at=now)
    make.session.add(opened)
    make.session.flush()
    return opened


@pytest.fixture
def act(make: Make, opened: SignInSession) -> Act:
    return make.act(replace(make.act(opened.person).actor, session_id=opened.id))


@pytest.fixture
def device(act: Act, opened: SignInSession) -> Device:
    """A device whose passkey has been added."""
    device = Device()
    _add(act, opened, device)
    return device


def _add(act: Act, opened: SignInSession, device: Device, site: Site = SITE) -> Passkey:
    asked = passkeys.offer(act, opened, site)
    answer = Answer(asked.challenge_id, device.made(asked.options))
    return passkeys.add(act, opened, answer, name="我的手机", site=site)


def _ask(act: Act, opened: SignInSession) -> Question:
    return step_ups.ask_passkey(act, opened, DEED, SITE)


def _take(
    act: Act, opened: SignInSession, asked: Question, credential: Any, deed: Deed = DEED
) -> Taken:
    answer = Answer(asked.challenge_id, credential)
    return step_ups.take_by_passkey(act, opened, deed, answer, SITE)


def test_a_passkey_confirms_the_very_content(
    act: Act, opened: SignInSession, device: Device
) -> None:
    asked = _ask(act, opened)
    taken = _take(act, opened, asked, device.signed(asked.options))

    step_ups.use(act, opened, DEED, token=taken.token, operation="PUT /x")

    (passkey,) = passkeys.of(act, opened.person_id)
    assert taken.step_up.means is Means.PASSKEY
    assert (taken.step_up.passkey_id, passkey.sign_count) == (passkey.id, 1)
    assert passkey.used_at is not None


def test_what_was_signed_for_one_deed_confirms_no_other(
    act: Act, opened: SignInSession, device: Device
) -> None:
    asked = _ask(act, opened)
    signed = device.signed(asked.options)

    with pytest.raises(PasskeyRefused):
        _take(act, opened, asked, signed, Deed.of(DEED.method, DEED.path, b"{ }"))


def test_a_challenge_is_answered_once_and_in_time(
    act: Act, opened: SignInSession, device: Device
) -> None:
    asked = _ask(act, opened)
    _take(act, opened, asked, device.signed(asked.options))
    with pytest.raises(PasskeyRefused):
        _take(act, opened, asked, device.signed(asked.options))

    late = _ask(act, opened)
    act.session.get_one(PasskeyChallenge, late.challenge_id).expires_at = machine_now()
    act.session.flush()
    with pytest.raises(PasskeyRefused):
        _take(act, opened, late, device.signed(late.options))


@pytest.mark.parametrize(
    "wrong",
    [{"verifies": 0}, {"origin": "https://jiantong.example"}, {"domain": "example"}, {"count": -1}],
    ids=["nobody was verified", "another site", "another domain", "a copy of the key"],
)
def test_a_device_that_answers_otherwise_is_refused(
    act: Act, opened: SignInSession, device: Device, wrong: dict[str, Any]
) -> None:
    device.count = 5
    asked = _ask(act, opened)
    _take(act, opened, asked, device.signed(asked.options))

    asked = _ask(act, opened)
    with pytest.raises(PasskeyRefused):
        _take(act, opened, asked, replace(device, **(wrong | _back(wrong))).signed(asked.options))


def _back(wrong: dict[str, Any]) -> dict[str, Any]:
    return {"count": 4} if "count" in wrong else {}


@pytest.mark.parametrize(
    "credential", [{}, {"id": 7}, {"id": "x"}, {"id": "AAAA", "response": []}, {"id": "+/="}]
)
@pytest.mark.usefixtures("device")
def test_what_no_browser_sends_is_refused(
    act: Act, opened: SignInSession, credential: dict[str, Any]
) -> None:
    with pytest.raises(PasskeyRefused):
        _take(act, opened, _ask(act, opened), credential)
    asked = passkeys.offer(act, opened, SITE)
    answer = Answer(asked.challenge_id, credential)
    with pytest.raises(PasskeyRefused):
        passkeys.add(act, opened, answer, name="x", site=SITE)


def test_a_passkey_is_added_once(act: Act, opened: SignInSession, device: Device) -> None:
    with pytest.raises(PasskeyKnown):
        _add(act, opened, device)


def test_ten_passkeys_are_enough(act: Act, opened: SignInSession) -> None:
    for _ in range(passkeys.MOST):
        _add(act, opened, Device())

    with pytest.raises(PasskeysFull):
        passkeys.offer(act, opened, SITE)


def test_a_device_that_verifies_nobody_makes_no_passkey(act: Act, opened: SignInSession) -> None:
    with pytest.raises(PasskeyRefused):
        _add(act, opened, Device(verifies=0))


def test_without_a_known_address_there_are_no_passkeys(act: Act, opened: SignInSession) -> None:
    answer = Answer(1, {})
    with pytest.raises(NoPasskeysHere):
        passkeys.offer(act, opened, None)
    with pytest.raises(NoPasskeysHere):
        passkeys.add(act, opened, answer, name="x", site=None)
    with pytest.raises(NoPasskeysHere):
        _ask(act, opened)
    with pytest.raises(NoPasskeysHere):
        step_ups.take_by_passkey(act, opened, DEED, answer, None)


@pytest.mark.usefixtures("device")
def test_a_passkey_of_another_address_is_not_asked(act: Act) -> None:
    elsewhere = Site("jiantong.example", "https://jiantong.example")

    assert step_ups.means(act, SITE) == [Means.PASSWORD, Means.PASSKEY]
    assert step_ups.means(act, elsewhere) == [Means.PASSWORD]


def test_a_removed_passkey_confirms_nothing(
    act: Act, opened: SignInSession, device: Device
) -> None:
    asked = _ask(act, opened)
    (passkey,) = passkeys.of(act, opened.person_id)
    passkeys.remove(act, passkey)

    with pytest.raises(PasskeyRefused):
        _take(act, opened, asked, device.signed(asked.options))
    with pytest.raises(NotFound):
        passkeys.find(act, passkey.id)


@pytest.mark.usefixtures("device")
def test_nobody_adds_or_asks_in_somebody_elses_session(make: Make, opened: SignInSession) -> None:
    other = make.act(make.person())

    with pytest.raises(NotAllowed):
        passkeys.offer(other, opened, SITE)
    with pytest.raises(NotAllowed):
        passkeys.add(other, opened, Answer(1, {}), name="x", site=SITE)
    with pytest.raises(NotAllowed):
        step_ups.ask_passkey(other, opened, DEED, SITE)
    with pytest.raises(NotAllowed):
        step_ups.take_by_passkey(other, opened, DEED, Answer(1, {}), SITE)


@pytest.mark.usefixtures("device")
def test_the_security_officer_of_the_office_sees_and_removes_it(
    make: Make, act: Act, opened: SignInSession
) -> None:
    (passkey,) = passkeys.of(act, opened.person_id)
    office = opened.person.posts[0].office
    officer = make.act(make.person(PostKind.SECURITY_OFFICER, office))
    stranger = make.act(make.person(PostKind.SECURITY_OFFICER))
    colleague = make.act(make.person(PostKind.ADMINISTRATOR, office))

    for one in (stranger, colleague):
        with pytest.raises(NotFound):
            passkeys.find(one, passkey.id)
        with pytest.raises(NotAllowed):
            passkeys.remove(one, passkey)
        assert passkeys.of(one, opened.person_id) == []
    passkeys.remove(officer, passkeys.find(officer, passkey.id))

    assert passkey.removed_by == officer.actor.id
    assert passkeys.of(act, opened.person_id) == []


def test_a_question_nobody_answered_is_forgotten_by_the_house(
    make: Make, act: Act, opened: SignInSession
) -> None:
    passkeys.offer(act, opened, SITE)
    later = machine_now() + passkeys.ANSWERED_WITHIN + timedelta(seconds=1)

    with pytest.raises(NotAllowed):
        passkeys.sweep(act, later)
    assert passkeys.sweep(make.act(MACHINE), machine_now()) == 0
    assert passkeys.sweep(make.act(MACHINE), later) == 1
