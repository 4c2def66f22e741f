import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import RefusalForm from '@/pages/invitations/RefusalForm.vue'
import TrainingsCard from '@/pages/supervisors/TrainingsCard.vue'
import { useSession } from '@/session/store'

const INVITATION = {
  id: 5,
  supervisor: { id: 1, name: '顾一帆' },
  state: 'invited',
  steps: ['answer'],
  undertook_at: null,
  activity: {
    id: 7,
    state: 'planned',
    title: '公开审查',
    starts_at: '2026-11-20T01:00:00Z',
    ends_at: '2026-11-20T03:00:00Z',
  },
}
const FAULTY = {
  type: '/problems/validation-error',
  title: '填写有误',
  status: 422,
  errors: [
    { pointer: '/reason', detail: '请写明原因。', severity: 'error' },
    { pointer: '/topic', detail: '请写明内容。', severity: 'error' },
  ],
}
const sent: { path: string, body: unknown }[] = []
let isRefused: boolean

async function answer(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace('/api/v1', '')
  if (request.method === 'GET') {
    return Response.json(path.startsWith('/invitations')
      ? INVITATION
      : { items: [] }, {
      headers: { ETag: '"1"' },
    })
  }
  sent.push({ path, body: await request.json() })
  return isRefused
    ? Response.json(FAULTY, { status: 422 })
    : Response.json({ id: 30 })
}

function page(component: typeof RefusalForm | typeof TrainingsCard, props: Record<string, unknown>) {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      {
        path: '/:any(.*)*',
        component: { template: '<i />' },
      },
    ],
  })
  const drawn = mount(component as typeof RefusalForm, {
    props: props as { id: number },
    global: {
      plugins: [router],
    },
    attachTo: document.body,
  })
  return { drawn, router }
}

beforeEach(() => {
  setActivePinia(createPinia())
  useSession().me = { id: 1, name: '顾一帆' } as never
  sent.length = 0
  isRefused = true
  vi.stubGlobal('fetch', vi.fn(answer))
  vi.stubGlobal('scrollTo', vi.fn())
})

it('says one thing: the field tells what is wrong, and the page is left once it is said', async () => {
  const { drawn, router } = page(RefusalForm, { id: 5 })
  await vi.waitFor(() => expect(drawn.find('[data-testid=submit]').exists()).toBe(true))
  expect(drawn.get('[data-testid=submit]').attributes('disabled')).toBeDefined()
  await drawn.get('[data-testid=reason-0]').setValue()
  await drawn.get('[data-testid=submit]').trigger('click')
  await vi.waitFor(() => expect(drawn.get('.field').text()).toContain('请写明原因。'))
  isRefused = false
  await drawn.get('[data-testid=submit]').trigger('click')
  await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/invitations/5'))
  expect(sent.at(-1)).toMatchObject({
    path: '/invitations/5/answer',
    body: { accepted: false, reason: '那天有别的事' },
  })
  drawn.unmount()
})

it('adds to what is registered of a supervisor, and shuts the form once it is taken', async () => {
  const { drawn } = page(TrainingsCard, { id: 9, mayAdd: true })
  await drawn.get('[data-testid=training-add]').trigger('click')
  await drawn.get('[data-testid=field-hours]').setValue(4)
  await drawn.get('[data-testid=field-topic]').setValue('公开听证')
  await drawn.get('[data-testid=training-send]').trigger('click')
  await vi.waitFor(() => expect(drawn.text()).toContain('请写明内容。'))
  isRefused = false
  await drawn.get('[data-testid=training-send]').trigger('click')
  await vi.waitFor(() => expect(drawn.find('[data-testid=training-add]').exists()).toBe(true))
  expect(sent.at(-1)).toMatchObject({
    path: '/supervisors/9/trainings',
    body: { hours: 4, topic: '公开听证' },
  })
  await drawn.get('[data-testid=training-add]').trigger('click')
  await drawn.get('[data-testid=training-leave]').trigger('click')
  await flushPromises()
  await vi.waitFor(() => expect(drawn.find('[data-testid=training-add]').exists()).toBe(true))
  drawn.unmount()
})
