import type { ArrestRequest, ArrestRequestChange, Attachment, Charge, NewArrestRequest, NewFileItem, NewSuspect } from '@/wire/types'
import { today } from '@/kit/time'

type ChosenCharge = Pick<Charge, 'id' | 'name'>

/** A suspect as the form holds it: the charges keep their names. */
export type SuspectForm = Omit<NewSuspect, 'charge_ids' | 'flags'> & { flags: NonNullable<NewSuspect['flags']>, charges: ChosenCharge[] }
export type RequestForm = Omit<NewArrestRequest, 'suspects' | 'attachment_ids' | 'file_items'> & {
  suspects: SuspectForm[]
  file_items: NewFileItem[]
  attachments: Attachment[]
}

export function blankSuspect(): SuspectForm {
  return {
    id: null,
    name: '',
    alias: null,
    name_self_reported: false,
    document_kind: 'resident_id',
    document_number: null,
    born_on: null,
    sex: null,
    ethnicity: '汉族',
    address: null,
    occupation: null,
    flags: [],
    measure: 'detention',
    measure_began_at: null,
    detention_centre_id: null,
    act_on: null,
    charges: [],
    detention_extended_to: 'none',
  }
}

/** `officeId`: the organ that asks, for an officer of several; null when there is only one. */
export function blankRequest(officeId: number | null = null): RequestForm {
  return {
    office_id: officeId,
    document_number: '',
    document_on: today(),
    head_approved_on: null,
    facts: '',
    danger_grounds: '',
    major_or_complex: false,
    property_transferred: false,
    suspects: [
      blankSuspect(),
    ],
    file_items: [
      { title: '提请批准逮捕书', pages: 1, kind: 'request_document' },
    ],
    attachments: [],
  }
}

/** A stored request as a form, for its correction; each suspect keeps the id by which it is known. */
export function formOf(request: ArrestRequest): RequestForm {
  return {
    office_id: request.office.id,
    document_number: request.document_number,
    document_on: request.document_on,
    head_approved_on: request.head_approved_on,
    facts: request.facts,
    danger_grounds: request.danger_grounds,
    major_or_complex: request.major_or_complex,
    property_transferred: request.property_transferred,
    suspects: request.suspects.map(({ ordinal: _ordinal, charge_ids: _ids, ...suspect }) => suspect),
    file_items: request.file_items,
    attachments: request.attachments,
  }
}

/** The form as the API takes it; the organ that asks is said beside it, and only once. */
export function bodyOf(form: RequestForm): ArrestRequestChange {
  const { office_id: _office, attachments, suspects, ...rest } = form
  return {
    ...rest,
    suspects: suspects.map(({ charges, ...suspect }) => ({
      ...suspect,
      document_number: suspect.document_kind === 'none'
        ? null
        : suspect.document_number,
      measure_began_at: suspect.measure === 'none'
        ? null
        : suspect.measure_began_at,
      charge_ids: charges.map(charge => charge.id),
    })),
    attachment_ids: attachments.map(attachment => attachment.id),
  }
}

export const STEPS = ['案件与文书', '犯罪嫌疑人', '材料', '核对'] as const

/** The step on which the field of a pointer stands, and the suspect it belongs to. */
export function placeOf(pointer: string): { step: number, suspect: number | null } {
  const suspect = /^\/suspects(?:\/(\d+))?/.exec(pointer)
  if (suspect) {
    return {
      step: 1,
      suspect: suspect[1] === undefined
        ? null
        : Number(suspect[1]),
    }
  }
  return {
    step: /^\/(?:file_items|attachment)/.test(pointer)
      ? 2
      : 0,
    suspect: null,
  }
}
