import { showToast } from 'vant'
import { api, ask } from '@/wire/client'
import { Problem } from '@/wire/problem'

/** Both need the access token: fetched, then handed to the phone as a file. */
async function save(name: string, fetched: () => Promise<{ data: unknown }>): Promise<void> {
  try {
    const { data } = await fetched()
    const address = URL.createObjectURL(data as Blob)
    const link = document.createElement('a')
    link.href = address
    link.download = name
    link.click()
    setTimeout(() => URL.revokeObjectURL(address), 60_000)
  }
  catch (error) {
    if (!(error instanceof Problem))
      throw error
    showToast(error.words)
  }
}

export function savePublication(id: number): Promise<void> {
  return save('draw.json', () => ask(api.GET('/draws/{draw_id}/publication', {
    params: {
      path: { draw_id: id },
    },
    parseAs: 'blob',
  })))
}

export function saveVerifier(): Promise<void> {
  return save('verifier.py', () => ask(api.GET('/draws/verifier', { parseAs: 'blob' })))
}
