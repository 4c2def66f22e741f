"""Every kind of non-prosecution (不起诉), what goes with it, and taking it back.

A decision ends the review at once; its own effect begins with the public announcement, and the
periods of the parties begin when each has received it (RULES 376, 377). The remedies are rows of
`remedies.py`, the conditional decision about a minor of `probation.py`.
"""

from collections.abc import Callable
from typing import Any

from services import charges
from services.arrest_requests.terms import Measure
from services.deadlines import CloseReason
from services.deadlines.engine.articles import law
from services.numbers import Mark
from services.offices import OfficeKind
from services.policy import Permission
from services.proceedings.effects import (
    Ask,
    Cancel,
    Close,
    Do,
    Finish,
    Start,
    Whom,
    change_measure,
)
from services.proceedings.operations import latest, times
from services.proceedings.records import TakenStep
from services.proceedings.table import (
    REASONS,
    Approver,
    Effect,
    Field,
    FieldKind,
    Guard,
    Step,
    Taking,
    choice,
    choices,
    day,
    instant,
    line,
    number,
    words,
    yes,
)
from services.prosecutions import pleas
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps.execution import POLICE_EXECUTES
from services.prosecutions.steps.review import (
    HANDLE,
    NO_VICTIM,
    OPINIONS_HEARD,
    REVIEW_RULES,
    SENT_AWAY,
    dead,
    interrogated,
)
from services.tasks import TaskKind
from services.transfers.tracks import minor_at_act

DECIDED = frozenset({S.NOT_PROSECUTED, S.OBJECTION, S.OBJECTION_UPHELD, S.OBJECTION_ABOVE})
"""Not prosecuted, whatever remedy is under way: a remedy holds nothing up."""

REMEDY_RULES = (
    *("X01", "X02", "X03", "X04", "X05", "X06", "X07", "X08", "X09", "S08"),
    *("X12", "X13", "X14", "X14b", "X14c", "B11b"),
)
"""What runs because of a decision not to prosecute, and loses its object with the decision."""

REVIEWS = (TaskKind.NAME_REVIEWER, TaskKind.RECONSIDER, TaskKind.RE_EXAMINE)

BASES = {
    "decide_statutory": "cpl_177_1",
    "decide_discretionary": "cpl_177_2",
    "decide_after_reconciliation": "cpl_177_2",
    "decide_insufficient": "cpl_175_4",
    "decide_special": "cpl_182",
    "plea_withdrawn_statutory": "cpl_177_1",
    "conclude_probation": "cpl_284_2",
}
"""Every decision not to prosecute, and the paragraph that it rests on."""

CHANGED_BASES = ("change_basis_after_review", "change_basis_above")
"""A remedy left the result as it was and put another paragraph under it."""


def by_commission(taking: Taking) -> bool:
    """Did a supervisory commission investigate, whoever passed the case on since?"""
    return bool(taking.subject.case.police_office.kind is OfficeKind.SUPERVISORY_COMMISSION)


def by_police(taking: Taking) -> bool:
    """Did the police investigate?"""
    return bool(taking.subject.case.police_office.kind is OfficeKind.PUBLIC_SECURITY)


def own_case(taking: Taking) -> bool:
    """Did a procuratorate investigate it itself?"""
    return bool(taking.subject.case.police_office.kind is OfficeKind.PROCURATORATE)


def decision(taking: Taking) -> TakenStep | None:
    """The decision not to prosecute that stands, or stood last."""
    return latest(taking.act, taking.subject, *BASES)


def basis(taking: Taking) -> str | None:
    """The paragraph that the decision rests on, as a remedy may have changed it since."""
    standing = latest(taking.act, taking.subject, *BASES, *CHANGED_BASES)
    if standing is None:
        return None
    return BASES.get(standing.step) or str(standing.given["basis"])


def since_decision(taking: Taking, *codes: str) -> TakenStep | None:
    """The last of these steps after the decision that stands."""
    decided, found = decision(taking), latest(taking.act, taking.subject, *codes)
    if found is None or (decided is not None and found.id < decided.id):
        return None
    return found


