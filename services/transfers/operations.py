"""Receiving a case that is transferred for prosecution, supplementing it, accepting it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, or_, select

from services import charges, deadlines, offices, policy, tasks
from services.arrest_requests.drafts import SuspectDraft
from services.arrest_requests.operations import describe
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import AcceptanceCheck, CheckResult, Flag, Measure
from services.deadlines import CloseReason, Deadline, Keepers, lists
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotAllowed, NotFound, Unprocessable
from services.offices import OfficeKind
from services.policy import (
    EMERGENCY_POSTS,
    ORGAN_POSTS,
    Permission,
    PostKind,
    demands,
    opened_in_emergency,
)
from services.tasks import TaskKind
from services.transfers.events import (
    TransferAccepted,
    TransferSubmitted,
    TransferSupplemented,
    TransferSupplementRequested,
)
from services.transfers.flow import FLOW, TransferSource, TransferState
from services.transfers.records import (
    ONE_DOCUMENT,
    Transfer,
    TransferredSuspect,
    in_hand,
    split_off_to,
)
from services.transfers.tracks import has_flag, known_exclusions

READERS = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
SOURCES = {
    OfficeKind.PUBLIC_SECURITY: TransferSource.POLICE,
    OfficeKind.SUPERVISORY_COMMISSION: TransferSource.COMMISSION,
}
_MEASURED = frozenset(
    {Measure.BAIL, Measure.RESIDENTIAL_SURVEILLANCE, Measure.DESIGNATED_RESIDENCE}
)


class DocumentTransferred(Conflict):
    """This prosecution opinion was sent to this procuratorate before."""

    zh = "该起诉意见书文号已经移送，请勿重复移送。"


class TransferIncomplete(Unprocessable):
    """Something that acceptance or the periods hang on is missing from the transfer."""

    zh = "移送起诉的内容不完整，请按提示补正。"


class ProsecutionInHand(Conflict):
    """The prosecution of a suspect who is named is in hand already; its periods run there."""

    zh = "所列犯罪嫌疑人已经移送起诉，尚在办理中，不得重复移送。"


class ArrestNotReported(Conflict):
    """An arrest begins and ends in the arrest case, by what is reported there."""

    zh = "逮捕的执行、释放和变更应当先在逮捕案件中通知检察院，不得随移送起诉变更。"


class EverybodyAtLarge(Conflict):
    """No suspect is present: the organ is to bring them first (RULES 158)."""

    zh = "犯罪嫌疑人均不在案，应当采取必要措施保证到案后再移送起诉（刑诉规则158条3款）。"


class ResultsMissing(Unprocessable):
    """Each of the five checks of RULES 157 needs a result."""

    zh = "刑诉规则157条的五项审查须逐项填写结果。"


class PapersMissing(Conflict):
    """Papers are missing and have not been asked for."""

    zh = "案卷材料不齐备，应当先要求补送。"


@dataclass(frozen=True, slots=True)
class Sender:
    """The organ in whose name a case is transferred, and where its cases go."""

    police_office_id: int
    procuratorate_id: int | None
    source: TransferSource


@dataclass(frozen=True, slots=True)
class NamedSuspect:
    """One suspect of the transfer: by the id known here, or with the details of somebody new."""

    suspect_id: int | None = None
    new: SuspectDraft | None = None
    at_large: bool = False
    pleads: bool = False
    charge_ids: tuple[int, ...] = ()
    measure: Measure | None = None
    """The measure now, where it is no longer what is known here."""


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """A transfer as the organ states it."""

    document_number: str
    document_on: date
    facts: str
    suspects: tuple[NamedSuspect, ...]
    major_or_complex: bool = False
    expedited_proposed: bool = False


def visible(act: Act) -> Select[Transfer]:
    """Every transfer that the actor may see: of the own organ, or to the own procuratorate."""
    actor = act.actor
    return select(Transfer).where(
        or_(
            Transfer.office_id.in_(actor.offices_as(*ORGAN_POSTS)),
            Transfer.procuratorate_id.in_(actor.offices_as(*READERS)),
            and_(
                or_(
                    Transfer.handler_id == actor.id,
                    Transfer.id.in_(split_off_to(actor.id)),
                ),
                Transfer.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
            ),
            and_(
                Transfer.id.in_(opened_in_emergency(actor, "transfers")),
                Transfer.procuratorate_id.in_(actor.offices_as(*EMERGENCY_POSTS)),
            ),
        )
    )


def find(act: Act, transfer_id: int) -> Transfer:
    """The transfer, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Transfer.id == transfer_id))
    if found is None:
        raise NotFound
    return found


