import { api, ask } from '@/wire/client'

/** How many messages of the first page are unread: enough for the mark on the tab. */
export async function unreadCount(): Promise<number> {
  const { data } = await ask(api.GET('/api/v1/inbox'))
  return data.items.filter(item => !item.read_at).length
}
