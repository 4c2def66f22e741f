/**
 * The key of this phone for one account: P-256, made here, never to leave.
 *
 * WebCrypto makes it non-extractable, so neither this app nor whoever reads its storage can copy it; a browser that
 * stores it hands back a handle that signs. It lies in a database of its own: signing out wipes what is sealed and keeps
 * the key, so the phone stays enrolled. It is thrown away when the server says that the enrolment is over.
 *
 * A proof has the shape of RFC 9449: the server's challenge, the method and the address, signed. Outside a secure
 * context there is no WebCrypto and so no key: such a browser signs in only where an office asks for none.
 */
import type { DBSchema, IDBPDatabase } from 'idb'
import { openDB } from 'idb'
import { APP_VERSION } from '@/wire/app-version'

export interface PhoneKey {
  key: CryptoKeyPair
  /** The account it was enrolled for. */
  username: string
  /** False until the server has taken the enrolment. */
  enrolled: boolean
}

interface Keys extends DBSchema {
  phone: { key: string, value: PhoneKey }
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const
let opened: Promise<IDBPDatabase<Keys>> | null = null

/** Whether this browser can hold a key at all. */
export const able = typeof indexedDB !== 'undefined' && Boolean(globalThis.crypto?.subtle)

function keys(): Promise<IDBPDatabase<Keys>> {
  opened ??= openDB<Keys>('jiantong-phone', 1, {
    upgrade(db) {
      db.createObjectStore('phone')
    },
  })
  return opened
}

/** The key under which this phone is enrolled for that account, or null. */
export async function keyOf(username: string): Promise<PhoneKey | null> {
  const held = able
    ? await (await keys()).get('phone', username)
    : undefined
  return held?.enrolled
    ? held
    : null
}

/** A new key for an enrolment that is about to be asked for; it counts once `confirm` says so. */
export async function make(username: string): Promise<PhoneKey> {
  const key = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']) as CryptoKeyPair
  return { key, username, enrolled: false }
}

/** The server has taken the enrolment: keep the key. */
export async function confirm(made: PhoneKey): Promise<void> {
  await (await keys()).put('phone', { ...made, enrolled: true }, made.username)
}

/** The enrolment is over: the key is worth nothing, and another enrolment makes another one. */
export async function discardKey(username: string): Promise<void> {
  if (able)
    await (await keys()).delete('phone', username)
}

/** The headers that prove the key for one request; the challenge is fetched for it and counts once. */
export async function proof(held: PhoneKey, method: string, path: string): Promise<Record<string, string>> {
  const reply = await fetch('/api/v1/challenges', {
    method: 'POST',
    headers: { 'App-Version': APP_VERSION },
  })
  if (!reply.ok)
    throw new TypeError('There is no challenge to be had')
  const { challenge } = await reply.json() as { challenge: string }
  return { DPoP: await signed(held.key, method, path, challenge) }
}

/** The proof itself: a JWT under ES256 with the public key in its header. */
export async function signed(pair: CryptoKeyPair, method: string, path: string, challenge: string): Promise<string> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const head = {
    typ: 'dpop+jwt',
    alg: 'ES256',
    jwk: { kty, crv, x, y },
  }
  const claims = {
    htm: method,
    htu: `${globalThis.location?.origin ?? ''}${path}`,
    iat: Math.floor(Date.now() / 1000),
    jti: crypto.randomUUID(),
    nonce: challenge,
  }
  const content = `${encoded(utf8(JSON.stringify(head)))}.${encoded(utf8(JSON.stringify(claims)))}`
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, utf8(content))
  return `${content}.${encoded(new Uint8Array(signature))}`
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

function encoded(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
