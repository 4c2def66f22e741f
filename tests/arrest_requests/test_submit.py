"""Sending in a request: received with warnings, refused with errors, once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from services import arrest_requests
from services.arrest_requests import (
    AlreadySubmitted,
    ArrestRequest,
    ArrestRequestSubmitted,
    Draft,
    Flag,
    Measure,
    OfficeUnclear,
    Organ,
    RequestIncomplete,
    RequestState,
    Sex,
)
from services.attachments import AttachmentTaken, Paper, bind
from services.deadlines import Deadline
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import OfficeKind
from services.policy import PostKind
from services.tasks import Task, TaskKind
from tests.arrest_requests.conftest import Desk
from tests.arrest_requests.test_accept import WHOLE
from tests.make import Make

ON_BAIL = {
    "measure": Measure.BAIL,
    "measure_began_at": datetime(2026, 1, 5, tzinfo=UTC),
    "detention_centre_id": None,
    "act_on": date(2026, 1, 4),
}


def deadlines_of(desk: Desk, request: ArrestRequest) -> list[Deadline]:
    ids = [suspect.id for suspect in request.suspects]
    chosen = select(Deadline).where(Deadline.suspect_id.in_(ids)).order_by(Deadline.suspect_id)
    return list(desk.make.session.scalars(chosen))


def test_a_request_in_order_is_received(desk: Desk) -> None:
    request = desk.received()

    assert (request.state, request.version) == (RequestState.SUBMITTED, 1)
    assert (request.office_id, request.procuratorate_id) == (
        desk.town.police.id,
        desk.town.procuratorate.id,
    )
    assert (request.received_at, request.submitted_by) == (desk.make.now, desk.town.officer.id)
    assert request.findings == []
    (suspect,) = request.suspects
    assert (suspect.ordinal, suspect.name, suspect.sex) == (1, "赵某甲", Sex.MALE)
    assert suspect.charges == [desk.theft]
    assert [item.title for item in request.file_items] == ["证据卷第一册", "拘留证"]
    assert [one.kind for one in request.attachments] == [Paper.REQUEST_DOCUMENT]


def test_receipt_is_journaled_with_ids_and_codes_only(desk: Desk) -> None:
    request = desk.received()
    desk.make.session.flush()

    entry = desk.make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "ArrestRequestSubmitted")
    ).one()
    assert entry.event == ArrestRequestSubmitted(
        request.id, desk.town.police.id, desk.town.procuratorate.id
    )
    assert entry.by_id == desk.town.officer.id


def test_warnings_are_kept_and_keep_nobody_out(desk: Desk) -> None:
    request = desk.received(
        desk.suspect(ethnicity="", document_number="1"), danger_grounds="", file_items=()
    )

    assert request.id
    assert [one.code for one in request.warnings] == [one["code"] for one in request.findings]
    assert {"danger_grounds_missing", "ethnicity_missing", "identity_number_form"} <= {
        one.code for one in request.warnings
    }


def test_a_finding_whose_rule_is_gone_is_not_shown(desk: Desk) -> None:
    request = desk.received()
    request.findings = [{"code": "no_longer_a_rule", "pointer": ""}]

    assert request.warnings == []


def test_errors_are_told_all_at_once_with_their_article(desk: Desk) -> None:
    with pytest.raises(RequestIncomplete) as refused:
        desk.received(desk.suspect(sex=None), facts="", document_number="")

    errors = refused.value.members["errors"]
    assert [one["code"] for one in errors if one["severity"] == "error"] == [
        "document_number_missing",
        "facts_missing",
        "sex_missing",
    ]
    assert errors[-1] == {
        "pointer": "/suspects/0/sex",
        "code": "sex_missing",
        "detail": {"zh": "未填写性别。", "en": "The sex is missing."},
        "severity": "error",
        "article": {
            "zh": "刑事诉讼法第281条；人民检察院刑事诉讼规则第465条第5款",
            "en": "CPL 281; RULES 465¶5",
        },
    }
    assert desk.make.session.scalars(select(ArrestRequest)).all() == []


def test_the_dry_run_finds_the_same_and_stores_nothing(desk: Desk) -> None:
    draft = desk.draft(desk.suspect(sex=None, address=""))

    found = arrest_requests.check(desk.act(), desk.organ, draft)

    assert [(one.code, one.pointer) for one in found] == [
        ("sex_missing", "/suspects/0/sex"),
        ("address_missing", "/suspects/0/address"),
    ]
    assert desk.make.session.scalars(select(ArrestRequest)).all() == []


def test_a_charge_or_centre_that_no_register_holds_is_an_error(desk: Desk) -> None:
    draft = desk.draft(desk.suspect(charge_ids=(10_000,), detention_centre_id=desk.town.police.id))

    found = {one.code for one in arrest_requests.check(desk.act(), desk.organ, draft)}

    assert {"charge_unknown", "detention_centre_unknown"} <= found


def test_a_document_number_is_used_once_by_an_organ(desk: Desk) -> None:
    first = desk.received()

    with pytest.raises(AlreadySubmitted) as refused:
        desk.received(desk.suspect(name="另一人"))

    assert refused.value.members == {"arrest_request_id": first.id}
    assert [one.id for one in desk.make.session.scalars(select(ArrestRequest))] == [first.id]


def test_another_organ_may_use_the_same_document_number(desk: Desk, make: Make) -> None:
    desk.received()
    elsewhere = make.town()
    organ = Organ(elsewhere.police.id, elsewhere.procuratorate.id)
    draft = replace(desk.draft(), attachment_ids=())

    other = arrest_requests.submit(make.act(elsewhere.officer), organ, draft)

    assert other.procuratorate_id == elsewhere.procuratorate.id


@pytest.mark.parametrize(
    ("suspect", "major", "rule", "days"),
    [
        ({}, False, ("D06", None), (date(2026, 3, 9), date(2026, 3, 9))),
        ({}, True, ("D06", None), (date(2026, 3, 9), date(2026, 3, 9))),
        (ON_BAIL, False, ("D07", None), (date(2026, 3, 17), date(2026, 3, 17))),
        (ON_BAIL, True, ("D07", "major_or_complex"), (date(2026, 3, 17), date(2026, 3, 23))),
    ],
)
def test_first_receipt_starts_the_period_of_review(
    desk: Desk,
    suspect: dict[str, object],
    major: bool,  # noqa: FBT001  # a column of the table above
    rule: tuple[str, str | None],
    days: tuple[date, date],
) -> None:
    request = desk.received(desk.suspect(**suspect), major_or_complex=major)

    (deadline,) = deadlines_of(desk, request)
    assert (deadline.rule_id, deadline.ground) == rule
    assert deadline.started_at == request.received_at
    assert (deadline.due_on, deadline.outer_on) == days


def test_every_suspect_has_a_period_of_their_own(desk: Desk) -> None:
    bailed = desk.suspect(name="钱某", document_number="", **ON_BAIL)
    request = desk.received(desk.suspect(), bailed)

    assert [one.rule_id for one in deadlines_of(desk, request)] == ["D06", "D07"]
    earliest = request.earliest_due(desk.make.session)
    assert earliest is not None
    assert (earliest.suspect_id, earliest.due_on) == (request.suspects[0].id, date(2026, 3, 9))


def test_receipt_gives_case_management_a_task_until_the_earliest_day(desk: Desk) -> None:
    request = desk.received()

    task = desk.make.session.scalars(select(Task)).one()
    assert (task.kind, task.post, task.office_id) == (
        TaskKind.ACCEPT_REQUEST,
        PostKind.CASE_MANAGER,
        desk.town.procuratorate.id,
    )
    assert (task.about_kind, task.about_id) == ("arrest_requests", request.id)
    assert task.due_on == date(2026, 3, 9)


def test_somebody_whose_name_nobody_knows_is_received_under_a_placeholder(desk: Desk) -> None:
    nobody = desk.suspect(name="", name_self_reported=True, born_on=None, document_number="")

    request = desk.received(desk.suspect(), nobody)

    assert [one.name for one in request.suspects] == ["赵某甲", "身份不明者2"]


def test_a_late_transfer_is_received_and_flagged(desk: Desk) -> None:
    late = desk.suspect(measure_began_at=desk.make.now - timedelta(days=9), act_on=None)

    request = desk.received(late)

    assert "late_after_three_days" in {one.code for one in request.warnings}


def test_flags_are_kept_as_codes(desk: Desk) -> None:
    request = desk.received(desk.suspect(flags=frozenset({Flag.MUTE, Flag.DEAF})))

    assert request.suspects[0].flags == ["deaf", "mute"]


def test_a_minor_is_registered_as_one_whether_marked_or_not(desk: Desk) -> None:
    young = desk.suspect(born_on=date(2009, 6, 1), document_number="")

    request = desk.received(young)

    assert request.suspects[0].flags == ["minor"]
    assert "minor_not_flagged" in {one.code for one in request.warnings}


def test_another_open_request_for_the_same_suspect_is_pointed_out(desk: Desk) -> None:
    first = desk.received()
    second = desk.received(document_number="另一文号")
    arrest_requests.accept(desk.act(desk.town.manager), first, checks=WHOLE)
    arrest_requests.accept(desk.act(desk.town.manager), second, checks=WHOLE)
    third = desk.received(document_number="补充侦查后重新提请")

    assert [one.code for one in second.warnings] == ["suspect_pending"]
    assert third.warnings == [], "asking again after a decision is the rule (MPS 138)"


def test_every_request_has_a_nonce_of_its_own(desk: Desk) -> None:
    first, second = (desk.received(document_number=f"文号{n}") for n in (1, 2))

    assert len(bytes.fromhex(first.nonce)) == 16
    assert first.nonce != second.nonce


def test_a_file_somebody_else_uploaded_cannot_be_attached(desk: Desk, make: Make) -> None:
    colleague = make.person(PostKind.POLICE_OFFICER, desk.town.police)

    with pytest.raises(RequestIncomplete) as refused:
        desk.received(attachment_ids=(desk.file(by=colleague).id,))

    assert refused.value.members["errors"][0]["code"] == "attachment_unknown"


def test_a_file_goes_into_one_request_only(desk: Desk) -> None:
    first = desk.received()

    with pytest.raises(RequestIncomplete):
        desk.received(document_number="另一文号", attachment_ids=(first.attachments[0].id,))
    with pytest.raises(AttachmentTaken):
        bind(desk.act(), {first.attachments[0].id}, first.id + 1)


# --- who ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["manager", "prosecutor", "chief"])
def test_only_the_police_send_in(desk: Desk, who: str) -> None:
    act = desk.act(getattr(desk.town, who))

    with pytest.raises(NotAllowed):
        arrest_requests.organ_of(act)
    with pytest.raises(NotAllowed):
        arrest_requests.check(act, desk.organ, Draft())
    with pytest.raises(NotAllowed):
        arrest_requests.submit(act, desk.organ, Draft())


def test_an_officer_sends_in_for_the_own_organ_only(desk: Desk, make: Make) -> None:
    with pytest.raises(NotAllowed):
        arrest_requests.submit(make.act(make.town().officer), desk.organ, desk.draft())


def test_the_organ_is_the_officers_only_one(desk: Desk) -> None:
    assert arrest_requests.organ_of(desk.act()) == desk.organ


def test_an_officer_of_two_organs_says_which_one_asks(desk: Desk, make: Make) -> None:
    second = make.office(OfficeKind.PUBLIC_SECURITY)
    make.post(desk.town.officer, PostKind.POLICE_OFFICER, second)

    with pytest.raises(OfficeUnclear):
        arrest_requests.organ_of(desk.act())
    assert arrest_requests.organ_of(desk.act(), second.id) == Organ(second.id, None)
    with pytest.raises(NotFound):
        arrest_requests.organ_of(desk.act(), 10_000_000)


def test_an_organ_without_a_procuratorate_is_told_so(desk: Desk, make: Make) -> None:
    lonely = make.office(OfficeKind.PUBLIC_SECURITY)
    officer = make.person(PostKind.POLICE_OFFICER, lonely)
    act = make.act(officer)
    draft = replace(desk.draft(), attachment_ids=())

    with pytest.raises(RequestIncomplete) as refused:
        arrest_requests.submit(act, arrest_requests.organ_of(act), draft)

    assert refused.value.members["errors"][0]["code"] == "procuratorate_unknown"
