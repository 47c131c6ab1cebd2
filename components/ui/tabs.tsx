"use client";

import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { cn } from "./cn.ts";

export interface Tab {
  id: string;
  label: string;
  content: ReactNode;
  /** Once it was open it stays beside the others, so that what is typed in it is not lost. */
  keeps?: boolean;
}

export interface TabsProps {
  label: string;
  tabs: Tab[];
  /** The one that is open at first, and again when another is given; the first unless given. */
  initial?: string | undefined;
  onChoose?: (id: string) => void;
}

/** The ARIA tabs pattern: one tab stop, arrows move and select, Home and End jump. */
export function Tabs({ label, tabs, initial, onChoose }: TabsProps) {
  const given = Math.max(
    0,
    tabs.findIndex(({ id }) => id === initial),
  );
  const [index, setIndex] = useState(given);
  const [followed, setFollowed] = useState(initial);
  // The address may name another by the browser's Back.
  if (followed !== initial) {
    setFollowed(initial);
    setIndex(given);
  }
  const buttons = useRef<(HTMLButtonElement | null)[]>([]);
  const list = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const current = tabs[index];
  const [opened, setOpened] = useState<readonly string[]>([]);
  if (current?.keeps && !opened.includes(current.id)) setOpened([...opened, current.id]);
  const panels = tabs.filter((tab) => tab === current || (tab.keeps && opened.includes(tab.id)));

  useEffect(() => {
    const [row, tab] = [list.current?.getBoundingClientRect(), buttons.current[index]?.getBoundingClientRect()];
    // By itself: scrollIntoView would move the page as well.
    if (row && tab && (tab.right > row.right || tab.left < row.left))
      list.current?.scrollBy({ left: tab.left - row.left });
  }, [index]);

  function choose(next: number) {
    setIndex(next);
    const tab = tabs[next];
    if (tab) onChoose?.(tab.id);
  }

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (step + tabs.length) % tabs.length;
    choose(next);
    buttons.current[next]?.focus();
  }

  return (
    <div className="min-w-0">
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        className="flex gap-1 overflow-x-auto border-b border-line px-2 pt-2"
      >
        {tabs.map((tab, at) => (
          <button
            key={tab.id}
            ref={(element) => {
              buttons.current[at] = element;
            }}
            type="button"
            role="tab"
            id={`${prefix}-tab-${tab.id}`}
            aria-selected={at === index}
            aria-controls={panels.includes(tab) ? `${prefix}-panel-${tab.id}` : undefined}
            tabIndex={at === index ? 0 : -1}
            onClick={() => choose(at)}
            onKeyDown={onKeyDown}
            className={cn(
              "-mb-px shrink-0 rounded-t-md border-b-2 border-transparent px-2 py-2 text-sm sm:px-3 text-muted -outline-offset-2",
              at === index ? "border-accent font-medium text-text" : "hover:text-text",
            )}
          >
            {tab.label}
          </button>
        ))}
      </div>
      {panels.map((tab) => (
        <div
          key={tab.id}
          role="tabpanel"
          id={`${prefix}-panel-${tab.id}`}
          aria-labelledby={`${prefix}-tab-${tab.id}`}
          hidden={tab !== current}
        >
          {tab.content}
        </div>
      ))}
    </div>
  );
}
