import type { Ref } from 'vue'
import type { Show } from './lines'
import type { InboxItem } from '@/wire/types'
import { computed, ref, shallowRef, watch } from 'vue'
import { usePush } from '@/push/store'
import { api, ask } from '@/wire/client'
import { Problem } from '@/wire/problem'
import { filterOf, merged } from './lines'

const AT_ONCE = 100

/** The inbox on the screen: read by pages, and from then on only what has changed since its version. */
export function useInbox(show: Ref<Show>) {
  const push = usePush()
  const items = shallowRef<InboxItem[]>([])
  const unread = ref(0)
  const version = ref<number | null>(null)
  const cursor = ref<string | null>(null)
  const loading = ref(true)
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let turn = 0

  async function page(from: string | undefined): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const { data } = await ask(api.GET('/inbox', {
        params: {
          query: {
            cursor: from,
            ...filterOf(show.value),
          },
        },
      }))
      if (mine !== turn)
        return
      items.value = from === undefined
        ? data.items
        : [
            ...items.value,
            ...data.items,
          ]
      cursor.value = data.next_cursor
      unread.value = data.unread
      // An older page says nothing of what has come above it since.
      if (from === undefined)
        version.value = data.version
      problem.value = null
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      if (!items.value.length)
        problem.value = error
    }
    finally {
      if (mine === turn) {
        loading.value = false
        busy.value = false
      }
    }
  }

  async function load(): Promise<void> {
    await page(undefined)
  }

  async function more(): Promise<void> {
    if (cursor.value !== null && !busy.value)
      await page(cursor.value)
  }

  /** Ask what has changed; where that cannot be told, read anew. */
  async function refresh(): Promise<void> {
    if (version.value === null) {
      await load()
      return
    }
    const mine = turn
    try {
      const { data } = await ask(api.GET('/inbox/changes', {
        params: {
          query: { after_version: version.value, limit: AT_ONCE },
        },
      }))
      if (mine !== turn || data.version < version.value)
        return
      if (data.more) {
        await load()
        return
      }
      items.value = merged(items.value, data.items, show.value, cursor.value === null)
      unread.value = data.unread ?? unread.value
      version.value = data.version
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      // The house has gone back to an older state: nothing that is shown holds for certain.
      if (error.status === 410)
        await load()
    }
  }

  watch(show, () => {
    items.value = []
    loading.value = true
    void load()
  })
  watch([
    () => push.news,
    () => push.version,
  ], () => {
    if (push.version === null || push.version !== version.value)
      void refresh()
  })
  void load()

  return {
    items,
    unread,
    version,
    hasMore: computed(() => cursor.value !== null),
    loading,
    busy,
    problem,
    load,
    more,
    refresh,
  }
}
