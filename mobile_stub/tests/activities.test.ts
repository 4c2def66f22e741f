import type { Activity } from '@/pages/activities/plan'
import type { STEPS } from '@/pages/activities/steps'
import type { Invitation } from '@/wire/types'
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { ACTIVITY_STATE, CONDUCT } from '@/kit/words'
import { asksCase, earliestIn, emptyPlan, planBody, planWhole, standingOf } from '@/pages/activities/plan'
import { conductsFor, linesBody, linesFor, unmarked } from '@/pages/activities/report'
import { emptyStep, nextOf, stepWhole, stretchOf } from '@/pages/activities/steps'
import OpinionRow from '@/pages/supervision-opinions/OpinionRow.vue'

function invitation(id: number, state: string): Invitation {
  return { id, state } as unknown as Invitation
}

const WHOLE = {
  ...emptyPlan(),
  kind: 'briefing' as const,
  title: ' 检察工作情况通报 ',
  starts_at: '2026-12-07T01:30:00Z',
  ends_at: '2026-12-07T03:30:00Z',
  place: '第一会议室',
}

it('says of a day whether the notice is in time, short or too late; the last day still counts', () => {
  const days = { notice_by_on: '2026-11-27', short_notice_by_on: '2026-12-01' }
  expect([
    '2026-11-27',
    '2026-11-28',
    '2026-12-01',
    '2026-12-02',
  ].map(on => standingOf(days, on))).toEqual(['full', 'short', 'short', 'late'])
  expect(standingOf({ notice_by_on: null, short_notice_by_on: null }, '2026-11-27')).toBeNull()
})

it('finds the earliest days in a refusal, and none where there are none', () => {
  expect(earliestIn({ earliest_on: '2026-12-01', earliest_short_on: '2026-11-27' })).toEqual({ earliest_on: '2026-12-01', earliest_short_on: '2026-11-27' })
  expect(earliestIn({ notice_by_on: '2026-11-20' })).toBeNull()
  expect(earliestIn(undefined)).toBeNull()
})

it('asks for a case where the kind is work on one, and sends none where it is about none', () => {
  expect([
    'public_review',
    'proposal',
    'briefing',
    null,
  ].map(asksCase)).toEqual(['must', 'may', 'no', 'no'])
  expect(planWhole(WHOLE)).toBe(true)
  expect(planWhole({ ...WHOLE, kind: 'public_review' })).toBe(false)
  expect(planWhole({ ...WHOLE, kind: 'public_review', case_id: 3 })).toBe(true)
})

it('needs a place unless everybody comes from afar, and a field and a number for each need', () => {
  expect(planWhole({ ...WHOLE, place: ' ' })).toBe(false)
  expect(planWhole({ ...WHOLE, place: ' ', form: 'remote' })).toBe(true)
  expect(planWhole({
    ...WHOLE,
    needs: [
      { expertise: null, number: 1 },
    ],
  })).toBe(false)
})

it('sends a ground only of a public review', () => {
  expect(planBody({ ...WHOLE, ground: 'arrest_hearing' }).ground).toBeNull()
  expect(planBody({ ...WHOLE, kind: 'public_review', ground: 'arrest_hearing' })).toMatchObject({ ground: 'arrest_hearing', title: '检察工作情况通报', needs: [] })
})

it('knows of every state what is next, and where it stands on the way', () => {
  const quiet = {
    consent_awaited: false,
    short_notice_refused: null,
    missed_at: null,
    silent_at: null,
  }
  const states = Object.keys(ACTIVITY_STATE) as Activity['state'][]
  expect(new Set(states.map(state => nextOf({ ...quiet, state }))).size).toBe(states.length)
  expect(states.map(stretchOf)).toEqual([0, 1, 1, 2, 2, 3, 5, null, null])
  expect(nextOf({ ...quiet, state: 'requested', consent_awaited: true })).toContain('等司法行政机关答复')
  expect(nextOf({ ...quiet, state: 'planned', short_notice_refused: '来不及' })).toContain('不同意缩短')
})

it('asks for the reason of a short notice, and for words where a step needs them', () => {
  const draft = (step: keyof typeof STEPS, more = {}) => ({
    ...emptyStep(),
    step,
    ...more,
  })
  expect(stepWhole(draft('send'), false)).toBe(true)
  expect(stepWhole(draft('send'), true)).toBe(false)
  expect(stepWhole(draft('send', { words: '期限将届满' }), true)).toBe(true)
  expect(stepWhole(draft('begin'), true)).toBe(true)
  expect(stepWhole(draft('cancel'), false)).toBe(false)
  expect(stepWhole(draft('go_without', { words: '期限不足' }), false)).toBe(false)
  expect(stepWhole(draft('go_without', { words: '期限不足', because: 'no_time_for_notice' }), false)).toBe(true)
  expect(stepWhole(draft('ask_for_fewer', { wanted: 2, words: '人数不足' }), false)).toBe(true)
})

it('reports whoever came or stayed away, as attendance was recorded', () => {
  const invited = [
    invitation(1, 'attended'),
    invitation(2, 'absent'),
    invitation(3, 'declined'),
    invitation(4, 'accepted'),
  ]
  expect(unmarked(invited)).toBe(1)
  const lines = linesFor(invited, {
    1: { conduct: 'absent_excused', remark: '原先写的' },
    2: { conduct: 'absent_unexcused', remark: ' ' },
  })
  expect(lines).toEqual({
    1: { conduct: null, remark: '原先写的' },
    2: { conduct: 'absent_unexcused', remark: ' ' },
  })
  expect(linesBody({ 2: lines[2]! })).toEqual([
    { invitation_id: 2, conduct: 'absent_unexcused', remark: null },
  ])
  expect(conductsFor(CONDUCT, false).map(one => one.value)).toEqual(['absent_excused', 'absent_unexcused'])
  expect(conductsFor(CONDUCT, true).map(one => one.value)).not.toContain('absent_excused')
})

it('shows nothing of an opinion that its reader may not read', () => {
  const row = mount(OpinionRow, {
    props: {
      opinion: {
        id: 5,
        state: 'to_answer',
        overall: null,
        outcome: null,
        supervisor: { id: 1, name: '郝某' },
        submitted_at: '2026-11-20T01:00:00Z',
      } as never,
    },
    global: {
      stubs: {
        'router-link': { template: '<a><slot /></a>' },
      },
    },
  })
  expect(row.text()).toContain('郝某')
  expect(row.text()).not.toContain('：')
})
