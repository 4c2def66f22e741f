/** Steps of a review that ask for words, each on a page of its own. */
export interface StepWords {
  step: string
  title: string
  label: string | null
  done: string
  /** What else it asks for. */
  asks: readonly ('grade' | 'outcome' | 'from' | 'ground')[]
}

export const LABELS = {
  'proposal': {
    step: 'propose',
    title: '提出等次',
    label: '理由：等次如何由问题得出',
    done: '已提出',
    asks: ['grade'],
  },
  'return': {
    step: 'send_back',
    title: '退回评查员',
    label: '退回的意见',
    done: '已退回',
    asks: [],
  },
  'objection': {
    step: 'object',
    title: '提出异议',
    label: '异议和理由',
    done: '已提出',
    asks: [],
  },
  'objection-decision': {
    step: 'decide',
    title: '决定异议',
    label: '决定的理由',
    done: '已决定',
    asks: ['outcome', 'grade'],
  },
  'second-review': {
    step: 'ask_second',
    title: '请第二评查员评查',
    label: null,
    done: '已抽选',
    asks: ['from'],
  },
  'second-opinion': {
    step: 'second',
    title: '第二评查意见',
    label: '意见和理由',
    done: '已提交',
    asks: ['grade'],
  },
  'recusal': {
    step: 'recuse',
    title: '评查员回避',
    label: null,
    done: '已记录回避',
    asks: ['ground'],
  },
  'reviewer': {
    step: 'redraw',
    title: '重新抽选评查员',
    label: null,
    done: '已抽选',
    asks: ['from'],
  },
} as const satisfies Record<string, StepWords>

export type StepName = keyof typeof LABELS
