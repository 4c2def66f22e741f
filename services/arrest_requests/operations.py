"""Receiving an arrest request, having it completed, and accepting it (RULES 156-158)."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm.attributes import flag_modified

from services import attachments, charges, deadlines, offices, policy, tasks
from services.arrest_requests.checks import (
    BY_CODE,
    Finding,
    Severity,
    findings,
    minor_by_age,
)
from services.arrest_requests.drafts import ChargeTerm, Draft, Known, Submission, SuspectDraft
from services.arrest_requests.events import (
    ArrestRequestAccepted,
    ArrestRequestCorrected,
    ArrestRequestSubmitted,
    JurisdictionDoubted,
    SupplementAnswered,
    SupplementRequested,
)
from services.arrest_requests.flow import FLOW, RequestState
from services.arrest_requests.records import (
    ONE_DOCUMENT,
    ArrestRequest,
    FileItem,
    JurisdictionDoubt,
    SupplementRequest,
    Suspect,
    SuspectCharge,
    split_off_to,
)
from services.arrest_requests.terms import AcceptanceCheck, CheckResult, Flag, SupplementCode
from services.charges import Charge
from services.deadlines import MAJOR_OR_COMPLEX, CloseReason, Deadline, Keepers
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotAllowed, NotFound, Unprocessable
from services.offices import Office, OfficeKind
from services.policy import (
    EMERGENCY_POSTS,
    ORGAN_POSTS,
    Permission,
    PostKind,
    demands,
    opened_in_emergency,
)
from services.tasks import TaskKind

REVIEW_RULES = ("D06", "D07")
"""The period in which an arrest is decided: detained or not (CPL 91; RULES 282)."""
READERS = (PostKind.CASE_MANAGER, PostKind.DEPARTMENT_HEAD, PostKind.CHIEF_PROCURATOR)
"""Posts of a procuratorate that see all that is sent to it; a prosecutor sees the own cases'."""
NEEDED = (AcceptanceCheck.FILE_COMPLETE, AcceptanceCheck.PROPERTY_MATCHES)
"""What is asked for afterwards when it is missing (RULES 158¶2)."""
UNIDENTIFIED = "身份不明者"


class RequestIncomplete(Unprocessable):
    """The request leaves open what is asked, for whom, or which clock runs; see `errors`."""

    zh = "提请批准逮捕的内容存在错误，请按 errors 逐项更正。"


class AlreadySubmitted(Conflict):
    """This organ has sent in a request under this document number before."""

    zh = "本机关已以该文号提请批准逮捕，请勿重复提交。"


class OfficeUnclear(Unprocessable):
    """You are an officer of several organs: say which one asks."""

    zh = "您在多个机关任职，请指明以哪一机关名义提请。"


class UnknownSuspect(Unprocessable):
    """A suspect named by id does not belong to this request."""

    zh = "所指犯罪嫌疑人不属于本提请。"


class SuspectWithdrawn(Unprocessable):
    """A correction must name every suspect already put forward; it withdraws nobody."""

    zh = "更正不得减少已提请的犯罪嫌疑人。"


class SupplementEmpty(Unprocessable):
    """A supplement request says what is missing."""

    zh = "请列明需要补送的材料。"


class UnknownSupplementCode(Unprocessable):
    """There is no such code for what is to be sent after."""

    zh = "补送事项代码不存在。"


class FilesIncomplete(Unprocessable):
    """The files are incomplete: ask for what is missing first (RULES 158)."""

    zh = "案卷材料不齐备，请先要求补送。"


class ChecksIncomplete(Unprocessable):
    """Each of the five checks of RULES 157 needs a result."""

    zh = "受理审查的五项内容均须填写结果。"


class JurisdictionGroundsMissing(Unprocessable):
    """A doubt about jurisdiction is recorded with its grounds before acceptance."""

    zh = "对管辖有疑问的，请先记录理由。"


@dataclass(frozen=True, slots=True)
class Organ:
    """The public-security organ that asks, and the procuratorate it asks."""

    police_office_id: int
    procuratorate_id: int | None


# --- reading --------------------------------------------------------------------------------


