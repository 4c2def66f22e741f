/** Quality reviews as the pages need them: what is sampled, the form by dimension, what was found. */
import type { components } from '@/wire/schema'

export type Review = components['schemas']['QualityReview']
export type Sampling = components['schemas']['QualitySampling']
export type NewSampling = components['schemas']['NewQualitySampling']
export type Correction = components['schemas']['QualityCorrection']
export type Item = components['schemas']['QualityFormItem']
export type Dimension = Item['dimension']
type NewFinding = components['schemas']['NewQualityFinding']

export const DIMENSIONS: readonly Dimension[] = [
  'substance',
  'procedure',
  'documents',
  'effect_and_risk',
  'filing',
]

/** Which scopes a kind of sampling may have. */
export const SCOPES: Record<NewSampling['kind'], readonly NewSampling['scope'][]> = {
  routine: ['one_year', 'one_category'],
  key: ['one_case'],
  special: ['one_special'],
}

export interface Draft {
  kind: NewSampling['kind']
  scope: NewSampling['scope']
  closed_from_on: string | null
  closed_until_on: string | null
  by: 'number' | 'share'
  amount: number | null
  case_kind: NewSampling['case_kind']
  charges: { id: number, name: string }[]
  grounds: NonNullable<NewSampling['grounds']>
  theme: string
  reviewers_from: NewSampling['reviewers_from']
}

export function emptyDraft(year: string): Draft {
  return {
    kind: 'routine',
    scope: 'one_year',
    closed_from_on: `${year}-01-01`,
    closed_until_on: `${year}-12-31`,
    by: 'number',
    amount: 5,
    case_kind: null,
    charges: [],
    grounds: [],
    theme: '',
    reviewers_from: 'both',
  }
}

/** What is still missing before a sampling can be announced. */
export function lacks(draft: Draft): string[] {
  const key = draft.kind === 'key'
  return [
    !SCOPES[draft.kind].includes(draft.scope) && '评查范围',
    (!draft.closed_from_on || !draft.closed_until_on) && '办结日期',
    draft.closed_from_on && draft.closed_until_on && draft.closed_until_on < draft.closed_from_on && '办结日期起止颠倒',
    !key && !draft.amount && '抽取数量',
    !key && draft.by === 'share' && (draft.amount ?? 0) > 100 && '比例不超过百分之百',
    key && !draft.grounds.length && '重点评查的事由',
    draft.kind === 'special' && !draft.theme.trim() && '专项主题',
    draft.scope === 'one_category' && !draft.case_kind && !draft.charges.length && '案件种类或者罪名',
    draft.charges.length > 1 && '罪名只能选一个',
  ].filter(one => typeof one === 'string')
}

/** As it is sent: nothing of another kind comes along. */
export function samplingOf(draft: Draft): NewSampling {
  const key = draft.kind === 'key'
  return {
    kind: draft.kind,
    scope: draft.scope,
    closed_from_on: draft.closed_from_on!,
    closed_until_on: draft.closed_until_on!,
    number: !key && draft.by === 'number'
      ? draft.amount
      : null,
    share: !key && draft.by === 'share'
      ? draft.amount
      : null,
    case_kind: draft.case_kind,
    charge_id: draft.charges[0]?.id ?? null,
    grounds: key
      ? draft.grounds
      : [],
    theme: draft.kind === 'special'
      ? draft.theme.trim()
      : null,
    reviewers_from: draft.reviewers_from,
    procuratorate_id: null,
  }
}

/** One defect as it is being typed. */
export interface Typed { item: string, words: string, points_off: number | null, correction: string }

export function typedOf(findings: Review['findings']): Typed[] {
  return findings.map(({ item, words, points_off, correction }) => ({
    item,
    words,
    points_off,
    correction: correction ?? '',
  }))
}

/** What can be sent of it: a line without words is not a finding yet. */
export function sendable(typed: readonly Typed[]): NewFinding[] {
  return typed.filter(one => one.words.trim()).map(one => ({
    item: one.item,
    words: one.words.trim(),
    points_off: one.points_off ?? 0,
    correction: one.correction.trim() || null,
  }))
}

/** Items from which more is taken than they have. */
export function overdrawn(items: readonly Item[], typed: readonly Typed[]): string[] {
  return items
    .filter(item => off(typed.filter(one => one.item === item.code)) > item.points)
    .map(item => item.code)
}

function off(typed: readonly Typed[]): number {
  return typed.reduce((sum, one) => sum + (one.points_off ?? 0), 0)
}

/** What is left of all points, and of those of one dimension. */
export function pointsLeft(items: readonly Item[], typed: readonly Typed[], dimension: Dimension | null = null): { left: number, of: number } {
  const counted = items.filter(item => dimension === null || item.dimension === dimension)
  const codes = new Set(counted.map(item => item.code))
  const of = counted.reduce((sum, item) => sum + item.points, 0)
  return { left: of - off(typed.filter(one => codes.has(one.item))), of }
}

/** The dimensions that a form has items in, in their order. */
export function dimensionsOf(items: readonly Item[]): Dimension[] {
  return DIMENSIONS.filter(dimension => items.some(item => item.dimension === dimension))
}

/** Grades that need no finding to rest on. */
export function needsFindings(grade: string | null): boolean {
  return grade !== null && !['excellent', 'qualified'].includes(grade)
}

/** An objection that is upheld leads to another grade, one that is dismissed to the same. */
export function fitsOutcome(outcome: string | null, grade: string | null, proposed: string | null): boolean {
  return outcome !== null && grade !== null && (outcome === 'dismissed') === (grade === proposed)
}

/** The quarter a day lies in. */
export function quarterOf(day: string): { year: number, quarter: number } {
  return {
    year: Number(day.slice(0, 4)),
    quarter: Math.ceil(Number(day.slice(5, 7)) / 3),
  }
}