def minor_at_the_act(taking: Taking) -> bool:
    """Was the suspect under eighteen at the act? (RULES 489¶1)"""
    return minor_at_act(taking.suspect)


def _interrogated(taking: Taking) -> bool:
    """Reviewed once before is enough; the dead are not interrogated (CPL 16(5))."""
    spared = dead(taking) or taking.subject.state is S.WITHDRAWN
    return spared or interrogated(taking)


def _returned_enough(taking: Taking) -> bool:
    """At least one return; after a withdrawal the law asks for the decision as it is (424¶2)."""
    withdrawn = taking.subject.state is S.WITHDRAWN
    return withdrawn or times(taking.act, taking.subject, "return_case") > 0


def _no_other_return_needed(taking: Taking) -> bool:
    once = times(taking.act, taking.subject, "return_case") == 1
    withdrawn = taking.subject.state is S.WITHDRAWN
    return withdrawn or not once or bool(taking.given.get("why_not_again"))


def _reconcilable(taking: Taking) -> bool:
    months = taking.given["likely_months"]
    if taking.given["kind"] == "negligence":
        return bool(months <= 84)  # noqa: PLR2004  # seven years
    folk = charges.all_within(taking.act, taking.given["charge_ids"], 4, 5)
    return folk and bool(months <= 36)  # noqa: PLR2004  # three years


def _release(taking: Taking) -> None:
    """Set the person free, and let every other measure end (CPL 178; RULES 376).

    Whoever is held in another matter stays there.
    """
    if taking.suspect.measure in {Measure.NONE, Measure.CUSTODY_ELSEWHERE}:
        Cancel((TaskKind.EXECUTE_DECISION,)).apply(taking)
        return
    Ask(TaskKind.EXECUTE_DECISION, Whom.EXECUTOR).apply(taking)
    change_measure(taking, Measure.NONE, taking.now)


RELEASE = Do(
    "在押的立即释放，其他强制措施解除（B09），执行机关待办：执行决定并回复；尚未执行的决定不再执行",
    _release,
)
OVER_WITH_THE_MEASURE = (
    *("R23", "R24", "N04", "N07", "C10", "C11"),
    *("B04", "B05", "B06", "B07", "B13"),
)
"""What was asked for or due because of a measure; all measures end with the decision."""

CONSEQUENCES: tuple[Effect, ...] = (
    Close((*REVIEW_RULES, "X11")),
    Close(("R04", "R06", "R06b", "R06c", "S01", "S05", "R14", "B03"), CloseReason.LAPSED),
    Close(OVER_WITH_THE_MEASURE, CloseReason.LAPSED),
    RELEASE,
    Start("X01"),
    Start("B11b", when=lambda taking: bool(taking.given.get("official")), only="机关事业单位人员"),
    Finish((TaskKind.REVIEW_PROSECUTION, TaskKind.FOLLOW_TRIAL)),
    Cancel((TaskKind.ANSWER_APPLICATION, TaskKind.REVIEW_NECESSITY)),
)
"""What every decision not to prosecute brings about."""

REOPENED: tuple[Effect, ...] = (
    Close(REMEDY_RULES, CloseReason.LAPSED),
    Finish((*REVIEWS, TaskKind.EXECUTE_DECISION, TaskKind.SUPERVISE_PROBATION)),
    Ask(TaskKind.REVIEW_PROSECUTION, Whom.HANDLER),
)
"""A revoked decision: the case is to be indicted. No text gives a period of review for it, so none
is started; the old one was used up by the decision."""

INTERROGATION_HELD = Guard(
    "not_interrogated",
    "审查起诉应当讯问犯罪嫌疑人，尚无讯问记录。",
    "The suspect has to be interrogated in review for prosecution; no interrogation is on record.",
    law("RULES 331", "CPL 173¶1"),
    _interrogated,
)

NOT_OWN_CASE = Guard(
    "own_case",
    "本院直接受理侦查的案件有此情形的，应当退回负责侦查的部门，建议撤销案件。",
    "An own case of this kind goes back to the department that investigated, to be dismissed.",
    law("RULES 366"),
    lambda taking: not own_case(taking),
)

