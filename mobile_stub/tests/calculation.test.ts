import type { Calculation, DeadlineRule } from '@/wire/types'
import { describe, expect, it } from 'vitest'
import { eventKinds, fittingTrigger, missing, newEvent, nextGround, payload, placed, proposed, searched, shareText } from '@/pages/deadlines/calculation'

function extension(ground: string): DeadlineRule['extensions'][number] {
  return {
    ground,
    more: 1,
    at_least: null,
    unit: 'months',
    in_one_go: false,
    zh: ground,
    en: ground,
    by_zh: '',
    by_en: '',
    article: 'CPL 156',
    article_zh: '刑诉法156条',
  }
}

function rule(given: Partial<DeadlineRule>): DeadlineRule {
  return {
    rule: 'C01',
    kind: 'deadline',
    title_zh: '逮捕后的侦查羁押期限不得超过二个月',
    title_en: 'custody',
    trigger: 'arrest_executed',
    trigger_zh: '执行逮捕',
    trigger_en: 'execution of the arrest',
    binds: 'police',
    length: 2,
    and_days: 0,
    unit: 'months',
    class: 'custody',
    extensions: [
      extension('complex_case'),
      extension('four_case_types'),
    ],
    extends: null,
    restarts: ['new_crime', 'identity_established'],
    at_most: null,
    per_case: false,
    article: 'CPL 156',
    article_zh: '刑诉法156条',
    effective_from: '2018-10-26',
    effective_until: null,
    note_zh: '',
    note_en: '',
    ...given,
  }
}

const CUSTODY = rule({})
const HOURS = rule({
  rule: 'D02',
  title_zh: '拘留后二十四小时以内通知家属',
  trigger_zh: '执行拘留',
  unit: 'hours',
  class: 'hours',
  restarts: [],
  length: 24,
  extensions: [],
  article_zh: '刑诉法85条2款',
  article: 'CPL 85¶2',
})
const BAIL = rule({
  rule: 'B01',
  class: 'measure',
  restarts: ['new_organ'],
  extensions: [],
  title_zh: '取保候审最长不得超过十二个月',
})
const GUARD = rule({
  rule: 'D08c',
  kind: 'guard',
  unit: null,
  class: null,
  length: null,
  extensions: [],
})

describe('what is sent', () => {
  it('is what belongs to the kind of event, and nothing empty', () => {
    const sent = payload({
      rule: 'C01',
      trigger: '2026-07-30',
      custody: 'held',
      events: [
        newEvent('extended', {
          ground: 'complex_case',
          on: '2026-09-20',
          days: 7,
          custody: 'held',
        }),
        newEvent('custody_changed', { custody: 'at_liberty', on: '2026-09-25', ground: 'complex_case' }),
        newEvent('travelled', { days: 2 }),
        newEvent('excluded', { reason: 'psychiatric_evaluation', from_on: '2026-09-01', until_on: '' }),
        newEvent('restarted', { reason: 'new_crime', at: '2026-10-01' }),
      ],
    })

    expect(sent).toEqual({
      rule: 'C01',
      trigger: '2026-07-30',
      custody: 'held',
      events: [
        { kind: 'extended', ground: 'complex_case', on: '2026-09-20' },
        { kind: 'custody_changed', custody: 'at_liberty', on: '2026-09-25' },
        { kind: 'travelled', days: 2 },
        { kind: 'excluded', reason: 'psychiatric_evaluation', from_on: '2026-09-01' },
        { kind: 'restarted', reason: 'new_crime', at: '2026-10-01' },
      ],
    })
  })

  it('gives each card on the screen a key of its own, also when it is filled from another', () => {
    const first = newEvent('used')
    expect(newEvent('used', first).key).not.toBe(first.key)
  })
})

describe('what is wrong', () => {
  const question = {
    rule: 'C01',
    trigger: '2026-07-30',
    custody: 'held',
    events: [
      newEvent('extended'),
      newEvent('custody_changed', { on: '2026-08-01' }),
    ],
  }

  function refusal(pointer: string, code: string): { pointer: string, code: string, detail: string, severity: 'error' } {
    return {
      pointer,
      code,
      detail: '不行',
      severity: 'error',
    }
  }

  it('is first of all what is not filled in', () => {
    expect(missing(question).map(fault => fault.pointer)).toEqual(['/events/0/ground', '/events/1/custody'])
    const nothing = missing({
      ...question,
      rule: null,
      trigger: '',
      events: [],
    })
    expect(nothing.map(fault => fault.pointer)).toEqual(['/rule', '/trigger'])
  })

  it('is told beside the field that has to be mended, if the event has it', () => {
    const found = placed([
      refusal('/events/0', 'length_out_of_range'),
      refusal('/events/1', 'length_out_of_range'),
      refusal('/events/0', 'extension_after_expiry'),
      refusal('/trigger', 'date_out_of_range'),
      refusal('/events/7', 'length_out_of_range'),
    ], question)
    expect(found.map(fault => fault.pointer)).toEqual([
      '/events/0/length',
      '/events/1',
      '/events/0',
      '/trigger',
      '/events/7',
    ])
  })
})

