import { benchCommitPath } from "./commit-path.ts";
import { benchFanout } from "./fanout.ts";
import { benchRest } from "./rest.ts";

/** Every benchmark, or those named: `npm run bench`, `npm run bench -- commit`. Each prints ratios against a baseline of the same run. */
const benches: Record<string, () => Promise<void>> = {
  commit: benchCommitPath,
  rest: benchRest,
  fanout: benchFanout,
};

const named = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches)) if (named.length === 0 || named.includes(name)) await bench();
