import type { Draw } from '@/wire/types'
import { ref, toRaw } from 'vue'
import { useSession } from '@/session/store'
import { seal, unseal } from '@/session/vault'
import { freshNonce } from './check'

export interface Kept { nonce: string, commitment: string }

/**
 * The nonce that the witness added. It is made and sealed on this phone before it is sent, so that an attempt of which
 * nothing is known is sent again with the same one, and stays here afterwards to be laid beside what is published.
 */
export function useWitness(id: number) {
  const name = `draw-witness/${useSession().me?.id ?? 0}/${id}`
  const kept = ref<Kept | null>(null)

  async function open(): Promise<void> {
    kept.value = await unseal<Kept>(name)
  }

  /** The nonce for this commitment; another commitment gets another nonce. */
  async function nonceFor(draw: Pick<Draw, 'commitment'>): Promise<string> {
    if (kept.value?.commitment !== draw.commitment) {
      kept.value = {
        nonce: freshNonce(),
        commitment: draw.commitment,
      }
      await seal(name, toRaw(kept.value))
    }
    return kept.value.nonce
  }

  return { kept, open, nonceFor }
}
