import type { Payload } from './payload'
import type { InboxTold } from './stream'
import type { Way } from './way'
import type { NewDevice, PushSettings } from '@/wire/types'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { renew } from '@/session/tokens'
import { discard, seal, unseal } from '@/session/vault'
import { api, ask, send } from '@/wire/client'
import { Problem } from '@/wire/problem'
import { freshKey } from '@/wire/submission'
import { dropKept, keepKey, takeArrivals } from './kept'
import { genuine, lapsed, neutralWords, readPayload } from './payload'
import { backOff, listen, pause } from './stream'
import { subscribe, unsubscribe } from './subscription'
import { thisBrowser, waysOf } from './way'

/** How the open app hears of news: it is told, it asks from time to time, or nothing comes through. */
export type PushState = 'unknown' | 'listening' | 'asking' | 'failed'

const TOKEN = 'push/token'
const MINUTE = 60_000
/** Seconds that an answer may wait for news. */
const WAIT = 25
/** Answers that wait, before the stream is tried again. */
const ROUNDS = 12
const AT_ONCE = 100

/**
 * News of the inbox, in one place, by whichever way works (`way.ts`). The rest of the app only sees `news` and
 * `version` grow, asks the API again, and shows what it answers.
 */
export const usePush = defineStore('push', () => {
  const state = ref<PushState>('unknown')
  const way = ref<Way | null>(null)
  /** Counts arrivals; pages watch it to ask again. */
  const news = ref(0)
  /** Of the inbox, as heard last: it also grows when a line was read elsewhere. */
  const version = ref<number | null>(null)
  /** The neutral words of the latest arrival, until the banner is put away. */
  const banner = ref<string | null>(null)
  const heard = new Set<string>()
  let running: AbortController | null = null
  let device: number | null = null
  let publicKey: string | null = null

  async function start(): Promise<void> {
    stop()
    const mine = new AbortController()
    running = mine
    const settings = await asked(mine.signal)
    if (!settings)
      return
    publicKey = settings.public_key
    void keepKey(settings.public_key).catch(() => {})
    void tidy().catch(() => {})
    for (const one of waysOf(settings, thisBrowser())) {
      if (mine.signal.aborted || await taken(one, settings, mine.signal))
        return
    }
  }

  /** How pushes reach this phone, asked until there is an answer. */
  async function asked(signal: AbortSignal): Promise<PushSettings | null> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        return (await ask(api.GET('/push-settings'))).data
      }
      catch (error) {
        if (!(error instanceof Problem))
          throw error
        state.value = 'failed'
        await pause(backOff(failures), signal)
      }
    }
    return null
  }

  /** Try one way; false: the next one is to be tried. */
  async function taken(one: Way, settings: PushSettings, signal: AbortSignal): Promise<boolean> {
    try {
      if (one === 'web_push') {
        const { endpoint, keys } = await subscribe(settings.web_push_key!)
        await register({ service: 'web_push', token: endpoint, keys })
      }
      if (one === 'simulator')
        await simulated(settings.development_stream!.replace(/\/$/, ''), signal)
      if (one === 'stream')
        await register({ service: 'stream' })
    }
    catch {
      return false
    }
    if (signal.aborted)
      return true
    way.value = one
    const listens = one === 'stream' || (one === 'web_push' && settings.stream)
    void (listens
      ? keepListening(signal)
      : keepAsking(signal))
    return true
  }

  async function register(phone: Pick<NewDevice, 'service' | 'token' | 'keys'>): Promise<void> {
    const { data } = await ask(api.POST('/devices', {
      params: {
        header: {
          'Idempotency-Key': freshKey(),
        },
      },
      body: {
        platform: 'web',
        app_version: __APP_VERSION__,
        ...phone,
      },
    }))
    device = data.id
  }

  /** The demo: its simulator hands over what a phone maker's service would. */
  async function simulated(simulator: string, signal: AbortSignal): Promise<void> {
    let token = await unseal<string>(TOKEN)
    if (token === null) {
      const reply = await fetch(`${simulator}/registrations`, { method: 'POST', signal })
      token = (await reply.json() as { token: string }).token
      await seal(TOKEN, token)
    }
    await register({ service: 'fcm', token })
    if (signal.aborted)
      return
    const stream = new EventSource(`${simulator}/devices/${encodeURIComponent(token)}/stream`)
    signal.addEventListener('abort', () => stream.close())
    stream.onopen = () => {
      state.value = 'listening'
    }
    stream.onerror = () => {
      // The browser reconnects by itself unless it has given up.
      if (stream.readyState === EventSource.CLOSED)
        state.value = 'failed'
    }
    stream.onmessage = event => void arrive(readPayload(String(event.data)))
  }

  /** The stream of the inbox, opened again whenever it ends; where none is to be had, answers that wait for news. */
  async function keepListening(signal: AbortSignal): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      const end = await listen(send, version.value, {
        opened: () => {
          failures = 0
          state.value = 'listening'
        },
        inbox: told,
        push: text => void arrive(readPayload(text)),
      }, signal)
      if (signal.aborted)
        return
      if (end === 'rewound') {
        version.value = null
        news.value += 1
      }
      else if (end === 'token_over') {
        await renew().catch(() => false)
      }
      else {
        failures += 1
        await pause(backOff(failures), signal)
        // The first break is tried again at once; a house that is full, or a network that cuts streams, is asked.
        if (failures > 1 || end === 'full' || end === 'refused')
          await askWaiting(signal)
      }
    }
  }

  async function askWaiting(signal: AbortSignal): Promise<void> {
    try {
      for (let round = 0; round < ROUNDS && !signal.aborted; round += 1) {
        const left = await catchUp(WAIT, signal)
        state.value = 'asking'
        if (left)
          await pause(left * 1000, signal)
      }
    }
    catch (error) {
      if (!(error instanceof Problem) || signal.aborted)
        return
      state.value = 'failed'
      await pause(MINUTE, signal)
    }
  }

  /** Ask every minute, while somebody looks. */
  async function keepAsking(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (!document.hidden) {
        await catchUp(0, signal).then(() => {
          if (way.value === 'poll')
            state.value = 'asking'
        }, () => {
          if (way.value === 'poll')
            state.value = 'failed'
        })
      }
      await pause(MINUTE, signal)
    }
  }

  /** Ask what has changed; the seconds to leave before the next question. */
  async function catchUp(wait: number, signal: AbortSignal): Promise<number> {
    if (version.value === null) {
      const { data } = await ask(api.GET('/inbox', {
        params: {
          query: { limit: 1 },
        },
        signal,
      }))
      version.value = data.version
      return 0
    }
    try {
      const { data } = await ask(api.GET('/inbox/changes', {
        params: {
          query: { after_version: version.value, wait, limit: AT_ONCE },
        },
        signal,
      }))
      const over = data.items.filter(line => line.read_at || line.superseded)
      told({
        version: data.version,
        changed: data.items.filter(line => !over.includes(line)).map(line => line.id),
        cleared: over.map(line => line.id),
      })
      return data.poll_after
    }
    catch (error) {
      if (!(error instanceof Problem) || error.status !== 410)
        throw error
      version.value = null
      news.value += 1
      return 0
    }
  }

  /** The inbox has changed: pages ask again, and what was read on another phone is taken off this one. */
  function told({ version: now, changed, cleared }: InboxTold): void {
    version.value = now
    if (changed.length)
      news.value += 1
    for (const item of cleared)
      void close(item).catch(() => {})
  }

  /** A message came, by stream or through the service worker: say so in neutral words and let the pages ask again. */
  async function arrive(payload: Payload | null): Promise<void> {
    if (!payload || lapsed(payload) || heard.has(payload.id))
      return
    if (publicKey && !(await genuine(payload, publicKey)))
      return
    heard.add(payload.id)
    news.value += 1
    banner.value = neutralWords(payload.class)
    void note(payload.id)
    // What came by the push service is shown by the worker itself.
    if (way.value !== 'web_push' && typeof Notification !== 'undefined' && Notification.permission === 'granted' && document.hidden) {
      void navigator.serviceWorker?.ready.then(worker => worker.showNotification('检通', {
        body: neutralWords(payload.class),
        tag: payload.id,
        icon: '/icon-192.png',
      }))
    }
  }

  /** Tell the server that the push came through; nothing depends on it here. */
  async function note(item: string): Promise<void> {
    await ask(api.PUT('/inbox/{item}/arrival', {
      params: {
        path: { item },
        header: {
          'Idempotency-Key': freshKey(),
        },
      },
    })).catch(() => {})
  }

  /** What the worker did while no page was open: report what came, and take off what was read elsewhere meanwhile. */
  async function tidy(): Promise<void> {
    for (const item of await takeArrivals())
      await note(item)
    const shown = await notifications()
    if (!shown.length)
      return
    const { data } = await ask(api.GET('/inbox', {
      params: {
        query: { unread: true, limit: AT_ONCE },
      },
    }))
    const unread = new Set(data.items.map(line => line.id))
    for (const one of shown.filter(({ tag }) => !unread.has(tag)))
      one.close()
  }

  async function close(item: string): Promise<void> {
    for (const one of await notifications(item))
      one.close()
  }

  async function notifications(tag?: string): Promise<Notification[]> {
    const registration = await navigator.serviceWorker?.getRegistration()
    return await registration?.getNotifications(tag === undefined
      ? {}
      : { tag }) ?? []
  }

  function stop(): void {
    running?.abort()
    running = null
    way.value = null
    version.value = null
    state.value = 'unknown'
  }

  /** At sign-out: this phone must not hear of this person's cases again. */
  async function withdraw(): Promise<void> {
    stop()
    banner.value = null
    heard.clear()
    if (device !== null) {
      await ask(api.DELETE('/devices/{device_id}', {
        params: {
          path: { device_id: device },
          header: {
            'Idempotency-Key': freshKey(),
          },
        },
      })).catch(() => {})
    }
    device = null
    for (const one of await notifications().catch(() => []))
      one.close()
    await unsubscribe().catch(() => {})
    await dropKept().catch(() => {})
    await discard(TOKEN)
  }

  return {
    state,
    way,
    news,
    version,
    banner,
    start,
    stop,
    arrive,
    withdraw,
  }
})
