"""Inviting, answering, speaking, opining, concluding (RULES 256): none of it touches a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm.attributes import flag_modified

from services import arrest_requests, offices, people, tasks
from services.arrest_requests import ArrestRequest
from services.cases import Case
from services.consultations import practice as practices
from services.consultations.drafts import Matter, SuspectSketch, Wanted
from services.consultations.events import (
    ConsultationAccepted,
    ConsultationConcluded,
    ConsultationDeclined,
    ConsultationEvidenceCollected,
    ConsultationInvited,
    ConsultationLinked,
    ConsultationOffered,
    ConsultationOpinionGiven,
    ConsultationReassigned,
    ConsultationSuspectsRestated,
    ConsultationViewRecorded,
)
from services.consultations.flow import (
    FLOW,
    ConsultationForm,
    ConsultationKind,
    ConsultationOrigin,
    ConsultationSide,
    ConsultationState,
)
from services.consultations.records import (
    RECUSALS,
    Consultation,
    ConsultationEvidence,
    ConsultationOpinion,
    ConsultationSuspect,
    ConsultationView,
)
from services.deadlines import request_due
from services.deadlines.engine.problems import ImpossibleError
from services.deadlines.notices import calendar_of
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotAllowed, NotFound, Stale, Unprocessable
from services.offices import Office, OfficeKind
from services.policy import ORGAN_POSTS, Permission, PostKind, allows, demands
from services.tasks import TaskKind

OFFICE_WIDE = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
"""Posts that see every consultation of their procuratorate; a prosecutor sees the own ones."""
ANSWERING = (PostKind.CASE_MANAGER, PostKind.DEPARTMENT_HEAD)
"""Posts that name a prosecutor, or decline."""
UNIDENTIFIED = "身份不明者"
MOST_LINKABLE = 10
ARTICLE = {"article": "RULES 256", "article_zh": "刑诉规则第二百五十六条"}


class OrganUnclear(Unprocessable):
    """You investigate for several organs: say which one invites."""

    zh = "您在多个机关任职，请指明以哪一机关名义商请。"


class NoProcuratorateAsked(Unprocessable):
    """No procuratorate is entered for this organ."""

    zh = "该机关尚未登记对应的人民检察院。"


class NotAnInvestigator(Unprocessable):
    """Only the investigation of a public-security organ can be offered early intervention."""

    zh = "只能对公安机关的侦查活动主动适时介入。"


class OnlyOnRequest(Unprocessable):
    """A case of a supervisory commission is entered only on the commission's request."""

    zh = "监察机关办理的职务犯罪案件，经监察机关商请方可派员介入。"


class GroundMissing(Unprocessable):
    """Early intervention is for major, difficult or complex cases: say which this is."""

    zh = "适时介入限于重大、疑难、复杂案件，请指明属于哪一种。"


class NoArrestToAsk(Unprocessable):
    """A supervisory commission asks for no arrest, so there is nothing to consult before one."""

    zh = "监察机关不提请批准逮捕，不适用捕前协商。"


class CaseOnlyForGuidance(Unprocessable):
    """How to supplement is asked of a case that is here, and nothing else is."""

    zh = "咨询补充侦查须指明已受理的案件；其他协商不得指明案件。"


class ImpossibleDetention(Unprocessable):
    """A detention lies in the future or cannot be counted from; see `errors`."""

    zh = "拘留时间晚于现在，或者无法据以计算期限。"


class PreArrestNotOffered(Conflict):
    """This procuratorate does not consult before arrests; ask for the arrest as ever."""

    zh = "该院未开展捕前协商，请依法直接提请批准逮捕。"


class RemoteNotOffered(Conflict):
    """This procuratorate does not consult at a distance; invite it to a meeting."""

    zh = "该院未开展远程协商，请选择当面进行。"


class NoProsecutorThere(Unprocessable):
    """Whoever is named is no prosecutor of this procuratorate today."""

    zh = "所指定的人员现不是本院检察官。"


