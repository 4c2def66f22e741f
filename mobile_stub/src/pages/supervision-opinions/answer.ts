/** What the procuratorate does with an opinion: pass it on, answer it, decide on the objection. */
import type { components } from '@/wire/schema'
import type { SupervisionOpinion } from '@/wire/types'
import { api, ask } from '@/wire/client'

type Schemas = components['schemas']
export type AnswerStep = 'refer' | 'answer' | 'decide'

export const ANSWER_STEPS: Record<AnswerStep, { title: string, done: string, note: string }> = {
  refer: {
    title: '转交办理',
    done: '已转交',
    note: '审查后转交承办检察官或者有关检察官办理（监督规定第十七条）',
  },
  answer: {
    title: '答复',
    done: '已答复，等人民监督员签收',
    note: '未采纳或者部分采纳的，应当说明理由（监督规定第十九条）。答复送达后不能更改；案件照常依期限办理。',
  },
  decide: {
    title: '作出决定',
    done: '已决定',
    note: '检察长决定后告知人民监督员，本项监督意见办结（监督规定第十九条）',
  },
}

export interface AnswerDraft {
  adoption: Schemas['NewSupervisionAnswer']['adoption'] | null
  ruling: Schemas['NewSupervisionRuling']['ruling'] | null
  words: string
  to: 'case' | 'prosecutor'
  case_id: number | null
  prosecutor_id: number | null
}

export function emptyAnswer(): AnswerDraft {
  return {
    adoption: null,
    ruling: null,
    words: '',
    to: 'case',
    case_id: null,
    prosecutor_id: null,
  }
}

/** The one step that is open to the reader of the procuratorate. */
export function answerStep(opinion: Pick<SupervisionOpinion, 'steps'>): AnswerStep | null {
  return (Object.keys(ANSWER_STEPS) as AnswerStep[]).find(step => opinion.steps.includes(step)) ?? null
}

/** Adopted needs no words; anything else is explained. */
export function answerWhole(step: AnswerStep | null, draft: AnswerDraft): boolean {
  const words = Boolean(draft.words.trim())
  switch (step) {
    case 'refer':
      return Boolean(draft.to === 'case'
        ? draft.case_id
        : draft.prosecutor_id)
    case 'answer':
      return draft.adoption === 'adopted' || Boolean(draft.adoption && words)
    case 'decide':
      return Boolean(draft.ruling) && words
    default:
      return false
  }
}

interface Params {
  path: { opinion_id: number }
  header: { 'Idempotency-Key': string, 'If-Match': string }
}

export function sendAnswer(step: AnswerStep, draft: AnswerDraft, params: Params) {
  const words = draft.words.trim()
  switch (step) {
    case 'refer':
      return ask(api.PUT('/supervision-opinions/{opinion_id}/referral', {
        params,
        body: draft.to === 'case'
          ? { case_id: draft.case_id, prosecutor_id: null }
          : { case_id: null, prosecutor_id: draft.prosecutor_id },
      }))
    case 'answer':
      return ask(api.PUT('/supervision-opinions/{opinion_id}/answer', {
        params,
        body: { adoption: draft.adoption!, reasons: words || null },
      }))
    default:
      return ask(api.PUT('/supervision-opinions/{opinion_id}/objection-decision', {
        params,
        body: { ruling: draft.ruling!, reasons: words },
      }))
  }
}
