/** Days as the law counts them: dates in Asia/Shanghai, whatever the phone's own zone is. */

const ZONE = 'Asia/Shanghai'
const DAY = 86_400_000

export function today(now: Date = new Date()): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(now)
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY)
}

/** How pressing a date is: also the order in which groups of tasks stand. */
export type Urgency = 'overdue' | 'in_doubt' | 'today' | 'soon' | 'later' | 'open'

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
