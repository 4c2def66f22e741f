"""Compulsory measures while the case is with the procuratorate, and the necessity of custody.

In this stage the procuratorate decides itself (RULES 337, 575¶2; CPL 67, 74); the police execute.
Where the law names no approver the power list does, and without one the chief procurator.
"""

from collections.abc import Callable
from typing import Any

from services.arrest_requests.terms import Flag, Measure
from services.deadlines.lists import CUSTODY_RULES
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import (
    Ask,
    Close,
    Do,
    Finish,
    Resume,
    SetMeasure,
    Start,
    Whom,
    change_measure,
    held,
    running,
)
from services.proceedings.operations import latest
from services.proceedings.table import (
    REASONS,
    Approver,
    Effect,
    Guard,
    Step,
    Taking,
    choice,
    choices,
    instant,
    law,
    line,
    number,
    words,
    yes,
)
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps.execution import (
    ACCUMULATE,
    EXECUTED_AT,
    EXECUTED_IN,
    HERE,
    NOT_BEFORE,
    awaits,
    commission_case,
    decided_place,
    designated,
    guarantee_is_deposit,
    papers_go_at_once,
    police_case,
    public_employee,
    receipts,
    reported,
)
from services.prosecutions.steps.review import HANDLE, REVIEW_RULES
from services.tasks import TaskKind

LEAST_DEPOSIT, LEAST_DEPOSIT_OF_A_MINOR = 1000, 500
"""Yuan (RULES 92)."""
APPLICATIONS = ("R23", "R24", "N04")
FAMILY = ("A05b", "S04", "B12")
ON_BAIL_OR_WATCHED = frozenset(
    {Measure.BAIL, Measure.RESIDENTIAL_SURVEILLANCE, Measure.DESIGNATED_RESIDENCE}
)

# --- what every decision on a measure says and needs ------------------------------------------

PERMITTED = line(
    "deputy_permission",
    "人大主席团或者常委会许可文号（县级以上人大代表）",
    "Number of the congress's permission (deputies at county level or above)",
    required=False,
)
EMPLOYEE = yes("public_employee", "机关事业单位工作人员", "Works for an organ of state")


def _permitted(taking: Taking) -> bool:
    """A deputy's congress has permitted it; what it permitted for a detention covers the arrest."""
    if Flag.DEPUTY.value not in taking.suspect.flags or taking.given.get("deputy_permission"):
        return True
    detained = latest(taking.act, taking.subject, "detain_first")
    covered = taking.step.code == "decide_arrest" and detained is not None
    return bool(covered and detained and detained.given.get("deputy_permission"))


DEPUTY = Guard(
    "deputy_not_permitted",
    "犯罪嫌疑人系县级以上人大代表，采取强制措施应当事先报请其所属的人大主席团或者常委会许可。",
    "The suspect is a deputy: the congress's presidium or standing committee permits it first.",
    law("RULES 148"),
    _permitted,
)


def _measure_is(*measures: Measure) -> Callable[[Taking], bool]:
    return lambda taking: taking.suspect.measure in measures


def _other_measure(measure: Measure) -> Guard:
    return Guard(
        "already_so",
        "犯罪嫌疑人已被采取该强制措施。",
        "The suspect is under that measure already.",
        law("CPL 96"),
        lambda taking: taking.suspect.measure is not measure,
    )


HELD = Guard(
    "not_held",
    "犯罪嫌疑人不在押。",
    "The suspect is not in custody.",
    law("RULES 573", "RULES 338"),
    held,
)


def resume_review(taking: Taking) -> None:
    """The measure is decided: review is counted again, unless an evaluation still stops it."""
    if taking.subject.state is S.UNDER_REVIEW:
        Resume(REVIEW_RULES).apply(taking)


DECIDED: tuple[Effect, ...] = (
    Close(("S02", "B03", "B06", "B07", *APPLICATIONS)),
    Do("恢复计算审查起诉期限（先行拘留后决定强制措施的期间不计入）", resume_review),
    Finish((TaskKind.ANSWER_APPLICATION, TaskKind.REVIEW_NECESSITY)),
)
"""What any decision on the measure answers and ends."""
TO_EXECUTE = Ask(TaskKind.EXECUTE_DECISION, Whom.EXECUTOR)