def visible(act: Act) -> Select[ArrestRequest]:
    """Every request that the actor may see: of the own organ, or sent to the own procuratorate."""
    return select(ArrestRequest).where(
        or_(
            ArrestRequest.office_id.in_(act.actor.offices_as(*ORGAN_POSTS)),
            ArrestRequest.procuratorate_id.in_(act.actor.offices_as(*READERS)),
            and_(
                or_(
                    ArrestRequest.handler_id == act.actor.id,
                    ArrestRequest.id.in_(split_off_to(act.actor.id)),
                ),
                ArrestRequest.procuratorate_id.in_(act.actor.offices_as(PostKind.PROSECUTOR)),
            ),
            and_(
                ArrestRequest.id.in_(opened_in_emergency(act.actor, "arrest_requests")),
                ArrestRequest.procuratorate_id.in_(act.actor.offices_as(*EMERGENCY_POSTS)),
            ),
        )
    )


def visible_ids(act: Act) -> Select[Any]:
    """The ids of every request that the actor may see."""
    return visible(act).with_only_columns(ArrestRequest.id)


def find(act: Act, request_id: int) -> ArrestRequest:
    """The request, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(ArrestRequest.id == request_id))
    if found is None:
        raise NotFound
    return found


def in_state(act: Act, state: RequestState | None = None) -> Select[ArrestRequest]:
    """The requests that the actor may see, in one state or any."""
    chosen = visible(act)
    return chosen if state is None else chosen.where(ArrestRequest.state == state)


def organ_of(act: Act, office_id: int | None = None) -> Organ:
    """The organ in whose name the actor asks: the one named, or the only one there is.

    Refuses:
        NotAllowed: the actor is no police officer.
        OfficeUnclear: the actor is an officer of several organs and names none.
        NotFound: there is no such organ.
    """
    if office_id is None:
        mine = act.actor.offices_as(PostKind.POLICE_OFFICER)
        if not mine:
            raise NotAllowed(permission=Permission.ARREST_REQUEST_SUBMIT)
        if len(mine) > 1:
            raise OfficeUnclear
        (office_id,) = mine
    office = offices.find(act, office_id)
    return Organ(office.id, office.procuratorate_id)


def allowed(act: Act, request: ArrestRequest) -> list[str]:
    """Every step that is open to this actor now: for the phone's buttons, not a promise."""
    steps = [*FLOW.open_from(request.state), "record_jurisdiction_doubt"]
    return [step for step in steps if policy.allows(act.actor, _PERMISSIONS[step], request)]


# --- the police -----------------------------------------------------------------------------


@demands(Permission.ARREST_REQUEST_SUBMIT)
def check(act: Act, organ: Organ, draft: Draft) -> list[Finding]:
    """Say everything that would be found wrong with a request, and store nothing.

    Refuses:
        NotAllowed: only police officers of the organ that asks.

    Records:
        Nothing: it is a dry run.
    """
    return findings(Submission(draft, _known(act, draft, organ)))


@demands(Permission.ARREST_REQUEST_CORRECT)
def check_correction(act: Act, request: ArrestRequest, draft: Draft) -> list[Finding]:
    """Say everything that would be found wrong with a correction, and store nothing.

    Refuses:
        NotAllowed: only police officers of the organ that asked.
        UnknownSuspect: a suspect named by id belongs to another request.
        SuspectWithdrawn: somebody already put forward is left out.

    Records:
        Nothing: it is a dry run.
    """
    return findings(_corrected(act, request, draft, _matched(request, draft.suspects)))


