/**
 * What a people's supervisor is lent to read is on this phone only while it is looked at: never in Cache Storage, never
 * in IndexedDB, not even sealed. The service worker and the reader share this module.
 */
const API = '/api/v1/'

/** Whether an address is one of a packet, under whichever record it is served. */
export function isPacket(url: string): boolean {
  const { pathname } = new URL(url, globalThis.location?.href ?? 'http://localhost')
  return pathname.startsWith(API) && /\/packets?(?:[/-]|$)/.test(pathname)
}

/** Throw away any copy there might be, whoever made it: how many there were. */
export async function forgetPackets(): Promise<number> {
  if (typeof caches === 'undefined')
    return 0
  let found = 0
  for (const name of await caches.keys()) {
    const store = await caches.open(name)
    for (const request of await store.keys()) {
      if (isPacket(request.url) && await store.delete(request))
        found += 1
    }
  }
  return found
}
