"""Bail, custody necessity, non-prosecution, court and supervision: the rows, said a second time.

The list below was written by hand from the articles. A row that is edited no longer agrees with
it; whoever changes the law changes both.
"""

import re
from collections import Counter

import pytest

from services.deadlines.engine import triggers
from services.deadlines.engine.arithmetic import Period, Unit
from services.deadlines.engine.articles import SOURCES
from services.deadlines.engine.rules import Extension, Kind, Rule, Trigger
from services.deadlines.engine.table.bail import BAIL
from services.deadlines.engine.table.court import COURT
from services.deadlines.engine.table.necessity import NECESSITY
from services.deadlines.engine.table.non_prosecution import NON_PROSECUTION
from services.deadlines.engine.table.supervision import SUPERVISION

ROWS: tuple[Rule, ...] = (*BAIL, *NECESSITY, *NON_PROSECUTION, *COURT, *SUPERVISION)

SAID_AGAIN = """
B01  deadline bail_began: 12 months measure, procuratorate, 2018-10-26, anew: new_organ
B02  deadline residential_surveillance_executed: 6 months measure, procuratorate, 2018-10-26, anew: new_organ
B03  deadline bail_case_received: 7 days measure, procuratorate, 2022-09-05
B03b backward bail_expired: 15 days measure, police, 2022-09-05
B03c backward bail_expired: 15 days measure, procuratorate, 2022-09-05
B04  deadline deposit_ordered: 3 days neutral, party, 2022-09-05
B05  deadline bail_decision_received: 5 days neutral, party, 2022-09-05
B05b deadline bail_person_reported: 3 days neutral, police, 2022-09-05
B06  deadline guarantor_lost: 3 days neutral, procuratorate, 2019-12-30
B07  deadline forfeiture_proposed: 5 days neutral, procuratorate, 2019-12-30
B08  immediate measure_to_be_lifted: no length, procuratorate, 2018-10-26
B09  guard measure_replaced: no length, procuratorate, 2022-09-05
B10  deadline bail_case_before_court: 7 days measure, court, 2021-03-01
B11  deadline official_measure_changed: 5 days neutral, procuratorate, 2019-12-30
B11b deadline official_case_ended: 10 days neutral, procuratorate, 2019-12-30
B12  deadline designated_residence_executed: 24 hours hours, procuratorate, 2018-10-26
B12b deadline designated_residence_executed: 24 hours hours, police, 2018-10-26
B13  deadline bail_papers_received: 24 hours hours, police, 2022-09-05
N01  immediate necessity_review_asked: no length, procuratorate, 2023-11-30, same day
N02  deadline necessity_review_asked_elsewhere: 2 days liberty, procuratorate, 2023-11-30
N03  deadline necessity_review_asked: 10 days liberty, procuratorate, 2023-11-30
N04  deadline change_of_measure_asked: 3 days liberty, procuratorate, 2018-10-26
N04b deadline change_of_measure_asked: 3 days liberty, police, 2018-10-26
N05  deadline necessity_proposal_received: 10 days liberty, police, 2018-10-26
N05b deadline necessity_proposal_received: 10 days liberty, court, 2018-10-26
N06  guard indictment: no length, procuratorate, 2023-11-30
N07  immediate necessity_ground_found: no length, procuratorate, 2023-11-30
N08  guard necessity_review_asked_again: no length, procuratorate, 2023-11-30
N09  immediate necessity_review_finished: no length, procuratorate, 2023-11-30
X01  immediate non_prosecution_decided: no length, procuratorate, 2018-10-26
X02  deadline police_received_non_prosecution: 7 days neutral, police, 2020-09-01
X03  deadline non_prosecution_objection_received: 30 days neutral, procuratorate, 2019-12-30
X04  deadline non_prosecution_reconsidered: 7 days neutral, police, 2020-09-01
X05  deadline non_prosecution_reexamination_asked: 30 days neutral, procuratorate, 2019-12-30
X06  deadline victim_received_non_prosecution: 7 days neutral, party, 2018-10-26
X07  threshold victim_received_non_prosecution: 7 days neutral, party, 2019-12-30
X08  deadline person_received_non_prosecution: 7 days neutral, party, 2018-10-26
X09  deadline non_prosecution_appeal_filed: 3 months neutral, procuratorate, 2019-12-30, complex_case +3 months in all
X10  guard victim_suit_accepted: no length, procuratorate, 2018-10-26
X11  deadline prosecution_withdrawn: 30 days liberty, procuratorate, 2019-12-30
X12  deadline conditional_non_prosecution_decided: 6 months measure, procuratorate, 2018-10-26, longer_probation +1..6 months in all
X13  deadline conditional_non_prosecution_decided: 3 days neutral, procuratorate, 2019-12-30
X14  deadline victim_received_conditional_non_prosecution: 7 days neutral, party, 2018-10-26
X14b deadline police_received_conditional_non_prosecution: 7 days neutral, police, 2020-09-01
X14c deadline conditional_non_prosecution_reconsidered: 7 days neutral, police, 2020-09-01
T01  deadline court_case_accepted: 2 months custody, court, 2018-10-26, third_month +1 months in all, upper_court +3 months, supreme_court +1..3 months
T02  deadline court_case_accepted: 20 days custody, court, 2018-10-26
T02b deadline court_case_accepted: 1 months and 15 days custody, court, 2018-10-26
T03  deadline court_case_accepted: 10 days custody, court, 2018-10-26, over_one_year +5 days
T04  deadline adjournment_announced: 1 months custody, procuratorate, 2018-10-26, at most 2
T05  deadline court_asked_for_material: 3 days neutral, procuratorate, 2019-12-30, per case
T05b deadline court_asked_for_evidence: 3 days neutral, procuratorate, 2019-12-30, per case
T05c deadline court_session_closed: 3 days neutral, procuratorate, 2019-12-30, per case
T06  deadline judgment_received: 10 days neutral, procuratorate, 2018-10-26
T07  deadline ruling_received: 5 days neutral, procuratorate, 2018-10-26
T08  deadline victim_received_judgment: 5 days neutral, party, 2018-10-26
T08b deadline protest_asked: 5 days neutral, procuratorate, 2018-10-26
T09  deadline second_instance_files_offered: 1 months neutral, procuratorate, 2018-10-26, per case
T10  deadline reprieve_judgment_received: 3 months neutral, procuratorate, 2019-12-30, at_the_latest +3 months in all
T11  threshold trial_period_expired: 10 days neutral, procuratorate, 2016-07-27, per case
L01  deadline filing_explanation_asked: 7 days neutral, police, 2020-09-01, per case
L01b deadline filing_delay_explanation_asked: 7 days neutral, police, 2019-12-30, per case
L02  deadline filing_reasons_accepted: 10 days neutral, procuratorate, 2019-12-30, per case
L03  deadline filing_notice_received: 15 days neutral, police, 2020-09-01, per case
L03b threshold filing_or_dismissal_notice_received: 15 days neutral, police, 2019-12-30, per case
L04  deadline dismissal_objection_received: 7 days neutral, procuratorate, 2019-12-30, per case
L04b deadline dismissal_reexamination_asked: 15 days neutral, procuratorate, 2019-12-30, per case
L05  threshold police_filed_on_notice: 3 months neutral, police, 2019-12-30, per case
L06  deadline correction_objection_received: 7 days neutral, procuratorate, 2019-12-30, per case
L07  deadline complaint_received: 7 days neutral, procuratorate, 2019-12-30, per case
L07b deadline letter_received: 7 days neutral, procuratorate, 2019-12-30, per case
L07c deadline letter_received: 3 months neutral, procuratorate, 2019-12-30, per case
L08  deadline complaint_accepted: 15 days neutral, procuratorate, 2019-12-30, per case
L08b deadline complaint_reasons_received: 15 days neutral, procuratorate, 2019-12-30, per case
L09  deadline monitoring_notice_received: 10 days neutral, procuratorate, 2019-12-30, per case
L10  deadline monitoring_prompt_received: 3 working_days workdays, procuratorate, 2016-07-27, per case
L11  guard period_expired: no length, procuratorate, 2019-12-30
L12  backward supervised_activity: 5 working_days workdays, procuratorate, 2022-01-01, per case
L12b backward supervised_activity: 3 working_days workdays, procuratorate, 2022-01-01, per case
L12c deadline supervised_activity_ended: 3 working_days workdays, procuratorate, 2022-01-01, per case
"""  # noqa: E501  # one row, one line

