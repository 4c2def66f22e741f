"""The events with which periods begin. A trigger's words are followed by 之日 / "the day of"."""

from services.deadlines.engine.rules import Trigger

# Detention and arrest review (D)

DETENTION_EXECUTED = Trigger("detention_executed", "执行拘留", "execution of the detention")
ARREST_REQUEST_RECEIVED = Trigger(
    "arrest_request_received", "收到提请批准逮捕书", "receipt of the request for approval of arrest"
)
SUMMONED_ARRIVED = Trigger(
    "summoned_arrived", "被传唤、拘传到案", "arrival on a summons or under compulsion"
)
SUMMONS_ENDED = Trigger("summons_ended", "上一次传唤、拘传结束", "the end of the summons before")
OWN_ARREST_OPINION_RECEIVED = Trigger(
    "own_arrest_opinion_received",
    "收到本院侦查部门的逮捕犯罪嫌疑人意见书",
    "receipt of the investigators' opinion on the arrest",
)

# After the arrest decision (A)

ARREST_APPROVAL_RECEIVED = Trigger(
    "arrest_approval_received", "收到批准逮捕决定书", "receipt of the approval of arrest"
)
ARREST_EXECUTED = Trigger("arrest_executed", "执行逮捕", "execution of the arrest")
NON_ARREST_RECEIVED = Trigger(
    "non_arrest_received", "收到不批准逮捕决定书", "receipt of the refusal of arrest"
)
RECONSIDERATION_REQUEST_RECEIVED = Trigger(
    "reconsideration_request_received",
    "收到要求复议意见书和案卷材料",
    "receipt of the request for reconsideration and the case files",
)
RECONSIDERATION_DECISION_RECEIVED = Trigger(
    "reconsideration_decision_received",
    "收到复议决定书",
    "receipt of the decision on reconsideration",
)
REEXAMINATION_REQUEST_RECEIVED = Trigger(
    "reexamination_request_received",
    "收到提请复核意见书和案卷材料",
    "receipt of the request for re-examination and the case files",
)
FOREIGNER_ARREST_APPROVED = Trigger(
    "foreigner_arrest_approved",
    "作出批准逮捕外国人、无国籍人的决定",
    "the decision approving the arrest of a foreigner or stateless person",
)

# Investigative custody (C)

CUSTODY_EXPIRED = Trigger("custody_expired", "羁押期限届满", "the end of the custody period")
NEW_CRIME_DISCOVERED = Trigger(
    "new_crime_discovered", "发现另有重要罪行", "discovery of another important crime"
)
IDENTITY_ESTABLISHED = Trigger(
    "identity_established", "查清身份", "establishment of the suspect's identity"
)
CUSTODY_EVENT_DECIDED = Trigger(
    "custody_event_decided",
    "作出或者收到影响羁押期限的决定书、裁定书",
    "the decision that bears on the custody, or its receipt",
)
CUSTODY_PERIOD_CHANGED = Trigger(
    "custody_period_changed", "拘留、逮捕后期限改变", "the change of a period in custody"
)

# Supervisory commissions (S)

RETENTION_CASE_ACCEPTED = Trigger(
    "retention_case_accepted",
    "受理监察机关移送起诉的留置案件",
    "acceptance of a commission's case with retention",
)
DETENTION_OR_ARREST_EXECUTED = Trigger(
    "detention_or_arrest_executed",
    "公安机关执行拘留、逮捕",
    "execution of the detention or arrest",
)
COMMISSION_RETURN_RECEIVED = Trigger(
    "commission_return_received",
    "监察机关收到退回补充调查的案件",
    "the commission's receipt of the case for supplementary investigation",
)
NON_PROSECUTION_INTENDED = Trigger(
    "non_prosecution_intended", "拟作不起诉决定", "the intention not to prosecute"
)
COMMISSION_OBJECTION_RECEIVED = Trigger(
    "commission_objection_received",
    "收到监察机关提请复议意见书",
    "receipt of the commission's request for reconsideration",
)
COMMISSION_TRANSFER = Trigger(
    "commission_transfer", "监察机关移送起诉", "the commission's transfer for prosecution"
)

# Review for prosecution (R)

