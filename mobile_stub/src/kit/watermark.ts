const SIZE = 15
const SLANT = -20
const MARKUP: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** The address of a picture that says these words on a slant; laid side by side it covers a page. */
export function tileOf(text: string): string {
  const words = text.replace(/[&<>"]/g, sign => MARKUP[sign]!)
  // A Chinese sign is as wide as high, a digit about half.
  const length = [...text].reduce((sum, sign) => sum + (sign.charCodeAt(0) < 0x100
    ? 0.6
    : 1), 0) * SIZE
  const width = Math.round(Math.max(150, length + 24))
  const height = Math.round(length * 0.35) + 56
  const middle = `${width / 2} ${height / 2}`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`
    + `<text x="${width / 2}" y="${height / 2}" transform="rotate(${SLANT} ${middle})" text-anchor="middle" `
    + `font-family="sans-serif" font-size="${SIZE}" fill="#12376b" fill-opacity="0.2">${words}</text></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
