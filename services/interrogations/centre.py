"""The detention centre's side: confirm a time, propose another, bring the suspect and take back.

A time that the centre proposes is kept under the same constraint as a booking, as far as the
interrogation does not take it already, so that an answer is never too late for want of a room.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload, selectinload, undefer

from services import bookings, cases, offices, tasks
from services.bookings import Booking, BookingKind, BookingState, Occupation, Want
from services.bookings.records import NEVER_TWICE
from services.bookings.wants import wanted
from services.cases import Case
from services.interrogations import needs, practice, separation, slots
from services.interrogations.changes import NothingChanges, touch
from services.interrogations.drafts import Arrangement, Wish
from services.interrogations.flow import FLOW
from services.interrogations.history import ChangeKind, Moved, keep
from services.interrogations.operations import (
    arrangement_of,
    drop_what_is_open,
    in_turn,
    refuse_impossible,
    visible,
)
from services.interrogations.proposals import (
    TimeProposal,
    TimeProposalState,
    end,
    withdraw_open,
)
from services.interrogations.records import Attendance, Interrogation
from services.kernel.act import SHANGHAI, Act
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, NotFound
from services.offices import Office
from services.policy import Permission, PostKind, demands
from services.resources import Resource, ResourceKind
from services.tasks import TaskKind

BATCH = 100


class ProposalOver(Conflict):
    """That proposal is open no longer: it was answered, withdrawn, or has run out."""

    zh = "该时间建议已答复、撤回或者已过答复期限。"


class EscortTooEarly(Conflict):
    """A suspect is brought to the room on the day of the interrogation, not before."""

    zh = "讯问当日方可登记提押，目前尚未到讯问日期。"


class NotBrought(Conflict):
    """The suspect was never brought to the room, or was taken back already."""

    zh = "尚未登记提押，或者已登记还押。"


class EscortStep(StrEnum):
    """What the officers have done."""

    BROUGHT = "brought"
    """The suspect is in the room (提押)."""
    BROUGHT_BACK = "brought_back"
    """The suspect is in the cell again (还押)."""


@dataclass(frozen=True, slots=True)
class OnTheDay:
    """The day on which a suspect is to be brought, as a task names it."""

    due_on: date | None
    outer_on: date | None = None


@dataclass(frozen=True, slots=True)
class CentreDay:
    """One day of a centre: its rooms, and everything that takes a room or a suspect of it."""

    centre: Office
    on: date
    rooms: Sequence[Resource]
    bookings: Sequence[Booking]
    interrogations: dict[int, Interrogation]
    """By the booking that each has, or that keeps a proposed time for it."""


@demands(Permission.INTERROGATION_HOST)
def confirm(act: Act, interrogation: Interrogation) -> Interrogation:
    """Confirm that the centre brings the suspect at that time; the escort is its task then.

    What the centre had proposed instead is withdrawn.

    Refuses:
        NotAllowed: only the officers of that centre.
        WrongState: it is confirmed, has begun, or has no time.
        Stale: somebody has changed it meanwhile.

    Records:
        InterrogationChanged.
    """
    in_turn(act, interrogation)
    state = FLOW.after(interrogation.state, "confirm")
    tasks.finish(act, TaskKind.CONFIRM_INTERROGATION, interrogation)
    drop_what_is_open(act, interrogation)
    interrogation.state = state
    interrogation.confirmed_at, interrogation.confirmed_by = act.now, act.actor.id
    act.session.flush()
    _ask_for_escort(act, interrogation)
    keep(act, interrogation, ChangeKind.CONFIRMED, Moved(after=interrogation.during))
    return interrogation


@demands(Permission.INTERROGATION_HOST)
def propose_time(
    act: Act, interrogation: Interrogation, *, starts_at: datetime, note: str
) -> TimeProposal:
    """Propose another time, which is kept free for as long as the office keeps what it offers.

    The time that is booked stays until the handler has answered. An older proposal is withdrawn.

    Refuses:
        NotAllowed: only the officers of that centre.
        WrongState: it has begun, or has no time; the case has no handler or is closed.
        Stale: somebody has changed it meanwhile.
        NothingChanges: it begins then already.
        AfterDeadline: it would end after the suspect's earliest period.
        AlreadyBegun: the time lies in the past.
        RemoteNotUsed, RemoteNeedsCentre: by video it can no longer be held.
        NoRoomThere: there is no such room or desk.
        Unlawful: of who takes part and where, on that day.
        CoSuspectsTooClose: a co-suspect is in every room shortly before or after.
        NotOpen: a place is closed then.
        AwayThen: somebody is on leave then.
        AlreadyTaken: something that is needed is taken then; with up to three times that are free.

    Records:
        InterrogationChanged.
    """
    cases.locked(act, interrogation.case)
    in_turn(act, interrogation)
    FLOW.after(interrogation.state, "propose")
    before = interrogation.during
    if before is not None and before.lower == starts_at:
        raise NothingChanges
    wish, arrangement = _as_arranged(interrogation)
    refuse_impossible(act, wish, arrangement, starts_at=starts_at)
    withdraw_open(act, interrogation)
    tasks.cancel(act, TaskKind.ANSWER_TIME_PROPOSAL, interrogation)
    during = arrangement.at(starts_at)
    minutes = practice.of_office(act.session, interrogation.procuratorate_id).offer_minutes
    until = min(act.now + timedelta(minutes=minutes), starts_at)
    hold = _kept_free(act, interrogation, starts_at, until)
    proposal = TimeProposal(
        interrogation=interrogation,
        booking=hold,
        during=during,
        note=note,
        proposed_at=act.now,
        proposed_by=act.actor.id,
        held_until=until,
    )
    act.session.add(proposal)
    touch(interrogation)
    act.session.flush()
    _ask_for_an_answer(act, interrogation)
    keep(act, interrogation, ChangeKind.TIME_PROPOSED, Moved(before=before, after=during))
    return proposal


@demands(Permission.INTERROGATION_CHANGE)
def accept(act: Act, proposal: TimeProposal) -> TimeProposal:
    """Take the time that the centre proposes: the old one is given back, the new is confirmed.

    Refuses:
        NotAllowed: only the handler, not recused, and case management.
        ProposalOver: it was answered or withdrawn, or the time is no longer kept.
        WrongState: the interrogation has begun, or has no time; the case is closed.
        Stale: somebody has changed the interrogation at the same moment.
        AfterDeadline, AlreadyBegun, RemoteNotUsed, RemoteNeedsCentre, Unlawful: it is no longer
            allowed then.
        NoRoomThere, NotOpen, AwayThen, AlreadyTaken, CoSuspectsTooClose: what it needs is out of
            use by now.

    Records:
        InterrogationChanged.
    """
    interrogation = proposal.interrogation
    cases.locked(act, interrogation.case)
    in_turn(act, interrogation)
    _refuse_over(act, proposal)
    state = FLOW.after(interrogation.state, "accept_time")
    start, _ = bookings.bounds(proposal.during)
    wish, arrangement = _as_arranged(interrogation)
    refuse_impossible(act, wish, arrangement, starts_at=start)
    booking, before = interrogation.booking, interrogation.during
    assert booking is not None  # noqa: S101  # it is ahead
    hold = proposal.booking
    chosen = hold.occupations if hold is not None else []
    bookings.lock(act, {one.resource_id for one in (*chosen, *booking.occupations)})
    tasks.finish(act, TaskKind.ANSWER_TIME_PROPOSAL, interrogation)
    end(act, proposal, TimeProposalState.ACCEPTED)
    bookings.retake(act, booking, _open_wants(act, interrogation, start), proposal.during)
    drop_what_is_open(act, interrogation)
    interrogation.state = state
    interrogation.confirmed_at = act.now
    interrogation.confirmed_by = proposal.proposed_by
    interrogation.escorted_at = interrogation.returned_at = None
    touch(interrogation)
    act.session.flush()
    _ask_for_escort(act, interrogation)
    moved = Moved(before=before, after=proposal.during)
    keep(act, interrogation, ChangeKind.PROPOSAL_ACCEPTED, moved)
    return proposal


@demands(Permission.INTERROGATION_CHANGE)
def decline(act: Act, proposal: TimeProposal, *, reason: str) -> TimeProposal:
    """Keep the old time; what was kept free is given back.

    Refuses:
        NotAllowed: only the handler, not recused, and case management.
        ProposalOver: it was answered or withdrawn, or the time is no longer kept.
        Stale: somebody has changed the interrogation at the same moment.

    Records:
        InterrogationChanged.
    """
    interrogation = in_turn(act, proposal.interrogation)
    _refuse_over(act, proposal)
    tasks.finish(act, TaskKind.ANSWER_TIME_PROPOSAL, interrogation)
    proposal.refused_reason = reason
    end(act, proposal, TimeProposalState.REFUSED)
    moved = Moved(before=interrogation.during, after=proposal.during)
    keep(act, interrogation, ChangeKind.PROPOSAL_REFUSED, moved, reason=reason)
    return proposal


@demands(Permission.TIME_PROPOSAL_LAPSE)
def lapse(act: Act, proposal: TimeProposal) -> TimeProposal:
    """Nobody has answered while the time was kept: the old time stays.

    Refuses:
        NotAllowed: only the house's own machine.
        ProposalOver: it was answered or withdrawn at that moment.

    Records:
        InterrogationChanged.
    """
    if proposal.state is not TimeProposalState.OPEN:
        raise ProposalOver(state=proposal.state)
    tasks.cancel(act, TaskKind.ANSWER_TIME_PROPOSAL, proposal.interrogation)
    end(act, proposal, TimeProposalState.LAPSED)
    moved = Moved(before=proposal.interrogation.during, after=proposal.during)
    keep(act, proposal.interrogation, ChangeKind.PROPOSAL_LAPSED, moved)
    return proposal


def lapsing(act: Act, batch: int = BATCH) -> list[TimeProposal]:
    """Proposals whose time is no longer kept, locked; those that are being answered are left.

    With their interrogation: whoever answers locks that first, and nobody waits in a ring.
    """
    over = (
        select(TimeProposal)
        .join(Interrogation, Interrogation.id == TimeProposal.interrogation_id)
        .where(TimeProposal.state == TimeProposalState.OPEN, TimeProposal.held_until <= act.now)
        .order_by(TimeProposal.id)
        .limit(batch)
        .with_for_update(of=(TimeProposal, Interrogation), skip_locked=True)
    )
    return list(act.session.scalars(over))


@demands(Permission.INTERROGATION_HOST)
def mark_escort(act: Act, interrogation: Interrogation, step: EscortStep) -> Interrogation:
    """Note that the suspect was brought to the room, or taken back; on the day, never before.

    Refuses:
        NotAllowed: only the officers of that centre.
        WrongState: the suspect is in the room already, or the interrogation is over.
        EscortTooEarly: it is held on a later day.
        NotBrought: taken back is only who was brought.
        Stale: somebody has changed it meanwhile.

    Records:
        InterrogationChanged.
    """
    in_turn(act, interrogation)
    if step is EscortStep.BROUGHT:
        kind = _brought(act, interrogation)
    else:
        kind = _brought_back(act, interrogation)
    act.session.flush()
    keep(act, interrogation, kind, Moved(after=interrogation.during))
    return interrogation


def visible_proposals(act: Act) -> Select[TimeProposal]:
    """Every proposal about an interrogation that the actor may see."""
    seen = visible(act).with_only_columns(Interrogation.id)
    return select(TimeProposal).where(TimeProposal.interrogation_id.in_(seen))


def find_proposal(act: Act, proposal_id: int) -> TimeProposal:
    """The proposal, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible_proposals(act).where(TimeProposal.id == proposal_id))
    if found is None:
        raise NotFound
    return found


