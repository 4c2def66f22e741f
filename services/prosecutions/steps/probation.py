"""Conditional non-prosecution of minors (附条件不起诉), their probation, and its end.

The initial decision names no approver in law, so the power list says who (its end is the chief's:
RULES 477). The probation runs from the decision, for the length that it sets; no text read here
lets it be lengthened or shortened later, so no step does. Custody ends with the decision; of bail
and residential surveillance the text says nothing until the final decision, so they stay.
"""

from typing import Any

from services import charges, deadlines
from services.arrest_requests.terms import Measure
from services.deadlines import CloseReason
from services.deadlines.engine.articles import law
from services.numbers import Mark
from services.policy import Permission
from services.proceedings.effects import (
    Ask,
    Cancel,
    Close,
    Do,
    Finish,
    Start,
    Whom,
    running,
)
from services.proceedings.operations import taken_in
from services.proceedings.table import (
    REASONS,
    Approver,
    Choice,
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
    number,
    words,
    yes,
)
from services.prosecutions.states import ProsecutionState as S
from services.prosecutions.steps.execution import standing
from services.prosecutions.steps.non_prosecution import (
    DOCUMENT_ABOVE,
    FACTS,
    INTERROGATION_HELD,
    LIKELY_MONTHS,
    RELEASE,
    REMEDY_RULES,
    REOPENED,
    REVIEWS,
    by_police,
    minor_at_the_act,
    receive,
)
from services.prosecutions.steps.remedies import (
    ABOVE_DONE,
    ABOVE_IN_TIME,
    FROM_POLICE,
    HERE_DONE,
    SUPERIOR_KNOWN,
    asks_above,
    asks_here,
    late,
    pending,
    reopens,
)
from services.prosecutions.steps.review import HANDLE, NO_VICTIM, REVIEW_RULES, heard
from services.tasks import TaskKind

ANSWER = Permission.PROCEEDING_ANSWER
RECONSIDER = Permission.PROCEEDING_RECONSIDER
RE_EXAMINE = Permission.PROCEEDING_RE_EXAMINE

SHORTEST, LONGEST, ONE_YEAR = 6, 12, 12
TO_BE_HEARD = frozenset({"police", "minor", "representative", "defender"})
TO_BE_SERVED = frozenset({"organ", "minor", "representative", "defender"})


def _conditional(taking: Taking) -> Any:
    """What was said with the conditional decision that stands."""
    taken = taken_in(taking.act, [taking.subject])
    return next(one for one in reversed(taken) if one.step == "decide_conditionally")


def _all_heard(taking: Taking) -> bool:
    on_record = heard(taking)
    victim = "victim" in on_record or bool(taking.given.get("no_victim"))
    return victim and on_record >= TO_BE_HEARD


def _objections(taking: Taking) -> set[str]:
    """What the minor, and what the representative, said last."""
    said = {
        one.given["who"]: one.given["objection"]
        for one in taken_in(taking.act, [taking.subject])
        if one.step == "record_conditional_objection"
    }
    return set(said.values())


def _nobody_objects(taking: Taking) -> bool:
    """Objecting to the terms alone, or taking an objection back, stands in no way (470¶2, ¶3)."""
    return not _objections(taking) & {"against", "innocent"}


def _of_the_chapters(taking: Taking) -> bool:
    return charges.all_within(taking.act, taking.given["charge_ids"], 4, 5, 6)


def _begin_probation(taking: Taking) -> None:
    """Six months from the decision, and what it sets beyond (CPL 283¶2; RULES 473)."""
    Start("X12").apply(taking)
    (began,) = running(taking, ("X12",))
    more = taking.given["months"] - SHORTEST
    if more:
        deadlines.extend(taking.act, began, ground="longer_probation", length=more)


