"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { IconButton } from "./icon-button.tsx";
import { setTheme, THEMES, type Theme } from "./theme.ts";

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const LABELS = { system: "follows the system", light: "light", dark: "dark" };

/** The theme as one button that goes round, where there is no room for three. */
export function ThemeButton({ initial }: { initial: Theme }) {
  const [theme, show] = useState(initial);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <IconButton
      icon={ICONS[theme]}
      label={`Theme ${LABELS[theme]}; next: ${LABELS[next]}`}
      onClick={() => {
        setTheme(next);
        show(next);
      }}
    />
  );
}
