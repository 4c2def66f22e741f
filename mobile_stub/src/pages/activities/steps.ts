/** Where an activity stands in plain words, and the steps that are open: what each asks for, and how it is sent. */
import type { Activity, NeedDraft, SettingDraft } from './plan'
import { api, ask } from '@/wire/client'
import { needsBody, needsWhole, settingBody, settingWhole } from './plan'

type Schemas = import('@/wire/schema').components['schemas']
export type ActivityState = Activity['state']

export const WAY = ['通知', '抽选邀请', '活动', '意见答复', '办结'] as const

const AT: Record<ActivityState, number | null> = {
  planned: 0,
  requested: 1,
  drawing: 1,
  staffed: 2,
  under_way: 2,
  ended: 3,
  closed: 5,
  cancelled: null,
  without: null,
}

/** Index of the stretch now under way; null: it does not go this way. */
export function stretchOf(state: ActivityState): number | null {
  return AT[state]
}

/** What is next, and whose turn it is. */
export function nextOf(one: Pick<Activity, 'state' | 'consent_awaited' | 'short_notice_refused' | 'missed_at' | 'silent_at'>): string {
  if (one.missed_at && one.state !== 'ended')
    return '活动时间已过，尚未开始：请登记开始，或者另定时间、取消。'
  if (one.consent_awaited) {
    return one.short_notice_refused
      ? '司法行政机关不同意缩短通知时间：请另定时间，或者记明理由后不邀请。'
      : '等司法行政机关答复是否同意缩短通知时间。'
  }
  switch (one.state) {
    case 'planned':
      return one.short_notice_refused
        ? '司法行政机关不同意缩短通知时间：请另定时间，或者记明理由后不邀请。'
        : '由案件管理部门通知司法行政机关抽选。'
    case 'requested':
      return one.silent_at
        ? '活动临近，司法行政机关还没有公布抽选：请联系，或者记明理由后不邀请。'
        : '等司法行政机关公布抽选。'
    case 'drawing':
      return '等抽中的人民监督员答复；有人不能参加的，按原顺序递补。'
    case 'staffed':
      return '到时间登记开始，并登记谁到场。'
    case 'under_way':
      return '活动结束后登记结束；人民监督员随后发表意见。'
    case 'ended':
      return '意见全部提交或者到时间后同时开启，再逐一答复；三个工作日内通报履职情况。'
    case 'closed':
      return '全部意见已经答复，履职情况已经通报。'
    case 'cancelled':
      return '活动不再进行。'
    default:
      return '没有人民监督员参加，理由已记录；案件照常办理。'
  }
}

export type ActivityStep = 'send' | 'move' | 'ask_for_fewer' | 'accept_fewer' | 'begin' | 'end' | 'go_without' | 'cancel'

/** Of each step its button, the words it asks for (none: a step without words), and what is said once it is taken. */
export const STEPS: Record<ActivityStep, { title: string, label: string | null, at: string, note: string | null, done: string }> = {
  send: {
    title: '通知司法行政机关',
    label: '不足五个工作日的特殊情况',
    at: '/reason',
    note: '告知人数、时间、地点、形式和所需专业；不告知案情（选任管理办法第十九条）',
    done: '已通知',
  },
  begin: {
    title: '登记开始',
    label: null,
    at: '',
    note: '开始后逐一登记到场情况',
    done: '活动已开始',
  },
  end: {
    title: '登记结束',
    label: null,
    at: '',
    note: '从现在起计算发表意见的时间，并在三个工作日内通报履职情况',
    done: '活动已结束',
  },
  move: {
    title: '另定时间、地点',
    label: '不足五个工作日的特殊情况',
    at: '/reason',
    note: '已邀请的人民监督员会收到通知，可以重新答复',
    done: '已改定',
  },
  ask_for_fewer: {
    title: '减少人数或者专业要求',
    label: '理由',
    at: '/reason',
    note: '可供抽选的人员不足时使用；已作的通知不变',
    done: '已告知司法行政机关',
  },
  accept_fewer: {
    title: '就已接受的人员进行',
    label: '理由',
    at: '/reason',
    note: '不再递补，人员就此确定',
    done: '人员已确定',
  },
  go_without: {
    title: '记明理由，不邀请',
    label: '具体情况',
    at: '/words',
    note: '案件不受影响，照常依期限办理；理由留存备查',
    done: '已记录理由',
  },
  cancel: {
    title: '取消活动',
    label: '原因',
    at: '/reason',
    note: '已通知的机关和人员会收到通知',
    done: '已取消',
  },
}

export interface StepDraft extends SettingDraft {
  step: ActivityStep | null
  words: string
  because: Schemas['NewUnsupervised']['because'] | null
  wanted: number | null
  needs: NeedDraft[]
}

export function emptyStep(one: Activity | null = null): StepDraft {
  return {
    step: null,
    words: '',
    because: null,
    starts_at: one?.starts_at ?? null,
    ends_at: one?.ends_at ?? null,
    form: one?.form ?? 'present',
    place: one?.place ?? '',
    wanted: one?.wanted ?? null,
    needs: (one?.needs ?? []).map(need => ({ ...need })),
  }
}

/** Is everything there that the step needs? Short: the notice of its day is. What the law needs besides, the server says. */
export function stepWhole(draft: StepDraft, short: boolean): boolean {
  const words = Boolean(draft.words.trim())
  switch (draft.step) {
    case null:
      return false
    case 'begin':
    case 'end':
      return true
    case 'send':
      return !short || words
    case 'move':
      return settingWhole(draft)
    case 'ask_for_fewer':
      return Boolean(draft.wanted) && needsWhole(draft.needs) && words
    case 'go_without':
      return Boolean(draft.because) && words
    default:
      return words
  }
}

interface Params {
  path: { activity_id: number }
  header: { 'Idempotency-Key': string, 'If-Match': string }
}

/** Take the step. */
export function take(draft: StepDraft, params: Params) {
  const words = draft.words.trim()
  switch (draft.step) {
    case 'send':
      return ask(api.PUT('/activities/{activity_id}/request', {
        params,
        body: { reason: words || null },
      }))
    case 'move':
      return ask(api.PUT('/activities/{activity_id}/setting', {
        params,
        body: {
          ...settingBody(draft),
          reason: words || null,
        },
      }))
    case 'ask_for_fewer':
      return ask(api.PUT('/activities/{activity_id}/smaller-request', {
        params,
        body: {
          wanted: draft.wanted!,
          needs: needsBody(draft.needs),
          reason: words,
        },
      }))
    case 'accept_fewer':
      return ask(api.PUT('/activities/{activity_id}/fewer', {
        params,
        body: { reason: words },
      }))
    case 'go_without':
      return ask(api.PUT('/activities/{activity_id}/waiver', {
        params,
        body: { because: draft.because!, words },
      }))
    case 'begin':
      return ask(api.PUT('/activities/{activity_id}/beginning', { params }))
    case 'end':
      return ask(api.PUT('/activities/{activity_id}/end', { params }))
    default:
      return ask(api.PUT('/activities/{activity_id}/cancellation', {
        params,
        body: { reason: words },
      }))
  }
}
