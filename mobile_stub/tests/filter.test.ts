import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import StateFilter from '@/kit/StateFilter.vue'

const words = { open: '待处理', answered: '已处理' }

it('offers all first, then each state in its order', () => {
  const filter = mount(StateFilter, {
    props: { modelValue: '', words },
  })
  expect(filter.findAll('span').map(one => one.text())).toEqual(['全部', '待处理', '已处理'])
  expect(filter.get<HTMLInputElement>('[data-testid=filter-all]').element.checked).toBe(true)
  expect(filter.get('[role=radiogroup]').attributes('aria-label')).toBe('按状态筛选')
})

it('tells which one was chosen, and says nothing for all', async () => {
  const filter = mount(StateFilter, {
    props: { modelValue: '', words },
  })
  await filter.get('[data-testid=filter-answered]').setValue()
  await filter.get('[data-testid=filter-all]').setValue()
  expect(filter.emitted('update:modelValue')).toEqual([
    ['answered'],
    [''],
  ])
})

it('keeps two of one page apart', () => {
  const filter = mount(StateFilter, {
    props: {
      modelValue: 'open',
      words,
      mark: 'filter-kind',
      label: '按种类筛选',
    },
  })
  const chosen = filter.get<HTMLInputElement>('[data-testid=filter-kind-open]').element
  expect([chosen.name, chosen.checked]).toEqual(['filter-kind', true])
})
