import type { SupervisionOpinion } from '@/wire/types'

type Course = Pick<SupervisionOpinion, 'state' | 'way' | 'lapsed_at'>

/** Where an opinion stands, told to the one who gave it. */
export function afterwards(opinion: Course): string {
  const words: Record<Course['state'], string> = {
    sealed: '您的意见已经密封保存，不能再改。大家都提交，或者时间到了以后，才一起打开。',
    received: '检察院已经收到，正在看由谁来办。',
    to_answer: opinion.way === 'activity'
      ? '意见已经打开，检察官正在研究，会逐条答复您。'
      : '已经转给承办的检察官，会答复您。',
    answered: '检察院已经答复，请看一看。',
    objected: '您的异议已经交给检察长，等检察长决定。',
    receipted: '您已签收答复，这件事办完了。',
    unreceipted: '答复送到后，在规定的时间里没有签收，按没有表示意见记录。',
    decided: '检察长已经作出决定，这件事办完了。',
  }
  return words[opinion.state]
}
