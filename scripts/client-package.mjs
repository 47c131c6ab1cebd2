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
/** Nothing but types. */
const typesOnly = "trpc.ts";
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
    [...entries, typesOnly].map((entry) => join(client, entry)),
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
    const written = { "calls.d.ts": callTypes, "trpc.d.ts": routerType }[name];
    writeFileSync(path, written ? written(program) : text);
  };
  // One by one: to write out the types of the whole server, only to leave them away, takes longer than all the rest.
  for (const source of program.getSourceFiles())
    if (source.fileName.startsWith(`${client}/`)) program.emit(source, write, undefined, true);
}

/** The type `Calls`, written out in full. */
function callTypes(program) {
  const types = typesOf(program, "calls.ts");
  const lines = types.parts(types.alias("Calls")).map(([name, call]) => {
    const parts = types.parts(call).map(([part, type]) => `${part}: ${types.write(type)}`);
    return `  "${name}": { ${parts.join("; ")} };`;
  });
  return `export interface Calls {\n${lines.toSorted().join("\n")}\n}\n`;
}

/** The type `AppRouter`, of the words of whichever `@trpc/server` its user has. */
function routerType(program) {
  const types = typesOf(program, typesOnly);
  const words = { query: "Query", mutation: "Mutation", subscription: "Subscription" };
  const procedure = ([verb, shape]) => {
    const { kind, input, output } = Object.fromEntries(types.parts(shape));
    return `    ${verb}: ${words[kind.value]}<{ input: ${types.write(input)}; output: ${types.write(output)}; meta: unknown }>;`;
  };
  const nouns = types
    .parts(types.alias("Shapes"))
    .map(([noun, verbs]) => `  ${noun}: {\n${types.parts(verbs).map(procedure).join("\n")}\n  };`);
  const imported = Object.values(words).map((word) => `TRPC${word}Procedure as ${word}`);
  return `import type { TRPCBuiltRouter, ${imported.join(", ")} } from "@trpc/server";
interface Root { ctx: object; meta: object; errorShape: ${types.object(types.alias("ErrorShape"))}; transformer: false }
/** The type of the service's tRPC router, for \`createTRPCClient<AppRouter>\`. */
export type AppRouter = TRPCBuiltRouter<Root, {\n${nouns.join("\n")}\n}>;
`;
}

/** The types of a module, to be written out without a word of the server. */
function typesOf(program, file) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(client, file));
  const { NoTruncation, InTypeAlias, UseAliasDefinedOutsideCurrentScope } = ts.TypeFormatFlags;
  const flags = NoTruncation | InTypeAlias | UseAliasDefinedOutsideCurrentScope;
  const isOurs = ({ symbol }) =>
    symbol?.declarations?.some((one) => ts.isInterfaceDeclaration(one) && !one.getSourceFile().isDeclarationFile);
  const holdsOurs = (type) => isOurs(type) || (type.isUnionOrIntersection() && type.types.some(holdsOurs));
  const members = (type) => checker.getPropertiesOfType(type).map((part) => [part, checker.getTypeOfSymbol(part)]);
  const object = (type) => {
    const parts = members(type).map(([{ name, flags: is }, part]) => {
      const optional = is & ts.SymbolFlags.Optional ? "?" : "";
      return `${name}${optional}: ${write(part)}`;
    });
    return `{ ${parts.join("; ")} }`;
  };
  const write = (type) => {
    const of = checker.getTypeArguments(type)[0];
    if (type.symbol?.name === "AsyncIterable") return `AsyncIterable<${write(of)}>`;
    if (type.symbol?.name === "TrackedData" || isOurs(type)) return object(type);
    if (holdsOurs(type)) return type.types.map((part) => `(${write(part)})`).join(type.isUnion() ? " | " : " & ");
    // Of zod's name for JSON there is nothing in the package.
    return checker.typeToString(type, source, flags).replaceAll(/(?:z\.core\.util\.)?\bJSONType\b/g, "unknown");
  };
  return {
    alias: (name) =>
      checker.getTypeAtLocation(
        source.statements.find((one) => ts.isTypeAliasDeclaration(one) && one.name.text === name),
      ),
    parts: (type) => members(type).map(([{ name }, part]) => [name, part]),
    object,
    write,
  };
}