LIKELY_MONTHS = number(
    "likely_months",
    "可能判处的刑期（月）",
    "Likely term in months",
    at_least=0,
    at_most=300,
    inside=True,
)
FACTS = words("facts_text", "案件事实", "The facts")
DOCUMENT_ABOVE = line(
    "superior_document",
    "上级检察院批准文书文号（系统外办理时）",
    "Superior's document, if decided outside of this system",
    required=False,
)
COMMON: tuple[Field, ...] = (
    FACTS,
    REASONS,
    NO_VICTIM,
    words(
        "property",
        "查封、扣押、冻结财物的处理",
        "What becomes of sealed, seized and frozen property",
        required=False,
    ),
    choices(
        "admonition",
        "非刑罚处理",
        "Measures other than punishment",
        ("admonished", "训诫", "admonition"),
        ("repentance", "责令具结悔过", "a written statement of repentance"),
        ("apology", "责令赔礼道歉", "an apology"),
        ("damages", "责令赔偿损失", "damages"),
        required=False,
    ),
    yes("official", "系机关事业单位工作人员", "A public employee"),
    DOCUMENT_ABOVE,
)

STATUTORY_GROUNDS = choices(
    "grounds",
    "法定情形",
    "Ground",
    ("no_crime_facts", "没有犯罪事实", "no facts of a crime"),
    ("another_person", "犯罪事实并非其所为", "another person did it"),
    ("trivial", "情节显著轻微、危害不大，不认为是犯罪", "too slight to be a crime: CPL 16(1)"),
    ("limitation", "犯罪已过追诉时效期限", "time-barred: CPL 16(2)"),
    ("amnesty", "经特赦令免除刑罚", "amnesty: CPL 16(3)"),
    ("complaint_only", "告诉才处理，没有告诉或者撤回告诉", "no complaint: CPL 16(4)"),
    ("dead", "犯罪嫌疑人死亡", "the suspect is dead: CPL 16(5)"),
    ("other_law", "其他法律规定免予追究刑事责任", "exempted by another law: CPL 16(6)"),
)


def _decision(code: str, zh: str, en: str, **row: Any) -> Step[S]:
    """A decision not to prosecute; commission and own cases go one level up too (RULES 371)."""
    fields: tuple[Field, ...] = row.pop("fields", ())
    guards: tuple[Guard, ...] = row.pop("guards", ())
    values: dict[str, Any] = {
        "by": HANDLE,
        "sources": {S.UNDER_REVIEW, S.WITHDRAWN},
        "target": S.NOT_PROSECUTED,
        "approver": Approver.CHIEF_OR_UPPER,
        "document": Mark.NON_PROSECUTION,
        "effects": CONSEQUENCES,
    }
    return Step(
        code=code,
        zh=zh,
        en=en,
        fields=(*fields, *COMMON),
        guards=(*guards, INTERROGATION_HELD, OPINIONS_HEARD),
        **(values | row),
    )


