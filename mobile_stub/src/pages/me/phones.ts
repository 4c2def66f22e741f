import type { Enrolment, OpenSession } from '@/wire/types'
import { instantWords } from '@/kit/time'
import { PLATFORM, wordFor } from '@/kit/words'

/** What is told of a phone under its name. */
export function phoneWords(phone: Enrolment): string {
  return `${wordFor(PLATFORM, phone.platform)}，${instantWords(phone.enrolled_at)} 登记，${instantWords(phone.last_used_at)} 用过`
}

/** Where a session is open: on an enrolled phone by its name, or on one that nobody has enrolled. */
export function placeOf(session: OpenSession): string {
  return session.phone?.name ?? '未登记的手机或者浏览器'
}

/** What is told of a session under its place. */
export function sessionWords(session: OpenSession): string {
  return `${instantWords(session.opened_at)} 登录，${instantWords(session.renewed_at)} 用过，至迟 ${instantWords(session.ends_at)} 失效`
}