@demands(Permission.ARREST_REQUEST_SUBMIT)
def submit(act: Act, organ: Organ, draft: Draft) -> ArrestRequest:
    """Receive a request for approval of arrest; the periods of review run from this moment.

    A request is received even with warnings: the organ cannot be turned away at the door
    (SUPPINV-2020 5). Each suspect has a period of their own (CPL 91, RULES 282).

    Refuses:
        NotAllowed: only police officers of the organ that asks.
        RequestIncomplete: errors leave open what is asked, for whom, or which clock runs.
        AlreadySubmitted: the organ has used this document number; points at the first request.
        AttachmentTaken: a file went into another request a moment ago.

    Records:
        ArrestRequestSubmitted.
    """
    found = _in_order(Submission(draft, _known(act, draft, organ)))
    procuratorate_id = cast("int", organ.procuratorate_id)  # or `procuratorate_unknown` is found
    request = ArrestRequest(
        office_id=organ.police_office_id,
        procuratorate_id=procuratorate_id,
        received_at=act.now,
        submitted_by=act.actor.id,
        nonce=secrets.token_hex(16),
        findings=found,
    )
    _state(request, draft)
    _put_forward(act, request, [(None, each) for each in draft.suspects])
    number = request.document_number
    with act.unless(ONE_DOCUMENT, lambda: _first(act, organ.police_office_id, number)):
        act.session.add(request)
    _take_up(act, request, draft)
    for suspect in request.suspects:
        _start_review(act, request, suspect)
    tasks.open_for_pool(
        act,
        TaskKind.ACCEPT_REQUEST,
        request,
        office_id=procuratorate_id,
        post=PostKind.CASE_MANAGER,
        due=request.earliest_due(act.session),
    )
    act.record(ArrestRequestSubmitted(request.id, organ.police_office_id, procuratorate_id))
    return request


@demands(Permission.ARREST_REQUEST_CORRECT)
def correct(act: Act, request: ArrestRequest, draft: Draft) -> ArrestRequest:
    """Replace what the request says, until it is accepted; this also answers a supplement.

    The first receipt stays the beginning of every period. Who has been put forward stays put
    forward, and papers that were sent stay: no article lets a request be withdrawn that way.
    A suspect named by no id is the one at the same place, or a new one.

    Refuses:
        NotAllowed: only police officers of the organ that asked.
        WrongState: it has been accepted.
        RequestIncomplete: errors leave open what is asked, for whom, or which clock runs.
        UnknownSuspect: a suspect named by id belongs to another request.
        SuspectWithdrawn: somebody already put forward is left out.
        AlreadySubmitted: the organ has used the new document number before.
        AttachmentTaken: a file went into another request a moment ago.

    Records:
        ArrestRequestCorrected, or SupplementAnswered where a supplement was awaited.
    """
    state = FLOW.after(request.state, "correct")
    matched = _matched(request, draft.suspects)
    found = _in_order(_corrected(act, request, draft, matched))

    replaced = request.version
    number = draft.document_number.strip()
    taken = act.unless(ONE_DOCUMENT, lambda: _first(act, request.office_id, number))
    with taken, act.session.no_autoflush:  # written at once: a correction is one new version
        _state(request, draft)
        request.state = state
        request.findings = found
        request.corrected_at, request.corrected_by = act.now, act.actor.id
        flag_modified(request, "corrected_at")  # correcting any part makes a new version
        _put_forward(act, request, matched)
    _take_up(act, request, draft)
    for suspect in request.suspects:
        _review_anew(act, request, suspect)
    if due := request.earliest_due(act.session):
        tasks.reschedule(act, TaskKind.ACCEPT_REQUEST, request, due)
    if supplement := request.open_supplement:
        supplement.answered_at, supplement.answered_by = act.now, act.actor.id
        tasks.finish(act, TaskKind.SUPPLEMENT_REQUEST, request)
        act.record(SupplementAnswered(request.id, supplement.id, replaced))
    else:
        act.record(ArrestRequestCorrected(request.id, replaced))
    return request


# --- case management ------------------------------------------------------------------------


@demands(Permission.ARREST_REQUEST_REQUEST_SUPPLEMENT)
def request_supplement(
    act: Act, request: ArrestRequest, *, items: Sequence[tuple[str, str]]
) -> SupplementRequest:
    """Ask the police to send what is missing, or to bind it properly (RULES 158¶2).

    The period of review goes on running from first receipt. Each of `items` is a code (a
    `SupplementCode` or the code of a check) and what is wanted.

    Refuses:
        NotAllowed: only case management of the procuratorate asked.
        WrongState: a supplement is awaited already, or the request has been accepted.
        SupplementEmpty: nothing is asked for.
        UnknownSupplementCode: a code means nothing.

    Records:
        SupplementRequested.
    """
    state = FLOW.after(request.state, "request_supplement")
    if not items:
        raise SupplementEmpty
    if unknown := sorted({code for code, _ in items} - _SUPPLEMENT_CODES):
        raise UnknownSupplementCode(codes=unknown)
    supplement = SupplementRequest(
        items=[{"code": code, "detail": detail} for code, detail in items],
        asked_at=act.now,
        asked_by=act.actor.id,
    )
    request.state = state
    request.supplement_requests.append(supplement)
    act.session.flush()
    tasks.open_for_pool(
        act,
        TaskKind.SUPPLEMENT_REQUEST,
        request,
        office_id=request.office_id,
        post=PostKind.POLICE_OFFICER,
        due=request.earliest_due(act.session),
    )
    act.record(SupplementRequested(request.id, supplement.id))
    return supplement


