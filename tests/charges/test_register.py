"""The register of charges: loaded once, and asked for the law of a day."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import charges
from services.charges import Charge
from services.kernel.act import Act, Actor
from services.kernel.refusals import NotFound
from tests.conftest import NOON


@pytest.fixture
def act(session: Session) -> Act:
    charges.load(session)
    return Act(Actor(1, frozenset()), NOON, session)


def names(act: Act, on: date, like: str = "") -> list[str]:
    return [charge.name for charge in act.session.scalars(charges.in_force(act, on=on, like=like))]


def test_loading_twice_changes_nothing(act: Act) -> None:
    before = {c.name: c.id for c in act.session.scalars(charges.visible(act))}
    assert charges.load(act.session) == len(before) == 494
    after = {c.name: c.id for c in act.session.scalars(charges.visible(act))}
    assert after == before


def test_a_charge_that_left_the_register_is_kept(act: Act) -> None:
    old = Charge(name="旧罪名罪", in_force_from=date(1980, 1, 1), checked=False, position=1)
    act.session.add(old)
    act.session.flush()
    charges.load(act.session)
    assert charges.find(act, old.id) is old


def test_loading_mends_a_row(act: Act) -> None:
    theft = act.session.scalars(select(Charge).where(Charge.name == "盗窃罪")).one()
    theft.in_force_from = date(2020, 1, 1)
    act.session.flush()
    charges.load(act.session)
    act.session.refresh(theft)
    assert theft.in_force_from == date(1997, 10, 1)


def test_a_fact_is_charged_under_the_law_of_its_day(act: Act) -> None:
    assert names(act, date(2021, 2, 28), "假药") == ["生产、销售假药罪"]
    assert names(act, date(2021, 3, 1), "假药") == ["生产、销售、提供假药罪"]
    assert "袭警罪" not in names(act, date(2021, 2, 28))
    assert "袭警罪" in names(act, date(2021, 3, 1))


def test_a_record_answers_as_the_list_does(act: Act) -> None:
    for on in (date(1997, 9, 30), date(2021, 2, 28), date(2021, 3, 1), date(2026, 11, 22)):
        every = act.session.scalars(charges.visible(act)).all()
        assert sorted(names(act, on)) == sorted(c.name for c in every if c.was_in_force(on))


def test_every_successor_begins_the_day_after(act: Act) -> None:
    every = {charge.name: charge for charge in act.session.scalars(charges.visible(act))}
    ended = [charge for charge in every.values() if charge.in_force_until]
    assert len(ended) == 10
    for charge in ended:
        assert charge.in_force_until is not None
        assert charge.successor is not None
        assert (every[charge.successor].in_force_from - charge.in_force_until).days == 1


def test_the_order_is_that_of_the_law(act: Act) -> None:
    today = names(act, date(2026, 11, 22))
    assert today[0] == "背叛国家罪"
    assert today.index("妨害公务罪") + 1 == today.index("袭警罪")
    assert len(today) == 494 - 10


def test_a_percent_sign_is_only_a_sign(act: Act) -> None:
    assert names(act, date(2026, 11, 22), "%") == []


def test_an_unknown_charge_does_not_exist(act: Act) -> None:
    with pytest.raises(NotFound):
        charges.find(act, 10**9)


def test_names_are_unique(act: Act) -> None:
    count = select(func.count(), func.count(func.distinct(Charge.name))).select_from(Charge)
    assert len(set(act.session.execute(count).one())) == 1
