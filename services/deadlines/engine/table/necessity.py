"""Custody-necessity review (N): CPL 95, 97, RULES 573-582, CUST-2023.

The review is about a person who is held: its periods are class LIBERTY. The time of an expert
report, a technical review or a hearing is not counted in N03, N04 and N04b (CUST-2023 19
paragraph 3); that is no ground of the CPL and is entered by hand.
"""

from services.deadlines.engine import triggers
from services.deadlines.engine.arithmetic import Period, PeriodClass, Unit
from services.deadlines.engine.articles import Article
from services.deadlines.engine.rules import Kind, Organ, Rule
from services.deadlines.engine.table import texts

_NOT_COUNTED_ZH = "委托鉴定、专门报告、技术性证据审查和听证的期间不计入（羁押必要性规定19条3款）。"
_NOT_COUNTED_EN = (
    "The time of an expert report, a technical review or a hearing is not counted (CUST-2023 "
    "19¶3); "
)

NECESSITY: tuple[Rule, ...] = (
    Rule(
        id="N01",
        kind=Kind.IMMEDIATE,
        trigger=triggers.NECESSITY_REVIEW_ASKED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("RULES", 576, 1), Article("CUST-2023", 10, 1)),
        zh="控告申诉检察部门或者案件管理部门收到羁押必要性审查申请的，当日移送捕诉部门",
        en="The complaints department or case management passes an application for a "
        "custody-necessity review to the arrest-and-prosecution department on the same day",
        effective_from=texts.CUST_2023,
        same_day=True,
        note_zh=texts.COPY_ZH,
        note_en=texts.COPY_EN,
    ),
    Rule(
        id="N02",
        kind=Kind.DEADLINE,
        trigger=triggers.NECESSITY_REVIEW_ASKED_ELSEWHERE,
        binds=Organ.PROCURATORATE,
        period=Period(2, Unit.DAYS, PeriodClass.LIBERTY),
        articles=(Article("RULES", 576, 2), Article("CUST-2023", 10, 3)),
        zh="其他检察院收到申请的，告知申请人向办案机关对应的同级检察院提出，"
        "或者二日以内移送该院并告知申请人",
        en="Another procuratorate that receives the application tells the applicant where to "
        "apply, or forwards it within 2 days and says so",
        effective_from=texts.CUST_2023,
        note_zh=texts.COPY_ZH,
        note_en=texts.COPY_EN,
    ),
    Rule(
        id="N03",
        kind=Kind.DEADLINE,
        trigger=triggers.NECESSITY_REVIEW_ASKED,
        binds=Organ.PROCURATORATE,
        period=Period(10, Unit.DAYS, PeriodClass.LIBERTY),
        articles=(Article("CUST-2023", 19, 1),),
        zh="侦查、审判阶段收到羁押必要性审查申请或者看守所建议的，十日以内决定是否提出"
        "释放或者变更强制措施的建议",
        en="Investigation or trial stage: decide within 10 days of the application, or of the "
        "detention centre's suggestion, whether to propose release or another measure",
        effective_from=texts.CUST_2023,
        note_zh=_NOT_COUNTED_ZH + texts.COPY_ZH,
        note_en=_NOT_COUNTED_EN + texts.COPY_EN,
    ),
    Rule(
        id="N04",
        kind=Kind.DEADLINE,
        trigger=triggers.CHANGE_OF_MEASURE_ASKED,
        binds=Organ.PROCURATORATE,
        period=Period(3, Unit.DAYS, PeriodClass.LIBERTY),
        articles=(Article("CPL", 97), Article("CUST-2023", 19, 2)),
        zh="审查起诉阶段收到变更羁押措施申请的，检察院三日以内作出决定",
        en="Review-for-prosecution stage: the procuratorate itself decides within 3 days of the "
        "application to change the measure",
        effective_from=texts.CPL,
        note_zh=_NOT_COUNTED_ZH + texts.COPY_ZH,
        note_en=_NOT_COUNTED_EN + texts.COPY_EN,
    ),
    Rule(
        id="N04b",
        kind=Kind.DEADLINE,
        trigger=triggers.CHANGE_OF_MEASURE_ASKED,
        binds=Organ.POLICE,
        period=Period(3, Unit.DAYS, PeriodClass.LIBERTY),
        articles=(Article("CPL", 97), Article("CUST-2023", 19, 2), Article("MPS", 160)),
        zh="侦查阶段收到变更羁押措施申请的，公安机关三日以内作出决定",
        en="Investigation stage: the police decide within 3 days of the application to change "
        "the measure",
        effective_from=texts.CPL,
        note_zh=_NOT_COUNTED_ZH + texts.COPY_ZH,
        note_en=_NOT_COUNTED_EN + texts.COPY_EN,
    ),
    Rule(
        id="N05",
        kind=Kind.DEADLINE,
        trigger=triggers.NECESSITY_PROPOSAL_RECEIVED,
        binds=Organ.POLICE,
        period=Period(10, Unit.DAYS, PeriodClass.LIBERTY),
        articles=(
            Article("CPL", 95),
            Article("RULES", 581, 1),
            Article("CUST-2023", 22, 2),
            Article("MPS", 159, 2),
        ),
        zh="公安机关收到羁押必要性审查建议书后十日以内将处理情况通知检察院；需要继续羁押的，"
        "说明理由",
        en="The police tell the procuratorate within 10 days of its proposal what they have done, "
        "and why if custody is to go on",
        effective_from=texts.CPL,
        note_zh="逾期不回复的，检察院提出纠正意见（刑诉规则581条2款）",
        note_en="No reply in time: the procuratorate issues an opinion to correct (RULES 581¶2)",
    ),
    Rule(
        id="N05b",
        kind=Kind.DEADLINE,
        trigger=triggers.NECESSITY_PROPOSAL_RECEIVED,
        binds=Organ.COURT,
        period=Period(10, Unit.DAYS, PeriodClass.LIBERTY),
        articles=(
            Article("CPL", 95),
            Article("RULES", 581, 1),
            Article("CUST-2023", 22, 2),
            Article("SPC-I", 173),
        ),
        zh="人民法院收到羁押必要性审查建议书后十日以内将处理情况通知检察院；需要继续羁押的，"
        "说明理由",
        en="The court tells the procuratorate within 10 days of its proposal what it has done, and "
        "why if custody is to go on",
        effective_from=texts.CPL,
        note_zh="逾期不回复的，检察院提出纠正意见（刑诉规则581条2款）",
        note_en="No reply in time: the procuratorate issues an opinion to correct (RULES 581¶2)",
    ),
    Rule(
        id="N06",
        kind=Kind.GUARD,
        trigger=triggers.INDICTMENT,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("CUST-2023", 6, 2),),
        zh="在押犯罪嫌疑人可能判处三年以下有期徒刑、审查起诉阶段未经羁押必要性审查的，"
        "提起公诉前应当依职权审查一次",
        en="A suspect in custody who may get three years or less and whose custody has not been "
        "reviewed in the prosecution stage: one review ex officio before the indictment",
        effective_from=texts.CUST_2023,
        note_zh="没有日数，是提起公诉的前提。" + texts.COPY_ZH,
        note_en="No number of days: a condition of the indictment; " + texts.COPY_EN,
    ),
    Rule(
        id="N07",
        kind=Kind.IMMEDIATE,
        trigger=triggers.NECESSITY_GROUND_FOUND,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("CUST-2023", 7, 1),),
        zh="发现重病、怀孕或者哺乳、唯一抚养人或者扶养人、羁押期限将超过可能的刑期等八种情形之一的，"
        "立即开展羁押必要性审查，及时作出决定",
        en="One of eight situations (grave illness, pregnancy or nursing, sole carer, custody "
        "about to outlast the likely sentence ...): begin the review at once and decide promptly",
        effective_from=texts.CUST_2023,
        note_zh="公安机关的评估同样适用；收到看守所书面建议的，也应当立即审查（11条3款）。"
        + texts.COPY_ZH,
        note_en="The police's assessment too; also at once on the detention centre's written "
        "suggestion (CUST-2023 11¶3); " + texts.COPY_EN,
    ),
    Rule(
        id="N08",
        kind=Kind.GUARD,
        trigger=triggers.NECESSITY_REVIEW_ASKED_AGAIN,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("CUST-2023", 9),),
        zh="没有新证明材料或者新理由再次申请的，可以不再审查并告知申请人；"
        "因延长、重新计算侦查羁押期限或者退回补充侦查而羁押延长的除外",
        en="A repeated application without new material or reasons may go without a review, and "
        "the applicant is told; not so after custody was lengthened by an extension, a restart or "
        "a return for supplementary investigation",
        effective_from=texts.CUST_2023,
        note_zh=texts.COPY_ZH,
        note_en=texts.COPY_EN,
    ),
    Rule(
        id="N09",
        kind=Kind.IMMEDIATE,
        trigger=triggers.NECESSITY_REVIEW_FINISHED,
        binds=Organ.PROCURATORATE,
        period=None,
        articles=(Article("RULES", 582), Article("CUST-2023", 23, 1)),
        zh="依申请或者看守所建议的审查办结后，制作结果通知书，及时书面告知申请人或者看守所",
        en="A review on application or on the detention centre's suggestion: tell the applicant "
        "or the centre the result promptly and in writing",
        effective_from=texts.CUST_2023,
        note_zh="条文为“及时”，没有日数。" + texts.COPY_ZH,
        note_en="The text says promptly (及时) and gives no number of days; " + texts.COPY_EN,
    ),
)
"""The rows of the custody-necessity review."""
