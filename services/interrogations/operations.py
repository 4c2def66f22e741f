"""Arranging an interrogation: find it, book it, give its time back, cancel it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select

from services import bookings, cases, tasks
from services.arrest_requests.records import Suspect
from services.bookings import Booking
from services.cases import Case, CaseState
from services.cases.records import RECUSALS, case_suspects
from services.interrogations import (
    checklist,
    composition,
    history,
    limits,
    offers,
    practice,
    proposals,
    slots,
)
from services.interrogations.drafts import Arrangement, Seat, Wish
from services.interrogations.events import (
    InterrogationBooked,
    InterrogationCancelled,
    InterrogationUnbooked,
)
from services.interrogations.flow import (
    FLOW,
    InterrogationState,
    LostBecause,
    Mode,
)
from services.interrogations.history import ChangeKind, Moved
from services.interrogations.records import Attendance, Interrogation
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, NotFound, Stale, Unprocessable
from services.policy import STAFF, Permission, PostKind, allows, demands
from services.tasks import TaskKind

OFFICE_WIDE = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
ABOUT_A_TIME = (
    TaskKind.CONFIRM_INTERROGATION,
    TaskKind.ANSWER_TIME_PROPOSAL,
    TaskKind.ESCORT_SUSPECT,
    TaskKind.PREPARE_INTERROGATION,
)
"""Open work that is about one time, and ends with it."""


class AfterDeadline(Conflict):
    """It would be held after the suspect's earliest open period has ended."""

    zh = "该时段晚于犯罪嫌疑人最早届满的办案期限。"


class AlreadyBegun(Conflict):
    """The time lies in the past."""

    zh = "所选时段早于当前时间。"


class RemoteNotUsed(Conflict):
    """This procuratorate does not interrogate by video link."""

    zh = "本院未启用远程视频讯问。"


class RemoteNeedsCentre(Unprocessable):
    """By video link only a suspect is met who is held in a detention centre."""

    zh = "远程视频讯问仅适用于羁押在看守所的犯罪嫌疑人。"


class NotInCase(Unprocessable):
    """That suspect is not in this case."""

    zh = "该犯罪嫌疑人不在本案中。"


def visible(act: Act) -> Select[Interrogation]:
    """Every interrogation that the actor may see.

    Those of the whole office, of the own cases, of those in which one takes part; and for its
    officers those of their centre.
    """
    actor = act.actor
    recused = exists().where(
        RECUSALS.c.case_id == Interrogation.case_id, RECUSALS.c.person_id == actor.id
    )
    attends = exists().where(
        Attendance.interrogation_id == Interrogation.id, Attendance.person_id == actor.id
    )
    seen: list[ColumnElement[bool]] = [
        Interrogation.centre_id.in_(actor.offices_as(PostKind.DETENTION_OFFICER)),
        Case.procuratorate_id.in_(actor.offices_as(PostKind.CASE_MANAGER)),
        Case.procuratorate_id.in_(
            actor.offices_as(PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
        )
        & ~recused,
        (Case.handler_id == actor.id)
        & Case.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR))
        & ~recused,
        attends & Case.procuratorate_id.in_(actor.offices_as(*STAFF)) & ~recused,
    ]
    return select(Interrogation).join(Case).where(or_(*seen))


