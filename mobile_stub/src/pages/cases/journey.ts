import type { ArrestReview, Case } from '@/wire/types'

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
}

export function stepOfReview(state: ArrestReview['state']): number {
  return STEP_OF_REVIEW[state]
}

/** A case stands where its slowest suspect stands. */
export function stepOfCase(one: Pick<Case, 'state' | 'arrest_reviews'>): number {
  if (one.state === 'accepted')
    return 2
  if (one.arrest_reviews.length === 0)
    return 3
  return Math.min(...one.arrest_reviews.map(review => STEP_OF_REVIEW[review.state]))
}
