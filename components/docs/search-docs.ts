import MiniSearch from "minisearch";
import { loadOperations } from "./api-operations.ts";
import { headingId, plainText } from "./headings.ts";
import { loadPages } from "./library.ts";
import { hrefOf } from "./page-links.ts";

export interface Found {
  href: string;
  title: string;
  /** Where it stands. */
  page: string;
}

interface Part extends Found {
  id: string;
  text: string;
}

const most = 12;
let kept: MiniSearch<Part> | undefined;

/** Parts of pages and operations that say the words, the best first. Words may be unfinished or misspelt by a letter. */
export function searchDocs(words: string): Found[] {
  kept ??= buildIndex();
  const results = kept.search(words.slice(0, 200), {
    prefix: true,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    boost: { title: 4, page: 2 },
    combineWith: "AND",
  });
  return results.slice(0, most).map(({ href, title, page }) => ({ href, title, page }));
}

function buildIndex(): MiniSearch<Part> {
  const index = new MiniSearch<Part>({ fields: ["title", "page", "text"], storeFields: ["href", "title", "page"] });
  index.addAll([...partsOfPages(), ...partsOfOperations()]);
  return index;
}

/** A page is searched heading by heading, so that one gets to the place. Programs are left out: they say the same four times. */
function partsOfPages(): Part[] {
  return [...loadPages().values()].flatMap(({ path, title, source }) => {
    const [head = "", ...rest] = source.split(/^## /m);
    const first = { id: path, href: hrefOf(path), title, page: "Docs", text: plainText(head) };
    const others = rest.map((text, at) => {
      const [line = ""] = text.split("\n");
      const heading = plainText(line);
      return {
        id: `${path}#${at}`,
        href: `${hrefOf(path)}#${headingId(heading)}`,
        title: heading,
        page: title,
        text: plainText(text),
      };
    });
    return [first, ...others];
  });
}

function partsOfOperations(): Part[] {
  return loadOperations().map(({ id, method, path, summary }) => ({
    id: `operation ${id}`,
    href: `/docs/api/${id}`,
    title: `${id}: ${method} ${path}`,
    page: "API",
    text: summary,
  }));
}
