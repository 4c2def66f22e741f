"""Codes, enrolling a phone, ending it: what is refused, and what ends with it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services import devices, enrolments, people, sessions, tries
from services.devices import Device, FreeReason, Platform
from services.enrolments import (
    ALPHABET,
    CODE_LENGTH,
    MOST_PHONES,
    MOST_TRIES,
    Claim,
    CodeEnd,
    CodePurpose,
    Enrolment,
    EnrolmentCode,
    EnrolmentEnd,
    EnrolmentOverAlready,
    EnrolmentRefused,
    IssuedCode,
    KeyKnown,
    NewPasswordNeeded,
    NewPhone,
    ProofRefused,
    SpentChallenge,
    TooManyPhones,
)
from services.kernel.act import JournalEntry
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import Office
from services.people import PasswordTooCommon, Person
from services.policy import CONSOLE, MACHINE, PostKind
from services.sessions import NOBODY, AccountLocked, EndReason, Refused, SignInSession
from services.tries import Door, Tried
from tests.make import PASSWORD, Make
from tests.phone_keys import PhoneKey, enrolled

NEW = "measured otter lagoon"


def _clerk(make: Make, office: Office | None = None) -> Person:
    office = office or make.office()
    return make.person(PostKind.CLERK, office, office_id=office.id)


def _code(
    make: Make, person: Person, purpose: CodePurpose = CodePurpose.ENROL, hours: int = 24
) -> IssuedCode:
    act = make.act(CONSOLE)
    return enrolments.issue_code(act, person, purpose=purpose, lasting=timedelta(hours=hours))


def _phone(key: PhoneKey | None = None) -> NewPhone:
    return NewPhone((key or PhoneKey()).proof(), Platform.ANDROID, "工作手机")


def _enrol(make: Make, claim: Claim, phone: NewPhone | None = None) -> Enrolment | Refused:
    return enrolments.enrol(make.act(NOBODY), phone or _phone(), claim)


def _session(make: Make, person: Person, phone: Enrolment | None = None) -> SignInSession:
    now = machine_now()
    session = SignInSession(
        person_id=person.id, enrolment_id=phone and phone.id, opened_at=now, renewed_at=now
    )
    make.session.add(session)
    make.session.flush()
    return session


def test_a_code_and_the_password_enrol_a_phone_once(make: Make) -> None:
    person = _clerk(make)
    issued = _code(make, person)
    claim = Claim(person.username, issued.plain.lower() + " ", password=PASSWORD)

    phone = _enrol(make, claim)
    again = _enrol(make, claim)

    assert isinstance(phone, Enrolment)
    assert (phone.person_id, phone.name, phone.ended_at) == (person.id, "工作手机", None)
    assert issued.code.close_reason is CodeEnd.SPENT
    assert isinstance(again, Refused)
    assert isinstance(again.refusal, EnrolmentRefused)


def test_a_code_is_told_once_and_kept_as_a_hash(make: Make) -> None:
    issued = _code(make, _clerk(make))
    make.session.flush()
    kept = make.session.scalars(select(JournalEntry.details)).all()

    assert len(issued.plain) == CODE_LENGTH
    assert set(issued.plain) <= set(ALPHABET)
    assert not set("01IO") & set(ALPHABET)
    assert issued.plain not in issued.code.hash
    assert all(issued.plain not in str(details) for details in kept)


@pytest.mark.parametrize("purpose", [CodePurpose.FIRST_PASSWORD, CodePurpose.FORGOTTEN_PASSWORD])
def test_a_code_for_a_password_takes_a_new_one_and_ends_every_session(
    make: Make, purpose: CodePurpose
) -> None:
    person = _clerk(make)
    session = _session(make, person)
    code = _code(make, person, purpose).plain

    with pytest.raises(NewPasswordNeeded):
        _enrol(make, Claim(person.username, code, password=PASSWORD))
    with pytest.raises(PasswordTooCommon):
        _enrol(make, Claim(person.username, code, new_password="password1234"))
    phone = _enrol(make, Claim(person.username, code, new_password=NEW))

    assert isinstance(phone, Enrolment)
    assert people.password_fits(person, NEW)
    assert session.end_reason is EndReason.PASSWORD_CHANGED


def test_every_wrong_claim_gets_one_answer(make: Make) -> None:
    person, other = _clerk(make), _clerk(make)
    code = _code(make, person).plain
    claims = [
        Claim(person.username, "2" * CODE_LENGTH, password=PASSWORD),
        Claim(person.username, code, password="wrong"),
        Claim(other.username, code, password=PASSWORD),
        Claim("no-such-person", code, password=PASSWORD),
    ]

    answers = [_enrol(make, claim) for claim in claims]

    kinds = [type(one.refusal) if isinstance(one, Refused) else None for one in answers]
    assert kinds == [EnrolmentRefused] * 4


def test_a_code_is_worth_nothing_after_its_hours_five_wrong_tries_or_the_next_one(
    make: Make,
) -> None:
    late, tried, replaced = (_clerk(make) for _ in range(3))
    codes = [_code(make, person) for person in (late, tried, replaced)]
    codes[0].code.expires_at = machine_now()
    codes[1].code.tries = MOST_TRIES - 1
    _enrol(make, Claim(tried.username, codes[1].plain, "192.0.2.1", "wrong"))
    _code(make, replaced)

    reasons = [one.code.close_reason for one in codes]
    assert reasons == [None, CodeEnd.EXHAUSTED, CodeEnd.REPLACED]
    for person, issued in zip((late, tried, replaced), codes, strict=True):
        refused = _enrol(make, Claim(person.username, issued.plain, "192.0.2.99", PASSWORD))
        assert isinstance(refused, Refused)
    living = select(func.count()).where(EnrolmentCode.closed_at.is_(None))
    assert make.session.scalar(living.where(EnrolmentCode.person_id == replaced.id)) == 1


def test_nobody_uses_up_a_colleague_s_code_by_guessing(make: Make) -> None:
    person = _clerk(make)
    issued = _code(make, person)
    for block in range(MOST_TRIES + 1):
        _enrol(make, Claim(person.username, "2" * CODE_LENGTH, f"192.0.2.{block}", PASSWORD))

    phone = _enrol(make, Claim(person.username, issued.plain, "198.51.100.1", PASSWORD))

    assert isinstance(phone, Enrolment)
    tried = select(func.count()).where(JournalEntry.kind == "EnrolmentCodeTried")
    assert make.session.scalar(tried.where(JournalEntry.about_id == person.id)) == MOST_TRIES + 1


def test_a_withdrawn_code_and_a_closed_account_enrol_nothing(make: Make) -> None:
    one, two = _clerk(make), _clerk(make)
    codes = [_code(make, person).plain for person in (one, two)]
    enrolments.withdraw_code(make.act(CONSOLE), one)
    people.disable(make.act(CONSOLE), two)

    for person, code in zip((one, two), codes, strict=True):
        assert isinstance(_enrol(make, Claim(person.username, code, password=PASSWORD)), Refused)


def test_wrong_claims_make_their_block_wait_whether_or_not_there_is_such_a_name(
    make: Make,
) -> None:
    for name in (_clerk(make).username, "no-such-person"):
        tried = Tried(Door.ENROLMENT, name, "192.0.2.1")
        for _ in range(tries.FREE_TRIES):
            tries.wait(make.session, tried, machine_now())
            tries.failed(make.session, tried, machine_now())
        waiting = _enrol(make, Claim(name, "2" * 10, "192.0.2.1", PASSWORD))
        assert isinstance(waiting, Refused)
        assert isinstance(waiting.refusal, AccountLocked)


def test_a_key_is_enrolled_once_and_never_again(make: Make) -> None:
    person, key = _clerk(make), PhoneKey()
    phone = enrolled(make, _clerk(make), key)
    enrolments.end(make.act(CONSOLE), phone)
    claim = Claim(person.username, _code(make, person).plain, password=PASSWORD)

    with pytest.raises(KeyKnown):
        _enrol(make, claim, _phone(key))


def test_a_challenge_counts_once(make: Make) -> None:
    proof = PhoneKey().proof()
    act = make.act(NOBODY)

    assert enrolments.presented(act, proof) is None
    with pytest.raises(ProofRefused):
        enrolments.presented(act, proof)


def test_five_phones_are_enough(make: Make) -> None:
    person = _clerk(make)
    for _ in range(MOST_PHONES):
        enrolled(make, person, PhoneKey())

    with pytest.raises(TooManyPhones):
        _enrol(make, Claim(person.username, _code(make, person).plain, password=PASSWORD))


@pytest.mark.parametrize(
    "kind", [PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER, PostKind.AUDITOR]
)
def test_no_officer_becomes_another_by_a_code(make: Make, kind: PostKind) -> None:
    office = make.office()
    officer = make.person(PostKind.SECURITY_OFFICER, office, office_id=office.id)
    other = make.person(kind, office, office_id=office.id)

    with pytest.raises(enrolments.OfficersCode):
        enrolments.issue_code(make.act(officer), other, purpose=CodePurpose.FORGOTTEN_PASSWORD)
    assert _code(make, other, CodePurpose.FORGOTTEN_PASSWORD).plain


def test_a_code_comes_from_another_person_who_is_security_officer_there_or_above(
    make: Make,
) -> None:
    above = make.office()
    office = make.office(superior_id=above.id)
    person = _clerk(make, office)
    officer = make.person(PostKind.SECURITY_OFFICER, office, office_id=office.id)
    higher = make.person(PostKind.SECURITY_OFFICER, above)
    nobody = [
        make.person(PostKind.SECURITY_OFFICER),
        make.person(PostKind.ADMINISTRATOR, office),
        make.person(PostKind.CHIEF_PROCURATOR, office),
        person,
    ]

    for one in (officer, higher):
        enrolments.issue_code(make.act(one), person, purpose=CodePurpose.ENROL)
    for one in nobody:
        with pytest.raises(NotAllowed):
            enrolments.issue_code(make.act(one), person, purpose=CodePurpose.ENROL)
        with pytest.raises(NotAllowed):
            enrolments.withdraw_code(make.act(one), person)
    with pytest.raises(NotAllowed):
        enrolments.issue_code(make.act(officer), officer, purpose=CodePurpose.ENROL)


def test_a_lost_phone_s_sessions_end_and_it_is_woken_no_more(make: Make) -> None:
    person = _clerk(make)
    lost, kept = (enrolled(make, person, PhoneKey()) for _ in range(2))
    sessions_ = [_session(make, person, phone) for phone in (lost, kept)]
    for session in sessions_:
        devices.register(
            make.act(person), session, platform=Platform.ANDROID, token=f"push-{session.id}"
        )

    enrolments.report_loss(make.act(person), lost)

    assert (lost.end_reason, lost.ended_by) == (EnrolmentEnd.LOST, person.id)
    assert [one.end_reason for one in sessions_] == [EndReason.PHONE_ENDED, None]
    freed = make.session.scalars(select(Device).order_by(Device.session_id)).all()
    assert [one.free_reason for one in freed] == [FreeReason.PHONE_ENDED, None]
    with pytest.raises(EnrolmentOverAlready):
        enrolments.report_loss(make.act(person), lost)


def test_a_loss_ends_sessions_that_may_be_open_on_that_phone_too(make: Make) -> None:
    person = _clerk(make)
    lost = enrolled(make, person, PhoneKey())
    unbound, here, other = (_session(make, one) for one in (person, person, _clerk(make)))
    act = make.act(replace(make.act(person).actor, session_id=here.id))

    enrolments.report_loss(act, lost)

    assert unbound.end_reason is EndReason.PHONE_ENDED
    assert (here.ended_at, other.ended_at) == (None, None)


def test_who_ends_a_phone_is_its_owner_or_the_security_officer(make: Make) -> None:
    office = make.office()
    person = _clerk(make, office)
    one, two = (enrolled(make, person, PhoneKey()) for _ in range(2))
    officer = make.act(make.person(PostKind.SECURITY_OFFICER, office))
    stranger = make.act(make.person(PostKind.SECURITY_OFFICER))

    for operation in (enrolments.end, enrolments.report_loss):
        with pytest.raises(NotAllowed):
            operation(stranger, one)
    with pytest.raises(NotFound):
        enrolments.find(stranger, one.id)
    with pytest.raises(NotFound):
        enrolments.account(stranger, person.id)
    enrolments.end(officer, enrolments.find(officer, one.id))
    enrolments.end(make.act(person), enrolments.find(make.act(person), two.id))

    assert [one.end_reason, two.end_reason] == [EnrolmentEnd.BY_OFFICE, EnrolmentEnd.REMOVED]
    assert make.session.scalars(enrolments.own(make.act(person))).all() == []
    assert len(make.session.scalars(enrolments.of_person(officer, person)).all()) == 2


def test_all_of_somebody_s_phones_end_together(make: Make) -> None:
    person = _clerk(make)
    phones = [enrolled(make, person, PhoneKey()) for _ in range(2)]

    enrolments.end_of(make.act(CONSOLE), person, EnrolmentEnd.BY_OFFICE)

    assert {phone.end_reason for phone in phones} == {EnrolmentEnd.BY_OFFICE}


def test_spent_challenges_are_forgotten_by_the_house_alone(make: Make) -> None:
    enrolments.presented(make.act(NOBODY), PhoneKey().proof())
    later = machine_now() + timedelta(minutes=3)

    with pytest.raises(NotAllowed):
        enrolments.sweep(make.act(_clerk(make)), later)
    assert enrolments.sweep(make.act(MACHINE), later) == 1
    assert make.session.scalar(select(func.count()).select_from(SpentChallenge)) == 0


def test_a_challenge_is_ours_or_nothing() -> None:
    ours, theirs = enrolments.Challenges(b"a" * 32), enrolments.Challenges(b"b" * 32)
    now = machine_now()
    made = ours.make(now)

    assert ours.expiry_of(made, now) is not None
    assert ours.expiry_of(made, now + timedelta(minutes=2, seconds=1)) is None
    assert theirs.expiry_of(made, now) is None
    for text in (
        "",
        "x",
        made[:-1],
        made + "A",
        "é",
        "A" * 75,
        made + "!",
        f"{made[:9]} {made[9:]}",
        made + "=",
    ):
        assert ours.expiry_of(text, now) is None


def test_the_operations_end_sessions_under_their_own_law(make: Make) -> None:
    office = make.office()
    person = _clerk(make, office)
    session = _session(make, person)

    sessions.end_all(make.act(make.person(PostKind.SECURITY_OFFICER, office)), person)

    assert session.end_reason is EndReason.SECURED
    with pytest.raises(NotAllowed):
        sessions.end_all(make.act(make.person(PostKind.ADMINISTRATOR, office)), person)
