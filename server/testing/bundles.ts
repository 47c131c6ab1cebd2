import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { inject } from "vitest";
import { projectRoot } from "../persistence/project-root.ts";

export type Program = keyof typeof programs;

/** What CommonJS files find everywhere and a module does not. */
const banner = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const __filename = import.meta.filename, __dirname = import.meta.dirname;`;

const shared = {
  absWorkingDir: projectRoot(),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  logLevel: "warning",
  // Read and compiled by some hundred processes of a run. Names stay: errors and logs tell them.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  banner: { js: banner },
  // What looks for files beside its own, native code, and what these programs never come to.
  external: ["graphile-worker", "graphile-worker/*", "@node-rs/*", "pg-native", "next", "next/*"],
} satisfies BuildOptions;

/** What tests start in processes of their own, from the sources as they are now. With packages in it each is up in half the time. */
const programs = {
  /** A node. */
  main: { ...shared, entryPoints: { main: "server/main.ts" }, splitting: true },
  worker: { ...shared, entryPoints: { worker: "server/testing/worker-entry.ts" } },
} satisfies Record<string, BuildOptions>;

/** Bundles each program once a run, for the first test that asks. */
export async function serveBundles(): Promise<{ url: string; close(): void }> {
  const folder = join(projectRoot(), "node_modules/.cache/parley-tests", String(process.pid));
  const made = new Map<string, Promise<string>>();
  const server = createServer(async ({ url = "" }, response) => {
    const name = url.slice(1) as Program;
    const making = made.get(name) ?? bundle(name, join(folder, name));
    made.set(name, making);
    await making.then(
      (file) => response.end(file),
      (error) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close().closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

/** The file to start a program by. */
export async function bundleOf(name: Program): Promise<string> {
  const answer = await fetch(`${inject("bundles")}/${name}`);
  const said = await answer.text();
  if (!answer.ok) throw new Error(`${name} cannot be bundled: ${said}`);
  return said;
}

async function bundle(name: Program, outdir: string): Promise<string> {
  await build({ ...programs[name], outdir });
  return join(outdir, `${name}.js`);
}