def _release_held(taking: Taking) -> None:
    """The review that custody served is over; whoever is held elsewhere stays there."""
    ordered = standing(taking)
    if taking.suspect.measure in {Measure.DETENTION, Measure.ARREST}:
        RELEASE.apply(taking)
    elif ordered is not None and ordered.step in {"decide_arrest", "detain_first"}:
        Cancel((TaskKind.EXECUTE_DECISION,)).apply(taking)


def _served(taking: Taking) -> None:
    """X13 is kept once everybody whom RULES 471¶1 names has the decision."""
    if "victim" in taking.given["to"]:
        receive(taking, "X14")
    if "organ" in taking.given["to"] and by_police(taking):
        receive(taking, "X14b")
    decided = _conditional(taking)
    wanted = TO_BE_SERVED | (set() if decided.given.get("no_victim") else {"victim"})
    served = {
        one
        for taken in taken_in(taking.act, [taking.subject])
        if taken.step == "serve_conditional" and taken.id > decided.id
        for one in taken.given["to"]
    }
    if served >= wanted:
        Close(("X13",)).apply(taking)


def _over(taking: Taking) -> bool:
    """The last day of the probation has passed."""
    found = running(taking, ("X12",))
    return all(one.due_on is not None and taking.act.today > one.due_on for one in found)


def _victim_heard(taking: Taking) -> bool:
    decided = _conditional(taking)
    taken = taken_in(taking.act, [taking.subject])
    asked = any(one.step == "hear_victim_on_probation" and one.id > decided.id for one in taken)
    return asked or bool(decided.given.get("no_victim"))


def _objection_runs(taking: Taking) -> bool:
    return bool(running(taking, ("X03",)))


def _above_runs(taking: Taking) -> bool:
    return bool(running(taking, ("X05",)))


def _not_objected(taking: Taking) -> bool:
    return not pending(taking, ("object_to_conditional",), "never")


OVER = Guard(
    "probation_not_over",
    "考验期尚未届满。",
    "The probation is not over.",
    law("RULES 477¶1", "RULES 480", "CPL 284¶2"),
    _over,
)
BREACHES = (
    ("new_crime", "实施新的犯罪", "a new crime: 479(1)"),
    ("earlier_crime", "发现决定以前还有其他犯罪需要追诉", "an earlier crime: 479(2)"),
    ("public_order", "违反治安管理规定，造成严重后果或者多次违反", "public order: 479(3)"),
    ("supervision", "违反监督管理规定，造成严重后果或者多次违反", "supervision: 479(4)"),
)
DUTIES = choices(
    "duties",
    "矫治和教育",
    "Correction and education",
    ("treatment", "戒瘾治疗、心理辅导或者其他处遇措施", "treatment or counselling"),
    ("service", "向社区或者公益团体提供公益劳动", "work for the community"),
    ("bans", "不得进入特定场所、会见特定人员、从事特定活动", "places, persons, activities barred"),
    ("amends", "向被害人赔偿损失、赔礼道歉等", "damages and apology"),
    ("education", "接受相关教育", "education"),
    ("protection", "其他保护被害人、预防再犯的禁止性规定", "other bans that protect"),
    required=False,
)

END_OF_PROBATION: tuple[Effect, ...] = (
    Close(("X12",)),
    Close(REMEDY_RULES, CloseReason.LAPSED),
    Finish((TaskKind.SUPERVISE_PROBATION, *REVIEWS)),
)


def _row(code: str, zh: str, en: str, **row: Any) -> Step[S]:
    values = {"by": HANDLE, "sources": {S.PROBATION}, "target": None}
    return Step(code=code, zh=zh, en=en, **(values | row))


