/** What a refused time carries beside its words: what is taken, and what is free instead. */
import type { Problem } from '@/wire/problem'

export interface Instead { starts_at: string, room: string | null }
export interface Taken { kind: string, name: string | null, from: string | null, until: string | null }

function listed(found: unknown): Record<string, unknown>[] {
  return Array.isArray(found)
    ? found.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
    : []
}

function words(found: unknown): string | null {
  return typeof found === 'string' && found
    ? found
    : null
}

export function freeInstead(problem: Pick<Problem, 'members'>): Instead[] {
  return listed(problem.members.alternatives).flatMap((one) => {
    const startsAt = words(one.starts_at)
    return startsAt
      ? [
          {
            starts_at: startsAt,
            room: words(one.room),
          },
        ]
      : []
  })
}

export function takenIn(problem: Pick<Problem, 'members'>): Taken[] {
  return listed(problem.members.taken).map(one => ({
    kind: words(one.kind) ?? '',
    name: words(one.name),
    from: words(one.from),
    until: words(one.until),
  }))
}
