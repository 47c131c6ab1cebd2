// Makes client/dist: what `npm pack` in client/ puts into the package. The types of the calls come from the server's catalogue; here they
// are written out, so that the package needs nothing of the server.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import ts from "typescript";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const client = join(root, "client");
const dist = join(client, "dist");
const entries = ["main.ts", "react/main.ts"];
/** The clients of the protocols are there for those who use them: by hooks, or by `parley tail`. */
const peers = Object.keys(JSON.parse(readFileSync(join(client, "package.json"), "utf8")).peerDependencies);

rmSync(dist, { recursive: true, force: true });
await build({
  absWorkingDir: client,
  entryPoints: [...entries, "cli/main.ts"],
  outdir: dist,
  bundle: true,
  splitting: true,
  minify: true,
  platform: "neutral",
  mainFields: ["module", "main"],
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  external: [...peers, "react/jsx-runtime", "node:*"],
  logLevel: "warning",
});
// A bundle keeps no directive of its parts, and without one a server component cannot take the hooks from it.
const hooks = join(dist, "react/main.js");
writeFileSync(hooks, `"use client";\n${readFileSync(hooks, "utf8")}`);
writeTypes();

function writeTypes() {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram(
    entries.map((entry) => join(client, entry)),
    {
      ...options,
      ...{
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        incremental: false,
        tsBuildInfoFile: undefined,
      },
      ...{ outDir: dist, rootDir: root, rewriteRelativeImportExtensions: true, plugins: undefined },
    },
  );
  const write = (file, text) => {
    const name = relative(join(dist, "client"), file);
    const path = join(dist, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, name === "calls.d.ts" ? callTypes(program) : text);
  };
  // One by one: to write out the types of the whole server, only to leave them away, takes longer than all the rest.
  for (const source of program.getSourceFiles())
    if (source.fileName.startsWith(`${client}/`)) program.emit(source, write, undefined, true);
}

/** The type `Calls`, written out in full. */
function callTypes(program) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(client, "calls.ts"));
  const alias = source.statements.find(
    (statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === "Calls",
  );
  const { NoTruncation, InTypeAlias, UseAliasDefinedOutsideCurrentScope } = ts.TypeFormatFlags;
  const write = (type) =>
    checker.typeToString(type, source, NoTruncation | InTypeAlias | UseAliasDefinedOutsideCurrentScope);
  // Of zod's name for JSON there is nothing in the package.
  const plain = (type) => write(type).replaceAll("z.core.util.JSONType", "unknown");
  const lines = checker.getPropertiesOfType(checker.getTypeAtLocation(alias)).map((call) => {
    const parts = checker.getPropertiesOfType(checker.getTypeOfSymbol(call));
    return `  "${call.name}": { ${parts.map((part) => `${part.name}: ${plain(checker.getTypeOfSymbol(part))}`).join("; ")} };`;
  });
  return `export interface Calls {\n${lines.toSorted().join("\n")}\n}\n`;
}
