/** Who has still to sign what: one signature and one fingerprint for a person and a page at a time. */
import type { components } from '@/wire/schema'

type Transcript = components['schemas']['Transcript']
type Signatory = components['schemas']['TranscriptSignatory']

export interface Due {
  /** The page, or the correction, that is to be marked. */
  page: number | null
  correction: number | null
  signatory: Signatory
  name: boolean
  fingerprint: boolean
}

/** What is missing, page by page, each person once; corrections last. */
export function due(one: Pick<Transcript, 'missing' | 'signatories'>): Due[] {
  const found = new Map<string, Due>()
  for (const owed of one.missing) {
    const signatory = one.signatories.find(each => each.attendance_id === owed.attendance_id)
    if (!signatory)
      continue
    const key = `${owed.page}/${owed.correction_id}/${owed.attendance_id}`
    const known = found.get(key) ?? {
      page: owed.page,
      correction: owed.correction_id,
      signatory,
      name: false,
      fingerprint: false,
    }
    found.set(key, { ...known, [owed.slot]: true })
  }
  return [
    ...found.values(),
  ].sort((a, b) => (a.page ?? Infinity) - (b.page ?? Infinity))
}

/** Whoever has an account signs on the own phone. */
export function signsHere(one: Due, me: number | undefined): boolean {
  return one.signatory.person_id === null || one.signatory.person_id === me
}
