"""A request that has nothing wrong with it, and how to say one thing differently."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from services.arrest_requests.checks import Finding, findings
from services.arrest_requests.drafts import (
    ChargeTerm,
    Draft,
    FileItemDraft,
    Known,
    Submission,
    SuspectDraft,
)
from services.arrest_requests.terms import DocumentKind, Measure, Sex
from services.attachments import Paper
from tests.conftest import NOON

THEFT, INJURY, HOOLIGANISM, ABOLISHED, NEW = 1, 2, 3, 4, 5
CENTRE = 40
PAPER = 70
MALE_NUMBER = "990102199003072818"

CHARGES = {
    THEFT: ChargeTerm("盗窃罪"),
    INJURY: ChargeTerm("故意伤害罪"),
    HOOLIGANISM: ChargeTerm("寻衅滋事罪"),
    ABOLISHED: ChargeTerm("嫖宿幼女罪", date(1997, 10, 1), date(2015, 10, 31)),
    NEW: ChargeTerm("袭警罪", date(2021, 3, 1)),
}
KNOWN = Known(
    now=NOON,
    received_at=NOON,
    procuratorate_id=2,
    charges=CHARGES,
    detention_centre_ids=frozenset({CENTRE}),
    attachments={PAPER: Paper.REQUEST_DOCUMENT, 71: Paper.LEGAL_AID, 72: Paper.DEPUTY_PERMISSION},
)
SUSPECT = SuspectDraft(
    name="赵某甲",
    document_kind=DocumentKind.RESIDENT_ID,
    document_number=MALE_NUMBER,
    born_on=date(1990, 3, 7),
    sex=Sex.MALE,
    ethnicity="汉族",
    address="云溪市青石区梧桐路某号",
    occupation="务工人员",
    measure=Measure.DETENTION,
    measure_began_at=datetime(2026, 2, 28, 2, tzinfo=UTC),
    detention_centre_id=CENTRE,
    act_on=date(2026, 2, 27),
    charge_ids=(THEFT,),
)
DRAFT = Draft(
    document_number="青公提捕字〔2026〕15号",
    document_on=date(2026, 3, 2),
    head_approved_on=date(2026, 3, 1),
    facts="2026年2月27日21时许，赵某甲在梧桐路某超市内窃取他人手机一部，价值人民币五千元。",
    danger_grounds="赵某甲曾因盗窃被行政处罚，无固定住所，可能实施新的犯罪。",
    suspects=(SUSPECT,),
    file_items=(
        FileItemDraft("证据卷第一册", 96, Paper.EVIDENCE),
        FileItemDraft("拘留证", 1, Paper.DETENTION_WARRANT),
    ),
    attachment_ids=(PAPER,),
)


def found(draft: Draft = DRAFT, known: Known = KNOWN) -> list[tuple[str, str]]:
    """Every finding as its code and its pointer."""
    return [(one.code, one.pointer) for one in found_in(draft, known)]


def found_in(draft: Draft = DRAFT, known: Known = KNOWN) -> list[Finding]:
    return findings(Submission(draft, known))


def with_suspect(**changes: Any) -> Draft:
    return replace(DRAFT, suspects=(replace(SUSPECT, **changes),))


def with_request(**changes: Any) -> Draft:
    return replace(DRAFT, **changes)
