import { expect, it } from 'vitest'
import { daysOf, placed, runsOf, runWords } from '@/pages/calendar-notices/days'

it('makes days of runs and runs of days', () => {
  expect(daysOf({ from: '2027-02-27', until: '2027-03-02' })).toEqual([
    '2027-02-27',
    '2027-02-28',
    '2027-03-01',
    '2027-03-02',
  ])
  expect(daysOf({ from: '2027-01-01', until: null })).toEqual(['2027-01-01'])
  expect(daysOf({ from: null, until: '2027-01-01' })).toEqual([])
  expect(daysOf({ from: '2027-01-03', until: '2027-01-01' })).toEqual(['2027-01-03'])
  expect(daysOf({ from: '2017-01-01', until: '2027-01-01' })).toHaveLength(40)
  expect(runsOf(['2027-03-01', '2027-02-28', '2027-01-01'])).toEqual([
    { from: '2027-01-01', until: '2027-01-01' },
    { from: '2027-02-28', until: '2027-03-01' },
  ])
})

it('says a run with its weekdays and how many days it has', () => {
  expect(runWords({ from: '2027-01-01', until: '2027-01-03' }, '2027-06-01')).toBe('1月1日 周五至1月3日 周日，共3天')
  expect(runWords({ from: '2026-12-31', until: '2026-12-31' }, '2027-06-01')).toBe('2026年12月31日 周四')
})

it('tells the fault of a day at the run that holds it', () => {
  const runs = [
    { from: '2027-01-01', until: '2027-01-03' },
    { from: '2027-02-05', until: null },
  ]
  function at(pointer: string): string {
    return placed([
      { pointer, detail: '不对', severity: 'error' },
    ], runs)[0]!.pointer
  }
  expect(at('/off/2')).toBe('/runs/0/from')
  expect(at('/off/3')).toBe('/runs/1/from')
  expect(at('/off/9')).toBe('/off/9')
  expect(at('/make_up/0')).toBe('/make_up/0')
})
