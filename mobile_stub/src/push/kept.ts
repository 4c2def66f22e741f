/**
 * What the page and the service worker tell each other while only one of them runs: the key that pushes are signed
 * with, and which pushes came while no page was open. No words and no token, so it need not be sealed.
 */
const SHELF = 'push'
const KEY = '/push/key'
const ARRIVED = '/push/arrived/'

export async function keepKey(publicKey: string): Promise<void> {
  await (await shelf())?.put(KEY, new Response(publicKey))
}

export async function keptKey(): Promise<string | null> {
  const held = await (await shelf())?.match(KEY)
  return held
    ? held.text()
    : null
}

export async function keepArrival(item: string): Promise<void> {
  await (await shelf())?.put(ARRIVED + encodeURIComponent(item), new Response(item))
}

/** The pushes that came meanwhile, each handed out once. */
export async function takeArrivals(): Promise<string[]> {
  const store = await shelf()
  const items: string[] = []
  for (const request of await store?.keys() ?? []) {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith(ARRIVED) && await store!.delete(request))
      items.push(decodeURIComponent(pathname.slice(ARRIVED.length)))
  }
  return items
}

export async function dropKept(): Promise<void> {
  if ('caches' in globalThis)
    await caches.delete(SHELF)
}

async function shelf(): Promise<Cache | null> {
  return 'caches' in globalThis
    ? caches.open(SHELF)
    : null
}
