"""Taking steps: directly where nobody else decides, by way of a proposal where somebody does."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from services import cases, charges, deadlines, numbers, people, tasks
from services.cases import Case
from services.cases.records import RECUSALS
from services.deadlines import Deadline
from services.kernel.act import Act, record_of
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, NotAllowed, NotFound, Unprocessable
from services.offices import Office
from services.policy import Permission, PostKind, allows, demands
from services.proceedings import powers
from services.proceedings.events import (
    ProposalRaised,
    ProposalReferred,
    ProposalRefused,
    ProposalReturned,
    ProposalWithdrawn,
    RemarkGiven,
    StepProposed,
    StepTaken,
)
from services.proceedings.records import (
    AWAITED,
    ONE_AWAITED,
    Proposal,
    ProposalOutcome,
    ProposalState,
    Remark,
    RemarkKind,
    TakenStep,
)
from services.proceedings.table import (
    Field,
    FieldKind,
    Step,
    Subject,
    Taking,
    Unreadable,
    as_plain,
    fault,
    of_plain,
)
from services.tasks import TaskKind

_NOTHING: tuple[Any, ...] = (None, "", [], {})
SUPERIOR_DOCUMENT = "superior_document"
"""The field for the number of a superior's approval that was given outside of this system."""


class StepIncomplete(Unprocessable):
    """Something that the step asks for is not said, or not as it can be."""

    zh = "办理此步骤的内容不完整或者有误，请按提示补正。"


class UnknownStep(Unprocessable):
    """There is no step of that name here."""

    zh = "没有这一步骤。"


class ProposalAwaited(Conflict):
    """A proposal in this matter awaits its decision."""

    zh = "本事项已有报批意见待审批。"


class NoSuchApprover(Conflict):
    """The law asks for a level of procuratorate that is not registered here: name its document."""

    zh = "依法须报请的上级检察院未在本系统登记，请填写上级检察院批准文书的文号。"


class ProposalDecided(Conflict):
    """The proposal has been decided, or is before the committee."""

    zh = "该报批意见已经处理，或者正在检察委员会讨论。"


class NoteMissing(Unprocessable):
    """Whoever does not simply approve says why (RULES 7)."""

    zh = "不同意、要求复核、改变意见或者提交检委会的，应当写明理由。"


class CommitteeRequired(Conflict):
    """The power list leaves this to the procuratorial committee."""

    zh = "依照权力清单，该事项应当提交检察委员会讨论决定。"


class CommitteeElsewhere(Conflict):
    """The committee of the procuratorate above meets outside of this system: decide as it did."""

    zh = "上级检察院的检察委员会不在本案中办理，请在其讨论决定后按决定审批，并在意见中写明文号。"


class NotAnAlternative(Unprocessable):
    """That step cannot take the place of the one proposed."""

    zh = "不能以该步骤替代报批的步骤。"


@dataclass(frozen=True, slots=True)
class Table:
    """The steps of one kind of matter."""

    record: type[Any]
    steps: Mapping[str, Step[Any]]
    settle: Callable[[Act, Any], None]
    """What a step may bring about in the case as a whole."""


TABLES: dict[str, Table] = {}
"""By the table in which the matter is kept; each slice enters its own."""


def nothing(_act: Act, _subject: Any) -> None:
    """A step changes nothing in the case as a whole."""


def enter(
    record: type[Any],
    steps: Collection[Step[Any]],
    settle: Callable[[Act, Any], None] = nothing,
) -> None:
    """Let the steps of a table be taken in the matters of a record."""
    by_code = {one.code: one for one in steps}
    assert len(by_code) == len(steps)  # noqa: S101  # one name, one step
    TABLES[record.__tablename__] = Table(record, by_code, settle)


def step_of(subject_kind: str, code: str) -> Step[Any]:
    """The step of that name.

    Refuses:
        UnknownStep: there is none.
    """
    step = TABLES[subject_kind].steps.get(code)
    if step is None:
        raise UnknownStep(step=code)
    return step


