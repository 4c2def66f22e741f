import type { Hearing } from '@/pages/public-hearings/hearing'
import { describe, expect, it } from 'vitest'
import { HEARING_STATEMENT, OFFICER_POSITION } from '@/kit/words'
import {
  changeOf,
  draftRecord,
  emptyPlan,
  followings,
  lacks,
  openSteps,
  planOf,
  speakerOf,
  voices,
  yearsOn,
} from '@/pages/public-hearings/hearing'

const DAY = '2026-12-01'

function whole() {
  return {
    ...emptyPlan(),
    matter: 'non_prosecution' as const,
    suspects: ['3'],
    starts_at: '2026-12-01T01:00:00Z',
    ends_at: '2026-12-01T03:00:00Z',
    place: ' 第一听证室 ',
    intention: '拟作相对不起诉决定。',
    officers: ['方听证', '严听证', '陶听证'].map(name => ({ name, born_on: '1980-05-01', occupation: '中学教师' })),
  }
}

const said = {
  id: 1,
  kind: 'question',
  speaker: 'officer',
  officer_id: 5,
  party_id: null,
  words: '是否赔偿？',
  said_at: '2026-12-01T01:20:00Z',
}
const one = {
  form: 'public_hearing',
  state: 'open',
  chair: { id: 8, name: '罗敬航' },
  chaired_by: { id: 8, name: '罗敬航' },
  officers: [
    {
      id: 5,
      name: '方听证',
      attended: true,
      position: 'agree',
      opinion: '情节轻微。',
    },
    {
      id: 6,
      name: '严听证',
      attended: false,
      position: null,
      opinion: null,
    },
  ],
  parties: [
    {
      id: 9,
      kind: 'victim',
      name: '林某',
      attended: true,
    },
  ],
  statements: [said],
  allowed: ['say', 'deliberate', 'cancel'],
  lacking: null,
} as unknown as Hearing

describe('a plan', () => {
  it('is whole with three officers, and is sent as it was meant', () => {
    expect(lacks(whole(), DAY)).toEqual([])
    const sent = changeOf(whole())
    expect(sent.place).toBe('第一听证室')
    expect(sent.suspect_ids).toEqual([3])
    expect(sent.open_because).toBeNull()
    expect(sent.agenda[0]).toBe('主持人宣布听证事项和纪律')
  })

  it('leaves out lines that name nobody', () => {
    const plan = whole()
    plan.officers.push({ name: ' ', born_on: null as unknown as string, occupation: '' })
    expect(lacks(plan, DAY)).toEqual([])
    expect(changeOf(plan).officers).toHaveLength(3)
  })

  it('needs three to seven officers, unless it is a review without any', () => {
    const plan = whole()
    plan.officers = plan.officers.slice(0, 2)
    expect(lacks(plan, DAY).join()).toContain('听证员3至7人（现有2人）')
    expect(lacks({ ...plan, officers: [], form: 'public_review' }, DAY)).toEqual([])
    expect(lacks({ ...plan, officers: [] }, DAY)).toHaveLength(1)
  })

  it('says why an arrest is heard openly', () => {
    const plan = {
      ...whole(),
      matter: 'arrest_review' as const,
      open_to_public: true,
    }
    expect(lacks(plan, DAY)).toEqual(['公开的理由'])
    expect(lacks({ ...plan, open_because: '社会关注' }, DAY)).toEqual([])
  })

  it('does not end before it begins', () => {
    expect(lacks({
      ...whole(),
      ends_at: '2026-12-01T00:00:00Z',
    }, DAY)).toEqual(['结束时间应当晚于开始时间'])
  })

  it('takes an officer of twenty-three on the birthday, and none the day before', () => {
    expect(yearsOn('2003-12-01', DAY)).toBe(23)
    expect(yearsOn('2003-12-02', DAY)).toBe(22)
    const plan = whole()
    plan.officers[0]!.born_on = '2003-12-02'
    expect(lacks(plan, DAY)).toEqual(['听证员应当年满23周岁'])
  })
})

describe('while it runs', () => {
  it('only who is present may speak, the handler apart from another chair', () => {
    expect(voices(one).map(each => each.key)).toEqual([
      'chair',
      'handler',
      'officer-5',
      'party-9',
    ])
    expect(voices({ ...one, chaired_by: null }).map(each => each.key)).toEqual(['chair', 'officer-5', 'party-9'])
  })

  it('tells who said it', () => {
    expect(speakerOf(one, said as Hearing['statements'][number])).toBe('听证员 方听证')
    expect(speakerOf(one, { speaker: 'party', officer_id: null, party_id: 9 })).toBe('被害人 林某')
  })

  it('makes a first record of what was said and thought', () => {
    expect(draftRecord(one, { kind: HEARING_STATEMENT, position: OFFICER_POSITION })).toBe([
      '听证员 方听证（提问）：是否赔偿？',
      '听证员意见：',
      '听证员 方听证：同意。情节轻微。',
    ].join('\n'))
  })
})

describe('what comes next', () => {
  function next(rest: Partial<Hearing>): string[] {
    return openSteps({
      ...one,
      ...rest,
    }).map(step => step.at)
  }

  it('asks for the supervisors first where they are called for', () => {
    const allowed = [
      'restate',
      'give_notice',
      'link',
      'go_without',
      'cancel',
    ]
    expect(next({ allowed, state: 'planned', lacking: 'non_prosecution_review' })[0]).toBe('supervisors')
    expect(next({ allowed, state: 'planned' })[0]).toBe('notice')
  })

  it('opens what was noticed', () => {
    expect(next({
      allowed: ['give_notice', 'open', 'link'],
      state: 'noticed',
    })[0]).toBe('opening')
  })

  it('records opinions before the end, and then ends', () => {
    const allowed = ['vote', 'conclude']
    const silent = [
      { ...one.officers[0]!, position: null },
    ]
    expect(next({ allowed, officers: silent })).toEqual(['votes', 'conclusion'])
    expect(next({ allowed })).toEqual(['conclusion', 'votes'])
  })

  it('follows a majority or departs from it, and has nothing to follow without one', () => {
    expect(followings({ majority: 'agree' })).toEqual(['followed', 'departed'])
    expect(followings({ majority: null })).toEqual(['no_majority'])
  })
})

it('what stands is filled in as it was planned', () => {
  const plan = planOf({
    ...one,
    matter: 'complaint',
    suspects: [
      { id: 3, name: '赵某' },
    ],
    agenda: ['一', '二'],
    open_because: null,
    officers: [
      { ...one.officers[0]!, born_on: '1980-05-01', occupation: '教师' },
    ],
  } as Hearing)
  expect(plan.suspects).toEqual(['3'])
  expect(plan.agenda).toBe('一\n二')
  expect(plan.chaired_by).toBe(8)
  expect(plan.open_because).toBe('')
})
