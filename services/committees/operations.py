"""A matter before the committee: agenda, papers, session, votes, decision, feedback."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from services import numbers, proceedings, tasks
from services.assignments import Recusal
from services.cases import Case
from services.committees.events import (
    CommitteeCounted,
    CommitteeDecided,
    CommitteeDecisionExecuted,
    CommitteeFeedbackGiven,
    CommitteeMatterDropped,
    CommitteeMatterListed,
    CommitteeMatterRaised,
    CommitteeMemberExcused,
    CommitteeOpened,
    CommitteeSpeechGiven,
    CommitteeSummoned,
    CommitteeVoteGiven,
)
from services.committees.flow import FLOW, CommitteeState
from services.committees.majority import Ballot, Seat, feedback_due, in_time, quorum
from services.committees.records import (
    ONE_MATTER,
    ONE_VOTE,
    CommitteeAttendance,
    CommitteeMatter,
    CommitteeMember,
    CommitteeVote,
    MatterGround,
    Presence,
    VoteForm,
)
from services.kernel.act import SHANGHAI, Act
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.numbers import Mark
from services.policy import Permission, PostKind, allows, demands
from services.proceedings import Proposal, ProposalState
from services.tasks import TaskKind

OFFICE_WIDE = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
PRESIDING = (Seat.CHIEF, Seat.DEPUTY_CHIEF)


class NobodySeated(Conflict):
    """This procuratorate has registered no members of its committee."""

    zh = "本院尚未登记检察委员会委员，不能提请讨论。"


class NotReferred(Unprocessable):
    """Only a proposal of this case that was referred to the committee is put before it."""

    zh = "只能提请讨论本案中已决定提交检察委员会的报批事项。"


class OnTheAgenda(Conflict):
    """That proposal is before the committee already."""

    zh = "该报批事项已经提请检察委员会讨论。"


class SitsInThePast(Unprocessable):
    """A session cannot be held before its members are called."""

    zh = "会议时间不能早于现在。"


class PapersTooLate(Unprocessable):
    """Papers go out three days before the session, unless the urgency is on record."""

    zh = "会议材料应当在开会三日前送达委员；情况紧急的，应当注明理由。"


class NotToPreside(Unprocessable):
    """Only the chief procurator, or a deputy the chief entrusts, presides; nobody recused."""

    zh = "检察委员会会议由检察长或者检察长委托的副检察长主持，且不得有回避情形。"


class AttendanceIncomplete(Unprocessable):
    """Of every member it must be said whether they sit, and why not."""

    zh = "应当逐一载明每位委员是否出席；缺席的，应当注明原因。"


class NoQuorum(Conflict):
    """A session needs more than half of all members."""

    zh = "出席委员未超过全体组成人员的半数，不能开会。"


class NotSitting(Conflict):
    """That member does not sit in this session."""

    zh = "该委员未出席本次会议。"


class OutOfTurn(Conflict):
    """Members speak first, then full-time members, then deputy chiefs, whoever presides last."""

    zh = "发言顺序为委员、专职委员、副检察长、主持人，请等候在先的委员发言。"


class SpokenAlready(Conflict):
    """That member has spoken."""

    zh = "该委员已经发言。"


class NotSpokenYet(Conflict):
    """A member says what they think before they vote."""

    zh = "委员应当先发表意见，再行表决。"


class VotedAlready(Conflict):
    """A member has one vote, and it was cast."""

    zh = "该委员已经表决，每位委员只有一票。"


class SitsInSession(Conflict):
    """Only members who were absent are asked in writing."""

    zh = "书面意见仅向未出席会议的委员征求。"


class OpinionMissing(Unprocessable):
    """A vote in writing, or for something else than was proposed, says what it holds."""

    zh = "书面意见和表决其他意见的，应当写明意见内容。"


class VotesMissing(Conflict):
    """Not everybody who is to vote has voted."""

    zh = "尚有委员没有表决。"


class NoUpperLevel(Conflict):
    """There is no procuratorate above this one in the register."""

    zh = "未登记上一级人民检察院，不能报请决定。"


class ExecutedInTheFuture(Unprocessable):
    """Execution is reported once it is done."""

    zh = "执行日期不能晚于今天，也不能早于作出决定之日。"


class Absence(NamedTuple):
    """Who does not sit, and why."""

    person_id: int
    reason: str


def visible(act: Act) -> Select[CommitteeMatter]:
    """Every matter of one's office, of one's case, or of one's committee unless recused."""
    actor = act.actor
    sits = exists().where(
        CommitteeMember.procuratorate_id == CommitteeMatter.procuratorate_id,
        CommitteeMember.procuratorate_id.in_(actor.offices),
        CommitteeMember.person_id == actor.id,
        CommitteeMember.left_at.is_(None),
    )
    recused = exists().where(
        Recusal.case_id == CommitteeMatter.case_id, Recusal.person_id == actor.id
    )
    return (
        select(CommitteeMatter)
        .join(Case, CommitteeMatter.case_id == Case.id)
        .options(joinedload(CommitteeMatter.case))
        .where(
            or_(
                CommitteeMatter.procuratorate_id.in_(actor.offices_as(*OFFICE_WIDE)),
                and_(
                    Case.handler_id == actor.id,
                    CommitteeMatter.procuratorate_id.in_(actor.offices_as(PostKind.PROSECUTOR)),
                ),
                and_(sits, ~recused),
            )
        )
    )


