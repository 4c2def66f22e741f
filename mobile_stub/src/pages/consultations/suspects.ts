import type { NewSuspectSketch } from '@/wire/types'

/** Somebody suspected, by initials or an alias, as the forms hold them. */
export type Sketch = Required<NewSuspectSketch>

export function blankSketch(): Sketch {
  return { label: '', detained_at: null, detention_extended_to: 'none' }
}
