"""Assigning cases: by rotation as a rule, by designation as an exception."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict
from types import ModuleType
from typing import Any

from sqlalchemy import or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from services import (
    activities,
    arrest_reviews,
    cases,
    deadlines,
    oversight,
    packets,
    people,
    policy,
    prosecutions,
    supervision_opinions,
    tasks,
)
from services.arrest_requests.records import Suspect
from services.assignments import verifier
from services.assignments.events import (
    CaseAssigned,
    HandlerChanged,
    HandlerRecused,
    RotationCommitted,
)
from services.assignments.records import (
    Assignment,
    AssignmentKind,
    ExclusionReason,
    Recusal,
    RecusalGround,
    RotationList,
    RotationLoad,
)
from services.assignments.rotation import (
    FULL,
    Candidate,
    anchor_of,
    draw,
    drawn_after,
    seed_of,
)
from services.assignments.shares import shares_on
from services.assignments.teams import led_on
from services.cases import Case, CaseKind, CaseList, case_suspects
from services.interrogations import consequences
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, NotFound, Stale, Unprocessable
from services.offices import Office, OfficeKind
from services.people import Leave, Post, Speciality, SpecialityCode
from services.policy import Permission, PostKind, demands
from services.tasks import TaskKind

FOLLOWERS: list[Callable[[Act, Case], None]] = []
"""Slices above sign up here when they are imported: their open work follows the handler too."""
CHAIN = 4096
"""Draws that one published anchor commits to; then the list gets a new one."""


class NobodyEligible(Conflict):
    """No prosecutor can be drawn for this case; designate one."""

    zh = "没有符合条件的检察官可供随机分案，请指定承办人。"


class NotEligible(Unprocessable):
    """That person cannot handle this case."""

    zh = "该人员不能承办此案。"


class NotAnApprover(Unprocessable):
    """Designation and change of handler are approved by a chief procurator of this office."""

    zh = "指定或者变更承办人须经本院检察长批准。"


class NotTheChiefsToDecide(Unprocessable):
    """The chief procurator decides on the recusal of the own staff, never on a chief's."""

    zh = "检察长只能决定本院其他检察人员的回避；检察长的回避由检察委员会讨论决定。"


@demands(Permission.ROTATION_OPEN)
def open_lists(act: Act, office: Office) -> None:
    """Open a procuratorate's lists and commit to their seeds, before any case comes in.

    Opening again changes nothing. A list that was never opened opens with its first draw; that
    draw's `committed_at` then shows that its seed was not fixed before the case.

    Refuses:
        NotAllowed: only the installation itself.

    Records:
        RotationCommitted, twice for each list: the chain in use and the one after it.
    """
    if office.kind is OfficeKind.PROCURATORATE:
        for list_ in CaseList:
            _open_list(act, office.id, list_)


@demands(Permission.CASE_ASSIGN)
def assign(act: Act, case: Case) -> Assignment:
    """Give the case to the earlier stage's handler if there is one, else to whom the draw names.

    Random assignment is the rule, designation the exception; one prosecutor carries a case
    through its stages (RULES 8). A team is drawn under its lead (RULES 5). Only prosecutors
    trained for minors draw a minor's case (RULES 458), nobody on leave or recused does (CPL 29).

    Refuses:
        NotAllowed: only case management of that procuratorate assigns.
        WrongState: the case has a handler.
        NobodyEligible: everybody is excluded; the exclusions say why.

    Records:
        CaseAssigned, and RotationCommitted when a chain of seeds is used up.
    """
    _without_handler(act, case)
    may_handle, exclusions = _eligible(act, case)
    eligible = may_handle - {one["person_id"] for one in exclusions}
    earlier = _earlier_handler(act, case)
    if earlier in may_handle:
        assignment = Assignment(kind=AssignmentKind.SAME_HANDLER, handler_id=earlier)
    elif eligible:
        assignment = _drawn(act, case, eligible)
    else:
        raise NobodyEligible(exclusions=exclusions)
    assignment.exclusions = exclusions
    return _assigned(act, case, assignment)


