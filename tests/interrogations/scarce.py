"""One room that is open for one hour a day: whoever wants it competes."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services import interrogations
from services.arrest_requests.records import Suspect
from services.cases import Case
from services.deadlines import open_of
from services.interrogations import Arrangement, Interrogation, Role, Seat, Wish
from services.kernel.act import SHANGHAI, Act
from services.people import Person
from services.policy import PostKind
from services.resources import Opening
from tests.make import Centre, Make, Town


@dataclass(frozen=True)
class Scarce:
    """A town, its centre with one room, and everybody who may handle a case."""

    make: Make
    town: Town
    centre: Centre

    @property
    def today(self) -> date:
        return self.make.now.astimezone(SHANGHAI).date()

    def hour(self, days: int) -> datetime:
        """The one start of that day from today."""
        return datetime.combine(self.today + timedelta(days=days), time(14), SHANGHAI)

    def case(self, due_in: int, town: Town | None = None) -> Case:
        """A case of its own prosecutor, whose suspect's period ends after so many days."""
        town = town or self.town
        other = self.make.person(PostKind.PROSECUTOR, town.procuratorate)
        suspect = self.make.suspect(detention_centre_id=self.centre.office.id)
        case = self.make.handled(Town(**{**vars(town), "prosecutor": other}), suspect)
        self.due(suspect, due_in)
        return case

    def due(self, suspect: Suspect, days: int) -> None:
        for one in self.make.session.scalars(open_of([suspect.id])):
            one.due_on = one.outer_on = self.today + timedelta(days=days)
        self.make.session.flush()

    def handler(self, case: Case, at: datetime | None = None) -> Act:
        return self.make.act(self.make.session.get_one(Person, case.handler_id), at)

    def asked(self, case: Case, at: datetime | None = None) -> tuple[Act, Wish, Arrangement]:
        act = self.handler(case, at)
        second = self.make.person(PostKind.ASSISTANT, case.procuratorate)
        seats = (Seat(Role.LEAD, case.handler_id), Seat(Role.STAFF, second.id))
        wish = interrogations.wish(act, case, case.suspects[0].id)
        return act, wish, Arrangement(seats=seats)

    def booked(self, case: Case, days: int) -> Interrogation:
        return interrogations.book(*self.asked(case), starts_at=self.hour(days))


def scarce(make: Make) -> Scarce:
    """From Monday to Sunday from 14:00 to 15:00, one room."""
    town = make.town()
    make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    centre = make.centre(town, rooms=1, desks=4, escorts=4)
    room = centre.rooms[0]
    for weekday in range(1, 8):
        opening = Opening(weekday=weekday, from_time=time(14), until_time=time(15))
        room.openings.append(opening)
    make.session.flush()
    return Scarce(make, town, centre)
