import { mount } from '@vue/test-utils'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import OutdatedNotice from '@/pages/app-outdated/OutdatedNotice.vue'
import { APP_VERSION } from '@/wire/app-version'
import { onOutdated, send } from '@/wire/client'
import { outdated, update } from '@/wire/outdated'
import packed from '../package.json'
import 'fake-indexeddb/auto'

const real = globalThis.fetch
let asked: Request[]
let answer: () => Response

beforeEach(() => {
  asked = []
  answer = () => Response.json({ ok: true })
  globalThis.fetch = ((request: Request) => {
    asked.push(request)
    return Promise.resolve(answer())
  }) as typeof fetch
  outdated.value = null
  onOutdated((told) => {
    outdated.value = told
  })
})
afterAll(() => {
  globalThis.fetch = real
})

function ask(): Promise<Response> {
  return send(new Request('http://phone.test/api/v1/inbox'))
}

describe('a version of the app that may no longer be used', () => {
  it('says in every request what it is', async () => {
    await ask()

    expect(APP_VERSION).toBe(`web/${packed.version}`)
    expect(asked[0]!.headers.get('App-Version')).toBe(APP_VERSION)
    expect(outdated.value).toBeNull()
  })

  it('hears from the server why it may not be used', async () => {
    answer = () => Response.json({ type: '/problems/app-outdated', least: '9.0.0', reason: '附件显示有误' }, { status: 426 })

    expect((await ask()).status).toBe(426)
    expect(outdated.value).toEqual({ least: '9.0.0', reason: '附件显示有误' })
  })

  it('understands an answer without words', async () => {
    answer = () => new Response('', { status: 426 })
    await ask()

    expect(outdated.value).toEqual({ least: null, reason: null })
  })

  it('shows the reason and the least version, in front of everything', async () => {
    outdated.value = { least: '9.0.0', reason: '附件显示有误' }
    const page = mount(OutdatedNotice)

    expect(page.text()).toContain('附件显示有误')
    expect(page.text()).toContain('最低版本 9.0.0')

    outdated.value = { least: '9.0.0', reason: null }
    await page.vm.$nextTick()
    expect(page.text()).toContain('本版本过旧')
  })

  it('drops the old files before it loads the new ones', async () => {
    const steps: string[] = []
    vi.stubGlobal('caches', {
      keys: () => Promise.resolve(['old']),
      delete: (name: string) => Promise.resolve(steps.push(name)),
    })

    await update(() => steps.push('loaded'))

    expect(steps).toEqual(['old', 'loaded'])
    vi.unstubAllGlobals()
  })
})