class AnotherHandles(Unprocessable):
    """The prosecutor who handles the case says how to supplement it."""

    zh = "咨询补充侦查由该案承办检察官答复。"


class AlreadyLinked(Conflict):
    """This consultation already belongs to a request or a case."""

    zh = "该协商已关联提请或者案件。"


class RequestElsewhere(Unprocessable):
    """The request is of another organ, or went to another procuratorate."""

    zh = "所指提请不属于同一办案机关或者同一检察院。"


class AlreadyCollected(Conflict):
    """This piece of evidence is marked as collected."""

    zh = "该项证据已标记为收集完毕。"


@dataclass(frozen=True, slots=True)
class Investigator:
    """The organ that invites, and the procuratorate it works with."""

    police_office_id: int
    procuratorate_id: int | None
    kind: OfficeKind


@dataclass(frozen=True, slots=True)
class LastDay:
    """The day until which a detained person's arrest is to be asked for (CPL 91), as computed."""

    rule_id: str
    due_on: date | None
    outer_on: date | None


# --- reading --------------------------------------------------------------------------------


def visible(act: Act) -> Select[Consultation]:
    """What the own organ invited or was offered, the own office's, the own ones, what followed."""
    actor = act.actor
    concerned = or_(
        Case.id == Consultation.case_id,
        Case.arrest_request_id == Consultation.arrest_request_id,
    )
    handled = exists().where(Case.handler_id == actor.id, concerned)
    recused = exists().where(
        RECUSALS.c.person_id == actor.id, RECUSALS.c.case_id == Case.id, concerned
    )
    return select(Consultation).where(
        or_(
            Consultation.office_id.in_(actor.offices_as(*ORGAN_POSTS)),
            Consultation.procuratorate_id.in_(actor.offices_as(*OFFICE_WIDE)),
            and_(
                Consultation.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
                or_(and_(Consultation.handler_id == actor.id, ~recused), handled),
            ),
        )
    )


def find(act: Act, consultation_id: int) -> Consultation:
    """The consultation, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Consultation.id == consultation_id))
    if found is None:
        raise NotFound
    return found


def organ_of(act: Act, office_id: int | None = None) -> Investigator:
    """The organ in whose name the actor invites: the one named, or the only one there is.

    Refuses:
        NotAllowed: the actor investigates for nobody.
        OrganUnclear: the actor investigates for several organs and names none.
        NotFound: there is no such organ.
    """
    if office_id is None:
        mine = act.actor.offices_as(*ORGAN_POSTS)
        if not mine:
            raise NotAllowed(permission=Permission.CONSULTATION_INVITE)
        if len(mine) > 1:
            raise OrganUnclear
        (office_id,) = mine
    office = offices.find(act, office_id)
    return Investigator(office.id, office.procuratorate_id, office.kind)


def addressed(act: Act, office_id: int) -> Office:
    """The organ to which the procuratorate offers early intervention.

    Refuses:
        NotFound: there is no such organ.
    """
    return offices.find(act, office_id)


def last_day(act: Act, suspect: ConsultationSuspect) -> LastDay | None:
    """Until when the police must ask for this person's arrest: computed, never a clock."""
    return _last_day(act, suspect.detained_at, suspect.detention_extended_to)


def earliest(act: Act, suspects: Sequence[ConsultationSuspect]) -> LastDay | None:
    """The first of those last days."""
    days = [day for suspect in suspects if (day := last_day(act, suspect))]
    return min(days, key=lambda day: day.due_on or date.max, default=None)


def linkable(act: Act, consultation: Consultation) -> list[ArrestRequest]:
    """Requests of the organ since the invitation, the newest first, while one may be linked."""
    if "link" not in allowed(act, consultation):
        return []
    chosen = (
        arrest_requests.visible(act)
        .where(
            ArrestRequest.office_id == consultation.office_id,
            ArrestRequest.procuratorate_id == consultation.procuratorate_id,
            ArrestRequest.received_at >= consultation.invited_at,
        )
        .order_by(ArrestRequest.id.desc())
        .limit(MOST_LINKABLE)
    )
    return list(act.session.scalars(chosen))