WHO_APPLIES = choice(
    "applicant",
    "申请人",
    "Who applies",
    ("suspect", "犯罪嫌疑人", "the suspect"),
    ("representative", "法定代理人", "the legal representative"),
    ("relative", "近亲属", "a near relative"),
    ("defender", "辩护人", "the defender"),
    ("detention_centre", "看守所（建议）", "the detention centre (suggests)"),
)


def _expired(taking: Taking, rules: frozenset[str]) -> bool:
    """Is a period of these over, read strictly? For a person's liberty the earlier day counts."""
    return any(
        one.due_on is not None and one.suspended_on is None and one.due_on < taking.act.today
        for one in running(taking, rules)
    )


def _any_expired(taking: Taking) -> bool:
    return _expired(taking, CUSTODY_RULES if held(taking) else frozenset({"B01", "B02"}))


# --- arrest (RULES 337) -----------------------------------------------------------------------


def _fits_the_ground(taking: Taking) -> bool:
    breach = taking.given["ground"] == "breach"
    return not breach or taking.suspect.measure in ON_BAIL_OR_WATCHED


ARREST: tuple[Step[Any], ...] = (
    Step(
        code="decide_arrest",
        zh="决定逮捕",
        en="Decide on an arrest",
        by=HANDLE,
        sources=frozenset({S.UNDER_REVIEW, S.EVALUATION}),
        target=None,
        articles=law("RULES 337", "RULES 128", "RULES 136", "CPL 89", "CPL 170¶2"),
        approver=Approver.CHIEF,
        document=Mark.ARREST,
        fields=(
            choice(
                "ground",
                "逮捕条件",
                "Ground",
                (
                    "danger",
                    "采取取保候审不足以防止社会危险性",
                    "bail would not avert the danger",
                ),
                ("ten_years", "可能判处十年有期徒刑以上刑罚", "ten years or more likely"),
                (
                    "record_or_unknown",
                    "曾经故意犯罪或者身份不明",
                    "an earlier intentional crime, or identity unknown",
                ),
                (
                    "breach",
                    "违反取保候审、监视居住规定",
                    "breach of bail or residential surveillance",
                ),
            ),
            REASONS,
            PERMITTED,
            EMPLOYEE,
        ),
        guards=(
            _other_measure(Measure.ARREST),
            Guard(
                "no_measure_breached",
                "犯罪嫌疑人未被取保候审、监视居住，不能以违反规定为由逮捕。",
                "The suspect is neither on bail nor under surveillance: nothing can be breached.",
                law("RULES 101", "RULES 111", "RULES 137"),
                _fits_the_ground,
            ),
            DEPUTY,
        ),
        effects=(*DECIDED, TO_EXECUTE),
    ),
    *receipts(
        "arrest_executed",
        "逮捕已执行",
        "The arrest is executed",
        articles=law("CPL 93", "CPL 94", "RULES 144"),
        fields=(EXECUTED_AT, line("place", "羁押场所", "Place of custody", required=False)),
        guards=(awaits("decide_arrest"), NOT_BEFORE),
        effects=(
            SetMeasure(Measure.ARREST, at="executed_at"),
            Start("A04b", at="executed_at"),
            Start("A05b", at="executed_at", when=police_case, only="公安机关移送的"),
            Start("S04", at="executed_at", when=commission_case, only="监察机关移送的"),
            *reported("executed_at"),
        ),
    ),
    *receipts(
        "execution_failed",
        "未能执行，说明原因",
        "It could not be executed: why",
        articles=law("RULES 286", "RULES 337"),
        fields=(REASONS,),
        guards=(
            awaits(
                "detain_first",
                "decide_arrest",
                "decide_surveillance",
                "release",
                "release_expired",
            ),
        ),
        effects=(Finish((TaskKind.EXECUTE_DECISION,)),),
    ),
    Step(
        code="notify_family",
        zh="通知家属",
        en="Notify the family",
        by=HANDLE,
        sources=EXECUTED_IN,
        target=None,
        articles=law("CPL 93¶2", "RULES 144", "RULES 117"),
        fields=(
            choice(
                "outcome",
                "通知情况",
                "Outcome",
                ("told", "已通知", "told"),
                ("impossible", "无法通知（原因附卷）", "impossible; the reason is on file"),
            ),
            words("why", "无法通知的原因", "Why it is impossible", required=False),
        ),
        guards=(
            Guard(
                "no_family_notice_due",
                "目前没有应当通知家属的事项。",
                "No notice to the family is due.",
                law("CPL 93¶2", "RULES 144", "RULES 117"),
                lambda taking: bool(running(taking, FAMILY)),
            ),
            Guard(
                "reason_missing",
                "无法通知的，应当将原因写明附卷。",
                "Where it is impossible the reason is put on file.",
                law("RULES 117", "RULES 123¶2"),
                lambda taking: taking.given["outcome"] == "told" or bool(taking.given.get("why")),
            ),
        ),
        effects=(Close(FAMILY),),
        told=False,
    ),
)

