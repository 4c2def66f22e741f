import type { Task } from '@/wire/types'
import { expect, it } from 'vitest'
import { grouped, placeOf } from '@/pages/tasks/groups'

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
