"""The fictional city: its registers, its accounts, its invented suspects and retold facts."""

import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jiantong.demo import city
from jiantong.demo.facts import every_fact
from jiantong.demo.suspects import Inventor
from services import charges, people
from services.arrest_requests import identity_numbers
from services.arrest_requests.terms import Sex
from services.charges import Charge
from services.offices import Office, OfficeKind
from services.people import Person
from services.policy import PostKind
from services.resources import Resource, ResourceKind

TODAY = date(2026, 11, 22)


@pytest.fixture
def founded(session: Session) -> city.City:
    return city.found(session, TODAY)


def test_the_city_has_an_organ_of_every_kind(session: Session, founded: city.City) -> None:
    kinds = set(session.scalars(select(Office.kind)))
    assert kinds == set(OfficeKind)
    assert len(founded.offices) == 12


def test_every_organ_that_sends_cases_knows_its_procuratorate(
    session: Session, founded: city.City
) -> None:
    for office in session.scalars(select(Office)):
        if office.kind is OfficeKind.PROCURATORATE:
            assert office.procuratorate_id is None
        else:
            assert office.procuratorate_id in founded.offices.values()


def test_about_sixty_people_hold_posts_of_every_kind(founded: city.City) -> None:
    assert len(founded.people) == 61
    for kind in set(PostKind) - {PostKind.ACTING_CHIEF}:
        assert any(founded.holding(kind, office) for office in founded.offices), kind
    assert len(founded.holding(PostKind.PROSECUTOR, "qinglan")) >= 8


def test_both_centres_have_rooms_with_video_and_an_escort(
    session: Session, founded: city.City
) -> None:
    for centre, rooms in (("detention", 4), ("detention_second", 3)):
        places = session.scalars(
            select(Resource).where(Resource.office_id == founded.offices[centre])
        ).all()
        assert sum(one.video for one in places) == rooms
        assert sum(one.kind is ResourceKind.ESCORT for one in places) == 1
        assert all(len(one.openings) == 10 for one in places)


def test_administrator_security_officer_and_auditor_are_three_people(founded: city.City) -> None:
    kinds = (PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER, PostKind.AUDITOR)
    holders = [founded.holding(kind, "qinglan") for kind in kinds]
    assert len({person for each in holders for person in each}) == sum(map(len, holders)) == 3


@pytest.mark.usefixtures("founded")
def test_every_account_shown_signs_in(session: Session) -> None:
    shown = city.accounts()
    assert len({role for role, _, _ in shown}) >= 12
    for _, username, password in shown[:3]:
        person = session.scalar(select(Person).where(Person.username == username))
        assert people.password_fits(person, password)
    known = set(session.scalars(select(Person.username)))
    assert {username for _, username, _ in shown} <= known


def test_the_city_is_founded_once(session: Session) -> None:
    assert not city.is_founded(session)
    city.found(session, TODAY)
    assert city.is_founded(session)


def test_an_invented_number_has_a_right_check_digit_and_a_wrong_place() -> None:
    inventor = Inventor(1)
    for sex in ("male", "female"):
        born_on = inventor.birthday(TODAY, youngest=18, oldest=60)
        invented = inventor.invent(sex, born_on=born_on)
        assert invented.document_number.startswith("990101")
        stated = Sex(sex)
        assert not identity_numbers.flaws(invented.document_number, born_on, stated)


def test_ages_stay_within_their_bounds() -> None:
    inventor = Inventor(2)
    for _ in range(500):
        born_on = inventor.birthday(TODAY, youngest=16, oldest=18)
        assert date(2008, 11, 20) <= born_on <= date(2010, 11, 22)


def test_nobody_is_invented_twice_and_the_same_seed_invents_the_same() -> None:
    def crowd() -> list[str]:
        inventor = Inventor(3)
        return [inventor.invent("male", born_on=TODAY).name for _ in range(300)]

    first, second = crowd(), crowd()
    assert first == second
    assert len(set(first)) == 300


def test_every_fact_is_told_in_full() -> None:
    for fact in every_fact():
        names = [f"名字{number}" for number in range(len(fact.suspects))]
        told = fact.told(names, TODAY)
        assert "{" not in told
        assert all(name in told for name in names)
        for year in map(int, re.findall(r"(\d{4})年", told)):
            assert TODAY.year - 31 <= year <= TODAY.year


def test_a_fact_counts_its_days_from_the_detention() -> None:
    fact = next(fact for fact in every_fact() if fact.source == 12)
    assert fact.told(["甲"], date(2026, 3, 1)).startswith("2026年2月27日14时左右")


def test_every_charge_of_a_fact_is_in_force_on_the_day_of_the_act(session: Session) -> None:
    charges.load(session)
    known = {charge.name: charge for charge in session.scalars(select(Charge))}
    for fact in every_fact():
        assert all(known[name].was_in_force(TODAY) for name in fact.charges)
