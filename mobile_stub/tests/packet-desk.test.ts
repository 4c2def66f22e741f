import type { PacketMask } from '@/pages/packets/masks'
import { expect, it } from 'vitest'
import { bodyOf, countMasks, groupsOf, namesIn, namesWithin, piecesOf, titleOf, windowOf } from '@/pages/packets/masks'
import { sourceOf } from '@/pages/packets/sources'
import { answerStep, answerWhole, emptyAnswer } from '@/pages/supervision-opinions/answer'

function mask(id: number, starts: number, ends: number, more: Partial<PacketMask> = {}): PacketMask {
  return {
    id,
    starts,
    ends,
    reason: 'name',
    shown: '甲某',
    minor: false,
    by_eye: false,
    lifted_because: null,
    ...more,
  }
}

it('cuts a document into what is shown and what is covered, and loses no character', () => {
  const document = {
    words: '情况\n赵某偷了手机，赵某认罪。',
    masks: [
      mask(1, 3, 5),
      mask(2, 10, 12),
    ],
  }
  const pieces = piecesOf(document)
  expect(pieces.map(piece => piece.words).join('')).toBe(document.words)
  expect(pieces.filter(piece => piece.mask).map(piece => piece.words)).toEqual(['赵某', '赵某'])
})

it('counts characters as the server does, beyond the first plane too', () => {
  const pieces = piecesOf({
    words: '𠮷田说：赵某在场',
    masks: [
      mask(1, 4, 6),
    ],
  })
  expect(pieces.find(piece => piece.mask)?.words).toBe('赵某')
})

it('lets what covers go before what is shown again where they overlap', () => {
  const pieces = piecesOf({
    words: '青澜商场赵某',
    masks: [
      mask(1, 0, 6),
      mask(2, 0, 4, { lifted_because: '商场名称' }),
    ],
  })
  expect(pieces).toEqual([
    {
      words: '青澜商场赵某',
      mask: expect.objectContaining({ id: 1 }),
    },
  ])
})

it('keeps two masks that touch apart', () => {
  expect(piecesOf({
    words: '赵某钱某',
    masks: [
      mask(1, 0, 2),
      mask(2, 2, 4),
    ],
  })).toHaveLength(2)
})

it('names each covered word once, and counts what is lifted apart', () => {
  const documents = [
    {
      words: '赵某见赵某',
      masks: [
        mask(1, 0, 2),
        mask(2, 3, 5),
      ],
    },
    {
      words: '小芳',
      masks: [
        mask(3, 0, 2, { minor: true, by_eye: true }),
        mask(4, 0, 1, { lifted_because: '误' }),
      ],
    },
  ]
  expect(groupsOf(documents).map(group => [group.words, group.masks.length])).toEqual([
    ['赵某', 2],
    ['小芳', 1],
  ])
  expect(countMasks(documents)).toEqual({
    covered: 3,
    minor: 1,
    byEye: 1,
    lifted: 1,
  })
})

it('takes the first line as the title', () => {
  expect([
    titleOf('基本情况\n一\n二'),
    bodyOf('基本情况\n一\n二'),
    bodyOf('只有标题'),
  ]).toEqual(['基本情况', '一\n二', ''])
})

it('offers the widest window that is allowed, from now on', () => {
  const draft = { earliest: '2026-11-20T01:00:00Z', latest: '2026-11-25T01:00:00Z' }
  expect(windowOf(draft, new Date('2026-11-22T00:00:00Z')).open_from).toBe('2026-11-22T00:00:00.000Z')
  expect(windowOf(draft, new Date('2026-11-19T00:00:00Z')).open_from).toBe('2026-11-20T01:00:00.000Z')
})

it('reads names as they are typed, each once', () => {
  expect(namesIn('钱某芳、小芳, 钱某芳 ')).toEqual(['钱某芳', '小芳'])
})

it('tells a paper from typed words', () => {
  expect([
    sourceOf('attachment/7'),
    sourceOf('facts'),
  ]).toEqual([
    { source: 'attachment', source_id: 7 },
    { source: 'facts', source_id: null },
  ])
})

it('wants reasons unless an opinion is wholly adopted', () => {
  const draft = emptyAnswer()
  expect(answerStep({
    steps: ['answer'],
  })).toBe('answer')
  expect(answerStep({
    steps: ['receipt'],
  })).toBeNull()
  expect(answerWhole('answer', { ...draft, adoption: 'adopted' })).toBe(true)
  expect(answerWhole('answer', { ...draft, adoption: 'not_adopted' })).toBe(false)
  expect(answerWhole('answer', { ...draft, adoption: 'partly_adopted', words: '部分有据' })).toBe(true)
  expect(answerWhole('decide', { ...draft, ruling: 'upheld' })).toBe(false)
  expect(answerWhole('refer', { ...draft, to: 'prosecutor', prosecutor_id: 4 })).toBe(true)
})

it('finds the names in a piece that is to be shown again', () => {
  expect(namesWithin('赵某租用长河路一楼', [
    {
      names: ['赵某', '小赵'],
    },
    {
      names: ['钱某'],
    },
  ])).toEqual(['赵某'])
})
