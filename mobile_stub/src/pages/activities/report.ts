/** What the organ is told of the supervisors of an activity (选任管理办法第二十二条). */
import type { components } from '@/wire/schema'
import type { Invitation } from '@/wire/types'
import { api, ask } from '@/wire/client'

export type Conduct = components['schemas']['PerformanceLine']['conduct']
export interface LineDraft { conduct: Conduct | null, remark: string }
export type LineDrafts = Record<string, LineDraft>

const ABSENT: readonly Conduct[] = ['absent_excused', 'absent_unexcused']

/** Whoever came, and whoever was to come and did not. */
export function reported(invitations: readonly Invitation[]): Invitation[] {
  return invitations.filter(one => one.state === 'attended' || one.state === 'absent')
}

/** Of how many it is not on record whether they came: the report waits for that. */
export function unmarked(invitations: readonly Invitation[]): number {
  return invitations.filter(one => one.state === 'accepted').length
}

/** What can be said of somebody, as attendance was recorded. */
export function conductsFor(words: Record<string, string>, came: boolean): { value: string, label: string }[] {
  return Object.entries(words)
    .filter(([code]) => ABSENT.includes(code as Conduct) !== came)
    .map(([value, label]) => ({ value, label }))
}

/** A line for everybody who is reported; what was typed before stays, unless attendance was recorded anew against it. */
export function linesFor(invitations: readonly Invitation[], drafts: LineDrafts): LineDrafts {
  return Object.fromEntries(reported(invitations).map((one) => {
    const old = drafts[one.id] ?? { conduct: null, remark: '' }
    const fits = old.conduct === null || ABSENT.includes(old.conduct) === (one.state === 'absent')
    return [
      one.id,
      fits
        ? old
        : { ...old, conduct: null },
    ]
  }))
}

export function linesBody(drafts: LineDrafts): components['schemas']['NewPerformanceReport']['lines'] {
  return Object.entries(drafts).map(([id, line]) => ({
    invitation_id: Number(id),
    conduct: line.conduct!,
    remark: line.remark.trim() || null,
  }))
}

/** The last day of the report, as one's own task of it says; null: one has no such task. */
export async function reportDue(activityId: number): Promise<string | null> {
  let cursor: string | undefined
  for (let page = 0; page < 5; page += 1) {
    const { data } = await ask(api.GET('/tasks', {
      params: {
        query: { state: 'open', limit: 100, cursor },
      },
    }))
    const found = data.items.find(task => task.kind === 'report_performance' && task.about_kind === 'activities' && task.about_id === activityId)
    if (found)
      return found.due_on
    if (!data.next_cursor)
      return null
    cursor = data.next_cursor
  }
  return null
}
