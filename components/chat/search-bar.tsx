"use client";

import { ChevronDown, ChevronUp, X } from "lucide-react";
import { type RefObject, useEffect, useMemo, useState } from "react";
import type { Message } from "../../client/types.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { inputClass } from "../ui/input-class.ts";
import { isComposing } from "../ui/is-composing.ts";

export interface SearchBarProps {
  messages: readonly Message[];
  onFound: (text: string, message: Message | undefined) => void;
  onClose: () => void;
  boxRef: RefObject<HTMLInputElement | null>;
}

/** Looks in what is loaded, newest first. Enter goes to the next older find, Shift Enter back. */
export function SearchBar({ messages, onFound, onClose, boxRef }: SearchBarProps) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const words = text.trim().toLocaleLowerCase();
  const found = useMemo(() => {
    if (words.length < 2) return [];
    return messages
      .filter(({ content, deletedAt }) => !deletedAt && content.toLocaleLowerCase().includes(words))
      .reverse();
  }, [messages, words]);

  useEffect(() => boxRef.current?.focus(), [boxRef]);

  // Before any was gone to, back leads round to the oldest.
  const newer = Math.max(at, 0) - 1;

  function go(next: number, within = found) {
    if (within.length === 0) return;
    const place = (next + within.length) % within.length;
    setAt(place);
    onFound(words, within[place]);
  }

  return (
    <search className="flex items-center gap-1 border-line border-b bg-sunken px-3 py-1.5">
      <input
        ref={boxRef}
        type="search"
        aria-label="Search in this chat"
        placeholder="Search in what is loaded"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(-1);
          onFound(event.target.value.trim().length < 2 ? "" : event.target.value.trim(), undefined);
        }}
        onKeyDown={(event) => {
          if (isComposing(event)) return;
          if (event.key === "Enter") go(event.shiftKey ? newer : at + 1);
          if (event.key === "Escape") onClose();
        }}
        className={inputClass}
      />
      <span role="status" className="w-20 shrink-0 text-center text-muted text-xs tabular-nums">
        {words.length < 2
          ? ""
          : found.length === 0
            ? "Nothing"
            : at < 0
              ? `${found.length} found`
              : `${Math.min(at + 1, found.length)} of ${found.length}`}
      </span>
      <IconButton icon={ChevronUp} label="Older find (Enter)" onClick={() => go(at + 1)} />
      <IconButton icon={ChevronDown} label="Newer find (Shift Enter)" onClick={() => go(newer)} />
      <IconButton icon={X} label="Close search (Esc)" onClick={onClose} />
    </search>
  );
}