PROSECUTION_CASE_RECEIVED = Trigger(
    "prosecution_case_received", "收到移送起诉案件", "receipt of the case for prosecution"
)
EXPEDITED_CASE_ACCEPTED = Trigger(
    "expedited_case_accepted",
    "受理公安机关建议适用速裁程序的案件",
    "acceptance of a case that the police propose for the expedited procedure",
)
PROSECUTION_FILES_RECEIVED = Trigger(
    "prosecution_files_received",
    "收到移送起诉的案卷材料",
    "receipt of the case files for prosecution",
)
LEGAL_AID_NEED_FOUND = Trigger(
    "legal_aid_need_found",
    "发现应当通知法律援助的情形",
    "the discovery that legal aid is mandatory",
)
LEGAL_AID_NOTICE_RECEIVED = Trigger(
    "legal_aid_notice_received",
    "法律援助机构收到通知",
    "the legal-aid body's receipt of the notice",
)
MINOR_CASE_ACCEPTED = Trigger(
    "minor_case_accepted", "受理未成年犯罪嫌疑人案件", "acceptance of a minor suspect's case"
)
LEGAL_AID_APPLICATION_RECEIVED = Trigger(
    "legal_aid_application_received",
    "收到法律援助申请",
    "receipt of the application for legal aid",
)
FILE_ACCESS_ASKED = Trigger(
    "file_access_asked", "辩护人要求阅卷", "the defender's request for the files"
)
NON_LAWYER_DEFENDER_ASKED = Trigger(
    "non_lawyer_defender_asked",
    "收到律师以外的辩护人的申请",
    "receipt of the application of a defender who is not a lawyer",
)
VICTIM_MATERIAL_ASKED = Trigger(
    "victim_material_asked",
    "收到辩护律师向被害人一方收集材料的申请",
    "receipt of the lawyer's application to collect material from the victim's side",
)
DEFENCE_EVIDENCE_HANDED_OVER = Trigger(
    "defence_evidence_handed_over",
    "公安机关移送辩护人申请调取的证据材料",
    "the hand-over of the evidence that the defender asked for",
)
OBSTRUCTION_COMPLAINT_RECEIVED = Trigger(
    "obstruction_complaint_received",
    "收到辩护人、诉讼代理人的申诉或者控告",
    "receipt of the complaint of a defender or agent",
)
MEETING_ASKED = Trigger("meeting_asked", "辩护律师要求会见", "the lawyer's request for a meeting")
NO_JURISDICTION_FOUND = Trigger(
    "no_jurisdiction_found", "发现不属于本院管辖", "the discovery of want of jurisdiction"
)
NEW_PROCURATORATE_RECEIVED = Trigger(
    "new_procuratorate_received",
    "改变管辖后的检察院收到案件",
    "the new procuratorate's receipt of the case",
)
RETURN_RECEIVED = Trigger(
    "return_received",
    "公安机关接到退回补充侦查的法律文书",
    "the police's receipt of the case for supplementary investigation",
)
OWN_RETURN_RECEIVED = Trigger(
    "own_return_received",
    "本院侦查部门收到退回补充侦查的案件",
    "the investigators' receipt of the case for supplementary investigation",
)
RETURN_EXPIRED = Trigger(
    "return_expired", "补充侦查期限届满", "the end of the supplementary investigation"
)
RETRANSFER_RECEIVED = Trigger(
    "retransfer_received",
    "收到补充侦查、补充调查完毕再次移送起诉的案件",
    "receipt of the case after supplementary investigation",
)
OWN_INVESTIGATION_DECIDED = Trigger(
    "own_investigation_decided", "决定自行侦查", "the decision to investigate itself"
)
PROPERTY_FOUND_UNRELATED = Trigger(
    "property_found_unrelated",
    "查明财物确实与案件无关",
    "the finding that property is unrelated to the case",
)
EXPIRY_CLAIMED = Trigger(
    "expiry_claimed",
    "收到认为法定期限届满的申请",
    "receipt of the claim that a period has expired",
)
CHANGE_OF_MEASURE_ASKED = Trigger(
    "change_of_measure_asked",
    "收到变更强制措施或者取保候审的申请",
    "receipt of the application to change the measure or for bail",
)
RECUSAL_REFUSAL_RECEIVED = Trigger(
    "recusal_refusal_received",
    "收到驳回申请回避的决定书",
    "receipt of the refusal of recusal",
)
RECUSAL_RECONSIDERATION_ASKED = Trigger(
    "recusal_reconsideration_asked",
    "收到对驳回回避申请的复议申请",
    "receipt of the application to reconsider the refusal of recusal",
)
OPINION_HEARING_ASKED = Trigger(
    "opinion_hearing_asked",
    "收到听取意见的要求",
    "receipt of the request to be heard",
)
ARREST_REVIEW_OF_MINOR_BEGUN = Trigger(
    "arrest_review_of_minor_begun",
    "对未成年犯罪嫌疑人审查逮捕",
    "the beginning of a minor's arrest review",
)
MEASURE_AGAINST_DEPUTY_INTENDED = Trigger(
    "measure_against_deputy_intended",
    "拟对县级以上人大代表采取强制措施",
    "the intention of a measure against a deputy at county level or above",
)
MEASURE_AGAINST_TOWNSHIP_DEPUTY_EXECUTED = Trigger(
    "measure_against_township_deputy_executed",
    "对乡级人大代表执行强制措施",
    "the execution of a measure against a township deputy",
)
DEPUTY_STATUS_FOUND = Trigger(
    "deputy_status_found",
    "发现被执行人是县级以上人大代表",
    "the discovery that the person is a deputy at county level or above",
)

