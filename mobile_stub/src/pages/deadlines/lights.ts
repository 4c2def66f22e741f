import type { Deadline, LightCounts } from '@/wire/types'
import { AT_ONCE, STANDING } from '@/kit/words'

export type { LightCounts }

/** The lights in the order of what presses; `grey` is what has no day: at once, or suspended. */
export const LIGHTS = ['red', 'amber', 'green', 'grey'] as const

export type Light = typeof LIGHTS[number]

/** Custody beyond its last day: somebody is held without a ground in law. */
export function isExpiredCustody(deadline: Pick<Deadline, 'is_custody' | 'standing' | 'closed_at'>): boolean {
  return deadline.is_custody && deadline.standing === 'expired' && !deadline.closed_at
}

/** Is the law's word "at once", with no day? Such a period runs until it is done. */
export function isAtOnce(deadline: Pick<Deadline, 'due_on' | 'standing' | 'closed_at'>): boolean {
  return !deadline.due_on && !deadline.closed_at && deadline.standing !== 'suspended'
}

/** The colour a period is shown in: "at once" is never quiet, though no day of it can come near. */
export function colourOf(deadline: Pick<Deadline, 'light' | 'due_on' | 'standing' | 'closed_at'>): Light {
  return isAtOnce(deadline)
    ? 'amber'
    : deadline.light
}

/** Where to look first: the most pressing light that has anything. What is far off can wait for what has no day. */
export function firstLit(counts: LightCounts): Light {
  const order: Light[] = [
    'red',
    'amber',
    'grey',
    'green',
  ]
  return order.find(light => counts[light] > 0) ?? 'red'
}

export interface Part { title: string | null, deadlines: Deadline[] }

/** A list in the parts one tells apart: what is to be done at once stands by itself, before what stands still. */
export function partsOf(light: Light, deadlines: readonly Deadline[]): Part[] {
  if (light !== 'grey') {
    return [
      {
        title: null,
        deadlines: [...deadlines],
      },
    ]
  }
  return [
    {
      title: AT_ONCE,
      deadlines: deadlines.filter(isAtOnce),
    },
    {
      title: STANDING.suspended!,
      deadlines: deadlines.filter(one => !isAtOnce(one)),
    },
  ].filter(part => part.deadlines.length > 0)
}

export interface Scope { value: 'mine' | 'department' | 'office', label: string }

const MINE: Scope = { value: 'mine', label: '我的' }
const DEPARTMENT: Scope = { value: 'department', label: '本部门' }
const OFFICE: Scope = { value: 'office', label: '全院' }
/** The chief leads every department: none is the chief's own. */
const OF_A_DEPARTMENT = ['case_manager', 'department_head']

/** Which parts of the list are worth telling apart for somebody with these posts, the narrowest first. */
export function scopesOf(posts: ReadonlySet<string>): Scope[] {
  if (posts.has('police_officer')) {
    return [
      { value: 'mine', label: '本机关应办' },
      { value: 'office', label: '全部' },
    ]
  }
  const department = OF_A_DEPARTMENT.some(post => posts.has(post))
  if (!department && !posts.has('chief_procurator'))
    return [OFFICE]
  return [
    ...posts.has('prosecutor')
      ? [MINE]
      : [],
    ...department
      ? [DEPARTMENT]
      : [],
    OFFICE,
  ]
}

/** What one looks at first: one's own, or the whole; a department's part leaves out what another one watches. */
export function firstScope(scopes: readonly Scope[]): Scope {
  return scopes.find(scope => scope.value === 'mine') ?? scopes.at(-1) ?? OFFICE
}