def own_step(act: Act, subject: Subject, code: str) -> Step[Any]:
    """The step of that name, told to whose it is: the law is asked before what the step asks for.

    Refuses:
        UnknownStep: there is none of that name.
        NotAllowed: it is somebody else's.
    """
    step = step_of(record_of(subject), code)
    if not allows(act.actor, step.by, subject):
        raise NotAllowed(permission=step.by)
    act.go_on()
    return step


def subject_of(act: Act, kind: str, subject_id: int) -> Any:
    """The matter of that kind and id."""
    return act.session.get_one(TABLES[kind].record, subject_id)


# --- taking a step, by whose it is -----------------------------------------------------------


@demands(Permission.PROCEEDING_HANDLE)
def handle(act: Act, subject: Subject, step: Step[Any], given: Mapping[str, Any]) -> Any:
    """Take a step of the handling prosecutor, or put it forward for approval (RULES 4, 8).

    Refuses:
        NotAllowed: only the handler.
        WrongState: the step is not open from here.
        StepIncomplete: something it asks for is missing.
        StepBarred: the law does not allow it as things stand.
        ProposalAwaited: a proposal awaits its decision.
        NoSuchApprover: a level that has to approve is not registered, and no document is named.

    Records:
        StepTaken, or StepProposed.
    """
    return _begin(act, subject, step, given)


@demands(Permission.PROCEEDING_ANSWER)
def answer(act: Act, subject: Subject, step: Step[Any], given: Mapping[str, Any]) -> Any:
    """Take a step of the organ that sent the case in (检警通).

    Refuses:
        NotAllowed: only that organ.
        WrongState: the step is not open from here.
        StepIncomplete: something it asks for is missing.
        StepBarred: the law does not allow it as things stand.
        ProposalAwaited: a proposal awaits its decision.
        NoSuchApprover: a level that has to approve is not registered.

    Records:
        StepTaken, or StepProposed where somebody else decides.
    """
    return _begin(act, subject, step, given)


@demands(Permission.PROCEEDING_MANAGE)
def manage(act: Act, subject: Subject, step: Step[Any], given: Mapping[str, Any]) -> Any:
    """Register what came in through the single entrance: a court's paper, a party's (RULES 156).

    Refuses:
        NotAllowed: only case management of that procuratorate.
        WrongState: the step is not open from here.
        StepIncomplete: something it asks for is missing.
        StepBarred: the law does not allow it as things stand.
        ProposalAwaited: a proposal awaits its decision.
        NoSuchApprover: a level that has to approve is not registered.

    Records:
        StepTaken, or StepProposed where somebody else decides.
    """
    return _begin(act, subject, step, given)


@demands(Permission.PROCEEDING_NAME_REVIEWER)
def name_reviewer(act: Act, subject: Subject, step: Step[Any], given: Mapping[str, Any]) -> Any:
    """Name another prosecutor where the law demands one (RULES 290, 379).

    Refuses:
        NotAllowed: only case management or the chief procurator of that procuratorate.
        WrongState: the step is not open from here.
        StepIncomplete: nobody is named, or nobody of this procuratorate.
        StepBarred: the handler cannot be the other prosecutor.
        ProposalAwaited: a proposal awaits its decision.
        NoSuchApprover: a level that has to approve is not registered.

    Records:
        StepTaken, or StepProposed where somebody else decides.
    """
    return _begin(act, subject, step, given)


@demands(Permission.PROCEEDING_RECONSIDER)
def reconsider(act: Act, subject: Subject, step: Step[Any], given: Mapping[str, Any]) -> Any:
    """Put forward what the other prosecutor thinks of the objection (RULES 290, 379).

    Refuses:
        NotAllowed: only the prosecutor who was named for it.
        WrongState: the step is not open from here.
        StepIncomplete: something it asks for is missing.
        StepBarred: the law does not allow it as things stand.
        ProposalAwaited: a proposal awaits its decision.
        NoSuchApprover: a level that has to approve is not registered.

    Records:
        StepTaken, or StepProposed where somebody else decides.
    """
    return _begin(act, subject, step, given)


