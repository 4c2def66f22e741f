/** Steps of a matter: how a form holds what a step asks for, and how a page puts the open ones in order. */
import type { Charge, Step, StepField } from '@/wire/types'
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

/** Whether taking it brings about at once what cannot be taken back: a document, or another state. */
export function isFinal(step: Pick<Step, 'approver' | 'numbered' | 'target'>): boolean {
  return (step.approver === 'nobody' || step.approver === 'power_list') && (step.numbered || step.target !== null)
}

export interface StepGroup { title: string, steps: Step[] }

const MEASURES = /arrest|detain|detention|bail|surveillance|release|measure|custody|necessity|expired|deposit|guarantor|execut/
const OUTCOME = '处理决定'
const GROUPS: readonly [string, (step: Step) => boolean][] = [
  [
    '登记',
    step => step.code.startsWith('register_'),
  ],
  [
    '强制措施',
    step => MEASURES.test(step.code),
  ],
  [
    OUTCOME,
    step => step.target !== null,
  ],
  [
    '其他事项',
    () => true,
  ],
]
const MOST_MAIN = 3

/** The few steps that move the matter on, and the rest in groups. Few steps are all main ones. */
export function ordered(steps: readonly Step[]): { main: Step[], more: StepGroup[] } {
  if (steps.length <= MOST_MAIN) {
    return {
      main: [...steps],
      more: [],
    }
  }
  const groups = new Map<string, Step[]>()
  for (const step of steps) {
    const [title] = GROUPS.find(([, fits]) => fits(step))!
    groups.set(title, [
      ...groups.get(title) ?? [],
      step,
    ])
  }
  const moving = groups.get(OUTCOME) ?? []
  const main = moving.slice(0, MOST_MAIN)
  if (!main.length)
    main.push(...(groups.get('其他事项') ?? []).slice(0, 2))
  const more = [OUTCOME, '其他事项', '强制措施', '登记']
    .map(title => ({
      title,
      steps: (groups.get(title) ?? []).filter(step => !main.includes(step)),
    }))
    .filter(group => group.steps.length > 0)
  return { main, more }
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
