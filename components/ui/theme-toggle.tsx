"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { cn } from "./cn.ts";
import { THEMES, type Theme } from "./theme.ts";
import { useTheme } from "./use-theme.ts";

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const LABELS = { system: "Follow the system", light: "Light", dark: "Dark" };

export function ThemeToggle({ initial }: { initial: Theme }) {
  const [theme, choose] = useTheme(initial);

  return (
    <fieldset className="flex rounded-full border border-line bg-surface p-0.5">
      <legend className="sr-only">Theme</legend>
      {THEMES.map((option) => {
        const Icon = ICONS[option];
        return (
          <button
            key={option}
            type="button"
            aria-pressed={theme === option}
            aria-label={LABELS[option]}
            title={LABELS[option]}
            onClick={() => choose(option)}
            className={cn(
              "grid size-7 place-items-center rounded-full text-muted transition-colors hover:text-text",
              theme === option && "bg-sunken text-text ring-1 ring-line",
            )}
          >
            <Icon aria-hidden className="size-3.5" />
          </button>
        );
      })}
    </fieldset>
  );
}
