import type { SuspectForm } from '@/pages/arrest-requests/form'
import type { ArrestRequest, Charge, NewTransfer } from '@/wire/types'
import { today } from '@/kit/time'

type NewNamed = NewTransfer['suspects'][number]
export type Measure = NonNullable<NewNamed['measure']>

/** A suspect known from the arrest case: nothing of them is typed again. */
export interface KnownSuspect {
  suspect_id: number
  name: string
  included: boolean
  pleads: boolean
  at_large: boolean
  measure: Measure
  /** What is known of it here; only another measure is sent. */
  known_measure: Measure
  act_on: string | null
  charges: Pick<Charge, 'id' | 'name'>[]
}
export interface TransferForm {
  office_id: number | null
  document_number: string
  document_on: string
  facts: string
  major_or_complex: boolean
  expedited_proposed: boolean
  known: KnownSuspect[]
  /** Those of whom nothing is known here; who pleads has that mark among the others. */
  suspects: (SuspectForm & { at_large?: boolean })[]
}

export function blankTransfer(officeId: number | null = null): TransferForm {
  return {
    office_id: officeId,
    document_number: '',
    document_on: today(),
    facts: '',
    major_or_complex: false,
    expedited_proposed: false,
    known: [],
    suspects: [],
  }
}

/** Filled from the arrest request; `gone` are the suspects whose case was transferred before. */
export function transferOf(request: Pick<ArrestRequest, 'office' | 'facts' | 'major_or_complex' | 'suspects'>, gone: ReadonlySet<number>, now: ReadonlyMap<number, string> = new Map()): TransferForm {
  return {
    ...blankTransfer(request.office.id),
    facts: request.facts,
    major_or_complex: request.major_or_complex,
    known: request.suspects.filter(suspect => !gone.has(suspect.id)).map((suspect) => {
      const measure = (now.get(suspect.id) ?? suspect.measure ?? 'none') as Measure
      return {
        suspect_id: suspect.id,
        name: suspect.name,
        included: true,
        pleads: suspect.flags.includes('plea_leniency'),
        at_large: false,
        measure,
        known_measure: measure,
        act_on: suspect.act_on,
        charges: suspect.charges.map(({ id, name }) => ({ id, name })),
      }
    }),
  }
}

/** Where a suspect of whom nothing was known stands in the body. */
export function placeOfNew(form: TransferForm, index: number): string {
  return `/suspects/${form.known.filter(one => one.included).length + index}/new`
}

/** Where a known suspect stands in the body: among those who are chosen. */
export function placeOfKnown(form: TransferForm, index: number): string {
  return `/suspects/${form.known.slice(0, index).filter(one => one.included).length}`
}

export function bodyOf(form: TransferForm): NewTransfer {
  const known = form.known.filter(one => one.included).map((one): NewNamed => ({
    suspect_id: one.suspect_id,
    new: null,
    at_large: one.at_large,
    pleads: one.pleads,
    measure: one.measure === one.known_measure
      ? null
      : one.measure,
    charge_ids: one.charges.map(charge => charge.id),
  }))
  const fresh = form.suspects.map(({ charges, at_large, ...suspect }): NewNamed => ({
    suspect_id: null,
    new: {
      ...suspect,
      document_number: suspect.document_kind === 'none'
        ? null
        : suspect.document_number,
      measure_began_at: suspect.measure === 'none'
        ? null
        : suspect.measure_began_at,
      charge_ids: charges.map(charge => charge.id),
    },
    at_large: at_large ?? false,
    pleads: suspect.flags.includes('plea_leniency'),
    measure: null,
    charge_ids: charges.map(charge => charge.id),
  }))
  return {
    office_id: form.office_id,
    document_number: form.document_number,
    document_on: form.document_on,
    facts: form.facts,
    major_or_complex: form.major_or_complex,
    expedited_proposed: form.expedited_proposed,
    suspects: [
      ...known,
      ...fresh,
    ],
  }
}

/** Whether what the server cannot do without is there. */
export function isWhole(form: TransferForm): boolean {
  const chosen = form.known.filter(one => one.included)
  return Boolean(form.document_number.trim() && form.document_on && form.facts.trim())
    && chosen.length + form.suspects.length > 0
    && form.suspects.every(suspect => suspect.name?.trim() && suspect.sex && suspect.charges.length > 0)
}
