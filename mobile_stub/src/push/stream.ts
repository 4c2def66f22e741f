import type { ServerEvent } from './events'
import { EventReader } from './events'

/** Why one connection to the stream of the inbox is over; the first five as the server says it. */
export type End = 'token_over' | 'signed_out' | 'rewound' | 'full' | 'failed' | 'broken' | 'refused'

/** What the stream says of the inbox: which lines are new or changed, and which no phone need show any more. */
export interface InboxTold { version: number, changed: string[], cleared: string[] }

export interface Ears {
  opened: () => void
  inbox: (told: InboxTold) => void
  push: (text: string) => void
}

/** The server gives a sign of life every 15 seconds. */
const SILENCE = 45_000
const SAID: readonly string[] = [
  'token_over',
  'signed_out',
  'rewound',
  'full',
  'failed',
]

/** Listen on one connection until it ends, from what was heard last. */
export async function listen(send: (request: Request) => Promise<Response>, after: number | null, ears: Ears, signal: AbortSignal): Promise<End> {
  const headers: Record<string, string> = { Accept: 'text/event-stream' }
  if (after !== null)
    headers['Last-Event-ID'] = String(after)
  const silent = new AbortController()
  let watch: ReturnType<typeof setTimeout> | undefined
  const heard = (): void => {
    clearTimeout(watch)
    watch = setTimeout(() => silent.abort(), SILENCE)
  }
  try {
    heard()
    const response = await send(new Request(`${globalThis.location?.origin ?? ''}/api/v1/inbox/stream`, {
      headers,
      signal: AbortSignal.any([signal, silent.signal]),
    }))
    if (!response.ok || !response.body)
      return 'refused'
    ears.opened()
    return await read(response.body, ears, heard)
  }
  catch {
    return 'broken'
  }
  finally {
    clearTimeout(watch)
  }
}

async function read(body: ReadableStream<Uint8Array<ArrayBuffer>>, ears: Ears, heard: () => void): Promise<End> {
  const events = new EventReader()
  const text = body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await text.read()
    if (done)
      return 'broken'
    heard()
    for (const event of events.feed(value)) {
      const end = tell(event, ears)
      if (end)
        return end
    }
  }
}

function tell({ kind, data }: ServerEvent, ears: Ears): End | null {
  if (kind === 'push')
    ears.push(data)
  if (kind === 'inbox')
    ears.inbox(JSON.parse(data) as InboxTold)
  if (kind !== 'end')
    return null
  const { reason } = JSON.parse(data) as { reason: string }
  return SAID.includes(reason)
    ? reason as End
    : 'failed'
}

/** How long to wait before the next try: longer each time, and not all phones at once. */
export function backOff(failures: number, chance: number = Math.random()): number {
  return Math.min(1000 * 2 ** (failures - 1), 60_000) * (0.5 + chance / 2)
}

/** Wait, but no longer than until the network is back or the app is looked at again. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController()
    const timer = setTimeout(done, milliseconds)
    function done(): void {
      clearTimeout(timer)
      over.abort()
      resolve()
    }
    const once = { signal: over.signal }
    if (signal.aborted) {
      done()
      return
    }
    signal.addEventListener('abort', done, once)
    globalThis.addEventListener('online', done, once)
    document.addEventListener('visibilitychange', () => document.hidden || done(), once)
  })
}
