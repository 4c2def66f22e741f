import type { Choice } from '@/kit/words'
import { shallowRef } from 'vue'
import { POST, wordFor } from '@/kit/words'
import { colleagues } from '@/pages/cases/colleagues'
import { Problem } from '@/wire/problem'

type Post = Parameters<typeof colleagues>[0]
export interface Holders { post: string, people: readonly { id: number, name: string }[] }

/** Whoever can have done or read something in a procuratorate. */
const POSTS: readonly Post[] = [
  'prosecutor',
  'assistant',
  'clerk',
  'case_manager',
  'department_head',
  'chief_procurator',
  'execution_supervisor',
  'inspector',
  'administrator',
  'security_officer',
  'auditor',
]

/** Each person once, with every post. */
export function staffOf(holders: readonly Holders[]): Choice[] {
  const found = new Map<number, { name: string, posts: string[] }>()
  for (const { post, people } of holders) {
    for (const { id, name } of people) {
      const known = found.get(id) ?? { name, posts: [] }
      known.posts.push(wordFor(POST, post))
      found.set(id, known)
    }
  }
  return [...found].map(([value, { name, posts }]) => ({ value, label: `${name}（${posts.join('、')}）` }))
}

async function holdersOf(post: Post): Promise<Holders> {
  try {
    return { post, people: (await colleagues(post)).data.items }
  }
  catch (error) {
    if (!(error instanceof Problem))
      throw error
    return { post, people: [] }
  }
}

/** Everybody who holds a post in one's own office today, to choose from, and to name numbers by. */
export function useStaff() {
  const staff = shallowRef<readonly Choice[]>([])
  const names = shallowRef<ReadonlyMap<number, string>>(new Map())

  async function load(): Promise<void> {
    const holders = await Promise.all(POSTS.map(holdersOf))
    staff.value = staffOf(holders)
    names.value = new Map(holders.flatMap(({ people }) => people.map(one => [one.id, one.name] as const)))
  }
  void load()

  return { staff, names }
}

/** The choice of people, and whoever is chosen though not among them: left since, or of another office. */
export function withChosen(staff: readonly Choice[], chosen: number | null): readonly Choice[] {
  return chosen === null || staff.some(one => one.value === chosen)
    ? staff
    : [
        { value: chosen, label: `${chosen} 号人员` },
        ...staff,
      ]
}
