import { benchCommitPath } from "./commit-path.ts";
import { benchFanout } from "./fanout.ts";
import { benchMemory } from "./memory.ts";
import { benchRest } from "./rest.ts";
import { benchScale } from "./scale.ts";

/** Every benchmark, or those named: `npm run bench`, `npm run bench -- commit`. Each prints ratios against a baseline of the same run. */
const benches: Record<string, () => Promise<void>> = {
  commit: benchCommitPath,
  rest: benchRest,
  fanout: benchFanout,
  memory: benchMemory,
  scale: benchScale,
};

const named = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches)) if (named.length === 0 || named.includes(name)) await bench();
