"use client";

import { ChevronDown, ChevronUp, X } from "lucide-react";
import { type RefObject, useEffect } from "react";
import { IconButton } from "../ui/icon-button.tsx";
import { inputClass } from "../ui/input-class.ts";
import { isComposing } from "../ui/is-composing.ts";
import { SearchScope } from "./search-scope.tsx";
import { type FindsOptions, useFinds } from "./use-finds.ts";

export interface SearchBarProps extends FindsOptions {
  onClose: () => void;
  boxRef: RefObject<HTMLInputElement | null>;
}

/** Looks in what is loaded, newest first, and when it is told to in what is older. Enter goes to the next older find, Shift Enter back. */
export function SearchBar({ onClose, boxRef, ...options }: SearchBarProps) {
  const search = useFinds(options);
  const { words, finds, at, older, newer, looks } = search;
  useEffect(() => boxRef.current?.focus(), [boxRef]);
  useEffect(() => {
    // What began it may be gone with it.
    if (looks !== "on" && document.activeElement === document.body) boxRef.current?.focus();
  }, [looks, boxRef]);
  const place = finds.findIndex(({ id }) => id === at?.id);

  return (
    <search className="border-line border-b bg-sunken px-3 py-1.5">
      <div className="flex items-center gap-1">
        <input
          ref={boxRef}
          type="search"
          aria-label="Search in this chat"
          placeholder="Search in this chat"
          onChange={(event) => search.search(event.target.value)}
          onKeyDown={(event) => {
            if (isComposing(event)) return;
            if (event.key === "Enter") event.shiftKey ? newer() : older();
            if (event.key === "Escape") onClose();
          }}
          className={inputClass}
        />
        <span role="status" className="w-20 shrink-0 text-center text-muted text-xs tabular-nums">
          {place >= 0 && `${place + 1} of ${finds.length}`}
        </span>
        <IconButton icon={ChevronUp} label="Older find (Enter)" onClick={older} />
        <IconButton icon={ChevronDown} label="Newer find (Shift Enter)" onClick={newer} />
        <IconButton icon={X} label="Close search (Esc)" onClick={onClose} />
      </div>
      {words !== "" && <SearchScope {...search} here={options.here} />}
    </search>
  );
}
