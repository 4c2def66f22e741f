"""A town with a centre, and a case whose suspect is held there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from services.arrest_requests.records import Suspect
from services.cases import Case
from tests.make import Centre, Make, Town


@dataclass(frozen=True)
class Scene:
    """Everything that an interrogation needs; the suspect is detained in the centre."""

    town: Town
    centre: Centre
    case: Case
    suspect: Suspect
    soon: datetime
    """An hour from now: well before any period ends."""


@pytest.fixture
def scene(make: Make) -> Scene:
    town = make.town()
    centre = make.centre(town)
    suspect = make.suspect(detention_centre_id=centre.office.id)
    case = make.handled(town, suspect)
    return Scene(town, centre, case, suspect, make.now + timedelta(hours=1))
