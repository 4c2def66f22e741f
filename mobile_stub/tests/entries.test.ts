import { expect, it } from 'vitest'
import { hearClock } from '@/kit/clock'
import { entryWords } from '@/pages/deadlines/entries'

const EXTENSION = {
  ground: 'special_circumstances',
  more: 4,
  at_least: 1,
  unit: 'days' as const,
  in_one_go: false,
  zh: '特殊情况',
  en: 'special circumstances',
  by_zh: '',
  by_en: '',
  article: 'CPL 91¶1',
  article_zh: '刑诉法91条1款',
}

hearClock('2026-11-22T04:00:00Z')

it.each([
  [
    'started',
    { started: '2026-09-05T10:00:00+08:00', custody: 'held' },
    '自 9月5日 10:00，在押',
  ],
  [
    'extended',
    {
      ground: 'special_circumstances',
      length: 4,
      requested_on: '2026-09-20',
      on: '2026-09-21',
    },
    '特殊情况，4日，9月20日 周日 提请，9月21日 周一 决定',
  ],
  [
    'extended',
    { ground: 'complex_case' },
    '',
  ],
  [
    'suspended',
    { reason: 'psychiatric_evaluation', from_on: '2026-09-10' },
    '精神病鉴定，自 9月10日 周四',
  ],
  [
    'resumed',
    { until_on: '2026-09-12' },
    '至 9月12日 周六',
  ],
  [
    'travelled',
    { days: 2 },
    '2 日',
  ],
  [
    'custody_changed',
    { custody: 'at_liberty', on: '2026-09-11' },
    '未在押，自 9月11日 周五',
  ],
  [
    'restarted',
    { reason: 'new_crime', at: '2026-09-12' },
    '发现另有重要罪行',
  ],
  [
    'calendar_changed',
    { notice_id: 3 },
    '',
  ],
  [
    'closed',
    { reason: 'done' },
    '已办',
  ],
] as const)('says %s in words', (kind, details, words) => {
  expect(entryWords({ kind, details }, [EXTENSION])).toBe(words)
})
