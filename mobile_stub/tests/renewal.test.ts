// @vitest-environment node
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import 'fake-indexeddb/auto'

const { seal, unseal, wipe } = await import('@/session/vault')
const tokens = await import('@/session/tokens')
const { onSignedOut, send } = await import('@/wire/client')

/** A server that knows one access token and one refresh token at a time, and rotates both. */
class Server {
  access = 'access-1'
  refresh = 'refresh-1'
  renewals = 0
  asked: string[] = []
  down = false

  fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (this.down)
      throw new TypeError('Failed to fetch')
    const request = new Request(new URL(input instanceof Request
      ? input.url
      : input, 'http://phone.test'), input instanceof Request
      ? input
      : init)
    if (request.url.endsWith('/sessions/renewals')) {
      const { refresh_token } = await request.json() as { refresh_token: string }
      if (refresh_token !== this.refresh)
        return new Response('{}', { status: 401 })
      this.renewals += 1
      this.access = `access-${this.renewals + 1}`
      this.refresh = `refresh-${this.renewals + 1}`
      return Response.json({ access_token: this.access, refresh_token: this.refresh }, { status: 201 })
    }
    this.asked.push(await request.text())
    const known = request.headers.get('Authorization') === `Bearer ${this.access}`
    return known
      ? Response.json({ ok: true })
      : new Response('{}', { status: 401 })
  }
}

const real = globalThis.fetch
let server: Server
let signedOut: number

beforeEach(async () => {
  await wipe()
  server = new Server()
  globalThis.fetch = server.fetch as typeof fetch
  signedOut = 0
  onSignedOut(() => {
    signedOut += 1
  })
  await tokens.keep({ access_token: 'access-1', refresh_token: 'refresh-1' })
})
afterAll(() => {
  globalThis.fetch = real
})

function post(body: string): Promise<Response> {
  return send(new Request('http://phone.test/api/v1/things', { method: 'POST', body }))
}

describe('an access token that has run out', () => {
  it('is renewed once and the request sent again with its body', async () => {
    server.access = 'access-elsewhere'
    const reply = await post('{"a":1}')

    expect(reply.status).toBe(200)
    expect(server.renewals).toBe(1)
    expect(server.asked).toEqual(['{"a":1}', '{"a":1}'])
    expect(tokens.accessToken()).toBe('access-2')
    await expect(unseal('session/refresh')).resolves.toBe('refresh-2')
  })

  it('is renewed once for many requests at the same time', async () => {
    server.access = 'access-elsewhere'
    const replies = await Promise.all([
      post('1'),
      post('2'),
      post('3'),
    ])

    expect(replies.map(reply => reply.status)).toEqual([200, 200, 200])
    expect(server.renewals).toBe(1)
  })

  it('is renewed from what another tab has sealed', async () => {
    server.access = 'access-9'
    server.refresh = 'refresh-9'
    await seal('session/refresh', 'refresh-9')
    expect((await post('1')).status).toBe(200)
  })
})

describe('a session that is over', () => {
  it('is said to be over, and not asked for again', async () => {
    server.access = 'gone'
    server.refresh = 'gone'
    const reply = await post('1')

    expect(reply.status).toBe(401)
    expect(server.asked).toHaveLength(1)
    expect(signedOut).toBe(1)
    await expect(tokens.renewable()).resolves.toBe(false)
  })

  it('is not taken for over while the network is away', async () => {
    server.access = 'access-elsewhere'
    await tokens.keep({ access_token: 'old', refresh_token: 'refresh-1' })
    server.down = true
    await expect(post('1')).rejects.toThrow()
    await expect(tokens.renew()).rejects.toMatchObject({ slug: 'unreachable' })
    await expect(tokens.renewable()).resolves.toBe(true)
    expect(signedOut).toBe(0)
  })
})
