"""Bail and residential surveillance (B): CPL 73-79, RULES 86-118, 153-155, BAIL-2022.

The two measures are limits on liberty without being custody: what bounds them is lifted or
decided by the unrolled day. Each organ has its own twelve or six months (RULES 103, 113); within
one organ the time accumulates (RULES 100 paragraph 3).
"""

from services.deadlines.engine import triggers
from services.deadlines.engine.arithmetic import Period, PeriodClass, Unit
from services.deadlines.engine.articles import Article
from services.deadlines.engine.rules import Kind, Organ, RestartReason, Rule
from services.deadlines.engine.table import texts

BAIL: tuple[Rule, ...] = (
    Rule(
        id="B01",
        kind=Kind.DEADLINE,
        trigger=triggers.BAIL_BEGAN,
        binds=Organ.PROCURATORATE,
        period=Period(12, Unit.MONTHS, PeriodClass.MEASURE),
        articles=(
            Article("CPL", 79, 1),
            Article("RULES", 102),
            Article("RULES", 103),
            Article("MPS", 107, 2),
        ),
        zh="同一机关的取保候审最长十二个月；案件移送下一机关后重新决定、重新计算",
        en="Bail by one organ lasts 12 months at most; the next organ decides and counts anew",
        effective_from=texts.CPL,
        restarts=frozenset({RestartReason.NEW_ORGAN}),
        note_zh="法律未规定起算日，以决定书载明的开始时间为准（刑诉规则93条）；继续取保候审的，"
        "同一机关内累计（刑诉规则100条3款）；公安机关、法院的取保候审同此期限",
        note_en="No text fixes the first day: it is the one that the decision states (RULES 93); "
        "within one organ continued bail accumulates (RULES 100¶3); the same length binds police "
        "and courts",
    ),
    Rule(
        id="B02",
        kind=Kind.DEADLINE,
        trigger=triggers.RESIDENTIAL_SURVEILLANCE_EXECUTED,
        binds=Organ.PROCURATORATE,
        period=Period(6, Unit.MONTHS, PeriodClass.MEASURE),
        articles=(
            Article("CPL", 79, 1),
            Article("RULES", 100, 4),
            Article("RULES", 112),
            Article("RULES", 113),
            Article("MPS", 122, 2),
        ),
        zh="同一机关的监视居住自执行之日起最长六个月；案件移送下一机关后重新决定、重新计算",
        en="Residential surveillance by one organ lasts 6 months at most from its execution; the "
        "next organ decides and counts anew",
        effective_from=texts.CPL,
        restarts=frozenset({RestartReason.NEW_ORGAN}),
        note_zh="自执行监视居住决定之日起算（刑诉规则100条4款，就取保候审变更而言）；"
        "公安机关、法院的监视居住同此期限",
        note_en="Counted from execution of the decision (RULES 100¶4, said of a change from bail); "
        "the same length binds police and courts",
    ),
    Rule(
        id="B03",
        kind=Kind.DEADLINE,
        trigger=triggers.BAIL_CASE_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(7, Unit.DAYS, PeriodClass.MEASURE),
        articles=(Article("BAIL-2022", 26, 1), Article("BAIL-2022", 26, 3)),
        zh="受案机关在七日内决定是否继续取保候审、变更保证方式或者变更强制措施，"
        "并通知移送机关和执行机关；须在原取保候审期限届满前作出",
        en="The receiving organ decides within 7 days on continuing or changing the bail and "
        "tells the organ that handed over and the executing one; in any case before the old bail "
        "ends",
        effective_from=texts.BAIL_2022,
        note_zh="条文未写明七日的起算日，按收到案件计算；新措施执行后原取保候审自动解除；"
        "法院受案见B10。" + texts.COPY_ZH,
        note_en="The text names no first day for the seven: counted from receipt; once the new "
        "measure is executed the old bail ends by itself; courts: B10; " + texts.COPY_EN,
    ),
    Rule(
        id="B03b",
        kind=Kind.BACKWARD,
        trigger=triggers.BAIL_EXPIRED,
        binds=Organ.POLICE,
        period=Period(15, Unit.DAYS, PeriodClass.MEASURE),
        articles=(Article("BAIL-2022", 26, 3),),
        zh="案件已移送检察院而尚未决定继续或者变更的，公安机关在取保候审期限届满十五日前书面通知",
        en="Case handed to the procuratorate and nothing decided: the police tell it in writing "
        "15 days before the bail ends",
        effective_from=texts.BAIL_2022,
        note_zh="迟于此日的通知已迟，仍应发出。" + texts.COPY_ZH,
        note_en="A later notice is late, and still to be given; " + texts.COPY_EN,
    ),
    Rule(
        id="B03c",
        kind=Kind.BACKWARD,
        trigger=triggers.BAIL_EXPIRED,
        binds=Organ.PROCURATORATE,
        period=Period(15, Unit.DAYS, PeriodClass.MEASURE),
        articles=(Article("BAIL-2022", 26, 3),),
        zh="案件已起诉至法院而尚未决定继续或者变更的，检察院在取保候审期限届满十五日前书面通知",
        en="Case brought before the court and nothing decided: the procuratorate tells it in "
        "writing 15 days before the bail ends",
        effective_from=texts.BAIL_2022,
        note_zh="迟于此日的通知已迟，仍应发出。" + texts.COPY_ZH,
        note_en="A later notice is late, and still to be given; " + texts.COPY_EN,
    ),
    Rule(
        id="B04",
        kind=Kind.DEADLINE,
        trigger=triggers.DEPOSIT_ORDERED,
        binds=Organ.PARTY,
        period=Period(3, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(
            Article("BAIL-2022", 12),
            Article("BAIL-2022", 5, 1),
            Article("RULES", 92),
            Article("RULES", 94),
        ),
        zh="被取保候审人在三日内将保证金一次性存入公安机关指定银行的专门账户",
        en="The person on bail pays the deposit within 3 days, in one payment, into the police's "
        "account at the designated bank",
        effective_from=texts.BAIL_2022,
        note_zh="保证金一千元起，未成年人五百元起，且优先适用保证人（取保候审规定4条、5条）；"
        "条文未写明起算日，按责令交纳计算。" + texts.COPY_ZH,
        note_en="From 1,000 yuan, for minors from 500 and preferably a guarantor (BAIL-2022 4, 5); "
        "no first day is named: counted from the order; " + texts.COPY_EN,
    ),
    Rule(
        id="B05",
        kind=Kind.DEADLINE,
        trigger=triggers.BAIL_DECISION_RECEIVED,
        binds=Organ.PARTY,
        period=Period(5, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("BAIL-2022", 17, 2),),
        zh="被取保候审人收到取保候审决定书后五日以内向执行机关报到",
        en="The person on bail reports to the executing organ within 5 days of receiving the "
        "decision",
        effective_from=texts.BAIL_2022,
        note_zh="检察院、法院决定的取保候审依同规定20条1款适用。" + texts.COPY_ZH,
        note_en="Applies to bail by procuratorates and courts through BAIL-2022 20¶1; "
        + texts.COPY_EN,
    ),
    Rule(
        id="B05b",
        kind=Kind.DEADLINE,
        trigger=triggers.BAIL_PERSON_REPORTED,
        binds=Organ.POLICE,
        period=Period(3, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("BAIL-2022", 17, 2),),
        zh="执行机关在被取保候审人报到后三日以内向决定机关反馈",
        en="The executing organ tells the deciding organ within 3 days of the person's report",
        effective_from=texts.BAIL_2022,
        note_zh=texts.COPY_ZH,
        note_en=texts.COPY_EN,
    ),
    Rule(
        id="B06",
        kind=Kind.DEADLINE,
        trigger=triggers.GUARANTOR_LOST,
        binds=Organ.PROCURATORATE,
        period=Period(3, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 96),),
        zh="保证人不愿继续保证或者丧失保证条件的，三日以内责令重新提出保证人或者交纳保证金，"
        "并通知公安机关",
        en="Guarantor unwilling or no longer fit: order another guarantor or a deposit within 3 "
        "days and tell the police",
        effective_from=texts.RULES,
    ),
    Rule(
        id="B07",
        kind=Kind.DEADLINE,
        trigger=triggers.FORFEITURE_PROPOSED,
        binds=Organ.PROCURATORATE,
        period=Period(5, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 100, 2),),
        zh="收到公安机关没收保证金或者变更强制措施的意见后五日以内决定，并通知公安机关",
        en="Decide within 5 days on the police's proposal to forfeit the deposit or change the "
        "measure, and tell them",
        effective_from=texts.RULES,
    ),
    Rule(
        id="B08",
        kind=Kind.IMMEDIATE,
        trigger=triggers.MEASURE_TO_BE_LIFTED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(
            Article("CPL", 79, 2),
            Article("RULES", 105),
            Article("RULES", 115),
            Article("BAIL-2022", 24, 1),
            Article("BAIL-2022", 24, 2),
        ),
        zh="取保候审、监视居住期限届满，或者发现不应当追究刑事责任的，及时解除或者撤销，"
        "并及时通知本人、执行机关、保证人和有关单位",
        en="When the measure has run out, or the person is not to be prosecuted: lift or revoke "
        "it promptly, and promptly tell the person, the executing organ, the guarantor and the "
        "units concerned",
        effective_from=texts.CPL,
        note_zh="条文为“及时”，不是“立即”，没有日数",
        note_en="The text says promptly (及时), not at once (立即), and gives no number of days",
    ),
    Rule(
        id="B09",
        kind=Kind.GUARD,
        trigger=triggers.MEASURE_REPLACED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("RULES", 154), Article("RULES", 155), Article("BAIL-2022", 24, 3)),
        zh="变更后的强制措施开始执行、决定不起诉、无罪等判决生效或者刑罚开始执行的，"
        "原措施自动解除，不再办理解除手续，决定机关及时通知执行机关",
        en="Another measure executed, non-prosecution decided, an acquittal effective or the "
        "sentence being executed: the old measure ends by itself, without lifting papers; the "
        "deciding organ promptly tells the executing one",
        effective_from=texts.BAIL_2022,
        note_zh="监视居住变更为拘留、逮捕的，依刑诉规则154条在变更的同时解除；"
        "取保候审规定24条只规定取保候审。" + texts.COPY_ZH,
        note_en="Residential surveillance changed to detention or arrest ends with the change "
        "(RULES 154); BAIL-2022 24 speaks of bail only; " + texts.COPY_EN,
    ),
    Rule(
        id="B10",
        kind=Kind.DEADLINE,
        trigger=triggers.BAIL_CASE_BEFORE_COURT,
        binds=Organ.COURT,
        period=Period(7, Unit.DAYS, PeriodClass.MEASURE),
        articles=(Article("SPC-I", 162, 1),),
        zh="起诉后，法院在七日以内决定是否继续取保候审、监视居住或者变更强制措施，"
        "并通知检察院、公安机关",
        en="After the indictment the court decides within 7 days on continuing or changing the "
        "measure and tells the procuratorate and the police",
        effective_from=texts.SPC_I,
        note_zh="决定继续的，期限重新计算（高法解释162条2款）；取保候审另见取保候审规定26条。"
        + texts.COPY_ZH,
        note_en="If continued, the period is counted anew (SPC-I 162¶2); for bail also BAIL-2022 "
        "26; " + texts.COPY_EN,
    ),
    Rule(
        id="B11",
        kind=Kind.DEADLINE,
        trigger=triggers.OFFICIAL_MEASURE_CHANGED,
        binds=Organ.PROCURATORATE,
        period=Period(5, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 153),),
        zh="对机关事业单位工作人员采取或者解除取保候审、监视居住、拘留、逮捕后五日以内"
        "告知其所在单位",
        en="Public employee: tell the employer within 5 days of taking or lifting bail, "
        "surveillance, detention or arrest",
        effective_from=texts.RULES,
    ),
    Rule(
        id="B11b",
        kind=Kind.DEADLINE,
        trigger=triggers.OFFICIAL_CASE_ENDED,
        binds=Organ.PROCURATORATE,
        period=Period(10, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 153),),
        zh="对机关事业单位工作人员决定撤销案件或者不起诉后十日以内告知其所在单位",
        en="Public employee: tell the employer within 10 days of the decision to dismiss the case "
        "or not to prosecute",
        effective_from=texts.RULES,
    ),
    Rule(
        id="B12",
        kind=Kind.DEADLINE,
        trigger=triggers.DESIGNATED_RESIDENCE_EXECUTED,
        binds=Organ.PROCURATORATE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 75, 2), Article("RULES", 117)),
        zh="检察院决定的指定居所监视居住，执行后二十四小时以内通知家属（无法通知的除外，"
        "原因附卷，情形消除后立即通知）",
        en="Designated residence by the procuratorate: notify the family within 24 hours of "
        "execution, unless that is impossible (the reason goes into the file, and the family is "
        "told once it can be)",
        effective_from=texts.CPL,
    ),
    Rule(
        id="B12b",
        kind=Kind.DEADLINE,
        trigger=triggers.DESIGNATED_RESIDENCE_EXECUTED,
        binds=Organ.POLICE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 75, 2), Article("MPS", 113)),
        zh="公安机关决定的指定居所监视居住，执行后二十四小时以内通知家属（无法通知的除外）",
        en="Designated residence by the police: notify the family within 24 hours of execution, "
        "unless that is impossible",
        effective_from=texts.CPL,
    ),
    Rule(
        id="B13",
        kind=Kind.DEADLINE,
        trigger=triggers.BAIL_PAPERS_RECEIVED,
        binds=Organ.POLICE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("BAIL-2022", 20, 3), Article("MPS", 92)),
        zh="县级公安机关收到检察院、法院决定取保候审的法律文书和有关材料后二十四小时以内"
        "指定居住地派出所执行，并通知决定机关",
        en="Within 24 hours of receiving the papers on bail by a procuratorate or court the "
        "county police designate the police station and tell the deciding organ",
        effective_from=texts.BAIL_2022,
        note_zh="可以采用电子方式送交（取保候审规定20条2款）；监视居住见公安程序规定118条。"
        + texts.COPY_ZH,
        note_en="Electronic delivery is allowed (BAIL-2022 20¶2); residential surveillance: MPS "
        "118; " + texts.COPY_EN,
    ),
)
"""The rows of bail and residential surveillance."""