@demands(Permission.PROCEEDING_RE_EXAMINE)
def re_examine(act: Act, subject: Subject, step: Step[Any], given: Mapping[str, Any]) -> Any:
    """Put forward what the procuratorate one level above thinks of it (RULES 291, 380).

    Refuses:
        NotAllowed: only its prosecutors, once the matter is before them.
        WrongState: the step is not open from here.
        StepIncomplete: something it asks for is missing.
        StepBarred: the law does not allow it as things stand.
        ProposalAwaited: a proposal awaits its decision.
        NoSuchApprover: a level that has to approve is not registered.

    Records:
        StepTaken, or StepProposed where somebody else decides.
    """
    return _begin(act, subject, step, given)


FROM_OUTSIDE = frozenset({Permission.PROCEEDING_ANSWER, Permission.PROCEEDING_MANAGE})
"""What others do or ask for waits for no proposal here: one that has lost its state is refused."""
VERBS = {
    Permission.PROCEEDING_HANDLE: handle,
    Permission.PROCEEDING_ANSWER: answer,
    Permission.PROCEEDING_MANAGE: manage,
    Permission.PROCEEDING_NAME_REVIEWER: name_reviewer,
    Permission.PROCEEDING_RECONSIDER: reconsider,
    Permission.PROCEEDING_RE_EXAMINE: re_examine,
}


def take(act: Act, subject: Subject, code: str, given: Mapping[str, Any]) -> Any:
    """Take a step of the table, by the verb of whose it is.

    Refuses:
        UnknownStep: there is none of that name.
    """
    step = step_of(record_of(subject), code)
    return VERBS[step.by](act, subject, step, given)


def _begin(act: Act, subject: Subject, step: Step[Any], given: Mapping[str, Any]) -> Any:
    cases.locked(act, subject.case)
    act.session.refresh(subject, with_for_update=True)
    if not allows(act.actor, step.by, subject):  # handler or reviewer may have changed meanwhile
        raise NotAllowed(permission=step.by)
    taking = _checked(act, subject, step, given)
    office = _deciding_office(act, subject, step)
    deciders = powers.deciders_of(act.session, office, step, subject.case, act.today)
    if deciders.incomplete and not given.get(SUPERIOR_DOCUMENT):
        raise NoSuchApprover(approver=step.approver.value)
    if not deciders.chain:
        if step.by not in FROM_OUTSIDE and awaited(act, subject, step.lane) is not None:
            raise ProposalAwaited
        return _execute(taking, put_by=act.actor.id)
    return _propose(taking, office, deciders)


def _checked(act: Act, subject: Subject, step: Step[Any], given: Mapping[str, Any]) -> Taking:
    if subject.state not in step.sources:
        raise WrongState(state=subject.state, step=step.code)
    taking = Taking(act, subject, step, given)
    _complete(taking)
    for guard in step.guards:
        guard.check(taking)
    return taking


def _complete(taking: Taking) -> None:
    step, given = taking.step, taking.given
    errors = [
        _fault(one.name, "missing", f"请填写：{one.zh}。", f"Missing: {one.en}.")
        for one in step.fields
        if one.required and given.get(one.name) in _NOTHING
    ]
    known = {one.name for one in step.fields}
    errors += [
        _fault(name, "unknown", "没有此项。", "There is no such field.")
        for name in sorted(set(given) - known)
    ]
    for one in step.fields:
        value = given.get(one.name)
        if value is None:
            continue
        if one.kind is FieldKind.INSTANT and isinstance(value, datetime) and value > taking.now:
            errors.append(_fault(one.name, "future", "不得晚于现在。", "Not later than now."))
        if one.kind is FieldKind.PERSON and one.post is not None:
            held = people.holders(
                taking.act.session,
                [PostKind(one.post)],
                taking.subject.procuratorate_id,
                taking.act.today,
            )
            if value not in held:
                errors.append(
                    _fault(one.name, "person", "不是本院该岗位人员。", "Nobody in that post here.")
                )
        if one.kind is FieldKind.CHARGES and not charges.known(taking.act, given[one.name]):
            errors.append(
                _fault(
                    one.name, "charge", "没有此罪名，或者重复填写。", "No such charge, or twice."
                )
            )
        errors += _unreadable(taking, one, value)
    if errors:
        raise StepIncomplete(errors=errors)


