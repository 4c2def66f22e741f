// @vitest-environment node
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import 'fake-indexeddb/auto'

const { seal, unseal, wipe } = await import('@/session/vault')
const phone = await import('@/session/phone-key')
const tokens = await import('@/session/tokens')

interface Proof { head: { typ: string, alg: string, jwk: JsonWebKey }, claims: Record<string, unknown> }

const real = globalThis.fetch
let shown: (string | null)[]
let answer: () => Response

function read(proof: string): Proof {
  const [head, claims] = proof.split('.').slice(0, 2).map(part => JSON.parse(
    new TextDecoder().decode(bytes(part)),
  ))
  return { head, claims }
}

function bytes(part: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), char => char.charCodeAt(0))
}

beforeEach(async () => {
  await wipe()
  await phone.discardKey('zhao.lin')
  shown = []
  answer = () => Response.json({ access_token: 'access-2', refresh_token: 'refresh-2' }, { status: 201 })
  globalThis.fetch = (async (input: string, init?: RequestInit) => {
    if (input.endsWith('/challenges'))
      return Response.json({ challenge: 'a-challenge', expires_in: 120 }, { status: 201 })
    shown.push(new Headers(init?.headers).get('DPoP'))
    return answer()
  }) as typeof fetch
  await tokens.keep({ access_token: 'access-1', refresh_token: 'refresh-1' })
})
afterAll(() => {
  globalThis.fetch = real
})

async function enrolled(): Promise<void> {
  await phone.confirm(await phone.make('zhao.lin'))
  await tokens.bind('zhao.lin')
}

describe('the key of a phone', () => {
  it('cannot be taken out, and counts once the server has taken it', async () => {
    const made = await phone.make('zhao.lin')
    await expect(phone.keyOf('zhao.lin')).resolves.toBeNull()
    await phone.confirm(made)

    const held = await phone.keyOf('zhao.lin')
    expect(held!.key.privateKey.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('jwk', held!.key.privateKey)).rejects.toThrow()
    await expect(phone.keyOf('somebody.else')).resolves.toBeNull()
  })

  it('signs what the server verifies', async () => {
    const made = await phone.make('zhao.lin')
    const proof = await phone.signed(made.key, 'POST', '/api/v1/sessions', 'a-challenge')
    const { head, claims } = read(proof)
    const [content, signature] = [
      proof.slice(0, proof.lastIndexOf('.')),
      proof.slice(proof.lastIndexOf('.') + 1),
    ]
    const key = await crypto.subtle.importKey('jwk', head.jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify'])

    expect(head).toMatchObject({
      typ: 'dpop+jwt',
      alg: 'ES256',
      jwk: { kty: 'EC', crv: 'P-256' },
    })
    expect(head.jwk).not.toHaveProperty('d')
    expect(claims).toMatchObject({ htm: 'POST', nonce: 'a-challenge' })
    expect(String(claims.htu)).toMatch(/\/api\/v1\/sessions$/)
    await expect(crypto.subtle.verify(
      { name: 'ECDSA', hash: 'SHA-256' },
      key,
      bytes(signature),
      new TextEncoder().encode(content),
    )).resolves.toBe(true)
  })
})

describe('a renewal', () => {
  it('proves the key where the session belongs to one, and nothing where it does not', async () => {
    await tokens.renew()
    await enrolled()
    await tokens.renew()

    expect(shown[0]).toBeNull()
    expect(read(shown[1]!).claims).toMatchObject({ htm: 'POST', nonce: 'a-challenge' })
  })

  it('throws the key away when the enrolment is over', async () => {
    await enrolled()
    answer = () => Response.json({ type: '/problems/enrolment-over' }, { status: 401 })

    await expect(tokens.renew()).resolves.toBe(false)
    await expect(phone.keyOf('zhao.lin')).resolves.toBeNull()
    await expect(unseal('session/refresh')).resolves.toBeNull()
  })

  it('keeps key and session when a challenge ran out on its way', async () => {
    await enrolled()
    answer = () => Response.json({ type: '/problems/proof-refused' }, { status: 401 })

    await expect(tokens.renew()).rejects.toMatchObject({ slug: 'proof-refused' })
    await expect(phone.keyOf('zhao.lin')).resolves.not.toBeNull()
    await expect(unseal('session/refresh')).resolves.toBe('refresh-1')
  })

  it('keeps the key when the session alone is over', async () => {
    await enrolled()
    answer = () => Response.json({ type: '/problems/session-over' }, { status: 401 })

    await expect(tokens.renew()).resolves.toBe(false)
    await expect(phone.keyOf('zhao.lin')).resolves.not.toBeNull()
  })
})

describe('signing out', () => {
  it('leaves nothing sealed readable and keeps the key', async () => {
    await enrolled()
    await seal('drafts/1', { words: 'x' })
    await tokens.forget()
    await wipe()

    await expect(unseal('drafts/1')).resolves.toBeNull()
    await expect(unseal('session/refresh')).resolves.toBeNull()
    await expect(phone.keyOf('zhao.lin')).resolves.not.toBeNull()
  })
})
