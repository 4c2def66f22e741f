"""Urgency (紧急讯问): one that cannot wait takes the time of those that can.

An ordinary slot is taken if there is one before the period ends; only then has somebody to give
way, and only who has more time left and keeps a slot before the end of their own period. They
have it in the same act or nothing happens at all. Fewest give way, and of these whoever has most
time left; nobody twice. Blocks, engagements and slots that are kept for somebody never give way.
No article speaks of it: each office says whether its bookings may give way, and one that does not
let its own give way takes nobody else's.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload

from services import bookings, cases, tasks
from services.bookings import Booking, Occupation, Option, Want, bounds, span
from services.bookings.wants import wanted
from services.cases import Case
from services.cases.records import RECUSALS
from services.interrogations import (
    limits,
    needs,
    operations,
    practice,
    replanning,
    separation,
    slots,
)
from services.interrogations.displacements import (
    ONLY_ONCE,
    Displacement,
    DisplacementState,
    ObjectionFinding,
)
from services.interrogations.drafts import Arrangement, Wish
from services.interrogations.flow import AHEAD, FLOW, LostBecause, UrgentGround
from services.interrogations.history import ChangeKind, Moved, keep
from services.interrogations.limits import Limit
from services.interrogations.records import Interrogation
from services.kernel.act import Act, Event
from services.kernel.refusals import Conflict, NotFound, Refusal
from services.policy import Permission, PostKind, allows, demands
from services.resources import Resource
from services.tasks import TaskKind

MOST_GIVE_WAY = 3
"""So many give way to one at the most."""
STARTS = 200
"""How many starts are looked at for one at which few have to give way."""
TRIES = 12
"""How many ways are tried before it is said that nobody can give way."""
NEVER = datetime.max.replace(tzinfo=UTC)
DECIDE = (PostKind.CASE_MANAGER, PostKind.DEPARTMENT_HEAD)


@dataclass(frozen=True, slots=True)
class UrgentInterrogationBooked(Event):
    """An urgent interrogation has a time; how many gave way to it."""

    ground: str
    displaced: int


@dataclass(frozen=True, slots=True)
class InterrogationDisplaced(Event):
    """An interrogation gave its time up and has another; the event is about the displacement."""

    interrogation_id: int
    for_id: int


@dataclass(frozen=True, slots=True)
class DisplacementObjected(Event):
    """The handler objects to it; the event is about the displacement."""

    interrogation_id: int


@dataclass(frozen=True, slots=True)
class ObjectionDecided(Event):
    """The objection to a displacement is decided; the event is about the displacement."""

    interrogation_id: int
    state: str


class NobodyGivesWay(Conflict):
    """No slot is free in time, and nobody who has more time left can give way."""

    zh = "期限届满前没有空闲时段，也没有剩余期限更长、可以让出时段并另行安排的讯问。"


class DisplacingNotUsed(Conflict):
    """No slot is free in time, and this procuratorate lets no booking give way to another."""

    zh = "期限届满前没有空闲时段，且本院未启用紧急讯问调整时段。"


class ObjectionLate(Conflict):
    """The time in which one could object is over."""

    zh = "提出异议的时限已过。"


class ObjectedAlready(Conflict):
    """There is an objection already, or it was decided."""

    zh = "已经提出异议，或者异议已作出决定。"


class NoObjection(Conflict):
    """Nobody has objected, or it was decided already."""

    zh = "没有待决定的异议。"


@dataclass(frozen=True, slots=True)
class UrgentlyBooked:
    """An urgent interrogation, and what gave way to it."""

    interrogation: Interrogation
    displaced: tuple[Displacement, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """A start, and whose bookings would have to give way for it."""

    starts_at: datetime
    victims: tuple[int, ...]
    least_left: datetime
    """The end of the period that ends first among theirs."""


@demands(Permission.INTERROGATION_BOOK_URGENTLY)
def book_urgently(  # noqa: PLR0913  # each by its name
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    *,
    because: UrgentGround,
    grounds: str,
    starts_at: datetime | None = None,
) -> UrgentlyBooked:
    """Book what cannot wait: in a slot that is free in time, or in one for which others give way.

    With `starts_at` that time is wanted: it is taken if it is free, and others give way for that
    one alone. The interrogation that gives way has more time left (CPL 91, 156, 172), has a new
    time before the end of its own period in the same act, and gives way once at the most.

    Refuses:
        NotAllowed: only the handler, not recused, and case management.
        NobodyGivesWay: no slot is free in time, and nobody can give way.
        DisplacingNotUsed: no slot is free in time, and the office lets no booking give way.
        WrongState, AfterDeadline, AlreadyBegun, RemoteNotUsed, RemoteNeedsCentre: as in booking.
        NoRoomThere, Unlawful: as in booking.

    Records:
        UrgentInterrogationBooked, InterrogationBooked, InterrogationChanged; for each that gives
        way InterrogationDisplaced.
    """
    cases.locked(act, wish.case)
    operations.refuse_impossible(act, wish, arrangement, starts_at=starts_at)
    if (free := _free(act, wish, arrangement, starts_at)) is not None:
        booked = _booked(act, wish, arrangement, free, because, grounds)
        act.record(UrgentInterrogationBooked(booked.id, because.value, 0))
        return UrgentlyBooked(booked)
    if not practice.of_office(act.session, wish.procuratorate_id).displacing:
        raise DisplacingNotUsed
    limit = limits.earliest(act, wish.suspect)
    for way in ways(act, wish, arrangement, limit, starts_at)[:TRIES]:
        try:
            with act.session.begin_nested():
                booked, gave_way = _given_way(act, wish, arrangement, way, limit, because, grounds)
        except Refusal:
            continue
        act.record(UrgentInterrogationBooked(booked.id, because.value, len(gave_way)))
        for one in gave_way:
            act.record(InterrogationDisplaced(one.id, one.interrogation_id, booked.id))
        return UrgentlyBooked(booked, gave_way)
    raise NobodyGivesWay


@demands(Permission.DISPLACEMENT_OBJECT)
def object_to(act: Act, displacement: Displacement, *, reason: str) -> Displacement:
    """Object to having given way, in the time that the office's practice leaves for an answer.

    The interrogation keeps its new time meanwhile.

    Refuses:
        NotAllowed: only the handler of the one that gave way, not recused.
        ObjectedAlready: there is an objection.
        ObjectionLate: the time for it is over.

    Records:
        DisplacementObjected.
    """
    act.session.refresh(displacement, with_for_update=True)
    if displacement.state is not DisplacementState.STANDING:
        raise ObjectedAlready(state=displacement.state)
    if act.now > displacement.object_until:
        raise ObjectionLate(object_until=displacement.object_until)
    displacement.state = DisplacementState.OBJECTED
    displacement.objected_at, displacement.objected_by = act.now, act.actor.id
    displacement.objection = reason
    act.session.flush()
    for post in DECIDE:
        tasks.open_for_pool(
            act,
            TaskKind.DECIDE_OBJECTION,
            displacement,
            office_id=displacement.procuratorate_id,
            post=post,
        )
    act.record(DisplacementObjected(displacement.id, displacement.interrogation_id))
    return displacement


@demands(Permission.DISPLACEMENT_DECIDE)
def decide_objection(
    act: Act, displacement: Displacement, *, finding: ObjectionFinding, reasons: str
) -> Displacement:
    """Decide on the objection; if it was right, the old time is given back where that can be.

    It can be if the urgent one, which is not to be late for it, has another time before the end of
    its period in the same act. Otherwise the finding stands on record and both keep their times.

    Refuses:
        NotAllowed: only case management and the heads of departments there, not recused; never
            who took the time.
        NoObjection: nobody has objected, or it was decided.

    Records:
        ObjectionDecided; InterrogationChanged for each that moves.
    """
    act.session.refresh(displacement, with_for_update=True)
    if displacement.state is not DisplacementState.OBJECTED:
        raise NoObjection(state=displacement.state)
    displacement.state = DisplacementState(finding.value)
    displacement.decided_at, displacement.decided_by = act.now, act.actor.id
    displacement.decision_reasons = reasons
    act.session.flush()
    if finding is ObjectionFinding.UPHELD:
        displacement.given_back = _given_back(act, displacement)
    tasks.finish(act, TaskKind.DECIDE_OBJECTION, displacement)
    act.record(ObjectionDecided(displacement.id, displacement.interrogation_id, finding.value))
    return displacement


def visible(act: Act) -> Select[Displacement]:
    """What the actor may know of: of the own cases, or of the whole office."""
    actor = act.actor
    recused = exists().where(
        RECUSALS.c.case_id == Interrogation.case_id, RECUSALS.c.person_id == actor.id
    )
    managed = Case.procuratorate_id.in_(actor.offices_as(PostKind.CASE_MANAGER))
    headed = Case.procuratorate_id.in_(actor.offices_as(PostKind.DEPARTMENT_HEAD)) & ~recused
    own = and_(
        Case.handler_id == actor.id,
        Case.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
        ~recused,
    )
    return (
        select(Displacement)
        .join(Displacement.interrogation)
        .join(Case)
        .where(or_(managed, headed, own))
    )


def find(act: Act, displacement_id: int) -> Displacement:
    """The displacement, if the actor may know of it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Displacement.id == displacement_id))
    if found is None:
        raise NotFound
    return found


