import type { Device, Enrolment, OpenSession } from '@/wire/types'
import { dateWords, instantWords, today } from '@/kit/time'
import { PLATFORM, wordFor } from '@/kit/words'

/** What is told of a phone under its name. */
export function phoneWords(phone: Enrolment): string {
  return `${wordFor(PLATFORM, phone.platform)}，${instantWords(phone.enrolled_at)} 登记，${instantWords(phone.last_used_at)} 用过`
}

/** Where a session is open: on an enrolled phone by its name, or on one that nobody has enrolled. */
export function placeOf(session: OpenSession): string {
  return session.phone?.name ?? '未登记的手机或者浏览器'
}

/** What is told of a session under its place. */
export function sessionWords(session: OpenSession): string {
  return `${instantWords(session.opened_at)} 登录，${instantWords(session.renewed_at)} 用过，至迟 ${instantWords(session.ends_at)} 失效`
}

/** By what a device is woken. */
export const SERVICE: Readonly<Record<Device['service'], string>> = {
  fcm: '手机推送服务',
  web_push: '浏览器推送',
  hms: '华为推送',
  stream: '实时连接，打开本应用时接收',
}

/** What is told of a device that may be woken, under its kind. */
export function deviceWords(device: Device): string {
  const app = device.app_version
    ? `版本 ${device.app_version}`
    : '版本未知'
  return `${SERVICE[device.service]}，${app}，${dateWords(today(new Date(device.last_seen_at)))} 用过`
}

/** Two devices of one kind are told apart by when they were registered. */
export function deviceName(device: Device): string {
  return `${wordFor(PLATFORM, device.platform)}（${instantWords(device.registered_at)} 起）`
}
