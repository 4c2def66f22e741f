import type { components } from '@/wire/schema'

export type Escalation = components['schemas']['Escalation']

export const ESCALATION_STATE: Record<string, string> = {
  waiting: '待确认',
  acknowledged: '已确认',
  settled: '已了结',
  exhausted: '未有人确认',
}

export const RUNG: Record<string, string> = {
  again: '再次提醒',
  every_channel: '改用其他途径提醒',
  substitute: '提醒代行人员',
  head: '提醒部门负责人、案件管理部门',
  chief: '提醒检察长',
  security: '提醒安全保密员',
}

/** One rung in words: who was told, each once and with the post in which they were. */
export function toldWords(call: Escalation['calls'][number], posts: Record<string, string>): string {
  const said = call.told.map(({ person, post }) => post
    ? `${person.name}（${posts[post] ?? post}）`
    : person.name)
  return said.length
    ? said.join('、')
    : '无人在岗'
}
