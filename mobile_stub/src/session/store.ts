import type { Claim } from './enrolment'
import type { PhoneKey } from './phone-key'
import type { TokenPair } from './tokens'
import type { Answer } from '@/wire/client'
import type { Me } from '@/wire/types'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, ask, onSignedOut } from '@/wire/client'
import { Problem } from '@/wire/problem'
import { isLost } from './ended'
import { enrol } from './enrolment'
import { discardKey, keyOf, proof } from './phone-key'
import { bind, ending, forget, keep, renew, renewable } from './tokens'
import { seal, shutDown, unseal, wipe } from './vault'

const OWNER = 'session/owner'

/** Who is signed in on this phone. */
export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  /** `expired`: the server ended the session; drafts stay sealed for the same person's next sign-in. */
  const state = ref<'starting' | 'signed_in' | 'signed_out' | 'expired'>('starting')
  const since = ref<Date | null>(null)
  /** What the server said when it ended the session that was open here. */
  const ended = shallowRef<Problem | null>(null)
  const posts = computed(() => new Set<string>(me.value?.posts.map(held => held.post)))

  onSignedOut(() => {
    if (state.value !== 'signed_in')
      return
    ended.value = ending()
    if (isLost(ended.value))
      me.value = null
    state.value = 'expired'
  })

  async function welcome(): Promise<void> {
    const { data } = await ask(api.GET('/me'))
    const owner = await unseal<Me>(OWNER)
    if (owner && owner.id !== data.id)
      throw new Error('The vault holds what another person sealed')
    await seal(OWNER, data)
    me.value = data
    since.value = new Date()
    ended.value = null
    state.value = 'signed_in'
  }

  /** Take up the session of the last visit; without network the sealed one is enough to open drafts. */
  async function restore(): Promise<void> {
    if (!(await renewable())) {
      state.value = 'signed_out'
      return
    }
    try {
      if (await renew()) {
        await welcome()
        return
      }
      ended.value = ending()
      state.value = 'signed_out'
    }
    catch {
      me.value = await unseal<Me>(OWNER)
      state.value = me.value ? 'signed_in' : 'signed_out'
    }
  }

  async function signIn(username: string, password: string): Promise<void> {
    const held = await keyOf(username)
    const { data } = await open(username, password, held)
    const owner = await unseal<Me>(OWNER)
    if (owner && owner.username !== username)
      await wipe()
    await keep(data)
    await bind(held
      ? username
      : null)
    await welcome()
  }

  /** On an enrolled phone with a proof of its key; a key whose enrolment is over is thrown away. */
  async function open(username: string, password: string, held: PhoneKey | null): Promise<Answer<TokenPair>> {
    let headers: Record<string, string> = {}
    try {
      if (held)
        headers = await proof(held, 'POST', '/api/v1/sessions')
    }
    catch {
      throw Problem.unreachable()
    }
    try {
      return await ask(api.POST('/sessions', {
        body: { username, password },
        headers,
      }))
    }
    catch (error) {
      if (error instanceof Problem && error.slug === 'enrolment-over') {
        await discardKey(username)
        if (isLost(error))
          await shutDown()
      }
      throw error
    }
  }

  /** Enrol this phone with a code of the office, and sign in on it; a session that was open here without a key ends. */
  async function enrolPhone(claim: Claim): Promise<void> {
    await enrol(claim)
    if (state.value === 'signed_in') {
      await ask(api.DELETE('/sessions/current')).catch(() => null)
      await forget()
    }
    await signIn(claim.username, claim.new_password ?? claim.password ?? '')
  }

  /** This phone is enrolled no more by its owner's own word: the key goes too. */
  async function leave(): Promise<void> {
    const username = me.value?.username
    state.value = 'signed_out'
    me.value = null
    await forget()
    await wipe()
    if (username)
      await discardKey(username)
  }

  /** End the session here and at the server, and leave nothing readable on the phone. */
  async function signOut(): Promise<void> {
    try {
      await ask(api.DELETE('/sessions/current'))
    }
    catch (error) {
      // Without network the phone is cleaned all the same; the session at the server runs out by itself.
      if (!(error instanceof Problem))
        throw error
    }
    state.value = 'signed_out'
    me.value = null
    await forget()
    await wipe()
  }

  return {
    me,
    state,
    since,
    ended,
    posts,
    restore,
    signIn,
    enrolPhone,
    leave,
    signOut,
  }
})
