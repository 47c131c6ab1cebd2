export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Read by the root layout, so that the first byte already has the right colours and no script is needed. */
export const THEME_COOKIE = "parley-theme";

export function parseTheme(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}

/** In the browser: of this page. */
export function showTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}