def before(act: Act, request_id: int) -> Select[Consultation]:
    """What the organ may still link to a request: begun before it, and linked to nothing.

    Refuses:
        NotFound: there is no such request that the actor may see.
    """
    request = arrest_requests.find(act, request_id)
    return visible(act).where(
        Consultation.office_id == request.office_id,
        Consultation.procuratorate_id == request.procuratorate_id,
        Consultation.invited_at <= request.received_at,
        Consultation.arrest_request_id.is_(None),
        Consultation.case_id.is_(None),
        Consultation.state.in_(FLOW.sources("link")),
    )


STEPS: Mapping[str, Permission] = {
    "accept": Permission.CONSULTATION_ANSWER,
    "decline": Permission.CONSULTATION_ANSWER,
    "hand_over": Permission.CONSULTATION_ANSWER,
    "restate_suspects": Permission.CONSULTATION_RESTATE,
    "speak": Permission.CONSULTATION_SPEAK,
    "opine": Permission.CONSULTATION_OPINE,
    "collect": Permission.CONSULTATION_COLLECT,
    "conclude": Permission.CONSULTATION_CONCLUDE,
    "link": Permission.CONSULTATION_LINK,
}
"""What a phone may offer as a button, and the power it needs."""


def allowed(act: Act, consultation: Consultation) -> list[str]:
    """Every step that is open to this actor now: for the phone's buttons, not a promise."""
    linked = consultation.arrest_request_id or consultation.case_id
    shut = {"link"} if linked else set[str]()
    if all(item.done_at for item in consultation.evidence):
        shut.add("collect")
    return [
        step
        for step in FLOW.open_from(consultation.state)
        if step not in shut and allows(act.actor, STEPS[step], consultation)
    ]


# --- how it begins --------------------------------------------------------------------------


@demands(Permission.CONSULTATION_INVITE)
def invite(
    act: Act,
    organ: Investigator,
    matter: Matter,
    *,
    kind: ConsultationKind,
    case: Case | None = None,
) -> Consultation:
    """Invite the procuratorate: to intervene early, before an arrest, or on how to supplement.

    Early intervention is for major, difficult or complex cases (RULES 256¶1), in a commission's
    case only on its own request (256¶2). Whether it is consulted before arrests and at a
    distance is for each procuratorate to say.

    Refuses:
        NotAllowed: only officers of the organ that invites.
        NoProcuratorateAsked: the organ has no procuratorate.
        GroundMissing: early intervention without its ground.
        NoArrestToAsk: a commission, before an arrest.
        CaseOnlyForGuidance: guidance without a case, or anything else with one.
        RequestElsewhere: the case is of another organ.
        PreArrestNotOffered: the procuratorate does not consult before arrests.
        RemoteNotOffered: the procuratorate does not consult at a distance.
        ImpossibleDetention: a detention in the future, or before any day that is counted.

    Records:
        ConsultationInvited.
    """
    guiding = kind is ConsultationKind.SUPPLEMENT_GUIDANCE
    if guiding != (case is not None):
        raise CaseOnlyForGuidance
    if case is not None and case.police_office_id != organ.police_office_id:
        raise RequestElsewhere
    procuratorate_id = case.procuratorate_id if case else organ.procuratorate_id
    if procuratorate_id is None:
        raise NoProcuratorateAsked
    if kind is ConsultationKind.PRE_ARREST and organ.kind is OfficeKind.SUPERVISORY_COMMISSION:
        raise NoArrestToAsk
    if kind is ConsultationKind.EARLY_INTERVENTION and matter.ground is None:
        raise GroundMissing(**ARTICLE)
    if kind is ConsultationKind.PRE_ARREST:
        _consults_before_arrests(act, procuratorate_id)
    _meets_so(act, procuratorate_id, matter.form)
    consultation = _begin(act, matter, kind, ConsultationOrigin.INVITED)
    consultation.office_id, consultation.procuratorate_id = organ.police_office_id, procuratorate_id
    consultation.case_id = case.id if case else None
    act.session.add(consultation)
    act.session.flush()
    _ask_for_an_answer(act, consultation, case)
    act.record(
        ConsultationInvited(
            consultation.id, organ.police_office_id, procuratorate_id, consultation.kind.value
        )
    )
    return consultation


