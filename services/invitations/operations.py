"""Invitations: who reads them, how they are answered, and what comes before reading."""

from sqlalchemy import Integer, Select, column, or_, select, table

from services import activities, devices, draws, tasks
from services.activities import Activity, ActivityForm, ActivityState
from services.devices import Device
from services.draws import Draw, RecusalBecause
from services.invitations import seats, undertaking
from services.invitations.events import (
    AttendanceFormProposed,
    AttendanceMarked,
    InvitationAccepted,
    InvitationDeclined,
    SupervisorConflictReported,
    SupervisorRecusalRefused,
    SupervisorRecused,
    UndertakingGiven,
)
from services.invitations.flow import (
    FLOW,
    Attending,
    InvitationState,
    LateBecause,
    RaisedBy,
    RecusalOutcome,
)
from services.invitations.records import ONE_OPEN, Invitation, SupervisorRecusal
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, NotFound
from services.policy import Permission, PostKind, demands
from services.supervisors import Supervisor
from services.tasks import TaskKind

OVERSEEING = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
_OPINIONS = table("supervision_opinions", column("invitation_id", Integer))
"""Who has given an opinion, by the table's name: that tier knows this one, not the reverse."""
READING = (InvitationState.ACCEPTED, InvitationState.ATTENDED)


class AnswerTooLate(Conflict):
    """The time to answer is over; somebody else is being asked."""

    zh = "答复时限已过，将另行邀请其他人民监督员。"


class FormNotOffered(Conflict):
    """One cannot take part in this activity in that way."""

    zh = "本次监督活动不能以该方式参加。"


class AcceptedElsewhere(Conflict):
    """One has accepted another activity at that time: step back from that one first."""

    zh = "您已接受同一时间的另一监督活动邀请；请先退出该活动，或者谢绝本次邀请。"


class DeviceNotEnrolled(Conflict):
    """This phone is not enrolled: one signs on the phone on which one reads."""

    zh = "本手机尚未登记；保密承诺应在用于阅看材料的手机上签署，请先开启消息提醒完成登记。"


class ConflictKnown(Conflict):
    """A ground for recusal was reported before, and the organ has not decided."""

    zh = "已提出该人民监督员的回避事由，司法行政机关尚未决定。"


class AttendanceReported(Conflict):
    """The organ was told who came; that stays as it was told."""

    zh = "履职情况已经通报司法行政机关，到场情况不能更改。"


class OpinionGivenThere(Conflict):
    """The supervisor has given an opinion on it, and so was there."""

    zh = "该人民监督员已提交监督意见，不能登记为缺席。"


class AttendanceTooEarly(Conflict):
    """Who has come is noted when the activity has begun."""

    zh = "监督活动尚未开始，不能登记到场情况。"


def visible(act: Act) -> Select[Invitation]:
    """One's own; and those of every activity that one reads as organ or procuratorate."""
    actor = act.actor
    readable = activities.visible(act).with_only_columns(Activity.id)
    staff = or_(
        Activity.procuratorate_id.in_(actor.offices_as(*OVERSEEING, PostKind.PROSECUTOR)),
        Activity.organ_id.in_(actor.offices_as(PostKind.JUSTICE_OFFICER)),
    )
    return (
        select(Invitation)
        .join(Supervisor, Invitation.supervisor_id == Supervisor.id)
        .where(
            or_(
                Supervisor.person_id == actor.id,
                Invitation.activity_id.in_(readable.where(staff)),
            )
        )
    )


def find(act: Act, invitation_id: int) -> Invitation:
    """The invitation, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Invitation.id == invitation_id))
    if found is None:
        raise NotFound
    return found


def open_recusal(act: Act, invitation: Invitation) -> SupervisorRecusal:
    """What the organ has to decide about an invitation.

    Refuses:
        NotFound: nothing is to be decided.
    """
    chosen = select(SupervisorRecusal).where(
        SupervisorRecusal.invitation_id == invitation.id, SupervisorRecusal.outcome.is_(None)
    )
    found = act.session.scalar(chosen)
    if found is None:
        raise NotFound
    return found


def may_read(act: Act, invitation: Invitation) -> bool:
    """Is it the actor's own, accepted, and the undertaking of secrecy signed? (PSUP-2021 7)"""
    own = invitation.person_id == act.actor.id
    return own and invitation.state in READING and invitation.undertook_at is not None


