// Bundles the server into dist/: one file per process, with what they share in chunks. Packages stay outside, in node_modules.
import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["server/main.ts", "server/web.ts", "server/worker.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20.19",
  sourcemap: "linked",
  sourcesContent: false,
  metafile: true,
  logLevel: "warning",
});

// New first, old ones after: a server that runs from this folder meanwhile finds its chunks for as long as possible.
const written = new Set(Object.keys(metafile.outputs).map((file) => basename(file)));
for (const file of readdirSync(join(root, "dist"))) {
  if (/\.js(\.map)?$/.test(file) && !written.has(file)) rmSync(join(root, "dist", file));
}
