/** The lines of a record as the phone keeps them: what the server has, and what is still to be sent. */
import type { components } from '@/wire/schema'

export type Line = components['schemas']['TranscriptLine']
export type NewLine = components['schemas']['NewTranscriptLine']
export type LineKind = NewLine['kind']

/** Lines are counted in tens, so that another phone's fit between. */
const STEP = 10
/** So many the server takes in one go. */
const MOST = 200

export function nextOrdinal(...lists: readonly (readonly Pick<NewLine, 'ordinal'>[])[]): number {
  return Math.max(0, ...lists.flat().map(line => line.ordinal)) + STEP
}

/** An answer follows a question, and a question an answer. */
export function kindAfter(kind: LineKind): LineKind {
  return kind === 'question'
    ? 'answer'
    : 'question'
}

/** All of them in the order in which they read; what waits to be sent says so. */
export function inOrder(kept: readonly Line[], unsent: readonly NewLine[]): (NewLine & { waits: boolean })[] {
  const known = new Set(kept.map(line => line.client_id))
  return [
    ...kept.map(line => ({ ...line, waits: false })),
    ...unsent.filter(line => !known.has(line.client_id)).map(line => ({ ...line, waits: true })),
  ].sort((a, b) => a.ordinal - b.ordinal || a.said_at.localeCompare(b.said_at))
}

/** What is left to send after the server has taken these. */
export function leftToSend(unsent: readonly NewLine[], taken: readonly Pick<Line, 'client_id'>[]): NewLine[] {
  const done = new Set(taken.map(line => line.client_id))
  return unsent.filter(line => !done.has(line.client_id))
}

/** The next lot to send. */
export function nextLot(unsent: readonly NewLine[]): NewLine[] {
  return unsent.slice(0, MOST)
}

/** What the server has, with lines it has just taken or changed. */
export function withLines(kept: readonly Line[], taken: readonly Line[]): Line[] {
  const fresh = new Map(taken.map(line => [line.client_id, line]))
  return [
    ...kept.map(line => fresh.get(line.client_id) ?? line),
    ...taken.filter(line => !kept.some(old => old.client_id === line.client_id)),
  ]
}
