/** Rounds of six operations at once in which each comes upon each other, a few times over the whole. */
export function rounds(names: string[]): string[][] {
  const missing = new Map(names.map((name) => [name, new Set(names)]));
  const found: string[][] = [];
  for (let first = names[0]; first; first = names.find((name) => (missing.get(name)?.size ?? 0) > 0)) {
    const round = [first];
    const gain = (name: string) => round.filter((other) => missing.get(name)?.has(other)).length;
    while (round.length < Math.min(6, names.length)) {
      const rest = names.filter((name) => !round.includes(name));
      round.push(rest.reduce((best, name) => (gain(name) > gain(best) ? name : best)));
    }
    for (const name of round) for (const other of round) missing.get(name)?.delete(other);
    found.push(round);
  }
  return found;
}
