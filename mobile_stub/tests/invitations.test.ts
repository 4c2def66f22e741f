import type { Invitation } from '@/wire/types'
import { expect, it } from 'vitest'
import { bodyOf, emptyOpinion, firstOpen, isLate, wordsOf } from '@/pages/invitations/opinion'
import { liesOpen, momentWords, opiningOf, packetToRead, standingOf, untilWords } from '@/pages/invitations/standing'
import { ownPath } from '@/pages/me/own'
import { afterwards } from '@/pages/own-opinions/course'
import { pageText } from '@/pages/packets/pages'
import { whyClosed } from '@/pages/packets/refusals'

const NOW = new Date('2026-11-22T01:00:00Z')

function asked(state: string, activity: string, more: Partial<Invitation> = {}): Invitation {
  return {
    state,
    steps: [],
    answer_by: '2026-11-22T02:00:00Z',
    undertook_at: '2026-11-21T02:00:00Z',
    activity: { state: activity },
    ...more,
  } as unknown as Invitation
}

function counted(more: Record<string, unknown> = {}) {
  return {
    is_unsealed: false,
    opinions_due_at: null,
    opinions: [],
    ...more,
  }
}

const LENT = {
  id: 3,
  may_read: true,
  open_from: '2026-11-22T00:00:00Z',
  open_until: '2026-11-22T03:00:00Z',
}

it('asks for an answer only while there is time for one', () => {
  const invited = asked('invited', 'drawing', {
    steps: ['answer'],
  })
  expect(standingOf(invited, null, null, NOW)).toBe('answer')
  expect(standingOf(invited, null, null, new Date(invited.answer_by))).toBe('over')
  expect(standingOf(asked('declined', 'drawing'), null, null, NOW)).toBe('over')
  expect(standingOf(asked('released', 'cancelled'), null, null, NOW)).toBe('over')
})

it('leads from the signature to the packet to the opinion, and waits where nothing can be done', () => {
  const unsworn = asked('accepted', 'staffed', {
    steps: ['undertaking'],
    undertook_at: null,
  })
  expect(standingOf(unsworn, LENT, null, NOW)).toBe('sign')
  expect(standingOf({
    ...unsworn,
    state: 'attended',
    activity: { state: 'ended' },
  }, null, counted(), NOW)).toBe('opine')
  const sworn = asked('accepted', 'staffed')
  expect(standingOf(sworn, null, null, NOW)).toBe('wait')
  expect(standingOf(sworn, LENT, null, NOW)).toBe('read')
  expect(standingOf(sworn, { ...LENT, open_from: '2026-11-22T02:00:00Z' }, null, NOW)).toBe('wait')
  expect(standingOf(asked('accepted', 'under_way'), LENT, counted(), NOW)).toBe('opine')
  expect(standingOf(asked('attended', 'ended'), null, counted({
    opinions: [
      { id: 1 },
    ],
  }), NOW)).toBe('given')
})

it('opens the window of a packet and closes it to the moment', () => {
  expect(liesOpen(LENT, new Date(LENT.open_from))).toBe(true)
  expect(liesOpen(LENT, new Date(LENT.open_until))).toBe(false)
  expect(liesOpen({ ...LENT, may_read: false }, NOW)).toBe(false)
  expect(liesOpen(null, NOW)).toBe(false)
  expect(packetToRead([
    { ...LENT, id: 9, may_read: false },
    LENT,
  ])?.id).toBe(3)
  expect(packetToRead([
    { ...LENT, id: 2, may_read: false },
    { ...LENT, id: 9, may_read: false },
  ])?.id).toBe(9)
  expect(packetToRead([])).toBeNull()
})

it('knows when an opinion is too early, too late, or not one\'s to give', () => {
  expect(opiningOf(asked('accepted', 'staffed'), null, NOW)).toBe('early')
  expect(opiningOf(asked('accepted', 'ended'), counted(), NOW)).toBe('early')
  expect(opiningOf(asked('attended', 'ended'), counted(), NOW)).toBe('open')
  expect(opiningOf(asked('attended', 'ended'), counted({
    opinions_due_at: NOW.toISOString(),
  }), NOW)).toBe('late')
  expect(opiningOf(asked('attended', 'ended'), counted({ is_unsealed: true }), NOW)).toBe('late')
  expect(opiningOf(asked('attended', 'closed'), counted(), NOW)).toBe('late')
  expect(opiningOf(asked('absent', 'ended'), counted(), NOW)).toBe('not_attending')
})

