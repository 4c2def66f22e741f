import { expect, it } from 'vitest'
import { canonical, changeWords, digest, findings, freshNonce, inOrder, outWords, whoIs, witnessDigest } from '@/pages/draws/check'

const pool = {
  activity: 7,
  strata: [
    { name: 'all', seats: 1 },
  ],
  candidates: [
    {
      number: 4,
      served: 0,
      weight: 4,
      fields: [],
      excluded: ['weekday'],
    },
  ],
}

it('makes 32 bytes of its own for a nonce, never the same twice', () => {
  const nonces = new Set(Array.from({ length: 50 }, freshNonce))
  expect(nonces.size).toBe(50)
  for (const nonce of nonces)
    expect(nonce).toMatch(/^[0-9a-f]{64}$/)
})

it('writes a document as the verifier does: keys sorted, no spaces, Chinese as it is', () => {
  expect(canonical({
    b: [1, null, 'x"'],
    a: { 乙: true, c: 'é\n' },
  })).toBe('{"a":{"c":"é\\n","乙":true},"b":[1,null,"x\\""]}')
})

it('comes to the hashes of the verifier', async () => {
  // As services/draws/verifier.py computes them for this pool, a seed of 32 times ab and a nonce of 32 times cd.
  const poolDigest = '88a65e1c3d67baad9116dc61e55e3b7fa5c4c71bda00441146c64003764f12a6'
  const commitment = '7cde27c8ada521e852aadc8bb6a246543bac5595e2e669fa12dee227e9641567'
  const receipt = '38d1836045805cc92beb24637d33f9233a5051a74b743f7a586a5d2b71f8282b'
  expect(await digest(pool)).toBe(poolDigest)
  expect(await witnessDigest(commitment, 'cd'.repeat(32))).toBe(receipt)
  const published = {
    pool,
    pool_sha256: poolDigest,
    commitment,
    nonce: 'cd'.repeat(32),
    witness_sha256: receipt,
    seed: 'ab'.repeat(32) as string | null,
  }
  expect(await findings(published)).toEqual({ pool: 'fits', seed: 'fits', witness: 'fits' })
  expect(await findings({
    ...published,
    seed: 'ac'.repeat(32),
  })).toMatchObject({ seed: 'differs' })
  expect(await findings({
    ...published,
    pool: { ...pool, activity: 8 },
  })).toMatchObject({ pool: 'differs' })
  expect(await findings({
    ...published,
    nonce: '',
    witness_sha256: '',
    seed: null,
  })).toEqual({
    pool: 'fits',
    seed: 'unknown',
    witness: 'unknown',
  })
})

it('lists who can be drawn first, the heaviest before the others, and says why the rest is out', () => {
  const one = (number: number, weight: number, excluded: string[] = []) => ({ number, weight, excluded })
  expect(inOrder([
    one(1, 1),
    one(2, 9, ['away']),
    one(3, 4),
    one(4, 4),
  ]).map(found => found.number)).toEqual([3, 4, 1, 2])
  expect(outWords(['weekday', 'recused'])).toBe('星期不合、回避')
})

it('tells what happened to the seats by name where the reader may read names', () => {
  const candidates = [
    { number: 3, name: '方晓' },
    { number: 9, name: null },
  ]
  const change = {
    stratum: 'all',
    number: 3,
    because: null,
    wanted: null,
    happened_at: '2026-11-22T01:00:00Z',
  } as const
  expect(whoIs(candidates, 9, 9)).toBe('9号（本人）')
  expect(changeWords({ ...change, kind: 'drawn' }, candidates, null)).toBe('抽中：3号 方晓')
  expect(changeWords({
    ...change,
    kind: 'out',
    stratum: null,
    because: 'declined',
  }, candidates, null)).toBe('退出：3号 方晓，不能参加')
  expect(changeWords({
    ...change,
    kind: 'unfilled',
    number: null,
    stratum: 'finance',
    because: 'exhausted',
  }, candidates, null)).toContain('空缺：金融')
  expect(changeWords({
    ...change,
    kind: 'fewer',
    number: null,
    stratum: null,
    wanted: 2,
  }, candidates, null)).toBe('减少人数：共 2 人')
})
