import type { Problem } from '@/wire/problem'

export interface Closed {
  heading: string
  text: string
  /** The reading can be moved to this phone. */
  moves: boolean
}

/** Why nothing can be read, in plain words; null: something else went wrong. */
export function whyClosed(problem: Pick<Problem, 'status' | 'slug'>): Closed | null {
  if (problem.status === 410) {
    return {
      heading: '材料不能再看了',
      text: '阅看时间已过，或者检察院收回了材料。手机里没有留下。',
      moves: false,
    }
  }
  if (problem.slug === 'not-yet-open') {
    return {
      heading: '还没到阅看的时间',
      text: '到了时间就能看，手机会提醒您。',
      moves: false,
    }
  }
  if (problem.slug === 'other-device') {
    return {
      heading: '请换一部手机看',
      text: '材料只能在您签保密承诺的那部手机上看。那部手机不用了的，可以改在这部手机上看，要重新签一次保密承诺。',
      moves: true,
    }
  }
  return null
}
