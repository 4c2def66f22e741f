import type { Choice } from '@/kit/words'
import { POST, wordFor } from '@/kit/words'
import { colleagues } from '@/pages/cases/colleagues'

const ABLE = ['chief_procurator', 'department_head', 'prosecutor'] as const

/** Everybody who could act for the chief procurator, each once, with the highest post held. */
export async function ablePeople(self: number | undefined): Promise<Choice[]> {
  const lists = await Promise.all(ABLE.map(post => colleagues(post)))
  const found = new Map<number, Choice>()
  lists.forEach(({ data }, index) => data.items.forEach((person) => {
    if (person.id !== self && !found.has(person.id))
      found.set(person.id, { value: person.id, label: `${person.name}（${wordFor(POST, ABLE[index])}）` })
  }))
  return [
    ...found.values(),
  ]
}