@demands(Permission.ARREST_REQUEST_DOUBT_JURISDICTION)
def record_jurisdiction_doubt(
    act: Act, request: ArrestRequest, *, grounds: str
) -> JurisdictionDoubt:
    """Record a doubt whether the case belongs to this procuratorate (RULES 157(1)).

    A doubt is recorded for whoever reviews; an arrest request is not turned away for it.

    Refuses:
        NotAllowed: only case management of the procuratorate asked.

    Records:
        JurisdictionDoubted.
    """
    doubt = JurisdictionDoubt(grounds=grounds, recorded_at=act.now, recorded_by=act.actor.id)
    request.jurisdiction_doubts.append(doubt)
    flag_modified(request, "state")  # what is read of the request has changed: a new version
    act.session.flush()
    act.record(JurisdictionDoubted(request.id, doubt.id))
    return doubt


@demands(Permission.ARREST_REQUEST_ACCEPT)
def accept(act: Act, request: ArrestRequest, *, checks: Mapping[str, str]) -> ArrestRequest:
    """Accept the request after the five checks of RULES 157; `services.cases` opens the case.

    Files that are incomplete are asked for first (RULES 158¶2). Once that has been asked,
    acceptance need not wait for the answer: the period has run since first receipt. A doubt
    about jurisdiction is recorded, a suspect not present or a late transfer is noted; none of
    them turns an arrest request away.

    Refuses:
        NotAllowed: only case management of the procuratorate asked.
        WrongState: it has been accepted.
        ChecksIncomplete: one of the five checks has no result.
        FilesIncomplete: something is missing and has not been asked for.
        JurisdictionGroundsMissing: jurisdiction is doubted and no grounds are on record.

    Records:
        ArrestRequestAccepted.
    """
    state = FLOW.after(request.state, "accept")
    results = _results(checks)
    missing = [one for one in NEEDED if results[one] is CheckResult.MISSING]
    if missing and request.state is RequestState.SUBMITTED:
        raise FilesIncomplete(checks=[one.value for one in missing])
    doubted = results[AcceptanceCheck.JURISDICTION] is not CheckResult.OK
    if doubted and not request.jurisdiction_doubts:
        raise JurisdictionGroundsMissing
    request.state = state
    request.accepted_at, request.accepted_by = act.now, act.actor.id
    request.acceptance_checks = {one.value: result.value for one, result in results.items()}
    tasks.finish(act, TaskKind.ACCEPT_REQUEST, request)
    tasks.cancel(act, TaskKind.SUPPLEMENT_REQUEST, request)
    act.record(ArrestRequestAccepted(request.id))
    return request


# --- how it is done -------------------------------------------------------------------------

_PERMISSIONS = {
    "correct": Permission.ARREST_REQUEST_CORRECT,
    "request_supplement": Permission.ARREST_REQUEST_REQUEST_SUPPLEMENT,
    "record_jurisdiction_doubt": Permission.ARREST_REQUEST_DOUBT_JURISDICTION,
    "accept": Permission.ARREST_REQUEST_ACCEPT,
}
_SUPPLEMENT_CODES = {code.value for code in SupplementCode} | set(BY_CODE)


def _known(act: Act, draft: Draft, organ: Organ, request: ArrestRequest | None = None) -> Known:
    """What the registers hold of what the draft names."""
    charge_ids = {charge for each in draft.suspects for charge in each.charge_ids}
    register = act.session.scalars(charges.visible(act).where(Charge.id.in_(charge_ids)))
    centre_ids = {each.detention_centre_id for each in draft.suspects}
    centres = offices.of_kind(act, OfficeKind.DETENTION_CENTRE).where(Office.id.in_(centre_ids))
    return Known(
        now=act.now,
        received_at=request.received_at if request else act.now,
        procuratorate_id=organ.procuratorate_id,
        charges={
            one.id: ChargeTerm(one.name, one.in_force_from, one.in_force_until) for one in register
        },
        detention_centre_ids=frozenset(one.id for one in act.session.scalars(centres)),
        attachments=attachments.attachable(
            act, draft.attachment_ids, request.id if request else None
        ),
        pending_numbers=_pending(act, draft, organ, request),
    )


