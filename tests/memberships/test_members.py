"""Who is in a case: added later, known by other names, and nobody's clock moved."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from services import cases, memberships
from services.arrest_requests import SuspectDraft
from services.arrest_requests.terms import DocumentKind, Flag, Measure, Sex
from services.arrest_reviews import ArrestReview
from services.assignments import designate
from services.cases import Case, CaseState, Identity, IdentityMissing, NothingNew
from services.charges import Charge
from services.deadlines import Deadline, DeadlineEntry
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.memberships import SuspectIncomplete
from services.prosecutions import Prosecution
from services.tasks import Task, TaskKind, TaskState
from tests.make import Make, Town

FOUND = Identity("测试甲", document_kind=DocumentKind.OTHER, document_number="x-1")
BASIS = "户籍资料和辨认笔录。"


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def charge(make: Make) -> int:
    if known := make.session.scalar(select(Charge.id).where(Charge.name == "测试罪")):
        return known
    found = Charge(name="测试罪", in_force_from=date(1997, 10, 1), checked=True, position=9001)
    make.session.add(found)
    make.session.flush()
    return found.id


def stranger(make: Make, **given: Any) -> SuspectDraft:
    values: dict[str, Any] = {
        "alias": "阿测",
        "sex": Sex.MALE,
        "measure": Measure.DETENTION,
        "charge_ids": (charge(make),),
    }
    return SuspectDraft(**(values | given))


def handled(make: Make, town: Town, *suspects: Any) -> Case:
    case = make.case(town, *suspects)
    designate(
        make.act(town.manager),
        case,
        handler_id=town.prosecutor.id,
        reason="测试指定。",
        approver_id=town.chief.id,
    )
    return case


def running(make: Make, suspect_id: int) -> dict[str, Deadline]:
    chosen = select(Deadline).where(Deadline.suspect_id == suspect_id, Deadline.closed_at.is_(None))
    return {one.rule_id: one for one in make.session.scalars(chosen)}


def entries(make: Make) -> list[int]:
    return list(make.session.scalars(select(DeadlineEntry.id).order_by(DeadlineEntry.id)))


def test_a_suspect_found_later_has_a_review_and_a_clock_of_the_own(make: Make, town: Town) -> None:
    case = handled(make, town)
    before = running(make, case.suspects[0].id)["D06"].due_on
    later = make.now + timedelta(days=3)

    new = memberships.add_suspect(make.act(town.officer, later), case, stranger(make))

    assert new.name == f"身份不明者{new.ordinal}"
    assert new.alias == "阿测"
    assert running(make, new.id)["D06"].due_on == date(2026, 3, 12)
    assert running(make, new.id)["D06"].handler_id == town.prosecutor.id
    assert running(make, case.suspects[0].id)["D06"].due_on == before
    review = make.session.scalars(
        select(ArrestReview).where(ArrestReview.suspect_id == new.id)
    ).one()
    tasks = select(Task).where(Task.about_id == review.id, Task.kind == TaskKind.REVIEW_ARREST)
    assert make.session.scalars(tasks).one().person_id == town.prosecutor.id


def test_a_suspect_may_come_before_the_case_has_a_handler(make: Make, town: Town) -> None:
    case = make.case(town)

    new = memberships.add_suspect(make.act(town.manager), case, stranger(make))

    assert "D06" in running(make, new.id)
    assert make.session.scalars(select(ArrestReview)).all() == []


def test_an_accomplice_transferred_later_has_a_prosecution_of_the_own(
    make: Make, town: Town
) -> None:
    case = make.prosecution(town).case
    later = make.now + timedelta(days=1)

    new = memberships.add_suspect(make.act(town.prosecutor, later), case, stranger(make))

    assert running(make, new.id).keys() == {"R01", "R04"}
    assert running(make, new.id)["R01"].due_on == date(2026, 4, 3)
    chosen = select(Prosecution).where(Prosecution.suspect_id == new.id)
    assert make.session.scalars(chosen).one().case_id == case.id
    assert case.transfer is not None
    assert new in case.transfer.suspects


@pytest.mark.parametrize("lacking", [{"sex": None}, {"measure": None}, {"charge_ids": ()}])
def test_whoever_is_added_is_described(make: Make, town: Town, lacking: dict[str, Any]) -> None:
    case = handled(make, town)

    with pytest.raises(SuspectIncomplete):
        memberships.add_suspect(make.act(town.officer), case, stranger(make, **lacking))


def test_nobody_is_added_to_a_case_that_is_over_or_by_a_stranger(make: Make, town: Town) -> None:
    case = handled(make, town)
    with pytest.raises(NotAllowed):
        memberships.add_suspect(make.act(town.chief), case, stranger(make))
    case.state = CaseState.CLOSED
    make.session.flush()

    with pytest.raises(WrongState):
        memberships.add_suspect(make.act(town.officer), case, SuspectDraft())


def test_an_identity_is_established_and_the_earlier_one_kept(make: Make, town: Town) -> None:
    case = handled(make, town, make.suspect(name="身份不明者1", alias="阿测"))
    (suspect,) = case.suspects
    before = entries(make)
    at = make.now + timedelta(days=2)

    memberships.identify(
        make.act(town.officer, at), case, suspect_id=suspect.id, identity=FOUND, basis=BASIS
    )
    again = Identity("测试甲", alias="阿测", document_kind=DocumentKind.NONE)
    last = at + timedelta(days=1)
    memberships.identify(
        make.act(town.prosecutor, last), case, suspect_id=suspect.id, identity=again, basis=BASIS
    )

    first, second = cases.names_of(make.act(town.officer), [suspect.id])[suspect.id]
    assert (first.name, first.alias, first.known_until) == ("身份不明者1", "阿测", at)
    assert first.known_from == suspect.received_at
    assert (second.document_number, second.known_from, second.known_until) == ("X-1", at, last)
    assert (first.by_id, second.by_id) == (town.officer.id, town.prosecutor.id)
    assert cases.known_since(make.act(town.officer), suspect) == last
    assert entries(make) == before
    kinds = select(JournalEntry).where(JournalEntry.kind == "SuspectIdentified")
    assert all("测试甲" not in str(one.details) for one in make.session.scalars(kinds))


def test_what_was_known_is_never_rewritten(make: Make, town: Town) -> None:
    case = handled(make, town)
    memberships.identify(
        make.act(town.officer),
        case,
        suspect_id=case.suspects[0].id,
        identity=FOUND,
        basis=BASIS,
    )

    with pytest.raises(DatabaseError, match=r"append-only|permission denied"):
        make.session.execute(text("UPDATE suspect_names SET name = 'x'"))


def test_an_identity_needs_a_name_a_basis_and_something_new(make: Make, town: Town) -> None:
    case = handled(make, town)
    (suspect,) = case.suspects
    act = make.act(town.officer)

    for identity, basis in ((Identity(" "), BASIS), (FOUND, " ")):
        with pytest.raises(IdentityMissing):
            memberships.identify(act, case, suspect_id=suspect.id, identity=identity, basis=basis)
    with pytest.raises(NothingNew):
        memberships.identify(
            act, case, suspect_id=suspect.id, identity=Identity(suspect.name), basis=BASIS
        )
    with pytest.raises(NotFound):
        memberships.identify(act, case, suspect_id=suspect.id + 1, identity=FOUND, basis=BASIS)
    with pytest.raises(NotAllowed):
        memberships.identify(
            make.act(town.chief), case, suspect_id=suspect.id, identity=FOUND, basis=BASIS
        )


def test_whoever_turns_out_to_be_a_minor_gets_a_lawyer(make: Make, town: Town) -> None:
    case = handled(make, town)
    (suspect,) = case.suspects
    child = Identity("测试乙", born_on=date(2009, 1, 1))

    for name in ("测试乙", "测试丙"):
        memberships.identify(
            make.act(town.prosecutor),
            case,
            suspect_id=suspect.id,
            identity=Identity(name, born_on=child.born_on),
            basis=BASIS,
        )

    assert Flag.MINOR.value in suspect.flags
    assert running(make, suspect.id)["R06c"].due_on == date(2026, 3, 5)


def test_open_tasks_stay_with_the_handler(make: Make, town: Town) -> None:
    case = handled(make, town)
    memberships.add_suspect(make.act(town.officer), case, stranger(make))

    chosen = select(Task).where(Task.state == TaskState.OPEN, Task.kind == TaskKind.REVIEW_ARREST)
    assert len(make.session.scalars(chosen).all()) == 2
