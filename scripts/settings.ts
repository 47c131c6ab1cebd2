import { settings } from "../server/config/env.ts";
import { writeBetween } from "./written.ts";

// npm run settings             writes the table of settings into the README, between its two markers
// npm run settings -- --check  fails when the README says something else than the code

const START = "<!-- settings: from server/config/env.ts, by npm run settings -->";
const END = "<!-- /settings -->";

const rows = Object.entries(settings).map(([name, { default: value, description }]) => {
  return `| \`${name}\` | ${value} | ${description} |`;
});
const table = ["| setting | default | what it is |", "| --- | --- | --- |", ...rows].join("\n");
const fault = "README.md and server/config/env.ts differ on the settings: npm run settings";
writeBetween("README.md", [START, END], `\n${table}\n`, fault);