# --- bail (RULES 86 to 106) -------------------------------------------------------------------


def _deposit_enough(taking: Taking) -> bool:
    if taking.given["guarantee"] != "deposit":
        return True
    minor = Flag.MINOR.value in taking.suspect.flags
    least = LEAST_DEPOSIT_OF_A_MINOR if minor else LEAST_DEPOSIT
    return (taking.given.get("deposit") or 0) >= least


def _one_guarantee(taking: Taking) -> bool:
    guarantee, given = taking.given["guarantee"], taking.given
    return (guarantee == "deposit" or not given.get("deposit")) and (
        guarantee == "guarantor" or not (given.get("guarantor") or given.get("guarantors"))
    )


def _guarantor_fits(taking: Taking) -> bool:
    given = taking.given
    fit = given.get("guarantor") and given.get("guarantor_fit")
    return given["guarantee"] != "guarantor" or bool(fit)


def _continues(taking: Taking) -> bool:
    return taking.given["guarantee"] != "unchanged" or taking.suspect.measure is Measure.BAIL


BAIL: tuple[Step[Any], ...] = (
    Step(
        code="decide_bail",
        zh="决定取保候审（重新决定、变更保证方式）",
        en="Decide on bail, anew or with another guarantee",
        by=HANDLE,
        sources=HERE,
        target=None,
        articles=law("CPL 67", "CPL 68", "RULES 86", "RULES 89", "RULES 103", "BAIL-2022 26¶1"),
        approver=Approver.POWER_LIST,
        document=Mark.BAIL,
        fields=(
            choice(
                "ground",
                "取保候审的情形",
                "Ground",
                ("light", "可能判处管制、拘役或者独立适用附加刑", "a light penalty is likely"),
                ("no_danger", "可能判处徒刑以上，不致发生社会危险性", "no danger to society"),
                (
                    "health",
                    "严重疾病不能自理、怀孕或者哺乳，不致发生社会危险性",
                    "illness, pregnancy or nursing, and no danger",
                ),
                ("expired", "羁押期限届满，案件尚未办结", "custody has run out"),
            ),
            choice(
                "guarantee",
                "保证方式",
                "Guarantee",
                ("guarantor", "保证人", "a guarantor"),
                ("deposit", "保证金", "a deposit"),
                ("unchanged", "继续取保候审，原保证方式不变", "continued as it was"),
            ),
            line("guarantor", "保证人", "Guarantor", required=False),
            number(
                "guarantors",
                "保证人人数",
                "How many guarantors",
                required=False,
                at_least=1,
                at_most=2,
            ),
            yes(
                "guarantor_fit",
                "经审查，保证人符合刑事诉讼法第六十九条的条件",
                "The guarantor meets the four conditions of CPL 69",
            ),
            number(
                "deposit",
                "保证金（元）",
                "Deposit in yuan",
                required=False,
                at_least=LEAST_DEPOSIT_OF_A_MINOR,
                at_most=100_000_000,
            ),
            choices(
                "duties",
                "责令遵守的规定",
                "Further duties",
                ("places", "不得进入特定的场所", "keep away from certain places"),
                ("persons", "不得与特定的人员会见或者通信", "no contact with certain persons"),
                ("activities", "不得从事特定的活动", "keep from certain activities"),
                ("papers", "交存出入境证件、驾驶证件", "hand in passport and licence"),
                required=False,
            ),
            REASONS,
            PERMITTED,
            EMPLOYEE,
        ),
        guards=(
            Guard(
                "one_guarantee",
                "不得同时使用保证人保证和保证金保证。",
                "A guarantor and a deposit are never asked for together.",
                law("RULES 89¶2", "CPL 68"),
                _one_guarantee,
            ),
            Guard(
                "guarantor_unfit",
                "保证人应当符合刑事诉讼法第六十九条规定的条件，并经审查同意。",
                "The guarantor has to meet the conditions of CPL 69 and be accepted.",
                law("RULES 90", "CPL 69"),
                _guarantor_fits,
            ),
            Guard(
                "deposit_too_low",
                "保证金不得低于一千元，未成年犯罪嫌疑人不得低于五百元。",
                "A deposit is at least 1,000 yuan, and at least 500 for a minor.",
                law("RULES 92", "CPL 72"),
                _deposit_enough,
            ),
            Guard(
                "nothing_to_continue",
                "犯罪嫌疑人未被取保候审，应当确定保证方式。",
                "The suspect is not on bail: name the guarantee.",
                law("RULES 103", "RULES 89¶1"),
                _continues,
            ),
            DEPUTY,
        ),
        effects=DECIDED,
    ),
    Step(
        code="announce_bail",
        zh="宣布取保候审，送交公安机关执行",
        en="Announce the bail and send it to the police",
        by=HANDLE,
        sources=EXECUTED_IN,
        target=None,
        articles=law("RULES 94", "RULES 95", "RULES 93", "BAIL-2022 17¶2", "RULES 102"),
        fields=(
            instant(
                "executed_at",
                "宣布时间（取保候审开始）",
                "When it was announced, and bail began",
            ),
        ),
        guards=(awaits("decide_bail"), NOT_BEFORE),
        effects=(
            SetMeasure(Measure.BAIL, at="executed_at"),
            ACCUMULATE,
            Start("B05", at="executed_at"),
            Start("B04", at="executed_at", when=guarantee_is_deposit, only="保证金保证的"),
            Start("B13", at="executed_at", when=papers_go_at_once, only="不需先交保证金的"),
            *reported("executed_at"),
            TO_EXECUTE,
        ),
    ),
    Step(
        code="deposit_paid",
        zh="核实保证金已交纳，凭证送交公安机关",
        en="The deposit is paid; the bank's paper goes to the police",
        by=HANDLE,
        sources=EXECUTED_IN,
        target=None,
        articles=law("RULES 95¶2", "BAIL-2022 12"),
        guards=(
            Guard(
                "no_deposit_due",
                "没有待交纳的保证金。",
                "No deposit is due.",
                law("RULES 95¶2"),
                lambda taking: bool(running(taking, ("B04",))),
            ),
        ),
        effects=(Close(("B04",)), Start("B13")),
    ),
    *receipts(
        "bail_taken_up",
        "已指定派出所执行取保候审",
        "A police station is designated for the bail",
        articles=law("BAIL-2022 20", "MPS 92"),
        fields=(line("station", "执行的派出所", "Police station"),),
        guards=(
            Guard(
                "no_papers",
                "没有待执行的取保候审文书。",
                "No papers on bail have been sent.",
                law("RULES 95"),
                lambda taking: bool(running(taking, ("B13",))),
            ),
        ),
        effects=(Close(("B13",)), Finish((TaskKind.EXECUTE_DECISION,))),
    ),
    *receipts(
        "bail_reported",
        "被取保候审人已报到",
        "The person on bail has reported",
        articles=law("BAIL-2022 17¶2"),
        fields=(instant("reported_at", "报到时间", "When"),),
        guards=(
            Guard(
                "no_report_due",
                "没有待报到的取保候审。",
                "No report is due.",
                law("BAIL-2022 17¶2"),
                lambda taking: bool(running(taking, ("B05",))),
            ),
        ),
        effects=(
            Close(("B05",)),
            Start("B05b", at="reported_at"),
            Close(("B05b",)),
        ),
    ),
    Step(
        code="guarantor_lost",
        zh="保证人不愿继续保证或者丧失条件",
        en="The guarantor withdraws, or is no longer fit",
        by=HANDLE,
        sources=HERE,
        target=None,
        articles=law("RULES 96"),
        fields=(REASONS,),
        guards=(
            Guard(
                "not_on_bail",
                "犯罪嫌疑人未被取保候审。",
                "The suspect is not on bail.",
                law("RULES 96"),
                _measure_is(Measure.BAIL),
            ),
        ),
        effects=(Start("B06"),),
    ),
    *receipts(
        "propose_against_bail",
        "提出没收保证金或者变更强制措施的意见",
        "Propose to forfeit the deposit or to change the measure",
        articles=law("RULES 100¶2"),
        fields=(
            choice(
                "proposed",
                "意见",
                "What is proposed",
                ("forfeit", "没收保证金", "forfeit the deposit"),
                ("change", "变更强制措施", "change the measure"),
                ("both", "没收保证金并变更强制措施", "both"),
            ),
            REASONS,
        ),
        guards=(
            Guard(
                "not_on_bail",
                "犯罪嫌疑人未被取保候审。",
                "The suspect is not on bail.",
                law("RULES 100¶2"),
                _measure_is(Measure.BAIL),
            ),
        ),
        effects=(Start("B07"), Ask(TaskKind.ANSWER_APPLICATION, Whom.HANDLER, ("B07",))),
    ),
    Step(
        code="answer_on_bail",
        zh="答复公安机关关于取保候审的意见",
        en="Answer the police's proposal on the bail",
        by=HANDLE,
        sources=HERE,
        target=None,
        articles=law("RULES 100"),
        approver=Approver.POWER_LIST,
        fields=(
            choice(
                "outcome",
                "决定",
                "Outcome",
                ("forfeit_all", "没收全部保证金", "forfeit all"),
                ("forfeit_part", "没收部分保证金", "forfeit part"),
                ("admonish", "责令具结悔过", "a statement of repentance"),
                ("nothing", "不采取措施", "nothing"),
            ),
            REASONS,
        ),
        guards=(
            Guard(
                "nothing_proposed",
                "没有待答复的意见。",
                "No proposal awaits an answer.",
                law("RULES 100¶2"),
                lambda taking: bool(running(taking, ("B07",))),
            ),
        ),
        effects=(Close(("B07",)), Finish((TaskKind.ANSWER_APPLICATION,))),
    ),
)

