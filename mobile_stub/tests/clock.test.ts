import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { computed } from 'vue'
import { hearClock, legalNow, runClock } from '@/kit/clock'
import { timeLeft, today } from '@/kit/time'

beforeEach(() => {
  vi.useFakeTimers({
    now: new Date('2026-11-22T04:00:00Z'),
  })
  hearClock('2026-11-22T04:00:00Z')
})
afterEach(() => vi.useRealTimers())

it('goes by the clock of the server, not by that of the phone', () => {
  hearClock('2027-03-01T10:00:00+08:00')
  expect(today()).toBe('2027-03-01')
  expect(timeLeft('2027-03-04', null).words).toBe('剩余 3 天')
  vi.advanceTimersByTime(14 * 3_600_000)
  expect(today()).toBe('2027-03-02')
})

it('takes the way through the network for no other time, and nonsense for none', () => {
  hearClock('2026-11-22T04:00:01Z')
  expect(legalNow().toISOString()).toBe('2026-11-22T04:00:00.000Z')
  hearClock('soon')
  hearClock(null)
  expect(legalNow().toISOString()).toBe('2026-11-22T04:00:00.000Z')
})

it('lets what is on the screen move on by itself, until it is stopped', () => {
  const minute = computed(() => legalNow().toISOString().slice(11, 16))
  expect(minute.value).toBe('04:00')
  const stop = runClock()
  vi.advanceTimersByTime(60_000)
  expect(minute.value).toBe('04:01')
  stop()
  vi.advanceTimersByTime(60_000)
  expect(minute.value).toBe('04:01')
})
