/** The numbered facts of an indictment or a judgment: yuan on the phone, fen on the wire. */

export interface FactForm { charge_id: number | null, amount: number | null, circumstances: string[] }
export interface Fact { number: number, charge_id: number | null, amount: number | null, circumstances: string[] }

export function blankFact(): FactForm {
  return { charge_id: null, amount: null, circumstances: [] }
}

/** As the API takes them, numbered in their order; null when there are none. */
export function factsOf(value: unknown): Fact[] | null {
  const rows = Array.isArray(value)
    ? value as FactForm[]
    : []
  return rows.length
    ? rows.map((row, index) => ({
        number: index + 1,
        charge_id: row.charge_id,
        amount: row.amount === null
          ? null
          : Math.round(row.amount * 100),
        circumstances: row.circumstances,
      }))
    : null
}
