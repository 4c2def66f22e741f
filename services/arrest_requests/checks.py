"""The checks of an arrest request, as a table a lawyer can proofread.

An *error* is only what leaves open what is asked, for whom, or which clock runs. Everything
else is a *warning*, however grave: an arrest request must be received, the organ cannot be
turned away at the door (SUPPINV-2020 5), and custody clocks run from the first receipt. What
is missing is asked for afterwards (RULES 158).

Articles: CPL criminal procedure law (2018), CL criminal law, RULES rules of criminal procedure
of the people's procuratorates (2019), MPS procedure of the public-security organs (2020),
AGE Fa Shi [2006] 1, GB national standard.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from services.arrest_requests import identity_numbers
from services.arrest_requests.ages import has_reached
from services.arrest_requests.drafts import Draft, FileItemDraft, Known, Submission, SuspectDraft
from services.arrest_requests.identity_numbers import Flaw
from services.arrest_requests.terms import (
    IN_CUSTODY,
    DocumentKind,
    Extension,
    Flag,
    Measure,
    Sex,
)
from services.attachments import Paper
from services.deadlines.engine.arithmetic import add_months, clamp_months, statutory_day
from services.deadlines.engine.calendar import state_council_calendar
from services.deadlines.engine.periods import request_due
from services.deadlines.engine.problems import ImpossibleError

SHORT_FACTS = 30
"""Facts shorter than this many characters cannot name time, place, act and result."""
OLD_DOCUMENT = timedelta(days=7)
"""A document dated longer ago than this was probably held back or misdated."""
TWENTY_YEARS = 20 * 12
"""In months: the longest limitation of prosecution (CL 87)."""
OLDEST = 120
"""Nobody is expected to be older than this many years."""
AMENDMENT_XI = date(2021, 3, 1)
"""From this day somebody of 12 or 13 may answer for killing or maiming (CL 17)."""
ANSWERABLE_AT_FOURTEEN = frozenset(
    {
        "故意杀人罪",
        "故意伤害罪",
        "强奸罪",
        "抢劫罪",
        "走私、贩卖、运输、制造毒品罪",
        "放火罪",
        "爆炸罪",
        "投放危险物质罪",
    }
)
"""The only charges for which somebody of 14 or 15 answers (CL 17, second paragraph)."""
ANSWERABLE_AT_TWELVE = frozenset({"故意杀人罪", "故意伤害罪"})
"""The only charges for which somebody of 12 or 13 may answer (CL 17, third paragraph)."""
SURVEILLANCE = frozenset({Measure.RESIDENTIAL_SURVEILLANCE, Measure.DESIGNATED_RESIDENCE})
AT_LIBERTY = frozenset({Measure.BAIL}) | SURVEILLANCE


class Severity(StrEnum):
    """Whether a finding keeps the request from being stored."""

    ERROR = "error"
    WARNING = "warning"


Find = Callable[[Submission], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: what is wrong when it finds something, and by which article."""

    code: str
    severity: Severity
    article: str
    zh: str
    en: str
    find: Find
    """Yields a JSON pointer for each place in the request at which it is broken."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is broken at one place."""

    code: str
    pointer: str

    @property
    def check(self) -> Check:
        """The rule itself, with its words and its article."""
        return BY_CODE[self.code]

    @property
    def severity(self) -> Severity:
        """Whether it keeps the request from being stored."""
        return self.check.severity

    def as_problem(self) -> dict[str, Any]:
        """As phones are told of it; where there are two tongues, the door picks the reader's."""
        check = self.check
        return {
            "pointer": self.pointer,
            "code": self.code,
            "detail": {"zh": check.zh, "en": check.en},
            "severity": check.severity.value,
            "article": {"zh": article_zh(check.article), "en": check.article},
        }


def findings(submission: Submission) -> list[Finding]:
    """Everything that is wrong with a submission, errors first, then in the table's order."""
    found = [Finding(check.code, at) for check in CHECKS for at in check.find(submission)]
    return sorted(found, key=lambda finding: finding.severity is Severity.WARNING)


# --- where a rule looks -------------------------------------------------------------------


def request(pointer: str, broken: Callable[[Draft, Known], object]) -> Find:
    """Look at the request as a whole."""

    def find(submission: Submission) -> Iterator[str]:
        if broken(submission.draft, submission.known):
            yield pointer

    return find


def suspect(member: str, broken: Callable[[SuspectDraft, Known], object]) -> Find:
    """Look at every suspect by themselves."""

    def find(submission: Submission) -> Iterator[str]:
        for at, each in enumerate(submission.draft.suspects):
            if broken(each, submission.known):
                yield f"/suspects/{at}/{member}"

    return find


def lacking(paper: Paper, member: str, needed: Callable[[SuspectDraft, Known], object]) -> Find:
    """Look for suspects who need a paper that neither the file nor the attachments hold."""

    def find(submission: Submission) -> Iterator[str]:
        if paper not in submission.papers:
            yield from suspect(member, needed)(submission)

    return find


