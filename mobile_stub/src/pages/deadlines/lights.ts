import type { Deadline, LightCounts } from '@/wire/types'

export type { LightCounts }

/** The lights in the order of what presses; `grey` is what has no day: at once, or suspended. */
export const LIGHTS = ['red', 'amber', 'green', 'grey'] as const

export type Light = typeof LIGHTS[number]

/** Custody beyond its last day: somebody is held without a ground in law. */
export function isExpiredCustody(deadline: Pick<Deadline, 'is_custody' | 'standing' | 'closed_at'>): boolean {
  return deadline.is_custody && deadline.standing === 'expired' && !deadline.closed_at
}

/** Where to look first: the most pressing light that has anything. */
export function firstLit(counts: LightCounts): Light {
  return LIGHTS.find(light => counts[light] > 0) ?? 'red'
}

export interface Scope { value: 'mine' | 'office', label: string }

const MINE: Scope = { value: 'mine', label: '我的' }
const OFFICE: Scope = { value: 'office', label: '全院' }
const OVERSEE = ['case_manager', 'department_head', 'chief_procurator']

/** Which parts of the list are worth telling apart for somebody with these posts, what one looks at first coming first. */
export function scopesOf(posts: ReadonlySet<string>): Scope[] {
  if (posts.has('police_officer')) {
    return [
      { value: 'mine', label: '本机关应办' },
      { value: 'office', label: '全部' },
    ]
  }
  if (!OVERSEE.some(post => posts.has(post)))
    return [OFFICE]
  return posts.has('prosecutor')
    ? [MINE, OFFICE]
    : [OFFICE]
}
