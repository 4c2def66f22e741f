"""Compulsory measures while the case is with the procuratorate, and the necessity of custody.

In this stage the procuratorate decides itself (RULES 337, 575¶2; CPL 67, 74); the police execute.
Where the law names no approver the power list does, and without one the chief procurator.
"""

from typing import Any

from services.arrest_requests.terms import Measure
from services.deadlines import CloseReason
from services.deadlines.engine.articles import law
from services.deadlines.lists import CUSTODY_RULES
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import (
    Close,
    Do,
    Finish,
    Owe,
    SetMeasure,
    Start,
    change_measure,
    running,
)
from services.proceedings.table import (
    REASONS,
    Approver,
    Effect,
    Guard,
    Step,
    Taking,
    choice,
    instant,
    line,
    words,
    yes,
)
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps import bail, necessity
from services.prosecutions.steps.deciding import (
    APPLICATIONS,
    DECIDED,
    DEPUTY,
    EMPLOYEE,
    FAMILY,
    HELD,
    ON_BAIL_OR_WATCHED,
    PERMITTED,
    TO_EXECUTE,
    any_expired,
    expired,
    measure_is,
    other_measure,
)
from services.prosecutions.steps.execution import (
    ACCUMULATE,
    ARRESTED_IN,
    BINDS_IN,
    EXECUTED_AT,
    EXECUTED_IN,
    HERE,
    NOT_BEFORE,
    NOTHING_LEFT_OF_REVIEW,
    REVIEWED_IN,
    awaits,
    decided_place,
    designated,
    public_employee,
    receipts,
    reported,
)
from services.prosecutions.steps.returns import commission, police
from services.prosecutions.steps.review import HANDLE, REVIEW_RULES
from services.tasks import TaskKind

# --- arrest (RULES 337) -----------------------------------------------------------------------


def _unlimited(taking: Taking) -> bool:
    """Revoked, the decision not to prosecute has used up the review: custody gets a limit here."""
    return taking.subject.state in {S.UNDER_REVIEW, S.EVALUATION} and not running(
        taking, REVIEW_RULES
    )


def _fits_the_ground(taking: Taking) -> bool:
    breach = taking.given["ground"] == "breach"
    return not breach or taking.suspect.measure in ON_BAIL_OR_WATCHED


ARREST: tuple[Step[Any], ...] = (
    Step(
        code="decide_arrest",
        zh="决定逮捕",
        en="Decide on an arrest",
        by=HANDLE,
        sources=REVIEWED_IN,
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
            other_measure(Measure.ARREST),
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
        sources=ARRESTED_IN,
        fields=(EXECUTED_AT, line("place", "羁押场所", "Place of custody", required=False)),
        guards=(awaits("decide_arrest"), NOT_BEFORE),
        effects=(
            Close(("A04b", "D03b", *FAMILY), CloseReason.REPLACED),
            SetMeasure(Measure.ARREST, at="executed_at"),
            Start("A04b", at="executed_at"),
            Start(
                "R01",
                at="executed_at",
                when=_unlimited,
                only="不起诉被撤销后没有审查期限在计算的，从严自执行逮捕起算",
            ),
            Start("A05b", at="executed_at", when=police, only="公安机关移送的"),
            Start("S04", at="executed_at", when=commission, only="监察机关移送的"),
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
        sources=BINDS_IN,
        fields=(EXECUTED_AT,),
        guards=(awaits("decide_surveillance"), NOT_BEFORE),
        effects=(
            Do(
                "强制措施变更为监视居住（或者指定居所），重算有关期限",
                lambda taking: change_measure(
                    taking, decided_place(taking), taking.given["executed_at"]
                ),
            ),
            NOTHING_LEFT_OF_REVIEW,
            ACCUMULATE,
            Close(FAMILY, CloseReason.REPLACED),
            Start("B12", at="executed_at", when=designated, only="指定居所的"),
            *reported("executed_at"),
        ),
    ),
)

# --- release and lifting (CPL 94, 96, 99; RULES 105, 115, 338, 575) ----------------------------


def _lift(taking: Taking) -> None:
    change_measure(taking, Measure.NONE, taking.now)


_RELEASED: tuple[Effect, ...] = (Close(("R27d",)), *DECIDED, TO_EXECUTE)

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
                lambda taking: expired(taking, CUSTODY_RULES),
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
            NOTHING_LEFT_OF_REVIEW,
            Owe("B11", at="executed_at", when=public_employee, only="机关事业单位工作人员"),
            Finish((TaskKind.EXECUTE_DECISION,)),
        ),
    ),
    Step(
        code="register_taken_over",
        zh="登记接收机关接管强制措施（换押、释放或者另行采取措施）",
        en="Register that the receiving organ has taken over custody, or freed the suspect",
        by=Permission.PROCEEDING_MANAGE,
        sources=frozenset({S.SENT_BACK}),
        target=None,
        articles=law("RULES 357", "RULES 366", "CPL 98", "RULES 159"),
        fields=(
            choice(
                "measure",
                "接管后的情况",
                "How it is now",
                (Measure.CUSTODY_ELSEWHERE.value, "由接收机关羁押（已换押）", "held there"),
                (
                    Measure.NONE.value,
                    "已释放或者由接收机关另行采取措施",
                    "freed, or under its measure",
                ),
            ),
            instant("at", "时间", "When"),
        ),
        effects=(
            Close((*REVIEW_RULES, "S02"), CloseReason.LAPSED),
            SetMeasure(at="at"),
        ),
    ),
    Step(
        code="lift_measure",
        zh="解除、撤销取保候审或者监视居住",
        en="Lift bail or residential surveillance",
        by=HANDLE,
        sources=HERE | {S.PROBATION},
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
                measure_is(*ON_BAIL_OR_WATCHED),
            ),
            Guard(
                "not_expired",
                "取保候审、监视居住期限尚未届满。",
                "The measure has not run out.",
                law("RULES 105", "RULES 115"),
                lambda taking: taking.given["ground"] != "expired" or any_expired(taking),
            ),
        ),
        effects=(
            Close(("B03", "B04", "B05", "B06", "B07", "B08", "B13", "R27d", *APPLICATIONS)),
            Do("解除强制措施，终结 B01、B02，重算有关期限", _lift),
            Owe("B11", when=public_employee, only="机关事业单位工作人员"),
            Finish((TaskKind.ANSWER_APPLICATION, TaskKind.EXECUTE_DECISION)),
        ),
    ),
)


STEPS: tuple[Step[Any], ...] = (
    *ARREST,
    *bail.STEPS,
    *SURVEILLANCE,
    *RELEASE,
    *necessity.STEPS,
)
