import type { Way } from "./contents.ts";
import { contents } from "./contents.ts";
import { loadPages, pagesOfWay } from "./library.ts";

export interface PageLink {
  href: string;
  title: string;
}

/** The address of a page; the overview is the first page of the documentation. */
export function hrefOf(path: string, way?: Way): string {
  const href = path === "guides/overview" ? "/docs" : `/docs/${path}`;
  return way ? `${href}?way=${way}` : href;
}

export function linkTo(path: string, way?: Way): PageLink {
  return { href: hrefOf(path, way), title: loadPages().get(path)?.title ?? path };
}

/** What comes before and after a page: on the way that the reader goes, else in the order of the sidebar. */
export function neighbours(path: string, way: Way | undefined): { previous?: PageLink; next?: PageLink } {
  const onWay = way ? pagesOfWay(way) : [];
  const [order, following] = onWay.includes(path)
    ? [[`guides/path-${way}`, ...onWay], way]
    : [contents.flatMap(({ pages }) => pages), undefined];
  const at = order.indexOf(path);
  if (at < 0) return {};
  const [previous, next] = [order[at - 1], order[at + 1]];
  return {
    ...(previous ? { previous: linkTo(previous, following) } : {}),
    ...(next ? { next: linkTo(next, following) } : {}),
  };
}

/** What a link in a page's text leads to: relative ones are of the folder that the page's file is in. */
export function resolveLink(path: string, href: string, way?: Way): string {
  if (/^([a-z]+:|#|\/)/i.test(href)) return href;
  const url = new URL(href, `http://docs/docs/${path}.md`);
  const page = url.pathname.replace(/^\/docs\//, "").replace(/\.md$/, "");
  if (!url.pathname.startsWith("/docs/")) return href;
  return `${hrefOf(page, way)}${url.search}${url.hash}`;
}
