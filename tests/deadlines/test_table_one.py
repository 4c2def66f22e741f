"""Sections D, A, C, S and R of the table, stated a second time by hand from the texts.

An edit to a row is an edit of the law: it has to be made here as well, by somebody who has read
the article. A line is: id, kind, trigger, whom it binds, length and class, whatever else the row
says, and the text whose day it holds from.
"""

from collections.abc import Iterator
from datetime import date

import pytest

from services.deadlines.engine.arithmetic import Period, PeriodClass, Unit
from services.deadlines.engine.articles import SOURCES, Article
from services.deadlines.engine.rules import Extension, Kind, Rule
from services.deadlines.engine.table import texts
from services.deadlines.engine.table.arrest import ARREST
from services.deadlines.engine.table.commission import COMMISSION
from services.deadlines.engine.table.custody import CUSTODY
from services.deadlines.engine.table.detention import DETENTION
from services.deadlines.engine.table.prosecution import PROSECUTION

SECTIONS = {"D": DETENTION, "A": ARREST, "C": CUSTODY, "S": COMMISSION, "R": PROSECUTION}
ROWS = [rule for rows in SECTIONS.values() for rule in rows]
DAYS = {"CPL": date(2018, 10, 26), "RULES": date(2019, 12, 30), "MPS": date(2020, 9, 1)}
DAYS["LAID"] = date(2022, 1, 1)
LAST_ID = {"D": 11, "A": 12, "C": 12, "S": 9, "R": 27}
"""Each section of the catalogue runs from 01 to this number without a gap."""

