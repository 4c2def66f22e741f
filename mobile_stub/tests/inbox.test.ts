import type { InboxItem } from '@/wire/types'
import { describe, expect, it } from 'vitest'
import { filterOf, isToBeAnswered, isUnread, merged } from '@/pages/inbox/lines'
import { deviceWords } from '@/pages/me/phones'

function line(id: string, minute: number, more: Partial<InboxItem> = {}): InboxItem {
  return {
    id,
    kind: 'CaseAccepted',
    group: 'cases',
    title: '案件已受理',
    body: '江检捕受〔2026〕12号',
    link: '/cases/12',
    class: 'task',
    at: `2026-11-23T01:${String(minute).padStart(2, '0')}:00Z`,
    read_at: null,
    superseded: false,
    ...more,
  }
}
const READ = { read_at: '2026-11-23T02:00:00Z' }
function ids(lines: InboxItem[]): string[] {
  return lines.map(one => one.id)
}

describe('lines that have changed', () => {
  const shown = [
    line('c', 30),
    line('b', 20),
    line('a', 10),
  ]

  it('stand in their places, and new ones above', () => {
    const now = merged(shown, [
      line('d', 40),
      line('b', 20, READ),
    ], '', false)

    expect(ids(now)).toEqual(['d', 'c', 'b', 'a'])
    expect(now[2]!.read_at).toBe(READ.read_at)
  })

  it('stay further down if they were not loaded, unless that is all there is', () => {
    const old = line('z', 5, READ)

    expect(ids(merged(shown, [old], '', false))).toEqual(['c', 'b', 'a'])
    expect(ids(merged(shown, [old], '', true))).toEqual(['c', 'b', 'a', 'z'])
  })

  it('leave the screen once they are not what was asked for', () => {
    expect(ids(merged(shown, [
      line('b', 20, READ),
    ], 'unread', false))).toEqual(['c', 'a'])
    expect(ids(merged(shown, [
      line('c', 30, { superseded: true }),
    ], 'unread', false))).toEqual(['b', 'a'])
    expect(ids(merged(shown, [
      line('d', 40, { class: 'alarm' }),
    ], 'task', false))).toEqual(['c', 'b', 'a'])
  })

  it('fill an empty screen', () => {
    expect(ids(merged([], [
      line('a', 10),
    ], '', true))).toEqual(['a'])
  })
})

it('asks for one class, or for what is unread', () => {
  expect(filterOf('')).toEqual({})
  expect(filterOf('unread')).toEqual({ unread: true })
  expect(filterOf('alarm')).toEqual({
    class: ['alarm'],
  })
})

it('counts what a later line replaces as read, and answers no such alarm', () => {
  expect(isUnread(line('a', 1))).toBe(true)
  expect(isUnread(line('a', 1, { superseded: true }))).toBe(false)
  expect(isToBeAnswered(line('a', 1, { class: 'alarm', ...READ }))).toBe(true)
  expect(isToBeAnswered(line('a', 1, { class: 'alarm', superseded: true }))).toBe(false)
  expect(isToBeAnswered(line('a', 1, { class: 'urgent' }))).toBe(false)
})

it('says how a device is woken, with which version, and when it was seen last', () => {
  expect(deviceWords({
    id: 1,
    platform: 'web',
    service: 'web_push',
    app_version: '1.4.0',
    registered_at: '2026-11-20T01:00:00Z',
    last_seen_at: '2026-11-22T23:00:00Z',
    here: true,
  })).toBe('浏览器推送，版本 1.4.0，11月23日 周一 用过')
})