ARTICLES = """
B01 CPL 79¶1; RULES 102; RULES 103; MPS 107¶2
B02 CPL 79¶1; RULES 100¶4; RULES 112; RULES 113; MPS 122¶2
B03 BAIL-2022 26¶1; BAIL-2022 26¶3
B03b BAIL-2022 26¶3
B03c BAIL-2022 26¶3
B04 BAIL-2022 12; BAIL-2022 5¶1; RULES 92; RULES 94
B05 BAIL-2022 17¶2
B05b BAIL-2022 17¶2
B06 RULES 96
B07 RULES 100¶2
B08 CPL 79¶2; RULES 105; RULES 115; BAIL-2022 24¶1; BAIL-2022 24¶2
B09 RULES 154; RULES 155; BAIL-2022 24¶3
B10 SPC-I 162¶1
B11 RULES 153
B11b RULES 153
B12 CPL 75¶2; RULES 117
B12b CPL 75¶2; MPS 113
B13 BAIL-2022 20¶3; MPS 92
N01 RULES 576¶1; CUST-2023 10¶1
N02 RULES 576¶2; CUST-2023 10¶3
N03 CUST-2023 19¶1
N04 CPL 97; CUST-2023 19¶2
N04b CPL 97; CUST-2023 19¶2; MPS 160
N05 CPL 95; RULES 581¶1; CUST-2023 22¶2; MPS 159¶2
N05b CPL 95; RULES 581¶1; CUST-2023 22¶2; SPC-I 173
N06 CUST-2023 6¶2
N07 CUST-2023 7¶1
N08 CUST-2023 9
N09 RULES 582; CUST-2023 23¶1
X01 CPL 178; RULES 376
X02 CPL 179; MPS 294¶1
X03 RULES 379¶2
X04 CPL 179; MPS 294¶2
X05 RULES 380
X06 CPL 180; RULES 377; RULES 381
X07 RULES 382
X08 CPL 181; RULES 377; RULES 385¶1
X09 RULES 386
X10 CPL 180; RULES 384
X11 RULES 424¶2
X12 CPL 283¶2; RULES 473
X13 RULES 471¶1
X14 CPL 282¶2; CPL 180; RULES 472; RULES 478
X14b CPL 282¶2; MPS 330¶1; RULES 472¶1
X14c CPL 282¶2; MPS 330¶2; RULES 472¶1
T01 CPL 208¶1
T02 CPL 220
T02b CPL 220; SPC-I 202¶1
T03 CPL 225
T04 CPL 205; RULES 421; RULES 422¶3
T05 RULES 361
T05b RULES 414
T05c RULES 428
T06 CPL 230; RULES 586
T07 CPL 230; RULES 586
T08 CPL 229; RULES 588¶1
T08b CPL 229; RULES 588¶1
T09 CPL 235; RULES 447¶2
T10 RULES 592
T11 FLOW-2016 12(3)
L01 RULES 560; MPS 182¶1
L01b RULES 562
L02 RULES 561¶2
L03 RULES 563; MPS 182¶2
L03b RULES 564¶2
L04 RULES 565¶1
L04b RULES 565¶2
L05 RULES 564¶3
L06 RULES 554¶1
L07 RULES 161¶1
L07b RULES 163
L07c RULES 163
L08 RULES 556¶2
L08b RULES 556¶2
L09 RULES 665¶3; RULES 684
L10 FLOW-2016 18¶1
L11 RULES 620
L12 PSUP-2021 19
L12b PSUP-2021 19
L12c PSUP-2021 22
"""

