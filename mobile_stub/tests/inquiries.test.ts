import { describe, expect, it } from 'vitest'
import { monthBefore, stateOf, takesPart } from '@/pages/inquiries/people'

describe('recorded inquiries', () => {
  it('are reported for the month before', () => {
    expect(monthBefore('2026-11-22')).toBe('2026-10')
    expect(monthBefore('2026-01-31')).toBe('2025-12')
    expect(monthBefore('2026-10-01')).toBe('2026-09')
  })

  it('wait, are looked into, or are corrected', () => {
    const fresh = { kind: 'insider_inquiry', corrected_by_id: null, reviewed_at: null } as const
    expect(stateOf(fresh)).toBe('waiting')
    expect(stateOf({ ...fresh, reviewed_at: '2026-03-02T04:00:00Z' })).toBe('reviewed')
    expect(stateOf({ ...fresh, reviewed_at: '2026-03-02T04:00:00Z', corrected_by_id: 8 })).toBe('corrected')
    expect(stateOf({ ...fresh, kind: 'lawful_supervision' })).toBe('apart')
  })

  it('are recorded by whoever takes part in handling cases', () => {
    expect(takesPart(new Set(['clerk']))).toBe(true)
    expect(takesPart(new Set(['inspector', 'police_officer']))).toBe(false)
  })
})
