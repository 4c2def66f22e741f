/**
 * Letters grow with the person's choice and with the system's: whatever measures text in the style sheets, those of
 * Vant included, is told in parts of the root's letter instead of pixels. Edges, gaps and pictures keep their size.
 */
interface Declaration { prop: string, value: string }

/** A letter of the root when nobody asked for another. */
const ROOT = 16
const TEXT = /^(?:font|font-size|line-height|--van-.*(?:font-size(?:-.*)?|line-height(?:-.*)?|icon-size))$/
const PIXELS = /(?<![\w.-])(\d+(?:\.\d+)?|\.\d+)px\b/g

export function scaled(prop: string, value: string): string {
  return TEXT.test(prop)
    ? value.replace(PIXELS, (_whole, pixels: string) => `${Number(pixels) / ROOT}rem`)
    : value
}

export function scalingText() {
  return {
    postcssPlugin: 'scaling-text',
    Declaration(found: Declaration) {
      const value = scaled(found.prop, found.value)
      if (value !== found.value)
        found.value = value
    },
  }
}
