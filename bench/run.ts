import { benchCommitPath } from "./commit-path.ts";
import { benchFanout } from "./fanout.ts";
import { benchMemory } from "./memory.ts";
import { benchNotify } from "./notify.ts";
import { benchRest } from "./rest.ts";
import { benchScale } from "./scale.ts";

/** Every benchmark, or those named: `npm run bench`, `npm run bench -- commit`. README.md says what each one measures. */
const benches: Record<string, () => Promise<void>> = {
  commit: benchCommitPath,
  rest: benchRest,
  fanout: benchFanout,
  memory: benchMemory,
  scale: benchScale,
  notify: benchNotify,
};

const named = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const unknown = named.filter((name) => !(name in benches));
if (unknown.length > 0) throw new Error(`There is no bench ${unknown.join(", ")}: ${Object.keys(benches).join(", ")}`);
for (const [name, bench] of Object.entries(benches)) if (named.length === 0 || named.includes(name)) await bench();