def _unreadable(taking: Taking, one: Field, value: Any) -> list[dict[str, Any]]:
    if one.reads is None:
        return []
    try:
        one.reads(taking, value)
    except Unreadable as error:
        return [
            found | {"pointer": f"/given/{one.name}{found['pointer']}"} for found in error.faults
        ]
    return []


def _fault(name: str, code: str, zh: str, en: str) -> dict[str, Any]:
    return fault(f"/given/{name}", code, zh, en)


def _deciding_office(act: Act, subject: Subject, step: Step[Any]) -> Office:
    if step.by is Permission.PROCEEDING_RE_EXAMINE:
        return act.session.get_one(Office, subject.case.raised_to_id)
    return subject.case.procuratorate


def awaited(act: Act, subject: Subject, lane: str | None = None) -> Proposal | None:
    """The proposal in this matter that awaits a decision, in that lane or any."""
    waiting = every_awaited(act, subject)
    return next((one for one in waiting if lane is None or one.lane == lane), None)


def every_awaited(act: Act, subject: Subject) -> list[Proposal]:
    """Every proposal in this matter that awaits a decision, the oldest first."""
    chosen = select(Proposal).where(
        Proposal.subject_kind == record_of(subject),
        Proposal.subject_id == subject.id,
        Proposal.state.in_(AWAITED),
    )
    return list(act.session.scalars(chosen.order_by(Proposal.id)))


def _propose(taking: Taking, office: Office, deciders: powers.Deciders) -> Proposal:
    act, subject, step = taking.act, taking.subject, taking.step
    (post, office_id), *_ = deciders.chain
    proposal = Proposal(
        subject_kind=record_of(subject),
        subject_id=subject.id,
        case_id=subject.case_id,
        suspect_id=subject.suspect_id,
        step=step.code,
        lane=step.lane,
        given={name: as_plain(value) for name, value in taking.given.items()},
        chain=[{"post": one.value, "office_id": where} for one, where in deciders.chain],
        approver_post=post,
        approver_office_id=office_id,
        for_committee=deciders.for_committee and office_id == subject.procuratorate_id,
        power_list_id=deciders.power_list_id,
        put_by=act.actor.id,
        put_office_id=office.id,
        put_at=act.now,
    )
    with act.unless(ONE_AWAITED, ProposalAwaited()):
        act.session.add(proposal)
    flag_modified(subject, "state")
    tasks.finish(act, TaskKind.REVISE_PROPOSAL, subject)
    _ask_to_decide(act, proposal)
    act.record(StepProposed(proposal.id, subject.id, proposal.subject_kind, step.code))
    return proposal


def _ask_to_decide(act: Act, proposal: Proposal) -> None:
    tasks.open_for_pool(
        act,
        TaskKind.DECIDE_PROPOSAL,
        proposal,
        office_id=proposal.approver_office_id,
        post=proposal.approver_post,
        due=_earliest(act, proposal),
    )


def _earliest(act: Act, proposal: Proposal) -> Deadline | None:
    open_ = deadlines.open_of([proposal.suspect_id]).where(Deadline.due_on.is_not(None))
    return act.session.scalars(open_).first()


