"""Adding suspects to a case, establishing who they are, splitting a case, and merging two.

A suspect's periods are the suspect's own: nothing here starts, moves or ends one of them, but the
own periods of somebody new, which run from when they are put forward.
"""

from collections.abc import Callable, Collection, Mapping
from types import ModuleType

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import flag_modified

from services import (
    activities,
    arrest_requests,
    arrest_reviews,
    cases,
    deadlines,
    numbers,
    packets,
    proceedings,
    prosecutions,
    supervision_opinions,
    tasks,
    transfers,
)
from services.arrest_requests.drafts import SuspectDraft
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Flag
from services.arrest_reviews import ArrestReview, ReviewState
from services.arrest_reviews.flow import DECIDED
from services.assignments import Assignment, AssignmentKind, Recusal
from services.cases import (
    Case,
    CaseClosed,
    CaseKind,
    CaseReader,
    CaseState,
    Identity,
    case_suspects,
)
from services.cases.flow import OPEN
from services.charges import Charge
from services.deadlines import Keepers
from services.interrogations import consequences
from services.kernel.act import Act
from services.kernel.refusals import Conflict, NotAllowed, NotFound, Stale, Unprocessable
from services.memberships.events import CaseDivided, CasesMerged, SuspectAdded, SuspectMoved
from services.memberships.records import SplitReason
from services.numbers import Mark
from services.offices import Office, OfficeKind
from services.policy import Permission, PostKind, allows, demands
from services.proceedings.records import AWAITED
from services.proceedings.records import Proposal as StepProposal
from services.prosecutions import Prosecution
from services.tasks import TaskKind

Matter = ArrestReview | Prosecution
FOLLOWERS: list[Callable[[Act, Case, Case], None]] = []
"""Slices above sign up here when they are imported: what they keep of a case that was merged is of
the other one, which is named last."""


class SuspectIncomplete(Unprocessable):
    """What the periods and the review hang on is missing or cannot be so: sex, measure, charges."""

    zh = "请填写性别、强制措施和涉嫌罪名；姓名不明的可以不填。"


class NobodyNamed(Unprocessable):
    """It is not said who gets the new case."""

    zh = "请选择另案办理的犯罪嫌疑人。"


class SuspectUnknown(Unprocessable):
    """Somebody named is not in this case."""

    zh = "所选犯罪嫌疑人不在本案。"


class NobodyLeft(Conflict):
    """A case is split only if somebody stays in it."""

    zh = "分案后原案应当至少有一名犯罪嫌疑人。"


class DecisionAwaited(Conflict):
    """Something of these suspects awaits a decision; it is decided or withdrawn first."""

    zh = "所涉犯罪嫌疑人有报批意见待审批，应当先审批或者撤回。"


class NotOfOneKind(Conflict):
    """Only cases of one kind, of one organ and before one procuratorate become one."""

    zh = "同一检察院办理的、同一机关移送的同类案件才能并案。"


class NotTheLater(Conflict):
    """The later case goes over into the earlier one."""

    zh = "应当将受理在后的案件并入受理在先的案件。"


class NoHandlerThere(Conflict):
    """A case that is handled goes over only into one that is handled as well."""

    zh = "受理在先的案件尚未分配承办人，应当先分案。"


class SuspectInBoth(Conflict):
    """One suspect is in both cases: each review has to be ended on its own."""

    zh = "同一犯罪嫌疑人同时在两案中，不能直接并案。"


class HandlerKeptAway(Conflict):
    """The handler of the earlier case is recused from the later one (CPL 29)."""

    zh = "受理在先案件的承办人在另一案中已经回避，应当先变更承办人。"


def member(case: Case, suspect_id: int) -> Suspect:
    """The suspect of that id in the case; otherwise there is none.

    Refuses:
        NotFound: nobody of that id is in the case.
    """
    found = next((one for one in case.suspects if one.id == suspect_id), None)
    if found is None:
        raise NotFound
    return found


@demands(Permission.CASE_ADD_SUSPECT)
def add_suspect(act: Act, case: Case, draft: SuspectDraft) -> Suspect:
    """Add a suspect who was found later, also one whose name is not known (RULES 288, 356).

    The suspect gets a review of the own, whose periods run from now; the name may be established
    later (CPL 160¶2).

    Refuses:
        NotAllowed: only the organ that investigates, the handler and case management.
        Stale: the case has changed since it was read.
        WrongState: the case is decided, closed or merged.
        SuspectIncomplete: sex, measure or charges are missing, or something named is not there.

    Records:
        SuspectAdded.
    """
    _still(act, case)
    cases.move(case, "take_in")
    _complete(act, draft)
    if case.kind is CaseKind.ARREST:
        assert case.request is not None  # noqa: S101  # the database holds it
        suspect = arrest_requests.put_forward(act, case.request, draft)
    else:
        assert case.transfer is not None  # noqa: S101  # the database holds it
        suspect = transfers.name_also(act, case.transfer, draft)
    case.suspects.append(suspect)
    act.session.flush()
    if case.handler_id is not None:
        deadlines.hand_over(act, [suspect.id], case.handler_id)
        _stage(case).take_in(act, case, suspect)
    act.record(SuspectAdded(case.id, suspect.id))
    return suspect