def find(act: Act, matter_id: int) -> CommitteeMatter:
    """The matter, if the actor may know of it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(CommitteeMatter.id == matter_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.COMMITTEE_MATTER_PUT)
def put(  # noqa: PLR0913  # each by its name
    act: Act,
    case: Case,
    *,
    ground: MatterGround,
    question: str,
    report: str,
    proposal_id: int | None = None,
) -> CommitteeMatter:
    """Put a matter on the agenda (CPL 89; RULES 4, 7; ORG 33), a proposal of the case if named.

    It moves no period: whoever needs the decision in time calls the session in time.

    Refuses:
        NotAllowed: only the chief procurator of that procuratorate.
        NobodySeated: its committee has no members in the register.
        NotReferred: no proposal of this case that was referred to the committee.
        OnTheAgenda: that proposal is before the committee in another matter.

    Records:
        CommitteeMatterListed.
    """
    if proposal_id is not None:
        proposal = act.session.get(Proposal, proposal_id)
        referred = proposal is not None and proposal.state is ProposalState.BEFORE_COMMITTEE
        if proposal is None or not referred or proposal.case_id != case.id:
            raise NotReferred(proposal_id=proposal_id)
    matter = CommitteeMatter(
        procuratorate_id=case.procuratorate_id,
        case=case,
        ground=ground,
        question=question,
        report=report,
        about_kind=None if proposal_id is None else Proposal.__tablename__,
        about_id=proposal_id,
        put_at=act.now,
        put_by=act.actor.id,
        state=CommitteeState.ON_AGENDA,
    )
    with act.unless(ONE_MATTER, OnTheAgenda()):
        act.session.add(matter)
    if not matter.members:
        raise NobodySeated
    act.record(CommitteeMatterListed(matter.id, case.id, ground.value))
    return matter


@demands(Permission.COMMITTEE_MATTER_PUT)
def summon(
    act: Act,
    matter: CommitteeMatter,
    *,
    sits_at: datetime,
    presider_id: int,
    urgent_reason: str | None = None,
) -> CommitteeMatter:
    """Call the members to a session and send them the papers (PCOM 14; ORG 32).

    Calling again moves the session, and the papers count from the first time they went out.

    Refuses:
        NotAllowed: only the chief procurator of that procuratorate.
        WrongState: it is in session, or over.
        SitsInThePast: the time lies in the past.
        PapersTooLate: less than three days before, and no urgency is on record.
        NotToPreside: neither the chief's nor a deputy's seat, or recused.

    Records:
        CommitteeSummoned.
    """
    _lock(act, matter)
    state = FLOW.after(matter.state, "summon")
    if sits_at < act.now:
        raise SitsInThePast
    sent_on = (matter.summoned_at or act.now).astimezone(SHANGHAI).date()
    late = not in_time(sent_on, sits_at.astimezone(SHANGHAI).date())
    if late and urgent_reason is None:
        raise PapersTooLate(article="PCOM 14")
    seats = {one.person_id: one.seat for one in matter.members}
    if seats.get(presider_id) not in PRESIDING or presider_id in matter.recused:
        raise NotToPreside(article="ORG 32", person_id=presider_id)
    matter.state, matter.sits_at, matter.presider_id = state, sits_at, presider_id
    matter.summoned_at = matter.summoned_at or act.now
    matter.urgent_reason = urgent_reason if late else None
    act.record(CommitteeSummoned(matter.id, urgent=late))
    return matter


@demands(Permission.COMMITTEE_MATTER_PUT)
def withdraw(act: Act, matter: CommitteeMatter, *, reason: str) -> CommitteeMatter:
    """Take a matter off the agenda before the committee sits.

    Refuses:
        NotAllowed: only the chief procurator of that procuratorate.
        WrongState: the committee sits, or has decided.

    Records:
        CommitteeMatterDropped.
    """
    _lock(act, matter)
    matter.state = FLOW.after(matter.state, "withdraw")
    matter.withdrawn_reason = reason
    act.record(CommitteeMatterDropped(matter.id, matter.case_id))
    return matter


@demands(Permission.COMMITTEE_MATTER_PRESIDE)
def open_session(
    act: Act, matter: CommitteeMatter, *, present: list[int], absent: list[Absence]
) -> CommitteeMatter:
    """Open the session with who sits and who does not; the recused are noted by themselves.

    More than half of all members must sit: ORG 32, the stricter of the two texts (PCOM 11 is
    content with half). Who is recused counts as a member and never as one who sits.

    Refuses:
        NotAllowed: only the member who presides.
        WrongState: the members have not been called, or it was opened before.
        AttendanceIncomplete: not every member, or somebody who is none, or twice.
        NoQuorum: not more than half of all members sit.

    Records:
        CommitteeOpened.
    """
    _lock(act, matter)
    state = FLOW.after(matter.state, "open")
    reasons = {one.person_id: one.reason for one in absent}
    named = [*present, *(one.person_id for one in absent)]
    if len(named) != len(set(named)) or set(named) != matter.committee:
        raise AttendanceIncomplete(missing=sorted(matter.committee.difference(named)))
    size = len(matter.members)
    if len(present) < quorum(size) or act.actor.id not in present:
        raise NoQuorum(article="ORG 32", quorum=quorum(size), size=size)
    matter.state, matter.opened_at, matter.size = state, act.now, size
    matter.attendance = [
        CommitteeAttendance(
            person_id=one.person_id,
            seat=one.seat,
            presence=_presence(one.person_id, present, reasons),
            absence_reason=reasons.get(one.person_id),
        )
        for one in matter.members
    ]
    act.session.flush()
    _ask_to_vote(act, matter, present)
    act.record(CommitteeOpened(matter.id, present=len(present), size=size))
    return matter


@demands(Permission.COMMITTEE_MATTER_PRESIDE)
def excuse(
    act: Act, matter: CommitteeMatter, *, person_id: int, reason: str
) -> CommitteeAttendance:
    """Note that a member had to leave before voting; the session goes on while it has a quorum.

    Refuses:
        NotAllowed: only the member who presides.
        WrongState: it is not in session.
        NotSitting: no member who sits.
        VotedAlready: that member has voted.
        NoQuorum: without the member not more than half of all would sit.

    Records:
        CommitteeMemberExcused.
    """
    _lock(act, matter)
    FLOW.after(matter.state, "excuse")
    leaving = _sitting(matter, person_id)
    if person_id in _voters(matter):
        raise VotedAlready
    size = matter.size or len(matter.members)
    if len(matter.present) - 1 < quorum(size) or person_id == act.actor.id:
        raise NoQuorum(article="ORG 32", quorum=quorum(size), size=size)
    leaving.presence, leaving.absence_reason = Presence.ABSENT, reason
    tasks.cancel_for(act, TaskKind.VOTE_IN_COMMITTEE, matter, person_id=person_id)
    act.record(CommitteeMemberExcused(matter.id, person_id))
    return leaving


@demands(Permission.COMMITTEE_MATTER_VOTE)
def speak(act: Act, matter: CommitteeMatter, *, speech: str) -> CommitteeAttendance:
    """Say what one thinks, in the order of the seats (PCOM 17).

    Refuses:
        NotAllowed: only a member of the session, nobody recused.
        WrongState: it is not in session.
        NotSitting: the member does not sit.
        SpokenAlready: the member has spoken.
        OutOfTurn: somebody in a lower seat has yet to speak.

    Records:
        CommitteeSpeechGiven.
    """
    _lock(act, matter)
    FLOW.after(matter.state, "speak")
    speaker = _sitting(matter, act.actor.id)
    if speaker.spoke_at is not None:
        raise SpokenAlready
    if act.actor.id not in matter.speaks_next:
        raise OutOfTurn(article="PCOM 17")
    place = 1 + max((one.place or 0 for one in matter.attendance), default=0)
    speaker.place, speaker.speech, speaker.spoke_at = place, speech, act.now
    act.record(CommitteeSpeechGiven(matter.id, place))
    return speaker


@demands(Permission.COMMITTEE_MATTER_VOTE)
def vote(
    act: Act, matter: CommitteeMatter, *, ballot: Ballot, opinion: str | None = None
) -> CommitteeVote:
    """Cast one's one vote: in the session, or in writing once the absent are asked (PCOM 21, 23).

    Refuses:
        NotAllowed: only a member of the session, nobody recused.
        WrongState: it is not in session, and the absent are not being asked.
        NotSitting: an absent member, while the session lasts.
        SitsInSession: a member who sat, once the absent are asked.
        NotSpokenYet: a member who sits votes after speaking.
        OpinionMissing: in writing, or for something else, without saying what.
        VotedAlready: the member has voted.

    Records:
        CommitteeVoteGiven.
    """
    _lock(act, matter)
    FLOW.after(matter.state, "vote")
    writing = matter.state is CommitteeState.NO_MAJORITY
    if writing:
        if matter.seated[act.actor.id].presence is Presence.PRESENT:
            raise SitsInSession(article="PCOM 23")
    elif _sitting(matter, act.actor.id).spoke_at is None:
        raise NotSpokenYet
    if opinion is None and (writing or ballot is Ballot.OTHER):
        raise OpinionMissing
    cast = CommitteeVote(
        matter_id=matter.id,
        person_id=act.actor.id,
        ballot=ballot,
        form=VoteForm.IN_WRITING if writing else VoteForm.IN_SESSION,
        opinion=opinion,
        cast_at=act.now,
    )
    with act.unless(ONE_VOTE, VotedAlready()):
        act.session.add(cast)
    act.session.refresh(matter, ["votes"])
    tasks.finish_for(act, TaskKind.VOTE_IN_COMMITTEE, matter, person_id=act.actor.id)
    act.record(CommitteeVoteGiven(matter.id, cast.id))
    return cast


@demands(Permission.COMMITTEE_MATTER_PRESIDE)
def count(act: Act, matter: CommitteeMatter) -> CommitteeMatter:
    """Count the votes: more than half of all members decide, present or not (PCOM 21).

    Without a majority the absent are asked in writing; if they bring none either, the matter goes
    to the upper level (PCOM 23).

    Refuses:
        NotAllowed: only the member who presided.
        WrongState: it was not opened, or was counted.
        VotesMissing: somebody who is to vote has not.

    Records:
        CommitteeCounted.
    """
    _lock(act, matter)
    in_session = matter.state is CommitteeState.IN_SESSION
    asked = matter.present if in_session else matter.absent
    if matter.majority is not None:
        step = "find_majority"
    elif in_session and matter.absent:
        step = "miss_majority"
    else:
        step = "remain_undecided"
    state = FLOW.after(matter.state, step)
    if missing := sorted({one.person_id for one in asked} - _voters(matter)):
        raise VotesMissing(people=missing)
    matter.state, matter.counted_at = state, act.now
    if state is CommitteeState.NO_MAJORITY:
        _ask_to_vote(act, matter, [one.person_id for one in matter.absent])
    else:
        tasks.open_for_pool(
            act,
            TaskKind.SIGN_COMMITTEE_DECISION,
            matter,
            office_id=matter.procuratorate_id,
            post=PostKind.CHIEF_PROCURATOR,
        )
    said = matter.count
    act.record(
        CommitteeCounted(
            matter.id,
            state.value,
            approve=said[Ballot.APPROVE],
            reject=said[Ballot.REJECT],
            other=said[Ballot.OTHER],
        )
    )
    return matter


@demands(Permission.COMMITTEE_MATTER_DECIDE)
def decide(act: Act, matter: CommitteeMatter, *, wording: str) -> CommitteeMatter:
    """Sign what the majority decided and issue its notice (决定事项通知书, PCOM 28).

    Refuses:
        NotAllowed: only the chief procurator, or the member who presided.
        WrongState: there is no majority, or it was decided or reported.
        ProposalDecided: the proposal it is about is no longer before the committee.
        StepIncomplete: what was proposed lacks something as things stand now.
        StepBarred: the law does not allow what was proposed as things stand now.

    Records:
        CommitteeDecided.
    """
    _lock(act, matter)
    state = FLOW.after(matter.state, "decide")
    _decided(act, matter, state, matter.majority, wording)
    act.record(_told(matter))
    return matter


@demands(Permission.COMMITTEE_MATTER_DECIDE)
def report_up(act: Act, matter: CommitteeMatter, *, reasons: str) -> CommitteeMatter:
    """Lay the matter before the upper level: the chief disagrees, or there is no majority.

    A chief procurator who does not agree with the majority may ask the upper level to decide
    (ORG 32 paragraph 3, PCOM 22); without a majority it is for the upper level (PCOM 23).

    Refuses:
        NotAllowed: only the chief procurator, or the member who presided.
        WrongState: the votes are not counted, the absent not yet heard, or it is over.
        NoUpperLevel: the register knows no procuratorate above this one.

    Records:
        CommitteeMatterRaised.
    """
    _lock(act, matter)
    state = FLOW.after(matter.state, "report_up")
    upper_id = matter.procuratorate.superior_id
    if upper_id is None:
        raise NoUpperLevel
    matter.state, matter.reported_to_id, matter.report_reasons = state, upper_id, reasons
    matter.reported_at, matter.reported_by = act.now, act.actor.id
    act.record(CommitteeMatterRaised(matter.id, matter.case_id, upper_id))
    return matter


@demands(Permission.COMMITTEE_MATTER_DECIDE)
def receive(
    act: Act, matter: CommitteeMatter, *, decision: Ballot, wording: str
) -> CommitteeMatter:
    """Enter what the upper level decided, and issue the notice of it (PCOM 22, 23, 28).

    Refuses:
        NotAllowed: only the chief procurator, or the member who presided.
        WrongState: it was not reported, or the answer is entered.
        ProposalDecided: the proposal it is about is no longer before the committee.
        StepIncomplete: what was proposed lacks something as things stand now.
        StepBarred: the law does not allow what was proposed as things stand now.

    Records:
        CommitteeDecided.
    """
    _lock(act, matter)
    state = FLOW.after(matter.state, "receive")
    _decided(act, matter, state, decision, wording)
    act.record(_told(matter))
    return matter


@demands(Permission.COMMITTEE_MATTER_EXECUTE)
def execute(act: Act, matter: CommitteeMatter, *, executed_on: date) -> CommitteeMatter:
    """Report that the decision is carried out; five days to the feedback begin (ORG 33, PCOM 32).

    Refuses:
        NotAllowed: only the prosecutor who handles the case.
        WrongState: there is no decision, or it was reported before.
        ExecutedInTheFuture: after today, or before the decision.

    Records:
        CommitteeDecisionExecuted.
    """
    _lock(act, matter)
    state = FLOW.after(matter.state, "execute")
    decided_at = matter.decided_at or act.now
    if not decided_at.astimezone(SHANGHAI).date() <= executed_on <= act.today:
        raise ExecutedInTheFuture
    matter.state, matter.executed_on = state, executed_on
    matter.feedback_due_on = feedback_due(executed_on)
    tasks.finish(act, TaskKind.CARRY_OUT_COMMITTEE_DECISION, matter)
    tasks.open_for_person(
        act,
        TaskKind.FEED_BACK_COMMITTEE_DECISION,
        matter,
        person_id=act.actor.id,
        due=_Day(matter.feedback_due_on, matter.feedback_due_on),
    )
    act.record(CommitteeDecisionExecuted(matter.id, matter.case_id))
    return matter


@demands(Permission.COMMITTEE_MATTER_EXECUTE)
def feed_back(act: Act, matter: CommitteeMatter, *, feedback: str) -> CommitteeMatter:
    """Tell the committee what became of its decision (执行情况反馈表, PCOM 32).

    Refuses:
        NotAllowed: only the prosecutor who handles the case.
        WrongState: the decision is not carried out, or this was told before.

    Records:
        CommitteeFeedbackGiven.
    """
    _lock(act, matter)
    matter.state = FLOW.after(matter.state, "feed_back")
    matter.feedback, matter.fed_back_at = feedback, act.now
    tasks.finish(act, TaskKind.FEED_BACK_COMMITTEE_DECISION, matter)
    act.record(CommitteeFeedbackGiven(matter.id, matter.case_id))
    return matter


STEPS: Mapping[str, tuple[Permission, tuple[str, ...]]] = {
    "summon": (Permission.COMMITTEE_MATTER_PUT, ("summon",)),
    "withdraw": (Permission.COMMITTEE_MATTER_PUT, ("withdraw",)),
    "open_session": (Permission.COMMITTEE_MATTER_PRESIDE, ("open",)),
    "excuse": (Permission.COMMITTEE_MATTER_PRESIDE, ("excuse",)),
    "speak": (Permission.COMMITTEE_MATTER_VOTE, ("speak",)),
    "vote": (Permission.COMMITTEE_MATTER_VOTE, ("vote",)),
    "count": (Permission.COMMITTEE_MATTER_PRESIDE, ("find_majority",)),
    "decide": (Permission.COMMITTEE_MATTER_DECIDE, ("decide",)),
    "report_up": (Permission.COMMITTEE_MATTER_DECIDE, ("report_up",)),
    "receive": (Permission.COMMITTEE_MATTER_DECIDE, ("receive",)),
    "execute": (Permission.COMMITTEE_MATTER_EXECUTE, ("execute",)),
    "feed_back": (Permission.COMMITTEE_MATTER_EXECUTE, ("feed_back",)),
}
"""What a phone may offer as a button, the power it needs and the flow's steps behind it."""


