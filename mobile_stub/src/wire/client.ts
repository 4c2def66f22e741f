/** The typed door to the API: every path and body is checked against the committed OpenAPI. */
import type { paths } from './schema'
import createClient from 'openapi-fetch'
import { accessToken, renew, renewable } from '@/session/tokens'
import { Problem } from './problem'

let whenSignedOut: () => void = () => {}

/** Told when the server no longer knows the session. */
export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener
}

function attempt(request: Request): Promise<Response> {
  const token = accessToken()
  if (token)
    request.headers.set('Authorization', `Bearer ${token}`)
  return fetch(request)
}

/** Send with the access token; when it has run out, renew once and send again. */
export async function send(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', 'zh')
  const again = request.clone()
  if (!accessToken() && await renewable())
    await renew()
  const response = await attempt(request)
  if (response.status !== 401 || !(await renewable())) {
    if (response.status === 401)
      whenSignedOut()
    return response
  }
  if (await renew())
    return attempt(again)
  whenSignedOut()
  return response
}

export const api = createClient<paths>({ baseUrl: `${globalThis.location?.origin ?? ''}/api/v1`, fetch: send })

export interface Answer<T> { data: T, etag: string | null }

/** The answer with its version, or a Problem. */
export async function ask<T>(call: Promise<{ data?: T, error?: unknown, response: Response }>): Promise<Answer<T>> {
  let reply: { data?: T, error?: unknown, response: Response }
  try {
    reply = await call
  }
  catch (error) {
    throw error instanceof Problem
      ? error
      : Problem.unreachable()
  }
  const { data, error, response } = reply
  if (!response.ok)
    throw Problem.read(response.status, error)
  return {
    data: data as T,
    etag: response.headers.get('ETag'),
  }
}

/** The headers of a change to a record that somebody else may have changed meanwhile. */
export function versioned(key: string, etag: string | null): { 'Idempotency-Key': string, 'If-Match': string } {
  return { 'Idempotency-Key': key, 'If-Match': etag ?? '' }
}
