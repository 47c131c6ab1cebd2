"use client";

import { useRouter } from "next/navigation";
import { type KeyboardEvent, useId, useState } from "react";
import { cn } from "../ui/cn.ts";
import { Dialog } from "../ui/dialog.tsx";
import { inputClass } from "../ui/input-class.ts";
import { isComposing } from "../ui/is-composing.ts";
import { useConsole } from "./console-context.ts";
import { consoleActs, idPages, pagesFor } from "./pages.ts";

interface Entry {
  label: string;
  what: "Go to" | "Do" | "Find";
  path: string;
}

/** Go to, do, find by id: arrows choose, Enter goes. */
export function Palette({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const { base } = useConsole();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const prefix = useId();
  const entries = useEntries(text.trim());

  function take(entry: Entry | undefined) {
    if (!entry) return;
    onClose();
    router.push(`${base}${entry.path}`);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") {
      // Or it would press what has the focus again.
      event.preventDefault();
      take(entries[at]);
    }
    if (step === undefined || entries.length === 0) return;
    event.preventDefault();
    setAt((at + step + entries.length) % entries.length);
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Go to, do, find"
      className="top-[12vh] translate-y-0"
    >
      <input
        autoFocus
        role="combobox"
        aria-label="Page, act or id"
        aria-expanded
        aria-controls={`${prefix}-list`}
        aria-activedescendant={entries[at] ? `${prefix}-${at}` : undefined}
        placeholder="Page, act or id"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        className={inputClass}
      />
      <div id={`${prefix}-list`} role="listbox" aria-label="Results" className="mt-3 max-h-80 overflow-y-auto">
        {entries.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the text box's
          <div
            key={`${entry.what} ${entry.label}`}
            id={`${prefix}-${index}`}
            role="option"
            tabIndex={-1}
            ref={index === at ? intoSight : undefined}
            aria-selected={index === at}
            onClick={() => take(entry)}
            className={cn(
              "flex min-h-9 cursor-default items-center gap-3 rounded-lg px-2.5 text-sm",
              index === at ? "bg-accent-soft text-on-accent-soft" : "hover:bg-sunken",
            )}
          >
            <span className={cn("w-12 shrink-0 text-xs", index !== at && "text-muted")}>{entry.what}</span>
            <span className="truncate">{entry.label}</span>
          </div>
        ))}
      </div>
      {entries.length === 0 && <p className="px-2.5 py-3 text-muted text-sm">Nothing is called that.</p>}
    </Dialog>
  );
}

function useEntries(text: string): Entry[] {
  const { role, manages } = useConsole();
  const known: Entry[] = [
    ...pagesFor(role).map(({ label, path }) => ({ what: "Go to" as const, label, path })),
    ...(manages ? consoleActs : []).map(({ label, path }) => ({ what: "Do" as const, label, path })),
  ];
  const found = known.filter(({ label }) => label.toLowerCase().includes(text.toLowerCase()));
  // Names have blanks; what has none and is long enough may be an id.
  const isId = /^\S{3,128}$/.test(text);
  return [
    ...found,
    ...(isId ? idPages : []).map(({ label, path }) => ({
      what: "Find" as const,
      label: `${label} ${text}`,
      path: path(text),
    })),
  ];
}

/** The list is longer than its box: what the arrows choose is shown. */
function intoSight(option: HTMLElement | null): void {
  option?.scrollIntoView({ block: "nearest" });
}