@demands(Permission.CONSULTATION_OFFER)
def offer(act: Act, office: Office, matter: Matter) -> Consultation:
    """Offer early intervention that the procuratorate deems necessary (RULES 256¶1).

    Refuses:
        NotAllowed: only case management, a head or the chief of the procuratorate of the organ.
        OnlyOnRequest: the organ is a supervisory commission (RULES 256¶2).
        NotAnInvestigator: the organ is of another kind.
        GroundMissing: the ground is not said.
        RemoteNotOffered: this procuratorate does not consult at a distance.
        ImpossibleDetention: a detention in the future, or before any day that is counted.

    Records:
        ConsultationOffered.
    """
    if office.kind is OfficeKind.SUPERVISORY_COMMISSION:
        raise OnlyOnRequest(**ARTICLE)
    if office.kind is not OfficeKind.PUBLIC_SECURITY or office.procuratorate_id is None:
        raise NotAnInvestigator(**ARTICLE)
    if matter.ground is None:
        raise GroundMissing(**ARTICLE)
    _meets_so(act, office.procuratorate_id, matter.form)
    kind = ConsultationKind.EARLY_INTERVENTION
    consultation = _begin(act, matter, kind, ConsultationOrigin.OFFERED)
    consultation.office_id, consultation.procuratorate_id = office.id, office.procuratorate_id
    act.session.add(consultation)
    act.session.flush()
    _ask_for_an_answer(act, consultation, None)
    act.record(ConsultationOffered(consultation.id, office.id, office.procuratorate_id))
    return consultation


@demands(Permission.CONSULTATION_RESTATE)
def restate_suspects(
    act: Act, consultation: Consultation, suspects: Sequence[SuspectSketch]
) -> Consultation:
    """Say anew who is suspected, and who has been detained since.

    Refuses:
        NotAllowed: only officers of the organ.
        WrongState: it is over.
        Stale: somebody else changed it at the same moment.
        ImpossibleDetention: a detention in the future, or before any day that is counted.

    Records:
        ConsultationSuspectsRestated.
    """
    _still(act, consultation)
    consultation.state = FLOW.after(consultation.state, "restate_suspects")
    consultation.suspects = _sketched(act, suspects)
    _changed(act, consultation)
    due = earliest(act, consultation.suspects) or LastDay("", None, None)
    for kind in (TaskKind.ANSWER_CONSULTATION, TaskKind.HOLD_CONSULTATION):
        tasks.reschedule(act, kind, consultation, due)
    act.record(ConsultationSuspectsRestated(consultation.id))
    return consultation


# --- the procuratorate answers --------------------------------------------------------------


@demands(Permission.CONSULTATION_ANSWER)
def accept(act: Act, consultation: Consultation, *, handler_id: int) -> Consultation:
    """Name the prosecutor who takes part (RULES 256: 可以派员).

    Refuses:
        NotAllowed: only case management, a head, or who handles the case it is about.
        WrongState: it was answered, or overtaken.
        Stale: somebody else changed it at the same moment.
        NoProsecutorThere: whoever is named is no prosecutor of this procuratorate.
        AnotherHandles: the case it is about has another handler (RULES 8).

    Records:
        ConsultationAccepted.
    """
    _still(act, consultation)
    state = FLOW.after(consultation.state, "accept")
    _may_hold(act, consultation, handler_id)
    consultation.state, consultation.handler_id = state, handler_id
    consultation.answered_at, consultation.answered_by = act.now, act.actor.id
    tasks.finish(act, TaskKind.ANSWER_CONSULTATION, consultation)
    _let_hold(act, consultation, handler_id)
    act.record(ConsultationAccepted(consultation.id, handler_id))
    return consultation


