/** Whether this version of the app may still be used, as the server said last; and how to get the newest one. */
import type { Outdated } from './client'
import { ref } from 'vue'

export const outdated = ref<Outdated | null>(null)

/** What keeps the old files on this phone: its service worker and the caches it filled. Sealed drafts stay. */
async function dropOldFiles(): Promise<void> {
  const workers = await navigator.serviceWorker?.getRegistrations() ?? []
  await Promise.all(workers.map(worker => worker.unregister()))
  if ('caches' in globalThis) {
    const names = await caches.keys()
    await Promise.all(names.map(name => caches.delete(name)))
  }
}

/** Load the newest app: without the old files the server is asked for everything. */
export async function update(reload: () => void = () => globalThis.location.reload()): Promise<void> {
  await dropOldFiles().catch(() => {})
  reload()
}
