/** Upper ends of the steps in which durations are counted, in ms; what is longer has a step of its own. Each is at most 60 % above the last. */
export const latencySteps = [
  ...[1, 1.5, 2, 3, 4.5, 7, 10, 15, 22, 33, 50, 75, 110, 165, 250, 375, 550, 800, 1200, 1800, 2700, 4000, 6000, 10_000],
] as const;

/** The place of a duration among the steps. `ms` in milliseconds. */
export function latencyPlace(ms: number): number {
  const place = latencySteps.findIndex((end) => ms <= end);
  return place === -1 ? latencySteps.length : place;
}

/**
 * The duration that a share of calls did not exceed, in ms: read off within its step as if calls were spread evenly over it, so at most
 * a step wrong. Undefined without calls.
 */
export function quantile(counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let before = 0;
  for (const [place, count] of counts.entries()) {
    if (count > 0 && before + count >= total * share) {
      const from = latencySteps[place - 1] ?? 0;
      const to = latencySteps[place] ?? from;
      return Math.round((from + ((total * share - before) / count) * (to - from)) * 10) / 10;
    }
    before += count;
  }
  return latencySteps.at(-1);
}

/** Two counts in one. */
export function addCounts(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, place) => (a[place] ?? 0) + (b[place] ?? 0));
}
