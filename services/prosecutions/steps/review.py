"""Reviewing for prosecution: longer, elsewhere, evaluated, and at its end the indictment."""

from typing import Any

from services import deadlines, interrogations
from services.deadlines import CloseReason, ExclusionReason
from services.deadlines.engine.articles import law
from services.numbers import Mark
from services.offices import Office, OfficeKind
from services.policy import Permission
from services.proceedings.effects import (
    Ask,
    Close,
    Do,
    Extend,
    Finish,
    Owe,
    Resume,
    Suspend,
    Whom,
    held,
    running,
)
from services.proceedings.operations import taken_in, times
from services.proceedings.table import (
    REASONS,
    Approver,
    Guard,
    Step,
    Taking,
    choice,
    choices,
    day,
    line,
    number,
    office,
    words,
    yes,
)
from services.prosecutions import accusations
from services.prosecutions.passing import pass_on
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.tracks import (
    AT_INDICTMENT,
    OVER_ONE_YEAR,
    expedited_runs,
    leave_expedited,
)
from services.tasks import TaskKind

REVIEW_RULES = ("R01", "R02", "R15", "R17")
"""The month of review: first, expedited, after a change of jurisdiction, after a return."""
LIGHT = 36
"""Months: a likely term up to which custody is reviewed before indictment (CUST-2023 6¶2)."""
HANDLE = Permission.PROCEEDING_HANDLE
INTERROGATED = "interrogate"
INTERROGATED_IN = frozenset(
    {
        *(S.UNDER_REVIEW, S.EVALUATION, S.RETURNED, S.RETURN_OVERDUE),
        *(S.INDICTED, S.AT_TRIAL, S.ADJOURNED),
    }
)
"""Whoever is arrested on the procuratorate's decision is interrogated within a day, wherever the
case is by then (CPL 94)."""
TOLD_IN = INTERROGATED_IN | {S.WITHDRAWN, S.PROBATION, S.NOT_PROSECUTED}
"""Late is better than never; a victim's side has its rights until the end (RULES 55)."""


def _on_record(taking: Taking) -> bool:
    return bool(interrogations.on_record(taking.act, taking.subject.case, taking.suspect))


ON_RECORD = Guard(
    "no_interrogation_on_record",
    "尚无本阶段的讯问：请先预约讯问，或者补录已在线下进行的讯问，再填写讯问情况。",
    "No interrogation of this stage is on record: book one, or file what was held on paper, first.",
    law("RULES 331", "RULES 260", "CPL 173¶1"),
    _on_record,
)


def interrogated(taking: Taking) -> bool:
    """Was the suspect interrogated in this review, held here or filed on paper?

    An ended interrogation is the fact itself: it keeps the day after an arrest (A04b, D03b) when
    it ends. The step says what came of it, and is only taken where one is on record.
    """
    subject = taking.subject
    return times(taking.act, subject, INTERROGATED) > 0 or _on_record(taking)


INTERROGATION_HELD = Guard(
    "not_interrogated",
    "审查起诉应当讯问犯罪嫌疑人，尚无讯问记录。",
    "The suspect has to be interrogated in review for prosecution; no interrogation is on record.",
    law("RULES 331", "CPL 173¶1"),
    interrogated,
)


def dead(taking: Taking) -> bool:
    """Is the death of the suspect among the grounds? Nobody is heard for the dead (CPL 16(5))."""
    return "dead" in taking.given.get("grounds", ())


def heard(taking: Taking) -> set[str]:
    """Whose opinions are on record in this matter, on the case or on the plea (CPL 173)."""
    taken = taken_in(taking.act, [taking.subject])
    return {
        one.given["heard"] for one in taken if one.step in {"hear_opinions", "hear_plea_opinion"}
    }


def _heard(taking: Taking) -> bool:
    if taking.subject.state is S.WITHDRAWN:
        return True
    on_record = heard(taking)
    lawyer = bool(on_record & {"defender", "duty_lawyer"}) or dead(taking)
    return lawyer and ("victim" in on_record or bool(taking.given.get("no_victim")))


