import type { Step, StepField } from '@/wire/types'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { nextTick, ref } from 'vue'
import { FORM } from '@/kit/useForm'
import { blankRecommendation, penaltyOf, recommendationOf } from '@/pages/proceedings/recommendation'
import StepFields from '@/pages/proceedings/StepFields.vue'
import { givenOf, isFinal, isWhole, ordered, spoken, subjectPlace, valuesFor } from '@/pages/proceedings/steps'

function field(name: string, kind: StepField['kind'], rest: Partial<StepField> = {}): StepField {
  return {
    name,
    kind,
    label: name,
    required: true,
    choices: [],
    at_least: null,
    at_most: null,
    post: null,
    office_kind: null,
    ...rest,
  }
}

function step(code: string, rest: Partial<Step> = {}): Step {
  return {
    code,
    subject_kind: 'prosecutions',
    title: code,
    article: '刑诉法172条',
    approver: 'nobody',
    target: null,
    numbered: false,
    fields: [],
    ...rest,
  }
}

describe('what a step asks for', () => {
  const fields = [
    field('reasons', 'words'),
    field('on', 'day'),
    field('executed_at', 'instant', { required: false }),
    field('days', 'number', { at_least: 1, at_most: 4 }),
    field('admits', 'yes', { required: false }),
    field('told', 'choices'),
    field('charge_ids', 'charges', { required: false }),
  ]

  it('begins empty, and takes up what a draft holds', () => {
    expect(valuesFor(fields)).toEqual({
      reasons: '',
      on: null,
      executed_at: null,
      days: null,
      admits: false,
      told: [],
      charge_ids: [],
    })
    expect(valuesFor(fields, { reasons: '案情复杂', gone: 1 })).toMatchObject({ reasons: '案情复杂' })
    expect(valuesFor(fields, { gone: 1 })).not.toHaveProperty('gone')
  })

  it('is sent as far as it is said', () => {
    const values = {
      ...valuesFor(fields),
      reasons: ' 案情复杂 ',
      on: '2026-11-22',
      days: 0,
      told: ['suspect'],
      charge_ids: [
        { id: 7, name: '盗窃罪' },
      ],
    }
    expect(givenOf(fields, values)).toEqual({
      reasons: ' 案情复杂 ',
      on: '2026-11-22',
      days: 0,
      admits: false,
      told: ['suspect'],
      charge_ids: [7],
    })
  })

  it('never means a moment before the last step in the same minute', () => {
    const values = { executed_at: '2026-11-22T06:05:00Z' }
    const last = '2026-11-22T06:05:41.120Z'
    expect(givenOf([fields[2]!], values, last)).toEqual({ executed_at: last })
    expect(givenOf([fields[2]!], values, '2026-11-22T06:04:41Z')).toEqual({ executed_at: '2026-11-22T06:05:00Z' })
  })

  it('is whole when nothing required is missing', () => {
    const values = valuesFor(fields)
    expect(isWhole(fields, values)).toBe(false)
    expect(isWhole(fields, {
      ...values,
      reasons: '案情复杂',
      on: '2026-11-22',
      days: 2,
      told: ['victim'],
    })).toBe(true)
    expect(isWhole([
      field('unknown', 'table'),
    ], {})).toBe(false)
  })

  it('is drawn by its kind, and a refusal stands at its field', async () => {
    const faults = ref([
      { pointer: '/given/days', detail: '应在 1 至 4 之间。', severity: 'error' as const },
    ])
    const drawn = mount(StepFields, {
      props: {
        fields: [
          ...fields,
          field('ground', 'choice', {
            choices: [
              { code: 'major', label: '重大、复杂' },
            ],
          }),
          field('unknown', 'table'),
        ],
        modelValue: valuesFor(fields),
      },
      global: {
        provide: {
          [FORM as symbol]: { faults },
        },
        stubs: { VanButton: true, VanPopup: true },
      },
    })
    await nextTick()
    const at = (testid: string) => drawn.find(`[data-testid="${testid}"]`)
    expect(at('field-given-reasons').element.tagName).toBe('TEXTAREA')
    expect(at('field-given-on').attributes('type')).toBe('date')
    expect(at('field-given-executed_at').attributes('type')).toBe('datetime-local')
    expect(at('field-given-days').attributes()).toMatchObject({
      'type': 'number',
      'min': '1',
      'max': '4',
      'aria-invalid': 'true',
    })
    expect(at('field-given-admits-no').exists()).toBe(true)
    expect(at('field-given-ground-major').attributes('type')).toBe('radio')
    expect(at('left-out-unknown').exists()).toBe(true)
    expect(drawn.find('.fault').text()).toContain('应在 1 至 4 之间。')
  })
})

