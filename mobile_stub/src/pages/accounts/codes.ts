/** A one-time code in groups, so that it is read out and typed without a slip. */
export function codeWords(code: string): string {
  return code.match(/.{1,4}/g)?.join(' ') ?? ''
}

/** What the person does with a code, by its purpose. */
export const CODE_USE: Record<string, string> = {
  enrol: '本人记得口令，只需登记一部手机。',
  first_password: '本人第一次使用，登记手机并设置口令。',
  forgotten_password: '本人忘记口令，登记手机并重新设置口令。',
}

/** How long a code may last, in hours. */
export const LASTING = [1, 8, 24, 72].map(hours => ({
  value: hours,
  label: hours < 24
    ? `${hours} 小时`
    : `${hours / 24} 天`,
}))
