import { ref, shallowRef } from 'vue'
import { Problem } from '@/wire/problem'
import { Submission } from '@/wire/submission'

/**
 * Buttons that say everything by being pressed: one at a time, and sent again under the same key while it is not known
 * whether it arrived.
 */
export function usePress() {
  const pending = new Map<string, Submission>()
  const busy = ref<string | null>(null)
  const problem = shallowRef<Problem | null>(null)

  /** The answer, or null: it was refused, and `problem` says why. `content` is all that tells one press from another. */
  async function press<T>(name: string, content: unknown, send: (key: string) => Promise<T>): Promise<T | null> {
    if (busy.value)
      return null
    const submission = pending.get(name) ?? new Submission()
    pending.set(name, submission)
    busy.value = name
    problem.value = null
    try {
      return await submission.send(content, send)
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      problem.value = error
      return null
    }
    finally {
      busy.value = null
    }
  }

  return { busy, problem, press }
}