def _complete(act: Act, draft: SuspectDraft) -> None:
    named = set(draft.charge_ids)
    charges = act.session.scalars(select(Charge.id).where(Charge.id.in_(named))).all()
    centre = draft.detention_centre_id
    known = select(Office.id).where(Office.id == centre, Office.kind == OfficeKind.DETENTION_CENTRE)
    began_at = draft.measure_began_at
    lacks = {
        "sex": draft.sex is None,
        "measure": draft.measure is None,
        "charge_ids": not named or len(charges) != len(named),
        "measure_began_at": began_at is not None and began_at > act.now,
        "born_on": draft.born_on is not None and draft.born_on > act.today,
        "act_on": draft.act_on is not None and draft.act_on > act.today,
        "detention_centre_id": centre is not None and act.session.scalar(known) is None,
    }
    errors = [
        {
            "pointer": f"/{name}",
            "code": "missing",
            "detail": {"zh": zh, "en": en},
            "severity": "error",
        }
        for name, (zh, en) in _WANTED.items()
        if lacks[name]
    ]
    if errors:
        raise SuspectIncomplete(errors=errors)


_WANTED = {
    "sex": ("请填写性别。", "State the sex."),
    "measure": ("请填写强制措施。", "State the compulsory measure."),
    "charge_ids": ("请选择已登记的涉嫌罪名。", "Name charges of the register."),
    "measure_began_at": (
        "强制措施开始时间不得晚于现在。",
        "The measure cannot begin later than now.",
    ),
    "born_on": ("出生日期不得晚于今日。", "Nobody is born later than today."),
    "act_on": ("行为日期不得晚于今日。", "The act cannot lie ahead."),
    "detention_centre_id": ("没有这一看守所。", "There is no such detention centre."),
}


@demands(Permission.CASE_IDENTIFY)
def identify(act: Act, case: Case, *, suspect_id: int, identity: Identity, basis: str) -> Suspect:
    """Establish who a suspect of the case is; what was known before is kept (CPL 160¶2).

    No period moves. Whoever is found to be a minor gets a lawyer: the days for that run from now
    (RULES 460).

    Refuses:
        NotAllowed: only the organ that investigates, the handler and case management.
        Stale: the case has changed since it was read.
        NotFound: nobody of that id is in the case.
        IdentityMissing: no name, or nothing on which it rests.
        NothingNew: the suspect is known by exactly this already.

    Records:
        SuspectIdentified.
    """
    _still(act, case)
    suspect = member(case, suspect_id)
    before = Flag.MINOR.value in suspect.flags
    cases.identify(act, suspect, identity, basis=basis)
    if Flag.MINOR.value in suspect.flags and not before:
        _ask_for_a_lawyer(act, case, suspect)
    return suspect


def _ask_for_a_lawyer(act: Act, case: Case, suspect: Suspect) -> None:
    running = deadlines.open_of([suspect.id])
    if any(one.rule_id == "R06c" for one in act.session.scalars(running)):
        return
    deadlines.start(
        act,
        "R06c",
        case.origin,
        suspect_id=suspect.id,
        keepers=Keepers(case.procuratorate_id, case.police_office_id, case.handler_id),
        started_at=act.now,
        custody=suspect.custody,
    )