def _execute(taking: Taking, *, put_by: int, last: Office | None = None) -> TakenStep:
    act, subject, step = taking.act, taking.subject, taking.step
    office = last if step.issued_above and last else _deciding_office(act, subject, step)
    number = numbers.take(act, office, step.document) if step.document else None
    from_state = subject.state
    taken = TakenStep(
        subject_kind=record_of(subject),
        subject_id=subject.id,
        case_id=subject.case_id,
        suspect_id=subject.suspect_id,
        step=step.code,
        given={name: as_plain(value) for name, value in taking.given.items()},
        from_state=from_state.value,
        to_state=(step.target or from_state).value,
        number=number,
        told=step.told,
        by_id=act.actor.id,
        put_by=put_by,
        at=act.now,
        acting=act.delegation_id is not None,
        delegation_id=act.delegation_id,
    )
    act.session.add(taken)
    if step.target is not None:
        subject.state = step.target
    flag_modified(subject, "state")
    act.session.flush()
    for effect in step.effects:
        effect.apply(taking)
    TABLES[taken.subject_kind].settle(act, subject)
    act.record(StepTaken(taken.id, subject.id, taken.subject_kind, step.code, subject.state.value))
    return taken


# --- deciding on a proposal ------------------------------------------------------------------


def visible(act: Act) -> Select[Proposal]:
    """Every proposal that the actor put forward, decides on or heads above, and the own cases'.

    Whoever was recused from the case reads none of it.
    """
    actor = act.actor
    posts = [(PostKind(post), office) for post, office in sorted(actor.posts) if post in _POSTS]
    own = select(Case.id).where(
        Case.handler_id == actor.id,
        Case.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
    )
    return select(Proposal).where(
        or_(
            and_(Proposal.put_by == actor.id, Proposal.put_office_id.in_(actor.offices)),
            tuple_(Proposal.approver_post, Proposal.approver_office_id).in_(posts),
            Proposal.approver_office_id.in_(actor.offices_as(PostKind.DEPARTMENT_HEAD)),
            Proposal.case_id.in_(own),
        ),
        ~exists().where(RECUSALS.c.case_id == Proposal.case_id, RECUSALS.c.person_id == actor.id),
    )


_POSTS = frozenset(post.value for post in PostKind)