DECISIONS: tuple[Step[Any], ...] = (
    _decision(
        "decide_statutory",
        "不起诉（没有犯罪事实或者刑诉法十六条情形）",
        "Do not prosecute: no crime, or CPL 16",
        articles=law("CPL 177¶1", "RULES 365¶1", "RULES 371", "RULES 424¶2"),
        fields=(STATUTORY_GROUNDS,),
        guards=(NOT_OWN_CASE,),
    ),
    _decision(
        "decide_discretionary",
        "不起诉（犯罪情节轻微）",
        "Do not prosecute: minor circumstances",
        sources={S.UNDER_REVIEW},
        articles=law("CPL 177¶2", "RULES 370", "RULES 371"),
        fields=(
            line("exempting_articles", "不需要判处或者免除刑罚的刑法条款", "Criminal Law articles"),
        ),
    ),
    _decision(
        "decide_after_reconciliation",
        "不起诉（当事人和解，情节轻微）",
        "Do not prosecute: the parties are reconciled, minor circumstances",
        sources={S.UNDER_REVIEW},
        articles=law("CPL 290", "CPL 177¶2", "RULES 502", "RULES 503", "RULES 370"),
        fields=(
            day("agreed_on", "和解协议书日期", "Day of the agreement"),
            choice(
                "kind",
                "和解案件类型",
                "Kind of case",
                ("folk_dispute", "民间纠纷引起的刑法分则第四章、第五章案件", "a dispute of people"),
                ("negligence", "渎职犯罪以外的过失犯罪", "negligence, not dereliction of duty"),
            ),
            Field("charge_ids", FieldKind.CHARGES, "涉嫌罪名", "Charges"),
            LIKELY_MONTHS,
            choice(
                "performed",
                "和解协议履行情况",
                "Is the agreement performed?",
                ("performed", "已经切实履行", "performed"),
                ("secured", "不能即时履行，已提供有效担保", "secured"),
                ("neither", "未履行也未担保", "neither"),
            ),
            yes("both_heard", "已听取双方当事人对和解的意见", "Both parties were heard on it"),
            yes(
                "crime_within_five_years",
                "五年以内曾经故意犯罪",
                "An intentional crime within the five years before",
            ),
        ),
        guards=(
            Guard(
                "not_reconcilable",
                "不属于可以和解的公诉案件范围。",
                "This is none of the cases that may be reconciled.",
                law("RULES 492¶1", "CPL 288¶1"),
                _reconcilable,
            ),
            Guard(
                "crime_within_five_years",
                "犯罪嫌疑人在五年以内曾经故意犯罪的，不适用当事人和解程序。",
                "Not open to who committed an intentional crime within the five years before.",
                law("RULES 492¶3", "CPL 288¶2"),
                lambda taking: not taking.given.get("crime_within_five_years"),
            ),
            Guard(
                "parties_not_heard",
                "拟作不起诉决定的，应当听取双方当事人对和解的意见。",
                "Both parties are to be heard on the reconciliation first.",
                law("RULES 503¶1"),
                lambda taking: bool(taking.given.get("both_heard")),
            ),
        ),
    ),
    _decision(
        "decide_insufficient",
        "不起诉（证据不足）",
        "Do not prosecute: insufficient evidence",
        articles=law("CPL 175¶4", "RULES 367", "RULES 368", "RULES 371"),
        fields=(
            choices(
                "tests",
                "证据不足的情形",
                "In what the evidence falls short",
                ("element", "构成要件事实缺乏必要的证据证明", "an element is not proven: 368(1)"),
                ("doubtful", "据以定罪的证据存在疑问，无法查证属实", "unverifiable: 368(2)"),
                ("contradiction", "矛盾不能合理排除", "contradictions remain: 368(3)"),
                ("other_outcome", "结论具有其他可能性", "another conclusion is possible: 368(4)"),
                ("against_reason", "不符合逻辑和经验法则", "against logic and experience: 368(5)"),
            ),
            words(
                "why_not_again",
                "没有再次退回必要的理由（退回一次的必填）",
                "Why another return is not needed (after one return)",
                required=False,
            ),
        ),
        guards=(
            Guard(
                "never_returned",
                "案件未经退回补充侦查（调查），不得以证据不足为由不起诉。",
                "A case that was never returned cannot end for insufficient evidence.",
                law("RULES 367", "CPL 175¶4"),
                _returned_enough,
            ),
            Guard(
                "return_again_possible",
                "仅退回一次的，应当写明没有再次退回补充侦查（调查）必要的理由。",
                "After one return only: say why another is not needed.",
                law("RULES 367¶2"),
                _no_other_return_needed,
            ),
        ),
    ),
    _decision(
        "decide_special",
        "不起诉（最高人民检察院核准）",
        "Do not prosecute: approved by the Supreme People's Procuratorate",
        articles=law("CPL 182", "RULES 279"),
        approver=Approver.SUPREME,
        sources={S.UNDER_REVIEW},
        fields=(
            choice(
                "ground",
                "核准事由",
                "Ground",
                ("merit", "有重大立功", "major merit"),
                ("state_interest", "案件涉及国家重大利益", "a major interest of the state"),
            ),
            yes("confessed", "自愿如实供述涉嫌犯罪的事实", "Told the facts truthfully and freely"),
        ),
        guards=(
            Guard(
                "not_confessed",
                "特别不起诉以犯罪嫌疑人自愿如实供述涉嫌犯罪的事实为前提。",
                "Only who told the facts truthfully and of free will.",
                law("CPL 182¶1", "RULES 279¶1"),
                lambda taking: bool(taking.given.get("confessed")),
            ),
        ),
    ),
    Step(
        code="drop_charges_specially",
        zh="对数罪中的一项或者多项不起诉（最高人民检察院核准）",
        en="Leave out some of several charges, approved by the Supreme People's Procuratorate",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=None,
        articles=law("CPL 182¶1", "RULES 279"),
        approver=Approver.SUPREME,
        document=Mark.NON_PROSECUTION,
        fields=(
            Field("charge_ids", FieldKind.CHARGES, "不起诉的罪名", "Charges left out"),
            REASONS,
            DOCUMENT_ABOVE,
        ),
    ),
    Step(
        code="return_own_case",
        zh="退回本院负责侦查的部门，建议撤销案件",
        en="Return an own case to the department that investigated, to be dismissed",
        by=HANDLE,
        sources={S.UNDER_REVIEW},
        target=S.SENT_BACK,
        articles=law("RULES 366"),
        approver=Approver.POWER_LIST,
        fields=(STATUTORY_GROUNDS, REASONS),
        guards=(
            Guard(
                "not_own_case",
                "不是本院直接受理侦查的案件，应当依法作出不起诉决定。",
                "Not an own case: it ends with a decision not to prosecute.",
                law("RULES 365¶1", "RULES 366"),
                own_case,
            ),
        ),
        effects=(SENT_AWAY, Finish((TaskKind.REVIEW_PROSECUTION,))),
    ),
)


