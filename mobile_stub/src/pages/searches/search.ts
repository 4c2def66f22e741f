import type { CaseBrief } from '@/wire/types'
import { computed, ref, shallowRef } from 'vue'
import { useSession } from '@/session/store'
import { api, ask } from '@/wire/client'
import { Problem } from '@/wire/problem'

const LEAST = 2

/** What was looked for last: in the memory of this page only, for the way back from a case. */
let last: { by: number, words: string } | null = null

/** Nothing of the last search is left. */
export function forgetSearch(): void {
  last = null
}

/** One blank between words, none around them. */
export function cleaned(words: string): string {
  return words.trim().split(/\s+/).join(' ')
}

/** Characters as people count them. */
export function isTooShort(words: string): boolean {
  return [
    ...cleaned(words),
  ].length < LEAST
}

/** A search whose words stand nowhere but on the screen: not in the address, not in the history, not on the phone. */
export function useSearch() {
  const session = useSession()
  const me = session.me?.id ?? 0
  const words = ref(last?.by === me
    ? last.words
    : '')
  const items = shallowRef<CaseBrief[]>([])
  const asked = ref<string | null>(null)
  const cursor = ref<string | null>(null)
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let turn = 0

  async function fetchPage(wanted: string, from: string | null): Promise<void> {
    const mine = ++turn
    busy.value = true
    problem.value = null
    try {
      const { data } = await ask(api.POST('/searches', {
        params: {
          query: { cursor: from ?? undefined },
        },
        body: { words: wanted },
      }))
      if (mine !== turn)
        return
      items.value = from
        ? [
            ...items.value,
            ...data.items,
          ]
        : data.items
      cursor.value = data.next_cursor
      asked.value = wanted
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      if (mine === turn)
        problem.value = error
    }
    finally {
      if (mine === turn)
        busy.value = false
    }
  }

  async function search(): Promise<void> {
    const wanted = cleaned(words.value)
    if (isTooShort(wanted)) {
      items.value = []
      asked.value = null
      cursor.value = null
      problem.value = new Problem(422, 'search-too-short', '请至少输入两个字。')
      return
    }
    last = { by: me, words: wanted }
    await fetchPage(wanted, null)
  }

  async function more(): Promise<void> {
    if (asked.value && cursor.value && !busy.value)
      await fetchPage(asked.value, cursor.value)
  }

  function clear(): void {
    turn += 1
    last = null
    words.value = ''
    items.value = []
    asked.value = null
    cursor.value = null
    busy.value = false
    problem.value = null
  }

  if (words.value)
    void search()
  return {
    words,
    items,
    asked,
    hasMore: computed(() => cursor.value !== null),
    busy,
    problem,
    search,
    more,
    clear,
  }
}
