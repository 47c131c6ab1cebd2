const SIGN_OF_LIFE_MS = 8_000;

/** What the person in front of the terminal is told. One line each, on standard output. */
export interface Progress {
  say(line: string): void;
  /** Runs one step of the start, says how long it took, and says that it still runs when it takes long. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export function createProgress(): Progress {
  return { say, step };
}

function say(line: string): void {
  console.log(`parley: ${line}`);
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const timer = setInterval(() => say(`${name} … still at it, ${secondsSince(started)} s`), SIGN_OF_LIFE_MS);
  try {
    const result = await work();
    say(`${name}: ${secondsSince(started)} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** Seconds with one or two digits worth reading. */
export function secondsSince(started: number): string {
  const seconds = (performance.now() - started) / 1000;
  return seconds < 1 ? seconds.toFixed(2) : seconds.toFixed(1);
}
