/// <reference lib="webworker" />
/**
 * The service worker keeps the shell only: the files this app is made of. It never stores an answer of the API, so no
 * case data lies on the phone outside the sealed vault. A push message carries no words; the notice shown for it is
 * neutral, because anyone may be looking at a locked screen.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { isPacket } from './packets'
import { keepArrival, keptKey } from './push/kept'
import {
  genuine,
  lapsed,
  neutralWords,
  readPayload,
} from './push/payload'

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: (string | { url: string, revision: string | null })[] }

// Before any other rule: what a people's supervisor is lent to read goes past every store, the browser's own included.
self.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate' && isPacket(event.request.url))
    event.respondWith(fetch(event.request, { cache: 'no-store' }))
})

cleanupOutdatedCaches()
precacheAndRoute(self.__WB_MANIFEST)
registerRoute(new NavigationRoute(createHandlerBoundToURL('index.html'), {
  denylist: [
    /^\/api\//,
    /^\/docs/,
    /^\/openapi/,
    /^\/healthz/,
    /^\/readyz/,
    /^\/problems\//,
  ],
}))

self.addEventListener('install', () => {
  void self.skipWaiting()
})
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))

/**
 * A page that is being looked at says by itself that something came. Otherwise a notice is shown, in neutral words; what
 * our server has not signed, or what has lapsed, is not. The worker has no token: that a push came is told to the
 * server by a page, by the next one to be opened if there is none now.
 */
async function arrived(text: string): Promise<void> {
  const payload = readPayload(text)
  const key = await keptKey()
  if (!payload || lapsed(payload) || (key !== null && !(await genuine(payload, key))))
    return
  const pages = await self.clients.matchAll({ type: 'window' })
  if (!pages.some(page => page.visibilityState === 'visible')) {
    await self.registration.showNotification('检通', {
      body: neutralWords(payload.class),
      tag: payload.id,
      icon: '/icon-192.png',
      badge: '/icon-192.png',
    })
  }
  if (!pages.length)
    await keepArrival(payload.id)
  for (const page of pages)
    page.postMessage({ kind: 'push', payload })
}

async function opened(): Promise<void> {
  const [page] = await self.clients.matchAll({ type: 'window' })
  if (!page) {
    await self.clients.openWindow('/inbox')
    return
  }
  page.postMessage({ kind: 'open', path: '/inbox' })
  await page.focus().catch(() => {})
}

self.addEventListener('push', event => event.waitUntil(arrived(event.data?.text() ?? '')))

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(opened())
})