# Bail and residential surveillance (B)

BAIL_BEGAN = Trigger("bail_began", "取保候审开始", "the beginning of bail")
RESIDENTIAL_SURVEILLANCE_EXECUTED = Trigger(
    "residential_surveillance_executed",
    "执行监视居住",
    "execution of the residential surveillance",
)
BAIL_CASE_RECEIVED = Trigger(
    "bail_case_received",
    "收到移送起诉的被取保候审人案件",
    "receipt for prosecution of the case of a person on bail",
)
BAIL_EXPIRED = Trigger("bail_expired", "取保候审期限届满", "the end of the bail period")
DEPOSIT_ORDERED = Trigger("deposit_ordered", "责令交纳保证金", "the order to pay the deposit")
BAIL_DECISION_RECEIVED = Trigger(
    "bail_decision_received", "收到取保候审决定书", "receipt of the bail decision"
)
BAIL_PERSON_REPORTED = Trigger(
    "bail_person_reported",
    "被取保候审人报到",
    "the report of the person on bail to the executing organ",
)
GUARANTOR_LOST = Trigger(
    "guarantor_lost",
    "收到保证人不愿继续保证的申请或者发现其丧失保证条件",
    "receipt of the guarantor's wish to withdraw, or the discovery that he no longer qualifies",
)
FORFEITURE_PROPOSED = Trigger(
    "forfeiture_proposed",
    "收到公安机关没收保证金或者变更强制措施的意见",
    "receipt of the police's proposal to forfeit the deposit or change the measure",
)
MEASURE_TO_BE_LIFTED = Trigger(
    "measure_to_be_lifted",
    "取保候审、监视居住期限届满或者发现不应当追究刑事责任",
    "the end of the measure, or the discovery that the person is not to be prosecuted",
)
MEASURE_REPLACED = Trigger(
    "measure_replaced",
    "变更后的强制措施开始执行、不起诉或者有关裁判生效、执行",
    "the execution of another measure, the non-prosecution, or the judgment's effect or execution",
)
BAIL_CASE_BEFORE_COURT = Trigger(
    "bail_case_before_court",
    "被取保候审、监视居住人的案件起诉至人民法院",
    "the bringing before the court of the case of a person on bail or under surveillance",
)
OFFICIAL_MEASURE_CHANGED = Trigger(
    "official_measure_changed",
    "对机关事业单位工作人员采取或者解除强制措施",
    "the taking or lifting of a measure against a public employee",
)
OFFICIAL_CASE_ENDED = Trigger(
    "official_case_ended",
    "对机关事业单位工作人员决定撤销案件或者不起诉",
    "the decision to dismiss a public employee's case or not to prosecute",
)
DESIGNATED_RESIDENCE_EXECUTED = Trigger(
    "designated_residence_executed",
    "执行指定居所监视居住",
    "execution of the surveillance at a designated residence",
)
BAIL_PAPERS_RECEIVED = Trigger(
    "bail_papers_received",
    "县级公安机关收到取保候审法律文书和有关材料",
    "the county police's receipt of the papers on bail",
)

# Custody-necessity review (N)

NECESSITY_REVIEW_ASKED = Trigger(
    "necessity_review_asked",
    "收到羁押必要性审查申请",
    "receipt of the application for a custody-necessity review",
)
NECESSITY_REVIEW_ASKED_ELSEWHERE = Trigger(
    "necessity_review_asked_elsewhere",
    "其他人民检察院收到羁押必要性审查申请",
    "another procuratorate's receipt of the application for a custody-necessity review",
)
NECESSITY_PROPOSAL_RECEIVED = Trigger(
    "necessity_proposal_received",
    "收到羁押必要性审查建议书",
    "receipt of the proposal to release or change the measure",
)
INDICTMENT = Trigger("indictment", "提起公诉", "the indictment")
NECESSITY_GROUND_FOUND = Trigger(
    "necessity_ground_found",
    "发现可能不适宜继续羁押的情形",
    "the discovery of a situation that speaks against custody",
)
NECESSITY_REVIEW_ASKED_AGAIN = Trigger(
    "necessity_review_asked_again",
    "再次收到羁押必要性审查申请",
    "receipt of a repeated application for a custody-necessity review",
)
NECESSITY_REVIEW_FINISHED = Trigger(
    "necessity_review_finished",
    "依申请的羁押必要性审查办结",
    "the end of a custody-necessity review that was applied for",
)

