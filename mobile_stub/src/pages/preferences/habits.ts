import type { components } from '@/wire/schema'

export type Habits = components['schemas']['Habits']
export type Preferences = components['schemas']['Preferences']
export type KindGroup = components['schemas']['KindGroup']

/** The form: quiet hours are two times or none, the digest is up to four times in the order of the day. */
export interface HabitsForm {
  quiet: boolean
  quiet_from: string | null
  quiet_until: string | null
  working_days_only: boolean
  digest: boolean
  digest_at: (string | null)[]
  digest_tasks: boolean
  muted: string[]
  cap: number | null
}

export function formOf(said: Habits): HabitsForm {
  return {
    quiet: said.quiet_from !== null,
    quiet_from: said.quiet_from?.slice(0, 5) ?? '22:00',
    quiet_until: said.quiet_until?.slice(0, 5) ?? '07:00',
    working_days_only: said.working_days_only,
    digest: said.digest_at.length > 0,
    digest_at: said.digest_at.length
      ? said.digest_at.map(at => at.slice(0, 5))
      : ['09:00'],
    digest_tasks: said.digest_tasks,
    muted: [...said.muted],
    cap: said.cap,
  }
}

/** What is sent: what is switched off is sent as nothing, whatever its fields still hold. */
export function habitsOf(form: HabitsForm): Habits {
  const times = form.digest_at.filter(at => at !== null && at !== '') as string[]
  return {
    quiet_from: form.quiet
      ? form.quiet_from
      : null,
    quiet_until: form.quiet
      ? form.quiet_until
      : null,
    working_days_only: form.working_days_only,
    digest_at: form.digest
      ? [
          ...new Set(times),
        ].sort()
      : [],
    digest_tasks: form.digest && form.digest_tasks,
    muted: form.muted as Habits['muted'],
    cap: form.cap ?? 0,
  }
}

/** Is there anything left to fill in? */
export function whole(form: HabitsForm): boolean {
  const quiet = !form.quiet || Boolean(form.quiet_from && form.quiet_until)
  const digest = !form.digest || form.digest_at.some(Boolean)
  return quiet && digest && form.cap !== null
}
