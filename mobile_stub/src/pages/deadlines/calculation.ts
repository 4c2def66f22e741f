import type { Fault } from '@/wire/problem'
import type { Calculation, CalculationEvent, DeadlineRule, NewCalculation } from '@/wire/types'
import { dateWords, instantWords, today } from '@/kit/time'
import { CUSTODY, DEADLINE_FLAG, RULE_SECTION, UNIT, wordFor } from '@/kit/words'

export type EventKind = CalculationEvent['kind']

/** What one has filled in of an event; only what belongs to its kind is sent. */
export interface EventDraft {
  /** Tells the cards on the screen apart, whatever is moved or taken away. */
  key: number
  kind: EventKind
  ground: string | null
  length: number | null
  days: number | null
  reason: string | null
  custody: string | null
  on: string | null
  requested_on: string | null
  from_on: string | null
  until_on: string | null
  at: string | null
}

export interface Question {
  rule: string | null
  /** A day, or an instant for hours. */
  trigger: string | null
  custody: string
  events: EventDraft[]
}

const SENT: Record<EventKind, readonly (keyof EventDraft)[]> = {
  extended: [
    'ground',
    'length',
    'requested_on',
    'on',
  ],
  extension_stated: ['ground'],
  excluded: ['reason', 'from_on', 'until_on'],
  travelled: ['days'],
  used: ['days'],
  restarted: ['reason', 'at'],
  custody_changed: ['custody', 'on'],
}

let keys = 0

export function newEvent(kind: EventKind, given: Partial<EventDraft> = {}): EventDraft {
  keys += 1
  return {
    key: keys,
    kind,
    ground: null,
    length: null,
    days: null,
    reason: null,
    custody: null,
    on: null,
    requested_on: null,
    from_on: null,
    until_on: null,
    at: null,
    ...Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'key')),
  }
}

/** The body that is sent: nothing empty, nothing that belongs to another kind of event. */
export function payload(question: Question): NewCalculation {
  return {
    rule: question.rule ?? '',
    trigger: question.trigger ?? '',
    custody: question.custody,
    events: question.events.map(event => Object.fromEntries([
      ['kind', event.kind],
      ...SENT[event.kind].filter(name => event[name] !== null && event[name] !== '').map(name => [name, event[name]]),
    ])),
  } as NewCalculation
}

const MUST: Record<EventKind, readonly (keyof EventDraft)[]> = {
  extended: ['ground'],
  extension_stated: ['ground'],
  excluded: ['reason', 'from_on'],
  travelled: ['days'],
  used: ['days'],
  restarted: ['reason', 'at'],
  custody_changed: ['custody', 'on'],
}

/** What is still to be filled in, where it is to be filled in. */
export function missing(question: Question): Fault[] {
  const empty = question.events.flatMap((event, index) => MUST[event.kind]
    .filter(name => event[name] === null || event[name] === '')
    .map(name => `/events/${index}/${name}`))
  return [
    ...(question.rule
      ? []
      : ['/rule']),
    ...(question.trigger
      ? []
      : ['/trigger']),
    ...empty,
  ].map(pointer => ({ pointer, detail: '此项须填写', severity: 'error' }))
}

/** Where in an event a refusal belongs; what is not here concerns the event as a whole. */
const BLAMED: Record<string, keyof EventDraft> = {
  length_out_of_range: 'length',
  ground_unknown: 'ground',
  extended_before: 'ground',
  extension_out_of_order: 'ground',
  restart_not_known: 'reason',
  days_not_positive: 'days',
}

/** Faults of an event, moved beside the field of it that has to be mended. */
export function placed(faults: readonly Fault[], question: Question): Fault[] {
  return faults.map((fault) => {
    const index = /^\/events\/(\d+)$/.exec(fault.pointer)?.[1]
    const event = question.events[Number(index)]
    const field = BLAMED[fault.code ?? '']
    return event && field && SENT[event.kind].includes(field)
      ? { ...fault, pointer: `${fault.pointer}/${field}` }
      : fault
  })
}

/** Does the law count this one by the clock, so that a day is not enough? */
export function countsHours(rule: Pick<DeadlineRule, 'unit'> | null): boolean {
  return rule?.unit === 'hours'
}

/** What of a beginning fits a rule: the day of an instant where days are counted; nothing of a day where hours are. */
export function fittingTrigger(rule: Pick<DeadlineRule, 'unit'>, trigger: string): string | null {
  const isDay = trigger.length === 10
  if (countsHours(rule))
    return isDay ? null : trigger
  return isDay
    ? trigger
    : today(new Date(trigger))
}

