"use client";

import { useEffect, useRef } from "react";
import { Avatar } from "../ui/avatar.tsx";
import { cn } from "../ui/cn.ts";
import { namedAs } from "./mention-text.ts";
import type { Mentions } from "./use-mentions.ts";

/** Of the option that the box says is active. */
export function optionId(id: string, at: number): string {
  return `${id}-${at}`;
}

/** Over the box, which keeps the focus. */
export function MentionList({ id, mentions }: { id: string; mentions: Mentions }) {
  const { found, active, setActive, take } = mentions;
  const current = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is active
  useEffect(() => {
    current.current?.scrollIntoView({ block: "nearest" }); // whose answer, of newer browsers, is no cleanup
  }, [active, found.length]);
  const names = found.map(namedAs);
  return (
    <>
      <p aria-live="polite" className="sr-only">
        {found.length > 0 && `${found.length} to mention: arrows choose, Enter takes`}
      </p>
      {found.length > 0 && (
        <div
          id={id}
          role="listbox"
          aria-label="Members to mention"
          className="settle absolute inset-x-3 bottom-full z-20 mb-1 max-h-60 max-w-md overflow-y-auto overscroll-contain rounded-xl border border-line bg-surface p-1 shadow-lg"
        >
          {found.map((person, at) => (
            <button
              key={person.userId}
              ref={at === active ? current : undefined}
              type="button"
              role="option"
              id={optionId(id, at)}
              aria-selected={at === active}
              tabIndex={-1}
              // Or the box would lose the focus to it.
              onPointerDown={(event) => event.preventDefault()}
              onMouseDown={(event) => event.preventDefault()}
              onPointerMove={() => setActive(at)}
              onClick={() => take(person)}
              className={cn(
                "flex min-h-9 w-full items-center gap-2 rounded-lg px-2 text-left text-sm pointer-coarse:min-h-11",
                at === active && "bg-sunken forced-colors:outline",
              )}
            >
              <Avatar name={namedAs(person)} src={person.avatarUrl} className="size-6 shrink-0 text-[0.5rem]" />
              <span className="truncate">{namedAs(person)}</span>
              {names.indexOf(namedAs(person)) !== names.lastIndexOf(namedAs(person)) && (
                <span className="truncate text-muted text-xs">{person.userId}</span>
              )}
            </button>
          ))}
        </div>
      )}
    </>
  );
}
