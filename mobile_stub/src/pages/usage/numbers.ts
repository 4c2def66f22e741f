/** `0.257` → `26%`; nothing open is no share. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined
    ? '—'
    : `${Math.round(share * 100)}%`
}

/** `90` → `1.5 小时`. */
export function hours(minutes: number): string {
  return `${Math.round(minutes / 6) / 10} 小时`
}

/** The first day of the month so many months away: `2026-01-01`, -1 → `2025-12-01`. */
export function monthBeside(month: string, months: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 10)
}
