import type { ArrestRequest, Attachment, Charge, NewArrestRequest } from '@/wire/types'
import { today } from '@/kit/time'

type WireSuspect = NewArrestRequest['suspects'][number]
type ChosenCharge = Pick<Charge, 'id' | 'name'>

/** A suspect as the form holds it: fields not yet chosen are null, charges keep their names. */
export type SuspectForm = Omit<WireSuspect, 'charge_ids' | 'sex'> & { sex: WireSuspect['sex'] | null, charges: ChosenCharge[] }
export type RequestForm = Omit<NewArrestRequest, 'suspects' | 'attachment_ids'> & { suspects: SuspectForm[], attachments: Attachment[] }

export function blankSuspect(): SuspectForm {
  return {
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

export function blankRequest(): RequestForm {
  return {
    document_number: '',
    document_on: today(),
    facts: '',
    major_or_complex: false,
    suspects: [blankSuspect()],
    file_items: [{ title: '提请批准逮捕书', pages: 1, kind: 'opinion' }],
    attachments: [],
  }
}

/** A stored request as a form, for its correction. */
export function formOf(request: ArrestRequest, charges: readonly Charge[]): RequestForm {
  const names = new Map(charges.map(charge => [charge.id, charge.name]))
  return {
    document_number: request.document_number,
    document_on: request.document_on,
    facts: request.facts,
    major_or_complex: request.major_or_complex,
    suspects: request.suspects.map(({ id: _id, ordinal: _ordinal, charge_ids, ...suspect }) => ({
      ...suspect,
      charges: charge_ids.map(id => ({ id, name: names.get(id) ?? `罪名 ${id}` })),
    })),
    file_items: request.file_items,
    attachments: request.attachments,
  }
}

/** The form as the API takes it. */
export function bodyOf(form: RequestForm): NewArrestRequest {
  const { attachments, suspects, ...rest } = form
  return {
    ...rest,
    suspects: suspects.map(({ charges, ...suspect }) => ({
      ...suspect,
      measure_began_at: suspect.measure === 'none' ? null : suspect.measure_began_at,
      charge_ids: charges.map(charge => charge.id),
    }) as WireSuspect),
    attachment_ids: attachments.map(attachment => attachment.id),
  }
}

export const STEPS = ['案件与文书', '犯罪嫌疑人', '材料', '核对'] as const

/** The step on which the field of a pointer stands, and the suspect it belongs to. */
export function placeOf(pointer: string): { step: number, suspect: number | null } {
  const suspect = /^\/suspects(?:\/(\d+))?/.exec(pointer)
  if (suspect)
    return { step: 1, suspect: suspect[1] === undefined ? null : Number(suspect[1]) }
  return { step: /^\/(?:file_items|attachment)/.test(pointer) ? 2 : 0, suspect: null }
}
