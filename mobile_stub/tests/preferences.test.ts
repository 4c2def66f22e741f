import type { Habits } from '@/pages/preferences/habits'
import { expect, it } from 'vitest'
import { formOf, habitsOf, whole } from '@/pages/preferences/habits'

const SAID: Habits = {
  quiet_from: '22:00:00',
  quiet_until: '07:00:00',
  working_days_only: true,
  digest_at: ['09:00', '17:00'],
  digest_tasks: true,
  muted: ['schedule'],
  cap: 12,
}

it('sends back what was said, and nothing of what is switched off', () => {
  const form = formOf(SAID)
  expect(habitsOf(form)).toEqual({ ...SAID, quiet_from: '22:00', quiet_until: '07:00' })

  form.quiet = false
  form.digest = false
  expect(habitsOf(form)).toMatchObject({
    quiet_from: null,
    quiet_until: null,
    digest_at: [],
    digest_tasks: false,
  })
})

it('puts the times of the digest in the order of the day, each once', () => {
  const form = formOf(SAID)
  form.digest_at = ['17:00', null, '09:00', '17:00', '']
  expect(habitsOf(form).digest_at).toEqual(['09:00', '17:00'])
})

it('offers times to start from where nothing was said, and knows what is missing', () => {
  const form = formOf({
    ...SAID,
    quiet_from: null,
    quiet_until: null,
    digest_at: [],
  })
  expect([
    form.quiet,
    form.quiet_from,
    form.digest,
    form.digest_at,
  ]).toEqual([
    false,
    '22:00',
    false,
    ['09:00'],
  ])
  expect(whole(form)).toBe(true)

  form.quiet = true
  form.quiet_until = null
  expect(whole(form)).toBe(false)
  form.quiet_until = '07:00'
  form.cap = null
  expect(whole(form)).toBe(false)
  form.cap = 12
  form.digest = true
  form.digest_at = [null]
  expect(whole(form)).toBe(false)
})
