import type { Ref } from 'vue'
import type { Hearing } from './hearing'
import type { Answer } from '@/wire/client'
import { showToast } from 'vant'
import { useRouter } from 'vue-router'
import { leaveFor } from '@/kit/leave'
import { useForm } from '@/kit/useForm'
import { useLoaded } from '@/kit/useLoaded'
import { api, ask, versioned } from '@/wire/client'

export function readHearing(id: number): Promise<Answer<Hearing>> {
  return ask(api.GET('/public-hearings/{hearing_id}', {
    params: {
      path: { hearing_id: id },
    },
  }))
}

interface Params { path: { hearing_id: number }, header: ReturnType<typeof versioned> }

/** One step of a hearing on a page of its own: a form that is kept until the server has it, and then the hearing again. */
export function useStep<F extends object>(id: number, name: string, form: Ref<F>, done: string, put: (content: F, params: Params) => Promise<Answer<Hearing>>) {
  const router = useRouter()
  const { data: one, etag, loading, problem: loadProblem, load, retry } = useLoaded(() => readHearing(id))
  const { busy, problem, restoredAt, open, submit, drop } = useForm(`public-hearing-${name}-${id}`, form, {
    send: (content, key) => put(content, {
      path: { hearing_id: id },
      header: versioned(key, etag.value),
    }),
    reload: load,
  })

  async function send(): Promise<void> {
    if (!(await submit())) {
      window.scrollTo({ top: 0 })
      return
    }
    showToast(done)
    await leaveFor(router, `/public-hearings/${id}`)
  }

  async function discardDraft(): Promise<void> {
    await drop()
    await leaveFor(router, `/public-hearings/${id}`)
  }

  return {
    one,
    loading,
    loadProblem,
    retry,
    load,
    busy,
    problem,
    restoredAt,
    open,
    send,
    discardDraft,
  }
}
