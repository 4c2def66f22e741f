"""Cases that a supervisory commission (监察委员会) transfers (section S).

CPL 170; RULES 142 to 145, 329, 343, 346, 371, 379; SUP 54.
"""

from services.deadlines.engine.arithmetic import Period, PeriodClass, Unit
from services.deadlines.engine.articles import Article
from services.deadlines.engine.rules import Extension, Kind, Organ, Rule
from services.deadlines.engine.table import texts
from services.deadlines.engine.triggers import (
    COMMISSION_OBJECTION_RECEIVED,
    COMMISSION_RETURN_RECEIVED,
    COMMISSION_TRANSFER,
    DETENTION_EXECUTED,
    DETENTION_OR_ARREST_EXECUTED,
    NON_PROSECUTION_INTENDED,
    PROSECUTION_CASE_RECEIVED,
    PROSECUTION_FILES_RECEIVED,
    RETENTION_CASE_ACCEPTED,
)

COMMISSION: tuple[Rule, ...] = (
    Rule(
        id="S01",
        kind=Kind.IMMEDIATE,
        trigger=RETENTION_CASE_ACCEPTED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("CPL", 170, 2), Article("RULES", 142)),
        zh="已采取留置措施的案件，受理后及时作出先行拘留决定，交公安机关执行；"
        "执行拘留后留置自动解除",
        en="Case with retention: decide on detention promptly after acceptance and have the "
        "police execute it; retention ends by itself on execution",
        effective_from=texts.CPL,
        note_zh="条文为“及时”，未定日数",
        note_en="The text says promptly and gives no length",
    ),
    Rule(
        id="S02",
        kind=Kind.DEADLINE,
        trigger=DETENTION_EXECUTED,
        binds=Organ.PROCURATORATE,
        period=Period(10, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("CPL", 170, 2), Article("RULES", 143, 1)),
        zh="执行先行拘留后十日以内作出是否逮捕、取保候审或者监视居住的决定",
        en="Decide on arrest, bail or residential surveillance within 10 days of executing the "
        "prior detention",
        effective_from=texts.CPL,
        extensions=(
            Extension(
                "special_circumstances",
                4,
                Unit.DAYS,
                (Article("CPL", 170, 2), Article("RULES", 143, 1)),
                "特殊情况，延长一日至四日",
                "special circumstances, 1 to 4 days more",
                at_least=1,
            ),
        ),
    ),
    Rule(
        id="S03",
        kind=Kind.GUARD,
        trigger=PROSECUTION_CASE_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("CPL", 170, 2), Article("RULES", 143, 2)),
        zh="决定采取强制措施的期间（S02）不计入审查起诉期限",
        en="The time of deciding on the measure (S02) is not part of the review period",
        effective_from=texts.CPL,
        note_zh="收到案件至执行拘留之间的日数如何计算，条文未定：取两种算法中较早的一日",
        note_en="How the days between receipt and execution count is not stated: the earlier of "
        "two readings is kept",
    ),
    Rule(
        id="S04",
        kind=Kind.DEADLINE,
        trigger=DETENTION_OR_ARREST_EXECUTED,
        binds=Organ.PROCURATORATE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("RULES", 144),),
        zh="公安机关执行拘留、逮捕后二十四小时以内，由检察院通知家属（仅无法通知的除外）",
        en="The procuratorate notifies the family within 24 hours of executing the detention or "
        "arrest, unless that is impossible",
        effective_from=texts.RULES,
    ),
    Rule(
        id="S05",
        kind=Kind.DEADLINE,
        trigger=PROSECUTION_FILES_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(3, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 145), Article("CPL", 34, 2)),
        zh="收到移送起诉的案卷材料之日起三日以内告知犯罪嫌疑人有权委托辩护人",
        en="Tell the suspect of the right to a defender within 3 days of receiving the files",
        effective_from=texts.CPL,
        note_zh="已采取留置措施的，不适用三日，见S05b",
        note_en="If there was retention the three days do not apply: see S05b",
    ),
    Rule(
        id="S05b",
        kind=Kind.IMMEDIATE,
        trigger=DETENTION_EXECUTED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("RULES", 145),),
        zh="已采取留置措施的，在执行拘留时告知犯罪嫌疑人有权委托辩护人",
        en="After retention: tell the suspect of the right to a defender when the detention is "
        "executed",
        effective_from=texts.RULES,
    ),
    Rule(
        id="S06",
        kind=Kind.DEADLINE,
        trigger=COMMISSION_RETURN_RECEIVED,
        binds=Organ.COMMISSION,
        period=Period(1, Unit.MONTHS, PeriodClass.CUSTODY),
        articles=(
            Article("RULES", 346, 1),
            Article("RULES", 346, 2),
            Article("RULES", 343),
            Article("SUP", 54, 3),
        ),
        zh="退回监察机关补充调查的，一个月以内补充调查完毕，以二次为限",
        en="The commission completes a supplementary investigation within 1 month, twice at most",
        effective_from=texts.RULES,
        at_most=2,
        note_zh="起算条文未定，比照公安程序规定295条自收到起算；从严者自退回决定之日起算。"
        "二次之限见刑诉规则346条2款",
        note_en="No text says when it begins: from receipt, as MPS 295 has it for the police; the "
        "strict reading is from the decision to return. Twice: RULES 346¶2",
    ),
    Rule(
        id="S07",
        kind=Kind.GUARD,
        trigger=NON_PROSECUTION_INTENDED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("RULES", 371), Article("SUP", 54, 4)),
        zh="监察机关移送起诉的案件拟不起诉的，报请上一级检察院批准",
        en="Not to prosecute a commission's case needs the next higher procuratorate's approval",
        effective_from=texts.RULES,
        note_zh="报批期间审查起诉期限不停止；直接受理侦查的案件同",
        note_en="The review period runs on meanwhile; the same in the procuratorate's own cases",
    ),
    Rule(
        id="S08",
        kind=Kind.DEADLINE,
        trigger=COMMISSION_OBJECTION_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(30, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 379, 1),),
        zh="监察机关对不起诉决定提请复议的，上一级检察院收到提请复议意见书后三十日以内，"
        "经检察长批准，作出复议决定",
        en="A commission asks to reconsider a non-prosecution: the next higher procuratorate "
        "decides within 30 days of receiving the request, with its chief procurator's approval",
        effective_from=texts.RULES,
    ),
    Rule(
        id="S09",
        kind=Kind.BACKWARD,
        trigger=COMMISSION_TRANSFER,
        binds=Organ.PROCURATORATE,
        period=Period(20, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 329),),
        zh="需要指定审判管辖的，在监察机关移送起诉二十日前协商同级法院办理",
        en="If jurisdiction of the trial has to be designated, arrange it with the court 20 days "
        "before the commission transfers the case",
        effective_from=texts.RULES,
        per_case=True,
    ),
)
