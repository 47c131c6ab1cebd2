/** One thing that is measured: runs for a while and answers its rate. */
export interface Contender {
  name: string;
  run(): Promise<number>;
}

export interface Ratio {
  title: string;
  ours: number;
  baseline: number;
  ratio: number;
  unit: string;
}

/**
 * Runs ours and a baseline in turn, so that whatever else the machine does hits both. The first round of each warms up and does not
 * count.
 */
export async function interleave<A, B = A>(
  ours: () => Promise<A>,
  baseline: () => Promise<B>,
  rounds = 3,
): Promise<[ours: A[], baseline: B[]]> {
  const results: [A[], B[]] = [[], []];
  await ours();
  await baseline();
  for (let round = 0; round < rounds; round++) {
    results[0].push(await ours());
    results[1].push(await baseline());
  }
  return results;
}

/** Measures ours against a baseline; medians of the rounds. */
export async function compare(options: {
  title: string;
  unit: string;
  ours: Contender;
  baseline: Contender;
}): Promise<Ratio> {
  const rates = await interleave(options.ours.run, options.baseline.run);
  const [mine, theirs] = [median(rates[0]), median(rates[1])];
  return { title: options.title, unit: options.unit, ours: mine, baseline: theirs, ratio: mine / theirs };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** One line a ratio, with the aim it is held against. */
export function print(result: Ratio, aim: string): void {
  const figure = (value: number) => (value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(2));
  console.log(
    `${result.title}: ${figure(result.ours)} against ${figure(result.baseline)} ${result.unit} = ${result.ratio.toFixed(2)} × (aim ${aim})`,
  );
}
