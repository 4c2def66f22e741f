import type { Said } from './hearing'
import type { components } from '@/wire/schema'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useSession } from '@/session/store'
import { discard, seal, unseal } from '@/session/vault'
import { api, ask } from '@/wire/client'
import { Problem } from '@/wire/problem'
import { freshKey } from '@/wire/submission'

export type NewSaid = components['schemas']['NewHearingStatement']
interface Waiting { key: string, body: NewSaid }
interface Sealed { unsent: Waiting[], words: string, kind: Said['kind'], who: string }

const AGAIN = 5_000

/**
 * What is said, written down one after another, with or without network: each statement waits sealed on the phone under
 * its own key until the server has it, and the next one goes only after it.
 */
export function useSayings(id: number, sent: (said: Said) => void) {
  const name = `draft/${useSession().me?.id ?? 0}/public-hearing-sitting-${id}`
  const unsent = ref<Waiting[]>([])
  const words = ref('')
  const kind = ref<Said['kind']>('statement')
  const who = ref('chair')
  const problem = shallowRef<Problem | null>(null)
  const sending = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  async function save(): Promise<void> {
    if (unsent.value.length || words.value) {
      await seal(name, {
        unsent: unsent.value,
        words: words.value,
        kind: kind.value,
        who: who.value,
      } satisfies Sealed)
    }
    else {
      await discard(name)
    }
  }

  async function open(): Promise<void> {
    const draft = await unseal<Sealed>(name)
    if (draft) {
      unsent.value = [
        ...draft.unsent,
        ...unsent.value,
      ]
      words.value ||= draft.words
      kind.value = draft.kind
      who.value = draft.who
    }
    await flush()
  }

  async function say(body: NewSaid): Promise<void> {
    unsent.value.push({
      key: freshKey(),
      body,
    })
    words.value = ''
    await save()
    await flush()
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    if (sending.value)
      return
    sending.value = true
    try {
      for (let next = unsent.value[0]; next; next = unsent.value[0]) {
        const { data } = await ask(api.POST('/public-hearings/{hearing_id}/statements', {
          params: {
            path: { hearing_id: id },
            header: { 'Idempotency-Key': next.key },
          },
          body: next.body,
        }))
        unsent.value = unsent.value.slice(1)
        sent(data)
        await save()
      }
      problem.value = null
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      // Without an answer it waits; a refusal is told, and the words stay on the phone all the same.
      if (error.definite) {
        problem.value = error
        unsent.value = unsent.value.map((one, index) => index
          ? one
          : {
              ...one,
              key: freshKey(),
            })
        await save()
      }
      else {
        timer = setTimeout(() => void flush(), AGAIN)
      }
    }
    finally {
      sending.value = false
    }
  }

  /** Take the refused one back into the field, to be put right. */
  async function takeBack(): Promise<void> {
    const [first, ...rest] = unsent.value
    if (!first)
      return
    unsent.value = rest
    words.value = [first.body.words, words.value].filter(Boolean).join('\n')
    problem.value = null
    await save()
    await flush()
  }

  const online = () => void flush()
  window.addEventListener('online', online)
  watch([
    words,
    kind,
    who,
  ], () => void save())
  onScopeDispose(() => {
    window.removeEventListener('online', online)
    clearTimeout(timer)
  })

  return {
    unsent,
    words,
    kind,
    who,
    problem,
    sending,
    open,
    say,
    flush,
    takeBack,
  }
}
