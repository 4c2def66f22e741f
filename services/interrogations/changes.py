"""Changing an interrogation that is arranged: another time, other people, longer.

Each change is refused as a booking is, takes turns with every other change of the same
interrogation, and is kept with who is told and why. Its own time is never in its way.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm.attributes import flag_modified

from services import bookings, cases, tasks
from services.bookings import Want
from services.interrogations import (
    checklist,
    composition,
    limits,
    needs,
    offers,
    separation,
    slots,
)
from services.interrogations.drafts import Arrangement, Seat, Wish
from services.interrogations.flow import FLOW, LostBecause
from services.interrogations.history import ChangeKind, Moved, keep
from services.interrogations.operations import (
    AfterDeadline,
    arrangement_of,
    ask_the_centre,
    drop_what_is_open,
    in_turn,
    refuse_impossible,
    time_given,
)
from services.interrogations.records import Attendance, Interrogation
from services.kernel.act import Act
from services.kernel.refusals import Unprocessable
from services.policy import Permission, demands
from services.tasks import TaskKind


class NotLonger(Unprocessable):
    """It lasts as long as that already; what ends early gives its time back by itself."""

    zh = "延长后的时长应当长于原定时长。"


class NothingChanges(Unprocessable):
    """That is how it stands already."""

    zh = "与现有安排相同，无需变更。"


@demands(Permission.INTERROGATION_CHANGE)
def reschedule(
    act: Act,
    interrogation: Interrogation,
    *,
    starts_at: datetime,
    reason: str,
    because: LostBecause = LostBecause.HANDLER,
) -> Interrogation:
    """Give an interrogation another time, or a new one if it lost its own.

    The old time is given back only if the new one is free. The centre confirms anew, and the
    law of who takes part is asked for the new day: a girl of that age, a post held that day.

    Refuses:
        NotAllowed: only the handler, not recused, and case management.
        WrongState: it has begun or is over; the case has no handler, is closed or merged.
        Stale: somebody else has changed it meanwhile.
        NothingChanges: it begins then already.
        AfterDeadline: it would end after the earliest period that still runs (CPL 91, 156, 172).
        AlreadyBegun: the time lies in the past.
        RemoteNotUsed, RemoteNeedsCentre: by video it can no longer be held.
        NoRoomThere: there is no such room or desk.
        Unlawful: of who takes part and where, as `composition.check` says.
        CoSuspectsTooClose: a co-suspect is in every room shortly before or after.
        NotOpen: a place is closed then.
        AwayThen: somebody is on leave then.
        AlreadyTaken: something that is needed is taken then; with up to three times that are free.

    Records:
        InterrogationChanged; InterrogationBooked if it had no time.
    """
    cases.locked(act, interrogation.case)
    in_turn(act, interrogation)
    state = FLOW.after(interrogation.state, "reschedule")
    before, left = interrogation.during, interrogation.centre_id
    if before is not None and before.lower == starts_at:
        raise NothingChanges
    wish, arrangement = _as_arranged(interrogation)
    refuse_impossible(act, wish, arrangement, starts_at=starts_at)
    during = arrangement.at(starts_at)
    if interrogation.booking is None:
        offers.withdraw_open(act, interrogation)
        booking = slots.taken(act, wish, arrangement, starts_at=starts_at)
        _follow(act, interrogation)
        tasks.finish(act, TaskKind.RESCHEDULE_INTERROGATION, interrogation)
        time_given(act, interrogation, booking)
        return interrogation
    offering = slots.offering_alternatives(
        act, wish, arrangement, near=starts_at, ignoring=[interrogation.booking.id]
    )
    with offering:
        wants = slots.refuse_closed(act, _wants(act, wish, arrangement), during)
        wants = separation.separated(act, wish.case, wish.suspect, wants, during)
        bookings.retake(act, interrogation.booking, wants, during)
    _follow(act, interrogation)
    drop_what_is_open(act, interrogation)
    interrogation.state = state
    ask_the_centre(act, interrogation)
    keep(
        act,
        interrogation,
        ChangeKind.RESCHEDULED,
        Moved(before=before, after=during, left_centre_id=left),
        because=because,
        reason=reason,
    )
    return interrogation


@demands(Permission.INTERROGATION_CHANGE)
def swap(
    act: Act, interrogation: Interrogation, *, seats: Sequence[Seat], reason: str
) -> Interrogation:
    """Say anew who takes part, at the same time and in the same room.

    Whoever goes and whoever comes is told. Only who comes has to be free.

    Refuses:
        NotAllowed: only the handler, not recused, and case management.
        WrongState: it has begun or is over.
        Stale: somebody else has changed it meanwhile.
        NothingChanges: the same people have these seats already.
        Unlawful: of who takes part, as `composition.check` says, on the day it is held.
        NoRoomThere: its room or desk is no longer in use, and there is no other.
        NotOpen: a place is closed then by now.
        AwayThen: somebody is on leave then.
        AlreadyTaken: somebody is elsewhere at that time.

    Records:
        InterrogationChanged.
    """
    cases.locked(act, interrogation.case)
    in_turn(act, interrogation)
    FLOW.after(interrogation.state, "swap")
    if set(seats) == {_seat(one) for one in interrogation.attendances}:
        raise NothingChanges
    wish, arrangement = _as_arranged(interrogation)
    arrangement = replace(arrangement, seats=tuple(seats))
    during = interrogation.during
    starts_at = None if during is None else bookings.bounds(during)[0]
    composition.check(act, wish.case, wish.suspect, arrangement, starts_at=starts_at)
    if interrogation.booking is not None and during is not None:
        wants = _staying(interrogation, _wants(act, wish, arrangement))
        wants = slots.refuse_closed(act, wants, during)
        bookings.retake(act, interrogation.booking, wants, during)
    left, joined = _reseat(interrogation, seats)
    touch(interrogation)
    moved = Moved(before=during, after=during, left=left, joined=joined)
    act.session.flush()
    if interrogation.booking is not None:
        tasks.finish(act, TaskKind.RESCHEDULE_INTERROGATION, interrogation)
        checklist.follow(act, interrogation, joined={one.role for one in joined})
    keep(act, interrogation, ChangeKind.RESEATED, moved, reason=reason)
    return interrogation


@demands(Permission.INTERROGATION_CHANGE)
def extend(act: Act, interrogation: Interrogation, *, minutes: int, reason: str) -> Interrogation:
    """Let it last longer in all, before it begins or while it runs, if everything is free then.

    Refuses:
        NotAllowed: only the handler, not recused, and case management.
        WrongState: it is over, or has no time.
        Stale: somebody else has changed it meanwhile.
        NotLonger: it lasts as long as that already.
        AfterDeadline: it would end after the earliest period that still runs (CPL 91, 156, 172).
        CoSuspectsTooClose: a co-suspect would follow too soon in the room.
        NoRoomThere: its room or desk is no longer in use, and there is no other.
        NotOpen: a place is closed by then.
        AwayThen: somebody is on leave then.
        AlreadyTaken: something is taken after its end; with what is in the way.

    Records:
        InterrogationChanged.
    """
    in_turn(act, interrogation)
    FLOW.after(interrogation.state, "extend")
    before = interrogation.during
    booking = interrogation.booking
    assert before is not None and booking is not None  # noqa: S101, PT018  # it is not waiting
    start, end = bookings.bounds(before)
    if start + timedelta(minutes=minutes) <= end:
        raise NotLonger
    wish, arrangement = _as_arranged(interrogation)
    arrangement = replace(arrangement, minutes=minutes)
    after = arrangement.at(start)
    limit = limits.earliest(act, wish.suspect)
    if limit is not None and act.now < limit.ends_at < bookings.bounds(after)[1]:
        raise AfterDeadline(rule=limit.rule_id, ends_at=limit.ends_at)
    wants = _staying(interrogation, _wants(act, wish, arrangement))
    wants = slots.refuse_closed(
        act, separation.separated(act, wish.case, wish.suspect, wants, after), after
    )
    bookings.retake(act, booking, wants, after)
    interrogation.wanted_minutes = minutes
    touch(interrogation)
    act.session.flush()
    moved = Moved(before=before, after=after)
    keep(act, interrogation, ChangeKind.EXTENDED, moved, reason=reason)
    return interrogation


def _as_arranged(interrogation: Interrogation) -> tuple[Wish, Arrangement]:
    return Wish(interrogation.case, interrogation.suspect), arrangement_of(interrogation)


def _wants(act: Act, wish: Wish, arrangement: Arrangement) -> list[Want]:
    return needs.of(act, arrangement, wish.suspect, procuratorate_id=wish.procuratorate_id)


def _staying(interrogation: Interrogation, wants: Sequence[Want]) -> list[Want]:
    """The same room, desk, line and escort as it has; who comes anew is wanted as they are."""
    booking = interrogation.booking
    own = {one.resource_id for one in booking.occupations} if booking is not None else set()
    return [
        replace(want, any_of=tuple(one for one in want.any_of if one.resource_id in own))
        if own & {one.resource_id for one in want.any_of}
        else want
        for want in wants
    ]


def _follow(act: Act, interrogation: Interrogation) -> None:
    """Where the suspect sits now, and by when it has to be: both may have changed meanwhile."""
    suspect = interrogation.suspect
    interrogation.centre_id = suspect.detention_centre_id if suspect.in_custody else None
    limit = limits.earliest(act, suspect)
    interrogation.not_after = limit.ends_at if limit else None
    interrogation.period_began_at = limit.began_at if limit else None
    interrogation.escorted_at = interrogation.returned_at = None
    touch(interrogation)


def touch(interrogation: Interrogation) -> None:
    """It has another version, even if only its booking or its people changed."""
    flag_modified(interrogation, "state")


def _reseat(
    interrogation: Interrogation, seats: Sequence[Seat]
) -> tuple[tuple[Attendance, ...], tuple[Attendance, ...]]:
    """Who leaves and who joins; whoever stays keeps what is on record, perhaps in another role."""
    sitting = {(one.person_id, one.participant_id): one for one in interrogation.attendances}
    wanted = {(one.person_id, one.participant_id): one for one in seats}
    left = tuple(one for key, one in sitting.items() if key not in wanted)
    joined = tuple(
        Attendance(role=seat.role, person_id=seat.person_id, participant_id=seat.participant_id)
        for key, seat in wanted.items()
        if key not in sitting
    )
    for key, seat in wanted.items():
        if key in sitting:
            sitting[key].role = seat.role
    for one in left:
        interrogation.attendances.remove(one)
    interrogation.attendances.extend(joined)
    return left, joined


def _seat(one: Attendance) -> Seat:
    return Seat(one.role, one.person_id, one.participant_id)