def day(act: Act, on: date, centre_id: int | None = None) -> CentreDay:
    """One day of the actor's own centre, in the order of time.

    Refuses:
        NotFound: the actor is an officer of no such centre.
    """
    own = sorted(act.actor.offices_as(PostKind.DETENTION_OFFICER))
    wanted = centre_id if centre_id is not None else next(iter(own), None)
    if wanted is None or wanted not in own:
        raise NotFound
    start = datetime.combine(on, time(), SHANGHAI)
    within = Range(start, start + timedelta(days=1))
    rooms = list(
        act.session.scalars(
            select(Resource)
            .where(Resource.office_id == wanted, Resource.kind == ResourceKind.INTERROGATION_ROOM)
            .order_by(Resource.name, Resource.id)
        )
    )
    here = select(Resource.id).where(Resource.office_id == wanted)
    taking = select(Occupation.booking_id).where(
        Occupation.resource_id.in_(here), Occupation.during.overlaps(within)
    )
    standing = (Booking.state == BookingState.BOOKED) | (
        (Booking.state == BookingState.HELD) & (Booking.held_until > act.now)
    )
    taken = list(
        act.session.scalars(
            select(Booking)
            .where(
                Booking.id.in_(taking) | (Booking.office_id == wanted),
                Booking.during.overlaps(within),
                standing,
            )
            .order_by(Booking.during, Booking.id)
            .options(selectinload(Booking.occupations).joinedload(Occupation.resource))
        )
    )
    ids = [one.id for one in taken]
    proposed = select(TimeProposal.booking_id, TimeProposal.interrogation_id).where(
        TimeProposal.booking_id.in_(ids), TimeProposal.state == TimeProposalState.OPEN
    )
    kept = {row.interrogation_id: row.booking_id for row in act.session.execute(proposed)}
    held = act.session.scalars(
        select(Interrogation)
        .where(Interrogation.booking_id.in_(ids) | Interrogation.id.in_(kept))
        .options(
            joinedload(Interrogation.suspect),
            joinedload(Interrogation.case).options(
                joinedload(Case.procuratorate), undefer(Case.recused_ids)
            ),
            selectinload(Interrogation.attendances).joinedload(Attendance.person),
            selectinload(Interrogation.attendances).joinedload(Attendance.participant),
        )
    )
    found: dict[int, Interrogation] = {}
    for one in held:
        if one.booking_id is not None:
            found[one.booking_id] = one
        if one.id in kept:
            found[kept[one.id]] = one
    return CentreDay(offices.find(act, wanted), on, rooms, taken, found)


