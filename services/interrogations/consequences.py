"""What follows for interrogations when the case or the suspect changes; part of that change.

A release gives the centre's room back and keeps the interrogation: it is held in another form, or
its handler is asked. Only the end of the case ends it.
"""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import ColumnElement, select

from services import bookings, tasks
from services.arrest_requests.records import Suspect
from services.bookings import bounds
from services.cases import Case
from services.interrogations import needs, operations
from services.interrogations.drafts import Wish
from services.interrogations.events import InterrogationCancelled
from services.interrogations.flow import FLOW, LostBecause, Role
from services.interrogations.history import ChangeKind, Moved, keep
from services.interrogations.records import Attendance, Interrogation
from services.interrogations.replanning import (
    Replanned,
    ahead,
    ask,
    centre_of,
    follow,
    replan,
    wait,
    waiting,
)
from services.kernel.act import Act
from services.kernel.refusals import Refusal
from services.resources import ResourceKind
from services.tasks import TaskKind

ROOMS = (ResourceKind.INTERROGATION_ROOM, ResourceKind.OFFICE_ROOM)


def measure_changed(act: Act, suspect: Suspect) -> Replanned:
    """The suspect is released, or held now: what is ahead is held where the suspect can be met.

    One who is held, and nobody has said where, waits for that to be said.
    """
    whose = Interrogation.suspect_id == suspect.id
    for one in waiting(act, whose):
        follow(one)
    nowhere = suspect.in_custody and suspect.detention_centre_id is None
    found = [one for one in ahead(act, whose) if nowhere or one.centre_id != centre_of(suspect)]
    if not nowhere:
        return replan(act, found, LostBecause.MEASURE_CHANGED)
    for one in found:
        wait(act, one, LostBecause.MEASURE_CHANGED)
    return Replanned((), tuple(found))


def case_closed(act: Act, case: Case) -> None:
    """Nobody is interrogated in a case that is closed."""
    for one in (*ahead(act, _in(case)), *waiting(act, _in(case))):
        state, before = FLOW.after(one.state, "cancel"), one.during
        operations.vacate(act, one)
        tasks.cancel(act, TaskKind.RESCHEDULE_INTERROGATION, one)
        one.state, one.lost_because = state, LostBecause.CASE_CLOSED
        act.session.flush()
        act.record(InterrogationCancelled(one.id, LostBecause.CASE_CLOSED.value))
        moved = Moved(before=before)
        keep(act, one, ChangeKind.CANCELLED, moved, because=LostBecause.CASE_CLOSED)


def went_over(act: Act, case: Case, to: Case, suspect_ids: Collection[int]) -> None:
    """The interrogations of these suspects stand in the other case."""
    moved = select(Interrogation).where(_in(case), Interrogation.suspect_id.in_(suspect_ids))
    for one in act.session.scalars(moved):
        one.case = to
    act.session.flush()


def handler_changed(act: Act, case: Case) -> None:
    """Whoever handles the case now leads what is ahead, at the same time or not yet at any.

    Refuses:
        Nothing: where the new handler is not free then, it waits and they have the task.
    """
    if case.handler_id is None:
        return
    for one in ahead(act, _in(case)):
        if (moved := _led_by(act, one, case.handler_id)) is not None:
            _kept_or_waiting(act, one, moved)
    for one in waiting(act, _in(case)):
        if _led_by(act, one, case.handler_id) is not None:
            ask(act, one)


def recused(act: Act, case: Case, person_id: int) -> None:
    """A recused person leaves their seat; the time is kept, and the handler finds another.

    It does not begin before the law of who takes part is kept again (CPL 29, 30, 118; RULES 37).
    """
    for one in (*ahead(act, _in(case)), *waiting(act, _in(case))):
        seats = [seat for seat in one.attendances if seat.person_id == person_id]
        if not seats:
            continue
        for seat in seats:
            one.attendances.remove(seat)
        if one.booking is not None:
            one.booking.occupations = [
                each for each in one.booking.occupations if each.resource.person_id != person_id
            ]
        act.session.flush()
        during = one.during
        keep(
            act,
            one,
            ChangeKind.RESEATED,
            Moved(before=during, after=during, left=tuple(seats)),
            because=LostBecause.STAFF_LOST,
        )
        ask(act, one)


def _led_by(act: Act, one: Interrogation, handler_id: int) -> Moved | None:
    """Let the handler lead it: who comes and goes, or nothing if they lead it already."""
    leading = [seat for seat in one.attendances if seat.role is Role.LEAD]
    if [seat.person_id for seat in leading] == [handler_id]:
        return None
    for seat in leading:
        one.attendances.remove(seat)
    act.session.flush()
    sitting = next((seat for seat in one.attendances if seat.person_id == handler_id), None)
    joined: tuple[Attendance, ...] = ()
    if sitting is not None:
        sitting.role = Role.LEAD
    else:
        joined = (Attendance(role=Role.LEAD, person_id=handler_id),)
        one.attendances.extend(joined)
    act.session.flush()
    return Moved(before=one.during, after=one.during, left=tuple(leading), joined=joined)


def _kept_or_waiting(act: Act, one: Interrogation, moved: Moved) -> None:
    """The same time and room with the new lead, or none yet."""
    assert one.booking is not None and one.during is not None  # noqa: S101, PT018  # it is ahead
    start, _ = bounds(one.during)
    wished = Wish(one.case, one.suspect)
    room = next(
        (each.resource_id for each in one.booking.occupations if each.resource.kind in ROOMS), None
    )
    arrangement = replace(operations.arrangement_of(one), room_id=room)
    try:
        operations.refuse_impossible(act, wished, arrangement, starts_at=max(start, act.now))
        wants = needs.of(act, arrangement, one.suspect, procuratorate_id=one.procuratorate_id)
        bookings.retake(act, one.booking, wants, one.during)
    except Refusal:
        wait(act, one, LostBecause.STAFF_LOST)
        return
    tasks.cancel(act, TaskKind.RESCHEDULE_INTERROGATION, one)
    keep(act, one, ChangeKind.RESEATED, moved, because=LostBecause.STAFF_LOST)


def _in(case: Case) -> ColumnElement[bool]:
    return Interrogation.case_id == case.id
