import type { Router } from 'vue-router'

/** Leave a form for a page: when it was opened from there, by going back, so that the page does not stand there twice. */
export async function leaveFor(router: Router, path: string): Promise<void> {
  if (window.history.state?.back === path)
    router.back()
  else
    await router.replace(path)
}