def sender_of(act: Act, office_id: int | None = None) -> Sender:
    """The organ in whose name the actor transfers: the one named, or the first there is.

    Refuses:
        NotAllowed: the actor is of no organ that investigates.
        NotFound: there is no such organ.
    """
    mine = sorted(act.actor.offices_as(*ORGAN_POSTS))
    if not mine:
        raise NotAllowed(permission=Permission.TRANSFER_SUBMIT)
    office = offices.find(act, office_id or mine[0])
    source = SOURCES.get(office.kind)
    if source is None:
        raise NotAllowed(permission=Permission.TRANSFER_SUBMIT)
    return Sender(office.id, office.procuratorate_id, source)


@demands(Permission.TRANSFER_SUBMIT)
def submit(act: Act, sender: Sender, draft: TransferDraft) -> Transfer:
    """Receive a case transferred for prosecution (CPL 162, 170; MPS 289).

    Review runs for each suspect from this moment (CPL 172); custody for investigation ends with
    it. Suspects known from the arrest case are named by their id, so nothing is typed again.

    Refuses:
        NotAllowed: only the organ that investigated.
        TransferIncomplete: no procuratorate, nobody named, a suspect of another organ, or a charge
            that is not registered.
        ProsecutionInHand: the prosecution of somebody named is received and not over.
        ArrestNotReported: by it an arrest would begin or end (CPL 96).
        EverybodyAtLarge: nobody named is present.
        DocumentTransferred: the same prosecution opinion was sent before.

    Records:
        TransferSubmitted.
    """
    if sender.procuratorate_id is None or not draft.suspects:
        raise TransferIncomplete(
            errors=[_missing("/suspects", "至少应有一名犯罪嫌疑人。", "Name at least one suspect.")]
        )
    if all(one.at_large for one in draft.suspects):
        raise EverybodyAtLarge
    people = [_suspect(act, sender, one, at) for at, one in enumerate(draft.suspects)]
    if len({id(one) for one in people}) != len(people):
        raise TransferIncomplete(
            errors=[_missing("/suspects", "同一犯罪嫌疑人重复。", "A suspect is named twice.")]
        )
    transfer = receive(act, sender, draft, people)
    act.record(TransferSubmitted(transfer.id, sender.police_office_id, sender.procuratorate_id))
    return transfer


def receive(act: Act, sender: Sender, draft: TransferDraft, people: Sequence[Suspect]) -> Transfer:
    """Write down a transfer and start its periods; part of transferring, or of passing on.

    Refuses:
        DocumentTransferred: the same prosecution opinion was sent before.
    """
    assert sender.procuratorate_id is not None  # noqa: S101  # both callers have looked
    transfer = Transfer(
        source=sender.source,
        office_id=sender.police_office_id,
        procuratorate_id=sender.procuratorate_id,
        document_number=draft.document_number.strip(),
        document_on=draft.document_on,
        facts=draft.facts.strip(),
        major_or_complex=draft.major_or_complex,
        expedited_proposed=draft.expedited_proposed,
        received_at=act.now,
        submitted_by=act.actor.id,
        nonce=secrets.token_hex(16),
        named=[
            TransferredSuspect(
                suspect=suspect,
                ordinal=ordinal,
                at_large=one.at_large,
                pleads=one.pleads,
                charge_ids=list(one.charge_ids) or suspect.charge_ids,
            )
            for ordinal, (one, suspect) in enumerate(
                zip(draft.suspects, people, strict=True), start=1
            )
        ],
    )
    with act.unless(ONE_DOCUMENT, DocumentTransferred()):
        act.session.add(transfer)
    _start(act, transfer)
    tasks.open_for_pool(
        act,
        TaskKind.ACCEPT_TRANSFER,
        transfer,
        office_id=transfer.procuratorate_id,
        post=PostKind.CASE_MANAGER,
        due=transfer.earliest_due(act.session),
    )
    return transfer


@demands(Permission.TRANSFER_REQUEST_SUPPLEMENT)
def request_supplement(act: Act, transfer: Transfer, *, wanted: str) -> Transfer:
    """Ask for what is missing (补送, RULES 158¶2); the period goes on running.

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: a supplement is awaited already, or it is accepted.

    Records:
        TransferSupplementRequested.
    """
    transfer.state = FLOW.after(transfer.state, "request_supplement")
    transfer.supplement_wanted = wanted
    act.session.flush()
    tasks.open_for_pool(
        act,
        TaskKind.SUPPLEMENT_TRANSFER,
        transfer,
        office_id=transfer.office_id,
        post=post_of(transfer),
        due=transfer.earliest_due(act.session),
    )
    act.record(TransferSupplementRequested(transfer.id))
    return transfer