def _as_arranged(interrogation: Interrogation) -> tuple[Wish, Arrangement]:
    return Wish(interrogation.case, interrogation.suspect), arrangement_of(interrogation)


def _open_wants(act: Act, interrogation: Interrogation, starts_at: datetime) -> list[Want]:
    wish, arrangement = _as_arranged(interrogation)
    during = arrangement.at(starts_at)
    wants = needs.of(act, arrangement, wish.suspect, procuratorate_id=wish.procuratorate_id)
    wants = separation.separated(act, wish.case, wish.suspect, wants, during)
    return slots.refuse_closed(act, wants, during)


def _kept_free(
    act: Act, interrogation: Interrogation, starts_at: datetime, until: datetime
) -> Booking:
    """Keep what the new time needs and the interrogation does not take already.

    What it would take is found by moving it and undoing that: so the choice is the same as if
    the old time were given back.

    Refuses:
        AlreadyTaken: something that is needed is taken then.
    """
    wish, arrangement = _as_arranged(interrogation)
    booking = interrogation.booking
    assert booking is not None  # noqa: S101  # it is ahead
    during = arrangement.at(starts_at)
    own = [(one.resource_id, one.unit, one.during) for one in booking.occupations]
    offering = slots.offering_alternatives(
        act, wish, arrangement, near=starts_at, ignoring=[booking.id]
    )
    with offering:
        wants = _open_wants(act, interrogation, starts_at)
        ids = wanted(wants)
        bookings.lock(act, {*ids, *(resource_id for resource_id, _, _ in own)})
        bookings.give_back_expired(act, ids)
        with act.session.begin_nested() as tried:
            bookings.retake(act, booking, wants, during)
            chosen = [(one.resource_id, one.unit, one.during) for one in booking.occupations]
            tried.rollback()
        hold = Booking(
            kind=BookingKind.INTERROGATION,
            state=BookingState.HELD,
            office_id=wish.procuratorate_id,
            during=during,
            held_until=until,
            booked_at=act.now,
            booked_by=act.actor.id,
            occupations=[
                Occupation(resource_id=resource_id, unit=unit, during=piece)
                for resource_id, unit, whole in chosen
                for piece in _without(
                    whole, [time for a, b, time in own if (a, b) == (resource_id, unit)]
                )
            ],
        )
        with act.unless(NEVER_TWICE, bookings.AlreadyTaken(taken=[])):
            act.session.add(hold)
    return hold


