import { api, ask } from '@/wire/client'

/** How many messages of the whole inbox are unread. */
export async function unreadCount(): Promise<number> {
  const { data } = await ask(api.GET('/inbox', {
    params: {
      query: { limit: 1 },
    },
  }))
  return data.unread
}
