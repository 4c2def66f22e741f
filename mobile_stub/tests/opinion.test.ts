import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import OpinionForm from '@/pages/invitations/OpinionForm.vue'
import ProposalForm from '@/pages/own-opinions/ProposalForm.vue'
import { useSession } from '@/session/store'
import { sealedNames } from '@/session/vault'

const INVITATION = {
  id: 5,
  supervisor: { id: 1, name: '顾一帆' },
  state: 'attended',
  steps: [],
  undertook_at: null,
  answer_by: '2026-11-20T00:00:00Z',
  activity: {
    id: 7,
    state: 'ended',
    title: '公开审查',
  },
}
const sent: { path: string, body: unknown }[] = []
let refusal: Record<string, unknown> | null

async function answer(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace('/api/v1', '')
  if (request.method !== 'GET') {
    sent.push({ path, body: await request.json() })
    return refusal
      ? Response.json(refusal, { status: 409 })
      : Response.json({ id: 30 }, { status: 201 })
  }
  if (path === '/invitations/5') {
    return Response.json(INVITATION, {
      headers: { ETag: '"1"' },
    })
  }
  return Response.json({
    activity_id: 7,
    given: 1,
    expected: 3,
    is_unsealed: false,
    opinions_due_at: null,
    opinions: [],
  })
}

async function page(component: typeof OpinionForm | typeof ProposalForm, props: Record<string, unknown>) {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      {
        path: '/:any(.*)*',
        component: { template: '<i />' },
      },
    ],
  })
  const drawn = mount(component as typeof ProposalForm, {
    props: props as { from: number | null },
    global: {
      plugins: [router],
    },
    attachTo: document.body,
  })
  await vi.waitFor(() => expect(drawn.find('.actions').exists() || drawn.find('[data-testid=step-go]').exists()).toBe(true))
  await flushPromises()
  return { drawn, router }
}

beforeEach(() => {
  setActivePinia(createPinia())
  useSession().me = { id: 1, name: '顾一帆' } as never
  sent.length = 0
  refusal = null
  vi.stubGlobal('fetch', vi.fn(answer))
  vi.stubGlobal('scrollTo', vi.fn())
})

it('asks one question a page, shows all once more, and keeps every word when it comes too late', async () => {
  refusal = { type: '/problems/opinions-late', title: '提交监督意见的时间已过。', status: 409 }
  const { drawn, router } = await page(OpinionForm, { id: 5 })
  const next = drawn.get('[data-testid=next]')
  expect(next.attributes('disabled')).toBeDefined()
  for (const point of ['facts', 'evidence', 'handling']) {
    await drawn.get(`[data-testid=field-${point}-view-partly]`).setValue()
    await drawn.get(`[data-testid=field-${point}-words]`).setValue(`${point}有疑问`)
    await drawn.get('[data-testid=next]').trigger('click')
    await flushPromises()
  }
  await drawn.get('[data-testid=field-overall-disagree]').setValue()
  await drawn.get('[data-testid=field-words]').setValue('请再想想')
  await drawn.get('[data-testid=next]').trigger('click')
  await flushPromises()
  expect(drawn.get('[data-testid=sealed-after]').text()).toContain('不能再改')
  expect(drawn.get('[data-testid=opinion-review]').text()).toContain('evidence有疑问')
  expect(sent).toEqual([])
  await drawn.get('[data-testid=submit]').trigger('click')
  await vi.waitFor(() => expect(drawn.find('[data-testid=opinion-late]').exists()).toBe(true))
  expect(sent[0]!.path).toBe('/invitations/5/opinion')
  expect(await sealedNames('draft/1/')).toContain('draft/1/supervision-opinion-5')
  await drawn.get('[data-testid=step-go]').trigger('click')
  await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/own-opinions/new?from=5'))
  drawn.unmount()

  refusal = null
  const other = await page(ProposalForm, { from: 5 })
  const words = () => (other.drawn.get('[data-testid=field-words]').element as HTMLTextAreaElement).value
  await vi.waitFor(() => expect(words()).toContain('请再想想'))
  expect(words()).toContain('关于“公开审查”')
  expect(words()).toContain('facts有疑问')
  await other.drawn.get('[data-testid=next]').trigger('click')
  await flushPromises()
  await other.drawn.get('[data-testid=submit]').trigger('click')
  await vi.waitFor(() => expect(other.router.currentRoute.value.path).toBe('/own-opinions/30'))
  expect(sent.at(-1)!.path).toBe('/supervision-proposals')
  expect(await sealedNames('draft/1/')).toEqual([])
  other.drawn.unmount()
})
