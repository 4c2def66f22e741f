import { saveFile } from '@/kit/files'
import { api, ask } from '@/wire/client'

export function saveRecord(assignmentId: number): Promise<void> {
  return saveFile('record.json', () => ask(api.GET('/assignments/{assignment_id}/record', {
    params: {
      path: { assignment_id: assignmentId },
    },
    parseAs: 'blob',
  })))
}

export function saveDrawVerifier(): Promise<void> {
  return saveFile('verifier.py', () => ask(api.GET('/assignments/verifier', { parseAs: 'blob' })))
}
