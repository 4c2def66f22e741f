"""After the judgment: reviewed, protested or not, the procuratorate above, the second instance.

A difference between judgment and indictment decides nothing by itself. The review stays a task of
the handler until the judgment is protested or somebody decided that it is not (RULES 585).
"""

from typing import Any

from sqlalchemy import select

from services import deadlines
from services.deadlines import CloseReason, Deadline, statutory_day
from services.deadlines.engine.articles import law
from services.kernel.act import record_of
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import (
    Ask,
    Close,
    Do,
    Finish,
    Raise,
    Start,
    Whom,
    above,
    held,
    keepers,
    running,
)
from services.proceedings.operations import latest
from services.proceedings.records import TakenStep
from services.proceedings.table import (
    REASONS,
    Approver,
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
    words,
    yes,
)
from services.prosecutions import accusations
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps.review import HANDLE
from services.prosecutions.steps.trial import (
    COURT_DOCUMENT,
    COURT_RULES,
    FOLLOW,
    IN_COURT,
    LIKELY,
    MANAGE,
    PROCEDURE,
    RECEIVED_AT,
    TRIAL_RULES,
    begin_trial,
    in_open_trial,
)
from services.sentencing import CourtPaper, MainPenalty, ProtestGround, TrialOutcome, TrialProcedure
from services.tasks import TaskKind

ABOVE = Permission.PROCEEDING_RE_EXAMINE
PROTEST_RULES = ("T06", "T07")
"""Ten days against a judgment, five against a ruling (CPL 230)."""
JUDGMENT = "judgment_received"
UNDECIDED = frozenset({S.JUDGMENT_REVIEW})
PROTESTED = frozenset({S.PROTESTED, S.PROTEST_SUPPORTED})
BEFORE_SECOND_COURT = frozenset(
    {S.JUDGMENT_REVIEW, S.PROTESTED, S.PROTEST_SUPPORTED, S.PROTEST_WITHDRAWN}
)
MEASURES_THAT_END = ("B01", "B02", "B10")
"""Bail and surveillance end by themselves with the effective judgment (BAIL-2022 24¶3)."""

PENALTY = Field(
    "penalty",
    FieldKind.TABLE,
    "判处的刑罚（刑种、刑期、附加刑、缓刑）",
    "The penalty imposed",
    required=False,
    reads=accusations.read_penalty,
)
FOUND_FACTS = Field(
    "facts",
    FieldKind.TABLE,
    "认定的逐起事实（序号、罪名、数额、情节）",
    "The facts found, one by one",
    required=False,
    reads=accusations.read_facts,
)
AS_CHARGED = choices(
    "as_charged",
    "与起诉书一致的部分",
    "What is as the indictment says",
    ("charges", "罪名", "the charges"),
    ("facts", "事实", "the facts"),
    ("circumstances", "情节", "the circumstances"),
    required=False,
)


# --- the judgment that is reviewed -----------------------------------------------------------


def judgment(taking: Taking) -> TakenStep | None:
    """The judgment or ruling of first instance that was last received."""
    return latest(taking.act, taking.subject, JUDGMENT)


def since_judgment(taking: Taking, *codes: str) -> TakenStep | None:
    """The last of these steps since that judgment."""
    received, found = judgment(taking), latest(taking.act, taking.subject, *codes)
    if received is None or found is None or found.id < received.id:
        return None
    return found


def protest_period(taking: Taking) -> Deadline | None:
    """The period for protesting that judgment, running or closed."""
    subject = taking.subject
    chosen = select(Deadline).where(
        Deadline.rule_id.in_(PROTEST_RULES),
        Deadline.suspect_id == taking.suspect.id,
        Deadline.about_kind == record_of(subject),
        Deadline.about_id == subject.id,
    )
    return taking.act.session.scalars(chosen.order_by(Deadline.id.desc())).first()


def _protestable(taking: Taking) -> bool:
    """Until the latest day that the law can bear."""
    found = protest_period(taking)
    return found is None or found.outer_on is None or taking.act.today <= found.outer_on


def _kind_is(paper: CourtPaper) -> Any:
    return lambda taking: taking.given["paper"] == paper.value


def _convicted(taking: Taking) -> bool:
    return bool(taking.given["outcome"] == TrialOutcome.CONVICTED.value)


