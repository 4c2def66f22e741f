/** The steps of a committee's matter: what each asks for, and how it is sent. */

import type { NewVote } from '@/wire/types'
import { api, ask } from '@/wire/client'

export type MatterStep = 'summon' | 'open_session' | 'speak' | 'vote' | 'count' | 'decide' | 'report_up' | 'receive' | 'execute' | 'feed_back' | 'excuse' | 'withdraw'

/** Of each step its button, the words it asks for (none: a step without words), and what is said once it is taken. */
export const STEPS: Record<MatterStep, { title: string, label: string | null, note?: string, done: string }> = {
  summon: {
    title: '通知开会',
    label: '紧急理由（不足三日时必填）',
    note: '会议材料应当在开会三日前送达委员',
    done: '已通知',
  },
  open_session: {
    title: '开会',
    label: null,
    note: '出席应当超过全体委员半数（组织法第32条）',
    done: '会议开始',
  },
  speak: {
    title: '发言',
    label: '意见',
    note: '按委员、专职委员、副检察长、主持人的顺序发言',
    done: '已发言',
  },
  vote: {
    title: '表决',
    label: '意见（书面意见和其他决定必填）',
    note: '每位委员一票，提交后不能更改',
    done: '已表决',
  },
  count: {
    title: '计票',
    label: null,
    note: '以全体委员过半数的意见作出决定',
    done: '已计票',
  },
  decide: { title: '签发决定', label: '决定内容', done: '已签发' },
  report_up: { title: '报请上级决定', label: '理由', done: '已报请' },
  receive: { title: '登记上级决定', label: '决定内容', done: '已登记' },
  execute: {
    title: '报告已执行',
    label: null,
    note: '执行完毕后五日内反馈',
    done: '已报告',
  },
  feed_back: { title: '反馈执行情况', label: '执行情况', done: '已反馈' },
  excuse: { title: '委员离会', label: '原因', done: '已记录' },
  withdraw: { title: '撤回议题', label: '原因', done: '已撤回' },
}

export interface MatterForm {
  step: MatterStep | null
  words: string
  ballot: NewVote['ballot'] | null
  sits_at: string | null
  presider_id: number | null
  present: string[]
  reasons: Record<string, string>
  person_id: number | null
  day: string | null
}

export function emptyMatterForm(): MatterForm {
  return {
    step: null,
    words: '',
    ballot: null,
    sits_at: null,
    presider_id: null,
    present: [],
    reasons: {},
    person_id: null,
    day: null,
  }
}

/** Is everything there that the step needs? What the law needs besides, the server says. */
export function isWhole(form: MatterForm, missing: readonly string[]): boolean {
  const words = Boolean(form.words.trim())
  switch (form.step) {
    case 'summon':
      return Boolean(form.sits_at && form.presider_id)
    case 'open_session':
      return form.present.length > 0 && missing.every(person => form.reasons[person]?.trim())
    case 'vote':
      return Boolean(form.ballot) && (form.ballot !== 'other' || words)
    case 'receive':
      return Boolean(form.ballot) && words
    case 'count':
      return true
    case 'execute':
      return Boolean(form.day)
    case 'excuse':
      return Boolean(form.person_id) && words
    default:
      return words
  }
}

interface Params {
  path: { matter_id: number }
  header: { 'Idempotency-Key': string, 'If-Match': string }
}

/** Take the step. */
export function take(form: MatterForm, missing: readonly string[], params: Params) {
  const words = form.words
  switch (form.step) {
    case 'summon':
      return ask(api.PUT('/committee-matters/{matter_id}/summons', {
        params,
        body: { sits_at: form.sits_at!, presider_id: form.presider_id!, urgent_reason: words.trim() || null },
      }))
    case 'open_session':
      return ask(api.PUT('/committee-matters/{matter_id}/opening', {
        params,
        body: {
          present: form.present.map(Number),
          absent: missing.map(person => ({
            person_id: Number(person),
            reason: form.reasons[person] ?? '',
          })),
        },
      }))
    case 'speak':
      return ask(api.PUT('/committee-matters/{matter_id}/speech', {
        params,
        body: { speech: words },
      }))
    case 'vote':
      return ask(api.PUT('/committee-matters/{matter_id}/vote', {
        params,
        body: { ballot: form.ballot!, opinion: words.trim() || null },
      }))
    case 'count':
      return ask(api.PUT('/committee-matters/{matter_id}/count', { params }))
    case 'decide':
      return ask(api.PUT('/committee-matters/{matter_id}/decision', {
        params,
        body: { wording: words },
      }))
    case 'report_up':
      return ask(api.PUT('/committee-matters/{matter_id}/report', {
        params,
        body: { reasons: words },
      }))
    case 'receive':
      return ask(api.PUT('/committee-matters/{matter_id}/upper-decision', {
        params,
        body: { decision: form.ballot!, wording: words },
      }))
    case 'execute':
      return ask(api.PUT('/committee-matters/{matter_id}/execution', {
        params,
        body: { executed_on: form.day! },
      }))
    case 'feed_back':
      return ask(api.PUT('/committee-matters/{matter_id}/feedback', {
        params,
        body: { feedback: words },
      }))
    case 'excuse':
      return ask(api.PUT('/committee-matters/{matter_id}/excuse', {
        params,
        body: { person_id: form.person_id!, reason: words },
      }))
    default:
      return ask(api.PUT('/committee-matters/{matter_id}/withdrawal', {
        params,
        body: { reason: words },
      }))
  }
}
