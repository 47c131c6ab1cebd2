/** Which language's tab is open, on every page. Read on the server, so that the right one is there with the first byte. */
export const LANGUAGE_COOKIE = "parley-language";
const YEAR_IN_SECONDS = 31_536_000;

/** In the browser: keeps the choice for all pages. */
export function keepLanguage(language: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and on plain http.
  document.cookie = `${LANGUAGE_COOKIE}=${language}; path=/; max-age=${YEAR_IN_SECONDS}; samesite=lax`;
}
