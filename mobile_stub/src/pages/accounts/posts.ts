import type { Post } from '@/wire/types'
import { dateWords, today } from '@/kit/time'

/** The days of a post: the first and the last included. */
export function termWords(post: { from_on: string, until_on: string | null }): string {
  return post.until_on
    ? `${dateWords(post.from_on)} 至 ${dateWords(post.until_on)}`
    : `${dateWords(post.from_on)} 起`
}

export type Standing = 'to_come' | 'held' | 'over'

export const POST_STANDING: Record<Standing, string> = { to_come: '待到任', held: '已到任', over: '到期结束' }

/** Whether a post is to come, held, or over on that day. */
export function standingOf(post: Pick<Post, 'from_on' | 'until_on'>, on: string = today()): Standing {
  if (post.until_on && post.until_on < on)
    return 'over'
  return post.from_on > on
    ? 'to_come'
    : 'held'
}

/** What is held stands first, then what is to come, then what is over; the newest first. */
export function inOrder(posts: readonly Post[], on: string = today()): Post[] {
  const ORDER: Standing[] = ['held', 'to_come', 'over']
  return [...posts].sort((a, b) => ORDER.indexOf(standingOf(a, on)) - ORDER.indexOf(standingOf(b, on)) || b.from_on.localeCompare(a.from_on) || b.id - a.id)
}

/** An acting chief acts by a delegation: that is ended instead. */
export function canEnd(post: Pick<Post, 'kind' | 'from_on' | 'until_on'>, on: string = today()): boolean {
  return post.kind !== 'acting_chief' && standingOf(post, on) !== 'over'
}
