/** The steps of a supervisor's service that ask for words: how they are called, and what each asks for. */
export interface Wording { title: string, hint: string, done: string }

export const STANDING: Record<string, Wording> = {
  appoint: { title: '任命', hint: '任期五年。公示满五个工作日、选任公告满二十个工作日后方可任命。', done: '已任命' },
  reject: { title: '不予选任', hint: '公示后不予选任，写明理由。', done: '已记录' },
  suspend: { title: '暂停履职', hint: '暂停期间不参加抽选，任期照常计算。', done: '已暂停' },
  remove: { title: '免职', hint: '免职后账号立即停用，且不得再次担任人民监督员。', done: '已免职' },
  end: { title: '结束任职', hint: '自今日起不再担任人民监督员。', done: '已结束任职' },
}

export interface Wants { from_on: boolean, ground: boolean, because: boolean, reason: 'required' | 'optional' | null }

export function wants(step: string): Wants {
  return {
    from_on: step === 'appoint',
    ground: step === 'remove',
    because: step === 'end',
    reason: step === 'appoint'
      ? null
      : step === 'end'
        ? 'optional'
        : 'required',
  }
}

/** Steps with a page of their own, in the order in which they are offered. */
export function pagesOf(id: number, allowed: readonly string[]): { to: string, label: string, step: string }[] {
  const offered = [
    ...[
      'appoint',
      'reject',
      'suspend',
      'end',
      'remove',
    ].map(step => ({
      step,
      to: `/supervisors/${id}/steps/${step}`,
      label: STANDING[step]!.title,
    })),
    { step: 'reappoint', to: `/supervisors/${id}/term`, label: '连任' },
    { step: 'change', to: `/supervisors/${id}/change`, label: '更改登记内容' },
  ]
  return offered.filter(one => allowed.includes(one.step))
}
