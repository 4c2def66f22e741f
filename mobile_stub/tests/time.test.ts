import { describe, expect, it } from 'vitest'
import { dateWords, fromLocalInput, instantWords, localInput, notBefore, spanWords, timeLeft, timeLeftOf, timeSince, today } from '@/kit/time'

describe('time left', () => {
  it.each([
    ['2026-11-25', '剩余 3 天', 'soon'],
    ['2026-11-26', '剩余 4 天', 'later'],
    ['2026-11-23', '剩余 1 天', 'soon'],
    ['2026-11-22', '今日到期', 'today'],
    ['2026-11-21', '已逾期 1 天', 'overdue'],
    ['2026-11-12', '已逾期 10 天', 'overdue'],
  ])('%s is told as %s', (due, words, urgency) => {
    expect(timeLeft(due, due, '2026-11-22')).toMatchObject({ words, urgency })
  })

  it('says when the law gives no day', () => {
    expect(timeLeft(null, null, '2026-11-22')).toEqual({ urgency: 'open', words: '无期限', days: null })
  })

  it('calls nothing overdue before the last day the law can bear is over', () => {
    const late = { words: '已过应办日 1 天', urgency: 'in_doubt' }
    expect(timeLeft('2026-11-21', '2026-11-23', '2026-11-22')).toMatchObject(late)
    expect(timeLeft('2026-11-21', '2026-11-22', '2026-11-22')).toMatchObject(late)
    expect(timeLeft('2026-11-20', '2026-11-21', '2026-11-22').urgency).toBe('overdue')
  })

  it('counts days across months, leap days and years', () => {
    expect(timeLeft('2028-03-01', null, '2028-02-28').days).toBe(2)
    expect(timeLeft('2027-01-01', null, '2026-12-31').days).toBe(1)
  })
})

describe('time left of what the law counts in hours', () => {
  const ends = {
    due_on: '2026-11-22',
    outer_on: '2026-11-22',
    due_at: '2026-11-22T06:20:00Z',
    outer_at: '2026-11-22T07:00:00Z',
  }

  it.each([
    ['2026-11-21T06:20:00Z', '剩余 1 天', 'soon'],
    ['2026-11-21T20:00:00Z', '剩余 10 小时 20 分', 'soon'],
    ['2026-11-22T00:20:00Z', '剩余 6 小时', 'soon'],
    ['2026-11-22T00:20:01Z', '剩余 6 小时', 'today'],
    ['2026-11-22T06:19:30Z', '剩余 1 分', 'today'],
    ['2026-11-22T06:20:00Z', '剩余 0 分', 'today'],
    ['2026-11-22T06:20:01Z', '已过应办时 1 分', 'in_doubt'],
    ['2026-11-22T07:00:00Z', '已过应办时 40 分', 'in_doubt'],
    ['2026-11-22T07:00:01Z', '已逾期 41 分', 'overdue'],
    ['2026-11-25T06:20:00Z', '已逾期 3 天', 'overdue'],
  ])('%s: %s', (now, words, urgency) => {
    expect(timeLeftOf(ends, new Date(now))).toMatchObject({ words, urgency })
  })

  it('counts days where no instant is given, and nothing while it stands still', () => {
    const days = { due_on: '2026-11-25', outer_on: '2026-11-27' }
    expect(timeLeftOf(days, new Date('2026-11-22T04:00:00Z')).words).toBe('剩余 3 天')
    expect(timeLeftOf({ ...days, suspended: true }, new Date('2026-12-22T04:00:00Z')).words).toBe('暂停计算')
    expect(timeLeftOf({ due_on: null }, new Date()).words).toBe('无期限')
  })

  it('tells a span by its two largest parts', () => {
    expect(spanWords(3 * 86_400_000 + 4 * 3_600_000 + 5 * 60_000)).toBe('3 天 4 小时')
    expect(spanWords(59 * 60_000 + 1)).toBe('1 小时')
  })

  it('tells how long something waits that has no day, and never less than nothing', () => {
    const now = new Date('2026-11-22T04:00:00Z')
    expect(timeSince('2026-11-21T01:00:00Z', now)).toBe('已过 1 天 3 小时')
    expect(timeSince('2026-11-22T05:00:00Z', now)).toBe('已过 0 分')
  })
})

describe('days in Shanghai', () => {
  it('has its own midnight, whatever zone the phone is in', () => {
    expect(today(new Date('2026-11-22T15:59:59Z'))).toBe('2026-11-22')
    expect(today(new Date('2026-11-22T16:00:00Z'))).toBe('2026-11-23')
  })

  it('names the year only when it is another one', () => {
    expect(dateWords('2026-11-25', '2026-11-22')).toBe('11月25日 周三')
    expect(dateWords('2027-01-04', '2026-11-22')).toBe('2027年1月4日 周一')
    expect(dateWords(null)).toBe('—')
  })

  it('tells instants by the clock on the wall there', () => {
    expect(instantWords('2026-11-22T16:05:00Z', '2026-11-22')).toBe('11月23日 00:05')
  })

  it('reads a local input as Shanghai time, there and back', () => {
    expect(fromLocalInput('2026-11-21T02:00')).toBe('2026-11-20T18:00:00Z')
    expect(localInput('2026-11-20T18:00:00Z')).toBe('2026-11-21T02:00')
    expect(fromLocalInput('')).toBeNull()
  })

  it('does not put an execution before the decision made in the same minute', () => {
    expect(notBefore('2026-11-22T07:07:00Z', '2026-11-22T07:07:31Z')).toBe('2026-11-22T07:07:31Z')
    expect(notBefore('2026-11-22T07:06:00Z', '2026-11-22T07:07:31Z')).toBe('2026-11-22T07:06:00Z')
    expect(notBefore(null, '2026-11-22T07:07:31Z')).toBeNull()
  })
})