# --- residential surveillance (RULES 107 to 120) ----------------------------------------------


def _place_fits(taking: Taking) -> bool:
    return taking.given["place"] == "home" or bool(taking.given.get("no_fixed_home"))


SURVEILLANCE: tuple[Step[Any], ...] = (
    Step(
        code="decide_surveillance",
        zh="决定监视居住（重新决定）",
        en="Decide on residential surveillance, also anew",
        by=HANDLE,
        sources=HERE,
        target=None,
        articles=law("CPL 74", "RULES 107", "RULES 113", "RULES 116"),
        approver=Approver.POWER_LIST,
        document=Mark.SURVEILLANCE,
        fields=(
            choice(
                "ground",
                "监视居住的情形",
                "Ground",
                ("illness", "患有严重疾病、生活不能自理", "grave illness"),
                ("pregnant", "怀孕或者正在哺乳自己婴儿的妇女", "pregnant or nursing"),
                ("sole_carer", "系生活不能自理的人的唯一扶养人", "sole carer"),
                ("special", "案件的特殊情况或者办理案件的需要", "the needs of the case"),
                ("expired", "羁押期限届满，案件尚未办结", "custody has run out"),
                (
                    "no_guarantee",
                    "符合取保候审条件，不能提出保证人也不交纳保证金",
                    "fit for bail, and no guarantee is given",
                ),
            ),
            choice(
                "place",
                "执行处所",
                "Where",
                ("home", "住处", "at home"),
                ("designated", "指定居所", "at a designated residence"),
            ),
            line("address", "处所地址", "Address", required=False, inside=True),
            yes("no_fixed_home", "无固定住处", "No fixed home in this city or county"),
            REASONS,
            PERMITTED,
            EMPLOYEE,
        ),
        guards=(
            Guard(
                "has_a_home",
                "监视居住应当在住处执行；无固定住处的，才可以在指定的居所执行。",
                "It is kept at home; only who has no fixed home is kept at a designated residence.",
                law("RULES 116¶1", "CPL 75¶1"),
                _place_fits,
            ),
            DEPUTY,
        ),
        effects=(*DECIDED, TO_EXECUTE),
    ),
    *receipts(
        "surveillance_executed",
        "监视居住已执行",
        "The residential surveillance is executed",
        articles=law("RULES 109", "RULES 112", "RULES 100¶4", "CPL 75¶2"),
        fields=(EXECUTED_AT,),
        guards=(awaits("decide_surveillance"), NOT_BEFORE),
        effects=(
            Do(
                "强制措施变更为监视居住（或者指定居所），重算有关期限",
                lambda taking: change_measure(
                    taking, decided_place(taking), taking.given["executed_at"]
                ),
            ),
            ACCUMULATE,
            Start("B12", at="executed_at", when=designated, only="指定居所的"),
            *reported("executed_at"),
        ),
    ),
)

