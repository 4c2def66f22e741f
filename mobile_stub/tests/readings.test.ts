import { expect, it } from 'vitest'
import { lastThirty, openedWords, readingQuery, remarksOn, spanFault, strikingFirst } from '@/pages/readings/readings'

it('says what an address opens', () => {
  expect(openedWords('/cases/<int:case_id>')).toBe('案件')
  expect(openedWords('/cases/<int:case_id>/deadlines')).toBe('案件：期限')
  expect(openedWords('/packets/<int:packet_id>/pages/<int:number>/image')).toBe('监督材料：材料页')
  expect(openedWords('/cases/<int:case_id>/unheard-of')).toBe('案件')
  expect(openedWords('/elsewhere/<int:id>')).toBe('/elsewhere/<int:id>')
})

it('asks only for what was chosen', () => {
  const nothing = {
    case_id: null,
    person_id: null,
    right: '' as const,
    from_on: null,
    until_on: null,
  }
  expect(Object.values(readingQuery(nothing)).every(one => one === undefined)).toBe(true)
  expect(readingQuery({ ...nothing, case_id: 3, right: 'emergency' })).toMatchObject({ case_id: 3, right: 'emergency' })
})

it('reports on thirty days unless others are chosen, and on 92 at most', () => {
  expect(lastThirty('2026-11-30')).toEqual({ from_on: '2026-11-01', until_on: '2026-11-30' })
  expect(spanFault({ from_on: '2026-09-01', until_on: '2026-12-01' })).toBeNull()
  expect(spanFault({ from_on: '2026-09-01', until_on: '2026-12-02' })).toBe('报告最长九十二日。')
  expect(spanFault({ from_on: '2026-12-02', until_on: '2026-12-01' })).toBe('起日晚于止日。')
  expect(spanFault({ from_on: null, until_on: '2026-12-01' })).toBe('请选择起日和止日。')
})

it('puts readers with something to look at first, and says what', () => {
  const usual = {
    id: 1,
    outside_hours: 0,
    in_emergency: 0,
    has_left: false,
  }
  const late = {
    id: 2,
    outside_hours: 4,
    in_emergency: 1,
    has_left: false,
  }
  const gone = {
    id: 3,
    outside_hours: 0,
    in_emergency: 0,
    has_left: true,
  }
  expect(strikingFirst([usual, late, gone]).map(one => one.id)).toEqual([3, 2, 1])
  expect(remarksOn(usual)).toEqual([])
  expect(remarksOn(late)).toEqual(['工作时间外 4 次', '紧急查阅 1 次'])
  expect(remarksOn(gone)).toEqual(['已不再任职'])
})
