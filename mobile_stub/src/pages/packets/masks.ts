/** A document of a packet as its pieces: what is shown, what is covered, and what was covered and is shown again. */
import type { components } from '@/wire/schema'

type Schemas = components['schemas']
export type PacketDraft = Schemas['PacketDraft']
export type PacketDocument = Schemas['PacketDocument']
export type PacketMask = Schemas['PacketMask']

export interface Piece {
  words: string
  mask: PacketMask | null
}

/**
 * Places are counted in characters as the server counts them, not in halves of a character as the browser does. Where
 * pieces overlap, whatever covers goes before what is shown again.
 */
export function piecesOf(document: Pick<PacketDocument, 'words' | 'masks'>): Piece[] {
  const letters = Array.from(document.words)
  const owners = Array.from<PacketMask | null>({ length: letters.length }).fill(null)
  const lifted = document.masks.filter(mask => mask.lifted_because !== null)
  const covering = document.masks.filter(mask => mask.lifted_because === null)
  for (const mask of [
    ...lifted,
    ...covering,
  ])
    owners.fill(mask, mask.starts, mask.ends)
  const pieces: Piece[] = []
  letters.forEach((letter, at) => {
    const last = pieces.at(-1)
    const mask = owners[at] ?? null
    if (last && last.mask === mask)
      last.words += letter
    else
      pieces.push({ words: letter, mask })
  })
  return pieces
}

export interface MaskGroup { words: string, masks: PacketMask[], shown: string, reason: PacketMask['reason'], minor: boolean, byEye: boolean }

/** What is covered, each word once, however often it stands there. */
export function groupsOf(documents: readonly Pick<PacketDocument, 'words' | 'masks'>[]): MaskGroup[] {
  const groups = new Map<string, MaskGroup>()
  for (const document of documents) {
    const letters = Array.from(document.words)
    for (const mask of document.masks.filter(one => one.lifted_because === null)) {
      const words = letters.slice(mask.starts, mask.ends).join('')
      const key = JSON.stringify([
        words,
        mask.reason,
        mask.minor,
        mask.shown,
      ])
      const found = groups.get(key)
      if (found) {
        found.masks.push(mask)
      }
      else {
        groups.set(key, {
          words,
          masks: [mask],
          shown: mask.shown,
          reason: mask.reason,
          minor: mask.minor,
          byEye: mask.by_eye,
        })
      }
    }
  }
  return [
    ...groups.values(),
  ]
}

/** The first line is the title. */
export function titleOf(words: string): string {
  return words.split('\n', 1)[0] ?? ''
}

export function bodyOf(words: string): string {
  const end = words.indexOf('\n')
  return end < 0
    ? ''
    : words.slice(end + 1)
}

export interface MaskCount { covered: number, minor: number, byEye: number, lifted: number }

export function countMasks(documents: readonly Pick<PacketDocument, 'masks'>[]): MaskCount {
  const masks = documents.flatMap(document => document.masks)
  const covered = masks.filter(mask => mask.lifted_because === null)
  return {
    covered: covered.length,
    minor: covered.filter(mask => mask.minor).length,
    byEye: covered.filter(mask => mask.by_eye).length,
    lifted: masks.length - covered.length,
  }
}

/** The widest window that the practice allows, beginning no earlier than now. */
export function windowOf(draft: Pick<PacketDraft, 'earliest' | 'latest'>, now: Date): { open_from: string, open_until: string } {
  const from = Math.max(Date.parse(draft.earliest), now.getTime())
  return {
    open_from: new Date(from).toISOString(),
    open_until: new Date(Date.parse(draft.latest)).toISOString(),
  }
}

/** Names as they are typed one after the other: 钱某芳、小芳. */
export function namesIn(text: string): string[] {
  return [
    ...new Set(text.split(/[、，,;；\n]+/).map(name => name.trim()).filter(Boolean)),
  ]
}

/** The names of those who are to be covered that stand in a piece. */
export function namesWithin(words: string, people: readonly Pick<PacketDraft['people'][number], 'names'>[]): string[] {
  return people.flatMap(person => person.names).filter(name => words.includes(name))
}
