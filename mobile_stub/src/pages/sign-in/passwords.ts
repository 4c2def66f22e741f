import type { Fault, Problem } from '@/wire/problem'

export const PASSWORD_HINT = '十二个字符以上，不要使用常见的口令'

const PLACE: Record<string, string> = {
  'password-too-short': '/new_password',
  'password-too-long': '/new_password',
  'password-too-common': '/new_password',
  'new-password-needed': '/new_password',
  'current-password-wrong': '/current_password',
}

function fault(pointer: string, detail: string): Fault {
  return { pointer, detail, severity: 'error' }
}

/** The refusals that belong to one field, as faults of that field; none for one that concerns the whole form. */
export function placedFaults(problem: Problem): Fault[] {
  const pointer = PLACE[problem.slug]
  return pointer
    ? [
        fault(pointer, problem.title),
      ]
    : problem.faults
}

/** What can be said of a new password before it is sent: both times the same, and another one than before. */
export function newPasswordFaults(next: string, again: string, current: string | null = null): Fault[] {
  if (next !== again) {
    return [
      fault('/again', '两次输入的新口令不一致'),
    ]
  }
  return current !== null && current === next
    ? [
        fault('/new_password', '新口令与当前口令相同'),
      ]
    : []
}