def find(act: Act, proposal_id: int) -> Proposal:
    """The proposal, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Proposal.id == proposal_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.PROPOSAL_DECIDE)
def decide(  # noqa: PLR0913  # each by its name
    act: Act,
    proposal: Proposal,
    *,
    outcome: ProposalOutcome,
    note: str | None,
    step: str | None = None,
    given: Mapping[str, Any] | None = None,
) -> Proposal:
    """Approve, return, refuse, decide otherwise, or put it before the committee (RULES 4, 7).

    Approved by every level, the step is taken at that moment, under the guards as they stand
    then; the periods have gone on running.

    Refuses:
        NotAllowed: only who holds the post that decides, where the proposal lies now; and nobody
            by delegation on a proposal of their own.
        ProposalDecided: it was decided before, or is before the committee.
        NoteMissing: it is not simply approved, and no reason is given.
        CommitteeRequired: the power list leaves it to the committee.
        CommitteeElsewhere: it lies before the procuratorate above, whose committee meets elsewhere.
        NotAnAlternative: the step to be taken instead is not one of the handler's.
        NoSuchApprover: a level that has to approve that step is not registered here.
        WrongState: the matter has moved on meanwhile.
        StepIncomplete: the step to be taken instead lacks something.
        StepBarred: the law does not allow it as things stand.
        ProposalAwaited: the step taken instead awaits a decision already.

    Records:
        StepProposed, StepTaken, ProposalRaised, ProposalReturned, ProposalRefused or
        ProposalReferred.
    """
    case = _locked(act, proposal)
    if outcome is not ProposalOutcome.APPROVE and not (note or "").strip():
        raise NoteMissing
    proposal.note = note
    match outcome:
        case ProposalOutcome.RETURN:
            _end(act, proposal, ProposalState.RETURNED)
            _ask_to_revise(act, proposal)
            act.record(ProposalReturned(proposal.id))
        case ProposalOutcome.REFUSE:
            _end(act, proposal, ProposalState.REFUSED)
            _ask_to_revise(act, proposal)
            act.record(ProposalRefused(proposal.id))
        case ProposalOutcome.REFER:
            _refer(act, proposal)
        case ProposalOutcome.OTHERWISE:
            _otherwise(act, proposal, step, given or {})
        case ProposalOutcome.APPROVE:
            if proposal.for_committee:
                raise CommitteeRequired
            _approve(act, proposal, case)
    return proposal


def _locked(act: Act, proposal: Proposal) -> Case:
    case = cases.locked(act, proposal.case)
    act.session.refresh(proposal, with_for_update=True)
    if proposal.state is not ProposalState.PENDING:
        raise ProposalDecided
    if not allows(act.actor, Permission.PROPOSAL_DECIDE, proposal):  # it may lie elsewhere by now
        raise NotAllowed(permission=Permission.PROPOSAL_DECIDE)
    return case


def carry_out(act: Act, proposal: Proposal, *, note: str) -> Proposal:
    """Take the step that the procuratorial committee agreed to; part of its decision.

    Refuses:
        ProposalDecided: it is not before the committee.
    """
    case = _back_from_committee(act, proposal)
    proposal.note = note
    _approve(act, proposal, case)
    return proposal


def turn_down(act: Act, proposal: Proposal, *, note: str) -> Proposal:
    """Send back what the procuratorial committee did not agree to; part of its decision.

    Refuses:
        ProposalDecided: it is not before the committee.
    """
    _back_from_committee(act, proposal)
    proposal.note = note
    _end(act, proposal, ProposalState.REFUSED)
    _ask_to_revise(act, proposal)
    act.record(ProposalRefused(proposal.id))
    return proposal


def _back_from_committee(act: Act, proposal: Proposal) -> Case:
    case = cases.locked(act, proposal.case)
    act.session.refresh(proposal, with_for_update=True)
    if proposal.state is not ProposalState.BEFORE_COMMITTEE:
        raise ProposalDecided
    return case


def _approve(act: Act, proposal: Proposal, case: Case) -> None:
    if proposal.level + 1 < len(proposal.chain):
        proposal.level += 1
        following = proposal.chain[proposal.level]
        proposal.state = ProposalState.PENDING
        tasks.finish(act, TaskKind.DECIDE_PROPOSAL, proposal)
        proposal.approver_post = PostKind(following["post"])
        proposal.approver_office_id = following["office_id"]
        case.raised_to_id = following["office_id"]
        act.session.flush()
        _ask_to_decide(act, proposal)
        act.record(ProposalRaised(proposal.id, proposal.approver_office_id))
        return
    subject = subject_of(act, proposal.subject_kind, proposal.subject_id)
    act.session.refresh(subject, with_for_update=True)
    step = step_of(proposal.subject_kind, proposal.step)
    given = {
        one.name: of_plain(one, proposal.given[one.name])
        for one in step.fields
        if one.name in proposal.given
    }
    taking = _checked(act, subject, step, given)
    _end(act, proposal, ProposalState.APPROVED)
    last = act.session.get_one(Office, proposal.approver_office_id)
    proposal.taken_id = _execute(taking, put_by=proposal.put_by, last=last).id


def _otherwise(act: Act, proposal: Proposal, code: str | None, given: Mapping[str, Any]) -> None:
    step = step_of(proposal.subject_kind, code or "")
    was = step_of(proposal.subject_kind, proposal.step)
    if step.by is not was.by or step.lane != was.lane or step.code == was.code:
        raise NotAnAlternative
    subject = subject_of(act, proposal.subject_kind, proposal.subject_id)
    act.session.refresh(subject, with_for_update=True)
    taking = _checked(act, subject, step, given)
    office = _deciding_office(act, subject, step)
    deciders = powers.deciders_of(act.session, office, step, subject.case, act.today)
    if deciders.incomplete and not given.get(SUPERIOR_DOCUMENT):
        raise NoSuchApprover(approver=step.approver.value)
    _end(act, proposal, ProposalState.OVERRULED)
    act.session.flush()
    if len(deciders.chain) > 1 or deciders.for_committee:
        higher = _propose(taking, office, deciders)
        if higher.for_committee:
            _refer(act, higher)
        else:
            _approve(act, higher, subject.case)
    else:
        proposal.taken_id = _execute(taking, put_by=proposal.put_by).id


def _refer(act: Act, proposal: Proposal) -> None:
    if proposal.approver_office_id != proposal.procuratorate_id:
        raise CommitteeElsewhere
    proposal.state = ProposalState.BEFORE_COMMITTEE
    tasks.finish(act, TaskKind.DECIDE_PROPOSAL, proposal)
    act.record(ProposalReferred(proposal.id))


def _end(act: Act, proposal: Proposal, state: ProposalState) -> None:
    proposal.state = state
    proposal.decided_by, proposal.decided_at = act.actor.id, act.now
    proposal.delegation_id = act.delegation_id
    act.session.flush()
    tasks.finish(act, TaskKind.DECIDE_PROPOSAL, proposal)


def _ask_to_revise(act: Act, proposal: Proposal) -> None:
    subject = subject_of(act, proposal.subject_kind, proposal.subject_id)
    flag_modified(subject, "state")
    own = step_of(proposal.subject_kind, proposal.step).by is Permission.PROCEEDING_HANDLE
    tasks.cancel(act, TaskKind.REVISE_PROPOSAL, subject)
    act.session.flush()
    tasks.open_for_person(
        act,
        TaskKind.REVISE_PROPOSAL,
        subject,
        person_id=(own and subject.handler_id) or proposal.put_by,
        due=_earliest(act, proposal),
    )


@demands(Permission.PROPOSAL_WITHDRAW)
def withdraw(act: Act, proposal: Proposal) -> Proposal:
    """Take a proposal back before it is decided.

    Refuses:
        NotAllowed: only who put it forward.
        ProposalDecided: it was decided, or is before the committee.

    Records:
        ProposalWithdrawn.
    """
    act.session.refresh(proposal, with_for_update=True)
    if proposal.state is not ProposalState.PENDING:
        raise ProposalDecided
    _end(act, proposal, ProposalState.WITHDRAWN)
    act.record(ProposalWithdrawn(proposal.id))
    return proposal


@demands(Permission.PROPOSAL_REMARK)
def remark(act: Act, proposal: Proposal, *, kind: RemarkKind, words: str) -> Remark:
    """Put the head's view (RULES 6¶2), or the handler's objection (RULES 7¶2), beside it.

    Neither decides anything; an order that stays as it was is obeyed.

    Refuses:
        NotAllowed: only the head of the department there, and who put it forward; nobody reviews
            an own proposal, and nobody objects in another's name.

    Records:
        RemarkGiven.
    """
    own = proposal.put_by == act.actor.id
    if kind is (RemarkKind.REVIEW if own else RemarkKind.OBJECTION):
        raise NotAllowed(permission=Permission.PROPOSAL_REMARK)
    said = Remark(proposal_id=proposal.id, kind=kind, words=words, by_id=act.actor.id, at=act.now)
    proposal.remarks.append(said)
    flag_modified(proposal, "state")
    act.session.flush()
    act.record(RemarkGiven(proposal.id, said.id, kind.value))
    return said


# --- reading ---------------------------------------------------------------------------------


def open_steps(act: Act, subject: Subject) -> list[Step[Any]]:
    """The steps that the law gives the actor here and that are open now, in the table's order."""
    table = TABLES[record_of(subject)]
    shut = {one.lane for one in every_awaited(act, subject)}
    return [
        step
        for step in table.steps.values()
        if subject.state in step.sources
        and allows(act.actor, step.by, subject)
        and (step.by in FROM_OUTSIDE or step.lane not in shut)
    ]


