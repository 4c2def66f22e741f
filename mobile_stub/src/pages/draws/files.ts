import { saveFile } from '@/kit/files'
import { api, ask } from '@/wire/client'

export function savePublication(id: number): Promise<void> {
  return saveFile('draw.json', () => ask(api.GET('/draws/{draw_id}/publication', {
    params: {
      path: { draw_id: id },
    },
    parseAs: 'blob',
  })))
}

export function saveVerifier(): Promise<void> {
  return saveFile('verifier.py', () => ask(api.GET('/draws/verifier', { parseAs: 'blob' })))
}
