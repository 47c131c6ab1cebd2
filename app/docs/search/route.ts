import { searchDocs } from "../../../components/docs/search-docs.ts";

/** What the documentation says of some words. */
export function GET(request: Request): Response {
  const words = new URL(request.url).searchParams.get("q") ?? "";
  return Response.json(searchDocs(words), { headers: { "cache-control": "no-cache" } });
}