def file_item(member: str, broken: Callable[[FileItemDraft], object]) -> Find:
    """Look at every item of the file list by itself."""

    def find(submission: Submission) -> Iterator[str]:
        for at, item in enumerate(submission.draft.file_items):
            if broken(item):
                yield f"/file_items/{at}/{member}"

    return find


def identity(flaw: Flaw) -> Find:
    """Look for one flaw in the identity number of every suspect who has one."""

    def broken(each: SuspectDraft, _known: Known) -> bool:
        stated = each.document_kind is DocumentKind.RESIDENT_ID and each.document_number.strip()
        return bool(stated) and flaw in identity_numbers.flaws(
            each.document_number, each.born_on, each.sex
        )

    member = {Flaw.BORN_ON_DIFFERS: "born_on", Flaw.SEX_DIFFERS: "sex"}
    return suspect(member.get(flaw, "document_number"), broken)


def repeated(collection: Callable[[Draft], tuple[object, ...]], pointer: str) -> Find:
    """Look for the second and later copies of one thing in a collection; None is no thing."""

    def find(submission: Submission) -> Iterator[str]:
        seen = Counter[object]()
        for at, thing in enumerate(collection(submission.draft)):
            if thing is not None and seen[thing]:
                yield pointer.format(at)
            seen[thing] += 1

    return find


# --- what a rule asks about one suspect -----------------------------------------------------


def below(years: int, each: SuspectDraft, on: date | None) -> bool:
    """Is the suspect known to be under that age on that day?"""
    if each.born_on is None or on is None:
        return False
    return not has_reached(each.born_on, years, on)


def below_responsible_age(each: SuspectDraft, _known: Known) -> bool:
    """Was the suspect below every age at which anybody answers?"""
    old_law = each.act_on is not None and each.act_on < AMENDMENT_XI
    return below(14 if old_law else 12, each, each.act_on)


def twelve_or_thirteen(each: SuspectDraft, known: Known) -> bool:
    """Was the suspect 12 or 13, so that the supreme procuratorate's approval is needed?"""
    return below(14, each, each.act_on) and not below_responsible_age(each, known)


def charge_beyond_age(each: SuspectDraft, known: Known) -> bool:
    """Is a suspect under 16 charged only with what nobody of that age answers for?"""
    names = {known.charges[at].name for at in each.charge_ids if at in known.charges}
    if not names or not below(16, each, each.act_on) or below_responsible_age(each, known):
        return False
    young = below(14, each, each.act_on)
    return not names & (ANSWERABLE_AT_TWELVE if young else ANSWERABLE_AT_FOURTEEN)


def minor_by_age(each: SuspectDraft, today: date) -> bool:
    """Under 18 at the act (a minor's case) or today (a minor's protections)? (RULES 489)"""
    return below(18, each, each.act_on) or below(18, each, today)


def minor(each: SuspectDraft, known: Known) -> bool:
    """A minor by age or, where no birth date is known, by the flag."""
    return minor_by_age(each, known.today) or (each.born_on is None and Flag.MINOR in each.flags)


def late(extension: Extension) -> Callable[[SuspectDraft, Known], bool]:
    """Was the request received after the time that CPL 91 leaves the police?"""

    def broken(each: SuspectDraft, known: Known) -> bool:
        if each.measure is not Measure.DETENTION or each.detention_extended_to is not extension:
            return False
        received_at = each.received_at or known.received_at
        if each.measure_began_at is None or each.measure_began_at > received_at:
            return False
        try:
            due = request_due(each.measure_began_at, extension, state_council_calendar())
        except ImpossibleError:  # detained before any day that is counted: longer than allowed
            return True
        return due.outer_on is not None and statutory_day(received_at) > due.outer_on

    return broken


def longer_than(measures: frozenset[Measure], months: int) -> Callable[[SuspectDraft, Known], bool]:
    """Has a measure at liberty lasted longer than so many months? (CPL 79)"""

    def over(each: SuspectDraft, known: Known) -> bool:
        if each.measure not in measures or not each.measure_began_at:
            return False
        return known.today > clamp_months(statutory_day(each.measure_began_at), months)

    return over


def began_before_act(each: SuspectDraft, _known: Known) -> bool:
    """Did the measure for this act begin before the act?"""
    if each.measure is Measure.CUSTODY_ELSEWHERE or not (each.measure_began_at and each.act_on):
        return False
    return statutory_day(each.measure_began_at) < each.act_on


def long_ago(each: SuspectDraft, known: Known) -> bool:
    """Was the act more than twenty years ago?"""
    return each.act_on is not None and known.received_on > add_months(each.act_on, TWENTY_YEARS)


def charge_out_of_force(submission: Submission) -> Iterator[str]:
    """Every charge that was not in force on the day of the act."""
    charges = submission.known.charges
    for at, each in enumerate(submission.draft.suspects):
        for nth, charge_id in enumerate(each.charge_ids):
            term = charges.get(charge_id)
            if each.act_on and term and not term.in_force(each.act_on):
                yield f"/suspects/{at}/charge_ids/{nth}"


def charge_unknown(submission: Submission) -> Iterator[str]:
    """Every charge that the register does not hold."""
    for at, each in enumerate(submission.draft.suspects):
        for nth, charge_id in enumerate(each.charge_ids):
            if charge_id not in submission.known.charges:
                yield f"/suspects/{at}/charge_ids/{nth}"


