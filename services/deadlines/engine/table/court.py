"""Court stage and protest (T): CPL 204-235, RULES 361, 414, 421-428, 447, 586-592, SPC-I 210.

The trial of a person who is held is itself time in custody (CPL 98), and so is the
supplementary investigation during it: class CUSTODY. Evidence handed over, protests and the
reading of files run between organs: class NEUTRAL.
"""

from services.deadlines.engine import triggers
from services.deadlines.engine.arithmetic import Period, PeriodClass, Unit
from services.deadlines.engine.articles import Article
from services.deadlines.engine.rules import Extension, Kind, Organ, Rule
from services.deadlines.engine.table import texts

COURT: tuple[Rule, ...] = (
    Rule(
        id="T01",
        kind=Kind.DEADLINE,
        trigger=triggers.COURT_CASE_ACCEPTED,
        binds=Organ.COURT,
        period=Period(2, Unit.MONTHS, PeriodClass.CUSTODY),
        articles=(Article("CPL", 208, 1),),
        zh="第一审公诉案件，法院在受理后二个月以内宣判",
        en="First instance: the court gives judgment within 2 months of accepting the case",
        effective_from=texts.CPL,
        extensions=(
            Extension(
                ground="third_month",
                more=1,
                unit=Unit.MONTHS,
                articles=(Article("CPL", 208, 1),),
                zh="至迟不得超过三个月",
                en="not more than 3 months in all",
                total=True,
            ),
            Extension(
                ground="upper_court",
                more=3,
                unit=Unit.MONTHS,
                articles=(Article("CPL", 208, 1), Article("SPC-I", 210, 1)),
                zh="可能判处死刑、附带民事诉讼或者有刑诉法158条情形之一的，延长三个月"
                "（一次；期限届满十五日以前层报）",
                en="a possible death sentence, a civil claim attached, or a case of CPL 158: 3 "
                "months more, once (asked for 15 days before the end)",
                by_zh="上一级人民法院",
                by_en="the court one level up",
            ),
            Extension(
                ground="supreme_court",
                more=3,
                unit=Unit.MONTHS,
                articles=(Article("CPL", 208, 1), Article("SPC-I", 210, 3)),
                zh="因特殊情况还需要延长的，一至三个月（可以再次申请）",
                en="special circumstances: 1 to 3 months more (may be asked for again)",
                by_zh="最高人民法院",
                by_en="the Supreme People's Court",
                at_least=1,
            ),
        ),
        note_zh="改变管辖的自改变后的法院收到案件之日起算，补充侦查完毕移送后重新计算"
        "（刑诉法208条2款、3款）：另起新的期限。高法解释210条" + texts.COPY_ZH,
        note_en="A change of court, and a re-transfer after supplementary investigation, begin a "
        "new period (CPL 208¶2, ¶3). SPC-I 210 was " + texts.COPY_EN,
    ),
    Rule(
        id="T02",
        kind=Kind.DEADLINE,
        trigger=triggers.COURT_CASE_ACCEPTED,
        binds=Organ.COURT,
        period=Period(20, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("CPL", 220),),
        zh="简易程序，法院在受理后二十日以内审结",
        en="Summary procedure: the court concludes within 20 days of accepting the case",
        effective_from=texts.CPL,
    ),
    Rule(
        id="T02b",
        kind=Kind.DEADLINE,
        trigger=triggers.COURT_CASE_ACCEPTED,
        binds=Organ.COURT,
        period=Period(1, Unit.MONTHS, PeriodClass.CUSTODY, and_days=15),
        articles=(Article("CPL", 220), Article("SPC-I", 202, 1)),
        zh="简易程序，可能判处的有期徒刑超过三年的，审结期限可以延长至一个半月",
        en="Summary procedure, possible prison term over three years: up to one and a half months",
        effective_from=texts.CPL,
        note_zh="半个月按十五日计算（高法解释202条1款）",
        note_en="Half a month is fifteen days (SPC-I 202¶1)",
    ),
    Rule(
        id="T03",
        kind=Kind.DEADLINE,
        trigger=triggers.COURT_CASE_ACCEPTED,
        binds=Organ.COURT,
        period=Period(10, Unit.DAYS, PeriodClass.CUSTODY),
        articles=(Article("CPL", 225),),
        zh="速裁程序，法院在受理后十日以内审结",
        en="Expedited procedure: the court concludes within 10 days of accepting the case",
        effective_from=texts.CPL,
        extensions=(
            Extension(
                ground="over_one_year",
                more=5,
                unit=Unit.DAYS,
                articles=(Article("CPL", 225),),
                zh="可能判处的有期徒刑超过一年的，延长至十五日",
                en="possible prison term over one year, up to 15 days",
            ),
        ),
    ),
    Rule(
        id="T04",
        kind=Kind.DEADLINE,
        trigger=triggers.ADJOURNMENT_ANNOUNCED,
        binds=Organ.PROCURATORATE,
        period=Period(1, Unit.MONTHS, PeriodClass.CUSTODY),
        articles=(
            Article("CPL", 205),
            Article("RULES", 421),
            Article("RULES", 422, 3),
        ),
        zh="公诉人建议延期审理的，每次不超过一个月，不超过两次；在补充侦查期限内提请恢复审理"
        "或者撤回起诉",
        en="Adjournment proposed by the prosecutor: one month at most each time, twice at most; "
        "within it ask the court to resume, or withdraw the prosecution",
        effective_from=texts.CPL,
        at_most=2,
    ),
    Rule(
        id="T05",
        kind=Kind.DEADLINE,
        trigger=triggers.COURT_ASKED_FOR_MATERIAL,
        binds=Organ.PROCURATORATE,
        period=Period(3, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 361),),
        zh="法院书面要求补充移送材料，检察院认为有必要的，收到通知后三日以内补送",
        en="Further material that the court asks for in writing and the procuratorate thinks "
        "necessary: send it within 3 days of the notice",
        effective_from=texts.RULES,
        per_case=True,
    ),
    Rule(
        id="T05b",
        kind=Kind.DEADLINE,
        trigger=triggers.COURT_ASKED_FOR_EVIDENCE,
        binds=Organ.PROCURATORATE,
        period=Period(3, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 414),),
        zh="法院调取无罪或者罪轻证据材料的，收到决定书后三日以内移交；没有的，说明情况",
        en="Evidence of innocence or lighter guilt that the court obtains: hand it over within 3 "
        "days of the decision, or say that there is none",
        effective_from=texts.RULES,
        per_case=True,
    ),
    Rule(
        id="T05c",
        kind=Kind.DEADLINE,
        trigger=triggers.COURT_SESSION_CLOSED,
        binds=Organ.PROCURATORATE,
        period=Period(3, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 428),),
        zh="取回的案卷材料和证据当庭移交法院；无法当庭移交的，休庭后三日以内移交",
        en="Files and evidence taken back for the trial: hand them to the court in the session, or "
        "if that cannot be within 3 days after it",
        effective_from=texts.RULES,
        per_case=True,
    ),
    Rule(
        id="T06",
        kind=Kind.DEADLINE,
        trigger=triggers.JUDGMENT_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(10, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("CPL", 230), Article("RULES", 586)),
        zh="对同级法院第一审判决的抗诉，接到判决书后第二日起十日以内提出",
        en="Protest against a first-instance judgment of the court of the same level: within 10 "
        "days from the day after its receipt",
        effective_from=texts.CPL,
        note_zh="“第二日起算”即开始之日不计入；上一级检察院可以在此期限内指令抗诉"
        "（刑诉规则589条3款）",
        note_en="From the second day: the ordinary rule that the first is not counted; within the "
        "period the upper procuratorate may order a protest (RULES 589¶3)",
    ),
    Rule(
        id="T07",
        kind=Kind.DEADLINE,
        trigger=triggers.RULING_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(5, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("CPL", 230), Article("RULES", 586)),
        zh="对同级法院第一审裁定的抗诉，接到裁定书后第二日起五日以内提出",
        en="Protest against a first-instance ruling of the court of the same level: within 5 days "
        "from the day after its receipt",
        effective_from=texts.CPL,
    ),
    Rule(
        id="T08",
        kind=Kind.DEADLINE,
        trigger=triggers.VICTIM_RECEIVED_JUDGMENT,
        binds=Organ.PARTY,
        period=Period(5, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("CPL", 229), Article("RULES", 588, 1)),
        zh="被害人及其法定代理人不服第一审判决的，收到判决书后五日以内请求检察院抗诉",
        en="The victim or legal representative may ask for a protest within 5 days of receiving "
        "the first-instance judgment",
        effective_from=texts.CPL,
        note_zh="五日以后请求的，由检察院决定是否受理（刑诉规则588条2款）",
        note_en="Later: the procuratorate decides whether to accept (RULES 588¶2)",
    ),
    Rule(
        id="T08b",
        kind=Kind.DEADLINE,
        trigger=triggers.PROTEST_ASKED,
        binds=Organ.PROCURATORATE,
        period=Period(5, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("CPL", 229), Article("RULES", 588, 1)),
        zh="检察院立即审查，收到抗诉请求后五日以内决定是否抗诉并答复请求人",
        en="The procuratorate examines at once, decides on the protest within 5 days of the "
        "request and answers",
        effective_from=texts.CPL,
        note_zh="抗诉期限（T06）不因请求而延长",
        note_en="The request does not lengthen the period of protest (T06)",
    ),
    Rule(
        id="T09",
        kind=Kind.DEADLINE,
        trigger=triggers.SECOND_INSTANCE_FILES_OFFERED,
        binds=Organ.PROCURATORATE,
        period=Period(1, Unit.MONTHS, PeriodClass.NEUTRAL),
        articles=(Article("CPL", 235), Article("RULES", 447, 2)),
        zh="第二审同级检察院接到法院通知后一个月以内查阅案卷完毕",
        en="The procuratorate of the second-instance level reads the files within one month of "
        "the court's notice",
        effective_from=texts.CPL,
        per_case=True,
        note_zh="查阅案卷的时间不计入审理期限；不能完成的，可以商请法院延期审理，无日数",
        note_en="Not counted in the trial period; if it cannot be done, the court may be asked to "
        "adjourn, without a number of days",
    ),
    Rule(
        id="T10",
        kind=Kind.DEADLINE,
        trigger=triggers.REPRIEVE_JUDGMENT_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(3, Unit.MONTHS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 592),),
        zh="省级检察院认为高级法院死缓判决、裁定确有错误的，一般在收到生效判决、裁定后三个月以内"
        "提请抗诉",
        en="High-court death sentence with reprieve that the provincial procuratorate thinks "
        "wrong: ask for a protest generally within 3 months of receiving the effective judgment",
        effective_from=texts.RULES,
        extensions=(
            Extension(
                ground="at_the_latest",
                more=3,
                unit=Unit.MONTHS,
                articles=(Article("RULES", 592),),
                zh="至迟不得超过六个月",
                en="not more than 6 months in all",
                total=True,
            ),
        ),
    ),
    Rule(
        id="T11",
        kind=Kind.THRESHOLD,
        trigger=triggers.TRIAL_PERIOD_EXPIRED,
        binds=Organ.PROCURATORATE,
        period=Period(10, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("FLOW-2016", 12, item=3),),
        zh="提起公诉、抗诉的案件，超过审理期限十日未收到判决书、裁定书或者延期审理通知的，"
        "由案件管理部门监控",
        en="Indicted or protested case: neither judgment nor notice of adjournment ten days after "
        "the trial period has ended: case management looks into it",
        effective_from=texts.FLOW_2016,
        per_case=True,
        note_zh="由案件管理部门监控（流程监控规定12条），不依刑诉规则613条分流。" + texts.COPY_ZH,
        note_en="Case management's own watch (FLOW-2016 12), not routed by RULES 613; "
        + texts.COPY_EN,
    ),
)
"""The rows of the court stage and of protests."""
