/**
 * One submission, however often it is sent.
 *
 * The server replays its stored answer to a repeated `Idempotency-Key`, so the key must stay the same while it is
 * unknown whether an attempt arrived, and must change when the content changes or the server has answered for certain.
 */
import { Problem } from './problem'

export interface PendingKey { key: string, content: string }

export function freshKey(): string {
  if (crypto.randomUUID)
    return crypto.randomUUID()
  // randomUUID exists only in secure contexts; the random source exists everywhere.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0F) | 0x40
  bytes[8] = (bytes[8]! & 0x3F) | 0x80
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

export class Submission {
  constructor(public pending: PendingKey | null = null) {}

  /** The key for this content: the one already in flight when the content is the same. */
  keyFor(content: unknown): string {
    const text = JSON.stringify(content)
    if (this.pending?.content !== text) {
      this.pending = {
        key: freshKey(),
        content: text,
      }
    }
    return this.pending.key
  }

  /** Send, repeating with the same key while no certain answer comes; a certain answer spends the key. */
  async send<T>(content: unknown, attempt: (key: string) => Promise<T>, pauses: readonly number[] = [800, 2500]): Promise<T> {
    const key = this.keyFor(content)
    for (let round = 0; ; round += 1) {
      try {
        const answer = await attempt(key)
        this.pending = null
        return answer
      }
      catch (error) {
        if (!(error instanceof Problem))
          throw error
        if (error.definite) {
          this.pending = null
          throw error
        }
        const pause = pauses[round]
        if (pause === undefined || error.status === 401)
          throw error
        await new Promise(resolve => setTimeout(resolve, pause))
      }
    }
  }
}