def _without(whole: Range[datetime], taken: Sequence[Range[datetime]]) -> list[Range[datetime]]:
    """The parts of a time that are outside of some others."""
    left = [whole]
    for one in taken:
        lower, upper = bookings.bounds(one)
        pieces = []
        for piece in left:
            start, stop = bookings.bounds(piece)
            halves = ((start, min(stop, lower)), (max(start, upper), stop))
            pieces += [Range(a, b) for a, b in halves if a < b]
        left = pieces
    return left


def _refuse_over(act: Act, proposal: TimeProposal) -> None:
    """Refuse what can no longer be answered.

    Refuses:
        ProposalOver: it was answered or withdrawn, or has run out.
    """
    act.session.refresh(proposal, with_for_update=True)
    if proposal.state is not TimeProposalState.OPEN or proposal.held_until <= act.now:
        raise ProposalOver(state=proposal.state, held_until=proposal.held_until)


def _ask_for_an_answer(act: Act, interrogation: Interrogation) -> None:
    kind = TaskKind.ANSWER_TIME_PROPOSAL
    if interrogation.handler_id is not None:
        tasks.open_for_person(act, kind, interrogation, person_id=interrogation.handler_id)


def _ask_for_escort(act: Act, interrogation: Interrogation) -> None:
    during = interrogation.during
    if interrogation.centre_id is None or during is None:
        return
    start, _ = bookings.bounds(during)
    tasks.open_for_pool(
        act,
        TaskKind.ESCORT_SUSPECT,
        interrogation,
        office_id=interrogation.centre_id,
        post=PostKind.DETENTION_OFFICER,
        due=OnTheDay(start.astimezone(SHANGHAI).date()),
    )


def _brought(act: Act, interrogation: Interrogation) -> ChangeKind:
    """The suspect is in the room.

    Refuses:
        EscortTooEarly: it is held on a later day.
        WrongState: the suspect is in the room already, or it is over.
    """
    FLOW.after(interrogation.state, "escort")
    if interrogation.escorted_at is not None:
        raise WrongState(state=interrogation.state, step="escort")
    during = interrogation.during
    if during is not None:
        start, _ = bookings.bounds(during)
        if act.today < start.astimezone(SHANGHAI).date():
            raise EscortTooEarly(starts_at=start)
    interrogation.escorted_at = act.now
    return ChangeKind.BROUGHT


def _brought_back(act: Act, interrogation: Interrogation) -> ChangeKind:
    """The suspect is in the cell again.

    Refuses:
        NotBrought: nobody was brought, or was taken back already.
    """
    FLOW.after(interrogation.state, "bring_back")
    if interrogation.escorted_at is None or interrogation.returned_at is not None:
        raise NotBrought
    interrogation.returned_at = act.now
    tasks.finish(act, TaskKind.ESCORT_SUSPECT, interrogation)
    return ChangeKind.BROUGHT_BACK
