/** What is being confirmed, in plain words: by method and address, as the table `LEGAL_ACTS` of the server. */
const WORDS: readonly [pattern: RegExp, words: string][] = [
  [/^PUT \/arrest-reviews\/\d+\/decision$/, '作出是否批准逮捕的决定'],
  [/^POST \/arrest-reviews\/\d+\/steps$/, '办理审查逮捕后的事项'],
  [/^POST \/prosecutions\/\d+\/steps$/, '办理审查起诉事项'],
  [/^POST \/batches$/, '批量办理审查起诉事项'],
  [/^PUT \/proposals\/\d+\/decision$/, '审批报批意见'],
  [/^PUT \/proposal-decisions$/, '批量审批报批意见'],
  [/^PUT \/committee-matters\/\d+\/vote$/, '在检察委员会上表决'],
  [/^PUT \/committee-matters\/\d+\/decision$/, '签发检察委员会决定'],
  [/^PUT \/committee-matters\/\d+\/upper-decision$/, '录入上级的决定'],
  [/^POST \/delegations$/, '授权他人代行检察长职责'],
  [/^PUT \/delegations\/\d+\/end$/, '终止授权'],
  [/^PUT \/delegations\/orders\/\d+$/, '确定代行顺序'],
  [/^POST \/power-lists$/, '施行新的权力清单'],
  [/^POST \/cases\/\d+\/recusals$/, '决定检察官回避'],
  [/^PUT \/calendar-notices\/\d+\/confirmation$/, '核定节假日安排'],
  [/^PUT \/transcripts\/\d+\/completion$/, '完成讯问笔录，此后不能更改'],
  [/^PUT \/public-hearings\/\d+\/result$/, '决定是否采纳听证意见'],
  [/^PUT \/public-hearings\/\d+\/consent$/, '决定是否同意不采纳听证意见'],
  [/^PUT \/packets\/\d+\/release$/, '向人民监督员开放材料'],
  [/^PUT \/draws\/\d+\/outcome$/, '抽选人民监督员'],
  [/^PUT \/quality-samplings\/\d+\/draw$/, '抽取评查案件和评查员'],
  [/^PUT \/quality-reviews\/\d+\/objection-decision$/, '决定评查异议'],
  [/^PUT \/supervision-opinions\/\d+\/objection-decision$/, '决定人民监督员的异议'],
  [/^PUT \/invitations\/\d+\/recusal-decision$/, '决定人民监督员回避'],
  [/^PUT \/invitations\/\d+\/undertaking$/, '签署保密承诺'],
  [/^PUT \/supervisors\/\d+\/appointment$/, '选任人民监督员'],
  [/^PUT \/supervisors\/\d+\/rejection$/, '不予选任'],
  [/^PUT \/supervisors\/\d+\/term$/, '连任人民监督员'],
  [/^PUT \/supervisors\/\d+\/removal$/, '免除人民监督员'],
  [/^POST \/passkeys$/, '添加通行密钥'],
  [/^DELETE \/passkeys\/\d+$/, '移除通行密钥'],
]

export function legalActWords(method: string, path: string): string {
  const asked = `${method} ${path.replace(/^\/api\/v1/, '').replace(/\?.*$/, '')}`
  return WORDS.find(([pattern]) => pattern.test(asked))?.[1] ?? '提交此项内容'
}
