import type { Choice } from '@/kit/words'
import type { AppointmentProposal, Office } from '@/wire/types'
import { POST, wordFor } from '@/kit/words'

type Kind = AppointmentProposal['kind']
type OfficeKind = Office['kind']

const OFFICERS: readonly Kind[] = [
  'administrator',
  'security_officer',
  'auditor',
]
const WORK: Record<OfficeKind, readonly Kind[]> = {
  procuratorate: [
    'prosecutor',
    'assistant',
    'clerk',
    'case_manager',
    'department_head',
    'chief_procurator',
    'execution_supervisor',
    'inspector',
  ],
  public_security: ['police_officer'],
  detention_centre: ['detention_officer'],
  judicial_administration: ['justice_officer'],
  supervisory_commission: ['commission_officer'],
  court: [],
}

/** The posts that are held by appointment in an office of that kind; the server has the last word. */
export function postsFor(kind: OfficeKind | null | undefined): Choice[] {
  return kind
    ? [
        ...WORK[kind],
        ...OFFICERS,
      ].map(post => ({
        value: post,
        label: wordFor(POST, post),
      }))
    : []
}
