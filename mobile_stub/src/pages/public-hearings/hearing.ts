/** A public hearing or review as the pages need it: what is planned, who may speak, what comes next. */
import type { components } from '@/wire/schema'
import { HEARING_PARTY, wordFor } from '@/kit/words'

export type Hearing = components['schemas']['PublicHearing']
export type Change = components['schemas']['PublicHearingChange']
export type Said = components['schemas']['HearingStatement']
type Party = components['schemas']['NewHearingParty']

/** 听证员三至七人，年满二十三周岁（听证规定）。 */
export const FEWEST = 3
export const MOST = 7
const OF_AGE = 23
/** 一般不公开听证的事项（听证规定）。 */
const CLOSED: readonly string[] = ['arrest_review', 'custody_necessity']
const AGENDA = [
  '主持人宣布听证事项和纪律',
  '承办检察官介绍案情和需要听证的问题',
  '当事人及其他参加人说明情况',
  '听证员提问',
  '听证员评议并发表意见',
  '主持人总结',
]

export interface Plan {
  form: Change['form']
  matter: Change['matter'] | null
  major_influence: boolean
  suspects: string[]
  starts_at: string | null
  ends_at: string | null
  place: string
  remote: boolean
  open_to_public: boolean
  open_because: string
  agenda: string
  intention: string
  chaired_by: number | null
  officers: { name: string, born_on: string | null, occupation: string }[]
  parties: { kind: Party['kind'] | null, name: string }[]
}

export function emptyPlan(): Plan {
  return {
    form: 'public_hearing',
    matter: null,
    major_influence: false,
    suspects: [],
    starts_at: null,
    ends_at: null,
    place: '',
    remote: false,
    open_to_public: false,
    open_because: '',
    agenda: AGENDA.join('\n'),
    intention: '',
    chaired_by: null,
    officers: Array.from({ length: FEWEST }, emptyOfficer),
    parties: [],
  }
}

export function emptyOfficer(): Plan['officers'][number] {
  return { name: '', born_on: null, occupation: '' }
}

/** What was planned, to be said anew. */
export function planOf(one: Hearing): Plan {
  return {
    form: one.form,
    matter: one.matter,
    major_influence: one.major_influence,
    suspects: one.suspects.map(suspect => String(suspect.id)),
    starts_at: one.starts_at,
    ends_at: one.ends_at,
    place: one.place,
    remote: one.remote,
    open_to_public: one.open_to_public,
    open_because: one.open_because ?? '',
    agenda: one.agenda.join('\n'),
    intention: one.intention,
    chaired_by: one.chaired_by?.id ?? null,
    officers: one.officers.map(({ name, born_on, occupation }) => ({ name, born_on, occupation })),
    parties: one.parties.map(({ kind, name }) => ({ kind, name })),
  }
}

function lines(text: string): string[] {
  return text.split('\n').map(line => line.trim()).filter(Boolean)
}

function begun(officer: Plan['officers'][number]): boolean {
  return Boolean(officer.name.trim() || officer.born_on || officer.occupation.trim())
}

/** Lines left empty name nobody. */
export function namedOfficers(plan: Plan): Plan['officers'] {
  return plan.officers.filter(begun)
}

/** Why a hearing must be closed, or must say why it is open. */
export function opennessNeedsReason(plan: Pick<Plan, 'matter' | 'open_to_public'>): boolean {
  return plan.open_to_public && CLOSED.includes(plan.matter ?? '')
}

/** Full years on a day, as the law counts them: of age on the birthday itself. */
export function yearsOn(born: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4))
  return day.slice(5, 10) < born.slice(5, 10)
    ? years - 1
    : years
}

/** What is still missing before it can be sent; the words stand on the page. */
export function lacks(plan: Plan, day: string): string[] {
  const officers = namedOfficers(plan)
  const none = plan.form === 'public_review' && officers.length === 0
  return [
    !plan.matter && '事项',
    !plan.suspects.length && '犯罪嫌疑人',
    (!plan.starts_at || !plan.ends_at) && '开始和结束时间',
    plan.starts_at && plan.ends_at && plan.ends_at <= plan.starts_at && '结束时间应当晚于开始时间',
    !plan.place.trim() && '地点',
    !lines(plan.agenda).length && '议程',
    !plan.intention.trim() && '拟处理意见',
    opennessNeedsReason(plan) && !plan.open_because.trim() && '公开的理由',
    !none && (officers.length < FEWEST || officers.length > MOST) && `听证员${FEWEST}至${MOST}人（现有${officers.length}人）`,
    officers.some(one => !one.name.trim() || !one.born_on || !one.occupation.trim()) && '听证员的姓名、出生日期、职业',
    officers.some(one => one.born_on && yearsOn(one.born_on, day) < OF_AGE) && `听证员应当年满${OF_AGE}周岁`,
    plan.parties.some(one => !one.kind || !one.name.trim()) && '参加人的身份、姓名',
  ].filter(one => typeof one === 'string')
}

