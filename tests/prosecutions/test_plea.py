"""Plea leniency: rights, lawyer, opinions, recommendation, statement, and what may follow."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services import proceedings
from services.arrest_requests.terms import Flag, Measure
from services.deadlines import Deadline
from services.kernel.act import Act
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.proceedings import ProposalOutcome, StepBarred, StepIncomplete
from services.prosecutions import Prosecution, ProsecutionState, pleas
from services.prosecutions.pleas import PleaStanding
from services.sentencing import LawyerKind, PleaExemption, TrialProcedure
from services.tasks import Task, TaskKind
from services.transfers import Transfer
from tests.make import Make, Town
from tests.prosecutions.pleading import (
    PRISON,
    RECOMMENDED,
    REVIEWED,
    SIGNED,
    SUSPENDED,
    TOLD,
    hear,
    notify,
    ready_to_sign,
    signed,
    take,
    tell,
)


def running(act: Act, prosecution: Prosecution, *rules: str) -> dict[str, tuple[Any, Any]]:
    chosen = select(Deadline).where(
        Deadline.suspect_id == prosecution.suspect_id,
        Deadline.closed_at.is_(None),
        Deadline.rule_id.in_(rules),
    )
    return {one.rule_id: (one.due_on, one.outer_on) for one in act.session.scalars(chosen)}


def barred(act: Act, prosecution: Prosecution, step: str, given: dict[str, Any]) -> tuple[str, str]:
    """By which ground, and under which article, the step is refused; nothing is changed by it."""
    before = pleas.of(prosecution)
    with pytest.raises(StepBarred) as refused:
        take(act, prosecution, step, given)
    assert pleas.of(prosecution) == before
    return refused.value.members["ground"], refused.value.members["article"]


def incomplete(
    act: Act, prosecution: Prosecution, step: str, given: dict[str, Any]
) -> dict[str, str]:
    with pytest.raises(StepIncomplete) as refused:
        take(act, prosecution, step, given)
    return {one["pointer"]: one["code"] for one in refused.value.members["errors"]}


def approve(make: Make, town: Town, proposal: Any) -> None:
    proceedings.decide(make.act(town.chief), proposal, outcome=ProposalOutcome.APPROVE, note=None)


def test_a_plea_goes_from_the_rights_to_the_signed_statement(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    assert prosecution.plea is None
    assert pleas.of(prosecution).standing is PleaStanding.NOT_TOLD

    ready_to_sign(make, town, prosecution)
    plea = pleas.of(prosecution)
    assert (plea.standing, plea.procedure) == (PleaStanding.PLEADS, TrialProcedure.EXPEDITED)
    assert plea.recommendation is not None
    assert plea.recommendation.zh == "有期徒刑八个月，并处罚金人民币2000元"
    assert not plea.has_victim

    act = make.act(town.prosecutor)
    take(act, prosecution, "sign_statement", SIGNED | {"on": act.today})
    assert pleas.of(prosecution).standing is PleaStanding.SIGNED
    assert prosecution.state is ProsecutionState.UNDER_REVIEW


@pytest.mark.parametrize("step", ["tell_plea_rights", "withdraw_plea", "go_expedited"])
def test_the_steps_of_a_plea_are_the_handlers(make: Make, step: str) -> None:
    town = make.town()
    prosecution = make.prosecution(town)

    for person in (town.chief, town.officer, town.manager):
        with pytest.raises(NotAllowed):
            take(make.act(person), prosecution, step, TOLD)


def test_nobody_is_told_of_a_plea_once_the_case_is_in_court(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    prosecution.state = ProsecutionState.INDICTED

    with pytest.raises(WrongState):
        take(make.act(town.prosecutor), prosecution, "tell_plea_rights", TOLD)


def test_the_suspect_is_told_before_an_opinion_is_heard(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    hearing = {"heard": "suspect", "form": "in_person", "topics": ["leniency"], "on": act.today}

    assert barred(act, prosecution, "hear_plea_opinion", hearing) == (
        "rights_not_told",
        "CPL 173¶2; RULES 269¶1; RULES 258¶1",
    )
    assert barred(act, prosecution, "review_plea", REVIEWED)[0] == "rights_not_told"


def test_a_suspect_who_does_not_plead_signs_nothing(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    take(act, prosecution, "tell_plea_rights", TOLD | {"answer": "refuses"})

    assert pleas.of(prosecution).standing is PleaStanding.REFUSED
    statement = SIGNED | {"on": act.today}
    assert barred(act, prosecution, "sign_statement", statement)[0] == "no_plea"
    assert barred(act, prosecution, "recommend", RECOMMENDED) == (
        "no_plea",
        "CPL 15; CPL 174¶1; RULES 272¶1",
    )
    withdrawal = {"ground": "recants", "reasons": "否认犯罪。"}
    assert barred(act, prosecution, "withdraw_plea", withdrawal)[0] == "no_plea"


def test_a_plea_of_the_investigation_is_looked_into_first(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town, pleads=True)
    act = make.act(town.prosecutor)
    take(act, prosecution, "tell_plea_rights", TOLD)
    statement = SIGNED | {"on": act.today}

    assert barred(act, prosecution, "sign_statement", statement) == (
        "plea_not_reviewed",
        "RULES 271¶1",
    )
    take(act, prosecution, "review_plea", {"found": ["voluntary"], "summary": "受到威胁。"})
    plea = pleas.of(prosecution)
    assert plea.standing is PleaStanding.TOLD
    assert plea.reviewed
    take(act, prosecution, "tell_plea_rights", TOLD)
    assert pleas.of(prosecution).stands


@pytest.mark.parametrize(("measure", "number"), [(Measure.ARREST, 1), (Measure.BAIL, 0)])
def test_the_custody_of_an_arrested_suspect_who_pleads_is_reviewed(
    make: Make, measure: Measure, number: int
) -> None:
    town = make.town()
    prosecution = make.prosecution(town, make.suspect(measure=measure))
    act = make.act(town.prosecutor)
    for _ in range(2):
        take(act, prosecution, "tell_plea_rights", TOLD)

    chosen = select(Task).where(
        Task.kind == TaskKind.REVIEW_NECESSITY,
        Task.about_kind == "prosecutions",
        Task.about_id == prosecution.id,
        Task.person_id == town.prosecutor.id,
    )
    assert len(act.session.scalars(chosen).all()) == number


# --- the lawyer ----------------------------------------------------------------------------------


def test_a_duty_lawyer_is_notified_three_working_days_before(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)  # Monday
    given = {"body": "云青区法律援助中心", "help_on": act.today + timedelta(days=2)}

    late = ("notice_too_late", "DUTY-2020 19")
    assert barred(act, prosecution, "notify_duty_lawyer", given) == late
    take(act, prosecution, "notify_duty_lawyer", given | {"other_region": True})
    take(act, prosecution, "notify_duty_lawyer", given | {"help_on": date(2026, 3, 5)})
    plea = pleas.of(prosecution)
    assert plea.lawyer_notified
    assert plea.lawyer_by == date(2026, 3, 4)


def test_on_the_expedited_track_the_duty_lawyer_may_come_today(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town, pleads=True, expedited_proposed=True)
    act = make.act(town.prosecutor)
    given = {"body": "云青区法律援助中心", "help_on": act.today}

    yesterday = given | {"help_on": act.today - timedelta(days=1)}
    assert barred(act, prosecution, "notify_duty_lawyer", yesterday)[0] == "notice_too_late"
    take(act, prosecution, "notify_duty_lawyer", given)


def test_a_defender_is_not_bypassed(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    ready_to_sign(make, town, prosecution)
    act = make.act(town.prosecutor)
    take(act, prosecution, "name_lawyer", {"kind": "defender", "name": "测试律师，测试律所"})

    notice = {"body": "云青区法律援助中心", "help_on": date(2026, 3, 9)}
    assert barred(act, prosecution, "notify_duty_lawyer", notice) == (
        "has_defender",
        "RULES 267¶2; SENT-2021 27¶2",
    )
    statement = SIGNED | {"on": act.today}
    assert barred(act, prosecution, "sign_statement", statement) == (
        "defender_bypassed",
        "SENT-2021 27¶2",
    )
    remote = statement | {"lawyer": "defender", "presence": "by_video"}
    assert barred(act, prosecution, "sign_statement", remote)[0] == "video_reason_missing"
    take(act, prosecution, "sign_statement", remote | {"video_reason": "因疫情隔离无法到场。"})


def test_mandatory_aid_is_notified_and_a_defender_is_appointed(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    rules = ("R06", "R06b", "R06c")

    take(act, prosecution, "find_aid_needed", {"grounds": ["life_or_death"]})
    assert running(act, prosecution, *rules) == {"R06": (date(2026, 3, 5), date(2026, 3, 5))}
    assert barred(act, prosecution, "find_aid_needed", {"grounds": ["minor"]}) == (
        "found_before",
        "RULES 42; RULES 460; LAID 36",
    )
    take(act, prosecution, "notify_legal_aid", {"body": "云青区法律援助中心"})
    assert running(act, prosecution, *rules) == {"R06b": (date(2026, 3, 5), date(2026, 3, 5))}
    take(act, prosecution, "name_lawyer", {"kind": "defender", "name": "测试律师，测试律所"})
    assert running(act, prosecution, *rules) == {}
    assert pleas.of(prosecution).lawyer is LawyerKind.DEFENDER
    body = {"body": "云青区法律援助中心"}
    assert barred(act, prosecution, "notify_legal_aid", body)[0] == "has_defender"
    again = {"grounds": ["minor"]}
    assert barred(act, prosecution, "find_aid_needed", again)[0] == "has_defender"


def test_who_is_blind_has_legal_aid_notified_from_the_transfer_on(make: Make) -> None:
    town = make.town()
    suspect = make.suspect(flags=[Flag.BLIND.value], measure=Measure.BAIL)
    prosecution = make.prosecution(town, suspect)

    act = make.act(town.prosecutor)
    assert set(running(act, prosecution, "R06", "R06c")) == {"R06"}


def test_an_application_for_aid_is_passed_on_within_a_day(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    body = {"body": "云青区法律援助中心"}

    nothing = ("nothing_applied_for", "RULES 43")
    assert barred(act, prosecution, "forward_aid_application", body) == nothing
    take(act, prosecution, "receive_aid_application", {"received_at": act.now})
    assert set(running(act, prosecution, "R07")) == {"R07"}
    take(act, prosecution, "forward_aid_application", body)
    assert running(act, prosecution, "R07") == {}


def test_who_is_at_liberty_applies_for_aid_elsewhere(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town, make.suspect(measure=Measure.BAIL))
    act = make.act(town.prosecutor)

    given = {"received_at": act.now}
    assert barred(act, prosecution, "receive_aid_application", given) == (
        "not_in_a_closed_place",
        "RULES 43",
    )


# --- opinions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "ground", "article"),
    [
        ({"heard": "suspect", "topics": []}, "no_topics", "CPL 173¶2; RULES 269¶1"),
        ({"heard": "suspect", "form": "silent"}, "has_to_speak", "RULES 262"),
        ({"heard": "duty_lawyer", "form": "unreachable"}, "has_to_speak", "RULES 262"),
        ({"heard": "defender", "form": "no_victim"}, "has_to_speak", "RULES 262"),
        ({"heard": "defender", "adopted": "not_adopted"}, "reasons_owed", "RULES 269¶3"),
        (
            {"heard": "duty_lawyer", "file_offered": False},
            "duty_lawyer_uninformed",
            "CPL 173¶3; RULES 269¶2",
        ),
    ],
)
def test_an_opinion_is_heard_as_the_law_says(
    make: Make, given: dict[str, Any], ground: str, article: str
) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    tell(act, prosecution)
    hearing: dict[str, Any] = {
        "form": "in_person",
        "topics": ["leniency"],
        "on": act.today,
        "file_offered": True,
    }

    told = barred(act, prosecution, "hear_plea_opinion", hearing | given)
    assert told == (ground, article)


def test_whoever_does_not_adopt_the_lawyers_view_explains_it(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    tell(act, prosecution)

    hear(act, prosecution, "defender", adopted="not_adopted", why_not="建议过轻，与罪责不相适应。")
    hear(act, prosecution, "victim", form="unreachable", topics=[])
    assert [one.giver for one in pleas.of(prosecution).heard] == ["counsel", "victim"]


def test_nothing_is_signed_before_everybody_was_heard_on_everything(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    tell(act, prosecution)
    notify(act, prosecution)
    take(act, prosecution, "recommend", RECOMMENDED)
    hear(act, prosecution, "suspect", topics=["facts_and_law", "leniency"], recorded=False)

    with pytest.raises(StepBarred) as refused:
        take(act, prosecution, "sign_statement", SIGNED | {"on": act.today})
    codes = [one["code"] for one in refused.value.members["problems"]]
    assert codes == ["hearing_not_recorded"] + ["opinion_not_heard"] * 7
    assert refused.value.members["problems"][-1]["article"] == "CPL 173¶2; RULES 269¶1"
    assert refused.value.members["article"] == "SENT-2021 5"


# --- the recommendation --------------------------------------------------------------------------


def test_a_recommendation_that_cannot_be_read_is_pointed_at(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    tell(act, prosecution)

    for recommendation, pointer in (
        ({"penalty": {"main": "banishment"}}, "/penalty/main"),
        ({"penalty": {"main": "imprisonment", "term": {"months": "8"}}}, "/penalty/term/months"),
        ({"penalty": PRISON["penalty"], "note": "从轻"}, "/note"),
        ({"up_to": {"months": 9}}, "/penalty"),
    ):
        given = RECOMMENDED | {"recommendation": recommendation}
        (found,) = incomplete(act, prosecution, "recommend", given)
        assert found == f"/given/recommendation{pointer}"


@pytest.mark.parametrize(
    ("penalty", "traits", "ground", "article"),
    [
        ({"main": "imprisonment", "term": {"months": 4}}, [], "term_too_short", "CL 38¶1"),
        (
            {"main": "imprisonment", "term": {"months": 48}, "suspended_for": {"months": 60}},
            [],
            "not_suspendable",
            "CL 72¶1",
        ),
        (SUSPENDED["penalty"], ["recidivist"], "suspension_barred", "CL 74"),
        (
            {
                "main": "imprisonment",
                "term": {"months": 8},
                "additional": [{"kind": "expulsion"}],
            },
            [],
            "expulsion_of_citizen",
            "CL 35",
        ),
    ],
)
def test_a_recommendation_keeps_to_the_general_part(
    make: Make, penalty: dict[str, Any], traits: list[str], ground: str, article: str
) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    tell(act, prosecution)

    given = RECOMMENDED | {"recommendation": {"penalty": penalty}, "traits": traits}
    found = barred(act, prosecution, "recommend", given)
    assert found[0] == ground
    assert found[1].startswith(article)


def test_a_range_wider_than_it_generally_is_needs_a_reason(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    tell(act, prosecution)
    wide = {
        "penalty": {"main": "imprisonment", "term": {"months": 12}},
        "up_to": {"months": 20},
        "range_reason": "uncommon",
    }

    given = RECOMMENDED | {"recommendation": wide}
    assert incomplete(act, prosecution, "recommend", given) == {
        "/given/explained": "range_too_wide"
    }
    take(act, prosecution, "recommend", given | {"explained": "退赃数额尚待核实。"})
    fixed = wide | {"up_to": {"months": 18}}
    take(act, prosecution, "recommend", RECOMMENDED | {"recommendation": fixed})


def test_six_kinds_of_case_are_reported_first(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    tell(act, prosecution)
    given = RECOMMENDED | {"special": ["difficult"]}

    assert barred(act, prosecution, "recommend", given) == ("not_reported", "SENT-2021 21")
    take(act, prosecution, "recommend", given | {"reported_to": "conference"})


def test_a_survey_is_for_a_suspended_sentence_or_surveillance(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    tell(act, prosecution)
    take(act, prosecution, "recommend", RECOMMENDED)
    body = {"institution": "云青区社区矫正中心"}

    assert barred(act, prosecution, "commission_survey", body) == (
        "survey_without_ground",
        "RULES 277",
    )
    assert barred(act, prosecution, "survey_received", {"result": "fit"})[0] == "no_survey"
    take(act, prosecution, "recommend", RECOMMENDED | {"recommendation": SUSPENDED})
    take(act, prosecution, "commission_survey", body)
    take(act, prosecution, "survey_received", {"result": "fit"})


# --- the statement -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoilt", "ground", "article"),
    [
        ({"contents": ["recommendation", "procedure"]}, "confession_missing", "RULES 272¶1"),
        ({"contents": ["confession", "procedure"]}, "recommendation_missing", "RULES 272¶1"),
        ({"contents": ["confession", "recommendation"]}, "procedure_missing", "RULES 272¶1"),
        ({"signed": ["lawyer"]}, "suspect_signature_missing", "RULES 272¶1"),
        ({"signed": ["suspect"]}, "lawyer_signature_missing", "RULES 272¶1"),
        ({"presence": "absent"}, "lawyer_absent", "CPL 174¶1; RULES 272¶1"),
        ({"presence": "by_video"}, "video_not_allowed", "CPL 174¶1; SENT-2021 27"),
    ],
)
def test_a_statement_is_whole(
    make: Make, spoilt: dict[str, Any], ground: str, article: str
) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = ready_to_sign(make, town, prosecution)

    statement = SIGNED | {"on": act.today} | spoilt
    assert barred(act, prosecution, "sign_statement", statement) == (ground, article)


def test_a_duty_lawyer_is_notified_before_witnessing(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    tell(act, prosecution)
    hear(act, prosecution, "suspect")
    hear(act, prosecution, "duty_lawyer")
    hear(act, prosecution, "victim")
    statement = SIGNED | {"on": act.today}

    assert barred(act, prosecution, "sign_statement", statement) == (
        "no_recommendation",
        "CPL 176¶2; RULES 275",
    )
    take(act, prosecution, "recommend", RECOMMENDED)
    assert barred(act, prosecution, "sign_statement", statement) == (
        "duty_lawyer_not_notified",
        "RULES 267¶2",
    )


def test_a_refused_duty_lawyer_witnesses_all_the_same(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = ready_to_sign(make, town, prosecution)
    take(act, prosecution, "tell_plea_rights", TOLD | {"refuses_help": True})
    statement = SIGNED | {"on": act.today}

    assert barred(act, prosecution, "sign_statement", statement) == (
        "refusal_not_noted",
        "SENT-2021 27¶3",
    )
    take(act, prosecution, "sign_statement", statement | {"refusal_noted": True})


def test_a_minor_signs_before_a_defender_and_the_representative(make: Make) -> None:
    town = make.town()
    suspect = make.suspect(measure=Measure.BAIL, born_on=date(2009, 5, 1), flags=[Flag.MINOR.value])
    prosecution = make.prosecution(town, suspect)
    act = ready_to_sign(make, town, prosecution, procedure="ordinary", explained="拟不适用缓刑。")
    on_duty = SIGNED | {"on": act.today, "guardian": "representative"}

    assert barred(act, prosecution, "sign_statement", on_duty)[0] == "defender_needed_for_minor"
    take(act, prosecution, "name_lawyer", {"kind": "defender", "name": "测试律师，测试律所"})
    alone = SIGNED | {"on": act.today, "lawyer": "defender"}
    assert barred(act, prosecution, "sign_statement", alone) == (
        "guardian_absent",
        "RULES 468; SENT-2021 27¶4",
    )
    adult = alone | {
        "guardian": "appropriate_adult",
        "signed": ["suspect", "lawyer", "guardian"],
    }
    assert barred(act, prosecution, "sign_statement", adult) == (
        "absence_not_recorded",
        "RULES 468¶4",
    )
    take(act, prosecution, "sign_statement", adult | {"absence": "父母均在外地，无法到场。"})


def test_who_is_blind_need_not_sign(make: Make) -> None:
    town = make.town()
    suspect = make.suspect(flags=[Flag.BLIND.value], measure=Measure.BAIL)
    prosecution = make.prosecution(town, suspect)
    act = ready_to_sign(make, town, prosecution, procedure="ordinary")
    other = {"ground": "limited_capacity", "reasons": "无。"}

    assert barred(act, prosecution, "exempt_from_statement", other) == (
        "no_exemption",
        "CPL 174¶2; RULES 272¶2",
    )
    take(
        act,
        prosecution,
        "exempt_from_statement",
        {"ground": "blind_deaf_or_mute", "reasons": "犯罪嫌疑人系盲人。"},
    )
    plea = pleas.of(prosecution)
    assert (plea.standing, plea.exemption) == (
        PleaStanding.EXEMPT,
        PleaExemption.BLIND_DEAF_OR_MUTE,
    )


def test_an_objection_for_a_minor_is_recorded(make: Make) -> None:
    town = make.town()
    suspect = make.suspect(measure=Measure.BAIL, flags=[Flag.MINOR.value])
    prosecution = make.prosecution(town, suspect)
    act = ready_to_sign(make, town, prosecution, procedure="ordinary", explained="拟不适用缓刑。")
    given: dict[str, Any] = {
        "ground": "minor_objected_for",
        "reasons": "法定代理人有异议。",
    }

    assert barred(act, prosecution, "exempt_from_statement", given)[0] == "no_exemption"
    given |= {"objected_by": ["representative"]}
    assert barred(act, prosecution, "exempt_from_statement", given) == (
        "objection_not_recorded",
        "RULES 468¶2",
    )
    given |= {"objection": "认为量刑建议过重。"}
    take(act, prosecution, "exempt_from_statement", given)
    assert pleas.of(prosecution).settled


# --- after the signing ---------------------------------------------------------------------------


def test_what_is_signed_is_changed_for_a_cause_and_signed_anew(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = ready_to_sign(make, town, prosecution)
    lighter = {"recommendation": SUSPENDED, "reasons": "退赔全部损失。"}
    assert barred(act, prosecution, "change_recommendation", lighter)[0] == "not_signed"
    take(act, prosecution, "sign_statement", SIGNED | {"on": act.today})

    assert barred(act, prosecution, "recommend", RECOMMENDED) == (
        "settled",
        "RULES 272; SENT-2021 30",
    )
    assert barred(act, prosecution, "tell_plea_rights", TOLD)[0] == "settled"
    assert barred(act, prosecution, "change_recommendation", lighter) == (
        "changed_without_cause",
        "SENT-2021 30",
    )
    asked = lighter | {"causes": ["court_asked"]}
    assert barred(act, prosecution, "change_recommendation", asked) == (
        "not_in_court",
        "CPL 201¶2; RULES 418¶2",
    )
    proposal = take(act, prosecution, "change_recommendation", lighter | {"causes": ["new_facts"]})
    assert pleas.of(prosecution).standing is PleaStanding.SIGNED
    approve(make, town, proposal)
    plea = pleas.of(prosecution)
    assert plea.standing is PleaStanding.PLEADS
    assert plea.recommendation is not None
    assert plea.recommendation.penalty.suspended_for is not None
    take(act, prosecution, "sign_statement", SIGNED | {"on": act.today})


def test_new_facts_alone_make_no_sentence_heavier(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = signed(make, town, prosecution, recommendation=SUSPENDED)
    heavier = {"recommendation": PRISON, "reasons": "另有新证据。", "causes": ["new_facts"]}

    assert barred(act, prosecution, "change_recommendation", heavier) == (
        "heavier_without_cause",
        "SENT-2021 30",
    )
    paid = heavier | {"causes": ["not_compensated"]}
    approve(make, town, take(act, prosecution, "change_recommendation", paid))


def test_a_plea_taken_back_leaves_nothing_but_the_lawyer(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = signed(make, town, prosecution)
    take(act, prosecution, "withdraw_plea", {"ground": "disagrees", "reasons": "不同意量刑。"})

    plea = pleas.of(prosecution)
    assert plea.standing is PleaStanding.WITHDRAWN
    assert (plea.recommendation, plea.heard, plea.procedure) == (None, (), None)
    assert plea.lawyer_notified
    tell(act, prosecution)
    assert pleas.of(prosecution).stands


def test_the_recommendation_has_a_paper_of_its_own_where_it_is_wanted(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    tell(act, prosecution)
    given = {"reasons": "量刑情节较多，另行制作。"}

    assert barred(act, prosecution, "write_recommendation", given)[0] == "no_recommendation"
    take(act, prosecution, "recommend", RECOMMENDED)
    proposal = take(act, prosecution, "write_recommendation", given)
    approve(make, town, proposal)
    taken = proceedings.latest(act, prosecution, "write_recommendation")
    assert taken is not None
    assert taken.number is not None
    assert "量建〔2026〕1号" in taken.number


@pytest.mark.parametrize(
    ("stated", "answer", "carried"),
    [(True, None, True), (False, "pleads", True), (True, "refuses", False), (False, None, False)],
)
def test_the_next_procuratorate_reads_how_the_plea_stands(
    make: Make, *, stated: bool, answer: str | None, carried: bool
) -> None:
    town, other = make.town(), make.office()
    prosecution = make.prosecution(town, pleads=stated)
    act = make.act(town.prosecutor)
    if answer is not None:
        take(act, prosecution, "tell_plea_rights", TOLD | {"answer": answer})
    given = {"procuratorate_id": other.id, "reasons": "犯罪地在该区。"}
    approve(make, town, take(act, prosecution, "change_jurisdiction", given))

    passed = select(Transfer).where(Transfer.procuratorate_id == other.id)
    (named,) = act.session.scalars(passed).one().named
    assert named.pleads is carried
