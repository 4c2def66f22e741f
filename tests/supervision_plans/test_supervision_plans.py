"""The year's plan: drawn up by case management, handed to the organ, corrected as a new edition."""

from dataclasses import dataclass
from typing import Any

import pytest

from services import supervision_plans
from services.activities import ActivityKind
from services.kernel.act import Act, Actor
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import Permission, PostKind, allows
from services.supervision_plans import (
    DraftOpen,
    KindTwice,
    NotItsOrgan,
    PlannedKind,
    Planner,
    SupervisionPlan,
    SupervisionPlanState,
    YearNotPlanned,
)
from tests.make import Bureau, Make, Town

REVIEWS = PlannedKind(ActivityKind.PUBLIC_REVIEW, 12, 36)
INSPECTIONS = PlannedKind(ActivityKind.CIRCUIT_INSPECTION, 4, 8)


@dataclass
class Year:
    """A town that plans, and its bureau."""

    make: Make
    town: Town
    bureau: Bureau

    def act(self, person: Person | None = None) -> Act:
        return self.make.act(person or self.town.manager)

    def drafted(self, *lines: PlannedKind, **given: Any) -> SupervisionPlan:
        values: dict[str, Any] = {"organ_id": self.bureau.office.id, "year": 2026} | given
        planner = Planner(self.town.procuratorate.id)
        return supervision_plans.draw_up(self.act(), planner, lines=lines or [REVIEWS], **values)


@pytest.fixture
def year(make: Make) -> Year:
    town = make.town()
    return Year(make, town, make.bureau(town))


def stated(plan: SupervisionPlan) -> set[tuple[str, int, int]]:
    return {(line.kind.value, line.activities, line.supervisors) for line in plan.lines}


def test_the_organ_reads_a_plan_once_it_was_handed_over(year: Year) -> None:
    plan = year.drafted(REVIEWS, INSPECTIONS)
    organ = year.act(year.bureau.officer)
    with pytest.raises(NotFound):
        supervision_plans.find(organ, plan.id)

    supervision_plans.deliver(year.act(), plan)

    assert supervision_plans.find(organ, plan.id).state is SupervisionPlanState.DELIVERED
    assert stated(plan) == {("public_review", 12, 36), ("circuit_inspection", 4, 8)}


def test_a_draft_is_stated_anew_until_it_is_handed_over(year: Year) -> None:
    plan = year.drafted(REVIEWS, INSPECTIONS)
    more = PlannedKind(ActivityKind.PUBLIC_REVIEW, 20, 60)
    briefing = PlannedKind(ActivityKind.BRIEFING, 1, 10)

    supervision_plans.restate(year.act(), plan, lines=[more, briefing], remark="增加听证场次")

    assert stated(plan) == {("public_review", 20, 60), ("briefing", 1, 10)}
    supervision_plans.deliver(year.act(), plan)
    with pytest.raises(WrongState):
        supervision_plans.restate(year.act(), plan, lines=[REVIEWS], remark=None)
    with pytest.raises(WrongState):
        supervision_plans.deliver(year.act(), plan)


def test_a_correction_takes_the_place_of_the_edition_before(year: Year) -> None:
    first = supervision_plans.deliver(year.act(), year.drafted())
    second = year.drafted(INSPECTIONS)
    assert first.state is SupervisionPlanState.DELIVERED, "until the correction is handed over"

    supervision_plans.deliver(year.act(), second)

    assert (first.edition, first.state) == (1, SupervisionPlanState.REPLACED)
    assert (second.edition, second.state) == (2, SupervisionPlanState.DELIVERED)
    assert stated(first) == {("public_review", 12, 36)}, "what was handed over stays"


def test_one_draft_lies_open_at_a_time(year: Year) -> None:
    year.drafted()

    with pytest.raises(DraftOpen):
        year.drafted()
    assert year.drafted(year=2027).edition == 1


@pytest.mark.parametrize("wrong", [2025, 2028])
def test_a_plan_is_for_this_year_or_the_next(year: Year, wrong: int) -> None:
    with pytest.raises(YearNotPlanned):
        year.drafted(year=wrong)


def test_a_kind_stands_in_it_once(year: Year) -> None:
    with pytest.raises(KindTwice):
        year.drafted(REVIEWS, REVIEWS)
    plan = year.drafted()
    with pytest.raises(KindTwice):
        supervision_plans.restate(year.act(), plan, lines=[REVIEWS, REVIEWS], remark=None)


def test_a_plan_goes_to_the_organ_that_draws(year: Year) -> None:
    elsewhere = year.make.bureau(year.make.town()).office
    for organ_id in (elsewhere.id, year.town.police.id, 0):
        with pytest.raises(NotItsOrgan):
            year.drafted(organ_id=organ_id)


def test_the_organ_of_the_municipality_draws_for_its_districts(year: Year) -> None:
    """PSUP-2021 20 paragraph 2."""
    above = year.make.town()
    year.town.procuratorate.superior_id = above.procuratorate.id
    year.make.session.flush()

    assert year.drafted(organ_id=year.make.bureau(above).office.id).edition == 1


def test_only_case_management_plans(year: Year) -> None:
    plan, planner = year.drafted(), Planner(year.town.procuratorate.id)
    other = year.make.town().manager
    for person in (year.town.prosecutor, year.town.chief, year.bureau.officer, other):
        act = year.act(person)
        with pytest.raises(NotAllowed):
            supervision_plans.draw_up(
                act, planner, organ_id=year.bureau.office.id, year=2027, lines=[REVIEWS]
            )
        with pytest.raises(NotAllowed):
            supervision_plans.restate(act, plan, lines=[REVIEWS], remark=None)
        with pytest.raises(NotAllowed):
            supervision_plans.deliver(act, plan)


def test_what_is_visible_is_what_the_law_lets_one_read(year: Year) -> None:
    plans = [supervision_plans.deliver(year.act(), year.drafted()), year.drafted()]
    offices = (year.town.procuratorate, year.bureau.office, year.make.town().procuratorate)
    sizes = set()
    for post in PostKind:
        for office in offices:
            actor = Actor(0, frozenset({(post.value, office.id)}))
            act = year.make.act(actor)
            seen = {plan.id for plan in year.make.session.scalars(supervision_plans.visible(act))}
            lawful = {
                plan.id for plan in plans if allows(actor, Permission.SUPERVISION_PLAN_READ, plan)
            }
            assert seen == lawful, actor
            sizes.add(len(seen))
    assert sizes == {0, 1, 2}
