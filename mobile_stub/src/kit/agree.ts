import { showConfirmDialog } from 'vant'
import { nextTick } from 'vue'

/** Ask once more before something that cannot be taken back. */
export async function agree(title: string, message: string, confirmButtonText = '确定', cancelButtonText = '取消'): Promise<boolean> {
  const answer = showConfirmDialog({
    title,
    message,
    confirmButtonText,
    cancelButtonText,
  }).then(() => true, () => false)
  await nextTick()
  // Vant labels the dialog by an element whose id would be the title; there is none, so it gets the words themselves.
  for (const dialog of document.querySelectorAll('.van-dialog')) {
    dialog.removeAttribute('aria-labelledby')
    dialog.setAttribute('aria-label', title)
  }
  return answer
}
