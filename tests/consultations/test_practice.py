"""What a procuratorate offers is its practice; early intervention in presence is law."""

import pytest
from sqlalchemy import select

from services import consultations
from services.consultations import (
    ConsultationForm,
    ConsultationKind,
    ConsultationPracticeSet,
    ConsultationState,
    PreArrestNotOffered,
    RemoteNotOffered,
    practice,
)
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from tests.consultations.conftest import MATTER, World


def say(world: World, *, pre_arrest: bool = True, remote: bool = True) -> None:
    act = world.act(world.town.manager)
    practice.change(act, practice.find(act), pre_arrest=pre_arrest, remote=remote)
    world.session.flush()


def test_who_has_said_nothing_offers_both(world: World) -> None:
    found = practice.find(world.act(world.town.manager))
    assert (found.pre_arrest, found.remote, found.version, found.set_by) == (True, True, 0, None)


def test_each_saying_is_a_version_and_stands_in_the_journal(world: World) -> None:
    say(world, pre_arrest=False)
    say(world, remote=False)

    found = practice.find(world.act(world.town.chief))
    assert (found.pre_arrest, found.remote, found.version) == (True, False, 2)
    assert (found.set_by, found.set_at) == (world.town.manager.id, world.make.now)
    said = world.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.kind == "ConsultationPracticeSet")
        .order_by(JournalEntry.id)
    )
    office_id = world.town.procuratorate.id
    assert [entry.event for entry in said] == [
        ConsultationPracticeSet(office_id, 1, pre_arrest=False, remote=True),
        ConsultationPracticeSet(office_id, 2, pre_arrest=True, remote=False),
    ]


def test_what_is_not_offered_is_refused_and_what_was_begun_goes_on(world: World) -> None:
    begun = world.accepted(kind=ConsultationKind.PRE_ARREST, form=ConsultationForm.REMOTE)
    waiting = world.invited(ConsultationKind.PRE_ARREST)
    say(world, pre_arrest=False, remote=False)

    with pytest.raises(PreArrestNotOffered):
        world.invited(ConsultationKind.PRE_ARREST)
    with pytest.raises(RemoteNotOffered):
        world.invited(form=ConsultationForm.REMOTE)
    with pytest.raises(RemoteNotOffered):
        consultations.offer(
            world.act(world.head),
            world.town.police,
            consultations.Matter(
                MATTER.title, MATTER.account, ConsultationForm.REMOTE, MATTER.ground
            ),
        )
    consultations.speak(world.act(world.town.officer), begun, words="继续。")
    consultations.accept(
        world.act(world.town.manager), waiting, handler_id=world.town.prosecutor.id
    )
    assert waiting.state is ConsultationState.ACCEPTED


def test_early_intervention_in_presence_cannot_be_switched_off(world: World) -> None:
    say(world, pre_arrest=False, remote=False)
    assert world.invited().state is ConsultationState.INVITED


def test_the_practice_of_one_office_is_not_that_of_another(world: World) -> None:
    say(world, pre_arrest=False)
    other = World(world.make)
    assert other.invited(ConsultationKind.PRE_ARREST).state is ConsultationState.INVITED


def test_only_case_management_and_the_chief_of_that_office_say_it(world: World) -> None:
    town, other = world.town, world.make.town()
    found = practice.find(world.act(town.manager))
    for person in (town.officer, town.prosecutor, world.head, other.manager, other.chief):
        with pytest.raises(NotAllowed):
            practice.change(world.act(person), found, pre_arrest=False, remote=False)
    practice.change(world.act(town.chief), found, pre_arrest=False, remote=True)


def test_everybody_finds_the_practice_of_the_procuratorate_they_work_with(world: World) -> None:
    town, other = world.town, world.make.town()

    def found_by(person: Person, named: int | None = None) -> int:
        return practice.find(world.act(person), named).procuratorate_id

    assert found_by(town.officer) == found_by(town.manager) == town.procuratorate.id
    assert found_by(town.officer, other.procuratorate.id) == other.procuratorate.id
    with pytest.raises(NotFound):
        found_by(town.officer, town.police.id)
    with pytest.raises(NotFound):
        found_by(world.make.person())
