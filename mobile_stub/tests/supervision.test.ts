import type { Task } from '@/wire/types'
import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import SealedNote from '@/kit/SealedNote.vue'
import StepCard from '@/kit/StepCard.vue'
import { inTurn, pathOf, STEPS } from '@/pages/home/steps'
import { offered, SUPERVISION } from '@/pages/me/menu'
import { placeOf } from '@/pages/tasks/groups'

function task(id: number, kind: string, due_on: string | null, about_kind = 'invitations'): Task {
  return {
    id,
    kind,
    title: '',
    about_kind,
    about_id: 40 + id,
    case_number: null,
    document_number: null,
    suspects: [],
    detail: null,
    opened_at: '2026-11-20T00:00:00Z',
    due_on,
    outer_on: due_on,
    state: 'open',
  } as unknown as Task
}

it('puts a supervisor\'s tasks in the order to do them and leaves out what is no step', () => {
  const tasks = [
    task(1, 'give_supervision_opinion', null),
    task(2, 'read_packet', '2026-11-24'),
    task(3, 'sign_undertaking', '2026-11-24'),
    task(4, 'answer_invitation', '2026-11-23'),
    task(5, 'review_arrest', '2026-11-22', 'arrest_reviews'),
  ]
  expect(inTurn(tasks).map(one => one.id)).toEqual([4, 3, 2, 1])
})

it('knows the page of every step', () => {
  expect(STEPS.map(step => pathOf(task(1, step.kind, null)))).toEqual([
    '/invitations/41',
    '/invitations/41/undertaking',
    '/invitations/41/packet',
    '/invitations/41/opinion',
    '/invitations/41',
  ])
  expect(pathOf(task(1, 'receipt_supervision_answer', null, 'supervision_opinions'))).toBe('/own-opinions/41')
  expect(pathOf(task(1, 'read_packet', null, 'packets'))).toBe('/packets/41/reading')
  expect(pathOf(task(1, 'review_arrest', null, 'cases'))).toBeNull()
  expect(placeOf(task(1, 'hold_activity', null, 'activities'))).toBe('/activities/41')
})

it('offers each party its own entries, and only those that have a page', () => {
  const labels = (post: string, has: (path: string) => boolean = () => true): string[] => offered(SUPERVISION, new Set([post]), has).map(entry => entry.label)
  expect(labels('justice_officer')).toEqual([
    '监督活动',
    '人民监督员',
    '监督数据',
  ])
  expect(labels('supervisor')).toEqual([
    '监督活动邀请',
    '我的意见',
    '我的任职',
    '我的履职',
  ])
  expect(labels('police_officer')).toEqual([])
  expect(labels('prosecutor', path => path === '/activities')).toEqual(['监督活动'])
})

it('shows one task with its heading, its words and its buttons by name', async () => {
  const card = mount(StepCard, {
    props: {
      heading: '请您签署保密承诺',
      text: '签了才能阅看材料。',
      action: '去签署',
      second: '先看另一件',
    },
  })
  expect(card.get('h2').text()).toBe('请您签署保密承诺')
  expect(card.get('section').attributes('aria-label')).toBe('请您签署保密承诺')
  await card.get('[data-testid=step-go]').trigger('click')
  await card.get('[data-testid=step-second]').trigger('click')
  expect(card.emitted('go')).toHaveLength(1)
  expect(card.emitted('second')).toHaveLength(1)

  await card.setProps({ waiting: true, second: null })
  expect(card.get('[data-testid=step-go]').attributes('disabled')).toBeDefined()
  expect(card.find('[data-testid=step-second]').exists()).toBe(false)
})

it('says of a sealed envelope how many have given theirs, and nothing more', () => {
  vi.setSystemTime('2026-11-22T00:00:00Z')
  const note = mount(SealedNote, {
    props: { given: 2, of: 3, opensAt: '2026-11-24T09:00:00Z' },
  })
  expect(note.text()).toContain('3 人中已有 2 人提交')
  expect(note.text()).toContain('11月24日 17:00')
  expect(note.attributes('aria-label')).toBe('意见封存中，3 人中已有 2 人提交')
  vi.useRealTimers()
})
