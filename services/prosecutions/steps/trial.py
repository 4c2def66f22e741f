"""Before the first-instance court: accepted, evidence, adjourned, changed, withdrawn, moved on.

What the court writes is registered by case management (RULES 159); what it announces in a session
is noted by the prosecutor who stands there. The court's own periods bind the court; the handler
watches them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services import deadlines
from services.arrest_requests.terms import Measure
from services.deadlines import CloseReason, ExclusionReason, statutory_day
from services.deadlines.engine.articles import law
from services.numbers import Mark
from services.offices import OfficeKind
from services.policy import Permission
from services.proceedings.effects import (
    Ask,
    Close,
    Do,
    Extend,
    Finish,
    Owe,
    Resume,
    SetMeasure,
    Start,
    Suspend,
    Whom,
    held,
    keepers,
    running,
)
from services.proceedings.operations import latest, taken_in, times
from services.proceedings.records import TakenStep
from services.proceedings.table import (
    REASONS,
    Approver,
    Guard,
    Step,
    Taking,
    choice,
    choices,
    instant,
    line,
    number,
    office,
    words,
    yes,
)
from services.prosecutions import accusations
from services.prosecutions.passing import pass_on
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps.review import ELSEWHERE, HANDLE
from services.sentencing import TrialProcedure
from services.tasks import TaskKind

MANAGE = Permission.PROCEEDING_MANAGE
COURT_RULES = ("T01", "T02", "T02b", "T03")
"""How long the court has, by the procedure (CPL 208, 220, 225)."""
EVIDENCE_RULES = ("T05", "T05b", "T05c")
TRIAL_RULES = (*COURT_RULES, "T04", *EVIDENCE_RULES, "B10")
"""Everything that runs because of the trial."""
BEFORE_JUDGMENT = frozenset({S.INDICTED, S.AT_TRIAL, S.ADJOURNED})
IN_COURT = frozenset({S.AT_TRIAL, S.ADJOURNED})
AFTER_JUDGMENT = frozenset({S.JUDGMENT_REVIEW, S.PROTESTED, S.PROTEST_SUPPORTED})
MOST_ADJOURNMENTS = 2

ON_BAIL = frozenset({Measure.BAIL, Measure.RESIDENTIAL_SURVEILLANCE, Measure.DESIGNATED_RESIDENCE})

PROCEDURE = choice(
    "procedure",
    "审理程序",
    "Procedure",
    *((one.value, one.zh, one.en) for one in TrialProcedure),
)
LIKELY = choice(
    "likely",
    "可能判处的刑罚",
    "Likely sentence",
    ("up_to_one_year", "一年有期徒刑以下", "up to one year of imprisonment"),
    ("up_to_three_years", "超过一年、三年有期徒刑以下", "over one year and up to three"),
    ("over_three_years", "超过三年有期徒刑", "over three years"),
    inside=True,
)
DECIDED_AT = instant("decided_at", "法院决定时间", "When the court decided")
RECEIVED_AT = instant("received_at", "收到时间", "When it was received")
COURT_DOCUMENT = line("document_number", "法院文书文号", "Number of the court's document")

INVESTIGATED_ON = frozenset({"unclear", "denunciation"})
"""The grounds of RULES 420 on which something is investigated: items 1 and 2."""


# --- what runs for the court -----------------------------------------------------------------


def procedure_now(taking: Taking) -> TakenStep | None:
    """The last step that said in which procedure the court tries the case."""
    return latest(
        taking.act,
        taking.subject,
        "court_accepts",
        "court_changes_procedure",
        "remanded_for_retrial",
    )


def court_rule(procedure: str, likely: str) -> str:
    """The rule of the court's period: CPL 208 ordinary, 220 summary, 225 expedited."""
    match TrialProcedure(procedure):
        case TrialProcedure.EXPEDITED:
            return "T03"
        case TrialProcedure.SUMMARY:
            return "T02b" if likely == "over_three_years" else "T02"
        case TrialProcedure.ORDINARY:
            return "T01"


