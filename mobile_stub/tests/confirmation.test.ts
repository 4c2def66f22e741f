import type { VueWrapper } from '@vue/test-utils'
import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import ConfirmSheet from '@/kit/ConfirmSheet.vue'
import { legalActWords } from '@/kit/legal-acts'
import { usePress } from '@/kit/usePress'
import { useConfirmation } from '@/session/confirmation'
import { bytesOf, textOf } from '@/session/webauthn'
import { ask, send } from '@/wire/client'

const HASH = '0'.repeat(64)
const ADDRESS = 'http://phone.test/api/v1/arrest-reviews/7/decision'

/** A server that lets a decision stand once it has been confirmed. */
class Server {
  decided: { body: string, stepUp: string | null, key: string | null }[] = []
  passwords: string[] = []
  worn = false

  fetch = async (input: string | URL | Request): Promise<Response> => {
    const request = input as Request
    const text = await request.text()
    if (request.url.endsWith('/step-ups')) {
      const { password } = JSON.parse(text) as { password: string }
      this.passwords.push(password)
      return password === 'right'
        ? Response.json({ token: `token-${this.passwords.length}`, expires_at: '2026-03-02T04:05:00Z' }, { status: 201 })
        : problem(422, 'password-wrong', '口令不正确。')
    }
    const stepUp = request.headers.get('Step-Up')
    this.decided.push({
      body: text,
      stepUp,
      key: request.headers.get('Idempotency-Key'),
    })
    if (stepUp && this.worn) {
      this.worn = false
      return problem(428, 'step-up-refused', '确认已失效。')
    }
    if (stepUp)
      return Response.json({ ok: true })
    const path = new URL(request.url).pathname
    return problem(428, 'step-up-needed', '请再次确认。', {
      method: 'PUT',
      path,
      content_hash: HASH,
      means: ['password'],
    })
  }
}

function problem(status: number, slug: string, title: string, more: object = {}): Response {
  return Response.json({
    type: `/problems/${slug}`,
    title,
    status,
    ...more,
  }, { status })
}

const real = globalThis.fetch
let server: Server
let sheet: VueWrapper

beforeEach(() => {
  setActivePinia(createPinia())
  server = new Server()
  globalThis.fetch = server.fetch as typeof fetch
  sheet = mount(ConfirmSheet, { attachTo: document.body })
})
afterEach(() => sheet.unmount())
afterAll(() => {
  globalThis.fetch = real
})

function decide(body = '{"a":1}'): Promise<Response> {
  return send(new Request(ADDRESS, {
    method: 'PUT',
    body,
    headers: { 'Idempotency-Key': 'k' },
  }))
}

async function until(so: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !so(); round += 1)
    await new Promise(resolve => setTimeout(resolve, 2))
  expect(so()).toBe(true)
  await nextTick()
}

const at = (testid: string) => sheet.find(`[data-testid="${testid}"]`)

async function typed(password: string): Promise<void> {
  await until(() => at('confirm-password').exists() && !useConfirmation().busy)
  await at('confirm-password').setValue(password)
  await at('confirm-password').trigger('keydown', { key: 'Enter' })
  await sheet.find('form').trigger('submit')
}

describe('a legal act', () => {
  it('is sent again with the very same bytes and key once it is confirmed', async () => {
    const reply = decide()
    await typed('right')

    expect((await reply).status).toBe(200)
    expect(server.decided).toEqual([
      { body: '{"a":1}', stepUp: null, key: 'k' },
      { body: '{"a":1}', stepUp: 'token-1', key: 'k' },
    ])
    expect(useConfirmation().needed).toBeNull()
  })

  it('says in plain words what is confirmed', async () => {
    const reply = decide()
    await until(() => at('confirm-words').exists())

    expect(at('confirm-words').text()).toContain('作出是否批准逮捕的决定')
    expect(at('confirm-sheet').attributes('aria-labelledby')).toBe('confirm-title')
    expect(legalActWords('POST', '/api/v1/somewhere-new')).toBe('提交此项内容')
    await typed('right')
    await reply
  })

  it('stays open and says why when the password is wrong', async () => {
    const reply = decide()
    await typed('wrong')
    await until(() => at('confirm-refusal').text() !== '')

    expect(at('confirm-refusal').text()).toContain('口令不正确')
    expect((at('confirm-password').element as HTMLInputElement).value).toBe('')
    await typed('right')
    expect((await reply).status).toBe(200)
  })

  it('asks nothing of the server without a password', async () => {
    const reply = decide()
    await typed('')
    expect(server.passwords).toEqual([])
    await typed('right')
    await reply
  })

  it('asks again when the confirmation is worn out', async () => {
    server.worn = true
    const reply = decide()
    await typed('right')
    await until(() => server.decided.length === 3)
    await until(() => at('confirm-refusal').exists() && at('confirm-refusal').text() !== '')

    expect(at('confirm-refusal').text()).toContain('重新确认')
    await typed('right')
    expect((await reply).status).toBe(200)
    expect(server.decided.map(one => one.stepUp)).toEqual([null, 'token-1', null, 'token-2'])
  })

  it('waits for its turn when another one is being confirmed', async () => {
    const first = decide('1')
    const second = decide('2')
    await typed('right')
    expect((await first).status).toBe(200)
    await typed('right')
    expect((await second).status).toBe(200)

    expect(server.decided.filter(one => one.stepUp).map(one => one.body)).toEqual(['1', '2'])
  })

  it('that is not confirmed is left as it was, quietly', async () => {
    const { press, problem: shown } = usePress()
    const pressed = press('decide', 1, () => ask(decide().then(response => ({ data: 1, response }))))
    await until(() => at('confirm-cancel').exists())
    await at('confirm-cancel').trigger('click')

    expect(await pressed).toBeNull()
    expect(shown.value).toBeNull()
    expect(server.decided).toHaveLength(1)
    expect(useConfirmation().needed).toBeNull()
  })
})

it('another 428 is left to whoever asked', async () => {
  globalThis.fetch = (async () => problem(428, 'unversioned', '缺少版本标识。')) as typeof fetch
  expect((await decide()).status).toBe(428)
})

it('reads and writes bytes as WebAuthn does', () => {
  const bytes = Uint8Array.from([251, 255, 0, 7])
  expect(textOf(bytes.buffer)).toBe('-_8ABw')
  expect(bytesOf('-_8ABw')).toEqual(bytes)
})
