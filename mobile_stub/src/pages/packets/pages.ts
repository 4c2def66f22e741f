/** A page as it is read: its title once, and no empty lines, which a reader's voice would stop at. */
export function pageText(page: { title: string, paragraphs: readonly string[] }): string {
  const lines = page.paragraphs.filter(line => line.trim())
  return [
    ...(lines[0]?.trim() === page.title.trim()
      ? []
      : [page.title]),
    ...lines,
  ].join('\n\n')
}