def start_court_period(taking: Taking, procedure: str, likely: str, at: datetime) -> None:
    """Let the court's period begin.

    Over one year the expedited trial may last 15 days (CPL 225). Whether the court takes them
    nobody knows beforehand: the ground moves the outer limit, and the tenth day stays the one to
    keep.
    """
    rule_id = court_rule(procedure, likely)
    longer = rule_id == "T03" and likely != "up_to_one_year"
    deadlines.start(
        taking.act,
        rule_id,
        taking.subject,
        suspect_id=taking.suspect.id,
        keepers=keepers(taking),
        started_at=at,
        custody=taking.suspect.custody,
        ground="over_one_year" if longer else None,
    )


def begin_trial(field: str) -> Callable[[Taking], None]:
    """Let the period of the procedure that is named begin at the moment of that field."""

    def begin(taking: Taking) -> None:
        given = taking.given
        start_court_period(taking, given["procedure"], given["likely"], given[field])

    return begin


def _replaced(taking: Taking) -> None:
    """The new procedure's period counts from the court's decision (SPC-I 368, 376)."""
    Close(COURT_RULES, CloseReason.REPLACED).apply(taking)
    taking.act.session.flush()
    begin_trial("decided_at")(taking)


def _adjourned(taking: Taking) -> None:
    """T04 takes the place of the court's period, which is counted again afterwards (208¶3)."""
    if _investigates(taking):
        Close(COURT_RULES, CloseReason.REPLACED).apply(taking)


def _resumed(taking: Taking) -> None:
    """After supplementary investigation the court counts again from now on (CPL 208¶3)."""
    said = procedure_now(taking)
    if _investigates(taking) and said is not None:
        start_court_period(taking, said.given["procedure"], said.given["likely"], taking.now)


def _investigates(taking: Taking) -> bool:
    """Is the adjournment, as last proposed, for supplementary investigation?"""
    proposed = latest(taking.act, taking.subject, "propose_adjournment")
    return proposed is not None and bool(proposed.given.get("investigates"))


# --- what has to hold ------------------------------------------------------------------------


def indicted(taking: Taking) -> TakenStep | None:
    """The step by which the suspect was last indicted."""
    found = [
        one
        for one in taken_in(taking.act, [taking.subject])
        if one.to_state == S.INDICTED.value and one.from_state != one.to_state
    ]
    return found[-1] if found else None


def _after_indictment(taking: Taking) -> bool:
    found = indicted(taking)
    accepted = statutory_day(taking.given["accepted_at"])
    return found is None or accepted >= statutory_day(found.at)


def in_open_trial(field: str) -> Guard:
    """What happened in the trial happened since the court accepted it."""

    def holds(taking: Taking) -> bool:
        accepted = latest(taking.act, taking.subject, "court_accepts")
        return accepted is None or taking.given[field] >= datetime.fromisoformat(
            accepted.given["accepted_at"]
        )

    return Guard(
        "before_acceptance",
        "时间不得早于法院受理之时。",
        "It cannot have been before the court accepted the case.",
        law("CPL 208¶1"),
        holds,
    )


def runs(code: str, zh: str, en: str, article: str, *rules: str) -> Guard:
    """One of these periods is running."""
    return Guard(code, zh, en, law(article), lambda taking: bool(running(taking, rules)))


def _kind_fits(taking: Taking) -> bool:
    kinds = {
        "change": {"identity", "facts", "charge_or_law"},
        "add": {"omitted_accomplice"},
        "supplement": {"omitted_crime"},
    }
    return taking.given["ground"] in kinds[taking.given["kind"]]


def _clear_if_more(taking: Taking) -> bool:
    return taking.given["kind"] == "change" or bool(taking.given.get("clear"))


def _says_what_is_new(taking: Taking) -> bool:
    """A new charge or crime is named part by part; an identity or an accomplice in words."""
    given = taking.given
    if given["ground"] not in {"facts", "charge_or_law", "omitted_crime"}:
        return True
    return bool(given.get("charges") or given.get("facts"))


