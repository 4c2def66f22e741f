import type { Choice } from '@/kit/words'
import type { JournalEntry } from '@/wire/types'
import { dateWords, fromLocalInput, instantWords } from '@/kit/time'
import { wordFor } from '@/kit/words'
import { shifted } from '@/pages/agendas/days'
import terms from './terms.json'

interface Subject { word: string, kinds: Record<string, string>, codes: Record<string, Record<string, string>> }
const SUBJECTS: Readonly<Record<string, Subject>> = terms

/** What of the journal one wants to see; days as in Shanghai. */
export interface JournalFilter {
  subject: string | null
  kind: string | null
  about_id: number | null
  by_id: number | null
  from_on: string | null
  until_on: string | null
}

export const EVERYTHING: Readonly<JournalFilter> = {
  subject: null,
  kind: null,
  about_id: null,
  by_id: null,
  from_on: null,
  until_on: null,
}

/** The question to the server; a kind or a number means nothing without its subject. */
export function queryOf(filter: JournalFilter) {
  const { subject, kind, about_id, by_id, from_on, until_on } = filter
  return {
    subject: subject ?? undefined,
    kind: (subject && kind) ?? undefined,
    about_id: (subject && about_id) || undefined,
    by_id: by_id ?? undefined,
    since: (from_on && fromLocalInput(`${from_on}T00:00`)) ?? undefined,
    until: (until_on && fromLocalInput(`${shifted(until_on, 1)}T00:00`)) ?? undefined,
  }
}

export const SUBJECT_CHOICES: readonly Choice[] = Object.entries(SUBJECTS)
  .map(([value, { word }]) => ({ value, label: word }))
  .sort((a, b) => a.label.localeCompare(b.label, 'zh'))

export function kindChoices(subject: string | null): Choice[] {
  return Object.entries(SUBJECTS[subject ?? '']?.kinds ?? {}).map(([value, label]) => ({ value, label }))
}

export function subjectWord(subject: string | null): string {
  return SUBJECTS[subject ?? '']?.word ?? subject ?? '—'
}

export function kindWord(entry: Pick<JournalEntry, 'kind' | 'subject'>): string {
  return wordFor(SUBJECTS[entry.subject ?? '']?.kinds ?? {}, entry.kind)
}

/** By number; 0 is the system itself. */
export function whoWords(id: number, names: ReadonlyMap<number, string>): string {
  if (id === 0)
    return '系统'
  return names.get(id) ?? `${id} 号人员`
}

/** What the fields of entries are called; one that is missing here shows its own name. */
const FIELD: Record<string, string> = {
  activity_id: '监督活动',
  adoption: '采纳情况',
  again: '再次',
  agree: '同意人数',
  allowance_id: '补助',
  anchor: '公布的锚',
  approve: '同意票',
  arrest_request_id: '提请批准逮捕',
  asked: '请求数',
  assignment_id: '分案',
  attended: '到场',
  attending: '参加方式',
  because: '原因',
  booking_id: '预约',
  booked: '已预约数',
  candidates: '候选人数',
  case_id: '案件',
  case_ids: '案件',
  cases: '案件数',
  code_id: '登记码',
  commitment: '承诺值',
  content_hash: '内容摘要',
  correction_id: '更正',
  deadline_id: '期限',
  decision: '决定',
  decision_id: '决定',
  device_id: '设备',
  disagree: '不同意人数',
  edition: '版本',
  enrolled_only: '只限已登记手机',
  every: '周期',
  following: '采纳情况',
  form: '方式',
  former_id: '原承办人',
  from_id: '来自',
  from_on: '自',
  grade: '等次',
  ground: '理由',
  handler_id: '承办人',
  hours: '小时',
  how: '方式',
  interrogation_id: '讯问',
  kind: '种类',
  late: '迟延',
  lead_id: '主办检察官',
  list: '清单',
  masks: '遮盖处数',
  matter: '事项',
  means: '确认方式',
  members: '成员数',
  minutes: '分钟',
  moved: '移动数',
  new_case_id: '新案件',
  notice_by_on: '最迟通知日',
  office_id: '单位',
  operation: '操作',
  opinion_id: '意见',
  organ_id: '机关',
  other: '其他',
  outcome: '结果',
  passed: '通过',
  people: '人数',
  percent: '百分比',
  person_id: '人员',
  post: '职务',
  post_id: '任职',
  posts: '任职数',
  procuratorate_id: '检察院',
  proposal: '意见',
  prosecutor_id: '检察官',
  purpose: '用途',
  raised_by: '提出方',
  reason: '原因',
  receipt_id: '回执',
  refusal_kind: '不捕种类',
  reject: '不同意票',
  remote: '远程',
  reviewer_id: '评查员',
  route: '监控人员',
  ruling: '裁定',
  seat: '席位',
  seed: '种子',
  seed_hash: '种子摘要',
  sha256: 'SHA-256',
  short: '短于规定',
  side: '一方',
  state: '状态',
  step: '步骤',
  stratum: '组别',
  subject_id: '对象',
  subject_kind: '对象种类',
  supervisor_id: '人民监督员',
  suspect_id: '犯罪嫌疑人',
  taker_ids: '接收人',
  tier: '预警级别',
  to_case_id: '并入案件',
  to_id: '转至',
  to_office_id: '转至单位',
  urgent: '紧急',
  version: '版本',
  waiting: '等候数',
  wanted: '所需人数',
  witnessed: '经见证',
  year: '年度',
}
const PEOPLE = [
  'person_id',
  'handler_id',
  'former_id',
  'prosecutor_id',
  'lead_id',
  'reviewer_id',
  'supervisor_id',
  'taker_ids',
]
/** The kinds of things that a step is taken on. */
const SUBJECT_KIND: Record<string, string> = { arrest_reviews: '审查逮捕', prosecutions: '审查起诉' }
const HEX = /^[0-9a-f]{32,}$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T/

function valueWords(field: string, value: unknown, codes: Record<string, string>, names: ReadonlyMap<number, string>): string {
  if (value === null || value === undefined)
    return '无'
  if (Array.isArray(value))
    return value.map(one => valueWords(field, one, codes, names)).join('、') || '无'
  if (typeof value === 'boolean')
    return value ? '是' : '否'
  if (typeof value === 'number') {
    if (PEOPLE.includes(field))
      return whoWords(value, names)
    return /_ids?$/.test(field)
      ? `${value} 号`
      : String(value)
  }
  if (typeof value !== 'string')
    return JSON.stringify(value)
  if (field === 'subject_kind')
    return wordFor(SUBJECT_KIND, value)
  if (codes[value])
    return codes[value]
  if (HEX.test(value))
    return shortHash(value)
  if (DAY.test(value))
    return dateWords(value)
  return INSTANT.test(value)
    ? instantWords(value)
    : value
}

/** What an entry says besides its kind, in words where there are any. */
export function detailLines(entry: Pick<JournalEntry, 'subject' | 'details'>, names: ReadonlyMap<number, string>): { field: string, label: string, words: string }[] {
  const codes = SUBJECTS[entry.subject ?? '']?.codes ?? {}
  return Object.entries(entry.details).map(([field, value]) => ({
    field,
    label: wordFor(FIELD, field),
    words: valueWords(field, value, codes[field] ?? {}, names),
  }))
}

/** Enough of a hash to tell two apart on a screen. */
export function shortHash(hash: string): string {
  return `${hash.slice(0, 8)}……${hash.slice(-8)}`
}
