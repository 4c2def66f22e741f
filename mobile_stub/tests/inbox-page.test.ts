import type { InboxItem } from '@/wire/types'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import InboxList from '@/pages/inbox/InboxList.vue'
import { usePush } from '@/push/store'
import 'fake-indexeddb/auto'

const real = globalThis.fetch
const ALARM: InboxItem = {
  id: '2b0f3f0e-5f53-4d3c-9f0e-0d8a2f6a1c11',
  kind: 'CustodyExpired',
  group: 'deadlines',
  title: '羁押期限已届满',
  body: '云青检捕受〔2026〕31号',
  link: '/deadlines/5',
  class: 'alarm',
  at: '2026-11-23T00:00:00Z',
  read_at: null,
  superseded: false,
}
let asked: { method: string, path: string, body: string }[]
let changed: InboxItem[]

function answer({ method, url }: Request): unknown {
  const { pathname } = new URL(url)
  if (pathname.endsWith('/acknowledgement')) {
    return {
      state: 'acknowledged',
      acknowledged_at: '2026-11-23T01:30:00Z',
      acknowledged_by: { id: 7, name: '周某' },
    }
  }
  if (pathname.endsWith('/changes')) {
    return {
      items: changed,
      version: 42,
      more: false,
      unread: 0,
      poll_after: 0,
    }
  }
  return method === 'POST'
    ? {
        read: [ALARM.id],
        unknown: [],
        more: false,
        unread: 0,
        version: 42,
      }
    : {
        items: [ALARM],
        next_cursor: null,
        unread: 1,
        version: 41,
      }
}

beforeEach(() => {
  setActivePinia(createPinia())
  asked = []
  changed = []
  globalThis.fetch = (async (request: Request) => {
    const { pathname, search } = new URL(request.url)
    asked.push({
      method: request.method,
      path: pathname.replace('/api/v1', '') + search,
      body: await request.clone().text(),
    })
    return Response.json(answer(request))
  }) as typeof fetch
})
afterAll(() => {
  globalThis.fetch = real
})

async function opened() {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/:any(.*)*', component: InboxList },
    ],
  })
  const page = mount(InboxList, {
    global: {
      plugins: [router],
    },
  })
  await settled()
  return page
}

async function settled(): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    await flushPromises()
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

function at(testid: string): string {
  return `[data-testid="${testid}"]`
}

it('answers an alarm with one press, and says by whom it was answered', async () => {
  const page = await opened()
  changed = [
    { ...ALARM, read_at: '2026-11-23T01:30:00Z' },
  ]
  await page.get(at('answer')).trigger('click')
  await settled()

  expect(asked).toContainEqual({ method: 'PUT', path: `/inbox/${ALARM.id}/acknowledgement`, body: '' })
  expect(page.get(at('answered')).text()).toBe('周某 已于 11月23日 09:30 确认')
  expect(page.find(at('unread')).exists()).toBe(false)
})

it('marks as read what was shown, and nothing that has come since', async () => {
  const page = await opened()
  await page.get(at('read-all')).trigger('click')
  await settled()

  const sent = asked.find(one => one.path === '/inbox/readings')!
  expect(JSON.parse(sent.body)).toEqual({ until_version: 41 })
})

it('marks the lines that were ticked', async () => {
  const page = await opened()
  await page.get(at('choose')).trigger('click')
  await page.get(at('pick')).setValue(true)
  await page.get(at('read-chosen')).trigger('click')
  await settled()

  const sent = asked.find(one => one.path === '/inbox/readings')!
  expect(JSON.parse(sent.body)).toEqual({
    ids: [ALARM.id],
  })
})

it('asks only for what has changed since, once there is news', async () => {
  const page = await opened()
  changed = [
    { ...ALARM, superseded: true },
  ]
  asked = []
  usePush().news += 1
  await settled()

  expect(asked.map(one => one.path)).toEqual(['/inbox/changes?after_version=41&limit=100'])
  expect(page.get(at('superseded')).text()).toBe('已有更新')
  expect(page.find(at('answer')).exists()).toBe(false)
})
