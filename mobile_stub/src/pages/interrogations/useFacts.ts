import type { Facts } from './arrangement'
import { computed } from 'vue'
import { useLoaded } from '@/kit/useLoaded'
import { api, ask } from '@/wire/client'
import { NO_FACTS } from './arrangement'

/** The case with the suspect in it, and what the law asks for with this suspect. */
export function useFacts(of: () => Promise<{ caseId: number, suspectId: number }>) {
  const { data, loading, problem, retry } = useLoaded(async () => {
    const { caseId, suspectId } = await of()
    const found = await ask(api.GET('/cases/{case_id}', {
      params: {
        path: { case_id: caseId },
      },
    }))
    // Only the handler reads how somebody is to be heard; a form is worth showing without it.
    const hearing = await ask(api.GET('/cases/{case_id}/suspects/{suspect_id}/hearing', {
      params: {
        path: { case_id: caseId, suspect_id: suspectId },
      },
    })).then(answer => answer.data, () => null)
    const matters = [
      ...found.data.arrest_reviews,
      ...found.data.prosecutions,
    ]
    const suspect = matters.find(matter => matter.suspect.id === suspectId)?.suspect ?? null
    return {
      data: { found: found.data, hearing, suspect },
      etag: null,
    }
  })
  const facts = computed<Facts>(() => {
    const { suspect, hearing } = data.value ?? {}
    return suspect
      ? {
          minor: hearing?.minor ?? suspect.flags.includes('minor'),
          woman: hearing?.woman_takes_part ?? false,
          flags: suspect.flags,
        }
      : NO_FACTS
  })
  return { data, facts, loading, problem, retry }
}