# --- release and lifting (CPL 94, 96, 99; RULES 105, 115, 338, 575) ----------------------------


def _lift(taking: Taking) -> None:
    change_measure(taking, Measure.NONE, taking.now)


_RELEASED: tuple[Effect, ...] = (*DECIDED, TO_EXECUTE)

RELEASE: tuple[Step[Any], ...] = (
    Step(
        code="release",
        zh="决定释放",
        en="Decide on release",
        by=HANDLE,
        sources=HERE,
        target=None,
        articles=law("RULES 575¶2", "CPL 94", "CPL 96"),
        approver=Approver.POWER_LIST,
        document=Mark.RELEASE,
        fields=(
            choice(
                "ground",
                "释放事由",
                "Ground",
                ("not_needed", "不需要继续羁押", "custody is no longer needed"),
                ("wrong", "不应当拘留、逮捕", "the detention or arrest was wrong"),
                ("not_liable", "不应当追究刑事责任", "not to be prosecuted"),
            ),
            REASONS,
            EMPLOYEE,
        ),
        guards=(HELD,),
        effects=_RELEASED,
    ),
    Step(
        code="release_expired",
        zh="羁押期限届满，立即释放",
        en="Custody has run out: release at once",
        by=HANDLE,
        sources=HERE,
        target=None,
        articles=law("CPL 99", "RULES 150¶2", "RULES 338"),
        document=Mark.RELEASE,
        fields=(EMPLOYEE,),
        guards=(
            HELD,
            Guard(
                "not_expired",
                "法定羁押期限尚未届满；需要释放的，按“决定释放”办理。",
                "Custody has not run out; a release for another reason is decided as such.",
                law("RULES 338", "RULES 150¶2"),
                lambda taking: _expired(taking, CUSTODY_RULES),
            ),
        ),
        effects=_RELEASED,
    ),
    *receipts(
        "release_executed",
        "已释放",
        "The suspect is released",
        articles=law("CPL 99", "RULES 150¶2"),
        fields=(EXECUTED_AT,),
        guards=(awaits("release", "release_expired"), NOT_BEFORE),
        effects=(
            SetMeasure(Measure.NONE, at="executed_at"),
            Start("B11", at="executed_at", when=public_employee, only="机关事业单位工作人员"),
            Finish((TaskKind.EXECUTE_DECISION,)),
        ),
    ),
    Step(
        code="lift_measure",
        zh="解除、撤销取保候审或者监视居住",
        en="Lift bail or residential surveillance",
        by=HANDLE,
        sources=HERE,
        target=None,
        articles=law("CPL 79¶2", "RULES 105", "RULES 115", "CPL 99"),
        approver=Approver.POWER_LIST,
        document=Mark.MEASURE_LIFTED,
        fields=(
            choice(
                "ground",
                "解除、撤销事由",
                "Ground",
                ("expired", "期限届满", "it has run out"),
                ("not_liable", "不应当追究刑事责任", "not to be prosecuted"),
                ("wrong", "采取强制措施不当", "the measure was wrong"),
            ),
            REASONS,
            EMPLOYEE,
        ),
        guards=(
            Guard(
                "nothing_to_lift",
                "犯罪嫌疑人未被取保候审、监视居住。",
                "The suspect is neither on bail nor under surveillance.",
                law("RULES 105", "RULES 115"),
                _measure_is(*ON_BAIL_OR_WATCHED),
            ),
            Guard(
                "not_expired",
                "取保候审、监视居住期限尚未届满。",
                "The measure has not run out.",
                law("RULES 105", "RULES 115"),
                lambda taking: taking.given["ground"] != "expired" or _any_expired(taking),
            ),
        ),
        effects=(
            Close(("B03", "B04", "B05", "B06", "B07", "B08", "B13", *APPLICATIONS)),
            Do("解除强制措施，终结 B01、B02，重算有关期限", _lift),
            Start("B11", when=public_employee, only="机关事业单位工作人员"),
            Finish((TaskKind.ANSWER_APPLICATION, TaskKind.EXECUTE_DECISION)),
        ),
    ),
)

