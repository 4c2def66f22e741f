/**
 * What must outlive a closed app, sealed: the refresh token and unfinished forms, which hold personal data.
 *
 * Values lie in IndexedDB as AES-GCM ciphertext; the key is a non-extractable WebCrypto key beside them. That keeps
 * plain text out of the profile folder and out of reach of anything that only reads stored bytes; it does not protect
 * against script running on this origin. `wipe` throws the key away, which makes everything sealed with it unreadable.
 *
 * Outside a secure context WebCrypto is absent. Then values stay in memory and die with the page: never in plain text
 * on the phone.
 */
import type { DBSchema, IDBPDatabase } from 'idb'
import { openDB } from 'idb'

interface Shelves extends DBSchema {
  keys: { key: string, value: CryptoKey }
  sealed: { key: string, value: { iv: Uint8Array<ArrayBuffer>, bytes: ArrayBuffer } }
}

const KEY = 'vault'
const inMemory = new Map<string, string>()
let opened: Promise<IDBPDatabase<Shelves>> | null = null
let shut = false

/** Whether sealed values survive closing the app. */
export const durable = typeof indexedDB !== 'undefined' && Boolean(globalThis.crypto?.subtle)

function shelves(): Promise<IDBPDatabase<Shelves>> {
  opened ??= openDB<Shelves>('jiantong', 1, {
    upgrade(db) {
      db.createObjectStore('keys')
      db.createObjectStore('sealed')
    },
  })
  return opened
}

async function sealingKey(): Promise<CryptoKey> {
  const db = await shelves()
  const held = await db.get('keys', KEY)
  if (held)
    return held
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  // Another tab may have been faster: `add` fails then, and its key is the one to use.
  try {
    await db.add('keys', made, KEY)
    return made
  }
  catch {
    return (await db.get('keys', KEY)) ?? made
  }
}

/** Bind a ciphertext to its name, so that one sealed value cannot be passed off as another. */
function sealing(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return {
    name: 'AES-GCM',
    iv,
    additionalData: new TextEncoder().encode(name),
  }
}

export async function seal(name: string, value: unknown): Promise<void> {
  if (shut)
    return
  const text = JSON.stringify(value)
  if (!durable) {
    inMemory.set(name, text)
    return
  }
  const key = await sealingKey()
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const bytes = await crypto.subtle.encrypt(sealing(name, iv), key, new TextEncoder().encode(text))
  await (await shelves()).put('sealed', { iv, bytes }, name)
}

/** The value sealed under this name, or null: never sealed, wiped, or no longer readable. */
export async function unseal<T>(name: string): Promise<T | null> {
  if (!durable) {
    const text = inMemory.get(name)
    return text === undefined
      ? null
      : JSON.parse(text) as T
  }
  const held = await (await shelves()).get('sealed', name)
  if (!held)
    return null
  try {
    const bytes = await crypto.subtle.decrypt(sealing(name, held.iv), await sealingKey(), held.bytes)
    return JSON.parse(new TextDecoder().decode(bytes)) as T
  }
  catch {
    return null
  }
}

export async function discard(name: string): Promise<void> {
  inMemory.delete(name)
  if (durable)
    await (await shelves()).delete('sealed', name)
}

/** Every name now sealed that begins with `prefix`. */
export async function sealedNames(prefix: string): Promise<string[]> {
  const names = durable
    ? await (await shelves()).getAllKeys('sealed')
    : [
        ...inMemory.keys(),
      ]
  return names.filter(name => name.startsWith(prefix))
}

/** Forget everything, the key first: done at sign-out, and when somebody else signs in on this phone. */
export async function wipe(): Promise<void> {
  inMemory.clear()
  if (!durable)
    return
  const db = await shelves()
  await db.clear('keys')
  await db.clear('sealed')
}

/** Forget everything, and keep nothing of what is still on the screen: the phone was said to be lost. */
export async function shutDown(): Promise<void> {
  shut = true
  await wipe()
}

/** Keep what is sealed from now on: somebody is let in. */
export function openUp(): void {
  shut = false
}
