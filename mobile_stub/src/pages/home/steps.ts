import type { Task } from '@/wire/types'

/** A step of a people's supervisor: what it is called, what it asks for in plain words, and where it is taken. */
export interface Step {
  kind: string
  /** As it stands in the list of what comes next. */
  name: string
  heading: string
  text: string
  action: string
}

/** In the order in which they come; each opens the next. */
export const STEPS: readonly Step[] = [
  {
    kind: 'answer_invitation',
    name: '答复邀请',
    heading: '请您答复：能不能参加',
    text: '检察院请您参加一次监督活动。请看一看时间和地点，再告诉我们您能不能参加。不能参加也没有关系，选一个原因就可以。',
    action: '去答复',
  },
  {
    kind: 'sign_undertaking',
    name: '签署保密承诺',
    heading: '请您签署保密承诺',
    text: '您看到的材料不能告诉别人，也不能拍照、抄录、转发。签了保密承诺，才能阅看材料。',
    action: '去签署',
  },
  {
    kind: 'read_packet',
    name: '阅看材料',
    heading: '请您阅看材料',
    text: '材料只能在规定的时间里、在这部手机上看。一次看一页，可以反复看。到时间后就不能再看了。',
    action: '去阅看',
  },
  {
    kind: 'give_supervision_opinion',
    name: '发表意见',
    heading: '请您发表意见',
    text: '请按自己的想法写，不用和别人商量。在大家都提交之前，谁也看不到您的意见，检察官也看不到。提交以后不能改。',
    action: '去写意见',
  },
  {
    kind: 'receipt_supervision_answer',
    name: '签收答复',
    heading: '检察院答复了您的意见',
    text: '请看一看检察院采纳了没有、理由是什么，看完点签收。您不同意的，可以提出异议。',
    action: '去查看',
  },
]

export function stepOf(task: Pick<Task, 'kind'>): Step | undefined {
  return STEPS.find(step => step.kind === task.kind)
}

/** Where each step is taken when its task is about the invitation. */
const ON_INVITATION: Record<string, string> = {
  sign_undertaking: '/undertaking',
  read_packet: '/packet',
  give_supervision_opinion: '/opinion',
}

/** The page of a supervisor's step, or null: no page is known for it. */
export function pathOf(task: Pick<Task, 'kind' | 'about_kind' | 'about_id'>): string | null {
  switch (task.about_kind) {
    case 'invitations':
      return `/invitations/${task.about_id}${ON_INVITATION[task.kind] ?? ''}`
    case 'packets':
      return `/packets/${task.about_id}/reading`
    case 'supervision_opinions':
      return `/own-opinions/${task.about_id}`
    default:
      return null
  }
}

/** A supervisor's tasks in the order to do them: the nearest day first, then as the steps follow each other. */
export function inTurn(tasks: readonly Task[]): Task[] {
  const place = (task: Task): number => STEPS.findIndex(step => step.kind === task.kind)
  return tasks
    .filter(task => stepOf(task))
    .sort((a, b) => (a.due_on ?? '9').localeCompare(b.due_on ?? '9') || place(a) - place(b) || a.id - b.id)
}
