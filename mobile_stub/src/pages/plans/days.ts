import type { components } from '@/wire/schema'
import { localInput } from '@/kit/time'

type Item = Pick<components['schemas']['PlanItem'], 'starts_at'>

/** What has a time by the day, in order; what has none stands last, under no day. */
export function byDay<I extends Item>(items: readonly I[]): [string | null, I[]][] {
  const groups = new Map<string | null, I[]>()
  const timed = [...items].sort((a, b) => (a.starts_at ?? '9').localeCompare(b.starts_at ?? '9'))
  for (const item of timed) {
    const on = item.starts_at && localInput(item.starts_at).slice(0, 10)
    groups.set(on, [
      ...groups.get(on) ?? [],
      item,
    ])
  }
  return [...groups]
}

/** Of the best that could be, so far: between 0 and 100. */
export function worth(objective: number, bound: number): number {
  return bound <= 0
    ? 100
    : Math.max(0, Math.min(100, Math.round(objective * 100 / bound)))
}
