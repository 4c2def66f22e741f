import type { Problem } from '@/wire/problem'
import type { NewSupervisionOpinion } from '@/wire/types'
import { OPINION_VIEW, wordFor } from '@/kit/words'

export type View = NewSupervisionOpinion['overall']
export interface PointDraft { view: View | null, words: string }
export interface OpinionDraft {
  facts: PointDraft
  evidence: PointDraft
  handling: PointDraft
  overall: View | null
  words: string
}

export const POINTS = ['facts', 'evidence', 'handling'] as const
export type PointName = typeof POINTS[number]

/** What each point asks, in plain words. */
export const ASKED: Record<PointName, { name: string, question: string, hint: string }> = {
  facts: {
    name: '事实',
    question: '检察院说的情况，您同意吗？',
    hint: '谁、什么时候、在哪里、做了什么，说得清楚不清楚',
  },
  evidence: {
    name: '证据',
    question: '检察院拿出的证据、依据，您认可吗？',
    hint: '够不够，能不能证明说的情况，有没有矛盾',
  },
  handling: {
    name: '处理',
    question: '检察院这样处理，您同意吗？',
    hint: '这样处理合不合法、合不合情理',
  },
}

export function emptyOpinion(): OpinionDraft {
  return {
    facts: { view: null, words: '' },
    evidence: { view: null, words: '' },
    handling: { view: null, words: '' },
    overall: null,
    words: '',
  }
}

/** The name under which the phone keeps an unsent opinion, and the words it carries over to a proposal. */
export function draftName(invitationId: number): string {
  return `supervision-opinion-${invitationId}`
}

/** What is sent, or null: a point has no answer yet. */
export function bodyOf(draft: OpinionDraft): NewSupervisionOpinion | null {
  const { facts, evidence, handling, overall } = draft
  if (!facts.view || !evidence.view || !handling.view || !overall)
    return null
  const point = (of: PointDraft) => ({
    view: of.view!,
    words: of.words.trim()
      ? of.words
      : null,
  })
  return {
    facts: point(facts),
    evidence: point(evidence),
    handling: point(handling),
    overall,
    words: draft.words,
  }
}

/** At which of the pages to go on: the first that has no answer, else the last one before the review. */
export function firstOpen(draft: OpinionDraft): number {
  const found = POINTS.findIndex(point => !draft[point].view)
  return found < 0
    ? POINTS.length
    : found
}

/** Whether the server refused it because the time is over, or the activity is closed; it is sent to one that is held. */
export function isLate(problem: Pick<Problem, 'slug'> | null): boolean {
  return problem !== null && ['opinions-late', 'wrong-state'].includes(problem.slug)
}

/** An opinion that came too late, as the words of a proposal. */
export function wordsOf(draft: OpinionDraft, title: string | null): string {
  const lines = POINTS.flatMap((point) => {
    const { view, words } = draft[point]
    if (!view && !words.trim())
      return []
    const said = [
      view && wordFor(OPINION_VIEW, view),
      words.trim(),
    ].filter(Boolean).join('。')
    return [`${ASKED[point].name}：${said}`]
  })
  const overall = draft.overall && `总的意见：${wordFor(OPINION_VIEW, draft.overall)}`
  return [
    lines.length || overall || draft.words.trim()
      ? title && `关于“${title}”：`
      : null,
    ...lines,
    overall,
    draft.words.trim(),
  ].filter(Boolean).join('\n')
}
