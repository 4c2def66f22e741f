/** The day of an interrogation: how long it ran, and what is to be read out. */
import type { components } from '@/wire/schema'

export type Sitting = components['schemas']['Sitting']

/** Milliseconds for which it has run: from the start to the end or to now, without what stood still. */
export function ran(sitting: Pick<Sitting, 'started_at' | 'ended_at' | 'interruptions'>, now: Date): number {
  if (!sitting.started_at)
    return 0
  const until = sitting.ended_at
    ? Date.parse(sitting.ended_at)
    : now.getTime()
  const stood = sitting.interruptions.reduce((sum, one) => {
    const ended = one.ended_at
      ? Math.min(Date.parse(one.ended_at), until)
      : until
    return sum + Math.max(0, ended - Date.parse(one.began_at))
  }, 0)
  return Math.max(0, until - Date.parse(sitting.started_at) - stood)
}

/** `1:05:09`, `05:09`. */
export function watchWords(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  const two = (part: number) => String(part).padStart(2, '0')
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return seconds >= 3600
    ? `${Math.floor(seconds / 3600)}:${rest}`
    : rest
}

/** What is to be read out, each with its article. */
export const RIGHTS: readonly (readonly [string, string])[] = [
  ['您有使用本民族语言文字进行诉讼的权利；不通晓当地通用的语言文字的，为您翻译。', '刑诉法9条'],
  ['您有权自行辩护，也有权委托一至二人作为辩护人；没有委托辩护人的，可以申请法律援助，有权约见值班律师。', '刑诉法33条、34条、35条、36条'],
  ['您有权要求审判人员、检察人员、侦查人员以及书记员、翻译人员回避。', '刑诉法29条、32条'],
  ['您有申请变更强制措施的权利；强制措施法定期限届满的，有权要求解除。', '刑诉法97条、99条'],
  ['对侵犯您诉讼权利和人身侮辱的行为，您有权提出控告。', '刑诉法14条'],
  ['您申请排除非法证据的，请提供相关线索或者材料。', '刑诉规则258条'],
  ['对提问应当如实回答；对与本案无关的问题，您有拒绝回答的权利。', '刑诉法120条'],
  ['您有权核对笔录、要求补充或者改正，也可以请求自行书写供述。', '刑诉法122条'],
]
export const LENIENCY: readonly (readonly [string, string])[] = [
  ['如实供述自己的罪行，可以依法从宽处理。', '刑诉法120条'],
  ['自愿如实供述自己的罪行，承认指控的犯罪事实，愿意接受处罚的，可以依法从宽处理。', '刑诉法15条'],
]
export const RECORDING = '现告知您：本次讯问全程同步录音录像。'
