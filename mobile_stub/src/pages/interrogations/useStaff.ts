import { computed } from 'vue'
import { useLoaded } from '@/kit/useLoaded'
import { colleagues } from '@/pages/cases/colleagues'
import { api, ask } from '@/wire/client'

/** Everybody who may take part: the colleagues by their posts, and the register of those without an account. */
export function useStaff() {
  const { data: assistants } = useLoaded(() => colleagues('assistant'))
  const { data: prosecutors } = useLoaded(() => colleagues('prosecutor'))
  const { data: clerks } = useLoaded(() => colleagues('clerk'))
  const { data: register, load } = useLoaded(() => ask(api.GET('/participants', {
    params: {
      query: { limit: 100 },
    },
  })))
  return {
    staff: computed(() => ({
      assistants: assistants.value?.items ?? [],
      prosecutors: prosecutors.value?.items ?? [],
      clerks: clerks.value?.items ?? [],
    })),
    register: computed(() => register.value?.items ?? []),
    ready: computed(() => Boolean(assistants.value && prosecutors.value && clerks.value && register.value)),
    load,
  }
}
