import type { Urgency } from '@/kit/time'
import type { Task } from '@/wire/types'
import { timeLeft, today } from '@/kit/time'
import { AT_ONCE } from '@/kit/words'

const TITLE: Record<Urgency, string> = {
  overdue: '已逾期',
  in_doubt: '已过应办日，未过最迟日',
  at_once: AT_ONCE,
  today: '今日到期',
  soon: '三日内到期',
  later: '期限在后',
  open: '无法定期限',
}
const ORDER: readonly Urgency[] = [
  'overdue',
  'in_doubt',
  'at_once',
  'today',
  'soon',
  'later',
  'open',
]

export interface TaskGroup { urgency: Urgency, title: string, tasks: Task[] }

/** A reminder of a period without a day: the law says "at once". */
export function isAtOnce(task: Pick<Task, 'kind' | 'due_on'>): boolean {
  return task.kind === 'keep_deadline' && !task.due_on
}

function urgencyOf(task: Task, on: string): Urgency {
  return isAtOnce(task)
    ? 'at_once'
    : timeLeft(task.due_on, task.outer_on, on).urgency
}

/** Tasks by how pressing they are; inside a group the nearest date first, then the oldest. */
export function grouped(tasks: readonly Task[], on: string = today()): TaskGroup[] {
  return ORDER
    .map(urgency => ({
      urgency,
      title: TITLE[urgency],
      tasks: tasks
        .filter(task => urgencyOf(task, on) === urgency)
        .sort((a, b) => (a.due_on ?? '').localeCompare(b.due_on ?? '') || a.opened_at.localeCompare(b.opened_at)),
    }))
    .filter(group => group.tasks.length > 0)
}

/** Records whose pages this app has, by the name of their table. */
const PLACES: Record<string, string> = {
  arrest_requests: 'arrest-requests',
  cases: 'cases',
  arrest_reviews: 'arrest-reviews',
  transfers: 'transfers',
  prosecutions: 'prosecutions',
  proposals: 'proposals',
  deadlines: 'deadlines',
  monitoring_entries: 'monitoring-entries',
  consultations: 'consultations',
  inquiries: 'inquiries',
  oversight_entries: 'oversight-entries',
  emergency_accesses: 'emergency-accesses',
  conferences: 'conferences',
  committee_matters: 'committee-matters',
  interrogations: 'interrogations',
  plans: 'plans',
  activities: 'activities',
  invitations: 'invitations',
  draws: 'draws',
  packets: 'packets',
  supervision_opinions: 'supervision-opinions',
  public_hearings: 'public-hearings',
  quality_reviews: 'quality-reviews',
  periodic_reports: 'periodic-reports',
  appointments: 'appointments',
  people_imports: 'people-imports',
  delivery_faults: 'delivery-faults',
  escalations: 'escalations',
}

/** A record that a task points to, and the task itself where it is at hand. */
interface Pointer { about_kind: string, about_id: number, id?: number, leads_to?: Pointer | null }

/** The page of what a task is about. */
export function placeOf(task: Pointer): string {
  // What somebody is to look after: the record it is about, or the task's own page.
  if (task.about_kind === 'follow_ups') {
    if (task.leads_to)
      return placeOf(task.leads_to)
    return task.id
      ? `/tasks/${task.id}`
      : '/tasks'
  }
  // A room that fails concerns whatever is booked in it.
  if (task.about_kind === 'resources')
    return '/agenda'
  // Whose work is to be handed over.
  if (task.about_kind === 'people')
    return `/handovers/new?person=${task.about_id}`
  const place = PLACES[task.about_kind]
  return place
    ? `/${place}/${task.about_id}`
    : '/tasks'
}
