/** A push message as it travels: an opaque id, a class, when it lapses, a signature. Never a word about a case. */
export interface Payload { id: string, class: string, exp: number, sig: string }

/** Read a message as the web push service or the stream hands it over (FCM wraps it in `data`, all values text). */
export function readPayload(text: string): Payload | null {
  let said: unknown
  try {
    said = JSON.parse(text)
  }
  catch {
    return null
  }
  const outer = (said ?? {}) as Record<string, unknown>
  const message = (outer.message ?? outer) as Record<string, unknown>
  const inner = (message.data ?? message) as Record<string, unknown>
  if (inner.id === undefined || inner.class === undefined)
    return null
  return {
    id: String(inner.id),
    class: String(inner.class),
    exp: Number(inner.exp ?? 0),
    sig: String(inner.sig ?? ''),
  }
}

export function lapsed(payload: Payload, now: Date = new Date()): boolean {
  return payload.exp > 0 && payload.exp * 1000 < now.getTime()
}

/** The only words a lock screen may show. */
export function neutralWords(kind: string | undefined): string {
  switch (kind) {
    case 'task': return '您有新的待办'
    case 'alarm':
    case 'urgent': return '您有紧急待办'
    default: return '您有新的消息'
  }
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), character => character.charCodeAt(0))
}

/**
 * Was this signed by the server's key? A browser that knows no Ed25519 takes it unchecked: a push is only a hint to ask
 * the API again, and the words shown for it are always the same.
 */
export async function genuine(payload: Payload, publicKey: string): Promise<boolean> {
  let key: CryptoKey
  try {
    key = await crypto.subtle.importKey('raw', bytesOf(publicKey), 'Ed25519', false, ['verify'])
  }
  catch {
    return true
  }
  const said = new TextEncoder().encode([payload.id, payload.class, payload.exp].join('|'))
  try {
    return await crypto.subtle.verify('Ed25519', key, bytesOf(payload.sig), said)
  }
  catch {
    return false
  }
}