@demands(Permission.CASE_DESIGNATE)
def designate(
    act: Act, case: Case, *, handler_id: int, reason: str, approver_id: int
) -> Assignment:
    """Give the case to a named prosecutor (指定分案), with the reason and who approved it.

    Refuses:
        NotAllowed: only case management or the chief procurator of that procuratorate.
        WrongState: the case has a handler.
        NotEligible: not a prosecutor of this procuratorate today, or recused.
        NotAnApprover: the approver is not its chief procurator.

    Records:
        CaseAssigned.
    """
    _without_handler(act, case)
    _may_handle(act, case, handler_id)
    delegation_id = _approves(act, case, approver_id)
    return _assigned(
        act,
        case,
        Assignment(
            kind=AssignmentKind.DESIGNATED,
            handler_id=handler_id,
            reason=reason,
            approver_id=approver_id,
            delegation_id=delegation_id,
        ),
    )


@demands(Permission.CASE_DESIGNATE)
def change_handler(
    act: Act, case: Case, *, handler_id: int, reason: str, approver_id: int
) -> Assignment:
    """Hand the case over to another prosecutor, with the reason and who approved it.

    No clock starts anew: the periods belong to the suspect, not to the handler.

    Refuses:
        NotAllowed: only case management or the chief procurator of that procuratorate.
        Stale: the case has changed since it was read.
        WrongState: the case has no handler yet, or was merged into another.
        NotEligible: not a prosecutor of this procuratorate today, recused, or already the handler.
        NotAnApprover: the approver is not its chief procurator.

    Records:
        HandlerChanged.
    """
    _still(act, case)
    cases.move(case, "change_handler")
    before = case.handler_id
    if before is None or before == handler_id:
        raise NotEligible(person_id=handler_id)
    _may_handle(act, case, handler_id)
    delegation_id = _approves(act, case, approver_id)
    assignment = Assignment(
        kind=AssignmentKind.CHANGED,
        handler_id=handler_id,
        reason=reason,
        approver_id=approver_id,
        delegation_id=delegation_id,
    )
    _keep(act, case, assignment)
    _stage(case).hand_over(act, case)
    act.record(HandlerChanged(case.id, assignment.id, before, handler_id))
    return assignment


@demands(Permission.CASE_RECUSE)
def recuse(act: Act, case: Case, *, person_id: int, ground: RecusalGround) -> Recusal:
    """Keep a prosecutor away from the case; a recused handler's case is assigned anew.

    The chief procurator decides on the recusal of staff, the procuratorial committee on that of
    a chief procurator, the police on that of their officers (CPL 31; RULES 29). Whether what a
    recused prosecutor has done stands, the chief procurator decides (RULES 36): an opinion that
    awaits approval stays, and can be sent back once the case has a handler again.

    Refuses:
        NotAllowed: only the chief procurator of that procuratorate.
        NotTheChiefsToDecide: a chief procurator, or nobody of that procuratorate.
        Stale: the case has changed since it was read.
        WrongState: the case was merged into another.

    Records:
        HandlerRecused.
    """
    _still(act, case)
    if not _under_the_chief(act, case, person_id):
        raise NotTheChiefsToDecide(person_id=person_id)
    for one in (case, *_linked(act, case)):
        if one.handler_id == person_id:
            _lose(act, one)
        cases.close_to(act, one, person_id)
        name_another(act, one, person_id)
        consequences.recused(act, one, person_id)
    recusal = Recusal(
        case_id=case.id,
        person_id=person_id,
        ground=ground,
        recorded_by=act.actor.id,
        recorded_at=act.now,
    )
    act.session.merge(recusal)
    act.record(HandlerRecused(case.id, person_id, ground.value))
    return recusal


def _linked(act: Act, case: Case) -> list[Case]:
    """The other cases of these suspects here: whoever is recused from one keeps none of them."""
    others = cases.of_suspects(_suspect_ids(case)).where(
        Case.id != case.id, Case.procuratorate_id == case.procuratorate_id
    )
    return list(act.session.scalars(others))


def _lose(act: Act, case: Case) -> None:
    """Take the case from its recused handler; somebody else is to be assigned."""
    cases.move(case, "lose_handler")
    case.handler_id = None
    cases.follow(act, case)
    deadlines.hand_over(act, _suspect_ids(case), None)
    _stage(case).release(act, case)
    oversight.hand_over(act, case)
    _let_follow(act, case)
    tasks.open_for_pool(
        act,
        TaskKind.ASSIGN_CASE,
        case,
        office_id=case.procuratorate_id,
        post=PostKind.CASE_MANAGER,
        due=case.origin.earliest_due(act.session),
    )


def _without_handler(act: Act, case: Case) -> None:
    """Hold a case that nobody handles, and take it to where it is handled."""
    cases.locked(act, case)
    if case.handler_id is not None:
        raise WrongState(state=case.state, step="assign")
    cases.move(case, "assign")


