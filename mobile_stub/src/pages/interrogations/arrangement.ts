/** Whom, how, for how long and with whom: what the form of a booking comes to. */
import type { Choice } from '@/kit/words'
import type { components } from '@/wire/schema'
import { INTERROGATION_ROLE, wordFor } from '@/kit/words'

type Schemas = components['schemas']
export type Arrangement = Schemas['Arrangement']
export type Seat = Schemas['NewInterrogationSeat']
export type Participant = Schemas['Participant']
export type ParticipantKind = Participant['kind']
type Colleague = Schemas['Colleague']

/** Who takes part beside the handler. */
export interface Company {
  /** The second of the staff: `staff/12` or `clerk/13`; empty as long as nobody is named. */
  second: string
  /** Further people of the register: `interpreter/4`; null as long as nobody has chosen. */
  participants: string[] | null
  language: string | null
}

export interface BookingDraft extends Company {
  purpose: 'interrogate' | 'sign_plea'
  mode: 'remote' | 'in_person'
  minutes: number | null
  place: string
  starts_at: string | null
}

/** What of a suspect decides who has to be there. */
export interface Facts {
  minor: boolean
  /** A girl: a woman of the procuratorial staff takes part, and a clerk is none (刑诉规则465条5款). */
  woman: boolean
  flags: readonly string[]
}

export const NO_FACTS: Facts = { minor: false, woman: false, flags: [] }

export function emptyDraft(): BookingDraft {
  return {
    purpose: 'interrogate',
    mode: 'remote',
    minutes: 60,
    second: '',
    participants: null,
    language: null,
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
export function seatsOf(company: Company, handlerId: number): Seat[] {
  const lead: Seat = { role: 'lead', person_id: handlerId, participant_id: null }
  return [
    lead,
    ...(company.second
      ? [
          seatOf(company.second, 'person_id'),
        ]
      : []),
    ...(company.participants ?? []).map(one => seatOf(one, 'participant_id')),
  ]
}

/** The other way round: who sits there now, as the fields show it. */
export function companyOf(seats: readonly (Pick<Schemas['InterrogationSeat'], 'role' | 'person_id' | 'participant_id'>)[], language: string | null): Company {
  const second = seats.find(seat => seat.role !== 'lead' && seat.person_id !== null)
  return {
    second: second
      ? `${second.role}/${second.person_id}`
      : '',
    participants: seats
      .filter(seat => seat.participant_id !== null)
      .map(seat => `${seat.role}/${seat.participant_id}`),
    language,
  }
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
    place: draft.mode === 'in_person'
      ? draft.place
      : '',
    room_id: null,
  }
}

/** Whom of the register the law asks for, each time one of several kinds (刑诉规则465条、刑诉法9条、121条、174条). */
export function asksFor(facts: Facts, company: Pick<Company, 'language'>, purpose: BookingDraft['purpose']): ParticipantKind[][] {
  return [
    facts.minor && [
      'legal_representative' as const,
      'appropriate_adult' as const,
    ],
    facts.flags.some(flag => flag === 'deaf' || flag === 'mute') && ['sign_interpreter' as const],
    company.language && ['interpreter' as const],
    purpose === 'sign_plea' && ['lawyer' as const],
  ].filter(kinds => kinds !== false && kinds !== null && kinds !== '')
}

/** What of it nobody sits there for. */
export function missing(asked: readonly ParticipantKind[][], participants: readonly string[]): ParticipantKind[][] {
  return asked.filter(kinds => !participants.some(one => kinds.some(kind => one.startsWith(`${kind}/`))))
}

/** Two tags name one language where the shorter begins the longer, as the server compares them. */
function speaks(person: Participant, language: string | null): boolean {
  return language !== null && person.languages.some((known) => {
    const [one, other] = [
      language.toLowerCase().split('-'),
      known.toLowerCase().split('-'),
    ]
    return one.slice(0, other.length).join() === other.slice(0, one.length).join()
  })
}

/** Whoever of the register may sit beside this suspect; an interpreter of the wrong language may not. */
export function eligible(register: readonly Participant[], suspectId: number, language: string | null): Participant[] {
  return register.filter(person => person.kind === 'interpreter'
    ? speaks(person, language)
    : person.kind === 'sign_interpreter' || person.suspect_id === suspectId)
}

/** The first of the register for each thing that the law asks for: chosen until somebody chooses otherwise. */
export function suggested(asked: readonly ParticipantKind[][], register: readonly Participant[]): string[] {
  return asked.flatMap((kinds) => {
    // The parents come before any other adult: the kinds stand in the order of the law.
    const found = kinds.map(kind => register.find(person => person.kind === kind)).find(Boolean)
    return found
      ? [
          `${found.kind}/${found.id}`,
        ]
      : []
  })
}

export interface Staff { assistants: readonly Colleague[], prosecutors: readonly Colleague[], clerks: readonly Colleague[] }

/** Who may sit beside the handler; where the law asks for a woman and the handler is none, only women of the staff. */
export function secondsOf(staff: Staff, handlerId: number, facts: Facts): Choice[] {
  const handler = staff.prosecutors.find(person => person.id === handlerId)
  const woman = facts.woman && handler?.sex !== 'female'
  function listed(people: readonly Colleague[], role: string, post: string): Choice[] {
    return people
      .filter(person => person.id !== handlerId && (!woman || person.sex === 'female'))
      .map(person => ({
        value: `${role}/${person.id}`,
        label: `${person.name}（${post}${facts.woman && person.sex === 'female'
          ? '，女'
          : ''}）`,
      }))
  }
  return [
    ...listed(staff.assistants, 'staff', '检察官助理'),
    ...(woman
      ? []
      : listed(staff.clerks, 'clerk', '书记员')),
    ...listed(staff.prosecutors, 'staff', '检察官'),
  ]
}

export function kindWords(kinds: readonly ParticipantKind[]): string {
  return kinds.map(kind => wordFor(INTERROGATION_ROLE, kind)).join('或者')
}

/** Time left of what is kept, in minutes begun: `9 分钟`; null when it is over. */
export function countdown(until: string, now: Date): string | null {
  const minutes = Math.ceil((Date.parse(until) - now.getTime()) / 60_000)
  return minutes <= 0
    ? null
    : `${minutes} 分钟`
}

/** What was arranged already, as another search asks for it. */
export function againOf(one: Schemas['Interrogation']): Arrangement {
  return {
    case_id: one.case_id,
    suspect_id: one.suspect_id,
    purpose: one.purpose,
    mode: one.mode,
    minutes: one.wanted_minutes,
    seats: one.seats.map(seat => ({ role: seat.role, person_id: seat.person_id, participant_id: seat.participant_id })),
    language: one.language,
    place: one.place,
    room_id: null,
  }
}