def _pending(act: Act, draft: Draft, organ: Organ, request: ArrestRequest | None) -> frozenset[str]:
    """Which of the draft's suspects another open request of the same organ names."""
    numbers = {each.document_number.strip().upper() for each in draft.suspects} - {""}
    named = (
        select(Suspect.document_number)
        .join(Suspect.request)
        .where(
            Suspect.document_number_index.in_(numbers),
            ArrestRequest.office_id == organ.police_office_id,
            ArrestRequest.state != RequestState.ACCEPTED,
        )
    )
    if request is not None:
        named = named.where(ArrestRequest.id != request.id)
    return frozenset(filter(None, act.session.scalars(named)))


def _corrected(
    act: Act,
    request: ArrestRequest,
    draft: Draft,
    matched: Sequence[tuple[Suspect | None, SuspectDraft]],
) -> Submission:
    """What a correction makes of the request: files sent before and first receipts stay."""
    kept = [one.id for one in request.attachments if one.id not in draft.attachment_ids]
    whole = replace(
        draft,
        attachment_ids=(*draft.attachment_ids, *kept),
        suspects=tuple(
            replace(each, received_at=one.received_at if one else act.now) for one, each in matched
        ),
    )
    organ = Organ(request.office_id, request.procuratorate_id)
    return Submission(whole, _known(act, whole, organ, request))


def _in_order(submission: Submission) -> list[dict[str, str]]:
    """The warnings to keep beside the request, or a refusal that says all that was found."""
    found = findings(submission)
    if any(one.severity is Severity.ERROR for one in found):
        raise RequestIncomplete(errors=[one.as_problem() for one in found])
    return [{"code": one.code, "pointer": one.pointer} for one in found]


def _first(act: Act, office_id: int, document_number: str) -> AlreadySubmitted:
    first = act.session.scalar(
        select(ArrestRequest.id).where(
            ArrestRequest.office_id == office_id, ArrestRequest.document_number == document_number
        )
    )
    return AlreadySubmitted(arrest_request_id=first)


def _state(request: ArrestRequest, draft: Draft) -> None:
    """Write down what the request as a whole says; errors have been refused before."""
    request.document_number = draft.document_number.strip()
    request.document_on = draft.document_on or request.document_on
    request.head_approved_on = draft.head_approved_on
    request.facts = draft.facts.strip()
    request.danger_grounds = draft.danger_grounds.strip()
    request.major_or_complex = draft.major_or_complex
    request.property_transferred = draft.property_transferred
    request.file_items = [
        FileItem(ordinal=ordinal, title=item.title.strip(), pages=item.pages, kind=item.kind)
        for ordinal, item in enumerate(draft.file_items, start=1)
    ]


def _matched(
    request: ArrestRequest, stated: Sequence[SuspectDraft]
) -> list[tuple[Suspect | None, SuspectDraft]]:
    """Which suspect of the request each statement is about; None for somebody new."""
    by_id = {suspect.id: suspect for suspect in request.suspects}
    if any(each.id is not None and each.id not in by_id for each in stated):
        raise UnknownSuspect
    named = {each.id for each in stated if each.id is not None}
    at_place = dict(enumerate(request.suspects))
    matched = [
        (
            by_id[each.id]
            if each.id is not None
            else one
            if (one := at_place.get(place)) and one.id not in named
            else None,
            each,
        )
        for place, each in enumerate(stated)
    ]
    if {one.id for one, _ in matched if one} != set(by_id) or len(named) != sum(
        each.id is not None for each in stated
    ):
        raise SuspectWithdrawn
    return matched


def _put_forward(
    act: Act,
    request: ArrestRequest,
    matched: Sequence[tuple[Suspect | None, SuspectDraft]],
) -> None:
    """Write down what is said of each suspect; whoever is new is put forward now."""
    for known, each in matched:
        suspect = known
        if suspect is None:
            suspect = Suspect(ordinal=len(request.suspects) + 1, received_at=act.now)
            request.suspects.append(suspect)
        describe(suspect, each, act.today)