def _onward(taking: Taking) -> bool:
    """Expedited to summary or ordinary, summary to ordinary; never back (CPL 221, 226)."""
    said = procedure_now(taking)
    order = [TrialProcedure.EXPEDITED, TrialProcedure.SUMMARY, TrialProcedure.ORDINARY]
    became = order.index(TrialProcedure(taking.given["procedure"]))
    return said is None or became > order.index(TrialProcedure(said.given["procedure"]))


def _suspended(taking: Taking) -> bool:
    return any(one.suspended_on is not None for one in running(taking, COURT_RULES))


def _runs_on(taking: Taking) -> bool:
    found = running(taking, COURT_RULES)
    return bool(found) and not _suspended(taking)


def _length_said(taking: Taking) -> bool:
    """Only the Supreme People's Court sets a length of its own, of one to three months."""
    asked: bool = taking.given["ground"] == "supreme_court"
    return asked == (taking.given.get("months") is not None)


def _suggestion_open(taking: Taking) -> bool:
    suggested = latest(taking.act, taking.subject, "court_suggests_change")
    answered = latest(taking.act, taking.subject, "decline_suggestion", "change_indictment")
    return suggested is not None and (answered is None or answered.id < suggested.id)


def _watched(taking: Taking) -> None:
    if taking.subject.state not in BEFORE_JUDGMENT and not held(taking):
        Finish((TaskKind.FOLLOW_TRIAL,)).apply(taking)


FOLLOW = Ask(TaskKind.FOLLOW_TRIAL, Whom.HANDLER, COURT_RULES)
TELL_SUPERVISORS = Owe("C10", when=held, only="在押的")
"""Procedure, jurisdiction, adjournment, suspension and withdrawal are told (RULES 614(6), (7))."""

ACCEPTANCE: tuple[Step[Any], ...] = (
    Step(
        code="court_accepts",
        zh="登记法院受理",
        en="The court has accepted the case",
        by=MANAGE,
        sources={S.INDICTED},
        target=S.AT_TRIAL,
        articles=law("CPL 186", "CPL 208¶1", "CPL 220", "CPL 225", "RULES 159"),
        fields=(
            instant("accepted_at", "法院受理时间", "When the court accepted it"),
            line("court", "受理法院", "Court"),
            line("court_number", "法院案号", "The court's case number"),
            PROCEDURE,
            LIKELY,
        ),
        guards=(
            Guard(
                "before_indictment",
                "法院受理时间不得早于提起公诉之日。",
                "The court cannot have accepted it before the indictment.",
                law("CPL 186"),
                _after_indictment,
            ),
        ),
        effects=(
            Do("按审理程序起算 T01、T02、T02b 或者 T03", begin_trial("accepted_at")),
            Start(
                "B10",
                at="accepted_at",
                when=lambda taking: taking.suspect.measure in ON_BAIL,
                only="取保候审、监视居住的",
            ),
            Owe(
                "C10",
                when=lambda taking: held(taking) and taking.given["procedure"] != "ordinary",
                only="在押，适用简易、速裁程序的",
            ),
            FOLLOW,
        ),
    ),
    Step(
        code="court_decides_measure",
        zh="登记法院的强制措施决定",
        en="The court has decided on the compulsory measure",
        by=MANAGE,
        sources=BEFORE_JUDGMENT | AFTER_JUDGMENT | {S.PROTEST_WITHDRAWN, S.CONCLUDED},
        target=None,
        articles=law("SPC-I 162", "CPL 66", "CPL 260", "RULES 159"),
        fields=(
            choice(
                "measure",
                "强制措施",
                "Measure",
                (Measure.BAIL.value, "取保候审", "bail"),
                (Measure.RESIDENTIAL_SURVEILLANCE.value, "监视居住", "residential surveillance"),
                (
                    Measure.DESIGNATED_RESIDENCE.value,
                    "指定居所监视居住",
                    "surveillance at a designated residence",
                ),
                (Measure.ARREST.value, "逮捕", "arrest"),
                (Measure.NONE.value, "不采取（解除、释放）", "none: lifted, released"),
            ),
            DECIDED_AT,
            COURT_DOCUMENT,
        ),
        effects=(
            Close(("B10",)),
            SetMeasure(at="decided_at"),
            Do("判决后不再在押的，办结待办：跟进庭审", _watched),
        ),
    ),
    Step(
        code="court_extends_trial",
        zh="登记法院延长审理期限",
        en="The court's period is extended",
        by=MANAGE,
        sources=IN_COURT,
        target=None,
        articles=law("CPL 208¶1", "CPL 225", "SPC-I 210", "RULES 159"),
        fields=(
            choice(
                "ground",
                "延长事由",
                "Ground",
                ("third_month", "延长至三个月", "to three months in all"),
                (
                    "upper_court",
                    "上一级法院批准延长三个月",
                    "three months more, by the court one level up",
                ),
                (
                    "supreme_court",
                    "最高人民法院批准延长",
                    "more, by the Supreme People's Court",
                ),
                ("over_one_year", "速裁：延长至十五日", "expedited: to 15 days"),
            ),
            number(
                "months",
                "延长月数（最高人民法院批准的）",
                "Months, where the Supreme People's Court sets them",
                required=False,
                at_least=1,
                at_most=3,
            ),
            COURT_DOCUMENT,
        ),
        guards=(
            Guard(
                "length",
                "最高人民法院批准延长的应当写明月数（一至三个月），其他事由的期限由法律规定。",
                "Only the Supreme People's Court sets a length, of one to three months.",
                law("CPL 208¶1", "SPC-I 210¶3"),
                _length_said,
            ),
        ),
        effects=(Extend(COURT_RULES, length_field="months"),),
    ),
)

