/// <reference lib="webworker" />
/**
 * The service worker keeps the shell only: the files this app is made of. It never stores an answer of the API, so no
 * case data lies on the phone outside the sealed vault. A push message carries no words; the notice shown for it is
 * neutral, because anyone may be looking at a locked screen.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { isPacket } from './packets'
import { neutralWords, readPayload } from './push/payload'

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

self.addEventListener('push', (event) => {
  const payload = readPayload(event.data?.text() ?? '')
  event.waitUntil((async () => {
    await self.registration.showNotification('检通', {
      body: neutralWords(payload?.class),
      tag: payload?.id ?? 'jiantong',
      icon: '/icon-192.png',
      badge: '/icon-192.png',
    })
    for (const client of await self.clients.matchAll({ type: 'window' }))
      client.postMessage({ kind: 'push', payload })
  })())
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil((async () => {
    const [open] = await self.clients.matchAll({ type: 'window' })
    if (open) {
      open.postMessage({ kind: 'open', path: '/inbox' })
      await open.focus()
    }
    else {
      await self.clients.openWindow('/inbox')
    }
  })())
})
