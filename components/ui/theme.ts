export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Read by the root layout, so that the first byte already has the right colours and no script is needed. */
export const THEME_COOKIE = "parley-theme";

export function parseTheme(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}

const YEAR_IN_SECONDS = 31_536_000;

/** In the browser: shows the theme, and keeps it for all pages. */
export function setTheme(theme: Theme): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and on plain http.
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${YEAR_IN_SECONDS}; samesite=lax`;
  document.documentElement.dataset.theme = theme;
}
