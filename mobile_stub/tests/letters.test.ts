import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { useLetters } from '@/session/letters'
import { useSession } from '@/session/store'
import { scaled } from '../scaling'

type Me = NonNullable<ReturnType<typeof useSession>['me']>

function person(id: number, post: string): Me {
  return {
    id,
    username: `person${id}`,
    name: '顾一帆',
    posts: [
      { post, office_id: 3, office_name: '云江市司法局' },
    ],
  } as unknown as Me
}

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
})

it('tells whatever measures letters in parts of the root, and leaves edges and pictures alone', () => {
  expect(scaled('font-size', '15px')).toBe('0.9375rem')
  expect(scaled('font', '15px/1.6 sans-serif')).toBe('0.9375rem/1.6 sans-serif')
  expect(scaled('line-height', 'calc(22px - .5px)')).toBe('calc(1.375rem - 0.03125rem)')
  expect(scaled('--van-font-size-md', '14px')).toBe('0.875rem')
  expect(scaled('--van-button-normal-font-size', '16px')).toBe('1rem')
  expect(scaled('border', '1px solid')).toBe('1px solid')
  expect(scaled('--van-border-width', '1px')).toBe('1px')
  expect(scaled('width', '23px')).toBe('23px')
})

it('begins with large letters for a people\'s supervisor and ordinary ones for others', async () => {
  const letters = useLetters()
  expect(letters.size).toBe('standard')
  useSession().me = person(1, 'supervisor')
  await nextTick()
  expect(letters.size).toBe('large')
  expect(document.documentElement.dataset.letters).toBe('large')
  useSession().me = person(2, 'prosecutor')
  await nextTick()
  expect(letters.size).toBe('standard')
})

it('keeps each account its own size on the phone, and the sign-in page that of whoever was here last', async () => {
  const session = useSession()
  session.me = person(1, 'supervisor')
  useLetters().choose('largest')
  await nextTick()
  expect(document.documentElement.style.getPropertyValue('--letters')).toBe('1.45')

  setActivePinia(createPinia())
  const again = useLetters()
  expect(again.size).toBe('largest')
  useSession().me = person(2, 'prosecutor')
  await nextTick()
  expect(again.size).toBe('standard')
  useSession().me = person(1, 'supervisor')
  await nextTick()
  expect(again.size).toBe('largest')
})

it('is not thrown off by what somebody else put into the store', () => {
  localStorage.setItem('letters', '{')
  expect(useLetters().size).toBe('standard')
  localStorage.setItem('letters', '{"last": "gigantic"}')
  setActivePinia(createPinia())
  expect(useLetters().size).toBe('standard')
})
