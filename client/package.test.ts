import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const client = import.meta.dirname;
const home = mkdtempSync(join(tmpdir(), "parley-package-"));
const installed = join(home, "node_modules/@parley/client");
let files: string[] = [];

/** Packed as it would be published, and put where an installation would put it. */
beforeAll(async () => {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", home], { cwd: client });
  const [pack] = JSON.parse(stdout.slice(stdout.indexOf("["))) as { filename: string; files: { path: string }[] }[];
  files = pack?.files.map(({ path }) => path) ?? [];
  mkdirSync(installed, { recursive: true });
  await run("tar", ["-xzf", join(home, pack?.filename ?? ""), "--strip-components=1", "-C", installed]);
}, 150_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

test("packs what it needs and nothing of the server", () => {
  expect(files).toEqual(expect.arrayContaining(["package.json", "README.md", "dist/main.js", "dist/react/main.d.ts"]));
  expect(files.filter((file) => /\.test\.|src|server/u.test(file))).toEqual([]);
  expect(readFileSync(join(installed, "dist/react/main.js"), "utf8")).toMatch(/^"use client";/u);
  for (const file of readdirSync(join(installed, "dist"), { recursive: true, encoding: "utf8" }))
    if (file.endsWith(".d.ts"))
      expect(readFileSync(join(installed, "dist", file), "utf8")).not.toMatch(/server\/|zod/u);
});

test("is under 20 kB gzipped, hooks included, React not", async () => {
  const { outputFiles } = await build({
    stdin: { contents: 'export * from "@parley/client"; export * from "@parley/client/react";', resolveDir: home },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    external: ["react", "react/jsx-runtime"],
  });
  const bytes = gzipSync(outputFiles[0]?.contents ?? "").length;
  console.log(`@parley/client with hooks: ${(bytes / 1000).toFixed(1)} kB gzipped`);
  expect(bytes).toBeLessThan(20_000);
});

test("runs in this Node without a browser", async () => {
  const program = `
    import { Parley, ParleyError } from "@parley/client";
    const parley = new Parley({ baseUrl: "http://127.0.0.1:9", tenantId: "acme", getToken: () => "a.e30.b", userId: "ada" });
    await parley.start();
    console.log(parley.getState().phase, parley.getState().problem, typeof ParleyError);`;
  writeFileSync(join(home, "program.mjs"), program);
  const { stdout } = await run(process.execPath, [join(home, "program.mjs")]);
  expect(stdout.trim()).toBe("failed The service did not answer. Check the connection and try again. function");
});

test("its types stand by themselves, and know every call", () => {
  const file = join(home, "consumer.ts");
  writeFileSync(
    file,
    `import { Parley, type Chat } from "@parley/client";
     import { useChat } from "@parley/client/react";
     export async function demo(parley: Parley): Promise<number> {
       const { body } = await parley.api.call("chats.get", { chatId: "c" });
       const chat: Chat = body;
       // @ts-expect-error a chat id is text
       await parley.api.call("chats.get", { chatId: 1 });
       // @ts-expect-error there is no such call
       await parley.api.call("chats.nothing", {});
       return chat.memberCount + useChat("c").messages.length;
     }`,
  );
  const react = join(client, "../node_modules/@types/react");
  const paths = { react: [join(react, "index.d.ts")], "react/jsx-runtime": [join(react, "jsx-runtime.d.ts")] };
  expect(faultsOf(file, { paths })).toEqual([]);
}, 120_000);

test("the type of the tRPC router is in it: the documentation's program compiles with it, and wrong calls do not", () => {
  const file = join(home, "trpc-consumer.ts");
  const page = readFileSync(join(client, "../docs/protocols/trpc.md"), "utf8");
  const [, program = ""] = /```ts\n(.*?)```/su.exec(page) ?? [];
  writeFileSync(
    file,
    `${program}
     await trpc.messages.send.mutate({ chatId: chat.id, content: "once", idempotencyKey: "a" });
     (await trpc.chats.list.query()).data satisfies { id: string }[];
     // @ts-expect-error a chat id is text
     await trpc.chats.get.query({ chatId: 1 });
     // @ts-expect-error there is no such call
     await trpc.chats.nothing.query();
     // @ts-expect-error nor is what changes something asked
     await trpc.chats.create.query({ name: "Harbour" });
     trpc.events.subscribe.subscribe(undefined, {
       onData: ({ id, data }) => {
         id satisfies string;
         data.eventId satisfies string;
         // @ts-expect-error there is no such event
         data.type satisfies "message.nothing";
       },
       onError: (error) => error.data?.problem.code satisfies "not_found" | string | undefined,
     });`,
  );
  const modules = join(client, "../node_modules");
  const paths = Object.fromEntries(
    ["@trpc/client", "@trpc/server"].map((name) => [name, [join(modules, name, "dist/index.d.mts")]]),
  );
  expect(faultsOf(file, { paths, types: ["node"], typeRoots: [join(modules, "@types")], skipLibCheck: true })).toEqual(
    [],
  );
}, 120_000);

/** What the compiler has against a program of somebody who has installed the package. */
function faultsOf(file: string, options: ts.CompilerOptions): string[] {
  const program = ts.createProgram([file], {
    ...{ strict: true, noEmit: true, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    ...{
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
      types: [],
      jsx: ts.JsxEmit.ReactJSX,
    },
    ...options,
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
