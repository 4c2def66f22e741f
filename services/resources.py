"""Resources (资源): everything that an interrogation needs and that can be taken only once.

Rooms with video terminals in the detention centre, desks of the procuratorate's staff, video
lines, the centre's escort, the suspect, and everybody who takes part: all on one calendar, so
that one rule of the database keeps each of them from being in two places. A pool of equal things
is one resource with numbered units.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.offices import Office, OfficeKind
from services.policy import STAFF, Permission, PostKind, demands

ONE_NAME = "resources_one_name"
LONGEST_BUFFER = 240
"""Minutes that an escort, a set-up or a journey may take at most."""


class ResourceKind(StrEnum):
    """What can be taken."""

    INTERROGATION_ROOM = "interrogation_room"
    """A room of a detention centre, for the suspect who is held there (RULES 258¶3)."""
    DESK = "desk"
    """A desk with a video terminal at the procuratorate, for the staff; never for a suspect."""
    LINE = "line"
    """A video line between a procuratorate and a centre."""
    ESCORT = "escort"
    """The centre's officers who bring suspects to the rooms and back."""
    OFFICE_ROOM = "office_room"
    """A case room of the procuratorate, for a suspect who is not detained (RULES 183)."""
    SUSPECT = "suspect"
    PERSON = "person"
    PARTICIPANT = "participant"


PLACES = frozenset(
    {
        ResourceKind.INTERROGATION_ROOM,
        ResourceKind.DESK,
        ResourceKind.LINE,
        ResourceKind.ESCORT,
        ResourceKind.OFFICE_ROOM,
    }
)
"""What an office enters, names, opens and closes; the others come with the case."""


