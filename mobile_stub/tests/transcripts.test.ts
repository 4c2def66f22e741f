import type { Line, NewLine } from '@/pages/transcripts/lines'
import { describe, expect, it } from 'vitest'
import { ran, watchWords } from '@/pages/interrogations/sitting'
import { inOrder, kindAfter, leftToSend, nextLot, nextOrdinal, withLines } from '@/pages/transcripts/lines'
import { bytesIn, fitted, LONGEST, writtenOn } from '@/pages/transcripts/pictures'
import { due, signsHere } from '@/pages/transcripts/signing'

function line(id: string, ordinal: number, more: Partial<NewLine> = {}): NewLine {
  return {
    client_id: id,
    kind: 'question',
    ordinal,
    said_at: '2026-11-22T02:00:00Z',
    words: id,
    ...more,
  }
}
function kept(id: string, ordinal: number, version = 1): Line {
  return {
    ...line(id, ordinal),
    version,
  }
}

describe('lines that wait to be sent', () => {
  it('stand in the record where they were said, and say that they wait', () => {
    const all = inOrder([
      kept('b', 20),
    ], [
      line('c', 30),
      line('a', 10),
    ])
    expect(all.map(one => [one.client_id, one.waits])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
    ])
  })
  it('are there once, though the answer was lost after the server had taken them', () => {
    expect(inOrder([
      kept('a', 10),
    ], [
      line('a', 10),
    ])).toHaveLength(1)
  })
  it('wait until the server names them', () => {
    expect(leftToSend([
      line('a', 10),
      line('b', 20),
    ], [
      kept('a', 10),
    ]).map(one => one.client_id)).toEqual(['b'])
  })
  it('come after everything that is known, in tens', () => {
    expect(nextOrdinal([
      kept('a', 10),
    ], [
      line('b', 40),
    ])).toBe(50)
    expect(nextOrdinal([], [])).toBe(10)
  })
  it('are sent in lots that the server takes', () => {
    expect(nextLot(Array.from({ length: 450 }, (_, n) => line(String(n), n)))).toHaveLength(200)
  })
  it('replace older versions of themselves', () => {
    expect(withLines([
      kept('a', 10),
    ], [
      kept('a', 10, 2),
      kept('b', 20),
    ]).map(one => one.version)).toEqual([2, 1])
  })
  it('take turns: an answer follows a question', () => {
    expect(kindAfter('question')).toBe('answer')
    expect(kindAfter('answer')).toBe('question')
    expect(kindAfter('notice')).toBe('question')
  })
})

describe('the picture of a signature', () => {
  it('is the part of the pad that was written on, with a margin', () => {
    expect(writtenOn([
      [
        { x: 50, y: 60 },
        { x: 150, y: 80 },
      ],
    ])).toEqual({ x: 42, y: 52, width: 116, height: 36 })
  })
  it('is a dot after a tap, and nothing on an empty pad', () => {
    expect(writtenOn([
      [
        { x: 50, y: 60 },
      ],
    ])).toEqual({ x: 42, y: 52, width: 16, height: 16 })
    expect(writtenOn([])).toBeNull()
  })
  it('keeps its proportions and is never larger than the server takes', () => {
    expect(fitted(4000, 1000)).toEqual({ width: LONGEST, height: LONGEST / 4 })
    expect(fitted(100, 50)).toEqual({ width: 100, height: 50 })
    expect(fitted(100_000, 1)).toEqual({ width: LONGEST, height: 1 })
  })
  it('is weighed as bytes', () => {
    expect(bytesIn(btoa('abcd'))).toBe(4)
    expect(bytesIn(btoa('abc'))).toBe(3)
  })
})

describe('what is still to be signed', () => {
  const suspect = {
    attendance_id: null,
    person_id: null,
    role: 'suspect',
    name: '某甲',
  }
  const lead = {
    attendance_id: 3,
    person_id: 7,
    role: 'lead',
    name: '某乙',
  }
  const owed = (page: number | null, who: typeof suspect | typeof lead, slot: 'name' | 'fingerprint', correction: number | null = null) =>
    ({
      ...who,
      page,
      correction_id: correction,
      slot,
    })
  const found = due({
    signatories: [suspect, lead] as never,
    missing: [
      owed(null, suspect, 'fingerprint', 5),
      owed(1, suspect, 'name'),
      owed(1, suspect, 'fingerprint'),
      owed(2, lead, 'name'),
    ] as never,
  })
  it('is asked for page by page, each person once, corrections last', () => {
    expect(found.map(one => [
      one.page,
      one.correction,
      one.signatory.name,
      one.name,
      one.fingerprint,
    ])).toEqual([
      [1, null, '某甲', true, true],
      [2, null, '某乙', true, false],
      [null, 5, '某甲', false, true],
    ])
  })
  it('is signed on the own phone by whoever has an account', () => {
    expect(found.map(one => signsHere(one, 7))).toEqual([true, true, true])
    expect(found.map(one => signsHere(one, 8))).toEqual([true, false, true])
  })
})

describe('the running time', () => {
  const started = { started_at: '2026-11-22T02:00:00Z', ended_at: null, interruptions: [] }
  it('runs from the start to now, and stands after the end', () => {
    expect(ran(started, new Date('2026-11-22T02:05:09Z'))).toBe(309_000)
    expect(ran({ ...started, ended_at: '2026-11-22T02:01:00Z' }, new Date('2026-11-22T03:00:00Z'))).toBe(60_000)
    expect(ran({ ...started, started_at: null }, new Date())).toBe(0)
  })
  it('does not count what stood still', () => {
    const paused = {
      step: 'paused' as const,
      reason: '',
      began_at: '2026-11-22T02:01:00Z',
      ended_at: null,
    }
    expect(ran({
      ...started,
      interruptions: [paused],
    }, new Date('2026-11-22T02:30:00Z'))).toBe(60_000)
  })
  it('reads as a watch', () => {
    expect(watchWords(309_000)).toBe('05:09')
    expect(watchWords(3_909_000)).toBe('1:05:09')
  })
})
