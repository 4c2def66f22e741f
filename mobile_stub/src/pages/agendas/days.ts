/** A day so many days later (or earlier): `2026-02-28` + 1 is `2026-03-01`. */
export function shifted(on: string, days: number): string {
  const moved = new Date(`${on}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}
