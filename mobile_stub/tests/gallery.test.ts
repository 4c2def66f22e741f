import type { MessageKind } from '@/pages/message-templates/gallery'
import { expect, it } from 'vitest'
import { matching } from '@/pages/message-templates/gallery'

function kind(name: string, zh: string, en: string): MessageKind {
  const current = {
    version: 1,
    class: 'info' as const,
    link: '/',
    zh: { title: zh, body: '内容' },
    en: { title: en, body: 'Body' },
  }
  return { kind: name, current, earlier: [] }
}

it('finds kinds of messages by name and words in either language', () => {
  const kinds = [
    kind('CaseAccepted', '案件已受理', 'Case accepted'),
    kind('CaseClosed', '案件办结', 'Case concluded'),
  ]
  const found = (asked: string) => matching(kinds, asked).map(one => one.kind)

  expect(found('')).toEqual(['CaseAccepted', 'CaseClosed'])
  expect(found('受理')).toEqual(['CaseAccepted'])
  expect(found('CONCLUDED')).toEqual(['CaseClosed'])
  expect(found('case  受理')).toEqual(['CaseAccepted'])
  expect(found('没有')).toEqual([])
})
