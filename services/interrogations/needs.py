"""What an interrogation takes: the room, the desk, the line, the escort, the suspect, everybody.

A detained suspect sits in a room of the centre, whether the staff come or are connected
(RULES 186¶1, 258¶3; CPL 118¶2), so no room of the procuratorate is ever wanted for one.
"""

from collections.abc import Sequence
from datetime import timedelta

from services import resources
from services.arrest_requests.records import Suspect
from services.bookings import Option, Part, Want
from services.interrogations.drafts import Arrangement
from services.interrogations.flow import Mode
from services.kernel.act import Act
from services.kernel.refusals import Conflict
from services.resources import Resource, ResourceKind


class NoRoomThere(Conflict):
    """Nothing of that kind is in use there: no room, no desk, or none with a video terminal."""

    zh = "该处没有可用的讯问室、工位，或者没有视频终端。"


def of(
    act: Act, arrangement: Arrangement, suspect: Suspect, *, procuratorate_id: int
) -> list[Want]:
    """Everything that has to be free at once.

    A detained suspect's buffers are those of the centre's escort; in person, the staff's are the
    journey to the centre and back. Lines and escort are wanted where the office has entered any.

    Refuses:
        NoRoomThere: the centre, or the procuratorate, has no room or desk of the kind.
    """
    centre_id = suspect.detention_centre_id if suspect.in_custody else None
    people = [resources.of_person(act, one) for one in arrangement.person_ids]
    people += [resources.of_participant(act, one) for one in arrangement.participant_ids]
    whom = resources.of_suspect(act, suspect.id)
    if centre_id is None:
        rooms = _places(act, arrangement, procuratorate_id, ResourceKind.OFFICE_ROOM)
        wants = [] if arrangement.place else [_want(_some(rooms))]
        return wants + [Want((Option(one),)) for one in (whom, *people)]
    remote = arrangement.mode is Mode.REMOTE
    rooms = [
        room
        for room in _places(act, arrangement, centre_id, ResourceKind.INTERROGATION_ROOM)
        if (room.video or not remote) and arrangement.room_id in {None, room.id}
    ]
    # A room without a terminal is taken first where none is needed.
    rooms.sort(key=lambda room: (room.id not in arrangement.prefers, room.video))
    wants = [_want(_some(rooms))]
    escort = _places(act, arrangement, centre_id, ResourceKind.ESCORT)
    if escort:
        wants.append(_want(escort, Part.ENDS))
    led = max((_buffers(one) for one in escort), default=(timedelta(), timedelta()))
    wants.append(Want((Option(whom, *led),)))
    travel = timedelta()
    if remote:
        desks = _places(act, arrangement, procuratorate_id, ResourceKind.DESK)
        wants.append(_want(_some([desk for desk in desks if desk.video])))
        lines = _places(act, arrangement, procuratorate_id, ResourceKind.LINE)
        if lines:
            wants.append(_want(lines))
    else:
        minutes = resources.minutes_between(act, procuratorate_id, centre_id)
        travel = timedelta(minutes=minutes)
    return wants + [Want((Option(one, travel, travel),)) for one in people]


def _places(
    act: Act, arrangement: Arrangement, office_id: int, kind: ResourceKind
) -> list[Resource]:
    """What the office has of the kind; what is preferred comes first, and so is taken first."""
    there = act.session.scalars(resources.in_office(office_id, kind))
    return sorted(there, key=lambda one: one.id not in arrangement.prefers)


def _some(places: list[Resource]) -> list[Resource]:
    if not places:
        raise NoRoomThere
    return places


def _want(places: Sequence[Resource], part: Part = Part.WHOLE) -> Want:
    return Want(tuple(Option(one.id, *_buffers(one)) for one in places), part)


def _buffers(place: Resource) -> tuple[timedelta, timedelta]:
    return timedelta(minutes=place.before_minutes), timedelta(minutes=place.after_minutes)