STATED = """
D01  deadline detention_executed police 24 hours HOURS | CPL
D02  deadline detention_executed police 24 hours HOURS | CPL
D02b deadline detention_executed procuratorate 24 hours HOURS | RULES
D03  deadline detention_executed police 24 hours HOURS | CPL
D03b deadline detention_executed procuratorate 24 hours HOURS | RULES
D04  deadline detention_executed police 3 days CUSTODY +1..4 days special_circumstances | CPL
D05  deadline detention_executed police 30 days CUSTODY | CPL
D06  deadline arrest_request_received procuratorate 7 days CUSTODY | CPL
D07  deadline arrest_request_received procuratorate 15 days NEUTRAL +1..5 days major_or_complex | RULES
D08  deadline summoned_arrived police 12 hours HOURS to the minute +12 hours especially_grave_or_complex | CPL
D08b deadline summoned_arrived procuratorate 12 hours HOURS to the minute +12 hours especially_grave_or_complex | CPL
D08c guard summons_ended procuratorate no length | RULES
D09  deadline detention_executed procuratorate 14 days CUSTODY +1..3 days special_circumstances | CPL
D10  deadline detention_executed procuratorate 7 days CUSTODY | RULES
D11  deadline own_arrest_opinion_received procuratorate 7 days CUSTODY +1..3 days special_circumstances | RULES
D11b deadline own_arrest_opinion_received procuratorate 15 days NEUTRAL +1..5 days major_or_complex | RULES
A01  immediate arrest_approval_received police no length | CPL
A02  deadline arrest_executed police 3 days NEUTRAL | MPS
A03  deadline non_arrest_received police 3 days LIBERTY | RULES
A03b immediate non_arrest_received police no length | CPL
A04  deadline arrest_executed police 24 hours HOURS | CPL
A04b deadline arrest_executed procuratorate 24 hours HOURS | CPL
A05  deadline arrest_executed police 24 hours HOURS | CPL
A05b deadline arrest_executed procuratorate 24 hours HOURS | CPL
A06  threshold non_arrest_received police 15 days NEUTRAL | RULES
A07  deadline non_arrest_received police 5 days NEUTRAL | MPS
A08  deadline reconsideration_request_received procuratorate 7 days NEUTRAL | RULES
A09  deadline reconsideration_decision_received police 5 days NEUTRAL | MPS
A10  deadline reexamination_request_received procuratorate 15 days NEUTRAL | RULES
A11  guard non_arrest_received police no length | RULES
A12  deadline foreigner_arrest_approved procuratorate 48 hours HOURS | RULES
C01  deadline arrest_executed police 2 months CUSTODY +1 months complex_case 7 before +2 months four_case_types 7 before +2 months ten_years 7 before restarts identity_established restarts new_crime | CPL
C02  deadline arrest_executed police 1 months CUSTODY link 1 of C01 | CPL
C03  deadline arrest_executed police 2 months CUSTODY link 2 of C01 | CPL
C04  deadline arrest_executed police 2 months CUSTODY link 3 of C01 | CPL
C05  guard custody_expired procuratorate no length | CPL
C06  deadline new_crime_discovered police 2 months CUSTODY +1 months complex_case 7 before +2 months four_case_types 7 before +2 months ten_years 7 before | CPL
C06b deadline new_crime_discovered police 5 days NEUTRAL | MPS
C07  deadline identity_established police 2 months CUSTODY +1 months complex_case 7 before +2 months four_case_types 7 before +2 months ten_years 7 before | CPL
C08  backward custody_expired police 7 days CUSTODY until the event | MPS
C09  backward custody_expired detention_centre 7 days CUSTODY until the event | RULES
C10  deadline custody_event_decided procuratorate 10 days NEUTRAL | RULES
C11  immediate custody_period_changed procuratorate no length | RULES
C12  immediate custody_expired police no length | CPL
C12b immediate custody_expired procuratorate no length | CPL
C12c immediate custody_expired court no length | CPL
S01  immediate retention_case_accepted procuratorate no length | CPL
S02  deadline detention_executed procuratorate 10 days CUSTODY +1..4 days special_circumstances | CPL
S03  guard prosecution_case_received procuratorate no length | CPL
S04  deadline detention_or_arrest_executed procuratorate 24 hours HOURS | RULES
S05  deadline prosecution_files_received procuratorate 3 days NEUTRAL | CPL
S05b immediate detention_executed procuratorate no length | RULES
S06  deadline commission_return_received commission 1 months CUSTODY at most 2 | RULES
S07  guard non_prosecution_intended procuratorate no length | RULES
S08  deadline commission_objection_received procuratorate 30 days NEUTRAL | RULES
S09  backward commission_transfer procuratorate 20 days NEUTRAL of the case | RULES
R01  deadline prosecution_case_received procuratorate 1 months CUSTODY +15 days major_or_complex restarts jurisdiction_changed | CPL
R02  deadline prosecution_case_received procuratorate 10 days CUSTODY +5 days over_one_year restarts jurisdiction_changed | CPL
R03  immediate expedited_case_accepted procuratorate no length same day of the case | RULES
R04  deadline prosecution_files_received procuratorate 3 days NEUTRAL | CPL
R05  deadline prosecution_files_received procuratorate 3 days NEUTRAL of the case | CPL
R06  deadline legal_aid_need_found procuratorate 3 days NEUTRAL | RULES
R06b deadline legal_aid_notice_received legal_aid 3 days NEUTRAL | LAID
R06c deadline minor_case_accepted procuratorate 3 days NEUTRAL | LAID
R07  deadline legal_aid_application_received procuratorate 24 hours HOURS | RULES
R08  deadline file_access_asked procuratorate 3 working_days WORKDAYS | RULES
R09  deadline non_lawyer_defender_asked procuratorate 3 days NEUTRAL | RULES
R10  deadline victim_material_asked procuratorate 5 days NEUTRAL | RULES
R11  deadline defence_evidence_handed_over procuratorate 3 days NEUTRAL | RULES
R12  deadline obstruction_complaint_received procuratorate 10 days NEUTRAL | RULES
R13  deadline meeting_asked detention_centre 48 hours HOURS | CPL
R14  deadline no_jurisdiction_found procuratorate 5 days NEUTRAL of the case | RULES
R15  deadline new_procuratorate_received procuratorate 1 months CUSTODY +15 days major_or_complex restarts jurisdiction_changed | CPL
R16  deadline return_received police 1 months CUSTODY at most 2 | CPL
R16b deadline own_return_received procuratorate 1 months CUSTODY at most 2 | CPL
R17  deadline retransfer_received procuratorate 1 months CUSTODY +15 days major_or_complex restarts jurisdiction_changed | CPL
R18  threshold return_expired procuratorate no length | RULES
R19  guard retransfer_received procuratorate no length | CPL
R20  guard retransfer_received procuratorate no length | RULES
R21  guard own_investigation_decided procuratorate no length | RULES
R22  deadline property_found_unrelated procuratorate 3 days NEUTRAL of the case | CPL
R23  deadline expiry_claimed procuratorate 3 days LIBERTY | RULES
R24  deadline change_of_measure_asked procuratorate 3 days LIBERTY | CPL
R25  deadline recusal_refusal_received party 5 days NEUTRAL | RULES
R25b deadline recusal_reconsideration_asked procuratorate 3 days NEUTRAL | RULES
R26  immediate opinion_hearing_asked procuratorate no length | RULES
R26b guard prosecution_case_received procuratorate no length | CPL
R26c guard arrest_review_of_minor_begun procuratorate no length | CPL
R27  guard measure_against_deputy_intended procuratorate no length | RULES
R27b guard measure_against_deputy_intended police no length | MPS
R27c immediate measure_against_township_deputy_executed police no length | MPS
R27d immediate deputy_status_found police no length | MPS
"""  # noqa: E501  # one row, one line

