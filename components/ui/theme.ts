import { keepCookie } from "./keep-cookie.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Read by the root layout, so that the first byte already has the right colours and no script is needed. */
export const THEME_COOKIE = "parley-theme";

export function parseTheme(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}

/** In the browser: shows the theme, and keeps it for all pages. */
export function setTheme(theme: Theme): void {
  keepCookie(THEME_COOKIE, theme);
  document.documentElement.dataset.theme = theme;
}
