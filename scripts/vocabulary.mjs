// The closed vocabulary of file names, and budgets that keep files small enough to hold in the head.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const maxLines = 300;
const closed = /^(schema|events|policy|store|operations|presenter)\.ts$/;
const verbNoun = /^[a-z]+(-[a-z]+)+\.ts$/;
const banned = /(^|[-.])(utils?|helpers?|common|managers?|misc|index)\.(ts|tsx)$/;
const sql = /\$(query|execute)Raw|\b(pool|client|tx)\.query[(<]/;
/** The bus speaks LISTEN and NOTIFY, which are no queries of anything. */
const sqlHomes = /[/-]store\.ts$|^server\/(persistence|testing|log\/bus)\/|\.test\.ts$/;
const faults = [];

for (const file of walk(join(root, "server"))) check(relative(root, file));
for (const folder of ["app", "components", "client"])
  for (const file of walk(join(root, folder))) checkName(relative(root, file));

// Who may do what is decided in each operation: a check in front of the pages would be one that another way in lacks.
for (const file of ["middleware.ts", "proxy.ts", "app/middleware.ts"])
  if (existsSync(join(root, file))) faults.push(`${file}: access is checked by operations, never in front of them`);

// A promise whose test is gone is no promise, and one that names none has none.
const promises = readdirSync(join(root, "docs/protocols")).map((name) => `docs/protocols/${name}`);
for (const page of ["docs/guarantees.md", ...promises]) checkPromises(page, readFileSync(join(root, page), "utf8"));

for (const fault of faults) console.log(fault);
process.exit(faults.length === 0 ? 0 : 1);

function check(file) {
  checkName(file);
  const lines = readFileSync(join(root, file), "utf8").split("\n").length - 1;
  if (lines > maxLines) faults.push(`${file}: ${lines} lines; give its parts homes of their own (at most ${maxLines})`);
  if (!sqlHomes.test(file) && sql.test(readFileSync(join(root, file), "utf8")))
    faults.push(`${file}: hand-written SQL belongs into a store or into persistence/`);
  if (/[/-]store\.ts$/.test(file) && lacksReason(readFileSync(join(root, file), "utf8")))
    faults.push(
      `${file}: SQL by hand needs its reason, a comment with "Hand-written SQL: …", or "which Prisma cannot"`,
    );
  const noun = /^server\/domain\/([^/]+)\/([^/]+)$/.exec(file);
  if (!noun) return;
  const name = noun[2].replace(/\.test\.ts$/, ".ts");
  if (!closed.test(name) && !verbNoun.test(name))
    faults.push(
      `${file}: a noun's folder holds schema, events, policy, store, operations, presenter and <verb>-<noun>.ts`,
    );
}

/** One reason may be that of a whole file. */
function lacksReason(text) {
  return sql.test(text) && !/Hand-written SQL[:,]|Prisma cannot/.test(text);
}

function checkPromises(page, text) {
  for (const [, path] of text.matchAll(/`((?:server|client)\/[^`]+)`/g))
    if (!existsSync(join(root, path))) faults.push(`${page} names ${path}, which does not exist`);
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  const promised = rows.filter((row, index) => !/^\| ?-/.test(row) && !/^\| ?-/.test(rows[index + 1] ?? ""));
  for (const row of promised)
    if (!/`(server|client)\//.test(row)) faults.push(`${page}: a row without a test: ${row.slice(0, 80)}`);
}

function checkName(file) {
  const name = file.split("/").at(-1);
  if (banned.test(name)) faults.push(`${file}: a name that says nothing; call it what it is`);
  if (/\.(ts|tsx)$/.test(name) && !/^[a-z0-9[\]().-]+$/.test(name)) faults.push(`${file}: file names are kebab-case`);
}

function walk(folder) {
  return readdirSync(folder).flatMap((entry) => {
    if (["generated", "node_modules", "dist"].includes(entry)) return [];
    const path = join(folder, entry);
    return statSync(path).isDirectory() ? walk(path) : /\.(ts|tsx)$/.test(entry) ? [path] : [];
  });
}
