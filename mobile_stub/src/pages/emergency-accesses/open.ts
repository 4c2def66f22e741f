import type { EmergencyAccess } from '@/wire/types'
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import { legalNow } from '@/kit/clock'
import { usePush } from '@/push/store'
import { useSession } from '@/session/store'
import { api, ask } from '@/wire/client'
import { Problem } from '@/wire/problem'

/** 检察官、部门负责人、案件管理人员可以紧急查阅。 */
export const OPENERS: readonly string[] = ['prosecutor', 'department_head', 'case_manager']
/** 系统管理员、安全保密员、安全审计员不看案件。 */
const OFFICERS = ['administrator', 'security_officer', 'auditor']
const REVIEWERS = ['auditor', 'chief_procurator']

/** Who may open a case in an emergency. */
export function mayOpen(posts: ReadonlySet<string>): boolean {
  return OPENERS.some(post => posts.has(post)) && !OFFICERS.some(post => posts.has(post))
}

/** Who looks into emergency accesses of others. */
export function reviews(posts: ReadonlySet<string>): boolean {
  return REVIEWERS.some(post => posts.has(post))
}

/** Whose list of emergency accesses is worth an entry: also inspection, which is told of unjustified ones. */
export function hasAccesses(posts: ReadonlySet<string>): boolean {
  return mayOpen(posts) || reviews(posts) || posts.has('inspector')
}

export type AccessState = 'open' | 'waiting' | 'overdue' | 'justified' | 'not_justified'
export const ACCESS_STATE: Record<AccessState, string> = {
  open: '正在查阅',
  waiting: '待复核',
  overdue: '待复核，已逾期',
  justified: '已复核：理由成立',
  not_justified: '已复核：理由不成立',
}

/** Where an access stands on that day. */
export function stateOf(access: Pick<EmergencyAccess, 'finding' | 'is_open' | 'review_by_on'>, on: string): AccessState {
  if (access.finding)
    return access.finding
  if (access.is_open)
    return 'open'
  return access.review_by_on < on
    ? 'overdue'
    : 'waiting'
}

/** The own access by which this case can be read at that moment. */
export function openFor(accesses: readonly EmergencyAccess[], caseId: number, personId: number | undefined, now: Date): EmergencyAccess | null {
  return accesses.find(one => one.case_id === caseId && one.reader.id === personId && Date.parse(one.until_at) > now.getTime()) ?? null
}

/** What one has open in an emergency: asked once, and again with each news, not with each case. */
export const useOpened = defineStore('opened-in-emergency', () => {
  const accesses = shallowRef<readonly EmergencyAccess[]>([])
  const session = useSession()
  let asked: number | null = null

  async function load(): Promise<void> {
    try {
      const { data } = await ask(api.GET('/emergency-accesses'))
      accesses.value = data.items
    }
    catch (error) {
      if (!(error instanceof Problem))
        throw error
    }
  }

  /** Whoever may open none has none. */
  async function check(): Promise<void> {
    const me = session.me?.id ?? null
    if (me === asked)
      return
    asked = me
    accesses.value = []
    if (me !== null && mayOpen(session.posts))
      await load()
  }

  function of(caseId: number): EmergencyAccess | null {
    return openFor(accesses.value, caseId, session.me?.id, legalNow())
  }

  /** What the server has just said of one of them. */
  function heard(access: EmergencyAccess): void {
    accesses.value = [
      access,
      ...accesses.value.filter(one => one.id !== access.id),
    ]
  }

  watch(() => usePush().news, () => {
    if (accesses.value.length)
      void load()
  })

  return { accesses, check, of, heard }
})