describe('what can happen', () => {
  it('is offered only where the rule could take it', () => {
    expect(eventKinds(CUSTODY)).toEqual([
      'extended',
      'extension_stated',
      'custody_changed',
      'excluded',
      'restarted',
    ])
    expect(eventKinds(BAIL)).toEqual([
      'custody_changed',
      'excluded',
      'restarted',
      'travelled',
      'used',
    ])
    expect(eventKinds(rule({ restarts: [] }))).not.toContain('restarted')
    expect(eventKinds(HOURS)).toEqual([])
    expect(eventKinds(GUARD)).toEqual([])
    expect(eventKinds(rule({ kind: 'backward', extensions: [] }))).toEqual([])
    expect(eventKinds(null)).toEqual([])
  })

  it('proposes the extensions in the order of the table, and anew after a new beginning', () => {
    const extended = newEvent('extended')
    expect(nextGround(CUSTODY, [])).toBe('complex_case')
    expect(nextGround(CUSTODY, [extended])).toBe('four_case_types')
    expect(nextGround(CUSTODY, [extended, extended])).toBeNull()
    expect(nextGround(CUSTODY, [
      extended,
      extended,
      newEvent('restarted'),
    ])).toBe('complex_case')
  })

  it('fills in of an event what can only be one thing', () => {
    const first = proposed('extended', CUSTODY, [])
    expect(first).toMatchObject({ kind: 'extended', ground: 'complex_case', reason: null })
    expect(proposed('extension_stated', CUSTODY, [first]).ground).toBe('four_case_types')
    expect(proposed('restarted', BAIL, [])).toMatchObject({ kind: 'restarted', reason: 'new_organ' })
    expect(proposed('restarted', CUSTODY, []).reason).toBeNull()
    expect(proposed('custody_changed', CUSTODY, [])).toMatchObject({ ground: null, custody: null })
  })

  it('keeps of a beginning what the rule can count from', () => {
    expect(fittingTrigger(CUSTODY, '2026-09-05')).toBe('2026-09-05')
    expect(fittingTrigger(CUSTODY, '2026-09-04T17:00:00Z')).toBe('2026-09-05')
    expect(fittingTrigger(HOURS, '2026-09-05')).toBeNull()
    expect(fittingTrigger(HOURS, '2026-09-04T17:00:00Z')).toBe('2026-09-04T17:00:00Z')
  })
})

describe('the search among the rules', () => {
  const rules = [CUSTODY, HOURS, BAIL]
  function found(query: string): string[] {
    return searched(rules, query).map(one => one.rule)
  }

  it('finds by number, words, trigger and article, all words together', () => {
    expect(found('')).toEqual(['C01', 'D02', 'B01'])
    expect(found('d02')).toEqual(['D02'])
    expect(found('通知 家属')).toEqual(['D02'])
    expect(found('85条')).toEqual(['D02'])
    expect(found('执行逮捕')).toEqual(['C01', 'B01'])
    expect(found('four_case_types')).toEqual(['C01'])
    expect(found('通知 85条 取保')).toEqual([])
  })

  it('puts a rule that is named by its number first', () => {
    expect(searched([
      rule({ rule: 'R15', note_zh: '参见 C01' }),
      CUSTODY,
    ], 'C01').map(one => one.rule)).toEqual(['C01', 'R15'])
  })
})

describe('the text that is shared', () => {
  const calculation = {
    rule: 'T06',
    title_zh: '不服判决的上诉期限为十日',
    trigger_zh: '接到判决书',
    started: '2026-09-23',
    custody: 'held',
    due_on: '2026-10-03',
    outer_on: '2026-10-08',
    due_at: null,
    outer_at: null,
    provisional: true,
    flags: ['requested_late'],
    article_zh: '刑诉法230条',
    steps: [
      { zh: '接到判决书之日（9月23日）不计入（刑诉法105条2款）' },
      { zh: '10日，至10月3日（刑诉法105条1款）' },
    ],
  } as unknown as Calculation

  it('says the rule, both days and every step', () => {
    const text = shareText(calculation)
    expect(text).toContain('T06 不服判决的上诉期限为十日')
    expect(text).toMatch(/应办日：(2026年)?10月3日 周六/)
    expect(text).toMatch(/最迟日：(2026年)?10月8日 周四/)
    expect(text).toContain('1. 接到判决书之日（9月23日）不计入（刑诉法105条2款）\n2. 10日')
    expect(text).toContain('暂定')
    expect(text).toContain('提请延长迟于法定时间')
  })

  it('says one day where there is only one, and none where there is none', () => {
    expect(shareText({ ...calculation, outer_on: '2026-10-03' })).not.toContain('最迟')
    const none = shareText({ ...calculation, due_on: null, outer_on: null })
    expect(none).toContain('没有可以计算的日期')
    expect(none).not.toContain('最迟')
  })

  it('tells hours by the clock', () => {
    const text = shareText({
      ...calculation,
      due_at: '2026-10-03T09:20:00+08:00',
      outer_at: '2026-10-03T10:00:00+08:00',
    })
    expect(text).toMatch(/应办日：(2026年)?10月3日 09:20/)
    expect(text).toMatch(/最迟日：(2026年)?10月3日 10:00/)
  })
})
