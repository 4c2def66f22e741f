import { articleWords } from '@/kit/articles'

/** What is wrong with a table of the register, line by line. */
export interface TableFault { pointer?: string, detail: string, article?: string | null }
export interface FaultyLine { line: number, faults: string[] }

/** `/lines/3/education` is about line 3, counted as the person counts; the sentence says the line too, which is left out. */
export function byLine(errors: readonly TableFault[]): FaultyLine[] {
  const found = new Map<number, string[]>()
  for (const error of errors) {
    const line = Number(/^#?\/lines\/(\d+)/.exec(error.pointer ?? '')?.[1] ?? 1)
    const said = error.detail.replace(/^第\d+行：/, '')
    const article = error.article
      ? `（${articleWords(error.article)}）`
      : ''
    found.set(line, [
      ...found.get(line) ?? [],
      said + article,
    ])
  }
  return [...found].sort(([a], [b]) => a - b).map(([line, faults]) => ({ line, faults }))
}

/** The text of a file; a mark of the byte order at its start is no part of the first column's name. */
export async function textOf(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  }
  catch {
    // What spreadsheets of this country write by default.
    return new TextDecoder('gb18030').decode(bytes)
  }
}

export const COLUMNS = [
  '账号',
  '姓名',
  '身份证号',
  '出生日期',
  '文化程度',
  '职业类别',
  '职业',
  '区县',
  '任期起始日',
  '联系电话',
  '专业领域',
  '语言',
  '届次',
]
