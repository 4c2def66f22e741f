"""Police detention until the arrest is decided (section D).

CPL 85 to 91, 119, 167; RULES 83, 122 to 126, 185, 282, 296, 297; MPS 80, 126 to 129, 200.
"""

from services.deadlines.engine.arithmetic import Period, PeriodClass, Unit
from services.deadlines.engine.articles import Article
from services.deadlines.engine.rules import Extension, Kind, Organ, Rule
from services.deadlines.engine.table import texts
from services.deadlines.engine.triggers import (
    ARREST_REQUEST_RECEIVED,
    DETENTION_EXECUTED,
    OWN_ARREST_OPINION_RECEIVED,
    SUMMONED_ARRIVED,
    SUMMONS_ENDED,
)

SUMMONS = Period(12, Unit.HOURS, PeriodClass.HOURS, to_the_minute=True)
BOTH_CONDITIONS_ZH = "案情特别重大、复杂，并且需要采取拘留、逮捕措施，总计不超过二十四小时"
BOTH_CONDITIONS_EN = (
    "an especially grave or complex case in which detention or arrest is also needed, "
    "24 hours in all"
)

DETENTION: tuple[Rule, ...] = (
    Rule(
        id="D01",
        kind=Kind.DEADLINE,
        trigger=DETENTION_EXECUTED,
        binds=Organ.POLICE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 85, 2), Article("MPS", 126), Article("RULES", 122, 2)),
        zh="拘留后立即送看守所羁押，至迟不超过二十四小时",
        en="Deliver the detained person to the detention centre at once, within 24 hours at most",
        effective_from=texts.CPL,
        note_zh="异地拘留不能及时押解的，自宣布拘留起送抓获地看守所，同为二十四小时",
        note_en="Detained elsewhere and not to be brought back in time: the local detention "
        "centre, within the same 24 hours",
    ),
    Rule(
        id="D02",
        kind=Kind.DEADLINE,
        trigger=DETENTION_EXECUTED,
        binds=Organ.POLICE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 85, 2), Article("MPS", 127)),
        zh="拘留后二十四小时以内通知家属（无法通知，或者涉嫌危害国家安全犯罪、恐怖活动犯罪"
        "通知可能有碍侦查的除外；有碍侦查的情形消失后立即通知）",
        en="Notify the family within 24 hours, unless that is impossible or, in cases of state "
        "security or terrorism, would hinder the investigation",
        effective_from=texts.CPL,
        note_zh="未在二十四小时以内通知的，在拘留通知书中注明原因",
        note_en="If later, the notice of detention says why",
    ),
    Rule(
        id="D02b",
        kind=Kind.DEADLINE,
        trigger=DETENTION_EXECUTED,
        binds=Organ.PROCURATORATE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("RULES", 123),),
        zh="检察院直接受理侦查的案件：拘留后二十四小时以内通知家属（仅无法通知的除外）",
        en="Own cases: notify the family within 24 hours of detention, unless that is impossible",
        effective_from=texts.RULES,
        note_zh="无“有碍侦查”的例外",
        note_en="No exception for hindering the investigation",
    ),
    Rule(
        id="D03",
        kind=Kind.DEADLINE,
        trigger=DETENTION_EXECUTED,
        binds=Organ.POLICE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 86), Article("MPS", 128)),
        zh="拘留后二十四小时以内讯问",
        en="Interrogate the detained person within 24 hours",
        effective_from=texts.CPL,
    ),
    Rule(
        id="D03b",
        kind=Kind.DEADLINE,
        trigger=DETENTION_EXECUTED,
        binds=Organ.PROCURATORATE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("RULES", 124),),
        zh="检察院直接受理侦查的案件：拘留后二十四小时以内讯问",
        en="Own cases: interrogate the detained person within 24 hours",
        effective_from=texts.RULES,
    ),
    Rule(
        id="D04",
        kind=Kind.DEADLINE,
        trigger=DETENTION_EXECUTED,
        binds=Organ.POLICE,
        period=Period(3, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("CPL", 91, 1), Article("MPS", 129, 1)),
        zh="拘留后三日以内提请批准逮捕",
        en="Request approval of arrest within 3 days of detention",
        effective_from=texts.CPL,
        extensions=(
            Extension(
                "special_circumstances",
                4,
                Unit.DAYS,
                (Article("CPL", 91, 1), Article("MPS", 129, 1)),
                "特殊情况，延长一日至四日",
                "special circumstances, 1 to 4 days more",
                "县级以上公安机关负责人",
                "the head of a public-security organ at county level or above",
                at_least=1,
            ),
        ),
    ),
    Rule(
        id="D05",
        kind=Kind.DEADLINE,
        trigger=DETENTION_EXECUTED,
        binds=Organ.POLICE,
        period=Period(30, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("CPL", 91, 2), Article("MPS", 129, 2), Article("MPS", 129, 3)),
        zh="流窜作案、多次作案、结伙作案的重大嫌疑分子，经县级以上公安机关负责人批准，"
        "提请批准逮捕的时间延长至三十日",
        en="Major suspects of roaming, repeated or gang crime: request approval of arrest within "
        "30 days of detention, approved by the head of a public-security organ at county level "
        "or above",
        effective_from=texts.CPL,
        note_zh="流窜：跨市、县；多次：三次以上；结伙：二人以上。三十日自拘留起算，含前三日",
        note_en="Roaming: across cities or counties; repeated: three times or more; gang: two or "
        "more. The 30 days count from the detention and contain the first three",
    ),
    Rule(
        id="D06",
        kind=Kind.DEADLINE,
        trigger=ARREST_REQUEST_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(7, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("CPL", 91, 3), Article("RULES", 282)),
        zh="犯罪嫌疑人已被拘留：收到提请批准逮捕书后七日以内作出是否批准逮捕的决定",
        en="Suspect detained: decide on the arrest within 7 days of receiving the request",
        effective_from=texts.CPL,
    ),
    Rule(
        id="D07",
        kind=Kind.DEADLINE,
        trigger=ARREST_REQUEST_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(15, Unit.DAYS, PeriodClass.NEUTRAL),
        handling=True,
        articles=(Article("RULES", 282),),
        zh="犯罪嫌疑人未被拘留：收到提请批准逮捕书后十五日以内作出是否批准逮捕的决定",
        en="Suspect not detained: decide on the arrest within 15 days of receiving the request",
        effective_from=texts.RULES,
        extensions=(
            Extension(
                "major_or_complex",
                5,
                Unit.DAYS,
                (Article("RULES", 282),),
                "重大、复杂案件，总计不得超过二十日",
                "major or complex case, not more than 20 days in all",
                at_least=1,
            ),
        ),
    ),
    Rule(
        id="D08",
        kind=Kind.DEADLINE,
        trigger=SUMMONED_ARRIVED,
        binds=Organ.POLICE,
        period=SUMMONS,
        articles=(Article("CPL", 119, 2), Article("MPS", 80), Article("MPS", 200)),
        zh="传唤、拘传自到案起不得超过十二小时",
        en="End a summons, or a compelled appearance, within 12 hours of arrival",
        effective_from=texts.CPL,
        extensions=(
            Extension(
                "especially_grave_or_complex",
                12,
                Unit.HOURS,
                (Article("CPL", 119, 2), Article("MPS", 80), Article("MPS", 200)),
                BOTH_CONDITIONS_ZH,
                BOTH_CONDITIONS_EN,
                "传唤：办案部门负责人；拘传：县级以上公安机关负责人",
                "summons: the head of the handling department; compelled appearance: the head of "
                "a public-security organ at county level or above",
            ),
        ),
        note_zh="自到案起计算至分，“开始的时不计入”不延长之；期满未决定其他强制措施的，立即结束",
        note_en="Counted to the minute from arrival: the running hour never lengthens it; without "
        "another measure decided it ends at once",
    ),
    Rule(
        id="D08b",
        kind=Kind.DEADLINE,
        trigger=SUMMONED_ARRIVED,
        binds=Organ.PROCURATORATE,
        period=SUMMONS,
        articles=(Article("CPL", 119, 2), Article("RULES", 83), Article("RULES", 185)),
        zh="检察院直接受理侦查的案件：传唤、拘传自到案起不得超过十二小时",
        en="Own cases: end a summons, or a compelled appearance, within 12 hours of arrival",
        effective_from=texts.CPL,
        extensions=(
            Extension(
                "especially_grave_or_complex",
                12,
                Unit.HOURS,
                (Article("CPL", 119, 2), Article("RULES", 83, 2), Article("RULES", 185, 1)),
                BOTH_CONDITIONS_ZH,
                BOTH_CONDITIONS_EN,
            ),
        ),
        note_zh="自到案起计算至分（刑诉规则83条）；条文未定延长的批准人",
        note_en="Counted to the minute from arrival (RULES 83); no article names who approves 24",
    ),
    Rule(
        id="D08c",
        kind=Kind.GUARD,
        trigger=SUMMONS_ENDED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("RULES", 83, 2), Article("RULES", 185, 1)),
        zh="两次传唤、拘传的间隔一般不得少于十二小时，不得以连续传唤、拘传变相拘禁",
        en="As a rule leave 12 hours between two summonses; none may be strung into custody",
        effective_from=texts.RULES,
        note_zh="公安程序规定无间隔十二小时之文，仅禁止连续传唤、拘传",
        note_en="The police rules know no gap of 12 hours, only the ban on stringing them together",
    ),
    Rule(
        id="D09",
        kind=Kind.DEADLINE,
        trigger=DETENTION_EXECUTED,
        binds=Organ.PROCURATORATE,
        period=Period(14, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("CPL", 167), Article("RULES", 126)),
        zh="检察院直接受理侦查的案件：拘留后十四日以内决定是否逮捕",
        en="Own cases: decide on the arrest within 14 days of detention",
        effective_from=texts.CPL,
        extensions=(
            Extension(
                "special_circumstances",
                3,
                Unit.DAYS,
                (Article("CPL", 167), Article("RULES", 126)),
                "特殊情况，延长一日至三日",
                "special circumstances, 1 to 3 days more",
                at_least=1,
            ),
        ),
        note_zh="移送捕诉部门七日（D10）与审查七日（D11）均在其内",
        note_en="It contains the 7 days of the investigators (D10) and the 7 of the review (D11)",
    ),
    Rule(
        id="D10",
        kind=Kind.DEADLINE,
        trigger=DETENTION_EXECUTED,
        binds=Organ.PROCURATORATE,
        period=Period(7, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("RULES", 296),),
        zh="检察院直接受理侦查的案件：拘留后七日以内将案件移送本院捕诉部门审查逮捕",
        en="Own cases: pass the case to the department that reviews arrests within 7 days of "
        "detention",
        effective_from=texts.RULES,
    ),
    Rule(
        id="D11",
        kind=Kind.DEADLINE,
        trigger=OWN_ARREST_OPINION_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(7, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("RULES", 297),),
        zh="检察院直接受理侦查的案件，犯罪嫌疑人已被拘留：收到逮捕犯罪嫌疑人意见书后七日以内"
        "报请检察长决定是否逮捕",
        en="Own cases, suspect detained: submit the arrest to the chief procurator's decision "
        "within 7 days of receiving the investigators' opinion",
        effective_from=texts.RULES,
        extensions=(
            Extension(
                "special_circumstances",
                3,
                Unit.DAYS,
                (Article("RULES", 297), Article("CPL", 167)),
                "特殊情况，延长一日至三日",
                "special circumstances, 1 to 3 days more",
                at_least=1,
            ),
        ),
        note_zh="不得超出自拘留起的十四日至十七日（D09）",
        note_en="Never beyond the 14 to 17 days from the detention (D09)",
    ),
    Rule(
        id="D11b",
        kind=Kind.DEADLINE,
        trigger=OWN_ARREST_OPINION_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(15, Unit.DAYS, PeriodClass.NEUTRAL),
        handling=True,
        articles=(Article("RULES", 297),),
        zh="检察院直接受理侦查的案件，犯罪嫌疑人未被拘留：收到逮捕犯罪嫌疑人意见书后十五日以内"
        "报请检察长决定是否逮捕",
        en="Own cases, suspect not detained: submit the arrest to the chief procurator's decision "
        "within 15 days of receiving the investigators' opinion",
        effective_from=texts.RULES,
        extensions=(
            Extension(
                "major_or_complex",
                5,
                Unit.DAYS,
                (Article("RULES", 297),),
                "重大、复杂案件，总计不得超过二十日",
                "major or complex case, not more than 20 days in all",
                at_least=1,
            ),
        ),
    ),
)
