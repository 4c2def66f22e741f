import type { Choice } from '@/kit/words'
import type { Problem } from '@/wire/problem'
import type { components } from '@/wire/schema'
import type { Task } from '@/wire/types'
import { dateWords } from '@/kit/time'
import { RELEASE_REASON, TASK_STEP, TASK_STEP_DONE, wordFor } from '@/kit/words'

export type Step = Task['steps'][number]
export type Move = components['schemas']['TaskMove']
export type Batch = components['schemas']['TaskBatch']
export type Counts = components['schemas']['TaskCounts']
export type AboutKind = components['schemas']['NewFollowUp']['about_kind']

/** Whose tasks are listed. */
export type Scope = 'mine' | 'team' | 'office'

/** What a list of tasks is narrowed to; `all` leaves it as it is. */
export interface Narrowed {
  claimed: 'all' | 'nobody' | 'me'
  follow_up: 'all' | 'due' | 'set'
  light: 'all' | 'red' | 'amber' | 'green' | 'grey'
}

export const WIDE: Readonly<Narrowed> = { claimed: 'all', follow_up: 'all', light: 'all' }

/** Of how many tasks a batch may be. */
export const AT_ONCE = 100

/** What is done to many tasks at once, in the order of the buttons. */
export const BULK = [
  'claim',
  'return',
  'follow_up',
  'complete',
] as const
export type BulkStep = typeof BULK[number]

/** What a move asks for before it is made; a move without any is made by its button. */
export const ASKED: Partial<Record<Step, readonly ('to_id' | 'reason' | 'on')[]>> = {
  assign: ['to_id', 'reason'],
  delegate: ['to_id', 'reason'],
  return: ['reason'],
  recall: ['reason'],
  follow_up: ['on'],
  cancel: ['reason'],
}

type Post = components['schemas']['Approver']['post']

const LED: Record<string, readonly Post[]> = {
  department_head: [
    'prosecutor',
    'assistant',
    'clerk',
    'execution_supervisor',
  ],
  case_manager: [
    'case_manager',
    'prosecutor',
    'assistant',
    'clerk',
  ],
  chief_procurator: [
    'case_manager',
    'department_head',
    'prosecutor',
    'assistant',
    'clerk',
    'execution_supervisor',
  ],
}

/** Whose tasks somebody may list: whoever leads a department, or runs or leads an office, more than the own ones. */
export function scopesOf(posts: ReadonlySet<string>): Scope[] {
  const scopes: Scope[] = ['mine']
  if (posts.has('department_head'))
    scopes.push('team')
  if (posts.has('case_manager') || posts.has('chief_procurator'))
    scopes.push('office')
  return scopes
}

/** The posts of those whom somebody leads. */
export function ledBy(posts: ReadonlySet<string>): Post[] {
  return [
    ...new Set([...posts].flatMap(post => LED[post] ?? [])),
  ]
}

export function isNarrowed(by: Narrowed): boolean {
  return Object.values(by).some(chosen => chosen !== 'all')
}

/** The question that is asked of the API. */
export function queryOf(by: Narrowed) {
  return {
    claimed: by.claimed === 'all'
      ? undefined
      : by.claimed,
    follow_up: by.follow_up === 'all'
      ? undefined
      : by.follow_up,
    light: by.light === 'all'
      ? undefined
      : by.light,
  }
}

/** The moves as buttons: first what is done by its button alone. */
export function inOrder(steps: readonly Step[]): Step[] {
  return [
    ...steps.filter(step => !ASKED[step]),
    ...steps.filter(step => ASKED[step]),
  ]
}

/** Whether there is something to be done with a task itself, or something to be told of it, besides the work. */
export function hasMoves(task: Pick<Task, 'steps' | 'post' | 'holder_id'>): boolean {
  return task.steps.length > 0 || (task.post !== null && task.holder_id !== null)
}