@demands(Permission.CONSULTATION_ANSWER)
def hand_over(act: Act, consultation: Consultation, *, handler_id: int) -> Consultation:
    """Name another prosecutor; the one before loses sight of it at once.

    Refuses:
        NotAllowed: only case management, a head, or who handles the case it is about.
        WrongState: nobody was named yet, or it is over.
        Stale: somebody else changed it at the same moment.
        NoProsecutorThere: whoever is named is no prosecutor of this procuratorate.
        AnotherHandles: the case it is about has another handler (RULES 8).

    Records:
        ConsultationReassigned.
    """
    _still(act, consultation)
    consultation.state = FLOW.after(consultation.state, "hand_over")
    _may_hold(act, consultation, handler_id)
    before = consultation.handler_id
    consultation.handler_id = handler_id
    tasks.cancel(act, TaskKind.HOLD_CONSULTATION, consultation)
    _let_hold(act, consultation, handler_id)
    act.record(ConsultationReassigned(consultation.id, handler_id, before))
    return consultation


@demands(Permission.CONSULTATION_ANSWER)
def decline(act: Act, consultation: Consultation, *, reason: str) -> Consultation:
    """Decline to take part, with the reason; the organ goes on investigating as ever.

    Refuses:
        NotAllowed: only case management, a head, or who handles the case it is about.
        WrongState: it was answered, or overtaken.
        Stale: somebody else changed it at the same moment.

    Records:
        ConsultationDeclined.
    """
    _still(act, consultation)
    consultation.state = FLOW.after(consultation.state, "decline")
    consultation.decline_reason = reason
    consultation.answered_at, consultation.answered_by = act.now, act.actor.id
    tasks.finish(act, TaskKind.ANSWER_CONSULTATION, consultation)
    act.record(ConsultationDeclined(consultation.id))
    return consultation


# --- both sides speak -----------------------------------------------------------------------


@demands(Permission.CONSULTATION_SPEAK)
def speak(act: Act, consultation: Consultation, *, words: str) -> ConsultationView:
    """Put the view of one's side on record; it stays as it was said.

    Refuses:
        NotAllowed: only officers of the organ, the prosecutor named and heads of department.
        WrongState: nobody was named yet, or it is over.
        Stale: somebody else changed it at the same moment.

    Records:
        ConsultationViewRecorded.
    """
    _still(act, consultation)
    consultation.state = FLOW.after(consultation.state, "speak")
    ours = act.actor.offices_as(*ORGAN_POSTS)
    side = (
        ConsultationSide.ORGAN if consultation.office_id in ours else ConsultationSide.PROCURATORATE
    )
    view = ConsultationView(side=side, by_id=act.actor.id, at=act.now, words=words)
    consultation.views.append(view)
    _changed(act, consultation)
    act.record(ConsultationViewRecorded(consultation.id, view.id, side.value))
    return view


@demands(Permission.CONSULTATION_OPINE)
def opine(
    act: Act, consultation: Consultation, *, words: str, evidence: Sequence[Wanted]
) -> ConsultationOpinion:
    """Give a written opinion on the nature of the case, the evidence, the law (RULES 256¶1).

    It advises: the organ investigates, and no later decision is bound by it.

    Refuses:
        NotAllowed: only the prosecutor named.
        WrongState: nobody was named yet, or it is over.
        Stale: somebody else changed it at the same moment.

    Records:
        ConsultationOpinionGiven.
    """
    _still(act, consultation)
    consultation.state = FLOW.after(consultation.state, "opine")
    opinion = ConsultationOpinion(by_id=act.actor.id, at=act.now, words=words)
    consultation.opinions.append(opinion)
    act.session.flush()
    consultation.evidence += [
        ConsultationEvidence(
            opinion_id=opinion.id, ordinal=ordinal, what=one.what, purpose=one.purpose or None
        )
        for ordinal, one in enumerate(evidence, start=1)
    ]
    _changed(act, consultation)
    if evidence:
        tasks.cancel(act, TaskKind.COLLECT_EVIDENCE, consultation)
        tasks.open_for_pool(
            act,
            TaskKind.COLLECT_EVIDENCE,
            consultation,
            office_id=consultation.office_id,
            post=_post_of(consultation.office),
            due=earliest(act, consultation.suspects),
        )
    act.record(ConsultationOpinionGiven(consultation.id, opinion.id))
    return opinion


