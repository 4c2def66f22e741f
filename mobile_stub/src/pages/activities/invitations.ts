import type { Invitation } from '@/wire/types'
import { instantWords } from '@/kit/time'
import { ATTENDING, EXPERTISE, wordFor } from '@/kit/words'

/** Where an invitation stands, in a line for the organ. */
export function invitationWords(one: Pick<Invitation, 'stratum' | 'state' | 'answer_by' | 'answered_at' | 'attending'>): string {
  const seat = one.stratum && `${wordFor(EXPERTISE, one.stratum)}席位`
  const answered = one.answered_at && `${instantWords(one.answered_at)} 答复`
  const answer = one.state === 'invited'
    ? `请其于 ${instantWords(one.answer_by)} 前答复`
    : answered
  return [
    seat,
    answer,
    one.attending && wordFor(ATTENDING, one.attending),
  ].filter(Boolean).join('，')
}
