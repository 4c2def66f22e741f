"""The Chinese term of every word in the code, and the legal terms behind them.

What the phone shows for a code stands in `mobile_stub/src/kit/words.ts` and is read from there,
so that the glossary and the phone cannot say two things; what the engine of deadlines says by
itself is read from the engine. The rest stands here.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from jiantong.docs import found
from services.deadlines.engine.choices import CHOICES
from services.deadlines.engine.page import CLASSES
from services.deadlines.engine.problems import WORDS
from services.deadlines.engine.words import PHRASES
from services.kernel.settings import CHECKOUT
from services.sentencing import choices as sentencing_choices
from services.sentencing import comparison, expedited, penalties, plea

PHONE = CHECKOUT / "mobile_stub" / "src" / "kit" / "words.ts"

ON_THE_PHONE = {
    "AcceptanceCheck": "CHECK",
    "AssignmentKind": "ASSIGNMENT",
    "CaseList": "CASE_LIST",
    "CaseState": "CASE_STATE",
    "CheckResult": "CHECK_RESULT",
    "CloseReason": "DEADLINE_CLOSED",
    "ConsultationForm": "CONSULTATION_FORM",
    "ConsultationGround": "CONSULTATION_GROUND",
    "ConsultationKind": "CONSULTATION_KIND",
    "ConsultationOrigin": "CONSULTATION_ORIGIN",
    "ConsultationSide": "CONSULTATION_SIDE",
    "ConsultationState": "CONSULTATION_STATE",
    "Custody": "CUSTODY",
    "DocumentKind": "DOCUMENT_KIND",
    "EntryKind": "ENTRY",
    "Extension": "DETENTION_EXTENDED",
    "Grade": "GRADE",
    "Hearing": "HEARING",
    "InquiryChannel": "INQUIRY_CHANNEL",
    "InquiryFinding": "INQUIRY_FINDING",
    "InquiryKind": "INQUIRY_KIND",
    "InterrogationGround": "INTERROGATION_GROUND",
    "Kind": "RULE_KIND",
    "Light": "LIGHT",
    "Measure": "MEASURE",
    "MonitoringState": "MONITORING_STATE",
    "NewMeasure": "NEW_MEASURE",
    "NoticeState": "NOTICE_STATE",
    "Organ": "ORGAN",
    "OversightAnswerKind": "OVERSIGHT_ANSWER",
    "OversightKind": "OVERSIGHT",
    "Paper": "PAPER",
    "PostKind": "POST",
    "Proposal": "PROPOSAL",
    "ReceiptOutcome": "RECEIPT",
    "RefusalKind": "REFUSAL_KIND",
    "ReportStanding": "REPORT_STANDING",
    "RequestState": "REQUEST_STATE",
    "RestartReason": "RESTART",
    "ReviewState": "REVIEW_STATE",
    "Sex": "SEX",
    "Standing": "STANDING",
    "SupplementCode": "SUPPLEMENT",
    "Unit": "UNIT",
    "arrest_requests.Flag": "FLAG",
    "assignments.ExclusionReason": "EXCLUSION",
    "deadlines.ExclusionReason": "NOT_COUNTED",
    "deadlines.Flag": "DEADLINE_FLAG",
}
"""Code lists whose words the phone holds, by the name of its table."""

IN_THE_ENGINE: Mapping[str, Mapping[str, str]] = {
    "Choice": {choice.value: reading.zh for choice, reading in CHOICES.items()},
    "PeriodClass": {kind.value: words[0] for kind, words in CLASSES.items()},
    "Problem": {problem.value: words[0] for problem, words in WORDS.items()},
    "StepCode": {code.value: words[0] for code, words in PHRASES.items()},
    "SentencingChoice": {
        choice.value: reading.zh for choice, reading in sentencing_choices.CHOICES.items()
    },
    "PenaltyProblem": {code.value: words.zh for code, words in penalties.WORDS.items()},
    "ExpeditedExclusion": {code.value: words.zh for code, words in expedited.WORDS.items()},
    "PleaProblem": {code.value: words.zh for code, words in plea.WORDS.items()},
    "DifferenceKind": {code.value: words.zh for code, words in comparison.WORDS.items()},
}
"""Code lists that the engine puts into words by itself; what it fills in is left open here."""

CODES: dict[str, dict[str, str]] = {
    "DeliveryChannel": {"inbox": "消息箱", "fcm": "推送（FCM）"},
    "DeliveryState": {
        "pending": "待送",
        "sent": "已送出",
        "delivered": "已到达",
        "read": "已读",
        "superseded": "已被取代",
        "expired": "已过期",
        "failed": "无法送达",
        "dead_letter": "多次失败，待人工处理",
    },
    "EndReason": {
        "signed_out": "本人退出",
        "secured": "重设口令或者账号停用后结束",
        "token_reused": "续期凭证被重复使用",
        "account_disabled": "账号停用",
    },
    "Flaw": {
        "form": "格式不符",
        "checksum": "校验码不符",
        "birth_date": "所含出生日期不存在",
        "born_on_differs": "与填写的出生日期不符",
        "sex_differs": "与填写的性别不符",
    },
    "FreeReason": {
        "forgotten": "本人移除",
        "replaced": "换用新令牌",
        "signed_out": "已退出登录",
        "dead_token": "推送令牌失效",
    },
    "Level": {"district": "县区级", "municipal": "市级", "provincial": "省级", "supreme": "最高"},
    "Mark": {
        "arrest_case": "受理号（捕受）",
        "arrest_approved": "批准逮捕决定书文号（批捕）",
        "arrest_refused": "不批准逮捕决定书文号（不批捕）",
    },
    "OfficeKind": {
        "procuratorate": "人民检察院",
        "public_security": "公安机关",
        "detention_centre": "看守所",
        "judicial_administration": "司法行政机关",
        "court": "人民法院",
        "supervisory_commission": "监察委员会",
    },
    "Platform": {"android": "安卓手机", "ios": "苹果手机", "web": "浏览器"},
    "Reading": {"both": "两种日期相同", "due": "应办日", "outer": "外限"},
    "RecusalGround": {
        "party_or_relative": "当事人或者其近亲属",
        "interest": "本人或者近亲属有利害关系",
        "witness_or_defender": "担任过证人、鉴定人、辩护人、诉讼代理人",
        "other_relation": "有其他关系，可能影响公正处理",
        "improper_contact": "接受请客送礼、违规会见",
    },
    "Rung": {
        "handler": "承办人或者负有义务的公安机关",
        "department_head": "部门负责人",
        "chief_procurator": "检察长",
        "watcher": "负责监督该类期限的部门",
    },
    "Severity": {"error": "错误", "warning": "提示"},
    "SpecialityCode": {
        "minors": "未成年人检察",
        "economic": "经济犯罪",
        "cyber": "网络犯罪",
        "duty": "职务犯罪",
    },
    "TaskState": {"open": "待办", "done": "已办", "cancelled": "已取消"},
    "Tier": {
        "lingering": "应当立即办理而仍未办理",
        "first": "第一次提示",
        "second": "第二次提示",
        "last": "最后一次提示",
        "again": "当日再次提示",
        "threshold_passed": "期间经过",
        "due_passed": "已过应办日",
        "expired": "已过外限",
    },
    "Urgency": {"info": "告知", "task": "待办", "urgent": "紧急", "alarm": "超期羁押警报"},
    "Verdict": {
        "accepted": "已接收",
        "dead_token": "令牌失效，删除令牌",
        "retry": "暂时不可用，稍后重试",
        "bad_payload": "内容有误，须修正程序",
        "bad_setup": "账号配置有误，须修正设置",
    },
}
"""Code lists that people meet outside the phone, or not at all."""

NAMED_BY_THEMSELVES = {"MediaType": "a media type is its own name (RFC 6838)"}
"""Code lists that need no term, and why."""

SLICES = {
    "arrest_requests": ("提请批准逮捕", "requests for approval of arrest"),
    "arrest_reviews": ("审查逮捕", "reviews of arrest, one for each suspect"),
    "assignments": ("分案", "who handles a case, and how that came about"),
    "attachments": ("附件", "files sent with a request"),
    "cases": ("案件", "what case management accepted, under a number"),
    "charges": ("罪名", "the register of charges, with the dates each is in force"),
    "consultations": ("适时介入与协商", "early intervention; consultation before there is a case"),
    "deadlines": ("期限", "statutory periods: table, arithmetic, calendar, ledger"),
    "deliveries": ("送达记录", "one event for one person by one channel"),
    "devices": ("设备", "phones that may be woken by a push"),
    "inquiries": ("过问记录", "inquiries and interference, recorded and reported"),
    "monitoring": ("流程监控", "periods that were found past their day, and what was done"),
    "numbers": ("文号", "numbers of cases and documents"),
    "offices": ("机关", "procuratorates and the organs they work with"),
    "oversight": ("办案监督", "what a chief looked into, asked or noted, on record"),
    "people": ("人员", "people, the posts they hold, their leave and specialities"),
    "sentencing": ("量刑", "penalties, recommendations, pleas, the judgment compared"),
    "sessions": ("登录会话", "sign-in sessions and their refresh tokens"),
    "tasks": ("待办", "what lies open, for whom, until when"),
}
"""The nouns of the house, as they name slices in every room."""

STEPS = {
    "arrest_requests": {
        "correct": "更正（补送）",
        "request_supplement": "要求补送",
        "accept": "受理",
    },
    "arrest_reviews": {
        "opine": "提出审查意见",
        "send_back": "要求复核",
        "approve": "批准逮捕",
        "refuse": "不批准逮捕",
        "executed": "回执：已执行",
        "not_executed": "回执：未执行",
        "released": "回执：已释放",
        "measure_changed": "回执：已变更强制措施",
        "unchanged": "回执：强制措施不变",
    },
    "cases": {
        "assign": "分案",
        "change_handler": "变更承办人",
        "lose_handler": "承办人回避",
        "decide": "全部作出决定",
        "close": "全部收到回执",
    },
    "consultations": {
        "accept": "指派检察官",
        "decline": "不派员，说明理由",
        "conclude": "作出结论",
        "link": "关联随后的提请",
        "restate_suspects": "更新嫌疑人情况",
        "hand_over": "变更检察官",
        "speak": "发表意见",
        "opine": "提出书面意见",
        "collect": "标记已收集",
    },
    "deadlines": {"confirm": "放假通知：确认", "reject": "放假通知：退回"},
    "monitoring": {"answer": "处理", "reply": "书面回复"},
    "deliveries": {
        "send": "送出",
        "arrive": "到达",
        "read": "阅读",
        "supersede": "被取代",
        "expire": "过期",
        "fail": "无法送达",
        "give_up": "放弃重试",
    },
}
"""The steps of every flow, by the noun whose states they move."""

NOUNS = {
    "account": "账号",
    "arrest_request": "提请批准逮捕",
    "arrest_review": "审查逮捕",
    "assignment": "分案记录",
    "attachment": "附件",
    "calendar_notice": "放假通知",
    "case": "案件",
    "consultation": "适时介入、协商",
    "consultation_practice": "协商方式",
    "deadline": "期限",
    "delivery": "消息",
    "device": "设备",
    "inquiry": "过问记录",
    "monitoring": "流程监控",
    "office": "机关",
    "opinion": "审查意见",
    "oversight": "办案监督",
    "person": "人员",
    "post": "岗位",
    "rotation": "轮案清单",
    "session": "登录会话",
    "warning": "期限警示",
    "zero_report": "零报告",
}
"""The things that permissions are about."""

VERBS = {
    "accept": "受理",
    "answer": "处理",
    "assign": "分案",
    "collect": "标记已收集",
    "compute": "试算",
    "conclude": "作出结论",
    "confirm": "确认",
    "correct": "更正",
    "decide": "决定",
    "declare": "作出",
    "designate": "指定或者变更承办人",
    "dispatch": "分发",
    "doubt_jurisdiction": "记录管辖疑问",
    "end": "结束",
    "enrol": "开立账号",
    "enter": "登记",
    "forget": "移除",
    "give": "授予",
    "invite": "商请",
    "link": "关联",
    "offer": "主动提出",
    "open": "开启",
    "opine": "提出意见",
    "oversee": "监督办案",
    "propose": "登记待确认",
    "read": "查看",
    "recalculate": "重新计算",
    "receipt": "送达执行回执",
    "record": "记录",
    "recuse": "决定回避",
    "register": "登记",
    "reply": "书面回复",
    "request_supplement": "要求补送",
    "restate": "更新",
    "secure": "重设口令或者停用",
    "retire": "清除失效令牌",
    "review": "核查",
    "send": "送出",
    "set": "设定",
    "speak": "发表意见",
    "submit": "提请",
    "upload": "上传",
    "watch": "巡查",
}
"""What permissions let somebody do."""

RULES = {
    "anyone": ("任何人", "任何人：尚未登录"),
    "somebody": ("已登录者", "任何已登录的人：法律是公开的"),
    "oneself": ("本人", "本人的"),
    "console": ("控制台", "本系统的控制台（命令行），登录的任何人都不是"),
    "machine": ("系统", "系统自身（后台任务），任何人都不是"),
    "officer_of_the_organ": ("办案公安", "移送该案的公安机关的民警"),
    "officer_of_any_organ": ("任一公安", "任何公安机关的民警"),
    "case_manager": ("案管", "该检察院的案件管理人员"),
    "chief_procurator": ("检察长", "该检察院的检察长"),
    "department_head": ("部门负责人", "该检察院的部门负责人"),
    "handler": ("承办人", "该案的承办检察官"),
    "later_handler": ("后续承办人", "所涉案件或者随后案件的承办检察官"),
    "execution_supervisor": ("执检部门", "该检察院刑事执行检察部门的人员"),
    "custody_period": ("羁押期限", "羁押期限，或者有人在押时约束其他机关的期限"),
    "watcher": ("监督部门", "负责监督该期限的部门的人员"),
    "any_administrator": ("管理员", "任一机关的系统管理员"),
    "any_controller": ("管理、保密人员", "任一机关的系统管理员或者安全保密员"),
    "inspector": ("检务督察", "该检察院的检务督察人员，且不担任该院领导"),
    "recorder": ("记录人", "记录该事项的人"),
    "not_the_recorder": ("非记录人", "记录该事项以外的人"),
    "takes_part": ("办案人员", "该检察院的办案人员"),
    "not_the_proposer": ("非登记人", "登记该放假通知以外的人（四眼原则）"),
}
"""The rules that clauses are made of: a short name for a column, and the rule in full."""

EVENTS = {
    "AccountDisabled": "账号停用",
    "AtOnceAwaited": "应当立即办理的事项尚未办理",
    "CalendarNoticeConfirmed": "放假通知已确认",
    "CalendarNoticeProposed": "放假通知待确认",
    "CalendarNoticeRejected": "放假通知被退回",
    "CalendarRecalculated": "期限已按新的放假通知重新计算",
    "CustodyExpired": "羁押期限已满",
    "DeadlineExpired": "期限已过外限",
    "DeadlineNeared": "期限临近",
    "DueDayPassed": "已过应办日",
    "LastDaysReached": "期限即将届满",
    "MonitoringAnswered": "流程监控已处理",
    "MonitoringOpened": "发现期限逾期",
    "MonitoringReplied": "流程监控已书面回复",
    "ConsultationAccepted": "已指派检察官参加介入、协商",
    "ConsultationConcluded": "介入、协商已结束",
    "ConsultationDeclined": "未派员参加介入、协商",
    "ConsultationEvidenceCollected": "所需证据已收集一项",
    "ConsultationReassigned": "参加介入、协商的检察官已变更",
    "ConsultationInvited": "办案机关商请介入、协商",
    "ConsultationLinked": "介入、协商已关联提请",
    "ConsultationOffered": "检察机关拟适时介入",
    "ConsultationOpinionGiven": "检察官提出书面意见",
    "ConsultationPracticeSet": "协商方式已设定",
    "ConsultationSuspectsRestated": "介入、协商所涉嫌疑人情况已更新",
    "ConsultationViewRecorded": "介入、协商意见已记录",
    "ThresholdPassed": "期间经过",
    "WarningsSet": "期限警示已设定",
    "ArrestDecided": "作出批准或者不批准逮捕决定",
    "ArrestRequestAccepted": "受理提请批准逮捕",
    "ArrestRequestCorrected": "更正提请批准逮捕",
    "ArrestRequestSubmitted": "提请批准逮捕",
    "CaseAccepted": "案件已受理登记",
    "CaseAssigned": "案件已分配",
    "CaseClosed": "案件已办结",
    "DeviceFreed": "设备不再接收推送",
    "DeviceRegistered": "设备已登记",
    "HandlerChanged": "变更承办人",
    "HandlerRecused": "检察官回避",
    "RotationCommitted": "轮案清单已承诺随机种子",
    "InquiryCorrected": "过问记录已更正",
    "InquiryRecorded": "记录并报告过问情况",
    "InquiryReviewed": "过问记录已核查",
    "SupervisionRecorded": "登记依法监督事项",
    "ZeroReportDeclared": "作出零报告",
    "OversightAnswered": "答复办案监督事项",
    "OversightNoteSet": "作出批示",
    "ProgressLooked": "查看办案进度",
    "ReportAsked": "要求报告办案情况",
    "JurisdictionDoubted": "记录管辖疑问",
    "OfficeEntered": "机关已登记",
    "OpinionGiven": "提出审查逮捕意见",
    "OpinionReturned": "检察长要求复核",
    "PasswordSet": "口令已重设",
    "PersonEnrolled": "账号已开立",
    "PostGiven": "授予岗位",
    "ReceiptReturned": "送达执行回执",
    "SessionEnded": "登录会话结束",
    "SessionOpened": "登录",
    "SignInFailed": "口令错误",
    "SupplementAnswered": "已补送材料",
    "SupplementRequested": "要求补送材料",
}
"""What happens, as the journal keeps it."""

LEGAL = (
    ("人民检察院", "people's procuratorate", "`procuratorate`"),
    ("检察长", "chief procurator", "`chief_procurator`"),
    ("检察官", "prosecutor (procurator)", "`prosecutor`"),
    ("承办人", "handler: the prosecutor who carries the case", "`handler`"),
    ("案件管理部门（案管）", "case management, the single entrance and exit", "`case_manager`"),
    ("公安机关", "public-security organ (police)", "`public_security`, `police`"),
    ("看守所", "detention centre", "`detention_centre`"),
    ("监察委员会", "supervisory commission", "`supervisory_commission`"),
    ("人民监督员", "people's supervisor", "`supervisor`"),
    ("司法行政机关", "judicial-administration organ", "`judicial_administration`"),
    ("三员分立", "administrator, security officer and auditor are three people", "posts"),
    ("犯罪嫌疑人", "suspect", "`suspect`"),
    ("自报姓名", "self-reported name", "`name_self_reported`"),
    ("未成年人", "minor", "`minor`"),
    ("人大代表", "deputy of a people's congress", "`deputy`, `township_deputy`"),
    ("认罪认罚从宽", "leniency for admitting guilt (plea leniency)", "`plea_leniency`"),
    ("强制措施", "compulsory measure", "`measure`"),
    ("拘留", "(criminal) detention", "`detention`"),
    ("逮捕", "arrest", "`arrest`"),
    ("取保候审", "bail", "`bail`"),
    ("监视居住", "residential surveillance", "`residential_surveillance`"),
    ("指定居所监视居住", "surveillance at a designated residence", "`designated_residence`"),
    ("留置", "retention (by a supervisory commission)", "`custody_elsewhere`"),
    ("羁押、在押", "custody, in custody", "`Custody`, `in_custody`"),
    ("提请批准逮捕", "request for approval of arrest", "`arrest_request`"),
    ("提请批准逮捕书", "the document that asks for it", "`request_document`"),
    ("接收、收到", "receipt: the clock of review runs from the first one", "`received_at`"),
    ("受理", "acceptance", "`accept`"),
    ("补送", "supplement to an incomplete request", "`supplement`"),
    ("管辖", "jurisdiction", "`jurisdiction`"),
    ("案卷、卷宗", "case files", "`file_items`"),
    ("随机分案、轮案", "random assignment by rotation", "`assign`, `rotation`"),
    ("指定分案", "designation of a handler", "`designate`"),
    ("变更承办人", "change of handler", "`change_handler`"),
    ("回避", "recusal", "`recuse`, `recusal`"),
    ("捕诉一体", "one prosecutor carries arrest and prosecution", "`same_handler`"),
    ("审查逮捕", "review of an arrest", "`arrest_review`"),
    ("讯问", "interrogation (of a suspect)", "`interrogated`"),
    ("听取犯罪嫌疑人意见书", "form for a suspect's written opinion", "`written_opinion`"),
    ("审查逮捕意见书", "the handler's opinion on the arrest", "`opinion`"),
    ("社会危险性", "danger to society", "`danger_grounds`"),
    ("批准逮捕", "approval of arrest", "`arrest_approved`"),
    ("不批准逮捕", "refusal (non-approval) of arrest", "`arrest_refused`"),
    ("补充侦查提纲", "outline for supplementary investigation", "`outline`"),
    ("执行回执", "receipt of execution", "`receipt`"),
    ("复议、复核", "reconsideration, re-examination", "rule A07"),
    ("纠正违法通知书", "notice to correct illegality", "rule A06"),
    ("文号", "number of a document", "`number`"),
    ("罪名", "charge", "`charge`"),
    ("期间、期限", "period, deadline", "`deadline`"),
    ("届满", "expiry", "`expired`"),
    ("顺延", "moving a last day that is a day off", "`rolled`"),
    ("应办日", "the day to keep: the cautious reading", "`due_on`"),
    ("外限", "the latest day that the law can bear", "`outer_on`"),
    ("节假日、调休", "day off, make-up working day", "`calendar`"),
    ("起算", "beginning of a period; its first day is not counted", "`trigger`, `started_at`"),
    ("延长", "extension", "`Extended`"),
    ("不计入期限", "days left out", "`Excluded`"),
    ("重新计算", "counting anew", "`Restarted`"),
    ("暂定", "provisional: the notice of days off is not known yet", "`provisional`"),
    ("侦查羁押期限", "investigative custody", "rules C01 to C12"),
    ("审查起诉期限", "period of the review for prosecution", "rule R01"),
    ("超期羁押", "custody beyond its limit", "`CustodyExpired`"),
    ("流程监控", "process monitoring", "`monitoring`"),
    ("刑事执行检察", "supervision of the execution of custody", "`execution_supervisor`"),
    ("量刑建议", "sentencing recommendation: fixed, or a range", "`Recommendation`"),
    ("速裁程序", "expedited procedure", "`expedited`"),
    ("认罪认罚具结书", "plea statement, signed before a lawyer", "`Statement`"),
    ("缓刑考验期", "probation of a suspended sentence", "`suspended_for`"),
    ("诉判比对", "the judgment laid beside the indictment", "`Difference`"),
    ("抗诉", "protest: a difference alone is no ground", "`ProtestGround`"),
    ("权力清单", "power list: who decides what, by province and office", "not loaded"),
    ("过问、干预", "inquiry, interference", "`inquiry`"),
    ("检务督察", "inspection of the procuratorate's own staff", "`inspector`"),
    ("零报告", "zero report: nothing happened in a month", "`zero_report`"),
    ("批示", "note of a chief on a case", "`note`"),
    ("岗位", "post", "`post`"),
    ("行权人", "actor: whoever acts, with the posts held today", "`Actor`"),
    ("行为", "act: one actor, one thing, one moment, one transaction", "`Act`"),
    ("记录", "record: a row of a table", "`Record`"),
    ("操作", "operation: refuses, changes, records an event", "functions of a slice"),
    ("权限", "permission: `thing:verb`", "`Permission`"),
    ("流程", "flow: which step leads from which state to which", "`Flow`"),
    ("拒绝", "refusal: a service's no, with its words", "`Refusal`"),
    ("事件", "event: what happened, ids and codes only", "`Event`"),
    ("流水", "journal: every event, never rewritten", "`journal`"),
    ("消息", "message: an event put into words", "`Message`"),
)
"""The law's own words, what this project calls them in English, and where they stand in code."""


