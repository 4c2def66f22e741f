"""Cases split, merged and linked: everything goes along, and no period moves."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, update

from services import (
    arrest_requests,
    arrest_reviews,
    assignments,
    cases,
    memberships,
    proceedings,
    prosecutions,
    transfers,
)
from services.arrest_requests.terms import Measure
from services.arrest_reviews import Hearing, Proposal
from services.assignments import Assignment, AssignmentKind, Recusal, RecusalGround
from services.cases import Case, CaseState
from services.deadlines import Deadline, DeadlineEntry
from services.kernel.act import Actor
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound, Stale
from services.memberships import (
    DecisionAwaited,
    HandlerKeptAway,
    LinkedBefore,
    LinkedToItself,
    LinkReason,
    NobodyLeft,
    NobodyNamed,
    NoHandlerThere,
    NotOfOneKind,
    NotTheLater,
    SplitReason,
    SuspectInBoth,
    SuspectUnknown,
)
from services.offices import OfficeKind
from services.policy import Permission, PostKind, allows
from services.proceedings import Proposal as StepProposal
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town
from tests.prosecutions.measures import decide

MINOR = SplitReason.MINOR


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def handled(make: Make, town: Town, count: int = 2) -> Case:
    case = make.case(town, *[make.suspect() for _ in range(count)])
    return given_to(make, town, case)


def given_to(make: Make, town: Town, case: Case, handler_id: int | None = None) -> Case:
    assignments.designate(
        make.act(town.manager),
        case,
        handler_id=handler_id or town.prosecutor.id,
        reason="测试指定。",
        approver_id=town.chief.id,
    )
    return case


def prosecuted(make: Make, town: Town, count: int = 2) -> Case:
    suspects = [make.suspect(measure=Measure.ARREST) for _ in range(count)]
    return make.prosecution(town, *suspects).case


def clocks(make: Make) -> tuple[Sequence[Any], ...]:
    """Everything that the ledger says of every period: who keeps it apart."""
    rows = select(
        Deadline.id, Deadline.rule_id, Deadline.due_on, Deadline.outer_on, Deadline.closed_at
    ).order_by(Deadline.id)
    entries = select(DeadlineEntry.id).order_by(DeadlineEntry.id)
    return make.session.execute(rows).all(), make.session.scalars(entries).all()


def open_tasks(make: Make, *kinds: TaskKind) -> list[Task]:
    chosen = select(Task).where(Task.state == TaskState.OPEN, Task.kind.in_(kinds))
    return list(make.session.scalars(chosen.order_by(Task.id)))


def test_a_minor_is_split_off_with_everything_and_no_clock_moves(make: Make, town: Town) -> None:
    case = prosecuted(make, town)
    first, second = list(case.suspects)
    before = clocks(make)
    tasks = [one.id for one in open_tasks(make, TaskKind.REVIEW_PROSECUTION)]

    new = memberships.split(make.act(town.prosecutor), case, suspect_ids=[second.id], reason=MINOR)

    assert clocks(make) == before
    assert [one.id for one in open_tasks(make, TaskKind.REVIEW_PROSECUTION)] == tasks
    assert new.number == f"{town.procuratorate.short_name}诉受〔2026〕2号"
    assert (new.handler_id, new.state) == (town.prosecutor.id, CaseState.ASSIGNED)
    assert (case.suspects, new.suspects) == ([first], [second])
    kept = select(Assignment).where(Assignment.case_id == new.id)
    assert make.session.scalars(kept).one().kind is AssignmentKind.SAME_HANDLER
    act = make.act(town.prosecutor)
    (theirs,) = prosecutions.of_case(act, new)
    proceedings.take(act, theirs, "tell_rights", {"told": ["suspect"], "form": "oral"})
    assert proceedings.taken_in(act, [theirs])[0].case_id == new.id


def test_an_arrest_case_is_split_and_both_are_decided_apart(make: Make, town: Town) -> None:
    case = handled(make, town)
    second = case.suspects[1]
    new = memberships.split(
        make.act(town.prosecutor),
        case,
        suspect_ids=[second.id],
        reason=SplitReason.DIFFERENT_PROGRESS,
    )
    (review,) = arrest_reviews.of_case(make.act(town.prosecutor), new)
    assert review.suspect_id == second.id
    assert case.request is not None
    assert case.request.handler_id == town.prosecutor.id

    make.held(review.case, review.suspect)
    arrest_reviews.opine(
        make.act(town.prosecutor),
        review,
        proposal=Proposal.APPROVE,
        refusal_kind=None,
        hearing=Hearing.INTERROGATED,
        reasons="符合逮捕条件。",
        outline=None,
    )
    arrest_reviews.decide(
        make.act(town.chief),
        review,
        outcome=Proposal.APPROVE,
        refusal_kind=None,
        reasons="同意。",
    )

    assert (case.state, new.state) == (CaseState.ASSIGNED, CaseState.DECIDED)


def test_a_case_without_a_handler_is_split_into_two_to_be_assigned(make: Make, town: Town) -> None:
    case = make.case(town, make.suspect(), make.suspect())
    new = memberships.split(
        make.act(town.manager), case, suspect_ids=[case.suspects[0].id], reason=MINOR
    )

    assert len(open_tasks(make, TaskKind.ASSIGN_CASE)) == 2
    given_to(make, town, case)
    given_to(make, town, new)
    act = make.act(town.manager)
    assert [len(arrest_reviews.of_case(act, one)) for one in (case, new)] == [1, 1]


def test_whoever_was_recused_stays_away_from_the_split_case(make: Make, town: Town) -> None:
    case = handled(make, town)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    assignments.recuse(
        make.act(town.chief), case, person_id=other.id, ground=RecusalGround.INTEREST
    )

    new = memberships.split(
        make.act(town.prosecutor), case, suspect_ids=[case.suspects[0].id], reason=MINOR
    )

    kept_away = select(Recusal.person_id).where(Recusal.case_id == new.id)
    assert make.session.scalars(kept_away).all() == [other.id]


def test_what_is_returned_goes_along_and_what_awaits_a_decision_holds_the_split_up(
    make: Make, town: Town
) -> None:
    case = prosecuted(make, town)
    act = make.act(town.prosecutor)
    first, second = prosecutions.of_case(act, case)
    given = {"ground": "not_needed", "reasons": "不需要继续羁押。"}
    proposal = proceedings.take(act, second, "release", given)
    assert isinstance(proposal, StepProposal)

    with pytest.raises(DecisionAwaited):
        memberships.split(act, case, suspect_ids=[second.suspect_id], reason=MINOR)
    proceedings.withdraw(act, proposal)
    new = memberships.split(act, case, suspect_ids=[second.suspect_id], reason=MINOR)

    assert (proposal.case_id, first.case_id) == (new.id, case.id)


def test_an_opinion_that_awaits_approval_holds_the_split_up(make: Make, town: Town) -> None:
    case = handled(make, town)
    act = make.act(town.prosecutor)
    review = arrest_reviews.of_case(act, case)[0]
    make.held(review.case, review.suspect)
    arrest_reviews.opine(
        act,
        review,
        proposal=Proposal.APPROVE,
        refusal_kind=None,
        hearing=Hearing.INTERROGATED,
        reasons="符合逮捕条件。",
        outline=None,
    )

    with pytest.raises(DecisionAwaited):
        memberships.split(act, case, suspect_ids=[review.suspect_id], reason=MINOR)


def test_a_case_whose_last_open_suspect_leaves_it_is_closed(make: Make, town: Town) -> None:
    case = prosecuted(make, town)
    act = make.act(town.prosecutor)
    first, second = prosecutions.of_case(act, case)
    given: dict[str, Any] = {"reasons": "应由其他机关侦查。", "objected": True}
    decide(make, town, first, "send_back_wrong_organ", **given)
    assert case.state is CaseState.ASSIGNED

    new = memberships.split(act, case, suspect_ids=[second.suspect_id], reason=MINOR)

    assert (case.state, new.state) == (CaseState.CLOSED, CaseState.ASSIGNED)


def test_a_split_names_some_of_the_case_and_leaves_somebody(make: Make, town: Town) -> None:
    case = handled(make, town)
    elsewhere = handled(make, town).suspects[0]
    act = make.act(town.prosecutor)

    everybody = [one.id for one in case.suspects]
    for named, refusal in (
        ([], NobodyNamed),
        ([elsewhere.id], SuspectUnknown),
        (everybody, NobodyLeft),
    ):
        with pytest.raises(refusal):
            memberships.split(act, case, suspect_ids=named, reason=MINOR)


@pytest.mark.parametrize("who", ["officer", "chief"])
def test_only_the_handler_and_case_management_split_merge_and_link(
    make: Make, town: Town, who: str
) -> None:
    first, case = handled(make, town), handled(make, town)
    act = make.act(getattr(town, who))

    with pytest.raises(NotAllowed):
        memberships.split(act, case, suspect_ids=[case.suspects[0].id], reason=MINOR)
    with pytest.raises(NotAllowed):
        memberships.merge(act, case, into=first)
    with pytest.raises(NotAllowed):
        memberships.link(act, case, first, reason=LinkReason.ACCOMPLICES)


def test_nothing_is_split_or_merged_that_is_over(make: Make, town: Town) -> None:
    first, case = handled(make, town), handled(make, town)
    case.state = CaseState.CLOSED
    make.session.flush()

    with pytest.raises(WrongState):
        memberships.split(
            make.act(town.prosecutor), case, suspect_ids=[case.suspects[0].id], reason=MINOR
        )
    with pytest.raises(WrongState):
        memberships.merge(make.act(town.prosecutor), case, into=first)


def test_the_later_case_goes_over_with_everything_and_no_clock_moves(
    make: Make, town: Town
) -> None:
    first, later = prosecuted(make, town, 1), prosecuted(make, town, 1)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    assignments.change_handler(
        make.act(town.manager),
        later,
        handler_id=other.id,
        reason="测试。",
        approver_id=town.chief.id,
    )
    moved = later.suspects[0]
    before = clocks(make)

    memberships.merge(make.act(town.manager), later, into=first)

    assert clocks(make) == before
    assert (later.state, later.merged_into_id) == (CaseState.MERGED, first.id)
    assert later.handler_id == town.prosecutor.id
    assert moved in first.suspects
    assert later.suspects == []
    keepers = select(Deadline.handler_id).where(
        Deadline.suspect_id == moved.id, Deadline.closed_at.is_(None)
    )
    assert set(make.session.scalars(keepers)) == {town.prosecutor.id}
    reviewing = open_tasks(make, TaskKind.REVIEW_PROSECUTION)
    assert [one.person_id for one in reviewing] == [town.prosecutor.id] * 2
    assert not cases.find(make.act(town.manager), later.id).suspects


def test_a_case_that_nobody_handles_yet_goes_over_into_one_that_is_handled(
    make: Make, town: Town
) -> None:
    first, later = handled(make, town, 1), make.case(town)
    memberships.merge(make.act(town.manager), later, into=first)

    act = make.act(town.manager)
    assert len(arrest_reviews.of_case(act, first)) == 2
    assert not open_tasks(make, TaskKind.ASSIGN_CASE)
    reviewing = open_tasks(make, TaskKind.REVIEW_ARREST)
    assert [one.person_id for one in reviewing] == [town.prosecutor.id] * 2


def test_two_cases_without_a_handler_become_one(make: Make, town: Town) -> None:
    first, later = make.case(town), make.case(town)

    memberships.merge(make.act(town.manager), later, into=first)

    (task,) = open_tasks(make, TaskKind.ASSIGN_CASE)
    assert task.about_id == first.id
    given_to(make, town, first)
    assert len(arrest_reviews.of_case(make.act(town.manager), first)) == 2


def test_only_like_goes_into_like_and_the_later_into_the_earlier(make: Make, town: Town) -> None:
    first, later = handled(make, town), handled(make, town)
    unassigned, third = make.case(town), handled(make, town)
    charged = prosecuted(make, town)
    manager = make.act(town.manager)

    for case, into, refusal in (
        (first, later, NotTheLater),
        (first, first, NotTheLater),
        (charged, first, NotOfOneKind),
        (third, unassigned, NoHandlerThere),
    ):
        with pytest.raises(refusal):
            memberships.merge(manager, case, into=into)


def test_another_organs_case_stays_apart(make: Make, town: Town) -> None:
    first = handled(make, town)
    police = make.office(OfficeKind.PUBLIC_SECURITY, procuratorate_id=town.procuratorate.id)
    officer = make.person(PostKind.POLICE_OFFICER, police)
    there = Town(town.procuratorate, police, officer, town.manager, town.prosecutor, town.chief)

    with pytest.raises(NotOfOneKind):
        memberships.merge(make.act(town.manager), handled(make, there), into=first)


def test_a_handler_merges_no_case_into_another_handlers(make: Make, town: Town) -> None:
    first, later = handled(make, town), make.case(town)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    given_to(make, town, later, other.id)

    with pytest.raises(NotAllowed):
        memberships.merge(make.act(other), later, into=first)


def test_a_recused_handler_takes_nothing_over(make: Make, town: Town) -> None:
    first, later = handled(make, town), make.case(town)
    assignments.recuse(
        make.act(town.chief),
        later,
        person_id=town.prosecutor.id,
        ground=RecusalGround.INTEREST,
    )

    with pytest.raises(HandlerKeptAway):
        memberships.merge(make.act(town.manager), later, into=first)


def test_one_suspect_in_both_keeps_them_apart(make: Make, town: Town) -> None:
    first, later = prosecuted(make, town), prosecuted(make, town)
    later.suspects.append(first.suspects[0])
    make.session.flush()

    with pytest.raises(SuspectInBoth):
        memberships.merge(make.act(town.manager), later, into=first)


def test_a_decision_awaited_holds_the_merger_up(make: Make, town: Town) -> None:
    first, later = prosecuted(make, town), prosecuted(make, town)
    act = make.act(town.prosecutor)
    (one, *_) = prosecutions.of_case(act, later)
    proceedings.take(act, one, "release", {"ground": "not_needed", "reasons": "不需要。"})

    with pytest.raises(DecisionAwaited):
        memberships.merge(act, later, into=first)


def test_a_case_that_changed_meanwhile_is_read_again_first(make: Make, town: Town) -> None:
    case = handled(make, town, 3)
    changed = update(Case).where(Case.id == case.id).values(version=case.version + 1)
    make.session.execute(changed, execution_options={"synchronize_session": False})

    with pytest.raises(Stale):
        memberships.split(
            make.act(town.prosecutor), case, suspect_ids=[case.suspects[0].id], reason=MINOR
        )


def test_cases_are_linked_both_ways_once(make: Make, town: Town) -> None:
    first, second = handled(make, town), prosecuted(make, town)
    act = make.act(town.prosecutor)

    memberships.link(act, second, first, reason=LinkReason.RELATED_FACTS)

    for case, other in ((first, second), (second, first)):
        (relation,) = memberships.links_of(act, case)
        assert (relation.case, relation.kind) == (other, "related_facts")
    with pytest.raises(LinkedBefore):
        memberships.link(act, first, second, reason=LinkReason.ACCOMPLICES)
    with pytest.raises(LinkedToItself):
        memberships.link(act, first, first, reason=LinkReason.ACCOMPLICES)


def test_only_who_sees_the_other_case_reads_the_link(make: Make, town: Town) -> None:
    first = handled(make, town)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    second = given_to(make, town, make.case(town), other.id)
    memberships.link(make.act(town.manager), first, second, reason=LinkReason.ACCOMPLICES)

    assert memberships.links_of(make.act(town.prosecutor), first) == []
    assert len(memberships.links_of(make.act(town.officer), first)) == 1
    assert memberships.links_of(make.act(Actor(0, frozenset())), first) == []


def test_what_was_split_and_merged_is_shown_as_belonging_together(make: Make, town: Town) -> None:
    first, later = handled(make, town), handled(make, town)
    act = make.act(town.manager)
    new = memberships.split(act, first, suspect_ids=[first.suspects[0].id], reason=MINOR)
    memberships.merge(act, later, into=first)

    assert [(one.case, one.kind) for one in memberships.links_of(act, first)] == [
        (later, "merged_from"),
        (new, "split_off"),
    ]
    assert [one.kind for one in memberships.links_of(act, new)] == ["split_from"]
    assert [one.kind for one in memberships.links_of(act, later)] == ["merged_into"]


def test_what_is_offered_is_lawful_and_open(make: Make, town: Town) -> None:
    case = handled(make, town, 1)
    pair = handled(make, town)

    def offered(who: str, one: Case) -> list[str]:
        return memberships.allowed(make.act(getattr(town, who)), one)

    assert offered("officer", case) == ["add_suspect", "identify"]
    assert offered("prosecutor", case) == ["add_suspect", "identify", "merge", "link"]
    assert "split" in offered("manager", pair)
    assert offered("chief", case) == []


def test_who_takes_a_split_or_merged_case_over_reads_what_it_came_from(
    make: Make, town: Town
) -> None:
    first, later, case = handled(make, town), handled(make, town), handled(make, town)
    manager = make.act(town.manager)
    new = memberships.split(manager, case, suspect_ids=[case.suspects[0].id], reason=MINOR)
    memberships.merge(manager, later, into=first)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    for one in (new, first):
        assignments.change_handler(
            manager, one, handler_id=other.id, reason="测试。", approver_id=town.chief.id
        )
    make.session.expire_all()

    act = make.act(other)
    for one in (new, first, later):
        assert one.request is not None
        assert arrest_requests.find(act, one.request.id) is one.request
        assert allows(act.actor, Permission.ARREST_REQUEST_READ, one.request)
    with pytest.raises(NotFound):
        arrest_requests.find(make.act(town.prosecutor), first.origin.id)


def test_a_split_transfer_is_read_by_who_handles_the_part(make: Make, town: Town) -> None:
    case = prosecuted(make, town)
    manager = make.act(town.manager)
    new = memberships.split(manager, case, suspect_ids=[case.suspects[0].id], reason=MINOR)
    other = make.person(PostKind.PROSECUTOR, town.procuratorate)
    assignments.change_handler(
        manager, new, handler_id=other.id, reason="测试。", approver_id=town.chief.id
    )
    make.session.expire_all()

    assert transfers.find(make.act(other), new.origin.id) is case.transfer
    assert allows(make.act(other).actor, Permission.TRANSFER_READ, case.transfer)