def taken_in(act: Act, subjects: Collection[Subject]) -> list[TakenStep]:
    """Every step taken in these matters, the oldest first; the organ reads what it is told."""
    matters = sorted({(record_of(one), one.id) for one in subjects})
    chosen = select(TakenStep).where(
        tuple_(TakenStep.subject_kind, TakenStep.subject_id).in_(matters)
    )
    shown = chosen.options(joinedload(TakenStep.by)).order_by(TakenStep.id)
    return list(act.session.scalars(shown))


def taken_before(act: Act, subject: Subject) -> list[TakenStep]:
    """Steps taken for the suspect in earlier cases: the file comes along (RULES 328)."""
    chosen = select(TakenStep).where(
        TakenStep.subject_kind == record_of(subject),
        TakenStep.suspect_id == subject.suspect_id,
        TakenStep.case_id < subject.case_id,
    )
    shown = chosen.options(joinedload(TakenStep.by)).order_by(TakenStep.id)
    return list(act.session.scalars(shown))


def awaited_in(act: Act, subjects: Collection[Subject]) -> dict[int, int]:
    """The proposal that awaits a decision in each of these matters of one kind, by the matter."""
    kinds = {record_of(one) for one in subjects}
    chosen = select(Proposal.subject_id, func.min(Proposal.id)).where(
        Proposal.subject_kind.in_(kinds),
        Proposal.subject_id.in_([one.id for one in subjects]),
        Proposal.state.in_(AWAITED),
    )
    rows = act.session.execute(chosen.group_by(Proposal.subject_id)).all()
    return {row[0]: row[1] for row in rows}