def find(act: Act, interrogation_id: int) -> Interrogation:
    """The interrogation, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Interrogation.id == interrogation_id))
    if found is None:
        raise NotFound
    return found


def wish(act: Act, case: Case, suspect_id: int) -> Wish:
    """The suspect in that case.

    Refuses:
        NotInCase: somebody else's suspect.
    """
    named = select(Suspect).join(case_suspects, case_suspects.c.suspect_id == Suspect.id)
    found = act.session.scalar(
        named.where(Suspect.id == suspect_id, case_suspects.c.case_id == case.id)
    )
    if found is None:
        raise NotInCase
    return Wish(case, found)


@demands(Permission.INTERROGATION_BOOK)
def book(
    act: Act,
    wished: Wish,
    arrangement: Arrangement,
    *,
    starts_at: datetime,
    held: Booking | None = None,
) -> Interrogation:
    """Book an interrogation: everything it needs together, or nothing.

    The database refuses whatever is taken. A booking comes before the end of the suspect's
    earliest open period (CPL 91, 156, 172); once that is over it may still be held, late. A slot
    that is held for the actor becomes the booking as it is.

    Refuses:
        NotAllowed: only the handler, who has not been recused.
        WrongState: the case has no handler, or is closed or merged.
        AfterDeadline: it would end after the earliest period that still runs.
        AlreadyBegun: the time lies in the past.
        RemoteNotUsed: the office does not use video links.
        RemoteNeedsCentre: a suspect who is not detained is asked for by video.
        NoRoomThere: there is no such room or desk.
        Unlawful: of who takes part and where, as `composition.check` says.
        CoSuspectsTooClose: a co-suspect is in every room shortly before or after.
        NotOpen: a place that is needed is closed then.
        AwayThen: somebody who takes part is on leave.
        AlreadyTaken: something that is needed is taken then; with what is free instead.
        HoldOver: the slot is no longer held for the actor.

    Records:
        InterrogationBooked, InterrogationChanged.
    """
    cases.locked(act, wished.case)
    refuse_impossible(act, wished, arrangement, starts_at=starts_at)
    booking = slots.taken(act, wished, arrangement, starts_at=starts_at, held=held)
    interrogation = drafted(act, wished, arrangement)
    act.session.add(interrogation)
    act.session.flush()
    time_given(act, interrogation, booking)
    return interrogation


@demands(Permission.INTERROGATION_CHANGE)
def cancel(
    act: Act,
    interrogation: Interrogation,
    *,
    because: LostBecause = LostBecause.HANDLER,
    reason: str = "",
) -> Interrogation:
    """Give the time back and hold no interrogation; everybody concerned is told.

    Refuses:
        NotAllowed: only the handler and case management.
        WrongState: it has begun, is over, or was cancelled.
        Stale: somebody else has changed it meanwhile.

    Records:
        InterrogationCancelled, InterrogationChanged.
    """
    in_turn(act, interrogation)
    state = FLOW.after(interrogation.state, "cancel")
    before = interrogation.during
    vacate(act, interrogation)
    interrogation.state, interrogation.lost_because = state, because
    tasks.cancel(act, TaskKind.RESCHEDULE_INTERROGATION, interrogation)
    act.session.flush()
    act.record(InterrogationCancelled(interrogation.id, because.value))
    moved = Moved(before=before)
    history.keep(act, interrogation, ChangeKind.CANCELLED, moved, because=because, reason=reason)
    return interrogation


def in_turn(act: Act, interrogation: Interrogation) -> Interrogation:
    """The same interrogation under a row lock, so that two changes of it take turns.

    Refuses:
        Stale: somebody else has changed it since it was read.
    """
    act.session.flush()
    read = interrogation.version
    act.session.refresh(interrogation, with_for_update=True)
    if interrogation.version != read:
        raise Stale
    return interrogation


def drafted(act: Act, wished: Wish, arrangement: Arrangement) -> Interrogation:
    """The record of what is asked for, without a time."""
    suspect = wished.suspect
    limit = limits.earliest(act, suspect)
    return Interrogation(
        case=wished.case,
        suspect=suspect,
        purpose=arrangement.purpose,
        mode=arrangement.mode,
        state=InterrogationState.WAITING,
        centre_id=suspect.detention_centre_id if suspect.in_custody else None,
        place=arrangement.place,
        language=arrangement.language,
        wanted_minutes=arrangement.minutes,
        not_after=limit.ends_at if limit else None,
        period_began_at=limit.began_at if limit else None,
        asked_at=act.now,
        asked_by=act.actor.id,
        attendances=[
            Attendance(role=seat.role, person_id=seat.person_id, participant_id=seat.participant_id)
            for seat in arrangement.seats
        ],
    )


def refuse_impossible(
    act: Act, wished: Wish, arrangement: Arrangement, *, starts_at: datetime | None = None
) -> None:
    """Refuse what the law, the office or the moment does not allow, before anything is taken.

    Refuses:
        WrongState: the case has no handler, or is closed or merged.
        RemoteNotUsed, RemoteNeedsCentre, AlreadyBegun, AfterDeadline, Unlawful: as in `book`.
    """
    case, suspect = wished.case, wished.suspect
    if case.handler_id is None or case.state in {CaseState.CLOSED, CaseState.MERGED}:
        raise WrongState(state=case.state, step="book")
    if arrangement.mode is Mode.REMOTE:
        if not practice.of_office(act.session, case.procuratorate_id).remote:
            raise RemoteNotUsed
        if not suspect.in_custody or suspect.detention_centre_id is None:
            raise RemoteNeedsCentre
    composition.check(act, case, suspect, arrangement, starts_at=starts_at)
    if starts_at is None:
        return
    if starts_at < act.now:
        raise AlreadyBegun
    limit = limits.earliest(act, suspect)
    _, end = bookings.bounds(arrangement.at(starts_at))
    if limit is not None and act.now < limit.ends_at < end:
        raise AfterDeadline(rule=limit.rule_id, ends_at=limit.ends_at)


def time_given(act: Act, interrogation: Interrogation, booking: Booking) -> None:
    """It has a time: the state, the centre's task, and the entry; part of booking it.

    One without a centre has nobody to confirm it.
    """
    interrogation.state = FLOW.after(interrogation.state, "book")
    interrogation.booking = booking
    interrogation.waiting_since = interrogation.escalated_at = None
    interrogation.lost_because = None
    offers.withdraw_open(act, interrogation)
    ask_the_centre(act, interrogation)
    act.record(InterrogationBooked(interrogation.id, booking.id))
    history.keep(act, interrogation, ChangeKind.BOOKED, Moved(after=booking.during))


def ask_the_centre(act: Act, interrogation: Interrogation) -> None:
    """The centre has the time to confirm; without a centre it stands at once."""
    if interrogation.centre_id is None:
        interrogation.state = FLOW.after(interrogation.state, "confirm")
        interrogation.confirmed_at, interrogation.confirmed_by = act.now, act.actor.id
    act.session.flush()
    if interrogation.centre_id is not None:
        tasks.open_for_pool(
            act,
            TaskKind.CONFIRM_INTERROGATION,
            interrogation,
            office_id=interrogation.centre_id,
            post=PostKind.DETENTION_OFFICER,
        )
    tasks.finish(act, TaskKind.RESCHEDULE_INTERROGATION, interrogation)
    checklist.follow(act, interrogation)


def lose_time(act: Act, interrogation: Interrogation, because: LostBecause) -> None:
    """Take its time away; it waits for another. Part of the step that needs the time more.

    Refuses:
        WrongState: it has begun or is over.
    """
    state = FLOW.after(interrogation.state, "lose_time")
    before = interrogation.during
    vacate(act, interrogation)
    interrogation.state, interrogation.lost_because = state, because
    interrogation.waiting_since = act.now
    act.session.flush()
    act.record(InterrogationUnbooked(interrogation.id, because.value))
    moved = Moved(before=before)
    history.keep(act, interrogation, ChangeKind.LOST_TIME, moved, because=because)


def vacate(act: Act, interrogation: Interrogation) -> None:
    """Give its time back, with what was open about it."""
    drop_what_is_open(act, interrogation)
    if interrogation.booking is not None:
        bookings.release(act, interrogation.booking)
    interrogation.booking = None


def drop_what_is_open(act: Act, interrogation: Interrogation) -> None:
    """What was open about its time ends with that time: tasks, proposals, the confirmation."""
    for kind in ABOUT_A_TIME:
        tasks.cancel(act, kind, interrogation)
    proposals.withdraw_open(act, interrogation)
    offers.withdraw_open(act, interrogation)
    interrogation.confirmed_at = interrogation.confirmed_by = None


def arrangement_of(interrogation: Interrogation) -> Arrangement:
    """What it was arranged as, to look for another time or to change it."""
    return Arrangement(
        purpose=interrogation.purpose,
        mode=interrogation.mode,
        minutes=interrogation.wanted_minutes,
        seats=tuple(
            Seat(one.role, one.person_id, one.participant_id) for one in interrogation.attendances
        ),
        language=interrogation.language,
        place=interrogation.place,
    )


STEPS: Mapping[str, tuple[Permission, str]] = {
    "reschedule": (Permission.INTERROGATION_CHANGE, "reschedule"),
    "swap": (Permission.INTERROGATION_CHANGE, "swap"),
    "extend": (Permission.INTERROGATION_CHANGE, "extend"),
    "cancel": (Permission.INTERROGATION_CHANGE, "cancel"),
    "confirm": (Permission.INTERROGATION_HOST, "confirm"),
    "propose_time": (Permission.INTERROGATION_HOST, "propose"),
    "bring": (Permission.INTERROGATION_HOST, "escort"),
    "bring_back": (Permission.INTERROGATION_HOST, "bring_back"),
    "check_in": (Permission.INTERROGATION_ATTEND, "arrive"),
    "check_identity": (Permission.INTERROGATION_HOLD, "check_in"),
    "state_rights": (Permission.INTERROGATION_HOLD, "tell"),
    "state_recording": (Permission.INTERROGATION_HOLD, "tell"),
    "start": (Permission.INTERROGATION_HOLD, "start"),
    "pause": (Permission.INTERROGATION_HOLD, "pause"),
    "lose_link": (Permission.INTERROGATION_HOLD, "lose_link"),
    "resume": (Permission.INTERROGATION_HOLD, "resume"),
    "end": (Permission.INTERROGATION_HOLD, "end"),
    "not_held": (Permission.INTERROGATION_HOLD, "not_held"),
}
"""What a phone may offer as a button, the power it needs and the flow's step behind it."""


def allowed(act: Act, interrogation: Interrogation) -> list[str]:
    """What the actor may do with it now."""
    open_now = set(FLOW.open_from(interrogation.state))
    return [
        verb
        for verb, (permission, step) in STEPS.items()
        if step in open_now
        and verb not in _not_now(interrogation)
        and allows(act.actor, permission, interrogation)
    ]


def _not_now(interrogation: Interrogation) -> Collection[str]:
    """Nobody is brought twice, and only who was brought is taken back."""
    brought = interrogation.escorted_at is not None
    there = brought and interrogation.returned_at is None
    return {"bring" if brought else "", "" if there else "bring_back"}