FIRST_ARTICLE = """
D01 CPL 85¶2, D02 CPL 85¶2, D02b RULES 123, D03 CPL 86, D03b RULES 124, D04 CPL 91¶1,
D05 CPL 91¶2, D06 CPL 91¶3, D07 RULES 282, D08 CPL 119¶2, D08b CPL 119¶2, D08c RULES 83¶2,
D09 CPL 167, D10 RULES 296, D11 RULES 297, D11b RULES 297, A01 CPL 90, A02 MPS 142,
A03 RULES 286¶1, A03b CPL 91¶3, A04 CPL 94, A04b CPL 94, A05 CPL 93¶2, A05b CPL 93¶2,
A06 RULES 287¶3, A07 MPS 141¶1, A08 RULES 290, A09 MPS 141¶2, A10 RULES 291¶1,
A11 RULES 292¶1, A12 RULES 294¶3, C01 CPL 156, C02 CPL 156, C03 CPL 158, C04 CPL 159,
C05 CPL 157, C06 CPL 160¶1, C06b MPS 151¶1, C07 CPL 160¶2, C08 RULES 309, C09 RULES 615(2),
C10 RULES 614, C11 RULES 152, C12 CPL 98, C12b CPL 98, C12c CPL 98, S01 CPL 170¶2,
S02 CPL 170¶2, S03 CPL 170¶2, S04 RULES 144, S05 RULES 145, S05b RULES 145, S06 RULES 346¶1,
S07 RULES 371, S08 RULES 379¶1, S09 RULES 329, R01 CPL 172¶1, R02 CPL 172¶1, R03 RULES 273¶2,
R04 CPL 34¶2, R05 CPL 46¶2, R06 RULES 42, R06b LAID 36, R06c RULES 460, R07 RULES 43,
R08 RULES 49¶1, R09 RULES 48¶1, R10 RULES 53, R11 RULES 50¶1, R12 RULES 58, R13 CPL 39¶2,
R14 RULES 328¶1, R15 CPL 172¶2, R16 CPL 175¶3, R16b CPL 175¶3, R17 CPL 175¶3, R18 RULES 347¶1,
R19 CPL 175¶4, R20 RULES 367¶2, R21 RULES 348, R22 CPL 145, R23 RULES 338, R24 CPL 97,
R25 RULES 32, R25b RULES 33, R26 RULES 54¶1, R26b CPL 173¶1, R26c CPL 280¶1, R27 RULES 148,
R27b MPS 164, R27c MPS 166, R27d MPS 165
"""


def stated() -> dict[str, str]:
    lines = (line.split() for line in STATED.strip().splitlines())
    return {words[0]: " ".join(words) for words in lines}


def length(period: Period | None) -> str:
    if period is None:
        return "no length"
    words = f"{period.length} {period.unit.value} {period.period_class.name}"
    if period.and_days:
        words += f" and {period.and_days} days"
    return words + (" to the minute" if period.to_the_minute else "")


def longer(extension: Extension) -> str:
    least = "" if extension.at_least is None else f"{extension.at_least}.."
    words = f"+{least}{extension.more} {extension.unit.value} {extension.ground}"
    if extension.request_days_before:
        words += f" {extension.request_days_before} before"
    return words + (" in all" if extension.total else "")


