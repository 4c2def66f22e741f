import type { Review, Typed } from './review'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useLoaded } from '@/kit/useLoaded'
import { useSession } from '@/session/store'
import { discard, seal, unseal } from '@/session/vault'
import { api, ask, versioned } from '@/wire/client'
import { Problem } from '@/wire/problem'
import { Submission } from '@/wire/submission'
import { overdrawn, sendable, typedOf } from './review'

interface Sealed { typed: Typed[], etag: string | null }

const PAUSE = 800
const AGAIN = 5_000

/** Where what is typed lies until the server has it. */
export function draftOf(id: number): string {
  return `draft/${useSession().me?.id ?? 0}/quality-findings-${id}`
}

export function readReview(id: number) {
  return ask(api.GET('/quality-reviews/{review_id}', {
    params: {
      path: { review_id: id },
    },
  }))
}

/**
 * The form of a review, saved as it is typed: sealed on the phone at once, at the server a moment later, under the
 * version it was read in. What somebody else has saved meanwhile is never undone quietly.
 */
export function useFindings(id: number) {
  const name = draftOf(id)
  const { data: review, etag: read, loading, problem: loadProblem, load, retry } = useLoaded(() => readReview(id))
  const typed = ref<Typed[]>([])
  const etag = ref<string | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const saving = ref(false)
  /** Somebody else, or the same person elsewhere, has saved another form. */
  const stale = ref(false)
  const kept = ref('')
  const ready = ref(false)
  const submission = new Submission()
  let timer: ReturnType<typeof setTimeout> | undefined

  const now = computed(() => JSON.stringify(sendable(typed.value)))
  const saved = computed(() => ready.value && now.value === kept.value)
  const over = computed(() => overdrawn(review.value?.items ?? [], typed.value))

  function take(from: Review): void {
    kept.value = JSON.stringify(sendable(typedOf(from.findings)))
  }

  watch(review, async (fresh) => {
    if (!fresh || ready.value)
      return
    const draft = await unseal<Sealed>(name)
    if (ready.value)
      return
    take(fresh)
    typed.value = draft?.typed ?? typedOf(fresh.findings)
    etag.value = draft?.etag ?? read.value
    ready.value = true
    if (!saved.value)
      schedule(0)
    watch(typed, () => void touched(), { deep: true })
  })

  async function touched(): Promise<void> {
    schedule(PAUSE)
    await seal(name, { typed: typed.value, etag: etag.value } satisfies Sealed)
  }

  function schedule(pause: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), pause)
  }

  /** Send what has changed; without network it is tried again. True: the server has all of it. */
  async function flush(): Promise<boolean> {
    clearTimeout(timer)
    if (saving.value || !ready.value || stale.value || over.value.length)
      return saved.value
    saving.value = true
    try {
      while (!saved.value && !over.value.length) {
        const sent = now.value
        const findings = sendable(typed.value)
        const answer = await submission.send([etag.value, findings], key => ask(api.PUT('/quality-reviews/{review_id}/findings', {
          params: {
            path: { review_id: id },
            header: versioned(key, etag.value),
          },
          body: { findings },
        })), [])
        etag.value = answer.etag
        review.value = answer.data
        kept.value = sent
      }
      problem.value = null
      // A line that has no words yet stays on the phone.
      if (typed.value.every(one => one.words.trim()))
        await discard(name)
      else
        await seal(name, { typed: typed.value, etag: etag.value } satisfies Sealed)
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      if (error.status === 412 || error.status === 428) {
        stale.value = true
      }
      else if (error.definite) {
        problem.value = error
      }
      else {
        problem.value = null
        timer = setTimeout(() => void flush(), AGAIN)
      }
    }
    finally {
      saving.value = false
    }
    return saved.value
  }

  /** Go on with what the server has, or with what is on this phone. */
  async function settle(mine: boolean): Promise<void> {
    await load()
    if (!review.value)
      return
    take(review.value)
    etag.value = read.value
    if (!mine)
      typed.value = typedOf(review.value.findings)
    stale.value = false
    await flush()
  }

  const online = () => void flush()
  window.addEventListener('online', online)
  onScopeDispose(() => {
    window.removeEventListener('online', online)
    clearTimeout(timer)
  })

  return {
    review,
    loading,
    loadProblem,
    retry,
    typed,
    problem,
    saving,
    saved,
    stale,
    over,
    flush,
    settle,
  }
}
