import { expect, it } from 'vitest'
import { genuine, lapsed, neutralWords, readPayload } from '@/push/payload'

const SAID = {
  id: '0f8c',
  class: 'urgent',
  exp: '1795417200',
  sig: 'c2ln',
}

it('reads a message bare, as FCM wraps it, and as the simulator streams it', () => {
  const read = {
    id: '0f8c',
    class: 'urgent',
    exp: 1_795_417_200,
    sig: 'c2ln',
  }
  expect(readPayload(JSON.stringify(SAID))).toEqual(read)
  expect(readPayload(JSON.stringify({ from: '1', data: SAID }))).toEqual(read)
  expect(readPayload(JSON.stringify({
    message: { data: SAID },
  }))).toEqual(read)
  expect(readPayload('{"notification":{"title":"张某"}}')).toBeNull()
  expect(readPayload('not json')).toBeNull()
})

it('lets a message lapse', () => {
  const payload = readPayload(JSON.stringify(SAID))!
  expect(lapsed(payload, new Date(1_795_417_199_000))).toBe(false)
  expect(lapsed(payload, new Date(1_795_417_201_000))).toBe(true)
})

it('shows the same neutral words whatever a message carries', () => {
  expect([
    'task',
    'urgent',
    'info',
    'anything else',
    undefined,
  ].map(neutralWords)).toEqual([
    '您有新的待办',
    '您有紧急待办',
    '您有新的消息',
    '您有新的消息',
    '您有新的消息',
  ])
})

it('believes only what the server has signed', async () => {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']) as CryptoKeyPair
  const url = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  const publicKey = url(await crypto.subtle.exportKey('raw', pair.publicKey))
  const sig = url(await crypto.subtle.sign('Ed25519', pair.privateKey, new TextEncoder().encode('0f8c|urgent|1795417200')))
  const payload = readPayload(JSON.stringify({ ...SAID, sig }))!

  await expect(genuine(payload, publicKey)).resolves.toBe(true)
  await expect(genuine({ ...payload, id: 'another' }, publicKey)).resolves.toBe(false)
  await expect(genuine({ ...payload, sig: 'c2ln' }, publicKey)).resolves.toBe(false)
})
