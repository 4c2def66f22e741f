/** The papers of a case that can be chosen for a packet. */
import type { components } from '@/wire/schema'
import { api, ask } from '@/wire/client'

type Source = components['schemas']['NewPacketDocument']['source']
export interface SourceChoice { value: string, label: string }

/** `attachment/7` names a paper, `facts` and `words` need no number. */
export function sourceOf(value: string): { source: Source, source_id: number | null } {
  const [source, number] = value.split('/') as [Source, string | undefined]
  return {
    source,
    source_id: number
      ? Number(number)
      : null,
  }
}

async function part<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch(() => null)
}

/** Words can always be typed; of papers whatever the reader is given. */
export async function sourcesOf(caseId: number | null): Promise<SourceChoice[]> {
  const typed = { value: 'words', label: '录入文字' }
  if (caseId === null)
    return [typed]
  const path = { case_id: caseId }
  const [found, transcripts, proposals] = await Promise.all([
    part(ask(api.GET('/cases/{case_id}', {
      params: { path },
    }))),
    part(ask(api.GET('/transcripts', {
      params: {
        query: { ...path, limit: 100 },
      },
    }))),
    part(ask(api.GET('/proposals', {
      params: {
        query: { limit: 100 },
      },
    }))),
  ])
  const requestId = found?.data.arrest_request_id
  const request = requestId
    ? await part(ask(api.GET('/arrest-requests/{request_id}', {
        params: {
          path: { request_id: requestId },
        },
      })))
    : null
  return [
    { value: 'facts', label: '案件事实' },
    ...(found?.data.arrest_reviews ?? []).map(one => ({ value: `opinion/${one.id}`, label: `审查逮捕意见（${one.suspect.name}）` })),
    ...(proposals?.data.items ?? [])
      .filter(one => one.case_id === caseId)
      .map(one => ({ value: `proposal/${one.id}`, label: `${one.title}（${one.suspect_name}）` })),
    ...(transcripts?.data.items ?? [])
      .filter(one => one.state !== 'drafting')
      .map(one => ({ value: `transcript/${one.id}`, label: `讯问笔录（${one.suspect_name}）` })),
    ...(request?.data.attachments ?? []).map(one => ({ value: `attachment/${one.id}`, label: one.title })),
    typed,
  ]
}
