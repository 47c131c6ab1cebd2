import { appendFileSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { afterEach, expect, test } from "vitest";
import { type EmbeddedPostgres, startEmbedded } from "./embedded.ts";
import { serverAccount } from "./embedded-account.ts";

const running: EmbeddedPostgres[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const postgres of running.splice(0)) {
    await postgres.stop();
    folders.push(postgres.folder, dirname(postgres.folder));
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Its recovery asks an archive for more that has nothing, and takes its time to say so. */
function slowDown(folder: string, command: string): void {
  appendFileSync(join(folder, "postgresql.auto.conf"), `restore_command = '${command}'\n`);
  const signal = join(folder, "recovery.signal");
  writeFileSync(signal, "");
  const { uid, gid } = serverAccount();
  if (uid !== undefined) chownSync(signal, uid, gid ?? uid);
}

async function crashed(): Promise<{ dataDir: string; folder: string }> {
  const dataDir = mkdtempSync(join(tmpdir(), "parley-embedded-"));
  folders.push(dataDir);
  const { folder } = await startEmbedded(dataDir, () => {});
  process.kill(Number(readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n")[0]), "SIGKILL");
  return { dataDir, folder };
}

test("a recovery that takes longer than a start is waited for, and said", async () => {
  const { dataDir, folder } = await crashed();
  slowDown(folder, "sleep 2; false");
  const said: string[] = [];
  const postgres = await startEmbedded(dataDir, (line) => said.push(line), 1);
  running.push(postgres);
  expect(said).toContainEqual(expect.stringMatching(/still recovers/));
  const client = new Client({ connectionString: postgres.ownerUrl.replace(/parley$/, "postgres") });
  await client.connect();
  expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await client.end();
});
