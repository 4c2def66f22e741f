import { expect, it } from 'vitest'
import { toldWords } from '@/pages/escalations/ladder'
import { standing } from '@/pages/notification-channels/desk'

it('names who was told at a rung, and says so when nobody was there', () => {
  const told_at = '2026-11-23T01:00:00Z'
  const person = { id: 3, name: '周某' }
  const call = {
    rung: 'head' as const,
    told_at,
    told: [
      { person, post: 'department_head' as const },
      {
        person: { id: 4, name: '沈某' },
        post: null,
      },
    ],
  }

  expect(toldWords(call, { department_head: '部门负责人' })).toBe('周某（部门负责人）、沈某')
  expect(toldWords({ ...call, told: [] }, {})).toBe('无人在岗')
})

it('says of a paused channel that it is paused, whatever its circuit says', () => {
  expect(standing({ state: 'open', paused_at: '2026-11-23T01:00:00Z' })).toBe('paused')
  expect(standing({ state: 'half_open', paused_at: null })).toBe('half_open')
})