/** Whose a task is, where that is not plain: of a pool, or somebody else's. */
export function holderWords(task: Pick<Task, 'post' | 'holder_id' | 'holder_name'>, self: number | undefined): string | null {
  const mine = task.holder_id === self
  if (task.post === null) {
    return mine || task.holder_name === null
      ? null
      : `承办：${task.holder_name}`
  }
  if (task.holder_id === null)
    return '待领取'
  return mine
    ? '我已领取'
    : `${task.holder_name ?? '他人'} 已领取`
}

function fits(task: Pick<Task, 'steps'>, step: BulkStep): boolean {
  return task.steps.includes(step) || (step === 'return' && task.steps.includes('recall'))
}

/** Whether a task can be chosen at all: one of the moves for many is open to the reader. */
export function isChoosable(task: Pick<Task, 'steps'>): boolean {
  return BULK.some(step => fits(task, step))
}

/** The moves that at least one of the chosen tasks offers; of the others the server says why not. */
export function stepsFor(chosen: readonly Pick<Task, 'steps'>[]): BulkStep[] {
  return BULK.filter(step => chosen.some(task => fits(task, step)))
}

export interface Outcome { id: number, title: string, words: string, refused: boolean }

function refusalWords(problem: { type: string, title: string }, mine: boolean): string {
  return mine && problem.type.endsWith('/task-taken')
    ? '您此前已领取'
    : problem.title.replace(/。$/, '')
}

/** What came of each task of a batch, by the names they had before. */
export function outcomesOf(batch: Batch, before: readonly Pick<Task, 'id' | 'title' | 'suspects' | 'holder_id'>[], self: number | undefined): Outcome[] {
  const known = new Map(before.map(task => [task.id, task]))
  return batch.items.map((item) => {
    const task = known.get(item.id)
    return {
      id: item.id,
      title: task
        ? [task.title, ...task.suspects].join(' ')
        : '待办',
      refused: item.outcome === 'refused',
      words: item.problem
        ? refusalWords(item.problem, task?.holder_id === self)
        : wordFor(TASK_STEP_DONE, batch.step),
    }
  })
}

/** What stays chosen after a batch: what was refused. */
export function stillChosen(outcomes: readonly Outcome[]): number[] {
  return outcomes.filter(one => one.refused).map(one => one.id)
}

export function batchWords(outcomes: readonly Outcome[]): string {
  const refused = stillChosen(outcomes).length
  return refused
    ? `${outcomes.length - refused} 件已办理，${refused} 件未能办理`
    : `${outcomes.length} 件已办理`
}

/** One move in words: what was done, to whom or until when. */
export function moveWords(move: Pick<Move, 'step' | 'to_id' | 'to_name' | 'by_id' | 'until_on'>): string {
  const word = wordFor(TASK_STEP, move.step)
  if (move.step === 'follow_up') {
    return move.until_on
      ? `设跟进提醒：${dateWords(move.until_on)}`
      : '取消跟进提醒'
  }
  return move.to_name && move.to_id !== move.by_id
    ? `${word}给${move.to_name}`
    : word
}

/** Who made a move: 0 is the house itself, which says why. */
export function moverWords(move: Pick<Move, 'by_id' | 'by_name' | 'why'>): string {
  const who = move.by_id === 0
    ? '系统'
    : move.by_name ?? '—'
  return move.why
    ? `${who}（${wordFor(RELEASE_REASON, move.why)}）`
    : who
}

/** A choice of holders without whoever has it now. */
export function receivers(holders: readonly { id: number, name: string }[], holder: number | null): Choice[] {
  return holders
    .filter(one => one.id !== holder)
    .map(one => ({ value: one.id, label: one.name }))
}

/** Of a refusal about one task: who has it, where that was told. */
export function takenBy(problem: Problem | null): string | null {
  const name = problem?.members.by_name
  return problem?.slug === 'task-taken' && typeof name === 'string'
    ? name
    : null
}