# --- applications and the necessity of custody (CPL 97; RULES 88, 150, 151, 338, 573 to 582) ----


def _held_ask(taking: Taking) -> None:
    """Whoever is held has the necessity of custody reviewed; anyone else gets an answer."""
    kind = TaskKind.REVIEW_NECESSITY if held(taking) else TaskKind.ANSWER_APPLICATION
    Ask(kind, Whom.HANDLER, ("N04", "R24")).apply(taking)


def _pending(*rules: str) -> Guard:
    return Guard(
        "nothing_applied_for",
        "没有待答复的申请。",
        "No application awaits an answer.",
        law("CPL 97", "RULES 151"),
        lambda taking: bool(running(taking, rules)),
    )


def _reviewed(taking: Taking) -> None:
    """Custody goes on: whoever applied is answered. If not, the release or change answers."""
    if taking.given["outcome"] == "keep":
        Close(("R24", "N04", "N07")).apply(taking)
        Finish((TaskKind.REVIEW_NECESSITY,)).apply(taking)
    else:
        Close(("N07",)).apply(taking)
        Ask(TaskKind.REVIEW_NECESSITY, Whom.HANDLER, ("N04", "R24")).apply(taking)


NECESSITY: tuple[Step[Any], ...] = (
    Step(
        code="apply_for_change",
        zh="登记变更强制措施、羁押必要性审查申请",
        en="Register an application to change the measure or to review custody",
        by=Permission.PROCEEDING_MANAGE,
        sources=HERE,
        target=None,
        articles=law("CPL 97", "RULES 88", "RULES 151", "RULES 574", "RULES 576"),
        fields=(
            WHO_APPLIES,
            choice(
                "wanted",
                "申请事项",
                "What is asked for",
                ("bail", "取保候审", "bail"),
                ("surveillance", "监视居住", "residential surveillance"),
                ("release", "释放", "release"),
                ("other", "其他变更", "another change"),
            ),
            REASONS,
        ),
        effects=(
            Start("R24"),
            Start("N04", when=held, only="在押的"),
            Do("交承办检察官：在押的审查羁押必要性，其他的答复", _held_ask),
        ),
        told=False,
    ),
    Step(
        code="claim_expired",
        zh="登记羁押、强制措施期限届满的申请",
        en="Register the claim that custody or the measure has run out",
        by=Permission.PROCEEDING_MANAGE,
        sources=HERE,
        target=None,
        articles=law("RULES 338", "RULES 150", "CPL 99"),
        fields=(WHO_APPLIES, REASONS),
        effects=(Start("R23"), Ask(TaskKind.ANSWER_APPLICATION, Whom.HANDLER, ("R23",))),
        told=False,
    ),
    Step(
        code="refuse_change",
        zh="不同意变更强制措施，答复申请人",
        en="Refuse the application and tell why",
        by=HANDLE,
        sources=HERE,
        target=None,
        articles=law("CPL 97", "RULES 88", "RULES 151", "RULES 582"),
        approver=Approver.POWER_LIST,
        fields=(REASONS,),
        guards=(_pending("R24", "N04"),),
        effects=(
            Close(("R24", "N04")),
            Finish((TaskKind.ANSWER_APPLICATION, TaskKind.REVIEW_NECESSITY)),
        ),
        told=False,
    ),
    Step(
        code="answer_not_expired",
        zh="法定期限未满，书面答复申请人",
        en="The period has not run out: answer in writing",
        by=HANDLE,
        sources=HERE,
        target=None,
        articles=law("RULES 338", "RULES 150¶2"),
        approver=Approver.POWER_LIST,
        fields=(REASONS,),
        guards=(
            _pending("R23"),
            Guard(
                "expired",
                "法定期限已经届满，应当立即释放、解除或者变更强制措施。",
                "The period has run out: release the suspect, or lift or change the measure, now.",
                law("RULES 338", "RULES 150¶2", "CPL 99"),
                lambda taking: not _any_expired(taking),
            ),
        ),
        effects=(Close(("R23",)), Finish((TaskKind.ANSWER_APPLICATION,))),
        told=False,
    ),
    Step(
        code="review_necessity",
        zh="羁押必要性审查",
        en="Review the necessity of custody",
        by=HANDLE,
        sources=HERE,
        target=None,
        articles=law("RULES 573", "RULES 575¶2", "RULES 577", "RULES 578", "CUST-2023 6¶2"),
        fields=(
            choice(
                "origin",
                "启动方式",
                "What began it",
                ("own", "依职权", "ex officio"),
                ("application", "依申请", "an application"),
                ("centre", "看守所建议", "the detention centre's suggestion"),
            ),
            choices(
                "ways",
                "审查方式",
                "How it was reviewed",
                ("material", "审查理由和证明材料", "the reasons and material"),
                ("suspect", "听取犯罪嫌疑人一方意见", "the suspect's side heard"),
                ("victim", "听取被害人一方意见", "the victim's side heard"),
                ("organ", "听取办案机关意见", "the organ heard"),
                ("health", "调查核实身体健康状况", "the state of health looked into"),
                ("hearing", "公开审查", "an open review"),
            ),
            choice(
                "outcome",
                "审查结论",
                "Outcome",
                ("keep", "有继续羁押的必要", "custody stays"),
                ("change", "不需要继续羁押，释放或者变更强制措施", "release or change the measure"),
            ),
            REASONS,
        ),
        guards=(HELD,),
        effects=(Do("维持的终结 R24、N04；不需要羁押的由释放或者变更决定终结", _reviewed),),
        told=False,
    ),
)