def _conviction_whole(taking: Taking) -> bool:
    """Whoever is convicted is convicted of something, and punished or exempted (CPL 200(1))."""
    given = taking.given
    named = given.get("charges") or "charges" in (given.get("as_charged") or ())
    return not _convicted(taking) or bool(named and given.get("penalty"))


def _nothing_beside_acquittal(taking: Taking) -> bool:
    given = taking.given
    return _convicted(taking) or not (given.get("charges") or given.get("penalty"))


def _outcome_fits_paper(taking: Taking) -> bool:
    """Guilt or not is said in a judgment (CPL 200)."""
    terminated: bool = taking.given["outcome"] == TrialOutcome.TERMINATED.value
    return terminated or taking.given["paper"] == CourtPaper.JUDGMENT.value


def _indictment_known(taking: Taking) -> bool:
    said = taking.given.get("as_charged")
    return not said or accusations.of(taking.subject) is not None


# --- the victim's request ----------------------------------------------------------------------


def to_be_freed(taking: Taking) -> bool:
    """Neither convicted nor punished, and held: released at once (CPL 260)."""
    given = taking.given
    exempt = (given.get("penalty") or {}).get("main") == MainPenalty.EXEMPT.value
    return held(taking) and (exempt or not _convicted(taking))


def _watch_the_release(taking: Taking) -> None:
    if to_be_freed(taking):
        FOLLOW.apply(taking)


def _victim_asks(taking: Taking) -> None:
    """T08 is over with the request; T08b begins with it, late or not (588¶2: accepted or not).

    Of several victims the first request's period is kept: it ends first.
    """
    act, given = taking.act, taking.given
    period = deadlines.start(
        act,
        "T08",
        taking.subject,
        suspect_id=taking.suspect.id,
        keepers=keepers(taking),
        started_at=given["victim_received_at"],
        custody=taking.suspect.custody,
    )
    deadlines.close(act, period, at=given["asked_at"])
    if not running(taking, ("T08b",)):
        Start("T08b", at="asked_at").apply(taking)


def _late_request(taking: Taking) -> bool:
    """Was the last request made after the fifth day?"""
    asked = since_judgment(taking, "victim_asks_for_protest")
    if asked is None:
        return False
    chosen = select(Deadline).where(
        Deadline.rule_id == "T08", Deadline.suspect_id == taking.suspect.id
    )
    period = taking.act.session.scalars(chosen.order_by(Deadline.id.desc())).first()
    return (
        period is not None
        and period.closed_at is not None
        and period.outer_on is not None
        and statutory_day(period.closed_at) > period.outer_on
    )


def _answer_is_true(taking: Taking) -> bool:
    """The victim is told what was decided, and on this request: it is examined first."""
    match taking.given["answer"]:
        case "protest":
            return taking.subject.state in PROTESTED
        case "no_protest":
            asked = since_judgment(taking, "victim_asks_for_protest")
            decided = since_judgment(taking, "no_protest")
            return asked is not None and decided is not None and decided.id > asked.id
        case _:
            return _late_request(taking)


# --- what has to hold ------------------------------------------------------------------------


def _appealed(taking: Taking) -> bool:
    return since_judgment(taking, "appeal_registered") is not None


def _ordered(taking: Taking) -> bool:
    """An order stands until the protest, or until nobody can protest any more."""
    ordered, protested = (since_judgment(taking, code) for code in ("order_protest", "protest"))
    obeyed = ordered and protested and protested.id > ordered.id
    return ordered is not None and not obeyed and _protestable(taking)


def _reviewed(taking: Taking) -> bool:
    protested = taking.subject.state is S.PROTEST_WITHDRAWN
    return protested or since_judgment(taking, "no_protest") is not None


def _own_period_over(taking: Taking) -> bool:
    found = protest_period(taking)
    return found is None or found.outer_on is None or taking.act.today > found.outer_on


def _their_period_over(taking: Taking) -> bool:
    return bool(taking.act.today > taking.given["appeal_until_on"])


def _second_court(taking: Taking) -> bool:
    return taking.subject.state in PROTESTED or _appealed(taking)


def _ask_again(taking: Taking) -> None:
    """The order puts the period back before the handler, with the day that it had."""
    found = protest_period(taking)
    if found is not None and found.closed_at is not None:
        deadlines.start(
            taking.act,
            found.rule_id,
            taking.subject,
            suspect_id=taking.suspect.id,
            keepers=keepers(taking),
            started_at=found.started_at,
            custody=taking.suspect.custody,
        )
    Ask(TaskKind.REVIEW_JUDGMENT, Whom.HANDLER, PROTEST_RULES).apply(taking)


