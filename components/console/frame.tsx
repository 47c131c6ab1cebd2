"use client";

import { usePathname } from "next/navigation";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Drawer } from "../ui/drawer.tsx";
import type { Theme } from "../ui/theme.ts";
import { KeySheet } from "./key-sheet.tsx";
import { Palette } from "./palette.tsx";
import { goToPart } from "./part-of-address.ts";
import { Sidebar } from "./sidebar.tsx";
import { TopBar } from "./top-bar.tsx";
import { useConsoleKeys } from "./use-console-keys.ts";

/** What is around every page of the console: sidebar, bar, palette, sheet of keys. */
export function Frame({ theme, children }: { theme: Theme; children: ReactNode }) {
  const [menu, setMenu] = useState(false);
  const [palette, setPalette] = useState(false);
  const [sheet, setSheet] = useState(false);
  useConsoleKeys({ onPalette: () => setPalette(true), onSheet: () => setSheet(true) });
  useFocusOnTitle();
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-lg focus:bg-surface focus:p-3"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh overflow-y-auto border-line border-r bg-sunken lg:block">
        <Sidebar />
      </aside>
      <Drawer open={menu} onOpenChange={setMenu} title="Menu" side="left" className="sm:w-72">
        <Sidebar onGone={() => setMenu(false)} />
      </Drawer>
      <div className="flex min-w-0 flex-col">
        <TopBar
          theme={theme}
          onMenu={() => setMenu(true)}
          onPalette={() => setPalette(true)}
          onSheet={() => setSheet(true)}
        />
        <main
          id="content"
          tabIndex={-1}
          // So much below that the last button can be scrolled out from under a toast.
          className="outline-none mx-auto w-full max-w-6xl flex-1 px-4 pt-6 pb-24 sm:px-6 sm:pt-8"
        >
          {children}
        </main>
      </div>
      {palette && <Palette onClose={() => setPalette(false)} />}
      <KeySheet open={sheet} onOpenChange={setSheet} />
    </div>
  );
}

/** Coming from another page one starts at the title of this one, or at the part of it that the link named. */
function useFocusOnTitle(): void {
  const pathname = usePathname();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    if (goToPart()) return;
    const main = document.querySelector<HTMLElement>("main");
    const title = () => main?.querySelector<HTMLElement>("h1");
    (title() ?? main)?.focus();
    if (!main || title()) return;
    // The title of one object's page comes with the object.
    const waiting = new MutationObserver(() => {
      if (!title()) return;
      if (document.activeElement === main || document.activeElement === document.body) title()?.focus();
      waiting.disconnect();
    });
    waiting.observe(main, { childList: true, subtree: true });
    return () => waiting.disconnect();
  }, [pathname]);
}