@demands(Permission.DRAW_HOLD)
def hold(act: Act, draw: Draw) -> Draw:
    """Reveal the seed, and ask the first of each stratum's order to come (PSUP-2021 20).

    Refuses:
        NotAllowed: only the organ that draws.
        WrongState: it was held before, or the activity wants nobody any more.
        WitnessAwaited: there is no nonce, and the procuratorate still has time.

    Records:
        DrawHeld, SupervisorInvited for each; DrawSeatUnfilled where nobody is left for a seat.
    """
    draws.reveal(act, draw)
    seats.fill(act, draw, LateBecause.DRAWN_LATE)
    return draw


@demands(Permission.INVITATION_ANSWER)
def accept(act: Act, invitation: Invitation, *, attending: Attending) -> Invitation:
    """Say that one will come, and that one knows of no ground for recusal (PSUP-2021 20, 21).

    Refuses:
        NotAllowed: somebody else's invitation.
        WrongState: it was answered before, or is over.
        AnswerTooLate: the time to answer is over.
        FormNotOffered: from afar where one has to be there, or the reverse.
        AcceptedElsewhere: another activity at that time was accepted.

    Records:
        InvitationAccepted, ActivityStaffed with the last one wanted.
    """
    state = FLOW.after(invitation.state, "accept")
    if act.now >= invitation.answer_by:
        raise AnswerTooLate
    _refuse_form(act, invitation, attending)
    alone = {"key_share": True}
    act.session.refresh(invitation.supervisor, ["version"], with_for_update=alone)
    if other := _accepted_elsewhere(act, invitation):
        raise AcceptedElsewhere(activity_id=other)
    seats.lock(act, invitation.activity)
    invitation.state, invitation.attending = state, attending
    invitation.answered_at = invitation.no_conflict_at = act.now
    tasks.finish(act, TaskKind.ANSWER_INVITATION, invitation)
    if invitation.undertook_at is None:
        tasks.open_for_person(
            act,
            TaskKind.SIGN_UNDERTAKING,
            invitation,
            person_id=invitation.person_id,
            due=invitation.activity.day,
        )
    act.record(InvitationAccepted(invitation.id, invitation.activity_id, attending.value))
    seats.settle(act, invitation.activity)
    return invitation


@demands(Permission.INVITATION_ANSWER)
def decline(act: Act, invitation: Invitation, *, reason: str) -> Invitation:
    """Say why one cannot come; the next of the order is asked.

    Refuses:
        NotAllowed: somebody else's invitation.
        WrongState: it is over, or the activity is.

    Records:
        InvitationDeclined, SupervisorInvited for the next one.
    """
    FLOW.after(invitation.state, "decline")
    _not_over(act, invitation, "decline")
    tasks.finish(act, TaskKind.ANSWER_INVITATION, invitation)
    invitation.decline_reason, invitation.answered_at = reason, act.now
    act.record(InvitationDeclined(invitation.id, invitation.activity_id))
    seats.leave(act, invitation, "decline", LateBecause.DECLINED)
    return invitation


@demands(Permission.INVITATION_ANSWER)
def propose_form(act: Act, invitation: Invitation, *, attending: Attending) -> Invitation:
    """Say that one will take part in the other way; no text forbids or demands either.

    Refuses:
        NotAllowed: somebody else's invitation.
        WrongState: it was not accepted, or is over.
        FormNotOffered: the activity is not held that way.

    Records:
        AttendanceFormProposed.
    """
    FLOW.after(invitation.state, "propose_form")
    _refuse_form(act, invitation, attending)
    invitation.attending = attending
    act.record(AttendanceFormProposed(invitation.id, invitation.activity_id, attending.value))
    return invitation