def name_another(act: Act, case: Case, person_id: int) -> None:
    """Whoever is kept away or leaves was the other prosecutor: another is to be named."""
    for matter in _stage(case).of_case(act, case):
        if matter.reviewer_id == person_id:
            matter.reviewer_id = None
            tasks.cancel(act, TaskKind.RECONSIDER, matter)
            tasks.open_for_pool(
                act,
                TaskKind.NAME_REVIEWER,
                matter,
                office_id=case.procuratorate_id,
                post=PostKind.CASE_MANAGER,
            )


def find(act: Act, assignment_id: int) -> Assignment:
    """The assignment, if its case is visible to the actor; otherwise it does not exist."""
    found = act.session.get(Assignment, assignment_id)
    if found is None:
        raise NotFound
    of_case(act, cases.find(act, found.case_id))
    return found


@demands(Permission.ASSIGNMENT_READ)
def of_case(act: Act, case: Case) -> list[Assignment]:
    """Every assignment of the case, the oldest first, for those who may replay the draw.

    Refuses:
        NotAllowed: the police do not see the procuratorate's draw.

    Records:
        Nothing: it is read.
    """
    found = select(Assignment).where(Assignment.case_id == case.id).order_by(Assignment.id)
    return list(act.session.scalars(found))


def _stage(case: Case) -> ModuleType:
    """The slice whose work the case is."""
    return arrest_reviews if case.kind is CaseKind.ARREST else prosecutions


def _assigned(act: Act, case: Case, assignment: Assignment) -> Assignment:
    _keep(act, case, assignment)
    _stage(case).begin(act, case)
    act.record(CaseAssigned(case.id, assignment.id, assignment.handler_id))
    return assignment


def _keep(act: Act, case: Case, assignment: Assignment) -> None:
    assignment.case_id, assignment.by_id, assignment.at = case.id, act.actor.id, act.now
    case.handler_id = assignment.handler_id
    cases.follow(act, case)
    _open_to_team(act, case, assignment)
    act.session.add(assignment)
    act.session.flush()
    deadlines.hand_over(act, _suspect_ids(case), case.handler_id)
    oversight.hand_over(act, case)
    act.session.refresh(case, ["handler"])
    consequences.handler_changed(act, case)
    _let_follow(act, case)


def _open_to_team(act: Act, case: Case, assignment: Assignment) -> None:
    """Whoever leads a team handles the case with it (RULES 5); the team before reads no more."""
    before = select(Assignment.member_ids).where(Assignment.case_id == case.id)
    latest = act.session.scalar(before.order_by(Assignment.id.desc()).limit(1)) or []
    led = led_on(act.session, case.procuratorate_id, act.today)
    team = led.get(assignment.handler_id, [])
    assignment.member_ids = sorted(
        {one.person_id for one in team} - {assignment.handler_id} - _recused(act, case)
    )
    assignment.team_id = team[0].team_id if team else None
    for person_id in set(latest) - set(assignment.member_ids):
        cases.close_to(act, case, person_id)
    for person_id in assignment.member_ids:
        cases.open_to(act, case, person_id)


def _let_follow(act: Act, case: Case) -> None:
    """What supervisors come to, read and say is the work of whoever handles the case now."""
    for slice_ in (activities, packets, supervision_opinions):
        slice_.handler_changed(act, case)
    for follow in FOLLOWERS:
        follow(act, case)


def _suspect_ids(case: Case) -> list[int]:
    return [suspect.id for suspect in case.suspects]


def _eligible(act: Act, case: Case) -> tuple[set[int], list[dict[str, Any]]]:
    """Who may handle the case today, and who is not drawn and why.

    Whoever is in a team without leading it may handle the case, but is not drawn alone.
    """
    prosecutors = people.holders(
        act.session, [PostKind.PROSECUTOR], case.procuratorate_id, act.today
    )
    away = select(Leave.person_id).where(Leave.from_on <= act.today, Leave.until_on >= act.today)
    out = {
        ExclusionReason.ON_LEAVE: prosecutors & set(act.session.scalars(away)),
        ExclusionReason.RECUSED: prosecutors & _recused(act, case),
    }
    if needed := _needed_speciality(act, case):
        trained = select(Speciality.person_id).where(Speciality.code == needed)
        out[ExclusionReason.NO_SPECIALITY] = prosecutors - set(act.session.scalars(trained))
    may_handle = prosecutors.difference(*out.values())
    led = led_on(act.session, case.procuratorate_id, act.today)
    in_team = {one.person_id for members in led.values() for one in members} - led.keys()
    out[ExclusionReason.IN_TEAM] = prosecutors & in_team
    exclusions = [
        {"person_id": person, "reason": reason.value}
        for reason, persons in out.items()
        for person in sorted(persons)
    ]
    return may_handle, exclusions


