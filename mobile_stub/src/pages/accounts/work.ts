import type { Problem } from '@/wire/problem'
import { wordFor, WORK_KIND } from '@/kit/words'

/** What lies open with somebody who cannot leave yet: `承办的案件 3 件`. */
export function leftWords(problem: Problem | null): string[] {
  const left = problem?.slug === 'work-left'
    ? problem.members.left
    : null
  return typeof left === 'object' && left !== null
    ? Object.entries(left).map(([kind, count]) => `${wordFor(WORK_KIND, kind)} ${count} 件`)
    : []
}