def charge_repeated(submission: Submission) -> Iterator[str]:
    """Every second copy of a charge of one suspect."""
    for at, each in enumerate(submission.draft.suspects):
        for nth, charge_id in enumerate(each.charge_ids):
            if charge_id in each.charge_ids[:nth]:
                yield f"/suspects/{at}/charge_ids/{nth}"


def attachment_unknown(submission: Submission) -> Iterator[str]:
    """Every attachment that does not exist, or that the sender may not attach."""
    for at, attachment_id in enumerate(submission.draft.attachment_ids):
        if attachment_id not in submission.known.attachments:
            yield f"/attachment_ids/{at}"


def paper_missing(paper: Paper, pointer: str, needed: Callable[[Draft], object]) -> Find:
    """Look for a paper that the request as a whole needs."""

    def find(submission: Submission) -> Iterator[str]:
        if paper not in submission.papers and needed(submission.draft):
            yield pointer

    return find


def numbers_of(draft: Draft) -> tuple[object, ...]:
    """The identity of each suspect by paper, where one is stated."""
    return tuple(
        (each.document_kind, number) if (number := each.document_number.strip().upper()) else None
        for each in draft.suspects
    )


def namesakes_of(draft: Draft) -> tuple[object, ...]:
    """The identity of each suspect by name and birth date."""
    return tuple(
        (each.name.strip(), each.born_on) if each.name.strip() else None for each in draft.suspects
    )


# --- the table ------------------------------------------------------------------------------

E, W = Severity.ERROR, Severity.WARNING

