import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { settings } from "../server/config/env.ts";
import { projectRoot } from "../server/persistence/project-root.ts";

// npm run settings             writes the table of settings into the README, between its two markers
// npm run settings -- --check  fails when the README says something else than the code

const START = "<!-- settings: from server/config/env.ts, by npm run settings -->";
const END = "<!-- /settings -->";

const file = join(projectRoot(), "README.md");
const text = readFileSync(file, "utf8");
const [before, rest] = text.split(START);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`README.md lacks ${START} … ${END}.`);

const rows = Object.entries(settings).map(([name, { default: value, description }]) => {
  return `| \`${name}\` | ${value} | ${description} |`;
});
const table = ["| setting | default | what it is |", "| --- | --- | --- |", ...rows].join("\n");
const wanted = `${before}${START}\n${table}\n${END}${after}`;

if (!process.argv.includes("--check")) writeFileSync(file, wanted);
else if (wanted !== text) {
  console.error("README.md and server/config/env.ts differ on the settings: npm run settings");
  process.exitCode = 1;
}
