"""After the decision on an arrest: execution, and the remedies of the police (section A).

CPL 90 to 94; RULES 286 to 294, 301, 302; MPS 140 to 145.
"""

from services.deadlines.engine.arithmetic import Period, PeriodClass, Unit
from services.deadlines.engine.articles import Article
from services.deadlines.engine.rules import Kind, Organ, Rule
from services.deadlines.engine.table import texts
from services.deadlines.engine.triggers import (
    ARREST_APPROVAL_RECEIVED,
    ARREST_EXECUTED,
    FOREIGNER_ARREST_APPROVED,
    NON_ARREST_RECEIVED,
    RECONSIDERATION_DECISION_RECEIVED,
    RECONSIDERATION_REQUEST_RECEIVED,
    REEXAMINATION_REQUEST_RECEIVED,
)

ARREST: tuple[Rule, ...] = (
    Rule(
        id="A01",
        kind=Kind.IMMEDIATE,
        trigger=ARREST_APPROVAL_RECEIVED,
        binds=Organ.POLICE,
        period=None,
        articles=(Article("CPL", 90), Article("RULES", 286, 1), Article("MPS", 142)),
        zh="批准逮捕的决定由公安机关立即执行；未能执行的，及时将回执送达并写明原因",
        en="The police execute an approved arrest at once; if they cannot, the receipt says why",
        effective_from=texts.CPL,
    ),
    Rule(
        id="A02",
        kind=Kind.DEADLINE,
        trigger=ARREST_EXECUTED,
        binds=Organ.POLICE,
        period=Period(3, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("MPS", 142), Article("RULES", 286, 1)),
        zh="逮捕执行完毕后三日以内送达执行回执（未能执行的回执无此期限，应当及时送达）",
        en="Return the receipt within 3 days of completed execution (a receipt that the arrest "
        "could not be executed has no such period)",
        effective_from=texts.MPS,
        note_zh="三日自执行完毕起算（公安程序规定142条）；刑诉规则286条只要求及时",
        note_en="Three days from completed execution (MPS 142); RULES 286 only says promptly",
    ),
    Rule(
        id="A03",
        kind=Kind.DEADLINE,
        trigger=NON_ARREST_RECEIVED,
        binds=Organ.POLICE,
        period=Period(3, Unit.DAYS, PeriodClass.LIBERTY),
        articles=(Article("RULES", 286, 1), Article("CPL", 91, 3), Article("MPS", 140)),
        zh="收到不批准逮捕决定书后立即释放或者变更强制措施，三日以内送达执行回执",
        en="On receiving a refusal of arrest: release or change the measure at once, and return "
        "the receipt within 3 days",
        effective_from=texts.RULES,
        note_zh="公安程序规定140条自执行完毕起算三日；取较早的自收到决定书起算",
        note_en="MPS 140 counts the 3 days from execution; the earlier, from receipt, is kept",
    ),
    Rule(
        id="A03b",
        kind=Kind.IMMEDIATE,
        trigger=NON_ARREST_RECEIVED,
        binds=Organ.POLICE,
        period=None,
        articles=(Article("CPL", 91, 3), Article("RULES", 286), Article("MPS", 140)),
        zh="收到不批准逮捕决定书后立即释放在押的犯罪嫌疑人，或者变更强制措施",
        en="On receiving a refusal of arrest, release the suspect at once or change the measure",
        effective_from=texts.CPL,
        note_zh="不立即释放或者变更的，检察院提出纠正意见（刑诉规则286条2款）",
        note_en="If they do not, the procuratorate asks for correction (RULES 286¶2)",
    ),
    Rule(
        id="A04",
        kind=Kind.DEADLINE,
        trigger=ARREST_EXECUTED,
        binds=Organ.POLICE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 94), Article("MPS", 144)),
        zh="逮捕后二十四小时以内讯问",
        en="Interrogate the arrested person within 24 hours",
        effective_from=texts.CPL,
    ),
    Rule(
        id="A04b",
        kind=Kind.DEADLINE,
        trigger=ARREST_EXECUTED,
        binds=Organ.PROCURATORATE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 94), Article("RULES", 302, 1)),
        zh="检察院自行决定逮捕的：逮捕后二十四小时以内讯问",
        en="Arrest decided by the procuratorate itself: interrogate the person within 24 hours",
        effective_from=texts.CPL,
    ),
    Rule(
        id="A05",
        kind=Kind.DEADLINE,
        trigger=ARREST_EXECUTED,
        binds=Organ.POLICE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 93, 2), Article("MPS", 145)),
        zh="逮捕后二十四小时以内通知家属（仅无法通知的除外；该情形消除后立即通知）",
        en="Notify the family within 24 hours of the arrest, unless that is impossible",
        effective_from=texts.CPL,
    ),
    Rule(
        id="A05b",
        kind=Kind.DEADLINE,
        trigger=ARREST_EXECUTED,
        binds=Organ.PROCURATORATE,
        period=Period(24, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("CPL", 93, 2), Article("RULES", 301), Article("RULES", 144)),
        zh="检察院自行决定逮捕的：逮捕后二十四小时以内将原因和羁押处所通知家属"
        "（仅无法通知的除外；该情形消除后立即通知）",
        en="Arrest decided by the procuratorate itself: tell the family the reason and the place "
        "within 24 hours, unless that is impossible",
        effective_from=texts.CPL,
        note_zh="直接受理侦查的案件由侦查部门通知；监察机关移送的案件见S04",
        note_en="In own cases the investigators notify; for a commission's case see S04",
    ),
    Rule(
        id="A06",
        kind=Kind.THRESHOLD,
        trigger=NON_ARREST_RECEIVED,
        binds=Organ.POLICE,
        period=Period(15, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 287, 3),),
        zh="收到不批准逮捕决定书（没有犯罪事实、刑诉法第十六条情形，或者并非该犯罪嫌疑人所为、"
        "部分犯罪嫌疑人不负刑事责任）超过十五日，未要求复议、提请复核，也不撤销案件或者终止侦查的，"
        "检察院发出纠正违法通知书",
        en="More than 15 days after receiving a refusal of arrest (no crime, CPL 16, another "
        "person's act, or one of several not liable) with neither objection nor dismissal: the "
        "procuratorate issues a notice to correct",
        effective_from=texts.RULES,
        note_zh="仍不纠正的，报上一级检察院协商同级公安机关处理",
        note_en="If nothing follows, the next higher procuratorate takes it up with its police",
    ),
    Rule(
        id="A07",
        kind=Kind.DEADLINE,
        trigger=NON_ARREST_RECEIVED,
        binds=Organ.POLICE,
        period=Period(5, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("MPS", 141, 1),),
        zh="收到不批准逮捕决定书后五日以内要求复议",
        en="Ask for reconsideration within 5 days of receiving a refusal of arrest",
        effective_from=texts.MPS,
        note_zh="未经补充侦查即要求复议的，不论不批准逮捕的种类均可；补充侦查后的见A11",
        note_en="Open against every kind of refusal as long as the police have not supplemented; "
        "after that see A11",
    ),
    Rule(
        id="A08",
        kind=Kind.DEADLINE,
        trigger=RECONSIDERATION_REQUEST_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(7, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 290),),
        zh="收到要求复议意见书和案卷材料后七日以内，另行指派检察官或者办案组审查，"
        "经检察长批准，作出是否变更的决定",
        en="Decide on reconsideration within 7 days of receiving the request and the files, by "
        "another prosecutor or team, with the chief procurator's approval",
        effective_from=texts.RULES,
    ),
    Rule(
        id="A09",
        kind=Kind.DEADLINE,
        trigger=RECONSIDERATION_DECISION_RECEIVED,
        binds=Organ.POLICE,
        period=Period(5, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("MPS", 141, 2),),
        zh="收到复议决定书后五日以内提请上一级检察院复核",
        en="Ask the next higher procuratorate for re-examination within 5 days of receiving the "
        "decision on reconsideration",
        effective_from=texts.MPS,
    ),
    Rule(
        id="A10",
        kind=Kind.DEADLINE,
        trigger=REEXAMINATION_REQUEST_RECEIVED,
        binds=Organ.PROCURATORATE,
        period=Period(15, Unit.DAYS, PeriodClass.NEUTRAL),
        articles=(Article("RULES", 291, 1),),
        zh="上一级检察院收到提请复核意见书和案卷材料后十五日以内，经检察长批准，作出是否变更的决定",
        en="The higher procuratorate decides on re-examination within 15 days of receiving the "
        "request and the files, with its chief procurator's approval",
        effective_from=texts.RULES,
    ),
    Rule(
        id="A11",
        kind=Kind.GUARD,
        trigger=NON_ARREST_RECEIVED,
        binds=Organ.POLICE,
        period=None,
        articles=(Article("RULES", 292, 1),),
        zh="不批准逮捕并通知补充侦查的，补充侦查后应当重新提请批准逮捕；坚持要求复议的，不予受理",
        en="After a refusal with supplementary investigation, and once it is done, the police "
        "request the arrest anew; reconsideration is then not accepted",
        effective_from=texts.RULES,
        note_zh="仅补充侦查之后不予受理；未补充侦查、五日以内的复议（A07）应当受理",
        note_en="Barred only after supplementing; a request within the 5 days without it (A07) "
        "is admissible",
    ),
    Rule(
        id="A12",
        kind=Kind.DEADLINE,
        trigger=FOREIGNER_ARREST_APPROVED,
        binds=Organ.PROCURATORATE,
        period=Period(48, Unit.HOURS, PeriodClass.HOURS),
        articles=(Article("RULES", 294, 3),),
        zh="批准逮捕外国人、无国籍人的（刑诉规则294条1款的案件除外），四十八小时以内"
        "报上一级检察院备案，同时向同级政府外事部门通报",
        en="Arrest of a foreigner or stateless person approved (other than in cases of RULES "
        "294¶1): report to the next higher procuratorate within 48 hours and tell the "
        "foreign-affairs office",
        effective_from=texts.RULES,
    ),
)
