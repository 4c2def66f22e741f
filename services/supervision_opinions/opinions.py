"""Giving an opinion, keeping it sealed, opening all of an activity at once (PSUP-2019 17, 18)."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import selectinload

from services import activities, offices, packets, people, tasks
from services.activities import Activity, ActivityState
from services.cases import Case
from services.cases.records import RECUSALS, CaseReader
from services.invitations import Invitation, InvitationState
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.offices import OfficeKind
from services.policy import UPPER_POSTS, Permission, PostKind, allows, demands
from services.supervision_opinions import closing, counting
from services.supervision_opinions.events import (
    SupervisionOpinionGiven,
    SupervisionOpinionReferred,
    SupervisionOpinionsUnsealed,
    SupervisionProposalReceived,
)
from services.supervision_opinions.flow import (
    FLOW,
    OpinionView,
    OpinionWay,
    SupervisionOpinionState,
)
from services.supervision_opinions.records import ONE_OPINION, SupervisionOpinion
from services.supervision_opinions.sealing import seal
from services.supervisors import Supervisor, SupervisorState
from services.tasks import Task, TaskKind, TaskState

LEADING = (PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
HELD = (ActivityState.UNDER_WAY, ActivityState.ENDED)


class UnsealedBecause(StrEnum):
    """Why the opinions of an activity were opened."""

    QUORUM = "quorum"
    """All who attended have given theirs, or as many as the procuratorate's practice asks."""
    TIME = "time"
    """The time for opinions is over."""


class NotAttending(Conflict):
    """Only who takes part in the activity gives an opinion on it."""

    zh = "未参加本次监督活动，不能就该活动提交监督意见。"


class OpinionsLate(Conflict):
    """The time for opinions is over, or they were opened; give it to the procuratorate directly."""

    zh = "提交监督意见的时间已过或者意见已经启封；您可以另行向检察院提出监督意见。"


class SupervisionOpinionGivenAlready(Conflict):
    """You have given your opinion; it is sealed and cannot be changed."""

    zh = "您已提交监督意见，意见已密封，不能更改。"


class StillSealed(Conflict):
    """Not everybody has given an opinion, and there is time left."""

    zh = "尚有人民监督员未提交意见且提交时间未届满，意见不得启封。"


class NotServing(Conflict):
    """Only a people's supervisor who serves today gives opinions and proposals."""

    zh = "仅在任的人民监督员可以提出监督意见、建议。"


class NotSupervisedThere(Unprocessable):
    """A supervisor speaks to the procuratorate of the own organ, and to those below it."""

    zh = "人民监督员监督本级和下级人民检察院的办案活动，该院不在您的监督范围内。"


class NotToBeReferredThere(Unprocessable):
    """It goes to a case of this procuratorate, or to one of its prosecutors: to one of the two."""

    zh = "监督意见应当转交本院的一个案件，或者转交本院的一名检察官，二者择一。"


@dataclass(frozen=True, slots=True)
class Point:
    """What a supervisor thinks of one point, and in which words."""

    view: OpinionView
    words: str | None = None


@dataclass(frozen=True, slots=True)
class NewSupervisionOpinion:
    """What a supervisor says of what was seen and heard."""

    facts: Point
    evidence: Point
    handling: Point
    overall: OpinionView
    words: str = ""


def visible(act: Act) -> Select[SupervisionOpinion]:
    """One's own; once unsealed, what the procuratorate's work and the organ let one read."""
    actor = act.actor
    recused = exists().where(
        RECUSALS.c.person_id == actor.id, RECUSALS.c.case_id == SupervisionOpinion.case_id
    )
    its_case = Case.id == SupervisionOpinion.case_id
    read_by = exists().where(
        CaseReader.case_id == SupervisionOpinion.case_id, CaseReader.person_id == actor.id
    )
    handled = or_(
        and_(
            SupervisionOpinion.case_id.is_(None),
            SupervisionOpinion.prosecutor_id == actor.id,
        ),
        exists().where(its_case, Case.handler_id == actor.id),
        read_by,
    )
    here = SupervisionOpinion.procuratorate_id
    read = or_(
        here.in_(actor.offices_as(PostKind.CASE_MANAGER)),
        and_(here.in_(actor.offices_as(*LEADING)), ~recused),
        and_(here.in_(actor.offices_as(PostKind.PROSECUTOR)), handled, ~recused),
        exists().where(its_case, Case.raised_to_id.in_(actor.offices_as(*UPPER_POSTS))),
        SupervisionOpinion.organ_id.in_(actor.offices_as(PostKind.JUSTICE_OFFICER)),
    )
    return (
        select(SupervisionOpinion)
        .join(Supervisor, SupervisionOpinion.supervisor_id == Supervisor.id)
        .where(
            or_(
                Supervisor.person_id == actor.id,
                and_(SupervisionOpinion.unsealed_at.is_not(None), read),
            )
        )
    )


