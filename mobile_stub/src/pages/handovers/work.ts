import type { Choice } from '@/kit/words'
import type { NewHandover, OpenWork } from '@/wire/types'

/** What becomes of a kind of work when somebody leaves. */
export const BECOMES: Record<string, string> = {
  taken: '由接收人办理',
  follows: '随案件移交',
  ends: '随任职结束',
  stays: '不随移交，由所属环节另行指定人员',
}

/** The kinds of work of which there is any, those first that somebody has to take. */
export function lying(work: OpenWork['work']): OpenWork['work'] {
  const ORDER = Object.keys(BECOMES)
  return work.filter(one => one.count).sort((a, b) => ORDER.indexOf(a.becomes) - ORDER.indexOf(b.becomes))
}

export interface Takers { to_id: number | null, apart: Record<number, number | null> }

/** Who takes which case: only those that go to somebody else than the rest are named. */
export function casesApart(caseIds: readonly number[], takers: Takers): NonNullable<NewHandover['cases']> {
  return caseIds.flatMap((case_id) => {
    const to_id = takers.apart[case_id]
    return to_id && to_id !== takers.to_id
      ? [
          { case_id, to_id },
        ]
      : []
  })
}

/** Whether every case has somebody. */
export function allTaken(caseIds: readonly number[], takers: Takers): boolean {
  return caseIds.every(id => takers.apart[id] ?? takers.to_id)
}

/** Everybody but the one whose work it is. */
export function othersThan(personId: number | null, people: readonly Choice[]): Choice[] {
  return people.filter(choice => choice.value !== personId)
}
