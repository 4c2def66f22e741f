import type { components } from '@/wire/schema'

export type MessageKind = components['schemas']['MessageKind']

export const LANGUAGES = [
  { value: 'zh', label: '中文' },
  { value: 'en', label: 'English' },
] as const

/** The kinds in whose name or words, in either language, every word asked for is found. */
export function matching(kinds: readonly MessageKind[], asked: string): MessageKind[] {
  const parts = asked.toLowerCase().split(/\s+/).filter(Boolean)
  return kinds.filter(({ kind, current: { zh, en } }) => {
    const all = [
      kind,
      zh.title,
      zh.body,
      en.title,
      en.body,
    ].join('\n').toLowerCase()
    return parts.every(part => all.includes(part))
  })
}
