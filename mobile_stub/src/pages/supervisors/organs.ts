import type { Choice } from '@/kit/words'
import type { Me } from '@/wire/types'

/** The organs for which somebody keeps the register. */
export function organsOf(me: Me | null): Choice[] {
  return (me?.posts ?? [])
    .filter(held => held.post === 'justice_officer')
    .map(held => ({ value: held.office_id, label: held.office_name }))
}
