import type { Inquiry } from '@/wire/types'

/** 组织法第47条：办案人员。 */
const TAKING_PART = [
  'prosecutor',
  'department_head',
  'chief_procurator',
  'case_manager',
  'clerk',
]

/** Whoever has a part in handling cases records what they were asked. */
export function takesPart(posts: ReadonlySet<string>): boolean {
  return TAKING_PART.some(post => posts.has(post))
}

export const INQUIRY_STATE: Record<string, string> = {
  waiting: '待核查',
  reviewed: '已核查',
  corrected: '已更正',
  apart: '另行登记',
}

/** Where an entry stands: corrected, looked into, or waiting; lawful supervision waits for nothing. */
export function stateOf(inquiry: Pick<Inquiry, 'kind' | 'corrected_by_id' | 'reviewed_at'>): string {
  if (inquiry.corrected_by_id)
    return 'corrected'
  if (inquiry.reviewed_at)
    return 'reviewed'
  return inquiry.kind === 'lawful_supervision'
    ? 'apart'
    : 'waiting'
}

/** The month before the one of that day: `2026-11-22` → `2026-10`. Its report is due now. */
export function monthBefore(day: string): string {
  const [year, month] = day.split('-').map(Number) as [number, number]
  return month === 1
    ? `${year - 1}-12`
    : `${year}-${String(month - 1).padStart(2, '0')}`
}
