import type { Ref } from 'vue'
import type { Arrangement } from './arrangement'
import type { components } from '@/wire/schema'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api, ask } from '@/wire/client'
import { Problem } from '@/wire/problem'

const PAUSE = 350

/** What is free for an arrangement: looked for by itself whenever it has changed and is whole. */
export function useSurvey(asked: Ref<Arrangement | null>, interrogationId: number | null = null) {
  const found = shallowRef<components['schemas']['Survey'] | null>(null)
  const refused = shallowRef<Problem | null>(null)
  const searching = ref(false)
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function search(): Promise<void> {
    const mine = ++turn
    if (!asked.value)
      return
    searching.value = true
    refused.value = null
    try {
      const { data } = await ask(api.POST('/slot-searches', {
        body: {
          ...asked.value,
          order: 'best',
          limit: 18,
          from_at: null,
          until_at: null,
          interrogation_id: interrogationId,
        },
      }))
      if (mine === turn)
        found.value = data
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      if (mine === turn)
        refused.value = error
    }
    finally {
      if (mine === turn)
        searching.value = false
    }
  }

  watch(() => JSON.stringify(asked.value), () => {
    turn += 1
    found.value = null
    searching.value = false
    clearTimeout(timer)
    timer = setTimeout(() => void search(), PAUSE)
  }, { immediate: true })
  onScopeDispose(() => {
    turn += 1
    clearTimeout(timer)
  })

  return { found, refused, searching, search }
}