EVIDENCE: tuple[Step[Any], ...] = (
    Step(
        code="court_asks_for_material",
        zh="登记法院要求补充移送材料",
        en="The court asks for further material",
        by=MANAGE,
        sources=BEFORE_JUDGMENT,
        target=None,
        articles=law("RULES 361", "RULES 159"),
        fields=(RECEIVED_AT, words("wanted", "要求补充移送的材料", "What is wanted")),
        effects=(
            Start("T05", at="received_at"),
            Ask(TaskKind.FOLLOW_TRIAL, Whom.HANDLER, ("T05",)),
        ),
        told=False,
    ),
    Step(
        code="send_material",
        zh="补送材料",
        en="Send the further material",
        by=HANDLE,
        sources=BEFORE_JUDGMENT,
        target=None,
        articles=law("RULES 361"),
        fields=(
            choice(
                "answer",
                "处理",
                "Answer",
                ("sent", "已补送", "sent"),
                ("not_necessary", "认为没有必要移送", "not thought necessary"),
            ),
            words("what", "补送的材料或者不移送的理由", "What is sent, or why it is not"),
        ),
        guards=(
            runs(
                "nothing_asked",
                "法院没有要求补充移送材料。",
                "Nothing was asked.",
                "RULES 361",
                "T05",
            ),
        ),
        effects=(Close(("T05",)), FOLLOW),
        told=False,
    ),
    Step(
        code="court_asks_for_evidence",
        zh="登记法院调取证据材料决定书",
        en="The court decides to obtain evidence of innocence or lighter guilt",
        by=MANAGE,
        sources=IN_COURT,
        target=None,
        articles=law("RULES 414", "RULES 159"),
        fields=(RECEIVED_AT, COURT_DOCUMENT, words("wanted", "调取的材料", "What is wanted")),
        effects=(
            Start("T05b", at="received_at"),
            Ask(TaskKind.FOLLOW_TRIAL, Whom.HANDLER, ("T05b",)),
        ),
        told=False,
    ),
    Step(
        code="hand_over_evidence",
        zh="移交调取的证据材料",
        en="Hand over the evidence that the court obtains",
        by=HANDLE,
        sources=IN_COURT,
        target=None,
        articles=law("RULES 414"),
        fields=(
            choice(
                "answer",
                "处理",
                "Answer",
                ("handed_over", "已移交", "handed over"),
                ("none", "没有上述材料，向法院说明", "there is none, and the court is told so"),
            ),
            words("what", "移交的材料或者说明", "What is handed over, or said"),
        ),
        guards=(
            runs(
                "nothing_asked", "法院没有调取证据材料。", "Nothing was asked.", "RULES 414", "T05b"
            ),
        ),
        effects=(Close(("T05b",)), FOLLOW),
        told=False,
    ),
    Step(
        code="session_closed",
        zh="记录休庭",
        en="Note the end of a session",
        by=HANDLE,
        sources={S.AT_TRIAL},
        target=None,
        articles=law("RULES 427", "RULES 428"),
        fields=(
            instant("closed_at", "休庭时间", "When it was closed"),
            choice(
                "files",
                "取回的案卷材料和证据",
                "Files and evidence taken back for the trial",
                ("handed_over", "已当庭移交或者没有取回", "handed over in the session, or none"),
                ("later", "无法当庭移交", "could not be handed over in the session"),
            ),
            words("minutes", "庭审情况", "What happened in the session", inside=True),
        ),
        guards=(in_open_trial("closed_at"),),
        effects=(
            Start(
                "T05c",
                at="closed_at",
                when=lambda taking: (
                    taking.given["files"] == "later" and not running(taking, ("T05c",))
                ),
                only="无法当庭移交的",
            ),
        ),
        told=False,
    ),
    Step(
        code="hand_over_files",
        zh="移交取回的案卷材料和证据",
        en="Hand over the files and evidence taken back",
        by=HANDLE,
        sources=IN_COURT,
        target=None,
        articles=law("RULES 428"),
        fields=(line("to", "接收人", "To whom"),),
        guards=(
            runs(
                "nothing_to_hand_over",
                "没有待移交的案卷材料和证据。",
                "There is nothing to be handed over.",
                "RULES 428",
                "T05c",
            ),
        ),
        effects=(Close(("T05c",)),),
        told=False,
    ),
)

