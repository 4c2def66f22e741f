"""Correcting a request: every part, until acceptance, never the first receipt."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from services import arrest_requests
from services.arrest_requests import (
    AlreadySubmitted,
    ArrestRequest,
    ArrestRequestCorrected,
    Measure,
    RequestIncomplete,
    RequestState,
    SuspectWithdrawn,
    UnknownSuspect,
)
from services.attachments import Attachment, Paper
from services.deadlines import CloseReason, Deadline
from services.kernel.act import JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed
from services.policy import PostKind
from services.tasks import Task, TaskKind
from tests.arrest_requests.conftest import Desk
from tests.arrest_requests.test_accept import WHOLE
from tests.make import Make

A_DAY = timedelta(days=1)
ON_BAIL = {
    "measure": Measure.BAIL,
    "measure_began_at": datetime(2026, 1, 5, tzinfo=UTC),
    "detention_centre_id": None,
    "act_on": date(2026, 1, 4),
}


def clocks(desk: Desk, request: ArrestRequest) -> list[Deadline]:
    ids = [suspect.id for suspect in request.suspects]
    chosen = select(Deadline).where(Deadline.suspect_id.in_(ids)).order_by(Deadline.id)
    return list(desk.make.session.scalars(chosen))


def test_every_part_can_be_corrected(desk: Desk) -> None:
    request = desk.received(desk.suspect(charge_ids=(desk.theft.id,)))
    (suspect,) = request.suspects
    whole = desk.draft(
        desk.suspect(name="赵某乙", charge_ids=(desk.injury.id, desk.theft.id)),
        facts=request.facts + "补充：被害人系未成年人。",
        major_or_complex=True,
        file_items=(),
        document_number="青公提捕字〔2026〕16号",
    )

    arrest_requests.correct(desk.act(after=A_DAY), request, whole)
    desk.make.session.flush()
    desk.make.session.expire_all()

    assert request.suspects == [suspect]
    assert suspect.name == "赵某乙"
    assert suspect.charges == [desk.injury, desk.theft]
    assert request.facts.endswith("未成年人。")
    assert (request.major_or_complex, request.file_items) == (True, [])
    assert request.document_number.endswith("16号")
    assert (request.corrected_at, request.corrected_by) == (
        desk.make.now + A_DAY,
        desk.town.officer.id,
    )


def test_first_receipt_stays_the_beginning(desk: Desk) -> None:
    request = desk.received()

    arrest_requests.correct(desk.act(after=3 * A_DAY), request, desk.draft())

    assert request.received_at == desk.make.now
    (clock,) = clocks(desk, request)
    assert (clock.started_at, clock.due_on) == (desk.make.now, date(2026, 3, 9))
    assert request.findings == []


def test_a_correction_of_any_part_is_a_new_version(desk: Desk) -> None:
    request = desk.received()
    draft = desk.draft(attachment_ids=())

    for version, changed in enumerate(
        (
            draft,
            replace(draft, file_items=()),
            replace(draft, suspects=(desk.suspect(alias="阿赵"),)),
        ),
        start=2,
    ):
        arrest_requests.correct(desk.act(), request, changed)
        desk.make.session.flush()
        assert request.version == version


def test_the_journal_says_which_version_was_replaced(desk: Desk) -> None:
    request = desk.received()
    arrest_requests.correct(desk.act(), request, desk.draft())
    desk.make.session.flush()

    entry = desk.make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "ArrestRequestCorrected")
    ).one()
    assert entry.event == ArrestRequestCorrected(request.id, 1)


def test_a_correction_is_checked_as_the_first_was(desk: Desk) -> None:
    request = desk.received()

    with pytest.raises(RequestIncomplete):
        arrest_requests.correct(desk.act(), request, desk.draft(facts=""))

    arrest_requests.correct(desk.act(), request, desk.draft(danger_grounds=""))
    assert [one.code for one in request.warnings] == ["danger_grounds_missing"]


def test_an_accepted_request_is_closed_to_correction(desk: Desk) -> None:
    request = desk.received()
    arrest_requests.accept(desk.act(desk.town.manager), request, checks=WHOLE)

    with pytest.raises(WrongState):
        arrest_requests.correct(desk.act(), request, desk.draft())
    assert request.state is RequestState.ACCEPTED


@pytest.mark.parametrize("who", ["manager", "prosecutor", "chief"])
def test_only_the_organ_corrects(desk: Desk, who: str) -> None:
    request = desk.received()

    with pytest.raises(NotAllowed):
        arrest_requests.correct(desk.act(getattr(desk.town, who)), request, desk.draft())


def test_a_colleague_of_the_same_organ_corrects_too(desk: Desk, make: Make) -> None:
    request = desk.received()
    colleague = make.person(PostKind.POLICE_OFFICER, desk.town.police)

    arrest_requests.correct(make.act(colleague), request, desk.draft(attachment_ids=()))

    assert request.corrected_by == colleague.id


def test_a_correction_cannot_take_another_requests_number(desk: Desk) -> None:
    first = desk.received()
    second = desk.received(document_number="青公提捕字〔2026〕99号")

    with pytest.raises(AlreadySubmitted) as refused:
        arrest_requests.correct(desk.act(), second, desk.draft())

    assert refused.value.members == {"arrest_request_id": first.id}


# --- the suspects ---------------------------------------------------------------------------


def test_somebody_new_is_put_forward_with_a_clock_of_their_own(desk: Desk) -> None:
    request = desk.received()
    later = desk.act(after=A_DAY)

    arrest_requests.correct(
        later, request, desk.draft(desk.suspect(), desk.suspect(name="钱某", document_number=""))
    )

    first, second = request.suspects
    assert (second.ordinal, second.received_at) == (2, later.now)
    assert {one.suspect_id: one.started_at for one in clocks(desk, request)} == {
        first.id: desk.make.now,
        second.id: later.now,
    }


def test_lateness_is_each_suspects_own(desk: Desk) -> None:
    request = desk.received()

    arrest_requests.correct(
        desk.act(after=3 * A_DAY),
        request,
        desk.draft(desk.suspect(), desk.suspect(name="钱某", document_number="")),
    )

    late = [one.pointer for one in request.warnings if one.code == "late_after_three_days"]
    assert late == ["/suspects/1/measure_began_at"]


def test_suspects_are_known_by_id_wherever_they_stand(desk: Desk) -> None:
    request = desk.received(desk.suspect(), desk.suspect(name="钱某", document_number=""))
    first, second = request.suspects

    arrest_requests.correct(
        desk.act(),
        request,
        desk.draft(
            desk.suspect(id=second.id, name="钱某某", document_number=""),
            desk.suspect(id=first.id),
        ),
    )

    assert [one.name for one in request.suspects] == ["赵某甲", "钱某某"]
    assert request.suspects == [first, second]


def test_nobody_is_withdrawn_by_leaving_them_out(desk: Desk) -> None:
    request = desk.received(desk.suspect(), desk.suspect(name="钱某", document_number=""))
    first, _ = request.suspects

    for left in ((desk.suspect(),), (desk.suspect(id=first.id), desk.suspect(id=first.id))):
        with pytest.raises(SuspectWithdrawn):
            arrest_requests.correct(desk.act(), request, desk.draft(*left))


def test_a_suspect_of_another_request_is_unknown(desk: Desk) -> None:
    request = desk.received()
    other = desk.received(document_number="另一文号")

    with pytest.raises(UnknownSuspect):
        arrest_requests.correct(
            desk.act(), request, desk.draft(desk.suspect(id=other.suspects[0].id))
        )


# --- the clocks -----------------------------------------------------------------------------


def test_a_suspect_who_turns_out_to_be_on_bail_is_reviewed_within_fifteen_days(desk: Desk) -> None:
    request = desk.received()

    arrest_requests.correct(desk.act(after=A_DAY), request, desk.draft(desk.suspect(**ON_BAIL)))

    old, new = clocks(desk, request)
    assert (old.rule_id, old.close_reason) == ("D06", CloseReason.REPLACED)
    assert (new.rule_id, new.started_at, new.due_on) == (
        "D07",
        desk.make.now,
        date(2026, 3, 17),
    )
    task = desk.make.session.scalars(select(Task)).one()
    assert (task.kind, task.due_on) == (TaskKind.ACCEPT_REQUEST, date(2026, 3, 17))


def test_a_detention_that_was_left_out_shortens_the_review_at_once(desk: Desk) -> None:
    request = desk.received(desk.suspect(**ON_BAIL))

    arrest_requests.correct(desk.act(after=A_DAY), request, desk.draft())

    running = [one for one in clocks(desk, request) if one.closed_at is None]
    assert [(one.rule_id, one.due_on) for one in running] == [("D06", date(2026, 3, 9))]


def test_a_case_said_to_be_complex_keeps_its_fifteen_days_and_bears_twenty(desk: Desk) -> None:
    request = desk.received(desk.suspect(**ON_BAIL))

    arrest_requests.correct(
        desk.act(), request, desk.draft(desk.suspect(**ON_BAIL), major_or_complex=True)
    )

    running = [one for one in clocks(desk, request) if one.closed_at is None]
    assert [(one.ground, one.due_on, one.outer_on) for one in running] == [
        ("major_or_complex", date(2026, 3, 17), date(2026, 3, 23))
    ]


def test_custody_elsewhere_keeps_the_last_day_from_moving(desk: Desk) -> None:
    friday = timedelta(days=4)  # so that the fifteenth day is Saturday 21 March
    request = desk.received(desk.suspect(**ON_BAIL), after=friday)
    before = [(one.due_on, one.outer_on) for one in clocks(desk, request)]

    held = ON_BAIL | {"measure": Measure.CUSTODY_ELSEWHERE}
    arrest_requests.correct(desk.act(after=friday), request, desk.draft(desk.suspect(**held)))

    (clock,) = clocks(desk, request)
    assert before == [(date(2026, 3, 23), date(2026, 3, 23))]
    assert (clock.due_on, clock.outer_on) == (date(2026, 3, 21), date(2026, 3, 23))
    assert clock.closed_at is None


# --- the papers -----------------------------------------------------------------------------


def test_papers_are_added_and_never_taken_away(desk: Desk) -> None:
    request = desk.received()
    sent = request.attachments[0].id
    added = desk.file(Paper.LEGAL_AID).id

    arrest_requests.correct(desk.act(), request, desk.draft(attachment_ids=(added,)))

    assert [one.id for one in request.attachments] == [sent, added]
    assert request.findings == [], "the request document sent before still counts"


def test_a_paper_of_the_request_may_be_named_again(desk: Desk) -> None:
    request = desk.received()
    sent = request.attachments[0].id

    arrest_requests.correct(desk.act(), request, desk.draft(attachment_ids=(sent,)))

    chosen = select(Attachment.id).where(Attachment.arrest_request_id == request.id)
    assert desk.make.session.scalars(chosen).all() == [sent]


def test_a_correction_is_one_new_version_however_much_it_changes(desk: Desk) -> None:
    request = desk.received()
    desk.make.session.flush()
    desk.make.session.expire_all()
    before = request.version

    draft = desk.draft(facts="更正后的事实。" * 9, document_number="测公提捕字〔2026〕更正号")
    arrest_requests.correct(desk.act(), request, draft)
    desk.make.session.flush()

    assert request.version == before + 1
