/** This browser's subscription at its push service: by which address and with which keys it is woken. */
export interface Subscribed { endpoint: string, keys: { p256dh: string, auth: string } }

/** Without a way to the push service some browsers never answer. */
const PATIENCE = 10_000

export async function subscribe(serverKey: string): Promise<Subscribed> {
  const registration = await soon(navigator.serviceWorker.ready)
  const held = await registration.pushManager.getSubscription()
  if (held && !isFor(held, serverKey))
    await held.unsubscribe()
  const subscription = await soon(registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: serverKey }))
  const { endpoint, keys } = subscription.toJSON()
  if (!endpoint || !keys?.p256dh || !keys.auth)
    throw new Error('The subscription has no keys')
  return {
    endpoint,
    keys: { p256dh: keys.p256dh, auth: keys.auth },
  }
}

export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  const held = await registration?.pushManager?.getSubscription()
  await held?.unsubscribe()
}

function isFor(held: PushSubscription, serverKey: string): boolean {
  const key = held.options.applicationServerKey
  return key !== null && packed(key) === serverKey
}

function packed(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

async function soon<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The push service does not answer')), PATIENCE)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
