"""A person's sex is entered at the console, and by nobody who is signed in."""

import pytest

from services import people
from services.kernel.refusals import NotAllowed
from services.people import NewPerson, Sex
from services.policy import CONSOLE, PostKind
from tests.make import PASSWORD, Make


def test_the_console_states_a_person_s_sex(make: Make) -> None:
    act = make.act(CONSOLE)
    person = people.enrol(act, NewPerson("invented", "某人", PASSWORD * 2, Sex.FEMALE))
    assert person.sex is Sex.FEMALE
    assert people.state_sex(act, person, Sex.MALE).sex is Sex.MALE


def test_nobody_else_states_it(make: Make) -> None:
    person = make.person(PostKind.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        people.state_sex(make.act(person), person, Sex.FEMALE)
