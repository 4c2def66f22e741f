import type { Choice } from '@/kit/words'
import type { Answer } from '@/wire/client'
import type { components } from '@/wire/schema'
import { POST, wordFor } from '@/kit/words'
import { api, ask } from '@/wire/client'

type PostKind = components['schemas']['Approver']['post']

/** Who holds a post today in one's own office: the choice of handlers and approvers, and names for recorded draws. */
export function colleagues(post: PostKind): Promise<Answer<components['schemas']['ColleaguePage']>> {
  return ask(api.GET('/people', {
    params: {
      query: { post, limit: 100 },
    },
  }))
}

/** Everybody who holds one of these posts in one's office, each once by the first of them, without oneself. */
export async function peopleIn(posts: readonly PostKind[], self: number | undefined): Promise<Choice[]> {
  const lists = await Promise.all(posts.map(post => colleagues(post)))
  const found = new Map<number, Choice>()
  lists.forEach(({ data }, index) => data.items.forEach((person) => {
    if (person.id !== self && !found.has(person.id))
      found.set(person.id, { value: person.id, label: `${person.name}（${wordFor(POST, posts[index])}）` })
  }))
  return [
    ...found.values(),
  ]
}
