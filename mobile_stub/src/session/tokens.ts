/**
 * The two tokens of a signed-in person.
 *
 * The access token lives in memory only. The refresh token is sealed in IndexedDB rather than kept in sessionStorage:
 * a phone kills a background app at any moment, and an officer who has to sign in again after every push message would
 * stop signing out; and a duplicated tab copies sessionStorage, so two tabs would present the same rotating token and
 * the server would rightly revoke the family as stolen. One shared store behind a lock has neither fault.
 */
import { APP_VERSION } from '@/wire/app-version'
import { Problem } from '@/wire/problem'
import { isLost } from './ended'
import { discardKey, keyOf, proof } from './phone-key'
import { discard, openUp, seal, shutDown, unseal } from './vault'

export interface TokenPair { access_token: string, refresh_token: string }

const NAME = 'session/refresh'
/** The account whose enrolled key this session belongs to; nothing where the password alone opened it. */
const PHONE = 'session/phone'
const RENEWALS = '/api/v1/sessions/renewals'
let access: string | null = null
let renewing: Promise<boolean> | null = null
let over: Problem | null = null

export function accessToken(): string | null {
  return access
}

/** What the server said when it ended the session that was here last; nothing while one is open. */
export function ending(): Problem | null {
  return over
}

export async function keep(pair: TokenPair): Promise<void> {
  over = null
  openUp()
  access = pair.access_token
  await seal(NAME, pair.refresh_token)
}

/** Say to whose key the session belongs that was just opened, or to none. */
export async function bind(username: string | null): Promise<void> {
  await (username === null
    ? discard(PHONE)
    : seal(PHONE, username))
}

export async function forget(): Promise<void> {
  access = null
  await discard(NAME)
  await discard(PHONE)
}

export async function renewable(): Promise<boolean> {
  return (await unseal<string>(NAME)) !== null
}

/** A new access token. False: the session is over. Throws when the server cannot be asked; the session then stays. */
export function renew(): Promise<boolean> {
  renewing ??= alone(renewNow).finally(() => {
    renewing = null
  })
  return renewing
}

/** One tab at a time: whoever comes second finds the rotated token, not the used one. */
async function alone(work: () => Promise<boolean>): Promise<boolean> {
  return navigator.locks
    ? await navigator.locks.request('jiantong-renewal', work)
    : work()
}

async function renewNow(): Promise<boolean> {
  const refresh = await unseal<string>(NAME)
  if (refresh === null)
    return false
  const phone = await unseal<string>(PHONE)
  const held = phone === null
    ? null
    : await keyOf(phone)
  let response: Response
  try {
    const proven = held
      ? await proof(held, 'POST', RENEWALS)
      : {}
    response = await fetch(RENEWALS, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Accept-Language': 'zh',
        'App-Version': APP_VERSION,
        ...proven,
      },
      body: JSON.stringify({ refresh_token: refresh }),
    })
  }
  catch {
    throw Problem.unreachable()
  }
  if (response.ok) {
    await keep(await response.json() as TokenPair)
    return true
  }
  const problem = Problem.read(response.status, await response.json().catch(() => null))
  // A challenge that ran out on its way says nothing about the session.
  if (problem.slug === 'proof-refused')
    throw problem
  if (problem.slug === 'enrolment-over' && phone !== null)
    await discardKey(phone)
  if ([400, 401, 403, 410, 422].includes(response.status)) {
    over = problem
    await forget()
    if (isLost(problem))
      await shutDown()
    return false
  }
  throw problem
}
