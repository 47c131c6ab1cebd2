// The lowest versions without known advisories, checked in because the registry's audit is not reachable everywhere. A package below its
// floor, at any depth of the tree, fails. When an advisory is published: raise the floor here, with its date.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Package → lowest good version of each major; as of 22 November 2026. */
const floors = { next: ["16.2.6"], ws: ["8.21.0", "7.5.14"] };

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const low = Object.entries(packages)
  .map(([path, { version }]) => ({ name: path.split("node_modules/").at(-1), path, version }))
  .filter(({ name, version }) => floors[name] && version && !floors[name].some((floor) => isGood(version, floor)));

for (const { path, version, name } of low)
  console.log(`${path} is ${version}, below the floor ${floors[name].join(" or ")}`);
process.exit(low.length === 0 ? 0 : 1);

function isGood(version, floor) {
  const [a, b] = [version, floor].map((text) => text.split("-")[0].split(".").map(Number));
  const at = a.findIndex((part, index) => part !== b[index]);
  return a[0] === b[0] && (at < 0 || a[at] > b[at]);
}