def _recused(act: Act, case: Case) -> set[int]:
    """Who was kept away from the case, or from another case of one of its suspects (CPL 29)."""
    related = cases.of_suspects(_suspect_ids(case)).with_only_columns(Case.id).order_by(None)
    chosen = or_(Recusal.case_id == case.id, Recusal.case_id.in_(related))
    return set(act.session.scalars(select(Recusal.person_id).where(chosen)))


def _needed_speciality(act: Act, case: Case) -> SpecialityCode | None:
    """A minor's case is handled by personnel trained for minors (RULES 458)."""
    suspects = act.session.scalars(cases.suspects_of(case.id))
    return SpecialityCode.MINORS if any("minor" in one.flags for one in suspects) else None


def _earlier_handler(act: Act, case: Case) -> int | None:
    """Who handled the same criminal case before: one of these suspects, the same act (RULES 8).

    Another act of the same suspect is another case, and is drawn: otherwise whoever writes the
    request could choose the prosecutor by naming somebody from an earlier case.
    """
    mine = [suspect.id for suspect in case.suspects]
    same = tuple_(Suspect.document_number_index, Suspect.act_on).in_(
        select(Suspect.document_number_index, Suspect.act_on).where(
            Suspect.id.in_(mine),
            Suspect.document_number_index.is_not(None),
            Suspect.act_on.is_not(None),
        )
    )
    return act.session.scalar(
        select(Case.handler_id)
        .join(case_suspects, case_suspects.c.case_id == Case.id)
        .join(Suspect, case_suspects.c.suspect_id == Suspect.id)
        .where(
            Case.id < case.id,
            Case.procuratorate_id == case.procuratorate_id,
            Case.handler_id.is_not(None),
            or_(Suspect.id.in_(mine), same),
        )
        .order_by(Case.id.desc())
        .limit(1)
    )


def _drawn(act: Act, case: Case, eligible: set[int]) -> Assignment:
    rotation = _rotation(act, case.procuratorate_id, case.list)
    loads = _loads(act, rotation, eligible)
    candidates = [
        Candidate(person, loads[person].drawn, loads[person].share) for person in sorted(eligible)
    ]
    rotation.turn += 1
    seed = seed_of(rotation.tail, rotation.length, rotation.turn)
    before = (
        seed_of(rotation.tail, rotation.length, rotation.turn - 1)
        if rotation.turn > 1
        else rotation.anchor
    )
    nonce = bytes.fromhex(case.origin.nonce)
    chosen = draw(candidates, seed, nonce)
    loads[chosen].drawn += 1
    _excuse_the_absent(act, rotation, loads)
    return Assignment(
        kind=AssignmentKind.RANDOM,
        handler_id=chosen,
        committed_at=rotation.committed_at,
        rotation_list_id=rotation.id,
        turn=rotation.turn,
        seed=seed.hex(),
        before=before.hex(),
        nonce=nonce.hex(),
        candidates=[asdict(candidate) for candidate in candidates],
        scheme=verifier.SCHEME,
    )


def _rotation(act: Act, office_id: int, list_: CaseList) -> RotationList:
    """The list, locked, so that its draws take turns; the next chain follows an exhausted one."""
    chosen = select(RotationList).where(
        RotationList.office_id == office_id, RotationList.list == list_
    )
    locked = chosen.with_for_update().execution_options(populate_existing=True)
    found = act.session.scalars(locked).one_or_none()
    if found is None:
        _open_list(act, office_id, list_)
        found = act.session.scalars(locked).one()
    if found.turn == found.length:
        found.anchor, found.tail = found.next_anchor, found.next_tail
        found.committed_at, found.turn = found.next_committed_at, 0
        found.next_anchor, found.next_tail = _chain()
        found.next_committed_at = act.now
        _commit_to(act, found, found.next_anchor)
    return found


