import type { Item, Typed } from '@/pages/quality-reviews/review'
import { describe, expect, it } from 'vitest'
import {
  dimensionsOf,
  emptyDraft,
  fitsOutcome,
  lacks,
  needsFindings,
  overdrawn,
  pointsLeft,
  quarterOf,
  samplingOf,
  sendable,
  typedOf,
} from '@/pages/quality-reviews/review'

const ITEMS: Item[] = [
  {
    code: 'archive',
    dimension: 'filing',
    zh: '归档及时',
    points: 5,
  },
  {
    code: 'facts',
    dimension: 'substance',
    zh: '认定事实清楚',
    points: 15,
  },
  {
    code: 'law',
    dimension: 'substance',
    zh: '适用法律正确',
    points: 15,
  },
]
const TYPED: Typed[] = [
  {
    item: 'facts',
    words: ' 未核实年龄 ',
    points_off: 4,
    correction: '',
  },
  {
    item: 'facts',
    words: '',
    points_off: 3,
    correction: '',
  },
  {
    item: 'archive',
    words: '晚归档',
    points_off: null,
    correction: '补正',
  },
]

describe('a sampling', () => {
  const year = emptyDraft('2026')

  it('of a year needs a number, and sends only what its kind has', () => {
    expect(lacks(year)).toEqual([])
    expect(samplingOf({
      ...year,
      grounds: ['acquitted'],
      theme: '旧',
    })).toMatchObject({
      number: 5,
      share: null,
      grounds: [],
      theme: null,
      closed_from_on: '2026-01-01',
    })
    expect(lacks({ ...year, amount: null })).toEqual(['抽取数量'])
  })

  it('takes a share instead of a number', () => {
    const share = { ...year, by: 'share' as const, amount: 10 }
    expect(samplingOf(share)).toMatchObject({ number: null, share: 10 })
    expect(lacks({ ...share, amount: 101 })).toEqual(['比例不超过百分之百'])
  })

  it('of key cases takes all that have a ground', () => {
    const key = { ...year, kind: 'key' as const, scope: 'one_case' as const }
    expect(lacks(key)).toEqual(['重点评查的事由'])
    const whole = {
      ...key,
      grounds: ['acquitted' as const],
    }
    expect(lacks(whole)).toEqual([])
    expect(samplingOf(whole)).toMatchObject({
      number: null,
      share: null,
      grounds: ['acquitted'],
    })
  })

  it('of a theme names it, and of a category what it is', () => {
    expect(lacks({ ...year, kind: 'special', scope: 'one_special' })).toEqual(['专项主题'])
    expect(lacks({ ...year, scope: 'one_category' })).toEqual(['案件种类或者罪名'])
    expect(lacks({ ...year, scope: 'one_category', case_kind: 'arrest' })).toEqual([])
    expect(lacks({ ...year, kind: 'special', theme: '酒驾' })).toEqual(['评查范围'])
  })

  it('does not end before it begins', () => {
    expect(lacks({ ...year, closed_until_on: '2025-12-31' })).toEqual(['办结日期起止颠倒'])
  })
})

describe('a form', () => {
  it('sends what has words, and nothing else', () => {
    expect(sendable(TYPED)).toEqual([
      {
        item: 'facts',
        words: '未核实年龄',
        points_off: 4,
        correction: null,
      },
      {
        item: 'archive',
        words: '晚归档',
        points_off: 0,
        correction: '补正',
      },
    ])
  })

  it('comes back as it was sent', () => {
    const sent = sendable(TYPED) as Parameters<typeof typedOf>[0]
    expect(sendable(typedOf(sent))).toEqual(sent)
  })

  it('counts by dimension and in all', () => {
    expect(pointsLeft(ITEMS, TYPED)).toEqual({ left: 28, of: 35 })
    expect(pointsLeft(ITEMS, TYPED, 'substance')).toEqual({ left: 23, of: 30 })
    expect(pointsLeft(ITEMS, TYPED, 'filing')).toEqual({ left: 5, of: 5 })
  })

  it('takes no more from an item than it has', () => {
    expect(overdrawn(ITEMS, TYPED)).toEqual([])
    expect(overdrawn(ITEMS, [
      ...TYPED,
      {
        item: 'facts',
        words: '又',
        points_off: 9,
        correction: '',
      },
    ])).toEqual(['facts'])
  })

  it('stands in the order of the dimensions', () => {
    expect(dimensionsOf(ITEMS)).toEqual(['substance', 'filing'])
  })
})

describe('a grade', () => {
  it('below qualified rests on findings', () => {
    expect([
      'excellent',
      'qualified',
      'basically_qualified',
      'unqualified',
    ].filter(needsFindings)).toEqual(['basically_qualified', 'unqualified'])
    expect(needsFindings(null)).toBe(false)
  })

  it('changes with an objection that is upheld, and stays with one that is not', () => {
    expect(fitsOutcome('upheld', 'qualified', 'unqualified')).toBe(true)
    expect(fitsOutcome('upheld', 'unqualified', 'unqualified')).toBe(false)
    expect(fitsOutcome('dismissed', 'unqualified', 'unqualified')).toBe(true)
    expect(fitsOutcome('dismissed', null, 'unqualified')).toBe(false)
  })
})

it('a day lies in a quarter', () => {
  expect(quarterOf('2026-01-01')).toEqual({ year: 2026, quarter: 1 })
  expect(quarterOf('2026-09-30')).toEqual({ year: 2026, quarter: 3 })
  expect(quarterOf('2026-11-22')).toEqual({ year: 2026, quarter: 4 })
})
