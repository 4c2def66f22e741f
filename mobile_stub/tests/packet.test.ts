import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import ExpiryBar from '@/kit/ExpiryBar.vue'
import PacketReader from '@/kit/PacketReader.vue'
import { tileOf } from '@/kit/watermark'
import WatermarkLayer from '@/kit/WatermarkLayer.vue'
import { forgetPackets, isPacket } from '@/packets'
import { Problem } from '@/wire/problem'

const NOW = '2026-11-22T01:00:00Z'
const UNTIL = '2026-11-22T03:00:00Z'

beforeEach(() => {
  vi.useFakeTimers({
    now: new Date(NOW),
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function reader(more: Record<string, unknown> = {}) {
  const load = vi.fn(async (page: number, mode: string): Promise<string | Blob> => mode === 'image'
    ? new Blob(['x'])
    : `第${page}页的内容`)
  const drawn = mount(PacketReader, {
    attachTo: document.body,
    props: {
      count: 3,
      load,
      watermark: '顾一帆 11月22日',
      until: UNTIL,
      ...more,
    },
  })
  return { drawn, load }
}

it('turns pages by buttons and by keys, asks for one at a time and says where it is', async () => {
  const { drawn, load } = reader()
  await flushPromises()
  expect(drawn.get('[data-testid=packet-page]').text()).toBe('第1页的内容')
  expect(drawn.get('[data-testid=packet-said]').text()).toBe('第 1 页，共 3 页')
  expect(drawn.get('[data-testid=packet-previous]').attributes('disabled')).toBeDefined()

  await drawn.get('[data-testid=packet-next]').trigger('click')
  await flushPromises()
  expect(drawn.get('[data-testid=packet-said]').text()).toBe('第 2 页，共 3 页')
  expect(document.activeElement).toBe(drawn.get('[data-testid=packet-page]').element)

  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))
  await flushPromises()
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown' }))
  await flushPromises()
  expect(drawn.get('[data-testid=packet-page]').text()).toBe('第3页的内容')
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }))
  await flushPromises()
  expect(load.mock.calls.map(call => call[0])).toEqual([1, 2, 3, 2])
  expect(drawn.emitted('turned')).toEqual([
    [1],
    [2],
    [3],
    [2],
  ])
  drawn.unmount()
})

it('shows no page that comes after a later one was asked for', async () => {
  const answers: ((text: string) => void)[] = []
  const { drawn } = reader({
    load: () => new Promise<string>((resolve) => {
      answers.push(resolve)
    }),
  })
  await drawn.get('[data-testid=packet-next]').trigger('click')
  await flushPromises()
  answers[1]!('二')
  answers[0]!('一')
  await flushPromises()
  expect(drawn.get('[data-testid=packet-page]').text()).toBe('二')
  drawn.unmount()
})

it('gives back the address of a picture when it turns and when it ends', async () => {
  const made = vi.spyOn(URL, 'createObjectURL').mockImplementation(() => `blob:${made.mock.calls.length}`)
  const given = vi.spyOn(URL, 'revokeObjectURL').mockImplementation(() => {})
  const { drawn } = reader({
    modes: ['image', 'text'],
  })
  await flushPromises()
  expect(drawn.get('img').attributes('alt')).toBe('材料第 1 页，共 3 页的图像')
  await drawn.get('[data-testid=packet-next]').trigger('click')
  await flushPromises()
  expect(given).toHaveBeenCalledWith('blob:1')
  drawn.unmount()
  await flushPromises()
  expect(given).toHaveBeenCalledWith('blob:2')
  vi.restoreAllMocks()
})

it('is empty the moment the time is over, and turns no more', async () => {
  const { drawn, load } = reader()
  await flushPromises()
  await vi.advanceTimersByTimeAsync(2 * 3_600_000)
  await flushPromises()
  expect(drawn.text()).not.toContain('内容，')
  expect(drawn.find('[data-testid=packet-page]').exists()).toBe(false)
  expect(drawn.get('[role=alert]').text()).toBe('阅看时间已到，内容已从手机清除')
  expect(drawn.emitted('gone')).toHaveLength(1)
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))
  await flushPromises()
  expect(load).toHaveBeenCalledTimes(1)
  drawn.unmount()
})

it('ends when the server serves nothing any more, and offers another try for any other fault', async () => {
  const answer = (status: number) => Problem.read(status, { type: 'about:blank', title: '不行', status })
  const first = reader({
    load: () => Promise.reject(answer(410)),
  })
  await flushPromises()
  expect(first.drawn.find('[data-testid=packet-gone]').exists()).toBe(true)
  first.drawn.unmount()

  const second = reader({
    load: () => Promise.reject(answer(503)),
  })
  await flushPromises()
  expect(second.drawn.get('[data-testid=packet-problem]').text()).toContain('不行')
  expect(second.drawn.emitted('gone')).toBeUndefined()
  second.drawn.unmount()
})

it('says until when, and that it is over exactly once', async () => {
  const bar = mount(ExpiryBar, {
    props: { until: UNTIL },
  })
  expect(bar.text()).toContain('11月22日 11:00')
  expect(bar.text()).toContain('2 小时')
  await vi.advanceTimersByTimeAsync(3 * 3_600_000)
  expect(bar.emitted('expired')).toHaveLength(1)
  bar.unmount()
})

it('marks what is below without being read out, in the way of a finger, or broken by a name', () => {
  const layer = mount(WatermarkLayer, {
    props: { text: '<顾一帆> & "友"' },
    slots: { default: '<p>正文</p>' },
  })
  const mark = layer.get('[data-testid=watermark]')
  expect(mark.attributes('aria-hidden')).toBe('true')
  expect(mark.text()).toBe('')
  expect(layer.text()).toBe('正文')
  expect(decodeURIComponent(tileOf('<顾一帆> & "友"'))).toContain('&lt;顾一帆&gt; &amp; &quot;友&quot;')
})

it('knows an address of a packet, and throws away any copy of one', async () => {
  expect(isPacket('/api/v1/packets/7/pages/1')).toBe(true)
  expect(isPacket('https://example.org/api/v1/packets')).toBe(true)
  expect(isPacket('/api/v1/invitations/3/packet?page=2')).toBe(true)
  expect(isPacket('/api/v1/packet-pages/2')).toBe(true)
  expect(isPacket('/api/v1/tasks')).toBe(false)
  expect(isPacket('/assets/packets/x.js')).toBe(false)

  const kept = new Set([
    'http://localhost/api/v1/packets/7',
    'http://localhost/assets/index.js',
  ])
  vi.stubGlobal('caches', {
    keys: async () => ['shell'],
    open: async () => ({
      keys: async () => [...kept].map(url => ({ url })),
      delete: async (request: { url: string }) => kept.delete(request.url),
    }),
  })
  expect(await forgetPackets()).toBe(1)
  expect([...kept]).toEqual(['http://localhost/assets/index.js'])
})