def restated(rule: Rule) -> str:
    words = [rule.id, rule.kind.value, rule.trigger.code, rule.binds.value, length(rule.period)]
    words += [longer(extension) for extension in rule.extensions]
    words += [f"restarts {reason.value}" for reason in sorted(rule.restarts)]
    words += [f"link {rule.base[1]} of {rule.base[0]}"] if rule.base else []
    words += [f"at most {rule.at_most}"] if rule.at_most else []
    words += ["same day"] if rule.same_day else []
    words += ["until the event"] if rule.until_event else []
    words += ["of the case"] if rule.per_case else []
    (text,) = [name for name, day in DAYS.items() if day == rule.effective_from]
    words += [f"until {rule.effective_until}"] if rule.effective_until else []
    return " ".join([*words, "|", text])


def articles(rule: Rule) -> Iterator[Article]:
    yield from rule.articles
    for extension in rule.extensions:
        yield from extension.articles


@pytest.mark.parametrize("rule", ROWS, ids=lambda rule: rule.id)
def test_a_row_says_what_was_stated_by_hand(rule: Rule) -> None:
    assert restated(rule) == stated()[rule.id]


def test_every_stated_row_is_in_the_table_once() -> None:
    assert [rule.id for rule in ROWS] == list(stated())


@pytest.mark.parametrize("section", SECTIONS)
def test_no_id_of_a_section_is_missing(section: str) -> None:
    wanted = {f"{section}{number:02}" for number in range(1, LAST_ID[section] + 1)}
    assert wanted == {rule.id[:3] for rule in SECTIONS[section]}
    assert wanted <= {rule.id for rule in SECTIONS[section]}


def test_every_row_rests_first_on_the_article_that_states_it() -> None:
    wanted = dict(entry.split(maxsplit=1) for entry in FIRST_ARTICLE.strip().split(","))
    assert {rule.id: rule.articles[0].en for rule in ROWS} == {
        rule_id: article.strip() for rule_id, article in wanted.items()
    }


def test_every_cited_text_is_known() -> None:
    assert {article.source for rule in ROWS for article in articles(rule)} <= set(SOURCES)


def test_every_row_speaks_both_languages() -> None:
    for rule in ROWS:
        said = [(rule.zh, rule.en), (rule.trigger.zh, rule.trigger.en)]
        said += [(extension.zh, extension.en) for extension in rule.extensions]
        said += [(extension.by_zh, extension.by_en) for extension in rule.extensions]
        said += [(rule.note_zh, rule.note_en)]
        for zh, en in said:
            assert bool(zh) == bool(en), rule.id
            assert not zh or (not zh.isascii() and zh[-1] not in "。；"), rule.id
            assert not en or en[-1] not in ".;", rule.id
        assert rule.zh, rule.id


def test_only_deadlines_thresholds_and_backward_rules_have_a_length() -> None:
    without = {Kind.IMMEDIATE, Kind.GUARD}
    assert not [rule.id for rule in ROWS if rule.kind in without and rule.period]
    bare = {rule.id for rule in ROWS if rule.kind not in without and rule.period is None}
    assert bare == {"R18"}


def test_hours_and_working_days_have_their_own_class() -> None:
    own = {Unit.HOURS: PeriodClass.HOURS, Unit.WORKING_DAYS: PeriodClass.WORKDAYS}
    for rule in ROWS:
        if rule.period and (rule.period.unit in own or rule.period.period_class in own.values()):
            assert own.get(rule.period.unit) is rule.period.period_class, rule.id


def test_a_link_is_as_long_as_the_extension_it_stands_for() -> None:
    rows = {rule.id: rule for rule in ROWS}
    for rule in ROWS:
        if rule.base is None:
            continue
        base, link = rows[rule.base[0]], rule.base[1]
        extension = base.extensions[link - 1]
        assert rule.period is not None
        assert (rule.period.length, rule.period.unit) == (extension.more, extension.unit)
        assert rule.trigger == base.trigger
        assert rule.articles == extension.articles


def test_the_three_rounds_of_review_share_one_extension() -> None:
    rows = {rule.id: rule for rule in PROSECUTION}
    assert rows["R01"].extensions is rows["R15"].extensions is rows["R17"].extensions


def test_the_days_of_the_texts_are_those_that_were_read() -> None:
    assert {name: getattr(texts, name) for name in DAYS} == DAYS
