import type { Numbers } from '@/wire/types'
import { ACTIVITY_KIND, INVITE_GROUND, LEAD_TIME, WITHOUT_BECAUSE, wordFor } from '@/kit/words'

/** One line of numbers; `of` is what a full bar stands for. */
export interface Row { label: string, value: number, of: number, words?: string }

/** A share in per cent, or a dash where there was nothing to share. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined
    ? '—'
    : `${Math.round(share * 1000) / 10}%`
}

/** How wide a bar is, in per cent of its line. */
export function width(row: Row): number {
  return row.of > 0
    ? Math.round(Math.min(row.value / row.of, 1) * 100)
    : 0
}

export function counted(counts: Record<string, number>, words: Record<string, string>): Row[] {
  const of = Math.max(0, ...Object.values(counts))
  return Object.entries(counts)
    .sort(([one, more], [other, less]) => less - more || one.localeCompare(other))
    .map(([code, value]) => ({
      label: wordFor(words, code),
      value,
      of,
    }))
}

export function kinds(numbers: Numbers): Row[] {
  return counted(numbers.activities.by_kind, ACTIVITY_KIND)
}

export function reasons(numbers: Numbers): Row[] {
  return counted(numbers.activities.without_because, WITHOUT_BECAUSE)
}

export function answers({ invitations }: Numbers): Row[] {
  const of = invitations.invited
  return [
    { label: '接受', value: invitations.accepted, of },
    {
      label: '到场',
      value: invitations.attended,
      of,
      words: `现场 ${invitations.present}，远程 ${invitations.remote}`,
    },
    { label: '缺席', value: invitations.absent, of },
    { label: '不能参加', value: invitations.declined, of },
    { label: '逾期未答复', value: invitations.lapsed, of },
    { label: '回避', value: invitations.recused, of },
  ]
}

export function adoption({ opinions }: Numbers): Row[] {
  const of = opinions.given
  return [
    { label: '采纳', value: opinions.adopted, of },
    { label: '部分采纳', value: opinions.partly_adopted, of },
    { label: '未采纳', value: opinions.not_adopted, of },
    { label: '待答复', value: opinions.waiting, of },
  ]
}

export function months(numbers: Numbers): Row[] {
  const of = Math.max(0, ...numbers.months.map(one => one.participations))
  return numbers.months.map(one => ({
    label: one.month,
    value: one.participations,
    of,
    words: `${one.held} 次活动`,
  }))
}

export function grounds(numbers: Numbers): Row[] {
  return Object.entries(numbers.activities.by_ground).map(([code, one]) => ({
    label: wordFor(INVITE_GROUND, code),
    value: one.met,
    of: one.met + one.missed,
    words: one.missed
      ? `${one.missed} 次未邀请`
      : undefined,
  }))
}

export function times(numbers: Numbers): { label: string, words: string }[] {
  return Object.entries(LEAD_TIME).map(([code, label]) => {
    const one = numbers.lead_times[code]
    return {
      label,
      words: one && one.count
        ? `中位 ${one.median}，九成在 ${one.ninetieth} 以内（${one.count} 件）`
        : '—',
    }
  })
}