ADJOURNMENT: tuple[Step[Any], ...] = (
    Step(
        code="propose_adjournment",
        zh="建议延期审理",
        en="Propose an adjournment to the court",
        by=HANDLE,
        sources={S.AT_TRIAL},
        target=None,
        articles=law("RULES 420", "RULES 421¶2", "CPL 204(2)"),
        approver=Approver.POWER_LIST,
        document=Mark.ADJOURNMENT,
        fields=(
            choices(
                "grounds",
                "延期审理的情形",
                "Grounds",
                (
                    "unclear",
                    "事实不清、证据不足，或者遗漏罪行、同案犯，需要补充侦查或者补充提供证据",
                    "unclear facts, lacking evidence, an omitted crime or accomplice: 420(1)",
                ),
                (
                    "denunciation",
                    "被告人揭发他人犯罪或者提供重要线索，需要补充侦查查证",
                    "the defendant denounces others or gives an important lead: 420(2)",
                ),
                (
                    "omitted",
                    "遗漏罪行、同案犯，需要补充、追加起诉",
                    "an omitted crime or accomplice is to be added: 420(3)",
                ),
                (
                    "witnesses",
                    "申请通知证人、鉴定人或者有专门知识的人出庭",
                    "witnesses or experts are to be called: 420(4)",
                ),
                (
                    "new_evidence",
                    "需要调取新的证据，重新鉴定或者勘验",
                    "new evidence, evaluation or inspection: 420(5)",
                ),
                (
                    "defence_time",
                    "出示未移送的证据，或者补充、追加、变更起诉，需给予辩护准备时间",
                    "the defence needs time after new evidence or a changed indictment: 420(6)",
                ),
                (
                    "unknown_evidence",
                    "辩方出示公诉人不掌握的证据，需要调查核实",
                    "evidence of the defence has to be looked into: 420(7)",
                ),
                (
                    "legality",
                    "对证据收集的合法性进行证明，需要调查核实",
                    "the legality of evidence has to be looked into: 420(8)",
                ),
            ),
            yes(
                "investigates",
                "补充侦查（恢复后法院重新计算审理期限）",
                "For supplementary investigation; the court then counts again",
            ),
            REASONS,
        ),
        guards=(
            Guard(
                "adjourned_twice",
                "公诉人建议延期审理不得超过两次。",
                "The prosecutor proposes an adjournment twice at most.",
                law("RULES 421¶2"),
                lambda taking: (
                    times(taking.act, taking.subject, "propose_adjournment") < MOST_ADJOURNMENTS
                ),
            ),
            Guard(
                "nothing_to_investigate",
                "所选情形不需要补充侦查。",
                "None of the chosen grounds is one for supplementary investigation.",
                law("RULES 420¶1(1)", "RULES 420¶1(2)", "CPL 204(2)"),
                lambda taking: (
                    not taking.given.get("investigates")
                    or bool(INVESTIGATED_ON & set(taking.given["grounds"]))
                ),
            ),
        ),
    ),
    Step(
        code="court_adjourns",
        zh="记录法庭宣布延期审理",
        en="The court announces the adjournment",
        by=HANDLE,
        sources={S.AT_TRIAL},
        target=S.ADJOURNED,
        articles=law("RULES 421", "RULES 422¶3", "CPL 205", "CPL 208¶3"),
        fields=(instant("announced_at", "宣布时间", "When it was announced"),),
        guards=(
            Guard(
                "not_proposed",
                "没有尚待法庭宣布的延期审理建议。",
                "No adjournment was proposed that awaits the court's word.",
                law("RULES 420", "RULES 421¶1"),
                lambda taking: (
                    times(taking.act, taking.subject, "propose_adjournment")
                    > times(taking.act, taking.subject, "court_adjourns")
                ),
            ),
            in_open_trial("announced_at"),
        ),
        effects=(
            Start("T04", at="announced_at"),
            Do("补充侦查的，法院审理期限由 T04 代替，恢复后重新计算", _adjourned),
            TELL_SUPERVISORS,
            Ask(TaskKind.FOLLOW_TRIAL, Whom.HANDLER, ("T04",)),
        ),
    ),
    Step(
        code="ask_to_resume",
        zh="提请恢复法庭审理",
        en="Ask the court to resume",
        by=HANDLE,
        sources={S.ADJOURNED},
        target=S.AT_TRIAL,
        articles=law("RULES 421¶1", "RULES 422", "CPL 208¶3"),
        fields=(words("found", "补充侦查、补充证据等情况", "What was found", inside=True),),
        effects=(
            Close(("T04",)),
            Do("补充侦查的，法院审理期限自移送法院后重新计算", _resumed),
            FOLLOW,
        ),
    ),
)

