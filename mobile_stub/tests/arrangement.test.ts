import type { Participant } from '@/pages/interrogations/arrangement'
import { describe, expect, it } from 'vitest'
import {
  arrangementOf,
  asksFor,
  companyOf,
  countdown,
  eligible,
  emptyDraft,
  missing,
  NO_FACTS,
  seatsOf,
  secondsOf,
  suggested,
} from '@/pages/interrogations/arrangement'
import { inOrder } from '@/pages/interrogations/readiness'
import { freeInstead, takenIn } from '@/pages/interrogations/refusal'
import { byDay, worth } from '@/pages/plans/days'
import { hours, monthBeside, percent } from '@/pages/usage/numbers'

const GIRL = {
  minor: true,
  woman: true,
  flags: ['minor'],
}

function listed(id: number, kind: Participant['kind'], more: Partial<Participant> = {}): Participant {
  return {
    id,
    kind,
    office_id: 1,
    name: `${id}`,
    suspect_id: null,
    languages: [],
    relation: '',
    telephone: '',
    retired_at: null,
    version: 1,
    ...more,
  }
}

describe('who sits there', () => {
  it('the handler leads, and whoever else is named follows', () => {
    const seats = seatsOf({
      second: 'clerk/13',
      participants: ['interpreter/4'],
      language: 'ug',
    }, 7)
    expect(seats.map(seat => [seat.role, seat.person_id, seat.participant_id])).toEqual([
      ['lead', 7, null],
      ['clerk', 13, null],
      ['interpreter', null, 4],
    ])
    expect(companyOf(seats as never, 'ug')).toEqual({
      second: 'clerk/13',
      participants: ['interpreter/4'],
      language: 'ug',
    })
  })

  it('a place belongs to an interrogation on site alone', () => {
    const draft = {
      ...emptyDraft(),
      place: '某街道',
    }
    expect(arrangementOf(draft, 1, 2, 3).place).toBe('')
    expect(arrangementOf({ ...draft, mode: 'in_person' }, 1, 2, 3).place).toBe('某街道')
  })

  it('the law asks for a representative, an interpreter, a lawyer, each in its case', () => {
    expect(asksFor(NO_FACTS, { language: null }, 'interrogate')).toEqual([])
    expect(asksFor(GIRL, { language: 'ug' }, 'sign_plea')).toEqual([
      ['legal_representative', 'appropriate_adult'],
      ['interpreter'],
      ['lawyer'],
    ])
    expect(asksFor({
      ...NO_FACTS,
      flags: ['deaf'],
    }, { language: null }, 'interrogate')).toEqual([
      ['sign_interpreter'],
    ])
  })

  it('the parents come before another adult, and whoever is there is not missing', () => {
    const asked = asksFor(GIRL, { language: null }, 'interrogate')
    const register = [
      listed(1, 'appropriate_adult', { suspect_id: 5 }),
      listed(2, 'legal_representative', { suspect_id: 5 }),
    ]
    expect(suggested(asked, register)).toEqual(['legal_representative/2'])
    expect(missing(asked, ['appropriate_adult/1'])).toEqual([])
    expect(missing(asked, [])).toHaveLength(1)
  })

  it('an interpreter speaks the language, a representative belongs to the suspect', () => {
    const register = [
      listed(1, 'interpreter', {
        languages: ['ug'],
      }),
      listed(2, 'interpreter', {
        languages: ['vi'],
      }),
      listed(3, 'lawyer', { suspect_id: 9 }),
      listed(4, 'lawyer', { suspect_id: 5 }),
      listed(5, 'sign_interpreter'),
    ]
    expect(eligible(register, 5, 'ug-CN').map(one => one.id)).toEqual([1, 4, 5])
    expect(eligible(register, 5, null).map(one => one.id)).toEqual([4, 5])
  })

  it('for a girl only women of the staff are offered, unless the handler is one', () => {
    const staff = {
      assistants: [
        { id: 1, name: '甲', sex: 'male' as const },
        { id: 2, name: '乙', sex: 'female' as const },
      ],
      prosecutors: [
        { id: 7, name: '丙', sex: 'male' as const },
      ],
      clerks: [
        { id: 3, name: '丁', sex: 'female' as const },
      ],
    }
    expect(secondsOf(staff, 7, GIRL).map(one => one.value)).toEqual(['staff/2'])
    expect(secondsOf(staff, 7, NO_FACTS)).toHaveLength(3)
    const led = {
      ...staff,
      prosecutors: [
        { id: 7, name: '丙', sex: 'female' as const },
      ],
    }
    expect(secondsOf(led, 7, GIRL)).toHaveLength(3)
  })

  it('what is kept is told in minutes until it is over', () => {
    expect(countdown('2026-03-02T01:10:00Z', new Date('2026-03-02T01:00:30Z'))).toBe('10 分钟')
    expect(countdown('2026-03-02T01:10:00Z', new Date('2026-03-02T01:10:00Z'))).toBeNull()
  })
})

describe('what a refusal carries', () => {
  it('is read with care', () => {
    const members = {
      alternatives: [
        { starts_at: '2026-03-02T01:00:00Z', room: '一室' },
        3,
        {},
      ],
      taken: [
        { kind: 'desk' },
      ],
    }
    expect(freeInstead({ members })).toEqual([
      { starts_at: '2026-03-02T01:00:00Z', room: '一室' },
    ])
    expect(takenIn({ members })).toEqual([
      {
        kind: 'desk',
        name: null,
        from: null,
        until: null,
      },
    ])
    expect(freeInstead({ members: {} })).toEqual([])
  })
})

describe('lists and numbers', () => {
  it('what is missing and demanded by law stands on top', () => {
    const item = (id: number, state: 'open' | 'done', demanded: boolean) => ({
      id,
      state,
      demanded,
      due_at: '2026-03-02T01:00:00Z',
    })
    const found = inOrder([
      item(1, 'done', true),
      item(2, 'open', false),
      item(3, 'open', true),
    ])
    expect(found.map(one => one.id)).toEqual([3, 2, 1])
  })

  it('a plan is read by the day, what has no time last', () => {
    const days = byDay([
      { starts_at: null },
      { starts_at: '2026-03-02T01:00:00Z' },
      { starts_at: '2026-03-01T17:00:00Z' },
    ])
    expect(days.map(([on, items]) => [on, items.length])).toEqual([
      ['2026-03-02', 2],
      [null, 1],
    ])
    expect(worth(50, 200)).toBe(25)
    expect(worth(0, 0)).toBe(100)
  })

  it('shares, hours and months', () => {
    expect(percent(0.257)).toBe('26%')
    expect(percent(null)).toBe('—')
    expect(hours(90)).toBe('1.5 小时')
    expect(monthBeside('2026-01-01', -1)).toBe('2025-12-01')
  })
})
