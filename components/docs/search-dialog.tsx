"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { cn } from "../ui/cn.ts";
import { Dialog } from "../ui/dialog.tsx";
import { inputClass } from "../ui/input-class.ts";
import { isComposing } from "../ui/is-composing.ts";
import type { Found } from "./search-docs.ts";

/** Arrows choose, Enter goes. The service searches: the index never travels. */
export function SearchDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { found, asked } = useFound(text.trim());
  const prefix = useId();

  function take(one: Found | undefined) {
    if (!one) return;
    onClose();
    router.push(one.href);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") take(found[at]);
    if (step === undefined || found.length === 0) return;
    event.preventDefault();
    setAt((at + step + found.length) % found.length);
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Search" className="top-[12vh] translate-y-0">
      <input
        autoFocus
        role="combobox"
        aria-label="Search the documentation"
        aria-expanded={found.length > 0}
        aria-controls={`${prefix}-list`}
        aria-activedescendant={found[at] ? `${prefix}-${at}` : undefined}
        placeholder="A word, an event, an operation, an error code"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        className={inputClass}
      />
      <p role="status" className="mt-3 text-muted text-xs">
        {asked && (found.length === 0 ? `Nothing says “${asked}”.` : `${found.length} found`)}
      </p>
      <div role="listbox" id={`${prefix}-list`} aria-label="Found" className="mt-1">
        {found.map((one, index) => (
          <Link
            key={one.href}
            href={one.href}
            prefetch={false}
            id={`${prefix}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={onClose}
            onMouseMove={() => setAt(index)}
            className={cn("block rounded-lg px-3 py-2", index === at && "bg-accent-soft text-on-accent-soft")}
          >
            <span className="block text-sm">{one.title}</span>
            <span className={cn("block truncate text-xs", index !== at && "text-muted")}>{one.page}</span>
          </Link>
        ))}
      </div>
    </Dialog>
  );
}

/** What the newest text finds; an answer to an older one is dropped. */
function useFound(text: string): { found: Found[]; asked: string } {
  const [answer, setAnswer] = useState<{ found: Found[]; asked: string }>({ found: [], asked: "" });
  useEffect(() => {
    if (text === "") return setAnswer({ found: [], asked: "" });
    const aborter = new AbortController();
    fetch(`/docs/search?q=${encodeURIComponent(text)}`, { signal: aborter.signal })
      .then((response) => response.json())
      .then((found: Found[]) => setAnswer({ found, asked: text }))
      .catch(() => undefined); // asked anew with the next letter
    return () => aborter.abort();
  }, [text]);
  return answer;
}