SAID = dict(line.split(maxsplit=1) for line in SAID_AGAIN.strip().splitlines())
CITED = dict(line.split(maxsplit=1) for line in ARTICLES.strip().splitlines())

IDS_OF_THE_LAW = {
    f"{section}{number:02}"
    for section, last in (("B", 13), ("N", 9), ("X", 14), ("T", 11), ("L", 12))
    for number in range(1, last + 1)
}

LAST_ARTICLE = {
    "CPL": 308, "RULES": 684, "MPS": 388, "SPC-I": 655, "BAIL-2022": 40,
    "CUST-2023": 27, "FLOW-2016": 23, "PSUP-2021": 33,
}  # fmt: skip

NUMERALS = {
    1: "一", 2: "二", 3: "三", 5: "五", 6: "六", 7: "七", 10: "十", 12: "十二", 15: "十五",
    20: "二十", 24: "二十四", 30: "三十",
}  # fmt: skip
UNITS_ZH = {
    Unit.HOURS: "小时",
    Unit.DAYS: "日",
    Unit.MONTHS: "个月",
    Unit.WORKING_DAYS: "个工作日",
}
WORDS = {1: "one", 3: "three", 5: "five", 10: "ten"}


def length_of(period: Period | None) -> str:
    if period is None:
        return "no length"
    more = f" and {period.and_days} days" if period.and_days else ""
    exact = " to the minute" if period.to_the_minute else ""
    return f"{period.length} {period.unit}{more} {period.period_class}{exact}"


