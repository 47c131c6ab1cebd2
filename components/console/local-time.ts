/** As a field of type datetime-local takes it. */
export function localSecond(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** A span of a filter as calls take it. */
export function spanOf({ since, until }: { since: Date | null; until: Date | null }) {
  return {
    ...(since ? { since: since.toISOString() } : {}),
    ...(until ? { until: until.toISOString() } : {}),
  };
}
