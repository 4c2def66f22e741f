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
  commission_officer: '监察委员会承办人',
  case_manager: '案件管理人员',
  prosecutor: '检察官',
  department_head: '部门负责人',
  chief_procurator: '检察长',
  acting_chief: '代行检察长审批职责',
  clerk: '书记员',
  assistant: '检察官助理',
  detention_officer: '看守所民警',
  execution_supervisor: '刑事执行检察人员',
  supervisor: '人民监督员',
  justice_officer: '司法行政人员',
  administrator: '系统管理员',
  security_officer: '安全保密员',
  auditor: '安全审计员',
  inspector: '检务督察人员',
}

export const REQUEST_STATE: Record<string, string> = { submitted: '待受理', supplement_requested: '待补送', accepted: '已受理' }
export const CASE_STATE: Record<string, string> = {
  accepted: '待分案',
  assigned: '审查中',
  decided: '已决定',
  closed: '已办结',
  merged: '已并案',
}
export const SPLIT_REASON: Record<string, string> = {
  minor: '未成年人另案办理',
  different_progress: '办案进度不同',
  jurisdiction: '管辖不同',
  other: '其他需要分案的情形',
}
export const LINK_REASON: Record<string, string> = {
  same_suspect: '同一犯罪嫌疑人',
  accomplices: '同案犯',
  related_facts: '事实关联',
}
export const CASE_RELATION: Record<string, string> = {
  ...LINK_REASON,
  split_from: '本案从该案分出',
  split_off: '从本案分出',
  merged_into: '本案已并入该案',
  merged_from: '已并入本案',
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
  reconsideration: '不批捕复议中',
  refusal_upheld: '维持不批准逮捕',
  re_examination: '不批捕复核中',
  refusal_final: '复核维持不批准逮捕',
  arrest_revoked: '已撤销逮捕决定',
  for_prosecution: '已移送起诉',
}
export const CASE_KIND: Record<string, string> = { arrest: '审查逮捕案件', prosecution: '审查起诉案件' }
export const PROSECUTION_STATE: Record<string, string> = {
  under_review: '审查起诉中',
  evaluation: '精神病鉴定中',
  returned: '退回补充侦查（调查）',
  return_overdue: '补充侦查逾期未移送',
  transferred: '已移送有管辖权的检察院',
  sent_back: '已退回移送机关',
  probation: '附条件不起诉考验中',
  not_prosecuted: '不起诉',
  objection: '不起诉复议中',
  objection_upheld: '复议维持不起诉',
  objection_above: '不起诉复核中',
  indicted: '已提起公诉',
  at_trial: '审判中',
  adjourned: '延期审理',
  withdrawn: '已撤回起诉',
  judgment_review: '判决、裁定审查中',
  protested: '已提出抗诉',
  protest_supported: '上级支持抗诉',
  protest_withdrawn: '上级撤回抗诉',
  concluded: '裁判生效',
  archived: '已归档',
}
export const TRANSFER_STATE: Record<string, string> = { submitted: '待受理', supplement_requested: '待补送', accepted: '已受理' }
export const TRANSFER_SOURCE: Record<string, string> = { police: '公安机关移送', commission: '监察机关移送', procuratorate: '其他检察院移送' }
export const PROPOSAL_STATE: Record<string, string> = {
  pending: '待审批',
  before_committee: '检委会讨论中',
  returned: '要求复核',
  approved: '已同意',
  overruled: '改变意见后决定',
  refused: '不同意',
  withdrawn: '已撤回',
}
export const PROPOSAL_OUTCOME: Record<string, string> = {
  approve: '同意',
  return: '要求复核',
  refuse: '不同意',
  otherwise: '作出其他决定',
  refer: '提交检委会',
}
export const REMARK_KIND: Record<string, string> = { review: '部门负责人审核意见', objection: '书面异议', conference: '联席会议意见' }
export const DECIDER: Record<string, string> = { handler: '承办检察官', chief: '检察长', committee: '检察委员会' }
/** 刑法第33条、第34条、第37条：由轻到重。 */
export const MAIN_PENALTY: Record<string, string> = {
  exempt: '免予刑事处罚',
  additional_only: '单处附加刑',
  surveillance: '管制',
  detention: '拘役',
  imprisonment: '有期徒刑',
  life: '无期徒刑',
  suspended_death: '死刑，缓期二年执行',
  death: '死刑',
}
/** 刑诉规则第275条：提出幅度刑建议的情形。 */
export const RANGE_REASON: Record<string, string> = {
  new_type: '新类型案件',
  uncommon: '不常见犯罪案件',
  complex_serious: '量刑情节复杂的重罪案件',
  other: '其他情形',
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
  arrest: '逮捕',
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
export const STANDING: Record<string, string> = {
  running: '计算中',
  suspended: '暂停计算',
  in_doubt: '已过应办日，未过最迟日',
  expired: '已逾期',
}
export const LIGHT: Record<string, string> = {
  red: '红',
  amber: '黄',
  green: '绿',
  grey: '灰',
}
export const CUSTODY: Record<string, string> = {
  held: '在押',
  at_liberty: '未在押',
  unknown: '不明（按在押）',
  elsewhere: '因他案在押、留置或者服刑（按在押）',
  designated_residence: '指定居所监视居住',
}
/** What one turns to on the list of periods: what has no day is to be done at once, or stands still. */
export const SEGMENT: Record<string, string> = { ...LIGHT, grey: '立即/其他' }
/** Where the law says "at once" and gives no day. */
export const AT_ONCE = '应当立即'
/** 刑诉法第99条：强制措施法定期限届满的。 */
export const CUSTODY_EXPIRED = '羁押期限已届满，应当立即释放或者变更强制措施（刑诉法99条）'
export const RULE_KIND: Record<string, string> = {
  deadline: '期限',
  immediate: '立即办理',
  threshold: '届满后由他方处理',
  backward: '倒计',
  guard: '步骤限制',
}
/** The sections of the table of periods, by the letter of their numbers. */
export const RULE_SECTION: Record<string, string> = {
  D: '拘留与审查逮捕',
  A: '逮捕与不批准逮捕',
  C: '侦查羁押',
  S: '监察机关移送案件',
  R: '审查起诉',
  B: '取保候审、监视居住',
  N: '羁押必要性审查',
  X: '不起诉',
  T: '审判与抗诉',
  L: '法律监督',
}
export const ORGAN: Record<string, string> = {
  police: '公安机关',
  procuratorate: '检察院',
  court: '法院',
  commission: '监察机关',
  detention_centre: '看守所',
  legal_aid: '法律援助机构',
  party: '当事人',
}
export const UNIT: Record<string, string> = {
  hours: '小时',
  days: '日',
  half_months: '个半月',
  months: '个月',
  working_days: '个工作日',
}
/** What can happen to a period, as the calculator offers it. */
export const DEADLINE_EVENT: Record<string, string> = {
  extended: '准予延长',
  extension_stated: '仅提出延长事由',
  excluded: '不计入期限',
  travelled: '路途时间',
  used: '已用日数',
  restarted: '重新计算',
  custody_changed: '羁押变化',
}
/** What happened to a period, as its ledger says it. */
export const ENTRY: Record<string, string> = {
  started: '起算',
  extended: '延长',
  extension_stated: '提出延长事由',
  suspended: '暂停计算',
  resumed: '恢复计算',
  travelled: '扣除路途时间',
  used: '扣除已用日数',
  restarted: '重新计算',
  custody_changed: '羁押变化',
  calendar_changed: '节假日安排变化',
  closed: '终结',
}
export const RESTART: Record<string, string> = {
  jurisdiction_changed: '改变管辖',
  new_crime: '发现另有重要罪行',
  identity_established: '查清身份',
  new_organ: '移送下一机关重新决定',
}
export const NOT_COUNTED: Record<string, string> = { psychiatric_evaluation: '精神病鉴定', retention: '留置案件决定强制措施', trial_suspended: '中止审理' }
export const DEADLINE_CLOSED: Record<string, string> = { done: '已办', replaced: '由另一期限取代', lapsed: '因故终结' }
export const DEADLINE_FLAG: Record<string, string> = {
  requested_late: '提请延长迟于法定时间，仍予受理',
  range_taken_whole: '未写明延长的长度，按上限计算',
  still_not_counted: '不计入期限的情形尚未结束',
  before_the_text: '起算日早于所依据条文施行之日，此前条文未核对',
  taken_after_expiry: '按现在所知，期限在其中一事项发生前已经届满',
}
/** 刑诉规则第665条：对本院办案部门，流程监控发现问题的处理。 */
export const GRADE: Record<string, string> = { oral_prompt: '口头提示', notice: '发送流程监控通知书', notice_and_report: '发送通知书并报告检察长' }
/** 刑诉规则第552条、第618条：对其他机关的纠正。 */
export const CORRECTION: Record<string, string> = { oral_prompt: '口头纠正', notice: '发出纠正违法通知书', notice_and_report: '发出纠正违法通知书并报告' }
export const MONITORING_STATE: Record<string, string> = { open: '待处理', answered: '已处理', replied: '已回复' }
/** 刑诉规则第256条：适时介入；捕前协商、远程方式为各院做法。 */
export const CONSULTATION_KIND: Record<string, string> = { early_intervention: '适时介入', pre_arrest: '捕前协商', supplement_guidance: '补充侦查咨询' }
export const CONSULTATION_STATE: Record<string, string> = {
  invited: '待答复',
  accepted: '协商中',
  declined: '不派员',
  concluded: '已结束',
  overtaken: '已提请',
}
export const CONSULTATION_ORIGIN: Record<string, string> = { invited: '办案机关商请', offered: '检察机关认为确有必要' }
export const CONSULTATION_GROUND: Record<string, string> = { major: '重大', difficult: '疑难', complex: '复杂' }
export const CONSULTATION_FORM: Record<string, string> = { present: '当面', remote: '远程' }
export const CONSULTATION_SIDE: Record<string, string> = { organ: '办案机关', procuratorate: '检察院' }
export const NOTICE_STATE: Record<string, string> = { proposed: '待确认', confirmed: '已生效', rejected: '已退回' }
export const ASSIGNMENT: Record<string, string> = {
  random: '随机分案',
  same_handler: '原承办人续办',
  designated: '指定分案',
  changed: '变更承办人',
}
export const EXCLUSION: Record<string, string> = {
  on_leave: '休假',
  recused: '回避',
  no_speciality: '无所需专业',
  in_team: '编入办案组，随主办检察官分案',
}

/** 按比例办案的事由。 */
export const SHARE_GROUND: Record<string, string> = {
  leadership: '院领导办案比例',
  department: '部门负责人',
  other_duties: '承担其他工作',
  part_time: '非全时在岗',
  full_load: '恢复全额分案',
}

/** 机关和人员。 */
export const OFFICE_KIND: Record<string, string> = {
  procuratorate: '人民检察院',
  public_security: '公安机关',
  detention_centre: '看守所',
  judicial_administration: '司法行政机关',
  court: '人民法院',
  supervisory_commission: '监察委员会',
}
export const LEVEL: Record<string, string> = {
  district: '县区级',
  municipal: '市级',
  provincial: '省级',
  supreme: '最高',
}
export const APPOINTMENT_STATE: Record<string, string> = {
  proposed: '待确认',
  confirmed: '已确认',
  refused: '未获确认',
  withdrawn: '已撤回',
  ended: '已提前结束',
}
export const POST_END_REASON: Record<string, string> = {
  transferred: '调离',
  resigned: '辞职',
  retired: '退休',
  security: '安全原因',
  mistaken: '登记有误',
}
export const PEOPLE_IMPORT_STATE: Record<string, string> = { proposed: '待确认', confirmed: '已确认', refused: '未获确认' }
export const CODE_PURPOSE: Record<string, string> = { enrol: '登记手机', first_password: '设置初始口令', forgotten_password: '重设口令' }
export const PLATFORM: Record<string, string> = { android: '安卓手机', ios: '苹果手机', web: '浏览器' }
export const ENROLMENT_END: Record<string, string> = { removed: '本人注销', lost: '挂失', by_office: '安全保密员注销' }
/** 工作移交。 */
export const WORK_KIND: Record<string, string> = {
  cases: '承办的案件',
  second_reviews: '另行指派办理的复议',
  interrogations: '将要参加的讯问',
  cases_opened: '获准查阅的案件',
  tasks: '待办事项',
  activities: '监督活动',
  packets: '监督材料',
  supervision_answers: '待答复的监督意见',
  quality_reviews: '案件质量评查',
  committee_seats: '检察委员会委员',
  delegations: '受托代行的审批职责',
  calendar_feeds: '日历订阅',
}

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

/** 组织法第47条：过问记录。 */
export const INQUIRY_KIND: Record<string, string> = {
  leader_interference: '领导干部干预、插手案件',
  insider_inquiry: '内部人员过问案件',
  improper_contact: '不当接触交往',
  lawful_supervision: '依法监督（另行登记）',
}
export const INQUIRY_CHANNEL: Record<string, string> = {
  phone: '电话',
  visit: '来访',
  letter: '信函',
  message: '信息',
  meeting: '当面',
  other: '其他',
}
export const INQUIRY_FINDING: Record<string, string> = { no_breach: '未发现违纪违法', breach_passed_on: '违纪违法，移送纪检监察机关' }
/** 检察长可以授权的事项；后三项依法由检察长亲自决定。 */
export const DELEGABLE_MATTER: Record<string, string> = {
  arrest: '审查逮捕决定',
  proceedings: '办案事项审批',
  staffing: '承办人指定与回避',
  oversight: '办案监督管理',
  quality: '案件质量评查',
  peoples_supervision: '人民监督与公开听证',
  consultations: '提前介入',
  settings: '本院工作设置',
  committee: '检察委员会事项',
  delegations: '授权与代行顺序',
  power_list: '权力清单',
}
export const READING_RIGHT: Record<string, string> = { post: '依岗位查阅', delegation: '依授权查阅', emergency: '紧急查阅' }
export const EMERGENCY_REASON: Record<string, string> = {
  deadline_ends: '期限届满，承办人联系不上',
  person_in_danger: '人身安全或者健康有危险',
  custody_unlawful: '可能无依据羁押或者超期羁押',
  evidence_at_risk: '证据可能灭失',
  other: '其他',
}
export const EMERGENCY_FINDING: Record<string, string> = { justified: '理由成立', not_justified: '理由不成立' }
export const REPORT_STANDING: Record<string, string> = { recorded: '有记录', zero: '零报告', missing: '未报告' }
/** 刑诉规则第4条、第6条：检察长、部门负责人监督办案。 */
export const OVERSIGHT: Record<string, string> = { look: '查看进度', report_asked: '要求报告', note: '批示' }
export const OVERSIGHT_ANSWER: Record<string, string> = { report: '报告', acknowledgement: '已阅知', objection: '书面提出不同意见' }

/** 检察官联席会议：意见供参考（刑诉规则第6条）。 */
export const CONFERENCE_STATE: Record<string, string> = {
  asked: '待召集',
  convened: '已召集',
  closed: '已结束',
  called_off: '已取消',
}
export const PUBLIC_HEARING_FORM: Record<string, string> = { public_review: '公开审查', public_hearing: '公开听证' }
export const PUBLIC_HEARING_STATE: Record<string, string> = {
  planned: '已安排',
  noticed: '已告知',
  open: '进行中',
  deliberating: '评议中',
  concluded: '已结束',
  cancelled: '已取消',
}
export const HEARING_PARTY: Record<string, string> = {
  suspect: '犯罪嫌疑人',
  victim: '被害人',
  defender: '辩护人',
  agent: '诉讼代理人',
  legal_representative: '法定代理人',
  police_officer: '侦查人员',
  appellant: '申诉人',
  other: '其他参加人',
}
export const HEARING_SPEAKER: Record<string, string> = {
  chair: '主持人',
  handler: '承办检察官',
  officer: '听证员',
  party: '参加人',
}
export const HEARING_STATEMENT: Record<string, string> = { statement: '发言', question: '提问', answer: '回答' }
export const OFFICER_POSITION: Record<string, string> = { agree: '同意', disagree: '不同意', other: '其他意见' }
export const FOLLOWING: Record<string, string> = {
  followed: '采纳多数意见',
  departed: '不采纳多数意见',
  no_majority: '未形成多数意见',
}
export const DEPARTURE_CONSENT: Record<string, string> = {
  awaited: '待检察长审批',
  given: '检察长同意',
  refused: '检察长不同意',
}
/** 公开审查、公开听证的事项（人民监督员监督规定第9条）。 */
export const PUBLIC_MATTER: Record<string, string> = {
  non_prosecution: '拟决定不起诉',
  arrest_review: '审查逮捕',
  custody_necessity: '羁押必要性审查',
  complaint: '不服检察机关处理决定的申诉',
  administrative_litigation: '行政诉讼监督',
  other: '其他事项',
}
/** 案件质量评查。 */
export const SAMPLING_KIND: Record<string, string> = { routine: '常规抽查', key: '重点评查', special: '专项评查' }
export const SAMPLING_SCOPE: Record<string, string> = {
  one_year: '一年一评查（全年案件）',
  one_category: '一类一评查（一类案件）',
  one_special: '一专一评查（一个主题）',
  one_case: '一案一评查（逐案）',
}
export const SAMPLING_STATE: Record<string, string> = { announced: '已公布，待抽取', drawn: '已抽取', cancelled: '已取消' }
export const KEY_GROUND: Record<string, string> = {
  non_arrest_evidence: '证据不足不批准逮捕',
  non_prosecution: '不起诉',
  withdrawn: '撤回起诉',
  acquitted: '判决无罪',
  changed: '决定被改变、撤销',
  appealed: '申诉、抗诉',
}
export const REVIEWERS_FROM: Record<string, string> = {
  both: '本院和同一上级院的其他检察院',
  own_office: '仅本院',
  same_superior: '仅同一上级院的其他检察院（交叉评查）',
}
export const REVIEWER_OUT: Record<string, string> = {
  handled: '办理过该案或者相关案件',
  took_part: '参与过该案办理',
  recused: '回避',
  leads: '领导办案部门',
  on_leave: '休假',
  reviewed: '已作第一次评查',
}
export const QUALITY_STATE: Record<string, string> = {
  drawn: '待评查',
  under_review: '评查中',
  proposed: '已提出等次',
  notified: '待承办人答复',
  objected: '有异议，待检察长决定',
  second_review: '待第二评查员评查',
  final: '已评定',
}
export const QUALITY_GRADE: Record<string, string> = {
  excellent: '优质',
  qualified: '合格',
  basically_qualified: '基本合格',
  flawed: '瑕疵',
  unqualified: '不合格',
}
export const QUALITY_DIMENSION: Record<string, string> = {
  substance: '实体',
  procedure: '程序',
  documents: '文书',
  effect_and_risk: '效果与风险',
  filing: '归档',
}
export const QUALITY_CORRECTION: Record<string, string> = { open: '待整改', made: '整改待核实', verified: '已核实' }
export const OBJECTION_OUTCOME: Record<string, string> = { upheld: '异议成立，另定等次', dismissed: '异议不成立，维持等次' }
export const RECUSAL_GROUND: Record<string, string> = {
  party_or_relative: '是本案当事人或者其近亲属',
  interest: '本人或者近亲属与本案有利害关系',
  witness_or_defender: '担任过本案证人、鉴定人、辩护人、诉讼代理人',
  other_relation: '与本案当事人有其他关系，可能影响公正',
  improper_contact: '接受请客送礼或者违反规定会见',
}
export const CONFERENCE_FORM: Record<string, string> = { present: '现场', remote: '远程视频', written: '书面' }
export const POSITION: Record<string, string> = { agree: '同意', disagree: '不同意', other: '其他意见' }
export const REACH: Record<string, string> = { own_office: '仅本院检察官', any_office: '可邀请其他检察院检察官' }
/** 检察委员会（检察院组织法第30条至第33条）。 */
export const COMMITTEE_STATE: Record<string, string> = {
  on_agenda: '已列议程',
  summoned: '已通知开会',
  in_session: '会议中',
  majority: '形成多数意见，待签发',
  no_majority: '征求缺席委员书面意见',
  undecided: '未形成多数意见，待报请上级',
  reported: '已报请上一级检察院',
  decided: '已决定，待执行',
  executed: '已执行，待反馈',
  fed_back: '已反馈',
  withdrawn: '已撤回',
}
export const MATTER_GROUND: Record<string, string> = {
  major_arrest: '重大案件审查逮捕（刑诉法89条）',
  chief_disagrees: '检察长不同意检察官处理意见（刑诉规则7条）',
  state_interest: '涉及国家重大利益、严重影响社会稳定',
  upper_approval: '核准追诉、缺席审判',
  protest: '重大疑难复杂案件抗诉',
  instructions: '向上级人民检察院请示',
  re_deliberation: '复议',
  major_case: '其他重大疑难复杂案件',
}
export const SEAT: Record<string, string> = {
  member: '委员',
  full_time: '专职委员',
  deputy_chief: '副检察长',
  chief: '检察长',
}
export const PRESENCE: Record<string, string> = { present: '出席', absent: '缺席', recused: '回避' }
export const BALLOT: Record<string, string> = { approve: '同意', reject: '不同意', other: '其他决定' }
export const VOTE_FORM: Record<string, string> = { in_session: '会议表决', in_writing: '书面意见' }

export const INTERROGATION_STATE: Record<string, string> = {
  waiting: '待排期',
  booked: '待看守所确认',
  confirmed: '已确认',
  checked_in: '已核实身份',
  running: '进行中',
  paused: '暂停',
  link_lost: '连线中断',
  ended: '已结束',
  not_held: '未进行',
  cancelled: '已取消',
}
export const INTERROGATION_PURPOSE: Record<string, string> = { interrogate: '讯问', sign_plea: '签署认罪认罚具结书' }
export const INTERROGATION_MODE: Record<string, string> = { remote: '远程视频', in_person: '当面' }
export const INTERROGATION_ROLE: Record<string, string> = {
  lead: '承办检察官',
  staff: '检察人员',
  clerk: '书记员',
  interpreter: '翻译人员',
  sign_interpreter: '手语翻译',
  legal_representative: '法定代理人',
  appropriate_adult: '合适成年人',
  lawyer: '辩护人、值班律师',
}
export const LOST_BECAUSE: Record<string, string> = {
  handler: '承办人取消',
  displaced: '让位于更紧急的讯问',
  centre_closed: '看守所场所停用',
  suspect_engaged: '犯罪嫌疑人另有安排',
  suspect_moved: '犯罪嫌疑人已转押',
  measure_changed: '强制措施已变更',
  staff_lost: '讯问人员回避、离岗或者休假',
  case_closed: '案件已办结',
}
export const BOOKING_KIND: Record<string, string> = {
  interrogation: '讯问',
  block: '停用',
  lawyer_meeting: '律师会见',
  court: '出庭',
  transfer: '转押',
  medical: '就医',
}
export const RESOURCE_KIND: Record<string, string> = {
  interrogation_room: '讯问室',
  desk: '远程工位',
  line: '视频线路',
  escort: '提押警力',
  office_room: '办案区',
  suspect: '犯罪嫌疑人',
  person: '讯问人员',
  participant: '参与人员',
}
export const SLOT_REASON: Record<string, string> = {
  early: '距届满时间充裕',
  last_third: '已近期限最后三分之一',
  adjoins: '与该室其他安排相接',
  leaves_gap: '会留下无法使用的空档',
  same_journey: '当日已有人前往该看守所',
}
export const SLOT_WHY: Record<string, string> = {
  past_limit: '最早的办案期限在此之前届满',
  no_room: '没有所需的讯问室、工位或者视频终端',
  not_open: '场所、设备不开放',
  staff_away: '参加人员休假',
  room_taken: '讯问室已被占用',
  desk_taken: '远程工位已被占用',
  line_taken: '视频线路已被占用',
  escort_taken: '提押警力已被占用',
  suspect_taken: '犯罪嫌疑人另有安排',
  staff_taken: '讯问人员另有安排',
  participant_taken: '参与人员另有安排',
  never_together: '各方没有共同的空闲时间',
}
export const PLAN_STATE: Record<string, string> = {
  draft: '优化中',
  improved: '待审定',
  accepted: '已采纳',
  cancelled: '已取消',
}
export const PLAN_ITEM_STATE: Record<string, string> = {
  proposed: '拟排',
  left_out: '未排',
  booked: '已预约',
  refused: '未能预约',
  dropped: '未采纳',
}
export const PLAN_LEFT_OUT: Record<string, string> = {
  refused: '依法或者依本院设置不能这样安排',
  no_place: '没有所需的讯问室、工位或者视频终端',
  past_limit: '最早的办案期限在此之前届满',
  never_together: '各方在排期内没有共同的空闲时间',
  crowded_out: '时段已排给其他讯问',
}
export const PLAN_CHANGE: Record<string, string> = {
  same: '未变',
  moved: '调整时间',
  added: '新增',
  removed: '让出时段',
  never: '始终未排',
}
export const PLAN_PROOF: Record<string, string> = {
  greedy: '初步方案',
  feasible: '已优化',
  optimal: '已证明最优',
}
export const NOT_HELD_BECAUSE: Record<string, string> = {
  suspect_absent: '看守所未提押到位',
  suspect_ill: '犯罪嫌疑人患病',
  staff_absent: '讯问人员未到',
  interpreter_absent: '翻译人员未到',
  adult_absent: '法定代理人、合适成年人未到',
  lawyer_absent: '律师未到',
  no_certificate: '没有提讯、提解证',
  link_failed: '视频连线不成',
  room_unusable: '讯问室不能使用',
  other: '其他原因',
}
/** What the law itself asks for before the first question. */
export const DEMANDED_ITEM: Record<string, string> = {
  certificate: '未办理提讯、提解证（刑诉规则186条1款）',
  police_heard: '未听取公安机关的意见（刑诉规则280条2款）',
}
export const IDENTITY_CHECK: Record<string, string> = {
  document: '核对身份证件',
  centre_file: '核对看守所档案及照片',
  self_reported: '身份不明，按自报姓名并附照片',
}
export const SITTING_STEP: Record<string, string> = {
  arrived: '人员签到',
  checked_in: '核实身份',
  started: '开始讯问',
  paused: '暂停',
  link_lost: '连线中断',
  resumed: '恢复',
  ended: '结束',
  not_held: '未进行',
}
export const SITTING_NOTICE: Record<string, string> = {
  identity: '核实身份',
  rights: '告知诉讼权利义务',
  plea_leniency: '告知认罪认罚的法律规定',
  recording: '告知同步录音录像',
}
export const TIME_PROPOSAL_STATE: Record<string, string> = {
  open: '待答复',
  accepted: '已采纳',
  refused: '未采纳',
  withdrawn: '已撤回',
  lapsed: '逾期未答复',
}
export const TRANSCRIPT_STATE: Record<string, string> = {
  drafting: '记录中',
  for_reading: '待核对',
  read: '待签署',
  signing: '签署中',
  complete: '已完成',
}
export const LINE_KIND: Record<string, string> = {
  question: '问',
  answer: '答',
  statement: '述',
  notice: '告知',
}
export const CLOSING: Record<string, string> = {
  read: '以上笔录我看过，和我说的相符',
  read_out: '以上笔录向我宣读过，和我说的相符',
  declined: '拒绝写明核对意见',
}
export const TRANSCRIPT_FAULT: Record<string, string> = {
  line: '记录的语句',
  page: '页面',
  edition: '版本',
  correction: '更正',
  mark: '签名、指印',
  statement: '亲笔供述',
  seal: '整体摘要',
}
export const SIGNATORY: Record<string, string> = { suspect: '犯罪嫌疑人', ...INTERROGATION_ROLE }
/** 讯问前的准备（刑诉规则第186、280、465条）。 */
export const READINESS_KIND: Record<string, string> = {
  certificate: '提讯、提解证',
  custody_exchange: '换押手续',
  papers: '文书及权利义务告知书送达看守所',
  line_test: '视频连线测试',
  interpreter: '翻译人员确认',
  sign_interpreter: '手语翻译确认',
  adult_notified: '通知法定代理人或者合适成年人',
  lawyer_told: '通知律师到场',
  police_heard: '先行听取公安机关意见',
  centre_confirmed: '看守所确认',
}
export const READINESS_STATE: Record<string, string> = { open: '未就绪', done: '已就绪', waived: '免除' }
export const INTERROGATION_CHANGE: Record<string, string> = {
  booked: '预约',
  rescheduled: '改期',
  reseated: '调整人员',
  extended: '延长时长',
  lost_time: '失去时段',
  cancelled: '取消',
  confirmed: '看守所确认',
  time_proposed: '看守所提议改期',
  proposal_accepted: '采纳提议',
  proposal_refused: '未采纳提议',
  proposal_lapsed: '提议逾期',
  brought: '已提押到位',
  brought_back: '已还押',
}
export const TOLD_BECAUSE: Record<string, string> = {
  handles: '承办',
  takes_part: '参加',
  joins: '新参加',
  leaves: '不再参加',
  hosts: '羁押',
}
/** Languages that are often interpreted; the value is a tag of BCP 47. */
export const LANGUAGE: Record<string, string> = {
  'ug': '维吾尔语',
  'bo': '藏语',
  'mn': '蒙古语',
  'kk': '哈萨克语',
  'ko': '朝鲜语',
  'ii': '彝语',
  'za': '壮语',
  'zh-yue': '粤语',
  'vi': '越南语',
  'my': '缅甸语',
  'th': '泰语',
  'lo': '老挝语',
  'en': '英语',
  'ru': '俄语',
  'ja': '日语',
  'fr': '法语',
  'ar': '阿拉伯语',
  'es': '西班牙语',
}
export const OFFER_STATE: Record<string, string> = {
  open: '待答复',
  accepted: '已接受',
  refused: '未接受',
  lapsed: '逾期未答复',
  withdrawn: '已撤回',
}
export const URGENT_GROUND: Record<string, string> = {
  period_ends: '普通时段之前期限届满',
  evidence_at_risk: '证据可能灭失或者串供',
  suspect_leaves: '犯罪嫌疑人即将转押、就医',
  health: '犯罪嫌疑人健康原因',
  minor: '未成年人案件从速办理',
  ordered: '检察长或者上级院要求',
}
/** 人民监督员监督办案活动（监督工作规定第8条、第9条）。 */
export const ACTIVITY_KIND: Record<string, string> = {
  public_review: '案件公开审查、公开听证',
  court_appearance: '出庭支持公诉',
  circuit_inspection: '巡回检察',
  proposal: '检察建议的研究提出、督促落实',
  document_service: '法律文书宣告送达',
  quality_review: '案件质量评查',
  standards_inspection: '司法规范化检查',
  briefing: '检察工作情况通报',
  other: '其他检察办案活动',
}
export const INVITE_GROUND: Record<string, string> = {
  complaint_review: '不服检察机关处理决定的申诉案件公开审查',
  non_prosecution_review: '拟决定不起诉案件公开审查',
  necessity_review: '羁押必要性审查案件公开审查',
  arrest_hearing: '有重大影响的审查逮捕案件公开听证',
  administrative_hearing: '行政诉讼监督案件公开听证',
}
export const ACTIVITY_FORM: Record<string, string> = { present: '现场', remote: '远程', either: '现场或者远程，由人民监督员选择' }
export const ACTIVITY_STATE: Record<string, string> = {
  planned: '待通知司法行政机关',
  requested: '已通知，待抽选',
  drawing: '抽选、邀请中',
  staffed: '人员已确定',
  under_way: '进行中',
  ended: '活动结束，意见答复中',
  closed: '已办结',
  cancelled: '已取消',
  without: '未邀请人民监督员（有记录的理由）',
}
export const WITHOUT_BECAUSE: Record<string, string> = {
  no_time_for_notice: '法定办案期限不足以提前通知',
  pool_too_small: '符合条件的人民监督员不足',
  all_declined: '被抽选的人民监督员均不能参加',
  organ_silent: '司法行政机关未答复',
  organ_refused: '司法行政机关不同意缩短通知时间',
  other: '其他原因',
}
export const LEAD_TIME: Record<string, string> = {
  notice: '活动前通知',
  invitation_answer: '答复邀请',
  opinion_answer: '答复监督意见',
  receipt: '签收答复',
  performance_report: '通报履职情况',
}
export const PERIODIC_REPORT_STATE: Record<string, string> = { drafted: '草稿', sent: '已发送', acknowledged: '已签收' }
export const INVITATION_STATE: Record<string, string> = {
  invited: '待答复',
  accepted: '已接受',
  declined: '不能参加',
  lapsed: '逾期未答复',
  recused: '回避',
  released: '不再需要参加',
  attended: '已参加',
  absent: '未到场',
}
export const ATTENDING: Record<string, string> = { present: '现场参加', remote: '远程参加' }
/** 人民监督员的回避（选任管理办法第21条）。 */
export const SUPERVISOR_RECUSAL: Record<string, string> = {
  near_relative: '是本案当事人或者其近亲属',
  interest: '本人或者近亲属与本案有利害关系',
  former_participant: '担任过本案证人、鉴定人、辩护人等诉讼参与人',
  other_relation: '与本案有其他关系，可能影响公正监督',
}
export const SUPERVISOR_STATE: Record<string, string> = {
  nominated: '公示中',
  serving: '任职中',
  suspended: '暂停履职',
  ended: '任期届满或者辞任',
  removed: '已免职',
  rejected: '未选任',
}
export const EDUCATION: Record<string, string> = {
  below_high_school: '高中以下',
  high_school: '高中、中专',
  college: '大专',
  bachelor: '本科',
  postgraduate: '研究生',
}
export const OCCUPATION: Record<string, string> = {
  civil_servant: '机关工作人员',
  public_institution: '事业单位人员',
  enterprise: '企业人员',
  self_employed: '个体经营、自由职业',
  farmer: '农民',
  retired: '退休人员',
  other: '其他',
}
export const EXPERTISE: Record<string, string> = {
  finance: '金融、财会',
  medicine: '医学',
  cyber: '网络、信息技术',
  environment: '生态环境',
  minors: '未成年人保护',
  intellectual_property: '知识产权',
  engineering: '工程技术',
  education: '教育',
  sign_language: '手语',
}
export const PACKET_STATE: Record<string, string> = {
  drafted: '选取中',
  redacted: '待核对遮盖',
  checked: '已核对',
  released: '可以阅看',
  expired: '阅看时间已过',
  withdrawn: '已撤回',
}
export const SOURCE_KIND: Record<string, string> = {
  facts: '案件事实',
  opinion: '审查逮捕意见',
  proposal: '拟处理意见',
  transcript: '讯问笔录',
  words: '录入文字',
  attachment: '附件',
}
export const PACKET_ROLE: Record<string, string> = {
  suspect: '犯罪嫌疑人',
  victim: '被害人',
  witness: '证人',
  representative: '法定代理人、合适成年人',
  lawyer: '律师',
  other: '其他人员',
}
export const MASK_REASON: Record<string, string> = {
  name: '姓名',
  name_found: '疑似姓名',
  identity_number: '证件号码',
  telephone: '电话',
  bank_card: '银行卡号',
  plate: '车牌',
  account: '账号、邮箱',
  file_number: '文号',
  long_number: '其他号码',
  address: '住址',
  born_on: '未成年人出生日期',
  school: '学校、班级',
  parent: '未成年人家长',
  by_eye: '人工遮盖',
}
export const VIEW_FORM: Record<string, string> = { text: '文字', image: '图像' }
/** 监督意见（监督工作规定第17条至第19条）。 */
export const OPINION_VIEW: Record<string, string> = {
  agree: '同意',
  partly: '部分同意',
  disagree: '不同意',
  no_view: '不发表意见',
}
export const SUPERVISION_OPINION_STATE: Record<string, string> = {
  sealed: '已密封',
  received: '已接收，待审查',
  to_answer: '待答复',
  answered: '已答复，待签收',
  objected: '已提出异议，待决定',
  receipted: '已签收',
  unreceipted: '已送达，逾期未签收',
  decided: '检察长已决定',
}
export const ADOPTION: Record<string, string> = {
  adopted: '采纳',
  partly_adopted: '部分采纳',
  not_adopted: '未采纳',
}
export const SUPERVISION_RULING: Record<string, string> = { adopted: '采纳监督意见', upheld: '维持原答复' }
export const DRAW_STATE: Record<string, string> = { published: '已公布', witnessed: '已见证', held: '已抽选' }
/** 不参加抽选的原因。 */
export const DRAW_OUT: Record<string, string> = {
  not_serving: '未在任',
  suspended: '暂停抽选',
  term_not_begun: '任期未开始',
  term_ends_before: '活动前任期届满',
  account_closed: '账号已停用',
  away: '当日不能参加',
  weekday: '星期不合',
  recused: '回避',
  expertise: '不具备所需专业知识',
  other_activity: '同一时间已受邀参加其他监督活动',
}
/** 人民监督员的选任、任期、免除（选任管理办法）。 */
export const CAME_BY: Record<string, string> = { application: '本人申请', recommendation: '单位推荐' }
export const EXCLUDED_OFFICE: Record<string, string> = {
  congress_standing_committee: '人大常委会组成人员',
  supervision_organ: '监察机关在职人员',
  court: '人民法院在职人员',
  procuratorate: '人民检察院在职人员',
  public_security: '公安机关在职人员',
  state_security: '国家安全机关在职人员',
  judicial_administration: '司法行政机关在职人员',
  peoples_assessor: '人民陪审员',
  other: '其他不宜担任的职务',
}
export const DISQUALIFICATION: Record<string, string> = {
  punished: '受过刑事处罚',
  dismissed: '被开除公职',
  licence_revoked: '被吊销执业证书或者被除名',
  dishonest_debtor: '失信被执行人',
  assessor_removed: '因受惩戒被免除人民陪审员职务',
  other_breach: '其他严重违法违纪行为',
}
export const REMOVAL_GROUND: Record<string, string> = {
  unfit: '不再符合任职条件',
  secrets_leaked: '泄露秘密、隐私或者未公开的案情',
  obstructed: '妨碍办案活动',
  duty_neglected: '不履行职责',
  other: '其他',
}
export const ENDED_BECAUSE: Record<string, string> = {
  term_over: '任期届满',
  resigned: '辞职',
  died: '死亡',
  other: '其他',
}
export const SUPERVISOR_STEP: Record<string, string> = {
  nominate: '提名',
  take_over: '导入名册',
  publish: '公示',
  appoint: '任命',
  reject: '不予选任',
  reappoint: '连任',
  suspend: '暂停履职',
  reinstate: '恢复履职',
  remove: '免职',
  end: '任职结束',
}
export const COMPOSITION_REMARK: Record<string, string> = {
  too_few_of_region: '该县级行政区域不足三名',
  state_employees_above_half: '公务员、事业单位人员超过半数',
}
export const SUPERVISION_PLAN_STATE: Record<string, string> = { drafted: '草稿，待送交', delivered: '已送交', replaced: '已被更正' }
/** 人民监督员的抽选。 */
/** 席位的变动；退出的原因见邀请。 */
export const SEAT_CHANGE: Record<string, string> = {
  drawn: '抽中',
  barred: '承诺之后排除',
  out: '退出',
  unfilled: '空缺',
  fewer: '减少人数',
  reopened: '重新递补',
}
export const SEAT_BECAUSE: Record<string, string> = {
  ...DRAW_OUT,
  exhausted: '名单上已无人',
  no_time: '活动时间已到',
  declined: '不能参加',
  lapsed: '逾期未答复',
  moved: '活动改期',
  barred: '不能再履职或者没有时间',
}
export const LATE_BECAUSE: Record<string, string> = {
  drawn_late: '抽选较晚',
  declined: '前一人不能参加',
  lapsed: '前一人逾期未答复',
  recused: '前一人回避',
  barred: '前一人不能再履职或者没有时间',
  moved: '活动改期',
}
export const RAISED_BY: Record<string, string> = { procuratorate: '检察机关发现', party: '当事人申请' }
export const CONDUCT: Record<string, string> = {
  diligent: '认真履职',
  ordinary: '正常履职',
  late: '迟到',
  left_early: '早退',
  absent_excused: '请假缺席',
  absent_unexcused: '无故缺席',
  breach: '违反履职规定',
}

export const CHOICES = {
  sex: choices(SEX),
  documentKind: choices(DOCUMENT_KIND),
  /** Whoever is arrested is not asked to be arrested. */
  measure: choices(MEASURE).filter(choice => choice.value !== 'arrest'),
  measureNow: choices(MEASURE),
  mainPenalty: choices(MAIN_PENALTY),
  rangeReason: choices(RANGE_REASON),
  decider: choices(DECIDER),
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
  custody: choices(CUSTODY),
  deadlineEvent: choices(DEADLINE_EVENT),
  restart: choices(RESTART),
  notCounted: choices(NOT_COUNTED),
  grade: choices(GRADE),
  consultationKind: choices(CONSULTATION_KIND),
  consultationGround: choices(CONSULTATION_GROUND),
  consultationForm: choices(CONSULTATION_FORM),
  correction: choices(CORRECTION),
  emergencyReason: choices(EMERGENCY_REASON),
  emergencyFinding: choices(EMERGENCY_FINDING),
  inquiryKind: choices(INQUIRY_KIND),
  inquiryChannel: choices(INQUIRY_CHANNEL),
  inquiryFinding: choices(INQUIRY_FINDING),
  oversight: choices(OVERSIGHT),
  conferenceForm: choices(CONFERENCE_FORM),
  position: choices(POSITION),
  reach: choices(REACH),
  matterGround: choices(MATTER_GROUND),
  seat: choices(SEAT),
  ballot: choices(BALLOT),
  engagement: choices(BOOKING_KIND).filter(choice => !['interrogation', 'block'].includes(String(choice.value))),
  identityCheck: choices(IDENTITY_CHECK),
  notHeld: choices(NOT_HELD_BECAUSE),
  closing: choices(CLOSING),
  lineKind: choices(LINE_KIND),
  publicHearingForm: choices(PUBLIC_HEARING_FORM),
  publicMatter: choices(PUBLIC_MATTER),
  hearingParty: choices(HEARING_PARTY),
  hearingStatement: choices(HEARING_STATEMENT),
  officerPosition: choices(OFFICER_POSITION),
  samplingKind: choices(SAMPLING_KIND),
  samplingScope: choices(SAMPLING_SCOPE),
  keyGround: choices(KEY_GROUND),
  reviewersFrom: choices(REVIEWERS_FROM),
  objectionOutcome: choices(OBJECTION_OUTCOME),
  recusalGround: choices(RECUSAL_GROUND),
  activityKind: choices(ACTIVITY_KIND),
  inviteGround: choices(INVITE_GROUND),
  activityForm: choices(ACTIVITY_FORM),
  withoutBecause: choices(WITHOUT_BECAUSE),
  attending: choices(ATTENDING),
  supervisorRecusal: choices(SUPERVISOR_RECUSAL),
  education: choices(EDUCATION),
  occupation: choices(OCCUPATION),
  expertise: choices(EXPERTISE),
  sourceKind: choices(SOURCE_KIND),
  packetRole: choices(PACKET_ROLE),
  opinionView: choices(OPINION_VIEW),
  adoption: choices(ADOPTION),
  supervisionRuling: choices(SUPERVISION_RULING),
  cameBy: choices(CAME_BY),
  excludedOffice: choices(EXCLUDED_OFFICE),
  disqualification: choices(DISQUALIFICATION),
  removalGround: choices(REMOVAL_GROUND),
  /** A term that is over ends by itself. */
  endedBecause: choices(ENDED_BECAUSE).filter(choice => choice.value !== 'term_over'),
  language: choices(LANGUAGE),
  officeKind: choices(OFFICE_KIND),
  level: choices(LEVEL),
  postEndReason: choices(POST_END_REASON),
  codePurpose: choices(CODE_PURPOSE),
  shareGround: choices(SHARE_GROUND),
}

/** The class of a message: all that a lock screen may show of it. */
export const URGENCY: Record<string, string> = {
  info: '告知',
  task: '待办',
  urgent: '紧急',
  alarm: '警报',
}

/** What is done with a task itself; the work it leads to is another matter. */
export const TASK_STEP: Record<string, string> = {
  claim: '领取',
  assign: '指派',
  return: '退回',
  recall: '收回',
  release: '退回待领取',
  delegate: '转交',
  follow_up: '跟进提醒',
  make: '交办',
  complete: '办结',
  cancel: '取消事项',
}
export const TASK_STEP_DONE: Record<string, string> = {
  claim: '已领取',
  assign: '已指派',
  return: '已退回',
  recall: '已收回',
  release: '已退回',
  delegate: '已转交',
  follow_up: '已设跟进提醒',
  make: '已交办',
  complete: '已办结',
  cancel: '已取消',
}
export const TASK_STATE: Record<string, string> = { open: '待办', done: '已办结', cancelled: '已取消' }
export const TASK_SCOPE: Record<string, string> = { mine: '我的', team: '本部门', office: '本院' }
export const TASK_CLAIMED: Record<string, string> = { all: '全部', nobody: '待领取', me: '我已领取' }
export const TASK_FOLLOW_UP: Record<string, string> = { all: '全部', due: '今日该跟进', set: '设有提醒' }
export const TASK_LIGHT: Record<string, string> = { all: '全部', ...LIGHT }
export const RELEASE_REASON: Record<string, string> = { post_ended: '领取人已离任', on_leave: '领取人休假' }