IN_TIME = Guard(
    "protest_late",
    "抗诉期限已过：对判决的抗诉应当自接到判决书第二日起十日以内提出，对裁定的为五日以内。",
    "The period of protest is over: ten days from the day after the judgment's receipt, five for "
    "a ruling.",
    law("RULES 586", "CPL 230"),
    _protestable,
)
NOT_ORDERED = Guard(
    "protest_ordered",
    "上一级检察院已经指令抗诉，应当依法提出抗诉。",
    "The procuratorate above has ordered a protest.",
    law("RULES 589¶3"),
    lambda taking: not _ordered(taking),
)
SECOND_COURT = Guard(
    "no_second_instance",
    "没有上诉或者抗诉，不会有第二审裁判。",
    "Nobody has appealed or protested: there is no second instance.",
    law("CPL 227", "CPL 228", "CPL 236"),
    _second_court,
)

REVIEW: tuple[Step[Any], ...] = (
    Step(
        code=JUDGMENT,
        zh="登记收到第一审判决书、裁定书",
        en="The judgment or ruling of first instance is received",
        by=MANAGE,
        sources=IN_COURT,
        target=S.JUDGMENT_REVIEW,
        articles=law("RULES 159", "RULES 585", "RULES 586", "CPL 200", "CPL 230", "CPL 260"),
        fields=(
            RECEIVED_AT,
            choice(
                "paper",
                "文书种类",
                "Kind",
                *((one.value, f"{one.zh}书", one.value) for one in CourtPaper),
            ),
            COURT_DOCUMENT,
            choice(
                "outcome",
                "裁判结果",
                "Outcome",
                *((one.value, one.zh, one.en) for one in TrialOutcome),
            ),
            AS_CHARGED,
            Field("charges", FieldKind.CHARGES, "认定的罪名", "Charges found", required=False),
            FOUND_FACTS,
            accusations.circumstances("认定的情节", "Circumstances found"),
            PENALTY,
            choice(
                "procedure",
                "实际审理程序（与登记不同的）",
                "Procedure, if not the one registered",
                *((one.value, one.zh, one.en) for one in TrialProcedure),
                required=False,
            ),
            choice(
                "adjustment",
                "判决前是否告知调整量刑建议",
                "Did the court first ask to adjust the recommendation?",
                ("asked", "已告知", "yes"),
                ("not_asked", "未告知", "no"),
                required=False,
            ),
        ),
        guards=(
            in_open_trial("received_at"),
            Guard(
                "paper_does_not_fit",
                "有罪、无罪应当以判决作出。",
                "Guilt, or its absence, is said in a judgment.",
                law("CPL 200"),
                _outcome_fits_paper,
            ),
            Guard(
                "conviction_incomplete",
                "有罪判决应当登记认定的罪名和判处的刑罚（含免予刑事处罚）。",
                "A conviction is entered with the charges found and the penalty imposed.",
                law("CPL 200(1)", "RULES 159"),
                _conviction_whole,
            ),
            Guard(
                "nothing_beside_acquittal",
                "无罪判决、终止审理的裁定没有罪名和刑罚。",
                "An acquittal or termination names neither charge nor penalty.",
                law("CPL 200(2)", "CPL 200(3)", "CPL 16"),
                _nothing_beside_acquittal,
            ),
            Guard(
                "nothing_to_be_as_charged",
                "起诉内容没有逐项保存，请填写判决认定的罪名、事实和情节。",
                "The indictment is not on record part by part: say what the judgment found.",
                law("RULES 585"),
                _indictment_known,
            ),
        ),
        effects=(
            Close(COURT_RULES),
            Close(TRIAL_RULES, CloseReason.LAPSED),
            Start("T06", at="received_at", when=_kind_is(CourtPaper.JUDGMENT), only="判决"),
            Start("T07", at="received_at", when=_kind_is(CourtPaper.RULING), only="裁定"),
            Finish((TaskKind.FOLLOW_TRIAL,)),
            Do("无罪、免予刑事处罚而在押的，承办检察官待办：跟进立即释放", _watch_the_release),
            Ask(TaskKind.REVIEW_JUDGMENT, Whom.HANDLER, PROTEST_RULES),
        ),
    ),
    Step(
        code="report_judgment",
        zh="报送上一级检察院同步审查判决、裁定",
        en="Report the judgment to the procuratorate above",
        by=HANDLE,
        sources=UNDECIDED,
        target=None,
        articles=law("RULES 589¶3"),
        fields=(words("opinion", "审查意见", "What the review found", inside=True),),
        effects=(Raise(),),
        told=False,
    ),
    Step(
        code="victim_asks_for_protest",
        zh="登记被害人一方请求抗诉",
        en="The victim asks for a protest",
        by=MANAGE,
        sources=UNDECIDED,
        target=None,
        articles=law("CPL 229", "RULES 588", "RULES 159"),
        fields=(
            line("who", "请求人", "Who asks", inside=True),
            instant(
                "victim_received_at", "请求人收到判决书的时间", "When the judgment reached them"
            ),
            instant("asked_at", "收到请求的时间", "When the request came"),
            words("why", "请求的理由", "Why", inside=True),
        ),
        guards=(
            Guard(
                "not_a_judgment",
                "被害人及其法定代理人只能对第一审判决请求抗诉。",
                "The victim may ask for a protest against a judgment only.",
                law("CPL 229", "RULES 588¶1"),
                lambda taking: (
                    (found := judgment(taking)) is not None
                    and found.given["paper"] == CourtPaper.JUDGMENT.value
                ),
            ),
            Guard(
                "asked_before_receipt",
                "请求的时间不得早于收到判决书的时间。",
                "The request cannot have come before the judgment.",
                law("CPL 229"),
                lambda taking: taking.given["asked_at"] >= taking.given["victim_received_at"],
            ),
        ),
        effects=(
            Do("收到判决书起算 T08，请求时终结；起算 T08b（先到的请求为准）", _victim_asks),
            Ask(TaskKind.REVIEW_JUDGMENT, Whom.HANDLER, ("T08b", *PROTEST_RULES)),
        ),
        told=False,
    ),
    Step(
        code="answer_victim",
        zh="答复抗诉请求",
        en="Answer the victim's request",
        by=HANDLE,
        sources=BEFORE_SECOND_COURT | {S.CONCLUDED},
        target=None,
        articles=law("CPL 229", "RULES 588"),
        fields=(
            choice(
                "answer",
                "答复",
                "Answer",
                ("protest", "已经提出抗诉", "a protest was lodged"),
                ("no_protest", "决定不抗诉", "decided against a protest"),
                ("not_accepted", "逾期请求，不予受理", "asked too late, not taken up"),
            ),
            REASONS,
        ),
        guards=(
            Guard(
                "nobody_asked",
                "没有尚待答复的抗诉请求。",
                "No request awaits an answer.",
                law("RULES 588¶1"),
                lambda taking: bool(running(taking, ("T08b",))),
            ),
            Guard(
                "answer_untrue",
                "答复应当与决定一致：已抗诉、已决定不抗诉，或者请求逾期（收到判决书五日以后）。",
                "The answer is what was decided; only a request after the fifth day is not taken "
                "up.",
                law("RULES 588"),
                _answer_is_true,
            ),
        ),
        effects=(Close(("T08b",)),),
        told=False,
    ),
    Step(
        code="appeal_registered",
        zh="登记上诉",
        en="The defendant has appealed",
        by=MANAGE,
        sources=BEFORE_SECOND_COURT,
        target=None,
        articles=law("CPL 227", "CPL 231", "RULES 447¶1", "RULES 159"),
        fields=(
            RECEIVED_AT,
            choice(
                "who",
                "上诉人",
                "Who appeals",
                ("defendant", "被告人", "the defendant"),
                ("representative", "法定代理人", "the legal representative"),
                ("defender", "辩护人（经被告人同意）", "the defender, with consent"),
                ("relative", "近亲属（经被告人同意）", "a near relative, with consent"),
            ),
        ),
        effects=(Raise(),),
    ),
    Step(
        code="no_protest",
        zh="决定不抗诉",
        en="Decide not to protest",
        by=HANDLE,
        sources=UNDECIDED,
        target=None,
        articles=law("RULES 585", "RULES 584"),
        approver=Approver.POWER_LIST,
        fields=(words("reasons", "审查意见和不抗诉的理由", "What the review found", inside=True),),
        guards=(NOT_ORDERED,),
        effects=(Close(PROTEST_RULES), Finish((TaskKind.REVIEW_JUDGMENT,))),
        told=False,
    ),
    Step(
        code="protest",
        zh="提出抗诉",
        en="Protest",
        by=HANDLE,
        sources=UNDECIDED,
        target=S.PROTESTED,
        articles=law("CPL 228", "CPL 232", "RULES 584", "RULES 585", "RULES 586", "RULES 587"),
        approver=Approver.CHIEF,
        document=Mark.PROTEST,
        fields=(
            choices(
                "grounds",
                "抗诉的理由",
                "Grounds",
                *((one.value, one.zh, f"{one.en}: {one.article.en}") for one in ProtestGround),
            ),
            words("text", "抗诉书（通过原审法院提出，副本报上一级检察院）", "The protest"),
        ),
        guards=(IN_TIME,),
        effects=(
            Close(PROTEST_RULES),
            Raise(),
            Finish((TaskKind.REVIEW_JUDGMENT,)),
            Ask(TaskKind.REVIEW_PROTEST, Whom.UPPER),
        ),
    ),
    Step(
        code="conclude",
        zh="判决、裁定生效（抗诉、上诉期限均已届满）",
        en="The judgment stands: both sides' periods are over",
        by=HANDLE,
        sources={S.JUDGMENT_REVIEW, S.PROTEST_WITHDRAWN},
        target=S.CONCLUDED,
        articles=law("CPL 259¶2(1)", "CPL 230"),
        fields=(day("appeal_until_on", "被告人一方上诉期限届满之日", "Last day of the appeal"),),
        guards=(
            Guard(
                "not_reviewed",
                "判决、裁定尚未审查，应当先决定抗诉或者不抗诉。",
                "The judgment is not reviewed: decide whether to protest first.",
                law("RULES 585"),
                _reviewed,
            ),
            NOT_ORDERED,
            Guard(
                "protest_open",
                "抗诉期限尚未届满，上一级检察院仍可指令抗诉。",
                "The period of protest is not over; the procuratorate above may still order one.",
                law("RULES 586", "RULES 589¶3"),
                _own_period_over,
            ),
            Guard(
                "appeal_open",
                "上诉期限尚未届满。",
                "The period of appeal is not over.",
                law("CPL 230"),
                _their_period_over,
            ),
            Guard(
                "appealed",
                "已经上诉的，判决、裁定没有生效，等候第二审裁判。",
                "There is an appeal: the judgment is not effective.",
                law("CPL 227", "CPL 259¶2(1)"),
                lambda taking: not _appealed(taking),
            ),
        ),
        effects=(Close(MEASURES_THAT_END, CloseReason.LAPSED),),
    ),
)

