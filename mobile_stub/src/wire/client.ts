/** The typed door to the API: every path and body is checked against the committed OpenAPI. */
import type { paths } from './schema'
import createClient from 'openapi-fetch'
import { accessToken, renew, renewable } from '@/session/tokens'
import { APP_VERSION } from './app-version'
import { Problem } from './problem'

let whenSignedOut: () => void = () => {}
let whenOutdated: (told: Outdated) => void = () => {}

/** Why this version of the app may no longer be used: the oldest one that may, or why this one was stopped. */
export interface Outdated { least: string | null, reason: string | null }

/** Told when the server lets this version of the app in no more. */
export function onOutdated(listener: (told: Outdated) => void): void {
  whenOutdated = listener
}

/** Told when the server no longer knows the session. */
export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener
}

function attempt(request: Request): Promise<Response> {
  const token = accessToken()
  if (token)
    request.headers.set('Authorization', `Bearer ${token}`)
  return heeded(fetch(request))
}

/** The answer; one that says that the app is too old is told to the whole app. */
export async function heeded(answer: Promise<Response>): Promise<Response> {
  const response = await answer
  if (response.status === 426) {
    const told = await response.clone().json().catch(() => null) as Partial<Outdated> | null
    whenOutdated({
      least: told?.least ?? null,
      reason: told?.reason ?? null,
    })
  }
  return response
}

/** What is to be confirmed, as the server tells it: address, method and the hash of the bytes that were sent. */
export interface Needed {
  method: string
  path: string
  content_hash: string
  means: string[]
}

/** The token of a confirmation, or null: the person does not go on. */
export type Confirm = (needed: Needed, again: boolean) => Promise<string | null>

let confirmed: Confirm = () => Promise.resolve(null)

/** Asked when a legal act is to be confirmed anew; `again`: an earlier confirmation did not hold. */
export function onStepUp(ask: Confirm): void {
  confirmed = ask
}

/** Send; a legal act is sent again, with the very same bytes, once the person has confirmed it. */
export async function send(request: Request): Promise<Response> {
  const same = request.clone()
  let response = await sendSignedIn(request)
  let again = false
  while (response.status === 428) {
    const told = await response.clone().json().catch(() => null) as Partial<Needed> & { type?: string } | null
    const next = new Request(same.clone())
    if (told?.type?.endsWith('/step-up-needed')) {
      const token = await confirmed(told as Needed, again)
      if (token === null)
        throw Problem.cancelled()
      next.headers.set('Step-Up', token)
    }
    else if (told?.type?.endsWith('/step-up-refused')) {
      again = true
    }
    else {
      return response
    }
    response = await sendSignedIn(next)
  }
  return response
}

/** Send with the access token; when it has run out, renew once and send again. */
async function sendSignedIn(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', 'zh')
  request.headers.set('App-Version', APP_VERSION)
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