# --- what goes with the decision -------------------------------------------------------------


def receive(taking: Taking, *rule_ids: str) -> None:
    """Let a receiver's own periods begin with the receipt; a second receiver's are counted anew.

    Of several victims each has seven days: the later receipt is the one that is kept here.
    """
    for rule_id in rule_ids:
        Close((rule_id,), CloseReason.REPLACED).apply(taking)
        taking.act.session.flush()
        Start(rule_id, at="at").apply(taking)


def _served(taking: Taking) -> None:
    to, resting_on = set(taking.given["to"]), basis(taking)
    if "victim" in to:
        receive(taking, *(("X14",) if resting_on == "cpl_284_2" else ("X06", "X07")))
    if "person" in to and resting_on == "cpl_177_2":
        receive(taking, "X08")
    if "organ" in to and by_police(taking):
        receive(taking, "X02")


def _reinvestigable(taking: Taking) -> bool:
    """Another person did it (365¶2), or the indictment had been withdrawn (424¶2)."""
    decided = decision(taking)
    if decided is None:
        return False
    another = "another_person" in decided.given.get("grounds", ())
    return another or decided.from_state == S.WITHDRAWN.value


def _after(code: str, zh: str, en: str, **row: Any) -> Step[S]:
    """Something that is done because of the decision; it stays as it is."""
    values = {"by": HANDLE, "sources": DECIDED, "target": None}
    return Step(code=code, zh=zh, en=en, **(values | row))


RELEASED: dict[str, Any] = {
    "sources": DECIDED | {S.PROBATION},
    "articles": law("MPS 293¶1", "RULES 376¶3"),
    "fields": (
        instant("at", "释放或者解除时间", "When"),
        words("note", "执行情况", "What was done", required=False),
    ),
    "effects": (Finish((TaskKind.EXECUTE_DECISION,)),),
}
"""The receipt: sent by the police, or registered where it came on paper."""

