/** What a table of people has for columns, and what is wrong with its rows. */
export const COLUMNS = [
  { name: '账号', must: true },
  { name: '姓名', must: true },
  { name: '机关', must: true },
  { name: '性别', must: false },
  { name: '岗位', must: false },
  { name: '任职起日', must: false },
  { name: '任职止日', must: false },
]
/** Bytes; a larger file is refused by the server as well. */
export const LARGEST = 512 * 1024

export interface FaultyRow { row: number, faults: string[] }

/** `/rows/3/office` is about row 3, counted as the table counts; its sentence names the row too, which is left out. */
export function byRow(errors: readonly { pointer?: string, detail: string }[]): FaultyRow[] {
  const found = new Map<number, string[]>()
  for (const error of errors) {
    const row = Number(/^#?\/rows\/(\d+)/.exec(error.pointer ?? '')?.[1] ?? 1)
    found.set(row, [
      ...found.get(row) ?? [],
      error.detail.replace(/^第\d+行：/, ''),
    ])
  }
  return [...found].sort(([a], [b]) => a - b).map(([row, faults]) => ({ row, faults }))
}

/** A file as the API takes it; by parts, because a call takes only so many arguments. */
export async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let from = 0; from < bytes.length; from += 0x8000)
    text += String.fromCharCode(...bytes.subarray(from, from + 0x8000))
  return btoa(text)
}
