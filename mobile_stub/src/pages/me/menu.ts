/** What "my page" leads to, section by section: for whom each entry is stands beside it, and nowhere else. */
export interface Entry {
  to: string
  label: string
  /** Holders of one of these posts see it; without any, everybody does. */
  posts?: readonly string[]
  /** Everybody sees it but those who hold nothing but these posts. */
  except?: readonly string[]
  /** Its name in tests, where the address alone would not do. */
  testid?: string
}

export interface Section {
  title: string
  entries: readonly Entry[]
}

const PROSECUTION = ['prosecutor', 'department_head', 'chief_procurator'] as const
const PROCURATORATE = ['case_manager', ...PROSECUTION] as const
const SUPERVISED = [...PROCURATORATE, 'acting_chief'] as const
const SHARING = [
  'case_manager',
  'chief_procurator',
  'department_head',
  'auditor',
] as const

/** 三员分立：安全审计员看日志和查阅记录，不看案件。 */
export const AUDITING: Section = {
  title: '审计',
  entries: [
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
  ],
}

/** The officers who keep offices, people and phones. */
export const KEEPING: Section = {
  title: '机关和人员',
  entries: [
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
  ],
}

export const SHARING_OUT: Section = {
  title: '办案力量',
  entries: [
    {
      to: '/handovers',
      label: '工作移交',
      posts: ['case_manager'],
    },
    { to: '/load-shares', label: '办案比例', posts: SHARING },
    { to: '/case-teams', label: '检察官办案组', posts: SHARING },
  ],
}

/** What people's supervisors take part in. */
export const SUPERVISION: Section = {
  title: '人民监督',
  entries: [
    {
      to: '/activities',
      label: '监督活动',
      posts: [...SUPERVISED, 'justice_officer'],
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
    { to: '/supervision-opinions', label: '监督意见', posts: SUPERVISED },
    { to: '/public-hearings', label: '公开听证', posts: SUPERVISED },
    { to: '/quality-reviews', label: '质量评查', posts: SUPERVISED },
    {
      to: '/participation',
      label: '监督数据',
      posts: ['case_manager', 'chief_procurator', 'justice_officer'],
    },
  ],
}

/** Whoever reads cases is shown what is noted of it; the auditor has it among the audits. */
export const READING: Section = {
  title: '查阅',
  entries: [
    {
      to: '/readings/me',
      label: '我的查阅记录',
      posts: [
        'police_officer',
        'commission_officer',
        ...PROCURATORATE,
        'assistant',
        'clerk',
        'execution_supervisor',
      ],
    },
    {
      to: '/emergency-accesses',
      label: '紧急查阅',
      posts: [...PROCURATORATE, 'inspector'],
    },
  ],
}

export const MENU: readonly Section[] = [
  AUDITING,
  KEEPING,
  SHARING_OUT,
  SUPERVISION,
  {
    // 刑诉规则第4条：决定的人，以及报请决定的人。
    title: '审批',
    entries: [
      {
        to: '/proposals',
        label: '报批意见',
        posts: [...PROSECUTION, 'acting_chief'],
      },
      {
        to: '/power-lists',
        label: '权力清单',
        posts: [...PROSECUTION, 'acting_chief'],
      },
      {
        to: '/delegations',
        label: '授权代行',
        posts: [...PROSECUTION, 'acting_chief'],
      },
    ],
  },
  {
    // 人民监督员和管理名册的机关不计算期限。
    title: '期限',
    entries: [
      {
        to: '/deadlines/calculator',
        label: '期限计算',
        except: ['supervisor', 'justice_officer'],
        testid: 'to-calculator',
      },
      {
        // 刑诉规则第613、664条。
        to: '/monitoring-entries',
        label: '流程监控',
        posts: [...PROCURATORATE, 'execution_supervisor'],
        testid: 'to-monitoring',
      },
      {
        // 刑诉规则第256条。
        to: '/consultations',
        label: '介入与协商',
        posts: [...PROCURATORATE, 'police_officer', 'commission_officer'],
      },
      {
        to: '/calendar-notices',
        label: '节假日安排',
        except: ['supervisor', 'justice_officer'],
        testid: 'to-notices',
      },
    ],
  },
  {
    title: '讯问安排',
    entries: [
      {
        to: '/interrogations',
        label: '讯问',
        posts: [...PROCURATORATE, 'detention_officer'],
      },
      { to: '/plans', label: '讯问排期', posts: PROCURATORATE },
      {
        to: '/usage',
        label: '讯问统计',
        posts: [
          'case_manager',
          'department_head',
          'chief_procurator',
          'detention_officer',
        ],
      },
      { to: '/interrogation-practice', label: '讯问排期设置', posts: PROCURATORATE },
    ],
  },
  {
    // 组织法第47条：办案人员记录过问，检务督察核查。
    title: '办案纪律与监督',
    entries: [
      {
        to: '/inquiries',
        label: '过问记录',
        posts: [...PROCURATORATE, 'clerk', 'inspector'],
      },
      {
        to: '/oversight-entries',
        label: '办案监督',
        posts: [...PROSECUTION, 'inspector'],
        testid: 'to-oversight',
      },
    ],
  },
  READING,
  {
    title: '会议',
    entries: [
      { to: '/conferences', label: '检察官联席会议', posts: PROCURATORATE },
      { to: '/committee-matters', label: '检察委员会', posts: PROCURATORATE },
    ],
  },
  {
    title: '消息和提醒',
    entries: [
      { to: '/preferences', label: '提醒设置' },
      {
        to: '/escalations',
        label: '逐级提醒',
        posts: ['case_manager', 'department_head', 'chief_procurator'],
      },
      {
        to: '/notification-channels',
        label: '推送运行情况',
        posts: ['administrator'],
      },
      {
        to: '/message-templates',
        label: '消息样式',
        posts: ['administrator', 'security_officer'],
      },
    ],
  },
  {
    title: '账号安全',
    entries: [
      { to: '/me/devices', label: '我的设备与登录', testid: 'to-devices' },
      { to: '/me/password', label: '修改口令', testid: 'to-password' },
      { to: '/me/passkeys', label: '通行密钥', testid: 'to-passkeys' },
    ],
  },
]

/** What of a section somebody who holds these posts is offered; an entry shows once this app has its page. */
export function offered(section: Section, posts: ReadonlySet<string>, hasPage: (path: string) => boolean = () => true): Entry[] {
  return section.entries.filter(entry => isFor(entry, posts) && hasPage(entry.to))
}

/** The sections in which there is something for the holder of these posts. */
export function menuFor(posts: ReadonlySet<string>, hasPage: (path: string) => boolean): Section[] {
  return MENU
    .filter(section => section !== READING || !posts.has('auditor'))
    .map(section => ({
      title: section.title,
      entries: offered(section, posts, hasPage),
    }))
    .filter(section => section.entries.length)
}

/** The name of an entry in tests. */
export function testIdOf(entry: Entry): string {
  return entry.testid ?? `to-${entry.to.slice(1).replaceAll('/', '-')}`
}

function isFor({ posts, except }: Entry, held: ReadonlySet<string>): boolean {
  if (except)
    return [...held].some(post => !except.includes(post))
  return !posts || posts.some(post => held.has(post))
}
