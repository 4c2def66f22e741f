/** Who acts for a chief procurator, when, and in what. */
import type { ByDelegation, Delegation } from '@/wire/types'
import { dateWords, today } from './time'
import { DELEGABLE_MATTER, wordFor } from './words'

export type DelegationStanding = 'coming' | 'running' | 'over' | 'ended'

export function standingOf(delegation: Pick<Delegation, 'from_on' | 'until_on' | 'ended_at'>, on: string = today()): DelegationStanding {
  if (delegation.ended_at)
    return 'ended'
  if (delegation.until_on < on)
    return 'over'
  return delegation.from_on > on
    ? 'coming'
    : 'running'
}

/** The matters of a delegation in words. */
export function mattersWords(matters: readonly string[]): string {
  return matters.map(matter => wordFor(DELEGABLE_MATTER, matter)).join('、')
}

/** What stands beside the name of whoever decided for a chief who was away. */
export function byWords(by: ByDelegation): string {
  return `（代${by.of.name}行使职权，至${dateWords(by.until_on)}）`
}

/** The delegations by which somebody acts today. */
export function actingBy(delegations: readonly Delegation[], personId: number | undefined, on: string = today()): Delegation[] {
  return delegations.filter(one => one.taker.id === personId && standingOf(one, on) === 'running')
}

/** What a delegate reads on the own home page. */
export function actingWords(delegation: Delegation): string {
  return `您代${delegation.giver.name}行使检察长职权：${mattersWords(delegation.matters)}，至${dateWords(delegation.until_on)}`
}
