import type { Draw, DrawPublication } from '@/wire/types'
import { EXPERTISE, wordFor } from '@/kit/words'

export interface Place { stratum: string, place: number, of: number }

/** The order in which the seats of a stratum are filled, as far as the publication tells it. */
export function orderOf(published: Pick<DrawPublication, 'orders'>, stratum: string): number[] {
  const found = published.orders[stratum]
  return Array.isArray(found)
    ? found.filter((one): one is number => typeof one === 'number')
    : []
}

/** Where somebody stands in each order; in none before the draw was held, or when kept out of it. */
export function placesOf(draw: Pick<Draw, 'own_number' | 'strata'>, published: Pick<DrawPublication, 'orders'> | null): Place[] {
  if (draw.own_number === null || !published)
    return []
  return draw.strata.flatMap(({ name }) => {
    const order = orderOf(published, name)
    const found = order.indexOf(draw.own_number!)
    return found < 0
      ? []
      : [
          { stratum: name, place: found + 1, of: order.length },
        ]
  })
}

/** Why somebody could not be drawn: codes. */
export function outOf(draw: Pick<Draw, 'own_number' | 'candidates'>): readonly string[] {
  return draw.candidates.find(one => one.number === draw.own_number)?.excluded ?? []
}

/** Of whom the draw was made. */
export function counted(draw: Pick<Draw, 'candidates' | 'strata'>): { all: number, out: number, open: number, seats: number } {
  const out = draw.candidates.filter(one => one.excluded.length).length
  return {
    all: draw.candidates.length,
    out,
    open: draw.candidates.length - out,
    seats: draw.strata.reduce((sum, one) => sum + one.seats, 0),
  }
}

export function stratumWords(name: string): string {
  return name === 'all'
    ? '全体'
    : wordFor(EXPERTISE, name)
}
