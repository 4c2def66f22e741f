import type { Answer } from '@/wire/client'
import { computed, ref, shallowRef, watch } from 'vue'
import { usePush } from '@/push/store'
import { Problem } from '@/wire/problem'

interface Page<T> { items: T[], next_cursor?: string | null }

/** A list that grows by pages; asked for afresh when news arrive or `reload` is called. */
export function useListed<T>(ask: (cursor: string | undefined) => Promise<Answer<Page<T>>>) {
  const items = shallowRef<T[]>([])
  const cursor = ref<string | null>(null)
  const loading = ref(true)
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let turn = 0

  async function fetchPage(from: string | undefined): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const { data } = await ask(from)
      if (mine !== turn)
        return
      items.value = from === undefined
        ? data.items
        : [
            ...items.value,
            ...data.items,
          ]
      cursor.value = data.next_cursor ?? null
      problem.value = null
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      if (items.value.length === 0)
        problem.value = error
    }
    finally {
      if (mine === turn) {
        loading.value = false
        busy.value = false
      }
    }
  }

  async function reload(): Promise<void> {
    await fetchPage(undefined)
  }
  async function more(): Promise<void> {
    if (cursor.value !== null && !busy.value)
      await fetchPage(cursor.value)
  }

  watch(() => usePush().news, () => void reload())
  void reload()
  return {
    items,
    hasMore: computed(() => cursor.value !== null),
    loading,
    busy,
    problem,
    reload,
    more,
  }
}
