"""Investigative custody: its length, its extensions, and what is due around its end (section C).

CPL 98, 99, 156 to 160; RULES 152, 305 to 318, 614, 615; MPS 148 to 152, 161.
"""

from services.deadlines.engine.arithmetic import Period, PeriodClass, Unit
from services.deadlines.engine.articles import Article
from services.deadlines.engine.rules import Extension, Kind, Organ, RestartReason, Rule
from services.deadlines.engine.table import texts
from services.deadlines.engine.triggers import (
    ARREST_EXECUTED,
    CUSTODY_EVENT_DECIDED,
    CUSTODY_EXPIRED,
    CUSTODY_PERIOD_CHANGED,
    IDENTITY_ESTABLISHED,
    NEW_CRIME_DISCOVERED,
)

TWO_MONTHS = Period(2, Unit.MONTHS, PeriodClass.CUSTODY)
ONE_MONTH = Period(1, Unit.MONTHS, PeriodClass.CUSTODY)
REQUESTED_BEFORE = 7
"""Days before the end (RULES 309 paragraph 1; MPS 148 to 150)."""

COMPLEX_CASE = (
    Article("CPL", 156),
    Article("RULES", 305),
    Article("RULES", 311),
    Article("MPS", 148),
)
FOUR_CASE_TYPES = (Article("CPL", 158), Article("RULES", 306), Article("MPS", 149))
TEN_YEARS = (Article("CPL", 159), Article("RULES", 307), Article("MPS", 150))

PROVINCIAL_ZH = "省、自治区、直辖市人民检察院"
PROVINCIAL_EN = "the provincial procuratorate"

CUSTODY_EXTENSIONS = (
    Extension(
        "complex_case",
        1,
        Unit.MONTHS,
        COMPLEX_CASE,
        "案情复杂、期限届满不能终结，延长一个月",
        "complex case that cannot be concluded in time, 1 month more",
        "上一级人民检察院",
        "the next higher procuratorate",
        request_days_before=REQUESTED_BEFORE,
    ),
    Extension(
        "four_case_types",
        2,
        Unit.MONTHS,
        FOUR_CASE_TYPES,
        "边远地区、犯罪集团、流窜作案、涉及面广取证困难的四类重大复杂案件，延长二个月",
        "major and complex cases of four types (remote area, criminal group, roaming crime, "
        "wide-ranging and hard to prove), 2 months more",
        PROVINCIAL_ZH,
        PROVINCIAL_EN,
        request_days_before=REQUESTED_BEFORE,
    ),
    Extension(
        "ten_years",
        2,
        Unit.MONTHS,
        TEN_YEARS,
        "可能判处十年有期徒刑以上刑罚，再延长二个月",
        "a sentence of ten years or more is possible, another 2 months",
        PROVINCIAL_ZH,
        PROVINCIAL_EN,
        request_days_before=REQUESTED_BEFORE,
    ),
)
"""In the order in which they follow one another; seven months in all."""

