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
    case 'deadline': return '您有即将到期的待办'
    default: return '您有新的消息'
  }
}
