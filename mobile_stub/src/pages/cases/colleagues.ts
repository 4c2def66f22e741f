import type { Answer } from '@/wire/client'
import type { components } from '@/wire/schema'
import { api, ask } from '@/wire/client'

/** Who holds a post today in one's own office: the choice of handlers and approvers, and names for recorded draws. */
export function colleagues(post: components['schemas']['Approver']['post']): Promise<Answer<components['schemas']['ColleaguePage']>> {
  return ask(api.GET('/people', {
    params: {
      query: { post, limit: 100 },
    },
  }))
}
