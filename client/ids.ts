/** The service answers for more, but ids may be long, and an address may not. */
export const IDS_AT_ONCE = 50;

/** A single one would be read as a list with commas, which an id may have itself; named twice, it is one of a list. */
export function asList(ids: readonly string[]): string[] {
  return ids.length === 1 ? [...ids, ...ids] : [...ids];
}
