import type { Arrangement } from './arrangement'
import type { components } from '@/wire/schema'
import { onScopeDispose, ref, shallowRef } from 'vue'
import { legalNow } from '@/kit/clock'
import { api, ask } from '@/wire/client'
import { Problem } from '@/wire/problem'
import { freshKey } from '@/wire/submission'
import { countdown } from './arrangement'

/** A slot kept while the form is read once more; the server lets an earlier one of the same suspect go by itself. */
export function useHold() {
  const held = shallowRef<components['schemas']['SlotHold'] | null>(null)
  const refused = shallowRef<Problem | null>(null)
  const left = ref<string | null>(null)
  let turn = 0

  function look(): void {
    left.value = held.value && countdown(held.value.held_until, legalNow())
  }
  const timer = setInterval(look, 1000)

  async function keep(arrangement: Arrangement, startsAt: string): Promise<void> {
    const mine = ++turn
    refused.value = null
    try {
      const { data } = await ask(api.POST('/slot-holds', {
        params: {
          header: {
            'Idempotency-Key': freshKey(),
          },
        },
        body: { ...arrangement, starts_at: startsAt },
      }))
      if (mine === turn)
        held.value = data
      else
        void giveBack(data.id)
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      if (mine === turn) {
        held.value = null
        refused.value = error
      }
    }
    look()
  }

  async function giveBack(id: number): Promise<void> {
    // What is not given back in time goes by itself.
    await ask(api.DELETE('/slot-holds/{hold_id}', {
      params: {
        path: { hold_id: id },
        header: {
          'Idempotency-Key': freshKey(),
        },
      },
    })).catch(() => null)
  }

  function letGo(): void {
    turn += 1
    refused.value = null
    if (held.value)
      void giveBack(held.value.id)
    held.value = null
    look()
  }

  /** It has become a booking: there is nothing to give back. */
  function booked(): void {
    held.value = null
  }

  onScopeDispose(() => {
    clearInterval(timer)
    letGo()
  })

  return {
    held,
    refused,
    left,
    keep,
    letGo,
    booked,
  }
}
