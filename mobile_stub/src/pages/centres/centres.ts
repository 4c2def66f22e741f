import type { Me } from '@/wire/types'

/** The detention centres in which somebody is an officer. */
export function centresOf(me: Me | null): { id: number, name: string }[] {
  return (me?.posts ?? [])
    .filter(held => held.post === 'detention_officer')
    .map(held => ({ id: held.office_id, name: held.office_name }))
}

/** What an answer says of the interrogations that were in the way. */
export function replannedWords(replanned: { moved: readonly number[], waiting: readonly number[] }): string {
  if (!replanned.moved.length && !replanned.waiting.length)
    return '没有受影响的讯问'
  return [
    replanned.moved.length && `${replanned.moved.length} 次讯问已自动改排`,
    replanned.waiting.length && `${replanned.waiting.length} 次讯问待重新排期，已通知承办人`,
  ].filter(Boolean).join('；')
}

/** The times that a refusal offers: `{ from, until }`, in their order. */
export function freeTimes(members: Readonly<Record<string, unknown>>): { from: string, until: string }[] {
  const offered = members.free
  return Array.isArray(offered)
    ? offered.filter((one): one is { from: string, until: string } => typeof one?.from === 'string' && typeof one?.until === 'string')
    : []
}
