import type { Deadline } from '@/wire/types'
import { describe, expect, it } from 'vitest'
import { colourOf, firstLit, firstScope, isAtOnce, isExpiredCustody, partsOf, scopesOf } from '@/pages/deadlines/lights'

describe('the light to look at first', () => {
  it.each([
    [
      { red: 1, amber: 2, green: 3, grey: 4 },
      'red',
    ],
    [
      { red: 0, amber: 2, green: 3, grey: 4 },
      'amber',
    ],
    [
      { red: 0, amber: 0, green: 3, grey: 4 },
      'grey',
    ],
    [
      { red: 0, amber: 0, green: 3, grey: 0 },
      'green',
    ],
    [
      { red: 0, amber: 0, green: 0, grey: 4 },
      'grey',
    ],
    [
      { red: 0, amber: 0, green: 0, grey: 0 },
      'red',
    ],
  ])('%o: %s', (counts, light) => {
    expect(firstLit(counts)).toBe(light)
  })
})

describe('what is to be done at once', () => {
  const atOnce = {
    id: 1,
    light: 'grey',
    due_on: null,
    standing: 'running',
    closed_at: null,
  } as Deadline
  const suspended: Deadline = { ...atOnce, id: 2, standing: 'suspended' }

  it('has no day, and is neither closed nor standing still', () => {
    expect(isAtOnce(atOnce)).toBe(true)
    expect(isAtOnce(suspended)).toBe(false)
    expect(isAtOnce({ ...atOnce, due_on: '2026-11-22' })).toBe(false)
    expect(isAtOnce({ ...atOnce, closed_at: '2026-11-22T00:00:00Z' })).toBe(false)
  })

  it('is shown in amber; all else in its own light', () => {
    expect(colourOf(atOnce)).toBe('amber')
    expect(colourOf(suspended)).toBe('grey')
    expect(colourOf({ ...atOnce, due_on: '2026-11-22', light: 'red' })).toBe('red')
  })

  it('stands by itself before what stands still', () => {
    function parts(...of: Parameters<typeof partsOf>): [string | null, number[]][] {
      return partsOf(...of).map(part => [
        part.title,
        part.deadlines.map(one => one.id),
      ])
    }
    expect(parts('grey', [suspended, atOnce])).toEqual([
      [
        '应当立即',
        [1],
      ],
      [
        '暂停计算',
        [2],
      ],
    ])
    expect(parts('grey', [suspended])).toEqual([
      [
        '暂停计算',
        [2],
      ],
    ])
    expect(parts('red', [suspended, atOnce])).toEqual([
      [
        null,
        [2, 1],
      ],
    ])
  })
})

describe('expired custody', () => {
  const held = { is_custody: true, standing: 'expired' as const, closed_at: null }

  it('is custody, beyond the latest day, and not closed', () => {
    expect(isExpiredCustody(held)).toBe(true)
    expect(isExpiredCustody({ ...held, is_custody: false })).toBe(false)
    expect(isExpiredCustody({ ...held, standing: 'in_doubt' })).toBe(false)
    expect(isExpiredCustody({ ...held, closed_at: '2026-11-22T00:00:00Z' })).toBe(false)
  })
})

describe('whose periods', () => {
  function labels(...posts: string[]): string[] {
    return scopesOf(new Set(posts)).map(scope => scope.label)
  }

  it('are told apart only for those who see more than their own', () => {
    expect(labels('prosecutor')).toEqual(['全院'])
    expect(labels('prosecutor', 'department_head')).toEqual(['我的', '本部门', '全院'])
    expect(labels('prosecutor', 'chief_procurator')).toEqual(['我的', '全院'])
    expect(labels('case_manager')).toEqual(['本部门', '全院'])
    expect(labels('police_officer')).toEqual(['本机关应办', '全部'])
    expect(labels('execution_supervisor')).toEqual(['全院'])
  })

  it('are first one\'s own, and otherwise the whole', () => {
    function first(...posts: string[]): string {
      return firstScope(scopesOf(new Set(posts))).label
    }
    expect(first('prosecutor', 'department_head')).toBe('我的')
    expect(first('department_head')).toBe('全院')
    expect(first('case_manager')).toBe('全院')
    expect(first('police_officer')).toBe('本机关应办')
  })
})