def find_of(act: Act, interrogation: Interrogation) -> Displacement:
    """The one time that this interrogation gave way, if it did."""
    chosen = visible(act).where(Displacement.interrogation_id == interrogation.id)
    found = act.session.scalar(chosen)
    if found is None:
        raise NotFound
    return found


def allowed(act: Act, displacement: Displacement) -> list[str]:
    """What the actor may do with it now."""
    state = displacement.state
    steps = {
        "object": (
            Permission.DISPLACEMENT_OBJECT,
            state is DisplacementState.STANDING and act.now <= displacement.object_until,
        ),
        "decide": (Permission.DISPLACEMENT_DECIDE, state is DisplacementState.OBJECTED),
    }
    return [
        verb
        for verb, (permission, open_now) in steps.items()
        if open_now and allows(act.actor, permission, displacement)
    ]


def may_give_way(
    act: Act, wish: Wish, window: Range[datetime], ids: Collection[int], limit: Limit | None
) -> dict[int, datetime]:
    """The bookings that take any of these and may give way, and until when each has time.

    They are ahead, with more time left than the urgent one has; their suspect was not brought yet;
    they never gave way before; and their office lets its bookings give way.
    """
    taking = select(Occupation.booking_id).where(
        Occupation.resource_id.in_(ids), Occupation.during.overlaps(window)
    )
    once = exists().where(Displacement.interrogation_id == Interrogation.id)
    chosen = (
        select(Interrogation)
        .join(Interrogation.booking)
        .options(joinedload(Interrogation.case))
        .where(
            Interrogation.state.in_(AHEAD),
            Interrogation.booking_id.in_(taking),
            Interrogation.escorted_at.is_(None),
            Interrogation.suspect_id != wish.suspect.id,
            Booking.during.op(">>")(Range(act.now, act.now, bounds="[]")),
            ~once,
        )
        .order_by(Interrogation.id)
    )
    found = act.session.scalars(chosen).all()
    ends = limits.earliest_of(act, {one.suspect_id for one in found})
    own = limit.ends_at if limit is not None else NEVER
    allow = {
        office_id: practice.of_office(act.session, office_id).displacing
        for office_id in {one.procuratorate_id for one in found}
    }
    left: dict[int, datetime] = {}
    for one in found:
        until = ends[one.suspect_id].ends_at if one.suspect_id in ends else NEVER
        if until > own and allow[one.procuratorate_id] and one.booking_id is not None:
            left[one.booking_id] = until
    return left


