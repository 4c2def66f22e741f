/** A sentencing recommendation (量刑建议), or a penalty: years and months on the phone, months and fen on the wire. */

export interface TermForm { years: number | null, months: number | null, days: number | null }

export interface RecommendationForm {
  main: string | null
  term: TermForm
  suspended: boolean
  probation: TermForm
  /** In yuan. */
  fine: number | null
  deprivation: TermForm
  deprivation_for_life: boolean
  ranged: boolean
  up_to: TermForm
  range_reason: string | null
}

interface Term { months: number, days: number }
interface Additional { kind: string, amount?: number, term?: Term }
export interface Penalty { main: string, term: Term | null, suspended_for: Term | null, additional: Additional[] }
export interface Recommendation { penalty: Penalty, up_to: Term | null, range_reason: string | null }

export const WITH_TERM = new Set(['surveillance', 'detention', 'imprisonment'])
export const SUSPENDABLE = new Set(['detention', 'imprisonment'])

export function blankTerm(): TermForm {
  return { years: null, months: null, days: null }
}

export function blankRecommendation(): RecommendationForm {
  return {
    main: null,
    term: blankTerm(),
    suspended: false,
    probation: blankTerm(),
    fine: null,
    deprivation: blankTerm(),
    deprivation_for_life: false,
    ranged: false,
    up_to: blankTerm(),
    range_reason: null,
  }
}

/** One length is written in one way: whole months, and fewer than thirty days. */
function termOf(form: TermForm): Term | null {
  const months = (form.years ?? 0) * 12 + (form.months ?? 0)
  const days = form.days ?? 0
  return months || days
    ? { months: months + Math.floor(days / 30), days: days % 30 }
    : null
}

/** A penalty as the API takes it; null while the main penalty, or its term, is not said. */
export function penaltyOf(value: unknown): Penalty | null {
  const form = value as RecommendationForm | null
  if (!form?.main)
    return null
  const term = WITH_TERM.has(form.main)
    ? termOf(form.term)
    : null
  if (WITH_TERM.has(form.main) && !term)
    return null
  const suspended = form.suspended && SUSPENDABLE.has(form.main)
  const deprived = termOf(form.deprivation)
  const additional: Additional[] = []
  if (form.fine) {
    additional.push({
      kind: 'fine',
      amount: Math.round(form.fine * 100),
    })
  }
  if (form.deprivation_for_life)
    additional.push({ kind: 'deprivation_for_life' })
  else if (deprived)
    additional.push({ kind: 'deprivation', term: deprived })
  return {
    main: form.main,
    term,
    suspended_for: suspended
      ? termOf(form.probation)
      : null,
    additional,
  }
}

/** The same, with the upper end of a range. */
export function recommendationOf(value: unknown): Recommendation | null {
  const form = value as RecommendationForm | null
  const penalty = penaltyOf(form)
  if (!form || !penalty)
    return null
  const ranged = form.ranged && WITH_TERM.has(penalty.main)
  return {
    penalty,
    up_to: ranged
      ? termOf(form.up_to)
      : null,
    range_reason: ranged
      ? form.range_reason
      : null,
  }
}
