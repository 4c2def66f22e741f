import { describe, expect, it } from 'vitest'
import { blankSuspect } from '@/pages/arrest-requests/form'
import { blankTransfer, bodyOf, isWhole, placeOfKnown, placeOfNew, transferOf } from '@/pages/transfers/form'

const suspect = {
  ...blankSuspect(),
  charges: [
    { id: 5, name: '盗窃罪' },
  ],
  ordinal: 1,
  charge_ids: [5],
}
const request = {
  office: { id: 2, name: '云江市公安局青澜分局' },
  facts: '2026年9月，……',
  major_or_complex: true,
  suspects: [
    {
      ...suspect,
      id: 11,
      name: '甲某',
      measure: 'detention',
      flags: ['plea_leniency'],
    },
    {
      ...suspect,
      id: 12,
      name: '乙某',
      measure: 'bail',
    },
    {
      ...suspect,
      id: 13,
      name: '丙某',
      measure: 'detention',
    },
  ],
} as unknown as Parameters<typeof transferOf>[0]

describe('a transfer for prosecution', () => {
  it('takes over what the arrest case knows, and leaves out who was transferred', () => {
    const form = transferOf(request, new Set([13]), new Map([
      [11, 'arrest'],
    ]))
    expect(form.facts).toBe(request.facts)
    expect(form.known.map(one => [one.name, one.pleads, one.measure])).toEqual([
      ['甲某', true, 'arrest'],
      ['乙某', false, 'bail'],
    ])
    expect(bodyOf({ ...form, document_number: '青公诉字〔2026〕3号' })).toMatchObject({
      office_id: 2,
      document_number: '青公诉字〔2026〕3号',
      suspects: [
        {
          suspect_id: 11,
          pleads: true,
          measure: null,
          charge_ids: [5],
          new: null,
        },
        { suspect_id: 12, pleads: false, measure: null },
      ],
    })
  })

  it('sends only those who are chosen, and a measure that is another now', () => {
    const form = transferOf(request, new Set())
    form.known[0]!.included = false
    form.known[1]!.measure = 'residential_surveillance'
    form.suspects.push({
      ...blankSuspect(),
      name: '丁某',
      sex: 'male',
      at_large: true,
      charges: [
        { id: 6, name: '诈骗罪' },
      ],
    })
    const { suspects } = bodyOf(form)
    expect(suspects.map(one => [one.suspect_id, one.measure, one.at_large])).toEqual([
      [12, 'residential_surveillance', false],
      [13, null, false],
      [null, null, true],
    ])
    expect(suspects[2]?.new).toMatchObject({
      name: '丁某',
      charge_ids: [6],
    })
    expect(suspects[2]?.new).not.toHaveProperty('at_large')
    expect(placeOfKnown(form, 2)).toBe('/suspects/1')
    expect(placeOfNew(form, 0)).toBe('/suspects/2/new')
  })

  it('is whole with a number, facts and somebody', () => {
    const form = transferOf(request, new Set())
    expect(isWhole(form)).toBe(false)
    expect(isWhole({ ...form, document_number: '青公诉字〔2026〕3号' })).toBe(true)
    expect(isWhole({
      ...blankTransfer(),
      document_number: '1',
      facts: '……',
    })).toBe(false)
    expect(isWhole({
      ...blankTransfer(),
      document_number: '1',
      facts: '……',
      suspects: [
        blankSuspect(),
      ],
    })).toBe(false)
  })
})
