/** Codes of the API in the words of the office. */

export interface Choice { value: string | number, label: string }

function choices(words: Record<string, string>): Choice[] {
  return Object.entries(words).map(([value, label]) => ({ value, label }))
}

/** The word for a code; an unknown code stays visible rather than vanish. */
export function wordFor(words: Record<string, string>, code: string | null | undefined): string {
  return code
    ? words[code] ?? code
    : '—'
}

export const POST: Record<string, string> = {
  police_officer: '公安承办人',
  case_manager: '案件管理人员',
  prosecutor: '检察官',
  department_head: '部门负责人',
  chief_procurator: '检察长',
  clerk: '书记员',
  detention_officer: '看守所民警',
  supervisor: '人民监督员',
  justice_officer: '司法行政人员',
  administrator: '系统管理员',
  security_officer: '安全管理员',
  auditor: '安全审计员',
}

export const REQUEST_STATE: Record<string, string> = { submitted: '待受理', supplement_requested: '待补送', accepted: '已受理' }
export const CASE_STATE: Record<string, string> = {
  accepted: '待分案',
  assigned: '审查中',
  decided: '已决定',
  closed: '已办结',
}
export const REVIEW_STATE: Record<string, string> = {
  under_review: '审查中',
  awaiting_approval: '待审批',
  arrest_approved: '批准逮捕，待执行',
  arrest_refused: '不批准逮捕，待执行',
  arrested: '已执行逮捕',
  arrest_not_executed: '未执行逮捕',
  released: '已释放',
  measure_changed: '已变更强制措施',
  measure_unchanged: '强制措施不变',
}
export const CASE_LIST: Record<string, string> = { ordinary: '普通案件', difficult: '重大疑难复杂案件' }

export const SEX: Record<string, string> = { male: '男', female: '女' }
export const DOCUMENT_KIND: Record<string, string> = {
  resident_id: '居民身份证',
  passport: '护照',
  other: '其他证件',
  none: '无证件',
}
export const MEASURE: Record<string, string> = {
  none: '未采取强制措施',
  detention: '拘留',
  bail: '取保候审',
  residential_surveillance: '监视居住',
  designated_residence: '指定居所监视居住',
  custody_elsewhere: '因他案在押',
}
export const DETENTION_EXTENDED: Record<string, string> = { none: '未延长', seven_days: '延长至七日', thirty_days: '延长至三十日' }
export const FLAG: Record<string, string> = {
  minor: '未成年人',
  blind: '盲人',
  deaf: '聋人',
  mute: '哑人',
  limited_capacity: '限制刑事责任能力',
  foreigner: '外国人',
  deputy: '县级以上人大代表',
  township_deputy: '乡镇人大代表',
  plea_leniency: '认罪认罚',
}
export const PAPER: Record<string, string> = {
  request_document: '提请批准逮捕书',
  evidence: '证据材料',
  procedure: '诉讼文书',
  detention_warrant: '拘留证',
  extension_approval: '延长拘留审批材料',
  deputy_permission: '人大许可或报告',
  legal_aid: '法律援助材料',
  plea_record: '认罪认罚材料',
  social_inquiry: '社会调查材料',
  property_list: '款物移送清单',
  identity: '身份证明',
  recording: '录音录像',
  other: '其他',
}

/** 刑诉规则第157条：受理审查五项。 */
export const CHECK: Record<string, string> = {
  jurisdiction: '案件属于本院管辖',
  file_complete: '案卷材料齐备、规范',
  property_matches: '款项、物品与移送清单相符',
  suspects_present: '犯罪嫌疑人在案，强制措施情况清楚',
  in_time: '在规定的期限内移送',
}
export const CHECK_RESULT: Record<string, string> = { ok: '符合', doubt: '存疑', missing: '缺少' }

/** 刑诉规则第280条：听取犯罪嫌疑人意见的方式。 */
export const HEARING: Record<string, string> = {
  interrogated: '已讯问',
  written_opinion: '已送达听取意见书',
  not_heard: '未听取',
}
export const INTERROGATION_GROUND: Record<string, string> = {
  conditions_doubtful: '对是否符合逮捕条件有疑问',
  suspect_asked: '犯罪嫌疑人要求当面陈述',
  illegality_possible: '侦查活动可能有重大违法行为',
  major_or_complex: '案情重大、疑难、复杂',
  plea_leniency: '犯罪嫌疑人认罪认罚',
  minor: '犯罪嫌疑人系未成年人',
  disability: '犯罪嫌疑人系盲、聋、哑人或限制刑事责任能力人',
}
export const STANDING: Record<string, string> = { running: '计算中', in_doubt: '已过应办日，未过最迟日', expired: '已逾期' }
export const ASSIGNMENT: Record<string, string> = {
  random: '随机分案',
  same_handler: '原承办人续办',
  designated: '指定分案',
  changed: '变更承办人',
}
export const EXCLUSION: Record<string, string> = { on_leave: '休假', recused: '回避', no_speciality: '无所需专业' }

/** 不批准逮捕的种类。 */
export const REFUSAL_KIND: Record<string, string> = {
  no_crime: 'NA-1 无犯罪事实或不构成犯罪',
  cpl_16: 'NA-2 刑事诉讼法第十六条情形',
  insufficient_evidence: 'NA-3 证据不足',
  no_danger: 'NA-4 无社会危险性',
  minor_circumstances: 'NA-5 情节较轻，可以不捕',
  residential_surveillance: 'NA-6 不批准逮捕，建议监视居住',
  juvenile: 'NA-7 未成年人，可以不捕',
  not_the_offender: 'NA-8 非其所为或不负刑事责任，告知终止侦查',
}

export const PROPOSAL: Record<string, string> = { approve: '批准逮捕', refuse: '不批准逮捕' }
export const RECEIPT: Record<string, string> = {
  executed: '已执行逮捕',
  not_executed: '未执行逮捕',
  released: '已释放',
  measure_changed: '已变更强制措施',
  unchanged: '未被羁押，强制措施不变',
}
export const NEW_MEASURE: Record<string, string> = { bail: '取保候审', residential_surveillance: '监视居住' }
export const SUPPLEMENT: Record<string, string> = {
  procedure: '诉讼文书不全',
  evidence: '证据材料不全',
  binding: '案卷须重新装订',
  list: '款物与移送清单不符',
  measure: '强制措施情况不明',
  other: '其他',
}

export const CHOICES = {
  sex: choices(SEX),
  documentKind: choices(DOCUMENT_KIND),
  measure: choices(MEASURE),
  detentionExtended: choices(DETENTION_EXTENDED),
  flag: choices(FLAG),
  paper: choices(PAPER),
  caseList: choices(CASE_LIST),
  checkResult: choices(CHECK_RESULT),
  refusalKind: choices(REFUSAL_KIND),
  proposal: choices(PROPOSAL),
  newMeasure: choices(NEW_MEASURE),
  supplement: choices(SUPPLEMENT),
  hearing: choices(HEARING),
}
