import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, h, provide, ref } from 'vue'
import FormField from '@/kit/FormField.vue'
import { FORM } from '@/kit/useForm'
import { placeOf } from '@/pages/arrest-requests/form'
import { faultsAt, normalPointer, Problem, upward } from '@/wire/problem'

const ANSWER = {
  type: '/problems/request-incomplete',
  title: '提请批准逮捕的内容存在错误，请按 errors 逐项更正。',
  status: 422,
  errors: [
    {
      pointer: '/suspects/1/born_on',
      code: 'birth_date_missing',
      detail: '未填写出生日期。',
      severity: 'error',
    },
    {
      pointer: '#/suspects/1/address',
      code: 'address_missing',
      detail: '未填写住址。',
      severity: 'warning',
    },
    { pointer: '/executed_at', code: 'incomplete_receipt' },
    { parameter: 'limit', detail: '应在 1 至 100 之间。' },
  ],
}

describe('a problem document', () => {
  const problem = Problem.read(422, ANSWER)

  it('keeps its type for the app to branch on and its words for people', () => {
    expect(problem.slug).toBe('request-incomplete')
    expect(problem.words).toContain('逐项更正')
    expect(problem.definite).toBe(true)
  })

  it('maps each fault to its field, and what names no field to none', () => {
    expect(problem.faults.map(fault => fault.pointer)).toEqual(['/suspects/1/born_on', '/suspects/1/address', '/executed_at'])
    expect(faultsAt(problem.faults, '/suspects/1/address')[0]).toMatchObject({ severity: 'warning', detail: '未填写住址。' })
    expect(faultsAt(problem.faults, '/suspects/0/born_on')).toEqual([])
    expect(faultsAt(problem.faults, '/suspects/1')).toEqual([])
    expect(faultsAt(problem.faults, '/suspects/1', true)).toHaveLength(2)
  })

  it('says why, where the law does not allow it', () => {
    const refused = { type: '/problems/impossible-deadline', title: '法律不允许对该期限作此处理。', why: '该期限不能再延长。' }
    expect(Problem.read(409, refused).words).toBe('法律不允许对该期限作此处理：该期限不能再延长。')
    expect(Problem.read(409, { ...refused, detail: '已经延长过。' }).detail).toBe('已经延长过。')
  })

  it('says something in Chinese even when the answer is no problem document', () => {
    expect(Problem.read(502, '<html>Bad gateway</html>').words).toBe('请求未成功（502）')
    expect(Problem.read(500, { title: 'Internal Server Error' }).title).toBe('服务器出现故障，请稍后再试')
    expect(Problem.read(412, null).title).toBe('他人已更新')
  })
})

describe('a pointer', () => {
  it('is read with and without a fragment sign, and unescaped', () => {
    expect(normalPointer('#/facts')).toBe('/facts')
    expect(normalPointer('/a~1b/c~0d')).toBe('/a/b/c~d')
  })

  it('leads to the nearest field there is', () => {
    expect(upward('/suspects/0/charge_ids/1')).toEqual([
      '/suspects/0/charge_ids/1',
      '/suspects/0/charge_ids',
      '/suspects/0',
      '/suspects',
    ])
  })

  it('leads to the step of the form, and the suspect', () => {
    expect(placeOf('/facts')).toEqual({ step: 0, suspect: null })
    expect(placeOf('/suspects/2/name')).toEqual({ step: 1, suspect: 2 })
    expect(placeOf('/suspects')).toEqual({ step: 1, suspect: null })
    expect(placeOf('/file_items/0/pages')).toEqual({ step: 2, suspect: null })
    expect(placeOf('/attachment_ids/1')).toEqual({ step: 2, suspect: null })
  })
})

it('shows a fault at its field, named for a screen reader', () => {
  const faults = ref(Problem.read(422, ANSWER).faults)
  const form = mount(defineComponent({
    setup() {
      provide(FORM, { faults })
      return () => h(FormField, {
        label: '出生日期',
        at: '/suspects/1/born_on',
        as: 'date',
        modelValue: null,
      })
    },
  }))
  const input = form.get('input')

  expect(form.get('label').attributes('for')).toBe(input.attributes('id'))
  expect(input.attributes('aria-invalid')).toBe('true')
  expect(form.get(`[id="${input.attributes('aria-describedby')}"]`).text()).toContain('错误未填写出生日期。')
})
