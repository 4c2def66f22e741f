/** Steps of a matter: how a form holds what a step asks for, and how a page puts the open ones in order. */
import type { Charge, OpenStep, StepField } from '@/wire/types'
import { dateWords, instantWords, notBefore } from '@/kit/time'
import { factsOf } from './facts'
import { blankRecommendation, penaltyOf, recommendationOf } from './recommendation'

export type ChosenCharge = Pick<Charge, 'id' | 'name'>
/** What a form holds for a step, by the names of its fields. */
export type Values = Record<string, unknown>

interface Table { blank: () => unknown, read: (value: unknown) => unknown }

/** Tables have parts of their own: those this app can draw, by the name of the field. */
const TABLES: Record<string, Table> = {
  recommendation: {
    blank: blankRecommendation,
    read: recommendationOf,
  },
  penalty: {
    blank: blankRecommendation,
    read: penaltyOf,
  },
  facts: {
    blank: () => [],
    read: factsOf,
  },
}

/** Whether this app can draw the field. */
export function drawable(field: Pick<StepField, 'kind' | 'name'>): boolean {
  return field.kind !== 'table' || field.name in TABLES
}

function blankOf(field: StepField): unknown {
  switch (field.kind) {
    case 'words':
    case 'line': return ''
    case 'yes': return false
    case 'choices':
    case 'charges': return []
    case 'table': return TABLES[field.name]?.blank() ?? null
    default: return null
  }
}

/** An empty form; what an earlier draft holds stays where the step still asks for it. */
export function valuesFor(fields: readonly StepField[], earlier: Values = {}): Values {
  return Object.fromEntries(fields.map(field => [field.name, earlier[field.name] ?? blankOf(field)]))
}

function isSaid(value: unknown): boolean {
  if (typeof value === 'string')
    return value.trim() !== ''
  return Array.isArray(value)
    ? value.length > 0
    : value !== null && value !== undefined
}

/** One value as the API takes it; null where nothing is said. */
function plainOf(field: StepField, value: unknown, floor?: string | null): unknown {
  if (field.kind === 'table')
    return TABLES[field.name]?.read(value) ?? null
  if (!isSaid(value))
    return null
  if (field.kind === 'charges')
    return (value as ChosenCharge[]).map(charge => charge.id)
  return field.kind === 'instant'
    ? notBefore(value as string, floor)
    : value
}

/** What is sent: only what is said. `floor` is the moment of the last step: no minute of it means a moment before. */
export function givenOf(fields: readonly StepField[], values: Values, floor?: string | null): Record<string, unknown> {
  return Object.fromEntries(fields
    .map(field => [
      field.name,
      plainOf(field, values[field.name], floor),
    ] as const)
    .filter(([, value]) => value !== null))
}

/** Whether everything that the step cannot do without is said. */
export function isWhole(fields: readonly StepField[], values: Values): boolean {
  const given = givenOf(fields, values)
  return fields.every(field => !field.required || field.name in given)
}

/** Whether taking it may bring about at once what cannot be taken back: a decision, a document, or another state. */
export function isFinal(step: Pick<OpenStep, 'approver' | 'numbered' | 'target'>): boolean {
  return step.approver === 'power_list' || (step.approver === 'nobody' && (step.numbered || step.target !== null))
}

export interface StepGroup { name: string, title: string, steps: OpenStep[] }

/** What a matter waits for, in the order of its way; what is done once is no longer a main step when it is done. */
const MAIN = [
  'tell_rights',
  'interrogate',
  'indict',
  'return_case',
  'decide_insufficient',
  'transfer_again',
  'explain_overdue',
  'ask_why_overdue',
  'evaluation_received',
  'announce_conditional',
  'report_probation',
  'conclude_probation',
  'revoke_probation',
  'announce_non_prosecution',
  'serve_non_prosecution',
  'object_to_non_prosecution',
  'court_accepts',
  'judgment_received',
  'session_closed',
  'propose_adjournment',
  'ask_to_resume',
  'protest',
  'no_protest',
  'archive',
  'ask_reconsideration',
  'ask_re_examination',
  'report_interrogation',
  'report_family_notified',
  'ask_extension',
]
const ONCE = new Set([
  'tell_rights',
  'interrogate',
  'announce_conditional',
  'announce_non_prosecution',
  'serve_non_prosecution',
  'report_interrogation',
  'report_family_notified',
])
const PLEA = /plea|lawyer|aid|recommend|survey|statement|expedited/
const MEASURES = /arrest|detain|detention|bail|surveillance|release|measure|custody|necessity|expired|deposit|guarantor|family/
const GROUPS: readonly [string, string, (step: OpenStep) => boolean][] = [
  [
    'decisions',
    '处理决定',
    step => step.target !== null,
  ],
  [
    'hearing',
    '告知、听取、查证等',
    step => step.target === null,
  ],
  [
    'plea',
    '认罪认罚、法律援助',
    step => PLEA.test(step.code),
  ],
  [
    'measures',
    '强制措施',
    step => MEASURES.test(step.code),
  ],
  [
    'register',
    '登记',
    step => step.title.startsWith('登记'),
  ],
]
const MOST_MAIN = 3

/** The few steps that the matter waits for, and the rest in groups. `taken` are the codes of those taken before. */
export function ordered(steps: readonly OpenStep[], taken: ReadonlySet<string> = new Set()): { main: OpenStep[], more: StepGroup[] } {
  if (steps.length <= MOST_MAIN) {
    return {
      main: [...steps],
      more: [],
    }
  }
  const waited = MAIN.filter(code => !(ONCE.has(code) && taken.has(code))).flatMap(code => steps.filter(step => step.code === code))
  const moving = steps.filter(step => step.target !== null)
  const main = [waited, moving, steps].find(some => some.length > 0)!.slice(0, MOST_MAIN)
  const rest = steps.filter(step => !main.includes(step))
  const more = GROUPS.map(([name, title]) => ({
    name,
    title,
    // The last group that fits is the most particular one.
    steps: rest.filter(step => GROUPS.findLast(([, , fits]) => fits(step))![0] === name),
  }))
  return {
    main,
    more: more.filter(group => group.steps.length > 0),
  }
}

const PLACES: Record<string, string> = { prosecutions: '/prosecutions', arrest_reviews: '/arrest-reviews' }

/** The page of the matter that a step or a proposal is about. */
export function subjectPlace(kind: string, id: number): string {
  return `${PLACES[kind] ?? '/tasks'}/${id}`
}

/** What was said, as it is read: days and moments in the words of the office. */
export function spoken(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text))
    return dateWords(text)
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)
    ? instantWords(text)
    : text
}
