import { contents } from "../../components/docs/contents.ts";
import { loadPages } from "../../components/docs/library.ts";

/** Every page of the documentation as Markdown, for programs that read (llmstxt.org). */
export function GET(): Response {
  const pages = loadPages();
  const named = new Set(contents.flatMap((section) => section.pages));
  const lineOf = (path: string) => `- [${pages.get(path)?.title ?? path}](/docs/${path}.md)`;
  const sections = [
    ...contents.map(({ title, pages: paths }) => ({ title, paths })),
    { title: "Errors", paths: [...pages.keys()].filter((path) => !named.has(path)).sort() },
  ];
  const text = [
    "# Parley",
    "> Chat and notifications in one service that you run yourself: multi-tenant, on one Postgres.",
    "Every operation with its inputs, answers and errors: [OpenAPI 3.1](/openapi.json).",
    ...sections.map(({ title, paths }) => `## ${title}\n\n${paths.map(lineOf).join("\n")}`),
  ].join("\n\n");
  return new Response(`${text}\n`, {
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" },
  });
}
