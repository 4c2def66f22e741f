"""Bail (取保候审) decided by the procuratorate (CPL 67 to 72; RULES 86 to 106)."""

from typing import Any

from services.arrest_requests.terms import Flag, Measure
from services.deadlines import CloseReason
from services.deadlines.engine.articles import law
from services.numbers import Mark
from services.proceedings.effects import (
    Ask,
    Close,
    Finish,
    SetMeasure,
    Start,
    Whom,
    running,
)
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
    yes,
)
from services.prosecutions.steps.deciding import (
    DECIDED,
    DEPUTY,
    EMPLOYEE,
    PERMITTED,
    TO_EXECUTE,
    measure_is,
)
from services.prosecutions.steps.execution import (
    ACCUMULATE,
    BINDS_IN,
    EXECUTED_IN,
    HERE,
    NOT_BEFORE,
    NOTHING_LEFT_OF_REVIEW,
    awaits,
    guarantee_is_deposit,
    papers_go_at_once,
    receipts,
    reported,
)
from services.prosecutions.steps.review import HANDLE
from services.tasks import TaskKind

LEAST_DEPOSIT, LEAST_DEPOSIT_OF_A_MINOR = 1000, 500
"""Yuan (RULES 92)."""


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


STEPS: tuple[Step[Any], ...] = (
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
        sources=BINDS_IN,
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
            Close(("B04", "B05", "B13"), CloseReason.REPLACED),
            SetMeasure(Measure.BAIL, at="executed_at"),
            NOTHING_LEFT_OF_REVIEW,
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
                measure_is(Measure.BAIL),
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
                measure_is(Measure.BAIL),
            ),
        ),
        effects=(Start("B07"), Ask(TaskKind.ANSWER_APPLICATION, Whom.HANDLER, ("B07",))),
    ),
    Step(
        code="answer_on_bail",
        zh="答复公安机关关于取保候审的意见",
        en="Answer the police's proposal on the bail",
        by=HANDLE,
        sources=EXECUTED_IN,
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
