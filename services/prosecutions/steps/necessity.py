"""Applications, the necessity of custody, and whom to tell (CPL 97; RULES 149 to 153, 573)."""

from collections.abc import Callable
from typing import Any

from services.arrest_requests.terms import Flag, Measure
from services.deadlines.engine.articles import law
from services.policy import Permission
from services.proceedings.effects import (
    Ask,
    Close,
    Do,
    Finish,
    Owe,
    Start,
    Whom,
    held,
    running,
)
from services.proceedings.table import REASONS, Approver, Guard, Step, Taking, choice, choices
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps.deciding import (
    HELD,
    WHO_APPLIES,
    any_expired,
)
from services.prosecutions.steps.execution import EXECUTED_IN, HERE
from services.prosecutions.steps.review import HANDLE
from services.tasks import TaskKind


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
        sources=EXECUTED_IN,
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
        sources=EXECUTED_IN,
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
                lambda taking: not any_expired(taking),
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


def _mark_deputy(taking: Taking) -> None:
    """The permission is then asked for before any measure."""
    county = taking.given["level"] == "county"
    flag = Flag.DEPUTY if county else Flag.TOWNSHIP_DEPUTY
    taking.suspect.flags = sorted({*taking.suspect.flags, flag.value})


def _measured(level: str) -> Callable[[Taking], bool]:
    def holds(taking: Taking) -> bool:
        return taking.given["level"] == level and taking.suspect.measure is not Measure.NONE

    return holds


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
        code="find_deputy",
        zh="发现系人大代表",
        en="The suspect is found to be a deputy",
        by=HANDLE,
        sources=HERE,
        target=None,
        articles=law("RULES 148", "RULES 149¶2", "MPS 165", "MPS 166"),
        fields=(
            choice(
                "level",
                "人大代表的级别",
                "Deputy of which congress",
                ("county", "县级以上", "county level or above"),
                ("township", "乡、民族乡、镇", "a township"),
            ),
        ),
        effects=(
            Do("作出标记，此后采取强制措施须先报请许可", _mark_deputy),
            Owe("R27d", when=_measured("county"), only="已采取强制措施的县级以上代表，立即解除"),
            Owe("R27c", when=_measured("township"), only="已采取强制措施的乡级代表"),
        ),
    ),
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


STEPS: tuple[Step[Any], ...] = (*NECESSITY, *NOTICES)
