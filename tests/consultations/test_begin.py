"""How a consultation begins, and what is refused at its beginning."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services import consultations, offices
from services.arrest_requests import Extension
from services.consultations import (
    AnotherHandles,
    CaseOnlyForGuidance,
    ConsultationKind,
    ConsultationOrigin,
    ConsultationState,
    GroundMissing,
    ImpossibleDetention,
    NoArrestToAsk,
    NoProcuratorateAsked,
    NoProsecutorThere,
    NotAnInvestigator,
    OnlyOnRequest,
    OrganUnclear,
    RequestElsewhere,
    SuspectSketch,
)
from services.kernel.refusals import NotAllowed
from services.offices import OfficeKind
from services.people import Person
from services.policy import PostKind
from services.tasks import TaskKind, TaskState
from tests.consultations.conftest import MATTER, World

GUIDANCE = ConsultationKind.SUPPLEMENT_GUIDANCE


def test_the_police_invite_and_case_management_and_heads_are_asked(world: World) -> None:
    one = world.invited()

    assert (one.state, one.origin) == (ConsultationState.INVITED, ConsultationOrigin.INVITED)
    assert (one.office_id, one.procuratorate_id) == (
        world.town.police.id,
        world.town.procuratorate.id,
    )
    posts = {task.post for task in world.tasks(one, TaskKind.ANSWER_CONSULTATION)}
    assert posts == {PostKind.CASE_MANAGER, PostKind.DEPARTMENT_HEAD}
    assert world.told(one, "ConsultationInvited") == {world.town.manager.id, world.head.id}


@pytest.mark.parametrize(
    ("extended", "day"),
    [
        (Extension.NONE, date(2026, 3, 4)),
        (Extension.SEVEN_DAYS, date(2026, 3, 8)),
        (Extension.THIRTY_DAYS, date(2026, 3, 31)),
    ],
)
def test_the_last_day_to_ask_is_computed_from_the_detention(
    world: World, extended: Extension, day: date
) -> None:
    """Detained on 1 March 2026: three days, seven or thirty (CPL 91)."""
    free = SuspectSketch("李某")
    held = replace(world.detained(), detention_extended_to=extended)
    one = world.invited(suspects=(free, held))

    act = world.act(world.town.officer)
    first, second = (consultations.last_day(act, each) for each in one.suspects)
    assert first is None
    assert second is not None
    assert second.due_on == day
    assert consultations.earliest(act, one.suspects) == second
    assert {task.due_on for task in world.tasks(one, TaskKind.ANSWER_CONSULTATION)} == {day}


def test_nobody_need_be_identified(world: World) -> None:
    one = world.invited(suspects=(SuspectSketch("阿强"), SuspectSketch("  ")))

    assert [each.label for each in one.suspects] == ["阿强", "身份不明者2"]
    assert consultations.earliest(world.act(world.town.officer), one.suspects) is None


def test_whoever_is_detained_later_is_told_of_later(world: World) -> None:
    one = world.accepted(suspects=(SuspectSketch("阿强"),))
    consultations.restate_suspects(world.act(world.town.officer), one, [world.detained()])

    assert [each.label for each in one.suspects] == ["Z某"]
    (task,) = world.tasks(one, TaskKind.HOLD_CONSULTATION)
    assert task.due_on == date(2026, 3, 4)
    assert world.told(one, "ConsultationSuspectsRestated") == {world.town.prosecutor.id}
    consultations.restate_suspects(world.act(world.town.officer), one, [])
    assert [each.label for each in one.suspects] == []
    (freed,) = world.tasks(one, TaskKind.HOLD_CONSULTATION)
    assert freed.due_on is None


@pytest.mark.parametrize(
    "detained_at",
    [
        datetime(2026, 3, 2, 5, tzinfo=UTC),
        datetime(1950, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    ],
)
def test_a_detention_that_cannot_be_is_refused_where_it_is_said(
    world: World, detained_at: datetime
) -> None:
    wrong = SuspectSketch("Z某", detained_at)
    with pytest.raises(ImpossibleDetention) as refused:
        world.invited(suspects=(SuspectSketch("李某"), wrong))
    (error,) = refused.value.members["errors"]
    assert error["pointer"] == "/suspects/1/detained_at"
    one = world.invited()
    with pytest.raises(ImpossibleDetention):
        consultations.restate_suspects(world.act(world.town.officer), one, [wrong])


def test_early_intervention_needs_its_ground_and_the_rest_do_not(world: World) -> None:
    with pytest.raises(GroundMissing) as refused:
        world.invited(ground=None)
    assert refused.value.members["article"] == "RULES 256"
    assert world.invited(ConsultationKind.PRE_ARREST, ground=None).ground is None


def test_an_organ_without_a_procuratorate_invites_nobody(world: World) -> None:
    lonely = world.make.office(OfficeKind.PUBLIC_SECURITY)
    act = world.act(world.make.person(PostKind.POLICE_OFFICER, lonely))
    with pytest.raises(NoProcuratorateAsked):
        consultations.invite(
            act, consultations.organ_of(act), MATTER, kind=ConsultationKind.EARLY_INTERVENTION
        )


def test_who_investigates_for_several_organs_says_for_which(world: World) -> None:
    other = world.make.town()
    world.make.post(world.town.officer, PostKind.POLICE_OFFICER, other.police)
    act = world.act(world.town.officer)
    with pytest.raises(OrganUnclear):
        consultations.organ_of(act)
    assert consultations.organ_of(act, other.police.id).police_office_id == other.police.id
    with pytest.raises(NotAllowed):
        consultations.organ_of(world.act(world.town.manager))


# --- supervisory commissions ----------------------------------------------------------------


def test_a_commission_s_case_is_entered_only_on_the_commission_s_request(
    world: World, commission: Person
) -> None:
    """RULES 256, second paragraph."""
    act = world.act(commission)
    organ = consultations.organ_of(act)
    (office_id,) = act.actor.offices
    with pytest.raises(OnlyOnRequest) as refused:
        consultations.offer(world.act(world.town.manager), offices.find(act, office_id), MATTER)
    assert refused.value.members["article"] == "RULES 256"

    one = consultations.invite(act, organ, MATTER, kind=ConsultationKind.EARLY_INTERVENTION)
    assert one.office_id == office_id
    with pytest.raises(NoArrestToAsk):
        consultations.invite(act, organ, MATTER, kind=ConsultationKind.PRE_ARREST)


def test_what_is_asked_of_a_commission_is_its_officers_task(
    world: World, commission: Person
) -> None:
    act = world.act(commission)
    one = consultations.invite(
        act, consultations.organ_of(act), MATTER, kind=ConsultationKind.EARLY_INTERVENTION
    )
    consultations.accept(world.act(world.head), one, handler_id=world.town.prosecutor.id)
    consultations.opine(
        world.act(world.town.prosecutor),
        one,
        words="建议调取账目。",
        evidence=[consultations.Wanted("账目")],
    )
    (task,) = world.tasks(one, TaskKind.COLLECT_EVIDENCE)
    assert (task.post, task.office_id) == (PostKind.COMMISSION_OFFICER, one.office_id)
    assert world.told(one, "ConsultationOpinionGiven") == {commission.id}


# --- what the procuratorate offers ----------------------------------------------------------


def test_the_procuratorate_offers_what_it_deems_necessary(world: World) -> None:
    for person in (world.town.manager, world.head, world.town.chief):
        one = consultations.offer(world.act(person), world.town.police, MATTER)
        assert one.origin is ConsultationOrigin.OFFERED
        assert one.kind is ConsultationKind.EARLY_INTERVENTION
        assert world.told(one, "ConsultationOffered") == {
            world.town.manager.id,
            world.head.id,
            world.town.officer.id,
        }
    with pytest.raises(GroundMissing):
        consultations.offer(world.act(world.head), world.town.police, replace(MATTER, ground=None))
    court = world.make.office(OfficeKind.COURT, procuratorate_id=world.town.procuratorate.id)
    with pytest.raises(NotAnInvestigator):
        consultations.offer(world.act(world.head), court, MATTER)


# --- guidance on a case that is here --------------------------------------------------------


def test_guidance_is_asked_of_whoever_handles_the_case(world: World) -> None:
    case = world.make.case(world.town)
    case.handler_id = world.town.prosecutor.id
    act = world.act(world.town.officer)
    one = consultations.invite(act, consultations.organ_of(act), MATTER, kind=GUIDANCE, case=case)

    (task,) = world.tasks(one, TaskKind.ANSWER_CONSULTATION)
    assert task.person_id == world.town.prosecutor.id
    assert world.town.prosecutor.id in world.told(one, "ConsultationInvited")
    handler = world.act(world.town.prosecutor)
    assert consultations.find(handler, one.id) is one
    with pytest.raises(AnotherHandles):
        consultations.accept(handler, one, handler_id=world.second.id)
    consultations.accept(handler, one, handler_id=world.town.prosecutor.id)
    assert one.state is ConsultationState.ACCEPTED
    assert "link" not in consultations.allowed(act, one)


def test_guidance_on_a_case_nobody_handles_yet_is_asked_of_the_office(world: World) -> None:
    act = world.act(world.town.officer)
    case = world.make.case(world.town)
    one = consultations.invite(act, consultations.organ_of(act), MATTER, kind=GUIDANCE, case=case)
    assert len(world.tasks(one, TaskKind.ANSWER_CONSULTATION)) == 2


def test_guidance_is_about_a_case_of_one_s_own_and_nothing_else_is(world: World) -> None:
    act = world.act(world.town.officer)
    organ = consultations.organ_of(act)
    case = world.make.case(world.town)
    with pytest.raises(CaseOnlyForGuidance):
        consultations.invite(act, organ, MATTER, kind=GUIDANCE)
    with pytest.raises(CaseOnlyForGuidance):
        consultations.invite(act, organ, MATTER, kind=ConsultationKind.PRE_ARREST, case=case)
    elsewhere = world.make.case(world.make.town())
    with pytest.raises(RequestElsewhere):
        consultations.invite(act, organ, MATTER, kind=GUIDANCE, case=elsewhere)


# --- the answer -----------------------------------------------------------------------------


def test_a_prosecutor_is_named_and_has_the_task(world: World) -> None:
    one = world.invited(suspects=(world.detained(),))
    consultations.accept(world.act(world.head), one, handler_id=world.town.prosecutor.id)

    assert world.tasks(one, TaskKind.ANSWER_CONSULTATION) == []
    (task,) = world.tasks(one, TaskKind.HOLD_CONSULTATION)
    assert (task.person_id, task.due_on) == (world.town.prosecutor.id, date(2026, 3, 4))
    assert world.told(one, "ConsultationAccepted") == {
        world.town.prosecutor.id,
        world.town.officer.id,
    }


def test_only_a_prosecutor_of_that_procuratorate_today_is_named(world: World) -> None:
    other = world.make.town()
    gone = world.make.person()
    world.make.post(
        gone,
        PostKind.PROSECUTOR,
        world.town.procuratorate,
        until_on=world.make.now.date() - timedelta(days=1),
    )
    one, held = world.invited(), world.accepted()
    for wrong in (other.prosecutor.id, world.town.manager.id, gone.id, 2**31 - 1):
        with pytest.raises(NoProsecutorThere):
            consultations.accept(world.act(world.head), one, handler_id=wrong)
        with pytest.raises(NoProsecutorThere):
            consultations.hand_over(world.act(world.head), held, handler_id=wrong)
    assert one.state is ConsultationState.INVITED


def test_a_refusal_has_its_reason_and_the_police_hear_of_it(world: World) -> None:
    one = world.in_state(ConsultationState.DECLINED)

    assert one.decline_reason == "可以直接提请。"
    assert len(world.tasks(one, TaskKind.ANSWER_CONSULTATION, TaskState.DONE)) == 2
    assert world.told(one, "ConsultationDeclined") == {world.town.officer.id}


def test_another_prosecutor_takes_over_with_the_task(world: World) -> None:
    one = world.accepted()
    consultations.hand_over(world.act(world.town.manager), one, handler_id=world.second.id)

    (task,) = world.tasks(one, TaskKind.HOLD_CONSULTATION)
    assert task.person_id == world.second.id
    assert len(world.tasks(one, TaskKind.HOLD_CONSULTATION, TaskState.CANCELLED)) == 1
    assert world.told(one, "ConsultationReassigned") == {world.second.id, world.town.officer.id}
