import { expect, it } from 'vitest'
import { usePress } from '@/kit/usePress'
import { Problem } from '@/wire/problem'

const later = <T>(value: T) => new Promise<T>(resolve => setTimeout(resolve, 5, value))

it('loses no press: another button waits for its turn', async () => {
  const { press } = usePress()
  const order: string[] = []
  const send = (name: string) => () => later(name).then(() => order.push(name))
  await Promise.all([
    press('a', 1, send('a')),
    press('b', 1, send('b')),
  ])
  expect(order).toEqual(['a', 'b'])
})

it('sends once what is pressed twice', async () => {
  const { press } = usePress()
  let sent = 0
  const send = () => later(sent += 1)
  await Promise.all([
    press('a', 1, send),
    press('a', 1, send),
  ])
  expect(sent).toBe(1)
})

it('says why it was refused, and goes on', async () => {
  const { press, problem, busy } = usePress()
  const refusal = new Problem(409, 'wrong-state', '当前状态下不能进行此操作')
  expect(await press('a', 1, () => Promise.reject(refusal))).toBeNull()
  expect([problem.value, busy.value]).toEqual([refusal, null])
  expect(await press('b', 1, () => later('done'))).toBe('done')
  expect(problem.value).toBeNull()
})
