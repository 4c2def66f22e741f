import type { Choice } from '@/kit/words'
import { peopleIn } from '@/pages/cases/colleagues'

/** Everybody who could act for the chief procurator, each once, with the highest post held. */
export async function ablePeople(self: number | undefined): Promise<Choice[]> {
  return peopleIn(['chief_procurator', 'department_head', 'prosecutor'], self)
}