def _open_list(act: Act, office_id: int, list_: CaseList) -> None:
    (anchor, tail), (next_anchor, next_tail) = _chain(), _chain()
    opened = act.session.scalar(
        insert(RotationList)
        .values(
            office_id=office_id,
            list=list_,
            length=CHAIN,
            turn=0,
            anchor=anchor,
            tail=tail,
            committed_at=act.now,
            next_anchor=next_anchor,
            next_tail=next_tail,
            next_committed_at=act.now,
        )
        .on_conflict_do_nothing(constraint="rotation_lists_one_each")
        .returning(RotationList)
    )
    if opened is not None:
        _commit_to(act, opened, anchor)
        _commit_to(act, opened, next_anchor)


def _chain() -> tuple[bytes, bytes]:
    tail = secrets.token_bytes(32)
    return anchor_of(tail, CHAIN), tail


def _commit_to(act: Act, rotation: RotationList, anchor: bytes) -> None:
    act.record(
        RotationCommitted(rotation.id, rotation.office_id, rotation.list.value, anchor.hex())
    )


def _loads(act: Act, rotation: RotationList, eligible: Iterable[int]) -> dict[int, RotationLoad]:
    """Everybody's load in the list, under today's share.

    Who is new to the list starts level with the least loaded; whose share has changed stays in
    the round they are in.
    """
    known = {
        load.person_id: load
        for load in act.session.scalars(
            select(RotationLoad).where(RotationLoad.list_id == rotation.id)
        )
    }
    shares = shares_on(act.session, rotation.office_id, act.today)
    level = min((_rounds(known[one]) for one in eligible if one in known), default=0)
    for person in eligible:
        share = shares.get(person, FULL)
        if person not in known:
            drawn = drawn_after(level, share)
            known[person] = RotationLoad(
                list_id=rotation.id, person_id=person, drawn=drawn, share=share
            )
            act.session.add(known[person])
        elif known[person].share != share:
            load = known[person]
            load.drawn, load.share = drawn_after(_rounds(load), share), share
    return {person: known[person] for person in eligible}


def _rounds(load: RotationLoad) -> int:
    return Candidate(load.person_id, load.drawn, load.share).rounds


def _excuse_the_absent(act: Act, rotation: RotationList, loads: dict[int, RotationLoad]) -> None:
    """Who is on leave stays level with the least loaded, so nobody returns to a flood of cases.

    Neither does whoever was in a team meanwhile.
    """
    level = min(map(_rounds, loads.values()))
    away = select(Leave.person_id).where(Leave.from_on <= act.today, Leave.until_on >= act.today)
    led = led_on(act.session, rotation.office_id, act.today)
    in_team = {one.person_id for members in led.values() for one in members} - led.keys()
    behind = select(RotationLoad).where(
        RotationLoad.list_id == rotation.id,
        or_(RotationLoad.person_id.in_(away), RotationLoad.person_id.in_(in_team)),
    )
    for load in act.session.scalars(behind):
        load.drawn = max(load.drawn, drawn_after(level, load.share))


def _may_handle(act: Act, case: Case, person_id: int) -> None:
    prosecutors = people.holders(
        act.session, [PostKind.PROSECUTOR], case.procuratorate_id, act.today
    )
    if person_id not in prosecutors - _recused(act, case):
        raise NotEligible(person_id=person_id)


def _still(act: Act, case: Case) -> None:
    """Hold the case as it was read: who waited for another's change has not seen its outcome."""
    seen = case.version
    if cases.locked(act, case).version != seen:
        raise Stale


def _under_the_chief(act: Act, case: Case, person_id: int) -> bool:
    """Is it somebody of the own staff? Acting for the chief makes nobody a chief."""
    held = act.session.scalars(people.posts_on(act.today).where(Post.person_id == person_id)).all()
    here = {post.kind for post in held if post.office_id == case.procuratorate_id}
    ours = bool(here) or case.handler_id == person_id
    return ours and PostKind.CHIEF_PROCURATOR not in here


def _approves(act: Act, case: Case, person_id: int) -> int | None:
    """By which delegation the named person approves for the chief; None for the chief in person."""
    approver = people.actor_of(act.session, person_id, act.today)
    if not approver.holds(PostKind.CHIEF_PROCURATOR, case.procuratorate_id):
        raise NotAnApprover(person_id=person_id)
    delegation_id = policy.power(approver, Permission.CASE_DESIGNATE, case)
    if delegation_id is None:
        raise NotAnApprover(person_id=person_id)
    return delegation_id or None