@demands(Permission.INVITATION_UNDERTAKE)
def undertake(act: Act, invitation: Invitation, *, edition: str) -> Invitation:
    """Sign the undertaking of secrecy; nothing is readable before (PSUP-2021 7).

    It is signed on the phone on which the papers are read; signing it on another phone moves the
    reading there.

    Refuses:
        NotAllowed: somebody else's invitation.
        WrongState: it was not accepted, or is over.
        NotFound: the text that was read is not the one in force.
        DeviceNotEnrolled: this phone is not enrolled.

    Records:
        UndertakingGiven.
    """
    FLOW.after(invitation.state, "undertake")
    if edition != undertaking.CURRENT.edition:
        raise NotFound
    device = act.session.scalar(
        devices.live()
        .where(
            Device.person_id == act.actor.id,
            Device.session_id == act.actor.session_id,
        )
        .order_by(Device.id.desc())
        .limit(1)
    )
    if device is None:
        raise DeviceNotEnrolled
    invitation.undertaking, invitation.undertook_at = edition, act.now
    invitation.device_id = device.id
    tasks.finish(act, TaskKind.SIGN_UNDERTAKING, invitation)
    act.record(UndertakingGiven(invitation.id, invitation.activity_id, edition, device.id))
    return invitation


@demands(Permission.INVITATION_STEP_ASIDE)
def step_aside(act: Act, invitation: Invitation, *, because: RecusalBecause) -> Invitation:
    """Step aside for a ground of recusal that one knows of (PSUP-2021 21).

    Refuses:
        NotAllowed: somebody else's invitation.
        WrongState: it is over, or the activity is.

    Records:
        SupervisorRecused, SupervisorInvited for the next one.
    """
    FLOW.after(invitation.state, "recuse")
    _not_over(act, invitation, "recuse")
    _recuse(act, invitation, because)
    return invitation


@demands(Permission.INVITATION_REPORT)
def report_conflict(
    act: Act, invitation: Invitation, *, because: RecusalBecause, raised_by: RaisedBy
) -> SupervisorRecusal:
    """Tell the organ of a ground for recusal, found or asserted by a party (PSUP-2021 21).

    Refuses:
        NotAllowed: only case management and the handler.
        WrongState: the invitation is over.
        ConflictKnown: the organ has one to decide already.

    Records:
        SupervisorConflictReported.
    """
    FLOW.after(invitation.state, "report_conflict")
    recusal = SupervisorRecusal(
        invitation_id=invitation.id,
        invitation=invitation,
        because=because,
        raised_by=raised_by,
        reported_at=act.now,
        reported_by=act.actor.id,
    )
    with act.unless(ONE_OPEN, ConflictKnown()):
        act.session.add(recusal)
    tasks.open_for_pool(
        act,
        TaskKind.DECIDE_SUPERVISOR_RECUSAL,
        invitation,
        office_id=invitation.organ_id,
        post=PostKind.JUSTICE_OFFICER,
        due=invitation.activity.day,
    )
    act.record(
        SupervisorConflictReported(
            invitation.id, invitation.activity_id, recusal.id, because.value, raised_by.value
        )
    )
    return recusal


@demands(Permission.INVITATION_DECIDE)
def grant_recusal(act: Act, recusal: SupervisorRecusal, *, reason: str | None = None) -> Invitation:
    """Keep the supervisor away, accepted or not; the next of the order is asked (PSUP-2021 21).

    Refuses:
        NotAllowed: only the organ that draws.
        WrongState: it was decided before, or the invitation is over.

    Records:
        SupervisorRecused, SupervisorInvited for the next one.
    """
    invitation = _undecided(recusal)
    FLOW.after(invitation.state, "recuse")
    _decide(act, recusal, RecusalOutcome.GRANTED, reason)
    _recuse(act, invitation, recusal.because)
    return invitation


@demands(Permission.INVITATION_DECIDE)
def refuse_recusal(act: Act, recusal: SupervisorRecusal, *, reason: str) -> Invitation:
    """Let the supervisor stay, and say why (PSUP-2021 21).

    Refuses:
        NotAllowed: only the organ that draws.
        WrongState: it was decided before.

    Records:
        SupervisorRecusalRefused.
    """
    invitation = _undecided(recusal)
    _decide(act, recusal, RecusalOutcome.REFUSED, reason)
    act.record(SupervisorRecusalRefused(invitation.id, invitation.activity_id, recusal.id))
    return invitation


@demands(Permission.INVITATION_MARK)
def mark_attended(act: Act, invitation: Invitation) -> Invitation:
    """Note that the supervisor has come; what was noted by mistake is put right by it.

    Refuses:
        NotAllowed: only case management and the handler.
        WrongState: the supervisor had not accepted, it was noted before, or it is closed.
        AttendanceTooEarly: the activity has not begun.
        AttendanceReported: the organ was told who came.

    Records:
        AttendanceMarked.
    """
    _mark(act, invitation, "mark_attended")
    act.record(AttendanceMarked(invitation.id, invitation.activity_id, attended=True))
    return invitation


