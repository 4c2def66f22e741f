/** An activity as it is planned on the phone: what is asked, what the notice says of its day, and what is sent. */
import type { components } from '@/wire/schema'
import { today } from '@/kit/time'

type Schemas = components['schemas']
export type Activity = Schemas['Activity']
export type ActivityKind = Activity['kind']
export type NewActivity = Schemas['NewActivity']
export type NoticeDays = Schemas['NoticeDays']
type Expertise = Activity['needs'][number]['expertise']

/** Kinds that are work on one case, and kinds that are about none. */
export const IN_A_CASE: ReadonlySet<string> = new Set(['public_review', 'document_service', 'court_appearance'])
export const OF_THE_OFFICE: ReadonlySet<string> = new Set([
  'circuit_inspection',
  'quality_review',
  'standards_inspection',
  'briefing',
])

export interface SettingDraft {
  starts_at: string | null
  ends_at: string | null
  form: Activity['form']
  place: string
}

export interface NeedDraft { expertise: Expertise | null, number: number | null }

export interface PlanDraft extends SettingDraft {
  kind: ActivityKind | null
  case_id: number | null
  title: string
  ground: NonNullable<NewActivity['ground']> | null
  wanted: number | null
  needs: NeedDraft[]
}

export function emptyPlan(): PlanDraft {
  return {
    kind: null,
    case_id: null,
    title: '',
    ground: null,
    starts_at: null,
    ends_at: null,
    form: 'present',
    place: '',
    wanted: 3,
    needs: [],
  }
}

export function planOf(one: Activity): PlanDraft {
  return {
    kind: one.kind,
    case_id: one.case?.id ?? null,
    title: one.title,
    ground: one.ground?.code ?? null,
    starts_at: one.starts_at,
    ends_at: one.ends_at,
    form: one.form,
    place: one.place ?? '',
    wanted: one.wanted,
    needs: one.needs.map(need => ({ ...need })),
  }
}

/** Is the case asked for? Where the kind is about no case, none may be named. */
export function asksCase(kind: string | null): 'must' | 'may' | 'no' {
  if (kind === null || OF_THE_OFFICE.has(kind))
    return 'no'
  return IN_A_CASE.has(kind)
    ? 'must'
    : 'may'
}

export function settingWhole(draft: SettingDraft): boolean {
  return Boolean(draft.starts_at && draft.ends_at && (draft.form === 'remote' || draft.place.trim()))
}

export function planWhole(draft: PlanDraft): boolean {
  const cased = asksCase(draft.kind) !== 'must' || draft.case_id || draft.ground === 'administrative_hearing'
  return Boolean(draft.kind && draft.title.trim() && draft.wanted && cased && needsWhole(draft.needs) && settingWhole(draft))
}

export function settingBody(draft: SettingDraft) {
  return {
    starts_at: draft.starts_at!,
    ends_at: draft.ends_at!,
    form: draft.form,
    place: draft.place.trim() || null,
  }
}

/** Each need names a field and a number. */
export function needsWhole(needs: readonly NeedDraft[]): boolean {
  return needs.every(need => need.expertise && need.number)
}

export function needsBody(needs: readonly NeedDraft[]): Activity['needs'] {
  return needs.map(need => ({ expertise: need.expertise!, number: need.number! }))
}

/** What is sent: a ground only of a public review, a case only where the kind has one. */
export function planBody(draft: PlanDraft): Omit<NewActivity, 'case_id' | 'procuratorate_id'> & { ground: NewActivity['ground'], needs: NewActivity['needs'] } {
  return {
    ...settingBody(draft),
    kind: draft.kind!,
    title: draft.title.trim(),
    ground: draft.kind === 'public_review'
      ? draft.ground
      : null,
    wanted: draft.wanted!,
    needs: needsBody(draft.needs),
  }
}

/** Five working days are left; only three, with the organ's consent; or not even those (选任管理办法第十九条). */
export type Standing = 'full' | 'short' | 'late'

export function standingOf(days: { notice_by_on: string | null, short_notice_by_on: string | null }, on: string = today()): Standing | null {
  if (!days.notice_by_on || !days.short_notice_by_on)
    return null
  if (on <= days.notice_by_on)
    return 'full'
  return on <= days.short_notice_by_on
    ? 'short'
    : 'late'
}

export interface Earliest { earliest_on: string, earliest_short_on: string }

/** The days that a refusal of the notice carries. */
export function earliestIn(members: Readonly<Record<string, unknown>> | undefined): Earliest | null {
  const { earliest_on, earliest_short_on } = members ?? {}
  return typeof earliest_on === 'string' && typeof earliest_short_on === 'string'
    ? { earliest_on, earliest_short_on }
    : null
}
