"""Who acts for an absent chief procurator, on which days, and with what mark."""

from datetime import date, timedelta

import pytest

from services import delegations, proceedings
from services.delegations import (
    Chair,
    DelegatedAlready,
    Delegation,
    DelegationEnded,
    NoSuchTime,
    NotAbleToAct,
)
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import PostKind
from services.proceedings import ProposalOutcome, TakenStep
from services.prosecutions import ProsecutionState
from tests.make import LENT, Make, Town
from tests.proceedings.test_proposals import proposed


def give(
    make: Make, town: Town, to: Person, *, by: Person | None = None, start: int = 0, days: int = 7
) -> Delegation:
    act = make.act(by or town.chief)
    begins: date = act.today + timedelta(days=start)
    return delegations.give(
        act,
        Chair(town.procuratorate.id),
        to_id=to.id,
        from_on=begins,
        until_on=begins + timedelta(days=days),
        matters=LENT,
        reason="检察长外出学习。",
    )


def test_whoever_acts_decides_in_the_time_given_and_it_is_marked(make: Make) -> None:
    town = make.town()
    deputy = make.person(PostKind.PROSECUTOR, town.procuratorate)
    prosecution = make.prosecution(town)
    proposal = proposed(make, town, prosecution)
    with pytest.raises(NotAllowed):
        proceedings.decide(make.act(deputy), proposal, outcome=ProposalOutcome.APPROVE, note=None)

    give(make, town, deputy)
    late = make.act(deputy, make.now + timedelta(days=9))
    with pytest.raises(NotAllowed):
        proceedings.decide(late, proposal, outcome=ProposalOutcome.APPROVE, note=None)
    proceedings.decide(make.act(deputy), proposal, outcome=ProposalOutcome.APPROVE, note=None)

    assert prosecution.state is ProsecutionState.RETURNED
    assert make.session.get_one(TakenStep, proposal.taken_id).acting


def test_it_ends_at_once_when_the_chief_says_so(make: Make) -> None:
    town = make.town()
    deputy = make.person(PostKind.PROSECUTOR, town.procuratorate)
    delegation = give(make, town, deputy)
    assert make.act(deputy).actor.holds(PostKind.CHIEF_PROCURATOR, town.procuratorate.id)

    delegations.end(make.act(town.chief), delegation)

    assert not make.act(deputy).actor.holds(PostKind.CHIEF_PROCURATOR, town.procuratorate.id)
    with pytest.raises(DelegationEnded):
        delegations.end(make.act(town.chief), delegation)


def test_only_the_chief_in_person_gives_it_and_to_somebody_who_could_decide(make: Make) -> None:
    town = make.town()
    deputy = make.person(PostKind.PROSECUTOR, town.procuratorate)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    give(make, town, deputy)

    for who in (deputy, town.manager, town.prosecutor):
        with pytest.raises(NotAllowed):
            give(make, town, other, by=who)
    for nobody in (town.manager, town.officer, make.person(PostKind.PROSECUTOR)):
        with pytest.raises(NotAbleToAct):
            give(make, town, nobody)


def test_it_is_for_a_time_and_one_at_a_time(make: Make) -> None:
    town = make.town()
    deputy = make.person(PostKind.PROSECUTOR, town.procuratorate)
    for start, days in ((-1, 5), (0, 93), (2, -1)):
        with pytest.raises(NoSuchTime):
            give(make, town, deputy, start=start, days=days)
    give(make, town, deputy, days=7)
    with pytest.raises(DelegatedAlready):
        give(make, town, deputy, start=7, days=3)

    assert give(make, town, deputy, start=8, days=3).id


def test_only_the_office_reads_of_it(make: Make) -> None:
    town = make.town()
    deputy = make.person(PostKind.PROSECUTOR, town.procuratorate)
    delegation = give(make, town, deputy)

    assert delegations.find(make.act(town.manager), delegation.id) is delegation
    with pytest.raises(NotFound):
        delegations.find(make.act(town.officer), delegation.id)
