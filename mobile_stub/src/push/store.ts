import type { Payload } from './payload'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { discard, seal, unseal } from '@/session/vault'
import { api, ask } from '@/wire/client'
import { freshKey } from '@/wire/submission'
import { genuine, lapsed, neutralWords, readPayload } from './payload'

/** How this phone hears of news. `elsewhere`: the server pushes, but through an app store shell, not this browser. */
export type PushState = 'unknown' | 'off' | 'elsewhere' | 'listening' | 'failed'

const TOKEN = 'push/token'

/**
 * Push, in one place. In the development world the FCM simulator hands messages over as server-sent events; the rest
 * of the app only sees `news` grow, asks the API again, and shows what it answers.
 */
export const usePush = defineStore('push', () => {
  const state = ref<PushState>('unknown')
  /** Counts arrivals; pages watch it to ask again. */
  const news = ref(0)
  /** The neutral words of the latest arrival, until the banner is put away. */
  const banner = ref<string | null>(null)
  const heard = new Set<string>()
  let stream: EventSource | null = null
  let device: number | null = null
  let publicKey: string | null = null

  async function start(): Promise<void> {
    stop()
    try {
      const { data: settings } = await ask(api.GET('/push-settings'))
      publicKey = settings.public_key
      if (!settings.development_stream) {
        state.value = settings.enabled ? 'elsewhere' : 'off'
        return
      }
      const simulator = settings.development_stream.replace(/\/$/, '')
      const token = await unseal<string>(TOKEN) ?? await register(simulator)
      const { data } = await ask(api.POST('/devices', {
        params: {
          header: {
            'Idempotency-Key': freshKey(),
          },
        },
        body: { platform: 'web', token },
      }))
      device = data.id
      listen(`${simulator}/devices/${encodeURIComponent(token)}/stream`)
    }
    catch {
      state.value = 'failed'
    }
  }

  async function register(simulator: string): Promise<string> {
    const reply = await fetch(`${simulator}/registrations`, { method: 'POST' })
    const { token } = await reply.json() as { token: string }
    await seal(TOKEN, token)
    return token
  }

  function listen(address: string): void {
    stream = new EventSource(address)
    stream.onopen = () => {
      state.value = 'listening'
    }
    stream.onerror = () => {
      // The browser reconnects by itself unless it has given up.
      state.value = stream?.readyState === EventSource.CLOSED
        ? 'failed'
        : state.value
    }
    stream.onmessage = event => void arrive(readPayload(String(event.data)))
  }

  /** A message came, by stream or through the service worker: say so in neutral words and let the pages ask again. */
  async function arrive(payload: Payload | null): Promise<void> {
    if (!payload || lapsed(payload) || heard.has(payload.id))
      return
    heard.add(payload.id)
    if (publicKey && !(await genuine(payload, publicKey)))
      return
    news.value += 1
    banner.value = neutralWords(payload.class)
    void note(payload.id)
    if (typeof Notification !== 'undefined' && Notification.permission === 'granted' && document.hidden) {
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

  function stop(): void {
    stream?.close()
    stream = null
  }

  /** At sign-out: this phone must not hear of this person's cases again. */
  async function withdraw(): Promise<void> {
    stop()
    state.value = 'unknown'
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
    await discard(TOKEN)
  }

  return {
    state,
    news,
    banner,
    start,
    stop,
    arrive,
    withdraw,
  }
})