OPINIONS_HEARD = Guard(
    "opinions_not_heard",
    "应当听取辩护人或者值班律师、被害人及其诉讼代理人的意见并记录；没有被害人的应当注明。",
    "The defender or duty lawyer and the victim's side have to be heard and it has to be noted; "
    "where there is no victim, say so.",
    law("RULES 261¶2", "CPL 173¶1"),
    _heard,
)

NO_VICTIM = yes("no_victim", "本案没有被害人", "There is no victim")


def _necessity_reviewed(taking: Taking) -> bool:
    """Custody, at most three years likely: its necessity is reviewed once before indictment."""
    months = taking.given.get("likely_months")
    light = months is not None and months <= LIGHT
    return not (held(taking) and light) or times(taking.act, taking.subject, "review_necessity") > 0


def _running(taking: Taking) -> list[deadlines.Deadline]:
    chosen = deadlines.open_of([taking.suspect.id])
    return list(taking.act.session.scalars(chosen))


def _told(taking: Taking) -> None:
    told = set(taking.given["told"])
    rules = {"suspect": ("R04", "S05", "S05b"), "victim": ("R05",), "legal_aid": ("R06c",)}
    for one in told:
        Close(rules[one]).apply(taking)
    if "victim" in told:
        chosen = deadlines.open_about([taking.subject.case.origin]).where(
            deadlines.Deadline.rule_id == "R05"
        )
        for deadline in taking.act.session.scalars(chosen).all():
            deadlines.close(taking.act, deadline)


def _leave(taking: Taking) -> None:
    """Whoever is held stays under the limit of the review until released or taken over."""
    if not held(taking):
        Close(REVIEW_RULES, CloseReason.LAPSED).apply(taking)


SENT_AWAY = Do(
    "不在押的，审查起诉期限失去对象；在押的继续计算，至释放、变更强制措施或者接收机关接管为止",
    _leave,
)


def _mark_capacity(taking: Taking) -> None:
    if taking.given["capacity"] == "limited":
        suspect = taking.suspect
        suspect.flags = sorted({*suspect.flags, "limited_capacity"})


def _other_procuratorate(taking: Taking) -> bool:
    other = taking.act.session.get(Office, taking.given["procuratorate_id"])
    return (
        other is not None
        and other.kind is OfficeKind.PROCURATORATE
        and other.id != taking.subject.procuratorate_id
    )


ELSEWHERE = Guard(
    "not_elsewhere",
    "请选择另一个检察院。",
    "Name another procuratorate.",
    law("RULES 328"),
    _other_procuratorate,
)

