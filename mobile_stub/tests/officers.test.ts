import type { Office, OpenWork } from '@/wire/types'
import { expect, it } from 'vitest'
import { LEVEL, OFFICE_KIND, POST, WORK_KIND } from '@/kit/words'
import { codeWords } from '@/pages/accounts/codes'
import { canEnd, inOrder, standingOf, termWords } from '@/pages/accounts/posts'
import { leftWords } from '@/pages/accounts/work'
import { postsFor } from '@/pages/appointments/fitting'
import { allTaken, casesApart, lying, othersThan } from '@/pages/handovers/work'
import { KEEPING, offered, SHARING_OUT } from '@/pages/me/menu'
import { kept, ledBy, ownOffices, procuratoratesFor, superiorsOf } from '@/pages/offices/offices'
import { base64Of, byRow } from '@/pages/people-imports/table'
import { presentIn, teamStanding } from '@/pages/rotation/teams'
import { placeOf } from '@/pages/tasks/groups'
import { Problem } from '@/wire/problem'

const ON = '2026-11-22'

function office(id: number, kind: Office['kind'], level: Office['level'], above: number | null = null, sendsTo: number | null = null): Office {
  return {
    id,
    kind,
    level,
    name: `机关${id}`,
    short_name: `机${id}`,
    superior_id: above,
    procuratorate_id: sendsTo,
    version: 1,
  }
}
const CITY = [
  office(1, 'procuratorate', 'municipal'),
  office(2, 'procuratorate', 'district', 1),
  office(3, 'public_security', 'district', null, 2),
  office(4, 'procuratorate', 'provincial'),
  office(5, 'court', 'municipal'),
]

function post(id: number, from_on: string, until_on: string | null, kind = 'prosecutor') {
  return {
    id,
    kind,
    from_on,
    until_on,
    office: { id: 2, name: '机关2' },
  } as Parameters<typeof inOrder>[0][number]
}

it('knows which offices an officer keeps: the own one and all that it leads', () => {
  const me = {
    posts: [
      { post: 'administrator', office_id: 1, office_name: '机关1' },
    ],
  } as Parameters<typeof kept>[1]
  expect(kept(CITY, me, 'administrator').map(choice => choice.value)).toEqual([1, 2, 3])
  expect(kept(CITY, me, 'security_officer')).toEqual([])
  expect([
    ...ledBy(CITY, [2]),
  ]).toEqual([2, 3])
  expect(ownOffices(me, ['administrator', 'auditor'])).toEqual([
    { value: 1, label: '机关1' },
  ])
})

it('offers as a superior the own kind one level up, and as procuratorate none to a procuratorate', () => {
  expect(superiorsOf(CITY, 'procuratorate', 'district').map(choice => choice.value)).toEqual([1])
  expect(superiorsOf(CITY, 'procuratorate', 'supreme')).toEqual([])
  expect(superiorsOf(CITY, null, null)).toEqual([])
  expect(procuratoratesFor(CITY, 'procuratorate')).toEqual([])
  expect(procuratoratesFor(CITY, 'court').map(choice => choice.value)).toEqual([1, 2, 4])
})

it('offers in each office the posts held there, the three officers everywhere, and nothing lent', () => {
  const posts = (kind: Office['kind']) => postsFor(kind).map(choice => choice.value)
  expect(posts('public_security')).toEqual([
    'police_officer',
    'administrator',
    'security_officer',
    'auditor',
  ])
  expect(posts('court')).toEqual(['administrator', 'security_officer', 'auditor'])
  const everywhere = Object.keys(OFFICE_KIND).flatMap(kind => posts(kind as Office['kind']))
  expect([
    ...Object.keys(POST),
  ].filter(one => !everywhere.includes(one))).toEqual(['acting_chief', 'supervisor'])
  expect(postsFor(null)).toEqual([])
})

it('puts posts held before those to come and those over', () => {
  const posts = [
    post(1, '2020-01-01', '2021-01-01'),
    post(2, '2026-12-01', null),
    post(3, '2024-05-01', null),
    post(4, '2026-11-22', '2026-11-22'),
  ]
  expect(inOrder(posts, ON).map(one => one.id)).toEqual([4, 3, 2, 1])
  expect(posts.map(one => standingOf(one, ON))).toEqual(['over', 'to_come', 'held', 'held'])
  expect(canEnd(posts[0]!, ON)).toBe(false)
  expect(canEnd(posts[2]!, ON)).toBe(true)
  expect(canEnd(post(5, '2024-05-01', null, 'acting_chief'), ON)).toBe(false)
  expect(termWords({ from_on: '2020-01-01', until_on: '2020-12-31' })).toBe('2020年1月1日 周三 至 2020年12月31日 周四')
  expect(termWords({ from_on: '2020-01-01', until_on: null })).toBe('2020年1月1日 周三 起')
})

