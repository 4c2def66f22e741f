import type { Counts } from './moves'
import { onScopeDispose, shallowRef, watch } from 'vue'
import { usePush } from '@/push/store'
import { api } from '@/wire/client'

const MINUTE = 60_000

/** How many tasks there are: asked on news and each minute while somebody looks, and unchanged numbers come as 304. */
export function useCounts() {
  const counts = shallowRef<Counts | null>(null)
  let tag: string | null = null

  async function count(): Promise<void> {
    if (document.hidden)
      return
    const told = await api.GET('/task-counts', {
      headers: tag === null
        ? {}
        : { 'If-None-Match': tag },
    }).catch(() => null)
    // Nothing new, or no answer: what is shown stays.
    if (!told?.response.ok || !told.data)
      return
    counts.value = told.data
    tag = told.response.headers.get('ETag')
  }

  const timer = setInterval(() => void count(), MINUTE)
  function seen(): void {
    void count()
  }
  document.addEventListener('visibilitychange', seen)
  onScopeDispose(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', seen)
  })
  watch(() => usePush().news, () => void count())
  void count()

  return { counts, count }
}
