"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { IconButton } from "./icon-button.tsx";
import { THEMES, type Theme } from "./theme.ts";
import { useTheme } from "./use-theme.ts";

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const LABELS = { system: "follows the system", light: "light", dark: "dark" };

/** The theme as one button that goes round, where there is no room for three. */
export function ThemeButton({ initial }: { initial: Theme }) {
  const [theme, choose] = useTheme(initial);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <IconButton
      icon={ICONS[theme]}
      label={`Theme ${LABELS[theme]}; next: ${LABELS[next]}`}
      onClick={() => choose(next)}
    />
  );
}
