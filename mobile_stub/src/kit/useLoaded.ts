import type { Answer } from '@/wire/client'
import { ref, shallowRef, watch } from 'vue'
import { usePush } from '@/push/store'
import { Problem } from '@/wire/problem'

/** A record from the API with its version; asked for again when news arrive. */
export function useLoaded<T>(ask: () => Promise<Answer<T>>) {
  const data = shallowRef<T | null>(null)
  const etag = ref<string | null>(null)
  const loading = ref(true)
  const problem = shallowRef<Problem | null>(null)

  async function load(): Promise<void> {
    try {
      const answer = await ask()
      data.value = answer.data
      etag.value = answer.etag
      problem.value = null
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      // What is on the screen stays; a page without anything shows the problem.
      if (data.value === null || error.status === 404 || error.status === 403)
        problem.value = error
    }
    finally {
      loading.value = false
    }
  }

  async function retry(): Promise<void> {
    loading.value = true
    await load()
  }

  watch(() => usePush().news, () => void load())
  void load()

  return {
    data,
    etag,
    loading,
    problem,
    load,
    retry,
  }
}
