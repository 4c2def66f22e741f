/** Whom, how, for how long and with whom: what the form of a booking comes to. */
import type { components } from '@/wire/schema'

export type Arrangement = components['schemas']['Arrangement']
type Seat = components['schemas']['NewInterrogationSeat']

export interface BookingDraft {
  purpose: 'interrogate' | 'sign_plea'
  mode: 'remote' | 'in_person'
  minutes: number | null
  /** The second of the staff: `staff/12` or `clerk/13`. */
  second: string
  /** Further people of the register: `interpreter/4`. */
  participants: string[]
  language: string
  place: string
  starts_at: string | null
}

export function emptyDraft(): BookingDraft {
  return {
    purpose: 'interrogate',
    mode: 'remote',
    minutes: 60,
    second: '',
    participants: [],
    language: '',
    place: '',
    starts_at: null,
  }
}

function seatOf(chosen: string, by: 'person_id' | 'participant_id'): Seat {
  const [role, id] = chosen.split('/') as [Seat['role'], string]
  return {
    role,
    person_id: null,
    participant_id: null,
    [by]: Number(id),
  }
}

/** The seats: the handler leads, the second follows, then whoever else takes part. */
export function seatsOf(draft: BookingDraft, handlerId: number): Seat[] {
  const lead: Seat = { role: 'lead', person_id: handlerId, participant_id: null }
  return [
    lead,
    ...(draft.second
      ? [
          seatOf(draft.second, 'person_id'),
        ]
      : []),
    ...draft.participants.map(one => seatOf(one, 'participant_id')),
  ]
}

export function arrangementOf(draft: BookingDraft, caseId: number, suspectId: number, handlerId: number): Arrangement {
  return {
    case_id: caseId,
    suspect_id: suspectId,
    purpose: draft.purpose,
    mode: draft.mode,
    minutes: draft.minutes ?? 60,
    seats: seatsOf(draft, handlerId),
    language: draft.language || null,
    place: draft.place,
    room_id: null,
  }
}
