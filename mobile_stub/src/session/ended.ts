/** Why a session is over, in plain words: by the type of the refusal and the reason that it carries. */
import type { Problem } from '@/wire/problem'

const SESSION: Record<string, string> = {
  signed_out: '您已退出登录。',
  token_reused: '登录凭据被重复使用，可能有人冒用，系统已结束这次登录。请重新登录并修改口令；不是您本人操作的，请告知本单位安全保密员。',
  account_disabled: '账号已停用。如有疑问，请联系本单位安全保密员。',
  secured: '您的全部登录已被结束。请联系本单位安全保密员了解原因。',
  ended_elsewhere: '您在另一部手机上结束了本机的登录。',
  password_changed: '口令已经更改，请用新口令登录。',
  phone_ended: '本机的登记已经注销，请领取登记码重新登记。',
  enrolment_needed: '本单位现在要求使用已登记的手机登录，请领取登记码登记本机。',
  ran_out: '登录时间已满，请重新登录。',
}
const ENROLMENT: Record<string, string> = {
  removed: '您已注销本机的登记。再次使用，请领取登记码重新登记。',
  lost: '本机已被报告丢失，不能再登录，保存在本机的内容已经清除。找回手机的，请领取登记码重新登记。',
  by_office: '安全保密员已注销本机的登记。请联系本单位安全保密员。',
}
const NEEDED = SESSION.enrolment_needed!
const OVER = '登录已失效，请重新登录。'
const KEPT = '未提交的内容仍加密保存在本机，本人登录后可继续填写。'

function reasonOf(problem: Problem): string {
  return String(problem.members.reason ?? '')
}

/** Whether this phone was said to be lost: nothing is to stay on it. */
export function isLost(problem: Problem | null): boolean {
  return problem?.slug === 'enrolment-over' && reasonOf(problem) === 'lost'
}

/** What the sign-in page says of a session that is over, and of what is left on the phone. */
export function endedWords(problem: Problem | null): string {
  if (isLost(problem))
    return ENROLMENT.lost!
  return why(problem) + KEPT
}

function why(problem: Problem | null): string {
  switch (problem?.slug) {
    case 'session-over': return SESSION[reasonOf(problem)] ?? OVER
    case 'enrolment-over': return ENROLMENT[reasonOf(problem)] ?? problem.title
    case 'enrolment-needed': return NEEDED
    default: return OVER
  }
}