class Resource(Record):
    """One thing, or a pool of equal things, that bookings take."""

    __tablename__ = "resources"
    __table_args__ = (
        UniqueConstraint("office_id", "name", name=ONE_NAME),
        CheckConstraint("units BETWEEN 1 AND 100", name="resources_units"),
        CheckConstraint(
            f"before_minutes BETWEEN 0 AND {LONGEST_BUFFER}"
            f" AND after_minutes BETWEEN 0 AND {LONGEST_BUFFER}",
            name="resources_buffers",
        ),
        CheckConstraint(
            "(kind = 'suspect') = (suspect_id IS NOT NULL)"
            " AND (kind = 'person') = (person_id IS NOT NULL)"
            " AND (kind = 'participant') = (participant_id IS NOT NULL)"
            " AND (kind IN ('suspect', 'person', 'participant')) = (office_id IS NULL)",
            name="resources_of_one_thing",
        ),
        Index("resources_of_suspect", "suspect_id", unique=True),
        Index("resources_of_person", "person_id", unique=True),
        Index("resources_of_participant", "participant_id", unique=True),
        Index(
            "resources_by_office",
            "office_id",
            "kind",
            "id",
            postgresql_where=text("office_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ResourceKind]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    name: Mapped[str] = mapped_column(default="")
    units: Mapped[int] = mapped_column(default=1)
    """How many of them there are, numbered from 1."""
    video: Mapped[bool] = mapped_column(default=False)
    """Has it a video terminal? A remote interrogation needs one at both ends."""
    before_minutes: Mapped[int] = mapped_column(default=0)
    """Minutes before the start for which it is already taken: set-up; in a room, the escort."""
    after_minutes: Mapped[int] = mapped_column(default=0)
    suspect_id: Mapped[int | None] = mapped_column(ForeignKey("suspects.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participants.id"))
    retired_at: Mapped[datetime | None]
    """From then on nothing new is booked in it."""
    version: Mapped[int] = mapped_column()

    office: Mapped[Office | None] = relationship()
    openings: Mapped[list["Opening"]] = relationship(
        order_by="(Opening.weekday, Opening.from_time)", cascade="all, delete-orphan"
    )
    exceptions: Mapped[list["OpeningException"]] = relationship(
        order_by="OpeningException.on", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


class Opening(Record):
    """One stretch of the weekly pattern, in the time of Asia/Shanghai; none at all is always.

    A day off of the State Council is closed, and a make-up working day is open as a Monday is,
    unless an exception says otherwise.
    """

    __tablename__ = "openings"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="openings_weekday"),
        CheckConstraint("until_time > from_time", name="openings_end_after_start"),
        Index("openings_by_resource", "resource_id", "weekday"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    weekday: Mapped[int]
    """1 is Monday (ISO 8601)."""
    from_time: Mapped[time]
    until_time: Mapped[time]


class OpeningException(Record):
    """What holds on one day instead of the pattern: other hours, or closed with neither time."""

    __tablename__ = "opening_exceptions"
    __table_args__ = (
        UniqueConstraint("resource_id", "on", "from_time", name="opening_exceptions_once"),
        CheckConstraint(
            "(from_time IS NULL) = (until_time IS NULL) AND until_time > from_time",
            name="opening_exceptions_end_after_start",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    on: Mapped[date]
    from_time: Mapped[time | None]
    until_time: Mapped[time | None]


class Route(Record):
    """How many minutes a journey between two offices takes (a visit in person needs it twice)."""

    __tablename__ = "routes"
    __table_args__ = (
        CheckConstraint(f"minutes BETWEEN 0 AND {LONGEST_BUFFER}", name="routes_minutes"),
    )

    from_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    to_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    minutes: Mapped[int]


@dataclass(frozen=True, slots=True)
class ResourceEntered(Event):
    """A room, a desk, a line or an escort was entered."""

    kind: str


@dataclass(frozen=True, slots=True)
class ResourceChanged(Event):
    """A room, a desk, a line or an escort has other buffers, units or hours."""


@dataclass(frozen=True, slots=True)
class ResourceRetired(Event):
    """Nothing new is booked in it any more."""


@dataclass(frozen=True, slots=True)
class ResourceRestored(Event):
    """It may be booked again."""


@dataclass(frozen=True, slots=True)
class RouteSet(Event):
    """The minutes of a journey between two offices were set."""

    to_office_id: int
    minutes: int


@dataclass(frozen=True, slots=True)
class NewResource:
    """A room, a desk, a line or an escort to enter."""

    office_id: int
    kind: ResourceKind
    name: str
    units: int = 1
    video: bool = False
    before_minutes: int = 0
    after_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Hours:
    """One stretch of a weekly pattern."""

    weekday: int
    from_time: time
    until_time: time


@dataclass(frozen=True, slots=True)
class DayHours:
    """What holds on one day instead; closed with neither time."""

    on: date
    from_time: time | None = None
    until_time: time | None = None


class ResourceKnown(Conflict):
    """The office has a resource of that name."""

    zh = "本单位已有同名的场所或者设备。"


class PlacesOnly(Unprocessable):
    """Suspects and people are not entered as rooms or desks are."""

    zh = "犯罪嫌疑人和人员不能作为场所、设备登记。"


class HoursOverlap(Unprocessable):
    """Two stretches of one day overlap, or one ends before it begins."""

    zh = "同一天的开放时段重叠，或者结束时间早于开始时间。"


def visible(act: Act) -> Select[Resource]:
    """The places of the offices in which the actor works on cases, or keeps a centre's.

    Who works on cases sees the places of every centre too, for a suspect may be held in any.
    """
    places = select(Resource).where(Resource.kind.in_(PLACES))
    own = Resource.office_id.in_(act.actor.offices_as(PostKind.DETENTION_OFFICER, *STAFF))
    if not act.actor.offices_as(*STAFF):
        return places.where(own)
    centres = select(Office.id).where(Office.kind == OfficeKind.DETENTION_CENTRE)
    return places.where(or_(own, Resource.office_id.in_(centres)))


def find(act: Act, resource_id: int) -> Resource:
    """The place, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Resource.id == resource_id))
    if found is None:
        raise NotFound
    return found


def routes(act: Act) -> Select[Route]:
    """The journeys from and to the offices in which the actor holds a post."""
    own = act.actor.offices
    return select(Route).where(or_(Route.from_office_id.in_(own), Route.to_office_id.in_(own)))


def of_suspect(act: Act, suspect_id: int) -> int:
    """The suspect as something that can be in one place only; made when first needed."""
    return _made(act, ResourceKind.SUSPECT, "suspect_id", suspect_id)


def of_person(act: Act, person_id: int) -> int:
    """Somebody with an account as something that can be in one place only."""
    return _made(act, ResourceKind.PERSON, "person_id", person_id)


def of_participant(act: Act, participant_id: int) -> int:
    """Somebody without an account as something that can be in one place only."""
    return _made(act, ResourceKind.PARTICIPANT, "participant_id", participant_id)


def in_office(office_id: int, kind: ResourceKind) -> Select[Resource]:
    """What an office has of a kind and has not retired, in a steady order."""
    chosen = select(Resource).where(
        Resource.office_id == office_id, Resource.kind == kind, Resource.retired_at.is_(None)
    )
    return chosen.order_by(Resource.id)


def minutes_between(act: Act, from_office_id: int, to_office_id: int) -> int:
    """How long the journey takes, whichever way it was entered; 0 if nobody has said."""
    both = [(from_office_id, to_office_id), (to_office_id, from_office_id)]
    found = select(Route.minutes).where(
        or_(*((Route.from_office_id == a) & (Route.to_office_id == b) for a, b in both))
    )
    return act.session.scalar(found.limit(1)) or 0


@demands(Permission.RESOURCE_ENTER)
def enter(act: Act, given: NewResource) -> Resource:
    """Enter a room, a desk, a line or an escort of one's office.

    Refuses:
        NotAllowed: a centre's officers enter its rooms, case management the procuratorate's.
        PlacesOnly: suspects and people come with their case.
        ResourceKnown: the office has a resource of that name.

    Records:
        ResourceEntered.
    """
    if given.kind not in PLACES:
        raise PlacesOnly
    resource = Resource(**asdict(given))
    with act.unless(ONE_NAME, ResourceKnown()):
        act.session.add(resource)
    act.record(ResourceEntered(resource.id, given.kind.value))
    return resource


@demands(Permission.RESOURCE_CHANGE)
def open_weekly(act: Act, resource: Resource, hours: Collection[Hours]) -> Resource:
    """Say in which hours of the week it is open; with none it always is.

    What is booked stays booked.

    Refuses:
        NotAllowed: a centre's officers for its rooms, case management for the procuratorate's.
        HoursOverlap: two stretches of one weekday overlap, or one ends before it begins.

    Records:
        ResourceChanged.
    """
    _apart((one.weekday, one.from_time, one.until_time) for one in hours)
    resource.openings = [
        Opening(weekday=one.weekday, from_time=one.from_time, until_time=one.until_time)
        for one in hours
    ]
    _changed(act, resource)
    return resource


@demands(Permission.RESOURCE_CHANGE)
def except_on(act: Act, resource: Resource, days: Collection[DayHours]) -> Resource:
    """Say on which days other hours hold, or none; every day that is named is said anew.

    Refuses:
        NotAllowed: a centre's officers for its rooms, case management for the procuratorate's.
        HoursOverlap: two stretches of one day overlap, one ends before it begins, or has one end.

    Records:
        ResourceChanged.
    """
    if any((one.from_time is None) != (one.until_time is None) for one in days):
        raise HoursOverlap
    _apart(
        (one.on.toordinal(), one.from_time, one.until_time)
        for one in days
        if one.from_time is not None and one.until_time is not None
    )
    named = {one.on for one in days}
    if any(len([one for one in days if one.on == day]) > 1 for day in named if _closed(days, day)):
        raise HoursOverlap
    kept = [one for one in resource.exceptions if one.on not in named]
    for old in resource.exceptions:
        if old.on in named:
            act.session.delete(old)
    act.session.flush()
    resource.exceptions = kept + [
        OpeningException(on=one.on, from_time=one.from_time, until_time=one.until_time)
        for one in days
    ]
    _changed(act, resource)
    return resource


@demands(Permission.RESOURCE_CHANGE)
def set_buffers(
    act: Act, resource: Resource, *, units: int, before_minutes: int, after_minutes: int
) -> Resource:
    """Say how many there are, and how long escort and set-up take, for bookings made from now on.

    Refuses:
        NotAllowed: a centre's officers for its rooms, case management for the procuratorate's.

    Records:
        ResourceChanged.
    """
    resource.units = units
    resource.before_minutes, resource.after_minutes = before_minutes, after_minutes
    _changed(act, resource)
    return resource


@demands(Permission.RESOURCE_CHANGE)
def retire(act: Act, resource: Resource) -> Resource:
    """Take it out of use: nothing new is booked in it, what is booked stays.

    Refuses:
        NotAllowed: a centre's officers for its rooms, case management for the procuratorate's.

    Records:
        ResourceRetired.
    """
    resource.retired_at = resource.retired_at or act.now
    act.session.flush()
    act.record(ResourceRetired(resource.id))
    return resource


@demands(Permission.RESOURCE_CHANGE)
def restore(act: Act, resource: Resource) -> Resource:
    """Put it back into use.

    Refuses:
        NotAllowed: a centre's officers for its rooms, case management for the procuratorate's.

    Records:
        ResourceRestored.
    """
    resource.retired_at = None
    act.session.flush()
    act.record(ResourceRestored(resource.id))
    return resource


@demands(Permission.ROUTE_SET)
def set_route(act: Act, start: Office, end: Office, *, minutes: int) -> Route:
    """Say how long the journey between the procuratorate and a centre takes.

    Refuses:
        NotAllowed: only case management of that procuratorate.

    Records:
        RouteSet.
    """
    route = act.session.merge(Route(from_office_id=start.id, to_office_id=end.id, minutes=minutes))
    act.record(RouteSet(start.id, end.id, minutes))
    return route


def _made(act: Act, kind: ResourceKind, column: str, value: int) -> int:
    """Its id, made by whoever comes first; two who come at once get the same."""
    named = getattr(Resource, column) == value
    if (found := act.session.scalar(select(Resource.id).where(named))) is not None:
        return found
    made = insert(Resource).values(
        {
            "kind": kind,
            column: value,
            "name": "",
            "units": 1,
            "video": False,
            "before_minutes": 0,
            "after_minutes": 0,
            "version": 1,
        }
    )
    act.session.execute(made.on_conflict_do_nothing(index_elements=[column]))
    return act.session.scalars(select(Resource.id).where(named)).one()


def _changed(act: Act, resource: Resource) -> None:
    """A pattern changes the resource too: whoever read the old one is told."""
    flag_modified(resource, "units")
    act.session.flush()
    act.record(ResourceChanged(resource.id))


def _closed(days: Collection[DayHours], day: date) -> bool:
    return any(one.on == day and one.from_time is None for one in days)


def _apart(stretches: Iterable[tuple[int, time, time]]) -> None:
    """No two stretches of one day overlap.

    Refuses:
        HoursOverlap: two do, or one ends before it begins.
    """
    last: tuple[int, time] | None = None
    for day, start, end in sorted(stretches):
        if end <= start or (last is not None and last[0] == day and start < last[1]):
            raise HoursOverlap
        last = (day, end)
