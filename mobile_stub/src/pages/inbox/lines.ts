import type { InboxItem } from '@/wire/types'

/** What of the inbox is shown: everything, what is unread, or one class of messages. */
export type Show = '' | 'unread' | InboxItem['class']

export const SHOW: Readonly<Record<Exclude<Show, ''>, string>> = {
  unread: '未读',
  alarm: '警报',
  urgent: '紧急',
  task: '待办',
  info: '告知',
}

export interface Filter { unread?: boolean, class?: InboxItem['class'][] }

export function filterOf(show: Show): Filter {
  if (show === '')
    return {}
  return show === 'unread'
    ? { unread: true }
    : {
        class: [show],
      }
}

/** Does a line still count as unread? */
export function isUnread(line: InboxItem): boolean {
  return !line.read_at && !line.superseded
}

/** An alarm goes up the ladder until somebody says that it is known and dealt with; opening it does not stop it. */
export function isToBeAnswered(line: InboxItem): boolean {
  return line.class === 'alarm' && !line.superseded
}

function fits(line: InboxItem, show: Show): boolean {
  if (show === '')
    return true
  return show === 'unread'
    ? isUnread(line)
    : line.class === show
}

/**
 * The lines on the screen after some have changed: in their places as they are now, new ones where they belong. A line
 * further down than what was loaded stays there; `whole` says that nothing is further down.
 */
export function merged(shown: readonly InboxItem[], changed: readonly InboxItem[], show: Show, whole: boolean): InboxItem[] {
  const now = new Map(changed.map(line => [line.id, line]))
  const lines = shown.map(line => now.get(line.id) ?? line)
  const known = new Set(lines.map(line => line.id))
  const last = shown.at(-1)?.at
  for (const line of now.values()) {
    if (known.has(line.id) || (!whole && last !== undefined && line.at < last))
      continue
    const place = lines.findIndex(one => one.at <= line.at)
    lines.splice(place < 0
      ? lines.length
      : place, 0, line)
  }
  return lines.filter(line => fits(line, show))
}