# Decisions not to prosecute (X)

NON_PROSECUTION_DECIDED = Trigger(
    "non_prosecution_decided", "作出不起诉决定", "the decision not to prosecute"
)
POLICE_RECEIVED_NON_PROSECUTION = Trigger(
    "police_received_non_prosecution",
    "公安机关收到不起诉决定书",
    "the police's receipt of the non-prosecution decision",
)
NON_PROSECUTION_OBJECTION_RECEIVED = Trigger(
    "non_prosecution_objection_received",
    "收到对不起诉决定的要求复议意见书",
    "receipt of the request to reconsider the non-prosecution",
)
NON_PROSECUTION_RECONSIDERED = Trigger(
    "non_prosecution_reconsidered",
    "公安机关收到对不起诉决定的复议决定书",
    "the police's receipt of the decision on reconsidering the non-prosecution",
)
NON_PROSECUTION_REEXAMINATION_ASKED = Trigger(
    "non_prosecution_reexamination_asked",
    "上一级人民检察院收到对不起诉决定的提请复核意见书",
    "the upper procuratorate's receipt of the request to re-examine the non-prosecution",
)
VICTIM_RECEIVED_NON_PROSECUTION = Trigger(
    "victim_received_non_prosecution",
    "被害人收到不起诉决定书",
    "the victim's receipt of the non-prosecution decision",
)
PERSON_RECEIVED_NON_PROSECUTION = Trigger(
    "person_received_non_prosecution",
    "被不起诉人收到不起诉决定书",
    "the receipt of the decision by the person not prosecuted",
)
NON_PROSECUTION_APPEAL_FILED = Trigger(
    "non_prosecution_appeal_filed",
    "不服不起诉决定的申诉立案",
    "the filing of the appeal against the non-prosecution for review",
)
VICTIM_SUIT_ACCEPTED = Trigger(
    "victim_suit_accepted",
    "收到人民法院受理被害人对被不起诉人起诉的通知",
    "receipt of the court's notice that it has accepted the victim's suit",
)
PROSECUTION_WITHDRAWN = Trigger(
    "prosecution_withdrawn", "撤回起诉", "the withdrawal of the prosecution"
)
CONDITIONAL_NON_PROSECUTION_DECIDED = Trigger(
    "conditional_non_prosecution_decided",
    "作出附条件不起诉决定",
    "the conditional non-prosecution decision",
)
VICTIM_RECEIVED_CONDITIONAL = Trigger(
    "victim_received_conditional_non_prosecution",
    "被害人收到附条件不起诉决定书",
    "the victim's receipt of the conditional non-prosecution decision",
)
POLICE_RECEIVED_CONDITIONAL = Trigger(
    "police_received_conditional_non_prosecution",
    "公安机关收到附条件不起诉决定书",
    "the police's receipt of the conditional non-prosecution decision",
)
CONDITIONAL_RECONSIDERED = Trigger(
    "conditional_non_prosecution_reconsidered",
    "公安机关收到对附条件不起诉决定的复议决定书",
    "the police's receipt of the decision on reconsidering the conditional non-prosecution",
)

# Court stage and protest (T)

