import type { Task } from '@/wire/types'
import { expect, it } from 'vitest'
import { grouped, placeOf } from '@/pages/tasks/groups'
import {
  batchWords,
  hasMoves,
  holderWords,
  inOrder,
  isChoosable,
  isNarrowed,
  ledBy,
  moverWords,
  moveWords,
  outcomesOf,
  queryOf,
  receivers,
  scopesOf,
  stepsFor,
  stillChosen,
  takenBy,
  WIDE,
} from '@/pages/tasks/moves'
import { Problem } from '@/wire/problem'

function task(id: number, due_on: string | null): Task {
  return {
    id,
    kind: 'review_arrest',
    title: '审查逮捕',
    about_kind: 'arrest_reviews',
    about_id: id,
    case_number: null,
    document_number: '云公青提捕字〔2026〕1号',
    suspects: [],
    detail: null,
    opened_at: `2026-11-${10 + id}T00:00:00Z`,
    due_on,
    outer_on: due_on,
    state: 'open',
    post: null,
    holder_id: 1,
    holder_name: '钱某',
    claimed_at: null,
    follow_up_on: null,
    light: 'green',
    leads_to: null,
    steps: [],
  }
}

it('groups tasks by urgency, the nearest first, and leaves out empty groups', () => {
  const groups = grouped([
    task(1, null),
    task(2, '2026-12-20'),
    task(3, '2026-11-22'),
    task(4, '2026-11-20'),
    task(5, '2026-11-18'),
  ], '2026-11-22')

  expect(groups.map(group => [
    group.title,
    group.tasks.map(one => one.id),
  ])).toEqual([
    [
      '已逾期',
      [5, 4],
    ],
    [
      '今日到期',
      [3],
    ],
    [
      '期限在后',
      [2],
    ],
    [
      '无法定期限',
      [1],
    ],
  ])
})

it('puts a reminder of what has no day before what is due today', () => {
  const reminder: Task = {
    ...task(1, null),
    kind: 'keep_deadline',
  }
  const groups = grouped([
    task(2, null),
    task(3, '2026-11-22'),
    reminder,
    { ...reminder, id: 4, due_on: '2026-11-20' },
    { ...reminder, id: 5, kind: 'answer_monitoring' },
  ], '2026-11-22')

  expect(groups.map(group => [
    group.urgency,
    group.tasks.map(one => one.id),
  ])).toEqual([
    [
      'overdue',
      [4],
    ],
    [
      'at_once',
      [1],
    ],
    [
      'today',
      [3],
    ],
    [
      'open',
      [5, 2],
    ],
  ])
})

it('leads from a task to the page of what it is about', () => {
  expect(placeOf({ about_kind: 'arrest_requests', about_id: 7 })).toBe('/arrest-requests/7')
  expect(placeOf({ about_kind: 'cases', about_id: 8 })).toBe('/cases/8')
  expect(placeOf({ about_kind: 'arrest_reviews', about_id: 9 })).toBe('/arrest-reviews/9')
  expect(placeOf({ about_kind: 'deadlines', about_id: 10 })).toBe('/deadlines/10')
  expect(placeOf({ about_kind: 'interrogations', about_id: 9 })).toBe('/interrogations/9')
  expect(placeOf({ about_kind: 'unheard_of', about_id: 9 })).toBe('/tasks')
})

it('leads from a follow-up to what it is about, or else to its own page', () => {
  const about = { about_kind: 'follow_ups', about_id: 3, id: 12 }

  expect(placeOf({
    ...about,
    leads_to: { about_kind: 'cases', about_id: 8 },
  })).toBe('/cases/8')
  expect(placeOf({ ...about, leads_to: null })).toBe('/tasks/12')
})

it('offers wider lists to those who lead, and nobody below whom they could ask', () => {
  expect(scopesOf(new Set(['prosecutor']))).toEqual(['mine'])
  expect(scopesOf(new Set(['department_head']))).toEqual(['mine', 'team'])
  expect(scopesOf(new Set(['chief_procurator', 'department_head']))).toEqual([
    'mine',
    'team',
    'office',
  ])
  expect(ledBy(new Set(['prosecutor']))).toEqual([])
  expect(ledBy(new Set(['case_manager', 'department_head'])).sort()).toEqual([
    'assistant',
    'case_manager',
    'clerk',
    'execution_supervisor',
    'prosecutor',
  ])
})

