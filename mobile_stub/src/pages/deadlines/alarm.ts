import type { Deadline } from '@/wire/types'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { hearClock } from '@/kit/clock'
import { api, ask } from '@/wire/client'
import { Problem } from '@/wire/problem'
import { isExpiredCustody } from './lights'

/** Custody that has run out, of all that one may see. It cannot be put away: only closing the period ends it. */
export const useAlarm = defineStore('alarm', () => {
  const expired = ref<Deadline[]>([])
  let asking: Promise<void> | null = null

  async function look(): Promise<void> {
    try {
      const { data } = await ask(api.GET('/deadlines', {
        params: {
          query: {
            light: 'red',
            custody: true,
            scope: 'office',
            limit: 50,
          },
        },
      }))
      hearClock(data.now)
      expired.value = data.items.filter(isExpiredCustody)
    }
    catch (error) {
      // Without an answer what was known stays: an alarm does not end because the network did.
      if (!(error instanceof Problem))
        throw error
    }
  }

  /** Ask again, once however many ask at the same time. */
  function check(): Promise<void> {
    asking ??= look().finally(() => {
      asking = null
    })
    return asking
  }

  function forget(): void {
    expired.value = []
  }

  return { expired, check, forget }
})
