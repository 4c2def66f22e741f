/** What this phone recomputes of a draw by itself; the verifier file does all of it (services/draws/verifier.py). */
import type { DrawChange } from '@/wire/types'
import { DRAW_OUT, EXPERTISE, SEAT_BECAUSE, SEAT_CHANGE, wordFor } from '@/kit/words'

const SCHEME = 'jiantong-draw-1'

export type Finding = 'fits' | 'differs' | 'unknown'
export interface Findings { pool: Finding, seed: Finding, witness: Finding }

interface Published {
  pool: unknown
  pool_sha256: string
  commitment: string
  nonce: string
  witness_sha256: string
  seed: string | null
}

/** Bytes as hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

/** 32 bytes of this phone's own random source, which nobody else chose. */
export function freshNonce(): string {
  return hex(crypto.getRandomValues(new Uint8Array(32)))
}

/** The one way in which a document is written before it is hashed: keys sorted, no spaces. */
export function canonical(document: unknown): string {
  if (Array.isArray(document))
    return `[${document.map(canonical).join(',')}]`
  if (typeof document === 'object' && document !== null) {
    const said = document as Record<string, unknown>
    return `{${Object.keys(said).sort().map(key => `${JSON.stringify(key)}:${canonical(said[key])}`).join(',')}}`
  }
  return JSON.stringify(document)
}

/** SHA-256 of the canonical writing; null where the browser computes none (no secure connection). */
export async function digest(document: unknown): Promise<string | null> {
  const subtle = globalThis.crypto?.subtle
  return subtle
    ? hex(new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(canonical(document)))))
    : null
}

/** What binds the witness's nonce to the commitment that was seen before it. */
export function witnessDigest(commitment: string, nonce: string): Promise<string | null> {
  return digest({ scheme: SCHEME, commitment, nonce })
}

function found(computed: string | null, said: string): Finding {
  if (computed === null)
    return 'unknown'
  return computed === said
    ? 'fits'
    : 'differs'
}

/** Whether pool, seed and nonce are those that were committed to; what is not revealed yet is unknown. */
export async function findings(published: Published): Promise<Findings> {
  const { pool, pool_sha256, commitment, nonce, witness_sha256, seed } = published
  const [poolDigest, seedDigest, nonceDigest] = await Promise.all([
    digest(pool),
    seed && digest({ scheme: SCHEME, pool_sha256, seed }),
    nonce && witnessDigest(commitment, nonce),
  ])
  return {
    pool: found(poolDigest, pool_sha256),
    seed: found(seedDigest || null, commitment),
    witness: found(nonceDigest || null, witness_sha256),
  }
}

export const FINDING: Record<Finding, string> = {
  fits: '已核对一致',
  differs: '不一致',
  unknown: '尚不能核对',
}

interface Named { number: number, name: string | null }

export function whoIs(candidates: readonly Named[], number: number, own: number | null): string {
  const name = candidates.find(one => one.number === number)?.name
  const mine = own === number
    ? '（本人）'
    : ''
  return `${number}号${name
    ? ` ${name}`
    : ''}${mine}`
}

/** Those who can be drawn first, the heaviest before the others; then those kept out. */
export function inOrder<C extends { number: number, weight: number, excluded: readonly unknown[] }>(candidates: readonly C[]): C[] {
  return [...candidates].sort((a, b) => Math.min(a.excluded.length, 1) - Math.min(b.excluded.length, 1)
    || b.weight - a.weight
    || a.number - b.number)
}

export function outWords(codes: readonly string[]): string {
  return codes.map(code => wordFor(DRAW_OUT, code)).join('、')
}

/** One thing that happened to the seats, in a line. */
export function changeWords(change: DrawChange, candidates: readonly Named[], own: number | null): string {
  const who = change.number === null
    ? null
    : whoIs(candidates, change.number, own)
  const seat = change.stratum && change.stratum !== 'all'
    ? `${wordFor(EXPERTISE, change.stratum)}席位`
    : null
  const why = change.because && wordFor(SEAT_BECAUSE, change.because)
  const wanted = change.wanted === null
    ? null
    : `共 ${change.wanted} 人`
  const rest = [
    who,
    seat,
    wanted,
    why,
  ].filter(Boolean).join('，')
  return `${wordFor(SEAT_CHANGE, change.kind)}${rest && `：${rest}`}`
}
