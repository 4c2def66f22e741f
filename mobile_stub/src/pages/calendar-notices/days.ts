import type { Fault } from '@/wire/problem'
import { dateWords, daysBetween } from '@/kit/time'

/** Days in a row, both ends included, as a notice announces them. */
export interface Run { from: string | null, until: string | null }

const DAY = 86_400_000
/** No holiday is as long; a slip in the year must not make ten thousand days of it. */
const LONGEST = 40

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString().slice(0, 10)
}

/** Every day of a run; a run of one day may leave its end out. */
export function daysOf(run: Run): string[] {
  const { from } = run
  const until = run.until || from
  if (!from || !until)
    return []
  const days = [from]
  while (days.at(-1)! < until && days.length < LONGEST)
    days.push(dayAfter(days.at(-1)!))
  return days
}

/** Days put together to runs, in their order. */
export function runsOf(days: readonly string[]): { from: string, until: string }[] {
  const runs: { from: string, until: string }[] = []
  for (const day of [...days].sort()) {
    const last = runs.at(-1)
    if (last && dayAfter(last.until) === day)
      last.until = day
    else
      runs.push({ from: day, until: day })
  }
  return runs
}

/** `10月1日 周四至10月7日 周三，共7天`. */
export function runWords(run: { from: string, until: string }, on?: string): string {
  return run.from === run.until
    ? dateWords(run.from, on)
    : `${dateWords(run.from, on)}至${dateWords(run.until, on)}，共${daysBetween(run.from, run.until) + 1}天`
}

/** The server counts days; the form has runs: each fault of a day goes to the run that holds it. */
export function placed(faults: readonly Fault[], runs: readonly Run[]): Fault[] {
  const rows = runs.flatMap((run, row) => daysOf(run).map(() => row))
  return faults.map((fault) => {
    const day = /^\/off\/(\d+)$/.exec(fault.pointer)?.[1]
    const row = rows[Number(day)]
    return row === undefined
      ? fault
      : { ...fault, pointer: `/runs/${row}/from` }
  })
}