UPPER: tuple[Step[Any], ...] = (
    Step(
        code="order_protest",
        zh="指令下级检察院抗诉",
        en="Order the procuratorate below to protest",
        by=ABOVE,
        sources=UNDECIDED,
        target=None,
        articles=law("RULES 589¶3"),
        approver=Approver.POWER_LIST,
        fields=(REASONS,),
        guards=(IN_TIME,),
        effects=(Do("承办检察官待办：审查判决、裁定（期限不变）", _ask_again),),
        told=False,
    ),
    Step(
        code="hear_lower",
        zh="听取下级检察院对抗诉的意见",
        en="Hear the procuratorate below on its protest",
        by=ABOVE,
        sources={S.PROTESTED},
        target=None,
        articles=law("RULES 589¶2"),
        fields=(
            day("on", "听取日期", "Day"),
            words("said", "下级检察院的意见", "What it said", inside=True),
        ),
        told=False,
    ),
    Step(
        code="support_protest",
        zh="支持抗诉",
        en="Support the protest",
        by=ABOVE,
        sources={S.PROTESTED},
        target=S.PROTEST_SUPPORTED,
        articles=law("RULES 589¶1", "RULES 589¶4"),
        approver=Approver.POWER_LIST,
        document=Mark.PROTEST_SUPPORT,
        fields=(
            choice(
                "extent",
                "支持的范围",
                "How far",
                ("full", "支持", "in full"),
                ("partly", "部分支持", "in part"),
            ),
            yes("changed", "变更、补充抗诉理由", "With changed or further grounds"),
            words("opinion", "支持抗诉意见", "The opinion in support"),
        ),
        effects=(Finish((TaskKind.REVIEW_PROTEST,)),),
    ),
    Step(
        code="withdraw_protest",
        zh="撤回抗诉",
        en="Withdraw the protest",
        by=ABOVE,
        sources={S.PROTESTED},
        target=S.PROTEST_WITHDRAWN,
        articles=law("RULES 589¶2", "CPL 232¶2"),
        approver=Approver.POWER_LIST,
        fields=(REASONS,),
        guards=(
            Guard(
                "lower_not_heard",
                "认为抗诉不当的，应当先听取下级检察院的意见。",
                "The procuratorate below is heard before its protest is withdrawn.",
                law("RULES 589¶2"),
                lambda taking: since_judgment(taking, "hear_lower") is not None,
            ),
        ),
        effects=(Finish((TaskKind.REVIEW_PROTEST,)),),
    ),
    Step(
        code="files_offered",
        zh="登记第二审法院通知查阅案卷",
        en="The court of second instance offers the files",
        by=ABOVE,
        sources=BEFORE_SECOND_COURT,
        target=None,
        articles=law("CPL 235", "RULES 447¶2"),
        fields=(RECEIVED_AT, COURT_DOCUMENT),
        guards=(SECOND_COURT,),
        effects=(Start("T09", at="received_at", kept_by=above),),
        told=False,
    ),
    Step(
        code="files_read",
        zh="查阅案卷完毕",
        en="The files are read",
        by=ABOVE,
        sources=BEFORE_SECOND_COURT,
        target=None,
        articles=law("CPL 235", "RULES 447¶2", "RULES 448"),
        fields=(words("summary", "阅卷情况", "What was found", inside=True),),
        guards=(
            Guard(
                "no_files",
                "没有待查阅的案卷。",
                "No files are being read.",
                law("RULES 447¶2"),
                lambda taking: bool(running(taking, ("T09",))),
            ),
        ),
        effects=(Close(("T09",)),),
        told=False,
    ),
)

