"""How many opinions are in and how many are awaited; never whose."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Exists, Select, and_, exists, func, or_, select

from services.activities import Activity, ActivityState, practice
from services.invitations import Invitation, InvitationState
from services.kernel.act import Act
from services.supervision_opinions.records import SupervisionOpinion

PERCENT = 100


@dataclass(frozen=True, slots=True)
class Tally:
    """How many have given an opinion, of how many; never who."""

    given: int
    expected: int
    is_unsealed: bool


def tally(act: Act, activity: Activity) -> Tally:
    """How many have given an opinion, of how many who take part.

    Whoever is noted as absent is counted no more, and whether that one had spoken is not to be
    read off the difference.
    """
    here = SupervisionOpinion.activity_id == activity.id
    coming = (InvitationState.ATTENDED, InvitationState.ACCEPTED)
    given = act.session.scalars(select(func.count(SupervisionOpinion.id)).where(here)).one()
    awaited_or_in = act.session.scalars(
        invitations_of(activity.id)
        .where(Invitation.state.in_(coming))
        .with_only_columns(func.count(Invitation.id))
        .order_by(None)
    ).one()
    return Tally(
        given=given,
        expected=max(given, awaited_or_in),
        is_unsealed=is_unsealed(act, activity),
    )


def quorum(act: Act, activity: Activity) -> bool:
    """Is it over, is known who attended, and have as many of them spoken as practice asks?"""
    if activity.state is not ActivityState.ENDED:
        return False
    states = list(
        act.session.execute(
            invitations_of(activity.id)
            .with_only_columns(Invitation.state, has_given())
            .order_by(None)
        )
    )
    if any(state is InvitationState.ACCEPTED for state, _ in states):
        return False
    attended = [given for state, given in states if state is InvitationState.ATTENDED]
    percent = practice.of_office(act.session, activity.procuratorate_id).quorum_percent
    return bool(attended) and sum(attended) * PERCENT >= percent * len(attended)


def time_is_over(act: Act, activity: Activity) -> bool:
    """Is the time for opinions over?"""
    return activity.opinions_due_at is not None and act.now >= activity.opinions_due_at


def is_unsealed(act: Act, activity: Activity) -> bool:
    """Were the opinions of the activity opened?"""
    opened = select(SupervisionOpinion.id).where(
        SupervisionOpinion.activity_id == activity.id, SupervisionOpinion.unsealed_at.is_not(None)
    )
    return act.session.scalar(opened.limit(1)) is not None


def gave(act: Act, invitation: Invitation) -> bool:
    """Was an opinion given by whom the invitation asked?"""
    chosen = select(SupervisionOpinion.id).where(SupervisionOpinion.invitation_id == invitation.id)
    return act.session.scalar(chosen) is not None


def invitations_of(activity_id: int) -> Select[Invitation]:
    """Everybody who was asked to come."""
    chosen = select(Invitation).where(Invitation.activity_id == activity_id)
    return chosen.order_by(Invitation.id)


def awaited(activity_id: int) -> Select[Invitation]:
    """Everybody who takes part and has given no opinion."""
    return (
        invitations_of(activity_id)
        .join(Activity, Invitation.activity_id == Activity.id)
        .where(takes_part(), ~has_given())
    )


def takes_part() -> ColumnElement[bool]:
    """Is the supervisor there, or was there?"""
    coming = and_(
        Invitation.state == InvitationState.ACCEPTED, Activity.state == ActivityState.UNDER_WAY
    )
    return or_(Invitation.state == InvitationState.ATTENDED, coming)


def has_given() -> Exists:
    """Was an opinion given by whom the invitation asked?"""
    return exists().where(SupervisionOpinion.invitation_id == Invitation.id)
