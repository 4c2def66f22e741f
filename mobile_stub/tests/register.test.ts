import { expect, it } from 'vitest'
import { blankLines, halves, linesFrom, planned, sums } from '@/pages/supervision-plans/lines'
import { blankDeclaration, blankDescription, declaring, describing, isDescribed } from '@/pages/supervisors/candidate'
import { fenOf, yuanWords } from '@/pages/supervisors/money'
import { organsOf } from '@/pages/supervisors/organs'
import { pagesOf, wants } from '@/pages/supervisors/standing'
import { byLine, textOf } from '@/pages/supervisors/table'

it('sends what a candidate form holds, with days as numbers and no empty words', () => {
  const form = {
    ...blankDescription(),
    occupation: 'farmer' as const,
    profession: ' 种植 ',
    region: '青澜区',
    weekdays: ['5', '1'],
  }
  expect(isDescribed(form)).toBe(true)
  expect(isDescribed({ ...form, region: ' ' })).toBe(false)
  expect(describing(form)).toEqual({
    occupation: 'farmer',
    profession: '种植',
    region: '青澜区',
    contact: null,
    expertise: [],
    languages: [],
    weekdays: [1, 5],
    remote_able: true,
  })
  expect(declaring({
    ...blankDeclaration(),
    education: 'college',
  })).toEqual({
    education: 'college',
    upholds_constitution: false,
    good_conduct: false,
    healthy: false,
    offices: [],
    disqualifications: [],
  })
})

it('counts money in whole fen', () => {
  expect(fenOf(200.5)).toBe(20050)
  expect(fenOf(19.99)).toBe(1999)
  expect(fenOf(1.005)).toBeNull()
  expect(fenOf(0)).toBeNull()
  expect(fenOf(null)).toBeNull()
  expect(yuanWords(123456789)).toBe('1,234,567.89 元')
})

it('tells what is wrong with a table line by line', () => {
  expect(byLine([
    { pointer: '/lines/12/education', detail: '第12行：文化程度不符合。', article: 'PSUP-2021 8' },
    { pointer: '/lines/3/name', detail: '第3行：姓名未填。' },
    { pointer: '/lines/12/born_on', detail: '第12行：未满二十三周岁。' },
    { detail: '无法读取。' },
  ])).toEqual([
    {
      line: 1,
      faults: ['无法读取。'],
    },
    {
      line: 3,
      faults: ['姓名未填。'],
    },
    {
      line: 12,
      faults: ['文化程度不符合。（选任管理办法第8条）', '未满二十三周岁。'],
    },
  ])
})

it('reads a table as UTF-8, or else as a spreadsheet of this country writes it', async () => {
  expect(await textOf(new Blob(['\uFEFF账号,姓名']))).toBe('账号,姓名')
  expect(await textOf(new Blob([
    new Uint8Array([0xD5, 0xCB, 0xBA, 0xC5]),
  ]))).toBe('账号')
})

it('offers the steps that are open, in their order, and asks each for what it needs', () => {
  expect(pagesOf(4, [
    'remove',
    'publish',
    'suspend',
    'change',
  ]).map(one => one.to)).toEqual([
    '/supervisors/4/steps/suspend',
    '/supervisors/4/steps/remove',
    '/supervisors/4/change',
  ])
  expect(pagesOf(4, ['reappoint']).map(one => one.to)).toEqual(['/supervisors/4/term'])
  expect(wants('appoint')).toEqual({
    from_on: true,
    ground: false,
    because: false,
    reason: null,
  })
  expect(wants('remove')).toMatchObject({ ground: true, reason: 'required' })
  expect(wants('end')).toMatchObject({ because: true, reason: 'optional' })
})

it('keeps the register for the organs in which one holds the post', () => {
  const held = (post: string, office_id: number) => ({ post, office_id, office_name: `${office_id}` })
  const me = {
    id: 1,
    name: '',
    username: '',
    posts: [
      held('justice_officer', 5),
      held('case_manager', 6),
    ],
  }
  expect(organsOf(me as never)).toEqual([
    { value: 5, label: '5' },
  ])
  expect(organsOf(null)).toEqual([])
})

it('sends the kinds of a plan that have both numbers', () => {
  const lines = linesFrom([
    { kind: 'briefing', activities: 2, supervisors: 6 },
  ])
  expect(lines).toHaveLength(blankLines().length)
  expect(planned(lines)).toEqual([
    { kind: 'briefing', activities: 2, supervisors: 6 },
  ])
  lines[0]!.activities = 3
  expect(halves(lines).map(one => one.kind)).toEqual([lines[0]!.kind])
  expect(sums(planned(lines))).toEqual({ activities: 2, supervisors: 6 })
})
