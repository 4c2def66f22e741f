import type { NewSupervisor, SecondTerm, SupervisorDescription, SupervisorEntry } from '@/wire/types'

/** What the register says of a supervisor, as a form holds it: days of the week as words of a choice. */
export interface Described {
  occupation: SupervisorDescription['occupation'] | null
  profession: string
  region: string
  contact: string
  expertise: NonNullable<SupervisorDescription['expertise']>
  languages: string[]
  weekdays: string[]
  remote_able: boolean
}

/** What is declared of a candidate and looked into by the organ (选任管理办法第8条至第10条). */
export interface Declared {
  education: NewSupervisor['education'] | null
  upholds_constitution: boolean
  good_conduct: boolean
  healthy: boolean
  offices: NonNullable<NewSupervisor['offices']>
  disqualifications: NonNullable<NewSupervisor['disqualifications']>
}

export function blankDescription(): Described {
  return {
    occupation: null,
    profession: '',
    region: '',
    contact: '',
    expertise: [],
    languages: [],
    weekdays: [
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
    ],
    remote_able: true,
  }
}

export function blankDeclaration(): Declared {
  return {
    education: null,
    upholds_constitution: false,
    good_conduct: false,
    healthy: false,
    offices: [],
    disqualifications: [],
  }
}

export function descriptionOf(entry: SupervisorEntry): Described {
  return {
    occupation: entry.occupation,
    profession: entry.profession,
    region: entry.region,
    contact: entry.contact ?? '',
    expertise: [...entry.expertise],
    languages: [...entry.languages],
    weekdays: entry.weekdays.map(String),
    remote_able: entry.remote_able,
  }
}

export function isDescribed(form: Described): boolean {
  return Boolean(form.occupation && form.profession.trim() && form.region.trim())
}

/** What is sent of a description. */
export function describing(form: Described): SupervisorDescription {
  return {
    ...pick(form, ['expertise', 'languages', 'remote_able']),
    occupation: form.occupation!,
    profession: form.profession.trim(),
    region: form.region.trim(),
    contact: form.contact.trim() || null,
    weekdays: form.weekdays.map(Number).sort(),
  }
}

/** What is sent of a declaration. */
export function declaring(form: Declared): Omit<SecondTerm, 'from_on'> {
  return {
    ...pick(form, [
      'upholds_constitution',
      'good_conduct',
      'healthy',
      'offices',
      'disqualifications',
    ]),
    education: form.education!,
  }
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map(name => [name, from[name]])) as Pick<T, K>
}
