import type { EmergencyAccess, Me } from '@/wire/types'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import { hasAccesses, mayOpen, openFor, reviews, stateOf, useOpened } from '@/pages/emergency-accesses/open'
import { AUDITING, menuFor, offered, READING } from '@/pages/me/menu'
import { placeOf } from '@/pages/tasks/groups'
import { useSession } from '@/session/store'

const NOW = new Date('2026-11-23T02:00:00Z')
const asked: string[] = []

function access(more: Partial<EmergencyAccess> = {}): EmergencyAccess {
  return {
    id: 7,
    case_id: 12,
    reader: { id: 3, name: '叶清和' },
    until_at: '2026-11-23T04:00:00Z',
    review_by_on: '2026-11-26',
    finding: null,
    is_open: true,
    ...more,
  } as EmergencyAccess
}

function signedIn(id: number, post: string): void {
  const session = useSession()
  session.me = {
    id,
    posts: [
      { post, office_id: 1 },
    ],
  } as unknown as Me
  session.state = 'signed_in'
}

beforeEach(() => {
  asked.length = 0
  setActivePinia(createPinia())
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(new URL(request.url).pathname)
    return Response.json({
      items: [
        access({ until_at: '2126-11-23T04:00:00Z' }),
      ],
      next_cursor: null,
    })
  })
})

it('is for those who work on cases, and never for the three officers', () => {
  expect(mayOpen(new Set(['prosecutor']))).toBe(true)
  expect(mayOpen(new Set(['case_manager']))).toBe(true)
  expect(mayOpen(new Set(['prosecutor', 'auditor']))).toBe(false)
  expect(mayOpen(new Set(['chief_procurator']))).toBe(false)
  expect(reviews(new Set(['chief_procurator']))).toBe(true)
  expect(hasAccesses(new Set(['inspector']))).toBe(true)
  expect(hasAccesses(new Set(['clerk']))).toBe(false)
})

it('stands open, waits for review, or has been reviewed', () => {
  expect(stateOf(access(), '2026-11-23')).toBe('open')
  expect(stateOf(access({ is_open: false }), '2026-11-26')).toBe('waiting')
  expect(stateOf(access({ is_open: false }), '2026-11-27')).toBe('overdue')
  expect(stateOf(access({ finding: 'not_justified' }), '2026-11-27')).toBe('not_justified')
})

it('opens the case for whoever asked, until its time', () => {
  const all = [
    access(),
  ]
  expect(openFor(all, 12, 3, NOW)?.id).toBe(7)
  expect(openFor(all, 12, 4, NOW)).toBeNull()
  expect(openFor(all, 13, 3, NOW)).toBeNull()
  expect(openFor(all, 12, 3, new Date('2026-11-23T04:00:00Z'))).toBeNull()
})

it('asks once for all cases, and not at all for whoever may open none', async () => {
  signedIn(3, 'prosecutor')
  const opened = useOpened()
  await opened.check()
  await opened.check()
  expect(asked).toEqual(['/api/v1/emergency-accesses'])
  expect(opened.of(12)?.id).toBe(7)
  opened.heard(access({ until_at: '2020-01-01T00:00:00Z' }))
  expect(opened.of(12)).toBeNull()

  signedIn(9, 'clerk')
  await opened.check()
  expect(asked).toHaveLength(1)
  expect(opened.accesses).toEqual([])
})

it('has a page for its task and an entry for each post', () => {
  expect(placeOf({ about_kind: 'emergency_accesses', about_id: 7 })).toBe('/emergency-accesses/7')
  expect(offered(AUDITING, new Set(['auditor']))).toHaveLength(5)
  expect(offered(AUDITING, new Set(['prosecutor']))).toEqual([])
  expect(offered(READING, new Set(['inspector'])).map(one => one.to)).toEqual(['/emergency-accesses'])
  expect(offered(READING, new Set(['supervisor']))).toEqual([])
  const titles = menuFor(new Set(['auditor', 'prosecutor']), () => true).map(section => section.title)
  expect(titles.filter(title => ['审计', '查阅'].includes(title))).toEqual(['审计'])
})