COURT_CASE_ACCEPTED = Trigger(
    "court_case_accepted", "人民法院受理公诉案件", "the court's acceptance of the case"
)
ADJOURNMENT_ANNOUNCED = Trigger(
    "adjournment_announced",
    "法庭因检察院建议宣布延期审理",
    "the announcement of the adjournment that the prosecutor proposed",
)
COURT_ASKED_FOR_MATERIAL = Trigger(
    "court_asked_for_material",
    "收到人民法院要求补充移送材料的通知",
    "receipt of the court's notice to send further material",
)
COURT_ASKED_FOR_EVIDENCE = Trigger(
    "court_asked_for_evidence",
    "收到人民法院要求调取证据材料决定书",
    "receipt of the court's decision to obtain evidence",
)
COURT_SESSION_CLOSED = Trigger(
    "court_session_closed", "审判长宣布休庭", "the close of the court session"
)
JUDGMENT_RECEIVED = Trigger("judgment_received", "接到判决书", "receipt of the judgment")
RULING_RECEIVED = Trigger("ruling_received", "接到裁定书", "receipt of the ruling")
VICTIM_RECEIVED_JUDGMENT = Trigger(
    "victim_received_judgment",
    "被害人及其法定代理人收到判决书",
    "the victim's receipt of the judgment",
)
PROTEST_ASKED = Trigger(
    "protest_asked",
    "收到被害人及其法定代理人的抗诉请求",
    "receipt of the victim's request for a protest",
)
SECOND_INSTANCE_FILES_OFFERED = Trigger(
    "second_instance_files_offered",
    "接到第二审人民法院查阅案卷的通知",
    "receipt of the second-instance court's notice to read the files",
)
REPRIEVE_JUDGMENT_RECEIVED = Trigger(
    "reprieve_judgment_received",
    "收到判处死刑缓期二年执行的生效判决、裁定",
    "receipt of the effective judgment of death with reprieve",
)
TRIAL_PERIOD_EXPIRED = Trigger(
    "trial_period_expired", "审理期限届满", "the end of the trial period"
)

# Legal supervision and case management (L)

FILING_EXPLANATION_ASKED = Trigger(
    "filing_explanation_asked",
    "公安机关收到要求说明不立案或者立案理由的通知",
    "the police's receipt of the notice to explain why they did not file, or filed, a case",
)
FILING_DELAY_EXPLANATION_ASKED = Trigger(
    "filing_delay_explanation_asked",
    "公安机关收到要求说明逾期不作出是否立案决定理由的通知",
    "the police's receipt of the notice to explain why they have not decided on filing in time",
)
FILING_REASONS_ACCEPTED = Trigger(
    "filing_reasons_accepted",
    "认为公安机关不立案或者立案理由成立",
    "the finding that the police's reasons hold",
)
FILING_NOTICE_RECEIVED = Trigger(
    "filing_notice_received",
    "公安机关收到通知立案书",
    "the police's receipt of the notice to file a case",
)
FILING_OR_DISMISSAL_NOTICE_RECEIVED = Trigger(
    "filing_or_dismissal_notice_received",
    "公安机关收到通知立案书或者通知撤销案件书",
    "the police's receipt of the notice to file or to dismiss a case",
)
DISMISSAL_OBJECTION_RECEIVED = Trigger(
    "dismissal_objection_received",
    "收到对撤销案件通知的要求复议意见书和案卷材料",
    "receipt of the request to reconsider the notice to dismiss, and the case files",
)
DISMISSAL_REEXAMINATION_ASKED = Trigger(
    "dismissal_reexamination_asked",
    "上级人民检察院收到对撤销案件通知的提请复核意见书和案卷材料",
    "the upper procuratorate's receipt of the request to re-examine the notice to dismiss, and "
    "the case files",
)
POLICE_FILED_ON_NOTICE = Trigger(
    "police_filed_on_notice",
    "公安机关依通知立案",
    "the filing of the case by the police after the notice",
)
CORRECTION_OBJECTION_RECEIVED = Trigger(
    "correction_objection_received",
    "收到被监督单位申请复查的书面意见",
    "receipt of the supervised unit's written objection",
)
COMPLAINT_RECEIVED = Trigger(
    "complaint_received",
    "接受报案、控告、举报、申诉或者投案自首",
    "receipt of the report, complaint, appeal or surrender",
)
LETTER_RECEIVED = Trigger("letter_received", "收到群众来信", "receipt of the letter")
COMPLAINT_ACCEPTED = Trigger("complaint_accepted", "受理申诉、控告", "acceptance of the complaint")
COMPLAINT_REASONS_RECEIVED = Trigger(
    "complaint_reasons_received",
    "收到有关机关的理由说明",
    "receipt of the reasons that the organ was asked for",
)
MONITORING_NOTICE_RECEIVED = Trigger(
    "monitoring_notice_received",
    "办案部门收到案件流程监控通知书",
    "the handling department's receipt of the process-monitoring notice",
)
MONITORING_PROMPT_RECEIVED = Trigger(
    "monitoring_prompt_received",
    "办案人员收到口头提示",
    "the handler's receipt of the oral prompt",
)
PERIOD_EXPIRED = Trigger(
    "period_expired",
    "侦查羁押期限、办案期限届满",
    "the end of the custody or handling period",
)
SUPERVISED_ACTIVITY = Trigger(
    "supervised_activity", "开展监督活动", "the activity to be supervised"
)
SUPERVISED_ACTIVITY_ENDED = Trigger(
    "supervised_activity_ended", "监督活动结束", "the end of the supervised activity"
)
