/** Confirming a legal act anew: one sheet at a time, in the order in which the acts came. */
import type { Needed } from '@/wire/client'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { legalActWords } from '@/kit/legal-acts'
import { api, ask, onStepUp } from '@/wire/client'
import { Problem } from '@/wire/problem'
import { freshKey } from '@/wire/submission'
import { hasPasskeys, signWithPasskey } from './webauthn'

export const useConfirmation = defineStore('confirmation', () => {
  const needed = shallowRef<Needed | null>(null)
  const busy = ref(false)
  const refusal = ref<string | null>(null)
  const words = computed(() => needed.value && legalActWords(needed.value.method, needed.value.path))
  const byPasskey = computed(() => hasPasskeys() && Boolean(needed.value?.means.includes('passkey')))
  let answer: (token: string | null) => void = () => {}
  let turn: Promise<unknown> = Promise.resolve()

  function open(asked: Needed, again: boolean): Promise<string | null> {
    refusal.value = again
      ? '上一次确认已失效，请重新确认。'
      : null
    needed.value = asked
    return new Promise((resolve) => {
      answer = (token) => {
        needed.value = null
        refusal.value = null
        resolve(token)
      }
    })
  }

  onStepUp((asked, again) => {
    const mine = turn.then(() => open(asked, again))
    turn = mine
    return mine
  })

  function deed() {
    const { method, path, content_hash } = needed.value!
    return { method: method as 'POST' | 'PUT' | 'PATCH' | 'DELETE', path, content_hash }
  }

  /** Send what confirms; the sheet stays open and says why when it was refused. */
  async function attempt(take: () => Promise<string>): Promise<void> {
    if (busy.value || !needed.value)
      return
    busy.value = true
    refusal.value = null
    try {
      answer(await take())
    }
    catch (error) {
      refusal.value = refused(error)
    }
    finally {
      busy.value = false
    }
  }

  function withPassword(password: string): Promise<void> {
    return attempt(async () => {
      const body = {
        ...deed(),
        password,
      }
      return (await ask(api.POST('/step-ups', { body }))).data.token
    })
  }

  function withPasskey(): Promise<void> {
    return attempt(async () => {
      const asked = deed()
      const { data: question } = await ask(api.POST('/step-up-challenges', {
        body: asked,
        params: {
          header: {
            'Idempotency-Key': freshKey(),
          },
        },
      }))
      const credential = await signWithPasskey(question.options)
      const body = {
        ...asked,
        passkey: { challenge_id: question.challenge_id, credential },
      }
      return (await ask(api.POST('/step-ups', { body }))).data.token
    })
  }

  function cancel(): void {
    if (!busy.value)
      answer(null)
  }

  return {
    needed,
    words,
    byPasskey,
    busy,
    refusal,
    withPassword,
    withPasskey,
    cancel,
  }
})

function refused(error: unknown): string {
  if (error instanceof Problem)
    return error.words
  // What a browser throws when the person turns its question away, or takes too long.
  if (error instanceof DOMException)
    return '没有用上通行密钥，请重试，或者输入口令。'
  throw error
}
