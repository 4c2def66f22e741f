"""What somebody might try: decide for themselves, past the committee, after a recusal, at once."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from notifications.proceedings import APPROVER, PROPOSER
from services import (
    assignments,
    cases,
    deadlines,
    delegations,
    policy,
    proceedings,
    prosecutions,
    transfers,
)
from services.assignments import RecusalGround
from services.cases import Case
from services.deadlines import Keepers
from services.deadlines.lists import PARTYS
from services.delegations import Chair, NoSuchTime, NotAbleToAct
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import Office, OfficeKind
from services.people import Person
from services.policy import Permission, PostKind
from services.proceedings import (
    CommitteeElsewhere,
    Decider,
    Proposal,
    ProposalOutcome,
    ProposalState,
    RemarkKind,
    powers,
)
from services.proceedings.powers import ListOf
from services.prosecutions import Prosecution, ProsecutionState
from services.tasks import TaskKind
from tests.make import LENT, Make, Town
from tests.proceedings.conftest import CHECKS, Refused, Trip, matter_of, running
from tests.proceedings.test_proposals import EXTEND, open_tasks, proposed, set_list

INSTEAD: dict[str, Any] = {"institution": "云江市精神卫生中心", "reasons": "言行异常。"}


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


@pytest.fixture
def prosecution(make: Make, town: Town) -> Prosecution:
    return make.prosecution(town)


def acts_for_the_chief(make: Make, town: Town, person: Person) -> None:
    chief = make.act(town.chief)
    delegations.give(
        chief,
        Chair(town.procuratorate.id),
        to_id=person.id,
        from_on=chief.today,
        until_on=chief.today,
        matters=LENT,
        reason="检察长外出学习。",
    )


def above(make: Make, town: Town) -> Person:
    """The chief procurator one level above."""
    superior = make.office(OfficeKind.PROCURATORATE, level="municipal")
    town.procuratorate.superior_id = superior.id
    return make.person(PostKind.CHIEF_PROCURATOR, superior)


def lies_above(make: Make, proposal: Proposal, chief: Person) -> None:
    """Let the proposal lie before the procuratorate above, as after the first approval."""
    (office_id,) = make.act(chief).actor.offices
    proposal.approver_office_id, proposal.level = office_id, 1
    proposal.chain = [*proposal.chain, {"post": "chief_procurator", "office_id": office_id}]
    make.session.flush()


# --- deciding for oneself --------------------------------------------------------------------


def test_nobody_decides_by_delegation_on_an_own_proposal(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    proposal = proposed(make, town, prosecution)
    acts_for_the_chief(make, town, town.prosecutor)
    act = make.act(town.prosecutor)

    for outcome in ProposalOutcome:
        with pytest.raises(NotAllowed):
            proceedings.decide(act, proposal, outcome=outcome, note="同意。")

    assert proceedings.allowed(act, proposal) == ["remark", "withdraw"]


def test_nobody_decides_by_delegation_on_the_arrest_that_they_propose(
    make: Make, town: Town
) -> None:
    case = make.case(town)
    assignments.designate(
        make.act(town.manager),
        case,
        handler_id=town.prosecutor.id,
        reason="测试指定。",
        approver_id=town.chief.id,
    )
    acts_for_the_chief(make, town, town.prosecutor)
    deputy = make.person(PostKind.PROSECUTOR, town.procuratorate)
    acts_for_the_chief(make, town, deputy)

    may = {
        who.id: policy.allows(make.act(who).actor, Permission.ARREST_REVIEW_DECIDE, case)
        for who in (town.prosecutor, deputy, town.chief)
    }
    assert may == {town.prosecutor.id: False, deputy.id: True, town.chief.id: True}


def test_nobody_gives_themselves_powers_while_they_act_for_the_chief(
    make: Make, town: Town
) -> None:
    acts_for_the_chief(make, town, town.prosecutor)
    act = make.act(town.prosecutor)

    with pytest.raises(NotAllowed):
        powers.set_list(
            act,
            ListOf(town.procuratorate.id),
            in_force_from=act.today,
            powers={"return_case": Decider.HANDLER},
            known={"return_case"},
        )


def test_a_chief_who_acts_for_the_chief_would_have_locked_the_chair(make: Make, town: Town) -> None:
    with pytest.raises(NotAbleToAct):
        acts_for_the_chief(make, town, town.chief)


def test_a_delegation_never_reaches_past_the_calendar(make: Make, town: Town) -> None:
    deputy = make.person(PostKind.PROSECUTOR, town.procuratorate)
    for day in (date.max, date(2199, 1, 1)):
        with pytest.raises(NoSuchTime):
            delegations.give(
                make.act(town.chief),
                Chair(town.procuratorate.id),
                to_id=deputy.id,
                from_on=day,
                until_on=day,
                matters=LENT,
                reason="检察长外出学习。",
            )


def test_nobody_reviews_an_own_proposal_or_objects_for_another(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    head = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    proposal = proposed(make, town, prosecution)

    with pytest.raises(NotAllowed):
        proceedings.remark(
            make.act(town.prosecutor), proposal, kind=RemarkKind.REVIEW, words="部门负责人同意。"
        )
    with pytest.raises(NotAllowed):
        proceedings.remark(
            make.act(head), proposal, kind=RemarkKind.OBJECTION, words="承办人不同意。"
        )


# --- past the committee ----------------------------------------------------------------------


def test_what_the_list_leaves_to_the_committee_is_not_decided_otherwise_alone(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    set_list(make, town, return_case=Decider.CHIEF)
    proposal = proposed(make, town, prosecution)
    chief = make.act(town.chief)
    powers.set_list(
        chief,
        ListOf(town.procuratorate.id),
        in_force_from=chief.today,
        powers={"send_to_evaluation": Decider.COMMITTEE},
        known={"send_to_evaluation"},
    )

    proceedings.decide(
        chief,
        proposal,
        outcome=ProposalOutcome.OTHERWISE,
        note="先鉴定。",
        step="send_to_evaluation",
        given=INSTEAD,
    )

    assert proposal.state is ProposalState.OVERRULED
    assert prosecution.state is ProsecutionState.UNDER_REVIEW
    waiting = proceedings.awaited(chief, prosecution)
    assert waiting is not None
    assert (waiting.step, waiting.state) == ("send_to_evaluation", ProposalState.BEFORE_COMMITTEE)
    assert not open_tasks(make, TaskKind.DECIDE_PROPOSAL)


def test_the_committee_below_does_not_decide_for_the_procuratorate_above(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    upper = above(make, town)
    proposal = proposed(make, town, prosecution)
    lies_above(make, proposal, upper)

    with pytest.raises(CommitteeElsewhere):
        proceedings.decide(
            make.act(upper), proposal, outcome=ProposalOutcome.REFER, note="提请检委会。"
        )


# --- who is no longer there ------------------------------------------------------------------


def test_whoever_is_recused_neither_reads_nor_touches_what_they_proposed(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    proposal = proposed(make, town, prosecution)
    assignments.recuse(
        make.act(town.chief),
        make.session.get_one(Case, prosecution.case_id),
        person_id=town.prosecutor.id,
        ground=RecusalGround.PARTY_OR_RELATIVE,
    )
    make.session.flush()
    make.session.expire_all()
    act = make.act(town.prosecutor)

    assert not policy.allows(act.actor, Permission.PROPOSAL_READ, proposal)
    with pytest.raises(NotFound):
        proceedings.find(act, proposal.id)
    with pytest.raises(NotAllowed):
        proceedings.withdraw(act, proposal)
    with pytest.raises(NotAllowed):
        proceedings.remark(act, proposal, kind=RemarkKind.OBJECTION, words="不同意。")
    assert not PROPOSER.includes(act.actor, proposal)
    assert PROPOSER.people(make.session, proposal) == set()
    assert APPROVER.people(make.session, proposal) == {town.chief.id}
    assert proceedings.find(make.act(town.chief), proposal.id) is proposal


# --- at once ---------------------------------------------------------------------------------


def test_two_who_decide_below_at_once_do_not_decide_above(
    make: Make, session: Session, town: Town, prosecution: Prosecution
) -> None:
    upper = above(make, town)
    deputy = make.person(PostKind.PROSECUTOR, town.procuratorate)
    acts_for_the_chief(make, town, deputy)
    proposal = proposed(make, town, prosecution)
    with Session(
        session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False
    ) as other:
        read_before = other.get_one(Proposal, proposal.id)
        late = Make(other, make.now).act(other.get_one(Person, deputy.id))
        lies_above(make, proposal, upper)

        with pytest.raises(NotAllowed):
            proceedings.decide(late, read_before, outcome=ProposalOutcome.APPROVE, note=None)


# --- over the wire ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+08:00", "1899-12-31T00:00:00Z", "9999-12-31T23:59:59-12:00"]
)
def test_a_moment_beyond_every_calendar_is_refused_in_words(trip: Trip, at: str) -> None:
    (review,) = trip.arrested()["arrest_reviews"]
    path = f"/arrest-reviews/{review['id']}"
    version = trip.officer.get(path)["version"]
    body = {
        "step": "report_release",
        "given": {"ground": "unsuitable", "at": at, "reasons": "不应当追究刑事责任。"},
    }

    assert trip.officer.refused("POST", f"{path}/steps", body, f'"{version}"') == 422


def test_a_step_sent_twice_under_one_key_is_one_step(trip: Trip) -> None:
    matter = trip.prosecution()
    version = trip.prosecutor.get(matter)["version"]
    body = {"step": "tell_rights", "given": {"told": ["suspect"], "form": "written"}}
    headers = {
        "Authorization": f"Bearer {trip.prosecutor.token}",
        "Idempotency-Key": "tell-once",
        "If-Match": f'"{version}"',
    }
    replies = [
        trip.prosecutor.client.post(f"/api/v1{matter}/steps", json=body, headers=headers)
        for _ in range(2)
    ]

    assert [one.status_code for one in replies] == [200, 200]
    assert replies[1].headers["Idempotency-Replayed"] == "true"
    taken = [one["code"] for one in trip.prosecutor.get(matter)["history"]]
    assert taken.count("tell_rights") == 1


def test_every_change_of_a_matter_and_of_a_proposal_asks_for_its_version(trip: Trip) -> None:
    matter = trip.prosecution()
    step = {"step": "tell_rights", "given": {}}
    assert trip.prosecutor.refused("POST", f"{matter}/steps", step) == 428
    assert trip.prosecutor.refused("POST", f"{matter}/steps", step, '"0"') == 412
    proposal = trip.prosecutor.step(
        matter, "return_case", outline="一、调取监控。", reasons="主要事实证据不足。"
    )["proposal_id"]
    path = f"/proposals/{proposal}"

    for who, method, way, body in (
        (trip.chief, "PUT", "decision", {"outcome": "approve"}),
        (trip.prosecutor, "PUT", "withdrawal", None),
        (trip.prosecutor, "POST", "remarks", {"kind": "objection", "words": "不同意。"}),
    ):
        assert who.refused(method, f"{path}/{way}", body) == 428
        assert who.refused(method, f"{path}/{way}", body, '"0"') == 412


def test_outsiders_cannot_tell_what_is_there_from_what_is_not(trip: Trip) -> None:
    matter = trip.prosecution()
    proposal = trip.prosecutor.step(
        matter, "return_case", outline="一、调取监控。", reasons="主要事实证据不足。"
    )["proposal_id"]
    prosecution = matter.rpartition("/")[2]
    clerk = trip.member(PostKind.CLERK)
    colleague = trip.member(PostKind.PROSECUTOR)
    upper = trip.above(PostKind.CHIEF_PROCURATOR)
    step = {"step": "no_such_step", "given": {"x": [[[]]]}}
    for who in (trip.stranger, trip.other_police, clerk, colleague, upper):
        for one in (prosecution, 2**31 - 1, 10**30):
            assert who.refused("GET", f"/prosecutions/{one}") == 404
            assert who.refused("POST", f"/prosecutions/{one}/steps", step, '"1"') == 404
        for one in (proposal, 2**31 - 1):
            assert who.refused("GET", f"/proposals/{one}") == 404
            decision = {"outcome": "approve"}
            assert who.refused("PUT", f"/proposals/{one}/decision", decision, '"1"') == 404
    assert trip.officer.refused("GET", f"/proposals/{proposal}") == 404


def test_the_organ_learns_nothing_of_what_awaits_a_decision(trip: Trip) -> None:
    matter = trip.prosecution()
    before = trip.officer.get(matter)
    trip.prosecutor.step(
        matter, "return_case", outline="一、调取监控。", reasons="主要事实证据不足。"
    )
    after = trip.officer.get(matter)

    assert after | {"version": 0} == before | {"version": 0}


# --- what the organ sends in -----------------------------------------------------------------


def transfer(trip: Trip, *named: dict[str, Any]) -> dict[str, Any]:
    return {
        "document_number": f"测公诉字〔2026〕{next(trip.keys)}号",
        "document_on": trip.today.isoformat(),
        "facts": "犯罪嫌疑人在某商场多次盗窃他人财物，数额较大。",
        "suspects": list(named),
    }


def test_a_suspect_whose_prosecution_is_in_hand_is_not_transferred_again(trip: Trip) -> None:
    (review,) = trip.arrested()["arrest_reviews"]
    suspect_id = review["suspect"]["id"]
    again = transfer(trip, {"suspect_id": suspect_id})
    trip.officer.ask("POST", "/transfers", transfer(trip, {"suspect_id": suspect_id}))
    assert trip.officer.refused("POST", "/transfers", again) == 409, "received"
    path = f"/transfers/{trip.officer.get('/transfers')['items'][0]['id']}"
    case = trip.manager.change("PUT", f"{path}/acceptance", {"list": "ordinary", "checks": CHECKS})
    assert trip.officer.refused("POST", "/transfers", again) == 409, "accepted"
    matter = matter_of(trip.assigned(case))
    before = running(trip.prosecutor.get(matter))

    assert trip.officer.refused("POST", "/transfers", again) == 409, "in review"
    assert running(trip.prosecutor.get(matter)) == before


def test_no_arrest_ends_by_the_way_with_a_transfer(trip: Trip) -> None:
    (review,) = trip.arrested()["arrest_reviews"]
    named = {"suspect_id": review["suspect"]["id"]}
    path = f"/arrest-reviews/{review['id']}"
    before = trip.prosecutor.get(path)["deadlines"]

    for measure in ("bail", "none", "detention"):
        body = transfer(trip, named | {"measure": measure})
        with pytest.raises(Refused) as refused:
            trip.officer.ask("POST", "/transfers", body)
        assert refused.value.status == 409
        assert refused.value.problem["article"] == "CPL 96"

    after = trip.prosecutor.get(path)
    assert after["suspect"]["measure"] == "arrest"
    assert after["deadlines"] == before


def test_a_transfer_names_the_own_suspects_and_registered_charges(trip: Trip) -> None:
    (review,) = trip.arrested()["arrest_reviews"]
    named = {"suspect_id": review["suspect"]["id"]}

    assert trip.other_police.refused("POST", "/transfers", transfer(trip, named)) == 422
    for charge_ids in ([2**31 - 1], [trip.theft.id, trip.theft.id]):
        body = transfer(trip, named | {"charge_ids": charge_ids})
        assert trip.officer.refused("POST", "/transfers", body) == 422


# --- who reads, as the law has it and as the lists have it ------------------------------------


def test_whoever_heads_or_acts_for_the_chief_and_is_recused_is_out_at_once(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    head = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    acts_for_the_chief(make, town, head)
    proposal = proposed(make, town, prosecution)
    case = make.session.get_one(Case, prosecution.case_id)
    assert cases.find(make.act(head), case.id) is case
    assert proceedings.find(make.act(head), proposal.id) is proposal

    assignments.recuse(make.act(town.chief), case, person_id=head.id, ground=RecusalGround.INTEREST)
    make.session.flush()
    make.session.expire_all()

    act = make.act(head)
    for find, number in (
        (cases.find, case.id),
        (prosecutions.find, prosecution.id),
        (proceedings.find, proposal.id),
    ):
        with pytest.raises(NotFound):
            find(act, number)
    with pytest.raises(NotAllowed):
        proceedings.decide(act, proposal, outcome=ProposalOutcome.APPROVE, note=None)
    assert prosecution.state is ProsecutionState.UNDER_REVIEW
    assert cases.find(make.act(town.chief), case.id) is case


def test_the_lists_of_cases_transfers_and_proposals_are_the_law(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    upper = above(make, town)
    case = make.session.get_one(Case, prosecution.case_id)
    (superior_id,) = make.act(upper).actor.offices
    superior = make.session.get_one(Office, superior_id)
    readers = [make.person(PostKind.PROSECUTOR, town.procuratorate) for _ in range(2)]
    recused = make.person(PostKind.DEPARTMENT_HEAD, town.procuratorate)
    proposal = proposed(make, town, prosecution)
    everybody = [
        *(town.officer, town.manager, town.prosecutor, town.chief, upper, *readers, recused),
        *(
            make.person(kind, where)
            for kind in PostKind
            for where in (town.procuratorate, superior)
        ),
        *(make.person(kind, town.police) for kind in PostKind),
        *(make.person(kind) for kind in PostKind),
    ]
    act = make.act(town.chief)
    cases.open_to(act, case, readers[0].id)
    assignments.recuse(act, case, person_id=recused.id, ground=RecusalGround.INTEREST)
    for raised_to_id in (None, superior_id):
        case.raised_to_id = raised_to_id
        make.session.flush()
        make.session.expire_all()
        for who in everybody:
            act = make.act(who)
            for permission, chosen, thing in (
                (Permission.CASE_READ, cases.visible(act), case),
                (Permission.TRANSFER_READ, transfers.visible(act), case.transfer),
                (Permission.PROPOSAL_READ, proceedings.visible(act), proposal),
            ):
                seen = thing in act.session.scalars(chosen).all()
                assert seen is policy.allows(act.actor, permission, thing), (permission, act.actor)


def test_no_word_of_a_matter_comes_into_the_log(trip: Trip) -> None:
    canary = "金丝雀"
    with capture_logs() as logged:
        matter = trip.prosecution(trip.suspect(canary))
        given = {"outline": canary, "reasons": canary}
        proposal = trip.prosecutor.step(matter, "return_case", **given)["proposal_id"]
        refusal = {"outcome": "refuse", "note": canary}
        trip.chief.change("PUT", f"/proposals/{proposal}/decision", refusal)
        trip.prosecutor.refused("POST", f"{matter}/steps", {"step": canary, "given": {}}, '"9"')
        trip.prosecutor.refused("GET", f"{matter}?fields={canary}")

    assert logged
    assert canary not in str(logged)
    assert canary in trip.said


def test_the_organ_reads_no_period_of_a_matter_that_it_may_not_read(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    keepers = Keepers(town.procuratorate.id, town.police.id, town.prosecutor.id)
    deadlines.start(
        make.act(town.prosecutor),
        "X06",
        prosecution,
        suspect_id=prosecution.suspect_id,
        keepers=keepers,
        started_at=make.now,
        custody=prosecution.suspect.custody,
    )

    seen = {
        who.id: {
            one.rule_id
            for one in prosecutions.periods(make.act(who), [prosecution])[prosecution.suspect_id]
        }
        for who in (town.officer, town.prosecutor)
    }

    assert seen[town.prosecutor.id] & PARTYS
    assert not seen[town.officer.id] & PARTYS
    assert "R01" in seen[town.officer.id]


def test_what_is_returned_after_a_handover_is_revised_by_who_handles_it_now(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    proposal = proposed(make, town, prosecution)
    successor = make.person(PostKind.PROSECUTOR, town.procuratorate)
    assignments.change_handler(
        make.act(town.manager),
        make.session.get_one(Case, prosecution.case_id),
        handler_id=successor.id,
        reason="承办人调离。",
        approver_id=town.chief.id,
    )

    proceedings.decide(
        make.act(town.chief), proposal, outcome=ProposalOutcome.RETURN, note="请补充提纲。"
    )

    (task,) = open_tasks(make, TaskKind.REVISE_PROPOSAL)
    assert task.person_id == successor.id
    with pytest.raises(NotAllowed):
        proposed(make, town, prosecution)


def test_two_proposals_of_one_matter_are_both_returned(
    make: Make, town: Town, prosecution: Prosecution
) -> None:
    first = proposed(make, town, prosecution)
    second = proceedings.take(make.act(town.prosecutor), prosecution, "extend_review", EXTEND)

    for proposal in (first, second):
        proceedings.decide(
            make.act(town.chief), proposal, outcome=ProposalOutcome.RETURN, note="请补充提纲。"
        )

    assert [one.state for one in (first, second)] == [ProposalState.RETURNED] * 2
    assert len(open_tasks(make, TaskKind.REVISE_PROPOSAL)) == 1