@demands(Permission.CASE_SPLIT)
def split(act: Act, case: Case, *, suspect_ids: Collection[int], reason: SplitReason) -> Case:
    """Give some suspects a case of their own, under its own number and the same handler (分案).

    Minors are as a rule handled apart from adults (RULES 459). What was done, what runs and the
    tasks go along; nobody's period moves.

    Refuses:
        NotAllowed: only the handler and case management.
        Stale: the case has changed since it was read.
        WrongState: the case is decided, closed or merged.
        NobodyNamed: nobody is to be moved.
        SuspectUnknown: somebody named is not in the case.
        NobodyLeft: nobody would stay.
        DecisionAwaited: something of theirs awaits a decision.

    Records:
        CaseDivided, SuspectMoved for each, and CaseClosed where nothing is left to decide.
    """
    _still(act, case)
    cases.move(case, "split")
    moved = _named(case, suspect_ids)
    _nothing_awaited(act, case, moved)
    new = Case(
        kind=case.kind,
        number=numbers.take(act, case.procuratorate, _MARKS[case.kind]),
        procuratorate_id=case.procuratorate_id,
        police_office_id=case.police_office_id,
        arrest_request_id=case.arrest_request_id,
        transfer_id=case.transfer_id,
        list=case.list,
        state=case.state,
        handler_id=case.handler_id,
        raised_to_id=case.raised_to_id,
        split_from_id=case.id,
        accepted_at=act.now,
        accepted_by=act.actor.id,
    )
    act.session.add(new)
    act.session.flush()
    _keep_the_handler(act, case, new)
    _keep_away_and_open(act, case, new)
    _move(act, case, new, moved)
    act.record(CaseDivided(case.id, new.id, reason.value))
    for one in (case, new):
        _settle(act, one)
    return new


@demands(Permission.CASE_MERGE)
def merge(act: Act, case: Case, *, into: Case) -> Case:
    """Let a case go over into an earlier one of the same kind and office, with its handler (并案).

    Refuses:
        NotAllowed: only the handler of both, and case management.
        Stale: the later case has changed since it was read.
        NotTheLater: the other one was accepted later, or is the same.
        NotOfOneKind: another kind, organ or procuratorate.
        WrongState: one of them is decided, closed or merged.
        NoHandlerThere: the later one is handled and the earlier one is not.
        HandlerKeptAway: the earlier one's handler is recused from the later one.
        SuspectInBoth: somebody is in both.
        DecisionAwaited: something of the later one awaits a decision.

    Records:
        CasesMerged, and SuspectMoved for each.
    """
    if not allows(act.actor, Permission.CASE_MERGE, into):
        raise NotAllowed(permission=Permission.CASE_MERGE)
    if into.id >= case.id:
        raise NotTheLater
    cases.locked(act, into)
    _still(act, case)
    if _sort_of(case) != _sort_of(into):
        raise NotOfOneKind
    cases.move(into, "take_in")
    handled = case.state is CaseState.ASSIGNED
    _may_go_over(act, case, into)
    moved = list(case.suspects)
    _nothing_awaited(act, case, moved)
    case.merged_into_id = into.id
    cases.move(case, "merge")
    tasks.cancel(act, TaskKind.ASSIGN_CASE, case)
    _keep_away_and_open(act, case, into)
    into.raised_to_id = into.raised_to_id or case.raised_to_id
    same = case.handler_id == into.handler_id
    _move(act, case, into, moved)
    case.handler_id = into.handler_id
    act.session.flush()
    if into.handler_id is not None and not same:
        deadlines.hand_over(act, [one.id for one in moved], into.handler_id)
        if handled:
            _stage(into).hand_over(act, into)
    if into.handler_id is not None and not handled:
        for one in moved:
            _stage(into).take_in(act, into, one)
    consequences.handler_changed(act, into)
    activities.went_over(act, case, into)
    packets.handler_changed(act, into)
    supervision_opinions.went_over(act, case, into)
    for follow in FOLLOWERS:
        follow(act, case, into)
    act.record(CasesMerged(into.id, case.id))
    return into


def _still(act: Act, case: Case) -> None:
    """Hold the case as it was read, and let whoever read it before know that it changed."""
    seen = case.version
    if cases.locked(act, case).version != seen:
        raise Stale
    flag_modified(case, "state")


def _sort_of(case: Case) -> tuple[CaseKind, int, int]:
    return case.kind, case.procuratorate_id, case.police_office_id


def _may_go_over(act: Act, case: Case, into: Case) -> None:
    if case.handler_id is not None and into.handler_id is None:
        raise NoHandlerThere
    kept_away = select(Recusal).where(
        Recusal.case_id == case.id, Recusal.person_id == into.handler_id
    )
    if act.session.scalars(kept_away).first() is not None:
        raise HandlerKeptAway
    here = {one.id for one in into.suspects}
    if any(one.id in here for one in case.suspects):
        raise SuspectInBoth


_MARKS = {CaseKind.ARREST: Mark.ARREST_CASE, CaseKind.PROSECUTION: Mark.PROSECUTION_CASE}


def _stage(case: Case) -> ModuleType:
    return arrest_reviews if case.kind is CaseKind.ARREST else prosecutions


def _named(case: Case, suspect_ids: Collection[int]) -> list[Suspect]:
    wanted = set(suspect_ids)
    if not wanted:
        raise NobodyNamed
    moved = [one for one in case.suspects if one.id in wanted]
    if len(moved) != len(wanted):
        raise SuspectUnknown
    if len(moved) == len(case.suspects):
        raise NobodyLeft
    return moved