CHANGE: tuple[Step[Any], ...] = (
    Step(
        code="court_suggests_change",
        zh="登记法院建议补充侦查，补充、追加、变更起诉",
        en="The court suggests to investigate further, or to change the indictment",
        by=MANAGE,
        sources=IN_COURT,
        target=None,
        articles=law("RULES 425", "RULES 159"),
        fields=(RECEIVED_AT, words("suggested", "法院的建议和理由", "What is suggested, and why")),
        effects=(FOLLOW,),
        told=False,
    ),
    Step(
        code="decline_suggestion",
        zh="不同意法院的建议，要求依法裁判",
        en="Decline the suggestion and ask for judgment on what was charged",
        by=HANDLE,
        sources=IN_COURT,
        target=None,
        articles=law("RULES 425"),
        approver=Approver.POWER_LIST,
        fields=(REASONS,),
        guards=(
            Guard(
                "nothing_suggested",
                "法院没有尚待答复的建议。",
                "No suggestion of the court awaits an answer.",
                law("RULES 425"),
                _suggestion_open,
            ),
        ),
        told=False,
    ),
    Step(
        code="change_indictment",
        zh="变更、追加、补充起诉",
        en="Change, add to or supplement the indictment",
        by=HANDLE,
        sources=BEFORE_JUDGMENT,
        target=None,
        articles=law("RULES 423", "RULES 426"),
        approver=Approver.POWER_LIST,
        document=Mark.INDICTMENT_CHANGED,
        fields=(
            choice(
                "kind",
                "种类",
                "Kind",
                ("change", "变更起诉", "change"),
                ("add", "追加起诉（遗漏同案犯罪嫌疑人）", "add an omitted accomplice"),
                ("supplement", "补充起诉（遗漏罪行）", "supplement an omitted crime"),
            ),
            choice(
                "ground",
                "事由",
                "Ground",
                ("identity", "真实身份与起诉书不符", "another identity"),
                ("facts", "犯罪事实与指控不符", "other facts"),
                ("charge_or_law", "罪名、适用法律与起诉书不一致", "another charge or law"),
                ("omitted_accomplice", "遗漏同案犯罪嫌疑人", "an omitted accomplice"),
                ("omitted_crime", "遗漏罪行", "an omitted crime"),
            ),
            words("what", "变更、追加、补充的内容", "What is changed, added or supplemented"),
            REASONS,
            accusations.CHARGES,
            accusations.FACTS,
            accusations.CIRCUMSTANCES,
            accusations.RECOMMENDATION,
            yes(
                "clear",
                "追加、补充的部分犯罪事实清楚，证据确实、充分",
                "What is added is clear and proven",
            ),
        ),
        guards=(
            Guard(
                "kind_does_not_fit",
                "事由与种类不符：身份、事实、罪名变化的变更起诉，遗漏同案犯的追加，遗漏罪行的补充。",
                "Identity, facts and charge are changed; an accomplice is added, a crime "
                "supplemented.",
                law("RULES 423"),
                _kind_fits,
            ),
            Guard(
                "not_clear",
                "遗漏的罪行、同案犯应当要求公安机关补充侦查或者补充移送；事实清楚，证据确实、充分的，"
                "才可以直接追加、补充起诉。",
                "What was omitted goes to the police first, unless it is clear and proven.",
                law("RULES 423"),
                _clear_if_more,
            ),
            Guard(
                "nothing_new",
                "变更事实、罪名或者补充罪行的，应当逐项写明新的罪名或者事实。",
                "A change of facts or charge names the new ones part by part.",
                law("RULES 423", "RULES 358"),
                _says_what_is_new,
            ),
            accusations.FACTS_CHARGED,
            accusations.NUMBERED_ON,
            accusations.LAWFUL_RECOMMENDATION,
        ),
        effects=(Do("保存变更后的起诉内容，供判决后比对", accusations.amend),),
    ),
    Step(
        code="court_asks_to_adjust",
        zh="登记法院认为量刑建议明显不当",
        en="The court thinks the recommendation manifestly unfit",
        by=MANAGE,
        sources=IN_COURT,
        target=None,
        articles=law("CPL 201¶2", "RULES 418¶2", "RULES 159"),
        fields=(RECEIVED_AT, words("said", "法院的意见", "What the court says")),
        effects=(FOLLOW,),
        told=False,
    ),
)

