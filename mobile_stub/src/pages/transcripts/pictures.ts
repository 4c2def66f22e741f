/** Pictures of marks: small PNGs, as the server takes them. */

export interface Point { x: number, y: number }
export type Stroke = readonly Point[]
export interface Box { x: number, y: number, width: number, height: number }

/** The longest side of a picture: enough for a page on paper, and far below what the server takes. */
export const LONGEST = 640
/** The server takes 256 KiB. */
export const MOST_BYTES = 256 * 1024
const MARGIN = 8

/** The part of the pad that was written on, with a margin; null for nothing. */
export function writtenOn(strokes: readonly Stroke[]): Box | null {
  const points = strokes.flat()
  if (!points.length)
    return null
  const left = Math.min(...points.map(point => point.x)) - MARGIN
  const top = Math.min(...points.map(point => point.y)) - MARGIN
  return {
    x: left,
    y: top,
    width: Math.max(...points.map(point => point.x)) + MARGIN - left,
    height: Math.max(...points.map(point => point.y)) + MARGIN - top,
  }
}

/** A size in the same proportions, with no side longer than `most`. */
export function fitted(width: number, height: number, most: number = LONGEST): { width: number, height: number } {
  const scale = Math.min(1, most / Math.max(width, height))
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  }
}

/** How many bytes a base64 text stands for. */
export function bytesIn(base64: string): number {
  return base64.length / 4 * 3 - (base64.match(/=+$/)?.[0].length ?? 0)
}

/** A line along the points; a tap is a dot. */
export function draw(pen: CanvasRenderingContext2D, strokes: readonly Stroke[]): void {
  pen.lineWidth = 3
  pen.lineCap = 'round'
  pen.lineJoin = 'round'
  pen.strokeStyle = '#111'
  for (const stroke of strokes) {
    const first = stroke[0]
    if (!first)
      continue
    pen.beginPath()
    pen.moveTo(first.x, first.y)
    pen.lineTo(first.x, first.y)
    for (const point of stroke)
      pen.lineTo(point.x, point.y)
    pen.stroke()
  }
}

function base64Of(canvas: HTMLCanvasElement): string {
  return canvas.toDataURL('image/png').split(',')[1]!
}

/** What was written, as a PNG in base64; null for nothing. */
export function pictureOf(strokes: readonly Stroke[]): string | null {
  const box = writtenOn(strokes)
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d')
  if (!box || !pen)
    return null
  const size = fitted(box.width, box.height)
  Object.assign(canvas, size)
  pen.scale(size.width / box.width, size.height / box.height)
  pen.translate(-box.x, -box.y)
  draw(pen, strokes)
  return base64Of(canvas)
}

/** A picture from a camera or a scanner, as a PNG in base64 that is small enough; null for what is no picture. */
export async function shrunk(file: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(file).catch(() => null)
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d')
  if (!bitmap || !pen)
    return null
  for (let most = LONGEST; most >= 80; most = Math.round(most * 0.7)) {
    const size = fitted(bitmap.width, bitmap.height, most)
    Object.assign(canvas, size)
    pen.drawImage(bitmap, 0, 0, size.width, size.height)
    const picture = base64Of(canvas)
    if (bytesIn(picture) <= MOST_BYTES)
      return picture
  }
  return null
}
