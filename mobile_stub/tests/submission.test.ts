import { describe, expect, it } from 'vitest'
import { Problem } from '@/wire/problem'
import { freshKey, Submission } from '@/wire/submission'

const NO_PAUSE = [0, 0]

/** A server that fails in the given ways before it answers; it notes every key it was sent. */
function server(...failures: Problem[]) {
  const keys: string[] = []
  async function attempt(key: string): Promise<string> {
    keys.push(key)
    const failure = failures.shift()
    if (failure)
      throw failure
    return 'stored'
  }
  return { keys, attempt }
}

describe('one submission', () => {
  it('keeps its key while no certain answer comes', async () => {
    const { keys, attempt } = server(Problem.unreachable(), Problem.read(503, null))

    await expect(new Submission().send({ a: 1 }, attempt, NO_PAUSE)).resolves.toBe('stored')
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
  })

  it('keeps its key across giving up, closing the app and coming back', async () => {
    const { keys, attempt } = server(Problem.unreachable())
    const first = new Submission()
    await expect(first.send({ a: 1 }, attempt, [])).rejects.toThrow('网络不可用')

    const second = new Submission(JSON.parse(JSON.stringify(first.pending)))
    await second.send({ a: 1 }, attempt, [])
    expect(keys[1]).toBe(keys[0])
  })

  it('takes a new key for other content', async () => {
    const { keys, attempt } = server(Problem.unreachable())
    const submission = new Submission()
    await submission.send({ a: 1 }, attempt, []).catch(() => {})
    await submission.send({ a: 2 }, attempt, [])
    expect(keys[1]).not.toBe(keys[0])
  })

  it('does not repeat a refusal, and takes a new key after it', async () => {
    const { keys, attempt } = server(Problem.read(422, null))
    const submission = new Submission()
    await expect(submission.send({ a: 1 }, attempt, NO_PAUSE)).rejects.toMatchObject({ status: 422 })
    expect(keys).toHaveLength(1)
    await submission.send({ a: 1 }, attempt, NO_PAUSE)
    expect(keys[1]).not.toBe(keys[0])
  })

  it('spends its key with success', async () => {
    const { keys, attempt } = server()
    const submission = new Submission()
    await submission.send({ a: 1 }, attempt)
    await submission.send({ a: 1 }, attempt)
    expect(keys[1]).not.toBe(keys[0])
  })
})

it('makes keys where randomUUID is absent', () => {
  const real = crypto.randomUUID
  Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true })
  try {
    expect(freshKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(freshKey()).not.toBe(freshKey())
  }
  finally {
    Object.defineProperty(crypto, 'randomUUID', { value: real, configurable: true })
  }
})
