"use client";

import { ArrowLeft, ArrowRight, ChevronRight } from "lucide-react";
import { useSyncExternalStore } from "react";
import type { Wire, WireLine } from "./wire.ts";

export function WireLog({ wire }: { wire: Wire }) {
  const lines = useSyncExternalStore(wire.subscribe, wire.getLines, wire.getLines);
  return (
    <details className="group mt-px bg-sunken">
      <summary className="flex cursor-pointer list-none items-center gap-2 px-4 py-2.5 text-xs text-muted -outline-offset-2 hover:text-text">
        <ChevronRight aria-hidden className="size-3.5 shrink-0 group-open:rotate-90" />
        <span className="shrink-0">On the wire</span>
        <span className="ml-auto truncate font-mono">{lines[0]?.what}</span>
      </summary>
      <ul
        aria-label="Calls and events"
        // A box that scrolls must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
        tabIndex={0}
        className="h-52 overflow-y-auto border-t border-line px-4 py-2 font-mono text-xs leading-6 -outline-offset-2"
      >
        {lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ul>
    </details>
  );
}

function Line({ line: { who, direction, what, detail } }: { line: WireLine }) {
  const Arrow = direction === "out" ? ArrowRight : ArrowLeft;
  return (
    <li className="flex items-center gap-2">
      <span className="w-14 shrink-0 truncate text-muted">{who.split(" ")[0]}</span>
      <Arrow aria-label={direction === "out" ? "calls" : "hears"} className="size-3 shrink-0 text-accent" />
      <span className="min-w-0 flex-1 truncate" title={what}>
        {what}
      </span>
      <span className="shrink-0 text-muted">{detail}</span>
    </li>
  );
}
