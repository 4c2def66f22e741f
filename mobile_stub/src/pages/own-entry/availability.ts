import type { SupervisorEntry } from '@/wire/types'
import { dateWords, today } from '@/kit/time'

export interface DaysAway { from_on: string | null, until_on: string | null }
export interface AvailabilityDraft {
  weekdays: string[]
  away: DaysAway[]
  remote: 'yes' | 'no'
  contact: string
}

export const WEEKDAYS = [
  { value: '1', label: '周一' },
  { value: '2', label: '周二' },
  { value: '3', label: '周三' },
  { value: '4', label: '周四' },
  { value: '5', label: '周五' },
  { value: '6', label: '周六' },
  { value: '7', label: '周日' },
]

export function weekdayWords(days: readonly number[]): string {
  if (days.length === 7)
    return '每天都可以'
  return days.length
    ? WEEKDAYS.filter(one => days.includes(Number(one.value))).map(one => one.label).join('、')
    : '都不方便'
}

export function awayWords(days: { from_on: string, until_on: string }, on: string = today()): string {
  return days.from_on === days.until_on
    ? dateWords(days.from_on, on)
    : `${dateWords(days.from_on, on)} 到 ${dateWords(days.until_on, on)}`
}

export function draftOf(entry: Pick<SupervisorEntry, 'weekdays' | 'away' | 'remote_able' | 'contact'>): AvailabilityDraft {
  return {
    weekdays: entry.weekdays.map(String),
    away: entry.away.map(({ from_on, until_on }) => ({ from_on, until_on })),
    remote: entry.remote_able
      ? 'yes'
      : 'no',
    contact: entry.contact ?? '',
  }
}

/** Days away that have been begun and not ended on the form: nothing is sent before. */
export function isWhole(draft: AvailabilityDraft): boolean {
  return draft.away.every(one => one.from_on && one.until_on && one.from_on <= one.until_on)
}

export function bodyOf(draft: AvailabilityDraft) {
  return {
    weekdays: draft.weekdays.map(Number).sort((a, b) => a - b),
    away: draft.away.map(one => ({ from_on: one.from_on!, until_on: one.until_on! })),
    remote_able: draft.remote === 'yes',
    contact: draft.contact.trim() || null,
  }
}

/** `200 元`, `20.50 元`: what is paid is counted in fen. */
export function moneyWords(fen: number): string {
  return `${fen % 100
    ? (fen / 100).toFixed(2)
    : fen / 100} 元`
}