def extension_of(extension: Extension) -> str:
    least = "" if extension.at_least is None else f"{extension.at_least}.."
    total = " in all" if extension.total else ""
    asked = extension.request_days_before
    before = "" if asked is None else f" asked {asked} days before"
    return f"{extension.ground} +{least}{extension.more} {extension.unit}{total}{before}"


def said(rule: Rule) -> str:
    """The row in one line, with everything that counting looks at."""
    parts = [
        f"{rule.kind} {rule.trigger.code}: {length_of(rule.period)}",
        str(rule.binds),
        str(rule.effective_from),
        *([f"until {rule.effective_until}"] if rule.effective_until else []),
        *([f"anew: {' '.join(sorted(rule.restarts))}"] if rule.restarts else []),
        *([f"link of {rule.base}"] if rule.base else []),
        *([f"at most {rule.at_most}"] if rule.at_most else []),
        *(["same day"] if rule.same_day else []),
        *(["late is taken"] if rule.until_event else []),
        *map(extension_of, rule.extensions),
        *(["per case"] if rule.per_case else []),
    ]
    return ", ".join(parts)


def test_every_id_of_the_law_has_a_row() -> None:
    assert {rule.id for rule in ROWS} >= IDS_OF_THE_LAW


def test_every_row_belongs_to_an_id_of_the_law() -> None:
    assert {rule.id.rstrip("abcdefgh") for rule in ROWS} == IDS_OF_THE_LAW


def test_no_id_occurs_twice() -> None:
    assert [row for row, times in Counter(rule.id for rule in ROWS).items() if times > 1] == []


def test_the_second_list_names_the_same_rows() -> None:
    assert [rule.id for rule in ROWS] == list(SAID) == list(CITED)


@pytest.mark.parametrize("rule", ROWS, ids=lambda rule: rule.id)
def test_a_row_says_what_the_second_list_says(rule: Rule) -> None:
    assert said(rule) == SAID[rule.id]


@pytest.mark.parametrize("rule", ROWS, ids=lambda rule: rule.id)
def test_a_row_rests_on_the_articles_of_the_second_list(rule: Rule) -> None:
    assert rule.article == CITED[rule.id]


@pytest.mark.parametrize("rule", ROWS, ids=lambda rule: rule.id)
def test_every_article_is_one_of_a_known_text(rule: Rule) -> None:
    cited = [*rule.articles, *(each for ext in rule.extensions for each in ext.articles)]
    assert cited
    assert all(each.source in SOURCES for each in cited)
    assert all(1 <= each.number <= LAST_ARTICLE[each.source] for each in cited)
    assert all(ext.articles for ext in rule.extensions)


@pytest.mark.parametrize("rule", ROWS, ids=lambda rule: rule.id)
def test_a_row_has_a_length_unless_it_is_a_guard_or_immediate(rule: Rule) -> None:
    assert (rule.period is None) == (rule.kind in {Kind.GUARD, Kind.IMMEDIATE})


@pytest.mark.parametrize("rule", ROWS, ids=lambda rule: rule.id)
def test_the_words_name_the_length(rule: Rule) -> None:
    period = rule.period
    if period is None:
        return
    stated = NUMERALS[period.length] + UNITS_ZH[period.unit]
    english = rf"\b({period.length}|{WORDS.get(period.length, period.length)})\b"
    if period.and_days:
        stated, english = "一个半月", "one and a half months"
    assert stated in rule.zh
    assert re.search(english, rule.en)


@pytest.mark.parametrize("rule", ROWS, ids=lambda rule: rule.id)
def test_a_row_is_in_both_languages(rule: Rule) -> None:
    chinese = re.compile(r"[一-鿿]")
    pairs = [
        (rule.zh, rule.en),
        (rule.trigger.zh, rule.trigger.en),
        *((each.zh, each.en) for each in rule.extensions),
    ]
    for zh, en in pairs:
        assert chinese.search(zh)
        assert en
        assert not chinese.search(en)
    assert bool(rule.note_zh) == bool(rule.note_en)
    assert all(bool(each.by_zh) == bool(each.by_en) for each in rule.extensions)


def test_every_trigger_stands_on_the_page_of_triggers() -> None:
    page = {value for value in vars(triggers).values() if isinstance(value, Trigger)}
    assert {rule.trigger for rule in ROWS} <= page


def test_no_ground_occurs_twice_in_a_row() -> None:
    for rule in ROWS:
        grounds = [extension.ground for extension in rule.extensions]
        assert len(grounds) == len(set(grounds)), rule.id
