import { showToast } from 'vant'
import { Problem } from '@/wire/problem'

/** What needs the access token: fetched, then handed to the phone as a file. */
export async function saveFile(name: string, fetched: () => Promise<{ data: unknown }>): Promise<void> {
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
