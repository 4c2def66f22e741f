import type { components } from '@/wire/schema'

type Item = Pick<components['schemas']['ReadinessItem'], 'state' | 'demanded' | 'due_at' | 'id'>

/** What is missing first; of that what the law itself asks for, then what is due sooner. */
export function inOrder<I extends Item>(items: readonly I[]): I[] {
  const rank = (item: Item): number => item.state === 'open'
    ? Number(!item.demanded)
    : 2
  return [...items].sort((a, b) => rank(a) - rank(b) || a.due_at.localeCompare(b.due_at) || a.id - b.id)
}
