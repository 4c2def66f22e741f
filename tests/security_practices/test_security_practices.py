"""On which phones the people of an office sign in."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from services import security_practices, sessions
from services.kernel.clock import machine_now
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import PostKind
from services.security_practices import SecurityPractice, SecurityPracticeSet, asks_for_a_key
from services.sessions import NOBODY, EndReason, EnrolmentNeeded, Opened, Refused, SignInSession
from tests.make import Make
from tests.phones import Phones

MONTH = timedelta(days=30)


def _asked(make: Make, person: Person) -> bool:
    return asks_for_a_key(make.session, person.id, make.act(NOBODY).today)


def test_an_office_that_has_said_nothing_asks_for_enrolled_phones(make: Make) -> None:
    office = make.office()
    person = make.person(PostKind.CLERK, office)
    assert not _asked(make, person)

    make.session.execute(delete(SecurityPractice))

    assert _asked(make, person)


def test_one_office_that_asks_is_enough(make: Make) -> None:
    person = make.person(PostKind.CLERK)
    make.post(person, PostKind.CLERK, make.office(enrolled_only=True))

    assert _asked(make, person)


def test_whoever_holds_no_post_today_is_asked(make: Make) -> None:
    over = make.person()
    make.post(over, PostKind.CLERK, make.office(), until_on=make.now.date() - timedelta(days=1))

    assert _asked(make, over)
    assert _asked(make, make.person())


def test_the_security_officer_of_the_office_says_it_and_nobody_else(make: Make) -> None:
    office = make.office()
    officer = make.person(PostKind.SECURITY_OFFICER, office)
    act = make.act(officer)

    said = security_practices.change(act, security_practices.find(act), enrolled_only=True)

    assert said.enrolled_only
    assert said.set_by == officer.id
    assert said.version == 2
    for post in (PostKind.ADMINISTRATOR, PostKind.AUDITOR, PostKind.CHIEF_PROCURATOR):
        other = make.act(make.person(post, office))
        with pytest.raises(NotAllowed):
            security_practices.change(
                other, security_practices.find(other, office.id), enrolled_only=False
            )


def test_another_office_s_practice_does_not_exist(make: Make) -> None:
    act = make.act(make.person(PostKind.SECURITY_OFFICER))

    with pytest.raises(NotFound):
        security_practices.find(act, make.office().id)
    with pytest.raises(NotFound):
        security_practices.find(make.act(make.person()))


def test_a_session_without_a_key_ends_at_its_renewal_once_keys_are_asked(make: Make) -> None:
    office = make.office()
    person = make.person(PostKind.CLERK, office)
    now = machine_now()
    session = SignInSession(person_id=person.id, opened_at=now, renewed_at=now)
    make.session.add(session)
    make.session.flush()
    door = make.act(NOBODY)
    opened = sessions._issue(  # noqa: SLF001  # a sign-in without the password's half second
        door, session, None, session.opened_at + MONTH, session.opened_at + MONTH
    )
    officer = make.act(make.person(PostKind.SECURITY_OFFICER, office))
    security_practices.change(officer, security_practices.find(officer), enrolled_only=True)

    refused = sessions.renew(door, opened.refresh_token, renewable_for=MONTH)

    assert isinstance(opened, Opened)
    assert isinstance(refused, Refused)
    assert isinstance(refused.refusal, EnrolmentNeeded)
    assert session.end_reason is EndReason.ENROLMENT_NEEDED


def test_it_is_read_and_set_over_http_by_its_version(phones: Phones, make: Make) -> None:
    office = make.office()
    officer = phones.of(make.person(PostKind.SECURITY_OFFICER, office))
    clerk = phones.of(make.person(PostKind.CLERK, office))

    read = clerk.get("/security-practices").json
    stale = officer.send("PUT", "/security-practices", {"enrolled_only": True}, version=7)
    said = officer.send("PUT", "/security-practices", {"enrolled_only": True}, version=1)
    no = clerk.send("PUT", "/security-practices", {"enrolled_only": False}, version=2)

    assert read is not None
    assert (read["enrolled_only"], read["version"], read["set_by"]) == (False, 1, None)
    assert stale.status_code == 412
    assert said.json is not None
    assert (said.json["enrolled_only"], said.json["version"]) == (True, 2)
    assert no.status_code == 403


def test_the_event_tells_codes_only() -> None:
    assert SecurityPracticeSet(3, 2, enrolled_only=True).about_id == 3