STEPS: tuple[Step[Any], ...] = (
    Step(
        code="tell_rights",
        zh="告知权利",
        en="Tell the suspect the rights",
        by=HANDLE,
        sources=TOLD_IN,
        target=None,
        articles=law("RULES 40¶2", "CPL 34¶2", "RULES 55"),
        fields=(
            choices(
                "told",
                "告知对象",
                "Who was told",
                ("suspect", "犯罪嫌疑人", "the suspect"),
                ("victim", "被害人一方", "the victim's side"),
                (
                    "legal_aid",
                    "法律援助机构（未成年人等）",
                    "the legal-aid body (minors and others)",
                ),
            ),
            choice(
                "form",
                "告知方式",
                "How",
                ("oral", "口头，记入笔录", "orally, noted in the record"),
                ("written", "书面，附回证", "in writing, with proof of service"),
                ("telephone", "电话，作工作记录", "by telephone, noted"),
            ),
        ),
        effects=(Do("按告知对象终结 R04、R05、R06c、S05、S05b", _told),),
    ),
    Step(
        code=INTERROGATED,
        zh="讯问犯罪嫌疑人",
        en="Interrogate the suspect",
        by=HANDLE,
        sources=INTERROGATED_IN,
        target=None,
        articles=law("RULES 331", "CPL 173¶1"),
        fields=(
            day("on", "讯问日期", "Day"),
            choice(
                "form",
                "方式",
                "Form",
                ("in_person", "当面", "in person"),
                ("remote", "远程视频", "by video link"),
            ),
            words("summary", "要点", "What was said", inside=True),
            yes("admits", "认罪", "The suspect admits guilt", inside=True),
        ),
        guards=(ON_RECORD,),
        effects=(Close(("A04b", "D03b")),),
        told=False,
    ),
    Step(
        code="hear_opinions",
        zh="听取辩护人、被害人等意见",
        en="Hear the defender, the victim and their agents",
        by=HANDLE,
        sources={S.UNDER_REVIEW, S.RETURNED, S.RETURN_OVERDUE},
        target=None,
        articles=law("RULES 261", "CPL 173¶1", "RULES 262"),
        fields=(
            choice(
                "heard",
                "听取对象",
                "Whom",
                ("defender", "辩护人", "the defender"),
                ("duty_lawyer", "值班律师", "the duty lawyer"),
                ("victim", "被害人及其诉讼代理人", "the victim and the agent"),
                ("police", "侦查（调查）机关", "the investigating organ"),
                ("representative", "法定代理人", "the legal representative"),
                ("minor", "未成年犯罪嫌疑人", "the minor"),
            ),
            day("on", "日期", "Day"),
            choice(
                "form",
                "方式",
                "Form",
                ("in_person", "当面", "in person"),
                ("remote", "远程视频", "by video link"),
                ("telephone", "电话", "by telephone"),
                ("written", "书面", "in writing"),
                ("silent", "指定期限内未提出意见", "nothing said in the time set"),
            ),
            words("summary", "意见要点", "What was said", inside=True, required=False),
        ),
        told=False,
    ),
    Step(
        code="extend_review",
        zh="延长审查起诉期限",
        en="Extend the period of review",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=None,
        articles=law("CPL 172¶1", "RULES 351¶1", "RULES 152", "RULES 614(4)"),
        approver=Approver.POWER_LIST,
        fields=(
            choice(
                "ground",
                "延长事由",
                "Ground",
                ("major_or_complex", "重大、复杂案件（十五日）", "major or complex: 15 days"),
                (
                    "over_one_year",
                    "速裁：可能判处有期徒刑超过一年（至十五日）",
                    "expedited: over one year likely",
                ),
            ),
            REASONS,
        ),
        guards=(OVER_ONE_YEAR,),
        effects=(
            Extend(REVIEW_RULES),
            Owe("C10", when=held, only="在押的"),
            Owe("C11", when=held, only="在押的"),
        ),
    ),
    Step(
        code="leave_expedited",
        zh="不适用速裁程序",
        en="The expedited procedure does not fit",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=None,
        articles=law("CPL 172¶1", "RULES 273"),
        fields=(REASONS,),
        guards=(
            Guard(
                "not_expedited",
                "本案没有按速裁期限审查。",
                "The case is not reviewed under the expedited period.",
                law("RULES 273"),
                expedited_runs,
            ),
        ),
        effects=(Do("R02 改按 R01，自最初收案之日起算", leave_expedited),),
    ),
    Step(
        code="ask_for_evidence",
        zh="调取证据材料",
        en="Ask the organ for evidence",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=None,
        articles=law("RULES 340", "SUPPINV-2020 10"),
        document=Mark.EVIDENCE_REQUEST,
        fields=(
            words("wanted", "需要提供的证据材料", "What is wanted"),
            day("by_on", "提供期限", "By when"),
        ),
        effects=(Ask(TaskKind.INVESTIGATE_FURTHER, Whom.ORGAN, REVIEW_RULES),),
    ),
    Step(
        code="provide_evidence",
        zh="提供证据材料",
        en="Provide the evidence",
        by=Permission.PROCEEDING_ANSWER,
        sources={S.UNDER_REVIEW},
        target=None,
        articles=law("RULES 340", "SUPPINV-2020 13"),
        guards=(
            Guard(
                "nothing_asked",
                "检察院没有调取证据材料。",
                "No evidence has been asked for.",
                law("RULES 340"),
                lambda taking: (
                    times(taking.act, taking.subject, "ask_for_evidence")
                    > times(taking.act, taking.subject, "provide_evidence")
                ),
            ),
        ),
        fields=(
            words("sent", "提供的材料或者不能提供的理由", "What is sent, or why it cannot be"),
        ),
        effects=(Finish((TaskKind.INVESTIGATE_FURTHER,)),),
    ),
    Step(
        code="investigate_here",
        zh="自行侦查",
        en="Investigate here",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=None,
        articles=law("RULES 348", "RULES 344"),
        approver=Approver.POWER_LIST,
        fields=(words("plan", "侦查事项", "What is to be found out", inside=True),),
        told=False,
    ),
    Step(
        code="ask_for_more_charges",
        zh="要求补充移送起诉",
        en="Ask the organ to transfer an omitted crime or accomplice",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=None,
        articles=law(
            "RULES 356",
        ),
        approver=Approver.POWER_LIST,
        fields=(words("omitted", "遗漏的罪行或者同案犯罪嫌疑人", "What or who was omitted"),),
        effects=(Ask(TaskKind.GIVE_REASONS, Whom.ORGAN, REVIEW_RULES),),
    ),
    Step(
        code="send_lead",
        zh="移送新的犯罪事实线索（二次退回以后）",
        en="Send the lead of a new crime to the organ, after two returns",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=None,
        articles=law("RULES 349"),
        approver=Approver.POWER_LIST,
        fields=(words("lead", "新发现的犯罪事实和线索", "The new crime, and what points to it"),),
        guards=(
            Guard(
                "returns_left",
                "尚未经过二次退回的，可以退回补充侦查（调查）或者要求补充移送起诉。",
                "The case may still be returned, or more charges be asked for.",
                law("RULES 349", "RULES 356"),
                lambda taking: times(taking.act, taking.subject, "return_case") > 1,
            ),
        ),
    ),
    Step(
        code="send_to_evaluation",
        zh="委托精神病鉴定",
        en="Have the suspect's mind evaluated",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=S.EVALUATION,
        articles=law("CPL 149", "RULES 333", "RULES 614(3)"),
        approver=Approver.POWER_LIST,
        fields=(REASONS, line("institution", "鉴定机构", "Institution")),
        effects=(
            Suspend(REVIEW_RULES, ExclusionReason.PSYCHIATRIC_EVALUATION),
            Owe("C10", when=held, only="在押的"),
            Owe("C11", when=held, only="在押的"),
        ),
    ),
    Step(
        code="evaluation_received",
        zh="收到鉴定意见",
        en="The evaluation is received",
        by=HANDLE,
        sources={S.EVALUATION},
        target=S.UNDER_REVIEW,
        articles=law("CPL 149", "RULES 333"),
        fields=(
            choice(
                "capacity",
                "刑事责任能力",
                "Criminal capacity",
                ("full", "完全刑事责任能力", "full"),
                ("limited", "限定刑事责任能力", "limited"),
                ("none", "无刑事责任能力", "none"),
            ),
            words("summary", "鉴定意见", "Findings", inside=True),
        ),
        effects=(
            Resume(REVIEW_RULES),
            Do("限定责任能力的作出标记", _mark_capacity),
        ),
        told=False,
    ),
    Step(
        code="change_jurisdiction",
        zh="移送有管辖权的检察院",
        en="Pass the case to the procuratorate with jurisdiction",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=S.TRANSFERRED,
        articles=law("RULES 328", "CPL 172¶2", "RULES 350", "RULES 614(4)"),
        approver=Approver.POWER_LIST,
        document=Mark.JURISDICTION,
        fields=(
            office(
                "procuratorate_id",
                "移送至（检察院）",
                "To which procuratorate",
                office_kind=OfficeKind.PROCURATORATE.value,
            ),
            REASONS,
        ),
        guards=(ELSEWHERE,),
        effects=(
            Close((*REVIEW_RULES, "R14"), CloseReason.REPLACED),
            Owe("C10", when=held, only="在押的"),
            Finish((TaskKind.REVIEW_PROSECUTION,)),
            Do("由收案检察院自收案之日起重新计算（R15）", pass_on),
        ),
    ),
    Step(
        code="send_back_wrong_organ",
        zh="退回（应由其他机关侦查、调查）",
        en="Send back: another organ should have investigated",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=S.SENT_BACK,
        articles=law(
            "RULES 357",
        ),
        approver=Approver.POWER_LIST,
        fields=(
            REASONS,
            yes("objected", "有关机关有异议或者事实不清", "An organ objects, or facts are unclear"),
        ),
        guards=(
            Guard(
                "may_be_indicted_here",
                "事实清楚、证据确实充分且各机关无异议的，可以直接起诉，不予退回。",
                "Where facts are clear and no organ objects it may be indicted here.",
                law("RULES 357"),
                lambda taking: bool(taking.given.get("objected")),
            ),
        ),
        effects=(SENT_AWAY, Finish((TaskKind.REVIEW_PROSECUTION,))),
    ),
    Step(
        code="indict",
        zh="提起公诉",
        en="Indict",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=S.INDICTED,
        articles=law("CPL 176", "RULES 355", "RULES 358"),
        approver=Approver.POWER_LIST,
        document=Mark.INDICTMENT,
        fields=(
            words("facts_text", "起诉书认定的事实", "The facts of the indictment"),
            words("reasons", "起诉的理由和法律依据", "Reasons and articles"),
            accusations.CHARGES,
            accusations.FACTS,
            accusations.CIRCUMSTANCES,
            NO_VICTIM,
            number(
                "likely_months",
                "可能判处的刑期（月）",
                "Likely term in months",
                required=False,
                at_least=0,
                at_most=300,
                inside=True,
            ),
            choice(
                "procedure",
                "建议适用的程序",
                "Procedure proposed",
                ("ordinary", "普通程序", "ordinary"),
                ("summary", "简易程序", "summary"),
                ("expedited", "速裁程序", "expedited"),
            ),
            accusations.RECOMMENDATION,
            words(
                "recommendation_text",
                "量刑建议的说明",
                "What is said of the recommendation",
                required=False,
            ),
            yes("major_social_influence", "有重大社会影响", "Major social influence"),
        ),
        guards=(
            INTERROGATION_HELD,
            OPINIONS_HEARD,
            Guard(
                "measure_undecided",
                "先行拘留以后尚未决定逮捕、取保候审或者监视居住的，应当先作出决定。",
                "Detained after retention: first decide on arrest, bail or surveillance.",
                law("CPL 170¶2", "RULES 143¶1"),
                lambda taking: not running(taking, ("S02",)),
            ),
            accusations.CHARGE_NAMED,
            accusations.FACTS_CHARGED,
            *AT_INDICTMENT,
            accusations.AS_SIGNED,
            accusations.LAWFUL_RECOMMENDATION,
            Guard(
                "necessity_not_reviewed",
                "在押犯罪嫌疑人可能判处三年以下有期徒刑的，提起公诉前应当依职权开展一次羁押必要性审查。",
                "Custody where at most three years are likely is reviewed once before indictment.",
                law("CUST-2023 6¶2"),
                _necessity_reviewed,
            ),
        ),
        effects=(
            Close(REVIEW_RULES),
            Close(("R04", "R06", "R06b", "R06c", "S05", "B03"), CloseReason.LAPSED),
            Owe("C10", when=held, only="在押的"),
            Do("保存起诉内容，供判决后比对", accusations.keep),
            Finish((TaskKind.REVIEW_PROSECUTION,)),
            Ask(TaskKind.FOLLOW_TRIAL, Whom.HANDLER),
        ),
    ),
)
