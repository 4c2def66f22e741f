import type { components } from '@/wire/schema'

export type NotificationChannel = components['schemas']['NotificationChannel']
export type DeliveryFault = components['schemas']['DeliveryFault']

export const CHANNEL: Record<string, string> = {
  inbox: '消息箱',
  fcm: 'FCM（含苹果 APNs）',
  web_push: '浏览器推送',
  hms: '华为推送',
  stream: '本系统长连接',
}

export const FAULT_STATE: Record<string, string> = {
  open: '待处理',
  replayed: '已重发',
  dismissed: '已搁置',
}

export const DELIVERY_STATE: Record<string, string> = {
  pending: '待发送',
  sent: '已发送',
  delivered: '已到达',
  read: '已阅',
  superseded: '已被替代',
  expired: '已过期',
  failed_permanent: '无法送达',
  dead_letter: '死信',
}

/** How a channel stands, in one word: a pause by hand comes before what its circuit says. */
export function standing(one: Pick<NotificationChannel, 'state' | 'paused_at'>): 'paused' | 'open' | 'half_open' | 'closed' {
  return one.paused_at
    ? 'paused'
    : one.state
}

export const STANDING: Record<string, string> = {
  closed: '正常',
  open: '故障，待恢复',
  half_open: '试发中',
  paused: '已暂停',
}