def times(act: Act, subject: Subject, *codes: str) -> int:
    """How often one of these steps was taken for the suspect, in whichever case."""
    chosen = select(TakenStep.id).where(
        TakenStep.suspect_id == subject.suspect_id, TakenStep.step.in_(codes)
    )
    return len(act.session.scalars(chosen).all())


def latest(act: Act, subject: Subject, *codes: str) -> TakenStep | None:
    """The last time that one of these steps was taken in this matter."""
    chosen = select(TakenStep).where(
        TakenStep.subject_kind == record_of(subject),
        TakenStep.subject_id == subject.id,
        TakenStep.step.in_(codes),
    )
    return act.session.scalars(chosen.order_by(TakenStep.id.desc())).first()


def allowed(act: Act, proposal: Proposal) -> list[str]:
    """What the reader may do with a proposal now: for the phone's buttons, not a promise."""
    pending = proposal.state is ProposalState.PENDING
    found = []
    if pending and allows(act.actor, Permission.PROPOSAL_DECIDE, proposal):
        found += [
            one.value
            for one in ProposalOutcome
            if not (proposal.for_committee and one is ProposalOutcome.APPROVE)
        ]
    if allows(act.actor, Permission.PROPOSAL_REMARK, proposal):
        found.append("remark")
    if pending and allows(act.actor, Permission.PROPOSAL_WITHDRAW, proposal):
        found.append("withdraw")
    return found


def alternatives(act: Act, proposal: Proposal) -> list[Step[Any]]:
    """What may be decided instead of it (RULES 7): steps of the same hand and of the same kind."""
    if "otherwise" not in allowed(act, proposal):
        return []
    was = step_of(proposal.subject_kind, proposal.step)
    subject = subject_of(act, proposal.subject_kind, proposal.subject_id)
    return [
        step
        for step in TABLES[proposal.subject_kind].steps.values()
        if step.by is was.by
        and step.lane == was.lane
        and step.code != was.code
        and subject.state in step.sources
    ]


def with_names(chosen: Select[Proposal]) -> Select[Proposal]:
    """The same proposals, with what a list shows of each, in one query."""
    return chosen.options(
        joinedload(Proposal.case), joinedload(Proposal.suspect), joinedload(Proposal.proposer)
    )
