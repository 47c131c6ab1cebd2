"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { IconButton } from "./icon-button.tsx";
import { Menu, MenuItem } from "./menu.tsx";
import { setTheme, THEMES, type Theme } from "./theme.ts";

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const LABELS = { system: "Follow the system", light: "Light", dark: "Dark" };

/** The theme as a menu, where there is no room for three buttons. */
export function ThemeMenu({ initial }: { initial: Theme }) {
  const [theme, choose] = useState(initial);
  return (
    <Menu trigger={<IconButton icon={ICONS[theme]} label={`Theme: ${LABELS[theme]}`} />}>
      {THEMES.map((option) => (
        <MenuItem
          key={option}
          icon={ICONS[option]}
          onSelect={() => {
            choose(option);
            setTheme(option);
          }}
        >
          {LABELS[option]}
        </MenuItem>
      ))}
    </Menu>
  );
}
