import type { Me } from '@/wire/types'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import { cleaned, forgetSearch, isTooShort, useSearch } from '@/pages/searches/search'
import { useSession } from '@/session/store'

const sent: { url: string, words: string }[] = []
let next: string | null

beforeEach(() => {
  sent.length = 0
  next = null
  forgetSearch()
  setActivePinia(createPinia())
  useSession().me = { id: 3, posts: [] } as unknown as Me
  vi.stubGlobal('fetch', async (request: Request) => {
    const { words } = await request.json() as { words: string }
    sent.push({ url: new URL(request.url).search, words })
    return Response.json({
      items: words === '无此人'
        ? []
        : [
            { id: sent.length },
          ],
      next_cursor: next,
    })
  })
})

it('counts characters as people do', () => {
  expect(cleaned('  赵  某 ')).toBe('赵 某')
  expect(isTooShort(' 赵 ')).toBe(true)
  expect(isTooShort('𠮷')).toBe(true)
  expect(isTooShort('赵某')).toBe(false)
})

it('asks nothing that is too short, and says so', async () => {
  const search = useSearch()
  search.words.value = '赵'
  await search.search()
  expect(sent).toEqual([])
  expect(search.problem.value?.title).toBe('请至少输入两个字。')
  expect(search.asked.value).toBeNull()
})

it('sends the words in the body alone, and goes on from page to page', async () => {
  next = 'more'
  const search = useSearch()
  search.words.value = '赵某'
  await search.search()
  expect(search.hasMore.value).toBe(true)
  next = null
  search.words.value = '另一个'
  await search.more()
  expect(sent).toEqual([
    { url: '', words: '赵某' },
    { url: '?cursor=more', words: '赵某' },
  ])
  expect(search.items.value.map(one => one.id)).toEqual([1, 2])
})

it('tells nothing found from nothing asked', async () => {
  const search = useSearch()
  expect(search.asked.value).toBeNull()
  search.words.value = '无此人'
  await search.search()
  expect(search.asked.value).toBe('无此人')
  expect(search.items.value).toEqual([])
})

it('is there again on the way back from a case, for the same person only, until it is forgotten', async () => {
  const first = useSearch()
  first.words.value = '赵某'
  await first.search()
  expect(useSearch().words.value).toBe('赵某')
  useSession().me = { id: 4, posts: [] } as unknown as Me
  expect(useSearch().words.value).toBe('')
  useSession().me = { id: 3, posts: [] } as unknown as Me
  forgetSearch()
  expect(useSearch().words.value).toBe('')
})