AFTERWARDS: tuple[Step[Any], ...] = (
    _after(
        "announce_non_prosecution",
        "公开宣布不起诉决定",
        "Announce the decision publicly",
        articles=law("CPL 178", "RULES 376"),
        fields=(
            instant("at", "宣布时间", "When"),
            line("place", "宣布地点和方式", "Where and how"),
        ),
        effects=(Close(("X01",)),),
    ),
    _after(
        "serve_non_prosecution",
        "送达不起诉决定书",
        "Serve the decision",
        articles=law("RULES 377", "RULES 378", "CPL 178", "CPL 179", "CPL 180"),
        fields=(
            choices(
                "to",
                "受送达人",
                "On whom",
                ("person", "被不起诉人", "the person not prosecuted"),
                ("defender", "辩护人", "the defender"),
                ("unit", "所在单位", "the unit"),
                ("victim", "被害人或者其近亲属、诉讼代理人", "the victim's side"),
                ("organ", "移送的公安机关或者监察机关", "the organ that sent the case in"),
                ("representative", "法定代理人", "the legal representative"),
            ),
            instant("at", "收到时间", "When received"),
            yes("remedies_told", "已告知救济权利", "The remedies were told"),
        ),
        guards=(
            Guard(
                "remedies_not_told",
                "送达被害人一方、被不起诉人时，应当告知申诉、起诉的权利和期限。",
                "The victim's side and the person are told of their remedies.",
                law("RULES 377"),
                lambda taking: (
                    not {"victim", "person"} & set(taking.given["to"])
                    or bool(taking.given.get("remedies_told"))
                ),
            ),
        ),
        effects=(
            Do(
                "自收到之日起算：被害人 X06、X07（考验期满的为 X14），"
                "依刑诉法177条2款的被不起诉人 X08，公安机关 X02",
                _served,
            ),
        ),
        told=False,
    ),
    _after(
        "report_release_after_decision",
        "回复释放、解除强制措施情况",
        "Report the release, or that the measure was lifted",
        by=Permission.PROCEEDING_ANSWER,
        guards=(POLICE_EXECUTES,),
        **RELEASED,
    ),
    _after(
        "register_release_after_decision",
        "登记释放、解除强制措施情况",
        "Register the release, or that the measure was lifted",
        by=Permission.PROCEEDING_MANAGE,
        **RELEASED,
    ),
    _after(
        "send_back_other_person",
        "退回并建议重新侦查（调查）",
        "Send the files back and propose to investigate again",
        articles=law("RULES 365¶2", "RULES 424¶2"),
        fields=(REASONS,),
        guards=(
            Guard(
                "nothing_to_reinvestigate",
                "仅限犯罪事实并非被不起诉人所为，或者撤回起诉后不起诉的案件。",
                "Only where another person did it, or the indictment was withdrawn.",
                law("RULES 365¶2", "RULES 424¶2"),
                _reinvestigable,
            ),
        ),
    ),
    _after(
        "release_property",
        "通知解除查封、扣押、冻结",
        "Have sealed, seized and frozen property released",
        articles=law("RULES 374", "CPL 177¶3"),
        fields=(
            line("to", "作出或者执行决定的机关", "To which organ"),
            words("what", "解除的财物", "What"),
        ),
    ),
    _after(
        "propose_penalty",
        "提出检察意见（行政处罚、政务处分等）",
        "Propose an administrative penalty or a sanction",
        articles=law("RULES 373¶2", "CPL 177¶3"),
        approver=Approver.CHIEF,
        document=Mark.OPINION,
        fields=(line("to", "主管机关", "To which authority"), words("opinion", "意见", "Opinion")),
    ),
    _after(
        "propose_confiscation",
        "提出检察意见（没收违法所得）",
        "Propose to confiscate unlawful gains",
        articles=law("RULES 375", "CPL 177¶3", "RULES 248"),
        approver=Approver.CHIEF,
        document=Mark.OPINION,
        fields=(line("to", "主管机关", "To which authority"), words("opinion", "意见", "Opinion")),
    ),
    _after(
        "register_handling_result",
        "登记主管机关通报的处理情况",
        "Register what the authority did",
        by=Permission.PROCEEDING_MANAGE,
        articles=law("RULES 373¶2", "RULES 375", "CPL 177¶3"),
        fields=(line("from", "主管机关", "Authority"), words("result", "处理情况", "Result")),
        guards=(
            Guard(
                "nothing_proposed",
                "没有提出检察意见。",
                "Nothing was proposed.",
                law("RULES 373¶2"),
                lambda taking: (
                    since_decision(taking, "propose_penalty", "propose_confiscation") is not None
                ),
            ),
        ),
    ),
    _after(
        "inform_employer",
        "告知机关事业单位工作人员所在单位",
        "Tell the public employee's unit",
        articles=law("RULES 153"),
        fields=(line("unit", "所在单位", "Unit"), instant("at", "告知时间", "When")),
        effects=(Close(("B11b",)),),
        told=False,
    ),
    _after(
        "seal_records",
        "封存未成年人不起诉记录",
        "Seal the records of a minor",
        articles=law("RULES 486", "RULES 483"),
        fields=(words("sealed", "封存的材料", "What is sealed", inside=True, required=False),),
        guards=(
            Guard(
                "not_a_minor",
                "犯罪时已满十八周岁的，不适用不起诉记录封存。",
                "Only who was under eighteen at the act.",
                law("RULES 486", "RULES 489¶1"),
                minor_at_the_act,
            ),
        ),
        told=False,
    ),
)


