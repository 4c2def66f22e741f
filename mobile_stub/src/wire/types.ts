/** The records of the API under the names the pages use. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Me = Schemas['Me']
export type Charge = Schemas['Charge']
export type Attachment = Schemas['Attachment']
export type ArrestRequest = Schemas['ArrestRequest']
export type ArrestRequestChange = Schemas['ArrestRequestChange']
export type NewArrestRequest = Schemas['NewArrestRequest']
export type NewSuspect = Schemas['NewSuspect']
export type NewFileItem = Schemas['NewFileItem']
export type Suspect = Schemas['Suspect']
export type Case = Schemas['Case']
export type CaseBrief = Schemas['CaseBrief']
export type Deadline = Schemas['Deadline']
export type ArrestReview = Schemas['ArrestReview']
export type Assignment = Schemas['Assignment']
export type Task = Schemas['Task']
export type InboxItem = Schemas['InboxItem']
export type NewOpinion = Schemas['NewOpinion']
export type NewDecision = Schemas['NewDecision']
export type NewReceipt = Schemas['NewReceipt']