@demands(Permission.TRANSFER_SUPPLEMENT)
def supplement(act: Act, transfer: Transfer, *, sent: str) -> Transfer:
    """Say what was sent after; the first receipt stays the beginning of every period.

    Refuses:
        NotAllowed: only the organ that transferred.
        WrongState: it is accepted.

    Records:
        TransferSupplemented.
    """
    transfer.state = FLOW.after(transfer.state, "supplement")
    transfer.supplement_sent = sent
    tasks.finish(act, TaskKind.SUPPLEMENT_TRANSFER, transfer)
    act.record(TransferSupplemented(transfer.id))
    return transfer


@demands(Permission.TRANSFER_ACCEPT)
def accept(act: Act, transfer: Transfer, *, checks: Mapping[str, str]) -> Transfer:
    """Accept the transfer after the five checks of RULES 157; `services.cases` opens the case.

    Who is at large is not accepted (RULES 158¶3). A case of another jurisdiction is accepted and
    then transferred within five days (RULES 328). Whoever is in retention is detained at once after
    it (RULES 142).

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: it is accepted.
        ResultsMissing: one of the five checks has no result.
        PapersMissing: something is missing and has not been asked for.

    Records:
        TransferAccepted.
    """
    state = FLOW.after(transfer.state, "accept")
    try:
        results = {one: CheckResult(checks[one]) for one in AcceptanceCheck}
    except (KeyError, ValueError) as error:
        raise ResultsMissing from error
    asked = transfer.supplement_wanted is not None
    if results[AcceptanceCheck.FILE_COMPLETE] is CheckResult.MISSING and not asked:
        raise PapersMissing
    transfer.state = state
    transfer.accepted_at, transfer.accepted_by = act.now, act.actor.id
    transfer.acceptance_checks = {one.value: result.value for one, result in results.items()}
    tasks.finish(act, TaskKind.ACCEPT_TRANSFER, transfer)
    tasks.cancel(act, TaskKind.SUPPLEMENT_TRANSFER, transfer)
    keepers = Keepers(transfer.procuratorate_id, transfer.office_id, transfer.handler_id)
    for suspect in transfer.suspects:
        if retained(transfer, suspect):
            _start_detention(act, transfer, suspect, keepers)
    act.record(TransferAccepted(transfer.id))
    return transfer


def allowed(act: Act, transfer: Transfer) -> list[str]:
    """Every step that is open to this actor now."""
    powers = {
        "request_supplement": Permission.TRANSFER_REQUEST_SUPPLEMENT,
        "supplement": Permission.TRANSFER_SUPPLEMENT,
        "accept": Permission.TRANSFER_ACCEPT,
    }
    return [
        step
        for step in FLOW.open_from(transfer.state)
        if policy.allows(act.actor, powers[step], transfer)
        and (step != "supplement" or transfer.state is TransferState.SUPPLEMENT_REQUESTED)
    ]


def post_of(transfer: Transfer) -> PostKind:
    """Who in the organ hears of it."""
    commission = transfer.source is TransferSource.COMMISSION
    return PostKind.COMMISSION_OFFICER if commission else PostKind.POLICE_OFFICER


def expedited(transfer: Transfer, on: date) -> bool:
    """Does review run ten days: the organ proposes it, and nothing known excludes the case?"""
    if not transfer.expedited_proposed:
        return False
    return not any(one.problem.bars for one in known_exclusions(transfer, on))


def retained(transfer: Transfer, suspect: Suspect) -> bool:
    """Does the commission hold the suspect in retention (留置)? It stands as custody elsewhere."""
    commission = transfer.source is TransferSource.COMMISSION
    return commission and suspect.measure is Measure.CUSTODY_ELSEWHERE


def _start(act: Act, transfer: Transfer) -> None:
    """Let review run, and end the custody for investigation (CPL 156, 172; RULES 40, 55)."""
    keepers = Keepers(transfer.procuratorate_id, transfer.office_id, transfer.handler_id)
    moved = transfer.source is TransferSource.PROCURATORATE
    review = "R15" if moved else "R02" if expedited(transfer, act.today) else "R01"
    for named in transfer.named:
        if not named.at_large:
            _start_for(act, transfer, named.suspect, review, keepers)
    if transfer.expedited_proposed:
        _start_for_all(act, transfer, "R03", keepers)
    _start_for_all(act, transfer, "R05", keepers)


def _start_for(
    act: Act, transfer: Transfer, suspect: Suspect, review: str, keepers: Keepers
) -> None:
    _end_investigation(act, suspect)
    begun = [review]
    if transfer.source is not TransferSource.COMMISSION:
        begun.append("R04")
    elif not retained(transfer, suspect):
        begun.append("S05")
    if Flag.MINOR.value in suspect.flags:
        begun.append("R06c")
    if has_flag(suspect, Flag.BLIND, Flag.DEAF, Flag.MUTE, Flag.LIMITED_CAPACITY):
        begun.append("R06")
    if suspect.measure in _MEASURED and review != "R15":
        begun.append("B03")
    for rule_id in begun:
        deadlines.start(
            act,
            rule_id,
            transfer,
            suspect_id=suspect.id,
            keepers=keepers,
            started_at=act.now,
            custody=suspect.custody,
        )


