import type { ArrestReview, Case, Prosecution } from '@/wire/types'

/** The steps of the journey: 提请, 受理, 分案, 审查, 审批, 执行. */
const STEP_OF_REVIEW: Record<ArrestReview['state'], number> = {
  under_review: 3,
  awaiting_approval: 4,
  arrest_approved: 5,
  arrest_refused: 5,
  arrested: 6,
  arrest_not_executed: 6,
  released: 6,
  measure_changed: 6,
  measure_unchanged: 6,
  reconsideration: 6,
  refusal_upheld: 6,
  re_examination: 6,
  refusal_final: 6,
  arrest_revoked: 6,
  for_prosecution: 6,
}

export function stepOfReview(state: ArrestReview['state']): number {
  return STEP_OF_REVIEW[state]
}

/** The steps of a prosecution that goes to court; what ends otherwise stands beside them. */
export const PROSECUTION_STEPS = ['移送', '受理', '分案', '审查', '审判', '裁判'] as const
const STEP_OF_PROSECUTION: Partial<Record<Prosecution['state'], number>> = {
  under_review: 3,
  evaluation: 3,
  returned: 3,
  return_overdue: 3,
  probation: 3,
  indicted: 4,
  at_trial: 4,
  adjourned: 4,
  judgment_review: 5,
  protested: 5,
  protest_supported: 5,
  protest_withdrawn: 5,
  concluded: 6,
  archived: 6,
}

/** Null: it has left the way to the court. */
export function stepOfProsecution(state: Prosecution['state']): number | null {
  return STEP_OF_PROSECUTION[state] ?? null
}

/** A case stands where its slowest suspect stands. */
export function stepOfCase(one: Pick<Case, 'kind' | 'state' | 'arrest_reviews' | 'prosecutions'>): number | null {
  if (one.state === 'accepted')
    return 2
  if (one.kind === 'prosecution') {
    const steps = one.prosecutions.map(prosecution => stepOfProsecution(prosecution.state)).filter(step => step !== null)
    return steps.length
      ? Math.min(...steps)
      : null
  }
  if (one.arrest_reviews.length === 0)
    return 3
  return Math.min(...one.arrest_reviews.map(review => STEP_OF_REVIEW[review.state]))
}