# --- taking the decision back ----------------------------------------------------------------


def _ground(*allowed: str) -> Callable[[Taking], bool]:
    return lambda taking: taking.given["ground"] in allowed


def _newly_found(taking: Taking) -> bool:
    """New evidence reopens what ended for lack of it (369)."""
    return not _ground("new_evidence")(taking) or basis(taking) == "cpl_175_4"


def _new_since_withdrawal(taking: Taking) -> bool:
    decided = decision(taking)
    withdrawn = decided is not None and decided.from_state == S.WITHDRAWN.value
    return not withdrawn or bool(taking.given.get("new_facts"))


def _reconciliation_unlawful(taking: Taking) -> bool:
    """A change of mind revokes nothing; only what was not free or not lawful (503¶3)."""
    decided = decision(taking)
    reconciled = decided is not None and decided.step == "decide_after_reconciliation"
    return reconciled or not _ground("unlawful_reconciliation")(taking)


def _plea_withdrawn(taking: Taking) -> bool:
    """A withdrawn plea is on record and was not dealt with."""
    opened = since_decision(taking, "withdraw_plea_after_decision")
    settled = since_decision(taking, "plea_withdrawn_upheld")
    return opened is not None and (settled is None or settled.id < opened.id)


def _rests_on_plea(taking: Taking) -> bool:
    return pleas.of(taking.subject).stands and basis(taking) == "cpl_177_2"


def _take_plea_back(taking: Taking) -> None:
    pleas.keep(taking.subject, pleas.of(taking.subject).anew(pleas.PleaStanding.WITHDRAWN))


PLEA_WITHDRAWN = Guard(
    "plea_not_withdrawn",
    "没有登记被不起诉人对认罪认罚反悔，或者已经审查处理。",
    "No withdrawal of the plea is on record, or it was dealt with.",
    law("RULES 278"),
    _plea_withdrawn,
)

