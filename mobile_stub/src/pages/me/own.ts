/**
 * Staff and supervisors are sent the same addresses. A people's supervisor has pages of one's own, with one task each,
 * where the staff has a page of the whole record.
 */
const OWN: readonly (readonly [RegExp, string])[] = [
  [/^\/packets\/(\d+)$/, '/packets/$1/reading'],
  [/^\/supervision-opinions$/, '/own-opinions'],
  [/^\/supervision-opinions\/(\d+)$/, '/own-opinions/$1'],
  [/^\/draws\/(\d+)$/, '/draws/$1/place'],
  [/^\/activities\/(\d+)(?:\/.*)?$/, '/invited-to/$1'],
  [/^\/activities$/, '/invitations'],
  [/^\/supervisors(?:\/\d+)?$/, '/own-entry'],
]

/** The supervisor's own page behind an address that the staff has as well, or null. */
export function ownPath(path: string): string | null {
  const found = OWN.find(([of]) => of.test(path))
  return found
    ? path.replace(...found)
    : null
}
