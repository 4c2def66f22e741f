"""Cases of a supervisory commission: detained first, the measure decided, review counted on."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services import proceedings
from services.arrest_requests.terms import Measure
from services.deadlines import Deadline, ImpossibleDeadline
from services.kernel.refusals import NotAllowed
from services.policy import PostKind
from services.proceedings import StepBarred
from services.prosecutions import Prosecution
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town
from tests.prosecutions.measures import HOUR, decide, due, running

RETAINED = Measure.CUSTODY_ELSEWHERE


@pytest.fixture
def town(make: Make) -> Town:
    return make.commission_town()


def retained(make: Make, town: Town, **given: object) -> Prosecution:
    return make.prosecution(town, make.suspect(measure=RETAINED, **given))


def detained(make: Make, town: Town, **given: object) -> Prosecution:
    prosecution = retained(make, town, **given)
    decide(make, town, prosecution, "detain_first")
    proceedings.take(
        make.act(town.manager), prosecution, "prior_detention_executed", {"executed_at": make.now}
    )
    return prosecution


def test_retention_lets_the_detention_be_due_at_once_on_acceptance(make: Make, town: Town) -> None:
    transfer = make.transfer(town, make.suspect(measure=RETAINED))
    chosen = select(Deadline.rule_id).where(Deadline.suspect_id.is_not(None))
    assert set(make.session.scalars(chosen)) == {"R01"}

    prosecution = retained(make, town)

    assert running(make, prosecution).keys() == {"R01", "S01"}
    assert transfer.source == "commission"


def test_without_retention_the_right_to_a_defender_has_its_three_days(
    make: Make, town: Town
) -> None:
    prosecution = make.prosecution(town, make.suspect(measure=Measure.NONE))
    assert running(make, prosecution).keys() == {"R01", "S05"}
    assert due(make, prosecution, "S05") == date(2026, 3, 5)

    given = {"told": ["suspect"], "form": "oral"}
    proceedings.take(make.act(town.prosecutor), prosecution, "tell_rights", given)
    assert running(make, prosecution).keys() == {"R01"}

    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "detain_first")
    assert refused.value.members["ground"] == "not_retained"
    decide(make, town, prosecution, "decide_arrest")
    proceedings.take(
        make.act(town.manager), prosecution, "register_arrest_executed", {"executed_at": make.now}
    )
    assert {"A04b", "S04"} <= running(make, prosecution).keys()
    assert "A05b" not in running(make, prosecution)


def test_the_detention_is_executed_by_the_police_and_registered_by_case_management(
    make: Make, town: Town
) -> None:
    prosecution = retained(make, town)
    decide(make, town, prosecution, "detain_first")

    chosen = select(Task).where(
        Task.kind == TaskKind.EXECUTE_DECISION, Task.state == TaskState.OPEN
    )
    (task,) = make.session.scalars(chosen)
    assert (task.post, task.office_id) == (PostKind.CASE_MANAGER, town.procuratorate.id)
    given = {"executed_at": make.now}
    with pytest.raises(NotAllowed):
        proceedings.take(make.act(town.officer), prosecution, "prior_detention_executed", given)
    proceedings.take(make.act(town.manager), prosecution, "prior_detention_executed", given)

    assert prosecution.suspect.measure is Measure.DETENTION
    assert not make.session.scalars(chosen).all()


def test_ten_days_run_while_the_review_stands_still(make: Make, town: Town) -> None:
    prosecution = detained(make, town)

    found = running(make, prosecution)
    assert "S01" not in found
    assert found["S02"].due_on == date(2026, 3, 12)
    assert found["R01"].suspended_on == date(2026, 3, 2)
    assert found["S04"].due_at == make.now + 24 * HOUR
    assert {"S05b", "D03b"} <= found.keys()


def test_rights_family_and_interrogation_belong_to_the_detention(make: Make, town: Town) -> None:
    prosecution = detained(make, town)
    act = make.act(town.prosecutor)

    proceedings.take(act, prosecution, "tell_rights", {"told": ["suspect"], "form": "oral"})
    proceedings.take(act, prosecution, "notify_family", {"outcome": "told"})
    make.held(prosecution.case, prosecution.suspect)
    proceedings.take(
        act, prosecution, "interrogate", {"on": act.today, "form": "in_person", "summary": "供认。"}
    )

    assert running(make, prosecution).keys() == {"R01", "S02"}


def test_the_time_to_decide_is_longer_by_one_to_four_days_once(make: Make, town: Town) -> None:
    prosecution = detained(make, town)

    decide(make, town, prosecution, "extend_prior_detention", days=4, reasons="情况特殊。")

    assert due(make, prosecution, "S02") == date(2026, 3, 16)
    assert "C11" in running(make, prosecution)
    with pytest.raises(ImpossibleDeadline):
        decide(make, town, prosecution, "extend_prior_detention", days=1, reasons="情况特殊。")


@pytest.mark.parametrize("code", ["decide_arrest", "decide_bail", "decide_surveillance", "release"])
def test_any_measure_that_is_decided_lets_the_review_go_on(
    make: Make, town: Town, code: str
) -> None:
    prosecution = detained(make, town)
    later = make.now + timedelta(days=8)

    decide(make, town, prosecution, code, later)

    found = running(make, prosecution)
    assert "S02" not in found
    assert found["R01"].suspended_on is None
    assert found["R01"].due_on == date(2026, 4, 10)


def test_nothing_is_extended_that_does_not_run(make: Make, town: Town) -> None:
    prosecution = retained(make, town)

    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "extend_prior_detention", days=2, reasons="情况特殊。")

    assert refused.value.members["ground"] == "nothing_to_extend"


def test_permission_for_a_deputys_detention_covers_the_arrest(make: Make, town: Town) -> None:
    prosecution = retained(make, town, flags=["deputy"])
    with pytest.raises(StepBarred):
        decide(make, town, prosecution, "detain_first")

    decide(make, town, prosecution, "detain_first", deputy_permission="测人常〔2026〕1号")
    proceedings.take(
        make.act(town.manager), prosecution, "prior_detention_executed", {"executed_at": make.now}
    )
    decide(make, town, prosecution, "decide_arrest")

    with pytest.raises(StepBarred) as refused:
        decide(make, town, prosecution, "decide_bail")
    assert refused.value.members["ground"] == "deputy_not_permitted"


def test_the_commission_registers_no_receipt_of_the_police(make: Make, town: Town) -> None:
    prosecution = detained(make, town)
    decide(make, town, prosecution, "decide_arrest")

    with pytest.raises(StepBarred) as refused:
        proceedings.take(
            make.act(town.officer), prosecution, "arrest_executed", {"executed_at": make.now}
        )

    assert refused.value.members["ground"] == "not_the_executor"
