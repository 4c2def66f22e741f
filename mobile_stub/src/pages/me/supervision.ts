/** Entries to what people's supervisors take part in; an entry shows once this app has its page. */
export interface Entry { to: string, label: string, posts: readonly string[] }

const PROCURATORATE = [
  'case_manager',
  'prosecutor',
  'department_head',
  'chief_procurator',
  'acting_chief',
] as const

export const ENTRIES: readonly Entry[] = [
  {
    to: '/activities',
    label: '监督活动',
    posts: [...PROCURATORATE, 'justice_officer'],
  },
  {
    to: '/supervisors',
    label: '人民监督员',
    posts: ['case_manager', 'justice_officer'],
  },
  {
    to: '/invitations',
    label: '监督活动邀请',
    posts: ['supervisor'],
  },
  {
    to: '/own-opinions',
    label: '我的意见',
    posts: ['supervisor'],
  },
  {
    to: '/own-entry',
    label: '我的任职',
    posts: ['supervisor'],
  },
  {
    to: '/participation/me',
    label: '我的履职',
    posts: ['supervisor'],
  },
  {
    to: '/supervision-opinions',
    label: '监督意见',
    posts: PROCURATORATE,
  },
  { to: '/public-hearings', label: '公开听证', posts: PROCURATORATE },
  { to: '/quality-reviews', label: '质量评查', posts: PROCURATORATE },
  {
    to: '/participation',
    label: '监督数据',
    posts: ['case_manager', 'chief_procurator', 'justice_officer'],
  },
]

/** What somebody who holds these posts is offered. */
export function entriesFor(posts: ReadonlySet<string>, hasPage: (path: string) => boolean): Entry[] {
  return ENTRIES.filter(entry => entry.posts.some(post => posts.has(post)) && hasPage(entry.to))
}
