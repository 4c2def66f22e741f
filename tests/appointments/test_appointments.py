"""A post is proposed by the administrator and held once the security officer has confirmed it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services import appointments, people
from services.appointments import (
    AlreadyAppointed,
    Appointment,
    AppointmentState,
    NewAppointment,
    PostDoesNotFit,
    PostEndReason,
    PostIsLent,
    PostIsOver,
    TermImpossible,
)
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound, Refusal
from services.offices import Office, OfficeKind
from services.people import DutiesKeptApart, Duty, Person, Post
from services.policy import CONSOLE, Permission, PostKind, allows
from services.tasks import Task, TaskState
from tests.conftest import NOON
from tests.make import Make

TODAY = NOON.date()


@dataclass(frozen=True)
class House:
    """An office with its three officers, and somebody who is to get a post."""

    make: Make
    office: Office
    administrator: Person
    security: Person
    auditor: Person
    somebody: Person

    def given(self, **given: Any) -> NewAppointment:
        new = NewAppointment(self.somebody, self.office, PostKind.PROSECUTOR, TODAY)
        return replace(new, **given)

    def proposed(self, **given: Any) -> Appointment:
        return appointments.propose(self.make.act(self.administrator), self.given(**given))

    def confirmed(self, **given: Any) -> Appointment:
        return appointments.confirm(self.make.act(self.security), self.proposed(**given))


@pytest.fixture
def house(make: Make) -> House:
    office = make.office()
    return House(
        make,
        office,
        make.person(PostKind.ADMINISTRATOR, office),
        make.person(PostKind.SECURITY_OFFICER, office),
        make.person(PostKind.AUDITOR, office),
        make.person(office_id=office.id),
    )


def test_whoever_rises_is_no_longer_kept_from_below(house: House) -> None:
    make, below = house.make, house.office
    city = make.office(level="municipal")
    below.superior = city
    make.session.flush()
    administrator, security = (
        make.person(kind, city) for kind in (PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER)
    )
    stays = house.confirmed().person.office_id
    given = house.given(office=city, kind=PostKind.CHIEF_PROCURATOR)
    appointments.confirm(make.act(security), appointments.propose(make.act(administrator), given))

    assert (stays, house.somebody.office_id) == (below.id, city.id)
    by_below, above = (make.act(one).actor for one in (house.security, security))
    for permission in (Permission.ENROLMENT_CODE_ISSUE, Permission.ACCOUNT_SECURE):
        assert not allows(by_below, permission, house.somebody)
        assert allows(above, permission, house.somebody)


def test_nothing_is_held_before_it_is_confirmed(house: House, session: Session) -> None:
    found = house.proposed()

    assert found.state is AppointmentState.PROPOSED
    assert not people.actor_of(session, house.somebody.id, TODAY).posts
    (task,) = session.scalars(select(Task).where(Task.about_kind == "appointments"))
    assert (task.office_id, task.post) == (house.office.id, PostKind.SECURITY_OFFICER)

    appointments.confirm(house.make.act(house.security), found)

    assert people.actor_of(session, house.somebody.id, TODAY).holds("prosecutor", house.office.id)
    assert task.state is TaskState.DONE
    kinds = session.scalars(select(JournalEntry.kind).where(JournalEntry.about_id == found.id))
    assert {"AppointmentProposed", "AppointmentConfirmed"} <= set(kinds)


def test_a_post_confirmed_late_begins_on_that_day(house: House) -> None:
    found = house.proposed(until_on=TODAY + timedelta(days=9))
    later = NOON + timedelta(days=3)
    appointments.confirm(house.make.act(house.security, later), found)
    post = house.make.session.get_one(Post, found.post_id)
    assert (post.from_on, post.until_on) == (TODAY + timedelta(days=3), found.until_on)


def test_a_post_whose_last_day_is_past_is_not_confirmed(house: House) -> None:
    found = house.proposed(until_on=TODAY)
    with pytest.raises(PostIsOver):
        appointments.confirm(house.make.act(house.security, NOON + timedelta(days=1)), found)


def test_a_refusal_says_why_and_is_the_last_word(house: House) -> None:
    security = house.make.act(house.security)
    found = appointments.refuse(security, house.proposed(), reason="任免文件未附。")
    assert (found.state, found.reason) == (AppointmentState.REFUSED, "任免文件未附。")
    with pytest.raises(WrongState):
        appointments.confirm(security, found)
    with pytest.raises(WrongState):
        appointments.refuse(security, found, reason="再次。")
    with pytest.raises(WrongState):
        appointments.withdraw(house.make.act(house.administrator), found)


def test_a_proposal_is_taken_back_before_it_is_answered(house: House, session: Session) -> None:
    found = appointments.withdraw(house.make.act(house.administrator), house.proposed())
    assert found.state is AppointmentState.WITHDRAWN
    (task,) = session.scalars(select(Task).where(Task.about_id == found.id))
    assert task.state is TaskState.CANCELLED
    assert house.proposed().id != found.id


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"kind": PostKind.POLICE_OFFICER}, PostDoesNotFit),
        ({"kind": PostKind.ACTING_CHIEF}, PostDoesNotFit),
        ({"kind": PostKind.SUPERVISOR}, PostDoesNotFit),
        ({"from_on": TODAY - timedelta(days=1)}, TermImpossible),
        ({"from_on": TODAY + timedelta(days=366)}, TermImpossible),
        ({"until_on": TODAY - timedelta(days=1)}, TermImpossible),
    ],
)
def test_what_cannot_be_proposed(
    house: House, given: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        house.proposed(**given)


def test_the_same_post_is_proposed_and_held_once(house: House) -> None:
    found = house.proposed()
    with pytest.raises(AlreadyAppointed):
        house.proposed()
    appointments.confirm(house.make.act(house.security), found)
    with pytest.raises(AlreadyAppointed):
        house.proposed(from_on=TODAY + timedelta(days=30))


def test_a_post_that_was_given_meanwhile_is_not_confirmed_twice(house: House) -> None:
    found = house.proposed()
    people.give_post(
        house.make.act(CONSOLE), house.somebody, PostKind.PROSECUTOR, office_id=house.office.id
    )
    with pytest.raises(AlreadyAppointed):
        appointments.confirm(house.make.act(house.security), found)


THREE = (PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER, PostKind.AUDITOR)


@pytest.mark.parametrize("kind", [*THREE, PostKind.PROSECUTOR])
@pytest.mark.parametrize("held", THREE)
def test_the_three_officers_are_three_people_and_have_no_case(
    make: Make, session: Session, held: PostKind, kind: PostKind
) -> None:
    """The database says so, whoever asks, and in whichever two offices."""
    person = make.person(held)
    elsewhere = make.office()
    if held is kind:
        make.post(person, kind, elsewhere)
        return
    with pytest.raises(IntegrityError, match=people.DUTIES_APART), session.begin_nested():
        make.post(person, kind, elsewhere)
    with pytest.raises(DutiesKeptApart):
        people.give_post(make.act(CONSOLE), person, kind, office_id=elsewhere.id)


def test_a_duty_may_follow_another(house: House) -> None:
    house.confirmed(until_on=TODAY + timedelta(days=9))
    with pytest.raises(DutiesKeptApart):
        house.proposed(kind=PostKind.AUDITOR, from_on=TODAY + timedelta(days=9))
    found = house.confirmed(kind=PostKind.AUDITOR, from_on=TODAY + timedelta(days=10))
    post = house.make.session.get_one(Post, found.post_id)
    assert post.duty is Duty.AUDIT


def test_two_duties_proposed_at_once_are_not_both_confirmed(house: House) -> None:
    first, second = house.proposed(), house.proposed(kind=PostKind.AUDITOR)
    security = house.make.act(house.security)
    appointments.confirm(security, first)
    with pytest.raises(DutiesKeptApart):
        appointments.confirm(security, second)


def test_only_an_administrator_proposes_and_never_for_themselves(house: House) -> None:
    elsewhere = house.make.person(PostKind.ADMINISTRATOR)
    for person in (house.security, house.auditor, house.somebody, elsewhere):
        with pytest.raises(NotAllowed):
            appointments.propose(house.make.act(person), house.given())
    with pytest.raises(NotAllowed):
        house.proposed(person=house.administrator)


def test_only_the_security_officer_confirms_and_never_for_themselves(house: House) -> None:
    found = house.proposed()
    elsewhere = house.make.person(PostKind.SECURITY_OFFICER)
    for person in (house.administrator, house.auditor, house.somebody, elsewhere):
        with pytest.raises(NotAllowed):
            appointments.confirm(house.make.act(person), found)
        with pytest.raises(NotAllowed):
            appointments.refuse(house.make.act(person), found, reason="不同意。")
    own = house.proposed(
        person=house.security,
        kind=PostKind.SECURITY_OFFICER,
        office=house.make.office(superior_id=house.office.id),
    )
    with pytest.raises(NotAllowed):
        appointments.confirm(house.make.act(house.security), own)


def test_who_proposed_before_changing_desks_does_not_confirm(house: House) -> None:
    found = house.proposed()
    later = NOON + timedelta(days=30)
    for post in house.administrator.posts:
        post.until_on = TODAY
    house.make.session.flush()
    house.make.post(
        house.administrator, PostKind.SECURITY_OFFICER, house.office, from_on=later.date()
    )
    with pytest.raises(NotAllowed):
        appointments.confirm(house.make.act(house.administrator, later), found)


def test_an_office_without_officers_is_kept_by_those_above(house: House) -> None:
    police = house.make.office(OfficeKind.PUBLIC_SECURITY, procuratorate_id=house.office.id)
    found = house.proposed(office=police, kind=PostKind.POLICE_OFFICER)
    assert appointments.who_confirms(house.make.act(CONSOLE), police) == house.office.id
    appointments.confirm(house.make.act(house.security), found)
    own = house.make.person(PostKind.SECURITY_OFFICER, police)
    assert appointments.who_confirms(house.make.act(CONSOLE), police) == police.id
    assert appointments.find(house.make.act(own), found.id) is found


def test_one_sees_what_ones_office_keeps_and_ones_own(house: House) -> None:
    found = house.proposed()
    elsewhere = house.make.person(PostKind.ADMINISTRATOR)
    everybody = (
        house.administrator, house.security, house.auditor, house.somebody, elsewhere
    )  # fmt: skip
    for person in everybody:
        act = house.make.act(person)
        listed = found in act.session.scalars(appointments.visible(act)).all()
        assert listed == allows(act.actor, Permission.APPOINTMENT_READ, found)
    with pytest.raises(NotFound):
        appointments.find(house.make.act(elsewhere), found.id)


def test_a_post_taken_away_carries_no_power_at_once(house: House, session: Session) -> None:
    post = house.make.post(house.somebody, PostKind.CLERK, house.office)
    appointments.end(house.make.act(house.security), post, reason=PostEndReason.TRANSFERRED)
    assert not people.actor_of(session, house.somebody.id, TODAY).posts
    assert post.until_on == TODAY - timedelta(days=1)
    with pytest.raises(PostIsOver):
        appointments.end(house.make.act(house.security), post, reason=PostEndReason.RESIGNED)


def test_a_post_of_today_is_taken_off_the_register(house: House, session: Session) -> None:
    found = house.confirmed()
    post = session.get_one(Post, found.post_id)
    appointments.end(house.make.act(house.security), post, reason=PostEndReason.MISTAKEN)
    assert (found.state, found.post_id) == (AppointmentState.ENDED, None)
    assert not people.actor_of(session, house.somebody.id, TODAY).posts
    house.proposed()


def test_a_lent_power_ends_with_its_delegation(house: House) -> None:
    post = house.make.post(house.somebody, PostKind.ACTING_CHIEF, house.office)
    with pytest.raises(PostIsLent):
        appointments.end(house.make.act(house.security), post, reason=PostEndReason.SECURITY)


def test_nobody_else_ends_a_post(house: House) -> None:
    post = house.make.post(house.somebody, PostKind.CLERK, house.office)
    elsewhere = house.make.person(PostKind.SECURITY_OFFICER)
    for person in (house.administrator, house.auditor, house.somebody, elsewhere):
        with pytest.raises(NotAllowed):
            appointments.end(house.make.act(person), post, reason=PostEndReason.SECURITY)
    with pytest.raises(NotAllowed):
        appointments.end(
            house.make.act(house.security), house.security.posts[0], reason=PostEndReason.RESIGNED
        )


def test_every_post_says_where_it_is_held() -> None:
    assert set(appointments.HELD_IN) == set(PostKind) - {PostKind.ACTING_CHIEF, PostKind.SUPERVISOR}