TAKEN_BACK: tuple[Step[Any], ...] = (
    Step(
        code="revoke_non_prosecution",
        zh="撤销不起诉决定，提起公诉（原由检察长批准的决定，由检察长撤销）",
        en="Revoke the decision, to indict (what the chief approved the chief revokes)",
        by=HANDLE,
        sources=DECIDED,
        target=S.UNDER_REVIEW,
        articles=law("RULES 388", "RULES 369", "RULES 389", "RULES 424¶3"),
        approver=Approver.CHIEF,
        document=Mark.NON_PROSECUTION_REVOKED,
        fields=(
            choice(
                "ground",
                "撤销事由",
                "Ground",
                ("wrong", "不起诉决定确有错误，符合起诉条件", "found wrong: RULES 388"),
                ("new_evidence", "证据不足不起诉后发现新的证据", "new evidence: RULES 369"),
                ("ordered", "上级检察院撤销或者指令纠正", "ordered from above: RULES 389"),
                (
                    "unlawful_reconciliation",
                    "有证据证明和解违反自愿、合法原则",
                    "the reconciliation was not free or not lawful: RULES 503¶3",
                ),
            ),
            REASONS,
            yes(
                "new_facts",
                "有新的事实或者新的证据（撤回起诉后不起诉的必备）",
                "There are new facts or new evidence (needed after a withdrawn indictment)",
            ),
        ),
        guards=(
            Guard(
                "not_for_want_of_evidence",
                "以发现新的证据为由恢复追诉的，限于证据不足不起诉的案件。",
                "New evidence reopens what ended for insufficient evidence.",
                law("RULES 369", "CPL 175¶4"),
                _newly_found,
            ),
            Guard(
                "nothing_new_since_withdrawal",
                "撤回起诉的案件，没有新的事实或者新的证据，不得再行起诉。",
                "After a withdrawn indictment: not without new facts or new evidence.",
                law("RULES 424¶3"),
                _new_since_withdrawal,
            ),
            Guard(
                "not_reconciled",
                "该不起诉决定不是依当事人和解作出。",
                "The decision does not rest on a reconciliation.",
                law("RULES 503¶3"),
                _reconciliation_unlawful,
            ),
        ),
        effects=REOPENED,
    ),
    Step(
        code="withdraw_plea_after_decision",
        zh="被不起诉人对认罪认罚反悔",
        en="The person withdraws the plea after the decision",
        by=HANDLE,
        sources=DECIDED,
        target=None,
        articles=law("RULES 278"),
        fields=(
            instant("at", "反悔时间", "When"),
            words("summary", "反悔的内容和理由", "What was said", inside=True),
        ),
        guards=(
            Guard(
                "no_plea",
                "仅限认罪认罚后依刑诉法一百七十七条第二款作出的不起诉决定。",
                "Only a decision under CPL 177¶2 after a plea.",
                law("RULES 278"),
                _rests_on_plea,
            ),
        ),
        effects=(Do("具结书失效", _take_plea_back),),
        told=False,
    ),
    _decision(
        "plea_withdrawn_statutory",
        "反悔审查：撤销原决定，依刑诉法一百七十七条第一款重新不起诉",
        "Plea withdrawn: revoke, and decide anew under CPL 177¶1",
        sources=DECIDED,
        articles=law("RULES 278(1)", "CPL 177¶1", "RULES 365¶1"),
        fields=(STATUTORY_GROUNDS,),
        guards=(PLEA_WITHDRAWN, NOT_OWN_CASE),
        effects=(Close(REMEDY_RULES, CloseReason.LAPSED), Finish(REVIEWS), *CONSEQUENCES),
    ),
    Step(
        code="plea_withdrawn_upheld",
        zh="反悔审查：维持原不起诉决定",
        en="Plea withdrawn: the decision stands",
        by=HANDLE,
        sources=DECIDED,
        target=None,
        articles=law("RULES 278(2)", "CPL 177¶2"),
        approver=Approver.POWER_LIST,
        fields=(REASONS,),
        guards=(PLEA_WITHDRAWN,),
    ),
    Step(
        code="plea_withdrawn_prosecute",
        zh="反悔审查：排除认罪认罚因素后符合起诉条件，撤销原决定，提起公诉",
        en="Plea withdrawn: revoke the decision, to indict",
        by=HANDLE,
        sources=DECIDED,
        target=S.UNDER_REVIEW,
        articles=law("RULES 278(3)", "RULES 388"),
        approver=Approver.CHIEF,
        document=Mark.NON_PROSECUTION_REVOKED,
        fields=(REASONS,),
        guards=(PLEA_WITHDRAWN,),
        effects=REOPENED,
    ),
)

STEPS: tuple[Step[Any], ...] = (*DECISIONS, *AFTERWARDS, *TAKEN_BACK)
