import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useConsole } from "./console-context.ts";
import { useLive } from "./live.ts";
import { pagesFor } from "./pages.ts";
import { rowStops } from "./row-keys.ts";
import { areSingleKeysOn } from "./single-keys.ts";

const G_HOLDS_MS = 1_500;

/** The keys of every page. Those without Ctrl stay quiet while somebody writes or a dialog is open. */
export function useConsoleKeys(on: { onPalette: () => void; onSheet: () => void }): void {
  const router = useRouter();
  const { base, role } = useConsole();
  const { toggle } = useLive();
  const gone = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    function go(key: string): boolean {
      const page = pagesFor(role).find((candidate) => candidate.key === key);
      if (page) router.push(`${base}${page.path}`);
      return page !== undefined;
    }

    /** @param taken By a table: only after `g` it leads elsewhere. */
    function press(key: string, at: number, taken: boolean): boolean {
      const afterG = at - gone.current < G_HOLDS_MS;
      gone.current = Number.NEGATIVE_INFINITY;
      if (afterG) return go(key);
      if (taken) return false;
      switch (key) {
        case "g":
          gone.current = at;
          return true;
        case "?":
          on.onSheet();
          return true;
        case "p":
          toggle();
          return true;
        case "/":
          return focusOn("[data-filter]");
        case "c":
          return clickOn("[data-create]");
        // In a row they are the table's; from anywhere else they lead into it.
        case "j":
          return focusOnRow(0);
        case "k":
          return focusOnRow(-1);
        default:
          return false;
      }
    }

    function onKeyDown(event: KeyboardEvent) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        // The palette would lead away from a secret that is shown this one time.
        if (!document.querySelector("[data-unanswered]")) on.onPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
      if (!areSingleKeysOn()) return;
      // One that has just opened gets the focus a frame later.
      if (document.querySelector("[data-dialog]")) return;
      if (press(event.key, event.timeStamp, event.defaultPrevented)) event.preventDefault();
    }

    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  });
}

function isBusy(target: EventTarget | null): boolean {
  const writes = "input, textarea, select, [role=combobox], [role=listbox], [role=menu]";
  return target instanceof Element && target.closest(`${writes}, [role=dialog], [role=alertdialog]`) !== null;
}

function focusOn(selector: string): boolean {
  const found = document.querySelector<HTMLElement>(selector);
  found?.focus();
  return found !== null;
}

function focusOnRow(at: 0 | -1): boolean {
  const table = document.querySelector("main [role=table]");
  const stop = table ? rowStops(table).at(at) : undefined;
  stop?.focus();
  return stop !== undefined;
}

function clickOn(selector: string): boolean {
  const found = document.querySelector<HTMLElement>(selector);
  found?.click();
  return found !== null;
}
