import type { PlannedKind } from '@/wire/types'
import { ACTIVITY_KIND } from '@/kit/words'

/** A line of the form: a kind without numbers is not planned. */
export interface Line { kind: PlannedKind['kind'], activities: number | null, supervisors: number | null }

export function blankLines(): Line[] {
  return Object.keys(ACTIVITY_KIND).map(kind => ({
    kind: kind as Line['kind'],
    activities: null,
    supervisors: null,
  }))
}

/** Every kind, with the numbers of a plan where it has them. */
export function linesFrom(planned: readonly PlannedKind[]): Line[] {
  return blankLines().map(line => ({
    ...line,
    ...planned.find(one => one.kind === line.kind),
  }))
}

/** What is sent: the kinds that are planned. */
export function planned(lines: readonly Line[]): PlannedKind[] {
  return lines.flatMap(({ kind, activities, supervisors }) => activities && supervisors
    ? [
        { kind, activities, supervisors },
      ]
    : [])
}

/** A kind of which only one number is given says nothing yet. */
export function halves(lines: readonly Line[]): Line[] {
  return lines.filter(one => Boolean(one.activities) !== Boolean(one.supervisors))
}

export function sums(lines: readonly Pick<Line, 'activities' | 'supervisors'>[]): { activities: number, supervisors: number } {
  return lines.reduce<{ activities: number, supervisors: number }>((sum, one) => ({
    activities: sum.activities + (one.activities ?? 0),
    supervisors: sum.supervisors + (one.supervisors ?? 0),
  }), { activities: 0, supervisors: 0 })
}