@demands(Permission.CONSULTATION_COLLECT)
def collect(
    act: Act, consultation: Consultation, evidence_id: int, *, note: str | None
) -> ConsultationEvidence:
    """Mark a piece of evidence as collected; this goes on after the consultation is over.

    Refuses:
        NotAllowed: only officers of the organ.
        NotFound: no opinion of this consultation asks for it.
        WrongState: nobody took part.
        AlreadyCollected: it is marked.
        Stale: somebody else changed it at the same moment.

    Records:
        ConsultationEvidenceCollected.
    """
    _still(act, consultation)
    found = next((one for one in consultation.evidence if one.id == evidence_id), None)
    if found is None:
        raise NotFound
    consultation.state = FLOW.after(consultation.state, "collect")
    if found.done_at is not None:
        raise AlreadyCollected
    found.done_at, found.done_by, found.done_note = act.now, act.actor.id, note
    _changed(act, consultation)
    if all(one.done_at for one in consultation.evidence):
        tasks.finish(act, TaskKind.COLLECT_EVIDENCE, consultation)
    act.record(ConsultationEvidenceCollected(consultation.id, found.id))
    return found


@demands(Permission.CONSULTATION_CONCLUDE)
def conclude(act: Act, consultation: Consultation, *, words: str) -> Consultation:
    """Conclude it: what both sides came to, or where they differ.

    Refuses:
        NotAllowed: only the prosecutor named.
        WrongState: nobody was named yet, or it is over.
        Stale: somebody else changed it at the same moment.

    Records:
        ConsultationConcluded.
    """
    _still(act, consultation)
    consultation.state = FLOW.after(consultation.state, "conclude")
    consultation.conclusion, consultation.concluded_at = words, act.now
    tasks.finish(act, TaskKind.HOLD_CONSULTATION, consultation)
    act.record(ConsultationConcluded(consultation.id))
    return consultation


@demands(Permission.CONSULTATION_LINK)
def link(act: Act, consultation: Consultation, request: ArrestRequest) -> Consultation:
    """Say which request for approval of arrest followed: whoever receives it reads both.

    What is still open is overtaken: from now on the request goes its own way, and its period
    of review runs from its own receipt (RULES 282).

    Refuses:
        NotAllowed: only officers of the organ.
        WrongState: it was declined, or overtaken before.
        AlreadyLinked: it belongs to a request, or is about a case.
        RequestElsewhere: the request is of another organ, or went elsewhere.
        Stale: somebody else changed it at the same moment.

    Records:
        ConsultationLinked.
    """
    _still(act, consultation)
    state = FLOW.after(consultation.state, "link")
    if consultation.arrest_request_id or consultation.case_id:
        raise AlreadyLinked
    if (request.office_id, request.procuratorate_id) != (
        consultation.office_id,
        consultation.procuratorate_id,
    ):
        raise RequestElsewhere
    consultation.state = state
    consultation.arrest_request_id, consultation.linked_at = request.id, act.now
    if state is ConsultationState.OVERTAKEN:
        tasks.cancel(act, TaskKind.ANSWER_CONSULTATION, consultation)
        tasks.cancel(act, TaskKind.HOLD_CONSULTATION, consultation)
    act.record(ConsultationLinked(consultation.id, request.id))
    return consultation


# --- how it is done -------------------------------------------------------------------------


def _still(act: Act, consultation: Consultation) -> None:
    """Hold it as it was read: who waited for another's change has not seen its outcome."""
    act.session.flush()
    seen = consultation.version
    act.session.refresh(consultation, with_for_update=True)
    if consultation.version != seen:
        raise Stale