export function changeOf(plan: Plan): Change {
  return {
    form: plan.form,
    matter: plan.matter!,
    major_influence: plan.major_influence,
    suspect_ids: plan.suspects.map(Number),
    starts_at: plan.starts_at!,
    ends_at: plan.ends_at!,
    place: plan.place.trim(),
    remote: plan.remote,
    open_to_public: plan.open_to_public,
    open_because: plan.open_to_public
      ? plan.open_because.trim() || null
      : null,
    agenda: lines(plan.agenda),
    intention: plan.intention.trim(),
    chaired_by: plan.chaired_by,
    officers: namedOfficers(plan).map(one => ({
      name: one.name.trim(),
      born_on: one.born_on!,
      occupation: one.occupation.trim(),
    })),
    parties: plan.parties.map(one => ({
      kind: one.kind!,
      name: one.name.trim(),
    })),
  }
}

export interface Voice {
  key: string
  label: string
  speaker: Said['speaker']
  officer_id: number | null
  party_id: number | null
}

/** Whoever may speak now: one tap each. The handler is named apart only where somebody else presides. */
export function voices(one: Hearing): Voice[] {
  const nobody = { officer_id: null, party_id: null }
  return [
    {
      key: 'chair',
      label: one.chair
        ? `主持人 ${one.chair.name}`
        : '主持人',
      speaker: 'chair',
      ...nobody,
    },
    ...(one.chaired_by
      ? [
          {
            key: 'handler',
            label: '承办检察官',
            speaker: 'handler',
            ...nobody,
          } as const,
        ]
      : []),
    ...one.officers.filter(officer => officer.attended).map(officer => ({
      key: `officer-${officer.id}`,
      label: `听证员 ${officer.name}`,
      speaker: 'officer' as const,
      officer_id: officer.id,
      party_id: null,
    })),
    ...one.parties.filter(party => party.attended).map(party => ({
      key: `party-${party.id}`,
      label: `${wordFor(HEARING_PARTY, party.kind)} ${party.name}`,
      speaker: 'party' as const,
      officer_id: null,
      party_id: party.id,
    })),
  ]
}

/** Who said it, in words. */
export function speakerOf(one: Hearing, said: Pick<Said, 'speaker' | 'officer_id' | 'party_id'>): string {
  const voice = voices(one).find(each => each.speaker === said.speaker
    && each.officer_id === said.officer_id && each.party_id === said.party_id)
  return voice?.label ?? (said.speaker === 'handler'
    ? '承办检察官'
    : '发言人')
}

/** The record as a first draft: what was said, in order, and what the officers think. */
export function draftRecord(one: Hearing, words: { kind: Record<string, string>, position: Record<string, string> }): string {
  const spoken = one.statements.map(said => `${speakerOf(one, said)}（${wordFor(words.kind, said.kind)}）：${said.words}`)
  const opinions = one.officers
    .filter(officer => officer.position)
    .map(officer => `听证员 ${officer.name}：${wordFor(words.position, officer.position)}。${officer.opinion ?? ''}`)
  return [
    ...spoken,
    ...(opinions.length
      ? ['听证员意见：', ...opinions]
      : []),
  ].join('\n')
}

/** A step that has a page of its own, in the order in which they come. */
export const STEPS: readonly { steps: readonly string[], at: string, label: string }[] = [
  {
    steps: ['say', 'deliberate'],
    at: 'sitting',
    label: '记录发言',
  },
  {
    steps: ['vote'],
    at: 'votes',
    label: '记录听证员意见',
  },
  {
    steps: ['conclude'],
    at: 'conclusion',
    label: '结束并制作笔录',
  },
  {
    steps: ['open'],
    at: 'opening',
    label: '开始',
  },
  {
    steps: ['give_notice'],
    at: 'notice',
    label: '告知听证员和参加人',
  },
  {
    steps: ['link', 'go_without'],
    at: 'supervisors',
    label: '邀请人民监督员',
  },
  {
    steps: ['consent', 'refuse_consent'],
    at: 'consent',
    label: '审批不采纳多数意见',
  },
  {
    steps: ['state_result'],
    at: 'result',
    label: '记录采纳情况',
  },
  {
    steps: ['restate'],
    at: 'plan',
    label: '更改安排',
  },
  {
    steps: ['cancel'],
    at: 'cancellation',
    label: '不再举行',
  },
]

export function openSteps(one: Pick<Hearing, 'allowed' | 'lacking' | 'officers' | 'state' | 'form'>): { at: string, label: string }[] {
  const open = STEPS.filter(step => step.steps.some(name => one.allowed.includes(name)))
  const opined = one.officers.filter(officer => officer.attended).every(officer => officer.position)
  return open
    // Who still lacks an opinion comes before the record; supervisors that are called for come before everything.
    .sort((a, b) => rank(a.at) - rank(b.at))
    .map(({ at, label }) => ({ at, label }))

  function rank(at: string): number {
    if (at === 'supervisors' && one.lacking)
      return -1
    if (at === 'votes' && opined)
      return STEPS.length
    if (at === 'notice' && one.state === 'noticed')
      return STEPS.length
    return STEPS.findIndex(step => step.at === at)
  }
}

/** The majority of those who have said something: more than half of all voices, else none. */
export function followings(one: Pick<Hearing, 'majority'>): ('followed' | 'departed' | 'no_majority')[] {
  return one.majority
    ? ['followed', 'departed']
    : ['no_majority']
}
