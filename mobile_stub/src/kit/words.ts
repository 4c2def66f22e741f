/** Codes of the API in the words of the office. */

export interface Choice { value: string, label: string }

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
  deputy: '人大代表',
  plea_leniency: '认罪认罚',
}
export const FILE_KIND: Record<string, string> = {
  procedure: '诉讼文书卷',
  evidence: '证据材料卷',
  opinion: '提请批准逮捕书',
  audio_video: '视听资料',
  other: '其他',
}

/** 刑诉规则第157条：受理审查五项。 */
export const CHECK: Record<string, string> = {
  jurisdiction: '案件属于本院管辖',
  file_complete: '案卷材料齐备、规范',
  property_matches: '款项、物品与移送清单相符',
  suspects_present: '犯罪嫌疑人在案及强制措施情况',
  in_time: '在规定的期限内移送',
}
export const CHECK_RESULT: Record<string, string> = { ok: '符合', doubt: '存疑', missing: '缺少' }

/** 不批准逮捕的种类。 */
export const REFUSAL_KIND: Record<string, string> = {
  'NA-1': '不批准逮捕（无犯罪事实或不构成犯罪）',
  'NA-2': '不批准逮捕（刑事诉讼法第十六条情形）',
  'NA-3': '不批准逮捕（证据不足）',
  'NA-4': '不批准逮捕（无社会危险性）',
  'NA-5': '不批准逮捕（情节较轻，可以不捕）',
  'NA-6': '不批准逮捕并建议监视居住',
  'NA-7': '不批准逮捕（未成年人）',
  'NA-8': '终止侦查告知（非嫌疑人所为或同案人不负刑事责任）',
}

export const PROPOSAL: Record<string, string> = { approve: '批准逮捕', refuse: '不批准逮捕' }
export const RECEIPT: Record<string, string> = {
  executed: '已执行逮捕',
  not_executed: '未执行逮捕',
  released: '已释放',
  measure_changed: '已变更强制措施',
}
export const NEW_MEASURE: Record<string, string> = { bail: '取保候审', residential_surveillance: '监视居住' }
export const SUPPLEMENT: Record<string, string> = {
  procedure: '诉讼文书不全',
  evidence: '证据材料不全',
  binding: '案卷装订不符合要求',
  list: '移送清单与实物不符',
  measure: '强制措施材料不全',
  other: '其他',
}

export const CHOICES = {
  sex: choices(SEX),
  documentKind: choices(DOCUMENT_KIND),
  measure: choices(MEASURE),
  detentionExtended: choices(DETENTION_EXTENDED),
  flag: choices(FLAG),
  fileKind: choices(FILE_KIND),
  caseList: choices(CASE_LIST),
  checkResult: choices(CHECK_RESULT),
  refusalKind: choices(REFUSAL_KIND),
  proposal: choices(PROPOSAL),
  newMeasure: choices(NEW_MEASURE),
  supplement: choices(SUPPLEMENT),
}
