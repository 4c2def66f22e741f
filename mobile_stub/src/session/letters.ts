import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { useSession } from './store'

export type Size = 'standard' | 'large' | 'largest'

export const SIZE: Record<Size, string> = { standard: '标准', large: '大', largest: '特大' }
const SCALE: Record<Size, number> = { standard: 1, large: 1.2, largest: 1.45 }
const KEPT = 'letters'
/** What an iPhone calls the ordinary size of its text, in pixels. */
const BODY = 17
/** A browser's letter when nobody asked for another. */
const ORDINARY = 16
const LARGEST = 2 * ORDINARY

function kept(): Record<string, Size> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Record<string, Size>
  }
  catch {
    return {}
  }
}

/** The size of a letter in a style, as this browser resolves it, in pixels; none where nothing is laid out. */
function pixelsOf(font: string): number | null {
  const probe = document.createElement('span')
  probe.style.font = font
  document.documentElement.append(probe)
  const pixels = Number.parseFloat(getComputedStyle(probe).fontSize)
  probe.remove()
  return pixels > 0
    ? pixels
    : null
}

/** How large the phone itself shows text: asked of an iPhone by its own style; others make the ordinary letter larger. */
function systemScale(): number {
  return globalThis.CSS?.supports?.('font', '-apple-system-body') && navigator.maxTouchPoints
    ? (pixelsOf('-apple-system-body') ?? BODY) / BODY
    : 1
}

/**
 * How large the letters are: each account's own choice, kept on this phone in plain (it tells nothing of a case) and
 * beyond signing out. The sign-in page has the letters of whoever was here last; a people's supervisor, who may be old
 * and is no user by trade, begins with large ones.
 */
export const useLetters = defineStore('letters', () => {
  const session = useSession()
  const chosen = ref(kept())
  const owner = computed(() => session.me
    ? String(session.me.id)
    : 'last')
  const size = computed<Size>(() => {
    const own = chosen.value[owner.value]
    if (own && own in SCALE)
      return own
    return session.posts.has('supervisor')
      ? 'large'
      : 'standard'
  })

  function keep(more: Record<string, Size>): void {
    chosen.value = {
      ...chosen.value,
      ...more,
    }
    try {
      localStorage.setItem(KEPT, JSON.stringify(chosen.value))
    }
    catch {
      // A browser that keeps nothing shows the choice until it is closed.
    }
  }

  function choose(mine: Size): void {
    keep({ [owner.value]: mine, last: mine })
  }

  function apply(): void {
    const root = document.documentElement
    const ordinary = pixelsOf('medium sans-serif') ?? ORDINARY
    // Twice the ordinary letter is where lines still hold words; a system that asks for more is given what it asks for.
    const scale = Math.max(1, Math.min(SCALE[size.value] * systemScale(), LARGEST / ordinary))
    root.style.setProperty('--letters', String(scale))
    // How many of them go on a line decides what stands beside what, whoever made them large.
    const pixels = ordinary * scale
    root.dataset.letters = pixels >= 22
      ? 'largest'
      : pixels >= 18
        ? 'large'
        : 'standard'
  }

  watch(size, apply, { immediate: true })
  // Whoever signs in leaves the sign-in page as it suits them.
  watch(owner, (mine) => {
    if (mine !== 'last' && (chosen.value.last ?? 'standard') !== size.value)
      keep({ last: size.value })
  })

  return { size, choose, apply }
})
