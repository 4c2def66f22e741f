import { describe, expect, it } from 'vitest'
import { firstLit, isExpiredCustody, scopesOf } from '@/pages/deadlines/lights'

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
    expect(labels('prosecutor', 'department_head')).toEqual(['我的', '全院'])
    expect(labels('case_manager')).toEqual(['全院'])
    expect(labels('police_officer')).toEqual(['本机关应办', '全部'])
    expect(labels('execution_supervisor')).toEqual(['全院'])
  })
})