def put_forward(act: Act, request: ArrestRequest, each: SuspectDraft) -> Suspect:
    """Put one more suspect forward in a request that is a case already; part of adding one.

    Review runs for this suspect from now (RULES 282, 288); nobody else's period moves.
    """
    act.session.refresh(request, with_for_update=True)
    ordinal = max(one.ordinal for one in request.suspects) + 1
    suspect = Suspect(ordinal=ordinal, received_at=act.now)
    describe(suspect, each, act.today)
    request.suspects.append(suspect)
    act.session.flush()
    _start_review(act, request, suspect)
    return suspect


def describe(suspect: Suspect, each: SuspectDraft, today: date) -> None:
    """Write down what is said of a suspect; whoever is a minor by age is one, marked or not."""
    suspect.name = each.name.strip() or f"{UNIDENTIFIED}{suspect.ordinal}"
    suspect.name_self_reported = each.name_self_reported
    suspect.alias = each.alias.strip() or None
    suspect.document_kind = each.document_kind
    suspect.document_number = each.document_number.strip().upper() or None
    suspect.born_on = each.born_on
    suspect.sex = each.sex or suspect.sex
    suspect.ethnicity = each.ethnicity.strip() or None
    suspect.address = each.address.strip() or None
    suspect.occupation = each.occupation.strip() or None
    by_age = {Flag.MINOR} if minor_by_age(each, today) else set[Flag]()
    suspect.flags = sorted(flag.value for flag in each.flags | by_age)
    suspect.measure = each.measure or suspect.measure
    suspect.measure_began_at = each.measure_began_at
    suspect.detention_centre_id = each.detention_centre_id
    suspect.detention_extended_to = each.detention_extended_to
    suspect.act_on = each.act_on
    kept = {charged.charge_id: charged for charged in suspect.suspect_charges}
    suspect.suspect_charges = [
        kept.get(charge_id) or SuspectCharge(charge_id=charge_id, ordinal=0)
        for charge_id in each.charge_ids
    ]
    for ordinal, charged in enumerate(suspect.suspect_charges, start=1):
        charged.ordinal = ordinal


def _take_up(act: Act, request: ArrestRequest, draft: Draft) -> None:
    attachments.bind(act, set(draft.attachment_ids), request.id)
    act.session.expire(request, ["attachments"])


def _rule(request: ArrestRequest, suspect: Suspect) -> tuple[str, str | None]:
    gravity = MAJOR_OR_COMPLEX if request.major_or_complex else None
    return deadlines.arrest_review_rule(suspect.custody, gravity)


def _start_review(act: Act, request: ArrestRequest, suspect: Suspect) -> None:
    """Let the suspect's period of review run from when they were put forward (RULES 282)."""
    rule_id, ground = _rule(request, suspect)
    deadlines.start(
        act,
        rule_id,
        suspect_id=suspect.id,
        about=request,
        started_at=suspect.received_at,
        custody=suspect.custody,
        ground=ground,
        keepers=Keepers(request.procuratorate_id, request.police_office_id, request.handler_id),
    )


def _review_anew(act: Act, request: ArrestRequest, suspect: Suspect) -> None:
    """Count the suspect's period anew where the correction changes its rule or their custody.

    A correction says what was so from the first: custody is put right from the day of receipt.
    """
    running = act.session.scalars(
        deadlines.open_of([suspect.id]).where(Deadline.rule_id.in_(REVIEW_RULES))
    ).first()
    if running is None:
        _start_review(act, request, suspect)
    elif (running.rule_id, running.ground) != _rule(request, suspect):
        deadlines.close(act, running, reason=CloseReason.REPLACED)
        act.session.flush()
        _start_review(act, request, suspect)
    elif running.custody is not suspect.custody:
        deadlines.change_custody(act, suspect.id, suspect.custody, on=suspect.received_at)


def _results(checks: Mapping[str, str]) -> dict[AcceptanceCheck, CheckResult]:
    try:
        return {one: CheckResult(checks[one]) for one in AcceptanceCheck}
    except (KeyError, ValueError) as error:
        raise ChecksIncomplete from error