it('asks only for what the list was narrowed to', () => {
  expect(isNarrowed(WIDE)).toBe(false)
  expect(queryOf(WIDE)).toEqual({ claimed: undefined, follow_up: undefined, light: undefined })
  const by = { ...WIDE, claimed: 'nobody', light: 'red' } as const
  expect(isNarrowed(by)).toBe(true)
  expect(queryOf(by)).toEqual({ claimed: 'nobody', follow_up: undefined, light: 'red' })
})

it('says whose a task is where that is not plain', () => {
  const own = { post: null, holder_id: 1, holder_name: '钱某' } as const
  const pooled = { post: 'case_manager', holder_id: null, holder_name: null } as const

  expect(holderWords(own, 1)).toBeNull()
  expect(holderWords(own, 2)).toBe('承办：钱某')
  expect(holderWords(pooled, 1)).toBe('待领取')
  expect(holderWords({ ...pooled, holder_id: 1, holder_name: '钱某' }, 1)).toBe('我已领取')
  expect(holderWords({ ...pooled, holder_id: 1, holder_name: '钱某' }, 2)).toBe('钱某 已领取')
})

it('offers for many what at least one of them offers, a recall as a return', () => {
  const [free, others, mine] = [
    {
      steps: ['claim' as const],
    },
    {
      steps: ['assign' as const, 'recall' as const],
    },
    {
      steps: ['follow_up' as const],
    },
  ]

  expect(stepsFor([free!, others!])).toEqual(['claim', 'return'])
  expect(stepsFor([mine!])).toEqual(['follow_up'])
  expect(stepsFor([])).toEqual([])
  expect(isChoosable({
    steps: ['assign'],
  })).toBe(false)
  expect(inOrder(['return', 'follow_up', 'complete'])).toEqual([
    'complete',
    'return',
    'follow_up',
  ])
  expect(isChoosable({
    steps: ['recall'],
  })).toBe(true)
  expect(hasMoves({ steps: [], post: 'clerk', holder_id: 4 })).toBe(true)
  expect(hasMoves({ steps: [], post: null, holder_id: 4 })).toBe(false)
})

it('keeps chosen what was refused, and says why', () => {
  const outcomes = outcomesOf({
    step: 'claim',
    items: [
      {
        id: 1,
        outcome: 'done',
        task: null,
        problem: null,
      },
      {
        id: 2,
        outcome: 'refused',
        task: null,
        problem: { type: '/problems/task-taken', title: '该待办已由其他人员领取。', status: 409 },
      },
    ],
  }, [
    {
      ...task(1, null),
      suspects: ['赵某'],
    },
    task(2, null),
  ], 7)

  expect(outcomes.map(one => [one.title, one.words])).toEqual([
    ['审查逮捕 赵某', '已领取'],
    ['审查逮捕', '该待办已由其他人员领取'],
  ])
  expect(stillChosen(outcomes)).toEqual([2])
  expect(batchWords(outcomes)).toBe('1 件已办理，1 件未能办理')
  expect(batchWords(outcomes.slice(0, 1))).toBe('1 件已办理')
  const taken = { type: '/problems/task-taken', title: '该待办已由其他人员领取。', status: 409 }
  const [own] = outcomesOf({
    step: 'claim',
    items: [
      {
        id: 1,
        outcome: 'refused',
        task: null,
        problem: taken,
      },
    ],
  }, [
    task(1, null),
  ], 1)
  expect(own?.words).toBe('您此前已领取')
})

it('tells the moves of a task in words', () => {
  const move = {
    step: 'assign',
    by_id: 3,
    to_id: 4,
    to_name: '周某',
    until_on: null,
  } as const

  expect(moveWords(move)).toBe('指派给周某')
  expect(moveWords({ ...move, step: 'claim', by_id: 4 })).toBe('领取')
  expect(moveWords({
    ...move,
    step: 'follow_up',
    to_id: null,
    to_name: null,
  })).toBe('取消跟进提醒')
  expect(moveWords({ ...move, step: 'follow_up', until_on: '2026-11-25' })).toMatch(/^设跟进提醒：.*11月25日 周三$/)
  expect(moverWords({ by_id: 3, by_name: '钱某', why: null })).toBe('钱某')
  expect(moverWords({ by_id: 0, by_name: null, why: 'on_leave' })).toBe('系统（领取人休假）')
})

it('offers everybody but whoever has it now, and says who was quicker', () => {
  expect(receivers([
    { id: 1, name: '钱某' },
    { id: 2, name: '周某' },
  ], 1)).toEqual([
    { value: 2, label: '周某' },
  ])
  expect(takenBy(Problem.read(409, { type: '/problems/task-taken', by_name: '周某' }))).toBe('周某')
  expect(takenBy(Problem.read(409, { type: '/problems/task-over' }))).toBeNull()
})
