// Checks that package-lock.json knows the packages of every platform, and with --fix adds what is missing. A lock written where a
// registry does not have some platform's package leaves it out without a word, and then `npm ci` fails everywhere else.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const file = join(dirname(dirname(fileURLToPath(import.meta.url))), "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));
const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
  Object.entries(entry.optionalDependencies ?? {})
    .filter(([name]) => !isLocked(path, name))
    .map(([name, version]) => ({ name, version, dev: entry.dev })),
);

if (missing.length > 0 && process.argv.includes("--fix")) {
  for (const { name, version, dev } of missing) lock.packages[`node_modules/${name}`] = entryFor(name, version, dev);
  const [top, ...rest] = Object.keys(lock.packages);
  lock.packages = Object.fromEntries([top, ...rest.sort()].map((path) => [path, lock.packages[path]]));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`Added ${missing.length} packages of other platforms to package-lock.json.`);
} else if (missing.length > 0) {
  console.error(
    `package-lock.json lacks ${missing.map(({ name }) => name).join(", ")}: node scripts/lock-platforms.mjs --fix`,
  );
  process.exit(1);
}

/** Where Node would find it: beside the package that wants it, or above. */
function isLocked(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    if (lock.packages[`${folder ? `${folder}/` : ""}node_modules/${name}`]) return true;
    if (folder === "") return false;
  }
}

/** The entry npm would write but for the checksum, which npm then takes from the registry. */
function entryFor(name, version, dev) {
  const find = (words) => words.find((word) => new RegExp(`(^|[-/])(${word})([-.]|$)`).test(name));
  const libc = /musl/.test(name) ? ["musl"] : /gnu/.test(name) ? ["glibc"] : undefined;
  const os = find(["android", "darwin", "freebsd", "linux", "win32", "openharmony"]);
  const cpu = find(["arm64", "arm", "x64", "ia32", "ppc64", "riscv64", "s390x", "wasm32"]);
  if (!cpu || !/^\d/.test(version)) throw new Error(`Cannot tell the platform of ${name} ${version}.`);
  return {
    version,
    cpu: [cpu],
    ...(dev && { dev }),
    ...(libc && os === "linux" && { libc }),
    optional: true,
    ...(os && { os: [os] }),
  };
}
