import { ref, shallowRef } from 'vue'
import { Problem } from '@/wire/problem'
import { Submission } from '@/wire/submission'

/**
 * Buttons that say everything by being pressed. One request at a time, in the order of the presses; each is sent again
 * under the same key while it is not known whether it arrived.
 */
export function usePress() {
  const pending = new Map<string, Submission>()
  const waiting = new Set<string>()
  const busy = ref<string | null>(null)
  const problem = shallowRef<Problem | null>(null)
  let turn: Promise<unknown> = Promise.resolve()

  /** The answer, or null: it was refused, and `problem` says why. `content` is all that tells one press from another. */
  async function press<T>(name: string, content: unknown, send: (key: string) => Promise<T>): Promise<T | null> {
    // The same button twice is once.
    if (waiting.has(name))
      return null
    waiting.add(name)
    const mine = turn.then(() => pressed(name, content, send)).finally(() => waiting.delete(name))
    turn = mine.catch(() => null)
    return mine
  }

  async function pressed<T>(name: string, content: unknown, send: (key: string) => Promise<T>): Promise<T | null> {
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
      problem.value = error.isCancelled
        ? null
        : error
      return null
    }
    finally {
      busy.value = null
    }
  }

  return { busy, problem, press }
}