def whole(chosen: Select[SupervisionOpinion]) -> Select[SupervisionOpinion]:
    """With all that is looked at beside each, so that a page of them is few queries."""
    case = selectinload(SupervisionOpinion.case)
    return chosen.options(
        selectinload(SupervisionOpinion.supervisor),
        selectinload(SupervisionOpinion.activity),
        case.undefer(Case.recused_ids),
        case.selectinload(Case.readers),
    )


def of_case(act: Act, case: Case) -> Select[SupervisionOpinion]:
    """The opinions entered in the file of a case, word for word (PSUP-2019 18)."""
    return visible(act).where(
        SupervisionOpinion.case_id == case.id, SupervisionOpinion.unsealed_at.is_not(None)
    )


def find(act: Act, opinion_id: int) -> SupervisionOpinion:
    """The opinion, if the actor may read it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(SupervisionOpinion.id == opinion_id))
    if found is None:
        raise NotFound
    return found


def reads_words(act: Act, opinion: SupervisionOpinion) -> bool:
    """May the actor read what it says? The organ knows of it and reads none of its words."""
    return allows(act.actor, Permission.SUPERVISION_OPINION_WORDS_READ, opinion)


@demands(Permission.SUPERVISION_OPINION_OPINE)
def give(act: Act, invitation: Invitation, new: NewSupervisionOpinion) -> SupervisionOpinion:
    """Give one's own opinion, once and for good; it is sealed (PSUP-2019 18).

    It is entered word for word. Nobody else reads it before all who attended have given theirs,
    or the time for opinions is over; then all are opened at once.

    Refuses:
        NotAllowed: it is somebody else's invitation.
        WrongState: the activity has not begun, or is closed.
        NotAttending: the supervisor does not take part.
        NotServing: the supervisor was removed since (PSUP-2021 26).
        OpinionsLate: the time is over, or the opinions were opened.
        SupervisionOpinionGivenAlready: it was given before.

    Records:
        SupervisionOpinionGiven; SupervisionOpinionsUnsealed and PacketExpired if it was the last
            one awaited.
    """
    activity = _locked(act, invitation.activity)
    activities.FLOW.after(activity.state, "opine")
    coming = activity.state is ActivityState.UNDER_WAY
    attends = invitation.state is InvitationState.ATTENDED
    if not attends and not (coming and invitation.state is InvitationState.ACCEPTED):
        raise NotAttending(state=invitation.state)
    if invitation.supervisor.state is SupervisorState.REMOVED:
        raise NotServing(state=invitation.supervisor.state)
    if counting.gave(act, invitation):
        raise SupervisionOpinionGivenAlready
    if counting.time_is_over(act, activity) or counting.is_unsealed(act, activity):
        raise OpinionsLate(opinions_due_at=activity.opinions_due_at)
    opinion = SupervisionOpinion(
        way=OpinionWay.ACTIVITY,
        state=SupervisionOpinionState.SEALED,
        procuratorate_id=activity.procuratorate_id,
        organ_id=activity.organ_id,
        supervisor_id=invitation.supervisor_id,
        activity_id=activity.id,
        invitation_id=invitation.id,
        case_id=activity.case_id,
        prosecutor_id=activity.planned_by if activity.case_id is None else None,
        facts_view=new.facts.view,
        facts_words=new.facts.words,
        evidence_view=new.evidence.view,
        evidence_words=new.evidence.words,
        handling_view=new.handling.view,
        handling_words=new.handling.words,
        overall=new.overall,
        words=new.words,
        submitted_at=act.now,
        supervisor=invitation.supervisor,
    )
    seal(opinion)
    with act.unless(ONE_OPINION, SupervisionOpinionGivenAlready()):
        act.session.add(opinion)
    tasks.finish(act, TaskKind.GIVE_SUPERVISION_OPINION, invitation)
    act.record(SupervisionOpinionGiven(opinion.id, activity.id, opinion.sha256))
    if counting.quorum(act, activity):
        _unseal(act, activity, UnsealedBecause.QUORUM)
    return opinion


@demands(Permission.SUPERVISION_OPINION_WATCH)
def unseal(act: Act, activity: Activity) -> list[SupervisionOpinion]:
    """Open all opinions of an activity at once; a second time there is nothing left to open.

    Refuses:
        NotAllowed: only the house's own machine; no person opens them.
        StillSealed: somebody is awaited, and there is time left.

    Records:
        SupervisionOpinionsUnsealed and PacketExpired, if there was anything to open.
    """
    _locked(act, activity)
    if counting.time_is_over(act, activity):
        return _unseal(act, activity, UnsealedBecause.TIME)
    if counting.quorum(act, activity):
        return _unseal(act, activity, UnsealedBecause.QUORUM)
    raise StillSealed(opinions_due_at=activity.opinions_due_at)


@demands(Permission.SUPERVISION_OPINION_WATCH)
def ask(act: Act, activity: Activity) -> int:
    """Put on the list of everybody who takes part that an opinion is awaited.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing.
    """
    asked = 0
    for invitation in act.session.scalars(counting.awaited(activity.id)):
        if tasks.open_about(act, TaskKind.GIVE_SUPERVISION_OPINION, invitation):
            continue
        tasks.open_for_person(
            act,
            TaskKind.GIVE_SUPERVISION_OPINION,
            invitation,
            person_id=invitation.supervisor.person_id,
        )
        asked += 1
    return asked


@demands(Permission.SUPERVISION_OPINION_OFFER)
def propose(
    act: Act,
    supervisor: Supervisor,
    *,
    words: str,
    case_number: str | None = None,
    procuratorate_id: int | None = None,
) -> SupervisionOpinion:
    """Give an opinion or a proposal without an activity; it is always accepted (PSUP-2019 17).

    Refuses:
        NotAllowed: only the supervisor, in person.
        NotServing: the supervisor's term is over, or is suspended.
        NotFound: there is no such procuratorate, or the organ has none.
        NotSupervisedThere: it is neither the organ's own procuratorate nor below it (PSUP-2021 5).

    Records:
        SupervisionProposalReceived.
    """
    if not supervisor.serves_on(act.today):
        raise NotServing(state=supervisor.state)
    wanted = procuratorate_id or supervisor.procuratorate_id
    if wanted is None or offices.find(act, wanted).kind is not OfficeKind.PROCURATORATE:
        raise NotFound
    own = supervisor.procuratorate_id
    if own is None or wanted not in offices.at_or_below(act.session, {own}):
        raise NotSupervisedThere(
            article="PSUP-2021 5", article_zh="《人民监督员选任管理办法》第五条"
        )
    supervision_opinion = SupervisionOpinion(
        way=OpinionWay.OTHER,
        state=SupervisionOpinionState.RECEIVED,
        procuratorate_id=wanted,
        organ_id=supervisor.organ_id,
        supervisor_id=supervisor.id,
        words=words,
        case_number=case_number,
        submitted_at=act.now,
        unsealed_at=act.now,
        supervisor=supervisor,
    )
    seal(supervision_opinion)
    act.session.add(supervision_opinion)
    act.session.flush()
    tasks.open_for_pool(
        act,
        TaskKind.REFER_SUPERVISION_OPINION,
        supervision_opinion,
        office_id=wanted,
        post=PostKind.CASE_MANAGER,
    )
    act.record(SupervisionProposalReceived(supervision_opinion.id, supervision_opinion.sha256))
    return supervision_opinion


@demands(Permission.SUPERVISION_OPINION_REFER)
def refer(
    act: Act,
    opinion: SupervisionOpinion,
    *,
    case: Case | None = None,
    prosecutor_id: int | None = None,
) -> SupervisionOpinion:
    """Pass a proposal that was examined on to whoever handles what it is about (PSUP-2019 17).

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: it was passed on before, or was given in an activity.
        NotToBeReferredThere: a case or a person of another office, or both, or neither.

    Records:
        SupervisionOpinionReferred.
    """
    act.session.refresh(opinion, with_for_update=True)
    state = FLOW.after(opinion.state, "refer")
    if (case is None) == (prosecutor_id is None):
        raise NotToBeReferredThere
    if case is not None and case.procuratorate_id != opinion.procuratorate_id:
        raise NotToBeReferredThere(case_id=case.id)
    if prosecutor_id is not None and not _is_prosecutor(act, prosecutor_id, opinion):
        raise NotToBeReferredThere(prosecutor_id=prosecutor_id)
    opinion.state, opinion.case, opinion.prosecutor_id = state, case, prosecutor_id
    act.session.flush()
    tasks.finish(act, TaskKind.REFER_SUPERVISION_OPINION, opinion)
    closing.ask_handler(act, opinion)
    act.record(SupervisionOpinionReferred(opinion.id, opinion.case_id, prosecutor_id))
    return opinion


def ready(act: Act, batch: int) -> list[Activity]:
    """Activities whose sealed opinions are to be opened: the time is over, or nobody is awaited."""
    sealed = (
        select(SupervisionOpinion.activity_id)
        .where(SupervisionOpinion.state == SupervisionOpinionState.SEALED)
        .scalar_subquery()
    )
    chosen = select(Activity).where(Activity.id.in_(sealed)).order_by(Activity.id)
    found = (
        one
        for one in act.session.scalars(chosen)
        if counting.time_is_over(act, one) or counting.quorum(act, one)
    )
    return list(islice(found, batch))


def to_ask(act: Act, batch: int) -> list[Activity]:
    """Activities in which somebody who takes part was not asked for an opinion yet."""
    asked = exists().where(
        Task.about_kind == Invitation.__tablename__,
        Task.about_id == Invitation.id,
        Task.kind == TaskKind.GIVE_SUPERVISION_OPINION,
        Task.state != TaskState.CANCELLED,
    )
    chosen = (
        select(Activity)
        .where(
            Activity.state.in_(HELD),
            or_(Activity.opinions_due_at.is_(None), Activity.opinions_due_at > act.now),
            exists().where(
                Invitation.activity_id == Activity.id,
                counting.takes_part(),
                ~counting.has_given(),
                ~asked,
            ),
            ~exists().where(
                SupervisionOpinion.activity_id == Activity.id,
                SupervisionOpinion.unsealed_at.is_not(None),
            ),
        )
        .order_by(Activity.id)
        .limit(batch)
        .with_for_update(of=Activity, skip_locked=True)
    )
    return list(act.session.scalars(chosen))


def _unseal(act: Act, activity: Activity, because: UnsealedBecause) -> list[SupervisionOpinion]:
    """Open what is sealed, and let the handler answer each."""
    sealed = act.session.scalars(
        select(SupervisionOpinion)
        .where(
            SupervisionOpinion.activity_id == activity.id,
            SupervisionOpinion.state == SupervisionOpinionState.SEALED,
        )
        .order_by(SupervisionOpinion.id)
        .with_for_update(of=SupervisionOpinion)
    ).all()
    for opinion in sealed:
        opinion.state = FLOW.after(opinion.state, "unseal")
        opinion.unsealed_at = act.now
    act.session.flush()
    for opinion in sealed:
        closing.ask_handler(act, opinion)
    for invitation in act.session.scalars(counting.invitations_of(activity.id)):
        tasks.cancel(act, TaskKind.GIVE_SUPERVISION_OPINION, invitation)
    if sealed:
        ids = [opinion.id for opinion in sealed]
        act.record(SupervisionOpinionsUnsealed(activity.id, ids, because.value))
        packets.close_for(act, activity)
    return list(sealed)


def _locked(act: Act, activity: Activity) -> Activity:
    """Held until the act is over: giving and opening take turns."""
    act.session.refresh(activity, with_for_update=True)
    return activity


def _is_prosecutor(act: Act, person_id: int, opinion: SupervisionOpinion) -> bool:
    return person_id in people.holders(
        act.session, [PostKind.PROSECUTOR], opinion.procuratorate_id, act.today
    )
