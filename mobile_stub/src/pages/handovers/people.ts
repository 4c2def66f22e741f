import type { Choice } from '@/kit/words'
import type { CaseBrief } from '@/wire/types'
import { colleagues } from '@/pages/cases/colleagues'
import { api, ask } from '@/wire/client'

const WITH_WORK = [
  'prosecutor',
  'assistant',
  'clerk',
  'department_head',
  'chief_procurator',
] as const

/** Whoever can have work of one's own in a procuratorate, each once. */
export async function withWork(): Promise<Choice[]> {
  const found = await Promise.all(WITH_WORK.map(post => colleagues(post)))
  const names = new Map(found.flatMap(answer => answer.data.items.map(one => [one.id, one.name] as const)))
  return [...names].map(([value, label]) => ({ value, label }))
}

/** The cases of these numbers, from the list: opening each would be noted as reading it. */
export async function listed(ids: readonly number[]): Promise<Map<number, CaseBrief>> {
  const wanted = new Set(ids)
  const found = new Map<number, CaseBrief>()
  let cursor: string | undefined
  while (found.size < wanted.size) {
    const { data } = await ask(api.GET('/cases', {
      params: {
        query: { limit: 100, cursor },
      },
    }))
    for (const one of data.items) {
      if (wanted.has(one.id))
        found.set(one.id, one)
    }
    if (!data.next_cursor)
      break
    cursor = data.next_cursor
  }
  return found
}
