import { expect, it } from 'vitest'
import { detailLines, EVERYTHING, kindChoices, kindWord, queryOf, SUBJECT_CHOICES, subjectWord, whoWords } from '@/pages/journal/entries'
import { staffOf, withChosen } from '@/pages/journal/staff'

const NAMES = new Map([
  [7, '林嘉禾'],
])

it('asks for whole days of Shanghai, and for a kind only with its subject', () => {
  expect(queryOf({ ...EVERYTHING, from_on: '2026-11-30', until_on: '2026-11-30' })).toMatchObject({
    since: '2026-11-29T16:00:00Z',
    until: '2026-11-30T16:00:00Z',
  })
  expect(queryOf({ ...EVERYTHING, kind: 'CaseAccepted', about_id: 3 })).toEqual({})
  expect(queryOf({
    ...EVERYTHING,
    subject: 'cases',
    kind: 'CaseAccepted',
    about_id: 3,
    by_id: 7,
  })).toEqual({
    subject: 'cases',
    kind: 'CaseAccepted',
    about_id: 3,
    by_id: 7,
  })
})

it('names every subject and kind in Chinese, and shows what it does not know as it came', () => {
  expect(SUBJECT_CHOICES.length).toBeGreaterThan(30)
  for (const { value, label } of SUBJECT_CHOICES) {
    expect(label).toMatch(/\p{Script=Han}/u)
    expect(kindChoices(String(value)).every(one => /\p{Script=Han}/u.test(one.label))).toBe(true)
  }
  expect(kindWord({ subject: 'cases', kind: 'CaseAccepted' })).toBe('案件已受理登记')
  expect(kindWord({ subject: 'cases', kind: 'CaseBorrowed' })).toBe('CaseBorrowed')
  expect(subjectWord('nowhere')).toBe('nowhere')
  expect(kindChoices(null)).toEqual([])
})

it('tells ids, codes, people and moments of an entry in words', () => {
  const lines = detailLines({
    subject: 'emergency_accesses',
    details: {
      case_id: 12,
      reason: 'deadline_ends',
      person_id: 7,
      handler_id: 9,
      late: true,
      refusal_kind: null,
      sha256: 'ab'.repeat(32),
      from_on: '2025-11-22',
      case_ids: [4, 5],
      unheard_of: 'as_it_came',
    },
  }, NAMES)
  expect(lines.map(({ label, words }) => `${label}：${words}`)).toEqual([
    '案件：12 号',
    '原因：期限届满，承办人联系不上',
    '人员：林嘉禾',
    '承办人：9 号人员',
    '迟延：是',
    '不捕种类：无',
    'SHA-256：abababab……abababab',
    '自：2025年11月22日 周六',
    '案件：4 号、5 号',
    'unheard_of：as_it_came',
  ])
})

it('says who did it: a colleague, somebody of another office, or the system', () => {
  expect(whoWords(7, NAMES)).toBe('林嘉禾')
  expect(whoWords(8, NAMES)).toBe('8 号人员')
  expect(whoWords(0, NAMES)).toBe('系统')
})

it('offers each colleague once with every post, and whoever is chosen from elsewhere', () => {
  const staff = staffOf([
    {
      post: 'prosecutor',
      people: [
        { id: 7, name: '罗景行' },
        { id: 8, name: '叶清和' },
      ],
    },
    {
      post: 'department_head',
      people: [
        { id: 7, name: '罗景行' },
      ],
    },
  ])
  expect(staff).toEqual([
    { value: 7, label: '罗景行（检察官、部门负责人）' },
    { value: 8, label: '叶清和（检察官）' },
  ])
  expect(withChosen(staff, 7)).toBe(staff)
  expect(withChosen(staff, 99)[0]).toEqual({ value: 99, label: '99 号人员' })
})