@demands(Permission.INVITATION_MARK)
def mark_absent(act: Act, invitation: Invitation) -> Invitation:
    """Note that the supervisor has not come; nobody who is absent is asked for an opinion.

    Refuses:
        NotAllowed: only case management and the handler.
        WrongState: the supervisor had not accepted, it was noted before, or it is closed.
        AttendanceTooEarly: the activity has not begun.
        AttendanceReported: the organ was told who came.
        OpinionGivenThere: the supervisor has given an opinion on it.

    Records:
        AttendanceMarked.
    """
    act.session.refresh(invitation.activity, with_for_update=True)
    given = select(_OPINIONS.c.invitation_id).where(_OPINIONS.c.invitation_id == invitation.id)
    if act.session.scalar(given) is not None:
        raise OpinionGivenThere
    tasks.cancel(act, TaskKind.GIVE_SUPERVISION_OPINION, invitation)
    _mark(act, invitation, "mark_absent")
    act.record(AttendanceMarked(invitation.id, invitation.activity_id, attended=False))
    return invitation


def _accepted_elsewhere(act: Act, invitation: Invitation) -> int | None:
    """Another activity at that time to which one goes; who accepts two at once takes turns."""
    activity = invitation.activity
    return act.session.scalar(
        select(Activity.id)
        .join(Invitation, Invitation.activity_id == Activity.id)
        .where(
            Invitation.supervisor_id == invitation.supervisor_id,
            Invitation.state.in_(READING),
            Activity.id != activity.id,
            Activity.state.in_(draws.GOING_ON),
            Activity.starts_at < activity.ends_at,
            Activity.ends_at > activity.starts_at,
        )
        .limit(1)
    )


def _not_over(act: Act, invitation: Invitation, step: str) -> None:
    """Whoever had accepted and did not come is absent: nobody steps back afterwards."""
    seats.lock(act, invitation.activity)
    state = invitation.activity.state
    if state in {ActivityState.ENDED, ActivityState.CLOSED}:
        raise WrongState(state=state, step=step)


def _undecided(recusal: SupervisorRecusal) -> Invitation:
    if recusal.outcome is not None:
        raise WrongState(state=recusal.outcome, step="decide")
    return recusal.invitation


def _decide(
    act: Act, recusal: SupervisorRecusal, outcome: RecusalOutcome, reason: str | None
) -> None:
    recusal.outcome, recusal.reason = outcome, reason
    recusal.decided_at, recusal.decided_by = act.now, act.actor.id
    tasks.finish(act, TaskKind.DECIDE_SUPERVISOR_RECUSAL, recusal.invitation)
    act.session.flush()


def _recuse(act: Act, invitation: Invitation, because: RecusalBecause) -> None:
    invitation.recused_because = because
    act.record(SupervisorRecused(invitation.id, invitation.activity_id, because.value))
    seats.leave(act, invitation, "recuse", LateBecause.RECUSED)


def _mark(act: Act, invitation: Invitation, step: str) -> None:
    state = FLOW.after(invitation.state, step)
    activities.FLOW.after(invitation.activity.state, "attend")
    if act.now < invitation.activity.starts_at:
        raise AttendanceTooEarly(starts_at=invitation.activity.starts_at)
    if activities.is_reported(act, invitation.activity):
        raise AttendanceReported
    invitation.state = state
    tasks.cancel(act, TaskKind.SIGN_UNDERTAKING, invitation)


def _refuse_form(act: Act, invitation: Invitation, attending: Attending) -> None:
    if not offers(act, invitation.activity, attending):
        raise FormNotOffered(form=invitation.activity.form)


def offers(act: Act, activity: Activity, attending: Attending) -> bool:
    """Can one take part in the activity in that way?"""
    if attending is Attending.PRESENT:
        return activity.form is not ActivityForm.REMOTE
    practice = activities.practice.of_office(act.session, activity.procuratorate_id)
    return practice.remote and activity.form is not ActivityForm.PRESENT
