import type { Choice } from '@/kit/words'
import type { Me, Office } from '@/wire/types'
import { useLoaded } from '@/kit/useLoaded'
import { api, ask } from '@/wire/client'

const UPWARD = [
  'district',
  'municipal',
  'provincial',
  'supreme',
] as const

/** Every office of the register. */
export function useOffices() {
  return useLoaded(async () => {
    const items: Office[] = []
    let cursor: string | undefined
    do {
      const { data } = await ask(api.GET('/offices', {
        params: {
          query: { limit: 100, cursor },
        },
      }))
      items.push(...data.items)
      cursor = data.next_cursor ?? undefined
    } while (cursor)
    return { data: items, etag: null }
  })
}

/** The offices in which somebody holds one of these posts. */
export function ownOffices(me: Me | null, posts: readonly string[]): Choice[] {
  const own = (me?.posts ?? []).filter(held => posts.includes(held.post))
  return [
    ...new Map(own.map(held => [held.office_id, held.office_name])),
  ].map(([value, label]) => ({ value, label }))
}

/** These offices and all that they lead, as the register says. */
export function ledBy(offices: readonly Office[], ids: Iterable<number>): Set<number> {
  const reached = new Set(ids)
  for (let before = -1; before !== reached.size;) {
    before = reached.size
    for (const office of offices) {
      if ([office.superior_id, office.procuratorate_id].some(id => id !== null && reached.has(id)))
        reached.add(office.id)
    }
  }
  return reached
}

/** The offices that somebody with such a post keeps, to choose from. */
export function kept(offices: readonly Office[], me: Me | null, post: string): Choice[] {
  const ids = ledBy(offices, ownOffices(me, [post]).map(own => Number(own.value)))
  return offices.filter(office => ids.has(office.id)).map(office => ({ value: office.id, label: office.name }))
}

/** Who can stand above such an office: its own kind, one level up (组织法第10条). */
export function superiorsOf(offices: readonly Office[], kind: string | null, level: string | null): Choice[] {
  const above = UPWARD[UPWARD.findIndex(one => one === level) + 1]
  return offices
    .filter(office => above && level && office.kind === kind && office.level === above)
    .map(office => ({ value: office.id, label: office.name }))
}

/** Where an office that is no procuratorate sends its cases. */
export function procuratoratesFor(offices: readonly Office[], kind: string | null): Choice[] {
  return offices
    .filter(office => kind && kind !== 'procuratorate' && office.kind === 'procuratorate')
    .map(office => ({ value: office.id, label: office.name }))
}
