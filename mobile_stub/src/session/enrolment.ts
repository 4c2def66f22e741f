/** Enrolling this phone with a one-time code: a key is made here, and the server takes its public half. */
import { APP_VERSION } from '@/wire/app-version'
import { Problem } from '@/wire/problem'
import { able, confirm, make, proof } from './phone-key'

export interface Claim {
  username: string
  code: string
  name: string
  /** The current one, with a code that only enrols. */
  password: string | null
  /** The one to have, with a code for a first or forgotten password. */
  new_password: string | null
}

const ENROLMENTS = '/api/v1/enrolments'
export type Platform = 'android' | 'ios' | 'web'

/** What kind of phone this is, as its browser tells. */
export function platformOf(agent: string = navigator.userAgent): Platform {
  if (/android|harmony/i.test(agent))
    return 'android'
  return /iphone|ipad|ipod/i.test(agent)
    ? 'ios'
    : 'web'
}

const NAMES: Record<Platform, string> = { android: '安卓工作手机', ios: '苹果工作手机', web: '浏览器' }

export function nameOf(platform: Platform): string {
  return NAMES[platform]
}

/** Asked past the client that renews sessions: a wrong code says nothing of a session that may be open here. */
export async function enrol(claim: Claim): Promise<void> {
  if (!able)
    throw new Problem(0, 'no-key', '本浏览器不能保存手机密钥', '请使用本单位的安全地址（https）打开，或者换用工作手机。')
  const made = await make(claim.username)
  let response: Response
  try {
    const proven = await proof(made, 'POST', ENROLMENTS)
    response = await fetch(ENROLMENTS, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Accept-Language': 'zh',
        'App-Version': APP_VERSION,
        ...proven,
      },
      body: JSON.stringify({
        username: claim.username,
        code: claim.code,
        name: claim.name,
        platform: platformOf(),
        ...claim.new_password === null
          ? { password: claim.password ?? '' }
          : { new_password: claim.new_password },
      }),
    })
  }
  catch {
    throw Problem.unreachable()
  }
  if (!response.ok)
    throw Problem.read(response.status, await response.json().catch(() => null))
  await confirm(made)
}
