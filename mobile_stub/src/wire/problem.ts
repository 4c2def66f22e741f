/** RFC 9457 problem documents, as the phone uses them: branch on `slug`, show `title` and `detail`, mark fields. */

import { articleWords } from '@/kit/articles'
import { SLOT_WHY, wordFor } from '@/kit/words'

export interface Fault {
  /** JSON pointer into the body that was sent, e.g. `/suspects/0/name`. */
  pointer: string
  code?: string
  detail: string
  severity: 'error' | 'warning'
  article?: string | null
}

const WORDS: Record<number, string> = {
  0: '网络不可用',
  401: '登录已失效，请重新登录',
  403: '您无权进行此操作',
  404: '未找到，或者您无权查看',
  409: '当前状态下不能进行此操作',
  412: '他人已更新',
  413: '内容过大',
  429: '操作过于频繁，请稍后再试',
  500: '服务器出现故障，请稍后再试',
  503: '服务器正忙，请稍后再试',
}

export class Problem extends Error {
  override name = 'Problem'

  constructor(
    readonly status: number,
    readonly slug: string,
    readonly title: string,
    readonly detail: string | null = null,
    readonly faults: Fault[] = [],
    /** What else the refusal carries: what is taken, which times are free. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(title)
  }

  /** No answer came: the server may or may not have done what was asked. */
  static unreachable(): Problem {
    return new Problem(0, 'unreachable', WORDS[0]!, '请检查网络后重试，已填写的内容不会丢失。')
  }

  /** The person did not confirm: nothing was done, and nothing need be said. */
  static cancelled(): Problem {
    return new Problem(499, 'cancelled', '已取消，内容未提交')
  }

  get isCancelled(): boolean {
    return this.slug === 'cancelled'
  }

  /** Read an error answer of any shape; one that is no problem document still gets Chinese words. */
  static read(status: number, body: unknown): Problem {
    const said = (typeof body === 'object' && body !== null
      ? body
      : {}) as Record<string, unknown>
    const slug = typeof said.type === 'string'
      ? said.type.replace(/^.*\//, '')
      : 'unknown'
    const title = typeof said.title === 'string' && /[\u4E00-\u9FFF]/.test(said.title)
      ? said.title
      : WORDS[status] ?? `请求未成功（${status}）`
    const particular = said.detail ?? whyOf(said.why)
    const article = said.article_zh ?? said.article
    const told = [
      typeof particular === 'string' && particular !== title && particular,
      typeof article === 'string' && `（${articleWords(article)}）`,
    ].filter(Boolean).join('')
    const detail = told || null
    return new Problem(status, slug, title, detail, readFaults(said.errors), said)
  }

  /** Whether the server has certainly finished with the request: if not, the same key must be used again. */
  get definite(): boolean {
    return this.status >= 400 && this.status < 500 && ![401, 408, 425, 429].includes(this.status)
  }

  get words(): string {
    return this.detail
      ? `${this.title.replace(/。$/, '')}：${this.detail}`
      : this.title
  }
}

/** A reason is a code, words, or words in both languages. */
function whyOf(why: unknown): unknown {
  if (typeof why === 'string')
    return wordFor(SLOT_WHY, why)
  return (why as Record<string, unknown> | null | undefined)?.zh
}

export function readFaults(errors: unknown): Fault[] {
  if (!Array.isArray(errors))
    return []
  return errors.flatMap((entry: unknown) => {
    const { pointer, code, detail, severity, article } = (entry ?? {}) as Partial<Fault>
    if (typeof pointer !== 'string')
      return []
    return [
      {
        pointer: normalPointer(pointer),
        code,
        detail: detail ?? '此项须填写或更正',
        severity: severity === 'warning'
          ? 'warning' as const
          : 'error' as const,
        article: article ?? null,
      },
    ]
  })
}

/** `#/suspects/0/name` and `/suspects/0/name` name the same field; `~1` and `~0` are unescaped (RFC 6901). */
export function normalPointer(pointer: string): string {
  const path = pointer.replace(/^#/, '').replace(/\/$/, '')
  return path.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** The faults of a field: those that name it, and those inside it when it has no fields of its own. */
export function faultsAt(faults: readonly Fault[], pointer: string, deep = false): Fault[] {
  return faults.filter(fault => fault.pointer === pointer || (deep && fault.pointer.startsWith(`${pointer}/`)))
}

/** The parents of a pointer, nearest first, itself included: where to look for a field to jump to. */
export function upward(pointer: string): string[] {
  const parts = pointer.split('/')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/')).filter(Boolean)
}
