import type { DeadlineEntry, DeadlineRule } from '@/wire/types'
import { dateWords, instantWords } from '@/kit/time'
import { CUSTODY, DEADLINE_CLOSED, NOT_COUNTED, RESTART, UNIT, wordFor } from '@/kit/words'

function text(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : null
}

/** The particulars of an entry in words; what an entry does not say is left out. The rule's extensions name its grounds. */
export function entryWords(entry: Pick<DeadlineEntry, 'kind' | 'details'>, extensions: DeadlineRule['extensions'] = []): string {
  const { custody, reason, length, days, from_on, until_on, on, requested_on, started } = entry.details as Record<string, unknown>
  const extension = extensions.find(one => one.ground === entry.details.ground)
  const said: (string | null | false)[] = []
  switch (entry.kind) {
    case 'started':
      said.push(text(started) && `自 ${startWords(text(started)!)}`, wordFor(CUSTODY, text(custody)))
      break
    case 'extended':
      said.push(
        extension?.zh ?? null,
        text(length) && extension
          ? `${text(length)}${wordFor(UNIT, extension.unit)}`
          : null,
        text(requested_on) && `${dateWords(text(requested_on))} 提请`,
        text(on) && `${dateWords(text(on))} 决定`,
      )
      break
    case 'extension_stated':
      said.push(extension?.zh ?? null)
      break
    case 'suspended':
      said.push(wordFor(NOT_COUNTED, text(reason)), text(from_on) && `自 ${dateWords(text(from_on))}`)
      break
    case 'resumed':
      said.push(text(until_on) && `至 ${dateWords(text(until_on))}`)
      break
    case 'travelled':
    case 'used':
      said.push(text(days) && `${text(days)} 日`)
      break
    case 'restarted':
      said.push(wordFor(RESTART, text(reason)))
      break
    case 'custody_changed':
      said.push(wordFor(CUSTODY, text(custody)), text(on) && `自 ${dateWords(text(on))}`)
      break
    case 'closed':
      said.push(wordFor(DEADLINE_CLOSED, text(reason)))
      break
  }
  return said.filter(Boolean).join('，')
}

/** A day, or an instant where the law counts hours. */
export function startWords(moment: string): string {
  return moment.length === 10
    ? dateWords(moment)
    : instantWords(moment)
}