CHECKS = (
    # The document
    Check(
        "document_number_missing",
        E,
        "CPL 87; MPS 137",
        "未填写提请批准逮捕书文号。",
        "The request for approval of arrest has no document number.",
        request("/document_number", lambda draft, _: not draft.document_number.strip()),
    ),
    Check(
        "document_date_missing",
        E,
        "CPL 87; MPS 137",
        "未填写提请批准逮捕书日期。",
        "The request for approval of arrest has no date.",
        request("/document_on", lambda draft, _: draft.document_on is None),
    ),
    Check(
        "document_date_in_future",
        E,
        "RULES 157(5)",
        "提请批准逮捕书日期晚于今天。",
        "The document is dated in the future.",
        request("/document_on", lambda d, known: d.document_on and d.document_on > known.today),
    ),
    Check(
        "document_date_old",
        W,
        "RULES 157(5)",
        "提请批准逮捕书日期距收到之日超过七日，请核对日期和移送时间。",
        "The document is dated more than seven days before its receipt: check both dates.",
        request(
            "/document_on",
            lambda d, known: d.document_on and known.received_on - d.document_on > OLD_DOCUMENT,
        ),
    ),
    Check(
        "procuratorate_unknown",
        E,
        "CPL 87; MPS 137",
        "未登记与该公安机关对应的同级人民检察院，无法确定受理机关。",
        "No procuratorate of the same level is on record for this organ.",
        request("/office_id", lambda _, known: known.procuratorate_id is None),
    ),
    Check(
        "head_approval_missing",
        W,
        "MPS 137",
        "未载明县级以上公安机关负责人批准提请逮捕的日期。",
        "The approval by the head of the public-security organ is not stated.",
        request("/head_approved_on", lambda draft, _: draft.head_approved_on is None),
    ),
    Check(
        "head_approval_after_document",
        W,
        "MPS 137",
        "公安机关负责人批准日期晚于提请批准逮捕书日期。",
        "The head of the organ approved after the document was dated.",
        request(
            "/head_approved_on",
            lambda d, _: (
                d.head_approved_on and d.document_on and d.head_approved_on > d.document_on
            ),
        ),
    ),
    Check(
        "facts_missing",
        E,
        "CPL 81; MPS 134",
        "未填写犯罪事实。",
        "The facts are missing.",
        request("/facts", lambda draft, _: not draft.facts.strip()),
    ),
    Check(
        "facts_short",
        W,
        "MPS 134; RULES 157(2)",
        "犯罪事实过于简略，应写明时间、地点、行为和结果。",
        "The facts are very short: time, place, act and result belong there.",
        request("/facts", lambda draft, _: 0 < len(draft.facts.strip()) < SHORT_FACTS),
    ),
    Check(
        "danger_grounds_missing",
        W,
        "CPL 81; MPS 133; RULES 135",
        "未说明犯罪嫌疑人具有社会危险性的理由。",
        "The grounds for the danger to society are not given.",
        request("/danger_grounds", lambda draft, _: not draft.danger_grounds.strip()),
    ),
    # The suspects as a group
    Check(
        "suspects_missing",
        E,
        "RULES 157(4)",
        "未填写犯罪嫌疑人。",
        "The request names no suspect.",
        request("/suspects", lambda draft, _: not draft.suspects),
    ),
    Check(
        "suspect_twice",
        E,
        "RULES 157(2)",
        "同一证件号码的犯罪嫌疑人重复填写。",
        "Two suspects have the same identity document.",
        repeated(numbers_of, "/suspects/{}/document_number"),
    ),
    Check(
        "suspect_namesake",
        W,
        "RULES 157(2)",
        "存在姓名和出生日期相同的犯罪嫌疑人，请核对是否重复。",
        "Two suspects have the same name and birth date: check that they are two.",
        repeated(namesakes_of, "/suspects/{}/name"),
    ),
    Check(
        "suspect_pending",
        W,
        "MPS 138; RULES 157(2)",
        "本机关就同一证件号码的犯罪嫌疑人另有尚未受理的提请，请核对是否重复提请。",
        "Another request of this organ, not yet accepted, names the same suspect.",
        suspect(
            "document_number",
            lambda each, known: each.document_number.strip().upper() in known.pending_numbers,
        ),
    ),
    Check(
        "nobody_in_custody",
        W,
        "RULES 280¶2; RULES 282",
        "全部犯罪嫌疑人均未被羁押，审查期限为十五日（重大、复杂案件不超过二十日），"
        "讯问前应当听取公安机关意见。",
        "No suspect is in custody: fifteen days (in major or complex cases at most twenty), and "
        "the police are heard before interrogation.",
        request(
            "/suspects",
            lambda draft, _: (
                draft.suspects
                and all(
                    each.measure is not None and each.measure not in IN_CUSTODY
                    for each in draft.suspects
                )
            ),
        ),
    ),
    # Who a suspect is
    Check(
        "name_missing",
        E,
        "MPS 130; RULES 157(2)",
        "未填写姓名，也未注明系自报姓名或者身份不明。",
        "No name, and no mark that the name is self-reported or the identity unknown.",
        suspect("name", lambda each, _: not each.name.strip() and not each.name_self_reported),
    ),
    Check(
        "name_self_reported",
        W,
        "MPS 130; CPL 160¶2; RULES 136",
        "姓名系自报或者身份不明，应当继续对其身份进行调查。",
        "The name is self-reported or the identity unknown: it must go on being investigated.",
        suspect("name", lambda each, _: each.name_self_reported),
    ),
    Check(
        "birth_date_missing",
        E,
        "CL 17; RULES 489",
        "未填写出生日期，也未注明身份不明。",
        "No birth date, and no mark that the identity is unknown.",
        suspect("born_on", lambda each, _: each.born_on is None and not each.name_self_reported),
    ),
    Check(
        "age_unknown",
        W,
        "CL 17; AGE 4; RULES 489",
        "年龄不明，应当查明；确实无法查明的，推定未达到相应法定年龄。",
        "The age is unknown: find out; what cannot be found out is presumed in their favour.",
        suspect("born_on", lambda each, _: each.born_on is None and each.name_self_reported),
    ),
    Check(
        "birth_date_in_future",
        E,
        "RULES 157(2)",
        "出生日期晚于今天。",
        "The birth date lies in the future.",
        suspect("born_on", lambda each, known: each.born_on and each.born_on > known.today),
    ),
    Check(
        "birth_date_implausible",
        W,
        "RULES 157(2)",
        "按出生日期计算年龄超过一百二十周岁，请核对。",
        "By the birth date the suspect is older than 120: check it.",
        suspect(
            "born_on",
            lambda each, known: each.born_on and has_reached(each.born_on, OLDEST, known.today),
        ),
    ),
    Check(
        "sex_missing",
        E,
        "CPL 281; RULES 465¶5",
        "未填写性别。",
        "The sex is missing.",
        suspect("sex", lambda each, _: each.sex is None),
    ),
    Check(
        "ethnicity_missing",
        W,
        "CPL 9; RULES 157(2)",
        "未填写民族，无法判断是否需要翻译。",
        "The ethnicity is missing: whether an interpreter is needed cannot be seen.",
        suspect("ethnicity", lambda each, _: not each.ethnicity.strip()),
    ),
    Check(
        "address_missing",
        W,
        "MPS 130; RULES 157(2)",
        "未填写住址。",
        "The address is missing.",
        suspect("address", lambda each, _: not each.address.strip()),
    ),
    Check(
        "occupation_missing",
        W,
        "RULES 157(2)",
        "未填写职业或者工作单位。",
        "The occupation is missing.",
        suspect("occupation", lambda each, _: not each.occupation.strip()),
    ),
    Check(
        "document_number_of_suspect_missing",
        W,
        "MPS 130; RULES 157(2)",
        "已选择证件种类，未填写证件号码。",
        "A kind of identity document is chosen, its number is missing.",
        suspect(
            "document_number",
            lambda each, _: (
                each.document_kind is not DocumentKind.NONE and not each.document_number.strip()
            ),
        ),
    ),
    Check(
        "document_kind_missing",
        W,
        "RULES 157(2)",
        "已填写证件号码，未选择证件种类。",
        "A document number is given without the kind of document.",
        suspect(
            "document_kind",
            lambda each, _: (
                each.document_kind is DocumentKind.NONE and bool(each.document_number.strip())
            ),
        ),
    ),
    Check(
        "identity_number_form",
        W,
        "GB 11643-1999; MPS 130",
        "公民身份号码应为十八位（前十七位为数字）。",
        "A citizen identification number has eighteen characters, seventeen of them digits.",
        identity(Flaw.FORM),
    ),
    Check(
        "identity_number_checksum",
        W,
        "GB 11643-1999; MPS 130",
        "公民身份号码校验码不符，请核对。",
        "The check character of the identification number is wrong.",
        identity(Flaw.CHECKSUM),
    ),
    Check(
        "identity_number_birth_date",
        W,
        "GB 11643-1999; MPS 130",
        "公民身份号码中的出生日期不存在。",
        "The birth date in the identification number does not exist.",
        identity(Flaw.BIRTH_DATE),
    ),
    Check(
        "identity_number_born_on_differs",
        W,
        "GB 11643-1999; RULES 489",
        "出生日期与公民身份号码不一致，涉及年龄认定的应当查明。",
        "The birth date differs from the identification number: where age matters, find out.",
        identity(Flaw.BORN_ON_DIFFERS),
    ),
    Check(
        "identity_number_sex_differs",
        W,
        "GB 11643-1999",
        "性别与公民身份号码不一致。",
        "The sex differs from the identification number.",
        identity(Flaw.SEX_DIFFERS),
    ),
    Check(
        "foreigner_with_resident_id",
        W,
        "MPS 359",
        "已注明系外国人或者无国籍人，证件种类却为居民身份证，请核对国籍。",
        "Marked as a foreigner, yet identified by a resident identity card.",
        suspect(
            "document_kind",
            lambda each, _: (
                Flag.FOREIGNER in each.flags and each.document_kind is DocumentKind.RESIDENT_ID
            ),
        ),
    ),
    Check(
        "passport_without_foreigner",
        W,
        "MPS 359; RULES 294",
        "证件种类为护照，未注明系外国人，请核对国籍。",
        "Identified by a passport, yet not marked as a foreigner: check the nationality.",
        suspect(
            "flags",
            lambda each, _: (
                Flag.FOREIGNER not in each.flags and each.document_kind is DocumentKind.PASSPORT
            ),
        ),
    ),
    Check(
        "foreigner",
        W,
        "RULES 294; MPS 24",
        "犯罪嫌疑人系外国人或者无国籍人：特定案件须层报最高人民检察院，"
        "其他案件批准逮捕后四十八小时以内报上一级备案并通报外事部门。",
        "A foreigner: some cases go up to the SPP; in others the arrest is reported within 48 h.",
        suspect("flags", lambda each, _: Flag.FOREIGNER in each.flags),
    ),
    # Age at the act
    Check(
        "act_date_missing",
        W,
        "CL 12; CL 17; RULES 489",
        "未填写犯罪行为日期，无法核对行为时的年龄和适用的罪名。",
        "The date of the act is missing: age and charge cannot be checked against it.",
        suspect("act_on", lambda each, _: each.act_on is None),
    ),
    Check(
        "act_in_future",
        E,
        "RULES 157(2)",
        "犯罪行为日期晚于今天。",
        "The act is dated in the future.",
        suspect("act_on", lambda each, known: each.act_on and each.act_on > known.today),
    ),
    Check(
        "act_before_birth",
        E,
        "RULES 157(2)",
        "犯罪行为日期早于出生日期。",
        "The act is dated before the birth.",
        suspect(
            "act_on", lambda each, _: each.act_on and each.born_on and each.act_on < each.born_on
        ),
    ),
    Check(
        "below_responsible_age",
        W,
        "CL 17; CPL 86; MPS 128; RULES 139",
        "行为时未达刑事责任年龄，不负刑事责任，不符合逮捕条件；已被拘留的，应当立即释放。",
        "Below the age of criminal responsibility at the act: if detained, release at once.",
        suspect("born_on", below_responsible_age),
    ),
    Check(
        "under_fourteen",
        W,
        "CL 17¶3",
        "行为时已满十二周岁不满十四周岁，仅对故意杀人、故意伤害致人死亡"
        "或者以特别残忍手段致人重伤造成严重残疾负刑事责任，且须经最高人民检察院核准追诉。",
        "12 or 13 at the act: answers only for killing or maiming, with the SPP's approval.",
        suspect("born_on", twelve_or_thirteen),
    ),
    Check(
        "charge_beyond_age",
        W,
        "CL 17¶2",
        "行为时不满十六周岁，所涉罪名不在该年龄段应当负刑事责任的范围内。",
        "Under 16 at the act, and charged with nothing that somebody of that age answers for.",
        suspect("charge_ids", charge_beyond_age),
    ),
    Check(
        "minor_not_flagged",
        W,
        "RULES 489; AGE 2",
        "按出生日期系未成年人（行为时或者目前未满十八周岁），未作标注，已按未成年人登记。",
        "A minor by age, at the act or today, and not marked: registered as one all the same.",
        suspect(
            "flags",
            lambda each, known: minor_by_age(each, known.today) and Flag.MINOR not in each.flags,
        ),
    ),
    Check(
        "minor_flagged_wrongly",
        W,
        "RULES 489; AGE 2",
        "已标注系未成年人，但按出生日期行为时和目前均已满十八周岁。",
        "Marked as a minor, though 18 both at the act and today.",
        suspect(
            "flags",
            lambda each, known: (
                Flag.MINOR in each.flags
                and each.born_on
                and each.act_on
                and not minor_by_age(each, known.today)
            ),
        ),
    ),
    Check(
        "girl",
        W,
        "CPL 281; RULES 465¶5",
        "犯罪嫌疑人系未满十八周岁的女性，讯问应当有女性检察人员参加。",
        "A girl under 18: a woman of the procuratorial staff takes part in the interrogation.",
        suspect(
            "flags",
            lambda each, known: each.sex is Sex.FEMALE and below(18, each, known.today),
        ),
    ),
    Check(
        "minor_without_defender",
        W,
        "CPL 278; MPS 320; RULES 460",
        "未成年犯罪嫌疑人没有委托辩护人的，应当通知法律援助机构指派律师；未见相关材料。",
        "A minor must have a defender: no paper on a defender or on legal aid is in the file.",
        lacking(Paper.LEGAL_AID, "flags", minor),
    ),
    Check(
        "minor_without_social_inquiry",
        W,
        "CPL 279; MPS 322; RULES 461",
        "已作社会调查的，调查报告应当与案卷材料一并移送；未见相关材料。",
        "A social inquiry that was made comes with the file: none is there.",
        lacking(Paper.SOCIAL_INQUIRY, "flags", minor),
    ),
    # What else changes the procedure
    Check(
        "senses_without_defender",
        W,
        "CPL 35¶2; MPS 46; RULES 280(7)",
        "犯罪嫌疑人系盲、聋、哑人，没有委托辩护人的应当通知法律援助机构指派律师；未见相关材料。",
        "Blind, deaf or mute: a defender is mandatory, and no paper on one is in the file.",
        lacking(
            Paper.LEGAL_AID,
            "flags",
            lambda each, _: each.flags & {Flag.BLIND, Flag.DEAF, Flag.MUTE},
        ),
    ),
    Check(
        "capacity_without_defender",
        W,
        "CPL 35¶2; MPS 46; RULES 280(7)",
        "犯罪嫌疑人系尚未完全丧失辨认或者控制能力的精神病人，"
        "没有委托辩护人的应当通知法律援助机构指派律师；未见相关材料。",
        "Of limited capacity: a defender is mandatory, and no paper on one is in the file.",
        lacking(Paper.LEGAL_AID, "flags", lambda each, _: Flag.LIMITED_CAPACITY in each.flags),
    ),
    Check(
        "deputy_without_permission",
        W,
        "MPS 164; MPS 165; RULES 148",
        "犯罪嫌疑人系县级以上人大代表，提请批准逮捕应当书面报请其所属的"
        "人民代表大会主席团或者常务委员会许可；未见许可材料。",
        "A deputy at county level or above: the permission of the congress is not in the file.",
        lacking(Paper.DEPUTY_PERMISSION, "flags", lambda each, _: Flag.DEPUTY in each.flags),
    ),
    Check(
        "township_deputy",
        W,
        "MPS 166",
        "犯罪嫌疑人系乡级人大代表，执行逮捕后应当立即报告其所属的人民代表大会。",
        "A deputy of a township congress: it is told at once after an arrest.",
        suspect("flags", lambda each, _: Flag.TOWNSHIP_DEPUTY in each.flags),
    ),
    Check(
        "plea_not_recorded",
        W,
        "MPS 137¶2; RULES 280(5)",
        "犯罪嫌疑人自愿认罪认罚的，应当记录在案并写明有关情况；未见认罪认罚记录。",
        "Plea leniency must be on record: no such record is in the file.",
        lacking(Paper.PLEA_RECORD, "flags", lambda each, _: Flag.PLEA_LENIENCY in each.flags),
    ),
    # The measure and its clock
    Check(
        "measure_missing",
        E,
        "RULES 157(4); RULES 282",
        "未填写强制措施情况，无法确定审查期限。",
        "The compulsory measure is not stated: the period of review cannot be known.",
        suspect("measure", lambda each, _: each.measure is None),
    ),
    Check(
        "not_present",
        W,
        "RULES 157(4)",
        "犯罪嫌疑人未被采取强制措施，请确认是否在案。",
        "Under no compulsory measure: confirm that the suspect can be reached.",
        suspect("measure", lambda each, _: each.measure is Measure.NONE),
    ),
    Check(
        "custody_elsewhere",
        W,
        "CPL 105¶4; RULES 282",
        "犯罪嫌疑人因其他案件被羁押、留置或者正在服刑，未在本案中被拘留，审查期限按未被拘留计算，"
        "但最后一日从严掌握，不因节假日顺延。",
        "In custody for another matter, not detained in this one: the longer period, and, to be "
        "safe, no day off moves its end.",
        suspect("measure", lambda each, _: each.measure is Measure.CUSTODY_ELSEWHERE),
    ),
    Check(
        "detention_time_missing",
        E,
        "CPL 91; RULES 157(4)",
        "未填写拘留时间。",
        "The instant of detention is missing.",
        suspect(
            "measure_began_at",
            lambda each, _: each.measure is Measure.DETENTION and not each.measure_began_at,
        ),
    ),
    Check(
        "measure_time_missing",
        W,
        "CPL 79; RULES 157(4)",
        "未填写强制措施开始时间。",
        "The instant at which the measure began is missing.",
        suspect(
            "measure_began_at",
            lambda each, _: (
                each.measure in AT_LIBERTY | {Measure.CUSTODY_ELSEWHERE}
                and not each.measure_began_at
            ),
        ),
    ),
    Check(
        "measure_in_future",
        E,
        "RULES 157(4)",
        "强制措施开始时间晚于现在。",
        "The measure begins in the future.",
        suspect(
            "measure_began_at",
            lambda each, known: each.measure_began_at and each.measure_began_at > known.now,
        ),
    ),
    Check(
        "measure_before_act",
        W,
        "CPL 82; RULES 157(4)",
        "强制措施开始日期早于犯罪行为日期，请核对。",
        "The measure began before the act: check both dates.",
        suspect("measure_began_at", began_before_act),
    ),
    Check(
        "time_without_measure",
        W,
        "RULES 157(4)",
        "未采取强制措施，却填写了强制措施开始时间。",
        "No measure, yet an instant at which it began.",
        suspect(
            "measure_began_at",
            lambda each, _: each.measure is Measure.NONE and each.measure_began_at,
        ),
    ),
    Check(
        "detention_centre_missing",
        W,
        "CPL 85¶2; MPS 126",
        "犯罪嫌疑人被拘留，未填写看守所；拘留后至迟二十四小时以内应当送看守所羁押。",
        "Detained, and no detention centre is stated: delivery there within 24 hours is due.",
        suspect(
            "detention_centre_id",
            lambda each, _: each.measure is Measure.DETENTION and each.detention_centre_id is None,
        ),
    ),
    Check(
        "detention_centre_unknown",
        E,
        "RULES 157(4)",
        "所填看守所不在登记范围内。",
        "The detention centre is not in the register.",
        suspect(
            "detention_centre_id",
            lambda each, known: (
                each.detention_centre_id is not None
                and each.detention_centre_id not in known.detention_centre_ids
            ),
        ),
    ),
    Check(
        "centre_without_custody",
        W,
        "RULES 157(4)",
        "犯罪嫌疑人未被羁押，却填写了看守所。",
        "A detention centre is stated for somebody who is not in custody.",
        suspect(
            "detention_centre_id",
            lambda each, _: (
                each.measure is not None
                and each.measure not in IN_CUSTODY
                and each.detention_centre_id is not None
            ),
        ),
    ),
    Check(
        "detention_warrant_missing",
        W,
        "CPL 85¶1; MPS 125; RULES 157(2)",
        "犯罪嫌疑人被拘留，案卷材料中未见拘留证。",
        "Detained, and no detention warrant is in the file.",
        lacking(
            Paper.DETENTION_WARRANT, "measure", lambda each, _: each.measure is Measure.DETENTION
        ),
    ),
    Check(
        "late_after_three_days",
        W,
        "CPL 91¶1; MPS 129¶1; RULES 157(5)",
        "收到提请批准逮捕书时拘留已超过三日，且未载明延长。",
        "Received more than three days after the detention, with no extension stated.",
        suspect("measure_began_at", late(Extension.NONE)),
    ),
    Check(
        "late_after_seven_days",
        W,
        "CPL 91¶1; MPS 129¶1; RULES 157(5)",
        "收到提请批准逮捕书时拘留已超过七日。",
        "Received more than seven days after the detention.",
        suspect("measure_began_at", late(Extension.SEVEN_DAYS)),
    ),
    Check(
        "late_after_thirty_days",
        W,
        "CPL 91¶2; MPS 129¶2; RULES 157(5)",
        "收到提请批准逮捕书时拘留已超过三十日。",
        "Received more than thirty days after the detention.",
        suspect("measure_began_at", late(Extension.THIRTY_DAYS)),
    ),
    Check(
        "extension_without_detention",
        W,
        "CPL 91; MPS 129",
        "犯罪嫌疑人未被拘留，却填写了延长提请批准逮捕时间。",
        "An extension of detention is stated for somebody who is not detained.",
        suspect(
            "detention_extended_to",
            lambda each, _: (
                each.measure is not Measure.DETENTION
                and each.detention_extended_to is not Extension.NONE
            ),
        ),
    ),
    Check(
        "extension_not_shown",
        W,
        "CPL 91; MPS 129; RULES 157(2)",
        "延长提请批准逮捕时间应经县级以上公安机关负责人批准；案卷材料中未见延长审批材料。",
        "The extension needs the approval of the organ's head: it is not in the file.",
        lacking(
            Paper.EXTENSION_APPROVAL,
            "detention_extended_to",
            lambda each, _: (
                each.measure is Measure.DETENTION
                and each.detention_extended_to is not Extension.NONE
            ),
        ),
    ),
    Check(
        "bail_over_twelve_months",
        W,
        "CPL 79",
        "取保候审已超过十二个月，应当及时解除。",
        "Bail has lasted more than twelve months and must be lifted.",
        suspect("measure_began_at", longer_than(frozenset({Measure.BAIL}), 12)),
    ),
    Check(
        "surveillance_over_six_months",
        W,
        "CPL 79",
        "监视居住已超过六个月，应当及时解除。",
        "Residential surveillance has lasted more than six months and must be lifted.",
        suspect("measure_began_at", longer_than(SURVEILLANCE, 6)),
    ),
    # The charges
    Check(
        "charges_missing",
        E,
        "CPL 87; MPS 137",
        "未填写涉嫌罪名。",
        "No charge is stated.",
        suspect("charge_ids", lambda each, _: not each.charge_ids),
    ),
    Check(
        "charge_unknown",
        E,
        "CL 3",
        "所填罪名不在罪名登记表中。",
        "The charge is not in the register of charges.",
        charge_unknown,
    ),
    Check(
        "charge_repeated",
        E,
        "RULES 157(2)",
        "同一犯罪嫌疑人的罪名重复填写。",
        "A charge is stated twice for one suspect.",
        charge_repeated,
    ),
    Check(
        "charge_not_in_force",
        W,
        "CL 12",
        "该罪名在犯罪行为之日尚未施行或者已经废止，应当按从旧兼从轻原则核对。",
        "The charge was not in force on the day of the act: the old law applies unless milder.",
        charge_out_of_force,
    ),
    Check(
        "act_long_ago",
        W,
        "CL 87; CPL 16(2); RULES 320",
        "犯罪行为距今已超过二十年，应当核对追诉时效；认为必须追诉的，须报请最高人民检察院核准。",
        "The act is more than twenty years old: limitation, or the SPP's approval, is to be shown.",
        suspect("act_on", long_ago),
    ),
    # The file
    Check(
        "file_empty",
        W,
        "CPL 87; MPS 137; RULES 157(2)",
        "未填写案卷材料目录。",
        "The file list is empty.",
        request("/file_items", lambda draft, _: not draft.file_items),
    ),
    Check(
        "evidence_missing",
        W,
        "CPL 87; MPS 137; RULES 157(2)",
        "案卷材料目录中没有证据卷。",
        "The file list holds no evidence.",
        paper_missing(Paper.EVIDENCE, "/file_items", lambda draft: draft.file_items),
    ),
    Check(
        "item_title_missing",
        W,
        "RULES 157(2)",
        "案卷材料未填写名称。",
        "An item of the file list has no title.",
        file_item("title", lambda item: not item.title.strip()),
    ),
    Check(
        "item_pages_missing",
        W,
        "RULES 157(2); RULES 158¶2",
        "案卷材料未填写页数。",
        "An item of the file list has no page count.",
        file_item(
            "pages",
            lambda item: (
                (item.pages is None or item.pages < 1) and item.kind is not Paper.RECORDING
            ),
        ),
    ),
    Check(
        "item_repeated",
        W,
        "RULES 157(2)",
        "案卷材料名称重复，请核对。",
        "Two items of the file list have the same title.",
        repeated(
            lambda draft: tuple(item.title.strip() or None for item in draft.file_items),
            "/file_items/{}/title",
        ),
    ),
    Check(
        "property_list_missing",
        W,
        "RULES 157(3)",
        "随案移送款项或者物品，未见移送清单。",
        "Money or objects come with the case: the list of them is not in the file.",
        paper_missing(
            Paper.PROPERTY_LIST, "/property_transferred", lambda draft: draft.property_transferred
        ),
    ),
    Check(
        "request_document_missing",
        W,
        "CPL 87; RULES 157(1); RULES 158¶2",
        "未附提请批准逮捕书。",
        "The request document itself is not attached.",
        paper_missing(Paper.REQUEST_DOCUMENT, "/attachment_ids", lambda _draft: True),
    ),
    Check(
        "attachment_unknown",
        E,
        "RULES 157(2)",
        "所附文件不存在，或者不是由您上传。",
        "An attachment does not exist or was not uploaded by you.",
        attachment_unknown,
    ),
    Check(
        "attachment_repeated",
        W,
        "RULES 157(2)",
        "同一附件重复提交。",
        "An attachment is named twice.",
        repeated(lambda draft: draft.attachment_ids, "/attachment_ids/{}"),
    ),
)

BY_CODE = {check.code: check for check in CHECKS}

_SOURCES = {
    "CPL": "刑事诉讼法",
    "CL": "刑法",
    "RULES": "人民检察院刑事诉讼规则",
    "MPS": "公安机关办理刑事案件程序规定",
    "AGE": "法释〔2006〕1号",
}
_ARTICLE = re.compile(
    r"^(?P<source>[A-Z]+) (?P<number>\d+)(?:\((?P<item>\d+)\))?(?:¶(?P<part>\d+))?$"
)


def article_zh(article: str) -> str:
    """An article as people cite it: `RULES 157(4)` is 人民检察院刑事诉讼规则第157条第4项."""
    return "；".join(_cited(one) for one in article.split("; "))


def _cited(article: str) -> str:
    match = _ARTICLE.match(article)
    if match is None:
        return article
    part = f"第{match['part']}款" if match["part"] else ""
    item = f"第{match['item']}项" if match["item"] else ""
    return f"{_SOURCES[match['source']]}第{match['number']}条{part}{item}"
