/** The records of the API under the names the pages use. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Me = Schemas['Me']
export type Charge = Schemas['Charge']
export type Attachment = Schemas['Attachment']
export type ArrestRequest = Schemas['ArrestRequest']
export type NewArrestRequest = Schemas['NewArrestRequest']
export type Suspect = Schemas['Suspect']
export type Case = Schemas['Case']
export type ArrestReview = Schemas['ArrestReview']
export type Assignment = Schemas['Assignment']
export type Task = Schemas['Task']
export type InboxItem = Schemas['InboxItem']