ENDS: tuple[Step[Any], ...] = (
    Step(
        code="withdraw_indictment",
        zh="撤回起诉",
        en="Withdraw the indictment",
        by=HANDLE,
        sources=BEFORE_JUDGMENT,
        target=S.WITHDRAWN,
        articles=law("RULES 424", "RULES 426"),
        approver=Approver.CHIEF,
        document=Mark.INDICTMENT_WITHDRAWN,
        fields=(
            choice(
                "ground",
                "撤回起诉的情形",
                "Ground",
                ("no_facts", "不存在犯罪事实", "there are no facts of a crime: 424(1)"),
                ("another_person", "犯罪事实并非被告人所为", "another person did it: 424(2)"),
                (
                    "trivial",
                    "情节显著轻微、危害不大，不认为是犯罪",
                    "too slight to be a crime: 424(3)",
                ),
                (
                    "evidence",
                    "证据不足或者证据发生变化，不符合起诉条件",
                    "the evidence is lacking or has changed: 424(4)",
                ),
                ("age", "未达到刑事责任年龄", "under the age of responsibility: 424(5)"),
                ("law_changed", "法律、司法解释发生变化", "the law has changed: 424(6)"),
                ("other", "其他不应当追究刑事责任的", "not to be prosecuted otherwise: 424(7)"),
            ),
            REASONS,
        ),
        effects=(
            Close(TRIAL_RULES, CloseReason.LAPSED),
            Start("X11"),
            TELL_SUPERVISORS,
            Finish((TaskKind.FOLLOW_TRIAL,)),
            Ask(TaskKind.REVIEW_PROSECUTION, Whom.HANDLER, ("X11",)),
        ),
    ),
    Step(
        code="follow_court_jurisdiction",
        zh="法院改变管辖，移送相应的检察院",
        en="The court changed the jurisdiction: pass the case to the procuratorate beside it",
        by=HANDLE,
        sources=BEFORE_JUDGMENT,
        target=S.TRANSFERRED,
        articles=law("RULES 391", "RULES 328", "CPL 172¶2"),
        approver=Approver.POWER_LIST,
        document=Mark.JURISDICTION,
        fields=(
            COURT_DOCUMENT,
            office(
                "procuratorate_id",
                "移送至（检察院）",
                "To which procuratorate",
                office_kind=OfficeKind.PROCURATORATE.value,
            ),
        ),
        guards=(ELSEWHERE,),
        effects=(
            Close(TRIAL_RULES, CloseReason.REPLACED),
            TELL_SUPERVISORS,
            Finish((TaskKind.FOLLOW_TRIAL,)),
            Do("由收案检察院自收案之日起重新计算（R15）", pass_on),
        ),
    ),
    Step(
        code="court_suspends",
        zh="登记法院中止审理",
        en="The court suspends the trial",
        by=MANAGE,
        sources={S.AT_TRIAL},
        target=None,
        articles=law("CPL 206", "RULES 159"),
        fields=(
            choice(
                "ground",
                "中止审理的原因",
                "Why",
                ("illness", "被告人患有严重疾病，无法出庭", "the defendant is gravely ill"),
                ("escape", "被告人脱逃", "the defendant has escaped"),
                ("force_majeure", "不能抗拒的原因", "something that nobody can resist"),
            ),
            DECIDED_AT,
            COURT_DOCUMENT,
        ),
        guards=(
            Guard(
                "not_running",
                "审理期限没有在计算，或者已经中止审理。",
                "The court's period does not run, or the trial is suspended already.",
                law("CPL 206¶2"),
                _runs_on,
            ),
        ),
        effects=(
            Suspend(COURT_RULES, ExclusionReason.TRIAL_SUSPENDED, on="decided_at"),
            TELL_SUPERVISORS,
        ),
    ),
    Step(
        code="court_resumes",
        zh="登记法院恢复审理",
        en="The court resumes the suspended trial",
        by=MANAGE,
        sources={S.AT_TRIAL},
        target=None,
        articles=law("CPL 206¶2", "RULES 159"),
        fields=(DECIDED_AT, COURT_DOCUMENT),
        guards=(
            Guard(
                "not_suspended",
                "审理没有中止。",
                "The trial is not suspended.",
                law("CPL 206¶2"),
                _suspended,
            ),
        ),
        effects=(Resume(COURT_RULES, on="decided_at"), FOLLOW),
    ),
    Step(
        code="court_changes_procedure",
        zh="登记法院改变审理程序",
        en="The court changes the procedure",
        by=MANAGE,
        sources={S.AT_TRIAL},
        target=None,
        articles=law("CPL 221", "CPL 226", "SPC-I 368", "SPC-I 376", "RULES 159"),
        fields=(PROCEDURE, LIKELY, DECIDED_AT, COURT_DOCUMENT),
        guards=(
            Guard(
                "not_onward",
                "只能由速裁程序转为简易、普通程序，或者由简易程序转为普通程序。",
                "Expedited becomes summary or ordinary, summary becomes ordinary; never back.",
                law("CPL 221", "CPL 226"),
                _onward,
            ),
            Guard(
                "suspended",
                "审理已经中止，应当先登记恢复审理。",
                "The trial is suspended: it is resumed first.",
                law("CPL 206¶2"),
                lambda taking: not _suspended(taking),
            ),
            in_open_trial("decided_at"),
        ),
        effects=(
            Do("以新程序的审理期限代替原期限，自法院决定之日起算", _replaced),
            TELL_SUPERVISORS,
            FOLLOW,
        ),
    ),
)

STEPS: tuple[Step[Any], ...] = (*ACCEPTANCE, *EVIDENCE, *ADJOURNMENT, *CHANGE, *ENDS)
"""The court stage up to the judgment; what follows stands in `judgment.py`."""
