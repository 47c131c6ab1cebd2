import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../server/testing/free-port.ts";

const READY_WITHIN_MS = 120_000;
const STOPPED_WITHIN_MS = 20_000;

export interface Product {
  url: string;
  /** The folder that holds its `.data`. */
  home: string;
  /** What it printed until now. */
  output(): string;
  stop(): Promise<void>;
}

/**
 * Starts what `npm start` starts, built beforehand, on a free port with a data folder of its own. Throws with its output.
 * @param name by which browsers call this machine
 */
export async function startProduct(settings: Record<string, string> = {}, name?: string): Promise<Product> {
  const home = await mkdtemp(join(tmpdir(), "parley-e2e-"));
  // For root Postgres runs as another account; in a folder closed to that its data would go elsewhere and stay behind.
  await chmod(home, 0o755);
  const port = await freePort();
  const here = `http://localhost:${port}`;
  const url = name === undefined ? here : `http://${name}:${port}`;
  const named = name === undefined ? {} : { BASE_URL: url };
  const product = spawn(process.execPath, ["--enable-source-maps", "--max-semi-space-size=64", "dist/main.js"], {
    env: {
      ...process.env,
      PORT: String(port),
      DATA_DIR: join(home, ".data"),
      LOG_LEVEL: "warn",
      ...named,
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collect(product);
  try {
    await untilReady(here, product);
  } catch (error) {
    await stop(product, home);
    throw new Error(`The product did not get ready:\n${output()}`, { cause: error });
  }
  return { url, home, output, stop: () => stop(product, home) };
}

/** The link by which the first one signs up. It is printed a moment after the service is ready. */
export async function claimOf(product: Product): Promise<string> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    const [link] = /\S+\/sign-up\?claim=\S+/.exec(product.output()) ?? [];
    if (link) return link;
    await sleep(100);
  }
  throw new Error(`No link to sign up by was printed:\n${product.output()}`);
}

function collect({ stdout, stderr }: ChildProcess): () => string {
  const chunks: string[] = [];
  for (const stream of [stdout, stderr]) stream?.on("data", (chunk) => chunks.push(String(chunk)));
  return () => chunks.join("");
}

async function untilReady(url: string, product: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (product.exitCode === null && Date.now() < deadline) {
    if (await isReady(url)) return;
    await sleep(200);
  }
  throw new Error(product.exitCode === null ? "It took too long." : `It ended with code ${product.exitCode}.`);
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false; // Not listening yet.
  }
}

async function stop(product: ChildProcess, home: string): Promise<void> {
  if (product.exitCode === null) {
    const ended = once(product, "exit");
    product.kill("SIGTERM");
    const inTime = await Promise.race([ended.then(() => true), sleep(STOPPED_WITHIN_MS, false, { ref: false })]);
    if (!inTime) product.kill("SIGKILL");
  }
  await rm(home, { recursive: true, force: true });
}
