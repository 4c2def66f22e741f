import type { ActivityOpinions, Packet } from '@/wire/types'
import { computed, shallowRef } from 'vue'
import { legalNow } from '@/kit/clock'
import { useLoaded } from '@/kit/useLoaded'
import { useSession } from '@/session/store'
import { api, ask } from '@/wire/client'
import { Problem } from '@/wire/problem'
import { opiningOf, packetToRead, standingOf } from './standing'

const WITH_OPINIONS = ['under_way', 'ended', 'closed']

/** What may be missing without the page being wrong: null then. */
async function perhaps<T>(call: Promise<{ data: T }>): Promise<T | null> {
  try {
    return (await call).data
  }
  catch (error) {
    if (!(error instanceof Problem))
      throw error
    return null
  }
}

/** An invitation with what hangs on it: what lies open to be read, and how many opinions are in. */
export function useInvitation(id: number) {
  const session = useSession()
  const packet = shallowRef<Packet | null>(null)
  const counted = shallowRef<ActivityOpinions | null>(null)

  const loaded = useLoaded(async () => {
    const answer = await ask(api.GET('/invitations/{invitation_id}', {
      params: {
        path: { invitation_id: id },
      },
    }))
    const { activity, undertook_at, supervisor } = answer.data
    const mine = supervisor.id === session.me?.id
    const [packets, opinions] = await Promise.all([
      mine && undertook_at
        ? perhaps(ask(api.GET('/packets', {
            params: {
              query: { activity_id: activity.id },
            },
            cache: 'no-store',
          })))
        : null,
      mine && WITH_OPINIONS.includes(activity.state)
        ? perhaps(ask(api.GET('/activities/{activity_id}/opinions', {
            params: {
              path: { activity_id: activity.id },
            },
          })))
        : null,
    ])
    packet.value = packetToRead(packets?.items ?? [])
    counted.value = opinions
    return answer
  })

  const standing = computed(() => loaded.data.value && standingOf(loaded.data.value, packet.value, counted.value, legalNow()))
  const opining = computed(() => loaded.data.value && opiningOf(loaded.data.value, counted.value, legalNow()))
  const own = computed(() => loaded.data.value?.supervisor.id === session.me?.id)

  return {
    ...loaded,
    invitation: loaded.data,
    packet,
    counted,
    standing,
    opining,
    own,
  }
}
