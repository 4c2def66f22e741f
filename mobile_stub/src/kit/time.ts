/** Days as the law counts them: dates in Asia/Shanghai by the server's clock, whatever the phone's own says. */

import { legalNow } from './clock'

const ZONE = 'Asia/Shanghai'
const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000

export function today(now: Date = legalNow()): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(now)
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY)
}

/** How pressing a date is: also the order in which groups of tasks stand. */
export type Urgency = 'overdue' | 'in_doubt' | 'at_once' | 'today' | 'soon' | 'later' | 'open'

export interface TimeLeft { urgency: Urgency, words: string, days: number | null }

/**
 * Time left until a statutory date: the day itself still counts, so nothing is overdue before the next day. Where the
 * law can be read in two ways, nothing is overdue before the later reading's day (`outerOn`) is over.
 */
export function timeLeft(dueOn: string | null | undefined, outerOn: string | null | undefined, on: string = today()): TimeLeft {
  if (!dueOn)
    return { urgency: 'open', words: '无期限', days: null }
  const days = daysBetween(on, dueOn)
  if (days < 0 && outerOn && outerOn >= on)
    return { urgency: 'in_doubt', words: `已过应办日 ${-days} 天`, days }
  if (days < 0)
    return { urgency: 'overdue', words: `已逾期 ${-days} 天`, days }
  if (days === 0)
    return { urgency: 'today', words: '今日到期', days }
  return {
    urgency: days <= 3
      ? 'soon'
      : 'later',
    words: `剩余 ${days} 天`,
    days,
  }
}

/** What of a period decides how much time is left. */
export interface Ends {
  due_on?: string | null
  outer_on?: string | null
  due_at?: string | null
  outer_at?: string | null
  suspended?: boolean
}

/** Time left of a period: in hours and minutes where the law counts hours, else in days. */
export function timeLeftOf(ends: Ends, now: Date = legalNow()): TimeLeft {
  if (ends.suspended)
    return { urgency: 'open', words: '暂停计算', days: null }
  if (!ends.due_at)
    return timeLeft(ends.due_on, ends.outer_on, today(now))
  const days = daysBetween(today(now), today(new Date(ends.due_at)))
  const left = Date.parse(ends.due_at) - now.getTime()
  if (left >= 0) {
    return {
      urgency: left < 6 * HOUR
        ? 'today'
        : 'soon',
      words: `剩余 ${spanWords(left)}`,
      days,
    }
  }
  return ends.outer_at && now.getTime() <= Date.parse(ends.outer_at)
    ? { urgency: 'in_doubt', words: `已过应办时 ${spanWords(-left)}`, days }
    : { urgency: 'overdue', words: `已逾期 ${spanWords(-left)}`, days }
}

/** How long something has been waiting that has no day: `已过 5 小时 20 分`. */
export function timeSince(started: string, now: Date = legalNow()): string {
  return `已过 ${spanWords(Math.max(0, now.getTime() - Date.parse(started)))}`
}

/** `3 天 4 小时`, `5 小时 20 分`, `40 分`: whole minutes begun, so that the last one is never told as none. */
export function spanWords(milliseconds: number): string {
  const minutes = Math.ceil(milliseconds / MINUTE)
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor(minutes % 1440 / 60)
  const rest = minutes % 60
  if (days) {
    return hours
      ? `${days} 天 ${hours} 小时`
      : `${days} 天`
  }
  if (hours) {
    return rest
      ? `${hours} 小时 ${rest} 分`
      : `${hours} 小时`
  }
  return `${rest} 分`
}

const WEEKDAYS = [
  '周日',
  '周一',
  '周二',
  '周三',
  '周四',
  '周五',
  '周六',
]

/** `2026-11-25` → `11月25日 周三`; another year than today's is named. */
export function dateWords(date: string | null | undefined, on: string = today()): string {
  if (!date)
    return '—'
  const [year, month, day] = date.slice(0, 10).split('-').map(Number) as [number, number, number]
  const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]
  return `${String(year) === on.slice(0, 4)
    ? ''
    : `${year}年`}${month}月${day}日 ${weekday}`
}

/** An instant in Shanghai time: `11月22日 14:05`. */
export function instantWords(instant: string | null | undefined, on: string = today()): string {
  if (!instant)
    return '—'
  const [date, time] = localInput(instant).split('T') as [string, string]
  return `${dateWords(date, on).replace(/ .*$/, '')} ${time}`
}

/** An instant for an `<input type="datetime-local">`, in Shanghai time. */
export function localInput(instant: string | null | undefined): string {
  if (!instant)
    return ''
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short', timeStyle: 'short' })
    .format(new Date(instant))
    .replace(' ', 'T')
}

/** What an `<input type="datetime-local">` holds, meant in Shanghai time, as a UTC instant. */
export function fromLocalInput(text: string): string | null {
  return text
    ? new Date(`${text.slice(0, 16)}:00+08:00`).toISOString().replace('.000Z', 'Z')
    : null
}

/** A clock on a phone tells minutes: an instant chosen in the minute of `floor` means no moment before it. */
export function notBefore(chosen: string | null, floor: string | null | undefined): string | null {
  return chosen && floor && chosen.slice(0, 16) === floor.slice(0, 16)
    ? floor
    : chosen
}
