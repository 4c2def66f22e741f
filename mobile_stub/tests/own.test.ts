import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { hearClock, legalNow } from '@/kit/clock'
import { counted, orderOf, outOf, placesOf, stratumWords } from '@/pages/draws/place'
import { awayWords, bodyOf, draftOf, isWhole, moneyWords, weekdayWords } from '@/pages/own-entry/availability'
import { useExpired } from '@/pages/packets/expired'

const PUBLISHED = {
  orders: {
    all: [3, 1, 2],
    education: [2],
    odd: 'x',
  },
}
const STRATA = [
  { name: 'education', seats: 1 },
  { name: 'all', seats: 2 },
]

beforeEach(() => {
  setActivePinia(createPinia())
})
afterEach(() => {
  vi.unstubAllGlobals()
})

it('finds one\'s own place in every order, and none for whoever was kept out', () => {
  expect(placesOf({ own_number: 2, strata: STRATA }, PUBLISHED)).toEqual([
    { stratum: 'education', place: 1, of: 1 },
    { stratum: 'all', place: 3, of: 3 },
  ])
  expect(placesOf({ own_number: 3, strata: STRATA }, PUBLISHED)).toEqual([
    { stratum: 'all', place: 1, of: 3 },
  ])
  expect(placesOf({ own_number: 9, strata: STRATA }, PUBLISHED)).toEqual([])
  expect(placesOf({ own_number: null, strata: STRATA }, PUBLISHED)).toEqual([])
  expect(placesOf({ own_number: 2, strata: STRATA }, null)).toEqual([])
  expect(orderOf(PUBLISHED, 'odd')).toEqual([])
  expect(orderOf(PUBLISHED, 'missing')).toEqual([])
  expect([
    'all',
    'education',
  ].map(stratumWords)).toEqual(['全体', '教育'])
})

it('counts of whom a draw was made, and says why one was kept out', () => {
  const candidate = (number: number, excluded: string[] = []) => ({
    number,
    excluded,
    name: null,
    served: 0,
    weight: 10,
    fields_known: [],
  })
  const draw = {
    own_number: 2,
    strata: STRATA,
    candidates: [
      candidate(1),
      candidate(2, ['away', 'weekday']),
      candidate(3),
    ],
  }
  expect(counted(draw)).toEqual({
    all: 3,
    out: 1,
    open: 2,
    seats: 3,
  })
  expect(outOf(draw)).toEqual(['away', 'weekday'])
  expect(outOf({ ...draw, own_number: null })).toEqual([])
})

it('states when one has time', () => {
  const draft = draftOf({
    weekdays: [1, 3],
    away: [
      { from_on: '2026-11-25', until_on: '2026-11-27' },
    ],
    remote_able: false,
    contact: null,
  })
  expect(bodyOf(draft)).toEqual({
    weekdays: [1, 3],
    away: [
      { from_on: '2026-11-25', until_on: '2026-11-27' },
    ],
    remote_able: false,
    contact: null,
  })
  expect(isWhole(draft)).toBe(true)
  draft.away.push({ from_on: '2026-12-02', until_on: null })
  expect(isWhole(draft)).toBe(false)
  draft.away[1]!.until_on = '2026-12-01'
  expect(isWhole(draft)).toBe(false)
  expect(weekdayWords([1, 3])).toBe('周一、周三')
  expect(weekdayWords([])).toBe('都不方便')
  expect(weekdayWords([1, 2, 3, 4, 5, 6, 7])).toBe('每天都可以')
  expect(awayWords({ from_on: '2026-11-25', until_on: '2026-11-25' }, '2026-11-22')).toBe('11月25日 周三')
  expect([20000, 2050].map(moneyWords)).toEqual(['200 元', '20.50 元'])
})

it('wipes what the server says is over, and keeps what it knew when no answer comes', async () => {
  const removed = vi.fn(async () => true)
  vi.stubGlobal('caches', {
    keys: async () => ['a'],
    open: async () => ({
      keys: async () => [
        { url: 'http://localhost/api/v1/packets/7/pages/1' },
        { url: 'http://localhost/index.html' },
      ],
      delete: removed,
    }),
  })
  const fetched = vi.fn(async () => Response.json({
    packet_ids: [7],
    now: new Date(Date.now() + 86_400_000).toISOString(),
  }))
  vi.stubGlobal('fetch', fetched)
  const expired = useExpired()
  await expired.check()
  expect([...expired.ids]).toEqual([7])
  expect(removed).toHaveBeenCalledTimes(1)
  expect(legalNow().getTime() - Date.now(), 'the server says by which clock').toBeGreaterThan(86_000_000)

  fetched.mockRejectedValueOnce(new TypeError('offline'))
  await expired.check()
  expect([...expired.ids]).toEqual([7])
  await expired.forget()
  expect(expired.ids.size).toBe(0)
  hearClock(new Date().toISOString())
})
