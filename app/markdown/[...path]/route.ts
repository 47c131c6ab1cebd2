import { loadPages } from "../../../components/docs/library.ts";

interface Context {
  params: Promise<{ path: string[] }>;
}

/** The twin of a page: its Markdown, with the programs put in. Asked for as /docs/<path>.md (see next.config.mjs). */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const page = loadPages().get((await params).path.join("/"));
  const headers = { "content-type": "text/markdown; charset=utf-8", "cache-control": "no-cache" };
  if (!page) return new Response("# There is no such page\n", { status: 404, headers });
  return new Response(page.markdown, { headers });
}
