import type { Delegation } from '@/wire/types'
import { describe, expect, it } from 'vitest'
import { actingBy, actingWords, byWords, standingOf } from '@/kit/delegations'
import { newPasswordFaults, placedFaults } from '@/pages/sign-in/passwords'
import { Problem } from '@/wire/problem'

const DAY = '2026-05-20'
const ONE: Delegation = {
  id: 1,
  office_id: 1,
  giver: { id: 1, name: '秦正源' },
  taker: { id: 2, name: '罗景行' },
  from_on: '2026-05-18',
  until_on: DAY,
  matters: ['arrest', 'staffing'],
  by_order: false,
  reason: '外出学习',
  given_at: '2026-05-17T01:00:00Z',
  ended_at: null,
}

describe('a delegation', () => {
  it('runs from its first day to its last', () => {
    expect(standingOf(ONE, '2026-05-17')).toBe('coming')
    expect(standingOf(ONE, '2026-05-18')).toBe('running')
    expect(standingOf(ONE, DAY)).toBe('running')
    expect(standingOf(ONE, '2026-05-21')).toBe('over')
    expect(standingOf({ ...ONE, ended_at: '2026-05-19T01:00:00Z' }, DAY)).toBe('ended')
  })

  it('is shown to whoever acts by it, while it runs', () => {
    expect(actingBy([ONE], 2, DAY)).toEqual([ONE])
    expect(actingBy([ONE], 2, '2026-05-21')).toEqual([])
    expect(actingBy([ONE], 1, DAY)).toEqual([])
    expect(actingWords(ONE)).toMatch(/^您代秦正源行使检察长职权：审查逮捕决定、承办人指定与回避，至.*5月20日/)
  })

  it('stands beside the name of whoever decided by it', () => {
    expect(byWords({
      id: 1,
      holder: ONE.taker,
      of: ONE.giver,
      until_on: DAY,
    })).toMatch(/^（代秦正源行使职权，至.*5月20日.*）$/)
  })
})

describe('a new password', () => {
  it('is typed twice alike, and is another than before', () => {
    expect(newPasswordFaults('one', 'two')).toMatchObject([
      { pointer: '/again' },
    ])
    expect(newPasswordFaults('one', 'one', 'one')).toMatchObject([
      { pointer: '/new_password' },
    ])
    expect(newPasswordFaults('one', 'one', 'two')).toEqual([])
  })

  it('is refused at its field', () => {
    expect(placedFaults(new Problem(422, 'password-too-short', '口令太短。'))).toMatchObject([
      { pointer: '/new_password', detail: '口令太短。' },
    ])
    expect(placedFaults(new Problem(422, 'current-password-wrong', '当前口令不正确。'))).toMatchObject([
      { pointer: '/current_password' },
    ])
    expect(placedFaults(new Problem(401, 'enrolment-refused', '不正确。'))).toEqual([])
  })
})