def name_also(act: Act, transfer: Transfer, each: SuspectDraft) -> Suspect:
    """Name one more suspect in a transfer that is a case already (RULES 356); part of adding one.

    Review runs for this suspect from now, in the ordinary time; nobody else's period moves.
    """
    act.session.refresh(transfer, with_for_update=True)
    ordinal = max(one.ordinal for one in transfer.named) + 1
    suspect = Suspect(ordinal=ordinal, received_at=act.now)
    describe(suspect, each, act.today)
    act.session.add(suspect)
    act.session.flush()
    transfer.named.append(
        TransferredSuspect(suspect=suspect, ordinal=ordinal, charge_ids=suspect.charge_ids)
    )
    act.session.flush()
    keepers = Keepers(transfer.procuratorate_id, transfer.office_id, transfer.handler_id)
    _start_for(act, transfer, suspect, "R01", keepers)
    if retained(transfer, suspect):
        _start_detention(act, transfer, suspect, keepers)
    return suspect


def _start_detention(act: Act, transfer: Transfer, suspect: Suspect, keepers: Keepers) -> None:
    """Whoever is in retention is to be detained at once (RULES 142)."""
    deadlines.start(
        act,
        "S01",
        transfer,
        suspect_id=suspect.id,
        keepers=keepers,
        started_at=act.now,
        custody=suspect.custody,
    )


def _start_for_all(act: Act, transfer: Transfer, rule_id: str, keepers: Keepers) -> None:
    custody = deadlines.Custody.AT_LIBERTY
    deadlines.start(
        act,
        rule_id,
        transfer,
        suspect_id=None,
        keepers=keepers,
        started_at=act.now,
        custody=custody,
    )


def _end_investigation(act: Act, suspect: Suspect) -> None:
    """Custody for investigation, and what was asked in it, ends with the transfer."""
    ended = lists.CUSTODY_RULES | {"A01", "A02", "A03", "A07", "A09", "C08", "N03", "N05"}
    running = deadlines.open_of([suspect.id]).where(Deadline.rule_id.in_(ended))
    for deadline in act.session.scalars(running).all():
        custody = deadline.rule_id in lists.CUSTODY_RULES
        deadlines.close(act, deadline, reason=CloseReason.DONE if custody else CloseReason.LAPSED)


def _suspect(act: Act, sender: Sender, one: NamedSuspect, at: int) -> Suspect:
    if one.charge_ids and not charges.known(act, one.charge_ids):
        raise TransferIncomplete(
            errors=[
                _missing(
                    f"/suspects/{at}/charge_ids",
                    "没有此罪名，或者重复填写。",
                    "No such charge, or twice.",
                )
            ]
        )
    if one.suspect_id is not None:
        known = act.session.get(Suspect, one.suspect_id, with_for_update=True)
        if (
            known is None
            or known.request is None
            or known.request.office_id != sender.police_office_id
        ):
            raise TransferIncomplete(
                errors=[
                    _missing(
                        f"/suspects/{at}/suspect_id", "没有这名犯罪嫌疑人。", "No such suspect."
                    )
                ]
            )
        if act.session.scalar(select(in_hand(known.id))):
            raise ProsecutionInHand(suspect_id=known.id)
        if one.measure is not None and one.measure is not known.measure:
            if Measure.ARREST in {one.measure, known.measure}:
                raise ArrestNotReported(
                    suspect_id=known.id, article="CPL 96", article_zh="刑诉法96条"
                )
            known.measure = one.measure
            deadlines.change_custody(act, known.id, known.custody)
        return known
    new = one.new
    if (
        new is None
        or new.measure is None
        or new.sex is None
        or not (new.charge_ids or one.charge_ids)
    ):
        raise TransferIncomplete(
            errors=[
                _missing(
                    f"/suspects/{at}/new",
                    "请填写性别、强制措施和涉嫌罪名。",
                    "State the sex, the compulsory measure and the charges.",
                )
            ]
        )
    suspect = Suspect(ordinal=at + 1, received_at=act.now)
    describe(suspect, new, act.today)
    act.session.add(suspect)
    act.session.flush()
    return suspect


def _missing(pointer: str, zh: str, en: str) -> dict[str, object]:
    return {
        "pointer": pointer,
        "code": "missing",
        "detail": {"zh": zh, "en": en},
        "severity": "error",
    }
