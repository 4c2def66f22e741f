import type { Line, LineKind, NewLine } from './lines'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { legalNow } from '@/kit/clock'
import { useSession } from '@/session/store'
import { discard, seal, unseal } from '@/session/vault'
import { api, ask } from '@/wire/client'
import { Problem } from '@/wire/problem'
import { freshKey } from '@/wire/submission'
import { inOrder, leftToSend, nextLot, nextOrdinal, withLines } from './lines'

const AGAIN = 5_000

interface Sealed { unsent: NewLine[], words: string, kind: LineKind }

/**
 * Writing a record, with or without network: each line gets its id here, is sealed on the phone before it is sent, and
 * stays there until the server has it. Sent twice, it is there once.
 */
export function useLines(id: number) {
  const name = `draft/${useSession().me?.id ?? 0}/transcript-${id}`
  const kept = shallowRef<Line[]>([])
  const unsent = ref<NewLine[]>([])
  const words = ref('')
  const kind = ref<LineKind>('question')
  const problem = shallowRef<Problem | null>(null)
  const sending = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  async function save(): Promise<void> {
    if (unsent.value.length || words.value)
      await seal(name, { unsent: unsent.value, words: words.value, kind: kind.value } satisfies Sealed)
    else
      await discard(name)
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
    }
    await flush()
  }

  /** The line that is being typed is a line now. */
  async function add(): Promise<void> {
    if (!words.value.trim())
      return
    unsent.value.push({
      client_id: freshKey(),
      kind: kind.value,
      ordinal: nextOrdinal(kept.value, unsent.value),
      said_at: legalNow().toISOString(),
      words: words.value.trim(),
    })
    words.value = ''
    await save()
    await flush()
  }

  /** Send what waits; without network it is tried again. */
  async function flush(): Promise<void> {
    clearTimeout(timer)
    if (sending.value || !unsent.value.length)
      return
    sending.value = true
    try {
      while (unsent.value.length) {
        const { data } = await ask(api.POST('/transcripts/{transcript_id}/lines', {
          params: {
            path: { transcript_id: id },
            header: {
              'Idempotency-Key': freshKey(),
            },
          },
          body: {
            lines: nextLot(unsent.value),
          },
        }))
        kept.value = withLines(kept.value, data.lines)
        const left = leftToSend(unsent.value, data.lines)
        if (left.length === unsent.value.length)
          break
        unsent.value = left
        await save()
      }
      problem.value = null
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      // Without an answer the lines wait; a refusal is told, and they stay on the phone all the same.
      if (error.definite)
        problem.value = error
      else
        timer = setTimeout(() => void flush(), AGAIN)
    }
    finally {
      sending.value = false
    }
  }

  const online = () => void flush()
  window.addEventListener('online', online)
  watch([
    words,
    kind,
  ], () => void save())
  onScopeDispose(() => {
    window.removeEventListener('online', online)
    clearTimeout(timer)
  })

  return {
    kept,
    unsent,
    words,
    kind,
    problem,
    sending,
    all: computed(() => inOrder(kept.value, unsent.value)),
    open,
    add,
    flush,
  }
}
