"""The expedited track: ten days of review, and what is proposed to the court."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services import proceedings, prosecutions
from services.arrest_requests.terms import Flag, Measure
from services.deadlines import CloseReason, Deadline
from services.kernel.act import Act
from services.offices import Level
from services.proceedings import ProposalOutcome, StepBarred
from services.prosecutions import Prosecution, ProsecutionState, pleas
from services.prosecutions.pleas import PleaStanding
from services.sentencing import PleaExemption, TrialProcedure
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town
from tests.prosecutions.pleading import PRISON, TOLD, ready_to_sign, signed, take

FIT: dict[str, Any] = {
    "facts_clear": True,
    "agrees": True,
    "likely_months": 8,
    "civil_claim": "none",
}
LEAVING = {"reasons": "不符合速裁程序适用条件。"}


def review(act: Act, prosecution: Prosecution) -> dict[str, date | None]:
    chosen = select(Deadline).where(
        Deadline.suspect_id == prosecution.suspect_id,
        Deadline.closed_at.is_(None),
        Deadline.rule_id.in_(("R01", "R02", "R15", "R17")),
    )
    return {one.rule_id: one.due_on for one in act.session.scalars(chosen)}


def due_of_task(act: Act, prosecution: Prosecution) -> date | None:
    chosen = select(Task.due_on).where(
        Task.kind == TaskKind.REVIEW_PROSECUTION,
        Task.about_kind == "prosecutions",
        Task.about_id == prosecution.id,
        Task.state == TaskState.OPEN,
    )
    return act.session.scalars(chosen).one()


def barred(act: Act, prosecution: Prosecution, step: str, given: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(StepBarred) as refused:
        take(act, prosecution, step, given)
    return refused.value.members["ground"], refused.value.members["article"]


def indictment(**given: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "facts_text": "被告人盗窃他人手机一部。",
        "reasons": "应当以盗窃罪追究刑事责任。",
        "procedure": "expedited",
    }
    return said | given


def suspect(make: Make, *flags: Flag, **given: Any) -> Any:
    return make.suspect(measure=Measure.BAIL, flags=[one.value for one in flags], **given)


# --- at the transfer -----------------------------------------------------------------------------


def test_a_plea_that_the_organ_proposes_for_it_is_reviewed_in_ten_days(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town, pleads=True, expedited_proposed=True)
    act = make.act(town.prosecutor)

    assert review(act, prosecution) == {"R02": date(2026, 3, 12)}
    assert due_of_task(act, prosecution) == date(2026, 3, 12)


@pytest.mark.parametrize("flag", [Flag.BLIND, Flag.DEAF, Flag.LIMITED_CAPACITY, Flag.MINOR])
def test_whom_the_law_excludes_is_reviewed_in_a_month(make: Make, flag: Flag) -> None:
    town = make.town()
    prosecution = make.prosecution(town, suspect(make, flag), pleads=True, expedited_proposed=True)

    assert set(review(make.act(town.prosecutor), prosecution)) == {"R01"}


def test_one_excluded_suspect_excludes_the_whole_case(make: Make) -> None:
    town = make.town()
    pair = suspect(make), suspect(make, Flag.BLIND)
    first = make.prosecution(town, *pair, pleads=True, expedited_proposed=True)

    act = make.act(town.prosecutor)
    both = prosecutions.of_case(act, first.case)
    assert [set(review(act, one)) for one in both] == [{"R01"}, {"R01"}]


def test_without_a_plea_or_a_proposal_review_takes_its_month(make: Make) -> None:
    town = make.town()
    for said in ({"pleads": True}, {"expedited_proposed": True}):
        prosecution = make.prosecution(town, **said)
        assert set(review(make.act(town.prosecutor), prosecution)) == {"R01"}


def test_no_case_above_the_basic_level_is_expedited(make: Make) -> None:
    town = make.town()
    town.procuratorate.level = Level.MUNICIPAL
    prosecution = make.prosecution(town, pleads=True, expedited_proposed=True)

    assert set(review(make.act(town.prosecutor), prosecution)) == {"R01"}


def test_a_grown_minor_who_is_an_adult_now_is_not_excluded(make: Make) -> None:
    town = make.town()
    grown = suspect(make, born_on=date(2007, 6, 1), act_on=date(2025, 3, 1))
    prosecution = make.prosecution(town, grown, pleads=True, expedited_proposed=True)

    assert set(review(make.act(town.prosecutor), prosecution)) == {"R02"}


# --- in review -----------------------------------------------------------------------------------


def test_a_case_goes_over_to_the_ten_days_from_the_same_receipt(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    take(make.act(town.prosecutor), prosecution, "tell_plea_rights", TOLD)
    act = make.act(town.prosecutor, make.now + timedelta(days=9))
    take(act, prosecution, "go_expedited", FIT)

    assert review(act, prosecution) == {"R02": date(2026, 3, 12)}
    assert due_of_task(act, prosecution) == date(2026, 3, 12)
    assert pleas.of(prosecution).procedure is TrialProcedure.EXPEDITED
    closed = select(Deadline.close_reason).where(
        Deadline.suspect_id == prosecution.suspect_id, Deadline.rule_id == "R01"
    )
    assert act.session.scalars(closed).all() == [CloseReason.REPLACED]
    assert barred(act, prosecution, "go_expedited", FIT) == (
        "not_in_the_month",
        "CPL 172¶1; RULES 273",
    )


def test_after_ten_days_it_is_too_late_for_them(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    take(make.act(town.prosecutor), prosecution, "tell_plea_rights", TOLD)
    last = make.act(town.prosecutor, datetime(2026, 3, 13, 2, tzinfo=UTC))

    assert barred(last, prosecution, "go_expedited", FIT) == (
        "ten_days_over",
        "CPL 172¶1; RULES 273¶1; RULES 439",
    )
    take(
        make.act(town.prosecutor, datetime(2026, 3, 12, 2, tzinfo=UTC)),
        prosecution,
        "go_expedited",
        FIT,
    )


@pytest.mark.parametrize(
    ("spoilt", "ground", "article"),
    [
        ({"likely_months": 37}, "over_three_years", "CPL 222¶1; RULES 437(1)"),
        ({"facts_clear": False}, "facts_not_clear", "CPL 222¶1; RULES 437(2)"),
        ({"agrees": False}, "no_agreement", "CPL 222¶1; RULES 437(3)"),
        ({"civil_claim": "open"}, "no_settlement", "CPL 223(5); RULES 438(5)"),
        ({"major_social_influence": True}, "major_social_influence", "CPL 223(3); RULES 438(3)"),
        ({"otherwise_unfit": True}, "otherwise_unfit", "CPL 223(6); RULES 438(6)"),
    ],
)
def test_what_does_not_fit_stays_in_its_month(
    make: Make, spoilt: dict[str, Any], ground: str, article: str
) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)
    take(act, prosecution, "tell_plea_rights", TOLD)

    assert barred(act, prosecution, "go_expedited", FIT | spoilt) == (ground, article)
    assert set(review(act, prosecution)) == {"R01"}


def test_without_a_plea_nobody_goes_over(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = make.act(town.prosecutor)

    assert barred(act, prosecution, "go_expedited", FIT)[0] == "no_plea"


def test_a_co_suspect_who_refuses_excludes_the_others(make: Make) -> None:
    town = make.town()
    first = make.prosecution(town, suspect(make), suspect(make))
    act = make.act(town.prosecutor)
    _, second = prosecutions.of_case(act, first.case)
    take(act, first, "tell_plea_rights", TOLD)
    take(act, second, "tell_plea_rights", TOLD | {"answer": "refuses"})

    assert barred(act, first, "go_expedited", FIT)[0] == "no_plea"
    take(act, second, "tell_plea_rights", TOLD)
    take(act, first, "go_expedited", FIT)


@pytest.mark.parametrize(
    ("step", "given"),
    [
        ("leave_expedited", LEAVING),
        ("tell_plea_rights", TOLD | {"answer": "refuses"}),
    ],
)
def test_what_no_longer_fits_has_its_month_from_the_receipt(
    make: Make, step: str, given: dict[str, Any]
) -> None:
    town = make.town()
    prosecution = make.prosecution(town, pleads=True, expedited_proposed=True)
    act = make.act(town.prosecutor, make.now + timedelta(days=5))
    take(act, prosecution, step, given)

    assert review(act, prosecution) == {"R01": date(2026, 4, 2)}
    assert due_of_task(act, prosecution) == date(2026, 4, 2)
    assert barred(act, prosecution, "leave_expedited", LEAVING) == ("not_expedited", "RULES 273")


def test_a_plea_taken_back_ends_the_ten_days(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town, pleads=True, expedited_proposed=True)
    act = signed(make, town, prosecution)
    take(act, prosecution, "withdraw_plea", {"ground": "recants", "reasons": "否认犯罪。"})

    assert set(review(act, prosecution)) == {"R01"}


# --- at the indictment ---------------------------------------------------------------------------


def ready(make: Make, town: Town, prosecution: Prosecution) -> Act:
    act = make.act(town.prosecutor)
    said = {"form": "in_person", "summary": "供认不讳。", "on": act.today}
    make.held(prosecution.case, prosecution.suspect)
    take(act, prosecution, "interrogate", said)
    for one in ("defender", "victim"):
        heard = {"heard": one, "on": act.today, "form": "telephone"}
        take(act, prosecution, "hear_opinions", heard)
    return act


def test_the_signed_recommendation_stands_in_the_indictment(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town, suspect(make), pleads=True, expedited_proposed=True)
    ready(make, town, prosecution)
    act = signed(make, town, prosecution)
    proposal = take(act, prosecution, "indict", indictment())
    proceedings.decide(make.act(town.chief), proposal, outcome=ProposalOutcome.APPROVE, note=None)

    assert prosecution.state is ProsecutionState.INDICTED
    assert prosecution.indictment is not None
    assert prosecution.indictment["recommendation"]["penalty"]["term"]["months"] == 8
    assert review(act, prosecution) == {}


def test_who_pleads_signs_before_the_indictment(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    ready(make, town, prosecution)
    act = ready_to_sign(make, town, prosecution)
    given = indictment(procedure="ordinary")

    assert barred(act, prosecution, "indict", given) == (
        "plea_not_settled",
        "CPL 174; RULES 272; RULES 274",
    )


def test_a_plea_is_indicted_with_a_recommendation(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town)
    act = ready(make, town, prosecution)
    exempt = pleas.Plea(standing=PleaStanding.EXEMPT, exemption=PleaExemption.OTHER)
    pleas.keep(prosecution, exempt)
    given = indictment(procedure="ordinary")

    assert barred(act, prosecution, "indict", given) == (
        "no_recommendation",
        "CPL 176¶2; RULES 274",
    )


def test_the_expedited_procedure_is_proposed_for_the_whole_case(make: Make) -> None:
    town = make.town()
    first = make.prosecution(town, suspect(make), suspect(make))
    act = make.act(town.prosecutor)
    _, second = prosecutions.of_case(act, first.case)
    for one in (first, second):
        ready(make, town, one)
    signed(make, town, first)
    given = indictment()

    assert barred(act, first, "indict", given)[0] == "over_three_years"
    signed(make, town, second, procedure="summary")
    assert barred(act, first, "indict", given) == (
        "no_agreement",
        "CPL 222¶1; RULES 437(3)",
    )
    take(act, second, "withdraw_plea", {"ground": "disagrees", "reasons": "不同意。"})
    signed(make, town, second)
    take(act, first, "indict", given)


def test_major_social_influence_is_no_expedited_case(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town, suspect(make))
    ready(make, town, prosecution)
    act = signed(make, town, prosecution)
    given = indictment(major_social_influence=True)

    assert barred(act, prosecution, "indict", given) == (
        "major_social_influence",
        "CPL 223(3); RULES 438(3)",
    )


def test_the_summary_procedure_is_for_the_basic_level_and_not_for_the_blind(make: Make) -> None:
    town = make.town()
    blind = make.prosecution(town, suspect(make, Flag.BLIND))
    other = make.prosecution(town, suspect(make))
    given = indictment(procedure="summary")

    assert barred(ready(make, town, blind), blind, "indict", given) == (
        "unfit_for_summary",
        "CPL 215(1); RULES 431(1)",
    )
    act = ready(make, town, other)
    town.procuratorate.level = Level.MUNICIPAL
    assert barred(act, other, "indict", given) == (
        "summary_not_at_basic_level",
        "CPL 214; RULES 430",
    )


def test_over_one_year_is_decided_in_fifteen_days(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town, pleads=True, expedited_proposed=True)
    act = make.act(town.prosecutor)
    longer = {"ground": "over_one_year", "reasons": "可能判处有期徒刑一年六个月。"}
    proposal = take(act, prosecution, "extend_review", longer)
    proceedings.decide(make.act(town.chief), proposal, outcome=ProposalOutcome.APPROVE, note=None)

    assert review(act, prosecution) == {"R02": date(2026, 3, 17)}


def test_who_is_to_get_a_year_at_most_has_ten_days(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town, pleads=True, expedited_proposed=True)
    year = {"penalty": PRISON["penalty"] | {"term": {"months": 12}}}
    act = ready_to_sign(make, town, prosecution, recommendation=year)
    longer = {"ground": "over_one_year", "reasons": "可能判处有期徒刑一年以上。"}

    assert barred(act, prosecution, "extend_review", longer) == (
        "not_over_one_year",
        "CPL 172¶1; RULES 273¶1",
    )
    more = {"penalty": PRISON["penalty"] | {"term": {"months": 13}}}
    said = {"recommendation": more, "procedure": "expedited", "civil_claim": "none"}
    take(act, prosecution, "recommend", said)
    take(act, prosecution, "extend_review", longer)


def test_what_was_signed_for_the_expedited_procedure_is_signed_anew_for_another(
    make: Make,
) -> None:
    town = make.town()
    prosecution = make.prosecution(town, suspect(make), pleads=True, expedited_proposed=True)
    ready(make, town, prosecution)
    act = signed(make, town, prosecution)

    assert barred(act, prosecution, "indict", indictment(procedure="summary")) == (
        "procedure_not_as_signed",
        "CPL 174¶1; RULES 272¶1",
    )
    take(act, prosecution, "leave_expedited", LEAVING)
    plea = pleas.of(prosecution)
    assert (plea.standing, plea.procedure) == (PleaStanding.PLEADS, None)
    given = indictment(procedure="summary")
    assert barred(act, prosecution, "indict", given)[0] == "plea_not_settled"
    signed(make, town, prosecution, procedure="summary")
    take(act, prosecution, "indict", given)


def test_a_recommendation_over_three_years_is_not_expedited(make: Make) -> None:
    town = make.town()
    prosecution = make.prosecution(town, suspect(make))
    ready(make, town, prosecution)
    longer = {"penalty": PRISON["penalty"] | {"term": {"months": 42}}}
    act = signed(make, town, prosecution, recommendation=longer)

    assert barred(act, prosecution, "indict", indictment()) == (
        "over_three_years",
        "CPL 222¶1; RULES 437(1)",
    )
