"""The table of checks: every rule can fail, none fails without cause, each has its article."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.arrest_requests.checks import CHECKS, Severity, article_zh
from services.arrest_requests.drafts import Draft, FileItemDraft, Known
from services.arrest_requests.page import page
from services.arrest_requests.terms import DocumentKind, Extension, Flag, Measure, Sex
from services.attachments import Paper
from tests.arrest_requests.drafts import (
    ABOLISHED,
    CENTRE,
    DRAFT,
    HOOLIGANISM,
    INJURY,
    KNOWN,
    MALE_NUMBER,
    NEW,
    PAPER,
    SUSPECT,
    THEFT,
    found,
    found_in,
    with_request,
    with_suspect,
)
from tests.conftest import NOON

A_DAY = timedelta(days=1)
ON_BAIL = {
    "measure": Measure.BAIL,
    "measure_began_at": datetime(2026, 1, 5, tzinfo=UTC),
    "detention_centre_id": None,
    "act_on": date(2026, 1, 4),
}
WATCHED = ON_BAIL | {"measure": Measure.RESIDENTIAL_SURVEILLANCE}
FREE = ON_BAIL | {"measure": Measure.NONE, "measure_began_at": None}
A_MINOR = {
    "born_on": date(2009, 6, 1),
    "flags": frozenset({Flag.MINOR}),
    "document_kind": DocumentKind.NONE,
    "document_number": "",
}
AID = FileItemDraft("法律援助通知书", 1, Paper.LEGAL_AID)


def born(years: int, **changes: object) -> Draft:
    """A suspect of so many years at the act, marked as a minor."""
    act_on = SUSPECT.act_on or date.max
    given = A_MINOR | {"born_on": act_on.replace(year=act_on.year - years) - A_DAY} | changes
    return with_suspect(**given)


def flagged(flag: Flag) -> Draft:
    return with_suspect(flags=frozenset({flag}))


def unidentified(**changes: object) -> Draft:
    nobody = {"name": "", "name_self_reported": True, "document_number": "", "born_on": None}
    return with_suspect(document_kind=DocumentKind.NONE, **(nobody | changes))


BROKEN: Mapping[str, tuple[str, Draft]] = {
    "document_number_missing": ("/document_number", with_request(document_number=" ")),
    "document_date_missing": ("/document_on", with_request(document_on=None)),
    "document_date_in_future": ("/document_on", with_request(document_on=date(2026, 3, 3))),
    "document_date_old": (
        "/document_on",
        with_request(document_on=date(2026, 2, 22), head_approved_on=date(2026, 2, 22)),
    ),
    "head_approval_missing": ("/head_approved_on", with_request(head_approved_on=None)),
    "head_approval_after_document": (
        "/head_approved_on",
        with_request(head_approved_on=date(2026, 3, 3)),
    ),
    "facts_missing": ("/facts", with_request(facts="\n")),
    "facts_short": ("/facts", with_request(facts="盗窃手机一部。")),
    "danger_grounds_missing": ("/danger_grounds", with_request(danger_grounds="")),
    "suspects_missing": ("/suspects", with_request(suspects=())),
    "suspect_twice": (
        "/suspects/1/document_number",
        with_request(suspects=(SUSPECT, replace(SUSPECT, name="赵某乙"))),
    ),
    "suspect_namesake": (
        "/suspects/1/name",
        with_request(
            suspects=(
                SUSPECT,
                replace(SUSPECT, document_kind=DocumentKind.NONE, document_number=""),
            )
        ),
    ),
    "nobody_in_custody": ("/suspects", with_suspect(**ON_BAIL)),
    "name_missing": ("/suspects/0/name", with_suspect(name="")),
    "name_self_reported": ("/suspects/0/name", with_suspect(name_self_reported=True)),
    "birth_date_missing": ("/suspects/0/born_on", with_suspect(born_on=None)),
    "age_unknown": ("/suspects/0/born_on", unidentified()),
    "birth_date_in_future": ("/suspects/0/born_on", with_suspect(born_on=date(2026, 3, 3))),
    "birth_date_implausible": ("/suspects/0/born_on", with_suspect(born_on=date(1900, 1, 1))),
    "sex_missing": ("/suspects/0/sex", with_suspect(sex=None)),
    "ethnicity_missing": ("/suspects/0/ethnicity", with_suspect(ethnicity="")),
    "address_missing": ("/suspects/0/address", with_suspect(address="")),
    "occupation_missing": ("/suspects/0/occupation", with_suspect(occupation="")),
    "document_number_of_suspect_missing": (
        "/suspects/0/document_number",
        with_suspect(document_number=""),
    ),
    "document_kind_missing": (
        "/suspects/0/document_kind",
        with_suspect(document_kind=DocumentKind.NONE),
    ),
    "identity_number_form": (
        "/suspects/0/document_number",
        with_suspect(document_number=MALE_NUMBER[:15]),
    ),
    "identity_number_checksum": (
        "/suspects/0/document_number",
        with_suspect(document_number=MALE_NUMBER[:-1] + "1"),
    ),
    "identity_number_birth_date": (
        "/suspects/0/document_number",
        with_suspect(document_number="990102199002302810"),
    ),
    "identity_number_born_on_differs": (
        "/suspects/0/born_on",
        with_suspect(born_on=date(1990, 3, 17)),
    ),
    "identity_number_sex_differs": ("/suspects/0/sex", with_suspect(sex=Sex.FEMALE)),
    "foreigner_with_resident_id": ("/suspects/0/document_kind", flagged(Flag.FOREIGNER)),
    "passport_without_foreigner": (
        "/suspects/0/flags",
        with_suspect(document_kind=DocumentKind.PASSPORT, document_number="E12345678"),
    ),
    "foreigner": ("/suspects/0/flags", flagged(Flag.FOREIGNER)),
    "act_date_missing": ("/suspects/0/act_on", with_suspect(act_on=None)),
    "act_in_future": ("/suspects/0/act_on", with_suspect(act_on=date(2026, 3, 3))),
    "act_before_birth": ("/suspects/0/act_on", with_suspect(act_on=date(1990, 3, 6))),
    "below_responsible_age": ("/suspects/0/born_on", born(11)),
    "under_fourteen": ("/suspects/0/born_on", born(13, charge_ids=(INJURY,))),
    "charge_beyond_age": ("/suspects/0/charge_ids", born(15, charge_ids=(THEFT, HOOLIGANISM))),
    "minor_not_flagged": ("/suspects/0/flags", born(17, flags=frozenset())),
    "minor_flagged_wrongly": ("/suspects/0/flags", flagged(Flag.MINOR)),
    "girl": ("/suspects/0/flags", born(17, sex=Sex.FEMALE)),
    "minor_without_defender": ("/suspects/0/flags", born(17)),
    "minor_without_social_inquiry": ("/suspects/0/flags", born(17)),
    "senses_without_defender": ("/suspects/0/flags", flagged(Flag.DEAF)),
    "capacity_without_defender": ("/suspects/0/flags", flagged(Flag.LIMITED_CAPACITY)),
    "deputy_without_permission": ("/suspects/0/flags", flagged(Flag.DEPUTY)),
    "township_deputy": ("/suspects/0/flags", flagged(Flag.TOWNSHIP_DEPUTY)),
    "plea_not_recorded": ("/suspects/0/flags", flagged(Flag.PLEA_LENIENCY)),
    "measure_missing": ("/suspects/0/measure", with_suspect(measure=None)),
    "not_present": ("/suspects/0/measure", with_suspect(**FREE)),
    "custody_elsewhere": (
        "/suspects/0/measure",
        with_suspect(measure=Measure.CUSTODY_ELSEWHERE),
    ),
    "detention_time_missing": (
        "/suspects/0/measure_began_at",
        with_suspect(measure_began_at=None),
    ),
    "measure_time_missing": (
        "/suspects/0/measure_began_at",
        with_suspect(**ON_BAIL | {"measure_began_at": None}),
    ),
    "measure_in_future": (
        "/suspects/0/measure_began_at",
        with_suspect(measure_began_at=NOON + timedelta(minutes=1)),
    ),
    "measure_before_act": ("/suspects/0/measure_began_at", with_suspect(act_on=date(2026, 3, 1))),
    "time_without_measure": (
        "/suspects/0/measure_began_at",
        with_suspect(**FREE | {"measure_began_at": NOON - A_DAY}),
    ),
    "detention_centre_missing": (
        "/suspects/0/detention_centre_id",
        with_suspect(detention_centre_id=None),
    ),
    "detention_centre_unknown": (
        "/suspects/0/detention_centre_id",
        with_suspect(detention_centre_id=CENTRE + 1),
    ),
    "centre_without_custody": (
        "/suspects/0/detention_centre_id",
        with_suspect(**ON_BAIL | {"detention_centre_id": CENTRE}),
    ),
    "detention_warrant_missing": (
        "/suspects/0/measure",
        with_request(file_items=DRAFT.file_items[:1]),
    ),
    "late_after_three_days": (
        "/suspects/0/measure_began_at",
        with_suspect(measure_began_at=NOON - 4 * A_DAY, act_on=date(2026, 2, 20)),
    ),
    "late_after_seven_days": (
        "/suspects/0/measure_began_at",
        with_suspect(
            measure_began_at=NOON - 8 * A_DAY,
            act_on=date(2026, 2, 20),
            detention_extended_to=Extension.SEVEN_DAYS,
        ),
    ),
    "late_after_thirty_days": (
        "/suspects/0/measure_began_at",
        with_suspect(
            measure_began_at=NOON - 31 * A_DAY,
            act_on=date(2026, 1, 20),
            detention_extended_to=Extension.THIRTY_DAYS,
        ),
    ),
    "extension_without_detention": (
        "/suspects/0/detention_extended_to",
        with_suspect(**ON_BAIL, detention_extended_to=Extension.SEVEN_DAYS),
    ),
    "extension_not_shown": (
        "/suspects/0/detention_extended_to",
        with_suspect(detention_extended_to=Extension.SEVEN_DAYS),
    ),
    "bail_over_twelve_months": (
        "/suspects/0/measure_began_at",
        with_suspect(
            **ON_BAIL
            | {"measure_began_at": datetime(2025, 3, 1, tzinfo=UTC), "act_on": date(2025, 2, 1)}
        ),
    ),
    "surveillance_over_six_months": (
        "/suspects/0/measure_began_at",
        with_suspect(
            **WATCHED
            | {"measure_began_at": datetime(2025, 9, 1, tzinfo=UTC), "act_on": date(2025, 8, 1)}
        ),
    ),
    "charges_missing": ("/suspects/0/charge_ids", with_suspect(charge_ids=())),
    "charge_unknown": ("/suspects/0/charge_ids/1", with_suspect(charge_ids=(THEFT, 99))),
    "charge_repeated": ("/suspects/0/charge_ids/1", with_suspect(charge_ids=(THEFT, THEFT))),
    "charge_not_in_force": (
        "/suspects/0/charge_ids/1",
        with_suspect(charge_ids=(THEFT, ABOLISHED)),
    ),
    "act_long_ago": ("/suspects/0/act_on", with_suspect(act_on=date(2006, 3, 1))),
    "file_empty": ("/file_items", with_request(file_items=())),
    "evidence_missing": ("/file_items", with_request(file_items=DRAFT.file_items[1:])),
    "item_title_missing": (
        "/file_items/2/title",
        with_request(file_items=(*DRAFT.file_items, FileItemDraft("", 3))),
    ),
    "item_pages_missing": (
        "/file_items/2/pages",
        with_request(file_items=(*DRAFT.file_items, FileItemDraft("诉讼文书卷", 0))),
    ),
    "item_repeated": (
        "/file_items/2/title",
        with_request(file_items=(*DRAFT.file_items, DRAFT.file_items[0])),
    ),
    "property_list_missing": (
        "/property_transferred",
        with_request(property_transferred=True),
    ),
    "request_document_missing": ("/attachment_ids", with_request(attachment_ids=())),
    "attachment_unknown": ("/attachment_ids/1", with_request(attachment_ids=(PAPER, 99))),
    "attachment_repeated": ("/attachment_ids/1", with_request(attachment_ids=(PAPER, PAPER))),
}
"""For each check, a request that breaks it, and where."""
ELSEWHERE = {
    "procuratorate_unknown": ("/office_id", replace(KNOWN, procuratorate_id=None)),
    "suspect_pending": (
        "/suspects/0/document_number",
        replace(KNOWN, pending_numbers=frozenset({MALE_NUMBER})),
    ),
}
"""Checks that no request breaks by itself, with the surroundings that do."""


def test_a_request_in_order_has_no_finding() -> None:
    assert found() == []


def test_every_check_is_shown_to_fail() -> None:
    assert set(BROKEN) | set(ELSEWHERE) == {check.code for check in CHECKS}


@pytest.mark.parametrize("code", sorted(BROKEN))
def test_the_check_finds_what_it_is_for(code: str) -> None:
    pointer, draft = BROKEN[code]

    assert (code, pointer) in found(draft)


@pytest.mark.parametrize("code", sorted(ELSEWHERE))
def test_the_check_finds_what_the_registers_lack(code: str) -> None:
    pointer, known = ELSEWHERE[code]

    assert found(known=known) == [(code, pointer)]


def test_no_two_checks_share_a_code() -> None:
    assert len({check.code for check in CHECKS}) == len(CHECKS)


def test_every_check_speaks_chinese_and_english_and_cites_an_article() -> None:
    for check in CHECKS:
        assert check.zh.endswith("。"), check.code
        assert check.en.endswith("."), check.code
        assert article_zh(check.article), check.code
        assert "第" in article_zh(check.article) or check.article.startswith("GB"), check.code


def test_an_article_is_cited_as_people_cite_it() -> None:
    assert article_zh("RULES 157(4); CPL 91¶2") == (
        "人民检察院刑事诉讼规则第157条第4项；刑事诉讼法第91条第2款"
    )


def test_errors_come_before_warnings() -> None:
    severities = [one.severity for one in found_in(Draft())]

    assert Severity.ERROR in severities
    assert Severity.WARNING in severities
    assert severities == sorted(severities, key=lambda one: one is Severity.WARNING)


def test_the_page_is_current() -> None:
    written = Path(__file__).parents[2] / "docs" / "arrest-request-checks.md"

    assert written.read_text(encoding="utf-8") == page(), (
        "run: python -m services.arrest_requests.page > docs/arrest-request-checks.md"
    )


# --- the law behind some of them ------------------------------------------------------------


def codes(draft: Draft, known: Known = KNOWN) -> set[str]:
    return {code for code, _ in found(draft, known)}


def errors(draft: Draft, known: Known = KNOWN) -> set[str]:
    return {one.code for one in found_in(draft, known) if one.severity is Severity.ERROR}


def test_an_unidentified_suspect_is_received(subtests: pytest.Subtests) -> None:
    for name in ("", "自报：李某"):
        with subtests.test(name=name):
            assert errors(unidentified(name=name)) == set()


def test_a_wrong_identity_number_never_keeps_a_request_out() -> None:
    for number in ("", "1", MALE_NUMBER[:-1] + "1", "X" * 18):
        assert errors(with_suspect(document_number=number)) == set()


def test_a_child_below_every_age_is_received_too_so_that_the_procuratorate_can_release() -> None:
    assert errors(born(9)) == set()


@pytest.mark.parametrize(("days", "late"), [(3, False), (4, True)])
def test_three_days_are_counted_without_the_first_day(days: int, *, late: bool) -> None:
    draft = with_suspect(measure_began_at=NOON - days * A_DAY, act_on=date(2026, 2, 20))

    assert ("late_after_three_days" in codes(draft)) is late


@pytest.mark.parametrize(
    ("extension", "days", "late"),
    [
        (Extension.SEVEN_DAYS, 7, False),
        (Extension.SEVEN_DAYS, 8, True),
        (Extension.THIRTY_DAYS, 30, False),
        (Extension.THIRTY_DAYS, 31, True),
    ],
)
def test_an_extension_moves_the_last_day(extension: Extension, days: int, *, late: bool) -> None:
    draft = with_suspect(
        measure_began_at=NOON - days * A_DAY,
        act_on=date(2026, 1, 20),
        detention_extended_to=extension,
    )

    assert any(code.startswith("late_after") for code in codes(draft)) is late


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    before = datetime(2026, 2, 26, 15, 59, tzinfo=UTC)
    draft = with_suspect(measure_began_at=before, act_on=date(2026, 2, 20))
    after = with_suspect(measure_began_at=before + timedelta(minutes=1), act_on=date(2026, 2, 20))

    assert "late_after_three_days" in codes(draft)
    assert "late_after_three_days" not in codes(after)


def test_a_detention_before_the_law_of_2018_is_late() -> None:
    old = with_suspect(measure_began_at=datetime(2017, 1, 1, tzinfo=UTC), act_on=date(2016, 1, 1))

    assert "late_after_three_days" in codes(old)


def test_a_correction_is_measured_by_the_first_receipt() -> None:
    later = replace(KNOWN, now=NOON + 3 * A_DAY)

    assert "late_after_three_days" not in codes(DRAFT, later)


def test_somebody_put_forward_later_is_measured_by_their_own_receipt() -> None:
    later = NOON + 3 * A_DAY

    assert "late_after_three_days" in codes(with_suspect(received_at=later))
    assert "late_after_three_days" not in codes(with_suspect(received_at=NOON))


def test_twelve_and_thirteen_answer_only_for_acts_since_amendment_eleven() -> None:
    given = A_MINOR | {"charge_ids": (INJURY,)}
    before = with_suspect(**given | {"born_on": date(2007, 6, 1), "act_on": date(2021, 2, 28)})
    since = with_suspect(**given | {"born_on": date(2007, 6, 1), "act_on": date(2021, 3, 1)})

    assert "below_responsible_age" in codes(before)
    assert "under_fourteen" not in codes(before)
    assert "under_fourteen" in codes(since)
    assert "below_responsible_age" not in codes(since)


def test_at_fourteen_one_answers_for_injury_and_not_for_theft() -> None:
    assert "charge_beyond_age" not in codes(born(14, charge_ids=(THEFT, INJURY)))
    assert "charge_beyond_age" in codes(born(14, charge_ids=(THEFT,)))
    assert "charge_beyond_age" not in codes(born(16, charge_ids=(THEFT,)))


def test_a_minor_at_the_act_who_is_grown_up_today_is_still_to_be_marked() -> None:
    draft = with_suspect(
        born_on=date(2007, 1, 1), act_on=date(2024, 1, 1), document_kind=DocumentKind.NONE
    )

    assert "minor_not_flagged" in codes(draft)
    assert "girl" not in codes(
        replace(draft, suspects=(replace(draft.suspects[0], sex=Sex.FEMALE),))
    )


def test_a_paper_in_the_file_or_attached_answers_a_warning() -> None:
    listed = replace(born(17), file_items=(*DRAFT.file_items, AID))
    attached = replace(born(17), attachment_ids=(PAPER, 71))

    assert "minor_without_defender" not in codes(listed)
    assert "minor_without_defender" not in codes(attached)
    assert "deputy_without_permission" not in codes(
        replace(flagged(Flag.DEPUTY), attachment_ids=(PAPER, 72))
    )


def test_a_charge_is_looked_up_in_the_law_of_the_day_of_the_act() -> None:
    in_time = with_suspect(charge_ids=(NEW,), act_on=date(2021, 3, 1))
    too_early = with_suspect(charge_ids=(NEW,), act_on=date(2021, 2, 28))

    assert "charge_not_in_force" not in codes(in_time)
    assert "charge_not_in_force" in codes(too_early)


def test_an_empty_request_says_all_that_it_lacks_at_once() -> None:
    assert errors(Draft()) == {
        "document_number_missing",
        "document_date_missing",
        "facts_missing",
        "suspects_missing",
    }


def test_recordings_have_no_pages() -> None:
    draft = with_request(
        file_items=(*DRAFT.file_items, FileItemDraft("讯问录像", None, Paper.RECORDING))
    )

    assert found(draft) == []