it('shows a code in groups that can be read out', () => {
  expect(codeWords('7KQ3MXW9TP')).toBe('7KQ3 MXW9 TP')
  expect(codeWords('')).toBe('')
})

it('says what somebody leaves behind, and only then', () => {
  const left = new Problem(409, 'work-left', '尚有工作', null, [], {
    left: { cases: 3, interrogations: 1 },
  })
  expect(leftWords(left)).toEqual(['承办的案件 3 件', '将要参加的讯问 1 件'])
  expect(leftWords(new Problem(409, 'post-is-over', '已结束', null, [], {
    left: { cases: 3 },
  }))).toEqual([])
  expect(leftWords(null)).toEqual([])
})

it('tells what is wrong with a table row by row', () => {
  expect(byRow([
    { pointer: '#/rows/12/office', detail: '第12行：该机关未登记。' },
    { pointer: '/rows/3/post', detail: '第3行：岗位无法识别。' },
    { pointer: '/rows/12/name', detail: '第12行：缺少姓名。' },
  ])).toEqual([
    {
      row: 3,
      faults: ['岗位无法识别。'],
    },
    {
      row: 12,
      faults: ['该机关未登记。', '缺少姓名。'],
    },
  ])
})

it('sends any file as it is, however large', async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, place) => place % 256)
  const sent = atob(await base64Of(new Blob([bytes])))
  expect(sent.length).toBe(bytes.length)
  expect(sent.charCodeAt(99_999)).toBe(bytes[99_999])
})

it('lists what lies open with what somebody has to take first, and leaves out what there is none of', () => {
  const work: OpenWork['work'] = [
    { kind: 'calendar_feeds', count: 1, becomes: 'ends' },
    { kind: 'interrogations', count: 0, becomes: 'taken' },
    { kind: 'packets', count: 2, becomes: 'follows' },
    { kind: 'cases', count: 3, becomes: 'taken' },
  ]
  expect(lying(work).map(one => one.kind)).toEqual(['cases', 'packets', 'calendar_feeds'])
})

it('names apart only the cases that go to somebody else, and wants a taker for every one', () => {
  expect(casesApart([1, 2, 3], {
    to_id: 7,
    apart: { 1: 7, 2: 8, 3: null, 9: 8 },
  })).toEqual([
    { case_id: 2, to_id: 8 },
  ])
  expect(allTaken([1, 2], {
    to_id: null,
    apart: { 1: 7 },
  })).toBe(false)
  expect(allTaken([1, 2], {
    to_id: null,
    apart: { 1: 7, 2: 8 },
  })).toBe(true)
  expect(allTaken([1, 2], { to_id: 7, apart: {} })).toBe(true)
  expect(allTaken([], { to_id: null, apart: {} })).toBe(true)
  expect(othersThan(7, [
    { value: 7, label: '甲' },
    { value: 8, label: '乙' },
  ])).toEqual([
    { value: 8, label: '乙' },
  ])
})

it('shows who is in a team now, the lead first', () => {
  const member = (id: number, until_on: string | null) => ({
    person: { id, name: `${id}` },
    from_on: '2026-01-01',
    until_on,
  })
  const team = {
    lead: { id: 2, name: '2' },
    members: [
      member(1, null),
      member(3, '2026-11-21'),
      member(2, null),
    ],
    from_on: '2026-01-01',
    until_on: null,
  }
  expect(presentIn(team, ON).map(one => one.person.id)).toEqual([2, 1])
  expect(teamStanding(team, ON)).toBe('running')
  expect(teamStanding({ from_on: '2026-12-01', until_on: null }, ON)).toBe('to_come')
  expect(teamStanding({ from_on: '2026-01-01', until_on: '2026-11-21' }, ON)).toBe('over')
})

it('leads from the tasks of officers to their pages', () => {
  expect(placeOf({ about_kind: 'appointments', about_id: 4 })).toBe('/appointments/4')
  expect(placeOf({ about_kind: 'people_imports', about_id: 4 })).toBe('/people-imports/4')
  expect(placeOf({ about_kind: 'people', about_id: 4 })).toBe('/handovers/new?person=4')
})

it('offers each officer what is theirs', () => {
  const labels = (one: string) => [
    ...offered(KEEPING, new Set([one])),
    ...offered(SHARING_OUT, new Set([one])),
  ].map(entry => entry.label)
  expect(labels('administrator')).toEqual(['机关', '人员', '任职', '成批导入的任职'])
  expect(labels('security_officer')).toEqual(['人员', '任职', '成批导入的任职', '登录安全要求'])
  expect(labels('case_manager')).toEqual(['工作移交', '办案比例', '检察官办案组'])
  expect(labels('prosecutor')).toEqual([])
  expect(Object.keys(LEVEL)).toHaveLength(4)
  expect(Object.keys(WORK_KIND)).toContain('cases')
})
