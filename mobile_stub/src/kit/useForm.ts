import type { InjectionKey, Ref } from 'vue'
import type { Fault } from '@/wire/problem'
import type { PendingKey } from '@/wire/submission'
import { showDialog } from 'vant'
import { inject, onScopeDispose, provide, ref, shallowRef, toRaw, watch } from 'vue'
import { useSession } from '@/session/store'
import { discard, seal, unseal } from '@/session/vault'
import { Problem } from '@/wire/problem'
import { Submission } from '@/wire/submission'
import { agree } from './agree'

interface Draft<F> { form: F, pending: PendingKey | null, version: string | null, saved: string }

export interface FormState { faults: Ref<Fault[]> }

/** What the frame of a form needs to know of it. */
export interface OpenForm {
  busy: Ref<boolean>
  problem: Ref<Problem | null>
  restoredAt: Ref<string | null>
  submit: () => Promise<unknown>
  drop: () => Promise<void>
}

export const FORM: InjectionKey<FormState> = Symbol('form')

/** The form around a field. */
export function useFormState(): FormState {
  return inject(FORM, {
    faults: ref([]),
  })
}

/** Questions that change nothing at the server: no draft, no key; the fields learn all the same what is wrong with them. */
export function useFormProblem() {
  const problem = shallowRef<Problem | null>(null)
  const faults = ref<Fault[]>([])
  provide(FORM, { faults })

  /** The answer, or null: it was refused, and `problem` and `faults` say why. */
  async function attempt<T>(send: () => Promise<T>): Promise<T | null> {
    problem.value = null
    faults.value = []
    try {
      return await send()
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      problem.value = error.isCancelled
        ? null
        : error
      faults.value = error.faults
      return null
    }
  }

  return { problem, faults, attempt }
}

/**
 * A form that is not lost: every change is sealed on the phone under the person's id until the server has accepted it,
 * and a repeated attempt, even after the app was closed, carries the same Idempotency-Key.
 */
export function useForm<F extends object, T>(name: string, form: Ref<F>, options: {
  send: (form: F, key: string) => Promise<T>
  /**
   * The version of the record the form was filled from. A draft keeps its own: taken up over a newer record it is stale,
   * and the server says so, instead of the draft undoing quietly what somebody else has done.
   */
  version?: Ref<string | null>
  /** What to do when somebody else changed the record meanwhile. */
  reload?: () => Promise<unknown>
}) {
  const draftName = `draft/${useSession().me?.id ?? 0}/${name}`
  const submission = new Submission()
  const busy = ref(false)
  const restoredAt = ref<string | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const faults = ref<Fault[]>([])
  let timer: ReturnType<typeof setTimeout> | undefined
  let settled = false

  provide(FORM, { faults })

  async function save(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (!settled) {
      await seal(draftName, {
        form: toRaw(form.value),
        pending: submission.pending,
        version: options.version?.value ?? null,
        saved: new Date().toISOString(),
      } satisfies Draft<F>)
    }
  }

  function touched(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void save(), 400)
  }

  let watching: (() => void) | undefined
  /** Take up the draft of an earlier visit, and keep watch from now on. */
  async function open(): Promise<void> {
    const draft = await unseal<Draft<F>>(draftName)
    if (draft) {
      form.value = {
        ...form.value,
        ...draft.form,
      }
      submission.pending = draft.pending
      if (options.version && draft.version)
        options.version.value = draft.version
      restoredAt.value = draft.saved
    }
    watching = watch(form, touched, { deep: true })
  }

  /** Throw the draft away: accepted by the server, or given up by the person. */
  async function drop(): Promise<void> {
    settled = true
    clearTimeout(timer)
    watching?.()
    await discard(draftName)
  }

  function saveNow(): void {
    if (timer !== undefined)
      void save()
  }
  document.addEventListener('visibilitychange', saveNow)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', saveNow)
    saveNow()
    watching?.()
  })

  /** Send the form. Null: it was refused, and `problem` and `faults` say why. */
  async function submit(): Promise<T | null> {
    if (busy.value)
      return null
    busy.value = true
    problem.value = null
    faults.value = faults.value.filter(fault => fault.severity === 'warning')
    try {
      submission.keyFor(form.value)
      await save()
      const answer = await submission.send(form.value, key => options.send(form.value, key))
      await drop()
      return answer
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
      await save()
      if (!error.isCancelled)
        await refused(error)
      return null
    }
    finally {
      busy.value = false
    }
  }

  async function refused(refusal: Problem): Promise<void> {
    if (refusal.faults.length)
      faults.value = refusal.faults
    if (refusal.status !== 412 && refusal.status !== 428) {
      problem.value = refusal
      return
    }
    problem.value = new Problem(412, refusal.slug, '他人已更新', '内容已被他人修改，您填写的内容仍在。')
    if (!options.reload) {
      await showDialog({ title: '他人已更新', message: '请返回后重新打开。' })
      return
    }
    const words = '该记录已被他人修改。您填写的内容会保留：载入最新版本后请核对再提交，或者清除草稿。'
    const agreed = await agree('他人已更新', words, '载入最新版本', '稍后')
    if (agreed) {
      await options.reload()
      await save()
      restoredAt.value = new Date().toISOString()
      problem.value = null
    }
  }

  return {
    busy,
    problem,
    faults,
    restoredAt,
    open,
    submit,
    drop,
  }
}