def words_of(codes: type[StrEnum]) -> dict[str, str]:
    """The Chinese term of each code in a list; a code without a term is not there."""
    if zh := getattr(next(iter(codes)), "zh", None):
        assert isinstance(zh, str)  # noqa: S101  # as `TaskKind` says its own titles
        return {code.value: getattr(code, "zh", "") for code in codes}
    for name in (found.name_in_its_slice(codes), codes.__name__):
        if name in ON_THE_PHONE:
            return _phone().get(ON_THE_PHONE[name], {})
        if name in IN_THE_ENGINE:
            return {code: _with_blanks(zh) for code, zh in IN_THE_ENGINE[name].items()}
        if name in CODES:
            return CODES[name]
    return {}


BLANKS = {
    "trigger": "起算事项",
    "on": "某日",
    "from_on": "某日",
    "at": "某时",
    "hours": "若干小时",
    "days": "若干日",
    "months": "若干个月",
    "working_days": "若干个工作日",
    "reason": "某事由",
    "ground": "延长事由：",
    "state": "",
}
"""What stands in the glossary where the engine fills something in."""


def _with_blanks(zh: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda blank: BLANKS.get(blank[1], "…"), zh)


@cache
def _phone() -> dict[str, dict[str, str]]:
    """The tables of words in the phone's source: `export const NAME: … = { code: 'word' }`."""
    tables = re.findall(
        r"export const (\w+): Record<string, string> = \{(.*?)\}", PHONE.read_text(), re.DOTALL
    )
    return {name: dict(re.findall(r"(\w+): '([^']*)'", body)) for name, body in tables}