describe('a recommendation', () => {
  it('is written in years and months, and sent in months and fen', () => {
    const form = {
      ...blankRecommendation(),
      main: 'imprisonment',
      term: { years: 1, months: 6, days: null },
      suspended: true,
      probation: { years: 2, months: null, days: null },
      fine: 2000,
    }
    const penalty = {
      main: 'imprisonment',
      term: { months: 18, days: 0 },
      suspended_for: { months: 24, days: 0 },
      additional: [
        { kind: 'fine', amount: 200_000 },
      ],
    }
    expect(penaltyOf(form)).toEqual(penalty)
    expect(recommendationOf(form)).toEqual({ penalty, up_to: null, range_reason: null })
    expect(recommendationOf({
      ...form,
      ranged: true,
      up_to: { years: 2, months: null, days: null },
      range_reason: 'uncommon',
    })).toMatchObject({
      up_to: { months: 24, days: 0 },
      range_reason: 'uncommon',
    })
  })

  it('says nothing while the term is missing, or keeps what no longer fits', () => {
    expect(recommendationOf(blankRecommendation())).toBeNull()
    expect(recommendationOf({
      ...blankRecommendation(),
      main: 'detention',
    })).toBeNull()
    expect(penaltyOf({
      ...blankRecommendation(),
      main: 'life',
      suspended: true,
      deprivation_for_life: true,
    })).toEqual({
      main: 'life',
      term: null,
      suspended_for: null,
      additional: [
        { kind: 'deprivation_for_life' },
      ],
    })
  })

  it('has numbered facts beside it', () => {
    const facts = field('facts', 'table', { required: false })
    expect(givenOf([facts], valuesFor([facts]))).toEqual({})
    expect(givenOf([facts], {
      facts: [
        { charge_id: 7, amount: 12.5, circumstances: [] },
        {
          charge_id: null,
          amount: null,
          circumstances: ['attempt'],
        },
      ],
    })).toEqual({
      facts: [
        {
          number: 1,
          charge_id: 7,
          amount: 1250,
          circumstances: [],
        },
        {
          number: 2,
          charge_id: null,
          amount: null,
          circumstances: ['attempt'],
        },
      ],
    })
  })
})

describe('the steps of a page', () => {
  it('are few buttons and groups', () => {
    const steps = [
      step('interrogate'),
      step('hear_opinions'),
      step('decide_bail', { numbered: true }),
      step('register_bail_taken_up', { title: '登记：已指定派出所' }),
      step('recommend'),
      step('return_case', { target: 'returned' }),
      step('indict', { target: 'indicted' }),
      step('change_jurisdiction', { target: 'transferred' }),
    ]
    const { main, more } = ordered(steps, new Set(['interrogate']))
    expect(main.map(one => one.code)).toEqual(['indict', 'return_case'])
    expect(more.map(group => [
      group.name,
      group.steps.map(one => one.code),
    ])).toEqual([
      [
        'decisions',
        ['change_jurisdiction'],
      ],
      [
        'hearing',
        ['interrogate', 'hear_opinions'],
      ],
      [
        'plea',
        ['recommend'],
      ],
      [
        'measures',
        ['decide_bail'],
      ],
      [
        'register',
        ['register_bail_taken_up'],
      ],
    ])
    expect(ordered(steps).main[0]?.code).toBe('interrogate')
    expect(ordered(steps.slice(0, 2))).toEqual({
      main: steps.slice(0, 2),
      more: [],
    })
  })

  it('ask once more before what cannot be taken back', () => {
    expect(isFinal(step('interrogate'))).toBe(false)
    expect(isFinal(step('release_expired', { numbered: true }))).toBe(true)
    expect(isFinal(step('transfer_again', { target: 'under_review' }))).toBe(true)
    expect(isFinal(step('extend_review', { approver: 'power_list' }))).toBe(true)
    expect(isFinal(step('decide_arrest', { approver: 'chief', numbered: true }))).toBe(false)
  })

  it('lead to their matter, and say days as people do', () => {
    expect(subjectPlace('arrest_reviews', 3)).toBe('/arrest-reviews/3')
    expect(subjectPlace('prosecutions', 4)).toBe('/prosecutions/4')
    expect(spoken('2020-02-03')).toBe('2020年2月3日 周一')
    expect(spoken('2020-02-03T04:05:00+00:00')).toBe('2020年2月3日 12:05')
    expect(spoken('案情复杂')).toBe('案情复杂')
  })
})
