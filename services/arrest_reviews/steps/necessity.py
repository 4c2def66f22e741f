"""Is it still necessary to hold an arrested person? (CPL 95; RULES 573-582; CUST-2023)

In the investigation the procuratorate proposes and the police decide (RULES 575). The ten days
run from the application; what the procuratorate begins of itself it decides promptly. While a
proposal awaits its answer the person stays in custody, and the police answer within ten days.
"""

from typing import Any

from services.arrest_reviews.flow import ReviewState as S
from services.deadlines.engine.articles import law
from services.kernel.act import Act
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import Ask, Close, Finish, Start, Whom, running
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
    instant,
    words,
    yes,
)
from services.tasks import TaskKind

APPLIED, BEGUN = "register_necessity_application", "begin_necessity_review"
PROPOSED, KEPT, DECLINED = "propose_release", "keep_in_custody", "decline_repeat"
ENDINGS = (PROPOSED, KEPT, DECLINED)
LONGER = ("extend_complex", "extend_four_types", "extend_ten_years", "report_new_crime")
"""What makes custody longer: after it a repeated application is always reviewed (CUST-2023 9)."""


def _last(act: Act, subject: Subject, *codes: str) -> int:
    found = latest(act, subject, *codes)
    return found.id if found else 0


def pending_review(act: Act, subject: Subject) -> bool:
    """Has a review been asked for, or begun, that is not ended?"""
    return _last(act, subject, APPLIED, BEGUN) > _last(act, subject, *ENDINGS)


def unanswered_proposal(act: Act, subject: Subject) -> bool:
    """Has the procuratorate proposed a release that the police have not answered?"""
    answers = ("decline_proposal", "report_release", "report_change")
    return _last(act, subject, PROPOSED) > _last(act, subject, *answers)


def _owes_result(taking: Taking) -> bool:
    """Was it applied for, and the applicant not told the result? (RULES 582)"""
    act, subject = taking.act, taking.subject
    owed = _last(act, subject, APPLIED) > _last(act, subject, "tell_applicant")
    return owed and not running(taking, ("N09",))


NEXT_RESULT = Start("N09", when=_owes_result, only="依申请或者建议审查的")


def _not_running(taking: Taking) -> bool:
    return not running(taking, ("N03",))


def _repeats(taking: Taking) -> bool:
    """Reviewed before, nothing new said, and custody not made longer since (CUST-2023 9)."""
    act, subject = taking.act, taking.subject
    asked, ended = latest(act, subject, APPLIED), _last(act, subject, PROPOSED, KEPT)
    nothing_new = asked is not None and not asked.given.get("new")
    return nothing_new and ended > _last(act, subject, *LONGER)


PENDING = Guard(
    "no_review_begun",
    "没有正在办理的羁押必要性审查。",
    "No custody-necessity review has been asked for or begun.",
    law("RULES 574", "CUST-2023 7¶1"),
    lambda taking: pending_review(taking.act, taking.subject),
)
_ANSWERED = Guard(
    "proposal_unanswered",
    "前一建议尚待公安机关回复。",
    "The police have not answered the proposal before.",
    law("RULES 581"),
    lambda taking: not unanswered_proposal(taking.act, taking.subject),
)
_TO_ANSWER = Guard(
    "no_proposal",
    "检察院没有待回复的建议。",
    "No proposal awaits an answer.",
    law("CPL 95", "MPS 159"),
    lambda taking: unanswered_proposal(taking.act, taking.subject),
)
_BY_APPLICATION = Guard(
    "not_a_repeat",
    "只有没有新证明材料或者新理由的再次申请可以不再审查；因延长、重新计算而羁押延长的除外。",
    "Only a repeated application without new material or reasons may go without a review, and not "
    "after custody was made longer.",
    law("CUST-2023 9"),
    _repeats,
)
_RESULT_OWED = Guard(
    "nothing_to_tell",
    "没有需要告知申请人的审查结果。",
    "There is no result of which an applicant has to be told.",
    law("RULES 582", "CUST-2023 23¶1"),
    lambda taking: bool(running(taking, ("N09",))),
)

