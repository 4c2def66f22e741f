"""Custody for investigation: longer, counted anew, and not yet counted (CPL 156-160).

A request in the last seven days is late, is taken and shows as late; after the end of custody it
is barred (RULES 309¶3). Without the police's own decision under MPS 152 the two months run from
the arrest, also for somebody whose name is not known. The procuratorate that decides on an
extension gives its document the number (RULES 313).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from typing import Any

from sqlalchemy import select

from services import cases, deadlines
from services.arrest_requests.terms import DocumentKind
from services.arrest_reviews.flow import ReviewState as S
from services.cases import Identity
from services.deadlines import (
    CHINA_TIME,
    CloseReason,
    Custody,
    Deadline,
    DeadlineEntry,
    ImpossibleError,
    Keepers,
    RestartReason,
)
from services.deadlines.engine.articles import law
from services.deadlines.engine.events import Extended
from services.kernel.act import Act
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import Ask, Close, Do, Finish, Start, Whom, held, running
from services.proceedings.operations import latest
from services.proceedings.table import (
    REASONS,
    Approver,
    Guard,
    Step,
    Subject,
    Taking,
    choice,
    choices,
    day,
    line,
    words,
)
from services.tasks import TaskKind

CUSTODY = ("C01", "C06", "C07")
"""Custody for investigation: from the arrest, from a new crime, from the identity."""
NOON = time(12)
ASKED, NEW_CRIME, UNKNOWN = "ask_extension", "report_new_crime", "report_identity_unknown"
GRANTED = {
    "complex_case": "extend_complex",
    "four_case_types": "extend_four_types",
    "ten_years": "extend_ten_years",
}
REFUSED = ("refuse_extension", "refuse_long_extension")
GROUNDS = (
    ("complex_case", "案情复杂，延长一个月", "complex case: one month"),
    ("four_case_types", "四类重大复杂案件，延长二个月", "the four types of cases: two months"),
    ("ten_years", "可能判处十年以上，再延长二个月", "ten years or more: two months more"),
)
_SUPERIOR = (
    line(
        "superior_document",
        "上级检察院批准文书文号（系统外办理时）",
        "Superior's document, if decided outside of this system",
        required=False,
    ),
    day(
        "decided_on",
        "上级检察院决定日期（系统外办理时）",
        "Day of the superior's decision, if outside of this system",
        required=False,
    ),
)


def custody_of(act: Act, suspect_id: int) -> Deadline | None:
    """The custody for investigation that runs."""
    chosen = deadlines.open_of([suspect_id]).where(Deadline.rule_id.in_(CUSTODY))
    return act.session.scalars(chosen).first()


def count_back(act: Act, subject: Subject) -> None:
    """Count the seven days before the end of custody anew: its end is new, or has moved (C08)."""
    deadlines.close_about(act, ("C08",), subject, reason=CloseReason.REPLACED)
    custody = custody_of(act, subject.suspect_id)
    if custody is None or custody.due_on is None:
        return
    deadlines.start(
        act,
        "C08",
        subject,
        suspect_id=subject.suspect_id,
        keepers=Keepers(subject.procuratorate_id, subject.police_office_id, subject.handler_id),
        started_at=datetime.combine(custody.due_on, NOON, CHINA_TIME),
        custody=Custody.HELD,
    )


def extension_asked(act: Act, subject: Subject) -> str | None:
    """The ground on which an extension was asked for that is not decided yet."""
    asked = latest(act, subject, ASKED)
    decided = latest(act, subject, *GRANTED.values(), *REFUSED)
    if asked is None or (decided is not None and decided.id > asked.id):
        return None
    return str(asked.given["ground"])


def restart_reported(act: Act, subject: Subject) -> bool:
    """Was a new count filed for the record and not looked at yet? (RULES 317)"""
    filed = latest(act, subject, NEW_CRIME)
    looked = latest(act, subject, "accept_restart", "object_to_restart")
    return filed is not None and (looked is None or looked.id < filed.id)


def _uncounted(act: Act, subject: Subject) -> bool:
    """Did the police decide that custody counts from the identity, which is still unknown?"""
    unknown = latest(act, subject, UNKNOWN)
    known = latest(act, subject, "identity_established")
    return unknown is not None and (known is None or known.id < unknown.id)


def _runs(taking: Taking) -> bool:
    custody = custody_of(taking.act, taking.suspect.id)
    return (
        custody is not None
        and custody.outer_on is not None
        and taking.act.today <= custody.outer_on
    )


def _next_ground(taking: Taking) -> bool:
    """Would the table of periods grant that ground now?"""
    act, custody = taking.act, custody_of(taking.act, taking.suspect.id)
    if custody is None:
        return False
    chosen = select(DeadlineEntry).where(DeadlineEntry.deadline_id == custody.id)
    entries = act.session.scalars(chosen.order_by(DeadlineEntry.id)).all()
    known = deadlines.history(custody.rule_id, entries)
    wanted = Extended(str(taking.given["ground"]), None, act.today, act.today)
    tried = replace(known, events=(*known.events, wanted))
    try:
        tried.calculated(deadlines.calendar_of(act.session), judged_from=len(known.events))
    except ImpossibleError:
        return False
    return True


def _lengthen(taking: Taking, ground: str) -> None:
    act, asked = taking.act, latest(taking.act, taking.subject, ASKED)
    custody = custody_of(act, taking.suspect.id)
    if custody is None or asked is None:
        raise deadlines.DeadlineClosed(rules=list(CUSTODY))
    decided_on = taking.given.get("decided_on")
    deadlines.extend(
        act,
        custody,
        ground=ground,
        requested_on=deadlines.statutory_day(asked.at),
        decided_on=decided_on if isinstance(decided_on, date) else None,
    )
    count_back(act, taking.subject)


def _untold(rule_id: str) -> Callable[[Taking], bool]:
    return lambda taking: held(taking) and not running(taking, (rule_id,))


_TELL = (
    Start("C10", when=_untold("C10"), only="在押的"),
    Start("C11", when=_untold("C11"), only="在押的"),
)


def _asked_for(grounds: tuple[str, ...]) -> Guard:
    return Guard(
        "extension_not_asked",
        "公安机关没有以该事由提请批准延长，或者该提请已经处理。",
        "The police have not asked for that, or it is decided.",
        law("RULES 310", "MPS 148", "MPS 149", "MPS 150"),
        lambda taking: extension_asked(taking.act, taking.subject) in grounds,
    )


_NOT_OVER = Guard(
    "custody_over",
    "已超过法定羁押期限，不予受理；应当释放或者变更强制措施。",
    "Custody is over: an extension is not accepted, and the suspect is to be released.",
    law("RULES 309¶3", "CPL 98", "CPL 99"),
    _runs,
)


def _extension(  # a row of the table
    ground: str, zh: str, en: str, *, approver: Approver, cited: tuple[str, ...]
) -> Step[Any]:
    return Step(
        code=GRANTED[ground],
        zh=zh,
        en=en,
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARRESTED},
        target=None,
        articles=law(*cited, "RULES 310", "RULES 313"),
        approver=approver,
        document=Mark.CUSTODY_EXTENDED,
        issued_above=True,
        fields=(words("reasons", "审查意见", "What the review found", inside=True), *_SUPERIOR),
        guards=(_asked_for((ground,)),),
        effects=(
            Do("延长 C01、C06、C07", partial(_lengthen, ground=ground)),
            *_TELL,
            Finish((TaskKind.EXTEND_CUSTODY,)),
        ),
    )


def _refusal(code: str, zh: str, en: str, approver: Approver, *grounds: str) -> Step[Any]:
    return Step(
        code=code,
        zh=zh,
        en=en,
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARRESTED},
        target=None,
        articles=law("RULES 310", "RULES 312¶1", "RULES 313"),
        approver=approver,
        document=Mark.CUSTODY_NOT_EXTENDED,
        issued_above=True,
        fields=(REASONS, _SUPERIOR[0]),
        guards=(_asked_for(grounds),),
        effects=(Finish((TaskKind.EXTEND_CUSTODY,)),),
    )


# --- counted anew, and not yet counted -------------------------------------------------------


def _at(taking: Taking, name: str) -> datetime:
    """Noon of the day that a field names, or now if that is still to come."""
    return min(datetime.combine(taking.given[name], NOON, CHINA_TIME), taking.now)


def _in_order(*names: str) -> Callable[[Taking], bool]:
    """Are these days in their order, not before the arrest and not in the future?"""

    def holds(taking: Taking) -> bool:
        days = [taking.given[name] for name in names]
        began = taking.suspect.measure_began_at
        first = deadlines.statutory_day(began) if began else days[0]
        return days == sorted(days) and first <= days[0] and days[-1] <= taking.act.today

    return holds


def _discovered_in_time(taking: Taking) -> bool:
    custody = custody_of(taking.act, taking.suspect.id)
    discovered = taking.given["discovered_on"]
    return custody is not None and (custody.outer_on is None or discovered <= custody.outer_on)


def _start_at(taking: Taking, rule_id: str, at: datetime) -> Deadline:
    subject = taking.subject
    return deadlines.start(
        taking.act,
        rule_id,
        subject,
        suspect_id=subject.suspect_id,
        keepers=Keepers(subject.procuratorate_id, subject.police_office_id, subject.handler_id),
        started_at=at,
        custody=taking.suspect.custody,
    )


def _count_from_new_crime(taking: Taking) -> None:
    """C01 begins a new round; custody that began with a crime or an identity is replaced."""
    act, at = taking.act, _at(taking, "discovered_on")
    custody = custody_of(act, taking.suspect.id)
    if custody is None:
        raise deadlines.DeadlineClosed(rules=list(CUSTODY))
    if custody.rule_id == "C01":
        deadlines.restart(act, custody, reason=RestartReason.NEW_CRIME, at=at)
    else:
        deadlines.close(act, custody, reason=CloseReason.REPLACED)
        _start_at(taking, "C06", at)
    count_back(act, taking.subject)
    approved = _start_at(taking, "C06b", at)
    deadlines.close(act, approved, at=max(at, _at(taking, "approved_on")))


def _stop_counting(taking: Taking) -> None:
    custody = custody_of(taking.act, taking.suspect.id)
    if custody is not None:
        deadlines.close(taking.act, custody, reason=CloseReason.REPLACED)
    count_back(taking.act, taking.subject)


def _identify(taking: Taking) -> None:
    given = taking.given
    identity = Identity(
        name=given["name"],
        alias=given.get("alias") or "",
        document_kind=DocumentKind(given["document_kind"]),
        document_number=given.get("document_number") or "",
        born_on=given.get("born_on"),
    )
    cases.identify(taking.act, taking.suspect, identity, basis=given["basis"])


def _count_from_identity(taking: Taking) -> None:
    _start_at(taking, "C07", _at(taking, "established_on"))
    count_back(taking.act, taking.subject)


def _told(taking: Taking) -> None:
    rules = {"detention_centre": "C11", "execution_supervision": "C10"}
    Close(tuple(rules[one] for one in taking.given["told"])).apply(taking)


STEPS: tuple[Step[Any], ...] = (
    Step(
        code=ASKED,
        zh="提请批准延长侦查羁押期限",
        en="Ask for an extension of custody for investigation",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.ARRESTED},
        target=None,
        articles=law("MPS 148", "MPS 149", "MPS 150", "RULES 309¶1"),
        fields=(
            line("document_number", "提请批准延长侦查羁押期限意见书文号", "Number of the request"),
            choice("ground", "延长事由", "Ground", *GROUNDS),
            choice(
                "case_type",
                "四类案件之一",
                "Which of the four types",
                ("remote", "交通十分不便的边远地区的重大复杂案件", "remote area"),
                ("gang", "重大的犯罪集团案件", "a major criminal group"),
                ("roaming", "流窜作案的重大复杂案件", "roaming crime"),
                ("wide", "犯罪涉及面广，取证困难的重大复杂案件", "wide-ranging, hard to prove"),
                required=False,
            ),
            words("reasons", "案情和延长的理由", "The case, and why"),
        ),
        guards=(
            _NOT_OVER,
            Guard(
                "extension_asked",
                "已有提请尚未处理。",
                "A request before is not decided yet.",
                law("RULES 310"),
                lambda taking: extension_asked(taking.act, taking.subject) is None,
            ),
            Guard(
                "case_type_missing",
                "以四类案件提请延长的，应当写明属于哪一类。",
                "Say which of the four types of cases it is.",
                law("CPL 158", "MPS 149"),
                lambda taking: (
                    taking.given["ground"] != "four_case_types"
                    or bool(taking.given.get("case_type"))
                ),
            ),
            Guard(
                "not_the_next_ground",
                "延长应当依次进行：先一个月，再二个月，再二个月；同一事由不得重复。",
                "Extensions follow one another: one month, two, and another two; none twice.",
                law("CPL 156", "CPL 158", "CPL 159"),
                _next_ground,
            ),
        ),
        effects=(Close(("C08",)), Ask(TaskKind.EXTEND_CUSTODY, Whom.HANDLER, CUSTODY)),
    ),
    _extension(
        "complex_case",
        "批准延长侦查羁押期限一个月",
        "Extend custody by one month: complex case",
        approver=Approver.UPPER,
        cited=("CPL 156", "RULES 311"),
    ),
    _extension(
        "four_case_types",
        "批准延长侦查羁押期限二个月（四类案件）",
        "Extend custody by two months: the four types of cases",
        approver=Approver.PROVINCIAL,
        cited=("CPL 158",),
    ),
    _extension(
        "ten_years",
        "批准再延长侦查羁押期限二个月（可能判处十年以上）",
        "Extend custody by another two months: ten years or more possible",
        approver=Approver.PROVINCIAL,
        cited=("CPL 159",),
    ),
    _refusal(
        REFUSED[0],
        "不批准延长侦查羁押期限",
        "Refuse the extension of one month",
        Approver.UPPER,
        "complex_case",
    ),
    _refusal(
        REFUSED[1],
        "不批准延长侦查羁押期限（四类案件、可能判处十年以上）",
        "Refuse an extension of two months",
        Approver.PROVINCIAL,
        "four_case_types",
        "ten_years",
    ),
    Step(
        code="postpone_trial",
        zh="经批准延期审理",
        en="The trial is postponed with the approval of the NPC Standing Committee",
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARRESTED},
        target=None,
        articles=law("CPL 157", "RULES 314"),
        approver=Approver.SUPREME,
        fields=(
            line("approval", "全国人大常委会批准文书", "Approval of the Standing Committee"),
            day("until_on", "批准延期至", "Postponed until"),
            REASONS,
            _SUPERIOR[0],
        ),
        guards=(_NOT_OVER,),
        effects=(Close(CUSTODY, CloseReason.REPLACED), Close(("C08",), CloseReason.LAPSED), *_TELL),
    ),
    Step(
        code=NEW_CRIME,
        zh="发现另有重要罪行，重新计算侦查羁押期限（备案）",
        en="File a new count of custody: another important crime was found",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.ARRESTED},
        target=None,
        articles=law("CPL 160¶1", "MPS 151"),
        fields=(
            line("document_number", "变更羁押期限通知书文号", "Number of the notice"),
            choice(
                "kind",
                "另有重要罪行",
                "What kind of crime",
                ("another_kind", "与逮捕时的罪行不同种的重大犯罪", "a major crime of another kind"),
                (
                    "same_kind",
                    "同种，影响罪名认定、量刑档次的重大犯罪",
                    "the same kind, changing charge or range of sentence",
                ),
            ),
            words("crime", "发现的罪行", "The crime that was found"),
            day("discovered_on", "发现日期", "Discovered on"),
            day("approved_on", "县级以上公安机关负责人批准日期", "Approved on"),
        ),
        guards=(
            Guard(
                "days_out_of_order",
                "发现、批准的日期不得早于逮捕、不得颠倒、不得晚于今日。",
                "The days lie after the arrest, in their order, and not in the future.",
                law("MPS 151¶1"),
                _in_order("discovered_on", "approved_on"),
            ),
            Guard(
                "discovered_after_custody",
                "应当在侦查羁押期限内发现另有重要罪行；期限届满后不得重新计算。",
                "Custody is not counted anew for what was found after its end.",
                law("CPL 160¶1", "CPL 98"),
                _discovered_in_time,
            ),
        ),
        effects=(
            Do("自发现之日重新计算（C01 或者 C06）；起算并终结 C06b", _count_from_new_crime),
            Ask(TaskKind.REVIEW_RESTART, Whom.HANDLER),
        ),
    ),
    Step(
        code="accept_restart",
        zh="重新计算备案审查：未发现不当",
        en="Find nothing wrong with the new count",
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARRESTED},
        target=None,
        articles=law("RULES 317"),
        fields=(words("note", "审查意见", "What was found", required=False, inside=True),),
        guards=(
            Guard(
                "nothing_filed",
                "没有待审查的重新计算备案。",
                "No new count has been filed.",
                law("RULES 317"),
                lambda taking: restart_reported(taking.act, taking.subject),
            ),
        ),
        effects=(Finish((TaskKind.REVIEW_RESTART,)),),
        told=False,
    ),
    Step(
        code=UNKNOWN,
        zh="身份不明，侦查羁押期限自查清身份之日起计算",
        en="The identity is unknown: custody counts from the day it is established",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.ARRESTED},
        target=None,
        articles=law("CPL 160¶2", "MPS 152¶1"),
        fields=(
            day("approved_on", "县级以上公安机关负责人批准日期", "Approved on"),
            words("inquiries", "身份调查情况", "What was done to find out"),
        ),
        guards=(
            _NOT_OVER,
            Guard(
                "identity_known",
                "已有身份证件，不属于身份不明。",
                "There is a paper of identity: who it is is known.",
                law("CPL 160¶2"),
                lambda taking: taking.suspect.document_kind is DocumentKind.NONE,
            ),
            Guard(
                "approval_out_of_order",
                "批准日期不得早于逮捕、不得晚于今日。",
                "The day of the approval lies after the arrest, and not in the future.",
                law("MPS 152¶1"),
                _in_order("approved_on"),
            ),
        ),
        effects=(Do("停止计算 C01、C06，待查清身份", _stop_counting),),
    ),
    Step(
        code="identity_established",
        zh="查清身份",
        en="The identity is established",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.ARRESTED},
        target=None,
        articles=law("CPL 160¶2", "MPS 152¶1"),
        fields=(
            day("established_on", "查清日期", "Established on"),
            line("name", "姓名", "Name"),
            line("alias", "曾用名、绰号", "Alias", required=False),
            choice(
                "document_kind",
                "身份证件",
                "Paper of identity",
                ("resident_id", "居民身份证", "resident identity card"),
                ("passport", "护照", "passport"),
                ("other", "其他证件", "another paper"),
                ("none", "无证件", "none"),
            ),
            line("document_number", "证件号码", "Number of the paper", required=False),
            day("born_on", "出生日期", "Born on", required=False),
            words("basis", "查清身份的依据", "On what it rests"),
        ),
        guards=(
            Guard(
                "identity_not_awaited",
                "未经批准自查清身份之日起计算；羁押期限已自逮捕起计算，请在案件中更正身份。",
                "Custody has been counted from the arrest; correct the identity in the case.",
                law("MPS 152¶1", "CPL 160¶2"),
                lambda taking: _uncounted(taking.act, taking.subject),
            ),
            Guard(
                "established_out_of_order",
                "查清日期不得早于逮捕、不得晚于今日。",
                "The day lies after the arrest, and not in the future.",
                law("CPL 160¶2"),
                _in_order("established_on"),
            ),
        ),
        effects=(
            Do("更正姓名等身份信息，原信息留存", _identify),
            Do("自查清身份之日起算 C07", _count_from_identity),
        ),
    ),
    Step(
        code="tell_custody_period",
        zh="通知期限变更（看守所、刑事执行检察部门）",
        en="Tell that the period has changed",
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARRESTED},
        target=None,
        articles=law("RULES 152", "RULES 614", "RULES 313¶2"),
        fields=(
            choices(
                "told",
                "通知对象",
                "Who was told",
                ("detention_centre", "看守所", "the detention centre"),
                ("execution_supervision", "刑事执行检察部门", "execution supervision"),
            ),
        ),
        effects=(Do("终结 C10、C11", _told),),
        told=False,
    ),
)
