import type { Reading, ReadingReport } from '@/wire/types'
import { daysBetween, today } from '@/kit/time'
import { shifted } from '@/pages/agendas/days'

/** What an address opens, by the name of its collection. */
const OPENED: Record<string, string> = {
  'cases': '案件',
  'arrest-requests': '提请批准逮捕书',
  'transfers': '起诉意见书',
  'attachments': '材料附件',
  'assignments': '分案记录',
  'arrest-reviews': '审查逮捕',
  'prosecutions': '审查起诉',
  'proposals': '报批意见',
  'conferences': '检察官联席会议',
  'committee-matters': '检察委员会事项',
  'consultations': '介入与协商',
  'deadlines': '期限',
  'monitoring-entries': '流程监控',
  'oversight-entries': '办案监督',
  'interrogations': '讯问',
  'displacements': '讯问时段调整',
  'time-proposals': '讯问改期建议',
  'transcripts': '讯问笔录',
  'activities': '监督活动',
  'draws': '人民监督员抽选',
  'invitations': '监督活动邀请',
  'packets': '监督材料',
  'supervision-opinions': '监督意见',
  'public-hearings': '公开听证',
  'quality-reviews': '质量评查',
}
/** Parts of what is opened, by the last word of the address. */
const PART: Record<string, string> = {
  'assignments': '分案记录',
  'deadlines': '期限',
  'evidence': '证据',
  'membership': '并案与分案',
  'conference-candidates': '可参加联席会议的人员',
  'oversight-entries': '办案监督',
  'supervision-grounds': '应当监督的情形',
  'supervision-opinions': '监督意见',
  'hearing': '听取意见情况',
  'content': '内容',
  'document': '文书',
  'verification': '核验',
  'file': '案卷',
  'record': '抽选记录',
  'publication': '公布内容',
  'draw': '抽选',
  'exclusions': '排除人员',
  'invitations': '邀请',
  'opinions': '意见',
  'performance-report': '履职情况',
  'changes': '变更记录',
  'displacement': '时段调整',
  'join-token': '进入视频',
  'offers': '候补时段',
  'readiness': '准备情况',
  'sitting': '讯问现场',
  'time-proposals': '改期建议',
  'contents': '材料内容',
  'draft': '草稿',
  'pages': '材料页',
  'image': '材料页',
  'views': '阅看记录',
  'judgment-review': '判决、裁定审查',
}

/** `/cases/<int:case_id>/deadlines` → `案件：期限`; an address unknown here is shown as it is. */
export function openedWords(route: string): string {
  const [collection = '', ...rest] = route.split('/').filter(part => part && !part.startsWith('<'))
  const whole = OPENED[collection]
  if (!whole)
    return route
  const part = PART[rest.at(-1) ?? '']
  return part
    ? `${whole}：${part}`
    : whole
}

export interface ReadingFilter {
  case_id: number | null
  person_id: number | null
  right: Reading['right'] | ''
  from_on: string | null
  until_on: string | null
}

/** The question to the server. */
export function readingQuery(filter: ReadingFilter) {
  return {
    case_id: filter.case_id ?? undefined,
    person_id: filter.person_id ?? undefined,
    right: filter.right || undefined,
    from_on: filter.from_on || undefined,
    until_on: filter.until_on || undefined,
  }
}

/** The days of a report that nobody chose: the last thirty. */
export function lastThirty(on: string = today()): { from_on: string, until_on: string } {
  return {
    from_on: shifted(on, -29),
    until_on: on,
  }
}

/** What is wrong with these days of a report, or nothing. */
export function spanFault(days: { from_on: string | null, until_on: string | null }): string | null {
  if (!days.from_on || !days.until_on)
    return '请选择起日和止日。'
  const span = daysBetween(days.from_on, days.until_on)
  if (span < 0)
    return '起日晚于止日。'
  return span < 92
    ? null
    : '报告最长九十二日。'
}

type ReaderLine = ReadingReport['readers'][number]

/** Why an auditor looks at somebody's readings more closely. */
export function remarksOn(line: Pick<ReaderLine, 'outside_hours' | 'in_emergency' | 'has_left'>): string[] {
  return [
    line.has_left && '已不再任职',
    line.outside_hours > 0 && `工作时间外 ${line.outside_hours} 次`,
    line.in_emergency > 0 && `紧急查阅 ${line.in_emergency} 次`,
  ].filter(one => one !== false)
}

/** Those with something to look at first, the most of it before the others; the rest as they came. */
export function strikingFirst<L extends Pick<ReaderLine, 'outside_hours' | 'in_emergency' | 'has_left'>>(lines: readonly L[]): L[] {
  const weight = (line: L): number => line.outside_hours + line.in_emergency + Number(line.has_left) * 1000
  return [...lines].sort((a, b) => weight(b) - weight(a))
}
