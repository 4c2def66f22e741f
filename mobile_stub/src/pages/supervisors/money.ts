/** Allowances are kept in fen and told in yuan. */

/** `200.5` yuan as fen; null for what is no amount of whole fen above nothing. */
export function fenOf(yuan: number | null): number | null {
  if (yuan === null || !Number.isFinite(yuan) || yuan <= 0)
    return null
  const fen = Math.round(yuan * 100)
  return Math.abs(fen - yuan * 100) < 1e-6
    ? fen
    : null
}

export function yuanWords(fen: number): string {
  const [whole, rest] = (fen / 100).toFixed(2).split('.') as [string, string]
  return `${whole.replace(/\B(?=(?:\d{3})+$)/g, ',')}.${rest} 元`
}
