import type { Supervisor } from '@/wire/types'
import { dateWords } from '@/kit/time'
import { api, ask } from '@/wire/client'

/** Everybody on an organ's register, page by page. */
export async function wholeRegister(organId: number): Promise<Supervisor[]> {
  const found: Supervisor[] = []
  let cursor: string | undefined
  do {
    const { data } = await ask(api.GET('/supervisors', {
      params: {
        query: { organ_id: organId, limit: 100, cursor },
      },
    }))
    found.push(...data.items)
    cursor = data.next_cursor ?? undefined
  } while (cursor)
  return found
}

/** A day years away: its weekday is of no use. */
export function dayWords(date: string | null): string {
  return dateWords(date).replace(/ .*$/, '')
}