def allowed(act: Act, matter: CommitteeMatter) -> list[str]:
    """The steps that the law gives the actor and that are open now."""
    open_steps = set(FLOW.open_from(matter.state))
    mine = matter.seated.get(act.actor.id)
    shut = set()
    if act.actor.id not in matter.speaks_next:
        shut.add("speak")
    sits = mine is not None and mine.presence is Presence.PRESENT
    may_vote = (
        mine is not None
        and act.actor.id not in _voters(matter)
        and (
            (sits and mine.spoke_at is not None)
            if matter.state is CommitteeState.IN_SESSION
            else not sits
        )
    )
    if not may_vote:
        shut.add("vote")
    return [
        name
        for name, (permission, steps) in STEPS.items()
        if open_steps.intersection(steps)
        and name not in shut
        and allows(act.actor, permission, matter)
    ]


class _Day(NamedTuple):
    """One day, as a task takes it."""

    due_on: date | None
    outer_on: date | None


def _conclude(act: Act, matter: CommitteeMatter) -> None:
    """Hand the decision to the proposal that awaits it, if there is one: the one place that does.

    Any other decision than approval sends the proposal back: the handler proposes what was
    decided, as the notice has it (ORG 33).
    """
    if matter.about_kind == Proposal.__tablename__ and matter.about_id is not None:
        note = f"{matter.notice_number}：{matter.decision_wording}"
        agreed = matter.decision is Ballot.APPROVE
        pass_on = proceedings.carry_out if agreed else proceedings.turn_down
        pass_on(act, act.session.get_one(Proposal, matter.about_id), note=note)


