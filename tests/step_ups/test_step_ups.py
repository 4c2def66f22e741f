"""A confirmation: by whom, in which session, of what to the letter, once, for five minutes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services import step_ups, tries
from services.kernel.act import Act, JournalEntry
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed
from services.policy import MACHINE
from services.sessions import SignInSession
from services.step_ups import (
    Declined,
    Deed,
    Means,
    PasswordWrong,
    StepUpLocked,
    StepUpRefused,
    Taken,
)
from tests.make import PASSWORD, Make

DEED = Deed.of("PUT", "/api/v1/arrest-reviews/7/decision", '{"decision":"批准"}'.encode())
OPERATION = "PUT /arrest-reviews/<int:review_id>/decision"


@pytest.fixture
def opened(make: Make) -> SignInSession:
    return _opened(make)


@pytest.fixture
def act(make: Make, opened: SignInSession) -> Act:
    return make.act(replace(make.act(opened.person).actor, session_id=opened.id))


def _opened(make: Make) -> SignInSession:
    now = machine_now()
    opened = SignInSession(person=make.person(), opened_at=now, renewed_at=now)
    make.session.add(opened)
    make.session.flush()
    return opened


def _taken(act: Act, opened: SignInSession) -> Taken:
    taken = step_ups.take(act, opened, DEED, password=PASSWORD)
    assert isinstance(taken, Taken), taken
    return taken


def _use(act: Act, opened: SignInSession, token: str, deed: Deed = DEED) -> None:
    step_ups.use(act, opened, deed, token=token, operation=OPERATION)


def test_a_password_confirms_one_deed_once(act: Act, opened: SignInSession) -> None:
    taken = _taken(act, opened)

    _use(act, opened, taken.token)

    assert (taken.step_up.means, taken.step_up.used_at is None) == (Means.PASSWORD, False)
    with pytest.raises(StepUpRefused):
        _use(act, opened, taken.token)


def test_the_journal_says_what_was_confirmed_by_its_hash(act: Act, opened: SignInSession) -> None:
    taken = _taken(act, opened)
    _use(act, opened, taken.token)
    act.session.flush()

    entries = act.session.scalars(
        select(JournalEntry).where(JournalEntry.kind.like("StepUp%")).order_by(JournalEntry.id)
    ).all()

    told = DEED.content_hash.hex()
    assert [(one.kind, one.about_id, one.details) for one in entries] == [
        ("StepUpTaken", taken.step_up.id, {"means": "password", "content_hash": told}),
        ("StepUpUsed", taken.step_up.id, {"operation": OPERATION, "content_hash": told}),
    ]


@pytest.mark.parametrize(
    "other",
    [
        replace(DEED, method="POST"),
        replace(DEED, path="/api/v1/arrest-reviews/8/decision"),
        Deed.of(DEED.method, DEED.path, '{"decision": "批准"}'.encode()),
    ],
    ids=["method", "path", "one byte"],
)
def test_another_deed_is_not_confirmed(act: Act, opened: SignInSession, other: Deed) -> None:
    taken = _taken(act, opened)

    with pytest.raises(StepUpRefused):
        _use(act, opened, taken.token, other)
    assert taken.step_up.used_at is None


def test_another_session_of_the_same_person_does_not_do(
    make: Make, act: Act, opened: SignInSession
) -> None:
    taken = _taken(act, opened)
    other = SignInSession(person=opened.person, opened_at=machine_now(), renewed_at=machine_now())
    make.session.add(other)
    make.session.flush()

    with pytest.raises(StepUpRefused):
        _use(act, other, taken.token)


def test_after_five_minutes_it_is_over(act: Act, opened: SignInSession) -> None:
    taken = _taken(act, opened)
    assert taken.step_up.expires_at - taken.step_up.taken_at == timedelta(minutes=5)

    taken.step_up.expires_at = machine_now()
    act.session.flush()

    with pytest.raises(StepUpRefused):
        _use(act, opened, taken.token)


def test_nobody_confirms_in_somebody_elses_session(make: Make, act: Act) -> None:
    other = _opened(make)

    with pytest.raises(NotAllowed):
        step_ups.take(act, other, DEED, password=PASSWORD)
    with pytest.raises(NotAllowed):
        _use(act, other, "x")


def test_wrong_passwords_make_the_session_wait_and_nobody_else(
    make: Make, act: Act, opened: SignInSession
) -> None:
    for _ in range(tries.FREE_TRIES):
        wrong = step_ups.take(act, opened, DEED, password="wrong")
        assert isinstance(wrong, Declined)
        assert isinstance(wrong.refusal, PasswordWrong)
    locked = step_ups.take(act, opened, DEED, password=PASSWORD)

    assert isinstance(locked, Declined)
    assert isinstance(locked.refusal, StepUpLocked)
    assert timedelta(0) < locked.refusal.members["retry_after"] <= tries.LONGEST_WAIT
    assert opened.person.locked_until is None
    now = machine_now()
    elsewhere = SignInSession(person=opened.person, opened_at=now, renewed_at=now)
    make.session.add(elsewhere)
    make.session.flush()
    assert isinstance(step_ups.take(act, elsewhere, DEED, password=PASSWORD), Taken)


def test_a_right_password_forgets_the_wrong_ones(act: Act, opened: SignInSession) -> None:
    for _ in range(tries.FREE_TRIES - 1):
        step_ups.take(act, opened, DEED, password="wrong")
    _taken(act, opened)

    wrong = step_ups.take(act, opened, DEED, password="wrong")

    assert isinstance(wrong, Declined)
    assert isinstance(step_ups.take(act, opened, DEED, password=PASSWORD), Taken)


def test_an_old_confirmation_is_forgotten_by_the_house(
    make: Make, act: Act, opened: SignInSession
) -> None:
    _taken(act, opened)
    later = machine_now() + step_ups.WORTH_FOR + step_ups.FORGOTTEN_AFTER

    with pytest.raises(NotAllowed):
        step_ups.sweep(act, later)
    assert step_ups.sweep(make.act(MACHINE), machine_now()) == 0
    assert step_ups.sweep(make.act(MACHINE), later + timedelta(seconds=1)) == 1