STEPS: tuple[Step[Any], ...] = (
    Step(
        code=APPLIED,
        zh="登记羁押必要性审查申请（建议），当日移送",
        en="Register an application for a custody-necessity review and pass it on the same day",
        by=Permission.PROCEEDING_MANAGE,
        sources={S.ARRESTED},
        target=None,
        articles=law("RULES 574¶2", "RULES 576¶1", "CUST-2023 10¶1", "CUST-2023 19¶1"),
        fields=(
            choice(
                "applicant",
                "申请人",
                "Applicant",
                ("suspect", "犯罪嫌疑人", "the suspect"),
                ("representative", "法定代理人", "the legal representative"),
                ("relative", "近亲属", "a near relative"),
                ("defender", "辩护人", "the defender"),
                ("detention_centre", "看守所（建议）", "the detention centre, which suggests it"),
                ("execution_supervision", "刑事执行检察部门", "execution supervision"),
            ),
            instant("received_at", "收到时间", "Received at"),
            words("reasons", "不需要继续羁押的理由", "Why custody is not necessary"),
            yes("new", "有新的证明材料或者新的理由", "There is new material, or a new reason"),
        ),
        effects=(
            Start("N01", at="received_at"),
            Close(("N01",)),
            Start("N03", at="received_at", when=_not_running, only="尚未起算的"),
            Ask(TaskKind.REVIEW_NECESSITY, Whom.HANDLER, ("N03",)),
        ),
        told=False,
    ),
    Step(
        code=BEGUN,
        zh="依职权开展羁押必要性审查",
        en="Begin a custody-necessity review ex officio",
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARRESTED},
        target=None,
        articles=law("RULES 574¶1", "CUST-2023 7¶1"),
        fields=(
            choice(
                "ground",
                "发现的情形",
                "What was found",
                ("illness", "患有严重疾病、生活不能自理", "grave illness"),
                ("mother", "怀孕或者哺乳自己婴儿", "pregnant or nursing"),
                ("sole_carer", "生活不能自理的人的唯一扶养人", "the sole carer"),
                ("outlasts", "羁押期限将超过可能的刑期", "custody will outlast the sentence"),
                ("evidence", "证据发生重大变化", "the evidence has changed"),
                ("circumstances", "事实或者情节发生变化", "facts or circumstances have changed"),
                ("settled", "证据已经收集固定，符合变更条件", "the evidence is secured"),
                ("other", "其他情形", "something else"),
            ),
            words("reasons", "具体情况", "In detail", inside=True),
        ),
        guards=(
            Guard(
                "review_begun",
                "羁押必要性审查正在办理。",
                "A custody-necessity review is under way.",
                law("RULES 574¶1"),
                lambda taking: not pending_review(taking.act, taking.subject),
            ),
        ),
        effects=(Start("N07"), Ask(TaskKind.REVIEW_NECESSITY, Whom.HANDLER)),
        told=False,
    ),
    Step(
        code=PROPOSED,
        zh="建议释放或者变更强制措施",
        en="Propose release, or another measure",
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARRESTED},
        target=None,
        articles=law("CPL 95", "RULES 575¶1", "RULES 579", "RULES 580", "RULES 581¶1"),
        approver=Approver.POWER_LIST,
        document=Mark.NECESSITY_PROPOSAL,
        fields=(
            choice(
                "proposed",
                "建议",
                "Proposal",
                ("release", "释放", "release"),
                ("bail", "变更为取保候审", "bail"),
                ("residential_surveillance", "变更为监视居住", "residential surveillance"),
            ),
            choices(
                "grounds",
                "情形",
                "Grounds",
                ("no_evidence", "证据发生重大变化", "the evidence no longer holds (579(1))"),
                ("light", "可能判处拘役以下或者无罪", "short detention or less likely (579(2))"),
                ("outlasts", "羁押将超过可能的刑期", "custody outlasts the sentence (579(3))"),
                ("settled", "事实基本查清，证据已固定", "the evidence is secured (579(4))"),
                ("no_danger", "具有悔罪表现，不致发生社会危险性", "remorse, no danger (580)"),
            ),
            REASONS,
        ),
        guards=(PENDING, _ANSWERED),
        effects=(
            Close(("N03", "N07")),
            Start("N05"),
            Finish((TaskKind.REVIEW_NECESSITY,)),
            Ask(TaskKind.EXECUTE_DECISION, Whom.ORGAN, ("N05",)),
        ),
    ),
    Step(
        code="decline_proposal",
        zh="回复：需要继续羁押",
        en="Answer that custody has to go on",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.ARRESTED},
        target=None,
        articles=law("CPL 95", "MPS 159", "RULES 581¶1"),
        fields=(words("reasons", "需要继续羁押的理由", "Why custody has to go on"),),
        guards=(_TO_ANSWER,),
        effects=(Close(("N05",)), Finish((TaskKind.EXECUTE_DECISION,)), NEXT_RESULT),
    ),
    Step(
        code=KEPT,
        zh="审查认为有继续羁押的必要",
        en="Find that custody remains necessary",
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARRESTED},
        target=None,
        articles=law("RULES 578", "RULES 582"),
        approver=Approver.POWER_LIST,
        fields=(words("reasons", "继续羁押的理由", "Why it remains necessary"),),
        guards=(PENDING,),
        effects=(Close(("N03", "N07")), Finish((TaskKind.REVIEW_NECESSITY,)), NEXT_RESULT),
        told=False,
    ),
    Step(
        code=DECLINED,
        zh="再次申请没有新理由，不再审查",
        en="Decline to review a repeated application without anything new",
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARRESTED},
        target=None,
        articles=law("CUST-2023 9"),
        fields=(REASONS,),
        guards=(PENDING, _BY_APPLICATION),
        effects=(Close(("N03",)), Finish((TaskKind.REVIEW_NECESSITY,)), NEXT_RESULT),
        told=False,
    ),
    Step(
        code="tell_applicant",
        zh="书面告知申请人、看守所审查结果",
        en="Tell the applicant the result in writing",
        by=Permission.PROCEEDING_HANDLE,
        sources={S.ARRESTED, S.RELEASED, S.MEASURE_CHANGED, S.ARREST_REVOKED},
        target=None,
        articles=law("RULES 582", "CUST-2023 23¶1"),
        document=Mark.NECESSITY_RESULT,
        fields=(words("result", "审查意见、理由和办案机关的处理情况", "The result"),),
        guards=(_RESULT_OWED,),
        effects=(Close(("N09",)),),
        told=False,
    ),
)
