import type { Entry } from './supervision'

/** 安全审计员：看日志和查阅记录，不看案件。 */
export const AUDITING: readonly Entry[] = [
  {
    to: '/journal',
    label: '操作日志',
    posts: ['auditor'],
  },
  {
    to: '/journal-checkpoints',
    label: '存证点',
    posts: ['auditor'],
  },
  {
    to: '/readings',
    label: '查阅记录',
    posts: ['auditor'],
  },
  {
    to: '/reading-reports',
    label: '查阅情况报告',
    posts: ['auditor'],
  },
  {
    to: '/emergency-accesses',
    label: '紧急查阅',
    posts: ['auditor'],
  },
]

const READERS = [
  'police_officer',
  'commission_officer',
  'case_manager',
  'prosecutor',
  'assistant',
  'clerk',
  'department_head',
  'chief_procurator',
  'execution_supervisor',
] as const

/** Whoever reads cases is shown what is noted of it. */
export const READING: readonly Entry[] = [
  { to: '/readings/me', label: '我的查阅记录', posts: READERS },
  {
    to: '/emergency-accesses',
    label: '紧急查阅',
    posts: [
      'case_manager',
      'prosecutor',
      'department_head',
      'chief_procurator',
      'inspector',
    ],
  },
]
