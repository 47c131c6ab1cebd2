// `npm run dev`: the service from its sources, started again when they change; pages reload by themselves. A watcher of our own
// because the service needs to be waited for: it stops Postgres last, and killing it half-way leaves that behind.
import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const WATCHED = ["server", "prisma", "emails"];
const QUIET_MS = 300; // editors and git write several files at once

let service;
let ending = false;
let restarting = false;
let timer;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end);
for (const folder of WATCHED) watchFolder(join(root, folder));
start();

function start() {
  service = spawn(process.execPath, ["--enable-source-maps", "--import", "tsx", "server/main.ts"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  service.on("exit", (code) => {
    service = undefined;
    if (ending) process.exit(code ?? 1);
    if (restarting) start();
    else console.log("dev: waits for a change");
    restarting = false;
  });
}

function watchFolder(folder) {
  try {
    watch(folder, { recursive: true }, (_, file) => {
      if (/\.(ts|tsx|sql)$/.test(file ?? "") && !/\.test\.ts$|generated/.test(file)) changed(file);
    });
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

function changed(file) {
  clearTimeout(timer);
  timer = setTimeout(() => restart(file), QUIET_MS);
}

function restart(file) {
  timer = undefined;
  if (ending || restarting) return; // what restarts already will start with this change
  console.log(`dev: ${file} has changed`);
  if (!service) return start();
  restarting = true;
  service.kill("SIGTERM");
}

function end() {
  if (!service) process.exit(0);
  if (!ending) service.kill("SIGTERM");
  ending = true;
}
