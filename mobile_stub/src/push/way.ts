import type { PushSettings } from '@/wire/types'

/**
 * How this phone is woken. The first that works is taken:
 *
 * 1. `web_push`, where the house offers it and the person has allowed notifications: the only way that reaches a
 *    closed app. Nobody is asked for the permission unasked; it is given on "my page".
 * 2. `simulator`, in the demo only: it plays the part of a phone maker's service.
 * 3. `stream`, from the house itself, for closed networks: as long as the app is open.
 * 4. `poll`: nothing wakes it; it asks every minute.
 *
 * With 1 and 3 an open app listens to the stream of its inbox as well, so that what is read on one phone is cleared
 * on the other at once.
 */
export type Way = 'web_push' | 'simulator' | 'stream' | 'poll'

export interface Browser { canPush: boolean }

export function waysOf(settings: Pick<PushSettings, 'web_push_key' | 'development_stream' | 'stream'>, browser: Browser): Way[] {
  const offered: [Way, boolean][] = [
    ['web_push', settings.web_push_key !== null && browser.canPush],
    ['simulator', settings.development_stream !== null],
    ['stream', settings.stream],
    ['poll', true],
  ]
  return offered.filter(([, works]) => works).map(([way]) => way)
}

/** Can this browser be woken, and has its owner allowed it to notify? */
export function thisBrowser(): Browser {
  return {
    canPush: 'serviceWorker' in navigator
      && 'PushManager' in globalThis
      && typeof Notification !== 'undefined'
      && Notification.permission === 'granted',
  }
}
