const SIZE = 15
const SLANT = -24
const MARKUP: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** The address of a picture that says these words on a slant; laid side by side it covers a page. */
export function tileOf(text: string): string {
  const words = text.replace(/[&<>"]/g, sign => MARKUP[sign]!)
  const width = Math.max(160, [...text].length * SIZE + 40)
  const height = Math.round(width / 2) + 50
  const middle = `${width / 2} ${height / 2}`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`
    + `<text x="${width / 2}" y="${height / 2}" transform="rotate(${SLANT} ${middle})" text-anchor="middle" `
    + `font-family="sans-serif" font-size="${SIZE}" fill="#12376b" fill-opacity="0.16">${words}</text></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
