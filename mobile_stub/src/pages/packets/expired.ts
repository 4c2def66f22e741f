import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { hearClock } from '@/kit/clock'
import { forgetPackets } from '@/packets'
import { api, ask } from '@/wire/client'
import { Problem } from '@/wire/problem'

/** What this phone may show no more: asked at the start, when the network is back, and when news arrive. */
export const useExpired = defineStore('expired-packets', () => {
  const ids = shallowRef<ReadonlySet<number>>(new Set())

  /** Wipe what the server says is over; without an answer nothing changes. */
  async function check(): Promise<void> {
    try {
      const { data } = await ask(api.GET('/packets/expired', { cache: 'no-store' }))
      // A supervisor reads no periods: this is where the phone learns by which clock a window closes.
      hearClock(data.now)
      ids.value = new Set(data.packet_ids)
      if (data.packet_ids.length)
        await forgetPackets()
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
    }
  }

  /** At sign-out: nothing of it is left, and nothing is known of it. */
  async function forget(): Promise<void> {
    ids.value = new Set()
    await forgetPackets()
  }

  return { ids, check, forget }
})