def ways(
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    limit: Limit | None,
    starts_at: datetime | None = None,
) -> list[Way]:
    """For each start in time who would have to give way: the fewest first, then most time left."""
    wants = needs.of(act, arrangement, wish.suspect, procuratorate_id=wish.procuratorate_id)
    first = starts_at or act.now
    length = timedelta(minutes=arrangement.minutes)
    last = starts_at + length if starts_at else limit.ends_at if limit else first + slots.HORIZON
    if last <= first:
        return []
    window = span(wants, Range(first, last))
    ids = wanted(wants)
    left = may_give_way(act, wish, window, ids, limit)
    if not left:
        return []
    starts = slots.search(
        act,
        wish,
        arrangement,
        from_at=first,
        until_at=last,
        limit=1 if starts_at else STARTS,
        ignoring=list(left),
    )
    units = _units(act, ids)
    taken: dict[tuple[int, int], list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for row in act.session.scalars(bookings.overlapping(ids, window)):
        taken[row.resource_id, row.unit].append((*bounds(row.during), row.booking_id))
    found = []
    for slot in starts:
        if starts_at is not None and slot.starts_at != starts_at:
            continue
        during = arrangement.at(slot.starts_at)
        needed = [_in_the_way(want, during, units, taken) for want in wants]
        for victims in fewest(needed, left, MOST_GIVE_WAY):
            least = min((left[one] for one in victims), default=NEVER)
            found.append(Way(slot.starts_at, tuple(sorted(victims)), least))
    return sorted(found, key=_preferred)


def fewest(
    needed: Sequence[Iterable[frozenset[int]]], may: Collection[int], most: int
) -> list[frozenset[int]]:
    """The smallest sets that clear one choice of every want; none of them holds another.

    `needed` says for each want, and for each choice of it, what is in the way. What is in the way
    and may not give way closes that choice. Sets of more than `most` are left out.
    """
    allowed = frozenset(may)
    sets = {frozenset[int]()}
    for choices in needed:
        open_ones = {one for one in choices if one <= allowed}
        joined = {a | b for a in sets for b in open_ones if len(a | b) <= most}
        sets = {one for one in joined if not any(other < one for other in joined)}
    return sorted(sets, key=lambda one: (len(one), sorted(one)))


def _preferred(way: Way) -> tuple[int, float, datetime, tuple[int, ...]]:
    return (len(way.victims), -way.least_left.timestamp(), way.starts_at, way.victims)


def _in_the_way(
    want: Want,
    during: Range[datetime],
    units: dict[int, int],
    taken: dict[tuple[int, int], list[tuple[datetime, datetime, int]]],
) -> set[frozenset[int]]:
    """For each unit that would do, what takes it at that time."""

    def blocking(option: Option, unit: int) -> frozenset[int]:
        ranges = [bounds(one) for one in want.ranges(option, during)]
        return frozenset(
            booking_id
            for since, until, booking_id in taken[option.resource_id, unit]
            if any(a < until and since < b for a, b in ranges)
        )

    return {
        blocking(option, unit)
        for option in want.any_of
        for unit in range(1, units.get(option.resource_id, 0) + 1)
    }


def _units(act: Act, ids: Collection[int]) -> dict[int, int]:
    chosen = select(Resource.id, Resource.units).where(
        Resource.id.in_(ids), Resource.retired_at.is_(None)
    )
    return {row.id: row.units for row in act.session.execute(chosen)}


def _free(
    act: Act, wish: Wish, arrangement: Arrangement, starts_at: datetime | None
) -> datetime | None:
    """The wanted time if it is free, or else the earliest that is, before the period ends."""
    if starts_at is not None:
        until = starts_at + timedelta(minutes=arrangement.minutes)
        slot = slots.earliest_free(act, wish, arrangement, not_before=starts_at, not_after=until)
        if slot is not None and slot.starts_at == starts_at:
            return starts_at
    slot = slots.earliest_free(act, wish, arrangement, not_before=act.now)
    return slot.starts_at if slot is not None else None


def _booked(  # noqa: PLR0913, PLR0917  # everything that one record needs
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    starts_at: datetime,
    because: UrgentGround,
    grounds: str,
) -> Interrogation:
    operations.refuse_impossible(act, wish, arrangement, starts_at=starts_at)
    booking = slots.taken(act, wish, arrangement, starts_at=starts_at)
    interrogation = operations.drafted(act, wish, arrangement)
    interrogation.urgent, interrogation.urgent_because = True, because
    interrogation.urgent_grounds = grounds
    act.session.add(interrogation)
    act.session.flush()
    operations.time_given(act, interrogation, booking)
    return interrogation


def _given_way(  # noqa: PLR0913, PLR0917
    act: Act,
    wish: Wish,
    arrangement: Arrangement,
    way: Way,
    limit: Limit | None,
    because: UrgentGround,
    grounds: str,
) -> tuple[Interrogation, tuple[Displacement, ...]]:
    """Let them give way, take the time, and find another for each; undone if one finds none.

    Refuses:
        NobodyGivesWay: one of them may not give way any more, or finds no other time.
    """
    victims = replanning.ahead(act, Interrogation.booking_id.in_(way.victims))
    window = Range(act.now, max(bounds(one.during)[1] for one in victims if one.during))
    ids = [each.resource_id for one in victims if one.booking for each in one.booking.occupations]
    still = may_give_way(act, wish, window, ids, limit)
    if {one.booking_id for one in victims} != set(way.victims) or not still.keys() >= set(
        way.victims
    ):
        raise NobodyGivesWay
    before = {one.id: one.during for one in victims}
    replanning.uproot(act, victims)
    booked = _booked(act, wish, arrangement, way.starts_at, because, grounds)
    if replanning.replant(act, victims, LostBecause.DISPLACED).waiting:
        raise NobodyGivesWay
    gave_way = tuple(
        _kept(act, one, was, booked)
        for one in victims
        if (was := before[one.id]) is not None and one.during != was
    )
    return booked, gave_way


def _kept(
    act: Act, one: Interrogation, before: Range[datetime], booked: Interrogation
) -> Displacement:
    """Keep on record that it gave way; one that only changed rooms did not.

    Refuses:
        NobodyGivesWay: it gave way to somebody else at this moment.
    """
    after = one.during
    assert after is not None  # noqa: S101  # it was placed
    minutes = practice.of_office(act.session, one.procuratorate_id).offer_minutes
    displacement = Displacement(
        interrogation=one,
        urgent=booked,
        before=before,
        after=after,
        displaced_at=act.now,
        displaced_by=act.actor.id,
        object_until=act.now + timedelta(minutes=minutes),
    )
    with act.unless(ONLY_ONCE, NobodyGivesWay()):
        act.session.add(displacement)
    return displacement


def _given_back(act: Act, displacement: Displacement) -> bool:
    """Has it its old time again, with another for the urgent one before the end of its period?"""
    start, _ = bounds(displacement.before)
    ids = [displacement.interrogation_id, displacement.for_id]
    if start <= act.now:
        return False
    try:
        with act.session.begin_nested() as tried:
            found = {one.id: one for one in replanning.ahead(act, Interrogation.id.in_(ids))}
            if set(found) != set(ids):
                return False
            replanning.uproot(act, list(found.values()))
            _back(act, found[displacement.interrogation_id], displacement)
            urgent = found[displacement.for_id]
            if replanning.replant(act, [urgent], LostBecause.DISPLACED).waiting:
                tried.rollback()
                return False
    except Refusal:
        return False
    return True


def _back(act: Act, one: Interrogation, displacement: Displacement) -> None:
    """Move it to the time that it gave up, in whatever room is free then.

    Refuses:
        AfterDeadline, AlreadyTaken, CoSuspectsTooClose, NotOpen, AwayThen, Unlawful: it can no
            longer be held then.
    """
    assert one.booking is not None  # noqa: S101  # it is ahead
    start, _ = bounds(displacement.before)
    wish = Wish(one.case, one.suspect)
    arrangement = replace(operations.arrangement_of(one), room_id=None)
    operations.refuse_impossible(act, wish, arrangement, starts_at=start)
    during = arrangement.at(start)
    wants = needs.of(act, arrangement, one.suspect, procuratorate_id=one.procuratorate_id)
    wants = slots.refuse_closed(act, wants, during)
    wants = separation.separated(act, one.case, one.suspect, wants, during)
    before = one.booking.during
    bookings.retake(act, one.booking, wants, during)
    operations.drop_what_is_open(act, one)
    one.state = FLOW.after(one.state, "reschedule")
    operations.ask_the_centre(act, one)
    keep(
        act,
        one,
        ChangeKind.RESCHEDULED,
        Moved(before=before, after=during),
        because=LostBecause.HANDLER,
    )
