import type { InboxTold } from '@/push/stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { EventReader } from '@/push/events'
import { keepArrival, keepKey, keptKey, takeArrivals } from '@/push/kept'
import { backOff, listen, pause } from '@/push/stream'
import { waysOf } from '@/push/way'

describe('the way on which a phone is woken', () => {
  const all = { web_push_key: 'BDd3', development_stream: 'http://127.0.0.1:8001', stream: true }

  it('is web push where the person has allowed it, else the simulator of the demo, else the stream', () => {
    expect(waysOf(all, { canPush: true })).toEqual([
      'web_push',
      'simulator',
      'stream',
      'poll',
    ])
    expect(waysOf(all, { canPush: false })[0]).toBe('simulator')
    expect(waysOf({ ...all, development_stream: null }, { canPush: false })).toEqual(['stream', 'poll'])
  })

  it('is none where the house offers none: the phone asks', () => {
    expect(waysOf({ web_push_key: null, development_stream: null, stream: false }, { canPush: true })).toEqual(['poll'])
  })
})

it('reads events from pieces of any size, and no event from a sign of life', () => {
  const reader = new EventReader()
  const text = ':\n\nevent: inbox\nid: 41\ndata: {"version":41}\n\nevent: end\r\ndata: {"reason":"full"}\r\n\r\ndata: half'
  const events = [...text].flatMap(one => reader.feed(one))

  expect(events).toEqual([
    { kind: 'inbox', id: '41', data: '{"version":41}' },
    { kind: 'end', id: null, data: '{"reason":"full"}' },
  ])
})

describe('one connection to the stream', () => {
  const told: InboxTold[] = []
  const pushed: string[] = []
  let opened = 0
  const ears = {
    opened: () => {
      opened += 1
    },
    inbox: (one: InboxTold) => void told.push(one),
    push: (text: string) => void pushed.push(text),
  }
  afterEach(() => {
    told.length = 0
    pushed.length = 0
    opened = 0
  })

  async function heard(answer: Response | Error, after: number | null = null): Promise<{ end: string, request: Request }> {
    let request!: Request
    const end = await listen((one) => {
      request = one
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve(answer)
    }, after, ears, new AbortController().signal)
    return { end, request }
  }

  it('goes on from what was heard last, and tells what has changed and what is cleared', async () => {
    const text = 'event: inbox\nid: 8\ndata: {"version":8,"changed":["a"],"cleared":["b"],"more":false}\n\n'
      + 'event: push\ndata: {"id":"a","class":"task"}\n\n'
      + 'event: end\ndata: {"reason":"token_over"}\n\n'
    const { end, request } = await heard(new Response(text), 7)

    expect(request.headers.get('Last-Event-ID')).toBe('7')
    expect(end).toBe('token_over')
    expect(opened).toBe(1)
    expect(told).toMatchObject([
      {
        version: 8,
        changed: ['a'],
        cleared: ['b'],
      },
    ])
    expect(pushed).toEqual(['{"id":"a","class":"task"}'])
  })

  it('says whether it was refused, or broke', async () => {
    expect((await heard(new Response('', { status: 503 }))).end).toBe('refused')
    expect((await heard(new Response(':\n\n'))).end).toBe('broken')
    expect((await heard(new Error('offline'))).end).toBe('broken')
    expect((await heard(new Response('event: end\ndata: {"reason":"something new"}\n\n'))).end).toBe('failed')
  })

  it('begins now where nothing was heard before', async () => {
    expect((await heard(new Response(':\n\n'))).request.headers.has('Last-Event-ID')).toBe(false)
    expect(opened).toBe(1)
  })
})

describe('between two tries', () => {
  it('waits longer each time, within a minute, and not all phones the same', () => {
    expect([1, 2, 3].map(failures => backOff(failures, 1))).toEqual([1000, 2000, 4000])
    expect(backOff(30, 1)).toBe(60_000)
    expect(backOff(1, 0)).toBe(500)
  })

  it('waits no longer once the network is back or nobody listens any more', async () => {
    const back = pause(60_000, new AbortController().signal)
    globalThis.dispatchEvent(new Event('online'))
    await expect(back).resolves.toBeUndefined()

    const stopped = new AbortController()
    const over = pause(60_000, stopped.signal)
    stopped.abort()
    await expect(over).resolves.toBeUndefined()
  })
})

describe('what the page and its worker tell each other', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it('is the key, and each arrival once', async () => {
    const held = new Map<string, Response>()
    const at = (path: string): string => new URL(path, 'http://phone.test').href
    vi.stubGlobal('caches', {
      open: () => Promise.resolve({
        put: (path: string, value: Response) => Promise.resolve(held.set(at(path), value)),
        match: (path: string) => Promise.resolve(held.get(at(path))?.clone()),
        keys: () => Promise.resolve([
          ...held.keys(),
        ].map(url => new Request(url))),
        delete: (request: Request) => Promise.resolve(held.delete(request.url)),
      }),
    })
    await keepKey('11qYAYKx')
    await keepArrival('0f8c')

    expect(await keptKey()).toBe('11qYAYKx')
    expect(await takeArrivals()).toEqual(['0f8c'])
    expect(await takeArrivals()).toEqual([])
    expect(await keptKey()).toBe('11qYAYKx')
  })

  it('is nothing where the browser keeps nothing', async () => {
    vi.stubGlobal('caches', undefined)
    Reflect.deleteProperty(globalThis, 'caches')
    expect(await keptKey()).toBeNull()
    expect(await takeArrivals()).toEqual([])
  })
})