AFTERWARDS: tuple[Step[Any], ...] = (
    Step(
        code="second_judgment_received",
        zh="登记收到第二审判决书、裁定书（生效）",
        en="The judgment of second instance is received, and effective",
        by=MANAGE,
        sources=BEFORE_SECOND_COURT,
        target=S.CONCLUDED,
        articles=law("CPL 236¶1(1)", "CPL 236¶1(2)", "CPL 259¶2(2)", "RULES 159"),
        fields=(
            RECEIVED_AT,
            COURT_DOCUMENT,
            choice(
                "outcome",
                "第二审结果",
                "Outcome",
                ("upheld", "维持原判", "upheld"),
                ("changed", "改判", "changed"),
            ),
            PENALTY,
        ),
        guards=(SECOND_COURT,),
        effects=(
            Close((*PROTEST_RULES, "T09", *MEASURES_THAT_END), CloseReason.LAPSED),
            Finish((TaskKind.REVIEW_JUDGMENT, TaskKind.REVIEW_PROTEST)),
        ),
    ),
    Step(
        code="remanded_for_retrial",
        zh="登记发回重新审判",
        en="The case is remanded for a new first instance",
        by=MANAGE,
        sources=BEFORE_SECOND_COURT,
        target=S.AT_TRIAL,
        articles=law("CPL 236¶1(3)", "CPL 241", "RULES 590", "RULES 159"),
        fields=(
            instant(
                "received_at", "原审法院收到发回案件的时间", "When the first court received it"
            ),
            COURT_DOCUMENT,
            PROCEDURE,
            LIKELY,
        ),
        guards=(SECOND_COURT,),
        effects=(
            Close((*PROTEST_RULES, "T09"), CloseReason.LAPSED),
            Do("法院审理期限自收到发回的案件之日起重新计算", begin_trial("received_at")),
            Finish((TaskKind.REVIEW_JUDGMENT, TaskKind.REVIEW_PROTEST)),
            Ask(TaskKind.FOLLOW_TRIAL, Whom.HANDLER, COURT_RULES),
        ),
    ),
    Step(
        code="archive",
        zh="归档",
        en="File the case away",
        by=MANAGE,
        sources={S.CONCLUDED},
        target=S.ARCHIVED,
        articles=law("RULES 664"),
        fields=(line("archive_number", "档号", "Archive number"),),
        guards=(
            Guard(
                "request_unanswered",
                "被害人的抗诉请求尚未答复。",
                "The victim's request is not answered.",
                law("RULES 588¶1"),
                lambda taking: not running(taking, ("T08b",)),
            ),
        ),
        told=False,
    ),
)

STEPS: tuple[Step[Any], ...] = (*REVIEW, *UPPER, *AFTERWARDS)
"""From the judgment's receipt to the archive."""
