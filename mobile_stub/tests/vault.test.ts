// @vitest-environment node
import { openDB } from 'idb'
import { beforeEach, describe, expect, it } from 'vitest'
import 'fake-indexeddb/auto'

const vault = await import('@/session/vault')
const FORM = {
  suspects: [
    { name: '田大水', document_number: '11010519491231002X' },
  ],
}

beforeEach(vault.wipe)

async function stored() {
  const db = await openDB('jiantong', 1)
  return { keys: await db.getAll('keys'), sealed: await db.getAll('sealed') as { iv: Uint8Array, bytes: ArrayBuffer }[] }
}

describe('a sealed draft', () => {
  it('comes back as it was', async () => {
    await vault.seal('draft/1/arrest-request', FORM)
    await expect(vault.unseal('draft/1/arrest-request')).resolves.toEqual(FORM)
    await expect(vault.sealedNames('draft/')).resolves.toEqual(['draft/1/arrest-request'])
  })

  it('lies in the phone as ciphertext, under a key that cannot be taken out', async () => {
    await vault.seal('draft/1/arrest-request', FORM)
    const { keys, sealed } = await stored()

    const bytes = new TextDecoder().decode(sealed[0]!.bytes)
    expect(bytes).not.toContain('田大水')
    expect(bytes).not.toContain('11010519491231002X')
    expect(keys).toHaveLength(1)
    expect((keys[0] as CryptoKey).extractable).toBe(false)
    await expect(crypto.subtle.exportKey('raw', keys[0] as CryptoKey)).rejects.toThrow()
  })

  it('never uses an initialisation vector twice', async () => {
    await vault.seal('draft/1/a', FORM)
    const first = (await stored()).sealed[0]!.iv
    await vault.seal('draft/1/a', FORM)
    expect([
      ...(await stored()).sealed[0]!.iv,
    ]).not.toEqual([...first])
  })

  it('cannot be passed off under another name, or altered', async () => {
    await vault.seal('draft/1/a', FORM)
    const db = await openDB('jiantong', 1)
    const held = await db.get('sealed', 'draft/1/a') as { iv: Uint8Array, bytes: ArrayBuffer }
    await db.put('sealed', held, 'draft/2/a')
    await expect(vault.unseal('draft/2/a')).resolves.toBeNull()

    const altered = new Uint8Array(held.bytes.slice(0))
    altered[0]! ^= 1
    await db.put('sealed', { iv: held.iv, bytes: altered.buffer }, 'draft/1/a')
    await expect(vault.unseal('draft/1/a')).resolves.toBeNull()
  })

  it('is gone after sign-out, and its ciphertext would be of no use', async () => {
    await vault.seal('draft/1/a', FORM)
    const before = (await stored()).sealed[0]!
    await vault.wipe()
    expect(await stored()).toEqual({ keys: [], sealed: [] })

    await vault.seal('session/refresh', 'another key is made')
    await (await openDB('jiantong', 1)).put('sealed', before, 'draft/1/a')
    await expect(vault.unseal('draft/1/a')).resolves.toBeNull()
  })

  it('is gone once the server has it', async () => {
    await vault.seal('draft/1/a', FORM)
    await vault.discard('draft/1/a')
    await expect(vault.unseal('draft/1/a')).resolves.toBeNull()
  })
})