STEPS: tuple[Step[Any], ...] = (
    _row(
        "record_conditional_objection",
        "记录未成年人及其法定代理人对附条件不起诉的意见",
        "Note what the minor or the representative objects to",
        sources={S.UNDER_REVIEW, S.PROBATION},
        articles=law("CPL 282¶3", "RULES 470"),
        fields=(
            choice(
                "who",
                "提出人",
                "Who",
                ("minor", "未成年犯罪嫌疑人", "the minor"),
                ("representative", "法定代理人", "the legal representative"),
            ),
            choice(
                "objection",
                "意见",
                "What",
                ("against", "对附条件不起诉有异议", "objects to it"),
                ("innocent", "提出无罪辩解", "claims innocence"),
                ("terms", "仅对所附条件、考验期有异议", "objects to the terms only"),
                ("withdrawn", "撤回异议", "takes the objection back"),
            ),
            words("summary", "意见要点", "What was said", inside=True, required=False),
        ),
        told=False,
    ),
    _row(
        "decide_conditionally",
        "附条件不起诉",
        "Do not prosecute, on condition",
        sources={S.UNDER_REVIEW},
        target=S.PROBATION,
        articles=law("CPL 282¶1", "RULES 469", "RULES 473", "RULES 476"),
        approver=Approver.POWER_LIST,
        document=Mark.CONDITIONAL_NON_PROSECUTION,
        fields=(
            Field("charge_ids", FieldKind.CHARGES, "涉嫌罪名", "Charges"),
            LIKELY_MONTHS,
            yes("indictable", "符合起诉条件", "It could be indicted"),
            words("remorse", "悔罪表现", "Signs of remorse"),
            number(
                "months",
                "考验期（月）",
                "Probation in months",
                at_least=SHORTEST,
                at_most=LONGEST,
            ),
            DUTIES,
            FACTS,
            REASONS,
            NO_VICTIM,
        ),
        guards=(
            Guard(
                "not_a_minor",
                "附条件不起诉只适用于实施行为时不满十八周岁的人。",
                "Only who was under eighteen at the act.",
                law("CPL 282¶1", "RULES 489¶1"),
                minor_at_the_act,
            ),
            Guard(
                "other_chapter",
                "附条件不起诉只适用于刑法分则第四章、第五章、第六章规定的犯罪。",
                "Only crimes of chapters four, five and six.",
                law("CPL 282¶1"),
                _of_the_chapters,
            ),
            Guard(
                "over_one_year",
                "附条件不起诉只适用于可能判处一年有期徒刑以下刑罚的案件。",
                "Only where at most one year is likely.",
                law("CPL 282¶1"),
                lambda taking: taking.given["likely_months"] <= ONE_YEAR,
            ),
            Guard(
                "not_indictable",
                "附条件不起诉以符合起诉条件为前提；不符合的应当依法不起诉。",
                "Only what could be indicted; anything else ends without condition.",
                law("CPL 282¶1", "RULES 469¶1"),
                lambda taking: bool(taking.given.get("indictable")),
            ),
            Guard(
                "length_of_probation",
                "考验期为六个月以上一年以下。",
                "A probation lasts six to twelve months.",
                law("CPL 283¶2", "RULES 473"),
                lambda taking: SHORTEST <= taking.given["months"] <= LONGEST,
            ),
            INTERROGATION_HELD,
            Guard(
                "not_all_heard",
                "决定以前应当听取公安机关、被害人、未成年犯罪嫌疑人及其法定代理人、辩护人的意见并制作笔录。",
                "The police, the victim, the minor, the representative and the defender first.",
                law("RULES 469¶2", "CPL 282¶1"),
                _all_heard,
            ),
            Guard(
                "objected",
                "未成年犯罪嫌疑人或者其法定代理人有异议的，应当提起公诉；无罪辩解成立的，依法不起诉。",
                "The minor or the representative objects: indict; if innocent, do not prosecute.",
                law("CPL 282¶3", "RULES 470"),
                _nobody_objects,
            ),
        ),
        effects=(
            Close(REVIEW_RULES),
            Close(("R04", "R06", "R06b", "R06c", "S05", "R14", "B03"), CloseReason.LAPSED),
            Do("在押的立即释放，执行机关待办：执行决定并回复", _release_held),
            Do("起算 X12，考验期长于六个月的部分一并登记", _begin_probation),
            Start("X13"),
            Finish((TaskKind.REVIEW_PROSECUTION,)),
            Ask(TaskKind.SUPERVISE_PROBATION, Whom.HANDLER, ("X12",)),
        ),
    ),
    _row(
        "announce_conditional",
        "当面宣布附条件不起诉决定",
        "Announce the decision in person",
        articles=law("RULES 471¶2"),
        fields=(
            instant("at", "宣布时间", "When"),
            yes("duties_told", "已告知考验期限、应当遵守的规定和法律责任", "Told of the duties"),
        ),
        guards=(
            Guard(
                "duties_not_told",
                "应当告知考验期限、应当遵守的规定以及违反规定应负的法律责任。",
                "The length, the duties and what follows a breach have to be told.",
                law("RULES 471¶2"),
                lambda taking: bool(taking.given.get("duties_told")),
            ),
        ),
    ),
    _row(
        "serve_conditional",
        "送达附条件不起诉决定书",
        "Serve the conditional decision",
        articles=law("RULES 471¶1", "RULES 472¶1"),
        fields=(
            choices(
                "to",
                "受送达人",
                "On whom",
                ("organ", "公安机关", "the police"),
                ("victim", "被害人或者其近亲属、诉讼代理人", "the victim's side"),
                ("minor", "未成年犯罪嫌疑人", "the minor"),
                ("representative", "法定代理人", "the legal representative"),
                ("defender", "辩护人", "the defender"),
            ),
            instant("at", "收到时间", "When received"),
            yes("no_suit_told", "已告知被害人不适用向法院起诉", "The victim was told: no suit"),
        ),
        guards=(
            Guard(
                "no_suit_not_told",
                "应当告知被害人不适用向人民法院起诉的规定，并释法说理。",
                "The victim has to be told that there is no suit in court.",
                law("RULES 472¶1"),
                lambda taking: (
                    "victim" not in taking.given["to"] or bool(taking.given.get("no_suit_told"))
                ),
            ),
        ),
        effects=(Do("自收到之日起算：被害人 X14，公安机关 X14b；全部送达的终结 X13", _served),),
        told=False,
    ),
    _row(
        "set_duties",
        "确定或者调整矫治和教育的内容",
        "Set or adjust what the minor has to do",
        articles=law("RULES 476", "CPL 283¶3"),
        fields=(
            Field(
                "duties",
                FieldKind.CHOICES,
                DUTIES.zh,
                DUTIES.en,
                choices=tuple(Choice(one.code, one.zh, one.en) for one in DUTIES.choices),
            ),
            REASONS,
        ),
    ),
    _row(
        "permit_leave",
        "批准离开所居住的市、县或者迁居",
        "Permit to leave the city or county, or to move",
        articles=law("RULES 475(3)", "CPL 283¶3"),
        approver=Approver.POWER_LIST,
        fields=(
            day("from_on", "自", "From"),
            day("until_on", "至", "Until", required=False),
            words("where", "去往何处和事由", "Where and why", inside=True),
        ),
        told=False,
    ),
    _row(
        "report_probation",
        "监督考察记录",
        "Report on the probation",
        articles=law("RULES 474", "RULES 475", "CPL 283¶1"),
        fields=(
            day("on", "日期", "Day"),
            choice(
                "form",
                "方式",
                "Form",
                ("visit", "走访", "visit"),
                ("interview", "谈话", "interview"),
                ("written", "书面报告", "written report"),
                ("remote", "远程", "remote"),
            ),
            choices(
                "broken",
                "违反的规定",
                "What was not kept",
                ("law", "遵守法律法规，服从监督", "laws and supervision: 475(1)"),
                ("reporting", "报告自己的活动情况", "reporting: 475(2)"),
                ("residence", "离开、迁居报经批准", "leaving with permission: 475(3)"),
                ("correction", "接受矫治和教育", "correction and education: 475(4)"),
                required=False,
            ),
            words("summary", "考察情况", "What was found", inside=True),
        ),
        told=False,
    ),
    _row(
        "hear_victim_on_probation",
        "考验期满前后听取被害人意见",
        "Hear the victim before the final decision",
        articles=law("RULES 477¶2"),
        fields=(
            day("on", "日期", "Day"),
            words("summary", "意见要点", "What was said", inside=True, required=False),
        ),
        told=False,
    ),
    _row(
        "revoke_probation",
        "撤销附条件不起诉决定，提起公诉",
        "Revoke the conditional decision, to indict",
        target=S.UNDER_REVIEW,
        articles=law("RULES 479", "CPL 284¶1", "CPL 282¶3"),
        approver=Approver.POWER_LIST,
        document=Mark.NON_PROSECUTION_REVOKED,
        fields=(
            choice(
                "ground",
                "撤销事由",
                "Ground",
                *BREACHES,
                (
                    "objected",
                    "未成年人或者其法定代理人有异议",
                    "the minor's side objects: CPL 282¶3",
                ),
            ),
            REASONS,
        ),
        guards=(
            Guard(
                "no_objection",
                "没有记录未成年人或者其法定代理人的异议。",
                "No objection of the minor's side is on record.",
                law("CPL 282¶3", "RULES 470¶1"),
                lambda taking: taking.given["ground"] != "objected" or not _nobody_objects(taking),
            ),
            Guard(
                "probation_over",
                "考验期已经届满，应当制作考察意见书，报请检察长决定起诉或者不起诉。",
                "The probation is over: the chief procurator decides at its end.",
                law("RULES 477¶1"),
                lambda taking: not _over(taking),
            ),
        ),
        effects=REOPENED,
    ),
    _row(
        "prosecute_after_probation",
        "考验期满：撤销附条件不起诉决定，提起公诉",
        "At the end of the probation: revoke the decision, to indict",
        target=S.UNDER_REVIEW,
        articles=law("RULES 477¶1", "RULES 479", "CPL 284¶1"),
        approver=Approver.CHIEF,
        document=Mark.NON_PROSECUTION_REVOKED,
        fields=(choice("ground", "撤销事由", "Ground", *BREACHES), REASONS),
        guards=(OVER,),
        effects=(Close(("X12",)), *REOPENED),
    ),
    _row(
        "conclude_probation",
        "考验期满：不起诉",
        "At the end of the probation: do not prosecute",
        target=S.NOT_PROSECUTED,
        articles=law("RULES 477¶1", "RULES 480", "CPL 284¶2"),
        approver=Approver.CHIEF_OR_UPPER,
        document=Mark.NON_PROSECUTION,
        fields=(
            words("opinion", "附条件不起诉考察意见", "What the supervision found", inside=True),
            yes("no_breach", "考验期内没有刑诉规则四百七十九条的情形", "Nothing of RULES 479"),
            DOCUMENT_ABOVE,
        ),
        guards=(
            OVER,
            Guard(
                "breach",
                "考验期内有刑诉规则四百七十九条情形的，应当撤销决定，提起公诉。",
                "A breach of RULES 479 leads to the indictment.",
                law("RULES 480", "RULES 479", "CPL 284"),
                lambda taking: bool(taking.given.get("no_breach")),
            ),
            Guard(
                "victim_not_heard",
                "考验期满作出不起诉的决定以前，应当听取被害人意见。",
                "The victim has to be heard before the final decision.",
                law("RULES 477¶2"),
                _victim_heard,
            ),
        ),
        effects=(*END_OF_PROBATION, RELEASE, Start("X01")),
    ),
    # remedies against the conditional decision (RULES 472); they hold nothing up
    _row(
        "object_to_conditional",
        "公安机关对附条件不起诉决定要求复议",
        "The police ask to reconsider the conditional decision",
        by=ANSWER,
        articles=law("CPL 282¶2", "RULES 472¶1", "MPS 330¶1"),
        fields=(REASONS,),
        guards=(
            FROM_POLICE,
            Guard(
                "objected_before",
                "对同一附条件不起诉决定已经要求复议。",
                "The same decision was objected to before.",
                law("MPS 330", "RULES 472¶1"),
                _not_objected,
            ),
            Guard(
                "objection_late",
                "已超过收到附条件不起诉决定书后七日，不得要求复议。",
                "More than seven days since the decision was received.",
                law("MPS 330¶1"),
                lambda taking: not late(taking, taking.act.today, "X14b"),
            ),
        ),
        effects=asks_here("X14b"),
    ),
    _row(
        "uphold_conditional",
        "复议：维持附条件不起诉决定",
        "Reconsidered: the conditional decision stands",
        by=RECONSIDER,
        articles=law("RULES 472", "RULES 379¶2"),
        approver=Approver.CHIEF,
        document=Mark.RECONSIDERATION,
        fields=(REASONS,),
        guards=(
            Guard(
                "nothing_to_reconsider",
                "没有正在办理的复议。",
                "No reconsideration is under way.",
                law("RULES 472¶1", "RULES 379¶2"),
                _objection_runs,
            ),
        ),
        effects=(Close(("X03",)), Start("X14c"), HERE_DONE),
    ),
    _row(
        "change_conditional",
        "复议：撤销附条件不起诉决定，提起公诉",
        "Reconsidered: the conditional decision is revoked, to indict",
        by=RECONSIDER,
        target=S.UNDER_REVIEW,
        articles=law("RULES 472", "RULES 379¶2"),
        approver=Approver.CHIEF,
        document=Mark.RECONSIDERATION,
        fields=(REASONS,),
        guards=(
            Guard(
                "nothing_to_reconsider",
                "没有正在办理的复议。",
                "No reconsideration is under way.",
                law("RULES 472¶1", "RULES 379¶2"),
                _objection_runs,
            ),
        ),
        effects=reopens("X03"),
    ),
    _row(
        "ask_above_on_conditional",
        "公安机关对附条件不起诉决定提请复核",
        "The police ask one level above to re-examine the conditional decision",
        by=ANSWER,
        articles=law("CPL 282¶2", "RULES 472¶1", "RULES 380", "MPS 330¶2"),
        fields=(REASONS,),
        guards=(
            FROM_POLICE,
            Guard(
                "not_reconsidered",
                "应当先要求复议，意见不被接受的方可提请复核。",
                "Reconsideration comes first.",
                law("MPS 330¶2", "CPL 179"),
                lambda taking: pending(taking, ("uphold_conditional",), "ask_above_on_conditional"),
            ),
            ABOVE_IN_TIME,
            SUPERIOR_KNOWN,
        ),
        effects=asks_above("X14c", "X05"),
    ),
    _row(
        "uphold_conditional_above",
        "上一级复核：维持附条件不起诉决定",
        "One level above: the conditional decision stands",
        by=RE_EXAMINE,
        articles=law("RULES 472", "RULES 380"),
        approver=Approver.CHIEF,
        document=Mark.RE_EXAMINATION,
        fields=(REASONS,),
        guards=(
            Guard(
                "nothing_to_re_examine",
                "没有正在办理的复核。",
                "No re-examination is under way.",
                law("RULES 472¶1", "RULES 380"),
                _above_runs,
            ),
        ),
        effects=(Close(("X05",)), ABOVE_DONE),
    ),
    _row(
        "overturn_conditional_above",
        "上一级复核：撤销或者指令纠正附条件不起诉决定",
        "One level above: the conditional decision is revoked, or to be corrected",
        by=RE_EXAMINE,
        target=S.UNDER_REVIEW,
        articles=law("RULES 472", "RULES 380"),
        approver=Approver.CHIEF,
        document=Mark.RE_EXAMINATION,
        fields=(REASONS,),
        guards=(
            Guard(
                "nothing_to_re_examine",
                "没有正在办理的复核。",
                "No re-examination is under way.",
                law("RULES 472¶1", "RULES 380"),
                _above_runs,
            ),
        ),
        effects=reopens("X05"),
    ),
)
