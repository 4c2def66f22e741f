import type { Entry } from './supervision'

/** Entries of the officers who keep offices, people and phones (三员分立), and of whoever shares out the work. */
export const KEEPING: readonly Entry[] = [
  {
    to: '/offices',
    label: '机关',
    posts: ['administrator'],
  },
  {
    to: '/accounts',
    label: '人员',
    posts: ['administrator', 'security_officer'],
  },
  {
    to: '/appointments',
    label: '任职',
    posts: ['administrator', 'security_officer'],
  },
  {
    to: '/people-imports',
    label: '成批导入的任职',
    posts: ['administrator', 'security_officer'],
  },
  {
    to: '/security-practice',
    label: '登录安全要求',
    posts: ['security_officer'],
  },
]

export const SHARING_OUT: readonly Entry[] = [
  {
    to: '/handovers',
    label: '工作移交',
    posts: ['case_manager'],
  },
  {
    to: '/load-shares',
    label: '办案比例',
    posts: [
      'case_manager',
      'chief_procurator',
      'department_head',
      'auditor',
    ],
  },
  {
    to: '/case-teams',
    label: '检察官办案组',
    posts: [
      'case_manager',
      'chief_procurator',
      'department_head',
      'auditor',
    ],
  },
]

/** What of these entries somebody who holds these posts is offered. */
export function offered(entries: readonly Entry[], posts: ReadonlySet<string>): Entry[] {
  return entries.filter(entry => entry.posts.some(post => posts.has(post)))
}
