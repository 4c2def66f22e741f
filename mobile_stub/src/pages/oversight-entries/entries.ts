import type { OversightEntry } from '@/wire/types'

export const ENTRY_STATE: Record<string, string> = {
  waiting: '待答复',
  report: '已报告',
  acknowledgement: '已阅知',
  objection: '书面提出不同意见',
}

/** What the handler has said to it, if anything. */
export function stateOfEntry(entry: Pick<OversightEntry, 'answer'>): string {
  return entry.answer?.kind ?? 'waiting'
}
