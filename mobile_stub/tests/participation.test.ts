import type { Numbers } from '@/wire/types'
import { expect, it } from 'vitest'
import { answers, counted, percent, times, width } from '@/pages/participation/rows'

it('writes a share in per cent, and a dash where nothing was shared', () => {
  expect(percent(0.6667)).toBe('66.7%')
  expect(percent(0)).toBe('0%')
  expect(percent(null)).toBe('—')
})

it('never draws a bar wider than its line', () => {
  expect(width({ label: '', value: 3, of: 4 })).toBe(75)
  expect(width({ label: '', value: 5, of: 4 })).toBe(100)
  expect(width({ label: '', value: 0, of: 0 })).toBe(0)
})

it('puts the most frequent first', () => {
  const rows = counted({ a: 1, b: 4 }, { a: '甲', b: '乙' })
  expect(rows.map(row => [row.label, row.value, row.of])).toEqual([
    ['乙', 4, 4],
    ['甲', 1, 4],
  ])
})

it('tells who came in person and who from afar', () => {
  const invitations = {
    invited: 4,
    waiting: 0,
    accepted: 3,
    declined: 1,
    lapsed: 0,
    recused: 0,
    released: 0,
    attended: 2,
    absent: 1,
    present: 1,
    remote: 1,
  }
  const came = answers({ invitations } as Numbers).find(row => row.label === '到场')
  expect(came).toMatchObject({ value: 2, of: 4, words: '现场 1，远程 1' })
})

it('says nothing of a time that was never taken', () => {
  const none = {
    count: 0,
    median: null,
    ninetieth: null,
    longest: null,
  }
  const some = {
    count: 3,
    median: 5,
    ninetieth: 7,
    longest: 7,
  }
  const told = times({
    lead_times: { notice: some, receipt: none },
  } as unknown as Numbers)
  expect(told[0]!.words).toContain('中位 5')
  expect(told.find(one => one.label === '签收答复')!.words).toBe('—')
})
