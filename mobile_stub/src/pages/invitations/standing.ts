import type { ActivityOpinions, Invitation, Packet } from '@/wire/types'
import { dateWords, localInput, today } from '@/kit/time'

/**
 * What an invited supervisor can do next. `answer`: say whether one comes; `sign`: the undertaking; `read`: the packet
 * lies open; `opine`: an opinion is awaited; `given`: it was given; `wait`: nothing can be done yet; `late`: the time
 * for opinions is over; `over`: one does not take part, or all is done.
 */
export type Standing = 'answer' | 'sign' | 'read' | 'opine' | 'given' | 'wait' | 'late' | 'over'

type Asked = Pick<Invitation, 'state' | 'steps' | 'answer_by' | 'undertook_at'> & { activity: { state: string } }
type Counted = Pick<ActivityOpinions, 'is_unsealed' | 'opinions_due_at' | 'opinions'>
type Lent = Pick<Packet, 'may_read' | 'open_from' | 'open_until'>

/** Whether the supervisor can give an opinion on the activity now. */
export type Opining = 'given' | 'open' | 'early' | 'late' | 'not_attending'

export function opiningOf(asked: Asked, counted: Counted | null, now: Date): Opining {
  if (counted?.opinions.length)
    return 'given'
  if (asked.state !== 'accepted' && asked.state !== 'attended')
    return 'not_attending'
  if (counted?.is_unsealed || (counted?.opinions_due_at && now >= new Date(counted.opinions_due_at)))
    return 'late'
  if (asked.activity.state === 'under_way')
    return 'open'
  if (asked.activity.state === 'ended') {
    return asked.state === 'attended'
      ? 'open'
      : 'early'
  }
  return ['closed', 'cancelled', 'without'].includes(asked.activity.state)
    ? 'late'
    : 'early'
}

/** Whether a packet lies open at this moment. */
export function liesOpen(packet: Lent | null, now: Date): boolean {
  return Boolean(packet?.may_read
    && packet.open_from && now >= new Date(packet.open_from)
    && packet.open_until && now < new Date(packet.open_until))
}

export function standingOf(asked: Asked, packet: Lent | null, counted: Counted | null, now: Date): Standing {
  if (asked.state === 'invited') {
    return asked.steps.includes('answer') && now < new Date(asked.answer_by)
      ? 'answer'
      : 'over'
  }
  const opining = opiningOf(asked, counted, now)
  if (opining === 'given')
    return 'given'
  if (opining === 'not_attending')
    return 'over'
  // When it is over there is nothing more to read, so nothing to swear to first.
  if (asked.steps.includes('undertaking') && opining !== 'late' && asked.activity.state !== 'ended')
    return 'sign'
  if (opining === 'open')
    return 'opine'
  if (opining === 'late')
    return 'late'
  return liesOpen(packet, now) && asked.undertook_at
    ? 'read'
    : 'wait'
}

/** The packet that a supervisor means: the one that can be read, else the newest. */
export function packetToRead<P extends Lent & { id: number }>(packets: readonly P[]): P | null {
  return packets.find(one => one.may_read) ?? [...packets].sort((a, b) => b.id - a.id)[0] ?? null
}

/** `11月25日 周三 14:00 到 16:00`; another day at the end is named. */
export function momentWords(startsAt: string, endsAt: string, on: string = today()): string {
  const [first, from] = localInput(startsAt).split('T') as [string, string]
  const [last, until] = localInput(endsAt).split('T') as [string, string]
  return first === last
    ? `${dateWords(first, on)} ${from} 到 ${until}`
    : `${dateWords(first, on)} ${from} 到 ${dateWords(last, on)} ${until}`
}

/** `11月24日 周二 18:00`. */
export function untilWords(at: string, on: string = today()): string {
  const [day, time] = localInput(at).split('T') as [string, string]
  return `${dateWords(day, on)} ${time}`
}
