import type { CaseTeam } from '@/wire/types'
import { today } from '@/kit/time'

export type TeamStanding = 'to_come' | 'running' | 'over'
export const TEAM_STANDING: Record<TeamStanding, string> = { to_come: '待成立', running: '办案中', over: '解散' }

/** Whether a team is to come, at work, or over on that day. */
export function teamStanding(team: Pick<CaseTeam, 'from_on' | 'until_on'>, on: string = today()): TeamStanding {
  if (team.until_on && team.until_on < on)
    return 'over'
  return team.from_on > on
    ? 'to_come'
    : 'running'
}

/** Who is in a team on that day or will be; the lead stands first. */
export function presentIn(team: Pick<CaseTeam, 'lead' | 'members'>, on: string = today()): CaseTeam['members'] {
  return team.members
    .filter(member => !member.until_on || member.until_on >= on)
    .sort((a, b) => Number(b.person.id === team.lead.id) - Number(a.person.id === team.lead.id))
}
