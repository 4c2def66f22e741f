/** A size as people read it. */
export function sizeWords(bytes: number): string {
  if (bytes < 1024)
    return `${bytes} 字节`
  return bytes < 1024 * 1024
    ? `${Math.round(bytes / 1024)} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
