const YEAR_IN_SECONDS = 31_536_000;

/** In the browser: keeps a choice for all pages, where the server finds it with the next request. */
export function keepCookie(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and on plain http.
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_IN_SECONDS}; samesite=lax`;
}
