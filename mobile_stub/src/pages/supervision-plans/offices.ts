import { useLoaded } from '@/kit/useLoaded'
import { api, ask } from '@/wire/client'

/** The procuratorates and the organs by their numbers: a plan names both. */
export function useOffices() {
  return useLoaded(async () => {
    const found = await Promise.all(['procuratorate' as const, 'judicial_administration' as const].map(kind => ask(api.GET('/offices', {
      params: {
        query: { kind, limit: 100 },
      },
    }))))
    return {
      data: found.flatMap(answer => answer.data.items),
      etag: null,
    }
  })
}