CUSTODY: tuple[Rule, ...] = (
    Rule(
        id="C01",
        kind=Kind.DEADLINE,
        trigger=ARREST_EXECUTED,
        binds=Organ.POLICE,
        period=TWO_MONTHS,
        articles=(Article("CPL", 156), Article("MPS", 148), Article("RULES", 305)),
        zh="逮捕后的侦查羁押期限不得超过二个月",
        en="Custody for investigation after arrest: 2 months at most",
        effective_from=texts.CPL,
        extensions=CUSTODY_EXTENSIONS,
        restarts=frozenset({RestartReason.NEW_CRIME, RestartReason.IDENTITY_ESTABLISHED}),
        note_zh="检察院直接受理侦查的案件同此长度（刑诉规则305条至308条）",
        note_en="The same length in the procuratorate's own cases (RULES 305 to 308)",
    ),
    Rule(
        id="C02",
        kind=Kind.DEADLINE,
        trigger=ARREST_EXECUTED,
        binds=Organ.POLICE,
        period=ONE_MONTH,
        articles=COMPLEX_CASE,
        zh="第一次延长：案情复杂、期限届满不能终结的，经上一级检察院批准，延长一个月",
        en="First extension: complex case, 1 month more, approved by the next higher procuratorate",
        effective_from=texts.CPL,
        base=("C01", 1),
        note_zh="自执行逮捕起一次计算与逐段计算不同的，较早的为应办日，较晚的为外限",
        note_en="Where counting from the arrest and link by link differ, the earlier is to be "
        "kept and the later is the outer limit",
    ),
    Rule(
        id="C03",
        kind=Kind.DEADLINE,
        trigger=ARREST_EXECUTED,
        binds=Organ.POLICE,
        period=TWO_MONTHS,
        articles=FOUR_CASE_TYPES,
        zh="第二次延长：四类重大复杂案件，经省级检察院批准或者决定，延长二个月",
        en="Second extension: the four types of major and complex cases, 2 months more, approved "
        "or decided by the provincial procuratorate",
        effective_from=texts.CPL,
        base=("C01", 2),
    ),
    Rule(
        id="C04",
        kind=Kind.DEADLINE,
        trigger=ARREST_EXECUTED,
        binds=Organ.POLICE,
        period=TWO_MONTHS,
        articles=TEN_YEARS,
        zh="第三次延长：可能判处十年有期徒刑以上刑罚的，经省级检察院批准或者决定，再延长二个月",
        en="Third extension: ten years or more possible, another 2 months, approved or decided "
        "by the provincial procuratorate",
        effective_from=texts.CPL,
        base=("C01", 3),
    ),
    Rule(
        id="C05",
        kind=Kind.GUARD,
        trigger=CUSTODY_EXPIRED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("CPL", 157), Article("RULES", 314)),
        zh="因特殊原因较长时间内不宜交付审判的特别重大复杂案件，由最高人民检察院"
        "报请全国人大常委会批准延期审理",
        en="An especially major and complex case that for special reasons cannot be tried for "
        "long: postponed by the NPC Standing Committee on the request of the Supreme "
        "People's Procuratorate",
        effective_from=texts.CPL,
        note_zh="条文未定长度，也不以届满为起算；届满前须已获批准",
        note_en="The text gives no length and no beginning; it has to be approved before expiry",
    ),
    Rule(
        id="C06",
        kind=Kind.DEADLINE,
        trigger=NEW_CRIME_DISCOVERED,
        binds=Organ.POLICE,
        period=TWO_MONTHS,
        articles=(Article("CPL", 160, 1), Article("MPS", 151), Article("RULES", 315)),
        zh="发现另有重要罪行的，自发现之日起重新计算侦查羁押期限二个月",
        en="Another important crime found: 2 months of custody anew from its discovery",
        effective_from=texts.CPL,
        extensions=CUSTODY_EXTENSIONS,
        note_zh="另有重要罪行：不同种的重大犯罪，或者同种而影响罪名认定、量刑档次的重大犯罪；"
        "公安机关报备案，由捕诉部门审查（刑诉规则317条）；直接受理侦查的案件由检察长决定（316条）",
        note_en="A major crime of another kind, or of the same kind that changes charge or range "
        "of sentence; filed with the procuratorate, which checks it (RULES 317); in own "
        "cases the chief procurator decides (RULES 316)",
    ),
    Rule(
        id="C06b",
        kind=Kind.DEADLINE,
        trigger=NEW_CRIME_DISCOVERED,
        binds=Organ.POLICE,
        period=Period(5, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("MPS", 151, 1),),
        zh="发现另有重要罪行之日起五日以内报县级以上公安机关负责人批准重新计算，"
        "送达看守所，并报批准逮捕的检察院备案",
        en="Within 5 days of the discovery have the new count approved by the head of a "
        "public-security organ at county level or above; tell the detention centre and file "
        "it with the procuratorate that approved the arrest",
        effective_from=texts.MPS,
        note_zh="五日为报批的期限；送达和备案未定日数",
        note_en="The 5 days are for the approval; the notice and the filing have no length",
    ),
    Rule(
        id="C07",
        kind=Kind.DEADLINE,
        trigger=IDENTITY_ESTABLISHED,
        binds=Organ.POLICE,
        period=TWO_MONTHS,
        articles=(Article("CPL", 160, 2), Article("MPS", 152, 1)),
        zh="不讲真实姓名、住址，身份不明的，侦查羁押期限二个月自查清身份之日起计算",
        en="Identity unknown: the 2 months of custody count from the day it is established",
        effective_from=texts.CPL,
        extensions=CUSTODY_EXTENSIONS,
        note_zh="经县级以上公安机关负责人批准；不得停止侦查取证；无法查明的可按自报姓名移送起诉",
        note_en="Approved by the head of a public-security organ at county level or above; the "
        "investigation goes on; a self-reported name will do if nothing else can be found",
    ),
    Rule(
        id="C08",
        kind=Kind.BACKWARD,
        trigger=CUSTODY_EXPIRED,
        binds=Organ.POLICE,
        period=Period(7, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(
            Article("RULES", 309),
            Article("MPS", 148),
            Article("MPS", 149),
            Article("MPS", 150),
        ),
        zh="侦查羁押期限届满七日前提请批准延长",
        en="Ask for an extension of custody 7 days before it ends",
        effective_from=texts.MPS,
        until_event=True,
        note_zh="届满前七日以内提请的为迟延，但应当受理；届满后提请的，不予受理（刑诉规则309条3款）",
        note_en="Within the last 7 days it is late but taken; after expiry it is not (RULES 309¶3)",
    ),
    Rule(
        id="C09",
        kind=Kind.BACKWARD,
        trigger=CUSTODY_EXPIRED,
        binds=Organ.DETENTION_CENTRE,
        period=Period(7, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("RULES", 615, item=2), Article("MPS", 161, 3)),
        zh="羁押期限届满前七日以内，看守所向办案机关发出羁押期限即将届满通知书",
        en="Within the last 7 days of custody the detention centre warns the organ in charge "
        "that it is about to end",
        effective_from=texts.RULES,
        until_event=True,
        note_zh="所示之日为可以发出的第一日，届满前均可；公安程序规定161条要求立即通知",
        note_en="The day shown is the first of the seven; MPS 161 asks for the warning at once",
    ),
    Rule(
        id="C10",
        kind=Kind.DEADLINE,
        trigger=CUSTODY_EVENT_DECIDED,
        binds=Organ.PROCURATORATE,
        period=Period(10, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 614),),
        zh="犯罪嫌疑人、被告人在押的，作出决定或者收到决定书、裁定书后十日以内，"
        "办案部门将延长、重新计算、精神病鉴定、改变管辖、退回补充侦查等情形通知本院监督部门",
        en="Person in custody: within 10 days of the decision, or of receiving it, the handling "
        "department tells the supervising one of an extension, new count, psychiatric "
        "evaluation, change of jurisdiction, return and the like",
        effective_from=texts.RULES,
        note_zh="仅适用于在押的；七项情形见条文",
        note_en="Only for persons in custody; the article lists seven events",
    ),
    Rule(
        id="C11",
        kind=Kind.IMMEDIATE,
        trigger=CUSTODY_PERIOD_CHANGED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("RULES", 152),),
        zh="拘留、逮捕后侦查羁押期限、审查起诉期限改变的，及时将变更后的期限书面通知看守所",
        en="Tell the detention centre in writing, promptly, when a period of custody or review "
        "changes",
        effective_from=texts.RULES,
        note_zh="条文为“及时”，未定日数",
        note_en="The text says promptly and gives no length",
    ),
    Rule(
        id="C12",
        kind=Kind.IMMEDIATE,
        trigger=CUSTODY_EXPIRED,
        binds=Organ.POLICE,
        period=None,
        articles=(Article("CPL", 98), Article("CPL", 99), Article("MPS", 161, 1)),
        zh="羁押期限届满不能办结的，释放犯罪嫌疑人；需要继续查证的，取保候审或者监视居住",
        en="Custody has run out: release the suspect, or go over to bail or residential "
        "surveillance",
        effective_from=texts.CPL,
        note_zh="条文为“应当予以释放”，未定宽限",
        note_en="The text gives no grace",
    ),
    Rule(
        id="C12b",
        kind=Kind.IMMEDIATE,
        trigger=CUSTODY_EXPIRED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("CPL", 98), Article("CPL", 99), Article("RULES", 318)),
        zh="检察院办理的案件羁押期限届满不能办结的，释放犯罪嫌疑人或者变更强制措施",
        en="Custody has run out in a case before the procuratorate: release the suspect or "
        "change the measure",
        effective_from=texts.CPL,
    ),
    Rule(
        id="C12c",
        kind=Kind.IMMEDIATE,
        trigger=CUSTODY_EXPIRED,
        binds=Organ.COURT,
        period=None,
        articles=(Article("CPL", 98), Article("CPL", 99)),
        zh="审理期间羁押期限届满不能办结的，释放被告人；需要继续审理的，取保候审或者监视居住",
        en="Custody has run out in court: release the accused, or go over to bail or residential "
        "surveillance",
        effective_from=texts.CPL,
    ),
)