# --- whom else to tell --------------------------------------------------------------------------


def _due(zh: str, en: str, *rules: str) -> Guard:
    return Guard(
        "nothing_due",
        zh,
        en,
        law("RULES 152", "RULES 153", "RULES 149¶2", "RULES 614"),
        lambda taking: bool(running(taking, rules)),
    )


NOTICES: tuple[Step[Any], ...] = (
    Step(
        code="tell_employer",
        zh="告知所在单位",
        en="Tell the employer",
        by=HANDLE,
        sources=frozenset(S),
        target=None,
        articles=law("RULES 153"),
        guards=(_due("没有应当告知所在单位的事项。", "Nothing is due to the employer.", "B11"),),
        effects=(Close(("B11",)),),
        told=False,
    ),
    Step(
        code="report_to_township",
        zh="向乡级人大报告",
        en="Report to the township's congress",
        by=HANDLE,
        sources=frozenset(S),
        target=None,
        articles=law("RULES 149¶2", "MPS 166"),
        guards=(_due("没有应当向乡级人大报告的事项。", "Nothing is due to the congress.", "R27c"),),
        effects=(Close(("R27c",)),),
        told=False,
    ),
    Step(
        code="tell_detention_centre",
        zh="将期限变更通知看守所和监督部门",
        en="Tell the detention centre and the supervising department of a changed period",
        by=HANDLE,
        sources=frozenset(S),
        target=None,
        articles=law("RULES 152", "RULES 614"),
        guards=(
            _due("没有应当通知的期限变更。", "No changed period is to be told.", "C10", "C11"),
        ),
        effects=(Close(("C10", "C11")),),
        told=False,
    ),
)

STEPS: tuple[Step[Any], ...] = (
    *ARREST,
    *BAIL,
    *SURVEILLANCE,
    *RELEASE,
    *NECESSITY,
    *NOTICES,
)
