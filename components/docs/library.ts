import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Way, ways } from "./contents.ts";

const folder = join(process.cwd(), "docs");

export interface DocPage {
  /** Below docs/, without its ending: `guides/overview`. */
  path: string;
  title: string;
  /** As it stands in its file. */
  source: string;
  /** With the table that its placeholder stands for. */
  text: string;
  /** With the programs, too: what `.md` shows. */
  markdown: string;
}

export interface Program {
  language: "curl" | "typescript" | "csharp" | "python";
  label: string;
  /** Of a fenced block. */
  fence: string;
  source: string;
  /** How one starts it. */
  note: string;
}

const programFiles: (Omit<Program, "source"> & { file: string })[] = [
  { language: "curl", label: "curl", fence: "sh", file: "curl.sh", note: "Save it as curl.sh, then: bash curl.sh" },
  {
    language: "typescript",
    label: "TypeScript",
    fence: "ts",
    file: "main.ts",
    note: "Save it as main.mts, then: npx tsx main.mts",
  },
  {
    language: "csharp",
    label: "C#",
    fence: "csharp",
    file: "Main.cs",
    note: "In a folder made by dotnet new console (.NET 8 or newer), as Program.cs, then: dotnet run",
  },
  {
    language: "python",
    label: "Python",
    fence: "python",
    file: "main.py",
    note: "Save it as main.py, then: python3 main.py",
  },
];

/** A line of a page that stands for a guide's programs. On GitHub it leads to their folder. */
export const programLine = /^\[The programs\]\(\.\.\/snippets\/([a-z-]+)\/\)$/m;

export function loadPrograms(guide: string): Program[] {
  return programFiles.map(({ file, note, ...program }) => {
    const source = readFileSync(join(folder, "snippets", guide, file), "utf8");
    const packages = packagesOf(source);
    return { ...program, source, note: packages ? `First: npm install ${packages}. ${note}` : note };
  });
}

/** What a program in TypeScript imports and Node does not bring: a clone has it, a reader's folder has not. */
function packagesOf(source: string): string {
  const imported = source.matchAll(/^import .* from "([^"]+)";$/gm);
  return [...imported].flatMap(([, name = ""]) => (/^(node:|\.)/.test(name) ? [] : [name])).join(" ");
}

/** What each of a guide's programs prints. */
export function loadOutput(guide: string): string {
  return readFileSync(join(folder, "snippets", guide, "output.txt"), "utf8");
}

let kept: Map<string, DocPage> | undefined;

/** Every page by its path: the Markdown files of docs/, one folder deep. */
export function loadPages(): Map<string, DocPage> {
  if (kept && process.env.NODE_ENV === "production") return kept;
  kept = new Map(["", "guides", "errors", "protocols"].flatMap((part) => readFolder(part)));
  return kept;
}

function readFolder(part: string): [string, DocPage][] {
  const names = readdirSync(join(folder, part)).filter((name) => name.endsWith(".md"));
  return names.map((name) => {
    const path = join(part, name.slice(0, -3));
    const source = readFileSync(join(folder, part, name), "utf8");
    const title = (/^# (.+)$/m.exec(source)?.[1] ?? path).replaceAll("`", "");
    const text = source.replace("<!-- errors -->", () => errorTable());
    const markdown = text.replace(programLine, (_line, guide: string) => programsAsMarkdown(guide));
    return [path, { path, title, source, text, markdown }];
  });
}

function programsAsMarkdown(guide: string): string {
  const blocks = loadPrograms(guide).map(
    ({ label, note, fence, source }) => `### ${label}\n\n${note}\n\n\`\`\`${fence}\n${source}\`\`\``,
  );
  return `${blocks.join("\n\n")}\n\nEach prints:\n\n\`\`\`text\n${loadOutput(guide)}\`\`\``;
}

/** The pages of the errors, by status. */
function errorTable(): string {
  const rows = readdirSync(join(folder, "errors")).map((name) => {
    const text = readFileSync(join(folder, "errors", name), "utf8");
    const [, code, status] = /^# `(.+)` \((\d+)\)$/m.exec(text) ?? [];
    const meaning = /^> (.+)$/m.exec(text)?.[1];
    return { status, row: `| ${status} | [\`${code}\`](../errors/${name}) | ${meaning} |` };
  });
  const sorted = rows.sort((a, b) => Number(a.status) - Number(b.status)).map(({ row }) => row);
  return ["| status | code | meaning |", "| --- | --- | --- |", ...sorted].join("\n");
}

/** The pages of a way through the guides, in order: the links of its numbered list. */
export function pagesOfWay(way: Way): string[] {
  const page = loadPages().get(`guides/path-${way}`);
  const steps = page?.source.matchAll(/^\d+\. \[[^\]]+\]\(([a-z-]+)\.md\)/gm) ?? [];
  return [...steps].map(([, name]) => `guides/${name}`);
}

/** A way by its name in an address; undefined for none. */
export function wayOf(name: string | undefined): Way | undefined {
  return ways.find((way) => way === name);
}
