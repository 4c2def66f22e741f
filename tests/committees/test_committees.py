"""The committee: who sits, how it comes together, how it decides, and what follows."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from notifications.messages import notices
from services import assignments, committees
from services.assignments import RecusalGround
from services.cases import CaseState
from services.committees import (
    FLOW,
    Absence,
    AttendanceIncomplete,
    Ballot,
    ChiefSeated,
    CommitteeMatter,
    CommitteeMember,
    CommitteeState,
    CommitteeVote,
    ExecutedInTheFuture,
    MatterGround,
    NobodySeated,
    NoQuorum,
    NotSitting,
    NotSpokenYet,
    NotToBeSeated,
    NotToPreside,
    NoUpperLevel,
    OpinionMissing,
    OutOfTurn,
    PapersTooLate,
    Presence,
    Seat,
    SeatHeld,
    SeatLeft,
    SitsInSession,
    SitsInThePast,
    SpokenAlready,
    VotedAlready,
    VoteForm,
    VotesMissing,
)
from services.kernel.act import Actor, JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import Permission, PostKind, allows
from services.tasks import Task, TaskKind, TaskState
from tests.committees.conftest import AGREE, NOW, QUESTION, REPORT, SITS, Chamber

Deed = Callable[[], object]
Way = Callable[[], CommitteeMatter]
YES, NO, ELSE = Ballot


def open_tasks(chamber: Chamber, kind: TaskKind) -> list[Task]:
    chamber.session.flush()
    chosen = select(Task).where(Task.kind == kind, Task.state == TaskState.OPEN)
    return list(chamber.session.scalars(chosen.order_by(Task.id)))


def hears(chamber: Chamber, matter: CommitteeMatter, kind: str) -> set[int]:
    """Who is told, as the dispatcher finds them."""
    chamber.session.flush()
    notice = notices()[kind]
    entry = chamber.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.kind == kind, JournalEntry.about_id == matter.id)
        .order_by(JournalEntry.id.desc())
    ).first()
    assert entry is not None
    words = notice.write(entry.event, matter)
    assert chamber.case.number in words.body
    assert QUESTION not in words.body
    assert words.link == f"/committee-matters/{matter.id}"
    return notice.to.people(chamber.session, matter)


def everyone(chamber: Chamber) -> set[int]:
    return {one.id for one in chamber.all}


def recuse(chamber: Chamber, person: Person) -> None:
    assignments.recuse(
        chamber.act(chamber.town.chief),
        chamber.case,
        person_id=person.id,
        ground=RecusalGround.INTEREST,
    )
    chamber.session.flush()


def reread(chamber: Chamber, matter: CommitteeMatter) -> CommitteeMatter:
    chamber.session.flush()
    chamber.session.expire_all()
    return chamber.session.get_one(CommitteeMatter, matter.id)


# --- the register -------------------------------------------------------------------------------


def test_the_register_says_who_sits(chamber: Chamber) -> None:
    """ORG 30."""
    seats = chamber.session.scalars(committees.seats(chamber.act(chamber.town.officer))).all()
    assert seats == []
    seats = chamber.session.scalars(committees.seats(chamber.act(chamber.town.manager))).all()
    assert {one.person_id for one in seats} == everyone(chamber)
    assert [one.seat for one in seats].count(Seat.CHIEF) == 1


def test_one_person_one_seat_and_one_chief(chamber: Chamber) -> None:
    act = chamber.act(chamber.town.manager)
    with pytest.raises(SeatHeld):
        committees.register(
            act, chamber.committee, person_id=chamber.deputy.id, seat=Seat.FULL_TIME
        )
    another = chamber.make.person(PostKind.CHIEF_PROCURATOR, chamber.town.procuratorate)
    with pytest.raises(ChiefSeated):
        committees.register(act, chamber.committee, person_id=another.id, seat=Seat.CHIEF)


@pytest.mark.parametrize("seat", Seat)
def test_nobody_but_its_own_prosecutors_sits(chamber: Chamber, seat: Seat) -> None:
    act = chamber.act(chamber.town.manager)
    stranger = chamber.make.person(PostKind.PROSECUTOR, chamber.upper)
    clerk = chamber.make.person(PostKind.CLERK, chamber.town.procuratorate)
    for person in (stranger, clerk, chamber.town.officer):
        with pytest.raises(NotToBeSeated):
            committees.register(act, chamber.committee, person_id=person.id, seat=seat)


def test_a_prosecutor_is_not_seated_as_chief(chamber: Chamber) -> None:
    with pytest.raises(NotToBeSeated):
        committees.register(
            chamber.act(chamber.town.manager),
            chamber.committee,
            person_id=chamber.town.prosecutor.id,
            seat=Seat.CHIEF,
        )


def test_a_seat_is_given_up_once_and_may_be_given_again(chamber: Chamber) -> None:
    act = chamber.act(chamber.town.chief)
    (seat,) = chamber.session.scalars(
        select(CommitteeMember).where(CommitteeMember.person_id == chamber.deputy.id)
    )
    committees.leave(act, seat)
    with pytest.raises(SeatLeft):
        committees.leave(act, seat)

    committees.register(act, chamber.committee, person_id=chamber.deputy.id, seat=Seat.DEPUTY_CHIEF)


def test_the_register_is_kept_by_case_management_and_the_chief(chamber: Chamber) -> None:
    person_id = chamber.head.id
    for person in (chamber.deputy, chamber.head, chamber.town.prosecutor, chamber.town.officer):
        with pytest.raises(NotAllowed):
            committees.register(
                chamber.act(person), chamber.committee, person_id=person_id, seat=Seat.MEMBER
            )
    found = committees.of_office(chamber.act(chamber.town.manager))
    seat = committees.register(
        chamber.act(chamber.town.manager), found, person_id=person_id, seat=Seat.MEMBER
    )
    with pytest.raises(NotAllowed):
        committees.leave(chamber.act(chamber.head), seat)
    with pytest.raises(NotFound):
        committees.of_office(chamber.act(chamber.town.manager), office_id=chamber.upper.id)
    with pytest.raises(NotFound):
        committees.seat_of(chamber.act(chamber.town.officer), seat.id)


# --- the agenda and the papers ------------------------------------------------------------------


@pytest.mark.parametrize("ground", MatterGround)
def test_the_chief_puts_a_matter_on_the_agenda(chamber: Chamber, ground: MatterGround) -> None:
    """CPL 89, RULES 7, PCOM 8."""
    before = (chamber.case.state, chamber.case.version)

    matter = chamber.put(ground)

    assert (matter.state, matter.ground) == (CommitteeState.ON_AGENDA, ground)
    assert (chamber.case.state, chamber.case.version) == before
    told = hears(chamber, matter, "CommitteeMatterListed")
    assert told == everyone(chamber) | {chamber.town.prosecutor.id}


def test_nobody_else_does(chamber: Chamber) -> None:
    for person in (
        chamber.deputy,
        chamber.head,
        chamber.town.prosecutor,
        chamber.town.manager,
        chamber.town.officer,
    ):
        with pytest.raises(NotAllowed):
            committees.put(
                chamber.act(person),
                chamber.case,
                ground=MatterGround.MAJOR_CASE,
                question=QUESTION,
                report=REPORT,
            )


def test_without_members_nothing_is_put(chamber: Chamber) -> None:
    for seat in chamber.session.scalars(select(CommitteeMember)):
        seat.left_at = NOW
    chamber.session.flush()

    with pytest.raises(NobodySeated):
        chamber.put()


@pytest.mark.parametrize("days", [0, 1, 2])
def test_papers_that_come_late_need_an_urgency_on_record(chamber: Chamber, days: int) -> None:
    """PCOM 14."""
    matter = chamber.put()
    act = chamber.act(chamber.town.chief)
    sits_at = NOW + timedelta(days=days, hours=1)
    presider = chamber.town.chief.id

    with pytest.raises(PapersTooLate) as refused:
        committees.summon(act, matter, sits_at=sits_at, presider_id=presider)
    committees.summon(
        act, matter, sits_at=sits_at, presider_id=presider, urgent_reason="羁押期限将届。"
    )

    assert refused.value.members["article"] == "PCOM 14"
    assert (matter.state, matter.urgent_reason) == (CommitteeState.SUMMONED, "羁押期限将届。")


def test_three_days_before_no_urgency_is_asked_for_or_kept(chamber: Chamber) -> None:
    matter = chamber.put()
    committees.summon(
        chamber.act(chamber.town.chief),
        matter,
        sits_at=SITS,
        presider_id=chamber.town.chief.id,
        urgent_reason="并不紧急。",
    )

    assert matter.urgent_reason is None
    told = hears(chamber, matter, "CommitteeSummoned")
    assert told == everyone(chamber) | {chamber.town.prosecutor.id}


def test_a_session_that_is_moved_counts_from_the_first_papers(chamber: Chamber) -> None:
    matter = chamber.summoned()
    later = chamber.act(chamber.town.chief, NOW + timedelta(days=2))

    committees.summon(
        later, matter, sits_at=SITS + timedelta(hours=2), presider_id=chamber.deputy.id
    )

    assert matter.presider_id == chamber.deputy.id
    with pytest.raises(SitsInThePast):
        committees.summon(later, matter, sits_at=NOW, presider_id=chamber.deputy.id)


def test_the_chief_or_a_deputy_presides(chamber: Chamber) -> None:
    """ORG 32 paragraph 2."""
    matter = chamber.put()
    act = chamber.act(chamber.town.chief)
    for person in (chamber.full_time, chamber.others[0], chamber.head, chamber.town.officer):
        with pytest.raises(NotToPreside):
            committees.summon(act, matter, sits_at=SITS, presider_id=person.id)
    recuse(chamber, chamber.deputy)
    matter = reread(chamber, matter)
    with pytest.raises(NotToPreside):
        committees.summon(act, matter, sits_at=SITS, presider_id=chamber.deputy.id)


def test_a_matter_is_withdrawn_before_the_session(chamber: Chamber) -> None:
    matter = chamber.summoned()
    act = chamber.act(chamber.town.chief)

    committees.withdraw(act, matter, reason="检察长与承办人意见已一致。")

    assert matter.state is CommitteeState.WITHDRAWN
    assert chamber.town.prosecutor.id in hears(chamber, matter, "CommitteeMatterDropped")


# --- the session --------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", range(5))
def test_more_than_half_of_all_members_sit(chamber: Chamber, missing: int) -> None:
    """ORG 32: of five, three."""
    absent = chamber.all[:missing]
    if missing <= 2:
        matter = chamber.opened(*absent)
        assert len(matter.present) == 5 - missing
        assert (matter.state, matter.size) == (CommitteeState.IN_SESSION, 5)
    else:
        with pytest.raises(NoQuorum) as refused:
            chamber.opened(*absent)
        assert refused.value.members == {"article": "ORG 32", "quorum": 3, "size": 5}


def test_half_of_an_even_number_is_not_enough(chamber: Chamber) -> None:
    """PCOM 11 would be content with three of six; ORG 32 is not."""
    sixth = chamber.make.person(PostKind.PROSECUTOR, chamber.town.procuratorate)
    committees.register(
        chamber.act(chamber.town.chief), chamber.committee, person_id=sixth.id, seat=Seat.MEMBER
    )
    matter = reread(chamber, chamber.summoned())
    absent = [*chamber.others, sixth]

    with pytest.raises(NoQuorum):
        committees.open_session(
            chamber.act(chamber.town.chief, SITS),
            matter,
            present=[one.id for one in chamber.all if one not in absent],
            absent=[Absence(one.id, "出差") for one in absent],
        )


def test_the_recused_count_as_members_and_never_sit(chamber: Chamber) -> None:
    matter = chamber.summoned()
    recuse(chamber, chamber.others[0])
    recuse(chamber, chamber.others[1])
    matter = reread(chamber, matter)
    sitting = [chamber.full_time, chamber.deputy, chamber.town.chief]

    committees.open_session(
        chamber.act(chamber.town.chief, SITS),
        matter,
        present=[one.id for one in sitting],
        absent=[],
    )

    assert matter.size == 5
    kinds = {one.person_id: one.presence for one in matter.attendance}
    assert {kinds[one.id] for one in chamber.others} == {Presence.RECUSED}
    with pytest.raises(NotAllowed):
        committees.speak(chamber.act(chamber.others[0], SITS), matter, speech="不应发言。")
    with pytest.raises(NotFound):
        committees.find(chamber.act(chamber.others[0]), matter.id)


def test_attendance_is_whole(chamber: Chamber) -> None:
    matter = chamber.summoned()
    act = chamber.act(chamber.town.chief, SITS)
    ids = [one.id for one in chamber.all]
    for present, absent in (
        (ids[1:], []),
        ([*ids, chamber.head.id], []),
        (ids, [Absence(ids[0], "出差")]),
        ([*ids, ids[0]], []),
    ):
        with pytest.raises(AttendanceIncomplete):
            committees.open_session(act, matter, present=present, absent=absent)


def test_only_whoever_presides_opens_and_counts(chamber: Chamber) -> None:
    matter = chamber.summoned(chamber.deputy)
    ids = [one.id for one in chamber.all]
    for person in (chamber.town.chief, chamber.full_time, chamber.town.manager, chamber.head):
        with pytest.raises(NotAllowed):
            committees.open_session(chamber.act(person, SITS), matter, present=ids, absent=[])
    committees.open_session(chamber.act(chamber.deputy, SITS), matter, present=ids, absent=[])
    with pytest.raises(NotAllowed):
        committees.count(chamber.act(chamber.town.chief, SITS), matter)
    assert hears(chamber, matter, "CommitteeOpened") == everyone(chamber)


def test_whoever_presides_sits(chamber: Chamber) -> None:
    with pytest.raises(NoQuorum):
        chamber.opened(chamber.town.chief)


def test_speaking_follows_the_seats(chamber: Chamber) -> None:
    """PCOM 17: members, full-time members, deputy chiefs, whoever presides last."""
    matter = chamber.opened()
    for person in (chamber.full_time, chamber.deputy, chamber.town.chief):
        with pytest.raises(OutOfTurn):
            committees.speak(chamber.act(person, SITS), matter, speech="先说。")

    for person in chamber.all:
        committees.speak(chamber.act(person, SITS), matter, speech=f"{person.name}的意见。")
        with pytest.raises(SpokenAlready):
            committees.speak(chamber.act(person, SITS), matter, speech="再说。")

    places = {one.person_id: one.place for one in matter.attendance}
    assert [places[one.id] for one in chamber.all] == [1, 2, 3, 4, 5]


def test_who_leaves_is_excused_while_a_quorum_stays(chamber: Chamber) -> None:
    matter = chamber.spoken(chamber.others[0])
    act = chamber.act(chamber.town.chief, SITS)
    committees.excuse(act, matter, person_id=chamber.others[1].id, reason="家中急事。")
    assert [one.person_id for one in matter.absent] == sorted(one.id for one in chamber.others)

    with pytest.raises(NoQuorum):
        committees.excuse(act, matter, person_id=chamber.full_time.id, reason="也走。")
    with pytest.raises(NotSitting):
        committees.excuse(act, matter, person_id=chamber.others[1].id, reason="已走。")
    chamber.votes(matter, chamber.full_time, YES)
    with pytest.raises(VotedAlready):
        committees.excuse(act, matter, person_id=chamber.full_time.id, reason="已投。")
    waiting = {one.person_id for one in open_tasks(chamber, TaskKind.VOTE_IN_COMMITTEE)}
    assert waiting == {chamber.deputy.id, chamber.town.chief.id}


# --- the vote -----------------------------------------------------------------------------------


def test_a_member_votes_once_after_speaking(chamber: Chamber) -> None:
    """PCOM 21."""
    matter = chamber.opened()
    member = chamber.others[0]
    with pytest.raises(NotSpokenYet):
        chamber.votes(matter, member, YES)
    committees.speak(chamber.act(member, SITS), matter, speech="同意。")

    chamber.votes(matter, member, YES)

    with pytest.raises(VotedAlready):
        chamber.votes(matter, member, NO)
    assert [one.ballot for one in matter.votes] == [YES]


def test_the_database_knows_one_vote_for_each_member(chamber: Chamber) -> None:
    matter = chamber.voted(AGREE)
    twice = CommitteeVote(
        matter_id=matter.id,
        person_id=chamber.deputy.id,
        ballot=NO,
        form=VoteForm.IN_SESSION,
        cast_at=SITS,
    )

    with pytest.raises(IntegrityError, match="one_vote"), chamber.session.begin_nested():
        chamber.session.add(twice)


def test_nobody_votes_who_does_not_sit(chamber: Chamber) -> None:
    absent = chamber.others[0]
    matter = chamber.spoken(absent)
    for person in (chamber.head, chamber.town.prosecutor, chamber.town.manager):
        with pytest.raises(NotAllowed):
            chamber.votes(matter, person, YES)
    with pytest.raises(NotSitting):
        chamber.votes(matter, absent, YES)
    with pytest.raises(NotSitting):
        committees.speak(chamber.act(absent, SITS), matter, speech="不在场。")


def test_another_decision_says_what_it_is(chamber: Chamber) -> None:
    matter = chamber.spoken()
    with pytest.raises(OpinionMissing):
        committees.vote(chamber.act(chamber.deputy, SITS), matter, ballot=ELSE)
    committees.vote(chamber.act(chamber.deputy, SITS), matter, ballot=YES)
    assert matter.votes[0].opinion is None


_EVERY_WAY = list(product((YES, NO, ELSE), repeat=5))


@pytest.mark.parametrize(
    "ballots", [one for one in _EVERY_WAY if list(one) == sorted(one)], ids=str
)
def test_the_count_is_what_more_than_half_of_all_say(
    chamber: Chamber, ballots: tuple[Ballot, ...]
) -> None:
    most = max(Ballot, key=ballots.count)
    winner = most if ballots.count(most) >= 3 else None

    matter = chamber.counted(ballots)

    assert matter.majority is winner
    expected = CommitteeState.MAJORITY if winner else CommitteeState.UNDECIDED
    assert matter.state is expected
    (task,) = open_tasks(chamber, TaskKind.SIGN_COMMITTEE_DECISION)
    assert (task.post, task.office_id) == (
        PostKind.CHIEF_PROCURATOR,
        chamber.town.procuratorate.id,
    )


@pytest.mark.parametrize(
    ("ballots", "state"),
    [
        ((YES, YES, YES, None, YES), CommitteeState.MAJORITY),
        ((None, None, YES, YES, YES), CommitteeState.MAJORITY),
        ((None, None, YES, YES, NO), CommitteeState.NO_MAJORITY),
        ((None, NO, YES, YES, NO), CommitteeState.NO_MAJORITY),
        ((YES, YES, NO, NO, ELSE), CommitteeState.UNDECIDED),
    ],
)
def test_a_majority_is_of_all_and_not_of_those_present(
    chamber: Chamber, ballots: tuple[Ballot | None, ...], state: CommitteeState
) -> None:
    """Two of three present are no majority of five."""
    assert chamber.counted(ballots).state is state


def test_all_who_sit_have_voted_before_the_count(chamber: Chamber) -> None:
    matter = chamber.spoken()
    for person in chamber.all[:4]:
        chamber.votes(matter, person, YES)

    with pytest.raises(VotesMissing) as refused:
        committees.count(chamber.act(chamber.town.chief, SITS), matter)

    assert refused.value.members["people"] == [chamber.town.chief.id]


def test_the_minority_stays_on_record(chamber: Chamber) -> None:
    """PCOM 21."""
    matter = chamber.counted((YES, YES, YES, NO, ELSE))
    committees.decide(chamber.act(chamber.town.chief, SITS), matter, wording="批准。")

    minority = {(one.person_id, one.ballot, one.opinion) for one in matter.minority}
    assert minority == {
        (chamber.deputy.id, NO, "理由如下。"),
        (chamber.town.chief.id, ELSE, "理由如下。"),
    }


# --- no majority --------------------------------------------------------------------------------


def _without(chamber: Chamber) -> CommitteeMatter:
    """Two for, two against, one absent."""
    return chamber.counted((None, YES, YES, NO, NO))


def test_the_absent_are_asked_in_writing(chamber: Chamber) -> None:
    """PCOM 23."""
    matter = _without(chamber)
    absent = chamber.others[0]
    assert matter.state is CommitteeState.NO_MAJORITY
    waiting = open_tasks(chamber, TaskKind.VOTE_IN_COMMITTEE)
    assert [one.person_id for one in waiting] == [absent.id]

    with pytest.raises(SitsInSession):
        chamber.votes(matter, chamber.others[1], NO)
    with pytest.raises(OpinionMissing):
        committees.vote(chamber.act(absent, SITS), matter, ballot=YES)
    with pytest.raises(VotesMissing):
        committees.count(chamber.act(chamber.town.chief, SITS), matter)
    chamber.votes(matter, absent, NO)
    committees.count(chamber.act(chamber.town.chief, SITS), matter)

    assert matter.votes[-1].form is VoteForm.IN_WRITING
    assert (matter.state, matter.majority) == (CommitteeState.MAJORITY, NO)


def test_still_undecided_it_goes_to_the_upper_level(chamber: Chamber) -> None:
    """PCOM 23."""
    matter = _without(chamber)
    act = chamber.act(chamber.town.chief, SITS)
    with pytest.raises(WrongState):
        committees.report_up(act, matter, reasons="尚未征求缺席委员意见。")
    chamber.votes(matter, chamber.others[0], ELSE)
    committees.count(act, matter)
    assert matter.state is CommitteeState.UNDECIDED
    with pytest.raises(WrongState):
        committees.decide(act, matter, wording="无多数意见。")

    committees.report_up(act, matter, reasons="未形成多数意见。")

    assert (matter.state, matter.reported_to_id) == (CommitteeState.REPORTED, chamber.upper.id)
    committees.receive(act, matter, decision=YES, wording="上级决定批准逮捕。")
    assert (matter.state, matter.decision) == (CommitteeState.DECIDED, YES)
    assert hears(chamber, matter, "CommitteeMatterRaised") >= {chamber.town.prosecutor.id}


def test_a_chief_who_disagrees_reports_to_the_upper_level(chamber: Chamber) -> None:
    """ORG 32 paragraph 3, PCOM 22."""
    matter = chamber.counted((YES, YES, YES, YES, NO))
    act = chamber.act(chamber.town.chief, SITS)
    for person in (chamber.deputy, chamber.head, chamber.town.prosecutor, chamber.town.manager):
        with pytest.raises(NotAllowed):
            committees.report_up(chamber.act(person, SITS), matter, reasons="不该如此。")

    committees.report_up(act, matter, reasons="不同意多数委员意见。")

    assert matter.state is CommitteeState.REPORTED
    with pytest.raises(WrongState):
        committees.decide(act, matter, wording="已报请。")


def test_without_an_upper_level_nothing_is_reported(chamber: Chamber) -> None:
    matter = chamber.counted(AGREE)
    chamber.town.procuratorate.superior_id = None

    with pytest.raises(NoUpperLevel):
        committees.report_up(chamber.act(chamber.town.chief, SITS), matter, reasons="无上级。")


# --- the decision and after ---------------------------------------------------------------------


def test_the_decision_has_a_notice_with_a_number(chamber: Chamber) -> None:
    """PCOM 28."""
    matter = chamber.decided()

    short = chamber.town.procuratorate.short_name
    assert matter.notice_number == f"{short}检委决〔2026〕1号"
    assert (matter.decision, matter.decision_wording) == (YES, "批准逮捕。")
    (task,) = open_tasks(chamber, TaskKind.CARRY_OUT_COMMITTEE_DECISION)
    assert task.person_id == chamber.town.prosecutor.id
    assert open_tasks(chamber, TaskKind.SIGN_COMMITTEE_DECISION) == []
    assert chamber.town.prosecutor.id in hears(chamber, matter, "CommitteeDecided")
    assert chamber.case.state is CaseState.ASSIGNED


def test_without_a_handler_the_head_is_asked_to_carry_it_out(chamber: Chamber) -> None:
    matter = chamber.counted(AGREE)
    chamber.case.handler_id = None

    committees.decide(chamber.act(chamber.town.chief, SITS), matter, wording="批准。")

    (task,) = open_tasks(chamber, TaskKind.CARRY_OUT_COMMITTEE_DECISION)
    assert task.post is PostKind.DEPARTMENT_HEAD


def test_a_deputy_who_presided_signs_too(chamber: Chamber) -> None:
    matter = chamber.opened(presider=chamber.deputy)
    order = [*chamber.others, chamber.full_time, chamber.town.chief, chamber.deputy]
    for person in order:
        committees.speak(chamber.act(person, SITS), matter, speech="同意。")
        chamber.votes(matter, person, YES)
    committees.count(chamber.act(chamber.deputy, SITS), matter)
    for person in (chamber.full_time, chamber.head, chamber.town.manager):
        with pytest.raises(NotAllowed):
            committees.decide(chamber.act(person, SITS), matter, wording="不该如此。")

    committees.decide(chamber.act(chamber.deputy, SITS), matter, wording="批准。")

    assert matter.decided_by == chamber.deputy.id


def test_feedback_follows_within_five_days_of_execution(chamber: Chamber) -> None:
    """ORG 33, PCOM 32."""
    matter = chamber.decided()
    done = SITS + timedelta(days=2)
    handler = chamber.act(chamber.town.prosecutor, done)
    for wrong in (SITS.date() - timedelta(days=1), done.date() + timedelta(days=1)):
        with pytest.raises(ExecutedInTheFuture):
            committees.execute(handler, matter, executed_on=wrong)
    with pytest.raises(NotAllowed):
        committees.execute(chamber.act(chamber.head, done), matter, executed_on=done.date())

    committees.execute(handler, matter, executed_on=done.date())

    assert matter.feedback_due_on == date(2026, 3, 12)
    (task,) = open_tasks(chamber, TaskKind.FEED_BACK_COMMITTEE_DECISION)
    assert (task.person_id, task.due_on) == (chamber.town.prosecutor.id, date(2026, 3, 12))
    assert open_tasks(chamber, TaskKind.CARRY_OUT_COMMITTEE_DECISION) == []
    with pytest.raises(NotAllowed):
        committees.feed_back(chamber.act(chamber.head, done), matter, feedback="不该如此。")

    committees.feed_back(handler, matter, feedback="已送达批准逮捕决定书并执行。")

    assert matter.state is CommitteeState.FED_BACK
    assert open_tasks(chamber, TaskKind.FEED_BACK_COMMITTEE_DECISION) == []
    assert hears(chamber, matter, "CommitteeFeedbackGiven") == everyone(chamber)


def test_a_member_recused_after_voting_has_no_vote_in_the_count(chamber: Chamber) -> None:
    matter = chamber.voted((YES, YES, YES, NO, NO))
    recuse(chamber, chamber.others[0])
    matter = reread(chamber, matter)

    committees.count(chamber.act(chamber.town.chief, SITS), matter)

    assert matter.count == {YES: 2, NO: 2, ELSE: 0}
    assert matter.state is CommitteeState.UNDECIDED


# --- every state, every step --------------------------------------------------------------------


def _step(chamber: Chamber, matter: CommitteeMatter, step: str) -> None:
    chief = chamber.act(chamber.town.chief, SITS)
    handler = chamber.act(chamber.town.prosecutor, SITS)
    ids = [one.id for one in chamber.all]
    member = chamber.act(chamber.others[0], SITS)
    steps: dict[str, Deed] = {
        "summon": lambda: committees.summon(
            chief,
            matter,
            sits_at=SITS,
            presider_id=chamber.town.chief.id,
            urgent_reason="羁押期限将届。",
        ),
        "open": lambda: committees.open_session(chief, matter, present=ids, absent=[]),
        "speak": lambda: committees.speak(member, matter, speech="意见。"),
        "vote": lambda: committees.vote(member, matter, ballot=YES, opinion="意见。"),
        "excuse": lambda: committees.excuse(
            chief, matter, person_id=chamber.full_time.id, reason="急事。"
        ),
        "count": lambda: committees.count(chief, matter),
        "report_up": lambda: committees.report_up(chief, matter, reasons="理由。"),
        "decide": lambda: committees.decide(chief, matter, wording="决定。"),
        "receive": lambda: committees.receive(chief, matter, decision=YES, wording="决定。"),
        "execute": lambda: committees.execute(handler, matter, executed_on=SITS.date()),
        "feed_back": lambda: committees.feed_back(handler, matter, feedback="反馈。"),
        "withdraw": lambda: committees.withdraw(chief, matter, reason="撤回。"),
    }
    steps[step]()


def _in_state(chamber: Chamber, state: CommitteeState) -> CommitteeMatter:
    ways: dict[CommitteeState, Way] = {
        CommitteeState.ON_AGENDA: chamber.put,
        CommitteeState.SUMMONED: chamber.summoned,
        CommitteeState.IN_SESSION: chamber.opened,
        CommitteeState.MAJORITY: lambda: chamber.counted(AGREE),
        CommitteeState.NO_MAJORITY: lambda: chamber.counted((None, YES, YES, NO, NO)),
        CommitteeState.UNDECIDED: lambda: chamber.counted((YES, YES, NO, NO, ELSE)),
        CommitteeState.REPORTED: lambda: chamber.counted(AGREE),
        CommitteeState.DECIDED: chamber.decided,
        CommitteeState.EXECUTED: chamber.decided,
        CommitteeState.FED_BACK: chamber.decided,
        CommitteeState.WITHDRAWN: chamber.put,
    }
    matter = ways[state]()
    further = {
        CommitteeState.REPORTED: ["report_up"],
        CommitteeState.EXECUTED: ["execute"],
        CommitteeState.FED_BACK: ["execute", "feed_back"],
        CommitteeState.WITHDRAWN: ["withdraw"],
    }
    for step in further.get(state, []):
        _step(chamber, matter, step)
    chamber.session.flush()
    assert matter.state is state
    return matter


OPERATIONS = [step for step in committees.operations.STEPS if step != "open_session"] + ["open"]


@pytest.mark.prove
@pytest.mark.parametrize("step", OPERATIONS)
@pytest.mark.parametrize("state", CommitteeState)
def test_each_step_is_open_from_its_states_only(
    chamber: Chamber, state: CommitteeState, step: str
) -> None:
    matter = _in_state(chamber, state)
    named = {"count": ("find_majority",)}.get(step, (step,))
    if step == "vote" and state is CommitteeState.IN_SESSION:
        committees.speak(chamber.act(chamber.others[0], SITS), matter, speech="意见。")
    if step == "count" and state is CommitteeState.IN_SESSION:
        for person in chamber.all:
            committees.speak(chamber.act(person, SITS), matter, speech="意见。")
            chamber.votes(matter, person, YES)
    if step == "count" and state is CommitteeState.NO_MAJORITY:
        chamber.votes(matter, chamber.others[0], YES)
    if state in {one for name in named for one in FLOW.sources(name)}:
        _step(chamber, matter, step)
    elif state in {CommitteeState.ON_AGENDA, CommitteeState.SUMMONED, CommitteeState.WITHDRAWN}:
        with pytest.raises((WrongState, NotAllowed)):
            _step(chamber, matter, step)
    else:
        with pytest.raises(WrongState):
            _step(chamber, matter, step)


# --- who may know of it -------------------------------------------------------------------------


def test_what_is_visible_is_what_the_law_lets_one_read(chamber: Chamber) -> None:
    chamber.put()
    chamber.decided()
    recuse(chamber, chamber.others[0])
    (left,) = chamber.session.scalars(
        select(CommitteeMember).where(CommitteeMember.person_id == chamber.full_time.id)
    )
    committees.leave(chamber.act(chamber.town.chief), left)
    other = chamber.make.town()
    chamber.session.flush()
    chamber.session.expire_all()
    everything = chamber.session.scalars(select(CommitteeMatter)).all()
    people = (
        chamber.town.prosecutor.id,
        chamber.deputy.id,
        chamber.others[0].id,
        chamber.full_time.id,
        0,
    )
    offices = (chamber.town.procuratorate, chamber.town.police, other.procuratorate)
    sizes = set()
    for person_id in people:
        for post in PostKind:
            for office in offices:
                actor = Actor(person_id, frozenset({(post.value, office.id)}))
                act = chamber.make.act(actor)
                seen = {one.id for one in chamber.session.scalars(committees.visible(act))}
                lawful = {
                    one.id
                    for one in everything
                    if allows(actor, Permission.COMMITTEE_MATTER_READ, one)
                }
                assert seen == lawful, actor
                sizes.add(len(seen))
    assert sizes == {0, 2}


def test_votes_are_for_the_committee_alone(chamber: Chamber) -> None:
    matter = chamber.decided()
    readers = {
        one.id
        for one in (
            *chamber.all,
            chamber.head,
            chamber.town.prosecutor,
            chamber.town.manager,
            chamber.town.officer,
        )
        if allows(chamber.act(one).actor, Permission.COMMITTEE_VOTE_READ, matter)
    }

    assert readers == everyone(chamber)