it('sends an opinion only whole, and no empty words', () => {
  const draft = emptyOpinion()
  expect(bodyOf(draft)).toBeNull()
  expect(firstOpen(draft)).toBe(0)
  draft.facts = { view: 'agree', words: ' ' }
  draft.evidence = { view: 'partly', words: '还缺一份鉴定' }
  expect(firstOpen(draft)).toBe(2)
  draft.handling.view = 'disagree'
  expect(firstOpen(draft)).toBe(3)
  expect(bodyOf(draft)).toBeNull()
  draft.overall = 'partly'
  draft.words = '  按我写的，一字不改\n'
  expect(bodyOf(draft)).toEqual({
    facts: { view: 'agree', words: null },
    evidence: { view: 'partly', words: '还缺一份鉴定' },
    handling: { view: 'disagree', words: null },
    overall: 'partly',
    words: '  按我写的，一字不改\n',
  })
})

it('carries the words of an opinion that came too late over to a proposal, none of them lost', () => {
  const draft = emptyOpinion()
  expect(wordsOf(draft, '公开审查')).toBe('')
  draft.evidence = { view: 'partly', words: '还缺一份鉴定' }
  draft.handling.words = '太轻了'
  draft.overall = 'disagree'
  draft.words = '请再想想'
  expect(wordsOf(draft, '公开审查')).toBe('关于“公开审查”：\n证据：部分同意。还缺一份鉴定\n处理：太轻了\n总的意见：不同意\n请再想想')
  expect(wordsOf(draft, null).startsWith('证据')).toBe(true)
  expect([
    null,
    'opinions-late',
    'wrong-state',
    'unreachable',
  ].map(slug => isLate(slug === null
    ? null
    : { slug }))).toEqual([false, true, true, false])
})

it('tells times with the day of the week', () => {
  expect(momentWords('2026-11-25T06:00:00Z', '2026-11-25T08:00:00Z', '2026-11-22')).toBe('11月25日 周三 14:00 到 16:00')
  expect(momentWords('2026-11-25T06:00:00Z', '2026-11-26T02:30:00Z', '2026-11-22')).toBe('11月25日 周三 14:00 到 11月26日 周四 10:30')
  expect(untilWords('2027-01-01T01:00:00Z', '2026-11-22')).toBe('2027年1月1日 周五 09:00')
})

it('leads a supervisor from the staff\'s address to one\'s own page, and nowhere twice', () => {
  expect([
    '/packets/7',
    '/supervision-opinions',
    '/supervision-opinions/7',
    '/draws/7',
    '/activities/7',
    '/activities/7/opinions',
    '/supervisors',
  ].map(ownPath)).toEqual([
    '/packets/7/reading',
    '/own-opinions',
    '/own-opinions/7',
    '/draws/7/place',
    '/invited-to/7',
    '/invited-to/7',
    '/own-entry',
  ])
  for (const path of [
    '/packets/7/reading',
    '/own-opinions/7',
    '/draws/7/place',
    '/invitations/7',
    '/home',
    '/me',
  ])
    expect(ownPath(path)).toBeNull()
})

it('says in plain words why nothing can be read, and what became of an opinion', () => {
  expect(whyClosed({ status: 410, slug: 'packet-gone' })?.heading).toBe('材料不能再看了')
  expect(whyClosed({ status: 409, slug: 'not-yet-open' })?.moves).toBe(false)
  expect(whyClosed({ status: 403, slug: 'other-device' })?.moves).toBe(true)
  expect(whyClosed({ status: 403, slug: 'not-allowed' })).toBeNull()
  expect(whyClosed({ status: 0, slug: 'unreachable' })).toBeNull()
  expect(afterwards({ state: 'to_answer', way: 'other', lapsed_at: null })).toContain('转给')
  expect(afterwards({ state: 'sealed', way: 'activity', lapsed_at: null })).toContain('不能再改')
})

it('reads the title of a page once', () => {
  expect(pageText({
    title: '方案',
    paragraphs: ['方案', ' ', '由两人带队。'],
  })).toBe('方案\n\n由两人带队。')
  expect(pageText({
    title: '方案',
    paragraphs: ['下一页。'],
  })).toBe('方案\n\n下一页。')
})