/** What can happen to a period of this rule; whatever cannot is not offered. */
export function eventKinds(rule: DeadlineRule | null): EventKind[] {
  if (!rule?.unit)
    return []
  const granted: EventKind[] = rule.extensions.length
    ? ['extended', 'extension_stated']
    : []
  if (countsHours(rule) || rule.kind === 'backward')
    return granted
  return [
    ...granted,
    'custody_changed',
    'excluded',
    ...rule.restarts.length
      ? ['restarted' as const]
      : [],
    ...rule.class === 'custody'
      ? []
      : ['travelled' as const],
    ...rule.class === 'measure'
      ? ['used' as const]
      : [],
  ]
}

/** The extension that the table allows next: those granted since the last new beginning come before it. */
export function nextGround(rule: DeadlineRule, before: readonly Pick<EventDraft, 'kind' | 'ground'>[]): string | null {
  const begun = before.map(event => event.kind).lastIndexOf('restarted')
  const granted = before.slice(begun + 1).filter(event => event.kind === 'extended').length
  return rule.extensions[granted]?.ground ?? null
}

/** What is known of an event the moment it is added: the extension whose turn it is, the one reason there is. */
export function proposed(kind: EventKind, rule: DeadlineRule, before: readonly EventDraft[]): EventDraft {
  switch (kind) {
    case 'extended':
    case 'extension_stated':
      return newEvent(kind, {
        ground: nextGround(rule, before),
      })
    case 'restarted':
      return newEvent(kind, {
        reason: rule.restarts.length === 1
          ? rule.restarts[0]!
          : null,
      })
    default:
      return newEvent(kind)
  }
}

/** `7 日`, `2 个月`, `1 至 4 日`; nothing where the law gives no length. */
export function lengthWords(rule: Pick<DeadlineRule, 'length' | 'unit'>): string | null {
  return rule.length && rule.unit
    ? `${rule.length} ${wordFor(UNIT, rule.unit)}`
    : null
}

export function sectionOf(rule: Pick<DeadlineRule, 'rule'>): string {
  return wordFor(RULE_SECTION, rule.rule.slice(0, 1))
}

/** Rules in which every word occurs, in number, title, trigger, article, note or extensions; one named by its number comes first. */
export function searched(rules: readonly DeadlineRule[], query: string): DeadlineRule[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return rules
    .filter((rule) => {
      const granted = rule.extensions.flatMap(one => [one.zh, one.article_zh])
      const text = [
        rule.rule,
        rule.title_zh,
        rule.trigger_zh,
        rule.article_zh,
        rule.article,
        rule.note_zh,
        ...granted,
      ].join(' ').toLowerCase()
      return words.every(word => text.includes(word))
    })
    .sort((a, b) => Number(b.rule.toLowerCase() === words[0]) - Number(a.rule.toLowerCase() === words[0]))
}

function dayOrInstant(at: string | null | undefined, on: string | null | undefined): string {
  return at
    ? instantWords(at)
    : dateWords(on)
}

/** The answer as a text that can be sent to anybody: the law and the days, nothing of a case. */
export function shareText(calculation: Calculation): string {
  const { due_at, due_on, outer_at, outer_on, started } = calculation
  const later = due_at
    ? outer_at !== due_at
    : outer_on !== due_on
  return [
    `【期限计算】${calculation.rule} ${calculation.title_zh}`,
    `依据：${calculation.article_zh}`,
    `起算：${calculation.trigger_zh}，${started.length === 10
      ? dateWords(started)
      : instantWords(started)}`,
    `羁押状态：${wordFor(CUSTODY, calculation.custody)}`,
    due_on
      ? `应办日：${dayOrInstant(due_at, due_on)}`
      : '没有可以计算的日期',
    due_on && later && `最迟日：${dayOrInstant(outer_at, outer_on)}（条文有两种理解，按较早的应办日办理）`,
    calculation.provisional && '暂定：该日的放假通知尚未公布',
    ...calculation.flags.map(flag => `注意：${wordFor(DEADLINE_FLAG, flag)}`),
    '计算过程：',
    ...calculation.steps.map((step, index) => `${index + 1}. ${step.zh}`),
    '（由检通期限计算器得出，未含案件信息）',
  ].filter(Boolean).join('\n')
}