def _changed(act: Act, consultation: Consultation) -> None:
    """What is read of it has changed: a new version, whichever table it stands in."""
    flag_modified(consultation, "state")
    act.session.flush()


def _consults_before_arrests(act: Act, procuratorate_id: int) -> None:
    if not practices.of_office(act.session, procuratorate_id).pre_arrest:
        raise PreArrestNotOffered


def _meets_so(act: Act, procuratorate_id: int, form: ConsultationForm) -> None:
    practice = practices.of_office(act.session, procuratorate_id)
    if form is ConsultationForm.REMOTE and not practice.remote:
        raise RemoteNotOffered


def _begin(
    act: Act, matter: Matter, kind: ConsultationKind, origin: ConsultationOrigin
) -> Consultation:
    return Consultation(
        kind=kind,
        origin=origin,
        document_number=matter.document_number.strip() or None,
        title=matter.title.strip(),
        account=matter.account.strip(),
        ground=matter.ground,
        form=matter.form,
        invited_at=act.now,
        invited_by=act.actor.id,
        suspects=_sketched(act, matter.suspects),
    )


def _sketched(act: Act, suspects: Sequence[SuspectSketch]) -> list[ConsultationSuspect]:
    wrong = [place for place, each in enumerate(suspects) if not _possible(act, each)]
    if wrong:
        raise ImpossibleDetention(errors=[_error(place) for place in wrong])
    return [
        ConsultationSuspect(
            ordinal=ordinal,
            label=each.label.strip() or f"{UNIDENTIFIED}{ordinal}",
            detained_at=each.detained_at,
            detention_extended_to=each.detention_extended_to,
        )
        for ordinal, each in enumerate(suspects, start=1)
    ]


def _possible(act: Act, each: SuspectSketch) -> bool:
    if each.detained_at is not None and each.detained_at > act.now:
        return False
    try:
        _last_day(act, each.detained_at, each.detention_extended_to)
    except ImpossibleError:
        return False
    return True


def _error(place: int) -> dict[str, str]:
    return {
        "pointer": f"/suspects/{place}/detained_at",
        "code": "impossible",
        "detail": ImpossibleDetention.zh,
        "severity": "error",
    }


def _last_day(act: Act, detained_at: Any, extended_to: Any) -> LastDay | None:
    if detained_at is None:
        return None
    found = request_due(detained_at, extended_to, calendar_of(act.session))
    return LastDay(found.rule.id, found.due_on, found.outer_on)


def _ask_for_an_answer(act: Act, consultation: Consultation, case: Case | None) -> None:
    """Whoever handles the case answers on it; of all else those who name a prosecutor hear."""
    due = earliest(act, consultation.suspects)
    kind = TaskKind.ANSWER_CONSULTATION
    if case is not None and case.handler_id is not None:
        tasks.open_for_person(act, kind, consultation, person_id=case.handler_id, due=due)
        return
    for post in ANSWERING:
        tasks.open_for_pool(
            act,
            kind,
            consultation,
            office_id=consultation.procuratorate_id,
            post=post,
            due=due,
        )


def _let_hold(act: Act, consultation: Consultation, handler_id: int) -> None:
    tasks.open_for_person(
        act,
        TaskKind.HOLD_CONSULTATION,
        consultation,
        person_id=handler_id,
        due=earliest(act, consultation.suspects),
    )


def _may_hold(act: Act, consultation: Consultation, handler_id: int) -> None:
    there = people.holders(
        act.session, [PostKind.PROSECUTOR], consultation.procuratorate_id, act.today
    )
    if handler_id not in there:
        raise NoProsecutorThere(person_id=handler_id)
    if consultation.case_id is None:
        return
    case = act.session.get_one(Case, consultation.case_id)
    if case.handler_id not in {None, handler_id}:
        raise AnotherHandles(article="RULES 8", article_zh="刑诉规则第八条")


def _post_of(office: Office) -> PostKind:
    commission = office.kind is OfficeKind.SUPERVISORY_COMMISSION
    return PostKind.COMMISSION_OFFICER if commission else PostKind.POLICE_OFFICER