def _matters(act: Act, case: Case) -> list[Matter]:
    found: list[Matter] = list(_stage(case).of_case(act, case))
    return found


def _nothing_awaited(act: Act, case: Case, moved: Collection[Suspect]) -> None:
    ids = {one.id for one in moved}
    awaited = select(StepProposal.id).where(
        StepProposal.case_id == case.id,
        StepProposal.suspect_id.in_(ids),
        StepProposal.state.in_(AWAITED),
    )
    if act.session.scalars(awaited).first() is not None or any(
        one.suspect_id in ids and one.state is ReviewState.AWAITING_APPROVAL
        for one in _matters(act, case)
    ):
        raise DecisionAwaited


def _move(act: Act, case: Case, to: Case, moved: Collection[Suspect]) -> None:
    """Let everything of these suspects stand in the other case."""
    ids = [one.id for one in moved]
    matters = [one for one in _matters(act, case) if one.suspect_id in ids]
    act.session.execute(
        update(case_suspects)
        .where(case_suspects.c.case_id == case.id, case_suspects.c.suspect_id.in_(ids))
        .values(case_id=to.id)
    )
    for one in matters:
        one.case = to
    put = select(StepProposal).where(
        StepProposal.case_id == case.id, StepProposal.suspect_id.in_(ids)
    )
    for proposal in act.session.scalars(put):
        proposal.case_id = to.id
    consequences.went_over(act, case, to, ids)
    act.session.flush()
    act.session.expire(case, ["suspects"])
    act.session.expire(to, ["suspects"])
    for one_id in ids:
        act.record(SuspectMoved(case.id, one_id, to.id))


def _keep_the_handler(act: Act, case: Case, new: Case) -> None:
    """The same prosecutor goes on with it (RULES 8); one without any is to be assigned."""
    if case.handler_id is None:
        tasks.open_for_pool(
            act,
            TaskKind.ASSIGN_CASE,
            new,
            office_id=new.procuratorate_id,
            post=PostKind.CASE_MANAGER,
            due=new.origin.earliest_due(act.session),
        )
        return
    act.session.add(
        Assignment(
            case_id=new.id,
            kind=AssignmentKind.SAME_HANDLER,
            handler_id=case.handler_id,
            by_id=act.actor.id,
            at=act.now,
        )
    )


def _keep_away_and_open(act: Act, case: Case, to: Case) -> None:
    """Whoever is recused from the one is from the other; whoever may read the one may the other."""
    recused = select(Recusal).where(Recusal.case_id == case.id)
    for one in act.session.scalars(recused).all():
        act.session.merge(
            Recusal(
                case_id=to.id,
                person_id=one.person_id,
                ground=one.ground,
                recorded_by=one.recorded_by,
                recorded_at=one.recorded_at,
            )
        )
    for reader in list(case.readers):
        act.session.merge(
            CaseReader(case_id=to.id, person_id=reader.person_id, opened_at=reader.opened_at)
        )
    act.session.flush()
    act.session.expire(to, ["readers"])


def _settle(act: Act, case: Case) -> None:
    """A case of which everything is decided is decided, or closed, as if it had been so at once."""
    if case.state is not CaseState.ASSIGNED:
        return
    matters = _matters(act, case)
    if case.kind is CaseKind.PROSECUTION:
        proceedings.TABLES[Prosecution.__tablename__].settle(act, matters[0])
    elif all(one.state in DECIDED for one in matters):
        cases.move(case, "decide")
        if all(isinstance(one, ArrestReview) and one.receipt for one in matters):
            cases.move(case, "close")
            consequences.case_closed(act, case)
            act.record(CaseClosed(case.id))


STEPS: Mapping[str, tuple[Permission, frozenset[CaseState]]] = {
    "add_suspect": (Permission.CASE_ADD_SUSPECT, OPEN),
    "identify": (Permission.CASE_IDENTIFY, frozenset(CaseState) - {CaseState.MERGED}),
    "split": (Permission.CASE_SPLIT, OPEN),
    "merge": (Permission.CASE_MERGE, OPEN),
    "link": (Permission.CASE_LINK, frozenset(CaseState)),
}
"""What a phone may offer, the power it needs and the states in which it is open."""


def allowed(act: Act, case: Case) -> list[str]:
    """The steps that the law gives the actor and that are open now."""
    return [
        name
        for name, (permission, states) in STEPS.items()
        if case.state in states
        and allows(act.actor, permission, case)
        and (name != "split" or len(case.suspects) > 1)
    ]