def _decided(
    act: Act,
    matter: CommitteeMatter,
    state: CommitteeState,
    decision: Ballot | None,
    wording: str,
) -> None:
    number = numbers.take(act, matter.procuratorate, Mark.COMMITTEE_DECISION)
    matter.state, matter.decision, matter.decision_wording = state, decision, wording
    matter.decided_at, matter.decided_by = act.now, act.actor.id
    matter.notice_number = number
    tasks.finish(act, TaskKind.SIGN_COMMITTEE_DECISION, matter)
    if matter.handler_id is not None:
        tasks.open_for_person(
            act, TaskKind.CARRY_OUT_COMMITTEE_DECISION, matter, person_id=matter.handler_id
        )
    else:
        tasks.open_for_pool(
            act,
            TaskKind.CARRY_OUT_COMMITTEE_DECISION,
            matter,
            office_id=matter.procuratorate_id,
            post=PostKind.DEPARTMENT_HEAD,
        )
    _conclude(act, matter)


def _told(matter: CommitteeMatter) -> CommitteeDecided:
    decision = matter.decision.value if matter.decision else ""
    return CommitteeDecided(matter.id, matter.case_id, decision)


def _ask_to_vote(act: Act, matter: CommitteeMatter, person_ids: list[int]) -> None:
    for person_id in sorted(person_ids):
        tasks.open_for_person(act, TaskKind.VOTE_IN_COMMITTEE, matter, person_id=person_id)


def _presence(person_id: int, present: list[int], reasons: Mapping[int, str]) -> Presence:
    if person_id in present:
        return Presence.PRESENT
    return Presence.ABSENT if person_id in reasons else Presence.RECUSED


def _sitting(matter: CommitteeMatter, person_id: int) -> CommitteeAttendance:
    found = matter.seated.get(person_id)
    if found is None or found.presence is not Presence.PRESENT:
        raise NotSitting(person_id=person_id)
    return found


def _voters(matter: CommitteeMatter) -> set[int]:
    return {one.person_id for one in matter.votes}


def _lock(act: Act, matter: CommitteeMatter) -> None:
    """Hold the matter, so that voting and counting take turns."""
    act.session.flush()
    act.session.refresh(matter, with_for_update={"of": CommitteeMatter})
