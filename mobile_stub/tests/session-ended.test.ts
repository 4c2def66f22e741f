// @vitest-environment node
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import 'fake-indexeddb/auto'

const { openUp, seal, shutDown, unseal, wipe } = await import('@/session/vault')
const { endedWords, isLost } = await import('@/session/ended')
const { enrol, platformOf } = await import('@/session/enrolment')
const phone = await import('@/session/phone-key')
const tokens = await import('@/session/tokens')
const { Problem } = await import('@/wire/problem')

const KEPT = '未提交的内容仍加密保存在本机'
const CLAIM = {
  username: 'zhao.lin',
  code: 'code',
  name: '工作手机',
  password: 'x',
  new_password: null,
}

function over(slug: string, reason?: string) {
  return Problem.read(401, { type: `/problems/${slug}`, reason })
}

const real = globalThis.fetch
let asked: { url: string, body: unknown, proof: string | null }[]
let answer: () => Response

beforeEach(async () => {
  openUp()
  await wipe()
  await phone.discardKey('zhao.lin')
  asked = []
  answer = () => Response.json({ id: 1 }, { status: 201 })
  globalThis.fetch = (async (input: string, init?: RequestInit) => {
    if (input.endsWith('/challenges'))
      return Response.json({ challenge: 'a-challenge', expires_in: 120 }, { status: 201 })
    asked.push({
      url: input,
      body: JSON.parse(String(init?.body)),
      proof: new Headers(init?.headers).get('DPoP'),
    })
    return answer()
  }) as typeof fetch
})
afterAll(() => {
  globalThis.fetch = real
})

describe('a session that is over', () => {
  it('says in plain words why', () => {
    expect(endedWords(over('session-over', 'token_reused'))).toContain('可能有人冒用')
    expect(endedWords(over('session-over', 'account_disabled'))).toContain('账号已停用')
    expect(endedWords(over('session-over', 'ended_elsewhere'))).toContain('另一部手机')
    expect(endedWords(over('enrolment-needed'))).toContain('登记码')
    expect(endedWords(over('session-over'))).toContain('请重新登录')
    expect(endedWords(null)).toContain('请重新登录')
  })

  it('leaves what was not sent for the same person, but on a lost phone', () => {
    expect(endedWords(over('session-over', 'secured'))).toContain(KEPT)
    expect(endedWords(over('enrolment-over', 'by_office'))).toContain(KEPT)
    expect(endedWords(over('enrolment-over', 'lost'))).not.toContain(KEPT)
    expect(isLost(over('session-over', 'lost'))).toBe(false)
  })
})

describe('a phone that was said to be lost', () => {
  it('keeps nothing, not even what is still on the screen', async () => {
    await tokens.keep({ access_token: 'a', refresh_token: 'r' })
    await seal('draft/1/form', { words: 'x' })
    answer = () => Response.json({ type: '/problems/enrolment-over', reason: 'lost' }, { status: 401 })

    await expect(tokens.renew()).resolves.toBe(false)
    await seal('draft/1/form', { words: 'x' })
    await expect(unseal('draft/1/form')).resolves.toBeNull()
    expect(isLost(tokens.ending())).toBe(true)
  })

  it('keeps again once somebody is let in', async () => {
    await shutDown()
    await tokens.keep({ access_token: 'a', refresh_token: 'r' })
    await expect(unseal('session/refresh')).resolves.toBe('r')
    expect(tokens.ending()).toBeNull()
  })

  it('is another than one whose session alone was ended', async () => {
    await tokens.keep({ access_token: 'a', refresh_token: 'r' })
    await seal('draft/1/form', { words: 'x' })
    answer = () => Response.json({ type: '/problems/session-over', reason: 'ended_elsewhere' }, { status: 401 })

    await expect(tokens.renew()).resolves.toBe(false)
    await expect(unseal('draft/1/form')).resolves.toEqual({ words: 'x' })
  })
})

describe('enrolling a phone', () => {
  it('shows the proof of a new key, which is kept once the server has taken it', async () => {
    await enrol(CLAIM)

    expect(asked[0]).toMatchObject({
      url: '/api/v1/enrolments',
      body: { code: 'code', password: 'x' },
    })
    expect(asked[0]!.body).not.toHaveProperty('new_password')
    expect(asked[0]!.proof).toBeTruthy()
    await expect(phone.keyOf('zhao.lin')).resolves.not.toBeNull()
  })

  it('sends the new password where the code is for one', async () => {
    await enrol({ ...CLAIM, password: null, new_password: 'a new one' })
    expect(asked[0]!.body).toMatchObject({ new_password: 'a new one' })
    expect(asked[0]!.body).not.toHaveProperty('password')
  })

  it('keeps no key that was refused', async () => {
    answer = () => Response.json({ type: '/problems/enrolment-refused' }, { status: 401 })
    await expect(enrol(CLAIM)).rejects.toMatchObject({ slug: 'enrolment-refused' })
    await expect(phone.keyOf('zhao.lin')).resolves.toBeNull()
  })

  it('tells what kind of phone it is', () => {
    expect(platformOf('Mozilla/5.0 (Linux; Android 15)')).toBe('android')
    expect(platformOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)')).toBe('ios')
    expect(platformOf('Mozilla/5.0 (X11; Linux x86_64)')).toBe('web')
  })
})
