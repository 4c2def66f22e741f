"""Remedies against a decision not to prosecute, and conditional non-prosecution (X).

CPL 177-181, 282-284, RULES 376-388, 424, 469-480, MPS 294, 330. Remedies and replies between
organs and parties are class NEUTRAL; the thirty days after a withdrawal, in which the person may
still be held, are class LIBERTY; the probation period is a MEASURE.
"""

from services.deadlines.engine import triggers
from services.deadlines.engine.arithmetic import Period, PeriodClass, Unit
from services.deadlines.engine.articles import Article
from services.deadlines.engine.rules import Extension, Kind, Organ, Rule
from services.deadlines.engine.table import texts

NON_PROSECUTION: tuple[Rule, ...] = (
    Rule(
        id="X01",
        kind=Kind.IMMEDIATE,
        trigger=triggers.NON_PROSECUTION_DECIDED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("CPL", 178), Article("RULES", 376)),
        zh="不起诉决定公开宣布，自公开宣布之日起生效；在押的立即释放，"
        "有其他强制措施的通知执行机关解除",
        en="Announce the decision publicly; it takes effect that day. A person in custody is "
        "released at once; other measures are lifted through the executing organ",
        effective_from=texts.CPL,
    ),
    Rule(
        id="X02",
        kind=Kind.DEADLINE,
        trigger=triggers.POLICE_RECEIVED_NON_PROSECUTION,
        binds=Organ.POLICE,
        period=Period(7, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("CPL", 179), Article("MPS", 294, 1)),
        zh="公安机关认为不起诉决定有错误的，收到决定书后七日以内要求复议",
        en="Police who think the decision wrong ask for reconsideration within 7 days of "
        "receiving it",
        effective_from=texts.MPS,
        note_zh="监察机关提请复议见S08",
        note_en="Commissions: S08",
    ),
    Rule(
        id="X03",
        kind=Kind.DEADLINE,
        trigger=triggers.NON_PROSECUTION_OBJECTION_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(30, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 379, 2),),
        zh="另行指派检察官或者办案组审查，收到要求复议意见书后三十日以内，经检察长批准作出复议决定",
        en="Another prosecutor or team examines; the reconsideration is decided within 30 days of "
        "the request, approved by the chief procurator",
        effective_from=texts.RULES,
    ),
    Rule(
        id="X04",
        kind=Kind.DEADLINE,
        trigger=triggers.NON_PROSECUTION_RECONSIDERED,
        binds=Organ.POLICE,
        period=Period(7, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("CPL", 179), Article("MPS", 294, 2)),
        zh="公安机关的意见不被接受的，收到复议决定书后七日以内提请上一级检察院复核",
        en="Police whose objection was not accepted ask the upper procuratorate to re-examine "
        "within 7 days of receiving the decision on reconsideration",
        effective_from=texts.MPS,
    ),
    Rule(
        id="X05",
        kind=Kind.DEADLINE,
        trigger=triggers.NON_PROSECUTION_REEXAMINATION_ASKED,
        binds=Organ.PROCURATORATE,
        period=Period(30, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 380),),
        zh="上一级检察院收到提请复核意见书后三十日以内，经检察长批准作出复核决定",
        en="The upper procuratorate decides the re-examination within 30 days of the request, "
        "approved by its chief procurator",
        effective_from=texts.RULES,
    ),
    Rule(
        id="X06",
        kind=Kind.DEADLINE,
        trigger=triggers.VICTIM_RECEIVED_NON_PROSECUTION,
        binds=Organ.PARTY,
        period=Period(7, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("CPL", 180), Article("RULES", 377), Article("RULES", 381)),
        zh="被害人不服的，收到决定书后七日以内向上一级检察院申诉；也可以不经申诉直接向法院起诉",
        en="The victim may appeal to the upper procuratorate within 7 days of receiving the "
        "decision, or sue in court without appealing",
        effective_from=texts.CPL,
    ),
    Rule(
        id="X07",
        kind=Kind.THRESHOLD,
        trigger=triggers.VICTIM_RECEIVED_NON_PROSECUTION,
        binds=Organ.PARTY,
        period=Period(7, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 382),),
        zh="被害人收到决定书七日以后申诉的，由作出决定的检察院控告申诉检察部门先行审查，"
        "认为可能有错误的移送捕诉部门复查",
        en="A victim's appeal more than 7 days after receipt: the complaints department of the "
        "deciding procuratorate examines it first and passes it on if the decision may be wrong",
        effective_from=texts.RULES,
        note_zh="七日以后的申诉不是不予受理，只是改由不同部门审查；审查没有期限",
        note_en="A late appeal is not barred, it goes to another department; no period is set for "
        "the examination",
    ),
    Rule(
        id="X08",
        kind=Kind.DEADLINE,
        trigger=triggers.PERSON_RECEIVED_NON_PROSECUTION,
        binds=Organ.PARTY,
        period=Period(7, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("CPL", 181), Article("RULES", 377), Article("RULES", 385, 1)),
        zh="依刑诉法177条2款被不起诉的人不服的，收到决定书后七日以内向作出决定的检察院申诉",
        en="A person not prosecuted under CPL 177¶2 may appeal to the deciding procuratorate "
        "within 7 days of receiving the decision",
        effective_from=texts.CPL,
        note_zh="七日以后申诉的，由控告申诉检察部门先行审查（刑诉规则385条1款）",
        note_en="Later: the complaints department examines first (RULES 385¶1)",
    ),
    Rule(
        id="X09",
        kind=Kind.DEADLINE,
        trigger=triggers.NON_PROSECUTION_APPEAL_FILED,
        binds=Organ.PROCURATORATE,
        period=Period(3, Unit.MONTHS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 386),),
        zh="复查不服不起诉决定的申诉，立案后三个月以内报经检察长批准作出复查决定",
        en="Review of an appeal against the non-prosecution: decided within 3 months of its "
        "filing, approved by the chief procurator",
        effective_from=texts.RULES,
        extensions=(
            Extension(
                ground="complex_case",
                more=3,
                unit=Unit.MONTHS,
                articles=(Article("RULES", 386),),
                zh="案情复杂的，不得超过六个月",
                en="complex case, not more than 6 months in all",
                total=True,
            ),
        ),
    ),
    Rule(
        id="X10",
        kind=Kind.GUARD,
        trigger=triggers.VICTIM_SUIT_ACCEPTED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("CPL", 180), Article("RULES", 384)),
        zh="收到法院受理被害人起诉的通知后终止复查，将有关案卷材料移送法院",
        en="On the court's notice that it has accepted the victim's suit: terminate the review "
        "and send the court the files",
        effective_from=texts.CPL,
        note_zh="条文没有日数；是“终止”复查，不是中止",
        note_en="No number of days; the review is terminated, not suspended",
    ),
    Rule(
        id="X11",
        kind=Kind.DEADLINE,
        trigger=triggers.PROSECUTION_WITHDRAWN,
        binds=Organ.PROCURATORATE,
        period=Period(30, Unit.DAYS, PeriodClass.LIBERTY),
        articles=(Article("RULES", 424, 2),),
        zh="经检察长批准撤回起诉后三十日以内作出不起诉决定",
        en="After the chief procurator has approved the withdrawal of the prosecution: decide not "
        "to prosecute within 30 days",
        effective_from=texts.RULES,
    ),
    Rule(
        id="X12",
        kind=Kind.DEADLINE,
        trigger=triggers.CONDITIONAL_NON_PROSECUTION_DECIDED,
        binds=Organ.PROCURATORATE,
        period=Period(6, Unit.MONTHS, PeriodClass.MEASURE),
        articles=(Article("CPL", 283, 2), Article("RULES", 473)),
        zh="附条件不起诉的考验期为六个月以上一年以下，自作出决定之日起计算；"
        "考验期满提出起诉或者不起诉的意见",
        en="Conditional non-prosecution: probation of 6 to 12 months from the decision; at its "
        "end an opinion for or against prosecution",
        effective_from=texts.CPL,
        extensions=(
            Extension(
                ground="longer_probation",
                more=6,
                unit=Unit.MONTHS,
                articles=(Article("CPL", 283, 2), Article("RULES", 473)),
                zh="决定的考验期长于六个月的部分，一个月至六个月（合计不超过一年）",
                en="a probation set longer than 6 months, by 1 to 6 months (12 in all at most)",
                by_zh="作出决定的人民检察院",
                by_en="the deciding procuratorate",
                at_least=1,
                total=True,
            ),
        ),
        note_zh="考验期由决定书确定；六个月为下限，长于六个月的以“延长”登记，不是法定的延长程序；"
        "期满后的决定报检察长（刑诉规则477条）",
        note_en="The decision sets the length: six months is the least; what exceeds it is entered "
        "as an extension, which is no procedure of the law; the decision at the end is the chief "
        "procurator's (RULES 477)",
    ),
    Rule(
        id="X13",
        kind=Kind.DEADLINE,
        trigger=triggers.CONDITIONAL_NON_PROSECUTION_DECIDED,
        binds=Organ.PROCURATORATE,
        period=Period(3, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 471, 1),),
        zh="附条件不起诉决定书在三日以内送达公安机关、被害人一方、未成年犯罪嫌疑人及其"
        "法定代理人、辩护人",
        en="Serve the conditional non-prosecution decision within 3 days on the police, the "
        "victim's side, the minor, the legal representative and the defender",
        effective_from=texts.RULES,
    ),
    Rule(
        id="X14",
        kind=Kind.DEADLINE,
        trigger=triggers.VICTIM_RECEIVED_CONDITIONAL,
        binds=Organ.PARTY,
        period=Period(7, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(
            Article("CPL", 282, 2),
            Article("CPL", 180),
            Article("RULES", 472),
            Article("RULES", 478),
        ),
        zh="被害人不服附条件不起诉决定的，收到决定书后七日以内申诉；不适用向法院起诉的规定",
        en="The victim may appeal against a conditional non-prosecution within 7 days of "
        "receiving it; there is no suit in court",
        effective_from=texts.CPL,
        note_zh="考验期满作出的不起诉决定，申诉同样依此办理（刑诉规则478条）",
        note_en="The same for an appeal against the final decision after probation (RULES 478)",
    ),
    Rule(
        id="X14b",
        kind=Kind.DEADLINE,
        trigger=triggers.POLICE_RECEIVED_CONDITIONAL,
        binds=Organ.POLICE,
        period=Period(7, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("CPL", 282, 2), Article("MPS", 330, 1), Article("RULES", 472, 1)),
        zh="公安机关认为附条件不起诉决定有错误的，收到决定书后七日以内要求复议",
        en="Police who think the conditional non-prosecution wrong ask for reconsideration within "
        "7 days of receiving it",
        effective_from=texts.MPS,
        note_zh="复议、复核的办理期限参照X03、X05（刑诉规则472条）",
        note_en="Decided in the periods of X03 and X05 (RULES 472)",
    ),
    Rule(
        id="X14c",
        kind=Kind.DEADLINE,
        trigger=triggers.CONDITIONAL_RECONSIDERED,
        binds=Organ.POLICE,
        period=Period(7, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("CPL", 282, 2), Article("MPS", 330, 2), Article("RULES", 472, 1)),
        zh="公安机关对附条件不起诉的复议意见不被接受的，收到复议决定书后七日以内提请上一级检察院复核",
        en="Police whose objection to the conditional non-prosecution was not accepted ask the "
        "upper procuratorate to re-examine within 7 days of the decision",
        effective_from=texts.MPS,
        note_zh="复议、复核的办理期限参照X03、X05（刑诉规则472条）",
        note_en="Decided in the periods of X03 and X05 (RULES 472)",
    ),
)
"""The rows of the decisions not to prosecute and their remedies."""
